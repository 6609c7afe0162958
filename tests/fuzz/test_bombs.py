"""Files made to take far more than they are: refused by the documented error, before they have taken it."""

import gzip
import io
import json
import pickle
import struct
import tarfile
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

import minigrad as mg
from minigrad.saving.safetensors import load_file
from minigrad.vision import archives
from minigrad.vision.archives import unpack
from minigrad.vision.idx import read_idx
from minigrad.vision.io import read_image
from minigrad.vision.pickles import read_pickled_dict
from tests.saving import test_pth

MB = 1 << 20


def npz(entries, structure, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression, compresslevel=1) as archive:
        text = json.dumps({"format": "minigrad", "version": 1, "object": structure})
        archive.writestr("structure.json", text if isinstance(structure, (dict, list)) else structure)
        for name, content in entries.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def npy(shape, content, descr="<f4", fortran=False):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": fortran, "shape": shape})
    return file.getvalue() + content


def with_sizes(content, size):
    """The same npz file with another size for all entries in its directory."""
    content = bytearray(content)
    place = content.find(b"PK\1\2")
    while place >= 0:
        content[place + 20 : place + 28] = struct.pack("<II", size, size)
        place = content.find(b"PK\1\2", place + 4)
    return bytes(content)


def overlapping(count):
    """An npz file whose directory has one entry under many names."""
    whole = npz({"x": npy((25_000,), bytes(100_000))}, {"array": "x"}, zipfile.ZIP_STORED)
    start = whole.index(b"PK\1\2", whole.index(b"PK\1\2") + 4)
    end = whole.index(b"PK\5\6")
    first, record = whole.index(b"PK\1\2"), whole[start:end]
    records = [record[:46] + b"%05d.npy" % i for i in range(count)]
    records = [r[:28] + struct.pack("<H", 9) + r[30:] for r in records]
    directory = whole[first:start] + b"".join(records)
    numbers = 0, 0, count + 1, count + 1, len(directory), first, 0
    return whole[:first] + directory + struct.pack("<4sHHHHIIH", b"PK\5\6", *numbers)


STORED = zipfile.ZIP_STORED
ONE = {"array": "x"}
NPZ = {
    "deflated zeros": npz({"x": npy((10 * MB,), bytes(40 * MB))}, ONE),
    "a deflated structure": npz({}, "[" + "[]," * (4 * MB) + "[]]"),
    "one entry many times": npz({"x": npy((25_000,), bytes(100_000))}, [ONE] * 20_000, STORED),
    "one entry under many names": overlapping(2000),
    "sizes of the directory": with_sizes(npz({"x": npy((2,), bytes(8))}, ONE, STORED), 2**31),
    "a huge shape": npz({"x": npy((2**31, 2**4), bytes(8))}, ONE, STORED),
    "a shape that overflows": npz({"x": npy((2**32, 2**32), b"")}, ONE, STORED),
    "a huge element": npz({"x": npy((1,), b"", "|V2147483647")}, ONE, STORED),
    "text without letters": npz({"x": npy((2**40,), b"", "<U0")}, ONE, STORED),
    "a huge part of an element": npz({"x": npy((2,), b"", ("<f4", (2**15, 2**15)))}, ONE, STORED),
    "a huge header": npz({"x": b"\x93NUMPY\2\0" + struct.pack("<I", 2**32 - 1) + b" " * 100}, ONE, STORED),
    "a deep header": npz({"x": b"\x93NUMPY\1\0" + struct.pack("<H", 60_000) + b"[" * 60_000}, ONE, STORED),
    "objects": npz({"x": npy((1,), pickle.dumps([1]), "|O")}, ONE, STORED),
    "a deep structure": npz({}, "[" * 10**6, STORED),
    "a number of a million digits": npz({}, '{"format": "minigrad", "version": 1, "object": ' + "9" * MB + "}", STORED),
    "a tensor of text": npz({"x": npy((1,), bytes(16), "<U4")}, {"tensor": "x"}, STORED),
    "a tensor of records": npz({"x": npy((1,), bytes(16), [("a", "<f8"), ("b", "<f8")])}, {"tensor": "x"}, STORED),
    "a parameter of integers": npz({"x": npy((1,), bytes(8), "<i8")}, {"parameter": "x"}, STORED),
}  # fmt: skip


