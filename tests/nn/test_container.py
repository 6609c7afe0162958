"""Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict."""

from collections import OrderedDict

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn


def kinds(modules):
    return [type(m).__name__ for m in modules]


def test_sequential_is_a_list_of_layers():
    net = nn.Sequential(nn.ReLU(), nn.Tanh())
    assert net.append(nn.ELU()) is net and len(net) == 3
    assert kinds(net) == ["ReLU", "Tanh", "ELU"] and isinstance(net[-1], nn.ELU)
    net.insert(1, nn.SiLU()).insert(-1, nn.Mish())
    assert kinds(net) == ["ReLU", "SiLU", "Tanh", "Mish", "ELU"]
    assert list(net._modules) == ["0", "1", "2", "3", "4"]
    net[0] = nn.Sigmoid()
    del net[1:3]
    assert kinds(net) == ["Sigmoid", "Mish", "ELU"] and list(net._modules) == ["0", "1", "2"]
    assert isinstance(net.pop(-1), nn.ELU) and len(net) == 2 and not hasattr(net, "2")
    assert kinds(net.extend([nn.ReLU()])) == ["Sigmoid", "Mish", "ReLU"]
    assert kinds(net + nn.Sequential(nn.Tanh()))[-2:] == ["ReLU", "Tanh"]
    assert kinds(net * 2) == kinds(2 * net) == kinds(net) * 2
    net += nn.Sequential(nn.Tanh())
    net *= 2
    assert len(net) == 8 and net[7] is net[3]
    assert list(net[6:]._modules) == ["6", "7"]


def test_sequential_with_names():
    net = nn.Sequential(OrderedDict(a=nn.Linear(2, 3), b=nn.Linear(3, 1)))
    assert net.a is net[0] and list(net.state_dict())[0] == "a.weight"
    assert net(mg.ones(4, 2)).shape == (4, 1)
    net[1] = nn.Identity()
    assert isinstance(net.b, nn.Identity)


def test_sequential_refuses():
    net = nn.Sequential(nn.ReLU())
    for wrong in (lambda: nn.Sequential(3), lambda: net.append(3), lambda: net.__setitem__(0, 3)):
        with pytest.raises(TypeError, match="Sequential: expected a Module, got int"):
            wrong()
    with pytest.raises(TypeError, match="got the class ReLU; call it"):
        nn.Sequential(nn.ReLU)
    with pytest.raises(IndexError, match="index 5 is out of range for 1 elements"):
        net[5]
    with pytest.raises(IndexError, match="insert: index 7"):
        net.insert(7, nn.ReLU())
    with pytest.raises(ValueError, match="expected a Sequential to add, got list"):
        net + [nn.ReLU()]
    with pytest.raises(TypeError, match="expected an int"):
        net * 1.5
    with pytest.raises(ValueError, match="at least 1"):
        net * 0
    with pytest.raises(TypeError, match="expected modules, got int"):
        net.extend(3)


def test_module_list():
    layers = nn.ModuleList(nn.Linear(1, 1) for _ in range(3))
    layers += [nn.ReLU()]
    layers.insert(0, nn.Tanh()).append(nn.ELU()).extend([nn.SiLU()])
    assert kinds(layers) == ["Tanh", "Linear", "Linear", "Linear", "ReLU", "ELU", "SiLU"]
    assert isinstance(layers[1:3], nn.ModuleList) and len(layers[1:3]) == 2 and layers[-1] is layers[6]
    assert isinstance(layers.pop(0), nn.Tanh)
    del layers[0]
    assert kinds(layers + [nn.Tanh()]) == ["Linear", "Linear", "ReLU", "ELU", "SiLU", "Tanh"]
    assert kinds(reversed(list(layers)))[0] == "SiLU" and layers[0] in layers
    assert len(list(layers.parameters())) == 4
    with pytest.raises(NotImplementedError, match="ModuleList: no forward"):
        layers(mg.ones(1))


def test_module_dict():
    heads = nn.ModuleDict([("a", nn.ReLU())])
    heads["b"] = nn.Linear(1, 1)
    heads.update({"c": nn.Tanh()})
    assert list(heads) == list(heads.keys()) == ["a", "b", "c"] and "b" in heads and len(heads) == 3
    assert kinds(heads.values()) == ["ReLU", "Linear", "Tanh"] and dict(heads.items())["c"] is heads["c"] is heads.c
    assert isinstance(heads.pop("c"), nn.Tanh) and "c" not in heads
    del heads["a"]
    for missing in (lambda: heads["a"], lambda: heads.pop("a"), lambda: heads.__delitem__("training")):
        with pytest.raises(KeyError):
            missing()
    with pytest.raises(KeyError, match="'keys' already"):
        heads["keys"] = nn.ReLU()
    with pytest.raises(TypeError, match="expected a Module"):
        heads["x"] = 3
    heads.clear()
    assert not len(heads) and not list(heads.parameters())


def test_parameter_list():
    weights = nn.ParameterList([mg.ones(2), nn.Parameter(mg.zeros(3))])
    weights += [mg.ones(1)]
    weights.append(mg.zeros(1)).extend([mg.ones(4)])
    assert [tuple(w.shape) for w in weights] == [(2,), (3,), (1,), (1,), (4,)]
    assert all(isinstance(w, nn.Parameter) for w in weights) and list(weights.state_dict()) == list("01234")
    weights[-1] = mg.ones(5)
    assert tuple(weights[4].shape) == (5,) and len(weights) == 5
    assert isinstance(weights[1:3], nn.ParameterList) and weights[1:3][0] is weights[1]
    with pytest.raises(IndexError, match="index 5 is out of range"):
        weights[5]
    with pytest.raises(TypeError, match="expected several parameters, got Tensor"):
        weights.extend(mg.ones(2))
    mixed = nn.ParameterList([3, mg.ones(1)])
    assert mixed[0] == 3 and len(list(mixed.parameters())) == 1


