"""Ranks that go wrong, each in the way that the first argument names."""

import os
import signal
import sys
import time
from datetime import timedelta

import minigrad as mg
import minigrad.distributed as dist
from minigrad import nn
from minigrad.distributed.algorithms.ddp_comm_hooks import default_hooks
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


def other_dtype(me):
    dist.all_reduce(mg.ones(2, dtype=mg.float64 if me == 1 else mg.float32))


def other_op(me):
    dist.all_reduce(mg.ones(2), dist.ReduceOp.MAX if me == 1 else dist.ReduceOp.SUM)


def more_calls(me):
    for _ in range(3 + me):
        dist.all_reduce(mg.ones(2))


def more_steps(me):
    net = DistributedDataParallel(nn.Linear(2, 2))
    for _ in range(3 + me):
        step(net)


def raises_in_backward(me):
    net = DistributedDataParallel(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)))

    def hook(g):
        if me == 1:
            raise ArithmeticError("in a hook of rank 1")

    net.module[1].weight.register_hook(hook)
    step(net)


def catches_what_backward_raises(me):
    """It goes on, and so does something else than the others."""
    net = DistributedDataParallel(nn.Linear(2, 2))
    if me == 1:
        net.module.bias.register_hook(lambda g: 1 / 0)
    try:
        step(net)
    except ZeroDivisionError:
        dist.barrier()


class Data:
    def __init__(self, me):
        self.me = me

    def __len__(self):
        return 8

    def __getitem__(self, i):
        if self.me == 1 and i >= 4:
            raise OSError(f"sample {i} can't be read")
        return mg.ones(2)


def loader(me, workers):
    net = DistributedDataParallel(nn.Linear(2, 2))
    for x in mg.utils.data.DataLoader(Data(me), batch_size=2, num_workers=workers):
        net(x).sum().backward()


def fails_to_load(me):
    loader(me, 0)


def fails_to_load_in_a_worker(me):
    loader(me, 1)


def stops_in_training(me):
    net = DistributedDataParallel(nn.Linear(2, 2))
    net.reducer.group.timeout = 2
    for i in range(10):
        if me == 1 and i == 3:
            os.kill(os.getpid(), signal.SIGSTOP)
        step(net)


def other_hook(me):
    """Gradients that only one rank compresses."""
    net = DistributedDataParallel(nn.Linear(9, 9))
    if me == 1:
        net.register_comm_hook(None, default_hooks.fp16_compress_hook)
    net(mg.ones(1, 9)).sum().backward()


if __name__ == "__main__":
    if sys.argv[1] == "never_begins":
        never_begins(int(os.environ["RANK"]))
    dist.init_process_group(timeout=timedelta(seconds=20))
    globals()[sys.argv[1]](dist.get_rank())
    print("went on to the end")
