"""The ONNX forms of operations on corresponding elements: formulas, in which ONNX's operators have capitals."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.onnx.graph import Graph, Value
from minigrad.onnx.sizes import UnsupportedOperatorError

DIRECT = {
    "abs": "Abs", "acos": "Acos", "acosh": "Acosh", "add": "Add", "asin": "Asin", "asinh": "Asinh", "atan": "Atan",
    "atanh": "Atanh", "ceil": "Ceil", "cos": "Cos", "cosh": "Cosh", "div": "Div", "eq": "Equal", "erf": "Erf",
    "exp": "Exp", "floor": "Floor", "ge": "GreaterOrEqual", "gt": "Greater", "hardswish": "HardSwish",
    "isnan": "IsNaN", "isinf": "IsInf", "le": "LessOrEqual", "log": "Log", "lt": "Less", "maximum": "Max",
    "minimum": "Min", "mish": "Mish", "mul": "Mul", "neg": "Neg", "pow": "Pow", "prelu": "PRelu",
    "reciprocal": "Reciprocal", "relu": "Relu", "sigmoid": "Sigmoid", "sign": "Sign", "sin": "Sin", "sinh": "Sinh",
    "softsign": "Softsign", "sqrt": "Sqrt", "sub": "Sub", "tan": "Tan", "tanh": "Tanh", "weighted": "Mul",
}  # fmt: skip
"""By name of the operation, ONNX's operator with the same inputs."""

_ROOT_OF_HALF, _ROOT_OF_2_PI = math.sqrt(0.5), math.sqrt(2 / math.pi)


def _is_float(x: Value) -> bool:
    return bool(x.dtype.kind == "f")


def _atan2(g: Graph, y: Value, x: Value) -> Value:
    """Return the angle of (x, y): left of 0 half a turn away from that of the slope."""
    x = _select(g, x.equals(0), 0, x)  # not -0, beside which the slope has the wrong sign
    half_turn = _select(g, y < 0, g.like(-math.pi, y), math.pi)
    angle = g.Atan(y / x) + _select(g, x < 0, half_turn, 0)
    return _select(g, g.And(x.equals(0), y.equals(0)), 0, angle)


def _attention_weights(g: Graph, scores: Value, hidden: Value | None) -> Value:
    """Return the softmax without what is hidden, and 0 in rows in which all is."""
    if hidden is not None:
        scores = _select(g, hidden, -math.inf, scores)
    none = g.ReduceMax(scores, [-1], keepdims=1).equals(-math.inf)
    return _select(g, none, 0, g.Softmax(scores, axis=-1))


def _clamp(g: Graph, x: Value, low: Any, high: Any) -> Value:
    for bound, kind in ((low, "Max"), (high, "Min")):
        x = x if bound is None else g.node(kind, x, g.like(bound, x))
    return x


def _elu(g: Graph, x: Value, alpha: float, scale: float, input_scale: float) -> Value:
    below = (g.Exp(g.Min(x, g.like(0, x)) * input_scale) - 1) * (alpha * scale)
    return g.Where(x > 0, x * scale, below, dtype=x.dtype)


def _floor_divide(g: Graph, x: Value, y: Value) -> Value:
    return g.Floor(x / y) if _is_float(x) else (x - g.Mod(x, g.like(y, x))) / y


def _logaddexp(g: Graph, x: Value, y: Value) -> Value:
    return g.Max(x, y) + g.Log(g.Exp(-g.Abs(x - y)) + 1)


def _isclose(g: Graph, x: Value, y: Value, rtol: float, atol: float, equal_nan: bool) -> Value:
    close = g.Or(g.Abs(x - y) <= g.Abs(y) * rtol + atol, g.Equal(x, y))
    finite = g.Not(g.IsInf(y)) if _is_float(y) else None
    close = close if finite is None else g.Or(g.And(close, finite), g.Equal(x, y))
    return g.Or(close, g.And(g.IsNaN(x), g.IsNaN(y))) if equal_nan and _is_float(x) else close


def _nan_to_num(g: Graph, x: Value, nan: Any, posinf: Any, neginf: Any) -> Value:
    limits = np.finfo(x.dtype)
    largest, smallest = (limits.max if posinf is None else posinf), (limits.min if neginf is None else neginf)
    y = g.Where(g.IsNaN(x), g.like(nan or 0.0, x), x, dtype=x.dtype)
    y = g.Where(g.IsInf(x, detect_negative=0), g.like(largest, x), y, dtype=x.dtype)
    return g.Where(g.IsInf(x, detect_positive=0), g.like(smallest, x), y, dtype=x.dtype)


