"""Known nets for images, with torchvision's names of layers and weights.

Weights that are published for torchvision load by ``net.load_state_dict(mg.load("resnet18.pth"))``. Nothing is
downloaded.
"""

from minigrad.lazy_names import lazy_names

_HOMES = {
    "alexnet": "AlexNet alexnet",
    "vgg": "VGG vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn",
    "resnet": (
        "BasicBlock Bottleneck ResNet resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d "
        "resnext101_32x8d wide_resnet50_2 wide_resnet101_2"
    ),
    "squeezenet": "SqueezeNet squeezenet1_0 squeezenet1_1",
    "mobilenetv2": "MobileNetV2 mobilenet_v2",
    "registry": (
        "AlexNet_Weights MobileNet_V2_Weights ResNeXt101_32X8D_Weights ResNeXt50_32X4D_Weights ResNet101_Weights "
        "ResNet152_Weights ResNet18_Weights ResNet34_Weights ResNet50_Weights SqueezeNet1_0_Weights "
        "SqueezeNet1_1_Weights VGG11_BN_Weights VGG11_Weights VGG13_BN_Weights VGG13_Weights VGG16_BN_Weights "
        "VGG16_Weights VGG19_BN_Weights VGG19_Weights WeightsEnum Wide_ResNet101_2_Weights Wide_ResNet50_2_Weights "
        "get_model get_model_builder get_model_weights get_weight list_models"
    ),
}
_lazy = lazy_names(__name__, globals(), _HOMES, by_name=True)
__all__ = _lazy.names
__getattr__, __dir__ = _lazy.getattr, _lazy.dir
