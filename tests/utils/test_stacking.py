"""Data sets side by side, shares of them, long samplers, and names where PyTorch has them: against PyTorch."""

import importlib
import itertools
import tracemalloc

import numpy as np
import pytest
from minigrad.utils.data._utils.collate import collate, default_collate, default_collate_fn_map

import minigrad as mg
from minigrad.distributed.elastic.utils.data import ElasticDistributedSampler
from minigrad.utils import data
from minigrad.utils.data import DataLoader, DistributedSampler, RandomSampler, StackDataset, TensorDataset


@pytest.mark.parametrize("options", [{"replacement": True}, {}], ids=str)
def test_samplers_of_ten_thousand_million_indices_hold_few(options):
    dataset = TensorDataset(mg.arange(7))
    tracemalloc.start()
    sampler = RandomSampler(dataset, num_samples=10**10, **options)
    loader = DataLoader(dataset, sampler=sampler, batch_size=4)
    first = list(itertools.islice(sampler, 100_000))
    next(iter(loader))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(loader) == 2_500_000_000 and peak < 50e6
    assert min(np.bincount(first, minlength=7)) > 13_500
    if not options:
        assert all(sorted(first[i : i + 7]) == list(range(7)) for i in range(0, 700, 7))


@pytest.mark.parametrize("wanted", [3, 7, 10, 70_000])
@pytest.mark.parametrize("replacement", [True, False])
def test_long_orders_repeat_with_their_seed(replacement, wanted):
    orders = [list(RandomSampler(range(7), replacement, wanted, mg.Generator().manual_seed(s))) for s in (0, 0, 1)]
    assert len(orders[0]) == wanted and orders[0] == orders[1] != orders[2]


def test_sequential_orders_are_not_allocated():
    assert next(iter(data.BatchSampler(data.SequentialSampler(range(10**10)), 2, False))) == [0, 1]


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("samples, replicas", [(10, 3), (9, 3), (2, 5), (1, 1)])
def test_shares_are_pytorchs(samples, replicas, drop_last):
    theirs = pytest.importorskip("torch.utils.data.distributed").DistributedSampler
    for rank in range(replicas):
        options = {"num_replicas": replicas, "rank": rank, "shuffle": False, "drop_last": drop_last}
        ours = DistributedSampler(range(samples), **options)
        other = theirs(range(samples), **options)
        assert list(ours) == list(other) and len(ours) == len(other) and ours.total_size == other.total_size


def test_shuffled_shares_are_a_partition_of_each_epoch():
    shares = [DistributedSampler(range(12), 3, rank, seed=5) for rank in range(3)]
    epochs = []
    for epoch in range(2):
        for share in shares:
            share.set_epoch(epoch)
        epochs.append([list(share) for share in shares])
        assert sorted(itertools.chain(*epochs[-1])) == list(range(12))
    assert epochs[0] != epochs[1]


@pytest.mark.parametrize("samples, replicas, start", [(10, 2, 4), (10, 3, 0), (10, 2, 3), (5, 4, 4)])
def test_shares_of_the_rest_of_an_epoch_are_as_long_as_pytorchs(samples, replicas, start):
    theirs = pytest.importorskip("torch.distributed.elastic.utils.data").ElasticDistributedSampler
    shares = [ElasticDistributedSampler(range(samples), replicas, rank, start) for rank in range(replicas)]
    other = theirs(range(samples), replicas, 0, start)
    assert {len(share) for share in shares} == {len(other)} and shares[0].total_size == other.total_size
    every = list(itertools.chain(*shares))
    assert len(every) == other.total_size and set(every) == set(range(start, samples))
    shares[0].set_epoch(1)
    assert samples - start < 6 or list(shares[0]) != every[: len(shares[0])]


def test_stacked_samples_and_batches():
    images, labels = TensorDataset(mg.arange(6).reshape(3, 2)), [5, 6, 7]
    pairs, named = StackDataset(images, labels), StackDataset(image=images, label=labels)
    assert len(pairs) == len(named) == 3
    assert pairs[1][0][0].tolist() == [2, 3] and pairs[1][1] == 6
    (batch,) = DataLoader(named, batch_size=3)
    assert batch["image"][0].tolist() == [[0, 1], [2, 3], [4, 5]] and batch["label"].tolist() == labels


