"""The order in which data sets are visited."""

import collections

import numpy as np
import pytest

import minigrad as mg
from minigrad import random
from minigrad.random import Generator
from minigrad.utils.data import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

RANDOM = {
    "permutation": lambda g: RandomSampler(range(20), generator=g),
    "replacement": lambda g: RandomSampler(range(20), replacement=True, generator=g),
    "subset": lambda g: SubsetRandomSampler([3, 5, 7, 9, 11, 13, 15], generator=g),
    "weighted": lambda g: WeightedRandomSampler(np.arange(20.0), 10, generator=g),
    "weighted once": lambda g: WeightedRandomSampler(np.arange(1.0, 20), 10, replacement=False, generator=g),
}


@pytest.mark.parametrize("make", RANDOM.values(), ids=RANDOM)
def test_an_order_repeats_with_its_seed_and_changes_from_epoch_to_epoch(make):
    sampler = make(Generator().manual_seed(1))
    first, second = list(sampler), list(sampler)
    assert first != second and len(first) == len(sampler)
    again = make(Generator().manual_seed(1))
    assert [list(again), list(again)] == [first, second]
    assert all(type(index) is int for index in first)


@pytest.mark.parametrize("make", RANDOM.values(), ids=RANDOM)
def test_the_whole_order_is_drawn_at_the_start(make):
    generator = Generator().manual_seed(1)
    expected = list(make(Generator().manual_seed(1)))
    indices = iter(make(generator))
    random.rand(10, generator=generator)
    assert list(indices) == expected


def test_orders_are_what_they_say():
    assert list(SequentialSampler("abc")) == [0, 1, 2]
    assert sorted(RandomSampler(range(9))) == list(range(9))
    assert len(list(RandomSampler(range(9), num_samples=4))) == 4
    counts = collections.Counter(RandomSampler(range(4), num_samples=10))
    assert sorted(counts.values()) == [2, 2, 3, 3]
    drawn = list(RandomSampler(range(3), replacement=True, num_samples=100))
    assert len(drawn) == 100 and set(drawn) == {0, 1, 2}
    assert sorted(SubsetRandomSampler([4, 2, 8])) == [2, 4, 8]
    assert set(WeightedRandomSampler(mg.tensor([0.0, 1.0, 1.0]), 50)) == {1, 2}
    assert sorted(WeightedRandomSampler([1, 2, 3], 3, replacement=False)) == [0, 1, 2]


@pytest.mark.parametrize("size", [1, 3, 5, 7, 10])
@pytest.mark.parametrize("drop_last", [False, True])
def test_batches_are_pytorchs(size, drop_last):
    theirs = pytest.importorskip("torch").utils.data.BatchSampler(range(10), size, drop_last)
    ours = BatchSampler(SequentialSampler(range(10)), size, drop_last)
    assert list(ours) == [list(batch) for batch in theirs] and len(ours) == len(theirs)


@pytest.mark.parametrize(
    "make, error",
    [
        (lambda: RandomSampler([]), ValueError),
        (lambda: RandomSampler("abc", num_samples=-1), ValueError),
        (lambda: RandomSampler("abc", num_samples=2.0), ValueError),
        (lambda: RandomSampler("abc", replacement=1), TypeError),
        (lambda: WeightedRandomSampler([1.0], 0), ValueError),
        (lambda: WeightedRandomSampler([[1.0, 2.0]], 1), ValueError),
        (lambda: BatchSampler("abc", 0, False), ValueError),
        (lambda: BatchSampler("abc", True, False), ValueError),
        (lambda: BatchSampler("abc", 2, 1), ValueError),
        (lambda: list(WeightedRandomSampler([1.0, 2.0], 3, replacement=False)), RuntimeError),
        (lambda: list(Sampler()), NotImplementedError),
    ],
)
def test_errors(make, error):
    with pytest.raises(error):
        make()
