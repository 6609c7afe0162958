"""Mini-batches by a DataLoader, a regression, parameter groups, early stopping on a validation set."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(0)
features = rng.standard_normal((60, 3)).astype(np.float32)
targets = (features @ np.array([[1.0], [-2.0], [0.5]]) + 0.3).astype(np.float32)
data = TensorDataset(torch.from_numpy(features), torch.from_numpy(targets))
train = DataLoader(data, batch_size=16, shuffle=False, drop_last=False)

model = nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 1))
for p in model.parameters():
    with torch.no_grad():
        p.copy_(torch.from_numpy(rng.standard_normal(tuple(p.shape)) * 0.4))
weights = [p for n, p in model.named_parameters() if "weight" in n]
biases = [p for n, p in model.named_parameters() if "bias" in n]
optimizer = torch.optim.AdamW([{"params": weights}, {"params": biases, "weight_decay": 0.0}], lr=0.02, weight_decay=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=8)

result, best = [len(train), len(data)], float("inf")
for _epoch in range(8):
    model.train()
    running = 0.0
    for inputs, expected in train:
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.smooth_l1_loss(model(inputs), expected, beta=0.5)
        loss.backward()
        optimizer.step()
        running += loss.item() * len(inputs)
    scheduler.step()
    model.eval()
    with torch.inference_mode():
        best = min(best, nn.MSELoss()(model(data[:][0]), data[:][1]).item())
    result += [running / len(data), best, optimizer.param_groups[0]["lr"]]
