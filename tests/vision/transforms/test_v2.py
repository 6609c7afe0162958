"""What only torchvision's v2 has: conversions, noise, and mixtures of the images of a batch."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.vision import transforms
from minigrad.vision.transforms import v2


def test_the_transforms_are_the_same_classes():
    assert all(getattr(v2, name) is getattr(transforms, name) for name in transforms.__all__)
    assert v2.functional is transforms.functional


@pytest.mark.parametrize("kind", ["array", "pillow", "tensor"])
def test_an_image_becomes_a_tensor_from_0_to_1(kind):
    x = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    given = x if kind == "array" else mg.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1)))
    if kind == "pillow":
        given = pytest.importorskip("PIL.Image").fromarray(x)
    prepare = v2.Compose([v2.ToImage(), v2.Identity(), v2.RandomHorizontalFlip(1), v2.ToDtype(mg.float32, scale=True)])
    np.testing.assert_array_equal(prepare(given), transforms.ToTensor()(x[:, ::-1]))
    assert v2.ToDtype(mg.int64)(v2.ToImage()(given)).dtype == mg.int64


@pytest.mark.parametrize("labels", [mg.tensor([0, 1, 3]), mg.eye(4)[[0, 1, 3]]], ids=["numbers", "probabilities"])
def test_mixup_blends_neighbours_and_their_classes_alike(labels):
    x = mg.rand(3, 2, 4, 5)
    for _ in range(20):
        y, classes = v2.MixUp(alpha=0.5, num_classes=4)(x, labels)
        share = classes[0, 0]
        np.testing.assert_allclose(y, share * x + (1 - share) * x.roll(1, 0), atol=1e-6)
        one_hot = mg.eye(4)[[0, 1, 3]]
        np.testing.assert_allclose(classes, share * one_hot + (1 - share) * one_hot.roll(1, 0), atol=1e-6)


def test_cutmix_pastes_a_rectangle_of_the_share_of_the_other_class():
    x = mg.arange(3.0).view(3, 1, 1, 1).expand(3, 2, 8, 10)
    shares = set()
    for _ in range(50):
        y, classes = v2.CutMix(num_classes=3)(x, mg.tensor([0, 1, 2]))
        pasted = (y[0] == 2).numpy()
        shares.add(round(float(classes[0, 2]), 6))
        assert pasted.mean() == pytest.approx(float(classes[0, 2]), abs=1e-6) and (pasted[0] == pasted[1]).all()
        rows, columns = pasted[0].any(1), pasted[0].any(0)
        assert (pasted[0] == rows[:, None] & columns).all() and np.diff(rows, prepend=False, append=False).sum() <= 2
        nn.CrossEntropyLoss()(mg.zeros(3, 3), classes)
    assert len(shares) > 10


def test_a_choice_of_mixtures_takes_labels():
    mix = v2.RandomChoice([v2.CutMix(num_classes=3), v2.MixUp(num_classes=3)])
    images, classes = mix(mg.rand(4, 1, 6, 6), mg.tensor([0, 1, 2, 0]))
    assert images.shape == (4, 1, 6, 6) and classes.shape == (4, 3)


def test_noise_has_its_moments_and_is_clipped():
    x = mg.full((1, 200, 200), 0.5)
    y = v2.GaussianNoise(0.2, 0.05)(x).numpy()
    assert y.mean() == pytest.approx(0.7, abs=2e-3) and y.std() == pytest.approx(0.05, rel=0.02)
    assert v2.GaussianNoise(0.0, 5.0)(x).max() == 1 and v2.GaussianNoise(0.0, 5.0, clip=False)(x).max() > 1


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (lambda: v2.ToDtype({mg.Tensor: mg.float32}), TypeError, "ToDtype: expected one dtype"),
        (lambda: v2.ToDtype(mg.float32)(np.ones(2)), TypeError, "ToDtype: expected a Tensor, got ndarray"),
        (lambda: v2.MixUp(alpha=0), ValueError, "MixUp: expected alpha as a number above 0, got 0"),
        (lambda: v2.CutMix()(mg.rand(2, 1, 2, 2), mg.tensor([0, 1])), ValueError, "CutMix: expected num_classes"),
        (lambda: v2.CutMix(num_classes=2)(mg.rand(1, 2, 2), mg.tensor([0])), ValueError, "CutMix: expected images"),
        (lambda: v2.GaussianNoise(sigma=-1), ValueError, "GaussianNoise: expected sigma not below 0"),
        (lambda: v2.GaussianNoise()(mg.zeros(1, 2, 2, dtype=mg.uint8)), ValueError, "GaussianNoise: expected floats"),
        (lambda: v2.RGB()(mg.rand(4, 2, 2)), ValueError, "RGB: expected images of 1 or 3 channels, got 4"),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
