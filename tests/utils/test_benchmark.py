"""Timers with a clock of the test: what they measure, and how it is shown."""

import itertools
import statistics

import pytest

import minigrad as mg
from minigrad.utils.benchmark import Compare, Measurement, Timer


def counting(step):
    """A clock that goes on by `step` seconds whenever it is read."""
    ticks = itertools.count()
    return lambda: step * next(ticks)


def test_a_statement_runs_as_often_as_asked():
    ran = []
    timer = Timer("\n    f(n)\n", "\n    n = 3", "m = 2", globals={"f": ran.append}, timer=counting(0.5))
    m = timer.timeit(10)
    assert set(ran) == {3} and len(ran) == 12  # two of them to warm up
    assert (m.number_per_run, m.raw_times, m.median) == (10, [0.5], 0.05)


def test_statements_run_with_the_threads_asked_for():
    seen, before = [], mg.get_num_threads()
    Timer("seen.append(n())", globals={"seen": seen, "n": mg.get_num_threads}, num_threads=1).timeit(1)
    assert set(seen) == {1} and mg.get_num_threads() == before
    with pytest.raises(ZeroDivisionError):
        Timer("1 / 0", num_threads=1).timeit(1)
    assert mg.get_num_threads() == before


def test_statements_know_the_package():
    assert Timer("assert torch is minigrad and minigrad.ones(1) == 1").timeit(1).number_per_run == 1
    with pytest.raises(AttributeError):
        Timer("torch.ones(1)", globals={"torch": 1}).timeit(1)


def test_ranges_fill_their_time():
    m = Timer(timer=counting(0.01)).blocked_autorange(min_run_time=0.1)
    assert m.number_per_run == 1 and len(m.raw_times) in (10, 11)
    slow = itertools.accumulate(itertools.cycle([0.0, 1e-5]))
    assert Timer(timer=lambda: next(slow)).blocked_autorange(min_run_time=1e-4).number_per_run == 1
    m = Timer(timer=counting(0.01)).adaptive_autorange()
    assert len(m.raw_times) == 4 and m.iqr == pytest.approx(0)
    noisy = itertools.accumulate(itertools.cycle([0.0, 0.1, 0.0, 1.0]))
    m = Timer(timer=lambda: next(noisy)).adaptive_autorange(max_run_time=5)
    assert sum(m.raw_times) >= 5 and m.iqr > 0.1 * m.median


def test_statistics():
    times = [0.5, 0.1, 0.9, 0.2, 0.7]
    m = Measurement(10, times)
    low, middle, high = statistics.quantiles([t / 10 for t in times], method="inclusive")
    assert (m.median, m.iqr) == (middle, high - low) and m.mean == pytest.approx(0.048)
    alone = Measurement(2, [3.0])
    assert (alone.median, alone.mean, alone.iqr) == (1.5, 1.5, 0)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(2, "2.00 s"), (0.002, "2.00 ms"), (3e-6, "3.00 us"), (5e-8, "50.00 ns")]
)
def test_units(seconds, shown):
    assert f"Median: {shown}" in repr(Measurement(1, [seconds], "x + 1")) and "x + 1" in repr(
        Measurement(1, [1], "x + 1")
    )


def test_tables():
    def measured(label, sub_label, description, seconds):
        return Measurement(2, [2 * seconds], "f(x)", label, sub_label, description)

    table = Compare([measured("sums", "64", "ours", 1e-3), measured("sums", "64", "theirs", 2e-3)])
    table.extend_results([measured("sums", "1024", "theirs", 0.5), measured("max", None, None, 2)])
    assert [line.split() for line in str(table).split("\n")] == [
        ["[sums,", "times", "in", "ms]"], ["ours", "theirs"], ["64,", "1", "t.", "1.0", "2.0"],
        ["1024,", "1", "t.", "500.0"], ["[max,", "times", "in", "s]"], [], ["f(x),", "1", "t.", "2.0"],
    ]  # fmt: skip


def test_other_languages_are_refused():
    with pytest.raises(ValueError, match="expected language 'python'"):
        Timer("x;", language="c++")
