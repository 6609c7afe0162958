"""The pooling kernels against loops over every window, and against their adjoints."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from minigrad.kernels.pooling import (
    Window,
    adaptive_avg_pool,
    adaptive_avg_pool_adjoint,
    adaptive_max_indices,
    avg_pool,
    avg_pool_adjoint,
    gather_winners,
    max_pool,
    max_pool_winners,
    pool_window,
    scatter_winners,
    winner_indices,
)

# size, kernel, stride, padding, dilation, ceil_mode
GEOMETRIES = {
    "tiles": ((6, 4), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "rest": ((7, 5), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "overlap": ((7, 6), (3, 2), (2, 1), (0, 0), (1, 1), False),
    "gaps": ((7, 6), (2, 1), (3, 2), (0, 0), (1, 1), False),
    "padding": ((7, 6), (3, 3), (2, 2), (1, 1), (1, 1), False),
    "ceil": ((7, 6), (3, 2), (2, 3), (1, 0), (1, 1), True),
    "ceil, last dropped": ((5, 4), (2, 2), (3, 4), (1, 1), (1, 1), True),
    "dilation": ((8, 9), (3, 2), (1, 2), (1, 1), (2, 3), False),
    "dilation, ceil": ((8, 9), (2, 3), (3, 2), (1, 1), (3, 2), True),
    "one by one": ((3, 4), (1, 1), (1, 1), (0, 0), (1, 1), False),
    "line": ((9,), (4,), (2,), (2,), (1,), True),
    "volume": ((4, 5, 3), (2, 3, 2), (2, 2, 1), (1, 1, 0), (1, 1, 1), False),
    "more than 255 slots": ((20, 17), (17, 16), (2, 1), (8, 8), (1, 1), False),
}
LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "contiguous": lambda x: x,
    "batch innermost": lambda x: np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0),
    "strided": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
}


@pytest.fixture(params=GEOMETRIES)
def geometry(request: Any) -> tuple:
    return GEOMETRIES[request.param]


@pytest.fixture(params=LAYOUTS)
def x(request: Any, geometry: tuple) -> np.ndarray:
    return LAYOUTS[request.param](np.random.default_rng(0).standard_normal((2, 3, *geometry[0])))


def members(size: tuple[int, ...], window: Window) -> dict[tuple[int, ...], list[tuple[int, ...]]]:
    """The places of the input in each window, in row-major order."""
    return {
        i: [
            place
            for u in itertools.product(*map(range, window.kernel))
            for place in [tuple(a * s - p + b * d for a, s, p, b, d in zip(i, *window[1:3], u, window[3], strict=True))]
            if all(0 <= a < n for a, n in zip(place, size, strict=True))
        ]
        for i in itertools.product(*map(range, window.out))
    }


def test_maximum(x: np.ndarray, geometry: tuple) -> None:
    window = pool_window(*geometry)
    size = geometry[0]
    x.flat[5], x.flat[7] = np.inf, -np.inf
    y, winners = max_pool_winners(x, window)
    indices = winner_indices(winners, size, window)
    np.testing.assert_array_equal(max_pool(x, window), y)
    assert indices.dtype == np.int64 and winners.itemsize <= 2
    for plane in itertools.product(range(2), range(3)):
        for i, places in members(size, window).items():
            values = [x[plane + p] for p in places]
            assert y[plane + i] == max(values)
            assert indices[plane + i] == np.ravel_multi_index(places[int(np.argmax(values))], size)


def test_first_maximum_wins(geometry: tuple) -> None:
    size, window = geometry[0], pool_window(*geometry)
    for x in (np.zeros((1, 1, *size)), np.full((1, 1, *size), -np.inf)):
        indices = winner_indices(max_pool_winners(x, window)[1], size, window)
        for i, places in members(size, window).items():
            assert indices[(0, 0, *i)] == np.ravel_multi_index(places[0], size)


def test_nan_propagates(geometry: tuple) -> None:
    size, window = geometry[0], pool_window(*geometry)
    x = np.random.default_rng(0).standard_normal((1, 1, *size))
    x.flat[[0, 2, 3]] = np.nan
    y, winners = max_pool_winners(x, window)
    np.testing.assert_array_equal(max_pool(x, window), y)
    indices = winner_indices(winners, size, window)
    for i, places in members(size, window).items():
        bad = [p for p in places if np.isnan(x[(0, 0, *p)])]
        assert np.isnan(y[(0, 0, *i)]) == bool(bad)
        if bad:
            assert indices[(0, 0, *i)] == np.ravel_multi_index(bad[-1], size)


def test_maximum_adjoint(x: np.ndarray, geometry: tuple) -> None:
    size, window = geometry[0], pool_window(*geometry)
    y, winners = max_pool_winners(x, window)
    np.testing.assert_array_equal(gather_winners(x, winners, window), y)
    g = np.random.default_rng(1).standard_normal(y.shape)
    gx = scatter_winners(g, winners, size, window)
    indices = winner_indices(winners, size, window)
    expected = np.zeros((6, int(np.prod(size))))
    np.add.at(expected, (np.arange(6)[:, None], indices.reshape(6, -1)), g.reshape(6, -1))
    np.testing.assert_allclose(gx, expected.reshape(x.shape), atol=1e-14)


def test_infinite_gradient_stays_in_its_place() -> None:
    window = pool_window((4,), (2,), (2,), (0,), (1,), False)
    winners = max_pool_winners(np.arange(4.0)[None, None], window)[1]
    np.testing.assert_array_equal(
        scatter_winners(np.array([[[np.inf, np.nan]]]), winners, (4,), window), [[[0, np.inf, 0, np.nan]]]
    )


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize("divisor", [None, 3])
def test_average(x: np.ndarray, geometry: tuple, count_include_pad: bool, divisor: int | None) -> None:
    window = pool_window(*geometry)._replace(dilation=(1,) * len(geometry[0]))
    size = geometry[0]
    y = avg_pool(x, window, count_include_pad, divisor)
    for i, places in members(size, window).items():
        start = [a * s - p for a, s, p in zip(i, window.stride, window.padding, strict=True)]
        stop = [min(a + k, n + p) for a, k, n, p in zip(start, window.kernel, size, window.padding, strict=True)]
        padded = int(np.prod(np.subtract(stop, start)))
        count = divisor or (padded if count_include_pad else len(places))
        total = sum(x[(slice(None), slice(None), *p)] for p in places)
        np.testing.assert_allclose(y[(slice(None), slice(None), *i)], total / count, atol=1e-14)
    g = np.random.default_rng(1).standard_normal(y.shape)
    gx = avg_pool_adjoint(g, size, window, count_include_pad, divisor)
    assert gx.shape == x.shape
    np.testing.assert_allclose(np.vdot(gx, x), np.vdot(g, y), rtol=1e-12)


@pytest.mark.parametrize("out", [(1, 1), (2, 3), (3, 5), (7, 5), (9, 2)])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_adaptive(out: tuple[int, int], layout: str) -> None:
    x = LAYOUTS[layout](np.random.default_rng(0).standard_normal((2, 3, 7, 5)))
    y, indices = adaptive_avg_pool(x, out), adaptive_max_indices(x, out)
    for i, j in itertools.product(*map(range, out)):
        rows = slice(i * 7 // out[0], -(-(i + 1) * 7 // out[0]))
        columns = slice(j * 5 // out[1], -(-(j + 1) * 5 // out[1]))
        np.testing.assert_allclose(y[..., i, j], x[..., rows, columns].mean((-2, -1)), atol=1e-14)
        best = np.take_along_axis(x.reshape(2, 3, -1), indices[..., i, j][..., None], -1)[..., 0]
        np.testing.assert_array_equal(best, x[..., rows, columns].max((-2, -1)))
    g = np.random.default_rng(1).standard_normal(y.shape)
    gx = adaptive_avg_pool_adjoint(g, (7, 5))
    np.testing.assert_allclose(np.vdot(gx, x), np.vdot(g, y), rtol=1e-12)


def test_float32_and_memory(x: np.ndarray, geometry: tuple) -> None:
    """float32 stays float32, an input with the batch innermost gives such an output, no input is returned."""
    x, window = x.astype(np.float32, order="K"), pool_window(*geometry)
    before = x.copy()
    y, winners = max_pool_winners(x, window)
    mean = avg_pool(x, window)
    results = [y, mean, max_pool(x, window), gather_winners(x, winners, window)]
    results += [scatter_winners(y, winners, geometry[0], window), avg_pool_adjoint(mean, geometry[0], window)]
    results += [adaptive_avg_pool(x, (2,) * len(geometry[0]))]
    results += [adaptive_avg_pool_adjoint(adaptive_avg_pool(x, (1,) * len(geometry[0])), geometry[0])]
    for result in results:
        assert result.dtype == np.float32 and not np.shares_memory(result, x)
        if np.argmin(x.strides) == 0:
            assert np.argmin(result.strides) == 0
    np.testing.assert_array_equal(x, before)


def test_empty_batch(geometry: tuple) -> None:
    size, window = geometry[0], pool_window(*geometry)
    x = np.zeros((0, 3, *size))
    y, winners = max_pool_winners(x, window)
    assert y.shape == max_pool(x, window).shape == avg_pool(x, window).shape == (0, 3, *window.out)
    assert scatter_winners(y, winners, size, window).shape == x.shape
    assert avg_pool_adjoint(y, size, window).shape == x.shape
    assert winner_indices(winners, size, window).shape == y.shape
