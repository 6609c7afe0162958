"""Matrix products: BLAS in one thread, and large products cut into parts that several threads compute.

BLAS has threads of its own, but how it divides a product among them changes the order of its sums, and after each call
they wait for the next one at full speed, in the way of the threads of `parallel`. The parts here depend on the shapes
alone.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.kernels import parallel
from minigrad.kernels.blas import hold_blas
from minigrad.kernels.summation import single

__all__ = ["matmul"]

SMALL_PRODUCT, SMALL_VECTOR = 1 << 17, 1 << 13  # multiplications: for fewer, threads do not help BLAS
# A product of twice as many is cut in 2, one of 16 times as many in 4, of 128 times in 8, and so on: BLAS copies
# its operands into another order for each part, and the thinner the parts, the more of that there is.
PART_MULTIPLICATIONS = 1 << 24  # about 200 us
# Terms: rounding errors in float32 pile up in longer sums, which are made of sums of about 192.
LONG_SUM, CHAIN_TERMS = 288, 192
SMALL_RESULT = 1 << 14  # elements of a matrix: this few can be summed from several products at little cost


def matmul(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return ``a @ b`` of operands of one dtype."""
    if a.dtype == np.float16:
        return matmul(single(a), single(b)).astype(np.float16)
    matrices = a.ndim > 1 < b.ndim and a.shape[-2] > 1 < b.shape[-1]
    multiplications = max(a.size * b.shape[-1], b.size * a.shape[-2]) if a.ndim > 1 < b.ndim else max(a.size, b.size)
    long = a.dtype == np.float32 and a.shape[-1] > LONG_SUM
    long = long and math.prod(a.shape[-2:-1]) * math.prod(b.shape[1:][-1:]) <= SMALL_RESULT
    product = _in_chains if long else np.matmul
    if multiplications < (SMALL_PRODUCT if matrices else SMALL_VECTOR):
        return np.asarray(product(a, b))
    if multiplications < 2 * PART_MULTIPLICATIONS or not matrices:
        return np.asarray(hold_blas(product, a, b))
    return _by_parts(a, b, multiplications) if a.ndim == b.ndim == 2 else _by_batches(product, a, b, multiplications)


def _in_chains(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compute the same as a sum of products, each along a part of the dimension that is added up."""
    if a.ndim == 1:
        return _in_chains(a[None], b)[..., 0, :] if b.ndim > 1 else _in_chains(a[None], b)[0]
    if b.ndim == 1:
        return _in_chains(a, b[:, None])[..., 0]
    depth = a.shape[-1]
    count = -(-depth // CHAIN_TERMS)
    length = depth // count
    whole = count * length
    left = a[..., :whole].reshape(*a.shape[:-1], count, length).swapaxes(-2, -3)
    right = b[..., :whole, :].reshape(*b.shape[:-2], count, length, b.shape[-1])
    y = np.asarray(np.matmul(left, right).sum(-3))
    if whole < depth:
        y += np.matmul(a[..., whole:], b[..., whole:, :])
    return y


def _by_batches(product: Callable[..., Any], a: np.ndarray, b: np.ndarray, multiplications: int) -> np.ndarray:
    """Compute products of batches of matrices, some at a time: the longest dimension of the batch is cut."""
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if math.prod(batch) == 1:
        y = matmul(a.reshape(a.shape[-2:]), b.reshape(b.shape[-2:]))
        return y.reshape((*batch, *y.shape))
    a, b = (np.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (a, b))
    y = np.empty((*batch, a.shape[-2], b.shape[-1]), a.dtype)
    axis = max(range(len(batch)), key=batch.__getitem__)

    def compute(part: slice) -> None:
        at = (*(slice(None),) * axis, part)
        if product is np.matmul:
            product(a[at], b[at], out=y[at])
        else:
            y[at] = product(a[at], b[at])

    parallel.in_slices(compute, batch[axis], multiplications)
    return y


def _by_parts(a: np.ndarray, b: np.ndarray, multiplications: int) -> np.ndarray:
    """Compute the same by parts: the longest dimension is halved, then what is the longest of the halves."""
    sizes, counts = (a.shape[0], b.shape[1], a.shape[1]), [1, 1, 1]
    for _ in range(((multiplications // PART_MULTIPLICATIONS).bit_length() + 1) // 3):
        longest = max(range(3), key=lambda d: sizes[d] / counts[d])
        counts[longest] *= 2
    rows, columns, terms = (
        [(n * i // k, n * (i + 1) // k) for i in range(k)] for n, k in zip(sizes, counts, strict=True)
    )
    y = np.empty((len(terms), *sizes[:2]), np.result_type(a, b))

    def compute(part: tuple[Any, Any, Any]) -> None:
        (i, j), (m, n), (k, (s, t)) = part
        np.matmul(a[i:j, s:t], b[s:t, m:n], out=y[k, i:j, m:n])

    parallel.run(compute, list(itertools.product(rows, columns, enumerate(terms))))
    return y[0] if len(y) == 1 else np.asarray(y.sum(0, y.dtype))
