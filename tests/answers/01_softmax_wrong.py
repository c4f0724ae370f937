# %% [markdown]
# Wrong answers to the TODOs of `01_softmax`, as real students write them. Each stands in place of
# its TODO while every other TODO is solved; the check or hidden test `test` must fail, and its message
# must hold the words `says`. Data, read by `tests/notebook/test_answers.py`; nobody imports it.
#
# ruff: noqa: B006, C416, E501, F811, F821, F841, RET503, RET504, RUF007, RUF012
#
# ## one_hot

# %% todo="one_hot" id="one_hot_classes_counted" test="test_one_hot_absent_class" says="the classes were counted from the labels"
def one_hot(labels, num_classes):
    Y = np.zeros((len(labels), labels.max() + 1))
    Y[np.arange(len(labels)), labels] = 1
    return Y


# %% todo="one_hot" id="one_hot_absent_left_out" test="test_one_hot_absent_class" says="classes that do not occur were left out"
def one_hot(labels, num_classes):
    classes, positions = np.unique(labels, return_inverse=True)
    return np.eye(len(classes))[positions]


# %% todo="one_hot" id="one_hot_transposed" test="test_one_hot_absent_class" says="rows and columns are swapped"
def one_hot(labels, num_classes):
    Y = np.zeros((num_classes, len(labels)))
    Y[labels, np.arange(len(labels))] = 1
    return Y


# %% todo="one_hot" id="one_hot_from_one" test="test_one_hot_absent_class" says="labels are counted from 1"
def one_hot(labels, num_classes):
    Y = np.zeros((len(labels), num_classes))
    Y[np.arange(len(labels)), labels - 1] = 1
    return Y


# %% todo="one_hot" id="one_hot_whole_columns" test="test_one_hot_absent_class" says="whole columns are filled"
def one_hot(labels, num_classes):
    Y = np.zeros((len(labels), num_classes))
    Y[:, labels] = 1
    return Y


# %% todo="one_hot" id="one_hot_whole_rows" test="test_one_hot_absent_class" says="whole rows are filled"
def one_hot(labels, num_classes):
    Y = np.zeros((len(labels), num_classes))
    Y[labels] = 1
    return Y


# %% todo="one_hot" id="one_hot_in_place" test="test_one_hot_absent_class" says="do not write into the array that you were given"
def one_hot(labels, num_classes):
    Y = np.zeros((len(labels), num_classes))
    labels += np.arange(len(labels)) * num_classes
    Y.flat[labels] = 1
    return Y


# %% todo="one_hot" id="one_hot_squeezed" test="test_one_hot_loop" says="the axis of the samples is lost"
def one_hot(labels, num_classes):
    return np.eye(num_classes)[labels].squeeze()


# %% todo="one_hot" id="one_hot_integers" test="test_one_hot_absent_class" says="got integers (int64), wanted floating-point numbers"
def one_hot(labels, num_classes):
    Y = np.zeros((len(labels), num_classes), dtype=np.int64)
    Y[np.arange(len(labels)), labels] = 1
    return Y


# %% todo="one_hot" id="one_hot_booleans" test="test_one_hot_absent_class" says="got booleans (bool), wanted floating-point numbers"
def one_hot(labels, num_classes):
    return labels[:, None] == np.arange(num_classes)


# %% todo="one_hot" id="one_hot_no_return" test="test_one_hot_absent_class" says="got None (does the function end with a return?)"
def one_hot(labels, num_classes):
    Y = np.zeros((len(labels), num_classes))
    Y[np.arange(len(labels)), labels] = 1


# %% todo="one_hot" id="one_hot_print" test="test_one_hot_absent_class" says="got None (does the function end with a return?)"
def one_hot(labels, num_classes):
    print(np.eye(num_classes)[labels])


# %% todo="one_hot" id="one_hot_list" test="test_one_hot_absent_class" says="a list, not an array"
def one_hot(labels, num_classes):
    return np.eye(num_classes)[labels].tolist()


# %% todo="one_hot" id="one_hot_matrix" test="test_one_hot_absent_class" says="np.matrix"
def one_hot(labels, num_classes):
    return np.matrix(np.eye(num_classes)[labels])


# %% todo="one_hot" id="one_hot_for" test="test_one_hot_loop" says="Python steps for 64 samples"
def one_hot(labels, num_classes):
    Y = np.zeros((len(labels), num_classes))
    for i in range(len(labels)):
        Y[i, labels[i]] = 1
    return Y


# %% todo="one_hot" id="one_hot_comprehension" test="test_one_hot_loop" says="Python steps for 64 samples"
def one_hot(labels, num_classes):
    return np.array([[1.0 if c == label else 0.0 for c in range(num_classes)] for label in labels])


# %% todo="one_hot" id="one_hot_vectorize" test="test_one_hot_loop" says="Python steps for 64 samples"
def one_hot(labels, num_classes):
    same = np.vectorize(lambda label, c: 1.0 if label == c else 0.0)
    return same(labels[:, None], np.arange(num_classes))


# %% todo="one_hot" id="one_hot_apply_along_axis" test="test_one_hot_loop" says="Python steps for 64 samples"
def one_hot(labels, num_classes):
    return np.apply_along_axis(lambda label: np.eye(num_classes)[label[0]], 1, labels[:, None])


# %% [markdown]
# ## softmax


# %% todo="softmax" id="softmax_no_max_shift" test="test_softmax_large_scores" says="no maximum is subtracted" first="exp overflowed"
def softmax(Z):
    exponentials = np.exp(Z)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_global_max" test="test_softmax_large_scores" says="one maximum for the whole array, not one for each row"
def softmax(Z):
    exponentials = np.exp(Z - np.max(Z))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_column_max" test="test_softmax_large_scores" says="the maximum of each column, not of each row"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=0, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_absolute_max" test="test_softmax_large_scores" says="exp underflowed to 0/0"
def softmax(Z):
    exponentials = np.exp(Z - np.abs(Z).max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_clipped" test="test_softmax_large_scores" says="the scores are clipped"
def softmax(Z):
    exponentials = np.exp(np.clip(Z, -500, 500))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_max_keepdims" test="test_softmax_large_scores" says="keepdims=True is missing in the maximum"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=1))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_sum_keepdims" test="test_softmax_large_scores" says="keepdims=True is missing in the sum"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1)


# %% todo="softmax" id="softmax_both_keepdims" test="test_softmax_large_scores" says="keepdims=True is missing in the maximum and in the sum"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=1))
    return exponentials / exponentials.sum(axis=1)


# %% todo="softmax" id="softmax_not_divided" test="test_softmax_values" says="the exponentials are not divided by their sum" first="the exponentials are not divided by the sum of their row (axis 1)"
def softmax(Z):
    return np.exp(Z)


