# %% [markdown]
# Right answers to the TODOs of `02_two_layer_net` that look nothing like the solution. Each must
# pass every visible check and every hidden test. Cells with the same id belong to one answer: they
# stand in place of their TODOs together. Data, read by `tests/notebook/test_answers.py`; nobody
# imports it. The untidy ones (prints, warnings, unused names) are meant to be so.
#
# ruff: noqa: C408, E402, F811, F821, PIE790, RET504, RUF059, UP004, UP031
#
# ## The original's methods, in place of the parts

# %% todo="forward" id="original_loss"
@method_of(TwoLayerNet)
def loss(self, X, y=None, reg=0.0):
    """
    Compute the loss and gradients for a two layer fully connected neural network.
    """
    # Unpack variables from the params dictionary
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    N, D = X.shape

    # Compute the forward pass
    h1 = np.maximum(X.dot(W1) + b1, 0)
    scores = h1.dot(W2) + b2

    # If the targets are not given then jump out, we're done
    if y is None:
        return scores

    # Compute the loss
    shifted = scores - np.max(scores, axis=1).reshape(-1, 1)
    probs = np.exp(shifted) / np.sum(np.exp(shifted), axis=1).reshape(-1, 1)
    loss = -np.sum(np.log(probs[range(N), list(y)]))
    loss /= N
    loss += reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

    # Backward pass: compute gradients
    grads = {}
    dscores = probs.copy()
    dscores[range(N), list(y)] -= 1
    dscores /= N
    grads["W2"] = h1.T.dot(dscores) + 2 * reg * W2
    grads["b2"] = np.sum(dscores, axis=0)
    dh = dscores.dot(W2.T)
    dh_relu = (h1 > 0) * dh
    grads["W1"] = X.T.dot(dh_relu) + 2 * reg * W1
    grads["b1"] = np.sum(dh_relu, axis=0)

    return loss, grads


# %% todo="regularised_loss" id="original_loss"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    raise NotImplementedError("regularised_loss: data loss, without overflow; L2 penalty; sum")


# %% todo="gradients" id="original_loss"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    raise NotImplementedError("gradients: backpropagation, from the scores to the input")


