"""Image data sets: Digits, which comes with the package, MNIST and FashionMNIST.

One difference from torchvision: no PIL images are made. Without a `transform` a sample is what a network wants, a
float32 Tensor of shape (1, H, W) with values in [0, 1], and a batch of such samples is made by one fancy index. A
`transform` is given the image as it is stored, a uint8 array of shape (H, W).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from minigrad.tensor import Tensor
from minigrad.utils.data import Batch, Dataset
from minigrad.vision.files import download, matches, read_idx

__all__ = ["Digits", "FashionMNIST", "MNIST"]

_BUNDLED = Path(__file__).parent / "data"


class _Images(Dataset[tuple[Any, Any]]):
    """Images and their classes in two arrays."""

    classes: ClassVar[list[str]]

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        train: bool,
        transform: Callable[[np.ndarray], Any] | None,
        target_transform: Callable[[int], Any] | None,
    ):
        self.data = Tensor._wrap(images)
        self.targets = Tensor._wrap(labels.astype(np.int64))
        self.train = train
        self.transform = transform
        self.target_transform = target_transform

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The number of each class by its name."""
        return {name: number for number, name in enumerate(self.classes)}

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: Any) -> tuple[Any, Any]:
        image, target = self.data._data[index], int(self.targets._data[index])
        x = _network_input(image) if self.transform is None else self.transform(image)
        return x, target if self.target_transform is None else self.target_transform(target)

    def __getitems__(self, indices: Sequence[int]) -> Sequence[tuple[Any, Any]]:
        if self.transform is not None or self.target_transform is not None:
            return [self[index] for index in indices]
        rows = np.asarray(indices, dtype=np.int64)
        return Batch(_network_input(self.data._data[rows]), self.targets._data[rows])

    def __repr__(self) -> str:
        part = "train" if self.train else "test"
        return f"{type(self).__name__}({part}, {len(self)} images of {tuple(self.data.shape[1:])})"


def _network_input(images: np.ndarray) -> Tensor:
    """uint8 (..., H, W) as float32 (..., 1, H, W) in [0, 1]."""
    return Tensor._wrap(np.divide(images[..., None, :, :], 255, dtype=np.float32))


