"""Each collective against NumPy, in 1, 2, 3 or 4 processes."""

import contextlib
import functools
from datetime import timedelta

import numpy as np

import minigrad as mg
import minigrad.distributed as dist
from minigrad.distributed import ReduceOp
from minigrad.distributed.nn import functional as fn
from tests.distributed.programs.checks import of_rank, raises, run_all, tensor

DTYPES = "float16 float32 float64 uint8 uint16 uint32 uint64 int8 int16 int32 int64 bool".split()
KINDS = [*((dtype, (2, 3)) for dtype in DTYPES), *(("float32", shape) for shape in [(), (0, 3), (1,)]), ("bool", ())]
UFUNCS = {
    ReduceOp.SUM: np.add, ReduceOp.PRODUCT: np.multiply, ReduceOp.MIN: np.minimum, ReduceOp.MAX: np.maximum,
    ReduceOp.BAND: np.bitwise_and, ReduceOp.BOR: np.bitwise_or, ReduceOp.BXOR: np.bitwise_xor,
}  # fmt: skip


def reduced(op, arrays):
    if op is ReduceOp.AVG:
        return reduced(ReduceOp.SUM, arrays) / arrays[0].dtype.type(len(arrays))
    return functools.reduce(UFUNCS[op], arrays)


def close(got, expected, dtype):
    got = got.numpy() if isinstance(got, mg.Tensor) else got
    assert got.dtype == expected.dtype and got.shape == expected.shape, (got, expected)
    wide = {"float16": (3e-3, 3e-3), "float32": (1e-6, 1e-6), "float64": (1e-14, 1e-14)}.get(dtype)
    np.testing.assert_array_equal(got, expected) if wide is None else np.testing.assert_allclose(got, expected, *wide)


def check_all_reduce(me, n):
    for dtype, shape in KINDS:
        arrays = [of_rank(r, shape, dtype) for r in range(n)]
        for op in [*UFUNCS, ReduceOp.AVG]:
            floating = dtype.startswith("float")
            t = tensor(arrays[me])
            if op in (ReduceOp.BAND, ReduceOp.BOR, ReduceOp.BXOR) and floating or op is ReduceOp.AVG and not floating:
                with raises(RuntimeError, "is not supported"):
                    dist.all_reduce(t, op)
                continue
            assert dist.all_reduce(t, op) is None
            close(t, reduced(op, arrays), dtype)


def check_all_reduce_gives_the_same_bits_everywhere(me, n):
    for size in (1, 1000, 100_000):
        t = tensor(of_rank(me, (size,)))
        dist.all_reduce(t)
        every = [mg.zeros(size) for _ in range(n)]
        dist.all_gather(every, t)
        assert all(np.array_equal(e.numpy(), t.numpy()) for e in every)


def check_reduce(me, n):
    for root in range(n):
        arrays = [of_rank(r) for r in range(n)]
        t = tensor(arrays[me])
        dist.reduce(t, root, ReduceOp.MAX)
        if me == root:
            close(t, reduced(ReduceOp.MAX, arrays), "float32")
        t = tensor(arrays[me])
        dist.reduce(t, group_dst=root, op=ReduceOp.AVG)
        if me == root:
            close(t, reduced(ReduceOp.AVG, arrays), "float32")


def check_what_is_moved(me, n):
    for dtype, shape in KINDS:
        arrays = [of_rank(r, shape, dtype) for r in range(n)]
        mine, like = tensor(arrays[me]), np.zeros(shape, dtype)
        t = tensor(arrays[me])
        dist.broadcast(t, n - 1)
        close(t, arrays[n - 1], "")
        every = [tensor(like) for _ in range(n)]
        dist.all_gather(every, mine)
        for got, array in zip(every, arrays, strict=True):
            close(got, array, "")
        stacked = tensor(np.zeros((n, *shape), dtype))
        dist.all_gather_into_tensor(stacked, mine)
        close(stacked, np.stack(arrays), "")
        every = [tensor(like) for _ in range(n)] if me == 0 else None
        dist.gather(mine, every, dst=0)
        for got, array in zip(every or (), arrays, strict=me == 0):
            close(got, array, "")
        t = tensor(like)
        dist.scatter(t, [tensor(a) for a in arrays] if me == n - 1 else None, src=n - 1)
        close(t, arrays[me], "")


