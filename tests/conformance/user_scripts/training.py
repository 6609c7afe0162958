"""Training loops in the idioms that people use."""

from tests.conformance.user_scripts import array, labels, script, start


@script
def mlp_in_a_sequential():
    import torch
    import torch.nn as nn
    import torch.optim as optim

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    X = torch.from_numpy(array(64, 10)).to(device)
    y = torch.from_numpy(labels(64, 3)).to(device)
    model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 3)).to(device)
    start(model)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses = []
    for epoch in range(5):
        running_loss, correct = 0.0, 0
        for i in range(0, len(X), 16):
            inputs, targets = X[i : i + 16], y[i : i + 16]
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            optimizer.step()
            running_loss += loss.item() * inputs.size(0)
            _, predicted = torch.max(outputs.data, 1)
            correct += (predicted == targets).sum().item()
        losses.append(running_loss / len(X))
        print(f"epoch {epoch + 1}: loss {losses[-1]:.4f}, accuracy {100.0 * correct / len(X):.1f}%")
    return losses, model.state_dict()


@script
def cnn_as_a_subclass():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from torch.utils.data import DataLoader, TensorDataset

    class Net(nn.Module):
        def __init__(self, num_classes=10):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 4, kernel_size=3, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(4)
            self.conv2 = nn.Conv2d(4, 8, 3, stride=2)
            self.pool = nn.MaxPool2d(2, 2)
            self.dropout = nn.Dropout(0.0)
            self.fc1 = nn.Linear(8 * 2 * 2, 16)
            self.fc2 = nn.Linear(16, num_classes)

        def forward(self, x):
            x = self.pool(F.relu(self.bn1(self.conv1(x))))
            x = self.pool(F.relu(self.conv2(x)))
            x = x.view(x.size(0), -1)
            x = self.dropout(F.relu(self.fc1(x)))
            return F.log_softmax(self.fc2(x), dim=1)

    def evaluate(model, loader):
        model.eval()
        loss, correct = 0, 0
        with torch.no_grad():
            for data, target in loader:
                output = model(data)
                loss += F.nll_loss(output, target, reduction="sum").item()
                pred = output.argmax(dim=1, keepdim=True)
                correct += pred.eq(target.view_as(pred)).sum().item()
        return loss / len(loader.dataset), correct

    dataset = TensorDataset(torch.tensor(array(48, 1, 20, 20)), torch.tensor(labels(48, 10)))
    loader = DataLoader(dataset, batch_size=20)
    model = start(Net())
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    history = []
    for _epoch in range(2):
        model.train()
        for batch_idx, (data, target) in enumerate(loader):
            optimizer.zero_grad(set_to_none=True)
            loss = F.nll_loss(model(data), target)
            loss.backward()
            optimizer.step()
            if batch_idx % 2 == 0:
                print(f"[{batch_idx * len(data)}/{len(loader.dataset)}]\tLoss: {loss.item():.6f}")
        history.append(evaluate(model, loader))
    print(model)
    return history, model.state_dict()


@script
def functional_with_a_list_of_weights():
    import torch
    import torch.nn.functional as F
    from torch.nn import Parameter

    w1, b1 = Parameter(torch.tensor(array(12, 2, 3, 3)) * 0.1), Parameter(torch.zeros(12))
    w2, b2 = Parameter(torch.tensor(array(3, 12)) * 0.1), Parameter(torch.zeros(3))
    params = [w1, b1, w2, b2]

    def forward(x):
        h = F.leaky_relu(F.conv2d(x, w1, b1, stride=2, padding=1), 0.2)
        h = F.adaptive_avg_pool2d(h, 1).flatten(1)
        return F.linear(h, w2, b2)

    x, y = torch.tensor(array(8, 2, 9, 9)), torch.tensor(labels(8, 3))
    for _ in range(4):
        loss = F.cross_entropy(forward(x), y, label_smoothing=0.1)
        grads = torch.autograd.grad(loss, params)
        with torch.no_grad():
            for p, g in zip(params, grads, strict=True):
                p -= 0.5 * g
    return loss, params


