"""Parameters updated together, by parts, by threads: the same to the bit as one by one, whatever happens meanwhile."""

import copy
import itertools
import pickle
import threading

import numpy as np
import pytest

import minigrad as mg
from minigrad import optim
from minigrad.graph.versions import owner_of
from minigrad.kernels import parallel
from minigrad.optim import packing
from tests.optim.test_optimizers import OPTIONS

SHAPES = [(3, 4), (5,), (), (0, 2), (2, 1, 3)]
ELEMENTWISE = [(name, options) for name, options in OPTIONS if getattr(optim, name)._elementwise]
every_option = pytest.mark.parametrize("name, options", ELEMENTWISE, ids=str)


class Training:
    """Parameters with one optimizer for all of them, or with one for each, which has nothing to put together."""

    def __init__(self, together, name="Adam", options=None, params=None):
        rng = np.random.default_rng(0)
        self.params = params or [
            mg.tensor(rng.standard_normal(shape).astype(np.float32), requires_grad=True) for shape in SHAPES
        ]
        parts = [self.params] if together else [[p] for p in self.params]
        self.optimizers = [getattr(optim, name)(part, **(options or {"lr": 0.1})) for part in parts]

    def step(self, number, without=()):
        rng = np.random.default_rng(number + 1)
        for i, p in enumerate(self.params):
            g = np.asarray(rng.standard_normal(p.shape), p.dtype)
            p.grad = None if i in without else mg.from_numpy(g)
        for optimizer in self.optimizers:
            optimizer.step()

    def state(self, p):
        return next((o.state[p] for o in self.optimizers if p in o.state), {})

    def arrays(self, key):
        return [self.state(p)[key]._data for p in self.params]


def in_one_piece(training, key):
    return len({id(owner_of(array)) for array in training.arrays(key)}) == 1


def assert_equal(one, other):
    for p, q in zip(one.params, other.params, strict=True):
        np.testing.assert_array_equal(p.detach(), q.detach(), strict=True)
        left, right = one.state(p), other.state(q)
        assert left.keys() == right.keys()
        for key, value in left.items():
            assert type(value) is type(right[key])
            np.testing.assert_array_equal(value, right[key], strict=True)


@every_option
def test_equals_one_by_one(name, options):
    together, apart = Training(True, name, options), Training(False, name, options)
    for number in range(6):
        together.step(number)
        apart.step(number)
    assert_equal(together, apart)
    for key, value in together.state(together.params[0]).items():
        if isinstance(value, mg.Tensor):
            assert in_one_piece(together, key) and not in_one_piece(apart, key)


def test_parameters_keep_their_memory():
    training = Training(True)
    before = [(p._data, p.detach(), p.data_ptr()) for p in training.params]
    for number in range(3):
        training.step(number)
    for p, (array, detached, pointer) in zip(training.params, before, strict=True):
        assert p._data is array and p.data_ptr() == pointer
        np.testing.assert_array_equal(detached, p.detach())


@pytest.mark.parametrize("size", [packing.MAX_PACKED_ELEMENTS + 1, 3 * packing.PART_ELEMENTS])
def test_large_parameters_are_not_copied(size):
    large = mg.ones(size, requires_grad=True)
    training = Training(True, params=[large, mg.ones(2, requires_grad=True), mg.ones(3, requires_grad=True)])
    for number in range(3):
        training.step(number)
    a, b, c = training.arrays("exp_avg")
    assert a.base is None and owner_of(b) is owner_of(c)


def halve(p):
    p.data = mg.from_numpy(p.detach().numpy() / 2)


def change_dtype(p):
    p.data = p.data.to(mg.float64)


def reload(training):
    for optimizer in training.optimizers:
        optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))


def set_option(**options):
    def change(training):
        for optimizer in training.optimizers:
            optimizer.param_groups[0].update(options)

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda t: halve(t.params[0]),
        lambda t: t.params[0].detach().mul_(2),
        lambda t: t.state(t.params[1])["exp_avg"].mul_(2),
        lambda t: t.state(t.params[1]).update(exp_avg=mg.ones(5)),
        lambda t: t.state(t.params[1]).update(step=1),
        lambda t: t.state(t.params[1]).update(step=mg.tensor(1.0)),
        lambda t: t.state(t.params[1]).clear(),
        lambda t: [o.state.clear() for o in t.optimizers],
        reload,
        set_option(lr=0.5, weight_decay=0.1),
        set_option(amsgrad=True),
    ],
)
def test_changes_between_steps(change):
    together, apart = Training(True), Training(False)
    for number in range(9):
        for training in (together, apart):
            if number in (3, 5):
                change(training)
            training.step(number)
    assert_equal(together, apart)
    assert in_one_piece(together, "exp_avg") or len({together.state(p)["step"] for p in together.params}) > 1


