"""The readers of files: a whole file or a few for each, how it is damaged, and the one error that may come of it."""

import gzip
import io
import pickle
import random
import shutil
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn, optim
from minigrad.saving.safetensors import load_file, save_file
from minigrad.vision import datasets
from minigrad.vision.archives import unpack
from minigrad.vision.datasets import CIFAR10, Digits, ImageFolder, digits
from minigrad.vision.idx import read_idx
from minigrad.vision.io import read_image
from minigrad.vision.pickles import read_pickled_dict
from tests.fuzz import mutations
from tests.saving import test_pth

_TEN = list("abcdefghij")


class Reader(NamedTuple):
    wholes: list[bytes]
    read: object  # a function of the path
    errors: tuple  # what is documented
    mutations: list  # functions of a content and a random.Random


def _saved(write):
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def npz():
    obj = {
        "model": {"fc.weight": mg.ones(3, 2), "fc.bias": mg.zeros(0), "p": mg.ones(2, requires_grad=True)},
        "list": [1, (2.5, None, float("nan")), {"a": "b", 3: np.float64(2)}, 2**20000],
        "arrays": [np.array(["x", "yz"]), np.ones((2, 3), order="F"), np.zeros(2, [("a", "i4"), ("b", "f8")])],
    }
    return Reader([_saved(lambda f: mg.save(obj, f))], mg.load, (RuntimeError,), [mutations.rezipped])


def modules():
    net = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.LazyLinear(2))
    net[1].note = {"a": [{1, 2}, F.relu, mg.float32, nn.ReLU, range(3), b"x"], "net": [net]}
    return Reader([_saved(lambda f: mg.save(net, f))], mg.load, (RuntimeError,), [mutations.rezipped])


def pth():
    storage = test_pth.Storage("torch:FloatStorage", "0", 6)
    obj = [test_pth.tensor(storage, (2, 3), (3, 1)), {"a": (1, 2.5, "b", None)}, np.arange(3)]
    content = np.arange(6, dtype=np.float32).tobytes()
    wholes = [test_pth.archive(obj, {"0": content}), test_pth.stream(obj, {"0": (content, 6)})]
    return Reader(wholes, mg.load, (RuntimeError,), [_if_zip(mutations.rezipped)])


def _if_zip(change):
    return lambda content, rng: (change if content[:2] == b"PK" else mutations.mutated)(content, rng)


def checkpoint():
    model = nn.Linear(3, 2)
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    parts = dict(model=model, optimizer=optimizer, scheduler=optim.lr_scheduler.StepLR(optimizer, 2))
    model(mg.ones(1, 3)).sum().backward()
    optimizer.step()

    def saved():
        return _saved(lambda f: mg.save_checkpoint(f, **parts, epoch=3))

    content = saved()

    def read(path):
        try:
            mg.load_checkpoint(path, **parts)
        except Exception:
            assert saved() == content, "half loaded"
            raise
        mg.load_checkpoint(io.BytesIO(content), **parts)

    return Reader([content], read, (RuntimeError, ValueError, TypeError), [mutations.rezipped])


def safetensors(folder):
    save_file({"a": mg.ones(3, 2), "b": mg.arange(4), "empty": mg.zeros(0, 2)}, folder / "whole", {"by": "test"})
    return Reader([(folder / "whole").read_bytes()], load_file, (RuntimeError,), [mutations.rezipped_safetensors])


def idx():
    content = struct.pack(">HBB3I", 0, 8, 3, 5, 4, 4) + bytes(80)
    return Reader([content, gzip.compress(content)], read_idx, (RuntimeError,), [_if_gzip(mutations.regzipped)])


def _if_gzip(change):
    return lambda content, rng: (change if content[:2] == b"\x1f\x8b" else mutations.mutated)(content, rng)


def pickles():
    array = np.arange(12, dtype=np.uint8).reshape(3, 4)
    value = {"data": array, "labels": [1, 2, 3], "nested": [(1, 2.5), {"a": b"b"}]}
    wholes = [pickle.dumps(value, protocol) for protocol in range(6)]
    return Reader(wholes, read_pickled_dict, (RuntimeError,), [])


def cifar(folder):
    images = np.random.default_rng(0).integers(0, 256, (3, 3072)).astype(np.uint8)
    batch, meta = (pickle.dumps(value, 2) for value in ({b"data": images, b"labels": [1, 2, 3]}, {"label_names": _TEN}))

    def read(path):
        content = path.read_bytes()
        (folder / "data_batch_1").write_bytes(content if len(content) > 5000 else batch)
        (folder / "batches.meta").write_bytes(content if len(content) <= 5000 else meta)
        CIFAR10(folder, batches=(1,))

    return Reader([batch, meta], read, (RuntimeError,), [])


def archives(folder):
    whole = mutations.tar({"set/a.txt": b"a" * 700, "set/inside/b.bin": bytes(3000), "set/" + "long" * 50: b"c"})

    def read(path):
        unpack(path, folder / "target")
        shutil.rmtree(folder / "target")

    return Reader([whole], read, (RuntimeError,), [mutations.regzipped, mutations.retarred])


def images():
    from PIL import Image

    rng = np.random.default_rng(0)
    colour = Image.fromarray(rng.integers(0, 256, (9, 11, 3)).astype(np.uint8))
    grey16 = Image.fromarray(rng.integers(0, 65536, (9, 11)).astype(np.uint16))
    exif = Image.Exif()
    exif[0x0112] = 6
    wholes = [_saved(lambda f, kind=kind: colour.save(f, kind, exif=exif)) for kind in ("PNG", "JPEG", "TIFF", "WEBP")]
    wholes += [_saved(lambda f, kind=kind: colour.save(f, kind)) for kind in ("BMP", "PPM", "TGA", "DDS", "PCX", "SGI")]
    wholes += [_saved(lambda f: colour.quantize(9).save(f, "GIF", save_all=True, append_images=[colour.quantize(5)]))]
    wholes += [_saved(lambda f: grey16.save(f, "PNG")), _saved(lambda f: colour.convert("F").save(f, "TIFF"))]
    wholes += [_saved(lambda f: colour.quantize(9).save(f, "PNG", transparency=0))]
    wholes += [_saved(lambda f, kind=kind: colour.save(f, kind)) for kind in ("AVIF", "JPEG2000") if kind in Image.SAVE]
    return Reader(wholes, read_image, (ValueError,), [mutations.rechunked])


def skipped_images(folder):
    (folder / "class").mkdir()
    whole = images()
    (folder / "class" / "whole.png").write_bytes(whole.wholes[0])

    def read(path):
        (folder / "class" / "bad.png").write_bytes(path.read_bytes())
        assert len(ImageFolder(folder, on_error="skip")) >= 1

    return Reader(whole.wholes, read, (), whole.mutations)


def bundled(folder):
    whole = (Path(datasets.__file__).parents[1] / "data" / "digits.npz").read_bytes()

    def read(path):
        (folder / "digits.npz").write_bytes(path.read_bytes())
        digits._BUNDLED = folder
        Digits()

    return Reader([whole], read, (RuntimeError,), [mutations.rezipped])


READERS = {
    "npz": npz, "modules": modules, "pth": pth, "checkpoint": checkpoint, "safetensors": safetensors,
    "idx": idx, "pickles": pickles, "cifar": cifar, "archives": archives,
    "images": images, "skipped-images": skipped_images, "digits": bundled,
}  # fmt: skip


def files(reader, count, seed):
    """`count` damaged files of a reader, the same for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        whole = rng.choice(reader.wholes)
        yield rng.choice([mutations.mutated, *reader.mutations])(whole, rng)
