"""save_checkpoint and load_checkpoint: a run goes on to the bit, or everything is left as it was."""

import random

import numpy as np
import pytest

import minigrad as mg
from minigrad import optim
from minigrad.optim.lr_scheduler import OneCycleLR, StepLR


class Run:
    """A little training run on random data, which draws from every source of randomness."""

    def __init__(self):
        self.w = mg.tensor(np.ones(4, np.float32), requires_grad=True)
        self.optimizer = optim.Adam([self.w], lr=0.1, amsgrad=True)
        self.scheduler = OneCycleLR(self.optimizer, 0.3, total_steps=40)
        self.generator = mg.Generator().manual_seed(1)

    def state_dict(self):
        return {"w": self.w.detach()}

    def load_state_dict(self, state):
        self.w._write(state["w"]._data)

    @property
    def parts(self):
        return dict(model=self, optimizer=self.optimizer, scheduler=self.scheduler, generator=self.generator)

    def train(self, steps):
        for _ in range(steps):
            noise = mg.randn(4) + mg.rand(4, generator=self.generator) + random.random() + float(np.random.rand())
            self.w.grad = (self.w.detach() * noise).float()
            self.optimizer.step()
            self.scheduler.step()
        return self.w.detach().numpy().tobytes()


def test_goes_on_to_the_bit(tmp_path):
    run = Run()
    run.train(7)
    mg.save_checkpoint(tmp_path / "last.npz", **run.parts, epoch=7, history=[(0.5, 0.25)])
    expected = run.train(13)

    again = Run()
    again.train(3)
    assert mg.load_checkpoint(tmp_path / "last.npz", **again.parts) == {"epoch": 7, "history": [(0.5, 0.25)]}
    assert again.train(13) == expected
    assert mg.load_checkpoint(tmp_path / "last.npz", model=run).keys() == {"optimizer", "scheduler", "generator",
                                                                         "epoch", "history"}  # fmt: skip


def test_all_or_nothing(tmp_path):
    run = Run()
    mg.save_checkpoint(tmp_path / "last.npz", **run.parts)
    run.train(5)
    mg.save_checkpoint(tmp_path / "now.npz", **run.parts)
    other = {**run.parts, "scheduler": StepLR(run.optimizer, 3)}
    before = random.getstate()
    with pytest.raises(ValueError, match="StepLR"):
        mg.load_checkpoint(tmp_path / "last.npz", **other)
    assert random.getstate() == before
    mg.save_checkpoint(tmp_path / "still.npz", **run.parts)
    assert (tmp_path / "still.npz").read_bytes() == (tmp_path / "now.npz").read_bytes()


def test_errors(tmp_path):
    run, file = Run(), tmp_path / "file"
    mg.save({"model": run.state_dict()}, file)
    with pytest.raises(ValueError, match="not written by save_checkpoint"):
        mg.load_checkpoint(file, model=run)
    mg.save_checkpoint(file, model=run, epoch=3)
    with pytest.raises(ValueError, match="no optimizer, scheduler in the file, which has model, epoch, random_state"):
        mg.load_checkpoint(file, model=run, optimizer=run.optimizer, scheduler=run.scheduler)
    with pytest.raises(TypeError, match="epoch is of type int"):
        mg.load_checkpoint(file, epoch=0)
    with pytest.raises(TypeError, match="save: loader is an object"):
        mg.save_checkpoint(file, loader=object())
    with pytest.raises(TypeError, match="random_state"):
        mg.save_checkpoint(file, random_state=1)


DOCUMENTED = ValueError, TypeError, RuntimeError
BAD_STATES = {
    "numpy": [
        3, {}, {"state": 3}, {"bit_generator": "PCG64", "state": {"key": np.zeros(624, np.uint32), "pos": 3}},
        *[
            {"bit_generator": "MT19937", "state": {"key": key, "pos": pos}, "has_gauss": has, "gauss": gauss}
            for key, pos, has, gauss in [
                (np.zeros(624, np.uint32), -1, 0, 0.0), (np.zeros(624, np.uint32), 625, 0, 0.0),
                (np.zeros(624, np.uint32), 10**30, 0, 0.0), (np.zeros(624, np.uint32), 1.5, 0, 0.0),
                (np.zeros(3, np.uint32), 3, 0, 0.0), (np.full(624, 1e300), 3, 0, 0.0), (None, 3, 0, 0.0),
                (np.zeros(624, np.uint32), 3, "a", 0.0), (np.zeros(624, np.uint32), 3, 1, "a"),
                (np.zeros(624, np.uint32), 3, 1, 10**400),
            ]
        ],
    ],
    "python": [
        None, (), (3,), (3, (1,), None), (9, tuple(range(625)), None), (3, (0,) * 624 + (10**30,), None),
        (3, (-1,) * 624 + (3,), None), (3, (0,) * 624 + (3,), "a"), (3, ("a",) * 625, None), (3, (0,) * 624 + (3,)),
    ],
    "minigrad": [
        None, 3, mg.ones(3), mg.zeros(49, dtype=mg.uint8), mg.zeros(10**5, dtype=mg.uint8), np.zeros(49, np.uint8),
    ],
}  # fmt: skip


@pytest.mark.parametrize("generator", BAD_STATES)
def test_a_malformed_random_state_changes_nothing(generator, tmp_path):
    run = Run()
    run.train(2)
    file, other = tmp_path / "file", tmp_path / "other"
    mg.save_checkpoint(other, **run.parts)
    run.train(3)
    mg.save_checkpoint(file, **run.parts)
    for state in [*BAD_STATES[generator], "missing"]:
        content = mg.load(other)
        content["random_state"][generator] = state
        if isinstance(state, str):
            del content["random_state"][generator]
        mg.save(content, tmp_path / "bad")
        for parts in (run.parts, {}):
            with pytest.raises(DOCUMENTED, match="random_state in .*bad does not fit") as error:
                mg.load_checkpoint(tmp_path / "bad", **parts)
            assert type(error.value) in DOCUMENTED
        mg.save_checkpoint(tmp_path / "now", **run.parts)
        assert (tmp_path / "now").read_bytes() == file.read_bytes(), f"{state!r:.100}"


def test_what_is_no_state_of_a_part_changes_nothing(tmp_path):
    run = Run()
    model = mg.nn.Linear(2, 2)
    parts = {**run.parts, "linear": model}
    run.train(2)
    mg.save_checkpoint(tmp_path / "file", **parts)
    content = mg.load(tmp_path / "file")
    for name in parts:
        for state in (3, None, [], {}, {"a": 1}, "text", {"state": {}, "param_groups": []}, {"w": 1, "state": 10**400}):
            mg.save({**content, name: state}, tmp_path / "bad")
            try:
                mg.load_checkpoint(tmp_path / "bad", **parts)
            except DOCUMENTED as error:
                assert type(error) in DOCUMENTED
                assert f"load_checkpoint: {name} in {tmp_path / 'bad'} does not fit" in str(error)
            mg.save_checkpoint(tmp_path / "now", **parts)
            assert (tmp_path / "now").read_bytes() == (tmp_path / "file").read_bytes(), f"{name} {state}"