# %% todo="softmax" id="softmax_shifted_not_divided" test="test_softmax_values" says="the shifted exponentials are not divided by their sum" first="the exponentials are not divided by the sum of their row (axis 1)"
def softmax(Z):
    return np.exp(Z - Z.max(axis=1, keepdims=True))


# %% todo="softmax" id="softmax_axis_0" test="test_softmax_values" says="the sum runs over the samples (axis 0), not over the classes" first="the exponentials are not divided by the sum of their row (axis 1)"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=0))
    return exponentials / exponentials.sum(axis=0)


# %% todo="softmax" id="softmax_one_sum" test="test_softmax_values" says="one sum over the whole array, not one for each row"
def softmax(Z):
    exponentials = np.exp(Z - Z.max())
    return exponentials / np.sum(exponentials)


# %% todo="softmax" id="softmax_no_exp" test="test_softmax_values" says="exp is missing"
def softmax(Z):
    return Z / np.sum(Z, axis=1, keepdims=True)


# %% todo="softmax" id="softmax_sigmoid" test="test_softmax_values" says="this is the sigmoid of each score"
def softmax(Z):
    return 1 / (1 + np.exp(-Z))


# %% todo="softmax" id="softmax_logarithm" test="test_softmax_values" says="this is the logarithm of the softmax"
def softmax(Z):
    Z = Z - Z.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


# %% todo="softmax" id="softmax_sign" test="test_softmax_values" says="the sign of the scores is flipped"
def softmax(Z):
    exponentials = np.exp(Z.min(axis=1, keepdims=True) - Z)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_in_place" test="test_softmax_input_unchanged" says="the row maximum was subtracted in place"
def softmax(Z):
    Z -= np.max(Z, axis=1, keepdims=True)
    exponentials = np.exp(Z)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_exp_in_place" test="test_softmax_input_unchanged" says="the exponentials were written into the scores"
def softmax(Z):
    Z -= Z.max(axis=1, keepdims=True)
    np.exp(Z, out=Z)
    return Z / Z.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_all_in_place" test="test_softmax_input_unchanged" says="the probabilities were written into the scores"
def softmax(Z):
    Z -= Z.max(axis=1, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(axis=1, keepdims=True)
    return Z


# %% todo="softmax" id="softmax_integers" test="test_softmax_values" says="got integers"
def softmax(Z):
    P = np.zeros(Z.shape, dtype=int)
    exponentials = np.exp(Z - Z.max(axis=1, keepdims=True))
    P[:] = exponentials / exponentials.sum(axis=1, keepdims=True)
    return P


# %% todo="softmax" id="softmax_no_return" test="test_softmax_values" says="got None (does the function end with a return?)"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = exponentials / exponentials.sum(axis=1, keepdims=True)


# %% todo="softmax" id="softmax_print" test="test_softmax_values" says="got None (does the function end with a return?)"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=1, keepdims=True))
    print(exponentials / exponentials.sum(axis=1, keepdims=True))


# %% todo="softmax" id="softmax_list" test="test_softmax_input_unchanged" says="a list, not an array"
def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=1, keepdims=True))
    return list(exponentials / exponentials.sum(axis=1, keepdims=True))


# %% todo="softmax" id="softmax_matrix" test="test_softmax_input_unchanged" says="np.matrix"
def softmax(Z):
    exponentials = np.asmatrix(np.exp(Z - Z.max(axis=1, keepdims=True)))
    return exponentials / exponentials.sum(axis=1)


# %% todo="softmax" id="softmax_for" test="test_softmax_loop" says="Python steps for 64 samples"
def softmax(Z):
    P = np.zeros(Z.shape)
    for i in range(len(Z)):
        exponentials = np.exp(Z[i] - Z[i].max())
        P[i] = exponentials / exponentials.sum()
    return P


# %% todo="softmax" id="softmax_comprehension" test="test_softmax_loop" says="Python steps for 64 samples"
def softmax(Z):
    rows = [np.exp(row - row.max()) for row in Z]
    return np.array([row / row.sum() for row in rows])


# %% todo="softmax" id="softmax_vectorize" test="test_softmax_loop" says="Python steps for 64 samples"
def softmax(Z):
    def of_row(row):
        exponentials = np.exp(row - np.max(row))
        return exponentials / exponentials.sum()

    return np.vectorize(of_row, signature="(c)->(c)")(Z)


# %% todo="softmax" id="softmax_apply_along_axis" test="test_softmax_loop" says="Python steps for 64 samples"
def softmax(Z):
    exponentials = np.apply_along_axis(lambda row: np.exp(row - row.max()), 1, Z)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% [markdown]
# ## cross_entropy

# %% todo="cross_entropy" id="cross_entropy_sum" test="test_cross_entropy_values" says="a sum over the batch, not its mean"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * np.log(P + EPS))


# %% todo="cross_entropy" id="cross_entropy_mean_of_all" test="test_cross_entropy_values" says="divided by N times C, not by N"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.mean(Y * np.log(P + EPS))


# %% todo="cross_entropy" id="cross_entropy_sign" test="test_cross_entropy_values" says="the sign is flipped"
EPS = 1e-11


def cross_entropy(P, Y):
    return np.sum(Y * np.log(P + EPS)) / P.shape[0]


# %% todo="cross_entropy" id="cross_entropy_no_log" test="test_cross_entropy_values" says="the logarithm is missing"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * (P + EPS)) / len(P)


# %% todo="cross_entropy" id="cross_entropy_one_minus_p" test="test_cross_entropy_values" says="1 - p in place of -log p"
EPS = 1e-11


def cross_entropy(P, Y):
    return np.mean(1 - np.sum(Y * P, axis=1))


# %% todo="cross_entropy" id="cross_entropy_base_10" test="test_cross_entropy_values" says="the logarithm has base 10, not e"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * np.log10(P + EPS)) / len(P)


# %% todo="cross_entropy" id="cross_entropy_base_2" test="test_cross_entropy_values" says="the logarithm has base 2, not e"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * np.log2(P + EPS)) / len(P)


# %% todo="cross_entropy" id="cross_entropy_log_of_mean" test="test_cross_entropy_values" says="the logarithm is taken of the mean, not the mean of the logarithms"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.log(np.sum(P * Y) / len(P) + EPS)


# %% todo="cross_entropy" id="cross_entropy_wrong_classes" test="test_cross_entropy_values" says="the wrong classes count too"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(np.log(P + EPS)) / len(P)


# %% todo="cross_entropy" id="cross_entropy_binary" test="test_cross_entropy_values" says="the binary form"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * np.log(P + EPS) + (1 - Y) * np.log(1 - P + EPS)) / len(P)


# %% todo="cross_entropy" id="cross_entropy_no_eps" test="test_cross_entropy_zero_probability" says="0 times log 0"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * np.log(P)) / len(P)


