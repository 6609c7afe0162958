"""Anomaly detection: an error at the first nan, which names the line that made it.

It is one switch for all threads, as in PyTorch. While it is off, nothing is asked and nothing is kept: switching it on
puts functions that look at what is computed around those that compute, and switching it off takes them away.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from minigrad.autograd import watching
from minigrad.autograd.watching import state
from minigrad.graph.grad_mode import within
from minigrad.kernels.forking import lock

__all__ = [
    "detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "set_anomaly_enabled", "set_detect_anomaly",
]  # fmt: skip


def is_anomaly_enabled() -> bool:
    """Return whether anomaly detection is on.

    Examples
    --------
    >>> with mg.autograd.detect_anomaly():
    ...     mg.is_anomaly_enabled()
    True
    """
    return state.enabled


def is_anomaly_check_nan_enabled() -> bool:
    """Return whether anomaly detection, when it is on, looks for nan.

    Examples
    --------
    >>> with mg.autograd.detect_anomaly(check_nan=False):
    ...     mg.is_anomaly_check_nan_enabled()
    False
    """
    return state.check_nan


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Switch anomaly detection on or off, in all threads; see `detect_anomaly`.

    Raises
    ------
    TypeError
        If an argument is not a bool.

    Examples
    --------
    >>> mg.set_anomaly_enabled(True)
    >>> mg.set_anomaly_enabled(False)
    """
    for name, value in (("mode", enabled), ("check_nan", check_nan)):
        if not isinstance(value, bool):
            raise TypeError(f"set_detect_anomaly: expected a bool as {name}, got {type(value).__name__}")
    with lock:
        if enabled and not state.enabled:
            watching.start()
        elif state.enabled and not enabled:
            watching.stop()
        state.enabled, state.check_nan = enabled, check_nan


class detect_anomaly:
    """Context manager and decorator: the first nan is an error that names the line that made it.

    Meant for finding mistakes: everything takes several times as long.

    - A nan that a *backward* computes is an error that names the operation, and the file and line of its forward: the
      innermost one outside of this package, with the lines that led there and the layer. The forward has to run with
      detection on for that. An inf is none: the slope of a square root at 0 is infinite.
    - A nan that a *forward* computes while no input holds one is an error at once, and so is an inf while all inputs
      are finite: what overflows, or divides by 0. Infinities that are put in on purpose are none, such as by
      ``masked_fill(mask, -inf)``, ``where``, ``full`` or by adding a mask that has them: the operation is given them.
      That of ``mask.log()`` is computed, and an error: write ``where(mask, 0.0, -inf)``.
    - Any other error in backward has a note with the line of the forward.
    - An error about a change in place names the line that used the value and the line that changed it.

    Parameters
    ----------
    check_nan : bool, default True
        Look for nan and inf. If False only lines are remembered, for errors.

    Raises
    ------
    RuntimeError
        If nan or inf is made.

    Notes
    -----
    It is on in all threads, as in PyTorch, which does not look at forward and does not report changes in place.

    Examples
    --------
    >>> x = mg.tensor([1.0, 0.0], requires_grad=True)
    >>> with mg.autograd.detect_anomaly():
    ...     loss = (x.sqrt() * 0).sum()
    ...     loss.backward()
    Traceback (most recent call last):
        ...
    RuntimeError: backward: SqrtBackward0 gave nan as gradient 0, of shape (2,): 1 of 2 elements, the first at [1],
    where the gradient that came in is 0: it was multiplied by an infinite slope. The operation, sqrt, was called in
      File "<doctest minigrad.autograd.anomaly_mode.detect_anomaly[1]>", line 2, in <module>
        loss = (x.sqrt() * 0).sum()
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        self._before: list[tuple[bool, bool]] = []  # a stack, so that one object may be entered again

    def __enter__(self) -> None:
        before = state.enabled, state.check_nan
        set_anomaly_enabled(True, self._check_nan)
        self._before.append(before)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        set_anomaly_enabled(*self._before.pop())

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        check_nan = self._check_nan
        return within(lambda: detect_anomaly(check_nan), function)


class set_detect_anomaly:
    """Switch anomaly detection on or off, at once; as a context manager, until the block ends.

    Parameters
    ----------
    mode : bool
        Whether it is on.
    check_nan : bool, default True
        As for `detect_anomaly`.

    Examples
    --------
    >>> with mg.autograd.set_detect_anomaly(True):
    ...     mg.is_anomaly_enabled()
    True
    >>> mg.is_anomaly_enabled()
    False
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = state.enabled, state.check_nan
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        set_anomaly_enabled(*self._before)
