"""Every scheduler against PyTorch over 30 steps, against its formula, and resumed in the middle."""

import inspect
import math
import warnings

import numpy as np
import pytest

import minigrad as mg
from minigrad import optim

# name -> (the scheduler made of a library's lr_scheduler and an optimizer, whether it cycles the momentum)
SCHEDULERS = {
    "StepLR": lambda s, o: s.StepLR(o, 4, gamma=0.5),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [3, 10, 10, 22], gamma=0.5),
    "ConstantLR": lambda s, o: s.ConstantLR(o, factor=0.3, total_iters=7),
    "LinearLR": lambda s, o: s.LinearLR(o, start_factor=0.2, end_factor=0.7, total_iters=9),
    "LinearLR-down": lambda s, o: s.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=9),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, total_iters=12, power=2.5),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 8, eta_min=0.01),
    "CosineAnnealingLR-once": lambda s, o: s.CosineAnnealingLR(o, 30),
    "WarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 4, eta_min=0.01),
    "WarmRestarts-longer": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, T_mult=2),
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda epoch: 1 / (1 + 0.1 * epoch)),
    "LambdaLR-each": lambda s, o: s.LambdaLR(o, [lambda epoch: 0.9**epoch, lambda epoch: 1 + epoch]),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 0.9 if epoch % 2 else 1.05),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, 0.5, total_steps=30),
    "OneCycleLR-linear": lambda s, o: s.OneCycleLR(
        o, [0.5, 0.2], epochs=5, steps_per_epoch=7, anneal_strategy="linear"
    ),
    "OneCycleLR-three": lambda s, o: s.OneCycleLR(
        o, 0.5, total_steps=31, pct_start=0.2, three_phase=True, div_factor=5
    ),
    "OneCycleLR-down": lambda s, o: s.OneCycleLR(o, 0.5, total_steps=31, pct_start=0.0, cycle_momentum=False),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.1, 0.5, step_size_up=4),
    "CyclicLR-2": lambda s, o: s.CyclicLR(o, [0.1, 0.2], 0.5, step_size_up=3, step_size_down=5, mode="triangular2"),
    "CyclicLR-exp": lambda s, o: s.CyclicLR(o, 0.1, 0.5, step_size_up=4, mode="exp_range", gamma=0.95),
    "CyclicLR-fn": lambda s, o: s.CyclicLR(o, 0.1, 0.5, 4, scale_fn=lambda x: 1 / x, cycle_momentum=False),
    "SequentialLR": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, total_iters=5), s.CosineAnnealingLR(o, 20)], [5]
    ),
    "SequentialLR-three": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.1), s.ExponentialLR(o, 0.9), s.StepLR(o, 3)], [4, 15]
    ),
    "SequentialLR-lambda": lambda s, o: s.SequentialLR(
        o, [s.LambdaLR(o, lambda e: (e + 1) / 8), s.MultiplicativeLR(o, lambda e: 0.9)], [8]
    ),
    "SequentialLR-restarts": lambda s, o: s.SequentialLR(
        o, [s.CosineAnnealingWarmRestarts(o, 4), s.PolynomialLR(o, 9)], [10]
    ),
    "SequentialLR-at-once": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.1), s.CosineAnnealingWarmRestarts(o, 4)], [1]
    ),
    "SequentialLR-nested": lambda s, o: s.SequentialLR(
        o, [s.SequentialLR(o, [s.ConstantLR(o, 0.1), s.ExponentialLR(o, 0.9)], [2]), s.StepLR(o, 3)], [9]
    ),
    "SequentialLR-of-a-chain": lambda s, o: s.SequentialLR(
        o,
        [s.ChainedScheduler([s.SequentialLR(o, [s.LinearLR(o), s.StepLR(o, 2)], [1]), s.StepLR(o, 3)]), s.StepLR(o, 4)],
        [6],
    ),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 4), s.ExponentialLR(o, 0.9)]),
    "ChainedScheduler-cosine": lambda s, o: s.ChainedScheduler(
        [s.LinearLR(o, 0.1, total_iters=4), s.CosineAnnealingLR(o, 29)]
    ),
}
every_scheduler = pytest.mark.parametrize("name", SCHEDULERS)
METRICS = [1.0, 0.9, 0.9, 0.95, 0.93] + [0.5] * 5 + [0.4999, 0.5, 0.6, float("nan")] + [-1.0] * 4