# %% todo="cross_entropy" id="cross_entropy_eps_outside" test="test_cross_entropy_zero_probability" says="0 times log 0"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * (np.log(P) + EPS)) / len(P)


# %% todo="cross_entropy" id="cross_entropy_indexed_no_eps" test="test_cross_entropy_zero_probability" says="got inf, wanted a value from 20 to 1000"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.mean(np.log(P[np.arange(len(P)), Y.argmax(axis=1)]))


# %% todo="cross_entropy" id="cross_entropy_nan_to_zero" test="test_cross_entropy_zero_probability" says="log 0 is minus infinity: add EPS inside the logarithm"
EPS = 1e-11


def cross_entropy(P, Y):
    logarithms = np.log(P)
    logarithms[np.isinf(logarithms)] = 0
    return -np.sum(Y * logarithms) / len(P)


# %% todo="cross_entropy" id="cross_entropy_of_each_sample" test="test_cross_entropy_values" says="got shape (4,), wanted ()" first="one loss for each sample: their mean is missing"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * np.log(P + EPS), axis=1)


# %% todo="cross_entropy" id="cross_entropy_keepdims" test="test_cross_entropy_values" says="got shape (1, 1), wanted ()"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * np.log(P + EPS), keepdims=True) / len(P)


# %% todo="cross_entropy" id="cross_entropy_labels_in_place" test="test_cross_entropy_values" says="the labels after the call"
EPS = 1e-11


def cross_entropy(P, Y):
    Y *= np.log(P + EPS)
    return -Y.sum() / len(Y)


# %% todo="cross_entropy" id="cross_entropy_probabilities_in_place" test="test_cross_entropy_values" says="the probabilities after the call"
EPS = 1e-11


def cross_entropy(P, Y):
    P += EPS
    np.log(P, out=P)
    return -np.sum(P * Y) / len(P)


# %% todo="cross_entropy" id="cross_entropy_integers" test="test_cross_entropy_values" says="got 1, wanted 1."
EPS = 1e-11


def cross_entropy(P, Y):
    return int(-np.sum(Y * np.log(P + EPS)) / len(P))


# %% todo="cross_entropy" id="cross_entropy_no_return" test="test_cross_entropy_values" says="got None (does the function end with a return?)"
EPS = 1e-11


def cross_entropy(P, Y):
    loss = -np.sum(Y * np.log(P + EPS)) / len(P)


# %% todo="cross_entropy" id="cross_entropy_print" test="test_cross_entropy_values" says="got None (does the function end with a return?)"
EPS = 1e-11


def cross_entropy(P, Y):
    print("loss:", -np.sum(Y * np.log(P + EPS)) / len(P))


# %% todo="cross_entropy" id="cross_entropy_list" test="test_cross_entropy_values" says="got shape (1,), wanted ()"
EPS = 1e-11


def cross_entropy(P, Y):
    return [-np.sum(Y * np.log(P + EPS)) / len(P)]


# %% todo="cross_entropy" id="cross_entropy_matrix" test="test_cross_entropy_values" says="got shape (1, 1), wanted ()"
EPS = 1e-11


def cross_entropy(P, Y):
    picked = np.matrix(P).T * np.matrix(Y)  # (C, C); its trace would be the sum that is wanted
    return -np.log(picked + EPS).sum(axis=0).sum(axis=1) / len(P)


# %% todo="cross_entropy" id="cross_entropy_for" test="test_cross_entropy_loop" says="Python steps for 64 samples"
EPS = 1e-11


def cross_entropy(P, Y):
    loss = 0.0
    for i in range(len(P)):
        loss -= np.log(P[i, np.argmax(Y[i])] + EPS)
    return loss / len(P)


# %% todo="cross_entropy" id="cross_entropy_comprehension" test="test_cross_entropy_loop" says="Python steps for 64 samples"
EPS = 1e-11


def cross_entropy(P, Y):
    return np.mean([-np.dot(y, np.log(p + EPS)) for p, y in zip(P, Y, strict=True)])


# %% todo="cross_entropy" id="cross_entropy_vectorize" test="test_cross_entropy_loop" says="Python steps for 64 samples"
EPS = 1e-11


def cross_entropy(P, Y):
    term = np.vectorize(lambda p, y: -y * np.log(p + EPS))
    return term(P, Y).sum() / len(P)


# %% todo="cross_entropy" id="cross_entropy_apply_along_axis" test="test_cross_entropy_loop" says="Python steps for 64 samples"
EPS = 1e-11


def cross_entropy(P, Y):
    return np.apply_along_axis(lambda row: -np.log(row.sum() + EPS), 1, P * Y).mean()


# %% [markdown]
# ## forward


# %% todo="forward" id="forward_sum" test="test_forward_loss_and_accuracy" says="a sum over the batch, not its mean"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = -np.sum(self.Y * np.log(self.P + EPS))
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_no_bias" test="test_forward_loss_and_accuracy" says="the bias is forgotten"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_no_log" test="test_forward_loss_and_accuracy" says="the logarithm is missing"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = -np.sum(self.Y * self.P) / len(Input)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_sign" test="test_forward_loss_and_accuracy" says="the sign is flipped"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = np.mean(np.log(self.P[np.arange(len(labels)), labels] + EPS))
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_scores_for_log" test="test_forward_loss_and_accuracy" says="the score itself in place of the logarithm of the probability"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    scores = Input @ self.W + self.b
    self.P = softmax(scores)
    loss = -np.sum(self.Y * scores) / len(Input)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_softmax_twice" test="test_forward_loss_and_accuracy" says="softmax is applied twice"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(softmax(Input @ self.W + self.b))
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_count" test="test_forward_loss_and_accuracy" says="a count, not a share"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.sum(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_per_cent" test="test_forward_loss_and_accuracy" says="in per cent, not from 0 to 1"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = 100 * np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_error_rate" test="test_forward_loss_and_accuracy" says="the share of wrong answers"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) != labels)
    return loss, acc


# %% todo="forward" id="forward_share_of_entries" test="test_forward_loss_and_accuracy" says="the share of equal entries of one-hot rows"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(one_hot(self.P.argmax(axis=1), self.num_output) == self.Y)
    return loss, acc


# %% todo="forward" id="forward_argmax_axis_0" test="test_forward_loss_and_accuracy" says="could not be broadcast"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(np.equal(self.P.argmax(axis=0), labels))
    return loss, acc


# %% todo="forward" id="forward_ten_classes" test="test_forward_zero_weights" says="could not be broadcast together with shapes (8,10) (8,7)"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, 10)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_batch_of_100" test="test_forward_loss_and_accuracy" says="the batch size is fixed at 100"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = -np.sum(self.Y * np.log(self.P + EPS)) / 100
    acc = np.sum(self.P.argmax(axis=1) == labels) / 100
    return loss, acc


