"""The same bits from every Python thread, for any number of threads, and BLAS is left as it was."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from threadpoolctl import ThreadpoolController, threadpool_info, threadpool_limits

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn
from minigrad.kernels import blas, parallel
from minigrad.vision.transforms import resize


def blas_threads():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


@pytest.fixture(autouse=True)
def _two_threads_for_blas(monkeypatch):
    """Also where there is but one core; and whatever a test does, BLAS has them afterwards."""
    monkeypatch.setattr(blas, "_libraries", None)  # other tests may have loaded libraries since it looked
    before = mg.get_num_threads()
    with threadpool_limits(2, "blas"):
        expected = blas_threads()
        yield
        assert blas_threads() == expected and not blas._holds
    mg.set_num_threads(before)


def draw(*size):
    return mg.randn(*size, requires_grad=True)


def parallel_net():
    net = nn.DataParallel(nn.Sequential(nn.Linear(500, 130), nn.Tanh(), nn.Linear(130, 500)), device_ids=[0, 1, 2])

    return net


square = draw(200, 200)
spd = (square @ square.T + mg.eye(200)).detach().double().requires_grad_()

# large enough for BLAS to use threads, and for minigrad once its limits are lowered
OPERATIONS = {
    "matmul": (lambda a, b: a @ b, draw(130, 500), draw(500, 130)),
    "matmul of long sums": (lambda a, b: a @ b, draw(20, 3000), draw(3000, 20)),
    "matmul in batches": (lambda a, b: a @ b, draw(2, 130, 500), draw(2, 500, 130)),
    "matmul in float64": (lambda a, b: a @ b, draw(100, 400).double().detach(), draw(400, 100).double().detach()),
    "dot": (lambda a, b: a @ b, draw(30_000), draw(30_000)),
    "mv": (lambda a, b: a @ b, draw(900, 1000), draw(1000)),
    "linear": (F.linear, draw(450, 500), draw(130, 500), draw(130)),
    "bilinear": (F.bilinear, draw(450, 30), draw(450, 20), draw(30, 30, 20)),
    "einsum": (lambda *t: mg.einsum("bij,bjk,kl->bil", *t), draw(2, 130, 500), draw(2, 500, 130), draw(130, 70)),
    "tensordot": (mg.tensordot, draw(130, 20, 25), draw(20, 25, 130)),
    "conv1d": (lambda *t: F.conv1d(*t, padding=2), draw(4, 100, 200), draw(32, 100, 5), draw(32)),
    "conv2d": (lambda *t: F.conv2d(*t, padding=1), draw(32, 32, 16, 16), draw(32, 32, 3, 3), draw(32)),
    "conv2d in groups": (lambda *t: F.conv2d(*t, stride=2, groups=2), draw(32, 64, 17, 16), draw(64, 32, 3, 3)),
    "conv_transpose2d": (lambda *t: F.conv_transpose2d(*t, stride=2), draw(32, 32, 8, 8), draw(32, 32, 3, 3)),
    "attention": (F.scaled_dot_product_attention, draw(1, 2, 130, 450), draw(1, 2, 450, 450), draw(1, 2, 450, 130)),
    "sum": (lambda a: a.sum(0) * a.mean((1, 2)).sum() + a.var(), draw(9, 60, 60)),
    "norm": (lambda a: a.norm() + mg.linalg.vector_norm(a, 3), draw(200, 200)),
    "softmax": (lambda a: F.log_softmax(a, 1), draw(200, 200)),
    "batch_norm": (lambda a: F.batch_norm(a, None, None, training=True), draw(8, 9, 20, 20)),
    "layer_norm": (lambda a: F.layer_norm(a, (20, 20)), draw(8, 9, 20, 20)),
    "pooling": (lambda a: F.max_pool2d(F.relu(a), 2), draw(8, 9, 20, 20)),
    "svdvals": (mg.linalg.svdvals, draw(300, 200).detach().double()),
    "qr": (lambda a: mg.linalg.qr(a)[1], draw(300, 250)),
    "eigvalsh": (mg.linalg.eigvalsh, spd),
    "cholesky": (mg.linalg.cholesky, spd),
    "solve": (mg.linalg.solve, spd, draw(200, 60).detach().double()),
    "det": (lambda a: mg.linalg.slogdet(a)[1] + mg.linalg.det(a / 80), spd),
    "pinv": (mg.linalg.pinv, draw(70, 60)),
    "DataParallel": (parallel_net(), draw(390, 500)),
    "resize": (lambda a: mg.tensor(resize(a.detach().numpy(), (90, 100))), draw(500, 600)),
}


def bits(function, *tensors):
    """Of the result and of all gradients."""
    y = function(*tensors)
    leaves = [t for t in tensors if t.requires_grad] if y.requires_grad else []
    gradients = mg.autograd.grad(y, leaves, mg.cos(y.detach())) if leaves else ()
    return [a.detach().numpy().tobytes() for a in (y, *gradients)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_bits_depend_on_no_thread_and_on_no_number_of_threads(name, monkeypatch):
    monkeypatch.setattr(parallel, "WORTH_SHARING", 0)
    monkeypatch.setattr(parallel, "WORTH_SLICING", 1000)
    function, *tensors = OPERATIONS[name]
    found = []
    for count in (1, 2, 3, 8):
        mg.set_num_threads(count)
        with threadpool_limits(count, "blas"), ThreadPoolExecutor(3) as others:
            found.append(others.submit(bits, function, *tensors).result())
            found.append(bits(function, *tensors))
            ready = threading.Barrier(3, timeout=30)
            together = [others.submit(lambda: (ready.wait(), bits(function, *tensors))[1]) for _ in range(2)]  # noqa: B023
            ready.wait()
            found.append(bits(function, *tensors))
            found += [future.result() for future in together]
    assert all(f == found[0] for f in found)


def test_a_hundred_convolutions_in_a_second_thread_while_the_first_computes():
    x, w = mg.randn(32, 32, 16, 16), mg.randn(32, 32, 3, 3)
    expected, done = bits(F.conv2d, x, w), threading.Event()

    def others():
        try:
            return [bits(F.conv2d, x, w) == expected for _ in range(100)]
        finally:
            done.set()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(others)
        while not done.is_set():
            assert bits(F.conv2d, x, w) == expected
        assert future.result() == [True] * 100


def test_what_somebody_sets_meanwhile_stays():
    x = mg.randn(100, 100)

    def limit():
        ThreadpoolController().limit(limits=3, user_api="blas")

    with threadpool_limits(2, "blas"):
        blas.hold_blas(limit)
        assert all(count == 3 for count in blas_threads())
        x @ x
        assert all(count == 3 for count in blas_threads())


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_ends_the_hold(error):
    def fail():
        assert all(count == 1 for count in blas_threads())
        raise error

    with pytest.raises(error):
        blas.hold_blas(blas.hold_blas, fail)


def test_an_interrupt_between_any_two_instructions_ends_the_hold():
    """The trace function stands in for a signal handler: it is called wherever one may be."""
    before, expected = sys.gettrace(), blas_threads()
    for wanted in range(1, 2000):
        count = 0

        def trace(frame, kind, _):
            nonlocal count
            if frame.f_code.co_filename == blas.__file__:
                frame.f_trace_opcodes = True
                count += 1
                if count == wanted:  # noqa: B023
                    raise KeyboardInterrupt
            return trace  # noqa: B023

        sys.settrace(trace)
        try:
            blas.hold_blas(len, ())
            break
        except KeyboardInterrupt:
            assert blas_threads() == expected and not blas._holds
        finally:
            sys.settrace(before)
    assert 100 < wanted < 1999


class Fake:
    """A library whose number of threads belongs to the process, or to each thread."""

    def __init__(self, shared):
        self.numbers = SimpleNamespace() if shared else threading.local()
        self.shared = shared

    def get(self):
        return getattr(self.numbers, "count", 4)

    def set(self, count):
        self.numbers.count = count


@pytest.mark.parametrize("shared", [True, False])
def test_libraries_with_a_number_for_the_process_and_with_one_for_each_thread(shared, monkeypatch):
    library = Fake(shared)
    monkeypatch.setattr(blas, "_libraries", [library])
    inside, outside = threading.Barrier(3, timeout=30), []

    def work(piece):
        for _ in range(50):
            assert blas.hold_blas(library.get) == 1
        assert blas.hold_blas(lambda: (inside.wait(), library.get()))[1] == 1
        inside.wait()
        outside.append(library.get())

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outside == [4, 4, 4] and library.get() == 4
    mg.set_num_threads(3)
    meeting, seen = threading.Barrier(3, timeout=30), []
    parallel.run(lambda piece: (meeting.wait(), seen.append(library.get())), range(3))
    assert seen == [1, 1, 1] and library.get() == 4
