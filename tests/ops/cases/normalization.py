"""batch_norm, layer_norm, group_norm, instance_norm, rms_norm."""

import numpy as np

from tests.ops.case import case, fixed, normal, uniform


def normalized(x, dims, eps=1e-5):
    return (x - x.mean(dims, keepdims=True)) / np.sqrt(x.var(dims, keepdims=True) + eps)


def channels(p):
    return p[:, None, None]


CASES = [
    case(
        "batch_norm",
        lambda m, x, w, b: m.nn.functional.batch_norm(x, None, None, w, b, training=True),
        normal(3, 4, 2, 2),
        normal(4),
        normal(4),
        reference=lambda x, w, b: normalized(x, (0, 2, 3)) * channels(w) + channels(b),
    ),
    case(
        "batch_norm plain",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True, eps=0.1),
        normal(5, 3),
        reference=lambda x: normalized(x, 0, 0.1),
    ),
    case(
        "batch_norm weight",
        lambda m, x, w: m.nn.functional.batch_norm(x, None, None, w, None, training=True),
        normal(3, 2, 4),
        normal(2),
    ),
    case(
        "batch_norm eval",
        lambda m, x, w, b, mean, var: m.nn.functional.batch_norm(x, mean, var, w, b),
        normal(3, 4, 2, 2),
        normal(4),
        normal(4),
        fixed(normal(4)),
        fixed(uniform(0.5, 2, 4)),
        reference=lambda x, w, b, mean, var: (
            (x - channels(mean)) / np.sqrt(channels(var) + 1e-5) * channels(w) + channels(b)
        ),
    ),
    case(
        "instance_norm",
        lambda m, x, w, b: m.nn.functional.instance_norm(x, weight=w, bias=b),
        normal(2, 3, 2, 2),
        normal(3),
        normal(3),
        reference=lambda x, w, b: normalized(x, (2, 3)) * channels(w) + channels(b),
    ),
    case(
        "instance_norm running",
        lambda m, x, mean, var: m.nn.functional.instance_norm(x, mean, var, use_input_stats=False),
        normal(2, 3, 4),
        fixed(normal(3)),
        fixed(uniform(0.5, 2, 3)),
    ),
    case(
        "layer_norm",
        lambda m, x, w, b: m.nn.functional.layer_norm(x, (2, 3), w, b),
        normal(4, 2, 3),
        normal(2, 3),
        normal(2, 3),
        reference=lambda x, w, b: normalized(x, (1, 2)) * w + b,
    ),
    case("layer_norm plain", lambda m, x: m.nn.functional.layer_norm(x, (5,)), normal(2, 3, 5)),
    case("layer_norm all", lambda m, x, w: m.nn.functional.layer_norm(x, (4,), w), normal(4), normal(4)),
    case(
        "group_norm",
        lambda m, x, w, b: m.nn.functional.group_norm(x, 2, w, b),
        normal(2, 4, 3),
        normal(4),
        normal(4),
        reference=lambda x, w, b: normalized(x.reshape(2, 2, 2, 3), (2, 3)).reshape(2, 4, 3) * w[:, None] + b[:, None],
    ),
    case("group_norm plain", lambda m, x: m.nn.functional.group_norm(x, 3), normal(2, 6, 2, 2)),
    case("rms_norm", lambda m, x, w: m.nn.functional.rms_norm(x, (2, 3), w), normal(4, 2, 3), normal(2, 3)),
    case(
        "rms_norm eps",
        lambda m, x: m.nn.functional.rms_norm(x, (3,), eps=0.1),
        normal(4, 3),
        reference=lambda x: x / np.sqrt((x * x).mean(-1, keepdims=True) + 0.1),
    ),
]
