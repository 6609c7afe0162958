"""The graph of a Tensor: what is in it, what is written on it, and that drawing it changes nothing."""

import re

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn
from minigrad.models import MODELS
from tests.viz.rendering import apart, rendered, text_boxes

viz = pytest.importorskip("minigrad.viz", reason="needs matplotlib")


def lenet_loss(name):
    model = MODELS[name](10, in_channels=1)
    x = mg.randn(4, 1, model.image_size, model.image_size)
    return model, F.cross_entropy(model(x), mg.tensor([1, 2, 3, 4]))


def parsed(dot):
    """The labels by id, and the edges, of DOT text."""
    labels = dict(re.findall(r'^  (n\d+) \[label="((?:[^"\\]|\\.)*)"', dot, flags=re.M))
    return labels, re.findall(r"^  (n\d+) -> (n\d+)$", dot, flags=re.M)


def test_operations_shapes_and_names():
    w = mg.randn(3, 2, requires_grad=True)
    x = mg.randn(4, 3, requires_grad=True)
    labels, edges = parsed(viz.graph_dot((x @ w).tanh().mean(0)[1], {"w": w}))
    by_label = {label: i for i, label in labels.items()}
    assert len(labels) == 6
    chain = [r"leaf\n4x3", r"Mm\n4x2", r"Tanh\n4x2", r"Mean\n2"]
    assert set(chain) <= set(by_label) and r"w\n3x2" in by_label
    for a, b in zip(chain, chain[1:], strict=False):
        assert (by_label[a], by_label[b]) in edges
    assert (by_label[r"w\n3x2"], by_label[r"Mm\n4x2"]) in edges
    (last,) = set(labels) - {a for a, _ in edges}
    assert labels[last].endswith(r"\nscalar")
    assert len(edges) == 5


def test_shared_and_repeated_inputs():
    a = mg.ones(2, requires_grad=True)
    b = a + a
    labels, edges = parsed(viz.graph_dot((b * b.exp()).sum(), {"a": a}))
    names = {i: label.partition(r"\n")[0] for i, label in labels.items()}
    named = sorted((names[u], names[v]) for u, v in edges)
    assert named == [("Add", "Exp"), ("Add", "Mul"), ("Exp", "Mul"), ("Mul", "Sum"), ("a", "Add"), ("a", "Add")]
    figure = viz.graph((b * b.exp()).sum(), {"a": a})
    assert "×2" in [t.get_text() for t in figure.axes[0].texts]


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", 'end\\"', "<b>|{x}", "größe"])
def test_dot_escapes_names(text):
    w = mg.ones(1, requires_grad=True)
    labels, _ = parsed(viz.graph_dot(w * 2, {text: w}))
    (label,) = (value for value in labels.values() if not value.startswith("Mul"))
    plain = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], label)
    assert plain == f"{text}\n1"


def test_every_parameter_of_a_model_is_there_once():
    for name in MODELS:
        model, loss = lenet_loss(name)
        parameters = dict(model.named_parameters())
        labels, _ = parsed(viz.graph_dot(loss, model.named_parameters()))
        for key, p in parameters.items():
            shape = "x".join(map(str, p.shape))
            assert list(labels.values()).count(rf"{key}\n{shape}") == 1


def test_nothing_is_changed():
    """No gradient, no hook's call, no freed value, no hook left over."""
    w = mg.randn(3, requires_grad=True)
    y = (w * w).tanh()
    calls = []
    y.register_hook(calls.append)
    w.register_hook(calls.append)
    y.retain_grad()
    loss = y.sum()
    viz.graph(loss)
    viz.graph_dot(loss)
    assert w.grad is None and y.grad is None and calls == []
    loss.backward()
    assert len(calls) == 2
    np.testing.assert_allclose(
        w.grad.numpy(), 2 * w.detach().numpy() * (1 - np.tanh(w.detach().numpy() ** 2) ** 2), rtol=1e-5
    )


