"""Generative models: two optimizers, detached parts of graphs, gradients of gradients."""

from tests.conformance.user_scripts import array, script, start


@script
def variational_autoencoder():
    import torch
    import torch.nn.functional as F
    from torch import nn

    class VAE(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc21, self.fc22 = nn.Linear(20, 12), nn.Linear(12, 3), nn.Linear(12, 3)
            self.fc3, self.fc4 = nn.Linear(3, 12), nn.Linear(12, 20)

        def encode(self, x):
            h = F.relu(self.fc1(x))
            return self.fc21(h), self.fc22(h)

        def reparameterize(self, mu, logvar):
            std = torch.exp(0.5 * logvar)
            eps = torch.randn_like(std)
            eps = torch.as_tensor(array(*eps.shape)).type_as(std)
            return mu + eps * std

        def forward(self, x):
            mu, logvar = self.encode(x.view(-1, 20))
            z = self.reparameterize(mu, logvar)
            return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar

    def loss_function(recon_x, x, mu, logvar):
        BCE = F.binary_cross_entropy(recon_x, x.view(-1, 20), reduction="sum")
        KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        return BCE + KLD

    model = start(VAE())
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    data = torch.tensor(array(16, 4, 5)).sigmoid()
    train_loss = 0
    for batch in data.chunk(4):
        optimizer.zero_grad()
        recon, mu, logvar = model(batch)
        loss = loss_function(recon, batch, mu, logvar)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()
    print(f"====> Average loss: {train_loss / len(data):.4f}")
    return train_loss, model.state_dict()


@script
def generative_adversarial_network():
    import torch
    import torch.nn as nn

    class Generator(nn.Module):
        def __init__(self, nz=4, ngf=4):
            super().__init__()
            self.main = nn.Sequential(
                nn.ConvTranspose2d(nz, ngf, 4, 1, 0, bias=False),
                nn.BatchNorm2d(ngf),
                nn.ReLU(True),
                nn.ConvTranspose2d(ngf, 1, 4, 2, 1, bias=False),
                nn.Tanh(),
            )

        def forward(self, input):
            return self.main(input)

    netG = start(Generator())
    netD = start(nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.LeakyReLU(0.2, True), nn.Conv2d(4, 1, 4), nn.Sigmoid()))
    criterion = nn.BCELoss()
    optimizerD = torch.optim.Adam(netD.parameters(), lr=0.0002, betas=(0.5, 0.999))
    optimizerG = torch.optim.Adam(netG.parameters(), lr=0.0002, betas=(0.5, 0.999))
    history = []
    for i in range(3):
        netD.zero_grad()
        real = torch.tensor(array(5, 1, 8, 8, seed=i))
        label = torch.full((5,), 1.0)
        output = netD(real).view(-1)
        errD_real = criterion(output, label)
        errD_real.backward()
        D_x = output.mean().item()
        noise = torch.tensor(array(5, 4, 1, 1, seed=i))
        fake = netG(noise)
        label.fill_(0)
        output = netD(fake.detach()).view(-1)
        errD_fake = criterion(output, label)
        errD_fake.backward()
        errD = errD_real + errD_fake
        optimizerD.step()
        netG.zero_grad()
        label.fill_(1)
        errG = criterion(netD(fake).view(-1), label)
        errG.backward()
        optimizerG.step()
        history.append((D_x, errD.item(), errG.item()))
        print("[%d/3] Loss_D: %.4f Loss_G: %.4f D(x): %.4f" % (i, errD.item(), errG.item(), D_x))  # noqa: UP031
    return history, netG.state_dict(), netD.state_dict()


@script
def wasserstein_gradient_penalty():
    import torch
    import torch.autograd as autograd
    import torch.nn as nn
    from torch.autograd import Variable

    def calc_gradient_penalty(netD, real_data, fake_data, alpha, LAMBDA=10):
        alpha = alpha.expand(real_data.size())
        interpolates = alpha * real_data + ((1 - alpha) * fake_data)
        interpolates = Variable(interpolates, requires_grad=True)
        disc_interpolates = netD(interpolates)
        gradients = autograd.grad(
            outputs=disc_interpolates,
            inputs=interpolates,
            grad_outputs=torch.ones(disc_interpolates.size()),
            create_graph=True,
            retain_graph=True,
            only_inputs=True,
        )[0]
        return ((gradients.norm(2, dim=1) - 1) ** 2).mean() * LAMBDA

    critic = start(nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1)))
    optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2, betas=(0.5, 0.9))
    one = torch.tensor(1.0)
    mone = one * -1
    distances = []
    for step in range(4):
        real, fake = torch.tensor(array(12, 2, seed=step)), torch.tensor(array(12, 2, seed=step + 9)) + 2
        critic.zero_grad()
        D_real = critic(real).mean()
        D_real.backward(mone)
        D_fake = critic(fake).mean()
        D_fake.backward(one)
        penalty = calc_gradient_penalty(critic, real.data, fake.data, torch.tensor(array(12, 1)).sigmoid())
        penalty.backward()
        optimizer.step()
        distances.append((D_real - D_fake).item())
    return distances, penalty, critic.state_dict()


