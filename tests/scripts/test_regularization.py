"""scripts/regularization.py: penalties hold the weights that explode without them."""

import csv

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.scripts import regularization
from minigrad.scripts.training.recipes import COMMON
from minigrad.scripts.training.run import l1_norm
from minigrad.scripts.training.tasks import load_task


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regularization") / "run"
    assert regularization.main(["--epochs", "6", "--out", str(folder)]) == 0
    with (folder / "weights.csv").open() as file:
        return folder, list(csv.DictReader(file))


def of(rows, penalty, quantity):
    return np.array([float(r[quantity]) for r in rows if r["penalty"].startswith(penalty)])


def test_weights_explode_without_a_penalty_only(result):
    _, rows = result
    free, l1, l2 = (of(rows, name, "mean") for name in ("no penalty", "L1", "L2"))
    assert len(free) == len(l1) == len(l2) == 7
    assert free[0] == l1[0] == l2[0]  # the same start
    assert (np.diff(free) > 0).all() and free[-1] > 5 * free[0]
    assert max(l1[-1], l2[-1]) < 0.7 * free[-1]


def test_the_start_is_measured_right(result):
    _, rows = result
    mg.manual_seed(0)
    task = load_task({**COMMON, "data": "digits"}, 32)
    model = regularization.Classifier.for_task("lenet5", task, 32).model
    sizes = np.abs(np.concatenate([p.detach().numpy().ravel() for p in model.parameters()]))
    assert of(rows, "L2", "largest")[0] == sizes.max()
    assert of(rows, "L2", "mean")[0] == pytest.approx(sizes.mean(), rel=1e-6)


def test_there_is_a_picture(result):
    folder, _ = result
    assert {p.name for p in folder.iterdir()} == {"weights.png", "weights.csv"}
    assert (folder / "weights.png").read_bytes()[:4] == b"\x89PNG"


def test_l1_norm_and_its_gradient():
    a, b = mg.tensor([[1.0, -2.0]], requires_grad=True), mg.tensor([-0.5, 0.0], requires_grad=True)
    norm = l1_norm([a, b])
    norm.backward()
    assert norm.item() == 3.5
    assert a.grad.tolist() == [[1, -1]] and b.grad.tolist() == [-1, 0]
