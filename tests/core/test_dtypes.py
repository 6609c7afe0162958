"""Type promotion against PyTorch, exhaustively: dtypes x {with dimensions, 0-dim, Python number} x operators."""

import copy
import itertools
import operator
import pickle

import numpy as np
import pytest

import minigrad as mg
from minigrad.core.dtypes import result_type

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
    return str(result.dtype).rpartition(".")[2]


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
    assert repr(mg.float32) == str(mg.float32) == "minigrad.float32"


EVERY = [*NAMES, "uint16", "uint32", "uint64"]


@pytest.mark.parametrize("name", EVERY)
def test_a_dtype_is_one_object(name):
    """Also after copying and pickling; NumPy takes it for its own, and its own is taken for it."""
    d, theirs = getattr(mg, name), np.dtype(name)
    copies = [copy.copy(d), copy.deepcopy([d])[0], mg.dtype(name), mg.dtype(theirs), mg.tensor(np.ones(1, d)).dtype]
    copies += [pickle.loads(pickle.dumps(d, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    assert all(c is d for c in copies) and isinstance(d, mg.dtype)
    assert d == theirs and theirs == d and d == theirs.type and not d != theirs and {d: 1}[theirs] == 1
    assert np.dtype(d) is theirs and np.zeros(1, d).astype(d).dtype == d and mg.ones(1, dtype=theirs).dtype is d
    assert (d.itemsize, d.is_complex, d.to_real()) == (theirs.itemsize, False, d)
    assert all((d == getattr(mg, other)) == (name == other) for other in EVERY) and d != name and d != None  # noqa: E711


def test_kinds_of_dtypes_are_pytorchs():
    torch = pytest.importorskip("torch")
    for name in EVERY:
        ours, theirs = getattr(mg, name), getattr(torch, name)
        for what in ("is_floating_point", "is_complex", "is_signed", "itemsize"):
            assert getattr(ours, what) == getattr(theirs, what), (name, what)
        assert str(ours).partition(".")[2] == str(theirs).partition(".")[2]


TAKE_A_DTYPE = {
    "zeros": lambda m, d: m.zeros(1, dtype=d),
    "full": lambda m, d: m.full((1,), 1, dtype=d),
    "tensor": lambda m, d: m.tensor([1], dtype=d),
    "as_tensor": lambda m, d: m.as_tensor([1], dtype=d),
    "arange": lambda m, d: m.arange(2, dtype=d),
    "eye": lambda m, d: m.eye(2, dtype=d),
    "ones_like": lambda m, d: m.ones_like(m.zeros(1), dtype=d),
    "randint": lambda m, d: m.randint(0, 2, (1,), dtype=d),
    "randperm": lambda m, d: m.randperm(2, dtype=d),
    "to": lambda m, d: m.ones(1, dtype=m.int32).to(d),
    "to by name": lambda m, d: m.ones(1, dtype=m.int32).to(dtype=d),
    "sum": lambda m, d: m.ones(1, dtype=m.int32).sum(dtype=d),
    "prod": lambda m, d: m.ones(1, dtype=m.int32).prod(dtype=d),
    "cumsum": lambda m, d: m.ones(1, dtype=m.int32).cumsum(0, dtype=d),
    "new_zeros": lambda m, d: m.ones(1, dtype=m.int32).new_zeros(1, dtype=d),
    "module.to": lambda m, d: m.nn.Linear(1, 1).to(d).weight,
    "module": lambda m, d: m.nn.Linear(1, 1, dtype=d).weight,
}


@pytest.mark.parametrize("name", TAKE_A_DTYPE)
def test_pythons_types_are_dtypes_as_in_pytorch(name):
    torch = pytest.importorskip("torch")
    refused = {"module": {int, bool}, "module.to": {int, bool}}
    for d in {float, int, bool} - refused.get(name, {bool} if name in ("arange", "cumsum", "randperm") else set()):
        assert str(TAKE_A_DTYPE[name](mg, d).dtype)[9:] == str(TAKE_A_DTYPE[name](torch, d).dtype)[6:]


@pytest.mark.parametrize("name", ["sum", "nansum", "prod", "cumsum", "cumprod"])
def test_what_is_added_up_has_the_dtype_asked_for(name):
    """Integers wrap around; PyTorch has no scans of bools, here they saturate as its sums do."""
    torch = pytest.importorskip("torch")
    over = (0,) if name.startswith("cum") else ()
    for source, target in itertools.product(NAMES, [None, *NAMES]):
        if target == "bool" and over:
            continue
        ours, theirs = (
            getattr(m, name)(
                m.tensor([1, 3, 100, 100, 0]).to(getattr(m, source)), *over, dtype=target and getattr(m, target)
            )
            for m in (mg, torch)
        )
        assert (ours.dtype.name, ours.tolist()) == (str(theirs.dtype)[6:], theirs.tolist()), (source, target)


LETTERS = {
    "torch.HalfTensor": "float16", "torch.FloatTensor": "float32", "torch.DoubleTensor": "float64",
    "torch.ByteTensor": "uint8", "torch.CharTensor": "int8", "torch.ShortTensor": "int16", "torch.IntTensor": "int32",
    "torch.LongTensor": "int64", "torch.BoolTensor": "bool",
}  # fmt: skip


@pytest.mark.parametrize("name", LETTERS)
def test_types_of_tensors(name):
    kind, dtype = getattr(mg, name.removeprefix("torch.")), getattr(mg, LETTERS[name])
    for made in (mg.ones(1).type(name), mg.ones(1).type(name.replace("torch", "minigrad")), mg.ones(1).type(kind)):
        assert made.dtype is dtype and isinstance(made, kind)
    assert kind([1]).dtype is dtype and kind(2, 3).shape == (2, 3) and kind().shape == (0,)
    assert mg.ones(1).type(name).type() == name.replace("torch", "minigrad")
    assert sum(isinstance(kind([1]), getattr(mg, other.removeprefix("torch."))) for other in LETTERS) == 1
    assert not isinstance([1], kind)


@pytest.mark.parametrize("name", ["torch.FloatTensors", "torch.cuda.FloatTensor", "FloatTensor", "torch.Tensor", ""])
def test_names_that_are_no_types(name):
    with pytest.raises((ValueError, TypeError)):
        mg.ones(1).type(name)


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


def test_limits_of_dtypes():
    torch = pytest.importorskip("torch")
    for name in ("float16", "float32", "float64"):
        ours, theirs = mg.finfo(getattr(mg, name)), torch.finfo(getattr(torch, name))
        for attribute in ("bits", "max", "min", "eps", "tiny", "smallest_normal", "resolution", "dtype"):
            assert getattr(ours, attribute) == getattr(theirs, attribute)
    assert (mg.iinfo(mg.int8).min, mg.iinfo(mg.int8).bits) == (-128, 8)


def test_limits_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    for name in ("float16", "float32", "float64", "bfloat16"):
        ours, theirs = (m.finfo(getattr(m, name)) for m in (mg, torch))
        assert repr(ours) == repr(theirs)
        for limit in ("bits", "max", "min", "eps", "tiny", "smallest_normal"):
            assert getattr(ours, limit) == getattr(theirs, limit), (name, limit)
    for name in ("uint8", "int8", "int16", "int32", "int64"):
        assert repr(mg.iinfo(getattr(mg, name))) == repr(torch.iinfo(getattr(torch, name)))
