# %% [markdown]
# Wrong answers to the TODOs of `07_pytorch`, as real students write them. Each stands in place of its
# TODO while every other TODO is solved; the hidden test cell `test` must fail, and its message must
# hold the words `says`. Data, read by `tests/notebook/test_answers.py`; nobody imports it.
#
# ruff: noqa: B905, E501, F811, F821, RUF059


# %% [markdown]
# ## three_layer_convnet


# %% todo="three_layer_convnet" id="convnet_no_first_relu" test="test_three_layer_convnet_scores" says="the ReLU after the first convolution is missing"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.conv2d(x, conv_w1, conv_b1, padding=2)
    x = F.relu(F.conv2d(x, conv_w2, conv_b2, padding=1))
    return flatten(x) @ fc_w + fc_b


# %% todo="three_layer_convnet" id="convnet_no_second_relu" test="test_three_layer_convnet_scores" says="the ReLU after the second convolution is missing"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    return flatten(F.conv2d(x, conv_w2, conv_b2, padding=1)) @ fc_w + fc_b


# %% todo="three_layer_convnet" id="convnet_relu_on_scores" test="test_three_layer_convnet_scores" says="there is a ReLU on the scores"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    x = F.relu(F.conv2d(x, conv_w2, conv_b2, padding=1))
    return F.relu(flatten(x) @ fc_w + fc_b)


# %% todo="three_layer_convnet" id="convnet_paddings_swapped" test="test_three_layer_convnet_scores" says="the paddings are swapped"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=1))
    x = F.relu(F.conv2d(x, conv_w2, conv_b2, padding=2))
    return flatten(x) @ fc_w + fc_b


# %% todo="three_layer_convnet" id="convnet_softmax" test="test_three_layer_convnet_scores" says="probabilities, not scores"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    x = F.relu(F.conv2d(x, conv_w2, conv_b2, padding=1))
    return F.softmax(flatten(x) @ fc_w + fc_b, dim=1)


# %% todo="three_layer_convnet" id="convnet_no_fc_b" test="test_three_layer_convnet_scores" says="fc_b is forgotten"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    x = F.relu(F.conv2d(x, conv_w2, conv_b2, padding=1))
    return flatten(x) @ fc_w


# %% todo="three_layer_convnet" id="convnet_no_padding" test="test_three_layer_convnet_scores" says="stopped with RuntimeError"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1))
    x = F.relu(F.conv2d(x, conv_w2, conv_b2))
    return flatten(x) @ fc_w + fc_b


# %% todo="three_layer_convnet" id="convnet_detached" test="test_three_layer_convnet_gradients" says="got None"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2)).detach()
    x = F.relu(F.conv2d(x, conv_w2, conv_b2, padding=1))
    return flatten(x) @ fc_w + fc_b


# %% todo="three_layer_convnet" id="convnet_squeezed" test="test_three_layer_convnet_one_image" says="the axis of the images is lost"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    x = F.relu(F.conv2d(x, conv_w2, conv_b2, padding=1))
    return (flatten(x) @ fc_w + fc_b).squeeze()


# %% todo="three_layer_convnet" id="convnet_centres_in_place" test="test_three_layer_convnet_one_image" says="the images after the call"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    scores = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    scores = F.relu(F.conv2d(scores, conv_w2, conv_b2, padding=1))
    x -= x.mean()
    return flatten(scores) @ fc_w + fc_b


# %% todo="three_layer_convnet" id="convnet_no_fc" test="test_three_layer_convnet_scores" says="got shape" first="the last layer is missing"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, _, _ = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    return flatten(F.relu(F.conv2d(x, conv_w2, conv_b2, padding=1)))


# %% todo="three_layer_convnet" id="convnet_second_data" test="test_three_layer_convnet_gradients" says="gradient of conv_w2: got None"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    x = F.relu(F.conv2d(x, conv_w2.data, conv_b2, padding=1))
    return flatten(x) @ fc_w + fc_b


