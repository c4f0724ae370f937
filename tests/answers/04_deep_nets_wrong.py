# %% [markdown]
# Wrong answers to the TODOs of `04_deep_nets`, as real students write them. Each stands in place of
# its TODO while every other TODO is solved; the check or hidden test `test` must fail, and its
# message must hold the words `says`. Data, read by `tests/notebook/test_answers.py`; nobody imports
# it.
#
# ruff: noqa: B007, B905, E501, F811, F821, F841, PIE790, RET504, RUF059


# %% [markdown]
# ## affine_forward


# %% todo="affine_forward" id="affine_no_bias" test="test_affine_forward_values" says="the bias is forgotten"
def affine_forward(x, w, b):
    rows = x.reshape(len(x), -1)
    out = rows @ w
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_minus_bias" test="test_affine_forward_values" says="the bias is subtracted"
def affine_forward(x, w, b):
    rows = x.reshape(len(x), -1)
    out = rows @ w - b
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_mixed" test="test_affine_forward_values" says="the features of different samples are mixed"
def affine_forward(x, w, b):
    rows = x.reshape(-1, len(x)).T
    out = rows @ w + b
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_order" test="test_affine_forward_values" says="flattened in the wrong order"
def affine_forward(x, w, b):
    rows = x.reshape(len(x), -1, order="F")
    out = rows @ w + b
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_relu" test="test_affine_forward_values" says="a ReLU does not belong here"
def affine_forward(x, w, b):
    rows = x.reshape(len(x), -1)
    out = np.maximum(0, rows @ w + b)
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_float64" test="test_affine_forward_values" says="is the output of float32 arrays float32"
def affine_forward(x, w, b):
    rows = x.reshape(len(x), -1)
    out = np.zeros((len(x), w.shape[1]))
    out += rows @ w + b
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_only_matrices" test="test_affine_forward_values" says="stopped with ValueError"
def affine_forward(x, w, b):
    rows = x
    out = rows @ w + b
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_squeezed" test="test_affine_forward_input_unchanged" says="the axis of the samples is lost"
def affine_forward(x, w, b):
    rows = x.reshape(len(x), -1)
    out = np.squeeze(rows @ w + b)
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_reshapes_x" test="test_affine_forward_input_unchanged" says="x after the call"
def affine_forward(x, w, b):
    rows = x
    rows.shape = (len(x), rows.size // len(x))
    out = rows @ w + b
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_loop" test="test_affine_forward_loop" says="Python steps for 64 samples"
def affine_forward(x, w, b):
    rows = x.reshape(len(x), -1)
    out = np.array([row @ w + b for row in rows])
    return out, (x, w, b)


# %% todo="affine_forward" id="affine_decays" test="test_affine_forward_input_unchanged" says="a layer leaves its parameters alone"
def affine_forward(x, w, b):
    rows = x.reshape(len(x), -1)
    out = rows @ w + b
    w *= 0.999
    return out, (x, w, b)


# %% [markdown]
# ## affine_backward


# %% todo="affine_backward" id="affine_dw_mean" test="test_affine_backward_parameters" says="divided by N: the loss has done that already"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / len(x)
    db = dout.sum(axis=0)
    return dx, dw, db


# %% todo="affine_backward" id="affine_dw_sign" test="test_affine_backward_parameters" says="the sign is flipped"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = -rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


# %% todo="affine_backward" id="affine_dw_local" test="test_affine_backward_parameters" says="the upstream gradient is left out"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ np.ones_like(dout)
    db = dout.sum(axis=0)
    return dx, dw, db


# %% todo="affine_backward" id="affine_db_mean" test="test_affine_backward_parameters" says="a mean over the samples, not a sum"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.mean(axis=0)
    return dx, dw, db


# %% todo="affine_backward" id="affine_db_axis" test="test_affine_backward_parameters" says="summed over the outputs (axis 1)"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=1)
    return dx, dw, db


# %% todo="affine_backward" id="affine_db_scalar" test="test_affine_backward_parameters" says="summed over everything to one number"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum()
    return dx, dw, db


# %% todo="affine_backward" id="affine_db_row" test="test_affine_backward_parameters" says="an axis of length 1 too many"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=0, keepdims=True)
    return dx, dw, db


# %% todo="affine_backward" id="affine_db_float64" test="test_affine_backward_parameters" says="are dx, dw and db of float32 arrays float32"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = np.zeros(w.shape[1]) + dout.sum(axis=0)
    return dx, dw, db


# %% todo="affine_backward" id="affine_dx_flat" test="test_affine_backward_input" says="left as rows, shape (N, D)"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = dout @ w.T
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


# %% todo="affine_backward" id="affine_dx_mean" test="test_affine_backward_input" says="divided by N: the loss has done that already"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape) / len(x)
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


# %% todo="affine_backward" id="affine_dx_order" test="test_affine_backward_input" says="reshaped in the wrong order"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape, order="F")
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


# %% todo="affine_backward" id="affine_db_in_place" test="test_affine_backward_input" says="dout after the call"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    dout[0] += dout[1:].sum(axis=0)
    db = dout[0].copy()
    return dx, dw, db


# %% todo="affine_backward" id="affine_backward_loop" test="test_affine_backward_loop" says="Python steps for 64 samples"
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = sum(np.outer(row, g) for row, g in zip(rows, dout))
    db = dout.sum(axis=0)
    return dx, dw, db


# %% [markdown]
# ## relu_forward


# %% todo="relu_forward" id="relu_linear" test="test_relu_forward_values" says="nothing is cut off"
def relu_forward(x):
    out = x.copy()
    return out, x


# %% todo="relu_forward" id="relu_abs" test="test_relu_forward_values" says="abs in place of the ReLU"
def relu_forward(x):
    out = np.abs(x)
    return out, x


# %% todo="relu_forward" id="relu_minimum" test="test_relu_forward_values" says="min in place of max"
def relu_forward(x):
    out = np.minimum(0, x)
    return out, x


# %% todo="relu_forward" id="relu_leaky" test="test_relu_forward_values" says="a leaky ReLU, not max(0, x)"
def relu_forward(x):
    out = np.maximum(0.01 * x, x)
    return out, x


# %% todo="relu_forward" id="relu_mask" test="test_relu_forward_values" says="the mask, not the values"
def relu_forward(x):
    out = (x > 0) * 1.0
    return out, x


# %% todo="relu_forward" id="relu_flat" test="test_relu_forward_values" says="flattened: keep the shape of x"
def relu_forward(x):
    out = np.maximum(0, x).reshape(len(x), -1)
    return out, x


# %% todo="relu_forward" id="relu_np_max" test="test_relu_forward_values" says="stopped with"
def relu_forward(x):
    out = np.max(0, x)
    return out, x


# %% todo="relu_forward" id="relu_in_place" test="test_relu_forward_values" says="x after the call"
def relu_forward(x):
    out = x
    out[out < 0] = 0
    return out, x


# %% todo="relu_forward" id="relu_float64" test="test_relu_forward_values" says="is the output of float32 numbers float32"
def relu_forward(x):
    out = np.zeros(x.shape) + np.maximum(0, x)
    return out, x


# %% [markdown]
# ## relu_backward


# %% todo="relu_backward" id="relu_back_no_mask" test="test_relu_backward_values" says="the mask is forgotten"
def relu_backward(dout, cache):
    x = cache
    dx = dout.copy()
    return dx


# %% todo="relu_backward" id="relu_back_cut" test="test_relu_backward_values" says="dout is cut off, not the places"
def relu_backward(dout, cache):
    x = cache
    dx = np.maximum(0, dout)
    return dx


# %% todo="relu_backward" id="relu_back_value" test="test_relu_backward_values" says="multiplied by x itself, not by x > 0"
def relu_backward(dout, cache):
    x = cache
    dx = dout * np.maximum(0, x)
    return dx


# %% todo="relu_backward" id="relu_back_reverse" test="test_relu_backward_values" says="the mask is the wrong way round"
def relu_backward(dout, cache):
    x = cache
    dx = dout * (x <= 0)
    return dx


# %% todo="relu_backward" id="relu_back_local" test="test_relu_backward_values" says="the mask itself: the upstream gradient is left out"
def relu_backward(dout, cache):
    x = cache
    dx = (x > 0) * 1.0
    return dx


# %% todo="relu_backward" id="relu_back_float64" test="test_relu_backward_values" says="is the gradient of float32 numbers float32"
def relu_backward(dout, cache):
    x = cache
    dx = dout * np.where(x > 0, np.ones(x.shape), 0)
    return dx


# %% todo="relu_backward" id="relu_back_in_place" test="test_relu_backward_values" says="dout after the call"
def relu_backward(dout, cache):
    x = cache
    dx = dout
    dx[x <= 0] = 0
    return dx


# %% todo="relu_backward" id="relu_back_cache" test="test_relu_backward_values" says="x after both ways"
def relu_backward(dout, cache):
    x = cache
    x[x <= 0] = 0
    x[x > 0] = 1
    dx = dout * x
    return dx


# %% [markdown]
# ## svm_loss


# %% todo="svm_loss" id="svm_sum" test="test_svm_loss_values" says="a sum over the samples, not their mean"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = margins.sum()
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_true_class" test="test_svm_loss_values" says="the true class counts too"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1)
    loss = margins.sum() / N
    margins[rows, y] = 0
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_mean" test="test_svm_loss_values" says="divided by N times C, not by N"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = margins.mean()
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_no_margin" test="test_svm_loss_values" says="the margin of 1 is missing"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis])
    margins[rows, y] = 0
    loss = margins.sum() / N
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_sign" test="test_svm_loss_values" says="the sign of the difference is flipped"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, x[rows, y][:, np.newaxis] - x + 1)
    margins[rows, y] = 0
    loss = margins.sum() / N
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_squared" test="test_svm_loss_values" says="the terms are squared"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins**2) / N
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_grad_sum" test="test_svm_loss_values" says="not divided by N"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / N
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    return loss, dx


# %% todo="svm_loss" id="svm_grad_true_class" test="test_svm_loss_values" says="the true class gets nothing"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / N
    dx = (margins > 0) * 1.0
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_grad_one" test="test_svm_loss_values" says="the true class gets -1/N, however many margins"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / N
    dx = (margins > 0) * 1.0
    dx[rows, y] -= 1
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_fixed_n" test="check_svm_loss" says="nine margins of 1 are missing"
def svm_loss(x, y):
    N = 2
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / N
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_flat_labels" test="test_svm_loss_loop" says="the labels after the call"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    y %= x.shape[1]
    y += rows * x.shape[1]
    margins = np.maximum(0, x - x.ravel()[y][:, np.newaxis] + 1)
    margins.ravel()[y] = 0
    loss = margins.sum() / N
    dx = (margins > 0) * 1.0
    dx.ravel()[y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_in_place" test="test_svm_loss_loop" says="the scores after the call"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    x -= x[rows, y][:, np.newaxis]
    margins = np.maximum(0, x + 1)
    margins[rows, y] = 0
    loss = margins.sum() / N
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% todo="svm_loss" id="svm_loop" test="test_svm_loss_loop" says="Python steps for 64 samples"
def svm_loss(x, y):
    N = len(x)
    rows = np.arange(N)
    margins = np.array([np.maximum(0, s - s[k] + 1) for s, k in zip(x, y)])
    margins[rows, y] = 0
    loss = margins.sum() / N
    dx = (margins > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return loss, dx


# %% [markdown]
# ## softmax_loss


# %% todo="softmax_loss" id="softmax_sum" test="test_softmax_loss_values" says="a sum over the samples, not their mean"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(N), y]).sum()
    dx = P.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_mean" test="test_softmax_loss_values" says="divided by N times C, not by N"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(N), y]).sum() / x.size
    dx = P.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_sign" test="test_softmax_loss_values" says="the sign is flipped"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = np.log(P[np.arange(N), y]).sum() / N
    dx = P.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_no_log" test="test_softmax_loss_values" says="the logarithm is missing"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -P[np.arange(N), y].sum() / N
    dx = P.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_grad_sum" test="test_softmax_loss_values" says="not divided by N"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(N), y]).sum() / N
    dx = P.copy()
    dx[np.arange(N), y] -= 1
    return loss, dx


# %% todo="softmax_loss" id="softmax_grad_labels" test="test_softmax_loss_values" says="the labels are not subtracted"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(N), y]).sum() / N
    dx = P.copy()
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_grad_sign" test="test_softmax_loss_values" says="the sign is flipped"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(N), y]).sum() / N
    dx = P.copy()
    dx[np.arange(N), y] -= 1
    dx /= -N
    return loss, dx


# %% todo="softmax_loss" id="softmax_grad_scores" test="test_softmax_loss_values" says="the scores stand in place of the probabilities"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(N), y]).sum() / N
    dx = x.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_float64" test="test_softmax_loss_values" says="is the gradient of float32 scores float32"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(N), y]).sum() / N
    dx = np.zeros(x.shape) + P
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_overflow" test="test_softmax_loss_large_scores" says="exp overflowed: no maximum is subtracted" first="exp overflowed"
def softmax_loss(x, y):
    N = len(x)
    shifted = x
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(N), y]).sum() / N
    dx = P.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_global_max" test="test_softmax_loss_large_scores" says="one maximum for the whole array"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max()
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_P)
    dx[np.arange(N), y] -= 1
    return -log_P[np.arange(N), y].sum() / N, dx / N


