"""The loader when something goes wrong: an error comes in its place, and the next batches after it."""

import gc
import re
import threading
import time
import traceback
import weakref

import pytest

import minigrad as mg
import minigrad.utils.data as utils_data
from minigrad.random import Generator
from minigrad.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
)
from tests.utils.loaders import WORKERS, Count, Noisy, values, worker_threads


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    assert not worker_threads()


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
