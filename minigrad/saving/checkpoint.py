"""A whole training run in one file, from which it goes on to the bit: one call to save, one to go on."""

from __future__ import annotations

import copy
import os
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_rng_state, set_rng_state
from minigrad.saving import together
from minigrad.saving.files import load, save

__all__ = ["load_checkpoint", "save_checkpoint"]

_OF_RANKS = "random_states_of_ranks"


def save_checkpoint(f: Any, **parts: Any) -> None:
    """Save what a run needs to go on from here, and the state of all default random generators, as `save` does.

    Parameters
    ----------
    f : path or binary file
    **parts
        By any names: models, optimizers, schedulers and whatever else has a ``state_dict()``; Generators; and plain
        data, such as ``epoch=3``. They are saved together with ``random_state``, that of minigrad's default
        generator, of Python's ``random`` and of ``numpy.random``.

    Raises
    ------
    TypeError
        If a part is none of these. Nothing is written then.

    Notes
    -----
    Where `minigrad.distributed` is initialized all ranks call it. The parts are those of rank 0, which writes them; the
    random states are those of all ranks.

    Examples
    --------
    >>> import io
    >>> w = mg.ones(1, requires_grad=True)
    >>> optimizer = optim.SGD([w], lr=0.1)
    >>> file = io.BytesIO()
    >>> mg.save_checkpoint(file, optimizer=optimizer, epoch=3)
    >>> optimizer.param_groups[0]["lr"] = 0.05
    >>> mg.load_checkpoint(file, optimizer=optimizer)
    {'epoch': 3}
    >>> optimizer.param_groups[0]["lr"]
    0.1
    """
    if taken := parts.keys() & {"random_state", _OF_RANKS}:
        raise TypeError(f"save_checkpoint: {min(taken)} is saved by itself; give generators of your own other names")
    random = together.gathered(_RandomState().state_dict())

    def write() -> None:
        states = {"random_state": random[0], **({_OF_RANKS: random} if len(random) > 1 else {})}
        save({**{name: _get(part) for name, part in parts.items()}, **states}, f)

    together.from_first(write)


def load_checkpoint(f: Any, **parts: Any) -> dict[str, Any]:
    """Go on from what `save_checkpoint` has saved.

    Parameters
    ----------
    f : path or binary file
    **parts
        The models, optimizers, schedulers and Generators to bring to their saved state, by the same names.

    Returns
    -------
    dict
        All else that was saved.

    Raises
    ------
    FileNotFoundError, RuntimeError
        As `load` does.
    ValueError
        If the file holds no checkpoint, or none of one of the `parts`, or one that is none of its kind.
    TypeError, RuntimeError
        Whatever else of these a part raises for a state that does not fit it.

    Notes
    -----
    If anything does not fit, then everything is left as it was, and the error names the part and the file.

    Where `minigrad.distributed` is initialized all ranks call it. Rank 0 reads the file, and each rank gets its own
    random state; one that the file does not know, as there were fewer ranks, goes on with its own.
    """
    saved = together.from_first(lambda: load(f))
    file = str(getattr(f, "name", "the file")) if hasattr(f, "read") else os.fsdecode(f)
    if not isinstance(saved, dict) or "random_state" not in saved:
        raise ValueError(f"load_checkpoint: {file} was not written by save_checkpoint; read it with minigrad.load")
    missing = [name for name in parts if name not in saved]
    if missing:
        raise ValueError(
            f"load_checkpoint: no {', '.join(missing)} in the file, which has {', '.join(map(str, saved))}: {file}"
        )
    saved["random_state"], own = together.mine(saved.pop(_OF_RANKS, [saved["random_state"]]), saved["random_state"])
    parts = {**parts, **({"random_state": _RandomState()} if own else {})}
    before: dict[str, Any] = {}
    try:
        for name, part in parts.items():
            before[name] = copy.deepcopy(_get(part))
            _set(name, part, saved[name])
    except BaseException as error:
        for name, state in before.items():
            _set(name, parts[name], state)
        if not isinstance(error, Exception):
            raise
        # a state of another kind can raise anything, so other errors become one of these
        kind = next((kind for kind in (TypeError, ValueError, RuntimeError) if type(error) is kind), ValueError)
        reason = error if type(error) is kind else repr(error)
        raise kind(f"load_checkpoint: {name} in {file} does not fit: {reason}") from error
    return {name: value for name, value in saved.items() if name not in (*parts, "random_state")}


def _get(part: Any) -> Any:
    if isinstance(part, Generator):
        return part.get_state()
    return part.state_dict() if hasattr(part, "state_dict") else part


def _set(name: str, part: Any, state: Any) -> None:
    if isinstance(part, Generator):
        part.set_state(state)
    elif hasattr(part, "load_state_dict"):
        part.load_state_dict(state)
    else:
        raise TypeError(
            f"load_checkpoint: {name} is of type {type(part).__name__} and cannot be brought to a saved state; "
            "leave it out and take the value from what is returned"
        )


class _RandomState:
    """The default generators together."""

    def state_dict(self) -> dict[str, Any]:
        import random

        return {"minigrad": get_rng_state(), "python": random.getstate(), "numpy": np.random.get_state(legacy=False)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        import random

        _try_out(state["numpy"], state["python"])
        set_rng_state(state["minigrad"])
        random.setstate(state["python"])
        np.random.set_state(state["numpy"])


def _try_out(numpy: dict[str, Any], python: tuple[Any, ...]) -> None:
    """Raise for invalid states of `numpy.random` and `random`; leave both generators alone.

    NumPy checks neither the position, which may lead it out of its memory, nor all before it changes something.
    """
    import random

    now = np.random.get_state(legacy=False)
    for name, value in now["state"].items():
        if np.shape(numpy["state"][name]) != np.shape(value):
            raise ValueError(f"numpy.random's state has {name} of shape {np.shape(numpy['state'][name])}")
    position, length = numpy["state"].get("pos", numpy.get("buffer_pos", 0)), len(numpy["state"].get("key", ()))
    if type(position) is not int or not 0 <= position <= max(length, 4):  # 4 numbers are in the buffer of Philox
        raise ValueError(f"numpy.random's state has the position {position!r:.40} of {length}")
    np.random.RandomState(getattr(np.random, now["bit_generator"])()).set_state(numpy)
    random.Random().setstate(python)
    if not isinstance(python[2], (float, type(None))):
        raise ValueError(f"random's state has {python[2]!r:.40} for a number")
