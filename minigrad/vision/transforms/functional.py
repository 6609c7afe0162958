"""The changes that the transforms make, by amounts that the caller decides: torchvision.transforms.functional.

Images are what transforms take: Tensors with channels first, arrays with channels last, images of Pillow, and batches
of the first two. Nothing is drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.vision.transforms import bending
from minigrad.vision.transforms.arguments import (
    INTEGER,
    NUMBER,
    Fill,
    InterpolationMode,
    interpolation_mode,
    numbers,
    pair,
)
from minigrad.vision.transforms.blur import blurred
from minigrad.vision.transforms.conversion import ConvertImageDtype, Normalize, PILToTensor, ToPILImage, ToTensor
from minigrad.vision.transforms.cropping import CenterCrop, Pad
from minigrad.vision.transforms.flipping import RandomHorizontalFlip, RandomVerticalFlip
from minigrad.vision.transforms.geometry import RandomRotation, affine_sources, from_middle
from minigrad.vision.transforms.recolouring import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    adjust_sharpness,
    autocontrast,
    equalize,
    invert,
    posterize,
    rgb_to_grayscale,
    solarize,
    to_grayscale,
)
from minigrad.vision.transforms.resampling import affine as warped
from minigrad.vision.transforms.resizing import Resize
from minigrad.vision.transforms.transform import applied, get_dimensions, on_images

__all__ = [
    "InterpolationMode", "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation",
    "adjust_sharpness", "affine", "autocontrast", "center_crop", "convert_image_dtype", "crop", "elastic_transform",
    "equalize", "erase", "five_crop", "gaussian_blur", "get_dimensions", "get_image_num_channels", "get_image_size",
    "hflip", "invert", "normalize", "pad", "perspective", "pil_to_tensor", "posterize", "resize", "resized_crop",
    "rgb_to_grayscale", "rotate", "solarize", "ten_crop", "to_grayscale", "to_pil_image", "to_tensor", "vflip",
]  # fmt: skip

# ---- kinds of images


def to_tensor(pic: Any) -> Tensor:
    """Return an image of Pillow's, or an array, as :class:`~minigrad.vision.transforms.ToTensor` does.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.to_tensor(np.zeros((4, 6, 3), np.uint8)).shape
    Size([3, 4, 6])
    """
    return applied("to_tensor", pic, ToTensor)


def pil_to_tensor(pic: Any) -> Tensor:
    """Return an image of Pillow's as a Tensor of the same numbers."""
    return applied("pil_to_tensor", pic, PILToTensor)


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """Return a Tensor or an array as an image of Pillow's."""
    return applied("to_pil_image", pic, ToPILImage, mode)


def convert_image_dtype(image: Tensor, dtype: Any = np.float32) -> Tensor:
    """Return a Tensor of another dtype, its values brought to the range of that."""
    return applied("convert_image_dtype", image, ConvertImageDtype, dtype)


