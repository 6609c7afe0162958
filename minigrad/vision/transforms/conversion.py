"""Arrays and images of Pillow to Tensors and back, and to numbers that networks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.dtypes import as_dtype, of
from minigrad.core.tensor import Tensor
from minigrad.vision.pillow import as_pillow, of_pillow, pillow, pixels_of
from minigrad.vision.transforms.arguments import by_channel, constants
from minigrad.vision.transforms.transform import ImageModule, Transform, channels_last

__all__ = ["ConvertImageDtype", "LinearTransformation", "Normalize", "PILToTensor", "ToPILImage", "ToTensor"]


_BY_CHANNELS = {2: ("LA",), 3: ("RGB", "YCbCr", "HSV"), 4: ("RGBA", "CMYK", "RGBX")}
_MODES = ("1", "L", "I", "I;16", "F", *(mode for modes in _BY_CHANNELS.values() for mode in modes))


class ToTensor(Transform):
    """Arrays, channels last, as float32 Tensors from 0 to 1, channels first: uint8 is divided by 255, floats are kept.

    Raises
    ------
    TypeError
        When called with a Tensor, or with numbers that are neither uint8 nor floats.

    Examples
    --------
    >>> from minigrad.vision.transforms import ToTensor
    >>> ToTensor()(np.array([[0, 51, 255]], np.uint8))
    tensor([[[0.0000, 0.2000, 1.0000]]])
    >>> ToTensor()(np.zeros((128, 32, 32, 3), np.uint8)).shape
    Size([128, 3, 32, 32])
    """

    batched = True  # of this __call__, too

    def __call__(self, images: Any) -> Tensor:
        if isinstance(images, Tensor):
            raise TypeError("ToTensor: expected an array, got a Tensor; leave ToTensor out, or put it before")
        x = pixels_of("ToTensor", images) if of_pillow(images) else np.asarray(images)
        if x.dtype != np.uint8 and x.dtype.kind != "f":
            raise TypeError(
                f"ToTensor: expected uint8 (0 to 255) or floats (0 to 1), got {x.dtype}; convert them with .astype"
            )
        planes = channels_last("ToTensor", x).transpose(0, 3, 1, 2)
        y = np.empty(planes.shape, np.float32)
        if x.dtype == np.uint8:
            np.divide(planes, 255, out=y, dtype=np.float32)
        else:
            y[...] = planes
        return Tensor._wrap(y if x.ndim == 4 else y[0])


class Normalize(Transform):
    """(x - mean) / std, by channels.

    Parameters
    ----------
    mean, std : sequence of one per channel, or float
    inplace : bool, default False
        Without effect: what is given stays as it is.

    Raises
    ------
    ValueError
        If a `std` is 0; when called, if the channels are not as many.
    TypeError
        When called with uint8 images.

    Examples
    --------
    >>> from minigrad.vision.transforms import Normalize
    >>> Normalize((0.5,), (0.25,))(mg.tensor([[[0.0, 0.5, 1.0]]]))
    tensor([[[-2.,  0.,  2.]]])
    """

    def __init__(self, mean: float | Sequence[float], std: float | Sequence[float], inplace: bool = False) -> None:
        super().__init__()
        self.mean, self.std = constants("Normalize", "mean", mean), constants("Normalize", "std", std)
        if 0 in np.asarray(std):
            raise ValueError(f"Normalize: expected std without 0, got {std!r}")

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if images.dtype == np.uint8:
            raise TypeError("Normalize: expected floats, got uint8; put ToTensor before it")
        mean, std = (by_channel("Normalize", n, getattr(self, n), images) for n in ("mean", "std"))
        y = images - mean
        y /= std
        return y


class PILToTensor(ImageModule):
    """Images of Pillow, or arrays, channels last, as Tensors of the same numbers, channels first.

    Raises
    ------
    TypeError
        When called with a Tensor.

    Examples
    --------
    >>> from minigrad.vision.transforms import PILToTensor
    >>> PILToTensor()(np.array([[0, 51, 255]], np.uint8))
    tensor([[[  0,  51, 255]]], dtype=uint8)
    """

    batched = True

    def __call__(self, images: Any) -> Tensor:
        if isinstance(images, Tensor) or not (of_pillow(images) or isinstance(images, np.ndarray)):
            raise TypeError(f"PILToTensor: expected an image of Pillow's or an array, got {type(images).__name__}")
        x = np.asarray(images)
        planes = channels_last("PILToTensor", x).transpose(0, 3, 1, 2)
        return Tensor._wrap(np.array(planes if x.ndim == 4 else planes[0], order="C"))

    def __repr__(self) -> str:
        return "PILToTensor()"


class ToPILImage:
    """A Tensor (C, H, W) or (H, W), or an array (H, W, C) or (H, W), as an image of Pillow.

    Floats from 0 to 1 of a Tensor become 0 to 255, with fractions cut off. Arrays of floats of one channel are kept.

    Parameters
    ----------
    mode : str, optional
        Pillow's name of its kind; "L", "LA", "RGB" or "RGBA" by the number of channels where omitted.

    Raises
    ------
    TypeError
        When called with something else, or with numbers that Pillow has no image for.
    ValueError
        When called with another shape, or `mode` does not fit the channels.

    Examples
    --------
    >>> from minigrad.vision.transforms import ToPILImage
    >>> image = ToPILImage()(mg.rand(3, 4, 6))
    >>> image.mode, image.size
    ('RGB', (6, 4))
    """

    def __init__(self, mode: str | None = None) -> None:
        if mode is not None and (not isinstance(mode, str) or mode not in _MODES):
            raise ValueError(f"ToPILImage: expected a mode of {', '.join(_MODES)}, got {mode!r}")
        self.mode = mode

    def __call__(self, images: Any) -> Any:
        if not isinstance(images, (Tensor, np.ndarray)):
            raise TypeError(f"ToPILImage: expected a Tensor or an array, got {type(images).__name__}")
        x = images.numpy(force=True) if isinstance(images, Tensor) else images
        if x.ndim not in (2, 3):
            raise ValueError(f"ToPILImage: expected an image of 2 or 3 dimensions, got shape {tuple(x.shape)}")
        if isinstance(images, Tensor):
            x = x.transpose(1, 2, 0) if x.ndim == 3 else x
            if x.dtype.kind == "f" and self.mode != "F":
                x = (x * 255).astype(np.uint8)
        if x.ndim == 3 and not 1 <= x.shape[2] <= 4:
            raise ValueError(f"ToPILImage: expected 1 to 4 channels, got {x.shape[2]}")
        return self._image(x)

    def _image(self, x: np.ndarray) -> Any:
        channels = x.shape[2] if x.ndim == 3 else 1
        if channels > 1 and x.dtype != np.uint8:
            raise TypeError(f"ToPILImage: expected uint8 for images of {channels} channels, got {x.dtype}")
        try:
            image = as_pillow(x)
        except TypeError as error:
            raise TypeError(f"ToPILImage: expected uint8, int16, int32 or float32, got {x.dtype}") from error
        if self.mode is None or self.mode == image.mode:
            return image
        known = _BY_CHANNELS.get(channels, (image.mode,))
        if self.mode not in known:
            raise ValueError(f"ToPILImage: expected a mode of {', '.join(known)} for this image, got {self.mode!r}")
        return pillow()[0].frombytes(self.mode, image.size, image.tobytes())  # the same numbers, called otherwise

    def __repr__(self) -> str:
        return f"ToPILImage({'' if self.mode is None else f'mode={self.mode}'})"


class ConvertImageDtype(ImageModule):
    """Tensors of another dtype, their values brought to its range: uint8 to float32 divides by 255.

    Parameters
    ----------
    dtype : dtype

    Raises
    ------
    TypeError
        When called with something else than a Tensor.
    RuntimeError
        When called with floats whose dtype does not have enough digits for an integer `dtype`.

    Examples
    --------
    >>> from minigrad.vision.transforms import ConvertImageDtype
    >>> ConvertImageDtype(mg.float32)(mg.tensor([0, 51, 255], dtype=mg.uint8))
    tensor([0.0000, 0.2000, 1.0000])
    >>> ConvertImageDtype(mg.uint8)(mg.tensor([0.0, 0.5, 1.0]))
    tensor([  0, 127, 255], dtype=uint8)
    """

    batched = True

    def __init__(self, dtype: Any) -> None:
        super().__init__()
        if dtype is None:
            raise TypeError("ConvertImageDtype: expected a dtype such as minigrad.float32, got None")
        self.dtype = of(as_dtype(dtype))

    def __call__(self, image: Tensor) -> Tensor:
        if not isinstance(image, Tensor):
            raise TypeError(f"ConvertImageDtype: expected a Tensor, got {type(image).__name__}")
        return Tensor._wrap(_in_range_of(image._data, np.dtype(self.dtype)))

    def __repr__(self) -> str:
        return f"ConvertImageDtype({self.dtype})"


def _in_range_of(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    if x.dtype.kind == "b" or dtype.kind == "b":
        raise TypeError(f"ConvertImageDtype: expected numbers, got {x.dtype} to {dtype}")
    if x.dtype == dtype or x.dtype.kind == dtype.kind == "f":
        return x.astype(dtype)
    if dtype.kind == "f":
        return (x / dtype.type(np.iinfo(x.dtype).max)).astype(dtype)
    top = np.iinfo(dtype).max
    if x.dtype.kind == "f":
        if (x.dtype.itemsize < 8 and dtype.itemsize >= 4) or (x.dtype.itemsize == 8 and dtype.itemsize == 8):
            raise RuntimeError(f"ConvertImageDtype: {x.dtype} has not enough digits for {dtype}; use float64 or uint8")
        return (x * (top + 1.0 - 1e-3)).astype(dtype)
    old = np.iinfo(x.dtype).max
    if old > top:
        return (x // ((old + 1) // (top + 1))).astype(dtype)
    return x.astype(dtype) * dtype.type((top + 1) // (old + 1))


class LinearTransformation(ImageModule):
    """Tensors made flat, less a mean, times a matrix: whitening.

    Parameters
    ----------
    transformation_matrix : Tensor, shape (D, D), D = C * H * W
    mean_vector : Tensor, shape (D,)

    Raises
    ------
    ValueError
        If the shapes do not fit each other, or when called, the image.
    TypeError
        When called with something else than a Tensor.

    Examples
    --------
    >>> from minigrad.vision.transforms import LinearTransformation
    >>> LinearTransformation(2 * mg.eye(2), mg.ones(2))(mg.tensor([[[3.0, 4.0]]]))
    tensor([[[4., 6.]]])
    """

    batched = True

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor) -> None:
        super().__init__()
        shapes = tuple(transformation_matrix.shape), tuple(mean_vector.shape)
        if len(shapes[0]) != 2 or shapes[0][0] != shapes[0][1] or shapes[1] != shapes[0][:1]:
            raise ValueError(
                "LinearTransformation: expected a square transformation_matrix and a mean_vector of its length, "
                f"got shapes {shapes[0]} and {shapes[1]}"
            )
        self.transformation_matrix, self.mean_vector = transformation_matrix, mean_vector

    def __call__(self, images: Tensor) -> Tensor:
        if not isinstance(images, Tensor):
            raise TypeError(
                f"LinearTransformation: expected a Tensor, got {type(images).__name__}; put ToTensor before"
            )
        shape, size = tuple(images.shape), self.mean_vector.shape[0]
        if len(shape) < 3 or shape[-1] * shape[-2] * shape[-3] != size:
            raise ValueError(f"LinearTransformation: expected images (..., C, H, W) of {size} numbers, got {shape}")
        flat = images.reshape(-1, size) - self.mean_vector
        return (flat @ self.transformation_matrix).reshape(shape)

    def __repr__(self) -> str:
        return (
            f"LinearTransformation(transformation_matrix={self.transformation_matrix.tolist()}, "
            f"mean_vector={self.mean_vector.tolist()})"
        )
