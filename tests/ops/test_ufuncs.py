"""NumPy's functions of elements, given Tensors."""

import numpy as np
import pytest

import minigrad as mg

X = np.array([0.3, 0.5, 0.9])


@pytest.mark.parametrize(
    "name",
    ["exp", "log", "sqrt", "sin", "arcsin", "tanh", "absolute", "negative", "square", "reciprocal", "floor", "rint"],
)
def test_one_argument(name):
    x = mg.tensor(X, requires_grad=True)
    y = getattr(np, name)(x)
    assert isinstance(y, mg.Tensor) and y.requires_grad
    np.testing.assert_allclose(y.detach().numpy(), getattr(np, name)(X), rtol=1e-14)


@pytest.mark.parametrize(
    "name",
    ["add", "subtract", "multiply", "divide", "power", "floor_divide", "remainder", "maximum", "minimum", "arctan2"]
    + ["hypot", "logaddexp", "equal", "not_equal", "less", "greater_equal", "matmul"],
)
@pytest.mark.parametrize("order", ["array first", "tensor first"])
def test_two_arguments_in_either_order(name, order):
    a, b = X, X[::-1].copy()
    ours = (a, mg.tensor(b)) if order == "array first" else (mg.tensor(a), b)
    y = getattr(np, name)(*ours)
    assert isinstance(y, mg.Tensor)
    np.testing.assert_allclose(y.numpy(), getattr(np, name)(a, b), rtol=1e-14)


def test_gradients_flow():
    x = mg.tensor(X, requires_grad=True)
    np.multiply(X, np.exp(x)).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), X * np.exp(X))


def test_numbers_of_numpy_do_not_promote():
    x = mg.ones(2)
    for y in (np.float64(2) * x, x * np.float64(2), np.float64(2) - x, np.float32(2) / x):
        assert isinstance(y, mg.Tensor) and y.dtype == mg.float32
    assert (np.float64(0.5) * mg.tensor([1, 2])).tolist() == [0.5, 1.0]


def test_array_changed_in_place_gets_the_values():
    a = X.copy()
    same = a
    a -= mg.tensor(X)
    assert a is same and isinstance(a, np.ndarray) and not a.any()
    with pytest.raises(RuntimeError, match="requires grad"):
        a += mg.ones(3, dtype=mg.float64, requires_grad=True)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.add.reduce(x),
        lambda x: np.modf(x),
        lambda x: np.exp(x, where=np.ones(3, bool)),
        lambda x: np.add.outer(x, x),
        lambda x: np.exp(X, out=x),
    ],
)
def test_what_is_not_there_is_refused_and_never_an_array_of_objects(call):
    with pytest.raises(TypeError, match="numpy"):
        call(mg.tensor(X))
