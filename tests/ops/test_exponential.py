"""Elementwise operations where it gets hard: zeros of both signs, infinities, nan, large numbers, every dtype."""

import math

import numpy as np
import pytest

import minigrad as mg

torch = pytest.importorskip("torch")

EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, 1e-3, 1e-8, -1e-8, 17.0, 1e4, -1e4, 1e30, -1e30,
    math.inf, -math.inf, math.nan,
]  # fmt: skip
UNARY = [
    "exp", "exp2", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "abs", "sign", "sin", "cos", "tan", "asin",
    "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid", "logit", "floor", "ceil", "round",
    "trunc", "frac", "reciprocal", "square", "neg", "nan_to_num", "erf", "erfc", "erfinv", "expm1",
]  # fmt: skip
BINARY = [
    "maximum", "minimum", "fmax", "fmin", "atan2", "hypot", "logaddexp", "xlogy", "pow", "true_divide", "add", "sub",
    "mul",
]  # fmt: skip
# outside of its domain PyTorch gives logit a slope of nan, we that of the formula
DOMAIN = {"logit": (1e-8, 1.0)}


def value_and_slopes(library, name, *arrays):
    """The results as arrays: the value, and the gradients of its sum."""
    inputs = [library.tensor(a, requires_grad=True) for a in arrays]
    y = getattr(library, name)(*inputs)
    y.backward(library.ones_like(y))
    return [y.detach().numpy(), *[t.grad.numpy() for t in inputs]]


def assert_same(name, arrays):
    exact = arrays[0].dtype == np.float64
    with np.errstate(all="ignore"):  # x + y and the like leave the warning at inf - inf to NumPy
        ours = value_and_slopes(mg, name, *arrays)
    for a, b in zip(ours, value_and_slopes(torch, name, *arrays), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-10 if exact else 2e-4, atol=1e-300 if exact else 1e-7)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_variable_at_the_edges(name, dtype):
    low, high = DOMAIN.get(name, (-math.inf, math.inf))
    assert_same(name, [np.array([x for x in EDGES if not (x < low or x > high)], dtype)])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_variables_at_the_edges(name, dtype):
    x, y = np.meshgrid(np.array(EDGES, dtype), np.array(EDGES, dtype))
    if name == "atan2" and dtype is np.float32:
        x, y = x[abs(y) > 1e-6], y[abs(y) > 1e-6]  # squares underflow: another question
    assert_same(name, [x.reshape(-1), y.reshape(-1)])


@pytest.mark.parametrize("name", ["exp", "sigmoid", "tanh", "erf", "atan", "logaddexp"])
def test_large_numbers_are_no_reason_to_warn(name):
    x = mg.tensor([-1e4, 0.0, 1e4], requires_grad=True)
    y = getattr(mg, name)(x, mg.zeros(3)) if name == "logaddexp" else getattr(mg, name)(x)
    y.sum().backward()
    assert np.isfinite(x.grad.numpy()).all() or name == "exp"


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("name", [n for n in UNARY if n not in ("frac", "neg")])
def test_integers_and_bools_become_what_they_become_in_pytorch(name, dtype):
    values = np.array([0, 1, 1, 0] if dtype == "bool" else [0, 1, 2, 3], dtype)
    try:
        expected = getattr(torch, name)(torch.tensor(values)).numpy()
    except (NotImplementedError, RuntimeError):
        pytest.skip("not in PyTorch")
    ours = getattr(mg, name)(mg.tensor(values)).numpy()
    assert ours.dtype == expected.dtype
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", UNARY)
def test_no_number_of_a_few_bits_is_made_of_bools(name):
    try:
        assert getattr(mg, name)(mg.tensor([True, False])).dtype in (mg.bool, mg.int64, mg.float32)
    except RuntimeError as error:
        assert "bool" in str(error)  # noqa: PT017


def type_and_values(call):
    try:
        y = call()
    except (NotImplementedError, RuntimeError) as error:
        return type(error).__name__
    return str(y.dtype).split(".")[-1], y.tolist()


