"""Copies into the order of indices."""

from __future__ import annotations

import numpy as np
import pytest

from minigrad.kernels import copying
from minigrad.kernels.copying import contiguous, copy, in_index_order


@pytest.mark.parametrize("shape", [(5, 3, 7, 2), (4, 9), (6,), (0, 3), (300, 2), ()])
def test_a_copy_has_the_values_the_dtype_and_the_order(shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "MIN_ELEMENTS", 1)
    monkeypatch.setattr(copying, "BLOCK_ELEMENTS", 8)
    values = np.random.default_rng(0).standard_normal((*shape[1:], *shape[:1]))
    x = values.transpose(values.ndim - 1, *range(values.ndim - 1)) if shape else values
    for given in (x, values, x[::2] if shape else x):
        result = in_index_order(given, np.dtype("float32"))
        assert result.flags.c_contiguous and result.dtype == np.float32 and not np.shares_memory(result, given)
        np.testing.assert_array_equal(result, given.astype(np.float32))


@pytest.mark.parametrize("shape", [(64, 3, 32, 16), (512, 200), (70, 1025), (1024, 1024), (48, 1, 1024), (31, 2048)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int8"])
def test_large_arrays_with_their_axes_turned(shape: tuple[int, ...], dtype: str) -> None:
    values = np.random.default_rng(0).integers(-99, 99, shape).astype(dtype)
    for first in range(1, len(shape)):
        turned = values.transpose(*range(first, len(shape)), *range(first))
        for x in (turned, turned[:-1], turned[..., ::-1]):
            result = contiguous(x)
            assert result.flags.c_contiguous and result.dtype == x.dtype
            np.testing.assert_array_equal(result, x)
    assert contiguous(values) is values


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64", "bool"])
def test_every_bit_is_copied(dtype: str) -> None:
    bits = np.random.default_rng(0).integers(0, 2 if dtype == "bool" else 256, (6, 40), np.uint8)
    source = bits.view(dtype)  # numbers that are not, too
    for part in (source, source[::2], source[:, ::-1], source.T):
        target = np.zeros_like(part)
        copy(part, target)
        assert target.tobytes() == part.tobytes()
