"""The benchmark's cases as data: the parent process chooses from them, a worker of each library runs them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any, NamedTuple


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
        return "/".join(self.name.split("/")[:2])


GROUPS = {
    "training": "Training step",
    "parallel": "Training step with the model in nn.DataParallel (PyTorch's does nothing on a CPU)",
    "inference": "Inference",
    "operation": "Single operations",
    "loading": "Data loading: the time of an epoch by that of its steps alone",
    "overhead": "Overhead, on 8x8 numbers",
    "start": "Start",
    "memory": "Peak resident memory of the process, after some steps",
    "batch": "Training step by batch size",
    "image": "Training step by image size",
}

# input, weight, options
CONVOLUTIONS: list[tuple[str, list[int], list[int], dict[str, Any]]] = [
    ("1x1x28x28-6@5", [1, 1, 28, 28], [6, 1, 5, 5], {"padding": 2}),
    ("128x1x28x28-6@5", [128, 1, 28, 28], [6, 1, 5, 5], {"padding": 2}),
    ("128x6x14x14-16@5", [128, 6, 14, 14], [16, 6, 5, 5], {}),
    ("64x3x32x32-16@5", [64, 3, 32, 32], [16, 3, 5, 5], {}),
    ("64x16x28x28-16@5", [64, 16, 28, 28], [16, 16, 5, 5], {}),
    ("64x32x32x32-32@3", [64, 32, 32, 32], [32, 32, 3, 3], {"padding": 1}),
    ("64x64x16x16-64@3", [64, 64, 16, 16], [64, 64, 3, 3], {"padding": 1}),
    ("8x64x56x56-64@3", [8, 64, 56, 56], [64, 64, 3, 3], {"padding": 1}),
    ("32x32x32x32-64@3-stride2", [32, 32, 32, 32], [64, 32, 3, 3], {"padding": 1, "stride": 2}),
    ("32x128x14x14-256@1", [32, 128, 14, 14], [256, 128, 1, 1], {}),
    ("32x64x28x28-64@3-depthwise", [32, 64, 28, 28], [64, 1, 3, 3], {"padding": 1, "groups": 64}),
]
OTHERS: list[tuple[str, str, list[list[int]], dict[str, Any]]] = [
    ("max_pool2d", "128x6x28x28-2", [[128, 6, 28, 28]], {"kernel_size": 2}),
    ("max_pool2d", "64x64x16x16-2", [[64, 64, 16, 16]], {"kernel_size": 2}),
    ("max_pool2d", "32x64x28x28-3-stride2", [[32, 64, 28, 28]], {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("avg_pool2d", "128x6x28x28-2", [[128, 6, 28, 28]], {"kernel_size": 2}),
    ("matmul", "128x784-784x256", [[128, 784], [784, 256]], {}),
    ("matmul", "1024x1024-1024x1024", [[1024, 1024], [1024, 1024]], {}),
    ("matmul", "32x64x64-32x64x64", [[32, 64, 64], [32, 64, 64]], {}),
    ("softmax", "128x10", [[128, 10]], {}),
    ("softmax", "4096x1000", [[4096, 1000]], {}),
    ("relu", "128x6x28x28", [[128, 6, 28, 28]], {}),
    ("relu", "64x32x32x32", [[64, 32, 32, 32]], {}),
    ("tanh", "128x6x28x28", [[128, 6, 28, 28]], {}),
    ("batch_norm", "32x32x32x32", [[32, 32, 32, 32], [32], [32]], {}),
]
BATCHES, SIZES = (1, 4, 16, 64, 256), (16, 32, 64, 128)


def _operations() -> Iterator[Case]:
    named = [("conv2d", name, [x, w, [w[0]]], options) for name, x, w, options in CONVOLUTIONS]
    for operation, name, shapes, options in named + OTHERS:
        for direction in ("forward", "backward"):
            arguments = {"name": operation, "shapes": shapes, "options": options, "backward": direction == "backward"}
            yield Case(f"operation/{operation}/{name}/{direction}", "operation", arguments)


def _net(group: str, kind: str, net: str, batch: int, **more: Any) -> Case:
    last = more.get("image_size", batch)
    return Case(f"{group}/{net}/{last}", kind, {"net": net, "batch": batch, **more})


TRAINED = (
    ("lenet5-tanh", 128), ("lenet-relu", 128), ("cifar", 8), ("cifar", 64), ("vgg", 64), ("residual", 32),
    ("mlp-784-256-128-10", 128), ("mlp-2-16-16-2", 32),
)  # fmt: skip
CASES = [
    *[_net("training", "training", net, batch) for net, batch in TRAINED],
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
