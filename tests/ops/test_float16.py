"""float16 is for keeping numbers: the result of an operation is that in float32, rounded, and so are its gradients.

The numbers are such that sums, squares or products on the way to the result are too large for float16, too small, or
too many to be rounded one after the other.
"""

from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad.nn import functional as F
from tests.ops.case import Case, case, normal, uniform


def full(value: float, *shape: int) -> Any:
    return lambda rng: np.full(shape, value)


def opposite(value: float, count: int) -> Any:
    """So many numbers, and then their negatives."""
    return lambda rng: np.repeat([[value, -value]], count, axis=1)


CASES = [
    case("norm", lambda m, x: mg.linalg.vector_norm(x), full(300, 3)),
    case("norm of small numbers", lambda m, x: mg.linalg.vector_norm(x), full(1e-4, 3)),
    case("norm of many", lambda m, x: mg.linalg.vector_norm(x, 3, dim=1), uniform(1, 2, 2, 9000)),
    case("std", lambda m, x: mg.std(x, 0), lambda rng: 400 * rng.standard_normal((30, 4))),
    case("mean", lambda m, x: mg.mean(x), full(60_000, 40)),
    case("mean of many", lambda m, x: mg.mean(x), uniform(0, 1, 70_000)),
    case("cross_entropy", lambda m, x: F.cross_entropy(x, mg.arange(70_000) % 2), normal(70_000, 2)),
    case("cross_entropy of probabilities", lambda m, x, p: F.cross_entropy(x, p),
         normal(70_000, 2), uniform(0, 1, 70_000, 2)),
    case("nll_loss", lambda m, x: F.nll_loss(x, mg.arange(70_000) % 2, mg.tensor([1.0, 2.0])), normal(70_000, 2)),
    case("softmax", lambda m, x: mg.softmax(x, 1), full(0, 1, 70_000)),
    case("log_softmax", lambda m, x: mg.log_softmax(x, 1), full(0, 1, 70_000)),
    case("logsumexp", lambda m, x: mg.logsumexp(x, 1), full(0, 1, 70_000)),
    case("layer_norm", lambda m, *x: F.layer_norm(x[0], (40,), *x[1:]),
         lambda rng: 400 * rng.standard_normal((30, 40)), normal(40), normal(40)),
    case("batch_norm", lambda m, x: F.batch_norm(x, None, None, training=True),
         lambda rng: 400 * rng.standard_normal((30, 4, 7))),
    case("rms_norm", lambda m, *x: F.rms_norm(x[0], (40,), x[1]),
         lambda rng: 400 * rng.standard_normal((30, 40)), normal(40)),
    case("rms_norm of small numbers", lambda m, x: F.rms_norm(x, (4,)), full(1e-3, 2, 4)),
    case("avg_pool2d", lambda m, x: F.avg_pool2d(x, 4), full(60_000, 1, 1, 8, 8)),
    case("adaptive_avg_pool2d", lambda m, x: F.adaptive_avg_pool2d(x, 1), full(60_000, 1, 1, 8, 8)),
    case("cumsum", lambda m, x: mg.cumsum(x, 0), full(1, 5000)),
    case("index", lambda m, x: x[mg.arange(30_000) % 7], normal(7, 3)),
    case("scatter_reduce", lambda m, x, y: mg.scatter_reduce(x, 0, mg.arange(6000) % 2, y, "mean"),
         full(1, 2), full(1, 6000)),
]  # fmt: skip

PRODUCTS = [
    case("matmul", lambda m, a, b: a @ b, opposite(300, 500), full(1, 1000, 1)),
    case("dot", lambda m, a, b: a @ b, normal(5000), normal(5000)),
    case("linear", lambda m, x, w: F.linear(x, w), normal(500, 64), normal(32, 64)),
    case("conv2d", lambda m, *x: F.conv2d(*x, padding=1), normal(8, 32, 12, 12), normal(4, 32, 3, 3), normal(4)),
    case("conv_transpose2d", lambda m, *x: F.conv_transpose2d(*x, stride=2), normal(8, 32, 6, 6), normal(32, 4, 3, 3)),
]


def results(case: Case, arrays: list[np.ndarray], dtype: Any) -> list[np.ndarray]:
    """The output, and the gradients of the inputs."""
    inputs = [mg.from_numpy(a.astype(dtype)).requires_grad_() for a in arrays]
    y = case.function(mg, *inputs)
    cotangent = np.random.default_rng(1).uniform(-1, 1, tuple(y.shape)).astype(np.float16)
    y.backward(mg.from_numpy(cotangent.astype(dtype)))
    return [y.detach().numpy(), *(x.grad.numpy() for x in inputs)]


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_as_in_float32(case: Case) -> None:
    rng = np.random.default_rng(0)
    arrays = [make(rng).astype(np.float16) for make in case.inputs]
    for found, expected in zip(results(case, arrays, np.float16), results(case, arrays, np.float32), strict=True):
        assert found.dtype == np.float16 and np.isfinite(expected).all()
        room = 2e-3 * np.abs(expected).max() + np.finfo(np.float16).smallest_subnormal
        np.testing.assert_allclose(found, expected, rtol=2e-3, atol=room)


@pytest.mark.parametrize("name", ["batch_norm", "layer_norm"])
def test_slopes_to_be_differentiated_again(name: str) -> None:
    x = mg.from_numpy((400 * np.random.default_rng(0).standard_normal((30, 40))).astype(np.float16)).requires_grad_()
    y = F.layer_norm(x, (40,)) if name == "layer_norm" else F.batch_norm(x, None, None, training=True)
    g = mg.arange(1200.0).reshape(30, 40).to(mg.float16)
    expected, found = (mg.autograd.grad(y, x, g, retain_graph=True, create_graph=again)[0] for again in (False, True))
    assert found.dtype == mg.float16
    np.testing.assert_allclose(found.detach().numpy(), expected.numpy(), rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("case", PRODUCTS, ids=[c.name for c in PRODUCTS])
def test_products_are_rounded_once(case: Case) -> None:
    rng = np.random.default_rng(0)
    arrays = [make(rng).astype(np.float16) for make in case.inputs]
    for found, expected in zip(results(case, arrays, np.float16), results(case, arrays, np.float32), strict=True):
        assert found.dtype == np.float16
        np.testing.assert_array_equal(found, expected.astype(np.float16))
