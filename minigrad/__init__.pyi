"""Written by scripts/stubs.py out of the declarations; do not edit."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from builtins import str as _str
from collections.abc import Sequence
from minigrad import return_types as return_types
from minigrad.core.dtypes import DTypeLike
from minigrad.core.tensor import TensorLike
from minigrad.ops.decompositions import QR
from minigrad.ops.factorizations import GEQRF
from minigrad.ops.factorizations import LU
from minigrad.ops.histograms import Histogram
from minigrad.ops.histograms import HistogramDD
from minigrad.ops.matrix_functions import TriangularSolve
from minigrad.ops.solving import SlogDet
import numpy as np
from typing import Any
from typing import Literal
from typing import SupportsIndex
from typing import overload

from minigrad.legacy import BoolTensor as BoolTensor
from minigrad.legacy import ByteTensor as ByteTensor
from minigrad.legacy import CharTensor as CharTensor
from minigrad.legacy import DoubleTensor as DoubleTensor
from minigrad.legacy import FloatTensor as FloatTensor
from minigrad.core.generator import Generator as Generator
from minigrad.amp import GradScaler as GradScaler
from minigrad.legacy import HalfTensor as HalfTensor
from minigrad.legacy import IntTensor as IntTensor
from minigrad.legacy import LongTensor as LongTensor
from minigrad.legacy import ShortTensor as ShortTensor
from minigrad.core.array_attributes import Size as Size
from minigrad.core.tensor import Tensor as Tensor
def abs(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the absolute value of each element; its slope at 0 is 0."""
def abs_(input: TensorLike) -> Tensor:
    """In-place version of `abs`: writes the result into this tensor and returns it."""
