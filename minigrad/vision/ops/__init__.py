"""Boxes in images, pooling of regions, and the blocks that known nets consist of: torchvision.ops, as far as small."""

from minigrad.lazy_names import lazy_names

_HOMES = {
    "boxes": (
        "batched_nms box_area box_convert box_iou clip_boxes_to_image complete_box_iou distance_box_iou "
        "generalized_box_iou masks_to_boxes nms remove_small_boxes"
    ),
    "regions": "RoIAlign RoIPool roi_align roi_pool",
    "misc": (
        "Conv2dNormActivation Conv3dNormActivation FrozenBatchNorm2d MLP Permute SqueezeExcitation StochasticDepth "
        "stochastic_depth"
    ),
    "box_loss": "complete_box_iou_loss distance_box_iou_loss generalized_box_iou_loss sigmoid_focal_loss",
}
_lazy = lazy_names(__name__, globals(), _HOMES)
__all__ = _lazy.names
__getattr__, __dir__ = _lazy.getattr, _lazy.dir
