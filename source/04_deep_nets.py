# %% [markdown] id="intro" report="show"
# # 4. Deep nets from small layers
#
# You will build fully connected nets of any depth from layers that each know their own gradient,
# and the update rules that train them: momentum, RMSProp and Adam. At the end your best net names
# the right one of the ten classes of CIFAR-10 for nearly six in ten photographs.
#
# **You will learn** to cut backpropagation into layers that can be tested one by one, to find a
# wrong gradient by numbers, to choose a learning rate and a scale for the first weights, and what
# the update rules do with the gradients that they get.
#
# **You need** the second notebook (a two-layer net, gradient checks), and about eight hours.

# %% role="given" id="set_up"
import numpy as np

from helpers import check, data, gradcheck, lab, plots, report
from helpers.notebook import Table, method_of
from helpers.solver import Solver

check.todos(
    "affine_forward",
    "affine_backward",
    "relu_forward",
    "relu_backward",
    "svm_loss",
    "softmax_loss",
    "is_wrong",
    "residual_backward",
    "twolayernet_init",
    "twolayernet_loss",
    "fullyconnectednet_initial_params",
    "fullyconnectednet_loss",
    "overfit_settings",
    "sgd_momentum",
    "rmsprop",
    "adam",
)

# %% [markdown] id="how_to" report="hide"
# ## How this notebook works
#
# Cells marked **TODO** are yours, the **check** below each tells at once what is right, and
# *Hidden test* cells are graded on inputs that you do not see here. Hints are folded. Before you
# hand in, restart the kernel and run all cells.
#
# Names and arguments are those of Stanford's course CS231n (assignment 2, 2018 and later). What you
# have written for it fits as it is. Functions go into the cells of their names. Methods stand below
# a line `@method_of(TwoLayerNet)` or `@method_of(FullyConnectedNet)`, the latter's `__init__` in
# the cell of `initial_params`; or put the whole class there, and empty the cell of its `loss`.

# %% role="play" id="where_you_stand" report="hide"
check.progress()

# %% [markdown] id="layers_text" report="show"
# ## Give each layer its own gradient
#
# For the two-layer net you derived all gradients at once, by hand. Here each layer is a pair of
# functions that knows nothing of its neighbours:
#
# - `forward` takes the input $x$ and the parameters, and returns the output and a *cache*: whatever
#   the way back will need. What is in it is up to you.
# - `backward` takes the *upstream gradient* `dout`, the derivative of the loss with respect to each
#   entry of the output, and the cache. It returns the derivatives of the loss with respect to $x$
#   and to the parameters, each in the shape of what it belongs to.
#
# The derivative with respect to $x$ is the upstream gradient of the layer below. So a net of any
# depth needs no new derivation: run the layers forwards, then backwards.

# %% [markdown] id="affine_forward_text" report="show"
# ### The affine layer
#
# An input may have any shape $(N, d_1, \ldots, d_k)$, such as $N$ colour images. The layer makes
# each sample a row of $D = d_1 \cdots d_k$ features, $X$ of shape $(N, D)$, and returns
#
# $$\mathrm{out} = X W + b, \qquad \text{shapes } (N, D)\,(D, M) + (M,) \to (N, M).$$

# %% [markdown] id="hints_affine_forward"
# <details><summary>Hint 1: the direction</summary>
# Reshape first: one row a sample. Then it is the matrix product that you know.
# </details>
#
# <details><summary>Hint 2: the function</summary>
# <code>x.reshape(len(x), -1)</code> keeps the samples apart; the -1 stands for whatever is left.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# The product of those rows with <code>w</code>, plus <code>b</code>. Keep <code>x</code> in the
# cache as it came: the way back needs its shape.
# </details>


# %% role="todo" id="affine_forward"
def affine_forward(x, w, b):
    """Apply an affine layer.

    Parameters
    ----------
    x : ndarray, shape (N, d1, ..., dk), float
        One entry a sample, of any shape; not changed.
    w : ndarray, shape (D, M), float
        Weights, with D = d1 * ... * dk.
    b : ndarray, shape (M,), float
        Biases.

    Returns
    -------
    out : ndarray, shape (N, M), float
    cache : tuple
        What ``affine_backward`` needs.
    """
    # TODO: rows, product, bias; no loop over the samples.
    ### BEGIN SOLUTION
    return x.reshape(len(x), -1) @ w + b, (x, w, b)
    ### END SOLUTION


# %% role="check" id="check_affine_forward"
with check.todo("affine_forward"):
    x = np.linspace(-0.1, 0.5, num=2 * 4 * 5 * 6).reshape(2, 4, 5, 6)
    w, b = np.linspace(-0.2, 0.3, num=120 * 3).reshape(120, 3), np.linspace(-0.3, 0.1, num=3)
    # The original assignment prints these numbers.
    published = np.array(
        [[1.49834967, 1.70660132, 1.91485297], [3.25553199, 3.5141327, 3.77273342]]
    )
    out, _ = affine_forward(x, w, b)
    check.close(
        "output for two samples of shape (4, 5, 6)",
        out,
        published,
        atol=1e-8,  # they are published with eight decimals
        hint="each sample becomes a row of 120 features; then rows times w, plus b",
        mistakes={
            "the bias is forgotten": published - b,
            "the bias is subtracted": [
                [2.09834967, 1.90660132, 1.71485297],
                [3.855532, 3.7141327, 3.57273342],
            ],
            "the features of different samples are mixed: keep the first axis": [
                [3.87998625, 4.11320264, 4.34641904],
                [3.89462943, 4.1282654, 4.36190138],
            ],
            "the features of a sample are flattened in the wrong order": [
                [0.169029498, 0.37728115, 0.5855328],
                [1.92621182, 2.18481253, 2.44341325],
            ],
        },
    )
    out, _ = affine_forward(np.array([[1.0, 2.0]]), np.array([[1.0], [10.0]]), np.array([100.0]))
    check.close(
        "output for the one sample [1, 2], weights [1, 10], bias 100",
        out,
        [[121.0]],
        hint="1 * 1 + 2 * 10 + 100, as an array of shape (1, 1)",
        mistakes={
            "the axis of the samples is lost": 121.0,
        },
    )

# %% role="test" id="test_affine_forward_values" points=2
"""The layer takes samples of any shape, and float32 stays float32."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b = (rng.normal(size=shape) for shape in [(3, 2, 4), (8, 5), (5,)])
rows = np.array([x[0].ravel(), x[1].ravel(), x[2].ravel()])
out, _ = affine_forward(x.copy(), w.copy(), b.copy())
check.close(
    "output for three samples of shape (2, 4)",
    out,
    rows @ w + b,
    hint="each sample becomes a row of 8 features; then rows times w, plus b",
    mistakes={
        "the bias is forgotten": rows @ w,
        "the bias is subtracted": rows @ w - b,
        "the features of different samples are mixed: keep the first axis": x.reshape(8, 3).T @ w
        + b,
        "the features of a sample are flattened in the wrong order": x.transpose(0, 2, 1).reshape(
            3, 8
        )
        @ w
        + b,
        "a ReLU does not belong here": np.maximum(0, rows @ w + b),
    },
)
single, _ = affine_forward(x.astype(np.float32), w.astype(np.float32), b.astype(np.float32))
check.equal(
    "is the output of float32 arrays float32",
    np.asarray(single).dtype == np.float32,
    True,
    hint="make no float64 arrays, such as np.zeros without a dtype, on the way",
)
### END HIDDEN TESTS

# %% role="test" id="test_affine_forward_input_unchanged" points=1
"""The layer leaves x, w and b as they were, and takes a batch of one."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn, weights, biases = (rng.normal(size=shape) for shape in [(1, 2, 3), (6, 4), (4,)])
x, w, b = drawn.copy(), weights.copy(), biases.copy()
out, _ = affine_forward(x, w, b)
check.close(
    "output for one sample of shape (2, 3)",
    out,
    drawn.reshape(1, 6) @ weights + biases,
    hint="one row, of shape (1, M)",
    mistakes={"the axis of the samples is lost": drawn.ravel() @ weights + biases},
)
check.close(
    "x after the call",
    x,
    drawn,
    hint="reshape into a new name: x itself keeps its shape and its values",
)
check.close(
    "w and b after the call, in one row",
    np.concatenate([w.ravel(), b]),
    np.concatenate([weights.ravel(), biases]),
    hint="a layer leaves its parameters alone: only the update changes them",
)
### END HIDDEN TESTS

# %% role="test" id="test_affine_forward_loop" points=1
"""The layer has no Python loop over the samples."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b = (rng.normal(size=shape) for shape in [(64, 2, 2), (4, 3), (3,)])
check.close(
    "output for 64 samples",
    affine_forward(x, w, b)[0],
    x.reshape(64, 4) @ w + b,
    hint="each sample becomes a row of 4 features; then rows times w, plus b",
)
check.vectorised(
    "the affine layer needs no loop over the samples",
    lambda n: affine_forward(x[:n], w, b),
    hint="one reshape and one matrix product take the whole batch",
)
### END HIDDEN TESTS

# %% [markdown] id="affine_backward_text" report="show"
# ### Back through the affine layer
#
# Let $G$ of shape $(N, M)$ be the upstream gradient, $G_{im} = \partial L / \partial
# \mathrm{out}_{im}$. Since $\mathrm{out}_{im} = \sum_d X_{id} W_{dm} + b_m$, each weight $W_{dm}$
# acts through column $m$ of all samples, so that $\partial L / \partial W_{dm} = \sum_i X_{id}\,
# G_{im}$. In the same way each bias $b_m$ acts through column $m$, and each feature $X_{id}$
# through row $i$:
#
# $$\frac{\partial L}{\partial W} = X^\top G, \qquad
# \frac{\partial L}{\partial b_m} = \sum_i G_{im}, \qquad
# \frac{\partial L}{\partial X} = G\, W^\top ,$$
#
# the last one brought back into the shape of $x$. There is no $1/N$: if the loss is a mean, its own
# gradient holds the $1/N$ already.

# %% [markdown] id="hints_affine_backward"
# <details><summary>Hint 1: the direction</summary>
# Three gradients, three shapes: those of x, w and b. Only one way of multiplying fits each.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# For <code>dw</code> you need the rows of features again, so reshape x as on the way forward; for
# <code>db</code> sum over the samples, axis 0.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>dout @ w.T</code> has shape (N, D): give it the shape of x.
# </details>


# %% role="todo" id="affine_backward"
def affine_backward(dout, cache):
    """Go back through an affine layer.

    Parameters
    ----------
    dout : ndarray, shape (N, M), float
        Upstream gradient; not changed.
    cache : tuple
        From ``affine_forward``.

    Returns
    -------
    dx : ndarray, shape (N, d1, ..., dk), float
    dw : ndarray, shape (D, M), float
    db : ndarray, shape (M,), float
        Derivatives of the loss with respect to x, w and b.
    """
    # TODO: three gradients, each in the shape of what it belongs to.
    ### BEGIN SOLUTION
    x, w, _ = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    return dx, dw, dout.sum(axis=0)
    ### END SOLUTION


# %% role="check" id="check_affine_backward"
with check.todo("affine_backward"):
    rng = np.random.default_rng(231)
    x, w, b = (rng.normal(size=shape) for shape in [(10, 2, 3), (6, 5), (5,)])
    dout = rng.normal(size=(10, 5))
    before = dout.copy()
    dx, dw, db = affine_backward(dout, affine_forward(x, w, b)[1])
    check.equal("dout after the call", dout, before, hint="compute into new arrays")
    dx_num, dw_num, db_num = (
        gradcheck.eval_numerical_gradient_array(lambda _: affine_forward(x, w, b)[0], value, dout)
        for value in (x, w, b)
    )
    check.close(
        "dx against the numerical gradient",
        dx,
        dx_num,
        rtol=1e-6,
        hint="dout times w transposed, in the shape of x",
        mistakes={
            "left as rows, shape (N, D): give it the shape of x": dx_num.reshape(10, 6),
            "divided by N: the loss has done that already": dx_num / 10,
            "reshaped in the wrong order": dx_num.reshape(10, 6).reshape(x.shape, order="F"),
        },
    )
    check.close(
        "dw against the numerical gradient",
        dw,
        dw_num,
        rtol=1e-6,
        hint="the rows of features, transposed, times dout",
        mistakes={
            "divided by N: the loss has done that already": dw_num / 10,
            "the sign is flipped": -dw_num,
            "the upstream gradient is left out": x.reshape(10, 6).T @ np.ones((10, 5)),
        },
    )
    check.close(
        "db against the numerical gradient",
        db,
        db_num,
        rtol=1e-6,
        hint="the sum of dout over the samples, axis 0",
        mistakes={
            "a mean over the samples, not a sum": db_num / 10,
            "summed over the outputs (axis 1), not over the samples": dout.sum(axis=1),
            "summed over everything to one number": dout.sum(),
            "an axis of length 1 too many: shape (1, M) in place of (M,)": db_num[np.newaxis],
        },
    )

# %% role="test" id="test_affine_backward_parameters" points=2
"""dw and db are right for a random upstream gradient, and float32 stays float32."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b, dout = (rng.normal(size=shape) for shape in [(4, 3, 2), (6, 5), (5,), (4, 5)])
_, cache = affine_forward(x, w, b)
_, dw, db = affine_backward(dout, cache)
rows = x.reshape(4, 6)
check.close(
    "dw for four samples of shape (3, 2)",
    dw,
    rows.T @ dout,
    hint="the rows of features, transposed, times dout",
    mistakes={
        "divided by N: the loss has done that already": rows.T @ dout / 4,
        "the sign is flipped": -rows.T @ dout,
        "the upstream gradient is left out": np.repeat(rows.sum(axis=0)[:, np.newaxis], 5, axis=1),
    },
)
check.close(
    "db for four samples",
    db,
    dout.sum(axis=0),
    hint="the sum of dout over the samples, axis 0",
    mistakes={
        "a mean over the samples, not a sum": dout.mean(axis=0),
        "summed over the outputs (axis 1), not over the samples": dout.sum(axis=1),
        "summed over everything to one number": dout.sum(),
        "an axis of length 1 too many: shape (1, M) in place of (M,)": dout.sum(
            axis=0, keepdims=True
        ),
    },
)
_, cache = affine_forward(*(value.astype(np.float32) for value in (x, w, b)))
dx, dw, db = affine_backward(dout.astype(np.float32), cache)
check.equal(
    "are dx, dw and db of float32 arrays float32",
    [np.asarray(value).dtype == np.float32 for value in (dx, dw, db)],
    [True, True, True],
    hint="make no float64 arrays, such as np.zeros without a dtype, on the way",
)
### END HIDDEN TESTS

# %% role="test" id="test_affine_backward_input" points=1
"""dx is right, in the shape of x, and dout is left as it was."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b, drawn = (rng.normal(size=shape) for shape in [(3, 2, 4), (8, 5), (5,), (3, 5)])
dout = drawn.copy()
_, cache = affine_forward(x, w, b)
dx, _, _ = affine_backward(dout, cache)
flat = drawn @ w.T
check.close(
    "dx for three samples of shape (2, 4)",
    dx,
    flat.reshape(3, 2, 4),
    hint="dout times w transposed, in the shape of x",
    mistakes={
        "left as rows, shape (N, D): give it the shape of x": flat,
        "divided by N: the loss has done that already": flat.reshape(3, 2, 4) / 3,
        "reshaped in the wrong order": flat.reshape(3, 4, 2).transpose(0, 2, 1),
    },
)
check.close("dout after the call", dout, drawn, hint="compute into new arrays")
### END HIDDEN TESTS

# %% role="test" id="test_affine_backward_loop" points=1
"""The way back has no Python loop over the samples."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b, dout = (rng.normal(size=shape) for shape in [(64, 2, 2), (4, 3), (3,), (64, 3)])
caches = {n: affine_forward(x[:n], w, b)[1] for n in (4, 64)}
check.close(
    "dw for 64 samples",
    affine_backward(dout, caches[64])[1],
    x.reshape(64, 4).T @ dout,
    hint="the rows of features, transposed, times dout",
)
check.vectorised(
    "affine_backward needs no loop over the samples",
    lambda n: affine_backward(dout[:n], caches[n]),
    hint="the matrix product sums over the samples for you",
)
### END HIDDEN TESTS

# %% [markdown] id="relu_forward_text" report="show"
# ### The ReLU
#
# The simplest layer that is not linear, $\mathrm{out} = \max(0, x)$, entry by entry, for an input
# of any shape. It has no parameters.

# %% [markdown] id="hints_relu_forward"
# <details><summary>Hint 1: the direction</summary>
# One call of NumPy does it, for any shape. Leave x itself as it is: the caller still needs it.
# </details>
#
# <details><summary>Hint 2: the function</summary>
# <code>np.maximum</code> compares entry by entry; <code>np.max</code> would give one number.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# The maximum of 0 and x. Where the output is above 0, so was the input: x is all that the way back
# needs.
# </details>


# %% role="todo" id="relu_forward"
def relu_forward(x):
    """Apply the ReLU, max(0, x).

    Parameters
    ----------
    x : ndarray, any shape, float
        Not changed.

    Returns
    -------
    out : ndarray, the shape of x, float
    cache : any
        What ``relu_backward`` needs.
    """
    # TODO: one line.
    ### BEGIN SOLUTION
    return np.maximum(0, x), x
    ### END SOLUTION


