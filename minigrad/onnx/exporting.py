"""`export`: from a model and an example to an ONNX file."""

from __future__ import annotations

import contextlib
import inspect
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.graph import versions
from minigrad.nn.module import Module
from minigrad.onnx.sizes import GROWTHS, OnnxExporterError
from minigrad.random import fork_rng

Symbols = dict[str, list[tuple[int, int]]]
"""By name of a size that may vary: the numbers of the inputs and their axes."""

_exporting = False


def is_in_onnx_export() -> bool:
    """Return whether a model runs to be exported: its forward may then leave out what has no ONNX form."""
    return _exporting


def export(
    model: Callable[..., Any],
    args: Any = (),
    f: str | os.PathLike[str] | None = None,
    *,
    kwargs: Mapping[str, Any] | None = None,
    verbose: bool | None = None,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    opset_version: int | None = None,
    dynamic_shapes: Mapping[str, Any] | Sequence[Any] | None = None,
    dynamic_axes: Mapping[str, Mapping[int, str] | Sequence[int]] | None = None,
    **options: Any,
) -> Any:
    """Write a model as an ONNX file, by running it on an example; return the ``onnx.ModelProto``.

    The model runs in evaluation mode, a few times, with inputs of other sizes where they may vary, and with other
    values: what depends on the values of the inputs past minigrad's operations is refused, not written as a constant.
    Loops and conditions are those of the example. Needs the package onnx: ``pip install onnx``.

    Parameters
    ----------
    model : Module or function of Tensors
    args : Tensor or tuple
        The example. The Tensors in it, also in tuples and lists, are the inputs of the graph.
    f : path, optional
        The file to write.
    kwargs : dict, optional
        Further arguments by name.
    input_names, output_names : sequences of str, optional
        Default: the names of the parameters of the model's ``forward``; ``output``, or ``output_0``, ``output_1``...
    opset_version : int, default 20
        At least 18.
    dynamic_shapes : dict by name of the parameter, or sequence in the order of `args`, optional
        For each argument None, or a dict from axes to the names of sizes that may vary: ``{"x": {0: "batch"}}``.
        Axes with one name have one size.
    dynamic_axes : dict by name of the input, optional
        The same by ``input_names``, or a list of axes without names. Names of outputs may be there, too.
    verbose, options
        For compatibility: PyTorch's other options change nothing.

    Raises
    ------
    ModuleNotFoundError
        If onnx is not installed.
    minigrad.onnx.UnsupportedOperatorError
        If an operation has no ONNX form; says which, in which layer, and why.
    minigrad.onnx.OnnxExporterError
        If the model depends on the values of its inputs or on random numbers, or does other things for other sizes.
    ValueError
        If a name or an axis is unknown, or the version is too low.

    Notes
    -----
    The parameters keep their names. float64 and float16 are kept, too; not every runtime has all operators for them.

    Examples
    --------
    >>> import tempfile
    >>> net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 10))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model = mg.onnx.export(net, mg.zeros(1, 1, 8, 8), folder + "/net.onnx", input_names=["image"],
    ...                            output_names=["logits"], dynamic_axes={"image": {0: "batch"}})
    >>> [node.op_type for node in model.graph.node]
    ['Conv', 'Relu', 'Reshape', 'Gemm']
    >>> [dim.dim_param or dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]
    ['batch', 1, 8, 8]
    """
    unknown = set(options) - _OTHERS
    if unknown:
        raise TypeError(f"export: unexpected keyword argument {sorted(unknown)[0]!r}")
    if not callable(model):
        raise TypeError(f"export: expected a Module or a function, got {type(model).__name__}")
    version = 20 if opset_version is None else opset_version
    if version < 18:
        raise ValueError(f"export: expected an opset_version of at least 18, got {version}")
    args = args if isinstance(args, (tuple, list)) else (args,)
    tensors: list[Tensor] = []
    pattern = _pattern((tuple(args), dict(kwargs or {})), tensors)
    if not tensors:
        raise ValueError("export: expected an example with at least one Tensor")
    parameters = _parameters(model, args, kwargs or {})
    names = _names(input_names, [name for name, value in parameters for _ in _pattern_of(value)], "input_names")
    symbols = _symbols(names, tensors, dynamic_axes or {}, set(output_names or ()))
    for name, given in _by_shapes(parameters, dynamic_shapes, names).items():
        for axis, symbol in given.items():
            symbols.setdefault(symbol, []).append((names.index(name), _axis(name, axis, tensors[names.index(name)])))
    weights = dict(model.named_parameters()) if isinstance(model, Module) else {}
    before = {name: versions.version_of(weight._data) for name, weight in weights.items()}
    with _running(model):
        runs = _runs(model, pattern, _examples(tensors, symbols))
    changed = [name for name, weight in weights.items() if versions.version_of(weight._data) != before[name]]
    if changed:
        raise OnnxExporterError(f"export: the model changes its parameter {changed[0]} as it runs, as max_norm does")
    from minigrad.onnx.translation import written  # which needs the package onnx

    proto = written(model, runs, names, output_names, symbols, version)
    if f is not None:
        with open(f, "wb") as file:
            file.write(proto.SerializeToString())
    return proto


