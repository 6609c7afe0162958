"""What a strict type checker says of users' scripts: nothing where they are right, and something of every mistake."""

import ast
import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CONFIG = "[mypy]\nstrict = True\n[mypy-minigrad.*]\nfollow_imports = silent\n"
# the names that rows take from their modules are not there, and what some of them return is not known
RELAXED = "[mypy-rows]\ndisable_error_code = name-defined, no-any-return\n"


def rows():
    """The expressions of the table of operations, each a function of Tensors."""
    number = itertools.count()
    yield "import math\nfrom typing import Any\nimport numpy as np\nimport minigrad as mg\nfrom minigrad import Tensor"
    for path in sorted((ROOT / "tests/ops/cases").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Lambda) and node.args.args and node.args.args[0].arg == "m":
                names = [a.arg for a in node.args.args[1:]]
                options = len(node.args.defaults)  # `r=r` in a loop: of any type
                kinds = ["Tensor"] * (len(names) - options) + ["Any"] * options
                given = [f"{name}: {kind}" for name, kind in zip(names, kinds, strict=True)]
                if node.args.vararg:
                    given.append(f"*{node.args.vararg.arg}: Tensor")
                body = ast.unparse(node.body).replace("getattr(m.nn.functional, function)", "f")
                yield f"def row{next(number)}({', '.join(given)}) -> object:\n    m = mg\n    return {body}"


@pytest.fixture(scope="module")
def errors(tmp_path_factory):
    """The lines with an error, of each file."""
    folder = tmp_path_factory.mktemp("mypy")
    (folder / "mypy.ini").write_text(CONFIG + RELAXED)
    (folder / "rows.py").write_text("\n".join(rows()))
    files = [HERE / "accepted.py", HERE / "refused.py", folder / "rows.py"]
    options = ["--config-file", folder / "mypy.ini", "--cache-dir", folder / "cache", "--no-error-summary"]
    command = [sys.executable, "-m", "mypy", *options, *files]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    found = {path.name: {} for path in files}
    for line in output.splitlines():
        match = re.match(r"(.*?):(\d+): error: (.*)", line)
        if match:
            found[Path(match[1]).name][int(match[2])] = match[3]
        assert match or ": note: " in line, line
    return found


def test_right_scripts_are_accepted(errors):
    assert errors["accepted.py"] == {}


def test_every_mistake_is_refused(errors):
    lines = enumerate((HERE / "refused.py").read_text().splitlines(), 1)
    assert set(errors["refused.py"]) == {n for n, line in lines if line.endswith("# wrong")}


def test_the_table_of_operations_is_accepted(errors):
    assert errors["rows.py"] == {}
