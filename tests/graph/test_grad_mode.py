"""The mode belongs to a thread, and to the function, generator or coroutine that asked for it."""

import asyncio

import pytest

import minigrad as mg


@pytest.mark.parametrize("mode, expected", [(mg.no_grad, False), (mg.enable_grad, True), (mg.inference_mode, False)])
def test_a_coroutine_has_a_mode_of_its_own(mode, expected):
    seen = []

    @mode()
    async def inner(fail):
        seen.append(mg.is_grad_enabled())
        try:
            await asyncio.sleep(0)
            if fail:
                raise KeyError
        finally:
            seen.append(mg.is_grad_enabled())
        return 3

    async def outer():
        running = asyncio.create_task(inner(False))
        while not running.done():
            between.append(mg.is_grad_enabled())
            await asyncio.sleep(0)
        with pytest.raises(KeyError):
            await inner(True)
        cancelled = asyncio.create_task(inner(False))
        await asyncio.sleep(0)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        return running.result()

    between = []
    with mg.set_grad_enabled(not expected):
        assert asyncio.run(outer()) == 3
        assert set(between) == {not expected}
    assert seen == [expected] * 6


def test_what_a_generator_returns_when_it_ends_and_what_it_is_sent():
    @mg.no_grad()
    def doubled():
        total = 0
        while (x := (yield total, mg.is_grad_enabled())) is not None:
            total += x
        return total

    g = doubled()
    assert next(g) == (0, False)
    assert g.send(3) == (3, False) and mg.is_grad_enabled()
    with pytest.raises(StopIteration) as end:
        g.send(None)
    assert end.value.value == 3


def test_a_decorated_class_warns():
    with pytest.warns(FutureWarning, match="decorate __init__"):

        @mg.no_grad()
        class Inside:
            def __init__(self):
                self.mode = mg.is_grad_enabled()

    assert Inside().mode is False


@pytest.mark.parametrize("value", [0, 1, "x", None, mg.is_grad_enabled])
def test_the_switch_takes_bools_only(value):
    with pytest.raises(TypeError, match="set_grad_enabled: expected a bool"):
        mg.set_grad_enabled(value)
    assert mg.is_grad_enabled()
