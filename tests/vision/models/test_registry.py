"""Nets by their names, and the names of published weights."""

import pickle

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision import models


def test_every_net_has_a_function_and_names_of_weights():
    functions = {name for name in models.__all__ if name == name.lower() and callable(getattr(models, name))}
    functions -= {"get_model", "get_model_builder", "get_model_weights", "get_weight", "list_models"}
    functions -= {"alexnet", "vgg", "resnet"} - set(models.list_models())  # modules
    assert set(models.list_models()) == functions
    kinds = {name for name in models.__all__ if name.endswith("_Weights")}
    assert kinds == {models.get_model_weights(name).__name__ for name in models.list_models()}
    assert all(models.get_model_weights(getattr(models, n)).__name__.lower() == f"{n}_weights" for n in functions)


def test_models_are_listed_by_patterns_and_modules():
    assert models.list_models(include="vgg1[13]*") == ["vgg11", "vgg11_bn", "vgg13", "vgg13_bn"]
    assert models.list_models(include=["vgg16*", "alex*"], exclude="*_bn") == ["alexnet", "vgg16"]
    assert "resnet18" in models.list_models(models.resnet) and "vgg11" not in models.list_models(models.resnet)


def test_a_model_by_its_name():
    net = models.get_model("resnet18", num_classes=3)
    assert isinstance(net, models.ResNet) and net.fc.out_features == 3


@pytest.mark.parametrize("name", ["ResNet50_Weights.IMAGENET1K_V2", "VGG16_Weights.IMAGENET1K_FEATURES"])
def test_weights_have_a_name_and_a_preparation(name):
    weights = models.get_weight(name)
    assert str(weights) == name and pickle.loads(pickle.dumps(weights)) is weights and weights in type(weights)
    image = np.random.default_rng(0).integers(0, 256, (400, 300, 3), dtype=np.uint8)
    prepare = weights.transforms()
    tensor = mg.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
    np.testing.assert_allclose(prepare(image), prepare(tensor), atol=1e-5)
    grey = prepare(np.full((300, 300, 3), 51, np.uint8))
    preset = weights.value[1]
    np.testing.assert_allclose(grey[:, 0, 0], (0.2 - np.array(preset.mean)) / preset.std, rtol=1e-5)


def test_the_newest_weights_are_the_default():
    assert models.ResNet50_Weights.DEFAULT is models.ResNet50_Weights.IMAGENET1K_V2
    assert models.ResNet18_Weights.DEFAULT is models.ResNet18_Weights.IMAGENET1K_V1


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (lambda: models.resnet18(weights=models.ResNet18_Weights.DEFAULT), ValueError, "nothing is downloaded here"),
        (lambda: models.get_model("vgg11", weights="DEFAULT"), ValueError, "vgg11: expected weights=None"),
        (lambda: models.VGG11_Weights.DEFAULT.get_state_dict(True), RuntimeError, "VGG11_Weights.IMAGENET1K_V1: noth"),
        (lambda: models.get_model("resnet19"), ValueError, "get_model: expected one of alexnet, .*, got 'resnet19'"),
        (lambda: models.get_weight("ResNet18_Weights.V9"), ValueError, "get_weight: expected a name such as"),
        (lambda: models.get_weight("ResNet18"), ValueError, "get_weight: expected a name such as"),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
