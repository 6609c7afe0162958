"""Written by scripts/stubs.py out of the declarations; do not edit."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from builtins import str as _str
from collections.abc import Sequence
from minigrad import return_types as return_types
from minigrad.core.dtypes import DTypeLike
from minigrad.core.tensor import TensorLike
from minigrad.ops.solving import SlogDet
from typing import Any
from typing import Literal
from typing import overload

from minigrad.legacy import BoolTensor as BoolTensor
from minigrad.legacy import ByteTensor as ByteTensor
from minigrad.legacy import CharTensor as CharTensor
from minigrad.legacy import DoubleTensor as DoubleTensor
from minigrad.legacy import FloatTensor as FloatTensor
from minigrad.core.generator import Generator as Generator
from minigrad.legacy import HalfTensor as HalfTensor
from minigrad.legacy import IntTensor as IntTensor
from minigrad.legacy import LongTensor as LongTensor
from minigrad.legacy import ShortTensor as ShortTensor
from minigrad.core.array_attributes import Size as Size
from minigrad.core.tensor import Tensor as Tensor
def abs(input: TensorLike) -> Tensor:
    """Return the absolute value of each element; its slope at 0 is 0."""
def absolute(input: TensorLike) -> Tensor:
    """Return the absolute value of each element; its slope at 0 is 0."""
def acos(input: TensorLike) -> Tensor:
    """Return the angle in radians whose cosine is `input`."""
def acosh(input: TensorLike) -> Tensor:
    """Return the inverse hyperbolic cosine of each element; nan below 1."""
def adaptive_avg_pool1d(input: TensorLike, output_size: Any) -> Tensor:
    """Return the mean of `output_size` bins of (N, C, L) or (C, L); see `adaptive_avg_pool2d`."""
def adaptive_max_pool1d(input: TensorLike, output_size: Any) -> tuple[Tensor, Tensor]:
    """`adaptive_max_pool1d` with its indices, as PyTorch has it outside of `nn.functional`."""
def add(input: TensorLike, other: TensorLike, *, alpha: _float = 1) -> Tensor:
    """``input + alpha * other``, elementwise with broadcasting and type promotion."""
def addbmm(input: TensorLike, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """``beta * input + alpha *`` the sum over the batch of ``bmm(batch1, batch2)``."""
def addcdiv(input: TensorLike, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1) -> Tensor:
    """``input + value * tensor1 / tensor2``."""
def addcmul(input: TensorLike, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1) -> Tensor:
    """``input + value * tensor1 * tensor2``."""
def addmm(input: TensorLike, mat1: TensorLike, mat2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)``."""
def addmv(input: TensorLike, mat: TensorLike, vec: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """``beta * input + alpha * (mat @ vec)``."""
def addr(input: TensorLike, vec1: TensorLike, vec2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """``beta * input + alpha * outer(vec1, vec2)``."""
def adjoint(input: TensorLike) -> Tensor:
    """Return a view with the last two dimensions exchanged."""
def all(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return whether all elements are true (not 0), of the tensor or over the dimensions `dim`."""
def allclose(input: TensorLike, other: TensorLike, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
    """Return whether `isclose` holds for all elements."""
def alpha_dropout(input: TensorLike, p: _float = 0.5, training: _bool = False, inplace: _bool = False) -> Tensor:
    """Drop out elements, but keep mean and variance of what `selu` gives (Klambauer et al., 2017)."""
def amax(input: TensorLike, dim: _int | Sequence[_int] | None = (), keepdim: _bool = False, *, axis: _int | Sequence[_int] | None = (), keepdims: _bool = False) -> Tensor:
    """Return the largest element of all or over `dim`; nan if there is one. Ties share the gradient evenly."""
def amin(input: TensorLike, dim: _int | Sequence[_int] | None = (), keepdim: _bool = False, *, axis: _int | Sequence[_int] | None = (), keepdims: _bool = False) -> Tensor:
    """Return the smallest element, of all or over the dimensions `dim`; as `amax`."""
def aminmax(input: TensorLike, *, dim: _int | None = None, keepdim: _bool = False, axis: _int | None = None, keepdims: _bool = False) -> return_types.aminmax:
    """Return `amin` and `amax`, a named tuple (min, max)."""
def any(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return whether at least one element is true (not 0), of the tensor or over the dimensions `dim`."""
from minigrad.creation import arange as arange
def arccos(input: TensorLike) -> Tensor:
    """Return the angle in radians whose cosine is `input`."""
def arcsin(input: TensorLike) -> Tensor:
    """Return the angle in radians whose sine is `input`."""
def arctan(input: TensorLike) -> Tensor:
    """Return the angle in radians whose tangent is `input`."""
def arctan2(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the angle in radians of the point with y = `input` and x = `other`."""
def argmax(input: TensorLike, dim: _int | None = None, keepdim: _bool = False, *, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
    """Return where the largest element is, the first among ties or the first nan: in the flattened tensor, or in `dim`."""
def argmin(input: TensorLike, dim: _int | None = None, keepdim: _bool = False, *, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
    """Return where the smallest element is; as `argmax`."""
def argsort(input: TensorLike, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, axis: _int = -1) -> Tensor:
    """Return the indices of `sort`."""
def argwhere(input: TensorLike) -> Tensor:
    """Return the indices of the elements that are not 0, one row each."""
from minigrad.creation import as_tensor as as_tensor
def asin(input: TensorLike) -> Tensor:
    """Return the angle in radians whose sine is `input`."""
def asinh(input: TensorLike) -> Tensor:
    """Return the inverse hyperbolic sine of each element."""
def atan(input: TensorLike) -> Tensor:
    """Return the angle in radians whose tangent is `input`."""
def atan2(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the angle in radians of the point with y = `input` and x = `other`."""
def atanh(input: TensorLike) -> Tensor:
    """Return the inverse hyperbolic tangent of each element; nan beyond -1 and 1."""
@overload
def atleast_1d(tensor: TensorLike, /) -> Tensor:
    """Return the tensor with at least one dimension; a tuple for several tensors."""
@overload
def atleast_1d(tensor: Sequence[TensorLike], /) -> tuple[Tensor, ...]: ...
@overload
def atleast_1d(*tensors: TensorLike) -> tuple[Tensor, ...]: ...
@overload
def atleast_2d(tensor: TensorLike, /) -> Tensor:
    """Return the tensor with at least two dimensions, a vector as a row; a tuple for several tensors."""
@overload
def atleast_2d(tensor: Sequence[TensorLike], /) -> tuple[Tensor, ...]: ...
@overload
def atleast_2d(*tensors: TensorLike) -> tuple[Tensor, ...]: ...
@overload
def atleast_3d(tensor: TensorLike, /) -> Tensor:
    """Return the tensor with at least three dimensions: a matrix gets a last one of length 1. A tuple for several."""
@overload
def atleast_3d(tensor: Sequence[TensorLike], /) -> tuple[Tensor, ...]: ...
@overload
def atleast_3d(*tensors: TensorLike) -> tuple[Tensor, ...]: ...
from minigrad import autograd as autograd
def avg_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True) -> Tensor:
    """Return the mean of windows of (N, C, L) or (C, L); see `avg_pool2d`."""
from minigrad.core.device import backends as backends
def baddbmm(input: TensorLike, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """``beta * input + alpha * bmm(batch1, batch2)``."""
def bernoulli(input: Tensor, p: Tensor | _float | None = None, *, generator: Generator | None = None) -> Tensor:
    """Draw 1 with the given probability, else 0."""
def bilinear(input1: TensorLike, input2: TensorLike, weight: TensorLike, bias: TensorLike | None = None) -> Tensor:
    """``sum over i, j of input1[..., i] * weight[o, i, j] * input2[..., j] + bias[o]``."""
def bincount(input: TensorLike, weights: TensorLike | None = None, minlength: _int = 0) -> Tensor:
    """Return how often 0, 1, 2, ... occur, or the sums of the weights of those that do."""
def bitwise_and(input: TensorLike, other: TensorLike) -> Tensor:
    """``input & other``, elementwise, of bools or integers."""
def bitwise_left_shift(input: TensorLike, other: TensorLike) -> Tensor:
    """``input << other``, elementwise, of integers: times a power of two."""
def bitwise_not(input: TensorLike) -> Tensor:
    """``~input``, elementwise, of bools or integers."""
def bitwise_or(input: TensorLike, other: TensorLike) -> Tensor:
    """``input | other``, elementwise, of bools or integers."""
def bitwise_right_shift(input: TensorLike, other: TensorLike) -> Tensor:
    """``input >> other``, elementwise, of integers: divided by a power of two, rounded down."""
def bitwise_xor(input: TensorLike, other: TensorLike) -> Tensor:
    """``input ^ other``, elementwise, of bools or integers."""
def bmm(input: TensorLike, mat2: TensorLike) -> Tensor:
    """Return the products of two batches, of the same size, of matrices."""
from minigrad.core.dtypes import bool as bool
def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Return all `tensors` expanded to the shape that they have together."""
def broadcast_to(input: TensorLike, shape: Sequence[_int]) -> Tensor:
    """Return a view of `input` in which new dimensions and dimensions of length 1 are repeated to `shape`."""
def bucketize(input: TensorLike, boundaries: TensorLike, *, out_int32: _bool = False, right: _bool = False) -> Tensor:
    """Return the bucket of each element: bucket i lies between ``boundaries[i - 1]`` and ``boundaries[i]``."""
def cartesian_prod(*tensors: TensorLike) -> Tensor:
    """Return all combinations of one element of each vector, as rows; of a single vector, itself."""
def cat(tensors: Sequence[TensorLike], dim: _int = 0, *, axis: _int = 0) -> Tensor:
    """Return the tensors one after the other along dimension `dim`; in the others they must have the same lengths."""
def cdist(x1: TensorLike, x2: TensorLike, p: _float = 2.0, compute_mode: _str = 'use_mm_for_euclid_dist_if_necessary') -> Tensor:
    """Return the p-norms of the differences of each row of `x1` and each row of `x2`."""
def ceil(input: TensorLike) -> Tensor:
    """Return the smallest integer that is not smaller, elementwise. Its gradient is 0."""
def celu(input: TensorLike, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """Return `input` where positive, else ``alpha * (exp(input / alpha) - 1)`` (Barron, 2017)."""
def celu_(input: TensorLike, alpha: _float = 1.0) -> Tensor:
    """In-place version of `celu`: writes the result into this tensor and returns it."""
def chain_matmul(*matrices: TensorLike) -> Tensor:
    """Return the product of several matrices, in an order that keeps the products small."""
def cholesky_solve(B: TensorLike, L: TensorLike, upper: _bool = False) -> Tensor:
    """Return the X with ``A @ X = B``, given the factor `L` of `A`: ``L @ L.T``, or ``L.T @ L`` if `upper`."""
def chunk(input: TensorLike, chunks: _int, dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Split into at most `chunks` pieces of equal length, of which the last may be shorter."""
def clamp(input: TensorLike, min: TensorLike | None = None, max: TensorLike | None = None) -> Tensor:
    """Return `input` limited to [`min`, `max`], numbers or tensors; either may be None. Gradients pass at the bounds."""
def clamp_max(input: TensorLike, max: TensorLike) -> Tensor:
    """Return `input`, but at most `max`."""
def clamp_min(input: TensorLike, min: TensorLike) -> Tensor:
    """Return `input`, but at least `min`."""
def clip(input: TensorLike, min: TensorLike | None = None, max: TensorLike | None = None) -> Tensor:
    """Return `input` limited to [`min`, `max`], numbers or tensors; either may be None. Gradients pass at the bounds."""
def clone(input: TensorLike) -> Tensor:
    """Return a copy in memory of its own, through which gradients flow."""
def column_stack(tensors: Sequence[TensorLike]) -> Tensor:
    """Return the tensors next to each other, vectors as columns."""
def concat(tensors: Sequence[TensorLike], dim: _int = 0, *, axis: _int = 0) -> Tensor:
    """Return the tensors one after the other along dimension `dim`; in the others they must have the same lengths."""
def concatenate(tensors: Sequence[TensorLike], dim: _int = 0, *, axis: _int = 0) -> Tensor:
    """Return the tensors one after the other along dimension `dim`; in the others they must have the same lengths."""
def conv1d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | _str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1) -> Tensor:
    """Convolve (cross-correlate) along one dimension; see `conv2d`."""
def conv2d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | _str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1) -> Tensor:
    """Convolve (cross-correlate) images with kernels."""
def conv3d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | _str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1) -> Tensor:
    """Convolve (cross-correlate) volumes; see `conv2d`."""
def conv_transpose1d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1) -> Tensor:
    """Return the adjoint of `conv1d`; see `conv_transpose2d`."""
