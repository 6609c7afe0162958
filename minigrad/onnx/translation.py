"""From recordings to an ONNX model: what the results need, operation by operation."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import helper

from minigrad.nn.module import Module
from minigrad.onnx import composed, elementwise, layers, ordering, places, shapes
from minigrad.onnx.graph import Graph, Value
from minigrad.onnx.recording import Call, Recording
from minigrad.onnx.sizes import (
    Merged,
    OnnxExporterError,
    Ref,
    Size,
    UnsupportedOperatorError,
    Varying,
    merged,
    same,
    shape_of,
)
from minigrad.version import __version__

WHOLE: dict[str, Callable[..., Any]] = {
    name: form for room in (shapes, places, ordering, layers, composed) for name, form in room.FORMS.items()
}


def written(
    model: Any,
    runs: Sequence[Recording],
    input_names: Sequence[str],
    output_names: Sequence[str] | None,
    symbols: dict[str, list[tuple[int, int]]],
    version: int,
) -> onnx.ModelProto:
    """Return the model that the runs show: with the example, with other values, and with other sizes."""
    first, near, far, *larger = runs
    seen = [first, *larger]
    live = _live(first)
    for other in (near, far):
        _check(first, other, larger, live, list(symbols))
    inputs = _inputs(first, seen)
    lengths = {name: (input_names[i], a, _length(inputs[i][0][a])) for name, ((i, a), *_) in symbols.items()}
    graph = Graph(_state_names(model), lengths, version)
    names = _output_names(output_names, len([*_leaves(first.result)]), input_names)
    for name in (*input_names, *names):
        graph.fresh(name)  # no other value has it
    values: dict[tuple[int, int], Value] = {
        (-1, i): Value(graph, name, dtype, shape)
        for i, (name, (shape, dtype)) in enumerate(zip(input_names, inputs, strict=True))
    }
    for number in sorted(live):
        calls = [run.calls[number] for run in seen]
        values |= {(number, i): value for i, value in enumerate(_translated(graph, values, calls, seen)) if value}
    results = [merged(parts) for parts in zip(*(_leaves(run.result) for run in seen), strict=True)]
    outputs = [values[r.ref.call, r.ref.output] if r.ref else _constant_result(graph, r) for r in results]
    _rename(graph, outputs, names, set(input_names))
    _prune(graph, names)
    described = [
        _described(name, dtype, shape, graph)
        for name, shape, dtype in (
            *((name, *given) for name, given in zip(input_names, inputs, strict=True)),
            *((name, result.shape, result.dtype) for name, result in zip(names, results, strict=True)),
        )
    ]
    proto = helper.make_graph(
        graph.nodes,
        type(model).__name__ if isinstance(model, Module) else getattr(model, "__name__", "main"),
        described[: len(inputs)],
        described[len(inputs) :],
        [*graph.initializers.values()],
    )
    opset = helper.make_opsetid("", version)
    whole = helper.make_model(proto, opset_imports=[opset], producer_name="minigrad", producer_version=__version__)
    whole.ir_version = min(whole.ir_version, max(8, helper.find_min_ir_version_for([opset])))
    onnx.checker.check_model(whole)
    return whole


# ---- what is needed, and whether it can be trusted -------------------------------------------------------------------


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (tuple, list, dict)):
        for v in value.values() if isinstance(value, dict) else value:
            yield from _leaves(v)
    elif isinstance(value, (Ref, np.ndarray)):
        yield value


def _refs(value: Any) -> Iterator[Ref]:
    return (v for v in _leaves(value) if isinstance(v, Ref))


def _live(run: Recording) -> set[int]:
    """Return the numbers of the calls on which the result depends."""
    live = {ref.call for ref in _refs(run.result)}
    for number in reversed(range(len(run.calls))):
        if number in live:
            live |= {ref.call for ref in _refs(run.calls[number].args)}
    return live - {-1}


def _check(first: Recording, other: Recording, larger: Sequence[Recording], live: set[int], sizes: list[str]) -> None:
    """Raise if the values of the inputs, or their sizes, decide what is done."""
    called = [call.name for call in first.calls]
    advice = "compute it by minigrad's operations, on Tensors"
    if [call.name for call in other.calls] != called:
        raise OnnxExporterError(f"export: the model does other things for other values of its inputs; {advice}")
    for number in sorted(live):
        call = first.calls[number]
        if not same(call.args, other.calls[number].args):
            maker = _maker(first, call.args, other.calls[number].args)
            raise OnnxExporterError(
                f"export: an argument of {maker or call} depends on the values of the inputs past minigrad's "
                f"operations, or on random numbers, and would be written as a constant; {advice}"
            )
    if not same(tuple(_leaves(first.result)), tuple(_leaves(other.result))):
        maker = _maker(first, first.result, other.result)
        by = f": {maker} gets what was computed in another way" if maker else ""
        raise OnnxExporterError(
            f"export: the result is not computed by minigrad's operations alone{by}; {advice}. Functions whose result "
            "has another size for other values, such as unique and nonzero, have no ONNX form"
        )
    if any([call.name for call in run.calls] != called for run in larger):
        raise OnnxExporterError(
            f"export: the model does other things where {' or '.join(sizes)} is larger, as a loop over that size does; "
            "leave it out of what may vary"
        )


def _maker(first: Recording, value: Any, other: Any) -> Call | None:
    """Return the call on constants alone that gave the first array in which two runs disagree."""
    wrong = (a for a, b in zip(_leaves(value), _leaves(other), strict=False) if not same(a, b))
    origin = first.origins.get(id(next(wrong, None)))
    return first.constant_calls[origin[0]] if origin else None


def _constant_result(graph: Graph, result: Merged) -> Value:
    try:
        return graph.full(graph.constant_of(result))
    except UnsupportedOperatorError as error:
        raise UnsupportedOperatorError(f"export: the result is {error}") from None


def _inputs(first: Recording, seen: Sequence[Recording]) -> list[tuple[tuple[Size, ...], np.dtype]]:
    return [(shape_of([run.inputs[i] for run in seen]), ref.dtype) for i, ref in enumerate(first.inputs)]


def _length(size: Size) -> int:
    return size.values[0] if isinstance(size, Varying) else size


def _state_names(model: Any) -> dict[int, str]:
    if not isinstance(model, Module):
        return {}
    return {id(t._data): name for name, t in [*model.named_buffers(), *model.named_parameters()]}


# ---- one operation ---------------------------------------------------------------------------------------------------


def _translated(
    graph: Graph, values: dict[tuple[int, int], Value], calls: Sequence[Call], runs: Sequence[Recording]
) -> list[Value | None]:
    """Return the outputs of a call; those that are kept for backward only may be missing."""
    call = calls[0]
    graph.scope = call.module.replace(".", "/") and f"/{call.module.replace('.', '/')}"
    try:
        args = merged([c.args for c in calls])
        sizes = [shape_of([c.outputs[i] for c in calls]) for i in range(len(call.outputs))]
    except ValueError:
        raise OnnxExporterError(f"export: what {call} is given depends on the sizes in more than numbers") from None
    try:
        result, given = _formed(graph, values, call.name, args, runs)
    except UnsupportedOperatorError as error:
        which = f" for {error}" if str(error) else ""
        raise UnsupportedOperatorError(f"export: {call} has no ONNX form{which}") from None
    for i, (value, shape) in enumerate(zip(result, sizes, strict=False)):  # others are kept for backward only
        if value is not None and value.shape is None:
            value.shape, value.dtype = shape, np.dtype(call.outputs[i].dtype)
            value.made_by = call.name, given
    return [*result]


def _constant(graph: Graph, values: dict[tuple[int, int], Value], seen: Merged, runs: Sequence[Recording]) -> Value:
    """Return a constant, or what it is computed from where its values depend on sizes."""
    try:
        return graph.constant_of(seen)
    except UnsupportedOperatorError:
        origins = {run.origins.get(id(array)) for run, array in zip(runs, seen.arrays, strict=True)}
        origin = origins.pop()
        if origins or origin is None:
            raise
        calls = [run.constant_calls[origin[0]] for run in runs]
        if len({call.name for call in calls}) > 1:
            raise
        with contextlib.suppress(UnsupportedOperatorError):
            value = _translated(graph, values, calls, runs)[origin[1]]
            if value is not None:
                return value
        raise


def _formed(
    graph: Graph, values: dict[tuple[int, int], Value], name: str, args: Any, runs: Sequence[Recording]
) -> tuple[tuple[Any, ...], Any]:
    """Return what the form of an operation gives, and the arguments that it got."""
    form = elementwise.FORMS.get(name) or places.PLACES.get(name) or WHOLE.get(name)
    if form is None:
        raise UnsupportedOperatorError
    whole, lazy = name in WHOLE, name in places.PLACES

    def given(value: Any, nested: bool = False) -> Any:
        if isinstance(value, Merged):
            if value.ref is not None:
                if (value.ref.call, value.ref.output) not in values:
                    raise UnsupportedOperatorError("what another operation keeps for its gradient")
                return values[value.ref.call, value.ref.output]
            if lazy and nested:
                return value
            constant = _constant(graph, values, value, runs)
            return graph.full(constant) if whole and name != "recurrent_layer" else constant
        return tuple(given(v, nested=True) for v in value) if isinstance(value, tuple) else value

    arguments = tuple(map(given, args))
    result = form(graph, *arguments)
    return (result if isinstance(result, tuple) else (result,)), arguments


# ---- inputs and outputs ----------------------------------------------------------------------------------------------


def _output_names(given: Sequence[str] | None, count: int, others: Sequence[str]) -> list[str]:
    given = list(given or ())
    if not count:
        raise OnnxExporterError("export: expected a model that returns a Tensor, got none")
    if len(given) > count:
        raise ValueError(f"export: expected at most {count} output_names, got {len(given)}")
    names = given + (["output"] if count == 1 else [f"output_{i}" for i in range(count)])[len(given) :]
    if len({*names, *others}) < count + len(others):
        raise ValueError(f"export: expected different names, got {', '.join((*others, *names))}")
    return names


def _rename(graph: Graph, outputs: Sequence[Value], names: Sequence[str], inputs: set[str]) -> None:
    """Give the outputs their names; what has another one already, or is an input or a constant, passes a node."""
    graph.scope = ""
    renamed: dict[str, str] = {}
    for value, name in zip(outputs, names, strict=True):
        if value.name in renamed or value.name in inputs or value.name in graph.initializers:
            graph.nodes.append(helper.make_node("Identity", [value.name], [name], name=graph.fresh("Identity")))
        else:
            renamed[value.name] = name
    for node in graph.nodes:
        for field in (node.input, node.output):
            for i, name in enumerate(field):
                field[i] = renamed.get(name, name)


def _prune(graph: Graph, outputs: Sequence[str]) -> None:
    """Leave out nodes and constants that nothing uses, as those of a `linear` that a recurrent layer replaces."""
    used, kept = set(outputs), []
    for node in reversed(graph.nodes):
        if used & set(node.output):
            used.update(node.input)
            kept.append(node)
    graph.nodes = kept[::-1]
    graph.initializers = {name: tensor for name, tensor in graph.initializers.items() if name in used}


def _described(name: str, dtype: np.dtype, shape: Sequence[Size], graph: Graph) -> onnx.ValueInfoProto:
    dims = [_shown(size, graph) for size in shape]
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(dtype), dims)


def _shown(size: Size, graph: Graph) -> int | str | None:
    """Return a length, the name of a size, or None for one that is computed from several."""
    if not isinstance(size, Varying):
        return size
    slopes = size.slopes() or []
    found = [name for name, slope in zip(graph.symbols, slopes, strict=False) if slope]
    whole = len(found) == 1 and size.values[0] == graph.symbols[found[0]][2] and max(slopes) == 1
    return found[0] if whole else None
