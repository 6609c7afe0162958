"""The test of the tests, in breadth: rules that are wrong in many ways, and right ones that look odd."""

import itertools

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad.autograd import Function, GradcheckError, gradcheck, gradgradcheck, once_differentiable
from tests.autograd.test_gradcheck import function, leaf

D = mg.float64


def made(forward, backward):
    """A Function of these two: ``forward(ctx, *args)`` and ``backward(ctx, *gs)``."""
    return type("F", (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)}).apply


def square(rule):
    """x * x with this rule, given g and x."""
    return function(lambda x: x * x, lambda g, y, x: rule(g, x))


def twice(rule):
    """2 * x, with this in the place of g in its rule."""
    return function(lambda x: x * 2, lambda g, y, x: 2 * rule(g))


def double_and_triple(rule, materialize=True):
    """(2 * x, 3 * x) with this rule, given both gradients."""

    def forward(ctx, x):
        ctx.set_materialize_grads(materialize)
        return x * 2, x * 3

    return made(forward, lambda ctx, g, h: rule(g, h))


def in_place(g):
    g._data *= 2
    return g


def by_memory(g):
    """The gradient as it would be if it lay in memory in the order of its indices."""
    return mg.from_numpy(np.ascontiguousarray(g._data.ravel(order="K")).reshape(g.shape))


calls = itertools.count()
seen = {}


def remembering(ctx, x):
    seen["x"] = x.detach().clone()
    return x**3


def keeping_state(ctx, x):
    ctx.save_for_backward(x)
    ctx.passes = 0
    return x * 2


def passing_again(ctx, g):
    ctx.passes += 1
    return g * 2 * ctx.passes


def overwriting_input(ctx, g):
    (x,) = ctx.saved_tensors
    try:
        return g * 2 * x
    finally:
        x._data[...] += 1


def saving(f):
    def forward(ctx, *args):
        ctx.save_for_backward(*args)
        return f(*args)

    return forward


def by_grad_mode(g):
    return g * (1 if mg.is_grad_enabled() else 2) * 2


def kink(x):
    return 1.0 if x._data.flat[0] > 1 else -1.0


# rules that are not linear in the gradient that they are given, in g's place; for all of them 0 and 1 look right
NOT_LINEAR = {
    "abs": lambda g: g.abs(),
    "positive part by a mask": lambda g: g * (g > 0),
    "relu": lambda g: g.relu(),
    "squared": lambda g: g * g,
    "cubed": lambda g: g**3,
    "root": lambda g: g.abs().sqrt(),
    "clipped to 1": lambda g: g.clamp(-1, 1),
    "clipped to 100": lambda g: g.clamp(-100, 100),
    "its sign": lambda g: g.sign(),
    "rounded": lambda g: g.round(),
    "small ones dropped": lambda g: g * (g.abs() > 1e-3),
    "leaky": lambda g: mg.where(g > 0, g, 0.5 * g),
    "tanh": lambda g: g.tanh() / np.tanh(1.0),
    "times its largest": lambda g: g * g.abs().max(),
    "times its sum": lambda g: g * g.sum(),
    "divided by its norm": lambda g: g / (g.norm() + 1e-300),
    "divided by its largest": lambda g: g / g.abs().max().clamp(min=1.0),
    "sign lost in one entry": lambda g: mg.cat([g[:1].abs(), g[1:]]),
    "another one for negative sums": lambda g: g * (2.0 if g.sum().item() < 0 else 1.0),
    "another one for large gradients": lambda g: g * (0.0 if g.abs().max().item() > 1e3 else 1.0),
}

