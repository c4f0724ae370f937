# %% [markdown]
# Right answers to the TODOs of `01_softmax` that look nothing like the solution. Each must pass
# every visible check and every hidden test. Cells with the same id belong to one answer: they stand
# in place of their TODOs together. Data, read by `tests/notebook/test_answers.py`; nobody imports
# it. The untidy ones (prints, warnings, unused names) are meant to be so.
#
# ruff: noqa: E402, E741, F811, F821, F841, RUF007, RUF059, SIM102, SIM110
#
# ## one_hot

# %% todo="one_hot" id="one_hot_eye"
def one_hot(labels, num_classes):
    return np.eye(num_classes)[labels]


# %% todo="one_hot" id="one_hot_comparison"
def one_hot(labels, num_classes):
    return (labels[:, None] == np.arange(num_classes)).astype(np.float32)


# %% todo="one_hot" id="one_hot_flat"
def one_hot(labels, num_classes):
    N = labels.shape[0]
    Y = np.zeros(N * num_classes)
    Y[np.arange(N) * num_classes + labels] = 1.0
    return Y.reshape(N, num_classes)


# %% todo="one_hot" id="one_hot_put_along_axis"
def one_hot(labels, num_classes):
    Y = np.zeros((labels.size, num_classes), dtype="float64")
    np.put_along_axis(Y, labels.reshape(-1, 1), 1, axis=1)
    return Y


# %% todo="one_hot" id="one_hot_loop_over_classes"
def one_hot(labels, num_classes):
    Y = np.zeros((len(labels), num_classes))
    for c in range(num_classes):
        Y[labels == c, c] = 1
    return Y


# %% todo="one_hot" id="one_hot_take"
def one_hot(labels, num_classes):
    return np.identity(num_classes, dtype=np.float32).take(labels, axis=0)


# %% todo="one_hot" id="one_hot_untidy"
def helper(n, c):
    print("making zeros", n, c)
    return np.zeros((n, c))


def one_hot(labels, num_classes):
    Y = helper(len(labels), num_classes)
    # 每一行只有一个 1
    rows = np.arange(len(labels))
    Y[rows, labels] = 1
    print(Y)
    return Y


one_hot(np.array([0, 1]), 2)

# %% [markdown]
# ## softmax


# %% todo="softmax" id="softmax_log_sum_exp"
def softmax(Z):
    m = np.max(Z, axis=1, keepdims=True)
    log_sum = m + np.log(np.sum(np.exp(Z - m), axis=1, keepdims=True))
    return np.exp(Z - log_sum)


# %% todo="softmax" id="softmax_logaddexp"
def softmax(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))


# %% todo="softmax" id="softmax_transposed"
def softmax(Z):
    exponentials = np.exp(Z.T - Z.max(axis=1))
    return (exponentials / exponentials.sum(axis=0)).T


# %% todo="softmax" id="softmax_new_axis"
def softmax(Z):
    shifted = Z - np.amax(Z, axis=-1)[:, np.newaxis]
    exponentials = np.exp(shifted)
    return exponentials / np.sum(exponentials, axis=-1)[:, np.newaxis]


# %% todo="softmax" id="softmax_einsum"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=1).reshape(-1, 1))
    return np.einsum("nc,n->nc", exponentials, 1 / np.einsum("nc->n", exponentials))


# %% todo="softmax" id="softmax_matrix_product"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(1, keepdims=True))
    return exponentials / (exponentials @ np.ones((Z.shape[1], 1)))


# %% todo="softmax" id="softmax_in_place_on_a_copy"
def softmax(Z):
    P = Z.copy()
    P -= P.max(axis=1, keepdims=True)
    np.exp(P, out=P)
    P /= P.sum(axis=1, keepdims=True)
    return P


# %% todo="softmax" id="softmax_float64"
def softmax(Z):
    Z = np.asarray(Z, dtype=np.float64)
    exponentials = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return np.divide(exponentials, exponentials.sum(axis=1, keepdims=True))


# %% todo="softmax" id="softmax_untidy"
import warnings


