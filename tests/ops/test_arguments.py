"""What operations accept and return, in the words of tables: each line is computed by minigrad and by PyTorch.

Dims, sizes and counts of every kind; foreign operands; nothing, and one element; what shares memory and what does not.
"""

import inspect
import operator
from types import FunctionType

import numpy as np
import pytest

import minigrad as mg

torch = pytest.importorskip("torch")


def outcome(m, text, **names):
    """The value of an expression as nested lists with shapes and dtypes, or the class of the error."""
    m.manual_seed(0)
    scope = {"m": m, "F": m.nn.functional, "nn": m.nn, "x": m.arange(6.0).reshape(2, 3), **names}
    try:
        return plain(eval(text, scope))
    except Exception as error:
        return type(error)


def plain(value):
    if isinstance(value, (mg.Tensor, torch.Tensor)):
        return tuple(value.shape), str(value.dtype).split(".")[-1], np.asarray(value.detach()).round(4).tolist()
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def assert_alike(text, **names):
    theirs = outcome(torch, text, **{k: v(torch) if callable(v) else v for k, v in names.items()})
    ours = outcome(mg, text, **{k: v(mg) if callable(v) else v for k, v in names.items()})
    if isinstance(theirs, type):
        assert isinstance(ours, type) and issubclass(ours, theirs), f"{text}: PyTorch raises {theirs}, got {ours}"
    else:
        np.testing.assert_equal(ours, theirs, err_msg=text)


def lines(table):
    return table.replace("\n", "|").split("|")


# ---- dims, sizes and counts ------------------------------------------------------------------------------------------

ALONG = """sum mean var std logsumexp all any count_nonzero amax amin argmax argmin max min median mode cumsum cumprod
cummax cummin logcumsumexp softmax log_softmax sort argsort unsqueeze squeeze unbind""".split()
DIMS = """x.flip(d)|m.roll(x, 1, d)|m.transpose(x, d, 1)|x.permute(d, 1)|x.flatten(d)|x.unflatten(d, (1, -1))
x.select(d, 0)|x.narrow(d, 0, 1)|x.index_select(d, m.tensor([0]))|x.gather(d, m.tensor([[0]]))|m.cat([x, x], d)
m.stack([x, x], d)|m.split(x, 1, d)|m.chunk(x, 2, d)|m.tensor_split(x, 2, d)|x.repeat_interleave(2, d)
m.diff(x, dim=d)|x.topk(1, d)|x.kthvalue(1, d)|m.quantile(x, 0.5, d)|x.size(d)|x.stride(d)|x.diagonal(d)|x.tril(d)
m.diag(x, d)|m.aminmax(x, dim=d)|m.unique(x, dim=d)|F.softmin(x, dim=d)|F.glu(m.ones(2, 2), d)
x.scatter(d, m.tensor([[0]]), 1.0)|x.index_fill(d, m.tensor([0]), 1.0)|m.take_along_dim(x, m.tensor([[0]]), d)"""
COUNTS = """m.zeros(d)|m.zeros(2, d)|m.ones((2, d))|m.full((d,), 1.0)|m.full(d, 1.0)|m.empty(d, 2).shape|m.eye(d)
m.rand(d, 1).shape|m.randn((d, 1)).shape|m.randperm(d).shape|m.randint(1, (d,))|m.randint(d, (2,)).shape
m.linspace(0, 1, d)|m.arange(d)|x.reshape(d, -1)|x.view(d, -1)|m.ones(1, 1).expand(d, 2)|x.repeat(d, 1)|x.chunk(d)
m.tile(x, (d, 1))|x.split([d, 1])|x.tensor_split(d)|x.topk(d)|x.kthvalue(d)|x.roll(d, 0)|x.repeat_interleave(d)
m.linalg.matrix_power(m.eye(2), d)|x.diff(d)|F.one_hot(m.tensor([0]), d)|m.histc(x, d)|x.unflatten(1, (d, -1))
x.new_zeros(d)|F.pad(x, (d, 1))|F.max_pool1d(x, d)|F.max_pool1d(x, 1, d)|F.avg_pool1d(x, [d])
F.interpolate(x[None], d)|F.adaptive_avg_pool1d(x, d)|F.conv1d(x[None], m.ones(1, 2, 1), None, d)
F.conv1d(x[None], m.ones(1, 2, 1), padding=(d,))|F.group_norm(m.ones(2, 2, 2), d)
F.cross_entropy(x, m.tensor([1, 1]), ignore_index=d)|m.tril_indices(d, 2)|x.select(0, d)|x.narrow(0, d, 1)
x.narrow(0, 0, d)|m.multinomial(m.ones(4), d).shape|m.zeros(2).random_(d, None).shape"""
FORMS = {
    "1": 1, "-1": -1, "-7": -7, "5": 5, "NumPy": np.int64(1), "0-dim": lambda m: m.tensor(1), "True": True, "1.0": 1.0,
    "negative 0-dim": lambda m: m.tensor(-1), "0-dim float": lambda m: m.tensor(1.0), "a string": "a",
}  # fmt: skip