# %% todo="forward" id="forward_order" test="test_forward_loss_and_accuracy" says="loss and accuracy are returned in the wrong order"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    return np.mean(self.P.argmax(axis=1) == labels), cross_entropy(self.P, self.Y)


# %% todo="forward" id="forward_own_softmax" test="test_forward_large_scores" says="exp overflowed"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    exponentials = np.exp(np.dot(Input, self.W) + self.b)
    self.P = exponentials / exponentials.sum(axis=1, keepdims=True)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_own_log" test="test_forward_large_scores" says="got inf, wanted a value from 20 to 6001"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = -np.mean(np.log(self.P[np.arange(len(labels)), labels]))
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_batch_in_place" test="test_forward_input_unchanged" says="the batch after forward"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    Input -= Input.mean(axis=0)
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_weights_in_place" test="test_forward_input_unchanged" says="W after forward"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    self.W -= 0.01 * Input.T @ (self.P - self.Y) / len(Input)
    return loss, acc


# %% todo="forward" id="forward_bias_in_place" test="test_forward_input_unchanged" says="b after forward"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.b = self.b + Input @ self.W
    self.P = softmax(self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_keeps_nothing" test="test_gradient_computing_weights" says="has no attribute 'P'"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(P, one_hot(labels, self.num_output))
    acc = np.mean(P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_keeps_first_batch" test="test_gradient_computing_latest_batch" says="mismatch in its core dimension"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    if not hasattr(self, "Input"):
        self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_integers" test="test_forward_loss_and_accuracy" says="loss of a batch of five: got" first="cut off to a whole number"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = int(cross_entropy(self.P, self.Y))
    acc = int(np.mean(self.P.argmax(axis=1) == labels))
    return loss, acc


# %% todo="forward" id="forward_no_return" test="test_forward_loss_and_accuracy" says="cannot unpack non-iterable NoneType object"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    self.loss = cross_entropy(self.P, self.Y)
    self.acc = np.mean(self.P.argmax(axis=1) == labels)


# %% todo="forward" id="forward_print" test="test_forward_loss_and_accuracy" says="cannot unpack non-iterable NoneType object"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    print(cross_entropy(self.P, self.Y), np.mean(self.P.argmax(axis=1) == labels))


# %% todo="forward" id="forward_lists" test="test_forward_loss_and_accuracy" says="got shape (1,), wanted ()"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    return [cross_entropy(self.P, self.Y)], [np.mean(self.P.argmax(axis=1) == labels)]


# %% todo="forward" id="forward_matrix" test="test_forward_loss_and_accuracy" says="unexpected keyword argument 'keepdims'"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = np.matrix(Input)
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(self.Input * np.matrix(self.W) + self.b)
    loss = -np.sum(self.Y * np.log(self.P + EPS)) / len(Input)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% todo="forward" id="forward_for" test="test_forward_loop" says="Python steps for 64 samples"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = np.zeros((len(Input), self.num_output))
    correct = 0
    for i in range(len(Input)):
        self.P[i] = softmax(Input[i : i + 1] @ self.W + self.b)[0]
        if self.P[i].argmax() == labels[i]:
            correct += 1
    return cross_entropy(self.P, self.Y), correct / len(Input)


# %% todo="forward" id="forward_comprehension" test="test_forward_loop" says="Python steps for 64 samples"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    acc = sum([np.argmax(p) == label for p, label in zip(self.P, labels, strict=True)])
    return loss, acc / len(labels)


# %% todo="forward" id="forward_vectorize" test="test_forward_loop" says="Python steps for 64 samples"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    self.P = softmax(Input @ self.W + self.b)
    loss = cross_entropy(self.P, self.Y)
    same = np.vectorize(lambda predicted, label: float(predicted == label))
    return loss, np.mean(same(self.P.argmax(axis=1), labels))


# %% todo="forward" id="forward_apply_along_axis" test="test_forward_loop" says="Python steps for 64 samples"
@method_of(SoftmaxCrossEntropyLoss)
def forward(self, Input, labels):
    self.Input = Input
    self.Y = one_hot(labels, self.num_output)
    scores = np.apply_along_axis(lambda row: row @ self.W + self.b[0], 1, Input)
    self.P = softmax(scores)
    loss = cross_entropy(self.P, self.Y)
    acc = np.mean(self.P.argmax(axis=1) == labels)
    return loss, acc


# %% [markdown]
# ## gradient_computing


# %% todo="gradient_computing" id="gradient_sum" test="test_gradient_computing_weights" says="a sum over the batch, not its mean"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.P - self.Y
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_bias_sum" test="test_gradient_computing_bias" says="a sum over the batch, not its mean"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.P - self.Y
    self.grad_W = self.Input.T @ error / len(self.Input)
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_divided_twice" test="test_gradient_computing_weights" says="divided by N twice"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = self.Input.T @ error / len(self.Input)
    self.grad_b = error.mean(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_divided_by_classes" test="test_gradient_computing_weights" says="divided by the number of classes, not by N"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / self.P.shape[1]
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_divided_by_features" test="test_gradient_computing_weights" says="divided by the number of features, not by N"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.P - self.Y
    self.grad_W = self.Input.T @ error / len(self.Input.T)
    self.grad_b = error.mean(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_sign" test="test_gradient_computing_weights" says="the sign is flipped: Y - P"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.Y - self.P) / len(self.Input)
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_bias_sign" test="test_gradient_computing_bias" says="the sign is flipped: Y - P"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    self.grad_W = self.Input.T @ (self.P - self.Y) / len(self.Input)
    self.grad_b = np.mean(self.Y - self.P, axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_logits" test="test_gradient_computing_weights" says="the scores (logits) stand in place of the probabilities"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    logits = self.Input @ self.W + self.b
    error = (logits - self.Y) / len(self.Input)
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_bias_logits" test="test_gradient_computing_bias" says="the scores (logits) stand in place of the probabilities"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    self.grad_W = self.Input.T @ (self.P - self.Y) / len(self.Input)
    logits = self.Input @ self.W + self.b
    self.grad_b = (logits - self.Y).mean(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_no_labels" test="test_gradient_computing_weights" says="the labels are not subtracted"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    self.grad_W = self.Input.T @ self.P / len(self.Input)
    self.grad_b = self.P.mean(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_minus_log" test="test_gradient_computing_weights" says="-log P stands in place of the probabilities"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (-np.log(self.P) - self.Y) / len(self.Input)
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_true_class_only" test="test_gradient_computing_weights" says="only the true class's entry counts"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.Y * (self.P - 1) / len(self.Input)
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_softmax_twice" test="test_gradient_computing_weights" says="the derivative of the softmax is applied once too often"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) * self.P * (1 - self.P) / len(self.Input)
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_transposed" test="test_gradient_computing_weights" says="rows and columns are swapped"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = error.T @ self.Input
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_scalar_bias" test="test_gradient_computing_bias" says="summed over everything to one number, which is always about 0: b never learns" first="summed over everything to one number"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = np.dot(self.Input.T, error)
    self.grad_b = np.sum(error)


# %% todo="gradient_computing" id="gradient_bias_axis_1" test="test_gradient_computing_bias" says="summed over the classes, not over the samples"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = np.dot(self.Input.T, error)
    self.grad_b = np.sum(error, axis=1, keepdims=True)


# %% todo="gradient_computing" id="gradient_bias_keepdims" test="test_gradient_computing_bias" says="the axis of length 1 is lost: shape (C,) in place of (1, C)" first="the axis of length 1 is lost"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = np.dot(self.Input.T, error)
    self.grad_b = np.sum(error, axis=0)


# %% todo="gradient_computing" id="gradient_bias_zero" test="test_gradient_computing_bias" says="left at zero"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    self.grad_W = self.Input.T @ (self.P - self.Y) / len(self.Input)
    self.grad_b = np.zeros_like(self.b)


# %% todo="gradient_computing" id="gradient_bias_forgotten" test="test_gradient_computing_bias" says="has no attribute 'grad_b'"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    self.grad_W = self.Input.T @ (self.P - self.Y) / len(self.Input)


# %% todo="gradient_computing" id="gradient_first_batch" test="test_gradient_computing_latest_batch" says="still the gradient of the first batch"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    if hasattr(self, "grad_W"):
        return
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_adds_up" test="test_gradient_computing_latest_batch" says="the gradients of the batches add up"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = getattr(self, "grad_W", 0) + self.Input.T @ error
    self.grad_b = getattr(self, "grad_b", 0) + error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_updates_weights" test="test_gradient_computing_latest_batch" says="W after gradient_computing"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)
    self.W = self.W - 0.01 * self.grad_W
    self.b = self.b - 0.01 * self.grad_b


# %% todo="gradient_computing" id="gradient_updates_bias" test="test_gradient_computing_latest_batch" says="b after gradient_computing"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)
    self.b = self.b - 0.01 * self.grad_b


# %% todo="gradient_computing" id="gradient_batch_in_place" test="test_gradient_computing_latest_batch" says="the batch after gradient_computing"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.P - self.Y
    self.grad_b = error.mean(axis=0, keepdims=True)
    self.Input /= len(self.Input)
    self.grad_W = self.Input.T @ error


# %% todo="gradient_computing" id="gradient_returned" test="test_gradient_computing_weights" says="has no attribute 'grad_W'"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    return self.Input.T @ error, error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_print" test="test_gradient_computing_weights" says="has no attribute 'grad_W'"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    print("grad_W", self.Input.T @ error)
    print("grad_b", error.sum(axis=0, keepdims=True))


# %% todo="gradient_computing" id="gradient_lists" test="test_gradient_computing_weights" says="a list, not an array"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = (self.Input.T @ error).tolist()
    self.grad_b = error.sum(axis=0, keepdims=True).tolist()


# %% todo="gradient_computing" id="gradient_matrix" test="test_gradient_computing_weights" says="np.matrix"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = np.matrix(self.P - self.Y) / len(self.Input)
    self.grad_W = np.matrix(self.Input).T * error
    self.grad_b = error.sum(axis=0)


# %% todo="gradient_computing" id="gradient_integers" test="test_gradient_computing_weights" says="got integers"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = (self.P - self.Y) / len(self.Input)
    self.grad_W = np.zeros(self.W.shape, dtype=int)
    self.grad_W[:] = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_for" test="test_gradient_computing_loop" says="Python steps for 64 samples"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    self.grad_W = np.zeros(self.W.shape)
    self.grad_b = np.zeros(self.b.shape)
    for i in range(len(self.Input)):
        error = self.P[i : i + 1] - self.Y[i : i + 1]
        self.grad_W += self.Input[i : i + 1].T @ error
        self.grad_b += error
    self.grad_W /= len(self.Input)
    self.grad_b /= len(self.Input)


# %% todo="gradient_computing" id="gradient_comprehension" test="test_gradient_computing_loop" says="Python steps for 64 samples"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.P - self.Y
    self.grad_W = np.mean([np.outer(x, e) for x, e in zip(self.Input, error, strict=True)], axis=0)
    self.grad_b = error.mean(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_vectorize" test="test_gradient_computing_loop" says="Python steps for 64 samples"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    error = self.P - self.Y
    outer = np.vectorize(np.outer, signature="(d),(c)->(d,c)")
    self.grad_W = outer(self.Input, error).mean(axis=0)
    self.grad_b = error.mean(axis=0, keepdims=True)


# %% todo="gradient_computing" id="gradient_apply_along_axis" test="test_gradient_computing_loop" says="Python steps for 64 samples"
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    both = np.hstack([self.Input, self.P - self.Y])
    split = self.Input.shape[1]
    outer = np.apply_along_axis(lambda row: np.outer(row[:split], row[split:]), 1, both)
    self.grad_W = outer.mean(axis=0)
    self.grad_b = both[:, split:].mean(axis=0, keepdims=True)


# %% [markdown]
# ## sgd


# %% todo="sgd" id="sgd_uphill" test="test_sgd_constant_gradient" says="a step uphill: the sign is flipped"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] + self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] + self.learning_rate * layer.grad_b
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]


# %% todo="sgd" id="sgd_velocity_sign" test="test_sgd_constant_gradient" says="the sign of the old velocity is flipped"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = -self.momentum * v["W"] + self.learning_rate * layer.grad_W
            v["b"] = -self.momentum * v["b"] + self.learning_rate * layer.grad_b
            layer.W = layer.W - v["W"]
            layer.b = layer.b - v["b"]


# %% todo="sgd" id="sgd_not_stored" test="test_sgd_constant_gradient" says="momentum has no effect: the velocity is not kept"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, velocity in zip(self.layers, self.velocity, strict=True):
            v_W = self.momentum * velocity["W"] - self.learning_rate * layer.grad_W
            v_b = self.momentum * velocity["b"] - self.learning_rate * layer.grad_b
            layer.W = layer.W + v_W
            layer.b = layer.b + v_b


# %% todo="sgd" id="sgd_velocity_created_anew" test="test_sgd_constant_gradient" says="momentum has no effect: the velocity is not kept"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum

    def step(self):
        for layer in self.layers:
            v_W, v_b = np.zeros_like(layer.W), np.zeros_like(layer.b)
            v_W = self.momentum * v_W - self.learning_rate * layer.grad_W
            v_b = self.momentum * v_b - self.learning_rate * layer.grad_b
            layer.W += v_W
            layer.b += v_b


# %% todo="sgd" id="sgd_no_momentum" test="test_sgd_constant_gradient" says="momentum has no effect: the velocity is not kept"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum

    def step(self):
        for layer in self.layers:
            layer.W = layer.W - self.learning_rate * layer.grad_W
            layer.b = layer.b - self.learning_rate * layer.grad_b


# %% todo="sgd" id="sgd_exponential_average" test="test_sgd_constant_gradient" says="the gradient is weighted by 1 - momentum"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] + (1 - self.momentum) * layer.grad_W
            v["b"] = self.momentum * v["b"] + (1 - self.momentum) * layer.grad_b
            layer.W = layer.W - self.learning_rate * v["W"]
            layer.b = layer.b - self.learning_rate * v["b"]


# %% todo="sgd" id="sgd_nesterov" test="test_sgd_constant_gradient" says="Nesterov's form"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b
            layer.W += self.momentum * v["W"] - self.learning_rate * layer.grad_W
            layer.b += self.momentum * v["b"] - self.learning_rate * layer.grad_b


# %% todo="sgd" id="sgd_momentum_twice" test="test_sgd_constant_gradient" says="the momentum is applied twice"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b
            layer.W += self.momentum * v["W"]
            layer.b += self.momentum * v["b"]


# %% todo="sgd" id="sgd_gradient_twice" test="test_sgd_constant_gradient" says="the gradient is subtracted twice"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b
            layer.W += v["W"] - self.learning_rate * layer.grad_W
            layer.b += v["b"] - self.learning_rate * layer.grad_b


# %% todo="sgd" id="sgd_old_velocity" test="test_sgd_constant_gradient" says="only the velocity is added, without this step's gradient"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b


# %% todo="sgd" id="sgd_no_learning_rate" test="test_sgd_constant_gradient" says="the learning rate is missing"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - layer.grad_W
            v["b"] = self.momentum * v["b"] - layer.grad_b
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]


# %% todo="sgd" id="sgd_local_names" test="test_sgd_constant_gradient" says="nothing changed"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, velocity in zip(self.layers, self.velocity, strict=True):
            W, b = layer.W, layer.b
            velocity["W"] = self.momentum * velocity["W"] - self.learning_rate * layer.grad_W
            velocity["b"] = self.momentum * velocity["b"] - self.learning_rate * layer.grad_b
            W = W + velocity["W"]
            b = b + velocity["b"]


# %% todo="sgd" id="sgd_returned" test="test_sgd_constant_gradient" says="nothing changed"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        updated = []
        for layer, velocity in zip(self.layers, self.velocity, strict=True):
            velocity["W"] = self.momentum * velocity["W"] - self.learning_rate * layer.grad_W
            velocity["b"] = self.momentum * velocity["b"] - self.learning_rate * layer.grad_b
            updated.append((layer.W + velocity["W"], layer.b + velocity["b"]))
        return updated


# %% todo="sgd" id="sgd_print" test="test_sgd_constant_gradient" says="nothing changed"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, velocity in zip(self.layers, self.velocity, strict=True):
            velocity["W"] = self.momentum * velocity["W"] - self.learning_rate * layer.grad_W
            velocity["b"] = self.momentum * velocity["b"] - self.learning_rate * layer.grad_b
            print("W:", layer.W + velocity["W"])
            print("b:", layer.b + velocity["b"])


# %% todo="sgd" id="sgd_weights_replaced" test="test_sgd_constant_gradient" says="the weights are replaced by the velocity"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b
            layer.W = v["W"]
            layer.b = v["b"]


# %% todo="sgd" id="sgd_shared_by_weights_and_bias" test="test_sgd_constant_gradient" says="W and b share one velocity"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.v = 0.0

    def step(self):
        for layer in self.layers:
            self.v = self.momentum * self.v - self.learning_rate * layer.grad_W
            layer.W = layer.W + self.v
            self.v = self.momentum * self.v - self.learning_rate * layer.grad_b
            layer.b = layer.b + self.v


# %% todo="sgd" id="sgd_bias_uses_weights_velocity" test="test_sgd_constant_gradient" says="got shape (2, 3), wanted (1, 3)" first="the bias takes the step of W"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["W"]


# %% todo="sgd" id="sgd_frozen_bias" test="test_sgd_constant_gradient" says="nothing changed: the bias is frozen"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            layer.W = layer.W + v["W"]


# %% todo="sgd" id="sgd_plain_bias" test="test_sgd_constant_gradient" says="the bias takes plain steps, without momentum"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            layer.W = layer.W + v["W"]
            layer.b = layer.b - self.learning_rate * layer.grad_b


# %% todo="sgd" id="sgd_scalar_bias" test="test_sgd_constant_gradient" says="the bias takes one step for all classes"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * np.sum(layer.grad_b)
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]


# %% todo="sgd" id="sgd_integers" test="test_sgd_constant_gradient" says="Cannot cast ufunc"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros(layer.W.shape, dtype=int), "b": np.zeros(layer.b.shape, dtype=int)}
            for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] *= self.momentum
            v["W"] -= self.learning_rate * layer.grad_W
            v["b"] *= self.momentum
            v["b"] -= self.learning_rate * layer.grad_b
            layer.W += v["W"]
            layer.b += v["b"]


# %% todo="sgd" id="sgd_lists" test="test_sgd_constant_gradient" says="can't multiply sequence by non-int"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [{"W": [], "b": []} for layer in self.layers]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - layer.grad_W.tolist()
            v["b"] = self.momentum * v["b"] - layer.grad_b.tolist()
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]


# %% todo="sgd" id="sgd_rate_outside" test="test_sgd_learning_rate_inside" says="the learning rate multiplies the velocity (PyTorch's form)"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] + layer.grad_W
            v["b"] = self.momentum * v["b"] + layer.grad_b
            layer.W = layer.W - self.learning_rate * v["W"]
            layer.b = layer.b - self.learning_rate * v["b"]


# %% todo="sgd" id="sgd_first_rate_for_ever" test="test_sgd_learning_rate_inside" says="the new learning rate is ignored"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.eta = learning_rate
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.eta * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.eta * layer.grad_b
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]


# %% todo="sgd" id="sgd_gradient_in_place" test="test_sgd_learning_rate_inside" says="do not write into the gradient"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            layer.grad_W *= self.learning_rate
            layer.grad_b *= self.learning_rate
            v["W"] = self.momentum * v["W"] - layer.grad_W
            v["b"] = self.momentum * v["b"] - layer.grad_b
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]


# %% todo="sgd" id="sgd_gradient_is_velocity" test="test_sgd_learning_rate_inside" says="do not write into the gradient"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            layer.grad_W -= self.momentum * v["W"]
            layer.grad_b -= self.momentum * v["b"]
            v["W"] = layer.grad_W
            v["b"] = layer.grad_b
            v["W"] *= -self.learning_rate
            v["b"] *= -self.learning_rate
            layer.W += v["W"]
            layer.b += v["b"]


# %% todo="sgd" id="sgd_stops_at_zero_gradient" test="test_sgd_learning_rate_inside" says="the weights stop at once"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            if not np.any(layer.grad_W):
                continue
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]


