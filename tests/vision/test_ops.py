"""Boxes, regions and blocks against loops over pixels, PyTorch, and differences."""

import math

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.autograd import gradcheck, gradgradcheck
from minigrad.vision import ops

RNG = np.random.default_rng(0)


def boxes(count, size=20, dtype=np.float64):
    corners = RNG.random((count, 2)) * size
    return mg.from_numpy(np.concatenate([corners, corners + RNG.random((count, 2)) * size + 0.5], 1).astype(dtype))


def iou_by_pixels(a, b):
    """Of boxes of whole pixels."""
    masks = []
    for x1, y1, x2, y2 in (a, b):
        mask = np.zeros((60, 60), bool)
        mask[int(y1) : int(y2), int(x1) : int(x2)] = True
        masks.append(mask)
    rows, columns = np.nonzero(masks[0] | masks[1])
    hull = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    both, either = (masks[0] & masks[1]).sum(), (masks[0] | masks[1]).sum()
    return both / either, both / either - (hull - either) / hull


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.int32])
def test_ious_are_those_of_pixels(dtype):
    a, b = (mg.from_numpy(boxes(n, 25).numpy().round().astype(dtype)) for n in (5, 6))
    a[0] = b[0]
    a, b = ((x + mg.tensor([0, 0, 1, 1], dtype=x.dtype)) for x in (a, b))
    for i in range(5):
        for j in range(6):
            plain, general = iou_by_pixels(a[i].tolist(), b[j].tolist())
            assert ops.box_iou(a, b)[i, j].item() == pytest.approx(plain, abs=1e-6)
            assert ops.generalized_box_iou(a, b)[i, j].item() == pytest.approx(general, abs=1e-6)


def test_distance_and_complete_iou_by_their_formulas():
    a, b = boxes(4), boxes(3)
    for i, (x1, y1, x2, y2) in enumerate(a.tolist()):
        for j, (u1, v1, u2, v2) in enumerate(b.tolist()):
            iou = ops.box_iou(a, b)[i, j].item()
            apart = ((x1 + x2 - u1 - u2) / 2) ** 2 + ((y1 + y2 - v1 - v2) / 2) ** 2
            diagonal = (max(x2, u2) - min(x1, u1)) ** 2 + (max(y2, v2) - min(y1, v1)) ** 2
            v = 4 / math.pi**2 * (math.atan((u2 - u1) / (v2 - v1)) - math.atan((x2 - x1) / (y2 - y1))) ** 2
            distance = iou - apart / diagonal
            assert ops.distance_box_iou(a, b)[i, j].item() == pytest.approx(distance, abs=1e-6)
            complete = distance - v * v / (1 - iou + v) if v else distance
            assert ops.complete_box_iou(a, b)[i, j].item() == pytest.approx(complete, abs=1e-6)
    for loss, pairs in (
        (ops.generalized_box_iou_loss, ops.generalized_box_iou),
        (ops.distance_box_iou_loss, ops.distance_box_iou),
        (ops.complete_box_iou_loss, ops.complete_box_iou),
    ):
        expected = 1 - pairs(a[:3], b).diagonal().numpy()
        np.testing.assert_allclose(loss(a[:3], b).numpy(), expected, atol=1e-6)
        assert loss(a[:3], b, "mean").item() == pytest.approx(expected.mean(), abs=1e-6)
        assert loss(a[:0], b[:0], "mean").item() == 0


