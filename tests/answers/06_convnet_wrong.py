# %% [markdown]
# Wrong answers to the TODOs of `06_convnet`, as real students write them. Each stands in place of
# its TODO while every other TODO is solved; the hidden test cell `test` must fail, and its message
# must hold the words `says`. Data, read by `tests/notebook/test_answers.py`; nobody imports it.
#
# ruff: noqa: E501, F811, F821, F841, RUF059


# %% [markdown]
# ## conv_forward_naive


# %% todo="conv_forward_naive" id="conv_no_bias" test="test_conv_forward_naive_values" says="the bias is missing"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w)
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_bias_each_channel" test="test_conv_forward_naive_values" says="the bias is added once for each channel"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = sum(
                np.einsum("nuv,fuv->nf", window[:, c], w[:, c]) + b for c in range(w.shape[1])
            )
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_turned" test="test_conv_forward_naive_values" says="the filter is turned by 180 degrees"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w[:, :, ::-1, ::-1]) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_transposed" test="test_conv_forward_naive_values" says="the filter is transposed"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcvu->nf", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_edge" test="test_conv_forward_naive_values" says="the border is repeated"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], mode="edge")
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_mean_of_channels" test="test_conv_forward_naive_values" says="a mean over the channels"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nfc", window, w).mean(axis=2) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_first_channel" test="test_conv_forward_naive_values" says="only the first channel counts"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("nuv,fuv->nf", window[:, 0], w[:, 0]) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_first_image" test="check_conv_forward_naive" says="out[n, f] comes from image n and filter f"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[0, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("cuv,fcuv->f", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_pad_one" test="test_conv_forward_naive_geometry" says="the padding is always 1"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], 1
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_pad_forgotten" test="test_conv_forward_naive_geometry" says="the padding is always 0"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], 0
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_stride_one" test="test_conv_forward_naive_geometry" says="the stride is always 1"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = 1, conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_windows_without_stride" test="test_conv_forward_naive_geometry" says="windows begin at (i, j)"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i, j
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_square_filter" test="test_conv_forward_naive_geometry" says="stopped with ValueError"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + HH]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_true_division" test="test_conv_forward_naive_geometry" says="stopped with TypeError"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) / stride, 1 + (W + 2 * pad - WW) / stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_bias_in_place" test="test_conv_forward_naive_input_unchanged" says="the biases after the call"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    b *= 0
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_zeros_the_border" test="test_conv_forward_naive_input_unchanged" says="the images after the call"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    x -= x.mean()
    return out, (x, w, b, conv_param)


# %% todo="conv_forward_naive" id="conv_no_return" test="test_conv_forward_naive_values" says="stopped with TypeError"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    print(out.shape)


# %% todo="conv_forward_naive" id="conv_filters_in_place" test="test_conv_forward_naive_input_unchanged" says="the filters after the call"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = np.empty((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    w -= w.mean()
    return out, (x, w, b, conv_param)


# %% [markdown]
# ## conv_backward_naive


# %% todo="conv_backward_naive" id="conv_back_mean_dw" test="test_conv_backward_naive_filters" says="divided by the number of images"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw / len(x), dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_dw_channels" test="check_conv_backward_naive" says="for each filter and each channel by itself"
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]
            dw += np.einsum("nf,ncuv->fuv", g, padded[:, :, rows, columns])[:, None]
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_dw_last" test="test_conv_backward_naive_filters" says="each window replaces what came before"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw = np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_dw_turned" test="test_conv_backward_naive_filters" says="the filters are turned by 180 degrees"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw[:, :, ::-1, ::-1], dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_dw_last_image" test="test_conv_backward_naive_filters" says="the last image counts alone"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            for n in range(len(x)):
                dw_n = np.einsum("f,cuv->fcuv", g[n], padded[n, :, rows, columns])
                if n == len(x) - 1:
                    dw += dw_n
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_db_mean" test="test_conv_backward_naive_filters" says="a mean, not a sum"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.mean(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_db_number" test="test_conv_backward_naive_filters" says="summed over everything to one number"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum()


# %% todo="conv_backward_naive" id="conv_back_db_batch" test="test_conv_backward_naive_filters" says="summed over the images alone"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum(axis=0)


# %% todo="conv_backward_naive" id="conv_back_db_divided" test="test_conv_backward_naive_filters" says="db of four filters: divided by the number of images" first="divided by the number of images"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum(axis=(0, 2, 3)) / len(dout)


