"""Image files."""

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
        (GREY / 255, "a.png", TypeError, "uint8 values expected, got float64"),
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
