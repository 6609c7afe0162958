"""Parts of random size and shape: they are parts, and within the ranges; colours left out at random."""

import numpy as np
import pytest

from minigrad.vision.transforms import Grayscale, RandomGrayscale, RandomResizedCrop


def test_parts_lie_within_their_ranges():
    for _ in range(300):
        top, left, height, width = RandomResizedCrop.get_params(np.zeros((60, 80)), (0.2, 0.5), (0.5, 2.0))
        assert top >= 0 and left >= 0 and top + height <= 60 and left + width <= 80
        assert 0.18 < height * width / 4800 < 0.52 and 0.45 < width / height < 2.2


@pytest.mark.parametrize("old, part", [((10, 100), (0, 43, 10, 13)), ((100, 10), (43, 0, 13, 10))])
def test_what_never_fits_is_the_middle(old, part):
    assert RandomResizedCrop.get_params(np.zeros(old), (1, 1), (3 / 4, 4 / 3)) == part


def test_the_whole_image_is_resized():
    x = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    assert np.array_equal(RandomResizedCrop(8, (1, 1), (1, 1))(x), x)


def test_grey_images_keep_their_channels_and_are_as_many():
    x = np.random.default_rng(0).integers(0, 256, (400, 2, 2, 3), dtype=np.uint8)
    y = RandomGrayscale(0.25)(x)
    grey = (y == Grayscale(3)(x)).all((1, 2, 3))
    assert 60 < grey.sum() < 140 and np.array_equal(y[~grey], x[~grey])
