"""Recipes for MNIST on a tenth of the real files, where they are."""

from pathlib import Path

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

from minigrad.scripts import train
from minigrad.scripts.training import run
from minigrad.scripts.training.tasks import Split

pytestmark = pytest.mark.usefixtures("undrawn")

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "mnist"


@pytest.mark.skipif(not REAL.is_dir(), reason=f"no MNIST in {REAL}")
@pytest.mark.parametrize("recipe, least", [("simple", 0.93), ("mnist", 0.93), ("mnist-distorted", 0.93)])
def test_a_tenth_of_mnist_is_learned_in_two_epochs(recipe, least, tmp_path, monkeypatch, capsys):
    load = run.load_task

    def smaller(settings, size):
        task = load(settings, size)
        task.train = Split(task.train.images[::9], task.train.labels[::9])
        task.test = Split(task.test.images[:2000], task.test.labels[:2000])
        return task

    monkeypatch.setattr(run, "load_task", smaller)
    arguments = ["--recipe", recipe, "--root", str(REAL), "--epochs", "2", "--out", str(tmp_path / "run")]
    assert train.main(arguments) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("test accuracy"))
    assert float(line.split()[2].rstrip("%")) / 100 > least
