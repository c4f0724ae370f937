# %% [markdown]
# Wrong answers to the TODOs of `05_batchnorm_dropout`, as real students write them. Each stands in
# place of its TODO while every other TODO is solved; the hidden test cell `test` must fail, and its
# message must hold the words `says`. Data, read by `tests/notebook/test_answers.py`; nobody imports
# it.
#
# ruff: noqa: E501, F811, F821, F841, RUF059


# %% [markdown]
# ## batchnorm_forward


# %% todo="batchnorm_forward" id="bn_unbiased" test="test_batchnorm_forward_train" says="the variance is divided by N - 1"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_axis_1" test="test_batchnorm_forward_train" says="each sample is normalised over its features"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * x.mean(axis=0)
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * x.var(axis=0)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_whole_batch" test="test_batchnorm_forward_train" says="one mean and one variance for all features"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(), x.var()
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_no_gamma" test="test_batchnorm_forward_train" says="gamma and beta are forgotten" first="beta is forgotten"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return x_hat, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_variance" test="test_batchnorm_forward_train" says="divided by the variance, not by its root"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / (var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_shift_first" test="test_batchnorm_forward_train" says="the shift comes before the scale"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * (x_hat + beta), (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_eps_outside" test="test_batchnorm_forward_eps" says="eps stands outside the root"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / (np.sqrt(var) + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_eps_fixed" test="test_batchnorm_forward_eps" says="eps is not taken from bn_param"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = 1e-5, bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_not_written" test="test_batchnorm_forward_running" says="it is not written into bn_param"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    running_mean = momentum * running_mean + (1 - momentum) * mean
    running_var = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_momentum_swapped" test="test_batchnorm_forward_running" says="momentum and 1 - momentum are swapped"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = (1 - momentum) * running_mean + momentum * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_last_batch" test="test_batchnorm_forward_running" says="only the last batch counts"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_running_std" test="test_batchnorm_forward_running" says="an average of standard deviations, not of variances"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * np.sqrt(var)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_momentum_fixed" test="test_batchnorm_forward_running" says="momentum is not taken from bn_param"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), 0.9
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_running_row" test="test_batchnorm_forward_running" says="got shape (1, 3), wanted (3,)"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_test_batch" test="test_batchnorm_forward_test_mode" says="test mode takes mean and variance of its own batch" first="test mode takes the mean of its own batch"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        running_mean, running_var = x.mean(axis=0), x.var(axis=0)
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_test_no_gamma" test="test_batchnorm_forward_test_mode" says="test mode leaves out gamma and beta"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return (x - running_mean) / np.sqrt(running_var + eps), None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_test_eps_outside" test="test_batchnorm_forward_test_mode" says="eps stands outside the root"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / (np.sqrt(running_var) + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_test_no_eps" test="test_batchnorm_forward_test_mode" says="eps is missing in test mode"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_test_moves" test="test_batchnorm_forward_test_mode" says="test mode moves the running mean"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * x.mean(axis=0)
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_in_place" test="test_batchnorm_forward_in_order" says="x after the call"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x -= mean
    x_hat = x / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_float64" test="test_batchnorm_forward_in_order" says="is the output of float32 arrays float32, in training"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + np.full(x.shape[1], eps))
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_running_float64" test="test_batchnorm_forward_in_order" says="in training and in test mode"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_test_in_place" test="test_batchnorm_forward_test_mode" says="x after the call"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        x -= running_mean
        return gamma * x / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_loop" test="test_batchnorm_forward_in_order" says="Python steps for 64 samples"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = np.array([(row - mean) / np.sqrt(var + eps) for row in x])
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_only_gamma_forgotten" test="test_batchnorm_forward_train" says="a batch of six samples and four features" first="gamma is forgotten"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_single_in_training" test="test_batchnorm_forward_test_mode" says="a single sample in test mode"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test" and len(x) > 1:
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x - mean)


# %% todo="batchnorm_forward" id="bn_gamma_in_place" test="test_batchnorm_forward_in_order" says="gamma and beta after the call"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    gamma /= np.sqrt(var + eps)
    return gamma * (x - mean) + beta, (
        x_hat,
        gamma * np.sqrt(var + eps),
        1 / np.sqrt(var + eps),
        x - mean,
    )


# %% [markdown]
# ## batchnorm_backward


# %% todo="batchnorm_backward" id="back_no_paths" test="test_batchnorm_backward_dx" says="the paths through the mean and through the variance are missing"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_no_variance" test="test_batchnorm_backward_dx" says="the path through the variance is missing"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_no_mean" test="test_batchnorm_backward_dx" says="the path through the mean is missing"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_no_gamma" test="test_batchnorm_backward_dx" says="gamma is missing"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_mean_of_all" test="check_batchnorm_backward" says="run the next cell: it tells at which node"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean() - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_mean_sum" test="test_batchnorm_backward_dx" says="the gradient of the mean is not divided by N"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.sum(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_variance_sum" test="test_batchnorm_backward_dx" says="the gradient of the variance is not divided by N"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).sum(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_variance_sign" test="test_batchnorm_backward_dx" says="the path through the variance has the wrong sign"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) + x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_forward" id="back_x" test="test_batchnorm_backward_dgamma" says="x in place of x_hat"
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps), x)