def exp_of_rows(rows):
    """Shift, then exponentiate."""
    return np.exp(rows - np.expand_dims(rows.max(axis=1), 1))


def softmax(Z):
    np.exp(Z * 1000)  # 会溢出, 只是试一试
    warnings.warn("check the shapes!", stacklevel=1)
    print("softmax", Z.shape)
    e = exp_of_rows(Z)
    total = e.sum(axis=1, keepdims=True)
    assert total.shape == (len(Z), 1)
    return e / total


# %% [markdown]
# ## cross_entropy

# %% todo="cross_entropy" id="cross_entropy_clip"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.mean(np.sum(Y * np.log(np.clip(P, EPS, 1.0)), axis=1))


# %% todo="cross_entropy" id="cross_entropy_einsum"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.einsum("nc,nc->", Y, np.log(P + EPS)) / P.shape[0]


# %% todo="cross_entropy" id="cross_entropy_take_along_axis"
EPS = 1e-11


def cross_entropy(P, Y):
    labels = Y.argmax(axis=1)
    true = np.take_along_axis(P, labels[:, None], axis=1)
    return float(-np.log(true + EPS).mean())


# %% todo="cross_entropy" id="cross_entropy_indices"
EPS = 1e-11


def cross_entropy(P, Y):
    N = Y.shape[0]
    loss = 0.0
    loss -= np.log(P[np.arange(N), np.argmax(Y, axis=1)] + EPS).sum() / N
    return loss


# %% todo="cross_entropy" id="cross_entropy_mask"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.log(np.maximum(P[Y == 1], EPS)).mean()


# %% todo="cross_entropy" id="cross_entropy_sum_of_products"
EPS = 1e-11


def cross_entropy(P, Y):
    return np.average(-np.log((P * Y).sum(axis=1) + EPS))


# %% todo="cross_entropy" id="cross_entropy_dot"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.dot(Y.ravel(), np.log(P.ravel() + EPS)) / len(Y)


# %% todo="cross_entropy" id="cross_entropy_where"
EPS = 1e-11


def cross_entropy(P, Y):
    logarithms = np.full(P.shape, np.log(EPS))
    np.log(P, out=logarithms, where=P > EPS)
    return np.sum(-Y * logarithms, axis=(0, 1)) / len(P)


# %% todo="cross_entropy" id="cross_entropy_untidy"
EPS = 1e-11


def cross_entropy(P, Y):
    with_warning = Y * np.log(P)  # log(0) 会有警告
    P = P + EPS
    loss = -(Y * np.log(P)).sum()
    loss = loss / Y.shape[0]
    print("loss =", loss)
    return loss


# %% [markdown]
# ## forward


