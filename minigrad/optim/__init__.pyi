"""Written by scripts/stubs.py out of the declarations; do not edit."""



from minigrad.optim.adagrad import Adadelta as Adadelta
from minigrad.optim.adagrad import Adagrad as Adagrad
from minigrad.optim.adam import Adam as Adam
from minigrad.optim.adam import AdamW as AdamW
from minigrad.optim.adam import Adamax as Adamax
from minigrad.optim.adam import NAdam as NAdam
from minigrad.optim.optimizer import Optimizer as Optimizer
from minigrad.optim.rmsprop import RMSprop as RMSprop
from minigrad.optim.sgd import SGD as SGD
from minigrad.optim import lr_scheduler as lr_scheduler
