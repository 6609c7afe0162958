"""The MPI library, loaded when it is first needed."""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def mpi() -> Any:
    """Return the module ``mpi4py.MPI``; the first call starts MPI.

    Raises
    ------
    RuntimeError
        If there is none.
    """
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:
        raise RuntimeError(
            'init_process_group: minigrad.distributed needs MPI; pip install "minigrad-numpy[mpi]", or mpi4py for the '
            f"MPI that your cluster has ({error})"
        ) from error
    return MPI