# %% todo="three_layer_convnet" id="convnet_bias_data" test="test_three_layer_convnet_gradients" says="which of the six tensors have a gradient"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    x = F.relu(F.conv2d(x, conv_w2, conv_b2, padding=1))
    return flatten(x) @ fc_w + fc_b.data


# %% todo="three_layer_convnet" id="convnet_decays" test="test_three_layer_convnet_one_image" says="the weights are only read here"
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    x = F.relu(F.conv2d(x, conv_w1, conv_b1, padding=2))
    x = F.relu(F.conv2d(x, conv_w2, conv_b2, padding=1))
    scores = flatten(x) @ fc_w + fc_b
    conv_w1.data *= 0.999
    return scores


# %% [markdown]
# ## convnet_params


# %% todo="convnet_params" id="params_kernels_swapped" test="test_convnet_params_shapes" says="the kernels are (in, out, ...)"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    conv_w1, conv_b1 = random_weight((in_channel, channel_1, 5, 5)), zero_weight((channel_1,))
    conv_w2, conv_b2 = random_weight((channel_1, channel_2, 3, 3)), zero_weight((channel_2,))
    fc_w, fc_b = random_weight((channel_2 * size * size, num_classes)), zero_weight((num_classes,))
    return [conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b]


# %% todo="convnet_params" id="params_fc_swapped" test="test_convnet_params_shapes" says="fc_w is (in, out) here"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    conv_w1, conv_b1 = random_weight((channel_1, in_channel, 5, 5)), zero_weight((channel_1,))
    conv_w2, conv_b2 = random_weight((channel_2, channel_1, 3, 3)), zero_weight((channel_2,))
    fc_w, fc_b = random_weight((num_classes, channel_2 * size * size)), zero_weight((num_classes,))
    return [conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b]


# %% todo="convnet_params" id="params_fixed_size" test="test_convnet_params_shapes" says="the size is fixed at 32"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    conv_w1, conv_b1 = random_weight((channel_1, in_channel, 5, 5)), zero_weight((channel_1,))
    conv_w2, conv_b2 = random_weight((channel_2, channel_1, 3, 3)), zero_weight((channel_2,))
    fc_w, fc_b = random_weight((channel_2 * 32 * 32, num_classes)), zero_weight((num_classes,))
    return [conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b]


# %% todo="convnet_params" id="params_no_pixels" test="test_convnet_params_shapes" says="fc_w needs a row for each pixel"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    conv_w1, conv_b1 = random_weight((channel_1, in_channel, 5, 5)), zero_weight((channel_1,))
    conv_w2, conv_b2 = random_weight((channel_2, channel_1, 3, 3)), zero_weight((channel_2,))
    fc_w, fc_b = random_weight((channel_2, num_classes)), zero_weight((num_classes,))
    return [conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b]


# %% todo="convnet_params" id="params_no_leaves" test="test_convnet_params_shapes" says="no gradients are asked for"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    shapes = [(channel_1, in_channel, 5, 5), (channel_1,), (channel_2, channel_1, 3, 3)]
    shapes += [(channel_2,), (channel_2 * size * size, num_classes), (num_classes,)]
    draw = [random_weight, zero_weight] * 3
    return [make(shape).detach() for make, shape in zip(draw, shapes)]


# %% todo="convnet_params" id="params_not_scaled" test="test_convnet_params_spread" says="not scaled by the fan-in"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    shapes = [(channel_1, in_channel, 5, 5), (channel_2, channel_1, 3, 3)]
    shapes += [(channel_2 * size * size, num_classes)]
    params = []
    for shape, width in zip(shapes, (channel_1, channel_2, num_classes)):
        params += [torch.randn(shape, requires_grad=True), zero_weight((width,))]
    return params


# %% todo="convnet_params" id="params_without_the_two" test="test_convnet_params_spread" says="without the 2"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    shapes = [(channel_1, in_channel, 5, 5), (channel_2, channel_1, 3, 3)]
    shapes += [(channel_2 * size * size, num_classes)]
    params = []
    for shape, width in zip(shapes, (channel_1, channel_2, num_classes)):
        weight = random_weight(shape).detach() / np.sqrt(2)
        params += [weight.requires_grad_(), zero_weight((width,))]
    return params


