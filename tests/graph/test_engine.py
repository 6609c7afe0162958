"""The engine: what is visited, what adds up, what is freed and what is left in memory."""

import gc
import warnings
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


def test_gradients_are_not_shared_between_leaves():
    x, y = leaf(1.0, 2.0), leaf(1.0, 2.0)
    (x + y).sum().backward()
    x.grad.add_(5)
    assert y.grad.tolist() == [1, 1]
    g1, g2 = mg.autograd.grad((x + y).sum(), [x, y])
    g1.add_(5)
    assert g2.tolist() == [1, 1]


class Keeping(mg.autograd.Function):
    """The identity; its backward makes a new gradient and refers to it weakly, and if told so strongly, too."""

    made, kept = [], []

    @staticmethod
    def forward(ctx, x, keep):
        ctx.keep = keep
        return x * 1

    @staticmethod
    def backward(ctx, g):
        g = g * 1
        Keeping.made.append(weakref.ref(g._data))
        if ctx.keep:
            Keeping.kept.append(g)
        return g, None


@pytest.mark.parametrize("keep", [False, True])
def test_a_gradient_is_copied_only_where_something_else_refers_to_it(keep):
    x = leaf([1.0, 2.0])
    Keeping.apply(x, keep).sum().backward()
    made = Keeping.made.pop()()
    assert (x.grad._data is made) is not keep
    if keep:
        x.grad.zero_()
        np.testing.assert_array_equal(Keeping.kept.pop().numpy(), [1, 1])


def test_a_gradient_that_a_hook_or_the_caller_keeps_is_copied():
    x, kept = leaf([1.0, 2.0]), []
    y = x.clone()
    y.register_hook(kept.append)
    x.register_hook(kept.append)
    given = mg.tensor([3.0, 4.0], dtype=mg.float64)
    y.backward(given)
    x.grad.zero_()
    for g in (given, *kept):
        np.testing.assert_array_equal(g.numpy(), [3, 4])