def test_without_shapes_where_they_cannot_be_known():
    w = mg.randn(3, requires_grad=True)
    loss = (w * w).exp().sum()
    loss.backward()  # frees what exp has kept: no gradient passes it any more
    labels, edges = parsed(viz.graph_dot(loss, {"w": w}))
    assert set(labels.values()) == {r"Sum\nscalar", r"Exp\n3", "Mul", r"w\n3"}
    assert len(edges) == 4
    rendered(viz.graph(loss))


class Both(mg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x + 1, x[:1] * 2

    @staticmethod
    def backward(ctx, g, h):
        raise ZeroDivisionError


def test_functions_of_the_user_even_those_whose_backward_fails():
    x = mg.ones(3, requires_grad=True)
    a, b = Both.apply(x)
    labels, _ = parsed(viz.graph_dot((a * b).sum(), {"x": x}))
    names = sorted(label.partition(r"\n")[0] for label in labels.values())
    assert names == ["Both", "Both", "Both", "Expand", "Mul", "Sum", "x"]  # one for each output, one for the call


def test_long_chains_do_not_overflow():
    x = mg.ones(1, requires_grad=True)
    y = x
    for _ in range(3000):
        y = y * 1
    labels, edges = parsed(viz.graph_dot(y))
    assert (len(labels), len(edges)) == (3001, 3000)


def test_too_large_graphs_are_refused():
    x = mg.ones(1, requires_grad=True)
    y = x
    for _ in range(10):
        y = y * 1
    assert viz.graph(y, most=11).get_suptitle() == "10 operations, 1 leaves with 1 elements"
    with pytest.raises(ValueError, match=r"graph: 11 operations and leaves .*most=10.*graph_dot"):
        viz.graph(y, most=10)


@pytest.mark.parametrize("draw", ["graph", "graph_dot"])
@pytest.mark.parametrize("loss", [mg.ones(1), mg.ones(1).requires_grad_(), 3.0])
def test_what_has_no_history_is_refused(draw, loss):
    with pytest.raises(ValueError, match=f"{draw}: expected a Tensor that was computed"):
        getattr(viz, draw)(loss)


@pytest.mark.parametrize("name", MODELS)
def test_the_graph_of_a_lenet_is_readable(name):
    model, loss = lenet_loss(name)
    parameters = dict(model.named_parameters())
    figure = viz.graph(loss, parameters)
    ax = figure.axes[0]
    texts = [t.get_text() for t in ax.texts]
    assert set(parameters) <= set(texts)
    leaves = sum(p.numel() for p in parameters.values())
    assert f"{len(parameters)} leaves with {leaves:,} elements" in figure.get_suptitle()
    rendered(figure)
    assert apart(text_boxes(figure, ax.texts))
    boxes = [p.get_window_extent() for p in ax.patches if hasattr(p, "get_boxstyle")]
    assert len(boxes) == len(parsed(viz.graph_dot(loss))[0])
    assert apart(boxes, tolerance=0)
    whole = figure.bbox
    assert all(b.x0 >= 0 and b.y0 >= 0 and b.x1 <= whole.x1 and b.y1 <= whole.y1 for b in boxes)


@pytest.mark.parametrize("text", ["W" * 30, "i", "$x_1$ and $", "a_b^c"])
def test_texts_fit_into_their_boxes(text):
    w = mg.ones(2, requires_grad=True)
    figure = viz.graph((w * 2).sum(), {text: w})
    figure.canvas.draw()
    ax = figure.axes[0]
    boxes = [p.get_window_extent() for p in ax.patches if hasattr(p, "get_boxstyle")]
    for t in ax.texts:
        e = t.get_window_extent()
        assert any(b.x0 <= e.x0 and e.x1 <= b.x1 and b.y0 <= e.y0 and e.y1 <= b.y1 for b in boxes), t.get_text()


def test_leaves_are_told_apart_from_operations_by_colour():
    layer, x = nn.Linear(2, 1), mg.ones(1, 2, requires_grad=True)
    figure = viz.graph(layer(x).sum(), {"x": x})
    faces = {p.get_facecolor() for p in figure.axes[0].patches if hasattr(p, "get_boxstyle")}
    assert len(faces) == 3  # operations, parameters, other leaves
    assert [t.get_text() for t in figure.axes[0].texts].count("parameter") == 2
