"""The test of the tests: gradcheck and gradgradcheck reject wrong rules, and say where."""

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad.autograd import Function, GradcheckError, gradcheck, gradgradcheck


def leaf(*shape, dtype=mg.float64):
    values = np.random.default_rng(0).uniform(0.3, 1.5, shape)
    return mg.tensor(values, dtype=dtype, requires_grad=True)


def function(forward, backward):
    """A Function that keeps its arguments and outputs, as ``backward(g, y, *args)`` wants them."""

    def keeping(ctx, *args):
        y = forward(*args)
        ctx.save_for_backward(y, *args)
        return y

    rule = staticmethod(lambda ctx, g: backward(g, *ctx.saved_tensors))
    return type("F", (Function,), {"forward": staticmethod(keeping), "backward": rule}).apply


def softmax(x):
    e = x.exp()
    return e / e.sum(-1, keepdim=True)


def softmax_backward(g, y, x):
    return y * (g - (g * y).sum(-1, keepdim=True))


def layer_norm(x):
    centred = x - x.sum(-1, keepdim=True) / 4
    return centred / ((centred * centred).sum(-1, keepdim=True) / 4).sqrt()


RIGHT = {
    "softmax": (function(softmax, softmax_backward), [(3, 4)]),
    "mul": (function(lambda x, y: x * y, lambda g, z, x, y: (g * y, g * x)), [(3,), (3,)]),
    "sub": (function(lambda x, y: x - y, lambda g, z, x, y: (g, -g)), [(2, 2), (2, 2)]),
    "0-dim": (function(lambda x: x**3, lambda g, y, x: g * 3 * x**2), [()]),
}

# first order: each is wrong in a way that some sloppier check would miss
WRONG = {
    "softmax, three times too large": (function(softmax, lambda *a: 3 * softmax_backward(*a)), [(3, 4)]),
    "softmax, wrong axis": (function(softmax, lambda g, y, x: y * (g - (g * y).sum(0, keepdim=True))), [(4, 4)]),
    "softmax, term missing": (function(softmax, lambda g, y, x: y * g), [(3, 4)]),
    "wrong sign": (function(lambda x, y: x - y, lambda g, z, x, y: (g, g)), [(3,), (3,)]),
    "inputs swapped": (function(lambda x, y: x * y, lambda g, z, x, y: (g * x, g * y)), [(3,), (3,)]),
    "one gradient forgotten": (function(lambda x, y: x * y, lambda g, z, x, y: (g * y, None)), [(3,), (3,)]),
    "gradient ignored": (function(lambda x: x * 2, lambda g, y, x: mg.ones_like(g) * 2), [(3,)]),
    "only one entry": (
        function(lambda x: x * x, lambda g, y, x: g * (2 * x + mg.tensor([0.0] * 9 + [0.01]))),
        [(10,)],
    ),
    "transposed": (function(lambda x: x * x.T, lambda g, y, x: g * x.T + g * x), [(3, 3)]),
    "summed to a scalar and repeated": (function(lambda x: x * 2, lambda g, y, x: 0 * g + (g * 2).sum()), [(3,)]),
    "slightly too large": (function(lambda x: x.exp(), lambda g, y, x: g * y * 1.01), [(4,)]),
    "of the output instead of the input": (function(lambda x: x**2, lambda g, y, x: g * 2 * y), [(4,)]),
    "nan": (function(lambda x: x * 2, lambda g, y, x: g * float("nan")), [(4,)]),
    "0-dim": (function(lambda x: x**3, lambda g, y, x: g * x**2), [()]),
    "constant": (function(lambda x: x.exp(), lambda g, y, x: g * 0), [(4,)]),
    "mean taken for a sum": (
        function(layer_norm, lambda g, y, x: g - g.sum(-1, keepdim=True) - y * (g * y).sum(-1, keepdim=True)),
        [(2, 4)],
    ),
}

# right in first order, wrong in second: a factor of the gradient that forgets where it came from
WRONG_AGAIN = {
    "input detached": (function(lambda x: x**3, lambda g, y, x: g * 3 * x.detach() ** 2), [(3,)]),
    "output detached": (function(lambda x: x.exp(), lambda g, y, x: g * y.detach()), [(3,)]),
    "gradient detached": (function(lambda x: x**3, lambda g, y, x: g.detach() * 3 * x**2), [(3,)]),
    "by NumPy": (
        function(lambda x: x**3, lambda g, y, x: mg.tensor(g.detach().numpy() * 3 * x.detach().numpy() ** 2)),
        [(3,)],
    ),
    "one of two": (function(lambda x, y: x * y, lambda g, z, x, y: (g * y, g * x.detach())), [(3,), (3,)]),
    "a term detached": (
        function(softmax, lambda g, y, x: y * (g - (g * y).sum(-1, keepdim=True).detach())),
        [(2, 3)],
    ),
}


