# %% [markdown]
# Right answers to the TODOs of `05_batchnorm_dropout` that look nothing like the solution. Each must
# pass every visible check and every hidden test. Cells with the same id belong to one answer: they
# stand in place of their TODOs together. Data, read by `tests/notebook/test_answers.py`; nobody
# imports it. The untidy ones (prints, warnings, unused names) are meant to be so.
#
# ruff: noqa: E501, F811, F821, F841, PIE790, RUF005, RUF059, UP004, UP031
#
# ## All layers, as solutions of the original look: long chains, caches that hold everything


# %% todo="batchnorm_forward" id="layers_original"
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    out, cache = None, None
    if mode == "train":
        sample_mean = np.mean(x, axis=0)
        sample_var = np.var(x, axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * sample_mean
        running_var = momentum * running_var + (1 - momentum) * sample_var
        std = np.sqrt(sample_var + eps)
        x_norm = (x - sample_mean) / std
        out = gamma * x_norm + beta
        cache = {"x": x, "mean": sample_mean, "std": std, "norm": x_norm, "gamma": gamma}
    elif mode == "test":
        x_norm = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_norm + beta
    else:
        raise ValueError('Invalid forward batchnorm mode "%s"' % mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


# %% todo="batchnorm_backward" id="layers_original"
def batchnorm_backward(dout, cache):
    x, mean, std = cache["x"], cache["mean"], cache["std"]
    N = x.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(cache["norm"] * dout, axis=0)
    dnorm = dout * cache["gamma"]
    dstd = np.sum(dnorm * (x - mean), axis=0) * -(std**-2)
    dvar = 0.5 * dstd / std
    dx1 = dnorm / std + 2 * (x - mean) * dvar / N
    dmean = -np.sum(dx1, axis=0)
    dx = dx1 + dmean / N
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward_alt" id="layers_original"
def batchnorm_backward_alt(dout, cache):
    N = dout.shape[0]
    norm, std, gamma = cache["norm"], cache["std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (norm * dout).sum(axis=0)
    dnorm = gamma * dout
    dx = (N * dnorm - dnorm.sum(axis=0) - norm * (dnorm * norm).sum(axis=0)) / (N * std)
    return dx, dgamma, dbeta


# %% todo="layernorm_forward" id="layers_original"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    xt = x.T
    mean = xt.mean(axis=0)
    std = np.sqrt(xt.var(axis=0) + eps)
    norm = ((xt - mean) / std).T
    cache = (norm, std, gamma)
    return norm * gamma + beta, cache


# %% todo="layernorm_backward" id="layers_original"
def layernorm_backward(dout, cache):
    norm, std, gamma = cache
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * norm, axis=0)
    dnorm = (dout * gamma).T
    norm = norm.T
    D = dnorm.shape[0]
    dx = (D * dnorm - np.sum(dnorm, axis=0) - norm * np.sum(dnorm * norm, axis=0)) / (D * std)
    return dx.T, dgamma, dbeta


# %% todo="dropout_forward" id="layers_original"
def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = None
    out = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x
    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache


# %% todo="dropout_backward" id="layers_original"
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]
    if mode == "train":
        dx = dout * mask
    elif mode == "test":
        dx = dout
    return dx


# %% [markdown]
# ## All layers once more, terse: einsum, projections, other sources of random numbers


# %% todo="batchnorm_forward" id="layers_terse"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps = np.asarray(bn_param.get("eps", 1e-5), dtype=x.dtype)
    if bn_param["mode"] == "train":
        mean, var = x.mean(0), x.var(0)
        for name, new in (("running_mean", mean), ("running_var", var)):
            momentum = bn_param.get("momentum", 0.9)
            bn_param[name] = momentum * bn_param.get(name, 0) + (1 - momentum) * new
    else:
        mean, var = bn_param.get("running_mean", 0), bn_param.get("running_var", 0)
    scale = (var + eps) ** -0.5
    return (x - mean) * (gamma * scale) + beta, (x, mean, scale, gamma)


# %% todo="batchnorm_backward" id="layers_terse"
def batchnorm_backward(dout, cache):
    # The whole Jacobian of one feature, (N, N), for all features at once.
    x, mean, scale, gamma = cache
    N = len(x)
    hat = (x - mean) * scale
    jacobian = np.eye(N)[:, :, None] - 1 / N - hat[:, None] * hat[None] / N
    dx = np.einsum("jid,jd->id", jacobian, dout) * gamma * scale
    return dx, np.einsum("nd,nd->d", dout, hat), np.einsum("nd->d", dout)


# %% todo="batchnorm_backward_alt" id="layers_terse"
def batchnorm_backward_alt(dout, cache):
    x, mean, scale, gamma = cache
    hat = (x - mean) * scale
    centred = dout - dout.mean(0)
    dgamma = np.einsum("nd,nd->d", centred, hat)
    return gamma * scale * (centred - hat * dgamma / len(x)), dgamma, dout.sum(0)


# %% todo="layernorm_forward" id="layers_terse"
def layernorm_forward(x, gamma, beta, ln_param):
    D = x.shape[1]
    rest = x - np.einsum("nd->n", x)[:, None] / x.dtype.type(D)
    scale = (np.einsum("nd,nd->n", rest, rest) / D + ln_param.get("eps", 1e-5)) ** -0.5
    scale = scale.astype(x.dtype)[:, np.newaxis]
    return rest * scale * gamma + beta, [x.copy(), rest, scale, gamma.copy()]


# %% todo="layernorm_backward" id="layers_terse"
def layernorm_backward(dout, cache):
    _, rest, scale, gamma = cache
    D = rest.shape[1]
    upstream = dout * gamma
    dscale = np.sum(upstream * rest, axis=1, keepdims=True)
    dvar = -0.5 * dscale * scale**3
    drest = upstream * scale + 2 * rest * dvar / D
    dmean = -drest.sum(axis=1, keepdims=True)
    return drest + dmean / D, (dout * rest * scale).sum(0), dout.sum(0)


# %% todo="dropout_forward" id="layers_terse"
def dropout_forward(x, dropout_param):
    if dropout_param["mode"] != "train":
        return x.copy(), None
    rng = np.random.default_rng(dropout_param.get("seed"))
    keep = rng.random(x.shape) < dropout_param["p"]
    return np.where(keep, x / dropout_param["p"], 0).astype(x.dtype), keep / dropout_param["p"]


# %% todo="dropout_backward" id="layers_terse"
def dropout_backward(dout, cache):
    return dout if cache is None else dout * cache


# %% [markdown]
# ## And once more, untidy: prints, warnings, helpers of one's own, loops over features


# %% todo="batchnorm_forward" id="layers_untidy"
def moments(a):
    return sum(a) / len(a) if len(a) < 1 else a.mean(axis=0, keepdims=True), a.var(axis=0)


def batchnorm_forward(x, gamma, beta, bn_param):
    print("batch norm", x.shape)
    np.float64(1) / np.float64(0)  # a warning
    x = np.array(x, copy=True)
    N, D = x.shape
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    bn_param.setdefault("running_mean", np.zeros(D, x.dtype))
    bn_param.setdefault("running_var", np.zeros(D, x.dtype))
    if bn_param["mode"] == "train":
        m, v = moments(x)
        m = m.reshape(D)
        bn_param["running_mean"] = momentum * bn_param["running_mean"] + (1 - momentum) * m
        bn_param["running_var"] = momentum * bn_param["running_var"] + (1 - momentum) * v
    else:
        m, v = bn_param["running_mean"], bn_param["running_var"]
    x -= m
    x /= np.sqrt(v + eps)
    cache = (x, gamma * 1, v, eps, "a string")
    return x * gamma + beta, cache


# %% todo="batchnorm_backward" id="layers_untidy"
def batchnorm_backward(dout, cache):
    xhat, gamma, v, eps, _ = cache
    dx = np.zeros_like(xhat)
    for d in range(dout.shape[1]):
        g, h = dout[:, d] * gamma[d], xhat[:, d]
        dx[:, d] = (g - g.mean() - h * (g * h).mean()) / np.sqrt(v[d] + eps)
    print(dx)
    return [dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)]


