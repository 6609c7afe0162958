"""What backward adds to ``.grad``: memory of its own, and nothing at all after an error."""

import weakref

import numpy as np
import pytest

import minigrad as mg


def leaf(*values):
    return mg.tensor(values if len(values) != 1 else values[0], dtype=mg.float64, requires_grad=True)


def test_gradients_are_not_shared_between_leaves():
    x, y = leaf(1.0, 2.0), leaf(1.0, 2.0)
    (x + y).sum().backward()
    x.grad.add_(5)
    assert y.grad.tolist() == [1, 1]
    g1, g2 = mg.autograd.grad((x + y).sum(), [x, y])
    g1.add_(5)
    assert g2.tolist() == [1, 1]


class Keeping(mg.autograd.Function):
    """The identity; its backward makes a new gradient and refers to it weakly, and if told so strongly, too."""

    made, kept = [], []

    @staticmethod
    def forward(ctx, x, keep):
        ctx.keep = keep
        return x * 1

    @staticmethod
    def backward(ctx, g):
        g = g * 1
        Keeping.made.append(weakref.ref(g._data))
        if ctx.keep:
            Keeping.kept.append(g)
        return g, None


@pytest.mark.parametrize("keep", [False, True])
def test_a_gradient_is_copied_only_where_something_else_refers_to_it(keep):
    x = leaf([1.0, 2.0])
    Keeping.apply(x, keep).sum().backward()
    made = Keeping.made.pop()()
    assert (x.grad._data is made) is not keep
    if keep:
        x.grad.zero_()
        np.testing.assert_array_equal(Keeping.kept.pop().numpy(), [1, 1])


def test_a_gradient_that_a_hook_or_the_caller_keeps_is_copied():
    x, kept = leaf([1.0, 2.0]), []
    y = x.clone()
    y.register_hook(kept.append)
    x.register_hook(kept.append)
    given = mg.tensor([3.0, 4.0], dtype=mg.float64)
    y.backward(given)
    x.grad.zero_()
    for g in (given, *kept):
        np.testing.assert_array_equal(g.numpy(), [3, 4])


def test_a_gradient_that_must_not_be_written_to_is_copied():
    class Frozen(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 3

        @staticmethod
        def backward(ctx, g):
            slope = g.numpy() * 3
            slope.flags.writeable = False
            return mg.Tensor._wrap(slope)

    x = leaf([1.0, 2.0])
    for _ in range(2):
        Frozen.apply(x).sum().backward()
    assert x.grad.tolist() == [6, 6]


def test_a_retained_gradient_is_not_that_of_the_leaf():
    x = leaf([1.0, 2.0])
    y = x.clone()
    y.retain_grad()
    y.sum().backward()
    x.grad.zero_()
    np.testing.assert_array_equal(y.grad.numpy(), [1, 1])


def test_given_gradient_is_not_changed_or_aliased():
    x = leaf(1.0, 2.0)
    g = mg.ones(2, dtype=mg.float64)
    (x + 0).backward(g)
    (x + 0).backward(g)
    assert g.tolist() == [1, 1] and x.grad.tolist() == [2, 2]


def test_error_in_backward_changes_no_grad():
    x, y = leaf(2.0), leaf(3.0)
    good, bad = x * 1, y * y
    with mg.no_grad():
        y.add_(1)
    with pytest.raises(RuntimeError, match="changed in place"):
        (good + bad).backward()
    assert x.grad is None and y.grad is None


@pytest.mark.parametrize("where", ["rule", "hook of a node", "hook of a leaf", "gradient of another shape"])
def test_error_in_backward_changes_no_grad_that_is_retained_either(where):
    x, y, w = leaf(1.0, 2.0), leaf(3.0, 4.0), leaf(5.0, 6.0)
    for t in (x, y, w):
        t.grad = mg.ones(2, dtype=mg.float64)
    inner = x * 2
    z = y * y
    inner.retain_grad()
    loss = (inner * 3 + z + w).sum()
    if where == "rule":
        y.data.add_(1)
    elif where == "gradient of another shape":
        y._grad = mg.ones(3, dtype=mg.float64)
    else:
        (z if where == "hook of a node" else x).register_hook(lambda g: 1 / 0)
    with pytest.raises((RuntimeError, ZeroDivisionError)):
        loss.backward(retain_graph=True)
    assert inner.grad is None
    assert x.grad.tolist() == w.grad.tolist() == [1, 1] and set(y.grad.tolist()) == {1}


def test_a_failed_backward_may_be_tried_again_where_the_graph_was_retained():
    x, fails = leaf(1.0, 2.0), [True]
    y = x * x

    def hook(g):
        if fails:
            raise ValueError

    y.register_hook(hook)
    with pytest.raises(ValueError):
        y.sum().backward()
    fails.clear()
    y.sum().backward()
    assert x.grad.tolist() == [2, 4]


def test_error_deep_inside_of_backward_inside_of_backward_comes_out():
    def descend(levels):
        x = leaf(1.0)
        y = x * 1

        def hook(g):
            if not levels:
                raise KeyError("deep")
            with mg.enable_grad():
                descend(levels - 1)

        y.register_hook(hook)
        y.backward()

    with np.errstate(over="raise"), pytest.raises(KeyError, match="deep"):
        descend(50)
    assert mg.is_grad_enabled()


def test_an_infinite_gradient_is_added_silently():
    x = leaf(1.0)
    x.grad = mg.tensor(np.inf, dtype=mg.float64)
    (x * -np.inf).backward()
    assert np.isnan(x.grad.item())


def test_a_gradient_of_the_users_that_must_not_be_written_to():
    x = leaf(1.0, 2.0)
    x.grad = mg.ones(1, dtype=mg.float64).expand(2)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_view_of_a_base_that_was_detached_and_then_changed_has_no_old_gradient():
    base = leaf(1.0, 1.0) * 2
    view = base[:1]
    base.detach_()
    assert view.requires_grad
    base.mul_(3)
    assert not view.requires_grad and not base.requires_grad


def test_mode_is_restored_after_an_error_in_backward():
    x = leaf(2.0)
    x.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        (x * x).backward()
    assert mg.is_grad_enabled()
