"""The plan of an operation's backward: what a call keeps, and which rules are called with what."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from minigrad.ops.declare.declaration import Operation, Rule, shared_rule, signature

OUTPUT = -1


class Plan:
    """The plan for one choice of inputs that require grad: what to keep, and which rules to call with what."""

    __slots__ = ("operation", "kept", "save", "sources", "properties", "steps", "releases", "constants")

    def __init__(self, operation: Operation, mask: int) -> None:
        self.operation = operation
        active = [n for n in operation.parameters if n in operation.rules and mask >> operation.places[n] & 1]
        wanted: list[str] = []
        steps: list[tuple[Rule, tuple[str, ...], tuple[int, ...] | None]] = []
        shared_rules: set[int] = set()
        for name in active:
            rule = operation.rules[name]
            if not isinstance(rule, shared_rule):
                needs = _needs(rule)
                # None: the rule gives one gradient; (): it gives all of them, those of a sequence
                steps.append((rule, needs, () if operation.sequence else None))
            elif id(rule) not in shared_rules:
                shared_rules.add(id(rule))
                shared = [n for n, r in operation.rules.items() if r is rule]
                needs = _needs(rule.rule)
                keep = None if operation.sequence else tuple(i for i, n in enumerate(shared) if n in active)
                steps.append((rule.rule, needs, () if keep is None else keep))
            else:
                continue
            wanted += [n for n in needs if n not in wanted]
        places, tensors = operation.places, dict(operation.tensors)
        values = [n for n in wanted if n in places]
        shapes = [n for n in wanted if n not in places and n.endswith("_shape")]
        types = [n for n in wanted if n not in places and n.endswith("_dtype")]
        order = {n: i for i, n in enumerate(values + shapes + types)}
        if unknown := [n for n in wanted if n not in order]:
            raise TypeError(f"operation {operation.name}: a rule asks for {unknown}, which the operation does not have")
        self.kept = tuple(places[n] for n in values)
        self.properties = (
            *((places[n.removesuffix("_shape")], operator.attrgetter("shape")) for n in shapes),
            *((places[n.removesuffix("_dtype")], operator.attrgetter("dtype")) for n in types),
        )
        # For each kept value: which parent it was (its place among the active inputs), OUTPUT, or None for a constant.
        parent_of = {places[n]: i for i, n in enumerate(active)}
        self.sources = tuple(OUTPUT if p == places["y"] else parent_of.get(p) for p in self.kept)
        self.constants = tuple(p for p, s in zip(self.kept, self.sources, strict=True) if s is None and p in tensors)
        self.save = _picker((*self.kept, *range(len(places), len(places) + len(shapes + types))))
        self.steps = tuple((rule, _picker([order[n] for n in needs]), keep) for rule, needs, keep in steps)
        held = {places[n] for n in operation.holds}
        self.releases = any(p in tensors or p in held or p >= len(operation.parameters) for p in self.kept)


def plan_of(operation: Operation, mask: int) -> Plan:
    """Return the plan for calls in which the parameters in `mask` require grad, made once."""
    plan = operation.plans.get(mask)
    if plan is None:
        plan = operation.plans[mask] = Plan(operation, mask)
    return plan


def _needs(rule: Rule) -> tuple[str, ...]:
    return signature(rule)[0][1:]


def _picker(places: Sequence[int]) -> Callable[[Any], Sequence[Any]]:
    """Return a quick function that takes the elements at `places` out of a sequence."""
    if len(places) > 1:
        return operator.itemgetter(*places)
    first = places[0] if places else 0
    return operator.itemgetter(slice(first, first + len(places)))
