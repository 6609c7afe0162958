"""MNIST and what comes in files of the same kind: FashionMNIST, KMNIST, EMNIST."""

from __future__ import annotations

import os
import string
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from minigrad.vision.datasets.images import ArrayImages, TargetTransform, Transform
from minigrad.vision.download import download, matches
from minigrad.vision.idx import read_idx


class MNIST(ArrayImages):
    """70,000 handwritten digits of 28x28 pixels: 60,000 to train, 10,000 to test.

    Parameters
    ----------
    root : path
        Where the IDX files are, compressed by gzip or not: in ``root/MNIST/raw`` (torchvision's place), ``root/mnist``
        or ``root`` itself.
    train : bool, default True
        The training set, or else the test set.
    transform, target_transform : callable, optional
        Given the image, a uint8 array of shape (28, 28), and the class, an int; see :mod:`minigrad.vision.datasets`.
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

    classes = [
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
        transform: Transform | None = None,
        target_transform: TargetTransform | None = None,
        download: bool = False,
    ) -> None:
        self.root = Path(root)
        if download:
            self._download()
        part = self._part(train)
        images_path, labels_path = self._find([f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz"])
        self._refuse_others(labels_path)
        images, labels = read_idx(images_path), read_idx(labels_path)
        if images.dtype != np.uint8 or images.ndim != 3:
            raise RuntimeError(f"{images_path}: expected uint8 images, got {images.dtype} of shape {images.shape}")
        if labels.dtype != np.uint8 or labels.shape != images.shape[:1]:
            raise RuntimeError(
                f"{labels_path}: expected {len(images)} uint8 labels, one per image, "
                f"got {labels.dtype} of shape {labels.shape}"
            )
        if labels.max(initial=0) >= len(self.classes):
            raise RuntimeError(f"{labels_path}: expected labels below {len(self.classes)}, got {labels.max()}")
        super().__init__(images, labels, train, transform, target_transform)

    def _part(self, train: bool) -> str:
        """Return what the names of the files begin with."""
        return "train" if train else "t10k"

    def _locate(self, names: Sequence[str]) -> list[Path] | None:
        """Return the files of these names, all from the first folder that has them all."""
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
                f"{type(self).__name__}: expected {' and '.join(names)} (or without .gz) in one of "
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
        """Refuse another data set's files: all use the same names."""
        name = labels.name.removesuffix(".gz") + ".gz"
        for other in (MNIST, FashionMNIST, KMNIST):
            if other.checksums is not self.checksums and matches(labels, other.checksums[name]):
                raise RuntimeError(f"{labels}: expected a file of {type(self).__name__}, got {other.__name__}'s")


class FashionMNIST(MNIST):
    """70,000 pictures of clothes of 28x28 pixels in ten classes: 60,000 to train, 10,000 to test.

    Parameters, attributes and errors are those of :class:`MNIST`; the files are looked for in
    ``root/FashionMNIST/raw``, ``root/fashionmnist``, ``root/fashion`` and ``root``.

    Notes
    -----
    H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms,
    2017.
    """

    classes = [
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


class KMNIST(MNIST):
    """70,000 cursive Japanese characters of 28x28 pixels in ten classes: 60,000 to train, 10,000 to test.

    Parameters, attributes and errors are those of :class:`MNIST`; the files are looked for in ``root/KMNIST/raw``,
    ``root/kmnist`` and ``root``.

    Notes
    -----
    T. Clanuwat et al., Deep Learning for Classical Japanese Literature, 2018.
    """

    classes = "o ki su tsu na ha ma ya re wo".split()
    folders: ClassVar = ("KMNIST/raw", "kmnist", ".")
    mirrors: ClassVar = ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",)
    # MD5 of the compressed files
    checksums: ClassVar = {
        "train-images-idx3-ubyte.gz": "bdb82020997e1d708af4cf47b453dcf7",
        "train-labels-idx1-ubyte.gz": "e144d726b3acfaa3e44228e80efcd344",
        "t10k-images-idx3-ubyte.gz": "5c965bf0a639b31b8f53240b1b52f4d7",
        "t10k-labels-idx1-ubyte.gz": "7320c461ea6c1c855c0b718fb2a4b134",
    }


_SAME_AS_CAPITALS = "cijklmopsuvwxyz"  # small letters that are one class with the capitals in "bymerge" and "balanced"
_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_MERGED = [c for c in _LETTERS if c not in _SAME_AS_CAPITALS]


class EMNIST(MNIST):
    """Handwritten digits and letters of 28x28 pixels, in six divisions.

    Attributes and errors are those of :class:`MNIST`; the files, such as ``emnist-letters-train-images-idx3-ubyte.gz``,
    are looked for in ``root/EMNIST/raw``, ``root/gzip`` and ``root``. As they are stored, images lie on their side:
    ``image.T`` is upright.

    Parameters
    ----------
    root : path
    split : {"byclass", "bymerge", "balanced", "letters", "digits", "mnist"}
    train, transform, target_transform
        As of :class:`MNIST`.
    download : False
        The archive of all divisions is not downloaded here.

    Raises
    ------
    ValueError
        If there is no such division.
    RuntimeError
        As of :class:`MNIST`, and if `download` is True and the files are missing.

    Notes
    -----
    G. Cohen et al., EMNIST: an extension of MNIST to handwritten letters, 2017.

    Examples
    --------
    >>> from minigrad.vision.datasets import EMNIST
    >>> letters = EMNIST("data", "letters")  # doctest: +SKIP
    """

    splits = ("byclass", "bymerge", "balanced", "letters", "digits", "mnist")
    classes_split_dict: ClassVar[dict[str, list[str]]] = {
        "byclass": list(_LETTERS), "bymerge": _MERGED, "balanced": _MERGED,
        "letters": ["N/A", *string.ascii_lowercase], "digits": list(string.digits), "mnist": list(string.digits),
    }  # fmt: skip
    folders: ClassVar = ("EMNIST/raw", "gzip", ".")

    def __init__(
        self,
        root: str | os.PathLike[str],
        split: str,
        train: bool = True,
        transform: Transform | None = None,
        target_transform: TargetTransform | None = None,
        download: bool = False,
    ) -> None:
        if split not in self.splits:
            raise ValueError(f"EMNIST: expected a split of {', '.join(self.splits)}, got {split!r:.80}")
        self.split, self.classes = split, self.classes_split_dict[split]
        super().__init__(root, train, transform, target_transform)

    def _part(self, train: bool) -> str:
        return f"emnist-{self.split}-{'train' if train else 'test'}"

    def _find(self, names: Sequence[str]) -> list[Path]:
        try:
            return super()._find(names)
        except RuntimeError as error:
            advice = "put them there: they are in the archive of all divisions, gzip.zip"
            raise RuntimeError(str(error).replace("put them there, or pass download=True", advice)) from None

    def _refuse_others(self, labels: Path) -> None:
        """Refuse nothing: no other data set has files of these names."""
