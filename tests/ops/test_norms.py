"""Lengths and distances: of every order, near 0 and near the ends of each dtype, of no elements, of 0-dim tensors.

A norm of ``scale * x`` is ``scale`` times that of ``x``, and its gradient is the same. So what is expected is computed
in float64 by the definition, from numbers of about 1.
"""

import itertools
import math

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.nn import functional as F
from minigrad.ops import distances

ORDERS = [0, 0.5, 1, 1.5, 2, 3, 10, math.inf, -math.inf, -1, -2]
SCALES = {np.float32: [1, 1e-20, 1e20, 1e-30, 1e-38], np.float64: [1, 1e-200, 1e200], np.float16: [1, 1e-4, 3e4]}
ROOM = {np.float16: 2e-3, np.float32: 2e-5, np.float64: 1e-12}


def expected(x, p, axis):
    """The norms over an axis and their slopes, where 0 is chosen if there are several; ties share evenly."""
    size, s = np.abs(x), np.sign(x)
    if p == 0:
        return (x != 0).sum(axis, keepdims=True), 0 * x
    if math.isinf(p):
        y = (size.max if p > 0 else size.min)(axis, keepdims=True)
        return y, s * (size == y) / (size == y).sum(axis, keepdims=True)
    with np.errstate(all="ignore"):
        y = (size**p).sum(axis, keepdims=True) ** (1 / p)
        return y, np.where((x == 0) | (y == 0), 0, s * (size / y) ** (p - 1))


def vectors(kind):
    x = np.random.default_rng(0).standard_normal((3, 4))
    return {"any": x, "zeros": x * 0, "some zeros": x * (np.abs(x) > 0.5), "ties": np.sign(x) * 0.5}[kind]


