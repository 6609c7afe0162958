"""``python -m minigrad.distributed.run --nproc-per-node N script.py``: ``mpiexec`` for those who know ``torchrun``.

It starts N processes of this Python on this machine, each of which finds its rank in ``RANK`` and ``LOCAL_RANK`` and
the number of all in ``WORLD_SIZE``. For several machines use ``mpiexec`` itself, with ``-hosts`` or ``-hostfile``.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from minigrad.distributed.launcher import FOR_MPIEXEC, search_path, set_environment
from minigrad.kernels.parallel import usable_cores

_PR_SET_PDEATHSIG = 1  # of Linux's <sys/prctl.h>
_KILLING = {signal.SIGABRT, signal.SIGFPE, signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM}


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser("minigrad.distributed.run", description=__doc__)
    both = "processes to start on this machine; auto and cpu mean one for each core"
    for names, default, what in (
        (("--nproc-per-node", "--nproc_per_node"), "1", both),
        (("--nnodes",), "1", "must be 1"),
        (("--node-rank", "--node_rank"), "0", "must be 0"),
        (("--master-addr", "--master_addr"), "", "what scripts find in MASTER_ADDR; MPI does without"),
        (("--master-port", "--master_port"), "", "what scripts find in MASTER_PORT; MPI does without"),
        (("--rdzv-backend", "--rdzv_backend"), "", "accepted, MPI does without"),
        (("--rdzv-endpoint", "--rdzv_endpoint"), "", "accepted, MPI does without"),
        (("--rdzv-id", "--rdzv_id"), "", "accepted, MPI does without"),
        (("--max-restarts", "--max_restarts"), "0", "must be 0: nothing is restarted"),
    ):
        parser.add_argument(*names, default=default, help=what)
    parser.add_argument("--standalone", action="store_true", help="accepted")
    parser.add_argument("-m", "--module", action="store_true", help="the script is a module, as for python -m")
    parser.add_argument("--no-python", "--no_python", action="store_true", help="the script is a program of any kind")
    parser.add_argument("script")
    parser.add_argument("args", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    for name in ("nnodes", "node_rank", "max_restarts"):
        if getattr(options, name) not in (parser.get_default(name), f"{parser.get_default(name)}:1"):
            parser.error(f"--{name.replace('_', '-')}: must be {parser.get_default(name)}; mpiexec can do more")
    if options.nproc_per_node in ("auto", "cpu"):
        options.nproc_per_node = str(usable_cores())
    if not options.nproc_per_node.isdecimal() or int(options.nproc_per_node) < 1:
        parser.error(f"--nproc-per-node: expected a whole number of 1 or more, got {options.nproc_per_node!r}")
    return options


def start(processes: int, command: Sequence[str]) -> int:
    """Run a command in as many processes of MPI; return the exit status, after a word where they were ended.

    Raises
    ------
    SystemExit
        If there is no ``mpiexec``.
    """
    program = shutil.which("mpiexec", path=search_path())
    if program is None:
        advice = 'pip install "minigrad-numpy[mpi]", or your cluster\'s MPI'
        sys.exit(f"minigrad.distributed.run: there is no mpiexec; {advice}")
    # In a group of its own, so that Ctrl-C comes to it once: by the handler below.
    child = subprocess.Popen(
        [program, "-n", str(processes), *command],
        env={**FOR_MPIEXEC, **os.environ},
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )

    def pass_on(number: int, frame: FrameType | None) -> None:
        child.send_signal(signal.SIGINT if number == signal.SIGINT else signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, pass_on)
    status = child.wait()
    if status:
        killed = status % 128 in _KILLING
        name = f"as signal {status % 128} does it ({signal.strsignal(status % 128)}), " if killed else ""
        print(
            f"minigrad.distributed.run: a process ended with status {status}, {name}and the others with it",
            file=sys.stderr,
        )
    return status if status >= 0 else 128 - status


def _end_with_parent() -> None:
    """Ask Linux to end this process, and so those that it starts, when its parent is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def play(kind: str, script: str, args: Sequence[str]) -> None:
    """Be one of the processes: run the script, which finds its rank in the environment."""
    set_environment()
    sys.argv = [script, *args]
    if kind == "module":
        sys.path[0] = os.getcwd()
        runpy.run_module(script, run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = os.path.dirname(os.path.abspath(script))
        runpy.run_path(script, run_name="__main__")


def main(argv: Sequence[str]) -> int:
    """Start the processes of a command line, or be one of them."""
    if argv[:1] == ["--play"]:
        play(argv[1], argv[2], argv[3:])
        return 0
    options = arguments(argv)
    for name in ("master_addr", "master_port"):
        if value := getattr(options, name):
            os.environ[name.upper()] = value
    command = [sys.executable, "-m", __spec__.name, "--play", "module" if options.module else "script"]
    if options.no_python:
        command = []
    return start(int(options.nproc_per_node), [*command, options.script, *options.args])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
