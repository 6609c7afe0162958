"""detect_anomaly: the first nan is an error that names the operation and the line of the user's that called it."""

import inspect
import operator
import re
import threading

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn
from minigrad.autograd import Function, detect_anomaly
from minigrad.autograd.trace import Trace
from minigrad.ops.declare.declaration import registry
from minigrad.ops.declare.operation import operation
from tests.ops.test_cases import ROWS, tensors_of

inf, nan = float("inf"), float("nan")


def at(*values, dtype=mg.float32):
    return mg.tensor(values, dtype=dtype, requires_grad=True)


def line_of(function, mark="# here"):
    """The number of the line in a function that has this comment, or if none has, of its first line."""
    lines, first = inspect.getsourcelines(function)
    return first + next((i for i, line in enumerate(lines) if mark in line), 0)


def places(error):
    """The lines of this file that an error names, in its message and its notes."""
    text = "\n".join([str(error), *getattr(error, "__notes__", [])])
    return [int(n) for n in re.findall(rf'File "{re.escape(__file__)}", line (\d+)', text)]


def names(error, function, mark="# here"):
    return line_of(function, mark) in places(error)


class Numpy(Function):
    """The logarithm by NumPy, with a backward that gives nan where the input is 0."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        with np.errstate(all="ignore"):
            return mg.from_numpy(np.log1p(x.detach().numpy()))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x / x)


class Failing(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        raise ZeroDivisionError("on purpose")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 2), nn.ReLU())

    def forward(self, x):
        return (self.body(x) * 0).sqrt() * 0  # here


def hidden(x):
    return x.sqrt()  # here


# ---- backward --------------------------------------------------------------------------------------------------------

# name of the operation, and an expression whose gradient is nan although its value is finite
BACKWARD = {
    "Sqrt": lambda: (at(0.0, 1.0).sqrt() * 0).sum(),
    "Pow": lambda: (at(0.0, 1.0) ** 0.5 * 0).sum(),
    "Numpy": lambda: Numpy.apply(at(0.0, 1.0)).sum(),
    "Acos": lambda: (at(1.0).acos() * 0).sum(),
    "Pow, composed": lambda: (mg.norm(at(1.0, 0.0) * 1, p=0.5) * at(0.0).pow(0.5) * 0).sum(),
    "Sqrt, composed": lambda: F.mse_loss(at(0.0).sqrt(), mg.zeros(1)),
}


@pytest.mark.parametrize("name", BACKWARD)
def test_a_nan_in_backward_names_the_operation_and_the_line(name):
    f = BACKWARD[name]
    with detect_anomaly():
        loss = f()
        with pytest.raises(RuntimeError, match=rf"backward: {name.split(',')[0]}\w* gave nan") as caught:
            loss.backward()
    assert places(caught.value)[-1] == line_of(f)


def test_the_innermost_line_of_the_users_and_those_that_led_there():
    with detect_anomaly(), pytest.raises(RuntimeError, match="gave nan") as caught:
        (hidden(at(0.0)) * 0).sum().backward()
    assert places(caught.value)[-1] == line_of(hidden)
    assert len(places(caught.value)) == 2 and "return x.sqrt()  # here" in str(caught.value)


def test_lines_of_a_library_and_of_what_runs_the_script():
    """What is built on minigrad is told by its innermost line, and what runs the user's lines is not told."""
    told = {}

    def load(file, source):
        exec(compile(source, file, "exec"), told)

    load("/x/site-packages/library.py", "def log(x): return inner(x)\ndef inner(x): return trace()")
    load("/home/user/script.py", "def main(): return log(0)")
    load("/x/site-packages/runner.py", "def run(): return main()")
    load("/launcher.py", "def launch(): return run()")
    told["trace"] = Trace
    lines = [(file, name) for file, _, name in told["launch"]().lines]
    assert lines == [("/x/site-packages/library.py", "inner"), ("/home/user/script.py", "main")]


def test_the_layer_is_named():
    net = Net()
    with detect_anomaly(), pytest.raises(RuntimeError, match="in layer Net") as caught:
        net(mg.ones(1, 2)).sum().backward()
    assert names(caught.value, Net.forward)
    net = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU(), nn.Tanh()))
    net[1][1].forward = hidden
    nn.init.zeros_(net[0].weight)
    nn.init.zeros_(net[0].bias)
    with detect_anomaly(), pytest.raises(RuntimeError, match=r"in layer '1.1' of Sequential: Tanh\(\)") as caught:
        (net(mg.ones(1, 2)) * 0).sum().backward()
    assert names(caught.value, hidden)