def inputs_of(shapes):
    return tuple(leaf(*s) + 0.1 * i for i, s in enumerate(shapes))


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("name", RIGHT)
def test_right_rules_pass(name, fast_mode):
    f, shapes = RIGHT[name]
    assert gradcheck(f, inputs_of(shapes), fast_mode=fast_mode, check_grad_dtypes=True)
    assert gradgradcheck(f, inputs_of(shapes), fast_mode=fast_mode, check_grad_dtypes=True)


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("name", WRONG)
def test_wrong_rules_fail(name, fast_mode):
    f, shapes = WRONG[name]
    with pytest.raises(GradcheckError):
        gradcheck(f, inputs_of(shapes), fast_mode=fast_mode)
    assert gradcheck(f, inputs_of(shapes), fast_mode=fast_mode, raise_exception=False) is False


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("name", WRONG_AGAIN)
def test_wrong_second_derivatives_fail(name, fast_mode):
    f, shapes = WRONG_AGAIN[name]
    assert gradcheck(f, inputs_of(shapes), fast_mode=fast_mode)
    with pytest.raises(GradcheckError):
        gradgradcheck(f, inputs_of(shapes), fast_mode=fast_mode)
    assert gradgradcheck(f, inputs_of(shapes), fast_mode=fast_mode, raise_exception=False) is False


def test_a_check_seeded_with_ones_would_miss_it():
    """Rows of a softmax sum to 1, so with a cotangent of ones any multiple of its backward is right: zero."""
    f, shapes = WRONG["softmax, three times too large"]
    (x,) = inputs_of(shapes)
    assert gradcheck(lambda x: f(x).sum(), x)
    with pytest.raises(GradcheckError):
        gradcheck(f, x, fast_mode=True)


def test_message_says_where_and_how_much():
    f = function(lambda x, y: x * y, lambda g, z, x, y: (g * y, g * x * mg.tensor([[1.0, 1.0, 2.0]] * 2)))
    x, y = mg.ones(2, 3, dtype=mg.float64), mg.full((2, 3), 3.0, dtype=mg.float64)
    x._data[1, 2] = 5
    with pytest.raises(GradcheckError) as error:
        gradcheck(f, (x.requires_grad_(), y.requires_grad_()))
    message = str(error.value)
    assert "output 0 for input 1 is wrong: 2 of 36 entries" in message
    assert "d output[1, 2] / d input[1, 2]: backward gives 10, central differences give 5" in message


def test_gradient_of_the_wrong_dtype():
    """A rule in float32 is off by 1e-8: only asking for the dtype finds it."""
    from minigrad.ops.declare.declaration import Operation, registry
    from minigrad.ops.declare.operation import operation

    @operation(input=lambda g: g.to(mg.float32) if isinstance(g, mg.Tensor) else g.astype(np.float32))
    def careless(input):
        return input.copy()

    try:
        assert isinstance(registry.pop("careless"), Operation)
        assert gradcheck(careless, leaf(3))
        with pytest.raises(GradcheckError, match="float32, expected minigrad.float64"):
            gradcheck(careless, leaf(3), check_grad_dtypes=True)
    finally:
        registry.pop("careless", None)


def test_gradient_of_the_wrong_shape():
    from minigrad.ops.declare.declaration import registry
    from minigrad.ops.declare.operation import operation

    @operation(input=lambda g: g[None])
    def misshapen(input):
        return input.copy()

    registry.pop("misshapen")
    with pytest.raises(GradcheckError, match=r"shape \(1, 3\), expected \(3,\)"):
        gradcheck(misshapen, leaf(3))


def test_several_outputs_are_all_checked():
    class Two(Function):
        wrong = 1.0

        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            return g * 2 + h * 3 * Two.wrong

    assert gradcheck(Two.apply, leaf(2)) and gradgradcheck(Two.apply, leaf(2))
    Two.wrong = 2.0
    with pytest.raises(GradcheckError, match="output 1 for input 0"):
        gradcheck(Two.apply, leaf(2))


