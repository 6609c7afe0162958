"""save and load: one way to write files, and to read them whoever wrote them, without pickle."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from minigrad.core.device import device, on_cpu
from minigrad.saving.atomic import replaced
from minigrad.saving.structure import Refused

if TYPE_CHECKING:
    import zipfile  # at run time only where it is used: it would take a sixth of the time of importing minigrad

__all__ = ["load", "save"]


def save(
    obj: Any,
    f: Any,
    pickle_module: Any = None,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Write `obj` to a file that `load` and, for its arrays, ``numpy.load`` can read.

    A path is written to a temporary file beside it, which then takes its place: at any moment, whatever happens, there
    is the old file or the new one, whole. The same object gives the same bytes.

    Parameters
    ----------
    obj : plain data, Tensors, modules, and any nesting of dicts, lists, tuples, sets and their like
        Plain data are numbers, strings, bytes, None, ndarrays, NumPy scalars, dtypes, sizes, devices, Generators,
        Enums, named tuples, dataclasses and namespaces. A module is written with its class's name, its parameters
        (without gradients), buffers and modules, and its attributes, which may be all of these, operations such as
        ``F.relu``, and classes of modules. A Tensor or module that occurs several times is one object after loading,
        too; other memory that tensors share is written once for each. A subclass of a plain type comes back as what it
        derives from, and is refused within a module.
    f : path or binary file
        A path is used as it is: no extension is added. One that ends in ``.safetensors`` is written in that format, and
        `obj` is a dict of Tensors then.
    pickle_module, pickle_protocol, _use_new_zipfile_serialization, _disable_byteorder_record : accepted
        Nothing is pickled.

    Raises
    ------
    TypeError
        If there is anything else in `obj`, saying where: a lambda, an open file, hooks, a module whose class is
        defined in a function. Nothing is written then.
    FileNotFoundError
        If there is no such folder, or `f` is empty.
    OSError
        If the file cannot be written, as where the disk is full; it names the file, and the old one is as it was.
    ValueError
        If a container contains itself, or is nested hundreds of levels deep.

    Notes
    -----
    Where PyTorch pickles any object, a file holds data and no code. ``__getstate__`` and its like are not asked.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> mg.save({"fc.weight": mg.ones(2), "epochs": (1, 2)}, file)
    >>> mg.load(io.BytesIO(file.getvalue()))
    {'fc.weight': tensor([1., 1.]), 'epochs': (1, 2)}
    >>> list(np.load(io.BytesIO(file.getvalue())))
    ['structure.json', 'fc.weight']

    A whole model:

    >>> file = io.BytesIO()
    >>> mg.save(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), file)
    >>> mg.load(file)
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    """
    if isinstance(f, io.TextIOBase):
        raise TypeError('save: expected a binary file, got one of text; open it with "wb"')
    if isinstance(f, (str, os.PathLike)) and os.fspath(f).endswith(".safetensors"):
        from minigrad.saving import safetensors

        return safetensors.save_file(obj, f)
    from minigrad.saving import npz

    text, arrays = npz.described(obj)
    if hasattr(f, "write"):
        npz.write(f, text, arrays)
    else:
        with replaced(f) as file:
            npz.write(file, text, arrays)


