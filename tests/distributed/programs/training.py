"""DistributedDataParallel in 2, 3 or 4 processes against one process with the whole batch, in float64."""

import copy
import os
from datetime import timedelta

import numpy as np

import minigrad as mg
import minigrad.distributed as dist
from minigrad import nn, optim
from minigrad.distributed.algorithms.ddp_comm_hooks import default_hooks
from minigrad.distributed.algorithms.join import Join, Joinable, JoinHook
from minigrad.distributed.optim import ZeroRedundancyOptimizer
from minigrad.futures import Future, collect_all
from minigrad.nn import functional as F
from minigrad.nn.parallel import DistributedDataParallel
from minigrad.utils.data.distributed import DistributedSampler
from tests.distributed.programs.checks import raises, run_all

STEPS = 50 if os.environ.get("WORLD_SIZE") == "2" else 10  # 3 and 4 wait for one another where there are 2 cores


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4))
        self.out = nn.Linear(4 * 36, 3)

    def forward(self, x):
        x = self.first(x.reshape(-1, 1, 6, 6))
        return self.out(F.relu(x + self.second(x)).flatten(1))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(6, 5, batch_first=True)
        self.out = nn.Linear(5, 3)

    def forward(self, x):
        return self.out(self.rnn(x.reshape(-1, 6, 6))[0][:, -1])


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.out = nn.Linear(36, 36), nn.Linear(36, 36), nn.Linear(36, 3)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.out(self.first(self.second(self.first(x).tanh()).tanh()))


class LeNet(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Unflatten(1, (1, 6, 6)), nn.Conv2d(1, 4, 3, padding=1), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(4, 6, 2),
            nn.Tanh(), nn.Flatten(), nn.Linear(24, 10), nn.Tanh(), nn.Linear(10, 3),
        )  # fmt: skip


class MLP(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(36, 20), nn.Tanh(), nn.Linear(20, 3))


def made(kind, seed=0):
    mg.manual_seed(seed)
    return kind().double()


def batches(count):
    rng = np.random.default_rng(1)
    for _ in range(count):
        yield mg.from_numpy(rng.standard_normal((24, 36))), mg.from_numpy(rng.integers(0, 3, 24))


def trained(net, share, accumulate=1, clip=None):
    """Return the weights after some steps, each on this share of a batch: `accumulate` parts of it after another."""
    optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
    for x, y in batches(STEPS):
        optimizer.zero_grad()
        x, y = x[share], y[share]
        parts = list(zip(x.chunk(accumulate), y.chunk(accumulate), strict=True))
        for i, (xs, ys) in enumerate(parts):
            last = i == len(parts) - 1
            with net.no_sync() if isinstance(net, DistributedDataParallel) and not last else mg.enable_grad():
                (F.cross_entropy(net(xs), ys) / accumulate).backward()
        if clip:
            nn.utils.clip_grad_norm_(net.parameters(), clip)
        optimizer.step()
    return {name.removeprefix("module."): t.numpy() for name, t in net.state_dict().items()}


def same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-12, atol=1e-12, err_msg=name)


def check_models(me, n):
    for kind in (MLP, LeNet, Recurrent, Tied):
        net = made(kind)
        expected = trained(copy.deepcopy(net), slice(None))
        ddp = DistributedDataParallel(made(kind, seed=me), bucket_cap_mb=0.002)
        same(trained(ddp, slice(me, None, n)), expected)
        ddp.check_same_weights()


def check_synchronized_batch_norm(me, n):
    net = made(Residual)
    expected = trained(copy.deepcopy(net), slice(None))
    ddp = DistributedDataParallel(nn.SyncBatchNorm.convert_sync_batchnorm(made(Residual, seed=me)))
    same(trained(ddp, slice(me, None, n)), expected)
    ddp.check_same_weights()


def check_accumulation_and_clipping(me, n):
    expected = trained(made(MLP), slice(None), clip=0.1)
    same(trained(DistributedDataParallel(made(MLP)), slice(me, None, n), accumulate=2, clip=0.1), expected)


