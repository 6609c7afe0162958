"""DistributedDataParallel: a model in many processes, each of which trains it on a share of the batch."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from minigrad.core.device import device
from minigrad.core.tensor import Tensor
from minigrad.distributed.algorithms.join import Join, Joinable, JoinHook
from minigrad.distributed.collectives import all_gather_into_tensor
from minigrad.distributed.groups import ProcessGroup, the_group
from minigrad.distributed.models import compare, spread
from minigrad.distributed.waiting import DistBackendError, ranks
from minigrad.graph.grad_mode import mode
from minigrad.nn.module import Module
from minigrad.nn.parallel.joining import Joining
from minigrad.nn.parallel.reducer import GradBucket, Reducer
from minigrad.nn.parameter import Parameter, Uninitialized

__all__ = ["DistributedDataParallel"]

MEGABYTE = 1 << 20
# Two processes of one machine add up 4 MB in 1.2 ms and 16 MB in 16 ms: what is larger than the cache is not worth it.
BUCKET_MEGABYTES = 4.0


class DistributedDataParallel(Module, Joinable):
    """A module with the same weights on all ranks, whose gradients are averaged over them while backward goes on.

    Each rank gives it a share of the batch. If all shares are equal and the loss is a mean, a step is the same as in
    one process with the whole batch.

    Parameters
    ----------
    module : Module
        Its `state_dict` has ``module.`` in front of the names, as PyTorch's.
    device_ids, output_device, mixed_precision : must be None
    dim, check_reduction, batched_grad_copy : accepted, as PyTorch does
    broadcast_buffers : bool, default True
        Replace the buffers, such as the running statistics of `BatchNorm2d`, by those of rank 0 before each forward.
    init_sync : bool, default True
        Begin with the weights and buffers of rank 0, after a check that all ranks have the same model.
    process_group : ProcessGroup, optional
        By default all ranks.
    device_mesh : DeviceMesh, optional
        Of one dimension, instead of `process_group`.
    bucket_cap_mb : float, optional
        How many megabytes of gradients are sent together, by default 4; the first bucket is of 1 at most.
    find_unused_parameters : bool, default False
        Whether some parameters may get no gradient: such as those of a layer that not every rank uses in every step.
    gradient_as_bucket_view : bool, default False
        Whether a ``.grad`` that is there is replaced, instead of written into. A new one is never copied.
    static_graph : bool, default False
        Allow unused parameters, as PyTorch then does.

    Raises
    ------
    ValueError
        If there is no default group, or `device_ids` is given.
    RuntimeError
        If no parameter requires grad, or the ranks have different models: the message names the parameter. In backward,
        if a parameter gets no gradient, or a rank does not come in time.

    Examples
    --------
    >>> from minigrad import distributed as dist
    >>> dist.init_process_group()  # doctest: +SKIP
    >>> net = nn.parallel.DistributedDataParallel(nn.Linear(3, 2))  # doctest: +SKIP
    >>> net(mg.ones(4, 3)).sum().backward()  # doctest: +SKIP
    """

    module: Module

    def __init__(
        self,
        module: Module,
        device_ids: Sequence[Any] | None = None,
        output_device: Any = None,
        dim: int = 0,
        broadcast_buffers: bool | None = None,
        init_sync: bool = True,
        process_group: ProcessGroup | None = None,
        bucket_cap_mb: float | None = None,
        find_unused_parameters: bool = False,
        check_reduction: bool = False,
        gradient_as_bucket_view: bool = False,
        static_graph: bool = False,
        delay_all_reduce_named_params: Any = None,
        param_to_hook_all_reduce: Any = None,
        mixed_precision: Any = None,
        device_mesh: Any = None,
        skip_all_reduce_unused_params: bool = False,
        bucket_cap_mb_list: Sequence[float] | None = None,
        batched_grad_copy: bool = False,
        forward_sync_buffers: bool | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(module, Module):
            raise TypeError(f"DistributedDataParallel: expected a Module, got {type(module).__name__}")
        _must_be_none(device_ids=device_ids or None, output_device=output_device)
        _must_be_none(mixed_precision=mixed_precision, delay_all_reduce_named_params=delay_all_reduce_named_params)
        if device_mesh is not None and process_group is not None:
            raise RuntimeError("DistributedDataParallel: expected process_group or device_mesh, got both")
        process_group = process_group if device_mesh is None else device_mesh.get_group(0)
        group = the_group("DistributedDataParallel", process_group)
        if group is None:
            raise ValueError("DistributedDataParallel: this process is not in process_group")
        params = _trained(module)
        limit = BUCKET_MEGABYTES if bucket_cap_mb is None else bucket_cap_mb
        if not limit > 0:
            raise ValueError(f"DistributedDataParallel: expected a bucket_cap_mb above 0, got {bucket_cap_mb}")
        self.module, self.dim, self.device_ids, self.output_device = module, dim, None, None
        self.broadcast_buffers = broadcast_buffers is not False and forward_sync_buffers is not False
        self.find_unused_parameters, self.static_graph = find_unused_parameters, static_graph
        self.gradient_as_bucket_view = gradient_as_bucket_view
        self.require_backward_grad_sync = self.require_forward_param_sync = True
        self.bucket_bytes_cap = int(limit * MEGABYTE)
        self.process_group, self._joining = group, None
        own = self._agreed(init_sync)
        unused = find_unused_parameters or static_graph
        reducer = Reducer(params, own, self.bucket_bytes_cap, unused, gradient_as_bucket_view)
        object.__setattr__(self, "reducer", reducer)  # which is no part of the module's state

    def _agreed(self, init_sync: bool) -> ProcessGroup:
        """Begin with the weights of rank 0; return a channel of the group's ranks for nothing but this."""
        ignored = set(getattr(self.module, "_ddp_params_and_buffers_to_ignore", ()))
        params = [(name, p) for name, p in self.module.named_parameters() if name not in ignored]
        buffers = [(name, b) for name, b in self.module.named_buffers() if name not in ignored]
        if init_sync:
            compare(self.process_group, params, "DistributedDataParallel")
            compare(self.process_group, buffers, "DistributedDataParallel", "buffer")
        names = ("broadcast_buffers", "find_unused_parameters", "static_graph", "bucket_bytes_cap")
        options = ", ".join(f"{name}={getattr(self, name)}" for name in names)
        self.process_group.agree(f"DistributedDataParallel with {options}")
        own = self.process_group.own_copy("DistributedDataParallel")
        if init_sync:
            spread([t for _, t in params + buffers], own, 0, "DistributedDataParallel")
        return own

    process_group: ProcessGroup
    _joining: Joining | None
    reducer: Reducer

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """Compute what the module returns, for this rank's share of the batch."""
        syncing = mode.enabled and self.require_backward_grad_sync
        Join.notify_join_context(self)
        joining = None if self._join_config is None else self._joining
        if joining is not None:
            joining.take_turn(syncing)
        else:
            self.reducer.divisor = self.reducer.group.size()
        if self.require_forward_param_sync:
            self.sync_buffers(0 if joining is None else joining.source)
        self.require_forward_param_sync = syncing
        self.reducer.expecting |= syncing  # until the backward; a forward without one changes nothing
        return self.module(*inputs, **kwargs)

    def will_sync_module_buffers(self) -> bool:
        """Return whether the next forward begins with the buffers of rank 0."""
        return self.require_forward_param_sync and self.broadcast_buffers and any(True for _ in self.module.buffers())

    def sync_buffers(self, source: int) -> None:
        """Replace the buffers by those of a rank, if `broadcast_buffers` says so."""
        if self.broadcast_buffers:
            ignored = getattr(self.module, "_ddp_params_and_buffers_to_ignore", ())
            buffers = [b for name, b in self.module.named_buffers() if name not in ignored]
            spread(buffers, self.reducer.group, source, "DistributedDataParallel: buffers")

    @contextlib.contextmanager
    def no_sync(self) -> Iterator[None]:
        """Within this context, forward and backward only add up gradients, each rank its own.

        The first backward of a forward outside of it averages all that has been added up.

        Examples
        --------
        >>> with net.no_sync():  # doctest: +SKIP
        ...     net(first).sum().backward()
        >>> net(second).sum().backward()  # doctest: +SKIP
        """
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    def join(
        self, divide_by_initial_world_size: bool = True, enable: bool = True, throw_on_early_termination: bool = False
    ) -> Join:
        """Within this context, ranks may have different numbers of batches: those that are done wait for the others.

        Parameters
        ----------
        divide_by_initial_world_size : bool, default True
            Whether gradients are divided by the number of all ranks, or of those that still have batches.
        enable : bool, default True
        throw_on_early_termination : bool, default False
            Raise RuntimeError on all ranks when the first is done.

        Examples
        --------
        >>> with net.join():  # doctest: +SKIP
        ...     for batch in batches_of_this_rank:
        ...         net(batch).sum().backward()
        """
        options = {"divide_by_initial_world_size": divide_by_initial_world_size}
        return Join([self], enable, throw_on_early_termination, **options)

    def join_hook(self, **kwargs: Any) -> JoinHook:
        """Return the hook by which a `Join` takes part in forward and backward of the other ranks."""
        self._joining = Joining(self, kwargs.get("divide_by_initial_world_size", True))
        return self._joining

    @property
    def join_device(self) -> Any:
        """The device of the parameters."""
        return device("cpu")

    @property
    def join_process_group(self) -> ProcessGroup:
        """The group of the ranks."""
        return self.process_group

    def register_comm_hook(self, state: object, hook: Callable[[Any, GradBucket], Any]) -> None:
        """Send the gradients by ``hook(state, bucket)``, which returns a future of their mean, one vector.

        Raises
        ------
        TypeError
            If `hook` can't be called.
        RuntimeError
            If there is a hook.

        Examples
        --------
        >>> def halved(state, bucket):  # doctest: +SKIP
        ...     sent = bucket.buffer().half()
        ...     work = dist.all_reduce(sent, dist.ReduceOp.AVG, async_op=True)
        ...     return work.get_future().then(lambda future: future.value()[0].float())
        >>> net.register_comm_hook(None, halved)  # doctest: +SKIP
        """
        if not callable(hook):
            raise TypeError(f"register_comm_hook: expected a function as hook, got {type(hook).__name__}")
        if self.reducer.hook is not None:
            raise RuntimeError("register_comm_hook: there is a hook, and there can be one only")
        self.reducer.hook = (state, hook)

    def check_same_weights(self) -> None:
        """Raise where a parameter has other bits on some rank than on the first; all ranks call it.

        Each rank sends four bytes for each parameter.

        Raises
        ------
        RuntimeError
            On all ranks; the message names the parameter and the ranks.

        Examples
        --------
        >>> net.check_same_weights()  # doctest: +SKIP
        """
        named = list(self.module.named_parameters())
        mine = np.array([zlib.crc32(p._data.tobytes()) for _, p in named], np.uint32)
        every = np.empty((self.process_group.size(), len(named)), np.uint32)
        all_gather_into_tensor(Tensor._wrap(every), Tensor._wrap(mine), self.process_group)
        for (name, _), column in zip(named, every.T, strict=True):
            if others := [rank for rank, c in zip(self.process_group.ranks, column, strict=True) if c != column[0]]:
                raise DistBackendError(
                    f"check_same_weights: {name} has other bits on {ranks(others)} than on the first"
                )

    def __getstate__(self) -> dict[str, Any]:
        raise RuntimeError("DistributedDataParallel: it belongs to processes that run; copy or save its .module")


def _must_be_none(**options: Any) -> None:
    for name, value in options.items():
        if value is not None:
            raise ValueError(f"DistributedDataParallel: {name} is for GPUs; leave it out")


def _trained(module: Module) -> list[tuple[str, Parameter]]:
    """Return the parameters that require grad, or raise if there are none, or one has no shape yet."""
    ignored = set(getattr(module, "_ddp_params_and_buffers_to_ignore", ()))
    named = [(name, p) for name, p in module.named_parameters() if name not in ignored]
    if lazy := [name for name, p in named if isinstance(p, Uninitialized)]:
        raise RuntimeError(
            f"DistributedDataParallel: {', '.join(lazy)} has no shape; call the module once, with a small batch, first"
        )
    trained = [(name, p) for name, p in named if p._requires_grad]
    if not trained:
        raise RuntimeError("DistributedDataParallel: no parameter of the module requires grad; use the module itself")
    return trained
