"""What the table of cases does not say of pooling: windows that hang over, ties, NaN, indices and errors."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad.ops import adaptive_pooling as adaptive
from minigrad.ops import pooling as F


def rand(*shape: int) -> Any:
    return mg.from_numpy(np.random.default_rng(sum(shape)).standard_normal(shape))


def test_ceil_mode_as_pytorch() -> None:
    """Every small combination: the last window is there if it starts in the input or its left padding."""
    torch = pytest.importorskip("torch")
    for n, kernel, stride, padding in itertools.product(range(2, 8), range(1, 5), range(1, 5), range(3)):
        if padding > kernel // 2 or kernel > n:
            continue
        x = rand(1, 2, n)
        y = torch.from_numpy(x.numpy())
        values, indices = F.max_pool1d(x, kernel, stride, padding, ceil_mode=True, return_indices=True)
        expected = torch.nn.functional.max_pool1d(y, kernel, stride, padding, ceil_mode=True, return_indices=True)
        np.testing.assert_array_equal(values.numpy(), expected[0].numpy())
        np.testing.assert_array_equal(indices.numpy(), expected[1].numpy())
        for counted in (False, True):
            mean = F.avg_pool1d(x, kernel, stride, padding, True, counted)
            expected_mean = torch.nn.functional.avg_pool1d(y, kernel, stride, padding, True, counted)
            np.testing.assert_allclose(mean.numpy(), expected_mean.numpy(), atol=1e-15)


def test_gradient_goes_to_the_first_maximum() -> None:
    x = mg.ones(1, 1, 4, 4).requires_grad_()
    F.max_pool2d(x, 3, stride=1).sum().backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad.numpy()[0, 0], [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])


def test_overlapping_windows_add_up() -> None:
    x = mg.tensor([[0.0, 5.0, 1.0]], requires_grad=True)
    F.max_pool1d(x, 2, stride=1).backward(mg.tensor([[2.0, 3.0]]))
    assert x.grad is not None and x.grad.tolist() == [[0.0, 5.0, 0.0]]


def test_nan_and_infinity() -> None:
    x = mg.tensor([[1.0, float("nan"), 2.0, 3.0, -float("inf"), -float("inf")]], requires_grad=True)
    for y in (F.max_pool1d(x, 2), F.max_pool1d(x.detach(), 2)):
        np.testing.assert_array_equal(y.detach().numpy(), [[np.nan, 3, -np.inf]])
    F.max_pool1d(x, 2).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [[0.0, 1.0, 0.0, 1.0, 1.0, 0.0]]


def test_the_same_with_and_without_gradient() -> None:
    x = rand(2, 3, 7, 6)
    y = F.max_pool2d(x, 3, 2, 1)
    with mg.no_grad():
        z = F.max_pool2d(x.clone().requires_grad_(), 3, 2, 1)
    np.testing.assert_array_equal(y.numpy(), z.numpy())
    np.testing.assert_array_equal(y.numpy(), F.max_pool2d(x.clone().requires_grad_(), 3, 2, 1).detach().numpy())
    assert not z.requires_grad and type(F.max_pool2d(x.numpy(), 2)) is np.ndarray


def test_indices_are_int64_and_of_the_plane() -> None:
    x = rand(2, 3, 5, 6)
    values, indices = F.max_pool2d(x, 2, return_indices=True)
    assert indices.dtype == mg.int64 and not indices.requires_grad
    flat = x.numpy().reshape(2, 3, -1)
    taken = np.take_along_axis(flat, indices.numpy().reshape(2, 3, -1), -1)
    np.testing.assert_array_equal(taken.reshape(values.shape), values.numpy())


def test_integers() -> None:
    x = mg.arange(9).reshape(1, 3, 3)
    assert F.max_pool2d(x, 2, padding=1).tolist() == [[[0, 2], [6, 8]]]
    assert F.avg_pool2d(-x, 2).tolist() == [[[-2]]]  # -2, exactly
    assert F.avg_pool1d(mg.tensor([[-1, -2, 7, 4]]), 2).tolist() == [[-1, 5]]  # rounded towards zero
    with pytest.raises(NotImplementedError, match="avg_pool2d: expected a floating tensor, got minigrad.int32"):
        F.avg_pool2d(x.int(), 2)


def test_large_means_are_accurate() -> None:
    """A global mean in float32 does not drift."""
    x = np.random.default_rng(0).random((1, 2, 96, 96))
    y = adaptive.adaptive_avg_pool2d(mg.from_numpy(x.astype(np.float32)), 1)
    np.testing.assert_allclose(y.numpy()[..., 0, 0], x.mean((2, 3)), rtol=1e-6)


X = (1, 2, 6, 6)
ERRORS = [
    ("shape", lambda: F.max_pool2d(rand(6, 6), 2), r"max_pool2d: expected an input of shape \(N, C, H, W\)"),
    ("empty", lambda: F.max_pool2d(rand(1, 0, 6, 6), 2), "only the batch may be empty"),
    ("kernel", lambda: F.max_pool2d(rand(*X), 0), "expected kernel_size to be at least 1"),
    ("kernels", lambda: F.max_pool2d(rand(*X), (2, 2, 2)), "expected kernel_size to be one int or 2, got 3"),
    ("stride", lambda: F.avg_pool2d(rand(*X), 2, stride=0), "avg_pool2d: expected stride to be at least 1"),
    ("padding", lambda: F.max_pool2d(rand(*X), 3, padding=2), "padding to be at most half of kernel_size"),
    ("average padding", lambda: F.avg_pool1d(rand(1, 2, 6), 2, padding=2), "avg_pool1d: .* at most half"),
    ("too small", lambda: F.max_pool2d(rand(*X), 7), r"input of size \(6, 6\) would give .* \(0, 0\)"),
    ("divisor", lambda: F.avg_pool2d(rand(*X), 2, divisor_override=0), "divisor_override not to be 0"),
    ("bins", lambda: adaptive.adaptive_avg_pool2d(rand(*X), (1, 2, 3)), "output_size to be one int or 2"),
    ("negative bins", lambda: adaptive.adaptive_avg_pool2d(rand(*X), -1), "output_size to be at least 0"),
    ("adaptive shape", lambda: adaptive.adaptive_avg_pool1d(rand(*X), 1), r"expected an input of shape \(N, C, W\)"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
def test_errors(call: Any, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        call()


@pytest.mark.parametrize("arguments", [{"kernel_size": 2.0}, {"kernel_size": 2, "stride": "2"}])
def test_wrong_types(arguments: dict[str, Any]) -> None:
    F.max_pool2d(rand(*X), 2)
    with pytest.raises(TypeError, match="max_pool2d: expected"):
        F.max_pool2d(rand(*X), **arguments)
    with pytest.raises(TypeError, match="max_pool2d: expected input to be a Tensor, got list"):
        F.max_pool2d([[1.0]], 2)
