"""Probability distributions: draws, densities, entropies and divergences, with gradients for their parameters.

>>> D = mg.distributions
>>> mean = mg.tensor(1.0, requires_grad=True)
>>> D.kl_divergence(D.Normal(mean, 1.0), D.Normal(0.0, 1.0)).backward()
>>> mean.grad
tensor(1.)
"""

import sys
from types import ModuleType

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

# PyTorch's modules of one distribution each, from which scripts import: each finds every name of the package
_ALONE = (
    "beta binomial cauchy chi2 continuous_bernoulli dirichlet exponential fishersnedecor generalized_pareto geometric "
    "gumbel half_cauchy half_normal independent inverse_gamma kumaraswamy laplace lkj_cholesky logistic_normal "
    "lowrank_multivariate_normal mixture_same_family multinomial negative_binomial one_hot_categorical pareto poisson "
    "relaxed_bernoulli studentT uniform weibull wishart"
)
for _name in _ALONE.split():
    _module = ModuleType(f"{__name__}.{_name}", "A module of PyTorch's, with the names of `minigrad.distributions`.")
    vars(_module).update(__getattr__=__getattr__, __all__=__all__)
    globals()[_name] = sys.modules[_module.__name__] = _module
