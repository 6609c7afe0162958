"""Every distribution against PyTorch's, its draws against its own moments, and gradients of draws."""

import functools

import numpy as np
import pytest

import minigrad as mg
from tests.distributions.laws import LAWS, made

torch = pytest.importorskip("torch")
import torch.distributions  # noqa: E402, F811

D = mg.distributions


def arrays(value):
    return value.detach().numpy() if hasattr(value, "detach") else value


def result(f):
    """What `f` gives, or the class of its error."""
    try:
        return f()
    except NotImplementedError:
        return NotImplementedError


def assert_same(ours, theirs, what):
    if isinstance(theirs, type) or isinstance(ours, type):
        assert ours is theirs, f"{what}: {ours} where PyTorch has {theirs}"
        return
    assert str(ours.dtype).rpartition(".")[2] == str(theirs.dtype).rpartition(".")[2], what
    assert tuple(ours.shape) == tuple(theirs.shape), what
    rtol = 1e-7 if theirs.dtype == torch.float64 else 1e-5
    np.testing.assert_allclose(arrays(ours), arrays(theirs), rtol, rtol / 100, err_msg=what)


# what PyTorch has not, or nan, or 0 where the formula divides by 0
DIFFERENT = {"Kumaraswamy mode", "GeneralizedPareto log_prob gradient"}


@pytest.mark.parametrize("name", LAWS)
def test_what_is_known_of_it_is_what_pytorch_knows(name):
    (ours, _), (theirs, _) = made(mg, name), made(torch, name)
    assert ours.batch_shape == theirs.batch_shape and ours.event_shape == theirs.event_shape
    assert ours.has_rsample == theirs.has_rsample and ours.has_enumerate_support == theirs.has_enumerate_support
    for what in ("mean", "mode", "variance", "stddev", "probs", "logits", "scale_tril", "precision_matrix"):
        if (hasattr(type(theirs), what) or what in vars(theirs)) and f"{name} {what}" not in DIFFERENT:
            assert_same(result(lambda w=what: getattr(ours, w)), result(lambda w=what: getattr(theirs, w)), what)
    for what in ("entropy", "perplexity", "enumerate_support"):
        assert_same(result(lambda w=what: getattr(ours, w)()), result(lambda w=what: getattr(theirs, w)()), what)
    values = LAWS[name][2]
    for what in ("log_prob", "cdf"):
        pair = [
            result(lambda w=what, d=d, m=m: getattr(d, w)(m.tensor(values))) for d, m in ((ours, mg), (theirs, torch))
        ]
        assert_same(*pair, what)
    u = np.linspace(0.1, 0.9, 3)
    assert_same(result(lambda: ours.icdf(mg.tensor(u))), result(lambda: theirs.icdf(torch.tensor(u))), "icdf")
    np.testing.assert_array_equal(
        arrays(ours.support.check(mg.tensor(values))), arrays(theirs.support.check(torch.tensor(values)))
    )
    assert ours.support.event_dim == theirs.support.event_dim
    assert ours.support.is_discrete == theirs.support.is_discrete


@pytest.mark.parametrize("name", LAWS)
def test_gradients_of_densities_and_entropies_are_those_of_pytorch(name):
    for what in ("log_prob", "entropy"):
        found = []
        for library in (mg, torch):
            law, parameters = made(library, name, requires_grad=True)
            argument = [library.tensor(LAWS[name][2])] if what == "log_prob" else []
            y = result(functools.partial(getattr(law, what), *argument))
            if isinstance(y, type) or not y.requires_grad:
                found.append(None)
                continue
            options = {"allow_unused": True, "materialize_grads": True}
            found.append([arrays(g) for g in library.autograd.grad(y.sum(), parameters, **options)])
        if found[1] is not None and f"{name} {what} gradient" not in DIFFERENT:
            for a, b in zip(*found, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7, err_msg=what)


@pytest.mark.parametrize("name", LAWS)
def test_expanded_it_has_the_shapes_and_values_of_pytorchs(name):
    (ours, _), (theirs, _) = made(mg, name), made(torch, name)
    shape = (2, *theirs.batch_shape)
    ours, theirs = ours.expand(shape), theirs.expand(shape)
    assert ours.batch_shape == theirs.batch_shape == shape and ours.event_shape == theirs.event_shape
    value = ours.sample((4,))
    assert_same(ours.log_prob(value), theirs.log_prob(torch.tensor(arrays(value))), "log_prob")
    if name.startswith("Wishart"):
        return  # PyTorch's draws warn
    drawn = theirs.sample((4,))
    assert tuple(value.shape) == tuple(drawn.shape)
    assert str(value.dtype).rpartition(".")[2] == str(drawn.dtype).rpartition(".")[2]


@pytest.mark.parametrize("name", LAWS)
def test_draws_have_its_moments(name):
    law, _ = made(mg, name)
    theirs, _ = made(torch, name)
    mg.manual_seed(3)
    x = arrays(law.sample((4000,))).astype(float)
    assert arrays(law.support.check(mg.tensor(x))).all()
    mean, variance = (result(lambda w=w: arrays(getattr(law, w))) for w in ("mean", "variance"))
    if name == "VonMises":
        np.testing.assert_allclose(np.hypot(np.cos(x).mean(0), np.sin(x).mean(0)), 1 - variance, atol=0.05)
    elif not isinstance(mean, type) and np.isfinite(mean).all() and np.isfinite(variance).all():
        error = np.sqrt(variance / 4000) + 1e-9
        assert (np.abs(x.mean(0) - mean) < 5 * error + 1e-3).all()  # by chance once in a million, and the seed is fixed
    cdf = result(lambda: arrays(law.cdf(mg.tensor(x))))
    if not isinstance(cdf, type) and not law.support.is_discrete:
        grid = (np.arange(4000) + 0.5) / 4000
        gap = np.abs(np.sort(cdf, 0) - grid.reshape((-1,) + (1,) * (cdf.ndim - 1))).max()
        assert gap < 2.2 / np.sqrt(4000), gap  # Kolmogorov and Smirnov: exceeded once in 8000


@pytest.mark.parametrize("name", [n for n in LAWS if "Categorical" not in n and "Wishart" not in n])
def test_gradients_of_draws_are_those_of_the_quantile(name):
    """A draw that keeps its place in the distribution moves by ``-(dF / dp) / density`` as a parameter p does."""
    law, parameters = made(mg, name, requires_grad=True)
    if not law.has_rsample or law.event_shape or isinstance(result(lambda: law.cdf(mg.tensor(LAWS[name][2]))), type):
        pytest.skip("no gradients of draws, or no distribution function")
    mg.manual_seed(1)
    x = law.rsample((5,))
    found = mg.autograd.grad(x.sum(), parameters, retain_graph=True)
    expected = mg.autograd.grad((-law.cdf(x.detach()) / law.log_prob(x.detach()).exp().detach()).sum(), parameters)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(arrays(a), arrays(b), rtol=1e-6 if a.dtype == mg.float64 else 1e-4, atol=1e-9)
