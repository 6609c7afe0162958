"""Compare minigrad's speed and memory with PyTorch's, and with MyGrad's, autograd's and JAX's where installed.

    python scripts/benchmark.py                                  everything; results in runs/benchmark/
    python scripts/benchmark.py --only training --threads 1      the training steps, on one thread
    python scripts/benchmark.py --only conv2d --quick            a rough look at the convolutions
    python scripts/benchmark.py --only training/vgg --profile    what minigrad's time is spent on
    python scripts/benchmark.py --only distributed               several processes, by MPI

Each library runs in a process of its own, with its threads and those of its BLAS held to the number given. All do the
same work in turns (A B A B); a ratio is the median of the ratios of neighbouring turns, so that a machine that is
slower for a while is slower for both. Results: ``results.json``, ``table.md``, ``bars.png``,
``operations.png``, ``growth.png`` and, predicted for many machines, ``distributed.png``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from minigrad.scripts.command_line import Parser, exit_status, make_folder  # first: see there

# isort: split

from tqdm.auto import tqdm

from minigrad.scripts.benchmarks.cases import Case, chosen
from minigrad.scripts.benchmarks.machine import describe, usable_cores
from minigrad.scripts.benchmarks.pictures import draw
from minigrad.scripts.benchmarks.report import Report
from minigrad.scripts.benchmarks.running import LIBRARIES, Settings, Worker, WorkerError, installed, measure
from minigrad.scripts.benchmarks.scaling import Prediction, efficiencies
from minigrad.scripts.benchmarks.teams import FORMS, NO_MPI, mpiexec, workers_of


def run(
    cases: Sequence[Case], libraries: Sequence[str], threads: Sequence[int], settings: Settings, results: list[Any]
) -> None:
    """Measure the cases, family by family in new processes, and append to `results` what comes out."""
    total = sum(count >= case.least_threads for case in cases for count in threads)
    with tqdm(total=total, unit="case", leave=False) as bar:
        for _, family in groupby(cases, key=lambda case: case.family):
            everything = list(family)
            for count in threads:
                members = [case for case in everything if count >= case.least_threads]
                if not members:
                    continue
                workers = workers_of(members[0].group, libraries, count)
                try:
                    for case in members:
                        bar.set_description_str(f"{case.name}, threads: {count}")
                        results += measure(case, count, workers, settings)
                        bar.update()
                finally:
                    for worker in workers:
                        worker.close()


def profiles(cases: Sequence[Case], threads: int, settings: Settings) -> str:
    """Return minigrad's own profile of each case, as text."""
    parts = []
    for case in cases:
        if case.kind in ("import", "all_reduce"):
            continue
        worker = Worker("minigrad", threads)
        try:
            worker.ask("prepare", kind=case.kind, arguments=case.arguments)
            table = worker.ask("profile", steps=settings.profiled_steps)["table"]
        except WorkerError as error:
            table = f"failed ({error})"
        finally:
            worker.close()
        parts.append(f"{case.name}, {settings.profiled_steps} times, threads: {threads}\n\n{table}")
    return "\n\n\n".join(parts)


# ---- the command line ------------------------------------------------------------------------------------------------


def options() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="PATTERN", help="cases whose names contain or match it (* and ?)"
    )
    parser.add_argument("--libraries", nargs="+", choices=LIBRARIES, help="default: all that are installed")
    parser.add_argument("--threads", nargs="+", type=int, help="default: 1 and 2, if there are 2 cores")
    parser.add_argument("--quick", action="store_true", help="few and short turns: a rough look in a minute or two")
    parser.add_argument("--profile", action="store_true", help="instead, show minigrad's own profile of each case")
    parser.add_argument("--list", action="store_true", help="only show the names of the cases")
    parser.add_argument("--out", type=Path, default=Path("runs/benchmark"), help="folder; default: runs/benchmark")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = options()
    args = parser.parse_args(arguments)
    try:
        cases = chosen(args.only)
    except ValueError as error:
        parser.error(f"--only: {error}")
    if args.list:
        print("\n".join(case.name for case in cases))
        return 0
    if missing := [LIBRARIES[library] for library in args.libraries or () if not installed(library)]:
        parser.error(f"--libraries: {', '.join(missing)} cannot be imported; install it or leave it out")
    libraries = list(dict.fromkeys(args.libraries or [library for library in LIBRARIES if installed(library)]))
    threads = sorted(set(args.threads or [n for n in (1, 2) if n <= usable_cores()]))
    if threads[0] < 1 or threads[-1] > usable_cores():
        parser.error(f"--threads: this process may use 1 to {usable_cores()} cores, got {args.threads}")
    settings = Settings(args.quick)
    make_folder(parser, args.out, args.out)
    if args.profile:
        text = profiles(cases, threads[0], settings)
        (args.out / "profile.txt").write_text(text + "\n")
        print(f"{text}\n\nwritten to {args.out / 'profile.txt'}")
        return 0
    return compare(cases, libraries, threads, settings, args.out)


def compare(
    cases: Sequence[Case], libraries: Sequence[str], threads: Sequence[int], settings: Settings, folder: Path
) -> int:
    """Measure, print the table and write the files; after Ctrl-C with what there is."""
    machine, results = describe(libraries), list[Any]()
    if any(case.group in FORMS for case in cases) and mpiexec() is None:
        print(f"distributed: {NO_MPI}", file=sys.stderr)
        cases = [case for case in cases if case.group not in FORMS]
    stopped = False
    try:
        run(cases, libraries, threads, settings, results)
    except KeyboardInterrupt:
        stopped = True
    report = Report(machine, libraries, results)
    report.save(folder / "results.json", vars(settings))
    prediction = Prediction(report)
    table = "\n\n".join([report.table(), *efficiencies(report), *prediction.sections()])
    (folder / "table.md").write_text(table + "\n")
    written = ["results.json", "table.md", *draw(report, folder)]
    written += ["distributed.png"] if prediction.draw(folder / "distributed.png") else []
    print(f"{table}\n\n{', '.join(written)} are in {folder}")
    if stopped:
        print("stopped before the end", file=sys.stderr)
        return 130
    return 1 if any("error" in result for result in results) else 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
