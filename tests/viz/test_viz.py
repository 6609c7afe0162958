"""The pictures show what they say, and need no display."""

import io

import numpy as np
import pytest

viz = pytest.importorskip("minigrad.viz", reason="needs matplotlib")


def rendered(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png")
    assert file.getvalue().startswith(b"\x89PNG")


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


def test_curves_need_an_epoch():
    with pytest.raises(ValueError, match="at least one epoch"):
        viz.curves([])


def test_confusion_matrix_writes_its_counts():
    figure = viz.confusion_matrix([[5, 1], [0, 6]], ["cat", "dog"])
    ax = figure.axes[0]
    assert {t.get_text(): t.get_position() for t in ax.texts} == {"5": (0, 0), "1": (1, 0), "6": (1, 1)}
    assert ax.get_title() == "11 of 12 right"
    assert [t.get_text() for t in ax.get_yticklabels()] == ["cat", "dog"]
    rendered(figure)


def test_confusion_matrix_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"\(2, 2\).*\(2, 3\)"):
        viz.confusion_matrix(np.zeros((2, 3)), ["cat", "dog"])


def test_misclassified_shows_the_surest_mistakes_first():
    images = np.arange(4)[:, None, None] * np.ones((1, 2, 2))
    probabilities = [[0.6, 0.4], [0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]
    figure = viz.misclassified(images, probabilities, [1, 1, 1, 0], ["cat", "dog"], most=2)
    shown = [ax for ax in figure.axes if ax.images]
    assert [ax.images[0].get_array().max() for ax in shown] == [1, 3]
    assert [ax.get_title() for ax in shown] == ["cat 90%\nis dog 10%", "dog 70%\nis cat 30%"]
    assert figure.get_suptitle() == "3 of 4 wrong, the 2 surest ones"
    rendered(figure)


def test_misclassified_without_mistakes():
    figure = viz.misclassified(np.zeros((1, 2, 2)), [[0.9, 0.1]], [0], ["cat", "dog"])
    assert figure.get_suptitle() == "0 of 1 wrong"
    rendered(figure)
