"""PyTorch's files: what it saves is read as it was, by files of its own and by some that are made here to the byte."""

import io
import os
import pickle
import struct
import sys
import zipfile
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn, optim

# ---- files made here -------------------------------------------------------------------------------------------------


class Name:
    """Pickled as a name, of a function or class that need not be there."""

    def __init__(self, name):
        self.name = name


class Call:
    """Pickled as a call of a name, with a state that is set afterwards."""

    def __init__(self, name, *arguments, state=None):
        self.function, self.arguments, self.state = Name(name), arguments, state


class Storage:
    """Pickled as a reference to a storage."""

    def __init__(self, kind, key, count):
        self.pid = "storage", Name(kind), key, "cpu", count


class Pickler(pickle._Pickler):
    def persistent_id(self, x):
        return x.pid if isinstance(x, Storage) else None

    def save_name(self, x):
        self.write(b"c%b\n" % x.name.replace(":", "\n").encode())

    def save_call(self, x):
        self.save(x.function)
        self.save(x.arguments)
        self.write(pickle.REDUCE)
        if x.state is not None:
            self.save(x.state)
            self.write(pickle.BUILD)

    dispatch = {**pickle._Pickler.dispatch, Name: save_name, Call: save_call}


def pickled(x):
    file = io.BytesIO()
    Pickler(file, 2).dump(x)
    return file.getvalue()


