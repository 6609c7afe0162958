"""Making tensors: the same values, dtypes and errors as PyTorch's."""

import numpy as np
import pytest

import minigrad as mg
from tests.conformance.facts import outcome, plain

EXPRESSIONS = {
    "tensor of ints": lambda m: m.tensor([[1, 2], [3, 4]]),
    "tensor of floats": lambda m: m.tensor([1.0, 2]),
    "tensor of bools": lambda m: m.tensor([True, False]),
    "tensor of mixed": lambda m: m.tensor([True, 2, 3.5]),
    "tensor of a number": lambda m: m.tensor(3),
    "tensor of double array": lambda m: m.tensor(np.array([1.0])),
    "tensor of int32 array": lambda m: m.tensor(np.array([1], np.int32)),
    "tensor of NumPy scalar": lambda m: m.tensor(np.float64(1.5)),
    "tensor of nothing": lambda m: m.tensor([]),
    "tensor of empty lists": lambda m: m.tensor([[], []]),
    "tensor of tuples": lambda m: m.tensor(((1, 2), (3, 4))),
    "tensor of range": lambda m: m.tensor(range(3)),
    "tensor of tensors": lambda m: m.tensor([m.tensor(1.0), m.tensor(2.0)]),
    "tensor of arrays": lambda m: m.tensor(np.array([np.ones(2), np.zeros(2)])),
    "tensor with dtype": lambda m: m.tensor([1.7, 0.0], dtype=m.int64),
    "tensor to bool": lambda m: m.tensor([1.7, 0.0], dtype=m.bool),
    "tensor of nan": lambda m: m.isnan(m.tensor([float("nan"), 1.0])),
    "large int": lambda m: m.tensor(2**40),
    "LongTensor of floats": lambda m: m.LongTensor([2.0, 3.0]),
    "zeros": lambda m: m.zeros(2, 3),
    "zeros of tuple": lambda m: m.zeros((2, 3)),
    "zeros of list and dtype": lambda m: m.zeros([2], dtype=m.int64),
    "zeros of Size": lambda m: m.zeros(m.ones(2, 1).shape),
    "zeros 0-dim": lambda m: m.zeros(()),
    "ones": lambda m: m.ones(2, dtype=m.bool),
    "empty": lambda m: list(m.empty(2, 0, 3).shape),
    "full of int": lambda m: m.full((2,), 7),
    "full of float": lambda m: m.full((2,), 7.5),
    "full of bool": lambda m: m.full((2,), True),
    "full with dtype": lambda m: m.full((2,), 7, dtype=m.float64),
    "full 0-dim": lambda m: m.full((), 1.5),
    "zeros_like": lambda m: m.zeros_like(m.tensor([1, 2])),
    "ones_like": lambda m: m.ones_like(m.tensor([1, 2]), dtype=m.float32),
    "full_like": lambda m: m.full_like(m.tensor([1, 2]), 3.7),
    "empty_like": lambda m: list(m.empty_like(m.zeros(2, 3)).shape),
    "like is a leaf": lambda m: m.zeros_like(m.ones(1, requires_grad=True)).requires_grad,
    "arange": lambda m: m.arange(5),
    "arange from": lambda m: m.arange(2, 5),
    "arange by": lambda m: m.arange(0, 7, 3),
    "arange down": lambda m: m.arange(5, 0, -2),
    "arange floats": lambda m: m.arange(0, 1, 0.25),
    "arange of a float": lambda m: m.arange(3.0),
    "arange nothing": lambda m: m.arange(0),
    "arange dtype": lambda m: m.arange(3, dtype=m.float64),
    "arange keywords": lambda m: m.arange(start=1, end=6, step=2),
    "arange to a fraction": lambda m: m.arange(0, 2.5, 1),
    "linspace": lambda m: m.linspace(0, 1, 5),
    "linspace one": lambda m: m.linspace(3, 10, 1),
    "linspace keywords": lambda m: m.linspace(start=-1, end=1, steps=3, dtype=m.float64),
    "logspace": lambda m: m.logspace(0, 3, 4),
    "logspace base": lambda m: m.logspace(0, 3, 4, base=2),
    "eye": lambda m: m.eye(3),
    "eye wide": lambda m: m.eye(2, 3),
    "eye dtype": lambda m: m.eye(2, dtype=m.int64),
    "as_tensor": lambda m: m.as_tensor([1.0, 2.0]),
    "as_tensor dtype": lambda m: m.as_tensor(np.ones(2), dtype=m.float32),
    "requires_grad": lambda m: [
        t.requires_grad
        for t in (m.zeros(1, requires_grad=True), m.tensor(1.0, requires_grad=True), m.eye(1, requires_grad=True))
    ],
    "is leaf": lambda m: m.linspace(0, 1, 2, requires_grad=True).is_leaf,
    "meshgrid": lambda m: list(m.meshgrid(m.arange(2), m.arange(3), indexing="ij")),
    "tril and triu": lambda m: [m.tril(m.ones(3, 3)), m.triu(m.ones(2, 3), diagonal=1)],
}  # fmt: skip

