"""Sections: parts of the graph that are recorded, and later walked back, in threads of their own.

To the rest of the graph the sections look like one operation, with all their outputs. What is recorded in them stays an
ordinary graph, whose targets to what was there before are that operation's inputs. When the engine has the gradients of
the outputs it hands them to this node, and the node walks all sections at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from minigrad.autograd.function import OutputNode
from minigrad.core.tensor import Tensor
from minigrad.graph import engine
from minigrad.graph.grad_mode import mode
from minigrad.kernels import parallel
from minigrad.ops.declare.record import attached


class SectionsNode(engine.Node):
    """The record of several sections.

    outputs : the targets of their outputs, section by section
    nodes : what is recorded in them, which is what has a number above `since`
    """

    __slots__ = ("since", "outputs", "nodes")

    def __init__(self, since: int, outputs: list[list[Any]], nodes: set[engine.Node]) -> None:
        ordered = sorted(nodes, key=lambda node: node.number)
        super().__init__(list(dict.fromkeys(p for node in ordered for p in node.parents if p not in nodes)))
        self.since = since
        self.outputs: list[list[Any]] | None = outputs
        self.nodes = nodes

    def release(self) -> None:
        for node in self.nodes:
            node.release()
        self.outputs, self.nodes = None, set()

    def vjp(self, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> list[Any]:
        if self.outputs is None:
            raise RuntimeError(
                "backward: what was recorded in the sections was freed by an earlier backward; "
                "pass retain_graph=True to that one, or compute the loss again"
            )
        places = itertools.count()
        roots = [[(target, g[i]) for target in targets if (i := next(places)) in g] for targets in self.outputs]
        wanted = None if needed is None else [p for p, n in zip(self.parents, needed, strict=True) if n]
        arrived: list[dict[Any, Any]] = [{} for _ in roots]

        def walk(section: int) -> None:
            with _recording(create_graph):
                arrived[section] = engine.run(roots[section], wanted, True, create_graph, self.since)

        parallel.run(walk, [i for i, r in enumerate(roots) if r])
        if create_graph:
            self.nodes = set()  # gradients may now also reach them past this node, which must not free them
        return [_added(found[p] for found in arrived if p in found) for p in self.parents]


def _added(gradients: Iterable[Any]) -> Any:
    """Return their sum, from the first section to the last; None if there is none."""
    total = None
    for g in gradients:
        total = g if total is None else total + g
    return total


class _recording:
    """A context in which this thread records, or does not."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled

    def __enter__(self) -> None:
        self.before, mode.enabled = mode.enabled, self.enabled

    def __exit__(self, *error: Any) -> None:
        mode.enabled = self.before


def record_sections(functions: Sequence[Callable[[], list[Tensor]]]) -> list[list[Tensor]]:
    """Call every function, each in a thread of its own as far as there are threads, and return their Tensors.

    Backward goes through the graphs of the functions in threads, too; gradients of what several of them have used are
    added up in the order of the functions.

    Parameters
    ----------
    functions : callables without arguments that return lists of Tensors
        They must not change what another of them uses.
    """
    since, enabled = next(engine.node_numbers), mode.enabled
    outputs: list[list[Tensor]] = [[] for _ in functions]

    def call(section: int) -> None:
        with _recording(enabled):
            outputs[section] = functions[section]()

    parallel.run(call, range(len(functions)))
    targets = [[t._grad_target() for t in tensors] for tensors in outputs]
    nodes = engine.nodes_since(since, [e for section in targets for e in section])
    if not nodes:
        return outputs
    node = SectionsNode(since, targets, nodes)
    places = itertools.count()
    return [[_joined(t, node, next(places)) for t in tensors] for tensors in outputs]


def _joined(t: Tensor, node: SectionsNode, place: int) -> Tensor:
    """Return an output of a section for those outside; what it did not record, such as an input, stays."""
    target = t._grad_target()
    if not isinstance(target, engine.Node) or target.number < node.since:
        return t
    return attached(t._data, OutputNode(node, place))
