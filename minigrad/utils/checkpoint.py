"""Checkpoints: parts of a computation that keep their inputs only, and are computed again for their gradients."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NoReturn

from minigrad import autograd
from minigrad.autograd.graph import saved_tensors_hooks
from minigrad.core.generator import fork_rng, get_rng_state, set_rng_state
from minigrad.core.tensor import Tensor
from minigrad.graph import versions
from minigrad.graph.grad_mode import enable_grad, mode, no_grad
from minigrad.nn.container import Sequential

__all__ = [
    "CheckpointError",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "create_selective_checkpoint_contexts",
    "detach_variable",
    "get_device_states",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
    "set_device_states",
]

Contexts = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]


class CheckpointError(RuntimeError):
    """The function of a checkpoint did something else when it was called again."""


def noop_context_fn() -> Contexts:
    """Return two contexts that do nothing.

    Examples
    --------
    >>> len(mg.utils.checkpoint.noop_context_fn())
    2
    """
    return nullcontext(), nullcontext()


def create_selective_checkpoint_contexts(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise RuntimeError: there is no list of operations to choose from which to keep.

    Make a checkpoint of the part of the function that is to be computed again, and leave the rest outside.
    """
    raise RuntimeError(
        "create_selective_checkpoint_contexts: operations are not chosen one by one here; "
        "call checkpoint with the part that is to be computed again"
    )


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """Return no devices and no states: there is only the CPU, whose state is kept in any case.

    Examples
    --------
    >>> mg.utils.checkpoint.get_device_states(mg.ones(2))
    ([], [])
    """
    return [], []


def set_device_states(devices: Sequence[int], states: Sequence[Any], *, device_type: str | None = None) -> None:
    """Do nothing, as there are no devices: see `get_device_states`.

    Examples
    --------
    >>> mg.utils.checkpoint.set_device_states([], [])
    """


class _EarlyStop:
    enabled: bool | None = None


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Within this context, `checkpoint` stops to compute again, or does not, as soon as all that is needed is there.

    Examples
    --------
    >>> with mg.utils.checkpoint.set_checkpoint_early_stop(False):
    ...     y = mg.utils.checkpoint.checkpoint(mg.sin, mg.ones(2), use_reentrant=False)
    """
    before, _EarlyStop.enabled = _EarlyStop.enabled, enable
    try:
        yield
    finally:
        _EarlyStop.enabled = before


def set_checkpoint_debug_enabled(enabled: bool | None) -> AbstractContextManager[None]:
    """Return a context that does nothing: errors say what differs in any case.

    Examples
    --------
    >>> with mg.utils.checkpoint.set_checkpoint_debug_enabled(True):
    ...     y = mg.utils.checkpoint.checkpoint(mg.sin, mg.ones(2), use_reentrant=False)
    """
    return nullcontext()


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the inputs with Tensors detached; those that require grad still do.

    Raises
    ------
    RuntimeError
        If `inputs` is not a tuple.

    Examples
    --------
    >>> mg.utils.checkpoint.detach_variable((mg.ones(2, requires_grad=True) * 2, "a"))
    (tensor([2., 2.], requires_grad=True), 'a')
    """
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"detach_variable: expected a tuple, got {type(inputs).__name__}")
    return tuple(x.detach().requires_grad_(x.requires_grad) if isinstance(x, Tensor) else x for x in inputs)


