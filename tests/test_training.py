"""The trainer does what the plain loop does, to the bit, also when it is stopped and goes on; and what is beside it."""

import csv
import math
import re

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn, optim
from minigrad.training import Diverged, Trainer, accuracy
from minigrad.utils.data import DataLoader, TensorDataset

INPUTS = mg.from_numpy(np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32))
LABELS = (INPUTS.sum(1) > 0).long()
DATA = TensorDataset(INPUTS, LABELS)


def network():
    return nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))


def loader(own=False, **options):
    generator = mg.Generator().manual_seed(7) if own else None
    return DataLoader(DATA, batch_size=7, shuffle=True, generator=generator, **options)


def trainer(folder=None, kind=Trainer, **options):
    mg.manual_seed(3)
    net = network()
    optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    options = {"metrics": {"accuracy": accuracy}, "progress": False} | options
    return kind(net, nn.CrossEntropyLoss(), optimizer, folder=folder, **options)


def weights(trainer):
    return {name: value.numpy().copy() for name, value in trainer.model.state_dict().items()}


def assert_same(a, b):
    for name, value in weights(b).items():
        np.testing.assert_array_equal(weights(a)[name], value, err_msg=name)
    assert a.history == b.history


def test_it_is_the_plain_loop():
    ours = trainer()
    ours.fit(loader(), loader(), epochs=2)
    plain = trainer()
    net, optimizer, rows = plain.model, plain.optimizer, []
    for _ in range(2):
        row = {}
        for part, learns in (("train", True), ("val", False)):
            net.train(learns)
            total = right = 0.0
            for inputs, labels in loader():
                outputs = net(inputs)
                loss = F.cross_entropy(outputs, labels)
                if learns:
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                total += loss.item() * len(labels)
                right += (outputs.argmax(1) == labels).sum().item()
            row |= {f"{part}_loss": total / 30, f"{part}_accuracy": right / 30}
        rows.append(row)
    for name, value in weights(plain).items():
        np.testing.assert_array_equal(weights(ours)[name], value, err_msg=name)
    for number, (found, row) in enumerate(zip(ours.history, rows, strict=True), 1):
        assert found == pytest.approx({"epoch": number, **row, "lr": 0.1})


class Stops(Trainer):
    """Asks itself to stop after as many steps as `after` says, as Ctrl-C does."""

    after = 0

    def step(self, *batch):
        super().step(*batch)
        Stops.after -= 1
        if Stops.after == 0:
            self.stop()


@pytest.mark.parametrize("own, workers", [(False, 0), (True, 0), (False, 2)])
@pytest.mark.parametrize("after", [1, 5, 8])
def test_a_run_goes_on_to_the_same_bits(after, own, workers, tmp_path):
    options = {"num_workers": workers, "own": own}
    whole = trainer()
    whole.fit(loader(**options), loader(), epochs=3)
    Stops.after = after
    stopped = trainer(tmp_path, Stops)
    stopped.fit(loader(**options), loader(), epochs=3)
    assert stopped.stopped and not stopped.finished
    again = trainer(tmp_path)
    mg.rand(3)  # other random numbers meanwhile
    again.restore()
    again.fit(loader(**options), loader(), epochs=3)
    assert_same(again, whole)
    with (tmp_path / "metrics.csv").open() as file:
        assert [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)] == again.history
    stopped.restore(tmp_path / "last.npz")
    assert_same(stopped, again)


def test_in_one_process_it_goes_on_as_well():
    whole, parts = trainer(), None
    train, valid = loader(own=True), loader()
    whole.fit(train, valid, epochs=2)
    Stops.after = 3
    parts = trainer(kind=Stops)
    train = loader(own=True)
    parts.fit(train, valid, epochs=2)
    parts.fit(train, valid, epochs=1)
    parts.fit(train, valid, epochs=2)
    assert_same(parts, whole)


def test_batches_may_be_any_iterable_of_several_inputs():
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(mg.ones(()))

        def forward(self, a, b):
            return (a + b) * self.w

    net = Sum()
    batches = [(mg.ones(2), mg.ones(2), mg.full((2,), 6.0))]
    history = Trainer(net, nn.MSELoss(), optim.SGD(net.parameters(), lr=0.1), progress=False).fit(batches)
    assert history == [{"epoch": 1, "train_loss": 16.0, "lr": 0.1}]
    assert net.w.item() == pytest.approx(1 + 0.1 * 2 * 4 * 2)


# ---- what decides --------------------------------------------------------------------------------------------------


