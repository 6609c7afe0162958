"""max_unpool, lp_pool, fractional_max_pool and local_response_norm."""

import numpy as np

from tests.ops.case import Case, case, distinct, fixed, normal, uniform


def unpool(dims: int, size: tuple[int, ...], indices: tuple[int, ...], *args, **options) -> Case:
    def function(m, x, index):
        return getattr(m.nn.functional, f"max_unpool{dims}d")(x, index, *args, **options) ** 2

    count = int(np.prod(size[-dims:]))
    planes = int(np.prod(indices[:-1]))

    def places(rng):
        return np.array([rng.permutation(indices[-1])[:count] for _ in range(planes)]).reshape(size)

    return case(f"max_unpool{dims}d", function, normal(*size), places)


def lp(name: str, size: tuple[int, ...], *args, **options) -> Case:
    return case(
        name, lambda m, x: getattr(m.nn.functional, name.split()[0])(x, *args, **options), uniform(0.2, 2, *size)
    )


def fractional(dims: int, size: tuple[int, ...], *args) -> Case:
    def function(m, x, samples):
        return getattr(m.nn.functional, f"fractional_max_pool{dims}d")(
            x, *args, return_indices=True, _random_samples=samples
        )

    return case(f"fractional_max_pool{dims}d", function, distinct(*size), fixed(uniform(0, 1, *size[:2], dims)))


def response_by_loop(x):
    y = np.empty_like(x)
    for c in range(x.shape[1]):
        near = x[:, max(0, c - 1) : c + 2]
        y[:, c] = x[:, c] / (2 + 0.5 / 3 * (near**2).sum(1)) ** 0.7
    return y


CASES = [
    unpool(1, (2, 2, 3), (2, 2, 6), 2),
    unpool(2, (2, 2, 2), (2, 15), 2, output_size=(3, 5)),
    unpool(3, (1, 2, 2, 1, 2), (1, 2, 16), (2, 1, 2), (2, 1, 2)),
    lp("lp_pool1d", (2, 2, 7), 3, 2),
    lp("lp_pool2d", (2, 5, 4), 2, (3, 2), 1),
    lp("lp_pool2d ceil_mode", (2, 2, 5, 5), 1.5, 2, ceil_mode=True),
    lp("lp_pool3d", (1, 2, 3, 3, 4), 2, 2),
    fractional(2, (2, 2, 6, 7), (2, 3), (4, 3)),
    fractional(3, (1, 2, 5, 4, 6), 2, (2, 2, 3)),
    case(
        "local_response_norm",
        lambda m, x: m.nn.functional.local_response_norm(x, 3, alpha=0.5, beta=0.7, k=2.0),
        normal(2, 5, 3),
        reference=response_by_loop,
    ),
    case("local_response_norm even", lambda m, x: m.nn.functional.local_response_norm(x, 4), normal(2, 3, 2, 2)),
    case("pdist", lambda m, x: m.nn.functional.pdist(x), normal(4, 3)),
    case("pdist p=1", lambda m, x: m.nn.functional.pdist(x, 1.0), normal(4, 3)),
    case("channel_shuffle", lambda m, x: m.nn.functional.channel_shuffle(x, 3), normal(2, 6, 2)),
]
