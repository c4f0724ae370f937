# %% [markdown] id="intro" report="show"
# # 1. Softmax regression on MNIST
#
# You will build a classifier of handwritten digits from NumPy arrays alone: one layer of weights,
# a softmax, the cross-entropy loss, its gradient, and stochastic gradient descent with momentum.
# Trained on all of MNIST it reads 92 digits in 100 correctly.
#
# **You will learn** to write array code without loops, to keep exponentials from overflowing, to
# derive a gradient and to test it, and to read what learning rate, batch size and momentum do.
#
# **You need** NumPy arrays and broadcasting, the chain rule, and about four hours.

# %% role="given" id="set_up"
import time

import numpy as np

from helpers import check, data, gradcheck, lab, plots, report
from helpers.notebook import Table, method_of

check.todos(
    "one_hot",
    "softmax",
    "cross_entropy",
    "forward",
    "gradient_computing",
    "sgd",
    "decayed_learning_rate",
    "should_stop",
)

# %% [markdown] id="how_to" report="hide"
# ## How this notebook works
#
# Cells marked **TODO** are yours: replace the line `raise NotImplementedError(...)` by your code.
# Below each of them stands a **check**. It tells at once what is right, and says what to do where
# something is not. Cells that begin with *Hidden test* are graded on inputs that you do not see
# here; in this notebook they do nothing. Hints are folded: open one, try again, then the next.
#
# *Run All* stops at the first check that fails; to go on below it, select a cell there and choose
# *Run Selected Cell and All Below*. Report answers are text: double-click to write. Before you hand
# in, restart the kernel and run all cells: what counts is what runs from top to bottom.

# %% role="play" id="where_you_stand" report="hide"
check.progress()

# %% [markdown] id="look" report="show"
# ## Look at the data
#
# MNIST holds grey images of 28 x 28 pixels, each a byte from 0 (paper, shown black) to 255 (ink,
# shown white), with the digit that was meant as its label (LeCun, Cortes and Burges). We learn on
# the *training* set, choose settings on the *validation* set, and touch the *test* set once, at the
# end: a set that has helped to choose can no longer tell how well the choice will do on new digits.

# %% role="given" id="load" report="output"
mnist = data.load("mnist")
plots.image_grid(mnist.train.images[:20], titles=mnist.train.labels[:20], columns=10)

# %% [markdown] id="prepare_text" report="hide"
# ## Prepare the images
#
# Three steps, one line each: bytes become numbers from 0 to 1; each image loses its own mean, so
# that a bright and a dark scan of one digit look alike; each image becomes a row of
# $D = 28 \cdot 28 = 784$ features. From here on a batch of $N$ images is an array `X` of shape
# $(N, D)$, and its labels `y` have shape $(N,)$.


# %% role="given" id="prepare"
def prepare(split):
    """Return images as float32 rows of shape (N, 784) and their labels of shape (N,)."""
    images = data.scale(split.images)
    return data.flatten(data.subtract_image_mean(images)), split.labels


X_train, y_train = prepare(mnist.train)
X_validation, y_validation = prepare(mnist.validation)
X_train.shape, X_train.dtype, y_train.shape

# %% [markdown] id="one_hot_text"
# ## Encode the labels
#
# A label such as 3 is a name, not a quantity: 3 is no closer to 4 than to 9. So we give each class
# a coordinate of its own. With $C$ classes, label $y_i$ becomes a row of zeros with a single one:
#
# $$Y_{ic} = \begin{cases} 1 & c = y_i \\ 0 & \text{otherwise.} \end{cases}$$
#
# `Y` has shape $(N, C)$. Its rows are probabilities too: all certainty on one class.

# %% [markdown] id="hints_one_hot"
# <details><summary>Hint 1: the direction</summary>
# Start from an array of zeros and write all N ones in a single assignment.
# </details>
#
# <details><summary>Hint 2: the idea</summary>
# NumPy pairs two index arrays: <code>Y[rows, columns] = 1</code> writes at (rows[0], columns[0]),
# (rows[1], columns[1]) and so on. The columns are the labels.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# The rows are <code>np.arange(len(labels))</code>. The number of columns is
# <code>num_classes</code>, even if a class does not occur in this batch.
# </details>


# %% role="todo" id="one_hot"
def one_hot(labels, num_classes):
    """Encode labels as rows with a single one.

    Parameters
    ----------
    labels : ndarray, shape (N,), int
        Class of each sample, from 0 to num_classes - 1.
    num_classes : int
        Number of classes C.

    Returns
    -------
    Y : ndarray, shape (N, C), float
        Y[i, labels[i]] is 1, everything else 0.
    """
    # TODO: one array of zeros, one assignment, no loop.
    ### BEGIN SOLUTION
    Y = np.zeros((len(labels), num_classes), dtype=np.float32)
    Y[np.arange(len(labels)), labels] = 1
    return Y
    ### END SOLUTION


# %% role="check" id="check_one_hot"
with check.todo("one_hot"):
    check.close(
        "labels 2, 0 among 3 classes",
        one_hot(np.array([2, 0]), 3),
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]],
        hint="row i holds its one in column labels[i]",
        mistakes={
            "rows and columns are swapped": [[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]],
            "classes that do not occur were left out": [[0.0, 1.0], [1.0, 0.0]],
            "labels are counted from 1": [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            "whole columns are filled: pair each label with its row": [
                [1.0, 0.0, 1.0],
                [1.0, 0.0, 1.0],
            ],
        },
    )
    check.vectorised(
        "one_hot has no loop over the samples",
        lambda n: one_hot(np.arange(n) % 3, 3),
        hint="index with two arrays at once: Y[rows, labels] = 1",
    )

# %% role="test" id="test_one_hot_absent_class" points=1
"""one_hot has a column for each class, also for one that no label names, in a new plain array."""
### BEGIN HIDDEN TESTS
drawn = check.rng().permutation([0, 1, 1, 3, 3, 4, 6, 6, 6])
labels = drawn.copy()
check.close(
    "nine labels among eight classes, of which three do not occur",
    one_hot(labels, 8),
    np.eye(8)[drawn],
    hint="the number of columns is num_classes, whatever the labels are",
    mistakes={
        "the classes were counted from the labels": np.eye(7)[drawn],
        "classes that do not occur were left out": np.eye(5)[
            np.unique(drawn, return_inverse=True)[1]
        ],
        "rows and columns are swapped": np.eye(8)[drawn].T,
        "labels are counted from 1": np.eye(8)[drawn - 1],
        "whole columns are filled: pair each label with its row": np.eye(8)[drawn].max(axis=0)
        * np.ones((9, 1)),
        "whole rows are filled: the labels name columns": np.ones((9, 8))
        * np.isin(np.arange(9), drawn)[:, np.newaxis],
    },
)
Y = one_hot(np.array([1, 0]), 2)
check.equal(
    "Y is a plain array",
    [isinstance(Y, list), isinstance(Y, np.matrix)],
    [False, False],
    hint="return a plain array: only there do *, @ and indices mean what they do in this course",
    mistakes={
        "a list, not an array": [True, False],
        "a np.matrix, not an array": [False, True],
    },
)
check.equal(
    "the labels after the call",
    labels,
    drawn,
    hint="do not write into the array that you were given",
)
### END HIDDEN TESTS

# %% role="test" id="test_one_hot_loop" points=1
"""one_hot has no Python loop over the samples, and handles a batch of one."""
### BEGIN HIDDEN TESTS
rng = check.rng()
label, labels = rng.integers(100, size=1), rng.integers(7, size=64)
check.close(
    "one label among a hundred classes",
    one_hot(label, 100),
    np.eye(100)[label],
    hint="a batch of one still has two axes: shape (1, C)",
    mistakes={"the axis of the samples is lost": np.eye(100)[label[0]]},
)
check.close(
    "64 labels among seven classes",
    one_hot(labels, 7),
    np.eye(7)[labels],
    hint="row i holds its one in column labels[i]",
)
check.vectorised(
    "one_hot has no loop over the samples",
    lambda n: one_hot(labels[:n], 7),
    hint="index with two arrays at once: Y[rows, labels] = 1",
)
### END HIDDEN TESTS

# %% [markdown] id="softmax_text"
# ## Turn scores into probabilities
#
# The layer computes a score for each class, $Z = XW + b$ of shape $(N, C)$. The softmax makes each
# row of scores into probabilities:
#
# $$P_{ic} = \frac{e^{Z_{ic}}}{\sum_{k=1}^{C} e^{Z_{ik}}}.$$
#
# As it stands, a score of 1000 overflows: $e^{1000}$ is larger than any floating-point number. But
# a constant $m_i$ taken off a whole row changes nothing, because it cancels:
#
# $$\frac{e^{Z_{ic} - m_i}}{\sum_k e^{Z_{ik} - m_i}}
# = \frac{e^{-m_i}\, e^{Z_{ic}}}{e^{-m_i} \sum_k e^{Z_{ik}}} = P_{ic}.$$
#
# With $m_i = \max_c Z_{ic}$, the row's own maximum, the largest exponent is 0: nothing overflows.

# %% [markdown] id="hints_softmax"
# <details><summary>Hint 1: the direction</summary>
# Three steps, each on the whole array: shift, exponentiate, divide.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# Take the maximum and the sum along the classes, which is axis 1. One maximum for the whole array
# is not enough: a row far below it would become 0/0.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>Z.max(axis=1, keepdims=True)</code> has shape (N, 1) and is subtracted from each row by
# broadcasting. Sum in the same way. Write into a new array, not into Z.
# </details>


