"""The classic kernels do what their names say."""

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad.vision.kernels import KERNELS


def filtered(image, name):
    """The (H, W) image under a kernel, without a border."""
    return F.conv2d(mg.tensor(image)[None, None], mg.tensor(KERNELS[name].tolist())[None, None]).numpy()[0, 0]


def ramp(f):
    """f(row, column) on 6x7 pixels."""
    return np.fromfunction(f, (6, 7), dtype=np.float32)


def test_there_are_thirteen_of_3x3_in_float32():
    assert len(KERNELS) == 13
    assert {(k.shape, k.dtype) for k in KERNELS.values()} == {((3, 3), np.dtype(np.float32))}
    assert len({k.tobytes() for k in KERNELS.values()}) == 13


def test_nobody_changes_them_for_others():
    with pytest.raises(ValueError, match="read-only"):
        KERNELS["identity"][0, 0] = 1
    with pytest.raises(TypeError):
        KERNELS["mine"] = np.zeros((3, 3))


def test_identity_keeps_the_image():
    image = np.random.default_rng(0).standard_normal((6, 7)).astype(np.float32)
    assert np.array_equal(filtered(image, "identity"), image[1:-1, 1:-1])


@pytest.mark.parametrize("name", ["sharpen", "box_blur", "gaussian_blur", "emboss"])
def test_brightness_is_kept(name):
    np.testing.assert_allclose(filtered(np.full((6, 7), 3, np.float32), name), 3, rtol=1e-6)


@pytest.mark.parametrize("name", ["box_blur", "gaussian_blur", "sharpen"])
def test_what_is_even_keeps_a_slope(name):
    image = ramp(lambda r, c: 2 * r - 3 * c)
    np.testing.assert_allclose(filtered(image, name), image[1:-1, 1:-1], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "of_rr", "of_cc", "of_rc"),  # what it makes of r*r, c*c and r*c, whose second derivatives are 2, 2 and 1
    [("edge_cross", 0, 0, 4), ("edge_laplace", 2, 2, 0), ("edge_laplace8", -6, -6, 0)],
)
def test_edges_are_second_derivatives(name, of_rr, of_cc, of_rc):
    assert not filtered(ramp(lambda r, c: 5 + 2 * r - 3 * c), name).any()
    assert (filtered(ramp(lambda r, c: r * r), name) == of_rr).all()
    assert (filtered(ramp(lambda r, c: c * c), name) == of_cc).all()
    assert (filtered(ramp(lambda r, c: r * c), name) == of_rc).all()


def test_emboss_is_bright_where_it_gets_brighter_to_the_lower_right():
    image = ramp(lambda r, c: r + c)
    # along a diagonal step of 1 each weight meets its distance from the centre: 2*2 + 4*1 + 2*2
    np.testing.assert_allclose(filtered(image, "emboss") - image[1:-1, 1:-1], 12)


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("pattern_x", "#.#/.#./#.#"),
        ("pattern_rows", "###/.../###"),
        ("pattern_diagonal", "#../.#./..#"),
        ("pattern_antidiagonal", "..#/.#./#.."),
        ("pattern_columns", "#.#/#.#/#.#"),
    ],
)
def test_patterns_are_drawn(name, picture):
    assert np.array_equal(KERNELS[name], [[c == "#" for c in row] for row in picture.split("/")])
