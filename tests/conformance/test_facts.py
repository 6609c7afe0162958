"""Every recorded fact holds for minigrad, and for PyTorch where it is installed."""

import importlib
import pkgutil

import pytest

import minigrad as mg
from tests import conformance
from tests.conformance.facts import FACTS, outcome

for module in pkgutil.iter_modules(conformance.__path__):
    if module.name.startswith("facts_"):
        importlib.import_module(f"{conformance.__name__}.{module.name}")


def check(name, library):
    function, expected = FACTS[name]
    error = isinstance(expected, type) and issubclass(expected, Exception)
    result = outcome(function, library, expected if error else ())
    assert result == expected


@pytest.mark.parametrize("name", FACTS)
def test_minigrad(name):
    check(name, mg)


@pytest.mark.filterwarnings("ignore:the .type, exc, tb. signature of throw:DeprecationWarning")  # PyTorch's, of 3.12
@pytest.mark.parametrize("name", FACTS)
def test_pytorch(name):
    check(name, pytest.importorskip("torch"))
