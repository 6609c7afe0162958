"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels import products
from minigrad.kernels.errstate import silent
from minigrad.ops.broadcasting import sum
from minigrad.ops.declare.method import method
from minigrad.ops.declare.old_calls import factors_first
from minigrad.ops.declare.operation import Operand, operation
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.primitives import products as primitive
from minigrad.ops.primitives.diagonal import diagonal
from minigrad.ops.primitives.dims import one_dim
from minigrad.ops.primitives.shape import reshape
from minigrad.ops.primitives.summation import sum_over
from minigrad.ops.reordering import roll
from minigrad.ops.shape import adjoint

__all__ = [
    "matmul", "mm", "bmm", "mv", "dot", "vdot", "inner", "outer", "ger", "addmm", "addmv", "baddbmm", "addbmm",
    "addr", "kron", "trace", "cross",
]  # fmt: skip


# ---- the operations --------------------------------------------------------------------------------------------------


@operation(input=lambda g, other: g * other, other=lambda g, input: g * input)
@silent
def _dot(input: Operand, other: Operand) -> Operand:
    return products.matmul(input, other)


def check_operands(name: str, a: Any, b: Any, *ndims: int) -> None:
    """Raise unless the operands have this many dimensions, and one dtype that can be multiplied."""
    for t in (a, b):
        if not isinstance(t, (Tensor, np.ndarray)):
            raise TypeError(f"{name}: expected Tensors, got {type(t).__name__}")
    have = (len(a.shape), len(b.shape))
    if ndims and have != ndims:
        raise RuntimeError(
            f"{name}: expected tensors of {ndims[0]} and {ndims[1]} dimensions, "
            f"got shapes {tuple(a.shape)} and {tuple(b.shape)}; see matmul()"
        )
    if a.dtype != b.dtype:
        raise RuntimeError(f"{name}: expected operands of one dtype, got {a.dtype} and {b.dtype}; convert one")
    if a.dtype == bool:
        raise RuntimeError(f"{name}: there is no product of bools; convert them with .float() or .long()")


# ---- products --------------------------------------------------------------------------------------------------------


@method()
def matmul(input: Operand, other: Operand) -> Tensor:
    """Return the matrix product, ``input @ other``.

    Parameters
    ----------
    input, other : Tensors
        Matrices in the last two dimensions, whose leading dimensions are broadcast. A vector stands for a row on the
        left and for a column on the right, and that dimension is missing in the result; two vectors give their dot
        product.

    Raises
    ------
    RuntimeError
        If the inner lengths or the dtypes differ, or an operand has no dimensions.

    Examples
    --------
    >>> a = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> a @ a, a @ mg.tensor([1.0, 10.0])
    (tensor([[ 7., 10.],
            [15., 22.]]), tensor([21., 43.]))
    """
    check_operands("matmul", input, other)
    a, b = tuple(input.shape), tuple(other.shape)
    if not a or not b:
        raise RuntimeError(f"matmul: expected at least 1 dimension, got shapes {a} and {b}; multiply with *")
    if a[-1] != (rows := b[-2] if len(b) > 1 else b[0]):
        raise RuntimeError(f"matmul: shapes {a} and {b} cannot be multiplied: {a[-1]} columns, {rows} rows")
    if len(a) == len(b) == 2:
        return primitive.matmul(input, other)
    if len(b) == 1:
        return _dot(input, other) if len(a) == 1 else reshape(matmul(input, reshape(other, (*b, 1))), a[:-1])
    if len(a) == 1:
        return reshape(primitive.matmul(reshape(input, (1, *a)), other), (*b[:-2], b[-1]))
    if len(b) == 2:  # one product of tall matrices, and one for each gradient, instead of one for each in the batch
        tall = reshape(input, (int(np.prod(a[:-1], dtype=np.int64)), a[-1]))
        return reshape(primitive.matmul(tall, other), (*a[:-1], b[1]))
    try:
        np.broadcast_shapes(a[:-2], b[:-2])
    except ValueError:
        raise RuntimeError(f"matmul: the leading dimensions of shapes {a} and {b} do not broadcast") from None
    return primitive.matmul(input, other)


@method("__matmul__", only=True)
def __matmul__(self: Tensor, other: Operand) -> Tensor:
    """``self @ other``, see `matmul`."""
    return matmul(self, other) if isinstance(other, (Tensor, np.ndarray)) else NotImplemented


