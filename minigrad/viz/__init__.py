"""Pictures, drawn with matplotlib. Each function returns a Figure, works without a display, and shows in a notebook."""

from minigrad.viz.attribution import occlusion, occlusion_map, saliency, saliency_map
from minigrad.viz.classification import confusion_matrix, misclassified, predictions
from minigrad.viz.decision import decision_regions
from minigrad.viz.graph import graph, graph_dot
from minigrad.viz.layers import activations, feature_maps, filters
from minigrad.viz.training import curves

__all__ = [
    "activations", "confusion_matrix", "curves", "decision_regions", "feature_maps", "filters", "graph", "graph_dot",
    "misclassified", "occlusion", "occlusion_map", "predictions", "saliency", "saliency_map",
]  # fmt: skip
