"""check_gradients: it finds what gradcheck finds, by name, and leaves a module as it was."""

import random
import subprocess
import sys

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn
from minigrad.testing import check_gradients
from tests.autograd import test_gradcheck, test_wrong_rules
from tests.autograd.test_gradcheck import function
from tests.autograd.test_wrong_rules import made, twice
from tests.viz.rendering import apart, rendered, text_boxes

RIGHT = test_wrong_rules.RIGHT
NOT_LINEAR = {name: (twice(rule), test_gradcheck.leaf(3)) for name, rule in test_wrong_rules.NOT_LINEAR.items()}
WRONG = test_wrong_rules.WRONG | NOT_LINEAR


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_found(name):
    report = check_gradients(*WRONG[name])
    assert not report and not report.passed
    assert "WRONG" in str(report) or report.faults


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_rule_passes(name):
    report = check_gradients(*RIGHT[name])
    assert report, str(report)


# ---- modules ---------------------------------------------------------------------------------------------------------


def tanh_backward(factor):
    return made(
        lambda ctx, x: (ctx.save_for_backward(y := x.tanh()), y)[1],
        lambda ctx, g: g * (1 - ctx.saved_tensors[0] ** 2) * factor,
    )


class Scaled(nn.Module):
    """x * weight + bias with a wrong gradient for one of the two, or none."""

    def __init__(self, size, wrong=None):
        super().__init__()
        self.weight = nn.Parameter(mg.ones(size))
        self.bias = nn.Parameter(mg.zeros(size))
        self.wrong = {"weight": 2.0, "bias": -1.0}.get(wrong, 1.0), wrong

    def forward(self, x):
        factor, wrong = self.wrong
        change = twice(lambda g: g * factor)  # 2x
        weight = change(self.weight) / 2 if wrong == "weight" else self.weight
        return x * weight + (change(self.bias) / 2 if wrong == "bias" else self.bias)


def net(wrong=None):
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), Scaled(3, wrong), nn.Dropout(0.4), nn.Linear(3, 1))


@pytest.mark.parametrize("order", [1, 2])
def test_a_right_module_passes_with_all_its_names(order):
    report = check_gradients(net(), mg.randn(4, 2), order, entries=3)
    names = ["0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias", "4.weight", "4.bias"]
    assert report and [t.name for t in report.tensors if t.order == 1] == ["input", *names]
    assert max(t.order for t in report.tensors) == order


@pytest.mark.parametrize("wrong", ["weight", "bias"])
def test_the_wrong_parameter_is_named(wrong):
    report = check_gradients(net(wrong), mg.randn(4, 2))
    assert [t.name for t in report.tensors if not t.passed] == [f"2.{wrong}"]
    found = report[f"2.{wrong}"]
    assert found.verdict.startswith(
        "backward gives 2 times" if wrong == "weight" else "backward gives -1 times the derivative, everywhere: a sign"
    )
    assert 0 < found.disagree <= found.compared == 12
    assert found.backward == pytest.approx(found.differences * (2 if wrong == "weight" else -1), rel=1e-4)
    assert list(report) == report.tensors and report["4.weight"].passed and report["4.weight"].verdict == "right"


def everything_of(module):
    tensors = [*module.named_parameters(), *module.named_buffers()]
    modes = [m.training for m in module.modules()]
    return [(n, t, t._data, t._data.copy(), t.dtype, t._grad, t.requires_grad) for n, t in tensors], modes


def test_nothing_of_the_module_or_of_random_states_changes():
    module = net("bias").train()
    module[0].eval()
    module[0].weight.requires_grad_(False)
    module[4].weight.grad = mg.ones(1, 3)
    x = mg.randn(4, 2, requires_grad=True)
    before, x_before = everything_of(module), x._data.copy()
    states = mg.get_rng_state().tolist(), np.random.get_state()[1].tolist(), random.getstate()
    report = check_gradients(module, x)
    assert states == (mg.get_rng_state().tolist(), np.random.get_state()[1].tolist(), random.getstate())
    after = everything_of(module)
    assert after[1] == before[1] and x.grad is None and np.array_equal(x._data, x_before)
    for old, new in zip(before[0], after[0], strict=True):
        assert all(a is b for a, b in zip(old[1:3], new[1:3], strict=True)) and old[4:] == new[4:]
        assert np.array_equal(old[3], new[2])
    with pytest.raises(KeyError, match="only input, 0.bias"):
        report["0.weight"]