@method("__rmatmul__", only=True)
def __rmatmul__(self: Tensor, other: Operand) -> Tensor:
    """``other @ self``, see `matmul`."""
    return matmul(other, self) if isinstance(other, (Tensor, np.ndarray)) else NotImplemented


@method()
def mm(input: Operand, mat2: Operand) -> Tensor:
    """Return the product of two matrices.

    Examples
    --------
    >>> mg.mm(mg.tensor([[1, 2]]), mg.tensor([[3], [4]]))
    tensor([[11]])
    """
    check_operands("mm", input, mat2, 2, 2)
    return matmul(input, mat2)


@method()
def bmm(input: Operand, mat2: Operand) -> Tensor:
    """Return the products of two batches, of the same size, of matrices.

    Raises
    ------
    RuntimeError
        If the batches differ in size, or the shapes of the matrices do not match.

    Examples
    --------
    >>> mg.bmm(mg.ones(5, 2, 3), mg.ones(5, 3, 4)).shape
    Size([5, 2, 4])
    """
    check_operands("bmm", input, mat2, 3, 3)
    if input.shape[0] != mat2.shape[0]:
        raise RuntimeError(f"bmm: expected batches of one size, got {tuple(input.shape)} and {tuple(mat2.shape)}")
    return matmul(input, mat2)


@method()
def mv(input: Operand, vec: Operand) -> Tensor:
    """Return the product of a matrix and a vector.

    Examples
    --------
    >>> mg.mv(mg.tensor([[1, 2], [3, 4]]), mg.tensor([1, 10]))
    tensor([21, 43])
    """
    check_operands("mv", input, vec, 2, 1)
    return matmul(input, vec)


@method("vdot")
def dot(input: Operand, tensor: Operand) -> Tensor:
    """Return the sum of the products of the elements of two vectors.

    Examples
    --------
    >>> mg.dot(mg.tensor([1, 2]), mg.tensor([3, 4]))
    tensor(11)
    """
    check_operands("dot", input, tensor, 1, 1)
    return matmul(input, tensor)


vdot = dot


@method()
@rounded_once
def inner(input: Operand, other: Operand) -> Tensor:
    """Return the sums of products over the last dimensions of both.

    Raises
    ------
    RuntimeError
        If the last dimensions differ in length.

    Examples
    --------
    >>> mg.inner(mg.tensor([[1, 2], [3, 4]]), mg.tensor([1, 10]))
    tensor([21, 43])
    """
    a, b = tuple(input.shape), tuple(other.shape)
    if not a or not b:
        return input * other
    check_operands("inner", input, other)
    if a[-1] != b[-1]:
        raise RuntimeError(f"inner: expected the same length of the last dimensions, got shapes {a} and {b}")
    rows, columns = (reshape(t, (int(np.prod(t.shape[:-1], dtype=np.int64)), a[-1])) for t in (input, other))
    return reshape(primitive.matmul(rows, adjoint(columns)), a[:-1] + b[:-1])


@method("ger")
def outer(input: Operand, vec2: Operand) -> Tensor:
    """Return the matrix of the products of all pairs of elements of two vectors.

    Raises
    ------
    RuntimeError
        If one of the two is not a vector.

    Examples
    --------
    >>> mg.outer(mg.tensor([1, 2]), mg.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    if len(input.shape) != 1 or len(vec2.shape) != 1:
        raise RuntimeError(f"outer: expected two vectors, got shapes {tuple(input.shape)} and {tuple(vec2.shape)}")
    return reshape(input, (input.shape[0], 1)) * reshape(vec2, (1, vec2.shape[0]))


ger = outer


# ---- a product added -------------------------------------------------------------------------------------------------


def _plus(input: Any, product: Any, beta: float, alpha: float) -> Any:
    """``beta * input + alpha * product``; a `beta` of 0 lets nothing of `input` through. Integers stay integers."""
    if product.dtype.kind != "f" and input.dtype.kind != "f":
        beta, alpha = int(beta), int(alpha)
    if alpha != 1:
        product = product * alpha
    return product if beta == 0 else (input if beta == 1 else input * beta) + product


@method(inplace=True)
@factors_first("beta", "alpha")
@rounded_once
def addmm(input: Operand, mat1: Operand, mat2: Operand, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)``.

    Examples
    --------
    >>> mg.addmm(mg.tensor([1.0, 2.0]), mg.ones(2, 3), mg.ones(3, 2), beta=10)
    tensor([[13., 23.],
            [13., 23.]])
    """
    return _plus(input, mm(mat1, mat2), beta, alpha)


