"""check_gradients: every gradient of a function or a module, of any order, and a report on each."""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from minigrad.autograd.checking import Check, Fault, GradcheckError, Options
from minigrad.autograd.gradcheck import derivative
from minigrad.autograd.gradient_mistakes import Comparison
from minigrad.core.generator import Generator, use_generator
from minigrad.core.tensor import Tensor
from minigrad.nn import Module
from minigrad.nn.parameter import Uninitialized
from minigrad.testing.report import GradientReport
from minigrad.testing.tensor_report import TensorReport

__all__ = ["check_gradients"]

DIGITS = 1e-4  # a part of the tolerance, as one wrong entry among many changes a sum only a little


def check_gradients(
    f: Callable[..., Any],
    inputs: Any,
    order: int = 1,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    nondet_tol: float = 0.0,
    entries: int | None = 50,
    seed: int = 0,
) -> GradientReport:
    """Compare the gradients of a function, or of a module and its parameters, with central differences.

    What is checked is a copy in float64, with random numbers that start from `seed` on each call: nothing of the
    module changes, neither its dtype, gradients, buffers nor mode, and no random state. For each tensor the report
    says whether its gradient is right, and if not, where it is farthest off and what may be the cause.

    Parameters
    ----------
    f : callable or Module
        Of a module, the gradients for the parameters that require grad are checked, too, in the mode in which it is.
    inputs : Tensor, or tuple of arguments
        Arguments may be lists, tuples and dicts of tensors. The floating tensors that require grad are checked; if
        none does, all floating ones are.
    order : int, default 1
        Check the gradients of gradients, and so on, as well. An order is tried when those below are right.
    eps : float, default 1e-6
        The step of the differences.
    atol, rtol : float, default 1e-5 and 1e-3
        An entry passes where ``|backward - differences| <= atol + rtol * |differences|``.
    nondet_tol : float, default 0
        How much two backward passes through one graph may differ.
    entries : int, optional
        Compare this many entries of each input and of each output, chosen at random, one by one. All the others are
        covered by one random direction, which says where if something is wrong. None compares all.
    seed : int, default 0
        Where the random numbers of each call start.

    Returns
    -------
    GradientReport
        True where everything is right. Printing it says more, and ``report.plot()`` shows it.

    Raises
    ------
    ValueError
        If nothing can be checked, or an option makes no sense.

    Examples
    --------
    >>> from minigrad.testing import check_gradients
    >>> net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Dropout(0.5), nn.Linear(4, 2))
    >>> report = check_gradients(net, mg.randn(5, 3), order=2)
    >>> bool(report), report["0.weight"].passed
    (True, True)
    """
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"check_gradients: expected an order of 1 or more, got {order!r}")
    if entries is not None and entries < 1:
        raise ValueError(f"check_gradients: expected at least 1 of entries, or None for all, got {entries}")
    options = Options(eps, atol, rtol, nondet_tol, entries=entries).checked("check_gradients")
    subject = _Subject(f, inputs, seed)
    func: Callable[..., Any] = subject.call
    args, names = subject.tensors, subject.names
    if not any(t.requires_grad for t in args):
        raise ValueError("check_gradients: expected a floating Tensor, or a module with a parameter that requires grad")
    report = GradientReport(_name(f))
    for n in range(1, order + 1):
        outputs, cotangents = _check(report, func, args, names, n, options._replace(constants_too=n > 1))
        if not report.passed or not outputs:
            break
        func = derivative(func, len(args))
        args, names = [*args, *cotangents], [*names, *(f"gradient of {o}" for o in outputs)]
    return report


def _name(f: Callable[..., Any]) -> str:
    """Name it: by its class, the class whose ``apply`` it is, or its own name."""
    owner = getattr(f, "__self__", None)
    return owner.__name__ if isinstance(owner, type) else getattr(f, "__name__", type(f).__name__)


def _check(
    report: GradientReport, func: Callable[..., Any], args: list[Any], names: list[str], order: int, options: Options
) -> tuple[list[str], list[Tensor]]:
    """Add what one order shows to a report; return the names of the outputs, and random gradients of them."""
    try:
        check = Check(func, tuple(args), options)
        outputs = _output_names(check, names, order)
        comparisons = list(check.comparisons())
        comparisons += _suspects(check, {(c.number, c.of) for c in comparisons if not c.passed})
        faults = [*check.wrong_projections(), *check.faults()]
    except GradcheckError as error:
        report.faults.append(str(error).removeprefix("gradcheck: "))
        return [], []
    for i, x in check.checked:
        mine = [c for c in comparisons if c.number == i]
        known = {c.of for c in mine if not c.passed}
        texts = _texts([f for f in faults if f.input == i and f.output not in known])
        report.tensors.append(TensorReport(names[i], order, tuple(x.shape), mine, outputs, texts))
    report.faults += _texts([f for f in faults if f.input is None])
    rng = np.random.default_rng(order)
    recorded = [check.outputs[j] for j in check.differentiable]
    cotangents = [Tensor._wrap(np.asarray(rng.standard_normal(o.shape), o.dtype)).requires_grad_() for o in recorded]
    return [outputs[j] for j in check.differentiable], cotangents