# %% todo="convnet_params" id="params_random_biases" test="test_convnet_params_spread" says="are the biases zero"
def convnet_params(in_channel, channel_1, channel_2, num_classes, size=32):
    shapes = [(channel_1, in_channel, 5, 5), (channel_2, channel_1, 3, 3)]
    shapes += [(channel_2 * size * size, num_classes)]
    params = []
    for shape, width in zip(shapes, (channel_1, channel_2, num_classes)):
        params += [random_weight(shape), torch.randn(width, requires_grad=True)]
    return params


# %% [markdown]
# ## train_step


# %% todo="train_step" id="step_uphill" test="test_train_step_weights" says="a step uphill"
def train_step(model_fn, x, y, params, learning_rate):
    loss = F.cross_entropy(model_fn(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w in params:
            w += learning_rate * w.grad
            w.grad = None
    return loss.item()


# %% todo="train_step" id="step_rebinds" test="test_train_step_weights" says="nothing changed"
def train_step(model_fn, x, y, params, learning_rate):
    loss = F.cross_entropy(model_fn(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w in params:
            grad, w.grad = w.grad, None
            w = w - learning_rate * grad
    return loss.item()


# %% todo="train_step" id="step_no_rate" test="test_train_step_weights" says="the learning rate is missing"
def train_step(model_fn, x, y, params, learning_rate):
    loss = F.cross_entropy(model_fn(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w in params:
            w -= w.grad
            w.grad = None
    return loss.item()


# %% todo="train_step" id="step_sum" test="test_train_step_weights" says="the loss is a sum over the batch" first="the sum over the batch, not its mean"
def train_step(model_fn, x, y, params, learning_rate):
    loss = F.cross_entropy(model_fn(x, params), y, reduction="sum")
    loss.backward()
    with torch.no_grad():
        for w in params:
            w -= learning_rate * w.grad
            w.grad = None
    return loss.item()


# %% todo="train_step" id="step_sum_returned" test="test_train_step_weights" says="the sum over the batch, not its mean"
def train_step(model_fn, x, y, params, learning_rate):
    loss = F.cross_entropy(model_fn(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w in params:
            w -= learning_rate * w.grad
            w.grad = None
    return loss.item() * len(x)


# %% todo="train_step" id="step_softmax_twice" test="test_train_step_weights" says="a softmax before cross_entropy"
def train_step(model_fn, x, y, params, learning_rate):
    probabilities = F.softmax(model_fn(x, params), dim=1)
    loss = F.cross_entropy(probabilities, y)
    loss.backward()
    with torch.no_grad():
        for w in params:
            w -= learning_rate * w.grad
            w.grad = None
    return loss.item()


# %% todo="train_step" id="step_first_only" test="test_train_step_weights" says="only the first tensor is changed"
def train_step(model_fn, x, y, params, learning_rate):
    loss = F.cross_entropy(model_fn(x, params), y)
    loss.backward()
    with torch.no_grad():
        params[0] -= learning_rate * params[0].grad
    for w in params:
        w.grad = None
    return loss.item()


# %% todo="train_step" id="step_after" test="test_train_step_weights" says="the loss that it returns" first="this is the loss after the step: take it before"
def train_step(model_fn, x, y, params, learning_rate):
    loss = F.cross_entropy(model_fn(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w in params:
            w -= learning_rate * w.grad
            w.grad = None
        return F.cross_entropy(model_fn(x, params), y).item()


# %% todo="train_step" id="step_never_empties" test="test_train_step_again" says="the gradients of the steps add up" first="the gradient of the first step was used once more"
def train_step(model_fn, x, y, params, learning_rate):
    loss = F.cross_entropy(model_fn(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w in params:
            w -= learning_rate * w.grad
    return loss.item()


# %% todo="train_step" id="step_rebinds_again" test="test_train_step_again" says="nothing changed" first="this is the loss after the step: take it before"
def train_step(model_fn, x, y, params, learning_rate):
    grads = torch.autograd.grad(F.cross_entropy(model_fn(x, params), y), params)
    params = [w - learning_rate * g for w, g in zip(params, grads)]
    return F.cross_entropy(model_fn(x, params), y).item()


# %% todo="train_step" id="step_recorded" test="test_train_step_again" says="a leaf Variable that requires grad"
def train_step(model_fn, x, y, params, learning_rate):
    loss = F.cross_entropy(model_fn(x, params), y)
    loss.backward()
    for w in params:
        w -= learning_rate * w.grad
    return loss.item()


# %% [markdown]
# ## threelayerconvnet


# %% todo="threelayerconvnet" id="module_no_first_relu" test="test_threelayerconvnet_scores" says="the ReLU after the first convolution is missing"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        return self.fc(flatten(F.relu(self.conv2(self.conv1(x)))))


# %% todo="threelayerconvnet" id="module_no_second_relu" test="test_threelayerconvnet_scores" says="the ReLU after the second convolution is missing"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        return self.fc(flatten(self.conv2(F.relu(self.conv1(x)))))


# %% todo="threelayerconvnet" id="module_relu_on_scores" test="test_threelayerconvnet_scores" says="there is a ReLU on the scores"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        return F.relu(self.fc(flatten(F.relu(self.conv2(F.relu(self.conv1(x)))))))


# %% todo="threelayerconvnet" id="module_softmax" test="test_threelayerconvnet_scores" says="probabilities, not scores"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        scores = self.fc(flatten(F.relu(self.conv2(F.relu(self.conv1(x))))))
        return F.softmax(scores, dim=1)


# %% todo="threelayerconvnet" id="module_list" test="test_threelayerconvnet_weights" says="numbers in each parameter" first="the layers are not registered: assign each to an attribute of self"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.layers = [
            nn.Conv2d(in_channel, channel_1, 5, padding=2),
            nn.Conv2d(channel_1, channel_2, 3, padding=1),
            nn.Linear(channel_2 * 32 * 32, num_classes),
        ]
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        conv1, conv2, fc = self.layers
        return fc(flatten(F.relu(conv2(F.relu(conv1(x))))))


# %% todo="threelayerconvnet" id="module_no_biases" test="test_threelayerconvnet_weights" says="the biases are missing"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2, bias=False)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1, bias=False)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes, bias=False)
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        return self.fc(flatten(F.relu(self.conv2(F.relu(self.conv1(x))))))


# %% todo="threelayerconvnet" id="module_default_weights" test="test_threelayerconvnet_weights" says="PyTorch's own initialisation"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)

    def forward(self, x):
        return self.fc(flatten(F.relu(self.conv2(F.relu(self.conv1(x))))))


# %% todo="threelayerconvnet" id="module_linear_gain" test="test_threelayerconvnet_weights" says="without the 2"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")

    def forward(self, x):
        return self.fc(flatten(F.relu(self.conv2(F.relu(self.conv1(x))))))


# %% todo="threelayerconvnet" id="module_no_super" test="test_threelayerconvnet_scores" says="stopped with AttributeError"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)

    def forward(self, x):
        return self.fc(flatten(F.relu(self.conv2(F.relu(self.conv1(x))))))


# %% todo="threelayerconvnet" id="module_data" test="test_threelayerconvnet_gradients" says="got None"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        return self.fc(flatten(F.relu(self.conv2(F.relu(self.conv1(x).data)))))


# %% todo="threelayerconvnet" id="module_no_fc" test="test_threelayerconvnet_scores" says="got shape" first="the last layer is missing"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        return flatten(F.relu(self.conv2(F.relu(self.conv1(x)))))


# %% todo="threelayerconvnet" id="module_squeezed" test="test_threelayerconvnet_scores" says="scores of the first image alone"
class ThreeLayerConvNet(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channel, channel_1, 5, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, 3, padding=1)
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        return self.fc(flatten(F.relu(self.conv2(F.relu(self.conv1(x)))))).squeeze()


# %% [markdown]
# ## sequential_convnet


# %% todo="sequential_convnet" id="sequential_no_relu" test="test_sequential_convnet_scores" says="the ReLU after the second convolution is missing"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(channel_1, channel_2, 3, padding=1),
        nn.Flatten(),
        nn.Linear(channel_2 * 32 * 32, num_classes),
    )
    return model, optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9, nesterov=True)


# %% todo="sequential_convnet" id="sequential_relu_on_scores" test="test_sequential_convnet_scores" says="there is a ReLU on the scores"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(channel_1, channel_2, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(channel_2 * 32 * 32, num_classes),
        nn.ReLU(),
    )
    return model, optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9, nesterov=True)


# %% todo="sequential_convnet" id="sequential_softmax" test="test_sequential_convnet_scores" says="probabilities, not scores"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(channel_1, channel_2, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(channel_2 * 32 * 32, num_classes),
        nn.Softmax(dim=1),
    )
    return model, optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9, nesterov=True)


# %% todo="sequential_convnet" id="sequential_is_a_module" test="test_sequential_convnet_scores" says="is it an nn.Sequential"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = ThreeLayerConvNet(in_channel, channel_1, channel_2, num_classes)
    return model, optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9, nesterov=True)


# %% todo="sequential_convnet" id="sequential_plain_steps" test="test_sequential_convnet_nesterov" says="no momentum"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(channel_1, channel_2, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(channel_2 * 32 * 32, num_classes),
    )
    return model, optim.SGD(model.parameters(), lr=learning_rate)


# %% todo="sequential_convnet" id="sequential_heavy_ball" test="test_sequential_convnet_nesterov" says="momentum that does not look ahead"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(channel_1, channel_2, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(channel_2 * 32 * 32, num_classes),
    )
    return model, optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)


# %% todo="sequential_convnet" id="sequential_another_model" test="test_sequential_convnet_nesterov" says="nothing moves"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    def new_model():
        return nn.Sequential(
            nn.Conv2d(in_channel, channel_1, 5, padding=2),
            nn.ReLU(),
            nn.Conv2d(channel_1, channel_2, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(channel_2 * 32 * 32, num_classes),
        )

    optimizer = optim.SGD(new_model().parameters(), lr=learning_rate, momentum=0.9, nesterov=True)
    return new_model(), optimizer


# %% todo="sequential_convnet" id="sequential_last_layer" test="test_sequential_convnet_nesterov" says="kernels of the first layer and bias of the last"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(channel_1, channel_2, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(channel_2 * 32 * 32, num_classes),
    )
    return model, optim.SGD(model[-1].parameters(), lr=learning_rate, momentum=0.9, nesterov=True)


# %% todo="sequential_convnet" id="sequential_fixed_rate" test="test_sequential_convnet_nesterov" says="kernels of the first layer and bias of the last"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(channel_1, channel_2, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(channel_2 * 32 * 32, num_classes),
    )
    return model, optim.SGD(model.parameters(), lr=0.2, momentum=0.9, nesterov=True)