def check_buffers_are_those_of_rank_0(me, n):
    net = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 1))
    ddp = DistributedDataParallel(net)
    ddp(mg.randn(5, 3) + me).sum().backward()
    ddp.eval()
    ddp(mg.zeros(1, 3))
    every = [mg.zeros(3) for _ in range(n)]
    dist.all_gather(every, net[0].running_mean)
    assert all(np.array_equal(e.numpy(), every[0].numpy()) for e in every)
    ddp = DistributedDataParallel(net.train(), broadcast_buffers=False)
    ddp(mg.randn(5, 3) + me).sum().backward()
    ddp(mg.randn(5, 3) + me)
    dist.all_gather(every, net[0].running_mean)
    assert not np.array_equal(every[0].numpy(), every[1].numpy())


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.never = nn.Linear(2, 1), nn.Linear(2, 1), nn.Linear(2, 1)

    def forward(self, x, which):
        return (self.a if which else self.b)(x)


def check_unused_parameters(me, n):
    for options in ({"find_unused_parameters": True}, {"static_graph": True}):
        net = Branches()
        ddp = DistributedDataParallel(net, **options)
        ddp(mg.ones(1, 2), me == 0).sum().backward()
        assert np.allclose(net.a.weight.grad.numpy(), 1 / n) and np.allclose(net.b.weight.grad.numpy(), (n - 1) / n)
        assert net.never.weight.grad is None
    ddp = DistributedDataParallel(Branches())
    with raises(RuntimeError, "no gradient to b.weight, b.bias, never.weight"):
        ddp(mg.ones(1, 2), True).sum().backward()


class Mixed(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(2, 2), nn.Linear(2, 2, bias=False).half(), nn.Linear(2, 1))

    def forward(self, x):
        return self[2](self[1](self[0](x).half()).float())


def check_gradients_of_all_kinds(me, n):
    net = Mixed()
    net[0].weight.requires_grad_(False)
    seen = []
    net[2].weight.register_hook(lambda g: g * 2)
    net[2].weight.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.clone()))
    for replace in (False, True):
        net.zero_grad()
        ddp = DistributedDataParallel(net, gradient_as_bucket_view=replace)
        x = mg.full((1, 2), float(me))
        (ddp.module[2].weight * (me + 1)).sum().backward()  # outside of forward: not averaged
        assert net[2].weight.grad[0, 0] == 2 * (me + 1)
        net.zero_grad()
        h = ddp(x)  # twice before one backward
        (h.sum() + ddp(x).sum() + (net[2].weight * me).sum()).backward()
        assert net[0].weight.grad is None and net[1].weight.grad.dtype == mg.float16
        assert np.allclose(net[2].bias.grad.numpy(), 2)
        every = [mg.zeros(1, 2) for _ in range(n)]
        dist.all_gather(every, net[2].weight.grad)
        assert all(np.array_equal(e.numpy(), every[0].numpy()) for e in every)
        assert np.array_equal(seen[-1].numpy(), net[2].weight.grad.numpy())
        before = net[2].bias.grad
        ddp(x).sum().backward()
        assert np.allclose(net[2].bias.grad.numpy(), 3) and (net[2].bias.grad is before) is not replace


def check_which_backward_averages(me, n):
    ddp = DistributedDataParallel(nn.Linear(1, 1, bias=False))
    weight, x, mean = ddp.module.weight, mg.full((1, 1), float(me)), (n - 1) / 2

    def gradient_of(loss):
        ddp.zero_grad()
        loss.backward(retain_graph=True)
        return weight.grad.item()

    loss = ddp(x).sum()
    with mg.no_grad():
        ddp(x)  # in between
    assert gradient_of(loss) == mean
    assert gradient_of(loss) == me  # a forward is averaged once
    with ddp.no_sync():
        loss = ddp(x).sum()
    assert gradient_of(loss) == me  # the forward decides
    loss = ddp(x).sum()
    with ddp.no_sync():
        assert gradient_of(loss) == mean
    (g,) = mg.autograd.grad(ddp(x).sum(), weight)
    assert g.item() == me and gradient_of(ddp(x).sum()) == mean


