# %% [markdown]
# Wrong answers to the TODOs of `02_two_layer_net`, as real students write them. Each stands in place
# of its TODO while every other TODO is solved; the check or hidden test `test` must fail, and its
# message must hold the words `says`. Data, read by `tests/notebook/test_answers.py`; nobody imports
# it.
#
# ruff: noqa: E501, F811, F821, F841


# %% [markdown]
# ## forward


# %% todo="forward" id="forward_linear" test="test_forward_scores" says="the ReLU is missing"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = A
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_relu_on_scores" test="test_forward_scores" says="there is a ReLU on the scores too"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = np.maximum(0, A)
    return hidden, np.maximum(0, hidden @ self.params["W2"] + self.params["b2"])


# %% todo="forward" id="forward_no_b1" test="test_forward_scores" says="b1 is forgotten"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = np.maximum(0, X @ self.params["W1"])
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_no_b2" test="test_forward_scores" says="b2 is forgotten"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = np.maximum(0, A)
    return hidden, hidden @ self.params["W2"]


# %% todo="forward" id="forward_b1_after" test="test_forward_scores" says="b1 is added after the ReLU"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = np.maximum(0, X @ self.params["W1"]) + self.params["b1"]
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_softmax" test="test_forward_scores" says="probabilities, not scores"
@method_of(TwoLayerNet)
def forward(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    scores = np.exp(hidden @ self.params["W2"] + self.params["b2"])
    return hidden, scores / scores.sum(axis=1, keepdims=True)


# %% todo="forward" id="forward_abs" test="test_forward_scores" says="abs in place of the ReLU"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = np.abs(A)
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_minimum" test="test_forward_scores" says="min in place of max"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = np.minimum(0, A)
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_sigmoid" test="test_forward_scores" says="a sigmoid in place of the ReLU"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = 1 / (1 + np.exp(-A))
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_leaky" test="test_forward_scores" says="a leaky ReLU"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = np.maximum(0.01 * A, A)
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_np_max" test="test_forward_scores" says="stopped with"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = np.max(0, A)
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_squeezed" test="test_forward_batch_of_one" says="the axis of the samples is lost"
@method_of(TwoLayerNet)
def forward(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return hidden, np.squeeze(hidden @ self.params["W2"] + self.params["b2"])


# %% todo="forward" id="forward_linear_batch_of_one" test="test_forward_batch_of_one" says="the ReLU is missing"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = A
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_no_b2_batch_of_one" test="test_forward_batch_of_one" says="b2 is forgotten"
@method_of(TwoLayerNet)
def forward(self, X):
    A = X @ self.params["W1"] + self.params["b1"]
    hidden = np.maximum(0, A)
    return hidden, hidden @ self.params["W2"]


# %% todo="forward" id="forward_swapped" test="test_forward_scores" says="got shape (5, 6), wanted (5, 3)" first="hidden layer and scores are returned in the wrong order"
@method_of(TwoLayerNet)
def forward(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return hidden @ self.params["W2"] + self.params["b2"], hidden


# %% todo="forward" id="forward_centres_in_place" test="test_forward_input_unchanged" says="the batch after the call"
@method_of(TwoLayerNet)
def forward(self, X):
    X -= X.mean(axis=0)
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_bias_in_place" test="test_forward_input_unchanged" says="only the update changes the weights"
@method_of(TwoLayerNet)
def forward(self, X):
    self.params["W1"] *= 0.999
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# %% todo="forward" id="forward_for" test="test_forward_loop" says="Python steps for 64 samples"
@method_of(TwoLayerNet)
def forward(self, X):
    rows = [np.maximum(0, x @ self.params["W1"] + self.params["b1"]) for x in X]
    return np.array(rows), np.array([row @ self.params["W2"] + self.params["b2"] for row in rows])


# %% todo="forward" id="forward_print" test="test_forward_scores" says="stopped with TypeError"
@method_of(TwoLayerNet)
def forward(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    print(hidden @ self.params["W2"] + self.params["b2"])


# %% [markdown]
# ## regularised_loss


# %% todo="regularised_loss" id="loss_sum" test="test_regularised_loss_data" says="a sum over the batch, not its mean"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.sum(log_P[np.arange(len(y)), y])
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_mean_of_all" test="test_regularised_loss_data" says="divided by N times C, not by N"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(np.eye(scores.shape[1])[y] * log_P)
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_sign" test="test_regularised_loss_data" says="the sign is flipped"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_no_log" test="test_regularised_loss_data" says="the logarithm is missing"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(np.exp(log_P[np.arange(len(y)), y]))
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_score" test="test_regularised_loss_data" says="the score itself in place of the logarithm of the probability"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(scores[np.arange(len(y)), y])
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_axis_0" test="test_regularised_loss_data" says="the softmax runs over the samples (axis 0)"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=0)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=0))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_log2" test="test_regularised_loss_data" says="the logarithm has base 2, not e"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y]) / np.log(2)
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_all_classes" test="test_regularised_loss_data" says="the wrong classes count too"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.sum(log_P) / len(y)
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_half" test="test_regularised_loss_penalty" says="the penalty is halved"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_no_penalty" test="test_regularised_loss_penalty" says="the L2 penalty is missing"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss


# %% todo="regularised_loss" id="loss_only_W1" test="test_regularised_loss_penalty" says="W2 is left out of the penalty"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * np.sum(W1**2)
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_only_W2" test="test_regularised_loss_penalty" says="W1 is left out of the penalty"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * np.sum(W2**2)
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_biases" test="test_regularised_loss_penalty" says="the biases are penalised too"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * sum(np.sum(p**2) for p in self.params.values())
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_penalty_over_N" test="test_regularised_loss_penalty" says="the penalty is divided by N"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2)) / len(y)
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_penalty_subtracted" test="test_regularised_loss_penalty" says="the penalty is subtracted"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss - penalty


# %% todo="regularised_loss" id="loss_L1" test="test_regularised_loss_penalty" says="absolute values, not squares"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * (np.sum(np.abs(W1)) + np.sum(np.abs(W2)))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_penalty_mean" test="test_regularised_loss_penalty" says="means of the squares, not sums"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * (np.mean(W1**2) + np.mean(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_norms" test="test_regularised_loss_penalty" says="norms, not squared norms"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * (np.linalg.norm(W1) + np.linalg.norm(W2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_fixed_reg" test="test_regularised_loss_penalty" says="reg is a fixed number in the code"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = 0.05 * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_overflow" test="test_regularised_loss_large_scores" says="exp overflowed: no maximum is subtracted" first="exp overflowed"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    P = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    penalty = np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2)
    return -np.mean(np.log(P[np.arange(len(y)), y])) + reg * penalty


# %% todo="regularised_loss" id="loss_overflow_under_log" test="test_regularised_loss_large_scores" says="exp overflowed under the logarithm"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    log_sums = np.log(np.exp(scores).sum(axis=1))
    penalty = np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2)
    return np.mean(log_sums - scores[np.arange(len(y)), y]) + reg * penalty


# %% todo="regularised_loss" id="loss_one_maximum" test="test_regularised_loss_large_scores" says="one maximum for the whole array, not one for each row"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    exponentials = np.exp(scores - scores.max())
    P = exponentials / exponentials.sum(axis=1, keepdims=True)
    penalty = np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2)
    return -np.mean(np.log(P[np.arange(len(y)), y])) + reg * penalty


