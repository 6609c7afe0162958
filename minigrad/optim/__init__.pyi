"""Written by scripts/stubs.py out of the declarations; do not edit."""



from minigrad.optim.asgd import ASGD as ASGD
from minigrad.optim.adadelta import Adadelta as Adadelta
from minigrad.optim.adafactor import Adafactor as Adafactor
from minigrad.optim.adagrad import Adagrad as Adagrad
from minigrad.optim.adam import Adam as Adam
from minigrad.optim.adamw import AdamW as AdamW
from minigrad.optim.adamax import Adamax as Adamax
from minigrad.optim.lbfgs import LBFGS as LBFGS
from minigrad.optim.muon import Muon as Muon
from minigrad.optim.nadam import NAdam as NAdam
from minigrad.optim.optimizer import Optimizer as Optimizer
from minigrad.optim.radam import RAdam as RAdam
from minigrad.optim.rmsprop import RMSprop as RMSprop
from minigrad.optim.rprop import Rprop as Rprop
from minigrad.optim.sgd import SGD as SGD
from minigrad.optim.sparse_adam import SparseAdam as SparseAdam
from minigrad.optim import lr_scheduler as lr_scheduler
from minigrad.optim import swa_utils as swa_utils
