"""`summary`: what each layer of a model gives, keeps and costs."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from minigrad.autograd.replacement import Replacements
from minigrad.core.dtypes import DType
from minigrad.core.tensor import Tensor
from minigrad.creation import zeros
from minigrad.graph.grad_mode import no_grad
from minigrad.nn.module import Module
from minigrad.ops.declare.declaration import Operation
from minigrad.random import fork_rng

__all__ = ["Summary", "summary"]

HEADINGS = ("layer", "output shape", "parameters", "multiply-adds", "memory")

MULTIPLY_ADDS: dict[str, Callable[..., int]] = {
    "convolution": lambda y, x, weight, *rest: y.size * prod(weight.shape[1:]),
    "convolution_transpose": lambda y, x, weight, *rest: x.size * prod(weight.shape[1:]),
    "dot": lambda y, x, other: x.size,
    "linear": lambda y, x, weight, *rest: y.size * weight.shape[1],
    "matmul": lambda y, x, other: np.size(y) * x.shape[-1],
    "recurrent_layer": lambda y, gates, weight, bias, projection, *rest: (
        len(gates) * (weight.size + (0 if projection is None else projection.size))
    ),
}
"""By operation: from its result and its arguments to how many products it adds up."""


@dataclass
class LayerSummary:
    """A layer: its dotted name, how deep it lies, and what it has and does itself, without the layers in it."""

    name: str
    kind: str
    depth: int
    parameters: int = 0
    trainable: int = 0
    bytes: int = 0  # of the parameters and buffers
    output_shape: tuple[int, ...] | list[tuple[int, ...]] | None = None  # None if it was not called
    output_bytes: int = 0
    multiply_adds: int = 0
    calls: int = 0
    leaf: bool = True

    @property
    def label(self) -> str:
        """The last part of the name, and the class."""
        own = self.name.rpartition(".")[2]
        again = f" ({self.calls} calls)" if self.calls > 1 else ""
        return (f"{own}: {self.kind}" if own else self.kind) + again

    def cells(self) -> list[str]:
        """Return the texts of its row."""
        shape = _shape(self.output_shape) if self.calls else "not called" * self.leaf
        own = self.leaf or self.parameters or self.multiply_adds
        counts = [f"{n:,}" if own and n else "" for n in (self.parameters, self.multiply_adds)]
        return ["  " * self.depth + self.label, shape, *counts, _bytes(self.output_bytes) if self.output_bytes else ""]


@dataclass
class Summary:
    """The result of `summary`: prints as a table, and is one in a notebook.

    Attributes
    ----------
    layers : list of LayerSummary
        In the order of ``named_modules()``.
    parameters, trainable, multiply_adds : int
        Of the whole model.
    parameter_bytes, output_bytes : int
        The memory of its parameters and buffers, and of what its innermost layers return.
    """

    layers: list[LayerSummary] = field(default_factory=list)

    def _total(self, name: str) -> int:
        return sum(getattr(layer, name) for layer in self.layers)

    @property
    def parameters(self) -> int:
        return self._total("parameters")

    @property
    def trainable(self) -> int:
        return self._total("trainable")

    @property
    def multiply_adds(self) -> int:
        return self._total("multiply_adds")

    @property
    def parameter_bytes(self) -> int:
        return self._total("bytes")

    @property
    def output_bytes(self) -> int:
        return self._total("output_bytes")

    def _totals(self) -> list[str]:
        return [
            f"{self.parameters:,} parameters, {self.trainable:,} of them trainable",
            f"{self.multiply_adds:,} multiply-adds",
            f"{_bytes(self.parameter_bytes)} of parameters and buffers, {_bytes(self.output_bytes)} of outputs",
        ]

    def __str__(self) -> str:
        rows = [HEADINGS, *(layer.cells() for layer in self.layers)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
        lines = [
            "  ".join(t.ljust(w) if i < 2 else t.rjust(w) for i, (t, w) in enumerate(zip(row, widths, strict=True)))
            for row in rows
        ]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        return "\n".join([lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:]), rule, *self._totals()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def row(tag: str, cells: Sequence[str], depth: int = 0) -> str:
            styles = [f"text-align: left; padding-left: {depth + 0.5:g}em", "text-align: left"]
            styles += ["text-align: right"] * (len(cells) - 2)
            texts = (html.escape(cell.strip()) for cell in cells)
            return "".join(f'<{tag} style="{s}">{t}</{tag}>' for s, t in zip(styles, texts, strict=True))

        body = "".join(f"<tr>{row('td', layer.cells(), layer.depth)}</tr>" for layer in self.layers)
        return (
            f"<table><thead><tr>{row('th', HEADINGS)}</tr></thead><tbody>{body}</tbody></table>"
            f"<p>{'<br>'.join(map(html.escape, self._totals()))}</p>"
        )


def summary(
    model: Module,
    input_size: Sequence[Any] | None = None,
    *,
    input_data: Any = None,
    dtypes: Sequence[DType] | None = None,
) -> Summary:
    """Run a model once and return what each layer gives, keeps and costs, as a table.

    Parameters
    ----------
    model : Module
        Runs in evaluation mode, without a graph; modes and random numbers are as before afterwards.
    input_size : sequence of int, or of such sequences for several inputs
        With the batch: ``(1, 3, 32, 32)``. The inputs are zeros.
    input_data : Tensor or tuple, optional
        The inputs themselves, instead.
    dtypes : sequence of dtypes, optional
        Of the inputs: int64 for an `Embedding`.

    Returns
    -------
    Summary
        Prints as a table; in a notebook it is one. A row counts what a layer does itself, without the layers in it:
        the output shape, the parameters, the multiply-adds of matrix products and convolutions, and the memory of the
        output of an innermost layer.

    Raises
    ------
    TypeError
        If `model` is no Module.
    ValueError
        If there is neither a size nor an input.

    Examples
    --------
    >>> from minigrad.utils import summary
    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.Flatten(), nn.Linear(4704, 10))
    >>> summary(net, (1, 1, 28, 28))
    layer         output shape    parameters  multiply-adds   memory
    -----------------------------------------------------------------
    Sequential    (1, 10)
      0: Conv2d   (1, 6, 28, 28)         156        117,600  18.4 KiB
      1: ReLU     (1, 6, 28, 28)                             18.4 KiB
      2: Flatten  (1, 4704)                                  18.4 KiB
      3: Linear   (1, 10)             47,050         47,040      40 B
    -----------------------------------------------------------------
    47,206 parameters, 47,206 of them trainable
    164,640 multiply-adds
    184.4 KiB of parameters and buffers, 55.2 KiB of outputs
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary: expected a Module, got {type(model).__name__}")
    if input_data is not None:
        inputs = input_data if isinstance(input_data, (tuple, list)) else (input_data,)
    elif isinstance(input_size, int):
        raise TypeError(f"summary: expected input_size with the batch, such as (1, {input_size}), got {input_size}")
    elif input_size is not None:
        sizes = [input_size] if all(isinstance(n, int) for n in input_size) else input_size
        kinds = [None] * len(sizes) if dtypes is None else dtypes
        inputs = tuple(zeros(*size, dtype=kind) for size, kind in zip(sizes, kinds, strict=True))
    else:
        raise ValueError("summary: expected an input_size, such as (1, 3, 32, 32), or input_data")
    layers = {id(module): _described(name, module) for name, module in model.named_modules()}
    training = [(module, module.training) for module in model.modules()]
    try:
        for module, _ in training:
            module.training = False
        with fork_rng(), no_grad():
            _watch(model, layers, inputs)
    finally:
        for module, mode in training:
            module.training = mode
    seen: set[int] = set()
    for module in model.modules():  # of lazy layers it is known only now
        _count(layers[id(module)], module, seen)
    return Summary(list(layers.values()))


