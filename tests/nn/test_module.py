"""Module: registration, sharing, modes, conversion, copies, what it says when something is wrong."""

import copy
import pickle
import sys
import warnings

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.scale = nn.Parameter(mg.ones(3))
        self.register_buffer("steps", mg.tensor(0))
        self.register_buffer("cache", mg.zeros(2), persistent=False)
        self.inner = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))

    def forward(self, input):
        return self.inner(self.first(input) * self.scale)


def names(pairs):
    return [name for name, _ in pairs]


# ---- registration ----------------------------------------------------------------------------------------------------


def test_dotted_names_come_in_pytorchs_order():
    net = Net()
    assert names(net.named_parameters()) == [
        "scale", "first.weight", "first.bias", "inner.0.weight", "inner.0.bias", "inner.1.weight", "inner.1.bias",
    ]  # fmt: skip
    assert names(net.named_buffers())[:3] == ["steps", "cache", "inner.1.running_mean"]
    assert names(net.named_modules()) == ["", "first", "inner", "inner.0", "inner.1"]
    assert names(net.named_children()) == ["first", "inner"]
    assert list(net.children()) == [net.first, net.inner]
    assert names(net.named_parameters(prefix="net", recurse=False)) == ["net.scale"]
    assert len(list(net.parameters())) == 7 and len(list(net.buffers())) == 5


def test_a_registered_object_is_an_ordinary_attribute():
    net = Net()
    for name, table in (("scale", net._parameters), ("first", net._modules), ("steps", net._buffers)):
        assert getattr(net, name) is table[name] and name in dir(net) and name not in net.__dict__
    net._buffers["steps"] = other = mg.zeros(1)  # as hooks of PyTorch's users do it
    assert net.steps is other


def test_a_layers_parameters_are_read_as_any_others():
    """A layer declares them on its class, which must not show, and must not hide what a user puts there."""
    torch = pytest.importorskip("torch")

    def read(lib):
        layer, weight = lib.nn.Linear(1, 1), lib.ones(1, 1)
        found = [hasattr(lib.nn.Linear, "weight"), hasattr(lib.nn.BatchNorm1d(1, affine=False), "weights")]

        class Asked(lib.nn.Linear):
            def __getattr__(self, name):
                found.append(name)
                return super().__getattr__(name)

        asked = Asked(1, 1)
        found.clear()
        asked(weight)

        class Patched(lib.nn.Linear):
            pass

        patched = Patched(1, 1)
        Patched.bias, Patched.weight = None, property(lambda self: self._parameters["weight"] * 0 + 2)
        found.append(patched(weight).item())
        del layer.weight
        found.append(hasattr(layer, "weight"))
        layer.weight = weight  # a plain tensor
        found += [layer.weight is weight, "weight" in vars(layer)]
        del layer.weight
        layer.weight = lib.nn.ReLU()
        found.append(repr(layer.weight))
        found.append(repr(lib.nn.BatchNorm1d(1, affine=False).bias))
        other = lib.nn.Linear(1, 1)
        vars(other)["weight"] = 7
        return [*found, other.weight]

    assert read(mg) == read(torch)
    with pytest.raises(AttributeError, match="'Linear' object has no attribute 'weight'"):
        print(nn.Linear.__new__(nn.Linear).weight)


@pytest.mark.parametrize("of", ["module", "optimizer"])
def test_gradients_are_zeroed_in_place(of):
    layer = nn.Linear(1, 1)
    layer.weight.grad = held = mg.ones(1, 1)
    (layer if of == "module" else mg.optim.SGD(layer.parameters(), 0.1)).zero_grad(set_to_none=False)
    assert layer.weight.grad is held and held.item() == 0 and layer.bias.grad is None


def test_shared_parameters_and_modules_are_listed_once():
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    net[1].weight = net[0].weight
    assert names(net.named_parameters()) == ["0.weight", "0.bias", "1.bias"]
    assert len(names(net.named_parameters(remove_duplicate=False))) == 4
    assert len(net.state_dict()) == 4
    layer = nn.ReLU()
    twice = nn.Sequential(layer, layer)
    assert names(twice.named_modules()) == ["", "0"]
    assert names(twice.named_modules(remove_duplicate=False)) == ["", "0", "1"]
    assert len(list(twice.modules(remove_duplicate=False))) == 3
    assert names(twice.named_children()) == ["0"]


