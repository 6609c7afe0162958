"""Nets on sequences, in PyTorch's names: training steps of a recurrent classifier and of a small GPT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def recurrent(lib: Any, kind: str, features: int, hidden: int, batch: int, steps: int) -> Callable[[], Any]:
    """Take a step of Adam: an LSTM, GRU or RNN over all steps, a linear layer on the last. Return the loss."""
    nn, random = lib.nn, np.random.default_rng(0)
    net, head = getattr(nn, kind)(features, hidden, batch_first=True), nn.Linear(hidden, 10)
    x = lib.from_numpy(random.standard_normal((batch, steps, features), np.float32))
    return _training(lib, [net, head], lambda: head(net(x)[0][:, -1]), random.integers(0, 10, batch), lib.optim.Adam)


def gpt(lib: Any, blocks: int, features: int, heads: int, batch: int, positions: int) -> Callable[[], Any]:
    """Take a step of AdamW: a GPT of some blocks on characters, to predict those that follow. Return the loss."""
    nn: Any = lib.nn
    random, characters = np.random.default_rng(0), 65

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.before, self.between = nn.LayerNorm(features), nn.LayerNorm(features)
            self.qkv, self.out = nn.Linear(features, 3 * features), nn.Linear(features, features)
            self.mlp = nn.Sequential(nn.Linear(features, 4 * features), nn.GELU(), nn.Linear(4 * features, features))

        def forward(self, x: Any) -> Any:
            n, t, d = x.shape
            q, k, v = (y.view(n, t, heads, d // heads).transpose(1, 2) for y in self.qkv(self.before(x)).split(d, 2))
            y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(y.transpose(1, 2).reshape(n, t, d))
            return x + self.mlp(self.between(x))

    embed, places = nn.Embedding(characters, features), nn.Embedding(positions, features)
    body = nn.Sequential(*[Block() for _ in range(blocks)], nn.LayerNorm(features), nn.Linear(features, characters))
    text = random.integers(0, characters, (batch, positions + 1))
    x, place = lib.from_numpy(text[:, :-1].copy()), lib.arange(positions)

    def logits() -> Any:
        return body(embed(x) + places(place)).view(-1, characters)

    return _training(lib, [embed, places, body], logits, text[:, 1:].reshape(-1), lib.optim.AdamW)


def _training(
    lib: Any, parts: list[Any], logits: Callable[[], Any], labels: np.ndarray, kind: Callable[..., Any]
) -> Callable[[], Any]:
    """Return a training step, from weights that are the same in every library."""
    parameters, random = [p for part in parts for p in part.parameters()], np.random.default_rng(1)
    with lib.no_grad():
        for p in parameters:
            p.copy_(lib.from_numpy(random.uniform(-0.1, 0.1, tuple(p.shape)).astype(np.float32)))
    optimizer, targets = kind(parameters, lr=1e-3), lib.from_numpy(labels)

    def step() -> Any:
        optimizer.zero_grad()
        loss = lib.nn.functional.cross_entropy(logits(), targets)
        loss.backward()
        optimizer.step()
        return loss

    return step
