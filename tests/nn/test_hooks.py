"""Forward and backward hooks of modules, and what they may replace."""

from collections import namedtuple

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.nn import hooks


class Add(nn.Module):
    def forward(self, a, b, scale=1.0):
        return (a + 2 * b) * scale


def leaf(*values):
    return mg.tensor(list(values), requires_grad=True)


def test_forward_hooks_see_and_replace():
    layer, calls = Add(), []
    layer.register_forward_pre_hook(lambda m, args: calls.append(("pre", m, args)))
    layer.register_forward_hook(lambda m, args, out: calls.append(("post", m, args, out)))
    a, b = mg.ones(1), mg.ones(1)
    out = layer(a, b)
    assert calls[0] == ("pre", layer, (a, b)) and calls[1][0] == "post" and calls[1][3] is out
    layer.register_forward_pre_hook(lambda m, args: (args[0] * 10, args[1]))
    with layer.register_forward_hook(lambda m, args, out: out + 100):
        assert layer(a, b).item() == 112
    assert layer(a, b).item() == 12
    double = nn.Identity()
    double.register_forward_pre_hook(lambda m, args: args[0] * 2)  # no tuple
    assert double(a).item() == 2


def test_order_prepend_and_removal():
    layer, calls = nn.Identity(), []
    handles = [layer.register_forward_hook(lambda *_, i=i: calls.append(i)) for i in range(2)]
    layer.register_forward_hook(lambda *_: calls.append("first"), prepend=True)
    layer(1)
    assert calls == ["first", 0, 1]
    for handle in handles:
        handle.remove()
        handle.remove()
    calls.clear()
    layer(1)
    assert calls == ["first"]


def test_hooks_with_kwargs():
    layer = Add()
    layer.register_forward_pre_hook(lambda m, args, kwargs: (args, {"scale": kwargs["scale"] * 2}), with_kwargs=True)
    seen = []
    layer.register_forward_hook(lambda m, args, kwargs, out: seen.append(kwargs), with_kwargs=True)
    assert layer(mg.ones(1), mg.ones(1), scale=5.0).item() == 30 and seen == [{"scale": 10.0}]
    layer.register_forward_pre_hook(lambda m, args, kwargs: args, with_kwargs=True)
    with pytest.raises(RuntimeError, match=r"expected None or a tuple \(args, kwargs\)"):
        layer(mg.ones(1), mg.ones(1), 5.0, scale=1.0)


def test_full_backward_hook_sees_the_gradients():
    layer, seen = Add(), []
    layer.register_full_backward_hook(lambda m, gin, gout: seen.append((m, gin, gout)))
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    layer(a, b, 3.0).sum().backward()
    ((module, gin, gout),) = seen
    assert module is layer and gin[2] is None and len(gout) == 1
    np.testing.assert_array_equal(gin[0], [3, 3])
    np.testing.assert_array_equal(gin[1], [6, 6])
    np.testing.assert_array_equal(gout[0], [1, 1])
    np.testing.assert_array_equal(b.grad, [6, 6])


def test_full_backward_hooks_replace():
    layer = Add()
    layer.register_full_backward_pre_hook(lambda m, gout: (gout[0] * 10,))
    layer.register_full_backward_hook(lambda m, gin, gout: (gin[0] + 1, gin[1]))
    layer.register_full_backward_hook(lambda m, gin, gout: (gin[0] * 2, None))
    a, b = leaf(1.0), leaf(1.0)
    loss = layer(a, b).sum()
    loss.backward(retain_graph=True)
    assert a.grad.item() == 22 and b.grad.item() == 0
    loss.backward()  # again, with nothing left over from the first time
    assert a.grad.item() == 44


def test_full_backward_hook_without_inputs_that_require_grad():
    layer, seen = nn.Linear(2, 1), []
    handle = layer.register_full_backward_hook(lambda m, gin, gout: seen.append((gin, gout)))
    with pytest.warns(UserWarning, match="full backward hooks of Linear run when .* no input requires grad"):
        layer(mg.ones(3, 2)).sum().backward()
    assert seen[0][0] == (None,) and seen[0][1][0].shape == (3, 1)
    assert layer.weight.grad.tolist() == [[3.0, 3.0]]
    handle.remove()
    layer.register_full_backward_hook(lambda m, gin, gout: (mg.ones(3, 2),))
    with pytest.warns(UserWarning), pytest.raises(RuntimeError, match="no input requires grad"):
        layer(mg.ones(3, 2)).sum().backward()


def test_full_backward_hook_of_several_outputs_and_wrong_counts():
    pair = namedtuple("pair", "x y")

    class Two(nn.Module):
        def forward(self, a):
            return pair(a * 2, a * 3)

    layer, seen = Two(), []
    layer.register_full_backward_hook(lambda m, gin, gout: seen.append((gin, gout)))
    a = leaf(1.0)
    out = layer(a)
    assert isinstance(out, pair)
    (out.x + out.y * 5).sum().backward()
    (gin, gout) = seen[0]
    assert gin[0].item() == 17 and [g.item() for g in gout] == [1, 5]
    layer.register_full_backward_hook(lambda m, gin, gout: (gin[0], gin[0]))
    with pytest.raises(RuntimeError, match="full backward hook of Two: expected 1 gradients or None, got 2"):
        (layer(a).x).sum().backward()


