"""The functions of transforms against Pillow, PyTorch and loops; and images of Pillow's in all transforms."""

import inspect

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision import transforms as T
from minigrad.vision.transforms import functional as F

X = np.random.default_rng(0).integers(0, 256, (13, 17, 3), dtype=np.uint8)
X[:, :, 1] = X[:, :, 1] // 4 + 90  # a channel that does not use all levels
CORNERS = [[0, 0], [16, 0], [16, 12], [0, 12]]
FUNCTIONS = {
    "hflip": lambda x: F.hflip(x),
    "vflip": lambda x: F.vflip(x),
    "pad": lambda x: F.pad(x, 2, 7, "reflect"),
    "center_crop": lambda x: F.center_crop(x, (5, 6)),
    "crop": lambda x: F.crop(x, -1, 3, 8, 20),
    "resize": lambda x: F.resize(x, 9, "bicubic", max_size=11),
    "resized_crop": lambda x: F.resized_crop(x, 1, 2, 7, 8, (4, 5)),
    "rotate": lambda x: F.rotate(x, 30, "bilinear", fill=3),
    "affine": lambda x: F.affine(x, 20, (2, -1), 1.2, [5, 10], "bilinear", 9),
    "perspective": lambda x: F.perspective(x, CORNERS, [[2, 1], [14, 0], [15, 11], [1, 12]]),
    "gaussian_blur": lambda x: F.gaussian_blur(x, (3, 5)),
    "adjust_brightness": lambda x: F.adjust_brightness(x, 1.4),
    "adjust_contrast": lambda x: F.adjust_contrast(x, 0.4),
    "adjust_saturation": lambda x: F.adjust_saturation(x, 1.7),
    "adjust_hue": lambda x: F.adjust_hue(x, 0.2),
    "adjust_gamma": lambda x: F.adjust_gamma(x, 0.7, 1.1),
    "adjust_sharpness": lambda x: F.adjust_sharpness(x, 2.5),
    "rgb_to_grayscale": lambda x: F.rgb_to_grayscale(x),
    "to_grayscale": lambda x: F.to_grayscale(x, 3),
    "invert": lambda x: F.invert(x),
    "posterize": lambda x: F.posterize(x, 3),
    "solarize": lambda x: F.solarize(x, 100),
    "autocontrast": lambda x: F.autocontrast(x),
    "equalize": lambda x: F.equalize(x),
    "elastic_transform": lambda x: F.elastic_transform(x, mg.full((1, 13, 17, 2), 0.1)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_kind_of_image_gives_the_same_and_nothing_is_drawn(name):
    image_module = pytest.importorskip("PIL.Image")
    before = mg.get_rng_state()
    expected = FUNCTIONS[name](X)
    of_tensor = FUNCTIONS[name](mg.from_numpy(X.transpose(2, 0, 1).copy()))
    of_pillow = FUNCTIONS[name](image_module.fromarray(X))
    assert isinstance(of_tensor, mg.Tensor) and isinstance(of_pillow, image_module.Image)
    np.testing.assert_array_equal(of_tensor.numpy().transpose(1, 2, 0), expected)
    np.testing.assert_array_equal(np.asarray(of_pillow).reshape(expected.shape), expected)
    batch = FUNCTIONS[name](np.stack([X, X[::-1]]))
    np.testing.assert_array_equal(batch[0], expected)
    np.testing.assert_array_equal(batch[1], FUNCTIONS[name](X[::-1]))
    assert np.array_equal(before.numpy(), mg.get_rng_state().numpy())


def test_each_function_has_a_row():
    others = {
        "to_tensor", "to_pil_image", "pil_to_tensor", "convert_image_dtype", "normalize", "erase", "five_crop",
        "ten_crop", "get_dimensions", "get_image_size", "get_image_num_channels",
    }  # fmt: skip
    offered = {name for name in F.__all__ if inspect.isfunction(getattr(F, name))}
    assert offered == others | set(FUNCTIONS)


@pytest.mark.parametrize(
    "name, theirs",
    [
        ("invert", lambda ops, x: ops.invert(x)),
        ("posterize", lambda ops, x: ops.posterize(x, 3)),
        ("solarize", lambda ops, x: ops.solarize(x, 100)),
        ("autocontrast", lambda ops, x: ops.autocontrast(x)),
        ("equalize", lambda ops, x: ops.equalize(x)),
    ],
)
def test_tones_are_those_of_pillow(name, theirs):
    ops = pytest.importorskip("PIL.ImageOps")
    image = pytest.importorskip("PIL.Image").fromarray(X)
    np.testing.assert_array_equal(FUNCTIONS[name](X), np.asarray(theirs(ops, image)))


@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0, 2.5])
def test_sharpness_is_that_of_pillow(factor):
    enhance = pytest.importorskip("PIL.ImageEnhance")
    image = pytest.importorskip("PIL.Image").fromarray(X)
    theirs = np.asarray(enhance.Sharpness(image).enhance(factor)).astype(int)
    assert np.abs(F.adjust_sharpness(X, factor) - theirs).max() <= max(1, factor)  # Pillow cuts off, and rounds within


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_perspective_is_that_of_pytorchs_grid_sample(mode):
    torch = pytest.importorskip("torch")
    end = [[2.3, 1.2], [14.2, 0.7], [15.1, 11.3], [1.7, 12.2]]
    equations, values = [], []
    for (x, y), (u, v) in zip(end, CORNERS, strict=True):  # from the result to the source
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    a, b, c, d, e, f, g, h = np.linalg.solve(equations, values)
    y, x = np.mgrid[:13, :17] + 0.5
    depth = g * x + h * y + 1
    grid = np.stack([(a * x + b * y + c) / depth / 8.5 - 1, (d * x + e * y + f) / depth / 6.5 - 1], 2)
    image = X.astype(np.float32).transpose(2, 0, 1) / 255
    theirs = torch.nn.functional.grid_sample(
        torch.from_numpy(image)[None], torch.from_numpy(grid.astype(np.float32))[None], mode=mode, align_corners=False
    )
    ours = F.perspective(mg.from_numpy(image), CORNERS, end, mode)
    np.testing.assert_allclose(ours.numpy(), theirs[0].numpy(), atol=2e-5)


