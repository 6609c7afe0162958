"""The Tensor itself: what it says about itself, how it is converted, and the errors."""

import copy
import pickle

import numpy as np
import pytest

import minigrad as mg
from tests.conformance.facts import outcome, plain


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


# Expressions with the same value in both libraries; x has shape (2, 3), s is 0-dim, i holds integers.
EXPRESSIONS = {
    "shape": lambda m, x, s, i: [list(x.shape), list(s.shape), x.shape.numel(), s.shape.numel(), x.size(), x.size(-1)],
    "counts": lambda m, x, s, i: [x.ndim, x.dim(), s.ndim, x.numel(), x.nelement(), x.element_size(), i.element_size()],
    "bytes": lambda m, x, s, i: [x.itemsize, x.nbytes],
    "layout": lambda m, x, s, i: [x.stride(), x.stride(0), x.T.stride(), x.is_contiguous(), x.T.is_contiguous()],
    "kinds": lambda m, x, s, i: [x.is_floating_point(), i.is_floating_point(), x.dtype, i.dtype],
    "device": lambda m, x, s, i: [str(x.device), x.is_cuda, x.cpu() is x, x.device == m.device("cpu")],
    "python numbers": lambda m, x, s, i: [float(s), int(s), s.item(), i[1].item(), bool(s), bool(i[0]), i.tolist()],
    "format": lambda m, x, s, i: [f"{s:.2f}", f"{s}", f"{i[1]:03d}"],
    "length": lambda m, x, s, i: [len(x), len(i), [list(r.shape) for r in x]],
    "contains": lambda m, x, s, i: [1 in i, 9 in i, i[2] in i],
    "index": lambda m, x, s, i: [[10, 20, 30][i[1]], list(range(i[2]))],
    "conversions": lambda m, x, s, i: [
        t.dtype for t in (x.double(), x.half(), x.long(), x.int(), x.short(), x.bool(), i.float(), x.to(m.float64))
    ],
    "to": lambda m, x, s, i: [x.to("cpu") is x, x.to(m.float32) is x, x.to(i).dtype, x.to("cpu", m.int64).dtype],
    "to copy": lambda m, x, s, i: [x.to(m.float32, copy=True) is x, x.to(dtype=m.float16).dtype],
    "type": lambda m, x, s, i: x.type(m.float64).dtype,
    "type_as": lambda m, x, s, i: x.type_as(i).dtype,
    "truncation": lambda m, x, s, i: m.tensor([1.9, -1.9]).long(),
    "new_*": lambda m, x, s, i: [
        x.new_zeros(2), x.new_ones(1, 2), x.new_full((2,), 3.0), i.new_tensor([1.5]), x.new_empty(2, 0)
    ],
    "clone": lambda m, x, s, i: [x.clone() is x, x.clone()],
    "equality": lambda m, x, s, i: [x == x, x != x, (x == "name") is False, x is None, x.equal(x)],
    "hashable": lambda m, x, s, i: [len({x, x, s}), x in {x: 1}],
    "T": lambda m, x, s, i: [x.T, x.mT, s.reshape(1, 1).T],
    "reversed operators": lambda m, x, s, i: [1 - i, 2 / i[1:], 2**i, 7 // i[1:], 7 % i[1:]],
    "unary": lambda m, x, s, i: [-i, +i, abs(-i), ~i, ~(i > 1)],
    "bits": lambda m, x, s, i: [i & 1, i | 4, i ^ 3, (i > 0) & (i < 2), (i > 0) | (i > 5)],
    "comparisons": lambda m, x, s, i: [i < 1, i <= 1, i > 1, i >= 1, i == 1, i != 1, 1 < i],
    "matmul operator": lambda m, x, s, i: [x @ x.T, x @ x[0]],
    "device argument": lambda m, x, s, i: m.zeros(1, device="cpu"),
    "is_tensor": lambda m, x, s, i: [m.is_tensor(x), m.is_tensor(1)],
    "Size": lambda m, x, s, i: [x.shape == (2, 3), x.shape[0], x.shape[1:] == (3,), isinstance(x.shape, tuple)],
    "numpy": lambda m, x, s, i: [x.numpy().dtype.name, i.numpy().tolist(), s.numpy().shape],
    "iteration": lambda m, x, s, i: [v.item() for v in i],
    "unpacking": lambda m, x, s, i: [*i],
    "min and max of Python": lambda m, x, s, i: [max(i), min(i), sum(i), sorted(i, reverse=True)],
}  # fmt: skip

ERRORS = {
    "bool of several": (lambda m, x, s, i: bool(x), RuntimeError),
    "bool of none": (lambda m, x, s, i: bool(m.zeros(0)), RuntimeError),
    "len of 0-dim": (lambda m, x, s, i: len(s), TypeError),
    "iteration of 0-dim": (lambda m, x, s, i: list(s), TypeError),
    "item of several": (lambda m, x, s, i: x.item(), RuntimeError),
    "float of several": (lambda m, x, s, i: float(x), (RuntimeError, TypeError, ValueError)),
    "index by a float": (lambda m, x, s, i: [1, 2][s], TypeError),
    "numpy of grad": (lambda m, x, s, i: m.ones(1, requires_grad=True).numpy(), RuntimeError),
    "array of grad": (lambda m, x, s, i: np.asarray(m.ones(1, requires_grad=True)), RuntimeError),
    "add a string": (lambda m, x, s, i: x + "a", TypeError),
    "add a list": (lambda m, x, s, i: x + [1, 2, 3], TypeError),
    "add None": (lambda m, x, s, i: x + None, TypeError),
    "shapes": (lambda m, x, s, i: x + m.ones(2), RuntimeError),
    "ragged": (lambda m, x, s, i: m.tensor([[1, 2], [3]]), ValueError),
    "strings": (lambda m, x, s, i: m.tensor(["a"]), (TypeError, ValueError)),
    "None": (lambda m, x, s, i: m.tensor(None), (RuntimeError, TypeError)),
    "unknown method": (lambda m, x, s, i: x.no_such_method(), AttributeError),
    "unknown function": (lambda m, x, s, i: m.no_such_function(x), AttributeError),
    "unknown argument": (lambda m, x, s, i: x.sum(no_such_argument=1), TypeError),
    "size of a dimension": (lambda m, x, s, i: x.size(2), IndexError),
    "view": (lambda m, x, s, i: x.T.view(6), RuntimeError),
    "view of another size": (lambda m, x, s, i: x.view(4), RuntimeError),
    "invert floats": (lambda m, x, s, i: ~x, TypeError),
    "deepcopy": (lambda m, x, s, i: copy.deepcopy(m.ones(1, requires_grad=True) * 2), RuntimeError),
    "grad of a number": (lambda m, x, s, i: setattr(x, "grad", 1.0), TypeError),
    "unknown device": (lambda m, x, s, i: x.to("nowhere"), RuntimeError),
    "negative power of ints": (lambda m, x, s, i: i**-1, RuntimeError),
}


def operands(m):
    return m.tensor([[1.5, 2.0, -3.0], [0.0, 5.0, 6.25]]), m.tensor(2.5), m.tensor([0, 1, 2])


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expression_is_that_of_pytorch(torch, name):
    expected = plain(EXPRESSIONS[name](torch, *operands(torch)))
    assert plain(EXPRESSIONS[name](mg, *operands(mg))) == expected


@pytest.mark.parametrize("name", ERRORS)
def test_error(name):
    function, errors = ERRORS[name]
    with pytest.raises(errors):
        function(mg, *operands(mg))


@pytest.mark.parametrize("name", ERRORS)
def test_error_is_that_of_pytorch(torch, name):
    function, errors = ERRORS[name]
    result = outcome(lambda m: function(m, *operands(m)), torch, errors)
    assert isinstance(result, type) and issubclass(result, errors)


def test_constructor_copies():
    a = np.ones(2)
    t = mg.Tensor(a, requires_grad=True)
    a[0] = 5
    assert t.tolist() == [1, 1] and t.requires_grad and t.dtype == mg.float64
    assert mg.Tensor([1, 2]).dtype == mg.float32 and mg.Tensor([1.0], dtype=mg.float64).dtype == mg.float64


def test_constructor_of_old_scripts_takes_lengths():
    assert mg.Tensor(2, 3).shape == (2, 3) and mg.Tensor(2, 3).dtype == mg.float32
    assert mg.Tensor(4).shape == (4,) and mg.Tensor().shape == (0,)
    assert mg.Tensor(2, dtype=mg.int64, requires_grad=False).dtype == mg.int64
    for lengths in ((2, 3), (), (0,)):  # a Size is lengths, a tuple is data
        x = mg.zeros(lengths, dtype=mg.float64)
        assert mg.Tensor(x.size()).shape == x.new(x.size()).shape == mg.LongTensor(x.size()).shape == lengths
        assert x.new(x.size()).dtype == mg.float64 and mg.LongTensor(x.shape).dtype == mg.int64
    assert mg.Tensor((2, 3)).tolist() == [2, 3]
    with pytest.raises(TypeError, match="one array or list, or ints as lengths"):
        mg.Tensor([1.0], [2.0])


def test_own_attributes():
    t = mg.ones(1)
    t.name = "weight"
    assert copy.deepcopy(t).name == "weight"


def test_pickling():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    y = pickle.loads(pickle.dumps(x))
    assert y.tolist() == [1, 2] and y.requires_grad and y.is_leaf
    z = pickle.loads(pickle.dumps(x * 2))  # a leaf, as in PyTorch
    assert z.tolist() == [2, 4] and z.requires_grad and z.is_leaf


@pytest.mark.parametrize("kind", [mg.Tensor, mg.nn.Parameter, mg.nn.Buffer])
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_copies_keep_what_a_user_attached(kind, copied):
    t = kind(mg.ones(2))
    t.tag, t.grad = ["mine"], mg.ones(2)
    twin = copied(t)
    assert type(twin) is kind and twin.tag == ["mine"] and twin.requires_grad == t.requires_grad


def test_deepcopy_keeps_sharing():
    x = mg.ones(2)
    a, b = copy.deepcopy([x, x])
    assert a is b and a is not x


VIEWS = {
    "a part": lambda x: x[1:],
    "every other": lambda x: x[::2, 1],
    "the whole": lambda x: x.detach(),
    "transposed": lambda x: x.t(),
    "expanded": lambda x: x[:1].expand(3, 2),
    "windows": lambda x: x.unfold(0, 2, 1),
    "nothing": lambda x: x[3:],
}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("base", [lambda m: m.arange(8.0).view(4, 2), lambda m: m.arange(8.0).view(2, 4).t()])
def test_deepcopies_of_views_share_memory_as_the_originals_do(base, name, order):
    torch = pytest.importorskip("torch")
    for m in (mg, torch):
        x = base(m)
        pair = [x, VIEWS[name](x)][::order]
        copies = copy.deepcopy(pair)
        assert [t.tolist() for t in copies] == [t.tolist() for t in pair]
        assert [t.stride() for t in copies if t.numel()] == [t.stride() for t in pair if t.numel()]
        copies[::order][0].fill_(9)
        assert (copies[::order][1] == 9).all() and (x != 9).all()


def test_deepcopy_copies_what_hangs_on_a_tensor():
    x = mg.ones(2)
    x.grad, x.tag = mg.ones(2), ["mine"]
    y, g = copy.deepcopy([x, x.grad])
    assert y.grad is g and g is not x.grad and y.tag == ["mine"] and y.tag is not x.tag


def test_copy_shares_memory():
    x = mg.ones(2, requires_grad=True)
    y = copy.copy(x)
    assert y.data_ptr() == x.data_ptr()


def test_numpy_shares_memory_and_array_protocol():
    x = mg.zeros(3)
    x.numpy()[1] = 4
    assert x.tolist() == [0, 4, 0]
    assert np.asarray(x) is x.numpy()
    assert np.array(x) is not x.numpy()
    assert np.asarray(x, dtype=np.float64).dtype == np.float64


def test_numpy_functions_take_tensors():
    x = mg.tensor([1.0, 4.0])
    assert np.sqrt(x.numpy()).tolist() == [1, 2]
    assert np.testing.assert_allclose(x, [1, 4]) is None
    assert np.mean(np.asarray(x)) == 2.5


def test_every_method_of_the_table_of_methods_is_documented():
    undocumented = [
        name
        for name, value in vars(mg.Tensor).items()
        if not name.startswith("_") and callable(value) and not (value.__doc__ or "").strip()
    ]
    assert not undocumented


def test_cuda_says_what_to_do():
    with pytest.raises(RuntimeError, match="CPU"):
        mg.ones(1).cuda()
    assert not mg.cuda.is_available()


def test_data_is_replaced_by_a_tensor_of_a_fitting_kind():
    x = mg.ones(2, requires_grad=True)
    with pytest.raises(TypeError, match="expected a Tensor"):
        x.data = np.zeros(2)
    with pytest.raises(RuntimeError, match="floating"):
        x.data = mg.arange(2)
    x.data = mg.zeros(3)
    assert x.tolist() == [0, 0, 0] and x.requires_grad


@pytest.mark.parametrize("convert", [lambda x: x.long(), lambda x: x.bool(), lambda x: x.to(mg.uint8)])
def test_integers_never_require_grad(convert):
    x = mg.ones(2, requires_grad=True)
    assert not convert(x).requires_grad and not convert(x * 2).requires_grad
    counts = mg.zeros(2).long()
    counts.copy_(x * 3)
    assert counts.tolist() == [3, 3] and not counts.requires_grad
    assert x.double().requires_grad


def test_small_integers_wrap_around(torch):
    for m in (mg, torch):
        x = m.tensor([200, 3], dtype=m.uint8)
        results = [x + 300, x - (-1), x * -1, x | -1]
        assert [r.tolist() for r in results] == [[244, 47], [201, 4], [56, 253], [255, 255]]
        assert all(r.dtype == m.uint8 for r in results)
        x += m.tensor([100, 1])
        assert x.tolist() == [44, 4] and x.dtype == m.uint8
