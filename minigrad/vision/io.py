"""Image files to arrays and back. Needs Pillow, which matplotlib brings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from minigrad.tensor import Tensor

__all__ = ["read_image", "write_image"]


def read_image(path: str | os.PathLike[str], mode: str = "unchanged") -> np.ndarray:
    """Read an image file of any kind that Pillow knows.

    Parameters
    ----------
    path : path
    mode : {"unchanged", "gray", "rgb"}
        "gray" gives shape (H, W), "rgb" (H, W, 3); "unchanged" gives what the file holds, grey or colour.

    Returns
    -------
    ndarray, shape (H, W) or (H, W, 3), uint8
        Turned upright where a camera noted how it was held; transparent parts lie on white; 16 bits become 8.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an image, or is damaged.

    Examples
    --------
    >>> from minigrad.vision.io import read_image
    >>> read_image("photo.jpg").shape  # doctest: +SKIP
    (480, 640, 3)
    """
    if mode not in ("unchanged", "gray", "rgb"):
        raise ValueError(f'read_image: mode "unchanged", "gray" or "rgb" expected, got {mode!r}')
    image_module, ops = _pillow()
    if not Path(path).is_file():
        raise FileNotFoundError(f"read_image: there is no file {os.fspath(path)}")
    try:
        with image_module.open(path) as file:
            image = _eight_bits(ops.exif_transpose(file), image_module)
    except (OSError, SyntaxError, ValueError, NotImplementedError, image_module.DecompressionBombError) as error:
        raise ValueError(
            f"read_image: an image expected, but {os.fspath(path)} is another kind of file or is damaged: {error}"
        ) from error
    if mode != "unchanged":
        image = image.convert("L" if mode == "gray" else "RGB")
    return np.array(image)


def write_image(input: Any, path: str | os.PathLike[str]) -> None:
    """Write an image file; the ending of its name decides its kind.

    Parameters
    ----------
    input : ndarray or Tensor, shape (H, W) or (H, W, 3), uint8
    path : path
        The file is complete when it appears there.

    Raises
    ------
    TypeError
        If the image is not uint8.
    ValueError
        If its shape is another one, or Pillow knows no kind of image of this ending.

    Examples
    --------
    >>> import tempfile
    >>> from minigrad.vision.io import read_image, write_image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_image(np.full((2, 3), 255, np.uint8), folder + "/white.png")
    ...     read_image(folder + "/white.png").shape
    (2, 3)
    """
    array = input._data if isinstance(input, Tensor) else np.asarray(input)
    if array.dtype != np.uint8:
        raise TypeError(f"write_image: uint8 values expected, got {array.dtype}; scale to 0..255 and convert")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or not array.size:
        raise ValueError(f"write_image: shape (H, W) or (H, W, 3) expected, got {array.shape}")
    image_module, _ = _pillow()
    path = Path(path)
    kind = image_module.registered_extensions().get(path.suffix.lower())
    if kind not in image_module.SAVE:
        raise ValueError(f"write_image: an ending such as .png or .jpg expected, got {path.name!r}")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        image_module.fromarray(np.ascontiguousarray(array)).save(part, format=kind)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def image_endings() -> tuple[str, ...]:
    """The endings of the names of files that `read_image` can read, in lower case: ``.jpg``, ``.png``, ..."""
    image_module, _ = _pillow()
    return tuple(ending for ending, kind in image_module.registered_extensions().items() if kind in image_module.OPEN)


def _pillow() -> tuple[Any, Any]:
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise ImportError("image files need Pillow: pip install pillow") from error
    return Image, ImageOps


def _eight_bits(image: Any, image_module: Any) -> Any:
    """The same image in mode L (grey) or RGB, without transparency."""
    if image.mode.startswith("I"):  # grey of 16 bits, which Pillow would clip to 8
        return image_module.fromarray((np.clip(np.array(image), 0, 65535) // 257).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        kind = "L" if image.mode in ("L", "LA", "La") else "RGB"
        image = image.convert("RGBA")
        white = image_module.new("RGBA", image.size, "white")
        return image_module.alpha_composite(white, image).convert(kind)
    return image.convert("L" if image.mode in ("1", "L", "F") else "RGB")
