"""When a profile records, and what is done with what it recorded."""

from __future__ import annotations

import enum
import gzip
import os
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["ProfilerAction", "ProfilerActivity", "schedule", "supported_activities", "tensorboard_trace_handler"]


class ProfilerActivity(enum.Enum):
    """Kinds of devices that scripts ask a profile to watch. There is the CPU: of the others nothing is recorded."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5


def supported_activities() -> set[ProfilerActivity]:
    """Return the kinds of devices of which anything is recorded: the CPU.

    Examples
    --------
    >>> from minigrad.profiler import supported_activities
    >>> [activity.name for activity in supported_activities()]
    ['CPU']
    """
    return {ProfilerActivity.CPU}


class ProfilerAction(enum.Enum):
    """The things that a profile can do during one step: see `schedule`."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """Return a function of the number of a step that says whether to record it.

    Parameters
    ----------
    wait, warmup, active : int
        The steps of a cycle: of those not recorded, of those that warm up (not recorded either), and of those recorded.
        At the end of the last of them a profile calls its ``on_trace_ready``.
    repeat : int, default 0
        How many cycles; 0: without end.
    skip_first : int
        Steps before the first cycle.
    skip_first_wait : int
        Whether the first cycle leaves out its `wait`, if it is not 0.

    Raises
    ------
    ValueError
        If a number is below 0, or `active` is 0.

    Examples
    --------
    >>> from minigrad.profiler import schedule
    >>> plan = schedule(wait=1, warmup=1, active=2, repeat=1)
    >>> [plan(step).name for step in range(5)]
    ['NONE', 'WARMUP', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    given = {"wait": wait, "warmup": warmup, "active": active, "repeat": repeat, "skip_first": skip_first}
    for name, value in given.items():
        if value < 0 or (name == "active" and value == 0):
            raise ValueError(f"schedule: expected {name} of {int(name == 'active')} or more, got {value}")
    cycle = wait + warmup + active

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise ValueError(f"schedule: expected a step of 0 or more, got {step}")
        step -= skip_first
        if step < 0:
            return ProfilerAction.NONE
        step += wait if skip_first_wait else 0
        if repeat and step >= repeat * cycle:
            return ProfilerAction.NONE
        place = step % cycle
        if place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if place < cycle - 1 else ProfilerAction.RECORD_AND_SAVE

    return action


def tensorboard_trace_handler(
    dir_name: str | os.PathLike[str], worker_name: str | None = None, use_gzip: bool = False
) -> Callable[[Any], None]:
    """Return an ``on_trace_ready`` that writes a trace into a folder, where TensorBoard's plugin looks for it.

    Parameters
    ----------
    dir_name : path
        Made if there is none.
    worker_name : str, optional
        The beginning of the file's name; the machine's name and the number of the process where omitted.
    use_gzip : bool

    Examples
    --------
    >>> import os, tempfile
    >>> from minigrad.profiler import profile, tensorboard_trace_handler
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with profile(on_trace_ready=tensorboard_trace_handler(folder, "me")):
    ...         y = mg.ones(3) + 1
    ...     os.listdir(folder)
    ['me...pt.trace.json']
    """

    def write(profile: Any) -> None:
        folder = Path(dir_name)
        folder.mkdir(parents=True, exist_ok=True)
        name = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        path = folder / f"{name}.{time.time_ns()}.pt.trace.json"
        profile.export_chrome_trace(path)
        if use_gzip:
            with open(path, "rb") as plain, gzip.open(f"{path}.gz", "wb") as packed:
                shutil.copyfileobj(plain, packed)
            path.unlink()

    return write