# %% todo="regularised_loss" id="loss_one_maximum_log" test="test_regularised_loss_large_scores" says="exp underflowed to 0 under the logarithm"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    W1, W2 = self.params["W1"], self.params["W2"]
    shifted = scores - np.max(scores)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.mean(log_P[np.arange(len(y)), y])
    penalty = reg * (np.sum(W1**2) + np.sum(W2**2))
    return data_loss + penalty


# %% todo="regularised_loss" id="loss_labels_in_place" test="test_regularised_loss_input_unchanged" says="the labels after the call"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    y += np.arange(len(y)) * scores.shape[1]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    penalty = np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2)
    return -np.mean(log_P.ravel()[y]) + reg * penalty


# %% todo="regularised_loss" id="loss_weights_in_place" test="test_regularised_loss_input_unchanged" says="W **= 2 does not"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y])
    for name in ("W1", "W2"):
        W = self.params[name]
        W **= 2
        loss += reg * W.sum()
    return loss


# %% todo="regularised_loss" id="loss_for" test="test_regularised_loss_loop" says="Python steps for 64 samples"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    loss = 0.0
    for i in range(len(y)):
        shifted = scores[i] - scores[i].max()
        loss += np.log(np.exp(shifted).sum()) - shifted[y[i]]
    penalty = np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2)
    return loss / len(y) + reg * penalty


# %% todo="regularised_loss" id="loss_no_return" test="test_regularised_loss_data" says="got None (does the function end with a return?)"
@method_of(TwoLayerNet)
def regularised_loss(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y])
    loss += reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


# %% [markdown]
# ## gradients