# %% todo="softmax_loss" id="softmax_in_place" test="test_softmax_loss_loop" says="the scores after the call"
def softmax_loss(x, y):
    N = len(x)
    shifted = x
    shifted -= x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(N), y]).sum() / N
    dx = P.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_flat_labels" test="test_softmax_loss_loop" says="the labels after the call"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    y %= x.shape[1]
    y += np.arange(N) * x.shape[1]
    loss = -np.log(P.ravel()[y]).sum() / N
    dx = P.copy()
    dx.ravel()[y] -= 1
    dx /= N
    return loss, dx


# %% todo="softmax_loss" id="softmax_loop" test="test_softmax_loss_loop" says="Python steps for 64 samples"
def softmax_loss(x, y):
    N = len(x)
    shifted = x - x.max(axis=1, keepdims=True)
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = sum(-np.log(P[i, y[i]]) for i in range(N)) / N
    dx = P.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


# %% [markdown]
# ## is_wrong


# %% todo="is_wrong" id="planted_b1_only" test="test_is_wrong_names" says="x is wrong too" first="one more is wrong: try every name in the cell above"
def is_wrong(names):
    return [name in ["b1"] for name in names]


# %% todo="is_wrong" id="planted_x_only" test="test_is_wrong_names" says="b1 is wrong too" first="one more is wrong: try every name in the cell above"
def is_wrong(names):
    return [name in ["x"] for name in names]


