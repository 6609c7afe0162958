"""Hooks on what the graph keeps, and walks along its edges, compared with PyTorch."""

import contextlib
import gc
import weakref

import numpy as np
import pytest

import minigrad as mg
from minigrad.autograd import graph
from tests.autograd.test_graph import ones, two

torch = pytest.importorskip("torch")


PACKED = {
    "mul": lambda lib, x, w: x * w,
    "sqrt": lambda lib, x, w: x.sqrt(),
    "constant": lambda lib, x, w: x * 2,
    "sum": lambda lib, x, w: x.sum() + w.sum(),
    "matmul": lambda lib, x, w: x @ w.t(),
    "cat": lambda lib, x, w: lib.cat([x, w]).sin(),
    "function": lambda lib, x, w: two(lib).apply(x)[0] * w,
    "index": lambda lib, x, w: x[lib.tensor([0, 0])] ** 2,  # twice 0 is a place in it, too
}


@pytest.mark.parametrize("name", PACKED)
def test_what_is_kept_is_packed_and_unpacked(name):
    def trial(lib):
        x, w = ones(lib, 2, 2), ones(lib, 2, 2)
        packed, unpacked = [], []

        def pack(t):
            assert isinstance(t, lib.Tensor) and not t.requires_grad or lib is torch
            packed.append(t)
            return len(packed) - 1, t.detach().numpy().copy()

        def unpack(pair):
            unpacked.append(pair[0])
            return lib.from_numpy(pair[1]) * 2  # so that it is seen that these are used

        with lib.autograd.graph.saved_tensors_hooks(pack, unpack):
            y = PACKED[name](lib, x, w)
        y.sum().backward()
        return [None if t.grad is None else t.grad.tolist() for t in (x, w)], sorted(unpacked) == [*range(len(packed))]

    if name in ("index", "cat", "matmul", "function"):  # other things are kept, so doubling them doubles others
        grads, all_used = trial(mg)
        assert all_used and len(grads) == 2
    else:
        assert trial(mg) == trial(torch)


def test_hooks_keep_nothing_else_alive_and_leave_nothing_behind():
    x = ones(mg, 1000)
    before = mg.ops.declare.record.OperationNode.__init__
    with graph.saved_tensors_hooks(lambda t: t.numpy().tobytes(), lambda b: mg.frombuffer(b, dtype=mg.float32)):
        y = x.exp()
        kept = weakref.ref(y._data)
        y = y.sum()
        gc.collect()
        assert kept() is None
        with graph.save_on_cpu():  # only the innermost hooks are called
            z = x.sin().sum()
    assert mg.ops.declare.record.OperationNode.__init__ is before
    (first,) = mg.autograd.grad(y, x, create_graph=True)
    first.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.exp(np.ones(1000, np.float32)), rtol=1e-6)
    z.backward()


def test_hooks_that_fail():
    x = ones(mg, 2)
    with graph.saved_tensors_hooks(lambda t: t, lambda t: 1):
        y = x.exp()
    with pytest.raises(TypeError, match="unpack_hook"):
        y.sum().backward()
    with graph.disable_saved_tensors_hooks("not here"):
        with pytest.raises(RuntimeError, match="not here"):
            graph.saved_tensors_hooks(lambda t: t, lambda t: t).__enter__()
    with graph.save_on_cpu(), pytest.raises(RuntimeError, match="not now"):
        graph.disable_saved_tensors_hooks("not now").__enter__()


@pytest.mark.parametrize("mode", ["all", "any"])
def test_hooks_for_several_gradients(mode):
    def trial(lib):
        x, y, unused = (ones(lib, 2) for _ in range(3))
        z, seen = x * 2, []
        register = lib.autograd.graph.register_multi_grad_hook
        handle = register([x, y, z, unused], seen.append, mode=mode)
        for _ in range(2):
            (z * y + x).sum().backward(retain_graph=True)
        handle.remove()
        (z * y + x).sum().backward()
        return [len(s) if mode == "all" else 1 for s in seen], [
            [None if g is None else g.tolist() for g in s] for s in seen if mode == "all"
        ]

    assert trial(mg) == trial(torch)


