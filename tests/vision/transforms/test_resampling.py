"""resize, Resize and affine against their definitions, Pillow and PyTorch."""

import numpy as np
import pytest

from minigrad.vision.transforms import Resize, affine, resize


def test_same_size_is_the_same_image():
    x = np.random.default_rng(0).random((2, 5, 7)).astype(np.float32)
    np.testing.assert_allclose(resize(x, (5, 7)), x, rtol=1e-6)


def test_constant_images_stay_constant():
    np.testing.assert_allclose(resize(np.full((3, 8, 8), 0.7), 29), 0.7, rtol=1e-6)


def test_a_slope_is_interpolated_linearly_between_centres():
    got = resize(np.arange(4.0)[None].repeat(4, 0), (4, 8))[0]
    np.testing.assert_allclose(got, [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3], rtol=1e-6)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "box", "hamming", "lanczos"])
@pytest.mark.parametrize("size", [(8, 8), (32, 32), (5, 40), (3, 3)])
def test_agrees_with_pillow(size, mode):
    image_module = pytest.importorskip("PIL.Image")
    x = np.random.default_rng(1).random((13, 11)).astype(np.float32)
    theirs = image_module.fromarray(x).resize(size[::-1], image_module.Resampling[mode.upper()])
    np.testing.assert_allclose(resize(x, size, interpolation=mode), np.asarray(theirs), atol=1e-5)


@pytest.mark.parametrize("shape, size", [((3,), 4), ((0, 4), 4), ((4, 4), 0), ((4, 4), (2, -1))])
def test_errors(shape, size):
    with pytest.raises(ValueError, match="resize: expected images"):
        resize(np.zeros(shape), size)


def test_resize_takes_integers_of_any_kind():
    x = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(resize(x, np.int64(2)), resize(x, (2, 2)))


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(8, 8), (32, 32), (5, 40), (3, 3)])
def test_without_antialias_agrees_with_pytorch(size, mode):
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(1).random((2, 13, 11)).astype(np.float32)
    theirs = torch.nn.functional.interpolate(torch.from_numpy(x)[None], size, mode=mode, align_corners=False)
    np.testing.assert_allclose(resize(x, size, False, mode), theirs[0].numpy(), atol=1e-6)


@pytest.mark.parametrize("size", [(8, 8), (32, 32), (5, 40), (3, 3)])
@pytest.mark.parametrize(
    "mode, off_by", [("nearest", 0), ("bilinear", 1), ("box", 1), ("hamming", 1)]
)  # Pillow rounds between its two passes
def test_resized_uint8_images_agree_with_pillow(size, mode, off_by):
    image_module = pytest.importorskip("PIL.Image")
    x = np.random.default_rng(2).integers(0, 256, (13, 11, 3), dtype=np.uint8)
    theirs = np.asarray(image_module.fromarray(x).resize(size[::-1], image_module.Resampling[mode.upper()]))
    ours = Resize(size, mode)(x)
    assert ours.dtype == np.uint8 and ours.shape == theirs.shape
    assert np.abs(ours.astype(int) - theirs).max() <= off_by


@pytest.mark.parametrize(
    "size, max_size, old, new",
    [
        (60, None, (300, 400), (60, 80)),
        (60, None, (401, 300), (80, 60)),  # 80.2
        ([60], None, (300, 400), (60, 80)),
        ((60, 50), None, (300, 400), (60, 50)),
        (60, 72, (300, 400), (54, 72)),
        (60, 72, (400, 300), (72, 54)),
        (60, 90, (300, 400), (60, 80)),
    ],
)
def test_new_sizes(size, max_size, old, new):
    assert Resize(size, max_size=max_size)(np.zeros((2, *old, 1), np.uint8)).shape == (2, *new, 1)


def test_resize_errors():
    for size in (0, (4, -1), (4, 4, 4), 2.5):
        with pytest.raises((TypeError, ValueError), match="Resize: expected size"):
            Resize(size)
    for size, max_size in ((10, 10), ((10, 10), 20)):
        with pytest.raises(ValueError, match="Resize: expected max_size above"):
            Resize(size, max_size=max_size)
    with pytest.raises(ValueError, match="Resize: expected interpolation 'nearest' or .* got 'cubic'"):
        Resize(4, "cubic")


# ---- affine


def warped(image, matrix, offset, fill, nearest=False, size=None):
    """One image by the definition, pixel by pixel."""
    height, width = image.shape
    centre = np.array([(height - 1) / 2, (width - 1) / 2])
    out = np.empty(size or image.shape, image.dtype)
    middle = (np.array(out.shape) - 1) / 2

    def at(r, c):
        return image[r, c] if 0 <= r < height and 0 <= c < width else fill

    for r, c in np.ndindex(out.shape):
        y, x = matrix @ (np.array([r, c]) - middle) + offset[:, 0] + centre
        top, left = int(np.floor(y)), int(np.floor(x))
        if nearest:
            out[r, c] = at(round(y), round(x))
        else:
            out[r, c] = sum(
                (1 - abs(y - i)) * (1 - abs(x - j)) * at(i, j) for i in (top, top + 1) for j in (left, left + 1)
            )
    return out


def maps(count):
    """Random matrices and offsets in multiples of 1/64, which float32 adds up without error."""
    rng = np.random.default_rng(2)
    matrices, offsets = np.eye(2) + 0.4 * rng.standard_normal((count, 2, 2)), 2 * rng.standard_normal((count, 2, 1))
    return np.rint(matrices * 64) / 64, np.rint(offsets * 64) / 64


@pytest.mark.parametrize("size", [None, (4, 11)])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_affine_is_interpolation(interpolation, size):
    images = np.random.default_rng(3).random((5, 6, 9)).astype(np.float32)
    matrices, offsets = maps(5)
    nearest = interpolation == "nearest"
    expected = [warped(x, m, o, -0.5, nearest, size) for x, m, o in zip(images, matrices, offsets, strict=True)]
    ours = affine(images, matrices, offsets, -0.5, interpolation, size)
    np.testing.assert_allclose(ours, np.stack(expected), atol=1e-6)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_affine_of_colours_is_that_of_each(interpolation):
    images = np.random.default_rng(4).random((5, 6, 9, 3)).astype(np.float32)
    fills = [-1.0, 0.5, 2.0]
    matrices, offsets = maps(5)
    planes = [affine(images[..., c], matrices, offsets, fills[c], interpolation) for c in range(3)]
    assert np.array_equal(affine(images, matrices, offsets, fills, interpolation), np.stack(planes, 3))


def test_affine_of_uint8_is_rounded():
    images = np.random.default_rng(5).integers(0, 256, (5, 6, 9), dtype=np.uint8)
    matrices, offsets = maps(5)
    exact = affine(images.astype(np.float32), matrices, offsets, 7.0)
    ours = affine(images, matrices, offsets, 7)
    assert ours.dtype == np.uint8 and np.array_equal(ours, np.rint(exact))


@pytest.mark.parametrize("shapes", [[(4, 4)], [(3, 4, 4)], [(2, 4, 4), (1, 2, 2)], [(2, 4, 4), (2, 2, 2), (2, 2)]])
def test_affine_refuses_other_shapes(shapes):
    shapes = shapes + [(2, 4, 4), (2, 2, 2), (2, 2, 1)][len(shapes) :]
    with pytest.raises(ValueError, match="affine: expected images .* got shapes"):
        affine(*map(np.zeros, shapes))
