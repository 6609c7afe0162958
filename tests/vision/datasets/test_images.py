"""From stored images to samples and batches, with and without transforms."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.utils.data import DataLoader, Subset, default_collate
from minigrad.vision.datasets import Digits
from minigrad.vision.datasets.images import ArrayImages


def test_batches_equal_items():
    digits = Subset(Digits(), range(10, 60))
    x, y = next(iter(DataLoader(digits, 7)))
    again, targets = default_collate([digits[i] for i in range(7)])
    assert np.array_equal(x.numpy(), again.numpy()) and y.tolist() == targets.tolist()
    assert (x.dtype, y.dtype, tuple(x.shape)) == (np.float32, np.int64, (7, 1, 8, 8))


@pytest.mark.parametrize("workers", [0, 2])
def test_transforms_are_given_the_stored_image(workers):
    def transform(image):
        assert isinstance(image, np.ndarray) and image.shape == (8, 8) and image.dtype == np.uint8
        return image.mean()

    digits = Digits(train=False, transform=transform, target_transform=lambda target: target + 100)
    x, y = next(iter(DataLoader(digits, 5, num_workers=workers)))
    assert np.allclose(x.numpy(), digits.data.numpy()[:5].mean(axis=(1, 2)))
    assert y.tolist() == (digits.targets.numpy()[:5] + 100).tolist()
    image, target = Digits(train=False, target_transform=str)[0]
    assert tuple(image.shape) == (1, 8, 8) and target == str(digits.targets.tolist()[0])


def test_pixels_round_as_pytorchs():
    torch = pytest.importorskip("torch")
    data = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    digits = Digits()
    digits.data = mg.from_numpy(data)
    assert np.array_equal(digits[0][0].numpy(), (torch.from_numpy(data).float() / 255).numpy())


# ---- transforms of whole batches


class Darker:
    """Halves images, or makes other things of them; keeps what it was given."""

    batched = True

    def __init__(self, make=lambda images: images // 2):
        self.make, self.given = make, []

    def __call__(self, images):
        assert isinstance(images, np.ndarray) and images.dtype == np.uint8
        self.given.append(images)
        return self.make(images)


def channels_first(images):
    """(..., H, W, C) to a Tensor (..., C, H, W); a single grey image has no C."""
    images = images[..., None] if images.ndim == 2 else images
    return mg.from_numpy(np.ascontiguousarray(np.moveaxis(images, -1, -3)).astype(np.float32))


def colours(count, transform=None, target_transform=None):
    """A data set of colour images, as CIFAR-10 is."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (count, 5, 4, 3)).astype(np.uint8)
    return ArrayImages(images, rng.integers(0, 9, count), True, transform, target_transform)


@pytest.mark.parametrize(
    "make, shape",
    [(lambda t: Digits(transform=t), (8, 8)), (lambda t: colours(40, t), (5, 4, 3))],
    ids=["grey", "colour"],
)
@pytest.mark.parametrize("change", [lambda images: images // 2, channels_first], ids=["array", "tensor"])
def test_a_batched_transform_is_called_once_a_batch_and_gives_what_it_gives_one_by_one(make, shape, change):
    transform = Darker(change)
    dataset = make(transform)
    height, width, channels = (*shape, 1)[:3]
    x, y = next(iter(DataLoader(dataset, 6)))
    assert [images.shape for images in transform.given] == [(6, height, width, channels)]
    again, targets = default_collate([dataset[i] for i in range(6)])
    assert [images.shape for images in transform.given[1:]] == [shape] * 6
    assert tuple(x.shape) == tuple(again.shape) and x.dtype == again.dtype
    assert np.array_equal(x.numpy(), again.numpy()) and y.tolist() == targets.tolist()


def test_a_batch_of_a_batched_transform_is_a_list_of_samples_to_others():
    transform = Darker(channels_first)
    samples = next(iter(DataLoader(colours(6, transform), 3, collate_fn=list)))
    assert [tuple(image.shape) for image, _ in samples] == [(3, 5, 4)] * 3 and len(transform.given) == 1
    assert [type(target) for _, target in samples] == [int] * 3


def test_with_a_target_transform_each_sample_is_made_by_itself():
    transform = Darker()
    x, y = next(iter(DataLoader(colours(4, transform, lambda target: [target, 0.5]), 4)))
    assert len(transform.given) == 4 and tuple(x.shape) == (4, 5, 4, 3)
    assert y[1].tolist() == [0.5] * 4


@pytest.mark.parametrize(
    "result, got",
    [
        (lambda images: channels_first(images[:2]), r"shape \(2, 3, 5, 4\)"),
        (lambda images: images.mean(), "float64"),
        (lambda images: mg.tensor(1.0), r"shape \(\)"),
        (list, "list"),
    ],
)
def test_a_batched_transform_must_keep_the_number_of_images(result, got):
    with pytest.raises(ValueError, match=rf"ArrayImages: a transform with batched = True.* \(4, ...\), got {got} from"):
        next(iter(DataLoader(colours(4, Darker(result)), 4)))


def test_colour_becomes_channels_first():
    dataset = colours(7)
    x, y = next(iter(DataLoader(dataset, 7)))
    assert tuple(x.shape) == (7, 3, 5, 4) and x.dtype == np.float32 and x.is_contiguous()
    assert np.array_equal(x.numpy(), dataset.data.numpy().transpose(0, 3, 1, 2) / np.float32(255))
    assert y.tolist() == dataset.targets.tolist() and np.array_equal(dataset[2][0].numpy(), x.numpy()[2])


@pytest.mark.parametrize("transform", [None, Darker(channels_first)], ids=["none", "batched"])
def test_workers_make_the_same_batches(transform):
    dataset = colours(50, transform)
    alone, helped = [
        [(x.numpy(), y.tolist()) for x, y in DataLoader(dataset, 8, True, num_workers=n, generator=mg.Generator())]
        for n in (0, 2)
    ]
    assert len(alone) == len(helped) == 7
    for (x, y), (again, targets) in zip(alone, helped, strict=True):
        assert np.array_equal(x, again) and y == targets
