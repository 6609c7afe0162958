"""Python's ``multiprocessing`` by PyTorch's name. Tensors that are sent to another process are copied.

>>> mg.multiprocessing.get_sharing_strategy()
'copy'
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import pathlib
import shutil
import tempfile
import traceback
from collections.abc import Callable
from multiprocessing import *  # noqa: F403
from typing import Any

from minigrad.distributed.launcher import set_environment, started_by_mpi

PATIENCE = 5.0  # seconds in which the others may end by themselves, and print why, after one has failed


def get_sharing_strategy() -> str:
    """Return ``"copy"``: no memory is shared between processes."""
    return "copy"


def set_sharing_strategy(new_strategy: str) -> None:
    """Accept any strategy, without an effect."""


class ProcessException(RuntimeError):
    """One of the processes of `spawn` has failed.

    Attributes
    ----------
    error_index, error_pid : int
        Which, and the number that the system has given it.
    """

    def __init__(self, msg: str, error_index: int, error_pid: int) -> None:
        super().__init__(msg)
        self.msg, self.error_index, self.error_pid = msg, error_index, error_pid

    def __reduce__(self) -> Any:
        return type(self), (self.msg, self.error_index, self.error_pid)


class ProcessRaisedException(ProcessException):
    """It has raised an error, which the message shows."""


class ProcessExitedException(ProcessException):
    """It has ended with a status other than 0, or by a signal."""


class ProcessContext:
    """The processes that `spawn` has started."""

    def __init__(self, processes: list[Any], folder: str) -> None:
        self.processes, self._folder = processes, folder

    def pids(self) -> list[int]:
        """Return the numbers that the system has given them."""
        return [process.pid for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Wait for all; return whether they have ended within `timeout` seconds. When one fails, end the others.

        Raises
        ------
        ProcessException
            If one has failed.
        """
        running = {process.sentinel: i for i, process in enumerate(self.processes) if process.exitcode is None}
        ready = multiprocessing.connection.wait(list(running), timeout) if running else []
        for sentinel in ready:
            self.processes[running[sentinel]].join()
        if not self._failed():
            return len(running) == len(ready)
        for end in (lambda process: None, lambda process: process.terminate(), lambda process: process.kill()):
            for process in self.processes:
                end(process)
                process.join(PATIENCE if grace_period is None else grace_period)
        raise self._error(min(self._failed(), key=self._when))

    def _failed(self) -> list[int]:
        return [i for i, process in enumerate(self.processes) if process.exitcode]

    def _when(self, index: int) -> float:
        """Return when a process has failed: the errors of others may follow from the first."""
        story = pathlib.Path(self._folder, str(index))
        return story.stat().st_mtime if story.exists() else float("inf")

    def _error(self, index: int) -> ProcessException:
        process = self.processes[index]
        story = pathlib.Path(self._folder, str(index))
        text = story.read_text() if story.exists() else ""
        shutil.rmtree(self._folder, ignore_errors=True)
        if text:
            return ProcessRaisedException(f"spawn: process {index} has failed:\n\n{text}", index, process.pid)
        how = f"status {process.exitcode}" if process.exitcode > 0 else f"signal {-process.exitcode}"
        return ProcessExitedException(f"spawn: process {index} has ended with {how}", index, process.pid)


def spawn(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Run ``fn(i, *args)`` in `nprocs` new processes, and wait for them.

    Where ``mpiexec`` has started `nprocs` processes already, each calls `fn` with its own rank instead.

    Parameters
    ----------
    fn : function of a module, with a number as its first argument
    args : tuple
    nprocs : int, default 1
    join : bool, default True
        Whether to wait; else a `ProcessContext` is returned, to wait with.
    daemon : bool, default False
        Whether the processes end with this one.
    start_method : {"spawn", "fork", "forkserver"}

    Raises
    ------
    ProcessException
        If a process fails; the others are ended then.
    RuntimeError
        If ``mpiexec`` has started another number of processes.
    """
    if started_by_mpi() and nprocs > 1:
        set_environment()
        if int(os.environ["WORLD_SIZE"]) not in (1, nprocs):
            raise RuntimeError(
                f"spawn: nprocs is {nprocs}, and mpiexec has started {os.environ['WORLD_SIZE']} processes"
            )
        if int(os.environ["WORLD_SIZE"]) == nprocs:
            fn(int(os.environ["RANK"]), *args)
            return None
    methods = multiprocessing.get_context(start_method)
    folder = tempfile.mkdtemp()
    processes = [
        methods.Process(target=_run, args=(fn, i, args, os.path.join(folder, str(i))), daemon=daemon)  # type: ignore[attr-defined]
        for i in range(nprocs)
    ]
    for process in processes:
        process.start()
    context = ProcessContext(processes, folder)
    if not join:
        return context
    while not context.join():
        pass
    shutil.rmtree(folder, ignore_errors=True)
    return None


def start_processes(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Do what `spawn` does."""
    return spawn(fn, args, nprocs, join, daemon, start_method)


def _run(fn: Callable[..., Any], i: int, args: tuple[Any, ...], story: str) -> None:
    try:
        fn(i, *args)
    except KeyboardInterrupt:
        pass  # the process that waits has it, too
    except Exception:
        pathlib.Path(story).write_text(traceback.format_exc())
        raise
