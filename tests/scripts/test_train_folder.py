"""From a folder of pictures to the prediction of a single one."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.scripts import predict, train
from minigrad.vision.io import write_image
from tests.scripts.pictures import folder_of_colours, picture

pytestmark = pytest.mark.usefixtures("undrawn")


def arguments(root, out):
    size = ["--image-size", "12", "--batch-size", "8", "--epochs", "3"]
    return ["--data", "folder", "--root", str(root), *size, "--out", str(out)]


@pytest.fixture(scope="module", params=[("blue", "red"), ("blue", "red", "yellow")], ids=["two", "three"])
def finished(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("folder")
    root = folder_of_colours(folder / "photos", 50, request.param)
    assert train.main(arguments(root, folder / "run")) == 0
    return root, folder / "run", request.param


def test_classes_are_learned(finished):
    _, run, classes = finished
    checkpoint = mg.load(run / "best.npz")
    assert checkpoint["description"]["classes"] == list(classes)
    assert checkpoint["history"][-1]["val_accuracy"] == 1


def test_classes_and_counts_are_printed(finished, capsys):
    root, run, classes = finished
    assert train.main(["--resume", str(run)]) == 0
    each = f"each of the {len(classes)} classes ({', '.join(classes)}) has 36 to train, 4 to validate, 10 to test"
    assert each in capsys.readouterr().out


def test_a_single_picture_is_predicted(finished, tmp_path, capsys):
    _, run, classes = finished
    rng = np.random.default_rng(1)
    for name in classes:
        write_image(picture(name, rng, 50, 31), tmp_path / f"{name}.png")
        assert predict.main([str(run / "best.npz"), str(tmp_path / f"{name}.png"), "--top", "1"]) == 0
        path, answer = capsys.readouterr().out.strip().split(": ")
        guess, probability = answer.split(" ")
        assert guess == name and float(probability) > 0.6


def test_stopped_and_resumed_gives_the_same_weights(finished, tmp_path, monkeypatch):
    """With Adam, random changes of the images, and a single output."""
    root, run, _ = finished

    class Stops(train.Training):
        def step(self, images, labels):
            super().step(images, labels)
            self.stop_asked = len(self.history) == 1 and self.batch == 2

    with monkeypatch.context() as patch:
        patch.setattr(train, "Training", Stops)
        assert train.main(arguments(root, tmp_path / "run")) == 130
    assert train.main(["--resume", str(tmp_path / "run")]) == 0
    straight, resumed = (mg.load(folder / "last.npz")["model"] for folder in (run, tmp_path / "run"))
    for name, value in straight.items():
        np.testing.assert_array_equal(resumed[name].numpy(), value.numpy(), err_msg=name)
