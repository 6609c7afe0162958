"""Pickles of arrays and plain values are read, whoever wrote them; those that ask for anything else do nothing."""

import copyreg
import functools
import io
import os
import pickle
import struct

import numpy as np
import pytest

from minigrad.vision.pickles import read_pickled_dict


class PickledByPython2(pickle._Pickler):
    """What Python 2 wrote: protocol 2, its strings, which are bytes, with opcodes of their own."""

    def save_string(self, value):
        content = value if isinstance(value, bytes) else value.encode("ascii")
        self.write(pickle.BINSTRING + struct.pack("<i", len(content)) + content)

    dispatch = {**pickle._Pickler.dispatch, bytes: save_string, str: save_string}


def python2(value):
    buffer = io.BytesIO()
    PickledByPython2(buffer, protocol=2).dump(value)
    return buffer.getvalue().replace(b"numpy._core", b"numpy.core")  # and NumPy 1


def numpy1(value, protocol):
    """The same length of names, so that those of protocol 4 and later may be exchanged, too."""
    content = pickle.dumps(value, protocol=protocol)
    if protocol < 4:
        return content.replace(b"numpy._core", b"numpy.core")
    names = [(b"numpy._core.multiarray", b"numpy.core.multiarray"), (b"numpy._core.numeric", b"numpy.core.numeric")]
    for old, new in names:
        content = content.replace(bytes([len(old)]) + old, bytes([len(new)]) + new)
    frame = content.index(b"\x95")
    return content[:frame] + content[frame + 9 :]  # without its frame, whose length is another one now


WRITERS = {
    **{f"protocol {p}": functools.partial(pickle.dumps, protocol=p) for p in range(6)},
    **{f"protocol {p}, NumPy 1": functools.partial(numpy1, protocol=p) for p in (2, 3, 4, 5)},
    "Python 2": python2,
}


def read(content, folder):
    path = folder / "file"
    path.write_bytes(content)
    return read_pickled_dict(path)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_arrays_and_plain_values_are_read(write, tmp_path):
    random = np.random.default_rng(0)
    arrays = {
        "bytes": random.integers(0, 256, (7, 5)).astype(np.uint8),
        "fortran": np.asfortranarray(random.standard_normal((3, 4))),
        "strided": random.integers(0, 1000, (6, 4))[::2],
        "big endian": random.standard_normal(5).astype(">f4"),
        "single": np.array(0.5, np.float32),
    }
    plain = {"labels": [3, 1, 2], "name": b"batch", "nested": [(1, 2.5), {b"a": [b"b"]}], "long": 2**70}
    found = read(write({**arrays, **plain}), tmp_path)
    assert found.keys() == arrays.keys() | plain.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype.newbyteorder("=") and found[name].shape == array.shape
        assert np.array_equal(found[name], array)
    assert {name: found[name] for name in plain} == plain


@pytest.mark.parametrize("key", [b"data", "data"])
def test_keys_are_str(key, tmp_path):
    assert read(pickle.dumps({key: 1}), tmp_path) == {"data": 1}


# ---- what a pickle must not do


class Call:
    """Pickled as a call of a function."""

    def __init__(self, function, *arguments, state=None):
        self.reduced = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.reduced


RECONSTRUCT = np.zeros(1).__reduce__()[0]
FROMBUFFER = np.zeros(1).__reduce_ex__(5)[0]
TRAPS = {
    "os.system": lambda touch: Call(os.system, touch),
    "eval": lambda touch: Call(eval, f"__import__('os').system({touch!r})"),
    "exec": lambda touch: Call(exec, f"import os; os.system({touch!r})"),
    "getattr": lambda touch: Call(getattr, dict, "get"),
    "__import__": lambda touch: Call(__import__, "os"),
    "functools.partial": lambda touch: Call(functools.partial, os.system, touch),
    "numpy.load": lambda touch: Call(np.load, "objects.npy", None, True),
    "numpy.frombuffer": lambda touch: Call(np.frombuffer, b"12345678", "u1"),
    "copyreg": lambda touch: Call(copyreg._reconstructor, dict, object, None),
    "bytearray": lambda touch: Call(bytearray, 10**12),
    "inside an array's making": lambda touch: Call(RECONSTRUCT, Call(os.system, touch), (0,), b"b"),
    "inside an array's state": lambda touch: Call(
        RECONSTRUCT, np.ndarray, (0,), b"b", state=(1, (1,), np.dtype("u1"), False, Call(os.system, touch))
    ),
    "inside a type": lambda touch: Call(np.dtype, Call(os.system, touch)),
    "inside a buffer": lambda touch: Call(FROMBUFFER, Call(os.system, touch), np.dtype("u1"), (1,), "C"),
    "an array of objects": lambda touch: np.array([Call(os.system, touch)], dtype=object),
    "another exit": lambda touch: Call(exit, 3),
}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_nothing_is_called(trap, protocol, tmp_path):
    marker = tmp_path / "marker"
    content = pickle.dumps({"data": trap(f"touch {marker}")}, protocol=protocol)
    with pytest.raises(RuntimeError, match="file: expected a pickled dict of arrays, numbers and strings, but it"):
        read(content, tmp_path)
    assert not marker.exists()


def test_the_traps_would_work(tmp_path):
    marker = tmp_path / "marker"
    for name in ("os.system", "eval", "inside a type", "an array of objects"):
        try:
            pickle.loads(pickle.dumps(TRAPS[name](f"touch {marker}")))
        except TypeError:
            pass  # a type of nothing, once it was called
        assert marker.exists(), name
        marker.unlink()


def array(dtype, shape, data):
    """A pickle of an array as its state says, whatever that is."""
    return pickle.dumps({"data": Call(RECONSTRUCT, np.ndarray, (0,), b"b", state=(1, shape, dtype, False, data))})


