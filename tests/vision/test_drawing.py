"""Boxes, masks and points in images: which pixels, of which colour."""

import numpy as np
import pytest

import minigrad as mg
from minigrad.vision.utils import draw_bounding_boxes, draw_keypoints, draw_segmentation_masks

IMAGE = mg.from_numpy(np.random.default_rng(0).integers(0, 256, (3, 20, 30), dtype=np.uint8))


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("fill", [False, True])
def test_boxes_are_as_pillow_draws_them(fill, width):
    Image = pytest.importorskip("PIL.Image")
    from PIL import ImageDraw

    boxes, colors = [[2, 3, 12, 15], [-4, 10, 8, 40], [20, 1, 29, 19]], ["red", "#00ff80", (9, 8, 7)]
    drawn = draw_bounding_boxes(IMAGE, mg.tensor(boxes), colors=colors, fill=fill, width=width).numpy()
    image = Image.fromarray(np.ascontiguousarray(IMAGE.numpy().transpose(1, 2, 0)))
    pen = ImageDraw.Draw(image, "RGBA" if fill else None)
    for box, shade in zip(boxes, [(255, 0, 0), (0, 255, 128), (9, 8, 7)], strict=True):
        pen.rectangle(box, outline=shade, width=width, fill=(*shade, 100) if fill else None)
    assert abs(drawn.transpose(1, 2, 0).astype(int) - np.asarray(image)).max() <= 2


def test_labels_are_written_next_to_the_corner():
    pytest.importorskip("PIL")
    boxes = mg.tensor([[0, 0, 29, 19], [5, 5, 9, 9]])
    plain = draw_bounding_boxes(IMAGE, boxes, colors="white")
    written = draw_bounding_boxes(IMAGE, boxes, ["A", None], colors="white")
    changed = (plain != written).any(0).numpy()
    assert 0 < changed.sum() < 100 and not changed[:, 15:].any()


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_masks_tint_what_they_cover(alpha):
    masks = mg.zeros(2, 20, 30, dtype=mg.bool)
    masks[0, :5], masks[1, 3:8, :4] = True, True
    drawn = draw_segmentation_masks(IMAGE, masks, alpha, colors=["blue", (10, 20, 30)]).numpy()
    shade = np.where(masks[1], np.reshape([10, 20, 30], (3, 1, 1)), np.reshape([0, 0, 255], (3, 1, 1)))
    expected = np.where(masks.any(0), (1 - alpha) * IMAGE.numpy() + alpha * shade, IMAGE.numpy())
    assert abs(drawn - expected).max() <= 1 and drawn.dtype == np.uint8


def test_points_and_lines():
    black = mg.zeros(3, 9, 9)
    drawn = draw_keypoints(black, mg.tensor([[[1, 4], [7, 4]]]), [(0, 1)], "lime", radius=0, width=1)
    assert drawn.dtype == mg.float32 and drawn[0].sum() == drawn[2].sum() == 0 == black.sum()
    assert drawn[1].nonzero().tolist() == [[4, x] for x in range(1, 8)]


def test_colours_differ_where_none_is_given_and_nothing_is_drawn_of_nothing():
    boxes = mg.tensor([[0, 0, 3, 3], [10, 0, 13, 3], [20, 0, 23, 3]])
    drawn = draw_bounding_boxes(mg.zeros(1, 20, 30, dtype=mg.uint8), boxes)
    assert len({tuple(drawn[:, 0, x].tolist()) for x in (0, 10, 20)}) == 3
    assert (draw_bounding_boxes(IMAGE, mg.zeros(0, 4)) == IMAGE).all()


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (lambda: draw_bounding_boxes(np.zeros((3, 4, 4)), mg.zeros(1, 4)), TypeError, "expected a Tensor as image"),
        (lambda: draw_bounding_boxes(mg.zeros(2, 4, 4), mg.zeros(1, 4)), ValueError, "expected an image"),
        (lambda: draw_bounding_boxes(IMAGE.int(), mg.zeros(1, 4)), ValueError, "uint8 or floats, got minigrad.int32"),
        (lambda: draw_bounding_boxes(IMAGE, mg.zeros(1, 5)), ValueError, r"boxes of shape \(N, 4\), got \(1, 5\)"),
        (lambda: draw_bounding_boxes(IMAGE, mg.tensor([[3, 0, 1, 1]])), ValueError, "ends before it begins"),
        (
            lambda: draw_bounding_boxes(IMAGE, mg.zeros(1, 4), ["a", "b"]),
            ValueError,
            "a label for each of 1 boxes, got 2",
        ),
        (
            lambda: draw_bounding_boxes(IMAGE, mg.zeros(2, 4), colors=["red"]),
            ValueError,
            "a colour for each of 2, got 1",
        ),
        (lambda: draw_bounding_boxes(IMAGE, mg.zeros(1, 4), colors="redd"), ValueError, "expected a colour as"),
        (lambda: draw_segmentation_masks(IMAGE, mg.zeros(20, 30)), ValueError, "expected bool masks"),
        (lambda: draw_segmentation_masks(IMAGE, mg.zeros(2, 3, dtype=mg.bool)), ValueError, "expected bool masks"),
        (lambda: draw_keypoints(IMAGE, mg.zeros(3, 2)), ValueError, "expected keypoints of shape"),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
