"""Losses: equal to what they are composed of, finite far from 0, and clear about mistakes."""

import math
import warnings

import numpy as np
import pytest

import minigrad as mg
from minigrad.nn import functional as F

ELEMENTWISE = [
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "kl_div", "poisson_nll_loss", "soft_margin_loss",
]  # fmt: skip


def gradient(loss, *inputs):
    return [g.numpy() for g in mg.autograd.grad(loss, list(inputs))]


@pytest.fixture
def logits():
    return mg.tensor(np.random.default_rng(0).standard_normal((6, 4)) * 3, requires_grad=True)


TARGET = mg.tensor([0, 3, 2, 2, 1, 0])


# ---- fused equals composed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("ignore_index", [-100, 2])
def test_cross_entropy_is_nll_of_log_softmax(logits, reduction, ignore_index):
    options = {"reduction": reduction, "ignore_index": ignore_index, "weight": mg.tensor([1.0, 2.0, 0.5, 3.0]).double()}
    fused = F.cross_entropy(logits, TARGET, **options)
    composed = F.nll_loss(F.log_softmax(logits, 1), TARGET, **options)
    np.testing.assert_allclose(fused.item(), composed.item(), rtol=1e-12)
    np.testing.assert_allclose(gradient(fused, logits), gradient(composed, logits), atol=1e-14)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_indices_equal_their_probabilities(logits, smoothing):
    hot = F.one_hot(TARGET, 4).double()
    a = F.cross_entropy(logits, TARGET, label_smoothing=smoothing)
    b = F.cross_entropy(logits, hot, label_smoothing=smoothing)
    np.testing.assert_allclose(a.item(), b.item(), rtol=1e-12)
    np.testing.assert_allclose(gradient(a, logits), gradient(b, logits), atol=1e-14)


def test_cross_entropy_gradient_is_p_minus_y_over_n(logits):
    (g,) = gradient(F.cross_entropy(logits, TARGET), logits)
    p = F.softmax(logits.detach(), 1).numpy()
    np.testing.assert_allclose(g, (p - np.eye(4)[TARGET.numpy()]) / 6, atol=1e-15)


def test_bce_with_logits_is_bce_of_sigmoid(logits):
    target = mg.rand(6, 4, dtype=mg.float64)
    a = F.binary_cross_entropy_with_logits(logits, target)
    b = F.binary_cross_entropy(logits.sigmoid(), target)
    np.testing.assert_allclose(a.item(), b.item(), rtol=1e-10)
    np.testing.assert_allclose(gradient(a, logits), gradient(b, logits), atol=1e-10)


def test_a_loss_keeps_the_order_of_memory_of_its_gradient():
    x = mg.tensor(np.zeros((4, 5), np.float32).T, requires_grad=True)
    (g,) = mg.autograd.grad(F.cross_entropy(x, mg.tensor([0, 1, 2, 3, 0])), [x])
    assert g.stride() == x.stride() and g.dtype == mg.float32


def test_a_second_backward_through_a_kept_graph(logits):
    loss = F.cross_entropy(logits, TARGET)
    loss.backward(retain_graph=True)
    once = logits.grad.numpy().copy()
    loss.backward()
    np.testing.assert_array_equal(logits.grad.numpy(), 2 * once)


# ---- edge values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [mg.float32, mg.float64])
def test_far_from_zero(dtype):
    x = mg.tensor([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]], dtype=dtype, requires_grad=True)
    half = mg.full((2, 3), 0.5, dtype=dtype)
    losses = [
        F.cross_entropy(x, mg.tensor([1, 0]), label_smoothing=0.1),
        F.cross_entropy(x, F.softmax(half, 1)),
        F.binary_cross_entropy_with_logits(x, half),
        F.soft_margin_loss(x, mg.sign(x)),
        F.kl_div(F.log_softmax(x, 1), F.softmax(half, 1), reduction="batchmean"),
    ]
    for loss in losses:
        assert np.isfinite(loss.item()) and np.isfinite(gradient(loss, x)).all() and loss.dtype == dtype


def test_binary_cross_entropy_clamps_its_logarithms():
    x = mg.tensor([0.0, 1.0], requires_grad=True)
    loss = F.binary_cross_entropy(x, mg.tensor([1.0, 0.0]), reduction="none")
    assert loss.tolist() == [100, 100]
    assert np.isfinite(gradient(loss.sum(), x)).all()
    assert F.binary_cross_entropy(x, mg.tensor([0.0, 1.0])).item() == 0