def optimizer(library, kind="SGD"):
    p, q = (library.zeros(2, requires_grad=True) for _ in range(2))
    groups = [{"params": [p]}, {"params": [q], "lr": 0.05}]
    return library.optim.SGD(groups, lr=0.3, momentum=0.9) if kind == "SGD" else library.optim.Adam(groups, lr=0.3)


def trace(scheduler, optimizer, steps):
    rows = []
    for _ in range(steps):
        rates = [group["lr"] for group in optimizer.param_groups]
        np.testing.assert_allclose(scheduler.get_last_lr(), rates, rtol=1e-15)
        momentums = [
            group["momentum"] if "momentum" in group else group["betas"][0] for group in optimizer.param_groups
        ]
        rows.append(rates + momentums)
        optimizer.step()
        scheduler.step()
    return np.array(rows)


@every_scheduler
@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_like_torch(name, kind):
    torch = pytest.importorskip("torch")
    ours, theirs = optimizer(mg, kind), optimizer(torch, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own, where it steps schedulers within schedulers
        expected = trace(SCHEDULERS[name](torch.optim.lr_scheduler, theirs), theirs, 30)
    result = trace(SCHEDULERS[name](optim.lr_scheduler, ours), ours, 30)
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-15)


@every_scheduler
@pytest.mark.parametrize("at", [1, 4, 8, 13])
def test_resumes_exactly(tmp_path, name, at):
    o = optimizer(mg)
    scheduler = SCHEDULERS[name](optim.lr_scheduler, o)
    trace(scheduler, o, at)
    mg.save([o.state_dict(), scheduler.state_dict()], tmp_path / "saved.npz")
    expected = trace(scheduler, o, 30 - at)

    again = optimizer(mg)
    other = SCHEDULERS[name](optim.lr_scheduler, again)
    first, second = mg.load(tmp_path / "saved.npz")
    again.load_state_dict(first)
    other.load_state_dict(second)
    assert (trace(other, again, 30 - at) == expected).all()


