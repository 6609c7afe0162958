"""What the command lines share: kinds of options, and the folder of a run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that `models` is found from anywhere


def positive(kind: type) -> Callable[[str], Any]:
    """A kind of option for argparse: a positive int or float."""

    def convert(text: str) -> Any:
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"expected a positive number, got {text}")
        return value

    return convert


def at_least(least: float, kind: type) -> Callable[[str], Any]:
    """A kind of option for argparse: an int or float that is not below `least`."""

    def convert(text: str) -> Any:
        value = kind(text)
        if not value >= least:
            raise argparse.ArgumentTypeError(f"expected at least {least}, got {text}")
        return value

    return convert


def free_folder(wanted: Path) -> Path:
    """`wanted`, or the same with the first number that is not taken."""
    folder, number = wanted, 2
    while folder.exists():
        folder, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return folder
