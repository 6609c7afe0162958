"""What an operation keeps for backward, and somebody changes before: an error, or the gradient of what was there.

Every argument of every row of the table, and every output, is changed in place between forward and backward: inputs,
targets, weights, masks, indices, running statistics; as Tensors and, where they may be, as NumPy arrays.
"""

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn
from minigrad.graph.engine import Node
from minigrad.graph.versions import arrays_in
from tests.ops.test_cases import DIFFERENTIABLE, ROWS, cotangents, outputs_of, tensors_of


def changed(a):
    """Other values that stay in range where they are indices; they may turn out to be the same."""
    return (
        a * 1.7 + 0.31 if a.dtype.kind == "f" else ~a if a.dtype == bool else np.roll(a.reshape(-1), 1).reshape(a.shape)
    )


def change(value):
    if isinstance(value, np.ndarray):
        value[...] = changed(value)
    else:
        value.detach().copy_(mg.Tensor._wrap(changed(value._data)))


def attempt(row, arrays=(), argument=None, output=None):
    """The gradients; with some arguments as arrays, after a change of an argument or an output."""
    tensors = tensors_of(row)
    given = [t._data.copy() if i in arrays else t for i, t in enumerate(tensors)]
    outputs = outputs_of(row.function(mg, *given))
    if argument is not None:
        change(given[argument])
    if output is not None and outputs[output]._data.flags.writeable:
        change(outputs[output])
    outputs = [o for o in outputs if o.requires_grad]
    inputs = [t for t in given if isinstance(t, mg.Tensor) and t.requires_grad]
    if not outputs or not inputs:
        return None
    return mg.autograd.grad(outputs, inputs, cotangents(outputs), materialize_grads=True)


def assert_error_or_same(row, expected, **options):
    try:
        found = attempt(row, **options)
    except RuntimeError as error:
        assert "changed in place" in str(error)
        return
    for g, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(g.numpy(), e.numpy(), 1e-9, 1e-9)


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_a_change_before_backward_is_an_error_or_makes_no_difference(name):
    row = ROWS[name]
    expected = attempt(row)
    for i in range(len(row.inputs)):
        assert_error_or_same(row, expected, argument=i)
    for i in range(len(outputs_of(row.function(mg, *tensors_of(row))))):
        assert_error_or_same(row, expected, output=i)


@pytest.mark.parametrize("name", [n for n in DIFFERENTIABLE if len(ROWS[n].inputs) > 1])
def test_an_array_of_numpy_may_be_changed(name):
    row = ROWS[name]
    for i in range(len(row.inputs)):
        try:
            expected = attempt(row, arrays=(i,))
        except (AttributeError, TypeError):
            continue  # a method of Tensor is called, or a Tensor is required
        if expected is not None:
            assert_error_or_same(row, expected, arrays=(i,), argument=i)


def nodes_behind(outputs):
    found, stack = set(), [o.grad_fn for o in outputs]
    while stack:
        node = stack.pop()
        if isinstance(node, Node) and node not in found:
            found.add(node)
            stack.extend(node.parents)
    return found


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_what_was_kept_is_freed(name):
    row = ROWS[name]
    outputs = [o for o in outputs_of(row.function(mg, *tensors_of(row))) if o.requires_grad]
    nodes = [n for n in nodes_behind(outputs) if n.name() not in KEEP_TABLES]
    mg.autograd.backward(outputs, cotangents(outputs))
    assert not [n for n in nodes if any(True for _ in arrays_in(getattr(n, "saved", None)))]


# What they keep is made from shapes and not from tensors, and is kept as shapes are
KEEP_TABLES = {"LookUpBackward0", "AddUpBackward0", "MixedBackward0", "WeightedBackward0"}

WITH_WEIGHTS = {
    "cross_entropy": lambda x, t, w: F.cross_entropy(x, t, w),
    "smoothed": lambda x, t, w: F.cross_entropy(x, t, w, label_smoothing=0.1, reduction="sum"),
    "nll_loss": lambda x, t, w: F.nll_loss(x, t, w),
    "one": lambda x, t, w: F.nll_loss(x[0], t[0], w) + F.cross_entropy(x[1], t[1], w),
}


@pytest.mark.parametrize("name", WITH_WEIGHTS)
@pytest.mark.parametrize("arrays", [False, True])
@pytest.mark.parametrize("which", [0, 1])
def test_targets_and_weights_of_class_losses(name, arrays, which):
    def gradient(of):
        x = mg.tensor([[0.1, 0.5, -0.3], [1.0, 0.2, 0.4]], requires_grad=True)
        given = [mg.tensor([0, 2]), mg.tensor([1.0, 5.0, 3.0])]
        given = [t.numpy() for t in given] if arrays else given
        loss = WITH_WEIGHTS[name](x, *given)
        for i in of:
            change(given[i])
        loss.backward()
        return x.grad.numpy()

    expected = gradient([])
    try:
        found = gradient([which])
    except RuntimeError as error:
        assert "changed in place" in str(error) and not arrays
        return
    np.testing.assert_allclose(found, expected, 1e-6)


@pytest.mark.parametrize(
    "layer", [nn.BatchNorm1d(3).eval(), nn.BatchNorm1d(3), nn.PReLU(3), nn.Bilinear(3, 3, 2)], ids=repr
)
def test_parameters_and_buffers_of_layers(layer):
    layer.double()
    names = [*dict(layer.named_parameters()), *dict(layer.named_buffers())]
    values = {n: t.detach().clone() for n, t in layer.state_dict().items()}

    def gradient(name):
        layer.load_state_dict(values)
        x = mg.arange(6.0, dtype=mg.float64).reshape(2, 3).requires_grad_()
        y = layer(x, x + 1) if isinstance(layer, nn.Bilinear) else layer(x)
        if name is not None:
            change(layer.get_parameter(name) if name in dict(layer.named_parameters()) else layer.get_buffer(name))
        return mg.autograd.grad((y * y).sum(), x)[0].numpy()

    expected = gradient(None)
    for name in names:
        try:
            found = gradient(name)
        except RuntimeError as error:
            assert "changed in place" in str(error)
            continue
        np.testing.assert_allclose(found, expected, 1e-9, 1e-9)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.cumprod_(0),
        lambda t: t.logcumsumexp(0),
        lambda t: t.index_reduce_(0, mg.tensor([0]), mg.tensor(5.0), "amax"),
        lambda t: t.index_reduce_(0, mg.tensor([0]), mg.tensor(5.0), "prod"),
    ],
)
def test_a_change_in_place_keeps_the_old_values_of_a_0_dim_tensor_that_it_computed_with_as_a_row(change):
    x = mg.tensor(3.0, requires_grad=True)
    y = change(x * 1)
    y.backward()
    step = 1e-2
    slope = (change(mg.tensor(3.0 + step)).item() - change(mg.tensor(3.0 - step)).item()) / (2 * step)
    assert x.grad.item() == pytest.approx(slope, rel=1e-2, abs=1e-3)
