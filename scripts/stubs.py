"""Write the stubs for editors and type checkers out of the declarations: ``python scripts/stubs.py``.

A method of Tensor is put into `Methods` by a decorator, and an operation is annotated as its body sees it, with
`Operand` for an array. Neither is what a caller's tools should read, nor can they read a table of names to import. So
the methods, and what these modules offer, are written down here as a caller sees them, out of their live signatures.
"""

from __future__ import annotations

import importlib
import inspect
import math
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Union

import minigrad
from minigrad.core.methods import Methods
from minigrad.ops.declare.naming import takes_an_out

ROOT = Path(minigrad.__file__).parent
OFFERED = {
    "minigrad": "__init__.pyi",
    "minigrad.autograd": "autograd/__init__.pyi",
    "minigrad.distributed": "distributed/__init__.pyi",
    "minigrad.linalg": "linalg.pyi",
    "minigrad.nn": "nn/__init__.pyi",
    "minigrad.nn.functional": "nn/functional.pyi",
    "minigrad.distributions": "distributions/__init__.pyi",
    "minigrad.nn.parallel": "nn/parallel/__init__.pyi",
    "minigrad.nn.utils": "nn/utils/__init__.pyi",
    "minigrad.special": "special.pyi",
    "minigrad.optim": "optim/__init__.pyi",
    "minigrad.optim.lr_scheduler": "optim/lr_scheduler/__init__.pyi",
}
DECLARED = ("minigrad.ops.", "minigrad.creation", "minigrad.random", "minigrad.windows", "minigrad.view_copies")
HEAD = '"""Written by scripts/stubs.py out of the declarations; do not edit."""\n\n'

Variant = tuple[dict[str, "str | None"], str]


# The kinds of results of functions that have several: the parameters that differ (None: not there), and the result.
def _one_or_all(name: str) -> list[Variant]:
    result = f"return_types.{name}"
    return [
        ({"dim": "None = None", "keepdim": None, "other": None}, "Tensor"),
        ({"dim": "_int", "other": None}, result),
        ({"dim": None, "axis": "_int", "keepdim": None, "keepdims": "_bool = False", "other": None}, result),
    ]


_ELEMENTWISE: list[Variant] = [
    ({"dim": None, "keepdim": None, "other": "TensorLike"}, "Tensor"),
    ({"dim": "Tensor", "keepdim": None, "other": None}, "Tensor"),
]
_COUNTED: list[Variant] = [
    ({"return_inverse": "Literal[False] = False", "return_counts": "Literal[False] = False"}, "Tensor"),
    ({}, "Tensor | tuple[Tensor, ...]"),
]
_INDICES: list[Variant] = [
    ({"return_indices": "Literal[False] = False"}, "Tensor"),
    ({"return_indices": "Literal[True]"}, "tuple[Tensor, Tensor]"),
    ({"return_indices": "_bool"}, "Tensor | tuple[Tensor, Tensor]"),
]
_AT_LEAST: list[Variant] = [
    ({"tensors": None, "tensor": "TensorLike, /"}, "Tensor"),
    ({"tensors": None, "tensor": "Sequence[TensorLike], /"}, "tuple[Tensor, ...]"),
    ({}, "tuple[Tensor, ...]"),
]
SEVERAL: dict[str, list[Variant]] = {
    **{name: [*_one_or_all(name), *_ELEMENTWISE] for name in ("max", "min")},
    **{name: _one_or_all(name) for name in ("median", "nanmedian")},
    **{name: _COUNTED for name in ("unique", "unique_consecutive")},
    **{f"{name}_pool{n}d": _INDICES for name in ("max", "adaptive_max", "fractional_max") for n in (1, 2, 3)},
    **{f"atleast_{n}d": _AT_LEAST for n in (1, 2, 3)},
    "nonzero": [
        ({"as_tuple": "Literal[False] = False"}, "Tensor"),
        ({"as_tuple": "Literal[True]"}, "tuple[Tensor, ...]"),
        ({}, "Tensor | tuple[Tensor, ...]"),
    ],
    "where": [
        ({"input": None, "other": None}, "tuple[Tensor, ...]"),
        ({"input": "TensorLike", "other": "TensorLike"}, "Tensor"),
    ],
    "type": [({"dtype": "None = None"}, "_str"), ({"dtype": "Any"}, "Tensor")],
}
RESULTS = {
    **{name: f"return_types.{name}" for name in "aminmax cummax cummin frexp kthvalue mode sort topk".split()},
    **{name: "tuple[Tensor, Tensor]" for name in ("std_mean", "var_mean")},
}
_TAKES_AXIS = {"named.<locals>.call", "plain_call.<locals>.call"}  # those that know NumPy's names of dimensions


class _Operand:
    """Stands for `Operand` while annotations are looked up."""


class _DType:
    """Stands for `DType`, as callers may give Python's and NumPy's types, too."""