# %% role="todo" id="softmax"
def softmax(Z):
    """Turn each row of scores into probabilities.

    Parameters
    ----------
    Z : ndarray, shape (N, C), float
        Scores of any size; not changed.

    Returns
    -------
    P : ndarray, shape (N, C), float
        Positive, with rows that sum to 1.
    """
    # TODO: shift each row by its own maximum, exponentiate, divide by the row's sum.
    ### BEGIN SOLUTION
    exponentials = np.exp(Z - Z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% role="check" id="check_softmax"
with check.todo("softmax"):
    check.close(
        "softmax of two equal scores",
        softmax(np.zeros((1, 2))),
        [[0.5, 0.5]],
        hint="divide each row by its own sum",
        mistakes={
            "the exponentials are not divided by the sum of their row (axis 1)": [[1.0, 1.0]],
            "the scores themselves are divided by their sum: exp is missing": [[np.nan, np.nan]],
            "this is the logarithm of the softmax": [[-0.69314718, -0.69314718]],
        },
    )
    check.close(
        "softmax of the scores log 1, log 2, log 5",
        softmax(np.log([[1.0, 2.0, 5.0]])),
        [[0.125, 0.25, 0.625]],
        hint="exp(log 1), exp(log 2), exp(log 5) are 1, 2, 5; their sum is 8",
        mistakes={
            "the maximum of each column, not of each row": [[1 / 3, 1 / 3, 1 / 3]],
            "this is the sigmoid of each score": [[0.5, 2 / 3, 5 / 6]],
            "the sign of the scores is flipped": [[10 / 17, 5 / 17, 2 / 17]],
        },
    )
    check.close(
        "softmax of the rows log 1, log 3 and log 4, log 1",
        softmax(np.log([[1.0, 3.0], [4.0, 1.0]])),
        [[0.25, 0.75], [0.8, 0.2]],
        hint="each row has its own maximum and its own sum: axis=1 with keepdims=True",
        mistakes={
            "keepdims=True is missing in the maximum": [[4 / 13, 9 / 13], [16 / 19, 3 / 19]],
            "keepdims=True is missing in the sum": [[0.25, 0.8], [0.75, 0.2]],
            "one sum over the whole array, not one for each row": [[1 / 9, 3 / 9], [4 / 9, 1 / 9]],
            "keepdims=True is missing in the maximum and in the sum": [
                [4 / 13, 9 / 19],
                [16 / 13, 3 / 19],
            ],
        },
    )
    check.close(
        "softmax of the scores 1000, 1000",
        softmax(np.array([[1000.0, 1000.0]])),
        [[0.5, 0.5]],
        hint="subtract each row's maximum before exp",
        mistakes={"exp overflowed": [[np.nan, np.nan]]},
    )

# %% role="test" id="test_softmax_values" points=2
"""softmax gives the right probabilities for several rows and classes, N not equal to C."""
### BEGIN HIDDEN TESTS
Z = 2 * check.rng().normal(size=(3, 4))
exponentials = np.exp(Z)
check.close(
    "softmax of three rows of four scores",
    softmax(Z),
    exponentials / exponentials.sum(axis=1, keepdims=True),
    hint="sum over the classes of each row: axis=1 with keepdims=True",
    mistakes={
        "the exponentials are not divided by their sum": exponentials,
        "the shifted exponentials are not divided by their sum": np.exp(
            Z - Z.max(axis=1, keepdims=True)
        ),
        "the sum runs over the samples (axis 0), not over the classes": exponentials
        / exponentials.sum(axis=0, keepdims=True),
        "one sum over the whole array, not one for each row": exponentials / exponentials.sum(),
        "the scores themselves are divided by their sum: exp is missing": Z
        / Z.sum(axis=1, keepdims=True),
        "this is the sigmoid of each score": 1 / (1 + np.exp(-Z)),
        "this is the logarithm of the softmax": Z - np.log(exponentials.sum(axis=1, keepdims=True)),
        "the sign of the scores is flipped": np.exp(-Z) / np.exp(-Z).sum(axis=1, keepdims=True),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_softmax_large_scores" points=2
"""softmax stays right when scores are large, and when rows differ by thousands."""
### BEGIN HIDDEN TESTS
rng = check.rng()
up, down = rng.uniform(900, 1100, size=2)
gap = rng.uniform(0.5, 2)
check.close(
    "softmax of a row such as 1000, 0",
    softmax(np.array([[up, 0.0]])),
    [[1.0, 0.0]],
    hint="subtract each row's maximum before exp",
    mistakes={
        "exp overflowed: no maximum is subtracted": [[np.nan, 0.0]],
        "the maximum of each column, not of each row": [[0.5, 0.5]],
    },
)
check.close(
    "softmax of a row such as -1000, -1001",
    softmax(np.array([[-down, -down - gap]])),
    [[1 / (1 + np.exp(-gap)), np.exp(-gap) / (1 + np.exp(-gap))]],
    hint="subtract the maximum itself, not its absolute value",
    mistakes={
        "exp underflowed to 0/0": [[np.nan, np.nan]],
        "the scores are clipped, and their differences lost": [[0.5, 0.5]],
    },
)
check.close(
    "softmax of rows such as 1000, 0 and -1000, -1000",
    softmax(np.array([[up, 0.0], [-down, -down]])),
    [[1.0, 0.0], [0.5, 0.5]],
    hint="subtract each row's own maximum: Z.max(axis=1, keepdims=True)",
    mistakes={
        "one maximum for the whole array, not one for each row": [[1.0, 0.0], [np.nan, np.nan]],
        "keepdims=True is missing in the sum": [[1.0, 0.0], [1.0, 0.5]],
        "keepdims=True is missing in the maximum": [[0.0, np.nan], [0.0, 1.0]],
        "keepdims=True is missing in the maximum and in the sum": [[0.0, np.inf], [0.0, 1.0]],
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_softmax_input_unchanged" points=1
"""softmax leaves its argument as it was, and returns the probabilities in a new plain array."""
### BEGIN HIDDEN TESTS
drawn = check.rng().normal(size=(2, 3))
Z = drawn.copy()
P = softmax(Z)
shifted = drawn - drawn.max(axis=1, keepdims=True)
right = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
check.close(
    "the scores after the call",
    Z,
    drawn,
    hint="Z -= ... changes the caller's array; write Z = Z - ... or use a new name",
    mistakes={
        "the row maximum was subtracted in place": shifted,
        "the exponentials were written into the scores": np.exp(shifted),
        "the probabilities were written into the scores": right,
    },
)
check.equal(
    "P is a plain array",
    [isinstance(P, list), isinstance(P, np.matrix)],
    [False, False],
    hint="return a plain array: only there do *, @ and indices mean what they do in this course",
    mistakes={
        "a list, not an array": [True, False],
        "a np.matrix, not an array": [False, True],
    },
)
check.close(
    "the probabilities that it returns",
    P,
    right,
    hint="shift each row by its own maximum, exponentiate, divide by the row's sum",
)
### END HIDDEN TESTS

# %% role="test" id="test_softmax_loop" points=1
"""softmax has no Python loop over the samples."""
### BEGIN HIDDEN TESTS
Z = check.rng().normal(size=(64, 3))
exponentials = np.exp(Z)
check.close(
    "softmax of 64 rows",
    softmax(Z),
    exponentials / exponentials.sum(axis=1, keepdims=True),
    hint="sum over the classes of each row: axis=1 with keepdims=True",
)
check.vectorised(
    "softmax has no loop over the samples",
    lambda n: softmax(Z[:n]),
    hint="max, exp and sum take the whole array at once; give max and sum an axis",
)
### END HIDDEN TESTS

# %% [markdown] id="cross_entropy_text"
# ## Measure how wrong the probabilities are
#
# A good model gives the true class a high probability. The *cross-entropy* is the negative
# logarithm of that probability, averaged over the batch:
#
# $$L = -\frac{1}{N} \sum_{i=1}^{N} \log P_{i y_i}
# = -\frac{1}{N} \sum_{i=1}^{N} \sum_{c=1}^{C} Y_{ic} \log P_{ic}.$$
#
# It is 0 for a model that is certain and right, and $\log C$ for one that gives every class the
# same probability: $\log 10 \approx 2.3026$ for ten digits, whatever the labels are. A probability
# that has underflowed to 0 would make it infinite, so add `EPS` inside the logarithm.

# %% [markdown] id="hints_cross_entropy"
# <details><summary>Hint 1: the direction</summary>
# Only one entry of each row of P counts: that of the true class. The one-hot Y picks it out.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# Multiply Y with log(P + EPS) entry by entry, sum over everything, change the sign, divide by N.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# N is <code>len(P)</code>. <code>np.mean</code> over the product would divide by N times C.
# </details>


# %% role="todo" id="cross_entropy"
EPS = 1e-11


def cross_entropy(P, Y):
    """Return the mean cross-entropy of a batch.

    Parameters
    ----------
    P : ndarray, shape (N, C), float
        Probabilities, one row a sample.
    Y : ndarray, shape (N, C), float
        One-hot labels.

    Returns
    -------
    loss : float
        In nats: the natural logarithm is meant.
    """
    # TODO: the negative mean over the samples of the logarithm of the true class's probability.
    ### BEGIN SOLUTION
    return -np.sum(Y * np.log(P + EPS)) / len(P)
    ### END SOLUTION


# %% role="check" id="check_cross_entropy"
with check.todo("cross_entropy"):
    check.close(
        "cross-entropy of two samples with probabilities 1/2 and 1/4 for their classes",
        cross_entropy(np.array([[0.5, 0.5], [0.75, 0.25]]), np.array([[1.0, 0.0], [0.0, 1.0]])),
        (np.log(2) + np.log(4)) / 2,
        hint="take -log of each sample's true probability, then the mean over the samples",
        mistakes={
            "a sum over the batch, not its mean, or the binary form": np.log(2) + np.log(4),
            "one loss for each sample: their mean is missing": [np.log(2), np.log(4)],
            "divided by N times C, not by N": (np.log(2) + np.log(4)) / 4,
            "the sign is flipped": -(np.log(2) + np.log(4)) / 2,
            "the logarithm is missing": -0.375,
            "1 - p in place of -log p": 0.625,
            "the logarithm has base 10, not e": 0.451544993,
            "the logarithm has base 2, not e": 1.5,
            "the logarithm is taken of the mean, not the mean of the logarithms": 0.98082925,
            "the wrong classes count too": 1.5301354,
        },
    )
    check.close(
        "cross-entropy of ten equal probabilities",
        cross_entropy(np.full((3, 10), 0.1), np.eye(10)[[0, 4, 9]]),
        np.log(10),
        hint="it is log 10 for any labels",
        mistakes={"the batch size is fixed at 2: divide by len(P)": 1.5 * np.log(10)},
    )

# %% role="test" id="test_cross_entropy_values" points=2
"""cross_entropy is the mean of -log of the true class's probability, and only reads P and Y."""
### BEGIN HIDDEN TESTS
rng = check.rng()
true = np.array([[0.7], [0.3], [0.5], [0.05]]) * rng.uniform(0.8, 1.2, size=(4, 1))
Y = np.eye(3)[rng.permutation([0, 1, 2, 0])]
P = np.where(Y == 1, true, (1 - true) / 2)
P_before, Y_before = P.copy(), Y.copy()
check.close(
    "cross-entropy of a batch of four",
    cross_entropy(P, Y),
    -np.mean(np.log(true)),
    hint="pick each row's true probability, take -log, average over the N rows",
    mistakes={
        "a sum over the batch, not its mean": -np.sum(np.log(true)),
        "divided by N times C, not by N": -np.sum(np.log(true)) / P.size,
        "the sign is flipped": np.mean(np.log(true)),
        "the logarithm is missing": -np.mean(true),
        "1 - p in place of -log p": np.mean(1 - true),
        "the logarithm has base 10, not e": -np.mean(np.log10(true)),
        "the logarithm has base 2, not e": -np.mean(np.log2(true)),
        "the logarithm is taken of the mean, not the mean of the logarithms": -np.log(
            np.mean(true)
        ),
        "the wrong classes count too": -np.sum(np.log(P)) / len(P),
        "the binary form: it adds -log(1 - p) for each wrong class": -np.sum(
            Y * np.log(P) + (1 - Y) * np.log(1 - P)
        )
        / len(P),
    },
)
check.close(
    "the probabilities after the call",
    P,
    P_before,
    hint="the gradient needs them: compute into a new array",
)
check.close(
    "the labels after the call",
    Y,
    Y_before,
    hint="the gradient needs them: compute into a new array",
)
### END HIDDEN TESTS

# %% role="test" id="test_cross_entropy_zero_probability" points=1
"""cross_entropy stays finite when a class has probability 0, even if it is the true one."""
### BEGIN HIDDEN TESTS
p = check.rng().uniform(0.2, 0.8)
check.close(
    "cross-entropy of two samples, of which one is certain and right",
    cross_entropy(np.array([[1.0, 0.0], [p, 1 - p]]), np.array([[1.0, 0.0], [1.0, 0.0]])),
    -np.log(p) / 2,
    hint="0 times log 0 is nan: add EPS inside the logarithm",
    mistakes={"0 times log 0": np.nan},
)
check.within(
    "cross-entropy of one sample with probability 0 for its class",
    cross_entropy(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])),
    20.0,
    1000.0,
    hint="log 0 is minus infinity: add EPS inside the logarithm",
)
### END HIDDEN TESTS

# %% role="test" id="test_cross_entropy_loop" points=1
"""cross_entropy has no Python loop over the samples."""
### BEGIN HIDDEN TESTS
rng = check.rng()
p, labels = rng.uniform(0.1, 0.9, size=64), rng.integers(2, size=64)
P, Y = np.column_stack([p, 1 - p]), np.eye(2)[labels]
check.close(
    "cross-entropy of a batch of 64",
    cross_entropy(P, Y),
    -np.mean(np.log(np.where(labels == 0, p, 1 - p))),
    hint="pick each row's true probability, take -log, average over the N rows",
)
check.vectorised(
    "cross_entropy has no loop over the samples",
    lambda n: cross_entropy(P[:n], Y[:n]),
    hint="multiply and sum whole arrays",
)
### END HIDDEN TESTS

# %% [markdown] id="layer_text"
# ## Put the layer together
#
# One object holds the weights $W$ of shape $(D, C)$ and the bias $b$ of shape $(1, C)$, computes
# the loss, and later its gradient. The weights start at random, drawn from a normal distribution of
# mean 0 and standard deviation
#
# $$\sigma = \sqrt{\frac{2}{D + C}} \cdot \sqrt{2}.$$
#
# The first factor is that of Glorot and Bengio (2010), the second the original assignment's; for
# 784 and 10 they make $\sigma \approx 0.071$. The two methods that are missing come next, each in a
# cell of its own: `@method_of(...)` puts the function below it into the class.


# %% role="given" id="layer"
class SoftmaxCrossEntropyLoss:
    """A linear layer with softmax and cross-entropy.

    Parameters
    ----------
    num_input, num_output : int
        Numbers of features D and of classes C.
    trainable : bool, optional
        Whether an optimiser may change the weights.
    seed : int, optional
        For the random start.

    Attributes
    ----------
    W : ndarray, shape (D, C), float32
    b : ndarray, shape (1, C), float32
    grad_W, grad_b : ndarray, shapes of W and b
        Gradients of the loss of the latest batch; set by gradient_computing.
    """

    def __init__(self, num_input, num_output, trainable=True, seed=0):
        self.num_input = num_input
        self.num_output = num_output
        self.trainable = trainable
        self.XavierInit(np.random.default_rng(seed))

    def XavierInit(self, rng):
        """Draw the weights and the bias from a normal distribution."""
        std = np.sqrt(2 / (self.num_input + self.num_output)) * np.sqrt(2)
        self.W = rng.normal(0, std, (self.num_input, self.num_output)).astype(np.float32)
        self.b = rng.normal(0, std, (1, self.num_output)).astype(np.float32)


# %% [markdown] id="forward_text"
# ### From a batch to its loss
#
# `forward` takes a batch and its labels and returns two numbers: the cross-entropy loss, and the
# *accuracy*, the share of samples whose highest probability is that of the true class, from 0 to 1.
#
# | array | shape | |
# | --- | --- | --- |
# | `Input` | $(N, D)$ | the batch |
# | `self.W`, `self.b` | $(D, C)$, $(1, C)$ | the layer |
# | scores | $(N, C)$ | $Z = XW + b$ |
# | probabilities | $(N, C)$ | $P = \operatorname{softmax}(Z)$ |
#
# The gradient will need the batch, the probabilities and the one-hot labels. Keep them in `self`.

# %% [markdown] id="hints_forward"
# <details><summary>Hint 1: the direction</summary>
# You have all the parts: scores, softmax, one_hot, cross_entropy. Call them in this order.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# The scores are <code>Input @ self.W + self.b</code>. The predicted class is the argmax along
# axis 1; the accuracy is the mean of "predicted equals label".
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Keep Input as it is, <code>one_hot(labels, ...)</code> as <code>self.Y</code> and
# <code>softmax(...)</code> as <code>self.P</code>; then take the loss from P and Y, and
# <code>np.mean(... == labels)</code>.
# </details>


# %% role="todo" id="forward"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    """Compute the loss and the accuracy of a batch, and keep what the gradient needs.

    Parameters
    ----------
    Input : ndarray, shape (N, D), float
        A batch; not changed.
    labels : ndarray, shape (N,), int
        Its classes.

    Returns
    -------
    loss : float
        Mean cross-entropy of the batch, in nats.
    acc : float
        Share of samples that are classified right, from 0 to 1.
    """
    # TODO: scores, probabilities, loss, accuracy; keep Input, P and Y in self.
    ### BEGIN SOLUTION
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc
    ### END SOLUTION


# %% role="check" id="check_forward"
with check.todo("forward"):
    layer = SoftmaxCrossEntropyLoss(4, 10)
    layer.W, layer.b = np.zeros((4, 10)), np.zeros((1, 10))
    X = np.ones((5, 4))
    loss, acc = layer.forward(X, np.array([0, 0, 7, 3, 0]))
    check.equal("the batch after forward", X, np.ones((5, 4)), hint="compute into new arrays")
    check.equal(
        "W after forward",
        layer.W,
        np.zeros((4, 10)),
        hint="forward only reads the weights; the optimiser changes them",
    )
    check.close(
        "loss of a layer whose weights are all zero",
        loss,
        np.log(10),
        hint="equal scores give ten probabilities of 1/10, and -log(1/10) = log 10",
        mistakes={
            "a sum over the batch, not its mean": 5 * np.log(10),
            "the logarithm is missing": -0.1,
            "the sign is flipped": -np.log(10),
            "the batch size is fixed at 100": np.log(10) / 20,
            "the score itself in place of the logarithm of the probability": 0.0,
            "cut off to a whole number": 2.0,
            "loss and accuracy are returned in the wrong order": 0.6,
        },
    )
    check.close(
        "accuracy of a layer that always says 0, with three zeros among five labels",
        acc,
        0.6,
        hint="the mean of (argmax along axis 1 == labels)",
        mistakes={
            "a count, not a share": 3,
            "in per cent, not from 0 to 1": 60,
            "the share of wrong answers": 0.4,
            "the share of equal entries of one-hot rows, not of equal classes": 0.92,
        },
    )
    layer.W = np.eye(4, 10)
    layer.b = np.log(np.arange(1.0, 11.0)).reshape(1, 10)
    loss, acc = layer.forward(np.zeros((1, 4)), np.array([9]))
    check.close(
        "loss of an all-zero image when only the bias speaks",
        loss,
        np.log(55 / 10),
        hint="the scores are Input @ W + b",
        mistakes={
            "the bias is forgotten": np.log(10),
            "softmax is applied twice": 2.22213017,
        },
    )

# %% role="test" id="test_forward_loss_and_accuracy" points=2
"""forward returns the mean loss and the share of right answers, for D, N and C all different."""
### BEGIN HIDDEN TESTS
rng = check.rng()
layer = SoftmaxCrossEntropyLoss(3, 4)
layer.W, layer.b = rng.uniform(-1, 1, size=(3, 4)), rng.uniform(-1, 1, size=(1, 4))
X = rng.uniform(-1, 1, size=(5, 3))  # no probability is so small that EPS shows
scores = X @ layer.W + layer.b
# Three labels are the class of the highest score, two are another one.
labels = (scores.argmax(axis=1) + rng.permutation([0, 0, 0, 1, 2])) % 4
loss, acc = layer.forward(X, labels)
chosen = scores[np.arange(5), labels]
losses = np.log(np.exp(scores).sum(axis=1)) - chosen
no_bias = np.log(np.exp(scores - layer.b).sum(axis=1)) - (scores - layer.b)[np.arange(5), labels]
P = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
twice = np.log(np.exp(P).sum(axis=1)) - P[np.arange(5), labels]
check.close(
    "loss of a batch of five",
    loss,
    losses.mean(),
    hint="mean over the batch of -log of the true class's probability, with scores Input @ W + b",
    mistakes={
        "a sum over the batch, not its mean": losses.sum(),
        "the bias is forgotten": no_bias.mean(),
        "the logarithm is missing": -np.exp(-losses).mean(),
        "the sign is flipped": -losses.mean(),
        "the score itself in place of the logarithm of the probability": -chosen.mean(),
        "softmax is applied twice": twice.mean(),
        "the batch size is fixed at 100": losses.sum() / 100,
        "loss and accuracy are returned in the wrong order": 0.6,
    },
)
check.close(
    "accuracy of a batch of five",
    acc,
    0.6,
    hint="compare the argmax along axis 1 with the labels and take the mean",
    mistakes={
        "a count, not a share": 3,
        "in per cent, not from 0 to 1": 60,
        "the share of wrong answers": 0.4,
        "the share of equal entries of one-hot rows, not of equal classes": 0.8,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_forward_zero_weights" points=1
"""With zero weights and no bias the loss is log C; then the bias alone speaks."""
### BEGIN HIDDEN TESTS
rng = check.rng()
layer = SoftmaxCrossEntropyLoss(6, 7)
layer.W, layer.b = np.zeros((6, 7)), np.zeros((1, 7))
X, labels = rng.normal(size=(8, 6)), rng.permutation([0, 6, 0, 1, 2, 3, 4, 5])
loss, acc = layer.forward(X, labels)
check.close(
    "loss with zero weights and seven classes",
    loss,
    np.log(7),
    hint="every class has probability 1/7",
)
check.close(
    "accuracy with zero weights, two zeros among eight labels",
    acc,
    0.25,
    hint="argmax takes the first class where all are equal",
)
layer.b = rng.uniform(-1, 1, size=(1, 7))
loss, acc = layer.forward(X, labels)
check.close(
    "loss with zero weights and a bias",
    loss,
    np.log(np.exp(layer.b).sum()) - layer.b[0, labels].mean(),
    hint="the scores are Input @ W + b",
    mistakes={"the bias is forgotten": np.log(7)},
)
### END HIDDEN TESTS

# %% role="test" id="test_forward_large_scores" points=1
"""forward stays finite when scores reach thousands, and works for a batch of one."""
### BEGIN HIDDEN TESTS
layer = SoftmaxCrossEntropyLoss(1, 2)
layer.W, layer.b = np.array([[1000.0, -1000.0]]), np.zeros((1, 2))
right, acc = layer.forward(np.array([[3.0]]), np.array([0]))
check.close(
    "loss of a right answer with scores 3000 and -3000",
    right,
    0.0,
    hint="use the softmax that subtracts each row's maximum",
    mistakes={"exp overflowed": np.nan},
)
check.close(
    "accuracy of that answer",
    acc,
    1.0,
    hint="argmax along axis 1 of a batch of one",
)
wrong, acc = layer.forward(np.array([[3.0]]), np.array([1]))
check.within(
    "loss of a wrong answer with scores 3000 and -3000",
    wrong,
    20.0,
    6001.0,
    hint="the probability underflows to 0: add EPS inside the logarithm",
)
gap = check.rng().uniform(0.1, 0.5)
layer.W = np.array([[1000.0, 1000.0 - gap]])
nearly, acc = layer.forward(np.array([[3.0]]), np.array([0]))
check.close(
    "loss of a right answer with two scores near 3000",
    nearly,
    np.log(1 + np.exp(-3 * gap)),
    hint="only the difference of the scores counts: use your softmax",
)
### END HIDDEN TESTS

# %% role="test" id="test_forward_input_unchanged" points=1
"""forward returns the loss, and changes neither the batch nor the weights."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W, b = rng.uniform(-1, 1, size=(2, 3)), rng.uniform(-1, 1, size=(1, 3))
X, labels = rng.uniform(-1, 1, size=(4, 2)), rng.integers(3, size=4)
layer = SoftmaxCrossEntropyLoss(2, 3)
layer.W, layer.b, batch = W.copy(), b.copy(), X.copy()
loss, acc = layer.forward(batch, labels)
scores = X @ W + b
check.close(
    "the batch after forward",
    batch,
    X,
    hint="compute into new arrays",
)
check.close(
    "W after forward",
    layer.W,
    W,
    hint="forward only reads the weights; the optimiser changes them",
)
check.close(
    "b after forward",
    layer.b,
    b,
    hint="forward only reads the bias; the optimiser changes it",
)
check.close(
    "the loss that it returns",
    loss,
    np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(4), labels]),
    hint="mean over the batch of -log of the true class's probability, with scores Input @ W + b",
)
### END HIDDEN TESTS

# %% role="test" id="test_forward_loop" points=1
"""forward has no Python loop over the samples."""
### BEGIN HIDDEN TESTS
rng = check.rng()
layer = SoftmaxCrossEntropyLoss(3, 2)
layer.W, layer.b = rng.uniform(-1, 1, size=(3, 2)), rng.uniform(-1, 1, size=(1, 2))
X, labels = rng.uniform(-1, 1, size=(64, 3)), rng.integers(2, size=64)
loss, acc = layer.forward(X, labels)
scores = X @ layer.W + layer.b
check.close(
    "loss of a batch of 64",
    loss,
    np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(64), labels]),
    hint="mean over the batch of -log of the true class's probability, with scores Input @ W + b",
)
check.vectorised(
    "forward has no loop over the samples",
    lambda n: layer.forward(X[:n], labels[:n]),
    hint="one matrix product takes the whole batch",
)
### END HIDDEN TESTS