# %% todo="is_wrong" id="planted_w1" test="test_is_wrong_names" says="w1 is right: its gradient agrees with numbers"
def is_wrong(names):
    return [name in ["w1", "b1"] for name in names]


# %% todo="is_wrong" id="planted_w2" test="test_is_wrong_names" says="w2 is right: its gradient agrees with numbers"
def is_wrong(names):
    return [name in ["x", "w2"] for name in names]


# %% todo="is_wrong" id="planted_b2" test="test_is_wrong_names" says="b2 is right: its gradient agrees with numbers"
def is_wrong(names):
    return [name in ["x", "b2"] for name in names]


# %% todo="is_wrong" id="planted_all" test="test_is_wrong_names" says="everything is named"
def is_wrong(names):
    return [name in ["x", "w1", "b1", "w2", "b2"] for name in names]


# %% todo="is_wrong" id="planted_right" test="test_is_wrong_names" says="the right ones are named, not the wrong ones"
def is_wrong(names):
    return [name in ["w1", "w2", "b2"] for name in names]


# %% todo="is_wrong" id="planted_numbers" test="check_is_wrong" says="return a list with one True or False for each name"
def is_wrong(names):
    return [int(name in ["x", "b1"]) for name in names]


# %% [markdown]
# ## residual_backward


# %% todo="residual_backward" id="residual_no_skip" test="test_residual_backward_values" says="the direct branch is missing"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = da.sum(axis=0)
    dw1 = x.T @ da
    dx = da @ w1.T
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout, "b2": dout.sum(axis=0)}


# %% todo="residual_backward" id="residual_only_skip" test="test_residual_backward_values" says="the branch through the layers is missing"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = da.sum(axis=0)
    dw1 = x.T @ da
    dx = dout.copy()
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout, "b2": dout.sum(axis=0)}


# %% todo="residual_backward" id="residual_product" test="test_residual_backward_values" says="the branches are multiplied, not added up"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = da.sum(axis=0)
    dw1 = x.T @ da
    dx = dout * (da @ w1.T)
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout, "b2": dout.sum(axis=0)}


