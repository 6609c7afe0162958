"""Recordings: which operations a model calls, on which arrays, and which of those depend on its inputs.

Nothing is known of the model but that. Operations on constants alone are kept apart: their results are constants, too,
unless they depend on sizes that may vary. What is computed past the operations, in NumPy or with ``.item()``, would be
taken for a constant; so the model is recorded a second time, with other values in its inputs, and all constants must be
the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import numpy as np

from minigrad.autograd.replacement import Replacements
from minigrad.core.tensor import Tensor
from minigrad.core.views import replay
from minigrad.graph import versions
from minigrad.graph.grad_mode import no_grad
from minigrad.nn.module import Module
from minigrad.onnx.sizes import OnnxExporterError, Ref
from minigrad.ops import embedding_bag, grid_sampling
from minigrad.ops.declare import call
from minigrad.ops.primitives import elementwise

COMPOSED = (
    (call, "in_dtype", "cast"),
    (embedding_bag, "_of_bags", "embedding_bag"),
    (grid_sampling, "_at_points", "grid_sample"),
)
"""Functions that are recorded as one operation, by where they are: and the name of its form.

They find on plain arrays what their operations are given, or have none.
"""

PART_CHANGED = "change of a part in place"  # of `base`, by `values`, at these `positions` of its flat elements
OLD_VIEW = "use of a view whose memory was changed in place"


class Call:
    """One call of an operation: its arguments, with a `Ref` for each array that depends on the inputs."""

    def __init__(self, name: str, args: tuple[Any, ...], outputs: list[Ref], module: str) -> None:
        self.name, self.args, self.outputs, self.module = name, args, outputs, module
        self.asked = _asked() or name  # the function that was called, of which the operation is a part

    def __str__(self) -> str:
        return f"{self.asked} in {self.module}" if self.module else self.asked


class Recording:
    """The calls of one run of a model, and what it returned.

    Parameters
    ----------
    function : Module or function
    inputs : the Tensors that are the inputs of the graph
    arguments : from those to the arguments of `function`

    Attributes
    ----------
    inputs : list of Ref
    calls : list of Call
    constant_calls : list of Call
        Those whose results are constants.
    origins : dict from the id of a constant among the arguments to the number of its call, and of the output
    result : what the function returned, with a Ref or an array for each Tensor
    """

    def __init__(
        self,
        function: Callable[..., Any],
        inputs: Sequence[Tensor],
        arguments: Callable[[Sequence[Tensor]], tuple[Any, Any]],
    ) -> None:
        self.calls: list[Call] = []
        self.constant_calls: list[Call] = []
        self.origins: dict[int, tuple[int, int]] = {}
        self._made: dict[int, tuple[tuple[int, int], int]] = {}  # by id: the origin of a constant, and its version
        self._known: dict[int, tuple[Ref, int]] = {}  # by id: what it is, and the version of its memory then
        self._alive: list[Any] = []  # so that no id is given twice
        self._copies: dict[tuple[int, int], np.ndarray] = {}
        self._spoiled: set[int] = set()  # owners of constants into which a computed value was written
        self._depth = 0
        self._modules: list[str] = []
        self.inputs = [Ref(-1, i, tensor._data) for i, tensor in enumerate(inputs)]
        for tensor, ref in zip(inputs, self.inputs, strict=True):
            self._know(tensor._data, ref)
        self._kept = {id(t._data) for t in _state(function)}
        args, kwargs = arguments(inputs)
        self.result = self._run(function, args, kwargs)
        del self._alive, self._known, self._made

    def _run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        replacements, hooks = Replacements(), []
        replacements.put_on_operations(
            lambda op: replacements.put(op, "compute", self._recorder(op.name, len(op.outputs)))
        )
        for room, function_name, name in COMPOSED:
            replacements.put(room, function_name, self._recorder(name))
        replacements.put(Tensor, "_write", self._writer)
        replacements.put(elementwise, "_copied", self._copier)
        if isinstance(function, Module):
            for name, module in function.named_modules():
                hooks.append(module.register_forward_pre_hook(lambda *_, name=name: self._modules.append(name)))
                hooks.append(module.register_forward_hook(self._left))
        try:
            with no_grad():
                result = function(*args, **kwargs)
            return self._leaves(result)
        finally:
            replacements.take_back()
            for hook in hooks:
                hook.remove()

    def _left(self, *_: Any) -> None:
        self._modules.pop()

    # ---- what an array is ------------------------------------------------------------------------------------------

    def _know(self, array: np.ndarray, ref: Ref) -> None:
        self._alive.append(array)
        self._known[id(array)] = ref, versions.version_of(array)

    def _seen(self, value: Any) -> Any:
        """Return an argument with Refs for arrays that depend on the inputs, and copies of other arrays."""
        if isinstance(value, (tuple, list)):
            return tuple(self._seen(v) for v in value)
        if isinstance(value, slice):
            return slice(self._seen(value.start), self._seen(value.stop), self._seen(value.step))
        if isinstance(value, Tensor):
            value = value._data
        if isinstance(value, np.generic):
            return value.item()
        if not isinstance(value, np.ndarray):
            return value
        version = versions.version_of(value)
        ref, known_version = self._known.get(id(value), (None, version))
        if id(versions.owner_of(value)) in self._spoiled and ref is None or known_version != version:
            return Ref(self._call(OLD_VIEW, (), [value]), 0, value)
        if ref is not None:
            return Ref(ref.call, ref.output, value)
        if id(value) in self._kept:
            return value
        self._alive.append(value)
        key = id(value), version
        if key not in self._copies:
            self._copies[key] = copy = _compact_copy(value)
            origin, made_version = self._made.get(id(value), (None, -1))
            if origin is not None and made_version == version:
                self.origins[id(copy)] = origin
        return self._copies[key]

    def _call(self, name: str, args: tuple[Any, ...], outputs: list[np.ndarray], constant: bool = False) -> int:
        calls = self.constant_calls if constant else self.calls
        number = len(calls)
        refs = [Ref(number, i, array) for i, array in enumerate(outputs)]
        calls.append(Call(name, args, refs, self._modules[-1] if self._modules else ""))
        return number

    # ---- what is replaced ------------------------------------------------------------------------------------------

    def _recorder(self, name: str, count: int = 1) -> Callable[..., Any]:
        """Return what makes a function record itself: an operation, which gives arrays, or one that gives a Tensor."""

        def wrapper(compute: Callable[..., Any]) -> Callable[..., Any]:
            def recorded(*args: Any) -> Any:
                if self._depth:  # a part of another operation
                    return compute(*args)
                seen = _in_two_numbers(name, self._seen(args))
                self._depth += 1
                try:
                    result = compute(*args)
                finally:
                    self._depth -= 1
                outputs = [
                    a._data if isinstance(a, Tensor) else np.asarray(a) for a in (result if count > 1 else (result,))
                ]
                constant = not _depends(seen)
                number = self._call(name, seen, outputs, constant)
                for i, array in enumerate(outputs):
                    if constant:
                        self._alive.append(array)
                        self._made[id(array)] = (number, i), versions.version_of(array)
                    else:
                        self._know(array, self.calls[number].outputs[i])
                if isinstance(result, Tensor):
                    return result
                return tuple(outputs) if count > 1 else outputs[0]

            return recorded

        return wrapper

    def _writer(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def call(tensor: Tensor, values: Any) -> None:
            ref = self._seen(np.asarray(values))
            own, view = tensor._data, tensor._view
            base = None if view is None else self._seen(view.base._data)
            write(tensor, values)
            if isinstance(ref, Ref):
                self._know(own, ref)
            else:
                self._known.pop(id(own), None)  # it has become a constant
            if view is not None and _depends((ref, base)):
                whole = view.base._data
                positions = replay(view.calls, np.arange(whole.size).reshape(whole.shape))
                call = self.calls[self._call(PART_CHANGED, (base, ref, positions), [whole])]
                self._know(whole, call.outputs[0])
                self._spoiled.add(id(versions.owner_of(whole)))

        return call

    def _copier(self, copied: Callable[..., Any]) -> Callable[..., Any]:
        def call(tensor: Tensor, like: np.ndarray) -> Tensor:
            result: Tensor = copied(tensor, like)
            ref = self._seen(tensor._data)
            if isinstance(ref, Ref):
                self._know(result._data, Ref(ref.call, ref.output, result._data))
            return result

        return call

    def _leaves(self, result: Any) -> Any:
        if isinstance(result, Tensor):
            return self._seen(result._data)
        if isinstance(result, dict):
            return {key: self._leaves(value) for key, value in result.items()}
        if isinstance(result, (tuple, list)):
            return tuple(self._leaves(value) for value in result)
        if result is None:
            return None
        raise OnnxExporterError(f"export: expected a model that returns Tensors, got {type(result).__name__}")


def _asked() -> str | None:
    """Return the name of the public function, of those of operations, that calls whatever is called now."""
    frame: FrameType | None = sys._getframe(1)
    found = None
    while frame is not None:
        room, code = frame.f_globals.get("__name__", ""), frame.f_code
        if room.startswith("minigrad.ops."):
            public = not code.co_name.startswith(("_", "<")) and "<locals>" not in code.co_qualname
            found = code.co_name if public and not room.startswith("minigrad.ops.declare.") else found
        elif not room.startswith(("minigrad.onnx.", "minigrad.autograd.", "minigrad.kernels.", "minigrad.core.")):
            break
        frame = frame.f_back
    return found


def _state(function: Any) -> list[Tensor]:
    return [*function.parameters(), *function.buffers()] if isinstance(function, Module) else []


def _in_two_numbers(name: str, args: Any) -> Any:
    """Return the arguments of a recurrent layer with the numbers of steps and of rows for the rows of each step."""
    if name != "recurrent_layer" or len(set(args[7])) != 1:
        return args
    return (*args[:7], (len(args[7]), args[7][0]), *args[8:])


def _depends(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_depends, value))
    return isinstance(value, Ref)


def _compact_copy(array: np.ndarray) -> np.ndarray:
    """Return a copy that takes no more memory than what was broadcast to `array`."""
    part = array[tuple(slice(0, 1) if step == 0 else slice(None) for step in array.strides)] if array.size else array
    return np.broadcast_to(part.copy(), array.shape)