@pytest.mark.parametrize("text", [*[f"x.{name}(d)" for name in ALONG], *lines(DIMS), *lines(COUNTS)])
def test_dims_sizes_and_counts(text):
    for name, form in FORMS.items():
        if (text, name) not in WIDER:
            assert_alike(text, d=form)


WIDER = {  # what PyTorch refuses, or takes by mistake
    ("m.arange(d)", "True"), ("F.group_norm(m.ones(2, 2, 2), d)", "-7"), ("m.empty(d, 2).shape", "True"),
    ("x.index_fill(d, m.tensor([0]), 1.0)", "True"),
}  # fmt: skip


def test_sizes_are_ints():
    for text in (
        "m.Size(m.ones(3))", "m.Size([1, 2.0])", "m.Size([m.tensor(1)])", "(3,) + m.Size([1, 2])", "m.Size([1]) * 2",
        "m.empty(0, 3).stride()", "m.empty(2, 0, 3).stride()", "m.empty(0).stride()", "m.zeros(2**62)",
        "m.zeros(2**40, 2**40)", "F.adaptive_max_pool1d(m.ones(1, 1, 4), 2**62)", "reversed(x)", "'a' in x",
        "None in x",
        "m.tensor([1.0, 5.0]) in x", "x.flip()", "x.permute()", "x.reshape()",
    ):  # fmt: skip
        assert_alike(text)


# ---- foreign operands ------------------------------------------------------------------------------------------------

ARITHMETIC = "add sub mul truediv floordiv mod pow and or xor lshift rshift matmul divmod".split()
COMPARISONS = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


class Foreign:
    """Knows what every operator means with a Tensor."""


for _name in ARITHMETIC:
    setattr(Foreign, f"__r{_name}__", lambda self, other, name=_name: name)
for _name in COMPARISONS:
    setattr(Foreign, f"__{_name}__", lambda self, other, name=_name: name)


@pytest.mark.parametrize("dtype", [mg.float32, mg.int64, mg.bool])
def test_a_foreign_operand_is_asked(dtype):
    x = mg.tensor([1, 0], dtype=dtype)
    for name in ARITHMETIC:
        function = divmod if name == "divmod" else getattr(operator, name + "_" if name in ("and", "or") else name)
        assert function(x, Foreign()) == name
        with pytest.raises(TypeError):
            function(x, object())
        with pytest.raises(TypeError):
            function([], x)
        if name != "divmod":
            assert getattr(operator, "i" + name)(x.clone(), Foreign()) == name
    for name, reflected in COMPARISONS.items():
        assert getattr(operator, name)(x, Foreign()) == reflected
    assert (x == None, x != None, x == "a", "a" != x) == (False, True, False, True)  # noqa: E711
    with pytest.raises(TypeError, match="add: expected Tensors, arrays or numbers, got Foreign"):
        mg.add(x, Foreign())


# ---- nothing, and one element ----------------------------------------------------------------------------------------

