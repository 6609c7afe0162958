"""PyTorch's files: tensors, plain values and containers of them, read without PyTorch and without running a pickle.

A file is a zip of a pickle, and of the bytes of each storage, which tensors are views of; or, as PyTorch wrote before
1.6, a few pickles one after the other and then the storages. The pickle calls functions that rebuild tensors: those
here stand for them, and there are no others.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, Literal

import numpy as np

from minigrad.core import dtypes
from minigrad.core.array_attributes import Size
from minigrad.core.device import device
from minigrad.core.tensor import Tensor
from minigrad.nn.parameter import Parameter
from minigrad.saving.bounded import fill, size_of_array
from minigrad.saving.structure import Refused, as_state, attach
from minigrad.saving.unpickling import Unpickler, check_keys

if TYPE_CHECKING:
    import zipfile

_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001  # of files before 1.6
_BFLOAT16 = "bfloat16"
_STORAGES = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16", "BFloat16Storage": _BFLOAT16,
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "UntypedStorage": "uint8",
}  # fmt: skip
_DTYPES = "float32 float64 float16 int64 int32 int16 int8 uint8 bool uint16 uint32 uint64 bfloat16 complex64 complex128"


class _Dtype:
    """A dtype's name, where a storage or tensor is rebuilt."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.of_storage = np.dtype(np.uint16 if name == _BFLOAT16 else name)


