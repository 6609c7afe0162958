"""Small parameters updated together, and large ones part by part, by several threads: rules are elementwise.

Together, because an update of ten numbers takes NumPy as long as one of a thousand. Parameters keep their memory, as
others may share it: values and gradients are copied end to end, the rule is applied once, and the new values are copied
back. What the rule remembers stays end to end; the states of the parameters, in the form that they always have, consist
of views of it.

Part by part, because what stays in the processor's cache from one line of the rule to the next need not be fetched from
memory: the state of a part consists of views of the parameter's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from operator import is_
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.graph.versions import bump, owner_of
from minigrad.kernels.blocks import BLOCK_ELEMENTS
from minigrad.kernels.parallel import WORTH_SLICING, run
from minigrad.kernels.summation import single

MAX_PACKED_ELEMENTS = 4096  # copying more costs what it saves
PART_ELEMENTS = BLOCK_ELEMENTS  # of value, gradient, state and scratch: they stay in the same cache
COST = 4  # of a rule: how many times as long as a copy it takes, roughly

State = dict[str, Any]
Rule = Callable[[np.ndarray, np.ndarray, State, dict[str, Any]], None]


class Plan:
    """The plan of which parameters of a group are updated together and which one by one: first, all one by one."""

    def __init__(self, params: list[Tensor]) -> None:
        self.params, self.data = params, [p._data for p in params]
        self.arranged = False
        self.packs: list[Pack | Parts] = []
        self.apart: list[Tensor] = []  # one by one, in any order
        self.others = params  # one by one, in their order: they may share memory
        self.by_threads = False  # whether several update packs and what is apart: their order does not matter

    def fits(self, params: list[Tensor], state: dict[Any, State]) -> bool:
        """Return whether it was made for these parameters, whose memory and states were not replaced since."""
        return (
            len(params) == len(self.params)
            and _same(params, self.params)
            and _same([p._data for p in params], self.data)
            and all(pack.fits(state) for pack in self.packs)
        )

    def arrange(self, state: dict[Any, State], safe: bool) -> None:
        """Put small parameters of one kind into packs; not those that share memory, where the order matters.

        safe : whether the rule may run in several threads at once
        """
        owners = [id(owner_of(data)) for data in self.data]
        shared = Counter(owners)
        alike: dict[Any, list[Tensor]] = {}
        others = []
        for p, owner in zip(self.params, owners, strict=True):
            kind = _kind(p._data, state[p])
            if shared[owner] > 1:
                others.append(p)
            elif kind is None or MAX_PACKED_ELEMENTS < p._data.size <= 2 * PART_ELEMENTS:
                self.apart.append(p)
            elif p._data.size <= MAX_PACKED_ELEMENTS:
                alike.setdefault(kind, []).append(p)
            elif _in_order(p, state[p]):
                self.packs.append(Parts(p, state[p]))
            else:
                self.apart.append(p)
        self.packs += [Pack(ps, [state[p] for p in ps]) for ps in alike.values() if len(ps) > 1]
        self.apart += [ps[0] for ps in alike.values() if len(ps) == 1]
        self.apart.sort(key=lambda p: -p._data.size)  # the longest last would keep the other threads waiting
        self.others = others
        elements = sum([p._data.size for p in self.params]) - sum([p._data.size for p in others])
        self.by_threads = safe and elements * COST >= WORTH_SLICING
        self.arranged = True

    def update(self, rule: Rule, state: dict[Any, State], group: dict[str, Any]) -> None:
        """Apply the rule to all parameters."""
        pieces = [piece for pack in self.packs for piece in pack.pieces(rule, group)]
        pieces += [partial(_update, rule, p, state[p], group) for p in self.apart]
        if self.by_threads:
            run(lambda piece: piece(), pieces)
        else:
            for piece in pieces:
                piece()
        for pack in self.packs:
            pack.finish()
        for p in self.others:
            _update(rule, p, state[p], group)


class Pack:
    """Parameters that are updated as one array."""

    def __init__(self, params: list[Tensor], states: list[State]) -> None:
        self.params, self.states = params, states
        self.data = [p._data for p in params]
        self.values = np.concatenate(self.data, axis=None)
        self.gradients = np.empty_like(self.values)
        self.parts = self._split(self.values)
        self.state: State = {}  # the rule's, for all of them
        self.kept: dict[str, list[np.ndarray]] = {}  # parts of its arrays: those that the states hold
        for key, value in states[0].items():
            if isinstance(value, Tensor):
                self.state[key] = Tensor._wrap(np.concatenate([s[key]._data for s in states], axis=None))
            else:
                self.state[key] = value
        self._share()

    def _split(self, flat: np.ndarray) -> list[np.ndarray]:
        ends = np.cumsum([data.size for data in self.data])
        return [part.reshape(data.shape) for part, data in zip(np.split(flat, ends[:-1]), self.data, strict=True)]

    def _share(self) -> None:
        """Make the states of the parameters hold what the state of all holds."""
        for key, value in self.state.items():
            if isinstance(value, Tensor) and key not in self.kept:
                self.kept[key] = self._split(value._data)
                for s, part in zip(self.states, self.kept[key], strict=True):
                    s[key] = Tensor._wrap(part)
            elif not isinstance(value, Tensor):
                for s in self.states:
                    s[key] = value

    def fits(self, state: dict[Any, State]) -> bool:
        """Return whether the states of the parameters are still what `_share` made of them."""
        if not _same([state.get(p) for p in self.params], self.states):
            return False
        if any([len(s) != len(self.state) for s in self.states]):
            return False
        for key, value in self.state.items():
            found: list[Any] = [s.get(key) for s in self.states]
            if key not in self.kept:
                if found.count(value) != len(found):
                    return False
            elif not _same([getattr(t, "_data", None) for t in found], self.kept[key]):
                return False
        return True

    def pieces(self, rule: Rule, group: dict[str, Any]) -> list[Callable[[], None]]:
        """Return calls that apply the rule, before `finish`."""
        np.concatenate(self.data, None, self.values)
        np.concatenate([p._grad._data for p in self.params], None, self.gradients)  # type: ignore[union-attr]
        return [partial(rule, self.values, self.gradients, self.state, group)]

    def finish(self) -> None:
        """Give the parameters their new values and states."""
        for data, part in zip(self.data, self.parts, strict=True):
            data[...] = part
            bump(data)
        self._share()


class Parts:
    """A parameter that is updated part by part."""

    def __init__(self, param: Tensor, state: State) -> None:
        self.param, self.state = param, state
        self.data = self._cut(param._data)
        self.states: list[State] = [{} for _ in self.data]
        self.kept: dict[str, np.ndarray] = {}  # held by the parameter's state; the parts have views of it
        self._share()

    def _cut(self, array: np.ndarray) -> list[np.ndarray]:
        flat = array.reshape(-1)
        return [flat[i : i + PART_ELEMENTS] for i in range(0, flat.size, PART_ELEMENTS)]

    def _share(self) -> None:
        """Make the states of the parts hold views of what the parameter's state holds."""
        for key, value in self.state.items():
            if isinstance(value, Tensor):
                self.kept[key] = value._data
                for s, part in zip(self.states, self._cut(value._data), strict=True):
                    s[key] = Tensor._wrap(part)
            else:
                for s in self.states:
                    s[key] = value

    def fits(self, state: dict[Any, State]) -> bool:
        """Return whether the state of the parameter is still what `_share` saw."""
        own = self.state
        if state.get(self.param) is not own or len(own) != len(self.states[0]):
            return False
        for key, value in self.states[0].items():
            if key not in self.kept:
                if own.get(key) != value:
                    return False
            elif getattr(own.get(key), "_data", None) is not self.kept[key]:
                return False
        return True

    def pieces(self, rule: Rule, group: dict[str, Any]) -> list[Callable[[], None]]:
        """Return calls that apply the rule to a part each, before `finish`."""
        gradients = self._cut(self.param._grad._data)  # type: ignore[union-attr]
        parts = zip(self.data, gradients, self.states, strict=True)
        return [partial(rule, data, g, state, group) for data, g, state in parts]

    def finish(self) -> None:
        """Give the parameter the new state of its parts."""
        bump(self.param._data)
        for key, value in self.states[0].items():
            if not isinstance(value, Tensor):
                self.state[key] = value
            elif key not in self.state:  # an option was switched on
                whole = np.concatenate([s[key]._data for s in self.states])
                self.state[key] = Tensor._wrap(whole.reshape(self.param._data.shape))
        if len(self.kept) != sum(isinstance(v, Tensor) for v in self.state.values()):
            self._share()


def _update(rule: Rule, p: Tensor, state: State, group: dict[str, Any]) -> None:
    """Apply the rule to one parameter."""
    values, gradient = p._data, p._grad._data  # type: ignore[union-attr]
    wide = single(values)  # squares of float16, and small steps, leave its range
    rule(wide, single(gradient), state, group)
    if wide is not values:
        values[...] = wide
    bump(values)


def _in_order(p: Tensor, state: State) -> bool:
    """Return whether all arrays of a parameter are in C order."""
    return all(t._data.flags.c_contiguous for t in (p, *state.values()) if isinstance(t, Tensor))


def _same(these: Iterable[Any], those: Iterable[Any]) -> bool:
    return all(map(is_, these, those))


def _kind(data: np.ndarray, state: State) -> Any:
    """Return the key of parameters that can be updated together; None for one that cannot, such as float16."""
    if data.dtype == np.float16:  # float16 parameters: update and state are in float32
        return None
    for value in state.values():
        array = value._data if isinstance(value, Tensor) else data
        if array.shape != data.shape or array.dtype != data.dtype or not isinstance(value, (Tensor, int, float)):
            return None
    return data.dtype, tuple((key, None if isinstance(v, Tensor) else v) for key, v in sorted(state.items()))