NOTHING = """F.max_pool{d}d(m.ones({n}0, 3{s}), 2)|F.avg_pool{d}d(m.ones({n}0, 3{s}), 2)
F.avg_pool{d}d(m.ones(2, 0{s}), 2)|F.adaptive_avg_pool{d}d(m.ones(0, 3{s}), 2)
F.adaptive_avg_pool{d}d(m.ones(0{s}), 2)|F.max_pool{d}d(m.ones(2, 0{s}), 2)|F.adaptive_max_pool{d}d(m.ones(0{s}), 2)
F.adaptive_max_pool{d}d(m.ones(2, 3{s}), 0)|F.pad(m.ones(0, 3{s}), w, 'reflect')
F.pad(m.ones(0, 3{s}), w, 'replicate')|F.pad(m.ones(0, 3{s}), w, 'circular')
F.conv{d}d(m.ones(0, 3{s}), m.ones(2, 3{k}))|nn.BatchNorm{d}d(3)(m.ones(0, 3{s}))
nn.BatchNorm{d}d(3)(m.ones(1, 3{o}))|nn.InstanceNorm{d}d(3)(m.ones(2, 3{o}))|nn.GroupNorm(3, 3)(m.ones(0, 3{s}))
nn.GroupNorm(3, 3)(m.ones(1, 3{o}))|nn.GroupNorm(1, 3)(m.ones(1, 3{o}))|F.interpolate(m.ones(0, 3{s}), size=2)
F.dropout{d}d(m.ones(0, 3{s}))|F.pad(m.ones(2, 3{s}), w, 'replicate')"""
OTHERS = """m.unique_consecutive(m.zeros(0))
m.unique_consecutive(m.tensor(3.0), return_inverse=True, return_counts=True)
m.unique_consecutive(m.empty(0, 3), return_inverse=True, return_counts=True, dim=0)|m.argmax(m.ones(2, 0, 4))
m.argmax(m.ones(2, 0), 0)|m.max(m.ones(0))|m.max(m.ones(0, 3), 0)|m.median(m.ones(0))|m.sort(m.ones(0, 3), 0)
m.zeros(()).scatter(0, m.tensor([0]), m.tensor([2.0]))|m.zeros(()).scatter(0, m.tensor(0), 2.0)
m.zeros(3).scatter(0, m.tensor(1), m.tensor(2.0))|m.ones(()).gather(0, m.tensor([0, 0]))
m.ones(3).gather(0, m.tensor(2))|m.ones(3).gather(0, m.zeros(2, 0, dtype=m.long)).shape
m.ones(()).scatter_add(0, m.tensor([0]), m.tensor([2.0]))|m.zeros(1).index_copy_(0, m.tensor([0]), m.tensor(2.0))
m.zeros(()).index_add(0, m.tensor([0]), m.tensor(2.0))|m.zeros(()).index_fill(0, m.tensor([0]), 2.0)
m.zeros(3).index_fill(0, m.tensor([-1]), 2.0)|m.tensor(1.0).roll(1, 0)|m.zeros(()).index_select(0, m.tensor([0]))
m.zeros(()).index_select(0, m.tensor([0, 0]))|m.einsum('')|m.cat([m.empty(0), m.ones(1, 2)], dim=1)
m.cat([m.empty(0), m.empty(0)], dim=1)|m.repeat_interleave(m.tensor([2, 0, 1]))
m.tensor_split(m.arange(4), m.tensor(2))|m.unbind(m.tensor(1.0))|m.tensor(1.0).repeat_interleave(2)
m.ones(2).roll(1, ())|m.quantile(m.ones(3, dtype=m.float64), m.tensor(0.5))|m.ones(1, 3, 1).squeeze(()).shape
x.all(())|x.diff(0, prepend=x)|F.nll_loss(m.ones(2, 3), m.zeros(2, dtype=m.long), m.zeros(3))
F.cross_entropy(m.ones(2, 3), m.zeros(2).long(), m.zeros(3))|F.cross_entropy(m.ones(2, 3), m.full((2,), -100))
F.nll_loss(m.ones(0, 3), m.zeros(0).long())|F.prelu(-m.ones(()), m.ones(1))|F.linear(m.ones(2, 7), m.ones(0, 7))
F.linear(m.ones(0, 7), m.ones(2, 7))|m.ones(0, 2) @ m.ones(2, 3)|m.trapezoid(m.ones(0))
F.layer_norm(m.ones(0, 3), (3,))|F.pixel_shuffle(m.ones(0, 4, 2, 2), 2)|F.glu(m.ones(0, 4))
F.softmax(m.ones(3, 0), 1)"""
VALUES = """m.tensor(2**63)|m.tensor([1, 2**63])|m.tensor([1.0, 2**63])|m.tensor(2**63, dtype=m.float32)
m.tensor(-(2**63))|m.tensor([m.tensor([1.0]), m.tensor([2.0])])|m.tensor([[m.tensor(1), m.tensor([2])]])
m.tensor([m.tensor(1), 1.5])|m.tensor([m.tensor(1, dtype=m.uint8)])|m.tensor(300, dtype=m.uint8)
m.tensor(-1, dtype=m.uint8)|m.tensor(None)|m.tensor(float('nan'), dtype=m.int64)|m.full((2,), None)
m.full((2,), 300, dtype=m.uint8)|m.full((2,), m.tensor(3.0))|x.fill_(None)|x.masked_fill(x > 1, None)
x.masked_fill_(x > 1, None)|x.long().fill_(1.5)|x.masked_fill(True, 3)|x.masked_fill(x > 1, m.tensor(7))
m.arange(3.1, dtype=m.int64)|m.arange(0.1, -7.9, -4.0, dtype=m.int64)|m.arange(float('inf'))
m.arange(-0.9, 2.1, 2.0, dtype=m.uint8)|m.linspace(4.3, -3, 5, dtype=m.int64)|m.eye(2, -1)|F.relu(m.tensor([True]))
m.add(m.tensor([1]), m.tensor([1]), alpha=1.5)|m.sub(x, x, alpha=True)
m.add(m.tensor([True]), m.tensor([True]), alpha=2)|-m.tensor([True])|m.ones(1) - True|m.tensor([True]) - m.ones(1)
m.isclose(x, x, rtol=-1)|x.scatter(0, m.tensor([[0]]), None)
m.full((3,), 2).scatter_reduce(0, m.tensor([1, 1]), m.tensor([-5, 2]), 'mean')|m.adaptive_max_pool1d(x, 2)
m.full((3,), 2).scatter_reduce(0, m.tensor([1, 1]), m.tensor([5, 4]), 'amin', include_self=False)
x[[[0, 1], [1, 2]]]|m.ones(3).scatter_(0, m.tensor([1, 1]), m.tensor([5.0, 2.0]), reduce='multiply')
m.where(m.tensor([True]), None, 2.0)|m.ones(3).scatter_reduce(0, m.tensor([1, 1]), m.tensor([5.0, 2.0]), 'prod')
x.narrow(0, m.tensor(0.0), 1)|x.index_put((m.tensor([0]),), m.tensor([2]))|F.hardtanh(m.tensor([1, -1, 5]))
F.dropout(m.tensor([1, 2]), 0.5, False)|F.pad(m.arange(5.0)[None, None], (-1, 2), 'circular')
F.pad(m.arange(5.0)[None, None], (2, -1), 'circular')|F.pad(m.arange(5.0)[None, None], (-1, 0), 'replicate')
F.pad(m.arange(5.0)[None, None], (-6, 8), 'replicate')|F.pad(m.arange(5.0)[None, None], (-1, 3), 'reflect')
F.pad(m.ones(1, dtype=m.uint8), (1, 1), value=300)
F.interpolate(m.tensor([[[[0, 250]]]], dtype=m.uint8), size=(1, 4), mode='bilinear')|F.max_pool1d(x > 1, 1)
F.interpolate(m.tensor([[[[0, 250]]]], dtype=m.uint8), size=(1, 4), mode='bicubic')|F.avg_pool1d(x.long(), 2)
F.interpolate(m.tensor([[[[0, 250]]]]), size=(1, 4), mode='bilinear')|F.interpolate(x[None], size=1.5)"""


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("text", lines(OTHERS) + lines(VALUES))
def test_nothing_one_element_and_odd_values(text):
    assert_alike(text)