class Short(TensorDataset):
    def __getitems__(self, indices):
        return []


@pytest.mark.parametrize(
    "error, call",
    [
        (ValueError, lambda: StackDataset()),
        (ValueError, lambda: StackDataset([1], a=[1])),
        (ValueError, lambda: StackDataset([1], [1, 2])),
        (ValueError, lambda: StackDataset(Short(mg.ones(2))).__getitems__([0])),
        (TypeError, lambda: StackDataset(1)),
        (ValueError, lambda: DistributedSampler([1, 2])),
        (ValueError, lambda: DistributedSampler([1, 2], 2)),
        (ValueError, lambda: DistributedSampler([1, 2], 2, 2)),
        (ValueError, lambda: DistributedSampler([1, 2], 2, -1)),
        (ValueError, lambda: ElasticDistributedSampler([1, 2], 2, 0, 2)),
        (TypeError, lambda: data.Subset([1], 0)),
        (TypeError, lambda: data.ConcatDataset(1)),
        (TypeError, lambda: data.ConcatDataset([1])),
        (TypeError, lambda: len(data.SequentialSampler(3))),
        (TypeError, lambda: iter(data.SequentialSampler(3))),
        (TypeError, lambda: DataLoader([1], sampler="a")),
        (TypeError, lambda: DataLoader([1], batch_sampler="a")),
        (ValueError, lambda: DataLoader([1], multiprocessing_context="fork")),
        (ValueError, lambda: DataLoader([1], num_workers=1, multiprocessing_context="thread")),
        (TypeError, lambda: DataLoader([1], num_workers=1, multiprocessing_context=1)),
        (ValueError, lambda: list(RandomSampler([], num_samples=2))),
    ],
)
def test_bad_arguments_are_refused_by_name(error, call):
    with pytest.raises(error, match=r"(Sampler|Dataset|Subset|DataLoader): (expected|there is)|needs"):
        call()


def test_arguments_of_processes_are_accepted():
    options = {"multiprocessing_context": "spawn", "prefetch_factor": 4, "persistent_workers": True, "timeout": 30}
    loader = DataLoader([1, 2], num_workers=1, pin_memory=True, pin_memory_device="", in_order=False, **options)
    assert [b.tolist() for b in loader] == [[1], [2]]
    assert all(getattr(loader, name) == value for name, value in options.items())


class Point:
    def __init__(self, x):
        self.x = x


def points(batch, *, collate_fn_map=None):
    return collate([p.x for p in batch], collate_fn_map=collate_fn_map)


def test_types_of_ones_own_are_collated():
    samples = [{"at": Point(1.0), "name": "a"}, {"at": Point(2.0), "name": "b"}]
    made = collate(samples, collate_fn_map={**default_collate_fn_map, Point: points})
    assert made["at"].tolist() == [1.0, 2.0] and made["name"] == ["a", "b"]
    with pytest.raises(TypeError, match="Point"):
        default_collate(samples)
    default_collate_fn_map[Point] = points
    try:
        assert default_collate(samples)["at"].tolist() == [1.0, 2.0]
    finally:
        del default_collate_fn_map[Point]


@pytest.mark.parametrize("module", ["", ".dataset", ".sampler", ".dataloader", ".distributed", "._utils.collate"])
def test_names_are_where_pytorch_has_them(module):
    theirs = vars(pytest.importorskip(f"torch.utils.data{module}"))
    ours = importlib.import_module(f"minigrad.utils.data{module}")
    wanted = {
        "": "BatchSampler ChainDataset ConcatDataset DataLoader Dataset DistributedSampler IterableDataset "
        "RandomSampler Sampler SequentialSampler StackDataset Subset SubsetRandomSampler TensorDataset "
        "WeightedRandomSampler default_collate default_convert get_worker_info random_split",
        ".dataset": "ChainDataset ConcatDataset Dataset IterableDataset StackDataset Subset TensorDataset random_split",
        ".sampler": "BatchSampler RandomSampler Sampler SequentialSampler SubsetRandomSampler WeightedRandomSampler",
        ".dataloader": "DataLoader default_collate get_worker_info",
        ".distributed": "DistributedSampler",
        "._utils.collate": "collate default_collate default_collate_fn_map default_convert",
    }[module].split()
    assert set(wanted) <= set(theirs) and [n for n in wanted if not hasattr(ours, n)] == []
