"""Data sets and their splits."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

from minigrad.scripts.training.recipes import COMMON
from minigrad.scripts.training.tasks import Split, load_task, stratified
from minigrad.vision.datasets import CIFAR10
from minigrad.vision.io import write_image
from tests.scripts.pictures import COLOURS, cifar_records, folder_of_colours


def load(data, root=None, size=12, **settings):
    return load_task({**COMMON, "data": data, "root": root, **settings}, size)


def sizes(task):
    return [len(part) for part in (task.train, task.validation, task.test)]


def test_every_tenth_of_each_class_is_set_aside():
    labels = np.array([0] * 25 + [1] * 12)
    order = np.random.default_rng(0).permutation(37)
    images = np.arange(37)[order]
    kept, aside = stratified(Split(images, labels[order]), 10)
    expected = [[i for i in images if (i >= 25) == label] for label in (0, 1)]
    assert sorted(aside.images) == sorted([expected[0][9], expected[0][19], expected[1][9]])
    assert sorted([*kept.images, *aside.images]) == list(range(37))


def test_digits():
    task = load("digits")
    assert sizes(task) == [1302, 140, 355] and task.fill == 1.0


def test_cifar_in_whole_and_its_first_file(tmp_path):
    root = cifar_records(tmp_path / "cifar-10-batches-bin", 100).parent
    whole, first = load("cifar10", root), load("cifar10-batch1", root)
    assert sizes(whole) == [450, 50, 100] and sizes(first) == [90, 10, 100]
    assert whole.classes == CIFAR10.classes and whole.train.images.shape[1:] == (32, 32, 3)


def test_a_folder_with_train_and_test(tmp_path):
    folder_of_colours(tmp_path / "pets" / "train", 20)
    folder_of_colours(tmp_path / "pets" / "test", 5)
    task = load("folder", tmp_path / "pets")
    assert task.name == "pets" and task.classes == ["blue", "red"] and sizes(task) == [36, 4, 10]
    assert task.train.images.shape == (36, 12, 12, 3) and task.train.images.dtype == np.uint8
    for label, name in enumerate(task.classes):
        colour = task.train.images[task.train.labels == label].mean((0, 1, 2))
        np.testing.assert_allclose(colour, COLOURS[name], atol=8)


def test_one_folder_for_all(tmp_path):
    task = load("folder", folder_of_colours(tmp_path / "all", 25, ("blue", "red", "yellow")))
    assert task.classes == ["blue", "red", "yellow"] and sizes(task) == [3 * 18, 3 * 2, 3 * 5]


def test_grey_pictures_become_coloured(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for i in range(20):
            write_image(np.full((9, 9), 100, np.uint8), tmp_path / name / f"{i}.png")
    assert (load("folder", tmp_path).train.images == 100).all()


def test_broken_files_are_an_error_or_left_out(tmp_path):
    root = folder_of_colours(tmp_path / "all", 25)
    (root / "red" / "broken.jpg").write_bytes(b"not an image")
    with pytest.raises(ValueError, match="broken.jpg"):
        load("folder", root)
    task = load("folder", root, skip_broken=True)
    assert sizes(task) == [36, 4, 10] and task.skipped == [str(root / "red" / "broken.jpg")]


def test_what_a_folder_must_have(tmp_path):
    with pytest.raises(ValueError, match="--data folder needs --root"):
        load("folder")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load("folder", tmp_path / "nowhere")
    with pytest.raises(ValueError, match="expected .*two or more classes.*got blue"):
        load("folder", folder_of_colours(tmp_path / "one", 20, ("blue",)))
    with pytest.raises(ValueError, match="too few images to set some aside to validate"):
        load("folder", folder_of_colours(tmp_path / "few", 9))
    folder_of_colours(tmp_path / "other" / "train", 20)
    folder_of_colours(tmp_path / "other" / "test", 3, ("blue", "yellow"))
    with pytest.raises(ValueError, match="got blue, red and blue, yellow"):
        load("folder", tmp_path / "other")
