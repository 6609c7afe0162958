"""Divergences of every pair that PyTorch has a formula for, and their gradients."""

import numpy as np
import pytest

import minigrad as mg
from tests.distributions.laws import LAWS, made

torch = pytest.importorskip("torch")
from torch.distributions import kl as theirs  # noqa: E402

D = mg.distributions
KINDS = {kind: name for name, (kind, _, _) in reversed(LAWS.items())}
PAIRS = sorted(
    (KINDS[p.__name__], KINDS[q.__name__])
    for p, q in theirs._KL_REGISTRY
    if p.__name__ in KINDS and q.__name__ in KINDS
)
POISSON = {"Binomial": {"total_count": 5}}


def divergence(library, p, q):
    a, given = made(library, p, requires_grad=True)
    b, others = made(library, q, requires_grad=True)
    if p == q:
        b, others = moved(library, q)
    kl = library.distributions.kl_divergence(a, b)
    inputs = given + others
    gradients = library.autograd.grad(kl.sum(), inputs, allow_unused=True) if kl.requires_grad else []
    return kl.detach().numpy(), [None if g is None else g.numpy() for g in gradients]


def moved(library, name):
    """The distribution with its parameters in another order, so that it differs from the first."""
    kind, parameters, _ = LAWS[name]
    tensors = {}
    for k, v in parameters.items():
        tensors[k] = (
            library.tensor(v[::-1].copy() if getattr(v, "ndim", 0) == 1 else v * 1) if isinstance(v, np.ndarray) else v
        )
    given = [t.requires_grad_() for t in tensors.values() if hasattr(t, "requires_grad_")]
    return getattr(library.distributions, kind)(**tensors), given


@pytest.mark.parametrize("p, q", PAIRS)
def test_every_pair_is_that_of_pytorch(p, q):
    ours, our_slopes = divergence(mg, p, q)
    exact, slopes = divergence(torch, p, q)
    np.testing.assert_allclose(ours, exact, rtol=1e-6, atol=1e-9)
    if np.isfinite(exact).all():
        for a, b in zip(our_slopes, slopes, strict=True):
            np.testing.assert_allclose(0.0 if a is None else a, 0.0 if b is None else b, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("p, q", [("Gamma", "Normal"), ("Beta", "Gamma"), ("Uniform", "Gumbel"), ("Laplace", "Normal")])
def test_a_divergence_is_the_mean_of_the_difference_of_logarithms(p, q):
    (a, _), (b, _) = made(mg, p), made(mg, q)
    mg.manual_seed(0)
    x = a.sample((20000,))
    difference = (a.log_prob(x) - b.log_prob(x)).numpy()
    error = difference.std(0) / np.sqrt(len(difference))
    assert (np.abs(difference.mean(0) - D.kl_divergence(a, b).numpy()) < 5 * error).all()


def test_made_ones_have_divergences_of_what_they_are_made_of():
    a, b = D.Normal(mg.zeros(2, 3), 1.0), D.Normal(mg.ones(2, 3), 1.0)
    np.testing.assert_allclose(D.kl_divergence(D.Independent(a, 1), D.Independent(b, 1)).numpy(), [1.5, 1.5])
    exp = D.ExpTransform()
    pair = [D.TransformedDistribution(d, exp) for d in (a, b)]
    np.testing.assert_allclose(D.kl_divergence(*pair).numpy(), np.full((2, 3), 0.5))
    np.testing.assert_allclose(D.kl_divergence(D.LogNormal(0.0, 1.0), D.LogNormal(1.0, 1.0)).item(), 0.5)


def test_what_has_no_formula_says_so():
    with pytest.raises(NotImplementedError, match="no formula for Cauchy and Normal"):
        D.kl_divergence(D.Cauchy(0.0, 1.0), D.Normal(0.0, 1.0))
    with pytest.raises(TypeError, match="expected classes of distributions"):
        D.register_kl(int, D.Normal)
    with pytest.raises(NotImplementedError, match="equal transforms"):
        base = D.Normal(0.0, 1.0)
        pair = [D.TransformedDistribution(base, t) for t in (D.ExpTransform(), D.TanhTransform())]
        D.kl_divergence(*pair)