# %% todo="batchnorm_backward" id="back_x" test="test_batchnorm_backward_dgamma" says="x in place of x_hat"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache  # no longer centred
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * centred).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_dgamma_mean" test="test_batchnorm_backward_dgamma" says="divided by N"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).mean(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_dgamma_number" test="test_batchnorm_backward_dgamma" says="summed over everything to one number"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum()
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_dbeta_mean" test="test_batchnorm_backward_dgamma" says="divided by N"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.mean(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_in_place" test="test_batchnorm_backward_in_order" says="dout after two calls"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dout *= gamma * inv_std
    g = dout
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward" id="back_loop" test="test_batchnorm_backward_in_order" says="Python steps for 64 samples"
def batchnorm_backward(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = sum(dout[i] for i in range(N))
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% [markdown]
# ## batchnorm_backward_alt


# %% todo="batchnorm_backward_alt" id="alt_no_gamma" test="test_batchnorm_backward_alt_dx" says="gamma is missing"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward_alt" id="alt_mean_of_all" test="check_batchnorm_backward_alt" says="gamma / s * (dout - (dbeta + x_hat * dgamma) / N)"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, _ = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma * inv_std * (dout - dout.mean() - x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward_alt" id="alt_sums" test="test_batchnorm_backward_alt_dx" says="the sums are not divided by N"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = gamma * inv_std * (dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward_alt" id="alt_no_dgamma" test="test_batchnorm_backward_alt_dx" says="the term with dgamma is missing"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = gamma * inv_std * (dout - dbeta / N)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward_alt" id="alt_no_dbeta" test="test_batchnorm_backward_alt_dx" says="the term with dbeta is missing"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = gamma * inv_std * (dout - x_hat * dgamma / N)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward_alt" id="alt_no_std" test="test_batchnorm_backward_alt_dx" says="not divided by s"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward_alt" id="alt_gamma_twice" test="test_batchnorm_backward_alt_dx" says="gamma counts twice in both sums"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dnorm = dout * gamma
    dx = gamma * inv_std * (dout - (dnorm.sum(axis=0) + x_hat * (dnorm * x_hat).sum(axis=0)) / N)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward_alt" id="alt_swapped" test="test_batchnorm_backward_alt_dgamma" says="dgamma and dbeta of the second call" first="dgamma and dbeta are swapped"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dbeta, dgamma


# %% todo="batchnorm_backward_alt" id="alt_in_place" test="test_batchnorm_backward_alt_dgamma" says="dout after two calls"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dout -= dbeta / N
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% todo="batchnorm_backward_alt" id="alt_loop" test="test_batchnorm_backward_alt_dgamma" says="Python steps for 64 samples"
def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dbeta = sum(dout[i] for i in range(N))
    dgamma = (dout * x_hat).sum(axis=0)
    g = dout * gamma * inv_std
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return dx, dgamma, dbeta


# %% [markdown]
# ## layernorm_forward


# %% todo="layernorm_forward" id="ln_axis_0" test="test_layernorm_forward_values" says="normalised over the samples: that is batch norm"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean, var = x.mean(axis=0), x.var(axis=0)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps))


# %% todo="layernorm_forward" id="ln_unbiased" test="test_layernorm_forward_values" says="the variance is divided by D - 1"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True, ddof=1)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps))


# %% todo="layernorm_forward" id="ln_eps_outside" test="test_layernorm_forward_values" says="eps stands outside the root"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    x_hat = (x - mean) / (np.sqrt(var) + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps))


# %% todo="layernorm_forward" id="ln_eps_fixed" test="test_layernorm_forward_values" says="eps is not taken from ln_param"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = 1e-5
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps))


