"""Many images as one: against their definition, pixel by pixel."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision.utils import make_grid, save_image


@pytest.mark.parametrize("padding", [0, 2])
@pytest.mark.parametrize("count, nrow", [(5, 3), (2, 8), (4, 2)])
@pytest.mark.parametrize("channels", [1, 3])
def test_each_image_is_at_its_place(channels, count, nrow, padding):
    x = mg.rand(count, channels, 4, 5)
    grid = make_grid(x, nrow, padding, pad_value=0.5).numpy()
    columns = min(nrow, count)
    assert grid.shape == (3, -(-count // columns) * (4 + padding) + padding, columns * (5 + padding) + padding)
    rest = np.ones(grid.shape, bool)
    for i, image in enumerate(x.numpy()):
        top, left = padding + i // columns * (4 + padding), padding + i % columns * (5 + padding)
        place = np.s_[:, top : top + 4, left : left + 5]
        assert np.array_equal(grid[place], np.broadcast_to(image, (3, 4, 5)))
        rest[place] = False
    assert (grid[rest] == 0.5).all()


def test_forms_of_one_image():
    x = mg.rand(4, 5)
    for given in (x, x[None], x[None, None], [x[None]]):
        assert np.array_equal(make_grid(given).numpy(), np.broadcast_to(x.numpy(), (3, 4, 5)))


def test_normalize():
    x = mg.tensor([0.0, 2.0, 4.0, 8.0]).reshape(2, 1, 1, 2)
    assert make_grid(x, padding=0, normalize=True)[0].tolist() == [[0, 0.25, 0.5, 1]]
    assert make_grid(x, padding=0, normalize=True, scale_each=True)[0].tolist() == [[0, 1, 0, 1]]
    assert make_grid(x, padding=0, normalize=True, value_range=(0, 4))[0].tolist() == [[0, 0.5, 1, 1]]


def test_files(tmp_path):
    image = pytest.importorskip("PIL.Image")
    x = mg.rand(3, 3, 4, 4)
    save_image(x, tmp_path / "a.png", nrow=2, padding=1)
    expected = np.rint(make_grid(x, 2, 1).numpy().transpose(1, 2, 0) * 255)
    with image.open(tmp_path / "a.png") as file:
        assert np.abs(np.asarray(file) - expected).max() <= 1
    with pytest.raises(ValueError, match="save_image: expected a name that ends with .png"):
        save_image(x, tmp_path / "a.jpg", format="png")


@pytest.mark.parametrize("given", [3, [], [1], "abc"])
def test_other_things_are_refused(given):
    with pytest.raises(TypeError, match="make_grid: expected a Tensor or a list"):
        make_grid(given)