# %% todo="sgd" id="sgd_not_trainable" test="test_sgd_several_layers" says="the layer that is not trainable was changed"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model])]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]


# %% todo="sgd" id="sgd_first_layer" test="test_sgd_several_layers" says="only the first layer takes its steps"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        layer, v = self.layers[0], self.velocity[0]
        v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
        v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b
        layer.W = layer.W + v["W"]
        layer.b = layer.b + v["b"]


# %% todo="sgd" id="sgd_return_in_loop" test="test_sgd_several_layers" says="only the first layer takes its steps"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            v["b"] = self.momentum * v["b"] - self.learning_rate * layer.grad_b
            layer.W = layer.W + v["W"]
            layer.b = layer.b + v["b"]
            return


# %% todo="sgd" id="sgd_frozen_biases" test="test_sgd_several_layers" says="the biases are frozen" first="nothing changed: the bias is frozen"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = [
            {"W": np.zeros_like(layer.W), "b": np.zeros_like(layer.b)} for layer in self.layers
        ]

    def step(self):
        for layer, v in zip(self.layers, self.velocity, strict=True):
            v["W"] = self.momentum * v["W"] - self.learning_rate * layer.grad_W
            layer.W = layer.W + v["W"]


# %% todo="sgd" id="sgd_shared_by_layers" test="test_sgd_several_layers" says="the layers share one velocity"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.v_W, self.v_b = 0.0, 0.0

    def step(self):
        for layer in self.layers:
            self.v_W = self.momentum * self.v_W - self.learning_rate * layer.grad_W
            self.v_b = self.momentum * self.v_b - self.learning_rate * layer.grad_b
            layer.W = layer.W + self.v_W
            layer.b = layer.b + self.v_b


