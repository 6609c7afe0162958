"""Data sets, their batch protocol, and splits."""

import warnings

import numpy as np
import pytest

import minigrad as mg
from minigrad.random import Generator
from minigrad.utils.data import (
    Batch,
    ConcatDataset,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    default_collate,
    random_split,
)


@pytest.fixture
def pairs():
    return TensorDataset(mg.tensor(np.arange(20.0).reshape(10, 2)), np.arange(10))


def same(a, b):
    return all(x.dtype == y.dtype and np.array_equal(x.numpy(), y.numpy()) for x, y in zip(a, b, strict=True))


def test_a_tensor_dataset_gives_rows_and_shares_memory(pairs):
    x, y = pairs[3]
    assert x.tolist() == [6, 7] and y.item() == 3 and len(pairs) == 10
    array = np.zeros(2)
    dataset = TensorDataset(array)
    array[1] = 5
    assert dataset[1][0].item() == 5


@pytest.mark.parametrize("arrays", [(), (np.zeros(3), np.zeros(4)), (np.float64(1),)])
def test_a_tensor_dataset_of_unequal_lengths_raises(arrays):
    with pytest.raises(AssertionError, match="TensorDataset: expected tensors of one size"):
        TensorDataset(*arrays)


def test_one_fancy_index_gives_what_collating_items_gives(pairs):
    indices = [7, 0, 7, 3]
    batch = pairs.__getitems__(indices)
    assert isinstance(batch, Batch)
    assert same(default_collate(batch), default_collate([pairs[i] for i in indices]))
    assert same(default_collate(list(batch)), default_collate(batch))


def test_a_batch_is_a_list_of_samples():
    batch = Batch(mg.tensor([[1.0], [2.0], [3.0]]), np.array([4, 5, 6]))
    samples = list(batch)
    assert len(samples) == len(batch) == 3
    assert samples[1][0].tolist() == [2] and samples[1][1] == 5 and type(samples[1][1]) is int
    assert batch[-1][1] == 6 and [y for _, y in batch[1:]] == [5, 6]
    with pytest.raises(IndexError):
        batch[3]
    with pytest.raises(ValueError, match="one length"):
        Batch(np.zeros(2), np.zeros(3))


def test_a_subset_passes_the_batch_protocol_on(pairs):
    nested = Subset(Subset(pairs, [9, 8, 7, 6]), [3, 1])
    assert nested[0][1].item() == 6 and len(nested) == 2
    batch = nested.__getitems__([1, 0])
    assert isinstance(batch, Batch) and default_collate(batch)[1].tolist() == [8, 6]
    assert nested[[0, 1]][1].tolist() == [6, 8]
    assert Subset("abc", [2, 1]).__getitems__([1, 0]) == ["b", "c"]


def test_concatenation(pairs):
    joined = pairs + Subset(pairs, [4, 5]) + TensorDataset(np.zeros((0, 2)), np.zeros(0))
    assert isinstance(joined, ConcatDataset) and len(joined) == 12
    assert joined[9][1].item() == 9 and joined[10][1].item() == 4 and joined[-1][1].item() == 5
    with pytest.raises(IndexError, match="index 12"):
        joined[12]
    with pytest.raises(ValueError, match="index -13"):
        joined[-13]
    with pytest.raises(AssertionError, match="at least one"):
        ConcatDataset([])
    with pytest.raises(AssertionError, match="IterableDataset"):
        ConcatDataset([IterableDataset()])


@pytest.mark.parametrize("indices", [[8, 0, 11, -1, 3, 0], [9, 7, 2], []])
def test_a_batch_of_a_concatenation_is_that_of_its_samples(pairs, indices):
    joined = ConcatDataset([pairs, TensorDataset(np.zeros((0, 2)), np.zeros(0, int)), Subset(pairs, [4, 5])])
    batch = joined.__getitems__(indices)
    assert len(batch) == len(indices)
    for sample, index in zip(batch, indices, strict=True):
        assert same(sample, joined[index])
    with pytest.raises(IndexError, match="index 12"):
        joined.__getitems__([0, 12])


def test_parts_of_a_concatenation_are_asked_once_a_batch():
    class Rows(Dataset):
        def __init__(self, values):
            self.values, self.asked = values, []

        def __len__(self):
            return len(self.values)

        def __getitems__(self, indices):
            self.asked.append(indices)
            return Batch(self.values[indices])

    first, second = Rows(np.arange(5)), Rows(np.arange(10, 13))
    batch = ConcatDataset([first, second]).__getitems__([6, 1, 5, 4])
    assert isinstance(batch, Batch) and batch.columns[0].tolist() == [11, 1, 10, 4]
    assert (first.asked, second.asked) == ([[1, 4]], [[1, 0]])


@pytest.mark.parametrize("other", [np.zeros((2, 3)), np.zeros((2, 2), np.float32)], ids=["shape", "dtype"])
def test_parts_of_other_kinds_are_joined_as_samples(pairs, other):
    """Columns that do not fit together, and parts that know nothing of batches."""
    joined = ConcatDataset([pairs, TensorDataset(other, np.zeros(2, int)), [(mg.ones(2), 7)]])
    samples = joined.__getitems__([12, 10, 1])
    assert samples[0][1] == 7
    assert same(samples[1], joined[10]) and same(samples[2], joined[1])


def test_abstract_data_sets_say_what_is_missing():
    with pytest.raises(NotImplementedError, match="__getitem__"):
        Dataset()[0]
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(IterableDataset())


LENGTHS = [
    [7, 3],
    [0.7, 0.3],
    [0.33, 0.33, 0.34],
    [1 / 3, 1 / 3, 1 / 3],
    [10],
    [1.0],
    [0, 10],
    [0.01, 0.99],
    [0.95, 0.05],
]


@pytest.mark.parametrize("lengths", LENGTHS)
def test_split_lengths_are_pytorchs(lengths):
    data = pytest.importorskip("torch").utils.data
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = random_split(range(10), lengths)
        theirs = data.random_split(range(10), lengths)
    assert [len(part) for part in ours] == [len(part) for part in theirs]
    assert sorted(i for part in ours for i in part) == list(range(10))


@pytest.mark.parametrize("lengths", [[3, 3], [0.3, 0.3], [0.5, 0.6], [1.5, -0.5], [11, -1], []])
def test_split_lengths_that_do_not_add_up_raise(lengths):
    with pytest.raises(ValueError, match="random_split"):
        random_split(range(10), lengths)


def test_an_empty_part_is_warned_of():
    with pytest.warns(UserWarning, match="part 0 is empty"):
        random_split(range(2), [0, 2])


def test_a_split_repeats_with_its_generator():
    def parts(seed):
        return [part.indices for part in random_split(range(30), [20, 10], Generator().manual_seed(seed))]

    assert parts(1) == parts(1) != parts(2)


@pytest.mark.parametrize(
    "lengths", [[0.05] * 20, [0.1] * 10, [1 / 3] * 3, [0.7, 0.2, 0.1], [1 / 7] * 7, [0.33, 0.33, 0.34]]
)
@pytest.mark.parametrize("total", [100, 7, 1])
def test_fractions_add_up_however_they_are_rounded(lengths, total):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that are empty
        parts = [len(part) for part in random_split(range(total), lengths)]
    floors = [int(total * length + 1e-9) for length in lengths]
    assert sum(parts) == total and all(0 <= part - floor <= 1 for part, floor in zip(parts, floors, strict=True))
