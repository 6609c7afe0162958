"""The loader: the same batches whatever the number of workers, in order, and no thread left behind."""

import gc
import re
import threading
import time
import traceback
import weakref

import numpy as np
import pytest

import minigrad as mg
import minigrad.utils.data as utils_data
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

WORKERS = [0, 1, 2, 3]


class Noisy(Dataset):
    """Item i with random numbers of three kinds, slow now and then."""

    def __len__(self):
        return 23

    def __getitem__(self, index):
        if index % 5 == 0:
            time.sleep(0.002)
        return index, random.rand(2), random.randint(0, 10**9, (1,))


class Count(IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))


class Sharded(Count):
    def __iter__(self):
        info = get_worker_info()
        return iter(range(self.n)) if info is None else iter(range(info.id, self.n, info.num_workers))


def values(loader):
    return [[part.tolist() for part in batch] if isinstance(batch, list) else batch.tolist() for batch in loader]


def worker_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("minigrad-worker")]


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


# ---- when something goes wrong


class Broken(Dataset):
    def __len__(self):
        return 12

    def __getitem__(self, index):
        if index == 6:
            raise KeyError("no such picture")
        return index


@pytest.mark.parametrize("workers", WORKERS)
def test_an_exception_arrives_in_its_place_with_its_traceback(workers):
    seen = []
    with pytest.raises(KeyError, match="no such picture") as caught:
        for batch in DataLoader(Broken(), 2, num_workers=workers):
            seen.append(batch.tolist())
    assert seen == [[0, 1], [2, 3], [4, 5]]
    assert "__getitem__" in [frame.name for frame in traceback.extract_tb(caught.tb)]


