"""Futures: results that come later, and what is done when they are there."""

import threading

import pytest

import minigrad as mg
from minigrad.futures import Future, collect_all, wait_all


def test_what_follows_is_called_once_and_in_turn():
    seen = []
    future = Future()
    after = future.then(lambda done: seen.append(done.value()) or len(seen))
    last = after.then(lambda done: done.value() + 10)
    future.add_done_callback(lambda done: seen.append(done))
    assert not future.done() and not last.done() and seen == []
    future.set_result("here")
    assert future.done() and last.done() and seen == ["here", future]
    assert [after.wait(), after.value(), last.wait(), last.wait(), future.wait()] == [1, 1, 11, 11, "here"]
    assert future.then(lambda done: done.value() * 2).value() == "herehere"


def test_errors_come_out_where_it_is_waited():
    future = Future()
    after = future.then(lambda done: done.value() + 1)
    saved = future.then(lambda done: "saved")
    future.set_exception(KeyError("gone"))
    for failed in (future, after):
        with pytest.raises(KeyError, match="gone"):
            failed.wait()
    assert saved.value() == "saved"
    with pytest.raises(KeyError, match="gone"):
        wait_all([saved, after])


def test_there_is_one_result_and_it_is_not_read_too_soon():
    future = Future()
    with pytest.raises(RuntimeError, match="no result yet; call wait"):
        future.value()
    with pytest.raises(TypeError, match="expected an exception, got str"):
        future.set_exception("no")
    future.set_result(1)
    for again in (lambda: future.set_result(2), lambda: future.set_exception(ValueError())):
        with pytest.raises(RuntimeError, match="one result only"):
            again()
    assert future.value() == 1


def test_a_result_may_come_from_another_thread():
    first, second = Future(devices=["cpu"]), Future()
    both = collect_all([first, second, first])
    thread = threading.Thread(target=lambda: (first.set_result(1), second.set_result(2)))
    threading.Timer(0.05, thread.start).start()
    assert [future.value() for future in both.wait()] == [1, 2, 1]
    assert both.then(lambda done: len(done.value())).value() == 3
    assert wait_all([]) == [] and wait_all([second]) == [2]


def test_annotations_of_scripts_are_understood():
    def hook(state: object, bucket: mg.distributed.GradBucket) -> mg.futures.Future[mg.Tensor]:
        raise NotImplementedError

    assert hook.__annotations__["return"] == Future[mg.Tensor]
