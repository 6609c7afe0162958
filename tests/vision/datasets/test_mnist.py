"""MNIST and FashionMNIST: IDX files as they come, and as they do not."""

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from minigrad.utils.data import DataLoader
from minigrad.vision.datasets import EMNIST, KMNIST, MNIST, FashionMNIST

REAL = Path(__file__).parents[4] / "shared" / "data"
NAMES = list(MNIST.checksums)


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def contents(n=6):
    """Files that look like MNIST: n images to train, n to test."""
    rng = np.random.default_rng(0)
    arrays = [rng.integers(0, 256, (n, 28, 28)), rng.integers(0, 10, n)] * 2
    return {name: idx(array.astype(np.uint8)) for name, array in zip(NAMES, arrays, strict=True)}


def put(folder, files, compress=True):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if compress:
            (folder / name).write_bytes(gzip.compress(content))
        else:
            (folder / name.removesuffix(".gz")).write_bytes(content)


# ---- where the files may be


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("folder", ["MNIST/raw", "mnist", "."])
def test_files_are_found(folder, compress, tmp_path):
    files = contents()
    put(tmp_path / folder, files, compress)
    for train, part in ((True, "train"), (False, "t10k")):
        dataset = MNIST(str(tmp_path), train=train)
        images = np.frombuffer(files[f"{part}-images-idx3-ubyte.gz"], np.uint8, offset=16).reshape(-1, 28, 28)
        assert np.array_equal(dataset.data.numpy(), images) and len(dataset) == 6
        assert dataset[2][1] == files[f"{part}-labels-idx1-ubyte.gz"][8 + 2]


def test_fashion_has_its_own_folder(tmp_path):
    put(tmp_path / "FashionMNIST" / "raw", contents(4))
    put(tmp_path / "mnist", contents(5))
    assert len(FashionMNIST(tmp_path)) == 4 and len(MNIST(tmp_path)) == 5
    put(tmp_path / "KMNIST" / "raw", contents(3))
    assert len(KMNIST(tmp_path)) == 3 and KMNIST(tmp_path).class_to_idx["tsu"] == 3
    assert FashionMNIST(tmp_path).classes[9] == "Ankle boot" and MNIST.classes[3] == "3 - three"


@pytest.mark.parametrize("split", EMNIST.splits)
def test_letters_come_in_divisions(split, tmp_path):
    count = {"byclass": 62, "bymerge": 47, "balanced": 47, "letters": 27}.get(split, 10)
    for train, part in ((True, "train"), (False, "test")):
        images, labels = np.full((count, 28, 28), train, np.uint8), np.arange(count, dtype=np.uint8)
        names = (f"emnist-{split}-{part}-{kind}-ubyte.gz" for kind in ("images-idx3", "labels-idx1"))
        put(tmp_path / "EMNIST" / "raw", dict(zip(names, map(idx, (images, labels)), strict=True)))
        dataset = EMNIST(tmp_path, split, train, download=True)
        assert len(dataset) == len(dataset.classes) == count and dataset[3][0].max() == train / 255
    assert [dataset.classes[i] for i in (0, 9)] == (["N/A", "i"] if split == "letters" else ["0", "9"])
    assert EMNIST.classes_split_dict["balanced"][36:] == list("abdefghnqrt")


def test_unknown_or_missing_divisions(tmp_path):
    with pytest.raises(ValueError, match="EMNIST: expected a split of byclass, .*, got 'capitals'"):
        EMNIST(tmp_path, "capitals")
    with pytest.raises(RuntimeError, match="emnist-digits-train-images-idx3-ubyte.gz .* archive of all divisions"):
        EMNIST(tmp_path, "digits", download=True)


def test_missing_files_are_named_with_their_places(tmp_path):
    with pytest.raises(RuntimeError) as error:
        MNIST(tmp_path, train=False)
    for part in (
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
        str(tmp_path / "MNIST/raw"),
        "download=True",
    ):
        assert part in str(error.value)


