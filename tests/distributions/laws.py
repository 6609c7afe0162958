"""The table of distributions: parameters as arrays, from which both libraries make them."""

import numpy as np

RNG = np.random.default_rng(0)
A = np.array([0.7, 1.5, 3.2])
B = np.array([2.5, 0.8, 1.3])
LOC = np.array([-0.5, 0.0, 2.0])
P = np.array([0.2, 0.65, 0.9])
SIMPLEX = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
LOGITS = np.array([[0.3, -1.0, 2.0], [0.0, 0.5, -0.5]])
TRIL = np.array([[1.2, 0.0, 0.0], [0.3, 0.7, 0.0], [-0.4, 0.2, 1.5]])
COV = TRIL @ TRIL.T
VALUES = RNG.uniform(0.05, 0.95, (4, 3))


# name, or name and what is special -> the class, its parameters, values for it
LAWS = {
    "Normal": ("Normal", {"loc": LOC, "scale": A}, VALUES),
    "Laplace": ("Laplace", {"loc": LOC, "scale": A}, VALUES),
    "Cauchy": ("Cauchy", {"loc": LOC, "scale": A}, VALUES),
    "Gumbel": ("Gumbel", {"loc": LOC, "scale": A}, VALUES),
    "Uniform": ("Uniform", {"low": LOC - 2.1, "high": LOC + 3}, VALUES),
    "HalfNormal": ("HalfNormal", {"scale": A}, VALUES),
    "HalfCauchy": ("HalfCauchy", {"scale": A}, VALUES),
    "Gamma": ("Gamma", {"concentration": A, "rate": B}, VALUES * 4),
    "Chi2": ("Chi2", {"df": A}, VALUES * 4),
    "Exponential": ("Exponential", {"rate": A}, VALUES),
    "InverseGamma": ("InverseGamma", {"concentration": A, "rate": B}, VALUES),
    "Dirichlet": ("Dirichlet", {"concentration": SIMPLEX * 5}, SIMPLEX[::-1].copy()),
    "Beta": ("Beta", {"concentration1": A, "concentration0": B}, VALUES),
    "StudentT": ("StudentT", {"df": A, "loc": LOC, "scale": B}, VALUES),
    "FisherSnedecor": ("FisherSnedecor", {"df1": A * 3, "df2": B * 3}, VALUES),
    "Bernoulli": ("Bernoulli", {"probs": P}, VALUES.round()),
    "Bernoulli logits": ("Bernoulli", {"logits": LOC}, VALUES.round()),
    "Binomial": ("Binomial", {"total_count": 5, "probs": P}, (VALUES * 5).round()),
    "Binomial logits": ("Binomial", {"total_count": 5, "logits": LOC}, (VALUES * 5).round()),
    "Geometric": ("Geometric", {"probs": P}, (VALUES * 5).round()),
    "Geometric logits": ("Geometric", {"logits": LOC}, (VALUES * 5).round()),
    "NegativeBinomial": ("NegativeBinomial", {"total_count": 3.0, "probs": P}, (VALUES * 5).round()),
    "NegativeBinomial logits": ("NegativeBinomial", {"total_count": A, "logits": LOC}, (VALUES * 5).round()),
    "Poisson": ("Poisson", {"rate": A}, (VALUES * 5).round()),
    "ContinuousBernoulli": ("ContinuousBernoulli", {"probs": np.array([0.2, 0.4999, 0.9])}, VALUES),
    "ContinuousBernoulli logits": ("ContinuousBernoulli", {"logits": LOC}, VALUES),
    "Categorical": ("Categorical", {"probs": SIMPLEX * 3}, np.array([[0, 1], [2, 2]])),
    "Categorical logits": ("Categorical", {"logits": LOGITS}, np.array([[0, 1], [2, 2]])),
    "OneHotCategorical": ("OneHotCategorical", {"probs": SIMPLEX}, np.eye(3)[[0, 2]]),
    "OneHotCategoricalStraightThrough": ("OneHotCategoricalStraightThrough", {"logits": LOGITS}, np.eye(3)[[0, 2]]),
    "Multinomial": ("Multinomial", {"total_count": 5, "probs": SIMPLEX}, np.array([[1.0, 0, 4], [2, 2, 1]])),
    "LogNormal": ("LogNormal", {"loc": LOC, "scale": A}, VALUES),
    "LogisticNormal": ("LogisticNormal", {"loc": LOGITS[:, :2], "scale": LOGITS[:, :2] ** 2 + 1}, SIMPLEX),
    "Pareto": ("Pareto", {"scale": A, "alpha": B}, VALUES * 4 + 3.2),
    "Weibull": ("Weibull", {"scale": A, "concentration": B}, VALUES),
    "Kumaraswamy": ("Kumaraswamy", {"concentration1": A, "concentration0": B}, VALUES),
    "GeneralizedPareto": (
        "GeneralizedPareto",
        {"loc": np.zeros(3, "f"), "scale": A.astype("f"), "concentration": np.array([0.3, 0.0, -0.2], "f")},
        VALUES.astype("f"),
    ),
    "RelaxedBernoulli": ("RelaxedBernoulli", {"temperature": np.array(0.7), "probs": P}, VALUES),
    "RelaxedOneHotCategorical": (
        "RelaxedOneHotCategorical", {"temperature": np.array(0.7), "logits": LOGITS}, SIMPLEX
    ),
    "VonMises": ("VonMises", {"loc": LOC, "concentration": A}, VALUES),
    "MultivariateNormal": ("MultivariateNormal", {"loc": LOC, "covariance_matrix": COV}, VALUES),
    "MultivariateNormal tril": ("MultivariateNormal", {"loc": VALUES, "scale_tril": TRIL}, VALUES[::-1].copy()),
    "MultivariateNormal precision": ("MultivariateNormal", {"loc": LOC, "precision_matrix": COV}, VALUES),
    "LowRankMultivariateNormal": (
        "LowRankMultivariateNormal", {"loc": LOC, "cov_factor": TRIL[:, :2], "cov_diag": A}, VALUES
    ),
    "Wishart": ("Wishart", {"df": np.array(4.5), "covariance_matrix": COV}, COV * 2),
    "Wishart tril": ("Wishart", {"df": np.array([3.5, 5.0]), "scale_tril": TRIL}, COV * 2),
    "LKJCholesky": ("LKJCholesky", {"dim": 3, "concentration": np.array(1.3)}, np.eye(3)),
}  # fmt: skip


def made(library, name, requires_grad=False):
    """The distribution of this name in `library`, and its parameters that are tensors."""
    kind, parameters, _ = LAWS[name]
    tensors = {k: library.tensor(v) if isinstance(v, np.ndarray) else v for k, v in parameters.items()}
    given = [t.requires_grad_() for t in tensors.values() if requires_grad and hasattr(t, "requires_grad_")]
    return getattr(library.distributions, kind)(**tensors), given
