"""Runs of scripts/train.py that are stopped from outside, and go on to the same bits.

The long version takes five minutes: ``python -m pytest -m long tests/scripts``.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.scripts import train

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--epochs", "3", "--batch-size", "64", "--seed", "1"]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the signals are POSIX's")


@pytest.fixture(autouse=True, scope="module")
def _no_report():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "report", lambda *arguments: None)
        patch.setattr(train.viz, "curves", lambda history: type("", (), {"savefig": lambda self, path: None})())
        yield


@pytest.fixture(scope="module")
def straight(_no_report, tmp_path_factory):
    """A run that nothing stopped."""
    folder = tmp_path_factory.mktemp("straight") / "run"
    assert train.main([*SMALL, "--out", str(folder)]) == 0
    return folder


def command(*arguments):
    """train.py without its report."""
    program = "import sys; from minigrad.scripts import train; train.report = lambda *a: None; "
    program += "train.viz.curves = lambda h: type('', (), {'savefig': lambda s, p: None})(); sys.exit(train.main())"
    settings = SMALL if "--out" in arguments else []
    return [sys.executable, "-c", f"import os; os.chdir({str(ROOT)!r}); {program}", *settings, *map(str, arguments)]


def go_on(folder):
    return subprocess.Popen(
        command("--resume" if (folder / "last.npz").exists() else "--out", folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def assert_same_run(folder, other):
    found, expected = (mg.load(path / "last.npz") for path in (folder, other))
    for name, value in expected["model"].items():
        np.testing.assert_array_equal(found["model"][name], value, err_msg=name)
    assert found["history"] == expected["history"]
    assert mg.load(folder / "best.npz")["history"] == mg.load(other / "best.npz")["history"]
    assert (folder / "metrics.csv").read_bytes() == (other / "metrics.csv").read_bytes()
    assert {p.name for p in folder.iterdir()} == {"last.npz", "best.npz", "metrics.csv"}


def kill_at_random(folder, whole, seed, kills):
    """Kill a run some time after it began to train, again and again, and let it go on to its end."""
    rng = random.Random(seed)
    for _ in range(kills):
        with go_on(folder) as process:
            while process.poll() is None and b"epoch" not in process.stderr.read1():
                pass  # the progress of the first epoch
            time.sleep(rng.uniform(0, 0.4))
            process.kill()
    with go_on(folder) as process:
        process.communicate()
    assert process.returncode == 0
    assert_same_run(folder, whole)


def test_killed_at_random_moments(straight, tmp_path):
    kill_at_random(tmp_path / "run", straight, 0, 2)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 26))
def test_killed_fifty_times(straight, tmp_path, seed):
    kill_at_random(tmp_path / "run", straight, seed, 2)


def test_a_kill_before_the_metrics_are_written(straight, tmp_path, monkeypatch):
    class Killed(train.Training):
        def write_metrics(self):
            if len(self.history) == self.settings["epochs"]:
                raise SystemExit("killed")
            super().write_metrics()

    with monkeypatch.context() as patch:
        patch.setattr(train, "Training", Killed)
        with pytest.raises(SystemExit, match="killed"):
            train.main([*SMALL, "--out", str(tmp_path / "run")])
    assert train.main(["--resume", str(tmp_path / "run")]) == 0
    assert_same_run(tmp_path / "run", straight)


@pytest.mark.parametrize("number", [signal.SIGHUP, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_the_end_of_the_terminal_saves(straight, tmp_path, number):
    folder = tmp_path / "run"
    terminal, inside = os.openpty()
    with subprocess.Popen(command("--out", folder), stdout=inside, stderr=inside) as process:
        os.close(inside)
        while b"epoch 1" not in os.read(terminal, 10_000):
            pass
        process.send_signal(number)
        if number == signal.SIGHUP:
            time.sleep(0.05)
            os.close(terminal)
        assert process.wait(60) == 130
    if number == signal.SIGTERM:
        os.close(terminal)
    assert train.main(["--resume", str(folder)]) == 0
    assert_same_run(folder, straight)


@pytest.mark.long
def test_a_run_may_ignore_the_end_of_the_terminal(straight, tmp_path):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with go_on(tmp_path / "run") as process:
            while b"epoch" not in process.stderr.read1():
                pass
            process.send_signal(signal.SIGHUP)
            process.communicate()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert process.returncode == 0
    assert_same_run(tmp_path / "run", straight)