@pytest.mark.parametrize("name", "add sub mul div true_divide floor_divide remainder fmod pow".split())
@pytest.mark.parametrize("end", ["", "_"])
def test_bools_with_bools_and_numbers(name, end):
    def result(m, other):
        other = m.tensor(other) if isinstance(other, list) else other
        return type_and_values(lambda: getattr(m.tensor([True, False]), name + end)(other))

    for other in ([True, True], [True], True, 1, 2.0, [2, 1], [2.0, 0.5]):  # of a divisor of 0 PyTorch says less
        assert result(mg, other) == result(torch, other), f"{name}{end}({other})"


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "sign", "abs"])
def test_a_result_never_shares_memory_with_its_input(name):
    x = mg.tensor([1, 2, 3])
    getattr(mg, name)(x).add_(1)
    assert x.tolist() == [1, 2, 3]


def test_round_goes_to_the_even_number():
    assert mg.round(mg.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])).tolist() == [-2, -2, 0, 0, 2, 2]


def test_the_slopes_that_are_chosen():
    x = mg.zeros(1, requires_grad=True)
    assert mg.autograd.grad(mg.abs(x), x)[0].item() == 0
    assert mg.autograd.grad(mg.sqrt(x), x)[0].item() == math.inf
    assert mg.autograd.grad(x**0, x)[0].item() == 0
    assert mg.autograd.grad(mg.atan2(x, x.detach()), x)[0].item() == 0
    assert mg.autograd.grad(2.0**x, x)[0].item() == pytest.approx(math.log(2))
    assert mg.autograd.grad(0.0 ** (x + 1), x)[0].item() == 0


def test_in_place_versions():
    for name in ("exp", "sqrt", "tanh", "sigmoid", "floor", "erf", "abs"):
        x = mg.tensor([0.25, 0.75])
        expected = getattr(mg, name)(x)
        assert getattr(x, name + "_")() is x
        assert mg.equal(x, expected)


@pytest.mark.parametrize(
    "operation",
    [
        lambda x, y: x // y,
        lambda x, y: x % y,
        lambda x, y: mg.fmod(x, y),
        lambda x, y: mg.div(x, y, rounding_mode="trunc"),
        lambda x, y: mg.div(x, y, rounding_mode="floor"),
        lambda x, y: 7 // y,
    ],
)
def test_integers_are_not_divided_by_zero(operation):
    x, y = mg.tensor([7, 8]), mg.tensor([2, 0])
    with pytest.raises(RuntimeError, match="by zero"):
        operation(x, y)
    with np.errstate(all="raise"):
        assert not operation(x.float(), y.float())[1].isfinite()


def test_a_bound_that_is_nan_makes_nan():
    x, nan = mg.tensor([1.0, 2.0]), mg.tensor([math.nan, 0.0])
    assert mg.clamp(x, min=nan).isnan().tolist() == [True, False]
    assert mg.clamp(x, mg.tensor(0.0), nan).isnan().tolist() == [True, False]


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, -1.0])
@pytest.mark.parametrize("base", [0.0, 0.3, 1.0, 2.0])
def test_the_mixed_derivative_of_a_power_is_one_or_its_limit(base, exponent):
    x, y = (mg.tensor(v, dtype=mg.float64, requires_grad=True) for v in (base, exponent))
    slopes = mg.autograd.grad(x**y, (x, y), create_graph=True)
    found = [mg.autograd.grad(s, t, retain_graph=True)[0].item() for s, t in zip(slopes, (y, x), strict=True)]
    with np.errstate(all="ignore"):
        if base:
            wanted = base ** (exponent - 1) * (1 + exponent * math.log(base))
        else:
            wanted = 0.0 if exponent > 1 else -math.inf if exponent > 0 else math.inf
    assert found == pytest.approx([wanted, wanted])


def test_integers_to_negative_powers_in_a_tensor_are_truncated():
    for dtype in ("int64", "int32", "int8"):
        base, exponent = [2, 1, 0, -1, -1, -2, 3], [-1, -1, -1, -1, -2, -3, 2]
        ours, theirs = (
            m.tensor(base, dtype=getattr(m, dtype)) ** m.tensor(exponent, dtype=getattr(m, dtype)) for m in (mg, torch)
        )
        assert ours.tolist() == theirs.tolist() and str(theirs.dtype)[6:] == ours.dtype.name
    with pytest.raises(RuntimeError, match="pow: an integer has no negative"):
        mg.tensor([2]) ** -1