def check_two_models_at_once(me, n):
    first, second = DistributedDataParallel(nn.Linear(2, 2)), DistributedDataParallel(nn.Linear(2, 1))
    second(first(mg.full((1, 2), float(me)))).sum().backward()
    assert np.allclose(second.module.bias.grad.numpy(), 1)
    first.zero_grad()
    second.zero_grad()
    second(mg.ones(1, 2)).sum().backward()
    assert first.module.bias.grad is None
    mg.utils.checkpoint.checkpoint(first, mg.full((1, 2), float(me)), use_reentrant=False).sum().backward()
    assert np.allclose(first.module.bias.grad.numpy(), 1)
    assert np.allclose(first.module.weight.grad.numpy(), (n - 1) / 2)


def check_uneven_inputs(me, n):
    net = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(net.weight)
    for by_all in (True, False):
        ddp = DistributedDataParallel(net)
        optimizer = optim.SGD(ddp.parameters(), lr=1.0)
        ddp.zero_grad()
        start, expected = net.weight.item(), 0.0
        with ddp.join(divide_by_initial_world_size=by_all):
            for _ in range(me + 1):
                optimizer.zero_grad()
                ddp(mg.ones(1, 1)).sum().backward()
                optimizer.step()
        for step in range(n):
            expected += (n - step) / n if by_all else 1
        assert np.isclose(net.weight.item(), start - expected)
        ddp.check_same_weights()
    with raises(RuntimeError, "no more batches"):
        with ddp.join(throw_on_early_termination=True):
            for _ in range(me + 1):
                ddp(mg.ones(1, 1)).sum().backward()


class Counting(Joinable, JoinHook):
    """Counts the turns of all ranks; its own hook."""

    def __init__(self):
        self.turns, self.last, self.options = 0, None, None

    def __call__(self):
        Join.notify_join_context(self)
        self.main_hook()

    def main_hook(self):
        one = mg.ones(1)
        dist.all_reduce(one)
        self.turns += one.item()

    def post_hook(self, is_last_joiner):
        self.last = is_last_joiner

    def join_hook(self, **kwargs):
        self.options = kwargs
        return self

    join_device = mg.device("cpu")
    join_process_group = property(lambda self: dist.group.WORLD)


def check_objects_that_join(me, n):
    net = nn.Linear(1, 1)
    ddp, counter = DistributedDataParallel(net), Counting()
    spread = ZeroRedundancyOptimizer(ddp.parameters(), optim.Adam, lr=0.1)
    expected = copy.deepcopy(net)
    alone = optim.Adam(expected.parameters(), lr=0.1)
    with Join([ddp, spread, counter], divide_by_initial_world_size=False):
        for i in range(me + 1):
            spread.zero_grad()
            ddp(mg.full((1, 1), float(i))).sum().backward()
            spread.step()
            counter()
    for i in range(n):
        alone.zero_grad()
        expected(mg.full((1, 1), float(i))).sum().backward()
        alone.step()
    ddp.check_same_weights()
    np.testing.assert_allclose(net.weight.numpy(force=True), expected.weight.numpy(force=True), rtol=1e-6)
    assert counter.turns == n * n and counter.last is (me == n - 1)
    assert counter.options == {"divide_by_initial_world_size": False}
    with Join([counter], enable=False):
        counter()
    assert counter.turns == n * n + n
    with raises(RuntimeError, "no more batches"):
        with Join([counter], throw_on_early_termination=True):
            for _ in range(me + 1):
                counter()
    counter()  # and it is out of the context
    with raises(ValueError, "at least one"):
        Join([])
    with raises(TypeError, "got Linear"):
        Join([net])
    other = Counting()
    Counting.join_process_group = property(lambda self: None if self is other else dist.group.WORLD)
    with raises(ValueError, "of one group"):
        Join([counter, other])