def test_a_gradient_that_must_not_be_written_to_is_copied():
    class Frozen(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 3

        @staticmethod
        def backward(ctx, g):
            slope = g.numpy() * 3
            slope.flags.writeable = False
            return mg.Tensor._wrap(slope)

    x = leaf([1.0, 2.0])
    for _ in range(2):
        Frozen.apply(x).sum().backward()
    assert x.grad.tolist() == [6, 6]


def test_a_retained_gradient_is_not_that_of_the_leaf():
    x = leaf([1.0, 2.0])
    y = x.clone()
    y.retain_grad()
    y.sum().backward()
    x.grad.zero_()
    np.testing.assert_array_equal(y.grad.numpy(), [1, 1])


def test_given_gradient_is_not_changed_or_aliased():
    x = leaf(1.0, 2.0)
    g = mg.ones(2, dtype=mg.float64)
    (x + 0).backward(g)
    (x + 0).backward(g)
    assert g.tolist() == [1, 1] and x.grad.tolist() == [2, 2]


def test_error_in_backward_changes_no_grad():
    x, y = leaf(2.0), leaf(3.0)
    good, bad = x * 1, y * y
    with mg.no_grad():
        y.add_(1)
    with pytest.raises(RuntimeError, match="changed in place"):
        (good + bad).backward()
    assert x.grad is None and y.grad is None


@pytest.mark.parametrize("where", ["rule", "hook of a node", "hook of a leaf", "gradient of another shape"])
def test_error_in_backward_changes_no_grad_that_is_retained_either(where):
    x, y, w = leaf(1.0, 2.0), leaf(3.0, 4.0), leaf(5.0, 6.0)
    for t in (x, y, w):
        t.grad = mg.ones(2, dtype=mg.float64)
    inner = x * 2
    z = y * y
    inner.retain_grad()
    loss = (inner * 3 + z + w).sum()
    if where == "rule":
        y.data.add_(1)
    elif where == "gradient of another shape":
        y._grad = mg.ones(3, dtype=mg.float64)
    else:
        (z if where == "hook of a node" else x).register_hook(lambda g: 1 / 0)
    with pytest.raises((RuntimeError, ZeroDivisionError)):
        loss.backward(retain_graph=True)
    assert inner.grad is None
    assert x.grad.tolist() == w.grad.tolist() == [1, 1] and set(y.grad.tolist()) == {1}


def test_a_failed_backward_may_be_tried_again_where_the_graph_was_retained():
    x, fails = leaf(1.0, 2.0), [True]
    y = x * x

    def hook(g):
        if fails:
            raise ValueError

    y.register_hook(hook)
    with pytest.raises(ValueError):
        y.sum().backward()
    fails.clear()
    y.sum().backward()
    assert x.grad.tolist() == [2, 4]


def test_error_deep_inside_of_backward_inside_of_backward_comes_out():
    def descend(levels):
        x = leaf(1.0)
        y = x * 1

        def hook(g):
            if not levels:
                raise KeyError("deep")
            with mg.enable_grad():
                descend(levels - 1)

        y.register_hook(hook)
        y.backward()

    with np.errstate(over="raise"), pytest.raises(KeyError, match="deep"):
        descend(50)
    assert mg.is_grad_enabled()


def test_an_infinite_gradient_is_added_silently():
    x = leaf(1.0)
    x.grad = mg.tensor(np.inf, dtype=mg.float64)
    (x * -np.inf).backward()
    assert np.isnan(x.grad.item())


def test_a_gradient_of_the_users_that_must_not_be_written_to():
    x = leaf(1.0, 2.0)
    x.grad = mg.ones(1, dtype=mg.float64).expand(2)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_view_of_a_base_that_was_detached_and_then_changed_has_no_old_gradient():
    base = leaf(1.0, 1.0) * 2
    view = base[:1]
    base.detach_()
    assert view.requires_grad
    base.mul_(3)
    assert not view.requires_grad and not base.requires_grad


def test_mode_is_restored_after_an_error_in_backward():
    x = leaf(2.0)
    x.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        (x * x).backward()
    assert mg.is_grad_enabled()


# ---- hooks ----------------------------------------------------------------------------------------------------------


def test_hook_replaces_before_accumulation():
    x = leaf(1.0, 2.0)
    seen = []
    handle = x.register_hook(lambda g: seen.append(g.tolist()) or g * 10)
    x.sum().backward()
    assert seen == [[1, 1]] and x.grad.tolist() == [10, 10]
    handle.remove()
    handle.remove()  # nothing happens
    x.sum().backward()
    assert x.grad.tolist() == [11, 11]


def test_hook_of_a_leaf_runs_once_with_the_whole_gradient():
    x = leaf(1.0)
    seen = []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3).backward()
    assert seen == [5]


def test_hook_of_an_interior_tensor():
    x = leaf(2.0)
    y = x * x
    y.register_hook(lambda g: g * 100)
    (y * 3).backward()
    assert x.grad.item() == 1200


def test_hooks_run_in_order_and_see_what_the_one_before_returned():
    x = leaf(1.0)
    y = x * 1
    y.register_hook(lambda g: g + 1)
    y.register_hook(lambda g: g * 10)
    y.backward()
    assert x.grad.item() == 20


def test_hook_in_a_second_order_pass():
    x = leaf(3.0)
    y = x * x
    y.register_hook(lambda g: g * 2)
    (g,) = mg.autograd.grad(y * y, x, create_graph=True)
    (gg,) = mg.autograd.grad(g, x)
    assert (g.item(), gg.item()) == (8 * 27, 72 + 2 * 24 * 6)  # the second pass runs the hook, too


def test_hook_that_returns_another_shape_or_type():
    x = leaf(1.0, 2.0)
    x.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match=r"\(2,\)"):
        x.sum().backward()
    y = leaf(1.0, 2.0)
    y.register_hook(lambda g: 3.0)
    with pytest.raises(TypeError, match="float"):
        y.sum().backward()


def test_hook_that_changes_its_gradient_changes_no_other():
    x, y = leaf(1.0, 1.0), leaf(1.0, 1.0)
    x.register_hook(lambda g: g.mul_(5))
    (x + y).backward(mg.ones(2, dtype=mg.float64))
    assert x.grad.tolist() == [5, 5] and y.grad.tolist() == [1, 1]


def test_hook_needs_a_tensor_that_requires_grad():
    with pytest.raises(RuntimeError, match="does not require grad"):
        mg.ones(1).register_hook(print)


