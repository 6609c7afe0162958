"""What holds for every transform: kinds, dtypes, batches, seeds, and that nothing is changed in place."""

import inspect

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.utils.data import DataLoader
from minigrad.vision import transforms
from minigrad.vision.datasets import Digits
from minigrad.vision.transforms import (
    CenterCrop,
    ColorJitter,
    Compose,
    ElasticTransform,
    GaussianBlur,
    Grayscale,
    Lambda,
    Normalize,
    Pad,
    RandomAdjustSharpness,
    RandomAffine,
    RandomAutocontrast,
    RandomCrop,
    RandomEqualize,
    RandomErasing,
    RandomGrayscale,
    RandomHorizontalFlip,
    RandomInvert,
    RandomPerspective,
    RandomPosterize,
    RandomResizedCrop,
    RandomRotation,
    RandomSolarize,
    RandomVerticalFlip,
    Resize,
    ToTensor,
    Transform,
)

FIXED = {  # without anything random: a batch must be its images one by one
    "Resize": lambda: Resize((9, 4)),
    "Resize nearest": lambda: Resize(4, "nearest"),
    "CenterCrop": lambda: CenterCrop((5, 4)),
    "CenterCrop larger": lambda: CenterCrop(11),
    "Pad": lambda: Pad((1, 2, 0, 3), fill=1),
    "RandomCrop": lambda: RandomCrop((8, 10)),
    "RandomHorizontalFlip": lambda: RandomHorizontalFlip(1),
    "RandomVerticalFlip": lambda: RandomVerticalFlip(1),
    "RandomRotation": lambda: RandomRotation((30, 30), "bilinear", center=(2, 3)),
    "RandomAffine": lambda: RandomAffine((9, 9), scale=(1.2, 1.2), shear=(5, 5, 3, 3), fill=1),
    "GaussianBlur": lambda: GaussianBlur((5, 3), 1.5),
    "RandomErasing": lambda: RandomErasing(0),
    "ColorJitter": lambda: ColorJitter((1.1, 1.1)),
    "ColorJitter hue": lambda: ColorJitter(hue=(0.3, 0.3)),
    "RandomGrayscale": lambda: RandomGrayscale(1),
    "RandomResizedCrop": lambda: RandomResizedCrop((4, 5), (1, 1), (1.25, 1.25)),
    "RandomPerspective": lambda: RandomPerspective(0, 1),
    "ElasticTransform": lambda: ElasticTransform(0.0, fill=1),
    "RandomInvert": lambda: RandomInvert(1),
    "RandomAutocontrast": lambda: RandomAutocontrast(1),
    "RandomSolarize": lambda: RandomSolarize(0.5, 1),
    "RandomAdjustSharpness": lambda: RandomAdjustSharpness(2, 1),
    "RandomEqualize": lambda: RandomEqualize(0),
    "RandomPosterize": lambda: RandomPosterize(3, 0),
    "Grayscale": lambda: Grayscale(),
    "Grayscale 3": lambda: Grayscale(3),
}
RANDOM = {
    "RandomCrop": lambda g=None: RandomCrop((8, 10), 2, generator=g),
    "RandomHorizontalFlip": lambda g=None: RandomHorizontalFlip(generator=g),
    "RandomVerticalFlip": lambda g=None: RandomVerticalFlip(generator=g),
    "RandomRotation": lambda g=None: RandomRotation(40, generator=g),
    "RandomAffine": lambda g=None: RandomAffine(20, (0.2, 0.2), (0.7, 1.3), 10, "bilinear", generator=g),
    "RandomGrayscale": lambda g=None: RandomGrayscale(0.5, generator=g),
    "RandomResizedCrop": lambda g=None: RandomResizedCrop((6, 7), generator=g),
    "RandomPerspective": lambda g=None: RandomPerspective(generator=g),
    "ElasticTransform": lambda g=None: ElasticTransform(20.0, 1.0, generator=g),
    "RandomInvert": lambda g=None: RandomInvert(generator=g),
    "RandomAutocontrast": lambda g=None: RandomAutocontrast(generator=g),
    "RandomSolarize": lambda g=None: RandomSolarize(0.5, generator=g),
    "RandomAdjustSharpness": lambda g=None: RandomAdjustSharpness(0.2, generator=g),
    "GaussianBlur": lambda g=None: GaussianBlur(5, generator=g),
    "RandomErasing": lambda g=None: RandomErasing(1, generator=g),
    "RandomErasing noise": lambda g=None: RandomErasing(1, value="random", generator=g),
    "ColorJitter": lambda g=None: ColorJitter(0.5, 0.5, 0.5, 0.2, generator=g),
}


