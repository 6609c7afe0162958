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

# For Open MPI, by the names of versions 4 and 5: as many processes as the user says, and by whatever user, as torchrun.
FOR_MPIEXEC = {
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "PRTE_ALLOW_RUN_AS_ROOT": "1",
    "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "RDMAV_FORK_SAFE": "1",
}
PORT = 29500  # PyTorch's, where nobody says another


def set_environment() -> None:
    """Set ``RANK``, ``WORLD_SIZE``, ``LOCAL_RANK`` and ``LOCAL_WORLD_SIZE`` where ``mpiexec`` has started the process.

    Scripts that know ``torchrun`` read them before anything else: also where rank 0 is, which one machine knows.
    """
    for name, variables in _SAID_BY.items() if started_by_mpi() else ():
        for variable in variables:
            if variable in os.environ:
                os.environ[name] = os.environ[variable]
                break
    if started_by_mpi() and os.environ.get("LOCAL_WORLD_SIZE") == os.environ.get("WORLD_SIZE"):
        os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
        os.environ.setdefault("MASTER_PORT", str(PORT))


def started_by_mpi() -> bool:
    """Return whether the launcher of an MPI has started this process, and not one that it has started."""
    return multiprocessing.parent_process() is None and any(variable in os.environ for variable in _SAID_BY["RANK"])


def search_path() -> str:
    """Return where programs are looked for: beside this Python first, where pip puts them."""
    return os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])
