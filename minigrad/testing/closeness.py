"""assert_close: whether two results agree up to rounding, and if not, where they are farthest apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrad.core.tensor import Tensor

__all__ = ["assert_close"]

# by dtype, (rtol, atol): about the square root of what the dtype can tell apart; anything else has to be equal
TOLERANCES = {
    np.dtype("float16"): (1e-3, 1e-5),
    np.dtype("float32"): (1.3e-6, 1e-5),
    np.dtype("float64"): (1e-7, 1e-7),
    np.dtype("complex64"): (1.3e-6, 1e-5),
    np.dtype("complex128"): (1e-7, 1e-7),
}


class _Options(NamedTuple):
    allow_subclasses: bool
    rtol: float | None
    atol: float | None
    equal_nan: bool
    check_dtype: bool
    check_stride: bool


class _Pair(NamedTuple):
    """Two values to compare, and their place in what was given, such as ``[0]['weight']``."""

    actual: Any
    expected: Any
    path: str
    kind: str  # "same", "number" or "tensor"


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Assert that two tensors, arrays, numbers, or sequences and mappings of them are the same up to rounding.

    An element passes where ``|actual - expected| <= atol + rtol * |expected|``, or both are the same infinity.

    Parameters
    ----------
    actual, expected : Tensors, arrays, numbers, None, or sequences and mappings of those
        A Tensor is compared with a Tensor, an array with an array, a number with a number.
    allow_subclasses : bool, default True
        Whether a subclass, such as a Parameter, is compared with its base.
    rtol, atol : float, optional
        Both or neither. By default those of the dtype: (1e-3, 1e-5) for float16, (1.3e-6, 1e-5) for float32,
        (1e-7, 1e-7) for float64 and floats, and 0 for others; the larger ones where two dtypes are compared.
    equal_nan : bool, default False
        Whether nan equals nan.
    check_dtype : bool, default True
        Whether dtypes, and the types of numbers, must be the same; if not, both are converted to the one that
        holds both.
    check_stride : bool, default False
        Whether the strides must be the same.
    check_device, check_layout : bool
        Accepted, as PyTorch does: there are one device and one layout.
    msg : str or callable, optional
        A message in place of the usual one, or a function from the usual one to another.

    Raises
    ------
    AssertionError
        Saying where in sequences and mappings, how many elements disagree, and the greatest absolute and relative
        difference with its index; or which attribute differs.
    TypeError
        If two things cannot be compared, such as a Tensor with a number.
    ValueError
        If one of `rtol` and `atol` is given alone.

    Examples
    --------
    >>> from minigrad.testing import assert_close
    >>> assert_close(mg.tensor([1.0, 2.0]) / 3, mg.tensor([0.333333, 0.666667]))
    >>> assert_close({"loss": 1.0, "grads": [mg.ones(2)]}, {"loss": 1.0, "grads": [mg.tensor([1.0, 1.1])]})
    Traceback (most recent call last):
        ...
    AssertionError: assert_close: item ['grads'][0]: 1 of 2 elements is not close.
    Greatest absolute difference: 0.1 at [1], 1 against 1.1 (allowed 1e-05)
    Greatest relative difference: 0.0909 at [1], 1 against 1.1 (allowed 1.3e-06)
    """
    if (rtol is None) != (atol is None):
        given, missing = ("rtol", "atol") if atol is None else ("atol", "rtol")
        raise ValueError(f"assert_close: got {given} without {missing}; pass both or neither")
    for name, value in (("rtol", rtol), ("atol", atol)):
        if value is not None and not value >= 0:
            raise RuntimeError(f"assert_close: expected {name} >= 0, got {value}")
    options = _Options(allow_subclasses, rtol, atol, equal_nan, check_dtype, check_stride)
    try:
        for pair in list(_pairs(actual, expected, "", options)):  # first check that all can be compared
            _compare(pair, options)
    except AssertionError as error:
        if msg is None:
            raise
        raise AssertionError(msg(str(error)) if callable(msg) else msg) from None


# ---- what is compared with what --------------------------------------------------------------------------------------


def _pairs(actual: Any, expected: Any, path: str, options: _Options) -> Iterator[_Pair]:
    if all(isinstance(x, Sequence) and not isinstance(x, str) for x in (actual, expected)):
        if len(actual) != len(expected):
            _fail(path, f"a sequence of {len(actual)} against one of {len(expected)}")
        for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
            yield from _pairs(a, e, f"{path}[{i}]", options)
    elif isinstance(actual, Mapping) and isinstance(expected, Mapping):
        missing, unknown = ([k for k in a if k not in b] for a, b in ((expected, actual), (actual, expected)))
        if missing or unknown:
            lists = [f"{what} {keys}" for what, keys in (("missing", missing), ("unexpected", unknown)) if keys]
            _fail(path, f"other keys: {' and '.join(lists)}")
        for key in actual:
            yield from _pairs(actual[key], expected[key], f"{path}[{key!r}]", options)
    else:
        yield _Pair(actual, expected, path, _kind(actual, expected, path, options))


