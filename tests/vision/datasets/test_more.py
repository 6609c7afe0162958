"""CIFAR-100, KMNIST, noise, and folders of any files."""

import gzip
import pickle
import struct

import numpy as np
import pytest

from minigrad.utils.data import DataLoader
from minigrad.vision.datasets import CIFAR100, KMNIST, MNIST, DatasetFolder, FakeData
from minigrad.vision.transforms import ToTensor

RNG = np.random.default_rng(0)
PLANES = RNG.integers(0, 256, (4, 3, 32, 32), np.uint8)
FINE, COARSE = [99, 0, 7, 42], [3, 1, 1, 0]


def test_cifar100_of_pickles(tmp_path):
    folder = tmp_path / "cifar-100-python"
    folder.mkdir()
    batch = {b"data": PLANES.reshape(4, -1), b"fine_labels": FINE, b"coarse_labels": COARSE}
    (folder / "train").write_bytes(pickle.dumps(batch, protocol=3))
    (folder / "meta").write_bytes(pickle.dumps({b"fine_label_names": [b"%d" % n for n in range(100, 200)]}, protocol=3))
    data = CIFAR100(tmp_path)
    np.testing.assert_array_equal(data.data.numpy(), PLANES.transpose(0, 2, 3, 1))
    assert data.targets.tolist() == FINE and data.classes[0] == "100" and len(data.classes) == 100
    with pytest.raises(RuntimeError, match="CIFAR100: expected test"):
        CIFAR100(tmp_path, train=False)
    with pytest.raises(ValueError, match="CIFAR100: expected no batches"):
        CIFAR100(tmp_path, batches=(1,))


def test_cifar100_of_records(tmp_path):
    rows = [bytes([c, f]) + p.tobytes() for c, f, p in zip(COARSE, FINE, PLANES, strict=True)]
    (tmp_path / "test.bin").write_bytes(b"".join(rows))
    data = CIFAR100(tmp_path, train=False)
    np.testing.assert_array_equal(data.data.numpy(), PLANES.transpose(0, 2, 3, 1))
    assert data.targets.tolist() == FINE
    (tmp_path / "test.bin").write_bytes(b"".join(rows)[:-1])
    with pytest.raises(RuntimeError, match="expected records of 3074 bytes"):
        CIFAR100(tmp_path, train=False)


def test_kmnist_is_read_from_its_place(tmp_path):
    folder = tmp_path / "KMNIST" / "raw"
    folder.mkdir(parents=True)
    images, labels = RNG.integers(0, 256, (3, 28, 28), np.uint8), np.array([9, 0, 1], np.uint8)
    header = struct.pack(">IIII", 2051, 3, 28, 28)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + images.tobytes()))
    (folder / "train-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, 3) + labels.tobytes())
    data = KMNIST(tmp_path)
    np.testing.assert_array_equal(data.data.numpy(), images)
    assert [data.classes[n] for n in data.targets.tolist()] == ["wo", "o", "ki"]
    with pytest.raises(RuntimeError, match="KMNIST: expected t10k-images"):
        KMNIST(tmp_path, train=False)
    assert set(KMNIST.checksums) == set(MNIST.checksums)
    assert not set(KMNIST.checksums.values()) & set(MNIST.checksums.values())


def test_noise_is_always_the_same():
    data, again = (FakeData(6, (3, 4, 5), 3, transform=ToTensor()) for _ in range(2))
    assert len(data) == 6 and len(list(data)) == 6
    for (x, t), (y, u) in zip(data, again, strict=True):
        np.testing.assert_array_equal(x, y)
        assert t == u and 0 <= t < 3 and x.shape == (3, 4, 5)
    assert (data[0][0] != data[1][0]).any() and (data[-1][0] == data[5][0]).all()
    other = FakeData(6, (3, 4, 5), 3, transform=ToTensor(), random_offset=1)
    assert (other[0][0] != data[0][0]).any()
    batch, targets = next(iter(DataLoader(FakeData(6, (1, 4, 5)), 4)))
    assert batch.shape == (4, 1, 4, 5) and targets.shape == (4,)
    with pytest.raises(IndexError, match="index 6 is out of range for 6 images"):
        data[6]
    for options in ({"size": -1}, {"image_size": (3, 4)}, {"num_classes": 0}):
        with pytest.raises(ValueError, match="FakeData: expected"):
            FakeData(**options)


def test_files_of_any_kind(tmp_path):
    for name, numbers in (("b", [1.0, 2.0]), ("a", [3.0])):
        (tmp_path / name).mkdir()
        for i, number in enumerate(numbers):
            np.save(tmp_path / name / f"{i}.npy", number)
        (tmp_path / name / "notes.txt").write_text("none")
    data = DatasetFolder(tmp_path, np.load, ".npy", transform=float, target_transform=lambda t: -t)
    assert data.classes == ["a", "b"] and data.targets == [0, 1, 1]
    assert list(data) == [(3.0, 0), (1.0, -1), (2.0, -1)]
    assert len(DatasetFolder(tmp_path, str, is_valid_file=lambda path: True)) == 5
    assert len(DatasetFolder(tmp_path, str, [".npy", ".txt"])) == 5
    for options in ({}, {"extensions": ".npy", "is_valid_file": bool}):
        with pytest.raises(ValueError, match="DatasetFolder: expected either extensions or is_valid_file"):
            DatasetFolder(tmp_path, np.load, **options)
    with pytest.raises(FileNotFoundError, match="DatasetFolder: expected files that count"):
        DatasetFolder(tmp_path, np.load, ".png")