_OTHERS = set(
    "dynamo external_data custom_translation_table report optimize verify profile dump_exported_program artifacts_dir "
    "fallback export_params keep_initializers_as_inputs training operator_export_type do_constant_folding "
    "custom_opsets export_modules_as_functions autograd_inlining".split()
)


_ANOTHER = (
    "export: the model ran on the example that was given. This is a run with other values, and larger sizes where "
    "they may vary, which shows what depends on them"
)


@contextlib.contextmanager
def _running(model: Any) -> Iterator[None]:
    """Run in evaluation mode, and leave modes and random numbers as they were."""
    global _exporting
    try:
        import onnx  # noqa: F401  # before anything has run
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("export: needs the package onnx; pip install onnx", name="onnx") from error
    modules = [*model.modules()] if isinstance(model, Module) else []
    training = [module.training for module in modules]
    _exporting = True
    try:
        for module in modules:
            module.training = False
        with fork_rng():
            yield
    finally:
        _exporting = False
        for module, mode in zip(modules, training, strict=True):
            module.training = mode


def _runs(model: Any, pattern: Any, examples: Iterator[list[Tensor]]) -> list[Any]:
    from minigrad.onnx.recording import Recording

    runs: list[Any] = []
    for inputs in examples:
        try:
            runs.append(Recording(model, inputs, lambda leaves: _filled(pattern, iter(leaves))))
        except Exception as error:
            if runs:
                error.add_note(_ANOTHER)
            raise
    return runs


# ---- the example -----------------------------------------------------------------------------------------------------


class _Leaf:
    """The place of a Tensor."""


_LEAF = _Leaf()


def _pattern(value: Any, found: list[Tensor]) -> Any:
    """Return `value` with a mark for each Tensor, which `found` gets."""
    if isinstance(value, Tensor):
        found.append(value)
        return _LEAF
    if isinstance(value, (tuple, list)):
        return type(value)(_pattern(v, found) for v in value) if type(value) in (tuple, list) else value
    if isinstance(value, dict):
        return {key: _pattern(v, found) for key, v in value.items()}
    return value


def _pattern_of(value: Any) -> list[Tensor]:
    found: list[Tensor] = []
    _pattern(value, found)
    return found


def _filled(pattern: Any, leaves: Iterator[Tensor]) -> Any:
    """Put Tensors in the places of the marks."""
    if pattern is _LEAF:
        return next(leaves)
    if type(pattern) in (tuple, list):
        return type(pattern)(_filled(v, leaves) for v in pattern)
    if isinstance(pattern, dict):
        return {key: _filled(v, leaves) for key, v in pattern.items()}
    return pattern


def _examples(tensors: Sequence[Tensor], symbols: Symbols) -> Iterator[list[Tensor]]:
    """Yield the example; two with other values; with each size larger by 1, 2 and 3; and with all larger.

    A size of 1 that may vary is 2 in the first: what is broadcast could not be told from what is not.
    """
    arrays = [t.detach().numpy() for t in tensors]
    for places in symbols.values():
        for i, axis in places:
            if arrays[i].shape[axis] == 1:
                arrays[i] = _grown(arrays[i], axis, 1)
    near = [np.flip(a) * np.float16(0.75) + np.float16(0.125) if a.dtype.kind == "f" else _moved(a, 0) for a in arrays]
    far = [a * np.float16(-3) + np.float16(0.5) if a.dtype.kind == "f" else _moved(a, 1) for a in arrays]
    all_larger = list(arrays)
    larger = []
    for more, places in enumerate(symbols.values(), 1):
        for growth in GROWTHS[1:]:
            grown = list(arrays)
            for i, axis in places:
                grown[i] = _grown(grown[i], axis, growth)
            larger.append(grown)
        for i, axis in places:
            all_larger[i] = _grown(all_larger[i], axis, more)
    for example in [arrays, near, far, *larger, all_larger]:
        yield [Tensor._wrap(np.array(a, t._data.dtype)) for a, t in zip(example, tensors, strict=True)]


