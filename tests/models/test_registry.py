"""From a checkpoint to its model, in one call; and what is no such checkpoint."""

import pytest

import minigrad as mg
from minigrad.models import MODELS, load

DESCRIPTION = {
    "image_size": 32,
    "data": "any",
    "classes": ["a", "b", "c"],
    "fill": None,
    "mean": [0.1],
    "std": [0.2],
}


def checkpoint(name):
    model = MODELS[name](3, in_channels=1)
    return model, {
        "model": model.state_dict(),
        "description": {**DESCRIPTION, "model": name, "options": {"in_channels": 1}},
    }


@pytest.mark.parametrize("name", MODELS)
def test_a_checkpoint_becomes_its_model(name, tmp_path):
    model, content = checkpoint(name)
    mg.save(content, tmp_path / "best.npz")
    for path in (tmp_path, tmp_path / "best.npz", str(tmp_path)):
        loaded = load(path)
        assert type(loaded) is type(model) and not loaded.training
        assert loaded.description["classes"] == ["a", "b", "c"] and loaded.description["mean"] == [0.1]
        inputs = mg.rand(2, 1, model.image_size, model.image_size)
        assert mg.equal(loaded(inputs), model.eval()(inputs))


@pytest.mark.parametrize(
    "spoil, error, message",
    [
        (
            lambda c: c.clear(),
            ValueError,
            "not a checkpoint of minigrad train .scripts/train.py. .missing 'description'",
        ),
        (lambda c: c["description"].pop("mean"), ValueError, "missing 'mean'"),
        (lambda c: c["description"].update(model="vgg"), ValueError, "missing 'vgg'"),
        (lambda c: c["description"].update(classes=["a"]), ValueError, "size mismatch|shape"),
        (lambda c: c["model"]["fc1.bias"].fill_(float("inf")), ValueError, "fc1.bias is nan or infinite"),
    ],
)
def test_other_files_are_refused(spoil, error, message, tmp_path):
    _, content = checkpoint("lenet")
    spoil(content)
    mg.save(content, tmp_path / "best.npz")
    with pytest.raises(error, match=message):
        load(tmp_path)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="best.npz"):
        load(tmp_path)