@pytest.mark.parametrize(
    "name, formula",
    [
        ("StepLR", lambda t: 0.5 ** (t // 4)),
        ("MultiStepLR", lambda t: 0.5 ** ((t >= 3) + 2 * (t >= 10) + (t >= 22))),
        ("ConstantLR", lambda t: 0.3 if t < 7 else 1),
        ("LinearLR", lambda t: 0.2 + 0.5 * min(t, 9) / 9),
        ("ExponentialLR", lambda t: 0.9**t),
        ("PolynomialLR", lambda t: (1 - min(t, 12) / 12) ** 2.5),
        ("CosineAnnealingLR-once", lambda t: (1 + math.cos(math.pi * t / 30)) / 2),
        ("LambdaLR", lambda t: 1 / (1 + 0.1 * t)),
    ],
)
def test_formula(name, formula):
    o = optimizer(mg)
    rates = trace(SCHEDULERS[name](optim.lr_scheduler, o), o, 30)[:, 0]
    np.testing.assert_allclose(rates, [0.3 * formula(t) for t in range(30)], rtol=1e-12)


@pytest.mark.parametrize("name", ["StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR",
                                  "CosineAnnealingLR", "WarmRestarts", "WarmRestarts-longer", "LambdaLR"])  # fmt: skip
def test_jump_to_an_epoch(name):
    o = optimizer(mg)
    scheduler = SCHEDULERS[name](optim.lr_scheduler, o)
    rates = trace(scheduler, o, 20)[:, 0]
    for epoch in (13, 5, 0, 8, 19):
        with (
            warnings.catch_warnings() if "Restarts" in name else pytest.warns(UserWarning, match="deprecated the epoch")
        ):
            scheduler.step(epoch)
        assert scheduler.get_last_lr()[0] == pytest.approx(rates[epoch], rel=1e-12)


def test_the_closed_form_of_a_subclass_is_asked():
    class Constant(optim.lr_scheduler.StepLR):
        def _get_closed_form_lr(self):
            return [0.25, 0.5]

    o = optimizer(mg)
    o.step()
    with pytest.warns(UserWarning, match="epoch"):
        Constant(o, 1).step(3)
    assert o.param_groups[0]["lr"] == 0.25


def test_restarts_at_fractions_of_an_epoch():
    torch = pytest.importorskip("torch")
    ours, theirs = optimizer(mg), optimizer(torch)
    a = optim.lr_scheduler.CosineAnnealingWarmRestarts(ours, 2, T_mult=2)
    b = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(theirs, 2, T_mult=2)
    for epoch in np.arange(0, 20, 0.375).tolist() + [3, 1.5]:
        a.step(epoch)
        b.step(epoch)
        np.testing.assert_allclose(a.get_last_lr(), b.get_last_lr(), rtol=1e-12)
    with pytest.raises(ValueError, match="0 or more"):
        a.step(-1)


@pytest.mark.parametrize(
    "options",
    [
        dict(patience=1),
        dict(patience=2, factor=0.5, cooldown=2, min_lr=0.02),
        dict(patience=0, mode="max", threshold=0.1, min_lr=[0.1, 0.01]),
        dict(patience=1, threshold_mode="abs", threshold=0.05, eps=0.01),
        dict(patience=0, mode="max", threshold_mode="abs"),
    ],
)
def test_plateau(tmp_path, options):
    torch = pytest.importorskip("torch")
    ours, theirs = optimizer(mg), optimizer(torch)
    scheduler = optim.lr_scheduler.ReduceLROnPlateau(ours, **options)
    reference = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **options)
    for step, metric in enumerate(METRICS * 2):
        scheduler.step(mg.tensor(metric) if step % 2 else metric)
        reference.step(torch.tensor(metric) if step % 2 else metric)
        np.testing.assert_allclose(scheduler.get_last_lr(), reference.get_last_lr(), rtol=1e-12)
        assert (scheduler.num_bad_epochs, scheduler.in_cooldown) == (reference.num_bad_epochs, reference.in_cooldown)
        if step % 7 == 3:  # go on with another one
            mg.save([ours.state_dict(), scheduler.state_dict()], tmp_path / "saved")
            ours = optimizer(mg)
            scheduler = optim.lr_scheduler.ReduceLROnPlateau(ours)
            for part, state in zip((ours, scheduler), mg.load(tmp_path / "saved"), strict=True):
                part.load_state_dict(state)


def test_plateau_of_groups_added_later():
    o = optimizer(mg)
    scheduler = optim.lr_scheduler.ReduceLROnPlateau(o, patience=0)
    o.add_param_group({"params": [mg.zeros(1, requires_grad=True)]})
    scheduler.step(1.0)
    scheduler.step(1.0)
    assert [group["lr"] for group in o.param_groups] == pytest.approx([0.03, 0.005, 0.03])


def test_a_chain_after_a_sequence():  # PyTorch has none: a sequence that comes first is a row of the table
    s, o = optim.lr_scheduler, optimizer(mg)
    warm = s.SequentialLR(o, [s.ConstantLR(o, 0.5, 100), s.ExponentialLR(o, 0.5)], [2])
    both = s.ChainedScheduler([s.StepLR(o, 1, 0.1), s.ConstantLR(o, 0.5, 100)])
    scheduler = s.SequentialLR(o, [warm, both], [4])
    rates = trace(scheduler, o, 7)[:, 0]
    np.testing.assert_allclose(rates / 0.3, [0.5, 1, 0.5, 0.25, 0.5, 0.05, 0.005], rtol=1e-12)


def test_changes_by_hand_are_kept():
    o = optimizer(mg)
    scheduler = optim.lr_scheduler.ExponentialLR(o, 0.5)
    o.param_groups[0]["lr"] = 8.0
    o.step()
    scheduler.step()
    assert o.param_groups[0]["lr"] == 4.0


def test_learning_rate_in_a_tensor():
    lr = mg.tensor(0.5)
    o = optim.SGD([mg.zeros(1, requires_grad=True)], lr=lr)
    scheduler = optim.lr_scheduler.ExponentialLR(o, 0.5)
    o.step()
    scheduler.step()
    assert o.param_groups[0]["lr"] is lr and lr.item() == 0.25 and scheduler.get_last_lr() == [0.25]


def test_going_on_after_an_epoch():
    torch = pytest.importorskip("torch")
    results = []
    for library in (mg, torch):
        o = optimizer(library)
        for group in o.param_groups:
            group["initial_lr"] = 0.3
        results.append(trace(library.optim.lr_scheduler.StepLR(o, 4, 0.5, last_epoch=5), o, 10))
    np.testing.assert_allclose(results[0], results[1], rtol=1e-12)
    with pytest.raises(KeyError, match="initial_lr"):
        optim.lr_scheduler.StepLR(optimizer(mg), 4, last_epoch=5)


class Slope:
    def __init__(self):
        self.calls = 0

    def __call__(self, epoch):
        self.calls += 1
        return 1 / self.calls


def test_functions_that_are_objects_are_saved():
    o = optimizer(mg)
    scheduler = optim.lr_scheduler.LambdaLR(o, [Slope(), lambda epoch: 1.0])
    trace(scheduler, o, 3)
    other = optim.lr_scheduler.LambdaLR(optimizer(mg), [Slope(), lambda epoch: 1.0])
    other.load_state_dict(scheduler.state_dict())
    assert other.lr_lambdas[0].calls == 4 and scheduler.state_dict()["lr_lambdas"] == [{"calls": 4}, None]


def test_scheduler_before_optimizer_warns():
    o = optimizer(mg)
    scheduler = optim.lr_scheduler.ExponentialLR(o, 0.5)
    with pytest.warns(UserWarning, match="call optimizer.step"):
        scheduler.step()


def test_a_scheduler_of_ones_own():
    class Halving(optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            return [base / 2**self.last_epoch for base in self.base_lrs]

    o = optimizer(mg)
    np.testing.assert_allclose(trace(Halving(o), o, 3)[:, 0], [0.3, 0.15, 0.075])


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda s, o: s.StepLR("sgd", 3), TypeError, "expected an Optimizer, got str"),
        (lambda s, o: s.StepLR(o, 0), ValueError, "step_size"),
        (lambda s, o: s.ConstantLR(o, 2.0), ValueError, "factor"),
        (lambda s, o: s.LinearLR(o, 0.0), ValueError, "start_factor"),
        (lambda s, o: s.LinearLR(o, 0.5, 2.0), ValueError, "end_factor"),
        (lambda s, o: s.LambdaLR(o, [abs]), ValueError, "each of the 2 parameter groups, got 1"),
        (lambda s, o: s.MultiplicativeLR(o, 3), TypeError, "function of the epoch"),
        (lambda s, o: s.CosineAnnealingWarmRestarts(o, 0), ValueError, "T_0"),
        (lambda s, o: s.OneCycleLR(o, 1.0), ValueError, "total_steps"),
        (lambda s, o: s.OneCycleLR(o, 1.0, 10, pct_start=1.5), ValueError, "pct_start"),
        (lambda s, o: s.OneCycleLR(o, 1.0, 10, pct_start=1), ValueError, "pct_start"),
        (lambda s, o: s.CosineAnnealingWarmRestarts(o, 4, eta_min="a"), ValueError, "eta_min"),
        (lambda s, o: s.OneCycleLR(o, 1.0, 10, anneal_strategy="up"), ValueError, "'cos' or 'linear'"),
        (lambda s, o: s.OneCycleLR(optim.Adagrad([mg.zeros(1)]), 1.0, 10), ValueError, "neither momentum nor betas"),
        (lambda s, o: s.CyclicLR(o, 0.1, 1.0, mode="square"), ValueError, "mode"),
        (lambda s, o: s.ReduceLROnPlateau(o, factor=1.0), ValueError, "factor"),
        (lambda s, o: s.ReduceLROnPlateau(o, mode="low"), ValueError, "'min' or 'max'"),
        (lambda s, o: s.ReduceLROnPlateau(o, threshold_mode="low"), ValueError, "'rel' or 'abs'"),
        (lambda s, o: s.ReduceLROnPlateau(o, min_lr=[0.1]), ValueError, "min_lr"),
        (lambda s, o: s.SequentialLR(o, [], []), ValueError, "at least one"),
        (lambda s, o: s.SequentialLR(o, [s.StepLR(o, 3)], [3]), ValueError, "milestone"),
        (lambda s, o: s.SequentialLR(o, [s.StepLR(optimizer(mg), 3)], []), ValueError, "another optimizer"),
        (lambda s, o: s.ChainedScheduler([s.ReduceLROnPlateau(o)]), ValueError, "needs a metric"),
        (lambda s, o: s.ChainedScheduler([s.StepLR(o, 3), 5]), TypeError, "got int at index 1"),
    ],
)  # fmt: skip
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make(optim.lr_scheduler, optimizer(mg))


