# %% [markdown]
# Right answers to the TODOs of `07_pytorch` that look nothing like the solution. Each must pass
# every visible check and every hidden test. Cells with the same id belong to one answer: they stand
# in place of their TODOs together. Data, read by `tests/notebook/test_answers.py`; nobody imports
# it.
# The untidy ones (prints, warnings, unused names) are meant to be so.
#
# ruff: noqa: B028, B905, F811, F821, RET504
#
# ## As one writes it for the original: functions of torch.nn.functional, .data, modules

# %% todo="three_layer_convnet" id="original"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    scores = None
    conv1 = torch.nn.functional.conv2d(x, weight=conv_w1, bias=conv_b1, padding=2)
    relu1 = F.relu(conv1)
    conv2 = F.conv2d(relu1, weight=conv_w2, bias=conv_b2, padding=1)
    relu2 = F.relu(conv2)
    relu2_flat = flatten(relu2)
    scores = relu2_flat.mm(fc_w) + fc_b
    print(scores.size())
    return scores


# %% todo="convnet_params" id="original"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    conv_w1 = random_weight((channel_1, in_channel, 5, 5))
    conv_b1 = zero_weight(channel_1)
    conv_w2 = random_weight((channel_2, channel_1, 3, 3))
    conv_b2 = zero_weight(channel_2)
    fc_w = random_weight((channel_2 * size * size, num_classes))
    fc_b = zero_weight(num_classes)
    return [conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b]


# %% todo="train_step" id="original"
def train_step(model_fn, x, y, params, learning_rate):
    scores = model_fn(x, params)
    loss = F.cross_entropy(scores, y)
    loss.backward()
    with torch.no_grad():
        for w in params:
            w -= learning_rate * w.grad
            w.grad.zero_()
    return loss


# %% todo="threelayerconvnet" id="original"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super(ThreeLayerConvNet, self).__init__()  # noqa: UP008
        self.conv1 = nn.Conv2d(in_channel, channel_1, kernel_size=5, padding=2, bias=True)
        nn.init.kaiming_normal_(self.conv1.weight)
        nn.init.constant_(self.conv1.bias, 0)
        self.conv2 = nn.Conv2d(channel_1, channel_2, kernel_size=3, padding=1, bias=True)
        nn.init.kaiming_normal_(self.conv2.weight)
        nn.init.constant_(self.conv2.bias, 0)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        nn.init.kaiming_normal_(self.fc.weight)
        nn.init.constant_(self.fc.bias, 0)

    def forward(self, x):
        scores = None
        relu1 = F.relu(self.conv1(x))
        relu2 = F.relu(self.conv2(relu1))
        scores = self.fc(flatten(relu2))
        return scores


# %% todo="sequential_convnet" id="original"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    class Flatten(nn.Module):
        def forward(self, x):
            return flatten(x)

    model = nn.Sequential(
        nn.Sequential(nn.Conv2d(in_channel, channel_1, kernel_size=5, padding=2), nn.ReLU()),
        nn.Sequential(nn.Conv2d(channel_1, channel_2, kernel_size=3, padding=1), nn.ReLU()),
        Flatten(),
        nn.Linear(channel_2 * 32 * 32, num_classes),
    )

    def init_weights(m):
        if type(m) in [nn.Conv2d, nn.Linear]:
            random_weight(m.weight.size())
            m.weight.data = random_weight(m.weight.size())
            m.bias.data = zero_weight(m.bias.size())

    model.apply(init_weights)
    optimizer = optim.SGD(model.parameters(), nesterov=True, lr=learning_rate, momentum=0.9)
    return model, optimizer


# %% todo="open_model" id="original"
def open_model(num_classes, steps):
    print(f"training for {steps} steps")
    layer1 = nn.Sequential(
        nn.Conv2d(3, 16, kernel_size=5, padding=2), nn.ReLU(), nn.BatchNorm2d(16), nn.MaxPool2d(4)
    )
    layer2 = nn.Sequential(
        nn.Conv2d(16, 32, kernel_size=3, padding=1), nn.ReLU(), nn.Dropout(0.2), nn.MaxPool2d(2)
    )
    fc = nn.Linear(32 * 4 * 4, num_classes)
    model = nn.Sequential(layer1, layer2, nn.Flatten(), fc)
    return model, optim.Adam(model.parameters(), lr=1e-3), None


# %% [markdown]
# ## By hand: convolution by unfold and einsum, gradients by autograd.grad, momentum by hand


# %% todo="three_layer_convnet" id="by_hand"
def three_layer_convnet(x, params):
    def convolve(x, w, b, padding):
        count, _, height, width = x.shape
        columns = F.unfold(x, w.shape[2:], padding=padding)
        out = torch.einsum("fk,nkp->nfp", w.reshape(len(w), -1), columns)
        height, width = (n + 2 * padding - k + 1 for n, k in zip((height, width), w.shape[2:]))
        return out.reshape(count, len(w), height, width) + b[:, None, None]

    hidden = convolve(x, params[0], params[1], 2).clamp(min=0)
    hidden = torch.maximum(convolve(hidden, params[2], params[3], 1), torch.zeros(()))
    return torch.addmm(params[5], hidden.reshape(x.shape[0], -1), params[4])


