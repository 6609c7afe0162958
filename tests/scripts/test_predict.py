"""scripts/predict.py on pictures that differ from the training images as a user's do."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import predict
import train
from classification import Classifier
from framing import frame_of
from minigrad.vision.datasets import Digits
from minigrad.vision.io import write_image
from minigrad.vision.transforms import resize
from training.tasks import Split, Task


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("predict") / "run"
    assert train.main(["--epochs", "8", "--batch-size", "32", "--out", str(folder)]) == 0
    return folder / "best.npz"


def pictures(count):
    """Test digits as (label, 8x8 array in [0, 1])."""
    test = Digits(train=False)
    return [(int(test.targets.numpy()[i]), test.data.numpy()[i] / 255) for i in range(count)]


def on_paper(digit, height, width):
    """A digit somewhere on a larger sheet, in [0, 1], light on dark."""
    side = min(height, width) * 2 // 3
    sheet = np.zeros((height, width))
    sheet[5 : 5 + side, width - side - 9 : width - 9] = np.clip(resize(digit, side), 0, 1)
    return sheet


@pytest.mark.parametrize("dark_on_light", [False, True])
@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("size", [(60, 90), (200, 140)])
def test_digits_are_recognized_on_any_paper(checkpoint, tmp_path, dark_on_light, colour, size):
    classifier = Classifier.from_checkpoint(checkpoint)
    hits = 0
    cases = pictures(30)
    for label, digit in cases:
        sheet = on_paper(digit, *size)
        pixels = np.round(255 * (1 - sheet if dark_on_light else sheet)).astype(np.uint8)
        write_image(np.stack([pixels, pixels // 2 + 64, pixels], -1) if colour else pixels, tmp_path / "digit.png")
        hits += int(predict.predict(classifier, tmp_path / "digit.png", "auto").argmax() == label)
    assert hits >= 27


def test_probabilities_are_printed(checkpoint, tmp_path, capsys):
    label, digit = pictures(1)[0]
    write_image(np.round(255 * on_paper(digit, 80, 80)).astype(np.uint8), tmp_path / "digit.png")
    assert predict.main([str(checkpoint), str(tmp_path / "digit.png"), "--background", "dark", "--top", "10"]) == 0
    line = capsys.readouterr().out.strip()
    shown = [part.rsplit(" ", 1) for part in line.split(": ", 1)[1].split(", ")]
    assert shown[0][0] == str(label)
    assert sum(float(p) for _, p in shown) == pytest.approx(1, abs=0.05)


def test_a_broken_file_is_named_and_the_others_are_classified(checkpoint, tmp_path, capsys):
    (tmp_path / "broken.png").write_bytes(b"not an image")
    write_image(np.full((9, 9), 200, np.uint8), tmp_path / "empty.png")
    write_image(np.round(255 * on_paper(pictures(1)[0][1], 80, 80)).astype(np.uint8), tmp_path / "good.png")
    paths = [str(tmp_path / name) for name in ("broken.png", "empty.png", "missing.png", "good.png")]
    assert predict.main([str(checkpoint), *paths]) == 1
    captured = capsys.readouterr()
    assert "good.png: " in captured.out
    assert all(name in captured.err for name in ("broken.png", "empty.png: nothing is drawn", "missing.png"))


def test_other_files_are_not_checkpoints(tmp_path, capsys):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(SystemExit):
        predict.main([str(tmp_path / "other.npz"), "x.png"])
    assert "other.npz" in capsys.readouterr().err


@pytest.mark.parametrize("model, size, side", [("lenet", 28, 20), ("lenet5", 32, 20), ("simple", 56, 40)])
def test_what_is_drawn_gets_the_size_that_it_has_in_training(model, size, side):
    """Of 28 pixels, 20 are drawn on: still 20 where a border makes them 32, and 40 where they are scaled to 56."""
    images, labels = np.zeros((20, 28, 28), np.uint8), np.arange(20) % 10
    images[:, 4:24, 8:20] = 255
    part = Split(images, labels)
    task = Task("drawn", list("0123456789"), part, part, part, fill=20 / 28)
    sheet = np.zeros((90, 70))
    sheet[10:70, 10:46] = 1
    frame = frame_of(Classifier.for_task(model, task, size), sheet)
    assert frame.shape == (size, size)
    assert np.ptp(np.flatnonzero((frame > 0.5).any(1))) + 1 == side