def _remainder(g: Graph, x: Value, y: Value) -> Value:
    return x - g.Floor(x / y) * y if _is_float(x) else g.Mod(x, g.like(y, x))


def _round(g: Graph, x: Value, decimals: int) -> Value:
    if not _is_float(x):
        return x
    return g.Round(x * 10.0**decimals) / 10.0**decimals if decimals else g.Round(x)


def _select(g: Graph, condition: Value, x: Any, y: Any) -> Value:
    like = x if isinstance(x, Value) else y
    return g.Where(condition, g.like(x, like), g.like(y, like), dtype=like.dtype)


def _smooth_error(g: Graph, x: Value, y: Value, beta: float, scale: float) -> Value:
    far = g.Abs(x - y)
    near = g.Min(far, g.like(beta, far))
    return near * near * (scale / (2 * beta)) + (far - near) * scale


def _softplus(g: Graph, x: Value, beta: float, threshold: float) -> Value:
    return _select(g, x * beta > threshold, x, g.Softplus(x * beta) / beta)


def _by_bits(bits: str, truth: str) -> Callable[..., Value]:
    """Return the form of an operation on the bits of integers, or on bools."""

    def form(g: Graph, x: Value, *others: Any) -> Value:
        return g.node(truth if x.dtype.kind == "b" else bits, x, *(g.like(other, x) for other in others))

    return form


def _truth(g: Graph, x: Value) -> Value:
    return x if x.dtype.kind == "b" else g.Not(x.equals(0))


def _below_zero(g: Graph, x: Value) -> Value:
    """Return where there is a minus sign: also that of -0, whose reciprocal is -inf."""
    return g.Or(x < 0, g.Reciprocal(x) < 0) if _is_float(x) else x < 0


def _entr(g: Graph, x: Value) -> Value:
    return _select(g, x < 0, -math.inf, _select(g, x.equals(0), 0, -(x * g.Log(x))))


def _heaviside(g: Graph, x: Value, values: Value) -> Value:
    return _select(g, x.equals(0), values, _select(g, x > 0, 1, g.like(0, x)))


def _logarithm_of(g: Graph, x: Value) -> Value:
    """Return the logarithm, at least -100: no loss is infinite."""
    return g.Max(g.Log(x), g.like(-100, x))


def _logit_loss(g: Graph, x: Value, target: Value, pos_weight: Any) -> Value:
    positive = target if pos_weight is None else target * pos_weight
    return g.Softplus(x) * (1 - target) + g.Softplus(-x) * positive


def _sinc(g: Graph, x: Value, n: int) -> Value:
    if n:
        raise UnsupportedOperatorError("a derivative")
    angle = x * math.pi
    return _select(g, x.equals(0), 1, g.Sin(angle) / angle)


def _truncated(g: Graph, x: Value) -> Value:
    if not _is_float(x):
        return x
    return g.Sign(x) * g.Floor(g.Abs(x))


