"""PowerSGD: gradients go to the other ranks as products of two thin matrices, and what that leaves out goes later."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.distributed.collectives import all_reduce
from minigrad.distributed.ranks import get_world_size
from minigrad.futures import Future

__all__ = ["PowerSGDState", "batched_powerSGD_hook", "powerSGD_hook"]


class PowerSGDState:
    """The memory of `powerSGD_hook` from one step to the next, and its options: one for each model.

    Parameters
    ----------
    process_group : ProcessGroup, optional
        By default all ranks.
    matrix_approximation_rank : int, default 1
        The number of columns r of the thin matrices: more is more exact, and more to send.
    start_powerSGD_iter : int, default 1000
        The step from which on gradients are compressed; until then their mean is taken as it is.
    min_compression_rate : float, default 2
        A matrix of m rows and n columns is compressed if (m + n) r times this is less than m n.
    use_error_feedback : bool, default True
        Add what was left out of a step to the gradient of the next.
    warm_start : bool, default True
        Begin with the last step's Q, instead of a random one.
    random_seed : int, default 0
        Of the first Q, the same on all ranks.
    compression_stats_logging_frequency : accepted, as PyTorch does; see `compression_stats`
    orthogonalization_epsilon, batch_tensors_with_same_shape : accepted, as PyTorch does

    Raises
    ------
    ValueError
        If `start_powerSGD_iter` is below 2 with `use_error_feedback` or `warm_start`, as in PyTorch.

    Examples
    --------
    >>> from minigrad.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as powerSGD
    >>> state = powerSGD.PowerSGDState(None, matrix_approximation_rank=2, start_powerSGD_iter=10)
    >>> net.register_comm_hook(state, powerSGD.powerSGD_hook)  # doctest: +SKIP
    """

    def __init__(
        self,
        process_group: Any,
        matrix_approximation_rank: int = 1,
        start_powerSGD_iter: int = 1000,  # noqa: N803 (PyTorch's name)
        min_compression_rate: float = 2,
        use_error_feedback: bool = True,
        warm_start: bool = True,
        orthogonalization_epsilon: float = 0,
        random_seed: int = 0,
        compression_stats_logging_frequency: int = 10_000,
        batch_tensors_with_same_shape: bool = False,
    ) -> None:
        if (use_error_feedback or warm_start) and start_powerSGD_iter <= 1:
            raise ValueError(
                "PowerSGDState: expected a start_powerSGD_iter of 2 or more with use_error_feedback or warm_start, got "
                f"{start_powerSGD_iter}"
            )
        self.process_group = process_group
        self.matrix_approximation_rank = matrix_approximation_rank
        self.start_powerSGD_iter, self.min_compression_rate = start_powerSGD_iter, min_compression_rate
        self.use_error_feedback, self.warm_start = use_error_feedback, warm_start
        self.rng = np.random.default_rng(random_seed)
        self.error_dict: dict[int, np.ndarray] = {}  # by bucket: what was left out
        self.q_memory_dict: dict[int, list[np.ndarray]] = {}  # by bucket: the last Q of each matrix
        self.iter = 0
        self.total_numel_before_compression = self.total_numel_after_compression = 0

    def compression_stats(self) -> tuple[float, int, int]:
        """Return the rate of compression, and how many numbers there were before and after it.

        Examples
        --------
        >>> from minigrad.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as powerSGD
        >>> powerSGD.PowerSGDState(None).compression_stats()
        (0, 0, 0)
        """
        before, after = self.total_numel_before_compression, self.total_numel_after_compression
        return before / after if after else 0, before, after

    def compresses(self, m: int, n: int) -> bool:
        """Return whether a matrix of m rows and n columns is sent as two thin ones."""
        r = min(m, n, self.matrix_approximation_rank)
        return (m + n) * r * self.min_compression_rate < m * n

    def first_q(self, bucket: int, shapes: Sequence[Sequence[int]], dtype: np.dtype) -> list[np.ndarray]:
        """Return the Q with which matrices of these shapes begin, the same on all ranks."""
        if self.warm_start and bucket in self.q_memory_dict:
            return self.q_memory_dict[bucket]
        r = self.matrix_approximation_rank
        wide = np.result_type(dtype, np.float32)
        return [self.rng.standard_normal((n, min(m, n, r))).astype(wide) for m, n in shapes]


def powerSGD_hook(state: PowerSGDState, bucket: Any) -> Any:  # noqa: N802 (PyTorch's name)
    """Take the mean of the gradients over the ranks, of matrices only the part that two thin ones can express.

    Each M of m rows and n columns, with the error of the last step added, becomes P Q^T: P = M Q is averaged over the
    ranks and made orthogonal, then Q = M^T P is averaged. M - P Q^T is the error of this rank, which the next step
    adds. What has one dimension, or would hardly be smaller, is averaged as it is. A tensor of more dimensions is a
    matrix with a row for each index of the first.

    References
    ----------
    T. Vogels, S. P. Karimireddy, M. Jaggi, PowerSGD: practical low-rank gradient compression for distributed
    optimization, 2019.

    Examples
    --------
    >>> from minigrad.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as powerSGD
    >>> state = powerSGD.PowerSGDState(None, start_powerSGD_iter=2)
    >>> net.register_comm_hook(state, powerSGD.powerSGD_hook)  # doctest: +SKIP
    """
    gradients = _parts(bucket.buffer()._data, bucket.shapes)
    thin = [g.ndim > 1 and state.compresses(g.shape[0], prod(g.shape[1:])) for g in gradients]
    matrices = [g.reshape(len(g), -1) for g, yes in zip(gradients, thin, strict=True) if yes]
    others = [g for g, yes in zip(gradients, thin, strict=True) if not yes]
    return _sent(state, bucket, matrices, others)


def batched_powerSGD_hook(state: PowerSGDState, bucket: Any) -> Any:  # noqa: N802 (PyTorch's name)
    """Do what `powerSGD_hook` does with all gradients of a bucket as one square matrix: faster, and less exact.

    Examples
    --------
    >>> from minigrad.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as powerSGD
    >>> state = powerSGD.PowerSGDState(None, start_powerSGD_iter=2)
    >>> net.register_comm_hook(state, powerSGD.batched_powerSGD_hook)  # doctest: +SKIP
    """
    vector = bucket.buffer()._data
    side = int(np.ceil(np.sqrt(vector.size)))
    square = np.zeros((side, side), vector.dtype)
    flat = square.reshape(-1)[: vector.size]
    flat[...] = vector
    future = _sent(state, bucket, [square], [])
    vector[...] = flat
    return future


def _sent(state: PowerSGDState, bucket: Any, matrices: list[np.ndarray], others: list[np.ndarray]) -> Future[Tensor]:
    """Replace matrices and other arrays, which are parts of one memory, by what all ranks agree on."""
    if state.iter < state.start_powerSGD_iter:
        _average(state, [*matrices, *others])
    else:
        index = bucket.index()
        error = state.error_dict.get(index)
        if error is not None:
            for matrix, part in zip(matrices, _parts(error, [m.shape for m in matrices]), strict=True):
                matrix += part
        left_out = [matrix.copy() for matrix in matrices] if state.use_error_feedback else []
        _compress(state, index, matrices, others)
        if left_out:
            state.error_dict[index] = np.concatenate(
                [(before - after).reshape(-1) for before, after in zip(left_out, matrices, strict=True)]
            )
    if bucket.is_last():
        state.iter += 1
    future: Future[Tensor] = Future()
    future.set_result(bucket.buffer())
    return future


def _parts(joined: np.ndarray, shapes: Sequence[Sequence[int]]) -> list[np.ndarray]:
    """Return a vector in pieces of these shapes, which share its memory."""
    pieces = np.split(joined, np.cumsum([prod(shape) for shape in shapes[:-1]]).astype(int))
    return [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]


def _average(state: PowerSGDState, arrays: list[np.ndarray]) -> None:
    """Replace arrays of one dtype by their mean over the ranks, in one message."""
    if arrays:
        joined = np.concatenate([array.reshape(-1) for array in arrays])
        all_reduce(Tensor._wrap(joined), group=state.process_group)
        joined /= get_world_size(state.process_group)
        for array, mean in zip(arrays, _parts(joined, [a.shape for a in arrays]), strict=True):
            array[...] = mean


def _compress(state: PowerSGDState, index: int, matrices: list[np.ndarray], others: list[np.ndarray]) -> None:
    """Replace matrices by P Q^T, and other arrays by their mean."""
    qs = state.first_q(index, [m.shape for m in matrices], matrices[0].dtype) if matrices else []
    ps = [matrix @ np.linalg.qr(q)[0] for matrix, q in zip(matrices, qs, strict=True)]
    _average(state, [*others, *ps])
    ps = [np.linalg.qr(p)[0] for p in ps]
    qs = [matrix.T @ p for matrix, p in zip(matrices, ps, strict=True)]
    _average(state, qs)
    for matrix, p, q in zip(matrices, ps, qs, strict=True):
        np.matmul(p, q.T, out=matrix)
    if state.warm_start:
        state.q_memory_dict[index] = qs
    state.total_numel_before_compression += sum(array.size for array in [*matrices, *others])
    state.total_numel_after_compression += sum(array.size for array in [*ps, *qs, *others])