def images(dtype, channels=3, count=8):
    x = np.random.default_rng(0).integers(0, 256, (count, 8, 10, channels), dtype=np.uint8)
    return x if dtype == np.uint8 else (x / 255).astype(dtype)


def test_none_is_forgotten():
    offered = {
        name for name, value in vars(transforms).items() if inspect.isclass(value) and issubclass(value, Transform)
    }
    covered = {name.split()[0] for name in [*FIXED, *RANDOM]}
    assert offered == covered | {"Transform", "ToTensor", "Normalize"}
    assert covered - set(RANDOM) == {
        "Resize", "CenterCrop", "Pad", "Grayscale", "RandomEqualize", "RandomPosterize",
    }  # fmt: skip


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", FIXED)
def test_kinds_and_batches(name, channels, dtype):
    x, transform = images(dtype, channels), FIXED[name]()
    y = transform(x)
    assert isinstance(y, np.ndarray) and y.dtype == dtype and y.ndim == 4 and len(y) == 8 and transform.batched
    for one, result in zip(x, y, strict=True):
        assert np.array_equal(transform(one), result)
    batch = transform(mg.from_numpy(x.transpose(0, 3, 1, 2).copy()))
    assert isinstance(batch, mg.Tensor) and batch.is_contiguous() and batch.dtype == dtype
    assert np.array_equal(batch.numpy(), y.transpose(0, 3, 1, 2))
    assert np.array_equal(transform(mg.from_numpy(x[3].transpose(2, 0, 1))).numpy(), y[3].transpose(2, 0, 1))
    if channels == 1:
        plain = transform(x[2, :, :, 0])
        assert np.array_equal(plain, y[2, :, :, 0] if y.shape[3] == 1 else y[2])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("name", RANDOM)
def test_each_image_of_a_batch_is_changed_by_itself(name, dtype):
    same = np.repeat(images(dtype, count=1), 16, 0)
    changed = RANDOM[name]()(same)
    assert changed.dtype == dtype and len(np.unique(changed.reshape(16, -1), axis=0)) > 1
    as_tensors = RANDOM[name]()(mg.from_numpy(same.transpose(0, 3, 1, 2)))
    assert as_tensors.dtype == dtype and len(np.unique(as_tensors.numpy().reshape(16, -1), axis=0)) > 1


