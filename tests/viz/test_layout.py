"""The layout keeps its promises on random graphs: layers, order, distances, few crossings."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from minigrad.viz.layout import Layout, longest_paths, nondecreasing


def random_graph(rng, count):
    """For each vertex its parents, all with larger numbers; every vertex but the first has a child."""
    parents = [[] for _ in range(count)]
    for v in range(1, count):
        for child in {int(rng.integers(v)) for _ in range(rng.integers(1, 4))}:
            parents[child].append(v)
    return parents


def longest_by_recursion(parents, v):
    return max((1 + longest_by_recursion(parents, c) for c, above in enumerate(parents) if v in above), default=0)


@pytest.mark.parametrize("seed", range(10))
def test_layers_and_distances(seed):
    rng = np.random.default_rng(seed)
    parents = random_graph(rng, int(rng.integers(2, 30)))
    widths = rng.uniform(0.5, 2, len(parents))
    layout = Layout(parents, widths)
    assert layout.layer == longest_paths(parents)
    assert all(layout.layer[p] > layout.layer[v] for v, above in enumerate(parents) for p in above)
    for v in range(len(parents)):
        for u in range(v):
            if layout.layer[u] == layout.layer[v]:
                assert abs(layout.x[u] - layout.x[v]) >= (widths[u] + widths[v]) / 2 - 1e-9
        assert widths[v] / 2 - 1e-9 <= layout.x[v] <= layout.width - widths[v] / 2 + 1e-9


@pytest.mark.parametrize("seed", range(10))
def test_edges_go_down_layer_by_layer_beside_the_vertices(seed):
    rng = np.random.default_rng(seed)
    parents = random_graph(rng, 15)
    widths = rng.uniform(0.5, 2, 15)
    layout = Layout(parents, widths)
    assert set(layout.routes) == {(p, v) for v, above in enumerate(parents) for p in above}
    for (p, v), route in layout.routes.items():
        assert [layer for _, layer in route] == list(range(layout.layer[p], layout.layer[v] - 1, -1))
        assert (route[0][0], route[-1][0]) == (layout.x[p], layout.x[v])
        for x, layer in route[1:-1]:
            assert all(abs(layout.x[u] - x) >= widths[u] / 2 - 1e-9 for u in range(15) if layout.layer[u] == layer)


@pytest.mark.parametrize("seed", range(5))
def test_longest_paths(seed):
    parents = random_graph(np.random.default_rng(seed), 9)
    assert longest_paths(parents) == [longest_by_recursion(parents, v) for v in range(9)]


def test_a_chain_is_straight_and_a_tree_has_no_crossing():
    chain = Layout([[1], [2], [3], []], [1, 3, 2, 1])
    assert max(chain.x) - min(chain.x) == pytest.approx(0, abs=1e-9)
    # the children of 1 and 2 come mixed: 3 and 5 belong to 1, 4 and 6 to 2
    tree = Layout([[1, 2], [3, 5], [4, 6], [], [], [], []], [1.0] * 7)
    left, right = (1, 2) if tree.x[1] < tree.x[2] else (2, 1)
    assert max(tree.x[left + 2], tree.x[left + 4]) < min(tree.x[right + 2], tree.x[right + 4])


@pytest.mark.parametrize("seed", range(20))
def test_nondecreasing_is_the_nearest_one(seed):
    """Against the min-max formula: the i-th is the largest over j <= i of the smallest mean of j to k over k >= i."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 9))
    x, w = rng.integers(-5, 6, n).astype(float), rng.uniform(0.5, 3, n)

    def mean(j, k):
        return np.average(x[j : k + 1], weights=w[j : k + 1])

    expected = [max(min(mean(j, k) for k in range(i, n)) for j in range(i + 1)) for i in range(n)]
    np.testing.assert_allclose(nondecreasing(x, w), expected)
