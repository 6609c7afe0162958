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
