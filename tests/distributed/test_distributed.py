"""Training in several processes is training in one; what belongs to it; and what is wrong is said."""

import pytest

from tests.distributed.mpi import check, needs_mpi


@needs_mpi
@pytest.mark.parametrize("processes", [2, 3, 4])
def test_training_is_that_of_one_process(processes):
    check("training.py", processes)


@needs_mpi
@pytest.mark.parametrize("processes", [2, 3])
def test_gradients_are_compressed_as_the_paper_does(processes):
    check("hooks.py", processes)
