"""Errors and edges of equations, decompositions, interpolation and windows; the rest is in the table of operations."""

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn

SQUARE, TALL = mg.eye(3), mg.ones(3, 2)


@pytest.mark.parametrize(
    ("function", "error", "says"),
    [
        (lambda: mg.linalg.solve(mg.zeros(2, 2), mg.ones(2)), mg.linalg.LinAlgError, "solve: .*ingular"),
        (lambda: mg.linalg.inv(mg.zeros(2, 2)), RuntimeError, "inv: .*ingular.*\\(2, 2\\)"),
        (lambda: mg.linalg.cholesky(-SQUARE), mg.linalg.LinAlgError, "cholesky: .*ositive definite"),
        (lambda: mg.linalg.inv(TALL), RuntimeError, "inv: expected square matrices.*\\(3, 2\\)"),
        (lambda: mg.linalg.det(mg.ones(2, 2).long()), RuntimeError, "det: .*floating.*int64"),
        (lambda: mg.linalg.solve(SQUARE, mg.ones(2)), RuntimeError, "solve: expected 3 rows"),
        (lambda: mg.linalg.solve(SQUARE, mg.ones(3).double()), RuntimeError, "one dtype"),
        (lambda: mg.linalg.qr(SQUARE, "complete"), ValueError, "qr: expected mode"),
        (lambda: mg.linalg.lstsq(TALL, mg.ones(2, 1)), RuntimeError, "lstsq: .*\\(\\*, 3, k\\)"),
        (lambda: mg.linalg.eigh(SQUARE, "lower"), RuntimeError, "eigh: .*UPLO"),
        (lambda: F.interpolate(mg.ones(1, 1, 2, 2)), ValueError, "either size or scale_factor"),
        (lambda: F.interpolate(mg.ones(1, 2, 2), size=3, mode="bilinear"), NotImplementedError, "wants 4 dimensions"),
        (lambda: F.interpolate(mg.ones(1, 1, 2), size=3, mode="best"), NotImplementedError, "mode to be one of"),
        (lambda: F.interpolate(mg.ones(1, 1, 2), size=3, align_corners=True), ValueError, "align_corners"),
        (lambda: F.interpolate(mg.ones(1, 1, 2), size=(3, 3)), ValueError, "size to be one number or 1"),
        (lambda: F.interpolate(mg.ones(1, 1, 2), scale_factor=0.1), RuntimeError, "sizes from 1"),
        (lambda: F.pixel_shuffle(mg.ones(3, 2, 2), 2), RuntimeError, "multiple of the factor's square 4"),
        (lambda: F.pixel_unshuffle(mg.ones(1, 3, 2), 2), RuntimeError, "multiples of the factor 2"),
        (lambda: F.unfold(mg.ones(1, 1, 2, 2), 3), RuntimeError, "unfold: the windows reach"),
        (lambda: F.fold(mg.ones(1, 4, 3), (2, 3), 2), RuntimeError, "fold: expected shape"),
        (lambda: mg.ones(3).unfold(0, 4, 1), RuntimeError, "size of at most 3"),
        (lambda: mg.cdist(mg.ones(2, 3), mg.ones(2, 4)), RuntimeError, "cdist: expected rows of the same length"),
        (lambda: mg.ones(3).fill_diagonal_(0), RuntimeError, "fill_diagonal_: expected a matrix"),
        (lambda: mg.zeros(2).scatter_reduce(0, mg.tensor([0]), mg.ones(1), "max"), RuntimeError, "'amax'"),
    ],
)
def test_errors(function, error, says):
    with pytest.raises(error, match=says):
        function()


def test_equal_eigenvalues_and_singular_values_have_gradients():
    A = mg.eye(3, dtype=mg.float64).requires_grad_()
    mg.linalg.eigvalsh(A).sum().backward()
    np.testing.assert_allclose(A.grad.numpy(), np.eye(3), atol=1e-12)
    A.grad = None
    mg.linalg.svdvals(A).sum().backward()
    np.testing.assert_allclose(A.grad.numpy(), np.eye(3), atol=1e-12)


