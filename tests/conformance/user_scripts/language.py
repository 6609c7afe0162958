"""Language: letters by an LSTM, names by packed sequences, tags by a conditional random field, a small GPT."""

from tests.conformance.user_scripts import labels, script, start


@script
def char_rnn_with_lstm():
    import torch
    import torch.nn as nn
    from torch import optim

    text = "the quick brown fox jumps over the lazy dog. " * 4
    chars = sorted(set(text))
    char_to_ix = {ch: i for i, ch in enumerate(chars)}
    data = torch.tensor([char_to_ix[ch] for ch in text], dtype=torch.long)
    seq_length, hidden_size, num_layers = 15, 12, 2

    class CharRNN(nn.Module):
        def __init__(self, vocab_size):
            super().__init__()
            self.embedding = nn.Embedding(vocab_size, 8)
            self.lstm = nn.LSTM(8, hidden_size, num_layers)
            self.decoder = nn.Linear(hidden_size, vocab_size)

        def forward(self, input_seq, hidden_state):
            output, (h, c) = self.lstm(self.embedding(input_seq), hidden_state)
            return self.decoder(output), (h.detach(), c.detach())

    rnn = start(CharRNN(len(chars)))
    loss_fn, optimizer = nn.CrossEntropyLoss(), optim.Adam(rnn.parameters(), lr=0.01)
    history = []
    for _epoch in range(2):
        hidden, running_loss, n = None, 0.0, 0
        for pos in range(0, len(data) - seq_length - 1, seq_length):
            inputs, targets = data[pos : pos + seq_length], data[pos + 1 : pos + seq_length + 1]
            output, hidden = rnn(inputs.unsqueeze(1), hidden)
            loss = loss_fn(output.squeeze(1), targets.squeeze())
            running_loss += loss.item()
            n += 1
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history.append(running_loss / n)

    with torch.no_grad():
        letter, hidden, sampled = data[:1], None, ""
        for _ in range(20):
            output, hidden = rnn(letter.unsqueeze(1), hidden)
            letter = torch.softmax(output.squeeze(1), dim=1).topk(1)[1].view(-1)
            sampled += chars[letter.item()]
    print(repr(sampled))
    print(tuple(hidden[0].shape), [name for name, _ in rnn.lstm.named_parameters()][:4])
    return history, output, hidden[1]


@script
def names_in_packed_sequences():
    import torch
    import torch.nn as nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
    from torch.utils.data import DataLoader, Dataset

    names = ["Yang", "Nakamoto", "O'Neal", "Satoshi", "Kim", "Li", "Rossi", "Oh"]

    class NameDataset(Dataset):
        def __len__(self):
            return len(names)

        def __getitem__(self, index):
            return torch.tensor([ord(c) for c in names[index]]), index % 3

    def collate(batch):
        batch.sort(key=lambda item: len(item[0]), reverse=True)
        lengths = torch.LongTensor([len(name) for name, _ in batch])
        return pad_sequence([name for name, _ in batch], batch_first=True), lengths, torch.tensor([c for _, c in batch])

    class RNNClassifier(nn.Module):
        def __init__(self, hidden_size, n_layers=2, bidirectional=True):
            super().__init__()
            self.n_directions = int(bidirectional) + 1
            self.embedding = nn.Embedding(128, 6)
            self.gru = nn.GRU(6, hidden_size, n_layers, bidirectional=bidirectional)
            self.fc = nn.Linear(hidden_size * self.n_directions, 3)

        def forward(self, input, seq_lengths):
            embedded = self.embedding(input.t())
            gru_input = pack_padded_sequence(embedded, seq_lengths.cpu().numpy())
            self.gru.flatten_parameters()
            output, hidden = self.gru(gru_input)
            padded, lengths = pad_packed_sequence(output)
            return self.fc(torch.cat([hidden[-2], hidden[-1]], dim=1)), padded, lengths

    classifier = start(RNNClassifier(5))
    optimizer = torch.optim.AdamW(classifier.parameters(), lr=0.02)
    losses = []
    for _ in range(3):
        for names_batch, lengths, classes in DataLoader(NameDataset(), batch_size=3, collate_fn=collate):
            output, padded, padded_lengths = classifier(names_batch, lengths)
            loss = nn.functional.cross_entropy(output, classes)
            classifier.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    print(padded_lengths.tolist(), tuple(padded.shape), bool((padded[-1, 1:] == 0).all()))
    return losses, padded, classifier.gru.weight_hh_l1_reverse.grad


