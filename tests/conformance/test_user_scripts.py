"""Every script gives with minigrad what it gives with PyTorch: the same numbers, and the same text."""

import importlib
import pkgutil

import pytest

from tests import conformance
from tests.conformance.scripts import SCRIPTS, compare, run

for module in pkgutil.iter_modules(conformance.__path__):
    if module.name.startswith("scripts_"):
        importlib.import_module(f"{conformance.__name__}.{module.name}")


@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name):
    result, text = run(SCRIPTS[name], "minigrad")
    pytest.importorskip("torch")
    expected, expected_text = run(SCRIPTS[name], "torch")
    assert text == expected_text
    compare(result, expected)
