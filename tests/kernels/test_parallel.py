"""Threads: everything is done once, errors arrive, the setting is checked, and no result depends on it."""

import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import minigrad as mg
from minigrad.kernels import blas, convolution, normalization, parallel, pooling
from minigrad.kernels import relu as masks
from minigrad.kernels.forking import lock


@pytest.fixture(params=[1, 2, 5])
def threads(request):
    before = mg.get_num_threads()
    mg.set_num_threads(request.param)
    yield request.param
    mg.set_num_threads(before)


def blas_threads():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_every_piece_is_done_once(threads):
    done = []
    parallel.run(done.append, range(1000))
    assert sorted(done) == list(range(1000))


def test_pieces_run_side_by_side():
    before = mg.get_num_threads()
    mg.set_num_threads(3)
    try:
        meeting = threading.Barrier(3, timeout=30)  # broken unless three threads come
        parallel.run(lambda piece: meeting.wait(), range(3))
    finally:
        mg.set_num_threads(before)


def test_an_error_in_a_piece_is_raised_and_the_rest_is_left(threads):
    def fail(piece):
        raise ValueError(f"piece {piece}")

    with pytest.raises(ValueError, match=r"piece \d"):
        parallel.run(fail, range(10))
    done = []
    parallel.run(done.append, range(10))  # the pool still works
    assert len(done) == 10


def test_a_piece_may_run_pieces_of_its_own(threads):
    done = []
    parallel.run(lambda outer: parallel.run(lambda inner: done.append((outer, inner)), range(3)), range(4))
    assert sorted(done) == [(i, j) for i in range(4) for j in range(3)]


def test_floating_point_settings_hold_in_every_thread(threads):
    def divide(piece):
        np.ones(1000) / np.zeros(1000)

    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        parallel.run(divide, range(8))
    with np.errstate(divide="ignore"):
        parallel.run(divide, range(8))  # no warning
    called = []
    with np.errstate(divide="call", call=lambda *args: called.append(args)):
        parallel.run(divide, range(8))
    assert len(called) == 8


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="threads cannot be interrupted on this system")
def test_an_interrupt_is_raised_when_no_thread_is_at_work_any_more(monkeypatch):
    monkeypatch.setattr(parallel, "_threads", 2)
    meeting, done = threading.Barrier(2, timeout=30), []

    def compute(piece):
        meeting.wait()
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.2)  # the main thread is waiting by now
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            time.sleep(0.2)
            done.append(piece)

    with pytest.raises(KeyboardInterrupt):
        parallel.run(compute, range(2))
    assert len(done) == 1


