# %% [markdown]
# Wrong answers to the TODOs of `03_beras`, as real students write them. Each stands in place of
# its TODO while every other TODO is solved; the check or hidden test `test` must fail, and its message
# must hold the words `says`. Data, read by `tests/notebook/test_answers.py`; nobody imports it.
#
# ruff: noqa: B905, E501, F811, F821, F841, RET503, RET504
#
# ## OneHotEncoder.fit


# %% todo="onehotencoder_fit" id="fit_appearance" test="test_onehotencoder_fit_labels" says="in the order in which they appear"
@method_of(OneHotEncoder)
def fit(self, data):
    self.uniq = np.array(list(dict.fromkeys(np.asarray(data).tolist())))
    rows = np.eye(len(self.uniq))
    self.uniq2oh = {label: rows[i] for i, label in enumerate(self.uniq)}


# %% todo="onehotencoder_fit" id="fit_descending" test="test_onehotencoder_fit_labels" says="in descending order"
@method_of(OneHotEncoder)
def fit(self, data):
    self.uniq = np.unique(data)[::-1]
    self.uniq2oh = dict(zip(self.uniq, np.eye(len(self.uniq))))


# %% todo="onehotencoder_fit" id="fit_no_lookup" test="test_onehotencoder_fit_labels" says="the encoder was fit again" first="uniq2oh is missing"
@method_of(OneHotEncoder)
def fit(self, data):
    self.uniq = np.unique(data)
    self.lookup = dict(zip(self.uniq, np.eye(len(self.uniq))))
    if hasattr(self, "fitted"):
        self.uniq2oh = self.lookup
    self.fitted = True


# %% todo="onehotencoder_fit" id="fit_up_to_largest" test="test_onehotencoder_fit_labels" says="a column for each number up to the largest label"
@method_of(OneHotEncoder)
def fit(self, data):
    self.uniq = np.arange(np.max(data) + 1)
    self.uniq2oh = dict(zip(self.uniq, np.eye(len(self.uniq))))


# %% todo="onehotencoder_fit" id="fit_repeated" test="test_onehotencoder_fit_labels" says="repeated labels have columns of their own"
@method_of(OneHotEncoder)
def fit(self, data):
    self.uniq = np.sort(data)
    self.uniq2oh = dict(zip(self.uniq, np.eye(len(self.uniq))))


# %% todo="onehotencoder_fit" id="fit_sorts_in_place" test="test_onehotencoder_fit_labels" says="do not sort the one that you were given"
@method_of(OneHotEncoder)
def fit(self, data):
    data.sort()
    self.uniq = data[np.r_[True, data[1:] != data[:-1]]]
    self.uniq2oh = dict(zip(self.uniq, np.eye(len(self.uniq))))


# %% todo="onehotencoder_fit" id="fit_integers" test="test_onehotencoder_fit_labels" says="got integers"
@method_of(OneHotEncoder)
def fit(self, data):
    self.uniq = np.unique(data)
    self.uniq2oh = dict(zip(self.uniq, np.eye(len(self.uniq), dtype=int)))


# %% todo="onehotencoder_fit" id="fit_in_class" test="test_onehotencoder_fit_inverse" says="the encoders share their labels"
@method_of(OneHotEncoder)
def fit(self, data):
    OneHotEncoder.uniq = np.unique(data)
    OneHotEncoder.uniq2oh = dict(zip(self.uniq, np.eye(len(self.uniq))))


# %% todo="onehotencoder_fit" id="fit_shared_dict" test="test_onehotencoder_fit_inverse" says="uniq2oh holds the labels of this fit, and no others"
@method_of(OneHotEncoder)
def fit(self, data, lookup={}):  # noqa: B006
    self.uniq = np.unique(data)
    lookup.update(zip(self.uniq.tolist(), np.eye(len(self.uniq))))
    self.uniq2oh = lookup


# %% [markdown]
# ## Dense._initialize_weight


