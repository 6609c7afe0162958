"""Pictures of answers: confusion matrix, mistakes, predictions; what they show and what they refuse."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from tests.viz.rendering import apart, rendered, text_boxes

viz = pytest.importorskip("minigrad.viz", reason="needs matplotlib")


def test_confusion_matrix_writes_its_counts():
    figure = viz.confusion_matrix([[5, 1], [0, 6]], ["cat", "dog"])
    ax = figure.axes[0]
    assert {t.get_text(): t.get_position() for t in ax.texts} == {"5": (0, 0), "1": (1, 0), "6": (1, 1)}
    assert ax.get_title() == "11 of 12 right"
    assert [t.get_text() for t in ax.get_yticklabels()] == ["cat", "dog"]
    rendered(figure)


def test_confusion_matrix_shows_few_mistakes_beside_many_right_answers():
    image = viz.confusion_matrix([[1000, 1, 0], [0, 900, 3], [0, 0, 800]], "abc").axes[0].images[0].get_array()
    red, _, blue = np.moveaxis(image[..., :3], -1, 0)
    assert (blue > red).tolist() == np.eye(3, dtype=bool).tolist()
    assert red[0, 1] - blue[0, 1] > 0.2 and blue[1, 2] < blue[0, 1] < blue[0, 2]  # the more, the darker


@pytest.mark.parametrize("counts", [[[1, -1], [0, 1]], [[0.5, 0], [0, 1]]])
def test_confusion_matrix_takes_counts(counts):
    with pytest.raises(ValueError, match="expected counts"):
        viz.confusion_matrix(counts, "ab")


def test_confusion_matrix_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"\(2, 2\).*\(2, 3\)"):
        viz.confusion_matrix(np.zeros((2, 3)), ["cat", "dog"])


def test_misclassified_shows_the_surest_mistakes_first():
    images = np.arange(4)[:, None, None] * np.ones((1, 2, 2))
    probabilities = [[0.6, 0.4], [0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]
    figure = viz.misclassified(images, probabilities, [1, 1, 1, 0], ["cat", "dog"], most=2)
    shown = [ax for ax in figure.axes if ax.images]
    assert [ax.images[0].get_array().max() for ax in shown] == [1, 3]
    assert [ax.get_title() for ax in shown] == ["cat, 90%\nis dog, 10%", "dog, 70%\nis cat, 30%"]
    assert figure.get_suptitle() == "3 of 4 wrong, the 2 surest ones"
    rendered(figure)


def test_misclassified_without_mistakes():
    figure = viz.misclassified(np.zeros((1, 2, 2)), [[0.9, 0.1]], [0], ["cat", "dog"])
    assert figure.get_suptitle() == "0 of 1 wrong"
    rendered(figure)


def test_predictions_show_images_verdicts_and_probabilities():
    images = np.arange(3)[:, None, None] * np.ones((1, 2, 2))
    probabilities = np.array([[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3]])
    figure = viz.predictions(images, probabilities, [0, 1, 1], ["cat", "dog", "emu"])
    pictures = [ax for ax in figure.axes if ax.images]
    bars = [ax for ax in figure.axes if ax.patches]
    assert [ax.images[0].get_array().max() for ax in pictures] == [0, 1, 2]
    assert [ax.get_title() for ax in pictures] == ["cat, 60%\nright", "emu, 70%\nis dog", "dog, 50%\nright"]
    np.testing.assert_array_equal([[bar.get_width() for bar in ax.patches] for ax in bars], probabilities)
    assert all([t.get_text() for t in ax.get_yticklabels()] == ["cat", "dog", "emu"] for ax in bars)
    colours = [bar.get_facecolor() for bar in bars[1].patches]
    assert len(set(colours)) == 3  # taken for, is, neither
    assert bars[0].patches[0].get_facecolor() == colours[1]  # the truth has one colour
    assert figure.get_suptitle() == "2 of 3 right"
    rendered(figure)


def test_predictions_of_many_classes_show_the_most_probable_ones_in_the_order_of_the_classes():
    probabilities = np.zeros((1, 20))
    probabilities[0, [3, 17, 8]] = 0.2, 0.5, 0.3
    figure = viz.predictions(np.zeros((1, 4, 4, 3)), probabilities, [8], [f"c{i}" for i in range(20)], bars=3)
    (ax,) = (ax for ax in figure.axes if ax.patches)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["c3", "c8", "c17"]
    assert [bar.get_width() for bar in ax.patches] == [0.2, 0.3, 0.5]


def test_predictions_show_the_first_ten_and_count_them_only():
    probabilities = np.tile([0.9, 0.1], (12, 1))
    targets = [0] * 9 + [1] * 3
    figure = viz.predictions(np.zeros((12, 2, 2)), probabilities, targets, ["long name", "another long name"])
    pictures = [ax for ax in figure.axes if ax.images]
    assert len(pictures) == 10
    assert figure.get_suptitle() == "9 of 10 right"
    assert apart(text_boxes(figure, [ax.title for ax in pictures]))


@pytest.mark.parametrize("name", ["predictions", "misclassified"])
def test_pictures_of_answers_refuse_what_does_not_fit(name):
    picture, classes = getattr(viz, name), ["cat", "dog"]
    for count, targets in ((2, [0]), (0, [])):
        with pytest.raises(ValueError, match=rf"{name}: expected .*\(N, 2\)"):
            picture(np.zeros((count, 3, 3)), np.full((count, 2), 0.5), targets, classes)
    for target in (2, -1, 0.5):
        with pytest.raises(ValueError, match=f"{name}: expected targets of whole numbers from 0 to 1"):
            picture(np.zeros((1, 3, 3)), [[0.5, 0.5]], [target], classes)


@pytest.mark.parametrize("name", ["predictions", "misclassified"])
@pytest.mark.parametrize("shape", [(1, 4, 5), (3, 4, 5), (3, 3, 3), (4, 5, 3)])
def test_batches_of_a_model_are_images(name, shape):
    batch = mg.randn(2, *shape, requires_grad=True)
    figure = getattr(viz, name)(batch, [[0.5, 0.5]] * 2, mg.tensor([1, 1]), ["cat", "dog"])
    (height, width) = (shape[0], shape[1]) if shape[2] == 3 and shape[0] != 3 or shape == (3, 3, 3) else shape[1:]
    grey = shape[0] == 1
    shown = [ax.images[0].get_array() for ax in figure.axes if ax.images]
    assert [image.shape for image in shown] == [(height, width) if grey else (height, width, 3)] * 2
    assert grey or all(0 <= image.min() <= image.max() <= 1 for image in shown)


@pytest.mark.parametrize("shape", [(2,), (2, 3), (2, 2, 3, 4), (2, 1, 1, 3, 3)])
def test_other_shapes_are_no_images(shape):
    with pytest.raises(ValueError, match="predictions: expected images of shape"):
        viz.predictions(np.zeros(shape), [[0.5, 0.5]] * 2, [1, 1], ["cat", "dog"])


def test_one_mistake_fills_its_picture():
    figure = viz.misclassified(np.zeros((2, 8, 8)), [[0.9, 0.1]] * 2, [0, 1], ["cat", "dog"])
    rendered(figure)
    (ax,) = figure.axes
    assert ax.get_window_extent().height > 0.5 * figure.bbox.height


PICTURES = {
    "feature_maps": lambda **most: viz.feature_maps(nn.ReLU(), mg.ones(1, 2, 3, 3), **most),
    "filters": lambda **most: viz.filters(mg.ones(2, 3, 3), **most),
    "misclassified": lambda **most: viz.misclassified(np.zeros((1, 3, 3)), [[0.5, 0.5]], [1], "ab", **most),
    "predictions": lambda **most: viz.predictions(np.zeros((1, 3, 3)), [[0.5, 0.5]], [1], "ab", **most),
}


@pytest.mark.parametrize("name", PICTURES)
def test_at_least_one_is_shown(name):
    PICTURES[name](most=1)
    with pytest.raises(ValueError, match=f"{name}: expected most of at least 1, got 0"):
        PICTURES[name](most=0)