class Kind:
    """Pickled as numpy.dtype of these arguments."""

    def __init__(self, *arguments, state=(3, "|", None, None, None, -1, -1, 0)):
        self.reduced = (np.dtype, arguments, state)

    def __reduce__(self):
        return self.reduced


def dict_of(opcodes):
    return b"\x80\x02}U\x04data" + opcodes + b"s."


def laughs():
    """A small tuple that holds a few others many times over: 2**64 in all, were they counted."""
    found = ()
    for _ in range(64):
        found = (found, found)
    return found


LAUGHS = b")" + b"2\x86" * 64

BAD = {
    "objects": (array(Kind("O8", False, True), (1,), b"12345678"), "an array of type 'O8'"),
    "objects in a list": (array(Kind("O", False, True), (1,), [1]), "an array of type 'O'"),
    "records": (array(Kind([("a", "O")], False, True), (1,), b"12345678"), "an array of type"),
    "arrays of arrays": (array(Kind("3u1", False, True), (1,), b"123"), "an array of type '3u1'"),
    "an order that is none": (array(Kind("u1", False, True, state=(3, "3", None)), (1,), b"1"), "'3'"),
    "too little": (array(Kind("u1", False, True), (5,), b"1234"), r"shape \(5,\) and type uint8 is of another size"),
    "too much": (array(Kind("u1", False, True), (2**40,), b"1234"), "of another size"),
    "a negative length": (array(Kind("u1", False, True), (-1, -4), b"1234"), r"an array of shape \(-1, -4\)"),
    "a broken length": (array(Kind("u1", False, True), (2.0, 2), b"1234"), "an array of shape"),
    "a list for bytes": (array(Kind("u1", False, True), (2,), [1, 2]), "of another size"),
    "no content": (pickle.dumps({"data": Call(RECONSTRUCT, np.ndarray, (0,), b"b")}), "without content"),
    "an array called up": (pickle.dumps({"data": Call(np.ndarray, (1,), "O", b"12345678")}), "it calls 'ndarray'"),
    "a part of a name": (dict_of(b"\x8c\x05numpy\x8c\x0endarray.tofile\x93"), "numpy.ndarray.tofile, which is not"),
    "an old instance": (dict_of(b"(S'true'\nios\nsystem\n"), "os.system"),
    "an old object": (dict_of(b"(cos\nsystem\nU\x04trueo"), "os.system"),
    "something kept elsewhere": (dict_of(b"Pid\n"), "persistent"),
    "an extension": (dict_of(b"\x82\x01"), "extension"),
    "bytes by another code": (dict_of(b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00rot13\x86R"), "'rot13'"),
    "a far place in the memo": (b"\x80\x02]r\x00\x00\x00\x10.", "it holds list"),
    "one text encoded again and again": (
        dict_of(b"c_codecs\nencode\nq\1X\xff\0\0\0" + b"a" * 255 + b"X\6\0\0\0latin1\x86q\2" + b"Rh\1h\2" * 9 + b"R"),
        "encodes one text again",
    ),
    "a large bytearray": (dict_of(b"\x96\0\0\0\0\1\0\0\0abc"), "but "),
    "large bytes": (dict_of(b"\x8e\0\0\0\0\1\0\0\0abc"), "but "),
    "a set": (dict_of(b"\x8f"), "the opcode"),
    "lengths that take an hour to multiply": (array(Kind("u1", False, True), (3**9999,) * 60000, b"1"), "shape"),
    "a key that takes for ever to hash": (dict_of(b"}" + LAUGHS + b"K\1s"), "a key of type tuple"),
    "keys that take for ever to hash": (dict_of(b"}(" + LAUGHS + b"K\1u"), "a key of type tuple"),
    "an old dict that takes for ever to hash": (dict_of(b"(" + LAUGHS + b"K\1d"), "a key of type tuple"),
    "a shape that takes for ever to print": (array(Kind("u1", False, True), laughs(), b"1"), "an array of shape"),
    "a type that takes for ever to print": (array(Kind(laughs(), False, True), (1,), b"1"), "an array of type"),
    "a code that takes for ever to print": (
        dict_of(b"c_codecs\nencode\nX\1\0\0\0a" + LAUGHS + b"\x86R"),
        "it encodes by",
    ),
    "a state for a value": (dict_of(b"c_codecs\nencode\n}U\x01aK\x01sb"), "but "),
    "truncated": (pickle.dumps({"data": b"x" * 1000})[:500], "truncated"),
    "empty": (b"", "truncated, corrupt"),
    "text": (b"<html>not here</html>", "but "),
    "a list": (pickle.dumps([1]), "it holds list"),
}


@pytest.mark.parametrize("content, message", BAD.values(), ids=BAD)
def test_what_is_no_data_is_refused(content, message, tmp_path):
    with pytest.raises(RuntimeError, match=message):
        read(content, tmp_path)


@pytest.mark.parametrize(
    "name", ["numpy\ndtype", "numpy\nndarray", "_codecs\nencode", "numpy.core.numeric\n_frombuffer"]
)
@pytest.mark.parametrize("state", [{"__init__": "changed"}, (None, {"__init__": "changed"})], ids=["dict", "slots"])
def test_no_pickle_changes_how_the_next_is_read(name, state, tmp_path):
    change = b"c" + name.encode() + b"\n" + pickle.dumps(state, protocol=2)[2:-1] + b"b"
    with pytest.raises(RuntimeError):
        read(dict_of(change), tmp_path)
    whole = {"data": np.arange(3), "name": b"a"}
    for protocol in (2, 5):
        found = read(pickle.dumps(whole, protocol=protocol), tmp_path)
        assert found["data"].tolist() == [0, 1, 2] and found["name"] == b"a"