def absolute(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the absolute value of each element; its slope at 0 is 0."""
def absolute_(input: TensorLike) -> Tensor:
    """In-place version of `abs`: writes the result into this tensor and returns it."""
from minigrad import accelerator as accelerator
def acos(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the angle in radians whose cosine is `input`."""
def acos_(input: TensorLike) -> Tensor:
    """In-place version of `acos`: writes the result into this tensor and returns it."""
def acosh(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse hyperbolic cosine of each element; nan below 1."""
def acosh_(input: TensorLike) -> Tensor:
    """In-place version of `acosh`: writes the result into this tensor and returns it."""
def adaptive_avg_pool1d(input: TensorLike, output_size: Any, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the mean of `output_size` bins of (N, C, L) or (C, L); see `adaptive_avg_pool2d`."""
def adaptive_max_pool1d(input: TensorLike, output_size: Any, *, out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, Tensor]:
    """`adaptive_max_pool1d` with its indices, as PyTorch has it outside of `nn.functional`."""
def add(input: TensorLike, other: TensorLike, *, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input + alpha * other``, elementwise with broadcasting and type promotion."""
def add_(input: TensorLike, other: TensorLike, *, alpha: _float = 1) -> Tensor:
    """In-place version of `add`: writes the result into this tensor and returns it."""
def addbmm(input: TensorLike, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``beta * input + alpha *`` the sum over the batch of ``bmm(batch1, batch2)``."""
def addbmm_(input: TensorLike, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """In-place version of `addbmm`: writes the result into this tensor and returns it."""
def addcdiv(input: TensorLike, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input + value * tensor1 / tensor2``."""
def addcdiv_(input: TensorLike, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1) -> Tensor:
    """In-place version of `addcdiv`: writes the result into this tensor and returns it."""
def addcmul(input: TensorLike, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input + value * tensor1 * tensor2``."""
def addcmul_(input: TensorLike, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1) -> Tensor:
    """In-place version of `addcmul`: writes the result into this tensor and returns it."""
def addmm(input: TensorLike, mat1: TensorLike, mat2: TensorLike, *, beta: _float = 1, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)``."""
def addmm_(input: TensorLike, mat1: TensorLike, mat2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """In-place version of `addmm`: writes the result into this tensor and returns it."""
def addmv(input: TensorLike, mat: TensorLike, vec: TensorLike, *, beta: _float = 1, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``beta * input + alpha * (mat @ vec)``."""
def addmv_(input: TensorLike, mat: TensorLike, vec: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """In-place version of `addmv`: writes the result into this tensor and returns it."""
def addr(input: TensorLike, vec1: TensorLike, vec2: TensorLike, *, beta: _float = 1, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``beta * input + alpha * outer(vec1, vec2)``."""
def addr_(input: TensorLike, vec1: TensorLike, vec2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """In-place version of `addr`: writes the result into this tensor and returns it."""
def adjoint(input: TensorLike) -> Tensor:
    """Return a view with the last two dimensions exchanged."""
def affine_grid_generator(theta: TensorLike, size: Sequence[_int], align_corners: _bool, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `affine_grid`, by its older name."""
def alias_copy(input: Tensor, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy of `input`."""
def all(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return whether all elements are true (not 0), of the tensor or over the dimensions `dim`."""
def allclose(input: TensorLike, other: TensorLike, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
    """Return whether `isclose` holds for all elements."""
def alpha_dropout(input: TensorLike, p: _float = 0.5, training: _bool = False, inplace: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Drop out elements, but keep mean and variance of what `selu` gives (Klambauer et al., 2017)."""
def alpha_dropout_(input: TensorLike, p: _float = 0.5, training: _bool = False) -> Tensor:
    """In-place version of `alpha_dropout`: writes the result into this tensor and returns it."""
def amax(input: TensorLike, dim: _int | Sequence[_int] | None = (), keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = (), keepdims: _bool = False) -> Tensor:
    """Return the largest element of all or over `dim`; nan if there is one. Ties share the gradient evenly."""
def amin(input: TensorLike, dim: _int | Sequence[_int] | None = (), keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = (), keepdims: _bool = False) -> Tensor:
    """Return the smallest element, of all or over the dimensions `dim`; as `amax`."""
def aminmax(input: TensorLike, *, dim: _int | None = None, keepdim: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None, keepdims: _bool = False) -> return_types.aminmax:
    """Return `amin` and `amax`, a named tuple (min, max)."""
from minigrad import amp as amp
def angle(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the angle of each element as a complex number: 0, or pi where it is negative. Its gradient is 0."""
def any(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return whether at least one element is true (not 0), of the tensor or over the dimensions `dim`."""
def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return the numbers from `start` (default 0) up to but not including `end`, in steps of `step`."""
def arccos(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the angle in radians whose cosine is `input`."""
def arccos_(input: TensorLike) -> Tensor:
    """In-place version of `acos`: writes the result into this tensor and returns it."""
def arccosh(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse hyperbolic cosine of each element; nan below 1."""
def arccosh_(input: TensorLike) -> Tensor:
    """In-place version of `acosh`: writes the result into this tensor and returns it."""
def arcsin(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the angle in radians whose sine is `input`."""
def arcsin_(input: TensorLike) -> Tensor:
    """In-place version of `asin`: writes the result into this tensor and returns it."""
def arcsinh(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse hyperbolic sine of each element."""
def arcsinh_(input: TensorLike) -> Tensor:
    """In-place version of `asinh`: writes the result into this tensor and returns it."""
def arctan(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the angle in radians whose tangent is `input`."""
def arctan2(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the angle in radians of the point with y = `input` and x = `other`."""
def arctan2_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `atan2`: writes the result into this tensor and returns it."""
def arctan_(input: TensorLike) -> Tensor:
    """In-place version of `atan`: writes the result into this tensor and returns it."""
def arctanh(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse hyperbolic tangent of each element; nan beyond -1 and 1."""
def arctanh_(input: TensorLike) -> Tensor:
    """In-place version of `atanh`: writes the result into this tensor and returns it."""
from minigrad.settings import are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled
def argmax(input: TensorLike, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
    """Return where the largest element is, the first among ties or the first nan: in the flattened tensor, or in `dim`."""
def argmin(input: TensorLike, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
    """Return where the smallest element is; as `argmax`."""
def argsort(input: TensorLike, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> Tensor:
    """Return the indices of `sort`."""
def argwhere(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the indices of the elements that are not 0, one row each."""
def as_strided(input: TensorLike, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None = None) -> Tensor:
    """Return a view of the memory of `input` of this size, whose elements lie these steps apart."""
def as_strided_(input: TensorLike, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """In-place version of `as_strided`: this tensor shows its memory in that way from now on."""
def as_strided_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.as_strided(...)`` shows, in memory of its own."""
def as_strided_scatter(input: TensorLike, src: TensorLike, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy of `input` with `src` where ``as_strided(input, size, stride, storage_offset)`` would be."""
def as_tensor(data: Any, dtype: Any = None, device: Any = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `data` as a tensor: the given one or one that shares an array's memory, where the dtype allows."""
from minigrad.exchange import asarray as asarray
def asin(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the angle in radians whose sine is `input`."""
def asin_(input: TensorLike) -> Tensor:
    """In-place version of `asin`: writes the result into this tensor and returns it."""
def asinh(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse hyperbolic sine of each element."""
def asinh_(input: TensorLike) -> Tensor:
    """In-place version of `asinh`: writes the result into this tensor and returns it."""
def atan(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the angle in radians whose tangent is `input`."""
def atan2(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the angle in radians of the point with y = `input` and x = `other`."""
def atan2_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `atan2`: writes the result into this tensor and returns it."""
def atan_(input: TensorLike) -> Tensor:
    """In-place version of `atan`: writes the result into this tensor and returns it."""
def atanh(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse hyperbolic tangent of each element; nan beyond -1 and 1."""
def atanh_(input: TensorLike) -> Tensor:
    """In-place version of `atanh`: writes the result into this tensor and returns it."""
@overload
def atleast_1d(tensor: TensorLike, /, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the tensor with at least one dimension; a tuple for several tensors."""
@overload
def atleast_1d(tensor: Sequence[TensorLike], /, *, out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]: ...
@overload
def atleast_1d(*tensors: TensorLike, out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]: ...
@overload
def atleast_2d(tensor: TensorLike, /, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the tensor with at least two dimensions, a vector as a row; a tuple for several tensors."""
@overload
def atleast_2d(tensor: Sequence[TensorLike], /, *, out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]: ...
@overload
def atleast_2d(*tensors: TensorLike, out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]: ...
@overload
def atleast_3d(tensor: TensorLike, /, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the tensor with at least three dimensions: a matrix gets a last one of length 1. A tuple for several."""
@overload
def atleast_3d(tensor: Sequence[TensorLike], /, *, out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]: ...
@overload
def atleast_3d(*tensors: TensorLike, out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]: ...
from minigrad.amp import autocast as autocast
from minigrad import autograd as autograd
def avg_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the mean of windows of (N, C, L) or (C, L); see `avg_pool2d`."""
from minigrad import backends as backends
def baddbmm(input: TensorLike, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``beta * input + alpha * bmm(batch1, batch2)``."""
def baddbmm_(input: TensorLike, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """In-place version of `baddbmm`: writes the result into this tensor and returns it."""
def bartlett_window(window_length: _int, periodic: _bool = True, *, dtype: Any = None, out: Any = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """``1 - |2 t - 1|`` for t from 0 to 1."""
def bernoulli(input: Tensor, p: Tensor | _float | None = None, *, generator: Generator | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Draw 1 with the given probability, else 0."""
def bernoulli_(self: Tensor, p: Tensor | _float = 0.5, *, generator: Generator | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Fill with 1 with probability `p` (a number, or a Tensor that broadcasts to this one), else 0."""
from minigrad.core.dtypes import bfloat16 as bfloat16
def bilinear(input1: TensorLike, input2: TensorLike, weight: TensorLike, bias: TensorLike | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``sum over i, j of input1[..., i] * weight[o, i, j] * input2[..., j] + bias[o]``."""
def bincount(input: TensorLike, weights: TensorLike | None = None, minlength: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return how often 0, 1, 2, ... occur, or the sums of the weights of those that do."""
def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Draw numbers of successes of `count` trials of probability `prob` each."""
def bitwise_and(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input & other``, elementwise, of bools or integers."""
def bitwise_and_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `bitwise_and`: writes the result into this tensor and returns it."""
def bitwise_left_shift(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input << other``, elementwise, of integers: times a power of two."""
def bitwise_left_shift_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `bitwise_left_shift`: writes the result into this tensor and returns it."""
def bitwise_not(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``~input``, elementwise, of bools or integers."""
def bitwise_not_(input: TensorLike) -> Tensor:
    """In-place version of `bitwise_not`: writes the result into this tensor and returns it."""
def bitwise_or(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input | other``, elementwise, of bools or integers."""
def bitwise_or_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `bitwise_or`: writes the result into this tensor and returns it."""
def bitwise_right_shift(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input >> other``, elementwise, of integers: divided by a power of two, rounded down."""
def bitwise_right_shift_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `bitwise_right_shift`: writes the result into this tensor and returns it."""
def bitwise_xor(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input ^ other``, elementwise, of bools or integers."""
def bitwise_xor_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `bitwise_xor`: writes the result into this tensor and returns it."""
def blackman_window(window_length: _int, periodic: _bool = True, *, dtype: Any = None, out: Any = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """``0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t)`` for t from 0 to 1."""
def block_diag(*tensors: TensorLike, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a matrix with the given ones along its diagonal, and 0 elsewhere."""
def bmm(input: TensorLike, mat2: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the products of two batches, of the same size, of matrices."""
from minigrad.core.dtypes import bool as bool
def broadcast_shapes(*shapes: _int | Sequence[_int], out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[_int, ...]:
    """Return the shape that tensors of these shapes have together; an int stands for the shape of a vector."""
def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Return all `tensors` expanded to the shape that they have together."""
def broadcast_to(input: TensorLike, shape: Sequence[_int]) -> Tensor:
    """Return a view of `input` in which new dimensions and dimensions of length 1 are repeated to `shape`."""
def bucketize(input: TensorLike, boundaries: TensorLike, *, out_int32: _bool = False, right: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the bucket of each element: bucket i lies between ``boundaries[i - 1]`` and ``boundaries[i]``."""
from minigrad.core.dtypes import can_cast as can_cast
def cartesian_prod(*tensors: TensorLike, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return all combinations of one element of each vector, as rows; of a single vector, itself."""
def cat(tensors: Sequence[TensorLike], dim: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = 0) -> Tensor:
    """Return the tensors one after the other along dimension `dim`; in the others they must have the same lengths."""
def cdist(x1: TensorLike, x2: TensorLike, p: _float = 2.0, compute_mode: _str = 'use_mm_for_euclid_dist_if_necessary', *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the p-norms of the differences of each row of `x1` and each row of `x2`."""
from minigrad.core.dtypes import cdouble as cdouble
def ceil(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the smallest integer that is not smaller, elementwise. Its gradient is 0."""
def ceil_(input: TensorLike) -> Tensor:
    """In-place version of `ceil`: writes the result into this tensor and returns it."""
def celu(input: TensorLike, alpha: _float = 1.0, inplace: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` where positive, else ``alpha * (exp(input / alpha) - 1)`` (Barron, 2017)."""
def celu_(input: TensorLike, alpha: _float = 1.0) -> Tensor:
    """In-place version of `celu`: writes the result into this tensor and returns it."""
from minigrad.core.dtypes import cfloat as cfloat
def chain_matmul(*matrices: TensorLike, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of several matrices, in an order that keeps the products small."""
def channel_shuffle(input: TensorLike, groups: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the channels of (N, C, ...) in another order: the first of each group, the second of each, and so on."""
from minigrad.core.layout import channels_last as channels_last
from minigrad.core.layout import channels_last_3d as channels_last_3d
def cholesky(input: TensorLike, upper: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `linalg.cholesky`, `upper` or not: PyTorch's old function."""
def cholesky_inverse(L: TensorLike, upper: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse of ``L @ L.T``, or of ``L.T @ L`` if `upper`."""
def cholesky_solve(B: TensorLike, L: TensorLike, upper: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the X with ``A @ X = B``, given the factor `L` of `A`: ``L @ L.T``, or ``L.T @ L`` if `upper`."""
def chunk(input: TensorLike, chunks: _int, dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Split into at most `chunks` pieces of equal length, of which the last may be shorter."""
def clamp(input: TensorLike, min: TensorLike | None = None, max: TensorLike | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` limited to [`min`, `max`], numbers or tensors; either may be None. Gradients pass at the bounds."""
def clamp_(input: TensorLike, min: TensorLike | None = None, max: TensorLike | None = None) -> Tensor:
    """In-place version of `clamp`: writes the result into this tensor and returns it."""
def clamp_max(input: TensorLike, max: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input`, but at most `max`."""
def clamp_max_(input: TensorLike, max: TensorLike) -> Tensor:
    """In-place version of `clamp_max`: writes the result into this tensor and returns it."""
def clamp_min(input: TensorLike, min: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input`, but at least `min`."""
def clamp_min_(input: TensorLike, min: TensorLike) -> Tensor:
    """In-place version of `clamp_min`: writes the result into this tensor and returns it."""
def clip(input: TensorLike, min: TensorLike | None = None, max: TensorLike | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` limited to [`min`, `max`], numbers or tensors; either may be None. Gradients pass at the bounds."""
def clip_(input: TensorLike, min: TensorLike | None = None, max: TensorLike | None = None) -> Tensor:
    """In-place version of `clamp`: writes the result into this tensor and returns it."""
def clone(input: TensorLike, *, memory_format: Any = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy in memory of its own, through which gradients flow."""
def column_stack(tensors: Sequence[TensorLike], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the tensors next to each other, vectors as columns."""
def combinations(input: TensorLike, r: _int = 2, with_replacement: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return all combinations of `r` elements of a vector, one row each."""
from minigrad.settings import compile as compile
from minigrad import compiler as compiler
from minigrad.core.dtypes import complex128 as complex128
from minigrad.core.dtypes import complex64 as complex64
def concat(tensors: Sequence[TensorLike], dim: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = 0) -> Tensor:
    """Return the tensors one after the other along dimension `dim`; in the others they must have the same lengths."""
def concatenate(tensors: Sequence[TensorLike], dim: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = 0) -> Tensor:
    """Return the tensors one after the other along dimension `dim`; in the others they must have the same lengths."""
def conj(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the conjugate: the tensor itself, as there are no complex numbers."""
def conj_physical(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the conjugate: the tensor itself, as there are no complex numbers."""
def conj_physical_(input: TensorLike) -> Tensor:
    """In-place version of `conj_physical`: writes the result into this tensor and returns it."""
def constant_pad_nd(input: TensorLike, pad: Sequence[_int], value: _float = 0, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return ``nn.functional.pad(input, pad, "constant", value)``."""
from minigrad.core.layout import contiguous_format as contiguous_format
def conv1d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | _str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Convolve (cross-correlate) along one dimension; see `conv2d`."""
def conv2d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | _str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Convolve (cross-correlate) images with kernels."""
def conv3d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | _str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Convolve (cross-correlate) volumes; see `conv2d`."""
def conv_transpose1d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the adjoint of `conv1d`; see `conv_transpose2d`."""
def conv_transpose2d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the adjoint of `conv2d`: each element of the input adds its multiple of the kernel to the output."""
def conv_transpose3d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the adjoint of `conv3d`; see `conv_transpose2d`."""
def copysign(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the size of `input` with the sign of `other`, elementwise; its gradient where `input` is 0 is 0."""
def copysign_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `copysign`: writes the result into this tensor and returns it."""
def corrcoef(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the correlations of variables, one row each: covariances over standard deviations, within -1 and 1."""
def cos(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the cosine of each element, in radians."""
def cos_(input: TensorLike) -> Tensor:
    """In-place version of `cos`: writes the result into this tensor and returns it."""
def cosh(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the hyperbolic cosine of each element."""
def cosh_(input: TensorLike) -> Tensor:
    """In-place version of `cosh`: writes the result into this tensor and returns it."""
def cosine_similarity(x1: TensorLike, x2: TensorLike, dim: _int = 1, eps: _float = 1e-08, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = 1) -> Tensor:
    """Return the cosine of the angle between vectors along `dim`; lengths count as at least `eps`."""
def count_nonzero(input: TensorLike, dim: _int | Sequence[_int] | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None) -> Tensor:
    """Return how many elements are not 0, int64."""
def cov(input: TensorLike, *, correction: _int = 1, fweights: TensorLike | None = None, aweights: TensorLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the covariances of variables, one row each, from their observations, one column each."""
def cross(input: TensorLike, other: TensorLike, dim: _int | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None) -> Tensor:
    """Return the cross product of the vectors of length 3 in dimension `dim`, by default the first of that length."""
from minigrad import cuda as cuda
@overload
def cummax(input: TensorLike, dim: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> return_types.cummax:
    """Return the running maximum along `dim`, and its place: the last one among ties."""
@overload
def cummax(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> return_types.cummax: ...
@overload
def cummin(input: TensorLike, dim: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> return_types.cummin:
    """Return the running minimum along `dim`, and its place: the last one among ties."""
@overload
def cummin(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> return_types.cummin: ...
@overload
def cumprod(input: TensorLike, dim: _int, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of each element and those before it in dimension `dim`. Integers and bools multiply in int64."""
@overload
def cumprod(input: TensorLike, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def cumprod_(input: TensorLike, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
    """In-place version of `cumprod`: writes the result into this tensor and returns it."""
@overload
def cumsum(input: TensorLike, dim: _int, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sum of each element and those before it in dimension `dim`. Integers and bools add up in int64."""
@overload
def cumsum(input: TensorLike, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def cumsum_(input: TensorLike, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
    """In-place version of `cumsum`: writes the result into this tensor and returns it."""
def cumulative_trapezoid(y: TensorLike, x: TensorLike | None = None, *, dx: _float = 1, dim: _int = -1, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> Tensor:
    """Return the integrals up to each point but the first of the straight lines between neighbours."""
from minigrad.core.generator import default_generator as default_generator
def deg2rad(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return each angle, given in degrees, in radians."""
def deg2rad_(input: TensorLike) -> Tensor:
    """In-place version of `deg2rad`: writes the result into this tensor and returns it."""
def det(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the determinant."""
def detach(input: Tensor, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return ``input.detach()``: the same memory, without the history."""
def detach_(input: Tensor, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Cut `input` itself off from the graph; return it."""
def detach_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.detach(...)`` shows, in memory of its own."""
from minigrad.core.device import device as device
def diag(input: TensorLike, diagonal: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the matrix with a vector on a diagonal, or a copy of that diagonal of a matrix."""
def diag_embed(input: TensorLike, offset: _int = 0, dim1: _int = -2, dim2: _int = -1, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return zeros with the last dimension of `input` on a diagonal of two new dimensions `dim1` and `dim2`."""
def diagflat(input: TensorLike, offset: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the matrix with all elements of `input` on a diagonal."""
def diagonal(input: TensorLike, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """Return a view of the diagonal in the planes of two dimensions; it becomes the last dimension."""
def diagonal_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.diagonal(...)`` shows, in memory of its own."""
def diagonal_scatter(input: TensorLike, src: TensorLike, offset: _int = 0, dim1: _int = 0, dim2: _int = 1, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy of `input` with `src` in the place of ``diagonal(input, offset, dim1, dim2)``."""
def diff(input: TensorLike, n: _int = 1, dim: _int = -1, prepend: TensorLike | None = None, append: TensorLike | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> Tensor:
    """Return the difference of each element to the one before it in dimension `dim`; of bools, whether there is one."""
def digamma(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the derivative of `lgamma`, elementwise; nan at the negative integers."""
def digamma_(input: TensorLike) -> Tensor:
    """In-place version of `digamma`: writes the result into this tensor and returns it."""
def dist(input: TensorLike, other: TensorLike, p: _float = 2, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the p-norm of ``input - other``."""
from minigrad import distributed as distributed
from minigrad import distributions as distributions
def div(input: TensorLike, other: TensorLike, *, rounding_mode: _str | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input / other``, elementwise; integers give the default floating dtype."""
def div_(input: TensorLike, other: TensorLike, *, rounding_mode: _str | None = None) -> Tensor:
    """In-place version of `div`: writes the result into this tensor and returns it."""
def divide(input: TensorLike, other: TensorLike, *, rounding_mode: _str | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input / other``, elementwise; integers give the default floating dtype."""
def divide_(input: TensorLike, other: TensorLike, *, rounding_mode: _str | None = None) -> Tensor:
    """In-place version of `div`: writes the result into this tensor and returns it."""
def dot(input: TensorLike, tensor: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sum of the products of the elements of two vectors."""
from minigrad.core.dtypes import double as double
def dropout(input: TensorLike, p: _float = 0.5, training: _bool = True, inplace: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Set each element to 0 with probability `p` while `training`, and multiply the others by ``1 / (1 - p)``."""
def dropout_(input: TensorLike, p: _float = 0.5, training: _bool = True) -> Tensor:
    """In-place version of `dropout`: writes the result into this tensor and returns it."""
def dsplit(input: TensorLike, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
    """Return views that cut the third dimension into equal pieces, or at these indices."""
def dstack(tensors: Sequence[TensorLike], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the tensors behind each other: along dimension 2, with at least three dimensions each."""
from minigrad.core.dtypes import dtype as dtype
from math import e as e
def einsum(*args: Any, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sum of products that `equation` describes (Einstein, 1916)."""
def empty(*shape: SupportsIndex | Sequence[SupportsIndex], size: Any = None, dtype: Any = None, memory_format: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return a tensor of the given size with whatever the memory held."""
def empty_like(input: Tensor, *, dtype: Any = None, memory_format: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return a tensor of the shape and dtype of `input` with whatever the memory held."""
from minigrad.rare_makers import empty_permuted as empty_permuted
from minigrad.rare_makers import empty_strided as empty_strided
from minigrad.graph.grad_mode import enable_grad as enable_grad
def eq(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input == other``, elementwise."""
def eq_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `eq`: writes the result into this tensor and returns it."""
def equal(input: TensorLike, other: TensorLike) -> _bool:
    """Return whether two tensors have the same shape and elements, as a bool."""
def erf(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the error function ``2 / sqrt(pi) * integral of exp(-t ** 2) from 0 to input``, elementwise."""
def erf_(input: TensorLike) -> Tensor:
    """In-place version of `erf`: writes the result into this tensor and returns it."""
def erfc(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``1 - erf(input)``, elementwise, exact where that is tiny, too."""
def erfc_(input: TensorLike) -> Tensor:
    """In-place version of `erfc`: writes the result into this tensor and returns it."""
def erfinv(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the number whose error function is `input`, elementwise; infinite at -1 and 1, nan beyond."""
def erfinv_(input: TensorLike) -> Tensor:
    """In-place version of `erfinv`: writes the result into this tensor and returns it."""
def exp(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``e ** input``, elementwise."""
def exp2(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``2 ** input``, elementwise."""
def exp2_(input: TensorLike) -> Tensor:
    """In-place version of `exp2`: writes the result into this tensor and returns it."""
def exp_(input: TensorLike) -> Tensor:
    """In-place version of `exp`: writes the result into this tensor and returns it."""
def expand_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.expand(...)`` shows, in memory of its own."""
def expm1(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``exp(input) - 1``, exact near 0 too."""
def expm1_(input: TensorLike) -> Tensor:
    """In-place version of `expm1`: writes the result into this tensor and returns it."""
def eye(n: _int, m: _int | None = None, *, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return an n x m matrix (n x n by default) with ones on the diagonal and zeros elsewhere."""
def feature_alpha_dropout(input: TensorLike, p: _float = 0.5, training: _bool = False, inplace: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """`alpha_dropout` of whole channels, of an input of shape (N, C, ...)."""
def feature_alpha_dropout_(input: TensorLike, p: _float = 0.5, training: _bool = False) -> Tensor:
    """In-place version of `feature_alpha_dropout`: writes the result into this tensor and returns it."""
def feature_dropout(input: TensorLike, p: _float, train: _bool, inplace: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """`dropout` of whole channels, of an input of shape (N, C, ...), by its older name."""
def feature_dropout_(input: TensorLike, p: _float, train: _bool) -> Tensor:
    """In-place version of `feature_dropout`: writes the result into this tensor and returns it."""
def fill(input: Tensor, value: Any, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `value`, a number or a 0-dim tensor, in the shape and dtype of `input`."""
def fill_(self: Tensor, value: Any, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Set all elements to `value`, a number or a 0-dim tensor, and return this tensor."""
from minigrad.core.dtypes import finfo as finfo
def fix(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the integer part, elementwise. Its gradient is 0."""
def fix_(input: TensorLike) -> Tensor:
    """In-place version of `trunc`: writes the result into this tensor and returns it."""
def flatten(input: TensorLike, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """Return the dimensions from `start_dim` to `end_dim`, both included, made one."""
def flip(input: TensorLike, dims: _int | Sequence[_int], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy with the order along `dims` reversed."""
def fliplr(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy with the columns in reversed order."""
def flipud(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy with the rows in reversed order."""
from minigrad.core.dtypes import float as float
from minigrad.core.dtypes import float16 as float16
from minigrad.core.dtypes import float32 as float32
from minigrad.core.dtypes import float64 as float64
def float_power(input: TensorLike, exponent: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input ** exponent``, elementwise, in float64."""
def float_power_(input: Tensor, exponent: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Write `float_power` into this tensor, which must be of float64."""
def floor(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the largest integer that is not larger, elementwise. Its gradient is 0."""
def floor_(input: TensorLike) -> Tensor:
    """In-place version of `floor`: writes the result into this tensor and returns it."""
def floor_divide(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the quotient rounded down, elementwise. Its gradient is 0."""
def floor_divide_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `floor_divide`: writes the result into this tensor and returns it."""
def fmax(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the larger of two, elementwise; where one is nan, the other. A tie counts for `input`."""
def fmin(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the smaller of two, elementwise; where one is nan, the other. A tie counts for `input`."""
def fmod(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input - trunc(input / other) * other``, elementwise: takes the sign of `input`."""
def fmod_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `fmod`: writes the result into this tensor and returns it."""
from minigrad.core.generator import fork_rng as fork_rng
def frac(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input - trunc(input)``, elementwise."""
def frac_(input: TensorLike) -> Tensor:
    """In-place version of `frac`: writes the result into this tensor and returns it."""
def frexp(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> return_types.frexp:
    """Return the mantissa, in [1/2, 1), and the exponent, int32, of each element: ``mantissa * 2 ** exponent``."""
from minigrad.exchange import from_dlpack as from_dlpack
from minigrad.exchange import from_file as from_file
def from_numpy(ndarray: np.ndarray[Any, Any], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a tensor that shares memory with `ndarray`: a change of one is a change of the other."""
from minigrad.exchange import frombuffer as frombuffer
def full(size: Any, fill_value: Any, *, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return a tensor of the given size filled with `fill_value`, whose kind decides the default dtype."""
def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None, memory_format: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return a tensor of the shape and dtype of `input` filled with `fill_value`."""
from minigrad import func as func
from minigrad import functional as functional
from minigrad import futures as futures
@overload
def gather(input: TensorLike, dim: _int, index: TensorLike, *, sparse_grad: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``out[i, j, k] = input[index[i, j, k], j, k]`` for `dim` 0, and so on for the others."""
@overload
def gather(input: TensorLike, index: TensorLike, *, sparse_grad: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def gcd(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the greatest common divisor of two integers, elementwise; of 0 and n it is the absolute value of n."""
def gcd_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `gcd`: writes the result into this tensor and returns it."""
def ge(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input >= other``, elementwise."""
def ge_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `ge`: writes the result into this tensor and returns it."""
def geqrf(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> GEQRF:
    """Return R above the diagonal and the vectors of reflections below it, and their factors: LAPACK's ``geqrf``."""
def ger(input: TensorLike, vec2: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the matrix of the products of all pairs of elements of two vectors."""
from minigrad.settings import get_autocast_cpu_dtype as get_autocast_cpu_dtype
from minigrad.settings import get_autocast_dtype as get_autocast_dtype
from minigrad.settings import get_autocast_gpu_dtype as get_autocast_gpu_dtype
from minigrad.core.device import get_default_device as get_default_device
from minigrad.core.dtypes import get_default_dtype as get_default_dtype
from minigrad.settings import get_deterministic_debug_mode as get_deterministic_debug_mode
from minigrad.settings import get_float32_matmul_precision as get_float32_matmul_precision
from minigrad.settings import get_num_interop_threads as get_num_interop_threads
from minigrad.kernels.parallel import get_num_threads as get_num_threads
from minigrad.core.generator import get_rng_state as get_rng_state
def gradient(input: TensorLike, *, spacing: Any = None, dim: _int | Sequence[_int] | None = None, edge_order: _int = 1, axis: _int | Sequence[_int] | None = None) -> tuple[Tensor, ...]:
    """Return the slopes of a function of one or more variables, estimated from its values at the points of a grid."""
def greater(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input > other``, elementwise."""
def greater_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `gt`: writes the result into this tensor and returns it."""
def greater_equal(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input >= other``, elementwise."""
def greater_equal_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `ge`: writes the result into this tensor and returns it."""
def grid_sampler(input: TensorLike, grid: TensorLike, interpolation_mode: _int, padding_mode: _int, align_corners: _bool, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `grid_sample` by the numbers of its modes."""
def grid_sampler_2d(input: TensorLike, grid: TensorLike, interpolation_mode: _int, padding_mode: _int, align_corners: _bool, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `grid_sampler` of images (N, C, H, W)."""
def grid_sampler_3d(input: TensorLike, grid: TensorLike, interpolation_mode: _int, padding_mode: _int, align_corners: _bool, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `grid_sampler` of images (N, C, D, H, W)."""
def group_norm(input: TensorLike, num_groups: _int, weight: TensorLike | None = None, bias: TensorLike | None = None, eps: _float = 1e-05, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """`layer_norm` of each of `num_groups` groups of channels, with a weight and bias per channel (Wu, He, 2018)."""
def gt(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input > other``, elementwise."""
def gt_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `gt`: writes the result into this tensor and returns it."""
from minigrad.core.dtypes import half as half
def hamming_window(window_length: _int, periodic: _bool = True, alpha: _float = 0.54, beta: _float = 0.46, *, dtype: Any = None, out: Any = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """``alpha - beta cos(2 pi t)`` for t from 0 to 1."""
def hann_window(window_length: _int, periodic: _bool = True, *, dtype: Any = None, out: Any = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """``0.5 - 0.5 cos(2 pi t)`` for t from 0 to 1."""
def hardshrink(input: TensorLike, lambd: _float = 0.5, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input`, but 0 within [-lambd, lambd]."""
def heaviside(input: TensorLike, values: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return 0 where `input` is negative or nan, 1 where it is positive, and `values` where it is 0. No gradient."""
def heaviside_(input: TensorLike, values: TensorLike) -> Tensor:
    """In-place version of `heaviside`: writes the result into this tensor and returns it."""
def histc(input: TensorLike, bins: _int = 100, min: _float = 0, max: _float = 0, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return how many elements lie in each of `bins` equal parts of [min, max], which includes both ends."""
def histogram(input: TensorLike, bins: _int | TensorLike, *, range: Sequence[_float] | None = None, weight: TensorLike | None = None, density: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Histogram:
    """Return how many elements lie in each bin, or the sum of their weights, and the bounds of the bins."""
def histogramdd(input: TensorLike, bins: _int | Sequence[Any], *, range: Sequence[_float] | None = None, weight: TensorLike | None = None, density: _bool = False) -> HistogramDD:
    """Return how many points lie in each bin of several dimensions, and the bounds of the bins in each."""
def hsplit(input: TensorLike, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
    """Return views that cut the columns into equal pieces, or at these indices; a vector is cut in its only dimension."""
def hstack(tensors: Sequence[TensorLike], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the tensors next to each other: along dimension 1, or 0 for vectors."""
from minigrad import hub as hub
def hypot(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``sqrt(input ** 2 + other ** 2)``, elementwise."""
def hypot_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `hypot`: writes the result into this tensor and returns it."""
def i0(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the modified Bessel function of the first kind of order 0, elementwise."""
def i0_(input: TensorLike) -> Tensor:
    """In-place version of `i0`: writes the result into this tensor and returns it."""
def igamma(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the lower incomplete gamma function, divided by ``gamma(input)``, elementwise."""
def igamma_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `igamma`: writes the result into this tensor and returns it."""
def igammac(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return ``1 - igamma(input, other)``, elementwise, exact where that is tiny, too."""
def igammac_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `igammac`: writes the result into this tensor and returns it."""
from minigrad.core.dtypes import iinfo as iinfo
def imag(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Refuse: real numbers have no imaginary part to show."""
@overload
def index_add(input: TensorLike, dim: _int, index: TensorLike, source: TensorLike, *, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with ``alpha * source`` added to the slices of `dim` at `index`, repeatedly where it repeats."""
@overload
def index_add(input: TensorLike, index: TensorLike, source: TensorLike, *, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def index_add_(input: TensorLike, dim: _int, index: TensorLike, source: TensorLike, *, alpha: _float = 1) -> Tensor:
    """In-place version of `index_add`: writes the result into this tensor and returns it."""
@overload
def index_copy(input: TensorLike, dim: _int, index: TensorLike, source: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with the slices of dimension `dim` at `index` replaced by those of `source`."""
@overload
def index_copy(input: TensorLike, index: TensorLike, source: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def index_copy_(input: TensorLike, dim: _int, index: TensorLike, source: TensorLike) -> Tensor:
    """In-place version of `index_copy`: writes the result into this tensor and returns it."""
@overload
def index_fill(input: TensorLike, dim: _int, index: TensorLike, value: Any, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with the slices of dimension `dim` at `index` set to `value`, a number or a 0-dim tensor."""
@overload
def index_fill(input: TensorLike, index: TensorLike, value: Any, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def index_fill_(input: TensorLike, dim: _int, index: TensorLike, value: Any) -> Tensor:
    """In-place version of `index_fill`: writes the result into this tensor and returns it."""
def index_put(input: TensorLike, indices: Sequence[Any], values: TensorLike, accumulate: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with `values`, broadcast, at ``input[indices]``."""
def index_put_(input: TensorLike, indices: Sequence[Any], values: TensorLike, accumulate: _bool = False) -> Tensor:
    """In-place version of `index_put`: writes the result into this tensor and returns it."""
@overload
def index_reduce(input: TensorLike, dim: _int, index: TensorLike, source: TensorLike, reduce: _str, *, include_self: _bool = True, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Reduce the slices of `source` into those of dimension `dim` of `input` at the indices `index`."""
@overload
def index_reduce(input: TensorLike, index: TensorLike, source: TensorLike, reduce: _str, *, include_self: _bool = True, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def index_reduce_(input: TensorLike, dim: _int, index: TensorLike, source: TensorLike, reduce: _str, *, include_self: _bool = True) -> Tensor:
    """In-place version of `index_reduce`: writes the result into this tensor and returns it."""
@overload
def index_select(input: TensorLike, dim: _int, index: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the slices of dimension `dim` at the indices `index`, which may repeat."""
@overload
def index_select(input: TensorLike, index: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
from math import inf as inf
from minigrad.graph.grad_mode import inference_mode as inference_mode
from minigrad.core.generator import initial_seed as initial_seed
def inner(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sums of products over the last dimensions of both."""
from minigrad.core.dtypes import int as int
from minigrad.core.dtypes import int16 as int16
from minigrad.core.dtypes import int32 as int32
from minigrad.core.dtypes import int64 as int64
from minigrad.core.dtypes import int8 as int8
def inverse(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse matrix; `solve` is quicker and more exact where it is multiplied with something."""
from minigrad.autograd.anomaly_mode import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from minigrad.autograd.anomaly_mode import is_anomaly_enabled as is_anomaly_enabled
from minigrad.settings import is_autocast_cpu_enabled as is_autocast_cpu_enabled
from minigrad.settings import is_autocast_enabled as is_autocast_enabled
from minigrad.predicates import is_complex as is_complex
from minigrad.predicates import is_conj as is_conj
from minigrad.settings import is_deterministic_algorithms_warn_only_enabled as is_deterministic_algorithms_warn_only_enabled
from minigrad.predicates import is_floating_point as is_floating_point
from minigrad.graph.grad_mode import is_grad_enabled as is_grad_enabled
from minigrad.predicates import is_inference as is_inference
from minigrad.graph.grad_mode import is_inference_mode_enabled as is_inference_mode_enabled
from minigrad.predicates import is_neg as is_neg
from minigrad.predicates import is_nonzero as is_nonzero
from minigrad.predicates import is_same_size as is_same_size
from minigrad.predicates import is_signed as is_signed
from minigrad.predicates import is_storage as is_storage
from minigrad.predicates import is_tensor as is_tensor
from minigrad.settings import is_warn_always_enabled as is_warn_always_enabled
def isclose(input: TensorLike, other: TensorLike, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``|input - other| <= atol + rtol * |other|``, elementwise."""
def isfinite(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether each element is neither infinite nor nan."""
def isin(elements: Any, test_elements: Any, *, assume_unique: _bool = False, invert: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether each element occurs among `test_elements`; with `invert`, whether it does not."""
def isinf(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether each element is plus or minus infinity."""
def isnan(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether each element is not a number."""
def isneginf(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether each element is minus infinity."""
def isposinf(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether each element is plus infinity."""
def isreal(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether each element is a real number: True, as there are no others."""
from minigrad import jit as jit
def kaiser_window(window_length: _int, periodic: _bool = True, beta: _float = 12.0, *, dtype: Any = None, out: Any = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """``I0(beta sqrt(1 - (2 t - 1) ** 2)) / I0(beta)`` for t from 0 to 1."""
def kron(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the Kronecker product: every element of `input` times all of `other`, as blocks."""
def kthvalue(input: TensorLike, k: _int, dim: _int = -1, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1, keepdims: _bool = False) -> return_types.kthvalue:
    """Return the `k`-th smallest element along `dim`, counted from 1, and where it is."""
def layer_norm(input: TensorLike, normalized_shape: Sequence[_int], weight: TensorLike | None = None, bias: TensorLike | None = None, eps: _float = 1e-05, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``(input - mean) / sqrt(var + eps) * weight + bias`` over the last dimensions (Ba, Kiros, Hinton, 2016)."""
from minigrad.core.layout import layout as layout
def lcm(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the least common multiple of two integers, elementwise; 0 if one is 0."""
def lcm_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `lcm`: writes the result into this tensor and returns it."""
def ldexp(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input * 2 ** other``, elementwise."""
def ldexp_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `ldexp`: writes the result into this tensor and returns it."""
def le(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input <= other``, elementwise."""
def le_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `le`: writes the result into this tensor and returns it."""
def lerp(input: TensorLike, end: TensorLike, weight: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input + weight * (end - input)``: linear interpolation, which is exactly `end` where `weight` is 1."""
def lerp_(input: TensorLike, end: TensorLike, weight: TensorLike) -> Tensor:
    """In-place version of `lerp`: writes the result into this tensor and returns it."""
def less(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input < other``, elementwise."""
def less_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `lt`: writes the result into this tensor and returns it."""
def less_equal(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input <= other``, elementwise."""
def less_equal_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `le`: writes the result into this tensor and returns it."""
def lgamma(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the natural logarithm of the absolute value of the gamma function, elementwise; inf at 0, -1, -2, ..."""
def lgamma_(input: TensorLike) -> Tensor:
    """In-place version of `lgamma`: writes the result into this tensor and returns it."""
from minigrad import linalg as linalg
def linspace(start: Any, end: Any, steps: _int, *, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return `steps` numbers at equal distances from `start` to `end`, both included."""
from minigrad.saving.files import load as load
from minigrad.saving.checkpoint import load_checkpoint as load_checkpoint
def log(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the natural logarithm of each element; -inf of 0, nan of negative numbers."""
def log10(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the logarithm to base 10 of each element."""
def log10_(input: TensorLike) -> Tensor:
    """In-place version of `log10`: writes the result into this tensor and returns it."""
def log1p(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``log(1 + input)``, exact near 0 too."""
def log1p_(input: TensorLike) -> Tensor:
    """In-place version of `log1p`: writes the result into this tensor and returns it."""
def log2(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the logarithm to base 2 of each element."""
def log2_(input: TensorLike) -> Tensor:
    """In-place version of `log2`: writes the result into this tensor and returns it."""
def log_(input: TensorLike) -> Tensor:
    """In-place version of `log`: writes the result into this tensor and returns it."""
def log_softmax(input: TensorLike, dim: _int | None = None, dtype: DTypeLike | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None) -> Tensor:
    """``log(softmax(input, dim))``, finite where that would be log(0). Parameters as for `softmax`."""
def logaddexp(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``log(exp(input) + exp(other))`` without overflow."""
def logaddexp2(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``log2(2 ** input + 2 ** other)`` without overflow."""
@overload
def logcumsumexp(input: TensorLike, dim: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``log(cumsum(exp(input)))`` without overflow."""
@overload
def logcumsumexp(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def logdet(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the logarithm of the determinant: NaN where that is negative."""
def logical_and(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether both are true (not 0), elementwise."""
def logical_and_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `logical_and`: writes the result into this tensor and returns it."""
def logical_not(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether each element is 0."""
def logical_not_(input: TensorLike) -> Tensor:
    """In-place version of `logical_not`: writes the result into this tensor and returns it."""
def logical_or(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether at least one is true (not 0), elementwise."""
def logical_or_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `logical_or`: writes the result into this tensor and returns it."""
def logical_xor(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether exactly one is true (not 0), elementwise."""
def logical_xor_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `logical_xor`: writes the result into this tensor and returns it."""
def logit(input: TensorLike, eps: _float | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``log(input / (1 - input))``: the inverse of `sigmoid`; with `eps`, of input clamped to [eps, 1 - eps]."""
def logit_(input: TensorLike, eps: _float | None = None) -> Tensor:
    """In-place version of `logit`: writes the result into this tensor and returns it."""
def logspace(start: Any, end: Any, steps: _int, base: _float = 10.0, *, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return `steps` numbers from ``base ** start`` to ``base ** end``, each the same multiple of the one before."""
@overload
def logsumexp(input: TensorLike, dim: _int | Sequence[_int], keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``log(sum(exp(input)))`` over the dimensions `dim`, without overflow."""
@overload
def logsumexp(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int], keepdims: _bool = False) -> Tensor: ...
from minigrad.core.dtypes import long as long
def lt(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input < other``, elementwise."""
def lt_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `lt`: writes the result into this tensor and returns it."""
def lu(A: TensorLike, pivot: _bool = True, get_infos: _bool = False) -> tuple[Tensor, ...]:
    """Return `linalg.lu_factor`, with `get_infos` also where a pivot is 0: PyTorch's old name."""
def lu_solve(b: TensorLike, LU_data: TensorLike, LU_pivots: Tensor, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return ``linalg.lu_solve(LU_data, LU_pivots, b)``: PyTorch's old order."""
def lu_unpack(LU_data: TensorLike, LU_pivots: Tensor, unpack_data: _bool = True, unpack_pivots: _bool = True, *, out: Tensor | tuple[Tensor, ...] | None = None) -> LU:
    """Return P, L and U out of what `lu_factor` gives; empty tensors for what is not unpacked."""
from minigrad.core.generator import manual_seed as manual_seed
def masked_fill(input: TensorLike, mask: TensorLike, value: Any, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with `value` where `mask` is true."""
def masked_fill_(input: TensorLike, mask: TensorLike, value: Any) -> Tensor:
    """In-place version of `masked_fill`: writes the result into this tensor and returns it."""
def masked_scatter(input: TensorLike, mask: TensorLike, source: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with the first elements of `source` at the places, in order, where `mask` is true."""
def masked_scatter_(input: TensorLike, mask: TensorLike, source: TensorLike) -> Tensor:
    """In-place version of `masked_scatter`: writes the result into this tensor and returns it."""
def masked_select(input: TensorLike, mask: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the elements where `mask` is true, in one dimension. The two are broadcast."""
def matmul(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the matrix product, ``input @ other``."""
def matrix_exp(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the exponential of square matrices, ``1 + A + A @ A / 2 + ...``, by scaling and squaring (Higham, 2005)."""
def matrix_power(A: TensorLike, n: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of `n` times the matrix; of its inverse for negative `n`."""
@overload
def max(input: TensorLike, dim: None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the largest element; with `dim` the largest in that dimension and its places; with a tensor, `maximum`."""
@overload
def max(input: TensorLike, dim: _int, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> return_types.max: ...
@overload
def max(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int, keepdims: _bool = False) -> return_types.max: ...
@overload
def max(input: TensorLike, *, other: TensorLike, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor: ...
@overload
def max(input: TensorLike, dim: Tensor, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor: ...
@overload
def max_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: Literal[False] = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the maximum of windows of (N, C, L) or (C, L); see `max_pool2d`."""
@overload
def max_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: Literal[True], out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: _bool, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor | tuple[Tensor, Tensor]: ...
@overload
def max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: Literal[False] = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the maximum of each window of the planes; NaN where there is one in the window."""
@overload
def max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: Literal[True], out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: _bool, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor | tuple[Tensor, Tensor]: ...
@overload
def max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: Literal[False] = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the maximum of windows of (N, C, D, H, W) or (C, D, H, W); see `max_pool2d`."""
@overload
def max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: Literal[True], out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: _bool, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor | tuple[Tensor, Tensor]: ...
def maximum(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the larger of two, elementwise; nan if one is. At a tie each gets half of the gradient."""
def mean(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the mean of all elements, or over the dimensions `dim`. Of no elements it is nan."""
@overload
def median(input: TensorLike, dim: None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the middle element, the lower one of two; nan if there is one."""
@overload
def median(input: TensorLike, dim: _int, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> return_types.median: ...
@overload
def median(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int, keepdims: _bool = False) -> return_types.median: ...
from minigrad.ops import memory as memory
from minigrad.core.layout import memory_format as memory_format
def meshgrid(*tensors: Any, indexing: _str = 'ij') -> tuple[Tensor, ...]:
    """Return a tensor for each vector, shaped like all lengths, that varies along its own dimension only."""
@overload
def min(input: TensorLike, dim: None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the smallest element; with `dim` the smallest in that dimension and its places; with a tensor, `minimum`."""
@overload
def min(input: TensorLike, dim: _int, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> return_types.min: ...
@overload
def min(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int, keepdims: _bool = False) -> return_types.min: ...
@overload
def min(input: TensorLike, *, other: TensorLike, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor: ...
@overload
def min(input: TensorLike, dim: Tensor, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor: ...
def minimum(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the smaller of two, elementwise; nan if one is. At a tie each gets half of the gradient."""
def mm(input: TensorLike, mat2: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of two matrices."""
def mode(input: TensorLike, dim: _int = -1, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1, keepdims: _bool = False) -> return_types.mode:
    """Return the element that occurs most often along `dim`, of several the smallest, and its last place."""
from minigrad import models as models
def moveaxis(input: TensorLike, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
    """Return a view with the dimensions at `source` moved to `destination`, the others in their order."""
def movedim(input: TensorLike, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
    """Return a view with the dimensions at `source` moved to `destination`, the others in their order."""
from minigrad import mps as mps
def msort(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the values of `sort` along the first dimension."""
def mul(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input * other``, elementwise with broadcasting and type promotion."""
def mul_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `mul`: writes the result into this tensor and returns it."""
def multinomial(input: Tensor, num_samples: _int, replacement: _bool = False, *, generator: Generator | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return indices drawn with probabilities proportional to the weights in each row."""
def multiply(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input * other``, elementwise with broadcasting and type promotion."""
def multiply_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `mul`: writes the result into this tensor and returns it."""
from minigrad import multiprocessing as multiprocessing
def mv(input: TensorLike, vec: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of a matrix and a vector."""
def mvlgamma(input: TensorLike, p: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the logarithm of the multivariate gamma function of dimension `p`, elementwise."""
def mvlgamma_(input: TensorLike, p: _int) -> Tensor:
    """In-place version of `mvlgamma`: writes the result into this tensor and returns it."""
from math import nan as nan
def nan_to_num(input: TensorLike, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with nan and infinities replaced; infinities by the largest finite numbers unless given."""
def nan_to_num_(input: TensorLike, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
    """In-place version of `nan_to_num`: writes the result into this tensor and returns it."""
def nanmean(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return `mean` of the elements that are not nan."""
@overload
def nanmedian(input: TensorLike, dim: None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `median` of the elements that are not nan."""
@overload
def nanmedian(input: TensorLike, dim: _int, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> return_types.nanmedian: ...
@overload
def nanmedian(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int, keepdims: _bool = False) -> return_types.nanmedian: ...
def nanquantile(input: TensorLike, q: _float | TensorLike, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
    """Return `quantile` of the elements that are numbers; nan where there is none."""
def nansum(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return `sum` of the elements that are not nan."""
@overload
def narrow(input: TensorLike, dim: _int, start: _int, length: _int) -> Tensor:
    """Return the slice of dimension `dim` from `start` on, of the given length: a view."""
@overload
def narrow(input: TensorLike, start: _int, length: _int, *, axis: _int) -> Tensor: ...
def narrow_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.narrow(...)`` shows, in memory of its own."""
def native_channel_shuffle(input: TensorLike, groups: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the same as `channel_shuffle`, by PyTorch's other name for it."""
def ne(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input != other``, elementwise."""
def ne_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `ne`: writes the result into this tensor and returns it."""
def neg(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``-input``, elementwise."""
def neg_(input: TensorLike) -> Tensor:
    """In-place version of `neg`: writes the result into this tensor and returns it."""
def negative(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``-input``, elementwise."""
def negative_(input: TensorLike) -> Tensor:
    """In-place version of `neg`: writes the result into this tensor and returns it."""
newaxis: None
def nextafter(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the next number that the dtype has behind `input` on the way to `other`, elementwise."""
def nextafter_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `nextafter`: writes the result into this tensor and returns it."""
from minigrad import nn as nn
from minigrad.graph.grad_mode import no_grad as no_grad
@overload
def nonzero(input: TensorLike, *, as_tuple: Literal[False] = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the indices of the elements that are not 0: one row each, or with `as_tuple` a tensor for each dimension."""
@overload
def nonzero(input: TensorLike, *, as_tuple: Literal[True], out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]: ...
@overload
def nonzero(input: TensorLike, *, as_tuple: _bool = False, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor | tuple[Tensor, ...]: ...
def nonzero_static(input: TensorLike, *, size: _int, fill_value: _int = -1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the first `size` rows of `nonzero`, followed by rows of `fill_value` if there are fewer."""
def norm(input: TensorLike, p: _float | _str | None = 'fro', dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the p-norm of all elements, or over the dimensions `dim`; its gradient at 0 is 0."""
def normal(mean: Tensor | _float, std: Tensor | _float = 1.0, size: Any = None, *, generator: Generator | None = None, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Draw normally distributed random numbers, each of its own mean and standard deviation."""
def normal_(self: Tensor, mean: _float = 0.0, std: _float = 1.0, *, generator: Generator | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Fill with normally distributed random numbers."""
def not_equal(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input != other``, elementwise."""
def not_equal_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `ne`: writes the result into this tensor and returns it."""
from minigrad.predicates import numel as numel
def ones(*shape: SupportsIndex | Sequence[SupportsIndex], size: Any = None, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return a tensor of the given size, ints or one sequence of ints, filled with 1."""
def ones_like(input: Tensor, *, dtype: Any = None, memory_format: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return ones of the shape of `input`, and of its dtype unless another is given."""
from minigrad import onnx as onnx
from minigrad import optim as optim
def orgqr(A: TensorLike, tau: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the first n columns of the product of the reflections ``1 - tau[i] v v.T``, v being below column i."""
def ormqr(input: TensorLike, tau: TensorLike, other: TensorLike, left: _bool = True, transpose: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of the reflections that `geqrf` gives with `other`; from the right if `left` is False."""
def outer(input: TensorLike, vec2: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the matrix of the products of all pairs of elements of two vectors."""
def pairwise_distance(x1: TensorLike, x2: TensorLike, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the p-norm of ``x1 - x2 + eps`` over the last dimension."""
def pca_lowrank(A: TensorLike, q: _int | None = None, center: _bool = True, niter: _int = 2) -> tuple[Tensor, ...]:
    """Return U, S and V of the `q` largest principal components of the rows of `A`, by random projections."""
def pdist(input: TensorLike, p: _float = 2.0, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the p-norms of the differences of all pairs of rows: (0, 1), (0, 2), ..., (1, 2), ..."""
def permute(input: TensorLike, dims: Sequence[_int], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a view with the dimensions in another order."""
def permute_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.permute(...)`` shows, in memory of its own."""
from math import pi as pi
def pinverse(A: TensorLike, rtol: Any = None, hermitian: _bool = False, *, atol: Any = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the pseudo-inverse (Moore, 1920; Penrose, 1955)."""
def pixel_shuffle(input: TensorLike, upscale_factor: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return images r times as high and wide, of r * r times fewer channels (Shi et al., 2016)."""
def pixel_unshuffle(input: TensorLike, downscale_factor: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the inverse of `pixel_shuffle`: (\\*, C, H * r, W * r) to (\\*, C * r * r, H, W)."""
def poisson(input: Tensor, generator: Generator | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Draw numbers of events whose expected numbers are given, by Poisson's law."""
def polygamma(n: _int, input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the `n`-th derivative of `digamma`, elementwise."""
def polygamma_(input: TensorLike, n: _int) -> Tensor:
    """In-place version of `_polygamma`: writes the result into this tensor and returns it."""
def positive(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``+input``: the tensor itself."""
def pow(input: TensorLike, exponent: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input ** exponent``, elementwise. ``x ** 0`` has gradient 0 everywhere."""
def pow_(input: TensorLike, exponent: TensorLike) -> Tensor:
    """In-place version of `pow`: writes the result into this tensor and returns it."""
def prelu(input: TensorLike, weight: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """`leaky_relu` with learned slopes: one, or one per channel (dimension 1) (He et al., 2015)."""
from minigrad.core.layout import preserve_format as preserve_format
def prod(input: TensorLike, dim: _int | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
    """Return the product of all elements, or over the dimension `dim`. Integers and bools multiply in int64."""
from minigrad import profiler as profiler
from minigrad.core.dtypes import promote_types as promote_types
def put(input: TensorLike, index: TensorLike, source: TensorLike, accumulate: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy of `input` with the elements of `source` at the places `index`, counted in C order."""
def put_(input: TensorLike, index: TensorLike, source: TensorLike, accumulate: _bool = False) -> Tensor:
    """In-place version of `put`: writes the result into this tensor and returns it."""
def qr(A: TensorLike, some: _bool = True, *, out: Tensor | tuple[Tensor, ...] | None = None) -> QR:
    """Return `linalg.qr`: complete, unless `some`."""
def quantile(input: TensorLike, q: _float | TensorLike, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
    """Return the value below which a share `q` of the elements lies, of all or along `dim`; nan where there is one."""
from minigrad import quasirandom as quasirandom
def rad2deg(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return each angle, given in radians, in degrees."""
def rad2deg_(input: TensorLike) -> Tensor:
    """In-place version of `rad2deg`: writes the result into this tensor and returns it."""
def rand(*shape: SupportsIndex | Sequence[SupportsIndex], size: Any = None, generator: Generator | None = None, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Draw uniform random numbers from [0, 1)."""
def rand_like(input: Tensor, *, generator: Generator | None = None, dtype: Any = None, memory_format: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Draw :func:`rand` with the shape and, unless `dtype` is given, the dtype of `input`."""
def randint(low: Any = 0, high: Any = None, size: Any = None, *, generator: Generator | None = None, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Draw uniform random integers from `low` to ``high - 1``: ``randint(high, size)`` or ``randint(low, high, size)``."""
def randint_like(input: Tensor, low: _int = 0, high: _int | None = None, *, generator: Generator | None = None, dtype: Any = None, memory_format: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """``randint_like(input, high)`` or ``(input, low, high)``: :func:`randint` of the shape and dtype of `input`."""
def randn(*shape: SupportsIndex | Sequence[SupportsIndex], size: Any = None, generator: Generator | None = None, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Draw normally distributed random numbers of mean 0 and variance 1. Parameters as :func:`rand`."""
def randn_like(input: Tensor, *, generator: Generator | None = None, dtype: Any = None, memory_format: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Draw :func:`randn` with the shape and, unless `dtype` is given, the dtype of `input`."""
from minigrad import random as random
def random_(self: Tensor, *bounds: _int | None, generator: Generator | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Fill with random integers: ``random_(to)`` below `to`, ``random_(from, to)`` from `from` to ``to - 1``."""
def randperm(n: _int, *, generator: Generator | None = None, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return the integers from 0 to ``n - 1`` in random order, int64 unless `dtype` is given."""
from minigrad.rare_makers import range as range
def ravel(input: TensorLike) -> Tensor:
    """Return all elements in one dimension, next to one another in memory: a view, or else a copy."""
def real(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the real part: the tensor itself, as there are no complex numbers."""
def reciprocal(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``1 / input``, elementwise."""
def reciprocal_(input: TensorLike) -> Tensor:
    """In-place version of `reciprocal`: writes the result into this tensor and returns it."""
def relu(input: TensorLike, inplace: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``max(input, 0)``, elementwise; its slope at 0 is 0."""
def relu_(input: TensorLike) -> Tensor:
    """In-place version of `relu`: writes the result into this tensor and returns it."""
def remainder(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input - floor(input / other) * other``, elementwise: takes the sign of `other`."""
def remainder_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `remainder`: writes the result into this tensor and returns it."""
@overload
def renorm(input: TensorLike, p: _float, dim: _int, maxnorm: _float, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with each slice of dimension `dim` whose p-norm exceeds `maxnorm` scaled down to it."""
@overload
def renorm(input: TensorLike, p: _float, maxnorm: _float, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def renorm_(input: TensorLike, p: _float, dim: _int, maxnorm: _float) -> Tensor:
    """In-place version of `renorm`: writes the result into this tensor and returns it."""
def repeat_interleave(input: TensorLike, repeats: Any = None, dim: _int | None = None, *, output_size: _int | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None) -> Tensor:
    """Repeat each element, or slice of `dim`, in its place; given `repeats` alone, each index so many times."""
def reshape(input: TensorLike, shape: Sequence[_int], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the same elements, in the same order, in another shape: a view if possible, else a copy."""
def resize_as_(input: Tensor, other: Tensor, memory_format: Any = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Give this tensor the shape of `other`; see `resize_`."""
def resolve_conj(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Carry out a conjugation that waits: the tensor itself, as there are no complex numbers."""
def resolve_neg(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Carry out a negation that waits: the tensor itself, as there are no complex numbers."""
from minigrad.predicates import result_type as result_type
from minigrad import return_types as return_types
def rms_norm(input: TensorLike, normalized_shape: Sequence[_int], weight: TensorLike | None = None, eps: _float | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input / sqrt(mean(input ** 2) + eps) * weight`` over the last dimensions (Zhang, Sennrich, 2019)."""
def roll(input: TensorLike, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy shifted along `dims`; what leaves at one end comes in at the other. Without `dims` as if flattened."""
def rot90(input: TensorLike, k: _int = 1, dims: Sequence[_int] = (0, 1), *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy turned by `k` quarter turns, from the first of two dimensions to the second."""
def round(input: TensorLike, decimals: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the nearest number with `decimals` decimals; halves go to the even one. Its gradient is 0."""
def round_(input: TensorLike, decimals: _int = 0) -> Tensor:
    """In-place version of `round`: writes the result into this tensor and returns it."""
def row_stack(tensors: Sequence[TensorLike], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the tensors below each other, vectors as rows."""
def rrelu(input: TensorLike, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """`leaky_relu` whose slopes are drawn uniformly from [`lower`, `upper`); without `training`, their mean."""
def rrelu_(input: TensorLike, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False) -> Tensor:
    """In-place version of `rrelu`: writes the result into this tensor and returns it."""
def rsqrt(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``1 / sqrt(input)``, elementwise."""
def rsqrt_(input: TensorLike) -> Tensor:
    """In-place version of `rsqrt`: writes the result into this tensor and returns it."""
def rsub(input: TensorLike, other: TensorLike, *, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``other - alpha * input``, elementwise with broadcasting and type promotion."""
from minigrad.saving.files import save as save
from minigrad.saving.checkpoint import save_checkpoint as save_checkpoint
from minigrad.rare_makers import scalar_tensor as scalar_tensor
@overload
def scatter(input: TensorLike, dim: _int, index: TensorLike, src: TensorLike | None = None, *, value: Any = None, reduce: _str | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with ``out[index[i, j, k], j, k] = src[i, j, k]`` for `dim` 0, and so on for the others."""
@overload
def scatter(input: TensorLike, index: TensorLike, src: TensorLike | None = None, *, value: Any = None, reduce: _str | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def scatter_(input: TensorLike, dim: _int, index: TensorLike, src: TensorLike | None = None, *, value: Any = None, reduce: _str | None = None) -> Tensor:
    """In-place version of `scatter`: writes the result into this tensor and returns it."""
@overload
def scatter_add(input: TensorLike, dim: _int, index: TensorLike, src: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` with ``out[index[i, j, k], j, k] += src[i, j, k]`` for `dim` 0, repeatedly where an index repeats."""
@overload
def scatter_add(input: TensorLike, index: TensorLike, src: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def scatter_add_(input: TensorLike, dim: _int, index: TensorLike, src: TensorLike) -> Tensor:
    """In-place version of `scatter_add`: writes the result into this tensor and returns it."""
@overload
def scatter_reduce(input: TensorLike, dim: _int, index: TensorLike, src: TensorLike, reduce: _str, *, include_self: _bool = True, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Reduce ``src[i, j, k]`` into ``out[index[i, j, k], j, k]`` for `dim` 0, starting with `input`."""
@overload
def scatter_reduce(input: TensorLike, index: TensorLike, src: TensorLike, reduce: _str, *, include_self: _bool = True, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def scatter_reduce_(input: TensorLike, dim: _int, index: TensorLike, src: TensorLike, reduce: _str, *, include_self: _bool = True) -> Tensor:
    """In-place version of `scatter_reduce`: writes the result into this tensor and returns it."""
def searchsorted(sorted_sequence: TensorLike, input: TensorLike, *, out_int32: _bool = False, right: _bool = False, side: _str | None = None, sorter: TensorLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return where each of `input` would have to be inserted to keep the sequence sorted."""
from minigrad.core.generator import seed as seed
def segment_reduce(data: TensorLike, reduce: _str, *, lengths: TensorLike | None = None, indices: TensorLike | None = None, offsets: TensorLike | None = None, axis: _int = 0, unsafe: _bool = False, initial: _float | None = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Reduce each segment of a dimension to one element."""
@overload
def select(input: TensorLike, dim: _int, index: _int) -> Tensor:
    """Return the slice of dimension `dim` at `index`: a view without that dimension."""
@overload
def select(input: TensorLike, index: _int, *, axis: _int) -> Tensor: ...
def select_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.select(...)`` shows, in memory of its own."""
@overload
def select_scatter(input: TensorLike, src: TensorLike, dim: _int, index: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy of `input` with `src` in the place of ``select(input, dim, index)``."""
@overload
def select_scatter(input: TensorLike, src: TensorLike, index: _int, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int) -> Tensor: ...
def selu(input: TensorLike, inplace: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """`elu` scaled so that activations keep mean 0 and variance 1 (Klambauer et al., 2017)."""
def selu_(input: TensorLike) -> Tensor:
    """In-place version of `selu`: writes the result into this tensor and returns it."""
from minigrad import serialization as serialization
from minigrad.autograd.anomaly_mode import set_anomaly_enabled as set_anomaly_enabled
from minigrad.core.device import set_default_device as set_default_device
from minigrad.core.dtypes import set_default_dtype as set_default_dtype
from minigrad.settings import set_default_tensor_type as set_default_tensor_type
from minigrad.settings import set_deterministic_debug_mode as set_deterministic_debug_mode
from minigrad.settings import set_float32_matmul_precision as set_float32_matmul_precision
from minigrad.settings import set_flush_denormal as set_flush_denormal
from minigrad.graph.grad_mode import set_grad_enabled as set_grad_enabled
from minigrad.settings import set_num_interop_threads as set_num_interop_threads
from minigrad.kernels.parallel import set_num_threads as set_num_threads
from minigrad.core.printing import set_printoptions as set_printoptions
from minigrad.core.generator import set_rng_state as set_rng_state
from minigrad.settings import set_warn_always as set_warn_always
def sgn(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sign of each element, as `sign` does: complex numbers, for which it is another, do not exist here."""
def sgn_(input: TensorLike) -> Tensor:
    """In-place version of `sgn`: writes the result into this tensor and returns it."""
from minigrad.core.dtypes import short as short
def sigmoid(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``1 / (1 + exp(-input))``, elementwise, without overflow and exact to the last bits in both tails."""
def sigmoid_(input: TensorLike) -> Tensor:
    """In-place version of `sigmoid`: writes the result into this tensor and returns it."""
def sign(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sign of each element: -1, 0 or 1; 0 of nan. Its gradient is 0."""
def sign_(input: TensorLike) -> Tensor:
    """In-place version of `sign`: writes the result into this tensor and returns it."""
from minigrad import signal as signal
def signbit(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return whether each element is below 0, or -0."""
def sin(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sine of each element, in radians."""
def sin_(input: TensorLike) -> Tensor:
    """In-place version of `sin`: writes the result into this tensor and returns it."""
def sinc(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``sin(pi * input) / (pi * input)``, elementwise; 1 at 0. Its derivatives of every order are exact there, too."""
def sinc_(input: TensorLike) -> Tensor:
    """In-place version of `sinc`: writes the result into this tensor and returns it."""
def sinh(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the hyperbolic sine of each element."""
def sinh_(input: TensorLike) -> Tensor:
    """In-place version of `sinh`: writes the result into this tensor and returns it."""
def slice_copy(input: Tensor, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = 0) -> Tensor:
    """Return a copy of the elements from `start` to `end` of dimension `dim`, in steps of `step`."""
def slice_scatter(input: TensorLike, src: TensorLike, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = 0) -> Tensor:
    """Return a copy of `input` with `src` in the place of the elements from `start` to `end` of dimension `dim`."""
def slogdet(A: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> SlogDet:
    """Return the sign of the determinant, and the logarithm of its absolute value."""
def softmax(input: TensorLike, dim: _int | None = None, dtype: DTypeLike | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None) -> Tensor:
    """``exp(input) / exp(input).sum(dim)``: positive numbers that add up to 1 along `dim`."""
def sort(input: TensorLike, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> return_types.sort:
    """Return the elements along `dim` in order, and where they were. nan counts as the largest."""
from minigrad import special as special
def split(tensor: TensorLike, split_size_or_sections: _int | Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Return views that cut dimension `dim` into pieces."""
def split_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> tuple[Tensor, ...]:
    """Return a copy of what the view ``input.split(...)`` shows, in memory of its own."""
def split_with_sizes(input: TensorLike, split_sizes: Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Return views that cut dimension `dim` into pieces of these lengths."""
def split_with_sizes_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> tuple[Tensor, ...]:
    """Return a copy of what the view ``input.split_with_sizes(...)`` shows, in memory of its own."""
def spmm(input: TensorLike, mat2: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the product of two matrices."""
def sqrt(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the square root of each element; its slope at 0 is inf."""
def sqrt_(input: TensorLike) -> Tensor:
    """In-place version of `sqrt`: writes the result into this tensor and returns it."""
def square(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input ** 2``, elementwise."""
def square_(input: TensorLike) -> Tensor:
    """In-place version of `square`: writes the result into this tensor and returns it."""
def squeeze(input: TensorLike, dim: _int | Sequence[_int] | None = None, *, axis: _int | Sequence[_int] | None = None) -> Tensor:
    """Remove the dimensions of length 1: all, or those named by `dim`."""
def squeeze_(input: TensorLike, dim: _int | Sequence[_int] | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """In-place version of `squeeze`: this tensor shows its memory in that way from now on."""
def squeeze_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.squeeze(...)`` shows, in memory of its own."""
def stack(tensors: Sequence[TensorLike], dim: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = 0) -> Tensor:
    """Join tensors of one shape side by side along a new dimension `dim`."""
def std(input: TensorLike, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the standard deviation, the root of `var`, with its parameters. Where it is 0, its gradient is 0."""
def std_mean(input: TensorLike, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> tuple[Tensor, Tensor]:
    """Return `std` and `mean`, a tuple."""
from minigrad.core.layout import strided as strided
def sub(input: TensorLike, other: TensorLike, *, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input - alpha * other``, elementwise with broadcasting and type promotion."""
def sub_(input: TensorLike, other: TensorLike, *, alpha: _float = 1) -> Tensor:
    """In-place version of `sub`: writes the result into this tensor and returns it."""
def subtract(input: TensorLike, other: TensorLike, *, alpha: _float = 1, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input - alpha * other``, elementwise with broadcasting and type promotion."""
def subtract_(input: TensorLike, other: TensorLike, *, alpha: _float = 1) -> Tensor:
    """In-place version of `sub`: writes the result into this tensor and returns it."""
def sum(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the sum of all elements, or over the dimensions `dim`. Integers and bools add up in int64."""
def svd(input: TensorLike, some: _bool = True, compute_uv: _bool = True, *, out: Tensor | tuple[Tensor, ...] | None = None) -> return_types.svd:
    """Return U, S and V, not transposed, as PyTorch's old function does; without `compute_uv` zeros for U and V."""
def svd_lowrank(A: TensorLike, q: _int | None = 6, niter: _int | None = 2, M: TensorLike | None = None) -> tuple[Tensor, ...]:
    """Return U, S and V of the `q` largest singular values of ``A - M``, nearly, by random projections."""
def swapaxes(input: TensorLike, dim0: _int, dim1: _int) -> Tensor:
    """Return a view with two dimensions exchanged."""
def swapaxes_(input: TensorLike, dim0: _int, dim1: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """In-place version of `transpose`: this tensor shows its memory in that way from now on."""
def swapdims(input: TensorLike, dim0: _int, dim1: _int) -> Tensor:
    """Return a view with two dimensions exchanged."""
def swapdims_(input: TensorLike, dim0: _int, dim1: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """In-place version of `transpose`: this tensor shows its memory in that way from now on."""
def t(input: TensorLike) -> Tensor:
    """Return the transpose of a matrix; vectors and 0-dim tensors as they are."""
def t_(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """In-place version of `t`: this tensor shows its memory in that way from now on."""
def t_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.t(...)`` shows, in memory of its own."""
def take(input: TensorLike, index: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the elements at `index` of the flattened input, in the shape of `index`."""
def take_along_dim(input: TensorLike, indices: TensorLike, dim: _int | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | None = None) -> Tensor:
    """Gather with the two broadcast except in `dim`; without `dim`, from the flattened input."""
def tan(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the tangent of each element, in radians."""
def tan_(input: TensorLike) -> Tensor:
    """In-place version of `tan`: writes the result into this tensor and returns it."""
def tanh(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the hyperbolic tangent of each element."""
def tanh_(input: TensorLike) -> Tensor:
    """In-place version of `tanh`: writes the result into this tensor and returns it."""
def tensor(data: Any, *, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return a tensor with a copy of `data`."""
def tensor_split(input: TensorLike, indices_or_sections: _int | Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Return views that cut `dim` into this many pieces, or at these indices; the first may be longer by one."""
def tensordot(a: TensorLike, b: TensorLike, dims: _int | Sequence[Sequence[_int]] | Sequence[_int] = 2, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sums of products over pairs of dimensions of `a` and `b`."""
from minigrad import testing as testing
def threshold(input: TensorLike, threshold: _float, value: _float, inplace: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` where it is larger than `threshold`, else `value`."""
def threshold_(input: TensorLike, threshold: _float, value: _float) -> Tensor:
    """In-place version of `threshold`: writes the result into this tensor and returns it."""
def tile(input: TensorLike, dims: Sequence[_int], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return `input` repeated `dims` times, counted from the last dimension."""
def topk(input: TensorLike, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True, *, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> return_types.topk:
    """Return the `k` largest elements along `dim`, the largest first, and where they were."""
def trace(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sum of the diagonal of a matrix."""
from minigrad import training as training
def transpose(input: TensorLike, dim0: _int, dim1: _int) -> Tensor:
    """Return a view with two dimensions exchanged."""
def transpose_(input: TensorLike, dim0: _int, dim1: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """In-place version of `transpose`: this tensor shows its memory in that way from now on."""
def transpose_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.transpose(...)`` shows, in memory of its own."""
def trapezoid(y: TensorLike, x: TensorLike | None = None, *, dx: _float = 1, dim: _int = -1, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> Tensor:
    """Return the integral over dimension `dim` of the straight lines between neighbours."""
def trapz(y: TensorLike, x: TensorLike | None = None, *, dx: _float = 1, dim: _int = -1, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int = -1) -> Tensor:
    """Return the integral over dimension `dim` of the straight lines between neighbours."""
def triangular_solve(b: TensorLike, A: TensorLike, upper: _bool = True, transpose: _bool = False, unitriangular: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> TriangularSolve:
    """Return the X with ``A @ X = b`` for a triangle of `A`, or of its transpose, and A: an old name."""
def tril(input: TensorLike, diagonal: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy with zeros above a diagonal of the last two dimensions."""
def tril_(input: TensorLike, diagonal: _int = 0) -> Tensor:
    """In-place version of `tril`: writes the result into this tensor and returns it."""
def tril_indices(row: _int, col: _int, offset: _int = 0, *, dtype: DTypeLike = ..., device: Any = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the indices of the lower triangle of a matrix: a row of row numbers and one of column numbers."""
def triu(input: TensorLike, diagonal: _int = 0, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return a copy with zeros below a diagonal of the last two dimensions."""
def triu_(input: TensorLike, diagonal: _int = 0) -> Tensor:
    """In-place version of `triu`: writes the result into this tensor and returns it."""
def triu_indices(row: _int, col: _int, offset: _int = 0, *, dtype: DTypeLike = ..., device: Any = None, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the indices of the upper triangle of a matrix: a row of row numbers and one of column numbers."""
def true_divide(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input / other``, elementwise; integers give the default floating dtype."""
def true_divide_(input: TensorLike, other: TensorLike, *, rounding_mode: _str | None = None) -> Tensor:
    """In-place version of `div`: writes the result into this tensor and returns it."""
def trunc(input: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the integer part, elementwise. Its gradient is 0."""
def trunc_(input: TensorLike) -> Tensor:
    """In-place version of `trunc`: writes the result into this tensor and returns it."""
from minigrad.predicates import typename as typename
from minigrad import types as types
from minigrad.core.dtypes import uint16 as uint16
from minigrad.core.dtypes import uint32 as uint32
from minigrad.core.dtypes import uint64 as uint64
from minigrad.core.dtypes import uint8 as uint8
def unbind(input: TensorLike, dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Return all slices of dimension `dim`, views without that dimension."""
def unbind_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> tuple[Tensor, ...]:
    """Return a copy of what the view ``input.unbind(...)`` shows, in memory of its own."""
@overload
def unflatten(input: TensorLike, dim: _int, sizes: Sequence[_int]) -> Tensor:
    """Split dimension `dim` into several of the given `sizes`, one of which may be -1."""
@overload
def unflatten(input: TensorLike, sizes: Sequence[_int], *, axis: _int) -> Tensor: ...
def unfold_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.unfold(...)`` shows, in memory of its own."""
@overload
def unique(input: TensorLike, sorted: _bool = True, return_inverse: Literal[False] = False, return_counts: Literal[False] = False, dim: _int | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the distinct elements, in order."""
@overload
def unique(input: TensorLike, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor | tuple[Tensor, ...]: ...
@overload
def unique_consecutive(input: TensorLike, return_inverse: Literal[False] = False, return_counts: Literal[False] = False, dim: _int | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the elements (or slices of `dim`) without those that equal the one before."""
@overload
def unique_consecutive(input: TensorLike, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor | tuple[Tensor, ...]: ...
def unravel_index(indices: Tensor, shape: _int | Sequence[_int]) -> tuple[Tensor, ...]:
    """Return the indices in each dimension of places that are counted in C order."""
def unsafe_chunk(input: TensorLike, chunks: _int, dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Split into at most `chunks` pieces of equal length, of which the last may be shorter."""
def unsafe_split(tensor: TensorLike, split_size_or_sections: _int | Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Return views that cut dimension `dim` into pieces."""
def unsafe_split_with_sizes(input: TensorLike, split_sizes: Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Return views that cut dimension `dim` into pieces of these lengths."""
@overload
def unsqueeze(input: TensorLike, dim: _int) -> Tensor:
    """Insert a new dimension of length 1 before dimension `dim`."""
@overload
def unsqueeze(input: TensorLike, *, axis: _int) -> Tensor: ...
def unsqueeze_(input: TensorLike, dim: _int, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """In-place version of `unsqueeze`: this tensor shows its memory in that way from now on."""
def unsqueeze_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.unsqueeze(...)`` shows, in memory of its own."""
from minigrad.settings import use_deterministic_algorithms as use_deterministic_algorithms
from minigrad.core.generator import use_generator as use_generator
from minigrad import utils as utils
def vander(x: TensorLike, N: _int | None = None, increasing: _bool = False, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the powers of each element of a vector, N - 1 to 0, or 0 to N - 1 if `increasing`."""
def var(input: TensorLike, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the variance ``sum((input - mean) ** 2) / (n - correction)`` of all elements, or over `dim`."""
def var_mean(input: TensorLike, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, out: Tensor | tuple[Tensor, ...] | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> tuple[Tensor, Tensor]:
    """Return `var` and `mean`, a tuple."""
def vdot(input: TensorLike, tensor: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the sum of the products of the elements of two vectors."""
from minigrad import version as version
def view_copy(input: Tensor, *args: Any, out: Tensor | tuple[Tensor, ...] | None = None, **kwargs: Any) -> Tensor:
    """Return a copy of what the view ``input.view(...)`` shows, in memory of its own."""
from minigrad import vision as vision
from minigrad import viz as viz
from minigrad.func.batches import vmap as vmap
def vsplit(input: TensorLike, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
    """Return views that cut the rows into equal pieces, or at these indices."""
def vstack(tensors: Sequence[TensorLike], *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Return the tensors below each other, vectors as rows."""
@overload
def where(condition: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]:
    """Return `input` where `condition` holds, else `other`, with broadcasting."""
@overload
def where(condition: TensorLike, input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor: ...
def xlogy(input: TensorLike, other: TensorLike, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """``input * log(other)``; 0 where `input` is 0, whatever `other` is, unless that is nan."""
def xlogy_(input: TensorLike, other: TensorLike) -> Tensor:
    """In-place version of `xlogy`: writes the result into this tensor and returns it."""
from minigrad import xpu as xpu
def zero_(self: Tensor, *, out: Tensor | tuple[Tensor, ...] | None = None) -> Tensor:
    """Set all elements to 0, and return this tensor."""
def zeros(*shape: SupportsIndex | Sequence[SupportsIndex], size: Any = None, dtype: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return a tensor of the given size, ints or one sequence of ints, filled with 0."""
def zeros_like(input: Tensor, *, dtype: Any = None, memory_format: Any = None, out: Tensor | tuple[Tensor, ...] | None = None, layout: Any = None, device: Any = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor:
    """Return zeros of the shape of `input`, and of its dtype unless another is given."""
__version__: _str