# %% role="check" id="check_relu_forward"
with check.todo("relu_forward"):
    # The original assignment prints these numbers.
    published = np.array(
        [
            [0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.04545455, 0.13636364],
            [0.22727273, 0.31818182, 0.40909091, 0.5],
        ]
    )
    x = np.linspace(-0.5, 0.5, num=12).reshape(3, 4)
    check.close(
        "the ReLU of twelve numbers from -0.5 to 0.5",
        relu_forward(x)[0],
        published,
        atol=1e-8,  # they are published with eight decimals
        hint="max(0, x), entry by entry",
        mistakes={
            "nothing is cut off": x,
            "abs in place of the ReLU": np.abs(x),
            "min in place of max": np.minimum(0, x),
            "a leaky ReLU, not max(0, x)": np.where(x > 0, x, 0.01 * x),
            "the mask, not the values": x > 0,
        },
    )

# %% role="test" id="test_relu_forward_values" points=1
"""The ReLU of an array with four axes; x is left as it was, and float32 stays float32."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn = rng.normal(size=(2, 3, 4, 2))
x = drawn.copy()
out, _ = relu_forward(x)
check.close(
    "the ReLU of 48 numbers",
    out,
    np.maximum(0, drawn),
    hint="max(0, x), entry by entry",
    mistakes={
        "nothing is cut off": drawn,
        "abs in place of the ReLU": np.abs(drawn),
        "min in place of max": np.minimum(0, drawn),
        "a leaky ReLU, not max(0, x)": np.where(drawn > 0, drawn, 0.01 * drawn),
        "the mask, not the values": drawn > 0,
        "flattened: keep the shape of x": np.maximum(0, drawn).reshape(2, 24),
    },
)
check.close("x after the call", x, drawn, hint="compute into a new array: x[x < 0] = 0 changes x")
check.equal(
    "is the output of float32 numbers float32",
    np.asarray(relu_forward(drawn.astype(np.float32))[0]).dtype == np.float32,
    True,
    hint="make no float64 arrays on the way",
)
### END HIDDEN TESTS

# %% [markdown] id="relu_backward_text" report="show"
# Where the input was above 0, the ReLU hands the upstream gradient on; elsewhere it stops it:
#
# $$\frac{\partial L}{\partial x} = G \odot [x > 0] .$$
#
# ($\odot$ is the product entry by entry. At 0 there is no derivative; take 0.)

# %% [markdown] id="hints_relu_backward"
# <details><summary>Hint 1: the direction</summary>
# The layer is a gate: open where its input was positive. It is the input that counts, not dout.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# A comparison gives an array of True and False, which multiply like 1 and 0.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>dout</code> times <code>x &gt; 0</code>, in a new array.
# </details>


# %% role="todo" id="relu_backward"
def relu_backward(dout, cache):
    """Go back through a ReLU.

    Parameters
    ----------
    dout : ndarray, any shape, float
        Upstream gradient; not changed.
    cache : any
        From ``relu_forward``.

    Returns
    -------
    ndarray, the shape of dout, float
        Derivative of the loss with respect to the input.
    """
    # TODO: one line.
    ### BEGIN SOLUTION
    return dout * (cache > 0)
    ### END SOLUTION


# %% role="check" id="check_relu_backward"
with check.todo("relu_backward"):
    rng = np.random.default_rng(231)
    x, dout = rng.normal(size=(10, 10)), rng.normal(size=(10, 10))
    numerical = gradcheck.eval_numerical_gradient_array(lambda x: relu_forward(x)[0], x, dout)
    check.close(
        "dx against the numerical gradient",
        relu_backward(dout, relu_forward(x)[1]),
        numerical,
        rtol=1e-6,
        hint="dout where x > 0, else 0",
        mistakes={
            "the mask is forgotten": dout,
            "dout is cut off, not the places where x is negative": np.maximum(0, dout),
            "multiplied by x itself, not by x > 0": dout * np.maximum(0, x),
            "the mask is the wrong way round": dout * (x < 0),
            "the mask itself: the upstream gradient is left out": x > 0,
        },
    )

# %% role="test" id="test_relu_backward_values" points=1
"""The gradient passes where the input was positive; dout is left as it was."""
### BEGIN HIDDEN TESTS
rng = check.rng()
inputs, drawn = rng.normal(size=(3, 4, 5)), rng.normal(size=(3, 4, 5))
x, dout = inputs.copy(), drawn.copy()
dx = relu_backward(dout, relu_forward(x)[1])
check.close(
    "dx for an input with three axes",
    dx,
    np.where(inputs > 0, drawn, 0),
    hint="dout where x > 0, else 0",
    mistakes={
        "the mask is forgotten": drawn,
        "dout is cut off, not the places where x is negative": np.maximum(0, drawn),
        "multiplied by x itself, not by x > 0": drawn * np.maximum(0, inputs),
        "the mask is the wrong way round": np.where(inputs > 0, 0, drawn),
        "the mask itself: the upstream gradient is left out": inputs > 0,
    },
)
check.close("dout after the call", dout, drawn, hint="compute into a new array")
check.close("x after both ways", x, inputs, hint="the cache may hold x itself: leave it alone")
check.equal(
    "is the gradient of float32 numbers float32",
    np.asarray(relu_backward(drawn.astype(np.float32), relu_forward(x.astype(np.float32))[1])).dtype
    == np.float32,
    True,
    hint="make no float64 arrays on the way",
)
### END HIDDEN TESTS

# %% [markdown] id="sandwich_text" report="hide"
# ### Sandwiches
#
# Affine and ReLU come together so often that it pays to have the pair as one layer. This one is
# given; it shows how layers are put together, forwards and backwards. Below it, `compare_gradients`
# compares your pair's gradient with respect to its weights with central differences. Since a layer
# returns many numbers and the tool needs one, they are multiplied by a random upstream gradient and
# added up.


# %% role="given" id="sandwich"
def affine_relu_forward(x, w, b):
    """Apply an affine layer and a ReLU; return the output and the caches of both."""
    a, affine_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (affine_cache, relu_cache)


def affine_relu_backward(dout, cache):
    """Go back through the pair; return dx, dw and db as the affine layer does."""
    affine_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), affine_cache)


# %% role="play" id="sandwich_check" report="hide"
rng = np.random.default_rng(231)
x, w, b = (rng.normal(size=shape) for shape in [(2, 3, 4), (12, 10), (10,)])
dout = rng.normal(size=(2, 10))
_, dw, _ = affine_relu_backward(dout, affine_relu_forward(x, w, b)[1])
print(gradcheck.compare_gradients(lambda w: np.sum(affine_relu_forward(x, w, b)[0] * dout), w, dw))

# %% [markdown] id="question_dead_text" report="show"
# ### Question 1: gradients that vanish
#
# Which of these activations can hand on a gradient of zero, or of almost zero: the sigmoid
# $1 / (1 + e^{-x})$, the ReLU, the leaky ReLU ($x$ where $x > 0$, else $0.01\, x$)? For which
# inputs does it happen, thinking of one number $x$ at a time? What does it mean for a net whose
# hidden unit gets such inputs for all samples?

# %% [markdown] role="explain" id="answer_dead" points=4
# The sigmoid: its derivative s (1 - s) is never exactly zero but falls off like exp(-|x|), so for
# inputs far from zero on either side (below -10 or above 10, say) almost nothing comes through. The
# ReLU: exactly zero for every negative input. The leaky ReLU: never, its derivative is 1 or 0.01. A
# unit that gets such inputs for all samples gets no gradient: its weights and bias stay as they
# are, and it hands nothing down to the layer below. A ReLU unit like that is dead: only what other
# units change in the layers below can wake it. A saturated sigmoid learns very slowly. The leaky
# ReLU is slow there, but always learns.

# %% [markdown] id="svm_text" report="show"
# ## Turn scores into a loss
#
# The last layer takes the scores $s$ of shape $(N, C)$ and the labels $y$, and returns one number.
# Nothing lies above it, so it returns its gradient at once. You know the cross-entropy already.
# Another loss is that of the *multiclass support vector machine* (Weston and Watkins, 1999): the
# score of the true class should be higher than each other score by at least 1. What is missing from
# that margin is the loss:
#
# $$L = \frac{1}{N} \sum_i \sum_{j \ne y_i} \max(0,\ s_{ij} - s_{i y_i} + 1) .$$
#
# Each wrong class $j$ that violates its margin pulls its own score down and that of the true class
# up, by the same amount. With $V_{ij} = 1$ where the term is above 0 and $j \ne y_i$, else $0$:
#
# $$\frac{\partial L}{\partial s_{ij}} = \frac{V_{ij}}{N} \quad (j \ne y_i), \qquad
# \frac{\partial L}{\partial s_{i y_i}} = -\frac{1}{N} \sum_{j} V_{ij} .$$

# %% [markdown] id="hints_svm_loss"
# <details><summary>Hint 1: the direction</summary>
# Compute the terms for all classes, then set those of the true classes to zero: they do not count.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# The scores of the true classes, as a column: <code>x[np.arange(N), y][:, np.newaxis]</code>.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>margins &gt; 0</code> is V. Turn it into floats; put minus the sum of each row at the
# place of its true class; divide by N, once.
# </details>


# %% role="todo" id="svm_loss"
def svm_loss(x, y):
    """Return the loss of the multiclass support vector machine, and its gradient.

    Parameters
    ----------
    x : ndarray, shape (N, C), float
        Scores; not changed.
    y : ndarray, shape (N,), int
        Labels from 0 to C - 1.

    Returns
    -------
    loss : float
        Mean over the samples, in units of the scores.
    dx : ndarray, shape (N, C), float
        Gradient of the loss with respect to the scores.

    References
    ----------
    Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition, 1999.
    """
    # TODO: margins, loss, gradient; no loop over the samples.
    ### BEGIN SOLUTION
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    dx = (margins > 0).astype(x.dtype)
    dx[rows, y] = -dx.sum(axis=1)
    return margins.sum() / len(x), dx / len(x)
    ### END SOLUTION


# %% role="check" id="check_svm_loss"
with check.todo("svm_loss"):
    loss, dx = svm_loss(np.array([[3.0, 1.0, 2.5], [0.0, 0.0, 0.0]]), np.array([0, 2]))
    check.close(
        "loss of scores [3, 1, 2.5] with label 0 and [0, 0, 0] with label 2",
        loss,
        1.25,
        hint="the first sample lacks 0.5 for class 2, the second 1 for each of two classes",
        mistakes={
            "the true class counts too: it adds 1 for each sample": 2.25,
            "a sum over the samples, not their mean": 2.5,
            "divided by N times C, not by N": 5 / 12,
            "the margin of 1 is missing": 0.0,
            "the sign of the difference is flipped": 3.25,
            "the terms are squared": 1.125,
        },
    )
    check.close(
        "its gradient",
        dx,
        [[-0.5, 0.0, 0.5], [0.5, 0.5, -1.0]],
        hint="each violated margin: +1/N for its class, -1/N for the true class",
        mistakes={
            "not divided by N": [[-1.0, 0.0, 1.0], [1.0, 1.0, -2.0]],
            "the true class gets nothing": [[0.0, 0.0, 0.5], [0.5, 0.5, 0.0]],
            "the true class gets -1/N, however many margins are violated": [
                [-0.5, 0.0, 0.5],
                [0.5, 0.5, -0.5],
            ],
        },
    )
    scores = 0.001 * np.random.default_rng(231).normal(size=(50, 10))
    labels = np.random.default_rng(232).integers(10, size=50)
    loss, dx = svm_loss(scores, labels)
    check.within(
        "loss of 50 samples with ten tiny scores each",
        loss,
        8.9,
        9.1,
        hint="nine margins of 1 are missing",
    )
    check.close(
        "dx against the numerical gradient",
        dx,
        gradcheck.eval_numerical_gradient(lambda x: svm_loss(x, labels)[0], scores),
        rtol=1e-6,
        hint="each violated margin: +1/N for its class, -1/N for the true class",
    )

# %% role="test" id="test_svm_loss_values" points=2
"""Loss and gradient are right for scores of which some keep their margin."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, y = 2 * rng.normal(size=(7, 4)), rng.permutation([0, 1, 2, 3, 2, 1, 0])
true = x[np.arange(7), y][:, np.newaxis]
wrong = np.eye(4)[y] == 0
terms = np.where(wrong, np.maximum(0, x - true + 1), 0)
V = (terms > 0) * 1.0
loss, dx = svm_loss(x, y)
check.close(
    "loss of seven samples",
    loss,
    terms.sum() / 7,
    hint="the mean over the samples of the sums of max(0, s_j - s_y + 1) over the wrong classes",
    mistakes={
        "a sum over the samples, not their mean": terms.sum(),
        "the true class counts too: it adds 1 for each sample": terms.sum() / 7 + 1,
        "divided by N times C, not by N": terms.mean(),
        "the margin of 1 is missing": np.where(wrong, np.maximum(0, x - true), 0).sum() / 7,
        "the sign of the difference is flipped": np.where(
            wrong, np.maximum(0, true - x + 1), 0
        ).sum()
        / 7,
        "the terms are squared": (terms**2).sum() / 7,
    },
)
check.close(
    "its gradient",
    dx,
    (V - np.eye(4)[y] * V.sum(axis=1, keepdims=True)) / 7,
    hint="each violated margin: +1/N for its class, -1/N for the true class",
    mistakes={
        "not divided by N": V - np.eye(4)[y] * V.sum(axis=1, keepdims=True),
        "the true class gets nothing": V / 7,
        "the true class gets -1/N, however many margins are violated": (V - np.eye(4)[y]) / 7,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_svm_loss_loop" points=1
"""The loss has no Python loop over the samples, and leaves scores and labels as they were."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn, labels = rng.normal(size=(64, 3)), rng.integers(3, size=64)
x, y = drawn.copy(), labels.copy()
terms = np.maximum(0, drawn - drawn[np.arange(64), labels][:, np.newaxis] + 1)
check.close(
    "loss of 64 samples",
    svm_loss(x, y)[0],
    terms.sum() / 64 - 1,
    hint="the mean over the samples of the sums of max(0, s_j - s_y + 1) over the wrong classes",
)
check.close("the scores after the call", x, drawn, hint="compute into new arrays")
check.equal("the labels after the call", y, labels, hint="compute into new arrays")
check.vectorised(
    "the loss needs no loop over the samples",
    lambda n: svm_loss(x[:n], y[:n]),
    hint="x[np.arange(N), y] picks one score a row without a loop",
)
### END HIDDEN TESTS

# %% [markdown] id="softmax_text" report="show"
# ### Cross-entropy, as a layer
#
# The loss of the first notebook, with the maximum of each row taken off so that nothing overflows:
# with $m_i = \max_c s_{ic}$,
#
# $$L = \frac{1}{N} \sum_i \Big( \log \sum_k e^{s_{ik} - m_i} - (s_{i y_i} - m_i) \Big),
# \qquad \frac{\partial L}{\partial s} = \frac{1}{N} (P - Y),$$
#
# where $P$ is the softmax of the scores, row by row, and $Y$ holds a 1 at each sample's label.

# %% [markdown] id="hints_softmax_loss"
# <details><summary>Hint 1: the direction</summary>
# Shift each row by its own maximum. From the shifted scores come the logarithms of the
# probabilities, and from these both the loss and P.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# The logarithm of each probability is the shifted score less the logarithm of its row's sum of
# exponentials.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# P is <code>np.exp</code> of these logarithms. Subtract 1 at <code>[np.arange(N), y]</code> and
# divide by N.
# </details>


# %% role="todo" id="softmax_loss"
def softmax_loss(x, y):
    """Return the mean cross-entropy of scores, and its gradient.

    Parameters
    ----------
    x : ndarray, shape (N, C), float
        Scores of any size; not changed.
    y : ndarray, shape (N,), int
        Labels from 0 to C - 1.

    Returns
    -------
    loss : float
        Mean over the samples, in nats.
    dx : ndarray, shape (N, C), float
        Gradient of the loss with respect to the scores.
    """
    # TODO: loss and gradient, without overflow; no loop over the samples.
    ### BEGIN SOLUTION
    shifted = x - x.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(x))
    dx = np.exp(log_P)
    dx[rows, y] -= 1
    return -log_P[rows, y].mean(), dx / len(x)
    ### END SOLUTION


# %% role="check" id="check_softmax_loss"
with check.todo("softmax_loss"):
    scores = 0.001 * np.random.default_rng(231).normal(size=(50, 10))
    labels = np.random.default_rng(232).integers(10, size=50)
    scores_before, labels_before = scores.copy(), labels.copy()
    loss, dx = softmax_loss(scores, labels)
    check.equal("the scores after the call", scores, scores_before, hint="compute into new arrays")
    check.equal("the labels after the call", labels, labels_before, hint="compute into new arrays")
    check.close(
        "loss of 50 samples with ten tiny scores each",
        loss,
        2.303,
        rtol=0,
        atol=0.01,
        hint="all classes are nearly equally likely: -log(1/10) = 2.303",
        mistakes={
            "a sum over the samples, not their mean": 115.126,
            "divided by N times C, not by N": 0.2303,
            "the sign is flipped": -2.303,
            "the logarithm is missing": -0.1,
        },
    )
    numerical = gradcheck.eval_numerical_gradient(lambda x: softmax_loss(x, labels)[0], scores)
    Y = np.eye(10)[labels]
    check.close(
        "dx against the numerical gradient",
        dx,
        numerical,
        rtol=1e-6,
        hint="(P - Y) / N",
        mistakes={
            "not divided by N": 50 * numerical,
            "the labels are not subtracted": numerical + Y / 50,
            "the sign is flipped": -numerical,
            "the scores stand in place of the probabilities": (scores - Y) / 50,
        },
    )
    check.close(
        "loss of scores 1000 and 999 with label 1",
        softmax_loss(np.array([[1000.0, 999.0]]), np.array([1]))[0],
        np.log(1 + np.e),
        hint="subtract each row's maximum before exp",
        mistakes={"exp overflowed": np.nan, "exp overflowed under the logarithm": np.inf},
    )

# %% role="test" id="test_softmax_loss_values" points=2
"""Loss and gradient are right, and stay float32 if the scores are."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, y = rng.normal(size=(6, 4)), rng.permutation([3, 1, 0, 2, 1, 3])
P = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
Y = np.eye(4)[y]
losses = -np.log(P[np.arange(6), y])
loss, dx = softmax_loss(x, y)
check.close(
    "loss of six samples",
    loss,
    losses.mean(),
    hint="the mean of -log of the true class's probability",
    mistakes={
        "a sum over the samples, not their mean": losses.sum(),
        "divided by N times C, not by N": losses.sum() / 24,
        "the sign is flipped": -losses.mean(),
        "the logarithm is missing": -np.exp(-losses).mean(),
    },
)
check.close(
    "its gradient",
    dx,
    (P - Y) / 6,
    hint="(P - Y) / N",
    mistakes={
        "not divided by N": P - Y,
        "the labels are not subtracted": P / 6,
        "the sign is flipped": (Y - P) / 6,
        "the scores stand in place of the probabilities": (x - Y) / 6,
    },
)
check.equal(
    "is the gradient of float32 scores float32",
    np.asarray(softmax_loss(x.astype(np.float32), y)[1]).dtype == np.float32,
    True,
    hint="make no float64 arrays, such as np.zeros without a dtype, on the way",
)
### END HIDDEN TESTS

# %% role="test" id="test_softmax_loss_large_scores" points=2
"""Loss and gradient stay right when scores lie at 1000 or -1000, and far from each other."""
### BEGIN HIDDEN TESTS
gap, other = check.rng().uniform(0.5, 2, size=2)
x = np.array([[1000.0, 1000.0 - gap], [-1000.0 - other, -1000.0], [0.0, 2000.0]])
loss, dx = softmax_loss(x, np.array([1, 0, 1]))
check.close(
    "loss of three samples, with scores near 1000, near -1000, and 2000 apart",
    loss,
    (np.log(1 + np.exp(gap)) + np.log(1 + np.exp(other))) / 3,
    hint="subtract each row's own maximum before exp",
    mistakes={
        "exp overflowed: no maximum is subtracted": np.nan,
        "one maximum for the whole array, not one for each row": -np.inf,
    },
)
p, q = 1 / (1 + np.exp(-gap)), 1 / (1 + np.exp(-other))
check.close(
    "its gradient",
    dx,
    [[p / 3, -p / 3], [-q / 3, q / 3], [0, 0]],
    hint="subtract each row's own maximum before exp",
)
### END HIDDEN TESTS

# %% role="test" id="test_softmax_loss_loop" points=1
"""The loss has no Python loop over the samples, and leaves scores and labels as they were."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn, labels = rng.normal(size=(64, 3)), rng.integers(3, size=64)
x, y = drawn.copy(), labels.copy()
check.close(
    "loss of 64 samples",
    softmax_loss(x, y)[0],
    np.mean(np.log(np.exp(drawn).sum(axis=1)) - drawn[np.arange(64), labels]),
    hint="the mean of -log of the true class's probability",
)
check.close("the scores after the call", x, drawn, hint="compute into new arrays")
check.equal("the labels after the call", y, labels, hint="compute into new arrays")
check.vectorised(
    "the loss needs no loop over the samples",
    lambda n: softmax_loss(x[:n], y[:n]),
    hint="x[np.arange(N), y] picks one score a row without a loop",
)
### END HIDDEN TESTS

# %% [markdown] id="planted_text" report="show"
# ## Find two planted mistakes
#
# A *residual block* (He and others, 2015) adds its input to what two layers make of it:
#
# $$\mathrm{out} = x + \max(0,\ x W_1 + b_1)\, W_2 + b_2 .$$
#
# Somebody has written it below, with its way back. The way forward is right. Of the five gradients
# that `planted_backward` returns, exactly two are wrong. Reading finds such mistakes now and then;
# numbers find them always.


# %% role="given" id="residual" report="show"
def residual_forward(x, w1, b1, w2, b2):
    """Apply a residual block to x of shape (N, D); w1 is (D, H), w2 (H, D)."""
    hidden = np.maximum(0, x @ w1 + b1)
    return x + hidden @ w2 + b2, (x, w1, w2, hidden)


def planted_backward(dout, cache):
    """Go back through a residual block; two of the five gradients are wrong."""
    x, w1, w2, hidden = cache
    dw2 = hidden.T @ dout
    db2 = dout.sum(axis=0)
    dhidden = dout @ w2.T
    db1 = dhidden.sum(axis=0)
    dhidden = dhidden * (hidden > 0)
    dw1 = x.T @ dhidden
    dx = dhidden @ w1.T
    return {"x": dx, "w1": dw1, "b1": db1, "w2": dw2, "b2": db2}


# %% [markdown] id="hunt_text" report="hide"
# The cell below compares one of the gradients, that with respect to `w2`, with central differences.
# Change it until you know about all five. How does the largest relative error of a wrong gradient
# differ from that of a right one?

# %% role="play" id="hunt" report="show"
rng = np.random.default_rng(0)
block = {"x": (4, 3), "w1": (3, 5), "b1": (5,), "w2": (5, 3), "b2": (3,)}
block = {name: rng.normal(size=shape) for name, shape in block.items()}
out, cache = residual_forward(**block)
dout = rng.normal(size=out.shape)
planted = planted_backward(dout, cache)

name = "w2"
print(
    gradcheck.compare_gradients(
        lambda _: np.sum(residual_forward(**block)[0] * dout), block[name], planted[name]
    )
)

# %% [markdown] id="is_wrong_text" report="show"
# ### Name them
#
# Write down which gradients are wrong, in code, since it is graded automatically: a function that
# tells of each name whether `planted_backward` gets its gradient wrong.

# %% [markdown] id="hints_is_wrong"
# <details><summary>Hint 1: the direction</summary>
# Run the cell above for each of the five names and compare the errors that it prints.
# </details>
#
# <details><summary>Hint 2: the measure</summary>
# A right gradient of this block has an error below 1e-7; a wrong one is off by whole percents.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Write the two names into a set, and tell of each name in <code>names</code> whether it is in it.
# </details>


# %% role="todo" id="is_wrong"
def is_wrong(names):
    """Tell of gradients whether ``planted_backward`` gets them wrong.

    Parameters
    ----------
    names : list of str
        Any of x, w1, b1, w2 and b2, in any order; a name may come more than once.

    Returns
    -------
    list of bool
        One for each name.
    """
    # TODO: the two names that you found; True for each of them.
    ### BEGIN SOLUTION
    wrong = {"x", "b1"}
    return [name in wrong for name in names]
    ### END SOLUTION


# %% role="check" id="check_is_wrong"
with check.todo("is_wrong"):
    # What is right is graded later; here only the form counts.
    told = is_wrong(["x", "w1", "b1", "w2", "b2", "x"])
    check.equal(
        "is there True or False for each of six names, and the same one for the two x",
        [isinstance(one, (bool, np.bool_)) for one in told] + [told[0] == told[5]],
        [True] * 7,
        hint="return a list with one True or False for each name",
    )
    check.equal(
        "number of wrong ones among the five",
        sum(told[:5]),
        2,
        hint="exactly two",
        mistakes={
            "everything is named": 5,
            "the right ones are named, not the wrong ones": 3,
            "one more is wrong: try every name in the cell above": 1,
        },
    )

# %% role="test" id="test_is_wrong_names" points=2
"""The two wrong gradients are named, and no others."""
### BEGIN HIDDEN TESTS
names = check.rng().permutation(["x", "w1", "b1", "w2", "b2"] * 6)
check.equal(
    "which of thirty names in random order",
    is_wrong(names.tolist()),
    np.isin(names, ["x", "b1"]),
    hint="hold each of the five gradients against the numerical one",
    mistakes={
        "x is wrong too: change every entry of it by a little and look": np.isin(names, ["b1"]),
        "b1 is wrong too: change every entry of it by a little and look": np.isin(names, ["x"]),
        "w1 is right: its gradient agrees with numbers": np.isin(names, ["w1", "b1"]),
        "w2 is right: its gradient agrees with numbers": np.isin(names, ["x", "w2"]),
        "b2 is right: its gradient agrees with numbers": np.isin(names, ["x", "b2"]),
        "everything is named": np.ones(30, dtype=bool),
        "the right ones are named, not the wrong ones": np.isin(names, ["w1", "w2", "b2"]),
    },
)
### END HIDDEN TESTS

# %% [markdown] id="residual_backward_text" report="show"
# ### Mend them
#
# Now find out *why* they are wrong. Follow the way forward from each of the two to the output: does
# the way back come along every branch, and does it pass every gate before it arrives? Then write
# the block's way back yourself.

# %% [markdown] id="hints_residual_backward"
# <details><summary>Hint 1: the direction</summary>
# Start from a copy of planted_backward. One of the two mistakes is a matter of order, the other a
# branch that is missing.
# </details>
#
# <details><summary>Hint 2: the idea</summary>
# b1 acts before the ReLU, so its gradient must have come back through the ReLU's gate. x reaches
# the output twice: through the layers, and directly.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Gradients of branches that meet in one variable add up; the direct branch hands on
# <code>dout</code> as it is.
# </details>


# %% role="todo" id="residual_backward"
def residual_backward(dout, cache):
    """Go back through a residual block.

    Parameters
    ----------
    dout : ndarray, shape (N, D), float
        Upstream gradient; not changed.
    cache : tuple
        From ``residual_forward``: x, w1, w2, hidden; not changed.

    Returns
    -------
    dict of str to ndarray
        x, w1, b1, w2 and b2: derivatives of the loss with respect to them, each in its shape.

    References
    ----------
    He, Zhang, Ren and Sun, Deep Residual Learning for Image Recognition, 2015.
    """
    # TODO: planted_backward without its two mistakes.
    ### BEGIN SOLUTION
    x, w1, w2, hidden = cache
    before_relu = dout @ w2.T * (hidden > 0)
    return {
        "x": dout + before_relu @ w1.T,
        "w1": x.T @ before_relu,
        "b1": before_relu.sum(axis=0),
        "w2": hidden.T @ dout,
        "b2": dout.sum(axis=0),
    }
    ### END SOLUTION


# %% role="check" id="check_residual_backward"
with check.todo("residual_backward"):
    rng = np.random.default_rng(1)
    x, w1, b1, w2, b2 = (rng.normal(size=shape) for shape in [(4, 3), (3, 5), (5,), (5, 3), (3,)])
    out, cache = residual_forward(x, w1, b1, w2, b2)
    dout = rng.normal(size=(4, 3))
    before = dout.copy()
    grads = residual_backward(dout, cache)
    check.equal("dout after the call", dout, before, hint="compute into new arrays")
    x_num, w1_num, b1_num, w2_num, b2_num = (
        gradcheck.eval_numerical_gradient_array(
            lambda _: residual_forward(x, w1, b1, w2, b2)[0], value, dout
        )
        for value in (x, w1, b1, w2, b2)
    )
    check.close(
        "gradient of x",
        grads["x"],
        x_num,
        rtol=1e-6,
        hint="x reaches the output twice",
        mistakes={
            "the direct branch is missing, as in planted_backward": x_num - dout,
            "the branch through the layers is missing": dout,
            "the branches are multiplied, not added up": (x_num - dout) * dout,
            "the ReLU's gate is missing": dout + dout @ w2.T @ w1.T,
            "the direct branch is subtracted": x_num - 2 * dout,
        },
    )
    check.close(
        "gradient of w1",
        grads["w1"],
        w1_num,
        rtol=1e-6,
        hint="it was right before",
        mistakes={"the ReLU's gate is missing": x.T @ dout @ w2.T},
    )
    check.close(
        "gradient of b1",
        grads["b1"],
        b1_num,
        rtol=1e-6,
        hint="b1 acts before the ReLU",
        mistakes={
            "not behind the ReLU's gate, as in planted_backward": (dout @ w2.T).sum(axis=0),
            "a mean over the samples, not a sum": b1_num / 4,
        },
    )
    check.close(
        "gradient of w2",
        grads["w2"],
        w2_num,
        rtol=1e-6,
        hint="it was right before",
        mistakes={"a mean over the samples, not a sum": w2_num / 4},
    )
    check.close(
        "gradient of b2",
        grads["b2"],
        b2_num,
        rtol=1e-6,
        hint="it was right before",
        mistakes={"a mean over the samples, not a sum": b2_num / 4},
    )

# %% role="test" id="test_residual_backward_values" points=2
"""All five gradients are right, and dout and the cache are left as they were."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w1, b1, w2, b2 = (rng.normal(size=shape) for shape in [(5, 4), (4, 6), (6,), (6, 4), (4,)])
drawn = rng.normal(size=(5, 4))
dout = drawn.copy()
A = x @ w1 + b1
hidden = np.maximum(0, A)
kept = hidden.copy()
grads = residual_backward(dout, (x, w1, w2, kept))
unmasked = drawn @ w2.T
G = unmasked * (A > 0)
check.close(
    "gradient of x for a batch of five",
    grads["x"],
    drawn + G @ w1.T,
    hint="x reaches the output twice: through the layers, and directly",
    mistakes={
        "the direct branch is missing, as in planted_backward": G @ w1.T,
        "the branch through the layers is missing": drawn,
        "the branches are multiplied, not added up": drawn * (G @ w1.T),
        "the ReLU's gate is missing": drawn + unmasked @ w1.T,
        "the direct branch is subtracted": G @ w1.T - drawn,
    },
)
check.close(
    "gradient of b1 for a batch of five",
    grads["b1"],
    G.sum(axis=0),
    hint="b1 acts before the ReLU, so the gate comes before the sum",
    mistakes={
        "not behind the ReLU's gate, as in planted_backward": unmasked.sum(axis=0),
        "a mean over the samples, not a sum": G.mean(axis=0),
    },
)
check.close(
    "gradient of w1 for a batch of five",
    grads["w1"],
    x.T @ G,
    hint="it was right before",
    mistakes={"the ReLU's gate is missing": x.T @ unmasked},
)
check.close(
    "gradients of w2 and b2 for a batch of five, in one row",
    np.concatenate([grads["w2"].ravel(), grads["b2"]]),
    np.concatenate([(hidden.T @ drawn).ravel(), drawn.sum(axis=0)]),
    hint="they were right before",
)
check.close(
    "dout and the hidden layer after the call, in one row",
    np.concatenate([dout.ravel(), kept.ravel()]),
    np.concatenate([drawn.ravel(), hidden.ravel()]),
    hint="compute into new arrays: += on dout changes the caller's array",
)
### END HIDDEN TESTS

# %% [markdown] id="two_layer_text" report="show"
# ## Put two layers together
#
# The net of the second notebook once more, affine, ReLU, affine, softmax, now made of your layers.
# Its `loss` is a short story: forwards through the sandwich and the last affine layer, then
# `softmax_loss`, then backwards through the same layers.
#
# One convention is new. The L2 penalty has the factor one half, so that its gradient has none:
#
# $$L = L_{\mathrm{data}} + \tfrac{\lambda}{2} \sum_{l} \sum_{d,h} W_{l,dh}^2, \qquad
# \frac{\partial L}{\partial W_l} = \frac{\partial L_{\mathrm{data}}}{\partial W_l} + \lambda W_l,$$
#
# with $\lambda$ in `reg`. Biases are not penalised.


# %% role="given" id="two_layer_net" report="show"
class TwoLayerNet:
    """Affine, ReLU, affine, softmax cross-entropy, put together from layers.

    Attributes
    ----------
    params : dict of str to ndarray
        W1 of shape (D, H), b1 (H,), W2 (H, C), b2 (C,).
    """


# %% [markdown] id="hints_twolayernet_init"
# <details><summary>Hint 1: the direction</summary>
# Four arrays in a dictionary <code>self.params</code>, and one number that <code>loss</code> needs
# later.
# </details>
#
# <details><summary>Hint 2: the function</summary>
# <code>np.random.randn(a, b)</code> draws from a normal distribution of standard deviation 1.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>weight_scale * np.random.randn(input_dim, hidden_dim)</code> is W1; the biases are
# <code>np.zeros</code>. And <code>self.reg = reg</code>.
# </details>


# %% role="todo" id="twolayernet_init"
@method_of(TwoLayerNet)
def __init__(
    self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
):
    """Draw the first weights.

    Parameters
    ----------
    input_dim, hidden_dim, num_classes : int
        Numbers of features D, of hidden units H and of classes C.
    weight_scale : float
        Standard deviation of the weights, which are drawn from a normal distribution of mean 0.
        The biases are 0.
    reg : float
        Strength of the L2 penalty; ``loss`` needs it.
    """
    # TODO: self.params with W1, b1, W2 and b2, and what else you need to keep.
    ### BEGIN SOLUTION
    self.params = {
        "W1": weight_scale * np.random.randn(input_dim, hidden_dim),
        "b1": np.zeros(hidden_dim),
        "W2": weight_scale * np.random.randn(hidden_dim, num_classes),
        "b2": np.zeros(num_classes),
    }
    self.reg = reg
    ### END SOLUTION


# %% role="check" id="check_twolayernet_init"
with check.todo("twolayernet_init"):
    params = TwoLayerNet(input_dim=40, hidden_dim=50, num_classes=70, weight_scale=1e-3).params
    check.equal(
        "shape of W1",
        params["W1"].shape,
        [40, 50],
        hint="(D, H)",
        mistakes={
            "rows and columns are swapped": [50, 40],
        },
    )
    check.equal(
        "shape of W2",
        params["W2"].shape,
        [50, 70],
        hint="(H, C)",
        mistakes={"rows and columns are swapped": [70, 50]},
    )
    check.close(
        "standard deviation of W1, wanted 0.001",
        np.std(params["W1"]),
        0.001,
        rtol=0.1,
        hint="weight_scale times random numbers of standard deviation 1",
        mistakes={
            "weight_scale is the variance here": np.sqrt(0.001),
            "even from 0 to weight_scale, not normal": 0.001 / np.sqrt(12),
            "even from -weight_scale to weight_scale, not normal": 0.001 / np.sqrt(3),
            "weight_scale is not used": 1.0,
        },
    )
    check.close(
        "standard deviation of W2, wanted 0.001",
        np.std(params["W2"]),
        0.001,
        rtol=0.1,
        hint="weight_scale times random numbers of standard deviation 1",
        mistakes={"weight_scale is not used": 1.0},
    )
    check.equal(
        "have two hidden units the same weights",
        np.array_equal(params["W1"][:, 0], params["W1"][:, 1]),
        False,
        hint="draw an array of shape (D, H)",
        mistakes={"all units are equal: draw each weight on its own": True},
    )
    check.close(
        "b1",
        params["b1"],
        np.zeros(50),
        hint="biases start at 0, one for each hidden unit",
        mistakes={"biases start at 1": np.ones(50)},
    )
    check.close(
        "b2",
        params["b2"],
        np.zeros(70),
        hint="biases start at 0, one for each class",
        mistakes={"biases start at 1": np.ones(70)},
    )

# %% role="test" id="test_twolayernet_init_weights" points=2
"""Weights have the wanted shapes, standard deviation and distribution; biases are zero."""
### BEGIN HIDDEN TESTS
rng = check.rng()
D, H, C = rng.integers(40, 60), rng.integers(70, 90), rng.integers(100, 120)
scale = rng.uniform(0.01, 0.1)
params = TwoLayerNet(D, H, C, scale).params
check.equal(
    "shapes of W1 and W2",
    [*params["W1"].shape, *params["W2"].shape],
    [D, H, H, C],
    hint="(D, H) and (H, C)",
    mistakes={"rows and columns are swapped": [H, D, C, H]},
)
check.close(
    "standard deviations of W1 and W2",
    [np.std(params["W1"]), np.std(params["W2"])],
    [scale, scale],
    rtol=0.1,
    hint="weight_scale times random numbers of standard deviation 1",
    mistakes={
        "weight_scale is the variance here": np.sqrt([scale, scale]),
        "weight_scale is not used: it is a fixed number": [1e-3, 1e-3],
        "even from 0 to weight_scale, not normal": scale / np.sqrt([12, 12]),
        "even from -weight_scale to weight_scale, not normal": scale / np.sqrt([3, 3]),
    },
)
check.close(
    "means of W1 and W2, in units of weight_scale",
    np.array([np.mean(params["W1"]), np.mean(params["W2"])]) / scale,
    [0, 0],
    atol=0.12,
    hint="draw from a distribution of mean 0",
)
check.close(
    "share of W1 that lies within one standard deviation of 0",
    np.mean(np.abs(params["W1"]) < scale),
    0.683,
    rtol=0,
    atol=0.04,
    hint="draw from a normal distribution, np.random.randn",
)
check.close(
    "b1 and b2, in one row",
    np.concatenate([params["b1"], params["b2"]]),
    np.zeros(H + C),
    hint="biases start at 0, as arrays of shapes (H,) and (C,)",
)
### END HIDDEN TESTS

# %% role="test" id="test_twolayernet_init_draws" points=1
"""Each net draws weights of its own, without two equal columns; arguments may be left out."""
### BEGIN HIDDEN TESTS
rng = check.rng()
D, H = rng.integers(20, 90, size=2)
first = TwoLayerNet(input_dim=D, hidden_dim=H).params
second = TwoLayerNet(input_dim=D, hidden_dim=H).params
check.equal(
    "shapes of W1 and W2 with num_classes left out",
    [*first["W1"].shape, *first["W2"].shape],
    [D, H, H, 10],
    hint="ten classes by default",
)
check.within(
    "standard deviation of W1 with weight_scale left out",
    np.std(first["W1"]),
    0.0006,
    0.0014,
    hint="weight_scale is 0.001 by default",
)
W1 = first["W1"]
check.equal(
    "have two nets the same weights, and two units of one net",
    [np.array_equal(W1, second["W1"]), np.array_equal(W1[:, 0], W1[:, 1])],
    [False, False],
    hint="draw each weight anew, and do not set the seed",
    mistakes={
        "every net has the same weights: do not set the seed": [True, False],
        "all units are equal: draw each weight on its own": [False, True],
    },
)
### END HIDDEN TESTS

# %% [markdown] id="hints_twolayernet_loss"
# <details><summary>Hint 1: the direction</summary>
# You have every piece. Forwards: affine_relu_forward, affine_forward. Return the scores if there
# are no labels. Then softmax_loss and the way back in reverse order.
# </details>
#
# <details><summary>Hint 2: the idea</summary>
# What softmax_loss returns as its gradient is the upstream gradient of the last affine layer; the
# dx of that layer is the upstream gradient of the sandwich.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Call <code>affine_backward(dscores, cache2)</code>, then <code>affine_relu_backward</code> with
# what it returns first. Then add <code>0.5 * reg</code> times the sums of squares to the loss and
# <code>reg * W</code> to the gradients of W1 and W2.
# </details>


# %% role="todo" id="twolayernet_loss"
@method_of(TwoLayerNet)
def loss(self, X, y=None):
    """Compute the scores of a batch, or its loss and gradients.

    Parameters
    ----------
    X : ndarray, shape (N, d1, ..., dk), float
        Samples of any shape with D = d1 * ... * dk features; not changed.
    y : ndarray, shape (N,), int, optional
        Labels from 0 to C - 1.

    Returns
    -------
    scores : ndarray, shape (N, C), float
        If ``y`` is None. Else:
    loss : float
        Mean cross-entropy in nats plus ``0.5 * reg`` times the squares of W1 and W2.
    grads : dict of str to ndarray
        Gradient of the loss with respect to each of the ``params``, under the same names.
    """
    # TODO: forwards; then loss and penalty; then backwards.
    ### BEGIN SOLUTION
    W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
    hidden, hidden_cache = affine_relu_forward(X, W1, b1)
    scores, scores_cache = affine_forward(hidden, W2, b2)
    if y is None:
        return scores

    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, scores_cache)
    _, dW1, db1 = affine_relu_backward(dhidden, hidden_cache)
    return loss, {"W1": dW1 + self.reg * W1, "b1": db1, "W2": dW2 + self.reg * W2, "b2": db2}
    ### END SOLUTION


# %% role="check" id="check_twolayernet_loss"
with check.todo("twolayernet_loss"):
    # N = 3, D = 5, H = 50, C = 7: the original assignment prints the numbers of this net.
    toy_params = {
        "W1": np.linspace(-0.7, 0.3, num=250).reshape(5, 50),
        "b1": np.linspace(-0.1, 0.9, num=50),
        "W2": np.linspace(-0.3, 0.4, num=350).reshape(50, 7),
        "b2": np.linspace(-0.9, 0.1, num=7),
    }
    X, y = np.linspace(-5.5, 4.5, num=15).reshape(5, 3).T, np.array([0, 5, 1])
    published = """
        11.53165108  12.2917344   13.05181771  13.81190102  14.57198434  15.33206765  16.09215096
        12.05769098  12.74614105  13.43459113  14.1230412   14.81149128  15.49994135  16.18839143
        12.58373087  13.20054771  13.81736455  14.43418138  15.05099822  15.66781506  16.2846319"""
    net = TwoLayerNet(5, 50, 7)
    net.params = {name: value.copy() for name, value in toy_params.items()}
    scores = np.array(published.split(), dtype=float).reshape(3, 7)
    P = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    check.close(
        "scores of the toy net",
        net.loss(X),
        scores,
        atol=1e-8,  # they are published with eight decimals
        hint="affine_relu_forward with W1 and b1, then affine_forward with W2 and b2",
        mistakes={"probabilities, not scores: the softmax belongs to the loss": P},
    )
    bare = TwoLayerNet(5, 50, 7)
    bare.params = {name: np.zeros_like(value) for name, value in toy_params.items()}
    bare.params["b2"] = toy_params["b2"].copy()
    check.close(
        "scores of one sample when only b2 is not zero",
        bare.loss(X[:1]),
        [toy_params["b2"]],
        hint="the scores come out of the last affine layer as they are",
        mistakes={"there is a ReLU on the scores too": [[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1]]},
    )
    labels, images = y.copy(), X.copy()
    loss, _ = net.loss(X, y)
    check.equal("the images after the call", X, images, hint="compute into new arrays")
    check.equal("the labels after the call", y, labels, hint="compute into new arrays")
    check.close(
        "loss without penalty",
        loss,
        3.4702243556,
        rtol=0,
        atol=1e-9,
        hint="softmax_loss of the scores",
        mistakes={"a sum over the samples, not their mean": 10.4106730668},
    )
    regularised = TwoLayerNet(5, 50, 7, reg=1.0)
    regularised.params = net.params
    loss, _ = regularised.loss(X, y)
    check.equal(
        "W1 after the call",
        net.params["W1"],
        toy_params["W1"],
        hint="only the update changes the weights",
    )
    check.close(
        "loss with reg = 1",
        loss,
        26.5948426952,
        rtol=0,
        atol=1e-9,
        hint="add 0.5 * reg times the sums of the squares of W1 and of W2",
        mistakes={
            "the factor one half is missing": 49.7194610349,
            "the L2 penalty is missing": 3.4702243556,
            "only W1 is penalised": 18.9705590276,
            "only W2 is penalised": 11.0945080232,
            "the biases are penalised too": 33.7120989311,
            "the penalty is divided by N": 11.1784304688,
        },
    )
    net = TwoLayerNet(5, 6, 4, reg=0.7)
    rng = np.random.default_rng(231)
    net.params = {name: rng.normal(size=value.shape) for name, value in net.params.items()}
    X, y = rng.normal(size=(3, 5)), np.array([0, 3, 1])
    _, grads = net.loss(X, y)
    W1_num, b1_num, W2_num, b2_num = (
        gradcheck.eval_numerical_gradient(lambda _: net.loss(X, y)[0], net.params[name])
        for name in ("W1", "b1", "W2", "b2")
    )
    # The gradient of the scores by numbers: that of each sample's own loss by b2, over N.
    dscores = [
        gradcheck.eval_numerical_gradient(
            lambda _, i=i: net.loss(X[[i]], y[[i]])[0], net.params["b2"]
        )
        for i in range(3)
    ]
    unmasked = np.array(dscores) / 3 @ net.params["W2"].T
    check.close(
        "gradient of W2 against the numerical one, reg = 0.7",
        grads["W2"],
        W2_num,
        rtol=1e-6,
        atol=1e-8,
        hint="dw of the last affine layer, plus reg * W2",
        mistakes={
            "the penalty's gradient is missing": W2_num - 0.7 * net.params["W2"],
            "the penalty's gradient has half its size": W2_num - 0.35 * net.params["W2"],
            "the penalty's gradient has twice its size": W2_num + 0.7 * net.params["W2"],
        },
    )
    check.close(
        "gradient of b2 against the numerical one",
        grads["b2"],
        b2_num,
        rtol=1e-6,
        atol=1e-8,
        hint="db of the last affine layer",
        mistakes={
            "the bias is penalised": [-0.42414406, 0.0398081, -1.0411299, -1.4346858],
        },
    )
    check.close(
        "gradient of W1 against the numerical one, reg = 0.7",
        grads["W1"],
        W1_num,
        rtol=1e-6,
        atol=1e-8,
        hint="dw of the sandwich, plus reg * W1",
        mistakes={
            "the penalty's gradient is missing": W1_num - 0.7 * net.params["W1"],
            "the way back leaves the ReLU out": X.T @ unmasked + 0.7 * net.params["W1"],
        },
    )
    check.close(
        "gradient of b1 against the numerical one",
        grads["b1"],
        b1_num,
        rtol=1e-6,
        atol=1e-8,
        hint="db of the sandwich",
        mistakes={
            "the way back leaves the ReLU out": [
                -0.2487721,
                -0.029930896,
                0.12817223,
                0.4601504,
                0.7509519,
                -0.37726764,
            ],
        },
    )

# %% role="test" id="test_twolayernet_loss_scores" points=1
"""Without labels, loss returns the scores, of images too; some scores are negative."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(12, 6), (6,), (6, 5), (5,)])
drawn = rng.normal(size=(4, 2, 2, 3))
X = drawn.copy()
net = TwoLayerNet(12, 6, 5)
net.params = {"W1": W1.copy(), "b1": b1.copy(), "W2": W2.copy(), "b2": b2.copy()}
A = drawn.reshape(4, 12) @ W1 + b1
scores = np.maximum(0, A) @ W2 + b2
check.close(
    "scores of four images of shape (2, 2, 3)",
    net.loss(X),
    scores,
    hint="affine_relu_forward with W1 and b1, then affine_forward with W2 and b2",
    mistakes={
        "there is a ReLU on the scores too": np.maximum(0, scores),
        "the ReLU is missing": A @ W2 + b2,
        "probabilities, not scores: the softmax belongs to the loss": np.exp(scores)
        / np.exp(scores).sum(axis=1, keepdims=True),
    },
)
check.close("the images after the call", X, drawn, hint="compute into new arrays")
### END HIDDEN TESTS

# %% role="test" id="test_twolayernet_loss_penalty" points=2
"""The loss is the mean cross-entropy plus half of reg times the squares of the weights."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(4, 3), (3,), (3, 5), (5,)])
X, y = rng.normal(size=(6, 4)), rng.permutation([0, 1, 2, 3, 4, 0])
net = TwoLayerNet(4, 3, 5, reg=0.6)
net.params = {"W1": W1, "b1": b1, "W2": 2 * W2, "b2": b2}
value, _ = net.loss(X, y)
Z = np.maximum(0, X @ W1 + b1) @ (2 * W2) + b2
data_loss = np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(6), y])
squares_1, squares_2 = np.sum(W1**2), 4 * np.sum(W2**2)
both, biases = squares_1 + squares_2, np.sum(b1**2) + np.sum(b2**2)
check.close(
    "loss with reg = 0.6",
    value,
    data_loss + 0.3 * both,
    hint="data loss + 0.5 * reg * (sum of W1 squared + sum of W2 squared)",
    mistakes={
        "the factor one half is missing": data_loss + 0.6 * both,
        "the L2 penalty is missing": data_loss,
        "only W1 is penalised": data_loss + 0.3 * squares_1,
        "only W2 is penalised": data_loss + 0.3 * squares_2,
        "the biases are penalised too": data_loss + 0.3 * (both + biases),
        "the data loss is a sum over the samples, not their mean": 6 * data_loss + 0.3 * both,
        "the penalty is divided by N": data_loss + 0.3 * both / 6,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_twolayernet_loss_gradients" points=2
"""The gradients of all four parameters are right, with penalty; the batch is left alone."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(4, 6), (6,), (6, 3), (3,)])
drawn, labels = rng.normal(size=(5, 4)), rng.permutation([0, 1, 2, 1, 0])
X, y = drawn.copy(), labels.copy()
net = TwoLayerNet(4, 6, 3, reg=0.4)
net.params = {"W1": W1.copy(), "b1": b1.copy(), "W2": W2.copy(), "b2": b2.copy()}
_, grads = net.loss(X, y)
A = drawn @ W1 + b1
hidden = np.maximum(0, A)
Z = hidden @ W2 + b2
E = (np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) - np.eye(3)[labels]) / 5
G = (E @ W2.T) * (A > 0)
check.close(
    "gradient of W2 for a batch of five, reg = 0.4",
    grads["W2"],
    hidden.T @ E + 0.4 * W2,
    hint="dw of the last affine layer, plus reg * W2",
    mistakes={
        "the penalty's gradient is missing": hidden.T @ E,
        "the penalty's gradient has half its size": hidden.T @ E + 0.2 * W2,
        "the penalty's gradient has twice its size": hidden.T @ E + 0.8 * W2,
    },
)
check.close(
    "gradient of b2 for a batch of five",
    grads["b2"],
    E.sum(axis=0),
    hint="db of the last affine layer; biases are not penalised",
    mistakes={"the bias is penalised": E.sum(axis=0) + 0.4 * b2},
)
check.close(
    "gradient of W1 for a batch of five, reg = 0.4",
    grads["W1"],
    drawn.T @ G + 0.4 * W1,
    hint="dw of the sandwich, plus reg * W1",
    mistakes={
        "the penalty's gradient is missing": drawn.T @ G,
        "the way back leaves the ReLU out": drawn.T @ (E @ W2.T) + 0.4 * W1,
    },
)
check.close(
    "gradient of b1 for a batch of five",
    grads["b1"],
    G.sum(axis=0),
    hint="db of the sandwich; biases are not penalised",
    mistakes={"the way back leaves the ReLU out": (E @ W2.T).sum(axis=0)},
)
check.close(
    "the batch and W1 after the call, in one row",
    np.concatenate([X.ravel(), net.params["W1"].ravel()]),
    np.concatenate([drawn.ravel(), W1.ravel()]),
    hint="compute into new arrays",
)
check.equal("the labels after the call", y, labels, hint="compute into new arrays")
### END HIDDEN TESTS

# %% [markdown] id="deep_text" report="show"
# ## Go deeper
#
# A net of $L$ affine layers has $L - 1$ hidden layers, each with its ReLU:
#
# affine, ReLU, affine, ReLU, ..., affine, softmax.
#
# Nothing new is to be derived, only repeated. The class below stores what it is given and calls
# `initial_params` and `loss`, which you write. Notebook 05 will add normalisation and dropout after
# each hidden affine layer; their arguments are here already, so that the class need not change.


# %% role="given" id="fully_connected_net" report="show"
class FullyConnectedNet:
    """Any number of affine layers with a ReLU after each but the last, and softmax cross-entropy.

    Parameters
    ----------
    hidden_dims : sequence of int
        Units of each hidden layer, from the first to the last; at least one.
    input_dim, num_classes : int
        Numbers of features D and of classes C.
    dropout : float
        Probability to keep a hidden unit; 1 is no dropout, and all that works in this notebook.
    normalization : {None, "batchnorm", "layernorm"}
        None is no normalisation, and all that works in this notebook.
    reg : float
        Strength of the L2 penalty.
    weight_scale : float
        Standard deviation of the first weights.
    dtype : dtype
        Of all parameters, and of everything that is computed with them.
    seed : int, optional
        Of dropout; not used in this notebook.
    dropout_keep_ratio : float, optional
        The name of ``dropout`` in newer versions of the assignment.

    Attributes
    ----------
    params : dict of str to ndarray
        W1, b1, ..., WL, bL.
    num_layers : int
        Number L of affine layers.
    normalization, use_dropout, reg, dtype
        What was given.
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
        keep = dropout if dropout_keep_ratio is None else dropout_keep_ratio
        self.normalization, self.use_dropout = normalization, keep != 1
        if self.use_dropout or normalization is not None:
            raise NotImplementedError(
                "FullyConnectedNet: normalisation and dropout are added in notebook 05; until then "
                "use normalization=None and dropout=1"
            )
        self.dropout_param = {"mode": "train", "p": keep, "seed": seed}
        self.reg, self.dtype = reg, dtype
        self.num_layers = 1 + len(hidden_dims)
        params = self.initial_params([input_dim, *hidden_dims, num_classes], weight_scale)
        self.params = {name: value.astype(dtype) for name, value in params.items()}


# %% [markdown] id="hints_fullyconnectednet_initial_params"
# <details><summary>Hint 1: the direction</summary>
# Layer l leads from sizes[l - 1] to sizes[l]. Go through the layers in a loop.
# </details>
#
# <details><summary>Hint 2: the function</summary>
# <code>f"W{l}"</code> makes the name of layer l. The layers are counted from 1.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# For l from 1 to <code>len(sizes) - 1</code>: weights as in TwoLayerNet, of shape
# <code>(sizes[l - 1], sizes[l])</code>; biases <code>np.zeros(sizes[l])</code>.
# </details>


# %% role="todo" id="fullyconnectednet_initial_params"
@method_of(FullyConnectedNet)
def initial_params(self, sizes, weight_scale):
    """Draw the first weights of all layers.

    Parameters
    ----------
    sizes : list of int
        Features, units of each hidden layer, classes: D, H1, ..., C.
    weight_scale : float
        Standard deviation of the weights, which are drawn from a normal distribution of mean 0.

    Returns
    -------
    dict of str to ndarray
        W1 of shape (D, H1), b1 of shape (H1,), ..., WL, bL, float64. The biases are 0.
    """
    # TODO: two arrays for each affine layer.
    ### BEGIN SOLUTION
    params = {}
    for layer in range(1, len(sizes)):
        inputs, outputs = sizes[layer - 1], sizes[layer]
        params[f"W{layer}"] = weight_scale * np.random.randn(inputs, outputs)
        params[f"b{layer}"] = np.zeros(outputs)
    return params
    ### END SOLUTION


# %% role="check" id="check_fullyconnectednet_initial_params"
with check.todo("fullyconnectednet_initial_params"):
    params = FullyConnectedNet([20, 30, 40], input_dim=15, num_classes=8, weight_scale=0.05).params
    check.equal(
        "are there W1 to W4 and b1 to b4, and nothing else",
        sorted(params) == ["W1", "W2", "W3", "W4", "b1", "b2", "b3", "b4"],
        True,
        hint="three hidden layers make four affine layers, counted from 1",
        mistakes={"a parameter is missing, or one is too many": False},
    )
    check.equal(
        "shapes of W1, W2, W3 and W4",
        [size for layer in (1, 2, 3, 4) for size in params[f"W{layer}"].shape],
        [15, 20, 20, 30, 30, 40, 40, 8],
        hint="each layer leads from one size to the next",
        mistakes={
            "rows and columns are swapped": [20, 15, 30, 20, 40, 30, 8, 40],
        },
    )
    check.close(
        "standard deviation of W3, wanted 0.05",
        np.std(params["W3"]),
        0.05,
        rtol=0.1,
        hint="weight_scale times random numbers of standard deviation 1",
        mistakes={
            "weight_scale is the variance here": np.sqrt(0.05),
            "weight_scale is not used: it is a fixed number": 0.01,
            "only the first layer is scaled": 1.0,
            "even from 0 to weight_scale, not normal": 0.05 / np.sqrt(12),
        },
    )
    check.close(
        "b3",
        params["b3"],
        np.zeros(40),
        hint="biases start at 0",
        mistakes={"biases start at 1": np.ones(40)},
    )

# %% role="test" id="test_fullyconnectednet_initial_params_layers" points=2
"""A net of five layers has weights of the wanted shapes, standard deviation and mean."""
### BEGIN HIDDEN TESTS
rng = check.rng()
D, H1, H2, H3, H4, C = rng.permutation([30, 32, 34, 36, 38, 40]) + rng.integers(5)
scale = rng.uniform(0.02, 0.2)
net = FullyConnectedNet(
    [H1, H2, H3, H4], input_dim=D, num_classes=C, weight_scale=scale, dtype=np.float64
)
params = net.params
check.equal(
    "shapes of W1 to W5",
    np.concatenate([params[name].shape for name in ("W1", "W2", "W3", "W4", "W5")]),
    [D, H1, H1, H2, H2, H3, H3, H4, H4, C],
    hint="each layer leads from one size to the next",
    mistakes={"rows and columns are swapped": [H1, D, H2, H1, H3, H2, H4, H3, C, H4]},
)
check.close(
    "standard deviations of W1, W3 and W5",
    [np.std(params["W1"]), np.std(params["W3"]), np.std(params["W5"])],
    [scale, scale, scale],
    rtol=0.12,
    hint="weight_scale times random numbers of standard deviation 1, in every layer",
    mistakes={
        "weight_scale is the variance here": np.sqrt([scale, scale, scale]),
        "weight_scale is not used: it is a fixed number": [1e-2, 1e-2, 1e-2],
        "only the first layer is scaled": [scale, 1, 1],
        "even from 0 to weight_scale, not normal": scale / np.sqrt([12, 12, 12]),
    },
)
check.close(
    "means of W2 and W4, in units of weight_scale",
    np.array([np.mean(params["W2"]), np.mean(params["W4"])]) / scale,
    [0, 0],
    atol=0.15,
    hint="draw from a distribution of mean 0",
)
check.close(
    "all biases, in one row",
    np.concatenate([params[name] for name in ("b1", "b2", "b3", "b4", "b5")]),
    np.zeros(H1 + H2 + H3 + H4 + C),
    hint="biases start at 0",
    mistakes={"biases start at 1": np.ones(H1 + H2 + H3 + H4 + C)},
)
### END HIDDEN TESTS

# %% role="test" id="test_fullyconnectednet_initial_params_draws" points=1
"""Each net and each layer draws weights of its own."""
### BEGIN HIDDEN TESTS
rng = check.rng()
size, C = rng.integers(5, 60, size=2)
first = FullyConnectedNet([size, size], input_dim=size, num_classes=C).params
second = FullyConnectedNet([size, size], input_dim=size, num_classes=C).params
check.equal(
    "shapes of W2 and W3",
    [*first["W2"].shape, *first["W3"].shape],
    [size, size, size, C],
    hint="each layer leads from one size to the next",
)
W1, W2 = first["W1"], first["W2"]
check.equal(
    "have two nets the same weights, two layers of one net, and two units of one layer",
    [
        np.array_equal(W1, second["W1"]),
        np.array_equal(W1, W2),
        np.array_equal(W1[:, 0], W1[:, 1]),
    ],
    [False, False, False],
    hint="draw each weight anew, and do not set the seed",
    mistakes={
        "every net has the same weights: do not set the seed": [True, False, False],
        "every layer has the same weights: draw them anew in the loop": [False, True, False],
        "all units are equal: draw each weight on its own": [False, False, True],
    },
)
### END HIDDEN TESTS

# %% [markdown] id="deep_loss_text" report="show"
# ### Forwards and backwards through all layers
#
# On the way forwards keep the cache of each layer in a list or a dictionary; on the way back use
# them in reverse order. As in the two-layer net, each layer's dx is the upstream gradient of the
# layer below, and
#
# $$L = L_{\mathrm{data}} + \tfrac{\lambda}{2} \sum_{l=1}^{L} \sum_{d,h} W_{l,dh}^2 .$$

# %% [markdown] id="hints_fullyconnectednet_loss"
# <details><summary>Hint 1: the direction</summary>
# One loop over the hidden layers forwards, one backwards; the last layer, which has no ReLU, stands
# outside of both.
# </details>
#
# <details><summary>Hint 2: the idea</summary>
# One variable holds the output of the layer below on the way up, one the upstream gradient on the
# way down. <code>range(L - 1, 0, -1)</code> counts the hidden layers backwards.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Upwards: <code>out, caches[l] = affine_relu_forward(out, ...)</code>. Downwards:
# <code>dout, grads[f"W{l}"], grads[f"b{l}"] = affine_relu_backward(dout, caches[l])</code>. For
# each layer, the last one too, add the penalty to the loss and <code>reg * W</code> to its
# gradient.
# </details>


# %% role="todo" id="fullyconnectednet_loss"
@method_of(FullyConnectedNet)
def loss(self, X, y=None):
    """Compute the scores of a batch, or its loss and gradients.

    Parameters
    ----------
    X : ndarray, shape (N, d1, ..., dk), float
        Samples of any shape with D = d1 * ... * dk features; not changed.
    y : ndarray, shape (N,), int, optional
        Labels from 0 to C - 1.

    Returns
    -------
    scores : ndarray, shape (N, C)
        If ``y`` is None. Else:
    loss : float
        Mean cross-entropy in nats plus ``0.5 * reg`` times the squares of all weights.
    grads : dict of str to ndarray
        Gradient of the loss with respect to each of the ``params``, under the same names.
    """
    X = X.astype(self.dtype)
    # TODO: forwards; then loss and penalty; then backwards.
    ### BEGIN SOLUTION
    last, params = self.num_layers, self.params
    out, caches = X, {}
    for layer in range(1, last):
        out, caches[layer] = affine_relu_forward(out, params[f"W{layer}"], params[f"b{layer}"])
    scores, caches[last] = affine_forward(out, params[f"W{last}"], params[f"b{last}"])
    if y is None:
        return scores

    loss, dout = softmax_loss(scores, y)
    grads = {}
    for layer in range(last, 0, -1):
        backward = affine_backward if layer == last else affine_relu_backward
        dout, dW, grads[f"b{layer}"] = backward(dout, caches[layer])
        W = params[f"W{layer}"]
        grads[f"W{layer}"] = dW + self.reg * W
        loss += 0.5 * self.reg * np.sum(W**2)
    return loss, grads
    ### END SOLUTION


# %% [markdown] id="published_text" report="hide"
# The check begins with the *sanity of the first loss*: a new net of three layers, whose weights are
# small, gives all ten classes about the same score, so without penalty its loss is near
# $\log 10 = 2.303$. With $\lambda = 3.14$ the penalty adds what the sum of squares says. The
# original assignment prints both losses, for the random numbers that these cells draw.


# %% role="given" id="published"
def original_params():
    """Draw the weights of the original's net: D = 15, H1 = 20, H2 = 30, C = 10."""
    return {
        "W1": 5e-2 * np.random.randn(15, 20),
        "b1": np.zeros(20),
        "W2": 5e-2 * np.random.randn(20, 30),
        "b2": np.zeros(30),
        "W3": 5e-2 * np.random.randn(30, 10),
        "b3": np.zeros(10),
    }


np.random.seed(231)
original_X, original_y = np.random.randn(2, 15), np.random.randint(10, size=2)
# The original makes one net without penalty, then another one with it.
original_nets = {0: original_params(), 3.14: original_params()}

# %% role="check" id="check_fullyconnectednet_loss"
with check.todo("fullyconnectednet_loss"):
    net = FullyConnectedNet([20, 30], input_dim=15, num_classes=10, dtype=np.float64)
    net.params = original_nets[0]
    batch = original_X.copy()
    loss, _ = net.loss(batch, original_y)
    check.equal("the batch after the call", batch, original_X, hint="compute into new arrays")
    check.close(
        "first loss without penalty",
        loss,
        2.3004790898,
        rtol=0,
        atol=1e-9,
        hint="the sandwich twice, then the last affine layer, then softmax_loss",
        mistakes={
            "there is a ReLU on the scores too": 2.3030596983,
            "there is no ReLU at all": 2.3012059645,
        },
    )
    net = FullyConnectedNet([20, 30], input_dim=15, num_classes=10, reg=3.14, dtype=np.float64)
    net.params = original_nets[3.14]
    check.close(
        "first loss with reg = 3.14",
        net.loss(original_X, original_y)[0],
        7.0521147765,
        rtol=0,
        atol=1e-9,
        hint="add 0.5 * reg times the sum of the squares of W1, W2 and W3",
        mistakes={
            "the factor one half is missing": 11.8025813373,
            "the L2 penalty is missing": 2.3016482158,
            "W1 is left out of the penalty": 5.8210103799,
            "W2 is left out of the penalty": 4.6444559035,
            "W3 is left out of the penalty": 5.9404114855,
            "only W1 is penalised": 3.5327526124,
            "only W3 is penalised": 3.4133515069,
        },
    )
    net = FullyConnectedNet([6, 5, 4], input_dim=7, num_classes=3, reg=0.3, dtype=np.float64)
    rng = np.random.default_rng(0)
    net.params = {name: rng.normal(size=value.shape) for name, value in net.params.items()}
    X, y = rng.normal(size=(5, 7)), np.array([0, 2, 1, 1, 0])
    net.reg = 0.0
    data_loss, unpenalised = net.loss(X, y)
    b1_num, b4_num = (
        gradcheck.eval_numerical_gradient(lambda _: net.loss(X, y)[0], net.params[name])
        for name in ("b1", "b4")
    )
    check.close(
        "gradient of b4 against the numerical one",
        unpenalised["b4"],
        b4_num,
        rtol=1e-6,
        atol=1e-8,
        hint="db of the last affine layer",
        mistakes={
            "not divided by N": 5 * b4_num,
            "divided by N twice: the loss has done that already": b4_num / 5,
        },
    )
    check.close(
        "gradient of b1 against the numerical one",
        unpenalised["b1"],
        b1_num,
        rtol=1e-6,
        atol=1e-8,
        hint="each layer's own db; use the caches in reverse order",
        mistakes={
            "the way back leaves the ReLU out": [
                1.565827165,
                3.107879261,
                7.604594033,
                1.098041131,
                6.061325446,
                4.396755446,
            ],
        },
    )
    net.reg = 0.3
    loss, grads = net.loss(X, y)
    squares = [np.sum(net.params[f"W{k}"] ** 2) for k in (1, 2, 3, 4)]
    check.close(
        "what reg = 0.3 adds to the loss",
        loss - data_loss,
        0.15 * sum(squares),
        hint="0.5 * reg times the sum of the squares of W1 to W4",
        mistakes={
            "the biases are penalised too": 0.15
            * sum(np.sum(value**2) for value in net.params.values())
        },
    )
    added = {name: (grads[name] - unpenalised[name]).ravel() for name in net.params}
    check.close(
        "what reg = 0.3 adds to the gradients of W1 to W4, as a multiple of the weights",
        [np.median(added[f"W{k}"] / net.params[f"W{k}"].ravel()) for k in (1, 2, 3, 4)],
        [0.3, 0.3, 0.3, 0.3],
        rtol=1e-6,
        hint="reg * W, in every layer",
        mistakes={
            "the penalty's gradient is missing": [0.0, 0.0, 0.0, 0.0],
            "the penalty's gradient has half its size": [0.15, 0.15, 0.15, 0.15],
            "the penalty's gradient has twice its size": [0.6, 0.6, 0.6, 0.6],
            "the last layer's penalty is missing from its gradient": [0.3, 0.3, 0.3, 0.0],
        },
    )
    check.close(
        "what it adds to the gradients of b1 to b4, as a multiple of the biases",
        [np.median(added[f"b{k}"] / net.params[f"b{k}"]) for k in (1, 2, 3, 4)],
        [0.0, 0.0, 0.0, 0.0],
        hint="biases are not penalised",
        mistakes={"the biases are penalised too": [0.3, 0.3, 0.3, 0.3]},
    )
    errors = {
        name: gradcheck.compare_gradients(
            lambda _: net.loss(X, y)[0], net.params[name], grads[name], samples=10
        ).max_relative_error
        for name in net.params
    }
    check.within(
        "largest relative error of the eight gradients, reg = 0.3",
        max(errors.values()),
        0,
        1e-6,
        hint="each layer's own db, and its own dw plus reg * W; use the caches in reverse order",
    )

# %% role="test" id="test_fullyconnectednet_loss_scores" points=2
"""The scores of nets with one and with four hidden layers are right, of images too."""
### BEGIN HIDDEN TESTS
rng = check.rng()
sizes = [12, 6, 5, 7, 4, 3]
W = [rng.normal(size=(sizes[k], sizes[k + 1])) for k in range(5)]
b = [rng.normal(size=sizes[k + 1]) for k in range(5)]
W[4][:, 0], b[4][0] = -np.abs(W[4][:, 0]), -1.0  # one class scores below 0
X = rng.normal(size=(4, 2, 2, 3))
deep = FullyConnectedNet([6, 5, 7, 4], input_dim=12, num_classes=3, dtype=np.float64)
deep.params = {f"W{k + 1}": W[k].copy() for k in range(5)}
deep.params |= {f"b{k + 1}": b[k].copy() for k in range(5)}
A1 = np.maximum(0, X.reshape(4, 12) @ W[0] + b[0])
A2 = np.maximum(0, A1 @ W[1] + b[1])
A3 = np.maximum(0, A2 @ W[2] + b[2])
Z = A3 @ W[3] + b[3]
scores = np.maximum(0, Z) @ W[4] + b[4]
linear = (((X.reshape(4, 12) @ W[0] + b[0]) @ W[1] + b[1]) @ W[2] + b[2]) @ W[3] + b[3]
check.close(
    "scores of four images, by a net with four hidden layers",
    deep.loss(X.copy()),
    scores,
    hint="four sandwiches, then an affine layer without ReLU",
    mistakes={
        "there is a ReLU on the scores too": np.maximum(0, scores),
        "the last hidden layer has no ReLU": Z @ W[4] + b[4],
        "there is no ReLU at all": linear @ W[4] + b[4],
    },
)
shallow = FullyConnectedNet([6], input_dim=12, num_classes=5, dtype=np.float64)
shallow.params = {"W1": W[0].copy(), "b1": b[0].copy(), "W2": W[1].copy(), "b2": b[1].copy()}
check.close(
    "scores of four images, by a net with one hidden layer",
    shallow.loss(X.copy()),
    A1 @ W[1] + b[1],
    hint="one sandwich, then an affine layer without ReLU",
)
### END HIDDEN TESTS

# %% role="test" id="test_fullyconnectednet_loss_penalty" points=2
"""The penalty is half of reg times the squares of all weights, in the loss and its gradients."""
### BEGIN HIDDEN TESTS
rng = check.rng()
sizes = [4, 6, 5, 3]
W = [(k + 1) * rng.normal(size=(sizes[k], sizes[k + 1])) / 2 for k in range(3)]
b = [rng.normal(size=sizes[k + 1]) for k in range(3)]
X, y = rng.normal(size=(5, 4)), rng.permutation([0, 1, 2, 1, 0])
params = {f"W{k + 1}": W[k] for k in range(3)} | {f"b{k + 1}": b[k] for k in range(3)}
free = FullyConnectedNet([6, 5], input_dim=4, num_classes=3, dtype=np.float64)
bound = FullyConnectedNet([6, 5], input_dim=4, num_classes=3, reg=0.7, dtype=np.float64)
free.params = {name: value.copy() for name, value in params.items()}
bound.params = {name: value.copy() for name, value in params.items()}
loss, grads = free.loss(X, y)
more, more_grads = bound.loss(X, y)
H1 = np.maximum(0, X @ W[0] + b[0])
scores = np.maximum(0, H1 @ W[1] + b[1]) @ W[2] + b[2]
squares = [np.sum(W[0] ** 2), np.sum(W[1] ** 2), np.sum(W[2] ** 2)]
both = np.sum(squares)
check.close(
    "loss without penalty",
    loss,
    np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(5), y]),
    hint="softmax_loss of the scores",
)
check.close(
    "what reg = 0.7 adds to the loss",
    more - loss,
    0.35 * both,
    hint="0.5 * reg * the sum of the squares of W1, W2 and W3",
    mistakes={
        "the factor one half is missing": 0.7 * both,
        "the L2 penalty is missing": 0,
        "W1 is left out of the penalty": 0.35 * (both - squares[0]),
        "W2 is left out of the penalty": 0.35 * (both - squares[1]),
        "W3 is left out of the penalty": 0.35 * (both - squares[2]),
        "only W3 is penalised": 0.35 * squares[2],
        "the biases are penalised too": 0.35
        * (both + np.sum(b[0] ** 2) + np.sum(b[1] ** 2) + np.sum(b[2] ** 2)),
    },
)
all_W = np.concatenate([W[0].ravel(), W[1].ravel(), W[2].ravel()])
no_W3 = np.concatenate([W[0].ravel(), W[1].ravel(), 0 * W[2].ravel()])
check.close(
    "what it adds to the gradients of W1, W2 and W3, in one row",
    np.concatenate([(more_grads[name] - grads[name]).ravel() for name in ("W1", "W2", "W3")]),
    0.7 * all_W,
    hint="reg * W, in every layer",
    mistakes={
        "the penalty's gradient is missing": 0 * all_W,
        "the penalty's gradient has half its size": 0.35 * all_W,
        "the penalty's gradient has twice its size": 1.4 * all_W,
        "the last layer's penalty is missing from its gradient": 0.7 * no_W3,
    },
)
check.close(
    "what it adds to the gradients of b1, b2 and b3, in one row",
    np.concatenate([more_grads[name] - grads[name] for name in ("b1", "b2", "b3")]),
    np.zeros(14),
    hint="biases are not penalised",
    mistakes={"the biases are penalised too": 0.7 * np.concatenate([b[0], b[1], b[2]])},
)
### END HIDDEN TESTS