def test_one_cycle_ends():
    o = optimizer(mg)
    scheduler = optim.lr_scheduler.OneCycleLR(o, 1.0, total_steps=3)
    trace(scheduler, o, 3)
    with pytest.raises(ValueError, match="the cycle has 3 steps"):
        scheduler.step()


# ---- groups that are added, options that are wrong -------------------------------------------------------------------


@pytest.mark.parametrize("to_epoch", [False, True])
@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_group_that_is_added_gets_rates_as_in_pytorch_or_a_reason(name, to_epoch):
    torch = pytest.importorskip("torch")

    def rates(lib):
        o = optimizer(lib)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scheduler = SCHEDULERS[name](lib.optim.lr_scheduler, o)
            o.step()
            scheduler.step()
            o.add_param_group({"params": [lib.ones(2, requires_grad=True)], "lr": 0.8})
            try:
                for epoch in range(2, 5):
                    before = [dict(group, params=0) for group in o.param_groups], repr(scheduler.state_dict())
                    scheduler.step(*[epoch] * to_epoch)
                return [group["lr"] for group in o.param_groups]
            except (ValueError, KeyError, TypeError) as error:
                if lib is mg and isinstance(error, ValueError):
                    assert "parameter groups, the optimizer has" in str(error)
                    assert before == ([dict(group, params=0) for group in o.param_groups], repr(scheduler.state_dict()))
                return None

    expected, got = rates(torch), rates(mg)
    if expected is not None:
        assert got == pytest.approx(expected)


