"""Losses of detectors: of boxes, and of classes of which nearly all are background."""

from __future__ import annotations

import minigrad.nn.functional as F
from minigrad import Tensor
from minigrad.vision.ops.boxes import center_distance, enclosing, intersection_and_union, shape_difference


def _reduced(name: str, loss: Tensor, reduction: str) -> Tensor:
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    if reduction == "mean":
        return loss.mean() if loss.numel() else 0.0 * loss.sum()
    raise ValueError(f'{name}: expected reduction "none", "mean" or "sum", got {reduction!r}')


def sigmoid_focal_loss(
    inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Tensor:
    """Return the binary cross entropy of logits, times ``alpha_t * (1 - p_t)**gamma``, p_t the target's probability.

    Parameters
    ----------
    inputs, targets : Tensor of any one shape, floating
    alpha : float, default 0.25
        The weight of targets 1, that of 0 is ``1 - alpha``; no weights where it is below 0.
    gamma : float, default 2
    reduction : {'none', 'mean', 'sum'}

    References
    ----------
    T.-Y. Lin et al., Focal Loss for Dense Object Detection, 2017.

    Examples
    --------
    >>> from minigrad.vision.ops import sigmoid_focal_loss
    >>> sigmoid_focal_loss(mg.tensor([0.0]), mg.tensor([1.0]))
    tensor([0.0433])
    """
    if not (0 <= alpha <= 1) and alpha != -1:
        raise ValueError(f"sigmoid_focal_loss: expected alpha from 0 to 1, or -1 to ignore it, got {alpha}")
    p = inputs.sigmoid()
    entropy = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    right = p * targets + (1 - p) * (1 - targets)
    loss = entropy * (1 - right) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return _reduced("sigmoid_focal_loss", loss, reduction)


def generalized_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """Return 1 less the generalized intersection over union of boxes (..., 4) one by one.

    Examples
    --------
    >>> from minigrad.vision.ops import generalized_box_iou_loss
    >>> generalized_box_iou_loss(mg.tensor([[0.0, 0.0, 1.0, 1.0]]), mg.tensor([[3.0, 0.0, 4.0, 1.0]]))
    tensor([1.5000])
    """
    common, union = intersection_and_union(boxes1, boxes2)
    sides = enclosing(boxes1, boxes2)
    area = sides[..., 0] * sides[..., 1]
    loss = 1 - (common / (union + eps) - (area - union) / (area + eps))
    return _reduced("generalized_box_iou_loss", loss, reduction)


def distance_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """Return 1 less the intersection over union, and the distance of the centres, of boxes (..., 4) one by one.

    Examples
    --------
    >>> from minigrad.vision.ops import distance_box_iou_loss
    >>> distance_box_iou_loss(mg.tensor([[0.0, 0.0, 1.0, 1.0]]), mg.tensor([[3.0, 0.0, 4.0, 1.0]]))
    tensor([1.5294])
    """
    common, union = intersection_and_union(boxes1, boxes2)
    loss = 1 - common / (union + eps) + center_distance(boxes1, boxes2, eps)
    return _reduced("distance_box_iou_loss", loss, reduction)


def complete_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """Return `distance_box_iou_loss` with a penalty for sides of another ratio.

    Examples
    --------
    >>> from minigrad.vision.ops import complete_box_iou_loss
    >>> complete_box_iou_loss(mg.tensor([[0.0, 0.0, 1.0, 1.0]]), mg.tensor([[3.0, 0.0, 4.0, 1.0]]))
    tensor([1.5294])
    """
    common, union = intersection_and_union(boxes1, boxes2)
    iou = common / (union + eps)
    loss = 1 - iou + center_distance(boxes1, boxes2, eps) + shape_difference(boxes1, boxes2, iou, eps)
    return _reduced("complete_box_iou_loss", loss, reduction)
