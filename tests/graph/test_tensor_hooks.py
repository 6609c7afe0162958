"""Hooks of tensors, and gradients that are retained."""

import warnings

import pytest

import minigrad as mg


def leaf(*values):
    return mg.tensor(values if len(values) != 1 else values[0], dtype=mg.float64, requires_grad=True)


def test_hook_replaces_before_accumulation():
    x = leaf(1.0, 2.0)
    seen = []
    handle = x.register_hook(lambda g: seen.append(g.tolist()) or g * 10)
    x.sum().backward()
    assert seen == [[1, 1]] and x.grad.tolist() == [10, 10]
    handle.remove()
    handle.remove()  # nothing happens
    x.sum().backward()
    assert x.grad.tolist() == [11, 11]


def test_hook_of_a_leaf_runs_once_with_the_whole_gradient():
    x = leaf(1.0)
    seen = []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3).backward()
    assert seen == [5]


def test_hook_of_an_interior_tensor():
    x = leaf(2.0)
    y = x * x
    y.register_hook(lambda g: g * 100)
    (y * 3).backward()
    assert x.grad.item() == 1200


def test_hooks_run_in_order_and_see_what_the_one_before_returned():
    x = leaf(1.0)
    y = x * 1
    y.register_hook(lambda g: g + 1)
    y.register_hook(lambda g: g * 10)
    y.backward()
    assert x.grad.item() == 20


def test_hook_in_a_second_order_pass():
    x = leaf(3.0)
    y = x * x
    y.register_hook(lambda g: g * 2)
    (g,) = mg.autograd.grad(y * y, x, create_graph=True)
    (gg,) = mg.autograd.grad(g, x)
    assert (g.item(), gg.item()) == (8 * 27, 72 + 2 * 24 * 6)  # the second pass runs the hook, too


def test_hook_that_returns_another_shape_or_type():
    x = leaf(1.0, 2.0)
    x.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match=r"\(2,\)"):
        x.sum().backward()
    y = leaf(1.0, 2.0)
    y.register_hook(lambda g: 3.0)
    with pytest.raises(TypeError, match="float"):
        y.sum().backward()


def test_hook_that_changes_its_gradient_changes_no_other():
    x, y = leaf(1.0, 1.0), leaf(1.0, 1.0)
    x.register_hook(lambda g: g.mul_(5))
    (x + y).backward(mg.ones(2, dtype=mg.float64))
    assert x.grad.tolist() == [5, 5] and y.grad.tolist() == [1, 1]


def test_hook_needs_a_tensor_that_requires_grad():
    with pytest.raises(RuntimeError, match="does not require grad"):
        mg.ones(1).register_hook(print)


def test_handle_is_a_context_manager():
    x = leaf(1.0)
    with x.register_hook(lambda g: g * 5):
        (x * 1).backward()
    (x * 1).backward()
    assert x.grad.item() == 6


def test_post_accumulate_grad_hook():
    x = leaf(1.0)
    seen = []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.item()))
    (x * 2).backward()
    (x * 2).backward()
    assert seen == [2, 4]
    with pytest.raises(RuntimeError, match="leaf"):
        (x * 2).register_post_accumulate_grad_hook(print)


def test_retain_grad():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    y.retain_grad()
    (y * 3).backward()
    assert y.grad.item() == 3 and x.grad.item() == 12
    with pytest.raises(RuntimeError, match="does not require grad"):
        mg.ones(1).retain_grad()


def test_retained_grad_comes_after_the_hooks():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    (y * 3).backward()
    assert y.grad.item() == 30


def test_interior_grad_warns_and_names_retain_grad():
    y = leaf(2.0) * 2
    y.backward()
    with pytest.warns(UserWarning, match="retain_grad"):
        assert y.grad is None


def test_leaf_grad_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert leaf(1.0).grad is None
        assert mg.ones(1).grad is None
