"""The processes that train together, where ``mpiexec`` has started several. Rank 0 prints and writes."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable, Iterator

import minigrad as mg
from minigrad import distributed as dist


def count() -> int:
    """Return how many there are."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """Return which this is."""
    return dist.get_rank() if dist.is_initialized() else 0


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Train with the others, within this context; only rank 0 prints."""
    if int(os.environ.get("WORLD_SIZE", 1)) == 1 or dist.is_initialized():
        yield
        return
    dist.init_process_group()
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(sys.stdout if rank() == 0 else nowhere):
        yield


def quiet() -> contextlib.AbstractContextManager[object]:
    """Return a context in which what all ranks say of one mistake is said by rank 0 alone."""
    return contextlib.redirect_stderr(io.StringIO()) if rank() > 0 else contextlib.nullcontext()


def shares(batches: Iterable[list[int]]) -> Iterable[list[int]]:
    """Return of each batch what belongs to this rank; at least one image, as no net can do with none."""
    if count() == 1:
        return batches
    return [batch[rank() :: count()] or batch[:1] for batch in batches]


def sums(*numbers: float) -> list[float]:
    """Return the sum over all ranks of each number."""
    if count() == 1:
        return list(numbers)
    total = mg.tensor(numbers, dtype=mg.float64)
    dist.all_reduce(total)
    return total.tolist()


def any_of(*flags: bool) -> list[bool]:
    """Return of each flag whether it is set on any rank."""
    if count() == 1:
        return list(flags)
    both = mg.tensor(flags)
    dist.all_reduce(both)
    return both.tolist()
