"""What the command lines share: numbers that are checked, and folders to write to."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

from minigrad.scripts import benchmark, draw, feature_maps, gallery, kernels, predict, regularization, spiral, train, xo
from minigrad.scripts.command_line import Parser, at_least, exit_status, fraction, free_folder, in_words, positive


def parse(kind, text):
    parser = Parser(prog="some.py")
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
    (tmp_path / "b" / "a-2").mkdir(parents=True)
    names = [free_folder(tmp_path / "b" / "a") for _ in range(2)]
    assert names == [tmp_path / "b" / "a", tmp_path / "b" / "a-3"]
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(free_folder, [tmp_path / "c"] * 8))) == 8


@pytest.mark.parametrize("script", [feature_maps, kernels, regularization, spiral, train, xo])
def test_a_folder_that_cannot_be_is_a_usage_error(script, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SystemExit) as stopped:
        script.main(["--out", str(tmp_path / "file")])
    assert stopped.value.code == 2
    assert str(tmp_path / "file") in capsys.readouterr().err.splitlines()[-1]


SCRIPTS = [benchmark, draw, feature_maps, gallery, kernels, predict, regularization, spiral, train, xo]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_a_mistake_is_told_in_one_line(script, capsys):
    parser = script.options()
    required = ["a", "b"] if script is predict else []
    option = next(
        name
        for action in parser._actions
        for name in action.option_strings
        if name.startswith("--") and name != "--help"
    )
    wrong = option[:-1] + "x" + option[-1]
    with pytest.raises(SystemExit) as stopped:
        parser.parse_args([*required, wrong])
    (line,) = capsys.readouterr().err.splitlines()
    assert stopped.value.code == 2
    assert f"there is no {wrong}; did you mean {option}?" in line


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--model", "lenett"], "did you mean lenet?"),
        (["--data", "mist"], "did you mean mnist?"),
        (["--data", "mnist", "--root", "nowhere"], "--root: there is no folder nowhere"),
        (["--data", "folder"], "needs --root"),
        (["--init", "nowhere.npz"], "there is no file nowhere.npz"),
        (["--model", "petnet", "--pool", "max"], "petnet has no choice of pool"),
    ],
)
def test_train_says_it_in_the_words_of_a_command_line(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        train.main(arguments)
    (line,) = capsys.readouterr().err.splitlines()
    assert stopped.value.code == 2 and message in line and "download=" not in line
    assert not (tmp_path / "runs").exists()


def raising(error):
    def main():
        raise error

    return main


@pytest.mark.parametrize(
    "error, status, line",
    [
        (KeyboardInterrupt(), 130, "stopped"),
        (OSError(28, "No space left on device", "runs/last.npz"), 1, "runs/last.npz: No space left on device"),
        (MemoryError(), 1, "MemoryError"),
        (ModuleNotFoundError("No module named 'tqdm'", name="tqdm"), 1, "tqdm is not installed"),
    ],
)
def test_what_ends_a_script_from_outside_is_one_line(error, status, line, capsys):
    assert exit_status(raising(error)) == status
    assert line in capsys.readouterr().err.splitlines()[-1]


def test_errors_of_a_script_itself_keep_their_traceback():
    with pytest.raises(ZeroDivisionError):
        exit_status(raising(ZeroDivisionError()))


def test_words():
    assert in_words(RuntimeError("MNIST: put them there, or pass download=True")).endswith("downloaded into data/")
    assert in_words(FileNotFoundError("load: there is no file x")) == "there is no file x"
    assert in_words(PermissionError(13, "Permission denied")) == "Permission denied"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGPIPE")
def test_a_reader_that_goes_away_and_a_module_that_is_missing(tmp_path):
    script = Path(predict.__file__)
    with subprocess.Popen(
        [sys.executable, script, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        error = process.stderr.read()
    assert "Traceback" not in error
    (tmp_path / "matplotlib.py").write_text("raise ModuleNotFoundError(\"No module named 'x'\", name='matplotlib')")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, script.with_name("train.py")], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("train.py: error: matplotlib is not installed")
