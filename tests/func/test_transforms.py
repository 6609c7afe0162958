"""torch.func, compared with PyTorch: values, structures, nesting, and what is refused."""

import copy

import numpy as np
import pytest

import minigrad as mg

torch = pytest.importorskip("torch")
pytestmark = [  # of PyTorch's own forward mode, and of its tracer
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node"),
]

X, Y = [0.5, -1.0, 2.0], [[0.3, 1.2, -0.7], [1.5, 0.1, 0.9]]


def plain(value):
    """The arrays of a tree; what grows out of outer graphs is told apart from what does not."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(plain(v) for v in value)
    if hasattr(value, "detach"):
        return value.detach().numpy(), value.requires_grad
    return value


def check(ours, theirs):
    assert type(ours) is type(theirs)
    if isinstance(ours, dict):
        assert list(ours) == list(theirs)
        ours, theirs = list(ours.values()), list(theirs.values())
    if isinstance(ours, (tuple, list)):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            check(a, b)
    elif isinstance(ours, np.ndarray):
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    else:
        assert ours == theirs


def cubes(x):
    return (x**3).sum()


def mixed(x, y):
    return (x * y).sin().sum()


def outer_graph(lib, f, x, y):
    w = lib.ones(3, requires_grad=True)
    g = f.grad(lambda t: (t**2 * w).sum())(x)
    g.sum().backward()
    return g, w.grad


def in_outer_leaf(lib, f, x, y):
    x.requires_grad_()
    g = f.grad(cubes)(x)
    g.sum().backward()
    with lib.no_grad():
        silent = f.grad(cubes)(x)
    return g, x.grad, silent, f.vjp(lib.sin, x)[0]


def per_sample(lib, f, x, y):
    net = lib.nn.Linear(3, 2)
    with lib.no_grad():
        net.weight.copy_(y), net.bias.fill_(0.5)
    params = {k: p.detach() for k, p in net.named_parameters()}

    def loss(params, sample, target):
        return ((f.functional_call(net, params, (sample,)) - target) ** 2).mean()

    batch = lib.stack([x, x * 2, -x])
    return f.vmap(f.grad(loss), in_dims=(None, 0, 0))(params, batch, batch[:, :2])


def ensemble(lib, f, x, y):
    nets = [lib.nn.Linear(3, 2), lib.nn.Linear(3, 2)]
    with lib.no_grad():
        for i, net in enumerate(nets):
            net.weight.copy_(y * (i + 1)), net.bias.fill_(i)
    params, buffers = f.stack_module_state(nets)
    return (
        params,
        buffers,
        f.vmap(lambda p, b, x: f.functional_call(nets[0], (p, b), (x,)), (0, 0, None))(params, buffers, x),
    )


def pushed(lib, f, x, y):
    return f.jvp(lambda a, b: {"p": a * b, "s": b.exp().sum()}, (x, y), (x * 2, y))


def pulled(lib, f, x, y):
    output, pull = f.vjp(lambda a, b: (a * b, [b.sin()]), x, y)
    return output, pull((y, [y])), pull((y, [y * 0]))


def linearized(lib, f, x, y):
    output, push = f.linearize(lambda a, b: {"p": a * b, "s": [b.exp().sum()], "c": lib.ones(2)}, x, y)
    return output, push(x * 2, y), push(x, y * 0), f.vmap(f.linearize(lib.sin, x)[1])(y)


def no_slices(lib, f, x, y):
    return (
        f.vmap(lambda a, b: (a * b, (a + b).sum(), a), (0, None), (1, 0, -1))(y[:0], x),
        f.vmap(f.grad(cubes))(y[:0]),
    )


CASES = {
    "grad": lambda lib, f, x, y: f.grad(cubes)(x),
    "grad of grad": lambda lib, f, x, y: f.grad(lambda t: f.grad(cubes)(t).sin().sum())(x),
    "third": lambda lib, f, x, y: f.grad(f.grad(f.grad(lambda t: t.sin() * t)))(x[0]),
    "argnums": lambda lib, f, x, y: (f.grad(mixed, 1)(x, y), f.grad(mixed, (1, 0))(x, y), f.grad(mixed, -1)(x, y)),
    "aux": lambda lib, f, x, y: (
        f.grad(lambda t: (cubes(t), {"twice": t * 2}), has_aux=True)(x),
        f.grad_and_value(lambda t: (cubes(t), t * 2), has_aux=True)(x),
        f.grad_and_value(cubes)(x),
    ),
    "trees": lambda lib, f, x, y: f.grad(lambda d: (d["a"] * d["b"][0]).sum() + 0 * d["b"][1].sum())(
        {"a": x, "b": (y, x)}
    ),
    "unused": lambda lib, f, x, y: f.grad(lambda a, b: a.sum(), (0, 1))(x, y),
    "outer graph": outer_graph,
    "outer leaf": in_outer_leaf,
    "vjp": pulled,
    "vjp of one": lambda lib, f, x, y: f.vjp(lib.sin, x)[1](x),
    "vjp aux": lambda lib, f, x, y: f.vjp(lambda t: (t * 2, t), x, has_aux=True)[2],
    "jvp": pushed,
    "jvp aux": lambda lib, f, x, y: f.jvp(lambda t: (t * 2, t * 3), (x,), (x,), has_aux=True),
    "jvp of jvp": lambda lib, f, x, y: f.jvp(lambda t: f.jvp(lib.sin, (t,), (x,))[1], (x,), (x,)),
    "jacrev": lambda lib, f, x, y: f.jacrev(lambda a, b: {"m": a * b, "s": a.sum()}, (0, 1))(x, y),
    "jacfwd": lambda lib, f, x, y: f.jacfwd(lambda a: (a * y, a.exp()))(x),
    "jac aux": lambda lib, f, x, y: (
        f.jacrev(lambda t: (t * t, t), has_aux=True)(x),
        f.jacfwd(lambda t: (t * t, t), has_aux=True)(x),
    ),
    "jacrev of jacrev": lambda lib, f, x, y: f.jacrev(f.jacrev(lambda t: t.sin() * t.sum()))(x),
    "hessian": lambda lib, f, x, y: (f.hessian(cubes)(x), f.hessian(mixed, (0, 1))(x, y)),
    "vmap": lambda lib, f, x, y: (
        f.vmap(lib.dot)(y, y),
        f.vmap(lib.mul, (0, None))(y, x),
        f.vmap(lib.mul, (1, 0), 1)(y, x),
        f.vmap(lambda d: (d["a"] * 2, d["a"].sum()), ({"a": -1},), (1, 0))({"a": y}),
        f.vmap(lambda a, *, b: a + b)(y, b=y),
        f.vmap(lambda a: a * 2, chunk_size=1)(y),
    ),
    "vmap of vmap": lambda lib, f, x, y: f.vmap(f.vmap(lambda a, b: a * b + a.sin(), (0, None)), (None, 0))(x, y),
    "vmap of grad": lambda lib, f, x, y: f.vmap(f.grad(cubes))(y),
    "grad of vmap": lambda lib, f, x, y: f.grad(lambda t: f.vmap(lib.dot, (None, 0))(t, y).sin().sum())(x),
    "vmap of jacrev": lambda lib, f, x, y: f.vmap(f.jacrev(lib.sin))(y),
    "samples": per_sample,
    "linearize": linearized,
    "vmap of nothing": no_slices,
    "ensemble": ensemble,
}


@pytest.mark.parametrize("name", CASES)
def test_as_in_pytorch(name):
    ours, theirs = (plain(CASES[name](lib, lib.func, lib.tensor(X), lib.tensor(Y))) for lib in (mg, torch))
    check(ours, theirs)


WRONG = {
    "no number": lambda f, x: f.grad(lambda t: t)(x),
    "no tensor": lambda f, x: f.grad(lambda t: 1.0)(x),
    "argnums out of range": lambda f, x: f.grad(cubes, 1)(x),
    "no argnums": lambda f, x: f.grad(cubes, ())(x),
    "argnums twice": lambda f, x: f.grad(mixed, (0, 0))(x, x),
    "aux": lambda f, x: f.grad(cubes, has_aux=True)(x),
    "in place": lambda f, x: f.grad(lambda t: t.mul_(2).sum())(x),
    "cotangents": lambda f, x: f.vjp(cubes, x)[1]((x, x)),
    "tangents": lambda f, x: f.jvp(cubes, (x,), (x, x)),
    "tangent's shape": lambda f, x: f.jvp(cubes, (x,), (x[:2],)),
    "linearize's tangents": lambda f, x: f.linearize(cubes, x)[1](x, x),
    "linearize's tangent's shape": lambda f, x: f.linearize(cubes, x)[1](x[:2]),
    "no primals": lambda f, x: f.jvp(cubes, x, x),
    "in_dims": lambda f, x: f.vmap(cubes, (0, 0))(x),
    "all None": lambda f, x: f.vmap(cubes, None)(x),
    "no slices": lambda f, x: f.vmap(cubes, (None,))(x),
    "in_dims out of range": lambda f, x: f.vmap(cubes, 1)(x),
    "sizes": lambda f, x: f.vmap(mixed)(x, x[:2]),
    "number returned": lambda f, x: f.vmap(lambda t: 1.0)(x),
    "out_dims": lambda f, x: f.vmap(lambda t: t, out_dims=(0, 0))(x),
    "number given": lambda f, x: f.vmap(cubes)(1.0),
    "randomness": lambda f, x: f.vmap(cubes, randomness="some")(x),
    "no models": lambda f, x: f.stack_module_state([]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_refused(name):
    with pytest.raises(Exception) as theirs:
        WRONG[name](torch.func, torch.tensor(X))
    with pytest.raises(theirs.type):
        WRONG[name](mg.func, mg.tensor(X))


INNER = {
    "grad": lambda f, h, t: f.grad(h)(t),
    "grad_and_value": lambda f, h, t: f.grad_and_value(h)(t)[0],
    "vjp": lambda f, h, t: f.vjp(h, t)[1](t.sum())[0],
    "jvp": lambda f, h, t: f.jvp(h, (t,), (t,))[1] * t,
    "jacrev": lambda f, h, t: f.jacrev(h)(t),
    "jacfwd": lambda f, h, t: f.jacfwd(h)(t),
    "hessian": lambda f, h, t: f.hessian(h)(t).sum(0),
    "vmap": lambda f, h, t: f.vmap(f.grad(lambda s, p: (s * s * s).sum() * h(p)), (0, None))(t, t),
}
OUTER = {
    "grad": lambda f, g, p: f.grad(lambda p: g(p).sum())(p),
    "grad_and_value": lambda f, g, p: f.grad_and_value(lambda p: g(p).sum())(p),
    "vjp": lambda f, g, p: (lambda y, back: (y, back(p)))(*f.vjp(g, p)),
    "jvp": lambda f, g, p: f.jvp(g, (p,), (p,)),
    "jacrev": lambda f, g, p: f.jacrev(g)(p),
    "jacfwd": lambda f, g, p: f.jacfwd(g)(p),
    "hessian": lambda f, g, p: f.hessian(lambda p: g(p).sum())(p),
}


@pytest.mark.parametrize("outer", OUTER)
@pytest.mark.parametrize("inner", INNER)
def test_nothing_of_a_derivative_within_another_is_left(inner, outer):
    """The inner one is with respect to something else: the graph that it leaves must end with the outer one."""

    def derivative(lib, f):
        t = lib.tensor(Y[0])

        def within(p):
            return INNER[inner](f, lambda t: (t**3 * p**2).sum(), t)

        return plain(OUTER[outer](f, within, lib.tensor(X)))

    check(derivative(mg, mg.func), derivative(torch, torch.func))


def test_parameters_updated_by_a_function_of_derivatives_have_no_history():
    """As those of a net that is trained by an equation of its own derivatives; each step took longer than the last."""
    times, p = mg.linspace(0, 1, 5), mg.tensor([0.5, 0.1])
    slope = mg.func.vmap(mg.func.grad(lambda p, t: p[0] * t.sin() + p[1] * t * t, argnums=1), (None, 0))
    gradient = mg.func.grad(lambda p: ((slope(p, times) - times.cos()) ** 2).mean())
    for _ in range(3):
        p = p - 0.1 * gradient(p)
        assert not p.requires_grad
    with mg.autograd.forward_ad.dual_level():
        dual = mg.autograd.forward_ad.make_dual(mg.ones(2), mg.ones(2))
        for part in mg.autograd.forward_ad.unpack_dual(mg.func.grad(lambda p, t: (p * t**2).sum(), argnums=1)(dual, p)):
            assert not part.requires_grad


def test_slices_share_a_graph_that_is_freed_after_the_last():
    x = mg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x**2
    rows = mg.vmap(lambda v: mg.autograd.grad(y, x, v)[0])(mg.eye(3))
    assert rows.tolist() == [[2, 0, 0], [0, 4, 0], [0, 0, 6]]
    with pytest.raises(RuntimeError, match="freed by an earlier backward"):
        y.sum().backward()
    y = x**2  # in nested loops, too
    table = mg.vmap(lambda a: mg.vmap(lambda v: mg.autograd.grad(y, x, a * v)[0])(mg.eye(3)))(mg.tensor([1.0, 2.0]))
    assert mg.equal(table[1], 2 * rows)
    with pytest.raises(RuntimeError, match="freed by an earlier backward"):
        y.sum().backward()
    with pytest.raises(ZeroDivisionError):
        mg.vmap(lambda v: 1 / 0)(mg.eye(3))
    (y := x**2).sum().backward()
    with pytest.raises(RuntimeError, match="freed by an earlier backward"):
        y.sum().backward()


def test_randomness_of_vmap():
    def noisy(t):
        return t + mg.rand(())

    with pytest.raises(RuntimeError, match="randomness"):
        mg.vmap(noisy)(mg.zeros(4))
    assert len(set(mg.vmap(noisy, randomness="different")(mg.zeros(4)).tolist())) == 4
    assert len(set(mg.vmap(noisy, randomness="same")(mg.zeros(4)).tolist())) == 1


def test_batch_norms_without_averages_are_called_by_vmap():
    """As the tutorial on gradients of each sample does it, with the same numbers as PyTorch."""
    results = []
    for lib in (mg, torch):
        net = lib.nn.Sequential(lib.nn.BatchNorm1d(2), lib.nn.Sequential(lib.nn.BatchNorm1d(2, affine=False)))
        assert lib.func.replace_all_batch_norm_modules_(net) is net
        x = lib.tensor(np.random.default_rng(0).standard_normal((3, 4, 2)).astype(np.float32))
        results.append(lib.func.vmap(net)(x).detach().numpy())
    np.testing.assert_allclose(*results, rtol=1e-4, atol=1e-5)


def test_a_copy_of_an_input_of_a_derivative_is_a_leaf_of_its_own():
    kept = []
    mg.func.grad(lambda t: (kept.append(t), t.sum())[1])(mg.ones(2))
    leaf = copy.deepcopy(kept[0])
    assert mg.func.grad(lambda t: (t * leaf).sum())(mg.ones(2)).requires_grad