def pth(obj, content=b"", old=False):
    """A file of PyTorch's whose storage "0" has this content, as floats."""
    storages = {"0": (content, len(content) // 4)} if old else {"0": content}
    return (test_pth.stream if old else test_pth.archive)(obj, storages)


def floats(count):
    return test_pth.Storage("torch:FloatStorage", "0", count)


def instructions(content):
    return test_pth.archive(b"\x80\2" + content + b".", {})


def again(value, module, name):
    """Instructions to call a name with one value 10,000 times."""
    call = b"c%b\n%b\nq\1" % (module.encode(), name.encode())
    return value + b"q\0" + call + b"0](" + b"h\1h\0\x85R" * 10_000 + b"e"


PTH = {
    "a huge storage": pth(test_pth.tensor(floats(2**40), (2,), (1,)), bytes(8)),
    "a huge storage in an old file": pth(test_pth.tensor(floats(2**40), (2,), (1,)), bytes(8), old=True),
    "a storage that overflows": pth(test_pth.tensor(floats(2**200), (2,), (1,)), bytes(8)),
    "a huge shape": pth(test_pth.tensor(floats(2), (2**40,), (1,)), bytes(8)),
    "a huge shape of nothing": pth(test_pth.tensor(floats(2), (0, 2**47, 2**47, 2**47), (1,) * 4), bytes(8)),
    "a shape of many numbers": pth(test_pth.tensor(floats(2), (10**4000,) * 200, (1,) * 200), bytes(8)),
    "huge steps": pth(test_pth.tensor(floats(2), (2,), (2**60,)), bytes(8)),
    "a range of huge numbers": pth([test_pth.Call("builtins:range", 2**70, "a")]),
    "bytes by their number": pth([test_pth.Call("builtins:bytes", 2**40)]),
    "a bytearray by its number": pth([test_pth.Call("builtins:bytearray", 2**40)]),
    "a Counter of a text": pth([test_pth.Call("collections:Counter", "a" * 100)]),
    "a place in the memo": instructions(b"]r\xff\xff\xff\x7f\x85cos\nsystem\n"),
    "a long text": instructions(b"\x8d" + struct.pack("<Q", 2**40)),
    "a frame": instructions(b"\x95" + struct.pack("<Q", 2**40)),
    "a set that takes for ever to hash": instructions(b"c__builtin__\nset\n]" + b")" + b"2\x86" * 64 + b"a\x85R"),
    "one dict copied often": instructions(
        again(b"}(" + b"".join(b"J%bN" % struct.pack("<i", i) for i in range(9999)) + b"u", "collections", "Counter")
    ),
    "one tuple copied often": instructions(again(b"(" + b"K\1" * 50_000 + b"t", "torch", "Size")),
    "bytes copied often": instructions(
        again(b"B" + struct.pack("<I", 50_000) + bytes(50_000), "builtins", "bytearray")
    ),
    "deflated zeros": with_sizes(pth(test_pth.tensor(floats(2), (2,), (1,)), bytes(8)), 2**31),
    "an old file that ends": pth(test_pth.tensor(floats(10**6), (2,), (1,)), bytes(8), old=True),
}


def safetensors(header, content=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content


def entry(begin, end, shape=None, dtype="U8"):
    return {"dtype": dtype, "shape": [end - begin] if shape is None else shape, "data_offsets": [begin, end]}


SAFETENSORS = {
    "many names for the same bytes": safetensors({f"{i}": entry(0, MB) for i in range(2000)}, bytes(MB)),
    "an overlap": safetensors({"a": entry(0, 6), "b": entry(4, 8)}, bytes(8)),
    "a gap": safetensors({"a": entry(0, 4), "b": entry(6, 8)}, bytes(8)),
    "a gap at the start": safetensors({"a": entry(4, 8)}, bytes(8)),
    "bytes behind": safetensors({"a": entry(0, 4)}, bytes(8)),
    "bytes of nothing": safetensors({}, bytes(8)),
    "a name twice": safetensors(b'{"a": %b, "a": %b}' % ((json.dumps(entry(0, 4)).encode(),) * 2), bytes(4)),
    "a huge header": (2**62).to_bytes(8, "little") + b"{}",
    "a huge shape": safetensors({"a": entry(0, 4, [2**62])}, bytes(4)),
    "a shape that overflows": safetensors({"a": entry(0, 0, [2**32, 2**32])}),
    "a shape of many numbers": safetensors({"a": entry(0, 0, [10**4000] * 200)}),
    "fractions": safetensors({"a": entry(0, 4, [4.0])}, bytes(4)),
    "truth for a length": safetensors({"a": entry(0, 1, [True])}, bytes(1)),
    "a backward tensor": safetensors({"a": entry(4, 0, [-4])}, bytes(4)),
    "metadata of numbers": safetensors({"__metadata__": {"a": 1}}),
    "metadata that are none": safetensors({"__metadata__": ["a"]}),
    "a name that is no text": safetensors(b'{"\\ud800": ' + json.dumps(entry(0, 4)).encode() + b"}", bytes(4)),
    "a deep header": safetensors(b'{"a":' * 10**5),
}  # fmt: skip

IDX = {
    "a gzip of zeros": gzip.compress(struct.pack(">HBBI", 0, 8, 1, 40 * MB) + bytes(40 * MB), 1),
    "a gzip of zeros that says less": gzip.compress(struct.pack(">HBBI", 0, 8, 1, 8) + bytes(40 * MB), 1),
    "more dimensions than arrays have": struct.pack(">HBB", 0, 8, 255) + struct.pack(">I", 1) * 255 + b"1",
    "lengths that overflow": struct.pack(">HBB4I", 0, 8, 4, *[2**32 - 1] * 4),
    "nothing of something huge": struct.pack(">HBB5I", 0, 8, 5, 0, *[2**32 - 1] * 4),
}

PICKLES = {
    "a place in the memo": b"\x80\x02]r\x00\x00\x00\x10.",
    "a longer one": b"\x80\x02]r\xff\xff\xff\x7f.",
    "a named place": b"]p4000000000\n.",
    "a bytearray": b"\x80\x05\x96" + struct.pack("<Q", 2**33) + b".",
    "bytes": b"\x80\x04\x8e" + struct.pack("<Q", 2**33) + b".",
    "a text": b"\x80\x04\x8d" + struct.pack("<Q", 2**33) + b".",
    "a frame": b"\x80\x04\x95" + struct.pack("<Q", 2**40) + b"].",
    "a string": b"T\xff\xff\xff\x7f.",
    "a long number": b"\x80\x02\x8b\xff\xff\xff\x7f.",
    "sets": b"\x80\x04" + b"\x8f" * MB + b".",
    "a text encoded often": b"\x80\x02c_codecs\nencode\nq\0X" + struct.pack("<I", MB) + b"a" * MB
    + b"X\6\0\0\0latin1\x86q\1" + b"h\0h\1R" * 500 + b".",
}  # fmt: skip


PICKLES["one content for many arrays"] = (
    b"\x80\x03cnumpy.core.multiarray\n_reconstruct\nq\1(K\1K\1K\0t0"
    + b"(K\1M\x50\xc3\x85cnumpy\ndtype\nX\2\0\0\0u1\x85R\x89B" + struct.pack("<I", 50_000) + bytes(50_000) + b"tq\2"
    + b"](" + b"h\1)Rh\2b" * 10_000 + b"e."
)  # fmt: skip


def tar(*members, kind=tarfile.REGTYPE, size=None, headers=None):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.pax_headers = kind, len(content), headers or {}
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


ARCHIVES = {
    "a file of zeros": tar(("set/zeros", bytes(40 * MB))),
    "a name of zeros": tar(("set/name", bytes(30 * MB)), kind=tarfile.GNUTYPE_LONGNAME),
    "attributes of zeros": tar(("set/x", bytes(30 * MB)), kind=tarfile.XHDTYPE),
    "a file with a hole": tar(
        ("set/x", b"x"), headers={"GNU.sparse.map": "0,1", "GNU.sparse.size": str(2**40), "GNU.sparse.name": "x"}
    ),
    "a name that is too long": tar(("a" * 300, b"")),
    "a file in a file in a file": tar(("a", b""), ("a/b/c", b"")),
    "a name with a zero": tar(("set/a", b""), headers={"path": "set/a\0b"}),
}


def png(width, height, kind=2, depth=8):
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    packed = zlib.compressobj(1)
    rows = b"".join(packed.compress(bytes(MB)) for _ in range(2)) + packed.flush()
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


IMAGES = {
    "13,000 x 13,000": png(13_000, 13_000),
    "one row": png(2**31 - 1, 1),
    "all at once": png(2**31 - 1, 2**31 - 1, 6, 16),
    "an icon with a large one": struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, 10**5, 22) + png(9000, 9000),
}

READERS = {
    "npz": (mg.load, RuntimeError, NPZ),
    "checkpoint": (mg.load_checkpoint, RuntimeError, NPZ),
    "pth": (mg.load, RuntimeError, PTH),
    "safetensors": (load_file, RuntimeError, SAFETENSORS),
    "safetensors by load": (mg.load, RuntimeError, SAFETENSORS),
    "idx": (read_idx, RuntimeError, IDX),
    "pickles": (read_pickled_dict, RuntimeError, PICKLES),
    "archives": (lambda path: unpack(path, path.parent / "target"), RuntimeError, ARCHIVES),
    "images": (read_image, ValueError, IMAGES),
}
CASES = [(name, case) for name, (_, _, files) in READERS.items() for case in files]


@pytest.mark.parametrize("reader, case", CASES, ids=[f"{name}: {case}" for name, case in CASES])
def test_is_refused_before_it_takes_much(reader, case, tmp_path):
    read, kind, files = READERS[reader]
    path = tmp_path / "bomb"
    path.write_bytes(files[case])
    read_something(read, path)
    tracemalloc.start()
    with pytest.raises(kind, match="bomb") as error:
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert type(error.value) is kind and not holds(error.value, MemoryError)
    assert peak < 40 * MB + 10 * len(files[case]), f"{peak / MB:.0f} MB for {len(files[case]) / MB:.2f}"
    assert [p.name for p in tmp_path.iterdir()] in (["bomb"], ["bomb", "target"], ["target", "bomb"])


def test_an_archive_of_more_files_than_its_size_allows(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "DISK_BLOCK_BYTES", MB)
    for count in (15, 17):
        (tmp_path / "bomb").write_bytes(tar(*[(f"set/{i}", b"") for i in range(count)]))
        if count == 15:
            unpack(tmp_path / "bomb", tmp_path / "target")
        else:
            with pytest.raises(RuntimeError, match="bomb: .*too many for its size"):
                unpack(tmp_path / "bomb", tmp_path / "target")
    assert len(list((tmp_path / "target" / "set").iterdir())) == 15


def read_something(read, path):
    """So that modules which are imported when they are needed are there."""
    (path.parent / "nothing").write_bytes(b"nothing")
    with pytest.raises((RuntimeError, ValueError)):
        read(path.parent / "nothing")
    (path.parent / "nothing").unlink()


def holds(error, kind):
    return error is not None and (isinstance(error, kind) or holds(error.__cause__ or error.__context__, kind))
