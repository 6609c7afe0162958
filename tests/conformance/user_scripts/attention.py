"""Attention in models: translation, language, images; and what looks at chosen places of an image."""

from tests.conformance.user_scripts import array, labels, script, start


@script
def seq2seq_with_attention():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from torch import optim

    SOS_token, hidden_size, MAX_LENGTH = 0, 6, 5

    class EncoderRNN(nn.Module):
        def __init__(self, input_size, hidden_size, dropout_p=0.1):
            super().__init__()
            self.hidden_size = hidden_size
            self.embedding = nn.Embedding(input_size, hidden_size)
            self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True)
            self.dropout = nn.Dropout(dropout_p)

        def forward(self, input):
            return self.gru(self.dropout(self.embedding(input)))

    class BahdanauAttention(nn.Module):
        def __init__(self, hidden_size):
            super().__init__()
            self.Wa = nn.Linear(hidden_size, hidden_size)
            self.Ua = nn.Linear(hidden_size, hidden_size)
            self.Va = nn.Linear(hidden_size, 1)

        def forward(self, query, keys):
            scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys)))
            weights = F.softmax(scores.squeeze(2).unsqueeze(1), dim=-1)
            return torch.bmm(weights, keys), weights

    class AttnDecoderRNN(nn.Module):
        def __init__(self, hidden_size, output_size, dropout_p=0.1):
            super().__init__()
            self.embedding = nn.Embedding(output_size, hidden_size)
            self.attention = BahdanauAttention(hidden_size)
            self.gru = nn.GRU(2 * hidden_size, hidden_size, batch_first=True)
            self.out = nn.Linear(hidden_size, output_size)
            self.dropout = nn.Dropout(dropout_p)

        def forward(self, encoder_outputs, encoder_hidden, target_tensor=None):
            batch_size = encoder_outputs.size(0)
            decoder_input = torch.empty(batch_size, 1, dtype=torch.long).fill_(SOS_token)
            decoder_hidden, decoder_outputs, attentions = encoder_hidden, [], []
            for i in range(MAX_LENGTH):
                decoder_output, decoder_hidden, attn_weights = self.forward_step(
                    decoder_input, decoder_hidden, encoder_outputs
                )
                decoder_outputs.append(decoder_output)
                attentions.append(attn_weights)
                if target_tensor is not None:
                    decoder_input = target_tensor[:, i].unsqueeze(1)
                else:
                    _, topi = decoder_output.topk(1)
                    decoder_input = topi.squeeze(-1).detach()
            decoder_outputs = F.log_softmax(torch.cat(decoder_outputs, dim=1), dim=-1)
            return decoder_outputs, decoder_hidden, torch.cat(attentions, dim=1)

        def forward_step(self, input, hidden, encoder_outputs):
            embedded = self.dropout(self.embedding(input))
            context, attn_weights = self.attention(hidden.permute(1, 0, 2), encoder_outputs)
            output, hidden = self.gru(torch.cat((embedded, context), dim=2), hidden)
            return self.out(output), hidden, attn_weights

    encoder, decoder = start(EncoderRNN(9, hidden_size, 0.0)), start(AttnDecoderRNN(hidden_size, 8, 0.0), seed=50)
    encoder_optimizer = optim.Adam(encoder.parameters(), lr=0.01)
    decoder_optimizer = optim.Adam(decoder.parameters(), lr=0.01)
    criterion = nn.NLLLoss()
    pairs = torch.tensor(labels(20, 9)).view(4, 5), torch.tensor(labels(20, 8, seed=1)).view(4, 5)
    losses = []
    for _ in range(4):
        encoder_optimizer.zero_grad()
        decoder_optimizer.zero_grad()
        encoder_outputs, encoder_hidden = encoder(pairs[0])
        decoder_outputs, _, _ = decoder(encoder_outputs, encoder_hidden, pairs[1])
        loss = criterion(decoder_outputs.view(-1, decoder_outputs.size(-1)), pairs[1].view(-1))
        loss.backward()
        encoder_optimizer.step()
        decoder_optimizer.step()
        losses.append(loss.item())
    encoder.eval()
    decoder.eval()
    with torch.no_grad():
        outputs, _, attentions = decoder(*encoder(pairs[0][:1]))
        words = [int(i) for i in outputs.topk(1)[1].squeeze()]
    print(words, decoder)
    return losses, attentions


