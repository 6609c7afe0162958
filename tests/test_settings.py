"""What scripts ask of devices, accelerators and compilers, and switches that they set: as a CPU answers."""

import copy
import importlib
import pickle
import sys
import warnings

import numpy as np
import pytest

import minigrad as mg


@pytest.mark.parametrize("name", ["cpu", "cuda", "cuda:1", "mps", "cpu:0"])
def test_devices_can_be_named_as_in_pytorch(name):
    torch = pytest.importorskip("torch")
    ours, theirs = mg.device(name), torch.device(name)
    assert (ours.type, ours.index, str(ours), repr(ours)) == (theirs.type, theirs.index, str(theirs), repr(theirs))
    assert ours == mg.device(ours.type, ours.index) and {ours: 1}[mg.device(name)] == 1
    assert pickle.loads(pickle.dumps(ours)) == ours == copy.deepcopy(ours)


@pytest.mark.parametrize("wrong", ["gpu", "cuda:x", "cuda:-1", "", 1.5, None])
def test_unknown_devices_are_refused(wrong):
    with pytest.raises((RuntimeError, TypeError), match="device: expected"):
        mg.device(wrong)


USES = {
    "zeros": lambda: mg.zeros(2, device="cuda"),
    "tensor": lambda: mg.tensor([1.0], device=mg.device("cuda:0")),
    "rand_like": lambda: mg.rand_like(mg.ones(2), device="mps"),
    "to": lambda: mg.ones(2).to("cuda"),
    "as_tensor": lambda: mg.as_tensor([1.0], device="cuda"),
    "Generator": lambda: mg.Generator("cuda"),
    "Module": lambda: mg.nn.Linear(1, 1, device="cuda"),
    "set_default_device": lambda: mg.set_default_device("cuda"),
    "device": lambda: mg.device("cuda").__enter__(),
}


@pytest.mark.parametrize("use", USES)
def test_other_devices_hold_no_tensors(use):
    with pytest.raises(RuntimeError, match=f"{use}: minigrad computes on the CPU only, got '(cuda|mps)"):
        USES[use]()


def test_a_device_is_a_context_and_a_decorator():
    with mg.device("cpu") as device:
        assert mg.ones(2).device == device
    assert mg.device("cpu")(len) is len


QUESTIONS = [
    "cuda.is_available()", "cuda.device_count()", "cuda.is_initialized()", "cuda.memory_allocated()",
    "cuda.max_memory_allocated()", "cuda.manual_seed_all(1)", "cuda.empty_cache()", "cuda.get_rng_state_all()",
    "backends.cudnn.version()", "backends.cudnn.is_available()", "backends.mps.is_available()",
    "backends.mps.is_built()", "backends.cuda.is_built()", "backends.cuda.matmul.allow_tf32", "mps.device_count()",
    "xpu.is_available()", "accelerator.is_available()", "accelerator.device_count()", "distributed.is_initialized()",
    "accelerator.current_accelerator()", "version.cuda", "compiler.is_compiling()", "jit.is_scripting()",
    "jit.is_tracing()", "get_float32_matmul_precision()", "is_autocast_enabled()", "get_default_device().type",
    "promote_types(m.int8, m.uint8).itemsize", "can_cast(m.float32, m.int32)", "can_cast(m.int32, m.float16)",
    "typename(3)", "is_complex(m.ones(1))", "is_signed(m.ones(1))", "is_storage(m.ones(1))", "bfloat16.itemsize",
    "bfloat16.is_floating_point", "complex64.is_complex", "complex64.itemsize",
]  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_those_of_pytorch_without_a_gpu(question):
    torch = pytest.importorskip("torch")
    m = mg
    ours = eval(f"mg.{question}")
    m = torch
    assert eval(f"torch.{question}", {"torch": torch, "m": m}) == ours


