"""PyTorch's places: nn.modules.*, the bases of layers, nn.grad, nn.parallel, and old names."""

import importlib
import inspect

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn

BASES = ("Nd", "Norm", "NormBase", "Loss")


def test_layers_and_their_bases_are_where_pytorch_has_them():
    torch = pytest.importorskip("torch")
    missing = []
    for name, module in inspect.getmembers(torch.nn.modules, inspect.ismodule):
        if name in ("_functions", "linear_cross_entropy_options"):
            continue
        ours = importlib.import_module(f"minigrad.nn.modules.{name}")
        for kind, theirs in vars(module).items():
            wanted = kind in nn.__all__ or kind[0] == "_" and kind.endswith(BASES)
            if inspect.isclass(theirs) and theirs.__module__ == module.__name__ and wanted:
                missing += [] if hasattr(ours, kind) else [f"{name}.{kind}"]
    assert not missing


def test_layers_are_of_the_bases_that_pytorchs_are():
    torch = pytest.importorskip("torch")
    tried = 0
    for name in nn.__all__:
        theirs = getattr(torch.nn, name, None)
        if not (inspect.isclass(theirs) and issubclass(theirs, torch.nn.Module)):
            continue
        for base in theirs.__mro__[1:]:
            if base.__module__.startswith("torch.nn.modules") and base.__name__.endswith(BASES):
                home = importlib.import_module(base.__module__.replace("torch", "minigrad", 1))
                assert issubclass(getattr(nn, name), getattr(home, base.__name__)), (name, base.__name__)
                tried += 1
    assert tried > 60


def test_modules_without_files_are_imported_like_others():
    import minigrad.nn.modules.batchnorm as batchnorm
    from minigrad.nn.modules.conv import _ConvNd

    from minigrad.nn.modules.utils import _ntuple, _pair, _single, _triple

    assert batchnorm.BatchNorm2d is nn.BatchNorm2d is nn.modules.BatchNorm2d
    assert issubclass(nn.ConvTranspose1d, _ConvNd) and isinstance(nn.SyncBatchNorm(2), batchnorm._BatchNorm)
    assert type(nn.MultiheadAttention(2, 1).out_proj) is nn.modules.linear.NonDynamicallyQuantizableLinear
    assert isinstance(nn.Linear(1, 1).load_state_dict({}, strict=False), nn.modules.module._IncompatibleKeys)
    assert (_single(2), _pair(2), _triple([1, 2, 3]), _ntuple(4)(0)) == ((2,), (2, 2), (1, 2, 3), (0,) * 4)
    assert {"BatchNorm1d", "SyncBatchNorm"} < {*batchnorm.__all__} < {*dir(batchnorm)}
    with pytest.raises(AttributeError, match="'minigrad.nn.modules.batchnorm' has no attribute 'BatchNorm4d'; did you"):
        batchnorm.BatchNorm4d  # noqa: B018
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("minigrad.nn.modules.unheard")


def test_a_convolution_of_ones_own():
    class Standardized(nn.modules.conv._ConvNd):
        """As scripts write it: from the base, with all arguments."""

        def __init__(self, inputs, outputs, size):
            pair = nn.modules.utils._pair
            zero, one = pair(0), pair(1)
            super().__init__(inputs, outputs, pair(size), one, zero, one, False, zero, 1, True, "zeros")

        def forward(self, x):
            return mg.nn.functional.conv2d(x, self.weight / 2, self.bias, self.stride, self.padding)

    class Halved(nn.Conv2d):
        def forward(self, x):
            return self._conv_forward(x, self.weight / 2, self.bias)

    x = mg.randn(2, 3, 5, 5)
    ours, plain = Standardized(3, 4, 3), Halved(3, 4, 3)
    assert ours.weight.shape == (4, 3, 3, 3) and repr(ours) == "Standardized(3, 4, kernel_size=(3, 3), stride=(1, 1))"
    plain.load_state_dict(ours.state_dict())
    np.testing.assert_array_equal(ours(x).detach().numpy(), plain(x).detach().numpy())