@pytest.mark.filterwarnings("ignore:dropout2d")
@pytest.mark.parametrize("d", [1, 2, 3])
def test_an_empty_batch(d):
    for text in lines(NOTHING):
        assert_alike(text.format(d=d, n="", s=", 4" * d, k=", 2" * d, o=", 1" * d), w=(1,) * (2 * d))


EMPTY_AND_BACK = """nn.BatchNorm2d(3)(x)|nn.GroupNorm(3, 3)(x)|nn.InstanceNorm2d(3)(x)|nn.Conv2d(3, 2, 2)(x)
nn.MaxPool2d(2)(x)|nn.Flatten()(x) @ m.ones(48, 7)|nn.Linear(4, 0)(x)|F.pad(x, (1, 1, 1, 1), 'reflect')
nn.AdaptiveAvgPool2d(1)(x)|F.interpolate(x, scale_factor=2, mode='bilinear')|nn.ConvTranspose2d(3, 2, 2)(x)
nn.LayerNorm(4)(x)|nn.Upsample(size=2)(x)"""


@pytest.mark.parametrize("text", lines(EMPTY_AND_BACK))
def test_backward_through_an_empty_batch(text):
    x = mg.ones(0, 3, 4, 4, requires_grad=True)
    y = eval(text, {"x": x, "nn": mg.nn, "F": mg.nn.functional, "m": mg})
    y.sum().backward()
    assert x.grad.shape == x.shape and y.numel() == 0


