"""torch.autograd.functional and torch.func.functional_call, compared with PyTorch."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.autograd import functional


def one(x):
    return (x**3).sum() + x[0] * x[1]


def several(x, y):
    return x[:, None] * y**2, (x.sum() * y).exp(), (x * 0).detach()


CASES = {
    "jacobian": lambda f, x, y: (f.jacobian(several, (x, y)), f.jacobian(lambda t: t.outer(t), x)),
    "jacobian of a tuple": lambda f, x, y: f.jacobian(lambda t: (t.sum(), t**2), x),
    "hessian": lambda f, x, y: (f.hessian(one, x), f.hessian(lambda a, b: (a.sum() * b**2).sum(), (x, y))),
    "hessian of a linear function": lambda f, x, y: f.hessian(lambda t: t.sum(), x),
    "vjp": lambda f, x, y: (f.vjp(lambda t: t**2, x, x), f.vjp(lambda a, b: a.sum() * b, (x, y), y)),
    "vjp of one number": lambda f, x, y: f.vjp(one, x),
    "jvp": lambda f, x, y: (f.jvp(lambda t: t**2, x, x), f.jvp(lambda a, b: (a.sum() * b, b), (x, y), (x, y))),
    "hvp": lambda f, x, y: (f.hvp(one, x, x), f.hvp(lambda a, b: (a.sum() * b**2).sum(), (x, y), (x, y))),
    "vhp": lambda f, x, y: f.vhp(one, x, x),
}


def flat(value):
    return [n for v in value for n in flat(v)] if isinstance(value, tuple) else [value.detach().numpy()]


@pytest.mark.parametrize("name", CASES)
def test_as_pytorch(name):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(3), rng.standard_normal(2)
    ours = flat(CASES[name](functional, mg.tensor(x), mg.tensor(y)))
    theirs = flat(CASES[name](torch.autograd.functional, torch.tensor(x), torch.tensor(y)))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_results_are_differentiable_only_if_asked():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    assert not functional.jacobian(lambda t: t**2, x).requires_grad
    functional.jacobian(lambda t: t**3, x, create_graph=True).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [6, 12])


def test_the_inputs_stay_as_they_are():
    x = mg.tensor([1.0, 2.0])
    functional.hessian(one, x)
    assert not x.requires_grad and x.grad is None


def test_errors():
    x = mg.ones(2)
    with pytest.raises(RuntimeError, match="hessian: .* one element, got shape \\(2,\\)"):
        functional.hessian(lambda t: t**2, x)
    with pytest.raises(TypeError, match="jacobian: expected inputs to be a Tensor.*, got list"):
        functional.jacobian(lambda t: t**2, [x])
    with pytest.raises(TypeError, match="vjp: expected func to return a Tensor.*, got float"):
        functional.vjp(lambda t: 1.0, x)
    with pytest.raises(RuntimeError, match="jacobian: .* input 1, which strict=True"):
        functional.jacobian(lambda a, b: a * 2, (x, x), strict=True)
    with pytest.raises(RuntimeError, match="jacobian: an output .* strict=True"):
        functional.jacobian(lambda a: mg.ones(2), x, strict=True)
    with pytest.raises(RuntimeError, match=r"vjp: expected v, .* what func returns, \(2,\)"):
        functional.vjp(lambda a: a * 2, x)
    with pytest.raises(RuntimeError, match=r"hvp: expected v of the shapes of the inputs, \[\(2,\)\], got \[\(3,\)\]"):
        functional.hvp(lambda a: (a * a).sum(), x, mg.ones(3))


FUNCTIONS = {
    "vector": lambda m, x: x**2,
    "number": lambda m, x: (x**3).sum(),
    "one element": lambda m, x: (x**2).sum().reshape(1),
    "linear": lambda m, x: (x * 2).sum(),
    "constant": lambda m, x: m.ones(()),
    "constant vector": lambda m, x: m.ones(2),
    "tuple": lambda m, x: (x * 2, (x**2).sum()),
    "partly constant": lambda m, x: ((x**2).sum(), m.ones(1)),
    "detached": lambda m, x: x.detach() * 2,
    "itself": lambda m, x: x,
    "a number of Python": lambda m, x: 3.0,
}
VECTORS = {
    "none": lambda m: None,
    "vector": lambda m: m.tensor([1.0, 10.0]),
    "too long": lambda m: m.ones(3),
    "number": lambda m: m.tensor(3.0),
    "tuple": lambda m: (m.tensor([1.0, 10.0]),),
}


def outcome(m, name, function, **options):
    """What comes out, as nested lists, and whether it requires grad; or the type of the error."""

    def plain(value):
        if isinstance(value, tuple):
            return tuple(map(plain, value))
        return value.tolist(), tuple(value.shape), value.requires_grad

    try:
        result = getattr(m.autograd.functional, name)(lambda x: function(m, x), m.tensor([1.0, 2.0]), **options)
        return plain(result)
    except (RuntimeError, TypeError) as error:
        return type(error)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("strict", [False, True])
def test_values_and_errors_are_those_of_pytorch(function, strict):
    torch = pytest.importorskip("torch")
    f = FUNCTIONS[function]
    for name in ("jacobian", "hessian"):
        for create_graph in (False, True):
            options = {"strict": strict, "create_graph": create_graph}
            assert outcome(mg, name, f, **options) == outcome(torch, name, f, **options), (name, create_graph)
    for name in ("vjp", "jvp", "hvp", "vhp"):
        for v, make in VECTORS.items():
            ours, theirs = (outcome(m, name, f, v=make(m), strict=strict) for m in (mg, torch))
            assert ours == theirs, (name, v)


@pytest.mark.parametrize("name", ["jacobian", "hessian", "vjp", "jvp", "hvp", "vhp"])
def test_create_graph_records_under_no_grad_too(name):
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    further = () if name in ("jacobian", "hessian") else (mg.tensor(1.0) if name == "vjp" else mg.ones(2),)
    with mg.no_grad():
        result = getattr(functional, name)(lambda t: (t**3).sum(), x, *further, create_graph=True)
    for t in result if isinstance(result, tuple) else (result,):
        assert t.requires_grad


def test_functional_call():
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
    before = {name: id(p) for name, p in net.named_parameters()}
    doubled = {name: (p * 2).detach().requires_grad_() for name, p in net.named_parameters()}
    x = mg.randn(4, 2)
    y = mg.func.functional_call(net, doubled, x)
    y.sum().backward()
    assert all(d.grad is not None for d in doubled.values()) and all(p.grad is None for p in net.parameters())
    assert before == {name: id(p) for name, p in net.named_parameters()}
    with mg.no_grad():
        for p in net.parameters():
            p.mul_(2)
    assert mg.allclose(net(x), y)


def test_functional_call_with_wrong_names_or_an_error_inside():
    net = nn.Linear(2, 1)
    weight = net.weight
    for given in ({"wieght": mg.ones(1, 2)}, {"weight": mg.ones(1, 2)}):
        with pytest.raises(RuntimeError, match="wieght|bias"):
            mg.func.functional_call(net, given, mg.ones(2), strict=True)
    for given, error in (({"weight": mg.ones(1, 3)}, RuntimeError), ({"in_features": mg.ones(1)}, TypeError)):
        with pytest.raises(error):
            mg.func.functional_call(net, given, mg.ones(2))
    with pytest.raises(ValueError, match="more than one"):
        mg.func.functional_call(net, ({"weight": mg.ones(1, 2)}, {"weight": mg.ones(1, 2)}), mg.ones(2))
    assert net.weight is weight


def tied(lib, given, **options):
    """What a module with tied weights, a buffer and an attribute that it lacks gives, and what is in the dict then."""

    class Net(lib.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = self.b = lib.nn.Parameter(lib.ones(1))
            self.register_buffer("calls", lib.zeros(1))

        def forward(self, x):
            self.calls = self.calls + 1
            return x * self.a + 10 * self.b + 100 * getattr(self, "extra", 0)

    net, given = Net(), {name: lib.tensor([value]) for name, value in given.items()}
    try:
        y = lib.func.functional_call(net, given, lib.tensor([2.0]), **options).tolist()
    except (RuntimeError, ValueError) as error:
        y = type(error)
    own = [net.a is net.b, net.a.tolist(), net.calls.tolist(), hasattr(net, "extra")]
    return y, {name: tensor.tolist() for name, tensor in given.items()}, own


@pytest.mark.parametrize("options", [{}, {"tie_weights": False}, {"strict": True}], ids=str)
@pytest.mark.parametrize(
    "given",
    [{"a": 3.0}, {"b": 3.0, "calls": 5.0}, {"a": 3.0, "b": 4.0}, {"extra": 1.0}, {"calls": 5.0, "a": 3.0}],
    ids=str,
)
def test_functional_call_of_tied_missing_and_changed_tensors(given, options):
    torch = pytest.importorskip("torch")
    assert tied(mg, given, **options) == tied(torch, given, **options)