# %% todo="batchnorm_backward_alt" id="layers_untidy"
def batchnorm_backward_alt(dout, cache):
    x = cache[0]
    N = x.shape[0]
    ones = np.ones((1, N))
    dbeta = (ones @ dout)[0]
    dgamma = np.diag(x.T @ dout).copy()
    k = cache[1] / np.sqrt(cache[2] + cache[3])
    return k / N * (N * dout - dbeta - x * dgamma), dgamma, dbeta


# %% todo="layernorm_forward" id="layers_untidy"
def layernorm_forward(x, gamma, beta, ln_param):
    # batch norm of the transposed x, whose gamma and beta are 1 and 0
    N = x.shape[0]
    ones, zeros = np.ones(N, x.dtype), np.zeros(N, x.dtype)
    param = {**ln_param, "mode": "train"}
    turned, cache = batchnorm_forward(x.T, ones, zeros, param)
    return gamma * turned.T + beta, (turned.T, gamma, cache)


# %% todo="layernorm_backward" id="layers_untidy"
def layernorm_backward(dout, cache):
    turned, gamma, inner = cache
    dx, _, _ = batchnorm_backward_alt((dout * gamma).T, inner)
    return dx.T, (dout * turned).sum(axis=0), dout.sum(axis=0)


# %% todo="dropout_forward" id="layers_untidy"
def dropout_forward(x, dropout_param):
    keep_probability = dropout_param["p"]
    training = dropout_param["mode"] == "train"
    generator = np.random.RandomState(dropout_param.get("seed", None))
    factor = generator.binomial(1, keep_probability, size=x.shape) if training else 1
    print("dropout", factor)
    result = x * factor / (keep_probability if training else 1)
    return result.astype(x.dtype), {"factor": factor, "p": keep_probability, "train": training}


