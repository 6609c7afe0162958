"""A process that has imported one library and works for the benchmark: one request or answer per line.

    {"do": "prepare", "kind": ..., "arguments": ...}     set up a case, warm up  -> {"check": a number}
    {"do": "measure", "seconds": ..., "least": ...}      -> {"seconds": the median, "samples": their number}
    {"do": "evaluate"}                                   -> {"value": what a step returns}
    {"do": "profile", "steps": ...}                      -> {"table": text}, of minigrad only
    {"do": "memory"}                                     -> {"bytes": the peak so far}

What fails is answered by {"error": text}, what a library does not have by {"unsupported": text}.

With a folder as third argument it is one of several processes that ``mpiexec`` has started. All get the same requests,
rank 0 by its standard input and the others by pipes in that folder, and rank 0 answers.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, TextIO
from unittest import mock

import numpy as np

BATCH = 50e-6  # seconds: what takes less is timed several at a time


class Worker:
    """The state between two requests."""

    def __init__(self, library: str, threads: int) -> None:
        from . import others, shares, torchlike

        self.torchlike = library in ("minigrad", "torch")
        self.others, self.shares, self.work = others, shares, torchlike
        self.library = library
        self.lib = importlib.import_module(library)
        if self.torchlike and hasattr(self.lib, "set_num_threads"):
            self.lib.set_num_threads(threads)
        self.step: Callable[[], Any] = lambda: None
        self.together = 1  # steps between two looks at the clock
        self.team = False  # whether there are other ranks, which must do as many steps

    def agreed(self, value: float) -> float:
        """Return the number of rank 0."""
        return self.shares.agreed(self.lib, value) if self.team else value

    def prepare(self, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if kind == "loading" and self.library == "minigrad":
            from .loading import loading

            self.step = loading(**arguments)
        elif self.torchlike and hasattr(self.shares, kind):
            self.step = getattr(self.shares, kind)(self.lib, **arguments)
        elif self.torchlike and hasattr(self.work, kind):
            self.step = getattr(self.work, kind)(self.lib, **arguments)
        elif hasattr(self.others, f"{self.library}_{kind}"):
            self.step = getattr(self.others, f"{self.library}_{kind}")(**arguments)
        else:
            raise self.others.Unsupported(kind)
        for _ in range(3):
            result = self.step()
        start = perf_counter()
        self.step()
        self.together = int(self.agreed(max(1, int(BATCH / max(perf_counter() - start, 1e-9)))))
        gc.collect()
        check = _check(result)
        return {"check": self.shares.averaged(self.lib, check) if self.team and check is not None else check}

    def measure(self, seconds: float, least: int) -> dict[str, Any]:
        step, together = self.step, self.together
        samples: list[float] = []
        step()  # what the others have put out of the caches comes back
        begin = start = perf_counter()
        go_on = True
        while go_on:
            start = perf_counter()
            for _ in range(together):
                step()
            samples.append((perf_counter() - start) / together)
            more = start < begin + seconds or (len(samples) < least and start < begin + 5 * seconds)
            go_on = bool(self.agreed(more))
        return {"seconds": median(samples), "samples": len(samples)}

    def evaluate(self) -> dict[str, Any]:
        return {"value": float(self.step())}

    def profile(self, steps: int) -> dict[str, Any]:
        from minigrad.profiler import profile

        with profile() as p:
            for _ in range(steps):
                self.step()
        return {"table": f"{p.table(row_limit=20, group_by_input_shape=True)}\n{_time_of_products(self.step, steps)}"}

    def memory(self) -> dict[str, Any]:
        return {"bytes": peak_memory()}


def _check(result: Any) -> float | None:
    """Return a number that is the same in all libraries: the loss, or the mean square of other results."""
    if result is None:
        return None
    array = np.asarray(result.detach() if hasattr(result, "detach") else result, np.float64)
    return float(array) if array.ndim == 0 else float(np.mean(array * array))


def _time_of_products(step: Callable[[], Any], steps: int) -> str:
    """Say how long a step takes, and how much of that `np.matmul`: whatever else were free, it would take so long."""
    matmul, spent = np.matmul, 0.0

    def timed(*args: Any, **options: Any) -> Any:
        nonlocal spent
        start = perf_counter()
        try:
            return matmul(*args, **options)
        finally:
            spent += perf_counter() - start

    with mock.patch.object(np, "matmul", timed):
        begin = perf_counter()
        for _ in range(steps):
            step()
        whole = perf_counter() - begin
    return f"without the profile: {1000 * whole / steps:.3g} ms a step, {spent / whole:.0%} of it in np.matmul"


def peak_memory() -> int:
    """Return the most resident memory that this process has had, in bytes."""
    try:
        with open("/proc/self/status") as file:  # unlike getrusage's, it does not begin with the parent's
            line = next(line for line in file if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(library: str, threads: int, folder: str | None = None) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    worker = Worker(library, threads)
    requests: TextIO = sys.stdin
    if folder is not None:
        rank = worker.shares.meet(worker.lib, f"{folder}/meeting")
        worker.team = True
        if rank:
            requests, answers = open(f"{folder}/{rank}"), open(os.devnull, "w")
    for line in requests:
        request = json.loads(line)
        try:
            answer = getattr(worker, request.pop("do"))(**request)
        except worker.others.Unsupported as error:
            answer = {"unsupported": str(error)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