class Scripted(Trainer):
    """Its epochs have given results."""

    def __init__(self, losses, **options):
        net = nn.Linear(1, 1)
        super().__init__(net, nn.MSELoss(), optim.SGD(net.parameters(), lr=1.0), progress=False, **options)
        self.losses = losses

    def step(self, *batch):
        self.batch += 1
        self.count({"loss": 1.0}, 1)

    def evaluate(self, data):
        loss = self.losses[len(self.history)]
        return {"loss": loss, "accuracy": 10 - loss}


ONE = [(mg.ones(1, 1), mg.ones(1, 1))]


@pytest.mark.parametrize("monitor", [None, "val_loss", "val_accuracy"])
def test_patience_and_the_best_epoch(monitor, tmp_path):
    run = Scripted([5.0, 3.0, 3.0, 4.0, 1.0], patience=2, monitor=monitor, folder=tmp_path)
    run.fit(ONE, ONE, epochs=5)
    assert [row["val_loss"] for row in run.history] == [5.0, 3.0, 3.0, 4.0] and run.best["epoch"] == 2
    assert mg.load(tmp_path / "best.npz")["history"] == run.history[:2]
    assert run.finished and not run.stopped


def test_schedules(tmp_path):
    run = Scripted([3.0, 3.0, 3.0, 3.0])
    run.scheduler = optim.lr_scheduler.ReduceLROnPlateau(run.optimizer, factor=0.5, patience=0)
    assert [row["lr"] for row in run.fit(ONE, ONE, epochs=4)] == [1.0, 1.0, 0.5, 0.25]
    run = trainer()
    run.scheduler = optim.lr_scheduler.StepLR(run.optimizer, 1, gamma=0.1)
    assert [row["lr"] for row in run.fit(loader(), epochs=3)] == pytest.approx([0.1, 0.01, 0.001])
    run = trainer(scheduler_step="batch")
    run.scheduler = optim.lr_scheduler.StepLR(run.optimizer, 5, gamma=0.5)
    assert [row["lr"] for row in run.fit(loader(), epochs=2)] == pytest.approx([0.05, 0.025])


def test_schedules_that_count_batches_step_after_each():
    run = trainer()
    schedule = optim.lr_scheduler.OneCycleLR(run.optimizer, max_lr=1.0, total_steps=10)
    batches = [batch for batch, _ in zip(loader(), range(5), strict=False)]
    run = Trainer(run.model, run.loss, run.optimizer, scheduler=schedule, progress=False)
    run.fit(batches, epochs=1)
    assert schedule.last_epoch == len(batches)
    assert Trainer(run.model, run.loss, run.optimizer).scheduler_step == "epoch"


def test_predictions_are_those_of_the_model_in_evaluation():
    run = trainer()
    batches = list(loader())
    whole = mg.cat([inputs for inputs, _ in batches])
    run.model.train()
    for data in (batches, [inputs for inputs, _ in batches]):
        outputs = run.predict(data)
        assert run.model.training and not outputs.requires_grad
        np.testing.assert_allclose(outputs.numpy(), run.model.eval()(whole).detach().numpy(), rtol=1e-5, atol=1e-6)
        run.model.train()


def test_what_is_no_run_is_refused_at_once():
    net = nn.Linear(1, 1)
    sgd = optim.SGD(net.parameters(), lr=0.1)
    for wrong, error, message in (
        (lambda: Trainer(net, nn.MSELoss(), optim.SGD), TypeError, r"as optim.Adam\(model.parameters\(\)\)"),
        (lambda: Trainer(net, "mse", sgd), TypeError, "expected loss as a function"),
        (lambda: Trainer(net, nn.MSELoss(), sgd, metrics=[nn.MSELoss()]), TypeError, "expected metrics as a dict"),
        (lambda: Trainer(net, nn.MSELoss(), sgd, callbacks=print), TypeError, "put it into a list"),
        (lambda: trainer().fit(mg.ones(3, 1), mg.ones(3, 1)), TypeError, "fit: expected batches, got Tensor"),
        (lambda: trainer().fit(loader().dataset), TypeError, "fit: expected batches, got TensorDataset; give a DataLo"),
        (lambda: trainer().predict(np.ones((3, 1))), TypeError, "predict: expected batches, got ndarray"),
        (lambda: trainer().predict([]), ValueError, "predict: expected at least one batch"),
        (lambda: trainer().fit(loader(), epochs="3"), TypeError, "expected epochs as an int, got '3'"),
        (
            lambda: trainer().fit(iter(loader()), epochs=2),
            ValueError,
            "no batch in epoch 2; a generator gives each once",
        ),
        (lambda: trainer(monitor="val_acc").fit(loader()), ValueError, "got 'val_acc'"),
    ):
        with pytest.raises(error, match=message):
            wrong()


