"""scripts/train.py as its user runs it: files, resuming to the last bit, interruption, errors."""

import csv
import os
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
import train

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--epochs", "2", "--batch-size", "64"]


def weights(folder, name="last.npz"):
    return {k: v.numpy() for k, v in mg.load(folder / name)["model"].items()}


def assert_same(a, b):
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_array_equal(a[name], b[name], err_msg=name)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of two epochs that nothing interrupted."""
    folder = tmp_path_factory.mktemp("run") / "straight"
    assert train.main([*SMALL, "--out", str(folder)]) == 0
    return folder


def test_a_run_leaves_checkpoints_metrics_and_pictures(finished):
    names = {p.name for p in finished.iterdir()}
    assert names == {
        "last.npz",
        "best.npz",
        "metrics.csv",
        "curves.png",
        "confusion.png",
        "misclassified.png",
        "predictions.png",
    }
    with (finished / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [r["epoch"] for r in rows] == ["1", "2"]
    assert float(rows[1]["train_loss"]) < float(rows[0]["train_loss"])
    assert float(rows[1]["val_accuracy"]) > 0.5  # ten classes


def test_best_is_the_epoch_with_the_best_validation_accuracy(finished):
    history = mg.load(finished / "last.npz")["history"]
    best = mg.load(finished / "best.npz")["history"]
    assert best[-1] == max(history, key=lambda row: (row["val_accuracy"], -row["val_loss"]))


class Stops(train.Training):
    """Asks itself to stop after `after` batches, as Ctrl-C does."""

    after = 0

    def step(self, images, labels):
        super().step(images, labels)
        self.stop_asked = self.batch == Stops.after


@pytest.mark.parametrize("after", [1, 7])
def test_stopped_in_the_middle_and_resumed_gives_the_same_weights(finished, tmp_path, monkeypatch, capsys, after):
    folder = tmp_path / "run"
    Stops.after = after
    with monkeypatch.context() as patch:
        patch.setattr(train, "Training", Stops)
        assert train.main([*SMALL, "--out", str(folder)]) == 130
    assert f"--resume {folder}" in capsys.readouterr().out
    assert train.main(["--resume", str(folder)]) == 0
    assert_same(weights(folder), weights(finished))
    assert (folder / "metrics.csv").read_bytes() == (finished / "metrics.csv").read_bytes()


def start(folder):
    command = [sys.executable, str(ROOT / "scripts/train.py"), *SMALL, "--out", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def wait_for(path, process):
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.005)
    assert path.exists()


@pytest.mark.parametrize("milestone", ["last.npz", "best.npz"])
def test_killed_at_any_moment_and_resumed_gives_the_same_weights(finished, tmp_path, milestone):
    folder = tmp_path / "run"
    with start(folder) as process:
        wait_for(folder / milestone, process)
        process.kill()
    mg.load(folder / "last.npz")  # whole
    assert train.main(["--resume", str(folder)]) == 0
    assert_same(weights(folder), weights(finished))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_cleanly(tmp_path):
    folder = tmp_path / "run"
    with start(folder) as process:
        wait_for(folder / "last.npz", process)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 130
    assert b"go on with" in out
    assert "history" in mg.load(folder / "last.npz")


def test_resuming_a_finished_run_reports_again(finished, capsys):
    assert train.main(["--resume", str(finished)]) == 0
    assert "test accuracy" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--resume", "nowhere"], "there is no checkpoint"),
        (["--epochs", "0"], "expected a positive number"),
        (["--lr", "-1"], "expected a positive number"),
        (["--model", "vgg"], "invalid choice"),
    ],
)
def test_wrong_options_are_explained(arguments, message, capsys):
    with pytest.raises(SystemExit) as error:
        train.main(arguments)
    assert error.value.code == 2
    assert message in capsys.readouterr().err


def test_other_options_do_not_go_with_resume(finished, capsys):
    with pytest.raises(SystemExit):
        train.main(["--resume", str(finished), "--lr", "0.1"])
    assert "leave the other options out" in capsys.readouterr().err


def test_a_run_is_not_overwritten(finished, capsys):
    before = (finished / "last.npz").read_bytes()
    with pytest.raises(SystemExit):
        train.main([*SMALL, "--out", str(finished)])
    assert "--resume" in capsys.readouterr().err
    assert (finished / "last.npz").read_bytes() == before


def test_missing_data_says_which_files_belong_where(tmp_path, capsys):
    with pytest.raises(SystemExit):
        train.main(["--data", "mnist", "--root", str(tmp_path), "--out", str(tmp_path / "run")])
    assert "train-images-idx3-ubyte.gz" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_damaged_checkpoint_is_named(finished, tmp_path, capsys):
    (tmp_path / "last.npz").write_bytes((finished / "last.npz").read_bytes()[:5000])
    with pytest.raises(SystemExit):
        train.main(["--resume", str(tmp_path)])
    assert "last.npz" in capsys.readouterr().err
