"""What threads share: leaves, streams of random numbers, what is made at first use; and what each has for itself."""

import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn, optim


@pytest.fixture(autouse=True)
def _impatient():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(*functions):
    """What the functions return, each in a thread of its own; they begin at the same moment."""
    ready = threading.Barrier(len(functions), timeout=30)
    with ThreadPoolExecutor(len(functions)) as pool:
        return [f.result() for f in [pool.submit(lambda f=f: (ready.wait(), f())[1]) for f in functions]]


@pytest.mark.parametrize("size", [1, 300_000])
def test_backward_from_several_threads_adds_up_in_a_shared_leaf(size):
    w = mg.ones(size, requires_grad=True)
    together(*[lambda: [(w * 2).sum().backward() for _ in range(20)]] * 4)
    np.testing.assert_array_equal(w.grad.numpy(), 160)


def test_two_threads_train_two_models_as_one_after_the_other():
    x, y = mg.randn(16, 3, 8, 8), mg.randint(0, 4, (16,))

    def train(seed):
        with mg.random.use_generator(mg.Generator().manual_seed(seed)):
            net = nn.Sequential(
                nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(), nn.Flatten(), nn.Linear(144, 4)
            )
            optimizer = optim.Adam(net.parameters())
            for _ in range(10):
                optimizer.zero_grad()
                F.cross_entropy(net(x), y).backward()
                optimizer.step()
        return [t.numpy().tobytes() for t in net.state_dict().values()]

    assert together(*[lambda seed=seed: train(seed) for seed in range(3)]) == [train(seed) for seed in range(3)]


def test_a_stream_of_random_numbers_may_be_shared():
    generator = mg.Generator().manual_seed(0)
    drawn = together(*[lambda: [mg.rand(7, generator=generator).tolist() for _ in range(30)]] * 3)
    expected = mg.Generator().manual_seed(0)
    expected = sorted(mg.rand(7, generator=expected).tolist() for _ in range(90))
    assert sorted(numbers for own in drawn for numbers in own) == expected


def test_the_grad_mode_is_each_threads_own():
    inside = threading.Event(), threading.Event()

    def without():
        with mg.no_grad():
            inside[0].set()
            inside[1].wait(30)
            return mg.is_grad_enabled()

    def other():
        inside[0].wait(30)
        enabled = mg.is_grad_enabled()
        inside[1].set()
        return enabled

    assert together(without, other) == [False, True]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers on this system")
def test_a_signal_handler_may_compute():
    x, w = mg.randn(4, 32, 12, 12), mg.randn(32, 32, 3, 3, requires_grad=True)

    @mg.enable_grad()  # a handler finds the mode of what it interrupts
    def compute():
        y = F.conv2d(x, w, padding=1)
        (g,) = mg.autograd.grad((y * y).mean(), w)
        return (mg.ones(3).add_(1).sum() + y.sum() + g.sum() + (w[0, 0] @ w[1, 1]).sum()).detach().numpy().tobytes()

    expected, found = compute(), []
    before = signal.signal(signal.SIGALRM, lambda *_: found.append(compute()))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.02)
    try:
        found += [compute() for _ in range(40)]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(found) > 41 and all(f == expected for f in found)
