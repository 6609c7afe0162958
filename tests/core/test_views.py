"""Views whose base nobody has any more, of memory in steps, of nothing; and rearranging what cannot be written to."""

import gc

import numpy as np
import pytest

import minigrad as mg

ARRANGED = {
    "sort": lambda m, x: x.sort(0).values,
    "cumsum": lambda m, x: x.cumsum(0),
    "max": lambda m, x: x.max(0).values,
    "matmul": lambda m, x: x[None] @ m.eye(2),
    "user": lambda m, x: (x * 2).view(-1)[1:],
}


def later_view(m, arrange):
    """A view of a result made before a change of it: gradients reach the result, and what it was computed from."""
    w = m.tensor([1.0, 2.0], requires_grad=True)
    y = arrange(m, m.tensor([[1.0, 4.0], [3.0, 2.0]]) * w)
    v = y.reshape(-1) if y.is_contiguous() else y.T.reshape(-1)
    y.mul_(w[0])
    loss = (v * v).sum() + (y * y).sum()
    return [g.tolist() for g in m.autograd.grad(loss, [w, y])]


@pytest.mark.parametrize("name", [name for name in ARRANGED if name != "user"])  # of which PyTorch keeps the base
def test_a_result_is_the_base_of_its_views(name):
    torch = pytest.importorskip("torch")
    assert later_view(mg, ARRANGED[name]) == later_view(torch, ARRANGED[name])


@pytest.mark.parametrize("name", ARRANGED)
def test_a_change_of_what_nobody_else_sees_copies_nothing(name):
    x = mg.ones(2, 2, requires_grad=True)
    y = ARRANGED[name](mg, x)
    y.add_(1)
    assert y.grad_fn.name() == "AddBackward0", "and not that of a part that is put into its base"


def test_a_base_that_somebody_has_stays_the_base():
    holders = {
        "a tensor": lambda base: base,
        "another view": lambda base: base[:1],
        "a graph": lambda base: (base * 1).grad_fn,
    }
    for name, held in holders.items():
        base = mg.ones(2, requires_grad=True) if name == "a graph" else mg.ones(2, requires_grad=True) * 2
        view, other = base[1:], held(base)
        del base
        gc.collect()
        if name == "a graph":
            with pytest.raises(RuntimeError, match="leaf"):
                view.mul_(3)
            continue
        view.mul_(3)
        assert view._is_view() and other.requires_grad


def test_a_chain_of_views_does_not_grow():
    x = mg.ones(4, 4)
    for _ in range(5):
        x = x.view(2, 8).view(4, 4)
    depth, calls = 0, x._view.calls
    while calls is not None:
        depth, calls = depth + 1, calls[0]
    assert depth < 3


# ---- memory in steps -------------------------------------------------------------------------------------------------

STEPS = {"overlap": ((2, 2), (1, 1), 1), "diagonal": ((3,), (4,), 0), "column": ((2,), (3,), 2)}
BASES = {
    "in order": lambda m: m.arange(9.0).view(3, 3) * 1,
    "transposed": lambda m: (m.arange(9.0).view(3, 3) * 1).t(),
    "every other": lambda m: (m.arange(18.0).view(3, 6) * 1)[:, ::2],
}
GRADIENTS = {
    "in order": lambda m: m.arange(9.0).view(3, 3).clone(),
    "transposed": lambda m: m.arange(9.0).view(3, 3).t(),
    "expanded": lambda m: m.ones(1, 1).expand(3, 3),
    "every other": lambda m: m.arange(18.0).view(3, 6)[:, ::2],
}


@pytest.mark.parametrize("gradient", GRADIENTS)
@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("steps", STEPS)
def test_what_is_written_through_steps_has_its_gradient_however_the_gradient_lies(steps, base, gradient):
    torch = pytest.importorskip("torch")

    def gradients(m):
        x = BASES[base](m)
        view = x.as_strided(*STEPS[steps])
        weight = m.full(STEPS[steps][0], 2.0, requires_grad=True)
        view[...] = weight * view.clone()
        return m.autograd.grad(x, weight, GRADIENTS[gradient](m))[0].tolist()

    assert gradients(mg) == gradients(torch)


