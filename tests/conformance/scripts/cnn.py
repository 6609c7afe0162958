"""A small convolutional network as a class, in float64: Adam, a scheduler, batch norm, eval mode, state_dict."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.bn = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, kernel_size=3)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        x = self.pool(F.relu(self.bn(self.conv1(x))))
        x = self.pool(torch.tanh(self.conv2(x)))
        return self.fc(torch.flatten(x, 1))


net = Net()
with torch.no_grad():
    for _name, p in net.named_parameters():
        p.copy_(torch.from_numpy(rng.standard_normal(p.shape) * 0.3))
images = torch.from_numpy(rng.standard_normal((12, 1, 8, 8)))
targets = torch.from_numpy(rng.integers(0, 3, 12))
optimizer = optim.Adam(net.parameters(), lr=0.01)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)

result = []
for step in range(10):
    batch = slice(step % 3 * 4, step % 3 * 4 + 4)
    optimizer.zero_grad()
    loss = F.cross_entropy(net(images[batch]), targets[batch], label_smoothing=0.1)
    loss.backward()
    total = nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
    result += [loss.item(), total.item(), scheduler.get_last_lr()[0]]
net.eval()
copy = Net()
copy.load_state_dict(net.state_dict())
copy.eval()
with torch.no_grad():
    result += [net(images), copy(images) - net(images), F.softmax(net(images), dim=-1)]
result += [t.sum() for t in net.state_dict().values()]
