"""Image files."""

import struct

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision.io import read_image, write_image

Image = pytest.importorskip("PIL.Image")

GREY = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], axis=-1)


@pytest.mark.parametrize("array", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("ending", [".png", ".bmp", ".PNG"])
def test_what_is_written_is_read(array, ending, tmp_path):
    path = tmp_path / f"a{ending}"
    write_image(mg.from_numpy(array), path)
    assert np.array_equal(read_image(path), array) and read_image(str(path)).dtype == np.uint8
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert read_image(path, "rgb").shape == (6, 8, 3) and read_image(path, "gray").shape == (6, 8)


def test_colour_becomes_grey_by_luminance(tmp_path):
    write_image(COLOUR, tmp_path / "a.png")
    expected = COLOUR @ np.array([0.299, 0.587, 0.114])  # ITU-R 601
    assert np.abs(read_image(tmp_path / "a.png", "gray") - expected).max() <= 1


def test_other_kinds_of_pixels(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(GREY > 100).save(path)
    assert np.array_equal(read_image(path), np.where(GREY > 100, 255, 0))
    Image.fromarray(GREY.astype(np.uint16) * 257).save(path)
    assert np.array_equal(read_image(path), GREY)
    Image.fromarray(COLOUR).convert("P").save(path)
    assert read_image(path).shape == (6, 8, 3)


@pytest.mark.parametrize("mode, shape", [("RGBA", (6, 8, 3)), ("LA", (6, 8))])
def test_transparent_parts_lie_on_white(mode, shape, tmp_path):
    image = Image.new(mode, (8, 6))  # black, fully transparent
    image.save(tmp_path / "a.png")
    read = read_image(tmp_path / "a.png")
    assert read.shape == shape and (read == 255).all()


def test_photos_are_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # held sideways
    Image.fromarray(COLOUR).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(read_image(tmp_path / "a.png"), np.rot90(COLOUR, -1))


SCALES = {
    "int32 as bytes": (GREY.astype(np.int32), GREY),
    "int32 as 16 bits": (GREY.astype(np.int32) * 257 + 20, GREY),
    "int32 of any size": (np.array([[0, 10**9, 2 * 10**9]], np.int32), [[0, 128, 255]]),
    "int32 below 0": (np.array([[-5, 0, 200]], np.int32), [[0, 0, 200]]),
    "float up to 1": (np.array([[0, 0.2, 1]], np.float32), [[0, 51, 255]]),
    "float as bytes": (GREY.astype(np.float32), GREY),
    "float as 16 bits": (np.array([[0, 257 * 7, 65535]], np.float32), [[0, 7, 255]]),
    "float of any size": (np.array([[-1e30, 0, 5e29, 1e30]], np.float32), [[0, 0, 128, 255]]),
    "float without numbers": (np.array([[np.nan, -np.inf, 0.5, 1]], np.float32), [[0, 0, 128, 255]]),
    "float beyond all numbers": (np.array([[np.inf, 100, 255]], np.float32), [[255, 100, 255]]),
    "nothing but 0": (np.zeros((2, 2), np.float32), np.zeros((2, 2))),
    "no number at all": (np.full((2, 2), np.nan, np.float32), np.zeros((2, 2))),
}


@pytest.mark.parametrize("numbers, expected", SCALES.values(), ids=SCALES)
def test_numbers_without_a_white_of_their_own(numbers, expected, tmp_path):
    Image.fromarray(numbers).save(tmp_path / "a.tiff")
    read = read_image(tmp_path / "a.tiff")
    assert read.dtype == np.uint8 and np.abs(read.astype(int) - expected).max() <= (numbers.max() > 255)
    assert np.array_equal(read_image(tmp_path / "a.tiff", "rgb"), np.stack([read] * 3, -1))


@pytest.mark.parametrize("ending", ["png", "pgm", "tiff"])
def test_16_bits_have_a_white_however_dark_they_are(ending, tmp_path):
    dark = np.array([[0, 100, 255]], np.uint16)  # not to be taken for 8 bits
    for add, expected in ((0, [[0, 0, 0]]), (257 * 9, [[9, 9, 9]])):
        Image.fromarray(dark + np.uint16(add)).save(tmp_path / f"a.{ending}")
        assert read_image(tmp_path / f"a.{ending}").tolist() == expected


def test_more_kinds_of_pixels(tmp_path):
    colour = Image.fromarray(COLOUR)
    first, second = colour.quantize(40), Image.new("P", (8, 6))
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second])
    assert np.array_equal(read_image(tmp_path / "a.gif"), np.array(first.convert("RGB")))  # the first picture
    colour.convert("CMYK").save(tmp_path / "a.tiff")
    assert np.abs(read_image(tmp_path / "a.tiff").astype(int) - COLOUR).max() <= 1
    see_through = Image.new("P", (8, 6), 3)
    see_through.putpalette([9, 9, 9] * 256)
    see_through.save(tmp_path / "a.png", transparency=3)
    assert (read_image(tmp_path / "a.png") == 255).all()


