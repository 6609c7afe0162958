"""Names of PyTorch that are left out here on purpose: whoever asks is told why, and what to do instead."""

from __future__ import annotations

import sys
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
        "sparse_csr_tensor sspaddmm"
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
_INNER_MODULES = {  # those that are no attribute of a package before they are imported
    _QUANTIZED: "nn.intrinsic nn.qat nn.quantizable nn.quantized",
    _COMPILED: "_dynamo _inductor utils.cpp_extension",
    "every rank has the whole model here; use nn.parallel.DistributedDataParallel": (
        "distributed._composable distributed._tensor distributed.fsdp distributed.pipelining distributed.tensor"
    ),
    "every rank has the whole model here; save_checkpoint writes it once, for any number of ranks to load": (
        "distributed.checkpoint"
    ),
    "gradients are averaged in every step here; fp16_compress_hook and powerSGD_hook send less of them": (
        "distributed.algorithms.ddp_comm_hooks.post_localSGD_hook "
        "distributed.algorithms.ddp_comm_hooks.quantization_hooks distributed.algorithms.model_averaging"
    ),
    "its load_url is hub.load_state_dict_from_url": "utils.model_zoo",
    "ranks run the same program here and call collectives, see distributed": "distributed.rpc",
    "python -m minigrad.distributed.run starts scripts, with the same options": "distributed.launch",
}


def _reasons(table: dict[str, str]) -> dict[str, str]:
    return {name: reason for reason, names in table.items() for name in names.split()}


FUNCTIONS, METHODS = _reasons(_FUNCTIONS), _reasons(_METHODS)
IMPORTS = FUNCTIONS | _reasons(_INNER_MODULES)


def explained(owner: str, name: str, reason: str) -> AttributeError:
    """Return the error for a name that is left out."""
    return AttributeError(f"{owner} has no {name!r}: {reason}", name=name)


def absent_attribute(name: str) -> property:
    """Return an attribute of Tensor that raises when it is read, so that ``hasattr`` is False."""

    def read(self: Any) -> NoReturn:
        raise explained("Tensor", name, METHODS[name])

    return property(read)


class _Refusal:
    """Tells whoever imports what is left out why. Python asks the last finder in ``sys.meta_path`` where all failed."""

    @staticmethod
    def find_spec(fullname: str, path: Any = None, target: Any = None) -> None:
        package, _, name = fullname.partition(".")
        if package == "minigrad" and name in IMPORTS:
            # an error that has the name of the module would be lost in ``from minigrad import sparse``
            raise ModuleNotFoundError(f"minigrad has no {name!r}: {IMPORTS[name]}")


sys.meta_path.append(_Refusal)
