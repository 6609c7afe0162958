"""The graph of a Tensor: the operations that it was computed by, and the leaves that its gradient flows to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from minigrad.core.tensor import Tensor
from minigrad.graph import engine
from minigrad.nn import Parameter
from minigrad.viz.layout import Layout
from minigrad.viz.style import BLUE, GREEN, GREY, ORANGE, Picture

OPERATION, PARAMETER, LEAF = "operation", "parameter", "leaf"
COLOURS = {OPERATION: (BLUE, "#DCEBF5"), PARAMETER: (ORANGE, "#FCF0D4"), LEAF: (GREEN, "#D6EFE7")}  # edge, inside
ROW, BOX, PAD = 0.62, 0.36, 0.12  # inches: from layer to layer, height of a box, around a text
NAME_SIZE, SHAPE_SIZE = 7.5, 6.5

Names = Mapping[str, Tensor] | Iterable[tuple[str, Tensor]]


@dataclass
class Vertex:
    """An operation or a leaf; `parents` are the numbers of the vertices that it was computed from."""

    kind: str
    name: str
    shape: tuple[int, ...] | None
    parents: list[int]

    @property
    def lines(self) -> list[str]:
        """The lines of text on it."""
        return [self.name] if self.shape is None else [self.name, "x".join(map(str, self.shape)) or "scalar"]


def trace(operation: str, loss: Tensor, params: Names | None) -> list[Vertex]:
    """Return the vertices of the graph, that of `loss` first, each before its parents."""
    if not isinstance(loss, Tensor) or loss.grad_fn is None:
        got = "one without a grad_fn" if isinstance(loss, Tensor) else type(loss).__name__
        raise ValueError(
            f"{operation}: expected a Tensor that was computed from tensors that require grad, outside of no_grad; "
            f"got {got}"
        )
    names = {id(t): name for name, t in dict(params or ()).items()}
    nodes = _reachable(loss.grad_fn)
    leaves = list(dict.fromkeys(p for n in nodes for p in n.parents if not isinstance(p, engine.Node)))
    number = {edge: i for i, edge in enumerate([*nodes, *leaves])}
    shapes = _shapes(nodes, loss)
    vertices = [
        Vertex(OPERATION, re.sub(r"Backward\d*$", "", n.name()), shapes.get(n), [number[p] for p in n.parents])
        for n in nodes
    ]
    for leaf in leaves:
        kind = PARAMETER if isinstance(leaf, Parameter) else LEAF
        vertices.append(Vertex(kind, names.get(id(leaf), kind), tuple(leaf.shape), []))
    return vertices


def _reachable(root: engine.Node) -> list[engine.Node]:
    """Return `root` and the nodes above it, latest first."""
    found = {root}
    stack = [root]
    while stack:
        new = {p for p in stack.pop().parents if isinstance(p, engine.Node)} - found
        found |= new
        stack.extend(new)
    return sorted(found, key=lambda n: -n.number)


def _shapes(nodes: list[engine.Node], loss: Tensor) -> dict[engine.Node, tuple[int, ...]]:
    """Return the shapes of the nodes' outputs by a backward: nodes keep no shapes, but their gradients have them.

    Nothing is changed by it; where it cannot be done, as after a backward that freed the graph, shapes are missing.
    """
    shapes: dict[engine.Node, tuple[int, ...]] = {}

    def note(node: engine.Node, g: Any) -> None:
        if isinstance(g, (np.ndarray, np.generic)):
            shapes[node] = g.shape

    hooks = [node.hooks for node in nodes]
    try:
        for node in nodes:
            node.hooks = {0: partial(note, node)}
        with np.errstate(all="ignore"):
            engine.run([(nodes[0], np.ones(loss.shape, loss.dtype))], retain_graph=True)
    except Exception:  # a rule that fails is no reason not to show where it stands
        pass
    finally:
        for node, kept in zip(nodes, hooks, strict=True):
            node.hooks = kept
    return shapes


# ---- pictures -------------------------------------------------------------------------------------------------------


def graph(loss: Tensor, params: Names | None = None, most: int = 150) -> Figure:
    """Return the graph of a Tensor as backward walks it: operations with the shapes of their outputs, and leaves.

    Parameters
    ----------
    loss : Tensor
        Any tensor with a ``grad_fn``. Nothing is freed, and no gradient is changed.
    params : mapping of names to Tensors, or pairs of both, optional
        What to call the leaves, such as ``model.named_parameters()``.
    most : int, default 150
        The most operations and leaves that are drawn.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the tensor has no history, or one too long to be drawn.

    Notes
    -----
    Tensors that do not require grad are not part of the graph. Nodes do not keep shapes: they are found by a backward
    that leaves no trace, and are missing where the graph was freed by an earlier backward.

    Examples
    --------
    >>> from minigrad import viz
    >>> net = nn.Linear(2, 1)
    >>> loss = F.mse_loss(net(mg.ones(3, 2)), mg.zeros(3, 1))
    >>> fig = viz.graph(loss, net.named_parameters())
    >>> fig.get_suptitle()
    '3 operations, 2 leaves with 3 elements'
    """
    vertices = trace("graph", loss, params)
    if len(vertices) > most:
        raise ValueError(
            f"graph: {len(vertices)} operations and leaves are more than can be read (most={most}); draw the loss of a "
            "smaller input or of a part of the model, raise most, or draw graph_dot(loss) with Graphviz"
        )
    widths = [max(map(_text_width, v.lines)) + 2 * PAD for v in vertices]
    layout = Layout([v.parents for v in vertices], [width + PAD for width in widths])
    margin, head = 0.15, 0.4
    layers = max(layout.layer)
    width, height = max(layout.width, 3.2) + 2 * margin, head + layers * ROW + BOX + 2 * margin
    fig = Picture(figsize=(width, height), dpi=120)
    ax = fig.add_axes((0, 0, 1, 1))
    left = (width - layout.width) / 2
    ax.set(xlim=(-left, width - left), ylim=(-margin - BOX / 2, height - margin - BOX / 2))
    ax.axis("off")
    _draw_edges(ax, vertices, layout)
    for i, vertex in enumerate(vertices):
        _draw_vertex(ax, vertex, layout.x[i], layout.layer[i] * ROW, widths[i], last=i == 0)
    leaves = [v for v in vertices if v.kind != OPERATION]
    elements = sum(int(np.prod(v.shape or ())) for v in leaves)
    fig.suptitle(
        f"{len(vertices) - len(leaves)} operations, {len(leaves)} leaves with {elements:,} elements",
        fontsize=9, y=1 - margin / height, va="top",
    )  # fmt: skip
    return fig


def _draw_edges(ax: Any, vertices: list[Vertex], layout: Layout) -> None:
    for (parent, child), route in layout.routes.items():
        # through the gaps between the rows in curves, past the boxes of a row straight down
        points = [(x, layer * ROW + side * BOX / 2) for x, layer in route for side in (1, -1)][1:-1]
        path, codes = [points[0]], [Path.MOVETO]
        for k, ((x0, y0), (x1, y1)) in enumerate(zip(points, points[1:], strict=False)):
            middle = (y0 + y1) / 2
            path += [(x0, middle), (x1, middle), (x1, y1)] if k % 2 == 0 else [(x1, y1)]
            codes += [Path.CURVE4] * 3 if k % 2 == 0 else [Path.LINETO]
        ax.add_patch(PathPatch(Path(path, codes), fill=False, edgecolor=GREY, linewidth=0.9, zorder=1))
        x, y = points[-1]
        ax.fill([x - 0.035, x + 0.035, x], [y + 0.08, y + 0.08, y], color=GREY, zorder=1.7, linewidth=0)
        if (times := Counter(vertices[child].parents)[parent]) > 1:
            backdrop = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}
            ax.text(x + 0.08, y + 0.05, f"\u00d7{times}", fontsize=8, color=GREY, bbox=backdrop, zorder=1.5)


def _draw_vertex(ax: Any, vertex: Vertex, x: float, y: float, width: float, last: bool) -> None:
    edge, inside = COLOURS[vertex.kind]
    box = FancyBboxPatch(
        (x - width / 2, y - BOX / 2), width, BOX, boxstyle="round,pad=0,rounding_size=0.06", edgecolor=edge,
        facecolor=inside, linewidth=2 if last else 1, zorder=2,
    )  # fmt: skip
    ax.add_patch(box)
    name, *shape = vertex.lines
    ax.text(x, y + 0.075 * bool(shape), _plain_text(name), fontsize=NAME_SIZE, ha="center", va="center", zorder=3)
    for line in shape:
        ax.text(x, y - 0.085, line, fontsize=SHAPE_SIZE, color=GREY, ha="center", va="center", zorder=3)


def _text_width(line: str) -> float:
    """Return the width in inches, in the larger of the two sizes."""
    return TextPath((0, 0), _plain_text(line), size=NAME_SIZE).get_extents().width / 72


def _plain_text(name: str) -> str:
    """Return the text without what matplotlib would take for mathematics."""
    return name.replace("$", r"\$")


def graph_dot(loss: Tensor, params: Names | None = None) -> str:
    r"""Return the graph of a Tensor in the DOT language, for Graphviz: ``dot -Tsvg graph.dot -o graph.svg``.

    Parameters
    ----------
    loss, params
        As for `graph`. There is no limit to the size.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the tensor has no history.

    Examples
    --------
    >>> from minigrad import viz
    >>> w = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> print(viz.graph_dot((w * w).sum(), {"w": w}))
    digraph {
      node [shape=box, style="rounded,filled", fontname="sans-serif"]
      n0 [label="Sum\nscalar", color="#0072B2", fillcolor="#DCEBF5"]
      n1 [label="Mul\n2", color="#0072B2", fillcolor="#DCEBF5"]
      n2 [label="w\n2", color="#009E73", fillcolor="#D6EFE7"]
      n1 -> n0
      n2 -> n1
      n2 -> n1
    }
    """
    vertices = trace("graph_dot", loss, params)
    lines = ["digraph {", '  node [shape=box, style="rounded,filled", fontname="sans-serif"]']
    for i, vertex in enumerate(vertices):
        edge, inside = COLOURS[vertex.kind]
        label = r"\n".join(line.replace("\\", r"\\").replace('"', r"\"") for line in vertex.lines)
        label = label.replace("\n", r"\n")
        lines.append(f'  n{i} [label="{label}", color="{edge}", fillcolor="{inside}"]')
    lines += [f"  n{p} -> n{i}" for i, vertex in enumerate(vertices) for p in vertex.parents]
    return "\n".join([*lines, "}"])