# %% todo="residual_backward" id="residual_x_no_gate" test="test_residual_backward_values" says="the ReLU's gate is missing"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = da.sum(axis=0)
    dw1 = x.T @ da
    dx = dout + dhidden @ w1.T
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout, "b2": dout.sum(axis=0)}


# %% todo="residual_backward" id="residual_minus" test="test_residual_backward_values" says="the direct branch is subtracted"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = da.sum(axis=0)
    dw1 = x.T @ da
    dx = da @ w1.T - dout
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout, "b2": dout.sum(axis=0)}


# %% todo="residual_backward" id="residual_b1_no_gate" test="test_residual_backward_values" says="not behind the ReLU's gate, as in planted_backward"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = dhidden.sum(axis=0)
    dw1 = x.T @ da
    dx = dout + da @ w1.T
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout, "b2": dout.sum(axis=0)}


# %% todo="residual_backward" id="residual_b1_mean" test="test_residual_backward_values" says="a mean over the samples, not a sum"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = da.mean(axis=0)
    dw1 = x.T @ da
    dx = dout + da @ w1.T
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout, "b2": dout.sum(axis=0)}


# %% todo="residual_backward" id="residual_w1_no_gate" test="test_residual_backward_values" says="the ReLU's gate is missing"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = da.sum(axis=0)
    dw1 = x.T @ dhidden
    dx = dout + da @ w1.T
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout, "b2": dout.sum(axis=0)}


# %% todo="residual_backward" id="residual_w2_mean" test="test_residual_backward_values" says="they were right before" first="a mean over the samples, not a sum"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = da.sum(axis=0)
    dw1 = x.T @ da
    dx = dout + da @ w1.T
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout / len(x), "b2": dout.sum(axis=0)}


# %% todo="residual_backward" id="residual_b2_mean" test="test_residual_backward_values" says="they were right before" first="a mean over the samples, not a sum"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dhidden = dout @ w2.T
    da = dhidden * (hidden > 0)
    db1 = da.sum(axis=0)
    dw1 = x.T @ da
    dx = dout + da @ w1.T
    return {"x": dx, "w1": dw1, "b1": db1, "w2": hidden.T @ dout, "b2": dout.mean(axis=0)}


# %% todo="residual_backward" id="residual_in_place" test="test_residual_backward_values" says="dout and the hidden layer after the call" first="dout after the call"
def residual_backward(dout, cache):
    x, w1, w2, hidden = cache
    dw2, db2 = hidden.T @ dout, dout.sum(axis=0)
    da = (dout @ w2.T) * (hidden > 0)
    dout += da @ w1.T
    return {"x": dout, "w1": x.T @ da, "b1": da.sum(axis=0), "w2": dw2, "b2": db2}


# %% [markdown]
# ## twolayernet_init


# %% todo="twolayernet_init" id="two_swapped" test="test_twolayernet_init_weights" says="rows and columns are swapped"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": np.random.normal(0, weight_scale, (hidden_dim, input_dim)),
        "b1": np.zeros(hidden_dim),
        "W2": np.random.normal(0, weight_scale, (num_classes, hidden_dim)),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_variance" test="test_twolayernet_init_weights" says="weight_scale is the variance here"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": np.sqrt(weight_scale) * np.random.randn(input_dim, hidden_dim),
        "b1": np.zeros(hidden_dim),
        "W2": np.sqrt(weight_scale) * np.random.randn(hidden_dim, num_classes),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_fixed" test="test_twolayernet_init_weights" says="weight_scale is not used"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": 1e-3 * np.random.randn(input_dim, hidden_dim),
        "b1": np.zeros(hidden_dim),
        "W2": 1e-3 * np.random.randn(hidden_dim, num_classes),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_rand" test="test_twolayernet_init_weights" says="even from 0 to weight_scale, not normal"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": weight_scale * np.random.rand(input_dim, hidden_dim),
        "b1": np.zeros(hidden_dim),
        "W2": weight_scale * np.random.rand(hidden_dim, num_classes),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_uniform" test="test_twolayernet_init_weights" says="even from -weight_scale to weight_scale"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": np.random.uniform(-weight_scale, weight_scale, (input_dim, hidden_dim)),
        "b1": np.zeros(hidden_dim),
        "W2": np.random.uniform(-weight_scale, weight_scale, (hidden_dim, num_classes)),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_biases" test="test_twolayernet_init_weights" says="biases start at 0"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": np.random.normal(0, weight_scale, (input_dim, hidden_dim)),
        "b1": np.ones(hidden_dim),
        "W2": np.random.normal(0, weight_scale, (hidden_dim, num_classes)),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_b2_one" test="test_twolayernet_init_weights" says="biases start at 0"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": np.random.normal(0, weight_scale, (input_dim, hidden_dim)),
        "b1": np.zeros(hidden_dim),
        "W2": np.random.normal(0, weight_scale, (hidden_dim, num_classes)),
        "b2": np.ones(num_classes),
    }


