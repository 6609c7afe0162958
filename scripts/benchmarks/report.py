"""The results as a table (in Markdown) and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

from minigrad.scripts.benchmarks.cases import GROUPS
from minigrad.scripts.benchmarks.machine import as_text
from minigrad.scripts.benchmarks.running import COLUMNS, LIBRARIES

Result = dict[str, Any]
UNSTEADY = "~"
BUSY = (
    "The machine was busy with other things as this began (load {:.1f}): times on as many threads as it has cores mean "
    "little then, as each thread waits for the one that is held up."
)
WORST = 10  # operations named below their table
AGREEMENT = 0.01  # relative: results of libraries that differ by more are not of the same work


class Report:
    """All results of a run, and what follows from them.

    Parameters
    ----------
    machine : dict
        Of `machine.describe`.
    libraries : list of str
        In the order of the columns.
    results : list of dict
        Of `running.measure`.
    """

    def __init__(self, machine: dict[str, Any], libraries: Sequence[str], results: list[Result]) -> None:
        self.machine, self.libraries, self.results = machine, list(libraries), results
        self.others = [library for library in libraries if library != "minigrad"]
        self.rows: dict[tuple[str, int], dict[str, Result]] = {}  # case and threads -> library -> result
        for result in results:
            self.rows.setdefault((result["case"], result["threads"]), {})[result["library"]] = result

    def ratio(self, row: dict[str, Result], other: str) -> float | None:
        """Return minigrad's time by the other's: the median over the turns, in which each of the two had one."""
        mine, theirs = row.get("minigrad", {}).get("turns"), row.get(other, {}).get("turns")
        if not mine or not theirs:
            return None
        return median(a / b for a, b in zip(mine, theirs, strict=False))

    def save(self, path: Path, settings: dict[str, Any]) -> None:
        """Save everything as JSON."""
        ratios = [
            {"case": case, "threads": threads, **{o: r for o in self.others if (r := self.ratio(row, o)) is not None}}
            for (case, threads), row in self.rows.items()
        ]
        content = {"machine": self.machine, "settings": settings, "results": self.results, "ratios": ratios}
        path.write_text(json.dumps(content, indent=1))

    @property
    def compares(self) -> bool:
        """Whether there is minigrad and another library."""
        return "minigrad" in self.libraries and bool(self.others)

    # ---- the table -------------------------------------------------------------------------------------------------

    def table(self) -> str:
        """Return all medians, and minigrad's ratios to the first of the other libraries; a section for each group."""
        parts = [as_text(self.machine, LIBRARIES)]
        if self.compares:
            parts.append(
                f"Medians. The ratio is that of minigrad to {LIBRARIES[self.others[0]]}, the median of those of "
                f"{self._rounds()} turns; below 1 minigrad is better. {UNSTEADY}: turns differ much."
            )
        for group, title in GROUPS.items():
            rows = {key: row for key, row in self.rows.items() if next(iter(row.values()))["group"] == group}
            if rows:
                parts.append(f"**{title}**\n\n{self._part(rows)}")
                if group == "operations" and self.compares:
                    parts += self._means(rows)
        return "\n\n".join([*parts, *self.remarks()])

    def _means(self, rows: dict[tuple[str, int], dict[str, Result]]) -> list[str]:
        """Return a line for each number of threads: the geometric mean of the ratios, and the largest of them."""
        found: dict[int, list[tuple[float, str]]] = {}
        for (case, threads), row in rows.items():
            if (ratio := self.ratio(row, self.others[0])) is not None:
                found.setdefault(threads, []).append((ratio, case.split("/", 1)[1].replace("/", " ")))
        return [
            f"Threads: {threads}. Geometric mean of {len(ratios)} ratios: {geometric_mean(r for r, _ in ratios):.2f}; "
            f"the largest: {', '.join(f'{name} {ratio:.2f}' for ratio, name in sorted(ratios)[: -WORST - 1 : -1])}."
            for threads, ratios in found.items()
        ]

    def _rounds(self) -> int:
        return max((len(r.get("turns", ())) for r in self.results), default=0)

    def _part(self, rows: dict[tuple[str, int], dict[str, Result]]) -> str:
        """Return the table of one group: a column for each library, or for each of those who measure it only."""
        found = {library for row in rows.values() for library in row}
        extra = [label for label in COLUMNS if label in found and label not in LIBRARIES]
        columns = [*(c for c in self.libraries if c in found or not extra), *extra]
        compares = self.compares and {"minigrad", self.others[0]} <= set(columns)
        names = [COLUMNS[column] for column in columns]
        if compares:
            names.insert(2, "ratio")
        lines = [["", "cores" if extra else "threads", *names]]
        for (case, threads), row in rows.items():
            cells = [shown(row.get(column, {})) for column in columns]
            if compares:
                ratio = self.ratio(row, self.others[0])
                cells.insert(2, "" if ratio is None else f"{ratio:.2f}")
            lines.append([case.split("/", 1)[1].replace("/", " "), str(threads), *cells])
        return markdown(lines)

    def remarks(self) -> list[str]:
        """Return what failed, and where libraries disagree about the result."""
        load = self.machine["load"]
        found = [BUSY.format(load)] if load is not None and load > 0.5 else []
        found += [f"{r['case']}: {COLUMNS[r['library']]} failed ({r['error']})" for r in self.results if "error" in r]
        for (case, threads), row in self.rows.items():
            mine = row.get("minigrad", {}).get("check")
            for other in self.others:
                theirs = row.get(other, {}).get("check")
                if mine is not None and theirs is not None and not math.isclose(mine, theirs, rel_tol=AGREEMENT):
                    found.append(
                        f"{case}, {threads} threads: minigrad computes {mine:.6g}, {LIBRARIES[other]} {theirs:.6g}; "
                        "these are not the same work"
                    )
        return found


def shown(result: Result) -> str:
    """Return the median with its unit, to three digits; marked if the middle half of the turns is wide."""
    if "median" not in result:
        return "failed" if "error" in result else "-"
    value, turns = result["median"], sorted(result.get("turns", ()))
    mark = UNSTEADY if turns and turns[-1 - len(turns) // 4] - turns[len(turns) // 4] > value / 2 else ""
    if result["unit"] == "bytes":
        return f"{mark}{value / 2**20:.0f} MB"
    if result["unit"] == "ratio":
        return f"{mark}{value:.2f}"
    scale, unit = (1e6, "us") if value < 1e-3 else (1e3, "ms") if value < 1 else (1, "s")
    return f"{mark}{value * scale:.3g} {unit}" if value * scale < 1000 else f"{mark}{value * scale:.0f} {unit}"


def markdown(lines: list[list[str]]) -> str:
    """Return lines of cells, the first of them the header, as a table."""
    widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * widths[0], *["-" * (w - 1) + ":" for w in widths[1:]]]
    places = [str.ljust, *[str.rjust] * (len(widths) - 1)]
    return "\n".join(
        f"| {' | '.join(place(c, w) for place, c, w in zip(places, line, widths, strict=True))} |"
        for line in [lines[0], rule, *lines[1:]]
    )
