"""The convolution kernels against loops over every index, and against each other as adjoints."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest

from minigrad.kernels import convolution, convolution_plans, windows
from minigrad.kernels.convolution import correlate, correlate_input, correlate_weight
from minigrad.kernels.windows import batch_first, batch_inner, blocks, pad, scratch, window_counts


class Geometry(NamedTuple):
    batch: int
    channels: int
    size: tuple[int, ...]
    outputs: int
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int


GEOMETRIES = {
    "1d": Geometry(2, 3, (9,), 4, (3,), (1,), ((1, 1),), (1,), 1),
    "1d stride": Geometry(3, 2, (11,), 2, (4,), (3,), ((2, 0),), (1,), 1),
    "1d dilation": Geometry(3, 2, (11,), 2, (3,), (2,), ((0, 3),), (3,), 2),
    "pointwise": Geometry(3, 4, (5, 3), 2, (1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    "pointwise, groups": Geometry(3, 4, (5, 3), 6, (1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1), 2),
    "pointwise, stride": Geometry(3, 4, (5, 3), 2, (1, 1), (2, 2), ((0, 0), (1, 0)), (1, 1), 1),
    "single image": Geometry(1, 3, (6, 7), 4, (3, 2), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    "stride": Geometry(2, 3, (9, 8), 4, (3, 3), (2, 3), ((1, 1), (0, 2)), (1, 1), 1),
    "stride beyond the kernel": Geometry(2, 2, (9, 8), 3, (2, 1), (3, 2), ((0, 0), (0, 0)), (1, 1), 1),
    "dilation": Geometry(2, 2, (9, 8), 3, (3, 2), (1, 1), ((2, 1), (0, 3)), (2, 3), 1),
    "dilation and stride": Geometry(2, 2, (9, 10), 2, (3, 2), (2, 2), ((2, 2), (1, 1)), (2, 3), 1),
    "groups": Geometry(2, 6, (5, 6), 4, (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 2),
    "depthwise": Geometry(2, 3, (6, 5), 6, (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 3),
    "depthwise, stride": Geometry(2, 3, (6, 5), 3, (3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1), 3),
    "depthwise, stride and dilation": Geometry(2, 3, (9, 8), 3, (3, 2), (2, 2), ((2, 1), (0, 3)), (2, 3), 3),
    "large stride": Geometry(2, 3, (9, 13), 4, (4, 5), (4, 4), ((1, 1), (0, 2)), (1, 1), 1),
    "many outputs, stride": Geometry(3, 2, (9, 8), 20, (3, 4), (2, 3), ((1, 1), (0, 2)), (1, 1), 1),
    "many outputs, stride beyond the kernel": Geometry(2, 2, (9, 8), 17, (2, 1), (3, 2), ((0, 0), (0, 0)), (1, 1), 1),
    "many outputs, padding and stride": Geometry(2, 2, (5, 4), 19, (4, 3), (3, 2), ((4, 1), (2, 5)), (1, 1), 1),
    "many outputs, groups, stride": Geometry(2, 4, (7, 6), 40, (3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1), 2),
    "padding and stride": Geometry(2, 2, (5, 4), 3, (4, 3), (3, 2), ((4, 1), (2, 5)), (1, 1), 1),
    "padding beyond the kernel": Geometry(2, 2, (3, 4), 2, (2, 2), (1, 1), ((3, 2), (0, 4)), (1, 1), 1),
    "rest that no window meets": Geometry(2, 2, (8, 9), 2, (2, 3), (3, 4), ((0, 0), (0, 0)), (1, 1), 1),
    "sliding": Geometry(70, 2, (7, 5), 3, (3, 3), (1, 1), ((0, 0), (1, 1)), (1, 1), 1),
    "sliding, stride": Geometry(70, 2, (9, 7), 3, (3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1), 1),
    "sliding, groups": Geometry(70, 4, (6, 5), 6, (3, 2), (1, 1), ((1, 0), (0, 1)), (1, 1), 2),
    "products in parts": Geometry(70, 10, (7, 5), 32, (3, 3), (1, 1), ((1, 1), (0, 1)), (1, 1), 1),
    "products in parts, groups": Geometry(70, 12, (5, 4), 48, (3, 4), (1, 1), ((0, 0), (1, 1)), (1, 1), 2),
    "more than 16 channels": Geometry(3, 40, (5, 6), 5, (3, 2), (1, 1), ((1, 1), (0, 0)), (1, 1), 1),
    "depthwise, many images": Geometry(17, 3, (6, 5), 6, (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 3),
    "depthwise, many images, stride, dilation": Geometry(17, 3, (7, 8), 3, (3, 2), (2, 3), ((2, 1), (0, 2)), (1, 3), 3),
    "3d": Geometry(2, 2, (4, 5, 3), 3, (2, 3, 2), (1, 2, 1), ((1, 0), (1, 1), (0, 0)), (1, 1, 2), 1),
    "3d sliding": Geometry(20, 2, (4, 5, 4), 2, (2, 2, 2), (1, 1, 1), ((0, 0), (1, 1), (0, 0)), (1, 1, 1), 2),
}


@pytest.fixture(params=GEOMETRIES)
def geometry(request: Any) -> Geometry:
    return GEOMETRIES[request.param]


@pytest.fixture(params=["large blocks", "small blocks", "small products", "shifted windows", "small shifted blocks"])
def cache(request: Any, monkeypatch: Any) -> Iterator[None]:
    """Blocks that hold everything, blocks that cut every axis unevenly, products in parts, and windows not copied."""
    if "shifted" in request.param:
        monkeypatch.setattr(convolution_plans, "SHIFT_MIN", 1)
        monkeypatch.setattr(convolution_plans, "SHIFTED_ROWS_MIN", 1)
        monkeypatch.setattr(windows, "SHIFT_AND_SLIDE_MIN", 1)
    if "blocks" in request.param and "small" in request.param:
        monkeypatch.setattr(windows, "CACHE_BYTES", 2000)
        monkeypatch.setattr(convolution, "CACHE_BYTES", 2000)
        monkeypatch.setattr(convolution_plans, "PRODUCT_COLUMNS", 90)
        monkeypatch.setattr(convolution_plans, "LONE_PRODUCT_COLUMNS", 90)
        monkeypatch.setattr(convolution_plans, "MAX_UNPACKED", 0)
    monkeypatch.setattr(convolution_plans, "has_small_kernels", lambda: "small" in request.param)
    if request.param == "small products":
        monkeypatch.setattr(convolution_plans, "MAX_UNPACKED", 100_000)
        monkeypatch.setattr(convolution_plans, "MAX_UNPACKED_TRANSPOSED", 400_000)
        monkeypatch.setattr(convolution_plans, "CHAIN_CHANNELS", 3)
    remembered = (convolution_plans.product_plan, convolution_plans.weight_plan)
    for function in remembered:
        function.cache_clear()
    yield
    for function in remembered:
        function.cache_clear()


def loops(x: np.ndarray, w: np.ndarray, bias: np.ndarray, geometry: Geometry) -> np.ndarray:
    """The definition: each output is a sum over its window."""
    x = np.pad(x, ((0, 0), (0, 0), *geometry.padding))
    out = [
        (n - d * (k - 1) - 1) // s + 1
        for n, k, s, d in zip(x.shape[2:], geometry.kernel, geometry.stride, geometry.dilation, strict=True)
    ]
    channels, outputs = geometry.channels // geometry.groups, geometry.outputs // geometry.groups
    y = np.zeros((geometry.batch, geometry.outputs, *out))
    for o, i in itertools.product(range(geometry.outputs), itertools.product(*map(range, out))):
        first = o // outputs * channels
        place = tuple(
            slice(a * s, a * s + d * (k - 1) + 1, d)
            for a, s, k, d in zip(i, geometry.stride, geometry.kernel, geometry.dilation, strict=True)
        )
        window = x[(slice(None), slice(first, first + channels), *place)]
        y[(slice(None), o, *i)] = (window * w[o]).reshape(len(x), -1).sum(1) + bias[o]
    return y


def arrays(geometry: Geometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((geometry.batch, geometry.channels, *geometry.size))
    w = rng.standard_normal((geometry.outputs, geometry.channels // geometry.groups, *geometry.kernel))
    return x, w, rng.standard_normal(geometry.outputs)


def test_equals_loops(geometry: Geometry, cache: None) -> None:
    x, w, bias = arrays(geometry)
    y = correlate(x, w, bias, *geometry[5:])
    np.testing.assert_allclose(y, loops(x, w, bias, geometry), atol=1e-12)


def test_adjoints(geometry: Geometry, cache: None) -> None:
    """<correlate(x, w), g> is linear in x and in w; the two other kernels are its gradients."""
    x, w, _ = arrays(geometry)
    y = correlate(x, w, None, *geometry[5:])
    g = np.random.default_rng(1).standard_normal(y.shape)
    product = np.vdot(y, g)
    gx = correlate_input(g, w, geometry.size, *geometry[5:])
    gw = correlate_weight(x, g, geometry.kernel, *geometry[5:])
    assert gx.shape == x.shape and gw.shape == w.shape
    np.testing.assert_allclose([np.vdot(gx, x), np.vdot(gw, w)], product, rtol=1e-11, atol=1e-11)


def test_float32_and_memory(geometry: Geometry) -> None:
    """float32 stays float32; the order of memory matters at most to the rounding; inputs are left alone."""
    same = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-5)
    x, w, bias = (a.astype(np.float32) for a in arrays(geometry))
    permuted = np.asfortranarray(x)[..., ::-1][..., ::-1]
    strided = np.repeat(w, 2, axis=-1)[..., ::2]
    before = permuted.copy(), strided.copy()
    y = correlate(permuted, strided, bias, *geometry[5:])
    same(y, correlate(x, w, bias, *geometry[5:]))
    g = np.asfortranarray(y)
    gx = correlate_input(g, strided, geometry.size, *geometry[5:])
    gw = correlate_weight(permuted, g, geometry.kernel, *geometry[5:])
    same(gx, correlate_input(y, w, geometry.size, *geometry[5:]))
    same(gw, correlate_weight(x, y, geometry.kernel, *geometry[5:]))
    assert y.dtype == gx.dtype == gw.dtype == np.float32
    assert np.array_equal(permuted, before[0]) and np.array_equal(strided, before[1])
    assert not np.shares_memory(y, x) and not np.shares_memory(gx, y)


def test_empty_batch(geometry: Geometry) -> None:
    x, w, bias = arrays(geometry)
    y = correlate(x[:0], w, bias, *geometry[5:])
    assert y.shape == (0, *correlate(x, w, bias, *geometry[5:]).shape[1:])
    assert correlate_input(y, w, geometry.size, *geometry[5:]).shape == (0, *x.shape[1:])
    gw = correlate_weight(x[:0], y, geometry.kernel, *geometry[5:])
    assert gw.shape == w.shape and not gw.any()


def test_batch_is_innermost() -> None:
    x, w, bias = arrays(GEOMETRIES["sliding"])
    y = correlate(x, w, bias, *GEOMETRIES["sliding"][5:])
    assert np.shares_memory(batch_inner(y), y)
    assert batch_first(batch_inner(x)).shape == x.shape


def test_float32_is_accurate() -> None:
    """No farther from the float64 result than a sum of so many float32 products may be."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((64, 32, 16, 16)), rng.standard_normal((32, 32, 3, 3))
    options = ((1, 1), ((1, 1), (1, 1)), (1, 1), 1)
    y = correlate(x.astype(np.float32), w.astype(np.float32), None, *options)
    assert np.abs(y - correlate(x, w, None, *options)).max() < 2e-4
    g = correlate(x, w, None, *options)
    gw = correlate_weight(x.astype(np.float32), g.astype(np.float32), (3, 3), *options)
    exact = correlate_weight(x, g, (3, 3), *options)
    assert np.abs(gw - exact).max() < 1e-5 * np.abs(exact).max()


