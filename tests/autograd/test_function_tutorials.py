"""Functions of one's own as tutorials write them."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.autograd import Function, gradcheck, gradgradcheck


def leaf(*values):
    return mg.tensor(values if len(values) != 1 else values[0], dtype=mg.float64, requires_grad=True)


def function(forward, backward, name="F"):
    return type(name, (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


def linear_functions(m):
    """A linear layer twice: context filled in forward, and in setup_context."""

    class Together(m.autograd.Function):
        @staticmethod
        def forward(ctx, input, weight, bias=None):
            ctx.save_for_backward(input, weight, bias)
            output = input.mm(weight.t())
            if bias is not None:
                output += bias.unsqueeze(0).expand_as(output)
            return output

        @staticmethod
        def backward(ctx, grad_output):
            input, weight, bias = ctx.saved_tensors
            grad_input = grad_weight = grad_bias = None
            if ctx.needs_input_grad[0]:
                grad_input = grad_output.mm(weight)
            if ctx.needs_input_grad[1]:
                grad_weight = grad_output.t().mm(input)
            if bias is not None and ctx.needs_input_grad[2]:
                grad_bias = grad_output.sum(0)
            return grad_input, grad_weight, grad_bias

    class Apart(Together):
        @staticmethod
        def forward(input, weight, bias):
            return input.mm(weight.t()) + bias.unsqueeze(0)

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

    return Together, Apart


@pytest.mark.parametrize("which", [0, 1])
def test_linear(which):
    rng = np.random.default_rng(0)
    x, w, b = (mg.tensor(rng.standard_normal(s), requires_grad=True) for s in ((4, 3), (2, 3), (2,)))
    linear = linear_functions(mg)[which].apply
    expected = mg.autograd.grad((x @ w.t() + b).exp().sum(), [x, w, b])
    for g, e in zip(mg.autograd.grad(linear(x, w, b).exp().sum(), [x, w, b]), expected, strict=True):
        np.testing.assert_allclose(g.numpy(), e.numpy())
    assert gradcheck(linear, (x, w, b)) and gradgradcheck(linear, (x, w, b))


@pytest.mark.parametrize("which", [0, 1])
def test_linear_is_that_of_pytorch(which):
    torch = pytest.importorskip("torch")
    results = []
    for m in (mg, torch):
        rng = np.random.default_rng(0)
        x, w, b = (m.tensor(rng.standard_normal(s), requires_grad=True) for s in ((4, 3), (2, 3), (2,)))
        linear_functions(m)[which].apply(x, w, b).exp().sum().backward()
        results.append([t.grad.numpy() for t in (x, w, b)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs)


class LegendrePolynomial3(Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input**3 - 3 * input)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input**2 - 1)


def test_legendre_polynomial():
    x = leaf(0.3, -1.2)
    assert gradcheck(LegendrePolynomial3.apply, x) and gradgradcheck(LegendrePolynomial3.apply, x)


def test_third_derivative_through_a_users_backward():
    x = leaf(0.7)
    y = LegendrePolynomial3.apply(x)
    for expected in (1.5 * (5 * 0.49 - 1), 15 * 0.7, 15):
        (y,) = mg.autograd.grad(y, x, create_graph=True)
        assert y.item() == pytest.approx(expected)


class MyReLU(Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input


def test_relu():
    x = leaf(-1.0, 2.0)
    MyReLU.apply(x).sum().backward()
    assert x.grad.tolist() == [0, 1]


class GradientReversal(Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.neg() * ctx.alpha, None


def test_gradient_reversal():
    x = leaf(1.0, 2.0)
    (GradientReversal.apply(x, 0.5) * x).sum().backward()
    assert x.grad.tolist() == [0.5, 1.0]  # x from the product, -0.5 x reversed


def test_straight_through_estimator():
    sign = function(lambda ctx, x: mg.sign(x), lambda ctx, g: g)
    x = leaf(-0.5, 2.0)
    (sign.apply(x) * 3).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_values_by_plain_numpy_with_setup_context():
    class Cube(Function):
        @staticmethod
        def forward(x):
            a = x.detach().numpy()
            return mg.from_numpy(a**3), mg.from_numpy(3 * a**2)

        @staticmethod
        def setup_context(ctx, inputs, output):
            (x,), (_, slope) = inputs, output
            ctx.save_for_backward(x, slope)

        @staticmethod
        def backward(ctx, g, g_slope):
            x, slope = ctx.saved_tensors
            return g * slope + g_slope * 6 * x

    x = leaf(0.5, -2.0)
    assert gradcheck(lambda x: Cube.apply(x)[0], x)
    assert gradgradcheck(lambda x: Cube.apply(x)[0], x)  # through the saved slope, which is an output


def test_checkpointing_runs_a_backward_within_backward():
    class Checkpoint(Function):
        @staticmethod
        def forward(ctx, f, x):
            ctx.f = f
            ctx.save_for_backward(x)
            return f(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            x = x.detach().requires_grad_()
            with mg.enable_grad():
                y = ctx.f(x)
            y.backward(g)
            return None, x.grad

    x = leaf(0.5, 2.0)
    Checkpoint.apply(lambda t: (t * t).exp(), x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * np.array([0.5, 2]) * np.exp([0.25, 4]))
