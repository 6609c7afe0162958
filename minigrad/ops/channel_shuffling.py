"""Channels exchanged for resolution, and shuffled."""

from __future__ import annotations

from minigrad.core.array_attributes import as_int
from minigrad.core.tensor import Tensor
from minigrad.ops.casting import clone
from minigrad.ops.declare.operation import Operand
from minigrad.ops.primitives.shape import permute, reshape

__all__ = ["channel_shuffle", "native_channel_shuffle", "pixel_shuffle", "pixel_unshuffle"]


def pixel_shuffle(input: Operand, upscale_factor: int) -> Tensor:
    r"""Return images r times as high and wide, of r * r times fewer channels (Shi et al., 2016).

    The shape (\*, C * r * r, H, W) becomes (\*, C, H * r, W * r).

    Raises
    ------
    RuntimeError
        If the number of channels is not a multiple of ``r * r``.

    Examples
    --------
    >>> F.pixel_shuffle(mg.arange(4).reshape(4, 1, 1), 2)
    tensor([[[0, 1],
             [2, 3]]])
    """
    shape, r = tuple(input.shape), as_int("pixel_shuffle", "upscale_factor", upscale_factor)
    if len(shape) < 3 or r < 1 or shape[-3] % (r * r):
        raise RuntimeError(
            f"pixel_shuffle: expected (*, C, H, W), C a multiple of the factor's square {r * r}, got {shape}"
        )
    *batch, channels, height, width = shape
    parts = reshape(input, (*batch, channels // (r * r), r, r, height, width))
    b = len(batch)
    parts = permute(parts, (*range(b + 1), b + 3, b + 1, b + 4, b + 2))
    y = reshape(parts, (*batch, channels // (r * r), height * r, width * r))
    return clone(y) if r == 1 else y


def pixel_unshuffle(input: Operand, downscale_factor: int) -> Tensor:
    r"""Return the inverse of `pixel_shuffle`: (\*, C, H * r, W * r) to (\*, C * r * r, H, W).

    Raises
    ------
    RuntimeError
        If height or width is not a multiple of r.

    Examples
    --------
    >>> F.pixel_unshuffle(mg.arange(4).reshape(1, 2, 2), 2).shape
    Size([4, 1, 1])
    """
    shape, r = tuple(input.shape), as_int("pixel_unshuffle", "downscale_factor", downscale_factor)
    if len(shape) < 3 or r < 1 or shape[-1] % r or shape[-2] % r:
        raise RuntimeError(f"pixel_unshuffle: expected (*, C, H, W), H and W multiples of the factor {r}, got {shape}")
    *batch, channels, height, width = shape
    parts = reshape(input, (*batch, channels, height // r, r, width // r, r))
    b = len(batch)
    parts = permute(parts, (*range(b + 1), b + 2, b + 4, b + 1, b + 3))
    y = reshape(parts, (*batch, channels * r * r, height // r, width // r))
    return clone(y) if r == 1 else y


def channel_shuffle(input: Operand, groups: int) -> Tensor:
    """Return the channels of (N, C, ...) in another order: the first of each group, the second of each, and so on.

    Raises
    ------
    RuntimeError
        If there are less than 3 dimensions, or the number of channels is not a multiple of `groups`.

    References
    ----------
    X. Zhang et al., ShuffleNet: an extremely efficient convolutional neural network for mobile devices, 2018.

    Examples
    --------
    >>> F.channel_shuffle(mg.arange(4).reshape(1, 4, 1), 2).flatten()
    tensor([0, 2, 1, 3])
    """
    shape, groups = tuple(input.shape), as_int("channel_shuffle", "groups", groups)
    if len(shape) < 3 or groups < 1 or shape[1] % groups:
        raise RuntimeError(
            f"channel_shuffle: expected an input of shape (N, C, ...), C a multiple of {groups} groups, got {shape}"
        )
    parts = reshape(input, (shape[0], groups, shape[1] // groups, *shape[2:]))
    return reshape(permute(parts, (0, 2, 1, *range(3, len(shape) + 1))), shape)


def native_channel_shuffle(input: Operand, groups: int) -> Tensor:
    """Return the same as `channel_shuffle`, by PyTorch's other name for it.

    Examples
    --------
    >>> F.native_channel_shuffle(mg.arange(4).reshape(1, 4, 1), 2).flatten()
    tensor([0, 2, 1, 3])
    """
    return channel_shuffle(input, groups)
