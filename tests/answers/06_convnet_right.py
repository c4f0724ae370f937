# %% [markdown]
# Right answers to the TODOs of `06_convnet` that look nothing like the solution. Each must pass
# every visible check and every hidden test. Cells with the same id belong to one answer: they stand
# in place of their TODOs together. Data, read by `tests/notebook/test_answers.py`; nobody imports
# it. The untidy ones (prints, warnings, unused names) are meant to be so.
#
# ruff: noqa: C408, E731, F811, F821, RUF059, UP004, UP031
#
# ## As written for the original: loops over everything, and the whole class


# %% todo="conv_forward_naive" id="original"
def conv_forward_naive(x, w, b, conv_param):
    out = None
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    H_out = int(1 + (H + 2 * pad - HH) / stride)
    W_out = int(1 + (W + 2 * pad - WW) / stride)
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    h, v = i * stride, j * stride
                    out[n, f, i, j] = np.sum(x_pad[n, :, h : h + HH, v : v + WW] * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache


# %% todo="conv_backward_naive" id="original"
def conv_backward_naive(dout, cache):
    dx, dw, db = None, None, None
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, F, H_out, W_out = dout.shape
    _, C, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            db[f] += np.sum(dout[n, f])
            for i in range(H_out):
                for j in range(W_out):
                    h, v = i * stride, j * stride
                    dw[f] += dout[n, f, i, j] * x_pad[n, :, h : h + HH, v : v + WW]
                    dx_pad[n, :, h : h + HH, v : v + WW] += dout[n, f, i, j] * w[f]
    dx = dx_pad[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]
    return dx, dw, db


# %% todo="max_pool_forward_naive" id="original"
def max_pool_forward_naive(x, pool_param):
    out = None
    N, C, H, W = x.shape
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = np.zeros((N, C, 1 + (H - ph) // stride, 1 + (W - pw) // stride))
    for n in range(N):
        for c in range(C):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    h, v = i * stride, j * stride
                    out[n, c, i, j] = np.max(x[n, c, h : h + ph, v : v + pw])
    cache = (x, pool_param)
    return out, cache


# %% todo="max_pool_backward_naive" id="original"
def max_pool_backward_naive(dout, cache):
    dx = None
    x, pool_param = cache
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    N, C, H_out, W_out = dout.shape
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    h, v = i * stride, j * stride
                    index = np.argmax(x[n, c, h : h + ph, v : v + pw])
                    row, column = np.unravel_index(index, (ph, pw))
                    dx[n, c, h + row, v + column] += dout[n, c, i, j]
    return dx


# %% todo="threelayerconvnet_init" id="original"
class ThreeLayerConvNet(object):
    """
    A three-layer convolutional network.
    """

    def __init__(
        self,
        input_dim=(3, 32, 32),
        num_filters=32,
        filter_size=7,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
        dtype=np.float32,
    ):
        self.params = {}
        self.reg = reg
        self.dtype = dtype
        C, H, W = input_dim
        self.params["W1"] = np.random.randn(num_filters, C, filter_size, filter_size) * weight_scale
        self.params["b1"] = np.zeros(num_filters)
        size = num_filters * (H // 2) * (W // 2)
        self.params["W2"] = np.random.randn(size, hidden_dim) * weight_scale
        self.params["b2"] = np.zeros(hidden_dim)
        self.params["W3"] = np.random.randn(hidden_dim, num_classes) * weight_scale
        self.params["b3"] = np.zeros(num_classes)
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        W3, b3 = self.params["W3"], self.params["b3"]

        filter_size = W1.shape[2]
        conv_param = {"stride": 1, "pad": (filter_size - 1) // 2}
        pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}

        scores = None
        out1, cache1 = conv_relu_pool_forward(X, W1, b1, conv_param, pool_param)
        out2, cache2 = affine_relu_forward(out1, W2, b2)
        scores, cache3 = affine_forward(out2, W3, b3)

        if y is None:
            return scores

        loss, grads = 0, {}
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2) + np.sum(W3 * W3))
        dout2, dW3, grads["b3"] = affine_backward(dscores, cache3)
        dout1, dW2, grads["b2"] = affine_relu_backward(dout2, cache2)
        dX, dW1, grads["b1"] = conv_relu_pool_backward(dout1, cache1)
        grads["W1"] = dW1 + self.reg * W1
        grads["W2"] = dW2 + self.reg * W2
        grads["W3"] = dW3 + self.reg * W3
        return loss, grads


# %% todo="threelayerconvnet_loss" id="original"


# %% todo="spatial_batchnorm_forward" id="original"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = None, None
    N, C, H, W = x.shape
    x_flat = np.moveaxis(x, 1, 3).reshape(N * H * W, C)
    out_flat, cache = batchnorm_forward(x_flat, gamma, beta, bn_param)
    out = np.moveaxis(out_flat.reshape(N, H, W, C), 3, 1)
    return out, cache


# %% todo="spatial_batchnorm_backward" id="original"
def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = None, None, None
    N, C, H, W = dout.shape
    dout_flat = np.moveaxis(dout, 1, 3).reshape(N * H * W, C)
    dx_flat, dgamma, dbeta = batchnorm_backward(dout_flat, cache)
    dx = np.moveaxis(dx_flat.reshape(N, H, W, C), 3, 1)
    return dx, dgamma, dbeta


# %% todo="spatial_groupnorm_forward" id="original"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    out, cache = None, None
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    gamma4, beta4 = gamma.reshape(1, C, 1, 1), beta.reshape(1, C, 1, 1)
    flat = x.reshape(N * G, -1).T
    mu = np.mean(flat, axis=0)
    var = np.var(flat, axis=0)
    norm = ((flat - mu) / np.sqrt(var + eps)).T.reshape(N, C, H, W)
    out = gamma4 * norm + beta4
    cache = (G, x, norm, mu, var, gamma, eps)
    return out, cache


# %% todo="spatial_groupnorm_backward" id="original"
def spatial_groupnorm_backward(dout, cache):
    dx, dgamma, dbeta = None, None, None
    G, x, norm, mu, var, gamma, eps = cache
    N, C, H, W = dout.shape
    dgamma = np.sum(dout * norm, axis=(0, 2, 3), keepdims=True).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True).reshape(gamma.shape)
    dnorm = (dout * gamma.reshape(1, C, 1, 1)).reshape(N * G, -1).T
    flat = x.reshape(N * G, -1).T
    M = flat.shape[0]
    inverse = 1.0 / np.sqrt(var + eps)
    dvar = np.sum(dnorm * (flat - mu), axis=0) * -0.5 * inverse**3
    dmu = -np.sum(dnorm, axis=0) * inverse - 2.0 * dvar * np.mean(flat - mu, axis=0)
    dflat = dnorm * inverse + dvar * 2.0 * (flat - mu) / M + dmu / M
    dx = dflat.T.reshape(N, C, H, W)
    return dx, dgamma, dbeta


# %% [markdown]
# ## Whole arrays: windows as views, ties that share, own statistics


# %% todo="conv_forward_naive" id="views"
def windows_of(x, height, width, stride):
    views = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))
    return views[:, :, ::stride, ::stride]


