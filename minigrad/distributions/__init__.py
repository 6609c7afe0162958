"""Probability distributions: draws, densities, entropies and divergences, with gradients for their parameters.

>>> D = mg.distributions
>>> mean = mg.tensor(1.0, requires_grad=True)
>>> D.kl_divergence(D.Normal(mean, 1.0), D.Normal(0.0, 1.0)).backward()
>>> mean.grad
tensor(1.)
"""

from minigrad.lazy_names import lazy_names

_HOMES = {
    "bernoulli": "Bernoulli Binomial ContinuousBernoulli Geometric NegativeBinomial Poisson",
    "categorical": "Categorical Multinomial OneHotCategorical OneHotCategoricalStraightThrough",
    "constraint_registry": "biject_to transform_to",
    "distribution": "Distribution",
    "elementwise_transforms": (
        "AbsTransform AffineTransform CumulativeDistributionTransform ExpTransform PowerTransform SigmoidTransform "
        "SoftplusTransform TanhTransform"
    ),
    "exp_family": "ExponentialFamily",
    "gamma": "Beta Chi2 Dirichlet Exponential FisherSnedecor Gamma InverseGamma StudentT",
    "joined_transforms": "CatTransform StackTransform",
    "kl": "kl_divergence register_kl",
    "log_normal": "GeneralizedPareto Kumaraswamy LogNormal LogisticNormal Pareto Weibull",
    "matrix_transforms": (
        "CorrCholeskyTransform LowerCholeskyTransform PositiveDefiniteTransform SoftmaxTransform StickBreakingTransform"
    ),
    "multivariate_normal": "LKJCholesky LowRankMultivariateNormal MultivariateNormal Wishart",
    "normal": "Cauchy Gumbel HalfCauchy HalfNormal Laplace Normal Uniform",
    "relaxed_categorical": "ExpRelaxedCategorical LogitRelaxedBernoulli RelaxedBernoulli RelaxedOneHotCategorical",
    "transform": "ComposeTransform IndependentTransform ReshapeTransform Transform identity_transform",
    "transformed_distribution": "Independent MixtureSameFamily TransformedDistribution",
    "von_mises": "VonMises",
}
_lazy = lazy_names(__name__, globals(), _HOMES, modules=" ".join([*_HOMES, "constraints", "transforms", "utils"]))
__all__ = _lazy.names
__getattr__ = _lazy.getattr
__dir__ = _lazy.dir