def test_an_empty_batch_leaves_the_statistics_and_gives_the_parameters_zeros():
    norm = mg.nn.BatchNorm1d(2)
    norm(mg.ones(0, 2)).sum().backward()
    assert norm.running_mean.tolist() == [0, 0] and norm.running_var.tolist() == [1, 1]
    assert norm.weight.grad.tolist() == norm.bias.grad.tolist() == [0, 0]


# ---- memory ----------------------------------------------------------------------------------------------------------

SHARING = """x.to(x.dtype)|x.to(x.dtype, copy=True)|x.float()|x.double()|x.cpu()|x.contiguous()|x.T.contiguous()
x.clone()|x.detach()|x.view(-1)|x.reshape(3, 2)|x.T.reshape(6)|x.flatten()|x.flatten(1)|x.T.flatten()|x[0].flatten()
x.ravel()|x.squeeze()|x.unsqueeze(0)|x.expand(2, 3)|x.expand(4, 2, 3)|x.broadcast_to((2, 3))|x.permute(1, 0)
x.transpose(0, 0)|x.t()|x[0].t()|x.T|x.mT|x.select(0, 0)|x.narrow(0, 0, 2)|x[:]|x[...]|x[()]|x[None]|x[[0, 1]]
x[x > 0]|x[0]|x[True]|x.take(i)|x.diagonal()|m.diag(x)|x.unbind()[0]|x.split(2)[0]|x.chunk(1)[0]
x.tensor_split(1)[0]|m.cat([x])|m.cat([x, x[:0]])|x + 0|m.stack([x])|m.hstack([x])|m.vstack([x[0]])|x.repeat(1, 1)
m.tile(x, (1, 1))|x.repeat_interleave(1)|x.roll(0)|x.flip(())|x.clamp(-9, 9)|x.clamp(min=m.tensor(-9.0))
x.positive()|x * 1|x**1|x.round()|i.round()|i.abs()|F.relu(x)|x.nan_to_num()|x.masked_fill(x > 9, 0)
x.where(x < 9, x)|x[:1].sum(0)|x[0, 0].sum()|x[0, 0].max()|x[:1].amax(0)|x[:1].cumsum(0)|x.tril(5)|x[:1].sort(0)[0]
x[0, 0].median(0)[0]|x.sum_to_size(2, 3)|x.diff(n=0)|m.atleast_1d(x)|m.as_tensor(x)|m.tensor(x.numpy())
m.einsum('ij->ji', x)|m.linalg.matrix_power(x[:, :2], 1)|x.index_add(0, i[:0], x[:0])
x.scatter_add(0, i[:0, None], x)|F.pad(x, (0, 0))|F.pad(x, (0, 0), 'reflect')|F.pad(x, (-1, 0), 'circular')
F.pad(x, (-1, 0))|F.dropout(x, 0.5, False)|F.dropout(x, 0.0, True)|F.alpha_dropout(x, 0.5, False)
nn.Dropout().eval()(x)|nn.Identity()(x)|nn.Flatten()(x)|i.long()|nn.ReflectionPad1d(0)(x)
nn.Upsample(scale_factor=1)(x[None])|nn.PixelShuffle(1)(x[None])|F.pixel_unshuffle(x[None], 1)
F.interpolate(x[None], size=3)|F.interpolate(x[None], size=3, mode='linear')
F.interpolate(x[None], size=3, mode='area')|F.max_pool1d(x, 1)|F.avg_pool1d(x, 1)|F.adaptive_avg_pool1d(x, 3)
F.hardtanh(x, -9, 9)|F.leaky_relu(x, 1.0)|F.batch_norm(x, m.zeros(3), m.ones(3), eps=0.0)|F.embedding(i, x)
m.maximum(x, x)|x.unflatten(1, (3,))|x.movedim(0, 0)"""


