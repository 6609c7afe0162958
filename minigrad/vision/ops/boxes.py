"""Boxes in images: (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2, one per row."""

from __future__ import annotations

import math

import numpy as np

import minigrad as mg
from minigrad import Tensor

_FORMS = ("xyxy", "xywh", "cxcywh")


def check_boxes(name: str, boxes: Tensor, argument: str = "boxes") -> None:
    """Raise TypeError or ValueError unless they are boxes, (N, 4)."""
    if not isinstance(boxes, Tensor):
        raise TypeError(f"{name}: expected {argument} as a Tensor, got {type(boxes).__name__}")
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"{name}: expected {argument} of shape (N, 4), got {tuple(boxes.shape)}")


def _wide(x: Tensor) -> Tensor:
    """Return numbers of a dtype whose products are true."""
    if x.dtype.is_floating_point:
        return x.float() if x.dtype == mg.float16 else x
    return x if x.dtype in (mg.int32, mg.int64) else x.int()


def box_area(boxes: Tensor) -> Tensor:
    """Return the areas (N,) of boxes (N, 4).

    Examples
    --------
    >>> from minigrad.vision.ops import box_area
    >>> box_area(mg.tensor([[0.0, 0.0, 2.0, 3.0]]))
    tensor([6.])
    """
    check_boxes("box_area", boxes)
    x = _wide(boxes)
    return (x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1])


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """Return boxes in another form: "xyxy", "xywh" (corner and size) or "cxcywh" (centre and size).

    Examples
    --------
    >>> from minigrad.vision.ops import box_convert
    >>> box_convert(mg.tensor([[0.0, 0.0, 2.0, 4.0]]), "xyxy", "cxcywh")
    tensor([[1., 2., 2., 4.]])
    """
    for form in (in_fmt, out_fmt):
        if form not in _FORMS:
            raise ValueError(f"box_convert: expected the forms {', '.join(_FORMS)}, got {form!r}")
    if not isinstance(boxes, Tensor) or boxes.ndim < 1 or boxes.shape[-1] != 4:
        raise ValueError("box_convert: expected boxes as a Tensor of shape (..., 4)")
    if in_fmt == out_fmt:
        return boxes.clone()
    a, b, c, d = boxes.unbind(-1)
    if in_fmt == "xyxy":
        c, d = c - a, d - b
    elif in_fmt == "cxcywh":
        a, b = a - 0.5 * c, b - 0.5 * d
    if out_fmt == "xyxy":
        c, d = a + c, b + d
    elif out_fmt == "cxcywh":
        a, b = a + 0.5 * c, b + 0.5 * d
    return mg.stack([a, b, c, d], -1).to(boxes.dtype)


