"""Newton's method and a gradient penalty: second derivatives by create_graph."""

import torch

torch.set_default_dtype(torch.float64)


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


p = torch.tensor([-1.2, 1.0], requires_grad=True)
result = []
for _ in range(6):
    (g,) = torch.autograd.grad(rosenbrock(p), p, create_graph=True)
    rows = [torch.autograd.grad(g[i], p, retain_graph=True)[0] for i in range(2)]
    (h00, h01), (h10, h11) = rows
    det = h00 * h11 - h01 * h10
    step = torch.stack([(h11 * g[0] - h01 * g[1]) / det, (h00 * g[1] - h10 * g[0]) / det]).detach()
    with torch.no_grad():
        p -= step
    result += [rosenbrock(p).item(), p.clone()]

w = torch.tensor([[0.5, -0.3], [0.2, 0.8]], requires_grad=True)
x = torch.tensor([[1.0, 2.0], [0.5, -1.0]], requires_grad=True)
score = torch.tanh(x @ w).sum()
(gx,) = torch.autograd.grad(score, x, create_graph=True)
penalty = ((gx.norm(dim=1) - 1) ** 2).mean()
penalty.backward()
result += [penalty, w.grad]