# %% todo="dropout_backward" id="layers_untidy"
def dropout_backward(dout, cache):
    unused = 3
    if not cache["train"]:
        return 1.0 * dout
    return np.where(cache["factor"] == 1, dout / cache["p"], 0.0)


# %% [markdown]
# ## The net: the original's class of 2018, whole


# %% todo="initial_scales" id="net_class_2018"
class FullyConnectedNet(object):
    def __init__(
        self,
        hidden_dims,
        input_dim=3 * 32 * 32,
        num_classes=10,
        dropout=1,
        normalization=None,
        reg=0.0,
        weight_scale=1e-2,
        dtype=np.float32,
        seed=None,
    ):
        self.normalization = normalization
        self.use_dropout = dropout != 1
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = {}
        dims = [input_dim] + hidden_dims + [num_classes]
        for i in range(self.num_layers):
            number = str(i + 1)
            self.params["W" + number] = np.random.randn(dims[i], dims[i + 1]) * weight_scale
            self.params["b" + number] = np.zeros(dims[i + 1])
            if self.normalization in ("batchnorm", "layernorm") and i < self.num_layers - 1:
                self.params["gamma" + number] = np.ones(dims[i + 1])
                self.params["beta" + number] = np.zeros(dims[i + 1])
        self.dropout_param = {}
        if self.use_dropout:
            self.dropout_param = {"mode": "train", "p": dropout}
            if seed is not None:
                self.dropout_param["seed"] = seed
        self.bn_params = []
        if self.normalization == "batchnorm":
            self.bn_params = [{"mode": "train"} for i in range(self.num_layers - 1)]
        if self.normalization == "layernorm":
            self.bn_params = [{} for i in range(self.num_layers - 1)]
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = "test" if y is None else "train"
        if self.use_dropout:
            self.dropout_param["mode"] = mode
        if self.normalization == "batchnorm":
            for bn_param in self.bn_params:
                bn_param["mode"] = mode
        caches, drops = [], []
        a = X
        for i in range(1, self.num_layers):
            W, b = self.params["W%d" % i], self.params["b%d" % i]
            if self.normalization is None:
                a, cache = affine_relu_forward(a, W, b)
            else:
                gamma, beta = self.params["gamma%d" % i], self.params["beta%d" % i]
                a, fc = affine_forward(a, W, b)
                if self.normalization == "batchnorm":
                    a, bn = batchnorm_forward(a, gamma, beta, self.bn_params[i - 1])
                else:
                    a, bn = layernorm_forward(a, gamma, beta, self.bn_params[i - 1])
                a, relu = relu_forward(a)
                cache = (fc, bn, relu)
            caches.append(cache)
            if self.use_dropout:
                a, drop = dropout_forward(a, self.dropout_param)
                drops.append(drop)
        i = self.num_layers
        scores, last = affine_forward(a, self.params["W%d" % i], self.params["b%d" % i])
        if mode == "test":
            return scores
        loss, grads = 0.0, {}
        loss, dscores = softmax_loss(scores, y)
        for k in range(1, self.num_layers + 1):
            loss += 0.5 * self.reg * np.sum(self.params["W%d" % k] ** 2)
        da, grads["W%d" % i], grads["b%d" % i] = affine_backward(dscores, last)
        grads["W%d" % i] += self.reg * self.params["W%d" % i]
        for i in range(self.num_layers - 1, 0, -1):
            if self.use_dropout:
                da = dropout_backward(da, drops[i - 1])
            if self.normalization is None:
                da, dW, db = affine_relu_backward(da, caches[i - 1])
            else:
                fc, bn, relu = caches[i - 1]
                da = relu_backward(da, relu)
                if self.normalization == "batchnorm":
                    da, dgamma, dbeta = batchnorm_backward_alt(da, bn)
                else:
                    da, dgamma, dbeta = layernorm_backward(da, bn)
                grads["gamma%d" % i], grads["beta%d" % i] = dgamma, dbeta
                da, dW, db = affine_backward(da, fc)
            grads["W%d" % i] = dW + self.reg * self.params["W%d" % i]
            grads["b%d" % i] = db
        return loss, grads


