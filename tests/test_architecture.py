"""The rules of the house: which way imports point, what importing costs, that everything public is explained."""

import ast
import functools
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import minigrad as mg

ROOT = Path(mg.__file__).parent.parent

# Each may import from its own line and from those below. The longest name that fits decides.
LAYERS = [
    ["minigrad.scripts", "minigrad.__main__"],
    ["minigrad.models"],
    ["minigrad.hub", "minigrad.vision", "minigrad.viz", "minigrad.testing", "minigrad.onnx", "minigrad.training"],
    [
        "minigrad.distributions",
        "minigrad.nn",
        "minigrad.optim",
        "minigrad.distributed.elastic",
        "minigrad.distributed.optim",
        "minigrad.utils",
        "minigrad.saving",
        "minigrad.serialization",
        "minigrad.profiler",
        "minigrad.autograd.profiler",
        "minigrad.func",
        "minigrad.jit",
    ],
    ["minigrad", "minigrad.nn.functional", "minigrad.nn.init"],
    ["minigrad.autograd"],
    ["minigrad.ops"],
    ["minigrad.ops.declare"],
    ["minigrad.core"],
    ["minigrad.graph"],
    ["minigrad.kernels", "minigrad.lazy_names", "minigrad.return_types", "minigrad.overriding"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
FOLDERS = {"minigrad": ROOT / "minigrad", "minigrad.models": ROOT / "models", "minigrad.scripts": ROOT / "scripts"}
FILES = {
    ".".join((package, *path.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__"): path
    for package, folder in FOLDERS.items()
    for path in sorted(folder.rglob("*.py"))
}
MODULES = {path: module for module, path in FILES.items()}


def level(module):
    while module not in LEVEL:
        module = module.rpartition(".")[0]
    return LEVEL[module]


@functools.cache
def tree_of(path):
    return ast.parse(path.read_text())


@functools.cache
def imports(path):
    """The modules of this project that a file imports: at its top, in a function, for type checkers, by a table."""
    return list(_imports(path))


def _imports(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            here = [MODULES[path].rpartition(".")[0]] if node.level else []
            home = ".".join([*here, *([node.module] if node.module else [])])
            names = [f"{home}.{a.name}" if f"{home}.{a.name}" in FILES else home for a in node.names]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HOMES":
            package = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            names = [f"{package}.{home}" for home in ast.literal_eval(node.value)]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_OPERATIONS":
            names = [f"minigrad.ops.{home}" for home in ast.literal_eval(node.value)]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_MODULES":
            package = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            names = [f"{package}.{name}" for name in ast.literal_eval(node.value).split()]
        else:
            continue
        yield from (n for n in names if n.split(".")[0] == "minigrad")


@pytest.mark.parametrize("module", FILES)
def test_imports_point_downwards(module):
    if module == "minigrad":
        return  # it names everything
    upwards = [name for name in imports(FILES[module]) if level(name) < level(module)]
    assert not upwards, f"{module} imports {upwards}, which is above it"


def test_no_imports_run_in_a_circle():
    graph = {module: set(imports(path)) for module, path in FILES.items() if module != "minigrad"}
    while free := [module for module, needs in graph.items() if not needs & set(graph)]:
        for module in free:
            del graph[module]
    assert not graph, f"these import one another, or from those that do: {', '.join(graph)}"


def test_no_private_names_are_imported():
    found = [
        f"{module}: {alias.name}"
        for module, path in FILES.items()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "minigrad"
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.endswith("__")
    ]
    assert not found, "\n".join(found)


def test_the_engine_knows_no_operation_and_no_tensor():
    assert list(imports(FILES["minigrad.graph.engine"])) == []


@pytest.mark.parametrize("module", [m for m in FILES if m.startswith("minigrad.kernels")])
def test_kernels_know_no_autograd(module):
    assert all(name.startswith("minigrad.kernels") for name in imports(FILES[module]))


@pytest.mark.parametrize(
    "name", ["minigrad", "minigrad.nn", "minigrad.optim", "minigrad.utils.data", "minigrad.vision"]
)
def test_importing_needs_numpy_only(name):
    script = (
        "import sys, numpy.random; before = set(sys.modules); import {0}; "
        "new = {{m.split('.')[0] for m in set(sys.modules) - before}}; "
        "print(*sorted(m for m in new if m not in sys.stdlib_module_names and not m.startswith('_')))"
    )
    found = subprocess.run([sys.executable, "-c", script.format(name)], cwd=ROOT, capture_output=True, text=True)
    assert found.stderr == ""
    assert found.stdout.split() in (["minigrad"], ["minigrad", "numpy"])


# ---- what is public --------------------------------------------------------------------------------------------------

SURFACES = [
    "minigrad", "minigrad.autograd", "minigrad.func", "minigrad.linalg", "minigrad.nn", "minigrad.nn.functional",
    "minigrad.nn.init", "minigrad.nn.utils", "minigrad.optim", "minigrad.optim.lr_scheduler", "minigrad.profiler",
    "minigrad.serialization",
    "minigrad.testing", "minigrad.training", "minigrad.utils.data", "minigrad.vision.datasets", "minigrad.vision.io",
    "minigrad.vision.transforms", "minigrad.viz",
]  # fmt: skip


def public(module):
    """The functions and classes that a module offers, by their names."""
    offered = importlib.import_module(module)
    for name in getattr(offered, "__all__", None) or dir(offered):
        value = getattr(offered, name)
        ours = getattr(value, "__module__", "").startswith("minigrad")
        if not name.startswith("_") and ours and (inspect.isclass(value) or inspect.isfunction(value)):
            yield name, value


@pytest.fixture(scope="module")
def words_in_examples():
    """Every word in the lines of code of all docstrings."""
    examples = [line for path in FILES.values() for line in path.read_text().splitlines() if EXAMPLE.match(line)]
    return set(re.findall(r"\w+", "\n".join(examples)))


EXAMPLE = re.compile(r"\s*(>>>|\.\.\.) ")


@pytest.mark.parametrize("module", SURFACES)
def test_everything_public_is_documented(module):
    missing = [name for name, value in public(module) if not (value.__doc__ or "").strip()]
    assert not missing, f"no docstring: {', '.join(missing)}"


@pytest.mark.parametrize("module", SURFACES)
def test_every_function_occurs_in_an_example(module, words_in_examples):
    missing = [
        name
        for name, value in public(module)
        if inspect.isfunction(value)
        and ">>>" not in (value.__doc__ or "")
        and name not in words_in_examples
        and not name.endswith("_")
    ]
    assert not missing, f"in no example: {', '.join(missing)}"


@pytest.mark.parametrize("module", SURFACES)
def test_everything_public_has_type_hints(module):
    missing = []
    for name, value in public(module):
        target = value.__init__ if inspect.isclass(value) else value
        if inspect.isfunction(inspect.unwrap(target)) and target.__module__.startswith("minigrad"):
            parameters = list(inspect.signature(target).parameters.values())
            if any(p.annotation is p.empty and p.name not in ("self", "cls") for p in parameters):
                missing.append(name)
    assert not missing, f"no type hints: {', '.join(missing)}"


def test_every_module_is_imported_by_something():
    used = {name for path in FILES.values() for name in imports(path)}
    used |= {name.rpartition(".")[0] for name in used}
    entries = {
        "minigrad",
        "minigrad.viz",
        "minigrad.vision",
        "minigrad.testing",
        "minigrad.serialization",
        "minigrad.special",
        "minigrad.autograd.profiler",
        "minigrad.distributed.optim",
        "minigrad.distributed.run",
        "minigrad.utils.data._utils",
        "minigrad.__main__",
        *(m for m in FILES if m.startswith(("minigrad.models", "minigrad.scripts", "minigrad.distributed.elastic"))),
    }
    assert set(FILES) - used - entries == set()


def test_every_module_says_what_it_is():
    assert [m for m, path in FILES.items() if not ast.get_docstring(tree_of(path))] == []


# ---- size ------------------------------------------------------------------------------------------------------------


def code_lines(node, source):
    """The lines of a function, class or module without docstrings, comments and blank lines."""
    docstrings = set()
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(inner):
            first = inner.body[0]
            docstrings |= set(range(first.lineno, first.end_lineno + 1))
    lines = range(getattr(node, "lineno", 1), getattr(node, "end_lineno", len(source)) + 1)
    text = [source[n - 1].strip() for n in lines if n not in docstrings]
    return sum(bool(t) and not t.startswith("#") for t in text)


def test_files_hold_one_idea():
    """A smell test: a file of more than 420 lines of code is two ideas, and so is a function of more than 50."""
    long = []
    for module, path in FILES.items():
        source, tree = path.read_text().splitlines(), tree_of(path)
        if (n := code_lines(tree, source)) > 420:
            long.append(f"{module}: {n} lines of code")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (n := code_lines(node, source)) > 50:
                long.append(f"{module}.{node.name}: {n} lines of code")
    assert not long, "\n".join(long)


def test_modules_import_one_by_one():
    """No module relies on another having been imported first."""
    found = (m.name for m in pkgutil.walk_packages(mg.__path__, "minigrad."))
    names = [name for name in found if not {"viz", "scripts", "onnx"} & set(name.split("."))]
    script = "import importlib, sys\nfor n in sys.argv[1:]: importlib.import_module(n)"
    found = subprocess.run([sys.executable, "-c", script, *names], cwd=ROOT, capture_output=True, text=True)
    assert found.stderr == ""
