"""Random tensors: reproducible, of PyTorch's shapes, dtypes and errors, and distributed as they say."""

import copy
import io
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import minigrad as mg
from minigrad import random

ROOT = Path(mg.__file__).parent.parent

DRAWS = {
    "rand": lambda g: random.rand(5, generator=g),
    "randn": lambda g: random.randn(2, 3, generator=g),
    "randint": lambda g: random.randint(0, 9, (7,), generator=g),
    "randperm": lambda g: random.randperm(9, generator=g),
    "normal": lambda g: random.normal(mg.zeros(4), 2.0, generator=g),
    "rand_like": lambda g: random.rand_like(mg.zeros(3), generator=g),
    "randn_like": lambda g: random.randn_like(mg.zeros(3), generator=g),
    "randint_like": lambda g: random.randint_like(mg.zeros(9), 50, generator=g),
    "bernoulli": lambda g: random.bernoulli(mg.full((40,), 0.5), generator=g),
    "multinomial": lambda g: random.multinomial(mg.ones(9), 5, generator=g),
    "uniform_": lambda g: mg.zeros(5).uniform_(-1, 1, generator=g),
    "normal_": lambda g: mg.zeros(5).normal_(1, 2, generator=g),
    "bernoulli_": lambda g: mg.zeros(40).bernoulli_(0.5, generator=g),
    "exponential_": lambda g: mg.zeros(5).exponential_(2.0, generator=g),
    "random_": lambda g: mg.zeros(5).random_(100, generator=g),
}


@pytest.fixture
def generator():
    return random.Generator().manual_seed(3)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


# ---- generators


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_seed_repeats_and_a_state_goes_on(draw, generator):
    first = draw(generator).numpy().copy()
    state = generator.get_state()
    second = draw(generator).numpy().copy()
    assert not np.array_equal(first, second)
    assert np.array_equal(draw(generator.set_state(state)).numpy(), second)
    assert np.array_equal(draw(generator.manual_seed(3)).numpy(), first)
    with random.fork_rng():
        random.manual_seed(3)
        assert np.array_equal(draw(None).numpy(), first), "the default generator is not used"


def test_state_survives_npz_and_the_half_used_draw(generator):
    generator.rng.random(dtype=np.float32)  # leaves half of a 64-bit draw for the next one
    buffer = io.BytesIO()
    np.savez(buffer, state=generator.get_state().numpy())
    expected = generator.rng.random(5, dtype=np.float32)
    buffer.seek(0)
    state = mg.from_numpy(np.load(buffer, allow_pickle=False)["state"])
    other = random.Generator().set_state(state)
    assert np.array_equal(other.rng.random(5, dtype=np.float32), expected)
    assert other.initial_seed() == 3


def test_the_state_is_a_copy(generator):
    state = generator.get_state()
    before = state.tolist()
    random.rand(3, generator=generator)
    assert state.tolist() == before


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g)), "clone_state"])
def test_copies_go_on_from_the_same_state(generator, copied):
    random.rand(3, generator=generator)
    other = generator.clone_state() if copied == "clone_state" else copied(generator)
    assert other.initial_seed() == 3
    expected = random.rand(2, generator=generator.clone_state()).tolist()
    assert random.rand(2, generator=other).tolist() == expected
    if copied is not copy.copy:  # which shares the stream
        assert random.rand(2, generator=generator).tolist() == expected


def test_fork_rng_takes_what_names_no_gpu():
    for arguments in [(), (None,), ([],), ([], True), (range(0),), ([0], False)]:
        with random.fork_rng(*arguments, device_type="cuda"):
            pass
    with pytest.raises(RuntimeError, match="fork_rng: .*the CPU only, got devices=\\[0\\]"), random.fork_rng([0]):
        pass


def test_seeds_are_pytorchs(torch):
    for seed in (0, 5, -1, -(2**63), 2**64 - 1):
        ours, theirs = random.Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
        assert ours.initial_seed() == theirs.initial_seed()
    assert random.Generator().initial_seed() == torch.Generator().initial_seed()


def test_seed_of_the_system():
    generator = random.Generator()
    assert generator.seed() == generator.initial_seed()
    assert generator.seed() != generator.seed()
    with random.fork_rng():
        assert random.seed() == random.initial_seed()
        assert random.manual_seed(4) is random.default_generator and random.initial_seed() == 4
        state = random.get_rng_state()
        drawn = random.rand(3).tolist()
        random.set_rng_state(state)
        assert random.rand(3).tolist() == drawn


