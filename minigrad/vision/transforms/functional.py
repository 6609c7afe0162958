"""The changes of `minigrad.vision.transforms` by given amounts: torchvision.transforms.functional's names.

They take and give what the transforms do: arrays with channels last, PIL images as such, Tensors with channels first,
one image or a batch. Nothing here is random.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.dtypes import as_dtype
from minigrad.core.tensor import Tensor
from minigrad.vision.io import pillow
from minigrad.vision.transforms.arguments import (
    INTEGER,
    Fill,
    InterpolationMode,
    interpolation_mode,
    numbers,
    pair,
    restored,
)
from minigrad.vision.transforms.blur import GaussianBlur
from minigrad.vision.transforms.color import ColorJitter, Grayscale
from minigrad.vision.transforms.conversion import Normalize, ToTensor
from minigrad.vision.transforms.cropping import CenterCrop, Pad
from minigrad.vision.transforms.flipping import RandomHorizontalFlip, RandomVerticalFlip
from minigrad.vision.transforms.geometry import RandomAffine, RandomRotation
from minigrad.vision.transforms.pointwise import (
    Change,
    adjust_gamma,
    autocontrast,
    equalize,
    invert,
    posterize,
    solarize,
    unused,
)
from minigrad.vision.transforms.resizing import Resize

__all__ = [
    "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation", "affine",
    "autocontrast", "center_crop", "convert_image_dtype", "crop", "equalize", "erase", "five_crop", "gaussian_blur",
    "get_dimensions", "get_image_num_channels", "get_image_size", "hflip", "invert", "normalize", "pad",
    "pil_to_tensor", "posterize", "resize", "resized_crop", "rgb_to_grayscale", "rotate", "solarize", "ten_crop",
    "to_grayscale", "to_pil_image", "to_tensor", "vflip",
]  # fmt: skip

NEAREST, BILINEAR = InterpolationMode.NEAREST, InterpolationMode.BILINEAR

# ---- conversions -----------------------------------------------------------------------------------------------------


def to_tensor(pic: Any) -> Tensor:
    """Return an image with channels last as a float32 Tensor from 0 to 1 with channels first; see `ToTensor`.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.to_tensor(np.array([[0, 255]], np.uint8))
    tensor([[[0., 1.]]])
    """
    return ToTensor()(pic)


def pil_to_tensor(pic: Any) -> Tensor:
    """Return an image with channels last as a Tensor of the same numbers with channels first.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.pil_to_tensor(np.zeros((4, 6, 3), np.uint8)).shape
    Size([3, 4, 6])
    """
    if isinstance(pic, Tensor):
        raise TypeError("pil_to_tensor: expected an image with channels last, got a Tensor")
    x = np.array(pic)
    if x.ndim not in (2, 3):
        raise ValueError(f"pil_to_tensor: expected an image (H, W) or (H, W, C), got shape {x.shape}")
    return Tensor._wrap(np.ascontiguousarray(x[None] if x.ndim == 2 else x.transpose(2, 0, 1)))


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """Return a Tensor (C, H, W) or (H, W), or an array (H, W, C) or (H, W), as an image of Pillow.

    Parameters
    ----------
    pic : of uint8, or floats from 0 to 1
    mode : str, optional
        Of the image, as Pillow names it; without it "L", "LA", "RGB" or "RGBA", by the number of channels.

    Raises
    ------
    ImportError
        If Pillow is not installed.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.to_pil_image(mg.zeros(3, 4, 6)).size
    (6, 4)
    """
    x = pic.detach().numpy() if isinstance(pic, Tensor) else np.asarray(pic)
    if x.ndim not in (2, 3):
        raise ValueError(f"to_pil_image: expected 2 or 3 dimensions, got shape {x.shape}")
    if isinstance(pic, Tensor) and x.ndim == 3:
        x = x.transpose(1, 2, 0)
    if x.ndim == 3 and not 1 <= x.shape[2] <= 4:
        raise ValueError(f"to_pil_image: expected from 1 to 4 channels, got {x.shape[2]} of shape {tuple(pic.shape)}")
    if x.dtype != np.uint8 and x.dtype.kind != "f":
        raise TypeError(f"to_pil_image: expected uint8 or floats from 0 to 1, got {x.dtype}")
    x = x[..., 0] if x.ndim == 3 and x.shape[2] == 1 else x
    y = x if x.dtype == np.uint8 else restored(x * 255, np.dtype(np.uint8))
    image = pillow()[0].fromarray(np.ascontiguousarray(y))
    return image if mode is None else image.convert(mode)


def convert_image_dtype(image: Any, dtype: Any = np.float32) -> Any:
    """Return an image of another dtype, brought to its range: 0 to 1 of floats, 0 to the greatest of integers.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.convert_image_dtype(mg.tensor([0, 255], dtype=mg.uint8))
    tensor([0., 1.])
    """
    wanted = as_dtype(dtype)
    if isinstance(image, Tensor):
        return image if image.dtype == wanted else Tensor._wrap(_in_range(image._data, wanted))
    return _in_range(np.asarray(image), wanted)


def _in_range(x: np.ndarray, wanted: np.dtype) -> np.ndarray:
    if x.dtype.kind not in "iuf" or wanted.kind not in "iuf":
        raise TypeError(f"convert_image_dtype: expected numbers, got {x.dtype} to {wanted}")
    if wanted.kind == "f":
        return np.asarray(x if x.dtype.kind == "f" else x / np.iinfo(x.dtype).max).astype(wanted)
    top = int(np.iinfo(wanted).max)
    if x.dtype.kind == "f":
        return np.asarray(np.floor(x.astype(np.float64) * (top + 1 - 1e-3)).astype(wanted))
    old = int(np.iinfo(x.dtype).max)
    if old > top:
        return np.asarray((x // ((old + 1) // (top + 1))).astype(wanted))
    return np.asarray(x.astype(wanted) * wanted.type((top + 1) // (old + 1)))


def get_dimensions(img: Any) -> list[int]:
    """Return the channels, the height and the width of an image."""
    if isinstance(img, Tensor):
        return [1, *img.shape] if img.ndim == 2 else list(img.shape[-3:])
    x = np.asarray(img)
    return [x.shape[-1] if x.ndim > 2 else 1, *x.shape[x.ndim - 3 if x.ndim > 2 else 0 :][:2]]


def get_image_size(img: Any) -> list[int]:
    """Return the width and the height of an image."""
    _, height, width = get_dimensions(img)
    return [width, height]


def get_image_num_channels(img: Any) -> int:
    """Return the number of channels of an image."""
    return get_dimensions(img)[0]


def normalize(tensor: Any, mean: float | Sequence[float], std: float | Sequence[float]) -> Any:
    """Return ``(x - mean) / std`` by channels; see `Normalize`."""
    return Normalize(mean, std)(tensor)


# ---- parts and sizes -------------------------------------------------------------------------------------------------


def resize(
    img: Any,
    size: int | Sequence[int],
    interpolation: str | InterpolationMode = BILINEAR,
    max_size: int | None = None,
    antialias: bool = True,
) -> Any:
    """Return an image of another size; see `Resize`."""
    return Resize(size, interpolation, max_size, antialias)(img)


def pad(img: Any, padding: int | Sequence[int], fill: Fill = 0, padding_mode: str = "constant") -> Any:
    """Return an image with a border; see `Pad`."""
    return Pad(padding, fill, padding_mode)(img)


def center_crop(img: Any, output_size: int | Sequence[int]) -> Any:
    """Return the middle of an image; see `CenterCrop`."""
    return CenterCrop(output_size)(img)


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """Return a part of an image, with zeros where it reaches beyond.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.crop(mg.arange(6.0).reshape(1, 2, 3), 0, 1, 1, 3)
    tensor([[[1., 2., 0.]]])
    """
    if not all(isinstance(n, INTEGER) for n in (top, left, height, width)) or height < 1 or width < 1:
        raise ValueError(f"crop: expected integers, of a positive size, got {(top, left, height, width)}")

    def change(x: np.ndarray) -> np.ndarray:
        y = np.zeros((len(x), height, width, x.shape[3]), x.dtype)
        rows = slice(max(top, 0), max(min(top + height, x.shape[1]), 0))
        columns = slice(max(left, 0), max(min(left + width, x.shape[2]), 0))
        part = x[:, rows, columns]
        down, right = rows.start - top, columns.start - left
        if part.size:
            y[:, down : down + part.shape[1], right : right + part.shape[2]] = part
        return y

    return Change(change)(img)


def resized_crop(
    img: Any,
    top: int,
    left: int,
    height: int,
    width: int,
    size: int | Sequence[int],
    interpolation: str | InterpolationMode = BILINEAR,
    antialias: bool = True,
) -> Any:
    """Return a part of an image brought to another size."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def five_crop(img: Any, size: int | Sequence[int]) -> tuple[Any, ...]:
    """Return the four corners of an image and its middle: upper left, upper right, lower left, lower right, middle.

    Raises
    ------
    ValueError
        If the parts are larger than the image.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> [int(part) for part in functional.five_crop(mg.arange(9.0).reshape(1, 3, 3), 1)]
    [0, 2, 6, 8, 4]
    """
    height, width = pair("five_crop", "size", size)
    _, rows, columns = get_dimensions(img)
    if height > rows or width > columns:
        raise ValueError(f"five_crop: expected parts of at most {rows}x{columns}, got {height}x{width}")
    corners = [(top, left) for top in (0, rows - height) for left in (0, columns - width)]
    return *(crop(img, top, left, height, width) for top, left in corners), center_crop(img, (height, width))


