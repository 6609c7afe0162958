"""save and load: exact round trips, nothing half-written, and clear errors for every kind of broken file."""

import io
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import zipfile
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import minigrad as mg

ROOT = Path(__file__).parents[2]


def round_trip(obj):
    file = io.BytesIO()
    mg.save(obj, file)
    return mg.load(io.BytesIO(file.getvalue()))


def same(a, b):
    """Equal in type, dtype, shape and every bit, all the way down."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(map(repr, a)) == list(map(repr, b)) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, mg.Tensor):
        return a.requires_grad == b.requires_grad and same(a._data, b._data)
    if isinstance(a, (np.ndarray, np.generic)):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return repr(a) == repr(b)  # tells nan, -0.0, and True from 1


numbers = arrays.arrays(
    st.sampled_from([np.float16, np.float32, np.float64, np.int8, np.uint8, np.int32, np.int64, np.bool_]),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
leaves = (
    st.none() | st.booleans() | st.integers() | st.integers(-(2**200), 2**200) | st.floats() | st.text()
    | numbers | numbers.map(mg.tensor) | numbers.filter(lambda a: a.size).map(lambda a: a.flat[0])
)  # fmt: skip
keys = st.text() | st.integers()
objects = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(objects)
@settings(deadline=None, max_examples=200)
def test_round_trip_is_exact(obj):
    assert same(round_trip(obj), obj)


@pytest.mark.parametrize(
    "obj",
    [
        {"a.b": mg.ones(1), "a": {"b": mg.zeros(1), 0: mg.ones(2), "0": mg.zeros(2)}, "a~2": mg.ones(3)},
        {"": mg.ones(1), "a/../../b": mg.ones(2), "\0": mg.ones(3), "\ud800": np.ones(4), "x" * 70_000: np.ones(5)},
        {"structure.json": mg.ones(1)},
        {"dict": 1, "tuple": [2], "float": "nan"},
        [float("nan"), float("inf"), -float("inf"), -0.0, 5e-324, 0.1],
        np.random.default_rng(0).bit_generator.state,
        random.Random(0).getstate(),
        np.array(["a", "bc"]),
        np.zeros(2, [("é", "i4"), ("b", "f8", (2,))]),
        np.array(["2026-11-26", "NaT"], "M8[D]"),
        np.zeros((2, 0, 3), order="F"),
        np.arange(3, dtype=">i4"),
        np.float64(0.1),
        mg.tensor([1.0], requires_grad=True),
        (),
        None,
    ],
    ids=lambda obj: repr(obj)[:40],
)
def test_round_trip_of_particular_objects(obj):
    assert same(round_trip(obj), obj)


def test_integers_of_more_digits_than_python_writes():
    numbers = [sign * 2**bits + 1 for bits in (9_999, 10_000, 10_001, 14_300, 100_000) for sign in (1, -1)]
    assert round_trip(numbers) == numbers


class Settings(dict):
    pass


class Marked(mg.Tensor):
    pass


def test_subclasses_come_back_as_what_they_derive_from():
    Point = namedtuple("Point", "x y")  # which cannot be found again
    obj = [Settings(a=1), Point(1, 2), Marked._wrap(np.ones(2)), mg.tensor([2.0], requires_grad=True) * 3]
    assert same(round_trip(obj), [{"a": 1}, (1, 2), mg.ones(2, dtype=mg.float64), mg.tensor([6.0])])


def test_layouts_of_memory():
    a = np.arange(24.0).reshape(2, 3, 4)
    for array in (a.transpose(2, 0, 1), a[:, ::-1], np.asfortranarray(a), np.broadcast_to(a[0], (2, 3, 4))):
        assert same(round_trip(array), array)


def test_numpy_reads_the_arrays(tmp_path):
    mg.save({"conv1.weight": mg.ones(2, 3), "conv1.bias": mg.zeros(2)}, tmp_path / "model.pt")
    with np.load(tmp_path / "model.pt") as file:
        assert [name for name in file if name != "structure.json"] == ["conv1.weight", "conv1.bias"]
        assert (file["conv1.weight"] == np.ones((2, 3))).all()
        assert json.loads(file["structure.json"])["format"] == "minigrad"


def test_same_object_same_bytes(tmp_path):
    for name in "ab":
        mg.save({"w": mg.ones(3), "n": 1}, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_one_tensor_stays_one_and_others_are_apart():
    w, array = mg.ones(2), np.ones(2)
    first, second, third, *arrays = round_trip([w, {"again": w}, w.detach(), array, array])
    assert second["again"] is first and arrays[0] is not arrays[1]
    first.add_(1)
    assert third.tolist() == [1, 1]


@pytest.mark.parametrize("where", [None, "cpu", mg.device("cpu"), lambda storage, location: storage, {"cuda:0": "cpu"}])
def test_arguments_of_torch(tmp_path, where):
    mg.save([1], tmp_path / "a")
    assert mg.load(str(tmp_path / "a"), map_location=where, weights_only=False) == [1]
    with open(tmp_path / "a", "rb") as file:
        assert mg.load(file, where) == [1]
    with pytest.raises(RuntimeError, match="cuda"):
        mg.load(tmp_path / "a", map_location="cuda")
    mg.save([2], tmp_path / "a", pickle, 4, _use_new_zipfile_serialization=False)
    assert mg.load(tmp_path / "a", None, pickle, weights_only=True, mmap=True, encoding="latin1") == [2]
    with pytest.raises(ValueError, match="load: expected a path with mmap=True"):
        mg.load(io.BytesIO(), mmap=True)


OUT_OF_ORDER = np.dtype({"names": ["a", "b"], "formats": ["i4", "i4"], "offsets": [4, 0]})


class Model:
    def state_dict(self):
        return {}


@pytest.mark.parametrize(
    "obj, error, message",
    [
        (
            {"optimizer": {"state": {3: {"foo": {print}}}}},
            TypeError,
            r"save: optimizer.state\[3\].foo\[0\] is a builtin",
        ),
        ({"a": iter([])}, TypeError, r"save: a is a list_iterator; expected"),
        ([(1, print)], TypeError, r"save: \[0\]\[1\] is a builtin_function"),
        ({"model": Model()}, TypeError, r"model is a Model; save its state_dict\(\)"),
        (Model(), TypeError, "save: the object is a Model"),
        ({"x": {(1, print): 3}}, TypeError, r"x.a key\[1\] is a builtin"),
        ({"x": {mg.ones(1): 3}}, TypeError, r"x has the key tensor\(\[1.\]\); expected a str, a number or a tuple"),
        ({"a": np.array([None])}, TypeError, "a is an array of Python objects"),
        ({"a": np.ma.masked_array([1, 2], [0, 1])}, TypeError, "a is a MaskedArray"),
        ({"a": lambda x: x}, TypeError, "a is a function"),
        ({"a": [sys.stdout]}, TypeError, r"a\[0\] is "),
        ({"a": np.zeros(2, OUT_OF_ORDER)}, TypeError, "a is an array of .*, which NumPy's files have no name for"),
        ({"a": {np.int64(1): 2}}, TypeError, "a has the key"),
    ],
)
def test_what_cannot_be_saved(tmp_path, obj, error, message):
    file = tmp_path / "file"
    mg.save("old", file)
    with pytest.raises(error, match=message):
        mg.save(obj, file)
    assert mg.load(file) == "old" and os.listdir(tmp_path) == ["file"]
    stream = io.BytesIO()
    with pytest.raises(error):
        mg.save(obj, stream)
    assert not stream.getvalue()


def test_cycles():
    x = []
    x.append(x)
    with pytest.raises(ValueError, match="contains itself"):
        mg.save(x, io.BytesIO())


# ---- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_an_error_while_writing_leaves_the_old_file(tmp_path, monkeypatch, error):
    file = tmp_path / "file"
    mg.save({"old": mg.ones(3)}, file)

    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(np.lib.format, "write_array", fail)
    with pytest.raises(type(error)):
        mg.save({"new": mg.ones(3)}, file)
    assert list(mg.load(file)) == ["old"] and os.listdir(tmp_path) == ["file"]


def test_links_stay_links(tmp_path):
    mg.save(1, tmp_path / "target")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    mg.save(2, tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and mg.load(tmp_path / "target") == 2


def test_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder .*nowhere;"):
        mg.save(1, tmp_path / "nowhere" / "file")


KILLED = """
import itertools, sys
import minigrad as mg
for i in itertools.count():
    mg.save({"count": i, "values": mg.full((1000,), i)}, sys.argv[1])
    print(i, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")
def test_kill_at_any_moment_leaves_a_whole_file(tmp_path):
    file = tmp_path / "file"
    pause = random.Random(0)
    for _ in range(5):
        process = subprocess.Popen([sys.executable, "-c", KILLED, file], cwd=ROOT, stdout=subprocess.PIPE)
        process.stdout.readline()  # the first file is there
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(pause.uniform(0.005, 0.03))
        process.send_signal(signal.SIGKILL)
        reported = [0, *map(int, process.communicate()[0].split())]
        saved = mg.load(file)
        assert reported[-1] <= saved["count"] <= reported[-1] + 1
        assert (saved["values"].numpy() == saved["count"]).all()


SAMPLE = {
    "model": {"fc.weight": mg.arange(6, dtype=mg.float32), "fc.bias": mg.zeros(0)},
    "epoch": 3,
    "history": [(0.5, None), {"a": np.float64(2.0)}],
}


@pytest.fixture(scope="module")
def sample():
    file = io.BytesIO()
    mg.save(SAMPLE, file)
    return file.getvalue()


def test_truncated_anywhere(tmp_path, sample):
    for length in range(0, len(sample), 3):
        (tmp_path / "part").write_bytes(sample[:length])
        with pytest.raises(RuntimeError, match="^load: .*part (is|was not)"):
            mg.load(tmp_path / "part")


@pytest.mark.parametrize("change", [lambda b: b ^ 1, lambda b: b ^ 0x80, lambda b: 255 - b])
def test_damaged_anywhere(tmp_path, sample, change):
    """A changed byte is noticed, unless it is one of those that mean nothing, such as a time."""
    noticed = 0
    for i in range(len(sample)):
        (tmp_path / "bad").write_bytes(sample[:i] + bytes([change(sample[i])]) + sample[i + 1 :])
        try:
            assert same(mg.load(tmp_path / "bad"), SAMPLE)
        except RuntimeError as error:
            assert str(error).startswith(f"load: {tmp_path / 'bad'} ")
            noticed += 1
    assert noticed > len(sample) / 2


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "is empty"),
        (b"hello", "not a zip file"),
    ],
)
def test_foreign_files(tmp_path, content, message):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(RuntimeError, match=f"file .*{message}"):
        mg.load(tmp_path / "file")