def test_handle_is_a_context_manager():
    x = leaf(1.0)
    with x.register_hook(lambda g: g * 5):
        (x * 1).backward()
    (x * 1).backward()
    assert x.grad.item() == 6


def test_post_accumulate_grad_hook():
    x = leaf(1.0)
    seen = []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.item()))
    (x * 2).backward()
    (x * 2).backward()
    assert seen == [2, 4]
    with pytest.raises(RuntimeError, match="leaf"):
        (x * 2).register_post_accumulate_grad_hook(print)


def test_retain_grad():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    y.retain_grad()
    (y * 3).backward()
    assert y.grad.item() == 3 and x.grad.item() == 12
    with pytest.raises(RuntimeError, match="does not require grad"):
        mg.ones(1).retain_grad()


def test_retained_grad_comes_after_the_hooks():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    (y * 3).backward()
    assert y.grad.item() == 30


def test_interior_grad_warns_and_names_retain_grad():
    y = leaf(2.0) * 2
    y.backward()
    with pytest.warns(UserWarning, match="retain_grad"):
        assert y.grad is None


def test_leaf_grad_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert leaf(1.0).grad is None
        assert mg.ones(1).grad is None


# ---- memory ---------------------------------------------------------------------------------------------------------


class Square(mg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * x
        ctx.save_for_backward(x, y)
        ctx.kept = y
        return y, y + 1

    @staticmethod
    def backward(ctx, g, h):
        x, y = ctx.saved_tensors
        return (g + h) * 2 * x + 0 * ctx.kept * y


def with_views(x):
    y = x * 2
    y[0].mul_(3)
    return (y.reshape(-1) * y).sum()


def with_hooks(x):
    y = x * 2
    y.register_hook(lambda g: g)
    y.retain_grad()
    return (y * y).sum()


LOSSES = {
    "operations": lambda x: ((x * x).exp() / (x + 1).sqrt()).sum(),
    "Function": lambda x: sum(Square.apply(x)).sum(),
    "views and in-place": with_views,
    "hooks": with_hooks,
    "in-place": lambda x: (x * 2).mul_(3).exp_().sum(),
}


def everything_behind(loss):
    """Weak references to the nodes of a graph, and to the arrays that they keep."""
    refs, seen, stack = [], set(), [loss.grad_fn]
    while stack:
        node = stack.pop()
        if not isinstance(node, engine.Node) or id(node) in seen:
            continue
        seen.add(id(node))
        refs.append(weakref.ref(node))
        refs += [weakref.ref(s) for s in getattr(node, "saved", None) or () if isinstance(s, np.ndarray)]
        stack.extend(node.parents)
    return refs


@pytest.fixture
def no_gc():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("walked", ["not walked", "backward", "create_graph", "retain_graph"])
@pytest.mark.parametrize("name", LOSSES)
def test_nothing_is_left_when_the_loss_is_gone(no_gc, name, walked):
    x = leaf(1.0, 2.0)
    inputs = [x._data]
    loss = LOSSES[name](x)
    refs = everything_behind(loss)
    if walked == "backward":
        loss.backward()
    elif walked == "retain_graph":
        loss.backward(retain_graph=True)
    elif walked == "create_graph":
        (g,) = mg.autograd.grad(loss, x, create_graph=True)
        refs += everything_behind(g.sum())
        del g
    del loss
    left = [r() for r in refs if r() is not None and not any(r() is a for a in inputs)]
    assert left == []


def test_a_backward_pass_frees_what_it_has_used(no_gc):
    x = leaf(1.0, 2.0)
    y = (x * x).exp()
    loss = y.sum()
    saved = weakref.ref(y._data)
    del y
    assert saved() is not None
    loss.backward()
    assert saved() is None


def test_gradient_of_create_graph_backward_makes_the_only_cycle():
    """``x.grad`` then knows x; PyTorch has the same cycle and warns of it. Dropping the gradient breaks it."""
    x = leaf(2.0)
    (x**3).backward(create_graph=True)
    node = weakref.ref(x.grad.grad_fn)
    gc.disable()
    try:
        x.grad = None
        assert node() is None
    finally:
        gc.enable()
