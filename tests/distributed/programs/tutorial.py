"""A script as tutorials have it, which starts its processes itself: by `spawn`, or by `Process`."""

import os
import sys

import minigrad as mg
import minigrad.distributed as dist
import minigrad.multiprocessing as mp
from minigrad import nn, optim
from minigrad.nn.parallel import DistributedDataParallel


def train(rank, world_size, init_method, way):
    if init_method.startswith("store:"):
        where = {"store": dist.PrefixStore("group", dist.FileStore(init_method.removeprefix("store:")))}
    else:
        where = {"init_method": init_method}
    dist.init_process_group("gloo", rank=rank, world_size=world_size, **where)
    mg.manual_seed(rank)
    net = DistributedDataParallel(nn.Linear(4, 2))
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    for i in range(3):
        if rank == 1 and i == 2 and way == "raises":
            raise KeyError("a file")
        if rank == 1 and i == 2 and way == "dies":
            os.kill(os.getpid(), 9)
        optimizer.zero_grad()
        loss = net(mg.randn(3, 4)).square().mean()
        loss.backward()
        optimizer.step()
    net.check_same_weights()
    mean = loss.detach()
    dist.all_reduce(mean, dist.ReduceOp.AVG)
    os.write(1, f"rank {rank} of {dist.get_world_size()}: mean {mean.item()}\n".encode())  # at once
    dist.destroy_process_group()


if __name__ == "__main__":
    how, way, init_method = sys.argv[1:]
    if how == "spawn":
        mp.spawn(train, args=(2, init_method, way), nprocs=2)
    else:
        context = mp.get_context(how)
        processes = [context.Process(target=train, args=(rank, 2, init_method, way)) for rank in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        sys.exit(max(abs(process.exitcode) for process in processes))