def test_another_dtype_from_some_step_on():
    together, apart = Training(True, "SGD"), Training(False, "SGD")
    for number in range(9):
        for training in (together, apart):
            if number == 4:
                change_dtype(training.params[0])
                change_dtype(training.params[4])
            training.step(number)
    assert_equal(together, apart)


def test_momentum_from_some_step_on():
    together, apart = Training(True, "SGD"), Training(False, "SGD")
    for number in range(9):
        for training in (together, apart):
            if number == 4:
                set_option(momentum=0.9)(training)
            training.step(number)
    assert_equal(together, apart)
    assert in_one_piece(together, "momentum_buffer")


@pytest.mark.parametrize("without", [lambda n: (n % 3,), lambda n: (0, 1) if n % 2 else (4,), lambda n: (n // 4,)])
def test_parameters_without_gradient(without):
    together, apart = Training(True), Training(False)
    for number in range(12):
        for training in (together, apart):
            training.step(number, without(number))
    assert_equal(together, apart)


@pytest.mark.parametrize("order", [1, -1])
def test_parameters_that_share_memory(order):
    def shared():
        whole = mg.from_numpy(np.linspace(1, 2, 6, dtype=np.float32)).requires_grad_()
        part = whole.detach()[2:5].requires_grad_()
        same = mg.from_numpy(whole._data).requires_grad_()
        return [whole, part, mg.ones(2, requires_grad=True), same, mg.ones(3, requires_grad=True)][::order]

    options = dict(lr=0.1, weight_decay=0.3)
    together = Training(True, "SGD", options, shared())
    apart = Training(False, "SGD", options, shared())
    for number in range(4):
        together.step(number)
        apart.step(number)
    assert_equal(together, apart)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_copies_go_on_by_themselves(duplicate):
    together, apart = Training(True), Training(False)
    for number in range(3):
        together.step(number)
        apart.step(number)
    copied = duplicate(together)
    for number in range(3, 6):
        copied.step(number)
    for number in range(3, 9):
        together.step(number)
        apart.step(number)
    for number in range(6, 9):
        copied.step(number)
    assert_equal(together, apart)
    assert_equal(copied, apart)


def test_a_graph_made_before_notices():
    training = Training(True)
    for number in range(3):
        training.step(number)
    p = training.params[1]
    loss = (p * p).sum()
    training.step(3)
    with pytest.raises(RuntimeError, match="changed in place"):
        loss.backward()


# ---- part by part ----------------------------------------------------------------------------------------------------


@pytest.fixture
def small_parts(monkeypatch):
    """Parameters of more than 10 elements are large, and a part has 5: the last one of (3, 4) has 2."""
    monkeypatch.setattr(packing, "MAX_PACKED_ELEMENTS", 3)
    monkeypatch.setattr(packing, "PART_ELEMENTS", 5)


@pytest.fixture
def by_parts(monkeypatch, small_parts):
    """A pair: one that does so, and one that does not."""

    def pair(*args):
        together, whole = Training(True, *args), Training(True, *args)
        for optimizer in whole.optimizers:
            optimizer._plans = NoPlans()
        return together, whole

    return pair


class NoPlans(dict):
    """Forgets every plan, so that parameters are always updated one by one."""

    def __setitem__(self, key, value):
        pass


@every_option
def test_part_by_part_equals_all_at_once(by_parts, name, options):
    parts, whole = by_parts(name, options)
    for number in range(6):
        parts.step(number)
        whole.step(number)
    assert_equal(parts, whole)
    (found,) = [p for p in parts.optimizers[0]._plans[0].packs if isinstance(p, packing.Parts)]
    assert found.param is parts.params[0] and [len(d) for d in found.data] == [5, 5, 2]


class Threads:
    """Those in which a rule ran, in the place of the rule: two have to be at work at once."""

    def __init__(self, optimizer, meet):
        self.rule, self.names, self.meet = optimizer._update, set(), meet
        optimizer._update = self

    def __call__(self, *args):
        self.names.add(threading.current_thread().name)
        self.meet()
        self.rule(*args)


@pytest.fixture
def shared(monkeypatch, small_parts):
    """Whatever can be shared is, by two threads."""
    monkeypatch.setattr(packing, "WORTH_SLICING", 0)
    monkeypatch.setattr(parallel, "_threads", 2)


@every_option
def test_by_threads_equals_one_by_one(shared, name, options):
    shapes = [(3, 4), (5,), (2, 5), (2,), (3,), (7, 3)]  # three of them by parts, one by itself, and two together
    arrays = [np.random.default_rng(i).standard_normal(shape, np.float32) for i, shape in enumerate(shapes)]
    params = [[mg.tensor(array, requires_grad=True) for array in arrays] for _ in range(2)]
    threads, apart = (Training(kind, name, options, p) for kind, p in zip((True, False), params, strict=True))
    for number in range(6):
        threads.step(number)
        apart.step(number)
    assert threads.optimizers[0]._plans[0].by_threads
    assert_equal(threads, apart)


def test_two_threads_are_at_work_at_once(shared):
    training = Training(True)
    for number in range(3):
        training.step(number)
    meeting = threading.Barrier(2, timeout=30)  # broken unless two threads come
    waiting = itertools.count()
    rule = Threads(training.optimizers[0], lambda: next(waiting) < 2 and meeting.wait())
    training.step(3)
    assert len(rule.names) == 2


def test_parameters_that_share_memory_are_updated_in_order(shared):
    def trained(step):
        whole = mg.ones(6, 4)
        first, second = (whole[:4].detach().requires_grad_(), whole[2:].detach().requires_grad_())
        optimizer = optim.SGD([first, second, mg.ones(3, 9, requires_grad=True)], lr=0.5, weight_decay=0.5)
        for number in range(4):
            for p in optimizer.param_groups[0]["params"]:
                p.grad = mg.full(p.shape, float(number))
            step(optimizer)
        return whole

    def one_by_one(optimizer):
        optimizer._plans = NoPlans()
        optimizer.step()

    np.testing.assert_array_equal(trained(optim.SGD.step), trained(one_by_one))


def test_a_rule_of_a_user_s_own_runs_in_the_thread_that_steps(shared):
    class Own(optim.SGD):
        def _update(self, p, g, state, group):
            assert threading.current_thread() is threading.main_thread()
            p -= g

    p = mg.zeros(30, requires_grad=True)
    optimizer = Own([p, mg.zeros(30, requires_grad=True)], lr=0.1)
    for _ in range(4):
        for q in optimizer.param_groups[0]["params"]:
            q.grad = mg.ones(30)
        optimizer.step()
    assert (p == -4).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda t: halve(t.params[0]),
        lambda t: t.state(t.params[0])["exp_avg"].mul_(2),
        lambda t: t.state(t.params[0]).update(exp_avg=mg.ones(3, 4)),
        lambda t: t.state(t.params[0]).update(step=1),
        lambda t: t.state(t.params[0]).clear(),
        reload,
        set_option(amsgrad=True),
    ],
)
def test_changes_between_steps_part_by_part(by_parts, change):
    parts, whole = by_parts()
    for number in range(9):
        for training in (parts, whole):
            if number in (3, 5):
                change(training)
            training.step(number)
    assert_equal(parts, whole)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_copies_go_on_part_by_part(small_parts, duplicate):
    training, reference = Training(True), Training(True)
    for number in range(3):
        training.step(number)
        reference.step(number)
    copied = duplicate(training)
    for number in range(3, 6):
        training.step(number)
        reference.step(number)
    for number in range(3, 6):
        copied.step(number)
    assert_equal(training, reference)
    assert_equal(copied, reference)


def test_steps_saved_as_tensors_can_be_loaded_between_the_first_steps():
    together, apart = (Training(kind, params=[mg.tensor(float(i), requires_grad=True) for i in range(3)]) for kind in
                       (True, False))  # fmt: skip
    for training in (together, apart):
        training.step(0)
        for optimizer in training.optimizers:
            saved = copy.deepcopy(optimizer.state_dict())
            for values in saved["state"].values():
                values["step"] = mg.tensor(float(values["step"]))  # as PyTorch's are, and of the parameters' shape
            optimizer.load_state_dict(saved)
        for number in range(1, 4):
            training.step(number)
    assert_equal(together, apart)