def check_memory_that_is_not_contiguous(me, n):
    arrays = [of_rank(r, (3, 4)) for r in range(n)]
    t = tensor(arrays[me]).t()
    dist.all_reduce(t)
    close(t, reduced(ReduceOp.SUM, arrays).T, "float32")
    base = mg.zeros(4, 6)
    dist.broadcast(base[:, 1:4], 0) if me else dist.broadcast(tensor(arrays[0].T.copy()), 0)
    if me:
        close(base[:, 1:4], arrays[0].T, "")
        assert base[:, 0].sum() == 0 and base[:, 4:].sum() == 0
    every = [mg.zeros(4, 3).t() for _ in range(n)]
    dist.all_gather(every, tensor(arrays[me]))
    for got, array in zip(every, arrays, strict=True):
        close(got, array, "")
    with raises(RuntimeError, "pass a clone()"):
        dist.all_reduce(mg.zeros(1).expand(3))


def check_reduce_scatter(me, n):
    rows = [[of_rank(10 * r + j, (j + 1,)) for j in range(n)] for r in range(n)]
    output = mg.zeros(me + 1)
    dist.reduce_scatter(output, [tensor(a) for a in rows[me]], ReduceOp.PRODUCT)
    close(output, reduced(ReduceOp.PRODUCT, [row[me] for row in rows]), "float32")
    arrays = [of_rank(r, (n, 2), "float64") for r in range(n)]
    output = mg.zeros(2, dtype=mg.float64)
    dist.reduce_scatter_tensor(output, tensor(arrays[me]), ReduceOp.AVG)
    close(output, reduced(ReduceOp.AVG, arrays)[me], "float64")
    with raises(ValueError, "elements in input"):
        dist.reduce_scatter_tensor(output, mg.zeros(2 * n + 1, dtype=mg.float64))


def check_all_to_all(me, n):
    rows = [[of_rank(10 * r + j, (r + 1, j + 1)) for j in range(n)] for r in range(n)]
    output = [mg.zeros(r + 1, me + 1) for r in range(n)]
    dist.all_to_all(output, [tensor(a) for a in rows[me]])
    for r in range(n):
        close(output[r], rows[r][me], "")
    output = mg.zeros(2 * n, 3)
    dist.all_to_all_single(output, tensor(of_rank(me, (2 * n, 3))))
    close(output, np.concatenate([of_rank(r, (2 * n, 3))[2 * me : 2 * me + 2] for r in range(n)]), "")
    # rank r sends r + j rows to rank j
    start = [sum(r + k for k in range(j)) for r in range(n) for j in range(n + 1)]
    begin = lambda r, j: start[r * (n + 1) + j]  # noqa: E731
    arrays = [of_rank(r, (begin(r, n), 2)) for r in range(n)]
    output = mg.zeros(sum(r + me for r in range(n)), 2)
    dist.all_to_all_single(output, tensor(arrays[me]), [r + me for r in range(n)], [me + j for j in range(n)])
    close(output, np.concatenate([arrays[r][begin(r, me) : begin(r, me + 1)] for r in range(n)]), "")
    with raises(ValueError, "split_sizes"):
        dist.all_to_all_single(mg.zeros(n + 1), mg.zeros(n + 1), [n] * n)


def check_objects(me, n):
    found = [None] * n
    dist.all_gather_object(found, {"rank": me, "text": "x" * me * 1000})
    assert found == [{"rank": r, "text": "x" * r * 1000} for r in range(n)]
    found = [None] * n if me == n - 1 else None
    dist.gather_object(me * 1.5, found, dst=n - 1)
    assert found == ([r * 1.5 for r in range(n)] if me == n - 1 else None)
    mine = ["a", {1, 2}, None] if me == 0 else [None] * 3
    dist.broadcast_object_list(mine, src=0)
    assert mine == ["a", {1, 2}, None]
    output = [None]
    dist.scatter_object_list(output, [f"for {r}" for r in range(n)] if me == 0 else None)
    assert output == [f"for {me}"]
    if me == 0 and n > 1:
        dist.send_object_list([1, "two"], dst=1)
    elif me == 1:
        found = [None, None]
        assert dist.recv_object_list(found) == 0 and found == [1, "two"]
    with raises(ValueError, "one for each rank"):
        dist.all_gather_object([None] * (n + 1), 0)


