"""Runs of scripts/train.py in several processes, which are stopped and killed, and go on to the same bits.

Twenty kills at random moments take some minutes: ``python -m pytest -m long tests/scripts/test_train_together.py``.
"""

import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.distributed.launcher import FOR_MPIEXEC
from minigrad.scripts.training import ranks
from minigrad.scripts.training.run import Training
from tests.distributed.mpi import MPIEXEC, needs_mpi

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--epochs", "2", "--batch-size", "200", "--seed", "1", "--augment", "distort"]
# The script without pictures, which would take longer; rank 1 gets a signal, if one is wanted, before a step.
PROGRAM = """
import os, sys
os.write(2, b"process %d\\n" % os.getpid())
from unittest.mock import MagicMock
sys.modules["minigrad.viz"] = MagicMock()
from minigrad.scripts import train
from minigrad.scripts.training import ranks
from minigrad.scripts.training.run import Training

def step(self, *batch):
    if SIGNAL and ranks.rank() == 1 and len(self.history) * len(self.loader) + self.batch == STEP:
        os.kill(os.getpid(), SIGNAL)
    learn(self, *batch)

learn, Training.step = Training.step, step
train.report = lambda *arguments: None
sys.exit(train.main())
"""


def start(processes, *arguments, signal=0, step=0):
    program = PROGRAM.replace("SIGNAL", str(signal)).replace("STEP", str(step))
    return subprocess.Popen(
        [MPIEXEC, "-n", str(processes), sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**FOR_MPIEXEC, **os.environ, "MINIGRAD_NUM_THREADS": "1"},
    )


def run(*arguments, **options):
    """Run the script to its end; return its status and what it printed."""
    child = start(*arguments, **options)
    output, _ = child.communicate(timeout=120)
    return child.returncode, output.decode()


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """A run that nothing stopped."""
    folder = tmp_path_factory.mktemp("straight") / "run"
    status, output = run(2, *SMALL, "--out", folder)
    assert status == 0, output
    return folder


def assert_same_run(folder, other):
    ours, theirs = mg.load(folder / "last.npz"), mg.load(other / "last.npz")
    for name, value in theirs["model"].items():
        np.testing.assert_array_equal(ours["model"][name], value, err_msg=name)
    assert ours["history"] == theirs["history"] and len(ours["history"]) == 2
    assert (folder / "metrics.csv").read_bytes() == (other / "metrics.csv").read_bytes()
    assert {p.name for p in folder.iterdir()} == {p.name for p in other.iterdir()}


@needs_mpi
def test_a_run_that_was_stopped_and_killed_goes_on_to_the_same_bits(straight, tmp_path):
    folder = tmp_path / "run"
    status, output = run(2, *SMALL, "--out", folder, signal=15, step=3)  # what one rank is told stops all
    assert status == 130 and output.count("stopped; go on with") == 1, output
    assert mg.load(folder / "last.npz")["progress"]["batch"] == 4
    status, output = run(2, "--resume", folder, signal=9, step=9)
    assert status in (9, 137), output
    status, output = run(2, "--resume", folder)
    assert status == 0 and output.count("epoch 2/2   training loss") == 1, output

    assert_same_run(folder, straight)

    status, output = run(1, "--resume", folder, "--epochs", 3)  # in another number of processes it goes on, too
    assert status == 0 and "epoch 3/3   training loss" in output, output


def is_there(process):
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def kill_one(child, folder, rng):
    """Kill one rank at some moment of a run; all others must be gone within 10 s, and all checkpoints whole."""
    printed = b""

    def read_until(words, times=1):
        nonlocal printed
        while printed.count(words) < times and (more := child.stdout.read1()):
            printed += more

    moment = rng.choice(["at the start", "in training", "while a file is written"])
    read_until(b"process ", 2)
    if moment != "at the start":
        read_until(b"batch/s")
    if moment == "while a file is written":
        while child.poll() is None and not any(folder.glob(".*.tmp")):
            pass
    else:
        time.sleep(rng.uniform(0, 1))
    processes = [int(line.split()[1]) for line in printed.splitlines() if line.startswith(b"process ")]
    with contextlib.suppress(ProcessLookupError):
        os.kill(rng.choice(processes), 9)
    until = time.monotonic() + 10
    output, _ = child.communicate(timeout=10)
    while any(map(is_there, processes)):
        assert time.monotonic() < until, f"killed {moment}: some processes are there after 10 s"
        time.sleep(0.01)
    assert child.returncode == 0 or b"signal 9" in output, f"killed {moment}: {(printed + output).decode()}"
    for file in folder.glob("*.npz"):
        mg.load(file)


def kill_at_random(folder, straight, seed, kills):
    rng = random.Random(seed)

    def go_on():
        return ["--resume", folder] if (folder / "last.npz").exists() else [*SMALL, "--out", folder]

    for _ in range(kills):
        kill_one(start(2, *go_on()), folder, rng)
    status, output = run(2, *go_on())
    assert status == 0, output
    assert_same_run(folder, straight)


@needs_mpi
def test_a_rank_killed_at_random_moments(straight, tmp_path):
    kill_at_random(tmp_path / "run", straight, 0, 3)


@pytest.mark.long
@needs_mpi
@pytest.mark.parametrize("seed", range(1, 11))
def test_a_rank_killed_twenty_times(straight, tmp_path, seed):
    kill_at_random(tmp_path / "run", straight, seed, 2)


def test_a_rank_that_is_asked_to_stop_while_it_waits_for_the_others_will_stop(monkeypatch):
    run = SimpleNamespace(stop_asked=False)

    def asked_meanwhile(*flags):
        run.stop_asked = True
        return list(flags)

    with monkeypatch.context() as patch:
        patch.setattr(ranks, "any_of", asked_meanwhile)
        assert not Training.asked_to_stop(run)
    assert Training.asked_to_stop(run)