def test_an_exception_in_worker_init_fn_and_in_a_sampler():
    def fail(worker):
        raise OSError(f"worker {worker}")

    with pytest.raises(OSError, match="worker 0"):
        list(DataLoader(Noisy(), num_workers=2, worker_init_fn=fail))
    with pytest.raises(ZeroDivisionError):
        list(DataLoader(Noisy(), sampler=(1 // (2 - i) for i in range(3)), num_workers=2))


@pytest.mark.parametrize("end", ["break", "exception", "close", "forgotten"])
def test_leaving_early_ends_the_threads(end):
    loader = DataLoader(Noisy(), 2, num_workers=3)
    if end == "break":
        for _ in loader:
            assert len(worker_threads()) == 3
            break
    elif end == "exception":
        with pytest.raises(ValueError):
            for _ in loader:
                raise ValueError
    else:
        iterator = iter(loader)
        next(iterator)
        if end == "close":
            iterator.close()
        del iterator
    assert not worker_threads()


def test_an_iterator_that_never_began_starts_no_thread():
    iterator = iter(DataLoader(Noisy(), 2, num_workers=2))
    assert not worker_threads()
    del iterator


@pytest.mark.parametrize("dataset", [Noisy, Broken])
def test_the_data_set_is_not_kept_alive(dataset):
    gc.disable()
    try:
        data = dataset()
        loader = DataLoader(data, 2, num_workers=2)
        try:
            list(loader)
        except KeyError:
            pass
        gone = weakref.ref(data)
        del data, loader
        assert gone() is None
    finally:
        gc.enable()


def test_timeout():
    release = threading.Event()

    class Stuck(Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            if index == 2:
                release.wait(10)
            return index

    seen = []
    try:
        with pytest.raises(RuntimeError, match="worker 0 gave no batch within 0.1 seconds"):
            for batch in DataLoader(Stuck(), 1, num_workers=2, timeout=0.1):
                seen.append(batch.tolist())
        assert seen == [[0], [1]]
    finally:
        release.set()
        for thread in worker_threads():
            thread.join()


@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 0},
        {"batch_size": 2.5},
        {"num_workers": -1},
        {"timeout": -1},
        {"timeout": 1},
        {"persistent_workers": True},
        {"prefetch_factor": 2},
        {"num_workers": 1, "prefetch_factor": 0},
        {"multiprocessing_context": "fork"},
        {"shuffle": True, "sampler": [1]},
        {"batch_sampler": [[1]], "batch_size": 3},
        {"batch_sampler": [[1]], "shuffle": True},
        {"batch_size": None, "drop_last": True},
    ],
)
def test_bad_options_raise(options):
    with pytest.raises(ValueError, match="DataLoader"):
        DataLoader(range(4), **options)


@pytest.mark.parametrize("options", [{"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}])
def test_a_stream_takes_no_order(options):
    with pytest.raises(ValueError, match="IterableDataset"):
        DataLoader(Count(3), **options)


def test_what_has_been_used_cannot_be_changed():
    loader = DataLoader(range(4), 2)
    with pytest.raises(ValueError, match="batch_size cannot be changed"):
        loader.batch_size = 3
    assert values(loader) == [[0, 1], [2, 3]]


def test_prefetching_is_bounded():
    fetched = []

    class Recording(Dataset):
        def __len__(self):
            return 50

        def __getitem__(self, index):
            fetched.append(index)
            return index

    iterator = iter(DataLoader(Recording(), 1, num_workers=2, prefetch_factor=3))
    next(iterator)
    time.sleep(0.05)
    assert 1 <= len(fetched) <= 2 * 3 + 1
    del iterator


# ---- after an error ------------------------------------------------------------------------------------------------


class Faulty(Dataset):
    """Every third sample cannot be had."""

    def __len__(self):
        return 9

    def __getitem__(self, index):
        if index % 3 == 1:
            raise ZeroDivisionError(f"sample {index}")
        return index


class FaultyStream(IterableDataset):
    """An iterator that goes on after its errors, as a reader of records may."""

    def __iter__(self):
        self.index = -1
        return self

    def __next__(self):
        self.index += 1
        if self.index == 9:
            raise StopIteration
        return Faulty()[self.index]


def epoch(data, loader):
    """All batches of an epoch, errors by what they say."""
    iterator, got = iter(loader), []
    assert iter(iterator) is iterator
    while True:
        try:
            got.append(next(iterator).tolist())
        except ZeroDivisionError as error:
            got.append(str(error))
        except StopIteration:
            return got


@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 1}, {"batch_size": 2}, {"batch_size": None}, {"batch_sampler": [[1], [0, 2], [4, 3], [8]]},
        {"sampler": [2, 1, 0, 4, 8], "batch_size": 2, "drop_last": True}, {"stream": True},
        {"collate_fn": lambda samples: mg.tensor([1 // (samples[0] - 2)])},
    ],
    ids=lambda options: ", ".join(options),
)  # fmt: skip
def test_after_an_error_the_next_batch_comes(options):
    torch = pytest.importorskip("torch")

    def told(lib, **more):
        data = lib.utils.data
        given = {**options, **more}
        kind = FaultyStream if given.pop("stream", False) else Faulty
        dataset = type(
            kind.__name__, (data.IterableDataset if kind is FaultyStream else data.Dataset,), dict(kind.__dict__)
        )()
        if "collate_fn" in given:
            given["collate_fn"] = lambda samples: lib.tensor([1 // (samples[0] - 2)])
        if given.get("batch_size", 1) is None:
            given["collate_fn"] = lib.tensor
        return epoch(data, data.DataLoader(dataset, **given))

    expected = told(torch)
    assert told(mg) == expected and any(isinstance(batch, str) for batch in expected)
    if "stream" not in options:  # of which each worker has its own
        for workers in (1, 3):
            assert told(mg, num_workers=workers, persistent_workers=True) == expected


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_of_the_sampler_comes_in_its_place(workers):
    class Breaks:
        def __iter__(self):
            yield from (0, 2, 3)
            raise ZeroDivisionError("no more")

        def __len__(self):
            return 4

    loader = DataLoader(Faulty(), sampler=Breaks(), num_workers=workers)
    assert epoch(Faulty(), loader) == [[0], [2], [3], "no more"]
    assert len(iter(loader)) == 4


@pytest.mark.parametrize("workers", [0, 2])
def test_a_stop_of_the_data_set_is_no_end_of_the_epoch(workers):
    class Stops(Noisy):
        def __getitem__(self, index):
            return next(iter(()))

    with pytest.raises(RuntimeError, match="raised StopIteration"):
        list(DataLoader(Stops(), num_workers=workers))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_seed_of_worker_init_fn_is_that_of_all_its_batches(workers):
    class Draws(Dataset):
        def __len__(self):
            return 6

        def __getitem__(self, index):
            return mg.initial_seed(), mg.randint(1 << 40, ()).item()

    def seeded(worker):
        mg.manual_seed(100 + worker)

    batches = [b for b in DataLoader(Draws(), 1, num_workers=workers, worker_init_fn=seeded)]
    expected = [Generator().manual_seed(100 + worker) for worker in range(workers)]
    for i, (seed, number) in enumerate(batches):
        worker = i % workers
        assert seed.item() == 100 + worker
        assert number.item() == mg.randint(1 << 40, (), generator=expected[worker]).item()


def test_a_data_set_that_cannot_be_copied_is_shared_by_workers():
    class Delegates:
        def __init__(self):
            self.dataset, self.lock = Noisy(), threading.Lock()

        def __getattr__(self, name):
            return getattr(self.dataset, name)

        def __len__(self):
            return 3

        def __getitem__(self, index):
            return index

    assert [b.tolist() for b in DataLoader(Delegates(), 2, num_workers=2)] == [[0, 1], [2]]


def test_more_workers_than_cores_are_warned_of():
    with pytest.warns(UserWarning, match="DataLoader: num_workers=1000"):
        DataLoader([1], num_workers=1000)


def test_streams_are_chained():
    class Stream(IterableDataset):
        def __iter__(self):
            return iter([1, 2])

        def __len__(self):
            return 2

    both = Stream() + Stream() + Stream()
    assert list(both) == [1, 2] * 3 and len(both) == 6
    assert [b.tolist() for b in DataLoader(both, 4)] == [[1, 2, 1, 2], [1, 2]]
    with pytest.raises(AssertionError, match="ChainDataset: expected IterableDatasets, got list"):
        list(Stream() + [1])


@pytest.mark.parametrize(
    "option, value",
    [
        ("num_workers", "2"), ("num_workers", 1.5), ("num_workers", None), ("num_workers", -1), ("timeout", "a"),
        ("timeout", -1),
        ("prefetch_factor", 2.0), ("prefetch_factor", 0), ("batch_size", "a"), ("batch_size", 2.0), ("batch_size", -1),
        ("drop_last", "yes"), ("collate_fn", 3), ("worker_init_fn", 3), ("generator", 3), ("sampler", 3),
        ("batch_sampler", 3), ("dataset", 3), ("dataset", None), ("dataset", iter([1])),
    ],
    ids=lambda value: re.sub(" at 0x.*", "", str(value)),
)  # fmt: skip
def test_a_wrong_option_is_refused_when_it_is_given(option, value):
    options = {"dataset": [1, 2], option: value}
    if option in ("timeout", "prefetch_factor"):
        options["num_workers"] = 1
    with pytest.raises((TypeError, ValueError), match=option):
        DataLoader(**options)


@pytest.mark.parametrize(
    "make, option",
    [
        (lambda: utils_data.RandomSampler([1], replacement="a"), "replacement"),
        (lambda: utils_data.RandomSampler([1], num_samples="a"), "num_samples"),
        (lambda: utils_data.RandomSampler([1], generator=3), "generator"),
        (lambda: utils_data.SubsetRandomSampler(3), "indices"),
        (lambda: utils_data.SubsetRandomSampler([3], generator=3), "generator"),
        (lambda: utils_data.WeightedRandomSampler([1.0, -1.0], 2), "weights"),
        (lambda: utils_data.WeightedRandomSampler([0.0, 0.0], 2), "weights"),
        (lambda: utils_data.WeightedRandomSampler([1.0, float("nan")], 2), "weights"),
        (lambda: utils_data.WeightedRandomSampler([1.0, 0.0], 2, replacement=False), "num_samples"),
        (lambda: utils_data.WeightedRandomSampler([1.0], "a"), "num_samples"),
        (lambda: utils_data.BatchSampler(3, 2, False), "sampler"),
        (lambda: utils_data.BatchSampler([3], "a", False), "batch_size"),
        (lambda: utils_data.BatchSampler([3], 2, "a"), "drop_last"),
    ],
)
def test_a_wrong_option_of_a_sampler_is_refused_when_it_is_given(make, option):
    with pytest.raises((TypeError, ValueError, RuntimeError), match=option):
        make()


@pytest.mark.parametrize(
    "name", ["dataset", "batch_size", "sampler", "batch_sampler", "drop_last", "persistent_workers", "collate_fn"]
)
def test_what_a_loader_is_made_of_cannot_be_exchanged(name):
    torch = pytest.importorskip("torch")

    def refused(lib):
        loader = lib.utils.data.DataLoader([1, 2])
        try:
            setattr(loader, name, getattr(loader, name))
        except ValueError:
            return True
        return False

    assert refused(mg) == refused(torch)
