"""Statistics of samples and of functions at sample points: covariance, quantiles, histograms, slopes, areas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.generator import get_generator
from minigrad.core.tensor import Tensor
from minigrad.ops.checks import floating, require_floating
from minigrad.ops.declare.method import method
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import qr, raw, svd
from minigrad.ops.diagonals import diag
from minigrad.ops.gathering import take_along_dim
from minigrad.ops.joining import cat
from minigrad.ops.linalg import matmul
from minigrad.ops.norms import vector_norm
from minigrad.ops.primitives.casting import cast
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.indexing import ALL, slice_by
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.reduction import Dim
from minigrad.ops.scan import cumsum, diff
from minigrad.ops.selection import clamp, where
from minigrad.ops.shape import adjoint, movedim, unsqueeze
from minigrad.ops.sorting import BETWEEN, sort

__all__ = [
    "corrcoef", "cov", "cumulative_trapezoid", "dist", "gradient", "histogram", "histogramdd", "nanquantile",
    "pca_lowrank", "renorm", "svd_lowrank",
]  # fmt: skip


# ---- samples ---------------------------------------------------------------------------------------------------------


def _weights(name: str, given: Any, count: int, whole: bool) -> Any:
    """Return weights of the observations, checked."""
    array = raw(given)
    if array.shape != (count,) or (array.dtype.kind not in "iu" if whole else array.dtype.kind != "f"):
        kind = "integers" if whole else "floats"
        raise RuntimeError(f"cov: expected {name} to be {count} {kind}, got {array.dtype} of shape {array.shape}")
    if (array < 0).any():
        raise RuntimeError(f"cov: expected {name} of 0 or more")
    return given


@method()
@rounded_once
def cov(
    input: Operand, *, correction: int = 1, fweights: Operand | None = None, aweights: Operand | None = None
) -> Tensor:
    """Return the covariances of variables, one row each, from their observations, one column each.

    Parameters
    ----------
    correction : int, default 1
        What is taken off the number of observations in the divisor.
    fweights : integer Tensor, optional
        How often each observation was made.
    aweights : floating Tensor, optional
        How much each observation counts.

    Raises
    ------
    RuntimeError
        If there are more than two dimensions, or the weights do not fit.

    Examples
    --------
    >>> mg.cov(mg.tensor([[0.0, 2.0], [2.0, 0.0]]))
    tensor([[ 2., -2.],
            [-2.,  2.]])
    """
    if len(input.shape) > 2:
        raise RuntimeError(f"cov: expected at most two dimensions, got shape {tuple(input.shape)}")
    if raw(input).dtype.kind == "b":
        raise RuntimeError("cov: expected numbers, got bools; convert them with .float()")
    x = input if raw(input).dtype.kind == "f" else cast(input, np.dtype(np.float32))
    x = x if len(x.shape) == 2 else reshape(x, (1, x.shape[0] if x.shape else 1))
    count = x.shape[1]
    weights: Any = None
    if fweights is not None:
        weights = _weights("fweights", fweights, count, whole=True)
    if aweights is not None:
        given = _weights("aweights", aweights, count, whole=False)
        weights = given if weights is None else weights * given
    total = count if weights is None else weights.sum()
    mean = x.mean(1, keepdim=True) if weights is None else (x * weights).sum(1, keepdim=True) / total
    if weights is None or aweights is None:
        divisor = total - correction
    else:
        divisor = total - correction * (weights * aweights).sum() / total
    off = x - mean
    spread = off if weights is None else off * weights
    number = clamp(divisor, min=0) if isinstance(divisor, Tensor) else max(divisor, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = matmul(spread, adjoint(off)) / number
    return reshape(y, ()) if x.shape[0] == 1 else y


@method()
@rounded_once
def corrcoef(input: Operand) -> Tensor:
    """Return the correlations of variables, one row each: covariances over standard deviations, within -1 and 1.

    Raises
    ------
    RuntimeError
        If there are more than two dimensions.

    Examples
    --------
    >>> mg.corrcoef(mg.tensor([[0.0, 2.0], [2.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if len(input.shape) > 2:
        raise RuntimeError(f"corrcoef: expected at most two dimensions, got shape {tuple(input.shape)}")
    c = cov(input)
    if not c.shape:
        return c / c
    size = diag(c).sqrt()
    return clamp(c / reshape(size, (-1, 1)) / size, -1, 1)


@method()
@rounded_once
def nanquantile(
    input: Operand, q: float | Operand, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """Return `quantile` of the elements that are numbers; nan where there is none.

    Parameters
    ----------
    q, dim, keepdim, interpolation : see `quantile`

    Raises
    ------
    RuntimeError
        As `quantile`.

    Examples
    --------
    >>> mg.nanquantile(mg.tensor([1.0, np.nan, 3.0]), 0.5)
    tensor(2.)
    """
    kinds: dict[str, tuple[Any, Any]] = {
        "linear": (np.floor, np.ceil),
        "lower": (np.floor, np.floor),
        "higher": (np.ceil, np.ceil),
    }
    kinds.update(nearest=(np.round, np.round), midpoint=(np.floor, np.ceil))
    if interpolation not in kinds:
        raise RuntimeError(f"nanquantile: expected interpolation in {list(kinds)}, got {interpolation!r}")
    input = floating("nanquantile", input)
    shares = np.asarray(raw(q), np.float64)
    if isinstance(q, Tensor) and q.dtype != input.dtype:
        raise RuntimeError(f"nanquantile: expected q of the input's dtype {input.dtype}, got {q.dtype}; convert it")
    if shares.ndim > 1 or not ((shares >= 0) & (shares <= 1)).all():
        raise RuntimeError(f"nanquantile: expected q in [0, 1], a number or a tensor of one dimension, got {q}")
    shape = tuple(input.shape)
    flat = dim is None or not shape
    x = reshape(input, (math.prod(shape),)) if flat else movedim(input, one_dim("nanquantile", dim, len(shape)), -1)
    if not x.shape[-1]:
        raise RuntimeError(f"nanquantile: expected elements, got shape {shape}")
    ordered = sort(x).values  # with nan at the end
    known = (~np.isnan(raw(x))).sum(-1, keepdims=True)
    places = shares.reshape(-1) * np.maximum(known - 1, 0)
    low, high = (f(places).astype(np.int64) for f in BETWEEN[interpolation])
    a, b = (take_along_dim(ordered, place, -1) for place in (low, high))
    share: Any = 0.5 if interpolation == "midpoint" else (places - low).astype(raw(x).dtype)
    if interpolation == "linear" and isinstance(q, Tensor) and q.requires_grad:
        share = reshape(q, (shares.size,)) * np.maximum(known - 1, 0).astype(raw(x).dtype) - low.astype(raw(x).dtype)
    y = a + (b - a) * share if interpolation in ("linear", "midpoint") else a
    if keepdim and shape:
        y = reshape(y, (*[1] * len(shape), shares.size)) if flat else unsqueeze(y, one_dim("", dim, len(shape)))
    return y[..., 0] if not shares.ndim else movedim(y, -1, 0)


# ---- histograms ------------------------------------------------------------------------------------------------------


class Histogram(NamedTuple):
    """The result of `histogram`."""

    hist: Tensor
    bin_edges: Tensor


class HistogramDD(NamedTuple):
    """The result of `histogramdd`."""

    hist: Tensor
    bin_edges: tuple[Tensor, ...]


def _edges(x: np.ndarray, bins: Any, range: Sequence[float] | None) -> np.ndarray:
    """Return the bounds of the bins: those given, or of equal bins from the smallest element to the largest."""
    if isinstance(bins, (Tensor, np.ndarray)):
        edges = raw(bins)
        if edges.ndim != 1 or not edges.size or (np.diff(edges) < 0).any():
            raise RuntimeError("histogram: expected edges of bins in one dimension, in increasing order")
        if edges.dtype != x.dtype:
            raise RuntimeError(f"histogram: expected edges of {x.dtype}, as the input, got {edges.dtype}")
        return edges
    if (count := as_int("histogram", "bins", bins)) < 1:
        raise RuntimeError(f"histogram: expected at least one bin, got {count}")
    if range is not None:
        low, high = range
    else:
        low, high = (float(x.min()), float(x.max())) if x.size else (0.0, 0.0)
    if not low <= high or not np.isfinite([low, high]).all():
        raise RuntimeError(f"histogram: expected a finite range in order, got {low} to {high}")
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, count + 1).astype(x.dtype)


@method()
def histogram(
    input: Operand,
    bins: int | Operand,
    *,
    range: Sequence[float] | None = None,
    weight: Operand | None = None,
    density: bool = False,
) -> Histogram:
    """Return how many elements lie in each bin, or the sum of their weights, and the bounds of the bins.

    Parameters
    ----------
    bins : number of equal bins, or their bounds, a vector
    range : pair of floats, optional
        The bounds of the first and the last bin; by default the smallest and the largest element.
    weight : Tensor of the shape of `input`, optional
    density : bool, default False
        Divide, so that the integral is 1.

    Raises
    ------
    RuntimeError
        If `input` is not floating, or the bins or weights do not fit.

    Examples
    --------
    >>> mg.histogram(mg.tensor([0.0, 1.0, 1.0, 2.0]), 2).hist
    tensor([1., 3.])
    """
    require_floating("histogram", input)
    x = raw(input)
    if range is not None and isinstance(bins, (Tensor, np.ndarray)):
        raise TypeError("histogram: a range goes with a number of bins, not with their edges; leave it out")
    edges = _edges(x, bins, range)
    if weight is not None and (raw(weight).shape != x.shape or raw(weight).dtype != x.dtype):
        raise RuntimeError(f"histogram: expected weights of shape {x.shape} and {x.dtype}, as the input")
    weights = None if weight is None else raw(weight).reshape(-1)
    counts, _ = np.histogram(x.reshape(-1), edges, weights=weights, density=density)
    return Histogram(Tensor._wrap(counts.astype(x.dtype)), Tensor._wrap(edges))


def histogramdd(
    input: Operand,
    bins: int | Sequence[Any],
    *,
    range: Sequence[float] | None = None,
    weight: Operand | None = None,
    density: bool = False,
) -> HistogramDD:
    r"""Return how many points lie in each bin of several dimensions, and the bounds of the bins in each.

    Parameters
    ----------
    input : Tensor of shape (\*, d), points of d coordinates
    bins : number of equal bins, one for each coordinate, or their bounds
    range : 2 d floats, optional
        The bounds of the first and the last bin in each dimension.

    Raises
    ------
    RuntimeError
        If the bins, the range or the weights do not fit.

    Examples
    --------
    >>> mg.histogramdd(mg.tensor([[0.0, 1.0], [1.0, 0.0]]), bins=[2, 2]).hist
    tensor([[0., 1.],
            [1., 0.]])
    """
    require_floating("histogramdd", input)
    x = raw(input)
    if x.ndim < 2:
        raise RuntimeError(f"histogramdd: expected points, of at least two dimensions, got shape {x.shape}")
    points = x.reshape(-1, x.shape[-1])
    count = points.shape[1]
    given = [bins] * count if isinstance(bins, int) else list(bins)
    if len(given) != count or range is not None and len(range) != 2 * count:
        raise RuntimeError(f"histogramdd: expected bins and ranges for {count} dimensions, got {len(given)}")
    pairs = [None] * count if range is None else [(range[2 * i], range[2 * i + 1]) for i in np.arange(count).tolist()]
    edges = [_edges(points[:, i], b, p) for i, (b, p) in enumerate(zip(given, pairs, strict=True))]
    weights = None if weight is None else raw(weight).reshape(-1)
    counts, _ = np.histogramdd(points, [e.astype(np.float64) for e in edges], density=density, weights=weights)
    return HistogramDD(Tensor._wrap(counts.astype(x.dtype)), tuple(map(Tensor._wrap, edges)))


# ---- functions at sample points --------------------------------------------------------------------------------------


@rounded_once
def cumulative_trapezoid(y: Operand, x: Operand | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """Return the integrals up to each point but the first of the straight lines between neighbours.

    Parameters
    ----------
    x, dx : see `trapezoid`

    Examples
    --------
    >>> mg.cumulative_trapezoid(mg.tensor([1.0, 2.0, 4.0]))
    tensor([1.5000, 4.5000])
    """
    dim = one_dim("cumulative_trapezoid", dim, len(y.shape))
    before = (*[ALL] * dim,)
    heights = slice_by(y, (*before, slice(None, -1))) + slice_by(y, (*before, slice(1, None)))
    if x is None:
        return cumsum(heights, dim) * (dx / 2)
    if len(x.shape) == 1:
        x = reshape(x, (*x.shape, *[1] * (len(y.shape) - 1 - dim)))
    return cumsum(heights * diff(x, dim=dim - len(y.shape)), dim) / 2


def _slope(x: Any, dim: int, distance: Any, edge_order: int) -> Any:
    """Return the slope in one dimension: of order 2 within, of order `edge_order` at the edges (Fornberg, 1988)."""
    n = x.shape[dim]

    def at(start: int, end: int | None) -> Any:
        return slice_by(x, (*[ALL] * dim, slice(start, end)))

    shape = [-1 if d == dim else 1 for d in range(len(x.shape))]
    steps = np.full(n - 1, float(distance)) if np.ndim(distance) == 0 else np.diff(np.asarray(distance, np.float64))
    steps = steps.astype(raw(x).dtype if raw(x).dtype.kind == "f" else np.float32)
    h, k = steps[:-1].reshape(shape), steps[1:].reshape(shape)
    inner = at(0, -2) * (-k / (h * (h + k))) + at(1, -1) * ((k - h) / (h * k)) + at(2, None) * (h / (k * (h + k)))
    if edge_order == 1:
        first, last = (at(1, 2) - at(0, 1)) / float(steps[0]), (at(n - 1, n) - at(n - 2, n - 1)) / float(steps[-1])
    else:
        a, b = float(steps[0]), float(steps[1])
        first = at(0, 1) * (-(2 * a + b) / (a * (a + b))) + at(1, 2) * ((a + b) / (a * b))
        first = first - at(2, 3) * (a / (b * (a + b)))
        a, b = float(steps[-2]), float(steps[-1])
        last = at(n - 3, n - 2) * (b / (a * (a + b))) - at(n - 2, n - 1) * ((a + b) / (a * b))
        last = last + at(n - 1, n) * ((a + 2 * b) / (b * (a + b)))
    return cat([first, inner, last], dim)


@rounded_once
def gradient(
    input: Operand, *, spacing: Any = None, dim: int | Sequence[int] | None = None, edge_order: int = 1
) -> list[Tensor]:
    """Return the slopes of a function of one or more variables, estimated from its values at the points of a grid.

    Parameters
    ----------
    input : the values
    spacing : number, or a number or a vector of coordinates per dimension
        The distance of neighbours, or where the points are.
    dim : int or ints, optional
        Along which dimensions; by default all.
    edge_order : {1, 2}
        The order of exactness at the edges.

    Raises
    ------
    RuntimeError
        If `spacing` does not fit, or a dimension has fewer than ``edge_order + 1`` points.

    Examples
    --------
    >>> mg.gradient(mg.tensor([1.0, 4.0, 9.0]))
    [tensor([3., 4., 5.])]
    """
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient: expected edge_order 1 or 2, got {edge_order!r}")
    ndim = len(input.shape)
    given = tuple(range(ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    dims = [one_dim("gradient", d, ndim) for d in given]
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"gradient: a dimension comes twice in {given}")
    spacing = 1 if spacing is None else spacing
    single = isinstance(spacing, (int, float))
    if isinstance(spacing, Tensor) and not spacing.shape:
        spacing, single = spacing.item(), True
    distances = [spacing] * len(dims) if single else [raw(s) for s in spacing]
    if len(distances) != len(dims):
        raise RuntimeError(f"gradient: expected a spacing for each of the {len(dims)} dimensions, got {len(distances)}")
    for d, distance in zip(dims, distances, strict=True):
        if input.shape[d] < edge_order + 1:
            raise RuntimeError(f"gradient: expected at least {edge_order + 1} points in dim {d}, got {input.shape[d]}")
        if np.ndim(distance) and np.shape(distance) != (input.shape[d],):
            raise RuntimeError(f"gradient: expected {input.shape[d]} coordinates in dim {d}, got {np.shape(distance)}")
    return [_slope(input, d, distance, edge_order) for d, distance in zip(dims, distances, strict=True)]


# ---- lengths ---------------------------------------------------------------------------------------------------------


@method()
@rounded_once
def dist(input: Operand, other: Operand, p: float = 2) -> Tensor:
    """Return the p-norm of ``input - other``.

    Examples
    --------
    >>> mg.dist(mg.tensor([3.0, 0.0]), mg.tensor([0.0, 4.0]))
    tensor(5.)
    """
    return vector_norm(input - other, p)


@method(inplace=True)
@rounded_once
def renorm(input: Operand, p: float, dim: int, maxnorm: float) -> Tensor:
    """Return `input` with each slice of dimension `dim` whose p-norm exceeds `maxnorm` scaled down to it.

    Raises
    ------
    RuntimeError
        If `p` is not positive, `maxnorm` is negative, or there are fewer than two dimensions.

    Examples
    --------
    >>> mg.renorm(mg.tensor([[3.0, 4.0], [0.3, 0.4]]), p=2, dim=0, maxnorm=1)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    require_floating("renorm", input)
    if not p > 0 or not maxnorm >= 0:
        raise RuntimeError(f"renorm: expected p > 0 and maxnorm >= 0, got {p} and {maxnorm}")
    if len(input.shape) < 2:
        raise RuntimeError(f"renorm: expected at least two dimensions, got shape {tuple(input.shape)}")
    dim = one_dim("renorm", dim, len(input.shape))
    others: Dim = tuple(d for d in range(len(input.shape)) if d != dim)
    size = vector_norm(input, p, others, keepdim=True)
    return input * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)


# ---- the largest parts of a matrix, by random projections ------------------------------------------------------------


def _basis(A: Any, count: int, niter: int) -> Any:
    """Return orthonormal columns that nearly span the range of `A` (Halko, Martinsson, Tropp, 2011, algorithm 4.4)."""
    omega = get_generator().gaussian((*A.shape[:-2], A.shape[-1], count), raw(A).dtype)
    Q = qr(matmul(A, Tensor._wrap(omega))).Q
    for _ in range(niter):
        Q = qr(matmul(adjoint(A), Q)).Q
        Q = qr(matmul(A, Q)).Q
    return Q


@rounded_once
def svd_lowrank(A: Operand, q: int | None = 6, niter: int | None = 2, M: Operand | None = None) -> tuple[Tensor, ...]:
    r"""Return U, S and V of the `q` largest singular values of ``A - M``, nearly, by random projections.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n)
    q : int, default 6
    niter : int, default 2
        Power iterations: more are more exact.
    M : Tensor that broadcasts to `A`, optional

    Examples
    --------
    >>> U, S, V = mg.svd_lowrank(mg.tensor([[3.0, 0.0], [0.0, 0.0]]), q=1)
    >>> S.round()
    tensor([3.])
    """
    A = A if M is None else A - M
    *_, m, n = A.shape
    if m < n:
        V, S, U = svd_lowrank(adjoint(A), q, niter)
        return U, S, V
    Q = _basis(A, min(6 if q is None else as_int("svd_lowrank", "q", q), n), 2 if niter is None else niter)
    U, S, Vh = svd(matmul(adjoint(Q), A), full_matrices=False)
    return matmul(Q, U), S, adjoint(Vh)


@rounded_once
def pca_lowrank(A: Operand, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, ...]:
    r"""Return U, S and V of the `q` largest principal components of the rows of `A`, by random projections.

    Parameters
    ----------
    A : Tensor of shape (\*, m, n)
    q : int, optional
        By default 6, or the smaller of m and n.
    center : bool, default True
        Subtract the mean of each column.

    Raises
    ------
    ValueError
        If `q` is not between 0 and the smaller of m and n.

    Examples
    --------
    >>> mg.pca_lowrank(mg.tensor([[1.0, 0.0], [3.0, 0.0]]), q=1)[1].square().round()
    tensor([2.])
    """
    m, n = A.shape[-2:]
    count = min(6, m, n) if q is None else as_int("pca_lowrank", "q", q)
    if not 0 <= count <= min(m, n):
        raise ValueError(f"pca_lowrank: expected q between 0 and {min(m, n)}, got {q}")
    return svd_lowrank(A - A.mean(-2, keepdim=True) if center else A, count, niter)
