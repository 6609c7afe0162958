"""What is computed in blocks and parts is what is computed at once."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.kernels import blocks, parallel
from minigrad.kernels import relu as masks
from minigrad.kernels.blocks import by_blocks, by_parts, each, in_blocks

SHAPES = [(), (1,), (0, 3), (8,), (9,), (5, 7), (2, 3, 11), (1, 40, 1)]


@pytest.fixture(params=[1, 3], autouse=True)
def small(request, monkeypatch):
    """Blocks of 8 elements, in one thread and in three."""
    monkeypatch.setattr(blocks, "BLOCK_ELEMENTS", 8)
    monkeypatch.setattr(blocks, "PART_ELEMENTS", 8)
    monkeypatch.setattr(blocks, "MIN_RUN_BYTES", 1)
    for module in (blocks, parallel):
        monkeypatch.setattr(module, "WORTH_SLICING", 10)
    before = mg.get_num_threads()
    mg.set_num_threads(request.param)
    yield
    mg.set_num_threads(before)


def orders(x):
    """The same numbers in several orders of memory, the last of which is not dense."""
    yield x
    yield np.asfortranarray(x)
    yield np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0) if x.ndim else x
    yield np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x


@in_blocks
def formula(x, y, mask, factor, nothing):
    assert nothing is None
    assert x.size <= 8 or x.ndim != 1 or not x.flags.c_contiguous, "not in blocks"
    return (x * y + mask) * factor


@pytest.mark.parametrize("shape", SHAPES)
def test_formulas(shape):
    rng = np.random.default_rng(0)
    x, y = rng.integers(-9, 9, (2, *shape)).astype(np.float32)
    mask = np.asarray(x > y)
    for a, b, m in zip(orders(x), orders(y), orders(mask), strict=True):
        for factor in (2.0, np.float32(2), np.asarray(2, np.float32)):
            result = np.asarray(formula(a, b, m, factor, None))
            assert result.dtype == np.float32
            np.testing.assert_array_equal(result, (x * y + mask) * 2)
    number = np.broadcast_to(np.float32(3), shape)
    np.testing.assert_array_equal(formula(number, x, mask, 1.0, None), 3 * x + mask)
    np.testing.assert_array_equal(formula(number, number, number, 1.0, None), number * 4)


@in_blocks
def sum_and_signs(x, y, out=(None, None)):
    assert x.size <= 8 or x.ndim != 1 or not x.flags.c_contiguous, "not in blocks"
    return np.add(x, y, out=out[0]), x > y


@pytest.mark.parametrize("shape", SHAPES)
def test_formulas_with_several_results_that_may_be_put_in_their_places(shape):
    x, y = np.random.default_rng(0).standard_normal((2, *shape))
    for a, b in zip(orders(x), orders(y), strict=True):
        total, larger = sum_and_signs(a, b)
        np.testing.assert_array_equal(total, x + y)
        np.testing.assert_array_equal(larger, x > y)
        np.testing.assert_array_equal(in_blocks(lambda a, out=None: np.negative(a, out=out))(a), -x)


@pytest.mark.parametrize("cost", [1, 2])
def test_what_takes_longer_is_cut_for_threads_from_fewer_elements_on(cost):
    sizes = []

    @in_blocks(cost=cost)
    def square(x):
        sizes.append(x.size)
        return x * x

    x = np.arange(8.0)
    np.testing.assert_array_equal(square(x), x * x)
    shared = cost == 2 and mg.get_num_threads() > 1
    assert sum(sizes) == 8 and max(sizes) == (2 if shared else 8)


@pytest.mark.parametrize("shape", SHAPES)
def test_functions_of_one_number(shape):
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    for a in orders(x):
        y = each(np.exp, a)
        assert y.dtype == np.float32
        np.testing.assert_array_equal(y, np.exp(x))
    assert each(np.exp, 1.0) == np.exp(1.0)


def test_formulas_of_arrays_in_different_orders():
    x = np.arange(24.0).reshape(4, 6)
    row = np.broadcast_to(np.arange(6.0), (4, 6))
    np.testing.assert_array_equal(in_blocks(np.add)(x, np.asfortranarray(x)), x + x)
    np.testing.assert_array_equal(in_blocks(np.add)(x, row), x + row)
    np.testing.assert_array_equal(in_blocks(np.multiply)(x, np.arange(6.0)), x * row)


def test_results_keep_the_memory_order():
    x = np.asfortranarray(np.arange(24.0).reshape(4, 6))
    assert in_blocks(np.negative)(x).strides == x.strides
    assert by_blocks(lambda a, out: np.negative(a, out=out))(x).strides == x.strides


def test_results_own_their_memory_so_that_a_leaf_can_take_them_as_its_gradient():
    x = np.arange(24.0).reshape(4, 6)
    for y in (in_blocks(np.negative)(x), by_blocks(lambda a, out: np.negative(a, out=out))(x)):
        assert y.flags.owndata and y.flags.c_contiguous


@pytest.mark.parametrize("shape", SHAPES)
def test_parts(shape):
    x = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    for a in orders(x):
        for axes in (range(x.ndim), range(1, x.ndim), ()):
            count, visits = np.zeros(shape, int), []

            def visit(at, count=count, visits=visits):
                count[at] += 1
                visits.append(count[at].size)

            by_parts(visit, a, axes)
            np.testing.assert_array_equal(count, 1)
            if axes == range(x.ndim) and x.ndim == 1:
                assert max(visits) <= 8


@pytest.mark.parametrize("shape", [s for s in SHAPES if s])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
def test_choices_by_a_mask(shape, dtype, monkeypatch):
    monkeypatch.setattr(masks, "_MIN_BY_BITS", 0)
    rng = np.random.default_rng(0)
    x, y = rng.integers(-9, 9, (2, *shape)).astype(dtype)
    if np.dtype(dtype).kind == "f":
        x, y = np.where(x > 3, dtype("inf"), x * dtype(-0.0)), np.where(y > 3, dtype("nan"), y)
    mask = rng.integers(0, 2, shape).astype(bool)
    numbers = (0.0, np.asarray(2, dtype), np.broadcast_to(dtype(3), shape))
    for m, a, b in zip(orders(mask), orders(x), orders(y), strict=True):
        for one, other in [(a, b), *((a, n) for n in numbers), *((n, b) for n in numbers)]:
            result = masks.chosen(m, one, other)
            expected = np.where(m, one, other)
            assert result.dtype == expected.dtype
            np.testing.assert_array_equal(result, expected)
            np.testing.assert_array_equal(np.signbit(result), np.signbit(expected))


def test_one_mask_for_many():
    x = np.arange(48.0).reshape(2, 3, 8)
    mask = np.array([[[True], [False], [True]]])
    for a in orders(x):
        np.testing.assert_array_equal(masks.zeroed(a, mask), np.where(mask, 0, x))
        np.testing.assert_array_equal(masks.chosen(mask, a, 1.0), np.where(mask, x, 1))


def test_the_size_of_the_second_level_cache_is_read_where_the_system_says_it(tmp_path):
    for text, kilobytes in (("512K\n", 512), ("2048K\n", 2048), ("", 0), ("2M\n", 0)):
        (tmp_path / "size").write_text(text)
        assert blocks._second_level_cache(str(tmp_path / "size")) == kilobytes
    assert blocks._second_level_cache(str(tmp_path / "absent")) == 0
