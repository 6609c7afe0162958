"""The machine and the versions that the figures belong to."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib import metadata
from typing import Any

import numpy as np

import minigrad as mg


def describe(libraries: Iterable[str]) -> dict[str, Any]:
    """Return CPU, cores, and versions of everything that matters."""
    versions = {"minigrad": mg.__version__}
    for library in libraries:
        if library != "minigrad":
            versions[library] = metadata.version(library)
    return {
        "cpu": cpu_model(),
        "cores": usable_cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": blas(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "libraries": versions,
    }


def as_text(machine: dict[str, Any], names: dict[str, str]) -> str:
    """Return one sentence for the top of the table."""
    versions = ", ".join(f"{names[k]} {v}" for k, v in machine["libraries"].items())
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}; Python {machine['python']}, "
        f"NumPy {machine['numpy']} with {machine['blas']}; {versions}"
    )


def cpu_model() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            found = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        found = []
    return found[0] if found else platform.processor() or platform.machine()


def usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def blas() -> str:
    """Return the name and version of the BLAS that NumPy was built with."""
    config: Any = np.show_config(mode="dicts")
    found = config.get("Build Dependencies", {}).get("blas", {})
    return f"{found.get('name', 'an unknown BLAS')} {found.get('version', '')}".strip()