@method(inplace=True)
@factors_first("beta", "alpha")
@rounded_once
def addmv(input: Operand, mat: Operand, vec: Operand, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * (mat @ vec)``.

    Examples
    --------
    >>> mg.addmv(mg.tensor([1.0, 2.0]), mg.ones(2, 3), mg.ones(3))
    tensor([4., 5.])
    """
    return _plus(input, mv(mat, vec), beta, alpha)


@method(inplace=True)
@factors_first("beta", "alpha")
@rounded_once
def addr(input: Operand, vec1: Operand, vec2: Operand, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * outer(vec1, vec2)``.

    Raises
    ------
    RuntimeError
        If `beta` or `alpha` is a float and the result would be of integers.

    Examples
    --------
    >>> mg.addr(mg.zeros(2, 1), mg.tensor([1.0, 2.0]), mg.tensor([3.0]))
    tensor([[3.],
            [6.]])
    """
    if isinstance(alpha * beta, float) and not any(t.dtype.kind == "f" for t in (input, vec1, vec2)):
        raise RuntimeError(f"addr: expected integers as beta and alpha for integers, got {beta} and {alpha}")
    return _plus(input, outer(vec1, vec2), beta, alpha)


@method(inplace=True)
@factors_first("beta", "alpha")
@rounded_once
def baddbmm(input: Operand, batch1: Operand, batch2: Operand, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * bmm(batch1, batch2)``.

    Examples
    --------
    >>> mg.baddbmm(mg.ones(1, 1, 1), mg.ones(1, 1, 3), mg.ones(1, 3, 1))
    tensor([[[4.]]])
    """
    return _plus(input, bmm(batch1, batch2), beta, alpha)


@method(inplace=True)
@factors_first("beta", "alpha")
@rounded_once
def addbmm(input: Operand, batch1: Operand, batch2: Operand, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha *`` the sum over the batch of ``bmm(batch1, batch2)``.

    Examples
    --------
    >>> mg.addbmm(mg.ones(1, 1), mg.ones(2, 1, 3), mg.ones(2, 3, 1))
    tensor([[7.]])
    """
    return _plus(input, sum_over(bmm(batch1, batch2), (0,), False), beta, alpha)


# ---- made of these ---------------------------------------------------------------------------------------------------


@method()
@rounded_once
def kron(input: Operand, other: Operand) -> Tensor:
    """Return the Kronecker product: every element of `input` times all of `other`, as blocks.

    Examples
    --------
    >>> mg.kron(mg.tensor([1, 10]), mg.tensor([1, 2, 3]))
    tensor([ 1,  2,  3, 10, 20, 30])
    """
    ndim = max(len(input.shape), len(other.shape))
    a, b = ((1,) * (ndim - len(t.shape)) + tuple(t.shape) for t in (input, other))
    blocks = tuple(n for size in a for n in (size, 1)), tuple(n for size in b for n in (1, size))
    product = reshape(input, blocks[0]) * reshape(other, blocks[1])
    return reshape(product, tuple(m * n for m, n in zip(a, b, strict=True)))


@method()
def trace(input: Operand) -> Tensor:
    """Return the sum of the diagonal of a matrix.

    Raises
    ------
    RuntimeError
        If `input` is not a matrix.

    Examples
    --------
    >>> mg.trace(mg.tensor([[1, 2], [3, 4]]))
    tensor(5)
    """
    if len(input.shape) != 2:
        raise RuntimeError(f"trace: expected a matrix, got shape {tuple(input.shape)}")
    return sum(diagonal(input, 0, 0, 1))


@method()
@rounded_once
def cross(input: Operand, other: Operand, dim: int | None = None) -> Tensor:
    """Return the cross product of the vectors of length 3 in dimension `dim`, by default the first of that length.

    Raises
    ------
    RuntimeError
        If the length of `dim` is not 3 in both.

    Examples
    --------
    >>> mg.cross(mg.tensor([1, 0, 0]), mg.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    shape = tuple(input.shape)
    if dim is None:
        dim = shape.index(3) if 3 in shape else -1
    dim = one_dim("cross", dim, len(shape))
    if len(shape) != len(other.shape) or shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError(f"cross: expected length 3 in dim {dim} of both, got {shape} and {tuple(other.shape)}")
    return roll(input, -1, dim) * roll(other, -2, dim) - roll(input, -2, dim) * roll(other, -1, dim)
