"""The graph as scripts inspect it, and hooks on what it keeps, compared with PyTorch."""

import contextlib
import gc
import weakref

import numpy as np
import pytest

import minigrad as mg
from minigrad.autograd import graph

torch = pytest.importorskip("torch")


def ones(lib, *shape):
    return lib.ones(*shape, requires_grad=True)


def shape_of(node, depth=3):
    """Names and numbers of what is found from a node."""
    if node is None or not depth:
        return None
    return node.name().split("::")[-1], [(shape_of(n, depth - 1), i) for n, i in node.next_functions]


def two(lib):
    class Two(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            return 2 * g + 3 * h + 0 * ctx.saved_tensors[0]

    return Two


GRAPHS = {
    "constants": lambda lib, x: x * 2 + lib.ones(2),
    "leaves": lambda lib, x: (x * x).sum(),
    "chain": lambda lib, x: x.exp().mean(),
    "subtraction": lambda lib, x: 1.0 / (lib.ones(2) - x).sin(),
    "cat": lambda lib, x: lib.cat([x, lib.ones(1), x.exp()]),
    "second output": lambda lib, x: two(lib).apply(x)[1] * 2,
    "addmm": lambda lib, x: lib.nn.functional.mse_loss(x, lib.zeros(2)).sqrt(),
}


@pytest.mark.parametrize("name", ["constants", "leaves", "chain", "cat", "second output"])
def test_the_graph_has_pytorchs_form(name):
    assert shape_of(GRAPHS[name](mg, ones(mg, 2)).grad_fn) == shape_of(GRAPHS[name](torch, ones(torch, 2)).grad_fn)


def test_the_leaf_of_a_graph():
    x = ones(mg, 2)
    first, second = x.exp().grad_fn, x.sin().grad_fn
    (end, number) = first.next_functions[0]
    assert end.variable is x and number == 0 and end == second.next_functions[0][0] and len({end, *[end]}) == 1
    first.metadata["seen"] = True
    assert first.metadata == {"seen": True} and second.metadata == {} and isinstance(end, graph.Node)


def hooked(lib, by):
    """Gradients where hooks on nodes multiply what comes or goes."""
    seen, x = [], ones(lib, 2)
    y = x * lib.tensor([2.0, 3.0])
    z = y + ones(lib, 2)
    for node, hook in by:
        {"y": y, "z": z}[node].grad_fn.__getattribute__(f"register_{hook}")(
            (lambda gi, go: seen.append([None if g is None else g.tolist() for g in gi]) or (gi[0] * 2, *gi[1:]))
            if hook == "hook"
            else lambda go: (go[0] * 5,)
        )
    z.sum().backward()
    return x.grad.tolist(), [s[0] for s in seen]


@pytest.mark.parametrize(
    "by", [[("y", "hook")], [("z", "hook")], [("y", "prehook")], [("z", "prehook"), ("z", "hook"), ("y", "hook")]]
)
def test_hooks_on_nodes(by):
    assert hooked(mg, by) == hooked(torch, by)


def test_hooks_on_nodes_of_several_outputs_and_on_leaves():
    def trial(lib):
        x, seen = ones(lib, 2), []
        a, b = two(lib).apply(x)
        assert a.grad_fn is b.grad_fn and (a.output_nr, b.output_nr) == (0, 1)
        a.grad_fn.register_prehook(lambda go: (go[0] * 2, go[1] * 3))
        handle = a.grad_fn.register_hook(lambda gi, go: (gi[0] * 7,))
        end = a.grad_fn.next_functions[0][0]
        end.register_prehook(lambda go: (go[0] * 11,))
        end.register_hook(lambda gi, go: seen.append((len(gi), len(go))))
        (a + b).sum().backward(retain_graph=True)
        handle.remove()
        (a + b).sum().backward()
        return x.grad.tolist(), seen

    assert trial(mg) == trial(torch)


def test_a_node_with_hooks_is_differentiated_twice():
    def trial(lib):
        x = ones(lib, 2)
        y = x**3
        y.grad_fn.register_hook(lambda gi, go: (gi[0] * 2,))
        (g,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        g.sum().backward()
        return x.grad.tolist()

    assert trial(mg) == trial(torch)


def test_hooks_must_return_as_many_tensors():
    for wrong, error in (((1.0,), TypeError), ((), RuntimeError)):
        y = ones(mg, 2).exp()
        y.grad_fn.register_prehook(lambda go, wrong=wrong: wrong)
        with pytest.raises(error, match="prehook"):
            y.sum().backward()


def constants_and_several(lib):
    """What hooks of nodes are given, and what nodes give that are called, for inputs that need no gradient."""
    seen, x = [], ones(lib, 2)
    y = x + 1
    z = with_number(lib).apply(y, 3, lib.ones(2))
    for node in (y.grad_fn, z.grad_fn):
        node.register_hook(lambda gi, go: seen.append([g is None for g in gi]))
    z.sum().backward(retain_graph=True)
    called = [None if g is None else g.tolist() for g in y.grad_fn(lib.ones(2))]
    return (
        seen,
        called,
        z.grad_fn.factor,
        z.grad_fn.needs_input_grad,
        y.grad_fn._sequence_nr() < z.grad_fn._sequence_nr(),
    )


def with_number(lib):
    class Times(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x, number, other):
            ctx.factor = number
            return x * number + other

        @staticmethod
        def backward(ctx, g):
            return g * ctx.factor, None, None

    return Times


def test_inputs_without_a_gradient_are_none_to_hooks_and_callers():
    assert constants_and_several(mg) == constants_and_several(torch)


NAMES = {
    "sum": lambda lib, x: (x.sum(), x.sum(0), x.sum(1, keepdim=True), x.mean(), x.mean(1)),
    "pow": lambda lib, x: (x.square(), x**2),
    "clamp": lambda lib, x: (x.clamp(0.2, 0.5), x.clamp(0.2, 0.5).exp()),
    "linalg": lambda lib, x: (lib.linalg.svdvals(x), lib.linalg.eigvalsh(x), lib.linalg.norm(x), lib.linalg.pinv(x)),
    "definite": lambda lib, x: (lib.linalg.cholesky(x + lib.eye(2)), lib.matrix_exp(x), lib.diag_embed(x)),
    "special": lambda lib, x: (lib.special.entr(x), lib.special.erfcx(x), lib.special.ndtri(x / 2)),
    "in place": lambda lib, x: (lib.zeros(2, 2).copy_(x), lib.nn.functional.logsigmoid(x)),
}


@pytest.mark.parametrize("name", NAMES)
def test_nodes_have_pytorchs_names(name):
    mine, theirs = (
        [y.grad_fn.name().split("::")[-1] for y in NAMES[name](lib, ones(lib, 2, 2))] for lib in (mg, torch)
    )
    assert mine == theirs


def test_modules_where_scripts_look_for_them():
    from minigrad.autograd.grad_mode import no_grad
    from minigrad.utils.hooks import RemovableHandle, unserializable_hook, warn_if_has_hooks

    x = ones(mg, 2)
    handle = x.register_hook(unserializable_hook(lambda g: 2 * g))
    assert isinstance(handle, RemovableHandle) and no_grad is mg.no_grad
    warn_if_has_hooks(x)
    x.register_hook(lambda g: g)
    with pytest.warns(UserWarning, match="not stored"):
        warn_if_has_hooks(x)


def test_versions_and_views():
    def trial(lib):
        x = lib.zeros(3)
        y, z = x[1:], x.clone()
        y.add_(1)
        x.mul_(2)
        lib.autograd.graph.increment_version(x)
        lib.autograd.graph.increment_version([z, z])
        return x._version, y._version, z._version, y._base is x, z._base, x._is_view(), y._is_view(), x.output_nr

    assert trial(mg) == trial(torch)


def test_inference_mode_is_asked_for():
    def trial(lib):
        asked = lib.is_inference_mode_enabled
        with lib.inference_mode():
            seen = [asked()]
            with lib.inference_mode(False):
                seen.append(asked())
            with lib.enable_grad():
                seen.append(asked())
        return [*seen, asked(), lib.inference_mode(asked)(), lib.inference_mode()(asked)(), lib.ones(1).is_inference()]

    assert trial(mg) == trial(torch)


MADE_IN_INFERENCE = {
    "made": lambda m, i, n, v: [m.tensor([1.0]), m.rand(2), m.ones(2, requires_grad=True), m.nn.Linear(2, 2).bias],
    "of such": lambda m, i, n, v: [i * 2, i.view(-1), i[0], i.detach(), i.data, i.add_(1), m.cat([i]), i.split(1)[0]],
    "of others": lambda m, i, n, v: [n * 2, n.clone(), n.detach(), n[0], n.view(-1), v.add_(1), m.nn.Parameter(v)],
    "several": lambda m, i, n, v: [*i.max(0), *m.split(n, 1), m.add(v, v, out=v), m.where(v > 0, v, i), v.double()],
}  # fmt: skip
USED_OUTSIDE = {
    "read": lambda m, i, n, v: [i * 2, i * i, i.view(-1), i.clone().requires_grad_(), m.cat([i, i]), v.copy_(i)],
    "added": lambda m, i, n, v: i + n,
    "kept": lambda m, i, n, v: n * i,
    "kept by a layer": lambda m, i, n, v: m.nn.functional.linear(i, m.ones(3, 2, requires_grad=True)),
    "changed": lambda m, i, n, v: i.add_(1),
    "changed by a view": lambda m, i, n, v: i.view(-1).add_(1),
    "changed in part": lambda m, i, n, v: i.__setitem__(0, 1.0),
    "out": lambda m, i, n, v: m.add(v, v, out=i),
    "requires_grad": lambda m, i, n, v: i.requires_grad_(),
    "parameter": lambda m, i, n, v: m.nn.Parameter(i),
    "version": lambda m, i, n, v: i._version,
}


def of_inference(lib, use, inside):
    i, n, v = None, ones(lib, 2), lib.ones(2)
    with lib.inference_mode():
        i = lib.ones(2)
        if inside:
            return [(t.is_inference(), t.requires_grad, t.is_leaf) for t in use(lib, i, n, v)]
    try:
        results = use(lib, i, n, v)
    except RuntimeError as error:
        return type(error)
    return [(t.is_inference(), t.requires_grad) for t in (results if isinstance(results, list) else [results])]


@pytest.mark.parametrize("name", MADE_IN_INFERENCE)
def test_tensors_made_in_inference_mode(name):
    assert of_inference(mg, MADE_IN_INFERENCE[name], True) == of_inference(torch, MADE_IN_INFERENCE[name], True)


@pytest.mark.parametrize("name", USED_OUTSIDE)
def test_tensors_of_inference_mode_outside(name):
    assert of_inference(mg, USED_OUTSIDE[name], False) == of_inference(torch, USED_OUTSIDE[name], False)


def test_a_tensor_as_a_subclass():
    class Mine(mg.Tensor):
        pass

    x = ones(mg, 2)
    y = x.as_subclass(Mine)
    y.mul(3).sum().backward()
    assert type(y) is Mine and y.data_ptr() == x.data_ptr() and x.grad.tolist() == [3, 3]
    with pytest.raises(TypeError, match="as_subclass"):
        x.as_subclass(int)


def test_variables_are_tensors():
    assert isinstance(mg.ones(1), mg.autograd.Variable) and not isinstance(1, mg.autograd.Variable)
    x = mg.ones(2)
    v = mg.autograd.Variable(x, True)
    assert v.requires_grad and v.is_leaf and v.data_ptr() == x.data_ptr() and not x.requires_grad
    assert mg.autograd.Variable().shape == (0,)
    with pytest.warns(UserWarning, match="volatile"):
        assert not mg.autograd.Variable(x, volatile=True).requires_grad
    with pytest.raises(TypeError, match="data has to be a tensor, got list"):
        mg.autograd.Variable([1.0])


def test_nodes_show_what_they_keep():
    a, b = mg.tensor([2.0, 3.0], requires_grad=True), mg.tensor([4.0, 5.0], requires_grad=True)
    node = (a * b).grad_fn
    assert mg.equal(node._saved_self, a) and mg.equal(node._saved_other, b)
    assert node._saved_self.data_ptr() == a.data_ptr() and node._saved_self.requires_grad
    assert {"_saved_self", "_saved_other"} < {*dir(node)} and not hasattr(node, "_saved_result")
    y = a.exp()
    assert mg.equal(y.grad_fn._saved_result, y) and y.grad_fn._saved_result.grad_fn is y.grad_fn
    with mg.autograd.graph.saved_tensors_hooks(lambda t: t * 10, lambda t: t / 5):
        packed = (a * b).grad_fn
    assert mg.equal(packed._saved_self, 2 * a) and mg.equal(packed._saved_other, 2 * b)
    with pytest.raises(AttributeError, match="MulBackward0"):
        node._saved_weight  # noqa: B018
    (z := a * b).sum().backward()
    with pytest.raises(RuntimeError, match="freed by an earlier backward"):
        z.grad_fn._saved_self  # noqa: B018


# ---- hooks on what is kept -------------------------------------------------------------------------------------------

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
