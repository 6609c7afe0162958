"""Type promotion against PyTorch, exhaustively: dtypes x {with dimensions, 0-dim, Python number} x operators."""

import itertools
import operator

import numpy as np
import pytest

import minigrad as mg
from minigrad.dtypes import result_type

NAMES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
PYTHON = {"python bool": True, "python int": 1, "python float": 1.0}
OPERANDS = [*(f"{name} {kind}" for name in NAMES for kind in ("dims", "0-dim")), *PYTHON]

OPERATORS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "lt": operator.lt,
    "eq": operator.eq,
    "and": operator.and_,
    "maximum": None,
    "where": None,
}


def operand(m, what):
    if what in PYTHON:
        return PYTHON[what]
    name, kind = what.split()
    return m.ones((2,) if kind == "dims" else (), dtype=getattr(m, name))


def apply(m, name, a, b):
    if name == "maximum":
        return m.maximum(a, b)
    if name == "where":
        return m.where(m.tensor([True, False]), a, b)
    return OPERATORS[name](a, b)


def dtype_of(m, name, a, b):
    """The name of the result's dtype, or None where the library refuses."""
    try:
        result = apply(m, name, operand(m, a), operand(m, b))
    except (RuntimeError, TypeError, NotImplementedError, ZeroDivisionError):
        return None
    return str(result.dtype).removeprefix("torch.")


PAIRS = [(a, b) for a, b in itertools.product(OPERANDS, OPERANDS) if not (a in PYTHON and b in PYTHON)]


@pytest.mark.parametrize("name", OPERATORS)
def test_promotion_is_that_of_pytorch(name):
    torch = pytest.importorskip("torch")
    differences = []
    for a, b in PAIRS:
        if name == "pow" and a.startswith("bool") and b == "python bool":
            continue  # PyTorch knows powers of bools for the exponents True and False only
        expected = dtype_of(torch, name, a, b)
        if expected is not None and (actual := dtype_of(mg, name, a, b)) != expected:
            differences.append(f"{a} {name} {b}: {actual} instead of {expected}")
    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("default", ["float32", "float64"])
def test_result_type_is_that_of_pytorch(default):
    torch = pytest.importorskip("torch")
    torch.set_default_dtype(getattr(torch, default))
    mg.set_default_dtype(getattr(mg, default))
    try:
        for a, b in PAIRS:
            arrays = [x._data if isinstance(x, mg.Tensor) else x for x in (operand(mg, a), operand(mg, b))]
            expected = torch.result_type(operand(torch, a), operand(torch, b))
            assert str(result_type(*arrays)) == str(expected).removeprefix("torch."), (a, b)
    finally:
        torch.set_default_dtype(torch.float32)


def test_three_operands():
    double, single = np.ones(2), np.float32(1)
    assert result_type(np.ones(2, np.float32), np.asarray(double.sum()), 1) == np.float32
    assert result_type(np.ones(2, np.int32), np.asarray(single), 1) == np.float32
    assert result_type(np.ones(2, np.bool_), True, 2) == np.int64


# ---- facts without PyTorch -------------------------------------------------------------------------------------------


def test_scalars_do_not_promote_within_their_kind():
    for scalar in (1, True, 2.5, mg.tensor(2.5, dtype=mg.float64), np.float64(2.5)):
        assert (mg.ones(2) * scalar).dtype == mg.float32
        assert (scalar * mg.ones(2)).dtype == mg.float32
    assert (mg.ones(2, dtype=mg.int8) + 100).dtype == mg.int8
    assert (mg.ones(2, dtype=mg.int8) + 0.5).dtype == mg.float32


def test_int_over_int_is_floating():
    assert (mg.tensor([1]) / mg.tensor([2])).dtype == mg.float32
    mg.set_default_dtype(mg.float64)
    assert (mg.tensor([1]) / mg.tensor([2])).dtype == mg.float64


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "tanh", "sigmoid", "rsqrt", "reciprocal", "erf"])
@pytest.mark.parametrize("dtype", NAMES)
def test_functions_of_integers_are_floating(name, dtype):
    x = mg.ones(2, dtype=getattr(mg, dtype))
    expected = x.dtype if x.is_floating_point() else mg.float32
    assert getattr(mg, name)(x).dtype == expected
    assert getattr(mg, name)(x.sum().to(x.dtype)).dtype == expected


@pytest.mark.parametrize("dtype", NAMES)
def test_sums_of_integers_are_int64(dtype):
    x = mg.ones(2, dtype=getattr(mg, dtype))
    expected = x.dtype if x.is_floating_point() else mg.int64
    assert x.sum().dtype == x.sum(0).dtype == expected
    assert x.sum(dtype=mg.float64).dtype == mg.float64


def test_mean_of_integers_raises():
    with pytest.raises(RuntimeError, match="mean"):
        mg.tensor([1, 2]).mean()


def test_array_and_tensor_in_either_order():
    a = np.array([1.0, 2.0], np.float32)
    for result in (a * mg.ones(2), mg.ones(2) * a):
        assert isinstance(result, mg.Tensor) and result.dtype == mg.float32
    assert (a.astype(np.float64) - mg.ones(2)).dtype == mg.float64
    assert isinstance(np.float32(2) * mg.ones(2), mg.Tensor)
    assert isinstance(a < mg.ones(2), mg.Tensor)


def test_gradients_have_the_dtype_of_their_leaf():
    x, y = mg.ones(2, requires_grad=True), mg.ones(2, dtype=mg.float64, requires_grad=True)
    (x * y).sum().backward()
    assert (x.grad.dtype, y.grad.dtype) == (mg.float32, mg.float64)


def test_names():
    assert mg.float is mg.float32 and mg.double is mg.float64 and mg.long is mg.int64 and mg.half is mg.float16
    assert mg.short is mg.int16 and mg.int is mg.int32
    assert str(mg.float32) == "float32"


def test_default_dtype():
    assert mg.get_default_dtype() == mg.float32
    mg.set_default_dtype(mg.float64)
    for x in (mg.tensor(0.5), mg.zeros(1), mg.arange(0.5), mg.linspace(0, 1, 2), mg.eye(1), mg.tensor([1]) / 2):
        assert x.dtype == mg.float64
    assert mg.tensor(np.ones(1, np.float32)).dtype == mg.float32
    with pytest.raises(TypeError, match="int64"):
        mg.set_default_dtype(mg.int64)


def test_unsupported_dtypes():
    for dtype in (np.complex64, "U3", object):
        with pytest.raises(TypeError):
            mg.zeros(1, dtype=dtype)
        with pytest.raises(TypeError):
            mg.tensor(np.zeros(1, dtype))
