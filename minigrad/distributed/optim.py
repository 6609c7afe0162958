"""Optimizers of many processes: `ZeroRedundancyOptimizer` spreads what an optimizer remembers over the ranks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from minigrad.autograd import enable_grad
from minigrad.core.device import device
from minigrad.core.tensor import Tensor
from minigrad.distributed.algorithms.join import Join, Joinable, JoinHook
from minigrad.distributed.collectives import root
from minigrad.distributed.groups import the_group
from minigrad.distributed.models import Spreading, compare
from minigrad.distributed.objects import gather_object
from minigrad.optim.optimizer import Optimizer

__all__ = ["ZeroRedundancyOptimizer"]


class _Stepping(JoinHook):
    """Steps of a rank that has no more batches: it updates its parameters by the gradients of the others."""

    def __init__(self, optimizer: ZeroRedundancyOptimizer) -> None:
        self.optimizer = optimizer

    def main_hook(self) -> None:
        self.optimizer.step()


class ZeroRedundancyOptimizer(Optimizer, Joinable):
    """An optimizer of which each rank keeps a part of the state: it updates some of the parameters, and sends them.

    A step does the same as that of `optimizer_class` on each rank, with gradients that are the same on all, as
    `nn.parallel.DistributedDataParallel` gives them. Large parameters are dealt out first, each to the rank that has
    least.

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        As of any `Optimizer`.
    optimizer_class : class of Optimizer
    process_group : ProcessGroup, optional
        By default all ranks.
    parameters_as_bucket_view : accepted, as PyTorch does
    overlap_with_ddp : must be False
    **defaults : options of `optimizer_class`

    Raises
    ------
    ValueError
        If there is no default group.
    RuntimeError
        If the ranks have different parameters.

    References
    ----------
    S. Rajbhandari, J. Rasley, O. Ruwase, Y. He, ZeRO: memory optimizations toward training trillion parameter models,
    2020.

    Examples
    --------
    >>> from minigrad.distributed.optim import ZeroRedundancyOptimizer
    >>> optimizer = ZeroRedundancyOptimizer(net.parameters(), optim.Adam, lr=1e-3)  # doctest: +SKIP
    """

    def __init__(
        self,
        params: Iterable[Any],
        optimizer_class: type[Optimizer],
        process_group: Any = None,
        parameters_as_bucket_view: bool = False,
        overlap_with_ddp: bool = False,
        **defaults: Any,
    ) -> None:
        if overlap_with_ddp:
            raise ValueError("ZeroRedundancyOptimizer: overlap_with_ddp=True is not supported; leave it out")
        group = the_group("ZeroRedundancyOptimizer", process_group)
        if group is None:
            raise ValueError("ZeroRedundancyOptimizer: this process is not in process_group")
        # It knows all parameters and their options, but keeps a state only of those that it is made to update.
        self.optim = optimizer_class(params, **defaults)
        super().__init__(self.optim.param_groups, self.optim.defaults)
        self.optim.param_groups, self.optim.state = self.param_groups, self.state
        compare(group, [(str(i), p) for i, p in enumerate(self._params())], "ZeroRedundancyOptimizer")
        self.process_group = group
        self._own = group.own_copy("ZeroRedundancyOptimizer")
        self._consolidated: dict[str, Any] | None = None

    def _params(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def _parts(self) -> list[list[Tensor]]:
        """Return for each rank the parameters that it updates."""
        parts: list[list[Tensor]] = [[] for _ in range(self.process_group.size())]
        load = [0] * len(parts)
        for p in sorted(self._params(), key=lambda p: -p._data.size):
            least = load.index(min(load))
            parts[least].append(p)
            load[least] += p._data.size
        return parts

    def step(self, closure: Callable[[], Any] | None = None, **kwargs: Any) -> Any:
        """Update this rank's parameters, and take those of the others from them."""
        Join.notify_join_context(self)
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        parts, rank = self._parts(), self.process_group.rank()
        others = [p for i, part in enumerate(parts) if i != rank for p in part]
        gradients = [p._grad for p in others]
        try:
            for p in others:
                p._grad = None  # it is left out of the step then
            self.optim.step(**kwargs)
        finally:
            for p, gradient in zip(others, gradients, strict=True):
                p._grad = gradient
        who = "ZeroRedundancyOptimizer.step"
        for spreading in [Spreading(part, self._own, i, who) for i, part in enumerate(parts)]:
            spreading.wait()
        return loss

    def join_hook(self, **kwargs: Any) -> JoinHook:
        """Return the hook by which a `Join` takes part in the steps of the other ranks."""
        return _Stepping(self)

    @property
    def join_device(self) -> Any:
        """The device of the parameters."""
        return device("cpu")

    @property
    def join_process_group(self) -> Any:
        """The group of the ranks."""
        return self.process_group

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimize more parameters, as of any `Optimizer`; all ranks call it."""
        super().add_param_group(param_group)

    def consolidate_state_dict(self, to: int = 0) -> None:
        """Bring the state of all ranks to one, whose `state_dict` gives it then; all ranks call it."""
        mine = self._numbered(self.optim.state_dict()["state"])
        here = root("consolidate_state_dict", "to", self.process_group, to, None) == self.process_group.rank()
        found: list[Any] = [None] * self.process_group.size() if here else []
        gather_object(mine, found or None, dst=to, group=self.process_group)
        self._consolidated = {key: values for part in found for key, values in part.items()} if here else None

    def _numbered(self, state: Mapping[Any, Any]) -> dict[Any, Any]:
        """Return the state as the other ranks can take it: tensors as arrays."""
        return {
            key: {name: v.numpy(force=True) if isinstance(v, Tensor) else v for name, v in values.items()}
            for key, values in state.items()
        }

    def state_dict(self) -> dict[str, Any]:
        """Return the state of all ranks, in the format of `optimizer_class`.

        Raises
        ------
        RuntimeError
            Unless `consolidate_state_dict` has just brought it to this rank.
        """
        if self._consolidated is None:
            raise RuntimeError(
                f"ZeroRedundancyOptimizer: the state is spread over the ranks; call consolidate_state_dict(to="
                f"{self.process_group.world_rank}) on all ranks first"
            )
        state = {
            key: {name: Tensor._wrap(v) if hasattr(v, "shape") else v for name, v in values.items()}
            for key, values in sorted(self._consolidated.items())
        }
        return {"state": state, "param_groups": self.optim.state_dict()["param_groups"]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state of all ranks, as `state_dict` gives it or `optimizer_class` alone; all ranks call it."""
        self.optim.load_state_dict(state_dict)
        mine = {id(p) for p in self._parts()[self.process_group.rank()]}
        for p in [p for p in self.optim.state if isinstance(p, Tensor) and id(p) not in mine]:
            del self.optim.state[p]
        self.param_groups, self.state = self.optim.param_groups, self.optim.state
        self._consolidated = None
