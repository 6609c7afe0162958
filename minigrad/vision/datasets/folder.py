"""A folder of files, one folder inside it a class."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minigrad.utils.data import Dataset
from minigrad.vision.datasets.images import Images, TargetTransform, Transform
from minigrad.vision.io import image_endings, read_image


class DatasetFolder(Dataset[tuple[Any, int]]):
    """The files in the folders of a folder, each folder a class, read by a function of the caller's.

    Parameters
    ----------
    root : path
    loader : callable
        From the path of a file to a sample.
    extensions : sequence of str, optional
        Of the names of files to take, ``(".npy",)``; either this or `is_valid_file`.
    transform, target_transform : callable, optional
        Given the sample, and its class, an int. A sample is what the loader gives where omitted.
    is_valid_file : callable, optional
        From the path of a file to whether to take it.
    allow_empty : bool, default False
        Whether a class may be without files.

    Attributes
    ----------
    classes : list of str
        The names of the folders, sorted.
    class_to_idx : dict of str to int
    samples : list of (str, int)
        Paths and classes.
    targets : list of int

    Raises
    ------
    FileNotFoundError
        If there is no such folder, no folder in it, or none of the files in one of them.
    ValueError
        If both or none of `extensions` and `is_valid_file` are given.

    Examples
    --------
    >>> from minigrad.vision.datasets import DatasetFolder
    >>> arrays = DatasetFolder("data/spectra", np.load, extensions=(".npy",))  # doctest: +SKIP
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        loader: Callable[[str], Any],
        extensions: str | Sequence[str] | None = None,
        transform: Transform | None = None,
        target_transform: TargetTransform | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        self.transform, self.target_transform = transform, target_transform
        name = type(self).__name__
        if (extensions is None) == (is_valid_file is None):
            raise ValueError(f"{name}: expected either extensions or is_valid_file, got both or none of them")
        self.root, self.loader, self.extensions = Path(root), loader, extensions
        self.classes, self.class_to_idx = self.find_classes(self.root)
        endings = (extensions,) if isinstance(extensions, str) else tuple(extensions or ())
        self.samples = self._found(is_valid_file or (lambda path: path.lower().endswith(endings)))
        self.targets = [number for _, number in self.samples]
        if not allow_empty:
            _refuse_empty_classes(self)

    def find_classes(self, directory: str | os.PathLike[str]) -> tuple[list[str], dict[str, int]]:
        """Return the names of the classes in a folder, and their numbers. A subclass may find others."""
        names = _folders(type(self).__name__, Path(directory))
        return names, {name: number for number, name in enumerate(names)}

    def _found(self, valid: Callable[[str], bool]) -> list[tuple[str, int]]:
        return [
            (path, number)
            for name, number in self.class_to_idx.items()
            for path in _files(self.root / name)
            if valid(path)
        ]

    def _sample(self, image: Any, target: int) -> tuple[Any, int]:
        x = image if self.transform is None else self.transform(image)
        return x, target if self.target_transform is None else self.target_transform(target)

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: Any) -> tuple[Any, int]:
        path, target = self.samples[index]
        return self._sample(self._read(path), target)

    def _read(self, path: str) -> Any:
        return self.loader(path)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.root}, {len(self)} samples of {len(self.classes)} classes)"