def test_all_ignored():
    x = mg.ones(2, 3, requires_grad=True)
    target = mg.tensor([-100, -100])
    for loss in (F.cross_entropy(x, target), F.nll_loss(x, target)):
        assert np.isnan(loss.item())
        np.testing.assert_array_equal(gradient(loss, x)[0], np.zeros((2, 3)))
    assert F.cross_entropy(x, target, reduction="sum").item() == 0


def test_what_is_ignored_may_be_anything():
    x = mg.tensor([[-np.inf, 0.0], [0.0, 0.0]])
    assert F.nll_loss(x, mg.tensor([-100, 0]), reduction="sum").item() == 0
    y = mg.tensor([[1e4, -1e4], [0.0, 0.0]], requires_grad=True)
    loss = F.cross_entropy(y, mg.tensor([-1, 0]), ignore_index=-1)
    np.testing.assert_allclose(loss.item(), np.log(2), rtol=1e-6)
    np.testing.assert_allclose(gradient(loss, y)[0], [[0, 0], [-0.5, 0.5]])


def test_empty_batches():
    assert np.isnan(F.cross_entropy(mg.zeros(0, 3), mg.zeros(0, dtype=mg.int64)).item())
    assert np.isnan(F.mse_loss(mg.zeros(0), mg.zeros(0)).item())
    assert F.mse_loss(mg.zeros(0), mg.zeros(0), reduction="sum").item() == 0


def test_masked_logits():
    x = mg.tensor([[0.0, -np.inf, 0.0]], requires_grad=True)
    loss = F.cross_entropy(x, mg.tensor([0]))
    np.testing.assert_allclose(loss.item(), np.log(2), rtol=1e-6)
    np.testing.assert_allclose(gradient(loss, x)[0], [[-0.5, 0, 0.5]])


def test_gaussian_variance_is_clamped():
    assert F.gaussian_nll_loss(mg.zeros(1), mg.zeros(1), mg.zeros(1)).item() == pytest.approx(np.log(1e-6) / 2)


def test_kl_div_of_means_warns():
    with pytest.warns(UserWarning, match="batchmean"):
        F.kl_div(mg.zeros(1, 2), mg.zeros(1, 2))


# ---- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_losses_do_not_broadcast(name):
    error = ValueError if name.startswith("binary") else RuntimeError
    with pytest.raises(error, match=rf"{name}: .*\(3,\) and \(3, 1\)"):
        getattr(F, name)(mg.full((3,), 0.5), mg.full((3, 1), 0.5))


@pytest.mark.parametrize("name", [*ELEMENTWISE, "cross_entropy", "nll_loss"])
def test_reduction_is_checked(name):
    target = mg.tensor([0]) if name in ("cross_entropy", "nll_loss") else mg.full((1, 2), 0.5)
    with pytest.raises(ValueError, match=f"{name}: expected reduction.*'average'"):
        getattr(F, name)(mg.full((1, 2), 0.5), target, reduction="average")


def test_the_old_words_for_reductions():
    x, y = mg.tensor([1.0, 3.0]), mg.tensor([1.0, 1.0])
    meanings = {(None, None): 2, (True, None): 2, (False, None): 4, (None, True): 2, (False, True): 4}
    with pytest.warns(UserWarning, match="mse_loss: .* write reduction="):
        for old, expected in meanings.items():
            assert F.mse_loss(x, y, *old).item() == expected
            assert F.mse_loss(x, y, size_average=old[0], reduce=old[1]).item() == expected
        assert F.mse_loss(x, y, reduce=False).tolist() == [0, 4]
        assert F.mse_loss(x.half(), y.half(), False).dtype == mg.float16
    with pytest.raises(TypeError, match="a bool as size_average, got 'sum'; write reduction='sum'"):
        F.mse_loss(x, y, "sum")
    with pytest.raises(TypeError, match="reduction"):
        F.mse_loss(x, y, None, None, "sum", reduction="sum")


X = mg.zeros(2, 3)


