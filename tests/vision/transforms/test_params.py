"""The amounts that `get_params` draws: within their ranges, reaching all of them, and what the functions take."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision import transforms as T
from minigrad.vision.transforms import functional as F

X = np.random.default_rng(0).integers(0, 256, (10, 12, 3), dtype=np.uint8)
SCRIPTS = {  # how scripts change an image and its mask by the same amounts
    "RandomCrop": lambda x: F.crop(x, *T.RandomCrop.get_params(x, (4, 5))),
    "RandomResizedCrop": lambda x: F.resized_crop(
        x, *T.RandomResizedCrop.get_params(x, (0.2, 0.9), (0.5, 2.0)), [4, 5]
    ),
    "RandomRotation": lambda x: F.rotate(x, T.RandomRotation.get_params([-30, 30])),
    "RandomAffine": lambda x: F.affine(
        x, *T.RandomAffine.get_params((-9, 9), (0.2, 0.2), (0.8, 1.2), (-5, 5, 0, 1), F.get_image_size(x))
    ),
    "RandomPerspective": lambda x: F.perspective(x, *T.RandomPerspective.get_params(12, 10, 0.5)),
    "GaussianBlur": lambda x: F.gaussian_blur(x, 3, T.GaussianBlur.get_params(0.1, 2.0)),
    "ColorJitter": lambda x: F.adjust_hue(
        F.adjust_brightness(x, T.ColorJitter.get_params((0.5, 1.5), None, None, None)[1]),
        T.ColorJitter.get_params(None, None, None, (-0.5, 0.5))[4],
    ),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_seed_changes_two_images_alike(name):
    results = []
    for seed in (0, 0, 1):
        mg.manual_seed(seed)
        results.append(SCRIPTS[name](X))
    assert np.array_equal(results[0], results[1]) and not np.array_equal(results[0], results[2])


def test_crops_reach_every_place():
    seen = {T.RandomCrop.get_params(mg.zeros(3, 6, 7), (4, 5)) for _ in range(300)}
    assert seen == {(i, j, 4, 5) for i in range(3) for j in range(3)}
    with pytest.raises(ValueError, match="RandomCrop.get_params: expected an image of at least 4x5"):
        T.RandomCrop.get_params(mg.zeros(3, 6, 4), (4, 5))


def test_amounts_stay_in_their_ranges():
    for _ in range(200):
        angle, (right, down), scale, shear = T.RandomAffine.get_params((5, 6), (0.5, 0), (2, 3), (7, 8), (9, 99))
        assert 5 <= angle <= 6 and -4.5 <= right <= 4.5 and down == 0 and 2 <= scale <= 3
        assert 7 <= shear[0] <= 8 and shear[1] == 0
        start, end = T.RandomPerspective.get_params(11, 21, 0.4)
        assert start == [[0, 0], [10, 0], [10, 20], [0, 20]]
        assert (abs(np.subtract(start, end)) <= [2, 4]).all() and (np.array(end) >= 0).all()
    assert T.RandomAffine.get_params((0, 0), None, None, None, (9, 9)) == (0, (0, 0), 1, (0, 0))
    order, *amounts = T.ColorJitter.get_params(None, (1, 1), None, (0.25, 0.25))
    assert sorted(order.tolist()) == [0, 1, 2, 3] and amounts == [None, 1, None, 0.25]
