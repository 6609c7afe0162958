"""Distances, and losses of pairs and triplets."""

import numpy as np

from tests.ops.case import Maker, case, normal, uniform


def signs(*shape: int) -> Maker:
    """1 and -1."""
    return lambda rng: rng.integers(0, 2, shape) * 2 - 1


def loss(name, **options):
    return lambda m, *tensors: getattr(m.nn.functional, name)(*tensors, **options)


def cosine(x, y):
    return (x * y).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)


CASES = [
    case(
        "normalize", loss("normalize"), normal(3, 4), reference=lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)
    ),
    case("normalize p=3", loss("normalize", p=3.0, dim=-1), uniform(0.5, 2, 3, 4)),
    case("cosine_similarity", loss("cosine_similarity"), normal(3, 4), normal(3, 4), reference=cosine),
    case(
        "pairwise_distance",
        loss("pairwise_distance"),
        normal(3, 4),
        normal(3, 4),
        reference=lambda x, y: np.linalg.norm(x - y + 1e-6, axis=1),
    ),
    case("pairwise_distance p=1", loss("pairwise_distance", p=1.0), uniform(1, 2, 3, 4), uniform(-1, 0, 3, 4)),
    case("hinge_embedding_loss", loss("hinge_embedding_loss", margin=2.0), uniform(0.1, 1.9, 6), signs(6)),
    case("hinge_embedding_loss far", loss("hinge_embedding_loss"), uniform(1.5, 3, 6), signs(6)),
    case("cosine_embedding_loss", loss("cosine_embedding_loss", margin=-0.9), normal(5, 3), normal(5, 3), signs(5)),
    case("cosine_embedding_loss one", loss("cosine_embedding_loss", margin=-1.5), normal(3), normal(3), signs()),
    case("margin_ranking_loss", loss("margin_ranking_loss", margin=9.0), normal(5), normal(5), signs(5)),
    case("soft_margin_loss", loss("soft_margin_loss"), normal(3, 4), signs(3, 4)),
    case("triplet_margin_loss", loss("triplet_margin_loss", margin=9.0), normal(3, 4), normal(3, 4), normal(3, 4)),
    case(
        "triplet_margin_loss swap",
        loss("triplet_margin_loss", margin=9.0, swap=True, reduction="none"),
        normal(3, 4),
        normal(3, 4),
        normal(3, 4),
    ),
]
