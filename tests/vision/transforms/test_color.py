"""ColorJitter and Grayscale against Pillow and colorsys; blur and erasing against loops and their bounds."""

import colorsys

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision.transforms import ColorJitter, GaussianBlur, Grayscale, RandomErasing


def picture(*shape, dtype=np.uint8):
    x = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    return x if dtype == np.uint8 else x.astype(dtype) / 255


# ---- colours


def test_grayscale_agrees_with_pillow():
    image_module = pytest.importorskip("PIL.Image")
    x = picture(20, 30, 3)
    theirs = np.asarray(image_module.fromarray(x).convert("L"))
    ours = Grayscale()(x)
    assert ours.shape == (20, 30, 1) and np.abs(ours[..., 0].astype(int) - theirs).max() <= 1
    assert (ours[..., 0] == theirs).mean() > 0.99  # Pillow computes with 16 binary places
    assert np.array_equal(Grayscale(3)(x), ours.repeat(3, 2))


@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0, 1.7])
@pytest.mark.parametrize(
    "kind, pillows", [("brightness", "Brightness"), ("contrast", "Contrast"), ("saturation", "Color")]
)
def test_factors_agree_with_pillow(kind, pillows, factor):
    enhance = pytest.importorskip("PIL.ImageEnhance")
    image_module = pytest.importorskip("PIL.Image")
    x = picture(20, 30, 3)
    theirs = np.asarray(getattr(enhance, pillows)(image_module.fromarray(x)).enhance(factor)).astype(int)
    ours = ColorJitter(**{kind: (factor, factor)})(x)
    # Pillow cuts off where we round, and rounds the grey before: 1 of itself and 1 of the grey
    assert ours.dtype == np.uint8 and np.abs(ours - theirs).max() <= (1 if kind == "brightness" else 2)


@pytest.mark.parametrize("factor", [0.0, 0.4, 1.7])
def test_factors_are_their_formulas(factor):
    x = picture(2, 7, 5, 3, dtype=np.float32).astype(np.float64)
    grey = (x * (0.299, 0.587, 0.114)).sum(3, keepdims=True)
    for kind, other in (("brightness", 0), ("contrast", grey.mean((1, 2), keepdims=True)), ("saturation", grey)):
        ours = ColorJitter(**{kind: (factor, factor)})(x.astype(np.float32))
        np.testing.assert_allclose(ours, np.clip(factor * x + (1 - factor) * other, 0, 1), atol=1e-6)


@pytest.mark.parametrize("turn", [-0.5, -0.2, 0.1, 1 / 3, 0.5])
def test_hue_agrees_with_colorsys(turn):
    x = picture(12, 12, 3, dtype=np.float32)
    x[0, :4] = [[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 1]]  # no hue; two greatest
    expected = np.empty_like(x)
    for i, j in np.ndindex(12, 12):
        h, s, v = colorsys.rgb_to_hsv(*x[i, j].tolist())
        expected[i, j] = colorsys.hsv_to_rgb((h + turn) % 1, s, v)
    np.testing.assert_allclose(ColorJitter(hue=(turn, turn))(x), expected, atol=2e-6)


def test_grey_images_change_in_brightness_and_contrast_only():
    x = picture(6, 5, dtype=np.float32)
    assert np.array_equal(ColorJitter(saturation=0.9, hue=0.5)(x), x)
    np.testing.assert_allclose(ColorJitter(contrast=(0, 0))(x), np.full_like(x, x.mean()), rtol=1e-5)


def test_the_order_of_changes_is_random():
    x = picture(6, 5, 3, dtype=np.float32)
    jitter = ColorJitter((1.5, 1.5), (1.5, 1.5), (1.5, 1.5), (0.2, 0.2))  # the amounts are fixed
    assert len({jitter(x).tobytes() for _ in range(200)}) > 8


