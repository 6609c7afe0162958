"""Training takes no more memory after many steps than after few.

The long version takes a few minutes: ``python -m pytest -m long tests/test_soak.py``.
"""

import gc
import io
import resource
import sys
import tracemalloc
from pathlib import Path

import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn, optim
from minigrad.utils.data import DataLoader, Subset
from minigrad.vision.datasets import Digits


def steps():
    """Endless steps of training with all that a run has, with a checkpoint now and then; the loss of each."""
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Dropout(0.1), nn.Linear(64, 32), nn.LayerNorm(32), nn.Tanh(), nn.Linear(32, 10),
    )  # fmt: skip
    optimizer = optim.Adam(net.parameters(), lr=1e-3, amsgrad=True, weight_decay=1e-4)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 500)
    loader = DataLoader(Subset(Digits(), range(730)), batch_size=32, shuffle=True, num_workers=2)
    while True:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(net(images), labels)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            yield loss.item()
        mg.save_checkpoint(io.BytesIO(), net=net, optimizer=optimizer, scheduler=scheduler)


def take(training, count):
    """The mean loss of the next steps."""
    return sum(next(training) for _ in range(count)) / count


EPOCH = 23  # batches; the last one is small, so memory is compared at the ends of epochs


@pytest.fixture
def without_gc():
    """What only the garbage collector would free is a leak, too."""
    gc.disable()
    yield
    gc.enable()


def leaks(training, epochs):
    """How many objects of some epochs only the garbage collector frees, and how many bytes even that does not."""
    tracemalloc.start()
    take(training, 4 * EPOCH)  # until all that is made once is made
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    take(training, epochs * EPOCH)
    found = gc.collect(), tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return found


def test_some_hundred_steps_leave_nothing(without_gc):
    training = steps()
    garbage, grown = leaks(training, 2)
    training.close()
    assert garbage < EPOCH and grown < 5_000  # 109 bytes a step


def test_leaks_are_found(without_gc):
    def leaking():
        memory = []
        for loss in training:
            cycle = []
            cycle.append(cycle)
            memory.append(bytes(300))
            yield loss

    training = steps()
    garbage, grown = leaks(leaking(), 1)
    training.close()
    assert garbage >= EPOCH and grown > 5_000


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory of the process")
def test_twenty_thousand_steps_leave_nothing(without_gc):
    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    training = steps()
    first = take(training, 2000)
    before = resident()
    last = take(training, 18_000)
    training.close()
    assert last < first and resident() - before < 8 << 20