def check_messages(me, n):
    if n == 1:
        with raises(ValueError, "another rank"):
            dist.send(mg.zeros(1), 0)
        return
    right, left = (me + 1) % n, (me - 1) % n
    sent = dist.isend(tensor(of_rank(me)), right, tag=5)
    got = mg.zeros(2, 3)
    work = dist.irecv(got, left, tag=5)
    assert work.wait() and sent.wait() and work.is_completed() and work.is_success() and work.source_rank() == left
    close(got, of_rank(left), "")
    ops = [dist.P2POp(dist.isend, tensor(of_rank(me)), right), dist.P2POp(dist.irecv, got.t(), left)]
    got.zero_()
    for work in dist.batch_isend_irecv([ops[0], dist.P2POp(dist.irecv, got, left)]):
        work.wait()
    close(got, of_rank(left), "")
    if me == 0:
        t, whose = mg.zeros(2, 3), set()
        for _ in range(n - 1):
            source = dist.recv(t)
            whose.add(source)
            close(t, of_rank(source), "")
        assert whose == set(range(1, n))
    else:
        dist.send(tensor(of_rank(me)), 0)
    dist.barrier()
    if me == 0:
        dist.send(mg.zeros(2), 1)
    elif me == 1:
        with raises(RuntimeError, "expected 16 bytes from rank 0, got 8"):
            dist.recv(mg.zeros(4), 0)
    with raises(ValueError, "another rank"):
        dist.send(mg.zeros(1), me)
    with raises(ValueError, "isend or irecv"):
        dist.P2POp(dist.send, mg.zeros(1), 0)


def check_works(me, n):
    x, y = mg.ones(1000), mg.full((5,), float(me))
    first, second = dist.all_reduce(x, async_op=True), dist.all_reduce(y, ReduceOp.MAX, async_op=True)
    assert second.wait() and first.wait(timedelta(seconds=20)) and second.result()[0] is y
    assert x[0] == n and y[0] == n - 1 and first.exception() is None
    third = dist.broadcast(x, 0, async_op=True)
    assert third.get_future().then(lambda future: future.value()[0] is x).wait()
    every = [mg.zeros(1) for _ in range(n)]
    dist.all_gather(every, mg.ones(1), async_op=True).wait()
    assert sum(e.item() for e in every) == n
    dist.barrier(async_op=True).wait()
    dist.monitored_barrier(timeout=timedelta(seconds=20))


def check_in_place_changes_are_seen_by_backward(me, n):
    x = mg.ones(3, requires_grad=True)
    y = x * 2
    z = (y * y).sum()
    dist.all_reduce(y.detach())
    with raises(RuntimeError, "changed in place"):
        z.backward()
    dist.broadcast(x, 0)  # a parameter, as scripts do


def check_groups(me, n):
    assert dist.group.WORLD.size() == n and dist.get_process_group_ranks(None) == list(range(n))
    odd = [r for r in range(n) if r % 2] or [0]
    group = dist.new_group(odd)
    if me in odd:
        t = mg.full((2,), float(me))
        dist.all_reduce(t, group=group)
        assert t[0] == sum(odd) and dist.get_rank(group) == odd.index(me) and dist.get_world_size(group) == len(odd)
        assert dist.get_global_rank(group, 0) == odd[0] and dist.get_group_rank(group, me) == odd.index(me)
        dist.broadcast(t, src=odd[-1], group=group)
        with raises(ValueError, "is not in"):
            dist.broadcast(t, src=n, group=group)
    else:
        assert group == dist.GroupMember.NON_GROUP_MEMBER and dist.get_rank(group) == -1
    if me in odd:
        local = dist.new_group(odd, use_local_synchronization=True)
        dist.barrier(local)
    backwards = dist.new_group(list(range(n))[::-1], sort_ranks=False)
    assert dist.get_rank(backwards) == n - 1 - me
    mine, every = dist.new_subgroups(1)
    assert mine.size() == 1 and len(every) == n
    dist.barrier()
    with raises(ValueError, "different ranks"):
        dist.new_group([0, 0])


