"""Tools around a model: checkpoints of activations, hooks in a training loop, pruning, parametrizations, ensembles."""

from tests.conformance.user_scripts import array, labels, script, start


@script
def layers_computed_again_in_backward():
    import torch
    import torch.nn as nn
    from torch.utils.checkpoint import checkpoint, checkpoint_sequential

    class Block(nn.Module):
        calls = 0

        def __init__(self, width):
            super().__init__()
            self.norm, self.linear = nn.LayerNorm(width), nn.Linear(width, width)
            self.drop = nn.Dropout(0.5)

        def forward(self, x, scale=1.0):
            Block.calls += 1
            return x + self.drop(torch.tanh(self.linear(self.norm(x)))) * scale

    class Net(nn.Module):
        def __init__(self, use):
            super().__init__()
            self.blocks, self.use = nn.ModuleList(Block(6) for _ in range(3)), use
            self.head = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 1))

        def forward(self, x):
            for block in self.blocks:
                x = checkpoint(block, x, 0.5, use_reentrant=self.use == "reentrant") if self.use else block(x, 0.5)
            return checkpoint_sequential(self.head, 2, x, use_reentrant=False) if self.use else self.head(x)

    results, x = [], torch.from_numpy(array(5, 6)).requires_grad_()
    for use in (None, "plain", "reentrant"):
        model = start(Net(use))
        model.blocks[1].drop.p = 0.0
        Block.calls = 0
        torch.manual_seed(3)
        model.train()
        for block in model.blocks:
            block.drop.eval()
        loss = model(x).pow(2).mean()
        loss.backward()
        print(use, Block.calls)
        results.append([loss.item(), *(p.grad for p in model.parameters())])
        model.use = None
        with torch.no_grad():
            print(bool(torch.allclose(model(x).pow(2).mean(), loss)))
    print(all(torch.allclose(a, b) for r in results[1:] for a, b in zip(results[0][1:], r[1:], strict=True)))
    return results, x.grad


@script
def training_with_hooks():
    import torch
    import torch.nn as nn

    model = start(nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    grad_norms, steps, outputs = {}, [], []
    for name, p in model.named_parameters():
        p.register_hook(lambda grad, name=name: grad_norms.setdefault(name, []).append(grad.norm().item()))
        p.register_hook(lambda grad: torch.clamp(grad, -0.05, 0.05))
    model[3].register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 0.5,))
    model[2].register_forward_hook(lambda module, args, output: output + 0.1)
    last = model[3].register_forward_hook(
        lambda module, args, kwargs, output: outputs.append(output.detach().mean().item()), with_kwargs=True
    )
    optimizer.register_step_pre_hook(lambda optimizer, args, kwargs: steps.append("before"))
    optimizer.register_step_post_hook(lambda optimizer, args, kwargs: steps.append("after"))
    x, y, losses = torch.from_numpy(array(12, 4)), torch.from_numpy(labels(12, 3)), []
    for step in range(4):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        total = nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.1, norm_type=2.0, error_if_nonfinite=True)
        optimizer.step()
        losses.append([loss.item(), total])
        if step == 2:
            last.remove()
    print(steps, len(outputs), sorted(grad_norms))
    return losses, sorted(grad_norms.items()), outputs, model.state_dict()


@script
def pruning_and_parametrizations():
    import torch
    import torch.nn as nn
    import torch.nn.utils.parametrize as parametrize
    from torch.nn.utils import prune

    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.fc1, self.fc2 = nn.Conv2d(1, 3, 3), nn.Linear(12, 6), nn.Linear(6, 3)

        def forward(self, x):
            x = nn.functional.max_pool2d(torch.relu(self.conv1(x)), 2)
            return self.fc2(torch.relu(self.fc1(x.flatten(1))))

    class Symmetric(nn.Module):
        def forward(self, X):
            return X.triu() + X.triu(1).transpose(-1, -2)

        def right_inverse(self, A):
            return A.triu()

    model = start(LeNet())
    prune.l1_unstructured(model.conv1, name="bias", amount=1)
    prune.ln_structured(model.conv1, name="weight", amount=0.4, n=2, dim=0)
    print(sorted(name for name, _ in model.conv1.named_parameters()), sorted(dict(model.named_buffers())))
    prune.global_unstructured(
        [(model.fc1, "weight"), (model.fc2, "weight")], pruning_method=prune.L1Unstructured, amount=0.3
    )
    zeros = sum(int((layer.weight == 0).sum()) for layer in (model.fc1, model.fc2))
    print(zeros, prune.is_pruned(model), [type(h).__name__ for h in model.fc1._forward_pre_hooks.values()])
    layer = nn.Linear(4, 4, bias=False)
    start(layer)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    print(layer.parametrizations.weight[0], bool(torch.equal(layer.weight, layer.weight.T)), list(layer.state_dict()))
    head = nn.Sequential(layer, nn.Tanh())
    optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=0.05)
    x, y, losses = torch.from_numpy(array(7, 1, 6, 6)), torch.from_numpy(labels(7, 3)), []
    for _ in range(3):
        optimizer.zero_grad()
        with parametrize.cached():
            weights = head(torch.eye(4)).mean() + layer.weight.pow(2).sum()
        loss = nn.functional.cross_entropy(model(x), y) + weights
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    prune.remove(model.fc1, "weight")
    parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)
    print(list(model.state_dict()), parametrize.is_parametrized(layer), int((model.fc1.weight == 0).sum()) > 0)
    return losses, model.state_dict(), layer.weight


@script
def gradients_per_sample_and_ensembles():
    import copy

    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from torch.func import functional_call, grad, jacrev, stack_module_state, vmap

    models = [start(nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3)), seed=i) for i in range(3)]
    data, targets = torch.from_numpy(array(6, 5)), torch.from_numpy(labels(6, 3))
    params = {k: v.detach() for k, v in models[0].named_parameters()}

    def compute_loss(params, sample, target):
        predictions = functional_call(models[0], params, (sample.unsqueeze(0),))
        return F.cross_entropy(predictions, target.unsqueeze(0))

    per_sample = vmap(grad(compute_loss), in_dims=(None, 0, 0))(params, data, targets)
    F.cross_entropy(models[0](data), targets).backward()
    print(all(torch.allclose(per_sample[k].mean(0), p.grad) for k, p in models[0].named_parameters()))

    stacked, buffers = stack_module_state(models)
    base_model = copy.deepcopy(models[0])

    def fmodel(params, buffers, x):
        return functional_call(base_model, (params, buffers), (x,))

    together = vmap(fmodel, in_dims=(0, 0, None))(stacked, buffers, data)
    print(
        bool(torch.allclose(together, torch.stack([m(data) for m in models]))), {k: v.shape for k, v in stacked.items()}
    )
    jacobians = vmap(jacrev(lambda x: functional_call(base_model, params, (x,))))(data)
    return per_sample, together, jacobians