def test_use_generator_replaces_the_default_in_this_thread_only(generator):
    import threading

    expected = random.rand(3, generator=random.Generator().manual_seed(3)).tolist()
    elsewhere = []
    with random.use_generator(generator):
        thread = threading.Thread(target=lambda: elsewhere.append(random.get_generator()))
        thread.start()
        thread.join()
        with random.use_generator(random.Generator()) as inner:
            assert random.get_generator() is inner
        assert random.rand(3).tolist() == expected
    assert elsewhere == [random.default_generator] == [random.get_generator()]


def test_generator_errors(generator):
    with pytest.raises(RuntimeError, match="expected an integer"):
        generator.manual_seed(1.5)
    with pytest.raises(ValueError, match="2\\*\\*64"):
        generator.manual_seed(2**64)
    with pytest.raises(TypeError, match="uint8 Tensor"):
        generator.set_state(mg.zeros(3))
    with pytest.raises(TypeError, match="str"):
        generator.set_state("state")
    with pytest.raises(RuntimeError, match="expected a state of .* bytes"):
        generator.set_state(mg.zeros(3, dtype=mg.uint8))
    with pytest.raises(RuntimeError, match="CPU"):
        random.Generator("cuda")
    with pytest.raises(TypeError, match="expected a minigrad.Generator, got int"):
        random.rand(2, generator=3)
    assert generator.initial_seed() == 3


# ---- shapes, dtypes and errors, against PyTorch

CALLS = [
    lambda m: m.rand(2, 3),
    lambda m: m.rand((2, 3)),
    lambda m: m.rand([4]),
    lambda m: m.rand(()),
    lambda m: m.rand(0, 2),
    lambda m: m.rand(size=(2,)),
    lambda m: m.rand(),
    lambda m: m.rand(-1),
    lambda m: m.rand(2.5),
    lambda m: m.rand(True),
    lambda m: m.rand((2,), 3),
    lambda m: m.rand(2, dtype=m.float64),
    lambda m: m.rand(2, dtype=m.float16),
    lambda m: m.rand(2, dtype=m.int64),
    lambda m: m.rand(2, requires_grad=True),
    lambda m: m.rand(2, device="cpu"),
    lambda m: m.randn(2, 3),
    lambda m: m.randn(2, dtype=m.int64),
    lambda m: m.randn(2, dtype=m.float16),
    lambda m: m.randint(5, (2,)),
    lambda m: m.randint(3, 5, (2, 2)),
    lambda m: m.randint(high=3, size=(3,)),
    lambda m: m.randint(low=1, high=3, size=[3]),
    lambda m: m.randint(3, 3, (2,)),
    lambda m: m.randint(5),
    lambda m: m.randint(5, 2),
    lambda m: m.randint(5, (2,), dtype=m.float32),
    lambda m: m.randint(2, (3,), dtype=m.bool),
    lambda m: m.randint(300, (3,), dtype=m.uint8),
    lambda m: m.randint(256, (3,), dtype=m.uint8),
    lambda m: m.randint(5, (2,), requires_grad=True),
    lambda m: m.randperm(4),
    lambda m: m.randperm(0),
    lambda m: m.randperm(-1),
    lambda m: m.randperm(3.0),
    lambda m: m.randperm(3, dtype=m.float32),
    lambda m: m.randperm(300, dtype=m.uint8),
    lambda m: m.normal(0, 1, (2,)),
    lambda m: m.normal(0.0, 1.0, size=(2, 2), dtype=m.float64),
    lambda m: m.normal(0.0, -1.0, (2,)),
    lambda m: m.normal(m.zeros(3), -1.0),
    lambda m: m.normal(m.zeros(3), m.tensor([-1.0, 1, 1])),
    lambda m: m.normal(m.zeros(3, 1), m.ones(2)),
    lambda m: m.normal(m.zeros(3)),
    lambda m: m.normal(m.zeros(3), m.ones(2)),
    lambda m: m.normal(0.0, m.ones(3, dtype=m.float64)),
    lambda m: m.normal(2.0, 3.0),
    lambda m: m.normal(m.zeros(3, dtype=m.int64), 1.0),
    lambda m: m.bernoulli(m.tensor([0.5, 2.0])),
    lambda m: m.bernoulli(m.tensor([1, 0])),
    lambda m: m.bernoulli(m.zeros(2, 3, dtype=m.float64)),
    lambda m: m.zeros(3, dtype=m.int64).bernoulli_(0.5),
    lambda m: m.ones(2).bernoulli_(m.tensor([0.0, 1.0])),
    lambda m: m.ones(2).bernoulli_(2.0),
    lambda m: m.multinomial(m.tensor([1.0, 2]), 3),
    lambda m: m.multinomial(m.tensor([1.0, 2]), 0),
    lambda m: m.multinomial(m.tensor([1.0, -2]), 1),
    lambda m: m.multinomial(m.tensor([0.0, 0]), 1),
    lambda m: m.multinomial(m.tensor([[1.0, 2], [0, 0]]), 1, True),
    lambda m: m.multinomial(m.tensor([0.0, 1]), 2),
    lambda m: m.multinomial(m.tensor([[0.0, 1], [1, 0]]), 4, True),
    lambda m: m.multinomial(m.tensor([1, 2]), 1),
    lambda m: m.multinomial(m.ones(1, 1, 1), 1),
    lambda m: m.multinomial(m.tensor([float("nan"), 1]), 1),
    lambda m: m.zeros(3).random_(),
    lambda m: m.zeros(3, dtype=m.int64).random_(),
    lambda m: m.zeros(3, dtype=m.bool).random_(),
    lambda m: m.zeros(3, dtype=m.uint8).random_(300),
    lambda m: m.zeros(3).random_(5, 5),
    lambda m: m.zeros(3).random_(3, 5),
    lambda m: m.zeros(3).uniform_(2, 1),
    lambda m: m.zeros(3, dtype=m.int64).uniform_(),
    lambda m: m.zeros(3, dtype=m.float16).uniform_(),
    lambda m: m.zeros(3, dtype=m.int64).normal_(),
    lambda m: m.zeros(2).normal_(0, -1),
    lambda m: m.zeros(2).exponential_(0),
    lambda m: m.zeros(2, dtype=m.int64).exponential_(),
    lambda m: m.ones(2, requires_grad=True).normal_(),
    lambda m: m.rand_like(m.zeros(2, dtype=m.int64)),
    lambda m: m.rand_like(m.zeros(2, dtype=m.int64), dtype=m.float32),
    lambda m: m.randn_like(m.zeros(2, 3, dtype=m.float64)),
    lambda m: m.randint_like(m.zeros(2), 5),
    lambda m: m.randint_like(m.zeros(2), 2, high=5),
]


