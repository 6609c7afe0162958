"""Networks on graphs: products with matrices of neighbours."""

from tests.conformance.user_scripts import array, script, start


@script
def graph_convolutions():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    class GraphConvolution(nn.Module):
        def __init__(self, wide, narrow):
            super().__init__()
            self.weight = nn.Parameter(torch.empty(wide, 2 * narrow))
            self.bias = nn.Parameter(torch.zeros(narrow))

        def forward(self, nodes, adjacency):
            value, gate = torch.spmm(adjacency, nodes @ self.weight).split(split_size=self.bias.numel(), dim=-1)
            return value * torch.sigmoid(gate) + self.bias

    edges = torch.tensor([[0, 1, 1, 2, 3, 4], [1, 2, 3, 4, 4, 0]])
    adjacency = torch.eye(5).index_put(tuple(edges), torch.ones(6))
    adjacency = torch.maximum(adjacency, adjacency.swapaxes(axis0=0, axis1=1))
    degree = adjacency.sum(1).pow(-0.5)
    adjacency = degree[:, None] * adjacency * degree
    first, second = start(GraphConvolution(4, 6)), start(GraphConvolution(6, 3), seed=5)
    optimizer = torch.optim.Adam([*first.parameters(), *second.parameters()], lr=0.05, weight_decay=5e-4)
    nodes, known, classes = torch.tensor(array(5, 4)), torch.tensor([0, 2, 4]), torch.tensor([0, 1, 2])
    for epoch in range(5):
        optimizer.zero_grad()
        output = F.log_softmax(second(F.relu(first(nodes, adjacency)), adjacency), dim=1)
        loss = F.nll_loss(output[known], classes)
        loss.backward()
        optimizer.step()
        print(f"{epoch} {loss.item():.6f}")
    return output, first.state_dict(), second.state_dict()