class _Storage:
    """The bytes that tensors are views of."""

    def __init__(self, raw: np.ndarray) -> None:
        self.raw = raw
        self._arrays: dict[str, np.ndarray] = {}

    def array(self, dtype: str) -> np.ndarray:
        """Return the array of a dtype; its content is right when the storage is finished."""
        if dtype not in self._arrays:
            wide = dtype == _BFLOAT16
            self._arrays[dtype] = np.empty(len(self.raw) // 2, np.float32) if wide else self.raw.view(dtype)
        return self._arrays[dtype]

    def finish(self, byteorder: str) -> None:
        """Make the arrays of the bytes, which are there now."""
        if not self._arrays:
            raise Refused("holds a storage that is no tensor's; save the tensor")
        if len(self._arrays) > 1 and (byteorder != sys.byteorder or "bool" in self._arrays):
            raise Refused("holds tensors of several dtypes in one storage")
        for dtype, array in self._arrays.items():
            if dtype == "bool":
                self.raw[...] = self.raw != 0
            elif dtype == _BFLOAT16:  # the upper half of a float32
                halves = self.raw.view(np.uint16)
                array.view(np.uint32)[...] = halves if byteorder == sys.byteorder else halves.byteswap()
                array.view(np.uint32)[...] <<= 16
            elif byteorder != sys.byteorder:
                array.byteswap(inplace=True)


class _Typed:
    """A storage as the pickle refers to it."""

    def __init__(self, storage: _Storage, dtype: _Dtype) -> None:
        self.storage, self.dtype = storage, dtype


class _Reader(Unpickler):
    """An unpickler that builds tensors.

    Parameters
    ----------
    make : function of a key and a number of bytes
        Returns the new array of a storage.
    """

    def __init__(self, file: Any, size: int, make: Callable[[str, int], np.ndarray], encoding: str) -> None:
        super().__init__(file, size, _FUNCTIONS, _VALUES, encoding)
        self._make = make
        self.storages: dict[str, _Storage] = {}
        self.counts: dict[str, int] = {}  # of elements

    def persistent_load(self, pid: Any) -> _Typed:
        """Return the storage that the pickle refers to."""
        what, dtype, key, _, count, *view = pid
        if what != "storage" or not isinstance(dtype, _Dtype) or not isinstance(key, str) or view not in ([], [None]):
            raise Refused(f"holds a {what!r:.40} in a way that is not read")
        nbytes = size_of_array((count,), dtype.of_storage)
        if key not in self.storages:
            self.storages[key] = _Storage(self._make(key, nbytes))
            self.counts[key] = count
        elif len(self.storages[key].raw) != nbytes:
            raise ValueError("a storage of two sizes")
        return _Typed(self.storages[key], dtype)

    def set_state(self, target: Any, state: Any) -> None:
        """Give a state_dict its metadata, or do what every unpickler does."""
        if type(target) is not OrderedDict:
            return super().set_state(target, state)
        target._metadata = as_state({}, state["_metadata"])._metadata  # type: ignore[attr-defined]

    def refusal(self, module: str, name: str) -> Exception:
        """Return the error for a name that stands for nothing."""
        for word, kind in _KINDS.items():
            if module.partition(".")[0] == "torch" and word in name.lower():
                return Refused(f"holds a {kind} tensor (by {module}.{name}), and there is none here")
        return Refused(
            f"holds an object of {module}.{name}; of PyTorch's files only tensors, numbers, strings, dtypes and "
            "containers of them are read: save a model's state_dict()"
        )


_KINDS = {
    "complex": "complex", "sparse": "sparse", "_rebuild_q": "quantized", "qint": "quantized", "quint": "quantized",
    "float8": "float8", "float4": "float4", "nested": "nested", "meta": "meta", "wrapper": "wrapped",
}  # fmt: skip


# ---- what pickles call -----------------------------------------------------------------------------------------------


def _tensor(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any = False, hooks: Any = None, bits: Any = None
) -> Tensor:
    """Return a view of a storage; offset and steps count in elements."""
    if not isinstance(storage, _Typed) or bits:
        raise Refused("holds a tensor in a way that is not read")
    array = storage.storage.array(storage.dtype.name)
    step = array.itemsize
    if not size_of_array(size, array.dtype):
        return Tensor._wrap(np.ndarray(size, array.dtype)).requires_grad_(requires_grad is True)
    size_of_array((offset, *stride), array.dtype)  # natural numbers
    view = np.ndarray(size, array.dtype, array, offset * step, [s * step for s in stride])
    if any(s == 0 and n > 1 for s, n in zip(stride, size, strict=True)):
        view.flags.writeable = False  # as expand() makes them: several elements in one place
    return Tensor._wrap(view).requires_grad_(requires_grad is True)


def _tensor_of_dtype(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, dtype: Any, bits: Any = None
) -> Tensor:
    """Return a view of a storage of bytes."""
    if not isinstance(storage, _Typed) or not isinstance(dtype, dtypes.dtype):
        raise Refused("holds a tensor in a way that is not read")
    if dtype.is_complex:
        raise Refused(f"holds a complex tensor (of {dtype.name}), and there is none here")
    return _tensor(_Typed(storage.storage, _Dtype(dtype.name)), offset, size, stride, requires_grad, hooks, bits)


def _parameter(data: Any, requires_grad: Any, hooks: Any = None, state: Any = None) -> Parameter:
    x = Parameter(data, requires_grad is True)
    _attach(x, state)
    return x


def _attach(x: Tensor, state: Any) -> None:
    attributes = state[0] if isinstance(state, tuple) else state
    attach(x, {k: v for k, v in (attributes or {}).items() if not k.startswith("_") and not hasattr(Tensor, k)})


def _of_type(function: Any, cls: Any, arguments: Any, state: Any) -> Tensor:
    if function not in (_tensor, _tensor_of_dtype, _parameter) or cls not in (Tensor, Parameter):
        raise Refused("holds a tensor of a class that is not built")
    x = function(*arguments)
    _attach(x, state)
    return x


def _ordered_dict(items: Any = ()) -> OrderedDict[Any, Any]:
    check_keys([key for key, _ in items])
    return OrderedDict(items)


def _counter(items: Any) -> Counter[Any]:
    if type(items) is not dict:  # whose keys are checked
        raise ValueError("a Counter of no dict")
    return Counter(items)


def _default_dict(factory: Any = None) -> defaultdict[Any, Any]:
    if factory not in (None, *_TYPES):
        raise Refused("holds a defaultdict whose values a function makes")
    return defaultdict(factory)


def _set(items: Any) -> set[Any]:
    check_keys(items)
    return set(items)


def _bytes(content: Any = b"") -> bytes:
    if not isinstance(content, bytes):  # a number would be a length
        raise ValueError("bytes of no bytes")
    return content


_TYPES = list, dict, int, float, str, bool
_BUILTINS: dict[str, Callable[..., Any]] = {
    "set": _set, "frozenset": lambda items: frozenset(_set(items)), "complex": lambda real, imag: complex(real, imag),
    "range": lambda *ends: range(*ends), "xrange": lambda *ends: range(*ends), "slice": lambda *ends: slice(*ends),
    "bytes": _bytes, "bytearray": lambda content=b"": bytearray(_bytes(content)),
}  # fmt: skip
_FUNCTIONS: dict[tuple[str, str], Callable[..., Any]] = {
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_tensor_v3"): _tensor_of_dtype,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    ("torch._tensor", "_rebuild_from_type_v2"): _of_type,
    ("torch", "Size"): lambda lengths: Size(lengths),
    ("torch", "device"): lambda *name: device(*name),
    ("collections", "OrderedDict"): _ordered_dict,
    ("collections", "Counter"): _counter,
    ("collections", "defaultdict"): _default_dict,
    **{(module, name): made for module in ("builtins", "__builtin__") for name, made in _BUILTINS.items()},
}
_VALUES: dict[tuple[str, str], Any] = {
    **{(m, s): _Dtype(name) for m in ("torch", "torch.storage") for s, name in _STORAGES.items()},
    **{("torch", name): getattr(dtypes, name) for name in _DTYPES.split()},
    ("torch", "Tensor"): Tensor,
    ("torch.nn.parameter", "Parameter"): Parameter,
    **{(module, t.__name__): t for module in ("builtins", "__builtin__") for t in _TYPES},
}


# ---- files -----------------------------------------------------------------------------------------------------------


class _Stream:
    """The next bytes of a file; what is asked for and is not there needs no room."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self._file, self.left = file, left

    def read(self, size: int = -1, /) -> bytes:
        """Return the next `size` bytes, fewer at the end; all of them where it is negative."""
        return self._took(self._file.read(self.left if size < 0 else min(size, self.left)))

    def readline(self) -> bytes:
        """Return the bytes up to the next newline, which must be there."""
        content = self._took(self._file.readline(self.left))
        if not content.endswith(b"\n"):
            raise EOFError("it ends within a line")
        return content

    def _took(self, content: bytes) -> bytes:
        self.left -= len(content)
        return content


def read_archive(archive: zipfile.ZipFile, encoding: str) -> Any:
    """Return the object in a zip file; any error may come of a damaged one."""
    entries = {info.filename: info for info in archive.infolist()}
    folder = next(name for name in entries if name.endswith("/data.pkl")).removesuffix("data.pkl")
    if f"{folder}constants.pkl" in entries:
        raise Refused("is a TorchScript program; save its state_dict() in PyTorch")
    byteorder = archive.read(f"{folder}byteorder").decode() if f"{folder}byteorder" in entries else "little"
    if byteorder not in ("little", "big"):
        raise ValueError(f"the order of bytes {byteorder!r:.20}")

    def make(key: str, nbytes: int) -> np.ndarray:
        info = entries.pop(f"{folder}data/{key}")
        if info.file_size != nbytes:
            raise ValueError(f"a storage of {nbytes} bytes has {info.file_size}")
        raw = np.empty(nbytes, np.uint8)
        with archive.open(info) as content:
            fill(raw, content)
            content.read(1)  # reading to the end checks the sum
        return raw

    info = entries[f"{folder}data.pkl"]
    with archive.open(info) as content:
        reader = _Reader(_Stream(content, info.file_size), info.file_size, make, encoding)
        found = reader.load()
    for storage in reader.storages.values():
        storage.finish(byteorder)
    return found


def read_stream(file: IO[bytes], size: int, encoding: str) -> Any:
    """Return the object in a file of pickles and storages, as PyTorch wrote before 1.6."""
    stream = _Stream(file, size)
    left = size  # what all storages together may take

    def make(key: str, nbytes: int) -> np.ndarray:
        nonlocal left
        left -= nbytes
        if left < 0:
            raise EOFError("it ends before its storages")
        return np.empty(nbytes, np.uint8)

    def reader() -> _Reader:
        return _Reader(stream, stream.left, make, encoding)

    if reader().load() != _MAGIC:
        raise Refused("is a pickle, and none of PyTorch's; a pickle can run anything, so only PyTorch's are read")
    if reader().load() != _PROTOCOL:
        raise Refused("is of a protocol of PyTorch's that is not read")
    byteorder: Literal["little", "big"] = "little" if reader().load()["little_endian"] else "big"
    objects = reader()
    found = objects.load()
    keys = reader().load()
    if sorted(keys) != sorted(objects.storages):
        raise ValueError("other storages than those of the tensors")
    for key in keys:
        count = int.from_bytes(stream.read(8), byteorder)
        if count != objects.counts[key]:
            raise ValueError(f"a storage of {count} elements")
        fill(objects.storages[key].raw, stream)
        objects.storages[key].finish(byteorder)
    return found