# %% todo="conv_backward_naive" id="conv_back_overwrites" test="test_conv_backward_naive_images" says="windows overwrite one another"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] = np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_padding_left" test="test_conv_backward_naive_images" says="the padding is still there"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_cut_one_side" test="test_conv_backward_naive_images" says="cut off at the bottom and right only"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, :H, :W]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_turned" test="test_conv_backward_naive_images" says="the filter is turned by 180 degrees"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w[:, :, ::-1, ::-1])
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_mean_dx" test="test_conv_backward_naive_images" says="divided by the number of images"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx / len(x), dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_minus_pad" test="test_conv_backward_naive_pad_zero" says="is empty when pad is 0" first="the slice [0:-0] is empty"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad:-pad, pad:-pad]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_no_stride" test="test_conv_backward_naive_pad_zero" says="windows begin at (i, j)"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i, i + HH)
            columns = slice(j, j + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_pad_one" test="test_conv_backward_naive_pad_zero" says="the padding is taken as 1"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, 1:-1, 1:-1]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_pad_from_size" test="test_conv_backward_naive_geometry" says="dx of nine convolutions in one row"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + H]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_in_place" test="test_conv_backward_naive_input_unchanged" says="dout after two calls" first="dout after the call"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dout *= 2
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_keeps" test="test_conv_backward_naive_input_unchanged" says="the calls add up"
kept = {}


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    x_pad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dx_pad = np.zeros_like(x_pad)
    dw = kept.setdefault(id(w), np.zeros_like(w))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            at = np.s_[:, :, i * s : i * s + w.shape[2], j * s : j * s + w.shape[3]]
            dw += np.tensordot(dout[:, :, i, j], x_pad[at], (0, 0))
            dx_pad[at] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    dx = dx_pad[:, :, p : p + x.shape[2], p : p + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% todo="conv_backward_naive" id="conv_back_filters_in_place" test="test_conv_backward_naive_input_unchanged" says="the filters after two calls" first="the filter after the call"
def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + HH)
            columns = slice(j * stride, j * stride + WW)
            g = dout[:, :, i, j]  # (N, F)
            dw += np.einsum("nf,ncuv->fcuv", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", g, w)
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]
    w *= 2
    return dx, dw, dout.sum(axis=(0, 2, 3))


# %% [markdown]
# ## max_pool_forward_naive