# %% role="test" id="test_fullyconnectednet_loss_gradients" points=3
"""The gradients of a net of three layers are right, and the batch is left as it was."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(6, 5), (5,), (5, 7), (7,)])
W3, b3, drawn = (rng.normal(size=shape) for shape in [(7, 4), (4,), (5, 2, 3)])
X, y = drawn.copy(), rng.permutation([0, 1, 2, 3, 1])
net = FullyConnectedNet([5, 7], input_dim=6, num_classes=4, dtype=np.float64)
net.params = {"W1": W1.copy(), "b1": b1.copy(), "W2": W2.copy(), "b2": b2.copy()}
net.params |= {"W3": W3.copy(), "b3": b3.copy()}
_, grads = net.loss(X, y)
rows = drawn.reshape(5, 6)
A1 = rows @ W1 + b1
A2 = np.maximum(0, A1) @ W2 + b2
Z = np.maximum(0, A2) @ W3 + b3
E = (np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) - np.eye(4)[y]) / 5
G2 = (E @ W3.T) * (A2 > 0)
G1 = (G2 @ W2.T) * (A1 > 0)
check.close(
    "gradient of W3",
    grads["W3"],
    np.maximum(0, A2).T @ E,
    hint="dw of the last affine layer",
    mistakes={"not divided by N": 5 * np.maximum(0, A2).T @ E},
)
check.close(
    "gradient of W2",
    grads["W2"],
    np.maximum(0, A1).T @ G2,
    hint="dw of the second sandwich, with the dx of the last layer as upstream gradient",
    mistakes={"the way back leaves the ReLU out": np.maximum(0, A1).T @ (E @ W3.T)},
)
check.close(
    "gradient of W1",
    grads["W1"],
    rows.T @ G1,
    hint="dw of the first sandwich, with the dx of the second as upstream gradient",
    mistakes={"the way back leaves the ReLUs out": rows.T @ (E @ W3.T @ W2.T)},
)
check.close(
    "gradients of b1, b2 and b3, in one row",
    np.concatenate([grads["b1"], grads["b2"], grads["b3"]]),
    np.concatenate([G1.sum(axis=0), G2.sum(axis=0), E.sum(axis=0)]),
    hint="each layer's own db",
)
check.close("the batch after the call", X, drawn, hint="compute into new arrays")
### END HIDDEN TESTS

# %% role="test" id="test_fullyconnectednet_loss_float32" points=1
"""A net of float32 computes in float32, whatever the batch is."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(4, 3), (3,), (3, 5), (5,)])
X, y = rng.normal(size=(6, 4)), rng.integers(5, size=6)
net = FullyConnectedNet([3], input_dim=4, num_classes=5, reg=0.1)
params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
net.params = {name: value.astype(np.float32) for name, value in params.items()}
scores = net.loss(X)
_, grads = net.loss(X, y)
check.close(
    "scores of a float64 batch by a float32 net",
    scores,
    np.maximum(0, X @ W1 + b1) @ W2 + b2,
    rtol=1e-4,
    atol=1e-4,
    hint="the sandwich, then an affine layer without ReLU",
)
check.equal(
    "are the scores float32, and the gradients of W1 and b1",
    [
        np.asarray(scores).dtype == np.float32,
        np.asarray(grads["W1"]).dtype == np.float32,
        np.asarray(grads["b1"]).dtype == np.float32,
    ],
    [True, True, True],
    hint="keep the line X = X.astype(self.dtype), and make no float64 arrays on the way",
)
### END HIDDEN TESTS