def ten_crop(img: Any, size: int | Sequence[int], vertical_flip: bool = False) -> tuple[Any, ...]:
    """Return the five parts of `five_crop`, and those of the mirrored image."""
    return five_crop(img, size) + five_crop(vflip(img) if vertical_flip else hflip(img), size)


def erase(img: Tensor, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Tensor:
    """Return a Tensor (..., C, H, W) with the values `v` in the part of h rows and w columns from row i and column j.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.erase(mg.ones(1, 2, 2), 0, 1, 2, 1, 0)
    tensor([[[1., 0.],
             [1., 0.]]])
    """
    if not isinstance(img, Tensor):
        raise TypeError(f"erase: expected a Tensor, got {type(img).__name__}; put ToTensor before it")
    y = img if inplace else img.clone()
    y[..., i : i + h, j : j + w] = v
    return y


# ---- mirrors and turns -----------------------------------------------------------------------------------------------


def hflip(img: Any) -> Any:
    """Return an image with left and right swapped."""
    return RandomHorizontalFlip(1, unused)(img)


def vflip(img: Any) -> Any:
    """Return an image with top and bottom swapped."""
    return RandomVerticalFlip(1, unused)(img)


def rotate(
    img: Any,
    angle: float,
    interpolation: str | InterpolationMode = NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: Fill = 0,
) -> Any:
    """Return an image turned by an angle in degrees, counter-clockwise; see `RandomRotation`.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.rotate(np.array([[1, 2], [3, 4]], np.uint8), 90)
    array([[2, 4],
           [1, 3]], dtype=uint8)
    """
    return RandomRotation((angle, angle), interpolation, expand, center, fill, unused)(img)


def affine(
    img: Any,
    angle: float,
    translate: Sequence[float],
    scale: float,
    shear: float | Sequence[float],
    interpolation: str | InterpolationMode = NEAREST,
    fill: Fill = 0,
    center: Sequence[float] | None = None,
) -> Any:
    """Return an image turned (degrees, clockwise), moved (pixels), scaled and sheared (degrees); see `RandomAffine`.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.affine(np.array([[1, 2, 3]], np.uint8), 0, (1, 0), 1.0, 0)
    array([[0, 1, 2]], dtype=uint8)
    """
    interpolation_mode("affine", interpolation)
    right, down = numbers("affine", "translate", translate, 2)
    along = (*(numbers("affine", "shear", shear, 1, 2) if isinstance(shear, Sequence) else (shear,)), 0.0)
    ranges = (along[0], along[0], along[1], along[1])
    turned = RandomAffine((angle, angle), None, (scale, scale), ranges, interpolation, fill, center, unused)
    return Change(lambda x: turned.moved(x, (down, right)))(img)


# ---- colours ---------------------------------------------------------------------------------------------------------


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """Return an image made darker (a factor below 1) or brighter; see `ColorJitter`."""
    return ColorJitter(brightness=(brightness_factor, brightness_factor), generator=unused)(img)


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """Return an image with less contrast (a factor below 1) or more; see `ColorJitter`."""
    return ColorJitter(contrast=(contrast_factor, contrast_factor), generator=unused)(img)


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """Return an image with less colour (a factor below 1) or more; see `ColorJitter`."""
    return ColorJitter(saturation=(saturation_factor, saturation_factor), generator=unused)(img)


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """Return an image whose colours are turned by a part of the circle, from -0.5 to 0.5; see `ColorJitter`."""
    return ColorJitter(hue=(hue_factor, hue_factor), generator=unused)(img)


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Return an image without colour; see `Grayscale`."""
    return Grayscale(num_output_channels)(img)


to_grayscale = rgb_to_grayscale


def gaussian_blur(img: Any, kernel_size: int | Sequence[int], sigma: float | Sequence[float] | None = None) -> Any:
    """Return a blurred image; see `GaussianBlur`.

    Without `sigma` it is ``0.15 k + 0.35`` for a kernel of k pixels.
    """
    sizes = pair("gaussian_blur", "kernel_size", kernel_size)
    given = 0.15 * sizes[0] + 0.35 if sigma is None else sigma
    amount = float(given[0] if isinstance(given, Sequence) else given)
    return GaussianBlur(kernel_size, (amount, amount), unused)(img)