# %% todo="max_pool_forward_naive" id="pool_from_zero" test="test_max_pool_forward_naive_values" says="compared with 0"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = np.maximum(
                0, x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
            )
    return out, (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_mean" test="test_max_pool_forward_naive_values" says="the mean of each window"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].mean(axis=(2, 3))
    return out, (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_min" test="test_max_pool_forward_naive_values" says="the smallest value of each window"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].min(axis=(2, 3))
    return out, (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_channels" test="test_max_pool_forward_naive_values" says="one maximum for all channels"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(
                axis=(1, 2, 3), keepdims=True
            )[:, :, 0, 0]
    return out, (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_images" test="test_max_pool_forward_naive_values" says="one maximum for all images"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(0, 2, 3))
    return out, (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_swapped" test="test_max_pool_forward_naive_geometry" says="height and width of the window are swapped"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_width"], pool_param["pool_height"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
    return out, (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_square" test="test_max_pool_forward_naive_geometry" says="the windows are square"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_height"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
    return out, (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_no_stride" test="test_max_pool_forward_naive_geometry" says="windows begin at (i, j)"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i, j
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
    return out, (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_stride_two" test="test_max_pool_forward_naive_geometry" says="the stride is always 2"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = 2
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
    return out, (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_squeezed" test="test_max_pool_forward_naive_input_unchanged" says="the two last axes are lost"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
    return np.squeeze(out), (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_in_place" test="test_max_pool_forward_naive_input_unchanged" says="the images after the call"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    x -= 1
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
    return out + 1, (x, pool_param)


# %% [markdown]
# ## max_pool_backward_naive


# %% todo="max_pool_backward_naive" id="pool_back_all" test="test_max_pool_backward_naive_values" says="every pixel of the window gets the gradient"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            first = window.reshape(*x.shape[:2], -1).argmax(axis=2)  # (N, C)
            wins = np.arange(height * width) == first[:, :, None]  # (N, C, h * k)
            dx[:, :, rows, columns] += dout[:, :, i, j, None, None]
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_evenly" test="test_max_pool_backward_naive_values" says="spread evenly over the window"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            first = window.reshape(*x.shape[:2], -1).argmax(axis=2)  # (N, C)
            wins = np.arange(height * width) == first[:, :, None]  # (N, C, h * k)
            dx[:, :, rows, columns] += dout[:, :, i, j, None, None] / (height * width)
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_mark" test="test_max_pool_backward_naive_values" says="only the place is marked"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            first = window.reshape(*x.shape[:2], -1).argmax(axis=2)  # (N, C)
            wins = np.arange(height * width) == first[:, :, None]  # (N, C, h * k)
            dx[:, :, rows, columns] += wins.reshape(window.shape)
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_times_x" test="test_max_pool_backward_naive_values" says="multiplied by the pixel too"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            first = window.reshape(*x.shape[:2], -1).argmax(axis=2)  # (N, C)
            wins = np.arange(height * width) == first[:, :, None]  # (N, C, h * k)
            dx[:, :, rows, columns] += (
                wins.reshape(window.shape) * window * dout[:, :, i, j, None, None]
            )
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_smallest" test="test_max_pool_backward_naive_values" says="the smallest pixel wins"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            first = window.reshape(*x.shape[:2], -1).argmin(axis=2)  # (N, C)
            wins = np.arange(height * width) == first[:, :, None]  # (N, C, h * k)
            dx[:, :, rows, columns] += wins.reshape(window.shape) * dout[:, :, i, j, None, None]
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_one_channel" test="test_max_pool_backward_naive_values" says="the same for all channels"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            first = window.reshape(*x.shape[:2], -1).argmax(axis=2)  # (N, C)
            wins = np.arange(height * width) == first[:, :, None]  # (N, C, h * k)
            dx[:, :, rows, columns] += wins.reshape(window.shape) * dout[:, :, i, j, None, None]
    return dx[:, :1].repeat(dx.shape[1], axis=1)


# %% todo="max_pool_backward_naive" id="pool_back_overwrites" test="test_max_pool_backward_naive_overlap" says="a later window replaces what an earlier one gave"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    s = pool_param["stride"]
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * s, j * s
        window = x[
            n, c, top : top + pool_param["pool_height"], left : left + pool_param["pool_width"]
        ]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, top + row, left + column] = dout[n, c, i, j]
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_mark_overlap" test="test_max_pool_backward_naive_overlap" says="however often they win"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            first = window.reshape(*x.shape[:2], -1).argmax(axis=2)  # (N, C)
            wins = np.arange(height * width) == first[:, :, None]  # (N, C, h * k)
            dx[:, :, rows, columns] += wins.reshape(window.shape)
    return 1.0 * (dx > 0)


# %% todo="max_pool_backward_naive" id="pool_back_no_stride" test="test_max_pool_backward_naive_geometry" says="the gradients land at (i, j)"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    s = pool_param["stride"]
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * s, j * s
        window = x[
            n, c, top : top + pool_param["pool_height"], left : left + pool_param["pool_width"]
        ]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i + row, j + column] += dout[n, c, i, j]
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_all_ties" test="test_max_pool_backward_naive_ties" says="every one of the equal pixels gets the whole gradient"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            wins = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, rows, columns] += wins.reshape(window.shape) * dout[:, :, i, j, None, None]
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_shares_all" test="test_max_pool_backward_naive_ties" says="only pixels that equal the maximum"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            wins = window == window.max(axis=(2, 3), keepdims=True)
            tied = wins.sum(axis=(2, 3), keepdims=True)
            wins = np.where(tied > 1, 1 / (height * width), wins)
            dx[:, :, rows, columns] += wins.reshape(window.shape) * dout[:, :, i, j, None, None]
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_in_place" test="test_max_pool_backward_naive_input_unchanged" says="dout after two calls" first="dout after the call"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    dout *= 2
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            first = window.reshape(*x.shape[:2], -1).argmax(axis=2)  # (N, C)
            wins = np.arange(height * width) == first[:, :, None]  # (N, C, h * k)
            dx[:, :, rows, columns] += wins.reshape(window.shape) * dout[:, :, i, j, None, None]
    return dx


# %% todo="max_pool_backward_naive" id="pool_back_reuses_x" test="test_max_pool_backward_naive_input_unchanged" says="the images after two calls" first="the image after the call"
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + height)
            columns = slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            first = window.reshape(*x.shape[:2], -1).argmax(axis=2)  # (N, C)
            wins = np.arange(height * width) == first[:, :, None]  # (N, C, h * k)
            dx[:, :, rows, columns] += wins.reshape(window.shape) * dout[:, :, i, j, None, None]
    x[...] = dx
    return x


# %% [markdown]
# ## threelayerconvnet_init


# %% todo="threelayerconvnet_init" id="init_no_pooling" test="test_threelayerconvnet_init_shapes" says="W2 as if there were no pooling"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * H * W, hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_half_pixels" test="test_threelayerconvnet_init_shapes" says="W2 as if pooling halved the number of pixels"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * W, hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_no_filters" test="test_threelayerconvnet_init_shapes" says="W2 without the filters"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": ((H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_swapped" test="test_threelayerconvnet_init_shapes" says="filters and channels are swapped in W1"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (C, num_filters, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_square" test="test_threelayerconvnet_init_shapes" says="W2 as if the image were square"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (H // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_ones" test="test_threelayerconvnet_init_shapes" says="one bias for each filter, hidden unit and class, all zero"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.ones(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_variance" test="test_threelayerconvnet_init_spread" says="weight_scale as the variance"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (np.sqrt(weight_scale) * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_uniform" test="test_threelayerconvnet_init_spread" says="uniform numbers from 0 to weight_scale"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.rand(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_no_scale" test="test_threelayerconvnet_init_spread" says="weight_scale is not used"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_scale_of_w1" test="test_threelayerconvnet_init_spread" says="only W1 has weight_scale" first="weight_scale is not used"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (
            (weight_scale if name == "W1" else 1) * np.random.randn(*shape)
        ).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_symmetric_uniform" test="test_threelayerconvnet_init_spread" says="share of the weights within one deviation of 0"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.uniform(-(3**0.5), 3**0.5, shape)).astype(
            dtype
        )
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_seed" test="test_threelayerconvnet_init_spread" says="do not set the seed inside the class"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    np.random.seed(0)
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% todo="threelayerconvnet_init" id="init_float64" test="test_threelayerconvnet_init_dtype" says="dtype is not used"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = weight_scale * np.random.randn(*shape)
    for name, size in biases.items():
        self.params[name] = np.zeros(size)


# %% todo="threelayerconvnet_init" id="init_float32" test="test_threelayerconvnet_init_dtype" says="always float32"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(np.float32)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=np.float32)


# %% todo="threelayerconvnet_init" id="init_biases_float64" test="test_threelayerconvnet_init_dtype" says="the biases are left as float64"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = reg, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size)


# %% todo="threelayerconvnet_init" id="init_reg_lost" test="test_threelayerconvnet_init_dtype" says="self.reg = reg"
@method_of(ThreeLayerConvNet)
def __init__(
    self,
    input_dim=(3, 32, 32),
    num_filters=32,
    filter_size=7,
    hidden_dim=100,
    num_classes=10,
    weight_scale=1e-3,
    reg=0.0,
    dtype=np.float32,
):
    C, H, W = input_dim
    shapes = {
        "W1": (num_filters, C, filter_size, filter_size),
        "W2": (num_filters * (H // 2) * (W // 2), hidden_dim),
        "W3": (hidden_dim, num_classes),
    }
    self.reg, self.dtype, self.params = 0.0, dtype, {}
    biases = {"b1": num_filters, "b2": hidden_dim, "b3": num_classes}
    for name, shape in shapes.items():
        self.params[name] = (weight_scale * np.random.randn(*shape)).astype(dtype)
    for name, size in biases.items():
        self.params[name] = np.zeros(size, dtype=dtype)


# %% [markdown]
# ## threelayerconvnet_loss


# %% todo="threelayerconvnet_loss" id="loss_no_conv_relu" test="test_threelayerconvnet_loss_scores" says="the ReLU after the convolution is missing"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    convolved, conv_cache = conv_forward_fast(X, params["W1"], params["b1"], conv_param)
    pooled, pool_cache = max_pool_forward_fast(convolved, pool_param)
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_backward_fast(
        max_pool_backward_fast(dpooled, pool_cache), conv_cache
    )
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_no_hidden_relu" test="test_threelayerconvnet_loss_scores" says="the ReLU of the hidden layer is missing"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_relu_on_scores" test="test_threelayerconvnet_loss_scores" says="there is a ReLU on the scores too"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return np.maximum(0, scores)
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_no_b1" test="test_threelayerconvnet_loss_scores" says="the biases of the filters are forgotten"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], 0 * params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_no_b3" test="test_threelayerconvnet_loss_scores" says="b3 is forgotten"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], 0)
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_mean_pool" test="test_threelayerconvnet_loss_scores" says="means in place of maxima"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    convolved, conv_cache = conv_relu_forward(X, params["W1"], params["b1"], conv_param)
    N, F, H, W = convolved.shape
    pooled = convolved.reshape(N, F, H // 2, 2, W // 2, 2).mean(axis=(3, 5))
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_backward(
        dpooled.repeat(2, 2).repeat(2, 3) / 4, conv_cache
    )
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_pad_three" test="test_threelayerconvnet_loss_scores" says="stopped with ValueError"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": 3}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_factor" test="test_threelayerconvnet_loss_penalty" says="the factor one half is missing"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_no_penalty" test="test_threelayerconvnet_loss_penalty" says="there is no penalty"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_without_W1" test="test_threelayerconvnet_loss_penalty" says="W1 is left out of the penalty" first="W1 is left out"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_without_W2" test="test_threelayerconvnet_loss_penalty" says="W2 is left out of the penalty" first="W2 is left out"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_without_W3" test="test_threelayerconvnet_loss_penalty" says="W3 is left out of the penalty" first="W3 is left out"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_biases" test="test_threelayerconvnet_loss_penalty" says="the biases are penalised too"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in params:
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_no_penalty" test="test_threelayerconvnet_loss_affine_gradients" says="the gradient of the penalty is missing"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_two" test="test_threelayerconvnet_loss_affine_gradients" says="the gradient of the penalty has a factor 2"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += 2 * self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_half" test="test_threelayerconvnet_loss_affine_gradients" says="the penalty's gradient is halved"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += 0.5 * self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_W2" test="test_threelayerconvnet_loss_affine_gradients" says="gradient of W2: the gradient of its penalty is missing" first="that of W2 is missing"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        if name != "W2":
            grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_no_mask" test="test_threelayerconvnet_loss_affine_gradients" says="the ReLU's mask is forgotten"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_backward(dhidden, hidden_cache[0])
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_b2" test="test_threelayerconvnet_loss_affine_gradients" says="gradient of b2: the bias is penalised" first="b2 is penalised"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    grads["b2"] = grads["b2"] + self.reg * params["b2"]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_W1" test="test_threelayerconvnet_loss_filter_gradients" says="the gradient of its penalty is missing" first="that of W1 is missing"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        if name != "W1":
            grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_zero" test="test_threelayerconvnet_loss_filter_gradients" says="left at zero" first="that of W1 is missing"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    grads["W1"] = np.zeros_like(params["W1"])
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_b1" test="test_threelayerconvnet_loss_filter_gradients" says="gradient of b1: the bias is penalised" first="b1 is penalised"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    grads["b1"] = grads["b1"] + self.reg * params["b1"]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_in_place" test="test_threelayerconvnet_loss_input_unchanged" says="the images after two calls" first="the images after the call"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    X -= X.mean()
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_updates" test="test_threelayerconvnet_loss_input_unchanged" says="all parameters after two calls" first="b1 after the call"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    params["b1"] -= 0.1
    return loss, grads


# %% [markdown]
# ## spatial_batchnorm_forward


# %% todo="spatial_batchnorm_forward" id="sbn_per_pixel" test="test_spatial_batchnorm_forward_train" says="each pixel has averages of its own"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    mean, var = x.mean(axis=0), x.var(axis=0)
    out = gamma[:, None, None] * (x - mean) / np.sqrt(var + eps) + beta[:, None, None]
    return out, None


# %% todo="spatial_batchnorm_forward" id="sbn_per_image" test="test_spatial_batchnorm_forward_train" says="each image has averages of its own"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    mean, var = x.mean(axis=(2, 3), keepdims=True), x.var(axis=(2, 3), keepdims=True)
    out = gamma[:, None, None] * (x - mean) / np.sqrt(var + eps) + beta[:, None, None]
    return out, None


# %% todo="spatial_batchnorm_forward" id="sbn_all_channels" test="test_spatial_batchnorm_forward_train" says="one average for all channels"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    out = gamma[:, None, None] * (x - x.mean()) / np.sqrt(x.var() + eps) + beta[:, None, None]
    return out, None


# %% todo="spatial_batchnorm_forward" id="sbn_no_gamma" test="test_spatial_batchnorm_forward_train" says="gamma and beta are missing"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, 1, 0, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_mixed" test="test_spatial_batchnorm_forward_train" says="channels are mixed"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = batchnorm_forward(x.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return out.reshape(x.shape), cache


# %% todo="spatial_batchnorm_forward" id="sbn_wrong_order" test="test_spatial_batchnorm_forward_train" says="the axes come back in the wrong order"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    return out.reshape(N, C, H, W), cache


# %% todo="spatial_batchnorm_forward" id="sbn_variance" test="test_spatial_batchnorm_forward_train" says="divided by the variance, not by its root"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    out = gamma[:, None, None] * (x - mean) / (var + 1e-5) + beta[:, None, None]
    return out, None


# %% todo="spatial_batchnorm_forward" id="sbn_not_moved_back" test="test_spatial_batchnorm_forward_train" says="got shape (4, 2, 5, 3), wanted (4, 3, 2, 5)" first="the axes are not moved back"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    return out.reshape(N, H, W, C), cache


# %% todo="spatial_batchnorm_forward" id="sbn_batch_in_test" test="test_spatial_batchnorm_forward_test_mode" says="averages of the batch, not the running ones"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, {**bn_param, "mode": "train"})
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_no_gamma_in_test" test="test_spatial_batchnorm_forward_test_mode" says="gamma and beta are missing"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, 1, 0, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_eps" test="test_spatial_batchnorm_forward_test_mode" says="eps is fixed at 1e-5"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, {**bn_param, "eps": 1e-5})
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_momentum" test="test_spatial_batchnorm_forward_running" says="momentum and 1 - momentum are swapped"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    bn_param["momentum"] = 1 - 0.8
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_last_batch" test="test_spatial_batchnorm_forward_running" says="the mean of the last batch alone"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    bn_param["running_mean"] = rows.mean(axis=0)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_not_kept" test="test_spatial_batchnorm_forward_running" says="nothing is kept from call to call"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    bn_param.pop("running_mean", None)
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_new_dictionary" test="test_spatial_batchnorm_forward_running" says="stopped with KeyError"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, dict(bn_param))
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_gamma_in_place" test="test_spatial_batchnorm_forward_test_mode" says="gamma and beta after the call"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    gamma *= 1.1
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_running_std" test="test_spatial_batchnorm_forward_running" says="running_var after two batches"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    bn_param["running_var"] = np.sqrt(bn_param["running_var"])
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% todo="spatial_batchnorm_forward" id="sbn_in_place" test="test_spatial_batchnorm_forward_running" says="the first batch after the call"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    x -= x.mean()
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


# %% [markdown]
# ## spatial_batchnorm_backward


# %% todo="spatial_batchnorm_backward" id="sbn_back_mixed" test="test_spatial_batchnorm_backward_images" says="channels are mixed"
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


# %% todo="spatial_batchnorm_backward" id="sbn_back_wrong_order" test="test_spatial_batchnorm_backward_images" says="the axes come back in the wrong order"
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(N, C, H, W), dgamma, dbeta


# %% todo="spatial_batchnorm_backward" id="sbn_back_no_paths" test="test_spatial_batchnorm_backward_images" says="the paths through mean and variance are missing"
def spatial_batchnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    N, C, H, W = dout.shape
    g = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dgamma, dbeta = (g * x_hat).sum(axis=0), g.sum(axis=0)
    dx = gamma / std * g
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


# %% todo="spatial_batchnorm_backward" id="sbn_back_no_variance" test="test_spatial_batchnorm_backward_images" says="the path through the variance is missing"
def spatial_batchnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    N, C, H, W = dout.shape
    g = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dgamma, dbeta = (g * x_hat).sum(axis=0), g.sum(axis=0)
    dx = gamma / std * (g - g.mean(axis=0))
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


# %% todo="spatial_batchnorm_backward" id="sbn_back_n" test="test_spatial_batchnorm_backward_images" says="divided by N, not by N * H * W"
def spatial_batchnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    N, C, H, W = dout.shape
    g = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dgamma, dbeta = (g * x_hat).sum(axis=0), g.sum(axis=0)
    dx = gamma / std * (g - dbeta / N - x_hat * dgamma / N)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


# %% todo="spatial_batchnorm_backward" id="sbn_back_no_gamma" test="test_spatial_batchnorm_backward_images" says="gamma is missing"
def spatial_batchnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    N, C, H, W = dout.shape
    g = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dgamma, dbeta = (g * x_hat).sum(axis=0), g.sum(axis=0)
    dx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / std
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


# %% todo="spatial_batchnorm_backward" id="sbn_back_mean" test="test_spatial_batchnorm_backward_scale" says="a mean, not a sum"
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma / len(rows), dbeta


# %% todo="spatial_batchnorm_backward" id="sbn_back_per_pixel" test="test_spatial_batchnorm_backward_scale" says="summed over the images alone"
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return (
        dx.reshape(N, H, W, C).transpose(0, 3, 1, 2),
        (rows * cache[0]).reshape(N, H, W, C).sum(axis=0).transpose(2, 0, 1),
        dbeta,
    )


# %% todo="spatial_batchnorm_backward" id="sbn_back_times_x" test="test_spatial_batchnorm_backward_scale" says="dout times x itself"
forward = spatial_batchnorm_forward


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = forward(x, gamma, beta, bn_param)
    return out, (x, cache)


def spatial_batchnorm_backward(dout, cache):
    x, cache = cache
    N, C, H, W = dout.shape
    dx, _, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), cache)
    dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, np.sum(dout * x, axis=(0, 2, 3)), dbeta


# %% todo="spatial_batchnorm_backward" id="sbn_back_swapped" test="test_spatial_batchnorm_backward_scale" says="dgamma and dbeta are swapped"
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dbeta, dgamma


# %% todo="spatial_batchnorm_backward" id="sbn_back_one_number" test="test_spatial_batchnorm_backward_scale" says="summed over the channels too"
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta.sum()


# %% todo="spatial_batchnorm_backward" id="sbn_back_in_place" test="test_spatial_batchnorm_backward_scale" says="dout after the call"
def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    dout *= 0
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


# %% [markdown]
# ## spatial_groupnorm_forward


# %% todo="spatial_groupnorm_forward" id="gn_per_pixel" test="test_spatial_groupnorm_forward_groups" says="each pixel by itself"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    eps = gn_param.get("eps", 1e-5)
    split = x.reshape(N, G, C // G, H, W)
    mean, var = split.mean(axis=2, keepdims=True), split.var(axis=2, keepdims=True)
    x_hat = ((split - mean) / np.sqrt(var + eps)).reshape(x.shape)
    return gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1), None


# %% todo="spatial_groupnorm_forward" id="gn_per_channel" test="test_spatial_groupnorm_forward_groups" says="each channel by itself"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    eps = gn_param.get("eps", 1e-5)
    split = x.reshape(N, C, H, W)
    mean, var = split.mean(axis=(2, 3), keepdims=True), split.var(axis=(2, 3), keepdims=True)
    x_hat = ((split - mean) / np.sqrt(var + eps)).reshape(x.shape)
    return gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1), None