class Digits(_Images):
    """1,797 handwritten digits of 8x8 pixels, which come with the package.

    The split is fixed: of each class, in the order of the file, every fifth image belongs to the test set (355 images)
    and the others to the training set (1,442).

    Parameters
    ----------
    train : bool, default True
        The training set, or else the test set.
    transform : callable, optional
        Given the image, a uint8 array of shape (8, 8); without it a sample holds a float32 Tensor of shape (1, 8, 8).
    target_transform : callable, optional
        Given the class, an int.

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

    classes: ClassVar = [str(digit) for digit in range(10)]

    def __init__(
        self,
        train: bool = True,
        transform: Callable[[np.ndarray], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
    ):
        with np.load(_BUNDLED / "digits.npz", allow_pickle=False) as file:
            images, labels = file["images"], file["labels"]
        rank = np.empty(len(labels), np.int64)  # the number of an image within its class
        for label in range(10):
            rank[labels == label] = np.arange((labels == label).sum())
        chosen = (rank % 5 != 4) if train else (rank % 5 == 4)
        grey = (images[chosen].astype(np.uint16) * 255 + 8) // 16
        super().__init__(grey.astype(np.uint8), labels[chosen], train, transform, target_transform)


class MNIST(_Images):
    """70,000 handwritten digits of 28x28 pixels: 60,000 to train, 10,000 to test.

    Parameters
    ----------
    root : path
        Where the IDX files are, compressed by gzip or not: in ``root/MNIST/raw`` (torchvision's place), ``root/mnist``
        or ``root`` itself.
    train : bool, default True
        The training set, or else the test set.
    transform : callable, optional
        Given the image, a uint8 array of shape (28, 28); without it a sample holds a float32 Tensor of shape
        (1, 28, 28).
    target_transform : callable, optional
        Given the class, an int.
    download : bool, default False
        Get the files that are missing, into ``root/MNIST/raw``.

    Attributes
    ----------
    data : Tensor, shape (N, 28, 28), uint8
    targets : Tensor, shape (N,), int64

    Raises
    ------
    RuntimeError
        If files are missing, truncated, corrupt, or those of another data set; says which and what to do.

    Notes
    -----
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition, 1998.

    Examples
    --------
    >>> from minigrad.vision.datasets import MNIST
    >>> train = MNIST("data", train=True, download=True)  # doctest: +SKIP
    """

    classes: ClassVar = [
        f"{number} - {name}" for number, name in enumerate("zero one two three four five six seven eight nine".split())
    ]
    folders: ClassVar[tuple[str, ...]] = ("MNIST/raw", "mnist", ".")
    mirrors: ClassVar[tuple[str, ...]] = (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    )
    # SHA-256 of the uncompressed content: the compressed files differ between mirrors
    checksums: ClassVar[dict[str, str]] = {
        "train-images-idx3-ubyte.gz": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte.gz": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte.gz": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte.gz": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    }

    def __init__(
        self,
        root: str | os.PathLike[str],
        train: bool = True,
        transform: Callable[[np.ndarray], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
        download: bool = False,
    ):
        self.root = Path(root)
        if download:
            self._download()
        part = "train" if train else "t10k"
        images_path, labels_path = self._find([f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz"])
        self._refuse_others(labels_path)
        images, labels = read_idx(images_path), read_idx(labels_path)
        if images.dtype != np.uint8 or images.ndim != 3:
            raise RuntimeError(f"{images_path}: uint8 images expected, got {images.dtype} of shape {images.shape}")
        if labels.dtype != np.uint8 or labels.shape != images.shape[:1]:
            raise RuntimeError(
                f"{labels_path}: {len(images)} uint8 labels expected, one an image, "
                f"got {labels.dtype} of shape {labels.shape}"
            )
        if labels.max(initial=0) >= len(self.classes):
            raise RuntimeError(f"{labels_path}: labels below {len(self.classes)} expected, got {labels.max()}")
        super().__init__(images, labels, train, transform, target_transform)

    def _locate(self, names: Sequence[str]) -> list[Path] | None:
        """The files of these names, all from the first folder that has them all."""
        for folder in self.folders:
            places = [[self.root / folder / name, self.root / folder / name.removesuffix(".gz")] for name in names]
            found = [next(filter(Path.is_file, place), None) for place in places]
            if None not in found:
                return [path for path in found if path is not None]
        return None

    def _find(self, names: Sequence[str]) -> list[Path]:
        found = self._locate(names)
        if found is None:
            raise RuntimeError(
                f"{type(self).__name__}: {' and '.join(names)} (or without .gz) expected in one of "
                f"{', '.join(str(self.root / folder) for folder in self.folders)}, but not there; "
                "put them there, or pass download=True"
            )
        return found

    def _download(self) -> None:
        if self._locate(list(self.checksums)) is None:
            for name, checksum in self.checksums.items():
                path = self.root / self.folders[0] / name
                if not path.is_file():
                    download(self.mirrors, path, checksum)

    def _refuse_others(self, labels: Path) -> None:
        """The files of MNIST and FashionMNIST have the same names: do not mistake one for the other."""
        name = labels.name.removesuffix(".gz") + ".gz"
        for other in (MNIST, FashionMNIST):
            if other.checksums is not self.checksums and matches(labels, other.checksums[name]):
                raise RuntimeError(f"{labels}: a file of {type(self).__name__} expected, got {other.__name__}'s")


class FashionMNIST(MNIST):
    """70,000 pictures of clothes of 28x28 pixels in ten classes: 60,000 to train, 10,000 to test.

    Parameters, attributes and errors are those of :class:`MNIST`; the files are looked for in
    ``root/FashionMNIST/raw``, ``root/fashionmnist``, ``root/fashion`` and ``root``.

    Notes
    -----
    H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms,
    2017.
    """

    classes: ClassVar = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]  # fmt: skip
    folders: ClassVar = ("FashionMNIST/raw", "fashionmnist", "fashion", ".")
    mirrors: ClassVar = (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    )
    # MD5 of the compressed files, as their authors publish it
    checksums: ClassVar = {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    }
