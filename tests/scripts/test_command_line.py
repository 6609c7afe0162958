"""What the command lines share: numbers that are checked, and folders to write to."""

import argparse

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import feature_maps
import kernels
import predict
import regularization
import spiral
import train
import xo
from command_line import at_least, fraction, free_folder, positive


def parse(kind, text):
    parser = argparse.ArgumentParser(prog="some.py")
    parser.add_argument("--x", type=kind)
    return parser.parse_args([f"--x={text}"]).x


@pytest.mark.parametrize(
    "kind, text, value",
    [
        (positive(int), "3", 3),
        (positive(float), "1e-9", 1e-9),
        (at_least(0, int), "0", 0),
        (at_least(0.5, float), "0.5", 0.5),
        (fraction, "0", 0.0),
        (fraction, "1", 1.0),
    ],
)
def test_numbers(kind, text, value):
    got = parse(kind, text)
    assert got == value and type(got) is type(value)


@pytest.mark.parametrize("kind", [positive(float), at_least(0, float), fraction])
@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "-1", "-1e-9", "x", ""])
def test_other_numbers_are_usage_errors(kind, text, capsys):
    with pytest.raises(SystemExit):
        parse(kind, text)
    error = capsys.readouterr().err
    assert f"got {text}" in error or "invalid float value" in error or "invalid fraction value" in error


def test_zero_is_not_positive_and_no_word_is_a_number(capsys):
    for text, message in (("0", "expected a positive number, got 0"), ("two", "invalid int value: 'two'")):
        with pytest.raises(SystemExit):
            parse(positive(int), text)
        assert message in capsys.readouterr().err


@pytest.mark.parametrize("script", [feature_maps, regularization, spiral, train, xo])
def test_seeds_below_zero_are_usage_errors(script, capsys):
    with pytest.raises(SystemExit):
        script.main(["--seed", "-1"])
    assert "expected at least 0, got -1" in capsys.readouterr().err


def test_some_class_is_printed(capsys):
    with pytest.raises(SystemExit):
        predict.main(["some.npz", "some.png", "--top", "0"])
    assert "expected a positive number, got 0" in capsys.readouterr().err


def test_free_folder_counts_up(tmp_path):
    assert free_folder(tmp_path / "a") == tmp_path / "a"
    (tmp_path / "a").mkdir()
    (tmp_path / "a-2").mkdir()
    assert free_folder(tmp_path / "a") == tmp_path / "a-3"


@pytest.mark.parametrize("script", [feature_maps, kernels, regularization, spiral, train, xo])
def test_a_folder_that_cannot_be_is_a_usage_error(script, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SystemExit) as stopped:
        script.main(["--out", str(tmp_path / "file")])
    assert stopped.value.code == 2
    assert str(tmp_path / "file") in capsys.readouterr().err.splitlines()[-1]