def test_least_squares_say_how_good_they_are():
    A, B = mg.tensor([[1.0], [1.0]]), mg.tensor([[1.0], [3.0]])
    result = mg.linalg.lstsq(A, B)
    assert result.residuals.allclose(mg.tensor([2.0])) and result.rank.item() == 1
    assert mg.linalg.lstsq(mg.ones(3, 2), mg.ones(3, 1)).residuals.numel() == 0


def test_fill_diagonal_keeps_the_graph_and_reaches_views():
    x = mg.ones(2, 3, requires_grad=True)
    y = x * 2
    assert y.fill_diagonal_(5) is y
    y.sum().backward()
    assert x.grad.tolist() == [[0, 2, 2], [2, 0, 2]]


def test_layers_print_as_in_pytorch():
    torch = pytest.importorskip("torch")
    for make in (
        lambda n: n.Upsample(scale_factor=2),
        lambda n: n.Upsample(size=(3, 4), mode="bilinear"),
        lambda n: n.UpsamplingBilinear2d(scale_factor=(2, 3)),
        lambda n: n.UpsamplingNearest2d(4),
        lambda n: n.PixelShuffle(3),
        lambda n: n.PixelUnshuffle(3),
        lambda n: n.Unfold(3, padding=1),
        lambda n: n.Fold((4, 4), 2),
    ):
        assert repr(make(nn)) == repr(make(torch.nn))


def test_layers_compute_what_the_functions_do():
    x = mg.randn(1, 4, 4, 6)
    assert mg.equal(nn.UpsamplingNearest2d(8)(x), F.interpolate(x, 8))
    wanted = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
    assert mg.equal(nn.UpsamplingBilinear2d(scale_factor=2)(x), wanted)
    assert mg.equal(nn.PixelUnshuffle(2)(nn.PixelShuffle(2)(x)), x)
    assert mg.equal(nn.Fold((4, 6), 1)(nn.Unfold(1)(x)), x)


def test_padded_sequences():
    torch = pytest.importorskip("torch")
    for options in ({}, {"batch_first": True, "padding_value": -1.0}, {"padding_side": "left"}):
        parts = [[np.ones((n, 2)) * n for n in (3, 1, 2)]] * 2
        ours = nn.utils.rnn.pad_sequence([mg.tensor(p) for p in parts[0]], **options)
        theirs = torch.nn.utils.rnn.pad_sequence([torch.tensor(p) for p in parts[1]], **options)
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    rows = [[7, 6], [1, 2]]
    assert (
        nn.utils.rnn.pad_sequence(mg.tensor(rows)).tolist()
        == torch.nn.utils.rnn.pad_sequence(torch.tensor(rows)).tolist()
    )
    with pytest.raises(RuntimeError, match="pad_sequence: expected a list of Tensors"):
        nn.utils.rnn.pad_sequence(7)
    with pytest.raises(ValueError, match="padding_side"):
        nn.utils.rnn.pad_sequence([mg.ones(2)], padding_side="top")


def test_limits_of_dtypes():
    torch = pytest.importorskip("torch")
    for name in ("float16", "float32", "float64"):
        ours, theirs = mg.finfo(getattr(mg, name)), torch.finfo(getattr(torch, name))
        for attribute in ("bits", "max", "min", "eps", "tiny", "smallest_normal", "resolution", "dtype"):
            assert getattr(ours, attribute) == getattr(theirs, attribute)
    assert (mg.iinfo(mg.int8).min, mg.iinfo(mg.int8).bits) == (-128, 8)


def test_trapezoid_isin_and_new_dimensions():
    torch = pytest.importorskip("torch")
    for f in (
        lambda m: m.isin(m.tensor([1, 2]), 2),
        lambda m: m.isin(m.tensor([1, 2]), m.tensor([2]), invert=True),
        lambda m: m.stack(m.atleast_1d(m.tensor(1), m.tensor([2]))),
        lambda m: m.atleast_3d(m.tensor([1, 2])),
        lambda m: m.row_stack([m.tensor([1, 2]), m.tensor([3, 4])]),
        lambda m: m.cartesian_prod(m.tensor([1, 2])),
        lambda m: m.LongTensor([2.0, 3.0]),
    ):
        ours, theirs = f(mg), f(torch)
        assert ours.tolist() == theirs.tolist() and ours.dtype.name == str(theirs.dtype).removeprefix("torch.")
