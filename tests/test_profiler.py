"""minigrad.profiler: what it records, that it adds up, and that nothing of it stays behind."""

import gzip
import json
import threading
import time
import warnings

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn, optim
from minigrad.autograd import function
from minigrad.autograd.function import FunctionNode
from minigrad.graph import engine
from minigrad.ops.declare.declaration import registry
from minigrad.ops.declare.record import OperationNode
from minigrad.profiler import (
    ProfilerAction,
    ProfilerActivity,
    profile,
    record_function,
    schedule,
    supported_activities,
    tensorboard_trace_handler,
)


def by_key(p, **options):
    return {(row.key, row.phase): row for row in p.key_averages(**options)}


def test_operations_are_counted_by_name_and_phase():
    x = mg.ones(3, 4, requires_grad=True)
    with profile() as p:
        for _ in range(5):
            (x * x).sum().backward()
    rows = by_key(p)
    assert rows["mul", "forward"].count == 5
    assert rows["MulBackward0", "backward"].count == 5
    assert rows["backward", "backward"].count == 5
    assert not any(key == "MulBackward0" and phase == "forward" for key, phase in rows)


def test_operations_in_the_rules_of_gradients_are_backward():
    x = mg.ones(2, 1, 6, 6, requires_grad=True)
    w = mg.ones(3, 1, 3, 3, requires_grad=True)
    with profile() as p:
        nn.functional.conv2d(x, w).sum().backward()
    phases = {e.name: e.phase for e in p.events()}
    assert phases["convolution"] == "forward"
    assert phases["convolution_weight"] == phases["convolution_transpose"] == "backward"


def test_self_times_add_up_to_the_time_spent():
    layer = nn.Linear(5, 4)
    optimizer = optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
    with profile() as p:
        for _ in range(3):
            optimizer.zero_grad()
            nn.functional.cross_entropy(layer(mg.ones(2, 5)), mg.tensor([1, 2])).backward()
            optimizer.step()
    events = sorted(p.events(), key=lambda e: e.start)
    top, end = [], 0
    for e in events:
        assert 0 <= e.self_time <= e.duration
        if e.start >= end:
            top.append(e)
            end = e.start + e.duration
    assert sum(e.self_time for e in events) == sum(e.duration for e in top)


def test_one_inside_another_of_its_name_counts_once_in_the_total():
    with profile() as p, record_function("block"):
        with record_function("block"):
            time.sleep(0.002)
    row = by_key(p)["block", "forward"]
    assert row.count == 2
    assert row.cpu_time_total == pytest.approx(row.self_cpu_time_total)
    assert row.cpu_time == pytest.approx(row.cpu_time_total / 2)


def test_bytes_are_those_of_new_arrays():
    x = mg.ones(10, 10)
    with profile() as p:
        mg.exp(x)
        x.reshape(100)
    rows = by_key(p)
    assert rows["exp", "forward"].bytes == 400
    assert rows["view", "forward"].bytes == 0  # a view


def test_shapes_keep_rows_apart():
    with profile() as p:
        for shape in ((2, 3), (2, 3), (5,)):
            mg.exp(mg.ones(*shape))
    rows = {row.input_shapes: row.count for row in p.key_averages(group_by_input_shape=True) if row.key == "exp"}
    assert rows == {((2, 3),): 2, ((5,),): 1}
    assert "(2,3)" in p.table(group_by_input_shape=True)