# %% todo="layernorm_forward" id="ln_no_gamma" test="test_layernorm_forward_values" says="gamma and beta are forgotten" first="beta is forgotten"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return x_hat, (x_hat, gamma, 1 / np.sqrt(var + eps))


# %% todo="layernorm_forward" id="ln_whole_batch" test="test_layernorm_forward_values" says="one mean and one variance for the whole batch"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean, var = x.mean(), x.var()
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps))


# %% todo="layernorm_forward" id="ln_in_place" test="test_layernorm_forward_in_order" says="x after the call"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    x -= mean
    x_hat = x / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps))


# %% todo="layernorm_forward" id="ln_loop" test="test_layernorm_forward_in_order" says="Python steps for 64 samples"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    x_hat = np.array([(row - row.mean()) / np.sqrt(row.var() + eps) for row in x])
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps))


# %% todo="layernorm_forward" id="ln_float64" test="test_layernorm_forward_in_order" says="is the output of float32 arrays float32"
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    x_hat = (x - mean) / np.sqrt(var + np.full((1, 1), eps))
    return gamma * x_hat + beta, (x_hat, gamma, 1 / np.sqrt(var + eps))


# %% [markdown]
# ## layernorm_backward


# %% todo="layernorm_backward" id="ln_gamma_late" test="test_layernorm_backward_dx" says="gamma is taken out of the sums"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    g = dout
    dx = g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return gamma * inv_std * dx, dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_no_gamma" test="test_layernorm_backward_dx" says="gamma is missing"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    g = dout
    dx = g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return inv_std * dx, dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_axis_0" test="test_layernorm_backward_dx" says="means over the samples, as in batch norm"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    g = dout * gamma
    dx = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
    return inv_std * dx, dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_no_variance" test="test_layernorm_backward_dx" says="the path through the variance is missing"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    g = dout * gamma
    dx = g - g.mean(axis=1, keepdims=True)
    return inv_std * dx, dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_no_mean" test="test_layernorm_backward_dx" says="the path through the mean is missing"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    g = dout * gamma
    dx = g - x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return inv_std * dx, dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_by_n" test="test_layernorm_backward_dx" says="divided by N, not by D"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    g = dout * gamma
    N = len(dout)
    sums = g.sum(axis=1, keepdims=True) + x_hat * (g * x_hat).sum(axis=1, keepdims=True)
    dx = g - sums / N
    return inv_std * dx, dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_four_features" test="check_layernorm_backward" says="then take means over the features"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    g = dout * gamma
    sums = g.sum(axis=1, keepdims=True) + x_hat * (g * x_hat).sum(axis=1, keepdims=True)
    return inv_std * (g - sums / 4), dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_dgamma_rows" test="test_layernorm_backward_dgamma" says="got shape (64,), wanted (3,)" first="summed over the features (axis 1), not over the samples"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=1)
    g = dout * gamma
    dx = g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return inv_std * dx, dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_in_place" test="test_layernorm_backward_dgamma" says="dout after two calls"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dout *= gamma
    g = dout
    dx = g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return inv_std * dx, dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_dbeta_mean" test="test_layernorm_backward_dgamma" says="dbeta of the second call" first="divided by N"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.mean(axis=0), (dout * x_hat).sum(axis=0)
    g = dout * gamma
    dx = g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return inv_std * dx, dgamma, dbeta


# %% todo="layernorm_backward" id="ln_back_loop" test="test_layernorm_backward_dgamma" says="Python steps for 64 samples"
def layernorm_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    g = dout * gamma
    dx = g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return np.array([s * row for s, row in zip(inv_std, dx, strict=True)]), dgamma, dbeta


# %% [markdown]
# ## dropout_forward