# %% [markdown] id="look" report="show"
# ## Load CIFAR-10
#
# The ten classes of small colour photographs that you know from the second notebook (Krizhevsky,
# 2009); where they have not been downloaded, ten drawn shapes stand in. Accuracies in the texts are
# those of CIFAR-10. This time each feature is *standardised*: its mean over the training set is
# subtracted, and what is left is divided by its standard deviation there. Then all features are of
# order 1, and a weight scale means the same whatever the units of the pixels were.

# %% role="given" id="load" report="output"
cifar = data.load("cifar10")
names = [cifar.class_names[label] for label in cifar.train.labels[:20]]
plots.image_grid(cifar.train.images[:20], titles=names, columns=10)

# %% role="given" id="prepare"
X_train = data.flatten(cifar.train.images).astype(np.float32)
feature_mean, feature_std = data.mean_image(X_train), X_train.std(axis=0)


def prepare(split):
    """Return images as standardised float32 rows of shape (N, 3072), and their labels."""
    X = data.flatten(split.images).astype(np.float32)
    X -= feature_mean  # in place: the training set takes 600 MB
    X /= feature_std
    return X, split.labels


X_train, y_train = prepare(cifar.train)
X_val, y_val = prepare(cifar.validation)
full_data = {"X_train": X_train, "y_train": y_train, "X_val": X_val, "y_val": y_val}
X_train.shape, X_train.dtype, y_train.shape

