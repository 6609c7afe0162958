"""A profile's records, added up and as text."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, NamedTuple


class Event(NamedTuple):
    """One recorded event. Times are in nanoseconds."""

    name: str
    phase: str  # "forward", "backward" or "optimizer"
    thread: int
    start: int
    duration: int
    self_time: int  # without that of the events inside
    bytes: int  # of the arrays that it returned, unless they are views of those that it was given
    shapes: tuple[Any, ...]  # of the arrays that it was given
    outermost: bool  # not inside another one of the same name and phase


class EventAverage:
    """The events of one name and phase, added up. Times are in microseconds.

    Attributes
    ----------
    key, phase : str
    input_shapes : tuple or None
        Of the arrays given, where events were grouped by them.
    count : int
    cpu_time_total, self_cpu_time_total : float
        With and without what ran inside.
    bytes : int
        See `Event`.
    """

    def __init__(self, key: str, phase: str, input_shapes: tuple[Any, ...] | None) -> None:
        self.key, self.phase, self.input_shapes = key, phase, input_shapes
        self.count = self.bytes = 0
        self.cpu_time_total = self.self_cpu_time_total = 0.0

    def add(self, event: Event) -> None:
        """Count one more."""
        self.count += 1
        self.bytes += event.bytes
        self.self_cpu_time_total += event.self_time / 1000
        self.cpu_time_total += event.duration / 1000 if event.outermost else 0

    @property
    def cpu_time(self) -> float:
        """The mean of `cpu_time_total`."""
        return self.cpu_time_total / self.count

    def __repr__(self) -> str:
        return f"<{self.key} {self.phase}: {self.count} calls, {_time(self.cpu_time_total)}>"


class Averages(list[EventAverage]):
    """The result of `profile.key_averages`."""

    def __init__(self, rows: Iterable[EventAverage], duration: float, outside: float) -> None:
        super().__init__(rows)
        self._duration, self._outside = duration, outside

    def table(
        self,
        sort_by: str | None = "self_cpu_time_total",
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
    ) -> str:
        """Return the rows as text, the largest first.

        Parameters
        ----------
        sort_by : {'self_cpu_time_total', 'cpu_time_total', 'cpu_time', 'count', 'bytes', 'key'} or None
            Also 'cpu_memory_usage' and 'self_cpu_memory_usage', the bytes, and the times of another device, which are
            all 0: the order then stays that in which they came, as for None.
        row_limit : int
            Leave out all rows after these; -1 for none.
        max_name_column_width : int
            Longer names are cut off.
        header : str, optional
            A line above the table.
        max_src_column_width, max_shapes_column_width, top_level_events_only
            For compatibility.

        Raises
        ------
        ValueError
            For another `sort_by`.
        """
        if sort_by is not None and sort_by not in _SORTS and sort_by not in _ELSEWHERE:
            raise ValueError(f"table: expected sort_by to be one of {', '.join(_SORTS)}; got {sort_by!r}")
        rows = list(self)
        if sort_by in _SORTS:
            rows.sort(key=attrgetter(_SORTS[sort_by]), reverse=sort_by != "key")
        shapes = any(row.input_shapes is not None for row in rows)
        lines = [["name", "phase", "calls", "self", "self %", "total", "mean", "bytes", *["shapes"] * shapes]]
        for row in rows[: row_limit if row_limit >= 0 else None]:
            times = [_time(t) for t in (row.self_cpu_time_total, row.cpu_time_total, row.cpu_time)]
            share = f"{row.self_cpu_time_total / max(self._duration, 1e-9):.1%}"
            name = row.key if len(row.key) <= max_name_column_width else row.key[: max_name_column_width - 3] + "..."
            cells = [name, row.phase, str(row.count), times[0], share, *times[1:], _bytes(row.bytes)]
            lines.append([*cells, *[" ".join(map(_shape, row.input_shapes or ()))] * shapes])
        if row_limit >= 0 and len(rows) > row_limit:
            lines.append([f"({len(rows) - row_limit} more)", *[""] * (len(lines[0]) - 1)])
        footer = f"{_time(self._duration)} in all, of which {_time(self._outside)} outside of what is listed: "
        above = "" if header is None else f"{header}\n"
        return above + _aligned(lines, left=(0, 1, 8)) + "\n" + footer + "recording, and other Python"


_SORTS = {name: name for name in ("self_cpu_time_total", "cpu_time_total", "cpu_time", "count", "bytes", "key")}
_SORTS |= dict.fromkeys(("cpu_memory_usage", "self_cpu_memory_usage"), "bytes")
_ELSEWHERE = {
    f"{own}{device}_{what}"
    for own in ("", "self_")
    for device in ("cuda", "xpu", "device")
    for what in ("time", "time_total", "memory_usage")
}


# ---- text ------------------------------------------------------------------------------------------------------------


def _time(microseconds: float) -> str:
    for limit, unit in ((1e3, "us"), (1e6, "ms")):
        if abs(microseconds) < limit:
            return f"{microseconds * 1e3 / limit:.3g} {unit}"
    return f"{microseconds / 1e6:.3f} s"


def _bytes(count: float) -> str:
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.4g} {unit}"
        count /= 1024
    return f"{count:.4g} GB"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({','.join(map(str, shape))})"


def _aligned(lines: list[list[str]], left: tuple[int, ...]) -> str:
    """Return columns of text: those in `left` begin at one place, the others end there."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * width for width in widths]
    places = [str.ljust if i in left else str.rjust for i in range(len(widths))]
    return "\n".join(
        "  ".join(place(cell, width) for place, cell, width in zip(places, line, widths, strict=True)).rstrip()
        for line in [lines[0], rule, *lines[1:]]
    )