@pytest.mark.parametrize("function", [F.cross_entropy, F.nll_loss])
@pytest.mark.parametrize(
    ("input", "target", "error", "message"),
    [
        (X, mg.tensor([0, 3]), IndexError, "class 3 .* 3 classes"),
        (X, mg.tensor([0, -1]), IndexError, "class -1 .* 3 classes"),
        (X, mg.tensor([0.0, 1.0]), RuntimeError, r"float32; convert them with \.long"),
        (X, mg.tensor([True, False]), RuntimeError, "got bool"),
        (X, mg.tensor([0, 1, 2]), ValueError, r"target of shape \(2,\).*got \(3,\)"),
        (X, mg.tensor([[0], [1]]), RuntimeError, r"got \(2, 1\)"),
        (mg.zeros(2, 3, 4), mg.zeros(2, 5, dtype=mg.int64), RuntimeError, r"\(2, 4\)"),
        (mg.tensor(1.0), mg.tensor(0), ValueError, "0-dim"),
        (mg.ones(2, 3, dtype=mg.int64), mg.tensor([0, 1]), RuntimeError, "floating scores.*int64"),
    ],
)
def test_class_indices_are_checked(function, input, target, error, message):
    with pytest.raises(error, match=message):
        function(input, target)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.cross_entropy(X, mg.zeros(2, 3, dtype=mg.int64)), RuntimeError, "probabilities.*int64"),
        (lambda: F.cross_entropy(X, X, ignore_index=1), RuntimeError, "ignore_index"),
        (
            lambda: F.nll_loss(X, mg.tensor([0, 1]), mg.ones(3).double()),
            RuntimeError,
            "weight of the input's .*float32",
        ),
        (lambda: F.gaussian_nll_loss(X, X, mg.ones(1, 1)), ValueError, r"\(1, 1\)"),
        (lambda: F.cross_entropy(X, mg.tensor([0, 1]), mg.ones(2)), RuntimeError, r"weight for each of 3.*\(2,\)"),
        (lambda: F.cross_entropy(X, mg.tensor([0, 1]), label_smoothing=1.5), RuntimeError, "1.5"),
        (lambda: F.binary_cross_entropy(X + 2, X), RuntimeError, r"\[0, 1\].*got 2.*with_logits"),
        (lambda: F.binary_cross_entropy(X, X, mg.ones(2)), RuntimeError, r"weight of shape \(2,\)"),
        (lambda: F.binary_cross_entropy_with_logits(X, X, pos_weight=mg.ones(2)), RuntimeError, "pos_weight"),
        (lambda: F.mse_loss(mg.tensor([1]), mg.tensor([2])), RuntimeError, "floating"),
        (lambda: F.smooth_l1_loss(X, X, beta=-1.0), RuntimeError, "beta"),
        (lambda: F.huber_loss(X, X, delta=0.0), RuntimeError, "delta"),
        (lambda: F.gaussian_nll_loss(X, X, -1.0), ValueError, "variances"),
        (lambda: F.gaussian_nll_loss(X, X, mg.ones(3)), ValueError, r"\(3,\)"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_integer_targets_of_other_widths_and_arrays():
    expected = F.cross_entropy(X + mg.arange(3.0), mg.tensor([0, 2])).item()
    x = (X + mg.arange(3.0)).numpy()
    for dtype in (np.int32, np.uint8):
        assert F.cross_entropy(mg.tensor(x), np.array([0, 2], dtype)).item() == pytest.approx(expected)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert float(F.cross_entropy(x, np.array([0, 2]))) == pytest.approx(expected)


@pytest.mark.parametrize("value", [255.0, -0.1, 1.5, math.nan, math.inf])
def test_inputs_and_targets_of_binary_cross_entropy_are_probabilities(value):
    torch = pytest.importorskip("torch")
    for lib in (torch, mg):
        right, wrong = lib.tensor([0.5, 0.5]), lib.tensor([0.5, value])
        with pytest.raises(RuntimeError, match="target"):
            lib.nn.functional.binary_cross_entropy(right, wrong)
        with pytest.raises(RuntimeError, match="input"):
            lib.nn.functional.binary_cross_entropy(wrong, right)


@pytest.mark.parametrize("margin", [0, -1.0])
def test_the_margin_of_triplets_is_positive(margin):
    torch = pytest.importorskip("torch")
    for lib in (torch, mg):
        x = lib.ones(1, 2)
        with pytest.raises(ValueError, match="margin"):
            lib.nn.functional.triplet_margin_loss(x, x, x, margin=margin)


def test_the_users_error_settings_do_not_reach_into_a_loss():
    """It computes with numbers that underflow, and says nothing of it, as softmax and sigmoid do."""
    x = mg.tensor([-200.0, 200.0], requires_grad=True)
    with np.errstate(all="raise"):
        F.binary_cross_entropy_with_logits(x, mg.tensor([0.0, 1.0])).backward()
    assert x.grad.abs().max() < 1e-30