class Ours:
    """The functions under test beside what makes their arguments."""

    def __getattr__(self, name):
        return getattr(random, name, None) or getattr(mg, name)


def outcome(call, module):
    try:
        t = call(module)
    except (TypeError, ValueError, IndexError, RuntimeError) as error:
        kinds = (TypeError, ValueError, IndexError, RuntimeError)
        return next(kind for kind in kinds if isinstance(error, kind))
    return tuple(t.shape), str(t.dtype).rpartition(".")[2], t.requires_grad


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_shape_dtype_and_error_are_pytorchs(number, torch):
    assert outcome(CALLS[number], Ours()) == outcome(CALLS[number], torch)


def test_an_error_changes_nothing(generator):
    state = generator.get_state().tolist()
    t = mg.ones(3)
    for call in (
        lambda: t.normal_(0, -1, generator=generator),
        lambda: t.uniform_(2, 1, generator=generator),
        lambda: t.bernoulli_(2.0, generator=generator),
        lambda: t.random_(5, 5, generator=generator),
        lambda: mg.ones(2, requires_grad=True).normal_(generator=generator),
    ):
        with pytest.raises(RuntimeError):
            call()
    assert t.tolist() == [1, 1, 1] and generator.get_state().tolist() == state


# ---- distributions


def test_float32_is_drawn_as_float32(generator):
    values = random.rand(1000, generator=generator).numpy()
    expected = np.random.Generator(np.random.PCG64(3)).random(1000, dtype=np.float32)
    assert np.array_equal(values, expected)


@pytest.mark.parametrize("dtype", [mg.float16, mg.float32, mg.float64])
def test_uniform_and_normal(dtype, generator):
    u = random.rand(20000, generator=generator, dtype=dtype).numpy().astype(np.float64)
    assert 0 <= u.min() and u.max() < 1
    assert abs(u.mean() - 1 / 2) < 0.01 and abs(u.var() - 1 / 12) < 0.005
    z = random.randn(20000, generator=generator, dtype=dtype).numpy().astype(np.float64)
    assert abs(z.mean()) < 0.03 and abs(z.std() - 1) < 0.03


