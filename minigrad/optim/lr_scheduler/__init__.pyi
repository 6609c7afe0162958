"""Written by scripts/stubs.py out of the declarations; do not edit."""



from minigrad.optim.lr_scheduler.composite import ChainedScheduler as ChainedScheduler
from minigrad.optim.lr_scheduler.factor import ConstantLR as ConstantLR
from minigrad.optim.lr_scheduler.cyclic import CosineAnnealingLR as CosineAnnealingLR
from minigrad.optim.lr_scheduler.cyclic import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts
from minigrad.optim.lr_scheduler.cyclic import CyclicLR as CyclicLR
from minigrad.optim.lr_scheduler.factor import ExponentialLR as ExponentialLR
from minigrad.optim.lr_scheduler.scheduler import LRScheduler as LRScheduler
from minigrad.optim.lr_scheduler.factor import LambdaLR as LambdaLR
from minigrad.optim.lr_scheduler.factor import LinearLR as LinearLR
from minigrad.optim.lr_scheduler.factor import MultiStepLR as MultiStepLR
from minigrad.optim.lr_scheduler.factor import MultiplicativeLR as MultiplicativeLR
from minigrad.optim.lr_scheduler.cyclic import OneCycleLR as OneCycleLR
from minigrad.optim.lr_scheduler.factor import PolynomialLR as PolynomialLR
from minigrad.optim.lr_scheduler.plateau import ReduceLROnPlateau as ReduceLROnPlateau
from minigrad.optim.lr_scheduler.composite import SequentialLR as SequentialLR
from minigrad.optim.lr_scheduler.factor import StepLR as StepLR
