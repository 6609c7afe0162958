"""Gradients of parts: the same as those of whole arrays of zeros, and one array for all of them."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.autograd import grad
from minigrad.graph.slice_gradient import SliceGradient

KEYS = [0, -1, slice(1, 3), (slice(None), 1), (..., slice(None, None, 2)), (None, 2), (1, slice(0, 2), 3), ()]


def gradient_of(loss):
    x = mg.tensor(np.random.default_rng(0).standard_normal((4, 3, 5)), requires_grad=True)
    loss(x).backward()
    return x.detach().numpy(), x.grad.numpy()


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_one_part(key):
    x, g = gradient_of(lambda x: (x[key] ** 2).sum())
    expected = np.zeros_like(x)
    expected[key] = 2 * x[key]
    np.testing.assert_array_equal(g, expected)


@pytest.mark.parametrize("first", KEYS, ids=str)
@pytest.mark.parametrize("second", KEYS, ids=str)
def test_parts_that_overlap_and_the_whole(first, second):
    x, g = gradient_of(lambda x: (x[first] ** 2).sum() + x.sum() + (3 * x[second]).sum() + (x[first]).sum())
    expected = np.ones_like(x)
    expected[first] += 2 * x[first] + 1
    expected[second] += 3
    np.testing.assert_allclose(g, expected, rtol=1e-14)


def test_a_loop_over_rows_makes_zeros_once(monkeypatch):
    made = []
    zeros_like = np.zeros_like
    monkeypatch.setattr(np, "zeros_like", lambda *args, **kwargs: made.append(args) or zeros_like(*args, **kwargs))
    x, g = gradient_of(lambda x: sum((row * row).sum() for row in x))
    np.testing.assert_array_equal(g, 2 * x)
    assert len(made) == 1


@pytest.mark.parametrize(
    "cut",
    [lambda x: x.unbind(1), lambda x: x.split(2), lambda x: x.chunk(3, 2), list],
    ids=["unbind", "split", "chunk", "list"],
)
def test_all_parts_of_a_tensor_in_the_middle(cut):
    def loss(x):
        y = x * x
        return sum((i * part).sum() for i, part in enumerate(cut(y)))

    def by_masks(x):
        place = mg.zeros_like(x)
        for i, part in enumerate(cut(place)):
            part.fill_(i)
        return (x * x * place).sum()

    np.testing.assert_allclose(gradient_of(loss)[1], gradient_of(by_masks)[1], rtol=1e-14)


def test_hooks_and_retained_gradients_see_arrays():
    x = mg.ones(3, 2, requires_grad=True)
    y = x * 1
    seen = []
    y.register_hook(lambda g: seen.append(g.clone()))
    x.register_hook(lambda g: 2 * g)
    y.retain_grad()
    (y[0].sum() + 5 * y[2].sum()).backward(retain_graph=True)
    expected = [[1, 1], [0, 0], [5, 5]]
    assert seen[0].tolist() == y.grad.tolist() == expected
    (y[0].sum()).backward()
    assert x.grad.tolist() == [[4, 4], [0, 0], [10, 10]]


def test_gradients_of_tensors_in_the_middle_and_of_higher_order():
    x = mg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * x
    loss = y[0] * y[1] + y[1:].sum()
    (g,) = grad(loss, y, retain_graph=True)
    assert g.tolist() == [4, 2, 1]
    (first,) = grad(loss, x, create_graph=True)
    (second,) = grad((first * first).sum(), x)
    # 2 x0 x1^2, 2 x0^2 x1 + 2 x1, 2 x2: the sum of their squares, differentiated
    a, b, c = 2 * 1 * 4, 2 * 1 * 2 + 2 * 2, 2 * 3
    assert second.tolist() == [2 * a * 8 + 2 * b * 8, 2 * a * 8 + 2 * b * 4, 2 * c * 2]


def test_parts_are_added_to_arrays_and_to_one_another():
    def part(key, value):
        return SliceGradient(np.full(np.zeros(4)[key].shape, value, np.float32), (4,), key)

    array = np.ones(4, np.float32)
    added = array + part(slice(2), 2)
    assert type(added) is SliceGradient and added.materialize().tolist() == [3, 3, 1, 1]
    assert array.tolist() == [1, 1, 1, 1]
    both = part(0, 1) + part(slice(1, 3), 2) + (part(3, 4) + part(3, 4)) + array
    assert both.materialize().tolist() == [2, 3, 3, 9] and both.materialize().dtype == np.float32
