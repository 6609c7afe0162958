"""ONNX files, by `torch.onnx`'s names: a model leaves, to run wherever there is a runtime for them.

`export` runs the model on an example (`recording`), asks what of the numbers seen depends on the sizes of the inputs
(`sizes`), and writes each operation as nodes of ONNX (`graph`, and the tables `elementwise`, `shapes` and `layers`). It
needs the package onnx: the extra ``[onnx]``.
"""

from minigrad.onnx.exporting import export, is_in_onnx_export
from minigrad.onnx.sizes import OnnxExporterError, UnsupportedOperatorError

__all__ = ["OnnxExporterError", "UnsupportedOperatorError", "export", "is_in_onnx_export"]