@pytest.mark.parametrize(
    ("channels", "outputs", "kernel", "size"), [(1, 6, 5, 28), (16, 16, 5, 12), (32, 32, 3, 16), (64, 64, 3, 8)]
)
def test_as_accurate_as_pytorch(channels: int, outputs: int, kernel: int, size: int) -> None:
    """In float32, results are no farther from those in float64 than PyTorch's are."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((32, channels, size, size)), rng.standard_normal((outputs, channels, kernel, kernel))
    g = rng.standard_normal((32, outputs, size - kernel + 1, size - kernel + 1))
    options = ((1, 1), ((0, 0), (0, 0)), (1, 1), 1)
    exact = (
        correlate(x, w, None, *options),
        correlate_input(g, w, x.shape[2:], *options),
        correlate_weight(x, g, w.shape[2:], *options),
    )
    x, w, g = (a.astype(np.float32) for a in (x, w, g))
    ours = (
        correlate(x, w, None, *options),
        correlate_input(g, w, x.shape[2:], *options),
        correlate_weight(x, g, w.shape[2:], *options),
    )
    xt, wt, gt = (torch.tensor(a, requires_grad=True) for a in (x, w, g))
    y = torch.nn.functional.conv2d(xt, wt)
    theirs = (y, *torch.autograd.grad(y, (xt, wt), gt))
    for name, e, a, b in zip(("output", "input", "weight"), exact, ours, theirs, strict=True):
        ratio = np.linalg.norm(a - e) / np.linalg.norm(b.detach().numpy() - e)
        assert ratio < 1.1, f"gradient of {name}" if name != "output" else name


@pytest.mark.parametrize("padding", [((1, 2), (0, 0)), ((-1, 0), (2, -1)), ((0, 0), (0, 0)), ((-1, -1), (0, -2))])
def test_pad(padding: tuple[tuple[int, int], ...]) -> None:
    x = np.random.default_rng(0).standard_normal((2, 4, 5, 3))
    wide = np.pad(x, ((0, 0), (3, 3), (3, 3), (0, 0)))
    inside = tuple(slice(3 - b, 3 + n + a) for n, (b, a) in zip(x.shape[1:3], padding, strict=True))
    y = pad(x, padding)
    np.testing.assert_array_equal(y, wide[(slice(None), *inside)])
    assert y.flags.c_contiguous


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 30, 1000])
def test_blocks_are_runs(limit: int) -> None:
    """Boxes are not larger than the limit, and follow one another in the flattened array."""
    x = np.arange(2 * 5 * 7).reshape(2, 5, 7)
    boxes = [x[box].ravel() for box in blocks(x.shape, limit)]
    assert max(map(len, boxes)) <= limit
    np.testing.assert_array_equal(np.concatenate(boxes), x.ravel())


def test_scratch_is_kept() -> None:
    with scratch((10, 3), np.dtype(np.float64)) as first:
        with scratch((10, 3), np.dtype(np.float64)) as second:  # as in a signal handler
            assert not np.shares_memory(first, second)
    assert first.ctypes.data % windows.LINE_BYTES == 0
    with scratch((5,), np.dtype(np.float32)) as third:
        assert np.shares_memory(first, third)


def test_window_counts() -> None:
    assert window_counts((8, 8), (3, 2), (2, 3), (1, 2)) == (3, 2)


def test_an_infinity_reaches_only_the_windows_that_hold_it() -> None:
    x, w = np.ones((16, 2, 6, 6)), np.ones((2, 1, 3, 3))
    x[3, 1, 2, 2] = np.inf
    y = convolution.correlate(x, w, None, (1, 1), ((1, 1), (1, 1)), (1, 1), 2)
    known = np.isfinite(y)
    assert not known[3, 1, 1:4, 1:4].any()
    assert known.sum() == known.size - 9
