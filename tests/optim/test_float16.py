"""Parameters in float16 are updated in float32, and so is what optimizers keep of them."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn, optim

OPTIMIZERS = {
    "SGD": dict(lr=0.01, momentum=0.9),
    "Adam": dict(lr=0.01, amsgrad=True),
    "AdamW": dict(lr=0.01),
    "Adamax": dict(lr=0.01),
    "NAdam": dict(lr=0.01),
    "RMSprop": dict(lr=0.01, centered=True, momentum=0.5),
    "Adagrad": dict(lr=0.01),
    "Adadelta": {},
    "RAdam": dict(lr=0.01),
    "ASGD": dict(lr=0.01),
}


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1000.0])  # whose squares float16 cannot hold
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_are_those_of_float32(name: str, scale: float) -> None:
    results = []
    gradients = (scale * np.random.default_rng(0).uniform(0.5, 1, (4, 2, 3))).astype(np.float16)
    for dtype in (mg.float16, mg.float32):
        ps = [nn.Parameter(mg.ones(3, dtype=dtype)), nn.Parameter(mg.ones(3, dtype=dtype))]
        optimizer = getattr(optim, name)(ps, **OPTIMIZERS[name])
        for step, gs in enumerate(gradients):
            if step == 2:  # goes on from what it saved
                state = optimizer.state_dict()
                optimizer = getattr(optim, name)(ps, **OPTIMIZERS[name])
                optimizer.load_state_dict(state)
            for p, g in zip(ps, gs, strict=True):
                p.grad = mg.from_numpy(g).to(dtype)
            optimizer.step()
        assert all(p.dtype == dtype for p in ps)
        results.append([p.detach().float().numpy() for p in ps])
    limit = 4 * 2.0**-11 * np.maximum(1, np.abs(results[1]))  # one rounding a step
    assert (np.abs(np.array(results[0]) - results[1]) <= limit).all()
