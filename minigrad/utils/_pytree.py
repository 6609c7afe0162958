"""Nested containers as trees, by the names of PyTorch's private module: scripts import ``tree_map`` from it.

Dicts, lists and tuples of all kinds are nodes, and anything else is a leaf, None too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from minigrad.func.trees import children, rebuilt

__all__ = [
    "TreeSpec", "tree_all", "tree_any", "tree_flatten", "tree_iter", "tree_leaves", "tree_map", "tree_map_",
    "tree_map_only", "tree_structure", "tree_unflatten",
]  # fmt: skip

IsLeaf = Callable[[Any], bool] | None


class _Leaf:
    def __repr__(self) -> str:
        return "*"


_LEAF = _Leaf()


class TreeSpec:
    """The structure of a tree, without its leaves; two are equal if their containers are of one kind and size.

    Attributes
    ----------
    num_leaves : int
    """

    def __init__(self, structure: Any, num_leaves: int) -> None:
        self._structure = structure
        self.num_leaves = num_leaves

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """Return the tree with these leaves; raises ValueError if there are not as many as places."""
        leaves = list(leaves)
        if len(leaves) != self.num_leaves:
            raise ValueError(f"tree_unflatten: expected {self.num_leaves} leaves for {self}, got {len(leaves)}")
        rest = iter(leaves)
        return _mapped(lambda _: next(rest), self._structure, None)

    def flatten_up_to(self, tree: Any) -> list[Any]:
        """Return what `tree` has in the places of the leaves; raises ValueError if its upper part is another."""
        return _parts(self._structure, tree)

    def is_leaf(self) -> bool:
        """Return whether all of the tree is one leaf."""
        return self._structure is _LEAF

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TreeSpec) and _same(self._structure, other._structure)

    def __hash__(self) -> int:
        return hash((type(self._structure), self.num_leaves))

    def __repr__(self) -> str:
        return f"TreeSpec({self._structure})"


def _mapped(function: Callable[[Any], Any], tree: Any, is_leaf: IsLeaf) -> Any:
    branches = None if is_leaf is not None and is_leaf(tree) else children(tree)
    if branches is None:
        return function(tree)
    return rebuilt(tree, [_mapped(function, branch, is_leaf) for _, branch in branches])


def _parts(structure: Any, tree: Any) -> list[Any]:
    branches = children(structure)
    if branches is None:
        return [tree]
    found = dict(children(tree) or ())
    if type(tree) is not type(structure) or found.keys() != dict(branches).keys():
        raise ValueError(f"tree_map: expected a tree like {structure}, got {tree}")
    return [part for key, branch in branches for part in _parts(branch, found[key])]


def _same(one: Any, other: Any) -> bool:
    try:
        return all(part is _LEAF for part in _parts(one, other))
    except ValueError:
        return False


def tree_flatten(tree: Any, is_leaf: IsLeaf = None) -> tuple[list[Any], TreeSpec]:
    """Return the leaves of a tree in order, and its structure.

    Parameters
    ----------
    is_leaf : function of a part of the tree, optional
        Where it is true, that part is a leaf.

    Examples
    --------
    >>> from minigrad.utils._pytree import tree_flatten, tree_unflatten
    >>> leaves, spec = tree_flatten({"a": 1, "b": [2, (3,)]})
    >>> leaves
    [1, 2, 3]
    >>> tree_unflatten([x * 10 for x in leaves], spec)
    {'a': 10, 'b': [20, (30,)]}
    """
    leaves: list[Any] = []

    def take(leaf: Any) -> Any:
        leaves.append(leaf)
        return _LEAF

    structure = _mapped(take, tree, is_leaf)
    return leaves, TreeSpec(structure, len(leaves))


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> Any:
    """Return the tree of this structure with these leaves."""
    return treespec.unflatten(leaves)


def tree_leaves(tree: Any, is_leaf: IsLeaf = None) -> list[Any]:
    """Return the leaves of a tree in order."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree: Any, is_leaf: IsLeaf = None) -> Iterable[Any]:
    """Yield the leaves of a tree in order."""
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree: Any, is_leaf: IsLeaf = None) -> TreeSpec:
    """Return the structure of a tree."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: IsLeaf = None) -> Any:
    """Return the tree of ``func(leaf, *others)``, the others being what is in its place in the trees `rests`.

    Raises
    ------
    ValueError
        If one of `rests` is not a tree like `tree`.

    Examples
    --------
    >>> from minigrad.utils._pytree import tree_map
    >>> tree_map(lambda x, y: x + y, {"a": [1, 2]}, {"a": [10, 20]})
    {'a': [11, 22]}
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    return spec.unflatten(map(func, leaves, *map(spec.flatten_up_to, rests)))


def tree_map_(func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: IsLeaf = None) -> Any:
    """Call what `tree_map` calls, and return `tree` itself."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_only(kind: Any, func: Callable[[Any], Any], tree: Any, is_leaf: IsLeaf = None) -> Any:
    """Return the tree with ``func(leaf)`` in place of those leaves that are of this `kind`.

    Parameters
    ----------
    kind : type, tuple of types, or function of a leaf

    Examples
    --------
    >>> from minigrad.utils._pytree import tree_map_only
    >>> tree_map_only(mg.Tensor, lambda t: t.sum().item(), (mg.ones(3), "labels"))
    (3.0, 'labels')
    """
    chosen = kind if callable(kind) and not isinstance(kind, type) else lambda leaf: isinstance(leaf, kind)
    return _mapped(lambda leaf: func(leaf) if chosen(leaf) else leaf, tree, is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf = None) -> bool:
    """Return whether `pred` holds for all leaves."""
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf = None) -> bool:
    """Return whether `pred` holds for one of the leaves."""
    return any(map(pred, tree_leaves(tree, is_leaf)))