# %% todo="spatial_groupnorm_forward" id="gn_batch" test="test_spatial_groupnorm_forward_groups" says="one average for the whole batch"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    eps = gn_param.get("eps", 1e-5)
    split = x.reshape(N, G, C // G, H, W)
    mean, var = (
        split.mean(axis=(0, 2, 3, 4), keepdims=True),
        split.var(axis=(0, 2, 3, 4), keepdims=True),
    )
    x_hat = ((split - mean) / np.sqrt(var + eps)).reshape(x.shape)
    return gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1), None


# %% todo="spatial_groupnorm_forward" id="gn_interleaved" test="test_spatial_groupnorm_forward_groups" says="every third channel makes a group"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    eps = gn_param.get("eps", 1e-5)
    split = x.reshape(N, C // G, G, H, W)
    mean, var = split.mean(axis=(1, 3, 4), keepdims=True), split.var(axis=(1, 3, 4), keepdims=True)
    x_hat = ((split - mean) / np.sqrt(var + eps)).reshape(x.shape)
    return gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1), None


# %% todo="spatial_groupnorm_forward" id="gn_size_of_group" test="test_spatial_groupnorm_forward_groups" says="G is taken as the channels in a group"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    eps = gn_param.get("eps", 1e-5)
    split = x.reshape(N, C // G, G, H, W)
    mean, var = split.mean(axis=(2, 3, 4), keepdims=True), split.var(axis=(2, 3, 4), keepdims=True)
    x_hat = ((split - mean) / np.sqrt(var + eps)).reshape(x.shape)
    return gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1), None


