"""The results as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from minigrad.scripts.benchmarks.cases import GROUPS
from minigrad.scripts.benchmarks.report import Report
from minigrad.scripts.benchmarks.running import LIBRARIES
from minigrad.viz.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, figure, plain

COLOURS = (BLUE, RED, GREEN, ORANGE, PURPLE, GREY)
GROWTH = {"batch": "images in the batch", "image": "height and width of the images"}


def draw(report: Report, folder: Path) -> list[str]:
    """Write the pictures that there are results for, and return their names."""
    others = [group for group in GROUPS if group != "operations" and group not in GROWTH]
    drawn = {
        "bars.png": bars(report, others, folder / "bars.png"),
        "operations.png": bars(report, ["operations"], folder / "operations.png"),
        "growth.png": growth(report, folder / "growth.png"),
    }
    return [name for name, done in drawn.items() if done]


def bars(report: Report, groups: list[str], path: Path) -> bool:
    """Draw the ratios, or without another library the times, as dots; False if there is nothing to draw."""
    values: dict[tuple[str, int], float] = {}
    for key, row in report.rows.items():
        first = next(iter(row.values()))
        time = first.get("median") if first["unit"] == "seconds" else None
        value = report.ratio(row, report.others[0]) if report.compares else time
        if first["group"] in groups and value is not None:
            values[key] = value
    if not values:
        return False
    cases = list(dict.fromkeys(case for case, _ in values))
    threads = sorted({count for _, count in values})
    fig, axes = figure(9, 1.2 + 0.15 * len(cases) * (len(threads) + 0.6))
    ax, height = axes[0, 0], 0.8 / len(threads)
    for i, count in enumerate(threads):
        found = [(place, values[case, count]) for place, case in enumerate(cases) if (case, count) in values]
        places = [place + (i - (len(threads) - 1) / 2) * height for place, _ in found]
        colour = (BLUE, ORANGE, GREEN, GREY)[i % 4]
        ax.plot([v for _, v in found], places, "o", ms=4, color=colour, label=_threads(count))
        if report.compares:  # a logarithmic axis has no 0 to begin bars at, but the same distance to 1 for 2 and 1/2
            ax.hlines(places, 1, [v for _, v in found], color=colour, linewidth=1.2)
    ax.set_yticks(range(len(cases)), [case.replace("/", " ") for case in cases], fontsize=7)
    ax.set_ylim(len(cases) - 0.5, -0.5)
    ax.set_xscale("log")
    _ticks(ax.xaxis)
    if report.compares:
        ax.axvline(1, color=GREY, linewidth=1)
        ax.set_xlabel(f"minigrad / {LIBRARIES[report.others[0]]}: left of 1 minigrad needs less")
    else:
        ax.set_xlabel("seconds")
    plain(ax)
    ax.legend(frameon=False)
    fig.savefig(path)
    return True


def growth(report: Report, path: Path) -> bool:
    """Draw how the time of a step grows with the batch and with the image; False if neither was measured."""
    groups = [group for group in GROWTH if any(r["group"] == group for r in report.results)]
    if not groups:
        return False
    colours = dict(zip(LIBRARIES, COLOURS, strict=False))
    fig, axes = figure(4.8 * len(groups), 4, 1, len(groups))
    for ax, group in zip(axes[0], groups, strict=True):
        results = [r for r in report.results if r["group"] == group]
        lines: dict[tuple[str, int], list[tuple[int, float]]] = {}
        for r in results:
            if "median" in r:
                points = lines.setdefault((r["library"], r["threads"]), [])
                points.append((int(r["case"].rsplit("/", 1)[1]), r["median"] * 1e3))
        for (library, threads), points in lines.items():
            label, style = f"{LIBRARIES[library]}, {_threads(threads)}", "-" if threads == 1 else "--"
            ax.plot(*zip(*points, strict=True), style, color=colours[library], marker="o", ms=3, label=label)
        ax.set(xscale="log", yscale="log", title=GROUPS[group], ylabel="ms")
        ax.set_xlabel(f"{GROWTH[group]} ({results[0]['case'].split('/')[1]})")
        _ticks(ax.yaxis)
        _ticks(ax.xaxis)
        ax.set_xticks(sorted({x for points in lines.values() for x, _ in points}))
        plain(ax)
        ax.legend(frameon=False, fontsize=7)
    fig.savefig(path)
    return True


def _ticks(axis: Any) -> None:
    """Put plain numbers on a logarithmic axis."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))


def _threads(count: int) -> str:
    return f"{count} thread{'s' * (count > 1)}"