# %% [markdown] id="gradient_text" report="show"
# ### Derive the gradient
#
# Softmax and logarithm together are simpler than either alone. For one sample with scores $z$ and
# class $y$,
#
# $$\ell = -\log \frac{e^{z_y}}{\sum_k e^{z_k}} = -z_y + \log \sum_k e^{z_k}.$$
#
# Differentiate with respect to one score $z_c$. The first term gives $-1$ if $c = y$ and 0
# otherwise; the second gives the softmax itself:
#
# $$\frac{\partial \ell}{\partial z_c} = -Y_c + \frac{e^{z_c}}{\sum_k e^{z_k}} = P_c - Y_c.$$
#
# So the gradient is *what the model says minus what is true*.

# %% [markdown] id="gradient_text_batch" report="show"
# The loss is the mean over the batch, so every sample carries the factor $1/N$. Since
# $Z_{ic} = \sum_d X_{id} W_{dc} + b_c$, the chain rule gives
#
# $$\begin{aligned}
# \frac{\partial L}{\partial W_{dc}} &= \frac{1}{N} \sum_{i} X_{id}\, (P_{ic} - Y_{ic}), \\
# \frac{\partial L}{\partial b_c} &= \frac{1}{N} \sum_{i} (P_{ic} - Y_{ic}),
# \end{aligned}$$
#
# or, as arrays, $\nabla_W L = \frac{1}{N} X^\top (P - Y)$ of shape $(D, C)$, and $\nabla_b L$, the
# column means of $P - Y$, of shape $(1, C)$. A test for free: each row of $P - Y$ sums to 0, so
# $\nabla_b L$ does too, and so does each row of $\nabla_W L$.

