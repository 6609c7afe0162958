"""Data for loaders, and a look at their threads."""

import threading
import time

import pytest

from minigrad import random
from minigrad.utils.data import (
    Dataset,
    IterableDataset,
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
