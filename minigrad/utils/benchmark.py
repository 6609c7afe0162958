"""Times of statements, as ``torch.utils.benchmark`` takes them: `Timer` measures, `Compare` shows a table."""

from __future__ import annotations

import timeit
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import fmean, quantiles
from textwrap import dedent
from typing import Any

import minigrad
from minigrad.kernels.parallel import get_num_threads, set_num_threads

__all__ = ["Compare", "Measurement", "Timer"]

_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


def _unit(seconds: float) -> str:
    """Return the largest unit in which `seconds` are at least 1."""
    return next((unit for unit, size in _UNITS.items() if seconds >= size), "ns")


@dataclass
class Measurement:
    """How long a statement took, in seconds per run.

    Parameters
    ----------
    number_per_run : int
        How often the statement ran for each of `raw_times`.
    raw_times : list of float
        Seconds.
    stmt, label, sub_label, description : str, optional
        What was measured, and its place in the table of `Compare`.
    num_threads : int

    Examples
    --------
    >>> m = mg.utils.benchmark.Measurement(10, [0.1, 0.2, 0.3])
    >>> round(m.median, 3), round(m.mean, 3), round(m.iqr, 3)
    (0.02, 0.02, 0.01)
    """

    number_per_run: int
    raw_times: list[float]
    stmt: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    num_threads: int = 1
    metadata: dict[Any, Any] | None = field(default=None, repr=False)

    @property
    def times(self) -> list[float]:
        """Seconds per run of the statement, of each measurement."""
        return [t / self.number_per_run for t in self.raw_times]

    def _quartiles(self) -> list[float]:
        return quantiles(self.times, method="inclusive") if len(self.raw_times) > 1 else self.times * 3

    @property
    def mean(self) -> float:
        """The mean of `times`."""
        return fmean(self.times)

    @property
    def median(self) -> float:
        """The median of `times`."""
        return self._quartiles()[1]

    @property
    def iqr(self) -> float:
        """The third quartile of `times` less the first."""
        low, _, high = self._quartiles()
        return high - low

    @property
    def title(self) -> str:
        """Label and sub-label, or the statement."""
        return ": ".join(t for t in (self.label or self.stmt, self.sub_label) if t)

    def __repr__(self) -> str:
        unit = _unit(self.median)
        runs = f"{len(self.raw_times)} measurement{'s' * (len(self.raw_times) > 1)}, {self.number_per_run} runs each"
        return (
            f"{type(self).__name__}: {self.title}\n"
            f"  Median: {self.median / _UNITS[unit]:.2f} {unit}\n"
            f"  IQR:    {self.iqr / _UNITS[unit]:.2f} {unit}\n"
            f"  {runs}, {self.num_threads} thread{'s' * (self.num_threads > 1)}"
        )


