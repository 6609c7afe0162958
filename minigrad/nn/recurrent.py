"""Recurrent layers and their cells: RNN, LSTM and GRU."""

from __future__ import annotations

import numbers
import warnings
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.nn.init import uniform_
from minigrad.nn.layer import new_parameter
from minigrad.nn.module import Module
from minigrad.nn.parameter import Parameter
from minigrad.nn.utils.rnn import PackedSequence
from minigrad.ops.dropout import dropout
from minigrad.ops.joining import cat, stack
from minigrad.ops.recurrent import recurrent_layer

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _zeros(like: Tensor, *shape: int) -> Tensor:
    return Tensor._wrap(np.zeros(shape, like.dtype))


def _reset(module: Any) -> None:
    bound = module.hidden_size**-0.5 if module.hidden_size > 0 else 0.0
    for parameter in module.parameters():
        uniform_(parameter, -bound, bound)


class RNNBase(Module):
    """The base of RNN, LSTM and GRU: their parameters, and the walk through layers and directions.

    Parameters
    ----------
    mode : {'LSTM', 'GRU', 'RNN_TANH', 'RNN_RELU'}
    input_size, hidden_size : int
    num_layers : int, default 1
        Each layer takes the outputs of the one before.
    bias : bool, default True
    batch_first : bool, default False
        Input and output have the shape (N, L, features) instead of (L, N, features); states do not change.
    dropout : float, default 0
        Of the outputs of each layer but the last, in training.
    bidirectional : bool, default False
        Each layer goes through the sequence in both directions, and its outputs stand side by side.
    proj_size : int, default 0
        LSTM only: the length of a projection of h (Sak et al., 2014), or 0 for none.
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        if not isinstance(dropout, numbers.Number) or isinstance(dropout, bool) or not 0 <= dropout <= 1:
            raise ValueError(f"{name}: expected dropout, the probability of a zero, from 0 to 1, got {dropout!r}")
        for option, flag in (("bias", bias), ("batch_first", batch_first), ("bidirectional", bidirectional)):
            if not isinstance(flag, (bool, np.bool_)):
                raise TypeError(f"{name}: expected a bool as {option}, got {type(flag).__name__} {flag!r:.40}")
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "num_layers": num_layers}
        for option, size in {**sizes, "proj_size": proj_size}.items():
            if not isinstance(size, (int, np.integer)) or isinstance(size, bool):
                raise TypeError(f"{name}: expected an int as {option}, got {type(size).__name__} {size!r:.40}")
            if size < (option in sizes):
                raise ValueError(f"{name}: expected {option} of at least {int(option in sizes)}, got {size}")
        if proj_size >= hidden_size:
            raise ValueError(f"{name}: expected proj_size to be smaller than hidden_size, got {proj_size}")
        if mode not in _GATES:
            raise ValueError(f"{name}: expected one of {', '.join(_GATES)} as mode, got {mode!r}")
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                f"{name}: dropout comes after all layers but the last, so dropout={dropout} does nothing with "
                "num_layers=1",
                UserWarning,
                stacklevel=3,
            )
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        self._names = [self._add(layer, end, device, dtype) for layer in range(num_layers) for end in self._ends]
        self.reset_parameters()

    @property
    def _ends(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def _add(self, layer: int, end: str, device: Any, dtype: Any) -> list[str]:
        """Register the parameters of one direction of one layer, and return their names."""
        out = self.proj_size or self.hidden_size
        gates = _GATES[self.mode] * self.hidden_size
        shapes = {"weight_ih": (gates, out * len(self._ends) if layer else self.input_size), "weight_hh": (gates, out)}
        if self.bias:
            shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)}  # type: ignore[dict-item]
        if self.proj_size:
            shapes["weight_hr"] = (self.proj_size, self.hidden_size)
        for name, shape in shapes.items():
            self.register_parameter(f"{name}_l{layer}{end}", new_parameter(shape, device, dtype))
        return [f"{name}_l{layer}{end}" for name in shapes]

    def reset_parameters(self) -> None:
        """Draw new initial values."""
        _reset(self)

    def flatten_parameters(self) -> None:
        """Do nothing: PyTorch's joins the parameters in the memory of a GPU."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._names]

    def extra_repr(self) -> str:
        shown = [f"{self.input_size}, {self.hidden_size}"]
        plain = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0}
        plain["bidirectional"] = False
        shown += [f"{n}={getattr(self, n)}" for n, default in plain.items() if getattr(self, n) != default]
        return ", ".join(shown)

    # ---- forward -----------------------------------------------------------------------------------------------------

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        if isinstance(input, PackedSequence):
            return self._packed(input, hx)
        name, place = type(self).__name__, 0 if self.batch_first else 1
        if input.ndim not in (2, 3):
            raise ValueError(f"{name}: expected an input of 2 or 3 dimensions, got {tuple(input.shape)}")
        states = self._states_of(hx)
        for t in states or ():
            if t.ndim != input.ndim:
                raise RuntimeError(f"{name}: expected hx of {input.ndim} dimensions as the input, got {tuple(t.shape)}")
        single = input.ndim == 2
        if single:
            input, states = input.unsqueeze(place), states and tuple(t.unsqueeze(1) for t in states)
        steps = input.transpose(0, 1) if self.batch_first else input
        length, n, features = steps.shape
        self._check(input, features)
        states = self._checked_states(states, input, n)
        if length == 0:
            raise RuntimeError(f"{name}: expected a sequence of at least one step, got {tuple(input.shape)}")
        rows, last = self._through(steps.reshape(length * n, features), states, (n,) * length)
        output = rows.reshape(length, n, rows.shape[1])
        if self.batch_first:
            output = output.transpose(0, 1)
        if single:
            output, last = output.squeeze(place), tuple(t.squeeze(1) for t in last)
        return output, last if self.mode == "LSTM" else last[0]

    def _packed(self, input: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        data, batch_sizes, order, back = input
        if data.ndim != 2:
            raise RuntimeError(f"{type(self).__name__}: expected packed rows of 2 dimensions, got {tuple(data.shape)}")
        self._check(data, data.shape[1])
        sizes = tuple(batch_sizes.tolist())
        states = self._states_of(hx)
        states = self._checked_states(states, data, sizes[0])
        if hx is not None and order is not None:
            states = tuple(t.index_select(1, order) for t in states)
        rows, last = self._through(data, states, sizes)
        if back is not None:
            last = tuple(t.index_select(1, back) for t in last)
        return PackedSequence(rows, batch_sizes, order, back), last if self.mode == "LSTM" else last[0]

    def _states_of(self, hx: Any) -> tuple[Tensor, ...] | None:
        if hx is None:
            return None
        if self.mode != "LSTM":
            return (hx,)
        if isinstance(hx, Tensor) or len(hx) != 2:
            raise TypeError(f"{type(self).__name__}: expected a pair of Tensors (h, c) as hx, got {type(hx).__name__}")
        return tuple(hx)

    def _check(self, input: Tensor, features: int) -> None:
        name, dtype = type(self).__name__, getattr(self, self._names[0][0]).dtype
        if input.dtype != dtype:
            raise ValueError(f"{name}: expected an input of dtype {dtype}, got {input.dtype}; convert it with .to()")
        if features != self.input_size:
            raise RuntimeError(f"{name}: expected input_size {self.input_size} in the last dimension, got {features}")

    def _checked_states(self, states: tuple[Tensor, ...] | None, input: Tensor, n: int) -> tuple[Tensor, ...]:
        count = self.num_layers * len(self._ends)
        shapes = [(count, n, self.proj_size or self.hidden_size), (count, n, self.hidden_size)]
        if states is None:
            return tuple(_zeros(input, *s) for s in shapes[: 1 + (self.mode == "LSTM")])
        for t, shape in zip(states, shapes, strict=False):
            if tuple(t.shape) != shape:
                raise RuntimeError(f"{type(self).__name__}: expected hx of shape {shape}, got {tuple(t.shape)}")
            if t.dtype != input.dtype:
                raise RuntimeError(f"{type(self).__name__}: expected hx of the input's {input.dtype}, got {t.dtype}")
        return states

    def _through(self, rows: Any, states: Any, sizes: tuple[int, ...]) -> tuple[Any, tuple[Any, ...]]:
        """Send packed rows through all layers; return the outputs of the last, and the last states of all."""
        last: list[tuple[Any, Any]] = []
        for layer in range(self.num_layers):
            outputs = []
            for reverse in range(len(self._ends)):
                place = len(last)
                weights = [getattr(self, name) for name in self._names[place]]
                projection = weights.pop() if self.proj_size else None
                h, c = states[0][place], states[1][place] if len(states) > 1 else None
                y, *state = recurrent_layer(self.mode.lower(), rows, h, c, weights, projection, sizes, bool(reverse))
                outputs.append(y)
                last.append((state[0], state[1]))
            rows = cat(outputs, 1) if len(outputs) > 1 else outputs[0]
            if layer + 1 < self.num_layers:
                rows = dropout(rows, self.dropout, self.training)
        return rows, tuple(stack(parts) for parts in list(zip(*last, strict=True))[: len(states)])


class RNN(RNNBase):
    """``h = tanh(weight_ih @ x + bias_ih + weight_hh @ h + bias_hh)`` at each step of a sequence (Elman, 1990).

    Parameters are those of `RNNBase`, and before `bias` comes

    nonlinearity : {'tanh', 'relu'}

    Examples
    --------
    >>> layer = nn.RNN(3, 5, num_layers=2)
    >>> output, h = layer(mg.randn(7, 4, 3))
    >>> output.shape, h.shape
    (Size([7, 4, 5]), Size([2, 4, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"RNN: expected 'tanh' or 'relu' as nonlinearity, got {nonlinearity!r}")
        options = (num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype)
        super().__init__(f"RNN_{nonlinearity.upper()}", input_size, hidden_size, *options)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory: a state c that gates write to and read from (Hochreiter and Schmidhuber, 1997).

    ``c = f * c + i * tanh(...)``, ``h = o * tanh(c)``; the gates i, f and o are logistic functions of input and h.
    Parameters are those of `RNNBase`, which takes them in this order.

    Examples
    --------
    >>> layer = nn.LSTM(3, 5, bidirectional=True)
    >>> output, (h, c) = layer(mg.randn(7, 4, 3))
    >>> output.shape, h.shape, c.shape
    (Size([7, 4, 10]), Size([2, 4, 5]), Size([2, 4, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        options = (num_layers, bias, batch_first, dropout, bidirectional, proj_size, device, dtype)
        super().__init__("LSTM", input_size, hidden_size, *options)


class GRU(RNNBase):
    """Gated recurrent unit: ``h = (1 - z) * n + z * h`` with ``n = tanh(... + r * (...h))`` (Cho et al., 2014).

    Parameters are those of `RNNBase`, which takes them in this order.

    Examples
    --------
    >>> layer = nn.GRU(3, 5, batch_first=True)
    >>> output, h = layer(mg.randn(4, 7, 3))
    >>> output.shape, h.shape
    (Size([4, 7, 5]), Size([1, 4, 5]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        options = (num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype)
        super().__init__("GRU", input_size, hidden_size, *options)
