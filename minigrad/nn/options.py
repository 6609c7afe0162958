"""The options of layers and losses, checked when they are given: what each name stands for is the same everywhere."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor

Check = Callable[[str, Any], None]


def check_options(layer: Any, **options: Any) -> None:
    """Raise TypeError, ValueError or RuntimeError for an option that the layer could not compute with."""
    for name, value in options.items():
        check = _CHECKS.get(name)
        if check is not None and not (value is None and name in _OPTIONAL | getattr(layer, "_optional", frozenset())):
            if name in getattr(layer, "_signed", ()):
                check = _sizes(-math.inf)
            check(f"{type(layer).__name__}: expected", value)


def _number(
    name: str,
    low: float = -math.inf,
    high: float = math.inf,
    above: bool = False,
    error: type[Exception] = ValueError,
) -> Check:
    bounds = (
        f"{name} from {low} to {high}" if high < math.inf else f"{name} {'above' if above else 'of at least'} {low}"
    )

    def check(expected: str, value: Any) -> None:
        if isinstance(value, Tensor) and value.numel() == 1:
            value = value.item()
        if not isinstance(value, (int, float, np.integer, np.floating)):
            raise TypeError(f"{expected} a number as {name}, got {type(value).__name__} {value!r:.40}")
        if (low > -math.inf and not low <= value <= high) or (above and value == low):
            raise error(f"{expected} {bounds}, got {value}")

    return check


def _integer(name: str, least: float = -math.inf) -> Check:
    def check(expected: str, value: Any) -> None:
        try:
            number = operator.index(value)
        except (TypeError, ValueError, RuntimeError):  # of a Tensor of several elements, too
            number = None
        if number is None or isinstance(value, bool):
            raise TypeError(f"{expected} an integer as {name}, got {type(value).__name__} {value!r:.40}")
        if number < least:
            raise ValueError(f"{expected} {name} of at least {least}, got {value}")

    return check


def _sizes(least: float, name: str = "padding", optional: bool = False) -> Check:
    """Return one integer, or one for each dimension or side."""

    def check(expected: str, value: Any) -> None:
        if isinstance(value, (tuple, list)) and not value:
            raise ValueError(f"{expected} at least one integer as {name}, got {value!r}")
        for size in value if isinstance(value, (tuple, list)) else (value,):
            if size is not None or not optional:
                _integer(name, least)(expected, size)

    return check


def _several(name: str, least: float) -> Check:
    """Return integers, of which one alone is not enough."""

    def check(expected: str, value: Any) -> None:
        if not isinstance(value, (tuple, list)):
            raise TypeError(f"{expected} a tuple of integers as {name}, got {type(value).__name__} {value!r:.40}")
        _sizes(least, name)(expected, value)

    return check


def _flag(name: str) -> Check:
    def check(expected: str, value: Any) -> None:
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"{expected} a bool as {name}, got {type(value).__name__} {value!r:.40}")

    return check


def _factors(expected: str, value: Any) -> None:
    for factor in value if isinstance(value, (tuple, list)) else (value,):
        _number("scale_factor", 0, above=True)(expected, factor)
        if not factor < math.inf:
            raise ValueError(f"{expected} a finite scale_factor, got {factor}")


_NUMBERS = (
    "alpha", "negative_slope", "lambd", "min_val", "max_val", "threshold", "value", "margin", "init",
    "norm_type", "p", "momentum", "max_norm", "beta", "k", "div_value",
)  # fmt: skip
_INTEGERS = {
    "dim": -math.inf, "start_dim": -math.inf, "end_dim": -math.inf, "ignore_index": -math.inf, "upscale_factor": 1,
    "downscale_factor": 1, "num_parameters": 1, "divisor_override": 1, "padding_idx": -math.inf,
    "blank": -math.inf, "groups": 1, "embed_dim": 1, "num_heads": 1, "d_model": 1, "nhead": 1,
}  # fmt: skip
_SIZES = {"kernel_size": 1, "stride": 1, "dilation": 1, "padding": 0, "output_padding": 0}
_OPTIONAL = frozenset(
    {"momentum", "divisor_override", "output_size", "size", "scale_factor", "padding_idx", "max_norm"}
)
_CHECKS: dict[str, Check] = {
    **{name: _number(name) for name in _NUMBERS},
    **{name: _integer(name, least) for name, least in _INTEGERS.items()},
    **{name: _sizes(least, name) for name, least in _SIZES.items()},
    **{name: _flag(name) for name in ("ceil_mode", "count_include_pad")},
    "output_size": _sizes(0, "output_size", optional=True),
    "size": _sizes(1, "size"),
    "normalized_shape": _sizes(0, "normalized_shape"),
    "unflattened_size": _several("unflattened_size", -1),
    "scale_factor": _factors,
    **{name: _number(name, -sys.float_info.max, sys.float_info.max) for name in ("lower", "upper")},
    "eps": _number("eps", 0),
    "layer_norm_eps": _number("layer_norm_eps", 0),
    "dropout": _number("dropout", 0, 1),
    "delta": _number("delta", 0, above=True),
    "label_smoothing": _number("label_smoothing", 0, 1, error=RuntimeError),
}
