"""Every script gives with minigrad what it gives with PyTorch: the same numbers, and the same text."""

import importlib
import pkgutil

import pytest

from tests.conformance import user_scripts
from tests.conformance.user_scripts import SCRIPTS, compare, run

for module in pkgutil.iter_modules(user_scripts.__path__):
    importlib.import_module(f"{user_scripts.__name__}.{module.name}")


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning")  # PyTorch's, of what it does inside
@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning")  # PyTorch's
@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name):
    result, text = run(SCRIPTS[name], "minigrad")
    pytest.importorskip("torch")
    expected, expected_text = run(SCRIPTS[name], "torch")
    assert text == expected_text
    compare(result, expected)
