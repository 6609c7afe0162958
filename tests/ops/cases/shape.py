"""Views in another shape, and expand."""

import numpy as np

from tests.ops.case import case, normal

CASES = [
    case("reshape", lambda m, x: m.reshape(x, (4, -1)), normal(2, 3, 4), reference=lambda x: x.reshape(4, 6)),
    case("reshape method", lambda m, x: x.reshape(6, 2), normal(3, 4), reference=lambda x: x.reshape(6, 2)),
    case("reshape to 0-dim", lambda m, x: x.reshape(()), normal(1, 1), reference=lambda x: x.reshape(())),
    case("view", lambda m, x: x.contiguous().view(2, 6), normal(3, 4), reference=lambda x: x.reshape(2, 6)),
    case("view_as", lambda m, x, y: x.reshape_as(y) * y, normal(3, 4), normal(2, 6)),
    case("flatten", lambda m, x: m.flatten(x, 1), normal(2, 3, 4), reference=lambda x: x.reshape(2, 12)),
    case("flatten of 0-dim", lambda m, x: m.flatten(x), normal(), reference=lambda x: x.reshape(1)),
    case("ravel", lambda m, x: m.ravel(x), normal(2, 3), reference=lambda x: x.reshape(6)),
    case("unflatten", lambda m, x: x.unflatten(1, (3, -1)), normal(2, 12), reference=lambda x: x.reshape(2, 3, 4)),
    case("squeeze", lambda m, x: m.squeeze(x), normal(1, 3, 1), reference=np.squeeze),
    case("squeeze dim", lambda m, x: m.squeeze(m.squeeze(x, 0), 0), normal(1, 3, 1), reference=lambda x: x[0]),
    case("squeeze dims", lambda m, x: m.squeeze(x, (0, 2)), normal(1, 3, 1, 1), reference=lambda x: x[0, :, 0]),
    case("unsqueeze", lambda m, x: m.unsqueeze(x, -1), normal(2, 3), reference=lambda x: x[..., None]),
    case("permute", lambda m, x: m.permute(x, (2, 0, 1)), normal(2, 3, 4), reference=lambda x: x.transpose(2, 0, 1)),
    case("permute method", lambda m, x: x.permute(1, 2, 0), normal(2, 3, 4), reference=lambda x: x.transpose(1, 2, 0)),
    case("transpose", lambda m, x: m.transpose(x, 0, -1), normal(2, 3, 4), reference=lambda x: x.swapaxes(0, 2)),
    case("swapaxes", lambda m, x: m.swapaxes(x, 0, 1), normal(2, 3, 4), reference=lambda x: x.swapaxes(0, 1)),
    case(
        "movedim",
        lambda m, x: m.movedim(x, (0, 1), (-1, 0)),
        normal(2, 3, 4),
        reference=lambda x: np.moveaxis(x, (0, 1), (-1, 0)),
    ),
    case("t", lambda m, x: m.t(x) * x.t(), normal(2, 3), reference=lambda x: x.T * x.T),
    case("T", lambda m, x: x.T, normal(2, 3), reference=np.transpose),
    case("mT", lambda m, x: x.mT, normal(2, 3, 4), reference=lambda x: x.swapaxes(1, 2)),
    case("adjoint", lambda m, x: m.adjoint(x), normal(2, 3, 4), reference=lambda x: x.swapaxes(1, 2)),
    case("contiguous", lambda m, x: x.mT.contiguous() * 2, normal(2, 3, 4), reference=lambda x: 2 * x.swapaxes(1, 2)),
    case("expand", lambda m, x: x.expand(4, -1, 3), normal(2, 1), reference=lambda x: np.broadcast_to(x, (4, 2, 3))),
    case("expand of one", lambda m, x: x.expand(2, 3) * 1, normal(1), reference=lambda x: np.broadcast_to(x, (2, 3))),
    case("expand_as", lambda m, x, y: x.expand_as(y) * y, normal(3), normal(2, 3), reference=lambda x, y: x * y),
    case("broadcast_to", lambda m, x: m.broadcast_to(x, (2, 3)), normal(3), reference=lambda x: np.stack([x, x])),
    case(
        "broadcast_tensors",
        lambda m, x, y: m.broadcast_tensors(x, y),
        normal(3, 1),
        normal(2),
        reference=lambda x, y: tuple(np.broadcast_arrays(x, y)),
    ),
    case("sum_to_size", lambda m, x: x.sum_to_size(3, 1), normal(2, 3, 4), reference=lambda x: x.sum((0, 2))[:, None]),
]
