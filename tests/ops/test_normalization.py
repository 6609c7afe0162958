"""Normalization: running statistics, fused against composed, layout in memory, and mistakes."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.kernels import blocks
from minigrad.nn import functional as F


def batch_innermost(array):
    """The same values, with dimension 0 last in memory, as convolutions return them."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, 0, -1)), -1, 0)


@pytest.fixture
def x():
    return mg.tensor(np.random.default_rng(0).normal(3, 2, (4, 3, 2, 5)), requires_grad=True)


def composed(x, dims, weight, bias, eps=1e-5):
    n = float(np.prod([x.shape[d] for d in dims]))
    centered = x - x.sum(dims, keepdim=True) / n
    variance = (centered * centered).sum(dims, keepdim=True) / n
    return centered / (variance + eps).sqrt() * weight + bias


CASES = {
    "batch_norm": (lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True), (0, 2, 3), (3,), (1, 3, 1, 1)),
    "instance_norm": (lambda x, w, b: F.instance_norm(x, None, None, w, b), (2, 3), (3,), (1, 3, 1, 1)),
    "layer_norm": (lambda x, w, b: F.layer_norm(x, (2, 5), w, b), (2, 3), (2, 5), (1, 1, 2, 5)),
    "group_norm": (lambda x, w, b: F.group_norm(x, 1, w, b), (1, 2, 3), (3,), (1, 3, 1, 1)),
}


@pytest.mark.parametrize("order", [np.asarray, batch_innermost])
@pytest.mark.parametrize("part", [blocks.PART_ELEMENTS, 30])
@pytest.mark.parametrize("name", CASES)
def test_fused_equals_composed(name, part, order, x, monkeypatch):
    monkeypatch.setattr(blocks, "PART_ELEMENTS", part)
    monkeypatch.setattr(blocks, "MIN_RUN_BYTES", 1)
    function, dims, own, broad = CASES[name]
    x = mg.from_numpy(order(x.detach().numpy())).requires_grad_()
    w, b = (mg.randn(own, dtype=mg.float64, requires_grad=True) for _ in range(2))
    g = mg.randn(x.shape, dtype=mg.float64)
    a, c = function(x, w, b), composed(x, dims, w.reshape(broad), b.reshape(broad))
    np.testing.assert_allclose(a.detach().numpy(), c.detach().numpy(), atol=1e-13)
    for create_graph in (False, True):  # two paths: passes over arrays, and recorded operations
        got = mg.autograd.grad(a, [x, w, b], g, retain_graph=True, create_graph=create_graph)
        for one, other in zip(got, mg.autograd.grad(c, [x, w, b], g, retain_graph=True), strict=True):
            np.testing.assert_allclose(one.detach().numpy(), other.numpy(), atol=1e-12)


@pytest.mark.parametrize("shape", [(6, 3), (6, 3, 4), (6, 3, 2, 2), (2, 3, 2, 2, 2)])
def test_running_statistics(shape):
    rng = np.random.default_rng(1)
    mean, var = mg.zeros(3, dtype=mg.float64), mg.ones(3, dtype=mg.float64)
    expected_mean, expected_var = np.zeros(3), np.ones(3)
    dims = (0, *range(2, len(shape)))
    for _ in range(3):
        batch = rng.normal(2, 3, shape)
        F.batch_norm(mg.tensor(batch), mean, var, training=True, momentum=0.3)
        expected_mean = 0.7 * expected_mean + 0.3 * batch.mean(dims)
        expected_var = 0.7 * expected_var + 0.3 * batch.var(dims, ddof=1)
    np.testing.assert_allclose(mean.numpy(), expected_mean)
    np.testing.assert_allclose(var.numpy(), expected_var)
    before = mean.numpy().copy()
    y = F.batch_norm(mg.tensor(batch), mean, var)
    stretched = (1, 3) + (1,) * (len(shape) - 2)
    want = (batch - expected_mean.reshape(stretched)) / np.sqrt(expected_var.reshape(stretched) + 1e-5)
    np.testing.assert_allclose(y.numpy(), want)
    np.testing.assert_array_equal(mean.numpy(), before)


def test_against_torch_in_training_and_after():
    torch = pytest.importorskip("torch")
    batch = np.random.default_rng(2).normal(5, 2, (4, 3, 2, 2)).astype(np.float32)
    ours = [mg.zeros(3), mg.ones(3)]
    theirs = [torch.zeros(3), torch.ones(3)]
    for name in ("batch_norm", "instance_norm"):
        key = "training" if name == "batch_norm" else "use_input_stats"
        for flag in (True, False):
            a = getattr(F, name)(mg.tensor(batch), *ours, **{key: flag})
            b = getattr(torch.nn.functional, name)(torch.tensor(batch), *theirs, **{key: flag})
            np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-5)
            np.testing.assert_allclose(ours[0].numpy(), theirs[0].numpy(), rtol=1e-5)
            np.testing.assert_allclose(ours[1].numpy(), theirs[1].numpy(), rtol=1e-5)