def test_a_forward_that_ran_without_detection():
    loss = (at(0.0).sqrt() * 0).sum()
    with detect_anomaly(), pytest.raises(RuntimeError, match="SqrtBackward0 gave nan.*ran without detect_anomaly"):
        loss.backward()


def test_second_gradients_name_the_first_forward():
    def cube(x):
        return x**1.5  # here

    x = at(0.0)
    with detect_anomaly(), pytest.raises(RuntimeError, match="(?s)gave nan.*which computed the gradient of") as caught:
        (g,) = mg.autograd.grad(cube(x), x, create_graph=True)
        (g * 0).backward()
    assert names(caught.value, cube)


def test_other_threads_are_watched_too():
    found = []

    def work():
        try:
            (hidden(at(0.0)) * 0).sum().backward()
        except RuntimeError as error:
            found.append(error)

    with detect_anomaly():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert names(found[0], hidden)


def test_threads_of_the_pool_name_the_line_that_gave_them_the_work():
    before = mg.get_num_threads()
    mg.set_num_threads(2)
    layer = nn.Linear(1, 1)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    layer.forward = lambda x: mg.sqrt(F.linear(x, layer.weight, layer.bias))  # the line of the pool
    try:
        with detect_anomaly(), pytest.raises(RuntimeError, match="SqrtBackward0 gave nan") as caught:
            (nn.DataParallel(layer, [0, 1])(mg.ones(4, 1)) * 0).sum().backward()
    finally:
        mg.set_num_threads(before)
    here = test_threads_of_the_pool_name_the_line_that_gave_them_the_work
    assert names(caught.value, here, "# the line of the pool")


def test_inf_is_no_error_in_backward():
    x = at(0.0)
    with detect_anomaly():
        x.sqrt().sum().backward()
    assert x.grad.item() == inf


def test_infinities_that_cancel_at_a_leaf():
    x = at(0.0)
    with detect_anomaly(), pytest.raises(RuntimeError, match="gradients without nan add up to nan.*SqrtB") as caught:
        (hidden(x) - hidden(x)).sum().backward()
    assert x.grad is None and names(caught.value, hidden)


def test_a_nan_that_came_in_is_said_to():
    x = at(1.0)
    with detect_anomaly(), pytest.raises(RuntimeError, match="so did the gradient that came in"):
        (x * 2).backward(mg.tensor([nan]))
    y = x * 3
    y.register_hook(lambda g: g * nan)
    with detect_anomaly(), pytest.raises(RuntimeError, match="by a hook"):
        y.sum().backward()


@pytest.mark.parametrize(
    "loss, words",
    [
        (lambda x: F.mse_loss(x * nan, mg.zeros(2)), "forward holds nan already"),
        (lambda x: F.binary_cross_entropy_with_logits(x * nan, mg.ones(2)), "forward holds nan already"),
        (lambda x: (x * x).sum().sqrt(), "came in is infinite: it was multiplied by 0"),
        (lambda x: (x.sqrt() * 0).sum(), "came in is 0: it was multiplied by an infinite slope"),
    ],
)
def test_where_a_nan_in_backward_came_from(loss, words):
    x = at(0.0, 0.0)
    with detect_anomaly(check_nan=False):
        y = loss(x)
    with detect_anomaly(), pytest.raises(RuntimeError, match=words):
        y.backward()