# %% [markdown] id="overfit_text" report="show"
# ## Learn fifty images by heart
#
# A net that cannot learn 50 images by heart will not learn 49,000. So this is the first test of any
# new net, and it takes a second. `memorise` below trains a net with hidden layers of 100 units on a
# few samples, with plain gradient descent in batches of 25, for 20 epochs: 40 steps. The `Solver`
# (`helpers/solver.py`) is the loop around your code: it draws the batches, calls `loss`, applies
# the update rule to each parameter, and notes losses and accuracies.


# %% role="given" id="memorise" report="show"
def sgd(w, dw, config=None):
    """Return w after a step of plain gradient descent, and config."""
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    return w - config["learning_rate"] * dw, config


def memorise(X, y, num_layers, learning_rate, weight_scale):
    """Train a net on few samples for 20 epochs; return its Solver, also if it diverged."""
    hidden_dims = [100] * (num_layers - 1)
    net = FullyConnectedNet(hidden_dims, input_dim=X.shape[1], weight_scale=weight_scale)
    solver = Solver(
        net,
        {"X_train": X, "y_train": y, "X_val": X, "y_val": y},
        update_rule=sgd,
        optim_config={"learning_rate": learning_rate},
        batch_size=25,
        num_epochs=20,
        verbose=False,
        rng=0,
    )
    try:
        with np.errstate(all="ignore"):  # numbers that grow too large are told by the loss
            solver.train()
    except FloatingPointError as error:
        print(error)
    return solver