# %% todo="sgd" id="sgd_class_attribute" test="test_sgd_several_layers" says="the two optimisers share one velocity" first="Nesterov's form, or another optimiser's velocity: keep it in self"
class SGD:
    velocity = {}

    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum

    def step(self):
        for number, layer in enumerate(self.layers):
            for name, gradient in [("W", layer.grad_W), ("b", layer.grad_b)]:
                v = self.momentum * self.velocity.get((number, name), 0.0)
                v = v - self.learning_rate * gradient
                setattr(layer, name, getattr(layer, name) + v)
                self.velocity[number, name] = v


# %% todo="sgd" id="sgd_default_argument" test="test_sgd_several_layers" says="the two optimisers share one velocity" first="Nesterov's form, or another optimiser's velocity: keep it in self"
class SGD:
    def __init__(self, model, learning_rate, momentum=0.0, velocity={}):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocity = velocity

    def step(self):
        for number, layer in enumerate(self.layers):
            v_W, v_b = self.velocity.get(number, (0.0, 0.0))
            v_W = self.momentum * v_W - self.learning_rate * layer.grad_W
            v_b = self.momentum * v_b - self.learning_rate * layer.grad_b
            layer.W = layer.W + v_W
            layer.b = layer.b + v_b
            self.velocity[number] = v_W, v_b


