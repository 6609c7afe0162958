"""Arithmetic where a dtype is too small for a number."""

import pytest

import minigrad as mg


@pytest.mark.parametrize("dtype, exponent", [("uint8", -1), ("uint8", 300), ("int8", 200), ("int64", -2)])
def test_an_exponent_that_does_not_fit_is_refused(dtype, exponent):
    """It wrapped around, so that a byte to the power of -1 was to that of 255."""
    with pytest.raises(RuntimeError, match="pow: "):
        mg.tensor([2, 3], dtype=getattr(mg, dtype)) ** exponent