# %% todo="twolayernet_init" id="two_w2_swapped" test="test_twolayernet_init_weights" says="shapes of W1 and W2" first="rows and columns are swapped"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": np.random.normal(0, weight_scale, (input_dim, hidden_dim)),
        "b1": np.zeros(hidden_dim),
        "W2": np.random.normal(0, weight_scale, (num_classes, hidden_dim)),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_w2_unscaled" test="test_twolayernet_init_weights" says="standard deviations of W1 and W2" first="weight_scale is not used"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": np.random.normal(0, weight_scale, (input_dim, hidden_dim)),
        "b1": np.zeros(hidden_dim),
        "W2": np.random.randn(hidden_dim, num_classes),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_uniform_scaled" test="test_twolayernet_init_weights" says="draw from a normal distribution"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": np.random.uniform(-1, 1, (input_dim, hidden_dim)) * weight_scale * np.sqrt(3),
        "b1": np.zeros(hidden_dim),
        "W2": np.random.uniform(-1, 1, (hidden_dim, num_classes)) * weight_scale * np.sqrt(3),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_seeded" test="test_twolayernet_init_draws" says="every net has the same weights"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    np.random.seed(0)
    self.params = {
        "W1": np.random.normal(0, weight_scale, (input_dim, hidden_dim)),
        "b1": np.zeros(hidden_dim),
        "W2": np.random.normal(0, weight_scale, (hidden_dim, num_classes)),
        "b2": np.zeros(num_classes),
    }


# %% todo="twolayernet_init" id="two_equal_units" test="test_twolayernet_init_draws" says="all units are equal"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    self.reg = reg
    self.params = {
        "W1": np.repeat(np.random.normal(0, weight_scale, (input_dim, 1)), hidden_dim, axis=1),
        "b1": np.zeros(hidden_dim),
        "W2": np.random.normal(0, weight_scale, (hidden_dim, num_classes)),
        "b2": np.zeros(num_classes),
    }


# %% [markdown]
# ## twolayernet_loss