# %% todo="spatial_groupnorm_forward" id="gn_no_gamma" test="test_spatial_groupnorm_forward_groups" says="gamma and beta are missing"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    groups = x.reshape(len(x), G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param.get("eps", 1e-5))
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = x_hat.reshape(x.shape)
    return out, (x_hat, std, gamma)


# %% todo="spatial_groupnorm_forward" id="gn_eps" test="test_spatial_groupnorm_forward_groups" says="eps is fixed at 1e-5"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    groups = x.reshape(len(x), G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + 1e-5)
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma.reshape(1, -1, 1, 1) * x_hat.reshape(x.shape) + beta.reshape(1, -1, 1, 1)
    return out, (x_hat, std, gamma)


# %% todo="spatial_groupnorm_forward" id="gn_eps_outside" test="test_spatial_groupnorm_forward_groups" says="eps is added to the deviation"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    groups = x.reshape(len(x), G, -1)
    std = groups.std(axis=2, keepdims=True) + gn_param.get("eps", 1e-5)
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma.reshape(1, -1, 1, 1) * x_hat.reshape(x.shape) + beta.reshape(1, -1, 1, 1)
    return out, (x_hat, std, gamma)


# %% todo="spatial_groupnorm_forward" id="gn_unbiased" test="test_spatial_groupnorm_forward_groups" says="the variance is divided by M - 1"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    groups = x.reshape(len(x), G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True, ddof=1) + gn_param.get("eps", 1e-5))
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma.reshape(1, -1, 1, 1) * x_hat.reshape(x.shape) + beta.reshape(1, -1, 1, 1)
    return out, (x_hat, std, gamma)


