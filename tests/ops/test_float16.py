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
from tests.ops.test_cases import ROWS, arrays_of, outputs_of


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
    case("nll_loss", lambda m, x: F.nll_loss(x, mg.arange(70_000) % 2, mg.tensor([1.0, 2.0]).to(x.dtype)),
         normal(70_000, 2)),
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
    *(
        case(name, lambda m, x, name=name: getattr(mg, name)(x), full(1, 70_000))
        for name in ("max", "min", "amax", "amin", "median", "nanmean", "norm")
    ),
    case("norm inf", lambda m, x: mg.norm(x, float("inf")), full(1, 70_000)),
    case("var", lambda m, x: mg.var(x), uniform(0, 1, 70_000)),
    case("normalize", lambda m, x: F.normalize(x), full(300, 1, 400)),
    case("normalize small numbers", lambda m, x: F.normalize(x), full(1e-4, 1, 8)),
    case("cosine_similarity", lambda m, x, y: F.cosine_similarity(x, y), full(300, 1, 400), full(-300, 1, 400)),
    case("mse_loss", lambda m, x, y: F.mse_loss(x, y), lambda rng: np.r_[1000, np.zeros(99)], full(0, 100)),
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


# ---- every operation of the table ------------------------------------------------------------------------------------

# Expressions of several operations, between which float16 is rounded, or leaves its range, as it must
SEVERAL = {
    "matrix_exp of a batch, large", "lu_solve", "lu_solve from the right, transposed", "cholesky_ex", "mH", "rot90",
    "softmax 0-dim", "conv2d squared", "conv_transpose2d squared", "logdet", "cholesky", "cholesky upper", "eigh",
    "eigh lower case", "eigvalsh", "svd", "svd tall", "svd wide", "logaddexp large", "setitem increment",
    "in place on a view", "concat", "dot", "outer", "linear squared", "embedding squared", "kl_div",
    "avg_pool2d squared", "adaptive_avg_pool2d squared", "adaptive_max_pool2d squared", "max_pool2d squared",
    "max_pool2d slope", "std far from 0", "logsumexp large", "logcumsumexp large", "matrix_rank", "bincount weights",
    "det of a singular one", "pinv of rank 2", "windows squared", "embedding_bag squared",
    "ctc_loss", "ctc_loss mean", "ctc_loss row", "ctc_loss one", "maximum squared",
}  # fmt: skip
LARGEST = [6e4, 300.0, 1e-4, 3e-7]


@np.errstate(all="ignore")
def tried(name: str, largest: float, dtype: Any) -> list[np.ndarray]:
    """What the row gives and its gradients, the absolutely largest element of each of its inputs being `largest`."""
    row, tensors = ROWS[name], []
    for array, make in zip(arrays_of(row), row.inputs, strict=True):
        floating = array.dtype.kind == "f"
        if floating and array.any():
            array = (array * (largest / np.abs(array).max())).astype(np.float16)
        t = mg.Tensor._wrap(np.array(array, dtype if floating else array.dtype))
        tensors.append(t.requires_grad_(floating and getattr(make, "requires_grad", True)))
    outputs = [o for o in outputs_of(row.function(mg, *tensors)) if o.is_floating_point()]
    ends, inputs = [[t for t in ts if t.requires_grad] for ts in (outputs, tensors)]
    rng = np.random.default_rng(3)
    cotangents = [rng.standard_normal(tuple(o.shape)).astype(np.float16).astype(o.dtype) for o in ends]
    gradients = mg.autograd.grad(
        ends, inputs, [mg.Tensor._wrap(np.asarray(c)) for c in cotangents], materialize_grads=True
    )
    return [t.detach().numpy() for t in (*outputs, *gradients)]


@pytest.mark.parametrize("largest", LARGEST)
def test_every_operation_near_the_ends_of_the_range(largest: float) -> None:
    wrong = []
    for name, row in ROWS.items():
        if row.name in SEVERAL or not row.differentiable:
            continue
        try:
            expected = tried(name, largest, np.float32)
        except (RuntimeError, ValueError):  # the numbers are none that it takes
            continue
        for found, e in zip(tried(name, largest, np.float16), expected, strict=True):
            if found.dtype != np.float16:
                assert found.dtype == e.dtype, name
                continue
            inside = np.abs(e) < 65000  # and not nan
            f, e = found[inside].astype(np.float64), e[inside].astype(np.float64)
            if not (np.abs(f - e) <= 2.2 * (2.0**-11 * np.abs(e) + 2.0**-25)).all():  # one rounding, or two
                wrong.append(name)
    assert not wrong
