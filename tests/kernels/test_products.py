"""Products cut into parts are the products, and the same bits for any number of threads."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.kernels import parallel, products

SHAPES = [
    ((300, 40), (40, 20)), ((20, 40), (40, 300)), ((1, 50), (50, 400)), ((64, 33), (33, 64)),
    ((5, 7), (7, 5)), ((3, 20, 30), (3, 30, 10)), ((20, 30), (30,)), ((30,), (30, 20)), ((2000,), (2000,)),
    ((0, 4), (4, 3)), ((4, 0), (0, 3)), ((3, 1030), (1030, 5)), ((2, 3, 4, 500), (3, 500, 2)), ((500,), (2, 500, 3)),
    ((2, 3, 500), (500,)), ((0, 500), (500, 3)), ((3, 500), (500, 0)), ((0, 3, 500), (500, 2)), ((500,), (500, 0)),
    ((7, 20, 30), (7, 30, 10)), ((2, 1, 20, 30), (5, 30, 10)), ((20, 30), (9, 30, 10)), ((1, 1, 40, 30), (1, 30, 40)),
]  # fmt: skip


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(products, "SMALL_PRODUCT", 10)
    monkeypatch.setattr(products, "SMALL_VECTOR", 10)
    monkeypatch.setattr(products, "PART_MULTIPLICATIONS", 1000)
    monkeypatch.setattr(parallel, "WORTH_SHARING", 0)


@pytest.mark.parametrize(("a", "b"), SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.int32])
@pytest.mark.parametrize("transposed", [False, True])
def test_they_are_sums_of_products(a, b, dtype, transposed, small_parts):
    rng = np.random.default_rng(0)
    x, y = ((10 * rng.standard_normal(shape)).astype(dtype) for shape in (a, b))
    if transposed and x.ndim == y.ndim == 2:
        x, y = np.asfortranarray(x), np.asfortranarray(y)
    found = products.matmul(x, y)
    expected = (x[..., :, None] * (y if y.ndim == 1 else y[..., None, :, :] if x.ndim > 1 else y)).astype(np.float64)
    expected = expected.sum(-2) if y.ndim > 1 else (x * y).astype(np.float64).sum(-1)
    assert found.dtype == dtype and found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-4 if dtype == np.float32 else 1e-11, atol=1e-3)


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_bits_do_not_depend_on_the_number_of_threads(a, b, small_parts):
    rng = np.random.default_rng(1)
    x, y = (rng.standard_normal(shape, np.float32) for shape in (a, b))
    before, found = mg.get_num_threads(), set()
    try:
        for count in (1, 2, 4):
            mg.set_num_threads(count)
            found.add(products.matmul(x, y).tobytes())
    finally:
        mg.set_num_threads(before)
    assert len(found) == 1


def test_a_whole_training_step_is_the_same_bits_for_any_number_of_threads():
    """With products, convolutions and elementwise operations large enough to be shared."""
    before, found = mg.get_num_threads(), set()
    try:
        for count in (1, 2, 3):
            mg.set_num_threads(count)
            mg.manual_seed(0)
            net = mg.nn.Sequential(
                mg.nn.Conv2d(3, 16, 3, padding=1), mg.nn.BatchNorm2d(16), mg.nn.ReLU(), mg.nn.MaxPool2d(2),
                mg.nn.Conv2d(16, 32, 3, stride=2), mg.nn.Tanh(), mg.nn.Flatten(), mg.nn.Linear(32 * 49, 256),
                mg.nn.Linear(256, 10),
            )  # fmt: skip
            x, labels = mg.randn(64, 3, 32, 32), mg.randint(0, 10, (64,))
            mg.nn.functional.cross_entropy(net(x), labels).backward()
            found.add(b"".join(p.grad.numpy().tobytes() for p in net.parameters()))
    finally:
        mg.set_num_threads(before)
    assert len(found) == 1
