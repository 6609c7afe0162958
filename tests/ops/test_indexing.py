"""Indexing and assignment: errors, what shares memory, what is recorded, and edges that no row of the table can say."""

import numpy as np
import pytest

import minigrad as mg

X = np.arange(12.0).reshape(3, 4)


def fresh(m=mg, dtype=np.float64):
    return m.tensor(X.astype(dtype))


def assign(x, key, value):
    x[key] = value


ERRORS = {
    "too large": (lambda m, x: x[5], IndexError, "out of bounds"),
    "too small": (lambda m, x: x[-4], IndexError, "out of bounds"),
    "too many": (lambda m, x: x[0, 0, 0], IndexError, "too many"),
    "number": (lambda m, x: x.sum()[0], IndexError, "item\\(\\)"),
    "float": (lambda m, x: x[1.5], IndexError, "float"),
    "text": (lambda m, x: x["a"], TypeError, "str"),
    "step": (lambda m, x: x[::-1], ValueError, "greater than zero"),
    "list too large": (lambda m, x: x[[0, 5]], IndexError, "out of bounds"),
    "float tensor": (lambda m, x: x[m.tensor([0.0, 1.0])], IndexError, "long"),
    "mask too short": (lambda m, x: x[m.tensor([True, False])], IndexError, "mask|boolean"),
    "no broadcast": (lambda m, x: x[[0, 1], [0, 1, 2]], IndexError, "shape mismatch"),
    "fill_diagonal": (lambda m, x: x[0].fill_diagonal_(0), RuntimeError, "fill_diagonal_: expected a matrix"),
    "scatter_reduce": (
        lambda m, x: m.zeros(2).scatter_reduce(0, m.tensor([0]), m.ones(1), "most"),
        RuntimeError,
        "'amax'",
    ),
    "select": (lambda m, x: x.select(0, 3), IndexError, "out of range"),
    "narrow": (lambda m, x: x.narrow(0, 2, 3), RuntimeError, "length"),
    "narrow start": (lambda m, x: x.narrow(0, 7, 1), IndexError, "start"),
    "gather below": (lambda m, x: x.gather(1, m.tensor([[-1]])), RuntimeError, "out of bounds"),
    "gather above": (lambda m, x: x.gather(1, m.tensor([[4]])), RuntimeError, "out of bounds"),
    "gather ndim": (lambda m, x: x.gather(1, m.tensor([1])), RuntimeError, "dimensions"),
    "gather size": (lambda m, x: x.gather(1, m.zeros(5, 1).long()), RuntimeError, "except|apart"),
    "gather dtype": (lambda m, x: x.gather(1, m.zeros(1, 1)), RuntimeError, "int"),
    "gather dim": (lambda m, x: x.gather(2, m.tensor([[0]])), IndexError, "range"),
    "scatter dtype": (lambda m, x: x.scatter(1, m.tensor([[0]]), m.tensor([[1]])), RuntimeError, "src"),
    "scatter_add dtype": (lambda m, x: x.scatter_add(1, m.tensor([[0]]), m.tensor([[1]])), RuntimeError, "src"),
    "scatter size": (lambda m, x: x.scatter(1, m.tensor([[0, 1]]), x[:1, :1]), RuntimeError, "src"),
    "index_select below": (lambda m, x: x.index_select(0, m.tensor([-1])), IndexError, "out of"),
    "index_select matrix": (lambda m, x: x.index_select(0, m.tensor([[1]])), IndexError, "vector|one dimension"),
    "take": (lambda m, x: x.take(m.tensor([50])), IndexError, "50"),
    "index_add count": (lambda m, x: x.index_add(0, m.tensor([0, 0]), x), RuntimeError, "source"),
    "index_copy": (lambda m, x: x.index_copy(0, m.tensor([5]), x[:1]), IndexError, "5"),
    "masked_fill mask": (lambda m, x: x.masked_fill(m.ones(3, 4), 0), RuntimeError, "bool"),
    "masked_fill value": (lambda m, x: x.masked_fill(x > 3, x), RuntimeError, "0-dim"),
    "masked_fill_ shape": (lambda m, x: x.masked_fill_(m.ones(2, 3, 4) > 0, 0), RuntimeError, "shape"),
    "setitem shape": (lambda m, x: assign(x, 0, m.ones(3).double()), RuntimeError, "shape|size"),
    "setitem mask count": (lambda m, x: assign(x, x > 3, m.ones(3).double()), RuntimeError, "shape"),
    "setitem range": (lambda m, x: assign(x, 5, 1.0), IndexError, "out of bounds"),
    "setitem list range": (lambda m, x: assign(x, [5], 1.0), IndexError, "out of bounds"),
    "setitem list": (lambda m, x: assign(x, 0, [1, 2, 3, 4]), TypeError, "list"),
    "setitem text": (lambda m, x: assign(x, 0, "a"), TypeError, "str"),
    "floats among ints": (lambda m, x: assign(x.long(), [0], x[:1]), RuntimeError, "Long|int64"),
    "setitem leaf": (lambda m, x: assign(x.requires_grad_(), 0, 1.0), RuntimeError, "leaf"),
    "fill_ leaf": (lambda m, x: x.requires_grad_().fill_(0), RuntimeError, "leaf"),
    "copy_ shape": (lambda m, x: x.copy_(m.ones(2, 3, 4).double()), RuntimeError, "shape"),
    "fill_ shape": (lambda m, x: x.fill_(m.ones(2)), RuntimeError, "0-dim"),
    "diagonal": (lambda m, x: m.diagonal(x[0]), IndexError, "range"),
    "diag": (lambda m, x: m.diag(x[None]), RuntimeError, "matrix|2-D|2D"),
    "tril": (lambda m, x: m.tril(x[0]), RuntimeError, "at least 2"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_those_of_pytorch_and_change_nothing(name):
    function, error, words = ERRORS[name]
    x = fresh()
    with pytest.raises(error, match=words):
        function(mg, x)
    np.testing.assert_array_equal(x.detach().numpy(), X)
    torch = pytest.importorskip("torch")
    with pytest.raises(error):
        function(torch, fresh(torch))


def test_a_uint8_index_is_a_mask():
    x, mask = fresh(), mg.tensor([[2, 0, 1]] * 2, dtype=mg.uint8)[0]
    for change in (
        lambda: x[mask],
        lambda: x.__setitem__(mask, 0.0),
        lambda: x.index_put_((mask,), mg.tensor(3.0, dtype=x.dtype)),
    ):
        with pytest.warns(UserWarning, match="taken for a mask"):
            change()
    assert mg.equal(x[mask.bool()], mg.full((2, 4), 3.0, dtype=x.dtype)) and mg.equal(x[1], fresh()[1])


@pytest.mark.parametrize(
    "key", [0, (1, 2), slice(1, None), (..., 1), (None, 1), (), (slice(None), slice(0, 4, 2)), mg.tensor(1)], ids=repr
)
def test_slices_are_views(key):
    x = fresh()
    part = x[key]
    part.fill_(-1)
    expected = X.copy()
    expected[int(key) if isinstance(key, mg.Tensor) else key] = -1
    np.testing.assert_array_equal(x.numpy(), expected)


@pytest.mark.parametrize("key", [[0, 1], mg.tensor([1]), mg.tensor(X > 3), (0, [1, 1]), True], ids=repr)
def test_arrays_and_masks_give_copies(key):
    x = fresh()
    x[key].fill_(-1)
    np.testing.assert_array_equal(x.numpy(), X)


VIEWS = {
    "narrow": lambda x: x.narrow(1, 1, 2),
    "split": lambda x: x.split(2)[1],
    "chunk": lambda x: x.chunk(2, 1)[0],
    "unbind": lambda x: x.unbind(1)[2],
    "diagonal": lambda x: x.diagonal(1),
    "iteration": lambda x: list(x)[2],
    "transposed slice": lambda x: x.T[1:].permute(1, 0)[::2],
    "reshaped": lambda x: x.view(2, 6)[1].view(3, 2)[:, 1],
}
COPIES = {
    "flip": lambda x: x.flip(0),
    "flip one": lambda x: x[:1].flip(0),
    "roll": lambda x: x.roll(0, 0),
    "repeat": lambda x: x.repeat(1, 1),
    "diag": lambda x: x.diag(),
    "tril": lambda x: x.tril(9),
    "index_select": lambda x: x.index_select(0, mg.tensor([0, 1, 2])),
}


@pytest.mark.parametrize("name", VIEWS)
def test_changing_a_view_changes_the_base(name):
    x = fresh()
    VIEWS[name](x).fill_(-1)
    expected = X.copy()
    VIEWS[name](mg.from_numpy(expected))._data[...] = -1
    assert (expected == -1).any()
    np.testing.assert_array_equal(x.numpy(), expected)


@pytest.mark.parametrize("name", ["narrow", "diagonal", "transposed slice", "reshaped"])
def test_changing_a_view_changes_the_history_of_the_base(name):
    torch = pytest.importorskip("torch")
    grads = []
    for m in (mg, torch):
        leaf = fresh(m).requires_grad_()
        x = leaf * 2
        part = VIEWS[name](x)
        part.mul_(part.detach().clone() + 1)
        (x * x).sum().backward()
        grads.append(leaf.grad.numpy())
    np.testing.assert_allclose(*grads)


@pytest.mark.parametrize("name", ["narrow", "diagonal", "transposed slice", "reshaped"])
def test_a_view_has_the_history_of_its_changed_base(name):
    torch = pytest.importorskip("torch")
    grads = []
    for m in (mg, torch):
        leaf, v = fresh(m).requires_grad_(), m.ones(4).double().requires_grad_()
        x = leaf * 2
        part = VIEWS[name](x)
        x[1] = v * 3
        x.mul_(2)
        (part * part).sum().backward()
        grads += [leaf.grad.numpy(), v.grad.numpy()]
    np.testing.assert_allclose(grads[0], grads[2])
    np.testing.assert_allclose(grads[1], grads[3])


@pytest.mark.parametrize("name", COPIES)
def test_copies_do_not_share_memory(name):
    x = fresh()
    COPIES[name](x).fill_(-1)
    np.testing.assert_array_equal(x.numpy(), X)


def test_increment_at_repeated_indices_applies_once():
    x = fresh()
    x[[0, 0, 2]] += 1
    np.testing.assert_array_equal(x.numpy(), X + np.array([[1], [0], [1]]))


def test_increment_of_a_slice_is_recorded_once():
    x = (leaf := fresh().requires_grad_()) * 1
    x[0] *= 5
    x.sum().backward()
    np.testing.assert_array_equal(leaf.grad.numpy(), [[5] * 4, [1] * 4, [1] * 4])


def test_repeated_indices_add_up_in_backward():
    x = fresh().requires_grad_()
    x[[0, 2, 0, -3]].sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.array([[3.0], [0], [1]]) * np.ones((3, 4)))


@pytest.mark.parametrize("dtype", [mg.float32, mg.int64])
def test_a_few_rows_of_many_add_up(dtype):
    rows = mg.tensor([[1, 2], [3, 4], [5, 6]], dtype=dtype)
    x = mg.index_add(mg.zeros(100, 2, dtype=dtype), 0, mg.tensor([7, 99, 7]), rows)
    assert x.dtype == dtype and x[[7, 99]].tolist() == [[6, 8], [3, 4]] and x.sum().item() == 21


def test_detached_assignment_cuts_the_history():
    x = (leaf := fresh().requires_grad_()) * 1
    x[0] = x[0].detach()
    x.sum().backward()
    np.testing.assert_array_equal(leaf.grad.numpy()[:2], [[0] * 4, [1] * 4])


def test_numbers_and_slices_are_converted_to_the_dtype():
    i = fresh(dtype=np.int64)
    i[0] = 1.7
    i[1:] = fresh()[1:] + 0.5
    i[[0], [0]] = 2.9
    assert i.tolist() == [[2, 1, 1, 1], [4, 5, 6, 7], [8, 9, 10, 11]]


def test_assigning_what_backward_needs_is_noticed():
    x = fresh().requires_grad_() * 1
    y = x * x
    x[0] = 0.0
    with pytest.raises(RuntimeError, match="changed in place"):
        y.sum().backward()


def test_changing_an_index_after_use_is_noticed():
    i = mg.tensor([0, 1])
    y = fresh().requires_grad_()[i]
    i[0] = 2
    with pytest.raises(RuntimeError, match="changed in place"):
        y.sum().backward()


def test_assignment_under_no_grad_to_a_leaf():
    x = fresh().requires_grad_()
    with mg.no_grad():
        x[0] = 7.0
        x[[1]] = 8.0
        x.masked_fill_(x < 8, 0.0)
    assert x.is_leaf and x.requires_grad and x[:, 0].tolist() == [0, 8, 8]


def test_values_of_no_elements():
    x = fresh()
    x[x > 99] = 1.0
    x[1:1] = 5.0
    x[[]] = 2.0
    np.testing.assert_array_equal(x.numpy(), X)
    empty = x.requires_grad_()[[]]
    empty.sum().backward()
    assert empty.shape == (0, 4) and not x.grad.numpy().any()


def test_float32_indexing_stays_float32():
    x = fresh(dtype=np.float32).requires_grad_()
    x[[0, 0]].gather(1, mg.tensor([[0], [1]])).sum().backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize("row,col,offset", [(3, 4, 0), (4, 3, -1), (2, 5, 2), (0, 3, 0)])
def test_indices_of_triangles(row, col, offset):
    ones = np.ones((row, col))
    for ours, triangle in ((mg.tril_indices, np.tril), (mg.triu_indices, np.triu)):
        np.testing.assert_array_equal(ours(row, col, offset).numpy(), np.array(triangle(ones, offset).nonzero()))


def test_random_keys_agree_with_pytorch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    array = rng.standard_normal((3, 4, 2, 5))
    for _ in range(300):
        items, dim = [], 0
        while dim < 4 and rng.random() < 0.9:
            kind, size = rng.integers(0, 6), array.shape[dim]
            if kind == 0:
                items.append(int(rng.integers(-size, size)))
            elif kind == 1:
                items.append(slice(int(rng.integers(0, size)), None, int(rng.integers(1, 3))))
            elif kind == 2:
                items.append(rng.integers(-size, size, (2, 3)[: rng.integers(1, 3)][::-1]))
            elif kind == 3:
                items.append(np.arange(size) % 2 == 0)
            elif kind == 4:
                items.append(None)
            else:
                items.append(slice(None))
            dim += kind != 4
        results = []
        for m in (torch, mg):
            x = m.tensor(array).requires_grad_()
            key = tuple(m.tensor(i) if isinstance(i, np.ndarray) else i for i in items)
            try:
                y = x[key]
            except IndexError:
                results.append(IndexError)
                continue
            (y * y).sum().backward()
            results.append((y.detach().numpy(), x.grad.numpy()))
        if IndexError in results:
            assert results == [IndexError, IndexError], items
            continue
        for a, b in zip(*results, strict=True):
            assert a.shape == b.shape, items
            np.testing.assert_allclose(a, b, err_msg=str(items))


def test_errors_of_shapes_that_do_not_fit_name_the_operation():
    with pytest.raises(RuntimeError, match="masked_select: a mask of shape"):
        mg.masked_select(mg.ones(2, 3), mg.ones(2).bool())
    with pytest.raises(RuntimeError, match="narrow: a 0-dim tensor"):
        mg.narrow(mg.tensor(1.0), 0, 0, 1)


def test_fill_diagonal_keeps_the_graph_and_reaches_views():
    x = mg.ones(2, 3, requires_grad=True)
    y = x * 2
    assert y.fill_diagonal_(5) is y
    y.sum().backward()
    assert x.grad.tolist() == [[0, 2, 2], [2, 0, 2]]