@script
def bilstm_crf():
    import torch
    import torch.nn as nn
    import torch.optim as optim

    start_tag, stop_tag = "<START>", "<STOP>"

    def argmax(vec):
        _, idx = torch.max(vec, 1)
        return idx.item()

    class BiLSTMCRF(nn.Module):
        def __init__(self, vocab_size, tag_to_ix, embedding_dim, hidden_dim):
            super().__init__()
            self.hidden_dim, self.tag_to_ix, self.tagset_size = hidden_dim, tag_to_ix, len(tag_to_ix)
            self.word_embeds = nn.Embedding(vocab_size, embedding_dim)
            self.lstm = nn.LSTM(embedding_dim, hidden_dim // 2, num_layers=1, bidirectional=True)
            self.hidden2tag = nn.Linear(hidden_dim, self.tagset_size)
            self.transitions = nn.Parameter(torch.randn(self.tagset_size, self.tagset_size))  # to the row's tag

        def forbid(self):
            self.transitions.data[self.tag_to_ix[start_tag], :] = -10000
            self.transitions.data[:, self.tag_to_ix[stop_tag]] = -10000

        def features(self, sentence):
            hidden = (torch.zeros(2, 1, self.hidden_dim // 2), torch.zeros(2, 1, self.hidden_dim // 2))
            embeds = self.word_embeds(sentence).view(len(sentence), 1, -1)
            lstm_out, _ = self.lstm(embeds, hidden)
            return self.hidden2tag(lstm_out.view(len(sentence), self.hidden_dim))

        def partition(self, feats):
            forward_var = torch.full((1, self.tagset_size), -10000.0)
            forward_var[0][self.tag_to_ix[start_tag]] = 0.0
            for feat in feats:
                alphas_t = []
                for next_tag in range(self.tagset_size):
                    emit_score = feat[next_tag].view(1, -1).expand(1, self.tagset_size)
                    next_tag_var = forward_var + self.transitions[next_tag].view(1, -1) + emit_score
                    alphas_t.append(torch.logsumexp(next_tag_var, 1).view(1))
                forward_var = torch.cat(alphas_t).view(1, -1)
            return torch.logsumexp(forward_var + self.transitions[self.tag_to_ix[stop_tag]], 1)[0]

        def score(self, feats, tags):
            total = torch.zeros(1)
            tags = torch.cat([torch.tensor([self.tag_to_ix[start_tag]], dtype=torch.long), tags])
            for i, feat in enumerate(feats):
                total = total + self.transitions[tags[i + 1], tags[i]] + feat[tags[i + 1]]
            return total + self.transitions[self.tag_to_ix[stop_tag], tags[-1]]

        def neg_log_likelihood(self, sentence, tags):
            feats = self.features(sentence)
            return self.partition(feats) - self.score(feats, tags)

        def forward(self, sentence):
            backpointers = []
            forward_var = torch.full((1, self.tagset_size), -10000.0)
            forward_var[0][self.tag_to_ix[start_tag]] = 0
            for feat in self.features(sentence):
                scores = forward_var + self.transitions
                best, pointers = scores.max(dim=1)
                backpointers.append(pointers.tolist())
                forward_var = (best + feat).view(1, -1)
            terminal_var = forward_var + self.transitions[self.tag_to_ix[stop_tag]]
            best_path = [argmax(terminal_var)]
            path_score = terminal_var[0][best_path[0]]
            for pointers in reversed(backpointers):
                best_path.append(pointers[best_path[-1]])
            assert best_path.pop() == self.tag_to_ix[start_tag]
            return path_score, best_path[::-1]

    training_data = [
        ("the old bank of the river sold boats".split(), "B I I O B O B".split() + ["O"]),
        ("nobody rows on the lake".split(), "B O O B I".split()),
    ]
    word_to_ix = {}
    for sentence, _ in training_data:
        for word in sentence:
            word_to_ix.setdefault(word, len(word_to_ix))
    tag_to_ix = {"B": 0, "I": 1, "O": 2, start_tag: 3, stop_tag: 4}
    model = start(BiLSTMCRF(len(word_to_ix), tag_to_ix, 5, 4))
    model.forbid()
    optimizer = optim.SGD(model.parameters(), lr=0.05, weight_decay=1e-4)
    losses = []
    for _ in range(4):
        for sentence, tags in training_data:
            model.zero_grad()
            sentence_in = torch.tensor([word_to_ix[w] for w in sentence], dtype=torch.long)
            loss = model.neg_log_likelihood(sentence_in, torch.tensor([tag_to_ix[t] for t in tags]))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    with torch.no_grad():
        path_score, path = model(sentence_in)
    print(path)
    return losses, path_score, model.transitions.grad


@script
def small_gpt():
    import math
    from dataclasses import dataclass

    import torch
    import torch.nn as nn
    from torch.nn import functional as F

    @dataclass
    class GPTConfig:
        block_size: int = 8
        vocab_size: int = 13
        n_layer: int = 2
        n_head: int = 2
        n_embd: int = 8
        dropout: float = 0.0
        bias: bool = False

    class LayerNorm(nn.Module):
        def __init__(self, ndim, bias):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(ndim))
            self.bias = nn.Parameter(torch.zeros(ndim)) if bias else None

        def forward(self, input):
            return F.layer_norm(input, self.weight.shape, self.weight, self.bias, 1e-5)

    class CausalSelfAttention(nn.Module):
        def __init__(self, config, flash):
            super().__init__()
            self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
            self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
            self.n_head, self.n_embd, self.flash = config.n_head, config.n_embd, flash
            mask = torch.tril(torch.ones(config.block_size, config.block_size))
            self.register_buffer("bias", mask.view(1, 1, config.block_size, config.block_size), persistent=False)

        def forward(self, x):
            B, T, C = x.size()
            q, k, v = (
                part.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
                for part in self.c_attn(x).split(self.n_embd, dim=2)
            )
            if self.flash:
                y = F.scaled_dot_product_attention(q, k, v, attn_mask=None, dropout_p=0.0, is_causal=True)
            else:
                att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
                att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf"))
                y = F.softmax(att, dim=-1) @ v
            return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))

    class Block(nn.Module):
        def __init__(self, config, flash):
            super().__init__()
            self.ln_1, self.ln_2 = (LayerNorm(config.n_embd, bias=config.bias) for _ in range(2))
            self.attn = CausalSelfAttention(config, flash)
            width = config.n_embd
            self.mlp = nn.ModuleDict({
                "c_fc": nn.Linear(width, 4 * width), "act": nn.GELU(), "c_proj": nn.Linear(4 * width, width),
                "dropout": nn.Dropout(config.dropout),
            })  # fmt: skip

        def forward(self, x):
            x = x + self.attn(self.ln_1(x))
            h = self.ln_2(x)
            for layer in self.mlp.values():
                h = layer(h)
            return x + h

    class GPT(nn.Module):
        def __init__(self, config):
            super().__init__()
            self.config = config
            self.transformer = nn.ModuleDict(dict(
                wte=nn.Embedding(config.vocab_size, config.n_embd),
                wpe=nn.Embedding(config.block_size, config.n_embd),
                h=nn.ModuleList([Block(config, flash=i % 2 == 0) for i in range(config.n_layer)]),
                ln_f=LayerNorm(config.n_embd, bias=config.bias),
            ))  # fmt: skip
            self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
            self.transformer.wte.weight = self.lm_head.weight
            self.apply(self._init_weights)

        def _init_weights(self, module):
            if isinstance(module, nn.Linear):
                torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)
                if module.bias is not None:
                    torch.nn.init.zeros_(module.bias)

        def configure_optimizers(self, weight_decay, learning_rate, betas):
            params = {name: p for name, p in self.named_parameters() if p.requires_grad}
            groups = [
                {"params": [p for p in params.values() if p.dim() >= 2], "weight_decay": weight_decay},
                {"params": [p for p in params.values() if p.dim() < 2], "weight_decay": 0.0},
            ]
            print([len(group["params"]) for group in groups], sum(p.numel() for p in params.values()))
            return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)

        def forward(self, idx, targets=None):
            pos = torch.arange(0, idx.size(1), dtype=torch.long, device=idx.device)
            x = self.transformer.wte(idx) + self.transformer.wpe(pos)
            for block in self.transformer.h:
                x = block(x)
            x = self.transformer.ln_f(x)
            if targets is None:
                return self.lm_head(x[:, [-1], :]), None
            logits = self.lm_head(x)
            return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)

        @torch.no_grad()
        def generate(self, idx, max_new_tokens, temperature=1.0, top_k=None):
            for _ in range(max_new_tokens):
                logits, _ = self(idx[:, -self.config.block_size :])
                logits = logits[:, -1, :] / temperature
                v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
                logits[logits < v[:, [-1]]] = -float("Inf")
                idx = torch.cat((idx, F.softmax(logits, dim=-1).argmax(-1, keepdim=True)), dim=1)
            return idx

    model = start(GPT(GPTConfig()))
    optimizer = model.configure_optimizers(0.1, 1e-2, (0.9, 0.95))
    data = torch.from_numpy(labels(60, 13))
    losses = []
    for step in range(4):
        ix = [(7 * step + 3 * i) % 50 for i in range(4)]
        x = torch.stack([data[i : i + 8] for i in ix])
        y = torch.stack([data[i + 1 : i + 9] for i in ix])
        y[0, 0] = -1
        for group in optimizer.param_groups:
            group["lr"] = 1e-2 * (step + 1) / 4
        _, loss = model(x, y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
    model.eval()
    print(model.generate(x[:1, :3], 10, temperature=0.8, top_k=5).tolist())
    print([name for name in model.state_dict() if "h.0" in name])
    return losses, model(x)[0]
