"""The base of all command lines: kinds of options, one line for each error, and the folder of a run.

Scripts import it before what may not be installed, so that a missing module is told in one line, too.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import math
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

FUNCTION = re.compile(r"^(load|save|load_checkpoint|read_image|write_image|conv2d|ImageFolder|\w*MNIST|CIFAR10): ")
WORDS = {
    "pass download=True": "leave --root out, and they are downloaded into data/",
    ", or pass is_valid_file for files of other kinds": "",
    "try a lower lr than": "try a lower --lr than",
}
"""What the library says to one who calls it, and what that is on a command line."""

SCRIPTS = Path(__file__).resolve().parent


# ---- errors ----------------------------------------------------------------------------------------------------------


class Parser(argparse.ArgumentParser):
    """A parser of which an error is one line, which says what may have been meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def format_help(self) -> str:
        return as_called(super().format_help())

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        parsed, unknown = self.parse_known_args(args, namespace)
        if unknown:
            meant = _meant(unknown[0].partition("=")[0], self._option_string_actions)
            self.error(f"there is no {' '.join(unknown)}{meant or '; --help describes the options'}")
        return parsed

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = [str(choice) for choice in action.choices or ()]
        if choices and str(value) not in choices:
            message = f"invalid choice: {value!r}{_meant(str(value), choices)} (choose from {', '.join(choices)})"
            raise argparse.ArgumentError(action, message)


def _meant(word: str, known: Any) -> str:
    near = difflib.get_close_matches(word, [*known], 1)
    return f"; did you mean {near[0]}?" if near else ""


def program() -> str:
    """Return the name by which the script was called: ``train.py`` or ``minigrad train``."""
    return Path(sys.argv[0]).name


def as_called(text: str) -> str:
    """Return a text with the scripts named as this one was called: ``python scripts/train.py``, ``minigrad train``."""
    if not program().startswith("minigrad "):
        return text
    return re.sub(
        r"(?:python )?(?<![\w/])scripts/(\w+)\.py", lambda found: f"minigrad {found[1].replace('_', '-')}", text
    )


def in_words(error: BaseException) -> str:
    """Return an error as its user reads it: without the numbers of the system and the names of functions."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed; get what the scripts need by: pip install matplotlib tqdm"
    text = as_called(FUNCTION.sub("", str(error)))
    for argument, option in WORDS.items():
        text = text.replace(argument, option)
    return text or type(error).__name__


def explain(error: BaseException) -> int | None:
    """Say in one line why a script ends, and give its exit status; None for an error of the script itself."""
    name = program()
    with contextlib.suppress(OSError):
        if isinstance(error, KeyboardInterrupt):
            print(f"\n{name}: stopped", file=sys.stderr)
            return 130  # as shells say it: 128 and the number of the signal
        if isinstance(error, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where Python will flush what is left
            return 141
        if isinstance(error, (OSError, MemoryError, ModuleNotFoundError)):
            print(f"{name}: error: {in_words(error)}", file=sys.stderr)
            return 1
    return None


def exit_status(main: Callable[[], int]) -> int:
    """Run a script whose reader may go away, disk be full, or user press Ctrl-C; return its exit status."""
    try:
        status = main()
        sys.stdout.flush()
    except (KeyboardInterrupt, OSError, MemoryError, ModuleNotFoundError) as error:
        code = explain(error)
        if code is None:
            raise
        return code
    return status


def _hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if explain(error) is None:
        sys.__excepthook__(kind, error, trace)


if Path(sys.argv[0]).resolve().parent == SCRIPTS:  # not in the tests
    sys.excepthook = _hook  # for what happens while the rest is imported


# ---- kinds of options ------------------------------------------------------------------------------------------------


def positive(kind: type) -> Callable[[str], Any]:
    """Return a kind of option for argparse: a positive int or float."""
    return _number(kind, lambda value: 0 < value < math.inf, "a positive number")


def at_least(least: float, kind: type) -> Callable[[str], Any]:
    """Return a kind of option for argparse: an int or float that is not below `least`."""
    return _number(kind, lambda value: least <= value < math.inf, f"at least {least}")


def between(least: int, most: int) -> Callable[[str], Any]:
    """Return a kind of option for argparse: an int in a range, beyond which memory would not do."""
    return _number(int, lambda value: least <= value <= most, f"{least} to {most}")


def fraction(text: str) -> float:
    """Return a kind of option for argparse: a float from 0 to 1."""
    return _number(float, lambda value: 0 <= value <= 1, "a number from 0 to 1")(text)


def _number(kind: type, fits: Callable[[Any], bool], expected: str) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        value = kind(text)
        if not fits(value):
            raise argparse.ArgumentTypeError(f"expected {expected}, got {text}")
        return value

    convert.__name__ = kind.__name__  # what argparse calls it where `kind` refuses the text
    return convert


# ---- the folder of a run ---------------------------------------------------------------------------------------------


def free_folder(wanted: Path) -> Path:
    """Return a new folder: `wanted`, or the same with the first number that is not taken. Two at once get two."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    folder, number = wanted, 2
    while True:
        try:
            folder.mkdir()
        except FileExistsError:
            folder, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
        else:
            return folder


def make_folder(parser: argparse.ArgumentParser, wanted: Path | None, default: Path) -> Path:
    """Make the folder of --out, else the first free one called `default`; a usage error if it cannot be made."""
    try:
        if not wanted:
            return free_folder(default)
        wanted.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        parser.error(f"--out: {wanted or default} cannot be a folder: there is a file of this name")
    except OSError as error:
        parser.error(f"--out: {wanted or default} cannot be a folder: {error.strerror}")
    return wanted


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder while this process lives, at most. Raise BlockingIOError if another process holds it."""
    try:
        import fcntl
    except ImportError:  # Windows, where folders cannot be held
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
