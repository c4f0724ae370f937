# %% [markdown]
# Right answers to the TODOs of `04_deep_nets` that look nothing like the solution. Each must pass
# every visible check and every hidden test. Cells with the same id belong to one answer: they stand
# in place of their TODOs together. Data, read by `tests/notebook/test_answers.py`; nobody imports
# it. The untidy ones (prints, warnings, unused names) are meant to be so.
#
# ruff: noqa: B905, C408, E741, F811, F821, PIE790, RUF005, RUF007, RUF059, UP004, UP031
#
# ## Written for the original: every function as its files have it


# %% todo="affine_forward" id="original"
def affine_forward(x, w, b):
    """
    Computes the forward pass for an affine (fully-connected) layer.
    """
    out = None
    x_vector = x.reshape(x.shape[0], np.prod(x.shape[1:]))
    out = x_vector.dot(w) + b
    cache = (x, w, b)
    return out, cache


# %% todo="affine_backward" id="original"
def affine_backward(dout, cache):
    """
    Computes the backward pass for an affine layer.
    """
    x, w, b = cache
    dx, dw, db = None, None, None
    dx = np.dot(dout, w.T).reshape(x.shape)
    dw = np.dot(x.reshape(x.shape[0], -1).T, dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


# %% todo="relu_forward" id="original"
def relu_forward(x):
    out = None
    out = x * (x > 0)
    cache = x
    return out, cache


# %% todo="relu_backward" id="original"
def relu_backward(dout, cache):
    dx, x = None, cache
    dx = np.array(dout, copy=True)
    dx[x <= 0] = 0
    return dx


# %% todo="svm_loss" id="original"
def svm_loss(x, y):
    N = x.shape[0]
    correct_class_scores = x[np.arange(N), y]
    margins = np.maximum(0, x - correct_class_scores[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="original"
def softmax_loss(x, y):
    shifted_logits = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted_logits), axis=1, keepdims=True)
    log_probs = shifted_logits - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% todo="twolayernet_init" id="original"
@method_of(TwoLayerNet)
def __init__(
    self,
    input_dim=3 * 32 * 32,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
):
    """
    Initialize a new network.
    """
    self.params = {}
    self.reg = reg
    self.params["W1"] = np.random.randn(input_dim, hidden_dim) * weight_scale
    self.params["b1"] = np.zeros(hidden_dim)
    self.params["W2"] = np.random.randn(hidden_dim, num_classes) * weight_scale
    self.params["b2"] = np.zeros(num_classes)


# %% todo="twolayernet_loss" id="original"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    """
    Compute loss and gradient for a minibatch of data.
    """
    scores = None
    ar1_out, ar1_cache = affine_relu_forward(X, self.params["W1"], self.params["b1"])
    a2_out, a2_cache = affine_forward(ar1_out, self.params["W2"], self.params["b2"])
    scores = a2_out

    # If y is None then we are in test mode so just return scores
    if y is None:
        return scores

    loss, grads = 0, {}
    loss, dscores = softmax_loss(scores, y)
    loss = loss + 0.5 * self.reg * np.sum(self.params["W1"] * self.params["W1"])
    loss = loss + 0.5 * self.reg * np.sum(self.params["W2"] * self.params["W2"])
    dx2, dw2, db2 = affine_backward(dscores, a2_cache)
    grads["W2"] = dw2 + self.reg * self.params["W2"]
    grads["b2"] = db2
    dx1, dw1, db1 = affine_relu_backward(dx2, ar1_cache)
    grads["W1"] = dw1 + self.reg * self.params["W1"]
    grads["b1"] = db1

    return loss, grads


# %% todo="fullyconnectednet_initial_params" id="original"
@method_of(FullyConnectedNet)
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
    """
    Initialize a new FullyConnectedNet.
    """
    self.normalization = normalization
    self.use_dropout = dropout != 1
    self.reg = reg
    self.num_layers = 1 + len(hidden_dims)
    self.dtype = dtype
    self.params = {}

    layer_dims = np.hstack((input_dim, hidden_dims, num_classes))
    for i in range(self.num_layers):
        W = np.random.normal(loc=0.0, scale=weight_scale, size=(layer_dims[i], layer_dims[i + 1]))
        b = np.zeros(layer_dims[i + 1])
        self.params["W" + str(i + 1)] = W
        self.params["b" + str(i + 1)] = b
    if self.normalization == "batchnorm":
        for i in range(self.num_layers - 1):
            self.params["gamma" + str(i + 1)] = np.ones(layer_dims[i + 1])
            self.params["beta" + str(i + 1)] = np.zeros(layer_dims[i + 1])

    # When using dropout we need to pass a dropout_param dictionary to each dropout layer
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

    # Cast all parameters to the correct datatype
    for k, v in self.params.items():
        self.params[k] = v.astype(dtype)


# %% todo="fullyconnectednet_loss" id="original"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    """
    Compute loss and gradient for the fully-connected net.
    """
    X = X.astype(self.dtype)
    mode = "test" if y is None else "train"

    # Set train/test mode for batchnorm params and dropout param
    if self.use_dropout:
        self.dropout_param["mode"] = mode
    if self.normalization == "batchnorm":
        for bn_param in self.bn_params:
            bn_param["mode"] = mode
    scores = None
    cache = {}
    dropout_cache = {}
    x = X
    for i in range(self.num_layers - 1):
        W, b = self.params["W" + str(i + 1)], self.params["b" + str(i + 1)]
        if self.normalization == "batchnorm":
            x, cache[i] = affine_bn_relu_forward(
                x, W, b, self.params["gamma%d" % (i + 1)], self.params["beta%d" % (i + 1)]
            )
        else:
            x, cache[i] = affine_relu_forward(x, W, b)
        if self.use_dropout:
            x, dropout_cache[i] = dropout_forward(x, self.dropout_param)
    W = self.params["W" + str(self.num_layers)]
    b = self.params["b" + str(self.num_layers)]
    scores, cache[self.num_layers - 1] = affine_forward(x, W, b)

    # If test mode return early
    if mode == "test":
        return scores

    loss, grads = 0.0, {}
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * np.sum(W**2)
    dx, dw, db = affine_backward(dscores, cache[self.num_layers - 1])
    grads["W" + str(self.num_layers)] = dw + self.reg * W
    grads["b" + str(self.num_layers)] = db
    for i in range(self.num_layers - 2, -1, -1):
        W = self.params["W" + str(i + 1)]
        loss += 0.5 * self.reg * np.sum(W**2)
        dx, dw, db = affine_relu_backward(dx, cache[i])
        grads["W" + str(i + 1)] = dw + self.reg * W
        grads["b" + str(i + 1)] = db
    return loss, grads


# %% todo="sgd_momentum" id="original"
def sgd_momentum(w, dw, config=None):
    """
    Performs stochastic gradient descent with momentum.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    next_w = None
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v

    return next_w, config


# %% todo="rmsprop" id="original"
def rmsprop(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    next_w = None
    cache = config["cache"]
    cache = config["decay_rate"] * cache + (1 - config["decay_rate"]) * (dw * dw)
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache

    return next_w, config


# %% todo="adam" id="original"
def adam(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)

    next_w = None
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * (dw**2)
    mt = config["m"] / (1 - config["beta1"] ** config["t"])
    vt = config["v"] / (1 - config["beta2"] ** config["t"])
    next_w = w - config["learning_rate"] * mt / (np.sqrt(vt) + config["epsilon"])

    return next_w, config


# %% [markdown]
# ## The original's classes as a whole, in the cells of their beginnings


# %% todo="twolayernet_init" id="whole_classes"
class TwoLayerNet(object):
    def __init__(
        self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
    ):
        self.params = {}
        self.reg = reg
        self.params["W1"] = weight_scale * np.random.randn(input_dim, hidden_dim)
        self.params["b1"] = np.zeros(hidden_dim)
        self.params["W2"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params["b2"] = np.zeros(num_classes)

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        X2, relu_cache = affine_relu_forward(X, W1, b1)
        scores, relu2_cache = affine_forward(X2, W2, b2)
        if y is None:
            return scores
        loss, softmax_grad = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        dx2, dw2, db2 = affine_backward(softmax_grad, relu2_cache)
        dw2 += self.reg * W2
        dx1, dw1, db1 = affine_relu_backward(dx2, relu_cache)
        dw1 += self.reg * W1
        return loss, {"W1": dw1, "W2": dw2, "b1": db1, "b2": db2}


# %% todo="twolayernet_loss" id="whole_classes"
pass


# %% todo="fullyconnectednet_initial_params" id="whole_classes"
class FullyConnectedNet(object):
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
        dims = [input_dim] + list(hidden_dims) + [num_classes]
        for l, (n_in, n_out) in enumerate(zip(dims[:-1], dims[1:]), start=1):
            self.params["W%d" % l] = np.random.randn(n_in, n_out) * weight_scale
            self.params["b%d" % l] = np.zeros((n_out,))
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = "test" if y is None else "train"
        out, caches = X, []
        for l in range(1, self.num_layers):
            out, fc_cache = affine_forward(out, self.params["W%d" % l], self.params["b%d" % l])
            out, relu_cache = relu_forward(out)
            caches.append((fc_cache, relu_cache))
        l = self.num_layers
        scores, fc_cache = affine_forward(out, self.params["W%d" % l], self.params["b%d" % l])
        if mode == "test":
            return scores
        loss, dout = softmax_loss(scores, y)
        grads = {}
        dout, grads["W%d" % l], grads["b%d" % l] = affine_backward(dout, fc_cache)
        while caches:
            l -= 1
            fc_cache, relu_cache = caches.pop()
            dout = relu_backward(dout, relu_cache)
            dout, grads["W%d" % l], grads["b%d" % l] = affine_backward(dout, fc_cache)
        for name, value in self.params.items():
            if name.startswith("W"):
                loss += 0.5 * self.reg * np.sum(value * value)
                grads[name] += self.reg * value
        return loss, grads


# %% todo="fullyconnectednet_loss" id="whole_classes"

# %% [markdown]
# ## Other ways: einsum, other caches, other random numbers


# %% todo="affine_forward" id="einsum"
def affine_forward(x, w, b):
    rows = np.reshape(x, (x.shape[0], -1))
    return np.einsum("nd,dm->nm", rows, w) + b[np.newaxis, :], {"rows": rows, "w": w, "like": x}


# %% todo="affine_backward" id="einsum"
def affine_backward(dout, cache):
    dw = np.einsum("nd,nm->dm", cache["rows"], dout)
    dx = np.einsum("nm,dm->nd", dout, cache["w"])
    return dx.reshape(cache["like"].shape), dw, np.einsum("nm->m", dout)


# %% todo="relu_forward" id="einsum"
def relu_forward(x):
    on = x > 0
    return np.where(on, x, x.dtype.type(0)), on


# %% todo="relu_backward" id="einsum"
def relu_backward(dout, cache):
    return np.where(cache, dout, dout.dtype.type(0))


# %% todo="svm_loss" id="einsum"
def svm_loss(x, y):
    N, C = x.shape
    Y = np.eye(C, dtype=bool)[y]
    terms = np.where(Y, 0, np.maximum(0, x - np.take_along_axis(x, y[:, None], axis=1) + 1))
    V = (terms > 0).astype(x.dtype)
    return np.mean(terms.sum(axis=1)), (V - Y * V.sum(axis=1, keepdims=True)) / N


# %% todo="softmax_loss" id="einsum"
def softmax_loss(x, y):
    N, C = x.shape
    log_P = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
    Y = np.eye(C, dtype=x.dtype)[y]
    return -np.sum(Y * log_P) / N, (np.exp(log_P) - Y) / N


# %% todo="is_wrong" id="einsum"
def is_wrong(names):
    verdict = {"x": True, "w1": False, "b1": True, "w2": False, "b2": False}
    return [verdict[name] for name in names]


# %% todo="residual_backward" id="einsum"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    grads = planted_backward(dout, cache)
    gate = np.where(hidden > 0, 1.0, 0.0)
    grads["x"] = grads["x"] + dout
    grads["b1"] = np.einsum("nd,hd,nh->h", dout, w2, gate)
    return grads


# %% todo="twolayernet_init" id="einsum"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    print("a new net with", hidden_dim, "hidden units")
    rng = np.random.default_rng()
    sizes = [input_dim, hidden_dim, num_classes]
    self.penalty_strength, self.params = reg, {}
    for number in (1, 2):
        shape = (sizes[number - 1], sizes[number])
        self.params["W" + str(number)] = rng.normal(scale=weight_scale, size=shape)
        self.params["b" + str(number)] = np.zeros(shape[1])


# %% todo="twolayernet_loss" id="einsum"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    p = self.params
    a, first = affine_forward(X, p["W1"], p["b1"])
    r, gate = relu_forward(a)
    scores, second = affine_forward(r, p["W2"], p["b2"])
    if y is None:
        return scores
    total, d = softmax_loss(scores, y)
    g = {}
    d, g["W2"], g["b2"] = affine_backward(d, second)
    _, g["W1"], g["b1"] = affine_backward(relu_backward(d, gate), first)
    for name in ("W1", "W2"):
        total += self.penalty_strength / 2 * np.linalg.norm(p[name]) ** 2
        g[name] = g[name] + self.penalty_strength * p[name]
    return total, g


# %% todo="fullyconnectednet_initial_params" id="einsum"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    rng = np.random.RandomState()
    weights = {
        "W%d" % (k + 1): rng.normal(0, weight_scale, shape)
        for k, shape in enumerate(zip(sizes, sizes[1:]))
    }
    biases = {"b%d" % (k + 1): np.zeros(size) for k, size in enumerate(sizes[1:])}
    return {**weights, **biases}


# %% todo="fullyconnectednet_loss" id="einsum"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    outs = [X.reshape(len(X), -1)]
    for k in range(1, self.num_layers + 1):
        a = outs[-1] @ self.params[f"W{k}"] + self.params[f"b{k}"]
        outs.append(a if k == self.num_layers else np.maximum(a, 0))
    if y is None:
        return outs[-1]
    loss, d = softmax_loss(outs[-1], y)
    grads = {}
    for k in reversed(range(1, self.num_layers + 1)):
        W = self.params[f"W{k}"]
        loss = loss + self.reg * np.sum(np.square(W)) / 2
        grads[f"W{k}"] = outs[k - 1].T @ d + self.reg * W
        grads[f"b{k}"] = d.sum(axis=0)
        d = (d @ W.T) * (outs[k - 1] > 0)
    return loss, grads


# %% todo="overfit_settings" id="einsum"
def overfit_settings():
    return {
        3: dict(learning_rate=0.1, weight_scale=0.05),
        5: dict(learning_rate=0.01, weight_scale=0.2),
    }


# %% todo="sgd_momentum" id="einsum"
def sgd_momentum(w, dw, config=None):
    settings = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": 0, **(config or {})}
    step = settings["learning_rate"] * dw
    settings["velocity"] = settings["momentum"] * settings["velocity"] - step
    return w + settings["velocity"], settings


# %% todo="rmsprop" id="einsum"
def rmsprop(w, dw, config=None):
    c = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": 0}
    c.update(config or {})
    c["cache"] = c["cache"] + (1 - c["decay_rate"]) * (np.square(dw) - c["cache"])
    return w - c["learning_rate"] / (c["cache"] ** 0.5 + c["epsilon"]) * dw, c


# %% todo="adam" id="einsum"
def adam(w, dw, config=None):
    c = dict(learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, m=0, v=0, t=0)
    c |= config or {}
    c["t"] = c["t"] + 1
    c["m"] = c["m"] + (1 - c["beta1"]) * (dw - c["m"])
    c["v"] = c["v"] + (1 - c["beta2"]) * (dw**2 - c["v"])
    root = np.sqrt(c["v"]) / (1 - c["beta2"] ** c["t"]) ** 0.5
    step = c["m"] / (1 - c["beta1"] ** c["t"])
    return w - c["learning_rate"] * step / (root + c["epsilon"]), c


# %% [markdown]
# ## In place where that is allowed, and with things on the way that nobody needs


# %% todo="affine_forward" id="in_place"
def affine_forward(x, w, b):
    import warnings

    warnings.warn("this warning costs nothing", stacklevel=2)
    out = np.tensordot(x, w.reshape(*x.shape[1:], -1), axes=x.ndim - 1)
    out += b
    return out, [x.copy(), w.copy(), b.copy()]


# %% todo="affine_backward" id="in_place"
def affine_backward(dout, cache):
    x, w, b = cache
    db = np.ones(len(dout), dtype=dout.dtype) @ dout
    dw = np.swapaxes(x.reshape(len(x), -1), 0, 1) @ dout
    dx = np.empty_like(x)
    dx.reshape(len(x), -1)[...] = dout @ w.T
    return [dx, dw, db]


# %% todo="relu_forward" id="in_place"
def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, out


# %% todo="relu_backward" id="in_place"
def relu_backward(dout, cache):
    dx = np.zeros_like(dout)
    dx[cache > 0] = dout[cache > 0]
    return dx


# %% todo="svm_loss" id="in_place"
def svm_loss(x, y):
    n = range(len(x))
    margins = (x.T - x[n, y] + 1).T.clip(min=0)
    loss = margins.sum() / len(x) - 1
    d = np.sign(margins)
    d[n, y] = 0
    d[n, y] -= d.sum(1)
    return loss, d / len(x)


# %% todo="softmax_loss" id="in_place"
def softmax_loss(x, y):
    p = np.exp(x - np.amax(x, 1)[:, None])
    p /= p.sum(1)[:, None]
    with np.errstate(divide="ignore"):
        loss = -np.mean(np.log(p[range(len(y)), y]))
    p[range(len(y)), y] -= 1
    p /= len(y)
    return loss, p


# %% todo="is_wrong" id="in_place"
def is_wrong(names):
    return [bool(name == "x" or name == "b1") for name in names]


# %% todo="residual_backward" id="in_place"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    a, relu_cache = relu_forward(hidden)
    dhidden, dw2, db2 = affine_backward(dout, affine_forward(hidden, w2, np.zeros(len(w2.T)))[1])
    dx, dw1, db1 = affine_backward(
        relu_backward(dhidden, relu_cache), affine_forward(x, w1, np.zeros(len(w1.T)))[1]
    )
    return dict(x=dx + dout, w1=dw1, b1=db1, w2=dw2, b2=db2)


# %% todo="is_wrong" id="lookup"
def is_wrong(names):
    return np.isin(names, ["b1", "x"])


# %% todo="residual_backward" id="lookup"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    grads = {"w2": hidden.T @ dout, "b2": np.sum(dout, 0)}
    d = dout @ w2.T
    d[hidden <= 0] = 0
    grads.update({"w1": x.T @ d, "b1": np.sum(d, 0)})
    d = d @ w1.T
    d += dout
    grads["x"] = d
    return grads


# %% todo="overfit_settings" id="lookup"
def overfit_settings():
    settings = {}
    for layers in (3, 5):
        settings[layers] = {"learning_rate": 10**-1.0, "weight_scale": 1 / np.sqrt(100)}
    return settings


# %% todo="overfit_settings" id="in_place"
def overfit_settings():
    same = {"learning_rate": 0.03, "weight_scale": 0.1}
    return {3: same, 5: same}


# %% todo="sgd_momentum" id="in_place"
def sgd_momentum(w, dw, config=None):
    if config is None:
        config = {}
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    config.setdefault("velocity", np.zeros_like(w))
    config["velocity"] *= mu
    config["velocity"] -= lr * dw
    w += config["velocity"]
    return w, config


# %% todo="rmsprop" id="in_place"
def rmsprop(w, dw, config=None):
    if config is None:
        config = {}
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    cache = config.setdefault("cache", np.zeros_like(w))
    cache *= rho
    cache += (1 - rho) * dw * dw
    w -= lr * dw / (np.sqrt(cache) + eps)
    return w, config


# %% todo="adam" id="in_place"
def adam(w, dw, config=None):
    if config is None:
        config = {}
    for name, default in (("learning_rate", 1e-3), ("beta1", 0.9), ("beta2", 0.999)):
        config.setdefault(name, default)
    config.setdefault("epsilon", 1e-8)
    for name in ("m", "v"):
        config.setdefault(name, np.zeros_like(w))
    config["t"] = t = config.get("t", 0) + 1
    config["m"] += (1 - config["beta1"]) * (dw - config["m"])
    config["v"] *= config["beta2"]
    config["v"] += (1 - config["beta2"]) * dw**2
    w -= (
        config["learning_rate"]
        * (config["m"] / (1 - config["beta1"] ** t))
        / (np.sqrt(config["v"] / (1 - config["beta2"] ** t)) + config["epsilon"])
    )
    return w, config