def test_a_batch_norm_of_ones_own():
    class AnyBatchNorm(nn.modules.batchnorm._BatchNorm):
        def _check_input_dim(self, input):
            if input.ndim < 2:
                raise ValueError("of nothing")

    assert AnyBatchNorm(3)(mg.randn(4, 3)).shape == (4, 3) and AnyBatchNorm(3)(mg.randn(4, 3, 2, 2, 2)).ndim == 5
    with pytest.raises(ValueError, match="of nothing"):
        AnyBatchNorm(3)(mg.randn(3))


def test_a_loss_of_ones_own():
    class Focal(nn.modules.loss._WeightedLoss):
        def forward(self, input, target):
            losses = mg.nn.functional.cross_entropy(input, target, self.weight, reduction="none")
            return getattr(losses, self.reduction)() if self.reduction != "none" else losses

    loss = Focal(mg.ones(3), reduction="sum")
    assert list(loss.state_dict()) == ["weight"] and loss(mg.zeros(2, 3), mg.tensor([0, 1])).item() > 2


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_gradients_of_convolutions(dims):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 4, *[6] * dims)), rng.standard_normal((6, 2, *[3] * dims))
    options = (2, 1, 1, 2)
    g = rng.standard_normal((2, 6, *[3] * dims))
    for of, arguments in (("input", (x.shape, w, g)), ("weight", (x, w.shape, g))):
        results = [
            getattr(lib.nn.grad, f"conv{dims}d_{of}")(
                *[a if isinstance(a, tuple) else lib.tensor(a) for a in arguments], *options
            )
            for lib in (mg, torch)
        ]
        np.testing.assert_allclose(results[0].numpy(), results[1].numpy(), rtol=1e-10, atol=1e-12)


def test_parallel():
    layer, x = nn.Linear(3, 2), mg.randn(4, 3)
    np.testing.assert_allclose(nn.parallel.data_parallel(layer, x).detach(), layer(x).detach(), rtol=1e-6)
    assert nn.parallel.DataParallel is nn.DataParallel
    with pytest.raises(ValueError, match="DistributedDataParallel: there is no default group"):
        nn.parallel.DistributedDataParallel(layer)


def test_old_names_of_initial_values():
    w = mg.empty(3, 4)
    with pytest.warns(FutureWarning, match="nn.init.xavier_uniform is old; use nn.init.xavier_uniform_"):
        assert nn.init.xavier_uniform(w) is w
    assert nn.init._calculate_fan_in_and_fan_out(mg.empty(5, 2, 3, 3)) == (18, 45)
    assert nn.init._calculate_correct_fan(w, "fan_out") == 3
    with pytest.raises(AttributeError, match="'minigrad.nn.init' has no attribute 'normalize'; did you mean 'normal_'"):
        nn.init.normalize  # noqa: B018


def test_prefixes_of_states_and_options_of_tensors():
    state = nn.DataParallel(nn.Linear(2, 1)).state_dict()
    nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
    assert nn.Linear(2, 1).load_state_dict(state)
    with pytest.raises(TypeError, match="got \\['x'\\]"):
        nn.factory_kwargs({"x": 1})


def test_hooks_of_all_modules_are_where_pytorch_has_them():
    torch = pytest.importorskip("torch")
    names = [n for n in vars(torch.nn.modules.module) if n.startswith("register_module_") and n.endswith("_hook")]
    names.remove("register_module_backward_hook")  # which PyTorch advises against
    seen = []
    for name in names:
        assert getattr(nn.modules.module, name) is getattr(nn.hooks, name)
    with nn.modules.module.register_module_forward_hook(lambda module, args, output: seen.append(module)):
        layer = nn.ReLU()
        layer(mg.ones(1))
    assert seen == [layer] and len(names) == 7
    keys = layer.load_state_dict({})
    assert isinstance(keys, nn.modules.module._IncompatibleKeys)
