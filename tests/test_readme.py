"""What the README says is there, is there: its commands, extras, files and pictures. Its examples run as doctests."""

import configparser
import importlib
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
COMMANDS = [
    command.strip()
    for block in re.findall(r"```sh\n(.*?)```", README, flags=re.S)
    for line in block.splitlines()
    for command in line.split("&&")
]


def test_there_are_two_commands_for_a_fresh_machine():
    whole = [line for line in README.splitlines() if line.startswith("python3 -m venv .venv && ")]
    assert len(whole) == 2
    assert whole[0].endswith("scripts/train.py") and whole[1].endswith("-m pytest -n auto")


@pytest.mark.parametrize("command", [c for c in COMMANDS if "scripts/" in c])
def test_scripts_take_the_options_that_are_shown(command):
    pytest.importorskip("matplotlib")
    pytest.importorskip("tqdm")
    _, script, *arguments = shlex.split(command, comments=True)
    assert (ROOT / script).is_file()
    importlib.import_module(f"minigrad.scripts.{Path(script).stem}").options().parse_args(arguments)


def test_extras_exist():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    for extras in re.findall(r"\.\[([\w,]+)\]", README + (ROOT / ".ci/run").read_text()):
        assert set(extras.split(",")) <= set(config["options.extras_require"])


def test_files_and_pictures_exist():
    paths = re.findall(r"\]\(([^):]+)\)", README) + re.findall(
        r"`((?:minigrad|models|scripts|tests|docs)/[\w/.]*)`", README
    )
    assert len(paths) > 15
    missing = [p for p in paths if not (ROOT / p).exists()]
    assert not missing
