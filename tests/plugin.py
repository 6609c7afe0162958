"""What every test starts from, and the names that examples in docstrings may use."""

import gc

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn, optim
from minigrad.core import printing
from minigrad.graph.grad_mode import mode


def pytest_collection_finish():
    """Spare the collector of garbage the objects that stand for the tests: they live to the end, and it looks often."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _names(doctest_namespace):
    doctest_namespace.update(mg=mg, np=np, nn=nn, F=F, optim=optim)


@pytest.fixture(autouse=True)
def _fresh_state():
    """The same random numbers in every test, and no settings left behind."""
    np.random.seed(0)
    mg.manual_seed(0)
    options, errors = printing.options, np.geterr()
    yield
    assert np.geterr() == errors
    mg.set_default_dtype(mg.float32)
    mode.enabled = True
    printing.options = options