def test_backward_notices_a_change_of_the_running_statistics():
    x, w = mg.randn(4, 3), mg.ones(3, requires_grad=True)
    mean, var = mg.zeros(3), mg.ones(3)
    kept = mean * w
    F.batch_norm(x, mean, var, training=True)
    with pytest.raises(RuntimeError, match="changed in place"):
        kept.sum().backward()


@pytest.mark.parametrize("training", [True, False])
def test_batch_innermost_memory_stays_so(training):
    values = np.random.default_rng(3).standard_normal((8, 3, 4, 5)).astype(np.float32)
    results = []
    for array in (values, batch_innermost(values)):
        x = mg.from_numpy(array).requires_grad_()
        w = mg.ones(3, requires_grad=True)
        y = F.batch_norm(x, mg.zeros(3), mg.ones(3), w, mg.zeros(3), training=training)
        g = mg.from_numpy(batch_innermost(np.cos(values)) if array is not values else np.cos(values))
        gx, gw = mg.autograd.grad(y, [x, w], g)
        assert y.stride() == gx.stride() == x.stride()
        assert y.dtype == gx.dtype == gw.dtype == mg.float32
        results.append((y.detach().numpy(), gx.numpy(), gw.numpy()))
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


def test_a_large_mean_and_many_values_in_float32():
    x = np.random.default_rng(4).normal(1000, 1, (64, 2, 40, 40)).astype(np.float32)
    y = F.batch_norm(mg.from_numpy(x), None, None, training=True).numpy()
    exact = x.astype(np.float64)
    exact = (exact - exact.mean((0, 2, 3), keepdims=True)) / exact.std((0, 2, 3), keepdims=True)
    np.testing.assert_allclose(y, exact, atol=1e-3)


@pytest.mark.parametrize("norm", ["batch_norm", "instance_norm", "layer_norm"])
def test_infinities_are_normalized_quietly(norm):
    x = mg.ones(2, 3, 4)
    x[0, 0, 0] = float("inf")
    options = {"batch_norm": (None, None, None, None, True), "instance_norm": (), "layer_norm": ((4,),)}[norm]
    assert np.isnan(getattr(F, norm)(x, *options).numpy()[0, 0, 0])


def test_of_no_samples_there_is_no_mean():
    mean, var = mg.zeros(3), mg.ones(3)
    assert F.instance_norm(mg.ones(0, 3, 4), mean, var).shape == (0, 3, 4)
    assert np.isnan(mean.numpy()).all() and np.isnan(var.numpy()).all()


def test_a_running_variance_too_large_for_float16_is_infinite():
    x = mg.tensor([[400.0], [-400.0]], dtype=mg.float16)
    var = mg.ones(1, dtype=mg.float16)
    F.batch_norm(x, mg.zeros(1, dtype=mg.float16), var, training=True, momentum=1.0)
    assert var.item() == float("inf")


def test_constant_channels_stay_finite():
    x = mg.full((4, 2), 3.0, requires_grad=True)
    y = F.batch_norm(x, None, None, training=True)
    (g,) = mg.autograd.grad(y.sum(), [x])
    assert y.tolist() == [[0, 0]] * 4 and np.isfinite(g.numpy()).all()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: F.batch_norm(mg.ones(1, 3, 1, 1), None, None, training=True), ValueError, "more than 1 value"),
        (lambda x: F.batch_norm(x, None, None), RuntimeError, "running_mean and running_var"),
        (lambda x: F.batch_norm(x, None, None, mg.ones(4), training=True), RuntimeError, r"weight of shape \(3,\)"),
        (lambda x: F.batch_norm(x, mg.ones(2), mg.ones(3)), RuntimeError, r"running_mean of shape \(3,\).*\(2,\)"),
        (lambda x: F.batch_norm(x, None, None, mg.ones(3), training=True), RuntimeError, "got minigrad.float32"),
        (lambda x: F.batch_norm(mg.ones(3), None, None, training=True), RuntimeError, r"\(N, C"),
        (lambda x: F.batch_norm(mg.ones(3, 3, dtype=mg.int64), None, None, training=True), RuntimeError, "int64"),
        (lambda x: F.instance_norm(mg.ones(4, 3, 1, 1)), ValueError, "spatial"),
        (lambda x: F.layer_norm(x, (3, 5)), RuntimeError, r"normalized_shape \(3, 5\)"),
        (lambda x: F.layer_norm(x, (5,), mg.ones(4)), RuntimeError, "weight"),
        (lambda x: F.group_norm(x, 2), RuntimeError, "divide the 3 channels"),
        (lambda x: F.rms_norm(x, ()), RuntimeError, "normalized_shape"),
    ],
)
def test_errors(call, error, message, x):
    with pytest.raises(error, match=message):
        call(x)


def test_nothing_is_changed_by_an_error():
    mean, var = mg.zeros(3), mg.ones(2)
    with pytest.raises(RuntimeError):
        F.batch_norm(mg.ones(4, 3), mean, var, training=True)
    assert mean.tolist() == [0, 0, 0]
