"""transforms.functional: changes by given amounts, against Pillow where it has them, and against NumPy."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision import transforms
from minigrad.vision.transforms import functional

X = np.random.default_rng(0).integers(0, 256, (20, 24, 3), np.uint8)
PHOTO = (X // 3 + np.arange(24, dtype=np.uint8)[:, None] * 4).astype(np.uint8)  # of a narrower range


def tensor(x):
    return mg.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1)))


# ---- against NumPy ---------------------------------------------------------------------------------------------------

CHANGES = {
    "hflip": (lambda x: functional.hflip(x), lambda x: x[:, ::-1]),
    "vflip": (lambda x: functional.vflip(x), lambda x: x[::-1]),
    "crop": (lambda x: functional.crop(x, 2, 3, 5, 6), lambda x: x[2:7, 3:9]),
    "crop beyond": (lambda x: functional.crop(x, -1, 22, 3, 4), lambda x: np.pad(x[:2, 22:], ((1, 0), (0, 2), (0, 0)))),
    "crop outside": (lambda x: functional.crop(x, 30, 0, 3, 4), lambda x: np.zeros((3, 4, 3), np.uint8)),
    "center_crop": (lambda x: functional.center_crop(x, (4, 6)), lambda x: x[8:12, 9:15]),
    "pad": (lambda x: functional.pad(x, (1, 2)), lambda x: np.pad(x, ((2, 2), (1, 1), (0, 0)))),
    "rotate": (lambda x: functional.rotate(x, 180), lambda x: x[::-1, ::-1]),
    "affine": (
        lambda x: functional.affine(x, 0, (2, 1), 1.0, 0),
        lambda x: np.pad(x, ((1, 0), (2, 0), (0, 0)))[:-1, :-2],
    ),
    "affine turned": (lambda x: functional.affine(x, 180, (0, 0), 1.0, [0.0]), lambda x: x[::-1, ::-1]),
    "invert": (functional.invert, lambda x: 255 - x),
    "solarize": (lambda x: functional.solarize(x, 100), lambda x: np.where(x < 100, x, 255 - x)),
    "posterize": (lambda x: functional.posterize(x, 3), lambda x: x // 32 * 32),
    "posterize to nothing": (lambda x: functional.posterize(x, 0), np.zeros_like),
    "brightness": (lambda x: functional.adjust_brightness(x, 0.5), lambda x: np.rint(x * 0.5).astype(np.uint8)),
    "resize": (lambda x: functional.resize(x, (20, 24)), lambda x: x),
    "resized_crop": (lambda x: functional.resized_crop(x, 1, 2, 4, 4, (4, 4)), lambda x: x[1:5, 2:6]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_arrays_and_tensors(name):
    change, expected = CHANGES[name]
    state = mg.get_rng_state()
    np.testing.assert_array_equal(change(X), expected(X))
    np.testing.assert_array_equal(change(tensor(X)).numpy(), expected(X).transpose(2, 0, 1))
    assert (mg.get_rng_state() == state).all()  # nothing is drawn


@pytest.mark.parametrize("parts", [functional.five_crop, functional.ten_crop])
def test_corners_and_the_middle(parts):
    got = parts(X, (4, 6))
    expected = [X[:4, :6], X[:4, -6:], X[-4:, :6], X[-4:, -6:], X[8:12, 9:15]]
    mirrored = X[:, ::-1]
    if len(got) == 10:
        expected += [mirrored[:4, :6], mirrored[:4, -6:], mirrored[-4:, :6], mirrored[-4:, -6:], mirrored[8:12, 9:15]]
    for part, wanted in zip(got, expected, strict=True):
        np.testing.assert_array_equal(part, wanted)
    as_class = transforms.FiveCrop((4, 6)) if len(got) == 5 else transforms.TenCrop((4, 6))
    for part, wanted in zip(as_class(tensor(X)), expected, strict=True):
        np.testing.assert_array_equal(part.numpy(), wanted.transpose(2, 0, 1))


def test_erase_leaves_the_image_unless_in_place():
    image = mg.ones(2, 4, 5)
    erased = functional.erase(image, 1, 2, 2, 3, 0)
    assert image.sum() == 40 and erased.sum() == 28 and not erased[:, 1:3, 2:5].any()
    assert functional.erase(image, 1, 2, 2, 3, 0, inplace=True) is image and image.sum() == 28


def test_sizes():
    for image in (X, tensor(X)):
        assert functional.get_dimensions(image) == [3, 20, 24]
        assert functional.get_image_size(image) == [24, 20] and functional.get_image_num_channels(image) == 3
    assert functional.get_dimensions(X[..., 0]) == [1, 20, 24] == functional.get_dimensions(tensor(X)[0])


@pytest.mark.parametrize("old", ["uint8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("new", ["uint8", "int16", "int32", "float32", "float64"])
def test_another_dtype_has_its_range(old, new):
    def top(kind):
        return np.iinfo(kind).max if np.dtype(kind).kind in "iu" else 1.0

    image = mg.tensor([0, top(old)], dtype=getattr(mg, old))
    converted = functional.convert_image_dtype(image, getattr(mg, new)).numpy()
    assert converted.dtype == new and converted[0] == 0
    assert converted[1] >= 0.98 * top(new) and converted[1] <= top(new)


# ---- against Pillow --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, amounts", [("autocontrast", ()), ("equalize", ()), ("posterize", (2,)), ("invert", ())])
def test_changes_are_pillows(name, amounts):
    image_module, ops = pytest.importorskip("PIL.Image"), pytest.importorskip("PIL.ImageOps")
    image = image_module.fromarray(PHOTO)
    difference = np.asarray(getattr(ops, name)(image, *amounts)).astype(int) - getattr(functional, name)(
        image, *amounts
    )
    assert np.abs(difference).max() <= 1


def test_there_and_back():
    image_module = pytest.importorskip("PIL.Image")
    for x, mode in ((X, "RGB"), (X[..., 0], "L")):
        image = transforms.ToPILImage()(x)
        assert isinstance(image, image_module.Image) and image.mode == mode
        np.testing.assert_array_equal(np.asarray(image), x)
        np.testing.assert_array_equal(functional.to_pil_image(functional.to_tensor(image)), x)
        np.testing.assert_array_equal(functional.to_pil_image(transforms.PILToTensor()(image)), x)
    assert functional.to_pil_image(mg.zeros(4, 6)).size == (6, 4)
    assert functional.to_pil_image(tensor(X), "L").mode == "L"


# ---- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: functional.five_crop(X, 21), ValueError, "five_crop: expected parts of at most 20x24, got 21x21"),
        (lambda: functional.crop(X, 0, 0, 0, 4), ValueError, "crop: expected integers, of a positive size"),
        (lambda: functional.erase(X, 0, 0, 1, 1, 0), TypeError, "erase: expected a Tensor, got ndarray"),
        (lambda: functional.posterize(X, 9), ValueError, "posterize: expected from 0 to 8 bits, got 9"),
        (lambda: functional.adjust_gamma(X, -1), ValueError, "adjust_gamma: expected a gamma of 0 or more"),
        (lambda: functional.to_pil_image(mg.zeros(5, 2, 2)), ValueError, "to_pil_image: expected from 1 to 4 channels"),
        (lambda: functional.to_pil_image(mg.zeros(5)), ValueError, "to_pil_image: expected 2 or 3 dimensions"),
        (lambda: functional.to_pil_image(mg.zeros(2, 2, dtype=mg.int64)), TypeError, "expected uint8 or floats"),
        (lambda: functional.pil_to_tensor(mg.zeros(1, 2, 2)), TypeError, "pil_to_tensor: expected an image"),
        (lambda: functional.convert_image_dtype(mg.ones(2) > 0), TypeError, "convert_image_dtype: expected numbers"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
