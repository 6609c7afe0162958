"""Sequences and words: recurrent cells and attention by hand, embeddings, masks."""

from tests.conformance.user_scripts import array, labels, script, start


@script
def recurrent_cells_by_hand():
    import torch
    import torch.nn as nn

    class RNN(nn.Module):
        def __init__(self, input_size, hidden_size, output_size):
            super().__init__()
            self.hidden_size = hidden_size
            self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
            self.h2o = nn.Linear(hidden_size, output_size)
            self.softmax = nn.LogSoftmax(dim=1)

        def forward(self, input, hidden):
            hidden = torch.tanh(self.i2h(torch.cat((input, hidden), 1)))
            return self.softmax(self.h2o(hidden)), hidden

        def initHidden(self):
            return torch.zeros(1, self.hidden_size)

    class LSTMCell(nn.Module):
        def __init__(self, n_in, n_hidden):
            super().__init__()
            self.x2h, self.h2h = nn.Linear(n_in, 4 * n_hidden), nn.Linear(n_hidden, 4 * n_hidden, bias=False)

        def forward(self, x, state):
            h, c = state
            i, f, g, o = (self.x2h(x) + self.h2h(h)).chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * g.tanh()
            return torch.sigmoid(o) * c.tanh(), c

    rnn, cell = start(RNN(3, 4, 2)), start(LSTMCell(3, 4))
    line = torch.tensor(array(6, 1, 3))
    hidden = rnn.initHidden()
    for i in range(line.size(0)):
        output, hidden = rnn(line[i], hidden)
    loss = nn.NLLLoss()(output, torch.tensor([1]))
    state = (hidden.new_zeros(1, 4), torch.zeros_like(hidden))
    outputs = []
    for x_t in line.unbind(0):
        state = cell(x_t, state)
        outputs.append(state[0])
    outputs = torch.stack(outputs, dim=1)
    h = hidden.detach()  # truncated backpropagation through time
    (loss + outputs[:, -1].sum() + h.sum()).backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-0.005)
    return loss, outputs, rnn.state_dict(), [p.grad for p in cell.parameters()]


