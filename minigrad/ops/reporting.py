"""Decompositions that report where they fail, instead of raising an error."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.ops.declare.operation import Operand
from minigrad.ops.declare.rounding import rounded_once
from minigrad.ops.decompositions import cholesky, raw
from minigrad.ops.factorizations import lu_factor_ex
from minigrad.ops.solving import LinAlgError, check_matrix, exists, inv, solve

__all__ = ["cholesky_ex", "inv_ex", "solve_ex"]


class CholeskyEx(NamedTuple):
    """The result of `linalg.cholesky_ex`."""

    L: Tensor
    info: Tensor


class InvEx(NamedTuple):
    """The result of `linalg.inv_ex`."""

    inverse: Tensor
    info: Tensor


class SolveEx(NamedTuple):
    """The result of `linalg.solve_ex`."""

    result: Tensor
    info: Tensor


def _report(A: Any, find: Callable[[np.ndarray], int]) -> np.ndarray:
    """Return ``find(matrix)`` for each matrix: 0, or where its decomposition fails, counted from 1."""
    array = raw(A).astype(np.float64, copy=False)
    flat = array.reshape(math.prod(array.shape[:-2]), *array.shape[-2:])
    return np.array([find(matrix) for matrix in flat], np.int32).reshape(array.shape[:-2])


def _first_not_definite(matrix: np.ndarray) -> int:
    """Return the size of the smallest leading part that has no Cholesky decomposition, or 0."""
    least, most = 1, len(matrix)
    if exists(np.linalg.cholesky, matrix):
        return 0
    while least < most:
        middle = (least + most) // 2
        if exists(np.linalg.cholesky, matrix[:middle, :middle]):
            least = middle + 1
        else:
            most = middle
    return most


def _first_zero_pivot(matrix: np.ndarray) -> int:
    """Return which pivot of its LU decomposition is the first that is 0, or 0 if there is an inverse."""
    if exists(np.linalg.inv, matrix):
        return 0
    return int(lu_factor_ex(matrix).info) or len(matrix)  # by other roundings, none may be 0


def _with_report(
    name: str, A: Any, check_errors: bool, find: Callable[[np.ndarray], int], result: Callable[[Any], Any]
) -> tuple[Any, Any]:
    """Return ``result(A)`` and the report; where a matrix does not allow it, that of a unit matrix in its place."""
    shape = check_matrix(name, A, square=True)
    info = _report(A, find)
    if info.any():
        if check_errors:
            failed = f"{np.count_nonzero(info)} of the matrices of shape {shape}"
            raise LinAlgError(f"linalg.{name}: {failed} do not allow it, the first of these at {info[info != 0][0]}")
        A = Tensor._wrap(np.where(info[..., None, None] != 0, np.eye(shape[-1], dtype=raw(A).dtype), raw(A)))
    return result(A), Tensor._wrap(np.asarray(info))


@rounded_once
def cholesky_ex(A: Operand, *, upper: bool = False, check_errors: bool = False) -> CholeskyEx:
    """Return `cholesky` and a report in place of an error: 0, or the size of the smallest leading part without one.

    Raises
    ------
    LinAlgError
        If a matrix is not positive definite, and `check_errors`.

    Examples
    --------
    >>> mg.linalg.cholesky_ex(mg.tensor([[-1.0]])).info
    tensor(1, dtype=int32)
    """
    found = _with_report("cholesky", A, check_errors, _first_not_definite, lambda a: cholesky(a, upper=upper))
    return CholeskyEx(*found)


@rounded_once
def inv_ex(A: Operand, *, check_errors: bool = False) -> InvEx:
    """Return `inv` and a report in place of an error: 0, or which pivot is the first that is 0, counted from 1.

    Raises
    ------
    LinAlgError
        If a matrix is singular, and `check_errors`.

    Examples
    --------
    >>> mg.linalg.inv_ex(mg.tensor([[0.0]])).info
    tensor(1, dtype=int32)
    """
    return InvEx(*_with_report("inv", A, check_errors, _first_zero_pivot, inv))


@rounded_once
def solve_ex(A: Operand, B: Operand, *, left: bool = True, check_errors: bool = False) -> SolveEx:
    """Return `solve` and a report in place of an error: 0, or which pivot is the first that is 0, counted from 1.

    Raises
    ------
    LinAlgError
        If a matrix is singular, and `check_errors`.

    Examples
    --------
    >>> mg.linalg.solve_ex(mg.tensor([[2.0]]), mg.tensor([[4.0]])).result
    tensor([[2.]])
    """
    return SolveEx(*_with_report("solve", A, check_errors, _first_zero_pivot, lambda a: solve(a, B, left=left)))
