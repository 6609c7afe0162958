"""Comparisons and choices: ties, nan, bounds, errors, and what is not a Tensor."""

import math

import numpy as np
import pytest

import minigrad as mg


def slopes(function, *values):
    inputs = [mg.tensor(v, requires_grad=True) for v in values]
    function(*inputs).sum().backward()
    return [None if t.grad is None else t.grad.tolist() for t in inputs]


def test_at_a_tie_each_gets_half():
    assert slopes(mg.maximum, [1.0, 2.0], [1.0, 3.0]) == [[0.5, 0.0], [0.5, 1.0]]
    assert slopes(mg.minimum, [1.0, 2.0], [1.0, 3.0]) == [[0.5, 1.0], [0.5, 0.0]]


def test_fmax_counts_a_tie_for_the_first_and_ignores_nan():
    nan = math.nan
    assert slopes(mg.fmax, [1.0, nan, 2.0], [1.0, 2.0, nan]) == [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    assert mg.fmin(mg.tensor([nan, 1.0]), mg.tensor([2.0, nan])).tolist() == [2.0, 1.0]


def test_nan_wins_maximum_and_minimum():
    x, y = mg.tensor([math.nan, 1.0]), mg.tensor([1.0, math.nan])
    assert mg.isnan(mg.maximum(x, y)).all() and mg.isnan(mg.minimum(x, y)).all()


def test_clamp_lets_gradients_through_at_its_bounds():
    assert slopes(lambda x: mg.clamp(x, -1, 1), [-2.0, -1.0, 0.0, 1.0, 2.0]) == [[0, 1, 1, 1, 0]]
    assert slopes(lambda x, a: mg.clamp(x, min=a), [0.0, 1.0, 2.0], [1.0, 1.0, 1.0]) == [[0, 1, 1], [1, 0, 0]]


def test_clamp_with_crossed_bounds_gives_the_upper_one():
    assert mg.clamp(mg.tensor([-5.0, 0.0, 5.0]), 1, -1).tolist() == [-1, -1, -1]


def test_clamp_needs_a_bound():
    with pytest.raises(RuntimeError, match="clamp: expected min, max or both"):
        mg.clamp(mg.ones(2))


def test_clamp_of_integers_with_a_float_is_floating():
    assert mg.clamp(mg.tensor([1, 2]), max=1.5).dtype == mg.float32
    assert mg.clamp(mg.tensor([1, 2]), max=1).dtype == mg.int64


def test_where_lets_no_nan_through_from_the_branch_not_taken():
    x = mg.tensor([-1.0, 0.0, 4.0], requires_grad=True)
    mg.where(x > 0, mg.sqrt(x.clamp(min=1e-12)), 0.0).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.25]


def test_where_wants_a_bool():
    with pytest.raises(RuntimeError, match="where: expected a bool condition, got minigrad.int64"):
        mg.where(mg.tensor([0, 1]), mg.ones(2), mg.zeros(2))


def test_where_without_values_is_nonzero():
    rows, columns = mg.where(mg.tensor([[True, False], [False, True]]))
    assert rows.tolist() == columns.tolist() == [0, 1]


def test_comparisons_are_bools_without_gradient():
    x = mg.ones(3, requires_grad=True)
    for y in (x < 2, x == 1, mg.isnan(x), mg.isclose(x, x), mg.logical_not(x)):
        assert y.dtype == mg.bool and not y.requires_grad


def test_what_cannot_be_compared_is_not_equal():
    x = mg.ones(2)
    assert (x == None) is False and (x != "one") is True  # noqa: E711
    with pytest.raises(TypeError):
        x < "one"  # noqa: B015


def test_shapes_that_do_not_broadcast():
    with pytest.raises(RuntimeError, match=r"lt: shapes \(2,\) and \(3,\) do not broadcast"):
        mg.ones(2) < mg.ones(3)  # noqa: B015


def test_equal_and_allclose_are_python_bools():
    assert mg.equal(mg.ones(2), mg.ones(2)) is True
    assert mg.equal(mg.ones(2), mg.ones(2, 1)) is False
    assert mg.allclose(mg.ones(2), mg.ones(2) + 1e-9) is True
    assert mg.allclose(mg.tensor([math.nan]), mg.tensor([math.nan])) is False
    assert mg.allclose(mg.tensor([math.nan]), mg.tensor([math.nan]), equal_nan=True) is True


def test_bits_want_integers():
    with pytest.raises(NotImplementedError):
        mg.ones(2) & mg.ones(2)


def test_float_of_the_other_operand_does_not_become_an_integer():
    assert (mg.tensor([1, 2, 3]) > 1.5).tolist() == [False, True, True]
    assert (1.5 < mg.tensor([1, 2, 3])).tolist() == [False, True, True]


def test_nan_to_num_against_pytorch():
    torch = pytest.importorskip("torch")
    for dtype in (np.float32, np.float64):
        x = np.array([1.0, math.nan, math.inf, -math.inf], dtype)
        for options in ({}, {"nan": 5.0}, {"posinf": 1.0, "neginf": -1.0}):
            expected = torch.nan_to_num(torch.from_numpy(x), **options).numpy()
            np.testing.assert_array_equal(mg.nan_to_num(mg.tensor(x), **options).numpy(), expected)


@pytest.mark.parametrize(
    "operation", [lambda x: x & 1, lambda x: x | 1, lambda x: x ^ 1, lambda x: ~x, lambda x: x << 1, lambda x: x >> 1]
)
def test_bits_of_floats_are_refused(operation):
    with pytest.raises((NotImplementedError, TypeError), match="bitwise_.*integers, got float32"):
        operation(mg.ones(2))


def test_shifts_want_integers():
    with pytest.raises(NotImplementedError, match="bitwise_left_shift: expected integers, got bool"):
        mg.tensor([True]) << mg.tensor([True])
    x = mg.tensor([1, 2])
    x <<= 3
    x >>= 1
    assert x.tolist() == [4, 8]