# %% todo="sequential_convnet" id="sequential_no_linear" test="test_sequential_convnet_scores" says="wanted one parameter of shape" first="the last layer is missing"
def sequential_convnet(in_channel, channel_1, channel_2, num_classes, learning_rate):
    model = nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(channel_1, channel_2, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
    )
    return model, optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9, nesterov=True)


# %% [markdown]
# ## open_model


# %% todo="open_model" id="open_ten_classes" test="test_open_model_scores" says="num_classes is not used"
def open_model(num_classes, steps):
    model = nn.Sequential(nn.AvgPool2d(8), nn.Flatten(), nn.Linear(48, 10))
    return model, optim.SGD(model.parameters(), lr=0.1), None


# %% todo="open_model" id="open_softmax" test="test_open_model_scores" says="no softmax at the end"
def open_model(num_classes, steps):
    model = nn.Sequential(
        nn.AvgPool2d(8), nn.Flatten(), nn.Linear(48, num_classes), nn.Softmax(dim=1)
    )
    return model, optim.SGD(model.parameters(), lr=0.1), None


# %% todo="open_model" id="open_dropout_in_use" test="test_open_model_scores" says="F.dropout needs training=self.training"
def open_model(num_classes, steps):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(48, num_classes)

        def forward(self, x):
            return self.fc(F.dropout(F.avg_pool2d(x, 8).flatten(1), 0.5))

    model = Net()
    return model, optim.SGD(model.parameters(), lr=0.1), None


