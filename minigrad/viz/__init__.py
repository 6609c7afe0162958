"""Pictures, drawn with matplotlib. Each function returns a Figure and works without a display."""

from minigrad.viz.classification import confusion_matrix, misclassified
from minigrad.viz.decision import decision_regions
from minigrad.viz.training import curves

__all__ = ["confusion_matrix", "curves", "decision_regions", "misclassified"]