def _suspects(check: Check, known: set[tuple[int, int]]) -> list[Comparison]:
    """Find wrong entries among those not compared: a random direction is farther off than rounding explains."""
    found = []
    for k, j, a, n, allowed in list(check.projections()):
        if (check.checked[k][0], j) not in known and not abs(a - n) <= DIGITS * allowed:
            found.append(check.locate(k, j))
    return [c for c in found if not c.passed]


def _texts(faults: list[Fault]) -> list[str]:
    """Return each text once, without its figures."""
    return list(dict.fromkeys(f.text.rpartition(", by up to ")[0] or f.text for f in faults))


def _output_names(check: Check, names: list[str], order: int) -> list[str]:
    if order > 1:
        # the gradients of those inputs that have one
        found = [names[i] for i, _ in check.checked][: len(check.outputs)]
        return [f"gradient of {name}" if order == 2 else f"gradient {order - 1} of {name}" for name in found]
    return ["output"] if len(check.outputs) == 1 else [f"output[{j}]" for j in range(len(check.outputs))]


# ---- what is checked -------------------------------------------------------------------------------------------------


class _Subject:
    """A function of a list of tensors, which gives a list of tensors, the same on each call.

    tensors, names : what it is called with: copies in float64 of what the user gave, then a module's parameters
    """

    def __init__(self, f: Callable[..., Any], inputs: Any, seed: int) -> None:
        self.function, self.seed = f, seed
        arguments = inputs if isinstance(inputs, (tuple, list)) else (inputs,)
        memo: dict[int, Any] = {}
        leaves = dict(_leaves(tuple(arguments), ""))
        wanted = {id(t) for t in leaves.values() if t.requires_grad} or {id(t) for t in leaves.values()}
        self.arguments = _mapped(tuple(arguments), lambda t: _wide(t, id(t) in wanted, memo))
        placed = list(_leaves(self.arguments, ""))
        self.names = [f"input{path}" if len(arguments) > 1 else f"input{path[3:]}" for path, _ in placed]
        self.tensors: list[Any] = [t for _, t in placed]
        self.buffers: list[tuple[Any, str, Any, Any]] = []
        if isinstance(f, Module):
            self._take_apart(f)

    def _take_apart(self, original: Module) -> None:
        self.function = module = copy.deepcopy(original).double()
        for p in [*module.parameters(), *module.buffers()]:
            p._grad = None
        if any(isinstance(t, Uninitialized) for t in [*module.parameters(), *module.buffers()]):
            self.call()  # a lazy layer learns its shapes
        self.buffers = [
            (m, name, b, None if b is None else b._data.copy())
            for m in module.modules()
            for name, b in m._buffers.items()
        ]
        for name, parameter in module.named_parameters():
            if parameter.requires_grad:
                self.names.append(name)
                self.tensors.append(parameter)

    def call(self, *_: Any) -> list[Tensor]:
        """Return the outputs; the arguments are known already, and are changed where they are."""
        for module, name, buffer, values in self.buffers:
            module._buffers[name] = module.__dict__[name] = buffer
            if buffer is not None:
                buffer._data[...] = values
        with _random_numbers_from(self.seed):
            result = self.function(*self.arguments)
        outputs = [t for _, t in _leaves(result, "", floating=False)]
        if not outputs:
            raise ValueError(f"check_gradients: expected the function to return Tensors, got {type(result).__name__}")
        return outputs


def _leaves(value: Any, path: str, floating: bool = True) -> Iterator[tuple[str, Tensor]]:
    """Yield the floating Tensors in nested lists, tuples and dicts, with where they are."""
    if isinstance(value, Tensor):
        if value.is_floating_point() or not floating:
            yield path, value
    elif isinstance(value, (list, tuple)):
        for i, v in enumerate(value):
            yield from _leaves(v, f"{path}[{i}]", floating)
    elif isinstance(value, Mapping):
        for key, v in value.items():
            yield from _leaves(v, f"{path}[{key!r}]", floating)


def _mapped(value: Any, function: Callable[[Tensor], Tensor]) -> Any:
    if isinstance(value, Tensor):
        return function(value)
    if isinstance(value, (list, tuple)):
        items = [_mapped(v, function) for v in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, dict):
        return {k: _mapped(v, function) for k, v in value.items()}
    return value


def _wide(t: Tensor, checked: bool, memo: dict[int, Any]) -> Tensor:
    """Return a copy in float64 of a floating Tensor, the same for the same one; others as they are."""
    if not t.is_floating_point():
        return t
    if id(t) not in memo:
        memo[id(t)] = Tensor._wrap(np.array(t._data, np.float64)).requires_grad_(checked)
    return memo[id(t)]


@contextlib.contextmanager
def _random_numbers_from(seed: int) -> Iterator[None]:
    """Draw the same random numbers each time, in minigrad, NumPy and Python; restore their states afterwards."""
    numpy, python = np.random.get_state(), random.getstate()
    np.random.seed(seed)
    random.seed(seed)
    try:
        with use_generator(Generator().manual_seed(seed)):
            yield
    finally:
        np.random.set_state(numpy)
        random.setstate(python)