WRONG = {
    # an offset shows in the Jacobian
    "plus 1": (twice(lambda g: g + 1), leaf(3)),
    "plus a little": (twice(lambda g: g + 1e-4), leaf(3)),
    "plus a little, of the input": (square(lambda g, x: g * 2 * x + 1e-3 * x), leaf(3)),
    "ones at zeros": (twice(lambda g: mg.where(g == 0, 1.0, g)), leaf(3)),
    "a kink in g": (square(lambda g, x: 2 * x * mg.maximum(g, 0.5 * g)), leaf(3)),
    "0-dim, abs": (twice(lambda g: g.abs()), leaf()),
    "one element, relu": (twice(lambda g: g.relu()), leaf(1)),
    "second of two inputs": (
        function(lambda x, y: x * y, lambda g, z, x, y: (g * y, g.abs() * x)), (leaf(3), leaf(3) + 1),
    ),
    "through other operations": (lambda x: twice(lambda g: g.relu())(x).sin().sum(), leaf(4)),
    # several outputs
    "second output, abs": (double_and_triple(lambda g, h: 2 * g + 3 * h.abs()), leaf(3)),
    "product of two gradients": (double_and_triple(lambda g, h: 2 * g + 3 * h + g * h), leaf(3)),
    "one output counts twice with the other": (
        double_and_triple(lambda g, h: 2 * g + 3 * h * (2 if g.any() else 1)), leaf(3),
    ),
    "None taken for ones": (double_and_triple(
        lambda g, h: (2 if g is None else 2 * g) + (3 if h is None else 3 * h) + mg.zeros(3, dtype=D), False), leaf(3),
    ),
    "None not expected": (double_and_triple(lambda g, h: 2 * g + 3 * h, False), leaf(3)),
    "None returned for lack of one": (
        double_and_triple(lambda g, h: None if g is None or h is None else 2 * g + 3 * h, False), leaf(3),
    ),
    "outputs exchanged": (double_and_triple(lambda g, h: 3 * g + 2 * h), leaf(3)),
    # what backward leaves behind or hangs on
    "g changed in place": (made(saving(lambda x: x * 2), lambda ctx, g: in_place(g)), leaf(3)),
    "input changed in place": (made(saving(lambda x: x * x), overwriting_input), leaf(3)),
    "input changed in forward": (lambda x: (x._data.__setitem__(..., x._data + 1), x * 2)[1], leaf(3)),
    "drifts": (twice(lambda g: g * (1 + 1e-12 * next(calls))), leaf(3)),
    "random": (twice(lambda g: g * (1 + 1e-9 * mg.rand(3, dtype=D))), leaf(3)),
    "grows with the passes": (made(keeping_state, passing_again), leaf(3)),
    "what the last forward left": (made(remembering, lambda ctx, g: g * 3 * seen["x"] ** 2), leaf(3)),
    "order of memory": (twice(by_memory), leaf(3, 4)),
    "grad mode": (twice(by_grad_mode), leaf(3)),
    "stride 0 not expected": (twice(lambda g: g if g._data.flags.writeable else g * 2), leaf(3)),
    "strides of g": (twice(lambda g: g if g._data.flags.c_contiguous else -g), leaf(2, 3)),
    # outputs that hang on values
    "shape by value": (lambda x: x.repeat(2 if x.item() >= 3 else 1), mg.tensor([3.0], dtype=D, requires_grad=True)),
    "dtype by value": (
        lambda x: x * 2 if x.sum().item() >= 3 else (x * 2).float(), mg.tensor([3.0], dtype=D, requires_grad=True),
    ),
    "number of outputs by value": (
        lambda x: (x,) if x.item() > 3 else (x, x), mg.tensor([3.0], dtype=D, requires_grad=True),
    ),
    "shape by mask": (lambda x: x[x >= 1] * 2, mg.tensor([0.5, 1.0, 2.0], dtype=D, requires_grad=True)),
    "jump": (lambda x: x * kink(x), mg.tensor([1.0], dtype=D, requires_grad=True)),
    # numbers
    "one row of a batch": (
        function(lambda x: x.exp(), lambda g, y, x: g * y * mg.tensor([[1.0], [1.0], [1.005]], dtype=D)), leaf(3, 2),
    ),
    "broadcast not undone": (
        function(lambda x, b: x + b, lambda g, y, x, b: (g, g[:1] * 3)), (leaf(3, 2), leaf(1, 2)),
    ),
    "mean over the wrong dim": (
        function(lambda x: x.mean(0), lambda g, y, x: g.expand(4, 3) / 3), leaf(4, 3),
    ),
    "matmul without transposing": (
        function(lambda a, b: a @ b, lambda g, y, a, b: (g @ b, a @ g)), (leaf(2, 2), leaf(2, 2) + 1),
    ),
    "max by all ties": (function(lambda x: x.max(), lambda g, y, x: g * (x > 0).double()), leaf(3)),
    "cumsum not reversed": (function(lambda x: x.cumsum(0), lambda g, y, x: g.cumsum(0)), leaf(4)),
    "gather instead of scatter": (
        function(lambda x: x[mg.tensor([0, 0, 1])], lambda g, y, x: g), leaf(3),
    ),
    "log of the output": (function(lambda x: x.log(), lambda g, y, x: g / y), leaf(3)),
    "eps forgotten": (
        function(lambda x: x / (x * x + 0.1).sqrt(), lambda g, y, x: g * 0.1 / (x * x + 0.2) ** 1.5), leaf(3),
    ),
    "non-contiguous input": (
        function(lambda x: x * x, lambda g, y, x: 2 * g * by_memory(x)),
        leaf(4, 3).detach().T.requires_grad_(),
    ),
    "an input forgotten": (
        function(lambda x, y: x * y.exp(), lambda g, z, x, y: (g * y.exp(), None)), (leaf(2), leaf(2)),
    ),
    "a constant that is none": (lambda x: x.detach() ** 2, leaf(2)),
}  # fmt: skip


