"""`histogram` and `histogramdd`, with edges of every kind, weights and densities."""

import numpy as np
import pytest

import minigrad as mg

POINTS = np.array([[-5.0, 1], [-3, 0], [0, 0.5], [1, 2], [2.5, np.nan], [4, 4], [1, -1], [7, 3], [-9, 0]], np.float32)
EDGES = [[1.0, -3, 4], [3.0, 1], [4.0, -5, 2, 0], [1.0, 1.0], [0.0, 2, 1], [-4.0, 0, 0, 4], [-9.0, 7]]


@pytest.mark.parametrize("density", [False, True])
@pytest.mark.parametrize("edges", EDGES)
def test_edges_in_any_order_are_searched_as_pytorch_does(edges, density):
    torch = pytest.importorskip("torch")
    weight = np.arange(9, dtype=np.float32)
    for w in (None, weight):
        found = [
            m.histogramdd(
                m.tensor(POINTS),
                [m.tensor(edges), m.tensor([-1.0, 0.5, 3.0])],
                weight=None if w is None else m.tensor(w),
                density=density,
            ).hist.numpy()
            for m in (torch, mg)
        ]
        np.testing.assert_allclose(found[1], found[0], rtol=1e-6)
        found = [m.histogram(m.tensor(POINTS[:, 0].copy()), m.tensor(edges)).hist.numpy() for m in (torch, mg)]
        np.testing.assert_array_equal(found[1], found[0])


def test_points_in_even_bins():
    expected, _ = np.histogramdd(POINTS[[0, 1, 2, 3, 5]], [3, 2], [(-5, 4), (0, 4)])
    found = mg.histogramdd(mg.tensor(POINTS[[0, 1, 2, 3, 5]]), [3, 2], range=[-5.0, 4.0, 0.0, 4.0])
    np.testing.assert_array_equal(found.hist.numpy(), expected)


def test_no_points():
    found = mg.histogramdd(mg.zeros(0, 2), [1, 2])
    assert found.hist.tolist() == [[0.0, 0.0]] and [e.tolist() for e in found.bin_edges] == [
        [0.0, 1.0],
        [0.0, 0.5, 1.0],
    ]


@pytest.mark.parametrize("edges", [[2.0], [], [[0.0, 1.0]]])
def test_too_few_edges(edges):
    with pytest.raises(RuntimeError, match="histogram: expected two or more edges in one dimension"):
        mg.histogram(mg.ones(3), mg.tensor(edges))