@pytest.mark.parametrize("kind", "int8 int16 int32 int64 uint8 float16 float32 float64 bool".split())
def test_promotion_is_that_of_pytorch(kind):
    torch = pytest.importorskip("torch")
    for other in "int8 int16 int32 int64 uint8 float16 float32 float64 bool".split():
        pair = [getattr(mg, kind), getattr(mg, other)]
        theirs = [getattr(torch, kind), getattr(torch, other)]
        assert repr(mg.promote_types(*pair)).split(".")[1] == repr(torch.promote_types(*theirs)).split(".")[1]
        assert mg.can_cast(*pair) == torch.can_cast(*theirs)
        for shape in ((), (2,)):
            ours = mg.result_type(mg.ones(2, dtype=pair[0]), mg.ones(shape, dtype=pair[1]))
            expected = torch.result_type(torch.ones(2, dtype=theirs[0]), torch.ones(shape, dtype=theirs[1]))
            assert repr(ours).split(".")[1] == repr(expected).split(".")[1]


@pytest.mark.parametrize(
    "call",
    [
        lambda: mg.cuda.set_device(0),
        lambda: mg.cuda.current_device(),
        lambda: mg.cuda.get_device_name(0),
        lambda: mg.cuda.FloatTensor(2),
        lambda: mg.cuda.Event(),
        lambda: mg.cuda.device(0),
        lambda: mg.accelerator.set_device_index(0),
        lambda: mg.ones(2).cuda(),
    ],
)
def test_using_an_accelerator_is_an_error(call):
    for kind in (RuntimeError, AssertionError):  # PyTorch raises the one or the other
        with pytest.raises(kind, match="minigrad computes on the CPU only"):
            call()


@pytest.mark.parametrize(
    "module",
    ["cuda", "cuda.amp", "backends", "backends.cudnn", "backends.mps", "mps", "amp", "jit", "types", "version",
     "__config__", "multiprocessing", "accelerator", "compiler", "functional", "onnx"],
)  # fmt: skip
def test_modules_can_be_imported(module):
    assert importlib.import_module(f"minigrad.{module}") is sys.modules[f"minigrad.{module}"]


def test_functional_has_the_functions_of_the_package():
    assert all(getattr(mg.functional, name) is getattr(mg, name) for name in mg.functional.__all__)
    with pytest.raises(AttributeError, match="no attribute 'relu6'"):
        mg.functional.relu6  # noqa: B018


# ---- mixed precision, compilers --------------------------------------------------------------------------------------


def test_cudnn_flags_are_a_context_and_a_decorator():
    flags = mg.backends.cudnn.flags(enabled=True, benchmark=False)
    assert flags(lambda: 3)() == 3
    with mg.backends.cudnn.flags(False):
        pass


def test_mixed_precision_changes_nothing_and_says_so():
    model = mg.nn.Linear(2, 1)
    optimizer = mg.optim.SGD(model.parameters(), lr=0.1)
    x = mg.ones(3, 2)
    with pytest.warns(UserWarning, match="GradScaler: does nothing on a CPU"):
        scaler = mg.cuda.amp.GradScaler()
    with pytest.warns(UserWarning, match="autocast: does nothing on a CPU"):
        context = mg.autocast(device_type="cuda", dtype=mg.float16)
    with context:
        loss = model(x).sum()
    assert loss.dtype == mg.float32
    before = model.weight.detach().clone()
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    np.testing.assert_allclose(model.weight.numpy(force=True), before.numpy() - 0.3, rtol=1e-6)
    assert scaler.get_scale() == 1.0 and not scaler.is_enabled() and scaler.state_dict() == {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mg.amp.GradScaler(enabled=False), mg.cuda.amp.autocast(enabled=False)
    with pytest.raises(TypeError, match="autocast: expected a dtype"):
        mg.autocast("cpu", "float16", enabled=False)
    with pytest.raises(RuntimeError, match="device: expected"):
        mg.autocast("gpu", enabled=False)


def test_compilers_return_what_they_are_given():
    def double(x):
        return 2 * x

    assert mg.compile(double) is double and mg.compile(mode="max-autotune")(double) is double
    mg.jit._say.cache_clear()
    with pytest.warns(UserWarning, match="jit.script: nothing is compiled"):
        assert mg.jit.script(double) is double
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mg.jit.script(double) is double  # it says so once
    assert mg.jit.ignore(double) is double and mg.jit.unused(double) is double
    assert mg.compiler.disable(double) is double and mg.compiler.disable()(double) is double
    with pytest.raises(TypeError, match="compile: expected a function or module"):
        mg.compile(3)
    with pytest.raises(RuntimeError, match="jit.load"):
        mg.jit.load("model.pt")


# ---- what is left out ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "word"),
    [
        (lambda: mg.fft, "real"),
        (lambda: mg.sparse_coo_tensor, "dense"),
        (lambda: mg.quantize_per_tensor, "quantized"),
        (lambda: mg.ones(2).to_sparse(), "dense"),
        (lambda: mg.ones(2).refine_names("a"), "names"),
    ],
)
def test_what_is_left_out_says_why(read, word):
    with pytest.raises(AttributeError, match=word):
        read()


