"""Several processes that work together, started by ``mpiexec``; and who measures a case in the turns."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from minigrad.distributed.launcher import FOR_MPIEXEC, search_path
from minigrad.scripts.benchmarks.running import Worker

NO_MPI = 'left out, as there is no MPI here: pip install "minigrad-numpy[mpi]"'


class Form(NamedTuple):
    """One of those who measure a case: as many processes for each core, or 0 for one without MPI."""

    label: str
    library: str
    per_core: int = 1
    threads: int | None = 1  # None: as many as cores
    arguments: dict[str, Any] = {}  # beside those of the case


_TEAM, _GLOO = Form("minigrad", "minigrad"), Form("gloo", "torch")
_SCALING = [_TEAM, Form("torch", "torch", 0, None), _GLOO, Form("one-process", "minigrad", 0)]
FORMS = {
    "distributed": _SCALING,
    "distributed weak": _SCALING,
    "distributed overlap": [
        _TEAM,
        Form("at-the-end", "minigrad", arguments={"sent": "at the end"}),
        Form("never", "minigrad", arguments={"sent": "never"}),
    ],
    "distributed all_reduce": [_TEAM, Form("twice", "minigrad", 2), _GLOO],
    "distributed step": [Form("one-process", "minigrad", 0)],
}
"""By group of cases."""


def mpiexec() -> str | None:
    """Return the program that starts processes, or None if that, mpi4py, or what teams are made of is missing."""
    possible = importlib.util.find_spec("mpi4py") is not None and hasattr(os, "mkfifo")
    return shutil.which("mpiexec", path=search_path()) if possible else None


class Team(Worker):
    """Processes of one thread each."""

    def __init__(self, label: str, library: str, processes: int, arguments: dict[str, Any]) -> None:
        self.processes = processes
        self._folder = tempfile.TemporaryDirectory()
        # a pipe for each: to wait for it takes no time, unlike MPI's messages, which the others would ask for
        paths = [Path(self._folder.name, str(rank)) for rank in range(1, processes)]
        for path in paths:
            os.mkfifo(path)
        self._pipes = [open(os.open(path, os.O_RDWR), "w") for path in paths]
        super().__init__(library, 1, label, arguments)

    def command(self) -> list[str]:
        """Return the command that starts the processes."""
        program = mpiexec()
        assert program
        return [program, "-n", str(self.processes), *super().command(), self._folder.name]

    def environment(self) -> dict[str, str]:
        """Return the variables that ``mpiexec`` and the processes start with."""
        return {**FOR_MPIEXEC, **super().environment()}

    def send(self, line: str) -> None:
        """Send a request to all ranks."""
        for pipe in self._pipes:
            print(line, file=pipe, flush=True)
        super().send(line)

    def close(self) -> None:
        """End the processes, which do so when there are no more requests."""
        for pipe in self._pipes:
            pipe.close()
        try:
            self._process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            self._process.communicate()
        self._log.close()
        self._folder.cleanup()


def workers_of(group: str, libraries: Sequence[str], cores: int) -> list[Worker]:
    """Start all who measure the cases of a group: for most, a process of each library."""
    if group not in FORMS:
        return [Worker(library, cores) for library in libraries]
    return [
        Team(form.label, form.library, form.per_core * cores, form.arguments)
        if form.per_core
        else Worker(form.library, form.threads or cores, form.label)
        for form in FORMS[group]
        if form.library in libraries
    ]
