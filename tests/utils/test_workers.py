"""Workers that are stuck, die, or are no longer wanted; each case in a process of its own, which has to end."""

import gc
import re
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from minigrad.utils.data import DataLoader

SCRIPT = """
import signal, sys, threading, time
import numpy.random  # which loses an interrupt that comes while it is imported
from minigrad.utils.data import DataLoader

def sleep(*_): time.sleep(3600)
class Data:
    def __len__(self): return 8
    def __getitem__(self, i): return read(i)
def loader(**options): return DataLoader(Data(), 1, num_workers=2, **options)
def ctrl_c_soon():
    main = threading.main_thread().ident
    threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGINT)).start()
read = int
"""
CASES = {
    "stuck in the data set": ("read = sleep\nnext(iter(loader(timeout=0.1)))", "worker 0 .* index \\[0\\].*in sleep"),
    "stuck in collate_fn": ("next(iter(loader(timeout=0.1, collate_fn=sleep)))", "worker 0 .*in sleep"),
    "stuck in worker_init_fn": (
        "next(iter(loader(timeout=0.1, worker_init_fn=sleep)))",
        "for worker_init_fn.*in sleep",
    ),
    "interrupted": ("read = sleep\nctrl_c_soon()\nlist(loader())", "KeyboardInterrupt"),
    "interrupted in worker_init_fn": ("ctrl_c_soon()\nlist(loader(worker_init_fn=sleep))", "KeyboardInterrupt"),
    "sys.exit in a worker": ("read = lambda i: sys.exit('gone')\nlist(loader())", "^gone"),
    "KeyboardInterrupt in a worker": ("def read(i): raise KeyboardInterrupt\nlist(loader())", "KeyboardInterrupt"),
    "MemoryError in a worker": ("def read(i): raise MemoryError('large')\nlist(loader())", "MemoryError: large"),
    "an error of two arguments": (
        "class Two(Exception):\n    def __init__(self, a, b): self.both = a, b\n"
        "def read(i): raise Two(1, 2)\ntry: list(loader())\nexcept Two as error: sys.exit(str(error.both))",
        r"^\(1, 2\)",
    ),
    "the end, with an iterator half way": ("iterator = iter(loader())\nnext(iterator)\nsys.exit('end')", "^end"),
    "the end, with workers at work": (
        "def read(i):\n    time.sleep(0.05)\n    print('.' * 99)\n    return i\n"
        "iterator = iter(loader())\nnext(iterator)\nsys.exit('end')",
        "^end$",
    ),
    "the end, in the middle of a kernel": (
        "import minigrad as mg\nmg.set_num_threads(3)\nx = mg.randn(600, 600)\n"
        "def work():\n    while True: x @ x\n"
        "threading.Thread(target=work, daemon=True).start()\ntime.sleep(0.1)\nsys.exit('end')",
        "^end$",
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="threads cannot be interrupted on this system")
def test_the_process_ends_with_the_error_whatever_its_workers_do():
    def run(code):
        return subprocess.run([sys.executable, "-c", SCRIPT + code], capture_output=True, text=True, timeout=60)

    with ThreadPoolExecutor() as pool:
        for name, done in zip(CASES, pool.map(run, [code for code, _ in CASES.values()]), strict=True):
            last = done.stderr.strip().splitlines()[-1]
            assert done.returncode in (1, -2) and re.search(CASES[name][1], last), (name, done.returncode, done.stderr)


def test_an_error_that_was_caught_holds_no_batch_and_no_worker():
    class Sample(list):
        """What can be held weakly."""

    held = []

    def read(samples):
        held.append(weakref.ref(batch := Sample(samples)))
        if len(held) == 1:
            raise ValueError(batch)
        return batch

    try:
        next(iter(DataLoader(range(4), 1, num_workers=1, prefetch_factor=1, collate_fn=read)))
    except ValueError as error:
        assert error.args[0] == [0]
    gc.disable()
    try:
        assert not any(ref() is not None for ref in held)
    finally:
        gc.enable()
