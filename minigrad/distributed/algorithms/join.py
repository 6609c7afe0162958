"""Uneven inputs: ranks that have no more batches take part in what the others still do together, whatever that is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.distributed.collectives import all_reduce
from minigrad.distributed.work import Work

__all__ = ["Join", "JoinHook", "Joinable"]


class JoinHook:
    """How a rank that has no more batches does its part: the base of hooks, which does nothing."""

    def main_hook(self) -> None:
        """Take part in what the others do with one batch, as often as they have one."""

    def post_hook(self, is_last_joiner: bool) -> None:
        """Come to the same state as the others, when no rank has a batch.

        Parameters
        ----------
        is_last_joiner : whether this rank is among the last that had one
        """


class _Turn(NamedTuple):
    """The `Join` that an object is in."""

    first: bool  # whether it is the one that tells the others for all
    throw: bool


class Joinable(ABC):
    """An object with calls of all ranks in each step, which `Join` can make for ranks without a batch.

    Its step begins with ``Join.notify_join_context(self)``.
    """

    _join_config: _Turn | None = None

    @abstractmethod
    def join_hook(self, **kwargs: Any) -> JoinHook:
        """Return the hook for one `Join`, whose options `kwargs` are."""

    @property
    @abstractmethod
    def join_device(self) -> Any:
        """The device of its tensors."""

    @property
    @abstractmethod
    def join_process_group(self) -> Any:
        """The group of ranks that work together."""


class Join:
    """A context in which ranks may have different numbers of batches: those that are done do their part for the others.

    Parameters
    ----------
    joinables : list of Joinable
        In the order in which a step calls them.
    enable : bool, default True
    throw_on_early_termination : bool, default False
        Raise RuntimeError on all ranks when the first is done.
    **kwargs : given to each ``join_hook``

    Raises
    ------
    ValueError
        If there is none, or they belong to different groups.

    Examples
    --------
    >>> from minigrad.distributed.algorithms.join import Join
    >>> with Join([net, optimizer]):  # doctest: +SKIP
    ...     for batch in batches_of_this_rank:
    ...         optimizer.zero_grad()
    ...         net(batch).sum().backward()
    ...         optimizer.step()
    """

    def __init__(
        self,
        joinables: Sequence[Joinable],
        enable: bool = True,
        throw_on_early_termination: bool = False,
        **kwargs: Any,
    ) -> None:
        if not joinables:
            raise ValueError("Join: expected at least one Joinable, got none")
        if wrong := [type(j).__name__ for j in joinables if not isinstance(j, Joinable)]:
            raise TypeError(f"Join: expected Joinables, got {', '.join(wrong)}")
        if any(j.join_process_group is not joinables[0].join_process_group for j in joinables):
            raise ValueError("Join: expected Joinables of one group")
        self._joinables, self._enable, self._throw = list(joinables), enable, throw_on_early_termination
        self._hooks = [joinable.join_hook(**kwargs) for joinable in joinables] if enable else []
        for i, joinable in enumerate(joinables if enable else ()):
            joinable._join_config = _Turn(i == 0, self._throw)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._enable and kind is None:
                self._follow()
        finally:
            for joinable in self._joinables:
                joinable._join_config = None

    def _follow(self) -> None:
        last = True
        while _active(self._joinables[0], 0, self._throw):
            last = False
            for hook in self._hooks:
                hook.main_hook()
        for hook in self._hooks:
            hook.post_hook(last)

    @staticmethod
    def notify_join_context(joinable: Joinable) -> Work | None:
        """Tell the ranks that are done that this one has a batch; outside of a `Join` do nothing.

        Only the first of the objects of a `Join` does so.
        """
        if joinable._join_config is not None and joinable._join_config.first:
            _active(joinable, 1, joinable._join_config.throw)
        return None


def _active(joinable: Joinable, here: int, throw: bool) -> int:
    """Return how many ranks have a batch."""
    group = joinable.join_process_group
    count = Tensor._wrap(np.array([here, 1]))
    all_reduce(count, group=group)
    active, everyone = count._data.tolist()
    if throw and 0 < active < everyone:
        raise RuntimeError("Join: a rank has no more batches, and throw_on_early_termination is True")
    return int(active)