def memory(m, text):
    x, i = m.arange(6.0).reshape(2, 3).clone(), m.tensor([0, 1])
    y = eval(text, {"m": m, "F": m.nn.functional, "nn": m.nn, "x": x, "i": i})
    return any(np.may_share_memory(np.asarray(y.detach()), np.asarray(t)) for t in (x, i))


@pytest.mark.parametrize("text", lines(SHARING))
def test_views_and_only_views_share_memory(text):
    assert memory(mg, text) == memory(torch, text)


def test_a_part_of_an_expanded_tensor_is_written():
    for m in (mg, torch):
        u = m.tensor([1.0, 2.0], requires_grad=True)
        base = u.reshape(2, 1) * 1
        whole = base.expand(2, 3)
        whole[0, 1] = 5.0
        whole[1, 0].mul_(10)
        (whole * m.arange(6.0).reshape(2, 3)).sum().backward()
        assert base.tolist() == [[5], [20]] and whole.tolist() == [[5] * 3, [20] * 3]
        assert u.grad.tolist() == [0, 120]
        with pytest.raises(RuntimeError):
            base.detach().expand(2, 3)[0] += 1


def test_products_scattered_with_zeros_have_all_gradients():
    x, src = mg.tensor([2.0, 3.0, 4.0], dtype=mg.float64), mg.tensor([5.0, 0.0, 7.0, 0.5, 0.0, 3.0], dtype=mg.float64)
    index = mg.tensor([1, 1, 1, 2, 0, 2])

    def products(x, src, include_self=True):
        return x.scatter_reduce(0, index, src, "prod", include_self=include_self)

    x.requires_grad_()
    src.requires_grad_()
    assert products(x, src).tolist() == [0, 0, 6]
    mg.autograd.gradcheck(products, (x, src))
    mg.autograd.gradgradcheck(products, (x, src))
    mg.autograd.gradcheck(lambda x, src: products(x, src, False), (x, src))


def test_results_are_named_as_the_function():
    for name in "max min median nanmedian mode sort cummax cummin".split():
        ours, theirs = getattr(mg, name)(mg.arange(2.0), 0), getattr(torch, name)(torch.arange(2.0), 0)
        assert type(ours).__name__ == type(theirs).__name__ == name
        assert repr(ours).replace("minigrad.", "torch.") == repr(theirs).replace("\n", "\n")
    assert repr(mg.topk(mg.arange(2), 1)).startswith("minigrad.return_types.topk(\nvalues=tensor([1]),\n")


def wrong_arguments():
    """Each parameter of the public functions that takes tensors, numbers or flags, with what is none of these."""
    for module in (mg, mg.linalg, mg.nn.functional, mg.nn.init):
        for name, function in vars(module).items():
            where = ("minigrad.ops", "minigrad.nn.init")
            if not isinstance(function, FunctionType) or not function.__module__.startswith(where):
                continue
            parameters = inspect.signature(function).parameters.values()
            parameters = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
            for p in parameters:
                if p.annotation in ("Operand", "int", "float"):
                    yield name, function, [q.name for q in parameters if q.default is q.empty], p.name