def conv_forward_naive(x, w, b, conv_param):
    p = conv_param["pad"]
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    views = windows_of(x, *w.shape[2:], conv_param["stride"])
    out = np.tensordot(views, w, ((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + b[:, None, None]
    print("out", out.shape)
    return out, {"views": views, "shape": x.shape, "w": w, "p": p, "s": conv_param["stride"]}


# %% todo="conv_backward_naive" id="views"
def conv_backward_naive(dout, cache):
    views, w, p, s = cache["views"], cache["w"], cache["p"], cache["s"]
    dw = np.tensordot(dout, views, ((0, 2, 3), (0, 2, 3)))
    dx = np.zeros(cache["shape"])
    OH, OW = dout.shape[2:]
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            part = np.tensordot(dout, w[:, :, u, v], (1, 0)).transpose(0, 3, 1, 2)
            dx[:, :, u : u + s * OH : s, v : v + s * OW : s][:, :, :OH, :OW] += part
    if p:
        dx = dx[:, :, p:-p, p:-p]
    return dx, dw, np.einsum("nfij->f", dout)


# %% todo="max_pool_forward_naive" id="views"
def max_pool_forward_naive(x, pool_param):
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    out = windows_of(x, height, width, stride).max(axis=(4, 5))
    return out, (x, out, height, width, stride)


# %% todo="max_pool_backward_naive" id="views"
def max_pool_backward_naive(dout, cache):
    x, out, height, width, stride = cache
    hits = windows_of(x, height, width, stride) == out[..., None, None]
    shares = hits / hits.sum(axis=(4, 5), keepdims=True) * dout[..., None, None]
    dx = np.zeros_like(x)
    for i, j in np.ndindex(*dout.shape[2:]):
        at = (..., slice(i * stride, i * stride + height), slice(j * stride, j * stride + width))
        dx[at] += shares[:, :, i, j]
    return dx


# %% todo="threelayerconvnet_init" id="views"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    rng = np.random.default_rng()
    normal = lambda *shape: rng.normal(0, weight_scale, shape)
    pooled = num_filters * (input_dim[1] // 2) * (input_dim[2] // 2)
    params = {
        "b3": np.zeros(num_classes),
        "W3": normal(hidden_dim, num_classes),
        "W2": normal(pooled, hidden_dim),
        "b2": np.zeros(hidden_dim),
        "W1": normal(num_filters, input_dim[0], filter_size, filter_size),
        "b1": np.zeros(num_filters),
    }
    self.params = {name: np.asarray(params[name], dtype=dtype) for name in sorted(params)}
    self.reg, self.dtype = reg, dtype
    self.filter_size = filter_size


# %% todo="threelayerconvnet_loss" id="views"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    p = self.params
    pad = p["W1"].shape[-1] // 2
    A, conv_cache = conv_forward_fast(X, p["W1"], p["b1"], {"stride": 1, "pad": pad})
    P, pool_cache = max_pool_forward_fast(A, {"pool_height": 2, "pool_width": 2, "stride": 2})
    R = np.maximum(P, 0)  # a maximum may come before or after another one
    flat = R.reshape(R.shape[0], -1)
    H = np.maximum(flat @ p["W2"] + p["b2"], 0)
    Z = H @ p["W3"] + p["b3"]
    if y is None:
        return Z
    data_loss, dZ = softmax_loss(Z, y)
    dH = dZ @ p["W3"].T
    dH[H <= 0] = 0
    dR = (dH @ p["W2"].T).reshape(R.shape) * (P > 0)
    _, dW1, db1 = conv_backward_fast(max_pool_backward_fast(dR, pool_cache), conv_cache)
    weights = [p["W1"], p["W2"], p["W3"]]
    penalty = self.reg / 2 * sum(np.vdot(W, W) for W in weights)
    gradients = [dW1, flat.T @ dH, H.T @ dZ]
    grads = {
        f"W{k + 1}": g + self.reg * W
        for k, (g, W) in enumerate(zip(gradients, weights, strict=True))
    }
    grads.update(b1=db1, b2=dH.sum(0), b3=dZ.sum(0))
    return data_loss + penalty, grads


# %% todo="spatial_batchnorm_forward" id="views"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    C = x.shape[1]
    bn_param.setdefault("running_mean", np.zeros(C))
    bn_param.setdefault("running_var", np.zeros(C))
    if bn_param["mode"] == "test":
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    else:
        mean = np.einsum("nchw->c", x) / (x.size / C)
        var = np.einsum("nchw,nchw->c", x - mean[:, None, None], x - mean[:, None, None]) / (
            x.size / C
        )
        for name, value in (("running_mean", mean), ("running_var", var)):
            bn_param[name] = momentum * bn_param[name] + (1 - momentum) * value
    inverse = (var + eps) ** -0.5
    x_hat = (x - mean[:, None, None]) * inverse[:, None, None]
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, gamma * inverse)


# %% todo="spatial_batchnorm_backward" id="views"
def spatial_batchnorm_backward(dout, cache):
    x_hat, factor = cache
    M = dout.size / dout.shape[1]
    dbeta = np.einsum("nchw->c", dout)
    dgamma = np.einsum("nchw,nchw->c", dout, x_hat)
    inner = M * dout - dbeta[:, None, None] - x_hat * dgamma[:, None, None]
    return (factor / M)[:, None, None] * inner, dgamma, dbeta


# %% todo="spatial_groupnorm_forward" id="views"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    five = x.reshape(N, G, C // G, H, W)
    mean = five.mean((2, 3, 4), keepdims=True)
    var = ((five - mean) ** 2).mean((2, 3, 4), keepdims=True)
    inverse = 1 / np.sqrt(var + gn_param.get("eps", 1e-5))
    x_hat = (five - mean) * inverse
    out = (
        np.squeeze(gamma)[:, None, None] * x_hat.reshape(x.shape) + np.squeeze(beta)[:, None, None]
    )
    return out, dict(x_hat=x_hat, inverse=inverse, gamma=gamma)


# %% todo="spatial_groupnorm_backward" id="views"
def spatial_groupnorm_backward(dout, cache):
    x_hat, inverse, gamma = cache["x_hat"], cache["inverse"], cache["gamma"]
    axes = (2, 3, 4)
    d = (dout * np.squeeze(gamma)[:, None, None]).reshape(x_hat.shape)
    dx = inverse * (d - d.mean(axes, keepdims=True) - x_hat * (d * x_hat).mean(axes, keepdims=True))
    sums = (dout * x_hat.reshape(dout.shape)).sum((0, 2, 3)), dout.sum((0, 2, 3))
    return dx.reshape(dout.shape), *(total.reshape(gamma.shape) for total in sums)


# %% [markdown]
# ## Columns and places: im2col, flat indices, the original's two methods in their own cells


# %% todo="conv_forward_naive" id="columns"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    OH, OW = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    big = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=x.dtype)
    big[:, :, pad : H + pad, pad : W + pad] = x
    columns = []
    for i in range(OH):
        for j in range(OW):
            columns.append(
                big[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW].ravel()
            )
    columns = np.array(columns).reshape(OH * OW, N, C * HH * WW)
    out = columns @ w.reshape(F, -1).T + b  # (OH * OW, N, F)
    return np.moveaxis(out, 0, 2).reshape(N, F, OH, OW), (columns, x.shape, w, stride, pad)


# %% todo="conv_backward_naive" id="columns"
def conv_backward_naive(dout, cache):
    columns, (N, C, H, W), w, stride, pad = cache
    F, _, HH, WW = w.shape
    flat = dout.reshape(N, F, -1)
    dw = np.zeros((F, C * HH * WW))
    dx = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for k in range(flat.shape[2]):
        i, j = divmod(k, dout.shape[3])
        dw += flat[:, :, k].T @ columns[k]
        patch = (flat[:, :, k] @ w.reshape(F, -1)).reshape(N, C, HH, WW)
        dx[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW] += patch
    dx = np.delete(dx, [*range(pad), *range(H + pad, H + 2 * pad)], axis=2)
    dx = np.delete(dx, [*range(pad), *range(W + pad, W + 2 * pad)], axis=3)
    return dx, dw.reshape(w.shape), flat.sum(axis=2).sum(axis=0)


# %% todo="max_pool_forward_naive" id="columns"
def max_pool_forward_naive(x, pool_param):
    h, v, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    rows = range(0, x.shape[2] - h + 1, s)
    columns = range(0, x.shape[3] - v + 1, s)
    out = [[np.amax(x[:, :, r : r + h, c : c + v], axis=(2, 3)) for c in columns] for r in rows]
    return np.array(out).transpose(2, 3, 0, 1), (x.copy(), pool_param)


# %% todo="max_pool_backward_naive" id="columns"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    h, v, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    dx = np.zeros(N * C * H * W)
    for n, c, i, j in np.ndindex(*dout.shape):
        best, place = -np.inf, None
        for r in range(i * s, i * s + h):
            for q in range(j * s, j * s + v):
                if x[n, c, r, q] >= best:  # the last of equal ones
                    best, place = x[n, c, r, q], (n, c, r, q)
        dx[np.ravel_multi_index(place, x.shape)] += dout[n, c, i, j]
    return dx.reshape(x.shape)


# %% todo="threelayerconvnet_init" id="columns"
@method_of(ThreeLayerConvNet)
def __init__(self, input_dim=(3, 32, 32), num_filters=32, filter_size=7,
             hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0,
             dtype=np.float32):  # fmt: skip
    self.params = {}
    self.reg = reg
    self.dtype = dtype
    C, H, W = input_dim
    shapes = [(num_filters, C, filter_size, filter_size),
              (num_filters * (H // 2) * (W // 2), hidden_dim),
              (hidden_dim, num_classes)]  # fmt: skip
    for i, shape in enumerate(shapes):
        self.params["W%d" % (i + 1)] = np.random.normal(scale=weight_scale, size=shape)
        self.params["b%d" % (i + 1)] = np.zeros([num_filters, hidden_dim, num_classes][i])
    for k, v in self.params.items():
        self.params[k] = v.astype(dtype)


# %% todo="threelayerconvnet_loss" id="columns"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    W3, b3 = self.params["W3"], self.params["b3"]
    conv_param = {"stride": 1, "pad": (W1.shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    conv, conv_cache = conv_relu_forward(X, W1, b1, conv_param)
    pool, pool_cache = max_pool_forward_fast(conv, pool_param)
    hidden, hidden_cache = affine_relu_forward(pool, W2, b2)
    scores, scores_cache = affine_forward(hidden, W3, b3)
    if y is None:
        return scores
    loss, d = softmax_loss(scores, y)
    loss += self.reg * 0.5 * np.sum([np.sum(W**2) for W in (W1, W2, W3)])
    grads = {}
    d, grads["W3"], grads["b3"] = affine_backward(d, scores_cache)
    d, grads["W2"], grads["b2"] = affine_relu_backward(d, hidden_cache)
    d = max_pool_backward_fast(d, pool_cache)
    d, grads["W1"], grads["b1"] = conv_relu_backward(d, conv_cache)
    for k in grads:
        if k[0] == "W":
            grads[k] = grads[k] + self.reg * self.params[k]
    return loss, grads


# %% todo="spatial_batchnorm_forward" id="columns"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    flat = x.swapaxes(0, 1).reshape(C, -1).T  # one row a pixel, in another order
    out, cache = batchnorm_forward(flat, gamma, beta, bn_param)
    return out.T.reshape(C, N, H, W).swapaxes(0, 1), (cache, x.shape)


# %% todo="spatial_batchnorm_backward" id="columns"
def spatial_batchnorm_backward(dout, cache):
    cache, (N, C, H, W) = cache
    dx, dgamma, dbeta = batchnorm_backward(dout.swapaxes(0, 1).reshape(C, -1).T, cache)
    return dx.T.reshape(C, N, H, W).swapaxes(0, 1), dgamma, dbeta


# %% todo="spatial_groupnorm_forward" id="columns"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get("eps", 1e-5)
    C = x.shape[1]
    x_hat, stds = np.empty(x.shape), np.empty((len(x), G))
    for n in range(len(x)):
        for g in range(G):
            part = slice(g * C // G, (g + 1) * C // G)
            stds[n, g] = np.sqrt(x[n, part].var() + eps)
            x_hat[n, part] = (x[n, part] - x[n, part].mean()) / stds[n, g]
    scale, shift = gamma.ravel(), beta.ravel()
    out = np.stack([scale[c] * x_hat[:, c] + shift[c] for c in range(C)], axis=1)
    return out, [x_hat, stds, gamma]


# %% todo="spatial_groupnorm_backward" id="columns"
def spatial_groupnorm_backward(dout, cache):
    x_hat, stds, gamma = cache
    C, G = dout.shape[1], stds.shape[1]
    dx = np.empty(dout.shape)
    for n in range(len(dout)):
        for g in range(G):
            part = slice(g * C // G, (g + 1) * C // G)
            d = dout[n, part] * gamma.ravel()[part][:, None, None]
            along = x_hat[n, part] * np.mean(d * x_hat[n, part])
            dx[n, part] = (d - d.mean() - along) / stds[n, g]
    dgamma, dbeta = np.zeros_like(gamma), np.zeros_like(gamma)
    dgamma.flat[:] = (dout * x_hat).sum(axis=(0, 2, 3))
    dbeta.flat[:] = dout.sum(axis=(0, 2, 3))
    return dx, dgamma, dbeta
