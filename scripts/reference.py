"""Write the pages of the reference out of the docstrings: ``python scripts/reference.py``, which docs/conf.py calls.

A page per module, or several for those of which a module has hundreds of names. A name that is offered in two places is
described in one of them, and the other says where; so is an in-place form, with its function. Signatures are those of
the stubs, as a caller sees them.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import minigrad
from minigrad.core.methods import Methods
from minigrad.scripts import stubs

FOLDER = Path(minigrad.__file__).parent.parent / "docs" / "reference"

# By heading of the table of contents: the modules with a page. What comes first describes a name that both offer.
GROUPS = {
    "Tensors and functions": "minigrad.Tensor minigrad minigrad.linalg minigrad.special minigrad.signal.windows "
    "minigrad.quasirandom minigrad.random minigrad.distributions minigrad.distributions.constraints "
    "minigrad.distributions.constraint_registry minigrad.distributions.utils "
    "minigrad.return_types minigrad.types",
    "Gradients": "minigrad.autograd minigrad.autograd.functional minigrad.autograd.graph minigrad.autograd.forward_ad "
    "minigrad.func minigrad.testing minigrad.profiler minigrad.autograd.profiler",
    "Networks": "minigrad.nn minigrad.nn.functional minigrad.nn.init minigrad.nn.utils minigrad.nn.utils.rnn "
    "minigrad.nn.utils.parametrizations minigrad.nn.utils.parametrize minigrad.nn.utils.prune "
    "minigrad.nn.utils.stateless minigrad.nn.attention minigrad.nn.grad minigrad.nn.parallel minigrad.nn.parameter "
    "minigrad.nn.modules.module minigrad.nn.modules.linear minigrad.nn.modules.lazy minigrad.nn.modules.utils "
    "minigrad.models",
    "Training": "minigrad.training minigrad.optim minigrad.optim.lr_scheduler minigrad.optim.swa_utils minigrad.utils "
    "minigrad.utils.data minigrad.utils.checkpoint minigrad.utils.tensorboard minigrad.utils.benchmark "
    "minigrad.utils.einops minigrad.utils.hooks minigrad.distributed minigrad.futures "
    "minigrad.distributed.nn.functional minigrad.distributed.algorithms.join "
    "minigrad.distributed.algorithms.ddp_comm_hooks.default_hooks minigrad.distributed.optim "
    "minigrad.distributed.elastic.multiprocessing.errors",
    "Images and pictures": "minigrad.vision.datasets minigrad.vision.transforms minigrad.vision.transforms.functional "
    "minigrad.vision.transforms.v2 "
    "minigrad.vision.models minigrad.vision.ops minigrad.vision.io minigrad.vision.kernels minigrad.vision.utils "
    "minigrad.viz",
    "Files": "minigrad.serialization minigrad.onnx minigrad.hub",
    "What scripts ask of devices and compilers": "minigrad.amp minigrad.accelerator minigrad.backends "
    "minigrad.backends.cpu minigrad.backends.cuda minigrad.backends.cudnn minigrad.backends.mps minigrad.compiler "
    "minigrad.cuda minigrad.jit minigrad.mps minigrad.multiprocessing minigrad.xpu minigrad.version",
}

# Of modules with hundreds of names: by page, the modules that define what is on it. The last page takes the rest.
_ELEMENTWISE = "arithmetic comparison exponential floating_point gamma selection special trigonometry ufuncs"
_LAYERS = {
    "Convolution and pooling": "conv convolution pooling unpooling pooling_with_indices adaptive_pooling "
    "fractional_pooling lp_pooling padding unfolding resampling interpolation grid_sampling channel_shuffling lazy",
    "Activations": "activation smooth_activation softmax random_choice exponential trigonometry",
    "Losses": "loss class_loss adaptive linear_cross_entropy cross_entropy ctc margin_loss class_margin_loss distances "
    "pair_distances",
    "Recurrence and attention": "recurrent recurrent_cell multi_head attention transformer",
}
FAMILIES = {
    "minigrad": {
        "Making tensors": "creation exchange rare_makers windows legacy",
        "Random numbers": "random generator sampling",
        "Numbers, one by one": _ELEMENTWISE,
        "Sums, extremes, orders": "broadcasting reduction extrema scan sorting searching histograms quantiles "
        "statistics norms sampled_functions segments",
        "Shapes, joining, splitting": "shape joining splitting reordering strided combining memory casting view_copies",
        "Indices": "indexing gathering scattering assignment diagonals",
        "Matrices": "linalg einsum decompositions factorizations matrix_functions reporting solving low_rank",
        "Network functions": "activation adaptive_pooling channel_shuffling convolution distances dropout linear "
        "normalization padding pair_distances pooling softmax",
        "Gradients, files, dtypes and settings": "",
    },
    "minigrad.nn": {**_LAYERS, "Modules and other layers": ""},
    "minigrad.nn.functional": {**_LAYERS, "Other functions": ""},
}
FILES = {"minigrad": "mg", "minigrad.nn": "nn", "minigrad.nn.functional": "functional"}  # mg-indices.rst and so on
FIRST = ["minigrad.nn.functional"]  # what it shares with others is described there
LAST = ["minigrad.Tensor"]  # its methods refer to functions


class Entry(NamedTuple):
    """One description: of a name, its in-place form, and other names of the same."""

    kind: str
    signatures: dict[str, list[str]]  # by name
    value: Any


# ---- what is public --------------------------------------------------------------------------------------------------


def modules() -> list[str]:
    """Return the modules that have a page, in the order of the table of contents."""
    return [module for group in GROUPS.values() for module in group.split()]


def public(module: str) -> dict[str, Any]:
    """Return what a module, or the class Tensor, offers its users, by name; not the modules in it."""
    if module == "minigrad.Tensor":
        return members(minigrad.Tensor)
    live = importlib.import_module(module)
    listed = getattr(live, "__all__", None)
    names = {name: getattr(live, name) for name in sorted(listed or dir(live)) if name[0] != "_"}
    return {
        name: value
        for name, value in names.items()
        if not isinstance(value, types.ModuleType) and (listed or module in FAMILIES or _is_of(module, value))
        if f"{module}.{name}" not in modules()  # Tensor has a page of its own
    }


def _is_of(module: str, value: Any) -> bool:
    home = getattr(value, "__module__", None) or ""
    return (home + ".").startswith(module + ".") and (inspect.isclass(value) or inspect.isroutine(value))


def members(cls: type) -> dict[str, Any]:
    """Return the methods and attributes of a class, with those of its bases that are not public themselves."""
    found: dict[str, Any] = {}
    public = [base for base in cls.__mro__[1:] if base in _public_classes()]
    for base in cls.__mro__:
        if not _is_of("minigrad", base) or any(issubclass(one, base) for one in public):
            continue
        for name, value in vars(base).items():
            value = getattr(value, "__func__", value)
            if name[0] != "_" and (inspect.isroutine(value) or isinstance(value, property)) and value.__doc__:
                found.setdefault(name, value)
    return dict(sorted(found.items()))


@functools.cache
def _public_classes() -> frozenset[type]:
    offered = (v for m in modules() if m != "minigrad.Tensor" for v in public(m).values())
    return frozenset(v for v in offered if inspect.isclass(v))


# ---- signatures ------------------------------------------------------------------------------------------------------


def signatures(name: str, value: Any, module: str) -> list[str]:
    """Return how a function or class is called, without annotations but for the result; one for each overload."""
    if inspect.isfunction(value):
        home = value.__module__
        owner = "Methods" if module == "minigrad.Tensor" and vars(Methods).get(name) is value else ""
        if owner or home.startswith(stubs.DECLARED):
            text = stubs.Stub().function(name, value, owner, out=module in ("minigrad", "minigrad.linalg"))
            found = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
            return list(dict.fromkeys(_bare(n) for n in found))
    try:
        signature = inspect.signature(value.__init__ if value is minigrad.Tensor else value)
    except (TypeError, ValueError):
        return [name]
    result = signature.return_annotation
    result = result if isinstance(result, str) else getattr(result, "__name__", str(result))
    parameters = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    parameters = parameters[1:] if parameters and parameters[0].name in ("self", "cls") else parameters
    bare = str(inspect.Signature(parameters)).replace("'<unset>'", "...")
    bare = re.sub(r"=<[^<>]*(<[^<>]*>)?[^<>]*>", "=...", bare)
    result = _found(result.replace("Operand", "Tensor"))
    told = not inspect.isclass(value) and signature.return_annotation is not signature.empty and result != "None"
    return [f"{name}{bare} -> {result}" if told else name + bare]


def _found(annotation: str) -> str:
    """Return an annotation with the full names of classes: of two with one name, Sphinx would not know which."""
    return re.sub(r"(?:[a-z_]+\.)*\b([A-Za-z]+)\b", lambda match: _homes().get(match[1], match[0]), annotation)


@functools.cache
def _homes() -> dict[str, str]:
    offered = ((m, name, value) for m in reversed(modules()) for name, value in public(m).items())
    return {name: f"{m}.{name}" for m, name, value in offered if inspect.isclass(value)} | {"Tensor": "minigrad.Tensor"}


def _bare(function: ast.FunctionDef) -> str:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    for argument in every:
        if argument is not None:
            argument.annotation = None
    arguments.args = [a for a in arguments.args if a.arg != "self"]
    assert function.returns is not None  # in a stub
    result = re.sub(r"\b_(int|bool|float|str|dtype)\b", r"\1", ast.unparse(function.returns))
    result = _found(result.replace("Self", "Tensor"))
    return f"{function.name}({ast.unparse(arguments)})" + (f" -> {result}" if result != "None" else "")


# ---- text ------------------------------------------------------------------------------------------------------------


def escaped(doc: str) -> str:
    """Return a docstring in which nothing is markup by accident, such as ``*``; examples stay as they are."""
    lines, literal, example = [], -1, False
    for line in doc.splitlines():
        indent = len(line) - len(line.lstrip())
        example = line.lstrip().startswith(">>>") or example and bool(line.strip())
        literal = -1 if literal >= 0 and line.strip() and indent <= literal else literal
        if not example and literal < 0:
            literal = indent if line.rstrip().endswith("::") else -1
            parts = re.split(r"(``.+?``|(?<![\w*])\*[A-Za-z][^*]*[a-z.]\*(?![\w*])|:\w+:`[^`]+`|`[^`]+`)", line)
            plain = (re.sub(r"(?<=\w)_(?!\w)|\*|\||(?<!`)`(?!`)", r"\\\g<0>", part) for part in parts[::2])
            line = "".join(a + b for a, b in zip(plain, [*parts[1::2], ""], strict=True))
        lines.append(line)
    return "\n".join(lines)


def described(value: Any) -> str:
    """Return the docstring of a function or class, or such a text, as reStructuredText."""
    from numpydoc.docscrape_sphinx import SphinxDocString

    config = {"show_class_members": False, "template": _template()}
    doc = inspect.cleandoc(value) if isinstance(value, str) else inspect.getdoc(value) or ""
    text = str(SphinxDocString(escaped(doc), config=config))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


@functools.cache
def notes(module: str) -> dict[str, str]:
    """Return the strings that stand below the assignments of a module, by what is assigned."""
    live = _live(module)
    body = ast.parse(inspect.getsource(live)).body if getattr(live, "__file__", None) else []
    found: dict[str, str] = {}
    for assignment, below in zip(body, body[1:], strict=False):
        if isinstance(assignment, ast.Assign | ast.AnnAssign) and isinstance(below, ast.Expr):
            targets = assignment.targets if isinstance(assignment, ast.Assign) else [assignment.target]
            if isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
                found |= {ast.unparse(target): described(below.value.value) + "\n" for target in targets}
    return found


@functools.cache
def _template() -> Any:
    """Return numpydoc's template, which it would compile anew for each docstring."""
    from numpydoc.docscrape_sphinx import SphinxDocString

    return SphinxDocString("").template


