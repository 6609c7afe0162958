"""Image data sets: the bundled digits, IDX files as they come, and as they do not."""

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

import minigrad as mg
from minigrad.utils.data import DataLoader, Subset, default_collate
from minigrad.vision import datasets
from minigrad.vision.datasets import MNIST, Digits, FashionMNIST

REAL = Path(__file__).parents[2].parent / "shared" / "data"
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


# ---- Digits


def test_digits_are_split_by_class_and_completely():
    train, test = Digits(), Digits(train=False)
    assert (len(train), len(test)) == (1442, 355)
    parts = [np.bincount(part.targets.numpy(), minlength=10) for part in (train, test)]
    total = parts[0] + parts[1]
    assert total.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert parts[1].tolist() == (total // 5).tolist()


def test_the_split_never_changes():
    with np.load(Path(datasets.__file__).parent / "data" / "digits.npz", allow_pickle=False) as file:
        images, labels = file["images"], file["labels"]
    seen = dict.fromkeys(range(10), 0)
    expected = {True: [], False: []}
    for image, label in zip(images, labels.tolist(), strict=True):  # the rule in plain words, one by one
        seen[label] += 1
        expected[seen[label] % 5 != 0].append((np.floor(image * (255 / 16) + 0.5), label))
    for train, pairs in expected.items():
        digits = Digits(train)
        assert np.array_equal(digits.data.numpy(), [image for image, _ in pairs])
        assert digits.targets.tolist() == [label for _, label in pairs]


def test_a_sample_is_what_a_network_wants():
    digits = Digits(train=False)
    image, target = digits[3]
    assert tuple(image.shape) == (1, 8, 8) and image.dtype == np.float32 and type(target) is int
    assert np.array_equal(image.numpy()[0], digits.data.numpy()[3] / np.float32(255))
    assert digits.data.dtype == np.uint8 and digits.data.numpy().max() == 255 and digits.targets.dtype == np.int64
    assert digits.class_to_idx["7"] == 7 and len(digits.classes) == 10
    assert repr(digits) == "Digits(test, 355 images of (8, 8))"
    assert len(list(digits)) == 355  # iteration ends
    with pytest.raises(IndexError):
        digits[355]


def test_batches_equal_items():
    digits = Subset(Digits(), range(10, 60))
    x, y = next(iter(DataLoader(digits, 7)))
    again, targets = default_collate([digits[i] for i in range(7)])
    assert np.array_equal(x.numpy(), again.numpy()) and y.tolist() == targets.tolist()
    assert (x.dtype, y.dtype, tuple(x.shape)) == (np.float32, np.int64, (7, 1, 8, 8))


@pytest.mark.parametrize("workers", [0, 2])
def test_transforms_are_given_the_stored_image(workers):
    def transform(image):
        assert isinstance(image, np.ndarray) and image.shape == (8, 8) and image.dtype == np.uint8
        return image.mean()

    digits = Digits(train=False, transform=transform, target_transform=lambda target: target + 100)
    x, y = next(iter(DataLoader(digits, 5, num_workers=workers)))
    assert np.allclose(x.numpy(), digits.data.numpy()[:5].mean(axis=(1, 2)))
    assert y.tolist() == (digits.targets.numpy()[:5] + 100).tolist()
    image, target = Digits(train=False, target_transform=str)[0]
    assert tuple(image.shape) == (1, 8, 8) and target == str(digits.targets.tolist()[0])


def test_pixels_round_as_pytorchs():
    torch = pytest.importorskip("torch")
    data = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    digits = Digits()
    digits.data = mg.from_numpy(data)
    assert np.array_equal(digits[0][0].numpy(), (torch.from_numpy(data).float() / 255).numpy())


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
    assert FashionMNIST(tmp_path).classes[9] == "Ankle boot" and MNIST.classes[3] == "3 - three"


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
    with pytest.raises(RuntimeError, match="FashionMNIST expected, got MNIST's"):
        FashionMNIST(tmp_path)
    compressed = (tmp_path / "train-labels-idx1-ubyte.gz").read_bytes()
    monkeypatch.setitem(MNIST.checksums, "train-labels-idx1-ubyte.gz", "0" * 64)
    monkeypatch.setitem(FashionMNIST.checksums, "train-labels-idx1-ubyte.gz", hashlib.md5(compressed).hexdigest())
    with pytest.raises(RuntimeError, match="MNIST expected, got FashionMNIST's"):
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
    "truncated": (spoil(lambda b: b[:-1]), f"{IMAGES}: 4720 bytes expected.*(6, 28, 28).*got 4719"),
    "too long": (spoil(lambda b: b + b"!"), "got 4721"),
    "header only": (spoil(lambda b: b[:10]), "16 bytes expected, got 10"),
    "empty": (spoil(lambda b: b""), "begins with nothing"),
    "not IDX": (spoil(lambda b: b"<html>"), "IDX file expected.*3c 68 74 6d"),
    "truncated gzip": (spoil(lambda b: gzip.compress(b)[:-20]), f"{IMAGES}: a whole gzip file expected"),
    "corrupt gzip": (spoil(lambda b: gzip.compress(b)[:30] + b"\0" * 99), f"{IMAGES}: a whole gzip file expected"),
    "floats": (spoil(lambda b: b"\0\0\x0d\1\0\0\0\1" + b"\0" * 4), "uint8 images expected, got float32"),
    "labels for images": (
        spoil(lambda b: idx(np.zeros(6, np.uint8))),
        r"uint8 images expected, got uint8 of shape \(6,\)",
    ),
    "fewer labels": (spoil(lambda b: idx(np.zeros(5, np.uint8)), LABELS), r"6 uint8 labels expected.*shape \(5,\)"),
    "great labels": (spoil(lambda b: idx(np.full(6, 10, np.uint8)), LABELS), "labels below 10 expected, got 10"),
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
