"""What the table of cases does not say of convolution: odd padding, closure, errors, and what stays as it was."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad.ops import convolution as F


def rand(*shape: int, dtype: Any = np.float64) -> Any:
    return mg.from_numpy(np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype))


@pytest.mark.parametrize(
    ("size", "kernel", "dilation"), [((5, 6), (2, 4), 1), ((5, 6), (3, 2), (2, 3)), ((3, 3), (6, 5), 1)]
)
def test_same_padding_has_the_odd_one_behind(size: Any, kernel: Any, dilation: Any) -> None:
    torch = pytest.importorskip("torch")
    x, w = rand(2, 3, *size), rand(2, 3, *kernel)
    y = F.conv2d(x, w, padding="same", dilation=dilation)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch says that it copies for even kernels
        expected = torch.nn.functional.conv2d(
            torch.from_numpy(x.numpy()), torch.from_numpy(w.numpy()), padding="same", dilation=dilation
        )
    np.testing.assert_allclose(y.numpy(), expected.numpy(), atol=1e-12)


def test_same_padding_by_hand() -> None:
    x = mg.tensor([[1.0, 2.0, 3.0]])
    np.testing.assert_array_equal(F.conv1d(x, mg.ones(1, 1, 2), padding="same").numpy(), [[3, 5, 3]])


def test_transpose_is_the_adjoint() -> None:
    """<conv(x), g> = <x, conv_transpose(g)>, and each is the other's gradient."""
    x, w = rand(2, 3, 8, 7).requires_grad_(), rand(4, 3, 3, 2)
    y = F.conv2d(x, w, stride=2, padding=1)
    g = rand(*y.shape)
    (gx,) = mg.autograd.grad(y, [x], [g])
    up = F.conv_transpose2d(g, w, stride=2, padding=1, output_padding=(1, 1))
    np.testing.assert_allclose(gx.numpy(), up.numpy(), atol=1e-12)
    np.testing.assert_allclose((x * up).sum().item(), (y * g).sum().item(), rtol=1e-12)


def test_arrays_give_arrays() -> None:
    y = F.conv2d(rand(1, 2, 4, 4).numpy(), rand(3, 2, 3, 3).numpy())
    assert type(y) is np.ndarray and y.shape == (1, 3, 2, 2)


def test_lists_and_numpy_ints_as_arguments() -> None:
    x, w = rand(1, 2, 6, 6), rand(3, 2, 3, 3)
    y = F.conv2d(x, w, None, [2, 1], [1], np.int64(1))
    np.testing.assert_array_equal(y.numpy(), F.conv2d(x, w, stride=(2, 1), padding=1).numpy())


def test_integers() -> None:
    y = F.conv2d(mg.ones(1, 1, 3, 3, dtype=mg.int64), mg.ones(1, 1, 2, 2, dtype=mg.int64))
    assert y.dtype == mg.int64 and y.tolist() == [[[[4, 4], [4, 4]]]]


def test_gradient_has_the_parameters_dtype_and_shape() -> None:
    x, w, b = (rand(*s, dtype=np.float32).requires_grad_() for s in ((3, 2, 5, 5), (4, 2, 3, 3), (4,)))
    (F.conv2d(x, w, b, padding=1) ** 2).sum().backward()
    for t in (x, w, b):
        assert t.grad is not None and t.grad.dtype == np.float32 and t.grad.shape == t.shape


X, W = (1, 4, 6, 6), (4, 4, 3, 3)
ERRORS = [
    ("shape", lambda: F.conv2d(rand(6, 6), rand(*W)), r"conv2d: expected an input of shape \(N, C, H, W\)"),
    ("empty", lambda: F.conv2d(rand(1, 4, 0, 6), rand(*W)), "only the batch may be empty"),
    ("no channels", lambda: F.conv2d(rand(1, 0, 6, 6), rand(4, 0, 3, 3)), "only the batch may be empty"),
    ("weight", lambda: F.conv1d(rand(1, 4, 6), rand(4, 4)), r"conv1d: expected a weight of shape \(out_channels"),
    ("channels", lambda: F.conv2d(rand(1, 3, 6, 6), rand(*W)), "expects 4 input channels, got 3"),
    ("groups", lambda: F.conv2d(rand(*X), rand(*W), groups=3), "groups=3 does not divide"),
    ("group channels", lambda: F.conv2d(rand(*X), rand(*W), groups=2), "expects 8 input channels, got 4"),
    ("no groups", lambda: F.conv2d(rand(*X), rand(*W), groups=0), "groups=0"),
    ("bias", lambda: F.conv2d(rand(*X), rand(*W), rand(3)), r"expected a bias of shape \(4,\)"),
    ("stride", lambda: F.conv2d(rand(*X), rand(*W), stride=0), "expected stride to be at least 1"),
    ("strides", lambda: F.conv2d(rand(*X), rand(*W), stride=(1, 1, 1)), "expected stride to be one int or 2, got 3"),
    ("padding", lambda: F.conv2d(rand(*X), rand(*W), padding=-1), "expected padding to be at least 0"),
    ("padding name", lambda: F.conv2d(rand(*X), rand(*W), padding="full"), "'valid', 'same' or ints, got 'full'"),
    ("same stride", lambda: F.conv2d(rand(*X), rand(*W), padding="same", stride=2), "padding='same' needs stride 1"),
    ("dilation", lambda: F.conv2d(rand(*X), rand(*W), dilation=0), "expected dilation to be at least 1"),
    ("kernel", lambda: F.conv2d(rand(*X), rand(*W), dilation=3), r"kernel, \(7, 7\) .* larger than .* \(6, 6\)"),
    ("dtype", lambda: F.conv2d(rand(*X), rand(*W, dtype=np.float32)), r"one dtype, got float64, float32; convert"),
    ("transposed", lambda: F.conv_transpose2d(rand(1, 3, 6, 6), rand(*W)), "transpose2d: .* expects 4 input"),
    ("output_padding", lambda: F.conv_transpose2d(rand(*X), rand(*W), output_padding=1), "to be less than stride or"),
    ("nothing left", lambda: F.conv_transpose2d(rand(1, 4, 1, 1), rand(*W), padding=2), r"output of size \(-1, -1\)"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
def test_errors(call: Any, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        call()


@pytest.mark.parametrize("arguments", [{"stride": 1.0}, {"padding": True}, {"groups": 1.0}, {"dilation": "1"}])
def test_wrong_types(arguments: dict[str, Any]) -> None:
    F.conv2d(rand(*X), rand(*W))
    with pytest.raises(TypeError, match="conv2d: expected"):
        F.conv2d(rand(*X), rand(*W), **arguments)
    with pytest.raises(TypeError, match="conv2d: expected weight to be a Tensor, got list"):
        F.conv2d(rand(*X), [[1.0]], **arguments)