@script
def denoising_diffusion():
    import math

    import torch
    import torch.nn.functional as F
    from torch import nn

    class SinusoidalPositionEmbeddings(nn.Module):
        def __init__(self, dim):
            super().__init__()
            self.dim = dim

        def forward(self, time):
            half_dim = self.dim // 2
            embeddings = math.log(10000) / (half_dim - 1)
            embeddings = torch.exp(torch.arange(half_dim, device=time.device) * -embeddings)
            embeddings = time[:, None] * embeddings[None, :]
            return torch.cat((embeddings.sin(), embeddings.cos()), dim=-1)

    T = 20
    betas = torch.linspace(0.0001, 0.02, T)
    alphas = 1.0 - betas
    alphas_cumprod = torch.cumprod(alphas, axis=0)
    alphas_cumprod_prev = F.pad(alphas_cumprod[:-1], (1, 0), value=1.0)
    posterior_variance = betas * (1.0 - alphas_cumprod_prev) / (1.0 - alphas_cumprod)

    def extract(a, t, x_shape):
        out = a.gather(-1, t.cpu())
        return out.reshape(t.shape[0], *((1,) * (len(x_shape) - 1))).to(t.device)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.time_mlp = nn.Sequential(SinusoidalPositionEmbeddings(8), nn.Linear(8, 4), nn.SiLU())
            self.conv = nn.Conv2d(1, 4, 3, padding=1, padding_mode="circular")
            self.out = nn.Conv2d(4, 1, 1)

        def forward(self, x, t):
            return self.out(F.silu(self.conv(x) + self.time_mlp(t)[(...,) + (None,) * 2]))

    model = start(Model())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for step in range(3):
        x0, noise = torch.tensor(array(4, 1, 6, 6)), torch.tensor(array(4, 1, 6, 6, seed=step))
        t = torch.tensor([0, 5, 13, T - 1]).long()
        noisy = (
            extract(alphas_cumprod.sqrt(), t, x0.shape) * x0 + extract((1 - alphas_cumprod).sqrt(), t, x0.shape) * noise
        )
        loss = F.huber_loss(model(noisy, t), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    @torch.no_grad()
    def sample(x):
        for i in reversed(range(0, T, 5)):
            t = torch.full((x.shape[0],), i, dtype=torch.long)
            mean = (1 / alphas[i].sqrt()) * (x - betas[i] * model(x, t) / torch.sqrt(1 - alphas_cumprod[i]))
            x = mean if i == 0 else mean + posterior_variance[i].clamp(min=1e-20).sqrt()
        return x

    return loss, sample(torch.tensor(array(2, 1, 6, 6, seed=4))), model.state_dict()


@script
def normalizing_flow():
    import math

    import torch
    from torch import nn

    class Coupling(nn.Module):
        def __init__(self, mask):
            super().__init__()
            self.register_buffer("mask", torch.as_tensor(mask, dtype=torch.get_default_dtype()))
            self.net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 4))

        def forward(self, x):
            s, t = self.net(x * self.mask).chunk(2, dim=-1)
            s = torch.tanh(s) * (1 - self.mask)
            return x * s.exp() + t * (1 - self.mask), s.sum(-1)

    flow = start(nn.ModuleList([Coupling(m) for m in ([1, 0], [0, 1]) * 2]))
    optimizer = torch.optim.Adamax(flow.parameters(), lr=1e-2)
    x = torch.tensor(array(32, 2)) * torch.tensor([0.5, 2.0]) + 1
    losses = []
    for _ in range(4):
        z, log_det = x, torch.zeros(len(x))
        for layer in flow:
            z, ld = layer(z)
            log_det += ld
        log_prob = -0.5 * (z**2 + math.log(2 * math.pi)).sum(-1) + log_det
        loss = -log_prob.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, flow.state_dict()
