"""Python's ``multiprocessing`` by PyTorch's name. Tensors that are sent to another process are copied.

>>> mg.multiprocessing.get_sharing_strategy()
'copy'
"""

from __future__ import annotations

import multiprocessing
from multiprocessing import *  # noqa: F403
from typing import Any


def get_sharing_strategy() -> str:
    """Return ``"copy"``: no memory is shared between processes."""
    return "copy"


def set_sharing_strategy(new_strategy: str) -> None:
    """Accept any strategy, without an effect."""


def spawn(
    fn: Any,
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> Any:
    """Run ``fn(i, *args)`` in `nprocs` new processes, and wait for them.

    Raises
    ------
    RuntimeError
        If a process fails.
    """
    context = multiprocessing.get_context(start_method)
    processes = [context.Process(target=fn, args=(i, *args), daemon=daemon) for i in range(nprocs)]  # type: ignore[attr-defined]
    for process in processes:
        process.start()
    if not join:
        return processes
    for process in processes:
        process.join()
    if failed := [i for i, process in enumerate(processes) if process.exitcode]:
        raise RuntimeError(f"spawn: processes {failed} failed; what they printed says why")
    return None