@script
def translation_transformer():
    import math

    import torch
    import torch.nn as nn
    from torch import Tensor
    from torch.nn import Transformer

    PAD_IDX = 1

    class PositionalEncoding(nn.Module):
        def __init__(self, emb_size: int, dropout: float, maxlen: int = 50):
            super().__init__()
            den = torch.exp(-torch.arange(0, emb_size, 2) * math.log(10000) / emb_size)
            pos = torch.arange(0, maxlen).reshape(maxlen, 1)
            pos_embedding = torch.zeros((maxlen, emb_size))
            pos_embedding[:, 0::2] = torch.sin(pos * den)
            pos_embedding[:, 1::2] = torch.cos(pos * den)
            self.dropout = nn.Dropout(dropout)
            self.register_buffer("pos_embedding", pos_embedding.unsqueeze(-2))

        def forward(self, token_embedding: Tensor):
            return self.dropout(token_embedding + self.pos_embedding[: token_embedding.size(0), :])

    class Seq2SeqTransformer(nn.Module):
        def __init__(self, layers, emb_size, nhead, src_vocab, tgt_vocab, dim_feedforward, dropout):
            super().__init__()
            self.transformer = Transformer(
                d_model=emb_size, nhead=nhead, num_encoder_layers=layers, num_decoder_layers=layers,
                dim_feedforward=dim_feedforward, dropout=dropout,
            )  # fmt: skip
            self.generator = nn.Linear(emb_size, tgt_vocab)
            self.src_tok_emb, self.tgt_tok_emb = nn.Embedding(src_vocab, emb_size), nn.Embedding(tgt_vocab, emb_size)
            self.positional_encoding = PositionalEncoding(emb_size, dropout=dropout)
            self.emb_size = emb_size

        def embed(self, table, tokens):
            return self.positional_encoding(table(tokens.long()) * math.sqrt(self.emb_size))

        def forward(self, src, trg, src_mask, tgt_mask, src_padding, tgt_padding, memory_key_padding_mask):
            src, trg = self.embed(self.src_tok_emb, src), self.embed(self.tgt_tok_emb, trg)
            outs = self.transformer(
                src, trg, src_mask, tgt_mask, None, src_padding, tgt_padding, memory_key_padding_mask
            )
            return self.generator(outs)

        def encode(self, src, src_mask):
            return self.transformer.encoder(self.embed(self.src_tok_emb, src), src_mask)

        def decode(self, tgt, memory, tgt_mask):
            return self.transformer.decoder(self.embed(self.tgt_tok_emb, tgt), memory, tgt_mask)

    def generate_square_subsequent_mask(sz):
        mask = (torch.triu(torch.ones((sz, sz))) == 1).transpose(0, 1)
        return mask.float().masked_fill(mask == 0, float("-inf")).masked_fill(mask == 1, 0.0)

    def create_mask(src, tgt):
        src_seq_len, tgt_seq_len = src.shape[0], tgt.shape[0]
        tgt_mask = generate_square_subsequent_mask(tgt_seq_len) < 0
        src_mask = torch.zeros((src_seq_len, src_seq_len)).type(torch.bool)
        return src_mask, tgt_mask, (src == PAD_IDX).transpose(0, 1), (tgt == PAD_IDX).transpose(0, 1)

    def greedy_decode(model, src, src_mask, max_len, start_symbol):
        memory = model.encode(src, src_mask)
        ys = torch.ones(1, 1).fill_(start_symbol).type(torch.long)
        for _ in range(max_len - 1):
            tgt_mask = generate_square_subsequent_mask(ys.size(0)).type(torch.bool)
            prob = model.generator(model.decode(ys, memory, tgt_mask).transpose(0, 1)[:, -1])
            _, next_word = torch.max(prob, dim=1)
            ys = torch.cat([ys, torch.ones(1, 1).type_as(src.data).fill_(next_word.item())], dim=0)
        return ys

    model = Seq2SeqTransformer(2, 8, 2, 11, 12, 16, 0.0)
    for p in model.parameters():
        if p.dim() > 1:
            nn.init.xavier_uniform_(p)
    start(model)
    src, tgt = torch.tensor(labels(15, 11)).view(5, 3), torch.tensor(labels(18, 12, seed=1)).view(6, 3)
    src[src == PAD_IDX], tgt[tgt == PAD_IDX] = 2, 2
    src[3:, 0] = PAD_IDX
    tgt[4:, 2] = PAD_IDX
    loss_fn = nn.CrossEntropyLoss(ignore_index=PAD_IDX)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, betas=(0.9, 0.98), eps=1e-9)
    losses = []
    model.train()
    for _ in range(3):
        tgt_input = tgt[:-1, :]
        src_mask, tgt_mask, src_padding, tgt_padding = create_mask(src, tgt_input)
        logits = model(src, tgt_input, src_mask, tgt_mask, src_padding, tgt_padding, src_padding)
        optimizer.zero_grad()
        tgt_out = tgt[1:, :]
        loss = loss_fn(logits.reshape(-1, logits.shape[-1]), tgt_out.reshape(-1))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        words = greedy_decode(model, src[:, 1:2], torch.zeros(5, 5, dtype=torch.bool), 6, 0).flatten()
    print(words.tolist(), len(model.state_dict()), model.transformer.decoder.layers[1])
    return losses, {name: p.grad for name, p in model.named_parameters()}


