"""The engine: what is visited, what adds up."""

import weakref

import numpy as np
import pytest

import minigrad as mg
from minigrad.graph import engine


def leaf(*values):
    return mg.tensor(values if len(values) != 1 else values[0], dtype=mg.float64, requires_grad=True)


# ---- the engine alone: neither operations nor Tensors ---------------------------------------------------------------


class Times(engine.Node):
    """A node whose parents each get `factor` times its gradient."""

    def __init__(self, factor, *parents):
        super().__init__(parents)
        self.factor, self.visits, self.released = factor, 0, False

    def vjp(self, g, needed, create_graph):
        self.visits += 1
        return [self.factor * g for _ in self.parents]

    def release(self):
        self.released = True


def test_engine_needs_only_nodes_and_anything_that_adds():
    a, b = Times(2, "x"), Times(3, "x", "y")
    top = Times(1, a, b, a)
    assert engine.run([(top, 1)]) == {"x": 2 * 2 + 3, "y": 3}
    assert [n.visits for n in (a, b, top)] == [1, 1, 1]
    assert all(n.released for n in (a, b, top))


def test_each_node_is_visited_once_however_many_paths_lead_to_it():
    node = first = Times(1, "x")
    nodes = [first]
    for _ in range(100):  # 2**100 paths
        node = Times(1, node, node)
        nodes.append(node)
    assert engine.run([(node, 1)]) == {"x": 2**100}
    assert all(n.visits == 1 for n in nodes)


def test_only_what_leads_to_the_targets_is_visited():
    wanted, other = Times(2, "x"), Times(3, "y")
    top = Times(1, wanted, other)
    below = Times(5, top)
    assert engine.run([(below, 1)], targets=["x"], retain_graph=True) == {"x": 10}
    assert (other.visits, wanted.visits) == (0, 1)
    assert engine.run([(below, 1)], targets=[top]) == {top: 5}
    assert wanted.visits == 1
    assert not wanted.released


def test_several_roots():
    a = Times(2, "x")
    b = Times(3, a)
    assert engine.run([(b, 1), (a, 10), ("x", 100)]) == {"x": 6 + 20 + 100}


def test_wrong_number_of_gradients_is_an_error():
    class Wrong(Times):
        def vjp(self, g, needed, create_graph):
            return [g]

    with pytest.raises(ValueError):
        engine.run([(Wrong(1, "x", "y"), 1)])


# ---- backward and grad ----------------------------------------------------------------------------------------------


def test_two_passes_add_up():
    x = leaf(3.0)
    for _ in range(2):
        (x * x).backward()
    assert x.grad.item() == 12
    assert x.grad.dtype == x.dtype and x.grad.shape == x.shape


def test_a_node_reached_twice_counts_twice():
    a = leaf(1.0)
    b = a + a
    (b + b).backward()
    assert a.grad.item() == 4


def test_diamond_of_many_paths():
    x = leaf(1.0)
    y = x
    for _ in range(40):
        y = y * 0.5 + y * 0.5
    y.backward()
    assert x.grad.item() == 1


def test_chain_of_100000_operations():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 0.00001
    y.backward()
    assert x.grad.item() == 1
    del y  # freeing it must not recurse either


def test_chain_of_100000_views_is_rebuilt_after_a_change_of_its_base():
    x = mg.ones(2, 3, requires_grad=True)
    base = view = x * 1
    for _ in range(100_000):
        view = view.T
    base.mul_(2)
    view[0].sum().backward()
    assert x.grad.tolist() == [[2, 2, 2], [0, 0, 0]]


def test_chain_of_100000_operations_is_freed_without_backward():
    y = leaf(1.0)
    for _ in range(100_000):
        y = -y
    dead = weakref.ref(y.grad_fn)
    del y
    assert dead() is None


def test_chain_of_10000_with_create_graph():
    x = leaf(1.0)
    y = x
    for _ in range(10_000):
        y = y * 1.0001
    (g,) = mg.autograd.grad(y * y, x, create_graph=True)
    (gg,) = mg.autograd.grad(g, x)
    assert gg.item() == pytest.approx(2 * 1.0001**20_000)


def test_parameters_that_are_not_used_keep_none():
    x, y = leaf(1.0), leaf(2.0)
    (x * 2).backward()
    assert y.grad is None


