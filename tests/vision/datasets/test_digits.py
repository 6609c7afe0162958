"""The digits that come with the package."""

from pathlib import Path

import numpy as np
import pytest

from minigrad import vision
from minigrad.vision.datasets import Digits


def test_digits_are_split_by_class_and_completely():
    train, test = Digits(), Digits(train=False)
    assert (len(train), len(test)) == (1442, 355)
    parts = [np.bincount(part.targets.numpy(), minlength=10) for part in (train, test)]
    total = parts[0] + parts[1]
    assert total.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert parts[1].tolist() == (total // 5).tolist()


def test_the_split_never_changes():
    with np.load(Path(vision.__file__).parent / "data" / "digits.npz", allow_pickle=False) as file:
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


def rezipped(**arrays):
    def write(path):
        np.savez_compressed(path, **arrays)

    return write


DAMAGE = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1000]),
    "a bit": lambda path: path.write_bytes(path.read_bytes()[:5000] + b"\0\1\2\3" + path.read_bytes()[5004:]),
    "other arrays": rezipped(images=np.zeros((2, 8, 8), np.uint8), labels=np.zeros(2, np.uint8)),
    "no labels": rezipped(images=np.zeros((1797, 8, 8), np.uint8)),
    "objects": rezipped(images=np.array([None]), labels=np.zeros(2, np.uint8)),
    "a class too many": rezipped(images=np.zeros((1797, 8, 8), np.uint8), labels=np.full(1797, 10, np.uint8)),
    "too bright": rezipped(images=np.full((1797, 8, 8), 17, np.uint8), labels=np.zeros(1797, np.uint8)),
    "zeros": rezipped(images=np.zeros(10**8, np.uint8), labels=np.zeros(2, np.uint8)),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_named(damage, tmp_path, monkeypatch):
    path = tmp_path / "digits.npz"
    path.write_bytes((Path(vision.__file__).parent / "data" / "digits.npz").read_bytes())
    damage(path)
    monkeypatch.setattr("minigrad.vision.datasets.digits._BUNDLED", tmp_path)
    with pytest.raises(RuntimeError, match=f"Digits: {path}, .* is missing or damaged .*; install minigrad again"):
        Digits()
