"""A folder of image files: what is found, what is read, what is left out."""

import struct
from pathlib import Path

import numpy as np
import pytest

import minigrad as mg
from minigrad.utils.data import DataLoader, default_collate
from minigrad.vision.datasets import ImageFolder, folder
from minigrad.vision.io import read_image, write_image
from minigrad.vision.transforms import ToTensor

Image = pytest.importorskip("PIL.Image")


def picture(number, height=6, width=5):
    return np.random.default_rng(number).integers(0, 256, (height, width, 3)).astype(np.uint8)


def put(root, *names):
    """Write images into the files of these names, and return them by name."""
    images = {name: picture(number) for number, name in enumerate(names)}
    for name, image in images.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        write_image(image, root / name)
    return images


@pytest.fixture
def pets(tmp_path):
    return put(tmp_path, "dog/b.png", "dog/a.png", "cat/z.png", "cat/inside/y.bmp", "cat/x.PNG")


ORDER = ["cat/inside/y.bmp", "cat/x.PNG", "cat/z.png", "dog/a.png", "dog/b.png"]


def paths(dataset):
    return [path.removeprefix(f"{dataset.root}/").replace("\\", "/") for path, _ in dataset.samples]


def test_classes_are_the_folders(pets, tmp_path):
    dataset = ImageFolder(str(tmp_path))
    assert dataset.classes == ["cat", "dog"] and dataset.class_to_idx == {"cat": 0, "dog": 1}
    assert paths(dataset) == ORDER and len(dataset) == 5
    assert dataset.targets == [0, 0, 0, 1, 1] == [target for _, target in dataset.imgs]
    assert repr(dataset) == f"ImageFolder({tmp_path}, 5 images of 2 classes)"


def test_samples_are_what_a_network_wants(pets, tmp_path):
    dataset = ImageFolder(tmp_path)
    for (x, target), name in zip(dataset, ORDER, strict=True):
        assert x.dtype == np.float32 and target == int(name.startswith("dog"))
        assert np.array_equal(x.numpy(), pets[name].transpose(2, 0, 1) / np.float32(255))
    x, y = next(iter(DataLoader(dataset, 5)))
    again, _ = default_collate(list(dataset))
    assert np.array_equal(x.numpy(), again.numpy()) and y.tolist() == [0, 0, 0, 1, 1] and y.dtype == np.int64