def _grown(array: np.ndarray, axis: int, growth: int) -> np.ndarray:
    length = array.shape[axis]
    return np.take(array, np.minimum(np.arange(length + growth), length - 1), axis)


def _moved(array: np.ndarray, how: int) -> np.ndarray:
    """Return integers or bools in another order; if they rise, as places where rows begin, smaller ones."""
    if array.ndim == 1 and array.dtype.kind in "iu" and array.size and (np.diff(array) >= 0).all() and array[0] >= 0:
        return array // 2 if how else array - (array > 0)
    return np.roll(array, 1) if how else np.flip(array)


# ---- names -----------------------------------------------------------------------------------------------------------


def _parameters(model: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the names of the parameters that take the arguments, and these; one name for each of ``*args``."""
    bound = inspect.signature(model.forward if isinstance(model, Module) else model).bind(*args, **kwargs)
    found: list[tuple[str, Any]] = []
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            found += [(f"{name}_{i}", v) for i, v in enumerate(value)]
        else:
            found += value.items() if kind is inspect.Parameter.VAR_KEYWORD else [(name, value)]
    return found


def _names(given: Sequence[str] | None, default: Sequence[str], what: str) -> list[str]:
    """Return one name for each input: those given, then the others, which are numbered where several are alike."""
    given = list(given or ())
    if len(given) > len(default):
        raise ValueError(f"export: expected at most {len(default)} {what}, got {len(given)}")
    numbered = [f"{n}_{default[:i].count(n)}" if default.count(n) > 1 else n for i, n in enumerate(default)]
    names = given + numbered[len(given) :]
    if len(set(names)) < len(names):
        raise ValueError(f"export: expected different {what}, got {', '.join(names)}")
    return names


def _symbols(names: Sequence[str], tensors: Sequence[Tensor], axes: Mapping[str, Any], others: set[str]) -> Symbols:
    found: Symbols = {}
    for name, given in axes.items():
        if name in others and name not in names:
            continue
        if name not in names:
            raise ValueError(f"export: dynamic_axes: there is no input {name!r}; they are {', '.join(names)}")
        i = names.index(name)
        named = given if isinstance(given, Mapping) else {axis: f"size_{axis}" for axis in given}
        for axis, symbol in named.items():
            found.setdefault(str(symbol), []).append((i, _axis(name, axis, tensors[i])))
    return found


def _by_shapes(parameters: Sequence[tuple[str, Any]], shapes: Any, names: Sequence[str]) -> dict[str, dict[int, str]]:
    """Return the axes that may vary by name of the input."""
    if shapes is None:
        return {}
    if isinstance(shapes, Mapping):
        known = [name for name, _ in parameters]
        for name in shapes:
            if name not in known:
                raise ValueError(f"export: dynamic_shapes: there is no argument {name!r}; they are {', '.join(known)}")
        shapes = [shapes.get(name) for name in known]
    found: dict[str, dict[int, str]] = {}
    left = iter(names)
    for (_, value), given in zip(parameters, shapes, strict=False):
        inputs = _pattern_of(value)
        for one in [given] if isinstance(value, Tensor) else given or [None] * len(inputs):
            axes = one if isinstance(one, Mapping) else dict(enumerate(one or ()))
            name = next(left)
            found[name] = {axis: _symbol_name(s) for axis, s in axes.items() if s is not None and not _static(s)}
    return found


def _static(symbol: Any) -> bool:
    return isinstance(symbol, int)


def _symbol_name(symbol: Any) -> str:
    return symbol if isinstance(symbol, str) else str(getattr(symbol, "__name__", symbol))


def _axis(name: str, axis: int, tensor: Tensor) -> int:
    if not -tensor.ndim <= axis < tensor.ndim:
        raise ValueError(f"export: {name} has {tensor.ndim} dimensions, so none at {axis} may vary")
    if tensor.shape[axis] == 0:
        raise OnnxExporterError(f"export: the example of {name} has length 0 at {axis}, which may vary; give it some")
    return axis % tensor.ndim