def test_non_scalar_needs_a_gradient():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"one element.*\(2,\)"):
        (x * 2).backward()
    (x * 2).backward(mg.tensor([1.0, 10.0], dtype=mg.float64))
    assert x.grad.tolist() == [2, 20]


@pytest.mark.parametrize("shape", [(), (1,), (1, 1, 1)])
def test_any_one_element_shape_is_fine(shape):
    x = mg.ones(shape, requires_grad=True)
    (x * 3).backward()
    assert x.grad.shape == shape and x.grad.item() == 3


def test_gradient_of_the_wrong_shape_or_type():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"\(2,\).*\(3,\)"):
        (x * 2).backward(mg.ones(3))
    with pytest.raises(TypeError, match="ndarray"):
        (x * 2).backward(np.ones(2))
    assert x.grad is None


def test_what_does_not_require_grad_cannot_be_differentiated():
    with pytest.raises(RuntimeError, match="does not require grad"):
        mg.ones(1).backward()
    with mg.no_grad():
        y = leaf(1.0) * 2
    with pytest.raises(RuntimeError, match="no_grad"):
        y.backward()


def test_second_backward_names_the_operation():
    x = leaf(2.0)
    y = (x * x).exp()
    y.backward()
    with pytest.raises(RuntimeError, match="ExpBackward0.*retain_graph"):
        y.backward()
    assert x.grad.item() == pytest.approx(4 * np.exp(4))


def test_second_backward_through_a_shared_part():
    x = leaf(2.0)
    shared = x * x
    (shared * 2).backward()
    with pytest.raises(RuntimeError, match="MulBackward0"):
        (shared * 3).backward()


def test_retain_graph():
    x = leaf(3.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 12
    with pytest.raises(RuntimeError, match="freed"):
        y.backward()


def test_retain_graph_defaults_to_create_graph():
    x = leaf(3.0)
    y = x * x
    y.backward(create_graph=True)
    y.backward(create_graph=True)
    y.backward()
    assert x.grad.item() == 18


def test_a_chain_of_sums_may_be_walked_twice():
    x = leaf(1.0)
    y = x + x
    y.backward()
    y.backward()
    assert x.grad.item() == 4


@pytest.mark.parametrize(
    "function",
    [
        *(lambda m, x, mode=mode: m.nn.functional.interpolate(x, size=(3, 5), mode=mode)
          for mode in ("nearest", "nearest-exact", "bilinear", "bicubic", "area")),
        lambda m, x: m.nn.functional.unfold(x, 2),
        lambda m, x: m.nn.functional.fold(x.reshape(2, 4, 6), (3, 4), 2),
        lambda m, x: m.nn.functional.pad(x, (1, 1, 2, 1), mode="circular"),
        lambda m, x: x.repeat_interleave(3, 1),
        lambda m, x: x.roll(1, 2).flip(1).tile(2, 1, 1, 1),
        lambda m, x: m.nn.functional.pixel_shuffle(x.reshape(2, 4, 2, 3), 2),
    ],
)  # fmt: skip
def test_what_keeps_only_tables_made_from_shapes_may_be_walked_twice(function):
    torch = pytest.importorskip("torch")
    gradients = []
    for m in (mg, torch):
        x = m.linspace(-1, 1, 48, dtype=m.float64).reshape(2, 2, 3, 4).requires_grad_()
        y = function(m, x)
        g = m.linspace(0, 2, y.numel(), dtype=m.float64).reshape(y.shape)
        y.backward(g, retain_graph=m is torch)  # which frees what it keeps in some of the modes
        y.backward(g)
        gradients.append(x.grad.numpy())
    np.testing.assert_allclose(*gradients, atol=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        lambda m, v: v.mul_(2),
        lambda m, v: v.copy_(v.detach()),
        lambda m, v: v.sin_().exp_(),
        lambda m, v: v[..., 0].mul_(v.sum()),
    ],
)
@pytest.mark.parametrize("view", [lambda t: t[0], lambda t: t.T, lambda t: t.view(-1)[1:4], lambda t: t.unsqueeze(0)])
def test_what_a_changed_view_is_used_for_reaches_hooks_and_retained_gradients_of_its_base(view, change):
    torch = pytest.importorskip("torch")
    gradients = []
    for m in (mg, torch):
        x = m.linspace(0.1, 1, 6, dtype=m.float64).reshape(2, 3).requires_grad_()
        base = x * 1
        v = view(base)
        change(m, v)
        base.retain_grad()
        base.register_hook(lambda g: g * 3)
        (base.sum() + (v * v).sum()).backward()
        gradients.append(np.stack([x.grad.numpy(), base.grad.numpy()]))
    np.testing.assert_allclose(*gradients)