def conv_transpose2d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1) -> Tensor:
    """Return the adjoint of `conv2d`: each element of the input adds its multiple of the kernel to the output."""
def conv_transpose3d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1) -> Tensor:
    """Return the adjoint of `conv3d`; see `conv_transpose2d`."""
def cos(input: TensorLike) -> Tensor:
    """Return the cosine of each element, in radians."""
def cosh(input: TensorLike) -> Tensor:
    """Return the hyperbolic cosine of each element."""
def cosine_similarity(x1: TensorLike, x2: TensorLike, dim: _int = 1, eps: _float = 1e-08, *, axis: _int = 1) -> Tensor:
    """Return the cosine of the angle between vectors along `dim`; lengths count as at least `eps`."""
def count_nonzero(input: TensorLike, dim: _int | Sequence[_int] | None = None, *, axis: _int | Sequence[_int] | None = None) -> Tensor:
    """Return how many elements are not 0, int64."""
def cross(input: TensorLike, other: TensorLike, dim: _int | None = None, *, axis: _int | None = None) -> Tensor:
    """Return the cross product of the vectors of length 3 in dimension `dim`, by default the first of that length."""
from minigrad.core.device import cuda as cuda
@overload
def cummax(input: TensorLike, dim: _int) -> return_types.cummax:
    """Return the running maximum along `dim`, and its place: the last one among ties."""