# %% todo="gradients" id="gradients_no_factor_2_W2" test="test_gradients_second_layer" says="the L2 term lacks its factor 2" first="the L2 term has half its size: it is 2 reg W2, and not divided by N"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_no_l2_W2" test="test_gradients_second_layer" says="the L2 term is missing"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_no_factor_2_W1" test="test_gradients_first_layer" says="the L2 term lacks its factor 2"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_no_l2_W1" test="test_gradients_first_layer" says="the L2 term is missing"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_no_factor_2" test="test_gradients_second_layer" says="the L2 term lacks its factor 2" first="the L2 term has half its size: it is 2 reg W2, and not divided by N"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_not_divided_second_layer" test="test_gradients_second_layer" says="not divided by N"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = softmax(scores) - np.eye(scores.shape[1])[y]
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_divided_twice_second_layer" test="test_gradients_second_layer" says="divided by N twice"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y) ** 2
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_not_divided_first_layer" test="test_gradients_first_layer" says="not divided by N"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = softmax(scores) - np.eye(scores.shape[1])[y]
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_divided_twice_first_layer" test="test_gradients_first_layer" says="divided by N twice"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y) ** 2
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_l2_over_N" test="test_gradients_second_layer" says="the L2 term is divided by N" first="the L2 term has half its size: it is 2 reg W2, and not divided by N"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2 / len(y),
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_sign" test="test_gradients_second_layer" says="the sign is flipped: Y - P"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (np.eye(scores.shape[1])[y] - softmax(scores)) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_no_labels" test="test_gradients_second_layer" says="the labels are not subtracted"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = softmax(scores) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_scores" test="test_gradients_second_layer" says="the scores stand in place of the probabilities"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (scores - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_true_only" test="test_gradients_second_layer" says="only the true class's entry counts"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = np.eye(scores.shape[1])[y] * (softmax(scores) - 1) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_before_relu" test="test_gradients_second_layer" says="the hidden layer before its ReLU"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": (X @ W1 + self.params["b1"]).T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b2_not_divided" test="test_gradients_second_layer" says="gradient of b2 for a batch of five: not divided by N" first="not divided by N"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": len(y) * E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b2_one_number" test="test_gradients_second_layer" says="summed over everything to one number"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": np.sum(E),
    }


# %% todo="gradients" id="gradients_b2_keepdims" test="test_gradients_second_layer" says="shape (1, C) in place of (C,)"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0, keepdims=True),
    }


# %% todo="gradients" id="gradients_b2_penalised" test="test_gradients_second_layer" says="the bias is penalised"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0) + 2 * reg * self.params["b2"],
    }


# %% todo="gradients" id="gradients_b2_mean" test="test_gradients_second_layer" says="gradient of b2 for a batch of five: divided by N twice" first="divided by N twice"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.mean(axis=0),
    }


# %% todo="gradients" id="gradients_no_mask" test="test_gradients_first_layer" says="the ReLU's mask is forgotten"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = E @ W2.T
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_relu_of_gradient" test="test_gradients_first_layer" says="the ReLU is applied to the gradient"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = np.maximum(0, E @ W2.T)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_times_hidden" test="test_gradients_first_layer" says="multiplied by hidden itself, not by hidden > 0"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * hidden
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_mask_wrong_way" test="test_gradients_first_layer" says="the mask is the wrong way round"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden <= 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b1_no_mask" test="test_gradients_first_layer" says="gradient of b1 for a batch of six: the ReLU's mask is forgotten" first="the ReLU's mask is forgotten"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": (E @ W2.T).sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b1_not_divided" test="test_gradients_first_layer" says="gradient of b1 for a batch of six: not divided by N" first="not divided by N"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": len(y) * G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b1_one_number" test="test_gradients_first_layer" says="summed over everything to one number"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": np.sum(G),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b1_keepdims" test="test_gradients_first_layer" says="shape (1, H) in place of (H,)"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0, keepdims=True),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b1_penalised" test="test_gradients_first_layer" says="the bias is penalised"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0) + 2 * reg * self.params["b1"],
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b1_zero" test="test_gradients_first_layer" says="left at zero"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": np.zeros_like(self.params["b1"]),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b1_mean" test="test_gradients_first_layer" says="gradient of b1 for a batch of six: divided by N twice" first="divided by N twice"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.mean(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_W1_by_features" test="check_gradients" says="W1 against the numerical one, reg = 0.05: divided by the number of features"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G / X.shape[1] + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_b1_by_features" test="check_gradients" says="b1 against the numerical one: divided by the number of features"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0) / X.shape[1],
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_overflow" test="test_gradients_large_scores" says="exp overflowed"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (
        np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[y]
    ) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="gradients" id="gradients_overflow_in_b2" test="test_gradients_large_scores" says="gradient of b2 for this sample: exp overflowed"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": (
            np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[y]
        ).sum(axis=0)
        / len(y),
    }


