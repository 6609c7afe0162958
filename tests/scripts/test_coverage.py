"""The page that counts what exists of PyTorch is what the script writes now."""

import pytest

from minigrad.scripts import coverage


def test_the_page_is_true():
    torch = pytest.importorskip("torch")
    if not torch.__version__.startswith("2.13."):
        pytest.skip("the page counts the names of PyTorch 2.13")
    written = coverage.PAGE.read_text(encoding="utf-8")
    assert written == coverage.page(), "run python scripts/coverage.py"


def test_nothing_is_counted_that_is_not_there(monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(coverage, "names_of", lambda module: iter(["relu", "no_such_function", "sparse_coo_tensor"]))
    assert coverage.counted("torch") == (1, ["no_such_function"], ["sparse_coo_tensor"])
