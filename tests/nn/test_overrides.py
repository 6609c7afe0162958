"""What a user overrides in a module is asked wherever PyTorch asks it: each method in turn, on a nested module."""

import copy

import numpy as np
import pytest

import minigrad as mg

METHODS = (
    "train", "eval", "apply", "_apply", "to", "float", "double", "half", "cpu", "type", "requires_grad_", "zero_grad",
    "state_dict", "load_state_dict", "_save_to_state_dict", "_load_from_state_dict", "get_extra_state",
    "parameters", "named_parameters", "buffers", "named_buffers", "modules", "named_modules", "children",
    "named_children", "_named_members", "get_parameter", "get_submodule", "get_buffer", "register_parameter",
    "register_buffer", "register_module", "add_module", "extra_repr", "forward", "__call__", "__setattr__",
    "__delattr__", "__getattr__", "__dir__", "__repr__", "__getstate__", "__setstate__", "__deepcopy__", "__iter__",
    "__len__", "__getitem__", "__setitem__", "append", "extend", "_replicate_for_data_parallel",
)  # fmt: skip
ACTIONS = {
    "train": lambda lib, net: net.train(),
    "eval": lambda lib, net: net.eval(),
    "apply": lambda lib, net: net.apply(lambda module: None),
    "to": lambda lib, net: net.to(lib.float64),
    "double": lambda lib, net: net.double(),
    "half": lambda lib, net: net.half(),
    "cpu": lambda lib, net: net.cpu(),
    "type": lambda lib, net: net.type(lib.float64),
    "requires_grad_": lambda lib, net: net.requires_grad_(False),
    "zero_grad": lambda lib, net: net.zero_grad(),
    "state_dict": lambda lib, net: net.state_dict(),
    "load_state_dict": lambda lib, net: net.load_state_dict(net.state_dict(), strict=False),
    "parameters": lambda lib, net: list(net.parameters()),
    "named_parameters": lambda lib, net: list(net.named_parameters()),
    "buffers": lambda lib, net: list(net.buffers()),
    "modules": lambda lib, net: list(net.modules()),
    "call": lambda lib, net: net(lib.ones(4, 2, requires_grad=True)).sum().backward(),
    "optimizer": lambda lib, net: lib.optim.SGD(net.parameters(), 0.1),
    "functional_call": lambda lib, net: lib.func.functional_call(net, dict(net.named_parameters()), lib.ones(4, 2)),
    "repr": lambda lib, net: repr(net),
    "deepcopy": lambda lib, net: copy.deepcopy(net),
    "get_parameter": lambda lib, net: net.get_parameter("0.0.weight"),
    "register_module": lambda lib, net: net[0].register_module("more", lib.nn.ReLU()),
    "assign": lambda lib, net: setattr(net[0][0], "more", lib.nn.ReLU()),
    "replace": lambda lib, net: net[0].__setitem__(0, lib.nn.Linear(2, 2)),
    "slice": lambda lib, net: net[0][:1],
    "append": lambda lib, net: net[0].append(lib.nn.Linear(2, 2)),
    "extend": lambda lib, net: net[0].extend(lib.nn.Sequential(lib.nn.ReLU())),
    "add": lambda lib, net: net[0] + net[0],
}  # fmt: skip


def net_with(lib, method, where, asked):
    """A net of two levels, of which the layer or the container in it notes when one of its methods is called."""

    def watching(base):
        def noting(self, *args, **kwargs):
            asked.append(method)
            return (
                {"bar": 7} if method == "get_extra_state" else getattr(super(Watching, self), method)(*args, **kwargs)
            )

        Watching = type("Watching", (base,), {method: noting} if hasattr(base, method) else {})
        return Watching

    nn = lib.nn
    layer = watching(nn.Linear) if where == "layer" else nn.Linear
    container = watching(nn.Sequential) if where == "container" else nn.Sequential
    net = nn.Sequential(container(layer(2, 2), nn.BatchNorm1d(2)))
    if where == "instance" and hasattr(nn.Linear, method) and not method.startswith("__"):
        own = getattr(net[0][0], method)
        net[0][0].__dict__[method] = lambda *a, **k: asked.append(method) or own(*a, **k)
    return net