@pytest.mark.parametrize("p", ORDERS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_norms_of_every_order_wherever_the_numbers_lie(p, dtype):
    for scale, kind, (dim, axis) in itertools.product(
        SCALES[dtype], ("any", "zeros", "some zeros", "ties"), [(None, (0, 1)), (-1, 1), ((0,), 0), ((-2, 1), (0, 1))]
    ):
        numbers = (vectors(kind).astype(dtype).astype(np.float64) * scale).astype(dtype)
        unit = numbers.astype(np.float64) / scale
        y, slope = expected(unit, p, axis)
        x = mg.from_numpy(numbers.copy()).requires_grad_()
        for norm in (mg.linalg.vector_norm, mg.norm):
            x.grad = None
            found = norm(x, p, dim, keepdim=True)
            g = np.random.default_rng(1).uniform(1, 2, y.shape).astype(np.float16)
            found.backward(mg.from_numpy(g.astype(dtype)))
            says = f"{norm.__name__} of order {p} over {dim} of {kind}, times {scale}"
            assert found.dtype == x.grad.dtype == dtype
            with np.errstate(over="ignore"):
                wanted = (y * (scale if p else 1)).astype(dtype)
            tiny = np.finfo(dtype).smallest_subnormal * 4
            np.testing.assert_allclose(found.detach().numpy(), wanted, ROOM[dtype], tiny, err_msg=says)
            np.testing.assert_allclose(x.grad.numpy(), slope * g, 20 * ROOM[dtype], ROOM[dtype], err_msg=says)


# ---- what is made of it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.5, 1, 2, 3, math.inf])
@pytest.mark.parametrize("scale", [1, 1e-20, 1e20])
def test_all_measure_by_the_same_norm(p, scale):
    a, b = (np.random.default_rng(i).standard_normal((3, 4)) for i in (0, 1))
    length = expected(a - b, p, 1)[0][:, 0]
    x, y = (mg.tensor((t * scale).astype(np.float32)).requires_grad_() for t in (a, b))
    found = {
        "normalize": F.normalize(x, p, dim=-1, eps=1e-30) * mg.tensor(expected(a, p, 1)[0], dtype=mg.float32),
        "pairwise_distance": F.pairwise_distance(x, y, p, eps=0) / scale,
        "PairwiseDistance": nn.PairwiseDistance(p, eps=0)(x, y) / scale,
        "cdist": mg.cdist(x, y, p).diagonal() / scale,
        "cdist in blocks": distances._cdist(x[None], y[None], p, True)[0].diagonal() / scale,
        "triplet_margin_loss": F.triplet_margin_loss(x, y, x, scale, p, 0.0, reduction="none") / scale - 1,
        "get_total_norm": nn.utils.get_total_norm([x.detach()[:2], x.detach()[2]], p) / scale,
        "cosine_similarity": F.cosine_similarity(x, y, eps=1e-30),
    }
    wanted = dict.fromkeys(found, length)
    wanted["normalize"] = a
    wanted["get_total_norm"] = expected(a, p, (0, 1))[0][0, 0]
    wanted["cosine_similarity"] = (a * b).sum(1) / np.sqrt((a * a).sum(1) * (b * b).sum(1))
    for name, value in found.items():
        np.testing.assert_allclose(value.detach().numpy(), wanted[name], 1e-4, err_msg=name)
        if value.requires_grad:
            gradients = mg.autograd.grad(value.sum(), [x, y], materialize_grads=True)
            assert all(np.isfinite(g.numpy()).all() for g in gradients), name


@pytest.mark.parametrize("p", [0, 0.5, 1, 2, 3, math.inf])
def test_distances_of_equal_points_have_slope_0(p):
    points = np.random.default_rng(0).standard_normal((30, 3)).astype(np.float32) + 100
    for table in (mg.cdist, lambda x, y, p: distances._cdist(x[None], y[None], p, True)[0]):
        x = mg.tensor(points, requires_grad=True)
        y = table(x, x.detach(), p)
        assert (y.diagonal() == 0).all()
        y.diagonal().sum().backward()
        assert not x.grad.any()


def test_what_has_no_slope_has_a_graph():
    x = mg.ones(3, requires_grad=True)
    x.norm(0).backward()
    assert x.grad.tolist() == [0, 0, 0]


def test_several_dimensions_and_none():
    x = mg.tensor([[[3.0, 0.0], [0.0, 4.0]]])
    assert F.normalize(x, dim=(1, 2)).allclose(x / 5)
    assert F.normalize(mg.tensor(3.0), p=1, dim=-1).item() == 1
    assert F.cosine_similarity(mg.tensor(2.0), mg.tensor(-3.0), dim=-1).item() == -1
    assert mg.linalg.vector_norm(mg.tensor(-2.0), 3, dim=0).item() == 2


def test_norms_of_nothing_are_0_unless_one_element_is_to_be_chosen():
    for p in ORDERS:
        if p < 0 or p == math.inf:
            for x, dim in ((mg.zeros(0), None), (mg.zeros(2, 0), 1)):
                with pytest.raises(RuntimeError, match="vector_norm: no elements"):
                    mg.linalg.vector_norm(x, p, dim)
        else:
            assert mg.linalg.vector_norm(mg.zeros(2, 0), p, 1).tolist() == [0, 0]
        assert mg.linalg.vector_norm(mg.zeros(2, 0), p, 0).shape == (0,)
    for ord in ("fro", "nuc", 1, 2, math.inf):
        assert mg.linalg.matrix_norm(mg.zeros(0, 3), ord).item() == 0


def test_large_tables_of_distances_take_no_more_memory_than_the_distances():
    tracemalloc = pytest.importorskip("tracemalloc")
    x = mg.randn(1000, 64, requires_grad=True)
    tracemalloc.start()
    try:
        mg.cdist(x, x).sum().backward()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 4 * 1000 * 1000  # the differences are 64 times a table


def test_errors_of_distances():
    for p in (-1.0, math.nan):
        with pytest.raises(RuntimeError, match="cdist: expected p to be at least 0"):
            mg.cdist(mg.ones(2, 2), mg.ones(2, 2), p)
    with pytest.raises(ValueError, match="cdist: expected compute_mode"):
        mg.cdist(mg.ones(2, 2), mg.ones(2, 2), compute_mode="quick")
    with pytest.raises(RuntimeError, match="cdist: expected a floating tensor"):
        mg.cdist(mg.ones(2, 2).long(), mg.ones(2, 2).long())
    with pytest.raises(RuntimeError, match="cdist: expected rows of the same length"):
        mg.cdist(mg.ones(2, 3), mg.ones(2, 4))