class Counting(nn.Module):
    """Its output hangs on a buffer that each call changes, by assignment and in place."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(mg.ones(2))
        self.register_buffer("calls", mg.zeros(()))
        self.register_buffer("seen", mg.zeros(()))
        self.register_buffer("nothing", None)

    def forward(self, x):
        self.calls = self.calls + 1
        self.seen += 1
        return x * self.weight * self.calls + self.seen


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(2, 2), nn.Linear(2, 2)
        self.two.weight = self.one.weight

    def forward(self, x):
        return self.two(self.one(x).tanh())


class Picky(nn.Module):
    """Nested arguments and results."""

    def forward(self, pair, options, index):
        a, b = pair
        return {"sum": a + b * options["scale"], "parts": (a[index] * b[0], [index])}


MODULES = {
    "buffers": (Counting(), mg.randn(3, 2)),
    "lazy": (nn.Sequential(nn.LazyLinear(3), nn.Tanh()), mg.randn(2, 4)),
    "tied": (Tied(), mg.randn(3, 2)),
    "embedding": (nn.Sequential(nn.Embedding(5, 3), nn.LayerNorm(3)), mg.tensor([[0, 1], [1, 4]])),
    "convolution": (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.MaxPool2d(2), nn.Flatten()), mg.randn(2, 1, 6, 6)),
    "eval": (nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout()).eval(), mg.randn(3, 2)),
    "nested": (Picky(), ((mg.randn(3), mg.randn(3)), {"scale": mg.tensor(2.0)}, mg.tensor([0, 2]))),
    "two inputs": (nn.Bilinear(2, 3, 2), (mg.randn(4, 2), mg.randn(4, 3))),
    "dropout": (nn.Dropout(0.5), mg.randn(20)),
    "function": (lambda x, y: F.cross_entropy(x, y), (mg.randn(4, 3), mg.tensor([0, 2, 1, 1]))),
    "half": (nn.Linear(2, 2).half(), mg.randn(3, 2).half()),
    "no parameters": (nn.Tanh(), mg.randn(3)),
    "no gradient for the target": (F.mse_loss, (mg.randn(3, requires_grad=True), mg.randn(3))),
    "NumPy's random numbers": (lambda x: x * np.random.random() + x * random.random(), mg.randn(3)),
    "a list": (lambda xs: mg.stack(xs).prod(0), ([mg.randn(2), mg.randn(2)],)),
}


@pytest.mark.parametrize("name", MODULES)
def test_modules_of_all_kinds_pass(name):
    report = check_gradients(*MODULES[name])
    assert report, str(report)
    assert all(t.compared for t in report.tensors)


@pytest.mark.parametrize("f", [lambda x: (x * x).long(), lambda x: x[:0], lambda x: x > 0])
def test_a_report_says_if_there_was_nothing_to_compare(f):
    assert "right, but nothing was compared" in str(check_gradients(f, mg.randn(3)))
    assert "nothing was compared" not in str(check_gradients(lambda x: x * x, mg.randn(3)))


def test_names_of_nested_inputs():
    report = check_gradients(*MODULES["nested"])
    assert [t.name for t in report.tensors] == ["input[0][0]", "input[0][1]", "input[1]['scale']"]


def test_only_what_requires_grad_is_checked_where_something_does():
    assert [t.name for t in check_gradients(*MODULES["no gradient for the target"]).tensors] == ["input[0]"]


# ---- few of many entries ---------------------------------------------------------------------------------------------


def test_one_wrong_entry_of_ten_thousand_is_found_and_named():
    weight = mg.ones(100, 100, dtype=mg.float64)
    weight._data[17, 42] = 1.01
    wrong = function(lambda x: x * x, lambda g, y, x: 2 * g * x * weight)
    report = check_gradients(lambda x: wrong(x).sum(0), mg.rand(100, 100) + 0.5, entries=10)
    assert not report and report["input"].index == [17, 42] and report["input"].output_index == [42]
    assert report["input"].backward == pytest.approx(1.01 * report["input"].differences, rel=1e-4)


def test_all_entries():
    x = mg.randn(60)
    assert check_gradients(mg.sin, x, entries=None)["input"].compared == 3600
    assert check_gradients(mg.sin, x)["input"].compared == 2500


# ---- orders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", test_gradcheck.WRONG_AGAIN)
def test_what_is_wrong_in_second_order_only(name):
    f, shapes = test_gradcheck.WRONG_AGAIN[name]
    inputs = test_gradcheck.inputs_of(shapes)
    assert check_gradients(f, inputs)
    report = check_gradients(f, inputs, order=2)
    assert not report and {t.order for t in report.tensors if not t.passed} == {2}


def test_higher_orders():
    assert check_gradients(lambda x: x**4, mg.rand(3) + 0.5, order=4)

    # right in value and in its first derivative only
    f = function(lambda x: x**3, lambda g, y, x: g * 3 * (x.detach() ** 2 + 2 * x.detach() * (x - x.detach())))
    report = check_gradients(f, mg.rand(3) + 0.5, order=3)
    assert not report and {t.order for t in report.tensors if not t.passed} == {3}


# ---- words and pictures ----------------------------------------------------------------------------------------------


def test_the_report_reads_well():
    text = str(check_gradients(net("bias"), mg.randn(4, 2)))
    lines = text.splitlines()
    assert lines[0] == "Sequential: 1 of 9 gradients is wrong, in float64, up to order 1"
    wrong = [line for line in lines if "WRONG" in line]
    assert len(wrong) == 1 and wrong[0].split()[:2] == ["2.bias", "3"] and "a sign is wrong" in wrong[0]
    assert sum("right: " in line for line in lines) == 8
    assert str(check_gradients(nn.Tanh(), mg.randn(2))).startswith("Tanh: all 1 gradients are right")
    assert str(check_gradients(F.gelu, mg.randn(2))).startswith("gelu: all 1")


def test_a_kink_is_explained():
    report = check_gradients(F.relu, mg.tensor([1.0, 0.0]))
    assert "kink or a jump at input[1]" in report["input"].verdict and report["input"].index == [1]


def test_the_picture():
    report = check_gradients(net("weight"), mg.randn(4, 2))
    figure = report.plot()
    rendered(figure)
    errors, places = figure.axes[:2]
    assert "2.weight" in figure.get_suptitle() and apart(text_boxes(figure, errors.texts))
    assert places.get_title() == f"{report['2.weight'].disagree} of 12 entries disagree"
    steps, values = errors.lines[0].get_data()
    assert values.max() / values.min() < 1.5  # the error does not go with the step, as that of what is right does
    steps, values = report.plot("0.weight").axes[0].lines[0].get_data()
    assert values[steps < 1e-10].mean() > 1e3 * values[(steps > 1e-7) & (steps < 1e-4)].mean()


def test_matplotlib_is_imported_for_pictures_only():
    run = "mg.testing.check_gradients(mg.exp, mg.ones(2)); print('matplotlib' in sys.modules)"
    command = [sys.executable, "-c", f"import sys, minigrad as mg; {run}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


# ---- bad calls -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [{"order": 0}, {"order": 1.5}, {"entries": 0}, {"eps": 0.0}, {"atol": -1.0}, {"rtol": -1.0}]
)
def test_options_are_checked(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        check_gradients(mg.exp, mg.ones(2), **options)


def test_what_cannot_be_checked():
    with pytest.raises(ValueError, match="check_gradients: .* requires grad"):
        check_gradients(lambda x: x, mg.tensor([1, 2]))
    with pytest.raises(ValueError, match="return Tensors, got float"):
        check_gradients(lambda x: 1.0, mg.ones(2))
    with pytest.raises(ZeroDivisionError):
        check_gradients(lambda x: 1 / 0, mg.ones(2))