def is_asked(lib, method, where, action):
    asked = []
    net = net_with(lib, method, where, asked)
    asked.clear()
    try:
        ACTIONS[action](lib, net)
    except RuntimeError:  # an extra state that nobody takes back, or is not taken for one
        assert method == "get_extra_state"
    return bool(asked)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_override_that_pytorch_asks_is_asked(action):
    torch = pytest.importorskip("torch")
    found = 0
    for where in ("layer", "container", "instance"):
        for method in METHODS:
            if is_asked(torch, method, where, action):
                found += 1
                assert is_asked(mg, method, where, action), f"{method} of the {where} is not asked by {action}"
    assert found


# ---- extra state and hooks -------------------------------------------------------------------------------------------


def test_the_hooks_of_states_run_in_pytorchs_order_with_its_arguments():
    torch = pytest.importorskip("torch")

    def told(lib):
        net, seen = lib.nn.Sequential(lib.nn.Sequential(lib.nn.Linear(1, 1))), []
        for depth, module in enumerate(net.modules()):

            def note(kind, depth=depth, module=module):
                def hook(*args):
                    plain = [a is module if isinstance(a, lib.nn.Module) else a for a in args]
                    seen.append((kind, depth, [sorted(a) if isinstance(a, dict) else repr(a) for a in plain]))

                return hook

            for kind in ("state_dict_pre_hook", "state_dict_post_hook", "load_state_dict_pre_hook"):
                getattr(module, f"register_{kind}")(note(kind))
            module._register_state_dict_hook(note("private post"))
            module._register_load_state_dict_pre_hook(note("private pre"))
            module.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
        state = net.state_dict()
        del state["0.0.bias"]
        seen.append(repr(net.load_state_dict(state)))
        return seen

    assert told(mg) == told(torch)


@pytest.mark.parametrize("methods", [("get",), ("set",), ("get", "set"), ()], ids=str)
@pytest.mark.parametrize("given", ["kept", "dropped", "unexpected"])
def test_extra_state(methods, given):
    torch = pytest.importorskip("torch")

    def loaded(lib):
        class Layer(lib.nn.Linear):
            n = 1
            if "get" in methods:

                def get_extra_state(self):
                    return {"n": self.n}

            if "set" in methods:

                def set_extra_state(self, state):
                    self.n = state["n"]

        a, b = (lib.nn.Sequential(Layer(1, 1)) for _ in range(2))
        a[0].n = 7
        state = a.state_dict()
        if given == "unexpected":
            state["0._extra_state"] = {"n": 8}
        elif given == "dropped":
            state.pop("0._extra_state", None)
        try:
            keys = b.load_state_dict(state, strict=False)
        except RuntimeError:
            keys = None
        return list(state), keys, b[0].n

    assert loaded(mg) == loaded(torch)


def test_a_module_migrates_what_an_older_version_of_it_saved():
    class Layer(mg.nn.Linear):
        _version = 3

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *others):
            self.loaded_version = local_metadata.get("version")
            if prefix + "w" in state_dict:
                state_dict[prefix + "weight"] = state_dict.pop(prefix + "w")
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *others)

    net = mg.nn.Sequential(Layer(2, 1))
    state = copy.deepcopy(net.state_dict())
    assert state._metadata == {"": {"version": 1}, "0": {"version": 3}}
    net.load_state_dict(state)
    assert net[0].loaded_version == 3
    old = {"0.w": mg.ones(1, 2), "0.bias": mg.zeros(1)}
    net.load_state_dict(old)
    assert net[0].loaded_version is None and net[0].weight.tolist() == [[1, 1]] and list(old) == ["0.w", "0.bias"]


