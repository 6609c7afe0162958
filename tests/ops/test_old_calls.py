"""Calls by older names and in older orders of arguments, which PyTorch still takes."""

import pytest

import minigrad as mg
from tests.ops.test_arguments import assert_alike, lines

# a, b of shape (2, 2), v of 2 elements, c of shape (1, 2, 2)
FACTORS = """m.add(a, 2, b)|m.sub(a, 2, b)|a.add(-0.5, b)|a.clone().add_(-0.5, b)|a.clone().sub_(2, b)|a.add(2, 3)
m.addcmul(a, 3, a, b)|a.addcdiv(2, a, b)|a.clone().addcmul_(1 - 0.9, b, b)|a.clone().addcdiv_(-0.1, a, b)
m.addmm(2, a, 3, a, b)|m.addmm(2, a, a, b)|a.addmm(2, 3, a, b)|a.addmm(2, a, b)|a.clone().addmm_(2, 3, a, b)
m.addmv(2, v, 3, a, v)|v.addmv(2, a, v)|m.addr(2, a, 3, v, v)|m.addbmm(2, a, 3, c, c)|c.baddbmm(2, 3, c, c)
m.add(a, 2, b, alpha=3)|m.addmm(2, a, 3, a, b, beta=4)|m.addcmul(a, 1, 2, b, b)|m.add(a, b, b)"""

NAMES = """m.add(x1=a, x2=b)|m.mul(x1=a, x2=b)|m.eq(x1=a, x2=b)|m.matmul(x1=a, x2=b)|a.add(x2=b)|m.exp(x=a)|m.exp(a=b)
m.sum(x=a, axis=1)|m.mean(a=a, axis=0, keepdims=True)|m.exp(a, x=b)|a.clone().mul_(x2=b)
m.swapaxes(a, axis0=0, axis1=1)|a.swapaxes(axis0=0, axis1=1)|a.clone().swapaxes_(axis0=0, axis1=1)
m.swapdims(a, dim0=0, dim1=1)|m.linalg.pinv(a, rcond=0.5)|m.linalg.pinv(a, rtol=0.5, rcond=0.5)
m.cholesky(m.eye(2) * 4, True)|(m.eye(2) * 4).cholesky(True)|m.cholesky(m.eye(2), upper=True)
a.int().type(m.Tensor)"""


def operands():
    return {
        "a": lambda m: m.tensor([[1.0, 2.0], [3.0, 4.0]]),
        "b": lambda m: m.tensor([[5.0, 6.0], [7.0, 9.0]]),
        "c": lambda m: m.tensor([[[1.0, 2.0], [3.0, 4.0]]]),
        "v": lambda m: m.tensor([2.0, 3.0]),
    }


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("text", lines(FACTORS))
def test_factors_come_before_what_they_multiply(text):
    assert_alike(text, **operands())


@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch's, of some
@pytest.mark.parametrize("text", lines(NAMES))
def test_arguments_have_older_names_and_those_of_numpy(text):
    assert_alike(text, **operands())


def test_a_factor_before_the_tensors_warns_where_it_is_written():
    x, g = mg.zeros(2), mg.ones(2)
    for call in (lambda: x.add_(-0.1, g), lambda: mg.add(x, -0.1, g)):
        with pytest.warns(UserWarning, match=r"deprecated.*alpha=-0.1") as caught:
            call()
        assert caught[0].filename == __file__


def test_gradients_flow_to_operands_beside_factors():
    x, y = mg.ones(2, requires_grad=True), mg.tensor([2.0, 3.0], requires_grad=True)
    with pytest.warns(UserWarning, match="value=4"):
        mg.addcmul(x, 4, y, y).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0] and y.grad.tolist() == [16.0, 24.0]
