"""PowerSGD against the lines of the paper, in NumPy, for all ranks at once."""

from datetime import timedelta

import numpy as np

import minigrad as mg
import minigrad.distributed as dist
from minigrad import nn
from minigrad.distributed.algorithms.ddp_comm_hooks import default_hooks
from minigrad.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as powerSGD
from minigrad.nn.parallel import DistributedDataParallel
from tests.distributed.programs.checks import raises, run_all

STEPS, BEGIN = 6, 2


def gradients(step, n):
    """Those of each rank: of a matrix of 12 x 18 (or 12 x 2 x 9), of one too small for it, and of a vector."""
    rng = np.random.default_rng(step)
    return [[rng.standard_normal(shape) for shape in ((12, 2, 9), (3, 3), (7,))] for _ in range(n)]


class Weights(nn.Module):
    def __init__(self, dtype):
        super().__init__()
        for i, g in enumerate(gradients(0, 1)[0]):
            self.register_parameter(f"p{i}", nn.Parameter(mg.zeros(*g.shape, dtype=dtype)))

    def forward(self, wanted):
        return sum((p * mg.tensor(g, dtype=p.dtype)).sum() for p, g in zip(self.parameters(), wanted, strict=True))


def found(state, hook, me, n, dtype=mg.float64):
    """The gradients that DistributedDataParallel gives, of each step, the same on all ranks."""
    ddp = DistributedDataParallel(Weights(dtype))
    ddp.register_comm_hook(state, hook)
    steps = []
    for step in range(STEPS):
        ddp.zero_grad()
        ddp(gradients(step, n)[me]).backward()
        steps.append([p.grad.numpy() for p in ddp.parameters()])
        every = [None] * n
        dist.all_gather_object(every, steps[-1])
        assert all(np.array_equal(a, b) for other in every for a, b in zip(other, every[0], strict=True))
    return steps


def compressed(matrices, q, errors):
    """One step of algorithm 1 of the paper: the product, the new Q and the new errors of the ranks."""
    matrices = [m + e for m, e in zip(matrices, errors, strict=True)]
    p = np.mean([m @ np.linalg.qr(q)[0] for m in matrices], 0)
    p = np.linalg.qr(p)[0]
    q = np.mean([m.T @ p for m in matrices], 0)
    return p @ q.T, q, [m - p @ q.T for m in matrices]


def check_powersgd(me, n):
    for rank, feedback, warm in ((1, True, True), (2, True, True), (2, False, True), (2, True, False)):
        options = {"use_error_feedback": feedback, "warm_start": warm, "random_seed": 3}
        state = powerSGD.PowerSGDState(None, rank, BEGIN, **options)
        rng, q, errors = np.random.default_rng(3), None, [0] * n
        for step, got in enumerate(found(state, powerSGD.powerSGD_hook, me, n)):
            every = gradients(step, n)
            mean = [np.mean(parts, 0) for parts in zip(*every, strict=True)]
            if step >= BEGIN:
                q = q if warm and q is not None else rng.standard_normal((18, rank))
                matrices = [parts[0].reshape(12, 18) for parts in every]
                product, q, left_out = compressed(matrices, q, errors)
                errors = left_out if feedback else errors
                mean[0] = product.reshape(12, 2, 9)
            for ours, theirs in zip(got, mean, strict=True):
                np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)
        sent = (STEPS - BEGIN) * (rank * (12 + 18) + 9 + 7)
        assert state.compression_stats()[1:] == ((STEPS - BEGIN) * (12 * 18 + 9 + 7), sent)


def check_powersgd_of_a_whole_bucket(me, n):
    state = powerSGD.PowerSGDState(None, 2, BEGIN, random_seed=3)
    q, errors = np.random.default_rng(3).standard_normal((16, 2)), [0] * n
    for step, got in enumerate(found(state, powerSGD.batched_powerSGD_hook, me, n)):
        # a bucket begins with the last parameter
        joined = [np.concatenate([g.ravel() for g in parts[::-1]]) for parts in gradients(step, n)]
        result = np.mean(joined, 0)
        if step >= BEGIN:
            squares = [np.pad(vector, (0, 256 - vector.size)).reshape(16, 16) for vector in joined]
            product, q, errors = compressed(squares, q, errors)
            result = product.ravel()[: result.size]
        np.testing.assert_allclose(np.concatenate([g.ravel() for g in got[::-1]]), result, rtol=1e-10, atol=1e-10)


def check_powersgd_of_all_columns_is_the_mean(me, n):
    """In float32, and with float16 on the way."""
    for hook, close in (
        (powerSGD.powerSGD_hook, 1e-5),
        (default_hooks.fp16_compress_wrapper(powerSGD.powerSGD_hook), 1e-2),
    ):
        state = powerSGD.PowerSGDState(None, 12, BEGIN, min_compression_rate=0.1, use_error_feedback=False)
        for step, got in enumerate(found(state, hook, me, n, mg.float32)):
            for ours, theirs in zip(got, zip(*gradients(step, n), strict=True), strict=True):
                assert ours.dtype == np.float32
                np.testing.assert_allclose(ours, np.mean(theirs, 0), atol=close)


def check_powersgd_of_zeros_and_what_is_refused(me, n):
    ddp = DistributedDataParallel(nn.Linear(20, 20))
    ddp.register_comm_hook(powerSGD.PowerSGDState(dist.group.WORLD, 2, 2), powerSGD.powerSGD_hook)
    for _ in range(4):
        ddp.zero_grad()
        (ddp(mg.zeros(1, 20)) * 0).sum().backward()
        assert not ddp.module.weight.grad.any()
    with raises(ValueError, "start_powerSGD_iter of 2 or more"):
        powerSGD.PowerSGDState(None, start_powerSGD_iter=1)
    powerSGD.PowerSGDState(None, start_powerSGD_iter=0, use_error_feedback=False, warm_start=False)


if __name__ == "__main__":
    dist.init_process_group(timeout=timedelta(seconds=60))
    run_all(globals(), dist.get_rank(), dist.get_world_size())