# %% todo="dropout_forward" id="dropout_drop_p" test="test_dropout_forward_train" says="p is taken as the probability to drop"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(*x.shape) > p) / (1 - p)
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_precedence" test="test_dropout_forward_train" says="nothing is dropped"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = np.random.rand(*x.shape) < p / p
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_randn" test="test_dropout_forward_train" says="drawn from the normal distribution"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.randn(*x.shape) < p) / p
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_not_scaled" test="test_dropout_forward_train" says="what is kept is not divided by p"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = np.random.rand(*x.shape) < p
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_divided_by_rest" test="test_dropout_forward_train" says="divided by 1 - p"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / (1 - p)
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_shared_mask" test="test_dropout_forward_train" says="one mask for all samples" first="one number decides for a whole row or column: draw one for each entry of x"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(x.shape[1]) < p) / p
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_whole_samples" test="test_dropout_forward_train" says="whole samples are dropped" first="one number decides for a whole row or column: draw one for each entry of x"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(len(x), 1) < p) / p
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_noise" test="test_dropout_forward_train" says="how many factors are neither of the two"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    u = np.random.rand(*x.shape)
    mask = np.where(u < 0.8 * p, 1 / p, 0.5 / p) * (u < p)
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_scaled_at_test" test="test_dropout_forward_test_mode" says="x is multiplied by p at test time" first="x is scaled at test time"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return p * x, (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / p
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_divided_at_test" test="test_dropout_forward_test_mode" says="x is divided by p at test time"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x / p, (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / p
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_in_place" test="test_dropout_forward_test_mode" says="x after the calls" first="x itself was changed while training: multiply into a new array"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / p
    x *= mask
    return x, (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_no_seed" test="test_dropout_forward_seed" says="the seed is not used"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / p
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_one_seed" test="test_dropout_forward_seed" says="always the same mask"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    np.random.seed(231)
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / p
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_float64" test="test_dropout_forward_seed" says="is the output of a float32 array float32"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / p
    return x * mask, (dropout_param, mask)


# %% todo="dropout_forward" id="dropout_loop" test="test_dropout_forward_seed" says="Python steps for 64 samples"
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = np.array([(np.random.rand(x.shape[1]) < p) / p for _ in x])
    return (x * mask).astype(x.dtype), (dropout_param, mask)


# %% [markdown]
# ## dropout_backward


# %% todo="dropout_backward" id="dropout_back_no_scale" test="test_dropout_backward_train" says="1/p is missing"
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return dout
    return dout * (mask > 0)


# %% todo="dropout_backward" id="dropout_back_scaled_twice" test="test_dropout_backward_train" says="1/p counts twice"
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return dout
    return dout * mask / p


# %% todo="dropout_backward" id="dropout_back_everywhere" test="test_dropout_backward_train" says="the gradient passes everywhere" first="the gradient passes where numbers were dropped too"
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return dout
    return dout


# %% todo="dropout_backward" id="dropout_back_everywhere_scaled" test="test_dropout_backward_train" says="the gradient passes everywhere, with 1/p"
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return dout
    return dout / p


# %% todo="dropout_backward" id="dropout_back_new_mask" test="test_dropout_backward_train" says="at how many places does one direction pass"
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return dout
    return dout * (np.random.rand(*dout.shape) < p) / p


# %% todo="dropout_backward" id="dropout_back_in_place" test="test_dropout_backward_train" says="dout after the call"
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        dout *= mask
    return dout


# %% todo="dropout_backward" id="dropout_back_test_times_p" test="test_dropout_backward_test_mode" says="multiplied by p"
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return p * dout
    return dout * mask


# %% todo="dropout_backward" id="dropout_back_test_by_p" test="test_dropout_backward_test_mode" says="divided by p"
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return dout / p
    return dout * mask


# %% [markdown]
# ## initial_scales


# %% todo="initial_scales" id="scales_gamma_zero" test="test_initial_scales_values" says="gamma begins at 0" first="a scale of 0 would make every output beta"
@method_of(FullyConnectedNet)
def initial_scales(self, hidden_dims):
    scales = {}
    for layer, size in enumerate(hidden_dims, start=1):
        if self.normalization is not None:
            scales[f"gamma{layer}"] = np.zeros(size)
            scales[f"beta{layer}"] = np.zeros(size)
    return scales


# %% todo="initial_scales" id="scales_beta_one" test="test_initial_scales_values" says="beta begins at 1"
@method_of(FullyConnectedNet)
def initial_scales(self, hidden_dims):
    scales = {}
    for layer, size in enumerate(hidden_dims, start=1):
        if self.normalization is not None:
            scales[f"gamma{layer}"] = np.ones(size)
            scales[f"beta{layer}"] = np.ones(size)
    return scales


# %% todo="initial_scales" id="scales_batchnorm_only" test="test_initial_scales_values" says="only batch norm has got them"
@method_of(FullyConnectedNet)
def initial_scales(self, hidden_dims):
    scales = {}
    for layer, size in enumerate(hidden_dims, start=1):
        if self.normalization == "batchnorm":
            scales[f"gamma{layer}"] = np.ones(size)
            scales[f"beta{layer}"] = np.zeros(size)
    return scales


# %% todo="initial_scales" id="scales_not_the_last" test="test_initial_scales_values" says="the last hidden layer has none"
@method_of(FullyConnectedNet)
def initial_scales(self, hidden_dims):
    scales = {}
    for layer, size in enumerate(hidden_dims[:-1], start=1):
        if self.normalization is not None:
            scales[f"gamma{layer}"] = np.ones(size)
            scales[f"beta{layer}"] = np.zeros(size)
    return scales


# %% todo="initial_scales" id="scales_rows" test="test_initial_scales_values" says="rows of shape (1, size)"
@method_of(FullyConnectedNet)
def initial_scales(self, hidden_dims):
    scales = {}
    for layer, size in enumerate(hidden_dims, start=1):
        if self.normalization is not None:
            scales[f"gamma{layer}"] = np.ones((1, size))
            scales[f"beta{layer}"] = np.zeros((1, size))
    return scales


# %% todo="initial_scales" id="scales_last_layer" test="test_initial_scales_values" says="the last layer has them too" first="the last layer must not be normalised"
@method_of(FullyConnectedNet)
def initial_scales(self, hidden_dims):
    scales = {}
    for layer, size in enumerate([*hidden_dims, 10], start=1):
        if self.normalization is not None:
            scales[f"gamma{layer}"] = np.ones(size)
            scales[f"beta{layer}"] = np.zeros(size)
    return scales


# %% todo="initial_scales" id="scales_always" test="test_initial_scales_values" says="a net without normalisation has them too"
@method_of(FullyConnectedNet)
def initial_scales(self, hidden_dims):
    scales = {}
    for layer, size in enumerate(hidden_dims, start=1):
        if True:
            scales[f"gamma{layer}"] = np.ones(size)
            scales[f"beta{layer}"] = np.zeros(size)
    return scales


# %% [markdown]
# ## hidden_forward


# %% todo="hidden_forward" id="forward_relu_first" test="test_hidden_forward_batchnorm" says="the ReLU comes before the normalisation"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    out, relu_cache = relu_forward(out)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_no_norm" test="test_hidden_forward_batchnorm" says="nothing is normalised"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is True:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_always_layernorm" test="test_hidden_forward_batchnorm" says="layer norm in place of batch norm"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batch":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_no_relu" test="test_hidden_forward_batchnorm" says="the ReLU is missing"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    relu_cache = out
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_gamma_fixed" test="test_hidden_forward_batchnorm" says="gamma and beta are left at 1 and 0"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = np.ones_like(b), np.zeros_like(b)
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_no_mode" test="test_hidden_forward_test_mode" says="the mode is not set: it is still training" first="the mode is not set, or the running averages were written into a copy"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_copy" test="test_hidden_forward_test_mode" says="the running averages are lost" first="the mode is not set, or the running averages were written into a copy"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = {**self.bn_params[layer - 1], "mode": mode}
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_no_layernorm" test="test_hidden_forward_layernorm" says="nothing is normalised"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_no_dropout" test="test_hidden_forward_dropout" says="there is no dropout"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if False:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_dropout_twice" test="test_hidden_forward_dropout" says="dropout acts twice"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
        seed = {**self.dropout_param, "seed": 0}
        out, _ = dropout_forward(relu_forward(affine_forward(x, W, b)[0])[0], seed)
        out, dropout_cache = dropout_forward(out, seed)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_dropout_at_test" test="test_hidden_forward_dropout" says="scores in test mode"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = "train"
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_centred_input" test="test_hidden_forward_test_mode" says="scores of three samples in test mode"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    x = x - x.mean(axis=0)
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_single_in_training" test="test_hidden_forward_test_mode" says="scores of the first of them alone" first="a single sample is not scored in test mode"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode if len(x) > 1 else "train"
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode if len(x) > 1 else "train"
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_layernorm_at_test" test="test_hidden_forward_layernorm" says="their loss"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        elif mode == "test":
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_float64" test="test_hidden_forward_layernorm" says="are the scores of a float32 net float32"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, np.array(b, dtype=float))
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_dropout_on_half" test="test_hidden_forward_dropout" says="share of them that is kept"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        param["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        half = out.shape[1] // 2
        dropped, dropout_cache = dropout_forward(out[:, :half], self.dropout_param)
        out = np.hstack([dropped, out[:, half:]])
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% todo="hidden_forward" id="forward_next_layer" test="test_hidden_forward_test_mode" says="scores of three samples in test mode"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    norm_cache = dropout_cache = None
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        param = self.bn_params[layer - 1]
        self.bn_params[layer - 2]["mode"] = mode
        if self.normalization == "batchnorm":
            out, norm_cache = batchnorm_forward(out, gamma, beta, param)
        else:
            out, norm_cache = layernorm_forward(out, gamma, beta, param)
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_self.bn_params[layer - 2]["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)


# %% [markdown]
# ## hidden_backward


# %% todo="hidden_backward" id="backward_no_relu" test="test_hidden_backward_batchnorm" says="the ReLU's way back is missing"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx, grads


# %% todo="hidden_backward" id="backward_swapped" test="test_hidden_backward_batchnorm" says="gamma and beta are swapped"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout, grads[f"beta{layer}"], grads[f"gamma{layer}"] = dnorm, dgamma, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout, grads[f"beta{layer}"], grads[f"gamma{layer}"] = dnorm, dgamma, dbeta
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx, grads


# %% todo="hidden_backward" id="backward_past_norm" test="test_hidden_backward_batchnorm" says="the gradient goes past the normalisation"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        grads[f"gamma{layer}"], grads[f"beta{layer}"] = dgamma, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        grads[f"gamma{layer}"], grads[f"beta{layer}"] = dgamma, dbeta
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx, grads


# %% todo="hidden_backward" id="backward_layer_1" test="test_hidden_backward_deep" says="stopped with KeyError" first="one is missing, or has the name of another layer's"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    dx, grads["W1"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx, grads


# %% todo="hidden_backward" id="backward_dx_half" test="test_hidden_backward_deep" says="gradients of gamma1 and beta1" first="dx is divided by N: the loss has done that already"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx / len(dx), grads


# %% todo="hidden_backward" id="backward_past_dropout" test="test_hidden_backward_dropout" says="the gradient goes past dropout"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        pass
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx, grads


# %% todo="hidden_backward" id="backward_new_dropout" test="test_hidden_backward_dropout" says="gradient of beta1, less what the units that were kept hand on"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout, _ = dropout_forward(dout, self.dropout_param)
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx, grads


# %% todo="hidden_backward" id="backward_no_gamma" test="test_hidden_backward_batchnorm" says="stopped with KeyError" first="those of gamma and beta are missing"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout = dnorm
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout = dnorm
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx, grads


# %% todo="hidden_backward" id="backward_w_mean" test="test_hidden_backward_batchnorm" says="gradient of W1" first="divided by N: the loss has done that already"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    grads[f"W{layer}"] /= len(dout)
    return dx, grads


# %% todo="hidden_backward" id="backward_w_by_layer" test="test_hidden_backward_deep" says="gradient of W2"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma, dbeta
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    grads[f"W{layer}"] /= layer
    return dx, grads


# %% todo="hidden_backward" id="backward_gamma_mean" test="test_hidden_backward_batchnorm" says="gradient of gamma1" first="half its size: hand dgamma on as it is"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    dout = relu_backward(dout, relu_cache)
    if self.normalization == "batchnorm":
        dnorm, dgamma, dbeta = batchnorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma / 2, dbeta
    elif self.normalization == "layernorm":
        dnorm, dgamma, dbeta = layernorm_backward(dout, norm_cache)
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = dnorm, dgamma / 2, dbeta
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx, grads


# %% [markdown]
# ## add_penalty


# %% todo="add_penalty" id="penalty_no_half" test="test_add_penalty_loss" says="the factor 1/2 is missing"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for layer in range(1, self.num_layers + 1):
        W = self.params[f"W{layer}"]
        loss += self.reg * np.sum(W**2)
        grads[f"W{layer}"] += self.reg * W
    return loss, grads


# %% todo="add_penalty" id="penalty_not_the_last" test="test_add_penalty_loss" says="the last layer is left out"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for layer in range(1, self.num_layers):
        W = self.params[f"W{layer}"]
        loss += 0.5 * self.reg * np.sum(W**2)
        grads[f"W{layer}"] += self.reg * W
    return loss, grads


# %% todo="add_penalty" id="penalty_not_the_first" test="test_add_penalty_loss" says="the first layer is left out"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for layer in range(2, self.num_layers + 1):
        W = self.params[f"W{layer}"]
        loss += 0.5 * self.reg * np.sum(W**2)
        grads[f"W{layer}"] += self.reg * W
    return loss, grads


# %% todo="add_penalty" id="penalty_all" test="test_add_penalty_loss" says="biases, scales and shifts are penalised too" first="gamma is penalised too"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for name, value in self.params.items():
        loss += 0.5 * self.reg * np.sum(value**2)
        grads[name] = grads[name] + self.reg * value
    return loss, grads


# %% todo="add_penalty" id="penalty_none" test="test_add_penalty_loss" says="there is no penalty"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    return loss, grads


# %% todo="add_penalty" id="penalty_by_n" test="test_add_penalty_loss" says="the penalty is divided by N"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for layer in range(1, self.num_layers + 1):
        W = self.params[f"W{layer}"]
        loss += 0.5 * self.reg * np.sum(W**2) / 5
        grads[f"W{layer}"] += self.reg * W
    return loss, grads


# %% todo="add_penalty" id="penalty_in_place" test="test_add_penalty_loss" says="computed again" first="W1 after the call"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for layer in range(1, self.num_layers + 1):
        W = self.params[f"W{layer}"]
        W *= 0.99
        loss += 0.5 * self.reg * np.sum(W**2)
        grads[f"W{layer}"] += self.reg * W
    return loss, grads


# %% todo="add_penalty" id="penalty_twice" test="test_add_penalty_gradients" says="a factor 2 too many"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for layer in range(1, self.num_layers + 1):
        W = self.params[f"W{layer}"]
        loss += 0.5 * self.reg * np.sum(W**2)
        grads[f"W{layer}"] += 2 * self.reg * W
    return loss, grads


# %% todo="add_penalty" id="penalty_no_gradient" test="test_add_penalty_gradients" says="there is no penalty"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for layer in range(1, self.num_layers + 1):
        W = self.params[f"W{layer}"]
        loss += 0.5 * self.reg * np.sum(W**2)
    return loss, grads


# %% todo="add_penalty" id="penalty_gradient_not_the_first" test="test_add_penalty_gradients" says="the first layer is left out"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for layer in range(2, self.num_layers + 1):
        W = self.params[f"W{layer}"]
        loss += 0.5 * self.reg * np.sum(W**2)
        grads[f"W{layer}"] += self.reg * W
    return loss, grads


# %% todo="add_penalty" id="penalty_gradient_replaced" test="test_add_penalty_gradients" says="takes the place of the other"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for layer in range(1, self.num_layers + 1):
        W = self.params[f"W{layer}"]
        loss += 0.5 * self.reg * np.sum(W**2)
        grads[f"W{layer}"] = self.reg * W
    return loss, grads


# %% todo="add_penalty" id="penalty_gradient_all" test="test_add_penalty_gradients" says="biases, scales and shifts are penalised too" first="gamma is penalised too"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    for name, value in self.params.items():
        loss += 0.5 * self.reg * np.sum(value**2)
        grads[name] = grads[name] + self.reg * value
    return loss, grads