OPERATORS = {  # by the names of their functions, the left operand and the right one
    "add": (operator.add, 3e38, 3e38),
    "sub": (operator.sub, -3e38, 3e38),
    "mul": (operator.mul, 3e38, 3e38),
    "div": (operator.truediv, 1.0, 0.0),
    "floor_divide": (operator.floordiv, 1.0, 0.0),
    "remainder": (operator.mod, 1.0, 0.0),
    "pow": (operator.pow, 3e38, 2.0),
    "matmul": (operator.matmul, 3e38, 3e38),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_has_the_name_of_its_function(name):
    f, *values = OPERATORS[name]
    a, b = (mg.full((2, 2), value) for value in values)
    calls = [lambda: f(a, b), lambda: f(a, b.numpy()), lambda: getattr(mg, name)(a, b)]
    if name != "matmul":
        calls += [lambda: f(values[0], b), lambda: f(a, values[1])]
    for call in calls:
        with detect_anomaly(), pytest.raises(RuntimeError, match=f"^{name}: gave (inf|nan), and"):
            call()


def test_any_error_in_backward_has_a_note_with_the_line():
    def call(x):
        return Failing.apply(x)  # here

    with detect_anomaly(check_nan=False), pytest.raises(ZeroDivisionError, match="on purpose") as caught:
        call(at(1.0)).sum().backward()
    assert names(caught.value, call) and "FailingBackward" in caught.value.__notes__[0]

    def hooked(x):
        y = x * 2  # here
        y.register_hook(lambda g: 1 / 0)
        return y

    with detect_anomaly(), pytest.raises(ZeroDivisionError) as caught:
        hooked(at(1.0)).sum().backward()
    assert names(caught.value, hooked) and "MulBackward" in caught.value.__notes__[0]


def test_an_error_of_a_backward_within_a_backward_names_both():
    class Outer(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            with mg.enable_grad():
                Failing.apply(at(1.0)).sum().backward()  # inner

    def call(x):
        return Outer.apply(x)  # here

    with detect_anomaly(), pytest.raises(ZeroDivisionError) as caught:
        call(at(1.0)).sum().backward()
    assert names(caught.value, call) and names(caught.value, Outer.backward, "# inner")
    assert [note.split(".")[0].split()[-1] for note in caught.value.__notes__] == ["FailingBackward", "OuterBackward"]


# ---- forward ---------------------------------------------------------------------------------------------------------

# what is to be named, and an expression that makes nan or inf out of finite numbers, or nan out of infinities
FORWARD = {
    "log: gave inf": lambda: at(1.0, 0.0).log(),
    "log: gave nan": lambda: at(1.0, -1.0).log(),
    "sqrt: gave nan": lambda: at(-1.0).sqrt(),
    "div: gave inf": lambda: 1 / at(0.0),
    "div: gave nan": lambda: at(0.0) / at(0.0),
    "exp: gave inf": lambda: at(1000.0).exp(),
    "mul: gave inf": lambda: at(300.0, dtype=mg.float16) * at(300.0, dtype=mg.float16),
    "mul: gave nan": lambda: mg.tensor(inf) * at(0.0),
    "sub: gave nan": lambda: mg.full((2,), inf) - mg.full((2,), inf),
    "cast: gave inf": lambda: mg.tensor([1e300], dtype=mg.float64).float(),
    "pow: gave inf": lambda: mg.tensor([0.0]) ** -1,
    "sum: gave inf": lambda: mg.full((3,), 3e38).sum(),
    "matmul: gave inf": lambda: mg.full((2, 2), 1e30) @ mg.full((2, 2), 1e30),
    "mean: gave nan": lambda: mg.zeros(0).mean(),
    "softmax: gave nan": lambda: F.softmax(mg.full((1, 2), -inf), -1),
    "acosh: gave nan": lambda: at(0.5).acosh(),
    "atanh: gave inf": lambda: at(1.0).atanh(),
    "Numpy: gave nan": lambda: Numpy.apply(at(-2.0)),
    "rsqrt: gave inf": lambda: mg.rsqrt(mg.zeros(2)),
    "rms_norm": lambda: F.rms_norm(mg.full((1, 2), 1e30), (2,)),
    "nll_loss|cross_entropy": lambda: F.cross_entropy(at(1.0, 2.0)[None], mg.tensor([-100])),
    "log_: gave nan .in log., in place": lambda: mg.tensor([-1.0]).log_(),
}


@pytest.mark.parametrize("name", FORWARD)
def test_a_nan_or_inf_in_forward_is_found_where_it_is_made(name):
    f = FORWARD[name]
    with np.errstate(all="ignore"), detect_anomaly(check_nan=False):
        f()
    with detect_anomaly(), pytest.raises(RuntimeError, match=": gave ") as caught:
        f()
    assert re.search(name.split(",")[0], str(caught.value)) and places(caught.value)[-1] == line_of(f)


MASK = mg.tensor([[True, False], [False, False]])
ON_PURPOSE = {
    "masked_fill": lambda x: x.masked_fill(MASK, -inf).softmax(-1)[1],
    "where": lambda x: mg.where(MASK, x, -inf),
    "where nan": lambda x: mg.where(MASK, x, nan),
    "added mask": lambda x: (x + mg.where(MASK, -inf, 0.0)).logsumexp(-1),
    "full": lambda x: mg.full((2,), inf),
    "tensor": lambda x: mg.tensor([nan, inf]) * 2,
    "times inf": lambda x: (x * x + 1) * inf,
    "pad": lambda x: F.pad(x, (1, 1), value=-inf),
    "max_pool": lambda x: F.max_pool2d(x[None], 2, padding=1),
    "attention": lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True),
    "clamp": lambda x: x.clamp(0, inf),
    "assignment": lambda x: x.clone().__setitem__((0, 1), -inf),
    "fill_": lambda x: x.clone().fill_(-inf),
    "index_fill": lambda x: x.index_fill(0, mg.tensor([0]), -inf),
    "nan_to_num": lambda x: mg.nan_to_num(mg.tensor([nan, inf, 1.0])),
    "nanmean": lambda x: mg.nanmean(mg.tensor([nan, 1.0])),
    "norm": lambda x: x.norm(inf),
    "largest of nothing": lambda x: mg.logsumexp(mg.zeros(0, 2), 0),
    "entropy": lambda x: F.binary_cross_entropy(mg.tensor([0.0, 1.0]), mg.tensor([0.0, 1.0])),
    "xlogy": lambda x: mg.xlogy(mg.zeros(2), mg.zeros(2)),
}


@pytest.mark.parametrize("name", ON_PURPOSE)
def test_what_is_put_in_on_purpose_or_handed_on_is_no_error(name):
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    with detect_anomaly():
        y = ON_PURPOSE[name](x)
        if isinstance(y, mg.Tensor) and y.requires_grad:
            y.sum().backward()


def test_no_row_of_the_table_of_operations_is_an_anomaly():
    """Whatever an operation computes on its way, its result is finite, and passes."""
    found = []
    with detect_anomaly():
        for row in ROWS.values():
            try:
                row.function(mg, *tensors_of(row))
            except RuntimeError as error:
                found.append(f"{row.name}: {error}")
    assert not found, "\n".join(found)


def test_operations_that_are_declared_while_it_is_on_are_watched():
    with detect_anomaly():

        @operation(input=lambda g: g)
        def inverted_while_watched(input):
            with np.errstate(divide="ignore"):
                return 1 / input

        try:
            with pytest.raises(RuntimeError, match="inverted_while_watched: gave inf"):
                inverted_while_watched(mg.zeros(2))
        finally:
            del registry["inverted_while_watched"]
    assert np.isinf(inverted_while_watched(mg.zeros(2)).numpy()).all()


def test_a_message_shows_what_the_operation_was_given():
    with detect_anomaly(), pytest.raises(RuntimeError) as caught:
        mg.tensor([[1.0, 1.0], [1.0, -2.0]]).log()
    assert "1 of 4 elements, the first at [1, 1], where it was given -2." in str(caught.value)


# ---- changes in place ------------------------------------------------------------------------------------------------


class Saving(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        return 2 * g * ctx.saved_tensors[0]


@pytest.mark.parametrize("square", [lambda x: x * x, Saving.apply], ids=["operation", "Function"])
def test_an_error_of_a_change_in_place_names_both_lines(square):
    def use(x):
        return square(x)  # here

    def change(x):
        x.mul_(3)  # here

    x = at(1.0, 2.0).exp()
    with detect_anomaly():
        loss = use(x).sum()
        with mg.no_grad():
            change(x)
        with pytest.raises(RuntimeError, match="changed in place") as caught:
            loss.backward()
    assert names(caught.value, use) and names(caught.value, change)
    assert re.search("used in\n.*\nand changed in\n", str(caught.value), re.S)
    loss = use(x).sum()
    with mg.no_grad():
        change(x)
    with pytest.raises(RuntimeError, match="changed in place.*clone\\(\\)$"):
        loss.backward()


def test_a_step_of_an_optimizer_is_a_change():
    w = at(1.0, 2.0)
    optimizer = mg.optim.SGD([w], lr=0.1)
    with detect_anomaly():
        loss = (w * w).sum()
        w.grad = mg.ones(2)
        optimizer.step()  # here
        with pytest.raises(RuntimeError, match="changed in place") as caught:
            loss.backward()
    assert names(caught.value, test_a_step_of_an_optimizer_is_a_change)
