"""A forked child computes, whatever the other threads of its parent were doing; and the parent goes on."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")

# What three threads are in the middle of when the first one forks, and what the child computes.
BUSY = {
    "in place": "a = mg.ones(3)\nwhile True: a.add_(1)",
    "convolutions": "x, w = mg.randn(16, 16, 16, 16), mg.randn(16, 16, 3, 3)\nwhile True: F.conv2d(x, w)",
    "products": "x = mg.randn(300, 300)\nwhile True: x @ x",
    "decompositions": "x = mg.randn(60, 60)\nwhile True: mg.linalg.svdvals(x)",
    "random numbers": "while True: mg.randn(100_000)",
    "first random numbers": "while True: mg.Generator().rng",
    "backward": "w = mg.randn(9, 9, requires_grad=True)\nwhile True: (w @ w).sum().backward()",
    "data workers": "loader = DataLoader(range(99), 9, num_workers=2)\nwhile True: list(loader)",
    "DataParallel": (
        "net = mg.nn.DataParallel(mg.nn.Linear(50, 50), device_ids=[0, 1])\n"
        "while True: net(mg.randn(20, 50)).sum().backward()"
    ),
}
SCRIPT = """
import os, signal, sys, threading, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.12 and later: a process of several threads forks
import minigrad as mg
import minigrad.nn.functional as F
from minigrad.kernels import blas
from minigrad.utils.data import DataLoader
from threadpoolctl import threadpool_info, threadpool_limits

def blas_threads():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

def compute():
    mg.ones(3).add_(1), mg.randn(3), mg.linalg.svdvals(mg.randn(60, 60))
    x, w = mg.randn(8, 16, 16, 16, requires_grad=True), mg.randn(16, 16, 3, 3)
    with mg.enable_grad():  # hooks of gradients are called without
        F.conv2d(x, w).sum().backward()
    assert len(list(DataLoader(range(9), 3, num_workers=2))) == 3
    assert mg.nn.DataParallel(mg.nn.Linear(3, 3), device_ids=[0, 1])(mg.ones(4, 3)).shape == (4, 3)

def child(then):
    sys.setswitchinterval(0.005)
    signal.alarm(30)
    try:
        then()
        os._exit(0 if blas._holds or blas_threads() == before else 3)
    except BaseException:
        import traceback
        traceback.print_exc()
        os._exit(1)

def fork(then=compute):
    pid = os.fork()
    return pid if pid else child(then)

def check(pid):
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status == 0, f"a child ended with {status}"