@pytest.mark.parametrize(
    "train, message",
    [
        ((mg.zeros(2, 3), mg.zeros(2)), "got a Tensor of shape (2, 3) as a batch; one pair alone is a list of it"),
        ([mg.zeros(2, 3)], "fit: expected batches of inputs and targets, got a Tensor"),
        (3, "expected batches, as a DataLoader gives them, got 3; the number of epochs has a name: epochs=3"),
    ],
)
def test_what_is_no_batch_is_refused(train, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        trainer(progress=False).fit(train)


def test_epochs_in_the_place_of_validation_are_refused_before_training():
    run = trainer(progress=False)
    with pytest.raises(TypeError, match="got 3; the number of epochs has a name"):
        run.fit(loader(), 3)
    assert_same(run, trainer())


def test_a_folder_that_cannot_be_made_is_told_before_training(tmp_path):
    (tmp_path / "file").write_text("")
    run = trainer(tmp_path / "file", progress=False)
    with pytest.raises(FileExistsError, match="Trainer: File exists; choose another folder"):
        run.fit(loader(), epochs=1)
    assert_same(run, trainer())


def test_a_class_is_no_loss():
    net = nn.Linear(2, 2)
    with pytest.raises(TypeError, match=r"expected loss as a function, such as nn.CrossEntropyLoss\(\), got <class"):
        Trainer(net, nn.CrossEntropyLoss, optim.SGD(net.parameters(), lr=0.1))


def test_a_finished_run_says_so(capsys):
    run = Scripted([1.0])
    run.fit(ONE, ONE, epochs=1)
    run.progress = True
    run.fit(ONE, ONE, epochs=1)
    assert capsys.readouterr().out == "epochs done: 1; nothing is left to do. epochs=2 trains one more\n"


def test_callbacks_see_each_epoch_and_may_stop():
    seen = []

    def callback(run, row):
        seen.append(row["val_loss"])
        if row["val_loss"] < 3:
            run.stop()

    Scripted([4.0, 2.0, 1.0], callbacks=[callback]).fit(ONE, ONE, epochs=3)
    assert seen == [4.0, 2.0]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_no_number_changes_nothing(bad, tmp_path):
    run = trainer(tmp_path)
    run.fit(loader(), epochs=1)
    before = weights(run)
    run.loss = lambda outputs, targets: outputs.sum() * bad
    with pytest.raises(Diverged, match="in batch 1 of epoch 2: the run has diverged; try a lower lr than 0.1"):
        run.fit(loader(), epochs=2)
    for name, value in before.items():
        if "running" not in name and "batches" not in name:
            np.testing.assert_array_equal(weights(run)[name], value)
    assert len(run.history) == 1
    run = Scripted([bad])
    with pytest.raises(Diverged, match="in validation after epoch 1"):
        run.fit(ONE, ONE)
    assert run.history == []


def test_lines_and_bars(capsys):
    pytest.importorskip("tqdm")
    run = trainer(progress=True)
    run.fit(loader(), loader(), epochs=1)
    out, err = capsys.readouterr()
    row = run.history[0]
    assert out == (
        f"epoch 1/1   training loss {row['train_loss']:.4f} accuracy {row['train_accuracy']:.2%}   "
        f"validation loss {row['val_loss']:.4f} accuracy {row['val_accuracy']:.2%}   best\n"
    )
    assert "batch" in err
    run.main = False
    run.fit(loader(), epochs=2)
    assert capsys.readouterr() == ("", "")


def test_accuracy():
    assert accuracy(mg.tensor([[2.0, 1.0, 0.0], [0.0, 1.0, 2.0]]), mg.tensor([0, 1])) == 0.5
    assert accuracy(mg.tensor([[2.0], [-1.0]]), mg.tensor([1, 1])) == 0.5
    assert accuracy(mg.tensor([2.0, -1.0, -1.0, 3.0]), mg.tensor([1, 0, 0, 1])) == 1.0


@pytest.mark.parametrize(
    "use, error, message",
    [
        (lambda: trainer(scheduler_step="step"), ValueError, "expected scheduler_step of 'epoch' or 'batch'"),
        (lambda: trainer(patience=0), ValueError, "expected patience of at least 1, got 0"),
        (lambda: trainer(monitor="loss", patience=1).fit(loader(), epochs=2), ValueError, "one of epoch, train_loss"),
        (lambda: trainer().restore(), ValueError, "has no folder"),
        (lambda: trainer().evaluate([]), ValueError, "at least one batch"),
    ],
)
def test_mistakes(use, error, message):
    with pytest.raises(error, match=message):
        use()
