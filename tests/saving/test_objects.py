"""Whole models in a file: the same classes, attributes, tensors and outputs; nothing of the file is run."""

import argparse
import dataclasses
import enum
import io
import json
import pathlib
import subprocess
import sys
import types
import zipfile
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn
from tests.nn.test_layers import LAYERS, LOSSES


def saved(obj):
    file = io.BytesIO()
    mg.save(obj, file)
    return file.getvalue()


def round_trip(obj):
    return mg.load(io.BytesIO(saved(obj)))


def same_module(ours, theirs):
    assert type(ours) is type(theirs) and repr(ours) == repr(theirs) and vars(ours).keys() == vars(theirs).keys()
    for (name, a), (other, b) in zip(
        ours.state_dict(keep_vars=True).items(), theirs.state_dict(keep_vars=True).items(), strict=True
    ):
        assert name == other and type(a) is type(b) and a.requires_grad == b.requires_grad and a.dtype == b.dtype
        if not isinstance(a, nn.parameter.Uninitialized):
            assert np.array_equal(a.detach().numpy(), b.detach().numpy())


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_comes_back(name):
    make, shapes = LAYERS[name]
    layer = make(nn)
    found = round_trip(layer)
    same_module(found, layer)
    if shapes:
        inputs = [mg.rand(*shape) for shape in shapes]
        assert np.array_equal(found(*inputs).detach().numpy(), layer(*inputs).detach().numpy())


def test_every_loss_comes_back():
    for make, *_ in LOSSES.values():
        loss = make(mg)
        if any(isinstance(value, types.FunctionType) for value in vars(loss).values()):
            with pytest.raises(TypeError, match="a file holds data and no code"):
                round_trip(loss)
            continue
        same_module(round_trip(loss), loss)


@dataclasses.dataclass
class Config:
    width: int = 3
    names: list = dataclasses.field(default_factory=list)


class Mode(enum.Enum):
    TRAIN = 1


class Level(enum.IntEnum):
    HIGH = 2


Point = namedtuple("Point", "x y")


class Net(nn.Module):
    """A model as users write them, with all kinds of attributes."""

    class Block(nn.Module):
        def __init__(self, parent):
            super().__init__()
            self.parent = [parent]  # a circle
            self.fc = nn.Linear(2, 2)

        def forward(self, x):
            return self.fc(x)

    made = 0

    def __init__(self, config):
        super().__init__()
        Net.made += 1
        self.config, self.act, self.top, self.norm = config, F.relu, mg.sin, nn.BatchNorm1d
        self.embedding = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5, bias=False)
        self.head.weight = self.embedding.weight  # tied
        self.blocks = nn.ModuleList([Net.Block(self)] * 2)
        self.nothing = None
        self.register_parameter("bias", None)
        self.register_buffer("mask", mg.ones(2, 2).tril())
        self.register_buffer("transient", mg.tensor(3), persistent=False)
        self.head.weight.note = "tied"
        self.plain = {(1, "a"): [1.5, float("inf")], None: Point(1, (2,)), "mode": Mode.TRAIN, 2.5: Level.HIGH}
        self.sets = {1, 2}, frozenset("ab"), range(3), slice(1, None), 1 + 2j, b"\0\xff", bytearray(b"a")
        self.more = OrderedDict(b=1, a=2), Counter("aab"), defaultdict(list, a=[1]), deque([1, 2], 3), pathlib.Path("a")
        self.names = argparse.Namespace(lr=0.1), types.SimpleNamespace(a=[1])
        self.ours = mg.float16, mg.Size([2, 3]), mg.device("cuda:1"), float, np.float32(2), mg.bfloat16, np.arange(3)
        self.layouts = mg.strided, mg.channels_last
        self.generator = mg.Generator().manual_seed(3)
        self.tensors = [mg.ones(2), self.mask]
        self.embedding.weight.requires_grad_(False)

    def forward(self, x):
        x = self.act(self.embedding(x))
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def test_a_model_with_attributes_of_all_kinds():
    net = Net(Config(names=["a"])).double().eval()
    _ = mg.rand(1, generator=net.generator)
    made = Net.made
    found = round_trip({"model": net, "epoch": 3, "again": [net]})
    assert found["epoch"] == 3 and found["again"][0] is found["model"]
    found = found["model"]
    same_module(found, net)
    assert Net.made == made and not found.training and not found.blocks[0].training
    assert found.head.weight is found.embedding.weight and found.head.weight.note == "tied"
    assert not found.head.weight.requires_grad and found.blocks[0].fc.weight.requires_grad
    assert found.blocks[0] is found.blocks[1] and found.blocks[0].parent == [found]
    assert found.config == net.config and found.config is not net.config
    assert found.act is F.relu and found.top is mg.sin and found.norm is nn.BatchNorm1d
    assert found.plain == net.plain and type(found.plain[None]) is Point and found.plain["mode"] is Mode.TRAIN
    assert found.plain[2.5] is Level.HIGH
    for name in ("sets", "more", "names"):
        for a, b in zip(getattr(found, name), getattr(net, name), strict=True):
            assert type(a) is type(b) and a == b
    assert found.more[2].default_factory is list and found.more[3].maxlen == 3
    assert list(map(type, found.ours)) == list(map(type, net.ours)) and found.ours[:6] == net.ours[:6]
    assert found.layouts == net.layouts
    assert found.tensors[1] is found.mask and found.tensors[0].tolist() == [1, 1]
    same = [mg.rand(3, generator=n.generator).tolist() for n in (found, net)]
    assert same[0] == same[1]
    x = mg.tensor([1, 4])
    assert found(x).tolist() == net(x).tolist()
    assert saved(net) == saved(net) and list(found.state_dict()) == list(net.state_dict())