# %% todo="convnet_params" id="by_hand"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    generator = np.random.default_rng()
    params = []
    for shape in (
        (channel_1, in_channel, 5, 5),
        (channel_2, channel_1, 3, 3),
        (channel_2 * size**2, num_classes),
    ):
        fan_in = shape[0] if len(shape) == 2 else shape[1] * shape[2] * shape[3]
        bound = (6 / fan_in) ** 0.5  # uniform, with the same variance
        drawn = generator.uniform(-bound, bound, size=shape)
        params.append(torch.tensor(drawn, dtype=torch.float32, device=device, requires_grad=True))
        out = shape[1] if len(shape) == 2 else shape[0]
        params.append(torch.zeros(out, device=device, requires_grad=True))
    return params


# %% todo="train_step" id="by_hand"
def train_step(model_fn, x, y, params, learning_rate):
    scores = model_fn(x, params)
    log_p = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = -log_p[torch.arange(len(y)), y].mean()
    slopes = torch.autograd.grad(loss, params)
    for w, slope in zip(params, slopes):
        w.data.add_(slope, alpha=-learning_rate)
    return float(loss)


# %% todo="threelayerconvnet" id="by_hand"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()

        def weight(*shape):
            fan_in = np.prod(shape[1:])
            return nn.Parameter(torch.randn(shape) * (2 / fan_in) ** 0.5)

        self.last = nn.ParameterList([weight(num_classes, channel_2 * 1024)])
        self.last.append(nn.Parameter(torch.zeros(num_classes)))
        self.kernels = nn.ParameterList(
            [weight(channel_1, in_channel, 5, 5), weight(channel_2, channel_1, 3, 3)]
        )
        self.biases = nn.ParameterList(
            nn.Parameter(torch.zeros(channels)) for channels in (channel_1, channel_2)
        )

    def forward(self, x):
        for kernel, bias, padding in zip(self.kernels, self.biases, (2, 1)):
            x = F.conv2d(x, kernel, bias, padding=padding).relu_()
        return F.linear(x.flatten(1), *self.last)


# %% todo="sequential_convnet" id="by_hand"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    class Nesterov(optim.Optimizer):
        def __init__(self, params):
            super().__init__(params, {"lr": learning_rate})

        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    state = self.state[p]
                    state["v"] = 0.9 * state.get("v", 0) + p.grad
                    p -= group["lr"] * (p.grad + 0.9 * state["v"])

    model = nn.Sequential()
    model.add_module("first", nn.Conv2d(in_channel, channel_1, 5, padding="same"))
    model.add_module("relu", nn.ReLU(inplace=True))
    model.add_module("second", nn.Conv2d(channel_1, channel_2, 3, padding="same"))
    model.add_module("relu again", nn.ReLU(inplace=True))
    model.add_module("rows", nn.Flatten())
    model.add_module("last", nn.Linear(channel_2 * 32 * 32, num_classes))
    return model, Nesterov(model.parameters())


# %% todo="open_model" id="by_hand"
def open_model(num_classes, steps):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 12, 4, stride=4)
            self.norm = nn.GroupNorm(3, 12)
            self.last = nn.Linear(12, num_classes)

        def forward(self, x):
            x = F.dropout(F.gelu(self.norm(self.first(x))), 0.1, training=self.training)
            return self.last(x.mean(dim=(2, 3)))

    model = Net()
    groups = [{"params": [p]} for p in model.parameters()]
    optimizer = optim.AdamW(groups, lr=1e-3)
    warm_up = optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / (steps + 1)))
    return model, optimizer, warm_up


# %% [markdown]
# ## In one line each, and in float64 on the way


# %% todo="three_layer_convnet" id="short"
def three_layer_convnet(x, params):
    w1, b1, w2, b2, w3, b3 = (p.double() for p in params)
    h = torch.conv2d(torch.conv2d(x.double(), w1, b1, padding=2).relu(), w2, b2, padding=1).relu()
    return F.linear(h.flatten(start_dim=1), w3.T, b3).to(x.dtype)


# %% todo="convnet_params" id="short"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    layers = [nn.Conv2d(in_channel, channel_1, 5), nn.Conv2d(channel_1, channel_2, 3)]
    kernels = [nn.init.kaiming_normal_(layer.weight) for layer in layers]
    last = nn.Parameter(random_weight((channel_2 * size**2, num_classes)).detach())
    biases = [nn.Parameter(torch.zeros(n)) for n in (channel_1, channel_2, num_classes)]
    return [p for pair in zip([*kernels, last], biases) for p in pair]


# %% todo="train_step" id="short"
def train_step(model_fn, x, y, params, learning_rate):
    import warnings

    warnings.warn("this step is taken by an optimiser")
    optimizer = torch.optim.SGD(params, lr=learning_rate)
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model_fn(x, params), y)
    loss.backward()
    optimizer.step()
    return loss.detach().numpy()


# %% todo="threelayerconvnet" id="short"
class ThreeLayerConvNet(nn.Sequential):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        layers = [nn.Conv2d(in_channel, channel_1, 5, padding=2), nn.ReLU()]
        layers += [nn.Conv2d(channel_1, channel_2, 3, padding=1), nn.ReLU(), nn.Flatten()]
        super().__init__(*layers, nn.Linear(1024 * channel_2, num_classes))
        for p in self.parameters():
            if p.ndim > 1:
                nn.init.kaiming_uniform_(p, nonlinearity="relu")


# %% todo="sequential_convnet" id="short"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = ThreeLayerConvNet(in_channel, channel_1, channel_2, num_classes)
    return model, optim.SGD(model.parameters(), learning_rate, 0.9, 0.0, 0.0, True)


# %% todo="open_model" id="short"
def open_model(num_classes, steps):
    model = nn.Sequential(
        nn.Conv2d(3, 8, 8, 8), nn.ReLU(), nn.Flatten(), nn.Linear(128, num_classes)
    )
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    return model, optimizer, optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
