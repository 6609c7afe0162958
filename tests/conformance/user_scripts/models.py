"""What people do with models beside training them: look inside, attack, compare, build blocks."""

from tests.conformance.user_scripts import array, labels, script, start


@script
def feature_maps_by_hooks():
    import torch
    import torch.nn as nn

    model = start(
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 2, 3), nn.Flatten(), nn.Linear(8, 3))
    )
    activations, gradients, handles = {}, {}, []

    def get_activation(name):
        def hook(module, input, output):
            activations[name] = output.detach().cpu().numpy()

        return hook

    for name, layer in model.named_children():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            handles.append(layer.register_forward_hook(get_activation(name)))
    handles.append(model[3].register_full_backward_hook(lambda m, gi, go: gradients.update(grad=go[0].clone())))
    handles.append(model[0].register_forward_pre_hook(lambda m, args: (args[0] * 2,)))
    out = model(torch.tensor(array(2, 3, 10, 10)))
    out[:, 1].sum().backward()
    for handle in handles:
        handle.remove()
    cam = torch.relu((gradients["grad"].mean(dim=(2, 3), keepdim=True) * torch.tensor(activations["3"])).sum(1))
    cam = (cam - cam.min()) / (cam.max() - cam.min() + 1e-8)
    model(torch.zeros(1, 3, 10, 10))
    print({name: a.shape for name, a in activations.items()})
    return activations, gradients, cam


@script
def saliency_and_fgsm():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    def fgsm_attack(image, epsilon, data_grad):
        sign_data_grad = data_grad.sign()
        perturbed_image = image + epsilon * sign_data_grad
        return torch.clamp(perturbed_image, 0, 1)

    def pgd(model, x, y, eps=0.1, alpha=0.03, steps=3):
        delta = torch.zeros_like(x, requires_grad=True)
        for _ in range(steps):
            loss = F.cross_entropy(model(x + delta), y)
            loss.backward()
            delta.data = (delta + alpha * delta.grad.detach().sign()).clamp(-eps, eps)
            delta.data = torch.min(torch.max(delta.detach(), -x), 1 - x)
            delta.grad.zero_()
        return (x + delta).detach()

    model = start(nn.Sequential(nn.Conv2d(1, 3, 3), nn.Softplus(), nn.Flatten(), nn.Linear(3 * 36, 4)))
    model.eval()
    image, target = torch.tensor(array(2, 1, 8, 8)).sigmoid(), torch.tensor([1, 3])
    image.requires_grad = True
    output = model(image)
    init_pred = output.max(1, keepdim=True)[1]
    model.zero_grad()
    F.nll_loss(F.log_softmax(output, dim=1), target).backward()
    data_grad = image.grad.data
    saliency, _ = torch.max(data_grad.abs(), dim=1)
    adversarial = fgsm_attack(image, 0.3, data_grad)
    confidence = F.softmax(model(adversarial), dim=1)
    print(init_pred.squeeze().tolist(), adversarial.requires_grad, adversarial.is_leaf)
    return saliency, adversarial, confidence, pgd(model, image.detach(), target)


@script
def convolutional_autoencoder():
    import torch
    from torch import nn

    class ConvAutoencoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.Sequential(
                nn.Conv2d(1, 4, 3, stride=2, padding=1),
                nn.ReLU(True),
                nn.Conv2d(4, 8, 3, stride=2, padding=1),
                nn.ReLU(True),
            )
            self.decoder = nn.Sequential(
                nn.ConvTranspose2d(8, 4, kernel_size=3, stride=2, padding=1, output_padding=1),
                nn.ReLU(),
                nn.ConvTranspose2d(4, 1, 2, stride=2),
                nn.Sigmoid(),
            )

        def forward(self, x):
            return self.decoder(self.encoder(x))

    net = start(ConvAutoencoder())
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2, weight_decay=1e-5)
    images = torch.tensor(array(6, 1, 12, 12)).sigmoid()
    losses = []
    for _ in range(4):
        noisy = (images + 0.1 * torch.tensor(array(6, 1, 12, 12, seed=3))).clip(0.0, 1.0)
        recon = net(noisy)
        loss = nn.BCELoss(reduction="sum")(recon, images) / images.shape[0]
        loss = loss + 1e-3 * sum(p.abs().sum() for p in net.parameters())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    psnr = 10 * torch.log10(1 / ((recon - images) ** 2).mean())
    print(net, recon.shape, f"{psnr:.3f}")
    return losses, psnr, net.state_dict()