@pytest.mark.parametrize("source", ["xyxy", "xywh", "cxcywh"])
@pytest.mark.parametrize("target", ["xyxy", "xywh", "cxcywh"])
def test_forms_of_boxes(source, target):
    x = boxes(5).numpy()
    forms = {
        "xyxy": x,
        "xywh": np.concatenate([x[:, :2], x[:, 2:] - x[:, :2]], 1),
        "cxcywh": np.concatenate([(x[:, :2] + x[:, 2:]) / 2, x[:, 2:] - x[:, :2]], 1),
    }
    np.testing.assert_allclose(ops.box_convert(mg.from_numpy(forms[source]), source, target).numpy(), forms[target])


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.9])
def test_nms_by_its_definition(threshold):
    b, scores = boxes(40), mg.from_numpy(RNG.integers(0, 10, 40) / 10)
    classes = mg.from_numpy(RNG.integers(0, 3, 40))
    iou = ops.box_iou(b, b).numpy()

    def kept(same):
        stay = []
        for i in sorted(range(40), key=lambda i: -scores[i].item()):
            if all(iou[i, j] <= threshold or not same(i, j) for j in stay):
                stay.append(i)
        return stay

    assert ops.nms(b, scores, threshold).tolist() == kept(lambda i, j: True)
    found = ops.batched_nms(b, scores, classes, threshold).tolist()
    assert set(found) == set(kept(lambda i, j: classes[i] == classes[j]))
    assert sorted(found, key=lambda i: -scores[i].item()) == found
    assert (
        ops.nms(b[:0], scores[:0], 0.5).shape == (0,)
        and ops.batched_nms(b[:0], scores[:0], classes[:0], 0.5).numel() == 0
    )


def bilinear(image, y, x):
    height, width = image.shape
    if not (-1 <= y <= height and -1 <= x <= width):
        return 0.0
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    top, left = int(y), int(x)
    below, right = min(top + 1, height - 1), min(left + 1, width - 1)
    dy, dx = y - top, x - left
    upper = image[top, left] * (1 - dx) + image[top, right] * dx
    return upper * (1 - dy) + (image[below, left] * (1 - dx) + image[below, right] * dx) * dy


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("ratio", [-1, 2])
def test_roi_align_sample_by_sample(aligned, ratio):
    x = RNG.random((2, 3, 9, 11))
    rois = mg.tensor([[1.0, 2, 3, 14, 17], [0, -8, -3, 9, 8], [1, 5, 5, 5.3, 5.2], [0, 20, 10, 40, 30]]).double()
    ours = ops.roi_align(mg.from_numpy(x), rois, (2, 3), 0.5, ratio, aligned).numpy()
    for k, (image, *corners) in enumerate(rois.tolist()):
        x1, y1, x2, y2 = (v * 0.5 - (0.5 if aligned else 0) for v in corners)
        h, w = (y2 - y1, x2 - x1) if aligned else (max(y2 - y1, 1), max(x2 - x1, 1))
        down, across = (ratio, ratio) if ratio > 0 else (max(1, math.ceil(h / 2)), max(1, math.ceil(w / 3)))
        for c in range(3):
            for i in range(2):
                for j in range(3):
                    samples = [
                        bilinear(
                            x[int(image), c],
                            y1 + (i + (a + 0.5) / down) * h / 2,
                            x1 + (j + (b + 0.5) / across) * w / 3,
                        )
                        for a in range(down)
                        for b in range(across)
                    ]
                    assert ours[k, c, i, j] == pytest.approx(np.mean(samples), abs=1e-9)


def test_roi_pool_pixel_by_pixel():
    x = RNG.random((2, 3, 9, 11))
    rois = mg.tensor([[1.0, 2, 3, 14, 17], [0, -8, -3, 9, 8], [1, 5, 5, 5, 5], [0, 30, 20, 40, 30]])
    ours = ops.roi_pool(mg.from_numpy(x), rois, (2, 3), 0.5).numpy()
    for k, (image, *corners) in enumerate(rois.tolist()):
        x1, y1, x2, y2 = (math.floor(v * 0.5 + 0.5) for v in corners)
        h, w = max(y2 - y1 + 1, 1) / 2, max(x2 - x1 + 1, 1) / 3
        for i in range(2):
            for j in range(3):
                rows = [r for r in range(9) if y1 + math.floor(i * h) <= r < y1 + math.ceil((i + 1) * h)]
                columns = [c for c in range(11) if x1 + math.floor(j * w) <= c < x1 + math.ceil((j + 1) * w)]
                part = x[int(image)][:, rows][:, :, columns].reshape(3, -1)
                expected = part.max(1) if part.shape[1] else np.zeros(3)
                np.testing.assert_array_equal(ours[k, :, i, j], expected)


