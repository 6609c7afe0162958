"""Fitting a polynomial without nn or optim, as the first tutorial does: gradients by hand, then by backward."""

import math

import torch

x = torch.linspace(-math.pi, math.pi, 200)
y = torch.sin(x)
a, b, c, d = (torch.tensor(v, requires_grad=True) for v in (0.1, 0.5, -0.2, 0.05))

result = []
learning_rate = 1e-6
for _ in range(30):
    y_pred = a + b * x + c * x**2 + d * x**3
    loss = (y_pred - y).pow(2).sum()
    result.append(loss.item())
    loss.backward()
    with torch.no_grad():
        for p in (a, b, c, d):
            p -= learning_rate * p.grad
            p.grad = None
result += [a, b, c, d]

w = b.item()  # one step by hand
grad_y_pred = 2.0 * (a + w * x - y)
result.append((grad_y_pred * x).sum())
