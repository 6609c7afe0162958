"""The stubs say what the declarations made, and what they say is true."""

import ast
import inspect

import pytest

import minigrad as mg
from minigrad.scripts import stubs

STUBS = stubs.stubs()
METHODS = stubs.ROOT / "core/methods.pyi"


@pytest.mark.parametrize("path", STUBS, ids=lambda path: str(path.relative_to(stubs.ROOT)))
def test_stubs_are_what_the_declarations_give(path):
    assert path.read_text() == STUBS[path], "run python scripts/stubs.py"


def declared(path, owner=None):
    """The declarations in a stub by their names: of a class of it, or of the module."""
    body = ast.parse(path.read_text()).body
    if owner:
        body = next(node.body for node in body if isinstance(node, ast.ClassDef) and node.name == owner)
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.ImportFrom):
            found.update({alias.asname: [] for alias in node.names if alias.asname})
        elif isinstance(node, ast.AnnAssign):
            found[node.target.id] = []
    return found


def test_every_attribute_of_tensor_is_known():
    written = set(declared(METHODS, "Methods"))
    by_hand = {name for cls in mg.Tensor.__mro__ if cls.__name__ != "Methods" for name in vars(cls)}
    unknown = [n for n in dir(mg.Tensor) if n not in written | by_hand | set(mg.Tensor.__annotations__)]
    assert unknown == []


@pytest.mark.parametrize("module", stubs.OFFERED)
def test_every_public_name_is_known(module):
    known = set(declared(stubs.ROOT / stubs.OFFERED[module]))
    assert {name for name, _ in stubs.offered(module)} <= known


def returns(path, owner=None):
    for name, functions in declared(path, owner).items():
        for function in functions:
            yield name, ast.unparse(function.returns)


@pytest.mark.parametrize("path", STUBS, ids=lambda path: str(path.relative_to(stubs.ROOT)))
def test_nothing_returns_anything(path):
    vague = {name for name, kind in returns(path, "Methods" if path == METHODS else None) if "Any" in kind}
    assert vague <= {"__array_ufunc__", "__torch_function__"}


@pytest.mark.parametrize("name", [n for n, v in vars(stubs.Methods).items() if inspect.isfunction(v)])
def test_methods_show_their_parameters(name):
    parameters = inspect.signature(getattr(mg.Tensor, name)).parameters
    assert not {"args", "kwargs"} <= set(parameters)