def test_fillers_are_distributed_as_they_say(generator):
    t = mg.zeros(20000)
    u = t.uniform_(2, 6, generator=generator).numpy()
    assert 2 <= u.min() and u.max() <= 6 and abs(u.mean() - 4) < 0.05 and u.dtype == np.float32
    z = t.normal_(3, 2, generator=generator).numpy()
    assert abs(z.mean() - 3) < 0.06 and abs(z.std() - 2) < 0.06
    e = t.exponential_(4.0, generator=generator).numpy()
    assert e.min() >= 0 and abs(e.mean() - 0.25) < 0.01
    b = t.bernoulli_(0.2, generator=generator).numpy()
    assert set(np.unique(b)) == {0, 1} and abs(b.mean() - 0.2) < 0.02
    r = t.random_(3, 6, generator=generator).numpy()
    assert set(np.unique(r)) == {3, 4, 5}


def test_a_filler_returns_its_tensor_and_writes_through_views():
    base = mg.zeros(2, 3)
    row = base[0]
    assert row.uniform_(1, 2) is row
    assert (base.numpy()[0] >= 1).all() and (base.numpy()[1] == 0).all()


def test_integers_reach_both_ends(generator):
    assert set(random.randint(-2, 3, (500,), generator=generator).tolist()) == set(range(-2, 3))
    assert sorted(random.randperm(50, generator=generator).tolist()) == list(range(50))


def test_normal_takes_mean_and_std_elementwise(generator):
    mean, std = mg.tensor([[0.0], [100.0]]), mg.tensor([1e-3, 1e-2, 0.0])
    drawn = random.normal(mean, std, generator=generator).numpy()
    assert np.abs(drawn - mean.numpy()).max() < 0.1 and (drawn[:, 2] == mean.numpy()[:, 0]).all()


def test_bernoulli_of_probabilities(generator):
    p = mg.tensor([0.0, 0.3, 1.0]).numpy()[:, None] * np.ones(5000, np.float32)
    means = random.bernoulli(mg.from_numpy(p), generator=generator).numpy().mean(axis=1)
    assert means[0] == 0 and means[2] == 1 and abs(means[1] - 0.3) < 0.03
    assert random.bernoulli(mg.zeros(3, dtype=mg.int64), 1.0).tolist() == [1, 1, 1]


@pytest.mark.parametrize("replacement", [False, True])
def test_multinomial_follows_its_weights(replacement, generator):
    weights = np.array([1.0, 0.0, 3.0, 4.0])
    drawn = random.multinomial(mg.tensor([weights.tolist()] * 4000), 1, replacement, generator=generator).numpy()
    assert np.abs(np.bincount(drawn[:, 0], minlength=4) / 4000 - weights / 8).max() < 0.03


def test_multinomial_without_replacement_draws_each_once_and_zeros_last(generator):
    weights = mg.tensor([[0.0, 2.0, 1.0], [5.0, 0.0, 1.0]])
    drawn = random.multinomial(weights, 3, generator=generator).numpy()
    assert np.array_equal(np.sort(drawn), [[0, 1, 2]] * 2) and drawn[:, 2].tolist() == [0, 1]
    # the second draw is one from what is left: of weights 1, 1, 2 it is the last with probability 5 / 12
    second = random.multinomial(mg.tensor([[1.0, 1.0, 2.0]] * 6000), 2, generator=generator).numpy()[:, 1]
    expected = 2 * (1 / 4) * (2 / 3)
    assert abs((second == 2).mean() - expected) < 0.03


def test_multinomial_with_replacement_never_draws_beyond_the_last_weight():
    class Highest:
        def random(self, shape):
            return np.full(shape, np.nextafter(1.0, 0.0))

    generator = random.Generator()
    generator.rng = Highest()
    weights = mg.tensor([0.1, 0.2, 1e9, 0.0])
    assert random.multinomial(weights, 2, True, generator=generator).tolist() == [2, 2]


def test_numpy_random_is_imported_when_the_first_number_is_drawn():
    script = (
        "import sys, numpy; before = 'numpy.random' in sys.modules; import minigrad; "
        "print(before == ('numpy.random' in sys.modules)); minigrad.rand(1); print('numpy.random' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert found.stdout.split() == ["True", "True"], found.stderr


def test_the_first_seed_is_another_one_each_time():
    script = "import minigrad; print(minigrad.initial_seed())"
    runs = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT) for _ in range(2)]
    assert len({run.stdout for run in runs if int(run.stdout) >= 0}) == 2
