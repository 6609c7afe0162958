"""assert_close passes and fails where PyTorch's does, and says where and by how much."""

import collections
import itertools
import re

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.testing import assert_close

inf, nan = float("inf"), float("nan")

# pairs that both libraries are given, with `m` for the library
NUMBERS = [0, 1, 2, -1, 0.0, 1.0, 1.0 + 1e-8, 1.0 + 1e-5, 1.1, inf, -inf, nan, True, False, 1e-8, 1e-6, 1j, None,
           np.float32(1), np.float64(1), np.int64(1), np.bool_(True), "a"]  # fmt: skip
TENSORS = [
    lambda m: m.tensor([1.0, 2.0]),
    lambda m: m.tensor([1.0, 2.0 + 1e-6]),
    lambda m: m.tensor([1.0, 2.0 + 1e-4]),
    lambda m: m.tensor([1.0, nan]),
    lambda m: m.tensor([1.0, inf]),
    lambda m: m.tensor([1.0, -inf]),
    lambda m: m.tensor([1.0, 2.0], dtype=m.float64),
    lambda m: m.tensor([1.0, 2.0 + 1e-6], dtype=m.float64),
    lambda m: m.tensor([1.0, 2.0], dtype=m.float16),
    lambda m: m.tensor([1.0, 2.001953125], dtype=m.float16),
    lambda m: m.tensor([1, 2]),
    lambda m: m.tensor([1, 3]),
    lambda m: m.tensor([1, 2], dtype=m.int32),
    lambda m: m.tensor([1, 2], dtype=m.uint8),
    lambda m: m.tensor([True, False]),
    lambda m: m.tensor([True, True]),
    lambda m: m.tensor([[1.0, 2.0]]),
    lambda m: m.tensor(1.0),
    lambda m: m.tensor([1.0]),
    lambda m: m.zeros(0),
    lambda m: m.zeros(0, 2),
    lambda m: m.nn.Parameter(m.tensor([1.0, 2.0])),
    lambda m: m.arange(4.0).reshape(2, 2),
    lambda m: m.arange(4.0).reshape(2, 2).T.contiguous().T,
    lambda m: np.array([1.0, 2.0]),
    lambda m: np.array([1.0, 2.0], np.float32),
    lambda m: [1.0, 2.0],
    lambda m: 1.0,
]
CONTAINERS = [
    lambda m: [],
    lambda m: (),
    lambda m: {},
    lambda m: [m.ones(2), 1],
    lambda m: (m.ones(2), 1),
    lambda m: [m.ones(2), 2],
    lambda m: [1, m.ones(2)],
    lambda m: [m.ones(2)],
    lambda m: {"a": m.ones(2), "b": [1.0, None]},
    lambda m: collections.OrderedDict(b=[1.0, None], a=m.ones(2)),
    lambda m: {"a": m.ones(2), "b": [1.0, 0.0]},
    lambda m: {"a": m.ones(2)},
    lambda m: {"a": m.ones(2), "c": [1.0, None]},
    lambda m: m.ones(2),
    lambda m: collections.deque([m.ones(2), 1]),
    lambda m: range(2),
    lambda m: [0, 1],
    lambda m: "ab",
    lambda m: {1, 2},
    lambda m: None,
    lambda m: [["x"]],
    lambda m: [[m.ones(1, dtype=m.float64)]],
    lambda m: [[m.ones(1)]],
]
OPTIONS = [
    {},
    {"equal_nan": True},
    {"check_dtype": False},
    {"rtol": 0.0, "atol": 0.0},
    {"rtol": 0.0, "atol": 1.0},
    {"rtol": 0.5, "atol": 0.0, "check_dtype": False},
    {"rtol": inf, "atol": 0.0},
    {"check_stride": True},
    {"allow_subclasses": False},
    {"check_device": False, "check_layout": False},
]


def outcome(check, actual, expected, options):
    try:
        check(actual, expected, **options)
    except Exception as error:
        return type(error).__name__
    return "close"


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("kind", ["numbers", "tensors", "containers"])
def test_the_verdict_is_pytorchs(kind, options):
    torch = pytest.importorskip("torch")
    makers = {"numbers": [lambda m, n=n: n for n in NUMBERS], "tensors": TENSORS, "containers": CONTAINERS}[kind]
    ours, theirs = ([make(m) for make in makers] for m in (mg, torch))
    different = []
    for i, j in itertools.product(range(len(makers)), repeat=2):
        got = outcome(assert_close, ours[i], ours[j], options)
        right = outcome(torch.testing.assert_close, theirs[i], theirs[j], options)
        breaks = right == "RuntimeError" and any(isinstance(x, bool) for x in (ours[i], ours[j]))
        if got != right and not breaks:
            different.append(f"{ours[i]!r} and {ours[j]!r}: {got}, PyTorch says {right}")
    assert not different, "\n".join(different[:20])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64", "uint8"])
