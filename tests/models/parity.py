"""Training steps of a model here and in PyTorch, side by side."""

import numpy as np

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import optim


def losses(torch, ours, theirs, shape, steps, classes=10, optimizer="SGD", binary=False, **settings):
    """The losses of both, float64, from the weights of `ours` and on the same random batches: two arrays."""
    ours, theirs = ours.double(), theirs.double()
    theirs.load_state_dict({k: torch.from_numpy(v.numpy().copy()) for k, v in ours.state_dict().items()})
    our_optimizer = getattr(optim, optimizer)(ours.parameters(), **settings)
    their_optimizer = getattr(torch.optim, optimizer)(theirs.parameters(), **settings)
    rng = np.random.default_rng(0)
    found = []
    for _ in range(steps):
        images, labels = rng.standard_normal(shape), rng.integers(0, classes, shape[0])
        pair = []
        for library, functional, model, its_optimizer in (
            (mg, F, ours, our_optimizer),
            (torch, torch.nn.functional, theirs, their_optimizer),
        ):
            its_optimizer.zero_grad()
            outputs = model(library.tensor(images))
            if binary:
                targets = library.tensor(labels.astype(float))[:, None]
                loss = functional.binary_cross_entropy_with_logits(outputs, targets)
            else:
                loss = functional.cross_entropy(outputs, library.tensor(labels))
            loss.backward()
            its_optimizer.step()
            pair.append(loss.item())
        found.append(pair)
    return np.array(found).T