def test_the_edge_of_a_tensor():
    x = ones(mg, 2)
    y = two(mg).apply(x)[1]
    edge = graph.get_gradient_edge(y)
    assert edge.node is y.grad_fn and edge.output_nr == 1 and graph.get_gradient_edge(x).node.variable is x
    with pytest.raises(RuntimeError, match="require grad"):
        graph.get_gradient_edge(mg.ones(1))


def through_edges(lib):
    """Gradients from and to edges, alone and among tensors, of nodes and leaves."""
    edge = lib.autograd.graph.get_gradient_edge
    x = ones(lib, 3)
    y = x * 2
    first, second = two(lib).apply(y)
    start = lib.full((3,), 2.0)
    found = [
        lib.autograd.grad(edge(y.sum()), x, retain_graph=True),
        lib.autograd.grad(edge(y), edge(x), start, retain_graph=True),
        lib.autograd.grad([edge(second), first.sum()], [x, edge(y)], [start, None], retain_graph=True),
        lib.autograd.grad(edge(y), edge(first), start, retain_graph=True, allow_unused=True),
    ]
    lib.autograd.backward(edge(y), start, retain_graph=True)
    y.sum().backward(inputs=[edge(x)])
    return [[None if g is None else g.tolist() for g in gs] for gs in [*found, [x.grad]]]


def test_gradients_go_through_edges():
    assert through_edges(mg) == through_edges(torch)
    for lib in (mg, torch):
        y = ones(lib, 3) * 2
        edge = lib.autograd.graph.get_gradient_edge(y)
        with pytest.raises(RuntimeError, match="shape"):
            lib.autograd.grad(edge, y, lib.ones(2))
        with pytest.raises(RuntimeError):
            lib.autograd.grad(edge, y)
    x = ones(mg, 3)
    leaf, node = (graph.GradientEdge(n, 0) for n in ((x * 2).grad_fn.next_functions[0][0], (x * 3).grad_fn))
    assert mg.autograd.grad((x * 2).sum(), leaf)[0].tolist() == [2, 2, 2]
    with pytest.raises(RuntimeError, match=r"inputs\[0\], a GradientEdge, was not used"):
        mg.autograd.grad((x * 2).sum(), node)
    with pytest.raises(RuntimeError, match="get_gradient_edge"):
        mg.autograd.grad((x * 2).sum(), graph.GradientEdge(two(mg).apply(x)[1].grad_fn, 1))


def through_edges_made_by_hand(lib):
    """What comes to nodes that are named alone, and what refuses them."""
    x, y, grad = ones(lib, 2) * 1, ones(lib, 2) * 1, lib.autograd.grad
    ex, ey = (lib.autograd.graph.GradientEdge(t.grad_fn, t.output_nr) for t in (x, y))
    z = x * 3
    root = lib.autograd.graph.GradientEdge(z.grad_fn, 0)
    for inputs in ((ex, y), (x, ey), (ex, ey)):
        z.sum().backward(inputs=inputs, retain_graph=True)
    seen = [grad(z.sum(), e, retain_graph=True)[0].tolist() for e in (ex, x)]
    seen += [None if g is None else g.tolist() for g in grad(root, (ex, ey), lib.ones(2), allow_unused=True)]
    for zeros in ({}, {"materialize_grads": True}):
        with pytest.raises(RuntimeError):
            grad((x * 3).sum(), (x, ey), **zeros)
    (unused,) = grad((x * 3).sum(), y, create_graph=True, materialize_grads=True)
    return seen, unused.tolist(), unused.requires_grad


def test_gradients_go_through_edges_made_by_hand():
    assert through_edges_made_by_hand(mg) == through_edges_made_by_hand(torch)


def test_an_edge_keeps_no_values():
    y = ones(mg, 1000) * 2
    data = weakref.ref(y._data)
    edge = graph.get_gradient_edge(y)
    del y
    assert data() is None and edge.node.name() == "MulBackward0"


def test_names_that_do_nothing_or_explain():
    with mg.autograd.set_multithreading_enabled(False):
        assert not mg.autograd.is_multithreading_enabled()
    assert mg.autograd.is_multithreading_enabled()


