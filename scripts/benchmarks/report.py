"""The results as a table (in Markdown), as JSON and as pictures."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cases import GROUPS
from benchmarks.machine import as_text
from benchmarks.running import LIBRARIES

Result = dict[str, Any]
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
        """minigrad's time by the other's: the median over the turns, in which each of the two had one."""
        mine, theirs = row.get("minigrad", {}).get("turns"), row.get(other, {}).get("turns")
        if not mine or not theirs:
            return None
        return median(a / b for a, b in zip(mine, theirs, strict=False))

    def save(self, path: Path, settings: dict[str, Any]) -> None:
        """Everything as JSON."""
        ratios = [
            {"case": case, "threads": threads, **{o: r for o in self.others if (r := self.ratio(row, o)) is not None}}
            for (case, threads), row in self.rows.items()
        ]
        content = {"machine": self.machine, "settings": settings, "results": self.results, "ratios": ratios}
        path.write_text(json.dumps(content, indent=1))

    # ---- the table -------------------------------------------------------------------------------------------------

    def table(self) -> str:
        """All medians, and the ratios of minigrad to the first of the other libraries; a section for each group."""
        parts = [as_text(self.machine, LIBRARIES)]
        if "minigrad" in self.libraries and self.others:
            parts.append(
                f"Medians. The ratio is that of minigrad to {LIBRARIES[self.others[0]]}, the median of those of "
                f"{self._rounds()} turns; below 1 minigrad is better."
            )
        for group, title in GROUPS.items():
            rows = {key: row for key, row in self.rows.items() if next(iter(row.values()))["group"] == group}
            if rows:
                parts.append(f"**{title}**\n\n{_markdown([self._header(), *[self._line(*r) for r in rows.items()]])}")
        return "\n\n".join([*parts, *self.remarks()])

    def _rounds(self) -> int:
        return max((len(r.get("turns", ())) for r in self.results), default=0)

    def _header(self) -> list[str]:
        names = [LIBRARIES[library] for library in self.libraries]
        if "minigrad" in self.libraries and self.others:
            names.insert(2, "ratio")
        return ["", "threads", *names]

    def _line(self, key: tuple[str, int], row: dict[str, Result]) -> list[str]:
        cells = [shown(row.get(library, {})) for library in self.libraries]
        if "minigrad" in self.libraries and self.others:
            ratio = self.ratio(row, self.others[0])
            cells.insert(2, "" if ratio is None else f"{ratio:.2f}")
        return [key[0].split("/", 1)[1].replace("/", " "), str(key[1]), *cells]

    def remarks(self) -> list[str]:
        """What failed, and where libraries disagree about the result."""
        found = [f"{r['case']}: {LIBRARIES[r['library']]} failed ({r['error']})" for r in self.results if "error" in r]
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

    # ---- pictures --------------------------------------------------------------------------------------------------

    def bars(self, path: Path) -> bool:
        """Draw the ratios, or without another library the times, as bars; False if there is nothing to draw."""
        from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

        from minigrad.viz.style import BLUE, GREEN, GREY, ORANGE, figure, plain

        rows = {k: r for k, r in self.rows.items() if next(iter(r.values()))["group"] not in ("batch", "image")}
        values = {key: value for key, row in rows.items() if (value := self._bar(row)) is not None}
        cases = list(dict.fromkeys(case for case, _ in values))
        threads = sorted({t for _, t in values})
        if not cases:
            return False
        fig, axes = figure(9, 1.2 + 0.17 * len(cases) * (len(threads) + 0.6))
        ax, height = axes[0, 0], 0.8 / len(threads)
        for i, (count, colour) in enumerate(zip(threads, (BLUE, ORANGE, GREEN, GREY) * len(threads), strict=False)):
            places = [p for p, case in enumerate(cases) if (case, count) in values]
            origin = 1 if self._compares else 0
            widths = [values[cases[p], count] - origin for p in places]
            label = f"{count} thread{'s' * (count > 1)}"
            ax.barh(
                [p + (i - (len(threads) - 1) / 2) * height for p in places], widths, height,
                left=origin, color=colour, label=label,
            )  # fmt: skip
        ax.set_yticks(range(len(cases)), [case.replace("/", " ") for case in cases], fontsize=7)
        ax.set_ylim(len(cases) - 0.5, -0.5)
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        if self._compares:
            ax.axvline(1, color=GREY, linewidth=1)
            ax.set_xlabel(f"minigrad / {LIBRARIES[self.others[0]]}: left of 1 minigrad needs less")
        else:
            ax.set_xlabel("seconds")
        plain(ax)
        ax.legend(frameon=False)
        fig.savefig(path)
        return True

    @property
    def _compares(self) -> bool:
        return "minigrad" in self.libraries and bool(self.others)

    def _bar(self, row: dict[str, Result]) -> float | None:
        if self._compares:
            return self.ratio(row, self.others[0])
        (result,) = [r for r in row.values()][:1]
        return result.get("median") if result["unit"] == "seconds" else None

    def growth(self, path: Path) -> bool:
        """Draw how the time of a step grows with the batch and with the image; False if neither was measured."""
        from minigrad.viz.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, figure, plain

        panels = [group for group in ("batch", "image") if any(r["group"] == group for r in self.results)]
        if not panels:
            return False
        colours = dict(zip(LIBRARIES, (BLUE, RED, GREEN, ORANGE, PURPLE, GREY), strict=False))
        fig, axes = figure(4.8 * len(panels), 4, 1, len(panels))
        for ax, group in zip(axes[0], panels, strict=True):
            lines: dict[tuple[str, int], list[tuple[int, float]]] = {}
            for r in self.results:
                if r["group"] == group and "median" in r:
                    size = int(r["case"].rsplit("/", 1)[1])
                    lines.setdefault((r["library"], r["threads"]), []).append((size, r["median"] * 1e3))
            for (library, threads), points in lines.items():
                style = "-" if threads == 1 else "--"
                label = f"{LIBRARIES[library]}, {threads} thread{'s' * (threads > 1)}"
                ax.plot(*zip(*points, strict=True), style, color=colours[library], marker="o", ms=3, label=label)
            net = next(r["case"] for r in self.results if r["group"] == group).split("/")[1]
            ax.set(xscale="log", yscale="log", title=GROUPS[group], ylabel="ms")
            ax.set_xlabel(f"{'images in the batch' if group == 'batch' else 'height and width of the images'} ({net})")
            plain(ax)
            ax.legend(frameon=False, fontsize=7)
        fig.savefig(path)
        return True


def shown(result: Result) -> str:
    """The median with its unit, to three digits."""
    if "median" not in result:
        return "failed" if "error" in result else "-"
    value = result["median"]
    if result["unit"] == "bytes":
        return f"{value / 2**20:.0f} MB"
    scale, unit = (1e6, "us") if value < 1e-3 else (1e3, "ms") if value < 1 else (1, "s")
    return f"{value * scale:.3g} {unit}" if value * scale < 1000 else f"{value * scale:.0f} {unit}"


def _markdown(lines: list[list[str]]) -> str:
    widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * widths[0], *["-" * (w - 1) + ":" for w in widths[1:]]]
    places = [str.ljust, *[str.rjust] * (len(widths) - 1)]
    return "\n".join(
        f"| {' | '.join(place(c, w) for place, c, w in zip(places, line, widths, strict=True))} |"
        for line in [lines[0], rule, *lines[1:]]
    )