def test_numbers_are_ranges_around_one():
    x = np.full((2000, 1, 1, 3), 0.25, np.float32)
    factors = ColorJitter(brightness=0.5)(x)[:, 0, 0, 0] / 0.25
    assert 0.5 <= factors.min() < 0.51 and 1.49 < factors.max() <= 1.5
    assert ColorJitter(3).brightness == (0, 4) and ColorJitter(hue=0.25).hue == (-0.25, 0.25)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: ColorJitter(-1), "ColorJitter: expected brightness not below 0"),
        (lambda: ColorJitter(contrast=(-1, 1)), "ColorJitter: expected contrast not below 0"),
        (lambda: ColorJitter(saturation=(2, 1)), r"ColorJitter: expected saturation as \(low, high\)"),
        (lambda: ColorJitter(hue=0.6), "ColorJitter: expected hue within -0.5 to 0.5"),
        (lambda: ColorJitter("bright"), "ColorJitter: expected brightness of 2 numbers"),
        (lambda: ColorJitter(0.1)(mg.zeros(2, 4, 4)), "ColorJitter: expected images of 1 or 3 channels, got 2"),
        (lambda: Grayscale(2), "Grayscale: expected num_output_channels of 1 or 3"),
        (lambda: Grayscale()(mg.zeros(4, 4, 4)), "Grayscale: expected images of 1 or 3 channels, got 4"),
        (lambda: GaussianBlur(4), "GaussianBlur: expected an odd kernel_size"),
        (lambda: GaussianBlur(3, 0), "GaussianBlur: expected a positive sigma"),
        (lambda: GaussianBlur(3, (2, 1)), "GaussianBlur: expected sigma as"),
        (lambda: GaussianBlur(9)(np.zeros((4, 9), np.uint8)), "GaussianBlur: expected images larger than half"),
        (lambda: RandomErasing(2), "RandomErasing: expected a probability"),
        (lambda: RandomErasing(scale=(0.1, 2)), "RandomErasing: expected scale from 0 to 1"),
        (lambda: RandomErasing(ratio=(0, 1)), "RandomErasing: expected scale from 0 to 1, positive ratio"),
        (lambda: RandomErasing(value="noise"), "RandomErasing: expected a value of numbers or 'random'"),
        (lambda: RandomErasing(1, value=(1, 2))(mg.zeros(3, 8, 8)), "RandomErasing: expected value as one"),
    ],
)
def test_errors(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()


# ---- GaussianBlur


def test_blur_is_the_convolution_with_a_gaussian():
    x, sigma = picture(6, 9, 3, dtype=np.float32), 1.3
    u, v = np.arange(-1, 2)[:, None], np.arange(-2, 3)
    kernel = np.exp(-(u**2 + v**2) / (2 * sigma**2))
    kernel /= kernel.sum()
    framed = np.pad(x.astype(np.float64), ((1, 1), (2, 2), (0, 0)), "reflect")
    expected = np.empty((6, 9, 3))
    for i, j in np.ndindex(6, 9):
        expected[i, j] = (kernel[..., None] * framed[i : i + 3, j : j + 5]).sum((0, 1))
    np.testing.assert_allclose(GaussianBlur((5, 3), sigma)(x), expected, atol=1e-6)
    eight_bits = GaussianBlur((5, 3), sigma)((x * 255).round().astype(np.uint8))
    assert eight_bits.dtype == np.uint8 and np.abs(eight_bits - expected * 255).max() < 0.501


def test_blurred_constants_stay_constant():
    assert (GaussianBlur(7, (0.1, 5.0))(np.full((4, 9, 9, 3), 77, np.uint8)) == 77).all()


def test_sigma_stays_within_its_range_and_uses_it():
    spot = np.zeros((300, 31, 31, 1), np.float32)
    spot[:, 15, 15] = 1
    blurred = GaussianBlur(31, (0.5, 2.0))(spot)[..., 0]
    widths = np.sqrt((blurred.sum(1) * (np.arange(31) - 15) ** 2).sum(1))  # standard deviation along x
    assert 0.45 < widths.min() < 0.55 and 1.95 < widths.max() < 2.01


# ---- RandomErasing


def boxes(erased):
    """(height, width) of what is erased of each image, which must be a full rectangle; nothing: (0, 0)."""
    for mask in erased:
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        assert mask.sum() == len(rows) * len(columns)
        assert not len(rows) or (np.ptp(rows) + 1, np.ptp(columns) + 1) == (len(rows), len(columns))
        yield len(rows), len(columns)


def test_erased_rectangles_keep_to_their_bounds():
    x = np.ones((1000, 40, 60, 3), np.uint8)
    erased = RandomErasing(1)(x) == 0
    assert (erased == erased[..., :1]).all()
    high, wide = np.array(list(boxes(erased[..., 0]))).T
    # rounding moves each side by up to half a pixel
    assert ((high + 0.5) * (wide + 0.5) > 0.02 * 2400).all() and ((high - 0.5) * (wide - 0.5) < 0.33 * 2400).all()
    assert ((high + 0.5) / (wide - 0.5) > 0.3).all() and ((high - 0.5) / (wide + 0.5) < 3.3).all()
    area, ratio = high * wide / 2400, high / wide
    assert area.min() < 0.05 and area.max() > 0.3 and ratio.min() < 0.4 and ratio.max() > 2.5
    assert 0.4 < (ratio < 1).mean() < 0.6  # tall as often as wide
    everywhere = erased[..., 0].mean(0)
    assert everywhere.min() > 0 and everywhere[0, 0] < everywhere[20, 30]


def test_probability_of_erasing():
    erased = RandomErasing(0.3)(np.ones((2000, 8, 8, 1), np.uint8)) == 0
    assert 0.25 < erased.any((1, 2, 3)).mean() < 0.35


def test_a_rectangle_that_does_not_fit_is_drawn_anew():
    x = np.ones((1000, 40, 40, 1), np.uint8)
    erased = RandomErasing(1, scale=(0.5, 0.5), ratio=(0.25, 4))(x)[..., 0] == 0  # half of the ratios fit
    areas = np.array([high * wide for high, wide in boxes(erased)])
    assert (areas > 0).mean() > 0.99 and np.abs(areas[areas > 0] - 800).max() <= 40


def test_a_rectangle_that_cannot_fit_is_left_out():
    x = picture(20, 6, 6, 3)
    assert np.array_equal(RandomErasing(1, scale=(1, 1), ratio=(1, 1))(x), x)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_what_is_there_instead(dtype):
    x = np.full((50, 20, 20, 3), 9, dtype)
    y = RandomErasing(1, value=(1, 2, 3))(x)
    assert np.array_equal(np.unique(y.reshape(-1, 3), axis=0), [[1, 2, 3], [9, 9, 9]])
    noise = RandomErasing(1, scale=(0.3, 0.3), value="random")(x)
    new = noise[(noise != 9).any(3)].astype(float)
    assert new.size > 0.8 * 0.3 * x.size
    mean, std = (127.5, 73.9) if dtype == np.uint8 else (0, 1)
    assert abs(new.mean() - mean) < 0.05 * std and abs(new.std() - std) < 0.05 * std
    assert noise.dtype == dtype
