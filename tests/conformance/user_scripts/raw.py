"""Algorithms on raw tensors: the gradient by itself, without layers or optimizers."""

from tests.conformance.user_scripts import array, labels, script, start


@script
def linear_regression_by_hand():
    import numpy as np
    import torch

    x = torch.linspace(-np.pi, np.pi, 50)
    y = torch.sin(x) + 0.1 * torch.from_numpy(array(50))
    a = torch.tensor(0.1, requires_grad=True)
    b, c, d = (torch.full((), v, requires_grad=True) for v in (0.2, -0.3, 0.05))
    learning_rate = 1e-4
    for t in range(30):
        y_pred = a + b * x + c * x**2 + d * x**3
        loss = (y_pred - y).pow(2).sum()
        if t % 10 == 9:
            print(t, round(loss.item(), 6))
        loss.backward()
        with torch.no_grad():
            for w in (a, b, c, d):
                w -= learning_rate * w.grad
                w.grad = None
    print(f"Result: y = {a.item():.6f} + {b.item():.6f} x + {c.item():.6f} x^2 + {d:.4f} x^3")
    A = torch.stack([torch.ones_like(x), x, x**2, x**3], dim=1)
    normal = torch.linalg.solve(A.T @ A, A.T @ y)
    lstsq = torch.linalg.lstsq(A, y.unsqueeze(1)).solution.squeeze(1)
    return a, b, c, d, normal, lstsq, (A @ normal - y).square().mean().sqrt()