def test_lists_of_boxes_are_boxes_with_their_images():
    x = mg.rand(2, 3, 8, 8)
    lists = [boxes(2, 4, np.float32), boxes(3, 4, np.float32)]
    rows = mg.cat([mg.cat([mg.full((len(b), 1), float(i)), b], 1) for i, b in enumerate(lists)])
    for call in (lambda b: ops.roi_align(x, b, 2), lambda b: ops.roi_pool(x, b, (2, 2))):
        assert mg.equal(call(lists), call(rows)) and call(lists).dtype == mg.float32
        assert call([lists[0][:0], lists[1][:0]]).shape == (0, 3, 2, 2)
        assert mg.equal(call(rows[mg.tensor([4, 0, 2])]), call(rows)[mg.tensor([4, 0, 2])])


@pytest.mark.parametrize(
    "call",
    [
        lambda x, b: ops.roi_align(x, b, 2),
        lambda x, b: ops.roi_pool(x, b, 2),
        lambda x, b: ops.roi_align(x, b, (1, 2), 0.7, 2, True),
    ],
)
def test_gradients_of_regions(call):
    x = mg.from_numpy(RNG.random((2, 1, 5, 4))).requires_grad_()
    b = [boxes(2, 3), boxes(1, 3)]
    assert gradcheck(lambda x: call(x, b) ** 2, x) and gradgradcheck(lambda x: call(x, b) ** 2, x)


@pytest.mark.parametrize("name", ["generalized_box_iou_loss", "distance_box_iou_loss", "generalized_box_iou"])
def test_gradients_of_boxes(name):
    a, b = boxes(2).requires_grad_(), boxes(2).requires_grad_()
    assert gradcheck(getattr(ops, name), (a, b)) and gradgradcheck(getattr(ops, name), (a, b))


@pytest.mark.parametrize("alpha, gamma", [(0.25, 2), (-1, 0), (1, 3.5)])
def test_focal_loss_by_its_formula(alpha, gamma):
    x, t = mg.randn(5, 3).double().requires_grad_(), mg.rand(5, 3).double().round()
    p = 1 / (1 + np.exp(-x.numpy(force=True)))
    right = np.where(t.numpy() == 1, p, 1 - p)
    weight = 1 if alpha < 0 else np.where(t.numpy() == 1, alpha, 1 - alpha)
    expected = -weight * (1 - right) ** gamma * np.log(right)
    loss = ops.sigmoid_focal_loss(x, t, alpha, gamma)
    np.testing.assert_allclose(loss.numpy(force=True), expected, rtol=1e-9)
    assert ops.sigmoid_focal_loss(x, t, alpha, gamma, "sum").item() == pytest.approx(expected.sum())
    assert gradcheck(lambda x: ops.sigmoid_focal_loss(x, t, alpha, gamma), x)
    assert gradgradcheck(lambda x: ops.sigmoid_focal_loss(x, t, alpha, gamma), x)


def test_small_helpers():
    b = mg.tensor([[-3.0, 2.0, 7.0, 30.0], [1.0, 1.0, 1.5, 9.0]], requires_grad=True)
    assert ops.clip_boxes_to_image(b, (10, 5)).tolist() == [[0, 2, 5, 10], [1, 1, 1.5, 9]]
    assert ops.clip_boxes_to_image(b, (10, 5)).requires_grad and ops.box_area(b).tolist() == [280, 4]
    assert ops.remove_small_boxes(b, 1).tolist() == [0]
    assert ops.box_area(b.detach().to(mg.uint8)[1:]).tolist() == [0]


# ---- blocks


def test_frozen_batch_norm_is_batch_norm_in_eval_mode():
    norm = nn.BatchNorm2d(3)
    norm(mg.randn(8, 3, 4, 4) * 3 + 1)
    frozen = ops.FrozenBatchNorm2d(3)
    frozen.load_state_dict(norm.state_dict())
    x = mg.randn(2, 3, 4, 4)
    np.testing.assert_allclose(frozen(x).numpy(), norm.eval()(x).numpy(force=True), atol=1e-6)
    assert not list(frozen.parameters()) and repr(frozen) == "FrozenBatchNorm2d(3, eps=1e-05)"