ERRORS = {
    "ints requiring grad": (lambda m: m.ones(1, dtype=m.int64, requires_grad=True), RuntimeError),
    "arange without steps": (lambda m: m.arange(0, 1, 0), RuntimeError),
    "arange the wrong way": (lambda m: m.arange(1, 0, 1), RuntimeError),
    "ragged": (lambda m: m.tensor([[1], [1, 2]]), ValueError),
    "string": (lambda m: m.tensor("abc"), (TypeError, RuntimeError)),
    "negative size": (lambda m: m.zeros(-1), (RuntimeError, ValueError)),
    "from_numpy of a list": (lambda m: m.from_numpy([1, 2]), TypeError),
    "from_numpy of strings": (lambda m: m.from_numpy(np.array(["a"])), TypeError),
    "two sizes": (lambda m: m.zeros(2, dtype="nonsense"), TypeError),
    "negative steps": (lambda m: m.linspace(0, 1, -1), (RuntimeError, ValueError)),
}


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def described(m, function):
    """Values, and of tensors the dtypes too."""
    result = function(m)
    several = result if isinstance(result, list) else [result]
    return plain(result), [str(getattr(r, "dtype", None)).rpartition(".")[2] for r in several]


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expression_is_that_of_pytorch(torch, name):
    assert described(mg, EXPRESSIONS[name]) == described(torch, EXPRESSIONS[name])


@pytest.mark.parametrize("name", ERRORS)
def test_error_is_that_of_pytorch(torch, name):
    function, errors = ERRORS[name]
    for m in (torch, mg):
        result = outcome(function, m, errors)
        assert isinstance(result, type) and issubclass(result, errors)


def test_tensor_copies_and_from_numpy_does_not():
    a = np.zeros(2)
    copied, shared, also = mg.tensor(a), mg.from_numpy(a), mg.as_tensor(a)
    a[0] = 5
    assert (copied.tolist(), shared.tolist(), also.tolist()) == ([0, 0], [5, 0], [5, 0])


def test_tensor_of_a_tensor_is_a_copy_without_history():
    x = mg.ones(2, requires_grad=True)
    y = mg.tensor(x * 2)
    assert y.tolist() == [2, 2] and not y.requires_grad and y.is_leaf


def test_from_numpy_keeps_strides():
    a = np.arange(6.0).reshape(2, 3).T
    t = mg.from_numpy(a)
    assert t.stride() == (1, 3) and t.numpy() is a


def test_other_devices_are_refused():
    for make in (mg.zeros, mg.ones, mg.empty, mg.tensor, mg.arange, mg.eye):
        with pytest.raises(RuntimeError, match="CPU only"):
            make(2, device="cuda")


@pytest.mark.parametrize("make", [mg.tensor, mg.as_tensor, mg.from_numpy])
def test_arrays_of_other_byte_orders_and_sizes_are_refused(make):
    other = np.arange(3.0).astype(np.dtype(np.float32).newbyteorder())
    with pytest.raises(ValueError, match="byte order.*astype"):
        make(other)
    assert mg.tensor(other, dtype=mg.float32).tolist() == [0, 1, 2]
    if np.dtype(np.longdouble).itemsize > 8:
        with pytest.raises(TypeError, match="64 bits"):
            make(np.zeros(2, np.longdouble))
