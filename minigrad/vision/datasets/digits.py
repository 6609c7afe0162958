"""The handwritten digits that come with the package."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from minigrad.vision.datasets.images import ArrayImages, TargetTransform, Transform, every_nth

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
    ):
        with np.load(_BUNDLED / "digits.npz", allow_pickle=False) as file:
            images, labels = file["images"], file["labels"]
        aside = every_nth(labels, 5)
        chosen = ~aside if train else aside
        grey = (images[chosen].astype(np.uint16) * 255 + 8) // 16
        super().__init__(grey.astype(np.uint8), labels[chosen], train, transform, target_transform)