class Timer:
    """Measures how long a statement takes.

    Parameters
    ----------
    stmt : str
        What is measured.
    setup, global_setup : str
        What runs once before.
    timer : function
        Gives the time in seconds.
    globals : dict, optional
        Names that the statements know; "minigrad" and "torch" are this package, unless you say otherwise.
    label, sub_label, description : str, optional
        What the measurements are called, see `Compare`.
    num_threads : int
        Threads that products of matrices may use meanwhile.

    Examples
    --------
    >>> timer = mg.utils.benchmark.Timer("x @ x", globals={"x": mg.ones(8, 8)}, label="product")
    >>> timer.timeit(10).number_per_run
    10
    """

    def __init__(
        self,
        stmt: str = "pass",
        setup: str = "pass",
        global_setup: str = "",
        timer: Callable[[], float] = timeit.default_timer,
        globals: dict[str, Any] | None = None,
        label: str | None = None,
        sub_label: str | None = None,
        description: str | None = None,
        env: str | None = None,
        num_threads: int = 1,
        language: str = "python",
    ) -> None:
        if str(language).lower() not in ("python", "py"):
            raise ValueError(f"Timer: expected language 'python', the only one that runs here, got {language!r}")
        self._names = {
            "stmt": stmt, "label": label, "sub_label": sub_label, "description": description,
            "num_threads": num_threads,
        }  # fmt: skip
        self._threads = num_threads
        names = {"torch": minigrad, "minigrad": minigrad, **(globals or {})}
        before = f"{dedent(global_setup)}\n{dedent(setup)}".strip()
        self._timer = timeit.Timer(dedent(stmt).strip(), before, timer, names)

    def _measure(self, number: int, enough: Callable[[list[float]], bool]) -> Measurement:
        threads, times = get_num_threads(), list[float]()
        set_num_threads(self._threads)
        try:
            while not times or not enough(times):
                times.append(self._timer.timeit(number))
        finally:
            set_num_threads(threads)
        return Measurement(number, times, **self._names)  # type: ignore[arg-type]  # names and a number of threads

    def timeit(self, number: int = 1000000) -> Measurement:
        """Return the time of `number` runs, after a few that warm it up."""
        self._measure(max(number // 100, 2), lambda times: True)
        return self._measure(number, lambda times: True)

    def blocked_autorange(self, callback: Callable[..., Any] | None = None, min_run_time: float = 0.2) -> Measurement:
        """Return the times of blocks of runs, as many as fill `min_run_time` seconds together.

        A block is made long enough that reading the clock does not matter.
        """
        number = 1
        while (took := self._measure(number, lambda times: True).raw_times[0]) < min_run_time / 1000:
            number *= 10
            if callback:
                callback(number, took)
        return self._measure(number, lambda times: sum(times) >= min_run_time)

    def adaptive_autorange(
        self,
        threshold: float = 0.1,
        *,
        min_run_time: float = 0.01,
        max_run_time: float = 10.0,
        callback: Callable[..., Any] | None = None,
    ) -> Measurement:
        """Return the times of blocks of runs, until their IQR is below `threshold` times the median, or time is up."""
        number = self.blocked_autorange(callback, min_run_time).number_per_run

        def enough(times: list[float]) -> bool:
            m = Measurement(number, times)
            steady = len(times) > 3 and sum(times) >= min_run_time and m.iqr <= threshold * m.median
            return steady or sum(times) >= max_run_time

        return self._measure(number, enough)


class Compare:
    """A table of measurements: a row for each `sub_label` and number of threads, a column for each `description`.

    Parameters
    ----------
    results : iterable of Measurement

    Examples
    --------
    >>> from minigrad.utils.benchmark import Compare, Measurement
    >>> Compare([Measurement(1, [0.5], label="f", sub_label=s, description="fast") for s in ("a", "b")]).print()
    [f, times in ms]
              fast
    a, 1 t.  500.0
    b, 1 t.  500.0
    """

    def __init__(self, results: Iterable[Measurement]) -> None:
        self._results = list(results)

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """Add measurements."""
        self._results.extend(results)

    def trim_significant_figures(self) -> None:
        """Do nothing: all times of a table have one decimal."""

    def colorize(self, rowwise: bool = False) -> None:
        """Do nothing: the table has no colours."""

    def highlight_warnings(self) -> None:
        """Do nothing: the table has no marks."""

    def __str__(self) -> str:
        labels = dict.fromkeys(m.label or m.stmt for m in self._results)
        return "\n".join(
            self._table(label, [m for m in self._results if (m.label or m.stmt) == label]) for label in labels
        )

    @staticmethod
    def _table(label: str, results: list[Measurement]) -> str:
        unit = _unit(min(m.median for m in results))
        columns = list(dict.fromkeys(m.description or "" for m in results))
        rows: dict[str, dict[str, str]] = {}
        for m in results:
            row = f"{m.sub_label or m.stmt or label}, {m.num_threads} t."
            rows.setdefault(row, {})[m.description or ""] = f"{m.median / _UNITS[unit]:.1f}"
        first = max(map(len, rows))
        widths = [max(len(c), *(len(row.get(c, "")) for row in rows.values())) + 2 for c in columns]
        head = " " * first + "".join(c.rjust(w) for c, w in zip(columns, widths, strict=True))
        lines = [
            name.ljust(first) + "".join(row.get(c, "").rjust(w) for c, w in zip(columns, widths, strict=True))
            for name, row in rows.items()
        ]
        return "\n".join([f"[{label}, times in {unit}]", head.rstrip(), *lines])

    def print(self) -> None:
        """Print the table."""
        print(str(self))