def test_outputs_without_gradient_are_not_checked():
    def f(x):
        return x * 2, x.detach() * 3, x > 0.5

    assert gradcheck(f, leaf(3)) and gradgradcheck(f, leaf(3))


def test_a_function_without_differentiable_outputs_must_be_constant():
    assert gradcheck(lambda x: mg.ones(2), leaf(3))
    with pytest.raises(GradcheckError, match="does not require grad, but is not constant"):
        gradcheck(lambda x: x.detach() * 2, leaf(3))


def test_inputs_that_do_not_require_grad_are_constants():
    assert gradcheck(lambda x, y, k: x * y * k, (leaf(3), leaf(3).detach(), 2))


def test_functions_that_know_the_tensor_by_another_way():
    w = leaf(3)
    assert gradcheck(lambda _: (w * w).sum(), w)


def test_inputs_are_as_before():
    x = leaf(3)
    before = x.detach().clone()
    gradcheck(lambda x: x.exp(), x)
    with pytest.raises(GradcheckError):
        gradcheck(function(lambda x: x * 2, lambda g, y, x: g), x)
    with pytest.raises(ZeroDivisionError):
        gradcheck(lambda x: x if x.detach()[0].item() == before[0].item() else 1 / 0, x)
    assert x.detach().tolist() == before.tolist() and x.grad is None


def test_float32_warns():
    with pytest.warns(UserWarning, match="input 0 is minigrad.float32.*double"):
        gradcheck(lambda x: x * 2, leaf(3, dtype=mg.float32), eps=1e-2)