def _kind(actual: Any, expected: Any, path: str, options: _Options) -> str:
    """Return how two values that are no containers are compared."""
    if actual is None or expected is None or _both(bool | np.bool_, actual, expected):
        return "same"
    if _both(int | float | complex | np.number, actual, expected):
        return "number"
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    same = type(actual) is type(expected) or options.allow_subclasses
    if related and same and _both(Tensor | np.ndarray, actual, expected):
        if all(_array(x).dtype.kind in "biufc" for x in (actual, expected)):
            return "tensor"
    raise TypeError(
        f"assert_close: {_item(path)}a {type(actual).__name__} cannot be compared with a {type(expected).__name__}"
        + ("; make both Tensors, arrays or numbers" if type(actual) is not type(expected) else "")
    )


def _both(kinds: Any, actual: Any, expected: Any) -> bool:
    return isinstance(actual, kinds) and isinstance(expected, kinds)


def _array(x: Any) -> np.ndarray:
    return x._data if isinstance(x, Tensor) else np.asarray(x)


def _item(path: str) -> str:
    return f"item {path}: " if path else ""


def _fail(path: str, text: str) -> None:
    raise AssertionError(f"assert_close: {_item(path)}{text}")


# ---- comparing -------------------------------------------------------------------------------------------------------


def _compare(pair: _Pair, options: _Options) -> None:
    if pair.kind == "tensor":
        _compare_tensors(pair, options)
    elif pair.kind == "number":
        _compare_numbers(pair, options)
    elif pair.actual is not pair.expected and (pair.actual is None or pair.expected is None):
        _fail(pair.path, f"{_short(pair.actual)} against {_short(pair.expected)}")
    elif pair.actual != pair.expected:
        _fail(pair.path, f"{pair.actual} against {pair.expected}")


def _short(x: Any) -> str:
    return "None" if x is None else f"a {type(x).__name__}"


def _compare_numbers(pair: _Pair, options: _Options) -> None:
    a, e = (x.item() if isinstance(x, np.number) else x for x in (pair.actual, pair.expected))
    if options.check_dtype and type(a) is not type(e):
        _fail(pair.path, f"{a!r} is of type {type(a).__name__}, {e!r} of type {type(e).__name__}")
    rtol, atol = _tolerances([np.asarray(a).dtype, np.asarray(e).dtype], options)
    if a == e or options.equal_nan and a != a and e != e:
        return
    difference = abs(a - e)
    if not (math.isfinite(difference) and difference <= atol + rtol * abs(e)):
        relative = difference / abs(e) if e else math.inf
        _fail(
            pair.path,
            f"{a} is not close to {e}\nAbsolute difference: {difference:.3g} (allowed {atol:g})\n"
            f"Relative difference: {relative:.3g} (allowed {rtol:g})",
        )


def _tolerances(types: list[np.dtype], options: _Options) -> tuple[float, float]:
    if options.rtol is not None and options.atol is not None:
        return options.rtol, options.atol
    known = [TOLERANCES.get(t, (0.0, 0.0)) for t in types]
    return max(r for r, _ in known), max(a for _, a in known)


def _compare_tensors(pair: _Pair, options: _Options) -> None:
    a, e = _array(pair.actual), _array(pair.expected)
    checks: list[tuple[str, Any, Any]] = [("shape", a.shape, e.shape)]
    if options.check_dtype:
        checks.append(("dtype", a.dtype, e.dtype))
    if options.check_stride and a.shape == e.shape:
        strides = [tuple(s // x.itemsize for s in x.strides) for x in (a, e)]
        checks.append(("stride", strides[0], strides[1]))
    for name, got, wanted in checks:
        if got != wanted:
            _fail(pair.path, f"the {name} is {got}, expected {wanted}")
    rtol, atol = _tolerances([a.dtype, e.dtype], options)
    floating = a.dtype.kind in "fc" or e.dtype.kind in "fc"
    wide = np.result_type(a, e, np.float64) if floating else np.dtype(object)
    if not floating and np.array_equal(a, e):
        return
    with np.errstate(all="ignore"):
        x, y = a.astype(wide), e.astype(wide)  # integers do not wrap around
        distance, size = np.asarray(np.abs(x - y)), np.asarray(np.abs(y))
        close = np.asarray(x == y) | np.asarray(distance <= atol + rtol * size).astype(bool)
        if floating:
            close = np.where(np.isfinite(distance), close, x == y)
            if options.equal_nan:
                close |= np.isnan(x) & np.isnan(y)
        if not close.all():
            _fail(pair.path, _distances(a, e, ~close, distance.astype(float), size.astype(float), rtol, atol))


def _distances(
    a: np.ndarray, e: np.ndarray, wrong: np.ndarray, distance: np.ndarray, size: np.ndarray, rtol: float, atol: float
) -> str:
    """Return how many elements are not close, and the greatest differences among them."""
    count = int(np.count_nonzero(wrong))
    lines = [f"{count} of {wrong.size} element{'s' * (wrong.size > 1)} {'is' if count == 1 else 'are'} not close."]
    relative = np.where(size > 0, distance / np.where(size > 0, size, 1), np.inf)
    for name, values, allowed in (("absolute", distance, atol), ("relative", relative, rtol)):
        among = np.where(wrong, np.where(np.isnan(values), np.inf, values), -1.0)
        place = np.unravel_index(int(np.argmax(among)), among.shape)
        at = f" at {[int(i) for i in place]}" if place else ""
        lines.append(
            f"Greatest {name} difference: {values[place]:.3g}{at}, {a[place]:.7g} against {e[place]:.7g} "
            f"(allowed {allowed:g})"
        )
    return "\n".join(lines)
