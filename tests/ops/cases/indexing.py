"""x[...] of every kind, assignment, gather and scatter, masks, diagonals and triangles."""

import numpy as np

from tests.ops.case import booleans, case, integers, normal


def index(label, *shape, key, numpy_key=None, same=True):
    """x[key]; `key` makes tensors with m.tensor, and for NumPy arrays. With `same`, NumPy means the same."""
    arrays = type("arrays", (), {"tensor": np.array})
    reference = (lambda x: x[key(arrays)]) if same else None
    return case(f"getitem {label}", lambda m, x: x[key(m)] * 1, normal(*shape), reference=reference)


def assign(label, *shape, key, value=()):
    """A copy of x after [key] = v."""

    def function(m, x, v):
        y = x.clone()
        y[key(m)] = v
        return y

    return case(f"setitem {label}", function, normal(*shape), normal(*value))


def constant(label, *shape, key, value=2.5):
    def function(m, x):
        y = x.clone()
        y[key(m)] = value
        return y

    return case(f"setitem {label}", function, normal(*shape))


def changed(label, function, *inputs):
    """An in-place change of a copy of x."""

    def on_copy(m, x, *rest):
        y = x.clone()
        function(m, y, *rest)
        return y

    return case(label, on_copy, *inputs)


def increment(m, y):
    y[m.tensor([0, 2])] += 1
    y[1] *= 3
    y[:, 1:] -= y[:, :-1] * 0.5


MASK = [[True, False, True, True], [False, False, True, False], [False, True, False, True]]

GETITEM = [
    index("int", 3, 4, key=lambda m: 1),
    index("negative int", 3, 4, key=lambda m: -1),
    index("ints", 3, 4, key=lambda m: (2, -2)),
    index("slice", 5, 2, key=lambda m: slice(1, None, 2)),
    index("slices", 4, 5, key=lambda m: (slice(-3, None), slice(None, -1))),
    index("None", 3, key=lambda m: (None, slice(1, 3), None)),
    index("ellipsis", 2, 3, 4, key=lambda m: (..., 0)),
    index("ellipsis in the middle", 2, 3, 4, key=lambda m: (1, ..., slice(2))),
    index("empty tuple", 3, key=lambda m: ()),
    index("empty slice", 3, 2, key=lambda m: slice(2, 2)),
    index("0-dim", key=lambda m: (None, ...)),
    index("0-dim index", 3, 4, key=lambda m: m.tensor(2)),
    index("list", 3, 4, key=lambda m: [0, 2]),
    index("repeated", 3, 4, key=lambda m: m.tensor([0, 2, 0, 0, -1])),
    index("repeated wide", 2, 3, 4, key=lambda m: (slice(None), m.tensor([[0, 2], [2, -3]]))),
    index("matrix of indices", 5, key=lambda m: m.tensor([[0, 1], [4, 0]])),
    index("pairs", 3, 4, key=lambda m: ([0, 1, 1], [2, 3, 3])),
    index("broadcast", 3, 4, key=lambda m: (m.tensor([[0], [2]]), m.tensor([1, 3, 1]))),
    index("separated", 2, 3, 4, key=lambda m: (m.tensor([0, 1, 1]), slice(None), m.tensor([2, 0, 0]))),
    index("adjacent", 2, 3, 4, key=lambda m: (slice(None), m.tensor([0, 1, 1]), m.tensor([2, 0, 0]))),
    index("around None", 3, 4, key=lambda m: (m.tensor([0, 1]), None, m.tensor([2, 2]))),
    index("with slice", 3, 4, key=lambda m: (slice(1, None), m.tensor([3, 3]))),
    index("with ellipsis", 2, 3, 4, key=lambda m: (..., m.tensor([3, 0]))),
    index("int before", 2, 3, 4, key=lambda m: (0, slice(None), m.tensor([1, 2])), same=False),
    index("int between", 2, 3, 4, key=lambda m: (m.tensor([0, 1]), 2, m.tensor([1, 2]))),
    index("mask", 3, 4, key=lambda m: m.tensor(MASK)),
    index("mask of rows", 3, 4, key=lambda m: m.tensor([True, False, True])),
    index("mask of columns", 3, 4, key=lambda m: (slice(None), m.tensor([True, False, True, True]))),
    index("mask of two of three", 2, 3, 4, key=lambda m: (1, m.tensor(MASK))),
    index("mask nothing", 3, key=lambda m: m.tensor([False] * 3)),
    index("mask and indices", 3, 4, key=lambda m: (m.tensor([True, False, True]), m.tensor([3, 1]))),
    index("list of bools", 3, 4, key=lambda m: [True, False, True]),
    index("True", 3, key=lambda m: True),
    index("False", 3, key=lambda m: False),
    index("array", 3, 4, key=lambda m: np.array([2, 0])),
    index("empty list", 3, 4, key=lambda m: []),
    case("getitem int32", lambda m, x: x[m.tensor([0, 1, 1]).to(m.int32)], normal(2, 2)),
    case("getitem of getitem", lambda m, x: x[1:][:, [0, 0]][..., 0] * x[0, 0], normal(3, 4)),
    case("iteration", lambda m, x: [r * i for i, r in enumerate(x)], normal(3, 2)),
]

