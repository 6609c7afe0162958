"""Many processes, on one machine or many: PyTorch's ``torch.distributed`` on MPI.

``mpiexec -n 4 python script.py`` starts them, or ``python -m minigrad.distributed.run --nproc-per-node 4 script.py``.
MPI is loaded by `init_process_group`, and needed by nothing else.
"""

from __future__ import annotations

from minigrad.distributed.launcher import set_environment
from minigrad.lazy_names import lazy_names

_HOMES = {
    "groups": (
        "DEFAULT_TIMEOUT GroupMember ProcessGroup default_pg_timeout destroy_process_group group init_process_group "
        "is_available is_initialized is_torchelastic_launched new_group"
    ),
    "ranks": (
        "get_backend get_global_rank get_group_rank get_node_local_rank get_process_group_ranks get_rank "
        "get_world_size new_subgroups new_subgroups_by_enumeration"
    ),
    "buffers": "ReduceOp reduce_op",
    "collectives": (
        "all_gather all_gather_into_tensor all_reduce all_to_all all_to_all_single barrier broadcast gather "
        "monitored_barrier reduce reduce_scatter reduce_scatter_tensor scatter"
    ),
    "grad_bucket": "GradBucket",
    "messages": "P2POp batch_isend_irecv irecv isend recv send",
    "objects": (
        "all_gather_object broadcast_object_list gather_object recv_object_list scatter_object_list send_object_list"
    ),
    "backends": (
        "Backend get_default_backend_for_device is_backend_available is_gloo_available is_mpi_available "
        "is_nccl_available is_ucc_available is_xccl_available"
    ),
    "device_mesh": "DeviceMesh init_device_mesh",
    "store": "FileStore HashStore PrefixStore Store TCPStore",
    "waiting": "DistBackendError DistError DistNetworkError DistStoreError",
    "work": "Work",
}
_lazy = lazy_names(__name__, globals(), _HOMES, "algorithms nn optim")
__getattr__, __dir__ = _lazy.getattr, _lazy.dir
__all__ = _lazy.names  # pyright: ignore[reportUnsupportedDunderAll]

set_environment()
