"""cat, stack, split, repeat, flip, roll and their kin."""

import numpy as np

from tests.ops.case import case, integers, normal

CASES = [
    case("cat", lambda m, x, y: m.cat([x, y]), normal(2, 3), normal(1, 3), reference=lambda x, y: np.vstack([x, y])),
    case(
        "cat dim",
        lambda m, x, y: m.cat((x, y, x), dim=-1),
        normal(2, 3),
        normal(2, 1),
        reference=lambda x, y: np.hstack([x, y, x]),
    ),
    case("cat mixed dtypes", lambda m, x, i: m.cat([x, i]), normal(2), integers(0, 5, 3)),
    case("cat empty", lambda m, x: m.cat([m.zeros(0).to(x.dtype), x.clone()]), normal(2, 3), reference=lambda x: x),
    case("cat ints", lambda m, i: m.cat([i, i]), integers(0, 5, 3), differentiable=False),
    case("concat", lambda m, x, y: m.concat([x, y], dim=1) * m.concatenate([y, x], dim=1), normal(2, 3), normal(2, 3)),
    case(
        "stack",
        lambda m, x, y: m.stack([x, y], dim=1),
        normal(2, 3),
        normal(2, 3),
        reference=lambda x, y: np.stack([x, y], 1),
    ),
    case(
        "stack with a constant",
        lambda m, x: m.stack([x, m.ones_like(x), x.clone()], -1),
        normal(3),
        reference=lambda x: np.stack([x, np.ones(3), x], -1),
    ),
    case(
        "hstack", lambda m, x, y: m.hstack([x, y]), normal(2, 1), normal(2, 2), reference=lambda x, y: np.hstack([x, y])
    ),
    case(
        "hstack vectors",
        lambda m, x, y: m.hstack([x, y]),
        normal(2),
        normal(),
        reference=lambda x, y: np.hstack([x, y]),
    ),
    case("vstack", lambda m, x, y: m.vstack([x, y]), normal(3), normal(2, 3), reference=lambda x, y: np.vstack([x, y])),
    case("split", lambda m, x: m.split(x, 2), normal(5, 2), reference=lambda x: (x[:2], x[2:4], x[4:])),
    case("split one used", lambda m, x: x.split(2, dim=1)[1], normal(2, 5), reference=lambda x: x[:, 2:4]),
    case(
        "split sections",
        lambda m, x: x.split([1, 0, 3], 1),
        normal(2, 4),
        reference=lambda x: (x[:, :1], x[:, 1:1], x[:, 1:]),
    ),
    case("chunk", lambda m, x: m.chunk(x, 3, dim=1), normal(2, 7), reference=lambda x: (x[:, :3], x[:, 3:6], x[:, 6:])),
    case("chunk few", lambda m, x: x.chunk(4), normal(5), reference=lambda x: (x[:2], x[2:4], x[4:])),
    case("tensor_split", lambda m, x: m.tensor_split(x, 3), normal(7), reference=lambda x: tuple(np.array_split(x, 3))),
    case(
        "tensor_split at",
        lambda m, x: m.tensor_split(x, (1, 3), dim=1),
        normal(2, 5),
        reference=lambda x: tuple(np.split(x, (1, 3), 1)),
    ),
    case("unbind", lambda m, x: m.unbind(x, 1), normal(2, 3), reference=lambda x: tuple(x.T)),
    case("repeat", lambda m, x: x.repeat(2, 1, 3), normal(2, 3), reference=lambda x: np.tile(x, (2, 1, 3))),
    case("repeat once", lambda m, x: x.repeat(1, 1), normal(2, 3), reference=lambda x: x),
    case("tile", lambda m, x: m.tile(x, (2,)), normal(2, 3), reference=lambda x: np.tile(x, 2)),
    case("tile method", lambda m, x: x.tile(2, 2, 1), normal(2, 3), reference=lambda x: np.tile(x, (2, 2, 1))),
    case(
        "repeat_interleave", lambda m, x: m.repeat_interleave(x, 2), normal(2, 3), reference=lambda x: np.repeat(x, 2)
    ),
    case(
        "repeat_interleave dim",
        lambda m, x: x.repeat_interleave(m.tensor([2, 0, 3]), dim=1),
        normal(2, 3),
        reference=lambda x: np.repeat(x, [2, 0, 3], 1),
    ),
    case("flip", lambda m, x: m.flip(x, (0, -1)), normal(2, 3, 2), reference=lambda x: x[::-1, :, ::-1]),
    case("flip method", lambda m, x: x.flip(1), normal(2, 3), reference=lambda x: x[:, ::-1]),
    case("fliplr", lambda m, x: m.fliplr(x), normal(2, 3), reference=np.fliplr),
    case("flipud", lambda m, x: m.flipud(x), normal(2, 3), reference=np.flipud),
    case("roll", lambda m, x: m.roll(x, 2), normal(2, 3), reference=lambda x: np.roll(x, 2)),
    case(
        "roll dims", lambda m, x: x.roll((1, -2), (0, 1)), normal(2, 5), reference=lambda x: np.roll(x, (1, -2), (0, 1))
    ),
    case(
        "meshgrid",
        lambda m, x, y: m.meshgrid(x, y, indexing="ij"),
        normal(3),
        normal(2),
        reference=lambda x, y: tuple(np.meshgrid(x, y, indexing="ij")),
    ),
    case(
        "meshgrid xy",
        lambda m, x, y, z: m.meshgrid(x, y, z, indexing="xy"),
        normal(3),
        normal(2),
        normal(4),
        reference=lambda x, y, z: tuple(np.meshgrid(x, y, z)),
    ),
]