def test_large_images_are_for_those_who_ask(tmp_path, monkeypatch):
    path = tmp_path / "large.png"
    Image.new("1", (5000, 5000)).save(path)
    with pytest.raises(ValueError, match="large.png .* 5000x5000 pixels, more than .*max_pixels"):
        read_image(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # Pillow has a limit, too
    assert read_image(path, max_pixels=5000**2).shape == (5000, 5000)
    assert Image.MAX_IMAGE_PIXELS == 1000
    with pytest.raises(ValueError, match="more than 47"):
        write_image(GREY, tmp_path / "small.png")
        read_image(tmp_path / "small.png", max_pixels=47)


@pytest.mark.parametrize(
    "error", [RuntimeError, IndexError, struct.error, TypeError, SyntaxError, OSError, MemoryError, KeyError]
)
def test_whatever_pillow_raises_is_one_error(error, tmp_path, monkeypatch):
    def fail(self):
        raise error("deep inside")

    write_image(GREY, tmp_path / "a.png")
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", fail)
    with pytest.raises(ValueError, match="a.png is another kind of file or is damaged: .*deep inside"):
        read_image(tmp_path / "a.png")


def test_no_program_is_started_for_postscript(tmp_path):
    (tmp_path / "a.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n")
    with pytest.raises(ValueError, match="a.eps is another kind of file"):
        read_image(tmp_path / "a.eps")


def test_missing_and_broken_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file .*a.png"):
        read_image(tmp_path / "a.png")
    for name, content in {"text.png": b"no image", "empty.png": b""}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"{name} is another kind of file or is damaged"):
            read_image(tmp_path / name)
    rng = np.random.default_rng(0)
    for ending in ("png", "jpg", "bmp"):
        path = tmp_path / f"whole.{ending}"
        write_image(rng.integers(0, 256, (64, 64, 3)).astype(np.uint8), path)
        half = tmp_path / f"half.{ending}"
        half.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(ValueError, match=f"half.{ending}"):
            read_image(half)
    with pytest.raises(ValueError, match="mode"):
        read_image(path, "grey")


@pytest.mark.parametrize(
    "array, name, error, message",
    [
        (GREY / 255, "a.png", TypeError, "expected uint8 values, got float64"),
        (GREY[None], "a.png", ValueError, r"got \(1, 6, 8\)"),
        (GREY[:0], "a.png", ValueError, r"got \(0, 8\)"),
        (GREY, "a.xyz", ValueError, "ending such as .png"),
        (GREY, "a", ValueError, "ending such as .png"),
    ],
)
def test_what_cannot_be_written(array, name, error, message, tmp_path):
    with pytest.raises(error, match=message):
        write_image(array, tmp_path / name)
    assert not list(tmp_path.iterdir())
