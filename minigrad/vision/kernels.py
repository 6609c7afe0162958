"""Thirteen classic kernels of 3x3, to filter images with and to start convolutions from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

__all__ = ["KERNELS"]


def _kernel(rows: str, divisor: int = 1) -> np.ndarray:
    """Make a kernel from "a b c / d e f / g h i", divided by `divisor`: read-only, because it is shared."""
    values = np.array([row.split() for row in rows.split("/")], np.float32) / np.float32(divisor)
    values.flags.writeable = False
    return values


KERNELS: Mapping[str, np.ndarray] = MappingProxyType(
    {
        "identity": _kernel("0 0 0 / 0 1 0 / 0 0 0"),
        "edge_cross": _kernel("1 0 -1 / 0 0 0 / -1 0 1"),
        "edge_laplace": _kernel("0 1 0 / 1 -4 1 / 0 1 0"),
        "edge_laplace8": _kernel("-1 -1 -1 / -1 8 -1 / -1 -1 -1"),
        "sharpen": _kernel("0 -1 0 / -1 5 -1 / 0 -1 0"),
        "box_blur": _kernel("1 1 1 / 1 1 1 / 1 1 1", 9),
        "gaussian_blur": _kernel("1 2 1 / 2 4 2 / 1 2 1", 16),
        "emboss": _kernel("-2 -1 0 / -1 1 1 / 0 1 2"),
        "pattern_x": _kernel("1 0 1 / 0 1 0 / 1 0 1"),
        "pattern_rows": _kernel("1 1 1 / 0 0 0 / 1 1 1"),
        "pattern_diagonal": _kernel("1 0 0 / 0 1 0 / 0 0 1"),
        "pattern_antidiagonal": _kernel("0 0 1 / 0 1 0 / 1 0 0"),
        "pattern_columns": _kernel("1 0 1 / 1 0 1 / 1 0 1"),
    }
)
"""From name to kernel, float32 of shape (3, 3), to be correlated with an image as `nn.functional.conv2d` does.

The edge kernels are second derivatives: d2/dxdy, which answers to corners and slanting edges, and Laplacians of 4 and
of 8 neighbours (the last with the opposite sign). The blurs sum to 1, and so keep the brightness; so do identity,
sharpen and emboss. A pattern sums up the pixels below its ones.

The set is that of M. Hohle, "Artificial Neuronal Networks in Python", part II, where the Gaussian blur sums to 16 and
the emboss is called skewed.

Examples
--------
>>> from minigrad.vision.kernels import KERNELS
>>> KERNELS["gaussian_blur"].sum()
np.float32(1.0)
>>> layer = nn.Conv2d(1, 13, 3, bias=False)
>>> _ = nn.init.kernels_(layer.weight, KERNELS.values())
>>> layer.weight[4, 0].tolist() == KERNELS["sharpen"].tolist()
True
"""