def check_hooks_that_are_there(me, n):
    for hook, dtype in (
        (default_hooks.allreduce_hook, mg.float32),
        (default_hooks.fp16_compress_hook, mg.float16),
        (default_hooks.fp16_compress_wrapper(default_hooks.allreduce_hook), mg.float16),
    ):
        ddp = DistributedDataParallel(nn.Linear(2, 2))
        ddp.register_comm_hook(dist.group.WORLD, hook)
        ddp(mg.tensor([[1 / 3, me + 1e-5]])).sum().backward()
        parts = mg.tensor([[1 / 3, r + 1e-5] for r in range(n)])
        expected = (parts / n).to(dtype).sum(0).float()
        got = ddp.module.weight.grad
        assert got.dtype == mg.float32 and mg.allclose(got[0], expected, rtol=1e-6 if dtype == mg.float32 else 2e-3)
        assert (got[0, 0].half().float() == got[0, 0]) == (dtype == mg.float16)


def check_futures(me, n):
    seen = []
    work = dist.all_reduce(mg.ones(2), async_op=True)
    future = work.get_future()
    future.then(lambda done: seen.append(done.value()[0]))
    work.wait()
    assert len(seen) == 1 and seen[0].tolist() == [n, n] and future.done()
    works = [dist.all_reduce(mg.full((), float(i)), async_op=True) for i in range(3)]
    both = collect_all([work.get_future() for work in works])
    assert [done.value()[0].item() for done in both.wait()] == [0, n, 2 * n] and works[2].is_success()
    failing = work.get_future().then(lambda done: done.value()[1])
    with raises(IndexError, "out of range"):
        failing.wait()

    def mine(state: object, bucket: dist.GradBucket) -> Future[mg.Tensor]:
        future = Future()
        future.set_result(bucket.buffer() * 2)
        return future

    ddp = DistributedDataParallel(nn.Linear(2, 2))
    ddp.register_comm_hook(None, mine)
    ddp(mg.full((1, 2), float(me))).sum().backward()
    assert np.allclose(ddp.module.weight.grad.numpy(), 2 * me)


def check_hooks_of_communication(me, n):
    def halved(state, bucket):
        state.append(bucket.is_last())
        work = dist.all_reduce(bucket.buffer().half(), dist.ReduceOp.AVG, async_op=True)
        return work.get_future().then(lambda future: future.value()[0].float())

    ddp, state = DistributedDataParallel(nn.Linear(2, 2), bucket_cap_mb=1e-6), []
    ddp.register_comm_hook(state, halved)
    ddp(mg.full((1, 2), float(me))).sum().backward()
    assert np.allclose(ddp.module.weight.grad.numpy(), (n - 1) / 2) and state == [False, True]
    with raises(RuntimeError, "there is a hook"):
        ddp.register_comm_hook(state, halved)


def check_both_orders_of_gradient_of_synchronized_batch_norm(me, n):
    rng = np.random.default_rng(2)
    x, w = rng.standard_normal((7, 2, 3)) * 3 + 5, rng.standard_normal((7, 2, 3))
    bounds = [0, 0, 3, 6, 7] if n == 4 else [0, *range(3, 3 * n - 1, 3), 7]  # one rank of four has nothing
    share = slice(bounds[me], bounds[me + 1])

    def both(layer, x, w):
        layer.double()
        with mg.no_grad():
            layer.weight.copy_(mg.tensor([2.0, 3.0]))
        x = mg.from_numpy(x.copy()).requires_grad_()
        y = layer(x)
        (g,) = mg.autograd.grad((y.sin() * mg.from_numpy(w)).sum(), x, create_graph=True)
        (g**2).sum().backward()
        return [y, g, x.grad, layer.running_mean, layer.running_var], layer.weight.grad

    expected, slope = both(nn.BatchNorm1d(2), x, w)
    found, part = both(nn.SyncBatchNorm(2), x[share], w[share])
    for i, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
        theirs = theirs[share] if i < 3 else theirs
        np.testing.assert_allclose(ours.numpy(force=True), theirs.numpy(force=True), rtol=1e-12, atol=1e-12)
    dist.all_reduce(part)
    np.testing.assert_allclose(part.numpy(), slope.numpy(), rtol=1e-12)
    layer = nn.SyncBatchNorm(2, momentum=None).half()
    assert layer(mg.ones(2, 2).half() * me).dtype == mg.float16 and layer.running_mean[0] == (n - 1) / 2
    layer.eval()(mg.ones(2, 2).half())


