"""Training of a small net on data that are two tensors, for scripts/spiral.py and scripts/xo.py."""

from __future__ import annotations

from collections.abc import Iterator

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn, optim
from minigrad.scripts.classification import loss_and_accuracy
from minigrad.utils.data import DataLoader, TensorDataset


def evaluate(net: nn.Module, data: TensorDataset) -> tuple[float, float]:
    """Return cross-entropy and accuracy."""
    inputs, labels = data.tensors
    with mg.no_grad():
        return loss_and_accuracy(net(inputs), labels.numpy())


def learn(
    net: nn.Module,
    optimizer: optim.Optimizer,
    train_set: TensorDataset,
    held_out: TensorDataset,
    epochs: int,
    batch_size: int = 32,
) -> Iterator[dict[str, float]]:
    """Train with cross-entropy, and give loss and accuracy before the first epoch and after each."""
    for epoch in range(epochs + 1):
        if epoch:
            for inputs, labels in DataLoader(train_set, batch_size=batch_size, shuffle=True):
                optimizer.zero_grad()
                F.cross_entropy(net(inputs), labels).backward()
                optimizer.step()
        (loss, accuracy), (val_loss, val_accuracy) = evaluate(net, train_set), evaluate(net, held_out)
        yield dict(epoch=epoch, train_loss=loss, train_accuracy=accuracy, val_loss=val_loss, val_accuracy=val_accuracy)
