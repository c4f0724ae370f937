# %% [markdown] id="intro" report="show"
# # 5. Batch normalisation and dropout
#
# You will build layers that make deep nets easy to train: batch normalisation, layer normalisation
# and dropout, each forwards and backwards, and put them into a fully connected net of any depth.
#
# **You will learn** to carry a gradient through a graph of steps and to find the step at which it
# goes wrong, to shorten a derivation on paper until the code is twice as fast, and to tell
# what each layer does to training by experiments that change one thing at a time.
#
# **You need** the fourth notebook (layers with a forward and a backward pass, Adam, the Solver),
# and about eight hours.

# %% role="given" id="set_up"
import timeit

import numpy as np

from helpers import check, data, gradcheck, lab, plots, report
from helpers.notebook import Table, method_of
from helpers.parallel import parallel_map
from helpers.solver import Solver

check.todos(
    "batchnorm_forward",
    "batchnorm_backward",
    "batchnorm_backward_alt",
    "layernorm_forward",
    "layernorm_backward",
    "dropout_forward",
    "dropout_backward",
    "initial_scales",
    "hidden_forward",
    "hidden_backward",
    "add_penalty",
)

# %% [markdown] id="how_to" report="hide"
# ## How this notebook works
#
# As in the earlier ones: cells marked **TODO** are yours, the **check** below each tells at once
# what is right, and *Hidden test* cells are graded on inputs that you do not see here. Hints are
# folded. Before you hand in, restart the kernel and run all cells.
#
# Functions and signatures are those of Stanford's course CS231n (assignment 2), so code that you
# have written for it fits as it is.

# %% role="play" id="where_you_stand" report="hide"
check.progress()

# %% [markdown] id="layers_text" report="hide"
# ## Meet the layers that you have
#
# These are the layers of the fourth notebook, so that no mistake made there follows you here.
# To use your own, paste them into a new cell right below this one.


# %% role="given" id="layers"
def affine_forward(x, w, b):
    """Return x w + b of shape (N, M), for x of shape (N, d1, ..., dk), and the cache."""
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    """Return the gradients with respect to x, w and b, for dout of shape (N, M)."""
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    return dx, x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def relu_forward(x):
    """Return max(0, x) of any shape, and the cache."""
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    """Return the ReLU's gradient: dout where the input was above 0, else 0."""
    return dout * (cache > 0)


def affine_relu_forward(x, w, b):
    """Return the output of affine and ReLU, and the cache."""
    out, affine_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(out)
    return out, (affine_cache, relu_cache)


def affine_relu_backward(dout, cache):
    """Return the gradients of affine and ReLU with respect to x, w and b."""
    affine_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), affine_cache)


def softmax_loss(x, y):
    """Return the mean cross-entropy of scores x (N, C) and labels y (N,), and its gradient."""
    rows = np.arange(len(y))
    shifted = x - x.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(sums[:, 0]) - shifted[rows, y])
    dx = exponentials / sums
    dx[rows, y] -= 1
    return loss, dx / len(y)


# %% role="given" id="update_rules" report="hide"
def sgd(w, dw, config=None):
    """Return the weights after a step of gradient descent, and the config."""
    config = {"learning_rate": 1e-2, **(config or {})}
    return w - config["learning_rate"] * dw, config


def adam(w, dw, config=None):
    """Return the weights after a step of Adam (Kingma and Ba, 2015), and the config."""
    defaults = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    config = {**defaults, **state, **(config or {})}
    beta1, beta2, m, v = (config[name] for name in ("beta1", "beta2", "m", "v"))
    config["t"] += 1
    # In place: to make large new arrays would take most of the time.
    m *= beta1
    m += (1 - beta1) * dw
    v *= beta2
    v += (1 - beta2) * dw * dw
    # Both averages begin at zero; the divisions by 1 - beta**t make up for it.
    step = np.sqrt(v / (1 - beta2 ** config["t"]))
    step += config["epsilon"]
    np.divide(m, step, out=step)
    step *= config["learning_rate"] / (1 - beta1 ** config["t"])
    return w - step, config


# %% [markdown] id="why_text" report="show"
# ## See what goes wrong in a deep net
#
# A net learns best when the numbers in each layer are of a moderate size. You can scale the data,
# and choose the weights at the start; but each layer's input changes with all weights before it.
# Below, 200 random samples pass through two random layers, and each of the three outputs has a
# mean and a spread of its own.


# %% role="given" id="activations"
def random_activations(N, W1, W2):
    """Return what affine, ReLU, affine make of N random samples, shape (N, 3)."""
    X = np.random.randn(N, len(W1))
    return np.maximum(0, X @ W1) @ W2


np.random.seed(231)
# In this order, so that the original's published numbers come out.
X_draw, W1_draw, W2_draw = np.random.randn(200, 50), np.random.randn(50, 60), np.random.randn(60, 3)
activations = np.maximum(0, X_draw @ W1_draw) @ W2_draw
Table(
    ["feature", "mean", "standard deviation"],
    [[k, activations[:, k].mean(), activations[:, k].std()] for k in range(3)],
)

# %% [markdown] id="batchnorm_text" report="show"
# ## Normalise over the batch
#
# *Batch normalisation* (Ioffe and Szegedy, 2015) puts it right inside the net. For each feature
# $d$, take mean and variance over the $N$ samples of the batch,
#
# $$\mu_d = \frac{1}{N} \sum_i x_{id}, \qquad \sigma_d^2 = \frac{1}{N} \sum_i (x_{id} - \mu_d)^2,$$
#
# and let the net choose another scale $\gamma_d$ and shift $\beta_d$, which it learns:
#
# $$\hat{x}_{id} = \frac{x_{id} - \mu_d}{\sqrt{\sigma_d^2 + \varepsilon}}, \qquad
# y_{id} = \gamma_d\, \hat{x}_{id} + \beta_d .$$
#
# The small $\varepsilon$ stands *inside* the root: it keeps a feature that never varies from
# dividing by zero.
#
# A single test image has no batch. So training keeps *running averages*, with a momentum $m$ that
# is near 1, and test mode takes them in place of $\mu$ and $\sigma^2$:
#
# $$\bar\mu \leftarrow m \bar\mu + (1 - m)\, \mu, \qquad
# \bar{\sigma}^2 \leftarrow m \bar{\sigma}^2 + (1 - m)\, \sigma^2 .$$

# %% [markdown] id="hints_batchnorm_forward"
# <details><summary>Hint 1: the direction</summary>
# Both modes normalise in the same way and end in the same line; they differ in where mean and
# variance come from. In training, take them along the samples, and move the running averages.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# <code>x.mean(axis=0)</code> and <code>x.var(axis=0)</code> have shape (D,); NumPy's variance
# divides by N, as it should here. The running averages begin at zeros.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# New average: momentum times the old one plus (1 - momentum) times that of this batch; put it back
# with <code>bn_param["running_mean"] = ...</code>. Keep the normalised x, gamma and 1 over the
# root for the backward pass.
# </details>


# %% role="todo" id="batchnorm_forward"
def batchnorm_forward(x, gamma, beta, bn_param):
    """Normalise each feature over the batch, then scale and shift it.

    Parameters
    ----------
    x : ndarray, shape (N, D), float
        One row per sample; not changed.
    gamma, beta : ndarray, shape (D,), float
        Learnt scale and shift, in the units of the output.
    bn_param : dict
        ``mode``: "train" or "test". ``eps``: in units of variance, 1e-5 if it is left out.
        ``momentum`` of the running averages, 0.9 if it is left out. ``running_mean`` and
        ``running_var``, each of shape (D,), zeros if they are left out: training writes the new
        ones back into this dictionary.

    Returns
    -------
    out : ndarray, shape (N, D), float
        Of x's dtype.
    cache : tuple
        What the backward pass needs; nobody else looks into it. In test mode it may be None.

    Raises
    ------
    ValueError
        If ``mode`` is neither "train" nor "test"; not graded.

    References
    ----------
    Ioffe and Szegedy, Batch Normalization, 2015, Algorithms 1 and 2.
    """
    # TODO: mean and variance, by mode; normalise; scale and shift.
    ### BEGIN SOLUTION
    mode, eps = bn_param["mode"], bn_param.get("eps", 1e-5)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if mode == "test":
        return gamma * ((x - running_mean) / np.sqrt(running_var + eps)) + beta, None
    if mode != "train":
        raise ValueError(f'mode is {mode!r}; it must be "train" or "test"')
    centred = x - x.mean(axis=0)
    var = np.mean(centred * centred, axis=0)
    momentum = bn_param.get("momentum", 0.9)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * x.mean(axis=0)
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = centred * inv_std
    return gamma * x_hat + beta, (x_hat, gamma, inv_std, centred)
    ### END SOLUTION


# %% role="check" id="check_batchnorm_forward"
with check.todo("batchnorm_forward"):
    x = activations.copy()
    out, _ = batchnorm_forward(x, np.ones(3), np.zeros(3), {"mode": "train"})
    check.close(
        "means of the three features, gamma 1 and beta 0",
        np.mean(out, axis=0),
        np.zeros(3),
        hint="subtract each feature's mean over the batch, axis 0",
        mistakes={
            "the mean is not subtracted": np.mean(x / np.std(x, axis=0), axis=0),
            "each sample is normalised over its features: that is layer norm": [
                0.043397057,
                -0.320809987,
                0.27741293,
            ],
            "one mean and one variance for all features": [0.0638796083, -0.254520648, 0.19064104],
        },
    )
    check.close(
        "their standard deviations",
        np.std(out, axis=0),
        np.ones(3),
        rtol=0,
        atol=2e-8,  # eps takes a little away: the original prints .99999999
        hint="divide by the root of the variance",
        mistakes={
            "divided by the variance, not by its root": 1 / np.std(x, axis=0),
            "the variance is divided by N - 1, not by N": [0.99749686, 0.997496863, 0.997496864],
            "eps stands outside the root": [0.999999632, 0.999999708, 0.999999735],
        },
    )
    out, _ = batchnorm_forward(
        x, np.array([1.0, 2, 3]), np.array([11.0, 12, 13]), {"mode": "train"}
    )
    check.close(
        "means, with gamma 1, 2, 3 and beta 11, 12, 13",
        np.mean(out, axis=0),
        [11, 12, 13],
        hint="gamma * x_hat + beta",
        mistakes={
            "beta is forgotten": np.zeros(3),
            "the shift comes before the scale": [11.0, 24.0, 39.0],
        },
    )
    check.close(
        "standard deviations, with gamma 1, 2, 3",
        np.std(out, axis=0),
        [1, 2, 3],
        rtol=0,
        atol=5e-8,
        hint="gamma * x_hat + beta",
        mistakes={"gamma is forgotten": np.ones(3)},
    )
    out, _ = batchnorm_forward(
        np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), {"mode": "train", "eps": 3.0}
    )
    check.close(
        "1 and 3, normalised with eps = 3",
        out,
        [[-0.5], [0.5]],
        hint="the variance is 1, so the root is that of 1 + 3",
        mistakes={
            "eps stands outside the root": [[-0.25], [0.25]],
            "eps is not taken from bn_param": np.array([[-1.0], [1.0]]) / np.sqrt(1 + 1e-5),
        },
    )

# %% role="check" id="check_batchnorm_forward_test_mode"
with check.todo("batchnorm_forward"):
    np.random.seed(231)
    W1, W2 = np.random.randn(50, 60), np.random.randn(60, 3)
    bn_param = {"mode": "train"}
    for _ in range(50):
        batchnorm_forward(random_activations(200, W1, W2), np.ones(3), np.zeros(3), bn_param)
    bn_param["mode"] = "test"
    out, _ = batchnorm_forward(random_activations(200, W1, W2), np.ones(3), np.zeros(3), bn_param)
    check.close(
        "means in test mode after 50 training batches, as published",
        np.mean(out, axis=0),
        [-0.03927354, -0.04349152, -0.10452688],
        rtol=0,
        atol=1e-7,
        hint="test mode takes the running averages that training has written into bn_param",
        mistakes={
            "test mode takes the mean of its own batch": np.zeros(3),
            "it is not written into bn_param": [-533.69631208, 5382.08462562, 3289.91934805],
            "momentum and 1 - momentum are swapped": [-0.0081935, -0.0269306, -0.06083509],
            "only the last batch counts": [-0.04502703, 0.43128543, 0.25255623],
            "an average of standard deviations, not of variances": [
                -0.23188545,
                -0.25906202,
                -0.63026885,
            ],
        },
    )
    check.close(
        "standard deviations in test mode, as published",
        np.std(out, axis=0),
        [1.01531428, 1.01238373, 0.97819988],
        rtol=0,
        atol=1e-7,
        hint="average the variance (that of NumPy, divided by N), and add eps inside the root",
        mistakes={
            "eps stands outside the root": [1.01531399, 1.01238345, 0.97819961],
            "the variance is divided by N - 1": [1.01277281, 1.0098496, 0.97575131],
            "momentum and 1 - momentum are swapped": [1.0642, 1.0307, 0.9541],
        },
    )