def normalize(tensor: Tensor, mean: Any, std: Any, inplace: bool = False) -> Tensor:
    """Return ``(tensor - mean) / std``, by channels; with `inplace` in the memory of `tensor`.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.normalize(mg.ones(1, 1, 2), [0.5], [0.25])
    tensor([[[2., 2.]]])
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"normalize: expected a Tensor, got {type(tensor).__name__}; put to_tensor before")
    values = [v.tolist() if isinstance(v, Tensor) else v for v in (mean, std)]
    y = applied("normalize", tensor, Normalize, *values)
    return tensor.copy_(y) if inplace else y


def get_image_size(img: Any) -> list[int]:
    """Return the width and height of images of any kind."""
    return get_dimensions(img)[:0:-1]


def get_image_num_channels(img: Any) -> int:
    """Return the number of channels of images of any kind."""
    return get_dimensions(img)[0]


# ---- parts and borders


def hflip(img: Any) -> Any:
    """Return images with left and right swapped.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.hflip(np.array([[1, 2]], np.uint8)), functional.vflip(np.array([[1], [2]], np.uint8)).tolist()
    (array([[2, 1]], dtype=uint8), [[2], [1]])
    """
    return applied("hflip", img, RandomHorizontalFlip, 1)


def vflip(img: Any) -> Any:
    """Return images with top and bottom swapped."""
    return applied("vflip", img, RandomVerticalFlip, 1)


def pad(img: Any, padding: int | Sequence[int], fill: Fill = 0, padding_mode: str = "constant") -> Any:
    """Return images with a border, as :class:`~minigrad.vision.transforms.Pad` makes it."""
    return applied("pad", img, Pad, padding, fill, padding_mode)


def center_crop(img: Any, output_size: int | Sequence[int]) -> Any:
    """Return the middle of images."""
    return applied("center_crop", img, CenterCrop, output_size)


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """Return a part of images; what lies outside of them is 0.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.crop(np.arange(12, dtype=np.uint8).reshape(3, 4), 1, 2, 2, 3)
    array([[ 6,  7,  0],
           [10, 11,  0]], dtype=uint8)
    """
    if not all(isinstance(n, INTEGER) for n in (top, left, height, width)) or height < 1 or width < 1:
        given = f"{top!r}, {left!r}, {height!r}, {width!r}"
        raise ValueError(f"crop: expected integers and a positive height and width, got {given}")

    def part(x: np.ndarray) -> np.ndarray:
        y = np.zeros_like(x, shape=(len(x), height, width, x.shape[3]))
        rows, columns = slice(max(top, 0), max(top + height, 0)), slice(max(left, 0), max(left + width, 0))
        found = x[:, rows, columns]
        down, right = max(-top, 0), max(-left, 0)
        y[:, down : down + found.shape[1], right : right + found.shape[2]] = found
        return y

    return on_images("crop", part, img)


def five_crop(img: Any, size: int | Sequence[int]) -> tuple[Any, Any, Any, Any, Any]:
    """Return the corners of images, upper left, upper right, lower left and lower right, and their middle."""
    high, wide = pair("five_crop", "size", size)
    _, height, width = get_dimensions(img)
    if high > height or wide > width:
        raise ValueError(f"five_crop: expected images of at least {high}x{wide}, got {height}x{width}")
    down, right = height - high, width - wide
    corners = [crop(img, top, left, high, wide) for top in (0, down) for left in (0, right)]
    return corners[0], corners[1], corners[2], corners[3], center_crop(img, (high, wide))


def ten_crop(img: Any, size: int | Sequence[int], vertical_flip: bool = False) -> tuple[Any, ...]:
    """Return `five_crop` of images and of their mirror images.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> [int(part.sum()) for part in functional.ten_crop(np.arange(9, dtype=np.uint8).reshape(3, 3), 1)]
    [0, 2, 6, 8, 4, 2, 0, 8, 6, 4]
    """
    return (*five_crop(img, size), *five_crop((vflip if vertical_flip else hflip)(img), size))


def resize(
    img: Any,
    size: int | Sequence[int],
    interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """Return images of another size, as :class:`~minigrad.vision.transforms.Resize` makes them."""
    return applied("resize", img, Resize, size, interpolation, max_size, bool(antialias))


def resized_crop(
    img: Any,
    top: int,
    left: int,
    height: int,
    width: int,
    size: int | Sequence[int],
    interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:
    """Return a part of images, brought to another size.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.resized_crop(mg.rand(3, 8, 8), 2, 2, 4, 4, (6, 6)).shape
    Size([3, 6, 6])
    """
    return resize(crop(img, top, left, height, width), size, interpolation, None, antialias)


def erase(img: Tensor, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Tensor:
    """Return a Tensor whose rectangle of `h` rows and `w` columns from row `i`, column `j` on is `v`.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.erase(mg.ones(1, 2, 2), 0, 1, 2, 1, 0)
    tensor([[[1., 0.],
             [1., 0.]]])
    """
    if not isinstance(img, Tensor):
        raise TypeError(f"erase: expected a Tensor, got {type(img).__name__}")
    y = img if inplace else img.clone()
    y[..., i : i + h, j : j + w] = v
    return y


# ---- turned and bent


def rotate(
    img: Any,
    angle: float,
    interpolation: str | InterpolationMode = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: Fill | None = None,
) -> Any:
    """Return images turned counter-clockwise by `angle` degrees.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.rotate(np.array([[1, 2], [3, 4]], np.uint8), 90)
    array([[2, 4],
           [1, 3]], dtype=uint8)
    """
    if not isinstance(angle, NUMBER):
        raise TypeError(f"rotate: expected a number as angle, got {angle!r}")
    return applied("rotate", img, RandomRotation, (angle, angle), interpolation, expand, center, fill or 0)


def affine(
    img: Any,
    angle: float,
    translate: Sequence[float],
    scale: float,
    shear: float | Sequence[float],
    interpolation: str | InterpolationMode = InterpolationMode.NEAREST,
    fill: Fill | None = None,
    center: Sequence[float] | None = None,
) -> Any:
    """Return images sheared, scaled, turned clockwise and moved: see :class:`~minigrad.vision.transforms.RandomAffine`.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.affine(np.array([[1, 2, 3]], np.uint8), 0, (1, 0), 1.0, 0)
    array([[0, 1, 2]], dtype=uint8)
    """
    if not isinstance(angle, NUMBER):
        raise TypeError(f"affine: expected a number as angle, got {angle!r}")
    right, down = numbers("affine", "translate", translate, 2)
    if not isinstance(scale, NUMBER) or not scale > 0:
        raise ValueError(f"affine: expected a positive scale, got {scale!r}")
    slants = numbers("affine", "shear", [shear, 0] if isinstance(shear, NUMBER) else shear, 1, 2)
    slants = (slants[0], slants[1] if len(slants) == 2 else slants[0])
    mode = interpolation_mode("affine", interpolation)

    def change(x: np.ndarray) -> np.ndarray:
        n, middle = len(x), from_middle("affine", center, x)
        shift, shears = np.tile([down, right], (n, 1)), np.tile(np.array(slants)[:, None], n)
        sources = affine_sources(np.full(n, angle), shift, np.full(n, scale), shears, middle)
        return warped(x, *sources, fill or 0, mode)

    return on_images("affine", change, img)


def _corners(argument: str, points: Any) -> np.ndarray:
    found = np.asarray(points, float)
    if found.shape != (4, 2):
        raise ValueError(f"perspective: expected {argument} as four points (x, y), got {points!r}")
    return found


def perspective(
    img: Any,
    startpoints: Sequence[Sequence[int]],
    endpoints: Sequence[Sequence[int]],
    interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
    fill: Fill | None = None,
) -> Any:
    """Return images of which four points, (x, y), have come to four others.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> corners = [[0, 0], [2, 0], [2, 2], [0, 2]]
    >>> functional.perspective(mg.ones(1, 3, 3), corners, [[1, 0], [3, 0], [3, 2], [1, 2]]).round()
    tensor([[[0., 1., 1.],
             [0., 1., 1.],
             [0., 1., 1.]]])
    """
    start, end = _corners("startpoints", startpoints), _corners("endpoints", endpoints)
    mode = interpolation_mode("perspective", interpolation)

    def change(x: np.ndarray) -> np.ndarray:
        old, new = (np.broadcast_to(points, (len(x), 4, 2)) for points in (start, end))
        return bending.in_perspective(x, old, new, fill or 0, mode)

    return on_images("perspective", change, img)


def elastic_transform(
    img: Any,
    displacement: Tensor,
    interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
    fill: Fill | None = None,
) -> Any:
    """Return images whose pixels come from elsewhere.

    Parameters
    ----------
    img : images
    displacement : Tensor, shape (1, H, W, 2)
        How far to the right and how far down, as parts of half of the image.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.elastic_transform(mg.ones(1, 4, 4), mg.zeros(1, 4, 4, 2)).mean()
    tensor(1.)
    """
    if not isinstance(displacement, Tensor):
        raise TypeError(f"elastic_transform: expected displacement as a Tensor, got {type(displacement).__name__}")
    _, height, width = get_dimensions(img)
    if tuple(displacement.shape) != (1, height, width, 2):
        raise ValueError(
            f"elastic_transform: expected displacement of shape {(1, height, width, 2)}, got {displacement.shape}"
        )
    mode = interpolation_mode("elastic_transform", interpolation)
    return on_images(
        "elastic_transform", lambda x: bending.displaced(x, displacement.numpy(force=True), fill or 0, mode), img
    )


def gaussian_blur(img: Any, kernel_size: int | Sequence[int], sigma: float | Sequence[float] | None = None) -> Any:
    """Return blurred images.

    Parameters
    ----------
    img : images
    kernel_size : int or (int, int)
        Odd, across and up and down.
    sigma : float or (float, float), optional
        In pixels, across and up and down; ``0.3 * ((kernel_size - 1) / 2 - 1) + 0.8`` where omitted.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.gaussian_blur(np.array([[0, 0, 100, 0, 0]], np.uint8), (3, 1), 1.0)
    array([[ 0, 27, 45, 27,  0]], dtype=uint8)
    """
    sizes = pair("gaussian_blur", "kernel_size", kernel_size)
    if sigma is None:
        sigma = [n * 0.15 + 0.35 for n in sizes]
    sigmas = numbers("gaussian_blur", "sigma", [sigma] if isinstance(sigma, NUMBER) else sigma, 1, 2)
    if not all(size % 2 for size in sizes) or min(sigmas) <= 0:
        raise ValueError(f"gaussian_blur: expected odd sizes and positive sigmas, got {kernel_size!r} and {sigma!r}")

    def change(x: np.ndarray) -> np.ndarray:
        return blurred(x, sizes, (np.full((len(x), 1), sigmas[0]), np.full((len(x), 1), sigmas[-1])))

    return on_images("gaussian_blur", change, img)
