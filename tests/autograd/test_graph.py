"""The graph as scripts inspect it, compared with PyTorch."""

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