@script
def residual_network():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    class BasicBlock(nn.Module):
        expansion = 1

        def __init__(self, in_planes, planes, stride=1):
            super(BasicBlock, self).__init__()  # noqa: UP008
            self.conv1 = nn.Conv2d(in_planes, planes, kernel_size=3, stride=stride, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(planes)
            self.conv2 = nn.Conv2d(planes, planes, kernel_size=3, stride=1, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(planes)
            self.shortcut = nn.Sequential()
            if stride != 1 or in_planes != planes:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(in_planes, planes, kernel_size=1, stride=stride, bias=False), nn.BatchNorm2d(planes)
                )

        def forward(self, x):
            out = F.relu(self.bn1(self.conv1(x)))
            out = self.bn2(self.conv2(out))
            out += self.shortcut(x)
            return F.relu(out)

    class ResNet(nn.Module):
        def __init__(self, widths=(4, 8), num_classes=3):
            super().__init__()
            self.stem = nn.Conv2d(3, widths[0], 3, padding="same", bias=False)
            blocks, planes = [], widths[0]
            for width in widths:
                blocks.append(BasicBlock(planes, width, stride=2))
                planes = width
            self.layers = nn.Sequential(*blocks)
            self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
            self.linear = nn.Linear(planes, num_classes)
            for m in self.modules():
                if isinstance(m, nn.Conv2d):
                    nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
                elif isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)):
                    nn.init.ones_(m.weight)
                    nn.init.zeros_(m.bias)

        def forward(self, x):
            x = torch.flatten(self.avgpool(self.layers(self.stem(x))), 1)
            return self.linear(x)

    model = start(ResNet()).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=1, steps_per_epoch=3)
    for step in range(3):
        inputs, targets = torch.tensor(array(8, 3, 8, 8, seed=step)), torch.tensor(labels(8, 3, seed=step))
        loss = F.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    model.eval()
    probabilities = torch.softmax(model(torch.tensor(array(2, 3, 8, 8))), dim=-1)
    print(model, scheduler.get_last_lr()[0] > 0)
    return loss, probabilities, model.state_dict()


@script
def style_transfer():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    def gram_matrix(input):
        b, c, h, w = input.size()
        features = input.view(b * c, h * w)
        return torch.mm(features, features.t()).div(b * c * h * w)

    class StyleLoss(nn.Module):
        def __init__(self, target_feature):
            super().__init__()
            self.target = gram_matrix(target_feature).detach()

        def forward(self, input):
            self.loss = F.mse_loss(gram_matrix(input), self.target)
            return input

    class Normalization(nn.Module):
        def __init__(self, mean, std):
            super().__init__()
            self.mean = torch.tensor(mean).view(-1, 1, 1)
            self.std = torch.tensor(std).view(-1, 1, 1)

        def forward(self, img):
            return (img - self.mean) / self.std

    cnn = start(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(inplace=False), nn.Conv2d(4, 4, 3)))
    for p in cnn.parameters():
        p.requires_grad_(False)
    style = torch.tensor(array(1, 3, 8, 8, seed=1)).sigmoid()
    content = torch.tensor(array(1, 3, 8, 8, seed=2)).sigmoid()
    model, style_losses = nn.Sequential(Normalization([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])), []
    for i, layer in enumerate(cnn.children()):
        model.add_module(f"layer_{i}", layer)
        if isinstance(layer, nn.Conv2d):
            style_loss = StyleLoss(model(style))
            model.add_module(f"style_{i}", style_loss)
            style_losses.append(style_loss)
    image = content.clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.05)
    history = []
    for _ in range(4):
        with torch.no_grad():
            image.clamp_(0, 1)
        optimizer.zero_grad()
        model(image)
        total_variation = (image[..., 1:] - image[..., :-1]).abs().mean() + (image[:, :, 1:] - image[:, :, :-1]).pow(
            2
        ).mean()
        loss = 1e3 * sum(s.loss for s in style_losses) + F.l1_loss(image, content) + total_variation
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    return history, image


@script
def siamese_metric_learning():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    class ContrastiveLoss(nn.Module):
        def __init__(self, margin=2.0):
            super().__init__()
            self.margin = margin

        def forward(self, output1, output2, label):
            distance = F.pairwise_distance(output1, output2, keepdim=True)
            return torch.mean(
                (1 - label) * torch.pow(distance, 2)
                + label * torch.pow(torch.clamp(self.margin - distance, min=0.0), 2)
            )

    def nt_xent(z1, z2, temperature=0.5):
        z = F.normalize(torch.cat([z1, z2], dim=0), dim=1)
        similarity = z @ z.T / temperature
        n = z1.shape[0]
        similarity = similarity.masked_fill(torch.eye(2 * n, dtype=torch.bool), float("-inf"))
        targets = torch.cat([torch.arange(n, 2 * n), torch.arange(0, n)])
        return F.cross_entropy(similarity, targets)

    encoder = start(nn.Sequential(nn.Linear(6, 8), nn.PReLU(), nn.Linear(8, 4)))
    a, p, n = (torch.tensor(array(10, 6, seed=i)) for i in range(3))
    za, zp, zn = encoder(a), encoder(p), encoder(n)
    losses = [
        ContrastiveLoss()(za, zp, torch.tensor(labels(10, 2)).unsqueeze(1).float()),
        nn.TripletMarginLoss(margin=1.0, p=2)(za, zp, zn),
        nn.CosineEmbeddingLoss()(za, zn, torch.ones(10) * -1),
        nt_xent(za, zp),
        1 - F.cosine_similarity(za, zn, dim=1).mean(),
        torch.cdist(za, zn).topk(3, largest=False).values.mean(),
    ]
    sum(losses).backward()
    nearest = torch.cdist(za.detach(), zn.detach()).argmin(dim=1)
    return losses, nearest, [p.grad for p in encoder.parameters()]