def test_inputs_confines_accumulation():
    x, y = leaf(2.0), leaf(3.0)
    z = x * y
    (z * z).backward(inputs=[x])
    assert x.grad.item() == 2 * 6 * 3
    assert y.grad is None
    w = x * y
    (w * w).backward(inputs=w)
    assert w._grad.item() == 12


def test_inputs_that_retain_their_grad_get_it_once():
    x = leaf([1.0, 2.0])
    y = x * 2
    y.retain_grad()
    (y * y).sum().backward(inputs=[y])
    assert y.grad.tolist() == [4, 8] and x.grad is None


def test_empty_inputs_is_an_error():
    with pytest.raises(RuntimeError, match="inputs is empty"):
        (leaf(2.0) * 2).backward(inputs=[])


def test_backward_of_several_tensors():
    x = leaf(2.0)
    mg.autograd.backward([x * 2, x * x], [mg.tensor(1.0), mg.tensor(10.0)])
    assert x.grad.item() == 2 + 40
    with pytest.raises(RuntimeError, match="2 outputs and 1 gradients"):
        mg.autograd.backward([x * 2, x * x], [mg.tensor(1.0)])


def test_grad_leaves_grad_alone():
    x = leaf(2.0)
    (g,) = mg.autograd.grad(x * x, x)
    assert g.item() == 4 and x.grad is None and not g.requires_grad


def test_grad_of_interior_tensors_and_of_outputs_themselves():
    x = leaf(2.0)
    y = x * x
    z = y * y
    gz, gy, gx = mg.autograd.grad(z, [z, y, x])
    assert (gz.item(), gy.item(), gx.item()) == (1, 8, 32)
    (g,) = mg.autograd.grad(x, x)
    assert g.item() == 1


def test_unused_inputs():
    x, y = leaf(2.0), leaf(3.0, 4.0)
    with pytest.raises(RuntimeError, match=r"inputs\[1\].*\(2,\).*allow_unused"):
        mg.autograd.grad(x * x, [x, y])
    assert mg.autograd.grad(x * x, [x, y], allow_unused=True)[1] is None
    zeros = mg.autograd.grad(x * x, [x, y], materialize_grads=True)[1]
    assert zeros.tolist() == [0, 0] and zeros.dtype == y.dtype
    with pytest.raises(ValueError, match="materialize_grads"):
        mg.autograd.grad(x * x, [x, y], allow_unused=False, materialize_grads=True)


def test_grad_with_respect_to_what_does_not_require_it():
    with pytest.raises(RuntimeError, match=r"inputs\[0\] does not require grad"):
        mg.autograd.grad(leaf(2.0) * 2, mg.ones(1))


def test_grad_outputs():
    x = leaf(1.0, 2.0)
    (g,) = mg.autograd.grad([x * x, x.sum()], x, [mg.tensor([1.0, 10.0]), None])
    assert g.tolist() == [3, 41]


def test_grads_batched():
    x = leaf(1.0, 2.0)
    rows = mg.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=mg.float64)
    (jacobian,) = mg.autograd.grad(x * x, x, rows, is_grads_batched=True)
    assert jacobian.tolist() == [[2, 0], [0, 4]]


def test_same_tensor_twice_among_inputs():
    x = leaf(3.0)
    a, b = mg.autograd.grad(x * x, [x, x])
    assert a.item() == b.item() == 6
    (x * x).backward(inputs=[x, x])
    assert x.grad.item() == 6


def test_create_graph_gives_higher_orders():
    x = leaf(2.0)
    y = x**5
    expected = [5 * 16, 20 * 8, 60 * 4, 120 * 2, 120, 0]
    for e in expected:
        (y,) = mg.autograd.grad(y, x, create_graph=True, materialize_grads=True) if y.requires_grad else (y * 0,)
        assert y.item() == pytest.approx(e)


def test_create_graph_backward_into_grad():
    x = leaf(3.0)
    (x**3).backward(create_graph=True)
    assert x.grad.requires_grad
    (gg,) = mg.autograd.grad(x.grad, x)
    assert gg.item() == 18
