"""The benchmark's cases as data: the parent process chooses from them, a worker of each library runs them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any, NamedTuple

from .operations import DIFFERENTIABLE, OPERATIONS


class Case(NamedTuple):
    """A name such as ``training/vgg/64``, the kind of work, and its arguments. Workers are new for each `family`.

    It is measured with `least_threads` or more.
    """

    name: str
    kind: str
    arguments: dict[str, Any]
    unit: str = "seconds"  # or "bytes", or "ratio": what the work returns
    least_threads: int = 1

    @property
    def group(self) -> str:
        return self.name.split("/")[0]

    @property
    def family(self) -> str:
        alone = self.kind not in ("operation", "shared", "all_reduce")
        return "/".join(self.name.split("/")[:2]) if alone else self.group


GROUPS = {
    "training": "Training step",
    "parallel": "Training step with the model in nn.DataParallel (PyTorch's does nothing on a CPU)",
    "inference": "Inference",
    "operations": "Single operations, of float32; 1000 x 1000 where the name says nothing else",
    "loading": "Data loading: the time of an epoch by that of its steps alone",
    "overhead": "Overhead, on 8x8 numbers",
    "start": "Start",
    "memory": "Peak resident memory of the process, after some steps",
    "distributed": "Training step: a process for each core, which share the batch; PyTorch: a thread for each",
    "distributed weak": "Training step: a process for each core, a batch of this size each; PyTorch: a thread for each",
    "distributed overlap": "Training step: a process for each core; gradients go during backward, at its end, or never",
    "distributed all_reduce": "all_reduce: a process for each core, and two",
    "distributed step": "Training step on one core",
    "batch": "Training step by batch size",
    "image": "Training step by image size",
}

BATCHES, SIZES = (1, 4, 16, 64, 256), (16, 32, 64, 128)


def _operations() -> Iterator[Case]:
    for name in OPERATIONS:
        yield Case(f"operations/{name}/forward", "operation", {"name": name, "backward": False})
        if name in DIFFERENTIABLE:
            yield Case(f"operations/{name}/with backward", "operation", {"name": name, "backward": True})


def _net(group: str, kind: str, net: str, batch: int, **more: Any) -> Case:
    last = more.get("image_size", batch)
    return Case(f"{group}/{net}/{last}", kind, {"net": net, "batch": batch, **more})


TRAINED = (
    ("lenet5-tanh", 128), ("lenet-relu", 128), ("cifar", 8), ("cifar", 64), ("vgg", 64), ("residual", 32),
    ("mlp-784-256-128-10", 128), ("mlp-2-16-16-2", 32),
)  # fmt: skip
SEQUENCES: dict[str, tuple[str, dict[str, Any]]] = {
    "gpt-tiny/16": ("gpt", {"blocks": 2, "features": 64, "heads": 4, "batch": 16, "positions": 64}),
    "gpt-small/16": ("gpt", {"blocks": 4, "features": 192, "heads": 6, "batch": 16, "positions": 64}),
    **{
        f"{kind.lower()}-{features}-{hidden}/32": (
            "recurrent",
            {"kind": kind, "features": features, "hidden": hidden, "batch": 32, "steps": 40},
        )
        for kind in ("LSTM", "GRU")
        for features, hidden in ((64, 64), (64, 128), (128, 128))
    },
}
SHARED = (("lenet-relu", 128), ("cifar", 64), ("vgg", 64), ("residual", 32))
PREDICTED = {"lenet-relu": "LeNet", "vgg": "VGG", "resnet9": "ResNet-9"}
FEW, MANY = 4, 64  # images: steps with so many say what a step takes with any number
KILOBYTES = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536)


def _shared(group: str, net: str, batch: int, **more: Any) -> Case:
    return Case(f"{group}/{net}/{batch}", "shared", {"net": net, "batch": batch, **more}, least_threads=2)


DISTRIBUTED = [
    *[_shared("distributed", net, batch) for net, batch in SHARED],
    *[_shared("distributed weak", net, batch, weak=True) for net, batch in SHARED],
    *[_shared("distributed overlap", net, MANY, weak=True) for net in PREDICTED],
    *[
        Case(f"distributed all_reduce/{size} KB", "all_reduce", {"size": 1024 * size}, least_threads=2)
        for size in KILOBYTES
    ],
    *[_shared("distributed step", net, batch) for net in PREDICTED for batch in (FEW, MANY)],
]
CASES = [
    *[_net("training", "training", net, batch) for net, batch in TRAINED],
    *[Case(f"training/{name}", *rest) for name, rest in SEQUENCES.items()],
    *[
        _net("parallel", "data_parallel", net, batch)._replace(least_threads=2)
        for net, batch in TRAINED[:6]
    ],
    *[_net("inference", "inference", "lenet-relu", batch) for batch in (1, 128)],
    *_operations(),
    *[
        Case(f"loading/{net}/{batch}{name}", "loading", {"net": net, "batch": batch, **more}, "ratio")
        for net, batch in (("lenet5-tanh", 128), ("cifar", 64))
        for name, more in (("", {}), (", batched transform", {"transform": True}), (", 2 workers", {"workers": 2}))
    ],
    Case("overhead/8x8/a*b", "overhead", {"what": "forward"}),
    Case("overhead/8x8/a*b recorded", "overhead", {"what": "recorded"}),
    Case("overhead/8x8/(a*a).sum().backward()", "overhead", {"what": "square_sum"}),
    Case("start/import", "import", {}),
    *[
        _net("memory", "training", net, batch)._replace(unit="bytes")
        for net, batch in (("lenet5-tanh", 128), ("vgg", 64))
    ],
    Case("memory/gpt-small/16", *SEQUENCES["gpt-small/16"], "bytes"),
    *DISTRIBUTED,
    *[_net("batch", "training", "lenet5-tanh", batch) for batch in BATCHES],
    *[_net("image", "training", "cifar", 8, image_size=size) for size in SIZES],
]  # fmt: skip


def chosen(patterns: list[str]) -> list[Case]:
    """Return the cases whose names contain one of the patterns, or match it with ``*`` and ``?``; all if there is none.

    Raises
    ------
    ValueError
        For a pattern that fits no case.
    """
    for pattern in patterns:
        if not any(_fits(case, pattern) for case in CASES):
            raise ValueError(f"no case is called {pattern!r}; --list shows their names")
    return [case for case in CASES if not patterns or any(_fits(case, pattern) for pattern in patterns)]


def _fits(case: Case, pattern: str) -> bool:
    return pattern in case.name or fnmatch(case.name, pattern)
