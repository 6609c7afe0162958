"""Freed memory stays with the process, unless the environment says otherwise."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from minigrad.kernels import allocation

FAULTS = """
import resource
import minigrad
import numpy as np
def use():
    arrays = [np.ones(400_000, np.float32) for _ in range(4)]
use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    use()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(**environment: str) -> int:
    names = [*allocation._TUNED_BY, "MINIGRAD_KEEP_MEMORY"]
    clean = {name: value for name, value in os.environ.items() if name not in names}
    run = subprocess.run(
        [sys.executable, "-c", FAULTS], env=clean | environment, capture_output=True, text=True, check=True
    )
    return int(run.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="memory is kept with the GNU C library only")
def test_memory_is_kept() -> None:
    """Arrays of 1.6 MB have some 400 pages each."""
    assert page_faults() < 400
    assert page_faults(MINIGRAD_KEEP_MEMORY="0") > 4000


def test_it_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in allocation._TUNED_BY:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MINIGRAD_KEEP_MEMORY", "0")
    assert not allocation.keep_memory()
    monkeypatch.delenv("MINIGRAD_KEEP_MEMORY")
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "131072")
    assert not allocation.keep_memory()


@pytest.mark.parametrize("error", [AttributeError, OSError, ValueError])
def test_other_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def confstr(name: str) -> str:
        raise error(name)

    for name in [*allocation._TUNED_BY, "MINIGRAD_KEEP_MEMORY"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "confstr", confstr, raising=False)
    assert not allocation.keep_memory()
