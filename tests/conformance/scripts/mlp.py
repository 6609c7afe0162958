"""A multi-layer perceptron on two moons: SGD with momentum, cross entropy."""

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim

rng = np.random.default_rng(0)
angle = rng.uniform(0, np.pi, 200)
label = np.arange(200) % 2
points = np.stack([np.cos(angle) + label, np.sin(angle) * (1 - 2 * label) + 0.3 * label], 1)
x, y = torch.tensor(points, dtype=torch.float32), torch.tensor(label)

model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
for p in model.parameters():
    p.data = torch.tensor(rng.standard_normal(p.shape) * 0.5, dtype=torch.float32)
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)

result = []
for _epoch in range(20):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    result.append(loss.item())
accuracy = (model(x).argmax(dim=1) == y).float().mean()
result.append(accuracy.item())