def test_messages_name_the_function_and_speak_of_no_inner_attribute():
    for name, function, required, wrong in wrong_arguments():
        given = {q: mg.ones(2, 3) for q in required}
        try:
            function(**{**given, wrong: {}})
        except (TypeError, ValueError, IndexError, RuntimeError) as error:
            assert "object has no attribute" not in str(error), f"{name}({wrong}={{}}): {error}"
            assert "unsupported operand" not in str(error), f"{name}({wrong}={{}}): {error}"


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: mg.all(None), "all: expected a Tensor as 'input', got NoneType"),
        (lambda: mg.addcdiv(mg.ones(2), "a", mg.ones(2)), "addcdiv: expected a Tensor as 'tensor1', got str 'a'"),
        (lambda: mg.ones(2).normal_("a"), "normal_: expected a number as 'mean', got str 'a'"),
        (lambda: mg.nn.functional.celu_(3), "celu_: expected a Tensor as 'input', got int 3"),
        (lambda: mg.nn.init.normal_(mg.ones(2), std="a"), "normal_: expected a number as 'std', got str 'a'"),
        (lambda: mg.nn.init.ones_(mg.nn.Linear(1, 1)), "ones_: expected a Tensor as 'self', got Linear"),
        (lambda: mg.nn.init.constant_(mg.ones(2), None), "constant_: expected a number or a 0-dim tensor as value"),
        (lambda: mg.normal("a", 1.0, (2,)), "normal: expected a Tensor or a number as 'mean', got str 'a'"),
        (lambda: mg.ones(2).bernoulli_("a"), "bernoulli_: expected a Tensor or a number as 'p', got str 'a'"),
        (lambda: mg.ones(2).all(keepdim="a"), "all: expected a bool as 'keepdim', got str 'a'"),
        (lambda: mg.nn.functional.mse_loss(mg.ones(2), 0), "mse_loss: expected a Tensor as target, got int"),
        (lambda: mg.equal(mg.ones(2), 1), "equal: expected two Tensors, got int"),
        (lambda: mg.ones(1, dtype=mg.ones(1)), "ones: expected a dtype such as minigrad.float32, got Tensor"),
        (lambda: mg.zeros(), "zeros: expected a size"),
    ],
)
def test_messages_say_which_argument(call, message):
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value).startswith(message)


def test_a_near_name_is_suggested():
    with pytest.raises(AttributeError, match="did you mean 'rand'"):
        mg.rnad  # noqa: B018


def test_numpy_where_nothing_is_recorded():
    x = mg.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="detach"):
        np.asarray(x)
    with mg.no_grad():
        assert np.shares_memory(x.numpy(), np.asarray(x))


@pytest.mark.parametrize("align", [False, True])
@pytest.mark.parametrize("size", [(1, 17), (9, 9), (17, 10)])
def test_bytes_are_interpolated_to_the_last_bit(size, align):
    image = np.random.default_rng(0).integers(0, 256, (1, 3, 6, 5)).astype(np.uint8)
    ours, theirs = (
        m.nn.functional.interpolate(m.tensor(image), size=size, mode="bicubic", align_corners=align)
        for m in (mg, torch)
    )
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize("name", ["var", "std", "var_mean", "std_mean"])
def test_a_variance_of_one_element_warns_as_in_pytorch(name):
    for m in (mg, torch):
        with pytest.warns(UserWarning, match="orrection"):
            getattr(m, name)(m.ones(3, 1), 1)


HUGE = """
F.conv1d(m.ones(1, 1, 4), m.ones(1, 1, 2), padding=n)|F.conv2d(m.ones(1, 1, 4, 4), m.ones(1, 1, 2, 2), padding=n)
F.conv_transpose1d(m.ones(1, 1, 4), m.ones(1, 1, 2), stride=n)|F.unfold(m.ones(1, 1, 4, 4), 2, padding=n)
F.pad(m.ones(1, 4), (n, 0))|F.pad(m.ones(1, 1, 4), (n, 0), mode="replicate")|F.interpolate(m.ones(1, 1, 4), size=n)
F.adaptive_avg_pool1d(m.ones(1, 1, 4), n)|F.one_hot(m.tensor([1]), n)|m.ones(n)|m.eye(n)|m.arange(n)|m.linspace(0, 1, n)
m.ones(2).repeat(n)|m.diag(m.ones(2), n)|m.randperm(n)|m.bincount(m.tensor([1]), minlength=n)|m.histc(m.ones(2), n)
m.ones(2).expand(2**40, 2**40, 2)|m.empty((n, 2))|m.full((n,), 1.0)|m.rand(n)|m.tril_indices(n, n)
m.multinomial(m.ones(2), n, True)
"""


@pytest.mark.parametrize("text", lines(HUGE.strip()))
def test_what_does_not_fit_into_memory_is_said_at_once(text):
    with pytest.raises(RuntimeError, match="memory"):
        eval(text, {"m": mg, "F": mg.nn.functional, "n": 2**62})
    with pytest.raises((RuntimeError, MemoryError)):
        eval(text, {"m": mg, "F": mg.nn.functional, "n": 2**46})


def test_an_int_that_no_integer_holds_is_no_matter_of_memory():
    for m in (mg, torch):
        with pytest.raises(OverflowError):
            m.tensor([1]) + 10**30


