"""Versions of memory: an in-place change belongs to the memory, and noting it keeps nothing alive."""

import gc
import sys
import threading

import numpy as np
import pytest

import minigrad as mg
from minigrad.graph import versions


@pytest.mark.parametrize(
    "share",
    [
        lambda a: a,
        lambda a: a[1:],
        lambda a: a.reshape(2, 3).T[1:, :1],
        lambda a: np.broadcast_to(a, (4, 6)),
        lambda a: np.lib.stride_tricks.sliding_window_view(a, 3),
        lambda a: np.lib.stride_tricks.as_strided(a, (2, 2), (8, 16)),
        lambda a: a.view(np.int64),
        lambda a: mg.from_numpy(a).reshape(3, 2).detach()._data,
    ],
)
def test_all_that_share_memory_see_a_change(share):
    a = np.zeros(6)
    part = share(a)
    before = versions.latest.version
    assert versions.version_of(part) <= before
    versions.bump(a)
    assert versions.version_of(part) > before
    before = versions.latest.version
    versions.bump(part)
    assert versions.version_of(a) > before


def test_others_do_not():
    a, b = np.zeros(3), np.zeros(3)
    versions.bump(a)
    assert versions.version_of(b) == 0


def test_what_is_gone_is_forgotten():
    gc.collect()
    count = len(versions._changes)
    for _ in range(10):
        versions.bump(np.zeros(3))
    assert len(versions._changes) == count


def test_memory_of_others():
    for array in (np.frombuffer(bytearray(16)), np.frombuffer(memoryview(bytearray(16))[8:])):
        before = versions.latest.version
        versions.bump(array)
        assert versions.version_of(array) > before


def test_every_in_place_method_makes_a_new_version():
    x = mg.ones(3)
    for change in (
        lambda: x.add_(1),
        lambda: x.__imul__(2),
        lambda: x.zero_(),
        lambda: x.fill_(2.0),
        lambda: x.copy_(mg.ones(3)),
        lambda: x.__setitem__(0, 5.0),
        lambda: x[1:].mul_(2),
        lambda: x.detach().clamp_(max=1),
        lambda: x.data.exp_(),
        lambda: x.uniform_(),
        lambda: x.masked_fill_(x > 0, 1.0),
    ):
        before = versions.version_of(x._data)
        change()
        assert versions.version_of(x._data) > before


def test_threads_do_not_set_the_version_back():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    times = [[] for _ in range(4)]

    def tick(mine):
        a = np.zeros(1)
        for _ in range(3000):
            versions.bump(a)
            mine.append(versions.latest.version >= versions.version_of(a))

    threads = [threading.Thread(target=tick, args=(mine,)) for mine in times]
    start = versions.latest.version
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert versions.latest.version == start + 4 * 3000
    assert all(all(mine) for mine in times)


# ---- ownership -------------------------------------------------------------------------------------------------------


class Made(mg.autograd.Function):
    """The identity, whose backward remembers the memory that it has made for the gradient."""

    made: list[int] = []

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        result = 2 * g
        Made.made.append(result.data_ptr())
        return result


def test_a_leaf_keeps_the_new_array_of_a_rule_and_copies_what_others_have():
    x = mg.ones(3, requires_grad=True)
    Made.apply(x).sum().backward()
    assert x.grad.data_ptr() == Made.made.pop()
    mine = mg.ones(3)
    a, b = (mg.ones(3, requires_grad=True) for _ in range(2))
    (a + b).backward(mine)
    memories = {t.data_ptr() for t in (mine, a.grad, b.grad)}
    assert len(memories) == 3


def test_where_references_are_not_counted_everything_is_copied(monkeypatch):
    monkeypatch.setattr(versions, "_REFERENCES", None)
    x = mg.ones(3, requires_grad=True)
    Made.apply(x).sum().backward()
    assert x.grad.data_ptr() != Made.made.pop() and x.grad.tolist() == [2, 2, 2]
