"""CUDA, which is not used here."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

matmul = SimpleNamespace(
    allow_tf32=False, allow_fp16_reduced_precision_reduction=False, allow_bf16_reduced_precision_reduction=False
)


def is_built() -> bool:
    """Return False."""
    return False


@contextmanager
def sdp_kernel(*args: object, **kwargs: object) -> Iterator[None]:
    """Choose among PyTorch's kernels for attention: there is one here. Its newer name is `nn.attention.sdpa_kernel`.

    Examples
    --------
    >>> with mg.backends.cuda.sdp_kernel(enable_flash=False):
    ...     F.scaled_dot_product_attention(mg.ones(1, 2), mg.ones(1, 2), mg.ones(1, 2))
    tensor([[1., 1.]])
    """
    yield