@pytest.mark.parametrize("name", RANDOM)
def test_the_same_seed_makes_the_same_images(name):
    x = images(np.uint8)
    first, again, other = (RANDOM[name](mg.Generator().manual_seed(seed))(x) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    transform = RANDOM[name]()
    mg.manual_seed(1)
    with_default = transform(x)
    assert np.array_equal(with_default, first)
    assert not np.array_equal(transform(x), first)  # the stream goes on


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("name", [*FIXED, *RANDOM])
def test_what_is_given_stays_as_it_is(name, dtype):
    x = images(dtype)
    before = x.copy()
    x.flags.writeable = False
    {**FIXED, **RANDOM}[name]()(x)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("name", [*FIXED, *RANDOM])
def test_nothing_is_recorded_for_gradients(name):
    x = mg.rand(2, 3, 8, 10, requires_grad=True)
    assert not {**FIXED, **RANDOM}[name]()(x).requires_grad


@pytest.mark.parametrize("name", [*FIXED, *RANDOM])
def test_an_empty_batch_stays_empty(name):
    assert len({**FIXED, **RANDOM}[name]()(images(np.float32, count=0))) == 0


@pytest.mark.parametrize("name", [*FIXED, *RANDOM])
def test_representation_names_the_arguments(name):
    transform = {**FIXED, **RANDOM}[name]()
    shown = repr(transform)
    assert shown.startswith(f"{type(transform).__name__}(") and "object at" not in shown
    names = set(inspect.signature(type(transform)).parameters) - {"generator"}
    assert all(f"{argument}=" in shown for argument in names)


@pytest.mark.parametrize(
    "given, error, message",
    [
        (np.zeros((32, 28, 28), np.uint8), ValueError, r"at most 4 channels.*\(32, 28, 28\).*images\[..., None\]"),
        (np.zeros((2, 3, 8, 8), np.uint8), ValueError, "channels first are for Tensors"),
        (np.zeros(8, np.uint8), ValueError, r"got shape \(8,\)"),
        (np.zeros((0, 8), np.uint8), ValueError, "images with pixels"),
        (np.zeros((8, 8), int), TypeError, "uint8 .* or floats .* got int64"),
        (mg.zeros(8, 8), ValueError, r"a Tensor \(C, H, W\) or \(N, C, H, W\), got shape \(8, 8\)"),
        (mg.zeros(1, 8, 8, dtype=mg.int64), TypeError, "got int64"),
    ],
)
def test_other_things_are_refused(given, error, message):
    with pytest.raises(error, match=f"RandomHorizontalFlip: expected.*{message}"):
        RandomHorizontalFlip()(given)


def test_a_transform_without_apply_says_so():
    with pytest.raises(NotImplementedError, match="Mine: a Transform needs a method transform"):
        type("Mine", (Transform,), {})()(np.zeros((2, 2), np.uint8))


# ---- Compose and Lambda


def test_compose_goes_in_order_and_says_what_it_does():
    transform = Compose([Pad(1, fill=7), RandomHorizontalFlip(1), ToTensor()])
    x = np.array([[1, 2]], np.uint8)
    assert (transform(x).numpy() * 255).round().tolist() == [[[7, 7, 7, 7], [7, 2, 1, 7], [7, 7, 7, 7]]]
    assert repr(transform).splitlines() == [
        "Compose(",
        "    Pad(padding=1, fill=7, padding_mode=constant)",
        "    RandomHorizontalFlip(p=1.0)",
        "    ToTensor()",
        ")",
    ]
    assert Compose([])(x) is x


@pytest.mark.parametrize(
    "others, batched",
    [
        ([], True),
        ([ToTensor(), Normalize(0.5, 0.5)], True),
        ([Compose([ToTensor()])], True),
        ([RandomRotation(10, expand=True)], False),
        ([Lambda(np.sqrt)], False),
        ([Lambda(np.sqrt, batched=True)], True),
        ([np.sqrt], False),
        ([Compose([np.sqrt])], False),
    ],
)
def test_compose_is_batched_if_all_its_members_are(others, batched):
    assert Compose([CenterCrop(2), *others]).batched is batched


def test_lambda_is_its_function():
    assert Lambda(lambda x: x + 1)(3) == 4 and repr(Lambda(len)) == "Lambda(len)"
    with pytest.raises(TypeError, match="Lambda: expected a function as lambd, got int"):
        Lambda(3)


def test_a_loader_makes_the_same_images_whatever_the_number_of_workers():
    digits = Digits(transform=Compose([RandomAffine(20, (0.1, 0.1)), RandomErasing(), ToTensor()]))
    runs = []
    for workers in (0, 1, 3):
        mg.manual_seed(5)
        loader = DataLoader(digits, 100, shuffle=True, num_workers=workers)
        runs.append(np.concatenate([x.numpy() for x, _ in loader]))
    assert np.array_equal(runs[0], runs[1]) and np.array_equal(runs[0], runs[2])
    assert np.ptp(runs[0]) == 1


# ---- ToTensor and Normalize


def test_to_tensor_divides_uint8_as_pytorch_does():
    torch = pytest.importorskip("torch")
    x = np.arange(256, dtype=np.uint8).reshape(8, 32)
    ours = ToTensor()(x)
    assert ours.shape == (1, 8, 32) and ours.dtype == mg.float32
    assert np.array_equal(ours.numpy()[0], (torch.from_numpy(x).float() / 255).numpy())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_to_tensor_puts_channels_first_and_keeps_floats(dtype):
    x = images(dtype)
    before = x.copy()
    batch, one = ToTensor()(x), ToTensor()(x[0])
    assert batch.shape == (8, 3, 8, 10) and batch.is_contiguous() and batch.dtype == one.dtype == mg.float32
    assert np.array_equal(batch.numpy(), x.transpose(0, 3, 1, 2).astype(np.float32))
    assert np.array_equal(one.numpy(), batch.numpy()[0])
    batch.zero_()
    one.zero_()
    assert np.array_equal(x, before)


def test_to_tensor_refuses_what_it_cannot_read():
    with pytest.raises(TypeError, match="ToTensor: expected an array, got a Tensor"):
        ToTensor()(mg.zeros(1, 2, 2))
    with pytest.raises(TypeError, match="ToTensor: expected uint8 .* got int64"):
        ToTensor()(np.zeros((2, 2), np.int64))


def test_normalize_is_by_channels():
    x = images(np.float32)
    mean, std = (0.1, 0.2, 0.3), (0.5, 2.0, 4.0)
    expected = np.stack([(x[..., c] - np.float32(mean[c])) / np.float32(std[c]) for c in range(3)], 3)
    ours = Normalize(mean, std)(mg.from_numpy(x.transpose(0, 3, 1, 2)))
    assert ours.dtype == mg.float32 and np.array_equal(ours.numpy(), expected.transpose(0, 3, 1, 2))
    assert np.array_equal(Normalize(list(mean), std)(x[0]), expected[0])
    assert np.array_equal(Normalize(0.1, (0.5,))(x)[..., 0], expected[..., 0])


def test_normalize_errors():
    with pytest.raises(ValueError, match="Normalize: expected std without 0"):
        Normalize((0.5, 0.5), (1, 0))
    with pytest.raises(ValueError, match="Normalize: expected mean as one number, or 3, one per channel"):
        Normalize((0.5, 0.5), 1)(mg.zeros(3, 2, 2))
    with pytest.raises(TypeError, match="Normalize: expected floats, got uint8; put ToTensor before it"):
        Normalize(0.5, 0.5)(images(np.uint8))


class Halved(transforms.CenterCrop):
    """A transform that says what it does in `forward`, as layers do."""

    def forward(self, images):
        return super().forward(images) / 2


class HalvedAgain(Halved):
    def forward(self, images):
        return super().forward(images) / 2


def test_transforms_are_layers():
    image = mg.rand(3, 6, 6)
    layers = nn.Sequential(
        transforms.CenterCrop(4),
        transforms.RandomApply(nn.ModuleList([transforms.RandomHorizontalFlip(1.0)]), 1.0),
        nn.Flatten(),
    )
    assert mg.equal(layers(image[None]), image[None, :, 1:5, 1:5].flip(-1).flatten(1))
    assert [type(m).__name__ for m in layers] == ["CenterCrop", "RandomApply", "Flatten"]
    seen = []
    assert layers.apply(seen.append) is layers and seen[0] is layers[0] and seen[-1] is layers


@pytest.mark.parametrize(("kind", "part"), [(Halved, 2), (HalvedAgain, 4), (type("Sub", (HalvedAgain,), {}), 4)])
def test_a_transform_may_override_forward(kind, part):
    image = mg.rand(3, 6, 6)
    assert mg.equal(kind(4)(image), image[:, 1:5, 1:5] / part)
    assert not transforms.Compose([kind(4)]).batched, "what it was said of does not speak for what overrides it"
