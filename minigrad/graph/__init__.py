"""The graph: nodes, the walk over them, and which memory changed when. It knows no Tensor and no operation."""
