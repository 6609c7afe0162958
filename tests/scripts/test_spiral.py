"""scripts/spiral.py: the geometry of its data, its training against loops in NumPy, and what it reaches."""

import math

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import minigrad as mg
from minigrad.scripts import spiral
from minigrad.scripts.learning import evaluate
from minigrad.utils.data import TensorDataset
from minigrad.vision.io import read_image


def data(count, seed, turns=1.25, noise=0.25):
    return spiral.spiral(count, turns, noise, np.random.default_rng(seed))


def trained(arguments, seed=0, count=300):
    """What training by these options gives, and the points that it was trained on."""
    args = spiral.options().parse_args(arguments)
    mg.manual_seed(seed)
    sets = [TensorDataset(*map(mg.from_numpy, data(n, seed + 100 * i))) for i, n in enumerate((count, count // 2))]
    return spiral.train(*sets, args), sets[0]


def test_arms_wind_around_the_middle_a_third_of_a_turn_apart():
    points, labels = data(101, 0, turns=1.5, noise=0)
    assert points.dtype == np.float32 and labels.dtype == np.int64 and np.bincount(labels).tolist() == [101] * 3
    arms = [points[labels == label].astype(float) for label in range(3)]
    for arm in arms:
        np.testing.assert_allclose(np.hypot(*arm.T), np.linspace(0, 1, 101), atol=1e-6)
    np.testing.assert_allclose(arms[0][-1], [math.cos(3 * math.pi), math.sin(3 * math.pi)], atol=1e-6)
    angles = np.unwrap(np.arctan2(arms[0][1:, 1], arms[0][1:, 0]))
    np.testing.assert_allclose(angles[-1] - angles[0], 2 * math.pi * 1.5 * 0.99, rtol=1e-5)
    third = 2 * math.pi / 3
    turn = np.array([[math.cos(third), math.sin(third)], [-math.sin(third), math.cos(third)]])
    np.testing.assert_allclose(arms[0] @ turn, arms[1], atol=1e-6)
    np.testing.assert_allclose(arms[1] @ turn, arms[2], atol=1e-6)


def test_noise_is_in_the_angle():
    clean, noisy = data(5000, 0, noise=0)[0], data(5000, 0, noise=0.1)[0]
    np.testing.assert_allclose(np.hypot(*noisy.T), np.hypot(*clean.T), atol=1e-6)
    off = np.angle((noisy @ [1, 1j]) * np.conj(clean @ [1, 1j]))
    assert off.std() == pytest.approx(0.1, rel=0.03) and abs(off.mean()) < 0.004


def test_training_is_softmax_cross_entropy_momentum_and_a_falling_rate():
    """A net without hidden layers, five epochs of one batch, beside the formulas."""
    lr, decay, momentum = 0.5, 0.3, 0.8
    options = f"--hidden --epochs 5 --batch-size 1000 --lr {lr} --decay {decay} --momentum {momentum}"
    result, train_set = trained(options.split(), count=40)
    points, labels = (part.numpy().astype(float) for part in train_set.tensors)
    one_hot = np.eye(3)[labels.astype(int)]
    weight, bias = (p.detach().numpy().astype(float) for p in result.nets[0].parameters())
    velocity = [np.zeros_like(weight), np.zeros_like(bias)]
    for epoch in range(6):
        scores = np.exp(points @ weight.T + bias)
        probabilities = scores / scores.sum(1, keepdims=True)
        loss = -np.log((probabilities * one_hot).sum(1)).mean()
        assert result.history[epoch]["train_loss"] == pytest.approx(loss, rel=1e-5)
        assert result.history[epoch]["train_accuracy"] == pytest.approx((scores.argmax(1) == labels).mean())
        error = (probabilities - one_hot) / len(points)
        for i, (value, gradient) in enumerate([(weight, error.T @ points), (bias, error.sum(0))]):
            velocity[i] = momentum * velocity[i] + gradient
            value -= lr / (1 + decay * epoch) * velocity[i]


def test_the_learning_rate_falls_as_one_over_time():
    result, _ = trained("--epochs 4 --lr 0.2 --decay 0.5 --hidden 4".split(), count=20)
    rates = [row["lr"] for row in result.history[1:]]
    assert rates == pytest.approx([0.2, 0.2 / 1.5, 0.2 / 2, 0.2 / 2.5])


def test_nets_are_kept_as_they_were():
    result, train_set = trained("--epochs 9 --hidden 8".split(), count=40)
    assert list(result.nets) == [0, 1, 2, 3, 5, 9]  # 9 ** (0, 1/4, 1/2, 3/4, 1), rounded, and the start
    for epoch, net in result.nets.items():
        assert evaluate(net, train_set)[0] == result.history[epoch]["train_loss"]


@pytest.mark.parametrize("seed", [0, 1])
def test_arms_are_told_apart(seed):
    result, _ = trained([], seed)
    assert result.history[-1]["val_accuracy"] > 0.97


def test_straight_lines_cannot():
    result, _ = trained(["--hidden"])
    assert result.history[-1]["val_accuracy"] < 0.5


def test_it_draws_data_regions_and_curves(tmp_path, capsys):
    arguments = "--points 40 --epochs 3 --hidden 8 --decay 1 --out".split()
    assert spiral.main([*arguments, str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert "on 60 held-out points" in printed and "learning rate 0.1 to 0.03333" in printed
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"data.png", "regions.png", "curves.png"}
    assert all(read_image(tmp_path / "out" / name).std() > 10 for name in names)


def test_panels_say_the_accuracy_on_the_points_that_they_show(tmp_path, monkeypatch):
    drawn = []
    original = spiral.viz.decision_regions
    monkeypatch.setattr(spiral.viz, "decision_regions", lambda *args: drawn.append(args) or original(*args))
    spiral.main(["--points", "40", "--epochs", "2", "--hidden", "8", "--out", str(tmp_path / "out")])
    ((panels, points, labels, _),) = drawn
    assert len(points) == 60  # those held out; 120 are to train on
    for (title, net), epoch in zip(panels.items(), (0, 1, 2), strict=True):
        right = (net(mg.from_numpy(points)).detach().numpy().argmax(1) == labels).mean()
        assert title == f"epoch {epoch}: {right:.1%} held-out accuracy"


def test_the_same_seed_gives_the_same_training(tmp_path, capsys):
    arguments = "--points 20 --epochs 2 --hidden 8 --seed".split()
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        spiral.main([*arguments, seed, "--out", str(tmp_path / name)])
    a, b, c = (line for line in capsys.readouterr().out.splitlines() if line.startswith("accuracy"))
    curves = [(tmp_path / name / "curves.png").read_bytes() for name in "abc"]
    assert a == b and curves[0] == curves[1] and curves[0] != curves[2]