# %% todo="gradients" id="gradients_batch_in_place" test="test_gradients_input_unchanged" says="the batch after two calls" first="the batch after the call"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = softmax(scores)
    E[np.arange(len(y)), y] -= 1
    X /= len(y)
    G = (E @ W2.T) * (hidden > 0)
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.mean(axis=0),
        "W2": hidden.T @ E / len(y) + 2 * reg * W2,
        "b2": E.mean(axis=0),
    }


# %% todo="gradients" id="gradients_weights_in_place" test="test_gradients_input_unchanged" says="only the update changes the weights"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = softmax(scores)
    E[np.arange(len(y)), y] -= 1
    E /= len(y)
    G = (E @ W2.T) * (hidden > 0)
    W1 *= 2 * reg
    W2 *= 2 * reg
    W1 += X.T @ G
    W2 += hidden.T @ E
    return {"W1": W1, "b1": G.sum(axis=0), "W2": W2, "b2": E.sum(axis=0)}


# %% todo="gradients" id="gradients_bias_is_the_gradient" test="test_gradients_input_unchanged" says="only the update changes the weights"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = softmax(scores)
    E[np.arange(len(y)), y] -= 1
    E /= len(y)
    G = (E @ W2.T) * (hidden > 0)
    grads = self.params
    grads["W1"], grads["b1"] = X.T @ G + 2 * reg * W1, G.sum(axis=0)
    grads["W2"], grads["b2"] = hidden.T @ E + 2 * reg * W2, E.sum(axis=0)
    return grads


# %% todo="gradients" id="gradients_add_up" test="test_gradients_input_unchanged" says="the gradients of the calls add up"
sums = {}


@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = softmax(scores)
    E[np.arange(len(y)), y] -= 1
    E /= len(y)
    G = (E @ W2.T) * (hidden > 0)
    found = {"W1": X.T @ G + 2 * reg * W1, "b1": G.sum(axis=0)}
    found |= {"W2": hidden.T @ E + 2 * reg * W2, "b2": E.sum(axis=0)}
    if getattr(self, "grads", None) is None:
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}
    for name in found:
        self.grads[name] += found[name]
    return self.grads


# %% todo="gradients" id="gradients_for" test="test_gradients_loop" says="Python steps for 64 samples"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    grads = {name: np.zeros_like(value) for name, value in self.params.items()}
    for i in range(len(y)):
        e = softmax(scores[i : i + 1])[0] / len(y)
        e[y[i]] -= 1 / len(y)
        back = (self.params["W2"] @ e) * (hidden[i] > 0)
        grads["W1"] += np.outer(X[i], back)
        grads["b1"] += back
        grads["W2"] += np.outer(hidden[i], e)
        grads["b2"] += e
    for name in ("W1", "W2"):
        grads[name] += 2 * reg * self.params[name]
    return grads


# %% [markdown]
# ## minibatch


# %% todo="minibatch" id="minibatch_apart" test="test_minibatch_rows" says="one set of row numbers for X and for y" first="use the same row numbers for X and for y"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    return X[np.random.choice(len(X), batch_size)], y[np.random.choice(len(y), batch_size)]


# %% todo="minibatch" id="minibatch_no_last" test="test_minibatch_rows" says="the last row is never drawn"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.randint(0, len(X) - 1, batch_size)
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_no_first" test="test_minibatch_rows" says="the first row is never drawn"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.randint(1, len(X), batch_size)
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_first_rows" test="test_minibatch_rows" says="always the first rows" first="the same batch each time"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    return X[:batch_size], y[:batch_size]


# %% todo="minibatch" id="minibatch_half" test="test_minibatch_rows" says="only the first half is drawn"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.randint(len(X) // 2, size=batch_size)
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_shuffled_in_place" test="test_minibatch_rows" says="one set of row numbers for X and for y" first="do not shuffle the caller's array"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    np.random.shuffle(X)
    rows = np.random.choice(len(X), batch_size)
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_both_shuffled_in_place" test="test_minibatch_rows" says="do not shuffle the caller's array"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    state = np.random.get_state()
    np.random.shuffle(X)
    np.random.set_state(state)
    np.random.shuffle(y)
    return X[:batch_size], y[:batch_size]


# %% todo="minibatch" id="minibatch_fixed_size" test="test_minibatch_random" says="the batch size is fixed at 200"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.choice(len(X), 200)
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_whole_set" test="test_minibatch_random" says="the whole set, not a batch"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.permutation(len(X))
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_one_sample" test="test_minibatch_random" says="one sample, not a batch"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.choice(len(X), 1)
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_same_each_time" test="test_minibatch_random" says="the same batch each time"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.default_rng(0).choice(len(X), batch_size)
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_first_rows_random" test="test_minibatch_random" says="the first rows each time" first="the same batch each time"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    return X[:batch_size], y[:batch_size]


