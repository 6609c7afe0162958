"""Mistakes: a type checker refuses every line that is marked."""

import minigrad as mg
import minigrad.nn as nn
import minigrad.nn.functional as F
from minigrad import optim


def mistakes(x: mg.Tensor) -> None:
    x.summ()  # wrong
    x.sqeeze_(0)  # wrong
    x.relu(1, 2, 3)  # wrong
    x.sum(dims=1)  # wrong
    x.sum(dim="a")  # wrong
    x.reshape("a")  # wrong
    x.add_("a")  # wrong
    x.clamp(minimum=0)  # wrong
    x.max(dim=1).indexes  # wrong
    x.unsqueeze()  # wrong
    x + "a"  # wrong
    "a" - x  # wrong
    x @ None  # wrong
    x < "a"  # wrong
    x.T()  # wrong
    x.shape = 3  # wrong
    x.backward(retain=True)  # wrong
    x.requires_gard  # wrong
    n: int = x.relu()  # wrong
    s: str = x.mean(dim=0)  # wrong
    f: float = mg.sqrt(x)  # wrong
    mg.exp("x")  # wrong
    mg.relu(x, bogus=1)  # wrong
    mg.exq(x)  # wrong
    mg.Tensr  # wrong
    mg.viz.no_such_picture  # wrong
    mg.cat(x, axis=0, dims=1)  # wrong
    mg.zeros(2, dtyp=mg.float32)  # wrong
    mg.linalg.svd(x).V  # wrong
    mg.linalg.det("x")  # wrong
    F.relu(x, bogus=1)  # wrong
    F.conv2d("hello", 3)  # wrong
    F.conv2d(x, x, stride="x")  # wrong
    F.max_pool2d(x)  # wrong
    F.cross_entropy(x, x, reduce_to="mean")  # wrong
    F.max_pool2d(x, 2, return_indices=True).sum()  # wrong
    nn.Linear("a", 3)  # wrong
    nn.Linear(2, 3, bais=False)  # wrong
    nn.Lineer(2, 3)  # wrong
    optim.SGD([x], lrr=0.1)  # wrong
