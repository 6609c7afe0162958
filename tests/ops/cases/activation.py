"""relu, gelu, softmax, ...: away from their kinks, which test_activation.py looks at."""

import math

import numpy as np

from tests.ops.case import away, case, normal, uniform


def f(name):
    """The function of torch.nn.functional or its namesake."""
    return lambda m, *args, **options: getattr(m.nn.functional, name)(*args, **options)


def softmax(x, dim):
    e = np.exp(x)
    return e / e.sum(dim, keepdims=True)


def normal_cdf(x):
    return np.vectorize(lambda v: 0.5 * (1 + math.erf(v / math.sqrt(2))))(x)


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
softplus = lambda x: np.log(1 + np.exp(x))  # noqa: E731

CASES = [
    case("relu", f("relu"), away((0.0,), 3, 4), reference=lambda x: np.where(x > 0, x, 0)),
    case("relu method", lambda m, x: x.relu() * x, away((0.0,), 3, 4), reference=lambda x: np.where(x > 0, x * x, 0)),
    case("relu 0-dim", f("relu"), uniform(0.5, 1), reference=lambda x: x),
    case("relu in place", lambda m, x: m.nn.functional.relu(x * 1, inplace=True), away((0.0,), 3, 4)),
    case("relu6", f("relu6"), away((0.0, 6.0), 20), reference=lambda x: np.clip(x, 0, 6)),
    case("hardtanh", f("hardtanh"), away((-1.0, 1.0), 20), reference=lambda x: np.clip(x, -1, 1)),
    case("hardtanh limits", lambda m, x: m.nn.functional.hardtanh(x, -0.5, 2.0), away((-0.5, 2.0), 20)),
    case(
        "leaky_relu",
        f("leaky_relu"),
        away((0.0,), 3, 4),
        reference=lambda x: np.where(x > 0, x, 0.01 * x),
    ),
    case("leaky_relu slope", lambda m, x: m.nn.functional.leaky_relu(x, -0.3), away((0.0,), 3, 4)),
    case("prelu", f("prelu"), away((0.0,), 2, 3, 4), normal(3)),
    case("prelu one", lambda m, x, w: m.prelu(x, w), away((0.0,), 2, 3), normal(1)),
    case("rrelu", f("rrelu"), away((0.0,), 3, 4), reference=lambda x: np.where(x > 0, x, x * 11 / 48)),
    case("elu", f("elu"), away((0.0,), 3, 4), reference=elu),
    case("elu 0-dim", lambda m, x: m.nn.functional.elu(x), uniform(-2, -1), reference=elu),
    case("elu alpha", lambda m, x: m.nn.functional.elu(x, 0.3), away((0.0,), 3, 4), reference=lambda x: elu(x, 0.3)),
    case("selu", f("selu"), away((0.0,), 3, 4)),
    case("celu", lambda m, x: m.celu(x, 2.0), away((0.0,), 3, 4)),
    case("gelu", f("gelu"), normal(3, 4), reference=lambda x: x * normal_cdf(x)),
    case("gelu tanh", lambda m, x: m.nn.functional.gelu(x, approximate="tanh"), normal(3, 4)),
    case("silu", f("silu"), normal(3, 4), reference=lambda x: x * sigmoid(x)),
    case("mish", f("mish"), normal(3, 4), reference=lambda x: x * np.tanh(softplus(x))),
    case("softplus", f("softplus"), normal(3, 4), reference=softplus),
    case(
        "softplus linear part",
        lambda m, x: m.nn.functional.softplus(x, beta=2.0, threshold=1.0),
        away((0.5,), 20),
        reference=lambda x: np.where(2 * x > 1, x, softplus(2 * x) / 2),
    ),
    case("logsigmoid", f("logsigmoid"), normal(3, 4), reference=lambda x: np.log(sigmoid(x))),
    case(
        "hardsigmoid",
        f("hardsigmoid"),
        away((-3.0, 3.0), 20),
        reference=lambda x: np.clip(x / 6 + 0.5, 0, 1),
        torch="its slope is 1 / 6 rounded to float32, and has no derivative",
    ),
    case("hardswish", f("hardswish"), away((-3.0, 3.0), 20), reference=lambda x: x * np.clip(x / 6 + 0.5, 0, 1)),
    case("softsign", f("softsign"), away((0.0,), 3, 4), reference=lambda x: x / (1 + np.abs(x))),
    case("tanhshrink", f("tanhshrink"), normal(3, 4), reference=lambda x: x - np.tanh(x)),
    case(
        "softshrink",
        lambda m, x: m.nn.functional.softshrink(x, 0.7),
        away((-0.7, 0.7), 20),
        reference=lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.7, 0),
    ),
    case(
        "hardshrink",
        f("hardshrink"),
        away((-0.5, 0.5), 20),
        reference=lambda x: np.where(np.abs(x) > 0.5, x, 0),
    ),
    case(
        "threshold",
        lambda m, x: m.nn.functional.threshold(x, 0.5, -2.0),
        away((0.5,), 20),
        reference=lambda x: np.where(x > 0.5, x, -2.0),
    ),
    case("softmax", lambda m, x: m.softmax(x, 1), normal(3, 4), reference=lambda x: softmax(x, 1)),
    case("softmax first", lambda m, x: x.softmax(dim=0), normal(3, 2, 2), reference=lambda x: softmax(x, 0)),
    case("softmax 0-dim", lambda m, x: m.softmax(x, 0) * x, normal(), reference=lambda x: x),
    case("softmax dtype", lambda m, x: m.softmax(x, 0, dtype=m.float64), normal(3)),
    case("softmin", lambda m, x: m.nn.functional.softmin(x, dim=1), normal(3, 4), reference=lambda x: softmax(-x, 1)),
    case(
        "log_softmax",
        lambda m, x: m.nn.functional.log_softmax(x, dim=-1),
        normal(2, 3, 4),
        reference=lambda x: np.log(softmax(x, -1)),
    ),
    case("glu", f("glu"), normal(3, 4), reference=lambda x: x[:, :2] * sigmoid(x[:, 2:])),
    case("glu dim", lambda m, x: m.nn.functional.glu(x, 1), normal(2, 4, 3)),
    case(
        "scaled_dot_product_attention",
        f("scaled_dot_product_attention"),
        normal(2, 3, 4),
        normal(2, 5, 4),
        normal(2, 5, 2),
    ),
    case(
        "scaled_dot_product_attention causal",
        lambda m, q, k, v: m.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True, scale=0.3),
        normal(2, 3, 4),
        normal(2, 5, 4),
        normal(2, 5, 2),
    ),
    case(
        "scaled_dot_product_attention mask",
        lambda m, q, k, v, mask: m.nn.functional.scaled_dot_product_attention(q, k, v, mask),
        normal(2, 3, 4),
        normal(2, 5, 4),
        normal(2, 5, 2),
        normal(3, 5),
    ),
    case(
        "scaled_dot_product_attention shared heads",
        lambda m, q, k, v: m.nn.functional.scaled_dot_product_attention(q, k, v, enable_gqa=True),
        normal(1, 4, 3, 2),
        normal(1, 2, 4, 2),
        normal(1, 1, 4, 3),
    ),
]
