"""Gradients averaged over ranks while backward goes on: in buckets, each of which starts as soon as it is full."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.distributed.grad_bucket import GradBucket
from minigrad.distributed.groups import ProcessGroup
from minigrad.distributed.mpi import mpi
from minigrad.distributed.work import Work
from minigrad.graph import completion
from minigrad.graph.versions import bump
from minigrad.nn.parameter import Parameter

FIRST_BUCKET_BYTES = 1 << 20  # small, so that communication starts early

_numbers = itertools.count()


def buckets_of(params: Sequence[tuple[str, Parameter]], most_bytes: int) -> list[GradBucket]:
    """Return buckets of parameters of one dtype, from the last to the first: backward comes to them in that order."""
    open_ones: dict[Any, list[tuple[str, Parameter]]] = {}
    found: list[list[tuple[str, Parameter]]] = []
    limit = min(FIRST_BUCKET_BYTES, most_bytes)
    for name, p in reversed(params):
        kind = p._data.dtype
        bucket = open_ones.setdefault(kind, [])
        bucket.append((name, p))
        if sum(q._data.nbytes for _, q in bucket) >= limit:
            found.append(open_ones.pop(kind))
            limit = most_bytes
    buckets = [GradBucket(i, ps) for i, ps in enumerate([*found, *open_ones.values()])]
    buckets[-1].last = True
    return buckets


class Reducer:
    """Watches parameters, and averages their gradients over the ranks of a group.

    Attributes
    ----------
    expecting : bool
        Whether it does so in the next backward.
    find_unused : bool
        Whether backward may leave out parameters, others on each rank.
    replace : bool
        Whether a ``.grad`` that exists is replaced by memory of a bucket, or written into.
    divisor : int
        By what the sum is divided.
    hook : what `register_comm_hook` was given
    """

    def __init__(
        self,
        params: Sequence[tuple[str, Parameter]],
        group: ProcessGroup,
        most_bytes: int,
        find_unused: bool,
        replace: bool,
    ) -> None:
        self.buckets = buckets_of(params, most_bytes)
        self.leaves: dict[Any, tuple[GradBucket, int]] = {
            p: (bucket, i) for bucket in self.buckets for i, p in enumerate(bucket.params)
        }
        self.name_of = {p: name for name, p in params}
        self.group, self.find_unused, self.replace = group, find_unused, replace
        self.divisor = group.size()
        self.hook: tuple[Any, Callable[[Any, GradBucket], Any]] | None = None
        self.expecting = False
        self._done: set[Any] = set()
        self._next = 0  # the first bucket that has not been sent
        self._used: np.ndarray | None = None
        self._used_work: Work | None = None
        completion.watchers[next(_numbers)] = self

    def begin(self, used: Collection[Any]) -> None:
        """Open the buckets; with `find_unused`, tell the other ranks which parameters get a gradient here."""
        for p, (bucket, i) in self.leaves.items():
            if p._data.shape != bucket.shapes[i] or not p._requires_grad:
                raise RuntimeError(
                    f"DistributedDataParallel: the parameter {self.name_of[p]} was given another shape, or frozen, "
                    "after the module was wrapped; wrap it again"
                )
        self._done, self._next = set(), 0
        for bucket in self.buckets:
            bucket.open()
        if self.find_unused:
            here = set(used)
            self._used = flags = np.array([p in here or p._grad is not None for p in self.leaves], np.uint8)
            self._used_work = self._send("the parameters in use", flags, mpi().BOR, mpi().UINT8_T)
            for p in self.leaves:
                if p not in here:
                    self.complete(p, None)

    def complete(self, leaf: Any, g: Any) -> None:
        """Put a gradient into its bucket, and send all that are full."""
        if leaf in self._done:
            raise RuntimeError(
                f"DistributedDataParallel: the parameter {self.name_of[leaf]} gets gradients in two parts of one "
                "backward, as from checkpoints with use_reentrant=True that share it; pass use_reentrant=False"
            )
        self._done.add(leaf)
        bucket, i = self.leaves[leaf]
        view, before = bucket.views[i], leaf._grad
        scale = 1 if self.hook else self.divisor
        g = g._data if isinstance(g, Tensor) else g
        parts = [part for part in (g, None if before is None else before._data) if part is not None]
        if len(parts) == 2:
            np.add(parts[0], parts[1], out=view, casting="same_kind")
            parts = [view]
        if not parts:
            view[...] = 0
        elif scale == 1:
            view[...] = parts[0]
        else:
            np.divide(parts[0], scale, out=view, casting="same_kind")
        bucket.missing -= 1
        self._send_full()
        for sent in self.buckets[: self._next]:  # MPI moves data while somebody asks
            sent.work.is_completed()

    def _send_full(self) -> None:
        """Send the buckets that are full, in their order, which is the same on all ranks."""
        while self._next < len(self.buckets) and not self.buckets[self._next].missing:
            bucket = self.buckets[self._next]
            if self.hook is not None:
                bucket.work = _Hooked(self.hook[1](self.hook[0], bucket), bucket)
            else:
                kind = mpi()._typedict[bucket.dtype.char]
                names = f"{bucket.names[-1]} to {bucket.names[0]}" if len(bucket.names) > 1 else bucket.names[0]
                bucket.work = self._send(f"the gradients of {names}", bucket.array, mpi().SUM, kind)
            self._next += 1

    def _send(self, what: str, array: np.ndarray, op: Any, kind: Any) -> Work:
        """Begin to reduce an array over all ranks. Nobody asks whether they do the same: the models are the same."""
        comm = self.group.comm
        begin = lambda: [comm.Iallreduce(mpi().IN_PLACE, [array, kind], op)]  # noqa: E731
        return Work(self.group, f"DistributedDataParallel: all_reduce of {what}", begin).counted(agreed=False).start()

    def end(self) -> list[Any]:
        """Wait for the buckets, and set the gradients; return the parameters that have got one."""
        self.expecting = False
        if missing := [name for p, name in self.name_of.items() if p not in self._done]:
            raise RuntimeError(
                f"DistributedDataParallel: backward gave no gradient to {', '.join(missing[:20])}; what the loss does "
                "not need must not be a parameter, or pass find_unused_parameters=True to all ranks"
            )
        if self._used_work is not None:
            self._used_work.wait()
        got: list[Any] = []
        for bucket in self.buckets:
            bucket.work.wait()
            for p, view in zip(bucket.params, bucket.views, strict=True):
                if self._used is None or self._used[len(got)]:
                    self._set(p, view)
                got.append(p)
        return got

    def _set(self, p: Parameter, view: np.ndarray) -> None:
        before = p._grad
        if before is not None and not self.replace and not before._requires_grad and before._data.flags.writeable:
            before._data[...] = view
            bump(before._data)
        else:
            p._grad = Tensor._wrap(view.astype(p._data.dtype, copy=False))

    def abandon(self) -> None:
        """Forget a backward that has failed: the other ranks hear of the error when this one ends."""
        self.expecting = False
        for bucket in self.buckets:
            if isinstance(bucket.work, Work):
                bucket.work.abandon()

    def shadow(self) -> None:
        """Take part in a backward of the other ranks, with nothing to add; their gradients come here, too."""
        for p in self.leaves:
            p._grad = None
        self.begin(())
        if not self.find_unused:
            for p in self.leaves:
                self.complete(p, None)
        self.end()


class _Hooked:
    """A bucket that a hook of communication has sent."""

    def __init__(self, future: Any, bucket: GradBucket) -> None:
        if not hasattr(future, "wait"):
            raise RuntimeError(f"register_comm_hook: expected a hook that returns a future, got {future!r}")
        self.future, self.bucket = future, bucket

    def is_completed(self) -> bool:
        return bool(self.future.done()) if hasattr(self.future, "done") else False

    def wait(self) -> None:
        value = self.future.wait()
        value = value[0] if isinstance(value, (list, tuple)) else value
        if not isinstance(value, Tensor):
            raise RuntimeError(f"register_comm_hook: expected a future of a Tensor, got one of {type(value).__name__}")
        if value._data is not self.bucket.array:
            self.bucket.array[...] = value._data