threadpool_limits(2, "blas")
mg.set_num_threads(3)
before = blas_threads()
signal.alarm(300)
"""


def run(code, deadline=300):
    done = subprocess.run([sys.executable, "-c", SCRIPT + code], capture_output=True, text=True, timeout=deadline)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr[-3000:]


def forks(sources, tries):
    run(
        f"sys.setswitchinterval(1e-5)\nfor source in {sources!r}:\n"
        "    threading.Thread(target=exec, args=(source, globals().copy()), daemon=True).start()\n"
        f"time.sleep(0.1)\nfor _ in range({tries}):\n    time.sleep(0.002)\n    check(fork())\n"
        "print('done', flush=True)\nos._exit(0)"
    )


def test_children_of_a_busy_process_compute():
    forks([*BUSY.values()], 20)


@pytest.mark.long
@pytest.mark.parametrize("busy", BUSY)
def test_two_hundred_children_of_a_busy_process_compute(busy):
    forks([BUSY[busy]] * 3, 200)


# Where a fork happens, and the child returns or computes there.
PLACES = {
    "a hook": (
        "w = mg.ones(3, requires_grad=True)\nw.register_hook(lambda g: pids.append(fork()))\n(w * 2).sum().backward()"
    ),
    "a hook of a share": (
        "net = mg.nn.DataParallel(mg.nn.Linear(3, 3), device_ids=[0, 1, 2])\n"
        "net.module.register_forward_hook(lambda *_: pids.append(fork()))\nnet(mg.ones(9, 3)).sum().backward()"
    ),
    "a data worker": "list(DataLoader(range(3), 1, num_workers=2, collate_fn=lambda x: pids.append(fork())))",
    "no_grad": "with mg.no_grad():\n    pids.append(fork(lambda: compute() if mg.is_grad_enabled() else None))",
    "a piece": "from minigrad.kernels import parallel\nparallel.run(lambda piece: pids.append(fork()), range(4))",
    "a draw": "pids.append(fork(lambda: mg.randn(3)))",
}


def test_a_fork_from_anywhere():
    run(
        f"pids = []\nfor source in {list(PLACES.values())!r}: exec(source)\n[check(pid) for pid in pids]\nprint('done')"
    )


def test_a_fork_while_another_thread_imports_a_name_when_it_is_asked_for(tmp_path):
    """Python locks a module while a thread imports it, and the child has the lock without the thread."""
    (tmp_path / "slowly").mkdir()
    (tmp_path / "slowly" / "__init__.py").write_text(
        "from minigrad.lazy_names import lazy_names\n"
        "_, __getattr__, _ = lazy_names(__name__, globals(), {'home': 'answer'})\n"
    )
    (tmp_path / "slowly" / "home.py").write_text(
        "import time, minigrad as mg\ntime.sleep(0.2)\nanswer = mg.randn(3).add_(1)\n"
    )
    run(
        f"sys.path.insert(0, {str(tmp_path)!r})\nimport slowly\n"
        "thread = threading.Thread(target=getattr, args=(slowly, 'answer'))\nthread.start()\ntime.sleep(0.05)\n"
        "assert 'slowly.home' in sys.modules and not hasattr(sys.modules['slowly.home'], 'answer')\n"
        "pids = [fork(lambda: slowly.answer), fork(lambda: compute())]\n"
        "[check(pid) for pid in pids]\nthread.join()\nprint('done')"
    )


def test_a_child_that_goes_on_with_what_other_threads_had_a_part_in_is_told_so():
    run(
        "from minigrad.kernels import parallel\nmeeting = threading.Barrier(3, timeout=30)\nmain = os.getpid()\n"
        "def piece(number):\n    meeting.wait()\n"
        "    if threading.current_thread() is threading.main_thread() and os.fork() == 0: return\n"
        "    time.sleep(0.1)\n"
        "try:\n    parallel.run(piece, range(3))\nexcept RuntimeError as error:\n"
        "    assert os.getpid() != main and 'fork' in str(error), error\n"
        "    child(compute)\n"
        "assert os.waitstatus_to_exitcode(os.wait()[1]) == 0\nprint('done')"
    )


def test_an_iterator_with_workers_belongs_to_the_process_that_made_it():
    run(
        "iterator = iter(DataLoader(range(9), 1, num_workers=2))\nnext(iterator)\n"
        "def use():\n    try:\n        next(iterator)\n    except RuntimeError as error:\n"
        "        assert 'after a fork' in str(error)\n        compute()\n"
        "    else:\n        raise AssertionError\n"
        "check(fork(use))\nassert len(list(iterator)) == 8\nprint('done')"
    )


@pytest.mark.parametrize(
    "method", ["fork", *(pytest.param(m, marks=pytest.mark.long) for m in ("forkserver", "spawn"))]
)
def test_processes_of_multiprocessing_compute(method, tmp_path):
    (tmp_path / "work.py").write_text(
        "import warnings\nwarnings.simplefilter('ignore', DeprecationWarning)\n"
        "import multiprocessing, sys, minigrad as mg\n"
        "def work(n): return float((mg.ones(300, 300) @ mg.ones(300, 300)).add_(n).sum())\n"
        "if __name__ == '__main__':\n    expected = [work(n) for n in range(3)]\n"
        "    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:\n"
        "        assert pool.map(work, range(3)) == expected\n    print('done')\n"
    )
    command = [sys.executable, str(tmp_path / "work.py"), method]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.stdout == "done\n", done.stderr
