"""Views in another shape: errors, what shares memory, edges."""

import itertools

import numpy as np
import pytest

import minigrad as mg


def x_of(m):
    return m.tensor(np.arange(12.0).reshape(3, 4))


ERRORS = {
    "reshape": (lambda m, x: x.reshape(5, 2), RuntimeError, "shape"),
    "reshape -1": (lambda m, x: x.reshape(5, -1), RuntimeError, "shape"),
    "reshape two -1": (lambda m, x: x.reshape(-1, -1), RuntimeError, "-1"),
    "view of transposed": (lambda m, x: x.T.view(12), RuntimeError, "reshape"),
    "view": (lambda m, x: x.view(5), RuntimeError, "shape"),
    "flatten": (lambda m, x: m.flatten(x, 1, 0), RuntimeError, "start_dim"),
    "flatten dim": (lambda m, x: m.flatten(x, 2), IndexError, "range"),
    "unflatten": (lambda m, x: x.unflatten(1, (3, 2)), RuntimeError, "4|shape"),
    "squeeze": (lambda m, x: x.squeeze(2), IndexError, "range"),
    "unsqueeze": (lambda m, x: x.unsqueeze(4), IndexError, "range"),
    "permute": (lambda m, x: x.permute(0), RuntimeError, "dim"),
    "permute twice": (lambda m, x: x.permute(0, 0), RuntimeError, "twice|duplicate"),
    "transpose": (lambda m, x: x.transpose(0, 2), IndexError, "range"),
    "t": (lambda m, x: x[None].t(), RuntimeError, "2"),
    "mT": (lambda m, x: x[0].mT, RuntimeError, "2"),
    "expand": (lambda m, x: x.expand(3, 5), RuntimeError, "expand"),
    "expand few": (lambda m, x: x.expand(4), RuntimeError, "expand"),
    "movedim": (lambda m, x: m.movedim(x, (0, 1), (0,)), RuntimeError, "dim"),
    "unfold": (lambda m, x: x.unfold(0, 4, 1), RuntimeError, "size of at most 3"),
    "in place on expanded": (lambda m, x: x[:1].expand(3, 4).add_(1), RuntimeError, "clone"),
    "bool of several": (lambda m, x: bool(x), RuntimeError, "ambiguous|any"),
    "len of 0-dim": (lambda m, x: len(x[0, 0]), TypeError, "0-d"),
    "iteration of 0-dim": (lambda m, x: list(x[0, 0]), TypeError, "0-d"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_those_of_pytorch(name):
    function, error, words = ERRORS[name]
    with pytest.raises(error, match=words):
        function(mg, x_of(mg))
    torch = pytest.importorskip("torch")
    with pytest.raises(error):
        function(torch, x_of(torch))


VIEWS = {
    "reshape": lambda x: x.reshape(2, 6),
    "view": lambda x: x.view(-1),
    "flatten": lambda x: x.flatten(),
    "squeeze": lambda x: x.unsqueeze(1).squeeze(),
    "permute": lambda x: x.permute(1, 0),
    "transpose": lambda x: x.transpose(0, 1),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "movedim": lambda x: x.movedim(0, 1),
    "detach": lambda x: x.detach(),
    "data": lambda x: x.data,
}


@pytest.mark.parametrize("name", VIEWS)
def test_views_share_memory(name):
    x = x_of(mg)
    VIEWS[name](x).mul_(2)
    np.testing.assert_array_equal(x.numpy(), np.arange(12.0).reshape(3, 4) * 2)


def test_reshape_copies_where_it_must():
    x = x_of(mg)
    x.T.reshape(12).zero_()
    assert x[2, 3].item() == 11


@pytest.mark.parametrize("name", ["reshape", "permute", "squeeze", "flatten"])
def test_changing_a_view_of_a_leaf_is_refused(name):
    x = x_of(mg).requires_grad_()
    with pytest.raises(RuntimeError, match="view of a leaf"):
        VIEWS[name](x).mul_(2)
    np.testing.assert_array_equal(x.detach().numpy(), np.arange(12.0).reshape(3, 4))


def test_expanding_nothing_and_0_dim():
    assert mg.zeros(0, 1).expand(0, 5).shape == (0, 5)
    assert mg.tensor(3.0).expand(2, 2).tolist() == [[3, 3], [3, 3]]
    assert mg.zeros(0, 3).reshape(3, 0).shape == (3, 0)


def test_what_has_no_dimension_cannot_be_unflattened():
    with pytest.raises(RuntimeError, match="unflatten: expected a tensor with at least one dimension"):
        mg.tensor(1.0).unflatten(0, (1, 1))


@pytest.mark.parametrize("shape", [(7,), (4, 5), (2, 6, 3)])
def test_unfold_is_a_view_whose_gradient_adds_up_where_windows_overlap(shape):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    for dim, step in itertools.product(range(-len(shape), len(shape)), (1, 2, 9)):
        for size in range(shape[dim] + 1):
            values = rng.standard_normal(shape)
            x, t = (m.tensor(values, requires_grad=True) for m in (mg, torch))
            ours, theirs = x.unfold(dim, size, step), t.unfold(dim, size, step)
            np.testing.assert_array_equal(ours.detach().numpy(), theirs.detach().numpy())
            if size:
                assert np.shares_memory(ours._data, x._data)
                g = rng.standard_normal(ours.shape)
                ours.backward(mg.tensor(g))
                theirs.backward(torch.tensor(g))
                np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy(), atol=1e-12)


def test_windows_are_written_through_unless_they_overlap():
    x = mg.zeros(6)
    x.unfold(0, 2, 1)[1, 0] = 7
    assert x.tolist() == [0, 7, 0, 0, 0, 0]
    leaf = mg.ones(6, requires_grad=True)
    y = leaf * 1
    y.unfold(0, 2, 2).mul_(mg.tensor([2.0, 3.0]))
    y.sum().backward()
    assert leaf.grad.tolist() == [2, 3, 2, 3, 2, 3]
    with pytest.raises(RuntimeError, match="add_: several elements share one place"):
        x.unfold(0, 2, 1).add_(1)
    assert x.tolist() == [0, 7, 0, 0, 0, 0]
    assert mg.tensor(3.0).unfold(0, 1, 1).tolist() == [3]


BITS = {
    "same size": lambda m, x: x.view(m.int64),
    "smaller": lambda m, x: x.view(m.uint8),
    "by name": lambda m, x: x.view(dtype=m.int16),
    "turned": lambda m, x: x.t().view(m.int64),
    "larger": lambda m, x: x.float().view(m.float64),
    "own": lambda m, x: x.view(x.dtype),
    "no dims": lambda m, x: x[0, 0].view(m.int64),
}
NO_BITS = {
    "turned": lambda m, x: x.t().view(m.uint8),
    "no dims": lambda m, x: x[0, 0].view(m.uint8),
    "no multiple": lambda m, x: x[:, :3].float().view(m.float64),
}


@pytest.mark.parametrize("name", BITS)
def test_bits_as_another_dtype(name):
    torch = pytest.importorskip("torch")
    ours, theirs = (BITS[name](m, x_of(m) + 0.1) for m in (mg, torch))
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy(), strict=True)


@pytest.mark.parametrize("name", NO_BITS)
def test_bits_that_do_not_lie_side_by_side(name):
    torch = pytest.importorskip("torch")
    for m in (mg, torch):
        with pytest.raises(RuntimeError):
            NO_BITS[name](m, x_of(m))


def test_changed_bits_are_changed_numbers_and_backward_notices():
    x = mg.zeros(2)
    x.view(mg.int32).add_(0x3F800000)
    assert x.tolist() == [1, 1]
    kept = (mg.ones(2, requires_grad=True) * 2).exp()
    assert not kept.view(mg.int32).requires_grad
    kept.view(mg.int32).add_(1)
    with pytest.raises(RuntimeError, match="changed in place"):
        kept.sum().backward()