OTHER_NAMES = """x.split(split_size=1, dim=1)|x.split(split_size=[1, 2], dim=-1)|x.unsafe_split(split_size=2)
x.swapaxes(axis0=0, axis1=1)|m.swapaxes(x, axis0=-1, axis1=0)|m.clone(x).swapaxes_(axis0=0, axis1=1)
m.tensor_split(x, sections=2)|x.tensor_split(indices=(1,), dim=1)|m.hsplit(x, sections=3)|x.vsplit(indices=(1,))
m.pinverse(x, rcond=0.1)|x.pinverse(rcond=0.1)|x.sum(axis=0, keepdims=True)|m.spmm(x, x.T)"""


@pytest.mark.parametrize("text", OTHER_NAMES.replace("\n", "|").split("|"))
def test_names_that_pytorch_gives_a_parameter_or_function_beside_the_usual_one(text):
    assert not isinstance(outcome(mg, text), type)
    assert_alike(text)


# ---- results out of several dtypes, shapes and memories --------------------------------------------------------------

RESULTS = """m.block_diag(m.ones(1, 2), m.ones(2, 1, dtype=m.int64))|m.block_diag(x, m.tensor(3))
m.block_diag(m.ones(2, dtype=m.int32), m.tensor(3))|m.block_diag(m.ones(2), m.tensor(3.0, dtype=m.float64))
F.cosine_similarity(x.to(m.int8), x)|F.cosine_similarity(x.long(), x.long())|F.cosine_similarity(x, x.double())
m.addcdiv(x, x.long(), x.long() + 1)|m.addcdiv(x, x, x.long() + 1)|m.addcdiv(x.long(), x.long(), x.long())
m.lu_solve(m.ones(4, 2, 1), *m.linalg.lu_factor(m.eye(2).repeat(3, 1, 1, 1)))
m.linalg.lu_solve(*m.linalg.lu_factor(m.eye(2) * 2), m.ones(3, 2, 1), adjoint=True)
x.roll((), ())|x.roll((), 1)|m.tensor(2**64, dtype=m.float32)|m.tensor([1, -(2**70)], dtype=m.float64)|m.tensor(2**64)
m.frombuffer([1, 2], dtype=m.int64)|x.real|x.real.sum()|isinstance(m.gradient(x), tuple)|m.gradient(x)
m.autograd.functional.jacobian(lambda t: t**3, m.tensor(2.0))
m.autograd.functional.hessian(lambda t: t**3, m.tensor(2.0))
m.autograd.functional.jacobian(lambda t: (t, t * x), m.tensor(2.0))
m.arange(10.0)[::2].ravel().is_contiguous()|x.T.ravel()|m.distributions.Wishart(m.tensor(2), m.eye(1)).sample().shape
m.distributions.ContinuousBernoulli(logits=m.tensor([1e4, -1e4])).log_prob(m.tensor([1.0, 0.0]))"""


@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch's, of lu_solve
@pytest.mark.parametrize("text", lines(RESULTS))
def test_results_of_mixed_arguments(text):
    assert_alike(text)


@pytest.mark.parametrize("make", lines("arange(0, 4.0|range(0, 3|linspace(0, 3, 4|logspace(0, 3, 4, base=2"))
def test_numbers_in_a_row_fill_an_out_of_as_many(make):
    for shape in ((2, 2), (4, 1)):
        outs = {"out": lambda m, s=shape: m.zeros(2, 4)[:, 1:3].view(s) if s == (2, 2) else m.zeros(s)}
        assert_alike(f"m.{make}, out=out)", **outs)
    base = mg.zeros(2, 3)
    mg.arange(4.0, out=base[:, 1:])
    assert base.tolist() == [[0.0, 0.0, 1.0], [0.0, 2.0, 3.0]]


def test_what_ravel_copied_is_its_own():
    x = mg.zeros(6)
    x[::2].ravel().fill_(1.0)
    assert x.tolist() == [0.0] * 6
    x.ravel().fill_(1.0)
    assert x.tolist() == [1.0] * 6


def test_lists_that_hold_themselves_are_refused():
    own = [0]
    own.append(own)
    with pytest.raises(TypeError, match="holds itself"):
        mg.tensor(own)
