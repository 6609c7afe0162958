"""detect_anomaly as a switch: PyTorch's, and everything is as it was when it is off."""

import gc
import threading
import weakref

import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn
from minigrad.autograd import detect_anomaly, set_detect_anomaly, watching
from minigrad.autograd.function import FunctionNode
from minigrad.autograd.trace import Trace
from minigrad.graph import engine, versions
from minigrad.kernels import parallel
from minigrad.ops.declare.declaration import registry
from minigrad.ops.declare.record import OperationNode
from tests.autograd.test_anomaly_mode import at


def state():
    return mg.is_anomaly_enabled(), mg.is_anomaly_check_nan_enabled()


OFF = state()


def script(m):
    """What the switches say at every step of a program that uses each of them in all ways: the same in both."""
    seen = []

    def look():
        seen.append((m.is_anomaly_enabled(), m.is_anomaly_check_nan_enabled()))

    with m.autograd.detect_anomaly():
        look()
        with m.autograd.detect_anomaly(check_nan=False):
            look()
            with m.autograd.set_detect_anomaly(False):
                look()
            look()
        look()
    look()
    m.autograd.set_detect_anomaly(True, False)
    look()
    with m.autograd.set_detect_anomaly(True):
        look()
    look()
    try:
        with m.autograd.set_detect_anomaly(False):
            look()
            raise KeyError
    except KeyError:
        look()
    m.autograd.set_detect_anomaly(False)
    look()
    thread = threading.Thread(target=look)
    with m.autograd.anomaly_mode.detect_anomaly():
        thread.start()
        thread.join()
    m.set_anomaly_enabled(True)
    look()
    m.set_anomaly_enabled(False)
    look()
    return seen


@pytest.mark.filterwarnings("ignore:Anomaly Detection has been enabled")
def test_the_switch_is_pytorchs():
    torch = pytest.importorskip("torch")
    assert script(mg) == script(torch)


def test_an_object_is_entered_again_and_an_error_leaves_it():
    guard = detect_anomaly()
    with guard, guard:
        assert state() == (True, True)
    assert state() == OFF
    with pytest.raises(KeyError), guard:
        raise KeyError
    assert state() == OFF


def test_as_a_decorator_of_functions_and_generators():
    @detect_anomaly(check_nan=False)
    def function(n):
        return (state(), function(n - 1)) if n else state()

    @detect_anomaly()
    def generator():
        try:
            got = yield state()
            yield got, state()
        finally:
            seen.append(state())

    seen = []
    assert function(1) == ((True, False), (True, False)) and state() == OFF
    steps = generator()
    assert next(steps) == (True, True) and state() == OFF
    assert steps.send("sent") == ("sent", (True, True)) and state() == OFF
    steps.close()
    assert seen == [(True, True)] and state() == OFF


def test_a_switch_takes_bools():
    for switch in (lambda: detect_anomaly(1).__enter__(), lambda: set_detect_anomaly("on")):
        with pytest.raises(TypeError, match="expected a bool"):
            switch()
    assert state() == OFF


def functions_in_place():
    """Everything that detection puts something else in the place of."""
    kinds = [vars(kind)["vjp"] for kind in (OperationNode, FunctionNode)]
    inits = [vars(kind)["__init__"] for kind in (OperationNode, engine.Node)]
    others = [engine.run, parallel.run, versions.who, versions.story, mg.autograd.function.compute]
    return [op.compute for op in registry.values()] + kinds + inits + others


def test_when_it_is_off_everything_is_as_it_was():
    gc.collect()  # the errors of the tests before hold their frames, and these their graphs
    before = functions_in_place()
    with detect_anomaly():
        inside = functions_in_place()
        y = at(1.0) * 2
    assert all(a is not b for a, b in zip(before, inside, strict=True))
    assert all(a is b for a, b in zip(before, functions_in_place(), strict=True))
    node = weakref.ref(y.grad_fn)
    assert node() in watching._traces
    del y
    assert node() is None  # what is remembered of it does not keep it alive


def test_a_profiler_may_come_and_go_meanwhile():
    before = functions_in_place()
    guard, profile = detect_anomaly(), mg.profiler.profile()
    guard.__enter__()
    profile.start()
    guard.__exit__(None, None, None)
    (at(1.0) * 2).sum().backward()
    assert {e.name for e in profile.events()} >= {"mul", "sum", "MulBackward0"}
    with detect_anomaly(), pytest.raises(RuntimeError, match="log: gave nan"):
        at(-1.0).log()
    profile.stop()
    assert all(a is b for a, b in zip(before, functions_in_place(), strict=True))


def test_results_are_the_same_bits_with_it():
    def step():
        mg.manual_seed(0)
        net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(32, 3), nn.Dropout(0.5))
        loss = F.cross_entropy(net(mg.randn(4, 1, 6, 6)), mg.tensor([0, 1, 2, 0]))
        loss.backward()
        return [loss, *(p.grad for p in net.parameters())]

    with detect_anomaly():
        watched = step()
    assert all(mg.equal(a, b) for a, b in zip(watched, step(), strict=True))


def test_a_trace_forgets_modules_that_are_gone():
    class Layer(nn.Module):
        def forward(self):
            return Trace()

    trace = Layer()()
    assert trace.layer == ""
