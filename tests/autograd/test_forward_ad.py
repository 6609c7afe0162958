"""Forward mode: tangents against mathematics and PyTorch, and Functions that say how theirs are carried forwards."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.autograd import GradcheckError, gradcheck
from minigrad.autograd import forward_ad as fw


def leaf(*shape):
    return mg.linspace(0.1, 1, int(np.prod(shape)), dtype=mg.float64).reshape(shape).requires_grad_()


def pushed(lib, forward_ad, a, b, tangents):
    """The outputs of a few operations and their tangents, as arrays; None where there is no tangent."""
    a, b, u, v = (lib.tensor(t) for t in (a, b, *tangents))
    with forward_ad.dual_level():
        a, b = forward_ad.make_dual(a, u), forward_ad.make_dual(b, v)
        outputs = [a @ b, (a.sin() * a).sum(1), a, b * 0 + 3, a.detach(), lib.ones(2), a > 0]
        found = [forward_ad.unpack_dual(y) for y in outputs]
    return [[None if t is None else t.detach().numpy() for t in pair] for pair in found]


@pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")
def test_tangents_are_pytorchs():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    a, b, *tangents = (rng.standard_normal(s) for s in ((2, 3), (3, 4), (2, 3), (3, 4)))
    ours = pushed(mg, fw, a, b, tangents)
    for pair, expected in zip(ours, pushed(torch, torch.autograd.forward_ad, a, b, tangents), strict=True):
        for got, want in zip(pair, expected, strict=True):
            assert (got is None) == (want is None)
            assert got is None or np.allclose(got, want)


def test_what_ends_in_the_level_has_no_history():
    outer = leaf(3)
    with fw.dual_level():
        dual = fw.make_dual(mg.ones(3, dtype=mg.float64), mg.ones(3))
        assert not any(t.requires_grad for t in fw.unpack_dual(dual**2))
        primal, tangent = fw.unpack_dual(outer * dual)
        (mixed,) = mg.autograd.grad((outer * dual**2).sum(), dual, create_graph=True)
        assert mg.equal(fw.unpack_dual(mixed).tangent, 2 * outer), "forward over reverse"
    assert fw.unpack_dual(dual).tangent is None
    (primal.sum() + (tangent**2).sum()).backward()
    assert mg.equal(outer.grad, 1 + 2 * outer.detach())


def test_levels_and_duals_that_do_not_fit_are_refused():
    with pytest.raises(RuntimeError, match="dual_level"):
        fw.make_dual(mg.ones(2), mg.ones(2))
    with pytest.raises(RuntimeError, match="exit_dual_level"):
        fw.exit_dual_level()
    with fw.dual_level():
        for primal, tangent, error in (
            (mg.ones(2), mg.ones(3), RuntimeError),
            (mg.ones(2, dtype=mg.int64), mg.ones(2), ValueError),
            (mg.ones(2), mg.ones(2, dtype=mg.int64), ValueError),
        ):
            with pytest.raises(error, match="make_dual"):
                fw.make_dual(primal, tangent)
        with pytest.raises(RuntimeError, match="not nested"):
            fw.enter_dual_level()


class Product(mg.autograd.Function):
    """It has a rule forwards only, and needs what it kept once."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_forward(a)
        ctx.b = b
        return a * b, a + 1

    @staticmethod
    def jvp(ctx, a_tangent, b_tangent):
        (a,) = ctx.saved_tensors
        result = a_tangent * ctx.b + a * b_tangent
        del ctx.b
        return result, a_tangent


class Wrong(Product):
    @staticmethod
    def backward(ctx, g, h):
        (a,) = ctx.saved_tensors
        return g * ctx.b + h, g * a

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a)
        return Product.forward(ctx, a, b)

    @staticmethod
    def jvp(ctx, a_tangent, b_tangent):
        return 2 * a_tangent * ctx.b, a_tangent


def test_gradients_follow_from_a_rule_forwards():
    inputs = leaf(3), leaf(3)
    assert gradcheck(Product.apply, inputs)
    assert gradcheck(Product.apply, inputs, check_forward_ad=True, check_backward_ad=False)


def test_gradcheck_tries_the_rule_forwards_where_it_is_asked_to():
    inputs = leaf(3), leaf(3)
    assert gradcheck(Wrong.apply, inputs)
    assert not gradcheck(Wrong.apply, inputs, check_forward_ad=True, raise_exception=False)
    with pytest.raises(GradcheckError, match="tangent of output 0"):
        gradcheck(Wrong.apply, inputs, check_forward_ad=True, check_backward_ad=False)
    assert gradcheck(mg.linalg.inv, mg.eye(2, dtype=mg.float64).requires_grad_(), check_forward_ad=True)