def test_replacing_and_deleting():
    net = Net()
    net.scale = None
    assert "scale" in net._parameters and net.scale is None and "scale" not in net.state_dict()
    net.scale = nn.Parameter(mg.zeros(3))
    assert names(net.named_parameters())[0] == "scale"
    net.steps = mg.tensor(5)  # a plain Tensor in the place of a buffer
    assert net.state_dict()["steps"].item() == 5
    del net.scale
    assert not hasattr(net, "scale") and "scale" not in net.state_dict()
    net.scale = nn.Linear(1, 1)
    net.scale = nn.Parameter(mg.ones(1))  # another kind takes the name
    assert "scale" not in net._modules and "scale" in net._parameters
    net.cache = nn.Parameter(mg.ones(1))  # was a buffer that is not in the state_dict
    assert "cache" in net.state_dict()


@pytest.mark.parametrize("name", [1, None, "", "a.b", "training", "forward", "weight", "running_mean", "fresh"])
def test_every_way_to_register_every_kind_of_value_answers_as_pytorch(name):
    torch = pytest.importorskip("torch")

    def answers(lib):
        values = (None, 3, np.ones(1), lib.ones(1), lib.nn.Parameter(lib.ones(1)), lib.nn.ReLU())
        values += (lib.nn.Parameter(lib.ones(1)) * 2,)
        for method in ("register_parameter", "register_buffer", "register_module", "add_module", ""):
            if not method and name in ("", "a.b"):
                continue  # PyTorch lets a module be assigned to a name that it refuses otherwise
            for value in values:
                layer = lib.nn.BatchNorm1d(1)
                try:
                    getattr(layer, method)(name, value) if method else setattr(layer, name, value)
                except (TypeError, KeyError, ValueError, RuntimeError) as error:
                    yield method, type(value).__name__, type(error)
                parts = (layer.named_parameters(), layer.named_buffers(), layer.named_modules())
                yield *map(names, parts), list(layer.state_dict())

    ours, theirs = list(answers(mg)), list(answers(torch))
    assert ours == theirs


@pytest.mark.parametrize("value", [nn.Parameter(mg.ones(1)), nn.Buffer(mg.ones(1))], ids=["Parameter", "Buffer"])
@pytest.mark.parametrize("there", [None, property(lambda self: 3)], ids=["attribute", "property"])
def test_what_the_class_would_hide_is_not_registered(value, there):
    class Hiding(nn.Module):
        scale = there

    with pytest.raises(KeyError, match="Hiding: the class has an attribute 'scale'"):
        Hiding().scale = value


def test_buffers_may_be_assigned():
    net = nn.Module()
    net.kept = nn.Buffer(mg.ones(2))
    net.lost = nn.Buffer(mg.ones(2), persistent=False)
    assert names(net.named_buffers()) == ["kept", "lost"] and list(net.state_dict()) == ["kept"]
    net.lost = nn.Buffer(mg.ones(2))
    assert list(net.state_dict()) == ["kept", "lost"]


def test_what_cannot_be_registered():
    net = Net()
    with pytest.raises(TypeError, match="'scale'.*a Parameter or None, got Tensor"):
        net.scale = mg.ones(3)
    with pytest.raises(TypeError, match="'first'.*a Module or None, got int"):
        net.first = 3
    with pytest.raises(TypeError, match="expected a Parameter"):
        net.register_parameter("more", mg.ones(2))
    with pytest.raises(TypeError, match="expected a Module"):
        net.add_module("more", 3)
    with pytest.raises(TypeError, match="expected a Tensor"):
        net.register_buffer("more", np.ones(2))
    with pytest.raises(TypeError, match="a str as name"):
        net.register_parameter(3, nn.Parameter(mg.ones(2)))
    for name in ("a.b", ""):
        with pytest.raises(KeyError, match="must not be empty or contain"):
            net.register_parameter(name, nn.Parameter(mg.ones(2)))
    with pytest.raises(KeyError, match="there is an attribute 'first' already"):
        net.register_parameter("first", nn.Parameter(mg.ones(2)))
    with pytest.raises(KeyError, match="'forward' already"):
        net.add_module("forward", nn.ReLU())
    with pytest.raises(TypeError, match="expected a Tensor, got ndarray"):
        nn.Parameter(np.ones(2))
    with pytest.raises(RuntimeError, match="floating"):
        nn.Parameter(mg.arange(3))
    x = mg.ones(2, requires_grad=True)
    recorded = nn.Parameter(x)
    recorded._node = (x * 2)._node
    with pytest.raises(ValueError, match="leaf"):
        net.register_parameter("recorded", recorded)