# %% todo="open_model" id="open_batch_statistics" test="test_open_model_scores" says="batch normalisation keeps running means"
def open_model(num_classes, steps):
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=4),
        nn.BatchNorm2d(8, track_running_stats=False),
        nn.Flatten(),
        nn.Linear(512, num_classes),
    )
    return model, optim.SGD(model.parameters(), lr=0.1), None


# %% todo="open_model" id="open_zeros" test="test_open_model_scores" says="are the weights zero"
def open_model(num_classes, steps):
    model = nn.Sequential(nn.AvgPool2d(8), nn.Flatten(), nn.Linear(48, num_classes))
    nn.init.zeros_(model[-1].weight)
    return model, optim.SGD(model.parameters(), lr=0.1), None


# %% todo="open_model" id="open_one_row" test="test_open_model_scores" says="stopped with"
def open_model(num_classes, steps):
    model = nn.Sequential(nn.AvgPool2d(8), nn.Flatten(0), nn.Linear(48, num_classes))
    return model, optim.SGD(model.parameters(), lr=0.1), None


# %% todo="open_model" id="open_another_model" test="test_open_model_optimizer" says="the weights of another model"
def open_model(num_classes, steps):
    def new_model():
        return nn.Sequential(nn.AvgPool2d(8), nn.Flatten(), nn.Linear(48, num_classes))

    return new_model(), optim.SGD(new_model().parameters(), lr=0.1), None