LINEAR = {  # by name: how many tensors a rank gives, the call, and what rank i gets, by all that was given
    "all_reduce": (1, lambda t: [fn.all_reduce(*t)], lambda every, i: [sum(e[0] for e in every)]),
    "mean": (1, lambda t: [fn.all_reduce(*t, ReduceOp.AVG)], lambda every, i: [sum(e[0] for e in every) / len(every)]),
    "broadcast": (1, lambda t: [fn.broadcast(*t, last())], lambda every, i: every[-1]),
    "reduce": (
        1, lambda t: [fn.reduce(*t, last())], lambda every, i: [sum(e[0] for e in every) * (i + 1 == len(every))]
    ),
    "gather": (1, lambda t: fn.gather(*t, last()), lambda every, i: [e[0] * (i + 1 == len(every)) for e in every]),
    "all_gather": (1, lambda t: fn.all_gather(*t), lambda every, i: [e[0] for e in every]),
    "scatter": (0, lambda t: [fn.scatter(t, last())], lambda every, i: [every[-1][i]]),
    "reduce_scatter": (0, lambda t: [fn.reduce_scatter(t[0].clone(), t)], lambda every, i: [sum(e[i] for e in every)]),
    "mean_scatter": (
        0,
        lambda t: [fn.reduce_scatter(t[0].detach().clone(), t, ReduceOp.AVG)],
        lambda every, i: [sum(e[i] for e in every) / len(every)],
    ),
    "all_to_all": (
        0, lambda t: fn.all_to_all([x.detach().clone() for x in t], t), lambda every, i: [e[i] for e in every]
    ),
    "all_to_all_single": (
        0,
        lambda t: [fn.all_to_all_single(mg.cat(t).detach(), mg.cat(t))],
        lambda every, i: [np.concatenate([e[i] for e in every])],
    ),
}  # fmt: skip


def last():
    return dist.get_world_size() - 1


def total(parts):
    t = tensor(np.array(sum(float(np.sum(p)) for p in parts)))
    dist.all_reduce(t)
    return t.item()


def check_calls_with_gradients(me, n):
    for name, (count, call, expected) in LINEAR.items():
        every = [[of_rank(100 * r + j, dtype="float64") for j in range(count or n)] for r in range(n)]
        u, v = ([of_rank(1000 * k + me * 100 + j, dtype="float64") for j in range(count or n)] for k in (1, 2))

        def slopes(arrays, call=call, u=u):
            """A loss of degree 2 of what the call returns, its gradients, and theirs in direction u."""
            xs = [tensor(a).requires_grad_() for a in arrays]
            ys = call(xs)
            loss = sum((y * y * (me + 1 + k)).sum() for k, y in enumerate(ys))
            gs = mg.autograd.grad(loss, xs, create_graph=True)
            hs = mg.autograd.grad(sum((g * tensor(d)).sum() for g, d in zip(gs, u, strict=True)), xs)
            return [[t.numpy(force=True) for t in ts] for ts in (ys, [loss], gs, hs)]

        ys, _, gs, hs = slopes(every[me])
        for y, wanted in zip(ys, expected(every, me), strict=True):
            np.testing.assert_allclose(y, wanted, rtol=1e-13, err_msg=name)
        (_, up, g_up, _), (_, down, g_down, _) = (
            slopes([x + sign * d for x, d in zip(every[me], v, strict=True)]) for sign in (1, -1)
        )
        first = total([(up[0] - down[0]) / 2]), total([g * d for g, d in zip(gs, v, strict=True)])
        second = (
            total([(a - b) / 2 * d for a, b, d in zip(g_up, g_down, u, strict=True)]),
            total([h * d for h, d in zip(hs, v, strict=True)]),
        )
        np.testing.assert_allclose(*first, rtol=1e-11, err_msg=name)
        np.testing.assert_allclose(*second, rtol=1e-11, err_msg=name)
    with raises(RuntimeError, "ReduceOp.MAX has no gradient"):
        fn.all_reduce(mg.ones(1, requires_grad=True), ReduceOp.MAX)
    assert fn.all_reduce(mg.full((1,), float(me)), ReduceOp.MAX).item() == n - 1
    with raises(ValueError, f"expected {n} tensors"):
        fn.scatter([mg.ones(1)] * (n + 1))