@pytest.mark.parametrize(
    "make", [lambda: nn.Linear(1, 1), lambda: nn.Parameter(mg.ones(1)), lambda: nn.Buffer(mg.ones(1))]
)
def test_assigning_before_init_raises(make):
    class Wrong(nn.Module):
        def __init__(self):
            self.layer = make()

    with pytest.raises(AttributeError, match=r"Wrong: cannot assign 'layer' yet; call super\(\).__init__\(\) first"):
        Wrong()


def test_missing_attribute_and_missing_forward():
    with pytest.raises(AttributeError, match="fc3"):
        Net().fc3  # noqa: B018
    with pytest.raises(NotImplementedError, match="Module: no forward; define forward"):
        nn.Module()(mg.ones(1))


def test_get_by_dotted_name():
    net = Net()
    assert net.get_submodule("") is net and net.get_submodule("inner.0") is net.inner[0]
    assert net.get_parameter("inner.0.weight") is net.inner[0].weight
    assert net.get_buffer("inner.1.running_mean") is net.inner[1].running_mean
    with pytest.raises(AttributeError, match="Sequential: no submodule '7' .*there are 0, 1"):
        net.get_submodule("inner.7")
    with pytest.raises(AttributeError, match="no parameter 'running_mean'"):
        net.get_parameter("inner.1.running_mean")
    with pytest.raises(AttributeError, match="no buffer 'weight'"):
        net.get_buffer("first.weight")


# ---- layers that are no part of the model ----------------------------------------------------------------------------


def test_layers_in_a_plain_list_are_noticed():
    net = nn.Module()
    net.layers = []
    net.layers.append(nn.Linear(1, 1))
    with pytest.warns(UserWarning, match=r"Module.layers is a plain list, so the Linear in it .*nn.ModuleList"):
        list(net.parameters())
    net.layers = {"a": nn.Parameter(mg.ones(1))}
    with pytest.warns(UserWarning, match="plain dict, so the Parameter"):
        list(net.named_parameters())


def test_lists_of_registered_or_hidden_layers_are_fine():
    net = nn.Module()
    net.fc = nn.Linear(1, 1)
    net.layers = [net.fc, net.fc.weight, 3]
    net._teacher = [nn.Linear(1, 1)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(net.parameters())) == 2


# ---- all of it -------------------------------------------------------------------------------------------------------


def test_train_and_eval():
    net = Net()
    assert net.eval() is net and not any(m.training for m in net.modules())
    assert net.train().inner[1].training
    with pytest.raises(ValueError, match="expected a bool"):
        net.train("yes")


