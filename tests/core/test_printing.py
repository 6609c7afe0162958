"""repr and str, compared with PyTorch's letter by letter."""

import numpy as np
import pytest

import minigrad as mg

NAN, INF = float("nan"), float("inf")


def sample(*shape, scale=1.0, dtype=np.float32):
    return (np.random.default_rng(0).standard_normal(shape) * scale).astype(dtype)


ARRAYS = {
    "0-dim": np.float32(3.25),
    "0-dim whole": np.float32(3),
    "0-dim int": np.int64(-3),
    "0-dim bool": np.True_,
    "0-dim nan": np.float32(NAN),
    "0-dim zero": np.float32(0),
    "0-dim large": np.float32(1e9),
    "0-dim small": np.float32(1e-5),
    "whole": [1.0, 2.0, -30.0],
    "zeros": [0.0, 0.0],
    "negative zero": [-0.0, 1.0],
    "zero and nan": [0.0, NAN],
    "fractions": [1.5, -2.25, 1000.125],
    "whole and nan": [1.0, NAN, -INF],
    "fractions and inf": [1.5, NAN, INF, -INF],
    "only inf": [INF, -INF],
    "small": [1e-5, 1.0],
    "small alone": [1e-5],
    "large whole": [1e9, 1.0],
    "large and fraction": [123456.789, 0.5],
    "ratio of 1000": [1000.0, 1.0],
    "ratio over 1000": [1001.0, 1.0],
    "fraction ratio over 1000": [1000.5, 1.0],
    "scientific with nan": [1e-8, NAN, -INF, 0.0],
    "e100": np.array([1e100, 1.0]),
    "double": np.array([1.5, 2.0]),
    "half": np.array([1.5, 2.0], np.float16),
    "ints": [1, -20, 300],
    "int32": np.array([[1, 2], [3, -4]], np.int32),
    "uint8": np.array([0, 255], np.uint8),
    "bools": [[True, False], [False, False]],
    "empty": np.zeros(0, np.float32),
    "empty 2-d": np.zeros((0, 3), np.float32),
    "empty ints": np.zeros(0, np.int64),
    "empty double": np.zeros((2, 0)),
    "matrix": sample(3, 4),
    "cube": sample(2, 3, 4),
    "4-d": sample(2, 1, 2, 3),
    "long vector": sample(50),
    "long ints": np.arange(100),
    "wide matrix": sample(2, 30),
    "1000": np.arange(1000),
    "1001": np.arange(1001),
    "summarised vector": sample(2000),
    "summarised matrix": sample(50, 60),
    "summarised tall": sample(1000, 2),
    "summarised wide": sample(2, 1000),
    "summarised cube": sample(11, 12, 13),
    "summarised 4-d": sample(2, 8, 9, 10, dtype=np.float64),
    "summarised with large middle": np.where(np.arange(2000) == 1000, 1e9, 1.0),
}  # fmt: skip
SETTINGS = [
    {},
    {"precision": 2},
    {"precision": 8, "linewidth": 120},
    {"threshold": 10, "edgeitems": 2},
    {"profile": "short"},
    {"profile": "full"},
    {"linewidth": 30},
    {"sci_mode": False},
    {"sci_mode": True},
]


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch")
    yield torch
    torch.set_printoptions(profile="default")


def same(ours, theirs):
    """Letter by letter; but "torch." takes room, so what names a dtype may continue on other lines."""
    ours, theirs = repr(ours), repr(theirs)
    if "torch." in theirs:
        return ours.split() == theirs.replace("torch.", "").split()
    return ours == theirs


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_repr_is_that_of_pytorch(torch, settings):
    mg.set_printoptions(**settings)
    torch.set_printoptions(**settings)
    for name, data in ARRAYS.items():
        if settings.get("profile") == "full" and name.startswith("summarised"):
            continue
        ours, theirs = mg.tensor(data), torch.tensor(data)
        assert same(ours, theirs), name
        if ours.is_floating_point():
            assert same(ours.requires_grad_(), theirs.requires_grad_()), name
            assert same(-ours, -theirs), name


def test_str_and_format_are_those_of_pytorch(torch):
    for data in (1.5, [1.5, 2.0]):
        assert str(mg.tensor(data)) == str(torch.tensor(data))
        assert f"{mg.tensor(data)}" == f"{torch.tensor(data)}"
    assert f"{mg.tensor(1.5):.3f}" == f"{torch.tensor(1.5):.3f}" == "1.500"
    assert f"{mg.tensor(2):04d}" == "0002"


def test_what_is_printed():
    x = mg.tensor([1.0, 2.5], requires_grad=True)
    assert repr(x) == "tensor([1.0000, 2.5000], requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 5.], grad_fn=<MulBackward0>)"
    assert repr(x.double().detach()) == "tensor([1.0000, 2.5000], dtype=float64)"
    assert repr(mg.zeros(0, 3)) == "tensor([], size=(0, 3))"


def test_default_dtype_goes_unsaid():
    mg.set_default_dtype(mg.float64)
    assert repr(mg.tensor(0.5)) == "tensor(0.5000)"
    assert repr(mg.tensor(0.5, dtype=mg.float32)) == "tensor(0.5000, dtype=float32)"


def test_unknown_profile():
    with pytest.raises(ValueError, match="profile"):
        mg.set_printoptions(profile="long")
