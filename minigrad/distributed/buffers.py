"""The memory of tensors as MPI takes it.

What is only moved goes as bytes, whatever its dtype. What is reduced needs a type that MPI computes with: float16 is
added in float32 and rounded once, a bool is a byte that is 0 or 1.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.distributed.mpi import mpi
from minigrad.graph import versions


class ReduceOp(Enum):
    """How numbers of all ranks become one.

    Examples
    --------
    >>> mg.distributed.ReduceOp.SUM
    <ReduceOp.SUM: 'SUM'>
    """

    SUM = "SUM"
    AVG = "AVG"  # the sum divided by the number of ranks
    PRODUCT = "PROD"
    MIN = "MIN"
    MAX = "MAX"
    BAND = "BAND"
    BOR = "BOR"
    BXOR = "BXOR"
    PREMUL_SUM = "PREMUL_SUM"


reduce_op = ReduceOp  # its old name

_OF_BOOLS = {"SUM": "BOR", "MAX": "BOR", "BOR": "BOR", "PROD": "BAND", "MIN": "BAND", "BAND": "BAND", "BXOR": "BXOR"}


class Buffer:
    """The memory of a tensor for one call: itself where it is contiguous, else a copy, written back at the end.

    Parameters
    ----------
    call, name : the function and its parameter, for messages
    tensor : Tensor
    written : whether the call writes into it
    wide : whether it is computed with, so that float16 becomes float32
    """

    def __init__(self, call: str, name: str, tensor: Any, written: bool = False, wide: bool = False) -> None:
        if not isinstance(tensor, Tensor):
            raise TypeError(f"{call}: expected a Tensor as {name}, got {type(tensor).__name__}")
        array = tensor._data
        if written and not array.flags.writeable:
            raise RuntimeError(
                f"{call}: the memory of {name} is read-only, or several of its elements share a place, as expand() "
                "makes them; pass a clone()"
            )
        self.array, self.written = array, written
        self.dtype, self.shape = array.dtype, array.shape
        dtype = np.dtype(np.float32) if wide and array.dtype == np.float16 else array.dtype
        contiguous = array.flags.c_contiguous and dtype == array.dtype
        self.flat = (array if contiguous else np.array(array, dtype, order="C")).reshape(-1)

    def bytes(self) -> list[Any]:
        """Return the memory as MPI moves it. A count, which MPI would take for that of one rank, is left to mpi4py."""
        return [self.flat.view(np.uint8), mpi().BYTE]

    def numbers(self) -> list[Any]:
        """Return the memory as MPI computes with it."""
        flat = self.flat.view(np.uint8) if self.dtype.kind == "b" else self.flat
        return [flat, mpi()._typedict[flat.dtype.char]]

    def finish(self) -> None:
        """Take what MPI has written."""
        if self.written:
            if not np.shares_memory(self.flat, self.array):
                self.array[...] = self.flat.reshape(self.shape)
            versions.bump(self.array)

    def divide(self, by: int) -> None:
        """Divide what MPI has written, before `finish`."""
        np.divide(self.flat, by, out=self.flat)


def of(call: str, name: str, array: np.ndarray, **how: Any) -> Buffer:
    """Return a buffer of an array, such as a part of a tensor."""
    return Buffer(call, name, Tensor._wrap(array), **how)


def reduction(call: str, op: Any, dtype: np.dtype) -> Any:
    """Return the operation of MPI that does `op` with numbers of this dtype.

    Raises
    ------
    TypeError
        If `op` is no ReduceOp.
    RuntimeError
        If it does not go with the dtype.
    """
    if not isinstance(op, ReduceOp):
        raise TypeError(f"{call}: expected a ReduceOp as op, such as ReduceOp.SUM, got {op!r}")
    name = "SUM" if op is ReduceOp.AVG else op.value
    bits = name in ("BAND", "BOR", "BXOR")
    if op is ReduceOp.PREMUL_SUM or (op is ReduceOp.AVG and dtype.kind != "f") or (bits and dtype.kind == "f"):
        raise RuntimeError(f"{call}: ReduceOp.{op.name} of {dtype} is not supported")
    return getattr(mpi(), _OF_BOOLS[name] if dtype.kind == "b" else name)