def archive(path, entries):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def test_foreign_archives(tmp_path):
    file = tmp_path / "file.npz"
    np.savez(file, a=np.ones(3))
    with pytest.raises(RuntimeError, match="numpy.savez; read it with numpy.load"):
        mg.load(file)
    with pytest.raises(RuntimeError, match="other things"):
        mg.load(archive(file, {"word/document.xml": b""}))
    later = {"format": "minigrad", "version": 99, "object": {"unknown": 1}}
    with pytest.raises(RuntimeError, match="later version"):
        mg.load(archive(file, {"structure.json": json.dumps(later)}))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as compressed:
        compressed.writestr("structure.json", json.dumps({"format": "minigrad", "version": 1, "object": 1}))
    with pytest.raises(RuntimeError, match="file.npz has compressed entries, which minigrad.save never writes"):
        mg.load(file)
    with pytest.raises(TypeError, match="load: expected a path or a binary file, got int"):
        mg.load(3)
    with open(file, errors="replace") as text, pytest.raises(TypeError, match='load: .* of text; open it with "rb"'):
        mg.load(text)
    with pytest.raises(FileNotFoundError, match="no file .*nowhere"):
        mg.load(tmp_path / "nowhere")
    with pytest.raises(IsADirectoryError):
        mg.load(tmp_path)


class Trap:
    def __reduce__(self):
        return (open, (os.environ["TRAP"], "w"))


def test_no_code_is_run(tmp_path, monkeypatch):
    """An array of pickled objects in a file that is right otherwise."""
    monkeypatch.setenv("TRAP", str(tmp_path / "sprung"))
    content = io.BytesIO()
    np.save(content, np.array([Trap()]), allow_pickle=True)
    structure = {"format": "minigrad", "version": 1, "object": {"array": "x"}}
    file = archive(tmp_path / "file", {"structure.json": json.dumps(structure), "x.npy": content.getvalue()})
    with pytest.raises(RuntimeError, match="damaged"):
        mg.load(file, weights_only=False)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "structure",
    ["[]", "{}", "nonsense", '{"format": "minigrad", "version": 1, "object": {"array": "missing"}}',
     '{"format": "minigrad", "version": 1, "object": {"strange": 1}}', "[" * 100_000],
)  # fmt: skip
def test_crafted_structures(tmp_path, structure):
    with pytest.raises(RuntimeError, match="damaged"):
        mg.load(archive(tmp_path / "file", {"structure.json": structure}))
