"""Crops, borders and flips against slices and np.pad."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision.transforms import CenterCrop, Pad, RandomCrop, RandomHorizontalFlip, RandomVerticalFlip


def numbered(*shape):
    """An image, or a batch of the same, whose pixels all differ."""
    height, width, channels = shape[-3:]
    one = np.arange(height * width * channels, dtype=np.uint8).reshape(height, width, channels)
    assert one.size <= 256
    return np.broadcast_to(one, shape)


# ---- Pad


@pytest.mark.parametrize("padding, border", [(2, (2, 2, 2, 2)), ((1, 2), (1, 2, 1, 2)), ([1, 2, 3, 0], (1, 2, 3, 0))])
@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
def test_pad_is_numpys(mode, padding, border):
    x = numbered(2, 5, 6, 3)
    left, top, right, bottom = border
    expected = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), mode)
    assert np.array_equal(Pad(padding, padding_mode=mode)(x), expected)


def test_pad_fills_by_channel():
    y = Pad((1, 0), fill=(10, 20, 30))(numbered(5, 6, 3))
    assert (y[:, [0, -1]] == (10, 20, 30)).all() and np.array_equal(y[:, 1:-1], numbered(5, 6, 3))


# ---- crops


@pytest.mark.parametrize(
    "old, size, rows, columns",
    [
        ((6, 8), 4, (1, 5), (2, 6)),
        ((6, 8), (2, 4), (2, 4), (2, 6)),
        ((7, 9), 4, (2, 6), (2, 6)),  # 1.5 and 2.5 are rounded to even
        ((6, 8), (6, 8), (0, 6), (0, 8)),
    ],
)
def test_center_crop(old, size, rows, columns):
    x = numbered(*old, 1)
    assert np.array_equal(CenterCrop(size)(x), x[slice(*rows), slice(*columns)])


def test_center_crop_of_smaller_images():
    x = numbered(3, 8, 1) + np.uint8(1)
    assert np.array_equal(CenterCrop(6)(x), np.pad(x[:, 1:7], ((1, 2), (0, 0), (0, 0))))


def offsets(crops, padded):
    """Where each crop was taken from; fails if it is no part of the padded image."""
    height, width = crops.shape[1:3]
    places = {
        padded[i : i + height, j : j + width].tobytes(): (i, j)
        for i in range(padded.shape[0] - height + 1)
        for j in range(padded.shape[1] - width + 1)
    }
    return [places[np.ascontiguousarray(crop).tobytes()] for crop in crops]


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
def test_random_crops_are_all_parts_of_the_padded_image(mode):
    x = numbered(600, 5, 6, 3) + np.uint8(1)
    crop = RandomCrop((4, 6), (1, 2), padding_mode=mode, generator=mg.Generator().manual_seed(0))
    found = offsets(crop(x), np.pad(x[0], ((2, 2), (1, 1), (0, 0)), mode))
    counts = np.zeros((6, 3), int)  # (5 + 4 - 4 + 1) x (6 + 2 - 6 + 1) places
    np.add.at(counts, tuple(np.array(found).T), 1)
    assert counts.sum() == 600 and counts.min() > 15  # of 33 expected, with a standard deviation of 6
    tensors = crop(mg.from_numpy(x.transpose(0, 3, 1, 2))).numpy().transpose(0, 2, 3, 1)
    assert len(set(offsets(tensors, np.pad(x[0], ((2, 2), (1, 1), (0, 0)), mode)))) == 18


def test_random_crop_fills_by_channel():
    y = RandomCrop(40, 15, fill=(1, 2, 3))(np.full((10, 10, 3), 9, np.uint8))
    assert np.array_equal(np.unique(y.reshape(-1, 3), axis=0), [[1, 2, 3], [9, 9, 9]])


def test_random_crop_without_room_is_the_image():
    x = numbered(4, 5, 6, 3)
    assert np.array_equal(RandomCrop((5, 6))(x), x)


def test_pad_if_needed_adds_what_is_lacking_on_both_sides():
    x = numbered(200, 5, 6, 3) + np.uint8(1)
    crops = RandomCrop((7, 4), pad_if_needed=True)(x)
    found = offsets(crops, np.pad(x[0], ((2, 2), (0, 0), (0, 0))))
    assert {i for i, _ in found} == {0, 1, 2} and {j for _, j in found} == {0, 1, 2}


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: RandomCrop(0), "RandomCrop: expected size as one or two positive integers"),
        (lambda: RandomCrop((3, 4, 5)), "RandomCrop: expected size of 1 or 2 numbers"),
        (lambda: RandomCrop(3, -1), "RandomCrop: expected padding of integers not below 0"),
        (lambda: RandomCrop(3, (1, 2, 3)), "RandomCrop: expected padding of 1 or 2 or 4 numbers"),
        (lambda: RandomCrop(3, padding_mode="wrap"), "RandomCrop: expected a padding_mode of constant, edge"),
        (lambda: CenterCrop(1.5), "CenterCrop: expected size"),
        (lambda: Pad("1"), "Pad: expected padding"),
        (lambda: RandomHorizontalFlip(1.5), "RandomHorizontalFlip: expected a probability p from 0 to 1"),
    ],
)
def test_errors(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()


def test_a_crop_larger_than_the_image_is_refused():
    with pytest.raises(ValueError, match="RandomCrop: expected images of at least 7x7, got 6x7 with padding 1"):
        RandomCrop(7, 1)(np.zeros((4, 5), np.uint8))


# ---- flips


@pytest.mark.parametrize("flip, axis", [(RandomHorizontalFlip, 2), (RandomVerticalFlip, 1)])
@pytest.mark.parametrize("layout", ["array", "tensor"])
def test_flips(flip, axis, layout):
    x = np.random.default_rng(0).integers(0, 256, (2000, 2, 3, 3), dtype=np.uint8)
    if layout == "array":
        y = flip(0.3)(x)
    else:
        y = flip(0.3)(mg.from_numpy(x.transpose(0, 3, 1, 2).copy())).numpy().transpose(0, 2, 3, 1)
    kept, flipped = (np.array([np.array_equal(a, b) for a, b in zip(y, z, strict=True)]) for z in (x, np.flip(x, axis)))
    assert (kept | flipped).all() and 0.25 < flipped.mean() < 0.35
    assert np.array_equal(flip(1)(x), np.flip(x, axis)) and np.array_equal(flip(0)(x), x)
