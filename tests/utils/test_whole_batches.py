"""Batches are fetched and transformed at once only where that gives what the samples, one by one, would be."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.utils.data import ConcatDataset, DataLoader, Dataset, Subset, TensorDataset, default_collate
from minigrad.vision import transforms as T
from minigrad.vision.datasets import Digits
from minigrad.vision.datasets.images import ArrayImages

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 6, 5, 3)).astype(np.uint8)


def tensors(**options):
    return TensorDataset(mg.arange(24.0).reshape(12, 2), mg.arange(12))


def colours(transform=None, kind=ArrayImages):
    return kind(IMAGES, np.arange(12), True, transform, None)


# ---- data sets ------------------------------------------------------------------------------------------------------


class Overridden(TensorDataset):
    """One class below the one that overrides."""

    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return -x, y


class Below(Overridden):
    pass


class OverriddenImages(ArrayImages):
    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return x * 0 + y, y


class OverriddenSample(ArrayImages):
    def _sample(self, image, target):
        return image.sum(), target + 100


class OverriddenSubset(Subset):
    def __getitem__(self, index):
        return (*super().__getitem__(index), index)


class OverriddenConcat(ConcatDataset):
    def __getitem__(self, index):
        return (*super().__getitem__(index), index)


class Delegating:
    """Not a Dataset; whatever it lacks it takes from the one within."""

    def __init__(self, dataset):
        self.dataset = dataset

    def __getattr__(self, name):
        return getattr(self.dataset, name)

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, index):
        return (*self.dataset[index], index)


class Both(TensorDataset):
    """Says itself how a batch is made."""

    def __getitem__(self, index):
        return super().__getitem__(index)[0] + 1

    def __getitems__(self, indices):
        self.asked = True
        return [self[i] for i in indices]


class OnlyMany(Dataset):
    """Its samples are made by what it has for batches."""

    def __getitems__(self, indices):
        return [self[i] for i in indices]


class One(OnlyMany):
    def __len__(self):
        return 12

    def __getitem__(self, index):
        return index * 10


DATASETS = {
    "tensors": tensors,
    "overridden": lambda: Overridden(*tensors().tensors),
    "below": lambda: Below(*tensors().tensors),
    "both": lambda: Both(*tensors().tensors),
    "only many": One,
    "images": colours,
    "overridden images": lambda: colours(kind=OverriddenImages),
    "overridden sample": lambda: colours(kind=OverriddenSample),
    "digits": lambda: Subset(Digits(train=False), range(12)),
    "delegating": lambda: Delegating(tensors()),
    "delegating images": lambda: Delegating(colours()),
}
AROUND = {
    "alone": lambda data: data,
    "subset": lambda data: Subset(data, range(11, -1, -1)),
    "concat": lambda data: ConcatDataset([Subset(data, [3]), data]),
    "overridden subset": lambda data: OverriddenSubset(data, range(12)),
    "overridden concat": lambda data: OverriddenConcat([data, data]),
    "delegating": Delegating,
}
NOT_TUPLES = ("both", "only many")


def leaves(batch):
    return [part.tolist() for part in (batch if isinstance(batch, (list, tuple)) else [batch])]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", DATASETS)
def test_a_batch_is_what_its_samples_are(name, around):
    if name in NOT_TUPLES and around not in ("alone", "subset", "concat"):
        return  # the wrappers of this table add to tuples
    dataset = AROUND[around](DATASETS[name]())
    expected = [leaves(default_collate([dataset[i] for i in at])) for at in ([0, 1, 2, 3, 4], [5, 6, 7, 8, 9])]
    for options in (
        {"batch_size": 5},
        {"batch_sampler": [list(range(5)), list(range(5, 10))]},
        {"num_workers": 2, "batch_size": 5},
    ):
        assert [leaves(batch) for batch, _ in zip(DataLoader(dataset, **options), expected, strict=False)] == expected


def test_a_batch_protocol_of_the_users_own_is_asked():
    both = DATASETS["both"]()
    next(iter(DataLoader(both, 2)))
    assert both.asked
    plain = tensors()
    plain.__getitems__ = lambda indices: [
        plain[0] for _ in indices
    ]  # put on the instance, as PyTorch's loader takes it
    assert leaves(next(iter(DataLoader(plain, 2))))[1] == [0, 0]


# ---- transforms -----------------------------------------------------------------------------------------------------


class ZeroMean(T.Compose):
    def __call__(self, images):
        x = super().__call__(images)
        return x - x.mean()


class ZeroMeanTensor(T.ToTensor):
    def __call__(self, images):
        x = super().__call__(images)
        return x - x.mean()


class ZeroMeanNormalize(T.Normalize):
    def __call__(self, images):
        x = super().__call__(images)
        return x - x.mean()


class Turned(T.RandomRotation):
    def __call__(self, images):
        x = super().__call__(images)
        return x - x.mean()


class Wrapped:
    def __init__(self, transform):
        self.transform = transform

    def __getattr__(self, name):
        return getattr(self.transform, name)

    def __call__(self, images):
        x = self.transform(images)
        return x - x.mean()


class Negative(T.Transform):
    def transform(self, images, rng):
        return 255 - images


class Method:
    def halved(self, images):
        return T.ToTensor()(images) / 2


def single(image):
    assert image.ndim == 3
    return image.astype(np.float32) - image.mean()


TRANSFORMS = {
    "compose": (lambda: T.Compose([T.ToTensor(), T.Normalize(0.5, 0.25)]), True),
    "compose of a function": (lambda: T.Compose([T.ToTensor(), lambda x: x - x.mean()]), False),
    "compose of a compose": (lambda: T.Compose([T.ToTensor(), ZeroMean([])]), False),
    "overridden compose": (lambda: ZeroMean([T.ToTensor()]), False),
    "overridden ToTensor": (ZeroMeanTensor, False),
    "overridden Normalize": (lambda: T.Compose([T.ToTensor(), ZeroMeanNormalize(0.5, 0.25)]), False),
    "overridden rotation": (lambda: Turned((90, 90)), False),
    "overridden apply": (Negative, True),
    "delegating": (lambda: Wrapped(T.ToTensor()), False),
    "function": (lambda: single, False),
    "lambda": (lambda: T.Lambda(single), False),
    "a whole batch": (lambda: T.Lambda(T.ToTensor(), batched=True), True),
    "bound method": (lambda: Method().halved, False),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transformed_batch_is_what_its_samples_are(name):
    make, at_once = TRANSFORMS[name]
    dataset = colours(make())
    assert dataset._by_batch == at_once
    x, _ = next(iter(DataLoader(dataset, 6)))
    np.testing.assert_allclose(x.numpy(), np.stack([np.asarray(dataset[i][0]) for i in range(6)]), rtol=1e-6, atol=1e-6)


def test_what_is_said_to_take_batches_is_given_them():
    class Mine(T.Compose):
        batched = True

        def __call__(self, images):
            assert images.ndim == 4
            return super().__call__(images)

    transform = T.Compose([T.ToTensor()])
    dataset = colours(Mine([transform]))
    next(iter(DataLoader(dataset, 6)))
    transform.transforms.append(single)  # from now on it takes single images
    assert transform.batched is False
    rotation = T.RandomRotation(10)
    rotation.batched = False
    assert not T.Compose([rotation]).batched


# ---- what is assigned -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.array, list, tuple, mg.tensor], ids=["array", "list", "tuple", "tensor"])
def test_targets_may_be_replaced(kind):
    dataset = colours()
    dataset.targets = kind([5] * 12)
    dataset.data = IMAGES[::-1]
    assert dataset[0][1] == 5 and type(dataset[0][1]) is int and dataset.targets.dtype == mg.int64
    assert next(iter(DataLoader(dataset, 3)))[1].tolist() == [5, 5, 5]
    assert np.array_equal(dataset.data.numpy(), IMAGES[::-1])
    with pytest.raises(TypeError, match="ArrayImages: expected targets as integers of shape"):
        dataset.targets = kind([0.5] * 12)
