"""The layout of a directed acyclic graph: vertices in layers, with few crossings and short edges.

K. Sugiyama, S. Tagawa, M. Toda: Methods for visual understanding of hierarchical system structures. IEEE Transactions
on Systems, Man, and Cybernetics 11(2), 1981.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SWEEPS = 8
BEND = 0.3  # the width of an edge where it passes a layer


class Layout:
    """The places of vertices 0 to n - 1. Vertex v belongs below its `parents[v]`, which have larger numbers than v.

    An edge that passes layers gets a place in each of them, as if there were a vertex.

    Parameters
    ----------
    parents : for each vertex those that it is computed from
    widths : for each vertex the width that it needs, with the distance to its neighbour

    Attributes
    ----------
    x : the middle of each vertex, from 0 on
    layer : its layer; 0 is the last one, that of vertex 0
    routes : for each edge (parent, child) the places (x, layer) that it passes, from the parent's to the child's
    """

    def __init__(self, parents: Sequence[Sequence[int]], widths: Sequence[float]) -> None:
        self.layer = longest_paths(parents)
        self.widths = list(widths)  # from here on with the bends of long edges, like all lists whose names begin with _
        self._layer = list(self.layer)
        self._layers: list[list[int]] = [[] for _ in range(max(self.layer) + 1)]
        for v, layer in enumerate(self.layer):
            self._layers[layer].append(v)
        paths = {(p, v): self._path(p, v) for v, ps in enumerate(parents) for p in dict.fromkeys(ps)}
        self._above: list[list[int]] = [[] for _ in self.widths]
        self._below: list[list[int]] = [[] for _ in self.widths]
        for path in paths.values():
            for upper, lower in zip(path, path[1:], strict=False):
                self._above[lower].append(upper)
                self._below[upper].append(lower)
        self._order()
        places = self._place()
        self.x = places[: len(parents)]
        self.routes = {edge: [(places[u], self._layer[u]) for u in path] for edge, path in paths.items()}
        self.width = max(places[v] + self.widths[v] / 2 for v in range(len(places)))

    def _path(self, parent: int, child: int) -> list[int]:
        """Return the vertices of an edge from top to bottom, with a new one in each layer between."""
        bends = []
        for layer in range(self.layer[parent] - 1, self.layer[child], -1):
            bends.append(len(self._layer))
            self._layers[layer].append(len(self._layer))
            self._layer.append(layer)
            self.widths.append(BEND)
        return [parent, *bends, child]

    def _order(self) -> None:
        """Sort each layer by the mean position of its neighbours, downwards and upwards; keep the best order seen."""
        best, fewest = [list(layer) for layer in self._layers], self._crossings()
        for sweep in range(SWEEPS):
            down = sweep % 2 == 0
            neighbours = self._above if down else self._below
            for layer in self._layers[::-1] if down else self._layers:
                rank = self._ranks()
                layer.sort(key=lambda v: _mean([rank[u] for u in neighbours[v]], rank[v]))
            if (crossings := self._crossings()) < fewest:
                best, fewest = [list(layer) for layer in self._layers], crossings
        self._layers = best

    def _ranks(self) -> dict[int, int]:
        return {v: i for layer in self._layers for i, v in enumerate(layer)}

    def _crossings(self) -> int:
        rank = self._ranks()
        count = 0
        for layer in self._layers:
            ends = [(rank[u], rank[v]) for v in layer for u in self._above[v]]
            count += sum((a < c) != (b < d) and a != c and b != d for i, (a, b) in enumerate(ends) for c, d in ends[:i])
        return count

    def _place(self) -> list[float]:
        """Give each vertex the mean place of its neighbours, as far as its layer's order and the widths allow."""
        places = [0.0] * len(self.widths)
        for layer in self._layers:
            for v, x in zip(layer, self._spread([0.0] * len(layer), layer, [1.0] * len(layer)), strict=True):
                places[v] = x
        for sweep in range(4 * SWEEPS):
            for layer in self._layers[::-1] if sweep % 2 == 0 else self._layers:
                wanted, pulls = [], []
                for v in layer:
                    near = [(places[u], self._pull(u)) for u in self._above[v]]
                    near += [(places[u], self._pull(v)) for u in self._below[v]]
                    pulls.append(sum(pull for _, pull in near))
                    wanted.append(sum(x * pull for x, pull in near) / pulls[-1] if near else places[v])
                for v, x in zip(layer, self._spread(wanted, layer, pulls), strict=True):
                    places[v] = x
        left = min(x - self.widths[v] / 2 for v, x in enumerate(places))
        return [x - left for x in places]

    def _pull(self, upper: int) -> float:
        """Return the pull of an edge from `upper` to be straight: stronger between operations than at leaves."""
        return 1.0 if self._below[upper] and not self._above[upper] else 8.0

    def _spread(self, wanted: Sequence[float], layer: Sequence[int], pulls: Sequence[float]) -> list[float]:
        """Return the places nearest to `wanted`, by least squares, at which the vertices do not overlap."""
        widths = np.array([self.widths[v] for v in layer])
        offsets = np.concatenate([[0.0], np.cumsum((widths[:-1] + widths[1:]) / 2)])
        return (nondecreasing(np.asarray(wanted) - offsets, pulls) + offsets).tolist()


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def longest_paths(parents: Sequence[Sequence[int]]) -> list[int]:
    """Return the longest path down from each vertex; every vertex has a smaller number than its parents."""
    layer = [0] * len(parents)
    for v, above in enumerate(parents):
        for p in above:
            layer[p] = max(layer[p], layer[v] + 1)
    return layer


def nondecreasing(values: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Return the nondecreasing sequence nearest to `values` by weighted least squares.

    Neighbours in the wrong order share their mean (M. Ayer et al.: An empirical distribution function for sampling with
    incomplete information. Annals of Mathematical Statistics 26(4), 1955).
    """
    blocks: list[tuple[float, float, int]] = []  # mean, weight and length
    for value, w in zip(values, weights, strict=True):
        mean, weight, length = float(value), float(w), 1
        while blocks and blocks[-1][0] > mean:
            other, more, count = blocks.pop()
            mean = (mean * weight + other * more) / (weight + more)
            weight, length = weight + more, length + count
        blocks.append((mean, weight, length))
    return np.repeat([mean for mean, _, _ in blocks], [length for _, _, length in blocks])