@script
def vision_transformer():
    import torch
    from torch import nn

    class ViT(nn.Module):
        def __init__(self, image=8, patch=4, dim=8, depth=2, heads=2, classes=3):
            super().__init__()
            self.conv_proj = nn.Conv2d(3, dim, kernel_size=patch, stride=patch)
            self.class_token = nn.Parameter(torch.zeros(1, 1, dim))
            self.pos_embedding = nn.Parameter(torch.empty(1, (image // patch) ** 2 + 1, dim).normal_(std=0.02))
            layer = nn.TransformerEncoderLayer(
                d_model=dim, nhead=heads, dim_feedforward=4 * dim, dropout=0.0, activation="gelu", batch_first=True,
                norm_first=True,
            )  # fmt: skip
            self.encoder = nn.TransformerEncoder(layer, num_layers=depth, enable_nested_tensor=False)
            self.head = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, classes))
            nn.init.trunc_normal_(self.class_token, std=0.02)

        def forward(self, x):
            n = x.shape[0]
            x = self.conv_proj(x).flatten(2).transpose(1, 2)
            x = torch.cat([self.class_token.expand(n, -1, -1), x], dim=1)
            return self.head(self.encoder(x + self.pos_embedding)[:, 0])

    class Pooled(nn.Module):
        """Attention that pools: one learned query looks at every place."""

        def __init__(self, dim):
            super().__init__()
            self.query = nn.Parameter(torch.zeros(1, 1, dim))
            self.attention = nn.MultiheadAttention(dim, num_heads=2, batch_first=True)

        def forward(self, x, hidden=None):
            q = self.query.repeat(x.size(0), 1, 1)
            y, weights = self.attention(q, x, x, key_padding_mask=hidden, average_attn_weights=False)
            return y.squeeze(1), weights

    decay, no_decay = [], []
    model, pooled = start(ViT()), start(Pooled(8), seed=80)
    for name, p in model.named_parameters():
        (no_decay if p.ndim <= 1 or name.endswith(("token", "embedding")) else decay).append(p)
    groups = [{"params": decay, "weight_decay": 0.05}, {"params": no_decay, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    images, targets = torch.tensor(array(4, 3, 8, 8)), torch.tensor(labels(4, 3))
    losses = []
    for _ in range(4):
        loss = nn.functional.cross_entropy(model(images), targets, label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        optimizer.step()
        scheduler.step()
        losses.append((loss.item(), norm.item()))
    seen, weights = pooled(torch.tensor(array(2, 5, 8)), torch.arange(5) > torch.tensor([[2], [4]]))
    seen.square().sum().backward()
    print(len(decay), len(no_decay), sum(p.numel() for p in model.parameters() if p.requires_grad), pooled)
    return losses, weights, [p.grad for p in pooled.parameters()], model.state_dict()


@script
def word_language_models():
    import math

    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    class RNNModel(nn.Module):
        def __init__(self, rnn_type, ntoken, ninp, nhid, nlayers, dropout=0.0, tie_weights=False):
            super().__init__()
            self.ntoken, self.rnn_type, self.nhid, self.nlayers = ntoken, rnn_type, nhid, nlayers
            self.drop = nn.Dropout(dropout)
            self.encoder = nn.Embedding(ntoken, ninp)
            if rnn_type in ["LSTM", "GRU"]:
                self.rnn = getattr(nn, rnn_type)(ninp, nhid, nlayers, dropout=dropout)
            else:
                self.rnn = nn.RNN(ninp, nhid, nlayers, nonlinearity={"RNN_RELU": "relu"}[rnn_type], dropout=dropout)
            self.decoder = nn.Linear(nhid, ntoken)
            if tie_weights:
                self.decoder.weight = self.encoder.weight

        def forward(self, input, hidden):
            output, hidden = self.rnn(self.drop(self.encoder(input)), hidden)
            decoded = self.decoder(self.drop(output)).view(-1, self.ntoken)
            return F.log_softmax(decoded, dim=1), hidden

        def init_hidden(self, bsz):
            weight = next(self.parameters())
            if self.rnn_type == "LSTM":
                return (
                    weight.new_zeros(self.nlayers, bsz, self.nhid),
                    weight.new_zeros(self.nlayers, bsz, self.nhid),
                )
            return weight.new_zeros(self.nlayers, bsz, self.nhid)

    class TransformerModel(nn.Transformer):
        def __init__(self, ntoken, ninp, nhead, nhid, nlayers):
            super().__init__(
                d_model=ninp, nhead=nhead, dim_feedforward=nhid, num_encoder_layers=nlayers, num_decoder_layers=1,
                dropout=0.0,
            )  # fmt: skip
            self.src_mask, self.ninp = None, ninp
            self.input_emb = nn.Embedding(ntoken, ninp)
            self.decoder = nn.Linear(ninp, ntoken)

        def _generate_square_subsequent_mask(self, sz):
            return torch.log(torch.tril(torch.ones(sz, sz)))

        def forward(self, src, has_mask=True):
            if self.src_mask is None or self.src_mask.size(0) != len(src):
                self.src_mask = self._generate_square_subsequent_mask(len(src)).to(src.device)
            output = self.encoder(self.input_emb(src) * math.sqrt(self.ninp), mask=self.src_mask)
            return F.log_softmax(self.decoder(output), dim=-1)

    def batchify(data, bsz):
        nbatch = data.size(0) // bsz
        return data.narrow(0, 0, nbatch * bsz).view(bsz, -1).t().contiguous()

    def get_batch(source, i, bptt=4):
        seq_len = min(bptt, len(source) - 1 - i)
        return source[i : i + seq_len], source[i + 1 : i + 1 + seq_len].view(-1)

    def repackage_hidden(h):
        return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage_hidden(v) for v in h)

    train_data, criterion, losses = batchify(torch.tensor(labels(31, 7)), 3), nn.NLLLoss(), []
    for rnn_type in ("LSTM", "GRU", "RNN_RELU"):
        model = start(RNNModel(rnn_type, 7, 5, 5, 2, tie_weights=True))
        hidden = model.init_hidden(3)
        for i in range(0, train_data.size(0) - 1, 4):
            data, targets = get_batch(train_data, i)
            model.zero_grad()
            hidden = repackage_hidden(hidden)
            output, hidden = model(data, hidden)
            loss = criterion(output, targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
            for p in model.parameters():
                p.data.add_(p.grad, alpha=-2.0)
            losses.append(math.exp(loss.item()))
    model = start(TransformerModel(7, 6, 2, 8, 2))
    data, targets = get_batch(train_data, 0)
    output = model(data).view(-1, 7)
    criterion(output, targets).backward()
    print(sorted(name for name, p in model.named_parameters() if p.grad is None))
    return losses, output, [p.grad for p in model.encoder.parameters()]


@script
def spatial_transformer():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 4, kernel_size=3)
            self.fc1 = nn.Linear(4 * 5 * 5, 3)
            self.localization = nn.Sequential(
                nn.Conv2d(1, 3, kernel_size=3), nn.MaxPool2d(2, stride=2), nn.ReLU(True),
                nn.Conv2d(3, 4, kernel_size=3), nn.MaxPool2d(2, stride=2), nn.ReLU(True),
            )  # fmt: skip
            self.fc_loc = nn.Sequential(nn.Linear(4 * 1 * 1, 8), nn.ReLU(True), nn.Linear(8, 3 * 2))

        def stn(self, x):
            xs = self.localization(x)
            theta = self.fc_loc(xs.view(-1, 4 * 1 * 1)).view(-1, 2, 3)
            grid = F.affine_grid(theta, x.size(), align_corners=False)
            return F.grid_sample(x, grid, align_corners=False)

        def forward(self, x):
            x = self.stn(x)
            x = F.relu(F.max_pool2d(self.conv1(x), 2))
            return F.log_softmax(self.fc1(x.flatten(1)), dim=1)

    model = start(Net())
    model.fc_loc[2].weight.data.mul_(0.1)
    model.fc_loc[2].bias.data.copy_(torch.tensor([1, 0, 0, 0, 1, 0], dtype=torch.float))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    images, targets = torch.tensor(array(4, 1, 12, 12)), torch.tensor(labels(4, 3))
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = F.nll_loss(model(images), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        moved = model.stn(images)
    return losses, moved, [p.grad for p in model.fc_loc.parameters()]