def test_the_tolerances_are_pytorchs(dtype):
    """Differences around what is allowed, at several sizes."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    for scale in (0, 1e-6, 1e-3, 1, 100) if dtype[0] == "f" else (0, 1, 100):
        a = (rng.uniform(0.5, 1.5, 60) * scale).astype(dtype)
        step = (np.abs(a) * 1e-4 + 1e-5) * 10.0 ** rng.uniform(-5, 1.5, 60)
        step = step if dtype[0] == "f" else rng.integers(0, 2, 60)
        b = (a + step * rng.choice([-1, 1], 60) * (dtype != "uint8")).astype(dtype)
        for x, y in zip(a, b, strict=True):
            ours = outcome(assert_close, mg.tensor([x]), mg.tensor([y]), {})
            assert ours == outcome(torch.testing.assert_close, torch.tensor([x]), torch.tensor([y]), {}), (x, y)


def test_integers_do_not_wrap_around():
    """PyTorch passes 1 against 255 with atol=2."""
    a, b = mg.tensor([1], dtype=mg.uint8), mg.tensor([255], dtype=mg.uint8)
    with pytest.raises(AssertionError, match="Greatest absolute difference: 254"):
        assert_close(a, b, rtol=0, atol=2)
    big = mg.tensor([2**62 + 1])
    with pytest.raises(AssertionError):
        assert_close(big, mg.tensor([2**62]))
    assert_close(big, big.clone())


MESSAGES = {
    "2 of 4 elements are not close": (mg.tensor([[1.0, 2.0], [3.0, 4.0]]), mg.tensor([[1.0, 2.5], [3.0, 4.5]])),
    r"Greatest absolute difference: 0\.5 at \[0, 1\], 2 against 2\.5 \(allowed 1e-05\)": (
        mg.tensor([[1.0, 2.0], [3.0, 4.0]]), mg.tensor([[1.0, 2.5], [3.0, 4.25]]),
    ),
    r"Greatest relative difference: inf at \[1\], 1 against 0": (mg.ones(2), mg.tensor([1.0, 0.0])),
    r"absolute difference: nan at \[0\]": (mg.tensor([nan, 1.0]), mg.tensor([1.0, 2.0])),
    r"the shape is \(2,\), expected \(1,\)": (mg.ones(2), mg.ones(1)),
    "the dtype is float32, expected float64": (mg.ones(2), mg.ones(2, dtype=mg.float64)),
    r"item \[0\]\['a'\]: 1 of 2 elements is not close": ([{"a": mg.ones(2)}], [{"a": mg.tensor([1.0, 2.0])}]),
    r"item \[1\]: a sequence of 2 against one of 1": ([1, [1, 2]], [1, [1]]),
    r"other keys: missing \['b'\] and unexpected \['a'\]": ({"a": 1}, {"b": 1}),
    "1.0 is not close to 2.0": (1.0, 2.0),
    "1 is of type int, 1.0 of type float": (1, 1.0),
    "None against a Tensor": (None, mg.ones(1)),
    r"\[\], 1 against 2|difference: 1, 1 against 2": (mg.tensor(1.0), mg.tensor(2.0)),
}  # fmt: skip


@pytest.mark.parametrize("message", MESSAGES)
def test_the_message_says_where_and_by_how_much(message):
    with pytest.raises(AssertionError, match=message):
        assert_close(*MESSAGES[message])


def test_strides():
    a = mg.arange(4.0).reshape(2, 2)
    with pytest.raises(AssertionError, match=re.escape("the stride is (2, 1), expected (1, 2)")):
        assert_close(a, a.T.contiguous().T, check_stride=True)


def test_the_message_can_be_replaced():
    with pytest.raises(AssertionError, match="^mine$"):
        assert_close(1, 2, msg="mine")
    with pytest.raises(AssertionError, match=r"^before: assert_close: item \[0\]: 1 is not close to 2\n"):
        assert_close([1], [2], msg=lambda text: "before: " + text)
    with pytest.raises(TypeError, match=r"item \[0\]: a str cannot be compared with a str"):
        assert_close(["a"], ["a"], msg="mine")


def test_what_cannot_be_compared():
    for actual, expected in ((mg.ones(1), 1.0), (mg.ones(1), np.ones(1)), ([1], mg.ones(1)), (object(), object())):
        with pytest.raises(TypeError, match="cannot be compared"):
            assert_close(actual, expected)
    with pytest.raises(ValueError, match="rtol without atol"):
        assert_close(1, 1, rtol=1.0)
    with pytest.raises(RuntimeError, match="expected atol >= 0"):
        assert_close(mg.ones(1), mg.ones(1), rtol=0.0, atol=-1.0)


def test_keys_need_no_order():
    assert_close({1: 1.0, "a": 2.0}, {"a": 2.0, 1: 1.0})


def test_a_parameter_is_compared_with_a_tensor():
    assert_close(nn.Parameter(mg.ones(2)), mg.ones(2))
