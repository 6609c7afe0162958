"""Functions of lists of tensors by PyTorch's private names: as loops do it, and as PyTorch does."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.ops.foreach import _METHODS

CALLS = {
    "add": lambda m, f, a, b: f(a, b, alpha=0.5),
    "add number": lambda m, f, a, b: f(a, 2.0),
    "sub": lambda m, f, a, b: f(a, b, alpha=2),
    "mul each": lambda m, f, a, b: f(a, [2.0, 3.0]),
    "div": lambda m, f, a, b: f(a, b),
    "lerp": lambda m, f, a, b: f(a, b, 0.25),
    "addcmul": lambda m, f, a, b: f(a, a, b, 0.5),
    "addcdiv": lambda m, f, a, b: f(a, a, b, scalars=[1.0, 2.0]),
    "addcdiv default": lambda m, f, a, b: f(a, a, b),
    "pow": lambda m, f, a, b: f(a, 2),
    "sqrt": lambda m, f, a, b: f(a),
    "neg": lambda m, f, a, b: f(a),
    "maximum": lambda m, f, a, b: f(a, b),
    "clamp_max": lambda m, f, a, b: f(a, 1.0),
    "norm": lambda m, f, a, b: f(a),
    "norm 1": lambda m, f, a, b: f(a, 1),
    "max": lambda m, f, a, b: f(a),
    "zero": lambda m, f, a, b: f(a),
    "copy": lambda m, f, a, b: f(a, b),
}


def lists(m):
    rng = np.random.default_rng(0)
    return [[m.tensor(rng.uniform(0.5, 2, shape)) for shape in ((2, 3), (4,))] for _ in range(2)]


def found(m, call, name):
    a, b = lists(m)
    result = CALLS[call](m, getattr(m, name), a, b)
    return [np.asarray(t) for t in (a if result is None else result)], result is None


ONE_FORM = {"norm": "-", "max": "-", "zero": "_", "copy": "_"}  # by operation, where there are not both


@pytest.mark.parametrize(
    "call, ending", [(call, ending) for call in CALLS for ending in ONE_FORM.get(call.split()[0], "- _").split()]
)
def test_as_in_pytorch(call, ending):
    torch = pytest.importorskip("torch")
    ending = ending.strip("-")
    name = f"_foreach_{call.split()[0]}{ending}"
    (ours, in_place), (theirs, _) = found(mg, call, name), found(torch, call, name)
    assert in_place == bool(ending)
    for x, y in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12)


def test_averages_of_weights():
    averages, weights = lists(mg)
    expected = [a * 0.9 + w * 0.1 for a, w in zip(averages, weights, strict=True)]
    mg._foreach_mul_(averages, 0.9)
    mg._foreach_add_(averages, weights, alpha=0.1)
    for a, e in zip(averages, expected, strict=True):
        np.testing.assert_allclose(a.numpy(), e.numpy(), rtol=1e-12)


def test_all_of_the_table_exist():
    for name in _METHODS:
        assert callable(getattr(mg, f"_foreach_{name}_")) and hasattr(mg.Tensor, name) != (name in ("copy", "zero"))


def test_what_is_refused():
    with pytest.raises(RuntimeError, match="_foreach_add_: expected 2 values, one for each tensor, got 1"):
        mg._foreach_add_([mg.ones(1), mg.ones(1)], [1.0])
    assert not hasattr(mg, "_foreach_matmul")
