"""One step of a recurrent layer: RNNCell, LSTMCell and GRUCell."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.nn.init import uniform_
from minigrad.nn.layer import new_parameter, non_negative
from minigrad.nn.module import Module
from minigrad.ops.recurrent import recurrent_layer


class RNNCellBase(Module):
    """The base of the cells: weight_ih, weight_hh, bias_ih and bias_hh, with the rows of `num_chunks` gates.

    Shape: (N, input_size), or (input_size), to states of (N, hidden_size), or (hidden_size).
    """

    _mode = "rnn_tanh"

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        non_negative(self, input_size=input_size, hidden_size=hidden_size)
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        self.weight_ih = new_parameter((rows, input_size), device, dtype)
        self.weight_hh = new_parameter((rows, hidden_size), device, dtype)
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, new_parameter((rows,), device, dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new initial values."""
        bound = self.hidden_size**-0.5 if self.hidden_size > 0 else 0.0
        for parameter in self.parameters():
            uniform_(parameter, -bound, bound)

    def extra_repr(self) -> str:
        plain = {"bias": True, "nonlinearity": "tanh"}
        shown = [f"{n}={getattr(self, n)}" for n, v in plain.items() if getattr(self, n, v) != v]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *shown])

    def _step(self, input: Tensor, states: tuple[Tensor, ...]) -> tuple[Any, ...]:
        """Return the next states, without the batch if the input has none."""
        name, single = type(self).__name__, input.ndim == 1
        for what, t in (("input", input), *(("hx", t) for t in states)):
            if t.ndim not in (1, 2):
                raise ValueError(f"{name}: expected {what} of 1 or 2 dimensions, got {tuple(t.shape)}")
        if single:
            input, states = input.unsqueeze(0), tuple(t.unsqueeze(0) for t in states)
        n = len(input)
        if input.shape[1] != self.input_size:
            raise RuntimeError(f"{name}: expected an input of {self.input_size} features, got {tuple(input.shape)}")
        for t in states:
            if tuple(t.shape) != (n, self.hidden_size):
                raise RuntimeError(f"{name}: expected hx of shape {(n, self.hidden_size)}, got {tuple(t.shape)}")
        if not states:
            states = (Tensor._wrap(np.zeros((n, self.hidden_size), input.dtype)),) * (2 if self._mode == "lstm" else 1)
        h, c = states if len(states) == 2 else (states[0], None)
        weights = [self.weight_ih, self.weight_hh, *([] if self.bias_ih is None else [self.bias_ih, self.bias_hh])]
        last = [h, c]
        if self.hidden_size:  # else there is nothing to compute
            _, *last = recurrent_layer(self._mode, input, h, c, weights, None, (n,), False)
        return tuple(t.squeeze(0) if single else t for t in last if t is not None)


class RNNCell(RNNCellBase):
    """One step of `RNN`: ``tanh(weight_ih @ input + bias_ih + weight_hh @ hx + bias_hh)``, or relu of it.

    Examples
    --------
    >>> nn.RNNCell(3, 5)(mg.randn(4, 3)).shape
    Size([4, 5])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"RNNCell: expected 'tanh' or 'relu' as nonlinearity, got {self.nonlinearity!r}")
        self._mode = f"rnn_{self.nonlinearity}"
        return self._step(input, () if hx is None else (hx,))[0]


class LSTMCell(RNNCellBase):
    """One step of `LSTM`; takes and returns the states as a pair (h, c).

    Examples
    --------
    >>> h, c = nn.LSTMCell(3, 5)(mg.randn(4, 3))
    >>> h.shape, c.shape
    (Size([4, 5]), Size([4, 5]))
    """

    _mode = "lstm"

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        h, c = self._step(input, () if hx is None else tuple(hx))
        return h, c


class GRUCell(RNNCellBase):
    """One step of `GRU`.

    Examples
    --------
    >>> nn.GRUCell(3, 5)(mg.randn(4, 3)).shape
    Size([4, 5])
    """

    _mode = "gru"

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step(input, () if hx is None else (hx,))[0]