def test_displacements_are_in_halves_of_the_image():
    right = mg.zeros(1, 4, 8, 2)
    right[..., 0] = 2 / 8  # one pixel
    x = np.arange(32, dtype=np.float32).reshape(4, 8) / 32
    np.testing.assert_allclose(F.elastic_transform(x, right, fill=2)[:, :-1], x[:, 1:], atol=1e-6)
    assert (F.elastic_transform(x, right, fill=2)[:, -1] == 2).all()


def test_crops_of_corners_and_middle():
    parts = T.TenCrop((2, 3))(X)
    mirrored = X[:, ::-1]
    expected = [p for x in (X, mirrored) for p in (x[:2, :3], x[:2, -3:], x[-2:, :3], x[-2:, -3:], x[6:8, 7:10])]
    assert len(parts) == 10 and all(map(np.array_equal, parts, expected))
    assert all(map(np.array_equal, T.FiveCrop((2, 3))(X), expected[:5]))
    with pytest.raises(ValueError, match="five_crop: expected images of at least 14x2, got 13x17"):
        T.FiveCrop((14, 2))(X)


def test_erase_and_normalize_in_place():
    x = mg.ones(3, 4, 4)
    assert F.erase(x, 1, 1, 2, 2, mg.zeros(3, 1, 1)).sum() == 36 and x.sum() == 48
    assert F.erase(x, 0, 0, 1, 4, 0, inplace=True) is x and x.sum() == 36
    assert F.normalize(x, [1.0] * 3, mg.tensor([1.0, 2.0, 4.0]), inplace=True) is x and x.min() == -1


# ---- kinds of images


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_images_of_pillow_go_to_tensors_and_back(mode):
    image_module = pytest.importorskip("PIL.Image")
    channels = len(mode)
    x = np.random.default_rng(1).integers(0, 256, (5, 4, channels), dtype=np.uint8)
    image = image_module.fromarray(x[..., 0] if channels == 1 else x)
    assert image.mode == mode
    tensor = T.ToTensor()(image)
    np.testing.assert_array_equal(tensor.numpy(), np.float32(x.transpose(2, 0, 1)) / np.float32(255))
    np.testing.assert_array_equal(T.PILToTensor()(image).numpy(), x.transpose(2, 0, 1))
    for back in (T.ToPILImage()(tensor), F.to_pil_image(x), F.to_pil_image(F.pil_to_tensor(image), mode)):
        assert back.mode == mode and np.array_equal(np.asarray(back), np.asarray(image))
    assert F.get_dimensions(image) == F.get_dimensions(tensor) == [channels, 5, 4]
    assert F.get_image_size(image) == [4, 5] and F.get_image_num_channels(tensor) == channels