def check_spread_state(me, n):
    for kind, options in ((optim.AdamW, {"lr": 0.01}), (optim.SGD, {"lr": 0.1, "momentum": 0.9})):
        expected, net = made(MLP), made(MLP)
        alone, spread = (
            kind(expected.parameters(), **options),
            ZeroRedundancyOptimizer(net.parameters(), kind, **options),
        )
        schedule = optim.lr_scheduler.StepLR(spread, 2), optim.lr_scheduler.StepLR(alone, 2)
        for x, y in batches(5):
            for model, optimizer in ((net, spread), (expected, alone)):
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
            for s in schedule:
                s.step()
        same(
            {k: v.numpy() for k, v in net.state_dict().items()},
            {k: v.numpy() for k, v in expected.state_dict().items()},
        )
        kept = [None] * n
        dist.all_gather_object(kept, len([s for s in spread.state.values() if s]))
        assert sum(kept) == 4 and all(kept[: min(n, 4)])
        with raises(RuntimeError, "consolidate_state_dict"):
            spread.state_dict()
        spread.consolidate_state_dict(to=n - 1)
        box = [spread.state_dict() if me == n - 1 else None]
        dist.broadcast_object_list(box, n - 1)
        assert (
            box[0].keys() == alone.state_dict().keys() and box[0]["state"].keys() == alone.state_dict()["state"].keys()
        )
        again = ZeroRedundancyOptimizer(net.parameters(), kind, **options)
        again.load_state_dict(box[0])
        assert len(again.state) == kept[me] and again.param_groups[0]["lr"] == alone.param_groups[0]["lr"]
        for x, y in batches(1):
            for model, optimizer in ((net, again), (expected, alone)):
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
        same(
            {k: v.numpy() for k, v in net.state_dict().items()},
            {k: v.numpy() for k, v in expected.state_dict().items()},
        )


def check_samplers(me, n):
    sampler = DistributedSampler(range(10))
    every = [None] * n
    dist.all_gather_object(every, list(sampler))
    assert len({len(e) for e in every}) == 1 and {i for e in every for i in e} == set(range(10))
    assert list(DistributedSampler(range(4), shuffle=False))[0] == me


def check_models_that_differ(me, n):
    with raises(RuntimeError, "parameter 0: rank 0 has weight of shape (2, 2), float32; rank"):
        DistributedDataParallel(nn.Linear(3 if me else 2, 2))
    with raises(RuntimeError, "parameter 1: rank 0 has bias of shape (2,), float32; rank"):
        DistributedDataParallel(nn.Linear(2, 2, bias=not me))
    with raises(RuntimeError, "buffer 0: rank 0 has running_mean of shape (2,), float32; rank"):
        DistributedDataParallel(nn.BatchNorm1d(2, track_running_stats=not me))
    for options in ({"find_unused_parameters": not me}, {"bucket_cap_mb": 1 + me}, {"broadcast_buffers": not me}):
        with raises(RuntimeError, "the ranks do not call the same; rank 0: DistributedDataParallel with broadcast_"):
            DistributedDataParallel(nn.Linear(2, 2), **options)
    ddp = DistributedDataParallel(nn.Linear(2, 2))
    with mg.no_grad():
        ddp.module.bias[0] = me == n - 1
    with raises(RuntimeError, f"bias has other bits on rank {n - 1} than"):
        ddp.check_same_weights()
    with raises(ValueError, "device_ids"):
        DistributedDataParallel(nn.Linear(2, 2), device_ids=[me])
    with raises(RuntimeError, "no parameter of the module requires grad"):
        DistributedDataParallel(nn.ReLU())
    with raises(RuntimeError, "has no shape"):
        DistributedDataParallel(nn.LazyLinear(2))
    assert list(ddp.state_dict()) == ["module.weight", "module.bias"]


if __name__ == "__main__":
    dist.init_process_group(timeout=timedelta(seconds=60))
    run_all(globals(), dist.get_rank(), dist.get_world_size())
