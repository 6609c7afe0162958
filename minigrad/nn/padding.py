"""Padding layers; `padding` is one int for all sides, or left, right, top, bottom, front, back as far as they exist."""

from __future__ import annotations

from collections.abc import Sequence

from minigrad.core.tensor import Tensor
from minigrad.nn import functional as F
from minigrad.nn.layer import Layer, repeated
from minigrad.nn.options import check_options


class _Padding(Layer):
    _dims: int
    _signed = ("padding",)  # a negative one takes away

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__(padding=repeated(padding, 2 * self._dims))
        if len(self.padding) != 2 * self._dims:
            raise ValueError(f"{type(self).__name__}: expected one int or {2 * self._dims} as padding, got {padding}")

    def extra_repr(self) -> str:
        return str(self.padding)


class _Pad(_Padding):
    _mode: str

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (self._dims + 1, self._dims + 2):
            # PyTorch's types: a NotImplementedError, which is a RuntimeError, of the others
            raise (ValueError if self._mode == "circular" else RuntimeError)(
                f"{type(self).__name__}: expected an input of {self._dims + 1} or {self._dims + 2} dimensions, "
                f"got shape {tuple(input.shape)}"
            )
        return F.pad(input, self.padding, self._mode)


class ConstantPadNd(_Padding):
    """The base of paddings with one value."""

    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        check_options(self, value=value)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(ConstantPadNd):
    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__(padding, 0.0)

    extra_repr = _Padding.extra_repr


class ConstantPad1d(ConstantPadNd):
    """Padding of a sequence with `value`.

    Shape: (N, C, L), or without N, to (N, C, before + L + after).
    """

    _dims = 1


class ConstantPad2d(ConstantPadNd):
    """Padding of an image with `value`.

    Shape: (N, C, H, W), or without N, to (N, C, top + H + bottom, left + W + right).
    """

    _dims = 2


class ConstantPad3d(ConstantPadNd):
    """Padding of a volume with `value`.

    Shape: (N, C, D, H, W), or without N, to one longer by its padding in D, H and W.
    """

    _dims = 3


class ZeroPad1d(_ZeroPad):
    """Padding of a sequence with zeros.

    Shape: (N, C, L), or without N, to (N, C, before + L + after).
    """

    _dims = 1


class ZeroPad2d(_ZeroPad):
    """Padding of an image with zeros.

    Shape: (N, C, H, W), or without N, to (N, C, top + H + bottom, left + W + right).

    Examples
    --------
    >>> nn.ZeroPad2d((1, 0, 0, 0))(mg.ones(1, 2, 2))
    tensor([[[0., 1., 1.],
             [0., 1., 1.]]])
    """

    _dims = 2


class ZeroPad3d(_ZeroPad):
    """Padding of a volume with zeros.

    Shape: (N, C, D, H, W), or without N, to one longer by its padding in D, H and W.
    """

    _dims = 3


class ReflectionPadNd(_Pad):
    """The base of paddings by reflection."""

    _mode = "reflect"


class ReflectionPad1d(ReflectionPadNd):
    """Padding of a sequence with its reflection, the border itself not repeated.

    Shape: (N, C, L), or without N, to (N, C, before + L + after).
    """

    _dims = 1


class ReflectionPad2d(ReflectionPadNd):
    """Padding of an image with its reflection, the border itself not repeated.

    Shape: (N, C, H, W), or without N, to (N, C, top + H + bottom, left + W + right).
    """

    _dims = 2


class ReflectionPad3d(ReflectionPadNd):
    """Padding of a volume with its reflection, the border itself not repeated.

    Shape: (N, C, D, H, W), or without N, to one longer by its padding in D, H and W.
    """

    _dims = 3


class ReplicationPadNd(_Pad):
    """The base of paddings by repeating the border."""

    _mode = "replicate"


class ReplicationPad1d(ReplicationPadNd):
    """Padding of a sequence by repeating its border.

    Shape: (N, C, L), or without N, to (N, C, before + L + after).
    """

    _dims = 1


class ReplicationPad2d(ReplicationPadNd):
    """Padding of an image by repeating its border.

    Shape: (N, C, H, W), or without N, to (N, C, top + H + bottom, left + W + right).
    """

    _dims = 2


class ReplicationPad3d(ReplicationPadNd):
    """Padding of a volume by repeating its border.

    Shape: (N, C, D, H, W), or without N, to one longer by its padding in D, H and W.
    """

    _dims = 3


class CircularPadNd(_Pad):
    """The base of paddings with the other end."""

    _mode = "circular"


class CircularPad1d(CircularPadNd):
    """Circular padding of a sequence: with its other end.

    Shape: (N, C, L), or without N, to (N, C, before + L + after).
    """

    _dims = 1


class CircularPad2d(CircularPadNd):
    """Circular padding of an image: with its other end.

    Shape: (N, C, H, W), or without N, to (N, C, top + H + bottom, left + W + right).
    """

    _dims = 2


class CircularPad3d(CircularPadNd):
    """Circular padding of a volume: with its other end.

    Shape: (N, C, D, H, W), or without N, to one longer by its padding in D, H and W.
    """

    _dims = 3