def state_of_forward(ctx, x):
    ctx.x = x.detach().clone()
    return x**3


RIGHT = {
    "two signs": (twice(lambda g: g.relu() - (-g).relu()), leaf(3)),
    "abs times sign": (twice(lambda g: g.abs() * g.sign()), leaf(3)),
    "None taken for zeros": (double_and_triple(
        lambda g, h: (0 if g is None else 2 * g) + (0 if h is None else 3 * h) + mg.zeros(3, dtype=D), False), leaf(3),
    ),
    "state in ctx": (made(state_of_forward, lambda ctx, g: g * 3 * ctx.x**2), leaf(3)),
    "g copied, then changed": (twice(lambda g: in_place(g.detach().clone()) / 2), leaf(3)),
    "by NumPy": (made(saving(lambda x: x.exp()), once_differentiable(
        lambda ctx, g: mg.from_numpy(g.numpy() * np.exp(ctx.saved_tensors[0].numpy(force=True))))), leaf(3),
    ),
    "0-dim": (lambda x: x**3, leaf()),
    "0-dim of many": (lambda x: (x * x).sum(), leaf(3)),
    "empty": (lambda x: x * x, leaf(0, 3)),
    "to empty": (lambda x: x[:0] * 2, leaf(3)),
    "empty to a sum": (lambda x: (x * x).sum(), leaf(0)),
    "identity": (lambda x: x, leaf(3)),
    "the input and more": (lambda x: (x, x * 2), leaf(3)),
    "one output twice": (lambda x: (x * 2,) * 2, leaf(3)),
    "non-contiguous": (lambda x: x * x, leaf(4, 3).detach().T.requires_grad_()),
    "every other": (lambda x: x.sin(), leaf(6).detach()[::2].requires_grad_()),
    "not a leaf": (lambda x: x.exp(), leaf(3) * 2),
    "one tensor twice": (lambda x, y: x * y, (leaf(3),) * 2),
    "a list of inputs": (lambda x, y: x / y, [leaf(3), leaf(3) + 1]),
    "constant inputs": (lambda x, n, f, y: (x * n + f).pow(2) * y, (leaf(3), 2, 0.5, mg.ones(3, dtype=D))),
    "integer output": (lambda x: (x * 2, x.argmax(), (x > 0).sum()), leaf(3)),
    "integer input": (lambda x, i: x[i] ** 2, (leaf(3), mg.tensor([0, 0, 2]))),
    "no dependence": (lambda x, y: y * 2, (leaf(2), leaf(3))),
    "constant output beside": (lambda x: (x * 2, mg.ones(3)), leaf(3)),
    "ends in view": (lambda x: (x * x).reshape(3, 2).T[0], leaf(6)),
    "large slopes": (lambda x: (x * 10).exp(), leaf(3)),
    "small slopes": (lambda x: x * 1e-9, leaf(3)),
    "opposite terms": (lambda x: (x * 1e3) ** 2 - (x * 1e3) * (x * 1e3) + x, leaf(3)),
    "softmax": (lambda x: F.softmax(x, -1), leaf(2, 3)),
    "layer_norm": (lambda x, w: F.layer_norm(x, (4,), w), (leaf(2, 4), leaf(4))),
    "batch_norm, with buffers": (
        lambda x, m, v: F.batch_norm(x, m, v, training=True), (leaf(4, 2), mg.zeros(2, dtype=D), mg.ones(2, dtype=D)),
    ),
    "conv2d": (lambda x, w: F.conv2d(x, w, padding=1), (leaf(1, 2, 4, 4), leaf(2, 2, 3, 3))),
    "max_pool2d": (lambda x: F.max_pool2d(x, 2), leaf(1, 1, 4, 4)),
    "cross_entropy": (lambda x: F.cross_entropy(x, mg.tensor([0, 2])), leaf(2, 3)),
    "sort": (lambda x: x.sort()[0], leaf(5)),
    "unbind": (lambda x: x.unbind(), leaf(2, 3)),
    "svd": (lambda x: mg.linalg.svdvals(x), leaf(3, 3)),
    "solve": (lambda a, b: mg.linalg.solve(a + 2 * mg.eye(3, dtype=D), b), (leaf(3, 3), leaf(3))),
    "where": (lambda x: mg.where(x > 0.7, x.log(), x**2), leaf(5)),
    "in place within": (lambda x: (x * 2).mul_(x).add_(1), leaf(3)),
    "assignment within": (lambda x: x.clone().index_fill_(0, mg.tensor([0]), 0.0) * x, leaf(3)),
    "detached part": (lambda x: x * (x.detach() * 0 + 2), leaf(3)),
    "kernel of one element": (lambda x, y: x @ y, (leaf(1, 1), leaf(1, 1))),
    "dropout, seeded": (lambda x: (mg.manual_seed(0), F.dropout(x, 0.5))[1], leaf(6)),
}  # fmt: skip

