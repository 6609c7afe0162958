"""Written by scripts/stubs.py out of the declarations; do not edit."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from builtins import str as _str
from collections.abc import Callable
from collections.abc import Sequence
from minigrad import return_types as return_types
from minigrad.core.dtypes import DTypeLike
from minigrad.core.dtypes import dtype as _dtype
from minigrad.core.generator import Generator
from minigrad.core.tensor import Tensor
from minigrad.core.tensor import TensorLike
from minigrad.ops.decompositions import QR
from minigrad.ops.factorizations import GEQRF
from minigrad.ops.histograms import Histogram
from minigrad.ops.matrix_functions import TriangularSolve
from minigrad.ops.memory import Storage
from minigrad.ops.solving import SlogDet
import numpy as np
from typing import Any
from typing import Literal
from typing import Self
from typing import SupportsIndex
from typing import overload

class Methods:
    __slots__ = ()
    @property
    def H(self) -> Tensor: ...
    @property
    def T(self) -> Tensor: ...
    def __abs__(self) -> Tensor:
        """Return the absolute value of each element; its slope at 0 is 0."""
    def __add__(self, other: TensorLike) -> Tensor: ...
    def __and__(self, other: TensorLike) -> Tensor:
        """``input & other``, elementwise, of bools or integers."""
    def __array_ufunc__(self, ufunc: np.ufunc, kind: _str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        """Handle NumPy's call of a ufunc with a Tensor among its arguments, and so of ``ndarray + Tensor``."""
    def __eq__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __floordiv__(self, other: TensorLike) -> Tensor:
        """Return the quotient rounded down, elementwise. Its gradient is 0."""
    def __ge__(self, other: TensorLike) -> Tensor:
        """``input >= other``, elementwise."""
    def __getitem__(self, index: Any) -> Tensor:
        """``input[index]``: a view for ints, slices, None and ...; a copy for lists, integer tensors and masks."""
    def __gt__(self, other: TensorLike) -> Tensor:
        """``input > other``, elementwise."""
    def __iadd__(self, other: TensorLike) -> Self:
        """In-place version of `_add`: writes the result into this tensor and returns it."""
    def __iand__(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_and`: writes the result into this tensor and returns it."""
    def __ifloordiv__(self, other: TensorLike) -> Self:
        """In-place version of `floor_divide`: writes the result into this tensor and returns it."""
    def __ilshift__(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_left_shift`: writes the result into this tensor and returns it."""
    def __imod__(self, other: TensorLike) -> Self:
        """In-place version of `remainder`: writes the result into this tensor and returns it."""
    def __imul__(self, other: TensorLike) -> Self:
        """In-place version of `mul`: writes the result into this tensor and returns it."""
    def __invert__(self) -> Tensor:
        """``~input``, elementwise, of bools or integers."""
    def __ior__(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_or`: writes the result into this tensor and returns it."""
    def __ipow__(self, exponent: TensorLike) -> Self:
        """In-place version of `pow`: writes the result into this tensor and returns it."""
    def __irshift__(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_right_shift`: writes the result into this tensor and returns it."""
    def __isub__(self, other: TensorLike) -> Self:
        """In-place version of `_sub`: writes the result into this tensor and returns it."""
    def __itruediv__(self, other: TensorLike) -> Self:
        """In-place version of `div`: writes the result into this tensor and returns it."""
    def __ixor__(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_xor`: writes the result into this tensor and returns it."""
    def __le__(self, other: TensorLike) -> Tensor:
        """``input <= other``, elementwise."""
    def __lshift__(self, other: TensorLike) -> Tensor:
        """``input << other``, elementwise, of integers: times a power of two."""
    def __lt__(self, other: TensorLike) -> Tensor:
        """``input < other``, elementwise."""
    def __matmul__(self, other: TensorLike) -> Tensor:
        """``self @ other``, see `matmul`."""
    def __mod__(self, other: TensorLike) -> Tensor:
        """``input - floor(input / other) * other``, elementwise: takes the sign of `other`."""
    def __mul__(self, other: TensorLike) -> Tensor:
        """``input * other``, elementwise with broadcasting and type promotion."""
    def __ne__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor:
        """``-input``, elementwise."""
    def __or__(self, other: TensorLike) -> Tensor:
        """``input | other``, elementwise, of bools or integers."""
    def __pos__(self) -> Tensor:
        """``+input``: the tensor itself."""
    def __pow__(self, exponent: TensorLike) -> Tensor:
        """``input ** exponent``, elementwise. ``x ** 0`` has gradient 0 everywhere."""
    def __radd__(self, other: TensorLike) -> Tensor: ...
    def __rand__(self, other: TensorLike) -> Tensor:
        """``input & other``, elementwise, of bools or integers."""
    def __rdiv__(self, other: TensorLike) -> Tensor: ...
    def __reversed__(self) -> Tensor:
        """Return the elements of the first dimension in reversed order: a tensor, not an iterator."""
    def __rfloordiv__(self, other: TensorLike) -> Tensor: ...
    def __rlshift__(self, other: TensorLike) -> Tensor: ...
    def __rmatmul__(self, other: TensorLike) -> Tensor:
        """``other @ self``, see `matmul`."""
    def __rmod__(self, other: TensorLike) -> Tensor: ...
    def __rmul__(self, other: TensorLike) -> Tensor:
        """``input * other``, elementwise with broadcasting and type promotion."""
    def __ror__(self, other: TensorLike) -> Tensor:
        """``input | other``, elementwise, of bools or integers."""
    def __rpow__(self, other: TensorLike) -> Tensor: ...
    def __rrshift__(self, other: TensorLike) -> Tensor: ...
    def __rshift__(self, other: TensorLike) -> Tensor:
        """``input >> other``, elementwise, of integers: divided by a power of two, rounded down."""
    def __rsub__(self, other: TensorLike) -> Tensor: ...
    def __rtruediv__(self, other: TensorLike) -> Tensor: ...
    def __rxor__(self, other: TensorLike) -> Tensor:
        """``input ^ other``, elementwise, of bools or integers."""
    def __setitem__(self, index: Any, value: Any) -> None:
        """``input[index] = value``: in place, with broadcasting; the gradient of what is overwritten is 0."""
    def __sub__(self, other: TensorLike) -> Tensor: ...
    def __truediv__(self, other: TensorLike) -> Tensor:
        """``input / other``, elementwise; integers give the default floating dtype."""
    def __xor__(self, other: TensorLike) -> Tensor:
        """``input ^ other``, elementwise, of bools or integers."""
    def abs(self) -> Tensor:
        """Return the absolute value of each element; its slope at 0 is 0."""
    def abs_(self) -> Self:
        """In-place version of `abs`: writes the result into this tensor and returns it."""
    def absolute(self) -> Tensor:
        """Return the absolute value of each element; its slope at 0 is 0."""
    def absolute_(self) -> Self:
        """In-place version of `abs`: writes the result into this tensor and returns it."""
    def acos(self) -> Tensor:
        """Return the angle in radians whose cosine is `input`."""
    def acos_(self) -> Self:
        """In-place version of `acos`: writes the result into this tensor and returns it."""
    def acosh(self) -> Tensor:
        """Return the inverse hyperbolic cosine of each element; nan below 1."""
    def acosh_(self) -> Self:
        """In-place version of `acosh`: writes the result into this tensor and returns it."""
    def add(self, other: TensorLike, *, alpha: _float = 1) -> Tensor:
        """``input + alpha * other``, elementwise with broadcasting and type promotion."""
    def add_(self, other: TensorLike, *, alpha: _float = 1) -> Self:
        """In-place version of `add`: writes the result into this tensor and returns it."""
    def addbmm(self, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta * input + alpha *`` the sum over the batch of ``bmm(batch1, batch2)``."""
    def addbmm_(self, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In-place version of `addbmm`: writes the result into this tensor and returns it."""
    def addcdiv(self, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1) -> Tensor:
        """``input + value * tensor1 / tensor2``."""
    def addcdiv_(self, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1) -> Self:
        """In-place version of `addcdiv`: writes the result into this tensor and returns it."""
    def addcmul(self, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1) -> Tensor:
        """``input + value * tensor1 * tensor2``."""
    def addcmul_(self, tensor1: TensorLike, tensor2: TensorLike, *, value: _float = 1) -> Self:
        """In-place version of `addcmul`: writes the result into this tensor and returns it."""
    def addmm(self, mat1: TensorLike, mat2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta * input + alpha * (mat1 @ mat2)``."""
    def addmm_(self, mat1: TensorLike, mat2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In-place version of `addmm`: writes the result into this tensor and returns it."""
    def addmv(self, mat: TensorLike, vec: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta * input + alpha * (mat @ vec)``."""
    def addmv_(self, mat: TensorLike, vec: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In-place version of `addmv`: writes the result into this tensor and returns it."""
    def addr(self, vec1: TensorLike, vec2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta * input + alpha * outer(vec1, vec2)``."""
    def addr_(self, vec1: TensorLike, vec2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In-place version of `addr`: writes the result into this tensor and returns it."""
    def adjoint(self) -> Tensor:
        """Return a view with the last two dimensions exchanged."""
    def all(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
        """Return whether all elements are true (not 0), of the tensor or over the dimensions `dim`."""
    def allclose(self, other: TensorLike, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
        """Return whether `isclose` holds for all elements."""
    def amax(self, dim: _int | Sequence[_int] | None = (), keepdim: _bool = False, *, axis: _int | Sequence[_int] | None = (), keepdims: _bool = False) -> Tensor:
        """Return the largest element of all or over `dim`; nan if there is one. Ties share the gradient evenly."""
    def amin(self, dim: _int | Sequence[_int] | None = (), keepdim: _bool = False, *, axis: _int | Sequence[_int] | None = (), keepdims: _bool = False) -> Tensor:
        """Return the smallest element, of all or over the dimensions `dim`; as `amax`."""
    def aminmax(self, *, dim: _int | None = None, keepdim: _bool = False, axis: _int | None = None, keepdims: _bool = False) -> return_types.aminmax:
        """Return `amin` and `amax`, a named tuple (min, max)."""
    def angle(self) -> Tensor:
        """Return the angle of each element as a complex number: 0, or pi where it is negative. Its gradient is 0."""
    def any(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
        """Return whether at least one element is true (not 0), of the tensor or over the dimensions `dim`."""
    def apply_(self, callable: Callable[[Any], Any]) -> Self:
        """Replace each element by what a Python function makes of it; return the tensor. Slow."""
    def arccos(self) -> Tensor:
        """Return the angle in radians whose cosine is `input`."""
    def arccos_(self) -> Self:
        """In-place version of `acos`: writes the result into this tensor and returns it."""
    def arccosh(self) -> Tensor:
        """Return the inverse hyperbolic cosine of each element; nan below 1."""
    def arccosh_(self) -> Self:
        """In-place version of `acosh`: writes the result into this tensor and returns it."""
    def arcsin(self) -> Tensor:
        """Return the angle in radians whose sine is `input`."""
    def arcsin_(self) -> Self:
        """In-place version of `asin`: writes the result into this tensor and returns it."""
    def arcsinh(self) -> Tensor:
        """Return the inverse hyperbolic sine of each element."""
    def arcsinh_(self) -> Self:
        """In-place version of `asinh`: writes the result into this tensor and returns it."""
    def arctan(self) -> Tensor:
        """Return the angle in radians whose tangent is `input`."""
    def arctan2(self, other: TensorLike) -> Tensor:
        """Return the angle in radians of the point with y = `input` and x = `other`."""
    def arctan2_(self, other: TensorLike) -> Self:
        """In-place version of `atan2`: writes the result into this tensor and returns it."""
    def arctan_(self) -> Self:
        """In-place version of `atan`: writes the result into this tensor and returns it."""
    def arctanh(self) -> Tensor:
        """Return the inverse hyperbolic tangent of each element; nan beyond -1 and 1."""
    def arctanh_(self) -> Self:
        """In-place version of `atanh`: writes the result into this tensor and returns it."""
    def argmax(self, dim: _int | None = None, keepdim: _bool = False, *, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
        """Return where the largest element is, the first among ties or the first nan: in the flattened tensor, or in `dim`."""
    def argmin(self, dim: _int | None = None, keepdim: _bool = False, *, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
        """Return where the smallest element is; as `argmax`."""
    def argsort(self, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, axis: _int = -1) -> Tensor:
        """Return the indices of `sort`."""
    def argwhere(self) -> Tensor:
        """Return the indices of the elements that are not 0, one row each."""
    def as_strided(self, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None = None) -> Tensor:
        """Return a view of the memory of `input` of this size, whose elements lie these steps apart."""
    def as_strided_(self, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None = None) -> Self:
        """In-place version of `as_strided`: this tensor shows its memory in that way from now on."""
    def as_strided_scatter(self, src: TensorLike, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None = None) -> Tensor:
        """Return a copy of `input` with `src` where ``as_strided(input, size, stride, storage_offset)`` would be."""
    def asin(self) -> Tensor:
        """Return the angle in radians whose sine is `input`."""
    def asin_(self) -> Self:
        """In-place version of `asin`: writes the result into this tensor and returns it."""
    def asinh(self) -> Tensor:
        """Return the inverse hyperbolic sine of each element."""
    def asinh_(self) -> Self:
        """In-place version of `asinh`: writes the result into this tensor and returns it."""
    def atan(self) -> Tensor:
        """Return the angle in radians whose tangent is `input`."""
    def atan2(self, other: TensorLike) -> Tensor:
        """Return the angle in radians of the point with y = `input` and x = `other`."""
    def atan2_(self, other: TensorLike) -> Self:
        """In-place version of `atan2`: writes the result into this tensor and returns it."""
    def atan_(self) -> Self:
        """In-place version of `atan`: writes the result into this tensor and returns it."""
    def atanh(self) -> Tensor:
        """Return the inverse hyperbolic tangent of each element; nan beyond -1 and 1."""
    def atanh_(self) -> Self:
        """In-place version of `atanh`: writes the result into this tensor and returns it."""
    def backward(self, gradient: Tensor | None = None, retain_graph: _bool | None = None, create_graph: _bool = False, inputs: Sequence[Tensor] | Tensor | None = None) -> None:
        """Add the gradient of this tensor with respect to the leaves to their ``.grad``."""
    def baddbmm(self, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """``beta * input + alpha * bmm(batch1, batch2)``."""
    def baddbmm_(self, batch1: TensorLike, batch2: TensorLike, *, beta: _float = 1, alpha: _float = 1) -> Self:
        """In-place version of `baddbmm`: writes the result into this tensor and returns it."""
    def bernoulli(self, p: Tensor | _float | None = None, *, generator: Generator | None = None) -> Tensor:
        """Draw 1 with the given probability, else 0."""
    def bernoulli_(self, p: Tensor | _float = 0.5, *, generator: Generator | None = None) -> Self:
        """Fill with 1 with probability `p` (a number, or a Tensor that broadcasts to this one), else 0."""
    def bfloat16(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.bfloat16``."""
    def bincount(self, weights: TensorLike | None = None, minlength: _int = 0) -> Tensor:
        """Return how often 0, 1, 2, ... occur, or the sums of the weights of those that do."""
    def bitwise_and(self, other: TensorLike) -> Tensor:
        """``input & other``, elementwise, of bools or integers."""
    def bitwise_and_(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_and`: writes the result into this tensor and returns it."""
    def bitwise_left_shift(self, other: TensorLike) -> Tensor:
        """``input << other``, elementwise, of integers: times a power of two."""
    def bitwise_left_shift_(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_left_shift`: writes the result into this tensor and returns it."""
    def bitwise_not(self) -> Tensor:
        """``~input``, elementwise, of bools or integers."""
    def bitwise_not_(self) -> Self:
        """In-place version of `bitwise_not`: writes the result into this tensor and returns it."""
    def bitwise_or(self, other: TensorLike) -> Tensor:
        """``input | other``, elementwise, of bools or integers."""
    def bitwise_or_(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_or`: writes the result into this tensor and returns it."""
    def bitwise_right_shift(self, other: TensorLike) -> Tensor:
        """``input >> other``, elementwise, of integers: divided by a power of two, rounded down."""
    def bitwise_right_shift_(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_right_shift`: writes the result into this tensor and returns it."""
    def bitwise_xor(self, other: TensorLike) -> Tensor:
        """``input ^ other``, elementwise, of bools or integers."""
    def bitwise_xor_(self, other: TensorLike) -> Self:
        """In-place version of `bitwise_xor`: writes the result into this tensor and returns it."""
    def bmm(self, mat2: TensorLike) -> Tensor:
        """Return the products of two batches, of the same size, of matrices."""
    def bool(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.bool``."""
    def broadcast_to(self, shape: Sequence[_int]) -> Tensor:
        """Return a view of `input` in which new dimensions and dimensions of length 1 are repeated to `shape`."""
    def byte(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.uint8``."""
    def cauchy_(self, median: _float = 0.0, sigma: _float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill with random numbers of Cauchy's law with this median and half width at half maximum."""
    def cdouble(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.complex128``."""
    def ceil(self) -> Tensor:
        """Return the smallest integer that is not smaller, elementwise. Its gradient is 0."""
    def ceil_(self) -> Self:
        """In-place version of `ceil`: writes the result into this tensor and returns it."""
    def celu(self, alpha: _float = 1.0) -> Tensor:
        """Return `input` where positive, else ``alpha * (exp(input / alpha) - 1)`` (Barron, 2017)."""
    def cfloat(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.complex64``."""
    def char(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.int8``."""
    def cholesky(self, upper: _bool = False) -> Tensor:
        """Return `linalg.cholesky`, `upper` or not: PyTorch's old function."""
    def cholesky_inverse(self, upper: _bool = False) -> Tensor:
        """Return the inverse of ``L @ L.T``, or of ``L.T @ L`` if `upper`."""
    def cholesky_solve(self, L: TensorLike, upper: _bool = False) -> Tensor:
        """Return the X with ``A @ X = B``, given the factor `L` of `A`: ``L @ L.T``, or ``L.T @ L`` if `upper`."""
    def chunk(self, chunks: _int, dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
        """Split into at most `chunks` pieces of equal length, of which the last may be shorter."""
    def clamp(self, min: TensorLike | None = None, max: TensorLike | None = None) -> Tensor:
        """Return `input` limited to [`min`, `max`], numbers or tensors; either may be None. Gradients pass at the bounds."""
    def clamp_(self, min: TensorLike | None = None, max: TensorLike | None = None) -> Self:
        """In-place version of `clamp`: writes the result into this tensor and returns it."""
    def clamp_max(self, max: TensorLike) -> Tensor:
        """Return `input`, but at most `max`."""
    def clamp_max_(self, max: TensorLike) -> Self:
        """In-place version of `clamp_max`: writes the result into this tensor and returns it."""
    def clamp_min(self, min: TensorLike) -> Tensor:
        """Return `input`, but at least `min`."""
    def clamp_min_(self, min: TensorLike) -> Self:
        """In-place version of `clamp_min`: writes the result into this tensor and returns it."""
    def clip(self, min: TensorLike | None = None, max: TensorLike | None = None) -> Tensor:
        """Return `input` limited to [`min`, `max`], numbers or tensors; either may be None. Gradients pass at the bounds."""
    def clip_(self, min: TensorLike | None = None, max: TensorLike | None = None) -> Self:
        """In-place version of `clamp`: writes the result into this tensor and returns it."""
    def clone(self, *, memory_format: Any = None) -> Tensor:
        """Return a copy in memory of its own, through which gradients flow."""
    def conj(self) -> Tensor:
        """Return the conjugate: the tensor itself, as there are no complex numbers."""
    def conj_physical(self) -> Tensor:
        """Return the conjugate: the tensor itself, as there are no complex numbers."""
    def conj_physical_(self) -> Self:
        """In-place version of `conj_physical`: writes the result into this tensor and returns it."""
    def contiguous(self, *, memory_format: Any = ...) -> Tensor:
        """Return this tensor if its elements lie in memory in this format, by default in C order, else such a copy."""
    def copy_(self, src: Any, non_blocking: _bool = False) -> Self:
        """Copy the values of `src`, broadcast and converted, into this tensor, and return it."""
    def copysign(self, other: TensorLike) -> Tensor:
        """Return the size of `input` with the sign of `other`, elementwise; its gradient where `input` is 0 is 0."""
    def copysign_(self, other: TensorLike) -> Self:
        """In-place version of `copysign`: writes the result into this tensor and returns it."""
    def corrcoef(self) -> Tensor:
        """Return the correlations of variables, one row each: covariances over standard deviations, within -1 and 1."""
    def cos(self) -> Tensor:
        """Return the cosine of each element, in radians."""
    def cos_(self) -> Self:
        """In-place version of `cos`: writes the result into this tensor and returns it."""
    def cosh(self) -> Tensor:
        """Return the hyperbolic cosine of each element."""
    def cosh_(self) -> Self:
        """In-place version of `cosh`: writes the result into this tensor and returns it."""
    def count_nonzero(self, dim: _int | Sequence[_int] | None = None, *, axis: _int | Sequence[_int] | None = None) -> Tensor:
        """Return how many elements are not 0, int64."""
    def cov(self, *, correction: _int = 1, fweights: TensorLike | None = None, aweights: TensorLike | None = None) -> Tensor:
        """Return the covariances of variables, one row each, from their observations, one column each."""
    def cross(self, other: TensorLike, dim: _int | None = None, *, axis: _int | None = None) -> Tensor:
        """Return the cross product of the vectors of length 3 in dimension `dim`, by default the first of that length."""
    @overload
    def cummax(self, dim: _int) -> return_types.cummax:
        """Return the running maximum along `dim`, and its place: the last one among ties."""
    @overload
    def cummax(self, *, axis: _int) -> return_types.cummax: ...
    @overload
    def cummin(self, dim: _int) -> return_types.cummin:
        """Return the running minimum along `dim`, and its place: the last one among ties."""
    @overload
    def cummin(self, *, axis: _int) -> return_types.cummin: ...
    @overload
    def cumprod(self, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the product of each element and those before it in dimension `dim`. Integers and bools multiply in int64."""
    @overload
    def cumprod(self, *, dtype: DTypeLike | None = None, axis: _int) -> Tensor: ...
    def cumprod_(self, dim: _int, *, dtype: DTypeLike | None = None) -> Self:
        """In-place version of `cumprod`: writes the result into this tensor and returns it."""
    @overload
    def cumsum(self, dim: _int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Return the sum of each element and those before it in dimension `dim`. Integers and bools add up in int64."""
    @overload
    def cumsum(self, *, dtype: DTypeLike | None = None, axis: _int) -> Tensor: ...
    def cumsum_(self, dim: _int, *, dtype: DTypeLike | None = None) -> Self:
        """In-place version of `cumsum`: writes the result into this tensor and returns it."""
    def deg2rad(self) -> Tensor:
        """Return each angle, given in degrees, in radians."""
    def deg2rad_(self) -> Self:
        """In-place version of `deg2rad`: writes the result into this tensor and returns it."""
    def det(self) -> Tensor:
        """Return the determinant."""
    def diag(self, diagonal: _int = 0) -> Tensor:
        """Return the matrix with a vector on a diagonal, or a copy of that diagonal of a matrix."""
    def diag_embed(self, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
        """Return zeros with the last dimension of `input` on a diagonal of two new dimensions `dim1` and `dim2`."""
    def diagflat(self, offset: _int = 0) -> Tensor:
        """Return the matrix with all elements of `input` on a diagonal."""
    def diagonal(self, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """Return a view of the diagonal in the planes of two dimensions; it becomes the last dimension."""
    def diagonal_scatter(self, src: TensorLike, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """Return a copy of `input` with `src` in the place of ``diagonal(input, offset, dim1, dim2)``."""
    def diff(self, n: _int = 1, dim: _int = -1, prepend: TensorLike | None = None, append: TensorLike | None = None, *, axis: _int = -1) -> Tensor:
        """Return the difference of each element to the one before it in dimension `dim`; of bools, whether there is one."""
    def digamma(self) -> Tensor:
        """Return the derivative of `lgamma`, elementwise; nan at the negative integers."""
    def digamma_(self) -> Self:
        """In-place version of `digamma`: writes the result into this tensor and returns it."""
    def dist(self, other: TensorLike, p: _float = 2) -> Tensor:
        """Return the p-norm of ``input - other``."""
    def div(self, other: TensorLike, *, rounding_mode: _str | None = None) -> Tensor:
        """``input / other``, elementwise; integers give the default floating dtype."""
    def div_(self, other: TensorLike, *, rounding_mode: _str | None = None) -> Self:
        """In-place version of `div`: writes the result into this tensor and returns it."""
    def divide(self, other: TensorLike, *, rounding_mode: _str | None = None) -> Tensor:
        """``input / other``, elementwise; integers give the default floating dtype."""
    def divide_(self, other: TensorLike, *, rounding_mode: _str | None = None) -> Self:
        """In-place version of `div`: writes the result into this tensor and returns it."""
    def dot(self, tensor: TensorLike) -> Tensor:
        """Return the sum of the products of the elements of two vectors."""
    def double(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.float64``."""
    def dsplit(self, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
        """Return views that cut the third dimension into equal pieces, or at these indices."""
    def eq(self, other: TensorLike) -> Tensor:
        """``input == other``, elementwise."""
    def eq_(self, other: TensorLike) -> Self:
        """In-place version of `eq`: writes the result into this tensor and returns it."""
    def equal(self, other: TensorLike) -> _bool:
        """Return whether two tensors have the same shape and elements, as a bool."""
    def erf(self) -> Tensor:
        """Return the error function ``2 / sqrt(pi) * integral of exp(-t ** 2) from 0 to input``, elementwise."""
    def erf_(self) -> Self:
        """In-place version of `erf`: writes the result into this tensor and returns it."""
    def erfc(self) -> Tensor:
        """``1 - erf(input)``, elementwise, exact where that is tiny, too."""
    def erfc_(self) -> Self:
        """In-place version of `erfc`: writes the result into this tensor and returns it."""
    def erfinv(self) -> Tensor:
        """Return the number whose error function is `input`, elementwise; infinite at -1 and 1, nan beyond."""
    def erfinv_(self) -> Self:
        """In-place version of `erfinv`: writes the result into this tensor and returns it."""
    def exp(self) -> Tensor:
        """``e ** input``, elementwise."""
    def exp2(self) -> Tensor:
        """``2 ** input``, elementwise."""
    def exp2_(self) -> Self:
        """In-place version of `exp2`: writes the result into this tensor and returns it."""
    def exp_(self) -> Self:
        """In-place version of `exp`: writes the result into this tensor and returns it."""
    def expand(self, *sizes: SupportsIndex | Sequence[SupportsIndex]) -> Tensor:
        """Call `broadcast_to` with the lengths as one argument or several."""
    def expand_as(self, other: Tensor) -> Tensor:
        """Broadcast to the shape of `other`."""
    def expm1(self) -> Tensor:
        """``exp(input) - 1``, exact near 0 too."""
    def expm1_(self) -> Self:
        """In-place version of `expm1`: writes the result into this tensor and returns it."""
    def exponential_(self, lambd: _float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill with exponentially distributed random numbers of mean ``1 / lambd``."""
    def fill_(self, value: Any) -> Self:
        """Set all elements to `value`, a number or a 0-dim tensor, and return this tensor."""
    def fill_diagonal_(self, fill_value: Any, wrap: _bool = False) -> Self:
        """Set the elements whose indices are all equal to `fill_value`; return the tensor."""
    def fix(self) -> Tensor:
        """Return the integer part, elementwise. Its gradient is 0."""
    def fix_(self) -> Self:
        """In-place version of `trunc`: writes the result into this tensor and returns it."""
    def flatten(self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """Return the dimensions from `start_dim` to `end_dim`, both included, made one."""
    def flip(self, *along: SupportsIndex | Sequence[SupportsIndex], dims: Any = None) -> Tensor:
        """Return a copy with the order along `dims`, one argument or several, reversed."""
    def fliplr(self) -> Tensor:
        """Return a copy with the columns in reversed order."""
    def flipud(self) -> Tensor:
        """Return a copy with the rows in reversed order."""
    def float(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.float32``."""
    def float_power(self, exponent: TensorLike) -> Tensor:
        """``input ** exponent``, elementwise, in float64."""
    def float_power_(self, exponent: TensorLike) -> Self:
        """Write `float_power` into this tensor, which must be of float64."""
    def floor(self) -> Tensor:
        """Return the largest integer that is not larger, elementwise. Its gradient is 0."""
    def floor_(self) -> Self:
        """In-place version of `floor`: writes the result into this tensor and returns it."""
    def floor_divide(self, other: TensorLike) -> Tensor:
        """Return the quotient rounded down, elementwise. Its gradient is 0."""
    def floor_divide_(self, other: TensorLike) -> Self:
        """In-place version of `floor_divide`: writes the result into this tensor and returns it."""
    def fmax(self, other: TensorLike) -> Tensor:
        """Return the larger of two, elementwise; where one is nan, the other. A tie counts for `input`."""
    def fmin(self, other: TensorLike) -> Tensor:
        """Return the smaller of two, elementwise; where one is nan, the other. A tie counts for `input`."""
    def fmod(self, other: TensorLike) -> Tensor:
        """``input - trunc(input / other) * other``, elementwise: takes the sign of `input`."""
    def fmod_(self, other: TensorLike) -> Self:
        """In-place version of `fmod`: writes the result into this tensor and returns it."""
    def frac(self) -> Tensor:
        """``input - trunc(input)``, elementwise."""
    def frac_(self) -> Self:
        """In-place version of `frac`: writes the result into this tensor and returns it."""
    def frexp(self) -> return_types.frexp:
        """Return the mantissa, in [1/2, 1), and the exponent, int32, of each element: ``mantissa * 2 ** exponent``."""
    @overload
    def gather(self, dim: _int, index: TensorLike, *, sparse_grad: _bool = False) -> Tensor:
        """``out[i, j, k] = input[index[i, j, k], j, k]`` for `dim` 0, and so on for the others."""
    @overload
    def gather(self, index: TensorLike, *, sparse_grad: _bool = False, axis: _int) -> Tensor: ...
    def gcd(self, other: TensorLike) -> Tensor:
        """Return the greatest common divisor of two integers, elementwise; of 0 and n it is the absolute value of n."""
    def gcd_(self, other: TensorLike) -> Self:
        """In-place version of `gcd`: writes the result into this tensor and returns it."""
    def ge(self, other: TensorLike) -> Tensor:
        """``input >= other``, elementwise."""
    def ge_(self, other: TensorLike) -> Self:
        """In-place version of `ge`: writes the result into this tensor and returns it."""
    def geometric_(self, p: _float, *, generator: Generator | None = None) -> Self:
        """Fill with the numbers of throws until the first success, of probability `p` each: 1, 2, ..."""
    def geqrf(self) -> GEQRF:
        """Return R above the diagonal and the vectors of reflections below it, and their factors: LAPACK's ``geqrf``."""
    def ger(self, vec2: TensorLike) -> Tensor:
        """Return the matrix of the products of all pairs of elements of two vectors."""
    def greater(self, other: TensorLike) -> Tensor:
        """``input > other``, elementwise."""
    def greater_(self, other: TensorLike) -> Self:
        """In-place version of `gt`: writes the result into this tensor and returns it."""
    def greater_equal(self, other: TensorLike) -> Tensor:
        """``input >= other``, elementwise."""
    def greater_equal_(self, other: TensorLike) -> Self:
        """In-place version of `ge`: writes the result into this tensor and returns it."""
    def gt(self, other: TensorLike) -> Tensor:
        """``input > other``, elementwise."""
    def gt_(self, other: TensorLike) -> Self:
        """In-place version of `gt`: writes the result into this tensor and returns it."""
    def half(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.float16``."""
    def hardshrink(self, lambd: _float = 0.5) -> Tensor:
        """Return `input`, but 0 within [-lambd, lambd]."""
    def heaviside(self, values: TensorLike) -> Tensor:
        """Return 0 where `input` is negative or nan, 1 where it is positive, and `values` where it is 0. No gradient."""
    def heaviside_(self, values: TensorLike) -> Self:
        """In-place version of `heaviside`: writes the result into this tensor and returns it."""
    def histc(self, bins: _int = 100, min: _float = 0, max: _float = 0) -> Tensor:
        """Return how many elements lie in each of `bins` equal parts of [min, max], which includes both ends."""
    def histogram(self, bins: _int | TensorLike, *, range: Sequence[_float] | None = None, weight: TensorLike | None = None, density: _bool = False) -> Histogram:
        """Return how many elements lie in each bin, or the sum of their weights, and the bounds of the bins."""
    def hsplit(self, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
        """Return views that cut the columns into equal pieces, or at these indices; a vector is cut in its only dimension."""
    def hypot(self, other: TensorLike) -> Tensor:
        """``sqrt(input ** 2 + other ** 2)``, elementwise."""
    def hypot_(self, other: TensorLike) -> Self:
        """In-place version of `hypot`: writes the result into this tensor and returns it."""
    def i0(self) -> Tensor:
        """Return the modified Bessel function of the first kind of order 0, elementwise."""
    def i0_(self) -> Self:
        """In-place version of `i0`: writes the result into this tensor and returns it."""
    def igamma(self, other: TensorLike) -> Tensor:
        """Return the lower incomplete gamma function, divided by ``gamma(input)``, elementwise."""
    def igamma_(self, other: TensorLike) -> Self:
        """In-place version of `igamma`: writes the result into this tensor and returns it."""
    def igammac(self, other: TensorLike) -> Tensor:
        """Return ``1 - igamma(input, other)``, elementwise, exact where that is tiny, too."""
    def igammac_(self, other: TensorLike) -> Self:
        """In-place version of `igammac`: writes the result into this tensor and returns it."""
    @overload
    def index_add(self, dim: _int, index: TensorLike, source: TensorLike, *, alpha: _float = 1) -> Tensor:
        """Return `input` with ``alpha * source`` added to the slices of `dim` at `index`, repeatedly where it repeats."""
    @overload
    def index_add(self, index: TensorLike, source: TensorLike, *, alpha: _float = 1, axis: _int) -> Tensor: ...
    def index_add_(self, dim: _int, index: TensorLike, source: TensorLike, *, alpha: _float = 1) -> Self:
        """In-place version of `index_add`: writes the result into this tensor and returns it."""
    @overload
    def index_copy(self, dim: _int, index: TensorLike, source: TensorLike) -> Tensor:
        """Return `input` with the slices of dimension `dim` at `index` replaced by those of `source`."""
    @overload
    def index_copy(self, index: TensorLike, source: TensorLike, *, axis: _int) -> Tensor: ...
    def index_copy_(self, dim: _int, index: TensorLike, source: TensorLike) -> Self:
        """In-place version of `index_copy`: writes the result into this tensor and returns it."""
    @overload
    def index_fill(self, dim: _int, index: TensorLike, value: Any) -> Tensor:
        """Return `input` with the slices of dimension `dim` at `index` set to `value`, a number or a 0-dim tensor."""
    @overload
    def index_fill(self, index: TensorLike, value: Any, *, axis: _int) -> Tensor: ...
    def index_fill_(self, dim: _int, index: TensorLike, value: Any) -> Self:
        """In-place version of `index_fill`: writes the result into this tensor and returns it."""
    def index_put(self, indices: Sequence[Any], values: TensorLike, accumulate: _bool = False) -> Tensor:
        """Return `input` with `values`, broadcast, at ``input[indices]``."""
    def index_put_(self, indices: Sequence[Any], values: TensorLike, accumulate: _bool = False) -> Self:
        """In-place version of `index_put`: writes the result into this tensor and returns it."""
    @overload
    def index_reduce(self, dim: _int, index: TensorLike, source: TensorLike, reduce: _str, *, include_self: _bool = True) -> Tensor:
        """Reduce the slices of `source` into those of dimension `dim` of `input` at the indices `index`."""
    @overload
    def index_reduce(self, index: TensorLike, source: TensorLike, reduce: _str, *, include_self: _bool = True, axis: _int) -> Tensor: ...
    def index_reduce_(self, dim: _int, index: TensorLike, source: TensorLike, reduce: _str, *, include_self: _bool = True) -> Self:
        """In-place version of `index_reduce`: writes the result into this tensor and returns it."""
    @overload
    def index_select(self, dim: _int, index: TensorLike) -> Tensor:
        """Return the slices of dimension `dim` at the indices `index`, which may repeat."""
    @overload
    def index_select(self, index: TensorLike, *, axis: _int) -> Tensor: ...
    def inner(self, other: TensorLike) -> Tensor:
        """Return the sums of products over the last dimensions of both."""
    def int(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.int32``."""
    def inverse(self) -> Tensor:
        """Return the inverse matrix; `solve` is quicker and more exact where it is multiplied with something."""
    def is_same_size(self, other: Tensor) -> _bool:
        """Return whether both tensors have the same shape."""
    def is_set_to(self, tensor: Tensor) -> _bool:
        """Return whether both tensors show the same memory in the same way."""
    def isclose(self, other: TensorLike, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
        """``|input - other| <= atol + rtol * |other|``, elementwise."""
    def isfinite(self) -> Tensor:
        """Return whether each element is neither infinite nor nan."""
    def isinf(self) -> Tensor:
        """Return whether each element is plus or minus infinity."""
    def isnan(self) -> Tensor:
        """Return whether each element is not a number."""
    def isneginf(self) -> Tensor:
        """Return whether each element is minus infinity."""
    def isposinf(self) -> Tensor:
        """Return whether each element is plus infinity."""
    def isreal(self) -> Tensor:
        """Return whether each element is a real number: True, as there are no others."""
    def kron(self, other: TensorLike) -> Tensor:
        """Return the Kronecker product: every element of `input` times all of `other`, as blocks."""
    def kthvalue(self, k: _int, dim: _int = -1, keepdim: _bool = False, *, axis: _int = -1, keepdims: _bool = False) -> return_types.kthvalue:
        """Return the `k`-th smallest element along `dim`, counted from 1, and where it is."""
    def lcm(self, other: TensorLike) -> Tensor:
        """Return the least common multiple of two integers, elementwise; 0 if one is 0."""
    def lcm_(self, other: TensorLike) -> Self:
        """In-place version of `lcm`: writes the result into this tensor and returns it."""
    def ldexp(self, other: TensorLike) -> Tensor:
        """``input * 2 ** other``, elementwise."""
    def ldexp_(self, other: TensorLike) -> Self:
        """In-place version of `ldexp`: writes the result into this tensor and returns it."""
    def le(self, other: TensorLike) -> Tensor:
        """``input <= other``, elementwise."""
    def le_(self, other: TensorLike) -> Self:
        """In-place version of `le`: writes the result into this tensor and returns it."""
    def lerp(self, end: TensorLike, weight: TensorLike) -> Tensor:
        """``input + weight * (end - input)``: linear interpolation, which is exactly `end` where `weight` is 1."""
    def lerp_(self, end: TensorLike, weight: TensorLike) -> Self:
        """In-place version of `lerp`: writes the result into this tensor and returns it."""
    def less(self, other: TensorLike) -> Tensor:
        """``input < other``, elementwise."""
    def less_(self, other: TensorLike) -> Self:
        """In-place version of `lt`: writes the result into this tensor and returns it."""
    def less_equal(self, other: TensorLike) -> Tensor:
        """``input <= other``, elementwise."""
    def less_equal_(self, other: TensorLike) -> Self:
        """In-place version of `le`: writes the result into this tensor and returns it."""
    def lgamma(self) -> Tensor:
        """Return the natural logarithm of the absolute value of the gamma function, elementwise; inf at 0, -1, -2, ..."""
    def lgamma_(self) -> Self:
        """In-place version of `lgamma`: writes the result into this tensor and returns it."""
    def log(self) -> Tensor:
        """Return the natural logarithm of each element; -inf of 0, nan of negative numbers."""
    def log10(self) -> Tensor:
        """Return the logarithm to base 10 of each element."""
    def log10_(self) -> Self:
        """In-place version of `log10`: writes the result into this tensor and returns it."""
    def log1p(self) -> Tensor:
        """``log(1 + input)``, exact near 0 too."""
    def log1p_(self) -> Self:
        """In-place version of `log1p`: writes the result into this tensor and returns it."""
    def log2(self) -> Tensor:
        """Return the logarithm to base 2 of each element."""
    def log2_(self) -> Self:
        """In-place version of `log2`: writes the result into this tensor and returns it."""
    def log_(self) -> Self:
        """In-place version of `log`: writes the result into this tensor and returns it."""
    def log_normal_(self, mean: _float = 1.0, std: _float = 2.0, *, generator: Generator | None = None) -> Self:
        """Fill with random numbers whose logarithm has this mean and standard deviation, normally distributed."""
    def log_softmax(self, dim: _int | None = None, dtype: DTypeLike | None = None, *, axis: _int | None = None) -> Tensor:
        """``log(softmax(input, dim))``, finite where that would be log(0). Parameters as for `softmax`."""
    def logaddexp(self, other: TensorLike) -> Tensor:
        """``log(exp(input) + exp(other))`` without overflow."""
    def logaddexp2(self, other: TensorLike) -> Tensor:
        """``log2(2 ** input + 2 ** other)`` without overflow."""
    @overload
    def logcumsumexp(self, dim: _int) -> Tensor:
        """``log(cumsum(exp(input)))`` without overflow."""
    @overload
    def logcumsumexp(self, *, axis: _int) -> Tensor: ...
    def logdet(self) -> Tensor:
        """Return the logarithm of the determinant: NaN where that is negative."""
    def logical_and(self, other: TensorLike) -> Tensor:
        """Return whether both are true (not 0), elementwise."""
    def logical_and_(self, other: TensorLike) -> Self:
        """In-place version of `logical_and`: writes the result into this tensor and returns it."""
    def logical_not(self) -> Tensor:
        """Return whether each element is 0."""
    def logical_not_(self) -> Self:
        """In-place version of `logical_not`: writes the result into this tensor and returns it."""
    def logical_or(self, other: TensorLike) -> Tensor:
        """Return whether at least one is true (not 0), elementwise."""
    def logical_or_(self, other: TensorLike) -> Self:
        """In-place version of `logical_or`: writes the result into this tensor and returns it."""
    def logical_xor(self, other: TensorLike) -> Tensor:
        """Return whether exactly one is true (not 0), elementwise."""
    def logical_xor_(self, other: TensorLike) -> Self:
        """In-place version of `logical_xor`: writes the result into this tensor and returns it."""
    def logit(self, eps: _float | None = None) -> Tensor:
        """``log(input / (1 - input))``: the inverse of `sigmoid`; with `eps`, of input clamped to [eps, 1 - eps]."""
    def logit_(self, eps: _float | None = None) -> Self:
        """In-place version of `logit`: writes the result into this tensor and returns it."""
    @overload
    def logsumexp(self, dim: _int | Sequence[_int], keepdim: _bool = False) -> Tensor:
        """``log(sum(exp(input)))`` over the dimensions `dim`, without overflow."""
    @overload
    def logsumexp(self, *, axis: _int | Sequence[_int], keepdims: _bool = False) -> Tensor: ...
    def long(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.int64``."""
    def lt(self, other: TensorLike) -> Tensor:
        """``input < other``, elementwise."""
    def lt_(self, other: TensorLike) -> Self:
        """In-place version of `lt`: writes the result into this tensor and returns it."""
    def lu(self, pivot: _bool = True, get_infos: _bool = False) -> tuple[Tensor, ...]:
        """Return `linalg.lu_factor`, with `get_infos` also where a pivot is 0: PyTorch's old name."""
    def lu_solve(self, LU_data: TensorLike, LU_pivots: Tensor) -> Tensor:
        """Return ``linalg.lu_solve(LU_data, LU_pivots, b)``: PyTorch's old order."""
    @property
    def mH(self) -> Tensor: ...
    @property
    def mT(self) -> Tensor: ...
    def map2_(self, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Self:
        """Replace each element by what a Python function makes of it and of those of `x` and `y`. Slow."""
    def map_(self, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Self:
        """Replace each element by what a Python function makes of it and of that of `tensor`; return the tensor. Slow."""
    def masked_fill(self, mask: TensorLike, value: Any) -> Tensor:
        """Return `input` with `value` where `mask` is true."""
    def masked_fill_(self, mask: TensorLike, value: Any) -> Self:
        """In-place version of `masked_fill`: writes the result into this tensor and returns it."""
    def masked_scatter(self, mask: TensorLike, source: TensorLike) -> Tensor:
        """Return `input` with the first elements of `source` at the places, in order, where `mask` is true."""
    def masked_scatter_(self, mask: TensorLike, source: TensorLike) -> Self:
        """In-place version of `masked_scatter`: writes the result into this tensor and returns it."""
    def masked_select(self, mask: TensorLike) -> Tensor:
        """Return the elements where `mask` is true, in one dimension. The two are broadcast."""
    def matmul(self, other: TensorLike) -> Tensor:
        """Return the matrix product, ``input @ other``."""
    def matrix_exp(self) -> Tensor:
        """Return the exponential of square matrices, ``1 + A + A @ A / 2 + ...``, by scaling and squaring (Higham, 2005)."""
    def matrix_power(self, n: _int) -> Tensor:
        """Return the product of `n` times the matrix; of its inverse for negative `n`."""
    @overload
    def max(self, dim: None = None) -> Tensor:
        """Return the largest element; with `dim` the largest in that dimension and its places; with a tensor, `maximum`."""
    @overload
    def max(self, dim: _int, keepdim: _bool = False) -> return_types.max: ...
    @overload
    def max(self, *, axis: _int, keepdims: _bool = False) -> return_types.max: ...
    @overload
    def max(self, *, other: TensorLike) -> Tensor: ...
    @overload
    def max(self, dim: Tensor) -> Tensor: ...
    def maximum(self, other: TensorLike) -> Tensor:
        """Return the larger of two, elementwise; nan if one is. At a tie each gets half of the gradient."""
    def mean(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
        """Return the mean of all elements, or over the dimensions `dim`. Of no elements it is nan."""
    @overload
    def median(self, dim: None = None) -> Tensor:
        """Return the middle element, the lower one of two; nan if there is one."""
    @overload
    def median(self, dim: _int, keepdim: _bool = False) -> return_types.median: ...
    @overload
    def median(self, *, axis: _int, keepdims: _bool = False) -> return_types.median: ...
    @overload
    def min(self, dim: None = None) -> Tensor:
        """Return the smallest element; with `dim` the smallest in that dimension and its places; with a tensor, `minimum`."""
    @overload
    def min(self, dim: _int, keepdim: _bool = False) -> return_types.min: ...
    @overload
    def min(self, *, axis: _int, keepdims: _bool = False) -> return_types.min: ...
    @overload
    def min(self, *, other: TensorLike) -> Tensor: ...
    @overload
    def min(self, dim: Tensor) -> Tensor: ...
    def minimum(self, other: TensorLike) -> Tensor:
        """Return the smaller of two, elementwise; nan if one is. At a tie each gets half of the gradient."""
    def mm(self, mat2: TensorLike) -> Tensor:
        """Return the product of two matrices."""
    def mode(self, dim: _int = -1, keepdim: _bool = False, *, axis: _int = -1, keepdims: _bool = False) -> return_types.mode:
        """Return the element that occurs most often along `dim`, of several the smallest, and its last place."""
    def moveaxis(self, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
        """Return a view with the dimensions at `source` moved to `destination`, the others in their order."""
    def movedim(self, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
        """Return a view with the dimensions at `source` moved to `destination`, the others in their order."""
    def msort(self) -> Tensor:
        """Return the values of `sort` along the first dimension."""
    def mul(self, other: TensorLike) -> Tensor:
        """``input * other``, elementwise with broadcasting and type promotion."""
    def mul_(self, other: TensorLike) -> Self:
        """In-place version of `mul`: writes the result into this tensor and returns it."""
    def multinomial(self, num_samples: _int, replacement: _bool = False, *, generator: Generator | None = None) -> Tensor:
        """Return indices drawn with probabilities proportional to the weights in each row."""
    def multiply(self, other: TensorLike) -> Tensor:
        """``input * other``, elementwise with broadcasting and type promotion."""
    def multiply_(self, other: TensorLike) -> Self:
        """In-place version of `mul`: writes the result into this tensor and returns it."""
    def mv(self, vec: TensorLike) -> Tensor:
        """Return the product of a matrix and a vector."""
    def mvlgamma(self, p: _int) -> Tensor:
        """Return the logarithm of the multivariate gamma function of dimension `p`, elementwise."""
    def mvlgamma_(self, p: _int) -> Self:
        """In-place version of `mvlgamma`: writes the result into this tensor and returns it."""
    def nan_to_num(self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
        """Return `input` with nan and infinities replaced; infinities by the largest finite numbers unless given."""
    def nan_to_num_(self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Self:
        """In-place version of `nan_to_num`: writes the result into this tensor and returns it."""
    def nanmean(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
        """Return `mean` of the elements that are not nan."""
    @overload
    def nanmedian(self, dim: None = None) -> Tensor:
        """Return `median` of the elements that are not nan."""
    @overload
    def nanmedian(self, dim: _int, keepdim: _bool = False) -> return_types.nanmedian: ...
    @overload
    def nanmedian(self, *, axis: _int, keepdims: _bool = False) -> return_types.nanmedian: ...
    def nanquantile(self, q: _float | TensorLike, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', axis: _int | None = None, keepdims: _bool = False) -> Tensor:
        """Return `quantile` of the elements that are numbers; nan where there is none."""
    def nansum(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
        """Return `sum` of the elements that are not nan."""
    @overload
    def narrow(self, dim: _int, start: _int, length: _int) -> Tensor:
        """Return the slice of dimension `dim` from `start` on, of the given length: a view."""
    @overload
    def narrow(self, start: _int, length: _int, *, axis: _int) -> Tensor: ...
    @overload
    def narrow_copy(self, dim: _int, start: _int, length: _int) -> Tensor:
        """Return a copy of what ``narrow`` shows."""
    @overload
    def narrow_copy(self, start: _int, length: _int, *, axis: _int) -> Tensor: ...
    def ne(self, other: TensorLike) -> Tensor:
        """``input != other``, elementwise."""
    def ne_(self, other: TensorLike) -> Self:
        """In-place version of `ne`: writes the result into this tensor and returns it."""
    def neg(self) -> Tensor:
        """``-input``, elementwise."""
    def neg_(self) -> Self:
        """In-place version of `neg`: writes the result into this tensor and returns it."""
    def negative(self) -> Tensor:
        """``-input``, elementwise."""
    def negative_(self) -> Self:
        """In-place version of `neg`: writes the result into this tensor and returns it."""
    def new(self, *data: Any, dtype: Any = None, device: Any = None) -> Tensor:
        """Return `data`, or a tensor of lengths `data` that holds anything, of this tensor's dtype: as old scripts do."""
    def new_empty(self, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        """`empty` of this tensor's dtype, unless another is given."""
    def new_empty_strided(self, size: Sequence[SupportsIndex], stride: Sequence[SupportsIndex], *, dtype: Any = None, **options: Any) -> Tensor:
        """Return a tensor of this size, these steps in memory and this tensor's dtype, with whatever the memory held."""
    def new_full(self, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        """`full` of this tensor's dtype, unless another is given."""
    def new_ones(self, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        """`ones` of this tensor's dtype, unless another is given."""
    def new_tensor(self, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        """`tensor` of this tensor's dtype, unless another is given."""
    def new_zeros(self, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        """`zeros` of this tensor's dtype, unless another is given."""
    def nextafter(self, other: TensorLike) -> Tensor:
        """Return the next number that the dtype has behind `input` on the way to `other`, elementwise."""
    def nextafter_(self, other: TensorLike) -> Self:
        """In-place version of `nextafter`: writes the result into this tensor and returns it."""
    @overload
    def nonzero(self, *, as_tuple: Literal[False] = False) -> Tensor:
        """Return the indices of the elements that are not 0: one row each, or with `as_tuple` a tensor for each dimension."""
    @overload
    def nonzero(self, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...
    @overload
    def nonzero(self, *, as_tuple: _bool = False) -> Tensor | tuple[Tensor, ...]: ...
    def nonzero_static(self, *, size: _int, fill_value: _int = -1) -> Tensor:
        """Return the first `size` rows of `nonzero`, followed by rows of `fill_value` if there are fewer."""
    def norm(self, p: _float | _str | None = 'fro', dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
        """Return the p-norm of all elements, or over the dimensions `dim`; its gradient at 0 is 0."""
    def normal_(self, mean: _float = 0.0, std: _float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill with normally distributed random numbers."""
    def not_equal(self, other: TensorLike) -> Tensor:
        """``input != other``, elementwise."""
    def not_equal_(self, other: TensorLike) -> Self:
        """In-place version of `ne`: writes the result into this tensor and returns it."""
    def orgqr(self, tau: TensorLike) -> Tensor:
        """Return the first n columns of the product of the reflections ``1 - tau[i] v v.T``, v being below column i."""
    def ormqr(self, tau: TensorLike, other: TensorLike, left: _bool = True, transpose: _bool = False) -> Tensor:
        """Return the product of the reflections that `geqrf` gives with `other`; from the right if `left` is False."""
    def outer(self, vec2: TensorLike) -> Tensor:
        """Return the matrix of the products of all pairs of elements of two vectors."""
    def permute(self, *dims: SupportsIndex | Sequence[SupportsIndex]) -> Tensor:
        """Return a view with the dimensions in another order, given as one argument or several."""
    def pinverse(self, rtol: Any = None, hermitian: _bool = False, *, atol: Any = None) -> Tensor:
        """Return the pseudo-inverse (Moore, 1920; Penrose, 1955)."""
    def polygamma(self, n: _int) -> Tensor:
        """Return the derivative of order `n` of `digamma`, elementwise."""
    def polygamma_(self, n: _int) -> Self:
        """In-place version of `_polygamma`: writes the result into this tensor and returns it."""
    def positive(self) -> Tensor:
        """``+input``: the tensor itself."""
    def pow(self, exponent: TensorLike) -> Tensor:
        """``input ** exponent``, elementwise. ``x ** 0`` has gradient 0 everywhere."""
    def pow_(self, exponent: TensorLike) -> Self:
        """In-place version of `pow`: writes the result into this tensor and returns it."""
    def prelu(self, weight: TensorLike) -> Tensor:
        """`leaky_relu` with learned slopes: one, or one per channel (dimension 1) (He et al., 2015)."""
    def prod(self, dim: _int | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | None = None, keepdims: _bool = False) -> Tensor:
        """Return the product of all elements, or over the dimension `dim`. Integers and bools multiply in int64."""
    def put(self, index: TensorLike, source: TensorLike, accumulate: _bool = False) -> Tensor:
        """Return a copy of `input` with the elements of `source` at the places `index`, counted in C order."""
    def put_(self, index: TensorLike, source: TensorLike, accumulate: _bool = False) -> Self:
        """In-place version of `put`: writes the result into this tensor and returns it."""
    def qr(self, some: _bool = True) -> QR:
        """Return `linalg.qr`: complete, unless `some`."""
    def quantile(self, q: _float | TensorLike, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', axis: _int | None = None, keepdims: _bool = False) -> Tensor:
        """Return the value below which a share `q` of the elements lies, of all or along `dim`; nan where there is one."""
    def rad2deg(self) -> Tensor:
        """Return each angle, given in radians, in degrees."""
    def rad2deg_(self) -> Self:
        """In-place version of `rad2deg`: writes the result into this tensor and returns it."""
    def random_(self, *bounds: _int | None, generator: Generator | None = None) -> Self:
        """Fill with random integers: ``random_(to)`` below `to`, ``random_(from, to)`` from `from` to ``to - 1``."""
    def ravel(self) -> Tensor:
        """Return all elements in one dimension, next to one another in memory: a view, or else a copy."""
    @property
    def real(self) -> Tensor: ...
    def reciprocal(self) -> Tensor:
        """``1 / input``, elementwise."""
    def reciprocal_(self) -> Self:
        """In-place version of `reciprocal`: writes the result into this tensor and returns it."""
    def relu(self) -> Tensor:
        """``max(input, 0)``, elementwise; its slope at 0 is 0."""
    def relu_(self) -> Self:
        """In-place version of `relu`: writes the result into this tensor and returns it."""
    def remainder(self, other: TensorLike) -> Tensor:
        """``input - floor(input / other) * other``, elementwise: takes the sign of `other`."""
    def remainder_(self, other: TensorLike) -> Self:
        """In-place version of `remainder`: writes the result into this tensor and returns it."""
    @overload
    def renorm(self, p: _float, dim: _int, maxnorm: _float) -> Tensor:
        """Return `input` with each slice of dimension `dim` whose p-norm exceeds `maxnorm` scaled down to it."""
    @overload
    def renorm(self, p: _float, maxnorm: _float, *, axis: _int) -> Tensor: ...
    def renorm_(self, p: _float, dim: _int, maxnorm: _float) -> Self:
        """In-place version of `renorm`: writes the result into this tensor and returns it."""
    def repeat(self, *repeats: SupportsIndex | Sequence[SupportsIndex]) -> Tensor:
        """Repeat this tensor the given times along each dimension; more numbers than dimensions add ones in front."""
    def repeat_interleave(self, repeats: Any = None, dim: _int | None = None, *, output_size: _int | None = None, axis: _int | None = None) -> Tensor:
        """Repeat each element, or slice of `dim`, in its place; given `repeats` alone, each index so many times."""
    def reshape(self, *shape: SupportsIndex | Sequence[SupportsIndex]) -> Tensor:
        """Return the same elements in another shape, one argument or several; one length may be -1, for the rest."""
    def reshape_as(self, other: Tensor) -> Tensor:
        """Return the same elements in the shape of `other`."""
    def resize_(self, *sizes: SupportsIndex | Sequence[SupportsIndex], memory_format: Any = None) -> Self:
        """Give this tensor another shape: the elements stay in the order of memory, further ones hold anything."""
    def resize_as_(self, other: Tensor, memory_format: Any = None) -> Self:
        """Give this tensor the shape of `other`; see `resize_`."""
    def resolve_conj(self) -> Tensor:
        """Carry out a conjugation that waits: the tensor itself, as there are no complex numbers."""
    def resolve_neg(self) -> Tensor:
        """Carry out a negation that waits: the tensor itself, as there are no complex numbers."""
    def roll(self, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] | None = None) -> Tensor:
        """Return a copy shifted along `dims`; what leaves at one end comes in at the other. Without `dims` as if flattened."""
    def rot90(self, k: _int = 1, dims: Sequence[_int] = (0, 1)) -> Tensor:
        """Return a copy turned by `k` quarter turns, from the first of two dimensions to the second."""
    def round(self, decimals: _int = 0) -> Tensor:
        """Return the nearest number with `decimals` decimals; halves go to the even one. Its gradient is 0."""
    def round_(self, decimals: _int = 0) -> Self:
        """In-place version of `round`: writes the result into this tensor and returns it."""
    def rsqrt(self) -> Tensor:
        """``1 / sqrt(input)``, elementwise."""
    def rsqrt_(self) -> Self:
        """In-place version of `rsqrt`: writes the result into this tensor and returns it."""
    @overload
    def scatter(self, dim: _int, index: TensorLike, src: TensorLike | None = None, *, value: Any = None, reduce: _str | None = None) -> Tensor:
        """Return `input` with ``out[index[i, j, k], j, k] = src[i, j, k]`` for `dim` 0, and so on for the others."""
    @overload
    def scatter(self, index: TensorLike, src: TensorLike | None = None, *, value: Any = None, reduce: _str | None = None, axis: _int) -> Tensor: ...
    def scatter_(self, dim: _int, index: TensorLike, src: TensorLike | None = None, *, value: Any = None, reduce: _str | None = None) -> Self:
        """In-place version of `scatter`: writes the result into this tensor and returns it."""
    @overload
    def scatter_add(self, dim: _int, index: TensorLike, src: TensorLike) -> Tensor:
        """Return `input` with ``out[index[i, j, k], j, k] += src[i, j, k]`` for `dim` 0, repeatedly where an index repeats."""
    @overload
    def scatter_add(self, index: TensorLike, src: TensorLike, *, axis: _int) -> Tensor: ...
    def scatter_add_(self, dim: _int, index: TensorLike, src: TensorLike) -> Self:
        """In-place version of `scatter_add`: writes the result into this tensor and returns it."""
    @overload
    def scatter_reduce(self, dim: _int, index: TensorLike, src: TensorLike, reduce: _str, *, include_self: _bool = True) -> Tensor:
        """Reduce ``src[i, j, k]`` into ``out[index[i, j, k], j, k]`` for `dim` 0, starting with `input`."""
    @overload
    def scatter_reduce(self, index: TensorLike, src: TensorLike, reduce: _str, *, include_self: _bool = True, axis: _int) -> Tensor: ...
    def scatter_reduce_(self, dim: _int, index: TensorLike, src: TensorLike, reduce: _str, *, include_self: _bool = True) -> Self:
        """In-place version of `scatter_reduce`: writes the result into this tensor and returns it."""
    @overload
    def select(self, dim: _int, index: _int) -> Tensor:
        """Return the slice of dimension `dim` at `index`: a view without that dimension."""
    @overload
    def select(self, index: _int, *, axis: _int) -> Tensor: ...
    @overload
    def select_scatter(self, src: TensorLike, dim: _int, index: _int) -> Tensor:
        """Return a copy of `input` with `src` in the place of ``select(input, dim, index)``."""
    @overload
    def select_scatter(self, src: TensorLike, index: _int, *, axis: _int) -> Tensor: ...
    def selu(self) -> Tensor:
        """`elu` scaled so that activations keep mean 0 and variance 1 (Klambauer et al., 2017)."""
    def set_(self, source: Tensor | Storage | None = None, storage_offset: _int = 0, size: Sequence[SupportsIndex] | None = None, stride: Sequence[SupportsIndex] | None = None) -> Self:
        """Make this tensor show the memory of `source`, or nothing without one; return it."""
    def sgn(self) -> Tensor:
        """Return the sign of each element, as `sign` does: complex numbers, for which it is another, do not exist here."""
    def sgn_(self) -> Self:
        """In-place version of `sgn`: writes the result into this tensor and returns it."""
    def short(self, memory_format: Any = None) -> Tensor:
        """This tensor as ``minigrad.int16``."""
    def sigmoid(self) -> Tensor:
        """``1 / (1 + exp(-input))``, elementwise, without overflow and exact to the last bits in both tails."""
    def sigmoid_(self) -> Self:
        """In-place version of `sigmoid`: writes the result into this tensor and returns it."""
    def sign(self) -> Tensor:
        """Return the sign of each element: -1, 0 or 1; 0 of nan. Its gradient is 0."""
    def sign_(self) -> Self:
        """In-place version of `sign`: writes the result into this tensor and returns it."""
    def signbit(self) -> Tensor:
        """Return whether each element is below 0, or -0."""
    def sin(self) -> Tensor:
        """Return the sine of each element, in radians."""
    def sin_(self) -> Self:
        """In-place version of `sin`: writes the result into this tensor and returns it."""
    def sinc(self) -> Tensor:
        """``sin(pi * input) / (pi * input)``, elementwise; 1 at 0. Its derivatives of every order are exact there, too."""
    def sinc_(self) -> Self:
        """In-place version of `sinc`: writes the result into this tensor and returns it."""
    def sinh(self) -> Tensor:
        """Return the hyperbolic sine of each element."""
    def sinh_(self) -> Self:
        """In-place version of `sinh`: writes the result into this tensor and returns it."""
    def slice_scatter(self, src: TensorLike, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1, *, axis: _int = 0) -> Tensor:
        """Return a copy of `input` with `src` in the place of the elements from `start` to `end` of dimension `dim`."""
    def slogdet(self) -> SlogDet:
        """Return the sign of the determinant, and the logarithm of its absolute value."""
    def softmax(self, dim: _int | None = None, dtype: DTypeLike | None = None, *, axis: _int | None = None) -> Tensor:
        """``exp(input) / exp(input).sum(dim)``: positive numbers that add up to 1 along `dim`."""
    def sort(self, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, axis: _int = -1) -> return_types.sort:
        """Return the elements along `dim` in order, and where they were. nan counts as the largest."""
    def split(self, split_size_or_sections: _int | Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
        """Return views that cut dimension `dim` into pieces."""
    def split_with_sizes(self, split_sizes: Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
        """Return views that cut dimension `dim` into pieces of these lengths."""
    def sqrt(self) -> Tensor:
        """Return the square root of each element; its slope at 0 is inf."""
    def sqrt_(self) -> Self:
        """In-place version of `sqrt`: writes the result into this tensor and returns it."""
    def square(self) -> Tensor:
        """``input ** 2``, elementwise."""
    def square_(self) -> Self:
        """In-place version of `square`: writes the result into this tensor and returns it."""
    def squeeze(self, dim: _int | Sequence[_int] | None = None, *, axis: _int | Sequence[_int] | None = None) -> Tensor:
        """Remove the dimensions of length 1: all, or those named by `dim`."""
    def squeeze_(self, dim: _int | Sequence[_int] | None = None) -> Self:
        """In-place version of `squeeze`: this tensor shows its memory in that way from now on."""
    def std(self, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
        """Return the standard deviation, the root of `var`, with its parameters. Where it is 0, its gradient is 0."""
    def storage(self) -> Storage:
        """Return the memory that this tensor and its views share, as elements of its dtype."""
    def storage_offset(self) -> _int:
        """Return how many elements lie in memory before the first one of this tensor."""
    def sub(self, other: TensorLike, *, alpha: _float = 1) -> Tensor:
        """``input - alpha * other``, elementwise with broadcasting and type promotion."""
    def sub_(self, other: TensorLike, *, alpha: _float = 1) -> Self:
        """In-place version of `sub`: writes the result into this tensor and returns it."""
    def subtract(self, other: TensorLike, *, alpha: _float = 1) -> Tensor:
        """``input - alpha * other``, elementwise with broadcasting and type promotion."""
    def subtract_(self, other: TensorLike, *, alpha: _float = 1) -> Self:
        """In-place version of `sub`: writes the result into this tensor and returns it."""
    def sum(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: DTypeLike | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
        """Return the sum of all elements, or over the dimensions `dim`. Integers and bools add up in int64."""
    def sum_to_size(self, *size: SupportsIndex | Sequence[SupportsIndex]) -> Tensor:
        """Return the sum over those dimensions that broadcasting from `size` to this tensor's shape would repeat."""
    def svd(self, some: _bool = True, compute_uv: _bool = True) -> return_types.svd:
        """Return U, S and V, not transposed, as PyTorch's old function does; without `compute_uv` zeros for U and V."""
    def swapaxes(self, dim0: _int, dim1: _int) -> Tensor:
        """Return a view with two dimensions exchanged."""
    def swapaxes_(self, dim0: _int, dim1: _int) -> Self:
        """In-place version of `transpose`: this tensor shows its memory in that way from now on."""
    def swapdims(self, dim0: _int, dim1: _int) -> Tensor:
        """Return a view with two dimensions exchanged."""
    def swapdims_(self, dim0: _int, dim1: _int) -> Self:
        """In-place version of `transpose`: this tensor shows its memory in that way from now on."""
    def t(self) -> Tensor:
        """Return the transpose of a matrix; vectors and 0-dim tensors as they are."""
    def t_(self) -> Self:
        """In-place version of `t`: this tensor shows its memory in that way from now on."""
    def take(self, index: TensorLike) -> Tensor:
        """Return the elements at `index` of the flattened input, in the shape of `index`."""
    def take_along_dim(self, indices: TensorLike, dim: _int | None = None, *, axis: _int | None = None) -> Tensor:
        """Gather with the two broadcast except in `dim`; without `dim`, from the flattened input."""
    def tan(self) -> Tensor:
        """Return the tangent of each element, in radians."""
    def tan_(self) -> Self:
        """In-place version of `tan`: writes the result into this tensor and returns it."""
    def tanh(self) -> Tensor:
        """Return the hyperbolic tangent of each element."""
    def tanh_(self) -> Self:
        """In-place version of `tanh`: writes the result into this tensor and returns it."""
    def tensor_split(self, indices_or_sections: _int | Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
        """Return views that cut `dim` into this many pieces, or at these indices; the first may be longer by one."""
    def tile(self, *dims: SupportsIndex | Sequence[SupportsIndex]) -> Tensor:
        """Call `minigrad.tile` with the numbers as one argument or several."""
    def to(self, *args: Any, dtype: Any = None, device: Any = None, non_blocking: _bool = False, copy: _bool = False, memory_format: Any = None, other: Tensor | None = None) -> Tensor:
        """Return this tensor with another dtype or order in memory. Refuse devices other than the CPU."""
    def to_dense(self, dtype: Any = None, *, masked_grad: _bool | None = None) -> Tensor:
        """Return this tensor, which is dense, with another dtype if one is given."""
    def topk(self, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True, *, axis: _int = -1) -> return_types.topk:
        """Return the `k` largest elements along `dim`, the largest first, and where they were."""
    def trace(self) -> Tensor:
        """Return the sum of the diagonal of a matrix."""
    def transpose(self, dim0: _int, dim1: _int) -> Tensor:
        """Return a view with two dimensions exchanged."""
    def transpose_(self, dim0: _int, dim1: _int) -> Self:
        """In-place version of `transpose`: this tensor shows its memory in that way from now on."""
    def triangular_solve(self, A: TensorLike, upper: _bool = True, transpose: _bool = False, unitriangular: _bool = False) -> TriangularSolve:
        """Return the X with ``A @ X = b`` for a triangle of `A`, or of its transpose, and A: an old name."""
    def tril(self, diagonal: _int = 0) -> Tensor:
        """Return a copy with zeros above a diagonal of the last two dimensions."""
    def tril_(self, diagonal: _int = 0) -> Self:
        """In-place version of `tril`: writes the result into this tensor and returns it."""
    def triu(self, diagonal: _int = 0) -> Tensor:
        """Return a copy with zeros below a diagonal of the last two dimensions."""
    def triu_(self, diagonal: _int = 0) -> Self:
        """In-place version of `triu`: writes the result into this tensor and returns it."""
    def true_divide(self, other: TensorLike, *, rounding_mode: _str | None = None) -> Tensor:
        """``input / other``, elementwise; integers give the default floating dtype."""
    def true_divide_(self, other: TensorLike, *, rounding_mode: _str | None = None) -> Self:
        """In-place version of `div`: writes the result into this tensor and returns it."""
    def trunc(self) -> Tensor:
        """Return the integer part, elementwise. Its gradient is 0."""
    def trunc_(self) -> Self:
        """In-place version of `trunc`: writes the result into this tensor and returns it."""
    @overload
    def type(self, dtype: None = None) -> _str:
        """Return this tensor with another dtype, or without an argument the name of its type."""
    @overload
    def type(self, dtype: Any) -> Tensor: ...
    def type_as(self, other: Tensor) -> Tensor:
        """Return this tensor with the dtype of `other`."""
    def unbind(self, dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
        """Return all slices of dimension `dim`, views without that dimension."""
    @overload
    def unflatten(self, dim: _int, sizes: Sequence[_int]) -> Tensor:
        """Split dimension `dim` into several of the given `sizes`, one of which may be -1."""
    @overload
    def unflatten(self, sizes: Sequence[_int], *, axis: _int) -> Tensor: ...
    def unfold(self, dimension: _int, size: _int, step: _int) -> Tensor:
        """Return all windows of `size` elements, `step` apart, along a dimension; the last is the place in the window."""
    def uniform_(self, from_: _float = 0.0, to: _float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill with uniform random numbers from ``[from_, to)``."""
    @overload
    def unique(self, sorted: _bool = True, return_inverse: Literal[False] = False, return_counts: Literal[False] = False, dim: _int | None = None) -> Tensor:
        """Return the distinct elements, in order."""
    @overload
    def unique(self, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Tensor | tuple[Tensor, ...]: ...
    @overload
    def unique_consecutive(self, return_inverse: Literal[False] = False, return_counts: Literal[False] = False, dim: _int | None = None) -> Tensor:
        """Return the elements (or slices of `dim`) without those that equal the one before."""
    @overload
    def unique_consecutive(self, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Tensor | tuple[Tensor, ...]: ...
    def unsafe_chunk(self, chunks: _int, dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
        """Split into at most `chunks` pieces of equal length, of which the last may be shorter."""
    def unsafe_split(self, split_size_or_sections: _int | Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
        """Return views that cut dimension `dim` into pieces."""
    def unsafe_split_with_sizes(self, split_sizes: Sequence[_int], dim: _int = 0, *, axis: _int = 0) -> tuple[Tensor, ...]:
        """Return views that cut dimension `dim` into pieces of these lengths."""
    @overload
    def unsqueeze(self, dim: _int) -> Tensor:
        """Insert a new dimension of length 1 before dimension `dim`."""
    @overload
    def unsqueeze(self, *, axis: _int) -> Tensor: ...
    def unsqueeze_(self, dim: _int) -> Self:
        """In-place version of `unsqueeze`: this tensor shows its memory in that way from now on."""
    def untyped_storage(self) -> Storage:
        """Return the memory that this tensor and its views share, as bytes."""
    def var(self, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, *, correction: _float | None = None, axis: _int | Sequence[_int] | None = None, keepdims: _bool = False) -> Tensor:
        """Return the variance ``sum((input - mean) ** 2) / (n - correction)`` of all elements, or over `dim`."""
    def vdot(self, tensor: TensorLike) -> Tensor:
        """Return the sum of the products of the elements of two vectors."""
    def view(self, *shape: SupportsIndex | Sequence[SupportsIndex] | _dtype | np.dtype[Any], dtype: _dtype | np.dtype[Any] | None = None) -> Tensor:
        """Return the same memory in another shape; or, given a dtype, its bits as numbers of that one, without a gradient."""
    def view_as(self, other: Tensor) -> Tensor:
        """Return the same memory in the shape of `other`."""
    def vsplit(self, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
        """Return views that cut the rows into equal pieces, or at these indices."""
    def where(self, condition: Tensor, other: Any) -> Tensor:
        """Return this tensor where `condition` holds, else `other`."""
    def xlogy(self, other: TensorLike) -> Tensor:
        """``input * log(other)``; 0 where `input` is 0, whatever `other` is, unless that is nan."""
    def xlogy_(self, other: TensorLike) -> Self:
        """In-place version of `xlogy`: writes the result into this tensor and returns it."""
    def zero_(self) -> Self:
        """Set all elements to 0, and return this tensor."""
