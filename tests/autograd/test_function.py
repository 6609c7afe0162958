"""Function: what its contract says, and the errors."""

import gc
import weakref

import numpy as np
import pytest

import minigrad as mg
from minigrad.autograd import Function, gradcheck, gradgradcheck, once_differentiable
from tests.autograd.test_function_tutorials import GradientReversal, LegendrePolynomial3


def leaf(*values):
    return mg.tensor(values if len(values) != 1 else values[0], dtype=mg.float64, requires_grad=True)


def function(forward, backward, name="F"):
    return type(name, (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


def test_arguments_of_any_kind():
    f = function(
        lambda ctx, xs, x, name, k=2: x * k if name == "scale" else x, lambda ctx, g: (None, g * 2, None, None)
    )
    x = leaf(1.0)
    f.apply([1, x], x, "scale", 2).backward()
    f.apply([1, x], x, name="scale", k=2).backward()
    assert x.grad.item() == 4


def test_name_of_the_node():
    assert (
        repr(LegendrePolynomial3.apply(leaf(1.0))) == "tensor(1., dtype=float64, grad_fn=<LegendrePolynomial3Backward>)"
    )
    assert all(t.grad_fn.name() == "TwoBackward" for t in two.apply(leaf(1.0)))


two = function(lambda ctx, x: (x * 2, x * 3), lambda ctx, g, h: g * 2 + h * 3, "Two")


def test_several_outputs():
    x = leaf(1.0, 2.0)
    a, b = two.apply(x)
    (a * b).sum().backward()
    assert x.grad.tolist() == [12, 24]
    assert gradcheck(two.apply, x) and gradgradcheck(two.apply, x)


def test_backward_from_one_of_several_outputs():
    x = leaf(1.0)
    _, b = two.apply(x)
    b.backward()
    assert x.grad.item() == 3
    a, b = two.apply(x)
    assert mg.autograd.grad([a, b], x)[0].item() == 5


def test_backward_is_called_once_for_all_outputs():
    calls = []
    f = function(lambda ctx, x: (x * 2, x * 3), lambda ctx, g, h: calls.append((g.item(), h.item())) or g * 2 + h * 3)
    x = leaf(1.0)
    a, b = f.apply(x)
    (a * 10 + b * b).backward()
    assert calls == [(10, 6)] and x.grad.item() == 38


def test_hooks_and_inputs_see_each_output_by_itself():
    x = leaf(1.0)
    a, b = two.apply(x)
    a.register_hook(lambda g: g * 10)
    b.retain_grad()
    (a + b).backward(retain_graph=True)
    assert x.grad.item() == 23 and b.grad.item() == 1
    assert mg.autograd.grad(a * 5, a)[0].item() == 50


def test_missing_gradients_are_zeros_or_none():
    seen = []

    def forward(ctx, x, materialize):
        ctx.set_materialize_grads(materialize)
        return x * 2, x.sum(), 5

    def backward(ctx, g, h, other):
        seen.append([None if t is None else t.tolist() for t in (g, h, other)])
        return g * 2, None

    f = function(forward, backward)
    for materialize in (True, False):
        f.apply(leaf(1.0, 2.0), materialize)[0].sum().backward()
    assert seen == [[[1, 1], 0, None], [[1, 1], None, None]]


def test_outputs_that_are_not_differentiable():
    def forward(ctx, x):
        order = x > 0
        rounded = x * 3
        ctx.mark_non_differentiable(rounded)
        return x * 2, rounded, order, "name"

    seen = []
    f = function(forward, lambda ctx, g, *others: seen.append([getattr(o, "dtype", o) for o in others]) or g * 2)
    x = leaf(1.0, -2.0)
    y, rounded, order, name = f.apply(x)
    assert [y.requires_grad, rounded.requires_grad, order.requires_grad, name] == [True, False, False, "name"]
    y.sum().backward()
    assert seen == [[np.float64, np.bool_, None]]


def test_needs_input_grad():
    seen = []

    def forward(ctx, x, y, k):
        seen.append(ctx.needs_input_grad)
        return x * y * k

    def backward(ctx, g):
        seen.append(ctx.needs_input_grad)
        return g, g, None

    f = function(forward, backward)
    x, y = leaf(1.0), leaf(1.0)
    f.apply(x, mg.ones(()), 1).backward()
    mg.autograd.grad(f.apply(x, y, 1), y)
    assert seen == [(True, False, False), (True, False, False), (True, True, False), (False, True, False)]


def test_nothing_is_recorded_where_nothing_requires_grad():
    assert not LegendrePolynomial3.apply(mg.ones(2)).requires_grad
    with mg.no_grad():
        assert not LegendrePolynomial3.apply(leaf(1.0)).requires_grad


def test_forward_runs_without_recording_and_backward_as_asked():
    modes = []
    f = function(
        lambda ctx, x: modes.append(mg.is_grad_enabled()) or x * 2,
        lambda ctx, g: modes.append(mg.is_grad_enabled()) or g * 2,
    )
    x = leaf(1.0)
    f.apply(x).backward()
    mg.autograd.grad(f.apply(x), x, create_graph=True)
    assert modes == [False, False, False, True]


def test_saved_tensors_are_parts_of_the_graph():
    seen = []

    def forward(ctx, x, y):
        middle = x * 10
        ctx.save_for_backward(x, y, middle, None)
        return x * y

    def backward(ctx, g):
        x, y, middle, nothing = ctx.saved_tensors
        seen.append((x, y.grad_fn, middle.requires_grad, nothing))
        return g * y, g * x

    f = function(forward, backward)
    x, w = leaf(2.0), leaf(3.0)
    y = w * 1
    f.apply(x, y).backward()
    assert seen[0][0] is x and seen[0][1] is y.grad_fn and seen[0][2:] == (False, None)


def test_an_output_kept_as_an_attribute_is_part_of_the_graph_too():
    def forward(ctx, x):
        ctx.y = mg.exp(x)
        return ctx.y

    f = function(forward, lambda ctx, g: g * ctx.y)
    assert gradgradcheck(f.apply, leaf(0.5, 1.0))


def test_input_returned_unchanged():
    f = function(lambda ctx, x: x, lambda ctx, g: g * 5)
    x = leaf(1.0, 2.0)
    y = f.apply(x)
    assert y is not x and x.is_leaf and y.grad_fn.name() == "FBackward" and y.data_ptr() == x.data_ptr()
    y.sum().backward()
    assert x.grad.tolist() == [5, 5]
    with mg.no_grad():
        assert not f.apply(x).requires_grad
    assert x.requires_grad


def test_output_that_shares_memory_with_an_input_refuses_in_place_changes():
    w = leaf(1.0, 2.0)
    for x in (w, w * 1):
        y = GradientReversal.apply(x, 1.0)
        for part in (y, y.reshape(2, 1)):
            with pytest.raises(RuntimeError, match="GradientReversal.*clone"):
                part.add_(1)
        assert y.tolist() == [1, 2]
        y.clone().add_(1)


def test_mark_dirty():
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(2)
        return x

    double_ = function(forward, lambda ctx, g: g * 2, "Double")
    w = leaf(1.0, 2.0)
    x = w * 1
    y = double_.apply(x)
    assert y is x and x.grad_fn.name() == "DoubleBackward"
    (x * x).sum().backward()
    assert w.grad.tolist() == [8, 16]
    base = w * 1
    double_.apply(base[0])
    base.sum().backward()
    assert w.grad.tolist() == [10, 17]
    with pytest.raises(RuntimeError, match="leaf"):
        double_.apply(w)
    kept = w * 1
    squared = kept * kept
    double_.apply(kept)
    with pytest.raises(RuntimeError, match="changed in place"):
        squared.sum().backward()


def test_dirty_input_must_be_returned():
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2) + 1

    with pytest.raises(RuntimeError, match="F: .*dirty"):
        function(forward, lambda ctx, g: g).apply(leaf(1.0) * 1)


def test_saved_tensor_changed_in_place():
    x = leaf(1.0) * 1
    y = LegendrePolynomial3.apply(x)
    x.add_(1)
    with pytest.raises(RuntimeError, match="LegendrePolynomial3: saved tensor 0.*changed in place"):
        y.backward()


def test_saved_output_changed_in_place():
    def forward(ctx, x):
        y = mg.exp(x)
        ctx.save_for_backward(y)
        return y

    y = function(forward, lambda ctx, g: g * ctx.saved_tensors[0], "Exp").apply(leaf(1.0))
    y.add_(1)
    with pytest.raises(RuntimeError, match="Exp.*changed in place"):
        y.backward()


def test_second_backward():
    x = leaf(1.0)
    y = LegendrePolynomial3.apply(x)
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="LegendrePolynomial3: .*freed.*retain_graph"):
        y.backward()