def test_without_threads_to_be_had_all_is_done_in_this_one(monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(parallel, "_workers", [])
    monkeypatch.setattr(parallel, "_threads", 3)
    done = []
    parallel.run(done.append, range(9))
    assert done == list(range(9))


def test_blas_is_held_to_one_thread_meanwhile(threads, monkeypatch):
    monkeypatch.setattr(blas, "_libraries", None)  # other tests may have loaded libraries since it looked
    with threadpool_limits(2, "blas"):
        seen = []
        parallel.run(lambda piece: seen.append(blas_threads()), range(4))
        assert all(count == 1 for counts in seen for count in counts)
        assert all(count == 2 for count in blas_threads())


@pytest.mark.parametrize("dims", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize("own", [(1, 5, 1), (1, 1, 7), (9, 5, 7)])
def test_normalization_by_slices_is_that_of_the_whole(dims, own, monkeypatch, threads):
    rng = np.random.default_rng(0)
    x, g = rng.standard_normal((2, 9, 5, 7))
    weight, bias = rng.standard_normal((2, *own))
    results = []
    for limit in (x.size + 1, 0):
        monkeypatch.setattr(parallel, "WORTH_SLICING", limit)
        y, mean, _, inverse = normalization.normalized(x, weight, bias, dims, 1e-5)
        results.append([y, *normalization.normalized_slopes(g, x, weight, mean, inverse, dims, own)])
    for whole, sliced in zip(*results, strict=True):
        np.testing.assert_allclose(sliced, whole, rtol=1e-12, atol=1e-12)


def test_masks_and_pooling_by_slices_are_those_of_the_whole(monkeypatch, threads):
    x = np.random.default_rng(0).standard_normal((9, 5, 7, 8))
    window = pooling.pool_window((7, 8), (3, 2), (2, 2), (1, 0), (1, 1), False)
    results = []
    for limit in (x.size + 1, 0):
        monkeypatch.setattr(parallel, "WORTH_SLICING", limit)
        y, winners = pooling.max_pool_winners(x, window)
        scattered = pooling.scatter_winners(y, winners, (7, 8), window)
        results.append([masks.rectified(x), masks.zeroed(x, x > 0.5), y, winners, scattered])
    for whole, sliced in zip(*results, strict=True):
        np.testing.assert_array_equal(sliced, whole)


def test_slices_cover_the_whole_and_are_cut_along_the_given_axes_only(monkeypatch, threads):
    monkeypatch.setattr(parallel, "WORTH_SLICING", 0)
    for axes in ([], [0], [1], [0, 1]):
        x, places = np.zeros((9, 6)), []
        parallel.by_slices(places.append, x, axes)
        for place in places:
            x[place] += 1
            assert all(x[place].shape[a] == x.shape[a] for a in {0, 1} - set(axes))
        assert (x == 1).all()
        assert len(places) == (4 if axes else 1)


def test_a_job_that_is_over_holds_nothing_however_late_a_thread_finds_it(monkeypatch):
    monkeypatch.setattr(parallel, "_threads", 2)
    array = np.ones(10)
    held = weakref.ref(array)
    with lock:  # without it no other thread can join
        parallel.run(array.__getitem__, range(10))
        del array
        assert held() is None


def test_a_thread_that_cannot_join_says_so_and_joins_the_next_job(monkeypatch):
    monkeypatch.setattr(parallel, "_threads", 2)
    tried = threading.Event()

    def refuse(work):
        tried.set()
        raise MemoryError("no room for another thread")

    def wait(piece):
        assert tried.wait(30)

    with monkeypatch.context() as patch:
        patch.setattr(parallel, "hold_blas_with", refuse)
        with pytest.raises(MemoryError, match="no room"):
            parallel.run(wait, range(2))
    meeting = threading.Barrier(2, timeout=30)  # broken unless two threads come
    parallel.run(lambda piece: meeting.wait(), range(2))


def test_after_a_fork_the_child_has_a_pool_of_its_own():
    code = (
        "import os, minigrad as mg\nfrom minigrad.kernels import parallel\nmg.set_num_threads(2)\n"
        "parallel.run(str, range(9))\n"
        "child = os.fork()\nif not child:\n    done = []\n"
        "    parallel.run(done.append, range(9))\n    os._exit(len(done))\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    if not hasattr(os, "fork"):
        pytest.skip("there is no fork on this system")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "9\n", done.stderr


@pytest.mark.parametrize(("value", "printed"), [("3", "3"), ("", None)])
def test_the_environment_sets_the_number(value, printed):
    code = "import minigrad as mg; print(mg.get_num_threads())"
    environment = {**os.environ, "MINIGRAD_NUM_THREADS": value}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert done.stdout.strip() == (printed or str(cores))


@pytest.mark.parametrize("value", ["0", "-1", "two"])
def test_a_wrong_number_in_the_environment_is_named(value):
    environment = {**os.environ, "MINIGRAD_NUM_THREADS": value}
    done = subprocess.run([sys.executable, "-c", "import minigrad"], capture_output=True, text=True, env=environment)
    assert "MINIGRAD_NUM_THREADS: expected a whole number of 1 or more" in done.stderr


def test_wrong_numbers_are_refused_and_change_nothing():
    before = mg.get_num_threads()
    for wrong, error in ((0, ValueError), (-2, ValueError), (1.0, TypeError), ("2", TypeError), (True, TypeError)):
        with pytest.raises(error, match="set_num_threads: expected"):
            mg.set_num_threads(wrong)
    assert mg.get_num_threads() == before


# large enough to be shared: (N, C, H, W), (O, C / groups, kH, kW), stride, padding, dilation, groups
CASES = [
    ((32, 6, 14, 14), (16, 6, 5, 5), 1, 0, 1, 1),
    ((16, 32, 16, 16), (32, 32, 3, 3), 1, 1, 1, 1),
    ((16, 32, 17, 16), (32, 32, 3, 3), 2, 1, 1, 1),
    ((16, 128, 16, 16), (64, 128, 1, 1), 1, 0, 1, 1),
    ((16, 64, 24, 24), (64, 1, 3, 3), 1, 1, 1, 64),
    ((16, 16, 20, 20), (32, 8, 3, 3), 1, 2, 2, 2),
]


@pytest.mark.parametrize("case", CASES)
def test_convolutions_are_the_same_bits_for_any_number_of_threads(case, monkeypatch):
    monkeypatch.setattr(parallel, "WORTH_SHARING", 0)
    size, kernel, stride, padding, dilation, groups = case
    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal(shape, np.float32) for shape in (size, kernel))
    bias = rng.standard_normal(kernel[0], np.float32)
    steps = (stride, stride), ((padding, padding),) * 2, (dilation, dilation), groups
    before = mg.get_num_threads()
    results = []
    try:
        for count in (1, 2, 3):
            mg.set_num_threads(count)
            y = convolution.correlate(x, w, bias, *steps)
            g = np.cos(y)
            gx = convolution.correlate_input(g, w, size[2:], *steps)
            gw = convolution.correlate_weight(x, g, kernel[2:], *steps)
            results.append([a.tobytes() for a in (y, gx, gw)])
    finally:
        mg.set_num_threads(before)
    assert results[0] == results[1] == results[2]
