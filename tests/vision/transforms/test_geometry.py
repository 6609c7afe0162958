"""RandomAffine and RandomRotation: right angles, the formula of the documentation, Pillow, and the range of amounts."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision.transforms import RandomAffine, RandomRotation
from tests.vision.transforms.test_resampling import warped


def picture(*shape, dtype=np.float32, seed=0):
    x = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    return x if dtype == np.uint8 else x.astype(dtype) / 255


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("side", [7, 8])
@pytest.mark.parametrize("turns", [-1, 0, 1, 2, 3])
def test_right_angles(turns, side, interpolation):
    x, angle = picture(side, side, 3, dtype=np.uint8), 90 * turns
    counter_clockwise = RandomRotation((angle, angle), interpolation)
    clockwise = RandomAffine((angle, angle), interpolation=interpolation)
    assert np.array_equal(counter_clockwise(x), np.rot90(x, turns))
    assert np.array_equal(clockwise(x), np.rot90(x, -turns))


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_expanded_right_angles(turns):
    x = picture(5, 8, dtype=np.uint8)
    assert np.array_equal(RandomRotation((90 * turns,) * 2, expand=True)(x), np.rot90(x, turns))


@pytest.mark.parametrize("angle", [-140.0, -33.0, 10.0, 44.0, 77.0])  # no ties between pixels
def test_rotation_agrees_with_pillow(angle):
    image_module = pytest.importorskip("PIL.Image")
    x = picture(40, 30, dtype=np.uint8)
    for mode in ("nearest", "bilinear"):
        for expand in (False, True):
            resampling = image_module.Resampling[mode.upper()]
            theirs = np.asarray(image_module.fromarray(x).rotate(angle, resampling, expand, fillcolor=9)).astype(int)
            ours = RandomRotation((angle, angle), mode, expand, fill=9)(x)
            assert ours.shape == theirs.shape
            if mode == "nearest":  # Pillow rounds coordinates to 16 binary places
                assert (ours != theirs).mean() < 0.002
            else:  # at the image's edge Pillow repeats its outermost pixels
                inside = RandomRotation((angle, angle), mode, expand)(np.pad(np.ones((36, 26), np.float32), 2)) == 1
                assert inside.mean() > 0.3 and np.abs(ours - theirs)[inside].max() <= 1


def moved_by(angle, scale, shear, centre, image):
    """The matrix and offset of (row, column) for `warped`, from q = c + R K s (p - c)."""
    turn, (u, v) = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    inverse = np.linalg.inv(rotation @ np.array([[1, 0], [-v, 1]]) @ np.array([[1, -u], [0, 1]]) * scale)
    c = np.array([[centre[0] - image.shape[1] / 2], [centre[1] - image.shape[0] / 2]])
    return inverse[::-1, ::-1], (c - inverse @ c)[::-1]


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("center", [None, (2.0, 7.5)])
@pytest.mark.parametrize("angle, scale, shear", [(30, 1, (0, 0)), (3, 0.7, (25, 0)), (-50, 1.4, (20, -35))])
def test_affine_is_the_formula(angle, scale, shear, center, interpolation):
    image = picture(9, 12)
    middle = (image.shape[1] / 2, image.shape[0] / 2)
    matrix, offset = moved_by(angle, scale, shear, center or middle, image)
    expected = warped(image, matrix, offset, 0.25, interpolation == "nearest")
    ours = RandomAffine(
        (angle, angle), None, (scale, scale), (shear[0],) * 2 + (shear[1],) * 2, interpolation, 0.25, center
    )(image)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_the_matrix_is_torchvisions():
    """Its closed form of R K: ((cos(a - v), ...), (sin(a - v), ...)) / cos v."""
    a, u, v = np.deg2rad([40.0, 15.0, -25.0])
    theirs = np.array(
        [
            [np.cos(a - v) / np.cos(v), -np.cos(a - v) * np.tan(u) / np.cos(v) - np.sin(a)],
            [np.sin(a - v) / np.cos(v), -np.sin(a - v) * np.tan(u) / np.cos(v) + np.cos(a)],
        ]
    )
    image = picture(11, 11)
    expected = warped(image, np.linalg.inv(theirs)[::-1, ::-1], np.zeros((2, 1)), 0)
    ours = RandomAffine((40, 40), shear=(15, 15, -25, -25), interpolation="bilinear")(image)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_without_amounts_it_is_the_identity():
    x = picture(4, 7, 6, 3)
    for interpolation in ("nearest", "bilinear"):
        assert np.array_equal(RandomAffine(0, interpolation=interpolation)(x), x)
        assert np.array_equal(RandomRotation(0, interpolation)(x), x)


def test_scaling_by_an_integer_repeats_pixels():
    x = picture(4, 6, dtype=np.uint8)
    doubled = RandomAffine(0, scale=(2, 2))(np.pad(x, ((2, 2), (3, 3))))
    assert np.array_equal(doubled, x.repeat(2, 0).repeat(2, 1))


def test_shifts_are_whole_pixels_and_use_their_range():
    x = np.pad(picture(10, 20, dtype=np.uint8) // 2 + 1, 6)
    shift = RandomAffine(0, (0.1, 0.25), interpolation="bilinear", generator=mg.Generator().manual_seed(0))
    moved = shift(np.repeat(x[None, :, :, None], 400, 0))
    expected = {  # 22 high and 32 wide: up to 5.5 down, rounded half to even, and 3.2 to the right
        (down, right): np.roll(x, (down, right), (0, 1)) for down in range(-6, 7) for right in range(-3, 4)
    }
    found = {next(shift for shift, y in expected.items() if np.array_equal(y, one[..., 0])) for one in moved}
    assert {down for down, _ in found} >= set(range(-5, 6)) and {right for _, right in found} == set(range(-3, 4))


def dot(row, column, size=41):
    """A soft spot: its centre of mass tells where the transform moved it."""
    r, c = np.indices((size, size))
    return np.exp(-((r - row) ** 2 + (c - column) ** 2) / 8).astype(np.float32)


def place(image):
    r, c = np.indices(image.shape)
    return np.array([(r * image).sum(), (c * image).sum()]) / image.sum() - 20


@pytest.mark.parametrize(
    "options, start, low, high",
    [
        # where a spot, seen from the centre as (row, column), can get to
        ({"degrees": 30}, (0, 10), (-5.0, 8.66), (5.0, 10)),
        ({"degrees": (0, 30)}, (0, 10), (0, 8.66), (5.0, 10)),
        ({"degrees": 0, "scale": (0.8, 1.2)}, (0, 10), (0, 8), (0, 12)),
        ({"degrees": 0, "translate": (0.1, 0.0)}, (0, 10), (0, 6), (0, 14)),
        ({"degrees": 0, "translate": (0.0, 0.1)}, (0, 10), (-4, 10), (4, 10)),
        ({"degrees": 0, "shear": 20}, (10, 0), (10, -3.64), (10, 3.64)),
        ({"degrees": 0, "shear": (0, 20)}, (10, 0), (10, -3.64), (10, 0)),
        ({"degrees": 0, "shear": (0, 0, -20, 20)}, (0, 10), (-3.64, 10), (3.64, 10)),
    ],
)
def test_amounts_stay_within_their_ranges_and_use_them(options, start, low, high):
    transform = RandomAffine(**options, interpolation="bilinear", generator=mg.Generator().manual_seed(0))
    spot = dot(20 + start[0], 20 + start[1])
    places = np.array([place(x[..., 0]) for x in transform(np.repeat(spot[None, :, :, None], 200, 0))])
    low, high = np.array(low), np.array(high)
    assert (places > low - 0.1).all() and (places < high + 0.1).all()
    assert (np.ptp(places, 0) > 0.9 * (high - low) - 0.2).all()


def test_rotations_use_their_range():
    transform = RandomRotation((-30, 10), "bilinear", generator=mg.Generator().manual_seed(0))
    places = [place(x[..., 0]) for x in transform(np.repeat(dot(20, 30)[None, :, :, None], 200, 0))]
    angles = np.rad2deg([np.arctan2(-row, column) for row, column in places])
    assert -31 < angles.min() < -28 and 8 < angles.max() < 11


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: RandomRotation(-1), "RandomRotation: expected degrees not below 0"),
        (lambda: RandomRotation((3, 1)), r"RandomRotation: expected degrees as \(low, high\)"),
        (lambda: RandomRotation("10"), "RandomRotation: expected degrees of 2 numbers, got '10'"),
        (lambda: RandomRotation(10, "cubic"), "RandomRotation: expected interpolation"),
        (lambda: RandomAffine((1, 2, 3)), "RandomAffine: expected degrees of 2 numbers"),
        (lambda: RandomAffine(0, (0.1, 1.1)), "RandomAffine: expected translate as parts from 0 to 1"),
        (lambda: RandomAffine(0, 0.1), "RandomAffine: expected translate of 2 numbers"),
        (lambda: RandomAffine(0, scale=(0, 1)), "RandomAffine: expected positive factors as scale"),
        (lambda: RandomAffine(0, scale=0.5), "RandomAffine: expected scale of 2 numbers"),
        (lambda: RandomAffine(0, shear=-5), "RandomAffine: expected shear not below 0"),
        (lambda: RandomAffine(0, shear=(1, 2, 3)), "RandomAffine: expected shear of 2 or 4 numbers"),
        (lambda: RandomAffine(float("nan")), "RandomAffine: expected degrees not below 0"),
    ],
)
def test_errors(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()


def test_errors_of_calls():
    with pytest.raises(ValueError, match="expand=True each image has a size of its own.*got 2"):
        RandomRotation(10, expand=True)(np.zeros((2, 4, 4, 1), np.uint8))
    with pytest.raises(ValueError, match="expected fill as one number, or 3, one per channel"):
        RandomAffine(10, fill=(1, 2))(np.zeros((4, 4, 3), np.uint8))
