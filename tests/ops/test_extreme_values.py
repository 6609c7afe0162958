"""Values at the edges: what is no number stays where it is, and slopes where functions end or only just have one."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.nn import functional as F
from tests.ops.test_cases import DIFFERENTIABLE, ROWS, outputs_of, tensors_of

inf, nan = float("inf"), float("nan")

# A gradient that is multiplied with a slope of 0 there: 0 * inf is nan, as it is in PyTorch
BY_ZERO = {
    "activation: relu method", "activation: scaled_dot_product_attention causal", "elementwise: logaddexp large",
    "elementwise: sigmoid large", "elementwise: floor", "elementwise: ceil", "elementwise: trunc",
    "floating_point: angle",
    "matrices: cholesky_ex", "matrices: cholesky_inverse", "matrices: corrcoef", "matrices: gradient",
    "matrices: gradient at edges", "matrices: householder_product", "matrices: lu_factor", "matrices: lu_factor tall",
    "matrices: lu_factor wide", "matrices: lu_unpack", "matrices: matrix_exp of a batch, large",
    "matrices: triangular_solve", "matrices: vander", "matrices: vander in NumPy's order",
    "recurrent: recurrent_layer rnn_relu False", "recurrent: recurrent_layer rnn_relu True",
    "indexing: iteration", "reduction: prod dim", "reduction: prod one zero", "reduction: prod two zeros",
    "reduction: logsumexp large", "scan: cumprod zeros", "scan: logcumsumexp large",
}  # fmt: skip
FAMILIES = (
    "convolution",
    "decompositions",
    "grid_sampling",
    "interpolation: interpolate",
)  # zeros of the padding, of triangles


def gradients(name: str, place: float, value: float, others: float) -> list[np.ndarray]:
    """Of the inputs; the gradient of the first output is `others`, but `value` at one place."""
    tensors = tensors_of(ROWS[name])
    output = next(o for o in outputs_of(ROWS[name].function(mg, *tensors)) if o.requires_grad)
    g = mg.full(output.shape, others, dtype=output.dtype)  # contiguous, whatever the memory order of the output
    if g.numel():
        g.view(-1)[int(place * (g.numel() - 1))] = value
    inputs = [t for t in tensors if t.requires_grad]
    return [t.numpy() for t in mg.autograd.grad(output, inputs, g, materialize_grads=True)]


@pytest.mark.parametrize("place", [0, 0.5])
def test_a_gradient_that_is_no_number_reaches_only_what_its_element_depends_on(place: float) -> None:
    wrong = []
    for name in DIFFERENTIABLE:
        if name in BY_ZERO or name.startswith(FAMILIES):
            continue
        with np.errstate(all="ignore"):
            slopes, found = gradients(name, place, 1.0, 0.0), gradients(name, place, inf, 1.0)
        if any((~np.isfinite(f) & (s == 0)).any() for f, s in zip(found, slopes, strict=True)):
            wrong.append(name)
    assert not wrong


def slope(function, *values: float, g: float = 1.0) -> float:
    """By the first of the numbers."""
    x = mg.tensor(values[0], requires_grad=True)
    return mg.autograd.grad(function(x, *map(mg.tensor, values[1:])), x, mg.tensor(g))[0].item()


@pytest.mark.parametrize(
    ("function", "values", "expected"),
    [
        (mg.logit, (-0.5,), nan),
        (mg.logit, (1.5,), nan),
        (mg.logit, (0.0,), inf),
        (mg.logit, (1.0,), inf),
        (mg.amax, (nan,), 1.0),
        (mg.maximum, (nan, 1.0), 1.0),
        (mg.maximum, (1.0, 1.0), 0.5),
        (mg.minimum, (inf, 1.0), 0.0),
        (F.leaky_relu, (nan,), 0.01),
        (F.prelu, (2.0, inf), 1.0),
        (F.prelu, (-2.0, inf), inf),
        (lambda x, end: mg.lerp(x, end, 0.75), (inf, 1.0), 0.25),
        (mg.xlogy, (0.0, 0.0), 0.0),
        (mg.xlogy, (1.0, 0.0), -inf),
        (lambda x: F.binary_cross_entropy_with_logits(x, mg.zeros(())), (-20.0,), np.exp(-20.0)),
        (lambda x: F.binary_cross_entropy_with_logits(x, mg.ones(())), (20.0,), -np.exp(-20.0)),
        (lambda x: x.reshape(1).scatter_reduce(0, mg.tensor([0]), mg.tensor([nan]), "amax")[0], (nan,), 0.5),
    ],
)
def test_slopes_at_the_edges(function, values, expected: float) -> None:
    np.testing.assert_allclose(slope(function, *values), expected, rtol=1e-6)


def test_nothing_of_what_does_not_count() -> None:
    assert slope(mg.xlogy, 1.0, 0.0, g=0.0) == 0


def test_ends_of_lerp_and_of_the_loss_of_logits() -> None:
    ends = mg.tensor([1e8, 3.0]), mg.tensor([1.0, 1e-20])
    assert mg.lerp(*ends, 1.0).tolist() == ends[1].tolist() and mg.lerp(*ends, 0.0).tolist() == ends[0].tolist()
    loss = F.binary_cross_entropy_with_logits(mg.tensor([-20.0, 20.0]), mg.tensor([0.0, 1.0]), reduction="none")
    np.testing.assert_allclose(loss.numpy(), np.exp([-20.0, -20.0]), rtol=1e-6)


GOOD = [[2.0, 1.0], [0.0, 3.0]]


@pytest.mark.parametrize("bad", [[[nan, 0.0], [0.0, 1.0]], [[inf, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]]])
@pytest.mark.parametrize("good", [GOOD, [[1e-25, 0.0], [0.0, 1e-25]]])
@pytest.mark.parametrize("function", [mg.det, mg.logdet, lambda A: mg.linalg.slogdet(A)[1]])
def test_a_bad_matrix_spoils_no_other_of_the_batch(function, good, bad) -> None:
    """Whose determinant, in the second batch, float32 cannot hold."""
    alone, batch = mg.tensor([good], requires_grad=True), mg.tensor([bad, good], requires_grad=True)
    results = []
    for A in (alone, batch):
        y = function(A)
        (g,) = mg.autograd.grad(y.sum(), A, create_graph=True)
        (again,) = mg.autograd.grad((g * 1e-25 * g).sum(), A)
        results.append([y[-1].item(), g[-1].detach().numpy(), again[-1].numpy()])
    for found, expected in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8])
def test_truncated_quotients_of_the_smallest_integers(dtype) -> None:
    limits = np.iinfo(dtype)
    values = [int(v) for v in {limits.min, limits.min + 1, limits.max, 1, 2, 7, *([-1, -7] if limits.min else [])} if v]
    a, b = np.meshgrid(np.array(values, dtype), np.array(values, dtype))
    found = mg.div(mg.from_numpy(a), mg.from_numpy(b), rounding_mode="trunc")
    pairs = [(int(x), int(y)) for x, y in zip(a.flat, b.flat, strict=True)]
    exact = [abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1) for x, y in pairs]
    np.testing.assert_array_equal(found.numpy().ravel(), np.array([e % 2**64 for e in exact], np.uint64).astype(dtype))


@pytest.mark.parametrize("q", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("interpolation", ["lower", "higher", "nearest"])
def test_quantiles_of_infinities(q: float, interpolation: str) -> None:
    """They are elements: nothing is computed between two."""
    x = np.array([-inf, -inf, 3.0, inf], np.float32)
    expected = np.quantile(np.arange(4.0), q, method=interpolation)
    assert mg.quantile(mg.from_numpy(x), q, interpolation=interpolation).item() == x[int(expected)]


@pytest.mark.parametrize("bad", [nan, inf])
def test_decompositions_of_what_is_no_number(bad: float) -> None:
    """Are errors or nan, values and gradients alike; the other matrices of the batch are as ever."""
    A = np.array([[[bad, 0.0], [0.0, 1.0]], GOOD], np.float32)
    functions = {"svdvals": mg.linalg.svdvals, "eigvalsh": mg.linalg.eigvalsh}
    functions |= {str(ord): lambda A, ord=ord: mg.linalg.matrix_norm(A, ord) for ord in (2, -2, "nuc")}
    for name, function in functions.items():
        alone = function(mg.tensor([GOOD])).numpy()[0]
        try:
            x = mg.from_numpy(A).requires_grad_()
            y = function(x)
            (g,) = mg.autograd.grad(y.sum(), x)
        except RuntimeError as error:
            assert "did not converge" in str(error)  # of nan; of inf from NumPy 2.5 on
            continue
        assert not np.isfinite(y.detach().numpy()[0]).any() and np.isnan(g.numpy()[0]).all(), name
        np.testing.assert_allclose(y.detach().numpy()[1], alone, rtol=1e-6)


def test_eigvalsh_looks_at_one_triangle() -> None:
    assert mg.linalg.eigvalsh(mg.tensor([[2.0, nan], [0.0, 1.0]])).tolist() == [1.0, 2.0]
    assert np.isnan(mg.linalg.eigvalsh(mg.tensor([[2.0, nan], [0.0, 1.0]]), UPLO="U").numpy()).all()
