"""Checkpoints: the same gradients with less kept, in both ways, compared with what is computed without and PyTorch."""

import contextlib
import gc
import weakref

import pytest

import minigrad as mg
from minigrad import nn
from minigrad.utils import checkpoint as checkpoints
from minigrad.utils.checkpoint import CheckpointError, checkpoint, checkpoint_sequential, set_checkpoint_early_stop

torch = pytest.importorskip("torch")
WAYS = pytest.mark.parametrize("use_reentrant", [True, False])


def layers():
    mg.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.Tanh(), nn.Linear(8, 8), nn.Dropout(0.3), nn.Linear(8, 1))


def gradients(compute, net):
    """The loss and all gradients, with random numbers from one seed, and the random number after that."""
    x = mg.linspace(-1, 1, 12).reshape(4, 3).requires_grad_()
    net.zero_grad()
    mg.manual_seed(1)
    loss = (compute(net, x) ** 2).sum()
    loss.backward()
    return [loss.item(), *(p.grad.tolist() for p in (x, *net.parameters())), mg.rand(1).item()]


@WAYS
def test_gradients_are_those_without(use_reentrant):
    net = layers()
    plain = gradients(lambda net, x: net(x), net)
    assert gradients(lambda net, x: checkpoint(net, x, use_reentrant=use_reentrant), net) == plain
    for segments in (1, 2, 3, 6):
        assert gradients(lambda n, x, s=segments: checkpoint_sequential(n, s, x, use_reentrant), net) == plain

    def nested(net, x):
        inner = lambda t: checkpoint(net[2:], net[:2](t), use_reentrant=use_reentrant)  # noqa: E731
        return checkpoint(inner, x, use_reentrant=use_reentrant)

    assert gradients(nested, net) == plain
    without = gradients(lambda n, x: checkpoint(n, x, use_reentrant=use_reentrant, preserve_rng_state=False), net)
    assert without[0] == plain[0] and without[1] != plain[1]


@WAYS
def test_several_values_in_and_out(use_reentrant):
    x, y = mg.ones(2, requires_grad=True), mg.ones(2)
    a, b, c = checkpoint(lambda x, n, y: (x * n, y * 2, "text"), x, 3, y, use_reentrant=use_reentrant)
    assert c == "text" and a.requires_grad
    (a.sin() + b).sum().backward()
    assert x.grad.tolist() == (3 * mg.full((2,), 3.0).cos()).tolist()


def test_nothing_within_is_kept():
    x, kept = mg.ones(1000, requires_grad=True), []

    def function(t):
        inner = t.exp()
        kept.append(weakref.ref(inner._data))
        return (inner * inner).sum()

    y = checkpoint(function, x, use_reentrant=False)
    gc.collect()
    assert kept[0]() is None
    y.backward()
    assert len(kept) == 2


def test_the_graph_is_that_without_and_has_every_order():
    def trial(run):
        x = mg.tensor([0.3, 0.7], requires_grad=True)
        w = mg.tensor([2.0, 1.0], requires_grad=True)
        y = run(lambda t, *, scale: (t * w * scale).sin().exp(), x)
        (g,) = mg.autograd.grad(y.sum(), x, create_graph=True)
        (g**2).sum().backward(retain_graph=True)
        y.sum().backward()
        return y.grad_fn.name(), x.grad.tolist(), w.grad.tolist()

    assert trial(lambda f, x: checkpoint(f, x, use_reentrant=False, scale=2.0)) == trial(lambda f, x: f(x, scale=2.0))


def test_contexts_and_early_stop():
    def trial(lib, package):
        entered, calls = [], []

        @contextlib.contextmanager
        def context(name):
            entered.append(name)
            yield

        def function(t):
            calls.append("in")
            y = t.exp().sin()
            calls.append("out")
            return y

        options = {"use_reentrant": False, "context_fn": lambda: (context("first"), context("again"))}
        x = lib.ones(2, requires_grad=True)
        package.checkpoint(function, x, **options).sum().backward()
        with package.set_checkpoint_early_stop(False):
            y = package.checkpoint(function, x, use_reentrant=False)
        y.sum().backward()
        package.checkpoint(function, x, use_reentrant=False, early_stop=False).sum().backward()
        return entered, calls

    import torch.utils.checkpoint

    assert trial(mg, mg.utils.checkpoint) == trial(torch, torch.utils.checkpoint)
    with set_checkpoint_early_stop(True):
        pass


def changing(second):
    calls = []

    def function(t):
        calls.append(1)
        return t.sin().cos() if len(calls) == 1 else second(t)

    return function


def test_another_computation_is_refused():
    x = mg.ones(2, requires_grad=True)
    for second in (lambda t: t.sin(), lambda t: t[:1].sin().cos()):
        with pytest.raises(CheckpointError):
            checkpoint(changing(second), x, use_reentrant=False).sum().backward()
    y = x * 1
    z = checkpoint(mg.sin, y, use_reentrant=False)
    y.add_(1)
    with pytest.raises(RuntimeError, match="in place"):
        z.sum().backward()


WRONG = {
    "keyword": {"use_reentrant": True, "scale": 1},
    "context": {"use_reentrant": True, "context_fn": lambda: None},
    "debug": {"use_reentrant": True, "debug": True},
    "check": {"use_reentrant": False, "determinism_check": "some"},
}


@pytest.mark.parametrize("name", WRONG)
def test_options_that_are_refused(name):
    from torch.utils.checkpoint import checkpoint as theirs

    for lib, function in ((torch, theirs), (mg, checkpoint)):
        with pytest.raises(ValueError):
            function(lib.sin, lib.ones(2, requires_grad=True), **WRONG[name])


@pytest.mark.parametrize("segments", [0, -1, 3])
def test_as_many_segments_as_functions_at_most(segments):
    with pytest.raises(ValueError, match=f"from 1 to 2 segments, got {segments}"):
        checkpoint_sequential([mg.sin, mg.exp], segments, mg.ones(2), use_reentrant=False)


def test_what_old_scripts_call():
    x = mg.ones(2, requires_grad=True) * 2
    copy, other = checkpoints.detach_variable((x, 3))
    assert copy.is_leaf and copy.requires_grad and copy.grad_fn is None and other == 3
    with pytest.raises(RuntimeError, match="expected a tuple, got list"):
        checkpoints.detach_variable([x])
    checkpoints.check_backward_validity([3, x])
    with pytest.warns(UserWarning, match="no gradients"):
        checkpoints.check_backward_validity([3, mg.ones(2)])
    with checkpoints.set_checkpoint_debug_enabled(True):
        assert checkpoint(mg.sin, x, use_reentrant=False).requires_grad


def test_what_the_reentrant_way_cannot_do():
    x = mg.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="use_reentrant"):
        y = checkpoint(mg.sin, x)
    with pytest.raises(RuntimeError, match="use_reentrant"):
        mg.autograd.grad(y.sum(), x)
    with pytest.warns(UserWarning, match="no gradients"):
        assert not checkpoint(lambda t: t * x, mg.ones(2), use_reentrant=True).requires_grad
    with pytest.raises(RuntimeError, match="needs no checkpoint"):
        checkpoint(lambda t: t.detach(), x, use_reentrant=True).sum().backward()


def test_operations_are_not_chosen_one_by_one():
    with pytest.raises(RuntimeError, match="create_selective_checkpoint_contexts: operations are not chosen"):
        mg.utils.checkpoint.create_selective_checkpoint_contexts(lambda *args: True)