def wrong_options():
    given = {"StepLR": {"step_size": 2}, "MultiStepLR": {"milestones": [2]}, "ExponentialLR": {"gamma": 0.5},
             "ConstantLR": {}, "LinearLR": {}, "PolynomialLR": {}, "CosineAnnealingLR": {"T_max": 3},
             "CosineAnnealingWarmRestarts": {"T_0": 3}, "CyclicLR": {"base_lr": 0.1, "max_lr": 1.0},
             "OneCycleLR": {"max_lr": 1.0, "total_steps": 4}, "ReduceLROnPlateau": {},
             "LambdaLR": {"lr_lambda": float}, "MultiplicativeLR": {"lr_lambda": float}}  # fmt: skip
    more = {"T_max": [0], "T_0": [0, 2.5], "step_size": [0], "step_size_up": [0, float("nan")],
            "step_size_down": [0, float("nan")], "power": [-1.0], "eta_min": [[0.1], None],
            "div_factor": [0], "final_div_factor": [0], "milestones": [["b"], 2, None]}  # fmt: skip
    ignored = ("optimizer", "epochs", "steps_per_epoch")  # where total_steps is given
    for name, options in given.items():
        for option, parameter in inspect.signature(getattr(optim.lr_scheduler, name)).parameters.items():
            if option not in ignored and not isinstance(parameter.default, bool):
                for value in ["a", *more.get(option, [])]:
                    yield name, {**options, option: value}, option


@pytest.mark.parametrize("name, options, option", list(wrong_options()), ids=str)
def test_a_wrong_option_is_refused_when_it_is_given(name, options, option):
    o = optimizer(mg)
    before = repr(o.state_dict())
    with pytest.raises((TypeError, ValueError), match=f"^{name}: .*{option}"):
        getattr(optim.lr_scheduler, name)(o, **options)
    assert repr(o.state_dict()) == before


