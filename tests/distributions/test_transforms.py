"""Transforms: their inverses, shapes and Jacobians, against automatic differentiation and PyTorch."""

import numpy as np
import pytest

import minigrad as mg
from tests.distributions.laws import LOC, A

torch = pytest.importorskip("torch")
import torch.distributions  # noqa: E402, F811

D = mg.distributions
X = np.array([[0.3, 1.2, 0.7], [-0.4, 0.5, 2.0]])
# how to make a transform, and an argument
TRANSFORMS = {
    "Exp": (lambda m, d: d.ExpTransform(), X),
    "Power": (lambda m, d: d.PowerTransform(m.tensor(A)), np.abs(X)),
    "Sigmoid": (lambda m, d: d.SigmoidTransform(), X),
    "Softplus": (lambda m, d: d.SoftplusTransform(), X),
    "Tanh": (lambda m, d: d.TanhTransform(), X),
    "Affine": (lambda m, d: d.AffineTransform(m.tensor(LOC), -2.0), X),
    "Affine event": (lambda m, d: d.AffineTransform(1.0, m.tensor(A), event_dim=1), X),
    "CumulativeDistribution": (lambda m, d: d.CumulativeDistributionTransform(d.Normal(m.tensor(LOC), 2.0)), X),
    "Compose": (lambda m, d: d.ComposeTransform([d.AffineTransform(1.0, 2.0), d.ExpTransform()]), X),
    "Compose of events": (lambda m, d: d.ComposeTransform([d.TanhTransform(), d.StickBreakingTransform()]), X),
    "Independent": (lambda m, d: d.IndependentTransform(d.ExpTransform(), 1), X),
    "Reshape": (lambda m, d: d.ReshapeTransform((3,), (3, 1)), X),
    "StickBreaking": (lambda m, d: d.StickBreakingTransform(), X),
    "CorrCholesky": (lambda m, d: d.CorrCholeskyTransform(), X),
    "Cat": (lambda m, d: d.CatTransform([d.ExpTransform(), d.identity_transform], 1, [1, 2]), X),
    "Stack": (lambda m, d: d.StackTransform([d.ExpTransform(), d.TanhTransform()]), X),
    "Softmax": (lambda m, d: d.SoftmaxTransform(), X),
    "Abs": (lambda m, d: d.AbsTransform(), X),
    "LowerCholesky": (lambda m, d: d.LowerCholeskyTransform(), X[:, :2]),
    "PositiveDefinite": (lambda m, d: d.PositiveDefiniteTransform(), X[:, :2]),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_values_inverses_shapes_and_jacobians_are_those_of_pytorch(name):
    make, x = TRANSFORMS[name]
    ours, theirs = make(mg, D), make(torch, torch.distributions)
    y, exact = ours(mg.tensor(x)), theirs(torch.tensor(x))
    np.testing.assert_allclose(y.numpy(), exact.numpy(), rtol=1e-10)
    np.testing.assert_allclose(ours.inv(y).numpy(), theirs.inv(exact).numpy(), rtol=1e-9)
    for what in ("bijective", "sign"):
        try:
            expected = getattr(theirs, what)
        except NotImplementedError:
            continue
        np.testing.assert_array_equal(np.asarray(getattr(ours, what)), np.asarray(expected))
    for end in ("domain", "codomain"):
        assert getattr(ours, end).event_dim == getattr(theirs, end).event_dim
        assert bool(getattr(ours, end).check(mg.tensor(x) if end == "domain" else y).all())
    assert ours.forward_shape(x.shape) == tuple(exact.shape) and ours.inverse_shape(y.shape) == x.shape
    if ours.bijective:
        log = theirs.log_abs_det_jacobian(torch.tensor(x), exact)
        np.testing.assert_allclose(
            ours.log_abs_det_jacobian(mg.tensor(x), y).numpy(), log.numpy(), rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize("name", ["StickBreaking", "CorrCholesky", "Compose of events", "Sigmoid"])
def test_the_jacobian_is_that_of_differentiation(name):
    make, x = TRANSFORMS[name]
    t, x = make(mg, D), mg.tensor(x[0])
    y = t(x)

    def free(x):
        y = t(x)
        return {"CorrCholesky": lambda: D.utils.tril_matrix_to_vec(y, -1), "Sigmoid": lambda: y}.get(
            name, lambda: y[:-1]
        )()

    log = np.linalg.slogdet(mg.autograd.functional.jacobian(free, x).numpy())[1]
    np.testing.assert_allclose(t.log_abs_det_jacobian(x, y).sum().item(), log, rtol=1e-9)


def test_a_cache_gives_back_the_argument_itself():
    t = D.ExpTransform(cache_size=1)
    x = mg.tensor(X)
    assert t.inv(t(x)) is x and t.inv.inv is t and t.with_cache(1) is t
    assert D.ExpTransform() == D.ExpTransform() and D.ExpTransform() != D.TanhTransform()
    with pytest.raises(ValueError, match="cache_size of 0 or 1"):
        D.ExpTransform(cache_size=2)


C = D.constraints
CONSTRAINTS = [
    C.real, C.positive, C.nonnegative, C.unit_interval, C.interval(-1.0, 3.0), C.greater_than(2.0), C.less_than(1.0),
    C.half_open_interval(0.0, 1.0), C.simplex, C.lower_cholesky, C.corr_cholesky, C.positive_definite, C.real_vector,
    C.independent(C.positive, 1), C.cat([C.positive, C.real], 0, [1, 1]), C.stack([C.positive, C.real], 0),
]  # fmt: skip


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=repr)
@pytest.mark.parametrize("name", ["biject_to", "transform_to"])
def test_transforms_lead_into_their_constraints(name, constraint):
    t = getattr(D, name)(constraint)
    x = mg.tensor(X[:, :2] if "matrix" in repr(constraint) or constraint.event_dim == 2 else X)
    if constraint is C.corr_cholesky:
        x = mg.tensor(X)
    y = t(x)
    assert bool(constraint.check(y).all())
    assert name == "transform_to" or constraint in (C.lower_cholesky, C.positive_definite) or t.bijective
    np.testing.assert_allclose(t(t.inv(y)).numpy(), y.numpy(), rtol=1e-8)


def test_constraints_without_a_transform_say_so():
    with pytest.raises(NotImplementedError, match="no transform onto"):
        D.biject_to(C.boolean)
    with pytest.raises(TypeError, match="expected a Constraint"):
        D.biject_to.register(3, lambda c: None)
    assert C.is_dependent(D.Uniform.support) and C.is_dependent(C.dependent) and not C.is_dependent(C.real)
    with pytest.raises(ValueError, match="depends on other parameters"):
        C.dependent.check(mg.ones(1))