@script
def named_layers_and_weight_init_by_apply():
    from collections import OrderedDict

    import torch
    from torch import nn

    model = nn.Sequential(
        OrderedDict([("conv1", nn.Conv2d(1, 3, 5)), ("relu1", nn.ReLU(inplace=True)), ("pool1", nn.AvgPool2d(2))])
    )
    model.add_module("flat", nn.Flatten())
    model.add_module("fc", nn.Linear(3 * 4 * 4, 2))

    def init_weights(m):
        if isinstance(m, nn.Linear) or isinstance(m, nn.Conv2d):
            nn.init.xavier_uniform_(m.weight)
            m.weight.data.fill_(0.01)
            nn.init.constant_(m.bias, 0.1)
        elif type(m) is nn.ReLU:
            print("nothing to do for", m)

    model.apply(init_weights)
    x = torch.linspace(-1, 1, 2 * 144).reshape(2, 1, 12, 12)
    out = model(x)
    out.mean().backward()
    for name, p in model.named_parameters():
        print(f"{name:14s} {str(tuple(p.shape)):16s} {p.numel():5d} {p.requires_grad}")
    total = sum(p.numel() for p in model.parameters() if p.requires_grad)
    print(f"Total: {total:,}", model.conv1.weight.grad.norm() > 0, len(model), model[-1])
    return out, [p.grad for p in model.parameters()], list(model.state_dict())


@script
def module_lists_and_dicts():
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.norm = nn.LayerNorm(width)
            self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(2)])

        def forward(self, x):
            h = self.norm(x)
            for i, layer in enumerate(self.layers):
                h = torch.tanh(layer(h)) if i < len(self.layers) - 1 else layer(h)
            return x + h

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.act = nn.ModuleDict({"gelu": nn.GELU(), "silu": nn.SiLU()})
            self.blocks = nn.Sequential(*[Block(6) for _ in range(3)])
            self.scales = nn.ParameterList([nn.Parameter(torch.ones(6)) for _ in range(2)])
            self.register_buffer("shift", torch.full((6,), 0.5))
            self.head = nn.Linear(6, 1)

        def forward(self, x, act="gelu"):
            x = self.act[act](self.blocks(x) * self.scales[0] + self.shift)
            return self.head(x * self.scales[1]).squeeze(-1)

    net = start(Net()).double()
    x, y = torch.from_numpy(array(16, 6)), torch.from_numpy(array(16))
    optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-2, momentum=0.5, centered=True)
    losses = []
    for step in range(6):
        optimizer.zero_grad()
        loss = nn.functional.smooth_l1_loss(net(x, act="gelu" if step % 2 else "silu"), y)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    print(net)
    print([name for name, _ in net.named_modules()][:5], dict(net.named_buffers()).keys())
    return losses, net.state_dict()


@script
def own_dataset_and_collate():
    import torch
    from torch.nn.utils.rnn import pad_sequence
    from torch.utils.data import DataLoader, Dataset, Subset

    class Sentences(Dataset):
        def __init__(self, size, transform=None):
            self.rows = [torch.from_numpy(labels(2 + i % 4, 9, seed=i) + 1) for i in range(size)]
            self.transform = transform

        def __len__(self):
            return len(self.rows)

        def __getitem__(self, idx):
            if torch.is_tensor(idx):
                idx = idx.tolist()
            row = self.rows[idx]
            return (self.transform(row) if self.transform else row), len(row), {"sum": row.sum().item()}

    def collate_fn(batch):
        rows, lengths, extra = zip(*batch, strict=True)
        return pad_sequence(rows, batch_first=True), torch.tensor(lengths), [e["sum"] for e in extra]

    data = Sentences(11, transform=lambda row: row * 2)
    loader = DataLoader(Subset(data, range(10)), batch_size=4, collate_fn=collate_fn, num_workers=0, pin_memory=False)
    embedding = start(torch.nn.Embedding(20, 3, padding_idx=0))
    means = []
    for padded, lengths, sums in loader:
        mask = torch.arange(padded.size(1)).unsqueeze(0) < lengths.unsqueeze(1)
        vectors = embedding(padded) * mask.unsqueeze(-1)
        means.append(vectors.sum(dim=1) / lengths[:, None])
        print(padded.shape, padded.dtype, lengths.tolist(), sums)
    torch.cat(means).pow(2).sum().backward()
    plain = DataLoader([{"x": float(i), "y": (i, str(i))} for i in range(3)], batch_size=2, drop_last=True)
    print([sorted(batch) for batch in plain], len(loader), len(plain), next(iter(plain))["y"])
    return means, embedding.weight.grad


