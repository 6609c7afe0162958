"""Collectives, messages and objects, against NumPy, in worlds of 1 to 4 processes."""

import pytest

from tests.distributed.mpi import check, needs_mpi


@needs_mpi
@pytest.mark.parametrize("processes", [1, 2, 3, 4])
def test_every_call_agrees_with_numpy(processes):
    check("collectives.py", processes)
