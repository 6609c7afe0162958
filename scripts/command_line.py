"""What the command lines share: kinds of options, and the folder of a run."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that `models` is found from anywhere


def positive(kind: type) -> Callable[[str], Any]:
    """A kind of option for argparse: a positive int or float."""
    return _number(kind, lambda value: 0 < value < math.inf, "a positive number")


def at_least(least: float, kind: type) -> Callable[[str], Any]:
    """A kind of option for argparse: an int or float that is not below `least`."""
    return _number(kind, lambda value: least <= value < math.inf, f"at least {least}")


def fraction(text: str) -> float:
    """A kind of option for argparse: a float from 0 to 1."""
    return _number(float, lambda value: 0 <= value <= 1, "a number from 0 to 1")(text)


def _number(kind: type, fits: Callable[[Any], bool], expected: str) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        value = kind(text)
        if not fits(value):
            raise argparse.ArgumentTypeError(f"expected {expected}, got {text}")
        return value

    convert.__name__ = kind.__name__  # what argparse calls it where `kind` refuses the text
    return convert


def free_folder(wanted: Path) -> Path:
    """`wanted`, or the same with the first number that is not taken."""
    folder, number = wanted, 2
    while folder.exists():
        folder, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return folder


def make_folder(parser: argparse.ArgumentParser, wanted: Path | None, default: Path) -> Path:
    """The folder that --out asks for, else the first free one called `default`; a usage error where it cannot be."""
    folder = wanted or free_folder(default)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out: {folder} cannot be a folder: {error.strerror}")
    return folder
