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


class _ConstantPad(_Padding):
    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        check_options(self, value=value)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__(padding, 0.0)

    extra_repr = _Padding.extra_repr


class ConstantPad1d(_ConstantPad):
    """Padding of a sequence with `value`.

    Shape: (N, C, L), or without N, to (N, C, before + L + after).
    """

    _dims = 1


class ConstantPad2d(_ConstantPad):
    """Padding of an image with `value`.

    Shape: (N, C, H, W), or without N, to (N, C, top + H + bottom, left + W + right).
    """

    _dims = 2


class ConstantPad3d(_ConstantPad):
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


class ReflectionPad1d(_Pad):
    """Padding of a sequence with its reflection, the border itself not repeated.

    Shape: (N, C, L), or without N, to (N, C, before + L + after).
    """

    _dims = 1
    _mode = "reflect"


class ReflectionPad2d(_Pad):
    """Padding of an image with its reflection, the border itself not repeated.

    Shape: (N, C, H, W), or without N, to (N, C, top + H + bottom, left + W + right).
    """

    _dims = 2
    _mode = "reflect"


class ReflectionPad3d(_Pad):
    """Padding of a volume with its reflection, the border itself not repeated.

    Shape: (N, C, D, H, W), or without N, to one longer by its padding in D, H and W.
    """

    _dims = 3
    _mode = "reflect"


class ReplicationPad1d(_Pad):
    """Padding of a sequence by repeating its border.

    Shape: (N, C, L), or without N, to (N, C, before + L + after).
    """

    _dims = 1
    _mode = "replicate"


class ReplicationPad2d(_Pad):
    """Padding of an image by repeating its border.

    Shape: (N, C, H, W), or without N, to (N, C, top + H + bottom, left + W + right).
    """

    _dims = 2
    _mode = "replicate"


class ReplicationPad3d(_Pad):
    """Padding of a volume by repeating its border.

    Shape: (N, C, D, H, W), or without N, to one longer by its padding in D, H and W.
    """

    _dims = 3
    _mode = "replicate"


class CircularPad1d(_Pad):
    """Circular padding of a sequence: with its other end.

    Shape: (N, C, L), or without N, to (N, C, before + L + after).
    """

    _dims = 1
    _mode = "circular"


class CircularPad2d(_Pad):
    """Circular padding of an image: with its other end.

    Shape: (N, C, H, W), or without N, to (N, C, top + H + bottom, left + W + right).
    """

    _dims = 2
    _mode = "circular"


class CircularPad3d(_Pad):
    """Circular padding of a volume: with its other end.

    Shape: (N, C, D, H, W), or without N, to one longer by its padding in D, H and W.
    """

    _dims = 3
    _mode = "circular"
