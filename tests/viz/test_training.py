"""The curves of a training run show the numbers of its history."""

import csv

import numpy as np
import pytest

from tests.viz.rendering import rendered

viz = pytest.importorskip("minigrad.viz", reason="needs matplotlib")


def row(epoch):
    return {"epoch": epoch, "train_loss": 1 / epoch, "train_accuracy": 0.5, "val_loss": 2 / epoch, "val_accuracy": 0.25}


def test_curves_have_a_line_for_training_and_validation():
    figure = viz.curves([row(1), row(2), row(3)])
    loss, accuracy = figure.axes
    assert [line.get_ydata().tolist() for line in loss.lines] == [[1, 1 / 2, 1 / 3], [2, 1, 2 / 3]]
    assert [line.get_ydata().tolist() for line in accuracy.lines] == [[0.5] * 3, [0.25] * 3]
    assert "25.00%" in accuracy.get_legend().get_texts()[1].get_text()
    rendered(figure)


def test_curves_of_one_epoch_are_visible():
    rendered(figure := viz.curves([row(1)]))
    assert all(line.get_marker() == "o" for line in figure.axes[0].lines)


def test_curves_mark_the_best_epoch_and_name_no_other():
    rows = [{**row(i), "val_accuracy": accuracy} for i, accuracy in enumerate([0.1, 0.7, 0.7, np.nan, 0.3], 1)]
    figure = viz.curves(rows)  # of the two equals the one with the lower loss
    for ax in figure.axes:
        assert all(line.get_markevery() == [2] for line in ax.lines)
        assert "3" in ax.get_xlabel()
        assert min(ax.get_xticks()) == 1 and max(ax.get_xticks()) == 5
    rendered(figure)


def test_curves_of_what_is_no_number_say_so():
    figure = viz.curves([{**row(i), "train_loss": np.inf, "val_loss": np.nan} for i in (1, 2)])
    assert [t.get_text() for t in figure.axes[0].texts] == [
        "training: inf in all epochs",
        "validation: nan in all epochs",
    ]
    rendered(figure)


def test_curves_of_any_columns():
    figure = viz.curves([{"train_mse": 4.0, "val_mse": 5.0, "r2": 0.0, "lr": 0.1}, {"train_mse": 1.0, "r2": 0.5}])
    mse, r2 = figure.axes
    assert [ax.get_title() for ax in figure.axes] == ["mse", "r2"]
    np.testing.assert_array_equal([line.get_ydata() for line in mse.lines], [[4, 1], [5, np.nan]])
    assert r2.lines[0].get_xdata().tolist() == [1, 2] and r2.get_yscale() == "linear"
    rendered(figure)


def test_histories_of_other_forms(tmp_path):
    rows = [row(1), {**row(2), "lr": 0.5}]
    columns = {name: [r.get(name) for r in rows] for name in rows[1]}
    file = tmp_path / "metrics.csv"
    with file.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, list(columns))
        writer.writeheader()
        writer.writerows(rows)
    drawn = [
        [(ax.get_title(), [line.get_xydata().tolist() for line in ax.lines]) for ax in viz.curves(history).axes]
        for history in (rows, columns, file, str(file))
    ]
    assert drawn[0][0] == ("loss", [[[1, 1], [2, 1 / 2]], [[1, 2], [2, 1]]])
    assert drawn == [drawn[0]] * 4


def test_chosen_columns():
    rows = [{**row(i), "lr": 0.1, "test_loss": 3 / i, "note": None} for i in (1, 2)]
    lr, loss, accuracy = viz.curves(rows, columns=["lr", "loss", "val_accuracy"]).axes
    assert [ax.get_title() for ax in (lr, loss, accuracy)] == ["lr", "loss", "accuracy"]
    assert [len(ax.lines) for ax in (lr, loss, accuracy)] == [1, 3, 1]
    assert [t.get_text().split(",")[0] for t in loss.get_legend().get_texts()] == ["training", "validation", "test"]
    with pytest.raises(ValueError, match="curves: expected columns among .*, got 'f1'"):
        viz.curves(rows, columns=["f1"])


@pytest.mark.parametrize(
    "history, error, message",
    [
        ([], ValueError, "at least one epoch"),
        ([{"epoch": 1}], ValueError, "expected columns such as train_loss"),
        ([0.5, 0.4], TypeError, "a mapping from names to numbers for each epoch, got 0.5"),
        ([{"loss": "low"}], TypeError, "a number as loss, got 'low'"),
    ],
)
def test_curves_need_numbers(history, error, message):
    with pytest.raises(error, match=f"curves: .*{message}"):
        viz.curves(history)
