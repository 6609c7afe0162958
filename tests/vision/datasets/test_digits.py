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
