"""The profiler by its older name, with its older arguments."""

from __future__ import annotations

from typing import Any

from minigrad import profiler
from minigrad.profiler import record_function as record_function

__all__ = ["profile", "record_function"]


class profile(profiler.profile):
    """A `minigrad.profiler.profile` that can be switched off; the other arguments are for compatibility.

    Examples
    --------
    >>> from minigrad.autograd import profiler
    >>> with profiler.profile(enabled=False) as p:
    ...     y = mg.ones(3) + 1
    >>> p.events()
    []
    """

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        use_kineto: bool = False,
        use_cpu: bool = True,
        experimental_config: Any = None,
        acc_events: bool = False,
    ) -> None:
        action = profiler.ProfilerAction.RECORD if enabled else profiler.ProfilerAction.NONE
        super().__init__(schedule=lambda step: action)

    @property
    def function_events(self) -> list[profiler.Event]:
        """Everything recorded: `events` as a property."""
        return self.events()