class ImageFolder(Images, DatasetFolder):
    """The images in the folders of a folder: ``root/cat/anything.jpg`` is of the class "cat".

    Files are found in folders inside those of the classes, too. Names that begin with a dot are passed over.

    Parameters
    ----------
    root : path
    transform : callable, optional
        Given the image, a uint8 array of shape (H, W, 3). With ``batched = True`` it is given (N, H, W, 3) where the
        images of a batch are of one size. Without it a sample holds a float32 Tensor of shape (3, H, W) with values in
        [0, 1]; images of different sizes make no batch: ``transforms.Resize((height, width))`` makes them equal.
    target_transform : callable, optional
        Given the class, an int.
    loader : callable, optional
        From the path of a file to its image, a uint8 array or whatever `transform` takes; by default
        :func:`~minigrad.vision.io.read_image`, which reads what Pillow reads, in colour: grey images get three equal
        channels. For images that it takes for too large:
        ``functools.partial(read_image, mode="rgb", max_pixels=10**9)``.
    is_valid_file : callable, optional
        From the path of a file to whether it is an image; by default those are with an ending that Pillow knows.
    on_error : {"raise", "skip"}, default "raise"
        What to do about a file that cannot be read. "raise": ValueError, which names it, when the sample is asked for,
        as images are read only then. "skip": read every image once, now, and leave out what cannot be read, so that it
        ends no epoch halfway; `skipped` lists it. For ten thousand small photographs this takes some seconds.
    cache : bool, default False
        Keep the images in memory after they were first read. For sets that fit.

    Attributes
    ----------
    classes : list of str
        The names of the folders, sorted.
    class_to_idx : dict of str to int
    samples, imgs : list of (str, int)
        The path and the class of each image, sorted.
    targets : list of int
    skipped : list of (str, str)
        The path of each file that was left out, and why.

    Raises
    ------
    FileNotFoundError
        If `root` or its folders do not exist, or there is a class without an image.
    ValueError
        For another `on_error`.

    Examples
    --------
    >>> from minigrad.vision.datasets import ImageFolder
    >>> pets = ImageFolder("data/pets/train")  # doctest: +SKIP
    >>> pets.class_to_idx  # doctest: +SKIP
    {'cat': 0, 'dog': 1}
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        transform: Transform | None = None,
        target_transform: TargetTransform | None = None,
        loader: Callable[[str], Any] | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        *,
        on_error: str = "raise",
        cache: bool = False,
    ) -> None:
        super().__init__(transform, target_transform)
        if on_error not in ("raise", "skip"):
            raise ValueError(f'ImageFolder: expected on_error "raise" or "skip", got {on_error!r}')
        self.root = Path(root)
        self.loader = loader or _read_colour
        self.classes, self.class_to_idx = self.find_classes(self.root)
        self.samples = self._found(is_valid_file or _has_image_ending())
        self.skipped: list[tuple[str, str]] = []
        self._kept: dict[str, np.ndarray] | None = {} if cache else None
        if on_error == "skip":
            self.samples = [sample for sample in self.samples if self._readable(sample[0])]
        self.imgs = self.samples
        self.targets = [number for _, number in self.samples]
        _refuse_empty_classes(self, self.skipped)

    def __getitems__(self, indices: Sequence[int]) -> Sequence[tuple[Any, int]]:
        chosen = [self.samples[index] for index in indices]
        images = [self._read(path) for path, _ in chosen]
        targets = [target for _, target in chosen]
        kinds = {(x.shape, x.dtype) if isinstance(x, np.ndarray) else None for x in images}  # a loader may give others
        if self._by_batch and len(kinds) == 1 and None not in kinds:
            return self._batch(np.stack(images), np.array(targets))
        return [self._sample(image, target) for image, target in zip(images, targets, strict=True)]

    def __repr__(self) -> str:
        without = f", {len(self.skipped)} skipped" if self.skipped else ""
        return f"ImageFolder({self.root}, {len(self)} images of {len(self.classes)} classes{without})"

    def _read(self, path: str) -> Any:
        if self._kept is None:
            return self.loader(path)
        if path not in self._kept:
            self._kept[path] = self.loader(path)
        return self._kept[path]

    def _readable(self, path: str) -> bool:
        try:
            self._read(path)
        except Exception as error:  # Pillow, which a loader may use, raises many kinds for damaged files
            self.skipped.append((path, str(error) or type(error).__name__))
            return False
        return True


def _refuse_empty_classes(dataset: DatasetFolder, skipped: Sequence[tuple[str, str]] = ()) -> None:
    filled = set(dataset.targets)
    empty = [name for name, number in dataset.class_to_idx.items() if number not in filled]
    if empty:
        name, kind = type(dataset).__name__, "images" if isinstance(dataset, ImageFolder) else "files to take"
        left_out = f" ({len(skipped)} files cannot be read), the first because of: {skipped[0][1]}" if skipped else ""
        raise FileNotFoundError(
            f"{name}: expected {kind} in each folder of {dataset.root}, none found in {', '.join(empty)}{left_out}; "
            "every folder is a class: remove those that are not, or pass is_valid_file for files of other kinds"
        )


def _folders(who: str, root: Path) -> list[str]:
    if not root.is_dir():
        raise FileNotFoundError(f"{who}: expected a folder, but there is none at {root}")
    names = sorted(entry.name for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not names:
        raise FileNotFoundError(f"{who}: expected a folder for each class in {root}, such as {root / 'cat'}")
    return names


def _files(folder: Path) -> list[str]:
    """Return all files in a folder and in those inside it, sorted."""
    found = []
    for place, inside, names in os.walk(folder, followlinks=True):
        inside[:] = [name for name in inside if not name.startswith(".")]
        found += [os.path.join(place, name) for name in names if not name.startswith(".")]
    return sorted(found)


def _has_image_ending() -> Callable[[str], bool]:
    endings = image_endings()
    return lambda path: path.lower().endswith(endings)


def _read_colour(path: str) -> np.ndarray:
    return read_image(path, "rgb")