# %% todo="hidden_forward" id="net_class_2018"
# in loss

# %% todo="hidden_backward" id="net_class_2018"
# in loss

# %% todo="add_penalty" id="net_class_2018"
# in loss

# %% [markdown]
# ## The net: `__init__` and `loss` of 2021, where dropout has its newer name


# %% todo="initial_scales" id="net_methods_2021"
@method_of(FullyConnectedNet)
def __init__(
    self,
    hidden_dims,
    input_dim=3 * 32 * 32,
    num_classes=10,
    dropout_keep_ratio=1,
    normalization=None,
    reg=0.0,
    weight_scale=1e-2,
    dtype=np.float32,
    seed=None,
):
    self.normalization = normalization
    self.use_dropout = dropout_keep_ratio != 1
    self.reg = reg
    self.num_layers = 1 + len(hidden_dims)
    self.dtype = dtype
    self.params = {}
    layer_input_dim = input_dim
    for i, dim in enumerate(hidden_dims):
        self.params[f"W{i + 1}"] = weight_scale * np.random.randn(layer_input_dim, dim)
        self.params[f"b{i + 1}"] = weight_scale * np.zeros(dim)
        if normalization:
            self.params[f"gamma{i + 1}"], self.params[f"beta{i + 1}"] = np.ones(dim), np.zeros(dim)
        layer_input_dim = dim
    self.params[f"W{self.num_layers}"] = weight_scale * np.random.randn(
        layer_input_dim, num_classes
    )
    self.params[f"b{self.num_layers}"] = np.zeros(num_classes)
    self.dropout_param = {}
    if self.use_dropout:
        self.dropout_param = {"mode": "train", "p": dropout_keep_ratio}
        if seed is not None:
            self.dropout_param["seed"] = seed
    self.bn_params = []
    if normalization == "batchnorm":
        self.bn_params = [{"mode": "train"} for i in range(self.num_layers - 1)]
    if normalization == "layernorm":
        self.bn_params = [{} for i in range(self.num_layers - 1)]
    for k, v in self.params.items():
        self.params[k] = v.astype(dtype)