def test_a_backward_that_changes_from_call_to_call():
    calls = []

    class Drifting(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            calls.append(1)
            return g * (2 + 1e-8 * len(calls))

    with pytest.raises(GradcheckError, match="second backward"):
        gradcheck(Drifting.apply, leaf(3))
    assert gradcheck(Drifting.apply, leaf(3), nondet_tol=1e-6)


def test_undefined_gradients_must_count_as_zeros():
    class Careless(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            if h is None:
                return g * 2
            return h * 3 if g is None else g * 2 + h * 3 + 1

    with pytest.raises(GradcheckError, match="gradients of zeros"):
        gradcheck(Careless.apply, leaf(3))
    assert gradcheck(Careless.apply, leaf(3), check_undefined_grad=False)


def test_batched_gradients():
    assert gradcheck(lambda x: x.exp(), leaf(3), check_batched_grad=True)
    assert gradgradcheck(lambda x: x.exp(), leaf(3), check_batched_grad=True)


def test_given_and_permuted_grad_outputs():
    def f(x):
        return x**3, x.exp()

    x = leaf(2, 3)
    assert gradgradcheck(f, x, (leaf(2, 3), leaf(2, 3)))
    assert gradgradcheck(f, x, gen_non_contig_grad_outputs=True)
    with pytest.raises(ValueError, match="1 grad_outputs for 2 outputs"):
        gradgradcheck(f, x, leaf(2, 3))


@pytest.mark.parametrize(
    "options",
    [{"check_batched_forward_grad": True}, {"masked": True}, {"check_backward_ad": False}],
)
def test_what_is_not_here_is_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        gradcheck(mg.exp, leaf(2), **options)


@pytest.mark.parametrize("options", [{"check_fwd_over_rev": True}, {"masked": True}, {"check_rev_over_rev": False}])
def test_what_is_not_here_is_refused_in_second_order(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        gradgradcheck(mg.exp, leaf(2), **options)


def test_bad_calls():
    with pytest.raises(ValueError, match="requires grad"):
        gradcheck(mg.exp, mg.ones(2))
    with pytest.raises(ValueError, match="output 1 is float"):
        gradcheck(lambda x: (x, 1.0), leaf(2))
    with pytest.raises(RuntimeError, match="repeats its memory"):
        gradcheck(mg.exp, leaf(1).expand(3))


# ---- explanations ----------------------------------------------------------------------------------------------------


def at(*values):
    return mg.tensor(values, dtype=mg.float64, requires_grad=True)


def overwriting(x):
    x._data[...] += 1
    return x * 2


KERNEL = mg.tensor([[[1.0, 2.0, 5.0]]], dtype=mg.float64)
SQUARE = mg.arange(9, dtype=mg.float64).reshape(3, 3)

MISTAKES = {
    "overwrites its input": (lambda x: (overwriting(x.detach()), x * x)[1], leaf(3)),
    "the function is random": (lambda x: F.dropout(x, 0.5), leaf(20)),
    "not finite around input[0]": (mg.log, at(0.0, 1.0)),
    "a branch that where() does not choose": (lambda x: mg.where(x > 0.0, x.sqrt(), 0 * x), at(0.0, 1.0)),
    "multiplied by it (the chain rule)": (function(lambda x: x * 2, lambda g, y, x: mg.ones_like(g) * 2), leaf(3)),
    "only be multiplied, and once": (function(lambda x: x**2, lambda g, y, x: g * g * g.sum() * x), leaf(3)),
    "kink or a jump at input[1]: its slope is 0 before and 1 behind": (F.relu, at(1.0, 0.0)),
    "kink or a jump at input[2]": (function(mg.floor, lambda g, y, x: 0 * g), at(0.5, 1.5, 1.0)),
    "no gradient arrives": (lambda x: x.detach() * 2 + 0 * x, leaf(3)),
    "a sign is wrong": (function(lambda x: x.exp(), lambda g, y, x: -g * y), leaf(3)),
    "gives 3 times the derivative, everywhere: a factor": (
        function(softmax, lambda *a: 3 * softmax_backward(*a)), leaf(3, 4),
    ),
    "one of several ways from the input": (lambda x: x * x.detach(), leaf(3)),
    "a mean over 7 elements of the input has the gradient of a sum": (
        function(lambda x: x.mean(), lambda g, y, x: g * mg.ones_like(x)), leaf(7),
    ),
    "a sum over 7 elements of the input has the gradient of a mean": (
        function(lambda x: x.sum(), lambda g, y, x: g * mg.ones_like(x) / 7), leaf(7),
    ),
    "exchange dimensions 0 and 1 of the input": (
        function(lambda x: x @ SQUARE, lambda g, y, x: (g @ SQUARE.T).T), leaf(3, 3),
    ),
    "flip dimension 0 of the input": (function(lambda x: x.flip(0) * 2, lambda g, y, x: g * 2), leaf(4)),
    "shift by -1 along dimension 0 of the output": (
        function(lambda x: mg.roll(x, -1) ** 2, lambda g, y, x: g * 2 * x), leaf(5),
    ),
    "a matrix or a kernel is the wrong way round": (
        function(lambda x: F.conv1d(x, KERNEL, padding=1), lambda g, y, x: F.conv1d(g, KERNEL, padding=1)),
        leaf(1, 1, 6),
    ),
    "it is wrong only where dimension 2 of the input is 0, 5, the edges": (
        function(
            lambda x: F.conv1d(x, KERNEL, padding=1),
            lambda g, y, x: F.pad(F.conv_transpose1d(g, KERNEL, padding=1)[..., 1:-1], (1, 1)),
        ),
        leaf(1, 1, 6),
    ),
    "it is right only where dimension 0 of the output is 0": (
        function(lambda x: x.expand(4, 3) * 1.0, lambda g, y, x: g[0]), leaf(3),
    ),
}  # fmt: skip


@pytest.mark.parametrize("explanation", MISTAKES)
def test_a_common_mistake_is_explained(explanation):
    f, x = MISTAKES[explanation]
    before = x.detach().clone()
    with pytest.raises(GradcheckError) as caught:
        gradcheck(f, x)
    assert explanation in str(caught.value).split(". Perhaps ")[1]
    assert mg.equal(x, before) or "overwrites" in explanation


def test_too_few_digits_are_explained():
    with (
        pytest.raises(GradcheckError, match="the input is float32, in which differences"),
        pytest.warns(UserWarning, match="input 0 is minigrad.float32"),
    ):
        gradcheck(lambda x: (x * x).sum(), leaf(40, dtype=mg.float32))


def test_what_is_no_common_mistake_is_not_explained():
    f, shapes = WRONG["softmax, wrong axis"]
    with pytest.raises(GradcheckError, match="rtol=0.001\\)$"):
        gradcheck(f, inputs_of(shapes))


def test_backward_has_to_be_linear():
    """Which gradients of 0 and 1, as they make up a Jacobian, would not show."""
    with pytest.raises(GradcheckError, match="backward is not linear in the gradient of the output"):
        gradcheck(function(lambda x: x**2, lambda g, y, x: g * g * 2 * x), leaf(3))
