"""What distributions refuse, as PyTorch does, and how they are validated."""

import importlib

import pytest

import minigrad as mg

torch = pytest.importorskip("torch")
import torch.distributions  # noqa: E402, F811

WRONG = [
    lambda m, d: d.Normal(0.0, -1.0),
    lambda m, d: d.Normal(m.tensor(float("nan")), 1.0),
    lambda m, d: d.Normal("a", 1.0),
    lambda m, d: d.Uniform(1.0, 0.0),
    lambda m, d: d.Bernoulli(1.5),
    lambda m, d: d.Bernoulli(),
    lambda m, d: d.Bernoulli(0.5, 0.5),
    lambda m, d: d.Categorical(),
    lambda m, d: d.Categorical(m.tensor(0.5)),
    lambda m, d: d.Categorical(m.tensor([-0.5, 1.0])),
    lambda m, d: d.Categorical(m.ones(3)).log_prob(m.tensor(3)),
    lambda m, d: d.Multinomial(m.tensor([1, 2]), m.ones(2)),
    lambda m, d: d.Geometric(0.0),
    lambda m, d: d.Gamma(1.0, 0.0),
    lambda m, d: d.Gamma(1.0, 1.0).log_prob(m.tensor(-1.0)),
    lambda m, d: d.Dirichlet(m.tensor(1.0)),
    lambda m, d: d.Beta(1.0, 1.0).log_prob(m.tensor(1.5)),
    lambda m, d: d.Normal(0.0, 1.0).log_prob(1.0),
    lambda m, d: d.Normal(m.zeros(2), 1.0).log_prob(m.zeros(3)),
    lambda m, d: d.MultivariateNormal(m.zeros(2), m.eye(2), m.eye(2)),
    lambda m, d: d.MultivariateNormal(m.zeros(2), -m.eye(2)),
    lambda m, d: d.MultivariateNormal(m.tensor(0.0), m.eye(2)),
    lambda m, d: d.LowRankMultivariateNormal(m.zeros(2), m.ones(3, 1), m.ones(2)),
    lambda m, d: d.Wishart(m.tensor(1.0), m.eye(3)),
    lambda m, d: d.LKJCholesky(1, 1.0),
    lambda m, d: d.Independent(d.Normal(0.0, 1.0), 1),
    lambda m, d: d.TransformedDistribution(d.Normal(0.0, 1.0), [3]),
    lambda m, d: d.TransformedDistribution(d.Normal(0.0, 1.0), d.StickBreakingTransform()),
    lambda m, d: d.MixtureSameFamily(d.Normal(0.0, 1.0), d.Normal(m.zeros(2), 1.0)),
    lambda m, d: d.MixtureSameFamily(d.Categorical(m.ones(3)), d.Normal(m.zeros(2), 1.0)),
    lambda m, d: d.Bernoulli(0.5).rsample(),
    lambda m, d: d.Normal(0.0, 1.0).enumerate_support(),
    lambda m, d: d.Binomial(m.tensor([1, 2]), 0.5).enumerate_support(),
    lambda m, d: d.Distribution.set_default_validate_args("no"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda f: " ".join(f.__code__.co_names[:3]))
def test_what_pytorch_refuses_is_refused(wrong):
    with pytest.raises((ValueError, NotImplementedError, TypeError)) as theirs:
        wrong(torch, torch.distributions)
    with pytest.raises(type(theirs.value)):
        wrong(mg, mg.distributions)


def test_validation_may_be_turned_off():
    D = mg.distributions
    D.Normal(0.0, -1.0, validate_args=False)
    assert D.Beta(2.0, 2.0, validate_args=False).log_prob(mg.tensor(1.5)).isnan()
    D.Distribution.set_default_validate_args(False)
    try:
        D.Normal(0.0, -1.0)
    finally:
        D.Distribution.set_default_validate_args(True)


@pytest.mark.parametrize("count", [0, 2])
def test_mixtures_are_those_of_pytorch(count):
    def build(m):
        d = m.distributions
        parts = d.Normal(m.tensor([[-1.0, 2.0], [0.0, 1.0]]), m.tensor([0.5, 1.5]))
        if count:
            parts = d.Independent(d.Normal(m.tensor([[[-1.0], [2.0]], [[0.0], [1.0]]]).expand(2, 2, 3), 1.0), 1)
        return d.MixtureSameFamily(d.Categorical(m.tensor([[0.3, 0.7], [0.5, 0.5]])), parts)

    ours, theirs = build(mg), build(torch)
    x = mg.randn(5, 2, *ours.event_shape)
    pairs = [(ours.mean, theirs.mean), (ours.variance, theirs.variance)]
    pairs.append((ours.log_prob(x), theirs.log_prob(torch.tensor(x.numpy()))))
    if not count:
        pairs.append((ours.cdf(x), theirs.cdf(torch.tensor(x.numpy()))))
    for a, b in pairs:
        assert tuple(a.shape) == tuple(b.shape)
        assert mg.allclose(a, mg.tensor(b.numpy()), atol=1e-5)
    assert tuple(ours.sample((4,)).shape) == tuple(theirs.sample((4,)).shape)
    assert ours.expand((3, 2)).sample().shape == (3, 2, *theirs.event_shape)


def test_seeds_repeat_draws_and_names_are_readable():
    D = mg.distributions
    for law in (D.Normal(0.0, 1.0), D.Gamma(2.0, 1.0), D.Categorical(mg.ones(3)), D.VonMises(0.0, 1.0)):
        first, second = [(mg.manual_seed(4), law.sample((3,)))[1] for _ in range(2)]
        assert mg.equal(first, second)
    assert repr(D.Normal(0.0, 1.0)) == "Normal(loc: 0.0, scale: 1.0)"
    assert repr(D.Normal(mg.zeros(2), 1.0)) == "Normal(loc: (2,), scale: (2,))"


def test_names_are_found_where_pytorch_has_them():
    for name in torch.distributions.__all__:
        assert getattr(mg.distributions, name).__module__.startswith("minigrad.distributions"), name
        module = (
            type(getattr(torch.distributions, name)).__name__ == "type"
            and getattr(torch.distributions, name).__module__
        )
        if module:
            ours = importlib.import_module(module.replace("torch.", "minigrad."))
            assert getattr(ours, name) is getattr(mg.distributions, name)
