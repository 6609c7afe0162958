"""A recurrent network unrolled by hand, with an embedding: characters of a word, one after the other."""

import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(0)
text = "hello minigrad, hello pytorch"
letters = sorted(set(text))
codes = torch.tensor([letters.index(c) for c in text])


class Recurrent(nn.Module):
    def __init__(self, letters, hidden):
        super().__init__()
        self.embedding = nn.Embedding(letters, 8)
        self.update = nn.Linear(8 + hidden, hidden)
        self.output = nn.Linear(hidden, letters)
        self.hidden = hidden

    def forward(self, codes):
        h = torch.zeros(1, self.hidden)
        scores = []
        for code in codes:
            h = torch.tanh(self.update(torch.cat([self.embedding(code).unsqueeze(0), h], dim=1)))
            scores.append(self.output(h))
        return torch.cat(scores)


model = Recurrent(len(letters), 12)
for p in model.parameters():
    nn.init.zeros_(p)
    p.data += torch.tensor(rng.standard_normal(p.shape) * 0.3, dtype=p.dtype)
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
result = []
for _ in range(15):
    loss = nn.functional.cross_entropy(model(codes[:-1]), codes[1:])
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(model.parameters(), 0.5)
    optimizer.step()
    result.append(loss.item())
