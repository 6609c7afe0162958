"""Products and einsum: errors, dtypes and edges."""

import numpy as np
import pytest

import minigrad as mg


def x_of(m):
    return m.tensor(np.arange(12.0).reshape(3, 4))


ERRORS = {
    "shapes": (lambda m, x: x @ x, RuntimeError, "multiplied"),
    "vector": (lambda m, x: x @ x[:, 0], RuntimeError, "size|multiplied"),
    "batches": (lambda m, x: x.expand(2, 3, 4) @ x.mT.expand(3, 4, 3), RuntimeError, "broadcast|must match"),
    "dtypes": (lambda m, x: x @ x.T.long(), RuntimeError, "dtype|type"),
    "floats": (lambda m, x: x @ x.T.float(), RuntimeError, "dtype"),
    "0-dim": (lambda m, x: x @ x[0, 0], RuntimeError, "at least 1"),
    "number": (lambda m, x: x @ 2, TypeError, "unsupported"),
    "number left": (lambda m, x: 2 @ x, TypeError, "unsupported"),
    "bools": (lambda m, x: (x > 1) @ (x.T > 1), RuntimeError, "[Bb]ool"),
    "mm": (lambda m, x: m.mm(x, x[0]), RuntimeError, "matrix|2 dimensions"),
    "bmm": (lambda m, x: m.bmm(x, x), RuntimeError, "3"),
    "bmm batch": (lambda m, x: m.bmm(x.expand(2, 3, 4), x.mT.expand(1, 4, 3)), RuntimeError, "batch"),
    "mv": (lambda m, x: m.mv(x, x), RuntimeError, "1"),
    "dot": (lambda m, x: m.dot(x, x), RuntimeError, "1"),
    "dot sizes": (lambda m, x: m.dot(x[0], x[:, 0]), RuntimeError, "4"),
    "outer": (lambda m, x: m.outer(x, x), RuntimeError, "vector|1-D"),
    "inner": (lambda m, x: m.inner(x, x[:, 0]), RuntimeError, "last"),
    "trace": (lambda m, x: m.trace(x[None]), RuntimeError, "matrix"),
    "addmm": (lambda m, x: m.addmm(x, x, x), RuntimeError, "multiplied"),
    "tensordot": (lambda m, x: m.tensordot(x, x, 1), RuntimeError, "match"),
    "einsum lengths": (lambda m, x: m.einsum("ij,jk", x, x), RuntimeError, "length|size"),
    "einsum output": (lambda m, x: m.einsum("ij->k", x), RuntimeError, "output"),
    "einsum twice": (lambda m, x: m.einsum("ij->ii", x), RuntimeError, "once"),
    "einsum labels": (lambda m, x: m.einsum("i", x), RuntimeError, "labels|subscripts"),
    "einsum operands": (lambda m, x: m.einsum("ij,jk", x), RuntimeError, "operand"),
    "einsum characters": (lambda m, x: m.einsum("i1", x), RuntimeError, "letter"),
    "einsum dtypes": (lambda m, x: m.einsum("ij,ij", x, x.long()), RuntimeError, "type"),
    "einsum diagonal": (lambda m, x: m.einsum("ii", x), RuntimeError, "length|dimension"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_those_of_pytorch(name):
    function, error, words = ERRORS[name]
    with pytest.raises(error, match=words):
        function(mg, x_of(mg))
    torch = pytest.importorskip("torch")
    with pytest.raises(error):
        function(torch, x_of(torch))


def test_arrays_on_either_side():
    a = np.arange(6.0).reshape(2, 3)
    x = mg.tensor(a.T.copy(), requires_grad=True)
    left, right = a @ x, x @ a
    assert isinstance(left, mg.Tensor) and isinstance(right, mg.Tensor)
    np.testing.assert_array_equal(left.detach().numpy(), a @ a.T)
    (left.sum() + right.sum()).backward()
    np.testing.assert_array_equal(x.grad.numpy(), a.sum(0)[:, None] + a.sum(1))


def test_a_beta_of_zero_lets_no_nan_through():
    bad = mg.full((2, 2), float("nan"))
    assert mg.addmm(bad, mg.ones(2, 2), mg.ones(2, 2), beta=0).tolist() == [[2, 2], [2, 2]]


def test_infinities_are_multiplied_quietly():
    x = mg.tensor([[float("inf"), 1.0]])
    assert np.isnan((x @ mg.zeros(2, 1)).item())


@pytest.mark.parametrize(
    "shapes", [((0, 3), (3, 2)), ((2, 0), (0, 3)), ((4, 0, 3), (3, 2)), ((0,), (0,)), ((0, 500), (500, 3))]
)
def test_products_of_nothing(shapes):
    a, b = (mg.ones(*s).requires_grad_() for s in shapes)
    y = a @ b
    np.testing.assert_array_equal(y.detach().numpy(), np.ones(shapes[0]) @ np.ones(shapes[1]))
    y.sum().backward()
    assert a.grad.shape == shapes[0] and b.grad.shape == shapes[1]


def test_an_einsum_of_many_operands_is_fast_because_it_multiplies_in_a_good_order():
    x = mg.ones(30, 30)
    assert mg.einsum("ab,bc,cd,de,ef->af", x, x, x, x, x)[0, 0].item() == 30.0**4


def test_random_equations_agree_with_numpy():
    rng = np.random.default_rng(0)
    lengths = dict(zip("abcde", (2, 3, 1, 4, 2), strict=True))
    for _ in range(200):
        terms = ["".join(rng.choice(list("abcde"), rng.integers(0, 5))) for _ in range(rng.integers(1, 4))]
        letters = sorted(set("".join(terms)))
        output = "".join(rng.permutation(letters)[: rng.integers(0, len(letters) + 1)])
        equation = f"{','.join(terms)}->{output}"
        arrays = [rng.standard_normal([lengths[c] for c in term]) for term in terms]
        ours = mg.einsum(equation, *[mg.tensor(a) for a in arrays])
        np.testing.assert_allclose(ours.numpy(), np.einsum(equation, *arrays), 1e-9, 1e-10, err_msg=equation)


def test_integers_multiply_and_have_no_gradient():
    i = mg.arange(4).reshape(2, 2)
    assert (i @ i).tolist() == [[2, 3], [6, 11]] and not (i @ i).requires_grad
    assert mg.einsum("ij,ij", i, i).item() == 14


INTEGERS = {
    "addcmul": lambda m, x, b: m.addcmul(x, b, b),
    "addcmul value": lambda m, x, b: m.addcmul(x, x, x, value=1.5),
    "addcmul of bools": lambda m, x, b: m.addcmul(b, x, b, value=2),
    "addmm": lambda m, x, b: m.addmm(x, x, x, beta=1.5, alpha=2.7),
    "addmv": lambda m, x, b: m.addmv(x[0], x, x[0], alpha=1.5),
    "addbmm": lambda m, x, b: m.addbmm(x, x[None], x[None], alpha=1.5),
    "baddbmm": lambda m, x, b: m.baddbmm(x[None], x[None], x[None], beta=2.5),
    "trace": lambda m, x, b: m.trace(x),
    "einsum": lambda m, x, b: m.einsum("ij,kj->ik", x, x),
    "cross": lambda m, x, b: m.linalg.cross(m.arange(6).reshape(2, 3), m.arange(3).reshape(1, 3)),
}


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64"])
@pytest.mark.parametrize("name", INTEGERS)
def test_integers_stay_integers(name, dtype):
    torch = pytest.importorskip("torch")
    ours, theirs = (
        INTEGERS[name](m, m.tensor([[1, 2], [3, 4]], dtype=getattr(m, dtype)), m.tensor([[True, False], [True, True]]))
        for m in (mg, torch)
    )
    assert ours.tolist() == theirs.tolist() and str(theirs.dtype)[6:] == ours.dtype.name


def test_the_cross_product_of_linalg_is_of_the_last_dimension():
    a, b = mg.eye(3), mg.eye(3)[[1, 2, 0]]
    assert mg.equal(mg.linalg.cross(a, b), mg.cross(a, b, dim=-1))
    assert mg.linalg.cross(mg.ones(3, 1, 3), mg.ones(3, 4, 3)).shape == (3, 4, 3)
    with pytest.raises(RuntimeError, match="cross: expected length 3 in dim 1"):
        mg.linalg.cross(mg.ones(3, 2), mg.ones(3, 2))


@pytest.mark.parametrize("shape", [(4, 2), (2, 5), (3, 3), (2, 3, 1), (3, 0), (0, 2)])
def test_square_singular_vectors_are_a_basis(shape):
    A = np.random.default_rng(0).normal(size=shape)
    for matrix in (A, np.zeros(shape)):
        u, s, vh = (t.numpy() for t in mg.linalg.svd(mg.tensor(matrix)))
        np.testing.assert_allclose(u @ u.swapaxes(-1, -2), np.broadcast_to(np.eye(shape[-2]), u.shape), atol=1e-12)
        np.testing.assert_allclose(vh @ vh.swapaxes(-1, -2), np.broadcast_to(np.eye(shape[-1]), vh.shape), atol=1e-12)
        k = s.shape[-1]
        np.testing.assert_allclose(u[..., :k] * s[..., None, :] @ vh[..., :k, :], matrix, atol=1e-12)
