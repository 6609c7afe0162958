"""Image files to arrays and back. Needs Pillow, which matplotlib brings."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.kernels.forking import lock
from minigrad.saving.atomic import replaced
from minigrad.vision.pillow import pillow

__all__ = ["read_image", "write_image"]

_RATIO, _ALWAYS = 16, 1 << 24  # pixels by default: the first for each byte of a file, plus the second


def read_image(path: str | os.PathLike[str], mode: str = "unchanged", *, max_pixels: int | None = None) -> np.ndarray:
    """Read an image file of any kind that Pillow knows, but for icons and PostScript.

    Parameters
    ----------
    path : path
    mode : {"unchanged", "gray", "rgb"}
        "gray" gives shape (H, W), "rgb" (H, W, 3); "unchanged" gives what the file holds, grey or colour.
    max_pixels : int, optional
        Refuse larger images by their header, before they are decoded. By default 2**24, which is 4096x4096, and 16 more
        for each byte of the file: photographs stay far below, and a small file made to fill the memory does not.

    Returns
    -------
    ndarray, shape (H, W) or (H, W, 3), uint8
        Turned upright where a camera noted how it was held; transparent parts lie on white; 16 bits become 8; of an
        animation the first picture. Integers of 32 bits and floating-point numbers have no agreed white: it is the
        first of 1 (for floats), 255, 65535 and the largest value that no pixel exceeds; what is below 0 is black.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an image, is damaged, or has more than `max_pixels`.

    Examples
    --------
    >>> from minigrad.vision.io import read_image
    >>> read_image("photo.jpg").shape  # doctest: +SKIP
    (480, 640, 3)
    """
    if mode not in ("unchanged", "gray", "rgb"):
        raise ValueError(f'read_image: expected mode "unchanged", "gray" or "rgb", got {mode!r}')
    image_module, ops = pillow()
    if not Path(path).is_file():
        raise FileNotFoundError(f"read_image: there is no file {os.fspath(path)}")
    try:
        formats = _formats(image_module)
        with (
            _File(path) as content,
            _limit_of_pillow(image_module, max_pixels),
            image_module.open(content, formats=formats) as file,
        ):
            most = _ALWAYS + _RATIO * os.path.getsize(path) if max_pixels is None else max_pixels
            if file.width * file.height > most:
                raise ValueError(
                    f"it has {file.width}x{file.height} pixels, more than {most}; pass a larger max_pixels to trust it"
                )
            image = _eight_bits(ops.exif_transpose(file), file.format, image_module)
            return np.array(image if mode == "unchanged" else image.convert("L" if mode == "gray" else "RGB"))
    except image_module.UnidentifiedImageError as error:  # whose words name an object
        raise ValueError(
            f"read_image: expected an image, but {os.fspath(path)} is another kind of file or is damaged"
        ) from error
    except Exception as error:  # Pillow raises many kinds for damaged files, RuntimeError and IndexError among them
        raise ValueError(
            f"read_image: expected an image, but {os.fspath(path)} is another kind of file or is damaged: "
            f"{error or type(error).__name__}"
        ) from error


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
    OSError
        If the file cannot be written; it names the file, and an old one is as it was.

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
        raise TypeError(f"write_image: expected uint8 values, got {array.dtype}; scale to 0..255 and convert")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or not array.size:
        raise ValueError(f"write_image: expected shape (H, W) or (H, W, 3), got {array.shape}")
    image_module, _ = pillow()
    path = Path(path)
    kind = image_module.registered_extensions().get(path.suffix.lower())
    if kind not in image_module.SAVE:
        raise ValueError(f"write_image: expected an ending such as .png or .jpg, got {path.name!r}")
    with replaced(path, "write_image") as file:
        image_module.fromarray(np.ascontiguousarray(array)).save(file, format=kind)


def image_endings() -> tuple[str, ...]:
    """Return the endings of the names of files that `read_image` can read, in lower case: ``.jpg``, ``.png``, ..."""
    image_module, _ = pillow()
    known = image_module.registered_extensions()  # which lets Pillow find its formats
    formats = _formats(image_module)
    return tuple(ending for ending, kind in known.items() if kind in formats)


def _formats(image_module: Any) -> list[str]:
    """Return those of Pillow's that are safe.

    For PostScript it starts an interpreter, and what the file says is run; an icon holds images that may have any size,
    whatever its header says.
    """
    image_module.init()
    return [kind for kind in image_module.OPEN if kind not in ("EPS", "ICO", "ICNS")]


class _File(io.BufferedReader):
    """A file that makes no room for more than it has, which Pillow asks for where a length is damaged."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(io.FileIO(path))
        self._size = os.path.getsize(path)

    def read(self, size: int | None = -1) -> bytes:
        return super().read(size if size is None or size < 0 else min(size, self._size))


@contextlib.contextmanager
def _limit_of_pillow(image_module: Any, max_pixels: int | None) -> Iterator[None]:
    """Make Pillow allow what the caller allows within the block: its own limit is one for all threads."""
    if max_pixels is None:
        yield
        return
    with lock:  # Pillow has a single limit for all threads
        before = image_module.MAX_IMAGE_PIXELS
        image_module.MAX_IMAGE_PIXELS = max(before or 0, max_pixels)
        try:
            yield
        finally:
            image_module.MAX_IMAGE_PIXELS = before


def _eight_bits(image: Any, kind: str, image_module: Any) -> Any:
    """Return the same image in mode L (grey) or RGB, without transparency."""
    if image.mode.startswith("I;16") or (image.mode == "I" and kind in ("PNG", "PPM")):
        return image_module.fromarray((np.clip(np.array(image), 0, 65535) // 257).astype(np.uint8))
    if image.mode in ("I", "F"):
        return image_module.fromarray(_scaled(np.array(image)))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        grey = image.mode in ("L", "LA", "La")
        image = image.convert("RGBA")
        white = image_module.new("RGBA", image.size, "white")
        return image_module.alpha_composite(white, image).convert("L" if grey else "RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _scaled(numbers: np.ndarray) -> np.ndarray:
    """Return grey values without an agreed white as uint8."""
    finite = np.nan_to_num(numbers, nan=0.0, posinf=np.max(numbers, initial=0, where=np.isfinite(numbers)), neginf=0.0)
    largest = finite.max(initial=0)
    whites = [*([1.0] if numbers.dtype.kind == "f" else []), 255, 65535]
    white = next((white for white in whites if largest <= white), largest)
    return np.rint(np.clip(finite, 0, None) * (255 / white)).astype(np.uint8)