def test_requires_grad_zero_grad_apply():
    net = Net()
    net(mg.ones(4, 2)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    net.zero_grad(set_to_none=False)
    assert all((p.grad == 0).all() for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    assert net.requires_grad_(False) is net and not any(p.requires_grad for p in net.parameters())
    seen = []
    assert net.apply(seen.append) is net
    assert seen == [net.first, net.inner[0], net.inner[1], net.inner, net]


def test_conversion_keeps_the_objects_and_integers():
    net = Net()
    net(mg.ones(4, 2)).sum().backward()
    before = list(net.parameters())
    assert net.double() is net
    assert all(a is b for a, b in zip(net.parameters(), before, strict=True))
    assert {p.dtype for p in net.parameters()} == {np.dtype("float64")} == {p.grad.dtype for p in net.parameters()}
    assert net.steps.dtype == mg.int64 and net.inner[1].running_var.dtype == mg.float64
    assert net.to(mg.float32).first.weight.dtype == mg.float32
    assert net.half().first.weight.dtype == mg.float16
    assert net.float().first.weight.dtype == mg.float32
    assert net.to("cpu").first.weight.dtype == mg.float32 and net.cpu() is net
    assert net.type(mg.float64).steps.dtype == mg.float64
    with pytest.raises(TypeError, match="expected a floating dtype"):
        net.to(mg.int64)
    with pytest.raises(RuntimeError, match="CPU only"):
        net.cuda()
    with pytest.raises(RuntimeError, match="CPU only"):
        net.to("cuda")


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_independent_and_consistent(duplicate):
    net = Net()
    net.inner[0].weight = net.first.weight = nn.Parameter(mg.ones(3, 2))
    other = duplicate(net)
    assert repr(other) == repr(net) and list(other.state_dict()) == list(net.state_dict())
    assert other.first.weight is other._modules["first"]._parameters["weight"] is other.inner[0].weight
    assert isinstance(other.first.weight, nn.Parameter) and other.first.weight.requires_grad
    other.first.weight.detach().zero_()
    assert (net.first.weight == 1).all()


def test_a_shallow_copy_shares_parameters_but_not_registration():
    net = Net()
    other = copy.copy(net)
    assert other.first is net.first
    other.extra = nn.Linear(1, 1)
    other.scale = None
    assert "extra" not in net._modules and net.scale is not None and "scale" in net.state_dict()


# ---- errors in forward say where -------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.version_info < (3, 11), reason="errors have notes since Python 3.11")
def test_an_error_in_forward_names_the_layer():
    net = Net()
    with pytest.raises(RuntimeError) as caught:
        nn.Sequential(nn.Identity(), net)(mg.ones(4, 5))
    assert caught.value.__notes__ == [
        "in layer '1.first' of Sequential: Linear(in_features=2, out_features=3, bias=True)"
    ]
    with pytest.raises(RuntimeError) as caught:
        nn.Linear(2, 3)(mg.ones(4, 5))
    assert caught.value.__notes__ == ["in Linear(in_features=2, out_features=3, bias=True)"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="errors have notes since Python 3.11")
def test_an_error_keeps_the_best_name_where_the_layer_is_hidden():
    class Hiding(nn.Module):
        def __init__(self):
            super().__init__()
            self._hidden = [nn.Sequential(nn.Linear(2, 3))]

        def forward(self, input):
            return self._hidden[0](input)

    with pytest.raises(RuntimeError) as caught:
        Hiding()(mg.ones(4, 5))
    assert caught.value.__notes__ == ["in layer '0' of Sequential: Linear(in_features=2, out_features=3, bias=True)"]


def test_parameter_prints_as_pytorchs():
    assert repr(nn.Parameter(mg.tensor([1.0, 2.0]))) == ("Parameter containing:\ntensor([1., 2.], requires_grad=True)")


def test_a_deep_copy_begins_without_gradients():
    net = nn.Sequential(nn.Linear(2, 1))
    net(mg.ones(1, 2)).sum().backward()
    twin = copy.deepcopy(net)
    assert all(p.grad is None for p in twin.parameters()) and all(p.grad is not None for p in net.parameters())
    assert all(isinstance(p, nn.Parameter) and p.requires_grad for p in twin.parameters())


@pytest.mark.parametrize("goes_on", [True, False])
@pytest.mark.parametrize("given", [((), {}), ((1,), {}), ((), {"k": 2})], ids=str)
def test_init_goes_on_to_the_next_base_where_the_class_says_so(goes_on, given):
    torch = pytest.importorskip("torch")

    def made(lib):
        class Mixin:
            def __init__(self, *args, **kwargs):
                self.mixed = args, kwargs

        class Both(lib.nn.Module, Mixin):
            call_super_init = goes_on

        try:
            both = Both(*given[0], **given[1])
        except TypeError:
            return "refused"
        return getattr(both, "mixed", None), both.training, list(both.parameters())

    assert made(mg) == made(torch)
