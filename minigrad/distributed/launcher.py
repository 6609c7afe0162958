"""The words of the program that started this process: its rank, and how many there are."""

from __future__ import annotations

import multiprocessing
import os
import sys

# by variable of torchrun's: those in which the launchers of MPIs say the same
_SAID_BY = {
    "RANK": ("PMI_RANK", "OMPI_COMM_WORLD_RANK", "PMIX_RANK"),
    "WORLD_SIZE": ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE"),
    "LOCAL_RANK": ("MPI_LOCALRANKID", "OMPI_COMM_WORLD_LOCAL_RANK"),
    "LOCAL_WORLD_SIZE": ("MPI_LOCALNRANKS", "OMPI_COMM_WORLD_LOCAL_SIZE"),
}


def set_environment() -> None:
    """Set ``RANK``, ``WORLD_SIZE``, ``LOCAL_RANK`` and ``LOCAL_WORLD_SIZE`` where ``mpiexec`` has started the process.

    Scripts that know ``torchrun`` read them before anything else.
    """
    for name, variables in _SAID_BY.items() if started_by_mpi() else ():
        for variable in variables:
            if variable in os.environ:
                os.environ[name] = os.environ[variable]
                break


def started_by_mpi() -> bool:
    """Return whether the launcher of an MPI has started this process, and not one that it has started."""
    return multiprocessing.parent_process() is None and any(variable in os.environ for variable in _SAID_BY["RANK"])


def search_path() -> str:
    """Return where programs are looked for: beside this Python first, where pip puts them."""
    return os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])