# %% todo="spatial_groupnorm_forward" id="gn_one_group" test="test_spatial_groupnorm_forward_edges" says="G is not used: always one group"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    G = 1
    groups = x.reshape(len(x), G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param.get("eps", 1e-5))
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma.reshape(1, -1, 1, 1) * x_hat.reshape(x.shape) + beta.reshape(1, -1, 1, 1)
    return out, (x_hat, std, gamma)


# %% todo="spatial_groupnorm_forward" id="gn_size_of_group_edges" test="test_spatial_groupnorm_forward_edges" says="G is taken as the channels in a group"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    eps = gn_param.get("eps", 1e-5)
    split = x.reshape(N, C // G, G, H, W)
    mean, var = split.mean(axis=(2, 3, 4), keepdims=True), split.var(axis=(2, 3, 4), keepdims=True)
    x_hat = ((split - mean) / np.sqrt(var + eps)).reshape(x.shape)
    return gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1), None


# %% todo="spatial_groupnorm_forward" id="gn_per_channel_edges" test="test_spatial_groupnorm_forward_edges" says="each channel by itself, whatever G is" first="each channel by itself"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    eps = gn_param.get("eps", 1e-5)
    split = x.reshape(N, C, H, W)
    mean, var = split.mean(axis=(2, 3), keepdims=True), split.var(axis=(2, 3), keepdims=True)
    x_hat = ((split - mean) / np.sqrt(var + eps)).reshape(x.shape)
    return gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1), None


