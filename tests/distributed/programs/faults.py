"""Ranks that go wrong, each in the way that the first argument names."""

import os
import signal
import sys
import time
from datetime import timedelta

import minigrad as mg
import minigrad.distributed as dist
from minigrad import nn
from minigrad.nn.parallel import DistributedDataParallel


def step(net):
    net(mg.ones(1, 2)).sum().backward()


def killed(me):
    net = DistributedDataParallel(nn.Linear(2, 2))
    for i in range(1000):
        if me == 1 and i == 3:
            os.kill(os.getpid(), 9)
        step(net)


def fails(me):
    net = DistributedDataParallel(nn.Linear(2, 2))
    step(net)
    if me == 1:
        raise KeyError("the file of rank 1")
    step(net)


def leaves(me):
    net = DistributedDataParallel(nn.Linear(2, 2))
    if me != 1:
        step(net)


def exits(me):
    if me == 1:
        sys.exit(3)
    dist.barrier()


def stops(me):
    if me == 1:
        os.kill(os.getpid(), signal.SIGSTOP)
    dist.barrier(timeout=timedelta(seconds=2))


def sends_too_much(me):
    dist.scatter(mg.zeros(1 + me), [mg.zeros(1)] * 2 if me == 0 else None)  # rank 0 has no error of its own


def never_begins(me):
    """Before MPI has started."""
    if me == 1:
        time.sleep(60)
    dist.init_process_group(timeout=timedelta(seconds=2))


def late_for_backward(me):
    net = DistributedDataParallel(nn.Linear(2, 2))
    net.reducer.group.timeout = 2
    if me == 1:
        time.sleep(60)
    step(net)


def never_comes(me):
    if me == 1:
        time.sleep(60)
    dist.monitored_barrier(timeout=timedelta(seconds=1))


def other_model(me):
    DistributedDataParallel(nn.Sequential(nn.Linear(2, 2), nn.Linear(3 if me == 1 else 2, 2)))


def skips_backward(me):
    net = DistributedDataParallel(nn.Linear(2, 2))
    if me == 1:
        dist.barrier()
    else:
        step(net)


def receives_in_vain(me):
    if me == 0:
        dist.recv(mg.zeros(1), src=1)


if __name__ == "__main__":
    if sys.argv[1] == "never_begins":
        never_begins(int(os.environ["RANK"]))
    dist.init_process_group(timeout=timedelta(seconds=20))
    globals()[sys.argv[1]](dist.get_rank())
    print("went on to the end")