# %% role="test" id="test_batchnorm_forward_train" points=2
"""In training each feature is normalised over the batch, with the right variance and eps."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, gamma, beta = rng.normal(3, 2, size=(6, 4)), rng.uniform(1, 3, 4), rng.normal(size=4)
out, _ = batchnorm_forward(x.copy(), gamma.copy(), beta.copy(), {"mode": "train"})
mean, var = x.mean(axis=0), x.var(axis=0)
check.close(
    "a batch of six samples and four features",
    out,
    gamma * (x - mean) / np.sqrt(var + 1e-5) + beta,
    hint="gamma * (x - mean) / sqrt(var + eps) + beta, with mean and variance over axis 0",
    mistakes={
        "the variance is divided by N - 1, not by N": gamma
        * (x - mean)
        / np.sqrt(var * 6 / 5 + 1e-5)
        + beta,
        "each sample is normalised over its features: that is layer norm": gamma
        * (x - x.mean(axis=1, keepdims=True))
        / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
        + beta,
        "one mean and one variance for all features": gamma
        * (x - x.mean())
        / np.sqrt(x.var() + 1e-5)
        + beta,
        "gamma and beta are forgotten": (x - mean) / np.sqrt(var + 1e-5),
        "divided by the variance, not by its root": gamma * (x - mean) / (var + 1e-5) + beta,
        "the shift comes before the scale": gamma * ((x - mean) / np.sqrt(var + 1e-5) + beta),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_batchnorm_forward_eps" points=1
"""Where the variance is tiny, eps decides: it is the given one, inside the root."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, gamma, beta = rng.normal(3, 2, size=(6, 4)), rng.uniform(1, 3, 4), rng.normal(size=4)
mean, var = x.mean(axis=0), x.var(axis=0)
small = 0.01 * x
out, _ = batchnorm_forward(small.copy(), gamma.copy(), beta.copy(), {"mode": "train", "eps": 0.5})
check.close(
    "a batch of tiny variance with eps = 0.5",
    out,
    gamma * (small - 0.01 * mean) / np.sqrt(1e-4 * var + 0.5) + beta,
    hint="eps stands inside the root, and comes from bn_param",
    mistakes={
        "eps stands outside the root": gamma * 0.01 * (x - mean) / (0.01 * np.sqrt(var) + 0.5)
        + beta,
        "eps is not taken from bn_param": gamma * 0.01 * (x - mean) / np.sqrt(1e-4 * var + 1e-5)
        + beta,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_batchnorm_forward_running" points=2
"""Training writes running averages of mean and variance, each of shape (D,), into bn_param."""
### BEGIN HIDDEN TESTS
rng = check.rng()
first, second = rng.normal(3, 2, size=(2, 5, 3))
gamma, beta = rng.uniform(1, 3, 3), rng.normal(size=3)
bn_param = {"mode": "train"}
batchnorm_forward(first.copy(), gamma, beta, bn_param)
batchnorm_forward(second.copy(), gamma, beta, bn_param)
check.close(
    "running mean after two batches, with the default momentum",
    bn_param.get("running_mean", 0.0),
    0.09 * first.mean(axis=0) + 0.1 * second.mean(axis=0),
    hint="0.9 times the old average plus 0.1 times the mean of the batch, written into bn_param",
    mistakes={
        "it is not written into bn_param": 0.0,
        "momentum and 1 - momentum are swapped": 0.09 * first.mean(axis=0)
        + 0.9 * second.mean(axis=0),
        "only the last batch counts": 0.1 * second.mean(axis=0),
    },
)
check.close(
    "running variance after two batches",
    bn_param.get("running_var", 0.0),
    0.09 * first.var(axis=0) + 0.1 * second.var(axis=0),
    hint="an average of the variances (divided by N), not of their roots",
    mistakes={
        "an average of standard deviations, not of variances": 0.09 * first.std(axis=0)
        + 0.1 * second.std(axis=0),
    },
)
bn_param = {
    "mode": "train",
    "momentum": 0.5,
    "running_mean": beta.copy(),
    "running_var": gamma.copy(),
}
batchnorm_forward(first.copy(), gamma, beta, bn_param)
check.close(
    "running variance that goes on from a given one, with momentum 0.5",
    bn_param["running_var"],
    0.5 * gamma + 0.5 * first.var(axis=0),
    hint="take momentum and the old averages from bn_param",
    mistakes={"momentum is not taken from bn_param": 0.9 * gamma + 0.1 * first.var(axis=0)},
)
### END HIDDEN TESTS

# %% role="test" id="test_batchnorm_forward_test_mode" points=2
"""Test mode takes the running averages, gamma and beta, also for a single sample."""
### BEGIN HIDDEN TESTS
rng = check.rng()
mean, var = rng.normal(size=4), rng.uniform(0.01, 0.5, size=4)
gamma, beta = rng.uniform(1.5, 3, 4), rng.normal(3, 1, size=4)
x = rng.normal(size=(5, 4))
bn_param = {"mode": "test", "eps": 0.25, "running_mean": mean.copy(), "running_var": var.copy()}
before = x.copy()
out, _ = batchnorm_forward(x, gamma, beta, bn_param)
after, x = x, before
normalised = (x - mean) / np.sqrt(var + 0.25)
check.close(
    "five samples in test mode, with eps = 0.25",
    out,
    gamma * normalised + beta,
    hint="gamma * (x - running_mean) / sqrt(running_var + eps) + beta",
    mistakes={
        "test mode takes mean and variance of its own batch": gamma
        * (x - x.mean(axis=0))
        / np.sqrt(x.var(axis=0) + 0.25)
        + beta,
        "test mode leaves out gamma and beta": normalised,
        "eps stands outside the root": gamma * (x - mean) / (np.sqrt(var) + 0.25) + beta,
        "eps is missing in test mode": gamma * (x - mean) / np.sqrt(var) + beta,
    },
)
check.close(
    "running mean after test mode",
    bn_param["running_mean"],
    mean,
    hint="only training moves the running averages",
    mistakes={"test mode moves the running mean": 0.9 * mean + 0.1 * x.mean(axis=0)},
)
check.close("x after the call", after, x, hint="compute into new arrays: x belongs to the caller")
single, _ = batchnorm_forward(x[:1].copy(), gamma, beta, bn_param)
check.close(
    "a single sample in test mode",
    single,
    gamma * normalised[:1] + beta,
    hint="a sample's output does not depend on the others",
)
### END HIDDEN TESTS

# %% role="test" id="test_batchnorm_forward_in_order" points=1
"""The inputs are left as they were, float32 stays float32, and no loop runs over the samples."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn = rng.normal(2, 3, size=(64, 3))
gamma, beta = rng.uniform(1, 3, 3), rng.normal(size=3)
x, scale, shift = drawn.copy(), gamma.copy(), beta.copy()
out, _ = batchnorm_forward(x, scale, shift, {"mode": "train"})
check.close(
    "a batch of 64",
    out,
    gamma * (drawn - drawn.mean(axis=0)) / np.sqrt(drawn.var(axis=0) + 1e-5) + beta,
    hint="gamma * (x - mean) / sqrt(var + eps) + beta",
)
check.close("x after the call", x, drawn, hint="compute into new arrays: x belongs to the caller")
check.close(
    "gamma and beta after the call",
    [scale, shift],
    [gamma, beta],
    hint="compute into new arrays",
)
halves = [array.astype(np.float32) for array in (drawn, gamma, beta)]
bn_param = {"mode": "train"}
trained, _ = batchnorm_forward(*halves, bn_param)
bn_param["mode"] = "test"
tested, _ = batchnorm_forward(*halves, bn_param)
check.equal(
    "is the output of float32 arrays float32, in training and in test mode",
    [np.asarray(trained).dtype == np.float32, np.asarray(tested).dtype == np.float32],
    [True, True],
    hint="make no float64 array: np.zeros makes one unless it is given x.dtype",
)
check.vectorised(
    "batch norm has no loop over the samples",
    lambda n: batchnorm_forward(x[:n], gamma, beta, {"mode": "train"}),
    hint="mean and variance along axis 0 take all samples at once",
)
### END HIDDEN TESTS

# %% [markdown] id="graph_text" report="show"
# ## Draw the steps as a graph
#
# For the way back, cut the forward pass into steps so small that each one's derivative is plain.
# A *node* holds an array; blue arrows run forwards. Each node's gradient, in orange, is named after
# it: `dvar` says how the loss changes with the variance.
#
# Two rules carry a gradient back through this graph.
#
# - A node that several arrows *leave* (here `centred`, `x`) gets the *sum* of what comes back.
# - Where a step *repeats* a row for all samples, as `x - mean` does, the way back *sums* over the
#   samples; where a step takes the mean, the way back *spreads* the gradient, a share of $1/N$ to
#   each.


# %% role="given" id="graph"
Node = gradcheck.Node
batchnorm_graph = gradcheck.Graph(
    [
        Node("x", place=(0, 1.1)),
        Node("mean", ("x",), lambda x: x.mean(axis=0), "mean of x", (0.75, 0)),
        Node("centred", ("x", "mean"), lambda x, mean: x - mean, "x − mean", (1.5, 1.1)),
        Node("squares", ("centred",), lambda centred: centred**2, "centred²", (2.25, 0)),
        Node("var", ("squares",), lambda squares: squares.mean(axis=0), "mean of sq.", (3.35, 0)),
        Node("std", ("var",), lambda var: np.sqrt(var + 1e-5), "√(var + ε)", (4.45, 0)),
        Node("inv_std", ("std",), lambda std: 1 / std, "1 / std", (5.55, 0)),
        Node("x_hat", ("centred", "inv_std"), lambda a, b: a * b, "centred · inv", (6.3, 1.1)),
        Node("gamma", place=(6.65, 2.2)),
        Node("scaled", ("x_hat", "gamma"), lambda a, b: a * b, "x_hat · γ", (7.4, 1.1)),
        Node("beta", place=(7.75, 2.2)),
        Node("out", ("scaled", "beta"), lambda a, b: a + b, "scaled + β", (8.5, 1.1)),
    ]
)

# %% role="play" id="graph_drawn" report="output"
plots.computation_graph(batchnorm_graph.nodes)

# %% [markdown] id="batchnorm_backward_text" report="show"
# ## Go back through the graph
#
# Start from `dout` at the right and take one node at a time. Per sample $i$ (the feature's index is
# left out), with $g_i$ the gradient at the node that a step feeds:
#
# | step | the way back |
# | --- | --- |
# | $y_i = z_i + \beta$ | $d\beta = \sum_i g_i$, and $g_i$ goes on |
# | $z_i = \gamma \hat{x}_i$ | $d\gamma = \sum_i g_i \hat{x}_i$, $\; d\hat{x}_i = \gamma g_i$ |
# | $\hat{x}_i = c_i\, s^{-1}$ | $dc_i$ gets $g_i\, s^{-1}$, $\; d(s^{-1}) = \sum_i g_i c_i$ |
# | $s^{-1} = 1/s$ | $ds = -g / s^2$ |
# | $s = \sqrt{\sigma^2 + \varepsilon}$ | $d\sigma^2 = g / (2 s)$ |
# | $\sigma^2 = \frac{1}{N} \sum_i q_i$ | $dq_i = g / N$ |
# | $q_i = c_i^2$ | $dc_i$ gets $2 c_i\, g_i$ too |
# | $c_i = x_i - \mu$ | $dx_i$ gets $g_i$, $\; d\mu = -\sum_i g_i$ |
# | $\mu = \frac{1}{N} \sum_i x_i$ | $dx_i$ gets $g / N$ too |

# %% [markdown] id="hints_batchnorm_backward"
# <details><summary>Hint 1: the direction</summary>
# One line a row of the table, from its top. Name each gradient as the drawing does: the cell after
# the check then tells for each one whether it is right.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# Sums over the samples are sums over axis 0. Two nodes get two parts each: dcentred from x_hat and
# from the squares, dx from centred and from the mean.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>dx_hat = dout * gamma</code>; dinv_std is the sum of dx_hat times centred over axis 0; dvar
# is dinv_std times -1/2 times inv_std to the third power (two rows of the table in one). At the
# end, dx is dcentred less its own mean over the samples.
# </details>


# %% role="todo" id="batchnorm_backward"
def batchnorm_backward(dout, cache):
    """Carry the gradient back through batch normalisation in training, node by node.

    Parameters
    ----------
    dout : ndarray, shape (N, D), float
        Gradient of the loss with respect to the output; not changed.
    cache : tuple
        From ``batchnorm_forward`` in training.

    Returns
    -------
    dx : ndarray, shape (N, D), float
    dgamma, dbeta : ndarray, shape (D,), float

    References
    ----------
    Ioffe and Szegedy, Batch Normalization, 2015, section 3.
    """
    # TODO: one line a node, from the right of the drawing to its left.
    ### BEGIN SOLUTION
    x_hat, gamma, inv_std, centred = cache
    N = len(dout)
    dscaled = dout
    dbeta = dout.sum(axis=0)
    dgamma = (dscaled * x_hat).sum(axis=0)
    dx_hat = dscaled * gamma
    dinv_std = (dx_hat * centred).sum(axis=0)
    dstd = -dinv_std * inv_std**2
    dvar = dstd * inv_std / 2
    dsquares = dvar / N  # the same for each sample
    dcentred = dx_hat * inv_std + 2 * centred * dsquares
    dmean = -dcentred.sum(axis=0)
    dx = dcentred + dmean / N
    return dx, dgamma, dbeta
    ### END SOLUTION


# %% role="check" id="check_batchnorm_backward"
with check.todo("batchnorm_backward"):
    np.random.seed(231)
    x = 5 * np.random.randn(4, 5) + 12
    gamma, beta, dout = np.random.randn(5), np.random.randn(5), np.random.randn(4, 5)
    values = batchnorm_graph.values(x=x, gamma=gamma, beta=beta)
    right = batchnorm_graph.gradients(values, dout)
    out, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
    dx, dgamma, dbeta = batchnorm_backward(dout, cache)
    g = dout * gamma * values["inv_std"]
    check.close(
        "gradient of beta against the numerical one",
        dbeta,
        right["beta"],
        rtol=1e-6,
        hint="the sum of dout over the samples, axis 0",
        mistakes={
            "divided by N": [0.021154003, 0.14768404, 0.31670778, -0.43857003, -0.20079303],
        },
    )
    check.close(
        "gradient of gamma against the numerical one",
        dgamma,
        right["gamma"],
        rtol=1e-6,
        hint="the sum of dout * x_hat over the samples, axis 0",
        mistakes={
            "x_hat is left out": right["beta"],
            "x in place of x_hat": [7.1645265, 12.51806, 36.333296, -14.35455, -4.1071694],
            "divided by N": [0.5726207, 0.34812227, 0.7333764, 0.24558636, 0.5208153],
            "summed over everything to one number": 9.682084,
        },
    )
    # One feature by hand: the mean is 1, the variance 3, so with eps = 1 the root is 2.
    one, eps = np.array([[0.0], [0.0], [0.0], [4.0]]), {"mode": "train", "eps": 1.0}
    _, cache = batchnorm_forward(one, np.array([2.0]), np.array([0.0]), eps)
    check.close(
        "gradient of x where x is 0, 0, 0, 4, dout is 4, 2, 0, -2, gamma 2 and eps 1",
        batchnorm_backward(np.array([[4.0], [2.0], [0.0], [-2.0]]), cache)[0],
        [[2.25], [0.25], [-1.75], [-0.75]],
        hint="x_hat is -0.5, -0.5, -0.5, 1.5; dbeta is 4, dgamma is -6",
        mistakes={
            "the paths through the mean and through the variance are missing": [
                [4.0],
                [2.0],
                [0.0],
                [-2.0],
            ],
            "the path through the variance is missing": [[3.0], [1.0], [-1.0], [-3.0]],
            "the path through the mean is missing": [[3.25], [1.25], [-0.75], [0.25]],
            "gamma is missing": [[1.125], [0.125], [-0.875], [-0.375]],
            "the gradient of the mean is not divided by N": [[-0.75], [-2.75], [-4.75], [-3.75]],
            "the gradient of the variance is not divided by N": [[0.0], [-2.0], [-4.0], [6.0]],
            "the path through the variance has the wrong sign": [[3.75], [1.75], [-0.25], [-5.25]],
        },
    )
    check.close(
        "gradient of x against the numerical one",
        dx,
        right["x"],
        rtol=1e-6,
        atol=1e-8,
        hint="run the next cell: it tells at which node the gradient goes wrong",
        mistakes={
            "the path through the mean and that through the variance are missing": g,
            "the path through the variance is missing": g - g.mean(axis=0),
            "the path through the mean is missing": right["x"] + g.mean(axis=0),
        },
    )

# %% [markdown] id="trace_text" report="hide"
# ## Find the node at which it goes wrong
#
# The cell below needs no backward pass: it moves each node of the graph a little up and down, and
# looks at what the output does. Then it calls your function and reads the variables that are named
# as in the drawing; you may leave any of them out. Read the table from its top: the first gradient
# that is wrong is the one to mend, for those below it are computed from it.


# %% role="play" id="node_by_node" report="output"
def trace(graph, backward, cache, dout, **inputs):
    """Compare each node's gradient with the variable of your backward pass that has its name."""
    right = graph.gradients(graph.values(**inputs), dout)
    rows = gradcheck.compare_nodes(right, gradcheck.variables_of(backward, dout, cache))
    return Table(["gradient", "yours is", "largest difference"], rows)


rng = np.random.default_rng(5)
trace_x, trace_dout = rng.normal(3, 2, size=(2, 4, 3))
trace_gamma, trace_beta = rng.uniform(1, 3, 3), rng.normal(size=3)
_, trace_cache = batchnorm_forward(trace_x, trace_gamma, trace_beta, {"mode": "train"})
trace(
    batchnorm_graph,
    batchnorm_backward,
    trace_cache,
    trace_dout,
    x=trace_x,
    gamma=trace_gamma,
    beta=trace_beta,
)

# %% role="test" id="test_batchnorm_backward_dx" points=3
"""dx is right for a random upstream gradient: all paths, gamma and eps count."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, dout = rng.normal(2, 3, size=(6, 4)), rng.normal(0.5, 1, size=(6, 4))
gamma, beta = rng.uniform(1.5, 3, 4), rng.normal(size=4)
_, cache = batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": 2.0})
dx, _, _ = batchnorm_backward(dout, cache)
inv_std = 1 / np.sqrt(x.var(axis=0) + 2)
x_hat = (x - x.mean(axis=0)) * inv_std
g = dout * gamma * inv_std
by_mean, by_var = g.mean(axis=0), x_hat * (g * x_hat).mean(axis=0)
check.close(
    "dx for six samples and four features, with eps = 2",
    dx,
    g - by_mean - by_var,
    hint="compare each node with the numerical gradient, in the cell below the check",
    mistakes={
        "the paths through the mean and through the variance are missing": g,
        "the path through the variance is missing": g - by_mean,
        "the path through the mean is missing": g - by_var,
        "gamma is missing": (g - by_mean - by_var) / gamma,
        "the gradient of the mean is not divided by N": g - 6 * by_mean - by_var,
        "the gradient of the variance is not divided by N": g - by_mean - 6 * by_var,
        "the path through the variance has the wrong sign": g - by_mean + by_var,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_batchnorm_backward_dgamma" points=2
"""dgamma and dbeta are sums over the samples."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, dout = rng.normal(1, 2, size=(5, 3)), rng.normal(0.5, 1, size=(5, 3))
gamma, beta = rng.uniform(1.5, 3, 3), rng.normal(size=3)
_, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
_, dgamma, dbeta = batchnorm_backward(dout, cache)
x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)
check.close(
    "dgamma for five samples and three features",
    dgamma,
    (dout * x_hat).sum(axis=0),
    hint="the sum of dout * x_hat over axis 0",
    mistakes={
        "x in place of x_hat": (dout * x).sum(axis=0),
        "divided by N": (dout * x_hat).mean(axis=0),
        "summed over everything to one number": (dout * x_hat).sum(),
    },
)
check.close(
    "dbeta for five samples",
    dbeta,
    dout.sum(axis=0),
    hint="the sum of dout over axis 0",
    mistakes={"divided by N": dout.mean(axis=0)},
)
### END HIDDEN TESTS

# %% role="test" id="test_batchnorm_backward_in_order" points=1
"""dout is left as it was, a second call gives the same, and no loop runs over the samples."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, drawn = rng.normal(1, 2, size=(2, 64, 3))
gamma, beta = rng.uniform(1.5, 3, 3), rng.normal(size=3)
dout = drawn.copy()
_, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
batchnorm_backward(dout, cache)
dx, _, _ = batchnorm_backward(dout, cache)
inv_std = 1 / np.sqrt(x.var(axis=0) + 1e-5)
x_hat = (x - x.mean(axis=0)) * inv_std
g = drawn * gamma * inv_std
check.close("dout after two calls", dout, drawn, hint="compute into new arrays")
check.close(
    "dx of the second call",
    dx,
    g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0),
    hint="change neither dout nor what the cache holds",
)
check.vectorised(
    "the way back has no loop over the samples",
    lambda n: batchnorm_backward(
        drawn[:n], batchnorm_forward(x[:n], gamma, beta, {"mode": "train"})[1]
    ),
    hint="sum over axis 0",
)
### END HIDDEN TESTS

# %% [markdown] id="alt_text" report="show"
# ## Shorten it on paper
#
# Nine nodes cost nine passes over the arrays. Put the chain together first. With
# $s = \sqrt{\sigma^2 + \varepsilon}$, and $\partial \mu / \partial x_i = 1/N$,
#
# $$\frac{\partial s}{\partial x_i} = \frac{1}{2 s} \cdot \frac{2}{N} \sum_j (x_j - \mu)
# \Big(\delta_{ij} - \frac{1}{N}\Big) = \frac{x_i - \mu}{N s} = \frac{\hat{x}_i}{N},$$
#
# since $\sum_j (x_j - \mu) = 0$ ($\delta_{ij}$ is 1 where $i = j$, else 0). So
#
# $$\frac{\partial \hat{x}_j}{\partial x_i} = \frac{\delta_{ij} - 1/N}{s}
# - \frac{x_j - \mu}{s^2} \cdot \frac{\hat{x}_i}{N}
# = \frac{1}{s} \Big( \delta_{ij} - \frac{1}{N} - \frac{\hat{x}_i \hat{x}_j}{N} \Big).$$
#
# Multiply by $d\hat{x}_j = \gamma\, dy_j$ and sum over $j$. The two sums that are left are
# $d\beta = \sum_j dy_j$ and $d\gamma = \sum_j dy_j\, \hat{x}_j$, which you need in any case:
#
# $$dx_i = \frac{\gamma}{s} \Big( dy_i - \frac{d\beta + \hat{x}_i\, d\gamma}{N} \Big).$$

# %% [markdown] id="hints_batchnorm_backward_alt"
# <details><summary>Hint 1: the direction</summary>
# Three steps: dbeta, dgamma, then dx from both.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# The last formula above, for all samples at once; gamma / s has shape (D,) and is best multiplied
# by once, at the end. Take what you need out of the cache that your forward pass has made.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Inside the bracket stands <code>dout</code> less <code>(dbeta + x_hat * dgamma) / N</code>.
# </details>


# %% role="todo" id="batchnorm_backward_alt"
def batchnorm_backward_alt(dout, cache):
    """Carry the gradient back through batch normalisation by the shortened formula.

    Parameters
    ----------
    dout : ndarray, shape (N, D), float
        Gradient of the loss with respect to the output; not changed.
    cache : tuple
        From ``batchnorm_forward`` in training.

    Returns
    -------
    dx : ndarray, shape (N, D), float
    dgamma, dbeta : ndarray, shape (D,), float
        As ``batchnorm_backward`` returns them.
    """
    # TODO: dbeta, dgamma, then dx by the formula.
    ### BEGIN SOLUTION
    x_hat, gamma, inv_std, _ = cache
    dbeta = dout.sum(axis=0)
    dgamma = np.einsum("nd,nd->d", dout, x_hat)
    dx = x_hat * (-dgamma / len(dout))  # and then in place: new arrays take time
    dx += dout
    dx -= dbeta / len(dout)
    dx *= gamma * inv_std
    return dx, dgamma, dbeta
    ### END SOLUTION


# %% role="check" id="check_batchnorm_backward_alt"
with check.todo("batchnorm_backward_alt"):
    np.random.seed(231)
    x = 5 * np.random.randn(12, 5) + 12
    gamma, beta, dout = np.random.randn(5), np.random.randn(5), np.random.randn(12, 5)
    _, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
    wanted = [
        gradcheck.eval_numerical_gradient_array(
            lambda _: batchnorm_forward(x, gamma, beta, {"mode": "train"})[0], part, dout
        )
        for part in (x, gamma, beta)
    ]
    dx, dgamma, dbeta = batchnorm_backward_alt(dout, cache)
    check.close(
        "gradient of beta against the numerical one",
        dbeta,
        wanted[2],
        rtol=1e-6,
        atol=1e-7,
        hint="the sum of dout over the samples",
        mistakes={"dgamma and dbeta are swapped": wanted[1]},
    )
    check.close(
        "gradient of gamma against the numerical one",
        dgamma,
        wanted[1],
        rtol=1e-6,
        atol=1e-7,
        hint="the sum of dout * x_hat over the samples",
    )
    # One feature by hand: the mean is 1, the variance 3, so with eps = 1 the root is 2.
    one, eps = np.array([[0.0], [0.0], [0.0], [4.0]]), {"mode": "train", "eps": 1.0}
    _, cache = batchnorm_forward(one, np.array([2.0]), np.array([0.0]), eps)
    check.close(
        "gradient of x where x is 0, 0, 0, 4, dout is 4, 2, 0, -2, gamma 2 and eps 1",
        batchnorm_backward_alt(np.array([[4.0], [2.0], [0.0], [-2.0]]), cache)[0],
        [[2.25], [0.25], [-1.75], [-0.75]],
        hint="x_hat is -0.5, -0.5, -0.5, 1.5; dbeta is 4, dgamma is -6",
        mistakes={
            "gamma is missing": [[1.125], [0.125], [-0.875], [-0.375]],
            "the sums are not divided by N": [[-3.0], [-5.0], [-7.0], [3.0]],
            "the term with dgamma is missing": [[3.0], [1.0], [-1.0], [-3.0]],
            "the term with dbeta is missing": [[3.25], [1.25], [-0.75], [0.25]],
            "not divided by s": [[4.5], [0.5], [-3.5], [-1.5]],
            "gamma counts twice in both sums": [[0.5], [-1.5], [-3.5], [0.5]],
        },
    )
    check.close(
        "gradient of x against the numerical one",
        dx,
        wanted[0],
        rtol=1e-6,
        atol=1e-7,
        hint="gamma / s * (dout - (dbeta + x_hat * dgamma) / N)",
        mistakes={"gamma is missing": wanted[0] / gamma},
    )


# %% role="play" id="compare_alt" report="output"
def seconds(function, times=50):
    """Return the shortest time that a call takes, in seconds."""
    return min(timeit.repeat(function, number=1, repeat=times))


np.random.seed(231)
x = 5 * np.random.randn(100, 500) + 12
gamma, beta, dout = np.random.randn(500), np.random.randn(500), np.random.randn(100, 500)
_, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
slow, fast = batchnorm_backward(dout, cache), batchnorm_backward_alt(dout, cache)
times = [seconds(lambda f=f: f(dout, cache)) for f in (batchnorm_backward, batchnorm_backward_alt)]
print(f"largest difference of dx: {np.abs(slow[0] - fast[0]).max():.1e}")
print(f"the shortened formula is {times[0] / times[1]:.1f} times as fast")

# %% role="test" id="test_batchnorm_backward_alt_dx" points=2
"""dx of the shortened formula is right for a random upstream gradient."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, dout = rng.normal(2, 3, size=(7, 3)), rng.normal(0.5, 1, size=(7, 3))
gamma, beta = rng.uniform(1.5, 3, 3), rng.normal(size=3)
_, cache = batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": 1.0})
dx, _, _ = batchnorm_backward_alt(dout, cache)
inv_std = 1 / np.sqrt(x.var(axis=0) + 1)
x_hat = (x - x.mean(axis=0)) * inv_std
mean, projection = dout.mean(axis=0), x_hat * (dout * x_hat).mean(axis=0)
check.close(
    "dx for seven samples and three features, with eps = 1",
    dx,
    gamma * inv_std * (dout - mean - projection),
    hint="gamma / s * (dout - (dbeta + x_hat * dgamma) / N)",
    mistakes={
        "gamma is missing": inv_std * (dout - mean - projection),
        "the sums are not divided by N": gamma * inv_std * (dout - 7 * mean - 7 * projection),
        "the term with dgamma is missing": gamma * inv_std * (dout - mean),
        "the term with dbeta is missing": gamma * inv_std * (dout - projection),
        "not divided by s": gamma * (dout - mean - projection),
        "gamma counts twice in both sums": gamma * inv_std * (dout - gamma * (mean + projection)),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_batchnorm_backward_alt_dgamma" points=1
"""dgamma and dbeta are right, dout is left as it was, and no loop runs over the samples."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, drawn = rng.normal(1, 2, size=(2, 64, 3))
gamma, beta = rng.uniform(1.5, 3, 3), rng.normal(size=3)
dout = drawn.copy()
_, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
batchnorm_backward_alt(dout, cache)
_, dgamma, dbeta = batchnorm_backward_alt(dout, cache)
x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)
check.close("dout after two calls", dout, drawn, hint="compute into new arrays")
check.close(
    "dgamma and dbeta of the second call",
    [dgamma, dbeta],
    [(drawn * x_hat).sum(axis=0), drawn.sum(axis=0)],
    hint="sums over the samples, of dout * x_hat and of dout",
)
check.vectorised(
    "the shortened way back has no loop over the samples",
    lambda n: batchnorm_backward_alt(
        drawn[:n], batchnorm_forward(x[:n], gamma, beta, {"mode": "train"})[1]
    ),
    hint="sum over axis 0",
)
### END HIDDEN TESTS

# %% [markdown] id="layernorm_text" report="show"
# ## Normalise each sample
#
# Batch norm needs a batch that tells mean and variance well. *Layer normalisation* (Ba, Kiros and
# Hinton, 2016) asks each sample alone: mean and variance run over its $D$ features,
#
# $$\mu_i = \frac{1}{D} \sum_d x_{id}, \qquad
# \hat{x}_{id} = \frac{x_{id} - \mu_i}{\sqrt{\sigma_i^2 + \varepsilon}}, \qquad
# y_{id} = \gamma_d\, \hat{x}_{id} + \beta_d .$$
#
# Scale and shift still belong to features. There are no running averages, and training and test do
# the same: a batch of one is as good as any.

# %% [markdown] id="hints_layernorm_forward"
# <details><summary>Hint 1: the direction</summary>
# Batch norm's training mode with the axes exchanged, and nothing to remember.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# Means along axis 1 have shape (N,); <code>keepdims=True</code> makes them (N, 1), so that they
# can be subtracted from x of shape (N, D).
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Transposing x, calling batch norm and transposing back gets the normalised x right, but gamma and
# beta wrong: multiply and add those after the way back.
# </details>


# %% role="todo" id="layernorm_forward"
def layernorm_forward(x, gamma, beta, ln_param):
    """Normalise each sample over its features, then scale and shift the features.

    Parameters
    ----------
    x : ndarray, shape (N, D), float
        One row per sample; not changed.
    gamma, beta : ndarray, shape (D,), float
        Learnt scale and shift, in the units of the output.
    ln_param : dict
        ``eps``: in units of variance, 1e-5 if it is left out.

    Returns
    -------
    out : ndarray, shape (N, D), float
        Of x's dtype.
    cache : tuple
        What the backward pass needs; nobody else looks into it.

    References
    ----------
    Ba, Kiros and Hinton, Layer Normalization, 2016.
    """
    # TODO: mean and variance of each row; normalise; scale and shift.
    ### BEGIN SOLUTION
    centred = x - x.mean(axis=1, keepdims=True)
    var = np.mean(centred * centred, axis=1, keepdims=True)
    inv_std = 1 / np.sqrt(var + ln_param.get("eps", 1e-5))
    x_hat = centred * inv_std
    return gamma * x_hat + beta, (x_hat, gamma, inv_std)
    ### END SOLUTION


# %% role="check" id="check_layernorm_forward"
with check.todo("layernorm_forward"):
    np.random.seed(231)
    X, W1, W2 = np.random.randn(4, 50), np.random.randn(50, 60), np.random.randn(60, 3)
    x = np.maximum(0, X @ W1) @ W2
    out, _ = layernorm_forward(x, np.ones(3), np.zeros(3), {})
    check.close(
        "means of the four samples, gamma 1 and beta 0",
        np.mean(out, axis=1),
        np.zeros(4),
        hint="subtract each sample's mean over its features, axis 1",
        mistakes={
            "normalised over the samples: that is batch norm": [
                -0.58416774,
                0.0322309154,
                -0.291069353,
                0.843006175,
            ],
            "one mean and one variance for the whole batch": [
                -0.57412454,
                -0.134590865,
                0.0302098532,
                0.678505555,
            ],
        },
    )
    out, _ = layernorm_forward(x, np.full(3, 3.0), np.full(3, 5.0), {})
    check.close(
        "their means with gamma 3 and beta 5",
        np.mean(out, axis=1),
        np.full(4, 5.0),
        hint="gamma * x_hat + beta",
        mistakes={"beta is forgotten": np.zeros(4)},
    )
    check.close(
        "their standard deviations with gamma 3, as published",
        np.std(out, axis=1),
        [2.99999985, 2.99999998, 2.99999999, 2.99999907],
        rtol=0,
        atol=1e-8,
        hint="divide by the root of variance (over D) plus eps",
        mistakes={
            "gamma is forgotten": np.std(out, axis=1) / 3,
            "the variance is divided by D - 1, not by D": [
                2.449489662,
                2.449489733,
                2.449489736,
                2.449489237,
            ],
            "eps stands outside the root": [2.999997022, 2.999998943, 2.99999915, 2.999992534],
        },
    )
    x = np.array([[1.0, 3.0], [0.0, 8.0]])
    out, _ = layernorm_forward(x, np.array([1.0, 10.0]), np.array([0.0, 100.0]), {"eps": 0.0})
    check.close(
        "samples (1, 3) and (0, 8), gamma 1 and 10, beta 0 and 100, eps 0",
        out,
        [[-1.0, 110.0], [-1.0, 110.0]],
        hint="gamma and beta belong to features, mean and variance to samples",
        mistakes={
            "normalised over the samples: that is batch norm": [[1.0, 90.0], [-1.0, 110.0]],
            "gamma and beta are taken by sample, not by feature": [[-1.0, 1.0], [90.0, 110.0]],
            "eps is not taken from ln_param": [[-0.999995, 109.99995], [-0.99999969, 109.999997]],
        },
    )

# %% role="test" id="test_layernorm_forward_values" points=2
"""Each sample is normalised over its features, with the right variance and eps."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x = rng.normal(size=(5, 1)) + rng.normal(2, 0.8, size=(5, 4)) * rng.uniform(0.5, 2, size=(5, 1))
gamma, beta = rng.uniform(1.5, 3, 4), rng.normal(size=4)
out, _ = layernorm_forward(x.copy(), gamma, beta, {"eps": 0.3})
centred, var = x - x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
check.close(
    "five samples of four features, with eps = 0.3",
    out,
    gamma * centred / np.sqrt(var + 0.3) + beta,
    hint="gamma * (x - mean) / sqrt(var + eps) + beta, with mean and variance over axis 1",
    mistakes={
        "normalised over the samples: that is batch norm": gamma
        * (x - x.mean(axis=0))
        / np.sqrt(x.var(axis=0) + 0.3)
        + beta,
        "the variance is divided by D - 1, not by D": gamma * centred / np.sqrt(var * 4 / 3 + 0.3)
        + beta,
        "eps stands outside the root": gamma * centred / (np.sqrt(var) + 0.3) + beta,
        "eps is not taken from ln_param": gamma * centred / np.sqrt(var + 1e-5) + beta,
        "gamma and beta are forgotten": centred / np.sqrt(var + 0.3),
        "one mean and one variance for the whole batch": gamma
        * (x - x.mean())
        / np.sqrt(x.var() + 0.3)
        + beta,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_layernorm_forward_in_order" points=1
"""A sample alone gives what it gives in a batch; x is left alone; float32 stays; no loop."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn = rng.normal(2, 3, size=(64, 3))
gamma, beta = rng.uniform(1, 3, 3), rng.normal(size=3)
x = drawn.copy()
one, _ = layernorm_forward(x[:1], gamma, beta, {})
centred = drawn[:1] - drawn[:1].mean()
check.close(
    "a batch of one, with the default eps",
    one,
    gamma * centred / np.sqrt((centred**2).mean() + 1e-5) + beta,
    hint="mean and variance are those of each sample's own features",
)
layernorm_forward(x, gamma, beta, {})
check.close("x after the call", x, drawn, hint="compute into new arrays")
half, _ = layernorm_forward(
    drawn.astype(np.float32), gamma.astype(np.float32), beta.astype(np.float32), {}
)
check.equal(
    "is the output of float32 arrays float32",
    np.asarray(half).dtype == np.float32,
    True,
    hint="make no float64 array",
)
check.vectorised(
    "layer norm has no loop over the samples",
    lambda n: layernorm_forward(x[:n], gamma, beta, {}),
    hint="mean and variance along axis 1 take all samples at once",
)
### END HIDDEN TESTS

# %% [markdown] id="layernorm_backward_text" report="show"
# The derivation of batch norm holds with the sums over features in place of samples, up to
# $d\hat{x}$. But $\gamma_d$ now differs *within* a sum, so it cannot be taken out of it. With
# $d\hat{x}_{id} = \gamma_d\, dy_{id}$ and $s_i = \sqrt{\sigma_i^2 + \varepsilon}$,
#
# $$dx_{id} = \frac{1}{s_i} \Big( d\hat{x}_{id} - \frac{1}{D} \sum_k d\hat{x}_{ik}
# - \frac{\hat{x}_{id}}{D} \sum_k d\hat{x}_{ik}\, \hat{x}_{ik} \Big),$$
#
# while $d\gamma$ and $d\beta$ remain sums over the samples.

# %% [markdown] id="hints_layernorm_backward"
# <details><summary>Hint 1: the direction</summary>
# Multiply by gamma first. Then two means along each row, and the formula.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# Both sums divided by D are means over axis 1, kept as (N, 1). dgamma and dbeta are those of batch
# norm, over axis 0.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# With <code>dx_hat = dout * gamma</code>: dx_hat, less its row mean, less x_hat times the row mean
# of <code>dx_hat * x_hat</code>; all of it over the root.
# </details>


# %% role="todo" id="layernorm_backward"
def layernorm_backward(dout, cache):
    """Carry the gradient back through layer normalisation.

    Parameters
    ----------
    dout : ndarray, shape (N, D), float
        Gradient of the loss with respect to the output; not changed.
    cache : tuple
        From ``layernorm_forward``.

    Returns
    -------
    dx : ndarray, shape (N, D), float
    dgamma, dbeta : ndarray, shape (D,), float
    """
    # TODO: dgamma and dbeta over the samples, dx over the features.
    ### BEGIN SOLUTION
    x_hat, gamma, inv_std = cache
    dx_hat = dout * gamma
    by_mean = dx_hat.mean(axis=1, keepdims=True)
    by_var = x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = inv_std * (dx_hat - by_mean - by_var)
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    ### END SOLUTION


# %% role="check" id="check_layernorm_backward"
with check.todo("layernorm_backward"):
    np.random.seed(231)
    x = 5 * np.random.randn(4, 5) + 12
    gamma, beta, dout = np.random.randn(5), np.random.randn(5), np.random.randn(4, 5)
    _, cache = layernorm_forward(x, gamma, beta, {})
    wanted = [
        gradcheck.eval_numerical_gradient_array(
            lambda _: layernorm_forward(x, gamma, beta, {})[0], part, dout
        )
        for part in (x, gamma, beta)
    ]
    dx, dgamma, dbeta = layernorm_backward(dout, cache)
    # Two samples by hand: mean 1 and variance 3 in each, so with eps = 1 the root is 2.
    two, scales = np.array([[0.0, 0.0, 0.0, 4.0], [4.0, 0.0, 0.0, 0.0]]), np.array([1.0, 2, 1, 2])
    _, cache = layernorm_forward(two, scales, np.zeros(4), {"eps": 1.0})
    check.close(
        "gradient of x for the samples 0, 0, 0, 4 and 4, 0, 0, 0, with gamma 1, 2, 1, 2 and eps 1",
        layernorm_backward(np.array([[4.0, 2.0, 0.0, -2.0], [2.0, 0.0, 2.0, 0.0]]), cache)[0],
        [[0.875, 0.875, -1.125, -0.625], [0.125, -0.375, 0.625, -0.375]],
        hint="dout times gamma is 4, 4, 0, -4 and 2, 0, 2, 0; subtract its two means in each row",
        mistakes={
            "gamma is taken out of the sums": [
                [1.125, 0.25, -0.875, -0.75],
                [0.125, -0.75, 0.625, -0.75],
            ],
            "gamma is missing": [[1.125, 0.125, -0.875, -0.375], [0.125, -0.375, 0.625, -0.375]],
            "means over the samples, as in batch norm": [
                [0.625, 0.75, -0.625, 1.25],
                [-0.875, -1.25, 0.375, 0.25],
            ],
            "the path through the variance is missing": [
                [1.5, 1.5, -0.5, -2.5],
                [0.5, -0.5, 0.5, -0.5],
            ],
            "the path through the mean is missing": [
                [1.375, 1.375, -0.625, -0.125],
                [0.625, 0.125, 1.125, 0.125],
            ],
            "divided by N, not by D": [[-0.25, -0.25, -2.25, 0.75], [-0.75, -0.75, 0.25, -0.75]],
        },
    )
    check.close(
        "gradient of x against the numerical one",
        dx,
        wanted[0],
        rtol=1e-6,
        atol=1e-8,
        hint="multiply by gamma first, then take means over the features",
    )
    check.close(
        "gradient of gamma against the numerical one",
        dgamma,
        wanted[1],
        rtol=1e-6,
        atol=1e-8,
        hint="the sum of dout * x_hat over the samples, axis 0",
        mistakes={
            "summed over the features (axis 1), not over the samples": [
                2.13410548,
                2.37872411,
                1.89980795,
                2.3205448,
            ]
        },
    )
    check.close(
        "gradient of beta against the numerical one",
        dbeta,
        wanted[2],
        rtol=1e-6,
        atol=1e-8,
        hint="the sum of dout over the samples, axis 0",
        mistakes={"divided by N": wanted[2] / 4},
    )

# %% role="test" id="test_layernorm_backward_dx" points=2
"""dx is right where gamma differs from feature to feature."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, dout = rng.normal(1, 2, size=(5, 4)), rng.normal(0.5, 1, size=(5, 4))
gamma, beta = rng.permutation([0.5, 1.5, 3.0, 5.0]), rng.normal(size=4)
_, cache = layernorm_forward(x, gamma, beta, {"eps": 0.5})
dx, _, _ = layernorm_backward(dout, cache)
inv_std = 1 / np.sqrt(x.var(axis=1, keepdims=True) + 0.5)
x_hat = (x - x.mean(axis=1, keepdims=True)) * inv_std
g = dout * gamma
by_mean = g.mean(axis=1, keepdims=True)
by_var = x_hat * (g * x_hat).mean(axis=1, keepdims=True)
late = x_hat * (dout * x_hat).mean(axis=1, keepdims=True)
check.close(
    "dx for five samples of four features, with eps = 0.5",
    dx,
    inv_std * (g - by_mean - by_var),
    hint="multiply by gamma first, then take means over the features",
    mistakes={
        "gamma is taken out of the sums": gamma
        * inv_std
        * (dout - dout.mean(axis=1, keepdims=True) - late),
        "gamma is missing": inv_std * (dout - dout.mean(axis=1, keepdims=True) - late),
        "means over the samples, as in batch norm": inv_std
        * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)),
        "the path through the variance is missing": inv_std * (g - by_mean),
        "the path through the mean is missing": inv_std * (g - by_var),
        "divided by N, not by D": inv_std * (g - 0.8 * by_mean - 0.8 * by_var),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_layernorm_backward_dgamma" points=1
"""dgamma and dbeta are sums over the samples; dout is left as it was; no loop."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, drawn = rng.normal(1, 2, size=(2, 64, 3))
gamma, beta = rng.uniform(1.5, 3, 3), rng.normal(size=3)
dout = drawn.copy()
_, cache = layernorm_forward(x, gamma, beta, {})
layernorm_backward(dout, cache)
_, dgamma, dbeta = layernorm_backward(dout, cache)
centred = x - x.mean(axis=1, keepdims=True)
x_hat = centred / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
check.close("dout after two calls", dout, drawn, hint="compute into new arrays")
check.close(
    "dgamma of the second call",
    dgamma,
    (drawn * x_hat).sum(axis=0),
    hint="the sum of dout * x_hat over the samples, axis 0",
)
check.close(
    "dbeta of the second call",
    dbeta,
    drawn.sum(axis=0),
    hint="the sum of dout over the samples, axis 0",
)
check.vectorised(
    "the way back has no loop over the samples",
    lambda n: layernorm_backward(drawn[:n], layernorm_forward(x[:n], gamma, beta, {})[1]),
    hint="means over axis 1 take all samples at once",
)
### END HIDDEN TESTS

# %% [markdown] id="dropout_text" report="show"
# ## Drop units out
#
# *Dropout* (Srivastava and others, 2014) keeps each number with probability $p$ and sets it to zero
# otherwise, drawn anew for each sample and unit. No unit can rely on another one being there, and
# the net memorises less.
#
# At test time everything is kept. So that the next layer sees the same mean in both modes, training
# divides what it keeps by $p$ (*inverted* dropout):
#
# $$y = x \odot \frac{m}{p}, \qquad m \in \{0, 1\}, \quad P(m = 1) = p, \qquad
# \text{so that} \quad E[y] = x .$$
#
# Mind that $p$ is the probability to *keep*; some texts and libraries name the one to drop.

# %% [markdown] id="hints_dropout_forward"
# <details><summary>Hint 1: the direction</summary>
# A random array of x's shape tells for each number whether it is kept. Test mode returns x.
# </details>
#
# <details><summary>Hint 2: the function</summary>
# <code>np.random.rand(*x.shape)</code> draws uniformly between 0 and 1, so it lies below p with
# probability p. With a seed in dropout_param, set it first.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# The mask is the comparison divided by p; mind the brackets, since <code>/</code> binds more
# tightly than <code>&lt;</code>. Multiply by it, and turn the product back into x's dtype.
# </details>


# %% role="todo" id="dropout_forward"
def dropout_forward(x, dropout_param):
    """Keep each number with probability p, and divide it by p, while training.

    Parameters
    ----------
    x : ndarray, any shape, float
        Not changed.
    dropout_param : dict
        ``mode``: "train" or "test". ``p``: probability to keep a number, above 0, at most 1.
        ``seed``: an int, optional; with the same seed the same numbers are kept.

    Returns
    -------
    out : ndarray, shape and dtype of x
        In test mode equal to x.
    cache : tuple
        What the backward pass needs; nobody else looks into it.

    References
    ----------
    Srivastava and others, Dropout, 2014.
    """
    # TODO: a mask in training, nothing in test mode.
    ### BEGIN SOLUTION
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    p = dropout_param["p"]
    mask = ((np.random.rand(*x.shape) < p) / p).astype(x.dtype)
    return x * mask, (dropout_param, mask)
    ### END SOLUTION


# %% role="check" id="check_dropout_forward"
with check.todo("dropout_forward"):
    np.random.seed(231)
    x = np.random.randn(500, 500) + 10
    out, _ = dropout_forward(x, {"mode": "train", "p": 0.25})
    check.close(
        "share that is set to zero with p = 0.25",
        np.mean(out == 0),
        0.75,
        rtol=0,
        atol=0.01,
        hint="p is the probability to keep a number",
        mistakes={
            "p is taken as the probability to drop": 0.25,
            "nothing is dropped": 0.0,
            "drawn from the normal distribution, not evenly": 0.402,
            "one number decides for a whole row or column: draw one for each entry of x": 0.706,
        },
    )
    check.close(
        "mean after dropout; before it is 10.0002",
        np.mean(out),
        10.0002078785,
        rtol=0,
        atol=0.1,  # published runs print 10.0141
        hint="divide what is kept by p",
        mistakes={
            "what is kept is not divided by p": 2.5,
            "divided by 1 - p": 3.34,
            "multiplied by the random numbers, not by 1 and 0": 9.018,
        },
    )
    out, _ = dropout_forward(x, {"mode": "test", "p": 0.25})
    check.close(
        "mean in test mode",
        np.mean(out),
        10.0002078785,
        hint="test mode returns x",
        mistakes={
            "x is scaled at test time": 2.50005196963,
            "x is divided by p at test time": 40.0008315,
            "x itself was changed while training: multiply into a new array": 10.014059117,
        },
    )

# %% role="test" id="test_dropout_forward_train" points=3
"""While training, p is kept and divided by p, each number by itself."""
### BEGIN HIDDEN TESTS
rng = check.rng()
p = rng.uniform(0.2, 0.3)
x = rng.uniform(1, 2, size=(300, 200))
out, _ = dropout_forward(x.copy(), {"mode": "train", "p": p})
factor = np.round(np.asarray(out) / x, 9)
check.equal(
    "do two samples, and do two features, lose the same numbers",
    [
        np.array_equal(factor[0] != 0, factor[1] != 0),
        np.array_equal(factor[:, 0] != 0, factor[:, 1] != 0),
    ],
    [False, False],
    hint="draw one number for each entry of x: np.random.rand(*x.shape)",
    mistakes={
        "one mask for all samples": [True, False],
        "whole samples are dropped": [False, True],
        "nothing is dropped": [True, True],
    },
)
check.close(
    "share of 60,000 numbers that is kept",
    np.mean(factor != 0),
    p,
    rtol=0,
    atol=0.02,  # ten standard deviations
    hint="keep where a number drawn evenly between 0 and 1 lies below p",
    mistakes={
        "p is taken as the probability to drop": 1 - p,
        # of normal numbers, this share lies below p, as a series to a few millionths
        "drawn from the normal distribution, not evenly": 0.5
        + (p - p**3 / 6 + p**5 / 40) / np.sqrt(2 * np.pi),
    },
)
check.close(
    "largest and smallest factor on a number",
    [factor.max(), factor.min()],
    [1 / p, 0.0],
    rtol=1e-6,
    hint="what is kept is divided by p, the rest is zero",
    mistakes={
        "what is kept is not divided by p": [1.0, 0.0],
        "divided by 1 - p": [1 / (1 - p), 0.0],
    },
)
check.equal(
    "how many factors are neither of the two",
    np.count_nonzero((factor != 0) & (np.abs(factor - 1 / p) > 1e-6)),
    0,
    hint="each number is kept or dropped, and all that are kept are divided by the same p",
)
### END HIDDEN TESTS

# %% role="test" id="test_dropout_forward_test_mode" points=1
"""Test mode returns x; x is left as it was."""
### BEGIN HIDDEN TESTS
rng = check.rng()
p, drawn = rng.uniform(0.4, 0.7), rng.normal(3, 1, size=(6, 5))
x = drawn.copy()
out, _ = dropout_forward(x, {"mode": "test", "p": p})
check.close(
    "six samples in test mode",
    out,
    drawn,
    hint="test mode returns x",
    mistakes={
        "x is multiplied by p at test time": p * drawn,
        "x is divided by p at test time": drawn / p,
    },
)
dropout_forward(x, {"mode": "train", "p": p})
check.close("x after the calls", x, drawn, hint="multiply into a new array")
### END HIDDEN TESTS

# %% role="test" id="test_dropout_forward_seed" points=2
"""A seed repeats the mask, another draws another; float32 stays float32; no loop."""
### BEGIN HIDDEN TESTS
rng = check.rng()
p, seed = rng.uniform(0.4, 0.6), int(rng.integers(10**6))
x = rng.uniform(1, 2, size=(64, 12))
first, _ = dropout_forward(x, {"mode": "train", "p": p, "seed": seed})
again, _ = dropout_forward(x, {"mode": "train", "p": p, "seed": seed})
other, _ = dropout_forward(x, {"mode": "train", "p": p, "seed": seed + 1})
free, _ = dropout_forward(x, {"mode": "train", "p": p})
freed, _ = dropout_forward(x, {"mode": "train", "p": p})
check.equal(
    "same seed, other seed, twice no seed: are the outputs equal",
    [np.array_equal(first, again), np.array_equal(first, other), np.array_equal(free, freed)],
    [True, False, False],
    hint='if "seed" is in dropout_param, set it before you draw; else draw anew each time',
    mistakes={
        "the seed is not used": [False, False, False],
        "always the same mask": [True, True, True],
    },
)
check.close(
    "largest factor on a number",
    np.max(first / x),
    1 / p,
    hint="what is kept is divided by p",
)
half, _ = dropout_forward(x.astype(np.float32), {"mode": "train", "p": 0.5})
check.equal(
    "is the output of a float32 array float32",
    np.asarray(half).dtype == np.float32,
    True,
    hint="the mask is float64: turn it, or the product, into x.dtype",
)
check.vectorised(
    "dropout has no loop over the samples",
    lambda n: dropout_forward(x[:n], {"mode": "train", "p": p}),
    hint="draw all numbers at once",
)
### END HIDDEN TESTS

# %% [markdown] id="hints_dropout_backward"
# <details><summary>Hint 1: the direction</summary>
# The forward pass multiplies by numbers that do not depend on x. What is its derivative?
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# In training, dout times the same mask, 1/p included. In test mode, dout.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# The mask must come out of the cache: drawing it anew would drop other numbers. The mode stands in
# <code>dropout_param</code>, which the cache may hold too.
# </details>


# %% role="todo" id="dropout_backward"
def dropout_backward(dout, cache):
    """Carry the gradient back through dropout.

    Parameters
    ----------
    dout : ndarray, any shape, float
        Gradient of the loss with respect to the output; not changed.
    cache : tuple
        From ``dropout_forward``, in training or test mode.

    Returns
    -------
    ndarray, shape of dout
    """
    # TODO: by mode.
    ### BEGIN SOLUTION
    dropout_param, mask = cache
    return dout if dropout_param["mode"] == "test" else dout * mask
    ### END SOLUTION


# %% role="check" id="check_dropout_backward"
with check.todo("dropout_backward"):
    np.random.seed(231)
    x, dout = np.random.randn(10, 10) + 10, np.random.randn(10, 10)
    dropout_param = {"mode": "train", "p": 0.2, "seed": 123}
    _, cache = dropout_forward(x, dropout_param)
    wanted = gradcheck.eval_numerical_gradient_array(
        lambda x: dropout_forward(x, dropout_param)[0], x, dout
    )
    check.close(
        "gradient of x against the numerical one, p = 0.2",
        dropout_backward(dout, cache),
        wanted,
        rtol=1e-6,
        atol=1e-8,
        hint="dout times the mask of the forward pass, 1/p included",
        mistakes={
            "1/p is missing": 0.2 * wanted,
            "1/p counts twice": 5 * wanted,
            "the gradient passes where numbers were dropped too": dout,
            "the gradient passes everywhere, with 1/p": 5 * dout,
        },
    )

# %% role="test" id="test_dropout_backward_train" points=2
"""The gradient passes where the forward pass kept a number, with the same factor."""
### BEGIN HIDDEN TESTS
rng = check.rng()
p = rng.uniform(0.3, 0.5)
x, drawn = rng.uniform(1, 2, size=(2, 40, 50))
dout = drawn.copy()
out, cache = dropout_forward(x.copy(), {"mode": "train", "p": p})
dx = dropout_backward(dout, cache)
forwards, backwards = np.asarray(out) / x, np.asarray(dx) / drawn
check.close(
    "largest and smallest factor on the gradient",
    [backwards.max(), backwards.min()],
    [1 / p, 0.0],
    hint="dout times the mask, 1/p included",
    mistakes={
        "1/p is missing": [1.0, 0.0],
        "1/p counts twice": [1 / p**2, 0.0],
        "the gradient passes everywhere": [1.0, 1.0],
        "the gradient passes everywhere, with 1/p": [1 / p, 1 / p],
    },
)
check.equal(
    "at how many places does one direction pass and the other not",
    np.count_nonzero((forwards != 0) != (backwards != 0)),
    0,
    hint="keep the mask of the forward pass in the cache, and use it",
)
check.close("dout after the call", dout, drawn, hint="multiply into a new array")
### END HIDDEN TESTS

# %% role="test" id="test_dropout_backward_test_mode" points=1
"""In test mode the gradient passes as it is, in training of the same x it does not."""
### BEGIN HIDDEN TESTS
rng = check.rng()
p = rng.uniform(0.3, 0.5)
x, dout = rng.uniform(1, 2, size=(2, 30, 4))
_, cache = dropout_forward(x, {"mode": "train", "p": p})
check.close(
    "largest factor on the gradient in training",
    np.max(dropout_backward(dout.copy(), cache) / dout),
    1 / p,
    hint="dout times the mask, 1/p included",
)
_, cache = dropout_forward(x, {"mode": "test", "p": p})
check.close(
    "the gradient in test mode",
    dropout_backward(dout.copy(), cache),
    dout,
    hint="test mode changes nothing, so its derivative is 1",
    mistakes={"multiplied by p": p * dout, "divided by p": dout / p},
)
### END HIDDEN TESTS

# %% [markdown] id="net_text" report="show"
# ## Put everything into a net
#
# The net of the fourth notebook, with two more steps in each hidden layer:
#
# $$\text{affine} \to [\text{batch or layer norm}] \to \text{ReLU} \to [\text{dropout}],$$
#
# $L - 1$ times, then a last affine layer that gives the scores. Neither normalisation nor dropout
# follows that one: a class must be free to score high.

# %% [markdown] id="net_text_class" report="hide"
# The class below holds the parameters; you write four methods, each in a cell of its own. If you
# have the original's class, put all of it into the cell of `initial_scales`, or its `__init__` and
# `loss`, each below a line `@method_of(FullyConnectedNet)`; then empty the cells of the other
# three.


# %% role="given" id="net"
class FullyConnectedNet:
    """A fully connected net of any depth, with normalisation and dropout, and softmax loss.

    Parameters
    ----------
    hidden_dims : sequence of int
        Units of each hidden layer.
    input_dim, num_classes : int, optional
    dropout : float, optional
        Probability to keep a unit; 1 for no dropout. ``dropout_keep_ratio`` is the same.
    normalization : {None, "batchnorm", "layernorm"}, optional
    reg : float, optional
        Strength of the L2 penalty.
    weight_scale : float, optional
        Standard deviation of the weights at the start, drawn with ``np.random``.
    dtype : type, optional
        Of all parameters, and of what is computed with them.
    seed : int, optional
        Of dropout, which then drops the same units each time; for gradient checks.

    Attributes
    ----------
    num_layers : int
        Affine layers, L.
    params : dict of str to ndarray
        W1, b1, ..., WL, bL, and with normalisation gamma1, beta1, ..., up to layer L - 1.
    bn_params : list of dict
        One per hidden layer, for ``batchnorm_forward`` or ``layernorm_forward``; that of layer 1
        is ``bn_params[0]``. It holds the running averages.
    use_dropout : bool
    dropout_param : dict
        For ``dropout_forward``.
    """

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
        dropout_keep_ratio=None,
    ):
        if normalization not in (None, "batchnorm", "layernorm"):
            raise ValueError(f'normalization is {normalization!r}: None, "batchnorm", "layernorm"')
        keep = dropout if dropout_keep_ratio is None else dropout_keep_ratio
        if not 0 < keep <= 1:
            raise ValueError(f"dropout is {keep}: the probability to keep, above 0, at most 1")
        self.normalization, self.reg, self.dtype = normalization, reg, dtype
        self.num_layers = len(hidden_dims) + 1
        self.use_dropout = keep != 1
        self.dropout_param = {"mode": "train", "p": keep}
        if seed is not None:
            self.dropout_param["seed"] = seed
        self.bn_params = [{"mode": "train"} for _ in hidden_dims]
        sizes = [input_dim, *hidden_dims, num_classes]
        self.params = {}
        for layer in range(1, self.num_layers + 1):
            shape = sizes[layer - 1], sizes[layer]
            self.params[f"W{layer}"] = weight_scale * np.random.randn(*shape)
            self.params[f"b{layer}"] = np.zeros(sizes[layer])
        self.params.update(self.initial_scales(hidden_dims))
        self.params = {name: value.astype(dtype) for name, value in self.params.items()}

    def loss(self, X, y=None):
        """Compute the scores of a batch, or its loss and gradients.

        Parameters
        ----------
        X : ndarray, shape (N, d1, ..., dk), float
        y : ndarray, shape (N,), int, optional
            Labels from 0 to C - 1.

        Returns
        -------
        scores : ndarray, shape (N, C), float
            In test mode, if ``y`` is None. Else, in training mode:
        loss : float
            Mean cross-entropy of the batch in nats, plus the L2 penalty.
        grads : dict of str to ndarray
            Gradient of the loss with respect to each of the ``params``, under the same names.
        """
        out, caches = X.astype(self.dtype), []
        for layer in range(1, self.num_layers):
            out, cache = self.hidden_forward(layer, out, "test" if y is None else "train")
            caches.append(cache)
        last = self.num_layers
        scores, cache = affine_forward(out, self.params[f"W{last}"], self.params[f"b{last}"])
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        dout, dW, db = affine_backward(dscores, cache)
        grads = {f"W{last}": dW, f"b{last}": db}
        for layer in reversed(range(1, last)):
            dout, of_layer = self.hidden_backward(layer, dout, caches[layer - 1])
            grads.update(of_layer)
        return self.add_penalty(loss, grads)


# %% [markdown] id="initial_scales_text"
# ### Begin with scale 1 and shift 0
#
# At the start each normalised feature keeps mean 0 and variance 1; training moves scale and shift
# from there.

# %% [markdown] id="hints_initial_scales"
# <details><summary>Hint 1: the direction</summary>
# Two arrays for each hidden layer, if the net normalises at all.
# </details>
#
# <details><summary>Hint 2: the function</summary>
# <code>np.ones(size)</code> and <code>np.zeros(size)</code>, where size is the layer's number of
# units.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>enumerate(hidden_dims, start=1)</code> gives layer and size; the names are
# <code>f"gamma{layer}"</code> and <code>f"beta{layer}"</code>.
# </details>


# %% role="todo" id="initial_scales"
@method_of(FullyConnectedNet)
def initial_scales(self, hidden_dims):
    """Return the scales and shifts with which training begins.

    Parameters
    ----------
    hidden_dims : sequence of int
        Units of each hidden layer.

    Returns
    -------
    dict of str to ndarray
        gamma1 (ones) and beta1 (zeros) of shape (hidden_dims[0],), and so on for each hidden layer;
        empty if ``self.normalization`` is None.
    """
    # TODO: ones and zeros for each hidden layer.
    ### BEGIN SOLUTION
    scales = {}
    if self.normalization is not None:
        for layer, size in enumerate(hidden_dims, start=1):
            scales[f"gamma{layer}"] = np.ones(size)
            scales[f"beta{layer}"] = np.zeros(size)
    return scales
    ### END SOLUTION


# %% role="check" id="check_initial_scales"
with check.todo("initial_scales"):
    net = FullyConnectedNet([3, 2], 4, 5, normalization="batchnorm")
    check.equal(
        "are gamma1, beta1, gamma2, beta2, gamma3 among the parameters",
        [name in net.params for name in ("gamma1", "beta1", "gamma2", "beta2", "gamma3")],
        [True, True, True, True, False],
        hint="a gamma and a beta for each hidden layer, not for the last one",
        mistakes={
            "the last layer must not be normalised": [True] * 5,
            "the last hidden layer has none": [True, True, False, False, False],
        },
    )
    check.close(
        "gamma1",
        net.params["gamma1"],
        np.ones(3),
        hint="scales begin at 1",
        mistakes={
            "a scale of 0 would make every output beta": np.zeros(3),
            "rows of shape (1, size)": [[1.0, 1.0, 1.0]],
        },
    )
    check.close(
        "beta2",
        net.params["beta2"],
        np.zeros(2),
        hint="shifts begin at 0",
        mistakes={
            "beta begins at 1": [1.0, 1.0],
        },
    )
    check.equal(
        "number of parameters without normalisation",
        len(FullyConnectedNet([3, 2], 4, 5).params),
        6,
        hint="W1, b1, W2, b2, W3 and b3 only",
        mistakes={
            "a net without normalisation has them too": 10,
        },
    )

# %% role="test" id="test_initial_scales_values" points=2
"""Each hidden layer has a gamma of ones and a beta of zeros; without normalisation none has."""
### BEGIN HIDDEN TESTS
rng = check.rng()
sizes = [int(size) for size in rng.integers(3, 60, size=3)]
net = FullyConnectedNet(sizes, 4, 5, 1, "layernorm")
names = ("gamma1", "beta1", "gamma2", "beta2", "gamma3", "beta3")
check.close(
    "gammas and betas of three hidden layers with layer norm, in one row",
    np.concatenate([np.ravel(net.params.get(name, [])) for name in names]),
    np.concatenate([np.repeat([1.0, 0.0], size) for size in sizes]),
    hint="gamma is ones, beta is zeros, each of the size of its layer",
    mistakes={
        "gamma begins at 0": np.zeros(2 * sum(sizes)),
        "beta begins at 1": np.ones(2 * sum(sizes)),
        "only batch norm has got them": [],
        "the last hidden layer has none": np.concatenate(
            [np.repeat([1.0, 0.0], size) for size in sizes[:-1]]
        ),
    },
)
check.equal(
    "shape of gamma1 and of beta2",
    [*net.params["gamma1"].shape, *net.params["beta2"].shape],
    [sizes[0], sizes[1]],
    hint="one number per unit: shape (size,)",
    mistakes={"rows of shape (1, size)": [1, sizes[0], 1, sizes[1]]},
)
plain = FullyConnectedNet(sizes, 4, 5)
check.equal(
    "number of parameters: with layer norm, and without normalisation",
    [len(net.params), len(plain.params)],
    [14, 8],
    hint="two more per hidden layer with normalisation, none without",
    mistakes={
        "the last layer has them too": [16, 8],
        "a net without normalisation has them too": [14, 14],
    },
)
### END HIDDEN TESTS

# %% [markdown] id="hidden_forward_text" report="show"
# ### Go forwards through a hidden layer
#
# Two things are easy to miss.
#
# - The *mode*. Batch norm and dropout behave differently in training and in test mode, so each
#   call has to set it, in `bn_params[layer - 1]` and in `dropout_param`.
# - The *running averages*. `batchnorm_forward` writes them into the dictionary that it is given.
#   Give it the layer's own one, not a copy, or they are lost.

# %% [markdown] id="hints_hidden_forward"
# <details><summary>Hint 1: the direction</summary>
# Up to four calls, each of which gives an output and a cache. Keep all caches in one tuple, with
# None for a step that was left out.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# Affine; then, by <code>self.normalization</code>, one of the two normalisations or none; ReLU;
# dropout if <code>self.use_dropout</code>.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Take <code>W, b, gamma, beta</code> from <code>self.params</code> by name and layer. Set
# <code>self.bn_params[layer - 1]["mode"]</code> before batch norm, and
# <code>self.dropout_param["mode"]</code> before dropout, to the mode of this call.
# </details>


# %% role="todo" id="hidden_forward"
@method_of(FullyConnectedNet)
def hidden_forward(self, layer, x, mode):
    """Compute the output of one hidden layer.

    Parameters
    ----------
    layer : int
        From 1 to L - 1.
    x : ndarray, shape (N, d1, ..., dk), float
        Its input; not changed.
    mode : {"train", "test"}

    Returns
    -------
    out : ndarray, shape (N, H), float
    cache : tuple
        What ``hidden_backward`` needs.
    """
    # TODO: affine, normalisation, ReLU, dropout.
    ### BEGIN SOLUTION
    norm_cache = dropout_cache = None
    W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
    out, affine_cache = affine_forward(x, W, b)
    if self.normalization is not None:
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        forward = batchnorm_forward if self.normalization == "batchnorm" else layernorm_forward
        self.bn_params[layer - 1]["mode"] = mode
        out, norm_cache = forward(out, gamma, beta, self.bn_params[layer - 1])
    out, relu_cache = relu_forward(out)
    if self.use_dropout:
        self.dropout_param["mode"] = mode
        out, dropout_cache = dropout_forward(out, self.dropout_param)
    return out, (affine_cache, norm_cache, relu_cache, dropout_cache)
    ### END SOLUTION


# %% role="given" id="forward_only"
def forward_only(net):
    """Return the net with its way back switched off, to check the forward pass by itself."""
    net.hidden_backward = lambda layer, dout, cache: (dout, {})
    net.add_penalty = lambda loss, grads: (loss, grads)
    return net


# %% role="check" id="check_hidden_forward"
with check.todo("hidden_forward"):
    np.random.seed(231)
    X, y = np.random.randn(2, 15), np.random.randint(10, size=2)
    options = {"weight_scale": 5e-2, "dtype": np.float64}
    net = FullyConnectedNet([20, 30], 15, 10, normalization="batchnorm", **options)
    loss, _ = forward_only(net).loss(X, y)
    check.close(
        "loss of the original's net with batch norm, reg = 0, as published",
        loss,
        2.2611955101,
        rtol=0,
        atol=1e-9,
        hint="affine, batch norm, ReLU in each hidden layer, in this order",
        mistakes={
            "nothing is normalised": 2.3004790898,
            "the ReLU comes before the normalisation": 2.4295217771,
            "layer norm in place of batch norm": 2.2378310041,
            "the ReLU is missing": 2.4534469473,
        },
    )
    np.random.seed(0)
    net = FullyConnectedNet([4], 3, 2, normalization="batchnorm", weight_scale=1, dtype=np.float64)
    X, y = np.array([[1.0, 2.0, 3.0], [3.0, 1.0, 1.0]]), np.array([0, 1])
    before = net.loss(X)
    forward_only(net).loss(X, y)
    check.equal(
        "do the scores in test mode change after a training batch",
        not np.allclose(before, net.loss(X)),
        True,
        hint="pass self.bn_params[layer - 1] itself: its running averages must move",
        mistakes={
            "the mode is not set, or the running averages were written into a copy": False,
        },
    )
    check.equal(
        "are the scores of a sample in test mode the same alone as in a batch",
        np.allclose(net.loss(X[:1]), net.loss(X)[:1]),
        True,
        hint="set the mode before each call",
        mistakes={"a single sample is not scored in test mode": False},
    )

# %% role="play" id="dropout_losses" report="output"
# In the original dropout draws np.random.rand(*x.shape) after np.random.seed. If you do too, your
# losses are the published ones; else they are near them.
np.random.seed(231)
X, y = np.random.randn(2, 15), np.random.randint(10, size=2)
losses = []
for keep in (1, 0.75, 0.5):
    net = FullyConnectedNet([20, 30], 15, 10, keep, weight_scale=5e-2, dtype=np.float64, seed=123)
    losses.append(forward_only(net).loss(X, y)[0])
Table(
    ["keep probability", "your loss", "published"],
    [
        [keep, f"{loss:.10f}", published]
        for keep, loss, published in zip(
            (1, 0.75, 0.5), losses, ("2.3004790898", "2.3023714897", "2.3042759221"), strict=True
        )
    ],
)

# %% role="test" id="test_hidden_forward_batchnorm" points=2
"""The training loss with batch norm in two hidden layers is right."""
### BEGIN HIDDEN TESTS
rng = check.rng()
shapes = {"W1": (5, 6), "b1": (6,), "W2": (6, 4), "b2": (4,), "W3": (4, 3), "b3": (3,)}
scales = {"gamma1": (6,), "beta1": (6,), "gamma2": (4,), "beta2": (4,)}
params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
params |= {name: rng.uniform(0.5, 2, size=shape) for name, shape in scales.items()}
X, y = rng.normal(size=(7, 5)), rng.permutation([0, 1, 2, 2, 1, 0, 0])
net = FullyConnectedNet([6, 4], 5, 3, 1, "batchnorm", dtype=np.float64)
net.params = {name: value.copy() for name, value in params.items()}
loss, _ = forward_only(net).loss(X, y)


def loss_of(hidden):
    """Return the loss where hidden(a, gamma, beta) follows each affine step but the last."""
    out = X
    for layer in "12":
        a = out @ params["W" + layer] + params["b" + layer]
        out = hidden(a, params["gamma" + layer], params["beta" + layer])
    Z = out @ params["W3"] + params["b3"]
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(7), y])


def norm(a, axis=0):
    """Return a with mean 0 and variance 1 along an axis."""
    variance = a.var(axis=axis, keepdims=True)
    return (a - a.mean(axis=axis, keepdims=True)) / np.sqrt(variance + 1e-5)


check.close(
    "loss of seven samples with batch norm",
    loss,
    loss_of(lambda a, gamma, beta: np.maximum(0, gamma * norm(a) + beta)),
    hint="affine, batch norm, ReLU in each hidden layer; no norm on the scores",
    mistakes={
        "the ReLU comes before the normalisation": loss_of(
            lambda a, gamma, beta: gamma * norm(np.maximum(0, a)) + beta
        ),
        "nothing is normalised": loss_of(lambda a, gamma, beta: np.maximum(0, a)),
        "layer norm in place of batch norm": loss_of(
            lambda a, gamma, beta: np.maximum(0, gamma * norm(a, 1) + beta)
        ),
        "the ReLU is missing": loss_of(lambda a, gamma, beta: gamma * norm(a) + beta),
        "gamma and beta are left at 1 and 0": loss_of(
            lambda a, gamma, beta: np.maximum(0, norm(a))
        ),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_hidden_forward_test_mode" points=2
"""After two training batches the scores in test mode come from the running averages."""
### BEGIN HIDDEN TESTS
rng = check.rng()
shapes = {"W1": (4, 5), "W2": (5, 5), "W3": (5, 5), "W4": (5, 3), "b4": (3,)}
params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
params |= {name + layer: rng.uniform(1, 2, 5) for name in ("b", "gamma", "beta") for layer in "123"}
first, second = rng.normal(size=(2, 6, 4))
X, y = rng.normal(size=(3, 4)), rng.permutation([0, 1, 2, 2, 1, 0])
net = FullyConnectedNet([5, 5, 5], 4, 3, 1, "batchnorm", dtype=np.float64)
net.params = {name: value.copy() for name, value in params.items()}
net = forward_only(net)
net.loss(first, y)
net.loss(second, y)
scores = np.array(net.loss(X))
alone = np.array(net.loss(X[:1]))


def scores_of(averages):
    """Return the scores of X, where averages(a, a1, a2) gives mean and variance of each layer."""
    out, out1, out2 = X, first, second
    for layer in "123":
        W, b = params["W" + layer], params["b" + layer]
        gamma, beta = params["gamma" + layer], params["beta" + layer]
        a, a1, a2 = out @ W + b, out1 @ W + b, out2 @ W + b
        mean, var = averages(a, a1, a2)
        out = np.maximum(0, gamma * (a - mean) / np.sqrt(var + 1e-5) + beta)
        out1 = np.maximum(0, gamma * (a1 - a1.mean(axis=0)) / np.sqrt(a1.var(axis=0) + 1e-5) + beta)
        out2 = np.maximum(0, gamma * (a2 - a2.mean(axis=0)) / np.sqrt(a2.var(axis=0) + 1e-5) + beta)
    return out @ params["W4"] + params["b4"]


right = scores_of(
    lambda a, a1, a2: (
        0.09 * a1.mean(axis=0) + 0.1 * a2.mean(axis=0),
        0.09 * a1.var(axis=0) + 0.1 * a2.var(axis=0),
    )
)
check.close(
    "scores of three samples in test mode",
    scores,
    right,
    hint="loss(X) runs in test mode, with the running averages of the training batches",
    mistakes={
        "the mode is not set: it is still training": scores_of(
            lambda a, a1, a2: (a.mean(axis=0), a.var(axis=0))
        ),
        "the running averages are lost: they were written into a copy": scores_of(
            lambda a, a1, a2: (0.0, 0.0)
        ),
    },
)
check.close(
    "scores of the first of them alone",
    alone,
    right[:1],
    hint="in test mode a sample's scores do not depend on the others",
)
### END HIDDEN TESTS

# %% role="test" id="test_hidden_forward_layernorm" points=1
"""Layer norm acts in the net, in training as in test mode; float32 stays float32."""
### BEGIN HIDDEN TESTS
rng = check.rng()
shapes = {"W1": (4, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)}
params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
params |= {name: rng.uniform(1, 2, size=5) for name in ("gamma1", "beta1")}
X, y = rng.normal(size=(4, 4)), rng.permutation([0, 1, 2, 2])
net = FullyConnectedNet([5], 4, 3, 1, "layernorm", dtype=np.float64)
net.params = {name: value.copy() for name, value in params.items()}
net = forward_only(net)
loss, _ = net.loss(X, y)
a = X @ params["W1"] + params["b1"]
a_hat = (a - a.mean(axis=1, keepdims=True)) / np.sqrt(a.var(axis=1, keepdims=True) + 1e-5)
hidden = np.maximum(0, params["gamma1"] * a_hat + params["beta1"])
Z = hidden @ params["W2"] + params["b2"]
check.close(
    "scores of four samples with layer norm",
    net.loss(X),
    Z,
    hint="affine, layer norm, ReLU",
    mistakes={
        "nothing is normalised": np.maximum(0, a) @ params["W2"] + params["b2"],
    },
)
check.close(
    "their loss",
    loss,
    np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(4), y]),
    hint="layer norm does the same in both modes",
)
half = FullyConnectedNet([5], 4, 3, 1, "layernorm")
check.equal(
    "are the scores of a float32 net float32",
    half.loss(X).dtype == np.float32,
    True,
    hint="make no float64 array on the way",
)
### END HIDDEN TESTS

# %% role="test" id="test_hidden_forward_dropout" points=2
"""Dropout acts behind the ReLU of each hidden layer in training, and not in test mode."""
### BEGIN HIDDEN TESTS
rng = check.rng()
p = rng.uniform(0.2, 0.3)
W1, b1, b2 = rng.uniform(0, 1, size=(4, 500)), rng.uniform(0, 1, 500), rng.normal(size=8)
X, y = rng.uniform(0, 1, size=(6, 4)), rng.permutation(8)[:6]
net = FullyConnectedNet([500], 4, 8, p, dtype=np.float64)
# Without W2 the scores are b2, whatever is dropped. So the gradient by the scores is known, and
# that by W2 tells what the hidden units were.
net.params = {"W1": W1.copy(), "b1": b1.copy(), "W2": np.zeros((500, 8)), "b2": b2.copy()}
net = forward_only(net)
_, grads = net.loss(X, y)
dscores = (np.exp(b2) / np.exp(b2).sum() - np.eye(8)[y]) / 6
hidden = (grads["W2"] @ np.linalg.pinv(dscores)).T
factor = np.round(hidden / (X @ W1 + b1), 6)
check.close(
    "largest and smallest factor on 3,000 hidden units in training",
    [factor.max(), factor.min()],
    [1 / p, 0.0],
    rtol=0,
    atol=1e-4,
    hint="dropout comes last in each hidden layer",
    mistakes={
        "there is no dropout": [1.0, 1.0],
        "dropout acts twice": [1 / p**2, 0.0],
    },
)
check.close(
    "share of them that is kept",
    np.mean(factor > 0),
    p,
    rtol=0,
    atol=0.06,  # seven standard deviations
    hint="p is the probability to keep a unit",
)
W2 = rng.normal(size=(500, 8))
net.params["W2"] = W2.copy()
check.close(
    "scores in test mode",
    net.loss(X),
    (X @ W1 + b1) @ W2 + b2,
    hint="set the mode of dropout_param before each call: test mode drops nothing",
)
### END HIDDEN TESTS

# %% [markdown] id="hidden_backward_text"
# ### Come back through it
#
# The same steps in reverse order, each with its own cache. The gradients of this layer's parameters
# get their names; the gradient with respect to the layer's input goes on to the layer below.

# %% [markdown] id="hints_hidden_backward"
# <details><summary>Hint 1: the direction</summary>
# Dropout, ReLU, normalisation, affine: those that were there on the way forwards.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# The normalisation returns three gradients, of its input, gamma and beta; the affine step three
# too, of its input, W and b. Collect four (or two) of them in a dictionary.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Take the cache apart as you put it together. <code>batchnorm_backward_alt</code> is the faster of
# your two; let <code>self.normalization</code> choose between it and
# <code>layernorm_backward</code>.
# </details>


# %% role="todo" id="hidden_backward"
@method_of(FullyConnectedNet)
def hidden_backward(self, layer, dout, cache):
    """Carry the gradient back through one hidden layer.

    Parameters
    ----------
    layer : int
        From 1 to L - 1.
    dout : ndarray, shape (N, H), float
        Gradient of the loss with respect to the layer's output.
    cache : tuple
        From ``hidden_forward`` in training.

    Returns
    -------
    dx : ndarray, shape (N, d1, ..., dk), float
        Gradient of the loss with respect to the layer's input.
    grads : dict of str to ndarray
        By this layer's W and b, and with normalisation gamma and beta, under the names that they
        have in ``params``. Without the L2 penalty.
    """
    # TODO: the steps of hidden_forward in reverse order.
    ### BEGIN SOLUTION
    affine_cache, norm_cache, relu_cache, dropout_cache = cache
    grads = {}
    if self.use_dropout:
        dout = dropout_backward(dout, dropout_cache)
    dout = relu_backward(dout, relu_cache)
    if self.normalization is not None:
        batchnorm = self.normalization == "batchnorm"
        backward = batchnorm_backward_alt if batchnorm else layernorm_backward
        dout, grads[f"gamma{layer}"], grads[f"beta{layer}"] = backward(dout, norm_cache)
    dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
    return dx, grads
    ### END SOLUTION


# %% role="given" id="without_penalty"
def without_penalty(net):
    """Return the net with its L2 penalty switched off, to check the way back by itself."""
    net.add_penalty = lambda loss, grads: (loss, grads)
    return net


# %% role="check" id="check_hidden_backward"
with check.todo("hidden_backward"):
    np.random.seed(231)
    X, y = np.random.randn(4, 6), np.random.randint(5, size=4)
    options = {"weight_scale": 0.5, "dtype": np.float64, "seed": 123}
    worst, lacking = {}, set()
    for normalization, keep in [
        ("batchnorm", 1),
        ("layernorm", 1),
        (None, 0.7),
        ("layernorm", 0.7),
    ]:
        net = FullyConnectedNet([5, 4], 6, 5, keep, normalization, **options)
        _, grads = without_penalty(net).loss(X, y)
        lacking |= set(net.params) - set(grads)
        for name in grads:
            found = gradcheck.compare_gradients(
                lambda _, net=net: net.loss(X, y)[0], net.params[name], grads[name], samples=4
            )
            worst[name] = max(worst.get(name, 0.0), np.nan_to_num(found.max_relative_error))
    check.equal(
        "number of parameters that have no gradient",
        len(lacking),
        0,
        hint="each layer gives those of its W, b, gamma and beta",
        mistakes={
            "those of gamma and beta are missing": 4,
            "one is missing, or has the name of another layer's": 1,
        },
    )
    np.random.seed(231)
    net = without_penalty(FullyConnectedNet([5, 4], 6, 5, 1, "batchnorm", **options))
    _, grads = net.loss(X, y)
    numerical = {
        name: gradcheck.eval_numerical_gradient(lambda _: net.loss(X, y)[0], net.params[name])
        for name in ("beta2", "gamma2", "b2", "W2", "gamma1")
    }
    check.close(
        "gradient of beta2 against the numerical one, with batch norm",
        grads["beta2"],
        numerical["beta2"],
        rtol=1e-5,
        atol=1e-8,
        hint="back through dropout and ReLU first, then through the normalisation",
        mistakes={
            "gamma and beta are swapped": numerical["gamma2"],
            "the ReLU's way back is missing": [0.254164873, 0.394954231, -0.256754951, 0.254250908],
        },
    )
    check.close(
        "gradient of gamma2 against the numerical one",
        grads["gamma2"],
        numerical["gamma2"],
        rtol=1e-5,
        atol=1e-8,
        hint="the normalisation's way back gives dx, dgamma and dbeta, in this order",
        mistakes={"half its size: hand dgamma on as it is": numerical["gamma2"] / 2},
    )
    check.close(
        "gradient of b2 against the numerical one",
        grads["b2"],
        numerical["b2"],
        rtol=1e-5,
        atol=1e-8,
        hint="0 here: batch norm subtracts what b adds; take dx of the normalisation",
        mistakes={
            "the gradient goes past the normalisation": [
                0.153268064,
                0.254758506,
                -0.026796397,
                0.187581385,
            ]
        },
    )
    check.close(
        "gradient of W2 against the numerical one",
        grads["W2"],
        numerical["W2"],
        rtol=1e-5,
        atol=1e-8,
        hint="dw of the affine step, as it is",
        mistakes={
            "divided by N: the loss has done that already": numerical["W2"] / 4,
            "divided by the number of the layer": numerical["W2"] / 2,
        },
    )
    check.close(
        "gradient of gamma1 against the numerical one",
        grads["gamma1"],
        numerical["gamma1"],
        rtol=1e-5,
        atol=1e-8,
        hint="the layer below gets dx of the affine step",
        mistakes={"dx is divided by N: the loss has done that already": numerical["gamma1"] / 4},
    )
    check.within(
        "largest relative error of all gradients, with dropout and without",
        max(worst.values()),
        0,
        1e-5,
        hint="back through dropout, ReLU, normalisation and the affine step, each if it is there",
    )

# %% role="test" id="test_hidden_backward_batchnorm" points=3
"""All gradients of a net with batch norm are right."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(4, 5), (5,), (5, 3), (3,)])
gamma, beta = rng.uniform(1, 2, size=(2, 5))
X, y = rng.normal(size=(6, 4)), rng.permutation([0, 1, 2, 2, 1, 0])
net = FullyConnectedNet([5], 4, 3, 1, "batchnorm", dtype=np.float64)
net.params = {"W1": W1, "b1": b1, "gamma1": gamma, "beta1": beta, "W2": W2, "b2": b2}
_, grads = without_penalty(net).loss(X, y)
A = X @ W1 + b1
inv_std = 1 / np.sqrt(A.var(axis=0) + 1e-5)
A_hat = (A - A.mean(axis=0)) * inv_std
H = gamma * A_hat + beta
Z = np.maximum(0, H) @ W2 + b2
E = (np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) - np.eye(3)[y]) / 6
through, dH = E @ W2.T, (E @ W2.T) * (H > 0)
dbeta, dgamma = dH.sum(axis=0), (dH * A_hat).sum(axis=0)
dA = gamma * inv_std * (dH - (dbeta + A_hat * dgamma) / 6)
check.close(
    "gradient of beta1",
    grads["beta1"],
    dbeta,
    hint="the ReLU's way back comes before that of the normalisation",
    mistakes={
        "the ReLU's way back is missing": through.sum(axis=0),
        "gamma and beta are swapped": dgamma,
    },
)
check.close(
    "gradient of gamma1",
    grads["gamma1"],
    dgamma,
    hint="the second of the three gradients that batchnorm_backward returns",
)
check.close(
    "gradient of W1",
    grads["W1"],
    X.T @ dA,
    hint="the affine step gets what the normalisation hands on",
    mistakes={"the gradient goes past the normalisation": X.T @ dH},
)
### END HIDDEN TESTS

# %% role="test" id="test_hidden_backward_deep" points=3
"""All gradients of a net with two hidden layers and layer norm agree with central differences."""
### BEGIN HIDDEN TESTS
rng = check.rng()
shapes = {"W1": (3, 4), "b1": (4,), "W2": (4, 5), "b2": (5,), "W3": (5, 3), "b3": (3,)}
scales = {"gamma1": (4,), "beta1": (4,), "gamma2": (5,), "beta2": (5,)}
params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
params |= {name: rng.uniform(0.5, 2, size=shape) for name, shape in scales.items()}
X, y = rng.normal(size=(4, 3)), rng.permutation([0, 1, 2, 2])
net = FullyConnectedNet([4, 5], 3, 3, 1, "layernorm", dtype=np.float64)
net.params = {name: value.copy() for name, value in params.items()}
_, grads = without_penalty(net).loss(X, y)


def loss_of(_):
    """Return the loss of the net with params."""
    out = X
    for layer in "12":
        a = out @ params["W" + layer] + params["b" + layer]
        spread = np.sqrt(a.var(axis=1, keepdims=True) + 1e-5)
        a_hat = (a - a.mean(axis=1, keepdims=True)) / spread
        out = np.maximum(0, params["gamma" + layer] * a_hat + params["beta" + layer])
    Z = out @ params["W3"] + params["b3"]
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(4), y])


check.close(
    "gradients of gamma1 and beta1",
    [grads["gamma1"], grads["beta1"]],
    [gradcheck.eval_numerical_gradient(loss_of, params[name]) for name in ("gamma1", "beta1")],
    rtol=1e-5,
    atol=1e-7,
    hint="each layer's cache goes with its own way back",
)
check.close(
    "gradient of W1",
    grads["W1"],
    gradcheck.eval_numerical_gradient(loss_of, params["W1"]),
    rtol=1e-5,
    atol=1e-7,
    hint="return the gradient by the layer's input, so that it reaches the layer below",
)
check.close(
    "gradient of W2",
    grads["W2"],
    gradcheck.eval_numerical_gradient(loss_of, params["W2"]),
    rtol=1e-5,
    atol=1e-7,
    hint="name the gradients of each layer by its number",
)
### END HIDDEN TESTS

# %% role="test" id="test_hidden_backward_dropout" points=2
"""With dropout the gradient reaches exactly the units that were kept, divided by p."""
### BEGIN HIDDEN TESTS
rng = check.rng()
p = rng.uniform(0.4, 0.6)
W1, W2, b2 = rng.normal(size=(3, 60)), rng.normal(size=(60, 4)) / 8, rng.normal(size=4)
gamma, beta = rng.uniform(0.5, 1, size=60), rng.uniform(6, 7, size=60)
x, y = rng.normal(size=(1, 3)), rng.integers(4, size=1)
net = FullyConnectedNet([60], 3, 4, p, "layernorm", dtype=np.float64)
net.params = {"W1": W1, "b1": np.zeros(60), "gamma1": gamma, "beta1": beta, "W2": W2, "b2": b2}
_, grads = without_penalty(net).loss(x, y)
a = x @ W1
a_hat = (a - a.mean()) / np.sqrt(a.var() + 1e-5)
hidden = (gamma * a_hat + beta)[0]  # all above 0, so the ReLU lets everything through
# One sample: the gradient of W2 is the hidden layer times that of b2, so it tells what was kept.
factor = grads["W2"][:, 0] / grads["b2"][0] / hidden
passed = W2 @ grads["b2"]
check.close(
    "largest factor on the gradient of beta1",
    (grads["beta1"] / passed).max(),
    1 / p,
    hint="dropout's way back comes first: the mask of the forward pass, 1/p included",
    mistakes={"the gradient goes past dropout": 1.0},
)
check.close(
    "gradient of beta1, less what the units that were kept hand on",
    grads["beta1"] - factor * passed,
    np.zeros(60),
    hint="dropout's way back uses the mask of the forward pass",
)
check.close(
    "gradient of gamma1, less that of beta1 times the normalised x",
    grads["gamma1"] - grads["beta1"] * a_hat[0],
    np.zeros(60),
    hint="dropout, then ReLU, then the normalisation",
)
### END HIDDEN TESTS

# %% [markdown] id="add_penalty_text"
# ### Penalise the weights, and nothing else
#
# As in the fourth notebook, with strength $\lambda$ (`reg`),
#
# $$L = L_\text{data} + \frac{\lambda}{2} \sum_l \lVert W_l \rVert^2,
# \qquad dW_l \text{ gets } \lambda W_l .$$
#
# Biases, scales and shifts stay out of it: a penalty on $\gamma$ would pull the scale towards 0,
# where the layer says nothing.

# %% [markdown] id="hints_add_penalty"
# <details><summary>Hint 1: the direction</summary>
# One loop over the layers, the last one included; two lines in it.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# Half of reg times the sum of the squares goes into the loss, reg times W into W's gradient.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# The layers run from 1 to <code>self.num_layers</code>; <code>self.params</code> and
# <code>grads</code> have the same names. Return loss and grads.
# </details>


# %% role="todo" id="add_penalty"
@method_of(FullyConnectedNet)
def add_penalty(self, loss, grads):
    """Add the L2 penalty on all weight matrices to loss and gradients.

    Parameters
    ----------
    loss : float
        Mean cross-entropy of the batch, in nats.
    grads : dict of str to ndarray
        Its gradients with respect to all parameters; may be changed.

    Returns
    -------
    loss : float
    grads : dict of str to ndarray
        Of the loss with its penalty.
    """
    # TODO: for each W, its share of the loss and of the gradient.
    ### BEGIN SOLUTION
    for layer in range(1, self.num_layers + 1):
        W = self.params[f"W{layer}"]
        loss += 0.5 * self.reg * np.sum(W * W)
        grads[f"W{layer}"] += self.reg * W
    return loss, grads
    ### END SOLUTION


# %% role="check" id="check_add_penalty"
with check.todo("add_penalty"):
    np.random.seed(231)
    X, y = np.random.randn(2, 15), np.random.randint(10, size=2)
    options = {"normalization": "batchnorm", "weight_scale": 5e-2, "dtype": np.float64}
    FullyConnectedNet([20, 30], 15, 10, **options)  # the published loss is that of the next one
    net = FullyConnectedNet([20, 30], 15, 10, reg=3.14, **options)
    before = net.params["W1"].copy()
    loss, grads = net.loss(X, y)
    check.equal(
        "W1 after the call", net.params["W1"], before, hint="only the update changes the weights"
    )
    squares = [np.sum(net.params[f"W{layer}"] ** 2) for layer in (1, 2, 3)]
    check.close(
        "loss of the original's net with batch norm, reg = 3.14, as published",
        loss,
        6.9965332201,
        rtol=0,
        atol=1e-9,
        hint="the data loss plus half of reg times the sum of the squares of W1, W2 and W3",
        mistakes={
            "the factor 1/2 is missing": 6.9965332201 + 1.57 * sum(squares),
            "the last layer is left out": 6.9965332201 - 1.57 * squares[2],
            "there is no penalty": 6.9965332201 - 1.57 * sum(squares),
            "gamma is penalised too": 6.9965332201 + 1.57 * 50,
            "the first layer is left out": 6.9965332201 - 1.57 * squares[0],
            "the penalty is divided by N": 6.9965332201 - 0.785 * sum(squares),
        },
    )
    net.reg = 0.0
    _, unpenalised = net.loss(X, y)
    check.close(
        "what the penalty adds to W3's gradient, as a multiple of W3",
        np.median((grads["W3"] - unpenalised["W3"]) / net.params["W3"]),
        3.14,
        rtol=1e-6,
        hint="add reg * W to the gradient that is there, with no 2: half of reg times 2 W",
        mistakes={
            "a factor 2 too many": 6.28,
            "there is no penalty": 0.0,
        },
    )

# %% role="test" id="test_add_penalty_loss" points=2
"""The penalty is half of reg times the squares of all weight matrices, and of nothing else."""
### BEGIN HIDDEN TESTS
rng = check.rng()
shapes = {"W1": (4, 6), "b1": (6,), "W2": (6, 3), "b2": (3,), "W3": (3, 5), "b3": (5,)}
scales = {"gamma1": (6,), "beta1": (6,), "gamma2": (3,), "beta2": (3,)}
params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
params |= {name: rng.uniform(1, 2, size=shape) for name, shape in scales.items()}
X, y = rng.normal(size=(5, 4)), rng.permutation([0, 1, 2, 3, 4])
plain = FullyConnectedNet([6, 3], 4, 5, 1, "batchnorm", dtype=np.float64)
penalised = FullyConnectedNet([6, 3], 4, 5, 1, "batchnorm", reg=0.6, dtype=np.float64)
plain.params = {name: value.copy() for name, value in params.items()}
penalised.params = {name: value.copy() for name, value in params.items()}
loss, _ = plain.loss(X, y)
with_penalty, _ = penalised.loss(X, y)
first, second, third = (np.sum(params[name] ** 2) for name in ("W1", "W2", "W3"))
check.close(
    "the loss with reg = 0, computed again, less itself",
    plain.loss(X, y)[0] - loss,
    0.0,
    hint="the penalty must not change the weights",
)
check.close(
    "loss with reg = 0.6 less that with reg = 0",
    with_penalty - loss,
    0.3 * (first + second + third),
    hint="half of reg times the sum of the squares of W1, W2 and W3",
    mistakes={
        "the factor 1/2 is missing": 0.6 * (first + second + third),
        "the last layer is left out": 0.3 * (first + second),
        "the first layer is left out": 0.3 * (second + third),
        "biases, scales and shifts are penalised too": 0.3
        * sum(np.sum(value**2) for value in params.values()),
        "there is no penalty": 0.0,
        "the penalty is divided by N": 0.06 * (first + second + third),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_add_penalty_gradients" points=2
"""The penalty adds reg * W to the gradients of the weights, and nothing to the others."""
### BEGIN HIDDEN TESTS
rng = check.rng()
shapes = {"W1": (4, 6), "b1": (6,), "W2": (6, 3), "b2": (3,), "W3": (3, 5), "b3": (5,)}
scales = {"gamma1": (6,), "beta1": (6,), "gamma2": (3,), "beta2": (3,)}
params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
params |= {name: rng.uniform(1, 2, size=shape) for name, shape in scales.items()}
X, y = rng.normal(size=(5, 4)), rng.permutation([0, 1, 2, 3, 4])
plain = FullyConnectedNet([6, 3], 4, 5, 1, "layernorm", dtype=np.float64)
penalised = FullyConnectedNet([6, 3], 4, 5, 1, "layernorm", reg=0.6, dtype=np.float64)
plain.params = {name: value.copy() for name, value in params.items()}
penalised.params = {name: value.copy() for name, value in params.items()}
_, grads = plain.loss(X, y)
_, with_penalty = penalised.loss(X, y)
small = FullyConnectedNet([6], 4, 5, reg=0.5, dtype=np.float64)
W, b = rng.normal(size=(6, 5)), rng.normal(size=5)
small.params = {"W1": params["W1"], "b1": params["b1"], "W2": W.copy(), "b2": b.copy()}
_, of_small = small.loss(X, y)
hidden = np.maximum(0, X @ params["W1"] + params["b1"])
P = np.exp(hidden @ W + b) / np.exp(hidden @ W + b).sum(axis=1, keepdims=True)
check.close(
    "gradient of the last W of a small net with reg = 0.5",
    of_small["W2"],
    hidden.T @ (P - np.eye(5)[y]) / 5 + 0.5 * W,
    hint="add reg * W to the gradient that is there",
    mistakes={
        "the penalty's gradient takes the place of the other": 0.5 * W,
        "a factor 2 too many": hidden.T @ (P - np.eye(5)[y]) / 5 + W,
        "there is no penalty": hidden.T @ (P - np.eye(5)[y]) / 5,
    },
)
weights, others = ("W1", "W2", "W3"), ("b1", "gamma1", "beta1", "b2", "gamma2", "beta2", "b3")
right = 0.6 * np.concatenate([params[name].ravel() for name in weights])
check.close(
    "what reg = 0.6 adds to the gradients of W1, W2 and W3, in one row",
    np.concatenate([(with_penalty[name] - grads[name]).ravel() for name in weights]),
    right,
    hint="reg * W for each layer",
    mistakes={
        "the first layer is left out": np.concatenate([np.zeros(24), right[24:]]),
    },
)
check.close(
    "what it adds to the gradients of the biases, scales and shifts, in one row",
    np.concatenate([with_penalty[name] - grads[name] for name in others]),
    np.zeros(32),
    hint="only the weight matrices are penalised",
    mistakes={
        "biases, scales and shifts are penalised too": 0.6
        * np.concatenate([params[name] for name in others]),
    },
)
### END HIDDEN TESTS

# %% [markdown] id="experiments_text" report="show"
# ## Try it out
#
# All layers stand; now see what they are good for. Each experiment changes one thing and keeps the
# rest, on few images, so that it takes seconds. They use the photographs of CIFAR-10, or where
# these have not been downloaded the digits of MNIST, on which all accuracies are higher.

# %% role="given" id="load" report="output"
images = data.load("cifar10")
if images.name == "shapes-10":  # too hard for nets without convolution to show much
    images = data.load("mnist")

# %% [markdown] id="prepare_text" report="hide"
# As in the second notebook, each image becomes a row of numbers, less the mean image. The `Solver`
# of the fourth notebook trains; `fit` runs it once.


# %% role="given" id="prepare"
mean_image = images.train.images.mean(axis=0).ravel().astype(np.float32)

num_pixels = mean_image.size


def small_data(count):
    """Return the first count images to train and a thousand to validate, for the Solver."""
    train, validation = images.train, images.validation
    return {
        "X_train": data.flatten(train.images[:count]).astype(np.float32) - mean_image,
        "y_train": train.labels[:count],
        "X_val": data.flatten(validation.images[:1000]).astype(np.float32) - mean_image,
        "y_val": validation.labels[:1000],
    }


def fit(net, samples, **settings):
    """Train a net with Adam, and return the Solver, or None if the loss did not stay finite."""
    solver = Solver(net, samples, update_rule=adam, verbose=False, rng=0, **settings)
    try:
        with np.errstate(all="ignore"):
            solver.train()
    except FloatingPointError:
        return None
    return solver


def accuracies(solver):
    """Return a solver's accuracies under the names that the plots know."""
    return {
        "train_accuracy": solver.train_acc_history,
        "validation_accuracy": solver.val_acc_history,
    }


# %% [markdown] id="with_and_without_text" report="show"
# ### With batch norm, and without
#
# Five hidden layers of 100 units, 1,000 images, ten epochs of Adam at a learning rate of 0.001: the
# same net twice, from the same weights.

# %% role="play" id="with_and_without"
thousand = small_data(1000)
deep_runs = {}
for name, normalization in {"batch norm": "batchnorm", "no norm": None}.items():
    np.random.seed(231)
    net = FullyConnectedNet([100] * 5, num_pixels, normalization=normalization, weight_scale=2e-2)
    deep_runs[name] = fit(net, thousand, batch_size=50, optim_config={"learning_rate": 1e-3})
plots.loss_curve({name: solver.loss_history for name, solver in deep_runs.items()})

# %% role="play" id="with_and_without_accuracy"
plots.loss_and_accuracy(
    {name: accuracies(solver) for name, solver in deep_runs.items()}, first_epoch=0
)

# %% [markdown] id="scales_text" report="show"
# ### Twenty scales of the first weights
#
# Now seven hidden layers of 50 units, from weights of standard deviation 0.0001 up to 1: forty
# short trainings. Watch how wide the range is in which each kind of net learns at all. Final losses
# above 3 are drawn at 3.

# %% role="play" id="weight_scales"
weight_scales = np.logspace(-4, 0, 20)
sweep_data = thousand if images.name == "cifar10" else small_data(500)  # digits need fewer
nets = []
for normalization in ("batchnorm", None):
    for scale in weight_scales:
        np.random.seed(231)
        nets.append(
            FullyConnectedNet([50] * 7, num_pixels, normalization=normalization, weight_scale=scale)
        )
settings = {"batch_size": 50, "optim_config": {"learning_rate": 1e-3}}
solvers = parallel_map(lambda net: fit(net, sweep_data, **settings), nets)


def outcomes(summary):
    """Return a number for each net with batch norm, and for each without; nan if it diverged."""
    values = [np.nan if solver is None else summary(solver) for solver in solvers]
    return {"batch norm": values[:20], "no norm": values[20:]}


plots.sweep(
    "weight scale",
    weight_scales,
    {
        "best validation accuracy": outcomes(lambda solver: solver.best_val_acc),
        "best training accuracy": outcomes(lambda solver: max(solver.train_acc_history)),
        "final loss (nats)": outcomes(lambda solver: min(np.mean(solver.loss_history[-10:]), 3)),
    },
)

# %% [markdown] id="question_scales_text" report="show"
# ### Question 1: the scale of the first weights
#
# Describe the three panels. Why does the net without normalisation fail on the left, and why on the
# right? Why does batch norm help, and where does it stop helping?

# %% [markdown] role="explain" id="answer_scales" points=5
# Without normalisation the net learns only in a narrow range near 0.1. On the left each layer
# multiplies the signal, and on the way back the gradient, by a small number; after eight layers
# nothing is left, the scores are equal and the loss stays at ln 10. On the right each layer makes
# the numbers larger: scores and gradients explode, the first loss is enormous. Batch norm brings
# each layer's input back to mean 0 and variance 1, whatever the weights' scale, so it learns over
# several orders of magnitude. Far left eps is no longer small against the variance, so the signal
# shrinks all the same; at a scale of 1 the last layer, which nothing normalises, gives scores that
# are far too large, and a step of Adam turns such large weights only a little.

# %% [markdown] id="panel_text" report="hide"
# ### Wake a dead net
#
# Press *Start*: nothing happens, since weights as small as these let nothing through seven layers.
# Can the learning rate alone bring the net to life? Then set `normalization` to "batchnorm", press
# *Reset* and start again. Lower the batch size to 2 while it trains: what does batch norm make of
# two samples? Compare with "layernorm", at a weight scale of 0.1. Turn `keep` down, and watch both
# accuracies. After opening the notebook again, run the cell once more.


# %% role="play" id="panel"
class Training:
    """Train your net for the panel: one minibatch a step."""

    def __init__(self, settings):
        normalization = {"none": None}.get(settings["normalization"], settings["normalization"])
        self.net = FullyConnectedNet(
            [50] * 7, num_pixels, normalization=normalization, weight_scale=settings["weight_scale"]
        )
        self.rng = np.random.default_rng(settings["seed"])
        self.configs = dict.fromkeys(self.net.params)

    def step(self, settings):
        """Take one step of Adam with the settings of this moment."""
        rows = self.rng.integers(len(thousand["y_train"]), size=settings["batch_size"])
        X, y = thousand["X_train"][rows], thousand["y_train"][rows]
        self.net.use_dropout = settings["keep"] < 1
        self.net.dropout_param["p"] = settings["keep"]
        loss, grads = self.net.loss(X, y)
        for name, w in self.net.params.items():
            config = {**(self.configs[name] or {}), "learning_rate": settings["learning_rate"]}
            self.net.params[name], self.configs[name] = adam(w, grads[name], config)
        return {"loss": loss}

    def validate(self):
        """Return the accuracies on 500 training and 500 validation images."""
        found = {}
        for name, part in {"train_accuracy": "train", "validation_accuracy": "val"}.items():
            scores = self.net.loss(thousand[f"X_{part}"][:500])
            found[name] = np.mean(scores.argmax(axis=1) == thousand[f"y_{part}"][:500])
        return found

    def weights(self):
        """Return the weights whose updates are compared with them."""
        return {name: self.net.params[name] for name in ("W1", "W4", "W8")}


lab.TrainingLab(
    Training,
    sliders={
        "learning_rate": lab.log(1e-5, 1e-1, value=1e-3),
        "batch_size": lab.choice(2, 5, 10, 50, 200, value=50),
        "keep": lab.choice(0.25, 0.5, 0.75, 1.0, value=1.0),
        "weight_scale": lab.log(1e-4, 1, value=1e-3, fresh=True),
        "normalization": lab.choice("none", "batchnorm", "layernorm", value="none", fresh=True),
    },
    steps=200,
)

# %% [markdown] id="batch_sizes_text" report="show"
# ### Batches of 5, 10 and 50
#
# Batch norm knows mean and variance only from the batch. How small may it be? The net without
# normalisation, with batches of 50, is there to compare with. Training accuracy is measured in test
# mode, with the running averages.


# %% role="play" id="batch_sizes"
kinds = [(None, 50), *((kind, size) for kind in ("batchnorm", "layernorm") for size in (5, 10, 50))]


def run_of(kind):
    """Train the same net with another normalisation and batch size."""
    net = deep_nets[kind]
    rate = {"learning_rate": 10**-3.5}
    return accuracies(fit(net, sweep_data, batch_size=kind[1], optim_config=rate))


deep_nets = {}
for normalization, size in kinds:
    np.random.seed(231)
    deep_nets[normalization, size] = FullyConnectedNet(
        [100] * 5, num_pixels, normalization=normalization, weight_scale=2e-2
    )
size_runs = {
    f"{normalization or 'no norm'}, batches of {size}": run
    for (normalization, size), run in zip(kinds, parallel_map(run_of, kinds), strict=True)
}
plots.loss_and_accuracy(
    {name: run for name, run in size_runs.items() if "layernorm" not in name}, first_epoch=0
)

# %% role="play" id="batch_sizes_layernorm"
plots.loss_and_accuracy(
    {name: run for name, run in size_runs.items() if "batchnorm" not in name}, first_epoch=0
)

# %% [markdown] id="question_batch_size_text" report="show"
# ### Question 2: the size of the batch
#
# What does the first figure say about batch norm and the size of the batch, and why is it so? What
# is different in the second figure, and why?

# %% [markdown] role="explain" id="answer_batch_size" points=5
# With batch norm the net learns worse the smaller the batch, although small batches make more steps
# in each epoch: on CIFAR-10 ten epochs bring it to 87 % of the training images with batches of 50,
# to 61 % with 10, and to 37 % with 5, which is less than without normalisation (53 %). Mean and
# variance of five samples are poor estimates: each sample is shifted and scaled in a way that
# depends on the other four by chance, and the running averages that test mode takes fit none of the
# batches well. Layer norm takes its statistics from each sample alone. Small batches still learn
# less (85 %, 65 %, 54 %), since their gradients are noisy, but the layer itself does not suffer:
# with five samples it is far ahead of batch norm.

# %% [markdown] id="question_kinds_text" report="show"
# ### Question 3: relatives
#
# Which of these ways to prepare a data set of images is most like batch norm, and which most like
# layer norm? Say why.
#
# | letter | preparation |
# | --- | --- |
# | A | scale each image so that its pixels have the sum 1 |
# | B | shift and scale each image so that its own pixels have mean 0 and variance 1 |
# | C | subtract the mean image of the data set from each image |
# | D | set each pixel to 0 or 1 by a threshold |
#
# And when will layer norm work badly: in a very deep net, with very few units in a layer, or with a
# strong L2 penalty?

# %% [markdown] role="explain" id="answer_kinds" points=5
# C is most like batch norm: each pixel is compared with the same pixel of all other images (batch
# norm divides by the spread too). B is most like layer norm: mean and variance are those of one
# image's own pixels. A takes its sum within one image as well, but shifts nothing; D looks at no
# other value at all. Layer norm works badly with very few units: mean and variance of two or three
# numbers tell little, and with a single unit the output is always beta. Depth is no problem, it is
# what the layer is for. A strong penalty shrinks the weights, whose scale the normalisation takes
# out again; so it hurts the last layer at most.

# %% [markdown] id="dropout_experiment_text" report="show"
# ### Keep all units, or a quarter of them
#
# One hidden layer of 500 units, 500 images, 25 epochs of Adam at 0.0005: few images for so many
# weights.

# %% role="play" id="dropout_experiment"
dropout_runs = {}
for keep in (1, 0.25):
    np.random.seed(231)
    net = FullyConnectedNet([500], num_pixels, dropout=keep)
    rate = {"learning_rate": 5e-4}
    dropout_runs[f"keep {keep}"] = accuracies(
        fit(net, small_data(500), num_epochs=25, batch_size=100, optim_config=rate)
    )
plots.loss_and_accuracy(dropout_runs, first_epoch=0)

# %% [markdown] id="question_dropout_text" report="show"
# ### Question 4: dropout
#
# (a) What does the figure say about dropout, and how can you see in it what dropout is meant for?
# (b) What would go wrong if training did not divide by $p$? (c) A net with hidden layers of 500
# units and $p = 0.5$ is to be made smaller, with 100 units in each layer. How should $p$ change?

# %% [markdown] role="explain" id="answer_dropout" points=5
# (a) With all units kept, training accuracy climbs to nearly 100 % while validation accuracy stays
# where it was early on: the net has learnt its 500 images by heart. With a keep probability of .25
# training accuracy rises more slowly and the gap is smaller, at a validation accuracy that is about
# the same or a little higher: dropout works against overfitting. (b) The inputs of the next layer
# would be p times as large in training as in test mode; its weights would be fitted to the smaller
# numbers, and all scores at test time would be off by a factor 1/p in each such layer. (c) It
# should be raised. With p = .5 only 50 of 100 units are left, and a smaller net overfits less in
# the first place.

# %% role="play" id="progress" report="output"
check.progress()

# %% [markdown] id="make_report_text" report="hide"
# ## Make your report, and hand in
#
# Write your name and your student id into the next cell and run it. Then save the notebook and
# press the button: it makes a PDF of your code, your results and your answers, and says which
# answers are still missing.
#
# To hand in, run this in a terminal, in the folder of the course:
#
#     .venv/bin/python -m helpers.submit 05_batchnorm_dropout
#
# (on Windows `.venv\Scripts\python`). It runs your checks afresh, tells what is done and what is
# not, and makes the one file that you hand in.

# %% role="play" id="make_report" report="hide"
report.button("05_batchnorm_dropout", name="", student_id="")

# %% [markdown] id="closing" report="hide"
# ## What you have learnt
#
# You carried a gradient through a graph node by node, found wrong nodes by numbers, and turned nine
# steps into one formula on paper. You have seen that normalisation makes a deep net forgive a wide
# range of first weights, that batch norm asks for a batch to take its statistics from and layer
# norm does not, and that dropout trades training accuracy for less overfitting.
#
# A picture is more than a row of numbers, though: neighbouring pixels belong together. The next
# notebook builds layers that know it, and takes batch norm along.
