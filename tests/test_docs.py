"""The documentation: every public name is described, notebooks run, figures stand in one place.

`.ci/run` builds the site, with warnings as errors. The examples in docs/*.md run as doctests.
"""

import importlib
import json
import re
import types
from pathlib import Path

import pytest

import minigrad as mg
from minigrad.core import absent
from minigrad.scripts import reference

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def offered(module=mg):
    """The names that a module offers, with those of the modules in it; not what it imports for its own use."""
    listed = getattr(module, "__all__", None)
    for name in listed or dir(module):
        value = getattr(module, name)
        home = getattr(value, "__module__", None) or ""
        if isinstance(value, types.ModuleType):
            if name[0] != "_" and name != "scripts" and value.__name__ == f"{module.__name__}.{name}":
                yield from offered(value)
        elif name[0] != "_" and home.startswith("minigrad" if listed or module is mg else module.__name__):
            if listed or isinstance(value, (type, types.FunctionType)):
                yield module.__name__, name, value


def test_every_public_name_is_described():
    described = {(m, name) for m in reference.modules() for _, _, names in reference.parts(m) for name in names}
    described.add(("minigrad", "Tensor"))  # a page
    assert len(described) > 2400
    methods = {name for name in dir(mg.Tensor) if name[0] != "_"} - set(absent.METHODS)
    assert methods <= {name for module, name in described if module == "minigrad.Tensor"}
    names = {name for _, name in described}
    # old homes of a name, such as nn.modules.conv, offer nothing that is not described elsewhere by the same name
    missing = [
        f"{home}.{name}"
        for home, name, _ in offered()
        if (home, name) not in described and (home in reference.modules() or name not in names)
    ]
    assert not missing, f"name their modules in GROUPS of scripts/reference.py: {', '.join(sorted(missing))}"


def test_every_module_that_is_described_says_what_it_is():
    modules = [importlib.import_module(m) for m in reference.modules() if m != "minigrad.Tensor"]
    assert [m.__name__ for m in modules if not m.__doc__] == []


def test_signatures_are_a_callers():
    """As the stubs have them: with ``out=``, without the tensor that a method belongs to."""
    assert reference.signatures("add", mg.add, "minigrad") == [
        "add(input, other, *, alpha=1, out=None) -> minigrad.Tensor"
    ]
    assert reference.signatures("add", vars(mg.Tensor.__mro__[1])["add"], "minigrad.Tensor") == [
        "add(other, *, alpha=1) -> minigrad.Tensor"
    ]
    assert reference.signatures("Linear", mg.nn.Linear, "minigrad.nn") == [
        "Linear(in_features, out_features, bias=True, device=None, dtype=None)"
    ]


def test_values_are_described_by_the_string_below_them():
    pytest.importorskip("numpydoc")
    assert "From name to kernel" in reference.notes("minigrad.vision.kernels")["KERNELS"]
    ((file, title, names),) = reference.parts("minigrad.vision.kernels")
    text = reference.page(title, "minigrad.vision.kernels", names, {})
    assert ".. py:data:: KERNELS\n\n   From name to kernel, float32 of shape (3, 3)" in text


def test_words_are_no_markup_by_accident():
    assert reference.escaped("of *args, x_ and |x|, `x_`") == r"of \*args, x\_ and \|x\|, `x_`"
    assert reference.escaped("*Slow* code::\n\n    a * b_\n\n>>> a * b\n") == "*Slow* code::\n\n    a * b_\n\n>>> a * b"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run(path):
    """With two steps of training for each loop; that they are long enough is seen on the site."""
    pytest.importorskip("matplotlib")
    cells = json.loads(path.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code), "clear its results"
    namespace = {"__name__": "__main__"}
    shortened = 0
    for number, cell in enumerate(code):
        source, count = re.subn(r"^(steps|epochs|length) = \d+$", r"\1 = 2", "".join(cell["source"]), flags=re.M)
        shortened += count
        exec(compile(source, f"{path.name}, code {number}", "exec"), namespace)
    assert shortened


def test_figures_agree():
    """What a run reaches is said alike wherever it is said, and not again in what --help shows."""
    right = {page.name: set(re.findall(r"\d+ of(?: the)? 355", page.read_text())) for page in PAGES}
    assert len({re.match(r"\d+", figure)[0] for figures in right.values() for figure in figures}) == 1
    for script in ("train", "training.recipes", "predict"):
        said = importlib.import_module(f"minigrad.scripts.{script}").__doc__
        assert not re.findall(r"\d\.?\d*% ", said), f"{script} --help repeats a figure of docs/gallery.md"
