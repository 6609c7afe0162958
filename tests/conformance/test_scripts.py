"""Scripts for PyTorch give the same numbers when only their imports are changed.

The scripts in ``tests/conformance/scripts`` are written for PyTorch. Each leaves its numbers in ``result``. Random
numbers are NumPy's, so that both libraries start from the same ones.
"""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

import minigrad as mg

SCRIPTS = {path.stem: path for path in sorted((Path(__file__).parent / "scripts").glob("*.py"))}


def run(path, library):
    """The script's ``result``, after ``torch`` in its imports became `library`."""
    lines = path.read_text().splitlines()
    changed = [re.sub(r"\btorch\b", library, line) if re.match(r"\s*(import|from) ", line) else line for line in lines]
    changed = [re.sub(r"^import minigrad$", "import minigrad as torch", line) for line in changed]
    names = {"__name__": "script"}
    exec(compile("\n".join(changed), str(path), "exec"), names)
    return names["result"]


def flat(value):
    if isinstance(value, (list, tuple)):
        return [number for v in value for number in flat(v)]
    if isinstance(value, dict):
        return [number for k in sorted(value) for number in flat(value[k])]
    return [float(v) for v in np.ravel(value.detach().numpy() if hasattr(value, "detach") else value)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_runs_without_pytorch(name):
    before = set(sys.modules)
    numbers = flat(run(SCRIPTS[name], "minigrad"))
    assert numbers and np.all(np.isfinite(numbers))
    assert not any(m.split(".")[0] == "torch" for m in set(sys.modules) - before)


@pytest.mark.parametrize("name", SCRIPTS)
def test_same_numbers(name):
    torch = pytest.importorskip("torch")
    ours = flat(run(SCRIPTS[name], "minigrad"))
    theirs = flat(run(SCRIPTS[name], "torch"))
    assert len(ours) == len(theirs)
    double = "set_default_dtype" in SCRIPTS[name].read_text()
    torch.set_default_dtype(torch.float32)
    mg.set_default_dtype(mg.float32)
    np.testing.assert_allclose(ours, theirs, *((1e-9, 1e-11) if double else (2e-4, 1e-5)))