def _described(name: str, module: Module) -> LayerSummary:
    depth = name.count(".") + 1 if name else 0
    return LayerSummary(name, type(module).__name__, depth, leaf=not any(True for _ in module.children()))


def _count(layer: LayerSummary, module: Module, seen: set[int]) -> None:
    """Note what a layer keeps; what several share counts for the first of them."""
    parameters = [p for p in module.parameters(recurse=False) if id(p) not in seen]
    kept = [*parameters, *(b for b in module.buffers(recurse=False) if id(b) not in seen)]
    seen.update(map(id, kept))
    layer.kind = type(module).__name__
    layer.parameters = sum(p.numel() for p in parameters)
    layer.trainable = sum(p.numel() for p in parameters if p.requires_grad)
    layer.bytes = sum(t._data.nbytes for t in kept)


def _watch(model: Module, layers: dict[int, LayerSummary], inputs: Sequence[Any]) -> None:
    """Run the model, and note what each layer gives and how much is multiplied in it."""
    open_layers: list[LayerSummary] = []
    replacements = Replacements()

    def enter(module: Module, args: Any) -> None:
        open_layers.append(layers[id(module)])

    def leave(module: Module, args: Any, output: Any) -> None:
        layer = open_layers.pop()
        arrays = [*_arrays(output)]
        shapes = [a.shape for a in arrays]
        layer.calls += 1
        layer.output_shape = shapes[0] if len(shapes) == 1 else shapes
        layer.output_bytes += sum(a.nbytes for a in arrays) if layer.leaf else 0

    def counting(op: Operation) -> Callable[..., Any]:
        def wrapper(compute: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any) -> Any:
                result = compute(*args)
                if open_layers:
                    first = result[0] if isinstance(result, tuple) else result
                    open_layers[-1].multiply_adds += int(MULTIPLY_ADDS[op.name](first, *args))
                return result

            return call

        return wrapper

    replacements.put_on_operations(
        lambda op: replacements.put(op, "compute", counting(op)) if op.name in MULTIPLY_ADDS else None
    )
    hooks = [
        handle
        for module in model.modules()
        for handle in (module.register_forward_pre_hook(enter), module.register_forward_hook(leave))
    ]
    try:
        model(*inputs)
    finally:
        replacements.take_back()
        for handle in hooks:
            handle.remove()


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, Tensor):
        yield value._data
    elif isinstance(value, (tuple, list)):
        for v in value:
            yield from _arrays(v)
    elif isinstance(value, dict):
        yield from _arrays(list(value.values()))


def _shape(shape: Any) -> str:
    return ", ".join(map(str, shape)) if isinstance(shape, list) else str(shape)


def _bytes(count: int) -> str:
    size, unit = float(count), "B"
    for unit in ("B", "KiB", "MiB", "GiB"):  # noqa: B007
        if size < 1024 or unit == "GiB":
            break
        size /= 1024
    return f"{count} B" if unit == "B" else f"{size:.1f} {unit}"
