"""resize and affine against their definitions, resize also against Pillow's."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision.transforms import RandomAffine, affine, resize


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


def warped(image, matrix, offset, fill):
    """One image by the definition, pixel by pixel."""
    height, width = image.shape
    centre = np.array([(height - 1) / 2, (width - 1) / 2])
    out = np.empty_like(image)

    def at(r, c):
        return image[r, c] if 0 <= r < height and 0 <= c < width else fill

    for r, c in np.ndindex(height, width):
        y, x = matrix @ (np.array([r, c]) - centre) + offset[:, 0] + centre
        y, x = np.clip(y, -1, height), np.clip(x, -1, width)
        top, left = int(np.floor(y)), int(np.floor(x))
        out[r, c] = sum(
            (1 - abs(y - i)) * (1 - abs(x - j)) * at(i, j)
            for i in (top, top + 1)
            for j in (left, left + 1)
            if abs(y - i) < 1 and abs(x - j) < 1
        )
    return out


def test_affine_is_bilinear_interpolation():
    rng = np.random.default_rng(2)
    images = rng.random((5, 6, 9)).astype(np.float32)
    matrices, offsets = np.eye(2) + 0.4 * rng.standard_normal((5, 2, 2)), 2 * rng.standard_normal((5, 2, 1))
    expected = np.stack([warped(x, m, o, -0.5) for x, m, o in zip(images, matrices, offsets, strict=True)])
    np.testing.assert_allclose(affine(images, matrices, offsets, -0.5), expected, atol=1e-6)


def test_random_affine_without_amounts_is_the_identity():
    x = np.random.default_rng(3).random((4, 7, 7)).astype(np.float32)
    np.testing.assert_allclose(RandomAffine(0)(x), x, atol=1e-6)


def dot(row, column, size=41):
    """A soft spot: its centre of mass tells where the transform moved it."""
    r, c = np.indices((size, size))
    return np.exp(-((r - row) ** 2 + (c - column) ** 2) / 8).astype(np.float32)


def place(image):
    r, c = np.indices(image.shape)
    return np.array([(r * image).sum(), (c * image).sum()]) / image.sum() - 20


@pytest.mark.parametrize(
    "options, low, high",
    [
        # a spot 10 to the right of the centre: (row, column) that it can reach
        ({"degrees": 30}, (-5.0, 8.66), (5.0, 10)),
        ({"degrees": 0, "scale": (0.8, 1.2)}, (0, 8), (0, 12)),
        ({"degrees": 0, "translate": (0.1, 0.0)}, (0, 5.9), (0, 14.1)),
        ({"degrees": 0, "translate": (0.0, 0.1)}, (-4.1, 10), (4.1, 10)),
    ],
)
def test_random_affine_stays_within_its_amounts_and_uses_them(options, low, high):
    generator = mg.Generator().manual_seed(0)
    moved = RandomAffine(**options, generator=generator)(np.stack([dot(20, 30)] * 200))
    places = np.array([place(x) for x in moved])
    low, high = np.array(low), np.array(high)
    assert (places > low - 0.1).all() and (places < high + 0.1).all()
    used = np.ptp(places, 0)
    assert (used > 0.9 * (high - low) - 0.2).all()


def test_shear_moves_rows_sideways_in_proportion_to_their_height():
    generator = mg.Generator().manual_seed(0)
    both = RandomAffine(0, shear=20, generator=generator)(np.stack([dot(10, 20) + dot(30, 20)] * 50))
    top = np.array([place(x[:20].copy())[1] for x in np.pad(both[:, :20], ((0, 0), (0, 21), (0, 0)))])
    bottom = np.array([place(x)[1] for x in np.pad(both[:, 21:], ((0, 0), (21, 0), (0, 0)))])
    np.testing.assert_allclose(top, -bottom, atol=0.1)
    assert 3 < np.abs(top).max() < 10 * np.tan(np.deg2rad(20)) + 0.1


def test_random_affine_is_reproducible():
    x = np.random.default_rng(4).random((3, 8, 8)).astype(np.float32)
    a, b = (RandomAffine(20, generator=mg.Generator().manual_seed(1))(x) for _ in range(2))
    np.testing.assert_array_equal(a, b)


def test_random_affine_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"\(N, H, W\).*\(8, 8\)"):
        RandomAffine(10)(np.zeros((8, 8)))
