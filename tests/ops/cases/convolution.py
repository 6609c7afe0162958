"""conv1d, conv2d, conv3d and their transposes."""

from __future__ import annotations

from typing import Any

from tests.ops.case import Case, case, normal


def conv(name: str, x: tuple[int, ...], w: tuple[int, ...], bias: int = 0, **options: Any) -> Case:
    """One call of the function that `name` starts with."""
    function = name.split()[0]
    inputs = [normal(*x), normal(*w)] + ([normal(bias)] if bias else [])
    return case(name, lambda m, *tensors: getattr(m.nn.functional, function)(*tensors, **options), *inputs)


def squared(name: str, *shapes: Any, **options: Any) -> Case:
    """The same, squared: its gradients depend on the inputs, so that the gradients' rules are tried as well."""
    plain = conv(name, *shapes, **options)
    return case(f"{name} squared", lambda m, *tensors: plain.function(m, *tensors) ** 2, *plain.inputs)


CASES = [
    conv("conv2d", (2, 3, 5, 4), (4, 3, 3, 2), 4),
    conv("conv2d without bias", (2, 2, 4, 4), (3, 2, 3, 3)),
    conv("conv2d pointwise", (2, 3, 4, 3), (2, 3, 1, 1), 2),
    conv("conv2d stride", (2, 2, 7, 6), (3, 2, 3, 2), 3, stride=(2, 3)),
    conv("conv2d padding", (2, 2, 4, 3), (2, 2, 3, 3), 2, padding=(1, 2)),
    conv("conv2d same", (2, 2, 4, 5), (2, 2, 3, 5), padding="same"),
    conv("conv2d same dilation", (1, 2, 5, 5), (2, 2, 3, 2), padding="same", dilation=(1, 2)),
    conv("conv2d valid", (1, 2, 4, 4), (2, 2, 3, 3), padding="valid"),
    conv("conv2d dilation", (2, 2, 7, 6), (2, 2, 3, 2), 2, dilation=(2, 3), padding=1),
    conv("conv2d stride and rest", (2, 2, 8, 6), (2, 2, 3, 3), stride=2, padding=1, dilation=2),
    conv("conv2d groups", (2, 4, 5, 4), (6, 2, 3, 3), 6, groups=2, padding=1),
    conv("conv2d depthwise", (2, 3, 5, 4), (6, 1, 3, 3), 6, groups=3, stride=2),
    conv("conv2d unbatched", (2, 5, 4), (3, 2, 3, 3), 3),
    conv("conv1d", (2, 3, 7), (4, 3, 3), 4, stride=2, padding=1),
    conv("conv1d same", (2, 2, 6), (2, 2, 3), padding="same"),
    conv("conv1d unbatched", (2, 7), (2, 1, 3), dilation=2, groups=2),
    conv("conv3d", (1, 2, 4, 3, 4), (2, 2, 2, 2, 3), 2, stride=(2, 1, 1), padding=(0, 1, 1)),
    conv("conv3d groups", (1, 2, 3, 3, 3), (2, 1, 2, 2, 2), groups=2, dilation=(2, 1, 1)),
    conv("conv_transpose2d", (2, 3, 3, 4), (3, 2, 3, 2), 2),
    conv("conv_transpose2d stride", (2, 2, 3, 3), (2, 3, 3, 3), 3, stride=(2, 3), padding=1, output_padding=(1, 2)),
    conv("conv_transpose2d output_padding", (1, 2, 3, 3), (2, 2, 2, 2), dilation=(3, 2), output_padding=(2, 1)),
    conv("conv_transpose2d no padding", (1, 2, 3, 3), (2, 2, 2, 2), stride=2, output_padding=1),
    conv("conv_transpose2d groups", (2, 4, 3, 3), (4, 3, 3, 3), 6, groups=2, stride=2, padding=1),
    conv("conv_transpose2d unbatched", (2, 3, 3), (2, 2, 2, 2), 2),
    conv("conv_transpose1d", (2, 2, 4), (2, 3, 3), 3, stride=2, output_padding=1),
    conv("conv_transpose3d", (1, 2, 2, 3, 2), (2, 1, 2, 2, 2), 1, stride=(1, 2, 1)),
    squared("conv2d", (2, 2, 5, 4), (4, 1, 3, 2), 4, groups=2, stride=2, padding=1),
    squared("conv_transpose2d", (2, 2, 3, 2), (2, 3, 3, 2), 3, stride=2, padding=1, output_padding=1),
]
