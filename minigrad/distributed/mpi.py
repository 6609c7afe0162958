"""The MPI library, loaded when it is first needed."""

from __future__ import annotations

import faulthandler
import functools
import os
import sys
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


def mpi_with_all_ranks(timeout: float) -> Any:
    """Return what `mpi` does; end the process, and show where it waits, if the other ranks do not start MPI in time.

    MPI waits for them for ever, and holds Python's lock meanwhile.
    """
    alone = int(os.environ.get("WORLD_SIZE", 1)) == 1 or "mpi4py.MPI" in sys.modules
    if alone or sys.__stderr__ is None or timeout <= 0:
        return mpi()
    faulthandler.dump_traceback_later(min(timeout, 1e8), exit=True, file=sys.__stderr__)
    try:
        return mpi()
    finally:
        faulthandler.cancel_dump_traceback_later()
