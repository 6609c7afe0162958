"""The weights of known nets: where they do not come from, and how they begin."""

from __future__ import annotations

from minigrad import nn


def refuse_weights(name: str, weights: object, pretrained: object = None) -> None:
    """Raise ValueError where trained weights are asked for, and say how to get them."""
    if weights or pretrained:
        raise ValueError(
            f"{name}: expected weights=None, got {weights or pretrained!r}; nothing is downloaded here: make the "
            "net and load a file of weights, net.load_state_dict(mg.load('file.pth'))"
        )


def start(net: nn.Module, linear_std: float | None) -> None:
    """Draw the weights of convolutions as K. He et al. do, those of linear layers normally where a width is given."""
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(layer, (nn.BatchNorm2d, nn.GroupNorm)):
            if layer.weight is not None:
                nn.init.ones_(layer.weight)
        elif isinstance(layer, nn.Linear) and linear_std is not None:
            nn.init.normal_(layer.weight, 0, linear_std)
        else:
            continue
        if layer.bias is not None and (linear_std is not None or not isinstance(layer, nn.Linear)):
            nn.init.zeros_(layer.bias)