def test_gradients_are_summed_to_the_argument_and_get_its_dtype():
    f = function(lambda ctx, x: x.sum(), lambda ctx, g: mg.ones(5, 2, dtype=mg.float64) * g)
    x = mg.ones(2, requires_grad=True)
    f.apply(x).backward()
    assert x.grad.tolist() == [5, 5] and x.grad.dtype == mg.float32


@pytest.mark.parametrize(
    "result, error, message",
    [
        (mg.ones(2), RuntimeError, "ScaleBackward.*expected 2 gradients.*got 1"),
        ((mg.ones(2), None, mg.ones(1)), RuntimeError, "ScaleBackward.*expected 2 gradients.*got 3"),
        ((mg.ones(2), mg.ones(2)), RuntimeError, "ScaleBackward.*gradient 1 must be None"),
        ((mg.ones(3), None), RuntimeError, r"ScaleBackward.*shape \(3,\).*shape \(2,\)"),
        ((mg.ones(1), None), RuntimeError, r"ScaleBackward.*shape \(1,\).*shape \(2,\)"),
        ((np.ones(2), None), RuntimeError, "ScaleBackward.*ndarray"),
        ((1.0, None), RuntimeError, "ScaleBackward.*float"),
    ],
)
def test_wrong_gradients(result, error, message):
    x = mg.ones(2, requires_grad=True)
    f = function(lambda ctx, x, k: x * k, lambda ctx, g: result, "Scale")
    with pytest.raises(error, match=message):
        f.apply(x, 2.0).sum().backward()
    assert x.grad is None


