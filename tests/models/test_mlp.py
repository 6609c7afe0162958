"""The multilayer perceptron against products of matrices."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.models.mlp import MLP


def test_it_is_products_with_relu_between_them():
    net = MLP(2, 5, 4, 3)
    weights = [p.detach().numpy() for p in net.parameters()]
    x = np.random.default_rng(0).standard_normal((6, 2)).astype(np.float32)
    (w1, b1, w2, b2, w3, b3) = weights
    hidden = np.maximum(np.maximum(x @ w1.T + b1, 0) @ w2.T + b2, 0)
    np.testing.assert_allclose(net(mg.from_numpy(x)).detach(), hidden @ w3.T + b3, rtol=1e-5, atol=1e-6)


def test_without_hidden_layers_it_is_linear():
    net = MLP(2, 3)
    x = mg.randn(4, 2)
    w, b = net.parameters()
    np.testing.assert_allclose(net(-x).detach(), (2 * b - (x @ w.T + b)).detach(), rtol=1e-5, atol=1e-6)


def test_one_size_is_too_few():
    with pytest.raises(ValueError, match=r"at least input and output, got \(2,\)"):
        MLP(2)