def numbers_of_schedulers():
    """Each option of a scheduler whose default is a number, or that it needs."""
    needed = {"step_size": 2, "milestones": [1], "T_max": 3, "T_0": 2, "base_lr": 0.1, "max_lr": 0.2, "gamma": 0.5}
    for name in optim.lr_scheduler.__all__:
        kind = getattr(optim.lr_scheduler, name)
        if isinstance(kind, type) and issubclass(kind, optim.lr_scheduler.LRScheduler):
            parameters = inspect.signature(kind).parameters
            given = {p: v for p, v in needed.items() if p in parameters and parameters[p].default is inspect._empty}
            given |= {"total_steps": 5} if name == "OneCycleLR" else {}
            for p, parameter in parameters.items():
                if "lr_lambda" in parameters or "schedulers" in parameters or p == "milestones":
                    continue
                if p in given or type(parameter.default) in (int, float):
                    yield kind, given, p


@pytest.mark.parametrize("kind, given, option", list(numbers_of_schedulers()))
@pytest.mark.parametrize("wrong", ["a", {}, None, [[]]])
def test_a_number_that_is_none_is_refused_when_it_is_given(kind, given, option, wrong):
    sgd = optim.SGD([mg.nn.Parameter(mg.ones(1))], lr=0.1, momentum=0.9)
    with pytest.raises((TypeError, ValueError), match=f"{kind.__name__}.*{option}"):
        kind(sgd, **{**given, option: wrong})


def test_every_scheduler_has_a_row():
    """ReduceLROnPlateau, which is told a metric, has its test above."""
    schedulers = optim.lr_scheduler
    offered = {getattr(schedulers, name) for name in schedulers.__all__}
    tried = {type(make(schedulers, optimizer(mg))) for make in SCHEDULERS.values()}
    missing = offered - tried - {schedulers.LRScheduler, schedulers.ReduceLROnPlateau}
    assert not missing, f"no row in SCHEDULERS of this file: {sorted(k.__name__ for k in missing)}"


def test_a_scheduler_of_ones_own_knows_where_get_lr_is_called():
    seen = []

    class Halved(optim.lr_scheduler._LRScheduler):
        def get_lr(self):
            seen.append(self._get_lr_called_within_step)
            return [base / 2**self.last_epoch for base in self.base_lrs]

    o = optim.SGD([mg.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = Halved(o)
    o.step()
    scheduler.step()
    assert scheduler.get_lr() == scheduler.get_last_lr() == [0.5] and seen == [True, True, False]
    assert isinstance(scheduler, optim.lr_scheduler.LRScheduler) and "_LRScheduler" not in optim.lr_scheduler.__all__


def test_a_chain_within_a_sequence_takes_pytorchs_steps():
    """It begins with an ordinary step, of which PyTorch warns."""
    torch = pytest.importorskip("torch")
    results = []
    for lib in (mg, torch):
        o, s = optimizer(lib), lib.optim.lr_scheduler
        chain = s.ChainedScheduler([s.ConstantLR(o), s.ExponentialLR(o, 0.9)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scheduler = s.SequentialLR(o, [chain, s.StepLR(o, 2)], [4])
        results.append([])
        for _ in range(8):
            results[-1].append([group["lr"] for group in o.param_groups])
            o.step()
            scheduler.step()
    np.testing.assert_allclose(*results, rtol=1e-12)


def test_a_cycle_goes_on_from_the_rates_with_which_it_began():
    torch = pytest.importorskip("torch")
    rates = []
    for lib in (torch, mg):
        groups = [{"params": [lib.ones(1, requires_grad=True)], "initial_lr": low} for low in (0.1, 0.2)]
        optimizer = lib.optim.SGD(groups, lr=0.1, momentum=0.9)
        for group in optimizer.param_groups:
            group["max_lr"] = 1.0
        scheduler = lib.optim.lr_scheduler.CyclicLR(optimizer, 0.1, 1.0, step_size_up=8, last_epoch=3)
        rates.append(scheduler.get_last_lr())
    assert rates[0] == pytest.approx(rates[1]) and rates[1][0] != rates[1][1]
