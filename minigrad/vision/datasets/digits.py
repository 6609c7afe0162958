"""The handwritten digits that come with the package."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from minigrad.saving.bounded import most_unfolded, read_npy
from minigrad.vision.datasets.images import ArrayImages, TargetTransform, Transform, every_nth

_COUNT = 1797
_BUNDLED = Path(__file__).parents[1] / "data"


class Digits(ArrayImages):
    """1,797 handwritten digits of 8x8 pixels, which come with the package.

    The split is fixed: of each class, in the order of the file, every fifth image belongs to the test set (355 images)
    and the others to the training set (1,442).

    Parameters
    ----------
    train : bool, default True
        The training set, or else the test set.
    transform, target_transform : callable, optional
        Given the image, a uint8 array of shape (8, 8), and the class, an int; see :mod:`minigrad.vision.datasets`.

    Attributes
    ----------
    data : Tensor, shape (N, 8, 8), uint8
        The 17 grey levels of the original spread over 0 to 255.
    targets : Tensor, shape (N,), int64

    Raises
    ------
    RuntimeError
        If the file that came with the package is missing or damaged.

    Notes
    -----
    E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
    https://doi.org/10.24432/C50P49. CC BY 4.0.

    Examples
    --------
    >>> from minigrad.vision.datasets import Digits
    >>> digits = Digits(train=False)
    >>> image, target = digits[0]
    >>> len(digits), image.shape, target
    (355, Size([1, 8, 8]), 5)
    """

    classes = [str(digit) for digit in range(10)]

    def __init__(
        self,
        train: bool = True,
        transform: Transform | None = None,
        target_transform: TargetTransform | None = None,
    ) -> None:
        images, labels = _read(_BUNDLED / "digits.npz")
        aside = every_nth(labels, 5)
        chosen = ~aside if train else aside
        grey = (images[chosen].astype(np.uint16) * 255 + 8) // 16
        super().__init__(grey.astype(np.uint8), labels[chosen], train, transform, target_transform)


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the images, with values up to 16, and their classes."""
    try:
        with zipfile.ZipFile(path) as archive:
            images, labels = (_entry(archive, name, path.stat().st_size) for name in ("images.npy", "labels.npy"))
        shapes, dtypes = (images.shape, labels.shape), {images.dtype, labels.dtype}
        if shapes != ((_COUNT, 8, 8), (_COUNT,)) or dtypes != {np.dtype(np.uint8)}:
            raise ValueError("it holds other arrays")
        if images.max() > 16 or labels.max() > 9:
            raise ValueError("its numbers are out of their range")
    except Exception as error:  # zipfile, zlib and NumPy raise many kinds for a damaged file
        raise RuntimeError(
            f"Digits: {path}, which comes with minigrad, is missing or damaged ({error}); install minigrad again"
        ) from error
    return images, labels


def _entry(archive: zipfile.ZipFile, name: str, size: int) -> np.ndarray:
    info = archive.getinfo(name)
    if info.file_size > most_unfolded(size):
        raise ValueError(f"{name} unfolds too far")
    with archive.open(info) as file:
        return read_npy(file, info.file_size)
