"""What is left out on purpose says why, however it is asked for: as an attribute, or by an import of either form."""

import importlib

import pytest

import minigrad as mg
from minigrad.core import absent


@pytest.mark.parametrize("name", absent.IMPORTS)
@pytest.mark.parametrize("statement", ["import minigrad.{}", "from minigrad.{} import anything", "from {} import {}"])
def test_imports(name, statement):
    package, _, last = f"minigrad.{name}".rpartition(".")
    statement = statement.format(*(package, last) if statement.count("{") > 1 else (name,))
    with pytest.raises(ImportError) as raised:
        exec(statement, {})
    assert str(raised.value) == f"minigrad has no {name!r}: {absent.IMPORTS[name]}"


@pytest.mark.parametrize("name", absent.FUNCTIONS)
def test_attributes(name):
    assert not hasattr(mg, name)
    with pytest.raises(AttributeError, match=f"minigrad has no '{name}': "):
        getattr(mg, name)


def test_other_modules_are_missing_without_a_reason():
    with pytest.raises(ModuleNotFoundError, match="^No module named 'minigrad.absence'$"):
        importlib.import_module("minigrad.absence")
    with pytest.raises(ImportError, match="^cannot import name 'absence'"):
        exec("from minigrad import absence", {})
