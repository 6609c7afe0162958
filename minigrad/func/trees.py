"""Trees: nested dicts, lists and tuples, with anything else as their leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any


def children(tree: Any) -> list[tuple[Any, Any]] | None:
    """Return the branches of a node with their keys; None for a leaf."""
    if isinstance(tree, dict):
        return list(tree.items())
    return list(enumerate(tree)) if isinstance(tree, (tuple, list)) else None


def rebuilt(tree: Any, branches: Sequence[Any]) -> Any:
    """Return a node of the kind of `tree` with other branches."""
    if isinstance(tree, dict):
        node = copy(tree)  # which knows its default, if it has one
        node.update(zip(tree, branches, strict=True))
        return node
    return type(tree)(*branches) if hasattr(tree, "_fields") else type(tree)(branches)  # a named tuple, or not


def leaves(tree: Any) -> list[Any]:
    """Return the leaves in order."""
    branches = children(tree)
    return [tree] if branches is None else [leaf for _, branch in branches for leaf in leaves(branch)]


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Return the tree of the results of `function`."""
    branches = children(tree)
    return function(tree) if branches is None else rebuilt(tree, [map_leaves(function, b) for _, b in branches])


def replaced(tree: Any, values: Sequence[Any]) -> Any:
    """Return the tree with these leaves, in order."""
    rest: Iterator[Any] = iter(values)
    return map_leaves(lambda _: next(rest), tree)


def same_shape(tree: Any, other: Any) -> bool:
    """Return whether two trees differ in their leaves only."""
    mine, others = children(tree), children(other)
    if mine is None or others is None:
        return mine is others
    fits = isinstance(tree, dict) == isinstance(other, dict) and [k for k, _ in mine] == [k for k, _ in others]
    return fits and all(same_shape(a, b) for (_, a), (_, b) in zip(mine, others, strict=True))


def spread(prefix: Any, tree: Any) -> list[Any]:
    """Return a leaf of `prefix` for each leaf of `tree`, of which it is the upper part.

    Raises
    ------
    ValueError
        If it is not.
    """
    given, branches = children(prefix), children(tree)
    if given is None:
        return [prefix] * len(leaves(tree))
    if branches is None or [k for k, _ in given] != [k for k, _ in branches]:
        raise ValueError(f"{prefix!r} does not have the structure of the values, {map_leaves(lambda _: ..., tree)!r}")
    return [leaf for (_, p), (_, t) in zip(given, branches, strict=True) for leaf in spread(p, t)]