def test_hooks_leave_inference_alone():
    layer, seen = Add(), []
    layer.register_full_backward_hook(lambda *_: seen.append(1))
    with mg.no_grad():
        assert layer(leaf(1.0), leaf(1.0)).item() == 3
    assert layer(mg.ones(1), mg.ones(1)).item() == 3 and not seen


def test_full_backward_hooks_under_create_graph():
    layer = Add()
    layer.register_full_backward_hook(lambda m, gin, gout: (gin[0] * 2, gin[1]))
    a, b = leaf(3.0), leaf(1.0)
    (grad,) = mg.autograd.grad((layer(a, b) ** 2).sum(), a, create_graph=True)  # 2 * 2 (a + 2 b)
    assert grad.item() == 20
    grad.backward()
    assert a.grad.item() == 8  # what is recorded passes through the same hooks: 4 * 2


def test_pytorch_agrees():
    torch = pytest.importorskip("torch")

    def run(m, tensor):
        net = m.nn.Sequential(m.nn.Linear(2, 2), m.nn.Tanh(), m.nn.Linear(2, 1))
        for i, p in enumerate(net.parameters()):
            m.nn.init.constant_(p, 0.3 * (i + 1))
        seen = []
        for layer in net:
            layer.register_full_backward_pre_hook(lambda m, gout: tuple(g * 1.5 for g in gout))
            layer.register_full_backward_hook(lambda m, gin, gout: seen.append((gin, gout)))
            layer.register_full_backward_hook(lambda m, gin, gout: tuple(g * 2 for g in gin))
        x = tensor([[1.0, -2.0], [0.5, 0.25]])
        x.requires_grad_()
        net(x).sum().backward()
        arrays = [g.detach().numpy() for gin, gout in seen for g in (*gin, *gout)]
        return arrays + [x.grad.numpy()] + [p.grad.numpy() for p in net.parameters()]

    for ours, theirs in zip(run(mg, mg.tensor), run(torch, torch.tensor), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("made", [list, lambda y: {"y": y}], ids=["list", "dict"])
def test_backward_hooks_are_not_called_for_outputs_that_they_cannot_watch(made):
    layer, seen = nn.Identity(), []
    layer.forward = lambda x: made([x * 2]) if made is list else made(x * 2)
    layer.register_full_backward_hook(lambda *_: seen.append(1))
    a = leaf(1.0)
    with pytest.warns(UserWarning, match="they will not be called"):
        (y,) = layer(a) if made is list else layer(a).values()
    y.sum().backward()
    assert a.grad.item() == 2 and not seen


def test_backward_hooks_may_give_lists():
    layer, a = nn.ReLU(), leaf(1.0)
    handle = layer.register_full_backward_hook(lambda m, gin, gout: [gin[0] * 3])
    layer(a).sum().backward()
    assert a.grad.item() == 3 and handle.id in layer._hooks.backward


@pytest.mark.parametrize("changed", ["output", "input", "part", "by itself"])
def test_what_passes_backward_hooks_is_not_changed_in_place(changed):
    layer = nn.ReLU(inplace=True) if changed == "by itself" else nn.Identity()
    layer.register_full_backward_hook(lambda *_: None)
    h = leaf(-1.0, 2.0) * 1
    with pytest.raises(RuntimeError, match=f"full backward hooks of {type(layer).__name__} watch"):
        y = layer(h)
        {"output": y, "input": h, "part": y[:1]}[changed].mul_(3)
        (y + h).sum().backward()
    with mg.no_grad():
        assert layer(h).relu_().tolist()[0] == 0  # unrecorded, as always


# ---- hooks of all modules --------------------------------------------------------------------------------------------


def test_hooks_of_all_modules_run_before_those_of_one():
    seen = []
    layer = nn.Linear(2, 2)
    layer.register_forward_pre_hook(lambda m, args: seen.append("own pre"))
    layer.register_forward_hook(lambda m, args, output: seen.append("own"))
    handles = [
        hooks.register_module_forward_pre_hook(lambda m, args: seen.append(f"pre {type(m).__name__}")),
        hooks.register_module_forward_hook(lambda m, args, output: seen.append(f"all {type(m).__name__}")),
        hooks.register_module_forward_hook(
            lambda m, args, kwargs, output: seen.append(sorted(kwargs)), with_kwargs=True
        ),
    ]
    nn.Sequential(layer)(mg.ones(1, 2))
    assert seen == [
        "pre Sequential", "pre Linear", "own pre", "all Linear", [], "own", "all Sequential", [],
    ]  # fmt: skip
    for handle in handles:
        handle.remove()
    seen.clear()
    layer(mg.ones(1, 2))
    assert seen == ["own pre", "own"] and not hooks.EVERYWHERE


def test_hooks_of_all_modules_replace_what_passes():
    with (
        hooks.register_module_forward_pre_hook(lambda m, args: (args[0] * 2,)),
        hooks.register_module_forward_hook(lambda m, args, output: output + 1),
    ):
        assert nn.Identity()(mg.tensor(3.0)).item() == 7
    assert nn.Identity()(mg.tensor(3.0)).item() == 3


def test_backward_hooks_of_all_modules():
    x, seen = leaf(1.0, 2.0), []
    with (
        hooks.register_module_full_backward_pre_hook(lambda m, g: seen.append(g[0].tolist())),
        hooks.register_module_full_backward_hook(lambda m, g, h: (g[0] * 2,)),
    ):
        nn.ReLU()(x).sum().backward()
    assert seen == [[1, 1]] and x.grad.tolist() == [2, 2]


def test_hooks_of_registration():
    seen = []
    with (
        hooks.register_module_parameter_registration_hook(lambda m, name, p: seen.append((name, type(p).__name__))),
        hooks.register_module_buffer_registration_hook(lambda m, name, b: seen.append((name, type(b).__name__))),
        hooks.register_module_module_registration_hook(lambda m, name, c: nn.Tanh() if name == "1" else None),
    ):
        net = nn.Sequential(nn.BatchNorm1d(2), nn.ReLU())
    assert ("weight", "Parameter") in seen and ("running_mean", "Tensor") in seen
    assert isinstance(net[0], nn.BatchNorm1d) and isinstance(net[1], nn.Tanh)


class Fails(nn.Module):
    def forward(self, x):
        raise ZeroDivisionError


def test_some_hooks_run_after_an_error_too():
    seen = []
    layer = Fails()
    layer.register_forward_hook(lambda m, args, output: seen.append("not this one"))
    layer.register_forward_hook(lambda m, args, kwargs, output: seen.append(output), with_kwargs=True, always_call=True)
    with (
        hooks.register_module_forward_hook(lambda *_: seen.append("all"), always_call=True),
        pytest.raises(ZeroDivisionError),
    ):
        layer(1)
    assert seen == ["all", None]
    ends = nn.Identity()
    ends.register_forward_hook(lambda *_: 1 / 0)
    ends.register_forward_hook(lambda m, args, output: seen.append(output), always_call=True)
    with pytest.raises(ZeroDivisionError):
        ends(5)
    assert seen == ["all", None, 5]
    layer.register_forward_hook(lambda *_: [][0], always_call=True)
    with pytest.warns(UserWarning, match="always_call=True raised IndexError"), pytest.raises(ZeroDivisionError):
        layer(1)


def test_hooks_that_run_always_run_once_where_nothing_fails():
    seen, layer = [], nn.Identity()
    layer.register_forward_hook(lambda *_: seen.append(1), always_call=True)
    layer(1)
    assert seen == [1] and list(layer._forward_hooks) and not layer._forward_pre_hooks


def test_handles_and_marks_go_with_their_hooks():
    layer = nn.Identity()
    pre = layer.register_forward_pre_hook(lambda m, args, kwargs: None, with_kwargs=True)
    post = layer.register_forward_hook(lambda m, args, kwargs, out: None, with_kwargs=True, always_call=True)
    assert pre.id in layer._forward_pre_hooks_with_kwargs and post.id in layer._forward_hooks_with_kwargs
    assert list(layer._forward_hooks_always_called) == [post.id] and list(post.hooks_dict_ref()) == [post.id]
    pre.remove()
    post.remove()
    assert not (layer._forward_hooks or layer._forward_hooks_with_kwargs or layer._forward_hooks_always_called)
    assert not post.hooks_dict_ref()
    with hooks.register_module_forward_hook(lambda *_: None) as handle:
        assert list(handle.hooks_dict_ref()) == [handle.id]


def test_old_and_full_backward_hooks_do_not_go_together():
    def nothing(module, grad_input, grad_output):
        pass

    for one in (nn.Identity(), hooks):
        prefix = "register_module_" if one is hooks else "register_"
        old, full = getattr(one, prefix + "backward_hook"), getattr(one, prefix + "full_backward_hook")
        for first, second in ((old, full), (full, old)):
            with first(nothing), first(nothing), pytest.raises(RuntimeError, match="backward hooks of the other kind"):
                second(nothing)
        full(nothing).remove()  # which is possible again


def test_full_backward_hooks_do_not_run_for_second_gradients():
    seen = []
    loss = nn.MSELoss()
    loss.register_full_backward_hook(lambda module, grad_input, grad_output: seen.append(grad_output[0].item()))
    x = mg.tensor([3.0], requires_grad=True)
    (slope,) = mg.autograd.grad(loss(x, mg.tensor([1.0])), x, create_graph=True)
    (second,) = mg.autograd.grad(slope, x)
    assert (slope.item(), second.item(), seen) == (4.0, 2.0, [1.0])