def test_bits_and_palettes_are_unfolded():
    image_module = pytest.importorskip("PIL.Image")
    black = image_module.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    assert T.ToTensor()(black).tolist() == [[[0, 1]]]
    colours = image_module.fromarray(X).convert("P")
    np.testing.assert_array_equal(np.asarray(F.hflip(colours)), np.asarray(colours.convert("RGB"))[:, ::-1])


def test_a_pipeline_of_images_of_pillow():
    image = pytest.importorskip("PIL.Image").fromarray(X)
    pipeline = T.Compose([T.Resize(12), T.RandomResizedCrop(8), T.RandAugment(), T.ColorJitter(0.1), T.ToTensor()])
    assert pipeline(image).shape == (3, 8, 8)


POLICIES = [
    T.RandAugment(magnitude=30), T.TrivialAugmentWide(interpolation="bilinear"), T.AugMix(severity=9),
    *map(T.AutoAugment, T.AutoAugmentPolicy),
]  # fmt: skip


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_policies_change_images_and_repeat_themselves(policy):
    results = []
    for seed in range(40):
        mg.manual_seed(seed)
        results.append(policy(X))
        mg.manual_seed(seed)
        assert np.array_equal(policy(X), results[-1])
        assert results[-1].shape == X.shape and results[-1].dtype == np.uint8
    assert len({r.tobytes() for r in results}) > 10


