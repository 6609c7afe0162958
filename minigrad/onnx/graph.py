"""The ONNX graph that is being written: values, with operators, and nodes by their names: ``g.Relu(x)``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import numpy as np
import onnx
from onnx import helper, numpy_helper

from minigrad.onnx.sizes import Merged, Size, UnsupportedOperatorError, Varying


class Value:
    """The result of a node, or a constant; operators make nodes, and numbers beside it get its dtype.

    Attributes
    ----------
    name : str, in the graph
    shape : tuple of int and Varying; None for values between the nodes of one operation
    array : a constant's array, broadcast against others as NumPy does; None for what is computed
    """

    def __init__(
        self,
        graph: Graph,
        name: str,
        dtype: Any,
        shape: tuple[Size, ...] | None = None,
        array: np.ndarray | None = None,
    ) -> None:
        self.graph, self.name, self.dtype, self.shape, self.array = graph, name, np.dtype(dtype), shape, array
        self.made_by: tuple[str, tuple[Any, ...]] | None = None  # the operation of minigrad, and its arguments
        self.parts: list[Value] | None = None  # of which it is the flat concatenation

    @property
    def sizes(self) -> tuple[Size, ...]:
        assert self.shape is not None
        return self.shape

    @property
    def ndim(self) -> int:
        return len(self.sizes)

    def _with(self, kind: str, other: Any, swapped: bool = False) -> Value:
        pair = (self, self.graph.like(other, self))
        return self.graph.node(kind, *(pair[::-1] if swapped else pair))

    def __add__(self, other: Any) -> Value:
        return self._with("Add", other)

    def __sub__(self, other: Any) -> Value:
        return self._with("Sub", other)

    def __rsub__(self, other: Any) -> Value:
        return self._with("Sub", other, swapped=True)

    def __mul__(self, other: Any) -> Value:
        return self._with("Mul", other)

    def __truediv__(self, other: Any) -> Value:
        return self._with("Div", other)

    def __pow__(self, other: Any) -> Value:
        return self._with("Pow", other)

    def __neg__(self) -> Value:
        return self.graph.node("Neg", self)

    def __gt__(self, other: Any) -> Value:
        return self._with("Greater", other)

    def __lt__(self, other: Any) -> Value:
        return self._with("Less", other)

    def __ge__(self, other: Any) -> Value:
        return self._with("GreaterOrEqual", other)

    def __le__(self, other: Any) -> Value:
        return self._with("LessOrEqual", other)

    def equals(self, other: Any) -> Value:
        """Return where it is equal; `==` asks whether two are one."""
        return self._with("Equal", other)


class Graph:
    """Nodes, initializers and the symbols of sizes that may vary.

    Parameters
    ----------
    names : by id of an array, the name that a parameter or buffer has
    symbols : by name of a size: the input and the axis that have it, and its length in the example
    version : of ONNX's operators
    """

    def __init__(self, names: dict[int, str], symbols: dict[str, tuple[str, int, int]], version: int) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}
        self.names, self.symbols, self.version = names, symbols, version
        self.scope = ""  # the module whose operation is being written
        self._constants: dict[tuple[Any, ...], Value] = {}
        self._sizes: dict[Any, Value] = {}
        self._taken: set[str] = set()

    def __getattr__(self, kind: str) -> Callable[..., Value]:
        if not kind[0].isupper():
            raise AttributeError(kind)
        return lambda *inputs, **attributes: self.node(kind, *inputs, **attributes)

    def fresh(self, wanted: str) -> str:
        """Return a name that nothing has yet."""
        name, number = wanted, 1
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name

    def node(self, kind: str, *inputs: Any, **attributes: Any) -> Value:
        """Add a node with one output and return that; arrays and lists of ints become constants, None is left out."""
        return self.nodes_of(kind, 1, *inputs, **attributes)[0]

    def nodes_of(self, kind: str, outputs: int, *inputs: Any, **attributes: Any) -> list[Value]:
        """Add a node with several outputs. `dtype` is that of the first one, where it is not that of the input."""
        given = [x if isinstance(x, Value) or x is None else self.constant(x) for x in inputs]
        dtype = attributes.pop("dtype", None)
        if dtype is None:
            dtype = np.bool_ if kind in _BOOLEAN else next((x.dtype for x in given if x is not None), np.float32)
        name = self.fresh(f"{self.scope}/{kind}" if self.scope else kind)
        made = [self.fresh(f"{name}_output" if i == 0 else f"{name}_output_{i}") for i in range(outputs)]
        names = ["" if x is None else x.name for x in given]
        while names and not names[-1]:
            names.pop()
        attributes = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(helper.make_node(kind, names, made, name=name, **attributes))
        return [Value(self, name, dtype) for name in made]

    # ---- constants -------------------------------------------------------------------------------------------------

    def constant(self, value: Any, wanted: str = "constant") -> Value:
        """Return an array, or a list of ints, as an initializer; the same values are stored once."""
        array = np.asarray(value, np.int64) if isinstance(value, (list, tuple, int)) else np.asarray(value)
        name = self.names.get(id(value))
        key = (name,) if name else (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            own = self.fresh(name or wanted)
            self.initializers[own] = numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), own)
            self._constants[key] = Value(self, own, array.dtype, array.shape, array)
        return self._constants[key]

    def like(self, value: Any, other: Value) -> Value:
        """Return a Value, or a number as one of the dtype of another value: a constant, or a size that may vary."""
        if isinstance(value, Varying):
            kind = helper.np_dtype_to_tensor_dtype(other.dtype)
            return self.Cast(self.Squeeze(self.size(value), [0]), to=kind, dtype=other.dtype)
        return value if isinstance(value, Value) else self.constant(np.asarray(value, other.dtype))

    def constant_of(self, seen: Merged) -> Value:
        """Return an array that depends on no input. Where its shape does, it holds the same along that dimension."""
        first = seen.arrays[0]
        if all(same_array(a, first) for a in seen.arrays):
            return self.constant(first)
        parts = [_compact(a, seen.shape) for a in seen.arrays]
        if not all(same_array(a, parts[0]) for a in parts):
            return self._counted(seen) or self._triangle(seen) or _refused()
        value = self.constant(parts[0])
        return Value(self, value.name, value.dtype, seen.shape, parts[0])

    def _counted(self, seen: Merged) -> Value | None:
        """Return the numbers from 0 on along a dimension that varies, if a constant is that: ``arange(size)``."""
        axes = [i for i, size in enumerate(seen.shape) if size != 1]
        if len(axes) != 1 or not all(np.array_equal(a.ravel(), np.arange(a.size)) for a in seen.arrays):
            return None
        limit = self.Squeeze(self.size(seen.shape[axes[0]]), [0])
        numbers = self.Range(np.asarray(0, np.int64), limit, np.asarray(1, np.int64))
        kind = helper.np_dtype_to_tensor_dtype(seen.dtype)
        return self.reshape(self.Cast(numbers, to=kind, dtype=seen.dtype), seen.shape)

    def _triangle(self, seen: Merged) -> Value | None:
        """Return the bools on and below the diagonal, or those above, if a constant is that: a causal mask."""
        if seen.dtype != bool or len(seen.shape) < 2 or any(size != 1 for size in seen.shape[:-2]):
            return None
        squares = [a.reshape(a.shape[-2], a.shape[-1]) for a in seen.arrays]
        lower = [np.array_equal(a, np.tri(len(a), a.shape[1])) for a in squares]
        upper = all(np.array_equal(a, 1 - np.tri(len(a), a.shape[1])) for a in squares)
        if not (upper or all(lower)):
            return None
        ones = self.Expand(np.asarray(1, np.int64), self.shape(seen.shape))
        kept = self.Trilu(ones, np.asarray(int(upper), np.int64), upper=int(upper))
        made = self.Cast(kept, to=onnx.TensorProto.BOOL, dtype=np.bool_)
        made.shape = seen.shape
        return made

    def full(self, value: Value) -> Value:
        """Return a value in its whole shape, where a constant was stored without what is only broadcast."""
        if value.array is None or value.array.shape == value.shape or value.shape is None:
            return value
        return self.node("Expand", value, self.shape(value.shape))

    # ---- sizes -----------------------------------------------------------------------------------------------------

    def size(self, size: Size) -> Value:
        """Return a size as an int64 value of shape (1,)."""
        if not isinstance(size, Varying):
            return self.constant([size])
        if size not in self._sizes:
            slopes = size.slopes()
            if slopes is None:
                raise UnsupportedOperatorError(f"a size that is not linear in {', '.join(self.symbols)}")
            total: Value | None = None
            rest = size.values[0]
            for slope, (name, (source, axis, length)) in zip(slopes, self.symbols.items(), strict=True):
                if slope:
                    term = self._symbol(name, source, axis)
                    term = term if slope == 1 else term * slope
                    total = term if total is None else total + term
                    rest -= slope * length
            assert total is not None
            self._sizes[size] = total + np.array([rest]) if rest else total
        return self._sizes[size]

    def _symbol(self, name: str, source: str, axis: int) -> Value:
        if name not in self._sizes:
            value = Value(self, source, np.int64)
            self._sizes[name] = self.node("Shape", value, start=axis, end=axis + 1, dtype=np.int64)
        return self._sizes[name]

    def shape(self, sizes: Iterable[Size]) -> Value:
        """Return sizes as one int64 value."""
        sizes = list(sizes)
        if not any(isinstance(s, Varying) for s in sizes):
            return self.constant(sizes)
        return self.node("Concat", *map(self.size, sizes), axis=0)

    def reshape(self, value: Value, sizes: Sequence[Size], known: bool = True) -> Value:
        """Return a value in another shape, of which one size may be anything: it follows from the others."""
        if known and value.shape == tuple(sizes):
            return value
        varying = [i for i, s in enumerate(sizes) if isinstance(s, Varying)]
        strange = [i for i in varying if sizes[i].slopes() is None] or varying[:1]  # type: ignore[union-attr]
        target = [-1 if i in strange[:1] and 0 not in sizes else s for i, s in enumerate(sizes)]
        made = self.node("Reshape", self.full(value), self.shape(target), allowzero=1 if 0 in target else None)
        made.shape = tuple(sizes)
        return made


_BOOLEAN = ("Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Equal", "Not", "And", "Or", "Xor", "IsNaN", "IsInf")


def _refused() -> NoReturn:
    raise UnsupportedOperatorError("a constant whose values depend on the sizes of the inputs")


def same_array(a: np.ndarray, b: np.ndarray) -> bool:
    return a is b or a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def _compact(array: np.ndarray, shape: Sequence[Size]) -> np.ndarray:
    """Return an array without what is repeated along the dimensions that vary."""
    for axis, size in enumerate(shape):
        first = array[(slice(None),) * axis + (slice(0, 1),)]
        if (
            isinstance(size, Varying)
            and array.shape[axis] > 1
            and same_array(np.broadcast_to(first, array.shape), array)
        ):
            array = first
    return array
