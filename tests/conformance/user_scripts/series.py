"""Time series: convolutions that see the past only, and LBFGS; and weights averaged along the way."""

from tests.conformance.user_scripts import array, labels, script, start


@script
def temporal_convolution_with_weight_norm():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from torch.nn.utils import weight_norm

    class Chomp1d(nn.Module):
        def __init__(self, chomp_size):
            super().__init__()
            self.chomp_size = chomp_size

        def forward(self, x):
            return x[:, :, : -self.chomp_size].contiguous()

    class TemporalBlock(nn.Module):
        def __init__(self, n_inputs, n_outputs, kernel_size, dilation, dropout=0.2):
            super().__init__()
            options = {"stride": 1, "padding": (kernel_size - 1) * dilation, "dilation": dilation}
            self.conv1 = weight_norm(nn.Conv1d(n_inputs, n_outputs, kernel_size, **options))
            self.conv2 = weight_norm(nn.Conv1d(n_outputs, n_outputs, kernel_size, **options))
            layers = []
            for conv in (self.conv1, self.conv2):
                layers += [conv, Chomp1d(options["padding"]), nn.ReLU(), nn.Dropout(dropout)]
            self.net = nn.Sequential(*layers)
            self.downsample = nn.Conv1d(n_inputs, n_outputs, 1) if n_inputs != n_outputs else None
            self.relu = nn.ReLU()

        def forward(self, x):
            res = x if self.downsample is None else self.downsample(x)
            return self.relu(self.net(x) + res)

    class TCN(nn.Module):
        def __init__(self, input_size, output_size, num_channels, kernel_size, dropout):
            super().__init__()
            layers, sizes = [], [input_size, *num_channels]
            for i, (n_inputs, n_outputs) in enumerate(zip(sizes, sizes[1:], strict=False)):
                layers.append(TemporalBlock(n_inputs, n_outputs, kernel_size, 2**i, dropout))
            self.tcn = nn.Sequential(*layers)
            self.linear = nn.Linear(num_channels[-1], output_size)

        def forward(self, inputs):
            o = self.linear(self.tcn(inputs)[:, :, -1])
            return F.log_softmax(o, dim=1)

    model = start(TCN(2, 3, [4, 4, 5], kernel_size=3, dropout=0.0))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.005)
    data, target = torch.from_numpy(array(6, 2, 20)), torch.from_numpy(labels(6, 3))
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = F.nll_loss(model(data), target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        losses.append(loss.item())
    print([name for name, _ in model.named_parameters()])
    print([tuple(p.shape) for p in model.state_dict().values()])
    data.requires_grad_()
    (past,) = torch.autograd.grad(model.tcn(data)[:, :, 9].sum(), data)  # later inputs have no influence
    print(bool((past[:, :, 10:] == 0).all()))
    return losses, past, model.state_dict()


@script
def time_series_with_lbfgs():
    import torch
    import torch.nn as nn
    import torch.optim as optim

    class Sequence(nn.Module):
        def __init__(self, hidden):
            super().__init__()
            self.hidden = hidden
            self.lstm1 = nn.LSTMCell(1, hidden)
            self.lstm2 = nn.LSTMCell(hidden, hidden)
            self.linear = nn.Linear(hidden, 1)

        def forward(self, input, future=0):
            outputs = []
            h_t, c_t, h_t2, c_t2 = (torch.zeros(input.size(0), self.hidden, dtype=torch.double) for _ in range(4))
            for input_t in input.split(1, dim=1):
                h_t, c_t = self.lstm1(input_t, (h_t, c_t))
                h_t2, c_t2 = self.lstm2(h_t, (h_t2, c_t2))
                output = self.linear(h_t2)
                outputs += [output]
            for _ in range(future):
                h_t, c_t = self.lstm1(output, (h_t, c_t))
                h_t2, c_t2 = self.lstm2(h_t, (h_t2, c_t2))
                output = self.linear(h_t2)
                outputs += [output]
            return torch.cat(outputs, dim=1)

    phases = torch.arange(3, dtype=torch.double).view(-1, 1)
    data = torch.sin((torch.arange(9, dtype=torch.double) + phases) / 2)
    input, target = data[1:, :-1], data[1:, 1:]
    test_input, test_target = data[:1, :-1], data[:1, 1:]
    seq = start(Sequence(3).double())
    criterion = nn.MSELoss()
    results = []
    for options in ({"lr": 0.8}, {"line_search_fn": "strong_wolfe", "history_size": 4}):
        optimizer = optim.LBFGS(seq.parameters(), max_iter=3, **options)
        for _ in range(2):

            def closure(optimizer=optimizer):
                optimizer.zero_grad()
                loss = criterion(seq(input), target)
                results.append(loss.item())
                loss.backward()
                return loss

            optimizer.step(closure)
        with torch.no_grad():
            pred = seq(test_input, future=5)
            results.extend([criterion(pred[:, :-5], test_target).item(), pred])
    return results


@script
def stochastic_weight_averaging():
    import torch
    from torch import nn
    from torch.optim.lr_scheduler import CosineAnnealingLR
    from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn, update_bn
    from torch.utils.data import DataLoader, TensorDataset

    data, targets = torch.from_numpy(array(24, 5)), torch.from_numpy(labels(24, 3))
    loader = DataLoader(TensorDataset(data, targets), batch_size=8)
    model = start(nn.Sequential(nn.Linear(5, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 3)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
    loss_fn = nn.CrossEntropyLoss()
    swa_model = AveragedModel(model)
    ema_model = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9), use_buffers=True)
    scheduler = CosineAnnealingLR(optimizer, T_max=8)
    swa_start = 3
    swa_scheduler = SWALR(optimizer, anneal_strategy="linear", anneal_epochs=2, swa_lr=0.05)
    rates = []
    for epoch in range(7):
        for input, target in loader:
            optimizer.zero_grad()
            loss_fn(model(input), target).backward()
            optimizer.step()
            ema_model.update_parameters(model)
        if epoch > swa_start:
            swa_model.update_parameters(model)
            swa_scheduler.step()
        else:
            scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    update_bn(loader, swa_model)
    swa_model.eval()
    ema_model.eval()
    print(swa_model.n_averaged, list(swa_model.state_dict()))
    with torch.no_grad():
        return rates, swa_model(data), ema_model(data), swa_model.state_dict(), ema_model.state_dict()
