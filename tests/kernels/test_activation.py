"""Activation functions are exact in their dtype for all arguments, small and far ones too: against long doubles."""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from minigrad.kernels import activation as kernel
from minigrad.kernels.blocks import BLOCK_ELEMENTS
from minigrad.kernels.relu import limited, rectified

EXACT: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Callable[[Any], Any]]] = {
    "softplus": (kernel.softplus, (1.0, np.inf), lambda x: np.logaddexp(x, 0)),
    "logsigmoid": (kernel.logsigmoid, (), lambda x: -np.logaddexp(-x, 0)),
    "elu": (kernel.elu, (1.0, 1.0, 1.0), lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)))),
    "celu": (kernel.elu, (2.0, 1.0, 0.5), lambda x: np.where(x > 0, x, 2 * np.expm1(np.minimum(x, 0) / 2))),
    "sigmoid": (kernel.sigmoid, (), lambda x: 1 / (1 + np.exp(-x))),
    "log_one_plus of abs": (lambda x: kernel.log_one_plus(np.abs(x)), (), lambda x: np.log1p(np.abs(x))),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", EXACT)
def test_exact_for_all_arguments(name: str, dtype: type) -> None:
    compute, options, exact = EXACT[name]
    size = np.geomspace(1e-12, 80, BLOCK_ELEMENTS)
    x = np.concatenate([-size, [0.0], size]).astype(dtype)
    with np.errstate(all="ignore"):
        y = compute(x, *options)
        wanted = exact(x.astype(np.longdouble))
    assert y.dtype == dtype
    np.testing.assert_allclose(y.astype(np.longdouble), wanted, rtol=5 * np.finfo(dtype).eps, atol=0)


@pytest.mark.parametrize("n", [10, BLOCK_ELEMENTS])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
def test_limited_as_the_minimum_of_the_maximum(dtype: type, n: int) -> None:
    x = np.linspace(-9, 9, n).astype(dtype)
    if np.issubdtype(dtype, np.floating):
        x[:3] = np.nan, np.inf, -np.inf
    for low, high in ((-2, None), (None, 3), (-2, 3), (3, -2)):
        wanted = x if low is None else np.maximum(x, low)
        wanted = wanted if high is None else np.minimum(wanted, high)
        for out in (None, np.empty_like(x)):
            y = limited(x, low, high, out)
            assert y.dtype == dtype and (out is None or y is out)
            np.testing.assert_array_equal(y, wanted)
    np.testing.assert_array_equal(rectified(x), np.maximum(x, 0))


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="the zero that is taken depends on the processor"
)
@pytest.mark.parametrize("n", [1, 10, 10_000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_negative_zero_stays_so(dtype: type, n: int) -> None:
    x = np.full(n, -0.0, dtype)
    assert np.signbit(limited(x, 0, None)).all() and np.signbit(rectified(x)).all()
    assert not np.signbit(limited(-x, None, -0.0)).any()
