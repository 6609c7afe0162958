"""Nodes, and the walk over them that computes gradients.

The engine knows no operation and no Tensor. It sees nodes, each with its parents and a rule (`Node.vjp`) that turns
the gradient of the node's output into the gradients of its parents. A parent is another node or a leaf; a leaf is
anything else that can be a dictionary key. A gradient is anything that can be added with ``+``.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from typing import Any, ClassVar, Protocol

node_numbers = itertools.count(1)


class Node:
    """A vertex of the graph: a recorded operation. `parents` are the nodes or leaves that it was computed from.

    Nodes are numbered as they are made, so a node's parents always have smaller numbers than the node itself.
    """

    __slots__ = ("parents", "number", "hooks", "__weakref__")
    # Those who know Tensors put these here: see node_hooks.py.
    register_hook: ClassVar[Callable[..., Any]]
    register_prehook: ClassVar[Callable[..., Any]]
    __call__: ClassVar[Callable[..., Any]]

    def __init__(self, parents: Sequence[Any]) -> None:
        self.parents = parents
        self.number = next(node_numbers)
        self.hooks: dict[int, Callable[[Any], Any]] | None = None  # each may replace the gradient of the output

    def vjp(self, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> Sequence[Any]:
        """Return the gradients of the parents, in order; None where there is none or `needed` says it is not needed."""
        raise NotImplementedError

    def release(self) -> None:
        """Forget what was kept for `vjp`."""

    def name(self) -> str:
        """Return the name under which the node appears in messages, such as ``MulBackward0``."""
        return type(self).__name__

    def named(self) -> Node:
        """Return the node itself, of a class with its name, for those who inspect it."""
        return self

    @property
    def place(self) -> int:
        """Which of the outputs of `named` a gradient of this node is that of."""
        return 0

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The parents as PyTorch has them, each with the number of its output: a leaf is that of an `AccumulateGrad`.

        Inputs that need no gradient are ``(None, 0)``.
        """
        return tuple(map(edge_to, self.parents))

    def _sequence_nr(self) -> int:
        return self.number

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for whatever users want to keep with the node."""
        return _metadata.setdefault(self, {})

    def __repr__(self) -> str:
        return f"<{self.name()}>"


_metadata: weakref.WeakKeyDictionary[Node, dict[Any, Any]] = weakref.WeakKeyDictionary()


class AccumulateGrad(Node):
    """The end of a graph for those who walk it: `variable` is the leaf. Those of one leaf are equal."""

    __slots__ = ("variable",)

    def __init__(self, variable: Any) -> None:
        super().__init__(())
        self.variable = variable

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccumulateGrad) and other.variable is self.variable

    def __hash__(self) -> int:
        return id(self.variable)


def edge_to(parent: Any) -> tuple[Any, int]:
    """Return a node or leaf as those see it who walk the graph."""
    return (parent.named(), parent.place) if isinstance(parent, Node) else (AccumulateGrad(parent), 0)


class AccumulatingGradient:
    """A gradient in a form that is quick to add to. Only the engine sees it, and calls `materialize`."""

    __slots__ = ()

    def materialize(self) -> Any:
        """Return the gradient in the form that nodes, hooks and leaves use."""
        raise NotImplementedError


def run_hooks(hooks: dict[int, Callable[[Any], Any]] | None, g: Any) -> Any:
    for hook in list(hooks.values()) if hooks else ():
        replaced = hook(g)
        if replaced is not None:
            g = replaced
    return g


def nodes_since(number: int, edges: Iterable[Any]) -> set[Node]:
    """Return the nodes with greater numbers than this one that lead to `edges`."""
    found: set[Node] = set()
    stack = list(edges)
    while stack:
        edge = stack.pop()
        if isinstance(edge, Node) and edge.number > number and edge not in found:
            found.add(edge)
            stack.extend(edge.parents)
    return found


def leads_outside(target: Any, own: set[Any]) -> bool:
    """Return whether a gradient that flows to `target`, a node or leaf, reaches leaves that are not among `own`.

    Those of derivatives that are done do not count: nobody can ask for their gradients any more.
    """
    stack, seen = [target], set()
    while stack:
        edge = stack.pop()
        if not isinstance(edge, Node):
            if edge not in own and not edge._ended:
                return True
        elif edge not in seen:
            seen.add(edge)
            stack.extend(edge.parents)
    return False


class Watch(Protocol):
    """Somebody who is told of the gradients of leaves while the walk goes on: see completion.py."""

    def tell(self, heap: Sequence[tuple[int, Node]], pending: dict[Any, Any]) -> None:
        """Take what is complete out of `pending`, given the nodes that are still to be visited."""


def _nodes_leading_to(
    targets: Iterable[Any] | None, roots: Sequence[tuple[Any, Any]], since: int
) -> tuple[set[Any], set[Any]] | tuple[None, None]:
    """Return the targets, and with them the nodes between `roots` and them."""
    if targets is None:
        return None, None
    wanted = set(targets)
    reachable = nodes_since(since, [r for r, _ in roots])
    leading = set(wanted)
    for node in sorted(reachable, key=lambda n: n.number):  # parents first
        if any(p in leading for p in node.parents):
            leading.add(node)
    return wanted, leading


def run(
    roots: Sequence[tuple[Any, Any]],
    targets: Iterable[Any] | None = None,
    retain_graph: bool = False,
    create_graph: bool = False,
    since: int = -1,
    watch: Watch | None = None,
) -> dict[Any, Any]:
    """Walk back from `roots`, and return the gradients that arrive at the leaves.

    The highest number first is an order in which every node comes after all that was computed from it, so each is
    visited once, with its gradient complete. There is no recursion; a gradient is forgotten as soon as it is used.

    Parameters
    ----------
    roots : pairs of a node or leaf and the gradient to start with
    targets : nodes and leaves, optional
        Compute only what leads to these, and return their gradients; by default those of all leaves.
    retain_graph : whether nodes keep what another walk would need
    create_graph : passed on to `Node.vjp`
    since : nodes up to this number are not walked through: to this walk they are leaves
    watch : told after each node which gradients there are, and which nodes are to come
    """
    needed = None
    wanted, leading = _nodes_leading_to(targets, roots, since)
    arrived: dict[Any, Any] = {}
    pending: dict[Any, Any] = {}  # gradients of nodes and leaves, so far
    heap: list[tuple[int, Node]] = []
    edges: Iterable[tuple[Any, Any]] = roots
    while True:
        for parent, g in edges:
            if g is None or leading is not None and parent not in leading:
                continue
            if parent in pending:
                pending[parent] = pending[parent] + g
            else:
                pending[parent] = g
                if isinstance(parent, Node) and parent.number > since:
                    heappush(heap, (-parent.number, parent))
        if watch is not None:
            watch.tell(heap, pending)
        if not heap:
            break
        node = heappop(heap)[1]
        g = pending.pop(node)
        if isinstance(g, AccumulatingGradient):
            g = g.materialize()
        parents = node.parents
        if node.hooks:
            g = run_hooks(node.hooks, g)
        if leading is not None and wanted is not None:
            if node in wanted:
                arrived[node] = g
            needed = list(map(leading.__contains__, parents))
            if True not in needed:
                edges = ()
                continue
        gradients = node.vjp(g, needed, create_graph)
        if len(gradients) != len(parents):
            raise ValueError(f"{node.name()}: expected {len(parents)} gradients, got {len(gradients)}")
        edges = zip(parents, gradients)  # noqa: B905 (strict=True takes twice as long)
        if not retain_graph:
            node.release()
    arrived.update((leaf, materialized(g)) for leaf, g in pending.items())  # only leaves are left
    return arrived


def materialized(g: Any) -> Any:
    """Return a gradient in the form that nodes, hooks and leaves use."""
    return g.materialize() if isinstance(g, AccumulatingGradient) else g