def clip_boxes_to_image(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Return boxes (..., 4) without what lies outside of an image of this height and width.

    Examples
    --------
    >>> from minigrad.vision.ops import clip_boxes_to_image
    >>> clip_boxes_to_image(mg.tensor([[-1.0, 2.0, 9.0, 4.0]]), (3, 5))
    tensor([[0., 2., 5., 3.]])
    """
    height, width = size
    x, y = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)
    return mg.stack([x, y], -1).reshape(boxes.shape)


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """Return the indices of boxes both of whose sides are at least `min_size`.

    Examples
    --------
    >>> from minigrad.vision.ops import remove_small_boxes
    >>> remove_small_boxes(mg.tensor([[0.0, 0.0, 9.0, 1.0], [0.0, 0.0, 2.0, 2.0]]), 2)
    tensor([1])
    """
    check_boxes("remove_small_boxes", boxes)
    x = boxes._data
    return mg.from_numpy(np.flatnonzero((x[:, 2] - x[:, 0] >= min_size) & (x[:, 3] - x[:, 1] >= min_size)))


def masks_to_boxes(masks: Tensor) -> Tensor:
    """Return the boxes (N, 4), float32, around what is not 0 in masks (N, H, W).

    Examples
    --------
    >>> from minigrad.vision.ops import masks_to_boxes
    >>> masks_to_boxes(mg.tensor([[[0, 0, 0], [0, 1, 1]]]))
    tensor([[1., 1., 2., 1.]])
    """
    y = np.zeros((len(masks), 4), np.float32)
    for box, mask in zip(y, masks.numpy(force=True), strict=True):
        rows, columns = np.nonzero(mask)
        if not len(rows):
            raise ValueError("masks_to_boxes: expected masks with pixels that are not 0, got an empty one")
        box[:] = columns.min(), rows.min(), columns.max(), rows.max()
    return mg.from_numpy(y)


# ---- how much two boxes have in common


def intersection_and_union(boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor]:
    """Return areas of boxes (..., 4) that broadcast against each other."""
    a, b = _wide(boxes1), _wide(boxes2)
    left_top, right_bottom = mg.maximum(a[..., :2], b[..., :2]), mg.minimum(a[..., 2:], b[..., 2:])
    sides = (right_bottom - left_top).clamp(min=0)
    common = sides[..., 0] * sides[..., 1]
    areas = [(x[..., 2] - x[..., 0]) * (x[..., 3] - x[..., 1]) for x in (a, b)]
    return common, areas[0] + areas[1] - common


def enclosing(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Return the width and height (..., 2) of the smallest box around two."""
    a, b = _wide(boxes1), _wide(boxes2)
    outer = mg.maximum(a[..., 2:], b[..., 2:]) - mg.minimum(a[..., :2], b[..., :2])
    return outer.clamp(min=0)


def center_distance(boxes1: Tensor, boxes2: Tensor, eps: float) -> Tensor:
    """Return the squared distance of two centres by that of the corners of the box around both."""
    a, b = _wide(boxes1), _wide(boxes2)
    diagonal = (enclosing(a, b) ** 2).sum(-1) + eps
    apart = (((a[..., :2] + a[..., 2:]) - (b[..., :2] + b[..., 2:])) / 2) ** 2
    return apart.sum(-1) / diagonal


def shape_difference(boxes1: Tensor, boxes2: Tensor, iou: Tensor, eps: float) -> Tensor:
    """Return the penalty for sides of another ratio, its weight taken as a constant."""
    angles = []
    for x in (_wide(boxes1), _wide(boxes2)):
        angles.append(mg.atan((x[..., 2] - x[..., 0]) / (x[..., 3] - x[..., 1])))
    v = (4 / math.pi**2) * (angles[1] - angles[0]) ** 2
    weight = (v / (1 - iou + v + eps)).detach()
    return weight * v


def _pairs(name: str, boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor]:
    check_boxes(name, boxes1, "boxes1")
    check_boxes(name, boxes2, "boxes2")
    return boxes1[:, None], boxes2[None]


def box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Return the intersection by the union of each box of one list with each of another.

    Parameters
    ----------
    boxes1, boxes2 : Tensors of shapes (N, 4) and (M, 4)

    Returns
    -------
    Tensor, shape (N, M)

    Raises
    ------
    ValueError
        If they have other shapes.

    Examples
    --------
    >>> from minigrad.vision.ops import box_iou
    >>> box_iou(mg.tensor([[0.0, 0.0, 2.0, 2.0]]), mg.tensor([[1.0, 0.0, 3.0, 2.0], [5.0, 5.0, 6.0, 6.0]]))
    tensor([[0.3333, 0.0000]])
    """
    common, union = intersection_and_union(*_pairs("box_iou", boxes1, boxes2))
    return common / union


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Return `box_iou` less the part of the box around both that neither covers: H. Rezatofighi et al., 2019.

    Examples
    --------
    >>> from minigrad.vision.ops import generalized_box_iou
    >>> generalized_box_iou(mg.tensor([[0.0, 0.0, 1.0, 1.0]]), mg.tensor([[3.0, 0.0, 4.0, 1.0]]))
    tensor([[-0.5000]])
    """
    a, b = _pairs("generalized_box_iou", boxes1, boxes2)
    common, union = intersection_and_union(a, b)
    sides = enclosing(a, b)
    area = sides[..., 0] * sides[..., 1]
    return common / union - (area - union) / area


def distance_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """Return `box_iou` less the squared distance of the centres: Z. Zheng et al., 2019.

    Examples
    --------
    >>> from minigrad.vision.ops import distance_box_iou
    >>> distance_box_iou(mg.tensor([[0.0, 0.0, 1.0, 1.0]]), mg.tensor([[3.0, 0.0, 4.0, 1.0]]))
    tensor([[-0.5294]])
    """
    a, b = _pairs("distance_box_iou", boxes1, boxes2)
    common, union = intersection_and_union(a, b)
    return common / union - center_distance(a, b, eps)


def complete_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """Return `distance_box_iou` less a penalty for sides of another ratio: Z. Zheng et al., 2019.

    Examples
    --------
    >>> from minigrad.vision.ops import complete_box_iou
    >>> complete_box_iou(mg.tensor([[0.0, 0.0, 1.0, 1.0]]), mg.tensor([[3.0, 0.0, 4.0, 1.0]]))
    tensor([[-0.5294]])
    """
    a, b = _pairs("complete_box_iou", boxes1, boxes2)
    common, union = intersection_and_union(a, b)
    iou = common / union
    return iou - center_distance(a, b, eps) - shape_difference(a, b, iou, eps)


# ---- the best of many


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Return the indices of boxes that overlap no better one too much, the best first.

    Parameters
    ----------
    boxes : Tensor, shape (N, 4)
    scores : Tensor, shape (N,)
    iou_threshold : float
        A box goes where its intersection with a better one that stays, by their union, is above.

    Returns
    -------
    Tensor of int64

    Raises
    ------
    ValueError
        If there are not as many scores as boxes.

    Examples
    --------
    >>> from minigrad.vision.ops import nms
    >>> boxes = mg.tensor([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 5.0], [9.0, 9.0, 10.0, 10.0]])
    >>> nms(boxes, mg.tensor([0.5, 0.9, 0.1]), 0.5)
    tensor([1, 2])
    """
    check_boxes("nms", boxes)
    if not isinstance(scores, Tensor) or tuple(scores.shape) != (len(boxes),):
        raise ValueError(
            f"nms: expected a score for each of {len(boxes)} boxes, got {getattr(scores, 'shape', scores)}"
        )
    if boxes.dtype != scores.dtype:
        raise RuntimeError(f"nms: expected boxes and scores of one dtype, got {boxes.dtype} and {scores.dtype}")
    x = boxes._data
    areas = (x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1])
    order = np.argsort(-scores._data, kind="stable")
    kept = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        sides = np.maximum(0, np.minimum(x[best, 2:], x[rest, 2:]) - np.maximum(x[best, :2], x[rest, :2]))
        common = sides[:, 0] * sides[:, 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            too_near = common / (areas[best] + areas[rest] - common) > iou_threshold
        order = rest[~too_near]
    return mg.from_numpy(np.array(kept, np.int64))


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """Return `nms` within each class: `idxs` (N,) has the classes.

    Examples
    --------
    >>> from minigrad.vision.ops import batched_nms
    >>> boxes = mg.tensor([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 5.0]])
    >>> batched_nms(boxes, mg.tensor([0.5, 0.9]), mg.tensor([0, 1]), 0.5)
    tensor([1, 0])
    """
    check_boxes("batched_nms", boxes)
    found = [np.empty(0, np.int64)]
    for number in np.unique(idxs._data):
        own = np.flatnonzero(idxs._data == number)
        kept = nms(mg.from_numpy(boxes._data[own]), mg.from_numpy(scores._data[own]), iou_threshold)
        found.append(own[kept.numpy()])
    every = np.concatenate(found)
    return mg.from_numpy(every[np.argsort(-scores._data[every], kind="stable")])