def test_a_saved_state_has_the_versions_of_its_modules():
    import io

    class Layer(mg.nn.Linear):
        _version = 3

    net = mg.nn.Sequential(Layer(2, 1))
    for nested in (False, True):
        file = io.BytesIO()
        mg.save({"net": net.state_dict()} if nested else net.state_dict(), file)
        state = mg.load(file)
        state = state["net"] if nested else state
        assert state._metadata == net.state_dict()._metadata and list(state) == ["0.weight", "0.bias"]


@pytest.mark.parametrize("requires_grad", [True, False])
@pytest.mark.parametrize("given", ["Tensor", "Parameter", "frozen Parameter", "old scalar"])
def test_assigned_parameters_require_grad_as_those_before(given, requires_grad):
    torch = pytest.importorskip("torch")

    def assigned(lib):
        layer = lib.nn.Module()
        layer.scale = lib.nn.Parameter(lib.ones(() if given == "old scalar" else 1), requires_grad)
        value = lib.zeros(1)
        if "Parameter" in given:
            value = lib.nn.Parameter(value, "frozen" not in given)
        layer.load_state_dict({"scale": value}, assign=True)
        return layer.scale.requires_grad, layer.scale is value, layer.scale.tolist(), type(layer.scale).__name__

    assert assigned(mg) == assigned(torch)


@pytest.mark.parametrize("key", ["free.x", "x", "free", "layer.weight.x", 3])
def test_keys_that_no_module_has(key):
    torch = pytest.importorskip("torch")

    def keys(lib):
        net = lib.nn.Module()
        net.layer, net.free = lib.nn.ReLU(), lib.nn.ReLU()
        net.free = None
        try:
            return tuple(net.load_state_dict({key: lib.ones(1)}, strict=False))
        except (TypeError, AttributeError):
            return None

    assert keys(mg) == keys(torch)


@pytest.mark.parametrize("fault", ["shape", "hook", "extra"])
def test_nothing_is_half_loaded(fault):
    class Layer(mg.nn.Linear):
        extra = 1

        def get_extra_state(self):
            return self.extra

        def set_extra_state(self, state):
            self.extra = state
            if state == "bad":
                raise ZeroDivisionError

    net, other = (mg.nn.Sequential(mg.nn.LazyLinear(1), mg.nn.Linear(2, 1), Layer(2, 1)) for _ in range(2))
    other[0](mg.ones(1, 2))
    other[2].extra = "bad" if fault == "extra" else 2
    state = other.state_dict()
    if fault == "shape":
        state["2.bias"] = mg.ones(3)
    if fault == "hook":
        net.register_load_state_dict_post_hook(lambda module, keys: 1 / 0)
    before = [p.tolist() for p in net[1].parameters()]
    with pytest.raises((RuntimeError, ZeroDivisionError)):
        net.load_state_dict(state, assign=fault == "shape")
    assert [p.tolist() for p in net[1].parameters()] == before and net[2].extra == 1
    assert net[0].has_uninitialized_params()


def test_published_batch_norms_load():
    net = mg.nn.Sequential(mg.nn.BatchNorm2d(2))
    state = {key: np.full(t.shape, 2.0) for key, t in net.state_dict().items() if "num_batches" not in key}
    assert repr(net.load_state_dict(state)) == "<All keys matched successfully>"
    assert net[0].running_var.tolist() == [2, 2] and list(state) == [
        f"0.{n}" for n in ("weight", "bias", "running_mean", "running_var")
    ]
    state = net.state_dict()  # of today's version, which has them
    del state["0.num_batches_tracked"]
    with pytest.raises(RuntimeError, match="missing: '0.num_batches_tracked'"):
        net.load_state_dict(state)


@pytest.mark.parametrize("value", [((1.0,),), [[1.0]], 1.0, "text", None, {}], ids=repr)
def test_what_is_no_tensor_does_not_load(value):
    layer = mg.nn.Linear(1, 1, bias=False)
    with pytest.raises(RuntimeError, match="weight: expected a Tensor or an array, got"):
        layer.load_state_dict({"weight": value})
