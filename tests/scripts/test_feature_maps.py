"""scripts/feature_maps.py: the numbers of its maps against loops over pixels, and its pictures."""

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad import viz
from minigrad.scripts import feature_maps, train
from minigrad.vision.datasets import Digits
from minigrad.vision.io import read_image, write_image


def maps_of(pixels, stages, seed=0):
    """What each step of the stages gives for (C, H, W) pixels, as arrays (K, H, W) by names, and the filters."""
    model = feature_maps.build(stages, len(pixels), seed)
    found = viz.activations(model, mg.tensor(pixels[None]))
    weights = {name: stage.conv.weight.detach().numpy() for name, stage in model.named_children()}
    return {name: t.numpy()[0] for name, t in found.items()}, weights


def correlated(pixels, filters):
    """The sum of the products of every window with every filter, one after the other."""
    count, channels, kh, kw = filters.shape
    _, height, width = pixels.shape
    out = np.zeros((count, height - kh + 1, width - kw + 1))
    for o, i, j in np.ndindex(*out.shape):
        for c, u, v in np.ndindex(channels, kh, kw):
            out[o, i, j] += float(pixels[c, i + u, j + v]) * float(filters[o, c, u, v])
    return out


def pooled(maps):
    """The largest value of every whole square of 2x2."""
    out = np.zeros((len(maps), maps.shape[1] // 2, maps.shape[2] // 2))
    for k, i, j in np.ndindex(*out.shape):
        out[k, i, j] = maps[k, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return out


def photo(height, width, channels=1):
    return np.random.default_rng(0).random((channels, height, width), dtype=np.float32)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("text", ["2@3x3,3@5x5,1@7x7", "3@2x4,2@5x3"])
def test_every_step_of_every_stage_is_what_loops_give(channels, text):
    pixels = photo(46, 51, channels)
    found, filters = maps_of(pixels, feature_maps.stage_list(text))
    for stage, weights in filters.items():
        conv, relu, pool = (found[f"{stage}.{step}"] for step in ("conv", "relu", "pool"))
        np.testing.assert_allclose(conv, correlated(pixels, weights), rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(relu, np.where(conv > 0, conv, 0))
        np.testing.assert_array_equal(pool, pooled(relu))
        pixels = pool


def test_the_first_stage_finds_edges():
    """A light square on black: its left and right sides in the first map, its upper and lower ones in the second."""
    pixels = np.zeros((1, 12, 12), np.float32)
    pixels[0, 4:8, 4:8] = 1
    found, _ = maps_of(pixels, [(2, 3, 3)])
    vertical, horizontal = found["stage1.conv"]
    middle = 5  # the row, or column, of windows around the middle of the square
    np.testing.assert_array_equal(vertical[middle], [0, 0, 3, 3, 0, 0, -3, -3, 0, 0])
    np.testing.assert_array_equal(vertical[:, middle], 0)
    np.testing.assert_array_equal(horizontal[:, middle], [0, 0, -3, -3, 0, 0, 3, 3, 0, 0])
    np.testing.assert_array_equal(horizontal[middle], 0)


def test_sizes_for_the_photo_of_matplotlib():
    found, _ = maps_of(photo(600, 512), feature_maps.stage_list(feature_maps.STAGES))
    assert {name: maps.shape for name, maps in found.items() if not name.endswith("relu")} == {
        "stage1.conv": (2, 598, 510),
        "stage1.pool": (2, 299, 255),
        "stage2.conv": (3, 295, 251),
        "stage2.pool": (3, 147, 125),
        "stage3.conv": (1, 141, 119),
        "stage3.pool": (1, 70, 59),
    }


def test_the_seed_decides():
    pixels, stages = photo(44, 44), feature_maps.stage_list(feature_maps.STAGES)
    (first, _), (again, _), (other, _) = (maps_of(pixels, stages, seed) for seed in (3, 3, 4))
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    np.testing.assert_array_equal(first["stage1.pool"], other["stage1.pool"])  # edges are not random
    assert np.abs(first["stage2.conv"] - other["stage2.conv"]).max() > 0.01


def test_another_number_of_channels_is_explained():
    model = feature_maps.build([(2, 3, 3)], 1, 0)
    with pytest.raises(RuntimeError, match="expects 1 input channels, got 3"):
        model(mg.ones(1, 3, 9, 9))


def test_pictures_of_the_photo(tmp_path, capsys):
    assert feature_maps.main(["--out", str(tmp_path)]) == 0
    stages = [f"stage{k}{rest}.png" for k in (1, 2, 3) for rest in ("", "-filters")]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["input.png", "feature-maps.png", *stages])
    assert all(read_image(p).std() > 1 for p in tmp_path.iterdir())  # something is drawn
    assert str(tmp_path) in capsys.readouterr().out


@pytest.mark.parametrize("colour", [False, True])
def test_the_overview_shows_the_numbers(colour, tmp_path):
    pixels = np.round(photo(44, 40, 3).transpose(1, 2, 0) * 255).astype(np.uint8)
    write_image(pixels, tmp_path / "a.png")
    image = feature_maps.read(tmp_path / "a.png", colour)
    assert image.shape == (1, 3 if colour else 1, 44, 40)
    if colour:
        np.testing.assert_allclose(image.numpy()[0].transpose(1, 2, 0) * 255, pixels, atol=1e-4)
    figures = feature_maps.of_photo(image, [(2, 3, 3), (1, 2, 4)], seed=0)
    found, filters = maps_of(image.numpy()[0], [(2, 3, 3), (1, 2, 4)])
    drawn = [[i.get_array() for i in ax.images] for ax in figures["feature-maps.png"].axes]
    left, maps = drawn[: 1 + len(filters)], drawn[1 + len(filters) :]
    np.testing.assert_allclose(left[0][0], image.numpy()[0].transpose(1, 2, 0) if colour else image.numpy()[0, 0])
    assert sum(map(len, left[1:])) == sum(w.shape[0] * w.shape[1] for w in filters.values())
    assert len(maps) == len(found)
    for pictures, expected in zip(maps, found.values(), strict=True):
        np.testing.assert_array_equal(np.array(pictures), expected)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("feature_maps") / "run"
    assert train.main(["--epochs", "1", "--model", "lenet", "--out", str(folder)]) == 0
    return folder / "best.npz"


def test_pictures_of_a_trained_model(checkpoint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    digit = Digits(train=False).data.numpy()[0]
    write_image(np.pad(digit, 8).repeat(5, 0).repeat(5, 1), tmp_path / "digit.png")
    names = {"feature-maps", "saliency", "occlusion", "graph", "filters-conv1", "filters-conv2"}
    for options in ([], ["--image", "digit.png"]):
        assert feature_maps.main(["--checkpoint", str(checkpoint), *options]) == 0
    for folder in ("feature-maps", "feature-maps-2"):
        assert {p.stem for p in (tmp_path / "runs" / folder).iterdir()} == names


def test_a_trained_model_sees_what_it_was_trained_on(checkpoint):
    classifier = feature_maps.Classifier.from_checkpoint(checkpoint)
    inputs, labels = feature_maps.inputs_for(classifier, None)
    test = Digits(train=False)
    np.testing.assert_array_equal(inputs.numpy(), classifier.prepare(test.data.numpy()[:5]).numpy())
    np.testing.assert_array_equal(labels.numpy(), test.targets.numpy()[:5])
    figures = feature_maps.of_model(classifier, inputs, labels)
    maps = viz.activations(classifier.model, inputs[:1], ["conv1"])["conv1"].numpy()[0]
    np.testing.assert_array_equal([i.get_array() for i in figures["feature-maps.png"].axes[0].images], maps)


def test_digits_are_framed_for_models_of_other_drawings(checkpoint):
    classifier = feature_maps.Classifier.from_checkpoint(checkpoint)
    classifier.description.update(data="mnist", fill=20 / 28)
    inputs, labels = feature_maps.inputs_for(classifier, None)
    ink = inputs.numpy()[:, 0] > classifier.prepare(np.zeros((1, 28, 28), np.uint8)).numpy().max() + 0.1
    assert [max(np.ptp(np.nonzero(image), axis=1)) + 1 for image in ink] == [20] * 5
    assert labels.tolist() == Digits(train=False).targets.tolist()[:5]


def test_a_model_of_coloured_images_sees_the_whole_picture(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (8, 9, 3), dtype=np.uint8)
    write_image(pixels, tmp_path / "a.png")
    classifier = SimpleNamespace(channels=3, prepare=lambda images: images)
    inputs, labels = feature_maps.inputs_for(classifier, tmp_path / "a.png")
    np.testing.assert_array_equal(inputs, pixels[None])
    assert labels is None
    with pytest.raises(ValueError, match="--image is needed"):
        feature_maps.inputs_for(classifier, None)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--image", "missing.png"], "missing.png"),
        (["--stages", "2@3"], "filters@heightxwidth; got '2@3'"),
        (["--stages", "2@3x3,0@3x3"], "got '0@3x3'"),
        (["--checkpoint", "missing.npz"], "missing.npz"),
        (["--checkpoint", "x.npz", "--color"], "the model decides"),
        (["--image", "small.png"], "stage3.conv"),
    ],
)
def test_wrong_options_are_explained(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_image(np.zeros((20, 30), np.uint8), tmp_path / "small.png")
    with pytest.raises(SystemExit) as error:
        feature_maps.main(arguments)
    assert error.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