class Stub:
    """The text of one stub, and what it must import."""

    def __init__(self) -> None:
        self.imports: set[str] = set()

    def function(self, name: str, function: Callable[..., Any], owner: str = "", out: bool = False) -> str:
        """Return the lines that declare `function`, as a method of `owner` if that is given, or with ``out=``."""
        inner = inspect.unwrap(function)
        signature, space = inspect.signature(function), {**inner.__globals__}
        space.update(Operand=_Operand, TensorLike=_Operand, DType=_DType, Result=Any)
        parameters = {p.name: self._parameter(p, space) for p in signature.parameters.values()}
        if owner:
            first = next(iter(parameters))
            parameters = {"self": "", **{k: v for k, v in parameters.items() if k != first}}
        if owner and name[:2] == "__" and name != "__array_ufunc__":  # an operator is called without keywords
            keywords = {p.name for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY}
            parameters = {k: v for k, v in parameters.items() if k not in keywords}
        written = str(signature.return_annotation)
        variants = SEVERAL.get(name) if "Any" in written or " | " in written else None
        result = RESULTS.get(name) or ("" if variants else self._type(signature.return_annotation, space, "Tensor"))
        if owner and (name.endswith("_") and name[0] != "_" or name in IN_PLACE_OPERATORS) and result == "Tensor":
            result = "Self"
        if name in ("__eq__", "__ne__"):
            parameters["other"] = "object"
        if out and takes_an_out(function):
            parameters["out"] = "Tensor | tuple[Tensor, ...] | None = None"
        if variants is None:
            variants = _with_axis(parameters, function, result)
        else:
            variants = [v for v in variants if v[0].keys() & parameters.keys() or not v[0] or name == "where"]
        prefix = "@overload\n" if len(variants) > 1 else ""
        comment = "  # type: ignore[override]" if name in ("__eq__", "__ne__") else ""
        says = (inspect.getdoc(function) or "").partition("\n")[0].replace("\\", "\\\\")
        lines = []
        for changes, kind in variants:
            lines.append(f"{prefix}def {name}({_joined(parameters, signature, changes)}) -> {kind}: ...{comment}\n")
        if says and not comment:  # editors show it
            lines[0] = lines[0].removesuffix(" ...\n") + f'\n    """{says}"""\n'
        for word, line in _IMPORTS.items():
            if any(word in text for text in (prefix, *lines)):
                self.imports.add(line)
        return "".join(lines)

    def _parameter(self, p: inspect.Parameter, space: dict[str, Any]) -> str:
        kind = "object" if p.annotation is p.empty else self._type(p.annotation, space, "TensorLike")
        if p.default is p.empty:
            return kind
        if p.default is None and kind not in ("Any", "object") and "None" not in kind:
            kind += " | None"
        value = p.default
        finite = isinstance(value, float) and math.isfinite(value)
        plain = finite or value is None or isinstance(value, (int, str, tuple))
        return f"{kind} = {value!r}" if plain else f"{kind} = ..."

    def _type(self, annotation: Any, space: dict[str, Any], operand: str) -> str:
        if isinstance(annotation, str):
            annotation = eval(annotation, space)  # our own source
        return self._name(annotation, operand)

    def _name(self, kind: Any, operand: str) -> str:
        """Return how the type `kind` is written, with what that needs imported."""
        arguments = typing.get_args(kind)
        if kind is _Operand:
            return operand
        if kind is _DType:
            self.imports.add("from minigrad.core.dtypes import DTypeLike")
            return "DTypeLike"
        if kind in (None, type(None)):
            return "None"
        if kind is ... or isinstance(kind, list):
            return "..." if kind is ... else f"[{', '.join(self._name(k, operand) for k in kind)}]"
        if isinstance(kind, types.UnionType) or typing.get_origin(kind) is Union:
            return " | ".join(dict.fromkeys(self._name(k, operand) for k in arguments))
        if arguments:
            inside = ", ".join(self._name(k, operand) for k in arguments)
            return f"{self._name(typing.get_origin(kind), operand)}[{inside}]"
        if kind.__module__ == "builtins":
            if kind.__name__ in ("object", "tuple", "list", "dict"):
                return str(kind.__name__)
            self.imports.add(f"from builtins import {kind.__name__} as _{kind.__name__}")
            return f"_{kind.__name__}"
        if kind.__module__ == "minigrad.return_types":
            return f"return_types.{kind.__name__}"
        if kind.__module__ == "numpy":
            self.imports.add("import numpy as np")
            return f"np.{kind.__name__}" + {"ndarray": "[Any, Any]", "dtype": "[Any]"}.get(kind.__name__, "")
        if kind.__name__ == "dtype":  # the package has a function or class of that name, too
            self.imports.add("from minigrad.core.dtypes import dtype as _dtype")
            return "_dtype"
        self.imports.add(f"from {kind.__module__} import {kind.__name__}")
        return str(kind.__name__)

    def text(self, body: str) -> str:
        imports = {line for line in self.imports if f"{line} as " not in body}  # what is exported is imported there
        return HEAD + "\n".join(sorted(imports, key=lambda line: (line.split()[1], line))) + "\n\n" + body