# %% todo="minibatch" id="original_train"
@method_of(TwoLayerNet)
def train(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    """
    Train this neural network using stochastic gradient descent.
    """
    num_train = X.shape[0]
    iterations_per_epoch = max(num_train / batch_size, 1)

    # Use SGD to optimize the parameters in self.model
    loss_history = []
    train_acc_history = []
    val_acc_history = []

    for it in range(num_iters):
        idx = np.random.choice(num_train, batch_size, replace=True)
        X_batch = X[idx]
        y_batch = y[idx]

        # Compute loss and gradients using the current minibatch
        loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
        loss_history.append(loss)

        self.params["W1"] += -learning_rate * grads["W1"]
        self.params["b1"] += -learning_rate * grads["b1"]
        self.params["W2"] += -learning_rate * grads["W2"]
        self.params["b2"] += -learning_rate * grads["b2"]

        if verbose and it % 100 == 0:
            print("iteration %d / %d: loss %f" % (it, num_iters, loss))

        # Every epoch, check train and val accuracy and decay learning rate.
        if it % iterations_per_epoch == 0:
            # Check accuracy
            train_acc = (self.predict(X_batch) == y_batch).mean()
            val_acc = (self.predict(X_val) == y_val).mean()
            train_acc_history.append(train_acc)
            val_acc_history.append(val_acc)

            # Decay learning rate
            learning_rate *= learning_rate_decay

    return {
        "loss_history": loss_history,
        "train_acc_history": train_acc_history,
        "val_acc_history": val_acc_history,
    }


# %% todo="update" id="original_train"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    raise NotImplementedError("update: one step against the gradient, for each parameter")


# %% todo="predict" id="original_train"
@method_of(TwoLayerNet)
def predict(self, X):
    """
    Use the trained weights of this two-layer network to predict labels.
    """
    y_pred = None
    h = np.maximum(0, X.dot(self.params["W1"]) + self.params["b1"])
    y_pred = np.argmax(h.dot(self.params["W2"]) + self.params["b2"], axis=1)
    return y_pred


# %% todo="forward" id="original_class"
class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        self.params["W1"] = std * np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = std * np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        """
        Compute the loss and gradients for a two layer fully connected neural network.
        """
        # Unpack variables from the params dictionary
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N, D = X.shape

        # Compute the forward pass
        h1 = np.maximum(X.dot(W1) + b1, 0)
        scores = h1.dot(W2) + b2

        # If the targets are not given then jump out, we're done
        if y is None:
            return scores

        # Compute the loss
        shifted = scores - np.max(scores, axis=1).reshape(-1, 1)
        probs = np.exp(shifted) / np.sum(np.exp(shifted), axis=1).reshape(-1, 1)
        loss = -np.sum(np.log(probs[range(N), list(y)]))
        loss /= N
        loss += reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        # Backward pass: compute gradients
        grads = {}
        dscores = probs.copy()
        dscores[range(N), list(y)] -= 1
        dscores /= N
        grads["W2"] = h1.T.dot(dscores) + 2 * reg * W2
        grads["b2"] = np.sum(dscores, axis=0)
        dh = dscores.dot(W2.T)
        dh_relu = (h1 > 0) * dh
        grads["W1"] = X.T.dot(dh_relu) + 2 * reg * W1
        grads["b1"] = np.sum(dh_relu, axis=0)

        return loss, grads

    def train(
        self,
        X,
        y,
        X_val,
        y_val,
        learning_rate=1e-3,
        learning_rate_decay=0.95,
        reg=5e-6,
        num_iters=100,
        batch_size=200,
        verbose=False,
    ):
        """
        Train this neural network using stochastic gradient descent.
        """
        num_train = X.shape[0]
        iterations_per_epoch = max(num_train / batch_size, 1)

        # Use SGD to optimize the parameters in self.model
        loss_history = []
        train_acc_history = []
        val_acc_history = []

        for it in range(num_iters):
            idx = np.random.choice(num_train, batch_size, replace=True)
            X_batch = X[idx]
            y_batch = y[idx]

            # Compute loss and gradients using the current minibatch
            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            self.params["W1"] += -learning_rate * grads["W1"]
            self.params["b1"] += -learning_rate * grads["b1"]
            self.params["W2"] += -learning_rate * grads["W2"]
            self.params["b2"] += -learning_rate * grads["b2"]

            if verbose and it % 100 == 0:
                print("iteration %d / %d: loss %f" % (it, num_iters, loss))

            # Every epoch, check train and val accuracy and decay learning rate.
            if it % iterations_per_epoch == 0:
                # Check accuracy
                train_acc = (self.predict(X_batch) == y_batch).mean()
                val_acc = (self.predict(X_val) == y_val).mean()
                train_acc_history.append(train_acc)
                val_acc_history.append(val_acc)

                # Decay learning rate
                learning_rate *= learning_rate_decay

        return {
            "loss_history": loss_history,
            "train_acc_history": train_acc_history,
            "val_acc_history": val_acc_history,
        }

    def predict(self, X):
        """
        Use the trained weights of this two-layer network to predict labels.
        """
        y_pred = None
        h = np.maximum(0, X.dot(self.params["W1"]) + self.params["b1"])
        y_pred = np.argmax(h.dot(self.params["W2"]) + self.params["b2"], axis=1)
        return y_pred


# %% todo="regularised_loss" id="original_class"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    raise NotImplementedError("regularised_loss: nothing calls it")


# %% todo="gradients" id="original_class"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    raise NotImplementedError("gradients: nothing calls it")


# %% todo="minibatch" id="original_class"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    raise NotImplementedError("minibatch: nothing calls it")


# %% todo="update" id="original_class"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    raise NotImplementedError("update: nothing calls it")


# %% todo="predict" id="original_class"

# %% [markdown]
# Another one. What `loss` and `train` no longer call is emptied.


# %% todo="forward" id="original_again"
@method_of(TwoLayerNet)
def loss(self, X, y=None, reg=0.0):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    N, D = X.shape
    z1 = X @ W1 + b1
    a1 = np.where(z1 > 0, z1, 0)
    scores = a1 @ W2 + b2
    if y is None:
        return scores
    m = scores.max(axis=1)[:, None]
    log_probs = scores - m - np.log(np.exp(scores - m).sum(axis=1))[:, None]
    loss = -log_probs[np.arange(N), y].sum() / N
    for W in (W1, W2):
        loss += reg * np.linalg.norm(W) ** 2
    d = np.exp(log_probs)
    d[np.arange(N), y] -= 1
    d = d / N
    grads = {"W2": a1.T @ d, "b2": d.sum(0)}
    d = d @ W2.T
    d[z1 <= 0] = 0
    grads["W1"], grads["b1"] = X.T @ d, d.sum(0)
    grads["W1"] += 2 * reg * W1
    grads["W2"] += 2 * reg * W2
    return loss, grads


# %% todo="regularised_loss" id="original_again"
# in loss

# %% todo="gradients" id="original_again"
pass


# %% todo="minibatch" id="original_again"
@method_of(TwoLayerNet)
def train(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    num_train = X.shape[0]
    iterations_per_epoch = max(num_train / batch_size, 1)
    loss_history, train_acc_history, val_acc_history = [], [], []
    for it in range(num_iters):
        mask = np.random.randint(0, num_train, batch_size)
        X_batch, y_batch = X[mask], y[mask]
        loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
        loss_history.append(loss)
        for p in self.params:
            self.params[p] = self.params[p] - learning_rate * grads[p]
        if it % iterations_per_epoch == 0:
            train_acc_history.append((self.predict(X_batch) == y_batch).mean())
            val_acc_history.append((self.predict(X_val) == y_val).mean())
            learning_rate *= learning_rate_decay
    return {
        "loss_history": loss_history,
        "train_acc_history": train_acc_history,
        "val_acc_history": val_acc_history,
    }


# %% todo="update" id="original_again"
# in train


# %% todo="predict" id="original_again"
@method_of(TwoLayerNet)
def predict(self, X):
    return np.argmax(self.loss(X), axis=1)


# %% [markdown]
# ## forward


# %% todo="forward" id="forward_where"
@method_of(TwoLayerNet)
def forward(self, X):
    p = self.params
    z = np.dot(X, p["W1"]) + p["b1"]
    hidden = np.where(z > 0, z, 0.0)
    return hidden, np.dot(hidden, p["W2"]) + p["b2"]


# %% todo="forward" id="forward_in_place_on_its_own"
@method_of(TwoLayerNet)
def forward(self, X):
    hidden = X @ self.params["W1"]
    hidden += self.params["b1"]
    hidden[hidden < 0] = 0
    scores = hidden @ self.params["W2"]
    scores += self.params["b2"]
    return [hidden, scores]


# %% todo="forward" id="forward_einsum"
@method_of(TwoLayerNet)
def forward(self, X):
    W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
    z = np.einsum("nd,dh->nh", X, W1) + b1[None, :]
    hidden = z * (z > 0)
    return hidden, np.einsum("nh,hc->nc", hidden, W2) + b2.reshape(1, -1)


# %% todo="forward" id="forward_ones_column"
@method_of(TwoLayerNet)
def forward(self, X):
    ones = np.ones((len(X), 1))
    hidden = np.clip(
        np.hstack([X, ones]) @ np.vstack([self.params["W1"], self.params["b1"]]), 0, None
    )
    return hidden, np.hstack([hidden, ones]) @ np.vstack([self.params["W2"], self.params["b2"]])


# %% todo="forward" id="forward_untidy"
def relu(a):
    return (np.abs(a) + a) / 2


@method_of(TwoLayerNet)
def forward(self, X):
    # 前向传播
    print(X.shape)
    np.log(np.zeros(2))  # 警告
    self.cache = X
    hidden = relu(X.dot(self.params["W1"]) + self.params["b1"])
    scores = hidden.dot(self.params["W2"]) + self.params["b2"]
    return hidden, scores


# %% [markdown]
# ## regularised_loss


# %% todo="regularised_loss" id="loss_softmax"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    P = exponentials / exponentials.sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(len(P)), y]).mean()
    return loss + reg * sum(np.sum(self.params[name] ** 2) for name in ("W1", "W2"))


# %% todo="regularised_loss" id="loss_logaddexp"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    true = np.take_along_axis(scores, y[:, None], axis=1)[:, 0]
    data = np.mean(np.logaddexp.reduce(scores, axis=1) - true)
    return float(
        data
        + reg
        * (
            np.vdot(self.params["W1"], self.params["W1"])
            + np.vdot(self.params["W2"], self.params["W2"])
        )
    )


# %% todo="regularised_loss" id="loss_one_hot"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    N, C = scores.shape
    Y = np.eye(C)[y]
    z = scores - np.amax(scores, 1)[:, np.newaxis]
    loss = -np.sum(Y * (z - np.log(np.exp(z).sum(1))[:, np.newaxis])) / N
    loss += reg * np.linalg.norm(self.params["W1"]) ** 2
    loss += reg * np.linalg.norm(self.params["W2"]) ** 2
    return loss


# %% todo="regularised_loss" id="loss_untidy"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    num = scores.shape[0]
    s = scores.copy()
    s -= np.max(s, axis=1, keepdims=True)
    e = np.exp(s)
    p = e / e.sum(axis=1, keepdims=True)
    print("p", p.sum())
    loss = 0.0
    loss += np.sum(-np.log(p[range(num), y])) / num
    W1 = self.params["W1"]
    W2 = self.params["W2"]
    loss += np.sum(np.square(W1)) * reg + np.square(W2).sum() * reg
    return loss


# %% [markdown]
# ## gradients


# %% todo="gradients" id="gradients_one_hot"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    N, C = scores.shape
    p = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
    d2 = (p - np.eye(C)[y]) / N
    d1 = np.where(hidden > 0, np.dot(d2, self.params["W2"].T), 0)
    grads = {}
    grads["b2"] = np.einsum("nc->c", d2)
    grads["W2"] = np.einsum("nh,nc->hc", hidden, d2)
    grads["b1"] = np.ones(N) @ d1
    grads["W1"] = np.tensordot(X, d1, axes=(0, 0))
    for name in ("W1", "W2"):
        grads[name] = grads[name] + 2 * reg * self.params[name]
    return grads


# %% todo="gradients" id="gradients_mean_at_the_end"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    error = softmax(scores)
    error[range(len(y)), y] -= 1.0
    back = error @ self.params["W2"].T
    back[hidden == 0] = 0
    return dict(
        W1=X.T @ back / len(X) + reg * self.params["W1"] + reg * self.params["W1"],
        b1=back.mean(axis=0),
        W2=(error.T @ hidden).T / len(X) + 2 * (reg * self.params["W2"]),
        b2=np.average(error, axis=0),
    )


# %% todo="gradients" id="gradients_recomputed"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    A = X @ self.params["W1"] + self.params["b1"]
    H = np.maximum(A, 0)
    Z = H @ self.params["W2"] + self.params["b2"]
    e = np.exp(Z - Z.max(axis=1)[:, None])
    E = e / e.sum(axis=1)[:, None]
    E[np.arange(E.shape[0]), y] -= 1
    E = E * (1.0 / E.shape[0])
    G = np.heaviside(A, 0) * np.matmul(E, self.params["W2"].transpose())
    return {
        "b2": E.sum(0).reshape(self.params["b2"].shape),
        "W2": np.matmul(H.transpose(), E) + reg * 2 * self.params["W2"],
        "b1": G.sum(0),
        "W1": np.matmul(X.transpose(), G) + reg * 2 * self.params["W1"],
    }


# %% todo="gradients" id="gradients_untidy"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    # 反向传播
    grads = {}
    dscores = softmax(scores)
    print(dscores.shape)
    dscores[np.arange(len(y)), y] -= 1
    dscores = dscores / X.shape[0]
    grads["W2"] = np.dot(hidden.T, dscores)
    grads["b2"] = np.sum(dscores, axis=0, keepdims=False)
    dhidden = np.dot(dscores, self.params["W2"].T)
    dhidden[hidden <= 0] = 0
    grads["W1"] = np.dot(X.T, dhidden)
    grads["b1"] = np.sum(dhidden, axis=0, keepdims=False)
    grads["W2"] += 2 * reg * self.params["W2"]
    grads["W1"] += 2 * reg * self.params["W1"]
    np.log(-1 * np.ones(2))
    return grads


# %% [markdown]
# ## minibatch


# %% todo="minibatch" id="minibatch_generator"
generator = np.random.default_rng()


@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = generator.integers(0, X.shape[0], size=batch_size)
    return X[rows, :], y[rows]


# %% todo="minibatch" id="minibatch_permutation"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.permutation(len(y))[:batch_size]
    return X.take(rows, axis=0), y.take(rows)


# %% todo="minibatch" id="minibatch_epochs"
import random


@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    # goes through a shuffled set, then shuffles again
    if len(getattr(self, "left", [])) == 0:
        self.left = random.sample(range(len(X)), len(X))
    rows, self.left = self.left[:batch_size], self.left[batch_size:]
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_comprehension"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    print("batch", batch_size)
    rows = [int(np.random.rand() * len(X)) for _ in range(batch_size)]
    return np.array([X[i] for i in rows]), np.array([y[i] for i in rows])


# %% [markdown]
# ## update


# %% todo="update" id="update_new_arrays"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    self.params = {name: value - learning_rate * grads[name] for name, value in self.params.items()}


# %% todo="update" id="update_each_by_hand"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    self.params["W1"] = self.params["W1"] - learning_rate * grads["W1"]
    self.params["b1"] = self.params["b1"] - learning_rate * grads["b1"]
    self.params["W2"] = self.params["W2"] - learning_rate * grads["W2"]
    self.params["b2"] = self.params["b2"] - learning_rate * grads["b2"]


# %% todo="update" id="update_in_place"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name, g in grads.items():
        np.add(self.params[name], -learning_rate * g, out=self.params[name])
    return self.params


# %% [markdown]
# ## predict


# %% todo="predict" id="predict_from_forward"
@method_of(TwoLayerNet)
def predict(self, X):
    _, scores = self.forward(X)
    return np.argsort(scores, axis=1)[:, -1]


# %% todo="predict" id="predict_probabilities"
@method_of(TwoLayerNet)
def predict(self, X):
    scores = self.loss(X)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = e / e.sum(axis=1, keepdims=True)
    return np.argmax(probabilities, axis=-1)


# %% todo="predict" id="predict_comparison"
@method_of(TwoLayerNet)
def predict(self, X):
    scores = self.loss(X, y=None)
    highest = scores == np.amax(scores, axis=1)[:, None]
    print(highest.sum())
    return np.nonzero(highest)[1]


# %% [markdown]
# ## log_uniform


# %% todo="log_uniform" id="log_uniform_exponent"
def log_uniform(low, high, count, rng):
    return 10 ** rng.uniform(np.log10(low), np.log10(high), count)


# %% todo="log_uniform" id="log_uniform_exp"
def log_uniform(low, high, count, rng):
    a, b = np.log(low), np.log(high)
    return np.exp(a + (b - a) * rng.random(size=(count,)))


# %% todo="log_uniform" id="log_uniform_one_by_one"
def log_uniform(low, high, count, rng):
    drawn = []
    for _ in range(count):
        drawn.append(low * np.power(high / low, rng.random()))
    return np.array(drawn)


# %% todo="log_uniform" id="log_uniform_shuffled_strata"
def log_uniform(low, high, count, rng):
    # one draw in each of count equal parts of the logarithmic scale (Latin hypercube)
    u = (rng.permutation(count) + rng.random(count)) / count
    return high * (low / high) ** u


# %% [markdown]
# ## search


# %% todo="search" id="search_plain_loop"
def search(train_one, candidates):
    accuracies = []
    best, best_val = None, -1
    for candidate in candidates:
        accuracy = train_one(candidate)
        accuracies.append(accuracy)
        if accuracy > best_val:
            best_val = accuracy
            best = candidate
    return best, accuracies


# %% todo="search" id="search_nan_as_zero"
def search(train_one, candidates):
    accuracies = np.array(parallel_map(train_one, candidates, unit="net"))
    return dict(candidates[int(np.argmax(np.nan_to_num(accuracies)))]), accuracies


# %% todo="search" id="search_max_with_key"
def search(train_one, candidates):
    accuracies = list(map(train_one, candidates))
    pairs = [(a, k) for k, a in enumerate(accuracies) if not np.isnan(a)]
    print(sorted(pairs)[-1])
    return [candidates[max(pairs)[1]], accuracies]


# %% todo="search" id="search_own_threads"
from concurrent.futures import ThreadPoolExecutor


def search(train_one, candidates):
    with ThreadPoolExecutor(2) as pool:
        accuracies = list(pool.map(train_one, candidates))
    order = np.argsort(np.where(np.isnan(accuracies), -np.inf, accuracies))
    return candidates[order[-1]], accuracies


# %% [markdown]
# ## narrows_the_gap


# %% todo="narrows_the_gap" id="narrows_dictionary"
def narrows_the_gap(letters):
    answers = {"A": True, "B": False, "C": True, "D": False, "E": True}
    return [answers[letter] for letter in letters]


# %% todo="narrows_the_gap" id="narrows_loop"
def narrows_the_gap(letters):
    ticks = []
    for letter in letters:
        if letter == "A" or letter == "C" or letter == "E":
            ticks.append(True)
        else:
            ticks.append(False)
    print(ticks)
    return ticks


# %% todo="narrows_the_gap" id="narrows_array"
def narrows_the_gap(letters):
    return np.isin(letters, ["E", "C", "A"])