def test_one_data_set_is_not_taken_for_the_other(tmp_path, monkeypatch):
    files = contents()
    put(tmp_path, files)
    labels = files["train-labels-idx1-ubyte.gz"]
    monkeypatch.setitem(MNIST.checksums, "train-labels-idx1-ubyte.gz", hashlib.sha256(labels).hexdigest())
    assert len(MNIST(tmp_path)) == 6
    with pytest.raises(RuntimeError, match="expected a file of FashionMNIST, got MNIST's"):
        FashionMNIST(tmp_path)
    compressed = (tmp_path / "train-labels-idx1-ubyte.gz").read_bytes()
    monkeypatch.setitem(MNIST.checksums, "train-labels-idx1-ubyte.gz", "0" * 64)
    monkeypatch.setitem(FashionMNIST.checksums, "train-labels-idx1-ubyte.gz", hashlib.md5(compressed).hexdigest())
    with pytest.raises(RuntimeError, match="expected a file of MNIST, got FashionMNIST's"):
        MNIST(tmp_path)


# ---- files that are not what they should be

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def spoil(change, name=IMAGES):
    def files(folder):
        whole = contents()
        put(folder, whole, compress=False)
        (folder / name).write_bytes(change(whole[name + ".gz"]))

    return files


SPOILED = {
    "truncated": (spoil(lambda b: b[:-1]), f"{IMAGES}: expected 4720 bytes.*(6, 28, 28).*got 4719"),
    "too long": (spoil(lambda b: b + b"!"), "got 4721"),
    "header only": (spoil(lambda b: b[:10]), "expected 16 bytes, got 10"),
    "empty": (spoil(lambda b: b""), "begins with nothing"),
    "not IDX": (spoil(lambda b: b"<html>"), "expected an IDX file.*3c 68 74 6d"),
    "truncated gzip": (spoil(lambda b: gzip.compress(b)[:-20]), f"{IMAGES}: expected a whole gzip file"),
    "corrupt gzip": (spoil(lambda b: gzip.compress(b)[:30] + b"\0" * 99), f"{IMAGES}: expected a whole gzip file"),
    "floats": (spoil(lambda b: b"\0\0\x0d\1\0\0\0\1" + b"\0" * 4), "expected uint8 images, got float32"),
    "labels for images": (
        spoil(lambda b: idx(np.zeros(6, np.uint8))),
        r"expected uint8 images, got uint8 of shape \(6,\)",
    ),
    "fewer labels": (spoil(lambda b: idx(np.zeros(5, np.uint8)), LABELS), r"expected 6 uint8 labels.*shape \(5,\)"),
    "great labels": (spoil(lambda b: idx(np.full(6, 10, np.uint8)), LABELS), "expected labels below 10, got 10"),
}


@pytest.mark.parametrize("files, message", SPOILED.values(), ids=SPOILED)
def test_a_spoiled_file_is_named(files, message, tmp_path):
    files(tmp_path)
    with pytest.raises(RuntimeError, match=message.replace("(6, 28, 28)", r"\(6, 28, 28\)")):
        MNIST(tmp_path)


# ---- the real thing


@pytest.mark.skipif(not (REAL / "mnist").is_dir(), reason=f"MNIST's files are not in {REAL / 'mnist'}")
def test_real_mnist():
    for train, size in ((True, 60000), (False, 10000)):
        dataset = MNIST(REAL, train=train)
        assert tuple(dataset.data.shape) == (size, 28, 28) and len(dataset) == size
        assert np.bincount(dataset.targets.numpy()).min() > size / 12
        x, y = next(iter(DataLoader(dataset, 64)))
        assert tuple(x.shape) == (64, 1, 28, 28) and 0 <= x.numpy().min() and x.numpy().max() == 1
        assert y.tolist() == dataset.targets.tolist()[:64]
    assert [dataset[i][1] for i in range(5)] == [7, 2, 1, 0, 4]
    dataset.data._data[0] = 0  # may be written to