@overload
def cummax(input: TensorLike, *, axis: _int) -> return_types.cummax: ...
@overload
def cummin(input: TensorLike, dim: _int) -> return_types.cummin:
    """Return the running minimum along `dim`, and its place: the last one among ties."""
@overload
def cummin(input: TensorLike, *, axis: _int) -> return_types.cummin: ...
@overload
def cumprod(input: TensorLike, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
    """Return the product of each element and those before it in dimension `dim`. Integers and bools multiply in int64."""
@overload
def cumprod(input: TensorLike, *, dtype: DTypeLike | None = None, axis: _int) -> Tensor: ...
@overload
def cumsum(input: TensorLike, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
    """Return the sum of each element and those before it in dimension `dim`. Integers and bools add up in int64."""
@overload
def cumsum(input: TensorLike, *, dtype: DTypeLike | None = None, axis: _int) -> Tensor: ...
from minigrad.core.generator import default_generator as default_generator
def det(A: TensorLike) -> Tensor:
    """Return the determinant."""
from minigrad.core.device import device as device
def diag(input: TensorLike, diagonal: _int = 0) -> Tensor:
    """Return the matrix with a vector on a diagonal, or a copy of that diagonal of a matrix."""
def diag_embed(input: TensorLike, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
    """Return zeros with the last dimension of `input` on a diagonal of two new dimensions `dim1` and `dim2`."""
def diagflat(input: TensorLike, offset: _int = 0) -> Tensor:
    """Return the matrix with all elements of `input` on a diagonal."""
def diagonal(input: TensorLike, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """Return a view of the diagonal in the planes of two dimensions; it becomes the last dimension."""
def diff(input: TensorLike, n: _int = 1, dim: _int = -1, prepend: TensorLike | None = None, append: TensorLike | None = None, *, axis: _int = -1) -> Tensor:
    """Return the difference of each element to the one before it in dimension `dim`; of bools, whether there is one."""
def digamma(input: TensorLike) -> Tensor:
    """Return the derivative of `lgamma`, elementwise; nan at the negative integers."""
def div(input: TensorLike, other: TensorLike, *, rounding_mode: _str | None = None) -> Tensor:
    """``input / other``, elementwise; integers give the default floating dtype."""
def divide(input: TensorLike, other: TensorLike, *, rounding_mode: _str | None = None) -> Tensor:
    """``input / other``, elementwise; integers give the default floating dtype."""
def dot(input: TensorLike, tensor: TensorLike) -> Tensor:
    """Return the sum of the products of the elements of two vectors."""
from minigrad.core.dtypes import double as double
def dropout(input: TensorLike, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Set each element to 0 with probability `p` while `training`, and multiply the others by ``1 / (1 - p)``."""
def dstack(tensors: Sequence[TensorLike]) -> Tensor:
    """Return the tensors behind each other: along dimension 2, with at least three dimensions each."""
from minigrad.core.dtypes import dtype as dtype
from math import e as e
def einsum(*args: Any) -> Tensor:
    """Return the sum of products that `equation` describes (Einstein, 1916)."""
from minigrad.creation import empty as empty
from minigrad.creation import empty_like as empty_like
from minigrad.graph.grad_mode import enable_grad as enable_grad
def eq(input: TensorLike, other: TensorLike) -> Tensor:
    """``input == other``, elementwise."""
def equal(input: TensorLike, other: TensorLike) -> _bool:
    """Return whether two tensors have the same shape and elements, as a bool."""
def erf(input: TensorLike) -> Tensor:
    """Return the error function ``2 / sqrt(pi) * integral of exp(-t ** 2) from 0 to input``, elementwise."""
def erfc(input: TensorLike) -> Tensor:
    """``1 - erf(input)``, elementwise, exact where that is tiny, too."""
def erfinv(input: TensorLike) -> Tensor:
    """Return the number whose error function is `input`, elementwise; infinite at -1 and 1, nan beyond."""
def exp(input: TensorLike) -> Tensor:
    """``e ** input``, elementwise."""
def exp2(input: TensorLike) -> Tensor:
    """``2 ** input``, elementwise."""
def expm1(input: TensorLike) -> Tensor:
    """``exp(input) - 1``, exact near 0 too."""
from minigrad.creation import eye as eye
def feature_alpha_dropout(input: TensorLike, p: _float = 0.5, training: _bool = False, inplace: _bool = False) -> Tensor:
    """`alpha_dropout` of whole channels, of an input of shape (N, C, ...)."""
from minigrad.core.dtypes import finfo as finfo
def fix(input: TensorLike) -> Tensor:
    """Return the integer part, elementwise. Its gradient is 0."""
def flatten(input: TensorLike, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """Return the dimensions from `start_dim` to `end_dim`, both included, made one."""
def flip(input: TensorLike, dims: _int | Sequence[_int]) -> Tensor:
    """Return a copy with the order along `dims` reversed."""
def fliplr(input: TensorLike) -> Tensor:
    """Return a copy with the columns in reversed order."""
def flipud(input: TensorLike) -> Tensor:
    """Return a copy with the rows in reversed order."""
from minigrad.core.dtypes import float as float
from minigrad.core.dtypes import float16 as float16
from minigrad.core.dtypes import float32 as float32
from minigrad.core.dtypes import float64 as float64
def floor(input: TensorLike) -> Tensor:
    """Return the largest integer that is not larger, elementwise. Its gradient is 0."""
def floor_divide(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the quotient rounded down, elementwise. Its gradient is 0."""
def fmax(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the larger of two, elementwise; where one is nan, the other. A tie counts for `input`."""
def fmin(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the smaller of two, elementwise; where one is nan, the other. A tie counts for `input`."""
def fmod(input: TensorLike, other: TensorLike) -> Tensor:
    """``input - trunc(input / other) * other``, elementwise: takes the sign of `input`."""
from minigrad.core.generator import fork_rng as fork_rng
def frac(input: TensorLike) -> Tensor:
    """``input - trunc(input)``, elementwise."""
from minigrad.creation import from_numpy as from_numpy
from minigrad.creation import full as full
from minigrad.creation import full_like as full_like
from minigrad import func as func
@overload
def gather(input: TensorLike, dim: _int, index: TensorLike) -> Tensor:
    """``out[i, j, k] = input[index[i, j, k], j, k]`` for `dim` 0, and so on for the others."""
@overload
def gather(input: TensorLike, index: TensorLike, *, axis: _int) -> Tensor: ...
def ge(input: TensorLike, other: TensorLike) -> Tensor:
    """``input >= other``, elementwise."""
def ger(input: TensorLike, vec2: TensorLike) -> Tensor:
    """Return the matrix of the products of all pairs of elements of two vectors."""
from minigrad.core.dtypes import get_default_dtype as get_default_dtype
from minigrad.kernels.parallel import get_num_threads as get_num_threads
from minigrad.core.generator import get_rng_state as get_rng_state
def greater(input: TensorLike, other: TensorLike) -> Tensor:
    """``input > other``, elementwise."""
def greater_equal(input: TensorLike, other: TensorLike) -> Tensor:
    """``input >= other``, elementwise."""
def group_norm(input: TensorLike, num_groups: _int, weight: TensorLike | None = None, bias: TensorLike | None = None, eps: _float = 1e-05) -> Tensor:
    """`layer_norm` of each of `num_groups` groups of channels, with a weight and bias per channel (Wu, He, 2018)."""
def gt(input: TensorLike, other: TensorLike) -> Tensor:
    """``input > other``, elementwise."""
from minigrad.core.dtypes import half as half
def hardshrink(input: TensorLike, lambd: _float = 0.5) -> Tensor:
    """Return `input`, but 0 within [-lambd, lambd]."""
def histc(input: TensorLike, bins: _int = 100, min: _float = 0, max: _float = 0) -> Tensor:
    """Return how many elements lie in each of `bins` equal parts of [min, max], which includes both ends."""
def hstack(tensors: Sequence[TensorLike]) -> Tensor:
    """Return the tensors next to each other: along dimension 1, or 0 for vectors."""
def hypot(input: TensorLike, other: TensorLike) -> Tensor:
    """``sqrt(input ** 2 + other ** 2)``, elementwise."""
def i0(input: TensorLike) -> Tensor:
    """Return the modified Bessel function of the first kind of order 0, elementwise."""
def igamma(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the lower incomplete gamma function, divided by ``gamma(input)``, elementwise."""
def igammac(input: TensorLike, other: TensorLike) -> Tensor:
    """Return ``1 - igamma(input, other)``, elementwise, exact where that is tiny, too."""
from minigrad.core.dtypes import iinfo as iinfo
@overload
def index_add(input: TensorLike, dim: _int, index: TensorLike, source: TensorLike, *, alpha: _float = 1) -> Tensor:
    """Return `input` with ``alpha * source`` added to the slices of `dim` at `index`, repeatedly where it repeats."""
@overload
def index_add(input: TensorLike, index: TensorLike, source: TensorLike, *, alpha: _float = 1, axis: _int) -> Tensor: ...
@overload
def index_copy(input: TensorLike, dim: _int, index: TensorLike, source: TensorLike) -> Tensor:
    """Return `input` with the slices of dimension `dim` at `index` replaced by those of `source`."""
@overload
def index_copy(input: TensorLike, index: TensorLike, source: TensorLike, *, axis: _int) -> Tensor: ...
@overload
def index_fill(input: TensorLike, dim: _int, index: TensorLike, value: Any) -> Tensor:
    """Return `input` with the slices of dimension `dim` at `index` set to `value`, a number or a 0-dim tensor."""
@overload
def index_fill(input: TensorLike, index: TensorLike, value: Any, *, axis: _int) -> Tensor: ...
def index_put(input: TensorLike, indices: Sequence[Any], values: TensorLike, accumulate: _bool = False) -> Tensor:
    """Return `input` with `values`, broadcast, at ``input[indices]``."""
@overload
def index_select(input: TensorLike, dim: _int, index: TensorLike) -> Tensor:
    """Return the slices of dimension `dim` at the indices `index`, which may repeat."""
@overload
def index_select(input: TensorLike, index: TensorLike, *, axis: _int) -> Tensor: ...
from math import inf as inf
from minigrad.graph.grad_mode import inference_mode as inference_mode
from minigrad.core.generator import initial_seed as initial_seed
def inner(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the sums of products over the last dimensions of both."""
from minigrad.core.dtypes import int as int
from minigrad.core.dtypes import int16 as int16
from minigrad.core.dtypes import int32 as int32
from minigrad.core.dtypes import int64 as int64
from minigrad.core.dtypes import int8 as int8
def inverse(A: TensorLike) -> Tensor:
    """Return the inverse matrix; `solve` is quicker and more exact where it is multiplied with something."""
from minigrad.autograd.anomaly_mode import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from minigrad.autograd.anomaly_mode import is_anomaly_enabled as is_anomaly_enabled
from minigrad.creation import is_floating_point as is_floating_point
from minigrad.graph.grad_mode import is_grad_enabled as is_grad_enabled
from minigrad.creation import is_nonzero as is_nonzero
from minigrad.creation import is_tensor as is_tensor
def isclose(input: TensorLike, other: TensorLike, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
    """``|input - other| <= atol + rtol * |other|``, elementwise."""
def isfinite(input: TensorLike) -> Tensor:
    """Return whether each element is neither infinite nor nan."""
def isin(elements: Any, test_elements: Any, *, assume_unique: _bool = False, invert: _bool = False) -> Tensor:
    """Return whether each element occurs among `test_elements`; with `invert`, whether it does not."""
def isinf(input: TensorLike) -> Tensor:
    """Return whether each element is plus or minus infinity."""
def isnan(input: TensorLike) -> Tensor:
    """Return whether each element is not a number."""
def kron(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the Kronecker product: every element of `input` times all of `other`, as blocks."""
def kthvalue(input: TensorLike, k: _int, dim: _int = -1, keepdim: _bool = False, *, axis: _int = -1, keepdims: _bool = False) -> return_types.kthvalue:
    """Return the `k`-th smallest element along `dim`, counted from 1, and where it is."""
def layer_norm(input: TensorLike, normalized_shape: Sequence[_int], weight: TensorLike | None = None, bias: TensorLike | None = None, eps: _float = 1e-05) -> Tensor:
    """``(input - mean) / sqrt(var + eps) * weight + bias`` over the last dimensions (Ba, Kiros, Hinton, 2016)."""
def le(input: TensorLike, other: TensorLike) -> Tensor:
    """``input <= other``, elementwise."""
def lerp(input: TensorLike, end: TensorLike, weight: TensorLike) -> Tensor:
    """``input + weight * (end - input)``: linear interpolation, which is exactly `end` where `weight` is 1."""
def less(input: TensorLike, other: TensorLike) -> Tensor:
    """``input < other``, elementwise."""
def less_equal(input: TensorLike, other: TensorLike) -> Tensor:
    """``input <= other``, elementwise."""
def lgamma(input: TensorLike) -> Tensor:
    """Return the natural logarithm of the absolute value of the gamma function, elementwise; inf at 0, -1, -2, ..."""
from minigrad import linalg as linalg
from minigrad.creation import linspace as linspace
from minigrad.saving.npz import load as load
from minigrad.saving.checkpoint import load_checkpoint as load_checkpoint
def log(input: TensorLike) -> Tensor:
    """Return the natural logarithm of each element; -inf of 0, nan of negative numbers."""
def log10(input: TensorLike) -> Tensor:
    """Return the logarithm to base 10 of each element."""
def log1p(input: TensorLike) -> Tensor:
    """``log(1 + input)``, exact near 0 too."""
def log2(input: TensorLike) -> Tensor:
    """Return the logarithm to base 2 of each element."""
def log_softmax(input: TensorLike, dim: _int | None = None, dtype: DTypeLike | None = None, *, axis: _int | None = None) -> Tensor:
    """``log(softmax(input, dim))``, finite where that would be log(0). Parameters as for `softmax`."""
def logaddexp(input: TensorLike, other: TensorLike) -> Tensor:
    """``log(exp(input) + exp(other))`` without overflow."""
@overload
def logcumsumexp(input: TensorLike, dim: _int) -> Tensor:
    """``log(cumsum(exp(input)))`` without overflow."""
@overload
def logcumsumexp(input: TensorLike, *, axis: _int) -> Tensor: ...
def logdet(A: TensorLike) -> Tensor:
    """Return the logarithm of the determinant: NaN where that is negative."""
def logical_and(input: TensorLike, other: TensorLike) -> Tensor:
    """Return whether both are true (not 0), elementwise."""
def logical_not(input: TensorLike) -> Tensor:
    """Return whether each element is 0."""
def logical_or(input: TensorLike, other: TensorLike) -> Tensor:
    """Return whether at least one is true (not 0), elementwise."""
def logical_xor(input: TensorLike, other: TensorLike) -> Tensor:
    """Return whether exactly one is true (not 0), elementwise."""
def logit(input: TensorLike, eps: _float | None = None) -> Tensor:
    """``log(input / (1 - input))``: the inverse of `sigmoid`; with `eps`, of input clamped to [eps, 1 - eps]."""
from minigrad.creation import logspace as logspace
@overload
def logsumexp(input: TensorLike, dim: _int | Sequence[_int], keepdim: _bool = False) -> Tensor:
    """``log(sum(exp(input)))`` over the dimensions `dim`, without overflow."""
@overload
def logsumexp(input: TensorLike, *, axis: _int | Sequence[_int], keepdims: _bool = False) -> Tensor: ...
from minigrad.core.dtypes import long as long
def lt(input: TensorLike, other: TensorLike) -> Tensor:
    """``input < other``, elementwise."""
from minigrad.core.generator import manual_seed as manual_seed
def masked_fill(input: TensorLike, mask: TensorLike, value: Any) -> Tensor:
    """Return `input` with `value` where `mask` is true."""
def masked_scatter(input: TensorLike, mask: TensorLike, source: TensorLike) -> Tensor:
    """Return `input` with the first elements of `source` at the places, in order, where `mask` is true."""
def masked_select(input: TensorLike, mask: TensorLike) -> Tensor:
    """Return the elements where `mask` is true, in one dimension. The two are broadcast."""
def matmul(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the matrix product, ``input @ other``."""
def matrix_power(A: TensorLike, n: _int) -> Tensor:
    """Return the product of `n` times the matrix; of its inverse for negative `n`."""
@overload
def max(input: TensorLike, dim: None = None) -> Tensor:
    """Return the largest element; with `dim` the largest in that dimension and its places; with a tensor, `maximum`."""
@overload
def max(input: TensorLike, dim: _int, keepdim: _bool = False) -> return_types.max: ...
@overload
def max(input: TensorLike, *, axis: _int, keepdims: _bool = False) -> return_types.max: ...
@overload
def max(input: TensorLike, *, other: TensorLike) -> Tensor: ...
@overload
def max(input: TensorLike, dim: Tensor) -> Tensor: ...
@overload
def max_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: Literal[False] = False) -> Tensor:
    """Return the maximum of windows of (N, C, L) or (C, L); see `max_pool2d`."""
@overload
def max_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
@overload
def max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: Literal[False] = False) -> Tensor:
    """Return the maximum of each window of the planes; NaN where there is one in the window."""
@overload
def max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
@overload
def max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: Literal[False] = False) -> Tensor:
    """Return the maximum of windows of (N, C, D, H, W) or (C, D, H, W); see `max_pool2d`."""
@overload
def max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
def maximum(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the larger of two, elementwise; nan if one is. At a tie each gets half of the gradient."""
def mean(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the mean of all elements, or over the dimensions `dim`. Of no elements it is nan."""
@overload
def median(input: TensorLike, dim: None = None) -> Tensor:
    """Return the middle element, the lower one of two; nan if there is one."""
@overload
def median(input: TensorLike, dim: _int, keepdim: _bool = False) -> return_types.median: ...
@overload
def median(input: TensorLike, *, axis: _int, keepdims: _bool = False) -> return_types.median: ...
def meshgrid(*tensors: Any, indexing: _str = 'ij') -> tuple[Tensor, ...]:
    """Return a tensor for each vector, shaped like all lengths, that varies along its own dimension only."""
@overload
def min(input: TensorLike, dim: None = None) -> Tensor:
    """Return the smallest element; with `dim` the smallest in that dimension and its places; with a tensor, `minimum`."""
@overload
def min(input: TensorLike, dim: _int, keepdim: _bool = False) -> return_types.min: ...
@overload
def min(input: TensorLike, *, axis: _int, keepdims: _bool = False) -> return_types.min: ...
@overload
def min(input: TensorLike, *, other: TensorLike) -> Tensor: ...
@overload
def min(input: TensorLike, dim: Tensor) -> Tensor: ...
def minimum(input: TensorLike, other: TensorLike) -> Tensor:
    """Return the smaller of two, elementwise; nan if one is. At a tie each gets half of the gradient."""
def mm(input: TensorLike, mat2: TensorLike) -> Tensor:
    """Return the product of two matrices."""
def mode(input: TensorLike, dim: _int = -1, keepdim: _bool = False, *, axis: _int = -1, keepdims: _bool = False) -> return_types.mode:
    """Return the element that occurs most often along `dim`, of several the smallest, and its last place."""
def moveaxis(input: TensorLike, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
    """Return a view with the dimensions at `source` moved to `destination`, the others in their order."""
def movedim(input: TensorLike, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
    """Return a view with the dimensions at `source` moved to `destination`, the others in their order."""
def msort(input: TensorLike) -> Tensor:
    """Return the values of `sort` along the first dimension."""
def mul(input: TensorLike, other: TensorLike) -> Tensor:
    """``input * other``, elementwise with broadcasting and type promotion."""
def multinomial(input: Tensor, num_samples: _int, replacement: _bool = False, *, generator: Generator | None = None) -> Tensor:
    """Return indices drawn with probabilities proportional to the weights in each row."""
def multiply(input: TensorLike, other: TensorLike) -> Tensor:
    """``input * other``, elementwise with broadcasting and type promotion."""
def mv(input: TensorLike, vec: TensorLike) -> Tensor:
    """Return the product of a matrix and a vector."""
def mvlgamma(input: TensorLike, p: _int) -> Tensor:
    """Return the logarithm of the multivariate gamma function of dimension `p`, elementwise."""
from math import nan as nan
def nan_to_num(input: TensorLike, nan: _float = 0.0, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
    """Return `input` with nan and infinities replaced; infinities by the largest finite numbers unless given."""
def nanmean(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return `mean` of the elements that are not nan."""
@overload
def nanmedian(input: TensorLike, dim: None = None) -> Tensor:
    """Return `median` of the elements that are not nan."""
@overload
def nanmedian(input: TensorLike, dim: _int, keepdim: _bool = False) -> return_types.nanmedian: ...
@overload
def nanmedian(input: TensorLike, *, axis: _int, keepdims: _bool = False) -> return_types.nanmedian: ...
def nansum(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return `sum` of the elements that are not nan."""
@overload
def narrow(input: TensorLike, dim: _int, start: _int, length: _int) -> Tensor:
    """Return the slice of dimension `dim` from `start` on, of the given length: a view."""
@overload
def narrow(input: TensorLike, start: _int, length: _int, *, axis: _int) -> Tensor: ...
def ne(input: TensorLike, other: TensorLike) -> Tensor:
    """``input != other``, elementwise."""
def neg(input: TensorLike) -> Tensor:
    """``-input``, elementwise."""
def negative(input: TensorLike) -> Tensor:
    """``-input``, elementwise."""
newaxis: None
from minigrad import nn as nn
from minigrad.graph.grad_mode import no_grad as no_grad
@overload
def nonzero(input: TensorLike, *, as_tuple: Literal[False] = False) -> Tensor:
    """Return the indices of the elements that are not 0: one row each, or with `as_tuple` a tensor for each dimension."""
@overload
def nonzero(input: TensorLike, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...
@overload
def nonzero(input: TensorLike, *, as_tuple: _bool = False) -> Tensor | tuple[Tensor, ...]: ...
def norm(input: TensorLike, p: _float | _str | None = 'fro', dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the p-norm of all elements, or over the dimensions `dim`; its gradient at 0 is 0."""
from minigrad.random import normal as normal
def not_equal(input: TensorLike, other: TensorLike) -> Tensor:
    """``input != other``, elementwise."""
from minigrad.creation import numel as numel
from minigrad.creation import ones as ones
from minigrad.creation import ones_like as ones_like
from minigrad import optim as optim
def outer(input: TensorLike, vec2: TensorLike) -> Tensor:
    """Return the matrix of the products of all pairs of elements of two vectors."""
def pairwise_distance(x1: TensorLike, x2: TensorLike, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False) -> Tensor:
    """Return the p-norm of ``x1 - x2 + eps`` over the last dimension."""
def permute(input: TensorLike, dims: Sequence[_int]) -> Tensor:
    """Return a view with the dimensions in another order."""
from math import pi as pi
def pinverse(A: TensorLike, rtol: _float | None = None, *, atol: _float | None = None) -> Tensor:
    """Return the pseudo-inverse (Moore, 1920; Penrose, 1955)."""
def pixel_shuffle(input: TensorLike, upscale_factor: _int) -> Tensor:
    """Return images r times as high and wide, of r * r times fewer channels (Shi et al., 2016)."""
def pixel_unshuffle(input: TensorLike, downscale_factor: _int) -> Tensor:
    """Return the inverse of `pixel_shuffle`: (\\*, C, H * r, W * r) to (\\*, C * r * r, H, W)."""
def polygamma(n: _int, input: TensorLike) -> Tensor:
    """Return the `n`-th derivative of `digamma`, elementwise."""
def positive(input: TensorLike) -> Tensor:
    """``+input``: the tensor itself."""
def pow(input: TensorLike, exponent: TensorLike) -> Tensor:
    """``input ** exponent``, elementwise. ``x ** 0`` has gradient 0 everywhere."""
def prelu(input: TensorLike, weight: TensorLike) -> Tensor:
    """`leaky_relu` with learned slopes: one, or one per channel (dimension 1) (He et al., 2015)."""
def prod(input: TensorLike, dim: _int | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
    """Return the product of all elements, or over the dimension `dim`. Integers and bools multiply in int64."""
from minigrad import profiler as profiler
def quantile(input: TensorLike, q: _float | TensorLike, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', axis: _int | None = None, keepdims: _bool = False) -> Tensor:
    """Return the value below which a share `q` of the elements lies, of all or along `dim`; nan where there is one."""
from minigrad.random import rand as rand
from minigrad.random import rand_like as rand_like
from minigrad.random import randint as randint
from minigrad.random import randint_like as randint_like
from minigrad.random import randn as randn
from minigrad.random import randn_like as randn_like
from minigrad import random as random
from minigrad.random import randperm as randperm
def ravel(input: TensorLike) -> Tensor:
    """Return all elements in one dimension."""
def reciprocal(input: TensorLike) -> Tensor:
    """``1 / input``, elementwise."""
def relu(input: TensorLike, inplace: _bool = False) -> Tensor:
    """``max(input, 0)``, elementwise; its slope at 0 is 0."""
def relu_(input: TensorLike) -> Tensor:
    """In-place version of `relu`: writes the result into this tensor and returns it."""
def remainder(input: TensorLike, other: TensorLike) -> Tensor:
    """``input - floor(input / other) * other``, elementwise: takes the sign of `other`."""
def repeat_interleave(input: TensorLike, repeats: Any = None, dim: _int | None = None, *, output_size: _int | None = None, axis: _int | None = None) -> Tensor:
    """Repeat each element, or slice of `dim`, in its place; given `repeats` alone, each index so many times."""
def reshape(input: TensorLike, shape: Sequence[_int]) -> Tensor:
    """Return the same elements, in the same order, in another shape: a view if possible, else a copy."""
from minigrad import return_types as return_types
def rms_norm(input: TensorLike, normalized_shape: Sequence[_int], weight: TensorLike | None = None, eps: _float | None = None) -> Tensor:
    """``input / sqrt(mean(input ** 2) + eps) * weight`` over the last dimensions (Zhang, Sennrich, 2019)."""
def roll(input: TensorLike, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] | None = None) -> Tensor:
    """Return a copy shifted along `dims`; what leaves at one end comes in at the other. Without `dims` as if flattened."""
def round(input: TensorLike, decimals: _int = 0) -> Tensor:
    """Return the nearest number with `decimals` decimals; halves go to the even one. Its gradient is 0."""
def row_stack(tensors: Sequence[TensorLike]) -> Tensor:
    """Return the tensors below each other, vectors as rows."""
def rrelu(input: TensorLike, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False) -> Tensor:
    """`leaky_relu` whose slopes are drawn uniformly from [`lower`, `upper`); without `training`, their mean."""
def rrelu_(input: TensorLike, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False) -> Tensor:
    """In-place version of `rrelu`: writes the result into this tensor and returns it."""
def rsqrt(input: TensorLike) -> Tensor:
    """``1 / sqrt(input)``, elementwise."""
from minigrad.saving.npz import save as save
from minigrad.saving.checkpoint import save_checkpoint as save_checkpoint
@overload
def scatter(input: TensorLike, dim: _int, index: TensorLike, src: TensorLike | None = None, *, value: Any = None, reduce: _str | None = None) -> Tensor:
    """Return `input` with ``out[index[i, j, k], j, k] = src[i, j, k]`` for `dim` 0, and so on for the others."""
@overload
def scatter(input: TensorLike, index: TensorLike, src: TensorLike | None = None, *, value: Any = None, reduce: _str | None = None, axis: _int) -> Tensor: ...
@overload
def scatter_add(input: TensorLike, dim: _int, index: TensorLike, src: TensorLike) -> Tensor:
    """Return `input` with ``out[index[i, j, k], j, k] += src[i, j, k]`` for `dim` 0, repeatedly where an index repeats."""
@overload
def scatter_add(input: TensorLike, index: TensorLike, src: TensorLike, *, axis: _int) -> Tensor: ...
@overload
def scatter_reduce(input: TensorLike, dim: _int, index: TensorLike, src: TensorLike, reduce: _str, *, include_self: _bool = True) -> Tensor:
    """Reduce ``src[i, j, k]`` into ``out[index[i, j, k], j, k]`` for `dim` 0, starting with `input`."""
@overload
def scatter_reduce(input: TensorLike, index: TensorLike, src: TensorLike, reduce: _str, *, include_self: _bool = True, axis: _int) -> Tensor: ...
def searchsorted(sorted_sequence: TensorLike, input: TensorLike, *, out_int32: _bool = False, right: _bool = False, side: _str | None = None, sorter: TensorLike | None = None) -> Tensor:
    """Return where each of `input` would have to be inserted to keep the sequence sorted."""
from minigrad.core.generator import seed as seed
@overload
def select(input: TensorLike, dim: _int, index: _int) -> Tensor:
    """Return the slice of dimension `dim` at `index`: a view without that dimension."""
@overload
def select(input: TensorLike, index: _int, *, axis: _int) -> Tensor: ...
def selu(input: TensorLike, inplace: _bool = False) -> Tensor:
    """`elu` scaled so that activations keep mean 0 and variance 1 (Klambauer et al., 2017)."""
def selu_(input: TensorLike) -> Tensor:
    """In-place version of `selu`: writes the result into this tensor and returns it."""
from minigrad.autograd.anomaly_mode import set_anomaly_enabled as set_anomaly_enabled
from minigrad.core.dtypes import set_default_dtype as set_default_dtype
from minigrad.graph.grad_mode import set_grad_enabled as set_grad_enabled
from minigrad.kernels.parallel import set_num_threads as set_num_threads
from minigrad.core.printing import set_printoptions as set_printoptions
from minigrad.core.generator import set_rng_state as set_rng_state
from minigrad.core.dtypes import short as short
def sigmoid(input: TensorLike) -> Tensor:
    """``1 / (1 + exp(-input))``, elementwise, without overflow and exact to the last bits in both tails."""
def sign(input: TensorLike) -> Tensor:
    """Return the sign of each element: -1, 0 or 1; 0 of nan. Its gradient is 0."""
def sin(input: TensorLike) -> Tensor:
    """Return the sine of each element, in radians."""
def sinc(input: TensorLike) -> Tensor:
    """``sin(pi * input) / (pi * input)``, elementwise; 1 at 0. Its derivatives of every order are exact there, too."""
def sinh(input: TensorLike) -> Tensor:
    """Return the hyperbolic sine of each element."""
def slogdet(A: TensorLike) -> SlogDet:
    """Return the sign of the determinant, and the logarithm of its absolute value."""
def softmax(input: TensorLike, dim: _int | None = None, dtype: DTypeLike | None = None, *, axis: _int | None = None) -> Tensor:
    """``exp(input) / exp(input).sum(dim)``: positive numbers that add up to 1 along `dim`."""
def sort(input: TensorLike, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, axis: _int = -1) -> return_types.sort:
    """Return the elements along `dim` in order, and where they were. nan counts as the largest."""
from minigrad import special as special
def split(tensor: TensorLike, split_size_or_sections: _int | Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Return views that cut dimension `dim` into pieces."""
def sqrt(input: TensorLike) -> Tensor:
    """Return the square root of each element; its slope at 0 is inf."""
def square(input: TensorLike) -> Tensor:
    """``input ** 2``, elementwise."""
def squeeze(input: TensorLike, dim: _int | Sequence[_int] | None = None, *, axis: _int | Sequence[_int] | None = None) -> Tensor:
    """Remove the dimensions of length 1: all, or those named by `dim`."""
def stack(tensors: Sequence[TensorLike], dim: _int = 0, *, axis: _int = 0) -> Tensor:
    """Join tensors of one shape side by side along a new dimension `dim`."""
def std(input: TensorLike, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the standard deviation, the root of `var`, with its parameters. Where it is 0, its gradient is 0."""
def std_mean(input: TensorLike, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> tuple[Tensor, Tensor]:
    """Return `std` and `mean`, a tuple."""
def sub(input: TensorLike, other: TensorLike, *, alpha: _float = 1) -> Tensor:
    """``input - alpha * other``, elementwise with broadcasting and type promotion."""
def subtract(input: TensorLike, other: TensorLike, *, alpha: _float = 1) -> Tensor:
    """``input - alpha * other``, elementwise with broadcasting and type promotion."""
def sum(input: TensorLike, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the sum of all elements, or over the dimensions `dim`. Integers and bools add up in int64."""
def swapaxes(input: TensorLike, dim0: _int, dim1: _int) -> Tensor:
    """Return a view with two dimensions exchanged."""
def swapdims(input: TensorLike, dim0: _int, dim1: _int) -> Tensor:
    """Return a view with two dimensions exchanged."""
def t(input: TensorLike) -> Tensor:
    """Return the transpose of a matrix; vectors and 0-dim tensors as they are."""
def take(input: TensorLike, index: TensorLike) -> Tensor:
    """Return the elements at `index` of the flattened input, in the shape of `index`."""
def take_along_dim(input: TensorLike, indices: TensorLike, dim: _int | None = None, *, axis: _int | None = None) -> Tensor:
    """Gather with the two broadcast except in `dim`; without `dim`, from the flattened input."""
def tan(input: TensorLike) -> Tensor:
    """Return the tangent of each element, in radians."""
def tanh(input: TensorLike) -> Tensor:
    """Return the hyperbolic tangent of each element."""
from minigrad.creation import tensor as tensor
def tensor_split(input: TensorLike, indices_or_sections: _int | Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Return views that cut `dim` into this many pieces, or at these indices; the first may be longer by one."""
def tensordot(a: TensorLike, b: TensorLike, dims: _int | Sequence[Sequence[_int]] | Sequence[_int] = 2) -> Tensor:
    """Return the sums of products over pairs of dimensions of `a` and `b`."""
from minigrad import testing as testing
def tile(input: TensorLike, dims: Sequence[_int]) -> Tensor:
    """Return `input` repeated `dims` times, counted from the last dimension."""
def topk(input: TensorLike, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True, *, axis: _int = -1) -> return_types.topk:
    """Return the `k` largest elements along `dim`, the largest first, and where they were."""
def trace(input: TensorLike) -> Tensor:
    """Return the sum of the diagonal of a matrix."""
def transpose(input: TensorLike, dim0: _int, dim1: _int) -> Tensor:
    """Return a view with two dimensions exchanged."""
def trapezoid(y: TensorLike, x: TensorLike | None = None, *, dx: _float = 1, dim: _int = -1, axis: _int = -1) -> Tensor:
    """Return the integral over dimension `dim` of the straight lines between neighbours."""
def trapz(y: TensorLike, x: TensorLike | None = None, *, dx: _float = 1, dim: _int = -1, axis: _int = -1) -> Tensor:
    """Return the integral over dimension `dim` of the straight lines between neighbours."""
def tril(input: TensorLike, diagonal: _int = 0) -> Tensor:
    """Return a copy with zeros above a diagonal of the last two dimensions."""
def tril_indices(row: _int, col: _int, offset: _int = 0, *, dtype: DTypeLike = ..., device: Any = None) -> Tensor:
    """Return the indices of the lower triangle of a matrix: a row of row numbers and one of column numbers."""
def triu(input: TensorLike, diagonal: _int = 0) -> Tensor:
    """Return a copy with zeros below a diagonal of the last two dimensions."""
def triu_indices(row: _int, col: _int, offset: _int = 0, *, dtype: DTypeLike = ..., device: Any = None) -> Tensor:
    """Return the indices of the upper triangle of a matrix: a row of row numbers and one of column numbers."""
def true_divide(input: TensorLike, other: TensorLike) -> Tensor:
    """``input / other``, elementwise; integers give the default floating dtype."""
def trunc(input: TensorLike) -> Tensor:
    """Return the integer part, elementwise. Its gradient is 0."""
from minigrad.core.dtypes import uint16 as uint16
from minigrad.core.dtypes import uint32 as uint32
from minigrad.core.dtypes import uint64 as uint64
from minigrad.core.dtypes import uint8 as uint8
def unbind(input: TensorLike, dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
    """Return all slices of dimension `dim`, views without that dimension."""
@overload
def unflatten(input: TensorLike, dim: _int, sizes: Sequence[_int]) -> Tensor:
    """Split dimension `dim` into several of the given `sizes`, one of which may be -1."""
@overload
def unflatten(input: TensorLike, sizes: Sequence[_int], *, axis: _int) -> Tensor: ...
@overload
def unique(input: TensorLike, sorted: _bool = True, return_inverse: Literal[False] = False, return_counts: Literal[False] = False, dim: _int | None = None) -> Tensor:
    """Return the distinct elements, in order."""
@overload
def unique(input: TensorLike, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Tensor | tuple[Tensor, ...]: ...
@overload
def unique_consecutive(input: TensorLike, return_inverse: Literal[False] = False, return_counts: Literal[False] = False, dim: _int | None = None) -> Tensor:
    """Return the elements (or slices of `dim`) without those that equal the one before."""
@overload
def unique_consecutive(input: TensorLike, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Tensor | tuple[Tensor, ...]: ...
@overload
def unsqueeze(input: TensorLike, dim: _int) -> Tensor:
    """Insert a new dimension of length 1 before dimension `dim`."""
@overload
def unsqueeze(input: TensorLike, *, axis: _int) -> Tensor: ...
from minigrad.core.device import use_deterministic_algorithms as use_deterministic_algorithms
from minigrad.core.generator import use_generator as use_generator
from minigrad import utils as utils
def var(input: TensorLike, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
    """Return the variance ``sum((input - mean) ** 2) / (n - correction)`` of all elements, or over `dim`."""
def var_mean(input: TensorLike, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> tuple[Tensor, Tensor]:
    """Return `var` and `mean`, a tuple."""
def vdot(input: TensorLike, tensor: TensorLike) -> Tensor:
    """Return the sum of the products of the elements of two vectors."""
from minigrad import vision as vision
from minigrad import viz as viz
def vstack(tensors: Sequence[TensorLike]) -> Tensor:
    """Return the tensors below each other, vectors as rows."""
@overload
def where(condition: TensorLike) -> tuple[Tensor, ...]:
    """Return `input` where `condition` holds, else `other`, with broadcasting."""
@overload
def where(condition: TensorLike, input: TensorLike, other: TensorLike) -> Tensor: ...
def xlogy(input: TensorLike, other: TensorLike) -> Tensor:
    """``input * log(other)``; 0 where `input` is 0, whatever `other` is, unless that is nan."""
from minigrad.creation import zeros as zeros
from minigrad.creation import zeros_like as zeros_like
__version__: _str
