"""CIFAR-10: both kinds of files as they come, and as they do not."""

import gzip
import hashlib
import os
import pickle
import tarfile

import numpy as np
import pytest

from minigrad.utils.data import DataLoader, default_collate
from minigrad.vision.datasets import CIFAR10, CIFAR100

TRAIN, TEST = [f"data_batch_{i}" for i in range(1, 6)], ["test_batch"]
PICKLES, RECORDS = "cifar-10-batches-py", "cifar-10-batches-bin"
NAMES = "airplane automobile bird cat deer dog frog horse ship truck".split()


def parts(n=3):
    """n images and labels for each of the files: planes as in the files, (N, 3, 32, 32)."""
    rng = np.random.default_rng(0)
    return {
        name: (rng.integers(0, 256, (n, 3, 32, 32)).astype(np.uint8), rng.integers(0, 10, n).tolist())
        for name in TRAIN + TEST
    }


def pickled(folder, key=bytes, **changes):
    """The files for Python: with keys and strings as Python 3 gives those of Python 2, or all of Python 3."""
    folder.mkdir(parents=True, exist_ok=True)

    def text(value):
        return value.encode() if key is bytes else value

    for name, (images, labels) in parts().items():
        batch = {"batch_label": text(name), "labels": labels, "data": images.reshape(-1, 3072), **changes}
        (folder / name).write_bytes(pickle.dumps({text(k): v for k, v in batch.items()}, protocol=3))
    meta = {text("label_names"): [text(name) for name in NAMES], text("num_vis"): 3072}
    (folder / "batches.meta").write_bytes(pickle.dumps(meta, protocol=3))