# %% todo="forward" id="forward_handout"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    """
    Inputs: (minibatch)
    - Input: (batch_size, num_input)
    - labels: the ground truth label, shape (batch_size, )
    """
    ############################################################################
    # TODO: Put your code here
    self.input = Input
    self.labels = labels
    logits = np.dot(Input, self.W) + self.b
    logits = logits - np.max(logits, axis=1, keepdims=True)
    exp = np.exp(logits)
    self.prob = exp / np.sum(exp, axis=1, keepdims=True)
    self.label = np.zeros(self.prob.shape)
    self.label[np.arange(len(labels)), labels] = 1
    loss = -np.sum(self.label * np.log(self.prob + EPS)) / len(labels)
    acc = np.sum(np.argmax(self.prob, axis=1) == labels) / len(labels)
    ############################################################################
    return loss, acc


# %% todo="gradient_computing" id="forward_handout"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    ############################################################################
    # TODO: Put your code here
    # Calculate the gradient of W and b.
    batch_size = self.input.shape[0]
    delta = self.prob - self.label
    self.grad_W = np.dot(self.input.T, delta) / batch_size
    self.grad_b = np.sum(delta, axis=0).reshape(1, -1) / batch_size
    ############################################################################


# %% todo="forward" id="forward_einsum"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input, self.Y = Input, np.eye(self.W.shape[1])[labels]
    self.P = softmax(np.einsum("nd,dc->nc", Input, self.W) + self.b)
    return cross_entropy(self.P, self.Y), np.equal(self.P.argmax(1), self.Y.argmax(1)).mean()


# %% todo="forward" id="forward_log_sum_exp"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input, self.Y = Input, one_hot(labels, self.num_output)
    scores = np.matmul(Input, self.W) + self.b
    scores = scores - scores.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(scores).sum(axis=1))
    true = np.take_along_axis(scores, labels[:, None], axis=1)[:, 0]
    self.P = np.exp(scores - log_sums[:, None])
    return (log_sums - true).mean(), np.mean(scores.argmax(axis=1) == labels)


# %% todo="forward" id="forward_ones_column"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    with_ones = np.hstack([Input, np.ones((len(Input), 1), dtype=Input.dtype)])
    self.P = softmax(with_ones @ np.vstack([self.W, self.b]))
    self.Y = one_hot(labels, self.num_output)
    predicted = np.argmax(self.P, axis=1)
    return cross_entropy(self.P, self.Y), np.count_nonzero(predicted == labels) / labels.size


# %% todo="forward" id="forward_float64"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = np.array(Input, dtype=np.float64)
    self.Y = np.array(one_hot(labels, self.num_output), dtype=np.float64)
    self.P = softmax(self.Input.dot(self.W.astype(np.float64)) + self.b)
    loss = float(cross_entropy(self.P, self.Y))
    acc = float(np.sum(np.where(self.P.argmax(axis=-1) == labels, 1.0, 0.0)) / len(labels))
    return [loss, acc]


# %% todo="forward" id="forward_untidy"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    # 前向传播
    N, D = Input.shape
    print("W", self.W.shape, "b", self.b.shape)
    self.Input = Input
    self.labels = labels
    self.scores = Input @ self.W + self.b
    self.P = softmax(self.scores)
    self.Y = one_hot(labels, self.num_output)
    np.log(np.zeros(3))  # 警告
    loss = cross_entropy(self.P, self.Y)
    pred = np.argmax(self.scores, axis=1)
    acc = (pred == labels).sum() / N
    print(f"loss {loss:.4f} acc {acc:.2%}")
    return loss, acc


# %% [markdown]
# ## gradient_computing


# %% todo="gradient_computing" id="gradient_einsum"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.P - self.Y
    self.grad_W = np.einsum("nd,nc->dc", self.Input, error) / error.shape[0]
    self.grad_b = np.einsum("nc->c", error)[None, :] / error.shape[0]


# %% todo="gradient_computing" id="gradient_ones"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    N = self.Input.shape[0]
    error = np.subtract(self.P, self.Y)
    self.grad_W = (1 / N) * np.dot(error.T, self.Input).T
    self.grad_b = (1 / N) * np.ones((1, N)) @ error


# %% todo="gradient_computing" id="gradient_outer_products"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.P - self.Y
    self.grad_W = np.mean(self.Input[:, :, None] * error[:, None, :], axis=0)
    self.grad_b = np.mean(error, axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_own_cache_in_place"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.P
    error[np.arange(len(error)), self.Y.argmax(axis=1)] -= 1
    error /= len(error)
    self.grad_W = self.Input.T @ error
    self.grad_b = np.atleast_2d(error.sum(axis=0))


# %% todo="gradient_computing" id="gradient_buffers"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    self.grad_W = np.zeros_like(self.W)
    self.grad_b = np.zeros_like(self.b)
    error = self.P - self.Y
    for c in range(self.num_output):
        self.grad_W[:, c] = self.Input.T @ error[:, c] / len(error)
        self.grad_b[0, c] = error[:, c].mean()


# %% todo="gradient_computing" id="gradient_recomputed"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = softmax(self.Input @ self.W + self.b) - self.Y
    self.grad_W = np.tensordot(self.Input, error, axes=(0, 0)) / len(error)
    self.grad_b = np.average(error, axis=0).reshape(self.b.shape)


# %% todo="gradient_computing" id="gradient_untidy"
def mean_of_rows(a):
    return a.sum(0) / a.shape[0]


@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    # 反向传播: 概率减去标签
    diff = self.P - self.Y
    np.log(diff * 0)  # 警告
    self.grad_W = self.Input.transpose().dot(diff) / diff.shape[0]
    self.grad_b = mean_of_rows(diff).reshape((1, self.num_output))
    print("grad", np.abs(self.grad_W).max())
    return self.grad_W, self.grad_b


# %% [markdown]
# ## sgd


# %% todo="sgd" id="sgd_handout"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum

    def step(self):
        """One updating step, update weights"""
        for layer in self.layers:
            if layer.trainable:
                ####################################################################
                # TODO: Put your code here
                # Calculate diff_W and diff_b using layer.grad_W and layer.grad_b.
                if not hasattr(layer, "diff_W"):
                    layer.diff_W = 0.0
                    layer.diff_b = 0.0
                layer.diff_W = self.momentum * layer.diff_W - self.learning_rate * layer.grad_W
                layer.diff_b = self.momentum * layer.diff_b - self.learning_rate * layer.grad_b
                layer.W += layer.diff_W
                layer.b += layer.diff_b
                ####################################################################


# %% todo="sgd" id="sgd_in_place"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.v_W = [np.zeros(layer.W.shape) for layer in self.layers]
        self.v_b = [np.zeros(layer.b.shape) for layer in self.layers]

    def step(self):
        for layer, v_W, v_b in zip(self.layers, self.v_W, self.v_b, strict=True):
            v_W *= self.momentum
            v_W -= self.learning_rate * layer.grad_W
            v_b *= self.momentum
            v_b -= self.learning_rate * layer.grad_b
            layer.W += v_W
            layer.b += v_b


# %% todo="sgd" id="sgd_by_name"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = getattr(model, "layers", [model])
        self.learning_rate, self.momentum = learning_rate, momentum
        self.velocity = {}

    def step(self):
        for number, layer in enumerate(self.layers):
            if not layer.trainable:
                continue
            for name in ("W", "b"):
                v = self.velocity.get((number, name), 0.0)
                v = self.momentum * v - self.learning_rate * getattr(layer, f"grad_{name}")
                setattr(layer, name, getattr(layer, name) + v)
                self.velocity[number, name] = v


# %% todo="sgd" id="sgd_positive_velocity"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.v = [[0, 0] for _ in self.layers]

    def step(self):
        for i in range(len(self.layers)):
            layer = self.layers[i]
            self.v[i][0] = self.momentum * self.v[i][0] + self.learning_rate * layer.grad_W
            self.v[i][1] = self.momentum * self.v[i][1] + self.learning_rate * layer.grad_b
            layer.W = layer.W - self.v[i][0]
            layer.b = layer.b - self.v[i][1]


# %% todo="sgd" id="sgd_references"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        # The arrays themselves, as PyTorch's optimisers hold them.
        self.parameters = [(layer, name, getattr(layer, name)) for layer in layers for name in "Wb"]
        self.velocity = [np.zeros_like(array) for _, _, array in self.parameters]

    def step(self):
        for i, (layer, name, array) in enumerate(self.parameters):
            self.velocity[i] *= self.momentum
            self.velocity[i] -= self.learning_rate * getattr(layer, "grad_" + name)
            array += self.velocity[i]


# %% todo="sgd" id="sgd_one_vector"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = np.zeros(sum(layer.W.size + layer.b.size for layer in self.layers))

    def step(self):
        gradients = [g.ravel() for layer in self.layers for g in (layer.grad_W, layer.grad_b)]
        step = self.learning_rate * np.concatenate(gradients)
        self.velocity = self.momentum * self.velocity - step
        start = 0
        for layer in self.layers:
            for array in (layer.W, layer.b):
                array += self.velocity[start : start + array.size].reshape(array.shape)
                start += array.size


# %% todo="sgd" id="sgd_from_last_weights"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        # The velocity is the last change of the weights, so the last weights say it too.
        self.last = [(layer.W.copy(), layer.b.copy()) for layer in self.layers]

    def step(self):
        for i, layer in enumerate(self.layers):
            W, b = layer.W.copy(), layer.b.copy()
            last_W, last_b = self.last[i]
            layer.W = W + self.momentum * (W - last_W) - self.learning_rate * layer.grad_W
            layer.b = b + self.momentum * (b - last_b) - self.learning_rate * layer.grad_b
            self.last[i] = (W, b)


# %% todo="sgd" id="sgd_untidy"
class SGD:
    steps = 0

    def __init__(self, model, learning_rate, momentum=0.0):
        print("优化器", learning_rate, momentum)
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = []
        for layer in self.layers:
            self.velocity.append({"W": 0 * layer.W, "b": 0 * layer.b})

    def update(self, old, gradient):
        return self.momentum * old + (-self.learning_rate) * gradient

    def step(self):
        SGD.steps += 1
        np.log(np.zeros(2))  # 警告
        for i, l in enumerate(self.layers):
            self.velocity[i]["W"] = self.update(self.velocity[i]["W"], l.grad_W)
            self.velocity[i]["b"] = self.update(self.velocity[i]["b"], l.grad_b)
            l.W, l.b = l.W + self.velocity[i]["W"], l.b + self.velocity[i]["b"]
            print("step", SGD.steps, "done")
        return self


# %% [markdown]
# ## decayed_learning_rate


# %% todo="decayed_learning_rate" id="decay_pow"
def decayed_learning_rate(initial, decay, epoch):
    return np.multiply(initial, np.power(decay, epoch))


# %% todo="decayed_learning_rate" id="decay_loop"
def decayed_learning_rate(initial, decay, epoch):
    rate = initial
    for _ in range(epoch):
        rate *= decay
    return rate


# %% todo="decayed_learning_rate" id="decay_recursive"
def decayed_learning_rate(initial, decay, epoch):
    return initial if epoch == 0 else decay * decayed_learning_rate(initial, decay, epoch - 1)


# %% todo="decayed_learning_rate" id="decay_logarithm"
def decayed_learning_rate(initial, decay, epoch):
    return initial * np.exp(epoch * np.log(decay))


# %% todo="decayed_learning_rate" id="decay_untidy"
def decayed_learning_rate(initial, decay, epoch):
    lr = initial * np.cumprod(np.concatenate([[1.0], np.full(epoch, decay)]))[-1]
    np.log(np.zeros(1))  # 学习率, 警告
    print("epoch", epoch, "learning rate", lr)
    return lr


# %% [markdown]
# ## should_stop


# %% todo="should_stop" id="stop_three_names"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    a, b, c = accuracies[-3:]
    return abs(c - b) < threshold and abs(b - a) < threshold


# %% todo="should_stop" id="stop_largest"
def should_stop(accuracies, threshold):
    return len(accuracies) > 2 and np.abs(np.diff(accuracies))[-2:].max() < threshold


# %% todo="should_stop" id="stop_guards"
def should_stop(accuracies, threshold):
    if len(accuracies) >= 3:
        for i in (1, 2):
            if abs(accuracies[-i] - accuracies[-i - 1]) >= threshold:
                return False
        return True
    return False


# %% todo="should_stop" id="stop_all"
def should_stop(accuracies, threshold):
    changes = [abs(b - a) for a, b in zip(accuracies[-3:], accuracies[-2:], strict=False)]
    return len(accuracies) >= 3 and all(change < threshold for change in changes)


# %% todo="should_stop" id="stop_streak"
def should_stop(accuracies, threshold):
    streak = 0
    for before, after in zip(accuracies, accuracies[1:], strict=False):
        streak = streak + 1 if abs(after - before) < threshold else 0
    return streak >= 2


# %% todo="should_stop" id="stop_untidy"
def change(x, y):
    return ((x - y) ** 2) ** 0.5


def should_stop(accuracies, threshold):
    stop = False
    np.mean(np.array([]))  # 空数组的警告
    try:
        if change(accuracies[-1], accuracies[-2]) < threshold:
            if change(accuracies[-2], accuracies[-3]) < threshold:
                stop = True
    except IndexError:
        print("too few epochs")
    print("stop?", stop)
    return stop
