"""Random programs of operations, views and in-place changes have PyTorch's values, gradients and errors."""

import warnings

import numpy as np
import pytest

import minigrad as mg

SHAPE = (2, 3)


def index(rng):
    """A random basic index into a (2, 3) tensor that keeps two dimensions, as nested slices."""
    i, j = rng.integers(0, 2), rng.integers(0, 3)
    return [(slice(i, i + 1),), (slice(None), slice(j, j + 1)), (slice(None), slice(0, 2)), (slice(None),)][
        rng.integers(4)
    ]


def instruction(rng, count):
    """A random step as a function of the library and the tensors so far; gives a new tensor, or None."""
    a, b = (int(rng.integers(0, count)) for _ in range(2))
    at, number = index(rng), float(rng.uniform(0.5, 1.5))
    steps = {
        "mul": lambda m, t: t[a] * t[b],
        "add": lambda m, t: t[a] + t[b],
        "tanh": lambda m, t: t[a].tanh(),
        "scale": lambda m, t: t[a] * number,
        "where": lambda m, t: m.where(t[a] > 0, t[a], t[b]),
        "sum": lambda m, t: t[a].sum(0, keepdim=True),
        "slice": lambda m, t: t[a][at],
        "reshape": lambda m, t: t[a].reshape(1, -1),
        "transpose": lambda m, t: t[a].T,
        "expand": lambda m, t: t[a][:1].expand(2, t[a].shape[1]),
        "detach": lambda m, t: t[a].detach(),
        "clone": lambda m, t: t[a].clone(),
        "mul_": lambda m, t: done(t[a].mul_(t[b])),
        "add_": lambda m, t: done(t[a].add_(t[b])),
        "scale_": lambda m, t: done(t[a].mul_(number)),
        "tanh_": lambda m, t: done(t[a].tanh_()),
        "zero_": lambda m, t: done(writable(t[a]).zero_()),
        "slice scale_": lambda m, t: done(part(t[a], at).mul_(number)),
        "slice add_": lambda m, t: done(part(t[a], at).add_(t[b])),
        "assign": lambda m, t: t[a].__setitem__(at, t[b]),
        "assign number": lambda m, t: writable(t[a]).__setitem__(at, number),
        "no_grad scale_": lambda m, t: unrecorded(m, t[a], number),
    }
    name = list(steps)[rng.integers(len(steps))]
    return f"{name} {a} {b} {at}", steps[name]


def done(result):
    """Nothing: the step gives no new tensor."""


def part(t, at):
    """What PyTorch says of changes of nothing is not worth having."""
    if 0 in t[at].shape:
        raise RuntimeError
    return writable(t)[at]


def writable(t):
    """PyTorch fills expanded tensors, which minigrad refuses as it does every other change of them: leave that out."""
    if 0 in t.stride():
        raise RuntimeError
    return t


def unrecorded(m, t, number):
    with m.no_grad():
        t.mul_(number)


def quietly(function):
    """The result, or the type of the error."""
    try:
        return function()
    except (RuntimeError, ValueError) as error:
        return type(error)


def run(m, seed, length=8, shift=0.0):
    """What each step of the program number `seed` gives, and the loss and its gradients in the end."""
    rng = np.random.default_rng(seed)
    x, y = (m.tensor(rng.standard_normal(SHAPE) + shift, requires_grad=True) for _ in range(2))
    tensors = [x, y, m.tensor(rng.standard_normal(SHAPE)), x * 1, y * 1]
    log = []
    for _ in range(length):
        text, step = instruction(rng, len(tensors))
        result = quietly(lambda step=step: step(m, tensors))
        if isinstance(result, type):
            log.append((text, "error"))
        elif result is not None:
            tensors.append(result)
            log.append((text, result.requires_grad, result.detach().tolist()))
        else:
            log.append((text, [t.requires_grad for t in tensors], [t.detach().tolist() for t in tensors]))
    loss = sum((t * t).sum() for t in tensors)
    gradients = quietly(lambda: m.autograd.grad(loss, [x, y], allow_unused=True))
    if isinstance(gradients, type):
        return log, loss.item(), "error"
    return log, loss.item(), [None if g is None else g.tolist() for g in gradients]


@pytest.mark.parametrize("block", range(10))
def test_random_programs(block):
    torch = pytest.importorskip("torch")
    computed = 0
    for seed in range(block * 100, block * 100 + 100):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (log, loss, gradients), (expected_log, expected_loss, expected) = run(mg, seed), run(torch, seed)
        for ours, theirs in zip(log, expected_log, strict=True):
            assert ours[:2] == theirs[:2], f"program {seed}"
            np.testing.assert_allclose(flat(ours[2:]), flat(theirs[2:]), err_msg=f"program {seed}, {ours[0]}")
        assert loss == pytest.approx(expected_loss)
        if expected == "error":
            continue  # where PyTorch gives up, minigrad may have kept the value: the differences will tell
        assert gradients != "error", f"program {seed}: minigrad raises where PyTorch does not"
        computed += 1
        for g, e in zip(gradients, expected, strict=True):
            assert (g is None) == (e is None)
            if g is not None:
                np.testing.assert_allclose(g, e, atol=1e-12, err_msg=f"program {seed}")
    assert computed > 20


@pytest.mark.parametrize("block", range(10))
def test_random_programs_by_differences(block):
    """No gradient is wrong where it was not refused: all of them together, along the direction of ones."""
    checked = 0
    for seed in range(block * 100, block * 100 + 100):
        log, _, gradients = run(mg, seed)
        if gradients == "error" or any(text.startswith(("detach", "no_grad")) for text, *_ in log):
            continue
        checked += 1
        (_, up, _), (_, down, _) = run(mg, seed, shift=1e-6), run(mg, seed, shift=-1e-6)
        slope = sum(flat([g for g in gradients if g is not None]))
        assert slope == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-5), f"program {seed}"
    assert checked > 20


def flat(values):
    return [n for v in values for n in flat(v)] if isinstance(values, (list, tuple)) else [values]