def test_names_of_dtypes_that_no_tensor_has():
    for dtype in (mg.bfloat16, mg.complex64, mg.complex128):
        with pytest.raises(TypeError, match=f"no tensor has the dtype {repr(dtype)[9:]}"):
            mg.zeros(2, dtype=dtype)
        with pytest.raises(TypeError, match="no tensor has the dtype"):
            mg.ones(2).to(dtype)
        assert pickle.loads(pickle.dumps(dtype)) is dtype is copy.deepcopy(dtype)
        assert dtype != mg.float32 and mg.ones(1).dtype != dtype
    assert mg.complex64.to_real() is mg.float32


# ---- out of memory of others -----------------------------------------------------------------------------------------


def test_asarray_shares_what_it_can():
    a = np.zeros(3)
    t = mg.asarray(a)
    a[0] = 1
    assert t[0] == 1 and mg.asarray(a, copy=True).data_ptr() != t.data_ptr()
    assert mg.asarray(t) is not t and mg.asarray(t).data_ptr() == t.data_ptr()
    with pytest.raises(ValueError, match="asarray: this needs a copy"):
        mg.asarray(a, dtype=mg.float32, copy=False)
    assert mg.asarray(a, requires_grad=True).requires_grad
    assert mg.asarray(bytearray(8), dtype=mg.int32).tolist() == [0, 0]


def test_frombuffer():
    data = bytearray(np.arange(4, dtype=np.int16).tobytes())
    assert mg.frombuffer(data, dtype=mg.int16, count=2, offset=2).tolist() == [1, 2]
    for wrong in ({"count": 9}, {"offset": 8}, {"offset": -1}, {"count": 0}, {"offset": 1}):
        with pytest.raises(ValueError, match="frombuffer"):
            mg.frombuffer(data, dtype=mg.int16, **wrong)
    with pytest.raises(ValueError, match="empty"):
        mg.frombuffer(b"", dtype=mg.int16)


def test_dlpack_goes_both_ways():
    torch = pytest.importorskip("torch")
    x = mg.arange(4.0)
    theirs = torch.from_dlpack(x)
    theirs[0] = 5
    assert x[0] == 5
    back = mg.from_dlpack(theirs)
    back[1] = 6
    assert x.tolist() == [5.0, 6.0, 2.0, 3.0]
    with pytest.raises(BufferError, match="requires grad"):
        np.from_dlpack(mg.ones(2, requires_grad=True))


def test_from_file(tmp_path):
    path = tmp_path / "numbers"
    np.arange(4, dtype=np.float32).tofile(path)
    shared = mg.from_file(str(path), shared=True, size=4)
    shared[0] = 7
    assert mg.from_file(path, size=2).tolist() == [7.0, 1.0]
    with pytest.raises(RuntimeError, match="from_file: .* holds 4 elements"):
        mg.from_file(path, size=9)
    with pytest.raises(RuntimeError, match="from_file: cannot read"):
        mg.from_file(tmp_path / "missing", size=1)


@pytest.mark.parametrize("name", ["hann", "hamming", "bartlett", "blackman", "kaiser"])
@pytest.mark.parametrize("periodic", [True, False])
def test_windows_are_those_of_pytorch(name, periodic):
    torch = pytest.importorskip("torch")
    for count in (0, 1, 2, 7):
        ours, theirs = (getattr(m, f"{name}_window")(count, periodic, dtype=m.float64) for m in (mg, torch))
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-14)


def test_names_of_distributed_are_found():
    with pytest.raises(AttributeError, match="did you mean 'all_reduce'"):
        getattr(mg.distributed, "all_reduced")  # noqa: B009
