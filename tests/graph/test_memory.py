"""What a graph keeps, and when it lets go of it."""

import gc
import weakref

import numpy as np
import pytest

import minigrad as mg
from minigrad.graph import engine


def leaf(*values):
    return mg.tensor(values if len(values) != 1 else values[0], dtype=mg.float64, requires_grad=True)


class Square(mg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * x
        ctx.save_for_backward(x, y)
        ctx.kept = y
        return y, y + 1

    @staticmethod
    def backward(ctx, g, h):
        x, y = ctx.saved_tensors
        return (g + h) * 2 * x + 0 * ctx.kept * y


def with_views(x):
    y = x * 2
    y[0].mul_(3)
    return (y.reshape(-1) * y).sum()


def with_hooks(x):
    y = x * 2
    y.register_hook(lambda g: g)
    y.retain_grad()
    return (y * y).sum()


LOSSES = {
    "operations": lambda x: ((x * x).exp() / (x + 1).sqrt()).sum(),
    "Function": lambda x: sum(Square.apply(x)).sum(),
    "views and in-place": with_views,
    "hooks": with_hooks,
    "in-place": lambda x: (x * 2).mul_(3).exp_().sum(),
}


def everything_behind(loss):
    """Weak references to the nodes of a graph, and to the arrays that they keep."""
    refs, seen, stack = [], set(), [loss.grad_fn]
    while stack:
        node = stack.pop()
        if not isinstance(node, engine.Node) or id(node) in seen:
            continue
        seen.add(id(node))
        refs.append(weakref.ref(node))
        refs += [weakref.ref(s) for s in getattr(node, "saved", None) or () if isinstance(s, np.ndarray)]
        stack.extend(node.parents)
    return refs


@pytest.fixture
def no_gc():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("walked", ["not walked", "backward", "create_graph", "retain_graph"])
@pytest.mark.parametrize("name", LOSSES)
def test_nothing_is_left_when_the_loss_is_gone(no_gc, name, walked):
    x = leaf(1.0, 2.0)
    inputs = [x._data]
    loss = LOSSES[name](x)
    refs = everything_behind(loss)
    if walked == "backward":
        loss.backward()
    elif walked == "retain_graph":
        loss.backward(retain_graph=True)
    elif walked == "create_graph":
        (g,) = mg.autograd.grad(loss, x, create_graph=True)
        refs += everything_behind(g.sum())
        del g
    del loss
    left = [r() for r in refs if r() is not None and not any(r() is a for a in inputs)]
    assert left == []


def test_a_backward_pass_frees_what_it_has_used(no_gc):
    x = leaf(1.0, 2.0)
    y = (x * x).exp()
    loss = y.sum()
    saved = weakref.ref(y._data)
    del y
    assert saved() is not None
    loss.backward()
    assert saved() is None


def test_gradient_of_create_graph_backward_makes_the_only_cycle():
    """``x.grad`` then knows x; PyTorch has the same cycle and warns of it. Dropping the gradient breaks it."""
    x = leaf(2.0)
    (x**3).backward(create_graph=True)
    node = weakref.ref(x.grad.grad_fn)
    gc.disable()
    try:
        x.grad = None
        assert node() is None
    finally:
        gc.enable()
