"""One model on all ranks: whether it is the same, and how it becomes the same again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.distributed.buffers import of
from minigrad.distributed.groups import ProcessGroup
from minigrad.distributed.objects import all_gather_object
from minigrad.distributed.waiting import DistBackendError, ranks
from minigrad.distributed.work import Work
from minigrad.graph.versions import bump


def compare(group: ProcessGroup, params: Sequence[tuple[str, Tensor]], who: str, kind: str = "parameter") -> None:
    """Raise on all ranks where their parameters, or their buffers, differ, and say which and how."""
    mine = [
        (name, tuple(p.shape), str(p._data.dtype), kind == "parameter" and not p._requires_grad) for name, p in params
    ]
    theirs: list[Any] = [None] * group.size()
    all_gather_object(theirs, mine, group)
    for i in range(max(map(len, theirs))):
        rows = [other[i] if i < len(other) else None for other in theirs]
        if any(row != rows[0] for row in rows):
            raise DistBackendError(f"{who}: the ranks have different models; {kind} {i}: {_stories(rows, group)}")


def _stories(rows: Sequence[Any], group: ProcessGroup) -> str:
    who: dict[Any, list[int]] = {}
    for rank, row in zip(group.ranks, rows, strict=True):
        who.setdefault(row, []).append(rank)
    return "; ".join(
        f"{ranks(those)} {'have' if len(those) > 1 else 'has'} "
        + ("none" if row is None else f"{row[0]} of shape {row[1]}, {row[2]}{', frozen' if row[3] else ''}")
        for row, those in who.items()
    )


class Spreading:
    """Tensors that all ranks take from one, in one message: begun when it is made."""

    def __init__(self, tensors: Sequence[Tensor], group: ProcessGroup, source: int, who: str) -> None:
        self.tensors, self.here = tensors, source == group.rank()
        parts = [np.ascontiguousarray(t._data).reshape(-1).view(np.uint8) for t in tensors]
        self.joined = np.concatenate(parts) if parts else np.empty(0, np.uint8)
        buffer = of(who, "tensors", self.joined)
        what = f"{who}: {len(tensors)} tensors of rank {group.ranks[source]}"
        self.work = Work(group, what, lambda: [group.comm.Ibcast(buffer.bytes(), source)]).counted(agreed=False).start()

    def wait(self) -> None:
        """Wait for the message, and put what has changed into the tensors."""
        self.work.wait()
        begin = 0
        for t in () if self.here else self.tensors:
            array = t._data
            new = self.joined[begin : begin + array.nbytes].view(array.dtype).reshape(array.shape)
            begin += array.nbytes
            array[...] = new
            bump(array)


def spread(tensors: Sequence[Tensor], group: ProcessGroup, source: int, who: str) -> None:
    """Replace tensors on all ranks by those of one."""
    if tensors and group.size() > 1:
        Spreading(tensors, group, source, who).wait()