FORMULAS: dict[str, Callable[..., Value]] = {
    "absolute_error": lambda g, x, y: g.Abs(x - y),
    "affine": lambda g, x, scale, shift: x * scale + shift,
    "atan2": _atan2,
    "attention_weights": _attention_weights,
    "binary_cross_entropy": lambda g, x, y: -(y * _logarithm_of(g, x) + (1 - y) * _logarithm_of(g, 1 - x)),
    "bitwise_and": _by_bits("BitwiseAnd", "And"),
    "bitwise_not": _by_bits("BitwiseNot", "Not"),
    "bitwise_or": _by_bits("BitwiseOr", "Or"),
    "bitwise_xor": _by_bits("BitwiseXor", "Xor"),
    "clamp": _clamp,
    "copysign": lambda g, x, y: _select(g, _below_zero(g, g.like(y, x)), -g.Abs(x), g.Abs(x)),
    "deg2rad": lambda g, x: x * (math.pi / 180),
    "elu": _elu,
    "entr": _entr,
    "erfc": lambda g, x: 1 - g.Erf(x),
    "exp2": lambda g, x: g.Exp(x * math.log(2)),
    "expm1": lambda g, x: g.Exp(x) - 1,
    "floor_divide": _floor_divide,
    "fmod": lambda g, x, y: g.Mod(x, g.like(y, x), fmod=1),
    "gelu": lambda g, x: x * 0.5 * (g.Erf(x * _ROOT_OF_HALF) + 1),
    "gelu_tanh": lambda g, x: x * 0.5 * (g.Tanh((x + x * x * x * 0.044715) * _ROOT_OF_2_PI) + 1),
    "hardshrink": lambda g, x, lambd: _select(g, g.Abs(x) > lambd, x, 0),
    "hardsigmoid": lambda g, x: g.HardSigmoid(x, alpha=1 / 6, beta=0.5),
    "hardtanh": lambda g, x, low, high: _clamp(g, x, low, high),
    "heaviside": _heaviside,
    "hypot": lambda g, x, y: g.Sqrt(x * x + y * y),
    "isclose": _isclose,
    "isfinite": lambda g, x: g.Not(g.Or(g.IsNaN(x), g.IsInf(x))),
    "isneginf": lambda g, x: g.IsInf(x, detect_positive=0),
    "isposinf": lambda g, x: g.IsInf(x, detect_negative=0),
    "leaky_relu": lambda g, x, slope: g.LeakyRelu(x, alpha=float(slope)),
    "lerp": lambda g, x, end, weight: x + (end - x) * weight,
    "log10": lambda g, x: g.Log(x) / math.log(10),
    "log1p": lambda g, x: g.Log(x + 1),
    "log2": lambda g, x: g.Log(x) / math.log(2),
    "logaddexp": _logaddexp,
    "logaddexp2": lambda g, x, y: g.Max(x, y) + g.Log(g.Exp(-g.Abs(x - y) * math.log(2)) + 1) / math.log(2),
    "logical_and": lambda g, x, y: g.And(_truth(g, x), _truth(g, g.like(y, x))),
    "logical_not": lambda g, x: g.Not(_truth(g, x)),
    "logical_or": lambda g, x, y: g.Or(_truth(g, x), _truth(g, g.like(y, x))),
    "logical_xor": lambda g, x, y: g.Xor(_truth(g, x), _truth(g, g.like(y, x))),
    "logit_loss": _logit_loss,
    "logit": lambda g, x: g.Log(x / (1 - x)),
    "logsigmoid": lambda g, x: -g.Softplus(-x),
    "nan_to_num": _nan_to_num,
    "ndtr": lambda g, x: (g.Erf(x * _ROOT_OF_HALF) + 1) * 0.5,
    "ne": lambda g, x, y: g.Not(g.Equal(x, g.like(y, x))),
    "rad2deg": lambda g, x: x * (180 / math.pi),
    "remainder": _remainder,
    "round": _round,
    "rsqrt": lambda g, x: g.Reciprocal(g.Sqrt(x)),
    "signbit": _below_zero,
    "silu": lambda g, x: x * g.Sigmoid(x),
    "sinc": _sinc,
    "smooth_error": _smooth_error,
    "softplus": _softplus,
    "softshrink": lambda g, x, lambd: x - _clamp(g, x, -lambd, lambd),
    "square": lambda g, x: x * x,
    "squared_error": lambda g, x, y: (x - y) * (x - y),
    "tanhshrink": lambda g, x: x - g.Tanh(x),
    "threshold": lambda g, x, threshold, value: _select(g, x > threshold, x, value),
    "trunc": _truncated,
    "truncated_divide": lambda g, x, y: _truncated(g, x / y),
    "where": _select,
    "xlog1py": lambda g, x, y: _select(g, x.equals(0), 0, x * g.Log(y + 1)),
    "xlogy": lambda g, x, y: _select(g, x.equals(0), 0, x * g.Log(y)),
}
"""By name of the operation: its arguments are Values, or numbers as they were given."""


def _direct(kind: str) -> Callable[..., Value]:
    def form(g: Graph, *args: Any) -> Value:
        like = next(a for a in args if isinstance(a, Value))
        if kind in ("Ceil", "Floor") and not _is_float(like):
            return like
        return g.node(kind, *(g.like(a, like) for a in args))

    return form


def _with_values(form: Callable[..., Value]) -> Callable[..., Value]:
    """Return `form` with a Value as its first argument, which may have been a number."""

    def call(g: Graph, *args: Any) -> Value:
        first, *rest = args
        if not isinstance(first, Value):
            first = g.like(first, next(a for a in rest if isinstance(a, Value)))
        return form(g, first, *rest)

    return call


FORMS: dict[str, Callable[..., Any]] = {name: _direct(kind) for name, kind in DIRECT.items()}
FORMS |= {name: form if name == "where" else _with_values(form) for name, form in FORMULAS.items()}
