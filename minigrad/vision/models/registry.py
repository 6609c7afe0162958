"""Known nets by their names, and the names of the weights that are published for them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, NoReturn

from minigrad.nn import Module
from minigrad.vision.models.alexnet import alexnet
from minigrad.vision.models.mobilenetv2 import mobilenet_v2
from minigrad.vision.models.resnet import (
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50_32x4d,
    resnext101_32x8d,
    wide_resnet50_2,
    wide_resnet101_2,
)
from minigrad.vision.models.squeezenet import squeezenet1_0, squeezenet1_1
from minigrad.vision.models.vgg import vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from minigrad.vision.transforms import CenterCrop, Compose, Normalize, Resize
from minigrad.vision.transforms.v2 import ToDtype, ToImage

Builder = Callable[..., Module]
_BUILDERS: dict[str, Builder] = {
    builder.__name__: builder
    for builder in (
        alexnet, mobilenet_v2, resnet101, resnet152, resnet18, resnet34, resnet50, resnext101_32x8d, resnext50_32x4d,
        squeezenet1_0, squeezenet1_1, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn,
        wide_resnet101_2, wide_resnet50_2,
    )
}  # fmt: skip


class Preset(NamedTuple):
    """How images were prepared for weights."""

    resize: int
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)


class WeightsEnum(enum.Enum):
    """The names of published weights of one net; nothing is downloaded.

    Where a net is given one of them, it says how to load a file. They know how images were prepared for them.

    Examples
    --------
    >>> from minigrad.vision.models import ResNet50_Weights
    >>> ResNet50_Weights.DEFAULT
    <ResNet50_Weights.IMAGENET1K_V2>
    >>> ResNet50_Weights.DEFAULT.transforms()(np.zeros((300, 400, 3), np.uint8)).shape
    Size([3, 224, 224])
    """

    def transforms(self) -> Compose:
        """Return the transform that makes an input of an image."""
        _, preset = self.value
        convert = ToDtype("float32", scale=True), Normalize(preset.mean, preset.std)
        return Compose([Resize(preset.resize), CenterCrop(224), ToImage(), *convert])

    def get_state_dict(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise RuntimeError: nothing is downloaded."""
        raise RuntimeError(f"{self}: nothing is downloaded here; load a file of weights, minigrad.load('file.pth')")

    def __repr__(self) -> str:
        return f"<{self}>"


_FEATURES = Preset(256, (0.48235, 0.45882, 0.40784), (1 / 255,) * 3)  # of VGG16 before it was trained as a classifier
_WITH_SECOND = "ResNet50 ResNet101 ResNet152 ResNeXt50_32X4D ResNeXt101_32X8D Wide_ResNet50_2 Wide_ResNet101_2"
_SECOND = dict.fromkeys([*_WITH_SECOND.split(), "MobileNet_V2"], Preset(232))
_NETS = (
    "AlexNet VGG11 VGG11_BN VGG13 VGG13_BN VGG16 VGG16_BN VGG19 VGG19_BN ResNet18 ResNet34 SqueezeNet1_0 SqueezeNet1_1 "
    f"MobileNet_V2 {_WITH_SECOND}"
).split()


def _weights_of(net: str) -> type[WeightsEnum]:
    presets = {"IMAGENET1K_V1": Preset(256)} | ({"IMAGENET1K_V2": _SECOND[net]} if net in _SECOND else {})
    members = {name: (name, preset) for name, preset in presets.items()}
    members["DEFAULT"] = list(members.values())[-1]
    if net == "VGG16":
        members["IMAGENET1K_FEATURES"] = ("IMAGENET1K_FEATURES", _FEATURES)
    made: Any = WeightsEnum(f"{net}_Weights", members, module=__name__)  # type: ignore[call-arg]
    made.__doc__ = f"The names of the published weights of {net}; see :class:`WeightsEnum`."
    return made


_WEIGHTS = {net.lower(): _weights_of(net) for net in _NETS}
globals().update({kind.__name__: kind for kind in _WEIGHTS.values()})


def list_models(
    module: Any = None, include: str | Iterable[str] | None = None, exclude: str | Iterable[str] | None = None
) -> list[str]:
    """Return the names of the nets that `get_model` makes, in order.

    Parameters
    ----------
    module : module, optional
        Only those that it defines, such as ``models.resnet``.
    include, exclude : str or several, optional
        Patterns of names, in which a star stands for anything.

    Examples
    --------
    >>> from minigrad.vision.models import list_models
    >>> list_models(include="res*", exclude=["*50*", "resnext*"])
    ['resnet101', 'resnet152', 'resnet18', 'resnet34']
    """

    def fits(name: str, patterns: str | Iterable[str]) -> bool:
        return any(fnmatchcase(name, p) for p in ([patterns] if isinstance(patterns, str) else patterns))

    names = [name for name in _BUILDERS if module is None or getattr(module, name, None) is not None]
    names = [name for name in names if include is None or fits(name, include)]
    return sorted(name for name in names if exclude is None or not fits(name, exclude))


def get_model_builder(name: str) -> Builder:
    """Return the function that makes the net of this name.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> from minigrad.vision.models import get_model_builder
    >>> get_model_builder("resnet18").__name__
    'resnet18'
    """
    if name.lower() not in _BUILDERS:
        raise ValueError(f"get_model: expected one of {', '.join(_BUILDERS)}, got {name!r}")
    return _BUILDERS[name.lower()]


def get_model(name: str, **config: Any) -> Module:
    """Return the net of this name.

    Parameters
    ----------
    name : str, one of `list_models`
    **config : what the function of that name takes

    Raises
    ------
    ValueError
        If there is none of this name, or weights are asked for.

    Examples
    --------
    >>> from minigrad.vision.models import get_model
    >>> get_model("squeezenet1_1", num_classes=10).num_classes
    10
    """
    return get_model_builder(name)(**config)


def get_weight(name: str) -> WeightsEnum:
    """Return published weights by their name.

    Raises
    ------
    ValueError
        If there are none.

    Examples
    --------
    >>> from minigrad.vision.models import get_weight
    >>> get_weight("ResNet18_Weights.IMAGENET1K_V1")
    <ResNet18_Weights.IMAGENET1K_V1>
    """
    kind, _, member = name.partition(".")
    for weights in _WEIGHTS.values():
        if weights.__name__ == kind and member in weights.__members__:
            return weights[member]
    raise ValueError(f"get_weight: expected a name such as 'ResNet18_Weights.DEFAULT', got {name!r}")


def get_model_weights(name: str | Builder) -> type[WeightsEnum]:
    """Return the names of the published weights of a net.

    Parameters
    ----------
    name : the net's name, or the function of that name

    Examples
    --------
    >>> from minigrad.vision.models import get_model_weights
    >>> list(get_model_weights("vgg11"))
    [<VGG11_Weights.IMAGENET1K_V1>]
    """
    return _WEIGHTS[get_model_builder(name if isinstance(name, str) else name.__name__).__name__]