IN_PLACE_OPERATORS = {n for n in vars(Methods) if n.startswith("__i") and n not in ("__init__", "__invert__")}
_IMPORTS = {
    "@overload": "from typing import overload",
    "Literal[": "from typing import Literal",
    "Sequence[": "from collections.abc import Sequence",
    "Self": "from typing import Self",
    "Any": "from typing import Any",
    "TensorLike": "from minigrad.core.tensor import TensorLike",
    "-> Tensor": "from minigrad.core.tensor import Tensor",
    "[Tensor": "from minigrad.core.tensor import Tensor",
    ": Tensor": "from minigrad.core.tensor import Tensor",
    "return_types.": "from minigrad import return_types as return_types",
    "_int": "from builtins import int as _int",
    "_bool": "from builtins import bool as _bool",
    "_str": "from builtins import str as _str",
}


def _with_axis(parameters: dict[str, str], function: Callable[..., Any], result: str) -> list[Variant]:
    """Return the variants of a function that may take `axis` and `keepdims` for `dim` and `keepdim`."""
    chain = [function]
    while hasattr(chain[-1], "__wrapped__"):
        chain.append(chain[-1].__wrapped__)
    if "dim" not in parameters or "axis" in parameters or not any(f.__code__.co_qualname in _TAKES_AXIS for f in chain):
        return [({}, result)]
    renamed = {"axis": parameters["dim"]}
    if "keepdim" in parameters:
        renamed["keepdims"] = parameters["keepdim"]
    if "=" in parameters["dim"]:
        return [(dict(renamed), result)]
    dropped = dict.fromkeys(("dim", "keepdim"))
    return [({}, result), ({**dropped, **renamed}, result)]


def _joined(parameters: dict[str, str], signature: inspect.Signature, changes: dict[str, str | None]) -> str:
    """Return the parameters with these changes, written out: what has no default behind one that has is a keyword."""
    before: list[str] = []
    keywords: list[str] = []
    rest = ""
    optional = starred = False
    for name, text in {**parameters, **changes}.items():
        if text is None:
            continue
        given = signature.parameters.get(name)
        written = f"{name}: {text}" if text else name
        if given is not None and given.kind is given.VAR_KEYWORD:
            rest = f"**{written}"
        elif given is not None and given.kind is given.VAR_POSITIONAL:
            before.append(f"*{written}")
            starred = True
        elif (
            starred
            or (given is not None and given.kind is given.KEYWORD_ONLY)
            or (name in ("axis", "keepdims", "out") and given is None)
            or (optional and "=" not in text)
        ):
            keywords.append(written)
        else:
            before.append(written)
            optional |= "=" in text
    star = ["*"] if keywords and not starred else []
    return ", ".join([*before, *star, *keywords, *([rest] if rest else [])])


def methods() -> str:
    """Return the stub of `minigrad.core.methods`."""
    stub = Stub()
    lines = ["class Methods:\n    __slots__ = ()\n"]
    for name, value in sorted(vars(Methods).items()):
        if isinstance(value, property) and value.fget is not None:
            lines.append(f"    @property\n    def {name}(self) -> Tensor: ...\n")
        elif inspect.isfunction(value):
            lines.append(_indented(stub.function(name, value, "Methods")))
    return stub.text("".join(lines))


def functions(module: str) -> str:
    """Return the stub of a module that offers operations, or imports its names when they are asked for."""
    stub, lines = Stub(), []
    for name, value in offered(module):
        home = getattr(value, "__module__", None) or ""
        if inspect.isfunction(value) and (home.startswith(DECLARED) or home == module):
            lines.append(stub.function(name, value, out=module in ("minigrad", "minigrad.linalg")))
        elif inspect.ismodule(value):
            package, _, own = value.__name__.rpartition(".")
            lines.append(f"from {package} import {own} as {name}\n")
        elif value is None:
            lines.append(f"{name}: None\n")
        else:
            lines.append(f"from {_home(name, value)} import {name} as {name}\n")
    if module == "minigrad":
        lines.append("__version__: _str\n")
        stub.imports.add("from builtins import str as _str")
    return stub.text("".join(lines))


def offered(module: str) -> Iterator[tuple[str, Any]]:
    """Yield what a module offers its users, in alphabetical order."""
    live = importlib.import_module(module)
    for name in sorted(getattr(live, "__all__", None) or dir(live)):
        if name[0] != "_":
            yield name, getattr(live, name)


def _home(name: str, value: Any) -> str:
    """Return the module where `value` is defined by this name."""
    if name in ("e", "inf", "nan", "pi"):
        return "math"
    modules = ["minigrad.core.dtypes", "minigrad.core.device", "minigrad.core.generator", "minigrad.random"]
    modules.append("minigrad.distributed.groups")
    own = getattr(value, "__module__", None)
    for candidate in [own, *modules] if isinstance(own, str) else modules:
        if vars(importlib.import_module(candidate)).get(name) is value:
            return str(candidate)
    raise LookupError(f"no module defines {name}")


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def stubs() -> dict[Path, str]:
    """Return the text of every stub by its path."""
    return {ROOT / "core/methods.pyi": methods(), **{ROOT / path: functions(m) for m, path in OFFERED.items()}}


if __name__ == "__main__":
    for path, text in stubs().items():
        path.write_text(text)