SETITEM = [
    assign("int", 3, 4, key=lambda m: 1, value=(4,)),
    assign("all", 3, 4, key=lambda m: ..., value=(4,)),
    assign("slice", 3, 4, key=lambda m: (slice(None), slice(1, 3)), value=(3, 1)),
    assign("element", 3, 4, key=lambda m: (1, 2)),
    assign("leading ones", 3, 4, key=lambda m: 0, value=(1, 1, 4)),
    assign("indices", 3, 4, key=lambda m: [0, 2], value=(2, 4)),
    assign("indices broadcast", 3, 4, key=lambda m: m.tensor([0, 2]), value=(4,)),
    assign("pairs", 3, 4, key=lambda m: ([0, 2], [1, 1]), value=(2,)),
    assign("mask", 3, 4, key=lambda m: m.tensor(MASK), value=(6,)),
    assign("mask one value", 3, 4, key=lambda m: m.tensor(MASK)),
    assign("mask of rows", 3, 4, key=lambda m: m.tensor([True, False, True]), value=(4,)),
    assign("separated", 2, 3, 4, key=lambda m: (m.tensor([0, 1]), slice(None), m.tensor([2, 0])), value=(2, 3)),
    assign("with int and None", 2, 3, 4, key=lambda m: (1, None, m.tensor([0, 2])), value=(1, 2, 4)),
    assign("0-dim", key=lambda m: ()),
    constant("number", 3, 4, key=lambda m: (0, slice(2))),
    constant("number mask", 3, 4, key=lambda m: m.tensor(MASK)),
    constant("number indices", 3, 4, key=lambda m: [1, 1]),
    case(
        "setitem repeated",
        lambda m, x, v: _set(x.clone(), m.tensor([0, 0, 2]), v),
        normal(3, 4),
        normal(3, 4),
        torch="undefined there: both values at index 0 get the gradient of the one that was written last",
    ),
    case(
        "setitem into a constant", lambda m, x: _set(m.zeros(3, 4).to(x.dtype), (slice(None), 1), x.clone()), normal(3)
    ),
    changed("setitem increment", increment, normal(3, 4)),
    changed("in place on a view", lambda m, y: y[0].mul_(y[1].clone()), normal(3, 4)),
    changed("in place on a view of a view", lambda m, y, z: y.T[1:][::2].add_(z), normal(3, 4), normal(2, 3)),
    changed("in place on a diagonal", lambda m, y, z: y.diagonal().mul_(z), normal(3, 4), normal(3)),
    changed("in place on a reshaped view", lambda m, y: y[1].view(2, 2)[:, 0].exp_(), normal(3, 4)),
    changed("in place on a split", lambda m, y, z: y.narrow(1, 1, 2).copy_(z), normal(3, 4), normal(3, 1)),
    case("view of a changed base", lambda m, x: _viewed(x.clone()), normal(3, 4)),
    changed("copy_", lambda m, y, z: y.copy_(z), normal(3, 4), normal(4)),
    changed("fill_", lambda m, y, z: y[1:].fill_(z), normal(3, 4), normal()),
    changed("zero_", lambda m, y: y[:, 1].zero_(), normal(3, 4)),
    changed("masked_fill_", lambda m, y, b: y.masked_fill_(b, -1.0), normal(3, 4), booleans(3, 4)),
    changed("index_add_", lambda m, y, z: y.index_add_(1, m.tensor([0, 0]), z), normal(3, 4), normal(3, 2)),
    changed("scatter_add_", lambda m, y, z: y.scatter_add_(0, m.tensor([[0, 2, 0, 1]]), z), normal(3, 4), normal(1, 4)),
    changed("scatter_", lambda m, y: y.scatter_(1, m.tensor([[0], [2], [1]]), 1.5), normal(3, 4)),
    changed("tril_", lambda m, y: y.tril_(), normal(3, 4)),
]


