"""The loader: the same batches whatever the number of workers, in order, and no thread left behind."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import random
from minigrad.random import Generator
from minigrad.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    IterableDataset,
    SequentialSampler,
    Subset,
    TensorDataset,
    get_worker_info,
)
from tests.utils.loaders import WORKERS, Count, Noisy, Sharded, values, worker_threads


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    assert not worker_threads()


# ---- reproducible


@pytest.mark.parametrize("workers", WORKERS)
def test_order_and_augmentations_do_not_depend_on_workers(workers):
    def epochs(num_workers):
        generator = Generator().manual_seed(5)
        loader = DataLoader(Noisy(), 4, shuffle=True, num_workers=num_workers, generator=generator)
        return values(loader), values(loader)

    reference = epochs(0)
    assert epochs(workers) == reference and reference[0] != reference[1]
    drawn = [row for batch in reference[0] for row in batch[2]]
    assert len({tuple(row) for row in drawn}) == len(drawn), "two batches share random numbers"


@pytest.mark.parametrize("workers", [0, 2])
def test_the_default_generators_state_at_the_start_repeats_the_epoch(workers):
    loader = DataLoader(Noisy(), 4, shuffle=True, num_workers=workers)
    with random.fork_rng():
        random.manual_seed(0)
        values(loader)
        state = random.get_rng_state()
        epoch = []
        for batch in loader:
            epoch.append([part.tolist() for part in batch])
            random.rand(7)  # as dropout would
        random.set_rng_state(state)
        assert values(loader) == epoch


@pytest.mark.parametrize("workers", [0, 2])
def test_an_epoch_takes_the_same_numbers_from_the_generator(workers):
    generator = Generator().manual_seed(1)
    iterator = iter(DataLoader(Noisy(), 4, shuffle=True, num_workers=workers, generator=generator))
    at_start = generator.get_state().tolist()
    list(iterator)
    assert generator.get_state().tolist() == at_start
    reference = Generator().manual_seed(1)
    list(DataLoader(Noisy(), 4, shuffle=True, generator=reference))
    assert reference.get_state().tolist() == at_start


def test_workers_know_themselves():
    seen = []

    class Asking(Dataset):
        def __len__(self):
            return 8

        def __getitem__(self, index):
            info = get_worker_info()
            return index, info.id, info.num_workers, info.seed, self.mark

    def mark(worker):
        info = get_worker_info()
        info.dataset.mark = worker * 10
        seen.append((worker, info.id, random.rand(1).item()))

    dataset = Asking()
    loader = DataLoader(dataset, 2, num_workers=2, worker_init_fn=mark, generator=Generator().manual_seed(1))
    _, ids, counts, seeds, marks = (sum(column, []) for column in zip(*values(loader), strict=True))
    assert ids == [0, 0, 1, 1] * 2 and set(counts) == {2} and marks == [0, 0, 10, 10] * 2
    assert seeds[2] - seeds[0] == 1 and len(set(seeds)) == 2
    assert sorted(s[0] for s in seen) == sorted(s[1] for s in seen) == [0, 1] and seen[0][2] != seen[1][2]
    assert not hasattr(dataset, "mark") and get_worker_info() is None


# ---- batches


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("options", [{}, {"batch_size": 4}, {"batch_size": 4, "drop_last": True}, {"batch_size": None}])
def test_batches_are_pytorchs(workers, options):
    torch = pytest.importorskip("torch")
    array = np.arange(22, dtype=np.float32).reshape(11, 2)
    theirs = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.tensor(array)), **options)
    ours = DataLoader(TensorDataset(array), num_workers=workers, **options)
    assert values(ours) == values(theirs) and len(ours) == len(theirs)


@pytest.mark.parametrize("workers", WORKERS)
def test_streams(workers):
    assert sorted(sum(values(DataLoader(Sharded(11), 2, num_workers=workers)), [])) == list(range(11))
    everything = sum(values(DataLoader(Count(5), 2, num_workers=workers)), [])
    assert sorted(everything) == sorted(list(range(5)) * max(workers, 1))
    assert list(DataLoader(Count(3), batch_size=None)) == [0, 1, 2]
    assert values(DataLoader(Count(5), 2, drop_last=True)) == [[0, 1], [2, 3]]
    assert values(DataLoader(Count(0), 2, num_workers=workers)) == []


def test_streams_of_workers_come_in_pytorchs_order():
    torch = pytest.importorskip("torch")

    class Theirs(torch.utils.data.IterableDataset):
        def __iter__(self):
            info = torch.utils.data.get_worker_info()
            return iter(range(7 if info.id else 3))

    class Ours(IterableDataset):
        def __iter__(self):
            return iter(range(7 if get_worker_info().id else 3))

    theirs = torch.utils.data.DataLoader(Theirs(), 2, num_workers=2, multiprocessing_context="fork")
    assert values(DataLoader(Ours(), 2, num_workers=2)) == values(theirs)


def test_the_length_of_a_stream_is_its_data_sets():
    class Sized(Count):
        def __len__(self):
            return self.n

    assert [len(DataLoader(Sized(7), b)) for b in (None, 1, 3)] == [7, 7, 3]
    assert len(DataLoader(Sized(7), 3, drop_last=True)) == 2
    with pytest.raises(TypeError, match="no len"):
        len(DataLoader(Count(7)))


def test_a_batch_is_one_call_where_the_data_set_allows():
    calls = []

    class Columns(TensorDataset):
        def __getitem__(self, index):
            raise AssertionError("item by item")

        def __getitems__(self, indices):
            calls.append(list(indices))
            return super().__getitems__(indices)

    subset = Subset(Columns(np.arange(10.0)), range(4, 10))
    assert values(DataLoader(subset, 4)) == [[[4, 5, 6, 7]], [[8, 9]]]
    assert calls == [[4, 5, 6, 7], [8, 9]]
    assert values(DataLoader(subset, 6, collate_fn=lambda samples: mg.stack([x for (x,) in samples]) * 2)) == [
        [8, 10, 12, 14, 16, 18]
    ]


def test_pytorchs_getitems_may_return_a_plain_list():
    class Plain(Dataset):
        def __len__(self):
            return 4

        def __getitems__(self, indices):
            return [(index, index * 2.0) for index in indices]

    assert values(DataLoader(Plain(), 2)) == [[[0, 1], [0, 2]], [[2, 3], [4, 6]]]


def test_samplers_and_collate():
    dataset = TensorDataset(np.arange(6))
    assert values(DataLoader(dataset, 2, sampler=[5, 3, 1])) == [[[5, 3]], [[1]]]
    batches = BatchSampler(SequentialSampler(dataset), 4, True)
    loader = DataLoader(dataset, batch_sampler=batches)
    assert values(loader) == [[[0, 1, 2, 3]]] and len(loader) == 1 and loader.batch_size is None
    assert list(DataLoader("abcd", 3, collate_fn="".join)) == ["abc", "d"]
    assert list(DataLoader("abc", None, sampler=[2, 0])) == ["c", "a"]


def test_several_iterators_at_once():
    loader = DataLoader(TensorDataset(np.arange(6)), 2, num_workers=2)
    pairs = [(a[0].tolist(), b[0].tolist()) for a, b in zip(loader, loader, strict=True)]
    assert pairs == [([0, 1],) * 2, ([2, 3],) * 2, ([4, 5],) * 2]