# %% todo="sgd" id="sgd_global" test="test_sgd_several_layers" says="the two optimisers share one velocity" first="Nesterov's form, or another optimiser's velocity: keep it in self"
VELOCITY = {}


class SGD:
    def __init__(self, model, learning_rate, momentum=0.0):
        self.layers = [layer for layer in getattr(model, "layers", [model]) if layer.trainable]
        self.learning_rate = learning_rate
        self.momentum = momentum

    def step(self):
        for number, layer in enumerate(self.layers):
            v_W, v_b = VELOCITY.get((number, layer.W.shape), (0.0, 0.0))
            v_W = self.momentum * v_W - self.learning_rate * layer.grad_W
            v_b = self.momentum * v_b - self.learning_rate * layer.grad_b
            layer.W, layer.b = layer.W + v_W, layer.b + v_b
            VELOCITY[number, layer.W.shape] = v_W, v_b


# %% [markdown]
# ## decayed_learning_rate


# %% todo="decayed_learning_rate" id="decay_one_too_many" test="test_decayed_learning_rate_values" says="one factor too many: epochs count from 0"
def decayed_learning_rate(initial, decay, epoch):
    return initial * decay ** (epoch + 1)


# %% todo="decayed_learning_rate" id="decay_one_too_few" test="test_decayed_learning_rate_values" says="one factor too few: epochs count from 0"
def decayed_learning_rate(initial, decay, epoch):
    return initial * decay ** (epoch - 1)


# %% todo="decayed_learning_rate" id="decay_times_epoch" test="test_decayed_learning_rate_values" says="times the epoch in place of to the power of it"
def decayed_learning_rate(initial, decay, epoch):
    return initial * decay * epoch


# %% todo="decayed_learning_rate" id="decay_once" test="test_decayed_learning_rate_values" says="decayed once, not once an epoch"
def decayed_learning_rate(initial, decay, epoch):
    if epoch > 0:
        initial *= decay
    return initial


# %% todo="decayed_learning_rate" id="decay_at_once" test="test_decayed_learning_rate_values" says="decayed once, in the first epoch already"
def decayed_learning_rate(initial, decay, epoch):
    initial = decay * initial
    return initial


# %% todo="decayed_learning_rate" id="decay_not_at_all" test="test_decayed_learning_rate_values" says="the rate does not decay"
def decayed_learning_rate(initial, decay, epoch):
    return initial


# %% todo="decayed_learning_rate" id="decay_hyperbolic" test="test_decayed_learning_rate_values" says="divided by 1 + decay times the epoch"
def decayed_learning_rate(initial, decay, epoch):
    return initial / (1 + decay * epoch)


# %% todo="decayed_learning_rate" id="decay_exponential" test="test_decayed_learning_rate_values" says="an exponential of the decay"
def decayed_learning_rate(initial, decay, epoch):
    return initial * np.exp(-decay * epoch)


# %% todo="decayed_learning_rate" id="decay_subtracted" test="test_decayed_learning_rate_values" says="1 - decay in place of the decay"
def decayed_learning_rate(initial, decay, epoch):
    return initial * (1 - decay) ** epoch


# %% todo="decayed_learning_rate" id="decay_factor_only" test="test_decayed_learning_rate_values" says="the initial rate is left out"
def decayed_learning_rate(initial, decay, epoch):
    return decay**epoch


# %% todo="decayed_learning_rate" id="decay_not_above_0" test="test_decayed_learning_rate_values" says="rate of epoch 5 with decay 1"
def decayed_learning_rate(initial, decay, epoch):
    if decay < 1:
        return initial * decay**epoch