def _indented(text: str) -> str:
    return "".join(f"   {line}\n" if line.strip() else "\n" for line in text.splitlines())


def written(entry: Entry, module: str, seen: dict[tuple[str, str], str]) -> str:
    """Return the directive that describes an entry."""
    name, value = next(iter(entry.signatures)), entry.value
    own = [s for several in entry.signatures.values() for s in several]
    where = f"{module}.{name}"
    same = seen.setdefault((name, inspect.getdoc(value) or ""), where)
    head = f".. py:{entry.kind}:: "
    if entry.kind == "data":
        text = f"``{value!r}``\n" if re.fullmatch(r".{1,60}", repr(value)) else f"A {type(value).__name__}.\n"
        text = notes(module).get(name, text)
    elif same != where:
        role = "class" if inspect.isclass(value) else "func"
        first = escaped(inspect.getdoc(value) or "").partition("\n\n")[0]
        text = f"{first}\n\nThis is :py:{role}:`{same}`.\n"
    else:
        text = described(value)
        if inspect.isclass(value):
            text += "\n\n" + "\n".join(written(member, where, {}) for member in entries(members(value), where))
    if entry.kind == "property":
        own = [name]
    first, *others = own
    lines = [head + first, *(" " * len(head) + other for other in others)]
    return "\n".join(lines) + f"\n\n{_indented(text)}\n"