def test_training_goes_on():
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1))
    found, x = round_trip(net), mg.rand(5, 3)
    for model in (net, found):
        optimizer = mg.optim.SGD(model.parameters(), lr=0.1)
        model(x).square().sum().backward()
        optimizer.step()
    same_module(found, net)


def test_the_arrays_have_the_names_of_a_state_dict():
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    with np.load(io.BytesIO(saved(net))) as file:
        assert sorted(file) == sorted(["structure.json", *net.state_dict()])


def test_hooks_that_were_removed_do_not_matter():
    net = nn.Linear(1, 1)
    net.register_forward_hook(lambda *args: None).remove()
    assert round_trip(net).weight.tolist() == net.weight.tolist()


# ---- what cannot be saved --------------------------------------------------------------------------------------------


class Plain:
    pass


class Own(dict):
    pass


def local_class():
    class Local(nn.Module):
        pass

    return Local()


def hooked():
    layer = nn.Linear(1, 1)
    layer.register_forward_hook(print)
    return layer


BAD = {
    "a lambda": (lambda: lambda x: x, "save: model.1.thing is a function"),
    "a function": (lambda: saved, "thing is a function"),
    "a method": (lambda: nn.ReLU().forward, "thing is a method"),
    "a function of ours that is no operation": (lambda: mg.save, "thing is a function"),
    "an open file": (lambda: sys.stdin, "thing is an? "),
    "an object": (lambda: [Plain()], r"thing\[0\] is a Plain"),
    "a class that is no module": (lambda: Plain, "thing is a type"),
    "a subclass of dict": (lambda: {"a": Own()}, "thing.a is a Own|thing.a is an Own"),
    "a local class": (local_class, "model.1.thing is of the class .*local_class.<locals>.Local, .* at the top"),
    "hooks": (hooked, "model.1.thing has hooks, which are functions"),
    "a generator of Python": (lambda: (i for i in ()), "thing is a generator"),
    "an optimizer": (lambda: mg.optim.SGD([mg.ones(1)], 0.1), r"thing is a SGD; save its state_dict\(\)|an SGD"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_saved_is_named_by_its_place(name):
    make, message = BAD[name]
    net = nn.Sequential(nn.ReLU(), nn.Linear(1, 1))
    net[1].thing = make()
    file = io.BytesIO()
    with pytest.raises(TypeError, match=message):
        mg.save({"model": net}, file)
    assert not file.getvalue()


# ---- loading ---------------------------------------------------------------------------------------------------------


def test_weights_only_refuses_modules(tmp_path):
    mg.save({"model": nn.ReLU()}, tmp_path / "file")
    with pytest.raises(RuntimeError, match="load: .*file holds a module, which weights_only=True refuses"):
        mg.load(tmp_path / "file", weights_only=True)
    mg.save({"model": nn.Linear(1, 1).state_dict(), "size": mg.Size([1]), "set": {1}}, tmp_path / "file")
    assert mg.load(tmp_path / "file", weights_only=True)["set"] == {1}


OTHER = """
import sys
import minigrad as mg
print(mg.load(sys.argv[1]))
"""


def test_another_process_needs_the_classes(tmp_path):
    mg.save(nn.Sequential(nn.Linear(2, 3)), tmp_path / "ours")
    mg.save(Net(Config()), tmp_path / "theirs")
    for name, imported, words in [
        ("ours", "", "(0): Linear(in_features=2"),
        ("theirs", "", "theirs holds a tests.saving.test_objects.Net, and there is no such class here; define it, or "
         "import tests.saving.test_objects, before loading"),
        ("theirs", "import tests.saving.test_objects", "(fc): Linear(in_features=2"),
    ]:  # fmt: skip
        command = [sys.executable, "-c", imported + OTHER, str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=pathlib.Path(__file__).parents[2])
        assert words in done.stdout + done.stderr


def changed(obj, old, new):
    """The file of an object with another structure."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(obj))) as before, zipfile.ZipFile(file, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "structure.json":
                assert old in content.decode()
                content = content.decode().replace(old, new).encode()
            after.writestr(name, content)
    return file.getvalue()


RELU = '"minigrad.nn", "ReLU"'
NOT_BUILT = {
    "another class": (RELU, f'"{__name__}", "Plain"', "as a subclass of nn.Module, which it is not"),
    "a function": (RELU, '"os", "system"', "names os.system as a subclass"),
    "a builtin": (RELU, '"builtins", "eval"', "names builtins.eval"),
    "a class that is not there": (RELU, f'"{__name__}", "Missing"', "there is no such class"),
    "a module that is not imported": (RELU, '"antigravity", "Net"', "import antigravity, before"),
    "a module of ours that is not there": (RELU, '"minigrad.nn.nothing", "Net"', "import minigrad.nn.nothing"),
    "something within an object": (RELU, '"sys", "stdout.write"', "there is no such class"),
    "no text": (RELU, '["os"], "system"', "damaged"),
    "hooks": ('"training"', '"_hooks"', "damaged"),
    "a table": ('"training"', '"_modules"', "damaged"),
    "a flag": ('"training", true', '"training", 1', "damaged"),
    "a missing flag": ('"training"', '"trainin"', "damaged"),
    "another operation": ('"relu"', '"naming"', "as an operation, which it is not"),
    "a private one": ('"relu"', '"__class__"', "as an operation"),
    "an operation elsewhere": ('["nn.functional", "relu"]', '["os", "system"]', "as an operation"),
    "load": ('["nn.functional", "relu"]', '["", "load"]', "as an operation"),
    "another reference": ('{"same": 0}', '{"same": 99}', "damaged"),
    "a reference backwards": ('{"same": 0}', '{"same": -1}', "damaged"),
    "an unknown kind": ('{"same": 0}', '{"call": 0}', "unknown kind 'call'"),
    "another member": ('"TRAIN"', '"mro"', "which the class here has not"),
    "no enum": ('"Mode"', '"Plain"', "as an Enum"),
    "no dataclass": ('"Config"', '"Plain"', "as a dataclass"),
    "no named tuple": ('"Point"', '"Plain"', "as a named tuple"),
    "a longer tuple": ('"Point", [1, 2]', '"Point", [1, 2, 3]', "of 3 values"),
    "a type": ('{"type": "int"}', '{"type": "type"}', "damaged"),
    "a name with a dot": ('"0"', '"0.x"', "damaged"),
    "no parameter": ('"weight", {', '"weight", {"tuple": []}], ["other", {', "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_BUILT)
def test_files_build_nothing_else(name, tmp_path):
    net = nn.Sequential(nn.ReLU(), nn.Linear(1, 1, bias=False))
    net[0].extra = [F.relu, net, Mode.TRAIN, Config(), Point(1, 2), int]
    old, new, message = NOT_BUILT[name]
    (tmp_path / "file").write_bytes(changed(net, old, new))
    with pytest.raises(RuntimeError, match=f"^load: .*file .*{message}"):
        mg.load(tmp_path / "file")
    assert "antigravity" not in sys.modules


class Loud(nn.Module):
    """A class whose methods may not be called."""

    def __new__(cls, *args, **kwargs):
        raise AssertionError

    __init__ = __setstate__ = __reduce__ = __reduce_ex__ = __getstate__ = __setattr__ = __new__


def test_no_method_of_the_class_is_called():
    loud = object.__new__(Loud)
    vars(loud).update(vars(nn.Linear(1, 1)))
    found = round_trip(loud)
    assert type(found) is Loud and found.weight.shape == (1, 1)


def test_files_of_earlier_versions_are_read():
    text = json.dumps(
        {"format": "minigrad", "version": 2, "object": {"state": [[["a", {"tuple": [1]}]], {"dict": []}]}}
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("structure.json", text)
    assert mg.load(file) == {"a": (1,)}


def test_safetensors_by_load_and_save(tmp_path):
    state = nn.Linear(2, 3).state_dict()
    mg.save(state, tmp_path / "a.safetensors")
    (tmp_path / "b").write_bytes((tmp_path / "a.safetensors").read_bytes())  # its content tells
    for found in (mg.load(tmp_path / "b"), mg.load(io.BytesIO((tmp_path / "b").read_bytes()))):
        assert {name: t.tolist() for name, t in found.items()} == {name: t.tolist() for name, t in state.items()}
    with pytest.raises(TypeError, match="save_file: expected"):
        mg.save({"a": [1]}, tmp_path / "a.safetensors")
    with pytest.raises(TypeError, match=r"save_file: expected a dict of Tensors, got ReLU; give its state_dict\(\)"):
        mg.save(nn.ReLU(), tmp_path / "a.safetensors")
    (tmp_path / "c").write_bytes((tmp_path / "b").read_bytes()[:-1])
    with pytest.raises(RuntimeError, match="^load: .*c is damaged"):
        mg.load(tmp_path / "c")
