"""The state of schedulers: of PyTorch's files, of classes of the user's own, of another kind."""

import warnings

import numpy as np
import pytest

import minigrad as mg
from minigrad import optim
from tests.optim.test_lr_scheduler import METRICS, SCHEDULERS, every_scheduler, optimizer, trace


@every_scheduler
@pytest.mark.parametrize("at", [1, 4, 13])
def test_goes_on_from_a_file_of_pytorch(tmp_path, name, at):
    torch = pytest.importorskip("torch")
    theirs, ours = optimizer(torch), optimizer(mg)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own, where it steps schedulers within schedulers
        scheduler = SCHEDULERS[name](torch.optim.lr_scheduler, theirs)
        trace(scheduler, theirs, at)
        torch.save([theirs.state_dict(), scheduler.state_dict()], tmp_path / "saved.pth")
        expected = trace(scheduler, theirs, 30 - at)
    other = SCHEDULERS[name](optim.lr_scheduler, ours)
    first, second = mg.load(tmp_path / "saved.pth")
    ours.load_state_dict(first)
    other.load_state_dict(second)
    np.testing.assert_allclose(trace(other, ours, 30 - at), expected, rtol=1e-12, atol=1e-15)


def test_a_plateau_goes_on_from_a_file_of_pytorch(tmp_path):
    torch = pytest.importorskip("torch")
    states = {}
    for lib in (torch, mg):
        o = optimizer(lib)
        scheduler = lib.optim.lr_scheduler.ReduceLROnPlateau(o, patience=1, cooldown=1)
        if lib is torch:
            for metric in METRICS[:7]:
                scheduler.step(metric)
            torch.save([o.state_dict(), scheduler.state_dict()], tmp_path / "saved.pth")
        else:
            first, second = mg.load(tmp_path / "saved.pth")
            o.load_state_dict(first)
            scheduler.load_state_dict(second)
        states[lib] = [(scheduler.step(metric), scheduler.get_last_lr())[1] for metric in METRICS[7:]]
    np.testing.assert_allclose(states[mg], states[torch], rtol=1e-12)


def test_what_a_scheduler_of_the_users_set_later_is_loaded():
    class Warm(optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            if self.last_epoch == 2:
                self.peak, self._seen = self.last_epoch, True
            return [base * min(1, (self.last_epoch + 1) / 2) for base in self.base_lrs]

    old, fresh = (Warm(optimizer(mg)) for _ in range(2))
    trace(old, old.optimizer, 3)
    fresh.load_state_dict(old.state_dict())
    assert (fresh.peak, fresh._seen, fresh.last_epoch) == (2, True, 3)


def test_state_of_another_kind():
    s, o = optim.lr_scheduler, optimizer(mg)
    step = s.StepLR(o, 3)
    with pytest.raises(ValueError, match="has no T_max, eta_min"):
        step.load_state_dict(s.CosineAnnealingLR(o, 3, 0.1).state_dict())
    chain = s.ChainedScheduler([s.StepLR(o, 3), s.StepLR(o, 4)])
    other = s.ChainedScheduler([s.StepLR(o, 5), s.ExponentialLR(o, 4)])
    with pytest.raises(ValueError, match="has no step_size"):
        other.load_state_dict(chain.state_dict())
    assert other._schedulers[0].step_size == 5  # as it was
    with pytest.raises(ValueError, match="expected 2 schedulers, got 0"):
        other.load_state_dict(step.state_dict())