@script
def schedulers():
    import torch
    from torch.optim import lr_scheduler
    from torch.optim.lr_scheduler import CosineAnnealingLR, ReduceLROnPlateau, StepLR

    def curve(make, epochs=12, metric=False):
        p = torch.nn.Parameter(torch.zeros(1))
        optimizer = torch.optim.SGD([p], lr=0.1)
        scheduler = make(optimizer)
        rates = []
        for epoch in range(epochs):
            p.grad = torch.ones(1)
            optimizer.step()
            scheduler.step(1.0 / min(epoch + 1, 4)) if metric else scheduler.step()
            rates.append(optimizer.param_groups[0]["lr"])
        return rates, p.item()

    return {
        "step": curve(lambda o: StepLR(o, step_size=3, gamma=0.5)),
        "multi": curve(lambda o: lr_scheduler.MultiStepLR(o, milestones=[2, 5], gamma=0.1)),
        "exponential": curve(lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
        "cosine": curve(lambda o: CosineAnnealingLR(o, T_max=10, eta_min=1e-3)),
        "one cycle": curve(lambda o: lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=12)),
        "lambda": curve(lambda o: lr_scheduler.LambdaLR(o, lambda epoch: min(1.0, (epoch + 1) / 5))),
        "plateau": curve(lambda o: ReduceLROnPlateau(o, mode="min", factor=0.3, patience=2), metric=True),
        "warm restarts": curve(lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=4, T_mult=2)),
        "warmup": curve(
            lambda o: lr_scheduler.SequentialLR(
                o, [lr_scheduler.LinearLR(o, 0.1, total_iters=3), CosineAnnealingLR(o, 9)], milestones=[3]
            )
        ),
    }


@script
def clipping_and_accumulation():
    import torch
    import torch.nn as nn
    from torch.nn.utils import clip_grad_norm_, clip_grad_value_

    model = start(nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.99), weight_decay=0.1)
    criterion = nn.MSELoss()
    X, y = torch.tensor(array(40, 5)), torch.tensor(array(40, 1)) * 10
    accumulation_steps, norms = 2, []
    for i, (xb, yb) in enumerate(zip(X.split(5), y.split(5), strict=True)):
        loss = criterion(model(xb), yb) / accumulation_steps
        loss.backward()
        if (i + 1) % accumulation_steps == 0:
            norms.append(clip_grad_norm_(model.parameters(), max_norm=1.0))
            clip_grad_value_(model.parameters(), 0.3)
            optimizer.step()
            optimizer.zero_grad()
    total = torch.norm(torch.stack([p.detach().norm(2) for p in model.parameters()]), 2)
    print("grads are", [p.grad for p in model.parameters()])
    return norms, total, model.state_dict()