def load(
    f: Any,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read what `save`, PyTorch's ``save`` or safetensors has written, whichever it is: its content tells.

    Of PyTorch's files, which are pickles, tensors, numbers, strings, dtypes, and containers of them are read; tensors
    that share memory do so afterwards. bfloat16, which NumPy has not, becomes float32.

    Parameters
    ----------
    f : path or binary file
    map_location : optional
        Accepted for scripts that name the CPU.
    pickle_module : accepted
    encoding : str, default "utf-8"
        Of strings that Python 2 wrote into PyTorch's files; other arguments for pickle's `load` are accepted.
    weights_only : bool, optional
        True refuses modules and other objects of classes of the program. By default they are allowed, unlike in
        PyTorch, because loading them is safe here: it runs nothing that is in the file.
    mmap : bool, optional
        True is accepted with a path, and reads the file as always.

    Returns
    -------
    object
        A module is of its old class, which must be there: defined, or its file imported, as minigrad's own are. No
        ``__init__`` is called.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If `mmap` is asked for of an open file.
    RuntimeError
        If it is truncated, damaged or of no known format, or its entries are compressed; or if it holds something that
        is not built: an object of a class that is not there, or is no subclass of `nn.Module`; in PyTorch's files, a
        module, a function, a complex, sparse or quantized tensor. The error names the file. A file takes no more
        memory than a small multiple of its size.

    Examples
    --------
    See `save`.
    """
    if isinstance(map_location, (str, device)):
        on_cpu("load", map_location)
    if mmap and hasattr(f, "read"):
        raise ValueError("load: expected a path with mmap=True, got an open file")
    with _opened(f) as (file, name):
        try:
            return _read(file, weights_only is True, pickle_load_args.get("encoding", "utf-8"))
        except Refused as error:
            raise RuntimeError(f"load: {name} {error}") from error
        except Exception as error:  # a damaged zip, npy or pickle can raise nearly anything: BadZipFile, KeyError, ...
            raise RuntimeError(
                f"load: {name} is damaged or incomplete ({type(error).__name__}: {str(error):.200})"
            ) from error


@contextlib.contextmanager
def _opened(f: Any) -> Iterator[tuple[IO[bytes], str]]:
    if isinstance(f, io.TextIOBase):
        raise TypeError('load: expected a binary file, got one of text; open it with "rb"')
    if hasattr(f, "read"):
        yield f, str(getattr(f, "name", "the file"))
        return
    try:
        name = os.fsdecode(f)
    except TypeError:
        raise TypeError(f"load: expected a path or a binary file, got {type(f).__name__}") from None
    if not os.path.exists(name):
        raise FileNotFoundError(f"load: there is no file {name}")
    with open(name, "rb") as file:
        yield file, name


def _read(file: IO[bytes], weights_only: bool, encoding: str) -> Any:
    begin = file.tell()
    file.seek(0, os.SEEK_END)
    size = file.tell()
    begin = begin if begin < size else 0  # as after it was written
    file.seek(begin)
    start = file.read(9)
    file.seek(begin)
    if not start:
        raise Refused("is empty")
    if start[:1] == b"\x80":
        from minigrad.saving import pth

        return pth.read_stream(file, size - begin, encoding)
    if start[8:] == b"{":
        from minigrad.saving import safetensors

        return safetensors.read(file, size - begin)
    if start[:4] != b"PK\x03\x04":
        raise Refused("was not written by minigrad.save: it is not a zip file, nor one of PyTorch or safetensors")
    import zipfile

    with zipfile.ZipFile(file) as archive:
        entries = archive.namelist()
        if "structure.json" in entries:
            from minigrad.saving import npz

            _refuse_to_unfold(archive.infolist(), size)
            return npz.read(archive, weights_only)
        if any(entry.endswith("/data.pkl") for entry in entries):
            from minigrad.saving import pth

            _refuse_to_unfold(archive.infolist(), size)
            return pth.read_archive(archive, encoding)
        raise Refused(f"was not written by minigrad.save; {_origin(entries)}")


def _refuse_to_unfold(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what unfolds: everything is stored as it is, so all together is no larger than the file."""
    if any(entry.compress_type for entry in entries):
        raise Refused("has compressed entries, which minigrad.save never writes; store them instead")
    if sum(entry.file_size for entry in entries) > size:
        raise Refused("is damaged: its entries are larger than the file")


def _origin(entries: list[str]) -> str:
    if entries and all(entry.endswith(".npy") for entry in entries):
        return "it holds arrays of numpy.savez; read it with numpy.load"
    return "it is a zip file with other things in it"