# %% todo="hidden_forward" id="net_methods_2021"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    mode = "train" if y is not None else "test"
    self.dropout_param["mode"] = mode
    for bn_param in self.bn_params:
        bn_param["mode"] = mode
    layer, cache = {0: X}, {}
    for i in range(1, self.num_layers):
        layer[i], fc = affine_forward(layer[i - 1], self.params[f"W{i}"], self.params[f"b{i}"])
        norm = drop = None
        if self.normalization:
            forward = {"batchnorm": batchnorm_forward, "layernorm": layernorm_forward}
            gamma, beta = self.params[f"gamma{i}"], self.params[f"beta{i}"]
            layer[i], norm = forward[self.normalization](
                layer[i], gamma, beta, self.bn_params[i - 1]
            )
        layer[i], relu = relu_forward(layer[i])
        if self.use_dropout:
            layer[i], drop = dropout_forward(layer[i], self.dropout_param)
        cache[i] = fc, norm, relu, drop
    L = self.num_layers
    scores, cache[L] = affine_forward(layer[L - 1], self.params[f"W{L}"], self.params[f"b{L}"])
    if mode == "test":
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * sum(np.sum(self.params[f"W{i}"] ** 2) for i in range(1, L + 1))
    grads = {}
    dx, grads[f"W{L}"], grads[f"b{L}"] = affine_backward(dscores, cache[L])
    for i in reversed(range(1, L)):
        fc, norm, relu, drop = cache[i]
        if self.use_dropout:
            dx = dropout_backward(dx, drop)
        dx = relu_backward(dx, relu)
        if self.normalization == "batchnorm":
            dx, grads[f"gamma{i}"], grads[f"beta{i}"] = batchnorm_backward(dx, norm)
        elif self.normalization == "layernorm":
            dx, grads[f"gamma{i}"], grads[f"beta{i}"] = layernorm_backward(dx, norm)
        dx, grads[f"W{i}"], grads[f"b{i}"] = affine_backward(dx, fc)
    for i in range(1, L + 1):
        grads[f"W{i}"] += self.reg * self.params[f"W{i}"]
    return loss, grads


# %% todo="hidden_backward" id="net_methods_2021"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    pass  # in loss


# %% todo="add_penalty" id="net_methods_2021"
pass

# %% [markdown]
# ## The net: its parts, written differently


# %% todo="initial_scales" id="net_parts"
@method_of(FullyConnectedNet)
def initial_scales(self, hidden_dims):
    if not self.normalization:
        return {}
    scales = {"gamma%d" % (i + 1): np.ones((n,)) for i, n in enumerate(hidden_dims)}
    shifts = {"beta%d" % (i + 1): np.zeros((n,), np.float32) for i, n in enumerate(hidden_dims)}
    return {**scales, **shifts}


# %% todo="hidden_forward" id="net_parts"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    p = self.params
    for settings in self.bn_params:
        settings["mode"] = mode
    steps = []
    flat = x.reshape(x.shape[0], -1)
    a = flat.dot(p[f"W{layer}"]) + p[f"b{layer}"]
    steps.append(("affine", (x, p[f"W{layer}"])))
    if self.normalization == "batchnorm":
        a, c = batchnorm_forward(
            a, p[f"gamma{layer}"], p[f"beta{layer}"], self.bn_params[layer - 1]
        )
        steps.append(("batchnorm", c))
    elif self.normalization == "layernorm":
        a, c = layernorm_forward(a, p[f"gamma{layer}"], p[f"beta{layer}"], {})
        steps.append(("layernorm", c))
    a = np.where(a > 0, a, a.dtype.type(0))
    steps.append(("relu", a))
    if self.use_dropout and mode == "train":
        a, c = dropout_forward(a, {**self.dropout_param, "mode": "train"})
        steps.append(("dropout", c))
    return a, steps


# %% todo="hidden_backward" id="net_parts"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    grads = {}
    for kind, c in cache[::-1]:
        if kind == "dropout":
            dout = dropout_backward(dout, c)
        elif kind == "relu":
            dout = np.where(c > 0, dout, 0)
        elif kind == "batchnorm":
            dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = batchnorm_backward(dout, c)
        elif kind == "layernorm":
            dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = layernorm_backward(dout, c)
        else:
            dout, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, c)
    return dout, grads


# %% todo="add_penalty" id="net_parts"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    weights = {name: value for name, value in self.params.items() if name.startswith("W")}
    squares = [np.vdot(W, W) for W in weights.values()]
    new = {name: grads[name] + self.reg * weights.get(name, 0) for name in grads}
    return loss + self.reg * sum(squares) / 2, new
