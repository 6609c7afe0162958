"""From measured steps and all_reduces: how well many machines would share the training of a net, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from pathlib import Path
from typing import NamedTuple

import numpy as np

import minigrad as mg
from minigrad.nn.parallel.distributed import BUCKET_MEGABYTES, MEGABYTE
from minigrad.nn.parallel.reducer import buckets_of
from minigrad.scripts.benchmarks.cases import FEW, MANY, PREDICTED
from minigrad.scripts.benchmarks.report import Report, markdown, shown
from minigrad.scripts.benchmarks.running import COLUMNS
from minigrad.scripts.benchmarks.shares import parts
from minigrad.viz.style import BLUE, GREEN, ORANGE, figure, plain

NETWORKS = {1: 50e-6, 10: 20e-6, 100: 5e-6}
"""By Gbit/s: seconds until a message is there, which is assumed."""
MACHINES = tuple(2**i for i in range(1, 9))
WEAK, STRONG = 64, 1024  # images: for each machine, and for all together
BACKWARD = 2 / 3  # of a step: each product of forward has two in backward
PAYS = 0.5  # an efficiency below this: half of the machines would do


class Line(NamedTuple):
    """Seconds that grow with a number: ``at_0 + each * number``."""

    at_0: float
    each: float

    def __call__(self, number: float) -> float:
        return self.at_0 + self.each * number


def fit(numbers: Sequence[float], seconds: Sequence[float]) -> Line:
    """Return the line with the least squares of relative errors, and nothing below 0."""
    n, t = np.asarray(numbers, float), np.asarray(seconds, float)
    at_0, each = np.linalg.lstsq(np.stack([1 / t, n / t], 1), np.ones(len(t)), rcond=None)[0]
    if each < 0:
        return Line(1 / float(np.mean(1 / t)), 0.0)
    return Line(float(at_0), float(each)) if at_0 > 0 else Line(0.0, float(np.mean(n / t) / np.mean((n / t) ** 2)))


class Net(NamedTuple):
    """Measurements of the training of one net.

    step : seconds on one core, by images
    buckets : bytes that go to the other machines together
    hidden : the part of that which takes no time, as backward goes on meanwhile
    """

    title: str
    step: Line
    buckets: list[int]
    hidden: float

    def all_reduce(self, own: Line, machines: int, gigabits: int) -> float:
        """Return the seconds to add up the gradients: what a machine does, by `own`, and what the network does.

        Each machine sends ``2 (P - 1) / P`` times the bytes, in ``2 log2(P)`` messages. For P = 2, where `own` was
        measured, that is once and 2.
        """
        sent = 2 * (machines - 1) / machines * sum(self.buckets)
        rounds = log2(machines) * len(self.buckets)
        return rounds * (own.at_0 + 2 * NETWORKS[gigabits]) + sent * (own.each + 8e-9 / gigabits)

    def efficiency(self, own: Line, machines: int, gigabits: int, weak: bool) -> float:
        """Return the images per second of some machines, by those of as many that need not wait for one another."""
        images = WEAK if weak else STRONG / machines
        step, sent = self.step(images), self.all_reduce(own, machines, gigabits)
        waited = sent - min(self.hidden * sent, BACKWARD * step)
        alone = self.step(images if weak else STRONG) / (1 if weak else machines)
        return alone / (step + waited)


class Prediction:
    """Predictions from a report that has all that they take; of another one there are none (`nets` is empty)."""

    def __init__(self, report: Report) -> None:
        measured = [r for r in report.results if r["group"].startswith("distributed") and "median" in r]
        fewest = min((r["threads"] for r in measured), default=0)  # of 2 and 4 cores the 2
        self.seconds = {
            (r["group"], r["case"].split("/", 1)[1], r["library"]): r["median"]
            for r in measured
            if r["threads"] == fewest
        }
        self.fits = {label: line for label in ("minigrad", "twice", "gloo") if (line := self._fitted(label))}
        self.nets: list[Net] = []
        if "minigrad" in self.fits:
            self.nets = [found for name in PREDICTED if (found := self._net(name)) is not None]

    def _fitted(self, label: str) -> Line | None:
        found = {
            1024 * int(size.split()[0]): t
            for (group, size, who), t in self.seconds.items()
            if group == "distributed all_reduce" and who == label
        }
        return fit(list(found), list(found.values())) if len(found) > 2 else None

    def _net(self, name: str) -> Net | None:
        case = f"{name}/{MANY}"
        try:
            steps = [self.seconds["distributed step", f"{name}/{n}", "one-process"] for n in (FEW, MANY)]
            meanwhile, end, never = (
                self.seconds["distributed overlap", case, who] for who in ("minigrad", "at-the-end", "never")
            )
        except KeyError:  # not measured
            return None
        hidden = (end - meanwhile) / (end - never) if end > never else 0.0
        module, _, _ = parts(mg, name, 1)
        buckets = buckets_of(list(module.named_parameters()), int(BUCKET_MEGABYTES * MEGABYTE))
        sizes = [bucket.array.nbytes for bucket in buckets]
        return Net(PREDICTED[name], fit((FEW, MANY), steps), sizes, min(1.0, max(0.0, hidden)))

    def efficiency(self, net: Net, machines: int, gigabits: int, weak: bool) -> float:
        """Return the predicted efficiency of one net."""
        return net.efficiency(self.fits["minigrad"], machines, gigabits, weak)

    def sections(self) -> list[str]:
        """Return the fits and the predictions, as text for below the tables."""
        return [part for part in (self._of_fits(), *(self._of_nets() if self.nets else ())) if part]

    def _of_fits(self) -> str:
        texts = [
            f"{COLUMNS[label]}: {shown({'median': line.at_0, 'unit': 'seconds'})} and {_rate(line.each)}"
            for label, line in self.fits.items()
        ]
        return f"all_reduce, fitted by latency + size / bandwidth. {'; '.join(texts)}." if texts else ""

    def _of_nets(self) -> list[str]:
        rows = [["", "parameters", f"step of {MANY}", "hidden", "images", *(f"{g} Gbit/s" for g in NETWORKS)]]
        for net in self.nets:
            known = [f"{sum(net.buckets) / MEGABYTE:.2f} MB", f"{net.step(MANY) * 1e3:.1f} ms", f"{net.hidden:.0%}"]
            for weak in (True, False):
                rows.append([net.title, *known, _images(weak), *(self._cell(net, gbit, weak) for gbit in NETWORKS)])
        return [
            f"**Predicted**\n\nThe most machines of one core, of 2 to {MACHINES[-1]}, with an efficiency of {PAYS} or "
            f"more; and the efficiency of {MACHINES[-1]}.",
            markdown(rows),
        ]

    def _cell(self, net: Net, gigabits: int, weak: bool) -> str:
        found = {p: self.efficiency(net, p, gigabits, weak) for p in MACHINES}
        return f"{max((p for p in found if found[p] >= PAYS), default=1)}; {found[MACHINES[-1]]:.2f}"

    def draw(self, path: Path) -> bool:
        """Draw the efficiency by machines; False if there is nothing to draw."""
        if not self.nets:
            return False
        fig, axes = figure(3.4 * len(self.nets), 3.4, 1, len(self.nets), sharey=True)
        for ax, net in zip(axes[0], self.nets, strict=True):
            for colour, gigabits in zip((ORANGE, BLUE, GREEN), NETWORKS, strict=True):
                for weak, style in ((True, "-"), (False, "--")):
                    values = [self.efficiency(net, p, gigabits, weak) for p in MACHINES]
                    label = f"{gigabits} Gbit/s, {_images(weak)}"
                    ax.plot(MACHINES, values, style, color=colour, marker="o", ms=3, label=label)
            ax.set_xscale("log", base=2)
            ax.set_xticks(MACHINES, map(str, MACHINES))
            ax.set(title=f"{net.title}, {sum(net.buckets) / MEGABYTE:.2f} MB", xlabel="machines", ylim=(0, 1.05))
            plain(ax)
        axes[0, 0].set_ylabel("efficiency")
        axes[0, -1].legend(frameon=False, fontsize=7, handlelength=4)  # so that dashes are seen
        fig.savefig(path)
        return True


def _rate(seconds_per_byte: float) -> str:
    return f"{1e-9 / seconds_per_byte:.2f} GB/s" if seconds_per_byte else "no limit that shows"


def _images(weak: bool) -> str:
    return f"{WEAK} on each" if weak else f"{STRONG} on all"


def efficiencies(report: Report) -> list[str]:
    """Return lines on the speed-up that processes give, by the turns of one process and of all."""
    lines: dict[tuple[str, int], list[str]] = {}
    for (case, cores), row in report.rows.items():
        group, name = case.split("/", 1)
        if group in ("distributed", "distributed weak") and (ratio := report.ratio(row, "one-process")) is not None:
            speedup = (cores if group.endswith("weak") else 1) / ratio
            lines.setdefault((group, cores), []).append(f"{name.replace('/', ' ')} {speedup:.2f}")
    return [
        f"{'Weak' if group.endswith('weak') else 'Strong'} scaling, images per second of {cores} processes by those of "
        f"one: {', '.join(found)}."
        for (group, cores), found in lines.items()
    ]
