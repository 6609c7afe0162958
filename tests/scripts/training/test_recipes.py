"""Recipes, augmentations, penalties: what a run's settings mean."""

import inspect

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.models import MODELS
from minigrad.scripts import train
from minigrad.scripts.classification import Classifier
from minigrad.scripts.training import recipes
from minigrad.scripts.training.augmentation import AUGMENTATIONS
from minigrad.scripts.training.recipes import COMMON, RECIPES, settings_for
from minigrad.scripts.training.run import OPTIMIZERS, SCHEDULES, Training
from minigrad.scripts.training.tasks import TASKS


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_are_complete_and_explained(name):
    settings = settings_for({"recipe": name})
    choices = {"data": TASKS, "model": MODELS, "optimizer": OPTIMIZERS, "schedule": SCHEDULES, "augment": AUGMENTATIONS}
    assert all(settings[option] in allowed for option, allowed in choices.items())
    assert settings.keys() == {*COMMON, "recipe", "data", "model", "epochs"}
    assert f"\n{name} " in recipes.__doc__


def test_every_option_is_a_setting():
    names = set(vars(train.options().parse_args([]))) - {"resume", "out", "init"}
    assert names == settings_for({}).keys()


def test_every_data_set_has_a_recipe_and_options_go_before_it():
    assert {data: recipes.recipe_for(data) for data in TASKS}.keys() == TASKS.keys()
    assert settings_for({})["recipe"] == "digits"
    settings = settings_for({"data": "mnist", "lr": 0.5})
    assert (settings["recipe"], settings["model"], settings["lr"]) == ("mnist", "lenet", 0.5)
    assert settings_for({"recipe": "simple", "data": "fashion"})["data"] == "fashion"


def test_runs_are_called_after_model_and_data(tmp_path):
    assert recipes.run_name(settings_for({})) == "lenet5-digits"
    assert recipes.run_name(settings_for({"data": "folder", "root": str(tmp_path / "pets/")})) == "petnet-pets"


@pytest.mark.parametrize("name", AUGMENTATIONS)
@pytest.mark.parametrize("channels", [1, 3])
def test_augmentations_keep_shape_and_range(name, channels):
    x = mg.rand(6, channels, 16, 16)
    before = x.numpy().copy()
    y = AUGMENTATIONS[name](16)(x)
    assert y.shape == x.shape and y.dtype == mg.float32
    assert 0 <= y.min().item() and y.max().item() <= 1
    np.testing.assert_array_equal(x.numpy(), before)
    assert np.array_equal(y.numpy(), before) == (name == "none")


def test_crops_and_flips_are_parts_of_the_mirrored_image():
    image = np.random.default_rng(0).random((3, 16, 16), np.float32)
    found = AUGMENTATIONS["crop-flip"](16)(mg.from_numpy(np.stack([image] * 50))).numpy()
    border = np.pad(image, ((0, 0), (2, 2), (2, 2)), "reflect")
    crops = [border[:, i : i + 16, j : j + 16] for i in range(5) for j in range(5)]
    possible = {part.tobytes() for crop in crops for part in (crop, np.ascontiguousarray(crop[:, :, ::-1]))}
    assert len({part.tobytes() for part in found}) > 20
    assert {part.tobytes() for part in found} <= possible


@pytest.mark.parametrize("l1, decay", [(0.0, 0.0), (0.01, 0.0), (0.0, 0.02), (0.01, 0.02)])
def test_penalties_add_their_gradients(tmp_path, l1, decay):
    """One step of plain gradient descent, w - lr * (g + l1 * sign(w) + decay * w)."""
    options = {"optimizer": "sgd", "momentum": 0.0, "schedule": "constant", "lr": 0.1, "augment": "none", "epochs": 1}
    training = Training(settings_for({**options, "l1": l1, "weight_decay": decay}), tmp_path)
    images, labels = (t[:16] for t in training.train_set.tensors)
    loss = training.classifier.loss(training.model(training.classifier.prepare(images.numpy())), labels)
    parameters = list(training.model.parameters())
    gradients = [g.numpy() for g in mg.autograd.grad(loss, parameters)]
    before = [p.detach().numpy().copy() for p in parameters]
    training.step(images, labels)
    assert training.totals["loss"] == pytest.approx(16 * loss.item())  # without the penalty
    for p, w, g in zip(parameters, before, gradients, strict=True):
        expected = w - 0.1 * (g + l1 * np.sign(w) + decay * w)
        np.testing.assert_allclose(p.detach().numpy(), expected, rtol=1e-4, atol=1e-7)


def classifier(classes=2):
    names = [str(c) for c in range(classes)]
    description = {"model": "petnet", "options": {"image_size": 12}, "classes": names, "image_size": 12,
                   "mean": [0.2, 0.5, 0.6], "std": [0.1, 0.2, 0.5]}  # fmt: skip
    return Classifier(description)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_one_output_for_two_classes_is_binary_cross_entropy(smoothing):
    z, labels = np.array([-2.0, 0.5, 3.0]), np.array([0, 1, 1])
    p = 1 / (1 + np.exp(-z))
    target = labels * (1 - smoothing) + smoothing / 2
    expected = -(target * np.log(p) + (1 - target) * np.log(1 - p)).mean()
    loss = classifier().loss(mg.tensor(z)[:, None], mg.tensor(labels), smoothing)
    assert loss.item() == pytest.approx(expected)


def test_one_output_for_two_classes_gives_both_probabilities():
    c = classifier()
    inputs = mg.randn(5, 3, 12, 12)
    probabilities = mg.softmax(c.logits(inputs, batch_size=2), 1).numpy()
    second = c.model(inputs).sigmoid().detach().numpy()[:, 0]
    np.testing.assert_allclose(probabilities, np.stack([1 - second, second], 1), rtol=1e-5)


def test_colour_is_standardized_by_channel():
    image = np.zeros((1, 12, 12, 3), np.uint8)
    image[..., 1] = 255
    x = classifier().prepare(image).numpy()
    assert x.shape == (1, 3, 12, 12)
    np.testing.assert_allclose(x[0, :, 5, 5], [-0.2 / 0.1, 0.5 / 0.2, -0.6 / 0.5], rtol=1e-6)


def test_a_task_is_described_by_its_own_mean_and_deviation(tmp_path):
    training = Training(settings_for({"epochs": 1}), tmp_path)
    x = training.classifier.prepare(training.task.train.images).numpy()
    assert x.mean() == pytest.approx(0, abs=1e-5) and x.std() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--model", "simple", "--pool", "min"], "simple has no choice of pool; lenet5, lenet have"),
        (["--image-size", "40"], "lenet5 does not take images of 40x40 pixels"),
        (["--image-size", "8", "--model", "petnet"], "at least 10x10 pixels"),
        (["--data", "folder"], "--data folder needs --root"),
        (["--l1", "-1"], "expected at least 0"),
        (["--recipe", "cake"], "invalid choice"),
    ],
)
def test_options_that_do_not_fit_are_explained(arguments, message, capsys, tmp_path):
    with pytest.raises(SystemExit):
        train.main([*arguments, "--out", str(tmp_path / "run")])
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_every_model_takes_classes_and_channels():
    for name, kind in MODELS.items():
        assert {"num_classes", "in_channels"} <= inspect.signature(kind).parameters.keys(), name