def test_none_and_surplus_none_are_fine():
    x = leaf(1.0)
    y = function(lambda ctx, x, k: x * k, lambda ctx, g: (None, None, None)).apply(x, 2.0)
    y.backward()
    assert x.grad is None


def test_incomplete_functions():
    with pytest.raises(NotImplementedError, match="forward"):
        type("Empty", (Function,), {}).apply(leaf(1.0))
    y = type("NoBackward", (Function,), {"forward": staticmethod(lambda ctx, x: x * 2)}).apply(leaf(1.0))
    with pytest.raises(NotImplementedError, match="backward"):
        y.backward()


def test_vjp_is_another_name_of_backward():
    f = type(
        "F", (Function,), {"forward": staticmethod(lambda ctx, x: x * 2), "vjp": staticmethod(lambda ctx, g: g * 2)}
    )
    x = leaf(1.0)
    f.apply(x).backward()
    assert x.grad.item() == 2
    f.backward = staticmethod(lambda ctx, g: g)
    with pytest.raises(RuntimeError, match="backward and vjp"):
        f.apply(x)


def test_only_tensors_are_saved():
    f = function(lambda ctx, x: ctx.save_for_backward(x, 3), lambda ctx, g: g, "Keep")
    with pytest.raises(TypeError, match="Keep.save_for_backward.*argument 1.*int"):
        f.apply(leaf(1.0))


def test_unknown_attribute_of_the_context():
    y = function(lambda ctx, x: x * 2, lambda ctx, g: g * ctx.factor, "Scale").apply(leaf(1.0))
    with pytest.raises(AttributeError, match="Scale.*'factor'"):
        y.backward()


def test_once_differentiable():
    f = function(LegendrePolynomial3.forward, once_differentiable(LegendrePolynomial3.backward), "Once")
    x = leaf(0.5, 2.0)
    assert gradcheck(f.apply, x)
    (g,) = mg.autograd.grad(f.apply(x).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="OnceBackward.*once_differentiable"):
        g.sum().backward()


@pytest.mark.parametrize("keep", ["save_for_backward", "attribute", "both", "input"])
@pytest.mark.parametrize("several", [False, True])
def test_no_reference_cycles(keep, several):
    def forward(ctx, x):
        y = x * 2
        if keep in ("save_for_backward", "both"):
            ctx.save_for_backward(x, y)
        if keep in ("attribute", "both"):
            ctx.y = y
        if keep == "input":
            ctx.x = x
        return (y, x * 3) if several else y

    f = function(forward, lambda ctx, *gs: gs[0] * 2)
    gc.collect()
    gc.disable()
    try:
        x = leaf(1.0) * 1
        result = f.apply(x)
        first = result[0] if several else result
        dead = [weakref.ref(first), weakref.ref(first.grad_fn), weakref.ref(first._data)]
        del result, first
        assert [r() for r in dead] == [None] * 3
    finally:
        gc.enable()


def test_a_function_is_not_called():
    with pytest.raises(RuntimeError, match=r"Keep.apply\(\.\.\.\)"):
        type("Keep", (Function,), {})()(mg.ones(1))


def test_what_is_no_input_is_not_dirty():
    def forward(ctx, x):
        y = 3 * x
        ctx.mark_dirty(y)
        return y

    x = mg.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="mark_dirty is for inputs"):
        y = function(forward, lambda ctx, g: 3 * g).apply(x)
    y.sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_each_function_has_one_class_of_nodes():
    class Twice(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x + 1

        @staticmethod
        def backward(ctx, g, h):
            return 2 * g + h

    class More(Twice):
        pass

    x = mg.ones(1, requires_grad=True)
    nodes = [t.grad_fn for f in (Twice, Twice, More) for t in f.apply(x)]
    assert [type(n).__name__ for n in nodes] == ["TwiceBackward"] * 4 + ["MoreBackward"] * 2
    assert [n.name() for n in nodes] == [type(n).__name__ for n in nodes]
    assert type(nodes[0]) is type(nodes[2])


def test_saved_tensors_of_a_node():
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    x = mg.tensor([3.0], requires_grad=True)
    y = function(forward, lambda ctx, g: 2 * g * ctx.saved_tensors[0]).apply(x)
    assert y.grad_fn.saved_tensors[0] is x
    y.backward()
    with pytest.raises(RuntimeError, match="freed"):
        y.grad_fn.saved_tensors  # noqa: B018