def check_backward_validity(inputs: Iterable[Any]) -> None:
    """Warn if no Tensor among `inputs` requires grad: a checkpoint with reentry then gives no gradients.

    Examples
    --------
    >>> mg.utils.checkpoint.check_backward_validity([mg.ones(2, requires_grad=True)])
    """
    if not any(isinstance(t, Tensor) and t.requires_grad for t in inputs):
        warnings.warn("checkpoint: no input requires grad, so there will be no gradients", UserWarning, stacklevel=3)


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """Return ``function(*args, **kwargs)``; backward computes it again instead of keeping what it needs.

    Parameters
    ----------
    use_reentrant : bool
        True: what `function` computes is one operation, whose backward calls another `backward`. It works with
        `Tensor.backward` only, at least one of `args` must require grad, and there are no `kwargs`.
        False, which is recommended: the graph is as without a checkpoint.
    context_fn : function, optional
        It returns two contexts, in which `function` is called first, and again.
    determinism_check : {"default", "none"}
        Whether shapes and dtypes are compared.
    debug : accepted, as PyTorch does
    early_stop : bool, default True
        Stop to compute again as soon as all that is needed is there.
    preserve_rng_state : bool, default True
        One of the `kwargs`: draw the same random numbers again.

    Raises
    ------
    ValueError
        If an argument does not go with `use_reentrant`, or `determinism_check` is another one.
    CheckpointError
        By backward, if something else was computed than the first time.

    Examples
    --------
    >>> x = mg.zeros(2, requires_grad=True)
    >>> mg.utils.checkpoint.checkpoint(lambda t: t.sin().exp(), x, use_reentrant=False).sum().backward()
    >>> x.grad
    tensor([1., 1.])
    """
    if use_reentrant is None:
        warnings.warn(
            "checkpoint: pass use_reentrant=True, which is the default now, or use_reentrant=False, which is better",
            UserWarning,
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant:
        if kwargs:
            raise ValueError(f"checkpoint: use_reentrant=True does not allow keyword arguments, got {sorted(kwargs)}")
        if context_fn is not noop_context_fn or debug:
            raise ValueError("checkpoint: context_fn and debug need use_reentrant=False")
        if mode.enabled:
            check_backward_validity(args)
        return CheckpointFunction.apply(function, preserve, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(f"checkpoint: expected determinism_check 'default' or 'none', got {determinism_check!r}")
    stop = early_stop if _EarlyStop.enabled is None else _EarlyStop.enabled
    first, again = context_fn()
    run = _Run(lambda: function(*args, **kwargs), again, _Randomness(preserve), determinism_check == "default", stop)
    run.inputs = [t for t in (*args, *kwargs.values()) if isinstance(t, Tensor)]
    with saved_tensors_hooks(run.pack, run.unpack), first:
        return function(*args, **kwargs)


class _Randomness:
    """The random numbers that are drawn now, to be drawn again."""

    def __init__(self, preserve: bool) -> None:
        self.state = get_rng_state() if preserve else None

    @contextlib.contextmanager
    def again(self) -> Iterator[None]:
        with fork_rng(enabled=self.state is not None):
            if self.state is not None:
                set_rng_state(self.state)
            yield


class _Stop(Exception):  # noqa: N818 (it is none)
    """All that is needed was computed."""


class _Run:
    """One call of a function: what it kept is numbered, and computed again when the first of it is needed."""

    def __init__(
        self,
        call: Callable[[], Any],
        context: AbstractContextManager[Any],
        randomness: _Randomness,
        compare: bool,
        stop: bool,
    ) -> None:
        self.call, self.context, self.randomness, self.compare, self.stop = call, context, randomness, compare, stop
        self.kept: list[tuple[Any, Any]] = []  # shape and dtype
        self.inputs: list[Tensor] = []
        self.version = versions.latest.version
        self.found: dict[int, Tensor] = {}

    def pack(self, tensor: Tensor) -> int:
        self.kept.append((tensor.shape, tensor.dtype))
        return len(self.kept) - 1

    def unpack(self, place: int) -> Tensor:
        if place not in self.found:
            self._compute_again()
        tensor = self.found.pop(place)
        if self.compare and (tensor.shape, tensor.dtype) != self.kept[place]:
            shape, dtype = self.kept[place]
            raise CheckpointError(
                f"checkpoint: what was computed again has shape {tuple(tensor.shape)} and {tensor.dtype}, and had "
                f"{tuple(shape)} and {dtype} at first; the function must do the same each time"
            )
        return tensor

    def _compute_again(self) -> None:
        if any(versions.version_of(t._data) > self.version for t in self.inputs):
            raise RuntimeError("checkpoint: an input was changed in place since; pass a clone()")
        found: list[Tensor] = []

        def pack(tensor: Tensor) -> Tensor:
            found.append(tensor)
            if self.stop and len(found) == len(self.kept):
                raise _Stop
            return tensor

        with (
            contextlib.suppress(_Stop),
            self.randomness.again(),
            enable_grad(),
            self.context,
            saved_tensors_hooks(pack, lambda tensor: tensor),
        ):
            self.call()
        if len(found) != len(self.kept):
            raise CheckpointError(
                f"checkpoint: the function kept {len(self.kept)} tensors at first, and {len(found)} when it was "
                "computed again; it must do the same each time"
            )
        self.found = dict(enumerate(found))


class CheckpointFunction(autograd.Function):
    """A checkpoint as one operation, by ``use_reentrant=True``."""

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Any], preserve: bool, *args: Any) -> Any:
        """Call ``function(*args)``."""
        ctx.function, ctx.args, ctx.randomness = function, args, _Randomness(preserve)
        ctx.save_for_backward(*[t for t in args if isinstance(t, Tensor)])
        return function(*args)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any, **_: Any) -> tuple[Any, ...]:
        """Call the function again, and backward from what it returns.

        Raises
        ------
        RuntimeError
            Within `grad`, or if nothing that it returns requires grad.
        """
        if mode.walk is not None and mode.walk[2]:
            raise RuntimeError(
                "checkpoint: use_reentrant=True works with backward() without inputs= only; pass use_reentrant=False"
            )
        saved = iter(ctx.saved_tensors)
        tensors = [next(saved) if isinstance(a, Tensor) else a for a in ctx.args]
        args = detach_variable(tuple(tensors))
        with ctx.randomness.again(), enable_grad():
            outputs = ctx.function(*args)
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        pairs = [
            (y, g) for y, g in zip(several, grad_outputs, strict=True) if isinstance(y, Tensor) and y.requires_grad
        ]
        if not pairs:
            raise RuntimeError("checkpoint: nothing that the function returns requires grad, so it needs no checkpoint")
        with no_grad():
            autograd.backward([y for y, _ in pairs], [g for _, g in pairs])
        return (None, None, *(a.grad if isinstance(a, Tensor) else None for a in args))


