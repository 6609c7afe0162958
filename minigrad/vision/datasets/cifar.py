"""CIFAR-10 and CIFAR-100, in the files for Python and in those for C."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from minigrad.vision.archives import unpack
from minigrad.vision.datasets.images import ArrayImages, TargetTransform, Transform
from minigrad.vision.download import download, matches
from minigrad.vision.pickles import read_pickled_dict

_BATCHES = (1, 2, 3, 4, 5)
_PIXELS = 3 * 32 * 32


class CIFAR10(ArrayImages):
    """60,000 photographs of 32x32 pixels in ten classes: 50,000 to train, 10,000 to test.

    Parameters
    ----------
    root : path
        Where the files are, as pickles (``data_batch_1`` to ``data_batch_5``, ``test_batch``) or as records of bytes
        (the same with ``.bin``): in ``root/cifar-10-batches-py`` (torchvision's place), ``root/cifar-10-batches-bin``,
        in these inside ``root/cifar10``, or in ``root`` itself.
    train : bool, default True
        The training set, or else the test set.
    transform, target_transform : callable, optional
        Given the image, a uint8 array of shape (32, 32, 3), and the class, an int; see :mod:`minigrad.vision.datasets`.
    download : bool, default False
        Where files are missing, get ``root/cifar-10-python.tar.gz``, 170 MB, and unpack it.
    batches : sequence of int, optional
        Which of the five files of the training set to read: ``(1,)`` for ``data_batch_1`` alone, 10,000 images.

    Attributes
    ----------
    data : Tensor, shape (N, 32, 32, 3), uint8
    targets : Tensor, shape (N,), int64
    classes : list of str
        From ``batches.meta`` or ``batches.meta.txt`` where it lies beside the files.

    Raises
    ------
    RuntimeError
        If files are missing, truncated or corrupt, or a pickle asks for anything but arrays and plain values, which is
        all that is ever made of one; says which and what to do.
    ValueError
        If there are no such `batches`.

    Notes
    -----
    A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009.

    Examples
    --------
    >>> from minigrad.vision.datasets import CIFAR10
    >>> train = CIFAR10("data", train=True, download=True)  # doctest: +SKIP
    """

    classes = "airplane automobile bird cat deer dog frog horse ship truck".split()
    folders: ClassVar[tuple[str, ...]] = (
        "cifar-10-batches-py", "cifar-10-batches-bin",
        "cifar10/cifar-10-batches-py", "cifar10/cifar-10-batches-bin", ".",
    )  # fmt: skip
    mirrors: ClassVar[tuple[str, ...]] = ("https://www.cs.toronto.edu/~kriz/",)
    archive: ClassVar[str] = "cifar-10-python.tar.gz"
    meta: ClassVar[str] = "batches.meta"
    prefix: ClassVar[str] = ""  # of what the labels are called
    checksum: ClassVar[str] = "c58f30108f718f92721af3b95e74349a"  # MD5 of the archive, as its author publishes it

    def __init__(
        self,
        root: str | os.PathLike[str],
        train: bool = True,
        transform: Transform | None = None,
        target_transform: TargetTransform | None = None,
        download: bool = False,
        *,
        batches: Sequence[int] | None = None,
    ) -> None:
        self.root = Path(root)
        names = self._names(train, batches)
        if download:
            self._download()
        found = self._locate(names)
        if found is None:
            raise RuntimeError(
                f"{type(self).__name__}: expected {', '.join(names)} (or the same with .bin) in one of "
                f"{', '.join(str(self.root / folder) for folder in self.folders)}, but not there; "
                "put them there, or pass download=True"
            )
        self.classes = _class_names(found[0], self.meta, f"{self.prefix}label_names") or self.classes
        parts, labels = zip(*[_read(path, self.prefix, len(self.classes)) for path in found], strict=True)
        images = np.empty((sum(map(len, parts)), 32, 32, 3), np.uint8)
        np.concatenate([planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1) for planes in parts], out=images)
        super().__init__(images, np.concatenate(labels), train, transform, target_transform)

    @staticmethod
    def _names(train: bool, batches: Sequence[int] | None) -> list[str]:
        """Return the names of the files to read."""
        return _file_names(train, batches)

    def _locate(self, names: Sequence[str]) -> list[Path] | None:
        """Return the files of these names, all pickles or all records, from the first folder that has them all."""
        for folder in self.folders:
            for ending in ("", ".bin"):
                paths = [self.root / folder / (name + ending) for name in names]
                if all(map(Path.is_file, paths)):
                    return paths
        return None

    def _download(self) -> None:
        if self._locate([*self._names(True, None), *self._names(False, None)]) is not None:
            return
        archive = self.root / self.archive
        if not archive.is_file():
            download(self.mirrors, archive, self.checksum)
        elif not matches(archive, self.checksum):
            raise RuntimeError(f"{archive}: its checksum is not {self.checksum}; delete it and get it again")
        unpack(archive, self.root)


class CIFAR100(CIFAR10):
    """60,000 photographs of 32x32 pixels in a hundred classes: 50,000 to train, 10,000 to test.

    Parameters, attributes and errors are those of :class:`CIFAR10`, but for `batches`: there is one file to train,
    ``train``, and one to test, ``test``, in ``root/cifar-100-python`` (torchvision's place), ``root/cifar-100-binary``
    or ``root``.

    Examples
    --------
    >>> from minigrad.vision.datasets import CIFAR100
    >>> train = CIFAR100("data", train=True, download=True)  # doctest: +SKIP
    """

    classes = (
        "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can "
        "castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin "
        "elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster "
        "man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck "
        "pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk "
        "skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger "
        "tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm"
    ).split()
    folders: ClassVar[tuple[str, ...]] = ("cifar-100-python", "cifar-100-binary", ".")
    archive: ClassVar[str] = "cifar-100-python.tar.gz"
    meta: ClassVar[str] = "meta"
    prefix: ClassVar[str] = "fine_"
    checksum: ClassVar[str] = "eb9058c3a382ffc7106e4002c42a8d85"

    @staticmethod
    def _names(train: bool, batches: Sequence[int] | None) -> list[str]:
        if batches is not None:
            raise ValueError(f"CIFAR100: expected no batches, as it comes in one file, got batches={batches!r}")
        return ["train"] if train else ["test"]


def _file_names(train: bool, batches: Sequence[int] | None) -> list[str]:
    if batches is None:
        return [f"data_batch_{number}" for number in _BATCHES] if train else ["test_batch"]
    numbers = list(batches)
    if not train or not numbers or len(set(numbers)) < len(numbers) or not set(numbers) <= set(_BATCHES):
        of = "" if train else " and train=True"
        raise ValueError(f"CIFAR10: expected different batches of {_BATCHES}{of}, got batches={batches!r}")
    return [f"data_batch_{number}" for number in numbers]


def _class_names(beside: Path, meta: str, key: str) -> list[str] | None:
    """Return what the classes are called in the file for that in the same folder, if there is one."""
    records, pickled = beside.with_name(f"{meta}.txt" if key == "label_names" else f"{key}.txt"), beside.with_name(meta)
    source = records if beside.suffix == ".bin" else pickled
    if not source.is_file():
        return None
    names = records.read_bytes().split() if source is records else read_pickled_dict(pickled).get(key)
    try:
        if isinstance(names, list) and all(isinstance(name, (str, bytes)) for name in names):
            return [name.decode() if isinstance(name, bytes) else name for name in names]
    except UnicodeDecodeError:
        pass
    raise RuntimeError(f"{source}: expected a list of names for {key}, got {_described(names)}")


def _read(path: Path, prefix: str, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images, uint8 of shape (N, 3072), and labels of shape (N,)."""
    images, labels = (
        _read_records(path, 2 if prefix else 1) if path.suffix == ".bin" else _read_pickle(path, f"{prefix}labels")
    )
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        raise RuntimeError(f"{path}: expected labels from 0 to {classes - 1}, got {labels.min()} to {labels.max()}")
    return images, labels


def _read_records(path: Path, labels: int) -> tuple[np.ndarray, np.ndarray]:
    """Read a record per image: a byte for each label, the last of them its class, then red, green and blue pixels."""
    content = np.fromfile(path, np.uint8)
    if content.size % (labels + _PIXELS):
        raise RuntimeError(
            f"{path}: expected records of {labels + _PIXELS} bytes, got {content.size} bytes; "
            "the file is truncated or corrupt: delete it and get it again"
        )
    records = content.reshape(-1, labels + _PIXELS)
    return records[:, labels:], records[:, labels - 1]


def _read_pickle(path: Path, key: str) -> tuple[np.ndarray, np.ndarray]:
    batch: dict[str, Any] = read_pickled_dict(path)
    images, labels = batch.get("data"), batch.get(key)
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8 or images.shape[1:] != (_PIXELS,):
        raise RuntimeError(f"{path}: expected data as a uint8 array of shape (N, {_PIXELS}), got {_described(images)}")
    numbers = labels if isinstance(labels, np.ndarray) else np.array(labels if _are_ints(labels) else None)
    if numbers.dtype.kind not in "iu" or numbers.shape != (len(images),):
        raise RuntimeError(f"{path}: expected {key} as {len(images)} integers, got {_described(labels)}")
    return images, numbers


def _are_ints(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int for value in values)


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} of shape {value.shape}"
    return f"a list of {len(value)}" if isinstance(value, list) else type(value).__name__