# %% [markdown] id="panel_text" report="hide"
# ### Feel the two knobs
#
# Two settings decide: the *learning rate*, and the *weight scale*, the standard deviation of the
# first weights. Press *Start* with those below: nothing seems to happen. The learning rate acts on
# the next step; move it up until the loss falls, and further until it blows up. Weight scale and
# depth need a fresh start (*Reset*). With five layers, how far can you lower the weight scale
# before no learning rate helps any more? Look at the ratio of update to weight, too: about 0.001 to
# 0.01 a step is healthy.


# %% role="play" id="panel"
class Training:
    """Train your net on 50 images for the panel: one batch of 25 a step."""

    def __init__(self, settings):
        np.random.seed(settings["seed"])
        hidden_dims = [100] * (settings["layers"] - 1)
        self.net = FullyConnectedNet(hidden_dims, weight_scale=settings["weight_scale"])
        self.rng = np.random.default_rng(settings["seed"])

    def step(self, settings):
        """Take one step of plain gradient descent with the learning rate of this moment."""
        rows = self.rng.choice(50, 25, replace=False)
        loss, grads = self.net.loss(X_train[rows], y_train[rows])
        for name in self.net.params:
            self.net.params[name] -= settings["learning_rate"] * grads[name]
        return {"loss": loss}

    def validate(self):
        """Return the accuracy on the 50 images."""
        return {
            "train_accuracy": np.mean(self.net.loss(X_train[:50]).argmax(axis=1) == y_train[:50])
        }

    def weights(self):
        """Return the weights whose updates are compared with them."""
        return {name: value for name, value in self.net.params.items() if name[0] == "W"}

    def pictures(self):
        """Return the weights of the first twenty hidden units as images."""
        return self.net.params["W1"].T[:20].reshape(-1, 32, 32, 3)


lab.TrainingLab(
    Training,
    sliders={
        "learning_rate": lab.log(1e-4, 1, value=1e-3),
        "weight_scale": lab.log(1e-5, 1, value=1e-2, fresh=True),
        "layers": lab.choice(3, 5, value=3, fresh=True),
    },
    steps=200,
)

# %% [markdown] id="overfit_settings_text" report="show"
# ### Fix your settings
#
# Write down, for three and for five layers, a learning rate and a weight scale with which the net
# knows the 50 images by heart within 20 epochs. The hidden tests train nets with them on 50 drawn
# samples, as large as standardised images.

# %% [markdown] id="hints_overfit_settings"
# <details><summary>Hint 1: the direction</summary>
# First find a weight scale at which the scores differ between images, then raise the learning rate.
# Both are easiest to find on a logarithmic scale: 0.001, 0.01, 0.1.
# </details>
#
# <details><summary>Hint 2: the idea</summary>
# A hidden layer of 100 inputs hands its signal on at about the same size if its weights have a
# standard deviation of sqrt(2 / 100), about 0.14. With smaller ones it shrinks from layer to layer.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Return a dictionary with the keys 3 and 5; each value is
# <code>{"learning_rate": ..., "weight_scale": ...}</code>. Try a weight scale near 0.1 for both,
# and learning rates from 0.01 to 0.1.
# </details>


# %% role="todo" id="overfit_settings"
def overfit_settings():
    """Return settings with which nets of three and five layers learn 50 images by heart.

    Returns
    -------
    dict of int to dict
        For 3 and for 5 layers: ``learning_rate`` and ``weight_scale``, floats above 0.
    """
    # TODO: find them with the panel.
    ### BEGIN SOLUTION
    return {
        3: {"learning_rate": 0.05, "weight_scale": 0.1},
        5: {"learning_rate": 0.05, "weight_scale": 0.1},
    }
    ### END SOLUTION


# %% role="check" id="check_overfit_settings"
with check.todo("overfit_settings"):
    settings = overfit_settings()
    check.equal(
        "are learning rate and weight scale above 0, for three and for five layers",
        [
            settings[layers][name] > 0
            for layers in (3, 5)
            for name in ("learning_rate", "weight_scale")
        ],
        [True] * 4,
        hint='{3: {"learning_rate": ..., "weight_scale": ...}, 5: {...}}',
    )
    rng = np.random.default_rng(0)
    # Six times as fast as 3,072 features of size 1, and as long a row.
    X, y = np.sqrt(6) * rng.normal(size=(50, 512)), rng.integers(10, size=50)
    np.random.seed(0)
    check.close(
        "best accuracy of the net of three layers on 50 drawn samples",
        memorise(X, y, 3, **settings[3]).best_val_acc,
        1.0,
        hint="the loss must fall to nearly 0; use the panel with 3 layers",
    )
    check.close(
        "best accuracy of the net of five layers on 50 drawn samples",
        memorise(X, y, 5, **settings[5]).best_val_acc,
        1.0,
        hint="the loss must fall to nearly 0; use the panel with 5 layers",
    )

# %% role="test" id="test_overfit_settings_three" points=2
"""With your settings a net of three layers learns 50 drawn samples by heart within 20 epochs."""
### BEGIN HIDDEN TESTS
rng = check.rng()
# Six times as fast as 3,072 features of size 1, and as long a row.
X, y = np.sqrt(6) * rng.normal(size=(50, 512)), rng.integers(10, size=50)
np.random.seed(rng.integers(10**6))
net = memorise(X, y, 3, **overfit_settings()[3]).model
check.equal(
    "labels that a net of three layers has learnt for 50 drawn samples",
    net.loss(X).argmax(axis=1),
    y,
    hint="the loss must fall to nearly 0; use the panel with 3 layers",
)
### END HIDDEN TESTS

# %% role="test" id="test_overfit_settings_five" points=2
"""With your settings a net of five layers learns 50 drawn samples by heart within 20 epochs."""
### BEGIN HIDDEN TESTS
rng = check.rng()
# Six times as fast as 3,072 features of size 1, and as long a row.
X, y = np.sqrt(6) * rng.normal(size=(50, 512)), rng.integers(10, size=50)
np.random.seed(rng.integers(10**6))
net = memorise(X, y, 5, **overfit_settings()[5]).model
check.equal(
    "labels that a net of five layers has learnt for 50 drawn samples",
    net.loss(X).argmax(axis=1),
    y,
    hint="the loss must fall to nearly 0; use the panel with 5 layers",
)
### END HIDDEN TESTS

# %% role="play" id="overfit_run" report="show"
np.random.seed(0)
overfit = {
    f"{layers} layers": memorise(X_train[:50], y_train[:50], layers, **overfit_settings()[layers])
    for layers in (3, 5)
}
for name, solver in overfit.items():
    print(f"{name}: {solver.best_val_acc:.0%} of the 50 images")
