"""scripts/predict.py on pictures that differ from the training images as a user's do."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

from minigrad.scripts import predict, train
from minigrad.scripts.classification import Classifier
from minigrad.scripts.framing import as_digits, frame_of
from minigrad.scripts.strokes import strokes
from minigrad.scripts.training.tasks import Split, Task
from minigrad.vision.datasets import Digits
from minigrad.vision.io import read_image, write_image
from minigrad.vision.transforms import resize


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
    line = capsys.readouterr().out.strip().replace("unsure: ", "")
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
    assert all(name in captured.err for name in ("broken.png", "empty.png: nothing is drawn"))
    assert captured.err.count("missing.png") == 1


def test_answers_are_unsure_below_what_is_stated(checkpoint):
    classifier = Classifier.from_checkpoint(checkpoint)
    assert classifier.description["data"] == "digits"
    for data, least in (("digits", 0.99), ("mnist", 0.9)):
        classifier.description["data"] = data
        for best, start in ((least - 0.001, "unsure: 7 0."), (least + 0.001, "7 0.")):
            probabilities = np.full(10, (1 - best) / 9)
            probabilities[7] = best
            assert predict.answer_of(classifier, probabilities, 1).startswith(start)


def test_what_the_network_saw_is_shown(checkpoint, tmp_path, capsys):
    paths = [str(tmp_path / f"{i}.png") for i in range(3)]
    for path, (_, digit) in zip(paths, pictures(3), strict=True):
        write_image(np.round(255 * on_paper(digit, 80, 80)).astype(np.uint8), path)
    assert predict.main([str(checkpoint.parent), *paths, "--show", str(tmp_path / "seen.png")]) == 0
    seen = read_image(tmp_path / "seen.png")
    assert seen.shape == (8 * 32 + 8, 3 * (8 * 32 + 8))
    classifier = Classifier.from_checkpoint(checkpoint)
    for i, path in enumerate(paths):
        frame = frame_of(classifier, read_image(path, "gray") / 255)
        np.testing.assert_allclose(seen[8:-4:8, 8 + 264 * i : 260 + 264 * i : 8], 255 * frame, atol=1)
    with pytest.raises(SystemExit):
        predict.main([str(checkpoint), *paths, "--show", str(tmp_path / "nowhere" / "seen.png")])
    assert "--show: " in capsys.readouterr().err


# ---- photos ----------------------------------------------------------------------------------------------------------

ROWS, COLUMNS = np.mgrid[0:120, 0:160] / np.array([[[119]], [[159]]])
EDGE = 1 / (1 + np.exp(-(COLUMNS + 0.4 * ROWS - 0.6) / 0.01))
LINES = (np.arange(120) % 15 == 0)[:, None] | (np.arange(160) % 15 == 0)
LIGHT = {  # levels that the paper of 205 loses
    "even": 0 * ROWS,
    "20 + 12": 20 * COLUMNS + 12 * ROWS,
    "40 + 20": 40 * COLUMNS + 20 * ROWS,
    "60 + 40": 60 * COLUMNS + 40 * ROWS,
    "from below": 60 * (1 - COLUMNS) + 40 * (1 - ROWS),
    "vignette": 200 * ((COLUMNS - 0.5) ** 2 + (ROWS - 0.5) ** 2),
    "shadow": 80 * EDGE + 20 * ROWS,
    "squared paper": 50 * LINES + 30 * COLUMNS,
    "dim": 120 + 20 * COLUMNS,
}


@pytest.mark.parametrize("chalk", [False, True])
@pytest.mark.parametrize("light", LIGHT.values(), ids=LIGHT)
def test_strokes_are_found_in_any_light(light, chalk):
    """Pen on paper, of which it swallows four fifths of the light; or chalk, which gives more light than its board."""
    random = np.random.default_rng(0)
    for _, digit in pictures(10):
        drawn = np.zeros((120, 160))
        top, left = random.integers(4, 40), random.integers(4, 80)
        drawn[top : top + 72, left : left + 72] = np.clip((resize(digit, 72) - 0.4) / 0.2, 0, 1)
        paper = (205 - light) * (0.25 + 0.7 * drawn if chalk else 1 - 0.8 * drawn)
        photo = np.clip(paper + random.normal(0, 3, drawn.shape), 0, 255).round().astype(np.float32) / 255
        found, true = strokes(photo) > 0.5, drawn > 0.5
        assert (found & true).sum() > 0.8 * (found | true).sum()


def test_nothing_is_drawn_on_an_empty_sheet():
    noise = np.random.default_rng(0).normal(0, 2, (120, 160))
    for name in ("even", "60 + 40", "vignette"):
        with pytest.raises(ValueError, match="nothing is drawn"):
            strokes(((205 - LIGHT[name] + noise) / 255).astype(np.float32))


def test_bundled_digits_come_out_as_they_are():
    """Enlarged to bitmaps, and brought back to 64 counts; but for those that are made more upright than they were."""
    likeness = []
    for _, digit in pictures(40):
        again = as_digits(resize(digit.astype(np.float32), 32) / digit.max())
        assert again.mean() == pytest.approx(0.31, abs=0.01)
        likeness.append(np.corrcoef(again.ravel(), digit.ravel())[0, 1])
    assert np.mean(likeness) > 0.85


@pytest.mark.parametrize("width", [1, 3, 8])
def test_a_clean_line_is_an_upright_bar(width):
    """However thin it is, and however it leans."""
    sheet = np.zeros((100, 100), np.float32)
    for row in range(10, 90):
        start = 30 + row // 4
        sheet[row, start : start + width] = 1
    frame = as_digits(sheet)
    assert frame[:, 3:5].mean() > 0.8 and frame[:, [0, 1, 6, 7]].mean() < 0.2


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
