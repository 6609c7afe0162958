"""scripts/train.py as its user runs it: files, resuming to the last bit, interruption, errors."""

import csv
import os
import shutil
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
from minigrad.scripts.command_line import locked
from tests.scripts.pictures import folder_of_colours

pytestmark = pytest.mark.usefixtures("undrawn")  # all but `finished`, which is of the module
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
    assert "leave other options out" in capsys.readouterr().err


@pytest.fixture
def run(finished, tmp_path, monkeypatch):
    """A copy of the finished run; what goes on there draws no pictures."""
    monkeypatch.setattr(train, "report", lambda *arguments: 0.0)
    return Path(shutil.copytree(finished, tmp_path / "run"))


def test_a_finished_run_goes_on(run, finished, capsys):
    """As the schedule begins anew, the rates of the added epochs are those of a run of as many."""
    assert train.main(["--resume", str(run), "--epochs", "4"]) == 0
    assert "schedule begins anew, for the 2 epochs" in capsys.readouterr().out
    history = mg.load(run / "last.npz")["history"]
    assert history[:2] == mg.load(finished / "last.npz")["history"]
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    assert [row["lr"] for row in history[2:]] == pytest.approx([row["lr"] for row in history[:2]])
    with pytest.raises(SystemExit):
        train.main(["--resume", str(run), "--epochs", "3"])
    assert "the run has done 4 already" in capsys.readouterr().err


def test_an_extended_run_that_was_stopped_gives_the_same_weights(run, tmp_path, monkeypatch):
    other = shutil.copytree(run, tmp_path / "other")
    assert train.main(["--resume", str(run), "--epochs", "3"]) == 0
    Stops.after = 7
    with monkeypatch.context() as patch:
        patch.setattr(train, "Training", Stops)
        assert train.main(["--resume", str(other), "--epochs", "3"]) == 130
    assert train.main(["--resume", str(other)]) == 0
    assert_same(weights(other), weights(run))


def test_a_run_starts_from_the_weights_of_another(finished, tmp_path, capsys):
    """Of other classes, too: then all but the last layer fits."""
    root = folder_of_colours(tmp_path / "photos", 20, ("blue", "red", "yellow"))
    task = ["--data", "folder", "--root", str(root), "--model", "petnet", "--image-size", "32", "--epochs", "1"]
    assert train.main([*task, "--out", str(tmp_path / "three")]) == 0
    two = folder_of_colours(tmp_path / "two", 20, ("red", "yellow", "blue", "green")[:2])
    capsys.readouterr()
    task[3] = str(two)
    init = ["--init", str(tmp_path / "three/best.npz")]
    assert train.main([*task, *init, "--out", str(tmp_path / "second")]) == 0
    said = capsys.readouterr().out.splitlines()[0]
    theirs = mg.load(tmp_path / "three/best.npz")["model"]
    assert f"of {len(theirs)} arrays are from" in said and "new: " in said
    with pytest.raises(SystemExit):
        train.main([*SMALL, "--init", str(tmp_path / "three/best.npz"), "--out", str(tmp_path / "third")])
    assert "try --model petnet" in capsys.readouterr().err
    assert not (tmp_path / "third").exists()


def test_a_run_that_diverges_ends_with_an_error(run, tmp_path, monkeypatch, capsys):
    """At any moment; what it leaves is of before, and is not nan."""
    before = weights(run)
    monkeypatch.setattr(train.Training, "step", lambda self, images, labels: self.check_loss(float("inf"), "here"))
    assert train.main(["--resume", str(run), "--epochs", "3"]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert "the loss is inf here" in error and "--lr" in error and "the 2 epochs before" in error
    assert_same(weights(run), before)
    monkeypatch.undo()  # the step is the real one again
    with np.errstate(all="ignore"):
        assert train.main([*SMALL, "--lr", "1e20", "--out", str(tmp_path / "nan")]) == 1
    assert not (tmp_path / "nan" / "best.npz").exists()
    assert all(np.isfinite(value).all() for value in weights(tmp_path / "nan").values())


@pytest.mark.parametrize("script", ["resume", "init", "predict", "draw"])
def test_a_network_of_nan_is_refused(run, script, capsys):
    from minigrad.scripts import draw, predict

    for name in ("best.npz", "last.npz"):
        content = mg.load(run / name)
        content["model"]["output.bias"][3] = float("nan")
        mg.save(content, run / name)
    command = {
        "resume": (train, ["--resume", str(run)]),
        "init": (train, ["--init", str(run), "--out", str(run / "new")]),
        "predict": (predict, [str(run), "some.png"]),
        "draw": (draw, ["--checkpoint", str(run / "best.npz")]),
    }
    main, arguments = command[script][0].main, command[script][1]
    with pytest.raises(SystemExit):
        main(arguments)
    assert "output.bias is nan or infinite: the run diverged" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot hold a folder")
def test_a_folder_is_of_one_process_at_a_time(run, tmp_path, capsys):
    with locked(run):
        for arguments in (["--resume", str(run)], ["--out", str(run)]):
            with pytest.raises(SystemExit):
                train.main(arguments)
            assert "another process trains in" in capsys.readouterr().err
    with start(tmp_path / "killed") as process:
        wait_for(tmp_path / "killed" / "last.npz", process)
        with pytest.raises(BlockingIOError), locked(tmp_path / "killed"):
            pass
        process.kill()
    with locked(tmp_path / "killed"):  # what is dead holds nothing
        pass


def test_ctrl_c_during_the_test_says_that_the_training_is_complete(run, monkeypatch, capsys):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "report", interrupted)
    assert train.main(["--resume", str(run)]) == 130
    assert f"the training is complete, test again with: --resume {run}" in capsys.readouterr().err


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