@script
def early_stopping():
    import copy

    import torch
    import torch.nn as nn

    X, y = torch.tensor(array(30, 4)), torch.tensor(array(30, 1))
    (X_train, X_val), (y_train, y_val) = X.split([20, 10]), y.split([20, 10])
    model = start(nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    best_loss, best_weights, patience, bad = float("inf"), None, 3, 0
    for epoch in range(50):
        model.train()
        loss = nn.functional.mse_loss(model(X_train), y_train)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.inference_mode():
            val_loss = nn.functional.mse_loss(model(X_val), y_val).item()
        if val_loss < best_loss - 1e-4:
            best_loss, bad = val_loss, 0
            best_weights = copy.deepcopy(model.state_dict())
        else:
            bad += 1
            if bad >= patience:
                print(f"stopped after epoch {epoch}, best {best_loss:.6f}")
                break
    print(model.load_state_dict(best_weights))
    with torch.no_grad():
        assert torch.isclose(nn.functional.mse_loss(model(X_val), y_val), torch.tensor(best_loss))
    return best_loss, model.state_dict()


@script
def checkpoint_and_resume():
    import os
    import tempfile

    import torch
    import torch.nn as nn

    def make():
        model = start(nn.Sequential(nn.Linear(3, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2)))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        return model, optimizer, torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)

    def train(model, optimizer, scheduler, epochs):
        for epoch in epochs:
            x, y = torch.tensor(array(12, 3, seed=epoch)), torch.tensor(labels(12, 2, seed=epoch))
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            scheduler.step()
        return loss.item()

    straight = make()
    loss = train(*straight, range(6))
    model, optimizer, scheduler = make()
    train(model, optimizer, scheduler, range(3))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "checkpoint.pth")
        torch.save(
            {
                "epoch": 3,
                "model_state_dict": model.state_dict(),
                "optimizer_state_dict": optimizer.state_dict(),
                "scheduler": scheduler.state_dict(),
            },
            path,
        )
        model, optimizer, scheduler = make()
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        torch.save(model.state_dict(), path)
        model.load_state_dict(torch.load(path))
    model.load_state_dict(checkpoint["model_state_dict"])
    optimizer.load_state_dict(checkpoint["optimizer_state_dict"])
    scheduler.load_state_dict(checkpoint["scheduler"])
    resumed = train(model, optimizer, scheduler, range(checkpoint["epoch"], 6))
    assert resumed == loss
    for a, b in zip(model.parameters(), straight[0].parameters(), strict=True):
        assert torch.equal(a, b)
    return loss, model.state_dict(), scheduler.get_last_lr()


@script
def moving_average_of_the_weights():
    import copy

    import torch
    from torch import nn

    class EMA:
        def __init__(self, model, decay=0.9):
            self.decay = decay
            self.shadow = copy.deepcopy(model)
            for p in self.shadow.parameters():
                p.requires_grad_(False)

        @torch.no_grad()
        def update(self, model):
            for ema_p, p in zip(self.shadow.parameters(), model.parameters(), strict=True):
                ema_p.mul_(self.decay).add_(p.data, alpha=1 - self.decay)
            for ema_b, b in zip(self.shadow.buffers(), model.buffers(), strict=True):
                ema_b.copy_(b)
            self.shadow.state_dict()["0.bias"].lerp_(model[0].bias, 0.5)

    model = start(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Sigmoid(), nn.Linear(4, 1)))
    ema = EMA(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-3)
    for step in range(5):
        x = torch.as_tensor(array(10, 3, seed=step))
        loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0]))(model(x), (x.sum(1, keepdim=True) > 0).double())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ema.update(model)
    print([p.requires_grad for p in ema.shadow.parameters()], ema.shadow.training)
    return ema.shadow.state_dict(), model.state_dict()