def order_of_hooks(lib, start):
    """Which hooks run in which order, of a tensor and of its node, of a leaf and of its end of the graph."""
    seen = []

    def hook(name, node=False):
        return lambda g, *_: seen.append((name, (g[0] if node else g).tolist())) or ((g[0] * 2,) if node else g * 3)

    a = ones(lib, 1)
    b = a * 5
    end = b.grad_fn.next_functions[0][0]
    for tensor, node, name in ((a, end, "a"), (b, b.grad_fn, "b")):
        node.register_prehook(hook(f"before {name}", node=True))
        tensor.register_hook(hook(name))
    a.register_post_accumulate_grad_hook(lambda leaf: leaf.mul_(2) and None)
    end.register_hook(lambda gi, go: seen.append("after"))
    start(lib, b, a)
    return seen, a.tolist(), None if a.grad is None else a.grad.tolist()


@pytest.mark.parametrize(
    "start",
    [
        lambda lib, b, a: b.backward(),
        lambda lib, b, a: b.backward(inputs=[a]),
        lambda lib, b, a: lib.autograd.grad(b, a),
        lambda lib, b, a: lib.autograd.grad(b.clone(), b),
    ],
    ids=["backward", "inputs", "leaf", "inner"],
)
def test_hooks_of_tensors_come_before_those_of_nodes(start):
    assert order_of_hooks(mg, start) == order_of_hooks(torch, start)


def test_hooks_of_nodes_that_refer_to_them_are_collected():
    class Mark:
        pass

    y, mark = ones(mg, 2).exp(), Mark()
    gone = weakref.ref(mark)
    for register in (y.grad_fn.register_hook, y.grad_fn.register_prehook, y.register_hook):
        register(lambda *_, held=(y, mark): None)
    del y, mark, register
    gc.collect()
    assert gone() is None


def packed_by_hand(lib, pack, unpack):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    z = y.exp()
    for saved in (y.grad_fn._raw_saved_self, z.grad_fn._raw_saved_result):
        saved.register_hooks(pack, unpack)
    seen = (y.grad_fn._saved_self.tolist(), z.grad_fn._saved_result.grad_fn is z.grad_fn)
    (g,) = lib.autograd.grad(z.sum(), x, create_graph=True)
    g.sum().backward()
    return [*seen[0], seen[1], *g.tolist(), *x.grad.tolist()]


def test_hooks_of_one_kept_value():
    for pack, unpack in ((lambda t: t, lambda t: t), (lambda t: 2 * t, lambda t: t / 2)):
        assert packed_by_hand(mg, pack, unpack) == pytest.approx(packed_by_hand(torch, pack, unpack), rel=1e-5)
    node = (ones(mg, 2) * ones(mg, 2)).grad_fn
    for wrong, error, match in (
        ((1, 2), TypeError, "two functions"),
        ((lambda t: t.mul_(2), lambda t: t), RuntimeError, "changed in place"),
        ((lambda t: t, lambda t: 1), None, ""),
        ((lambda t: t, lambda t: t), RuntimeError, "already"),
    ):
        with pytest.raises(error, match=match) if error else contextlib.nullcontext():
            node._raw_saved_self.register_hooks(*wrong)
    with pytest.raises(TypeError, match="expected a Tensor to be returned"):
        node._saved_self  # noqa: B018
    with pytest.raises(RuntimeError, match="None here, or has been freed"):
        y = ones(mg, 2) ** 2
        y.sum().backward()
        y.grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t)
    with pytest.raises(RuntimeError, match="nodes of the graph make these"):
        mg.autograd.SavedTensor()


@pytest.mark.parametrize("change", ["base", "view", "out", "item", "data"])
def test_kept_values_may_change_where_that_is_allowed(change):
    def trial(lib):
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        with lib.autograd.graph.allow_mutation_on_saved_tensors() as context:
            base = x * 1
            view = base[:1]
            z = (base**3).sum() + (view**2).sum()
            with lib.no_grad():
                if change == "out":
                    lib.sin(lib.ones(2), out=base.detach())
                elif change == "item":
                    base[0] = 7.0
                else:
                    {"base": base, "view": view, "data": base.detach()}[change].mul_(10)
            z.backward(retain_graph=True)
            z.backward()
            with pytest.raises(RuntimeError, match="nested|within"):
                lib.autograd.graph.allow_mutation_on_saved_tensors().__enter__()
            del z
            assert not len(context.cloned)
            z = (x**2).sum()
        with pytest.raises(AssertionError):
            z.backward()
        return x.grad.tolist()

    assert trial(mg) == trial(torch)