FIRST_ONLY = {"state in ctx", "g copied, then changed", "by NumPy"}  # wrong in second order


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("name", NOT_LINEAR)
def test_a_rule_has_to_be_linear(name, fast_mode):
    f = twice(NOT_LINEAR[name])
    with pytest.raises(GradcheckError):
        gradcheck(f, leaf(3), fast_mode=fast_mode)
    with pytest.raises(GradcheckError):
        gradgradcheck(f, leaf(3), fast_mode=fast_mode)
    assert gradcheck(f, leaf(3), raise_exception=False) is False


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_found(name, fast_mode):
    f, inputs = WRONG[name]
    with pytest.raises(GradcheckError):
        gradcheck(f, inputs, fast_mode=fast_mode)
    assert gradcheck(f, inputs, fast_mode=fast_mode, raise_exception=False) is False


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_rule_passes(name, fast_mode):
    f, inputs = RIGHT[name]
    assert gradcheck(f, inputs, fast_mode=fast_mode, check_grad_dtypes=True, check_batched_grad=True)
    if name not in FIRST_ONLY:
        assert gradgradcheck(f, inputs, fast_mode=fast_mode)


def test_what_is_wrong_is_said():
    """The faults that a Jacobian does not show."""
    told = {
        "g changed in place": "changes the gradient that it is given in place",
        "input changed in place": "backward changes the input in place",
        "input changed in forward": "the function overwrites its input",
        "product of two gradients": "the gradients of the outputs do not add up",
        "None not expected": "has to take None as zeros",
        "what the last forward left": "what a later call of forward has changed",
        "order of memory": "in another order in memory",
        "grad mode": "times the derivative",
        "shape by value": r"they are \(2,\) float64, and \(1,\) float64 when input 0 is moved at \[0\] by 1e-06",
    }
    for name, text in told.items():
        with pytest.raises(GradcheckError, match=text):
            gradcheck(*WRONG[name])


def test_outputs_that_change_their_shape_are_an_assertion_error_too():
    """As in PyTorch."""
    with pytest.raises(AssertionError, match="depends on the values"):
        gradcheck(*WRONG["shape by value"])


def test_inputs_that_share_memory_are_refused():
    x = leaf(4)
    window = np.lib.stride_tricks.as_strided(np.zeros(4), (3, 2), (8, 8))
    for inputs in ((x, x.detach()), (x, x[:2]), (mg.Tensor._wrap(window).requires_grad_(),)):
        with pytest.raises(RuntimeError, match="share memory|repeats its memory"):
            gradcheck(lambda *xs: [2 * x for x in xs], inputs)


@pytest.mark.parametrize(
    "option", [{"eps": 0}, {"eps": -1e-6}, {"atol": -1.0}, {"rtol": float("nan")}, {"nondet_tol": -1}]
)
def test_options_are_checked(option):
    for check in (gradcheck, gradgradcheck):
        with pytest.raises(ValueError, match=next(iter(option))):
            check(mg.exp, leaf(2), **option)