def test_parameter_dict():
    weights = nn.ParameterDict({"a": mg.ones(2)})
    weights["b"] = mg.zeros(3)
    weights.update([("c", mg.ones(1))])
    assert list(weights) == list(weights.keys()) == ["a", "b", "c"] and len(weights) == 3 and "b" in weights
    assert weights.b is weights["b"] is dict(weights.items())["b"] and weights.get("x", 3) == 3
    assert [tuple(w.shape) for w in weights.values()] == [(2,), (3,), (1,)]
    assert tuple(weights.pop("c").shape) == (1,)
    del weights["a"]
    assert list(weights.state_dict()) == ["b"]
    with pytest.raises(KeyError, match="'keys' already"):
        weights["keys"] = mg.ones(1)
    with pytest.raises(AttributeError):  # as in PyTorch
        weights["a"]
    weights.clear()
    assert not list(weights.parameters())


def test_parameters_in_lists_get_gradients():
    weights = nn.ParameterList([mg.ones(2), mg.ones(2)])
    (weights[0] * weights[1] * 3).sum().backward()
    np.testing.assert_array_equal(weights[1].grad, [3, 3])


def test_repr_equals_pytorchs():
    torch = pytest.importorskip("torch")

    def build(m):
        n, ones = m.nn, m.ones
        return [
            n.Sequential(),
            n.Sequential(n.ReLU(), n.Sequential(n.Linear(2, 3), n.Sequential(n.Tanh()))),
            n.ModuleList([n.Linear(2, 3), n.Linear(2, 3), n.ReLU(), n.Sequential(n.ReLU()), n.Sequential(n.ReLU())]),
            n.ModuleList(),
            n.ModuleDict({"a": n.ReLU(), "b": n.ModuleList([n.ReLU()])}),
            n.Sequential(OrderedDict(first=n.Linear(1, 1, bias=False)))[:1],
            n.ParameterList([ones(2, 3), 3]),
        ]

    for ours, theirs in zip(build(mg), build(torch), strict=True):
        assert repr(ours).replace("minigrad.", "") == repr(theirs).replace("torch.", "")


def test_parameter_dicts_have_pytorchs_order_and_operators():
    torch = pytest.importorskip("torch")

    def told(lib):
        def make(*keys):
            return {key: lib.nn.Parameter(lib.ones(1)) for key in keys}

        d = lib.nn.ParameterDict(make("b", "a"))
        seen = [list(d), list(lib.nn.ParameterDict(make("b", "a").items())), list(reversed(d))]
        d.update(make("z", "c"))
        d.update(OrderedDict(make("y", "x")))
        seen += [list(d), list(d | make("e", "d")), list(make("k", "j") | d), list(d.copy()), d.popitem()[0], list(d)]
        d |= lib.nn.ParameterDict(make("n", "m"))
        d.setdefault("q", lib.ones(2))
        seen += [
            list(d),
            list(d.state_dict()),
            type(d["q"]).__name__,
            d.get("nothing", 3),
            type(d | make("o")).__name__,
        ]
        return [*seen, list(lib.nn.ParameterDict().fromkeys(["s", "r"], 1).items())]

    assert told(mg) == told(torch)


def test_sequential_runs_what_its_iter_gives():
    class Twice(nn.Sequential):
        def __iter__(self):
            return iter([*super().__iter__()] * 2)

    net = Twice(nn.Linear(1, 1))
    nn.init.constant_(net[0].weight, 3.0), nn.init.zeros_(net[0].bias)
    assert net(mg.ones(1)).item() == 9 and len(net) == 1 and len(net[:1]) == 1


def test_places_left_free():
    layers, heads = nn.ModuleList([nn.ReLU(), None]), nn.ModuleDict({"a": None, "b": nn.ReLU()})
    layers.append(None)
    layers[0] = None
    assert list(layers) == [None] * 3 and list(heads) == ["a", "b"] and heads["a"] is None
    assert list(layers.modules()) == [layers] and not layers.state_dict() and repr(heads).count("None") == 1


def test_inserting_at_the_end_keeps_the_names():
    net = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.Tanh()))
    net.insert(2, nn.Sigmoid())
    assert list(net._modules) == ["a", "b", "2"]


def test_a_list_whose_length_is_overridden_keeps_all_modules():
    class Short(nn.ModuleList):
        def __len__(self):
            return 1

    assert kinds(Short([nn.ReLU(), nn.Tanh()])) == ["ReLU", "Tanh"]


@pytest.mark.parametrize("container", [nn.Sequential, nn.ModuleList])
def test_nothing_is_half_extended(container):
    modules = container()
    with pytest.raises(TypeError, match=f"{container.__name__}: expected a Module, got int"):
        modules.extend([nn.ReLU(), 3])
    assert len(modules) == 0


def test_what_is_not_in_a_parameter_dict():
    with pytest.raises(KeyError, match="popitem"):
        nn.ParameterDict().popitem()
    with pytest.raises(TypeError, match="expected a str as key, got int"):
        nn.ParameterDict({"a": mg.ones(1)})[0]
