"""Bookkeeping on tensors: metrics, indexing, dtypes, random numbers, data, printing."""

from tests.conformance.user_scripts import array, labels, script


@script
def classification_metrics():
    import torch
    import torch.nn.functional as F

    def topk_accuracy(output, target, topk=(1, 3)):
        with torch.no_grad():
            maxk = max(topk)
            _, pred = output.topk(maxk, 1, True, True)
            pred = pred.t()
            correct = pred.eq(target.view(1, -1).expand_as(pred))
            return [correct[:k].reshape(-1).float().sum(0, keepdim=True).mul_(100.0 / len(target)) for k in topk]

    logits, target = torch.tensor(array(30, 4)), torch.tensor(labels(30, 4))
    pred = logits.argmax(1)
    confusion = torch.zeros(4, 4, dtype=torch.int64)
    for t, p in zip(target.view(-1), pred.view(-1), strict=True):
        confusion[t.long(), p.long()] += 1
    fast = torch.bincount(target * 4 + pred, minlength=16).reshape(4, 4)
    once = torch.zeros(4, 4).index_put_((target, pred), torch.ones(30), accumulate=True)
    assert torch.equal(confusion, fast) and (once == fast).all()
    tp = confusion.diag()
    precision, recall = tp / confusion.sum(0), tp / confusion.sum(1)
    f1 = 2 * precision * recall / (precision + recall)
    scores, order = torch.sort(logits[:, 0], descending=True)
    hits = (target[order] == 0).float()
    tpr, fpr = hits.cumsum(0) / hits.sum(), (1 - hits).cumsum(0) / (1 - hits).sum()
    auc = torch.trapezoid(tpr, fpr)
    one_hot = F.one_hot(target, num_classes=4)
    brier = (logits.softmax(1) - one_hot).square().sum(1).mean()
    class_correct = [(pred[target == c] == c).sum().item() for c in range(4)]
    print(
        confusion, f"accuracy {tp.sum() / confusion.sum():.3f}", class_correct, (pred == target).float().mean().item()
    )
    return topk_accuracy(logits, target), f1.nan_to_num(0), auc, brier, one_hot, scores[:3]


@script
def joining_and_indexing():
    import torch

    a = torch.arange(12).reshape(3, 4)
    b = torch.arange(12.0).view(3, -1)
    mask = b > 5
    padded = torch.full((4, 6), -1.0)
    padded[:3, 1:5] = b
    padded[-1] = torch.tensor([1.0, 2, 3, 4, 5, 6])
    rows, cols = torch.where(mask)
    c = b.clone()
    c[mask] = 0
    c[[0, 2], [1, 3]] = torch.tensor([10.0, 20.0])
    c[:, ::2] *= 2
    c[1:, -1] += 1
    d = torch.empty(2, 3, 4).copy_(b)
    left, right = a.chunk(2, dim=1)
    first, *rest = a.split([1, 3], dim=1)
    values, indices = b.max(dim=0)
    i = torch.tensor([[0, 1], [2, 0], [3, 3]])
    out = {
        "cat": torch.cat([a, a[:1]], dim=0),
        "stack": torch.stack((a, a * 2), dim=-1).shape,
        "vstack": torch.vstack([left, right]),
        "where": torch.where(mask, b, -b),
        "gather": b.gather(1, i),
        "scatter": torch.zeros(3, 4).scatter_add_(1, i, torch.ones(3, 2)),
        "take": torch.take_along_dim(b, b.argsort(dim=1, descending=True), dim=1),
        "select": torch.index_select(b, 1, torch.tensor([3, 0])),
        "masked": (torch.masked_select(b, mask), b[mask], b[~mask].sum()),
        "masked_fill": b.masked_fill(mask, -1).masked_fill_(b == 0, 7),
        "nonzero": (torch.nonzero(mask), mask.nonzero(as_tuple=True), (rows, cols)),
        "einsum": (torch.einsum("ij,kj->ik", b, b), torch.einsum("bij,ij->b", d, b), torch.einsum("ii", b[:, :3])),
        "outer": torch.outer(b[0], b[1]),
        "tri": (torch.triu(b, diagonal=1), torch.tril(b)),
        "repeat": (b[0].repeat(2, 2), torch.repeat_interleave(a[0], 2), b[:1].expand(2, -1), torch.tile(a[0], (2,))),
        "moves": (a.T.shape, d.permute(2, 0, 1).shape, d.movedim(0, -1).shape, a.flip(0), torch.roll(a, 1, dims=1)),
        "squeeze": (a[None].squeeze(0).shape, a.unsqueeze(-1).shape, a[..., None, 0].shape, d.flatten(1).shape),
        "reduce": (values, indices, b.std(), b.var(dim=1, unbiased=False), b.prod(1), d.mean(dim=(0, 2), keepdim=True)),
        "logic": (mask.any(), mask.all(dim=1), torch.isnan(b).any(), torch.logical_and(mask, b < 9), ~mask ^ mask),
        "unique": torch.unique(torch.tensor([3, 1, 3, 2]), return_inverse=True, return_counts=True),
        "compare": (
            a == a.clone(),
            torch.equal(a, a),
            torch.allclose(b, b + 1e-9),
            torch.isin(a, torch.tensor([2, 5])),
        ),
        "windows": (torch.arange(6).unfold(0, 3, 1), torch.diff(b, dim=1), torch.cumsum(b, dim=0)),
        "pad": torch.nn.functional.pad(b, (1, 1, 0, 1), mode="constant", value=9.0),
        "products": torch.cartesian_prod(torch.arange(2), torch.arange(3)),
        "results": (c, d, padded, first, rest, torch.atleast_2d(b[0]), torch.column_stack([a[0], a[1]])),
    }
    print(padded, mask, a.numel(), a.ndim, len(a), a.size(), a.shape[-1], a.stride(), a.is_contiguous(), sep="\n")
    return out