def test_hidden_files_and_files_of_other_kinds_are_passed_over(pets, tmp_path):
    for name in ("cat/notes.txt", "cat/.hidden.png", "dog/.thumbnails/a.png", ".cache/a.png", "stray.png", "cat/a.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"nothing to look at")
    assert paths(ImageFolder(tmp_path)) == ORDER


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_every_image_becomes_rgb(mode, tmp_path):
    (tmp_path / "a").mkdir()
    ending = "tif" if mode in ("CMYK", "F") else "png"
    Image.new(mode, (5, 6), 1 if mode == "1" else None).save(tmp_path / "a" / f"x.{ending}")
    image, _ = ImageFolder(tmp_path, transform=lambda image: image)[0]
    assert image.shape == (6, 5, 3) and image.dtype == np.uint8


def test_grey_images_get_three_equal_channels(tmp_path):
    grey = picture(0)[..., 0]
    (tmp_path / "a").mkdir()
    write_image(grey, tmp_path / "a" / "x.png")
    x, _ = ImageFolder(tmp_path)[0]
    assert np.array_equal(x.numpy(), np.stack([grey / np.float32(255)] * 3))


def test_transforms(pets, tmp_path):
    dataset = ImageFolder(tmp_path, lambda image: image.shape, lambda target: "cat dog".split()[target])
    assert dataset[0] == ((6, 5, 3), "cat") and dataset.__getitems__([0, 4])[1] == ((6, 5, 3), "dog")


def test_loader_and_is_valid_file(pets, tmp_path):
    asked = []
    dataset = ImageFolder(
        tmp_path,
        loader=lambda path: asked.append(path) or read_image(path, "gray"),
        is_valid_file=lambda path: path.endswith((".png", ".bmp")),
    )
    assert paths(dataset) == [name for name in ORDER if name != "cat/x.PNG"]
    assert tuple(dataset[3][0].shape) == (1, 6, 5) and asked == [dataset.samples[3][0]]


# ---- batches


class Counted:
    """Leaves images as they are; knows how it was called."""

    def __init__(self, batched):
        self.batched, self.shapes = batched, []

    def __call__(self, images):
        self.shapes.append(images.shape)
        return mg.from_numpy(np.moveaxis(images, -1, -3).astype(np.float32))


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("workers", [0, 2])
def test_images_of_one_size_are_transformed_together(batched, workers, pets, tmp_path):
    transform = Counted(batched)
    x, y = next(iter(DataLoader(ImageFolder(tmp_path, transform), 5, num_workers=workers)))
    assert transform.shapes == ([(5, 6, 5, 3)] if batched else [(6, 5, 3)] * 5)
    assert np.array_equal(x.numpy(), np.stack([pets[name] for name in ORDER]).transpose(0, 3, 1, 2))
    assert y.tolist() == [0, 0, 0, 1, 1]


def test_images_of_different_sizes_are_transformed_one_by_one(pets, tmp_path):
    write_image(picture(9, 7, 9), tmp_path / "cat" / "x.PNG")

    class Crop(Counted):
        def __call__(self, images):
            return super().__call__(images[..., :4, :4, :])

    transform = Crop(batched=True)
    x, _ = next(iter(DataLoader(ImageFolder(tmp_path, transform), 5)))
    assert tuple(x.shape) == (5, 3, 4, 4) and len(transform.shapes) == 5


def test_without_a_transform_different_sizes_say_what_to_do(pets, tmp_path):
    write_image(picture(9, 7, 9), tmp_path / "cat" / "x.PNG")
    words = r"\(3, 7, 9\) for sample 1, at \[0\]; .*transforms.Resize\(\(height, width\)\)"
    with pytest.raises(RuntimeError, match=words):
        next(iter(DataLoader(ImageFolder(tmp_path), 5)))


def test_the_cache_reads_each_image_once(pets, tmp_path):
    asked = []
    dataset = ImageFolder(tmp_path, loader=lambda path: asked.append(path) or read_image(path), cache=True)
    first, second = [x.numpy() for _ in range(2) for x, _ in DataLoader(dataset, 5, num_workers=2)]
    assert sorted(asked) == sorted(path for path, _ in dataset.samples) and np.array_equal(first, second)
    asked.clear()
    dataset = ImageFolder(tmp_path, loader=lambda path: asked.append(path) or read_image(path))
    assert [dataset[0], dataset[0]] and len(asked) == 2


# ---- what is broken


@pytest.fixture
def broken(pets, tmp_path):
    """Two of the images are none."""
    whole = (tmp_path / "cat/z.png").read_bytes()
    (tmp_path / "cat/z.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "dog/a.png").write_bytes(b"no image")
    return [name for name in ORDER if name not in ("cat/z.png", "dog/a.png")]


def test_a_broken_image_is_named(broken, tmp_path):
    dataset = ImageFolder(tmp_path)
    assert len(dataset) == 5 and tuple(dataset[0][0].shape) == (3, 6, 5)
    with pytest.raises(ValueError, match="z.png is another kind of file or is damaged"):
        dataset[2]
    with pytest.raises(ValueError, match="z.png is another kind of file or is damaged"):
        list(DataLoader(dataset, 5, num_workers=1))


@pytest.mark.parametrize("cache", [False, True])
def test_broken_images_are_skipped_and_counted(broken, cache, tmp_path, monkeypatch):
    dataset = ImageFolder(tmp_path, on_error="skip", cache=cache)
    assert paths(dataset) == broken and dataset.targets == [0, 0, 1] and dataset.imgs == dataset.samples
    assert [path for path, _ in dataset.skipped] == [str(tmp_path / "cat/z.png"), str(tmp_path / "dog/a.png")]
    assert all("another kind of file or is damaged" in reason for _, reason in dataset.skipped)
    assert repr(dataset) == f"ImageFolder({tmp_path}, 3 images of 2 classes, 2 skipped)"
    if cache:  # read once, to see whether they can be read
        monkeypatch.setattr(folder, "read_image", None)
    assert [len(y) for _, y in DataLoader(dataset, 2)] == [2, 1]


def test_nothing_is_read_before_it_is_asked_for(broken, tmp_path):
    assert ImageFolder(tmp_path, loader=lambda path: pytest.fail("read")).skipped == []


@pytest.mark.parametrize("error", [RuntimeError, IndexError, struct.error, MemoryError, OSError, SyntaxError])
def test_whatever_a_loader_raises_is_skipped(error, pets, tmp_path):
    def loader(path):
        if path.endswith("bad.png"):
            raise error("so")
        return np.zeros((2, 2, 3), np.uint8)

    (tmp_path / "cat" / "bad.png").touch()
    dataset = ImageFolder(tmp_path, loader=loader, on_error="skip")
    assert [(Path(path).name, reason) for path, reason in dataset.skipped] == [("bad.png", "so")]


def test_a_class_of_broken_images_only(pets, tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / "dog" / name).write_bytes(b"no image")
    with pytest.raises(FileNotFoundError, match=r"none found in dog \(2 files cannot be read\)"):
        ImageFolder(tmp_path, on_error="skip")


def test_other_errors(pets, tmp_path):
    with pytest.raises(ValueError, match='expected on_error "raise" or "skip", got None'):
        ImageFolder(tmp_path, on_error=None)
    with pytest.raises(FileNotFoundError, match="expected a folder, but there is none at .*missing"):
        ImageFolder(tmp_path / "missing")
    with pytest.raises(FileNotFoundError, match="expected a folder for each class in .*dog, such as .*dog.cat"):
        ImageFolder(tmp_path / "dog")  # images, but no folders
    for name in ("bird", "ant"):
        (tmp_path / name).mkdir()
    with pytest.raises(FileNotFoundError, match="none found in ant, bird; every folder is a class: remove"):
        ImageFolder(tmp_path)


@pytest.mark.parametrize(
    "transform", [None, ToTensor(), lambda image: np.asarray(image)[:2, :2]], ids=["no", "batched", "one"]
)
def test_a_loader_may_give_pils_images(pets, tmp_path, transform):
    def load(path):
        return Image.open(path).convert("RGB").resize((3, 4))

    dataset = ImageFolder(tmp_path, transform=transform, loader=load)
    x, _ = next(iter(DataLoader(dataset, 2)))
    np.testing.assert_array_equal(x.numpy(), np.stack([np.asarray(dataset[i][0]) for i in range(2)]))