# %% todo="minibatch" id="minibatch_in_order" test="test_minibatch_random" says="rows in order, not at random"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    start = getattr(self, "start", 0)
    self.start = (start + batch_size) % len(X)
    return X[start : start + batch_size], y[start : start + batch_size]


# %% todo="minibatch" id="minibatch_seeded" test="test_minibatch_random" says="the same batch each time"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    np.random.seed(0)
    rows = np.random.choice(len(X), batch_size)
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_no_replacement" test="test_minibatch_larger_than_the_set" says="Cannot take a larger sample than population"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.choice(len(X), batch_size, replace=False)
    return X[rows], y[rows]


# %% todo="minibatch" id="minibatch_no_return" test="test_minibatch_random" says="stopped with TypeError"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.choice(len(X), batch_size)
    print(X[rows], y[rows])


# %% [markdown]
# ## update


# %% todo="update" id="update_uphill" test="test_update_steps" says="a step uphill: the sign is flipped"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in self.params:
        self.params[name] += learning_rate * grads[name]


# %% todo="update" id="update_no_rate" test="test_update_steps" says="the learning rate is missing"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in self.params:
        self.params[name] -= grads[name]


# %% todo="update" id="update_not_assigned" test="test_update_steps" says="nothing changed"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in self.params:
        self.params[name] - learning_rate * grads[name]


# %% todo="update" id="update_new_variable" test="test_update_steps" says="nothing changed"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for value, g in zip(self.params.values(), grads.values(), strict=True):
        value = value - learning_rate * g


# %% todo="update" id="update_replaced" test="test_update_steps" says="the weights are replaced by the step"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in self.params:
        self.params[name] = -learning_rate * grads[name]


# %% todo="update" id="update_divided" test="test_update_steps" says="divided by the batch size once more"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in self.params:
        self.params[name] -= learning_rate * grads[name] / len(self.batches[-1][0])


# %% todo="update" id="update_sign_only" test="test_update_steps" says="only the sign of the gradient counts"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in self.params:
        self.params[name] -= learning_rate * np.sign(grads[name])


# %% todo="update" id="update_biases_frozen" test="test_update_steps" says="the biases are frozen"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in ("W1", "W2"):
        self.params[name] -= learning_rate * grads[name]


# %% todo="update" id="update_bias_mean" test="test_update_steps" says="one step for all units, along the mean of the gradient"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in self.params:
        step = grads[name].mean() if name == "b1" else grads[name]
        self.params[name] -= learning_rate * step


# %% todo="update" id="update_first_layer_only" test="test_update_steps" says="only the first layer is changed"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in ("W1", "b1"):
        self.params[name] -= learning_rate * grads[name]


# %% todo="update" id="update_b2_forgotten" test="test_update_steps" says="b2 after four steps" first="b2 is not changed"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in ("W1", "b1", "W2"):
        self.params[name] -= learning_rate * grads[name]


# %% todo="update" id="update_fixed_rate" test="test_update_learning_rate" says="the learning rate is a fixed number, 0.001"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in self.params:
        self.params[name] -= 1e-3 * grads[name]


# %% todo="update" id="update_first_rate" test="test_update_learning_rate" says="the first learning rate is kept"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    self.rate = getattr(self, "rate", learning_rate)
    for name in self.params:
        self.params[name] -= self.rate * grads[name]


# %% todo="update" id="update_gradients_emptied" test="test_update_learning_rate" says="do not write into grads"
@method_of(TwoLayerNet)
def update(self, grads, learning_rate):
    for name in self.params:
        self.params[name] -= learning_rate * grads[name]
    self.seen = getattr(self, "seen", 0) + 1
    if self.seen == 5:  # the last step
        for name in grads:
            grads[name] *= 0


# %% [markdown]
# ## predict


# %% todo="predict" id="predict_axis_0" test="test_predict_classes" says="the position of the highest score in each column"
@method_of(TwoLayerNet)
def predict(self, X):
    return self.loss(X).argmax(axis=0)


# %% todo="predict" id="predict_lowest" test="test_predict_classes" says="the lowest score wins"
@method_of(TwoLayerNet)
def predict(self, X):
    return self.loss(X).argmin(axis=1)


# %% todo="predict" id="predict_one_hot" test="test_predict_classes" says="one-hot rows, not class numbers"
@method_of(TwoLayerNet)
def predict(self, X):
    scores = self.loss(X)
    return np.eye(scores.shape[1], dtype=int)[scores.argmax(axis=1)]


# %% todo="predict" id="predict_from_one" test="test_predict_classes" says="classes are counted from 1"
@method_of(TwoLayerNet)
def predict(self, X):
    return self.loss(X).argmax(axis=1) + 1