@script
def logistic_regression_by_hand():
    import torch

    torch.manual_seed(42)
    X = torch.cat([torch.tensor(array(20, 2)) + 1, torch.tensor(array(20, 2, seed=1)) - 1])
    X = (X - X.mean(dim=0)) / X.std(dim=0)
    y = torch.cat((torch.ones(20), torch.zeros(20)))
    w = torch.zeros(2, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    for _epoch in range(20):
        logits = X @ w + b
        loss = -(y * torch.log(torch.sigmoid(logits)) + (1 - y) * torch.log(1 - torch.sigmoid(logits))).mean()
        loss += 0.01 * torch.dot(w, w)
        loss.backward()
        with torch.no_grad():
            w -= 0.5 * w.grad
            b -= 0.5 * b.grad
            w.grad.zero_()
            b.grad.zero_()
    accuracy = ((logits.sigmoid() > 0.5).float() == y).float().mean()
    grid = torch.stack(torch.meshgrid(torch.linspace(-1, 1, 3), torch.linspace(-1, 1, 4), indexing="xy"), -1).view(
        -1, 2
    )
    print(f"{accuracy:.2%}", loss.requires_grad, w, (grid @ w.detach() + b.detach() > 0).long().reshape(4, 3))
    return w, b, loss


@script
def two_layers_with_manual_backward():
    import torch

    N, D_in, H, D_out = 8, 6, 5, 3
    x, y = torch.tensor(array(N, D_in)), torch.tensor(array(N, D_out, seed=1))
    w1, w2 = torch.tensor(array(D_in, H, seed=2)), torch.tensor(array(H, D_out, seed=3))
    for _ in range(5):
        h = x.mm(w1)
        h_relu = h.clamp(min=0)
        y_pred = h_relu.mm(w2)
        grad_y_pred = 2.0 * (y_pred - y)
        grad_w2 = h_relu.t().mm(grad_y_pred)
        grad_h = grad_y_pred.mm(w2.t()).clone()
        grad_h[h < 0] = 0
        grad_w1 = x.t().mm(grad_h)
        v1, v2 = w1.clone().requires_grad_(True), w2.clone().requires_grad_(True)
        loss = (x.mm(v1).clamp(min=0).mm(v2) - y).pow(2).sum()
        loss.backward()
        assert torch.allclose(v1.grad, grad_w1) and torch.allclose(v2.grad, grad_w2)
        w1 -= 1e-3 * grad_w1
        w2.sub_(grad_w2, alpha=1e-3)
    return w1, w2, loss


@script
def own_functions():
    import torch
    from torch.autograd import Function, gradcheck

    class LegendrePolynomial3(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input):
            ctx.save_for_backward(input)
            return 0.5 * (5 * input**3 - 3 * input)

        @staticmethod
        def backward(ctx, grad_output):
            (input,) = ctx.saved_tensors
            return grad_output * 1.5 * (5 * input**2 - 1)

    class GradientReversal(Function):
        @staticmethod
        def forward(ctx, x, alpha):
            ctx.alpha = alpha
            return x.view_as(x)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output.neg() * ctx.alpha, None

    class Binarize(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.where(x >= 0, 1.0, -1.0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            gx = g.clone()
            gx[x.abs() > 1] = 0
            return gx

    x = torch.tensor(array(4, 3), requires_grad=True)
    w = torch.tensor(array(3, 2), requires_grad=True)
    P3, reverse = LegendrePolynomial3.apply, GradientReversal.apply
    y = (P3(x) @ w).sum() + reverse(x, 0.5).pow(2).sum() + (Binarize.apply(w) * w).sum()
    quantized = x + (torch.round(x * 4) / 4 - x).detach()
    (y + quantized.sum()).backward()
    (second,) = torch.autograd.grad(torch.autograd.grad(P3(x).sum(), x, create_graph=True)[0].sum(), x)
    print(gradcheck(P3, (x,)), type(y.grad_fn).__name__ is not None)
    return y, x.grad, w.grad, second


@script
def functions_with_a_double_backward():
    import torch
    from torch.autograd import Function, gradcheck, gradgradcheck
    from torch.autograd.function import once_differentiable

    class CubeBackward(Function):
        @staticmethod
        def forward(ctx, grad_output, x):
            ctx.save_for_backward(grad_output, x)
            return 3 * grad_output * x**2

        @staticmethod
        def backward(ctx, grad_grad):
            grad_output, x = ctx.saved_tensors
            return grad_grad * 3 * x**2, grad_grad * grad_output * 6 * x

    class Cube(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return CubeBackward.apply(grad_output, x)

    class Sinh(Function):
        @staticmethod
        def forward(ctx, x):
            expx, expnegx = torch.exp(x), torch.exp(-x)
            ctx.save_for_backward(expx, expnegx)
            return (expx - expnegx) / 2, expx, expnegx  # what is kept is an output, so that it has a gradient

        @staticmethod
        def backward(ctx, grad_out, grad_expx, grad_expnegx):
            expx, expnegx = ctx.saved_tensors
            return grad_out * (expx + expnegx) / 2 + grad_expx * expx - grad_expnegx * expnegx

    class Once(Function):
        @staticmethod
        def forward(ctx, x, power=2):
            ctx.power = power
            ctx.save_for_backward(x)
            ctx.set_materialize_grads(False)
            return x**power

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            if not ctx.needs_input_grad[0]:
                return None, None
            return g * ctx.power * ctx.saved_tensors[0] ** (ctx.power - 1), None

    x = torch.tensor(array(5), requires_grad=True)
    print(gradcheck(Cube.apply, (x,)), gradgradcheck(Cube.apply, (x,)))
    print(gradcheck(lambda x: Sinh.apply(x)[0], (x,)), gradgradcheck(lambda x: Sinh.apply(x)[0], (x,)))
    derivatives = [Cube.apply(x)]
    for _ in range(3):
        (d,) = torch.autograd.grad(derivatives[-1].sum(), x, create_graph=True)
        derivatives.append(d)
    penalty = torch.autograd.grad(Sinh.apply(x)[0].sum(), x, create_graph=True)[0].pow(2).sum()
    penalty.backward()
    (once,) = torch.autograd.grad(Once.apply(x, 3).sum(), x, create_graph=True)
    try:
        once.sum().backward()
    except RuntimeError:
        print("differentiable once")
    seen = []
    y = Cube.apply(x)
    handle = y.register_hook(lambda g: seen.append(g.clone()) or g.clamp(max=0.5))
    x.grad = None
    (y * torch.arange(5)).sum().backward()
    handle.remove()
    return derivatives, penalty, once.detach(), x.grad, seen


@script
def newton_and_hessian_vector_products():
    import torch
    from torch.autograd.functional import hessian, hvp, jacobian, vjp

    def rosenbrock(x):
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()

    def hessian_vector_product(f, x, v):
        grad = torch.autograd.grad(f(x), x, create_graph=True)[0]
        return torch.autograd.grad(grad, x, grad_outputs=v, retain_graph=False)[0]

    x = torch.tensor([1.2, 1.3, 0.9], requires_grad=True)
    for _ in range(3):
        (g,) = torch.autograd.grad(rosenbrock(x), x, create_graph=True)
        H = torch.stack([torch.autograd.grad(g[i], x, retain_graph=True)[0] for i in range(len(x))])
        with torch.no_grad():
            x -= torch.linalg.inv(H) @ g
    v = torch.tensor([1.0, -1.0, 2.0])
    H2 = hessian(rosenbrock, x.detach())
    J = jacobian(lambda t: torch.stack([t.prod(), (t**2).sum()]), x.detach())
    print(torch.allclose(H2 @ v, hessian_vector_product(rosenbrock, x, v)), H2.shape, J.shape)
    return x, g, H, H2, J, hvp(rosenbrock, x.detach(), v), vjp(rosenbrock, x.detach(), torch.tensor(2.0))


@script
def model_agnostic_meta_learning():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    def net(x, params):
        w1, b1, w2, b2 = params
        return F.linear(torch.relu(F.linear(x, w1, b1)), w2, b2)

    model = start(nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 1)))
    meta_optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(2):
        meta_loss = 0.0
        for task in range(3):
            x, amplitude = torch.tensor(array(10, 1, seed=task)), 1.0 + task
            y = amplitude * torch.sin(x)
            fast = list(model.parameters())
            for _inner in range(2):
                loss = F.mse_loss(net(x[:5], fast), y[:5])
                grads = torch.autograd.grad(loss, fast, create_graph=True)
                fast = [w - 0.1 * g for w, g in zip(fast, grads, strict=True)]
            meta_loss = meta_loss + F.mse_loss(net(x[5:], fast), y[5:])
        meta_optimizer.zero_grad()
        meta_loss.backward()
        meta_optimizer.step()
        losses.append(meta_loss.item())
    names = dict(model.named_parameters())
    functional = torch.func.functional_call(model, {k: v * 2 for k, v in names.items()}, (x,))
    return losses, model.state_dict(), functional


@script
def k_means():
    import torch

    def kmeans(x, k, iterations=10):
        centers = x[:k].clone()
        for _ in range(iterations):
            distances = ((x[:, None, :] - centers[None, :, :]) ** 2).sum(-1)
            assignment = distances.argmin(dim=1)
            new = torch.zeros_like(centers).index_add_(0, assignment, x)
            counts = torch.bincount(assignment, minlength=k).clamp(min=1).type_as(x).view(k, 1)
            new /= counts
            if torch.norm(new - centers) < 1e-8:
                break
            centers = new
        return assignment, centers

    x = torch.cat([torch.tensor(array(20, 2, seed=i)) * 0.3 + i for i in range(3)])
    assignment, centers = kmeans(x, 3)
    means = torch.stack([x[assignment == j].mean(0) for j in range(3)])
    sizes = [int((assignment == j).sum()) for j in range(3)]
    spread = torch.zeros(3).scatter_reduce(0, assignment, torch.cdist(x, centers).min(1).values, reduce="amax")
    print(sizes, torch.unique(assignment), centers.dtype)
    return assignment, centers, means, spread


@script
def matrix_factorization_and_pca():
    import torch

    R = torch.tensor(array(6, 5))
    mask = torch.tensor(labels(30, 4)).view(6, 5) > 0
    U = torch.nn.Parameter(torch.tensor(array(6, 2, seed=1)))
    V = torch.nn.Parameter(torch.tensor(array(5, 2, seed=2)))
    optimizer = torch.optim.Adagrad([U, V], lr=0.1)
    for _ in range(5):
        error = (U @ V.t() - R)[mask]
        loss = error.pow(2).mean() + 0.01 * (U.norm() + V.norm())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    centered = R - R.mean(0, keepdim=True)
    covariance = centered.T @ centered / (R.size(0) - 1)
    v = torch.ones(5) / 5**0.5
    for _ in range(100):
        v = covariance.mv(v)
        v = v / v.norm()
    eigenvalue = v @ covariance @ v
    u, s, vh = torch.linalg.svd(centered, full_matrices=False)
    values, vectors = torch.linalg.eigh(covariance)
    det, logdet = torch.det(covariance), torch.logdet(covariance + torch.eye(5))
    L = torch.linalg.cholesky(covariance + 1e-3 * torch.eye(5))
    return (
        loss,
        U,
        V,
        eigenvalue,
        s,
        (u * s) @ vh,
        values,
        (vectors * values) @ vectors.T,
        det,
        logdet,
        L,
        torch.trace(L),
    )


@script
def policy_gradient():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    policy = start(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)))
    value = start(nn.Linear(4, 1), seed=9)
    optimizer = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=1e-2)
    states, actions = torch.tensor(array(7, 4)), torch.tensor(labels(7, 3))
    rewards = array(7, seed=2).tolist()
    for _ in range(3):
        returns, R = [], 0.0
        for r in rewards[::-1]:
            R = r + 0.99 * R
            returns.insert(0, R)
        returns = torch.tensor(returns)
        returns = (returns - returns.mean()) / (returns.std() + 1e-9)
        log_probs = F.log_softmax(policy(states), dim=-1)
        chosen = log_probs.gather(1, actions.unsqueeze(1)).squeeze(1)
        values = value(states).squeeze()
        advantage = returns - values.detach()
        entropy = -(log_probs.exp() * log_probs).sum(-1).mean()
        ratio = torch.exp(chosen - chosen.detach())
        surrogate = torch.min(ratio * advantage, torch.clamp(ratio, 0.8, 1.2) * advantage)
        loss = -surrogate.mean() + 0.5 * F.smooth_l1_loss(values, returns) - 0.01 * entropy
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(policy.parameters(), 0.5)
        optimizer.step()
    sampled = torch.multinomial(F.softmax(policy(states), dim=1), num_samples=1)
    assert sampled.shape == (7, 1) and sampled.dtype == torch.int64
    return loss, policy.state_dict(), value.state_dict()


@script
def physics_informed_network():
    import torch

    net = start(torch.nn.Sequential(torch.nn.Linear(2, 10), torch.nn.Tanh(), torch.nn.Linear(10, 1)))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    x = torch.tensor(array(12, 1), requires_grad=True)
    t = torch.tensor(array(12, 1, seed=1)).abs().requires_grad_()
    losses = []
    for _ in range(4):
        u = net(torch.hstack([x, t]))
        u_x = torch.autograd.grad(u, x, torch.ones_like(u), create_graph=True)[0]
        u_t = torch.autograd.grad(u.sum(), t, create_graph=True)[0]
        u_xx = torch.autograd.grad(u_x, x, grad_outputs=torch.ones_like(u_x), create_graph=True)[0]
        residual = u_t + u * u_x - (0.01 / torch.pi) * u_xx
        initial = net(torch.cat((x, torch.zeros_like(x)), dim=1)) + torch.sin(torch.pi * x)
        loss = residual.pow(2).mean() + initial.pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, net.state_dict()
