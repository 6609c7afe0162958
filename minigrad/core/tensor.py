"""Tensor: an array that remembers how it was computed."""

from __future__ import annotations

import functools
import warnings
import weakref
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeAlias, TypeVar

import numpy as np

from minigrad.core import absent, dtypes
from minigrad.core.array_attributes import ArrayAttributes, Size
from minigrad.core.as_array import as_array
from minigrad.core.layout import overlaps
from minigrad.core.methods import Methods
from minigrad.core.printing import format_array
from minigrad.core.views import View, lay_out
from minigrad.graph import engine, versions
from minigrad.graph.grad_mode import inference, mode
from minigrad.graph.hooks import NodeHooks, RemovableHandle
from minigrad.kernels.copying import in_index_order
from minigrad.kernels.forking import lock

Self = TypeVar("Self", bound="Tensor")


class Tensor(Methods, ArrayAttributes):
    """A multi-dimensional array with a gradient.

    Operations on tensors return tensors. If one of their inputs requires grad, they also record what was done, and
    `backward` walks that record. The operations themselves live in ``minigrad.ops`` and are methods here too.

    Parameters
    ----------
    *data : array_like, or ints
        What it holds, copied. Ints are lengths, and the tensor then holds anything, as `minigrad.empty`.
    dtype : dtype, optional
        By default an array keeps its own, and numbers get the default dtype: where ints should stay ints, as nearly
        always, use `minigrad.tensor`.
    requires_grad : bool, default False
        Whether gradients with respect to this tensor are wanted. Floating dtypes only.

    Attributes
    ----------
    grad : Tensor or None
        The gradient that `backward` has added up, with this tensor's shape and dtype. Leaves only, see `retain_grad`.
    requires_grad : bool
    is_leaf : bool
        True where a user made the tensor, False where an operation that was recorded did.
    grad_fn : Node or None
        The record of the operation that made it; None for a leaf.

    Examples
    --------
    >>> x = mg.Tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4., 6.])
    """

    # What every operation looks at has a slot. The rest, which few tensors ever set, are defaults of the class; and
    # there is a __dict__, so that users can attach attributes of their own, as they can in PyTorch.
    __slots__ = ("_data", "_requires_grad", "_node", "_view", "__dict__", "__weakref__")
    _data: np.ndarray
    _requires_grad: bool
    _node: Any  # the Node of a recorded result; what a gradient flows to is `_grad_target()`
    _view: View | None  # of which tensor it shows a part, if any
    _grad: Tensor | None = None
    _history_version: int = 0  # how often an in-place operation has replaced its history
    _inference: bool = False  # whether it was made under inference_mode
    _replaced: int = 0  # what `_version` counts beside the changes of the memory that it shows now
    _shared: bool = False  # whether others may have its memory, although an operation made it: it stays as it lies
    _cut: bool = False  # whether detach_ has ended its history, which earlier views may still have
    _ended: bool = False  # whether it was the leaf of a derivative that is done: it does not lead out of others
    _hooks: dict[int, Callable[[Any], Any]] | None = None  # of a leaf; those of others are on the node
    _before_grad: dict[int, Callable[[Any], Any]] | None = None  # of the node of a leaf, called by a backward only
    _after_grad: dict[int, Callable[[Tensor], Any]] | None = None
    _retained: RemovableHandle | None = None  # of the hook that `retain_grad` made

    def __new__(cls: type[Self], *args: Any, **kwargs: Any) -> Self:
        t = object.__new__(cls)
        t._requires_grad, t._node, t._view = False, None, None
        return t

    def __init__(self, *data: Any, dtype: Any = None, requires_grad: bool = False) -> None:
        wanted = dtypes.get_default_dtype() if dtype is None else dtypes.as_dtype(dtype)
        if len(data) == 1 and isinstance(data[0], Size):  # as old scripts write: lengths, where a tuple is data
            self._data = np.empty(data[0], wanted)
        elif all(isinstance(d, (int, np.integer)) for d in data):
            self._data = np.empty(data or (0,), wanted)
        elif len(data) == 1:
            own = isinstance(data[0], (np.ndarray, Tensor)) and dtype is None
            self._data = as_array(data[0], None if own else wanted, copy=True)
        else:
            raise TypeError(f"Tensor: expected one array or list, or ints as lengths, got {len(data)} arguments")
        self.requires_grad_(requires_grad)

    @classmethod
    def _wrap(cls, array: np.ndarray) -> Tensor:
        """Wrap `array` itself as a tensor: nothing is copied or recorded."""
        t = object.__new__(cls)
        t._data, t._requires_grad, t._node, t._view = array, False, None, None
        if mode.inference:
            t._inference = True
        return t

    def _alias(self) -> Tensor:
        """Return a tensor of the same memory, without history."""
        lay_out(self)
        alias = Tensor._wrap(self._data)
        if mode.inference or inference.used:
            alias._inference = self.is_inference()
        return alias

    # ---- what it is ------------------------------------------------------------------------------------------------

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor is a leaf: no recorded operation made it."""
        return self._grad_target() is self or not self.requires_grad

    @property
    def grad_fn(self) -> engine.Node | None:
        """The record of the operation that made this tensor; None for a leaf."""
        edge = self._grad_target()
        return edge.named() if isinstance(edge, engine.Node) else None

    @property
    def output_nr(self) -> int:
        """Which of the outputs of `grad_fn` this tensor is."""
        edge = self._grad_target()
        return edge.place if isinstance(edge, engine.Node) else 0

    @property
    def _version(self) -> int:
        """How often its memory was changed in place, or replaced."""
        if self.is_inference():
            raise RuntimeError("_version: the changes of tensors made under inference_mode are not counted")
        return self._replaced + versions.changes_of(self._data)

    def _replace(self, array: np.ndarray, changed: bool = True) -> None:
        """Show the memory of `array` from now on."""
        before = self._replaced + versions.changes_of(self._data)
        self._data, self._view = array, None
        self._replaced = before + changed - versions.changes_of(array)

    @property
    def _base(self) -> Tensor | None:
        """The tensor that this one is a view of, if any."""
        return None if self._view is None else self._view.base

    def _is_view(self) -> bool:
        return self._view is not None

    def is_inference(self) -> bool:
        """Return whether it was made under `inference_mode`, or is a view of such a tensor.

        It can be read anywhere; outside, it can neither be changed in place nor kept for a gradient.
        """
        return self._inference if self._view is None else self._view.base._inference

    def as_subclass(self, cls: type[Self]) -> Self:
        """Return a tensor of the subclass `cls` of Tensor with the same memory and history."""
        if not (isinstance(cls, type) and issubclass(cls, Tensor)):
            raise TypeError(f"as_subclass: expected a subclass of Tensor, got {cls!r}")
        alias: Any = self.view(self.shape)
        alias.__class__ = cls
        return alias  # type: ignore[no-any-return]  # Any, as Tensor is no Self

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to this tensor; may be set on leaves."""
        if self._view is not None and not self._view.in_place_error:
            self._view.refresh(self)
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not self.is_leaf:
            raise RuntimeError("requires_grad: can be set on leaves only; use .detach()")
        if not isinstance(value, bool):
            raise RuntimeError(f"requires_grad: expected a bool, got {type(value).__name__}")
        self.requires_grad_(value)

    @requires_grad.deleter
    def requires_grad(self) -> None:
        raise RuntimeError("requires_grad: it cannot be deleted; set it to False")

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on it, and it is not a leaf."""
        return self._retained is not None

    @property
    def data(self) -> Tensor:
        """The values without the history: a tensor that shares memory and does not require grad. May be replaced."""
        return self._alias()

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"data: expected a Tensor, got {type(value).__name__}; see minigrad.tensor()")
        if self._requires_grad and value._data.dtype.kind != "f":
            raise RuntimeError(f"data: a tensor that requires grad holds floating numbers, got {value.dtype}")
        view = self._view
        self._replace(value._data, changed=False)
        self._view = view

    @data.deleter
    def data(self) -> None:
        raise RuntimeError("data: it cannot be deleted; assign another tensor")

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` has added up, or None."""
        if self._grad is None and self._retained is None and not self.is_leaf:
            warnings.warn(
                "the .grad of a tensor that is not a leaf stays None; call .retain_grad() on it before backward()",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"grad: expected a Tensor or None, got {type(value).__name__}")
            if value.shape != self.shape or value.dtype != self.dtype:
                raise RuntimeError(
                    f"grad: expected the tensor's own shape {tuple(self.shape)} and dtype {self.dtype}, "
                    f"got {tuple(value.shape)} and {value.dtype}"
                )
            if value is self:
                raise RuntimeError("grad: a tensor cannot be its own gradient; assign a detach() or a clone()")
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    # ---- out of minigrad -------------------------------------------------------------------------------------------

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """Return the array behind this tensor, not a copy.

        Parameters
        ----------
        force : bool, default False
            Also where this tensor requires grad, as ``detach().numpy()``.

        Raises
        ------
        RuntimeError
            If this tensor requires grad and operations are recorded: changes to the array would escape the graph.
        """
        if self.requires_grad and mode.enabled and not force:
            raise RuntimeError("numpy: this tensor requires grad, the array does not know that; use .detach().numpy()")
        return self._data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            if copy is False:
                raise ValueError(f"__array__: {array.dtype} does not become {np.dtype(dtype)} without a copy")
            return array.astype(dtype)
        return array.copy() if copy else array

    def __iter__(self) -> Iterator[Tensor]:
        if not self._data.ndim:
            raise TypeError("iteration over a 0-dim tensor; item() gives its value")
        return (self[i] for i in range(len(self._data)))

    def __repr__(self) -> str:
        node, wanted = self.grad_fn, "requires_grad=True" if self.requires_grad else ""
        return format_array(self._data, wanted if node is None else f"grad_fn={node}")

    __hash__ = object.__hash__  # __eq__ compares elements

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if not self.is_leaf:
            raise RuntimeError("deepcopy: only leaves can be copied with their gradient; use .detach().clone()")
        copy = memo[id(self)] = type(self)._wrap(versions.deepcopied(self._data, memo))
        copy._requires_grad = self._requires_grad
        copy.__dict__.update(deepcopy(self._attributes(), memo))
        if self._grad is not None:
            copy._grad = deepcopy(self._grad if self._grad.is_leaf else self._grad.detach(), memo)
        return copy

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _rebuild, (type(self), self._data, self._requires_grad), self._attributes() or None

    def _attributes(self) -> dict[str, Any]:
        """Return what users and subclasses have attached."""
        return {k: v for k, v in self.__dict__.items() if k not in _OF_THIS_MEMORY}

    # ---- graph -----------------------------------------------------------------------------------------------------

    def _grad_target(self) -> Any:
        """Return where a gradient of this tensor flows: to its node, or to itself if it is a leaf."""
        if self._view is not None:
            self._view.refresh(self)
        return self if self._node is None else self._node

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set whether gradients with respect to this leaf are wanted; return it.

        Raises
        ------
        RuntimeError
            If the dtype is not floating, or the tensor is not a leaf (``detach()`` gives a leaf).
        TypeError
            If `requires_grad` is not a bool.
        """
        if not isinstance(requires_grad, (bool, np.bool_)):
            raise TypeError(f"requires_grad_: expected a bool, got {type(requires_grad).__name__}")
        if requires_grad and self._data.dtype.kind != "f":
            raise RuntimeError(f"requires_grad: only floating tensors can require grad, got {self.dtype}; use .float()")
        if not requires_grad and not self.is_leaf:
            raise RuntimeError("requires_grad: only a leaf can stop to require grad; use .detach()")
        if bool(requires_grad) != self._requires_grad:
            if requires_grad and not mode.inference and self.is_inference():
                raise RuntimeError("requires_grad: a tensor made under inference_mode cannot require grad; clone() it")
            self._requires_grad = bool(requires_grad)
        return self

    def detach(self) -> Tensor:
        """Return the same values and memory, cut off from the graph; backward notices in-place changes of either."""
        return self._alias()

    def detach_(self) -> Tensor:
        """Cut this tensor itself off from the graph."""
        if self._view is not None:
            raise RuntimeError("detach_: a view cannot be detached in place; use .detach()")
        self._node, self._requires_grad, self._cut = None, False, True
        return self

    def retain_grad(self) -> None:
        """Make backward accumulate ``.grad`` here too, although this tensor is not a leaf."""
        if not self.requires_grad:
            raise RuntimeError("retain_grad: this tensor does not require grad, so it will never have one")
        if self.is_leaf or self._retained is not None:
            return
        me = weakref.ref(self)  # the node must not keep its tensor alive

        def store(g: Any) -> None:
            tensor = me()
            if tensor is not None and mode.walk is not None:
                mode.walk[1].append((tensor, g))  # it is added when the walk has succeeded
            elif tensor is not None:
                tensor._accumulate(g)

        self._retained = self._add_hook(store)

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call ``hook(grad)`` when the gradient of this tensor is known; what it returns, if not None, replaces it.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        if not self.requires_grad:
            raise RuntimeError("register_hook: this tensor does not require grad, so the hook would never run")

        @functools.wraps(hook)
        def on_gradient(g: Any) -> Any:
            # a copy: others may have the same gradient, and the hook may change its own in place
            given = g.clone() if isinstance(g, Tensor) else Tensor._wrap(np.array(g))
            replaced = hook(given)
            if replaced is None:
                replaced = given
            if not isinstance(replaced, Tensor):
                raise TypeError(f"hook: expected a Tensor or None, got {type(replaced).__name__}")
            if replaced.shape != g.shape or replaced.dtype != g.dtype:
                raise RuntimeError(
                    f"hook: expected a gradient of shape {tuple(g.shape)} and {g.dtype}, "
                    f"got {tuple(replaced.shape)} and {replaced.dtype}"
                )
            return replaced if isinstance(g, Tensor) else replaced._data

        return self._add_hook(on_gradient)

    def _add_hook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        owner = self._grad_target()
        attribute = "_hooks" if owner is self else "hooks"
        if getattr(owner, attribute) is None:
            setattr(owner, attribute, NodeHooks())
        handle = RemovableHandle(getattr(owner, attribute), hook)
        if self._retained is not None:
            self._retained.move_to_end()  # what is retained is the gradient after all hooks
        return handle

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call ``hook(tensor)`` after backward has added to this leaf's ``.grad``."""
        if not self.is_leaf or not self.requires_grad:
            raise RuntimeError("register_post_accumulate_grad_hook: expected a leaf that requires grad")
        if self._after_grad is None:
            self._after_grad = {}
        return RemovableHandle(self._after_grad, hook)

    def _accumulate(self, g: Any) -> None:
        """Add the gradient `g`, an array or (where it may be differentiated again) a Tensor, to ``.grad``."""
        with lock:  # threads may add to one leaf at once
            before = self._grad
            if isinstance(g, Tensor):
                self._grad = g if before is None else before + g
            elif before is None or before._requires_grad:
                if not (versions.may_keep(g) and g.dtype == self._data.dtype):
                    g = in_index_order(g, self._data.dtype)
                self._grad = Tensor._wrap(g) if before is None else before + Tensor._wrap(g)
            else:
                try:
                    before._data += g
                except ValueError:  # it must not be written to
                    self._grad = before + Tensor._wrap(np.asarray(g))
                else:
                    versions.bump_under_lock(before._data)

    # ---- in place --------------------------------------------------------------------------------------------------

    def _assign(self, result: Tensor, operation: str) -> Tensor:
        """Replace the values and the history of this tensor by those of `result`, computed from the old values."""
        self._check_in_place(result, operation)
        self._write(result._data.astype(self._data.dtype, copy=False))  # as PyTorch wraps int64 around into uint8
        if mode.enabled:
            self._take_history(result)
        return self

    def _take_history(self, result: Tensor) -> None:
        """Give this tensor, and what it is a view of, the history of `result`."""
        if self._view is not None:
            self._view.rewrite(self, result)
        elif result._requires_grad or self._requires_grad:
            self._set_history(result)
            self._history_version += 1

    def _rearrange(self, view: Tensor) -> Tensor:
        """Show the memory as `view`, made of this tensor, does: its shape and steps, its history."""
        if view is not self:
            was_view = self._view is not None
            self._data = view._data
            if self._node is not None or mode.enabled:  # else it stays the leaf that it is
                self._set_history(view)
            if was_view:
                self._view = view._view
        return self

    def _set_history(self, like: Tensor) -> None:
        if self._node is None:
            self._shared = True
        self._node, self._requires_grad = like._node, like._requires_grad
        if self._retained is not None:  # what is retained is the gradient of the value that the tensor has now
            self._retained.remove()
            self._retained = None
            self.retain_grad()

    def _write(self, values: Any) -> None:
        """Change the memory, and note a new version for all that kept it."""
        np.copyto(self._data, values, casting="same_kind")
        versions.bump(self._data)
        if self._cut and mode.enabled:
            self._history_version += 1  # what views show afterwards has no history either

    def _check_in_place(self, result: Any, operation: str) -> None:
        if result._data.shape != self._data.shape:
            raise RuntimeError(
                f"{operation}: an in-place result keeps the shape {tuple(self.shape)} of the tensor, "
                f"but this one has shape {tuple(result.shape)}; use the operation that is not in place"
            )
        if not dtypes.fits(result.dtype, self.dtype):
            raise RuntimeError(
                f"{operation}: the result is {result.dtype} and does not fit into a tensor of {self.dtype}; "
                f"convert the tensor first, such as with .float()"
            )
        self._check_writable(operation)
        if mode.enabled and self._view is not None:
            self._view.check(operation, result)

    def _check_writable(self, operation: str) -> None:
        """Raise if the memory is read-only, or the change cannot be recorded."""
        if not self._data.flags.writeable and not self._alone_in_memory():
            raise RuntimeError(
                f"{operation}: several elements share one place in memory, as expand() and broadcasting make them, or "
                "the array is read-only; change a clone()"
            )
        self._check_recordable(operation)

    def _check_recordable(self, operation: str) -> None:
        """Raise if a recorded change would leave a tensor with a wrong history."""
        if inference.used and not mode.inference and self.is_inference():
            raise RuntimeError(
                f"{operation}: a tensor made under inference_mode is changed there only; change a clone()"
            )
        if not mode.enabled:
            return
        self._stand_alone()
        if self._view is not None:
            self._view.refresh(self)
            self._view.check(operation, self)
        for leaf in (self,) if self._view is None else (self, self._view.base):
            if leaf._node is None and leaf._requires_grad:
                which = "a leaf" if leaf is self else "a view of a leaf"
                raise RuntimeError(
                    f"{operation}: {which} that requires grad cannot be changed in place while operations are "
                    "recorded; do it under minigrad.no_grad(), or on a clone()"
                )

    def _stand_alone(self) -> None:
        """Be no view any more of a tensor that nobody has."""
        view = self._view
        if view is not None and view.is_of_no_other() and not overlaps(self._data):
            view.refresh(self)
            if view.base._inference:
                self._inference = True
            self._view, self._shared = None, True

    def _alone_in_memory(self) -> bool:
        """Make the memory of a part of an expanded tensor writable, where no two of its elements share a place."""
        array = self._data
        if self._view is None or not self._view.base._data.flags.writeable:
            return False
        if any(step == 0 and n > 1 for step, n in zip(array.strides, array.shape, strict=True)):
            return False
        array.flags.writeable = True
        return True


for _name in absent.METHODS:
    setattr(Tensor, _name, absent.absent_attribute(_name))

TensorLike: TypeAlias = Tensor | np.ndarray[Any, Any] | np.generic | float  # what operations take for a Tensor

_OF_THIS_MEMORY = set(
    "_grad _hooks _before_grad _after_grad _history_version _retained _inference _replaced _shared _cut _ended".split()
)


def _rebuild(cls: type[Tensor], array: np.ndarray, requires_grad: bool) -> Tensor:
    return cls._wrap(array).requires_grad_(requires_grad)