def test_steps_of_a_recorded_tensor_can_be_changed():
    x = mg.ones(4, requires_grad=True)
    y = x * 2
    y.as_strided((2,), (2,), 1).as_strided((1,), (1,), 3).mul_(10)
    y.sum().backward()
    assert x.grad.tolist() == [2, 2, 2, 20]


# ---- nothing, and what must not be written to ------------------------------------------------------------------------


@pytest.mark.parametrize("part", [lambda x: x[:, 0], lambda x: x.view(-1), lambda x: x.T, lambda x: x[:0, 1:]])
def test_what_is_written_into_a_part_of_nothing_is_recorded(part):
    """So that a loss of a batch with nothing in it has gradients."""
    weight = mg.ones((), requires_grad=True)
    out = mg.zeros(0, 3)
    part(out).add_(weight)
    out.sum().backward()
    assert weight.grad.item() == 0


REARRANGING = {
    "t_": (), "transpose_": (0, 1), "swapaxes_": (0, 1), "swapdims_": (0, 1), "squeeze_": (), "unsqueeze_": (0,),
}  # fmt: skip


@pytest.mark.parametrize("name", REARRANGING)
@pytest.mark.parametrize("shape", [(1, 3), (2, 3)])
def test_rearranging_without_recording_keeps_leaves_and_histories(name, shape):
    """As an initialization does it: a parameter that lost its gradient would silently not be trained."""
    weight, x = mg.ones(shape, requires_grad=True), mg.ones(shape, requires_grad=True)
    y = x * 2
    with mg.no_grad():
        getattr(weight, name)(*REARRANGING[name])
        getattr(y, name)(*REARRANGING[name])
    assert weight.is_leaf and weight.requires_grad and y.requires_grad
    factors = mg.arange(y.numel(), dtype=mg.float32).reshape(y.shape)
    (weight * factors).sum().backward()
    (y * factors).sum().backward()
    assert weight.grad.tolist() == factors.tolist()
    assert sorted(x.grad.ravel().tolist()) == (2 * factors).ravel().tolist()
    if name in ("t_", "transpose_", "swapaxes_", "swapdims_"):
        assert x.grad.T.tolist() == (2 * factors).tolist()


@pytest.mark.parametrize("view", [lambda c: c[0], lambda c: c[:, 0], lambda c: c[1:, 1:], lambda c: c.diagonal()])
@pytest.mark.parametrize("change", [lambda y, c: y.mul_(10), lambda y, c: c.mul_(2)], ids=["view", "base"])
def test_views_of_a_square_that_was_transposed_in_place_have_right_gradients_or_raise(view, change):
    """The steps from the base to the view lead to elements of the same shape, at the same start."""
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    c = x * 1
    y = view(c)
    c.t_()
    try:
        change(y, c)
        (gradient,) = mg.autograd.grad((c * mg.tensor([[1.0, 10.0], [100.0, 1000.0]])).sum() + y.sum(), x)
    except RuntimeError as error:
        assert "rearranged in place" in str(error)
        return
    plain = np.array([[1.0, 2.0], [3.0, 4.0]])

    def loss(plain):
        c = plain.copy()
        y = view(mg.from_numpy(c)).numpy()
        c = c.T
        change(mg.from_numpy(y), mg.from_numpy(c))
        return (c * [[1.0, 10.0], [100.0, 1000.0]]).sum() + y.sum()

    for i in np.ndindex(2, 2):
        step = np.zeros((2, 2))
        step[i] = 0.5
        assert gradient[i].item() == pytest.approx(loss(plain + step) - loss(plain - step))


@pytest.mark.parametrize("name", REARRANGING)
def test_an_expanded_tensor_can_be_rearranged(name):
    torch = pytest.importorskip("torch")

    def shape(m):
        return tuple(getattr(m.ones(1, 3).expand(4, 3), name)(*REARRANGING[name]).shape)

    assert shape(mg) == shape(torch)


def test_copy_takes_no_more_dimensions():
    x = mg.zeros(3)
    with pytest.raises(RuntimeError, match="copy_: values of shape"):
        x.copy_(mg.ones(1, 3))
    assert x.tolist() == [0, 0, 0]