@script
def dtypes_and_conversions():
    import numpy as np
    import torch

    torch.set_default_dtype(torch.float32)
    x = torch.tensor([1, 2, 3])
    f = x.float()
    n = np.arange(3, dtype=np.float32)
    shared = torch.from_numpy(n)
    n[0] = 7
    shared[1] = 8
    results = [
        x / 2, x // 2, x % 2, x * 0.5, x**2, f**0.5, x > 1, x + True, -x, abs(-f), 1 / f, 2**x, f.int(),
        f.to(torch.float64), f.double() + f, f + torch.tensor(1.0, dtype=torch.float64), x.to(torch.uint8) + 255,
        x.type(torch.float32).mean(), x.sum(), (f > 1).sum(), (f > 1).float().mean(), x.max(), torch.ones(2, 3).long(),
        x.bool(), f.half().float(),
        torch.zeros(3).type_as(x), torch.as_tensor(n), torch.tensor(n.astype(np.float64)), torch.from_numpy(n) + shared,
        torch.arange(0, 1, 0.25), torch.linspace(0, 1, 5), torch.eye(2), torch.full((2,), 3), torch.full((2,), 3.0),
        torch.FloatTensor([1, 2]), f.clamp(min=2), f.round(),
        torch.tensor(True) & torch.tensor([True, False]), torch.bitwise_xor(x, x + 1), x.new_tensor([1.5, 2.5]),
        f.new_ones(2),
    ]  # fmt: skip
    names = [str(t.dtype) for t in results if hasattr(t, "dtype")]
    array_of = f.numpy()
    array_of += 1
    print(names, f, x.tolist(), f[0].item(), float(f[0]), int(x[1]), bool(x[0] == 1), x[1].tolist(), np.sqrt(f.numpy()))
    print(
        f.requires_grad, x.is_floating_point(), torch.is_tensor(n), isinstance(f, torch.Tensor), f.dtype == torch.float
    )
    print(
        torch.finfo(torch.float32).eps,
        torch.iinfo(torch.int64).max,
        torch.finfo(f.dtype).max,
        torch.tensor(float("nan")),
    )
    print(f.cpu().detach().numpy().dtype, np.asarray(f).sum(), f.type(), x.element_size(), list(f), max(x))
    return results, torch.sigmoid(f)


@script
def printing_tensors():
    import torch

    torch.set_default_dtype(torch.float32)
    x = torch.tensor(array(3, 4)).float()
    w = torch.tensor([1.0, 2.5], requires_grad=True)
    loss = (w**2).mean()
    print(x, x[0, 0], x.double()[:1], x > 0, x.shape, x.dtype, sep="\n")
    print(
        loss,
        w.grad,
        w,
        w.detach(),
        (w * 2).detach(),
        torch.tensor([]),
        torch.tensor(3),
        torch.tensor([[True], [False]]),
    )
    print(f"{loss:.3f} {loss.item():8.2f} {x.mean():+.4e} {x[0].tolist()[0]:.3f} {str(loss)} {torch.arange(3)}")
    print("loss: {:.4f}".format(loss), "%.2f" % loss.item(), f"{x.argmax()} of {x.numel():,}")  # noqa: UP031, UP032
    print(torch.zeros(2, 2, 2), torch.arange(2000), torch.tensor([1e-8, 1.0, 1e8]), torch.tensor([1.0, float("inf")]))
    print(torch.tensor([0.5, 100000.0]), torch.tensor([1e5, 2.0]), torch.ones(1, 1).int(), torch.rand(30, 30).shape)
    torch.set_printoptions(precision=2, sci_mode=False)
    print(x)
    torch.set_printoptions(profile="default")
    print(torch.nn.Parameter(torch.zeros(2)), {"a": torch.ones(1)}, [torch.ones(())], torch.Size([1, 2]), sep="\n")
    return x