plots.loss_curve({name: solver.loss_history for name, solver in overfit.items()}, smooth=1)

# %% [markdown] id="question_scale_text" report="show"
# ### Question 2: three layers against five
#
# Which of the two nets was more sensitive to the weight scale, and which scales did not work at any
# learning rate? Explain why: what happens to the signal on its way forwards, and to the gradient on
# its way back, when each layer multiplies both by about the same factor?

# %% [markdown] role="explain" id="answer_scale" points=5
# The net of five layers. With 100 units a layer whose weights have standard deviation s multiplies
# the size of the signal by about s * sqrt(100 / 2) = 7 s (half of the units are off), and the
# gradient on its way back too. At s = 0.02 that is 0.14 a layer. Over the two further layers of the
# small net both shrink to 2 %, and a learning rate of 0.3 made up for it: 100 %. Over the four of
# the large net they shrink to 0.04 %, and at no learning rate from 0.001 to 0.3 did it learn: the
# scores are the same for all images, and only the last biases move. At s = 0.1 the factor is 0.7,
# and both nets learn. At s = 0.2 it is 1.4: scores and gradients are large, and only learning rates
# up to about 0.03 worked. The factor is raised to the power of the depth, so a deeper net is
# more sensitive.

# %% [markdown] id="momentum_text" report="show"
# ## Take better steps
#
# Plain gradient descent steps along the newest gradient, however it zigzags. The rules below
# remember something of the gradients before; what they remember lies in `config`, one dictionary
# for each parameter, which the Solver hands in and takes back at each step.
#
# ### Momentum
#
# A heavy ball rolls down the loss (Polyak, 1964): the gradient changes its *velocity* $v$, and the
# velocity changes the weights. With learning rate $\eta$ and momentum $\mu$,
#
# $$v \leftarrow \mu v - \eta\, g, \qquad w \leftarrow w + v .$$
#
# Where the gradient keeps its direction, steps grow up to $1 / (1 - \mu)$ times as long: ten times
# for $\mu = 0.9$. Where it flips its sign at each step, they nearly cancel out.

# %% [markdown] id="hints_sgd_momentum"
# <details><summary>Hint 1: the direction</summary>
# Two lines, as in the formula: first the new velocity, then the new weights from it. Then put the
# velocity back.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# The velocity already points downhill: it holds minus the gradient. So it is added.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# The new velocity is <code>config["momentum"] * config["velocity"]</code> less learning rate times
# gradient. Store it under the same key; return its sum with w, and config.
# </details>


# %% role="todo" id="sgd_momentum"
def sgd_momentum(w, dw, config=None):
    """Take a step of gradient descent with momentum.

    Parameters
    ----------
    w, dw : ndarray, the same shape, float
        A parameter, and the gradient of the loss with respect to it; dw is not changed.
    config : dict, optional
        ``learning_rate`` (default 1e-2), ``momentum`` (0.9) and ``velocity`` (zeros, shape of w).

    Returns
    -------
    next_w : ndarray, the shape and dtype of w
    config : dict
        With the new velocity.

    References
    ----------
    Polyak, Some methods of speeding up the convergence of iteration methods, 1964.
    """
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    config.setdefault("velocity", np.zeros_like(w))
    # TODO: new velocity, new weights.
    ### BEGIN SOLUTION
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
    ### END SOLUTION


# %% role="given" id="published_steps"
def four_by_five(low, high):
    """Return twenty numbers, evenly spaced from low to high, in four rows."""
    return np.linspace(low, high, num=20).reshape(4, 5)


def numbers(printed):
    """Return the twenty numbers that the original assignment prints, in four rows."""
    return np.array(printed.split(), dtype=float).reshape(4, 5)


# %% role="check" id="check_sgd_momentum"
with check.todo("sgd_momentum"):
    w, dw, v = four_by_five(-0.4, 0.6), four_by_five(-0.6, 0.4), four_by_five(0.6, 0.9)
    next_w, config = sgd_momentum(w.copy(), dw, {"learning_rate": 1e-3, "velocity": v.copy()})
    check.equal("dw after the call", dw, four_by_five(-0.6, 0.4), hint="compute into new arrays")
    check.equal(
        "is the velocity in the config that comes back",
        "velocity" in config,
        True,
        hint="put the new velocity back into config",
        mistakes={"the velocity starts anew at each step: return the config that holds it": False},
    )
    published = numbers("""
        0.1406      0.20738947  0.27417895  0.34096842  0.40775789
        0.47454737  0.54133684  0.60812632  0.67491579  0.74170526
        0.80849474  0.87528421  0.94207368  1.00886316  1.07565263
        1.14244211  1.20923158  1.27602105  1.34281053  1.4096""")
    check.close(
        "weights after a step with learning rate 0.001 and momentum 0.9",
        next_w,
        published,
        atol=1e-8,  # they are published with eight decimals
        hint="w + v, with v = momentum * velocity - learning_rate * dw",
        mistakes={
            "the velocity is subtracted": w - (0.9 * v + 1e-3 * dw),
            "the learning rate belongs into the velocity, not outside of it": w
            - 1e-3 * (0.9 * v + dw),
            "the velocity of before is used": w + v,
            "momentum is ignored: plain gradient descent": w - 1e-3 * dw,
            "a step uphill: the gradient is added": w + 0.9 * v + 1e-3 * dw,
            "a moving average: the gradient is scaled by 1 - momentum": w + 0.9 * v - 1e-4 * dw,
            "momentum is applied twice, as Nesterov's rule does": w + 0.81 * v - 1.9e-3 * dw,
        },
    )
    check.close(
        "velocity after this step",
        config["velocity"],
        0.9 * v - 1e-3 * dw,
        hint="put the new velocity back into config",
        mistakes={"the new velocity is not put back": v},
    )

# %% role="test" id="test_sgd_momentum_step" points=2
"""One step from a given velocity is right; dw is left alone, float32 stays float32."""
### BEGIN HIDDEN TESTS
rng = check.rng()
w, drawn, v = (rng.normal(size=(3, 4)) for _ in range(3))
rate, mu = rng.uniform(0.1, 0.3), rng.uniform(0.5, 0.8)
dw = drawn.copy()
next_w, config = sgd_momentum(
    w.copy(), dw, {"learning_rate": rate, "momentum": mu, "velocity": v.copy()}
)
new = mu * v - rate * drawn
check.close(
    "weights after a step",
    next_w,
    w + new,
    hint="w + v, with v = momentum * velocity - learning_rate * dw",
    mistakes={
        "the velocity is subtracted": w - (mu * v + rate * drawn),
        "the learning rate belongs into the velocity, not outside of it": w
        - rate * (mu * v + drawn),
        "the velocity of before is used": w + v,
        "momentum is ignored: plain gradient descent": w - rate * drawn,
        "a step uphill: the gradient is added": w + mu * v + rate * drawn,
        "a moving average: the gradient is scaled by 1 - momentum": w
        + mu * v
        - (1 - mu) * rate * drawn,
        "momentum is applied twice, as Nesterov's rule does": w + mu * new - rate * drawn,
        "momentum is a fixed number, 0.9": w + 0.9 * v - rate * drawn,
    },
)
check.close(
    "velocity after this step",
    config["velocity"],
    new,
    hint="put the new velocity back into config",
    mistakes={"the new velocity is not put back": v},
)
check.close("dw after the call", dw, drawn, hint="compute into new arrays")
next_w, _ = sgd_momentum(w.astype(np.float32), drawn.astype(np.float32), {"learning_rate": 0.1})
check.equal(
    "do float32 weights stay float32",
    np.asarray(next_w).dtype == np.float32,
    True,
    hint="np.zeros_like(w) has the dtype of w",
)
### END HIDDEN TESTS

# %% role="test" id="test_sgd_momentum_many" points=1
"""Five steps on a constant gradient, from no velocity and with default settings."""
### BEGIN HIDDEN TESTS
rng = check.rng()
start, slope = rng.normal(size=4), rng.normal(size=4)
w, config = sgd_momentum(start.copy(), slope.copy())
w, config = sgd_momentum(w, slope.copy(), config)
w, config = sgd_momentum(w, slope.copy(), config)
w, config = sgd_momentum(w, slope.copy(), config)
w, config = sgd_momentum(w, slope.copy(), config)
lengths = 1 + 1.9 + 2.71 + 3.439 + 4.0951  # (1 - 0.9**k) / (1 - 0.9), for each step k
check.close(
    "weights after five steps",
    w,
    start - 0.01 * lengths * slope,
    hint="the velocity grows from step to step: 1, 1.9, 2.71, ... times learning_rate * dw",
    mistakes={
        "the velocity starts anew at each step: put it back into config": start - 0.05 * slope,
        "the default learning rate is 0.01": start - 0.001 * lengths * slope,
    },
)
### END HIDDEN TESTS

# %% [markdown] id="rmsprop_text" report="show"
# ### RMSProp
#
# One learning rate for all weights is too long a step where gradients are large, and too short
# where they are small. RMSProp (Tieleman and Hinton, 2012) keeps a moving average $c$ of the
# squared gradient, for each weight its own, and divides by its root. With decay rate $\rho$ and a
# small $\epsilon$ against division by zero,
#
# $$c \leftarrow \rho\, c + (1 - \rho)\, g^2, \qquad
# w \leftarrow w - \frac{\eta\, g}{\sqrt{c} + \epsilon} .$$
#
# All operations act entry by entry. The scale of the gradient cancels out: ten times the loss gives
# the same steps.

# %% [markdown] id="hints_rmsprop"
# <details><summary>Hint 1: the direction</summary>
# First the new average, then the step with it: the new one, not the old one.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# decay_rate weighs the past, 1 - decay_rate the new square. epsilon is added to the root, not under
# it.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# The new cache is <code>config["decay_rate"]</code> times the old one plus what is left of 1 times
# <code>dw**2</code>: store it in config. The step is <code>learning_rate * dw</code> over its root
# plus epsilon.
# </details>


# %% role="todo" id="rmsprop"
def rmsprop(w, dw, config=None):
    """Take a step of RMSProp.

    Parameters
    ----------
    w, dw : ndarray, the same shape, float
        A parameter, and the gradient of the loss with respect to it; dw is not changed.
    config : dict, optional
        ``learning_rate`` (default 1e-2), ``decay_rate`` (0.99), ``epsilon`` (1e-8, in the units of
        the gradient) and ``cache``, the average of squared gradients (zeros, shape of w).

    Returns
    -------
    next_w : ndarray, the shape and dtype of w
    config : dict
        With the new cache.

    References
    ----------
    Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012.
    """
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    # TODO: new cache, new weights.
    ### BEGIN SOLUTION
    rho = config["decay_rate"]
    config["cache"] = rho * config["cache"] + (1 - rho) * dw**2
    step = config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return w - step, config
    ### END SOLUTION


# %% role="check" id="check_rmsprop"
with check.todo("rmsprop"):
    w, dw, cache = four_by_five(-0.4, 0.6), four_by_five(-0.6, 0.4), four_by_five(0.6, 0.9)
    next_w, config = rmsprop(w.copy(), dw, {"learning_rate": 1e-2, "cache": cache.copy()})
    check.equal("dw after the call", dw, four_by_five(-0.6, 0.4), hint="compute into new arrays")
    check.equal(
        "is the cache in the config that comes back",
        "cache" in config,
        True,
        hint="put the new cache back into config",
        mistakes={"the cache starts anew at each step: return the config that holds it": False},
    )
    published = numbers("""
        -0.39223849  -0.34037513  -0.28849239  -0.23659121  -0.18467247
        -0.132737    -0.08078555  -0.02881884   0.02316247   0.07515774
         0.12716641   0.17918792   0.23122175   0.28326742   0.33532447
         0.38739248   0.43947102   0.49155973   0.54365823   0.59576619""")
    new = 0.99 * cache + 0.01 * dw**2
    check.close(
        "weights after a step with learning rate 0.01 and decay rate 0.99",
        next_w,
        published,
        atol=1e-8,  # they are published with eight decimals
        hint="w - learning_rate * dw / (sqrt(cache) + epsilon), with the new cache",
        mistakes={
            "the cache of before is used": w - 1e-2 * dw / np.sqrt(cache),
            "the square root is missing": w - 1e-2 * dw / new,
            "decay_rate and 1 - decay_rate are swapped": w
            - 1e-2 * dw / np.sqrt(0.01 * cache + 0.99 * dw**2),
            "the decay rate is 0.9, not config's 0.99": w
            - 1e-2 * dw / np.sqrt(0.9 * cache + 0.1 * dw**2),
            "a step uphill: the sign is flipped": w + 1e-2 * dw / np.sqrt(new),
            "the gradient is not squared": w - 1e-2 * dw / np.sqrt(0.99 * cache + 0.01 * dw),
            "the gradient is not squared, but its absolute value is taken": w
            - 1e-2 * dw / np.sqrt(0.99 * cache + 0.01 * np.abs(dw)),
        },
    )
    check.close(
        "cache after this step",
        config["cache"],
        new,
        hint="put the new cache back into config",
        mistakes={"the new cache is not put back": cache},
    )

# %% role="test" id="test_rmsprop_step" points=2
"""One step is right where epsilon counts; dw is left alone, float32 stays float32."""
### BEGIN HIDDEN TESTS
rng = check.rng()
w, drawn = rng.normal(size=(2, 5)), rng.normal(size=(2, 5))
cache, rate, rho = rng.uniform(0.5, 2, size=(2, 5)), rng.uniform(0.1, 0.3), rng.uniform(0.6, 0.9)
dw = drawn.copy()
next_w, config = rmsprop(
    w.copy(),
    dw,
    {"learning_rate": rate, "decay_rate": rho, "epsilon": 0.5, "cache": cache.copy()},
)
new = rho * cache + (1 - rho) * drawn**2
check.close(
    "weights after a step with epsilon = 0.5",
    next_w,
    w - rate * drawn / (np.sqrt(new) + 0.5),
    hint="w - learning_rate * dw / (sqrt(cache) + epsilon), with the new cache",
    mistakes={
        "epsilon belongs outside of the square root": w - rate * drawn / np.sqrt(new + 0.5),
        "epsilon is a fixed number in the code": w - rate * drawn / (np.sqrt(new) + 1e-8),
        "the cache of before is used": w - rate * drawn / (np.sqrt(cache) + 0.5),
        "the square root is missing": w - rate * drawn / (new + 0.5),
        "decay_rate and 1 - decay_rate are swapped": w
        - rate * drawn / (np.sqrt((1 - rho) * cache + rho * drawn**2) + 0.5),
        "a step uphill: the sign is flipped": w + rate * drawn / (np.sqrt(new) + 0.5),
        "the gradient is not squared": w
        - rate * drawn / (np.sqrt(rho * cache + (1 - rho) * np.abs(drawn)) + 0.5),
    },
)
check.close(
    "cache after this step",
    config["cache"],
    new,
    hint="put the new cache back into config",
    mistakes={"the new cache is not put back": cache},
)
check.close("dw after the call", dw, drawn, hint="compute into new arrays")
next_w, _ = rmsprop(w.astype(np.float32), drawn.astype(np.float32), {"learning_rate": 0.1})
check.equal(
    "do float32 weights stay float32",
    np.asarray(next_w).dtype == np.float32,
    True,
    hint="np.zeros_like(w) has the dtype of w",
)
### END HIDDEN TESTS

# %% role="test" id="test_rmsprop_many" points=1
"""Three steps on a constant gradient, from an empty cache and with default settings."""
### BEGIN HIDDEN TESTS
rng = check.rng()
start, slope = rng.normal(size=4), rng.uniform(1, 2, size=4)
w, config = rmsprop(start.copy(), slope.copy())
w, config = rmsprop(w, slope.copy(), config)
w, config = rmsprop(w, slope.copy(), config)
# The cache is (1 - 0.99**k) times the squared gradient at step k: the gradient cancels out.
lengths = 1 / np.sqrt(0.01) + 1 / np.sqrt(1 - 0.99**2) + 1 / np.sqrt(1 - 0.99**3)
check.close(
    "weights after three steps",
    w,
    start - 0.01 * lengths,
    rtol=1e-6,
    hint="the cache grows from step to step, so the steps become shorter",
    mistakes={
        "the cache starts anew at each step: put it back into config": start - 0.3,
        "the default decay rate is 0.99": start
        - 0.01 * (1 / np.sqrt(0.1) + 1 / np.sqrt(1 - 0.9**2) + 1 / np.sqrt(1 - 0.9**3)),
    },
)
### END HIDDEN TESTS

# %% [markdown] id="adam_text" report="show"
# ### Adam
#
# Adam (Kingma and Ba, 2015) joins both ideas: a moving average $m$ of the gradient, as momentum
# has, and $v$ of its square, as RMSProp has:
#
# $$t \leftarrow t + 1, \qquad m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad
# v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2 .$$
#
# Both start at 0, so they are too small at first. On a constant gradient $m = (1 - \beta_1^t)\, g$
# after $t$ steps, and $v = (1 - \beta_2^t)\, g^2$; so dividing by these factors corrects the bias:
#
# $$\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad
# w \leftarrow w - \frac{\eta\, \hat m}{\sqrt{\hat v} + \epsilon} .$$
#
# The very first step is $\eta$ times the sign of the gradient, whatever its size. $t$ is counted up
# *before* it is used: at $t = 0$ the factors would be 0.

