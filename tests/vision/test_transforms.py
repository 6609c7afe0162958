"""resize against its definition, and against Pillow's."""

import numpy as np
import pytest

from minigrad.vision.transforms import resize


def test_same_size_is_the_same_image():
    x = np.random.default_rng(0).random((2, 5, 7)).astype(np.float32)
    np.testing.assert_allclose(resize(x, (5, 7)), x, rtol=1e-6)


def test_constant_images_stay_constant():
    np.testing.assert_allclose(resize(np.full((3, 8, 8), 0.7), 29), 0.7, rtol=1e-6)


def test_a_slope_is_interpolated_linearly_between_centres():
    got = resize(np.arange(4.0)[None].repeat(4, 0), (4, 8))[0]
    np.testing.assert_allclose(got, [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3], rtol=1e-6)


@pytest.mark.parametrize("size", [(8, 8), (32, 32), (5, 40), (3, 3)])
def test_agrees_with_pillow(size):
    image_module = pytest.importorskip("PIL.Image")
    x = np.random.default_rng(1).random((13, 11)).astype(np.float32)
    theirs = image_module.fromarray(x).resize(size[::-1], image_module.Resampling.BILINEAR)
    np.testing.assert_allclose(resize(x, size), np.asarray(theirs), atol=1e-5)


@pytest.mark.parametrize("shape, size", [((3,), 4), ((0, 4), 4), ((4, 4), 0), ((4, 4), (2, -1))])
def test_errors(shape, size):
    with pytest.raises(ValueError, match="resize: expected images"):
        resize(np.zeros(shape), size)