# %% todo="twolayernet_loss" id="two_relu_on_scores" test="test_twolayernet_loss_scores" says="there is a ReLU on the scores too"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, (cache2, _) = affine_relu_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_linear" test="test_twolayernet_loss_scores" says="the ReLU is missing"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_probabilities" test="test_twolayernet_loss_scores" says="probabilities, not scores"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_reg_factor" test="test_twolayernet_loss_penalty" says="the factor one half is missing"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_no_reg" test="test_twolayernet_loss_penalty" says="the L2 penalty is missing"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    pass
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_reg_w1" test="test_twolayernet_loss_penalty" says="only W1 is penalised"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * np.sum(W1**2)
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_reg_w2" test="test_twolayernet_loss_penalty" says="only W2 is penalised"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * np.sum(W2**2)
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_reg_biases" test="test_twolayernet_loss_penalty" says="the biases are penalised too"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * sum(np.sum(p**2) for p in self.params.values())
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_loss_sum" test="test_twolayernet_loss_penalty" says="the data loss is a sum over the samples" first="a sum over the samples, not their mean"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss = loss * len(X) + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_reg_mean" test="test_twolayernet_loss_penalty" says="the penalty is divided by N"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2)) / len(X)
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_w2_no_reg" test="test_twolayernet_loss_gradients" says="the penalty's gradient is missing"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_w2_half" test="test_twolayernet_loss_gradients" says="the penalty's gradient has half its size"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + 0.5 * self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_w2_twice" test="test_twolayernet_loss_gradients" says="the penalty's gradient has twice its size"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + 2 * self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_b2_reg" test="test_twolayernet_loss_gradients" says="the bias is penalised"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    db2 = db2 + self.reg * b2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_w1_no_reg" test="test_twolayernet_loss_gradients" says="the penalty's gradient is missing"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_w1_no_relu" test="test_twolayernet_loss_gradients" says="the way back leaves the ReLU out"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, _ = affine_backward(dhidden, cache1[0])
    _, _, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_b1_no_relu" test="test_twolayernet_loss_gradients" says="the way back leaves the ReLU out"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, _ = affine_relu_backward(dhidden, cache1)
    db1 = dhidden.sum(axis=0)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_decay_in_place" test="test_twolayernet_loss_gradients" says="the batch and W1 after the call" first="W1 after the call"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    W1 *= 1 - self.reg
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_halves_images" test="test_twolayernet_loss_scores" says="the images after the call"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    X *= 0.5
    X = 2 * X
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% todo="twolayernet_loss" id="two_predicts_into_y" test="test_twolayernet_loss_gradients" says="the labels after the call"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache2)
    dx, dW1, db1 = affine_relu_backward(dhidden, cache1)
    dW1 = dW1 + self.reg * W1
    dW2 = dW2 + self.reg * W2
    y[:] = scores.argmin(axis=1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# %% [markdown]
# ## fullyconnectednet_initial_params


# %% todo="fullyconnectednet_initial_params" id="deep_swapped" test="test_fullyconnectednet_initial_params_layers" says="rows and columns are swapped"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    for i in range(len(sizes) - 1):
        params[f"W{i + 1}"] = np.random.randn(sizes[i + 1], sizes[i]) * weight_scale
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_variance" test="test_fullyconnectednet_initial_params_layers" says="weight_scale is the variance here"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    for i in range(len(sizes) - 1):
        params[f"W{i + 1}"] = np.random.randn(sizes[i], sizes[i + 1]) * np.sqrt(weight_scale)
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_fixed" test="test_fullyconnectednet_initial_params_layers" says="weight_scale is not used"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    for i in range(len(sizes) - 1):
        params[f"W{i + 1}"] = np.random.randn(sizes[i], sizes[i + 1]) * 1e-2
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_first_scaled" test="test_fullyconnectednet_initial_params_layers" says="only the first layer is scaled"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    for i in range(len(sizes) - 1):
        params[f"W{i + 1}"] = np.random.randn(sizes[i], sizes[i + 1]) * (
            weight_scale if i == 0 else 1
        )
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_rand" test="test_fullyconnectednet_initial_params_layers" says="even from 0 to weight_scale, not normal"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    for i in range(len(sizes) - 1):
        params[f"W{i + 1}"] = np.random.rand(sizes[i], sizes[i + 1]) * weight_scale
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_equal_units" test="test_fullyconnectednet_initial_params_draws" says="all units are equal"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    for i in range(len(sizes) - 1):
        params[f"W{i + 1}"] = np.random.randn(sizes[i], 1) * weight_scale * np.ones(sizes[i + 1])
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_biases_one" test="test_fullyconnectednet_initial_params_layers" says="biases start at 1"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    for i in range(len(sizes) - 1):
        params[f"W{i + 1}"] = np.random.randn(sizes[i], sizes[i + 1]) * weight_scale
        params[f"b{i + 1}"] = np.ones(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_shifted" test="test_fullyconnectednet_initial_params_layers" says="draw from a distribution of mean 0"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    for i in range(len(sizes) - 1):
        params[f"W{i + 1}"] = (np.random.randn(sizes[i], sizes[i + 1]) + 1) * weight_scale
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_last_missing" test="test_fullyconnectednet_initial_params_layers" says="stopped with KeyError" first="a parameter is missing, or one is too many"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    for i in range(len(sizes) - 2):
        params[f"W{i + 1}"] = np.random.randn(sizes[i], sizes[i + 1]) * weight_scale
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_seeded" test="test_fullyconnectednet_initial_params_draws" says="every net has the same weights"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    np.random.seed(231)
    for i in range(len(sizes) - 1):
        params[f"W{i + 1}"] = np.random.randn(sizes[i], sizes[i + 1]) * weight_scale
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% todo="fullyconnectednet_initial_params" id="deep_seeded_layers" test="test_fullyconnectednet_initial_params_draws" says="every layer has the same weights"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    params = {}
    seed = np.random.randint(10**6)
    for i in range(len(sizes) - 1):
        np.random.seed(seed)
        params[f"W{i + 1}"] = np.random.randn(sizes[i], sizes[i + 1]) * weight_scale
        params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
    return params


# %% [markdown]
# ## fullyconnectednet_loss


# %% todo="fullyconnectednet_loss" id="deep_relu_on_scores" test="test_fullyconnectednet_loss_scores" says="there is a ReLU on the scores too"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, (last_cache, _) = affine_relu_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_last_hidden_linear" test="test_fullyconnectednet_loss_scores" says="the last hidden layer has no ReLU"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        forward = affine_relu_forward if i < L - 1 else affine_forward
        out, cache = forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_linear" test="test_fullyconnectednet_loss_scores" says="there is no ReLU at all"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_same_layer" test="test_fullyconnectednet_loss_scores" says="stopped with ValueError"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params["W1"], params["b1"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_reg_factor" test="test_fullyconnectednet_loss_penalty" says="the factor one half is missing"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_no_reg" test="test_fullyconnectednet_loss_penalty" says="the L2 penalty is missing"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        pass
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_reg_no_w1" test="test_fullyconnectednet_loss_penalty" says="W1 is left out of the penalty"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2) * (i != 1)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_reg_no_w2" test="test_fullyconnectednet_loss_penalty" says="W2 is left out of the penalty"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2) * (i != 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_reg_only_last" test="test_fullyconnectednet_loss_penalty" says="only W3 is penalised"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        if i == L:
            loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_reg_biases" test="test_fullyconnectednet_loss_penalty" says="the biases are penalised too"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * (np.sum(params[f"W{i}"] ** 2) + np.sum(params[f"b{i}"] ** 2))
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_reg_no_last" test="test_fullyconnectednet_loss_penalty" says="W3 is left out of the penalty"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_grad_no_reg" test="test_fullyconnectednet_loss_penalty" says="the penalty's gradient is missing"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW, db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW, db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_grad_half" test="test_fullyconnectednet_loss_penalty" says="the penalty's gradient has half its size"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + 0.5 * reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + 0.5 * reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_grad_twice" test="test_fullyconnectednet_loss_penalty" says="the penalty's gradient has twice its size"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + 2 * reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + 2 * reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_grad_no_last" test="test_fullyconnectednet_loss_penalty" says="the last layer's penalty is missing from its gradient"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW, db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_grad_biases" test="test_fullyconnectednet_loss_penalty" says="the biases are penalised too"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db + reg * params[f"b{L}"]
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db + reg * params[f"b{i}"]
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_not_mean" test="test_fullyconnectednet_loss_gradients" says="not divided by N"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads, dout = {}, dout * len(X)
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_db_mean" test="test_fullyconnectednet_loss_gradients" says="each layer's own db" first="divided by N twice: the loss has done that already"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db / len(X)
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db / len(X)
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_shallow_linear" test="test_fullyconnectednet_loss_scores" says="one sandwich, then an affine layer without ReLU"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    if L == 2:
        out = X.reshape(len(X), -1) @ params["W1"] + params["b1"]
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_w2_no_relu" test="test_fullyconnectednet_loss_gradients" says="the way back leaves the ReLU out"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_backward(dout, caches[i - 1][0])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_w1_no_relu" test="test_fullyconnectednet_loss_gradients" says="the way back leaves the ReLUs out" first="the way back leaves the ReLU out"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        below, _, _ = affine_backward(dout, caches[i - 1][0])
        if i > 1:
            _, dW, db = affine_relu_backward(dout, caches[i - 1])
        else:
            _, dW, db = affine_backward(dout, caches[i - 1][0])
        dout = below
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_centres_batch" test="test_fullyconnectednet_loss_gradients" says="the batch after the call"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X *= 0.5
    X = 2 * X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% todo="fullyconnectednet_loss" id="deep_float64" test="test_fullyconnectednet_loss_float32" says="are the scores float32, and the gradients"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads


# %% [markdown]
# ## overfit_settings


# %% todo="overfit_settings" id="overfit_rate_low" test="test_overfit_settings_three" says="the loss must fall to nearly 0"
def overfit_settings():
    return {
        3: {"learning_rate": 0.0001, "weight_scale": 0.1},
        5: {"learning_rate": 0.05, "weight_scale": 0.1},
    }


# %% todo="overfit_settings" id="overfit_scale_low" test="test_overfit_settings_three" says="the loss must fall to nearly 0"
def overfit_settings():
    return {
        3: {"learning_rate": 0.01, "weight_scale": 0.001},
        5: {"learning_rate": 0.05, "weight_scale": 0.1},
    }


# %% todo="overfit_settings" id="overfit_diverges" test="test_overfit_settings_three" says="the loss must fall to nearly 0"
def overfit_settings():
    return {
        3: {"learning_rate": 100.0, "weight_scale": 0.1},
        5: {"learning_rate": 0.05, "weight_scale": 0.1},
    }


# %% todo="overfit_settings" id="overfit_five_start" test="test_overfit_settings_five" says="the loss must fall to nearly 0"
def overfit_settings():
    return {
        3: {"learning_rate": 0.05, "weight_scale": 0.1},
        5: {"learning_rate": 0.002, "weight_scale": 1e-05},
    }


# %% todo="overfit_settings" id="overfit_five_scale_of_three" test="test_overfit_settings_five" says="the loss must fall to nearly 0"
def overfit_settings():
    return {
        3: {"learning_rate": 0.1, "weight_scale": 0.03},
        5: {"learning_rate": 0.1, "weight_scale": 0.03},
    }


# %% todo="overfit_settings" id="overfit_five_diverges" test="test_overfit_settings_five" says="the loss must fall to nearly 0"
def overfit_settings():
    return {
        3: {"learning_rate": 0.05, "weight_scale": 0.1},
        5: {"learning_rate": 1.0, "weight_scale": 0.3},
    }


# %% todo="overfit_settings" id="overfit_zero" test="check_overfit_settings" says="are learning rate and weight scale above 0"
def overfit_settings():
    return {
        3: {"learning_rate": 0.05, "weight_scale": 0.1},
        5: {"learning_rate": 0.05, "weight_scale": 0},
    }


# %% [markdown]
# ## sgd_momentum


# %% todo="sgd_momentum" id="momentum_subtracted" test="test_sgd_momentum_step" says="the velocity is subtracted"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old + lr * dw
    next_w = w - v
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_torch" test="test_sgd_momentum_step" says="the learning rate belongs into the velocity"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old + dw
    next_w = w - lr * v
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_old" test="test_sgd_momentum_step" says="the velocity of before is used"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old - lr * dw
    next_w = w + old
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_ignored" test="test_sgd_momentum_step" says="momentum is ignored"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old - lr * dw
    next_w = w - lr * dw
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_uphill" test="test_sgd_momentum_step" says="a step uphill"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old + lr * dw
    next_w = w + v
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_average" test="test_sgd_momentum_step" says="a moving average"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old - (1 - mu) * lr * dw
    next_w = w + v
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_nesterov" test="test_sgd_momentum_step" says="momentum is applied twice, as Nesterov's rule does"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old - lr * dw
    next_w = w + mu * v - lr * dw
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_key" test="test_sgd_momentum_step" says="momentum is a fixed number, 0.9"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("mu", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old - lr * dw
    next_w = w + v
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_not_kept" test="test_sgd_momentum_step" says="the new velocity is not put back"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old - lr * dw
    next_w = w + v
    config["velocity"] = old
    return next_w, config


# %% todo="sgd_momentum" id="momentum_in_place" test="test_sgd_momentum_step" says="dw after the call"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    dw *= lr
    v = mu * old - dw
    next_w = w + v
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_float64" test="test_sgd_momentum_step" says="do float32 weights stay float32"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros(w.shape))
    v = mu * old - lr * dw
    next_w = w + v
    config["velocity"] = v
    return next_w, config


# %% todo="sgd_momentum" id="momentum_forgets" test="test_sgd_momentum_many" says="the velocity starts anew at each step"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old - lr * dw
    next_w = w + v
    config["velocity"] = v
    return next_w, {}


# %% todo="sgd_momentum" id="momentum_rate" test="test_sgd_momentum_many" says="the default learning rate is 0.01"
def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    mu = config.setdefault("momentum", 0.9)
    old = config.get("velocity", np.zeros_like(w))
    v = mu * old - lr * dw
    next_w = w + v
    config["velocity"] = v
    return next_w, config


# %% [markdown]
# ## rmsprop


# %% todo="rmsprop" id="rmsprop_eps_inside" test="test_rmsprop_step" says="epsilon belongs outside of the square root"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w - lr * dw / np.sqrt(cache + eps)
    config["cache"] = cache
    return next_w, config


# %% todo="rmsprop" id="rmsprop_eps_fixed" test="test_rmsprop_step" says="epsilon is a fixed number"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w - lr * dw / (np.sqrt(cache) + 1e-8)
    config["cache"] = cache
    return next_w, config


# %% todo="rmsprop" id="rmsprop_old" test="test_rmsprop_step" says="the cache of before is used"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w - lr * dw / (np.sqrt(old) + eps)
    config["cache"] = cache
    return next_w, config


# %% todo="rmsprop" id="rmsprop_no_root" test="test_rmsprop_step" says="the square root is missing"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w - lr * dw / (cache + eps)
    config["cache"] = cache
    return next_w, config


# %% todo="rmsprop" id="rmsprop_swapped" test="test_rmsprop_step" says="decay_rate and 1 - decay_rate are swapped"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = (1 - rho) * old + rho * dw**2
    next_w = w - lr * dw / (np.sqrt(cache) + eps)
    config["cache"] = cache
    return next_w, config


# %% todo="rmsprop" id="rmsprop_uphill" test="test_rmsprop_step" says="a step uphill"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w + lr * dw / (np.sqrt(cache) + eps)
    config["cache"] = cache
    return next_w, config


# %% todo="rmsprop" id="rmsprop_not_squared" test="test_rmsprop_step" says="the gradient is not squared"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * np.abs(dw)
    next_w = w - lr * dw / (np.sqrt(cache) + eps)
    config["cache"] = cache
    return next_w, config


# %% todo="rmsprop" id="rmsprop_not_kept" test="test_rmsprop_step" says="the new cache is not put back"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w - lr * dw / (np.sqrt(cache) + eps)
    config["cache"] = old
    return next_w, config


# %% todo="rmsprop" id="rmsprop_float64" test="test_rmsprop_step" says="do float32 weights stay float32"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros(w.shape))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w - lr * dw / (np.sqrt(cache) + eps)
    config["cache"] = cache
    return next_w, config


# %% todo="rmsprop" id="rmsprop_in_place" test="test_rmsprop_step" says="dw after the call"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w - lr * dw / (np.sqrt(cache) + eps)
    config["cache"] = cache
    dw *= dw
    return next_w, config


# %% todo="rmsprop" id="rmsprop_forgets" test="test_rmsprop_many" says="the cache starts anew at each step"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w - lr * dw / (np.sqrt(cache) + eps)
    config["cache"] = cache
    return next_w, {}


# %% todo="rmsprop" id="rmsprop_decay" test="test_rmsprop_many" says="the default decay rate is 0.99" first="the decay rate is 0.9, not config's 0.99"
def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("decay_rate", 0.9)
    eps = config.setdefault("epsilon", 1e-8)
    old = config.get("cache", np.zeros_like(w))
    cache = rho * old + (1 - rho) * dw**2
    next_w = w - lr * dw / (np.sqrt(cache) + eps)
    config["cache"] = cache
    return next_w, config


# %% [markdown]
# ## adam


# %% todo="adam" id="adam_no_correction" test="test_adam_step" says="m and v are not corrected"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m
    v_hat = v
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_t_late" test="test_adam_step" says="t is used before it is counted up"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1 ** (t - 1))
    v_hat = v / (1 - beta2 ** (t - 1))
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_t_twice" test="test_adam_step" says="t is counted up twice"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 2
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_only_m" test="test_adam_step" says="only m is corrected"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_only_v" test="test_adam_step" says="only v is corrected"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_swapped" test="test_adam_step" says="beta and 1 - beta are swapped"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = (1 - beta1) * m + beta1 * dw
    v = (1 - beta2) * v + beta2 * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_eps_inside" test="test_adam_step" says="epsilon belongs outside of the square root"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / np.sqrt(v_hat + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_gradient" test="test_adam_step" says="the gradient in place of its average m"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * dw / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_keeps_corrected_m" test="test_adam_step" says="the corrected m is kept"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m_hat, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_keeps_corrected_v" test="test_adam_step" says="the corrected v is kept"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v_hat, t=t)
    return next_w, config


# %% todo="adam" id="adam_m_not_kept" test="test_adam_step" says="the new m is not put back"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_v_not_kept" test="test_adam_step" says="the new v is not put back"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, t=t)
    return next_w, config


# %% todo="adam" id="adam_t_not_kept" test="test_adam_step" says="t is not counted up in config"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v)
    return next_w, config


# %% todo="adam" id="adam_t_kept_twice" test="test_adam_step" says="t is counted up twice"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t + 1)
    return next_w, config


# %% todo="adam" id="adam_in_place" test="test_adam_step" says="dw after the call"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    dw *= dw
    return next_w, config


# %% todo="adam" id="adam_first_not_corrected" test="test_adam_first" says="m and v are not corrected"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m
    v_hat = v
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_rate" test="test_adam_first" says="the default learning rate is 0.001"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-2)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros_like(w)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="adam" id="adam_float64" test="test_adam_first" says="do float32 weights stay float32"
def adam(w, dw, config=None):
    config = {} if config is None else config
    lr = config.setdefault("learning_rate", 1e-3)
    beta1, beta2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
    eps = config.setdefault("epsilon", 1e-8)
    m, v = config.get("m", np.zeros(w.shape)), config.get("v", np.zeros_like(w))
    t = config.get("t", 0) + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    config.update(m=m, v=v, t=t)
    return next_w, config


# %% todo="fullyconnectednet_loss" id="deep_dw_mean" test="test_fullyconnectednet_loss_gradients" says="gradient"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    X = X.astype(self.dtype)
    L, params, reg = self.num_layers, self.params, self.reg
    caches, out = [], X
    for i in range(1, L):
        out, cache = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
        caches.append(cache)
    scores, last_cache = affine_forward(out, params[f"W{L}"], params[f"b{L}"])
    if y is None:
        return scores
    loss, dout = softmax_loss(scores, y)
    for i in range(1, L + 1):
        loss += 0.5 * reg * np.sum(params[f"W{i}"] ** 2)
    grads = {}
    dout, dW, db = affine_backward(dout, last_cache)
    grads[f"W{L}"], grads[f"b{L}"] = dW + reg * params[f"W{L}"], db
    for i in range(L - 1, 0, -1):
        dout, dW, db = affine_relu_backward(dout, caches[i - 1])
        dW = dW / len(X)
        grads[f"W{i}"], grads[f"b{i}"] = dW + reg * params[f"W{i}"], db
    return loss, grads
