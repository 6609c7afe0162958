"""The command ``minigrad``, also ``python -m minigrad``: the scripts, from anywhere.

``minigrad train`` is ``python scripts/train.py``, with the same options, and so on.
"""

from __future__ import annotations

import argparse
import importlib
import sys

from minigrad.scripts.command_line import Parser, exit_status
from minigrad.version import __version__

COMMANDS = {
    "train": "train an image classifier, and show what it has learned",
    "predict": "classify image files with a trained network",
    "draw": "draw digits in a browser, and watch a trained network",
    "benchmark": "compare speed and memory with PyTorch's and others'",
    "feature-maps": "see what each layer of a network sees",
    "kernels": "filter a photo by thirteen classic kernels",
    "regularization": "see what penalties do to weights",
    "spiral": "see a small network learn three arms of a spiral",
    "xo": "follow an X and an O through a network set by hand",
}
"""By name: what it does. The modules have the same names in minigrad.scripts."""


def main(arguments: list[str] | None = None) -> int:
    parser = Parser(
        prog="minigrad",
        description="Reverse-mode automatic differentiation on NumPy, used like PyTorch: import minigrad as mg.",
        epilog="commands:\n"
        + "".join(f"  {name:<16}{what}\n" for name, what in COMMANDS.items())
        + "\nminigrad COMMAND --help describes the options of each",
    )
    parser.add_argument("--version", action="version", version=f"minigrad {__version__}")
    parser.add_argument("command", choices=COMMANDS, metavar="command", nargs="?", help="see below")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="of the command")
    args = parser.parse_args(arguments)
    if not args.command:
        parser.print_help()
        return 0
    sys.argv = [f"minigrad {args.command}", *args.options]  # as whom the script speaks
    return exit_status(lambda: importlib.import_module(f"minigrad.scripts.{args.command.replace('-', '_')}").main())


if __name__ == "__main__":
    sys.exit(main())
