"""Optimizers, by PyTorch's names; `lr_scheduler` changes their learning rates over time."""

from minigrad.optim import lr_scheduler
from minigrad.optim.adagrad import Adadelta, Adagrad
from minigrad.optim.adam import Adam, Adamax, AdamW, NAdam
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.rmsprop import RMSprop
from minigrad.optim.sgd import SGD

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer", "RMSprop", "lr_scheduler"]
