"""The command ``minigrad``: the scripts under one name, speaking as that."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.__main__ import COMMANDS, main
from minigrad.scripts.command_line import as_called

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture(autouse=True)
def _argv(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["minigrad"])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_a_script(command):
    name = command.replace("-", "_")
    assert (SCRIPTS / f"{name}.py").is_file()
    assert callable(importlib.import_module(f"minigrad.scripts.{name}").main)


def test_every_script_that_users_need_is_a_command():
    """But for those by which the project's own files are written."""
    scripts = {path.stem for path in SCRIPTS.glob("*.py") if "\ndef options() -> argparse" in path.read_text()}
    assert scripts - {"gallery"} == {command.replace("-", "_") for command in COMMANDS}


def test_help_names_the_commands(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.split("commands:")[1].splitlines() if line.startswith("  ")] == [*COMMANDS]
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    help_of_train = capsys.readouterr().out
    assert "usage: minigrad train" in help_of_train and "    minigrad train --data mnist" in help_of_train
    assert "scripts/" not in help_of_train


@pytest.mark.parametrize(
    "arguments, line",
    [
        (["trian"], "minigrad: error: argument command: invalid choice: 'trian'; did you mean train?"),
        (["train", "--epoch"], "minigrad train: error: "),
        (["predict", "missing.npz", "x.png"], "minigrad predict: error: there is no file missing.npz"),
        (["feature-maps", "--sead", "1"], "minigrad feature-maps: error: there is no --sead 1; did you mean --seed?"),
    ],
)
def test_mistakes_are_one_line(arguments, line, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(line)


def test_scripts_are_named_as_they_were_called():
    text = "go on with: python scripts/train.py --resume; see scripts/feature_maps.py, tests/scripts/test_xo.py"
    assert as_called(text) == text
    sys.argv = ["minigrad train"]
    assert as_called(text) == "go on with: minigrad train --resume; see minigrad feature-maps, tests/scripts/test_xo.py"


def test_a_folder_of_models_beside_the_script_is_the_users(tmp_path):
    """Neither the package nor its commands hide it."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models/__init__.py").write_text("name = 'mine'")
    script = "import minigrad.__main__, minigrad.scripts.train, minigrad.models, models; print(models.name)"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("mine\n", "")


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"minigrad {mg.__version__}\n"