def test_sequences_and_functions_are_recorded():
    class Double(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    double = Double.apply  # taken before the profile starts, as scripts do
    x = mg.ones(3, requires_grad=True)
    with profile() as p:
        mg.cat([double(x), x]).sum().backward()
    rows = by_key(p)
    assert rows["cat", "forward"].count == rows["Double", "forward"].count == 1
    assert rows["DoubleBackward", "backward"].count == rows["CatBackward0", "backward"].count == 1
    assert {("mul", "forward"), ("mul", "backward")} <= set(rows)


def test_optimizers_of_ones_own_are_recorded():
    class Constant(optim.Optimizer):
        def __init__(self, params):
            super().__init__(params, {})

        def step(self, closure=None):
            super().step(closure)

        def _update(self, p, g, state, group):
            p -= 1

    w = mg.ones(2, requires_grad=True)
    w.sum().backward()
    optimizer = Constant([w])
    with profile() as p:
        optimizer.step()
        optimizer.zero_grad()
    rows = by_key(p)
    assert rows["Constant.step", "optimizer"].count == 2  # its own, and the one that it calls
    assert rows["Constant.zero_grad", "optimizer"].count == 1


def test_all_threads_are_recorded():
    def work():
        w = mg.ones(4, requires_grad=True)
        (w * w).sum().backward()

    with profile() as p:
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert by_key(p)["mul", "forward"].count == by_key(p)["MulBackward0", "backward"].count == 3
    assert all(e.self_time >= 0 for e in p.events())


def test_results_are_the_same():
    def gradient():
        mg.manual_seed(0)
        x = mg.randn(4, 1, 8, 8, requires_grad=True)
        mg.tanh(nn.functional.max_pool2d(x, 2)).sum().backward()
        return x.grad.numpy()

    expected = gradient()
    with profile():
        np.testing.assert_array_equal(gradient(), expected)


def test_nothing_stays_behind_also_after_an_error():
    patched = [(OperationNode, "vjp"), (FunctionNode, "vjp"), (engine, "run"), (function, "compute")]
    patched += [(optim.Optimizer, "step"), (optim.Optimizer, "zero_grad")]
    before = [vars(owner)[name] for owner, name in patched]
    with pytest.raises(RuntimeError, match="matmul|shape"), profile() as p:
        mg.ones(2, 3) @ mg.ones(2, 3)
    assert [vars(owner)[name] for owner, name in patched] == before
    assert all(op.compute is op.forward for op in registry.values())
    count = len(p.events())
    mg.exp(mg.ones(2))
    assert len(p.events()) == count


def test_an_error_closes_what_was_open():
    x = mg.ones(2, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    with profile() as p:
        with pytest.raises(RuntimeError, match="freed"):
            y.backward()
        mg.exp(x)
    assert [(e.name, e.phase) for e in p.events()][-1] == ("exp", "forward")
    assert by_key(p)["backward", "backward"].count == 1


def test_only_one_profile_runs():
    with profile() as first:
        with pytest.raises(RuntimeError, match="another profile is running"), profile():
            pass
        mg.exp(mg.ones(2))
    assert len(first.events()) == 1
    with pytest.raises(RuntimeError, match="not running"):
        first.stop()


def test_a_profile_goes_on():
    p = profile()
    for _ in range(2):
        with p:
            mg.exp(mg.ones(2))
    assert by_key(p)["exp", "forward"].count == 2


def test_table_is_sorted_and_limited():
    with profile() as p:
        for _ in range(3):
            mg.exp(mg.ones(2))
        mg.exp(mg.ones(200, 300)).sum()
    lines = p.table(sort_by="count", row_limit=1).splitlines()
    assert lines[0].split()[:3] == ["name", "phase", "calls"]
    assert lines[2].split()[:3] == ["exp", "forward", "4"]
    assert "more)" in lines[3] and len(lines) == 5
    assert len(p.table(row_limit=-1).splitlines()) == len(p.key_averages()) + 3
    keys = [line.split()[0] for line in p.table(sort_by="key").splitlines()[2:-1]]
    assert keys == sorted(keys)
    with pytest.raises(ValueError, match="sort_by.*self_cpu_time_total.*'colour'"):
        p.table(sort_by="colour")


def test_an_empty_profile_has_a_table():
    with profile() as p:
        pass
    assert p.events() == [] and p.table().startswith("name")


def test_record_function_without_a_profile_does_nothing():
    with record_function("block"):
        assert (mg.ones(2) + 1).tolist() == [2, 2]


def test_chrome_trace(tmp_path):
    x = mg.ones(3, requires_grad=True)
    with profile() as p:
        (x * x).sum().backward()
    p.export_chrome_trace(tmp_path / "trace.json")
    trace = json.loads((tmp_path / "trace.json").read_text())
    spans = [e for e in trace["traceEvents"] if e["ph"] == "X"]
    assert len(spans) == len(p.events())
    assert all({"name", "cat", "ts", "dur", "pid", "tid", "args"} <= e.keys() and e["dur"] >= 0 for e in spans)
    (walk,) = [e for e in spans if e["name"] == "backward"]
    (node,) = [e for e in spans if e["name"] == "MulBackward0"]
    assert walk["ts"] <= node["ts"] and node["ts"] + node["dur"] <= walk["ts"] + walk["dur"]
    assert [e["args"]["name"] for e in trace["traceEvents"] if e["ph"] == "M"] == ["thread 0"]


@pytest.mark.parametrize("repeat", [0, 1, 2])
@pytest.mark.parametrize("skip_first, skip_first_wait", [(0, 0), (0, 1), (3, 0), (3, 1)])
@pytest.mark.parametrize("wait, warmup, active", [(1, 1, 2), (0, 0, 1), (2, 0, 3), (0, 2, 1)])
def test_schedules_are_pytorchs(wait, warmup, active, repeat, skip_first, skip_first_wait):
    theirs = pytest.importorskip("torch").profiler.schedule
    options = {"wait": wait, "warmup": warmup, "active": active, "repeat": repeat}
    options |= {"skip_first": skip_first, "skip_first_wait": skip_first_wait}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a schedule without a warm-up
        ours, other = schedule(**options), theirs(**options)
    assert [ours(step).name for step in range(25)] == [other(step).name for step in range(25)]


def test_a_schedule_records_its_steps_and_hands_them_over():
    traces = []
    plan = schedule(wait=1, warmup=1, active=2, repeat=2)
    with profile(schedule=plan, on_trace_ready=lambda p: traces.append([e.name for e in p.events()])) as p:
        for step in range(12):
            with record_function(f"step {step}"):
                pass
            p.step()
    assert traces == [["step 2", "step 3"], ["step 6", "step 7"]] and p.step_num == 12


def test_what_a_schedule_left_open_is_handed_over_at_the_end():
    traces = []
    with profile(schedule=schedule(wait=0, warmup=0, active=9), on_trace_ready=traces.append) as p:
        mg.exp(mg.ones(2))
        p.step()
    assert traces == [p] and [e.name for e in p.events()] == ["exp"]


def test_arguments_as_scripts_give_them():
    activities = [ProfilerActivity.CPU, ProfilerActivity.CUDA]
    with profile(activities=activities, record_shapes=True, profile_memory=True, with_stack=True) as p:
        mg.exp(mg.ones(2))
        p.step()
        mg.exp(mg.ones(2))
    assert supported_activities() == {ProfilerActivity.CPU}
    averages = p.key_averages(group_by_input_shape=True, group_by_stack_n=5)
    for sort_by in ("cpu_time_total", "self_cpu_memory_usage", "cuda_time_total", "self_device_time_total", None):
        assert "exp" in averages.table(sort_by=sort_by, row_limit=10, header="Mine").splitlines()[3]
    assert p.self_cpu_time_total == pytest.approx(sum(row.self_cpu_time_total for row in averages))


@pytest.mark.parametrize(
    "error, call",
    [
        (TypeError, lambda: profile(activities=["cpu"])),
        (TypeError, lambda: profile(schedule=3)),
        (TypeError, lambda: profile(on_trace_ready="trace.json")),
        (ValueError, lambda: schedule(wait=-1, warmup=0, active=1)),
        (ValueError, lambda: schedule(wait=0, warmup=0, active=0)),
        (ValueError, lambda: schedule(wait=0, warmup=0, active=1)(-1)),
    ],
)
def test_bad_arguments_are_refused(error, call):
    with pytest.raises(error, match="(profile|schedule): expected"):
        call()


def test_record_function_decorates_functions():
    @record_function("power")
    def power(x, n):
        return x if n == 1 else x * power(x, n - 1)

    with profile() as p:
        assert power(mg.tensor(2.0), 3).item() == 8
    assert by_key(p)["power", "forward"].count == 3 and power.__name__ == "power"


@pytest.mark.parametrize("use_gzip", [False, True])
def test_traces_for_tensorboard(tmp_path, use_gzip):
    with profile(on_trace_ready=tensorboard_trace_handler(tmp_path / "log", "worker", use_gzip)):
        mg.exp(mg.ones(2))
    (path,) = (tmp_path / "log").iterdir()
    assert path.name.startswith("worker.") and path.name.endswith(".pt.trace.json" + ".gz" * use_gzip)
    content = gzip.decompress(path.read_bytes()) if use_gzip else path.read_bytes()
    assert "exp" in [event["name"] for event in json.loads(content)["traceEvents"]]


def test_the_older_name():
    with mg.autograd.profiler.profile(use_cuda=False, record_shapes=True) as p:
        with mg.autograd.profiler.record_function("block"):
            mg.exp(mg.ones(2))
    assert [e.name for e in p.events()] == ["exp", "block"]
    assert [e.name for e in p.function_events] == [e.name for e in p.events()]
    with mg.autograd.profiler.profile(enabled=False) as p:
        mg.exp(mg.ones(2))
    assert p.events() == [] and p.current_action is ProfilerAction.NONE


def test_metadata_stands_beside_the_events(tmp_path):
    with profile() as p:
        mg.ones(2).exp()
    p.add_metadata("run", "first [1]")
    p.add_metadata_json("sizes", "[1, 2]")
    p.export_chrome_trace(tmp_path / "trace.json")
    trace = json.loads((tmp_path / "trace.json").read_text())
    assert trace["run"] == "first [1]" and trace["sizes"] == [1, 2] and trace["traceEvents"]
    with pytest.raises(ValueError):
        p.add_metadata_json("sizes", "[1,")