# %% todo="open_model" id="open_last_layer" test="test_open_model_optimizer" says="only some of the weights"
def open_model(num_classes, steps):
    layers = [nn.Conv2d(3, 8, 3, stride=4), nn.ReLU(), nn.Flatten(), nn.Linear(512, num_classes)]
    model = nn.Sequential(*layers)
    return model, optim.SGD(layers[-1].parameters(), lr=0.1), None


# %% todo="open_model" id="open_frozen" test="test_open_model_optimizer" says="some weights get no gradient"
def open_model(num_classes, steps):
    layers = [nn.Conv2d(3, 8, 3, stride=4), nn.ReLU(), nn.Flatten(), nn.Linear(512, num_classes)]
    model = nn.Sequential(*layers)
    layers[0].requires_grad_(False)
    return model, optim.SGD(model.parameters(), lr=0.1), None


# %% todo="open_model" id="open_too_few_steps" test="test_open_model_optimizer" says="stopped with ValueError"
def open_model(num_classes, steps):
    model = nn.Sequential(nn.AvgPool2d(8), nn.Flatten(), nn.Linear(48, num_classes))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    return model, optimizer, optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=steps // 2)


# %% todo="open_model" id="open_uphill" test="test_open_model_optimizer" says="a rate below zero climbs uphill"
def open_model(num_classes, steps):
    model = nn.Sequential(nn.AvgPool2d(8), nn.Flatten(), nn.Linear(48, num_classes))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    return model, optimizer, optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step)


# %% todo="open_model" id="open_maps" test="test_open_model_scores" says="got shape"
def open_model(num_classes, steps):
    model = nn.Sequential(nn.Conv2d(3, num_classes, 3, stride=4), nn.AdaptiveAvgPool2d(1))
    return model, optim.SGD(model.parameters(), lr=0.1), None