# %% [markdown] id="hints_adam"
# <details><summary>Hint 1: the direction</summary>
# Six short lines, in the order of the formulas. m, v and t go back into config as they are; the
# corrected ones are for this step only.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# <code>beta1 ** t</code> with the new t, which is 1 at the first step.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>config["t"] += 1</code> first. Then the two averages, the two corrected ones (m over
# <code>1 - beta1 ** t</code>, v likewise), and the step, as in RMSProp with m in place of dw.
# </details>


# %% role="todo" id="adam"
def adam(w, dw, config=None):
    """Take a step of Adam.

    Parameters
    ----------
    w, dw : ndarray, the same shape, float
        A parameter, and the gradient of the loss with respect to it; dw is not changed.
    config : dict, optional
        ``learning_rate`` (default 1e-3), ``beta1`` (0.9), ``beta2`` (0.999), ``epsilon`` (1e-8, in
        the units of the gradient), ``m`` and ``v`` (zeros, shape of w), and ``t``, the number of
        steps so far (0).

    Returns
    -------
    next_w : ndarray, the shape and dtype of w
    config : dict
        With the new m, v and t.

    References
    ----------
    Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, Algorithm 1.
    """
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)
    # TODO: t, both averages, both corrections, the step.
    ### BEGIN SOLUTION
    beta1, beta2 = config["beta1"], config["beta2"]
    config["t"] += 1
    config["m"] = beta1 * config["m"] + (1 - beta1) * dw
    config["v"] = beta2 * config["v"] + (1 - beta2) * dw**2
    m = config["m"] / (1 - beta1 ** config["t"])
    v = config["v"] / (1 - beta2 ** config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config
    ### END SOLUTION


# %% role="check" id="check_adam"
with check.todo("adam"):
    w, dw = four_by_five(-0.4, 0.6), four_by_five(-0.6, 0.4)
    m, v = four_by_five(0.6, 0.9), four_by_five(0.7, 0.5)
    next_w, config = adam(
        w.copy(), dw, {"learning_rate": 1e-2, "m": m.copy(), "v": v.copy(), "t": 5}
    )
    check.equal("dw after the call", dw, four_by_five(-0.6, 0.4), hint="compute into new arrays")
    published = numbers("""
        -0.40094747  -0.34836187  -0.29577703  -0.24319299  -0.19060977
        -0.1380274   -0.08544591  -0.03286534   0.01971428   0.0722929
         0.1248705    0.17744702   0.23002243   0.28259667   0.33516969
         0.38774145   0.44031188   0.49288093   0.54544852   0.59801459""")
    new_m, new_v = 0.9 * m + 0.1 * dw, 0.999 * v + 0.001 * dw**2
    check.close(
        "weights after step 6 with learning rate 0.01",
        next_w,
        published,
        atol=1e-8,  # they are published with eight decimals
        hint="count t up first, then correct m and v with the new t",
        mistakes={
            "m and v are not corrected": w - 1e-2 * new_m / np.sqrt(new_v),
            "t is used before it is counted up": w
            - 1e-2 * new_m / (1 - 0.9**5) / np.sqrt(new_v / (1 - 0.999**5)),
            "only m is corrected": w - 1e-2 * new_m / (1 - 0.9**6) / np.sqrt(new_v),
            "only v is corrected": w - 1e-2 * new_m / np.sqrt(new_v / (1 - 0.999**6)),
            "t is counted up twice": w
            - 1e-2 * new_m / (1 - 0.9**7) / np.sqrt(new_v / (1 - 0.999**7)),
            "the gradient in place of its average m": w
            - 1e-2 * dw / np.sqrt(new_v / (1 - 0.999**6)),
            "beta and 1 - beta are swapped": w
            - 1e-2
            * (0.1 * m + 0.9 * dw)
            / (1 - 0.9**6)
            / np.sqrt((0.001 * v + 0.999 * dw**2) / (1 - 0.999**6)),
        },
    )
    check.close(
        "m after this step",
        config["m"],
        new_m,
        hint="keep m itself in config, not the corrected one",
        mistakes={
            "the new m is not put back": m,
            "the corrected m is kept": new_m / (1 - 0.9**6),
        },
    )
    check.close(
        "v after this step",
        config["v"],
        new_v,
        hint="keep v itself in config, not the corrected one",
        mistakes={
            "the new v is not put back": v,
            "the corrected v is kept": new_v / (1 - 0.999**6),
        },
    )
    check.equal(
        "t after this step",
        config["t"],
        6,
        hint="count t up by 1",
        mistakes={
            "t is not counted up in config": 5,
            "t is counted up twice": 7,
        },
    )

# %% role="test" id="test_adam_step" points=3
"""A step from given averages is right where epsilon counts; what config keeps is right too."""
### BEGIN HIDDEN TESTS
rng = check.rng()
w, drawn, m = (rng.normal(size=(2, 4)) for _ in range(3))
v, rate, t = rng.uniform(0.5, 2, size=(2, 4)), rng.uniform(0.1, 0.3), int(rng.integers(2, 6))
beta1, beta2 = rng.uniform(0.6, 0.8), rng.uniform(0.85, 0.95)
dw = drawn.copy()
given = {"learning_rate": rate, "beta1": beta1, "beta2": beta2, "epsilon": 0.5, "t": t}
next_w, config = adam(w.copy(), dw, {**given, "m": m.copy(), "v": v.copy()})
new_m, new_v = beta1 * m + (1 - beta1) * drawn, beta2 * v + (1 - beta2) * drawn**2
m_hat, v_hat = new_m / (1 - beta1 ** (t + 1)), new_v / (1 - beta2 ** (t + 1))
swapped_m, swapped_v = (1 - beta1) * m + beta1 * drawn, (1 - beta2) * v + beta2 * drawn**2
check.close(
    "weights after a step with epsilon = 0.5",
    next_w,
    w - rate * m_hat / (np.sqrt(v_hat) + 0.5),
    hint="w - learning_rate * m_hat / (sqrt(v_hat) + epsilon)",
    mistakes={
        "m and v are not corrected": w - rate * new_m / (np.sqrt(new_v) + 0.5),
        "t is used before it is counted up": w
        - rate * new_m / (1 - beta1**t) / (np.sqrt(new_v / (1 - beta2**t)) + 0.5),
        "t is counted up twice": w
        - rate * new_m / (1 - beta1 ** (t + 2)) / (np.sqrt(new_v / (1 - beta2 ** (t + 2))) + 0.5),
        "only m is corrected": w - rate * m_hat / (np.sqrt(new_v) + 0.5),
        "only v is corrected": w - rate * new_m / (np.sqrt(v_hat) + 0.5),
        "beta and 1 - beta are swapped": w
        - rate
        * swapped_m
        / (1 - beta1 ** (t + 1))
        / (np.sqrt(swapped_v / (1 - beta2 ** (t + 1))) + 0.5),
        "epsilon belongs outside of the square root": w - rate * m_hat / np.sqrt(v_hat + 0.5),
        "the gradient in place of its average m": w - rate * drawn / (np.sqrt(v_hat) + 0.5),
    },
)
check.close(
    "m after this step",
    config["m"],
    new_m,
    hint="keep m itself in config, not the corrected one",
    mistakes={"the corrected m is kept": m_hat, "the new m is not put back": m},
)
check.close(
    "v after this step",
    config["v"],
    new_v,
    hint="keep v itself in config, not the corrected one",
    mistakes={"the corrected v is kept": v_hat, "the new v is not put back": v},
)
check.equal(
    "t after this step",
    config["t"],
    t + 1,
    hint="count t up by 1, and put it back",
    mistakes={"t is not counted up in config": t, "t is counted up twice": t + 2},
)
check.close("dw after the call", dw, drawn, hint="compute into new arrays")
### END HIDDEN TESTS

# %% role="test" id="test_adam_first" points=2
"""The first step is the learning rate times the sign of the gradient; later ones follow."""
### BEGIN HIDDEN TESTS
rng = check.rng()
start, slope = rng.normal(size=6), rng.permutation([0.1, -0.3, 1.0, -3.0, 10.0, -100.0])
w, config = adam(start.copy(), slope.copy())
check.close(
    "weights after the first step, with default settings",
    w,
    start - 0.001 * np.sign(slope),
    atol=1e-7,
    hint="corrected, m is the gradient and the root of v its size: they cancel out",
    mistakes={
        "m and v are not corrected": start - 0.001 * 0.1 / np.sqrt(0.001) * np.sign(slope),
        "the default learning rate is 0.001": start - 0.01 * np.sign(slope),
    },
)
w, config = adam(w, slope.copy(), config)
w, config = adam(w, slope.copy(), config)
check.close(
    "weights after three steps on a constant gradient",
    w,
    start - 0.003 * np.sign(slope),
    atol=1e-7,
    hint="on a constant gradient each step is the learning rate times the sign",
)
single, _ = adam(start.astype(np.float32), slope.astype(np.float32))
check.equal(
    "do float32 weights stay float32",
    np.asarray(single).dtype == np.float32,
    True,
    hint="np.zeros_like(w) has the dtype of w",
)
### END HIDDEN TESTS

# %% [markdown] id="rules_text" report="show"
# ## Compare the update rules
#
# Four nets of five layers start from the same weights and see the same batches of 4,000 images for
# five epochs; each follows another rule, with a learning rate that suits it. The first weights of a
# layer of $D$ inputs have standard deviation $\sqrt{2 / D}$ (He and others, 2015): half of the
# units behind a ReLU are off, so the sum over $D$ inputs keeps its size with a variance of $2 / D$
# for each weight. That is what Question 2 was about, and it spares you the search for a scale.


# %% role="given" id="he_initialise" report="show"
def he_initialise(net, rng):
    """Give each layer of a net new weights of standard deviation sqrt(2 / number of inputs)."""
    for name, W in net.params.items():
        if name[0] == "W":
            drawn = rng.normal(scale=np.sqrt(2 / len(W)), size=W.shape)
            net.params[name] = drawn.astype(W.dtype)
    return net


def by_epoch(solver):
    """Return what a solver noted, epoch by epoch, under the names that the plots know."""
    batches_an_epoch = len(solver.loss_history) // solver.epoch
    return {
        "train_loss": np.reshape(solver.loss_history, (-1, batches_an_epoch)).mean(axis=1),
        "train_accuracy": solver.train_acc_history[1:],
        "validation_accuracy": solver.val_acc_history[1:],
    }


# %% role="play" id="compare_rules"
few = {**full_data, "X_train": X_train[:4000], "y_train": y_train[:4000]}
rules = {
    "SGD": (sgd, 1e-2),
    "momentum": (sgd_momentum, 1e-2),
    "RMSProp": (rmsprop, 3e-4),
    "Adam": (adam, 1e-3),
}
runs = {}
for name, (rule, rate) in rules.items():
    net = he_initialise(FullyConnectedNet([100, 100, 100, 100]), np.random.default_rng(0))
    solver = Solver(
        net,
        few,
        update_rule=rule,
        optim_config={"learning_rate": rate},
        num_epochs=5,
        verbose=False,
        rng=0,
    )
    solver.train()
    runs[name] = by_epoch(solver)
plots.loss_and_accuracy(runs)

# %% [markdown] id="compare_rules_text" report="show"
# Change the learning rates: is the order of the four still the same when plain gradient descent
# gets ten times its rate, which is what momentum makes of it in the long run?

# %% [markdown] id="question_adagrad_text" report="show"
# ### Question 3: AdaGrad and Adam
#
# AdaGrad (Duchi, Hazan and Singer, 2011) is RMSProp with a sum in place of the average:
#
# $$c \leftarrow c + g^2, \qquad w \leftarrow w - \frac{\eta\, g}{\sqrt{c} + \epsilon} .$$
#
# Somebody trains a net with it and sees the updates become smaller and smaller, and learning
# nearly stop. Why does that happen? What would the length of the step be after $t$ steps on a
# constant gradient? Would Adam have the same trouble?

# %% [markdown] role="explain" id="answer_adagrad" points=4
# The sum c only grows, since squares are never negative, so each step is divided by a larger number
# than the one before. On a constant gradient g it is t g squared after t steps, so the step is the
# learning rate over the root of t: a tenth after 100 steps, a hundredth after 10,000, whether the
# net has arrived or not. Adam divides by the root of a moving average, which forgets: on a constant
# gradient it stays g squared, and the step stays the learning rate; when gradients become smaller,
# so does the average, and the steps stay of the same size. So it does not have that trouble.

# %% [markdown] id="best_text" report="show"
# ## Train your best net
#
# Now the whole training set. `train_net` is given; it puts together what you have: He's first
# weights, an update rule, a learning rate that decays from epoch to epoch, and the L2 penalty. It
# can also show the net each image as in a mirror, half of the time: a mirrored ship is a ship, and
# the training set grows to twice its size (*data augmentation*).


# %% role="given" id="train_net" report="show"
class MirroringNet(FullyConnectedNet):
    """A net that sees half of the images, drawn anew for each batch, as in a mirror."""

    mirrored = np.arange(3072).reshape(32, 32, 3)[:, ::-1].ravel()

    def loss(self, X, y=None):
        if y is not None:
            X = np.where(np.random.random((len(X), 1)) < 0.5, X[:, self.mirrored], X)
        return super().loss(X, y)


def train_net(
    hidden_dims,
    update_rule=sgd_momentum,
    learning_rate=0.02,
    lr_decay=0.9,
    reg=2e-3,
    mirror=True,
    num_epochs=10,
    batch_size=128,
    train_on=full_data,
    seed=0,
):
    """Train a net on the training set; return its Solver, whose model is the best one."""
    np.random.seed(seed)
    net = (MirroringNet if mirror else FullyConnectedNet)(hidden_dims, reg=reg)
    solver = Solver(
        he_initialise(net, np.random.default_rng(seed)),
        train_on,
        update_rule=update_rule,
        optim_config={"learning_rate": learning_rate},
        lr_decay=lr_decay,
        batch_size=batch_size,
        num_epochs=num_epochs,
        rng=seed,
    )
    solver.train()
    return solver


# %% [markdown] id="study_text" report="show"
# ### One change at a time
#
# Which of these helps, and by how much? Short runs tell, if they differ in one thing only. Add rows
# of your own: other rates, depths, widths, rules. The validation set of 1,000 images is itself
# uncertain by about 1.5 percentage points, so small differences mean nothing.

# %% role="play" id="study"
short = {"hidden_dims": [100, 100], "num_epochs": 3}
changes = {
    "the default": {},
    "no mirror images": {"mirror": False},
    "no penalty": {"reg": 0},
    "Adam": {"update_rule": adam, "learning_rate": 1e-3},
    "one hidden layer": {"hidden_dims": [100]},
}
study = {name: train_net(**{**short, **change}) for name, change in changes.items()}
Table(
    ["run", "training accuracy", "best validation accuracy"],
    [
        [name, f"{solver.train_acc_history[-1]:.1%}", f"{solver.best_val_acc:.1%}"]
        for name, solver in study.items()
    ],
)

# %% [markdown] id="final_text" report="show"
# ### The long run
#
# Aim at a validation accuracy above 55 % on CIFAR-10; the median of published solutions of this
# assignment is 52.8 %. On CIFAR-10 the settings below take about four minutes on one processor.

# %% role="play" id="final_run" report="show"
final_settings = {
    "cifar10": {"hidden_dims": [512, 256], "num_epochs": 25},
    "shapes-10": {"hidden_dims": [128, 64], "num_epochs": 15},
}[cifar.name]
best = train_net(**final_settings)
print(f"best validation accuracy {best.best_val_acc:.1%}")

# %% role="play" id="final_curves"
plots.loss_and_accuracy({"best net": by_epoch(best)})

# %% role="play" id="final_weights"
plots.weight_templates(best.model.params["W1"][:, :40], (32, 32, 3), columns=10)

# %% [markdown] id="test_text" report="show"
# ## Test once
#
# Run this cell when everything is chosen, and once: its number is what you may expect on
# photographs that nobody has seen.

# %% role="play" id="test_once"
X_test, y_test = prepare(cifar.test)
print(f"test accuracy {best.check_accuracy(X_test, y_test):.1%}")

# %% [markdown] id="question_best_text" report="show"
# ### Question 4: your best net
#
# Describe your best net and how you found it: depth, widths, update rule, learning rate and decay,
# penalty, mirror images. Which change helped most, and which not at all? What do the two accuracy
# curves of the long run say should be tried next?

# %% [markdown] role="explain" id="answer_best" points=5
# Two hidden layers of 512 and 256 units, He's first weights, momentum with a learning rate of 0.02
# that shrinks by a tenth after each epoch, mirror images, a penalty of 0.002 and 25 epochs gave 62
# % on the validation set of CIFAR-10 and 59 % on its test set. What helped most was the penalty:
# with a quarter of it (and a decay of 0.93) the training accuracy rose to 85 %, while the
# validation accuracy reached 59 % in the middle of the run and fell to 56 %. The curves of the long
# run part after about five epochs, at 55 %; training ends at 78 %. So the net is large enough, and
# what is to be tried next is whatever narrows the gap: dropout, more ways to vary the images, a
# layer that knows that pixels have neighbours.

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
#     .venv/bin/python -m helpers.submit 04_deep_nets
#
# (on Windows `.venv\Scripts\python`). It runs your checks afresh, tells what is done and what is
# not, and makes the one file that you hand in.

# %% role="play" id="make_report" report="hide"
report.button("04_deep_nets", name="", student_id="")

# %% [markdown] id="closing" report="hide"
# ## What you have learnt
#
# You cut backpropagation into layers that each know their own gradient and can be tested alone, and
# put them together into nets of any depth. You found wrong gradients by numbers. You saw how much
# depends on the scale of the first weights when a net is deep, and what momentum, RMSProp and Adam
# make of the same gradients.
#
# The next notebook makes the weight scale matter less: batch normalisation brings the signal back
# to a known size in every layer, and dropout narrows the gap between training and validation that
# your best net shows.