# %% todo="spatial_groupnorm_forward" id="gn_columns" test="test_spatial_groupnorm_forward_shapes" says="gamma and beta run along the columns"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    groups = x.reshape(len(x), G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param.get("eps", 1e-5))
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma * x_hat.reshape(x.shape) + beta
    return out, (x_hat, std, gamma)


# %% todo="spatial_groupnorm_forward" id="gn_in_place" test="test_spatial_groupnorm_forward_shapes" says="x after the call"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    x -= x.mean()
    groups = x.reshape(len(x), G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param.get("eps", 1e-5))
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma.reshape(1, -1, 1, 1) * x_hat.reshape(x.shape) + beta.reshape(1, -1, 1, 1)
    return out, (x_hat, std, gamma)


# %% todo="spatial_groupnorm_forward" id="gn_gamma_in_place" test="test_spatial_groupnorm_forward_shapes" says="gamma and beta after the call"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    groups = x.reshape(len(x), G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param.get("eps", 1e-5))
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma.reshape(1, -1, 1, 1) * x_hat.reshape(x.shape) + beta.reshape(1, -1, 1, 1)
    gamma *= 1.1
    return out, (x_hat, std, gamma)


# %% [markdown]
# ## spatial_groupnorm_backward


# %% todo="spatial_groupnorm_backward" id="gn_back_gamma_outside" test="test_spatial_groupnorm_backward_images" says="gamma stands outside the averages"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = dout.reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    return gamma.reshape(1, -1, 1, 1) * dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_no_gamma" test="test_spatial_groupnorm_backward_images" says="gamma is missing"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = dout.reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_no_paths" test="test_spatial_groupnorm_backward_images" says="the paths through mean and variance are missing"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = d / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_no_variance" test="test_spatial_groupnorm_backward_images" says="the path through the variance is missing"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True)) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_no_mean" test="test_spatial_groupnorm_backward_images" says="the path through the mean is missing"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_batch" test="test_spatial_groupnorm_backward_images" says="the averages run over the batch too"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=(0, 2), keepdims=True)
    dx = (d - d.mean(axis=(0, 2), keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_sums" test="test_spatial_groupnorm_backward_images" says="sums in place of averages"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).sum(axis=2, keepdims=True)
    dx = (d - d.sum(axis=2, keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_axes_lost" test="test_spatial_groupnorm_backward_scale" says="the axes are lost"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3))
    dbeta = np.sum(dout, axis=(0, 2, 3))
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_mean" test="test_spatial_groupnorm_backward_scale" says="a mean, not a sum"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.mean(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_of_group" test="test_spatial_groupnorm_backward_scale" says="summed over the group too"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    dgamma = dgamma.reshape(x_hat.shape[1], -1).sum(axis=1)
    dgamma = dgamma.repeat(gamma.size // len(dgamma)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_swapped" test="test_spatial_groupnorm_backward_scale" says="dgamma and dbeta are swapped"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dbeta, dgamma


# %% todo="spatial_groupnorm_backward" id="gn_back_in_place" test="test_spatial_groupnorm_backward_scale" says="dout after the call"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    dout *= 0
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_one_group" test="test_spatial_groupnorm_backward_edges" says="dx of one image of 4 x 2 in three channels"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    shape, x_hat = x_hat.shape, x_hat.reshape(len(x_hat), -1, x_hat.shape[-1])
    x_hat = x_hat.mean(axis=1, keepdims=True) + 0 * x_hat
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="spatial_groupnorm_backward" id="gn_back_dbeta_axes" test="test_spatial_groupnorm_backward_scale" says="dbeta of these channels" first="the axes are lost: give it the shape of gamma"
def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3))
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta


# %% todo="conv_forward_naive" id="conv_forward_rounds_up" test="check_conv_forward_naive" says="shape for images of 7 x 8 in two channels"
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad + stride), (pad, pad + stride)])
    rows, columns = -(-(H + 2 * pad - HH) // stride), -(-(W + 2 * pad - WW) // stride)
    out = np.empty((N, F, 1 + rows, 1 + columns))
    for i in range(1 + rows):
        for j in range(1 + columns):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + HH, left : left + WW]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, w) + b
    return out, (x, w, b, conv_param)