def records(folder):
    """The files for C."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (images, labels) in parts().items():
        rows = [bytes([label]) + image.tobytes() for image, label in zip(images, labels, strict=True)]
        (folder / f"{name}.bin").write_bytes(b"".join(rows))
    (folder / "batches.meta.txt").write_text("\n".join(NAMES) + "\n\n")


def check(dataset, names):
    chosen = [parts()[name] for name in names]
    expected = np.concatenate([images for images, _ in chosen])
    assert dataset.data.dtype == np.uint8 and tuple(dataset.data.shape) == (len(expected), 32, 32, 3)
    for channel in range(3):
        assert np.array_equal(dataset.data.numpy()[..., channel], expected[:, channel])
    assert dataset.targets.dtype == np.int64 and dataset.targets.tolist() == sum((labels for _, labels in chosen), [])
    assert dataset.data.is_contiguous()


@pytest.mark.parametrize("put, folder", [(pickled, PICKLES), (records, RECORDS)], ids=["pickles", "records"])
@pytest.mark.parametrize("place", ["{}", "cifar10/{}", "."])
def test_files_are_found_and_read(put, folder, place, tmp_path):
    put(tmp_path / place.format(folder))
    check(CIFAR10(str(tmp_path)), TRAIN)
    check(CIFAR10(tmp_path, train=False), TEST)
    assert CIFAR10(tmp_path).classes == NAMES


@pytest.mark.parametrize("key", [bytes, str])
def test_keys_may_be_those_of_python_2_or_3(key, tmp_path):
    pickled(tmp_path, key)
    check(CIFAR10(tmp_path), TRAIN)
    assert CIFAR10(tmp_path).classes == NAMES


def test_labels_may_be_an_array(tmp_path):
    pickled(tmp_path, labels=np.array([3, 1, 2]))
    assert CIFAR10(tmp_path, train=False).targets.tolist() == [3, 1, 2]


@pytest.mark.parametrize("put", [pickled, records])
def test_single_files_are_read_without_the_others(put, tmp_path):
    put(tmp_path)
    for path in tmp_path.iterdir():
        if path.name.removesuffix(".bin") not in ("data_batch_1", "data_batch_4"):
            path.unlink()
    check(CIFAR10(tmp_path, batches=(1,)), TRAIN[:1])
    check(CIFAR10(tmp_path, batches=[4, 1]), [TRAIN[3], TRAIN[0]])
    assert CIFAR10(tmp_path, batches=(1,)).classes == NAMES  # without their file, too
    with pytest.raises(RuntimeError, match="expected .*data_batch_2.* in one of"):
        CIFAR10(tmp_path)


@pytest.mark.parametrize("batches", [(), (0,), (6,), (1, 1), ("1",)])
def test_other_batches_are_refused(batches, tmp_path):
    with pytest.raises(ValueError, match="CIFAR10: expected different batches of .*, got batches="):
        CIFAR10(tmp_path, batches=batches)
    with pytest.raises(ValueError, match="expected .* train=True"):
        CIFAR10(tmp_path, train=False, batches=(1,))


def test_samples_and_batches(tmp_path):
    records(tmp_path)
    dataset = CIFAR10(tmp_path)
    image, target = dataset[4]
    planes, labels = parts()["data_batch_2"]
    assert tuple(image.shape) == (3, 32, 32) and image.dtype == np.float32 and target == labels[1]
    assert np.array_equal(image.numpy(), planes[1] / np.float32(255))
    x, y = next(iter(DataLoader(dataset, 15)))
    again, targets = default_collate(list(dataset))
    assert np.array_equal(x.numpy(), again.numpy()) and y.tolist() == targets.tolist()
    stored, _ = CIFAR10(tmp_path, transform=lambda image: image)[4]
    assert np.array_equal(stored, planes[1].transpose(1, 2, 0)) and stored.dtype == np.uint8
    assert repr(dataset) == "CIFAR10(train, 15 images of (32, 32, 3))" and dataset.class_to_idx["dog"] == 5


def test_classes_are_what_their_file_says(tmp_path):
    records(tmp_path)
    (tmp_path / "batches.meta.txt").write_text("\n".join("abcdefghij"))
    assert CIFAR10(tmp_path).classes == list("abcdefghij") and CIFAR10(tmp_path).class_to_idx["c"] == 2
    assert CIFAR10.classes == NAMES


# ---- files that are not there, or not what they should be


def test_missing_files_are_named_with_their_places(tmp_path):
    with pytest.raises(RuntimeError) as error:
        CIFAR10(tmp_path, train=False)
    for part in ("test_batch", str(tmp_path / PICKLES), str(tmp_path / RECORDS), "download=True"):
        assert part in str(error.value)


def spoil(name, change):
    def spoiled(folder):
        (records if name.endswith(".bin") else pickled)(folder)
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return spoiled


def batch(**changes):
    images, labels = parts()["test_batch"]
    whole = {"data": images.reshape(-1, 3072), "labels": labels, **changes}
    return lambda content: pickle.dumps({k: v for k, v in whole.items() if v is not None})


IMAGES, WRONG = np.zeros((3, 3072), np.uint8), r"test_batch: expected data as a uint8 array of shape \(N, 3072\), got "
SPOILED = {
    "records cut": (spoil("test_batch.bin", lambda b: b[:-1]), "bin: expected records of 3073 bytes.*got 9218"),
    "records of a great label": (
        spoil("test_batch.bin", lambda b: b"\x0a" + b[1:]),
        "expected labels from 0 to 9, got .* to 10",
    ),
    "a pickle cut": (spoil("test_batch", lambda b: b[:-5000]), "test_batch: expected a pickled dict"),
    "no pickle": (spoil("test_batch", lambda b: b"<html>"), "test_batch: expected a pickled dict"),
    "no images": (spoil("test_batch", batch(data=None)), WRONG + "NoneType"),
    "floats": (spoil("test_batch", batch(data=IMAGES / 2)), WRONG + "float64 of shape"),
    "one image": (spoil("test_batch", batch(data=IMAGES[0])), WRONG + r"uint8 of shape \(3072,\)"),
    "small images": (spoil("test_batch", batch(data=IMAGES[:, 1:])), WRONG + r"uint8 of shape \(3, 3071\)"),
    "no labels": (spoil("test_batch", batch(labels=None)), "expected labels as 3 integers, got NoneType"),
    "few labels": (spoil("test_batch", batch(labels=[1, 2])), "expected labels as 3 integers, got a list of 2"),
    "labels of words": (spoil("test_batch", batch(labels=["1", "2", "3"])), "expected labels as 3 integers"),
    "endless labels": (spoil("test_batch", batch(labels=[1, 2, 10**30])), "expected labels as 3 integers"),
    "float labels": (spoil("test_batch", batch(labels=np.ones(3))), "expected labels as 3 integers, got float64"),
    "negative labels": (spoil("test_batch", batch(labels=[-1, 2, 3])), "expected labels from 0 to 9, got -1 to 3"),
    "great labels": (spoil("test_batch", batch(labels=[1, 2, 10])), "expected labels from 0 to 9, got 1 to 10"),
    "no names": (spoil("batches.meta", lambda b: pickle.dumps({"label_names": 3})), "meta: expected a list of names"),
}


@pytest.mark.parametrize("files, message", SPOILED.values(), ids=SPOILED)
def test_a_spoiled_file_is_named(files, message, tmp_path):
    files(tmp_path)
    with pytest.raises(RuntimeError, match=message):
        CIFAR10(tmp_path, train=False)


class Trap:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


@pytest.mark.parametrize("name", ["test_batch", "batches.meta"])
def test_a_malicious_file_runs_nothing(name, tmp_path):
    pickled(tmp_path / "data")
    trap = pickle.dumps({"data": IMAGES, "labels": [1, 2, 3], "label_names": NAMES, "more": Trap(tmp_path / "marker")})
    (tmp_path / "data" / name).write_bytes(trap)
    with pytest.raises(RuntimeError, match=rf"{name}: .*system, which is not allowed"):
        CIFAR10(tmp_path / "data", train=False)
    assert not (tmp_path / "marker").exists()


# ---- downloads


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """The archive as bytes; its checksum is what is expected."""
    pickled(tmp_path / "made" / PICKLES)
    with tarfile.open(tmp_path / "made" / CIFAR10.archive, "w:gz") as file:
        file.add(tmp_path / "made" / PICKLES, PICKLES)
    content = (tmp_path / "made" / CIFAR10.archive).read_bytes()
    monkeypatch.setattr(CIFAR10, "checksum", hashlib.md5(content).hexdigest())
    return content


def test_it_is_downloaded_once(server, archive, tmp_path, monkeypatch):
    monkeypatch.setattr(CIFAR10, "mirrors", (server.url,))
    server.pages[f"/{CIFAR10.archive}"] = archive
    root = tmp_path / "root"
    check(CIFAR10(root, download=True), TRAIN)
    check(CIFAR10(root, train=False, download=True), TEST)
    assert server.asked == [f"/{CIFAR10.archive}"]
    assert {path.name for path in root.iterdir()} == {CIFAR10.archive, PICKLES}
    (root / PICKLES / "data_batch_3").unlink()
    check(CIFAR10(root, download=True), TRAIN)  # from the archive
    assert len(server.asked) == 1


def test_what_is_there_is_not_downloaded(server, tmp_path, monkeypatch):
    monkeypatch.setattr(CIFAR10, "mirrors", (server.url,))
    records(tmp_path / RECORDS)
    check(CIFAR10(tmp_path, download=True), TRAIN)
    assert not server.asked


def test_a_wrong_download_leaves_nothing(server, archive, tmp_path, monkeypatch):
    monkeypatch.setattr(CIFAR10, "mirrors", (server.url,))
    server.pages[f"/{CIFAR10.archive}"] = gzip.compress(b"another")
    with pytest.raises(RuntimeError, match="cifar-10-python.tar.gz could not be downloaded.*\n.*checksum"):
        CIFAR10(tmp_path / "root", download=True)
    assert not list((tmp_path / "root").iterdir())


def test_a_wrong_archive_is_not_unpacked(tmp_path):
    (tmp_path / CIFAR10.archive).write_bytes(b"another")
    with pytest.raises(RuntimeError, match="its checksum is not c58f30108f718f92721af3b95e74349a"):
        CIFAR10(tmp_path, download=True)
    assert [path.name for path in tmp_path.iterdir()] == [CIFAR10.archive]


# ---- CIFAR-100


@pytest.mark.parametrize("kind", ["python", "binary"])
def test_a_hundred_classes(kind, tmp_path):
    rng = np.random.default_rng(0)
    folder = tmp_path / f"cifar-100-{kind}"
    folder.mkdir()
    names = [f"class_{i}" for i in range(100)]
    made = {}
    for name, count in (("train", 7), ("test", 3)):
        images = rng.integers(0, 256, (count, 3072)).astype(np.uint8)
        fine, coarse = rng.integers(80, 100, count), rng.integers(0, 20, count)
        made[name] = images, fine
        if kind == "binary":
            rows = [bytes([c, f]) + image.tobytes() for c, f, image in zip(coarse, fine, images, strict=True)]
            (folder / f"{name}.bin").write_bytes(b"".join(rows))
            (folder / "fine_label_names.txt").write_text("\n".join(names))
        else:
            batch = {b"data": images, b"fine_labels": fine.tolist(), b"coarse_labels": coarse.tolist()}
            (folder / name).write_bytes(pickle.dumps(batch, protocol=3))
            meta = {b"fine_label_names": [n.encode() for n in names], b"coarse_label_names": []}
            (folder / "meta").write_bytes(pickle.dumps(meta, protocol=3))
    for name, (images, fine) in made.items():
        dataset = CIFAR100(tmp_path, train=name == "train")
        np.testing.assert_array_equal(dataset.data.numpy().transpose(0, 3, 1, 2).reshape(-1, 3072), images)
        assert dataset.targets.tolist() == fine.tolist() and dataset.classes == names
        assert dataset[0][0].shape == (3, 32, 32)


def test_a_hundred_classes_have_names_and_two_files(tmp_path):
    assert len(set(CIFAR100.classes)) == 100 and sorted(CIFAR100.classes) == CIFAR100.classes
    with pytest.raises(ValueError, match="CIFAR100: expected no batches"):
        CIFAR100(tmp_path, batches=(1,))
    with pytest.raises(RuntimeError, match="CIFAR100: expected train"):
        CIFAR100(tmp_path)