# %% todo="decayed_learning_rate" id="decay_xor" test="test_decayed_learning_rate_values" says="unsupported operand type(s) for ^"
def decayed_learning_rate(initial, decay, epoch):
    return initial * decay ^ epoch


# %% todo="decayed_learning_rate" id="decay_no_return" test="test_decayed_learning_rate_values" says="None among the values"
def decayed_learning_rate(initial, decay, epoch):
    rate = initial * decay**epoch


# %% todo="decayed_learning_rate" id="decay_print" test="test_decayed_learning_rate_values" says="None among the values"
def decayed_learning_rate(initial, decay, epoch):
    print(f"learning rate: {initial * decay**epoch:.4f}")


# %% todo="decayed_learning_rate" id="decay_list" test="test_decayed_learning_rate_values" says="a ragged list"
def decayed_learning_rate(initial, decay, epoch):
    return [initial * decay**t for t in range(epoch + 1)]


# %% todo="decayed_learning_rate" id="decay_integers" test="test_decayed_learning_rate_values" says="got integers"
def decayed_learning_rate(initial, decay, epoch):
    return int(initial * decay**epoch)


# %% [markdown]
# ## should_stop


# %% todo="should_stop" id="stop_one_change" test="test_should_stop_cases" says="one small change is enough"
def should_stop(accuracies, threshold):
    if len(accuracies) < 2:
        return False
    return abs(accuracies[-1] - accuracies[-2]) < threshold


# %% todo="should_stop" id="stop_either" test="test_should_stop_cases" says="either of the last two changes is enough"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    changes = np.abs(np.diff(accuracies[-3:]))
    return bool(np.any(changes < threshold))


# %% todo="should_stop" id="stop_signed" test="test_should_stop_cases" says="a fall counts as a small change: take the absolute value"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    a, b, c = accuracies[-3:]
    return b - a < threshold and c - b < threshold


# %% todo="should_stop" id="stop_counter" test="test_should_stop_cases" says="the small changes need not be consecutive, or recent"
def should_stop(accuracies, threshold):
    small = 0
    for before, after in zip(accuracies, accuracies[1:], strict=False):
        if abs(after - before) < threshold:
            small += 1
    return small >= 2


# %% todo="should_stop" id="stop_first_three" test="test_should_stop_cases" says="the first three accuracies are compared, not the last three"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    changes = np.abs(np.diff(accuracies[:3]))
    return bool(np.all(changes < threshold))


# %% todo="should_stop" id="stop_over_two" test="test_should_stop_cases" says="the change over two epochs is compared, not each change"
def should_stop(accuracies, threshold):
    return len(accuracies) >= 3 and abs(accuracies[-1] - accuracies[-3]) < threshold


# %% todo="should_stop" id="stop_inverted" test="test_should_stop_cases" says="the decision is the wrong way round"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return True
    changes = np.abs(np.diff(accuracies[-3:]))
    return not np.all(changes < threshold)


# %% todo="should_stop" id="stop_large_changes" test="test_should_stop_cases" says="it stops when the changes are large"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    changes = np.abs(np.diff(accuracies[-3:]))
    return bool(np.all(changes > threshold))


# %% todo="should_stop" id="stop_four_needed" test="test_should_stop_cases" says="three accuracies are enough"
def should_stop(accuracies, threshold):
    if len(accuracies) <= 3:
        return False
    changes = np.abs(np.diff(accuracies[-3:]))
    return bool(np.all(changes < threshold))


# %% todo="should_stop" id="stop_short_history" test="test_should_stop_cases" says="IndexError: list index out of range"
def should_stop(accuracies, threshold):
    first = abs(accuracies[-1] - accuracies[-2]) < threshold
    second = abs(accuracies[-2] - accuracies[-3]) < threshold
    return first and second


# %% todo="should_stop" id="stop_empty_changes" test="test_should_stop_cases" says="fewer than three accuracies decide nothing"
def should_stop(accuracies, threshold):
    return bool(np.all(np.abs(np.diff(accuracies[-3:])) < threshold))


# %% todo="should_stop" id="stop_at_equality" test="test_should_stop_threshold" says="a change equal to the threshold counts as smaller"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    return bool(np.max(np.abs(np.diff(accuracies[-3:]))) <= threshold)


# %% todo="should_stop" id="stop_fixed_threshold" test="test_should_stop_threshold" says="use the threshold that is given"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    return bool(np.all(np.abs(np.diff(accuracies[-3:])) < 0.005))


# %% todo="should_stop" id="stop_pops" test="test_should_stop_threshold" says="do not change the list that you were given"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    last, before = accuracies.pop(), accuracies.pop()
    return abs(last - before) < threshold and abs(before - accuracies[-1]) < threshold


# %% todo="should_stop" id="stop_reverses" test="test_should_stop_threshold" says="do not change the list that you were given"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    accuracies.reverse()
    last, before, first = accuracies[:3]
    return abs(last - before) < threshold and abs(before - first) < threshold


# %% todo="should_stop" id="stop_array_of_two" test="test_should_stop_cases" says="truth value of an array with more than one element is ambiguous" first="one decision for each change, not one for both; the oldest first"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    return np.abs(np.diff(accuracies[-3:])) < threshold


# %% todo="should_stop" id="stop_list" test="test_should_stop_cases" says="it stops at the third epoch, whatever the changes" first="one decision for each change, not one for both"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    return [abs(accuracies[-i] - accuracies[-i - 1]) < threshold for i in (1, 2)]


# %% todo="should_stop" id="stop_integers" test="test_should_stop_cases" says="it stops at the third epoch, whatever the changes"
def should_stop(accuracies, threshold):
    if len(accuracies) < 3:
        return False
    changes = np.abs(np.diff(np.array(accuracies[-3:], dtype=int)))
    return bool(np.all(changes < threshold))


# %% todo="should_stop" id="stop_print" test="test_should_stop_cases" says="it never stops" first="None among the values"
def should_stop(accuracies, threshold):
    if len(accuracies) >= 3 and np.all(np.abs(np.diff(accuracies[-3:])) < threshold):
        print("stop now: True")


# %% todo="should_stop" id="stop_no_return" test="test_should_stop_cases" says="it never stops" first="None among the values"
def should_stop(accuracies, threshold):
    stop = len(accuracies) >= 3 and np.all(np.abs(np.diff(accuracies[-3:])) < threshold)


# %% todo="cross_entropy" id="cross_entropy_two" test="test_cross_entropy_values" says="average over the N rows" first="the batch size is fixed at 2: divide by len(P)"
EPS = 1e-11


def cross_entropy(P, Y):
    return -np.sum(Y * np.log(P + EPS)) / 2
