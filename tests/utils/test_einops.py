"""Patterns of einops for Tensors: the same as NumPy's arrays give, with gradients; without einops, a word."""

import sys

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.utils import einops as ours

X = np.random.default_rng(0).standard_normal((2, 3, 4, 6))
CALLS = {
    "rearrange": lambda e, x: e.rearrange(x, "b c (h i) (w j) -> (b i j) h w c", i=2, j=3),
    "mean": lambda e, x: e.reduce(x, "b c (h i) w -> b h", "mean", i=2),
    "max": lambda e, x: e.reduce(x, "b c h w -> c", "max"),
    "min": lambda e, x: e.reduce(x, "b ... -> ...", "min"),
    "sum": lambda e, x: e.reduce(x, "b c h w -> ", "sum"),
    "prod": lambda e, x: e.reduce(x, "b c h w -> b c", "prod"),
    "repeat": lambda e, x: e.repeat(x, "b c h w -> b (h i) k c w", i=2, k=3),
    "list": lambda e, x: e.rearrange([x, x], "k b c h w -> b c h (k w)"),
    "einsum": lambda e, x: e.einsum(x, x, "b c h w, b c k w -> b h k"),
    "pack": lambda e, x: e.pack([x, x.mean(3)], "b c *")[0],
    "unpack": lambda e, x: e.unpack(x, [(1,), (3,)], "b c * w")[1],
}


@pytest.mark.parametrize("name", CALLS)
def test_tensors_give_what_arrays_give(name):
    einops = pytest.importorskip("einops")
    call, x = CALLS[name], mg.tensor(X, requires_grad=True)
    y = call(ours, x)
    np.testing.assert_allclose(y.detach(), call(einops, X), rtol=1e-12)
    assert mg.autograd.gradcheck(lambda t: call(ours, t), x)
    np.testing.assert_array_equal(call(einops, x).detach(), y.detach())  # registered by the calls before


def test_layers():
    pytest.importorskip("einops")
    net = nn.Sequential(
        ours.Rearrange("b (g c) h w -> (b g) c h w", g=3), nn.Conv2d(1, 2, 3), ours.Reduce("b c h w -> b c", "max")
    )
    assert net(mg.ones(2, 3, 4, 6)).shape == (6, 2)
    assert repr(net[0]) == "Rearrange('b (g c) h w -> (b g) c h w', g=3)" and repr(net[2]).endswith("'max')")


def test_without_einops_its_name_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "einops", None)
    ours.register.cache_clear()
    with pytest.raises(ImportError, match=r"needs einops: pip install 'minigrad-numpy\[einops\]'"):
        ours.rearrange(mg.ones(2, 3), "a b -> b a")