@script
def transformer_by_hand():
    import math

    import torch
    import torch.nn as nn
    from torch.nn import functional as F

    class CausalSelfAttention(nn.Module):
        def __init__(self, n_embd, n_head, block_size):
            super().__init__()
            assert n_embd % n_head == 0
            self.c_attn = nn.Linear(n_embd, 3 * n_embd)
            self.c_proj = nn.Linear(n_embd, n_embd)
            self.n_head, self.n_embd = n_head, n_embd
            mask = torch.tril(torch.ones(block_size, block_size)).view(1, 1, block_size, block_size)
            self.register_buffer("bias", mask, persistent=False)

        def forward(self, x):
            B, T, C = x.size()
            q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
            k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
            q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
            v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
            att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf"))
            y = F.softmax(att, dim=-1) @ v
            fused = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            assert torch.allclose(y, fused)
            return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))

    class Block(nn.Module):
        def __init__(self, n_embd, n_head, block_size):
            super().__init__()
            self.ln_1, self.ln_2 = nn.LayerNorm(n_embd), nn.LayerNorm(n_embd)
            self.attn = CausalSelfAttention(n_embd, n_head, block_size)
            self.mlp = nn.Sequential(
                nn.Linear(n_embd, 2 * n_embd), nn.GELU(approximate="tanh"), nn.Linear(2 * n_embd, n_embd)
            )

        def forward(self, x):
            x = x + self.attn(self.ln_1(x))
            return x + self.mlp(self.ln_2(x))

    class GPT(nn.Module):
        def __init__(self, vocab=11, n_embd=8, block_size=6):
            super().__init__()
            self.wte, self.wpe = nn.Embedding(vocab, n_embd), nn.Embedding(block_size, n_embd)
            self.h = nn.ModuleList([Block(n_embd, 2, block_size) for _ in range(2)])
            self.lm_head = nn.Linear(n_embd, vocab, bias=False)
            self.wte.weight = self.lm_head.weight

        def forward(self, idx, targets=None):
            x = self.wte(idx) + self.wpe(torch.arange(idx.size(1), dtype=torch.long, device=idx.device))
            for block in self.h:
                x = block(x)
            logits = self.lm_head(x)
            if targets is None:
                return logits, None
            return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)

    model = start(GPT())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
    tokens = torch.tensor(labels(2 * 7, 11)).view(2, 7)
    targets = tokens[:, 1:].clone()
    targets[0, :2] = -1
    losses = []
    for _ in range(3):
        _, loss = model(tokens[:, :-1], targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    idx = tokens[:, :2]
    for _ in range(4):
        logits, _ = model(idx[:, -6:])
        logits = logits[:, -1, :] / 0.8
        v, _ = torch.topk(logits, 3)
        logits[logits < v[:, [-1]]] = -float("Inf")
        idx_next = torch.argmax(F.softmax(logits, dim=-1), dim=-1, keepdim=True)
        idx = torch.cat((idx, idx_next), dim=1)
    print(idx, len(list(model.parameters())), len(model.state_dict()))
    return losses, logits.exp(), model.state_dict()


@script
def bag_of_words_classifier():
    from collections import Counter

    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    data = [
        ("me gusta comer", "ES"),
        ("give it to me", "EN"),
        ("no creo que sea", "ES"),
        ("it is not a good idea", "EN"),
    ]
    word_to_ix = {w: i for i, w in enumerate(sorted(Counter(w for s, _ in data for w in s.split())))}
    label_to_ix = {"ES": 0, "EN": 1}

    def make_bow_vector(sentence):
        vec = torch.zeros(len(word_to_ix))
        for word in sentence.split():
            vec[word_to_ix[word]] += 1
        return vec.view(1, -1)

    def make_target(label):
        return torch.LongTensor([label_to_ix[label]])

    class BoWClassifier(nn.Module):
        def __init__(self, num_labels, vocab_size):
            super().__init__()
            self.linear = nn.Linear(vocab_size, num_labels)

        def forward(self, bow_vec):
            return F.log_softmax(self.linear(bow_vec), dim=1)

    model = start(BoWClassifier(2, len(word_to_ix)))
    embeddings = start(nn.Embedding(len(word_to_ix), 4))
    fc = start(nn.Linear(4, 2))
    optimizer = torch.optim.SGD([*model.parameters(), *embeddings.parameters(), *fc.parameters()], lr=0.1)
    for _ in range(3):
        for sentence, label in data:
            optimizer.zero_grad()
            ids = torch.tensor([word_to_ix[w] for w in sentence.split()], dtype=torch.long)
            loss = nn.NLLLoss()(model(make_bow_vector(sentence)), make_target(label))
            loss = loss + F.cross_entropy(fc(embeddings(ids).mean(0, keepdim=True)), make_target(label))
            loss.backward()
            optimizer.step()
    print(next(model.parameters())[:, word_to_ix["creo"]].shape, loss.item() > 0)
    frozen = nn.Embedding.from_pretrained(embeddings.weight.detach().clone(), freeze=True)
    return loss, model.state_dict(), embeddings.weight, frozen(torch.tensor([[0, 3], [1, 1]]))


@script
def word_vectors_with_negative_sampling():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    class SkipGram(nn.Module):
        def __init__(self, vocab, dim):
            super().__init__()
            self.u, self.v = nn.Embedding(vocab, dim), nn.Embedding(vocab, dim)

        def forward(self, center, context, negatives):
            center = self.u(center)
            score = torch.mul(center, self.v(context)).sum(dim=1)
            negative = torch.bmm(self.v(negatives), center.unsqueeze(2)).squeeze(2)
            return -(F.logsigmoid(score) + F.logsigmoid(-negative).sum(1)).mean()

    model = start(SkipGram(12, 5))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    ids = torch.from_numpy(labels(60, 12))
    for i in range(3):
        loss = model(ids[:10], ids[10:20], ids[20:].view(10, 4).roll(i, dims=0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    w = F.normalize(model.u.weight.detach(), p=2, dim=-1)
    similarity = w @ w.T
    similarity.fill_diagonal_(float("-inf"))
    values, neighbours = similarity.topk(k=2, dim=1)
    return loss, values, neighbours, model.state_dict()


@script
def text_convolution():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    class TextCNN(nn.Module):
        def __init__(self, vocab, dim, sizes=(2, 3), channels=4, classes=2):
            super().__init__()
            self.embed = nn.Embedding(vocab, dim, padding_idx=0)
            self.convs = nn.ModuleList(nn.Conv1d(dim, channels, k) for k in sizes)
            self.fc = nn.Linear(len(sizes) * channels, classes)

        def forward(self, x):
            x = self.embed(x).permute(0, 2, 1)
            pooled = [F.relu(conv(x)) for conv in self.convs]
            pooled = [F.max_pool1d(p, p.size(2)).squeeze(2) for p in pooled]
            return self.fc(torch.cat(pooled, 1))

    model = start(TextCNN(15, 6))
    optimizer = torch.optim.NAdam(model.parameters(), lr=1e-2)
    x, y = torch.tensor(labels(40, 15)).reshape(5, 8), torch.tensor([0, 1, 1, 0, 1])
    for _ in range(3):
        loss = F.cross_entropy(model(x), y) + F.binary_cross_entropy_with_logits(model(x)[:, 0], y.double())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss, model(x).softmax(-1), model.state_dict()


@script
def beam_search_and_dynamic_programs():
    import torch

    scores = torch.tensor(array(5, 4, 4)).log_softmax(-1)
    beams, total = torch.zeros(1, 1, dtype=torch.long), torch.zeros(1)
    for step in scores:
        candidates = total.unsqueeze(1) + step[beams[:, -1]]
        total, flat = candidates.flatten().topk(min(3, candidates.numel()))
        beams = torch.cat([beams[flat // 4], (flat % 4).unsqueeze(1)], dim=1)
    emissions = torch.tensor(array(5, 3), requires_grad=True)
    transitions = torch.tensor(array(3, 3), requires_grad=True)
    alpha = emissions[0]
    for emission in emissions[1:]:
        alpha = torch.logsumexp(alpha[:, None] + transitions, dim=0) + emission
    partition = alpha.logsumexp(0)
    tags = torch.tensor([0, 2, 1, 1, 0])
    gold = emissions[torch.arange(5), tags].sum() + transitions[tags[:-1], tags[1:]].sum()
    (partition - gold).backward()
    viterbi, pointers = emissions[0].detach(), []
    for emission in emissions.detach()[1:]:
        best, index = (viterbi[:, None] + transitions.detach()).max(dim=0)
        viterbi = best + emission
        pointers.append(index)
    path = [viterbi.argmax().item()]
    for index in reversed(pointers):
        path.append(index[path[-1]].item())
    print(beams.tolist(), path[::-1])
    return total, partition, emissions.grad, transitions.grad