@pytest.mark.parametrize("old", [mg.uint8, mg.int16, mg.int32, mg.float32, mg.float64])
@pytest.mark.parametrize("new", [mg.uint8, mg.int16, mg.int64, mg.float32, mg.float64])
def test_dtypes_reach_from_end_to_end(old, new):
    def top(dtype):
        return 1 if dtype.is_floating_point else mg.iinfo(dtype).max

    x = mg.tensor([0, top(old)], dtype=old)
    if (old == mg.float32 and new == mg.int64) or (old == mg.float64 and new == mg.int64):
        with pytest.raises(RuntimeError, match=f"ConvertImageDtype: {str(old)[9:]} has not enough digits"):
            T.ConvertImageDtype(new)(x)
        return
    y = F.convert_image_dtype(x, new)
    assert y.dtype == new and y[0] == 0
    whole = not old.is_floating_point and not new.is_floating_point and top(new) > top(old)
    assert y[1].item() == (top(old) * ((top(new) + 1) // (top(old) + 1)) if whole else top(new))


def test_whitening():
    torch = pytest.importorskip("torch")
    x, matrix, mean = mg.randn(2, 3, 2, 2), mg.randn(12, 12), mg.randn(12)
    ours = T.LinearTransformation(matrix, mean)(x)
    t = [torch.from_numpy(v.numpy()) for v in (x, matrix, mean)]
    np.testing.assert_allclose(ours.numpy(), ((t[0].reshape(2, 12) - t[2]) @ t[1]).reshape(2, 3, 2, 2), atol=1e-5)


ERRORS = [
    (lambda: F.convert_image_dtype(mg.ones(2) > 0), TypeError, "convert_image_dtype: expected numbers, got bool"),
    (lambda: F.rotate(X, "a"), TypeError, "rotate: expected a number as angle"),
    (lambda: F.rotate(X, 3, "bicubic"), ValueError, "rotate: expected interpolation 'nearest' or 'bilinear'"),
    (lambda: F.affine(X, 0, (1,), 1, 0), ValueError, "affine: expected translate of 2 numbers"),
    (lambda: F.affine(X, 0, (1, 1), 0, 0), ValueError, "affine: expected a positive scale"),
    (lambda: F.affine(X, 0, (1, 1), 1, "x"), TypeError, "affine: expected shear"),
    (lambda: F.perspective(X, CORNERS[:3], CORNERS), ValueError, "perspective: expected startpoints as four"),
    (lambda: F.crop(X, 0, 0, 0, 3), ValueError, "crop: expected integers and a positive height"),
    (lambda: F.resize(X, 0), ValueError, "resize: expected size"),
    (lambda: F.gaussian_blur(X, 4), ValueError, "gaussian_blur: expected odd sizes"),
    (lambda: F.gaussian_blur(X, 3, -1.0), ValueError, "gaussian_blur: expected odd sizes and positive sigmas"),
    (lambda: F.adjust_brightness(X, -1), ValueError, "adjust_brightness: expected brightness not below 0"),
    (lambda: F.adjust_hue(X, 0.6), ValueError, "adjust_hue: expected hue within -0.5 to 0.5"),
    (lambda: F.adjust_gamma(X, -1), ValueError, "adjust_gamma: expected gamma not below 0"),
    (lambda: F.adjust_sharpness(X, -1), ValueError, "adjust_sharpness: expected sharpness_factor not below 0"),
    (lambda: F.posterize(X, 9), ValueError, "posterize: expected bits from 0 to 8"),
    (lambda: F.posterize(X / 255, 3), TypeError, "posterize: expected uint8 images"),
    (lambda: F.equalize(X / 255), TypeError, "equalize: expected uint8 images"),
    (lambda: F.solarize(X, 256), TypeError, "solarize: expected a threshold up to"),
    (lambda: F.erase(X, 0, 0, 1, 1, 0), TypeError, "erase: expected a Tensor"),
    (lambda: F.normalize(X, 0.5, 0.5), TypeError, "normalize: expected a Tensor"),
    (lambda: F.normalize(mg.ones(1, 2, 2), 0.5, 0), ValueError, "normalize: expected std without 0"),
    (lambda: F.to_grayscale(X, 2), ValueError, "to_grayscale: expected num_output_channels"),
    (lambda: F.pil_to_tensor([1]), TypeError, "pil_to_tensor: expected an image of Pillow's or an array, got list"),
    (lambda: F.to_pil_image(5), TypeError, "to_pil_image: expected a Tensor or an array, got int"),
    (lambda: F.to_pil_image(np.zeros((2, 2, 5), np.uint8)), ValueError, "to_pil_image: expected 1 to 4 channels"),
    (lambda: F.to_pil_image(np.zeros(4)), ValueError, "to_pil_image: expected an image of 2 or 3 dimensions"),
    (lambda: F.to_pil_image(X, "L"), ValueError, "to_pil_image: expected a mode of RGB"),
    (lambda: F.get_dimensions(4), TypeError, "get_dimensions: expected an image, got int"),
    (lambda: F.elastic_transform(X, mg.zeros(1, 2, 2, 2)), ValueError, "elastic_transform: expected displacement of"),
    (lambda: F.convert_image_dtype(X, mg.uint8), TypeError, "convert_image_dtype: expected a Tensor"),
    (
        lambda: T.RandAugment(magnitude=31),
        ValueError,
        "RandAugment: expected magnitude below num_magnitude_bins, got 31 and 31",
    ),
    (lambda: T.RandAugment(num_ops=-1), ValueError, "RandAugment: expected num_ops as an integer not below 0"),
    (lambda: T.TrivialAugmentWide(0), ValueError, "TrivialAugmentWide: expected num_magnitude_bins above 0"),
    (lambda: T.RandomPerspective(1.5), ValueError, "RandomPerspective: expected distortion_scale from 0 to 1"),
    (lambda: T.ElasticTransform(sigma=-1.0), ValueError, "ElasticTransform: expected sigma not below 0"),
    (lambda: T.RandomPosterize(-1), ValueError, "RandomPosterize: expected bits from 0 to 8"),
    (lambda: T.RandomSolarize("x"), TypeError, "RandomSolarize: expected a number as threshold"),
    (lambda: T.RandomAdjustSharpness(-2), ValueError, "RandomAdjustSharpness: expected sharpness_factor"),
    (lambda: T.LinearTransformation(mg.ones(2, 3), mg.ones(2)), ValueError, "LinearTransformation: expected a square"),
    (lambda: T.LinearTransformation(mg.eye(2), mg.ones(2))(mg.ones(1, 1, 3)), ValueError, "LinearTransformation: exp"),
]


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_errors_name_what_the_user_called(number):
    call, error, message = ERRORS[number]
    if "to_pil_image" in message:
        pytest.importorskip("PIL.Image")
    with pytest.raises(error, match=f"^{message}"):
        call()