def archive(obj, storages, byteorder=b"little", **entries):
    """A file in the format of today."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        out.writestr("archive/data.pkl", obj if isinstance(obj, bytes) else pickled(obj))
        if byteorder is not None:
            out.writestr("archive/byteorder", byteorder)
        for key, content in storages.items():
            out.writestr(f"archive/data/{key}", content)
        for name, content in entries.items():
            out.writestr(f"archive/{name.replace('_', '.')}", content)
    return file.getvalue()


def stream(obj, storages, little=True, protocol=1001):
    """A file in the format before 1.6; a storage is its bytes, and its number of elements."""
    parts = [0x1950A86A20F9469CFC6C, protocol, {"protocol_version": 1001, "little_endian": little}, obj, [*storages]]
    content = b"".join(map(pickled, parts))
    for raw, count in storages.values():
        content += struct.pack("<q" if little else ">q", count) + raw
    return content


def tensor(storage, size, stride, offset=0, requires_grad=False):
    hooks = Call("collections:OrderedDict")
    return Call("torch._utils:_rebuild_tensor_v2", storage, offset, size, stride, requires_grad, hooks)


FLOATS = np.arange(6, dtype="<f4")
SIX = Storage("torch:FloatStorage", "0", 6)


def load(content, **options):
    return mg.load(io.BytesIO(content), **options)


@pytest.mark.parametrize("old", [False, True])
def test_views_share_memory(old):
    obj = {"whole": tensor(SIX, (2, 3), (3, 1)), "column": tensor(SIX, (2,), (3,), 1), "t": tensor(SIX, (3, 2), (1, 3))}
    found = load(stream(obj, {"0": (FLOATS.tobytes(), 6)}) if old else archive(obj, {"0": FLOATS.tobytes()}))
    assert found["column"].tolist() == [1, 4] and found["t"].stride() == (1, 3)
    found["whole"].zero_()
    assert not found["column"].any() and not found["t"].any()


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("order", ["little", "big"])
def test_orders_of_bytes(order, old):
    kinds = {"Float": "f4", "Double": "f8", "Half": "f2", "Long": "i8", "Short": "i2", "Byte": "u1", "Bool": "?"}
    arrays = {key: np.array([0, 1, 3]).astype(("<" if order == "little" else ">") + d) for key, d in kinds.items()}
    obj = {key: tensor(Storage(f"torch:{key}Storage", key, 3), (3,), (1,)) for key in kinds}
    halves = np.array([0x3F80, 0xC000, 0x4049], "<u2" if order == "little" else ">u2")  # 1, -2 and about pi
    obj["bf16"] = tensor(Storage("torch:BFloat16Storage", "b", 3), (3,), (1,))
    raw = {**{key: array.tobytes() for key, array in arrays.items()}, "b": halves.tobytes()}
    if old:
        found = load(stream(obj, {key: (content, 3) for key, content in raw.items()}, order == "little"))
    else:
        found = load(archive(obj, raw, order.encode()))
    assert found.pop("bf16").tolist() == [1, -2, 3.140625]
    for key, array in arrays.items():
        assert found[key].dtype == array.dtype.newbyteorder("=") and found[key].tolist() == array.tolist()


def test_without_a_record_of_the_order_it_is_little():
    assert load(archive(tensor(SIX, (6,), (1,)), {"0": FLOATS.tobytes()}, None)).tolist() == FLOATS.tolist()


def test_an_expanded_tensor_is_read_only():
    found = load(archive(tensor(SIX, (4, 2), (0, 1)), {"0": FLOATS.tobytes()}))
    assert found.tolist() == [[0, 1]] * 4
    with pytest.raises(RuntimeError, match="several elements share one place"):
        found.add_(1)


def test_bools_are_0_or_1():
    found = load(archive(tensor(Storage("torch:BoolStorage", "0", 3), (3,), (1,)), {"0": b"\0\2\xff"}))
    assert found._data.view(np.uint8).tolist() == [0, 1, 1]


def test_state_dicts_and_parameters():
    weight = Call("torch._utils:_rebuild_parameter", tensor(SIX, (2, 3), (3, 1)), True, Call("collections:OrderedDict"))
    state = Call("collections:OrderedDict", [["fc.weight", weight]], state={"_metadata": {"": {"version": 1}}})
    found = load(archive({"state": state, "epoch": 3}, {"0": FLOATS.tobytes()}))
    assert type(found["state"]) is OrderedDict and found["state"]._metadata == {"": {"version": 1}}
    assert type(found["state"]["fc.weight"]) is nn.Parameter and found["state"]["fc.weight"].requires_grad


# ---- PyTorch's own ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def saved(torch, obj, **options):
    file = io.BytesIO()
    torch.save(obj, file, **options)
    return file.getvalue()


WAYS = {
    **{f"protocol {p}": {"pickle_protocol": p} for p in (2, 3, 4, 5)},
    "before 1.6": {"_use_new_zipfile_serialization": False},
}


def same(ours, theirs, torch):
    """Equal in type, dtype, shape, steps and values, all the way down."""
    if isinstance(theirs, torch.Tensor):
        assert ours.requires_grad == theirs.requires_grad and tuple(ours.shape) == tuple(theirs.shape)
        assert isinstance(ours, nn.Parameter) == isinstance(theirs, torch.nn.Parameter)
        if theirs.numel():
            assert ours.stride() == theirs.stride()
        wide = theirs.float() if theirs.dtype == torch.bfloat16 else theirs
        assert str(ours.dtype).partition(".")[2] == str(wide.dtype).partition(".")[2]
        np.testing.assert_array_equal(ours.detach().numpy(), wide.detach().numpy())
    elif isinstance(theirs, torch.Size):
        assert type(ours) is mg.Size and ours == tuple(theirs)
    elif isinstance(theirs, torch.dtype):
        assert repr(ours) == repr(theirs).replace("torch", "minigrad")
    elif isinstance(theirs, torch.device):
        assert ours == mg.device(str(theirs))
    else:
        assert type(ours) is type(theirs)
        if isinstance(theirs, dict):
            assert list(ours) == list(theirs)
            for key in theirs:
                same(ours[key], theirs[key], torch)
        elif isinstance(theirs, (list, tuple)):
            assert len(ours) == len(theirs)
            for pair in zip(ours, theirs, strict=True):
                same(*pair, torch)
        elif isinstance(theirs, np.ndarray):
            assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs)
        else:
            assert repr(ours) == repr(theirs)


def optimizer_of(torch):
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    optimizer = torch.optim.Adam(net.parameters(), amsgrad=True)
    net(torch.rand(5, 3)).sum().backward()
    optimizer.step()
    return {"model": net.state_dict(), "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()}


TENSORS = "float32 float64 float16 bfloat16 int64 int32 int16 int8 uint8 bool".split()
OBJECTS = {
    "dtypes": lambda t: {name: t.tensor([[0, 1], [2, 3]]).to(getattr(t, name)) for name in TENSORS},
    "unsigned": lambda t: [t.tensor([1, 2]).to(d) for d in (t.uint16, t.uint32, t.uint64)],
    "0-dim and empty": lambda t: [t.tensor(2.5), t.ones(0), t.ones(2, 0, 3), t.tensor(True)],
    "memory": lambda t: [t.arange(24.0).view(2, 3, 4).permute(2, 0, 1), t.arange(9)[2::3], t.ones(1).expand(3, 2)],
    "images": lambda t: t.rand(2, 3, 4, 5).contiguous(memory_format=t.channels_last),
    "parameters": lambda t: [t.nn.Parameter(t.ones(2)), t.nn.Parameter(t.ones(2), False), t.ones(1).requires_grad_()],
    "state": lambda t: t.nn.Sequential(t.nn.Conv2d(1, 2, 3), t.nn.BatchNorm2d(2)).state_dict(),
    "kept": lambda t: t.nn.Linear(2, 3).state_dict(keep_vars=True),
    "optimizer": optimizer_of,
    "plain": lambda t: [1, -(2**70), 2.5, float("inf"), None, True, "é", b"\0\xff", b"", bytearray(b"ab"), 1 + 2j],
    "containers": lambda t: [(), (1,), [[]], {}, {1, 2}, frozenset("a"), range(1, 9, 2), slice(3), {3: {"a": ()}}],
    "collections": lambda t: [OrderedDict(b=1, a=2), Counter("aab"), defaultdict(list, a=[1]), defaultdict(None)],
    "keys": lambda t: {(1, "a"): 1, 2.5: 2, None: 3, True: 4, b"b": 5},
    "torch's": lambda t: [t.Size([2, 3]), t.float32, t.bfloat16, t.complex64, t.device("cpu"), t.device("cuda:1")],
    "numpy's": lambda t: [np.float64(0.5), np.int32(3), np.arange(6).reshape(2, 3).T, np.array([True, False])],
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", OBJECTS)
def test_what_pytorch_saves_is_read(torch, name, way):
    obj = OBJECTS[name](torch)
    if name == "containers" and way in ("protocol 4", "protocol 5"):
        obj = [x for x in obj if not isinstance(x, (set, frozenset))]  # for which these have opcodes of their own
    same(load(saved(torch, obj, **WAYS[way])), obj, torch)


@pytest.mark.parametrize("way", WAYS)
def test_shared_memory_stays_shared(torch, way):
    base = torch.arange(6.0)
    narrow = torch.ones(4, dtype=torch.bfloat16)
    found = load(saved(torch, [base, base, base[1:3], base.view(2, 3), narrow, narrow[:2]], **WAYS[way]))
    assert found[0] is found[1]
    found[0].fill_(7)
    found[4].fill_(2)
    assert found[2].tolist() == [7, 7] and found[3][1, 2].item() == 7 and found[5].tolist() == [2, 2]


def test_attributes_of_tensors(torch):
    w, p = torch.ones(2), torch.nn.Parameter(torch.ones(2))
    w.note, p.note = "a", {"b": 1}
    w, p, b = load(saved(torch, [w, p, torch.nn.Buffer(torch.ones(2))]))
    assert w.note == "a" and p.note == {"b": 1} and b.persistent


def test_a_model_goes_on_in_minigrad(torch, tmp_path):
    """The same weights and state, and from there the same steps."""
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    their_optimizer = torch.optim.Adam(theirs.parameters(), lr=0.1)
    x = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)

    def step(model, optimizer, x):
        optimizer.zero_grad()
        loss = (model(x) ** 2).sum()
        loss.backward()
        optimizer.step()
        return loss.item()

    step(theirs, their_optimizer, torch.tensor(x))
    torch.save({"model": theirs.state_dict(), "optimizer": their_optimizer.state_dict()}, tmp_path / "c.pth")
    ours = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizer = optim.Adam(ours.parameters(), lr=0.5)
    found = mg.load(tmp_path / "c.pth", map_location="cpu", weights_only=True)
    ours.load_state_dict(found["model"])
    optimizer.load_state_dict(found["optimizer"])
    for _ in range(3):
        expected = step(theirs, their_optimizer, torch.tensor(x))
        assert step(ours, optimizer, mg.tensor(x)) == pytest.approx(expected, rel=1e-5)


# ---- what is refused -------------------------------------------------------------------------------------------------


REFUSED = {
    "complex": (lambda t: t.ones(2, dtype=t.complex64), "complex tensor"),
    "sparse": (lambda t: t.eye(2).to_sparse(), "sparse tensor"),
    "quantized": (lambda t: t.quantize_per_tensor(t.ones(2), 0.1, 0, t.qint8), "quantized tensor"),
    "float8": (lambda t: t.ones(2).to(t.float8_e4m3fn), "float8 tensor"),
    "meta": (lambda t: t.ones(2, device="meta"), "meta tensor"),
    "a module": (lambda t: t.nn.Linear(1, 1), r"torch.nn.modules.linear.Linear; .*save a model's state_dict\(\)"),
    "a storage": (lambda t: [t.ones(2).untyped_storage()], "storage that is no tensor's"),
    "a function": (lambda t: t.nn.functional.relu, "torch.nn.functional.relu"),
    "a generator": (lambda t: t.Generator(), "Generator"),
    "a path": (lambda t: __import__("pathlib").Path("a"), "pathlib"),
    "a factory": (lambda t: defaultdict(OrderedDict), "defaultdict"),
}


@pytest.mark.filterwarnings("ignore")  # PyTorch's, of what it will drop
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_plain_data_is_refused_by_name(torch, name, tmp_path):
    make, message = REFUSED[name]
    torch.save(make(torch), tmp_path / "file")
    with pytest.raises(RuntimeError, match=f"^load: .*file holds .*{message}"):
        mg.load(tmp_path / "file", weights_only=False)


def system(touch):
    return Call(f"{os.system.__module__}:system", touch)


WHOLE = {"0": FLOATS.tobytes()}
GOOD = tensor(SIX, (6,), (1,))
HOSTILE = {
    "a call": lambda touch: archive(system(touch), {}),
    "a call in a tensor": lambda touch: archive(tensor(system(touch), (6,), (1,)), {}),
    "a call by a method": lambda touch: archive(Call("builtins:getattr", Name("torch:Tensor"), "tofile"), {}),
    "a call of a class": lambda touch: archive(Call("torch.nn.parameter:Parameter", GOOD), WHOLE),
    "a call of a tensor": lambda touch: archive(pickled(Call("torch:float32"))[:-1] + b")R.", {}),
    "a call in an old file": lambda touch: stream(system(touch), {}),
    "a call for a number": lambda touch: pickled(system(touch)),
    "a state for a tensor": lambda touch: archive(pickled(GOOD)[:-1] + b"}X\5\0\0\0_dataNsb.", WHOLE),
    "items of a tensor": lambda touch: archive(pickled(GOOD)[:-1] + b"K\0K\1s.", WHOLE),
    "an attribute of a tensor": lambda touch: archive(
        Call("torch._utils:_rebuild_parameter_with_state", GOOD, True, {}, [{"backward": 1}]), WHOLE
    ),
    "beyond the storage": lambda touch: archive(tensor(SIX, (3, 3), (3, 1)), WHOLE),
    "before the storage": lambda touch: archive(tensor(SIX, (2,), (1,), -1), WHOLE),
    "a step back": lambda touch: archive(tensor(SIX, (2,), (-1,), 5), WHOLE),
    "a far offset": lambda touch: archive(tensor(SIX, (1,), (1,), 2**62), WHOLE),
    "fractions": lambda touch: archive(tensor(SIX, (2.0,), (1,)), WHOLE),
    "other dimensions": lambda touch: archive(tensor(SIX, (2, 3), (1,)), WHOLE),
    "a storage that is not there": lambda touch: archive(GOOD, {}),
    "a short storage": lambda touch: archive(GOOD, {"0": bytes(20)}),
    "a storage elsewhere": lambda touch: archive(tensor(Storage("torch:FloatStorage", "../x", 6), (6,), (1,)), WHOLE),
    "another order": lambda touch: archive(GOOD, WHOLE, b"middle"),
    "a program": lambda touch: archive(GOOD, WHOLE, constants_pkl=b""),
    "bytes by their number": lambda touch: archive(Call("builtins:bytearray", 2**40), {}),
    "integers that require grad": lambda touch: archive(
        tensor(Storage("torch:LongStorage", "0", 3), (3,), (1,), 0, True), WHOLE
    ),
    "an old file of another protocol": lambda touch: stream(GOOD, {"0": (FLOATS.tobytes(), 6)}, protocol=1002),
    "an old storage of another length": lambda touch: stream(GOOD, {"0": (FLOATS.tobytes(), 5)}),
    "an old storage too few": lambda touch: stream(GOOD, {}),
    "an old storage too many": lambda touch: stream(GOOD, {"0": (FLOATS.tobytes(), 6), "1": (b"", 0)}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_do_nothing(name, tmp_path):
    marker = tmp_path / "marker"
    (tmp_path / "file").write_bytes(HOSTILE[name](f"touch {marker}"))
    with pytest.raises(RuntimeError, match="^load: .*file "):
        mg.load(tmp_path / "file", weights_only=False)
    assert not marker.exists()


def test_the_traps_would_work(tmp_path):
    pickle.loads(pickled(system(f"touch {tmp_path / 'marker'}")))
    assert (tmp_path / "marker").exists() and sys.byteorder == "little"


@pytest.mark.parametrize("old", [False, True])
def test_truncated_anywhere(old, tmp_path):
    whole = stream(GOOD, {"0": (FLOATS.tobytes(), 6)}) if old else archive(GOOD, WHOLE)
    assert load(whole).tolist() == FLOATS.tolist()
    for length in range(0, len(whole), 3):
        (tmp_path / "part").write_bytes(whole[:length])
        with pytest.raises(RuntimeError, match="^load: .*part (is|was not)"):
            mg.load(tmp_path / "part")


def test_from_the_middle_of_a_file():
    file = io.BytesIO(b"before" + stream(GOOD, {"0": (FLOATS.tobytes(), 6)}))
    file.seek(6)
    assert mg.load(file).tolist() == FLOATS.tolist()
