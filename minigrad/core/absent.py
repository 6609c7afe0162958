"""Names of PyTorch that are left out here on purpose: whoever asks is told why, and what to do instead."""

from __future__ import annotations

from typing import Any, NoReturn

_COMPLEX = "tensors are real here; work with real and imaginary parts, or in NumPy on x.numpy()"
_SPARSE = "tensors are dense here; pass a dense one, or use scipy.sparse"
_QUANTIZED = "there are no quantized tensors here; integers with a scale of your own do the same"
_NAMED = "dimensions have no names here; use their numbers"
_COMPILED = "programs run as they are written here, and graphs are not rewritten or exported"

_FUNCTIONS = {
    _COMPLEX: "complex fft istft polar stft view_as_complex view_as_real lobpcg chalf complex32",
    _SPARSE: (
        "dsmm hsmm hspmm saddmm smm sparse sparse_bsc sparse_bsc_tensor sparse_bsr sparse_bsr_tensor "
        "sparse_compressed_tensor sparse_coo sparse_coo_tensor sparse_csc sparse_csc_tensor sparse_csr "
        "sparse_csr_tensor spmm sspaddmm"
    ),
    _QUANTIZED: (
        "ao choose_qparams_optimized dequantize fake_quantize_per_channel_affine fake_quantize_per_tensor_affine "
        "qint32 qint8 quantization quantize_per_channel quantize_per_tensor quantized_batch_norm quint8"
    ),
    _COMPILED: "export fx library package",
    "tensors of unequal lengths are lists here; pad them, see nn.utils.rnn": "masked nested",
}
_METHODS = {
    _COMPLEX: "chalf istft stft",
    _SPARSE: (
        "ccol_indices coalesce col_indices crow_indices dense_dim is_coalesced row_indices sparse_dim sparse_mask "
        "sparse_resize_ sparse_resize_and_clear_ sspaddmm to_sparse to_sparse_bsc to_sparse_bsr to_sparse_coo "
        "to_sparse_csc to_sparse_csr"
    ),
    _QUANTIZED: (
        "int_repr q_per_channel_axis q_per_channel_scales q_per_channel_zero_points q_scale q_zero_point qscheme"
    ),
    _NAMED: "align_as align_to refine_names rename rename_",
}


def _reasons(table: dict[str, str]) -> dict[str, str]:
    return {name: reason for reason, names in table.items() for name in names.split()}


FUNCTIONS, METHODS = _reasons(_FUNCTIONS), _reasons(_METHODS)


def explained(owner: str, name: str, reason: str) -> AttributeError:
    """Return the error for a name that is left out."""
    return AttributeError(f"{owner} has no {name!r}: {reason}", name=name)


def absent_attribute(name: str) -> property:
    """Return an attribute of Tensor that raises when it is read, so that ``hasattr`` is False."""

    def read(self: Any) -> NoReturn:
        raise explained("Tensor", name, METHODS[name])

    return property(read)
