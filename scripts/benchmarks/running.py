"""Workers, and the turns in which they measure a case."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import minigrad
from minigrad.scripts.benchmarks.cases import Case

PATHS = [str(Path(minigrad.__file__).parents[1]), str(Path(__file__).parents[1])]
LIBRARIES = {"minigrad": "minigrad", "torch": "PyTorch", "mygrad": "MyGrad", "autograd": "autograd", "jax": "JAX"}
COLUMNS = {
    **LIBRARIES,
    "gloo": "PyTorch on gloo",
    "one-process": "minigrad, 1 process",
    "at-the-end": "sent at the end",
    "never": "nothing sent",
    "twice": "2 processes for each core",
}
"""By label of a worker: the title of its column."""


def installed(library: str) -> bool:
    return library == "minigrad" or importlib.util.find_spec(library) is not None


def environment(library: str, threads: int) -> dict[str, str]:
    """Return variables that hold a library, and the BLAS under it, to a number of threads."""
    names = ("OPENBLAS", "MKL", "OMP", "NUMEXPR", "MINIGRAD")
    held = {f"{name}_NUM_THREADS": str(threads) for name in names} | {"VECLIB_MAXIMUM_THREADS": str(threads)}
    if library == "jax":
        held |= {"JAX_PLATFORMS": "cpu"}
        if threads == 1:
            held["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    # minigrad is compiled once, as installed libraries are
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, **held, "PYTHONPATH": os.pathsep.join([*PATHS, os.environ.get("PYTHONPATH", "")])}


class WorkerError(RuntimeError):
    """A worker answered that something failed, or ended."""


class Unsupported(WorkerError):
    """The library has no such thing."""


class Worker:
    """The process of one library, with `threads` threads.

    label : its column, by default the library
    arguments : beside those of each case
    """

    def __init__(
        self, library: str, threads: int, label: str | None = None, arguments: dict[str, Any] | None = None
    ) -> None:
        self.library, self.threads = library, threads
        self.label, self.arguments = label or library, arguments or {}
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            self.command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=self.environment(),
        )

    def command(self) -> list[str]:
        """Return the command that starts it."""
        # as a package of its own, not minigrad's: the processes of other libraries do not import minigrad
        return [sys.executable, "-P", "-m", "benchmarks.worker", self.library, str(self.threads)]

    def environment(self) -> dict[str, str]:
        """Return the variables that it starts with."""
        return environment(self.library, self.threads)

    def send(self, line: str) -> None:
        """Send a request."""
        print(line, file=self._process.stdin, flush=True)

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """Send a request and wait for its answer.

        Raises
        ------
        WorkerError
            If the work failed there.
        """
        assert self._process.stdout
        try:
            self.send(json.dumps({"do": do, **request}))
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._log.seek(0)
            last = (self._log.read().strip().splitlines() or ["no message"])[-1]
            raise WorkerError(f"the process of {LIBRARIES[self.library]} ended: {last}")
        answer: dict[str, Any] = json.loads(line)
        if "unsupported" in answer:
            raise Unsupported(answer["unsupported"])
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._log.close()


class Settings:
    """The duration of measurements."""

    def __init__(self, quick: bool) -> None:
        self.rounds = 2 if quick else 9
        self.seconds = 0.01 if quick else 0.15  # a turn
        self.least = 1 if quick else 3  # samples in a turn
        self.imports = 1 if quick else 5
        self.profiled_steps = 2 if quick else 20


def measure(case: Case, threads: int, workers: Sequence[Worker], settings: Settings) -> list[dict[str, Any]]:
    """Return a case by all libraries in turns, A B A B: one result for each, with the medians of the turns."""
    turns: list[Callable[[], float]]
    if case.kind == "import":
        results = [_result(case, threads, w.label) for w in workers]
        turns = [partial(_import_seconds, w.library, threads) for w in workers]
        for turn in turns:
            turn()  # the first one reads the files from disk
        return _in_turns(results, turns, settings.imports)
    results, ready, turns = [], [], []
    for worker in workers:
        result = _result(case, threads, worker.label)
        results.append(result)
        try:
            arguments = {**case.arguments, **worker.arguments}
            result["check"] = worker.ask("prepare", kind=case.kind, arguments=arguments)["check"]
        except Unsupported:
            result["unsupported"] = True
            continue
        except WorkerError as error:
            result["error"] = str(error)
            continue
        ready.append(result)
        turns.append(_turn(worker, case.unit, settings))
    _in_turns(ready, turns, 1 if case.unit == "bytes" else settings.rounds)
    return results


def _result(case: Case, threads: int, library: str) -> dict[str, Any]:
    return {"case": case.name, "group": case.group, "library": library, "threads": threads, "unit": case.unit}


def _turn(worker: Worker, unit: str, settings: Settings) -> Callable[[], float]:
    def turn() -> float:
        if unit == "ratio":
            return float(worker.ask("evaluate")["value"])
        answer = worker.ask("measure", seconds=settings.seconds, least=settings.least)
        return worker.ask("memory")["bytes"] if unit == "bytes" else answer["seconds"]

    return turn


def _in_turns(results: list[dict[str, Any]], turns: list[Callable[[], float]], rounds: int) -> list[dict[str, Any]]:
    for result in results:
        result["turns"] = []
    for _ in range(rounds):
        for result, turn in zip(results, turns, strict=True):
            if "error" not in result:
                try:
                    result["turns"].append(turn())
                except WorkerError as error:
                    result["error"] = str(error)
    for result in results:
        if "error" not in result:
            result["median"] = median(result["turns"])
    return results


def _import_seconds(library: str, threads: int) -> float:
    code = f"from time import perf_counter as now; start = now(); import {library}; print(now() - start)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment(library, threads), capture_output=True, text=True)
    if done.returncode:
        raise WorkerError((done.stderr.strip().splitlines() or ["no message"])[-1])
    return float(done.stdout)