def entries(offered: dict[str, Any], module: str) -> list[Entry]:
    """Return the descriptions of these names: in-place forms go with their functions, other names with the first."""
    found: dict[tuple[str, str], Entry] = {}
    inside = module == "minigrad.Tensor" or inspect.isclass(_looked_up(module))
    for name, value in sorted(offered.items(), key=lambda item: (item[0].lower().rstrip("_"), item[0])):
        doc = inspect.getdoc(value) if inspect.isroutine(value) or inspect.isclass(value) else None
        if isinstance(value, property):
            kind = "property"
        elif inspect.isclass(value):
            kind = "exception" if issubclass(value, BaseException) else "class"
        elif inspect.isroutine(value):
            kind = "method" if inside else "function"
        else:
            kind = "data"
        base = re.match("In-place version of `(\\w+)`", doc or "")
        key = (kind, doc or name)
        if base and base[1] in offered and name == base[1] + "_":
            key = (kind, inspect.getdoc(offered[base[1]]) or base[1])
        entry = found.setdefault(key, Entry(kind, {}, value))
        entry.signatures[name] = signatures(name, value, module) if doc else [name]
    return list(found.values())


def _looked_up(path: str) -> Any:
    package, _, name = path.rpartition(".")
    return getattr(importlib.import_module(package), name, None) if package in modules() else None