# %% todo="max_pool_forward_naive" id="pool_forward_first_row" test="check_max_pool_forward_naive" says="the maximum over the last two axes of each window"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), (2, 3))
    return windows[:, :, ::stride, ::stride, 0].max(axis=4), (x, pool_param)


# %% todo="max_pool_forward_naive" id="pool_forward_flat" test="check_max_pool_forward_naive" says="the two last axes are lost"
def max_pool_forward_naive(x, pool_param):
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), (2, 3))
    out = windows[:, :, ::stride, ::stride].max(axis=(4, 5))
    return out.reshape(*x.shape[:2], -1), (x, pool_param)


# %% todo="threelayerconvnet_loss" id="net_loss_summed" test="check_threelayerconvnet_loss" says="loss before training, without penalty"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    loss, dscores = loss * len(X), dscores * len(X)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="net_images_changed" test="test_threelayerconvnet_loss_scores" says="the images after the call"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        X -= X.mean()
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads


# %% todo="threelayerconvnet_loss" id="loss_gradient_W1_mean" test="test_threelayerconvnet_loss_filter_gradients" says="gradient of W1"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    params, grads = self.params, {}
    conv_param = {"stride": 1, "pad": (params["W1"].shape[2] - 1) // 2}
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    pooled, conv_cache = conv_relu_pool_forward(
        X, params["W1"], params["b1"], conv_param, pool_param
    )
    hidden, hidden_cache = affine_relu_forward(pooled, params["W2"], params["b2"])
    scores, scores_cache = affine_forward(hidden, params["W3"], params["b3"])
    if y is None:
        return scores
    loss, dscores = softmax_loss(scores, y)
    dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
    dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
    _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache)
    grads["W1"] /= len(X)
    for name in ("W1", "W2", "W3"):
        loss += 0.5 * self.reg * np.sum(params[name] ** 2)
        grads[name] += self.reg * params[name]
    return loss, grads
