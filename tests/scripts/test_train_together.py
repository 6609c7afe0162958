"""Runs of scripts/train.py in several processes, which are stopped and killed, and go on to the same bits."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from tests.distributed.mpi import MPIEXEC, needs_mpi

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--epochs", "2", "--batch-size", "200", "--seed", "1", "--augment", "distort"]
# The script without pictures, which would take longer; rank 1 gets a signal, if one is wanted, before a step.
PROGRAM = """
import os, sys
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


def run(processes, *arguments, signal=0, step=0):
    """Start the script; return a function that waits for its end, and returns its status and what it printed."""
    program = PROGRAM.replace("SIGNAL", str(signal)).replace("STEP", str(step))
    child = subprocess.Popen(
        [MPIEXEC, "-n", str(processes), sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "MINIGRAD_NUM_THREADS": "1"},
    )
    return lambda: (child.communicate(timeout=120)[0], child.returncode)[::-1]


@needs_mpi
def test_a_run_that_was_stopped_and_killed_goes_on_to_the_same_bits(tmp_path):
    straight, folder = tmp_path / "straight", tmp_path / "run"
    straight_end = run(2, *SMALL, "--out", straight)

    status, output = run(2, *SMALL, "--out", folder, signal=15, step=3)()  # what one rank is told stops all
    assert status == 130 and output.count("stopped; go on with") == 1, output
    assert mg.load(folder / "last.npz")["progress"]["batch"] == 4
    status, output = run(2, "--resume", folder, signal=9, step=9)()
    assert status in (9, 137), output
    status, output = run(2, "--resume", folder)()
    assert status == 0 and output.count("epoch 2/2   training loss") == 1, output

    status, output = straight_end()
    assert status == 0, output
    ours, theirs = mg.load(folder / "last.npz"), mg.load(straight / "last.npz")
    for name, value in theirs["model"].items():
        np.testing.assert_array_equal(ours["model"][name], value, err_msg=name)
    assert ours["history"] == theirs["history"] and len(ours["history"]) == 2
    assert (folder / "metrics.csv").read_bytes() == (straight / "metrics.csv").read_bytes()

    status, output = run(1, "--resume", folder, "--epochs", 3)()  # in another number of processes it goes on, too
    assert status == 0 and "epoch 3/3   training loss" in output, output