# %% todo="predict" id="predict_no_relu" test="test_predict_classes" says="the ReLU is missing"
@method_of(TwoLayerNet)
def predict(self, X):
    hidden = X @ self.params["W1"] + self.params["b1"]
    return (hidden @ self.params["W2"] + self.params["b2"]).argmax(axis=1)


# %% todo="predict" id="predict_no_b2" test="test_predict_classes" says="b2 is forgotten"
@method_of(TwoLayerNet)
def predict(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return (hidden @ self.params["W2"]).argmax(axis=1)


# %% todo="predict" id="predict_relu_on_scores" test="test_predict_classes" says="always class 0"
@method_of(TwoLayerNet)
def predict(self, X):
    return np.maximum(0, self.loss(X)).argmax(axis=1)


# %% todo="predict" id="predict_order" test="test_predict_classes" says="the order of all classes, not the first of it"
@method_of(TwoLayerNet)
def predict(self, X):
    return np.argsort(-self.loss(X), axis=1)


# %% todo="predict" id="predict_scores" test="test_predict_classes" says="got shape (40, 5), wanted (40,)" first="the scores themselves, not the position of the highest"
@method_of(TwoLayerNet)
def predict(self, X):
    return self.loss(X)


# %% todo="predict" id="predict_highest" test="test_predict_classes" says="wanted"
@method_of(TwoLayerNet)
def predict(self, X):
    return self.loss(X).max(axis=1)


# %% todo="predict" id="predict_flat" test="test_predict_classes" says="got shape (), wanted (40,)" first="one position in the whole array: axis=1 is missing"
@method_of(TwoLayerNet)
def predict(self, X):
    return self.loss(X).argmax()


# %% todo="predict" id="predict_one_number" test="test_predict_loop" says="one number in place of an array"
@method_of(TwoLayerNet)
def predict(self, X):
    return np.squeeze(self.loss(X).argmax(axis=1))


# %% todo="predict" id="predict_for" test="test_predict_loop" says="Python steps for 64 samples"
@method_of(TwoLayerNet)
def predict(self, X):
    scores = self.loss(X)
    return np.array([np.argmax(row) for row in scores])


# %% todo="predict" id="predict_in_place" test="test_predict_loop" says="X after the call"
@method_of(TwoLayerNet)
def predict(self, X):
    predicted = self.loss(X).argmax(axis=1)
    X -= X.mean(axis=0)
    return predicted


# %% [markdown]
# ## log_uniform


# %% todo="log_uniform" id="log_uniform_uniform" test="test_log_uniform_middle" says="even on the scale itself, not on the logarithmic one"
def log_uniform(low, high, count, rng):
    return rng.uniform(low, high, count)


# %% todo="log_uniform" id="log_uniform_exponent" test="test_log_uniform_middle" says="10 to the power of a number between low and high" first="all are above high: the power has another base, or it begins at high"
def log_uniform(low, high, count, rng):
    return 10 ** rng.uniform(low, high, count)


# %% todo="log_uniform" id="log_uniform_from_high" test="test_log_uniform_middle" says="low and high are swapped in the power" first="all are above high: the power has another base, or it begins at high"
def log_uniform(low, high, count, rng):
    return high * (high / low) ** rng.random(count)


# %% todo="log_uniform" id="log_uniform_normal" test="test_log_uniform_middle" says="Hint: low * (high / low)**u"
def log_uniform(low, high, count, rng):
    middle = np.sqrt(low * high)
    return middle * np.exp(rng.normal(size=count))


# %% todo="log_uniform" id="log_uniform_half" test="test_log_uniform_middle" says="Hint: low * (high / low)**u" first="the upper half of the exponents is never drawn"
def log_uniform(low, high, count, rng):
    return low * (high / low) ** (rng.random(count) / 2)


# %% todo="log_uniform" id="log_uniform_narrow" test="test_log_uniform_middle" says="Hint: u = 0 gives low, u = 1 gives high"
def log_uniform(low, high, count, rng):
    return low * (high / low) ** rng.uniform(0.1, 0.9, count)


# %% todo="log_uniform" id="log_uniform_one_number" test="test_log_uniform_generator" says="one number, not count of them"
def log_uniform(low, high, count, rng):
    return low * (high / low) ** rng.random()


# %% todo="log_uniform" id="log_uniform_column" test="test_log_uniform_generator" says="an axis too many"
def log_uniform(low, high, count, rng):
    return low * (high / low) ** rng.random((count, 1))


# %% todo="log_uniform" id="log_uniform_own_generator" test="test_log_uniform_generator" says="the generator that is given is not used"
def log_uniform(low, high, count, rng):
    return low * (high / low) ** np.random.random(count)


# %% todo="log_uniform" id="log_uniform_seeded" test="test_log_uniform_generator" says="a seed is set in the function, or nothing is drawn"
def log_uniform(low, high, count, rng):
    return low * (high / low) ** np.random.default_rng(0).random(count)


# %% todo="log_uniform" id="log_uniform_geomspace" test="test_log_uniform_generator" says="a seed is set in the function, or nothing is drawn"
def log_uniform(low, high, count, rng):
    return np.geomspace(low, high, count)


# %% todo="log_uniform" id="log_uniform_uniform_generator" test="test_log_uniform_generator" says="share of them below the middle" first="even on the scale itself, not on the logarithmic one"
def log_uniform(low, high, count, rng):
    return rng.uniform(low, high, count)


# %% [markdown]
# ## search


# %% todo="search" id="search_sorted" test="test_search_best" says="the accuracies are sorted, not in the order of the candidates"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    return candidates[np.nanargmax(accuracies)], sorted(accuracies)


# %% todo="search" id="search_lowest" test="test_search_best" says="the lowest accuracy, not the highest" first="the lowest, not the best"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    return candidates[np.nanargmin(accuracies)], accuracies


# %% todo="search" id="search_last" test="test_search_best" says="the last candidate"
def search(train_one, candidates):
    for candidate in candidates:
        best = candidate
    return best, [train_one(candidate) for candidate in candidates]


# %% todo="search" id="search_first" test="test_search_best" says="the first candidate"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    return candidates[0], accuracies


# %% todo="search" id="search_first_better" test="test_search_best" says="the first that is better than the one before it"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    for before, after, candidate in zip(accuracies, accuracies[1:], candidates[1:], strict=False):
        if after > before:
            return candidate, accuracies
    return candidates[0], accuracies


# %% todo="search" id="search_last_better" test="test_search_best" says="the last that is better than the one before it"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    best = candidates[0]
    for before, after, candidate in zip(accuracies, accuracies[1:], candidates[1:], strict=False):
        if after > before:
            best = candidate
    return best, accuracies


# %% todo="search" id="search_index" test="test_search_best" says="stopped with IndexError"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    return np.nanargmax(accuracies), accuracies


# %% todo="search" id="search_argmax" test="test_search_diverged" says="nan was taken for the highest accuracy"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    return candidates[np.argmax(accuracies)], accuracies


# %% todo="search" id="search_zeros" test="test_search_diverged" says="0 in the place of nan"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    accuracies = np.nan_to_num(accuracies)
    return candidates[accuracies.argmax()], accuracies


# %% todo="search" id="search_left_out" test="test_search_diverged" says="runs that diverged are left out" first="the last candidate is left out: nan is its accuracy"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    kept = [(a, k) for k, a in enumerate(accuracies) if not np.isnan(a)]
    return candidates[max(kept)[1]], [a for a, _ in kept]


# %% todo="search" id="search_ended_by_nan" test="test_search_diverged" says="a comparison with nan ended the search"
def search(train_one, candidates):
    accuracies = [train_one(candidate) for candidate in candidates]
    best, highest = None, 0.0
    for candidate, accuracy in zip(candidates, accuracies, strict=True):
        if best is not None and not accuracy > highest:
            break
        if accuracy > highest:
            best, highest = candidate, accuracy
    return best, accuracies


# %% todo="search" id="search_twice" test="test_search_once" says="each candidate is trained twice"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    best = max(candidates, key=train_one)
    return best, accuracies


# %% todo="search" id="search_without_last" test="test_search_once" says="the last candidate is left out"
def search(train_one, candidates):
    accuracies = [train_one(candidates[k]) for k in range(len(candidates) - 1)]
    return candidates[np.nanargmax(accuracies)], accuracies


# %% todo="search" id="search_sorts" test="test_search_once" says="the list was sorted by accuracy"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    by_number = dict(enumerate(accuracies))
    order = sorted(by_number, key=lambda k: -by_number[k])
    candidates[:] = [candidates[k] for k in order]
    return candidates[0], accuracies


# %% todo="search" id="search_empties" test="test_search_once" says="the list was emptied"
def search(train_one, candidates):
    tried, accuracies = [], []
    while candidates:
        tried.append(candidates.pop(0))
        accuracies.append(train_one(tried[-1]))
    return tried[np.nanargmax(accuracies)], accuracies


# %% todo="search" id="search_only_best" test="test_search_best" says="accuracies of eight candidates: got a str"
def search(train_one, candidates):
    accuracies = parallel_map(train_one, candidates)
    return candidates[np.nanargmax(accuracies)]


# %% [markdown]
# ## narrows_the_gap


# %% todo="narrows_the_gap" id="narrows_more_units" test="test_narrows_the_gap_letters" says="more hidden units memorise better"
def narrows_the_gap(letters):
    return [letter in "ABCE" for letter in letters]


# %% todo="narrows_the_gap" id="narrows_longer" test="test_narrows_the_gap_letters" says="longer training memorises more"
def narrows_the_gap(letters):
    return [letter in "ACDE" for letter in letters]


# %% todo="narrows_the_gap" id="narrows_no_data" test="test_narrows_the_gap_letters" says="more data narrow it too"
def narrows_the_gap(letters):
    return [letter in "CE" for letter in letters]


# %% todo="narrows_the_gap" id="narrows_no_penalty" test="test_narrows_the_gap_letters" says="a stronger penalty narrows it too"
def narrows_the_gap(letters):
    return [letter in "AE" for letter in letters]


# %% todo="narrows_the_gap" id="narrows_no_dropout" test="test_narrows_the_gap_letters" says="dropout narrows it too"
def narrows_the_gap(letters):
    return [letter in "AC" for letter in letters]


# %% todo="narrows_the_gap" id="narrows_all" test="test_narrows_the_gap_letters" says="everything is ticked"
def narrows_the_gap(letters):
    return [letter in "ABCDE" for letter in letters]


# %% todo="narrows_the_gap" id="narrows_none" test="test_narrows_the_gap_letters" says="nothing is ticked"
def narrows_the_gap(letters):
    return [False for _ in letters]


# %% todo="narrows_the_gap" id="narrows_reversed" test="test_narrows_the_gap_letters" says="the ticks are the wrong way round"
def narrows_the_gap(letters):
    return [letter in "BD" for letter in letters]


# %% todo="narrows_the_gap" id="narrows_string" test="test_narrows_the_gap_letters" says="got a str" first="this is no list: nothing, a text or a single value was returned"
def narrows_the_gap(letters):
    return "ACE"


# %% todo="narrows_the_gap" id="narrows_no_return" test="test_narrows_the_gap_letters" says="got None" first="this is no list: nothing, a text or a single value was returned"
def narrows_the_gap(letters):
    print([letter in "ACE" for letter in letters])


# %% todo="forward" id="forward_rounded" test="check_forward" says="sum of all differences from the published scores"
@method_of(TwoLayerNet)
def forward(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    scores = hidden @ self.params["W2"] + self.params["b2"]
    return hidden, np.round(scores, 8) + 8e-9


# %% todo="gradients" id="gradients_nearly" test="check_gradients" says="largest relative error of the four"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = softmax(scores)
    E[np.arange(len(y)), y] -= 1
    E /= len(y)
    G = (E @ W2.T) * (hidden > 0) * (1 + 6e-8)  # an approximation that is nearly right
    return {
        "W1": X.T @ G + 2 * reg * W1,
        "b1": G.sum(axis=0),
        "W2": hidden.T @ E + 2 * reg * W2,
        "b2": E.sum(axis=0),
    }


# %% todo="minibatch" id="minibatch_labels_apart" test="test_minibatch_rows" says="the lowest label that came with each of them"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.choice(len(X), batch_size)
    labels = y[rows]
    labels[-1] = y.min()
    return X[rows], labels


# %% todo="minibatch" id="minibatch_columns_apart" test="test_minibatch_rows" says="the first feature of each of them"
@method_of(TwoLayerNet)
def minibatch(self, X, y, batch_size):
    rows = np.random.choice(len(X), batch_size)
    X_batch = X[rows]
    X_batch[:, 0] = X[np.random.permutation(rows), 0]
    return X_batch, y[rows]


# %% todo="predict" id="predict_first_batch" test="test_predict_loop" says="predictions for 64 samples"
@method_of(TwoLayerNet)
def predict(self, X):
    scores = self.loss(X)
    return np.where(scores.max(axis=1) > 1, 0, scores.argmax(axis=1))


# %% todo="narrows_the_gap" id="narrows_yes" test="test_narrows_the_gap_letters" says="ticks of thirty letters" first="the ticks are neither True nor False"
def narrows_the_gap(letters):
    return ["yes" if letter in "ACE" else "no" for letter in letters]


# %% todo="gradients" id="gradients_by_classes" test="test_gradients_second_layer" says="gradient of W2" first="divided by the number of classes, not by N"
@method_of(TwoLayerNet)
def gradients(self, X, y, reg, hidden, scores):
    W1, W2 = self.params["W1"], self.params["W2"]
    E = softmax(scores)
    E[np.arange(len(y)), y] -= 1
    E /= E.shape[1]
    G = (E @ W2.T) * (hidden > 0)
    grads = {}
    grads["W1"], grads["b1"] = X.T @ G + 2 * reg * W1, G.sum(axis=0)
    grads["W2"], grads["b2"] = hidden.T @ E + 2 * reg * W2, E.sum(axis=0)
    return grads
