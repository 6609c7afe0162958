"""Work in several processes, each of which takes a share of a batch: the same lines for minigrad and PyTorch."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np

from .nets import task
from .torchlike import model, stepping

# in which MPICH and its relatives, and Open MPI, say the rank and the number of processes
SAID_BY = (("PMI_RANK", "PMI_SIZE"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"))
TIMEOUT = timedelta(seconds=120)


def meet(lib: Any, file: str) -> int:
    """Meet the other processes that ``mpiexec`` has started; PyTorch's do so by a file. Return the rank."""
    rank, size = next((int(os.environ[r]), int(os.environ[s])) for r, s in SAID_BY if r in os.environ)
    lib.distributed.init_process_group("gloo", f"file://{file}", timeout=TIMEOUT, rank=rank, world_size=size)
    return rank


def agreed(lib: Any, value: float) -> float:
    """Return the number that rank 0 has."""
    told = lib.tensor([value], dtype=lib.float64)
    lib.distributed.broadcast(told, 0)
    return float(told)


def averaged(lib: Any, value: float) -> float:
    """Return the mean of the numbers of all ranks."""
    told = lib.tensor([value], dtype=lib.float64)
    lib.distributed.all_reduce(told)
    return float(told) / int(lib.distributed.get_world_size())


def all_reduce(lib: Any, size: int) -> Callable[[], Any]:
    """Add up `size` bytes of all ranks."""
    x = lib.zeros(size // 4)

    def step() -> None:
        lib.distributed.all_reduce(x)

    return step


def shared(lib: Any, net: str, batch: int, weak: bool = False, sent: str = "meanwhile") -> Callable[[], Any]:
    """Take a training step with this rank's share of a batch, or with all of it where there is one process.

    Parameters
    ----------
    net : a key of `NETS`, or ``"resnet9"``, minigrad's own
    batch : int
    weak : bool
        Whether each core has a batch of this size, or all together.
    sent : {'meanwhile', 'at the end', 'never'}
        When gradients go to the other ranks. At other times than meanwhile it is minigrad alone that can do it.
    """
    distributed = lib.distributed
    together = distributed.is_initialized()
    rank, size = (distributed.get_rank(), distributed.get_world_size()) if together else (0, 1)
    whole = batch * size * lib.get_num_threads() if weak else batch
    module, inputs, labels = parts(lib, net, whole)
    if together:
        module = lib.nn.parallel.DistributedDataParallel(module)
        if sent != "meanwhile":
            module.register_comm_hook(None, lambda _, bucket: Later(lib, bucket, sent == "at the end"))
    share = slice(rank * whole // size, (rank + 1) * whole // size)
    return stepping(lib, module, inputs[share], labels[share])


def parts(lib: Any, net: str, batch: int) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return a module, and a batch of random inputs and labels for it."""
    if net != "resnet9":
        resolved, inputs, labels = task(net, batch)
        return model(lib, resolved), inputs, labels
    from minigrad.models import ResNet9

    lib.manual_seed(0)
    _, inputs, labels = task("cifar", batch)
    return ResNet9(), inputs, labels


class Later:
    """The future of a bucket of gradients that is sent when somebody waits for it, or never."""

    def __init__(self, lib: Any, bucket: Any, sent: bool) -> None:
        self.distributed, self.bucket, self.sent = lib.distributed, bucket, sent

    def done(self) -> bool:
        return False

    def wait(self) -> Any:
        if self.sent:
            self.distributed.all_reduce(self.bucket.buffer(), self.distributed.ReduceOp.AVG)
        return self.bucket.buffer()