@script
def freezing_and_transfer():
    import torch
    from torch import nn

    class Backbone(nn.Module):
        def __init__(self, num_classes):
            super().__init__()
            self.features = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU())
            self.fc = nn.Linear(4, num_classes)

        def forward(self, x):
            return self.fc(self.features(x).mean(dim=(2, 3)))

    pretrained, model = start(Backbone(10)), start(Backbone(2), seed=50)
    weights = {k: v for k, v in pretrained.state_dict().items() if not k.startswith("fc.")}
    result = model.load_state_dict(weights, strict=False)
    print(result.missing_keys, result.unexpected_keys)
    for param in model.features.parameters():
        param.requires_grad = False
    model.features.eval()
    model.fc = start(nn.Linear(model.fc.in_features, 3), seed=70)
    trainable = filter(lambda p: p.requires_grad, model.parameters())
    optimizer = torch.optim.SGD(trainable, lr=0.1, momentum=0.9)
    x, y = torch.tensor(array(6, 3, 8, 8)), torch.tensor(labels(6, 3))
    for _ in range(3):
        loss = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]))(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for param in model.features.parameters():
        param.requires_grad = True
    optimizer.add_param_group({"params": model.features.parameters(), "lr": 0.01})
    model.train()
    loss = nn.CrossEntropyLoss()(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print([len(g["params"]) for g in optimizer.param_groups], [g["lr"] for g in optimizer.param_groups])
    return loss, model.state_dict()


@script
def parameter_groups():
    import torch
    from torch import nn

    model = start(nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.ELU(), nn.Linear(8, 1)))
    decay = [p for n, p in model.named_parameters() if p.ndim >= 2]
    no_decay = [p for n, p in model.named_parameters() if p.ndim < 2]
    x, y = torch.tensor(array(20, 4)), torch.tensor(array(20, 1))
    results = {}
    for name, make in {
        "adamw": lambda groups: torch.optim.AdamW(groups, lr=1e-2),
        "adam": lambda groups: torch.optim.Adam(groups, lr=1e-2, amsgrad=True),
        "adagrad": lambda groups: torch.optim.Adagrad(groups, lr=1e-2),
        "rmsprop": lambda groups: torch.optim.RMSprop(groups, lr=1e-2),
        "sgd": lambda groups: torch.optim.SGD(groups, lr=1e-2, momentum=0.9, dampening=0.1),
    }.items():
        optimizer = make([{"params": decay, "weight_decay": 0.1}, {"params": no_decay, "weight_decay": 0.0, "lr": 0.1}])

        def closure():
            optimizer.zero_grad()  # noqa: B023
            loss = torch.nn.functional.huber_loss(model(x), y, delta=0.5)
            loss.backward()
            return loss

        results[name] = [optimizer.step(closure).item() for _ in range(3)]
        for group in optimizer.param_groups:
            group["lr"] *= 0.5
        optimizer.step(closure)
        results[name + " saved"] = sorted(optimizer.state_dict()["state"][0])
    return results, model.state_dict()


@script
def mixup_and_label_smoothing():
    import numpy as np
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    def mixup_data(x, y, alpha, rng):
        lam = rng.beta(alpha, alpha) if alpha > 0 else 1
        index = torch.from_numpy(rng.permutation(x.size()[0]))
        return lam * x + (1 - lam) * x[index, :], y, y[index], lam

    def mixup_criterion(criterion, pred, y_a, y_b, lam):
        return lam * criterion(pred, y_a) + (1 - lam) * criterion(pred, y_b)

    class LabelSmoothing(nn.Module):
        def __init__(self, classes, smoothing=0.1):
            super(LabelSmoothing, self).__init__()  # noqa: UP008
            self.confidence, self.smoothing, self.classes = 1.0 - smoothing, smoothing, classes

        def forward(self, pred, target):
            log_probs = pred.log_softmax(dim=-1)
            with torch.no_grad():
                true_dist = torch.zeros_like(log_probs)
                true_dist.fill_(self.smoothing / (self.classes - 1))
                true_dist.scatter_(1, target.data.unsqueeze(1), self.confidence)
            return torch.mean(torch.sum(-true_dist * log_probs, dim=-1))

    rng = np.random.default_rng(0)
    X, y = torch.tensor(array(32, 6)), torch.tensor(labels(32, 4))
    model = start(nn.Sequential(nn.Linear(6, 12), nn.LeakyReLU(0.1), nn.Linear(12, 4)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    losses = []
    for _ in range(4):
        inputs, y_a, y_b, lam = mixup_data(X, y, 0.4, rng)
        logits = model(inputs)
        loss = mixup_criterion(LabelSmoothing(4), logits, y_a, y_b, lam)
        soft = lam * F.one_hot(y_a, 4) + (1 - lam) * F.one_hot(y_b, num_classes=4)
        loss = loss + 0.5 * F.cross_entropy(logits, soft, label_smoothing=0.2)
        loss = loss + F.kl_div(F.log_softmax(logits / 2, dim=1), F.softmax(soft, dim=1), reduction="batchmean")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, model.state_dict()
