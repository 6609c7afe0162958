"""F.pad: the modes, dimensions, and negative widths."""

import numpy as np

from tests.ops.case import case, normal


def pad(m, x, widths, mode="constant", value=None):
    return m.nn.functional.pad(x, widths, mode, value)


CASES = [
    case("pad", lambda m, x: pad(m, x, (1, 2)), normal(2, 3), reference=lambda x: np.pad(x, ((0, 0), (1, 2)))),
    case(
        "pad all",
        lambda m, x: pad(m, x, (1, 0, 2, 1), value=1.5),
        normal(2, 3),
        reference=lambda x: np.pad(x, ((2, 1), (1, 0)), constant_values=1.5),
    ),
    case(
        "pad crop",
        lambda m, x: pad(m, x, (-1, 2, 0, -1)),
        normal(3, 4),
        reference=lambda x: np.pad(x[:-1, 1:], ((0, 0), (0, 2))),
    ),
    case(
        "pad reflect",
        lambda m, x: pad(m, x, (2, 3), "reflect"),
        normal(2, 2, 4),
        reference=lambda x: np.pad(x, ((0, 0), (0, 0), (2, 3)), mode="reflect"),
    ),
    case(
        "pad reflect 2d",
        lambda m, x: pad(m, x, (1, 2, 3, 0), "reflect"),
        normal(1, 2, 4, 3),
        reference=lambda x: np.pad(x, ((0, 0), (0, 0), (3, 0), (1, 2)), mode="reflect"),
    ),
    case(
        "pad replicate",
        lambda m, x: pad(m, x, (3, 1, 1, 4), "replicate"),
        normal(1, 2, 2, 3),
        reference=lambda x: np.pad(x, ((0, 0), (0, 0), (1, 4), (3, 1)), mode="edge"),
    ),
    case(
        "pad circular",
        lambda m, x: pad(m, x, (3, 1, 1, 2), "circular"),
        normal(1, 2, 2, 3),
        reference=lambda x: np.pad(x, ((0, 0), (0, 0), (1, 2), (3, 1)), mode="wrap"),
    ),
    case("pad reflect crop", lambda m, x: pad(m, x, (-1, 2), "reflect"), normal(1, 2, 4)),
    case("pad circular 3d", lambda m, x: pad(m, x, (1, 1, 0, 1, 2, 0), "circular"), normal(1, 1, 2, 3, 2)),
]