def checkpoint_sequential(
    functions: Sequential | Sequence[Callable[..., Any]],
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    **kwargs: Any,
) -> Any:
    """Apply functions one after the other, in segments, of which all but the last are checkpoints.

    Parameters
    ----------
    functions : Sequential or sequence of functions
    segments : int
        In how many parts they are divided.
    use_reentrant, preserve_rng_state : see `checkpoint`

    Raises
    ------
    ValueError
        If there are other keyword arguments, or more segments than functions.

    Examples
    --------
    >>> x = mg.zeros(2, requires_grad=True)
    >>> mg.utils.checkpoint.checkpoint_sequential([mg.sin, mg.exp, mg.cos], 2, x, use_reentrant=False).shape
    Size([2])
    """
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError(f"checkpoint_sequential: unexpected keyword arguments {sorted(kwargs)}")
    steps: list[Any] = list(functions.children() if isinstance(functions, Sequential) else functions)
    if not 0 < segments <= len(steps):
        raise ValueError(f"checkpoint_sequential: expected from 1 to {len(steps)} segments, got {segments}")
    size = len(steps) // segments

    def segment(start: int, end: int) -> Callable[[Any], Any]:
        def run(value: Any) -> Any:
            for step in steps[start:end]:
                value = step(value)
            return value

        return run

    for i in range(segments - 1):
        part = segment(i * size, (i + 1) * size)
        input = checkpoint(part, input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return segment((segments - 1) * size, len(steps))(input)