# ---- pages -----------------------------------------------------------------------------------------------------------


def parts(module: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield file, title and names of each page of a module."""
    offered = public(module)
    file = FILES.get(module, module.removeprefix("minigrad."))
    families = FAMILIES.get(module, {module: ""})
    for title, homes in families.items():
        mine = {
            name: value
            for name, value in offered.items()
            if not homes or (getattr(value, "__module__", None) or "").rpartition(".")[2] in homes.split()
        }
        offered = {name: value for name, value in offered.items() if name not in mine}
        slug = re.sub(r"\W+", "-", title.lower())
        if mine:
            yield (f"{file}-{slug}" if module in FAMILIES else file), title, mine


def page(title: str, module: str, names: dict[str, Any], seen: dict[tuple[str, str], str]) -> str:
    says, body = _live(module), [written(entry, module, seen) for entry in entries(names, module)]
    if inspect.isclass(says):
        home, _, name = module.rpartition(".")
        head = f".. py:class:: {signatures(name, says, home)[0]}\n\n{_indented(described(says))}\n"
        body = list(map(_indented, body))
    else:
        home, head = module, f"In ``{module}``.\n" if module in FAMILIES else f"{described(says)}\n"
    return "\n".join([title, "=" * len(title), "", f".. py:currentmodule:: {home}", "", head, *body])


def _live(module: str) -> Any:
    """Return a module, or the class Tensor, which has a page, too."""
    return minigrad.Tensor if module == "minigrad.Tensor" else importlib.import_module(module)


def pages() -> dict[str, str]:
    """Return the text of every page by the name of its file, and ``index``."""
    seen = {("Tensor", inspect.getdoc(minigrad.Tensor) or ""): "minigrad.Tensor"}  # by name and docstring: where
    texts, contents = {}, {}
    order = sorted(modules(), key=lambda m: (m in LAST, m not in FIRST))
    for module in order:
        contents[module] = list(parts(module))
        for file, title, names in contents[module]:
            texts[file] = page(title, module, names, seen)
    texts["index"] = index(contents)
    return texts


def few(names: dict[str, Any]) -> list[str]:
    """Return six of these names, from among all of them."""
    plain = [name for name in names if name[-1] != "_"]
    return plain[:: max(1, len(plain) // 6)][:6]


def index(contents: dict[str, list[tuple[str, str, dict[str, Any]]]]) -> str:
    lines = ["Reference", "=========", "", "Everything public, written out of the docstrings.", ""]
    for group, listed in GROUPS.items():
        lines += ["", group, "-" * len(group), "", ".. list-table::", "   :widths: 45 55", ""]
        files = []
        for module in listed.split():
            for file, title, names in contents[module]:
                first = escaped(inspect.getdoc(_live(module)) or "").partition("\n\n")[0].replace("\n", " ")
                files.append(file)
                shown = f"{module}: {title}" if module in FAMILIES else module
                what = ", ".join(f"``{name}``" for name in few(names)) + "..." if module in FAMILIES else first
                lines += [f"   * - :doc:`{shown} <{file}>`", f"     - {what}"]
        lines += ["", ".. toctree::", "   :hidden:", f"   :caption: {group}", "", *(f"   {file}" for file in files), ""]
    return "\n".join(lines)


def main() -> None:
    """Write the pages; those that have not changed stay as they are, so that Sphinx need not read them again."""
    FOLDER.mkdir(exist_ok=True)
    texts = pages()
    for old in FOLDER.glob("*.rst"):
        if old.stem not in texts:
            old.unlink()
    for file, text in texts.items():
        path = FOLDER / f"{file}.rst"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


if __name__ == "__main__":
    main()
