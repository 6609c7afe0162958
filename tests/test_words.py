"""The words of docstrings: plain, in the imperative, and complete; ruff's D rules say the rest."""

import ast
import functools
import importlib
import inspect
import re
import textwrap
from pathlib import Path

import pytest

from minigrad import nn

ROOT = Path(__file__).parents[1]
FILES = sorted(path for room in ("minigrad", "models", "scripts") for path in (ROOT / room).rglob("*.py"))
PLAIN = re.compile(
    r"^(What|Let|Lets|Nobody|Such as|Who)\b"  # as the first word
    r"|\b(shall|shan't)\b"
    r"|\bone an? (channel|class|dimension|element|epoch|family|file|group|image|layer|model|output|row|sample|thread)\b"
    r"|\b(once|twice|step|share|record) an? (batch|dimension|epoch|image|row|step|thread|worker)\b"
)


@functools.cache
def documented(path):
    """Return the functions, classes and the module of a file that have a docstring, each with it."""
    return [
        (getattr(node, "name", "module"), node, text)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node))
    ]


def is_property(node):
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_words():
    found = [f"{path.name}: {name}: {text[:60]!r}" for path in FILES for name, _, text in documented(path)
             if PLAIN.search(text)]  # fmt: skip
    assert not found, "\n".join(found)


def test_only_attributes_begin_with_whether():
    """A function 'returns whether', a property or class is described."""
    found = [
        f"{path.name}: {name}"
        for path in FILES
        for name, node, text in documented(path)
        if isinstance(node, ast.FunctionDef) and not is_property(node) and re.match(r"(Whether|How|Which|Where) ", text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text", ["What it is.", "Let it be.", "A hook that shall run.", "The sum, one a channel.", "Called once an epoch."]
)
def test_words_that_are_found(text):
    assert PLAIN.search(text)


def raises(function):
    """Return whether a function raises in its own body, and not in one within it."""
    try:
        waiting = [ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function)))).body[0]]
    except (OSError, TypeError):
        return False
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise):
            return True
        waiting += [c for c in ast.iter_child_nodes(node) if not isinstance(c, ast.FunctionDef | ast.Lambda)]
    return False


@pytest.mark.parametrize(
    "module",
    ["minigrad", "minigrad.func", "minigrad.linalg", "minigrad.nn.functional", "minigrad.nn.init", "minigrad.random"],
)
def test_functions_that_raise_say_so(module):
    offered = importlib.import_module(module)
    missing = [
        name
        for name in getattr(offered, "__all__", None) or dir(offered)
        if not name.startswith("_")
        and (not name.endswith("_") or module == "minigrad.nn.init")  # relu_ is documented by relu
        and inspect.isfunction(function := getattr(offered, name))
        and function.__module__.startswith("minigrad")
        and raises(function)
        and not re.search(r"\bRaises?\b", function.__doc__ or "")
    ]
    assert not missing, f"no Raises: {', '.join(missing)}"


LAYERS = [
    layer
    for layer in (getattr(nn, name) for name in nn.__all__)
    if inspect.isclass(layer) and issubclass(layer, nn.Module)
]


def test_layers_name_shapes():
    """Containers have none of their own; the class of a loss or layer says what it takes."""
    missing = [
        layer.__name__
        for layer in LAYERS
        if not re.search(r"[Ss]hape|\(\*|\([NC], ", layer.__doc__)
        and not layer.__module__.endswith(("container", "module", "data_parallel", "lazy"))
    ]
    assert not missing, f"no shapes: {', '.join(missing)}"
