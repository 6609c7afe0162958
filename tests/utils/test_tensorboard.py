"""The writer for TensorBoard: it hands arrays to tensorboardX, which need not be installed."""

import sys
import types

import numpy as np
import pytest

import minigrad as mg
from minigrad.utils.tensorboard import SummaryWriter


@pytest.fixture
def calls(monkeypatch):
    """The calls of a stand-in for tensorboardX."""
    made = []

    class Writer:
        def __init__(self, *args):
            self.logdir = args[0]

        def close(self):
            made.append(("close", (), {}))

        def __getattr__(self, name):
            return lambda *args, **kwargs: made.append((name, args, kwargs))

    module = types.ModuleType("tensorboardX")
    module.SummaryWriter = Writer
    monkeypatch.setitem(sys.modules, "tensorboardX", module)
    return made


def test_tensors_arrive_as_arrays(calls, tmp_path):
    w = mg.ones(2, requires_grad=True)
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", (w * 2).sum(), global_step=mg.tensor(3))
        writer.add_scalars("losses", {"a": mg.tensor(1.0), "b": 2.0}, 1)
        writer.flush()
        assert writer.logdir == writer.log_dir == writer.get_logdir() == str(tmp_path)
        writer.add_histogram("weights", w)
    (scalar, (tag, value), step), (_, (_, values, _), _), flush, (_, (_, weights), _), close = calls
    assert scalar == "add_scalar" and tag == "loss" and type(value) is float and value == 4
    assert type(step["global_step"]) is int and step["global_step"] == 3
    assert type(weights) is np.ndarray and weights.tolist() == [1, 1]
    assert type(values["a"]) is float and values["b"] == 2.0
    assert flush[0] == "flush" and close[0] == "close"


def test_arguments_that_only_pytorch_has_are_taken(calls):
    writer = SummaryWriter("runs")
    writer.add_scalar("loss", mg.tensor(2.0), 1, double_precision=True, new_style=True)
    writer.add_hparams({"lr": 0.1}, {"loss": mg.tensor(0.5)}, {"lr": [0.1, 0.2]}, "first", 3)
    assert calls == [
        ("add_scalar", ("loss", 2.0), {"global_step": 1, "walltime": None}),
        ("add_hparams", ({"lr": 0.1}, {"loss": 0.5}), {"name": "first", "global_step": 3}),
    ]
    with pytest.raises(TypeError, match="add_hparams: expected hparam_dict"):
        writer.add_hparams([], {})


def test_a_graph_is_left_out_with_a_word(calls):
    with pytest.warns(UserWarning, match="viz"):
        SummaryWriter().add_graph(None)
    assert not calls


def test_without_the_package_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match="pip install 'minigrad-numpy.tensorboard.'"):
        SummaryWriter()


def test_files_are_written_by_the_real_package(tmp_path):
    pytest.importorskip("tensorboardX")
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", mg.tensor(0.5), mg.tensor(1))
        writer.add_image("image", mg.rand(3, 4, 4), 1)
        writer.add_histogram("weights", mg.randn(10), 1)
    assert any(path.stat().st_size > 100 for path in tmp_path.iterdir())
