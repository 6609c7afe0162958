"""cat, split and their kin, and pad: errors and edges."""

import numpy as np
import pytest

import minigrad as mg


def pad(m, x, *args):
    return m.nn.functional.pad(x, *args)


def x_of(m):
    return m.tensor(np.arange(12.0).reshape(3, 4))


ERRORS = {
    "cat nothing": (lambda m, x: m.cat([]), ValueError, "expected"),
    "cat tensor": (lambda m, x: m.cat(x), TypeError, "Tensor"),
    "cat number": (lambda m, x: m.cat([x, 1]), TypeError, "element 1"),
    "cat shapes": (lambda m, x: m.cat([x, x[:, :3]]), RuntimeError, "except in dim"),
    "cat ranks": (lambda m, x: m.cat([x, x[0]]), RuntimeError, "expected|must"),
    "cat dim": (lambda m, x: m.cat([x, x], dim=2), IndexError, "range"),
    "cat 0-dim": (lambda m, x: m.cat([x[0, 0], x[0, 0]]), RuntimeError, "stack|zero-dim"),
    "stack nothing": (lambda m, x: m.stack([]), RuntimeError, "expect"),
    "stack shapes": (lambda m, x: m.stack([x, x[0]]), RuntimeError, "expect"),
    "stack dim": (lambda m, x: m.stack([x], 3), IndexError, "range"),
    "split sum": (lambda m, x: x.split([1, 2], 1), RuntimeError, "4"),
    "split negative": (lambda m, x: x.split(-1), RuntimeError, "-1"),
    "split zero": (lambda m, x: x.split(0), RuntimeError, "0"),
    "chunk zero": (lambda m, x: x.chunk(0), RuntimeError, "0"),
    "unbind dim": (lambda m, x: x.unbind(5), IndexError, "range"),
    "repeat few": (lambda m, x: x.repeat(2), RuntimeError, "repe"),
    "repeat_interleave count": (lambda m, x: x.repeat_interleave(m.tensor([1, 2]), 0), RuntimeError, "repe"),
    "flip dim": (lambda m, x: x.flip(2), IndexError, "range"),
    "flip twice": (lambda m, x: x.flip(0, 0), RuntimeError, "twice|multiple"),
    "roll": (lambda m, x: m.roll(x, (1, 2)), RuntimeError, "shift"),
    "roll dims": (lambda m, x: m.roll(x, (1, 2), (0,)), RuntimeError, "shift"),
    "meshgrid": (lambda m, x: m.meshgrid(x, x, indexing="ij"), RuntimeError, "vector|1D"),
    "meshgrid indexing": (lambda m, x: m.meshgrid(x[0], x[0], indexing="zz"), RuntimeError, "indexing"),
    "pad odd": (lambda m, x: pad(m, x, (1,)), RuntimeError, "pairs|divisible"),
    "pad many": (lambda m, x: pad(m, x, (1, 1, 1, 1, 1, 1)), RuntimeError, "dimension"),
    "pad cut": (lambda m, x: pad(m, x, (-3, -3)), RuntimeError, "cut|negative"),
    "pad mode": (lambda m, x: pad(m, x, (1, 1), "mirror"), NotImplementedError, "mirror"),
    "pad value": (lambda m, x: pad(m, x, (1, 1), "replicate", 3), RuntimeError, "value"),
    "pad reflect": (lambda m, x: pad(m, x, (4, 4), "reflect"), RuntimeError, "[Pp]adding"),
    "pad circular": (lambda m, x: pad(m, x[None], (5, 1), "circular"), RuntimeError, "[Pp]adding"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_those_of_pytorch(name):
    function, error, words = ERRORS[name]
    with pytest.raises(error, match=words):
        function(mg, x_of(mg))
    torch = pytest.importorskip("torch")
    with pytest.raises(error):
        function(torch, x_of(torch))


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_padding_of_any_number_of_dimensions(mode, ndim):
    numpy_mode = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}[mode]
    x = np.random.default_rng(0).standard_normal((4, 3, 4, 5)[-ndim - 2 :])
    widths = [3, 1, 0, 2, 2, 1][: 2 * ndim]
    pairs = [(0, 0)] * (x.ndim - ndim) + list(zip(widths[::2], widths[1::2], strict=True))[::-1]
    np.testing.assert_array_equal(pad(mg, mg.tensor(x), widths, mode).numpy(), np.pad(x, pairs, mode=numpy_mode))


def test_padding_keeps_dtype_and_layout():
    x = mg.tensor(np.ones((5, 2, 3), np.float32)).permute(1, 2, 0)
    y = pad(mg, x, (0, 0, 1, 1))
    assert y.dtype == mg.float32 and np.argsort(y.stride()).tolist() == np.argsort(x.stride()).tolist()


def test_chunks_of_an_empty_dimension_and_few_pieces():
    assert [p.shape for p in mg.zeros(0, 2).chunk(3)] == [(0, 2)] * 3
    assert [len(p) for p in mg.zeros(5).chunk(4)] == [2, 2, 1]


def test_dtypes_of_joined_tensors():
    torch = pytest.importorskip("torch")
    for a, b in [("int64", "float32"), ("float32", "float64"), ("bool", "int64"), ("int32", "int64")]:
        ours, theirs = (m.cat([m.ones(2).to(getattr(m, a)), m.ones(2).to(getattr(m, b))]) for m in (mg, torch))
        assert ours.dtype == theirs.numpy().dtype
        assert mg.stack([mg.ones(2).to(getattr(mg, a)), mg.ones(2).to(getattr(mg, b))]).dtype == ours.dtype


def test_gradients_of_mixed_dtypes_have_their_own():
    x, y = mg.ones(2, requires_grad=True), mg.ones(3, dtype=mg.float64, requires_grad=True)
    (mg.cat([x, y]) * 2).sum().backward()
    assert (x.grad.dtype, y.grad.dtype) == (np.float32, np.float64)


def test_a_tensor_joined_to_itself_counts_twice():
    x = mg.ones(2, requires_grad=True)
    (mg.stack([x, x]) * mg.tensor([[1.0], [10.0]])).sum().backward()
    assert x.grad.tolist() == [11, 11]


@pytest.mark.parametrize("name, arguments", [("split", (1,)), ("chunk", (2,)), ("tensor_split", (2,)), ("unbind", ())])
def test_what_has_no_dimension_cannot_be_cut(name, arguments):
    error = IndexError if name == "unbind" else RuntimeError
    with pytest.raises(error, match=f"{name}: expected a tensor with at least one dimension"):
        getattr(mg.tensor(1.0), name)(*arguments)


@pytest.mark.parametrize(
    "function",
    [
        lambda m: m.stack(m.atleast_1d(m.tensor(1), m.tensor([2]))),
        lambda m: m.atleast_3d(m.tensor([1, 2])),
        lambda m: m.row_stack([m.tensor([1, 2]), m.tensor([3, 4])]),
        lambda m: m.cartesian_prod(m.tensor([1, 2])),
    ],
)
def test_new_dimensions_are_those_of_pytorch(function):
    ours, theirs = function(mg), function(pytest.importorskip("torch"))
    assert ours.tolist() == theirs.tolist() and ours.dtype.name == str(theirs.dtype).removeprefix("torch.")