@script
def reproducible_random_numbers():
    import random

    import numpy as np
    import torch
    from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler, random_split

    def seed_everything(seed):
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)
        if torch.cuda.is_available():
            torch.cuda.manual_seed_all(seed)
        torch.cuda.manual_seed(seed)
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False
        torch.use_deterministic_algorithms(True)

    def draw(generator=None):
        return [
            torch.rand(2, 3, generator=generator), torch.randn(4, generator=generator),
            torch.randint(0, 10, (5,), generator=generator), torch.randperm(6, generator=generator),
            torch.empty(3).normal_(0, 2, generator=generator), torch.empty(3).uniform_(-1, 1, generator=generator),
            torch.bernoulli(torch.full((4,), 0.5), generator=generator),
        ]  # fmt: skip

    def equal(a, b):
        return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))

    try:
        seed_everything(7)
        first = draw()
        state = torch.get_rng_state()
        second = draw()
        torch.set_rng_state(state)
        print(equal(second, draw()), equal(first, second))
        seed_everything(7)
        print(equal(first, draw()), [(str(t.dtype), t.shape) for t in first])
        g = torch.Generator().manual_seed(3)
        h = torch.Generator(device="cpu")
        h.manual_seed(3)
        print(equal(draw(g), draw(h)), g.initial_seed(), torch.initial_seed())
        data = TensorDataset(torch.arange(20), torch.arange(20) ** 2)
        train, val = random_split(data, [15, 5], generator=torch.Generator().manual_seed(1))
        again, _ = random_split(data, [0.75, 0.25], generator=torch.Generator().manual_seed(1))
        print(len(train), len(val), list(train.indices) == list(again.indices), sorted([*train.indices, *val.indices]))
        orders = []
        for workers in (0, 2):
            loader = DataLoader(data, 8, shuffle=True, generator=torch.Generator().manual_seed(5), num_workers=workers)
            orders.append(torch.cat([x for x, _ in loader]))
        print(torch.equal(*orders), orders[0].sort()[0].tolist())
        sampler = WeightedRandomSampler([0.0, 1.0, 1.0], num_samples=10, replacement=True)
        print(0 in list(sampler), len(sampler), torch.rand_like(orders[0].float()).shape)
    finally:
        torch.use_deterministic_algorithms(False)
        torch.backends.cudnn.deterministic = False
    return [t.shape for t in first]


@script
def choosing_a_device():
    import torch
    from torch import Tensor

    use_cuda = torch.cuda.is_available() and False
    device = torch.device("cuda:0" if use_cuda else "cpu")
    kwargs = {"num_workers": 0, "pin_memory": True} if use_cuda else {}

    def move(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: t.to(device, non_blocking=True) for name, t in batch.items()}

    batch = move({"x": torch.ones(2, 3, device=device), "y": torch.zeros(2, dtype=torch.long, device="cpu")})
    model = torch.nn.Linear(3, 2).to(device)
    out = model(batch["x"].to(device=device, dtype=torch.get_default_dtype())).cpu()
    model.to(torch.float32).to("cpu", torch.float64)
    next(model.parameters()).data.to(batch["x"])
    print(
        device, device.type, batch["x"].device, next(model.parameters()).device == device, model.weight.is_cuda, kwargs
    )
    print(torch.cuda.device_count(), torch.backends.mps.is_available(), out.device.type == "cpu", out.shape)
    out.sum().backward()
    print(torch.is_grad_enabled(), isinstance(model.weight, Tensor), model.weight.grad.shape, torch.__version__ > "0")
    return batch


@script
def gaussian_process_and_interpolation():
    import math

    import torch

    x, y = torch.linspace(0, 1, 8), torch.sin(2 * math.pi * torch.linspace(0, 1, 8))
    new = torch.linspace(0, 1, 5)
    log_scale = torch.tensor(-1.0, requires_grad=True)

    def kernel(a, b):
        return torch.exp(-0.5 * (a.unsqueeze(1) - b.unsqueeze(0)).pow(2) / torch.exp(log_scale) ** 2)

    K = kernel(x, x) + 1e-2 * torch.eye(len(x))
    L = torch.linalg.cholesky(K)
    alpha = torch.cholesky_solve(y.unsqueeze(1), L).squeeze(1)
    nll = 0.5 * y @ alpha + L.diagonal().log().sum() + 0.5 * len(x) * math.log(2 * math.pi)
    nll.backward()
    mean = kernel(new, x) @ alpha
    i = torch.searchsorted(x, new).clamp(1, len(x) - 1)
    t = (new - x[i - 1]) / (x[i] - x[i - 1])
    linear = torch.lerp(y[i - 1], y[i], t)
    histogram = torch.histc(y, bins=4, min=-1, max=1)
    return nll, log_scale.grad, mean, linear, histogram, torch.quantile(y, torch.tensor([0.25, 0.5])), y.median()


@script
def small_things():
    import torch

    x = torch.ones(2, 3, 4)
    features = x.shape[1:].numel()
    y = torch.zeros(x.shape[:1] + (5,)) + torch.ones(size=(5,))
    loader = torch.utils.data.DataLoader(list(range(5)), batch_size=2)
    sizes = [x.size(-1), *x.size()[:2], x.shape == (2, 3, 4), isinstance(x.shape, tuple), x.is_cpu, x.get_device()]
    print(x.shape[1:], x.shape + (1,), features, sizes, (x[0, 0, 0] > 0).is_nonzero(), x.byte().dtype == torch.uint8)
    print([batch.tolist() for batch in loader], torch.finfo(torch.float32).bits, x.numel() == torch.numel(x), torch.inf)
    return y, x.char(), x.true_divide(3), x[..., torch.newaxis].shape[-1]