def check_meshes(me, n):
    mesh = dist.init_device_mesh("cpu", (n // 2, 2) if n % 2 == 0 else (1, n), mesh_dim_names=("rows", "columns"))
    row, column = divmod(me, mesh.size(1))
    assert mesh.get_coordinate() == [row, column] and mesh.mesh.flatten().tolist() == list(range(n))
    assert (mesh.ndim, mesh.size(), mesh.shape) == (2, n, tuple(mesh.mesh.shape)) and mesh == mesh[("rows", "columns")]
    for name, place in (("rows", row), ("columns", column)):
        t, line = mg.full((1,), float(me)), mesh[name]
        dist.all_reduce(t, group=mesh.get_group(name))
        assert t.item() == line.mesh.sum().item() and line.get_local_rank() == place == mesh.get_local_rank(name)
        assert dist.get_process_group_ranks(line.get_group()) == line.mesh.tolist()
    assert len(mesh.get_all_groups()) == 2
    for wrong, kind, words in (
        (lambda: mesh.get_group(), RuntimeError, "expected a mesh_dim"),
        (lambda: mesh["depth"], KeyError, "depth"),
        (lambda: mesh["columns", "rows"], KeyError, "in the order"),
        (lambda: mesh.get_group(2), IndexError, "below 2"),
        (lambda: dist.DeviceMesh("cpu", [0, 0]), ValueError, "each rank once"),
        (lambda: dist.DeviceMesh("cpu", [0], mesh_dim_names=("a", "b")), ValueError, "1 different mesh_dim_names"),
        (lambda: dist.init_device_mesh("cpu", (n + 1,)), RuntimeError, "start more processes"),
        (lambda: dist.init_device_mesh("cuda", (n,)), RuntimeError, "there are no GPUs here"),
    ):
        with raises(kind, words):
            wrong()


def check_mistakes(me, n):
    with raises(TypeError, "expected a Tensor as tensor, got list"):
        dist.all_reduce([1.0])
    with raises(TypeError, "expected a ReduceOp"):
        dist.all_reduce(mg.zeros(1), "sum")
    with raises(ValueError, "one for each rank"):
        dist.all_gather([mg.zeros(1)] * (n + 1), mg.zeros(1))
    with raises(TypeError, "one dtype"):
        dist.all_gather([mg.zeros(1)] * n, mg.zeros(1, dtype=mg.int64))
    with raises(ValueError, "on rank 0"):
        dist.gather(mg.zeros(1), None if me == 0 else [mg.zeros(1)])
    with raises(ValueError, "there is a default group"):
        dist.init_process_group()
    with raises(TypeError, "timedelta"):
        dist.monitored_barrier(timeout=3)


def check_that_disagreement_is_an_error_everywhere(me, n):
    if n == 1:
        return
    cases = [
        (lambda: dist.all_reduce(mg.zeros(3 + me)), "rank 0: all_reduce of 3 elements"),
        (lambda: dist.all_reduce(mg.zeros(3, dtype=mg.float64 if me else mg.float32)), "float64"),
        (lambda: dist.broadcast(mg.zeros(3), src=me), "from rank 1"),
        (lambda: dist.barrier() if me else dist.all_reduce(mg.zeros(2)), "barrier"),
        (lambda: dist.all_reduce(mg.zeros(3 + me), async_op=True).wait(), "of 4 elements"),
        (lambda: dist.all_gather_object([None] * n, 1) if me else dist.barrier(), "all_gather_object"),
        (
            lambda: dist.all_gather([mg.zeros(3 + me % 2)] * n, mg.zeros(3 + me % 2)),
            f"all_gather of {[4] * n} elements",
        ),
    ]
    for call, words in cases:
        with raises(RuntimeError, words):
            call()
    for size, words in ((3, "expected 12 bytes from rank 0, got 8"), (1, "expected 4 bytes from rank 0, got")):
        with raises(RuntimeError, f"scatter of float32 from rank 0: {words}") if me == 1 else contextlib.nullcontext():
            dist.scatter(mg.zeros(size if me == 1 else 2), [mg.zeros(2)] * n if me == 0 else None)
    with raises(ValueError, f"expected tensor_list[{me}] of 2 elements, as tensor has, got 3"):
        dist.all_gather([mg.zeros(3)] * n, mg.zeros(2))
    dist.barrier()  # and it goes on


def check_reopening(me, n):
    dist.destroy_process_group()
    assert not dist.is_initialized()
    with raises(ValueError, "init_process_group"):
        dist.get_rank()
    dist.init_process_group("gloo", rank=n - 1 - me, world_size=n, timeout=timedelta(seconds=60))
    assert dist.get_rank() == n - 1 - me and dist.get_backend() == "gloo"
    dist.barrier()
    dist.destroy_process_group()
    with raises(RuntimeError, f"expected world_size={n + 1}"):
        dist.init_process_group("mpi", rank=me, world_size=n + 1)
    dist.init_process_group("cpu:gloo,cuda:nccl")


if __name__ == "__main__":
    dist.init_process_group(timeout=timedelta(seconds=60))
    run_all(globals(), dist.get_rank(), dist.get_world_size())