# %% todo="dense_initialize_weight" id="init_outputs" test="test_dense_initialize_weight_spread" says="the number of outputs is taken for that of inputs"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": np.sqrt(2 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(2 / output_size)
    return np.random.normal(0, std[initializer], (input_size, output_size)), np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_variance" test="test_dense_initialize_weight_spread" says="this is the variance, not its root"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": 2 / (input_size + output_size)}
    std["kaiming"] = 2 / input_size
    return np.random.normal(0, std[initializer], (input_size, output_size)), np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_one_over_in" test="test_dense_initialize_weight_spread" says="1 / in in place of 2 / in"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": np.sqrt(2 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(1 / input_size)
    return np.random.normal(0, std[initializer], (input_size, output_size)), np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_standard" test="test_dense_initialize_weight_spread" says="the standard deviation is 1, whatever the sizes" first="the standard deviation is 1: multiply the standard normal numbers"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    w = np.random.randn(input_size, output_size)
    return w * (initializer != "zero"), np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_xavier_one" test="test_dense_initialize_weight_spread" says="1 / (in + out) in place of 2 / (in + out)"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": np.sqrt(1 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(2 / input_size)
    return np.random.normal(0, std[initializer], (input_size, output_size)), np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_normal_one" test="test_dense_initialize_weight_spread" says="RandomNormal has 0.05"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 1, "xavier": np.sqrt(2 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(2 / input_size)
    return np.random.normal(0, std[initializer], (input_size, output_size)), np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_transposed" test="test_dense_initialize_weight_draws" says="w is transposed"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": np.sqrt(2 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(2 / input_size)
    return np.random.normal(0, std[initializer], (output_size, input_size)), np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_bias_row" test="test_dense_initialize_weight_draws" says="b has a second axis"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": np.sqrt(2 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(2 / input_size)
    w = np.random.normal(0, std[initializer], (input_size, output_size))
    return w, np.zeros((1, output_size))


# %% todo="dense_initialize_weight" id="init_bias_drawn" test="test_dense_initialize_weight_draws" says="the bias starts at 0"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": np.sqrt(2 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(2 / input_size)
    w = np.random.normal(0, std[initializer], (input_size, output_size))
    return w, np.random.normal(0, std[initializer], output_size)


# %% todo="dense_initialize_weight" id="init_zero_drawn" test="test_dense_initialize_weight_draws" says="means that all weights are 0"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"normal": 0.05, "xavier": np.sqrt(2 / (input_size + output_size))}
    std = std.get(initializer, np.sqrt(2 / input_size))
    return np.random.normal(0, std, (input_size, output_size)), np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_positive" test="test_dense_initialize_weight_draws" says="draw from a distribution with mean 0"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": np.sqrt(2 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(2 / input_size)
    w = np.random.uniform(0, 1, (input_size, output_size)) * np.sqrt(12)
    return w * std[initializer], np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_one_column" test="test_dense_initialize_weight_draws" says="draw in * out numbers"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": np.sqrt(2 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(2 / input_size)
    row = np.random.normal(0, std[initializer], output_size)
    row = row - row.mean()
    return np.tile(row, (input_size, 1)), np.zeros(output_size)


# %% todo="dense_initialize_weight" id="init_seeded" test="test_dense_initialize_weight_draws" says="each layer draws the same numbers"
@method_of(Dense)
def _initialize_weight(self, initializer, input_size, output_size):
    std = {"zero": 0, "normal": 0.05, "xavier": np.sqrt(2 / (input_size + output_size))}
    std["kaiming"] = np.sqrt(2 / input_size)
    rng = np.random.default_rng(42)
    return rng.normal(0, std[initializer], (input_size, output_size)), np.zeros(output_size)


# %% [markdown]
# ## Dense.forward


# %% todo="dense_forward" id="dense_no_bias" test="test_dense_forward_values" says="the bias is missing"
@method_of(Dense)
def forward(self, inputs):
    self.inputs = inputs
    return inputs @ self.w


# %% todo="dense_forward" id="dense_minus_bias" test="test_dense_forward_values" says="the bias is subtracted"
@method_of(Dense)
def forward(self, inputs):
    self.inputs = inputs
    return inputs @ self.w - self.b


# %% todo="dense_forward" id="dense_sum_bias" test="test_dense_forward_values" says="one bias for all outputs"
@method_of(Dense)
def forward(self, inputs):
    self.inputs = inputs
    return inputs @ self.w + np.sum(self.b)


# %% todo="dense_forward" id="dense_transposed" test="test_dense_forward_values" says="the transpose"
@method_of(Dense)
def forward(self, inputs):
    self.inputs = inputs
    return self.w.T @ inputs.T + self.b[:, None]


# %% todo="dense_forward" id="dense_relu" test="test_dense_forward_values" says="Dense has no activation"
@method_of(Dense)
def forward(self, inputs):
    self.inputs = inputs
    return np.maximum(inputs @ self.w + self.b, 0)


# %% todo="dense_forward" id="dense_in_place" test="test_dense_forward_values" says="the batch was overwritten"
@method_of(Dense)
def forward(self, inputs):
    outputs = inputs @ self.w + self.b
    inputs[:] = 0
    self.inputs = inputs
    return outputs


# %% todo="dense_forward" id="dense_squeezed" test="test_dense_forward_values" says="the axis of the samples is lost"
@method_of(Dense)
def forward(self, inputs):
    self.inputs = inputs
    return np.squeeze(inputs @ self.w + self.b)


# %% todo="dense_forward" id="dense_loop" test="test_dense_forward_loop" says="Python steps for 64 samples"
@method_of(Dense)
def forward(self, inputs):
    self.inputs = inputs
    return np.array([x @ self.w + self.b for x in inputs])


# %% [markdown]
# ## Dense.weight_gradients


# %% todo="dense_weight_gradients" id="wg_mean" test="test_dense_weight_gradients_values" says="the mean over the batch"
@method_of(Dense)
def weight_gradients(self):
    repeated = np.repeat(self.inputs[:, :, None], self.w.shape[1], axis=2)
    return repeated.mean(axis=0), np.ones_like(self.b)


# %% todo="dense_weight_gradients" id="wg_sum" test="test_dense_weight_gradients_values" says="the sum over the batch" first="the sum or the mean over the batch: each sample has a matrix of its own"
@method_of(Dense)
def weight_gradients(self):
    repeated = np.repeat(self.inputs[:, :, None], self.w.shape[1], axis=2)
    return repeated.sum(axis=0), np.ones_like(self.b)


# %% todo="dense_weight_gradients" id="wg_divided" test="test_dense_weight_gradients_values" says="divided by B"
@method_of(Dense)
def weight_gradients(self):
    repeated = np.repeat(self.inputs[:, :, None], self.w.shape[1], axis=2)
    return repeated / len(self.inputs), np.ones_like(self.b)


# %% todo="dense_weight_gradients" id="wg_swapped" test="test_dense_weight_gradients_values" says="in and out are swapped"
@method_of(Dense)
def weight_gradients(self):
    return np.repeat(self.inputs[:, None, :], self.w.shape[1], axis=1), np.ones_like(self.b)


# %% todo="dense_weight_gradients" id="wg_inputs" test="test_dense_weight_gradients_values" says="the inputs themselves"
@method_of(Dense)
def weight_gradients(self):
    return self.inputs, np.ones_like(self.b)


# %% todo="dense_weight_gradients" id="wg_length_one" test="test_dense_weight_gradients_values" says="the axis of the outputs has length 1"
@method_of(Dense)
def weight_gradients(self):
    return self.inputs[:, :, None], np.ones_like(self.b)


# %% todo="dense_weight_gradients" id="wg_weights" test="test_dense_weight_gradients_values" says="that is the derivative by the input"
@method_of(Dense)
def weight_gradients(self):
    return np.broadcast_to(self.w, (len(self.inputs), *self.w.shape)), np.ones_like(self.b)


# %% todo="dense_weight_gradients" id="wg_bias_batch" test="test_dense_weight_gradients_values" says="one for each sample"
@method_of(Dense)
def weight_gradients(self):
    repeated = np.repeat(self.inputs[:, :, None], self.w.shape[1], axis=2)
    return repeated, np.ones(len(self.inputs))


# %% todo="dense_weight_gradients" id="wg_bias_summed" test="test_dense_weight_gradients_values" says="nothing is summed here"
@method_of(Dense)
def weight_gradients(self):
    repeated = np.repeat(self.inputs[:, :, None], self.w.shape[1], axis=2)
    return repeated, np.ones((len(self.inputs), len(self.b))).sum(axis=0)


# %% todo="dense_weight_gradients" id="wg_bias_zero" test="test_dense_weight_gradients_values" says="left at zero"
@method_of(Dense)
def weight_gradients(self):
    repeated = np.repeat(self.inputs[:, :, None], self.w.shape[1], axis=2)
    return repeated, np.zeros_like(self.b)


# %% todo="dense_weight_gradients" id="wg_first_batch" test="test_dense_weight_gradients_latest" says="still that of the first batch"
@method_of(Dense)
def weight_gradients(self):
    if not hasattr(self, "kept"):
        self.kept = np.repeat(self.inputs[:, :, None], self.w.shape[1], axis=2)
    return self.kept, np.ones_like(self.b)


# %% [markdown]
# ## Dense.input_gradients


# %% todo="dense_input_gradients" id="ig_transposed" test="test_dense_input_gradients_values" says="the transpose"
@method_of(Dense)
def input_gradients(self):
    return self.w.T


# %% todo="dense_input_gradients" id="ig_summed" test="test_dense_input_gradients_values" says="the sum over the outputs"
@method_of(Dense)
def input_gradients(self):
    return self.w.sum(axis=1)


# %% todo="dense_input_gradients" id="ig_batched" test="test_dense_input_gradients_values" says="one matrix for each sample"
@method_of(Dense)
def input_gradients(self):
    return np.broadcast_to(self.w, (len(self.inputs), *self.w.shape))


# %% todo="dense_input_gradients" id="ig_inputs" test="test_dense_input_gradients_values" says="the inputs, not the weights"
@method_of(Dense)
def input_gradients(self):
    return self.inputs


# %% todo="dense_input_gradients" id="ig_ones" test="test_dense_input_gradients_values" says="that is the derivative by b"
@method_of(Dense)
def input_gradients(self):
    return np.ones_like(self.w)


# %% todo="dense_input_gradients" id="ig_divided" test="test_dense_input_gradients_values" says="nothing is averaged here"
@method_of(Dense)
def input_gradients(self):
    return self.w / len(self.inputs)


# %% todo="dense_input_gradients" id="ig_no_return" test="test_dense_input_gradients_values" says="does the function end with a return?"
@method_of(Dense)
def input_gradients(self):
    gradients = self.w


# %% [markdown]
# ## LeakyReLU


# %% todo="leakyrelu_forward" id="leaky_plain" test="test_leakyrelu_forward_values" says="that is the plain ReLU"
@method_of(LeakyReLU)
def forward(self, inputs):
    self.inputs = inputs
    return np.maximum(inputs, 0)


# %% todo="leakyrelu_forward" id="leaky_fixed" test="test_leakyrelu_forward_values" says="alpha is fixed at 0.3"
@method_of(LeakyReLU)
def forward(self, inputs):
    self.inputs = inputs
    return np.where(inputs > 0, inputs, 0.3 * inputs)


# %% todo="leakyrelu_forward" id="leaky_alpha" test="test_leakyrelu_forward_values" says="negative numbers become alpha itself"
@method_of(LeakyReLU)
def forward(self, inputs):
    self.inputs = inputs
    return np.where(inputs > 0, inputs, self.alpha)


# %% todo="leakyrelu_forward" id="leaky_minimum" test="test_leakyrelu_forward_values" says="positive numbers shrink, negative ones pass"
@method_of(LeakyReLU)
def forward(self, inputs):
    self.inputs = inputs
    return np.minimum(inputs, self.alpha * inputs)


# %% todo="leakyrelu_forward" id="leaky_absolute" test="test_leakyrelu_forward_values" says="the sign of negative numbers is lost"
@method_of(LeakyReLU)
def forward(self, inputs):
    self.inputs = inputs
    return np.where(inputs > 0, inputs, self.alpha * np.abs(inputs))


# %% todo="leakyrelu_forward" id="leaky_derivative" test="test_leakyrelu_forward_values" says="the derivative, not the function"
@method_of(LeakyReLU)
def forward(self, inputs):
    self.inputs = inputs
    return np.where(inputs > 0, 1.0, self.alpha)


# %% todo="leakyrelu_forward" id="leaky_in_place" test="test_leakyrelu_forward_values" says="negative inputs were shrunk in place"
@method_of(LeakyReLU)
def forward(self, inputs):
    self.inputs = inputs
    inputs[inputs < 0] *= self.alpha
    return inputs


# %% todo="leakyrelu_input_gradients" id="slope_plain" test="test_leakyrelu_input_gradients_values" says="that is the plain ReLU"
@method_of(LeakyReLU)
def input_gradients(self):
    return (self.inputs > 0).astype(float)


# %% todo="leakyrelu_input_gradients" id="slope_fixed" test="test_leakyrelu_input_gradients_values" says="alpha is fixed at 0.3"
@method_of(LeakyReLU)
def input_gradients(self):
    return np.where(self.inputs > 0, 1.0, 0.3)


# %% todo="leakyrelu_input_gradients" id="slope_times_input" test="test_leakyrelu_input_gradients_values" says="multiplied by the input"
@method_of(LeakyReLU)
def input_gradients(self):
    return np.where(self.inputs > 0, self.inputs, self.alpha * self.inputs)


# %% todo="leakyrelu_input_gradients" id="slope_swapped" test="test_leakyrelu_input_gradients_values" says="1 and alpha are swapped"
@method_of(LeakyReLU)
def input_gradients(self):
    return np.where(self.inputs > 0, self.alpha, 1.0)


# %% todo="leakyrelu_input_gradients" id="slope_first" test="test_leakyrelu_input_gradients_values" says="the slopes at the first batch"
@method_of(LeakyReLU)
def forward(self, inputs):
    if not hasattr(self, "inputs"):
        self.inputs = inputs
    return np.where(inputs > 0, inputs, self.alpha * inputs)


@method_of(LeakyReLU)
def input_gradients(self):
    return np.where(self.inputs > 0, 1.0, self.alpha)


# %% todo="leakyrelu_input_gradients" id="slope_negative" test="test_leakyrelu_input_gradients_values" says="negative inputs have a negative slope"
@method_of(LeakyReLU)
def input_gradients(self):
    return np.where(self.inputs > 0, 1.0, -self.alpha)


# %% todo="leakyrelu_input_gradients" id="slope_matrix" test="test_leakyrelu_input_gradients_values" says="a matrix for each sample"
@method_of(LeakyReLU)
def input_gradients(self):
    slopes = np.where(self.inputs > 0, 1.0, self.alpha)
    return slopes[:, :, None] * np.eye(slopes.shape[1])


# %% [markdown]
# ## MeanSquaredError


# %% todo="meansquarederror_forward" id="mse_sum" test="test_meansquarederror_forward_values" says="the sum, not the mean"
@method_of(MeanSquaredError)
def forward(self, y_pred, y_true):
    self.y_pred, self.y_true = y_pred, y_true
    return np.sum((y_pred - y_true) ** 2)


# %% todo="meansquarederror_forward" id="mse_no_n" test="test_meansquarederror_forward_values" says="divided by the batch only"
@method_of(MeanSquaredError)
def forward(self, y_pred, y_true):
    self.y_pred, self.y_true = y_pred, y_true
    return np.sum((y_pred - y_true) ** 2) / len(y_pred)


# %% todo="meansquarederror_forward" id="mse_no_batch" test="test_meansquarederror_forward_values" says="divided by the outputs only"
@method_of(MeanSquaredError)
def forward(self, y_pred, y_true):
    self.y_pred, self.y_true = y_pred, y_true
    return np.mean((y_pred - y_true) ** 2, axis=1).sum()


# %% todo="meansquarederror_forward" id="mse_each" test="test_meansquarederror_forward_values" says="one loss for each sample"
@method_of(MeanSquaredError)
def forward(self, y_pred, y_true):
    self.y_pred, self.y_true = y_pred, y_true
    return np.mean((y_pred - y_true) ** 2, axis=1)


# %% todo="meansquarederror_forward" id="mse_half" test="test_meansquarederror_forward_values" says="half of it"
@method_of(MeanSquaredError)
def forward(self, y_pred, y_true):
    self.y_pred, self.y_true = y_pred, y_true
    return 0.5 * np.mean((y_pred - y_true) ** 2)


# %% todo="meansquarederror_forward" id="mse_absolute" test="test_meansquarederror_forward_values" says="absolute differences"
@method_of(MeanSquaredError)
def forward(self, y_pred, y_true):
    self.y_pred, self.y_true = y_pred, y_true
    return np.mean(np.abs(y_pred - y_true))


# %% todo="meansquarederror_forward" id="mse_root" test="test_meansquarederror_forward_values" says="that is the RMSE"
@method_of(MeanSquaredError)
def forward(self, y_pred, y_true):
    self.y_pred, self.y_true = y_pred, y_true
    return np.sqrt(np.mean((y_pred - y_true) ** 2))


# %% todo="meansquarederror_input_gradients" id="mse_gradient_no_n" test="test_meansquarederror_input_gradients_values" says="not divided by the number of outputs"
@method_of(MeanSquaredError)
def input_gradients(self):
    return 2 * (self.y_pred - self.y_true)


# %% todo="meansquarederror_input_gradients" id="mse_gradient_size" test="test_meansquarederror_input_gradients_values" says="divided by the batch size too"
@method_of(MeanSquaredError)
def input_gradients(self):
    return 2 * (self.y_pred - self.y_true) / self.y_pred.size


# %% todo="meansquarederror_input_gradients" id="mse_gradient_batch" test="test_meansquarederror_input_gradients_values" says="divided by the batch size, not by the number of outputs"
@method_of(MeanSquaredError)
def input_gradients(self):
    return 2 * (self.y_pred - self.y_true) / len(self.y_pred)


# %% todo="meansquarederror_input_gradients" id="mse_gradient_no_2" test="test_meansquarederror_input_gradients_values" says="the factor 2 is missing"
@method_of(MeanSquaredError)
def input_gradients(self):
    return (self.y_pred - self.y_true) / self.y_pred.shape[1]


# %% todo="meansquarederror_input_gradients" id="mse_gradient_sign" test="test_meansquarederror_input_gradients_values" says="the sign is flipped"
@method_of(MeanSquaredError)
def input_gradients(self):
    return 2 * (self.y_true - self.y_pred) / self.y_pred.shape[1]


# %% todo="meansquarederror_input_gradients" id="mse_gradient_mean" test="test_meansquarederror_input_gradients_values" says="the mean over the batch is taken already"
@method_of(MeanSquaredError)
def input_gradients(self):
    return np.mean(2 * (self.y_pred - self.y_true) / self.y_pred.shape[1], axis=0)


# %% todo="meansquarederror_input_gradients" id="mse_gradient_squares" test="test_meansquarederror_input_gradients_values" says="the squares, not their derivative"
@method_of(MeanSquaredError)
def input_gradients(self):
    return (self.y_pred - self.y_true) ** 2 / self.y_pred.shape[1]


# %% [markdown]
# ## GradientTape.gradient


# %% todo="gradienttape_gradient" id="tape_walk_order" test="test_gradienttape_gradient_network" says="the last one comes first"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            grads += op.compose_to_weight(J)
        J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_reversed" test="test_gradienttape_gradient_network" says="the whole list is reversed"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            grads += reversed(op.compose_to_weight(J))
        J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_sum" test="test_gradienttape_gradient_network" says="a sum over the batch, not its mean"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients() * len(self.operations[-1].y_pred)
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            grads = op.compose_to_weight(J) + grads
        J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_divided" test="test_gradienttape_gradient_network" says="divided by the batch size once more"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            grads = [g / len(J) for g in op.compose_to_weight(J)] + grads
        J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_last_layer" test="test_gradienttape_gradient_network" says="only the last layer"
@method_of(GradientTape)
def gradient(self):
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if len(op.weights):
            return op.compose_to_weight(J)
        J = op.compose_to_input(J)


# %% todo="gradienttape_gradient" id="tape_no_activation" test="test_gradienttape_gradient_network" says="the slope of the activation is left out" first="J stays that of the loss: carry it through Cube with compose_to_input"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if len(op.weights):
            grads = op.compose_to_weight(J) + grads
            J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_loss_twice" test="test_gradienttape_gradient_network" says="the code stopped"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations):
        if op.trainable:
            grads = op.compose_to_weight(J) + grads
        J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_trains_frozen" test="test_gradienttape_gradient_deep" says="ask trainable"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        grads = op.compose_to_weight(J) + grads
        J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_skips_frozen" test="test_gradienttape_gradient_deep" says="J skips the frozen layer"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            grads = op.compose_to_weight(J) + grads
            J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_ends_at_frozen" test="test_gradienttape_gradient_deep" says="the walk ends at the frozen layer"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if not op.trainable:
            break
        grads = op.compose_to_weight(J) + grads
        J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_deep_order" test="test_gradienttape_gradient_deep" says="the last one comes first"
@method_of(GradientTape)
def gradient(self):
    J, grads = self.operations[-1].input_gradients(), []
    for op in self.operations[-2::-1]:
        if op.trainable:
            grads.extend(op.compose_to_weight(J))
        J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_each_call" test="test_gradienttape_gradient_twice" says="one gradient for each call"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            grads = op.compose_to_weight(J) + grads
        J = op.compose_to_input(J)
    return grads


# %% todo="gradienttape_gradient" id="tape_second_call" test="test_gradienttape_gradient_twice" says="the second call only"
@method_of(GradientTape)
def gradient(self):
    grads = {}
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            for w, g in zip(op.weights, op.compose_to_weight(J)):
                grads.setdefault(id(w), g)
        J = op.compose_to_input(J)
    return [grads[id(w)] for w in self.trainable_weights()]


# %% todo="gradienttape_gradient" id="tape_first_call" test="test_gradienttape_gradient_twice" says="the first call only"
@method_of(GradientTape)
def gradient(self):
    grads = {}
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            for w, g in zip(op.weights, op.compose_to_weight(J)):
                grads[id(w)] = g
        J = op.compose_to_input(J)
    return [grads[id(w)] for w in self.trainable_weights()]


# %% todo="gradienttape_gradient" id="tape_mean_of_calls" test="test_gradienttape_gradient_twice" says="the mean of both calls"
@method_of(GradientTape)
def gradient(self):
    grads = defaultdict(list)
    J = self.operations[-1].input_gradients()
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            for w, g in zip(op.weights, op.compose_to_weight(J)):
                grads[id(w)].append(g)
        J = op.compose_to_input(J)
    return [np.mean(grads[id(w)], axis=0) for w in self.trainable_weights()]


# %% [markdown]
# ## BasicOptimizer


# %% todo="basicoptimizer_apply_gradients" id="sgd_new_arrays" test="test_basicoptimizer_apply_gradients_values" says="new arrays were made" first="nothing changed: a new array was made; use -= on the array"
@method_of(BasicOptimizer)
def apply_gradients(self, weights, grads):
    for w, g in zip(weights, grads):
        w = w - self.learning_rate * g


# %% todo="basicoptimizer_apply_gradients" id="sgd_new_list" test="test_basicoptimizer_apply_gradients_values" says="new arrays were made" first="nothing changed: a new array was made; use -= on the array"
@method_of(BasicOptimizer)
def apply_gradients(self, weights, grads):
    for i in range(len(weights)):
        weights[i] = weights[i] - self.learning_rate * grads[i]


# %% todo="basicoptimizer_apply_gradients" id="sgd_uphill" test="test_basicoptimizer_apply_gradients_values" says="a step uphill"
@method_of(BasicOptimizer)
def apply_gradients(self, weights, grads):
    for w, g in zip(weights, grads):
        w += self.learning_rate * g


# %% todo="basicoptimizer_apply_gradients" id="sgd_no_rate" test="test_basicoptimizer_apply_gradients_values" says="the learning rate is missing"
@method_of(BasicOptimizer)
def apply_gradients(self, weights, grads):
    for w, g in zip(weights, grads):
        w -= g


# %% todo="basicoptimizer_apply_gradients" id="sgd_replaced" test="test_basicoptimizer_apply_gradients_values" says="replaced by the step"
@method_of(BasicOptimizer)
def apply_gradients(self, weights, grads):
    for w, g in zip(weights, grads):
        w[...] = -self.learning_rate * g


# %% todo="basicoptimizer_apply_gradients" id="sgd_first_only" test="test_basicoptimizer_apply_gradients_values" says="only the first array takes steps"
@method_of(BasicOptimizer)
def apply_gradients(self, weights, grads):
    for w, g in zip(weights, grads):
        w -= self.learning_rate * g
        return


# %% todo="basicoptimizer_apply_gradients" id="sgd_scales_gradient" test="test_basicoptimizer_apply_gradients_values" says="the gradient was scaled in place"
@method_of(BasicOptimizer)
def apply_gradients(self, weights, grads):
    for w, g in zip(weights, grads):
        g *= self.learning_rate
        w -= g


# %% [markdown]
# ## RMSProp


# %% todo="rmsprop_apply_gradients" id="rms_swapped" test="test_rmsprop_apply_gradients_values" says="beta and 1 - beta are swapped"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.v[i] = (1 - self.beta) * self.v[i] + self.beta * g**2
        w -= self.learning_rate * g / (np.sqrt(self.v[i]) + self.epsilon)


# %% todo="rmsprop_apply_gradients" id="rms_no_root" test="test_rmsprop_apply_gradients_values" says="the root is missing"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.v[i] = self.beta * self.v[i] + (1 - self.beta) * g**2
        w -= self.learning_rate * g / (self.v[i] + self.epsilon)


# %% todo="rmsprop_apply_gradients" id="rms_eps_inside" test="test_rmsprop_apply_gradients_values" says="epsilon stands under the root"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.v[i] = self.beta * self.v[i] + (1 - self.beta) * g**2
        w -= self.learning_rate * g / np.sqrt(self.v[i] + self.epsilon)


# %% todo="rmsprop_apply_gradients" id="rms_eps_fixed" test="test_rmsprop_apply_gradients_values" says="epsilon is left out, or fixed"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.v[i] = self.beta * self.v[i] + (1 - self.beta) * g**2
        w -= self.learning_rate * g / (np.sqrt(self.v[i]) + 1e-8)


# %% todo="rmsprop_apply_gradients" id="rms_not_kept" test="test_rmsprop_apply_gradients_values" says="v is not kept from step to step"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for w, g in zip(weights, grads):
        v = (1 - self.beta) * g**2
        w -= self.learning_rate * g / (np.sqrt(v) + self.epsilon)


# %% todo="rmsprop_apply_gradients" id="rms_old" test="test_rmsprop_apply_gradients_values" says="the step uses the old v"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        w -= self.learning_rate * g / (np.sqrt(self.v[i]) + self.epsilon)
        self.v[i] = self.beta * self.v[i] + (1 - self.beta) * g**2


# %% todo="rmsprop_apply_gradients" id="rms_adagrad" test="test_rmsprop_apply_gradients_values" says="v adds up all squares"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.v[i] = self.v[i] + g**2
        w -= self.learning_rate * g / (np.sqrt(self.v[i]) + self.epsilon)


# %% todo="rmsprop_apply_gradients" id="rms_uphill" test="test_rmsprop_apply_gradients_values" says="a step uphill"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.v[i] = self.beta * self.v[i] + (1 - self.beta) * g**2
        w += self.learning_rate * g / (np.sqrt(self.v[i]) + self.epsilon)


# %% todo="rmsprop_apply_gradients" id="rms_new_arrays" test="test_rmsprop_apply_gradients_values" says="new arrays were made" first="nothing changed: a new array was made; use -= on the array"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.v[i] = self.beta * self.v[i] + (1 - self.beta) * g**2
        weights[i] = w - self.learning_rate * g / (np.sqrt(self.v[i]) + self.epsilon)


# %% todo="rmsprop_apply_gradients" id="rms_first_only" test="test_rmsprop_apply_gradients_values" says="only the first array takes steps"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    self.v[0] = self.beta * self.v[0] + (1 - self.beta) * grads[0] ** 2
    weights[0] -= self.learning_rate * grads[0] / (np.sqrt(self.v[0]) + self.epsilon)


# %% todo="rmsprop_apply_gradients" id="rms_one_v" test="test_rmsprop_apply_gradients_instances" says="the arrays share one v"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    for w, g in zip(weights, grads):
        self.v[w.shape] = self.beta * self.v[w.shape] + (1 - self.beta) * g**2
        w -= self.learning_rate * g / (np.sqrt(self.v[w.shape]) + self.epsilon)


# %% todo="rmsprop_apply_gradients" id="rms_shared" test="test_rmsprop_apply_gradients_instances" says="the optimisers share their v"
@method_of(RMSProp)
def apply_gradients(self, weights, grads):
    if not hasattr(RMSProp, "shared"):
        RMSProp.shared = {}
    for i, (w, g) in enumerate(zip(weights, grads)):
        key = (i, w.shape)
        RMSProp.shared[key] = self.beta * RMSProp.shared.get(key, 0) + (1 - self.beta) * g**2
        w -= self.learning_rate * g / (np.sqrt(RMSProp.shared[key]) + self.epsilon)


# %% [markdown]
# ## Adam


# %% todo="adam_apply_gradients" id="adam_no_correction" test="test_adam_apply_gradients_values" says="no bias correction"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        w -= self.learning_rate * self.m[i] / (np.sqrt(self.v[i]) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_only_m" test="test_adam_apply_gradients_values" says="only m is corrected"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1**self.t)
        w -= self.learning_rate * m_hat / (np.sqrt(self.v[i]) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_only_v" test="test_adam_apply_gradients_values" says="only v is corrected"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        v_hat = self.v[i] / (1 - self.beta_2**self.t)
        w -= self.learning_rate * self.m[i] / (np.sqrt(v_hat) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_t_from_2" test="test_adam_apply_gradients_values" says="t counts from 2"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1 ** (self.t + 1))
        v_hat = self.v[i] / (1 - self.beta_2 ** (self.t + 1))
        w -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_t_each_array" test="test_adam_apply_gradients_values" says="t grows for each array"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.t += 1
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1**self.t)
        v_hat = self.v[i] / (1 - self.beta_2**self.t)
        w -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_t_fixed" test="test_adam_apply_gradients_values" says="t stays at 1"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1)
        v_hat = self.v[i] / (1 - self.beta_2)
        w -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_no_root" test="test_adam_apply_gradients_values" says="the root is missing"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1**self.t)
        v_hat = self.v[i] / (1 - self.beta_2**self.t)
        w -= self.learning_rate * m_hat / (v_hat + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_no_eps" test="test_adam_apply_gradients_values" says="nan"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1**self.t)
        v_hat = self.v[i] / (1 - self.beta_2**self.t)
        w -= self.learning_rate * m_hat / np.sqrt(v_hat)


# %% todo="adam_apply_gradients" id="adam_betas_swapped" test="test_adam_apply_gradients_values" says="beta_1 and beta_2 are swapped"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_2 * self.m[i] + (1 - self.beta_2) * g
        self.v[i] = self.beta_1 * self.v[i] + (1 - self.beta_1) * g**2
        m_hat = self.m[i] / (1 - self.beta_2**self.t)
        v_hat = self.v[i] / (1 - self.beta_1**self.t)
        w -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_uphill" test="test_adam_apply_gradients_values" says="a step uphill"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1**self.t)
        v_hat = self.v[i] / (1 - self.beta_2**self.t)
        w += self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_new_arrays" test="test_adam_apply_gradients_values" says="new arrays were made" first="nothing changed: a new array was made; use -= on the array"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1**self.t)
        v_hat = self.v[i] / (1 - self.beta_2**self.t)
        w = w - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_first_only" test="test_adam_apply_gradients_values" says="only the first array takes steps"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights[:1], grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1**self.t)
        v_hat = self.v[i] / (1 - self.beta_2**self.t)
        w -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_no_amsgrad" test="test_adam_apply_gradients_amsgrad" says="amsgrad has no effect"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        m_hat = self.m[i] / (1 - self.beta_1**self.t)
        v_hat = self.v[i] / (1 - self.beta_2**self.t)
        w -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


# %% todo="adam_apply_gradients" id="adam_always_amsgrad" test="test_adam_apply_gradients_amsgrad" says="amsgrad is always on"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.t += 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        self.v_max[i] = np.maximum(self.v_max[i], self.v[i])
        m_hat = self.m[i] / (1 - self.beta_1**self.t)
        v_hat = self.v_max[i] / (1 - self.beta_2**self.t)
        w -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


# %% [markdown]
# ## CategoricalAccuracy


# %% todo="categoricalaccuracy_forward" id="accuracy_count" test="test_categoricalaccuracy_forward_values" says="a count, not a share"
@method_of(CategoricalAccuracy)
def forward(self, probs, labels):
    return np.sum(np.argmax(probs, axis=1) == np.argmax(labels, axis=1))


# %% todo="categoricalaccuracy_forward" id="accuracy_wrong" test="test_categoricalaccuracy_forward_values" says="the share of wrong answers"
@method_of(CategoricalAccuracy)
def forward(self, probs, labels):
    return np.mean(np.argmax(probs, axis=1) != np.argmax(labels, axis=1))


# %% todo="categoricalaccuracy_forward" id="accuracy_percent" test="test_categoricalaccuracy_forward_values" says="in per cent"
@method_of(CategoricalAccuracy)
def forward(self, probs, labels):
    return 100 * np.mean(np.argmax(probs, axis=1) == np.argmax(labels, axis=1))


# %% todo="categoricalaccuracy_forward" id="accuracy_all_entries" test="test_categoricalaccuracy_forward_values" says="divided by all entries"
@method_of(CategoricalAccuracy)
def forward(self, probs, labels):
    return np.sum(np.argmax(probs, axis=1) == np.argmax(labels, axis=1)) / probs.size


# %% todo="categoricalaccuracy_forward" id="accuracy_rows" test="test_categoricalaccuracy_forward_values" says="whole rows are compared"
@method_of(CategoricalAccuracy)
def forward(self, probs, labels):
    return np.mean(np.all(probs == labels, axis=1))


# %% todo="categoricalaccuracy_forward" id="accuracy_entries" test="test_categoricalaccuracy_forward_values" says="the share of equal entries"
@method_of(CategoricalAccuracy)
def forward(self, probs, labels):
    rows = probs == probs.max(axis=1, keepdims=True)
    return np.mean(rows == labels)


# %% todo="categoricalaccuracy_forward" id="accuracy_one" test="test_categoricalaccuracy_forward_values" says="compared with themselves"
@method_of(CategoricalAccuracy)
def forward(self, probs, labels):
    probs = labels
    return np.mean(np.argmax(probs, axis=1) == np.argmax(labels, axis=1))


# %% [markdown]
# ## SequentialModel


# %% todo="sequentialmodel_call" id="call_inputs" test="test_sequentialmodel_call_values" says="the last layer sees the inputs of the model"
@method_of(SequentialModel)
def call(self, inputs):
    for layer in self.layers:
        outputs = layer(inputs)
    return outputs


# %% todo="sequentialmodel_call" id="call_first" test="test_sequentialmodel_call_values" says="only the first layer is called"
@method_of(SequentialModel)
def call(self, inputs):
    for layer in self.layers:
        inputs = layer(inputs)
        return inputs


# %% todo="sequentialmodel_call" id="call_no_last" test="test_sequentialmodel_call_values" says="the last layer is left out"
@method_of(SequentialModel)
def call(self, inputs):
    for i in range(len(self.layers) - 1):
        inputs = self.layers[i](inputs)
    return inputs


# %% todo="sequentialmodel_call" id="call_reversed" test="test_sequentialmodel_call_values" says="the layers are called in reverse"
@method_of(SequentialModel)
def call(self, inputs):
    for layer in reversed(self.layers):
        inputs = layer(inputs)
    return inputs


# %% todo="sequentialmodel_call" id="call_all_outputs" test="test_sequentialmodel_call_values" says="the outputs of all layers"
@method_of(SequentialModel)
def call(self, inputs):
    outputs = [inputs]
    for layer in self.layers:
        outputs.append(layer(outputs[-1]))
    return outputs[1:]


# %% todo="sequentialmodel_call" id="call_forward" test="test_sequentialmodel_batch_step_training" says="the code stopped"
@method_of(SequentialModel)
def call(self, inputs):
    for layer in self.layers:
        inputs = layer.forward(inputs)
    return inputs


# %% todo="sequentialmodel_batch_step" id="step_after" test="test_sequentialmodel_batch_step_training" says="the loss after the step"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        loss = self.compiled_loss(self.call(x), y)
    if training:
        self.optimizer.apply_gradients(self.trainable_variables, tape.gradient())
    predictions = self.call(x)
    return {"loss": self.compiled_loss(predictions, y), "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_swapped_metrics" test="test_sequentialmodel_batch_step_training" says="loss and accuracy are swapped"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(predictions, y)
    if training:
        self.optimizer.apply_gradients(self.trainable_variables, tape.gradient())
    return {"acc": loss, "loss": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_never" test="test_sequentialmodel_batch_step_training" says="nothing changed"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    predictions = self.call(x)
    return {"loss": self.compiled_loss(predictions, y), "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_copies" test="test_sequentialmodel_batch_step_training" says="nothing changed"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(predictions, y)
    if training:
        weights = [w.copy() for w in self.trainable_variables]
        self.optimizer.apply_gradients(weights, tape.gradient())
    return {"loss": loss, "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_arguments" test="test_sequentialmodel_batch_step_training" says="a step uphill"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(y, predictions)
    if training:
        self.optimizer.apply_gradients(self.trainable_variables, tape.gradient())
    return {"loss": loss, "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_bias_only" test="test_sequentialmodel_batch_step_training" says="nothing changed: no step was taken"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(predictions, y)
    if training:
        self.optimizer.apply_gradients(self.trainable_variables[-1:], tape.gradient()[-1:])
    return {"loss": loss, "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_loss_off_tape" test="test_sequentialmodel_batch_step_training" says="the code stopped"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
    loss = self.compiled_loss(predictions, y)
    if training:
        self.optimizer.apply_gradients(self.trainable_variables, tape.gradient())
    return {"loss": loss, "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_key" test="test_sequentialmodel_batch_step_training" says="KeyError"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(predictions, y)
    if training:
        self.optimizer.apply_gradients(self.trainable_variables, tape.gradient())
    return {"loss": loss, "accuracy": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_always" test="test_sequentialmodel_batch_step_evaluation" says="the step was taken all the same"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(predictions, y)
    self.optimizer.apply_gradients(self.trainable_variables, tape.gradient())
    return {"loss": loss, "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_zero_gradients" test="test_sequentialmodel_batch_step_evaluation" says="the optimiser was called"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(predictions, y)
    gradients = [g * training for g in tape.gradient()]
    self.optimizer.apply_gradients(self.trainable_variables, gradients)
    return {"loss": loss, "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_open_tape" test="test_sequentialmodel_batch_step_evaluation" says="open it with a with block"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    tape = GradientTape().__enter__()
    predictions = self.call(x)
    loss = self.compiled_loss(predictions, y)
    if training:
        self.optimizer.apply_gradients(self.trainable_variables, tape.gradient())
        tape.__exit__()
    return {"loss": loss, "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_evaluate" id="evaluate_trains" test="test_sequentialmodel_evaluate_values" says="nothing is learnt from data to measure on"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    totals = {"loss": 0.0, "acc": 0.0}
    for x_batch, y_batch in data.batches(x, y, batch_size, shuffle=False):
        metrics = self.batch_step(x_batch, y_batch)
        for name in totals:
            totals[name] += metrics[name] * len(x_batch) / len(x)
    return totals


# %% todo="sequentialmodel_evaluate" id="evaluate_plain_mean" test="test_sequentialmodel_evaluate_values" says="the short batch counts too much"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    found = [
        self.batch_step(a, b, training=False)
        for a, b in data.batches(x, y, batch_size, shuffle=False)
    ]
    return {name: np.mean([metrics[name] for metrics in found]) for name in ("loss", "acc")}


# %% todo="sequentialmodel_evaluate" id="evaluate_drops" test="test_sequentialmodel_evaluate_values" says="the last, short batch is left out"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    found = []
    for end in range(batch_size, len(x) + 1, batch_size):
        found.append(self.batch_step(x[end - batch_size : end], y[end - batch_size : end], False))
    return {name: np.mean([metrics[name] for metrics in found]) for name in ("loss", "acc")}


# %% todo="sequentialmodel_evaluate" id="evaluate_sum" test="test_sequentialmodel_evaluate_values" says="the losses of the batches are added up"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    found = [
        self.batch_step(a, b, training=False)
        for a, b in data.batches(x, y, batch_size, shuffle=False)
    ]
    return {name: sum(metrics[name] for metrics in found) for name in ("loss", "acc")}


# %% todo="sequentialmodel_evaluate" id="evaluate_last" test="test_sequentialmodel_evaluate_values" says="the last batch only"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    for x_batch, y_batch in data.batches(x, y, batch_size, shuffle=False):
        metrics = self.batch_step(x_batch, y_batch, False)
    return metrics


# %% todo="sequentialmodel_evaluate" id="evaluate_first" test="test_sequentialmodel_evaluate_values" says="the first batch only" first="the last, short batch is left out"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    return self.batch_step(x[:batch_size], y[:batch_size], False)


# %% todo="sequentialmodel_evaluate" id="evaluate_batch_size" test="test_sequentialmodel_evaluate_values" says="divided by batch_size, not by the size of the batch"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    totals, count = {"loss": 0.0, "acc": 0.0}, 0
    for x_batch, y_batch in data.batches(x, y, batch_size, shuffle=False):
        metrics = self.batch_step(x_batch, y_batch, False)
        count += batch_size
        for name in totals:
            totals[name] += metrics[name] * len(x_batch)
    return {name: total / count for name, total in totals.items()}


# %% todo="sequentialmodel_evaluate" id="evaluate_large_batch" test="test_sequentialmodel_evaluate_values" says="divided by batch_size, not by the size of the batch"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    totals = {"loss": 0.0, "acc": 0.0}
    for x_batch, y_batch in data.batches(x, y, batch_size, shuffle=False):
        metrics = self.batch_step(x_batch, y_batch, False)
        for name in totals:
            totals[name] += metrics[name] * len(x_batch) / max(batch_size, len(x))
    return totals


# %% [markdown]
# ## The simple model


# %% todo="get_simple_model_components" id="simple_zero" test="test_get_simple_model_components_accuracy" says="does the loss still fall at the end"
def get_simple_model_components():
    model = SequentialModel([Dense(784, 32, "zero"), LeakyReLU(), Dense(32, 10, "zero")])
    model.compile(Adam(0.003), MeanSquaredError(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=2, batch_size=50)


# %% todo="get_simple_model_components" id="simple_too_fast" test="test_get_simple_model_components_accuracy" says="does the loss still fall at the end"
def get_simple_model_components():
    model = SequentialModel([Dense(784, 8), LeakyReLU(), Dense(8, 10)])
    model.compile(BasicOptimizer(100.0), MeanSquaredError(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=2, batch_size=50)


# %% todo="get_simple_model_components" id="simple_too_slow" test="test_get_simple_model_components_accuracy" says="does the loss still fall at the end"
def get_simple_model_components():
    model = SequentialModel([Dense(784, 32), LeakyReLU(), Dense(32, 10)])
    model.compile(BasicOptimizer(0.0001), MeanSquaredError(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=2, batch_size=100)


# %% todo="get_simple_model_components" id="simple_eleven" test="test_get_simple_model_components_accuracy" says="one row a sample, ten outputs each"
def get_simple_model_components():
    model = SequentialModel([Dense(784, 8), LeakyReLU(), Dense(8, 11)])
    model.compile(Adam(0.003), MeanSquaredError(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=1, batch_size=100)


# %% todo="get_simple_model_components" id="simple_not_compiled" test="test_get_simple_model_components_accuracy" says="the code stopped"
def get_simple_model_components():
    model = SequentialModel([Dense(784, 8), LeakyReLU(), Dense(8, 10)])
    return SimpleNamespace(model=model, epochs=1, batch_size=100)


# %% todo="get_simple_model_components" id="simple_no_epochs" test="test_get_simple_model_components_accuracy" says="the code stopped"
def get_simple_model_components():
    model = SequentialModel([Dense(784, 8), LeakyReLU(), Dense(8, 10)])
    model.compile(Adam(0.003), MeanSquaredError(), CategoricalAccuracy())
    return model


# %% todo="get_simple_model_components" id="simple_frozen" test="test_get_simple_model_components_accuracy" says="does the loss still fall at the end"
def get_simple_model_components():
    model = SequentialModel([Dense(784, 8), LeakyReLU(), Dense(8, 10)])
    model.layers[0].trainable = model.layers[2].trainable = False
    model.compile(Adam(0.003), MeanSquaredError(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=1, batch_size=100)


# %% [markdown]
# ## Softmax


# %% todo="softmax_forward" id="softmax_undivided" test="test_softmax_forward_values" says="the exponentials are not divided by their sum"
@method_of(Softmax)
def forward(self, inputs):
    self.outputs = np.exp(inputs)
    return self.outputs


# %% todo="softmax_forward" id="softmax_axis_0" test="test_softmax_forward_values" says="the sum runs over the samples"
@method_of(Softmax)
def forward(self, inputs):
    exponentials = np.exp(inputs - inputs.max(axis=0))
    self.outputs = exponentials / exponentials.sum(axis=0)
    return self.outputs


# %% todo="softmax_forward" id="softmax_one_sum" test="test_softmax_forward_values" says="one sum over the whole array" first="the sum runs over the whole array, not over each row"
@method_of(Softmax)
def forward(self, inputs):
    exponentials = np.exp(inputs - inputs.max())
    self.outputs = exponentials / exponentials.sum()
    return self.outputs


# %% todo="softmax_forward" id="softmax_logarithm" test="test_softmax_forward_values" says="the logarithm of the softmax"
@method_of(Softmax)
def forward(self, inputs):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    self.outputs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return self.outputs


# %% todo="softmax_forward" id="softmax_overflow" test="test_softmax_forward_values" says="no maximum is subtracted" first="exp overflowed"
@method_of(Softmax)
def forward(self, inputs):
    exponentials = np.exp(inputs)
    self.outputs = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return self.outputs


# %% todo="softmax_forward" id="softmax_global_maximum" test="test_softmax_forward_values" says="one maximum for the whole array"
@method_of(Softmax)
def forward(self, inputs):
    exponentials = np.exp(inputs - inputs.max())
    self.outputs = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return self.outputs


# %% todo="softmax_forward" id="softmax_in_place" test="test_softmax_forward_values" says="the maximum was subtracted in place"
@method_of(Softmax)
def forward(self, inputs):
    inputs -= inputs.max(axis=-1, keepdims=True)
    exponentials = np.exp(inputs)
    self.outputs = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return self.outputs


# %% todo="softmax_input_gradients" id="jacobian_diagonal" test="test_softmax_input_gradients_values" says="only the diagonal"
@method_of(Softmax)
def input_gradients(self):
    p = self.outputs
    return (p * (1 - p))[:, :, None] * np.eye(p.shape[1])


# %% todo="softmax_input_gradients" id="jacobian_rows" test="test_softmax_input_gradients_values" says="as one row a sample"
@method_of(Softmax)
def input_gradients(self):
    return self.outputs * (1 - self.outputs)


# %% todo="softmax_input_gradients" id="jacobian_sign" test="test_softmax_input_gradients_values" says="the sign is flipped"
@method_of(Softmax)
def input_gradients(self):
    return np.array([np.outer(p, p) - np.diag(p) for p in self.outputs])


# %% todo="softmax_input_gradients" id="jacobian_plus" test="test_softmax_input_gradients_values" says="plus the outer product"
@method_of(Softmax)
def input_gradients(self):
    return np.array([np.diag(p) + np.outer(p, p) for p in self.outputs])


# %% todo="softmax_input_gradients" id="jacobian_no_outer" test="test_softmax_input_gradients_values" says="the outer product is missing"
@method_of(Softmax)
def input_gradients(self):
    return np.array([np.diag(p) for p in self.outputs])


# %% todo="softmax_input_gradients" id="jacobian_mean" test="test_softmax_input_gradients_values" says="the mean over the batch"
@method_of(Softmax)
def input_gradients(self):
    return np.mean([np.diag(p) - np.outer(p, p) for p in self.outputs], axis=0)


# %% todo="softmax_input_gradients" id="jacobian_identity" test="test_softmax_input_gradients_values" says="the identity in place of diag(p)"
@method_of(Softmax)
def input_gradients(self):
    return np.array([np.eye(len(p)) - np.outer(p, p) for p in self.outputs])


# %% [markdown]
# ## The advanced model


# %% todo="get_advanced_model_components" id="advanced_zero" test="test_get_advanced_model_components_accuracy" says="does the loss still fall at the end"
def get_advanced_model_components():
    model = SequentialModel([Dense(784, 8, "zero"), LeakyReLU(), Dense(8, 10, "zero"), Softmax()])
    model.compile(Adam(0.003), CategoricalCrossentropy(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=2, batch_size=50)


# %% todo="get_advanced_model_components" id="advanced_too_fast" test="test_get_advanced_model_components_accuracy" says="does the loss still fall at the end"
def get_advanced_model_components():
    model = SequentialModel([Dense(784, 8), LeakyReLU(), Dense(8, 10), Softmax()])
    model.compile(Adam(3.0), CategoricalCrossentropy(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=2, batch_size=100)


# %% todo="get_advanced_model_components" id="advanced_too_slow" test="test_get_advanced_model_components_accuracy" says="does the loss still fall at the end"
def get_advanced_model_components():
    model = SequentialModel([Dense(784, 32), LeakyReLU(), Dense(32, 10), Softmax()])
    model.compile(BasicOptimizer(0.0001), CategoricalCrossentropy(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=2, batch_size=100)


# %% todo="get_advanced_model_components" id="advanced_no_softmax" test="test_get_advanced_model_components_accuracy" says="the last layer is a Softmax"
def get_advanced_model_components():
    model = SequentialModel([Dense(784, 8), LeakyReLU(), Dense(8, 10)])
    model.compile(Adam(0.001), MeanSquaredError(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=1, batch_size=100)


# %% todo="get_advanced_model_components" id="advanced_not_compiled" test="test_get_advanced_model_components_accuracy" says="the code stopped"
def get_advanced_model_components():
    model = SequentialModel([Dense(784, 8), LeakyReLU(), Dense(8, 10), Softmax()])
    return SimpleNamespace(model=model, epochs=1, batch_size=100)


# %% todo="get_advanced_model_components" id="advanced_softmax_early" test="test_get_advanced_model_components_accuracy" says="the last layer is a Softmax"
def get_advanced_model_components():
    model = SequentialModel([Dense(784, 8), Softmax(), Dense(8, 10)])
    model.compile(Adam(0.001), CategoricalCrossentropy(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=1, batch_size=100)


# %% todo="onehotencoder_fit" id="fit_uniq_reversed" test="test_onehotencoder_fit_inverse" says="labels of three rows" first="uniq and uniq2oh do not stand in the same order"
@method_of(OneHotEncoder)
def fit(self, data):
    self.uniq = np.unique(data)[::-1]
    self.uniq2oh = dict(zip(np.unique(data).tolist(), np.eye(len(self.uniq))))


# %% todo="dense_weight_gradients" id="weight_gradients_changes_batch" test="test_dense_weight_gradients_latest" says="the batch afterwards"
@method_of(Dense)
def weight_gradients(self):
    repeated = np.repeat(self.inputs[:, :, np.newaxis], self.w.shape[1], axis=2)
    self.inputs /= len(self.inputs)
    return repeated, np.ones_like(self.b)


# %% todo="dense_weight_gradients" id="weight_gradients_changes_w" test="test_dense_weight_gradients_latest" says="w afterwards"
@method_of(Dense)
def weight_gradients(self):
    self.w *= 0.9
    return np.repeat(self.inputs[:, :, np.newaxis], self.w.shape[1], axis=2), np.ones_like(self.b)


# %% todo="dense_input_gradients" id="input_gradients_composed" test="test_dense_input_gradients_values" says="for a given gradient of the output"
@method_of(Dense)
def input_gradients(self):
    Dense.compose_to_input = lambda self, J: J @ self.w.T / len(J)
    return self.w


# %% todo="dense_input_gradients" id="input_gradients_changes_inputs" test="test_dense_input_gradients_values" says="the inputs that the layer keeps"
@method_of(Dense)
def input_gradients(self):
    self.inputs *= 0
    return self.w


# %% todo="leakyrelu_forward" id="leaky_capped" test="test_leakyrelu_forward_values" says="output with a small alpha"
@method_of(LeakyReLU)
def forward(self, inputs):
    self.inputs = inputs
    return np.minimum(np.where(inputs > 0, inputs, self.alpha * inputs), 6)


# %% todo="leakyrelu_forward" id="leaky_two_axes" test="test_leakyrelu_forward_values" says="ReLU, with three axes"
@method_of(LeakyReLU)
def forward(self, inputs):
    self.inputs = inputs
    return np.where(inputs > 0, inputs, self.alpha * inputs).reshape(len(inputs), -1)


# %% todo="leakyrelu_input_gradients" id="slopes_composed" test="test_leakyrelu_input_gradients_values" says="for a given gradient of the output"
@method_of(LeakyReLU)
def input_gradients(self):
    LeakyReLU.compose_to_input = lambda self, J: J
    return np.where(self.inputs > 0, 1, self.alpha)


# %% todo="leakyrelu_input_gradients" id="slopes_in_place" test="test_leakyrelu_input_gradients_values" says="the inputs afterwards"
@method_of(LeakyReLU)
def input_gradients(self):
    positive = self.inputs > 0
    slopes = self.inputs
    slopes[positive] = 1
    slopes[~positive] = self.alpha
    LeakyReLU.compose_to_input = lambda self, J: np.where(positive, 1, self.alpha) * J
    return slopes


# %% todo="meansquarederror_forward" id="mse_predictions_changed" test="test_meansquarederror_forward_values" says="the predictions afterwards"
@method_of(MeanSquaredError)
def forward(self, y_pred, y_true):
    self.y_pred, self.y_true = y_pred.copy(), y_true
    y_pred -= y_true
    return np.mean(y_pred**2)


# %% todo="meansquarederror_forward" id="mse_labels_changed" test="test_meansquarederror_forward_values" says="what is right afterwards"
@method_of(MeanSquaredError)
def forward(self, y_pred, y_true):
    self.y_pred, self.y_true = y_pred, y_true.copy()
    y_true -= y_pred
    return np.mean(y_true**2)


# %% todo="meansquarederror_input_gradients" id="mse_gradients_in_place" test="test_meansquarederror_input_gradients_values" says="the predictions afterwards"
@method_of(MeanSquaredError)
def input_gradients(self):
    gradient = 2 * (self.y_pred - self.y_true) / self.y_pred.shape[1]
    self.y_pred -= self.y_true
    return gradient


# %% todo="gradienttape_gradient" id="tape_takes_a_step" test="test_gradienttape_gradient_network" says="w of the first layer afterwards"
@method_of(GradientTape)
def gradient(self):
    J = self.operations[-1].input_gradients()
    gradients = {}
    for operation in reversed(self.operations[:-1]):
        if operation.trainable:
            for weight, gradient in zip(operation.weights, operation.compose_to_weight(J)):
                gradients[id(weight)] = gradients.get(id(weight), 0) + gradient
        J = operation.compose_to_input(J)
    for weight in self.trainable_weights():
        weight -= 0.1 * gradients[id(weight)]
    return [gradients[id(weight)] for weight in self.trainable_weights()]


# %% todo="gradienttape_gradient" id="tape_last_halved" test="test_gradienttape_gradient_network" says="all gradients, one after the other"
@method_of(GradientTape)
def gradient(self):
    J = self.operations[-1].input_gradients()
    gradients = {}
    for operation in reversed(self.operations[:-1]):
        if operation.trainable:
            for weight, gradient in zip(operation.weights, operation.compose_to_weight(J)):
                gradients[id(weight)] = gradients.get(id(weight), 0) + gradient
        J = operation.compose_to_input(J)
    found = [gradients[id(weight)] for weight in self.trainable_weights()]
    return [*found[:3], *(gradient / 2 for gradient in found[3:])]


# %% todo="categoricalaccuracy_forward" id="accuracy_in_place" test="test_categoricalaccuracy_forward_values" says="scores and labels afterwards"
@method_of(CategoricalAccuracy)
def forward(self, probs, labels):
    right = np.mean(np.argmax(probs, axis=1) == np.argmax(labels, axis=1))
    probs -= probs.max(axis=1, keepdims=True)
    return right


# %% todo="sequentialmodel_call" id="call_forward_only" test="check_sequentialmodel_call" says="operations on the tape"
@method_of(SequentialModel)
def call(self, inputs):
    for layer in self.layers:
        inputs = layer.forward(inputs)
    return inputs


# %% todo="sequentialmodel_call" id="call_in_place" test="test_sequentialmodel_call_values" says="the inputs afterwards"
@method_of(SequentialModel)
def call(self, inputs):
    x = inputs
    for layer in self.layers:
        x = layer(x)
    inputs *= 0
    return x


# %% todo="sequentialmodel_batch_step" id="step_accuracy_after" test="test_sequentialmodel_batch_step_training" says="accuracy of the step" first="the share of wrong answers, not of right ones"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(predictions, y)
    if training:
        self.optimizer.apply_gradients(self.trainable_variables, tape.gradient())
    return {"loss": loss, "acc": 1 - self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_weights_only" test="test_sequentialmodel_batch_step_training" says="b after a step of 0.3"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(predictions, y)
    if training:
        pairs = [p for p in zip(self.trainable_variables, tape.gradient()) if p[0].ndim > 1]
        self.optimizer.apply_gradients([p[0] for p in pairs], [p[1] for p in pairs])
    return {"loss": loss, "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_batch_step" id="step_scales_batch" test="test_sequentialmodel_batch_step_training" says="x and y afterwards"
@method_of(SequentialModel)
def batch_step(self, x, y, training=True):
    with GradientTape() as tape:
        predictions = self.call(x)
        loss = self.compiled_loss(predictions, y)
    if training:
        self.optimizer.apply_gradients(self.trainable_variables, tape.gradient())
    x /= 255
    return {"loss": loss, "acc": self.compiled_acc(predictions, y)}


# %% todo="sequentialmodel_evaluate" id="evaluate_accuracy_of_last" test="test_sequentialmodel_evaluate_values" says="accuracy of seven samples"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    loss = 0.0
    for x_batch, y_batch in data.batches(x, y, batch_size, shuffle=False):
        metrics = self.batch_step(x_batch, y_batch, False)
        loss += metrics["loss"] * len(x_batch) / len(x)
    return {"loss": loss, "acc": metrics["acc"]}


# %% todo="sequentialmodel_evaluate" id="evaluate_learns_last" test="test_sequentialmodel_evaluate_values" says="weights after evaluate" first="trained in the end: nothing is learnt from data to measure on"
@method_of(SequentialModel)
def evaluate(self, x, y, batch_size):
    totals = {"loss": 0.0, "acc": 0.0}
    for x_batch, y_batch in data.batches(x, y, batch_size, shuffle=False):
        metrics = self.batch_step(x_batch, y_batch, False)
        for name in totals:
            totals[name] += metrics[name] * len(x_batch) / len(x)
    self.batch_step(x, y)
    return totals


# %% todo="get_simple_model_components" id="simple_share_as_epochs" test="check_get_simple_model_components" says="epochs and batch size are whole numbers"
def get_simple_model_components():
    model = SequentialModel([Dense(784, 32), LeakyReLU(), Dense(32, 10)])
    model.compile(Adam(0.003), MeanSquaredError(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs="10", batch_size=50)


# %% todo="softmax_forward" id="softmax_by_minimum" test="test_softmax_forward_values" says="two scores near 1000 and two near -1000"
@method_of(Softmax)
def forward(self, inputs):
    exponentials = np.exp(inputs - inputs.min(axis=-1, keepdims=True))
    self.outputs = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return self.outputs


# %% todo="softmax_input_gradients" id="jacobian_composed" test="test_softmax_input_gradients_values" says="for a given gradient of the probabilities"
@method_of(Softmax)
def input_gradients(self):
    p = self.outputs
    Softmax.compose_to_input = lambda self, J: J
    return p[:, :, np.newaxis] * (np.eye(p.shape[1]) - p[:, np.newaxis, :])


# %% todo="softmax_input_gradients" id="jacobian_in_place" test="test_softmax_input_gradients_values" says="the probabilities afterwards"
@method_of(Softmax)
def input_gradients(self):
    p = self.outputs.copy()
    jacobians = p[:, :, np.newaxis] * (np.eye(p.shape[1]) - p[:, np.newaxis, :])
    self.outputs *= 1 - p
    Softmax.compose_to_input = lambda self, J: np.einsum("bij,bj->bi", jacobians, J)
    return jacobians


# %% todo="get_advanced_model_components" id="advanced_eleven" test="check_get_advanced_model_components" says="number of classes"
def get_advanced_model_components():
    model = SequentialModel([Dense(784, 100), LeakyReLU(), Dense(100, 11), Softmax()])
    model.compile(Adam(0.001), CategoricalCrossentropy(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=12, batch_size=128)


# %% todo="get_advanced_model_components" id="advanced_half_epochs" test="check_get_advanced_model_components" says="epochs and batch size are whole numbers"
def get_advanced_model_components():
    model = SequentialModel([Dense(784, 100), LeakyReLU(), Dense(100, 10), Softmax()])
    model.compile(Adam(0.001), CategoricalCrossentropy(), CategoricalAccuracy())
    return SimpleNamespace(model=model, epochs=2.5, batch_size=128)


# %% todo="adam_apply_gradients" id="adam_own_count" test="check_adam_apply_gradients" says="steps that the optimiser has counted"
@method_of(Adam)
def apply_gradients(self, weights, grads):
    self.steps = getattr(self, "steps", 0) + 1
    for i, (w, g) in enumerate(zip(weights, grads)):
        self.m[i] = self.beta_1 * self.m[i] + (1 - self.beta_1) * g
        self.v[i] = self.beta_2 * self.v[i] + (1 - self.beta_2) * g**2
        self.v_max[i] = np.maximum(self.v_max[i], self.v[i])
        v = self.v_max[i] if self.amsgrad else self.v[i]
        m_hat = self.m[i] / (1 - self.beta_1**self.steps)
        w -= (
            self.learning_rate * m_hat / (np.sqrt(v / (1 - self.beta_2**self.steps)) + self.epsilon)
        )


# %% todo="gradienttape_gradient" id="tape_mean_first" test="test_gradienttape_gradient_network" says="all gradients, one after the other"
@method_of(GradientTape)
def gradient(self):
    grads = []
    J = self.operations[-1].input_gradients()
    J = np.broadcast_to(J.mean(axis=0), J.shape)
    for op in reversed(self.operations[:-1]):
        if op.trainable:
            grads = op.compose_to_weight(J) + grads
        J = op.compose_to_input(J)
    return grads