def test_layers_of_blocks():
    kinds = [type(layer).__name__ for layer in ops.Conv2dNormActivation(3, 4, (3, 5), dilation=2)]
    assert kinds == ["Conv2d", "BatchNorm2d", "ReLU"]
    assert ops.Conv2dNormActivation(3, 4, (3, 5), dilation=2)(mg.ones(1, 3, 9, 9)).shape == (1, 4, 9, 9)
    bare = ops.Conv2dNormActivation(3, 4, norm_layer=None, activation_layer=None)
    assert len(bare) == 1 and bare[0].bias is not None and ops.Conv2dNormActivation(3, 4)[0].bias is None
    kinds = [type(layer).__name__ for layer in ops.MLP(3, [4, 5], nn.LayerNorm, nn.GELU)]
    assert kinds == ["Linear", "LayerNorm", "GELU", "Dropout", "Linear", "Dropout"]
    squeeze = ops.SqueezeExcitation(4, 2)
    x = mg.randn(2, 4, 3, 3)
    scale = mg.sigmoid(squeeze.fc2(mg.relu(squeeze.fc1(x.mean((2, 3), keepdim=True)))))
    np.testing.assert_allclose(squeeze(x).numpy(force=True), (x * scale).numpy(force=True), rtol=1e-5)
    assert set(squeeze.state_dict()) == {"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}


@pytest.mark.parametrize("mode", ["row", "batch"])
def test_stochastic_depth_keeps_the_mean(mode):
    x = mg.ones(4000, 2)
    y = ops.StochasticDepth(0.25, mode)(x)
    values = y.unique().tolist()
    assert all(v in (0.0, pytest.approx(4 / 3)) for v in values) and bool((y[:, 0] == y[:, 1]).all())
    assert len(values) == (2 if mode == "row" else 1)
    if mode == "row":
        assert y.mean().item() == pytest.approx(1, abs=0.05)
    assert ops.stochastic_depth(x, 0.5, mode, training=False) is x and not ops.stochastic_depth(x, 1.0, mode).any()


X, B = mg.rand(1, 1, 4, 4), mg.ones(1, 4)
ERRORS = [
    (lambda: ops.box_iou(mg.ones(2, 5), B), ValueError, r"box_iou: expected boxes1 of shape \(N, 4\), got \(2, 5\)"),
    (lambda: ops.box_iou([1], B), TypeError, "box_iou: expected boxes1 as a Tensor, got list"),
    (lambda: ops.box_area(mg.ones(4)), ValueError, "box_area: expected boxes of shape"),
    (lambda: ops.box_convert(B, "xyxy", "yxyx"), ValueError, "box_convert: expected the forms"),
    (lambda: ops.nms(B, mg.ones(2), 0.5), ValueError, "nms: expected a score for each of 1 boxes"),
    (lambda: ops.nms(B, mg.ones(1).double(), 0.5), RuntimeError, "nms: expected boxes and scores of one dtype"),
    (lambda: ops.roi_align(X[0], [B], 2), ValueError, "roi_align: expected input as a Tensor of shape"),
    (lambda: ops.roi_align(X, B, 2), ValueError, r"roi_align: expected boxes of shape \(K, 5\)"),
    (lambda: ops.roi_align(X, [B, B], 2), ValueError, "roi_align: expected at most 1 lists of boxes"),
    (lambda: ops.roi_pool(X, [mg.ones(1, 5)], 2), ValueError, "roi_pool: expected each of the list of boxes"),
    (lambda: ops.roi_pool(X, mg.ones(1, 5), 2), RuntimeError, "roi_pool: expected numbers of images below 1"),
    (lambda: ops.roi_pool(X, [B], 0), ValueError, "roi_pool: expected a positive output_size"),
    (lambda: ops.sigmoid_focal_loss(B, B, 2), ValueError, "sigmoid_focal_loss: expected alpha from 0 to 1"),
    (lambda: ops.sigmoid_focal_loss(B, B, reduction="x"), ValueError, "sigmoid_focal_loss: expected reduction"),
    (lambda: ops.stochastic_depth(B, 2, "row"), ValueError, "stochastic_depth: expected p from 0 to 1"),
    (lambda: ops.stochastic_depth(B, 0.5, "x"), ValueError, "stochastic_depth: expected mode"),
    (lambda: ops.masks_to_boxes(mg.zeros(1, 2, 2)), ValueError, "masks_to_boxes: expected masks with pixels"),
]


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_errors_name_what_the_user_called(number):
    call, error, message = ERRORS[number]
    with pytest.raises(error, match=f"^{message}"):
        call()