# %% [markdown] id="hints_gradient_computing"
# <details><summary>Hint 1: the direction</summary>
# Everything is in self since forward: the batch, P and Y. Start from their difference, P - Y.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# The weights' gradient is a matrix product of shapes (D, N) and (N, C). The bias's is a sum over
# the samples, axis 0, and keeps both axes. Both carry the factor 1/N.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Let <code>error</code> be P - Y divided by <code>len(self.Input)</code>. The weights' gradient is
# the transposed batch times <code>error</code>, the bias's a sum of <code>error</code> with
# <code>axis=0, keepdims=True</code>.
# </details>


# %% role="todo" id="gradient_computing"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    """Set grad_W, shape (D, C), and grad_b, shape (1, C), for the batch of the latest forward.

    Both are gradients of the mean loss over the batch.
    """
    # TODO: from self.Input, self.P and self.Y to self.grad_W and self.grad_b.
    ### BEGIN SOLUTION
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)
    ### END SOLUTION


# %% [markdown] id="check_gradient_text"
# The check below holds your gradient against a *numerical* one: move one weight by a small $h$ to
# either side and see how the loss changes,
#
# $$\frac{\partial L}{\partial w} \approx \frac{L(w + h) - L(w - h)}{2h}.$$
#
# It is slow, but it needs no derivation, so it catches an error in one. In double precision the two
# should agree to a relative error of about $10^{-7}$.

# %% role="check" id="check_gradient_computing"
with check.todo("gradient_computing"):
    layer = SoftmaxCrossEntropyLoss(2, 2)
    layer.W, layer.b = np.zeros((2, 2)), np.zeros((1, 2))
    layer.forward(np.array([[1.0, 0.0], [2.0, 1.0]]), np.array([0, 1]))
    layer.gradient_computing()
    check.close(
        "grad_W of the samples [1, 0] and [2, 1] with labels 0 and 1, where W and b are zero",
        layer.grad_W,
        [[0.25, -0.25], [0.25, -0.25]],
        hint="every probability is 1/2, so P - Y has the rows [-1, 1] / 2 and [1, -1] / 2",
        mistakes={
            "a sum over the batch, not its mean": [[0.5, -0.5], [0.5, -0.5]],
            "divided by N twice": [[0.125, -0.125], [0.125, -0.125]],
            "the sign is flipped: Y - P": [[-0.25, 0.25], [-0.25, 0.25]],
            "the scores (logits) stand in place of the probabilities": [[-0.5, -1.0], [0.0, -0.5]],
            "the labels are not subtracted": [[0.75, 0.75], [0.25, 0.25]],
            "-log P stands in place of the probabilities": [
                [0.53972077, 0.039720771],
                [0.34657359, -0.15342641],
            ],
            "only the true class's entry counts": [[-0.25, -0.5], [0.0, -0.25]],
            "the derivative of the softmax is applied once too often": [
                [0.0625, -0.0625],
                [0.0625, -0.0625],
            ],
            "rows and columns are swapped": [[0.25, 0.25], [-0.25, -0.25]],
        },
    )
    rng = np.random.default_rng(1)
    layer = SoftmaxCrossEntropyLoss(3, 4)
    layer.W, layer.b = rng.normal(size=(3, 4)), rng.normal(size=(1, 4))
    X, labels = rng.normal(size=(5, 3)), np.array([0, 3, 1, 3, 2])
    W, b, batch = layer.W.copy(), layer.b.copy(), X.copy()
    layer.forward(X, labels)
    layer.gradient_computing()
    grad_W, grad_b = layer.grad_W, layer.grad_b
    check.equal(
        "W after gradient_computing", layer.W, W, hint="only the optimiser changes the weights"
    )
    check.equal(
        "b after gradient_computing", layer.b, b, hint="only the optimiser changes the bias"
    )
    check.equal(
        "the batch after gradient_computing",
        X,
        batch,
        hint="self.Input is the caller's array: read it, and compute into new ones",
    )
    numerical = gradcheck.eval_numerical_gradient(lambda W: layer.forward(X, labels)[0], layer.W)
    check.close(
        "grad_W against the numerical gradient",
        grad_W,
        numerical,
        rtol=1e-6,
        hint="X^T (P - Y) / N",
        mistakes={
            "a sum over the batch, not its mean": 5 * numerical,
            "the sign is flipped": -numerical,
            "divided by N twice": numerical / 5,
            "divided by the number of classes, not by N": numerical * 5 / 4,
            "divided by the number of features, not by N": numerical * 5 / 3,
        },
    )
    numerical = gradcheck.eval_numerical_gradient(lambda b: layer.forward(X, labels)[0], layer.b)
    check.close(
        "grad_b against the numerical gradient",
        grad_b,
        numerical,
        rtol=1e-6,
        hint="the sum of (P - Y) / N over the samples, with shape (1, C)",
        mistakes={
            "summed over everything to one number": 0.0,
            "a sum over the batch, not its mean": 5 * numerical,
            "the axis of length 1 is lost": numerical[0],
            "the sign is flipped: Y - P": [[0.07969983, -0.04210459, 0.06300585, -0.10060109]],
            "the scores (logits) stand in place of the probabilities": [
                [-0.9904811, -0.5149602, -0.8156244, 0.2171426]
            ],
            "summed over the classes, not over the samples": [[0.0], [0.0], [0.0], [0.0], [0.0]],
            "left at zero": [[0.0, 0.0, 0.0, 0.0]],
        },
    )

# %% role="test" id="test_gradient_computing_weights" points=3
"""grad_W is the gradient of the mean loss, a plain array, for N, D and C all different."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W, b = rng.normal(size=(4, 3)), rng.normal(size=(1, 3))
X, labels = rng.normal(size=(6, 4)), rng.permutation([2, 0, 1, 1, 0, 2])
layer = SoftmaxCrossEntropyLoss(4, 3)
layer.W, layer.b = W.copy(), b.copy()
layer.forward(X, labels)
layer.gradient_computing()
Z = X @ W + b
P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
Y = np.eye(3)[labels]
check.close(
    "grad_W for a batch of six",
    layer.grad_W,
    X.T @ (P - Y) / 6,
    hint="X^T (P - Y) / N",
    mistakes={
        "a sum over the batch, not its mean": X.T @ (P - Y),
        "divided by N twice": X.T @ (P - Y) / 36,
        "divided by the number of classes, not by N": X.T @ (P - Y) / 3,
        "divided by the number of features, not by N": X.T @ (P - Y) / 4,
        "the sign is flipped: Y - P": X.T @ (Y - P) / 6,
        "the scores (logits) stand in place of the probabilities": X.T @ (Z - Y) / 6,
        "the labels are not subtracted": X.T @ P / 6,
        "-log P stands in place of the probabilities": X.T @ (-np.log(P) - Y) / 6,
        "only the true class's entry counts": X.T @ (P * Y - Y) / 6,
        "the derivative of the softmax is applied once too often": X.T
        @ ((P - Y) * P * (1 - P))
        / 6,
        "rows and columns are swapped": (P - Y).T @ X / 6,
    },
)
check.equal(
    "grad_W is a plain array",
    [isinstance(layer.grad_W, list), isinstance(layer.grad_W, np.matrix)],
    [False, False],
    hint="keep a plain array: only there do *, @ and indices mean what they do in this course",
    mistakes={
        "a list, not an array": [True, False],
        "a np.matrix, not an array": [False, True],
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_gradient_computing_bias" points=2
"""grad_b has shape (1, C) and is the gradient of the mean loss."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W, b = rng.normal(size=(2, 5)), rng.normal(size=(1, 5))
X, labels = rng.normal(size=(3, 2)), rng.permutation([4, 0, 4])
layer = SoftmaxCrossEntropyLoss(2, 5)
layer.W, layer.b = W.copy(), b.copy()
layer.forward(X, labels)
layer.gradient_computing()
Z = X @ W + b
error = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) - np.eye(5)[labels]
check.close(
    "grad_b for a batch of three",
    layer.grad_b,
    error.mean(axis=0, keepdims=True),
    hint="sum (P - Y) / N over the samples only: axis=0, keepdims=True",
    mistakes={
        "summed over everything to one number, which is always about 0: b never learns": 0.0,
        "summed over the classes, not over the samples": error.sum(axis=1, keepdims=True) / 3,
        "the axis of length 1 is lost: shape (C,) in place of (1, C)": error.mean(axis=0),
        "a sum over the batch, not its mean": error.sum(axis=0, keepdims=True),
        "the sign is flipped: Y - P": -error.mean(axis=0, keepdims=True),
        "left at zero": np.zeros((1, 5)),
        "the scores (logits) stand in place of the probabilities": (Z - np.eye(5)[labels]).mean(
            axis=0, keepdims=True
        ),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_gradient_computing_latest_batch" points=1
"""gradient_computing uses the latest forward, and writes into nothing but the gradients."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W, b = rng.normal(size=(3, 2)), rng.normal(size=(1, 2))
first, second = rng.normal(size=(4, 3)), rng.normal(size=(2, 3))
layer = SoftmaxCrossEntropyLoss(3, 2)
layer.W, layer.b = W.copy(), b.copy()
batch = first.copy()
layer.forward(batch, np.array([0, 1, 1, 0]))
layer.gradient_computing()
check.close(
    "W after gradient_computing",
    layer.W,
    W,
    hint="only the optimiser changes the weights",
)
check.close(
    "b after gradient_computing",
    layer.b,
    b,
    hint="only the optimiser changes the bias",
)
check.close(
    "the batch after gradient_computing",
    batch,
    first,
    hint="self.Input is the caller's array: read it, and compute into new ones",
)
layer.forward(second, np.array([1, 0]))
layer.gradient_computing()


def gradient(X, labels):
    exponentials = np.exp(X @ W + b)
    P = exponentials / exponentials.sum(axis=1, keepdims=True)
    return X.T @ (P - np.eye(2)[labels]) / len(X)


of_first, of_second = gradient(first, [0, 1, 1, 0]), gradient(second, [1, 0])
check.close(
    "grad_W after a second batch",
    layer.grad_W,
    of_second,
    hint="assign the gradient anew; use the batch that the latest forward kept",
    mistakes={
        "still the gradient of the first batch": of_first,
        "the gradients of the batches add up": of_first + of_second,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_gradient_computing_loop" points=1
"""gradient_computing has no Python loop over the samples."""
### BEGIN HIDDEN TESTS
rng = check.rng()
layer = SoftmaxCrossEntropyLoss(3, 2)
layer.W, layer.b = rng.normal(size=(3, 2)), rng.normal(size=(1, 2))
X, labels = rng.normal(size=(64, 3)), rng.integers(2, size=64)


def forward_and_gradient(n):
    layer.forward(X[:n], labels[:n])
    layer.gradient_computing()


forward_and_gradient(64)
exponentials = np.exp(X @ layer.W + layer.b)
P = exponentials / exponentials.sum(axis=1, keepdims=True)
check.close(
    "grad_W for a batch of 64",
    layer.grad_W,
    X.T @ (P - np.eye(2)[labels]) / 64,
    hint="X^T (P - Y) / N",
)
check.vectorised(
    "gradient_computing has no loop over the samples",
    forward_and_gradient,
    hint="the matrix product X^T (P - Y) sums over the samples for you",
)
### END HIDDEN TESTS

# %% [markdown] id="sgd_text" report="show"
# ## Take a step downhill
#
# Stochastic gradient descent computes the gradient $g$ of one batch and takes a step against it.
# *Momentum* keeps a velocity $v$ for every weight, which starts at 0 and forgets slowly:
#
# $$v \leftarrow \mu v - \eta g, \qquad W \leftarrow W + v.$$
#
# Here $\eta$ is the learning rate and $0 \le \mu < 1$ the momentum; $\mu = 0$ is plain descent. On
# a slope of constant $g$ the velocity settles where $v = \mu v - \eta g$, that is at
# $v = -\frac{\eta}{1 - \mu}\, g$. So $\mu = 0.9$ makes the steps up to ten times as long, and only
# $\eta / (1 - \mu)$, the *effective step*, can be compared between runs of different momentum.

# %% [markdown] id="hints_sgd"
# <details><summary>Hint 1: the direction</summary>
# For each layer do the same twice: for W with grad_W, and for b with grad_b. Each has a velocity of
# its own.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# The learning rate belongs inside the velocity: v = momentum * v - learning_rate * gradient. Then
# add v to the weights. Keep the new v in self.velocity for the next step.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Loop over <code>zip(self.layers, self.velocity)</code>. For one layer,
# <code>velocity["W"] = self.momentum * velocity["W"] - ...</code>, then add it to
# <code>layer.W</code>; the same with b.
# </details>


# %% role="todo" id="sgd"
class SGD:
    """Stochastic gradient descent with momentum.

    Parameters
    ----------
    model : layer, or object with a list of layers in ``layers``
    learning_rate : float
        Step length eta; may be changed between steps.
    momentum : float, optional
        The factor mu, from 0 (none) to below 1.
    """

    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        """Change W and b of every trainable layer by one step, from its grad_W and grad_b."""
        # TODO: new velocity, then new weights; for W and for b of each layer.
        ### BEGIN SOLUTION
        for layer, velocity in zip(self.layers, self.velocity, strict=True):
            velocity["W"] = self.momentum * velocity["W"] - self.learning_rate * layer.grad_W
            velocity["b"] = self.momentum * velocity["b"] - self.learning_rate * layer.grad_b
            layer.W = layer.W + velocity["W"]
            layer.b = layer.b + velocity["b"]
        ### END SOLUTION


# %% role="check" id="check_sgd"
with check.todo("sgd"):
    layer = SoftmaxCrossEntropyLoss(1, 2)
    layer.W, layer.b = np.array([[1.0, 2.0]]), np.array([[0.5, -0.5]])
    layer.grad_W, layer.grad_b = np.array([[2.0, -4.0]]), np.array([[1.0, -3.0]])
    SGD(layer, learning_rate=0.1).step()
    check.close(
        "W after one step with learning rate 0.1",
        layer.W,
        [[0.8, 2.4]],
        hint="W + v with v = -learning_rate * grad_W",
        mistakes={
            "a step uphill: the sign is flipped": [[1.2, 1.6]],
            "the learning rate is missing": [[-1.0, 6.0]],
            "nothing changed": [[1.0, 2.0]],
            "the gradient is subtracted twice: W + v - learning_rate * gradient": [[0.6, 2.8]],
            "the weights are replaced by the velocity": [[-0.2, 0.4]],
        },
    )
    check.close(
        "b after one step with learning rate 0.1",
        layer.b,
        [[0.4, -0.2]],
        hint="the bias takes its step too",
        mistakes={
            "nothing changed: the bias is frozen": [[0.5, -0.5]],
            "the bias takes one step for all classes": [[0.7, -0.3]],
            "the bias takes the step of W": [[0.3, -0.1]],
        },
    )
    layer = SoftmaxCrossEntropyLoss(1, 2)
    layer.W, layer.b = np.zeros((1, 2)), np.zeros((1, 2))
    layer.grad_W, layer.grad_b = np.array([[2.0, -4.0]]), np.array([[1.0, -1.0]])
    optimiser = SGD(layer, learning_rate=0.1, momentum=0.5)
    optimiser.step()
    optimiser.step()
    check.equal(
        "grad_W after two steps",
        layer.grad_W,
        [[2.0, -4.0]],
        hint="do not write into the gradient: compute into new arrays",
    )
    check.close(
        "W after two steps with momentum 0.5 on a constant gradient",
        layer.W,
        [[-0.5, 1.0]],
        hint="the second velocity is 0.5 * (-0.2) - 0.1 * 2 = -0.3 for the first weight",
        mistakes={
            "momentum has no effect: the velocity is not kept": [[-0.4, 0.8]],
            "the gradient is weighted by 1 - momentum": [[-0.25, 0.5]],
            "Nesterov's form, or another optimiser's velocity: keep it in self": [[-0.65, 1.3]],
            "the sign of the old velocity is flipped": [[-0.3, 0.6]],
            "W and b share one velocity": [[-0.5, 0.95]],
        },
    )

# %% role="test" id="test_sgd_constant_gradient" points=3
"""Five steps on a constant gradient follow the closed form, for W and for b."""
### BEGIN HIDDEN TESTS
rng = check.rng()
g, g_b = rng.normal(size=(2, 3)), rng.normal(size=(1, 3))
layer = SoftmaxCrossEntropyLoss(2, 3)
layer.W, layer.b = np.ones((2, 3)), np.full((1, 3), 2.0)
layer.grad_W, layer.grad_b = g.copy(), g_b.copy()
optimiser = SGD(layer, learning_rate=0.02, momentum=0.8)
for _ in range(5):
    optimiser.step()
mu, eta = 0.8, 0.02
length = sum((1 - mu**i) / (1 - mu) for i in range(1, 6))
shared, v = np.ones((2, 3)), np.zeros((2, 3))
for _ in range(5):  # what comes of one velocity for both: W's turn, then b's
    v = mu * v - eta * g
    shared = shared + v
    v = mu * v - eta * g_b
check.close(
    "W after five steps with momentum 0.8",
    layer.W,
    1 - eta * length * g,
    hint="v = momentum * v - learning_rate * grad_W, kept for the next step; then W + v",
    mistakes={
        "momentum has no effect: the velocity is not kept": 1 - eta * 5 * g,
        "the gradient is weighted by 1 - momentum": 1 - eta * (1 - mu) * length * g,
        "a step uphill: the sign is flipped": 1 + eta * length * g,
        "the sign of the old velocity is flipped": 1
        - eta * sum((1 - (-mu) ** i) / (1 + mu) for i in range(1, 6)) * g,
        "the momentum is applied twice: W + momentum * v": 1 - eta * mu * length * g,
        "the gradient is subtracted twice: W + v - learning_rate * gradient": 1
        - eta * (length + 5) * g,
        "Nesterov's form: W + momentum * v - learning_rate * gradient": 1
        - eta * sum((1 - mu ** (i + 1)) / (1 - mu) for i in range(1, 6)) * g,
        "only the velocity is added, without this step's gradient": 1
        - eta * sum((1 - mu**i) / (1 - mu) for i in range(5)) * g,
        "the learning rate is missing": 1 - length * g,
        "the weights are replaced by the velocity": -eta * (1 - mu**5) / (1 - mu) * g,
        "W and b share one velocity": shared,
        "nothing changed": np.ones((2, 3)),
    },
)
check.close(
    "b after five steps with momentum 0.8",
    layer.b,
    2 - eta * length * g_b,
    hint="the bias has a velocity of its own and the same rule",
    mistakes={
        "nothing changed: the bias is frozen": np.full((1, 3), 2.0),
        "the bias takes plain steps, without momentum": 2 - eta * 5 * g_b,
        "the bias takes one step for all classes, along the sum of grad_b": np.full(
            (1, 3), 2 - eta * length * g_b.sum()
        ),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_sgd_learning_rate_inside" points=2
"""When the learning rate changes, the velocity keeps the old steps: v = mu v - eta g."""
### BEGIN HIDDEN TESTS
first, second = check.rng().normal(size=(2, 1, 2))
layer = SoftmaxCrossEntropyLoss(1, 2)
layer.W, layer.b = np.zeros((1, 2)), np.zeros((1, 2))
layer.grad_W, layer.grad_b = first.copy(), np.zeros((1, 2))
optimiser = SGD(layer, learning_rate=0.1, momentum=0.5)
optimiser.step()
check.close(
    "grad_W after a step",
    layer.grad_W,
    first,
    hint="do not write into the gradient: the step only reads it",
)
optimiser.learning_rate = 0.01
layer.grad_W = second.copy()
optimiser.step()
v_1 = -0.1 * first
v_2 = 0.5 * v_1 - 0.01 * second
check.close(
    "W after a step with rate 0.1 and one with rate 0.01",
    layer.W,
    v_1 + v_2,
    hint="the learning rate multiplies the gradient inside the velocity, not the velocity",
    mistakes={
        "the learning rate multiplies the velocity (PyTorch's form)": v_1
        - 0.01 * (0.5 * first + second),
        "the new learning rate is ignored": v_1 + 0.5 * v_1 - 0.1 * second,
        "momentum has no effect: the velocity is not kept": v_1 - 0.01 * second,
    },
)
layer.grad_W = np.zeros((1, 2))
optimiser.step()
check.close(
    "W after a further step with gradient 0",
    layer.W,
    v_1 + v_2 + 0.5 * v_2,
    hint="with no gradient the weights roll on by momentum * v",
    mistakes={"the weights stop at once": v_1 + v_2},
)
### END HIDDEN TESTS

# %% role="test" id="test_sgd_several_layers" points=1
"""SGD leaves layers that are not trainable alone, and two optimisers share nothing."""
### BEGIN HIDDEN TESTS
g = check.rng().uniform(1, 3, size=3)


class Model:
    def __init__(self):
        self.layers = [
            SoftmaxCrossEntropyLoss(1, 1, trainable=flag) for flag in (True, False, True)
        ]
        for number, layer in enumerate(self.layers):
            layer.W, layer.b = np.zeros((1, 1)), np.zeros((1, 1))
            layer.grad_W = np.array([[g[number]]])
            layer.grad_b = np.array([[10 * g[number]]])


model, other = Model(), Model()
first, second = SGD(model, 0.1, momentum=0.5), SGD(other, 0.1, momentum=0.5)
first.step()
first.step()
for layer in other.layers:
    layer.grad_W = np.zeros((1, 1))
second.step()
check.equal(
    "a new optimiser moves weights whose gradient is 0",
    any(layer.W[0, 0] != 0 for layer in other.layers),
    False,
    hint="keep the velocity in self, not in a variable of the class or of the notebook",
    mistakes={"the two optimisers share one velocity": True},
)
check.close(
    "weights of three layers after two steps, the middle one not trainable",
    [layer.W[0, 0] for layer in model.layers],
    -0.25 * g * [1, 0, 1],
    hint="loop over self.layers: it holds the trainable layers, each with a velocity of its own",
    mistakes={
        "the layer that is not trainable was changed": -0.25 * g,
        "only the first layer takes its steps": -0.25 * g * [1, 0, 0],
        "the layers share one velocity": [
            -0.225 * g[0] - 0.05 * g[2],
            0.0,
            -0.1125 * g[0] - 0.225 * g[2],
        ],
    },
)
check.close(
    "biases of three layers after two steps, the middle one not trainable",
    [layer.b[0, 0] for layer in model.layers],
    -2.5 * g * [1, 0, 1],
    hint="the bias follows the same rule, with a velocity of its own",
    mistakes={"the biases are frozen": [0.0, 0.0, 0.0]},
)
### END HIDDEN TESTS

# %% [markdown] id="schedule_text"
# ## Decide when to slow down and when to stop
#
# Long steps are good far from the minimum and bad near it, where they jump about. So the rate
# shrinks by a factor $\gamma \le 1$ after each epoch (an epoch is one pass over the training set):
#
# $$\eta_t = \eta_0\, \gamma^{\,t}, \qquad t = 0, 1, 2, \dots$$

# %% [markdown] id="hints_decayed_learning_rate"
# <details><summary>Hint 1: the direction</summary>
# A power, not a product with the number of the epoch.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# Epochs are counted from 0, so the first epoch uses the initial rate itself.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Python writes "decay to the power of epoch" as <code>decay**epoch</code>.
# </details>


# %% role="todo" id="decayed_learning_rate"
def decayed_learning_rate(initial, decay, epoch):
    """Return the learning rate of one epoch.

    Parameters
    ----------
    initial : float
        Learning rate of epoch 0.
    decay : float
        Factor after each epoch, above 0 and at most 1.
    epoch : int
        Number of the epoch, from 0.

    Returns
    -------
    float
    """
    # TODO: one line.
    ### BEGIN SOLUTION
    return initial * decay**epoch
    ### END SOLUTION


# %% role="check" id="check_decayed_learning_rate"
with check.todo("decayed_learning_rate"):
    check.close(
        "rates of epochs 0, 1 and 2 from 0.8 with decay 0.5",
        [decayed_learning_rate(0.8, 0.5, epoch) for epoch in range(3)],
        [0.8, 0.4, 0.2],
        hint="multiply by the decay once for each epoch that is over",
        mistakes={
            "one factor too many: epochs count from 0": [0.4, 0.2, 0.1],
            "one factor too few: epochs count from 0": [1.6, 0.8, 0.4],
            "times the epoch in place of to the power of it": [0.0, 0.4, 0.8],
            "decayed once, not once an epoch": [0.8, 0.4, 0.4],
            "decayed once, in the first epoch already": [0.4, 0.4, 0.4],
            "the rate does not decay": [0.8, 0.8, 0.8],
            "divided by 1 + decay times the epoch": [0.8, 8 / 15, 0.4],
            "an exponential of the decay": [0.8, 0.48522453, 0.294303553],
            "the initial rate is left out": [1.0, 0.5, 0.25],
        },
    )

# %% role="test" id="test_decayed_learning_rate_values" points=1
"""The rate of epoch t is the initial rate times decay to the power t."""
### BEGIN HIDDEN TESTS
rng = check.rng()
initial, decay = rng.uniform(0.2, 0.4), rng.uniform(0.8, 0.95)
epochs = np.array([0, 1, 2, 7])
check.close(
    "rates of epochs 0, 1, 2 and 7",
    [decayed_learning_rate(initial, decay, epoch) for epoch in (0, 1, 2, 7)],
    initial * decay**epochs,
    hint="the initial rate times the decay to the power of the epoch",
    mistakes={
        "one factor too many: epochs count from 0": initial * decay ** (epochs + 1),
        "one factor too few: epochs count from 0": initial * decay ** (epochs - 1),
        "times the epoch in place of to the power of it": initial * decay * epochs,
        "decayed once, not once an epoch": initial * np.where(epochs == 0, 1, decay),
        "decayed once, in the first epoch already": np.full(4, initial * decay),
        "the rate does not decay": np.full(4, initial),
        "the initial rate is left out": decay**epochs,
        "1 - decay in place of the decay": initial * (1 - decay) ** epochs,
        "divided by 1 + decay times the epoch": initial / (1 + decay * epochs),
        "an exponential of the decay": initial * np.exp(-decay * epochs),
    },
)
check.close(
    "rate of epoch 5 with decay 1",
    decayed_learning_rate(0.05, 1.0, 5),
    0.05,
    hint="decay 1 means that nothing changes",
)
### END HIDDEN TESTS

# %% [markdown] id="stopping_text"
# Training longer than it helps wastes time, and on larger models does harm. We stop early: when the
# accuracy of two consecutive epochs has changed by less than a threshold $\tau$, in either
# direction. With $a_t$ the accuracy of the latest epoch,
#
# $$|a_t - a_{t-1}| < \tau \quad\text{and}\quad |a_{t-1} - a_{t-2}| < \tau.$$
#
# One quiet epoch may be chance; before the third epoch there is nothing to decide.

# %% [markdown] id="hints_should_stop"
# <details><summary>Hint 1: the direction</summary>
# You need the last three accuracies, and the two changes between them.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# A fall is a change too, so take absolute values. Both changes must be small, and there must be at
# least three accuracies.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>np.diff(accuracies[-3:])</code> holds the last two changes;
# <code>np.all(... &lt; threshold)</code> asks both. With fewer than three, return False first.
# </details>


# %% role="todo" id="should_stop"
def should_stop(accuracies, threshold):
    """Tell whether training may stop: two consecutive epochs changed little.

    Parameters
    ----------
    accuracies : list of float
        Validation accuracy of each epoch so far, from 0 to 1.
    threshold : float
        A change must be smaller than this, in the units of the accuracy.

    Returns
    -------
    bool
    """
    # TODO: compare the last three accuracies.
    ### BEGIN SOLUTION
    if len(accuracies) < 3:
        return False
    changes = np.abs(np.diff(accuracies[-3:]))
    return bool(np.all(changes < threshold))
    ### END SOLUTION


# %% role="check" id="check_should_stop"
with check.todo("should_stop"):
    histories = [
        [0.80, 0.90, 0.901, 0.9005],  # the last two changes are 0.001 and -0.0005: both small
        [0.80, 0.90, 0.901],  # only the last one is small
        [0.90, 0.901, 0.9005, 0.80],  # only the first two are small
        [0.90, 0.80, 0.70],  # none is small: a fall is a change too
    ]
    check.equal(
        "decisions for four histories with threshold 0.002",
        [should_stop(history, 0.002) for history in histories],
        [True, False, False, False],
        hint="stop if the last two changes are both small, whether up or down",
        mistakes={
            "one small change is enough": [True, True, False, False],
            "either of the last two changes is enough": [True, True, True, False],
            "a fall counts as a small change: take the absolute value": [True, False, True, True],
            "the first three accuracies are compared, not the last three": [
                False,
                False,
                True,
                False,
            ],
            "it stops when the changes are large": [False, False, False, True],
            "it stops at the third epoch, whatever the changes": [True, True, True, True],
            "it never stops": [False, False, False, False],
            "the decision is the wrong way round": [False, True, True, True],
            "the small changes need not be consecutive, or recent": [True, False, True, False],
            "one decision for each change, not one for both": [
                [True, True],
                [True, False],
                [False, True],
                [False, False],
            ],
            "one decision for each change, not one for both; the oldest first": [
                [True, True],
                [False, True],
                [True, False],
                [False, False],
            ],
        },
    )

# %% role="test" id="test_should_stop_cases" points=2
"""should_stop asks for two consecutive small changes, in either direction."""
### BEGIN HIDDEN TESTS
rng = check.rng()
level, scale, order = rng.uniform(0.0, 0.1), rng.uniform(0.7, 0.9), rng.permutation(11)
histories = [
    [],
    [0.5],
    [0.5, 0.5],
    [0.5, 0.5, 0.5],
    [0.5, 0.501, 0.502],
    [0.9, 0.7, 0.5],
    [0.7, 0.701, 0.8],
    [0.5, 0.501, 0.7, 0.701],
    [0.5, 0.501, 0.502, 0.9],
    [0.5, 0.51, 0.5],
    [0.2, 0.6, 0.599, 0.6],
]
drawn = [[level + scale * accuracy for accuracy in histories[i]] for i in order]


def decisions(pattern):
    """Read a pattern with an s for each history after which training stops."""
    return np.array([pattern[i] == "s" for i in order])


check.equal(
    "decisions for eleven histories with threshold 0.005",
    [bool(should_stop(history, 0.005)) for history in drawn],
    decisions("---ss-----s"),
    hint="both |a[-1] - a[-2]| and |a[-2] - a[-3]| must be below the threshold",
    mistakes={
        "one small change is enough": decisions("--sss--s--s"),
        "either of the last two changes is enough": decisions("---ss-sss-s"),
        "a fall counts as a small change: take the absolute value": decisions("---sss----s"),
        "the small changes need not be consecutive, or recent": decisions("---ss--ss-s"),
        "the change over two epochs is compared, not each change": decisions("---ss----ss"),
        "the first three accuracies are compared, not the last three": decisions("---ss---s--"),
        "fewer than three accuracies decide nothing": decisions("sssss-----s"),
        "three accuracies are enough, four are not needed": decisions("----------s"),
        "it stops when the changes are large": decisions("-----s---s-"),
        "it stops at the third epoch, whatever the changes": decisions("---ssssssss"),
        "it never stops": decisions("-----------"),
        "the decision is the wrong way round": decisions("sss--sssss-"),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_should_stop_threshold" points=1
"""should_stop uses the threshold that it is given; a change equal to it is not smaller than it."""
### BEGIN HIDDEN TESTS
rng = check.rng()
start, step = rng.integers(4, 16, size=2) / 64  # sums of such numbers are exact
history = [start, start + step, start + 2 * step]
check.equal(
    "stop at changes that are equal to the threshold",
    bool(should_stop(list(history), step)),
    False,
    hint="smaller than the threshold, not smaller or equal",
    mistakes={"a change equal to the threshold counts as smaller": True},
)
factors = rng.permutation([0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0] * 3)
check.equal(
    "decisions for one history and 24 thresholds",
    [bool(should_stop(list(history), factor * step)) for factor in factors],
    factors > 1,
    hint="use the threshold that is given",
)
kept = list(history)
should_stop(history, 0.1)
check.close(
    "the history after the call",
    history,
    kept,
    hint="do not change the list that you were given",
)
### END HIDDEN TESTS

# %% [markdown] id="solver_text" report="hide"
# ## Read the training loop
#
# The Solver is given; read it line by line, aloud if you can. `train` repeats for each epoch: set
# the learning rate, go through the training set in a new random order, batch by batch, and for each
# batch do forward, gradient, step. Then it looks at the validation set, and asks whether to stop.
# The last batch of an epoch may be short. `test` is for the very end.


# %% role="given" id="solver"
class Solver:
    """Train a softmax regression, and keep the history of the run.

    Parameters
    ----------
    cfg : dict
        max_epoch, batch_size, learning_rate, momentum; optional: decay (1.0), stop_threshold
        (0.0, never stop early), seed (0).
    train, validation : tuple of ndarray, optional
        Images of shape (N, D) and labels of shape (N,).
    """

    tests = 0  # how often any Solver has looked at the test set

    def __init__(self, cfg, train=(X_train, y_train), validation=(X_validation, y_validation)):
        known = dict.fromkeys(["max_epoch", "batch_size", "learning_rate", "momentum"])
        self.cfg = {**known, "decay": 1.0, "stop_threshold": 0.0, "seed": 0, **cfg}
        self.train_set, self.validation_set = train, validation
        self.model = SoftmaxCrossEntropyLoss(train[0].shape[1], 10, seed=self.cfg["seed"])
        self.optimizer = SGD(self.model, self.cfg["learning_rate"], self.cfg["momentum"])
        names = ["train_loss", "train_accuracy", "validation_loss", "validation_accuracy"]
        self.history = {name: [] for name in names}
        self.seconds = 0.0

    def train(self):
        """Train, and return the mean training loss and accuracy of each epoch as two lists."""
        cfg, history = self.cfg, self.history
        rng = np.random.default_rng(cfg["seed"])
        start = time.perf_counter()
        for epoch in range(cfg["max_epoch"]):
            loss, acc = self.train_epoch(epoch, rng)
            history["train_loss"].append(loss)
            history["train_accuracy"].append(acc)
            loss, acc = self.validate()
            history["validation_loss"].append(loss)
            history["validation_accuracy"].append(acc)
            if should_stop(history["validation_accuracy"], cfg["stop_threshold"]):
                break
        self.seconds = time.perf_counter() - start
        return history["train_loss"], history["train_accuracy"]

    def train_epoch(self, epoch, rng):
        """Go through the training set once; return mean loss and accuracy over its images."""
        self.optimizer.learning_rate = decayed_learning_rate(
            self.cfg["learning_rate"], self.cfg["decay"], epoch
        )
        results, sizes = [], []
        for X, y in data.batches(*self.train_set, self.cfg["batch_size"], rng=rng):
            results.append(self.model.forward(X, y))
            self.model.gradient_computing()
            self.optimizer.step()
            sizes.append(len(y))
        return np.average(results, axis=0, weights=sizes)

    def validate(self):
        """Return loss and accuracy on the validation set."""
        return self.model.forward(*self.validation_set)

    def test(self, test_set):
        """Return loss and accuracy on the test set. Once."""
        Solver.tests += 1
        if Solver.tests > 1:
            print(f"Use {Solver.tests} of the test set: it no longer tells about unseen digits.")
        return self.model.forward(*test_set)


# %% [markdown] id="momentum_text" report="show"
# ## Train without momentum and with it
#
# The settings of the original assignment: learning rate 0.01, batches of 100, ten epochs. On all
# 55,000 images, three independent reports of it give a test accuracy of 0.900 to 0.902 without
# momentum and of 0.921 to 0.922 with $\mu = 0.9$. Validation is what you compare here; the test
# set waits.

# %% role="play" id="momentum_runs"
settings = {"max_epoch": 10, "batch_size": 100, "learning_rate": 0.01}
runs = {f"momentum {mu}": Solver({**settings, "momentum": mu}) for mu in (0.0, 0.9)}
for run in runs.values():
    run.train()
plots.loss_and_accuracy({name: run.history for name, run in runs.items()})

# %% role="play" id="momentum_table"
Table(
    ["run", "training loss (nats)", "training accuracy", "validation accuracy", "time (s)"],
    [
        [
            name,
            f"{run.history['train_loss'][-1]:.3f}",
            f"{run.history['train_accuracy'][-1]:.1%}",
            f"{run.history['validation_accuracy'][-1]:.1%}",
            f"{run.seconds:.2f}",
        ]
        for name, run in runs.items()
    ],
)

# %% [markdown] id="play_text" report="hide"
# ## Play with the settings
#
# Press *Start*: your own code trains, one random batch a step, and each slider acts on the very
# next step. Find a learning rate at which the loss grows instead of falling. Then press *Reset*,
# train with rate 0.01 and momentum 0, press *Reset* again, set the momentum to 0.9, and find by how
# much you must lower the rate to get the same curve. Earlier runs stay in the picture and in the
# table.
#
# The third chart compares the length of each step with that of the weights: about a thousandth (the
# green band) is healthy, and far above it the run jumps about. To try a classmate's settings, paste
# the text that they copied. After opening the notebook again, run the cell once more.


# %% role="play" id="play_training"
class Training:
    """Train your softmax regression for the panel: one random batch a step."""

    def __init__(self, settings):
        self.rng = np.random.default_rng(settings["seed"])
        self.model = SoftmaxCrossEntropyLoss(X_train.shape[1], 10, seed=settings["seed"])
        self.optimizer = SGD(self.model, settings["learning_rate"])

    def step(self, settings):
        """Take one step with the settings of this moment."""
        self.optimizer.learning_rate = settings["learning_rate"]
        self.optimizer.momentum = settings["momentum"]
        batch = self.rng.integers(0, len(X_train), settings["batch_size"])
        loss, accuracy = self.model.forward(X_train[batch], y_train[batch])
        self.model.gradient_computing()
        self.optimizer.step()
        return {"loss": loss, "train_accuracy": accuracy}

    def validate(self):
        """Return the accuracy on the validation set."""
        return {"validation_accuracy": self.model.forward(X_validation, y_validation)[1]}

    def weights(self):
        """Return the weights whose updates are compared with them."""
        return {"W": self.model.W}

    def pictures(self):
        """Return each class's column of W as an image."""
        return self.model.W.T.reshape(10, 28, 28)


lab.TrainingLab(
    Training,
    sliders={
        "learning_rate": lab.log(1e-4, 100.0, value=0.01),
        "batch_size": lab.choice(10, 20, 50, 100, 200, 500, value=100),
        "momentum": lab.linear(0.0, 0.99),
    },
)

# %% [markdown] id="sweep_text" report="show"
# ## Study the hyper-parameters
#
# One sweep over learning rate, batch size and momentum; each run starts from the same weights. The
# table tells the effective step $\eta / (1 - \mu)$ of each run beside its accuracy. Add values of
# your own.

# %% role="play" id="sweep"
learning_rates, batch_sizes, momenta = (0.001, 0.01, 0.1), (20, 100, 500), (0.0, 0.9)
sweep = {}
for learning_rate in learning_rates:
    for batch_size in batch_sizes:
        for momentum in momenta:
            run = Solver(
                {
                    "max_epoch": 10,
                    "batch_size": batch_size,
                    "learning_rate": learning_rate,
                    "momentum": momentum,
                }
            )
            run.train()
            sweep[learning_rate, batch_size, momentum] = run
Table(
    [
        "learning rate",
        "batch size",
        "momentum",
        "effective step",
        "loss (nats)",
        "validation accuracy",
        "time (s)",
    ],
    [
        [
            *key,
            key[0] / (1 - key[2]),
            f"{run.history['train_loss'][-1]:.3f}",
            f"{run.history['validation_accuracy'][-1]:.1%}",
            f"{run.seconds:.2f}",
        ]
        for key, run in sweep.items()
    ],
)

# %% role="play" id="sweep_picture"
plots.heat_map(
    [
        [sweep[rate, 100, mu].history["validation_accuracy"][-1] for rate in learning_rates]
        for mu in momenta
    ],
    row_labels=momenta,
    column_labels=learning_rates,
    row_name="momentum",
    column_name="learning rate",
    value_name="validation accuracy",
)

# %% [markdown] id="tuned_text" report="show"
# ## Choose, then test once
#
# A larger rate with decay gets close fast and then settles; early stopping ends the run when two
# epochs change the validation accuracy by less than 0.02 percentage points (0.0002). Change these
# settings until your validation accuracy is as high as you can get it. Only then run the test.

# %% role="play" id="tuned" report="show"
best = Solver(
    {
        "max_epoch": 60,
        "batch_size": 100,
        "learning_rate": 0.1,
        "momentum": 0.9,
        "decay": 0.9,
        "stop_threshold": 0.0002,
    }
)
best.train()
epochs = len(best.history["train_loss"])
print(f"{epochs} epochs, validation accuracy {best.history['validation_accuracy'][-1]:.2%}")

# %% role="play" id="test_once"
X_test, y_test = prepare(mnist.test)
test_loss, test_accuracy = best.test((X_test, y_test))
print(f"test loss {test_loss:.4f} nats, test accuracy {test_accuracy:.2%}")

# %% [markdown] id="inside_text" report="show"
# ## Look inside
#
# Each column of $W$ is an image: where it is positive, ink speaks for the digit, and where it is
# negative, against it. Below them stand ten digits that the model gets right and ten that it does
# not, and the confusion matrix: which digit is taken for which.

# %% role="play" id="templates"
plots.weight_templates(best.model.W, (28, 28), mnist.class_names)

# %% role="play" id="right_and_wrong"
predictions = (X_test @ best.model.W + best.model.b).argmax(axis=1)
plots.right_and_wrong(mnist.test.images, y_test, predictions, mnist.class_names)

# %% role="play" id="confusion"
plots.confusion_matrix(y_test, predictions, mnist.class_names)

# %% [markdown] id="pca_text" report="hide"
# ## Optional: fewer features
#
# Most of the 784 pixels say the same as their neighbours. *Principal component analysis* finds the
# directions along which the training images vary most; the first few carry most of the variance.
# How many do you need before the accuracy falls?

# %% role="play" id="pca" report="hide"
rows = []
for components in (10, 30, 100):
    pca = data.pca_fit(X_train, components)
    run = Solver(
        {"max_epoch": 10, "batch_size": 100, "learning_rate": 0.01, "momentum": 0.9},
        train=(data.pca_transform(X_train, pca), y_train),
        validation=(data.pca_transform(X_validation, pca), y_validation),
    )
    run.train()
    share = pca.explained_variance_ratio.sum()
    accuracy = run.history["validation_accuracy"][-1]
    rows.append([components, f"{share:.1%}", f"{accuracy:.1%}", f"{run.seconds:.2f}"])
Table(["components", "share of variance", "validation accuracy", "time (s)"], rows)

# %% [markdown] id="question_accuracy_text" report="show"
# ## Report
#
# ### Question 1: accuracy
#
# Give the training, validation and test accuracy of your best run, with its settings. Describe its
# loss and accuracy curves: when do they flatten, and do training and validation drift apart? What
# does the confusion matrix say about the digits that are left?

# %% [markdown] role="explain" id="answer_accuracy" points=5
# The run with learning rate 0.1, momentum 0.9, decay 0.9 and batches of 100 stops after thirty to
# forty epochs (sooner on the embedded set). Training and validation curves flatten together within
# the first ten epochs and stay close: a linear model with 7,850 parameters cannot memorise 55,000
# images, so there is little overfitting (on the embedded 4,000 images the gap is larger). Pairs
# such as 4 and 9, 3 and 5, 7 and 9 remain, because one template a class cannot describe several
# ways of writing.

# %% [markdown] id="question_momentum_text" report="show"
# ### Question 2: momentum
#
# Compare the runs with momentum 0 and 0.9: time for training, speed of convergence, accuracy. Then
# find a learning rate for momentum 0 that gives nearly the curve of momentum 0.9 at rate 0.01, and
# explain why it is the one.

# %% [markdown] role="explain" id="answer_momentum" points=5
# An epoch takes nearly the same time, since momentum adds one multiplication and one sum for each
# weight. At rate 0.01 momentum 0.9 reaches in its first epoch nearly what plain descent needs ten
# for, and its accuracy after ten epochs is about two points higher. Plain descent at rate 0.1 gives
# nearly the same curve: its effective step 0.1 / (1 - 0) equals 0.01 / (1 - 0.9).

# %% [markdown] id="question_settings_text" report="show"
# ### Question 3: learning rate, batch size and one thing of your own
#
# What do learning rate and batch size do to loss, accuracy and time? Use your sweep, and argue with
# the effective step and with the number of steps in an epoch. Then try one more thing (decay, early
# stopping, initialisation, PCA, ...) and say what it changed, with numbers.

# %% [markdown] role="explain" id="answer_settings" points=5
# With a small effective step the run has not arrived after ten epochs; with a large one it jumps
# about the minimum and loses accuracy. Small batches make more steps an epoch, so they arrive in
# fewer epochs but take longer for each; large batches need a larger rate. Decay gives both: long
# steps first, and a quiet end. Early stopping saved about a third of the sixty epochs here.

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
#     .venv/bin/python -m helpers.submit 01_softmax
#
# (on Windows `.venv\Scripts\python`). It runs your checks afresh, tells what is done and what is
# not, and makes the one file that you hand in.

# %% role="play" id="make_report" report="hide"
report.button("01_softmax", name="", student_id="")

# %% [markdown] id="closing" report="hide"
# ## What you have learnt
#
# You wrote a classifier from arrays: a linear layer, a softmax that cannot overflow, a loss, and a
# gradient that you derived and then verified by numbers. You saw that momentum and learning rate
# act through one quantity, the effective step, and that a test set is spent when it has been used
# to choose.
#
# One template a class is all that a linear model has. The next notebook puts a hidden layer between
# pixels and scores, so that a class can have many, and the same chain rule carries the gradient
# through it.
