"""The regions are those of the model, the points where they were given, and the model as it was."""

import io

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn

viz = pytest.importorskip("minigrad.viz", reason="needs matplotlib")

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [1.0, 2.0]])


def quadrants(points):
    """Class 0 to 3 by the signs of x - 0.5 and y - 1, as scores."""
    x, y = points.numpy().T
    return np.eye(4)[(x > 0.5) + 2 * (y > 1)]


def drawn_regions(ax):
    """From the place of each cell to the class that is drawn there."""
    mesh = ax.collections[0]
    edges = mesh.get_coordinates()
    centres = (edges[:-1, :-1] + edges[1:, 1:]) / 2
    return centres, np.asarray(mesh.get_array()).reshape(centres.shape[:2])


def test_each_place_has_the_class_that_the_model_gives_it():
    figure = viz.decision_regions(quadrants, CORNERS, np.arange(4), resolution=20)
    centres, regions = drawn_regions(figure.axes[0])
    x, y = centres[..., 0], centres[..., 1]
    assert np.array_equal(regions, 1 * (x > 0.5) + 2 * (y > 1))
    assert x.min() < 0 and x.max() > 1 and y.min() < 0 and y.max() > 2  # with a margin
    figure.savefig(io.BytesIO(), format="png")


def test_points_are_drawn_by_class_in_colours_and_shapes_of_their_own():
    labels = [0, 1, 1, 3]
    figure = viz.decision_regions(quadrants, CORNERS, labels, ["a", "b", "c", "d"])
    drawn = [c for c in figure.axes[0].collections if type(c).__name__ == "PathCollection"]
    assert [c.get_offsets().tolist() for c in drawn] == [[[0, 0]], [[1, 0], [0, 2]], [[1, 2]]]
    assert len({tuple(c.get_facecolor()[0]) for c in drawn}) == 3
    assert len({c.get_paths()[0].vertices.tobytes() for c in drawn}) == 3
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["a", "b", "c", "d"]


def test_a_panel_for_each_of_several_models():
    panels = {f"step {i}": (lambda p, i=i: np.eye(4)[np.full(len(p), i)]) for i in range(4)}
    figure = viz.decision_regions(panels, CORNERS, np.arange(4), resolution=5)
    shown = [ax for ax in figure.axes if ax.get_title()]
    assert [ax.get_title() for ax in shown] == list(panels)
    assert [np.unique(drawn_regions(ax)[1]).tolist() for ax in shown] == [[0], [1], [2], [3]]


def test_a_module_runs_in_evaluation_mode_without_gradients_and_is_left_as_it_was():
    seen = []

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.frozen, self.drop, self.out = nn.BatchNorm1d(2).eval(), nn.Dropout(0.5), nn.Linear(2, 2)

        def forward(self, x):
            seen.append((self.training, self.drop.training, mg.is_grad_enabled()))
            return self.out(self.drop(x))

    net = Net()
    viz.decision_regions(net, CORNERS, [0, 1, 0, 1], resolution=5)
    assert seen == [(False, False, False)]
    assert (net.training, net.drop.training, net.frozen.training) == (True, True, False)


def test_a_module_of_float64_gets_float64():
    net = nn.Linear(2, 3).double()
    viz.decision_regions(net, CORNERS, [0, 1, 2, 0], resolution=5)


def test_an_error_in_the_model_leaves_it_in_training_mode():
    net = nn.Linear(3, 2)
    with pytest.raises(RuntimeError):
        viz.decision_regions(net, CORNERS, [0, 1, 0, 1], resolution=5)
    assert net.training


@pytest.mark.parametrize(
    ("points", "labels", "classes", "message"),
    [
        (np.zeros((4, 3)), [0] * 4, None, r"points of shape \(N, 2\), got \(4, 3\)"),
        (np.zeros((0, 2)), [], None, r"points of shape \(N, 2\), got \(0, 2\)"),
        (CORNERS, [0, 1], None, r"4 whole numbers as labels, got shape \(2,\)"),
        (CORNERS, [0.0] * 4, None, "4 whole numbers as labels, got .* float64"),
        (CORNERS, [0, 1, 2, 4], None, "gives 4 scores, but .* labels from 0 to 4"),
        (CORNERS, [0, 1, 2, -1], None, "gives 4 scores, but .* labels from -1 to 2"),
        (CORNERS, [0, 1, 2, 3], ["a", "b"], "gives 4 scores, but there are 2 names"),
    ],
)
def test_what_does_not_fit_is_refused(points, labels, classes, message):
    with pytest.raises(ValueError, match=message):
        viz.decision_regions(quadrants, points, labels, classes, resolution=5)


def test_scores_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(25, classes\) scores, but it gave \(25,\)"):
        viz.decision_regions(lambda p: np.zeros(len(p)), CORNERS, [0, 1, 0, 1], resolution=5)


def test_a_resolution_is_at_least_two():
    with pytest.raises(ValueError, match="decision_regions: expected a resolution of at least 2, got 1"):
        viz.decision_regions(quadrants, CORNERS, [0, 1, 2, 3], resolution=1)
