"""Recipes for CIFAR-10 on small files of its form: brighter images are of later classes."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.scripts import train
from tests.scripts.pictures import cifar_records

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return cifar_records(tmp_path_factory.mktemp("cifar") / "cifar-10-batches-bin", 100).parent


def accuracy(capsys):
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("test accuracy"))
    return float(line.split()[2].rstrip("%")) / 100


@pytest.mark.parametrize("recipe", ["cifar10", "cifar10-plain"])
def test_brightness_is_learned(recipe, root, tmp_path, capsys):
    """By more than chance: 10%."""
    arguments = [
        "--recipe",
        recipe,
        "--data",
        "cifar10-batch1",
        "--root",
        str(root),
        "--epochs",
        "4",
        "--batch-size",
        "8",
    ]
    assert train.main([*arguments, "--out", str(tmp_path / "run")]) == 0
    assert accuracy(capsys) > 0.25


def test_running_statistics_are_resumed_to_the_last_bit(root, tmp_path, monkeypatch):
    arguments = ["--recipe", "cifar10", "--data", "cifar10-batch1", "--root", str(root), "--epochs", "2"]
    arguments += ["--batch-size", "16"]
    assert train.main([*arguments, "--out", str(tmp_path / "straight")]) == 0

    class Stops(train.Training):
        def step(self, images, labels):
            super().step(images, labels)
            self.stop_asked = self.batch == 3

    with monkeypatch.context() as patch:
        patch.setattr(train, "Training", Stops)
        assert train.main([*arguments, "--out", str(tmp_path / "stopped")]) == 130
    assert train.main(["--resume", str(tmp_path / "stopped")]) == 0
    straight, resumed = (mg.load(tmp_path / name / "last.npz")["model"] for name in ("straight", "stopped"))
    assert any("running_var" in name for name in straight)
    for name, value in straight.items():
        np.testing.assert_array_equal(resumed[name].numpy(), value.numpy(), err_msg=name)
