"""Operations on two tensors that lie in memory in two orders: the same results, gradients and history."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.ops.primitives.elementwise import LARGE

SHAPE = (32, 8, 8, 9)
RNG = np.random.default_rng(0)
A, B = RNG.standard_normal(SHAPE), RNG.uniform(1, 2, SHAPE)


def tensor(values, innermost, requires_grad=False):
    """`values` in C order, or with the batch innermost in memory as results of convolutions are."""
    array = np.array(values, order="C")
    if innermost:
        array = np.ascontiguousarray(array.transpose(1, 2, 3, 0)).transpose(3, 0, 1, 2)
    return mg.from_numpy(array).requires_grad_(requires_grad)


assert A.size >= LARGE
orders = pytest.mark.parametrize("first, second", [(True, False), (False, True)])


@orders
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "maximum"])
def test_result_is_numpys_in_one_order(name, first, second):
    expected = {"sub": np.subtract, "mul": np.multiply, "div": np.divide}.get(name, getattr(np, name, None))(A, B)
    y = getattr(mg, name)(tensor(A, first), tensor(B, second))
    np.testing.assert_array_equal(y, expected)
    assert y.stride()[0] == 1  # the batch is innermost


@orders
def test_gradients_reach_leaves_and_what_leaves_were_made_of(first, second):
    a, b, c = tensor(A, first, True), tensor(B, second, True), mg.tensor(2.0, dtype=mg.float64, requires_grad=True)
    (a * (b * c)).sum().backward()
    np.testing.assert_allclose(a.grad, 2 * B, rtol=1e-12)
    np.testing.assert_allclose(b.grad, 2 * A, rtol=1e-12)
    np.testing.assert_allclose(c.grad, (A * B).sum(), rtol=1e-10)


@orders
def test_second_derivatives(first, second):
    a, b = tensor(A, first, True), tensor(B, second, True)
    (ga,) = mg.autograd.grad((a * a / b).sum(), a, create_graph=True)
    (gab,) = mg.autograd.grad(ga.sum(), b)
    np.testing.assert_allclose(gab, -2 * A / B**2, rtol=1e-12)


@orders
def test_a_change_in_place(first, second):
    a, b = tensor(A, first), tensor(B, second, True)
    strides = a.stride()
    b2 = b * 1
    a.mul_(b2)
    assert a.stride() == strides
    a.sum().backward()
    np.testing.assert_array_equal(a.detach(), A * B)
    np.testing.assert_array_equal(b.grad, A)


@orders
def test_a_view_that_was_changed_has_its_new_history(first, second):
    w = mg.tensor(3.0, dtype=mg.float64, requires_grad=True)
    base = tensor(A, first)
    view = base[:]
    base.mul_(w)
    (view + tensor(B, second)).sum().backward()
    np.testing.assert_allclose(w.grad, A.sum(), rtol=1e-10)