def _set(y, key, value):
    y[key] = value
    return y


def _viewed(y):
    v = y[1]
    y.mul_(3)
    return v * y[0]


BY_NAME = [
    case("select", lambda m, x: m.select(x, 1, -1), normal(2, 3), reference=lambda x: x[:, -1]),
    case("narrow", lambda m, x: m.narrow(x, 1, 1, 2), normal(2, 4), reference=lambda x: x[:, 1:3]),
    case(
        "index_select",
        lambda m, x, i: m.index_select(x, 1, i),
        normal(2, 3, 2),
        integers(0, 3, 5),
        reference=lambda x, i: x[:, i],
    ),
    case("index_select 0-dim", lambda m, x: x.index_select(0, m.tensor([0])), normal(), reference=lambda x: x),
    case("take", lambda m, x, i: m.take(x, i), normal(3, 4), integers(-12, 12, 2, 5), reference=np.take),
    case(
        "masked_select",
        lambda m, x, b: m.masked_select(x, b),
        normal(3, 4),
        booleans(4),
        reference=lambda x, b: x[:, b].ravel(),
    ),
    case("masked_select broadcast", lambda m, x, b: x.masked_select(b), normal(4), booleans(3, 4)),
    case(
        "gather",
        lambda m, x, i: m.gather(x, 1, i),
        normal(3, 4),
        integers(0, 4, 3, 5),
        reference=lambda x, i: np.take_along_axis(x, i, 1),
    ),
    case(
        "gather smaller",
        lambda m, x, i: x.gather(0, i),
        normal(3, 4, 2),
        integers(0, 3, 2, 3, 1),
        reference=lambda x, i: np.take_along_axis(x[:, :3, :1], i, 0),
    ),
    case("gather 0-dim", lambda m, x: x.gather(0, m.tensor(0)), normal(), reference=lambda x: x),
    case(
        "take_along_dim",
        lambda m, x, i: m.take_along_dim(x, i, 1),
        normal(3, 4),
        integers(0, 4, 1, 2),
        reference=lambda x, i: x[:, i[0]],
    ),
    case(
        "take_along_dim flat",
        lambda m, x, i: m.take_along_dim(x, i),
        normal(3, 4),
        integers(0, 12, 5),
        reference=np.take,
    ),
    case("scatter", lambda m, x, y: m.scatter(x, 1, m.tensor([[3, 0], [1, 2]]), y), normal(3, 4), normal(2, 2)),
    case(
        "scatter more than indices",
        lambda m, x, y: m.scatter(x, 1, m.tensor([[3, 0], [1, 2]]), y),
        normal(3, 4),
        normal(2, 3),
        torch="its own backward fails there",
    ),
    case(
        "scatter add",
        lambda m, x, y: x.scatter(0, m.tensor([[1, 1, 0]]), y, reduce="add"),
        normal(2, 3),
        normal(1, 3),
        torch="the gradient of src is not implemented there",
    ),
    case("scatter number", lambda m, x: x.scatter(1, m.tensor([[3, 0], [1, 2]]), 2.5), normal(2, 4)),
    case("scatter value", lambda m, x: x.scatter(1, m.tensor([[3, 0], [1, 2]]), value=2.5), normal(2, 4)),
    case("scatter_add", lambda m, x, i, y: m.scatter_add(x, 0, i, y), normal(3, 4), integers(0, 3, 5, 4), normal(5, 4)),
    case(
        "index_add", lambda m, x, y, i: m.index_add(x, 1, i, y, alpha=2), normal(2, 3), normal(2, 5), integers(0, 3, 5)
    ),
    case("index_copy", lambda m, x, y: m.index_copy(x, 0, m.tensor([2, 0]), y), normal(3, 2), normal(2, 2)),
    case("index_fill", lambda m, x: m.index_fill(x, 1, m.tensor([2, 0]), 1.5), normal(2, 3)),
    case("index_put", lambda m, x, y: m.index_put(x, (m.tensor([2, 0]), m.tensor([1, 1])), y), normal(3, 2), normal(2)),
    case(
        "index_put accumulate",
        lambda m, x, y: m.index_put(x, (m.tensor([0, 0, 1]),), y, accumulate=True),
        normal(3, 2),
        normal(2),
    ),
    case(
        "masked_fill",
        lambda m, x, b: m.masked_fill(x, b, 2.0),
        normal(3, 4),
        booleans(4),
        reference=lambda x, b: np.where(b, 2, x),
    ),
    case("masked_fill tensor", lambda m, x, b, v: x.masked_fill(b, v), normal(3, 4), booleans(3, 1), normal()),
    case("masked_fill ints", lambda m, i: i.masked_fill(i > 2, 7), integers(0, 5, 6), differentiable=False),
    case("masked_scatter", lambda m, x, y: m.masked_scatter(x, m.tensor(MASK), y), normal(3, 4), normal(8)),
    case(
        "nonzero",
        lambda m, i: (m.nonzero(i), *i.nonzero(as_tuple=True), m.argwhere(i)),
        integers(0, 3, 3, 4),
        differentiable=False,
    ),
    case(
        "where indices",
        lambda m, i: m.where(i > 1),
        integers(0, 3, 3, 4),
        reference=lambda i: (i > 1).nonzero(),
        differentiable=False,
    ),
    case("diag vector", lambda m, x: m.diag(x, -1), normal(3), reference=lambda x: np.diag(x, -1)),
    case("diag matrix", lambda m, x: m.diag(x, 1), normal(3, 4), reference=lambda x: np.diag(x, 1)),
    case("diagonal", lambda m, x: m.diagonal(x), normal(3, 4), reference=np.diagonal),
    case(
        "diagonal dims",
        lambda m, x: x.diagonal(-1, 2, 0),
        normal(3, 2, 4),
        reference=lambda x: np.diagonal(x, -1, 2, 0),
    ),
    case("diag_embed", lambda m, x: m.diag_embed(x, 1, 0, -1), normal(2, 3)),
    case("diagflat", lambda m, x: m.diagflat(x, -2), normal(2, 2), reference=lambda x: np.diagflat(x, -2)),
    case("tril", lambda m, x: m.tril(x, -1), normal(2, 3, 4), reference=lambda x: np.tril(x, -1)),
    case("triu", lambda m, x: m.triu(x, 1), normal(3, 4), reference=lambda x: np.triu(x, 1)),
]

CASES = [*GETITEM, *SETITEM, *BY_NAME]
