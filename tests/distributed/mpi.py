"""Programs in several processes: a test starts one, which makes many checks, as starting costs the most."""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from minigrad.distributed.launcher import FOR_MPIEXEC, search_path

PROGRAMS = Path(__file__).parent / "programs"
MPIEXEC = shutil.which("mpiexec", path=search_path())


def version():
    """Return what the MPI says it is that mpi4py finds, and nothing if there is none."""
    if MPIEXEC is None or find_spec("mpi4py") is None:
        return ""
    code = "import mpi4py; mpi4py.rc.initialize = False; from mpi4py import MPI; print(MPI.Get_library_version())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout


VERSION = version()
needs_mpi = pytest.mark.skipif(not VERSION, reason="needs mpi4py and mpiexec: pip install mpi4py mpich")
needs_meetings = pytest.mark.skipif(
    VERSION.startswith("Open MPI"), reason="Open MPI does not bring processes together that it has not started"
)


def run(program, processes, *arguments, timeout=60, launcher=None, **environment):
    """Run a program; return its exit status and what it printed, which has a time limit."""
    launcher = [MPIEXEC, "-n", str(processes), sys.executable] if launcher is None else launcher
    child = subprocess.Popen(
        [*launcher, str(PROGRAMS / program), *map(str, arguments)],
        stdin=subprocess.DEVNULL,  # which the mpiexec of Open MPI reads
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
        env={
            **FOR_MPIEXEC,
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "MINIGRAD_NUM_THREADS": "1",
            **environment,
        },
    )
    try:
        output, _ = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        child.terminate()
        output, _ = child.communicate()
        pytest.fail(f"{program} with {processes} processes is not done after {timeout} s: {output[-3000:]}")
    return child.returncode, output


def all_passed(program, output):
    """Return whether each check of a program has printed its name, as it does when it has passed on rank 0."""
    checks = re.findall(r"^def (check_\w+)", (PROGRAMS / program).read_text(), re.MULTILINE)
    return checks != [] and re.findall(r"^passed (.*)$", output, re.MULTILINE) == checks


def check(program, processes, *arguments, **options):
    """Run a program of checks."""
    status, output = run(program, processes, *arguments, **options)
    assert status == 0 and all_passed(program, output), output[-5000:]