@script
def u_net():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    def double_conv(i, o):
        return nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.GroupNorm(2, o), nn.ReLU(inplace=True))

    class UNet(nn.Module):
        def __init__(self, channels=4):
            super().__init__()
            self.down = double_conv(1, channels)
            self.bottom = double_conv(channels, 2 * channels)
            self.upconv = nn.ConvTranspose2d(2 * channels, channels, 2, stride=2)
            self.fuse = double_conv(2 * channels, channels)
            self.up = nn.Upsample(scale_factor=2, mode="nearest")
            self.side = nn.Conv2d(2 * channels, 1, kernel_size=1)
            self.out = nn.Conv2d(channels, 1, kernel_size=(1, 1))

        def forward(self, x):
            skip = self.down(x)
            low = self.bottom(F.max_pool2d(skip, kernel_size=2))
            up = self.upconv(low)
            dy, dx = skip.shape[-2] - up.shape[-2], skip.size(-1) - up.size(-1)
            up = F.pad(up, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
            side = F.interpolate(self.side(low), size=skip.shape[-2:], mode="bilinear", align_corners=False)
            return self.out(self.fuse(torch.cat([skip, up], dim=1))) + side, self.up(low)

    def dice_loss(pred, target, smooth=1.0):
        pred, target = pred.sigmoid().contiguous().view(-1), target.contiguous().view(-1)
        intersection = (pred * target).sum()
        return 1 - (2.0 * intersection + smooth) / (pred.sum() + target.sum() + smooth)

    net = start(UNet())
    x = torch.tensor(array(2, 1, 9, 10))
    mask = (x > 0.3).to(x.dtype)
    logits, up = net(x)
    loss = F.binary_cross_entropy_with_logits(logits, mask) + dice_loss(logits, mask) + up.mean()
    loss.backward()
    iou = ((logits > 0) & mask.bool()).sum() / ((logits > 0) | mask.bool()).sum()
    return loss, iou, [p.grad for p in net.parameters()]


@script
def printing_a_summary():
    import torch
    import torch.nn as nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(
                nn.Conv2d(3, 8, kernel_size=(3, 5), stride=2, padding=(1, 2), groups=1, dilation=1),
                nn.BatchNorm2d(8, eps=1e-3, momentum=0.01, affine=True),
                nn.LeakyReLU(0.2, inplace=True),
                nn.MaxPool2d(2, ceil_mode=True),
                nn.Dropout2d(p=0.25),
                nn.AdaptiveAvgPool2d((2, None)),
            )
            self.gru = nn.ModuleList([nn.Linear(2, 3, bias=False), nn.Identity(), nn.Embedding(10, 3, padding_idx=0)])
            self.classifier = nn.Sequential(nn.Flatten(start_dim=1), nn.LazyLinear(4), nn.Softmax(dim=1), nn.GELU())
            self.norm = nn.LayerNorm([3, 4])
            self.up = nn.ConvTranspose2d(4, 2, 3, stride=2, output_padding=1, bias=False)
            self.loss = nn.CrossEntropyLoss(ignore_index=0)
            self.pad = nn.ZeroPad2d((1, 2, 3, 4))
            self.weight = nn.Parameter(torch.ones(2))

        def extra_repr(self):
            return "by hand"

        def forward(self, x):
            return self.classifier(self.features(x))

    net = Net()
    rows = []

    def register(module):
        def hook(module, inputs, output):
            rows.append((type(module).__name__, list(inputs[0].shape), list(output.size())))

        if not list(module.children()):
            module.register_forward_hook(hook)

    net.apply(register)
    net.eval()(torch.zeros(2, 3, 16, 16))
    for row in rows:
        print("{:<20} {!s:>20} {!s:>20}".format(*row))
    print(net)
    print(sum(p.numel() for p in net.parameters()), {k: v.shape for k, v in net.state_dict().items()})
    print(repr(net.weight), net.weight.data, net.features[1].running_mean)
    print(*(type(m).__name__ for m in net.features), net.features[:2], sep="\n")
    return sorted(net.state_dict())
