# %% [markdown] id="intro" report="show"
# # 6. A convolutional net
#
# You will build a convolutional network from NumPy arrays alone: convolution and pooling, forward
# and backward, normalisation for images, and from these layers nets that tell photographs apart. A
# small one reaches in one pass over CIFAR-10 what a fully connected net needs many for; a deeper
# one names the right class for more than seven photographs in ten.
#
# **You will learn** to work out what stride and padding do to a shape and to a gradient, to let
# gradients of overlapping windows add up, to choose over which numbers a layer takes its averages,
# and to measure what a net makes of an object that has moved.
#
# **You need** backpropagation layer by layer, as in the fourth notebook, batch normalisation, as in
# the fifth, and about eight hours.

# %% role="given" id="set_up"
import time

import numpy as np

from helpers import check, data, gradcheck, lab, plots, report
from helpers.fast_layers import (
    conv_backward_fast,
    conv_forward_fast,
    max_pool_backward_fast,
    max_pool_forward_fast,
)
from helpers.notebook import Table, method_of
from helpers.solver import Solver

check.todos(
    "conv_forward_naive",
    "conv_backward_naive",
    "max_pool_forward_naive",
    "max_pool_backward_naive",
    "threelayerconvnet_init",
    "threelayerconvnet_loss",
    "spatial_batchnorm_forward",
    "spatial_batchnorm_backward",
    "spatial_groupnorm_forward",
    "spatial_groupnorm_backward",
)

# %% [markdown] id="how_to" report="hide"
# ## How this notebook works
#
# As before: cells marked **TODO** are yours, the **check** below each tells at once what is right,
# and *Hidden test* cells are graded on inputs that you do not see here. Hints are folded. Before
# you hand in, restart the kernel and run all cells.
#
# The layers are those of Stanford's course CS231n (assignment 2): whoever has written them before
# can paste them as they are. Of its class `ThreeLayerConvNet`, put each method below a line
# `@method_of(ThreeLayerConvNet)` into its cell, or the whole class into the first of the two cells,
# and empty the second.

# %% role="play" id="where_you_stand" report="hide"
check.progress()

# %% [markdown] id="conv_text" report="show"
# ## Slide a filter over an image
#
# A fully connected layer gives every pixel a weight of its own: it does not know which pixels are
# neighbours, and what it has learnt in one corner it must learn again in the other. A
# *convolution* looks at a small window, and uses the same weights in every place:
#
# $$o_{nfij} = b_f + \sum_{c=0}^{C-1} \sum_{u=0}^{h-1} \sum_{v=0}^{k-1}
# w_{fcuv}\; \tilde{x}_{n,\, c,\, is + u,\, js + v} .$$
#
# | array | shape | |
# | --- | --- | --- |
# | `x` | $(N, C, H, W)$ | images: channels first |
# | `w`, `b` | $(F, C, h, k)$, $(F,)$ | $F$ filters, $h$ high (`HH`) and $k$ wide (`WW`) |
# | `out` | $(N, F, H', W')$ | one picture a filter |
#
# $\tilde{x}$ is `x` with $p$ (`pad`) rows and columns of zeros on each of its four sides; $s$
# (`stride`) is the way from one window to the next. The last window must fit, so
#
# $$H' = 1 + \left\lfloor \frac{H + 2p - h}{s} \right\rfloor, \qquad
# W' = 1 + \left\lfloor \frac{W + 2p - k}{s} \right\rfloor .$$

# %% [markdown] id="conv_text_flip" report="hide"
# (In mathematics a convolution turns the filter by 180 degrees first. Nets leave that out: the
# weights are learnt, so they would only be learnt the other way round.)

# %% [markdown] id="hints_conv_forward_naive"
# <details><summary>Hint 1: the direction</summary>
# Pad, work out the size of the output, then go over its rows and columns: each (i, j) is one window
# of the padded images, in all N images and all C channels at once.
# </details>
#
# <details><summary>Hint 2: the functions</summary>
# <code>np.pad</code> takes a pair (before, after) for each axis; N and C get (0, 0). The window of
# (i, j) begins at row i * stride and column j * stride and is as large as the filter.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# A window of all images has shape (N, C, h, k), the filters (F, C, h, k): multiply and sum over the
# last three axes, by <code>np.einsum("ncuv,fcuv->nf", ...)</code> or a loop over the F filters.
# Then add b.
# </details>


# %% role="todo" id="conv_forward_naive"
def conv_forward_naive(x, w, b, conv_param):
    """Convolve images with filters. Loops are welcome: this version is to be read.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W), float
        Images; not changed.
    w : ndarray, shape (F, C, HH, WW), float
        Filters; HH and WW may differ.
    b : ndarray, shape (F,), float
        One bias a filter.
    conv_param : dict
        ``stride``: int, pixels from one window to the next, down and across;
        ``pad``: int, rows and columns of zeros on each side.

    Returns
    -------
    out : ndarray, shape (N, F, H', W'), float
        With H' = 1 + (H + 2 * pad - HH) // stride, and W' likewise.
    cache : tuple
        What conv_backward_naive needs.
    """
    # TODO: zeros around the images, then one window after the other.
    ### BEGIN SOLUTION
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
    return out, (x, w, b, conv_param)
    ### END SOLUTION


# %% role="check" id="check_conv_forward_naive"
with check.todo("conv_forward_naive"):
    image = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]])[None, None]
    corner = np.array([[1.0, 2.0], [0.0, -1.0]])[None, None]
    out, _ = conv_forward_naive(image, corner, np.array([10.0]), {"stride": 1, "pad": 0})
    check.close(
        "a filter of 2 x 2 on an image of 3 x 3, with bias 10",
        out,
        [[[[14.0, 9.0], [12.0, 16.0]]]],
        hint="top left: 1*1 + 2*2 + 0*0 - 1*1 + 10",
        mistakes={
            "the bias is missing": [[[[4.0, -1.0], [2.0, 6.0]]]],
            "the filter is turned by 180 degrees: leave it as it is": [
                [[[10.0, 13.0], [14.0, 10.0]]]
            ],
            "the filter is transposed": [[[[10.0, 11.0], [14.0, 10.0]]]],
            "the padding is always 1": [
                [
                    [
                        [9.0, 8.0, 10.0, 10.0],
                        [12.0, 14.0, 9.0, 10.0],
                        [8.0, 12.0, 16.0, 13.0],
                        [14.0, 12.0, 12.0, 11.0],
                    ]
                ]
            ],
        },
    )
    two_channels = np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]])[None]
    filters = np.array([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]]])[None]
    out, _ = conv_forward_naive(two_channels, filters, np.array([100.0]), {"stride": 2, "pad": 1})
    check.close(
        "two channels of 2 x 2, one filter of 2 x 2, bias 100, stride 2, pad 1",
        out,
        [[[[109.0, 106.0], [106.0, 112.0]]]],
        hint="each window meets one pixel of each channel; top left: 1*4 + 5*1 + 100",
        mistakes={
            "the bias is added once for each channel": [[[[209.0, 206.0], [206.0, 212.0]]]],
            "the border is repeated: pad with zeros": [[[[120.0, 132.0], [144.0, 156.0]]]],
            "a mean over the channels, not their sum": [[[[104.5, 103.0], [103.0, 106.0]]]],
            "only the first channel counts": [[[[104.0, 106.0], [106.0, 104.0]]]],
            "the padding is always 0": [[[[143.0]]]],
            "the stride is always 1": [
                [[[109.0, 117.0, 106.0], [121.0, 143.0, 120.0], [106.0, 118.0, 112.0]]]
            ],
            "windows begin at (i, j): multiply by the stride": [[[[109.0, 117.0], [121.0, 143.0]]]],
        },
    )
    # Inputs and results of the original assignment.
    x = np.linspace(-0.1, 0.5, num=96).reshape(2, 3, 4, 4)
    w = np.linspace(-0.2, 0.3, num=144).reshape(3, 3, 4, 4)
    out, _ = conv_forward_naive(x, w, np.linspace(-0.1, 0.2, num=3), {"stride": 2, "pad": 1})
    check.close(
        "the original's two images of 4 x 4, three filters of 4 x 4, stride 2, pad 1",
        out,
        [
            [
                [[-0.08759809, -0.10987781], [-0.18387192, -0.2109216]],
                [[0.21027089, 0.21661097], [0.22847626, 0.23004637]],
                [[0.50813986, 0.54309974], [0.64082444, 0.67101435]],
            ],
            [
                [[-0.98053589, -1.03143541], [-1.19128892, -1.24695841]],
                [[0.69108355, 0.66880383], [0.59480972, 0.56776003]],
                [[2.36270298, 2.36904306], [2.38090835, 2.38247847]],
            ],
        ],
        atol=1e-8,  # they are published with eight decimals
        hint="out[n, f] comes from image n and filter f, at every window of all channels",
        mistakes={
            "the padding is always 0": [
                [[[-0.170436511]], [[0.36964078]], [[0.90971807]]],
                [[[-1.8850806]], [[1.09721973]], [[4.07952006]]],
            ],
        },
    )
    out, _ = conv_forward_naive(np.ones((1, 2, 7, 8)), np.ones((3, 2, 3, 2)), np.zeros(3),
                                {"stride": 3, "pad": 1})  # fmt: skip
    check.equal(
        "shape for images of 7 x 8 in two channels, filters of 3 x 2, stride 3, pad 1",
        out.shape,
        [1, 3, 3, 3],
        hint="H' = 1 + (7 + 2 - 3) // 3, W' = 1 + (8 + 2 - 2) // 3",
    )

# %% role="test" id="test_conv_forward_naive_values" points=2
"""Right for filters of 3 x 3 with stride 1 and pad 1, several channels, images and filters."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
out, _ = conv_forward_naive(x.copy(), w.copy(), b.copy(), {"stride": 1, "pad": 1})
sides, bias = [(0, 0), (0, 0), (1, 1), (1, 1)], b[:, np.newaxis, np.newaxis]
windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, sides), (3, 3), (2, 3))
repeated = np.lib.stride_tricks.sliding_window_view(np.pad(x, sides, "edge"), (3, 3), (2, 3))
sums = np.einsum("ncijuv,fcuv->nfij", windows, w)
check.close(
    "two images of 5 x 6 in three channels, four filters",
    out,
    sums + bias,
    hint="the sum over channels, rows and columns of window times filter, plus the filter's bias",
    mistakes={
        "the bias is missing": sums,
        "the bias is added once for each channel": sums + 3 * bias,
        "the filter is turned by 180 degrees: leave it as it is": np.einsum(
            "ncijuv,fcuv->nfij", windows, w[:, :, ::-1, ::-1]
        )
        + bias,
        "the filter is transposed": np.einsum("ncijuv,fcvu->nfij", windows, w) + bias,
        "the border is repeated: pad with zeros": np.einsum("ncijuv,fcuv->nfij", repeated, w)
        + bias,
        "a mean over the channels, not their sum": sums / 3 + bias,
        "only the first channel counts": np.einsum("nijuv,fuv->nfij", windows[:, 0], w[:, 0])
        + bias,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_conv_forward_naive_geometry" points=3
"""Right for pad 0, 1, 2 with stride 1, 2, 3, on images and filters that are not square."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b = rng.normal(size=(2, 2, 6, 5)), rng.normal(size=(3, 2, 2, 3)), rng.normal(size=3)
outs = [
    conv_forward_naive(x.copy(), w.copy(), b.copy(), {"stride": stride, "pad": pad})[0]
    for pad in (0, 1, 2)
    for stride in (1, 2, 3)
]


def right(pad, stride, step):
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2, 3), (2, 3))
    height, width = -(-windows.shape[2] // stride), -(-windows.shape[3] // stride)
    windows = windows[:, :, ::step, ::step][:, :, :height, :width]
    return np.ravel(np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, np.newaxis, np.newaxis])


check.close(
    "outputs of nine convolutions in one row: filters of 2 x 3, images of 6 x 5",
    np.concatenate([np.ravel(out) for out in outs]),
    np.concatenate([right(pad, s, s) for pad in (0, 1, 2) for s in (1, 2, 3)]),
    hint="H' = 1 + (H + 2 pad - HH) // stride; window (i, j) begins at (i * stride, j * stride)",
    mistakes={
        "the padding is always 1": np.concatenate([right(1, s, s) for s in (1, 2, 3)] * 3),
        "the padding is always 0": np.concatenate([right(0, s, s) for s in (1, 2, 3)] * 3),
        "the stride is always 1": np.concatenate(
            [right(p, 1, 1) for p in (0, 0, 0, 1, 1, 1, 2, 2, 2)]
        ),
        "windows begin at (i, j): multiply by the stride": np.concatenate(
            [right(pad, s, 1) for pad in (0, 1, 2) for s in (1, 2, 3)]
        ),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_conv_forward_naive_input_unchanged" points=1
"""Images, filters and biases stay as they were, and a filter may be as large as the image."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn, filters, biases = (
    rng.normal(size=(3, 2, 4, 3)),
    rng.normal(size=(5, 2, 4, 3)),
    rng.normal(size=5),
)
x, w, b = drawn.copy(), filters.copy(), biases.copy()
out, _ = conv_forward_naive(x, w, b, {"stride": 1, "pad": 0})
check.close(
    "outputs of filters that are as large as the image: a fully connected layer",
    out,
    np.einsum("nchw,fchw->nf", drawn, filters)[:, :, np.newaxis, np.newaxis]
    + biases[:, np.newaxis, np.newaxis],
    hint="there is one window: the output has shape (N, F, 1, 1)",
)
check.close("the images after the call", x, drawn, hint="np.pad makes a new array: write there")
check.close("the filters after the call", w, filters, hint="compute into new arrays")
check.close("the biases after the call", b, biases, hint="compute into new arrays")
### END HIDDEN TESTS

# %% [markdown] id="step_text" report="hide"
# ## Watch one output come about
#
# The sliders set filter size, stride and padding, and choose one output pixel by its row and
# column. The picture shows its window, the filter, and the sum that your function has computed. How
# large must the padding be for an output of the input's size, with a filter of 3 x 3, and of 5 x 5?
# With stride 2, which input pixels does no window reach? Which padding makes the corners count as
# often as the middle?


# %% role="play" id="step" report="output"
small_image = np.array(
    [
        [0, 0, 1, 2, 1, 0, 0],
        [0, 1, 3, 3, 3, 1, 0],
        [1, 3, 2, 0, 2, 3, 1],
        [2, 3, 0, 0, 0, 3, 2],
        [1, 3, 2, 0, 2, 3, 1],
        [0, 1, 3, 3, 3, 1, 0],
        [0, 0, 1, 2, 1, 0, 0],
    ]
)


def one_step(filter_size, stride, padding, row, column):
    """Draw how the output pixel at (row, column), or the last one before it, comes about."""
    edges = np.sign(np.arange(filter_size) - (filter_size - 1) / 2)  # -1 left, 1 right
    kernel = np.outer(np.ones(filter_size), edges if filter_size > 1 else [2])
    out, _ = conv_forward_naive(
        small_image[None, None].astype(float),
        kernel[None, None],
        np.array([1.0]),
        {"stride": stride, "pad": padding},
    )
    row, column = min(row, out.shape[2] - 1), min(column, out.shape[3] - 1)
    return plots.convolution_step(
        small_image, kernel, 1, out[0, 0], stride=stride, pad=padding, row=row, column=column
    )


lab.explore(
    one_step,
    filter_size=lab.choice(1, 2, 3, 5, value=3),
    stride=lab.linear(1, 3, step=1),
    padding=lab.linear(0, 3, value=1, step=1),
    row=lab.linear(0, 12, value=2, step=1),
    column=lab.linear(0, 12, value=1, step=1),
)

# %% [markdown] id="picture_text" report="show"
# ## See what a filter can do
#
# Long before nets learnt filters, people wrote them. Two of them, on a picture that the next cell
# draws: the first filter weighs red, green and blue by .3, .6 and .1, about as bright as the eye
# finds them, and so makes a *grey* picture. The second is *Sobel's* (1968), on the blue channel:
#
# $$\begin{pmatrix} 1 & 2 & 1 \\ 0 & 0 & 0 \\ -1 & -2 & -1 \end{pmatrix}$$
#
# It compares the row above with the row below, so it answers at horizontal *edges* and is zero
# where nothing changes. Its bias of 0.5 makes zero a middle grey. Both are one call of your
# function.


# %% role="given" id="picture"
def draw_picture(height=120, width=180):
    """Return a landscape with a house: shape (height, width, 3), float from 0 to 1."""
    y, x = np.mgrid[:height, :width] / height
    picture = np.empty((height, width, 3))
    picture[:] = np.stack([0.45 + 0.4 * y, 0.7 + 0.2 * y, 0.95 + 0 * y], axis=-1)  # sky
    picture[(x - 1.2) ** 2 + (y - 0.2) ** 2 < 0.01] = 1.0, 0.85, 0.3  # sun
    picture[y > 0.55 + 0.12 * np.sin(3 * x + 1)] = 0.35, 0.55, 0.4  # far hills
    picture[y > 0.72 + 0.05 * np.sin(5 * x)] = 0.45, 0.7, 0.25  # meadow
    picture[(abs(x - 0.5) < 0.2) & (abs(y - 0.68) < 0.14)] = 0.85, 0.8, 0.7  # wall
    picture[(abs(x - 0.5) < 0.26 - 0.9 * (0.54 - y)) & (abs(y - 0.44) < 0.1)] = 0.6, 0.25, 0.2
    picture[(abs(x - 0.5) < 0.04) & (y > 0.66) & (y < 0.82)] = 0.35, 0.2, 0.15  # door
    panes = (abs(abs(x - 0.5) - 0.12) < 0.04) & (abs(y - 0.64) < 0.04)
    picture[panes] = 0.3, 0.45, 0.6
    return picture


grey_and_edges = np.zeros((2, 3, 3, 3))  # (filter, channel, row, column)
grey_and_edges[0, :, 1, 1] = 0.3, 0.6, 0.1
grey_and_edges[1, 2] = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]

# %% role="play" id="filter_the_picture" report="output"
picture = draw_picture()
out, _ = conv_forward_naive(
    picture.transpose(2, 0, 1)[None], grey_and_edges, np.array([0.0, 0.5]), {"stride": 1, "pad": 1}
)
shown = [picture, *(np.repeat(np.clip(one, 0, 1)[:, :, None], 3, axis=2) for one in out[0])]
plots.image_grid(np.stack(shown), titles=["the picture", "grey", "horizontal edges"], columns=3)

# %% [markdown] id="conv_backward_text" report="show"
# ## Carry the gradient back through a convolution
#
# Given is the gradient of the loss with respect to each output, $g_{nfij} = \partial L / \partial
# o_{nfij}$ (`dout`). Ask of each number that went in: in which outputs does it stand, and with
# which factor?
#
# The bias $b_f$ stands with factor 1 in every output of filter $f$. The weight $w_{fcuv}$ stands
# there too, with the pixel that it met as its factor:
#
# $$\frac{\partial L}{\partial b_f} = \sum_{n,i,j} g_{nfij}, \qquad
# \frac{\partial L}{\partial w_{fcuv}} = \sum_{n,i,j} g_{nfij}\; \tilde{x}_{n,\,c,\,is+u,\,js+v} .$$
#
# A pixel stands in every window that covers it, with the weight that it met there:
#
# $$\frac{\partial L}{\partial \tilde{x}_{ncyz}} = \sum_{f,i,j} g_{nfij}\; w_{f,c,\,y-is,\,z-js},$$
#
# where only those $(i, j)$ count for which $(y - is,\, z - js)$ lies inside the filter. Read it the
# other way round and it is easy to compute: each output *adds* $g$ times the filter to the gradient
# of its window. Last, cut the padding off: nobody asks for the gradient of its zeros.

# %% [markdown] id="hints_conv_backward_naive"
# <details><summary>Hint 1: the direction</summary>
# The same loop over output positions as forward. At each position dw gains something from every
# image, and the gradient of the padded images gains something in this window.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# With <code>g = dout[:, :, i, j]</code> of shape (N, F): to dw add the sum over n of g times
# window, shape (F, C, h, k); to the window's gradient add the sum over f of g times filter, shape
# (N, C, h, k). Windows overlap, so it is <code>+=</code> in both places.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>np.einsum("nf,ncuv->fcuv", ...)</code> and <code>np.einsum("nf,fcuv->ncuv", ...)</code>. Cut
# the padding off by <code>[pad : pad + H]</code>; <code>[pad:-pad]</code> would be empty when pad
# is 0.
# </details>


# %% role="todo" id="conv_backward_naive"
def conv_backward_naive(dout, cache):
    """Return the gradients of a convolution.

    Parameters
    ----------
    dout : ndarray, shape (N, F, H', W'), float
        Gradient of the loss with respect to the output; not changed.
    cache : tuple
        From conv_forward_naive.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W), float
        Gradient with respect to the images, without padding.
    dw : ndarray, shape (F, C, HH, WW), float
    db : ndarray, shape (F,), float
    """
    # TODO: each output position adds to dw and to the gradient of its window.
    ### BEGIN SOLUTION
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
    return dx, dw, dout.sum(axis=(0, 2, 3))
    ### END SOLUTION


# %% role="check" id="check_conv_backward_naive"
with check.todo("conv_backward_naive"):
    x, w = np.array([[[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [0.0, 0.0]]]), np.arange(1.0, 5.0)
    conv_param, b = {"stride": 1, "pad": 1}, np.zeros(1)
    w = w.reshape(1, 1, 2, 2)
    _, cache = conv_forward_naive(x[:, None], w, b, conv_param)
    dout = np.array([[[1.0, 0.0, 2.0], [0.0, 3.0, 0.0], [0.0, 0.0, 1.0]], np.eye(3)])
    before = dout.copy()
    dx, dw, _ = conv_backward_naive(dout[:, None], cache)
    check.equal("dout after the call", dout, before, hint="compute into new arrays")
    check.equal(
        "the filter after the call",
        w,
        [[[[1.0, 2.0], [3.0, 4.0]]]],
        hint="compute into new arrays: the optimiser changes the filters",
    )
    check.close(
        "dw of the filter 1, 2, 3, 4 for two images of 2 x 2, stride 1, pad 1",
        dw,
        [[[[7.0, 7.0], [13.0, 13.0]]]],
        hint="add up dout times window, over both images and all positions",
        mistakes={
            "divided by the number of images": [[[[3.5, 3.5], [6.5, 6.5]]]],
            "each window replaces what came before: add up": [[[[4.0, 0.0], [0.0, 0.0]]]],
            "the filters are turned by 180 degrees": [[[[13.0, 13.0], [7.0, 7.0]]]],
            "the last image counts alone: add over the images": [[[[0.0, 1.0], [0.0, 0.0]]]],
        },
    )
    check.close(
        "dx of these images",
        dx,
        [[[[7.0, 12.0], [9.0, 13.0]]], [[[5.0, 2.0], [3.0, 5.0]]]],
        hint="each output adds dout times filter to its window; cut the padding off at the end",
        mistakes={
            "the padding is still there": [
                [
                    [
                        [1.0, 2.0, 2.0, 4.0],
                        [3.0, 7.0, 12.0, 8.0],
                        [0.0, 9.0, 13.0, 2.0],
                        [0.0, 0.0, 3.0, 4.0],
                    ]
                ],
                [
                    [
                        [1.0, 2.0, 0.0, 0.0],
                        [3.0, 5.0, 2.0, 0.0],
                        [0.0, 3.0, 5.0, 2.0],
                        [0.0, 0.0, 3.0, 4.0],
                    ]
                ],
            ],
            "windows overwrite one another: add with +=": [
                [[[3.0, 0.0], [0.0, 1.0]]],
                [[[1.0, 0.0], [0.0, 1.0]]],
            ],
            "the padding is cut off at the bottom and right only": [
                [[[1.0, 2.0], [3.0, 7.0]]],
                [[[1.0, 2.0], [3.0, 5.0]]],
            ],
            "the filter is turned by 180 degrees": [
                [[[13.0, 13.0], [6.0, 7.0]]],
                [[[5.0, 3.0], [2.0, 5.0]]],
            ],
            "divided by the number of images": [
                [[[3.5, 6.0], [4.5, 6.5]]],
                [[[2.5, 1.0], [1.5, 2.5]]],
            ],
        },
    )
    rng = np.random.default_rng(6)
    x, w, b = rng.normal(size=(2, 2, 5, 4)), rng.normal(size=(3, 2, 3, 3)), rng.normal(size=3)
    conv_param, dout = {"stride": 1, "pad": 1}, rng.normal(size=(2, 3, 5, 4))
    dx, dw, db = conv_backward_naive(dout, conv_forward_naive(x, w, b, conv_param)[1])
    check.close(
        "db against the numerical gradient",
        db,
        gradcheck.eval_numerical_gradient_array(
            lambda b: conv_forward_naive(x, w, b, conv_param)[0], b, dout
        ),
        rtol=1e-6,
        hint="sum dout over images, rows and columns: axes 0, 2 and 3",
        mistakes={
            "a mean, not a sum": [0.14975659, -0.14686364, 0.34924537],
            "summed over everything to one number": 14.085533,
            "summed over the images alone": dout.sum(axis=0),
            "divided by the number of images": [2.9951317, -2.9372728, 6.9849075],
        },
    )
    check.close(
        "dw against the numerical gradient",
        dw,
        gradcheck.eval_numerical_gradient_array(
            lambda w: conv_forward_naive(x, w, b, conv_param)[0], w, dout
        ),
        rtol=1e-6,
        hint="add up dout times window, for each filter and each channel by itself",
    )
    numerical = gradcheck.eval_numerical_gradient_array(
        lambda x: conv_forward_naive(x, w, b, conv_param)[0], x, dout
    )
    check.close(
        "dx against the numerical gradient",
        dx,
        numerical,
        rtol=1e-6,
        hint="each output adds dout times filter to its window; cut the padding off at the end",
        mistakes={
            "the padding is still there": np.pad(numerical, [(0, 0), (0, 0), (1, 1), (1, 1)])
        },
    )
    dx, _, _ = conv_backward_naive(
        np.ones((1, 1, 2, 2)),
        conv_forward_naive(
            np.ones((1, 1, 5, 5)), np.ones((1, 1, 2, 2)), b[:1], {"stride": 2, "pad": 0}
        )[1],
    )
    check.close(
        "dx with pad 0 and stride 2, where no window reaches the last row and column",
        dx[0, 0],
        np.pad(np.ones((4, 4)), (0, 1)),
        hint="with pad 0 nothing is cut off: [pad:-pad] would be empty",
        mistakes={
            "the slice [0:-0] is empty": np.zeros((0, 0)),
            "windows begin at (i, j): multiply by the stride": np.pad(
                [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]], (0, 2)
            ),
            "the padding is taken as 1": [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]],
        },
    )

# %% role="test" id="test_conv_backward_naive_filters" points=2
"""dw and db are sums over images and positions, for filters that are not square."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b = rng.normal(size=(3, 2, 4, 5)), rng.normal(size=(4, 2, 3, 2)), rng.normal(size=4)
dout = rng.normal(size=(3, 4, 4, 6))
_, cache = conv_forward_naive(x, w, b, {"stride": 1, "pad": 1})
_, dw, db = conv_backward_naive(dout, cache)
padded = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)])
windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 2), (2, 3))
right = np.einsum("nfij,ncijuv->fcuv", dout, windows)
check.close(
    "dw of four filters of 3 x 2, stride 1, pad 1",
    dw,
    right,
    hint="add up dout times window, over all images and positions",
    mistakes={
        "divided by the number of images": right / 3,
        "each window replaces what came before: add up": np.einsum(
            "nf,ncuv->fcuv", dout[:, :, -1, -1], windows[:, :, -1, -1]
        ),
        "the filters are turned by 180 degrees": right[:, :, ::-1, ::-1],
        "the last image counts alone: add over the images": np.einsum(
            "fij,cijuv->fcuv", dout[-1], windows[-1]
        ),
    },
)
check.close(
    "db of four filters",
    db,
    dout.sum(axis=(0, 2, 3)),
    hint="sum dout over axes 0, 2 and 3",
    mistakes={
        "a mean, not a sum": dout.mean(axis=(0, 2, 3)),
        "summed over everything to one number": dout.sum(),
        "summed over the images alone": dout.sum(axis=0),
        "divided by the number of images": dout.sum(axis=(0, 2, 3)) / 3,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_conv_backward_naive_images" points=3
"""dx adds up what every window that covers a pixel contributes."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 3, 3)), rng.normal(size=2)
dout = rng.normal(size=(2, 2, 4, 5))
_, cache = conv_forward_naive(x, w, b, {"stride": 1, "pad": 1})
dx, _, _ = conv_backward_naive(dout, cache)
places = np.arange(6 * 7).reshape(6, 7)  # of the padded images
covered = np.eye(42)[np.lib.stride_tricks.sliding_window_view(places, (3, 3))]
padded = np.einsum("nfij,fcuv,ijuvp->ncp", dout, w, covered).reshape(2, 3, 6, 7)
each = np.einsum("nfij,fcuv->ncijuv", dout, w)
i, j = np.minimum(np.arange(6), 3)[:, np.newaxis], np.minimum(np.arange(7), 4)
last = each[:, :, i, j, np.arange(6)[:, np.newaxis] - i, np.arange(7) - j]
turned = np.einsum("nfij,fcuv,ijuvp->ncp", dout, w[:, :, ::-1, ::-1], covered)
check.close(
    "dx of two images of 4 x 5, stride 1, pad 1",
    dx,
    padded[:, :, 1:5, 1:6],
    hint="each output adds dout times filter to its window; cut one row and column off each side",
    mistakes={
        "windows overwrite one another: add with +=": last[:, :, 1:5, 1:6],
        "the padding is still there": padded,
        "the padding is cut off at the bottom and right only": padded[:, :, :4, :5],
        "the filter is turned by 180 degrees": turned.reshape(2, 3, 6, 7)[:, :, 1:5, 1:6],
        "divided by the number of images": padded[:, :, 1:5, 1:6] / 2,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_conv_backward_naive_pad_zero" points=2
"""Right without padding, with stride 2; a pixel that no window reaches has gradient 0."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b = rng.normal(size=(2, 1, 6, 8)), rng.normal(size=(3, 1, 3, 2)), rng.normal(size=3)
dout = rng.normal(size=(2, 3, 2, 4))
_, cache = conv_forward_naive(x, w, b, {"stride": 2, "pad": 0})
dx, dw, _ = conv_backward_naive(dout, cache)
places = np.lib.stride_tricks.sliding_window_view(np.arange(48).reshape(6, 8), (3, 2))
right = np.einsum("nfij,fcuv,ijuvp->ncp", dout, w, np.eye(48)[places[::2, ::2]])
dense = np.einsum("nfij,fcuv,ijuvp->ncp", dout, w, np.eye(48)[places[:2, :4]])
windows = np.lib.stride_tricks.sliding_window_view(x, (3, 2), (2, 3))
check.close(
    "dx of two images of 6 x 8, filters of 3 x 2, stride 2, pad 0",
    dx,
    right.reshape(2, 1, 6, 8),
    hint="window (i, j) begins at row 2i and column 2j; with pad 0 nothing is cut off",
    mistakes={
        "the slice [pad:-pad] is empty when pad is 0": np.zeros((2, 1, 0, 0)),
        "windows begin at (i, j): multiply by the stride": dense.reshape(2, 1, 6, 8),
        "the padding is taken as 1": right.reshape(2, 1, 6, 8)[:, :, 1:5, 1:7],
    },
)
check.close(
    "dw of three filters of 3 x 2, stride 2, pad 0",
    dw,
    np.einsum("nfij,ncijuv->fcuv", dout, windows[:, :, ::2, ::2]),
    hint="add up dout times window; window (i, j) begins at row 2i and column 2j",
)
### END HIDDEN TESTS

# %% role="test" id="test_conv_backward_naive_geometry" points=2
"""Right for pad 0, 1, 2 with stride 1, 2, 3, on images and filters that are not square."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, w, b = rng.normal(size=(2, 2, 5, 6)), rng.normal(size=(2, 2, 2, 3)), rng.normal(size=2)
grid = [(pad, stride) for pad in (0, 1, 2) for stride in (1, 2, 3)]
douts = [
    rng.normal(size=(2, 2, 1 + (3 + 2 * pad) // stride, 1 + (3 + 2 * pad) // stride))
    for pad, stride in grid
]
found = [
    conv_backward_naive(dout, conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})[1])
    for dout, (pad, stride) in zip(douts, grid, strict=True)
]


def right_dx(dout, pad, stride):
    height, width = 5 + 2 * pad, 6 + 2 * pad
    places = np.arange(height * width).reshape(height, width)
    windows = np.lib.stride_tricks.sliding_window_view(places, (2, 3))[::stride, ::stride]
    dx = np.einsum("nfij,fcuv,ijuvp->ncp", dout, w, np.eye(height * width)[windows])
    return dx.reshape(2, 2, height, width)[:, :, pad : pad + 5, pad : pad + 6]


def right_dw(dout, pad, stride):
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2, 3), (2, 3))
    return np.einsum("nfij,ncijuv->fcuv", dout, windows[:, :, ::stride, ::stride])


check.close(
    "dx of nine convolutions in one row: filters of 2 x 3, images of 5 x 6",
    np.concatenate([np.ravel(dx) for dx, _, _ in found]),
    np.concatenate([right_dx(g, *way).ravel() for g, way in zip(douts, grid, strict=True)]),
    hint="window (i, j) begins at (i * stride, j * stride) of the padded images; cut off pad",
)
check.close(
    "dw of these convolutions in one row",
    np.concatenate([np.ravel(dw) for _, dw, _ in found]),
    np.concatenate([right_dw(g, *way).ravel() for g, way in zip(douts, grid, strict=True)]),
    hint="the same windows as forward, pad and stride taken from the cache",
)
### END HIDDEN TESTS

# %% role="test" id="test_conv_backward_naive_input_unchanged" points=1
"""dout, images and filters stay as they were, and a second call gives the same."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn, filters = rng.normal(size=(2, 2, 3, 3)), rng.normal(size=(2, 2, 2, 2))
x, w, upstream = drawn.copy(), filters.copy(), rng.normal(size=(2, 2, 2, 2))
dout = upstream.copy()
_, cache = conv_forward_naive(x, w, np.zeros(2), {"stride": 1, "pad": 0})
conv_backward_naive(dout, cache)
_, dw, _ = conv_backward_naive(dout, cache)
windows = np.lib.stride_tricks.sliding_window_view(drawn, (2, 2), (2, 3))
check.close("dout after two calls", dout, upstream, hint="compute into new arrays")
check.close("the images after two calls", x, drawn, hint="compute into new arrays")
check.close("the filters after two calls", w, filters, hint="compute into new arrays")
check.close(
    "dw of the second call",
    dw,
    np.einsum("nfij,ncijuv->fcuv", upstream, windows),
    hint="start each call from zeros",
    mistakes={"the calls add up": 2 * np.einsum("nfij,ncijuv->fcuv", upstream, windows)},
)
### END HIDDEN TESTS

# %% [markdown] id="pool_text" report="show"
# ## Keep the strongest answer
#
# *Max pooling* takes the largest value of each window, in each channel by itself. It has no
# weights. With windows of 2 x 2 and stride 2 it halves height and width, so what comes after has a
# quarter of the work, sees twice as far, and no longer knows to the pixel where the answer was:
#
# $$o_{ncij} = \max_{0 \le u < h,\; 0 \le v < k} x_{n,\, c,\, is + u,\, js + v},
# \qquad H' = 1 + \left\lfloor \frac{H - h}{s} \right\rfloor .$$
#
# Windows may overlap (stride below the window's size), leave gaps, or not reach the last rows.

# %% [markdown] id="hints_max_pool_forward_naive"
# <details><summary>Hint 1: the direction</summary>
# The loop of the convolution, without padding and filters.
# </details>
#
# <details><summary>Hint 2: the function</summary>
# The window of all images and channels has shape (N, C, h, k); the maximum is wanted over its last
# two axes.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>.max(axis=(2, 3))</code> leaves (N, C): one column of the output.
# </details>


# %% role="todo" id="max_pool_forward_naive"
def max_pool_forward_naive(x, pool_param):
    """Take the maximum of each window.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W), float
        Not changed.
    pool_param : dict
        ``pool_height``, ``pool_width``: int, size of a window; ``stride``: int, pixels from one
        window to the next, down and across.

    Returns
    -------
    out : ndarray, shape (N, C, H', W'), float
        With H' = 1 + (H - pool_height) // stride, and W' likewise.
    cache : tuple
        What max_pool_backward_naive needs.
    """
    # TODO: one window after the other.
    ### BEGIN SOLUTION
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
    return out, (x, pool_param)
    ### END SOLUTION


# %% role="check" id="check_max_pool_forward_naive"
with check.todo("max_pool_forward_naive"):
    rows = -np.arange(1.0, 17.0).reshape(2, 2, 1, 4)
    out, _ = max_pool_forward_naive(rows, {"pool_height": 1, "pool_width": 2, "stride": 2})
    check.close(
        "windows of 1 x 2 with stride 2 on rows of the numbers from -1 to -16",
        out,
        [[[[-1.0, -3.0]], [[-5.0, -7.0]]], [[[-9.0, -11.0]], [[-13.0, -15.0]]]],
        hint="the largest of each window, in each image and channel by itself",
        mistakes={
            "compared with 0: negative values must not be cut off": [
                [[[0.0, 0.0]], [[0.0, 0.0]]],
                [[[0.0, 0.0]], [[0.0, 0.0]]],
            ],
            "the mean of each window": [
                [[[-1.5, -3.5]], [[-5.5, -7.5]]],
                [[[-9.5, -11.5]], [[-13.5, -15.5]]],
            ],
            "the smallest value of each window": [
                [[[-2.0, -4.0]], [[-6.0, -8.0]]],
                [[[-10.0, -12.0]], [[-14.0, -16.0]]],
            ],
            "one maximum for all channels": [
                [[[-1.0, -3.0]], [[-1.0, -3.0]]],
                [[[-9.0, -11.0]], [[-9.0, -11.0]]],
            ],
            "one maximum for all images": [
                [[[-1.0, -3.0]], [[-5.0, -7.0]]],
                [[[-1.0, -3.0]], [[-5.0, -7.0]]],
            ],
            "windows begin at (i, j): multiply by the stride": [
                [[[-1.0, -2.0]], [[-5.0, -6.0]]],
                [[[-9.0, -10.0]], [[-13.0, -14.0]]],
            ],
            "height and width of the window are swapped": np.zeros((2, 2, 0, 2)),
            "the two last axes are lost": [
                [[-1.0, -3.0], [-5.0, -7.0]],
                [[-9.0, -11.0], [-13.0, -15.0]],
            ],
        },
    )
    # Inputs and results of the original assignment.
    x = np.linspace(-0.3, 0.4, num=96).reshape(2, 3, 4, 4)
    out, _ = max_pool_forward_naive(x, {"pool_height": 2, "pool_width": 2, "stride": 2})
    check.close(
        "the original's first image: its first and its last channel",
        out[0, [0, 2]],
        [
            [[-0.26315789, -0.24842105], [-0.20421053, -0.18947368]],
            [[-0.02736842, -0.01263158], [0.03157895, 0.04631579]],
        ],
        atol=1e-8,  # they are published with eight decimals
        hint="the maximum over the last two axes of each window",
    )
    image = np.array([[[[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 9.0, 8.0], [7.0, 6.0, -1.0, -2.0]]]])
    out, _ = max_pool_forward_naive(image, {"pool_height": 3, "pool_width": 2, "stride": 1})
    check.close(
        "windows of 3 x 2 with stride 1 on an image of 3 x 4: they overlap",
        out,
        [[[[7.0, 9.0, 9.0]]]],
        hint="the height of a window is pool_height, its width pool_width, the step stride",
        mistakes={
            "height and width of the window are swapped": [[[[9.0, 9.0], [9.0, 9.0]]]],
            "the windows are square": [[[[9.0, 9.0]]]],
            "the stride is always 2": [[[[7.0, 9.0]]]],
            "the two last axes are lost": [7.0, 9.0, 9.0],
        },
    )

# %% role="test" id="test_max_pool_forward_naive_values" points=2
"""Right for windows of 2 x 2 that tile the image, also where every value is negative."""
### BEGIN HIDDEN TESTS
x = check.rng().normal(size=(3, 2, 4, 6)) - 5
out, _ = max_pool_forward_naive(x.copy(), {"pool_height": 2, "pool_width": 2, "stride": 2})
tiles = x.reshape(3, 2, 2, 2, 3, 2)
check.close(
    "three images of 4 x 6 in two channels, all values negative",
    out,
    tiles.max(axis=(3, 5)),
    hint="the maximum over the last two axes of each window",
    mistakes={
        "compared with 0: negative values must not be cut off": np.zeros((3, 2, 2, 3)),
        "the mean of each window": tiles.mean(axis=(3, 5)),
        "the smallest value of each window": tiles.min(axis=(3, 5)),
        "one maximum for all channels": np.repeat(
            tiles.max(axis=(1, 3, 5))[:, np.newaxis], 2, axis=1
        ),
        "one maximum for all images": np.repeat(tiles.max(axis=(0, 3, 5))[np.newaxis], 3, axis=0),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_max_pool_forward_naive_geometry" points=2
"""Right for windows that are not square, that overlap, and that do not reach the last rows."""
### BEGIN HIDDEN TESTS
x = check.rng().normal(size=(2, 2, 7, 6))
outs = [
    max_pool_forward_naive(x.copy(), {"pool_height": 3, "pool_width": 2, "stride": stride})[0]
    for stride in (1, 2, 3)
]


def right(height, width, stride, step):
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), (2, 3))
    rows, columns = 1 + (7 - height) // stride, 1 + (6 - width) // stride
    return np.ravel(windows[:, :, ::step, ::step][:, :, :rows, :columns].max(axis=(-2, -1)))


check.close(
    "windows of 3 x 2 with stride 1, 2 and 3 on images of 7 x 6, in one row",
    np.concatenate([np.ravel(out) for out in outs]),
    np.concatenate([right(3, 2, stride, stride) for stride in (1, 2, 3)]),
    hint="H' = 1 + (H - pool_height) // stride; window (i, j) begins at (i * stride, j * stride)",
    mistakes={
        "height and width of the window are swapped": np.concatenate(
            [right(2, 3, stride, stride) for stride in (1, 2, 3)]
        ),
        "the windows are square": np.concatenate([right(3, 3, s, s) for s in (1, 2, 3)]),
        "windows begin at (i, j): multiply by the stride": np.concatenate(
            [right(3, 2, stride, 1) for stride in (1, 2, 3)]
        ),
        "the stride is always 2": np.concatenate([right(3, 2, 2, 2)] * 3),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_max_pool_forward_naive_input_unchanged" points=1
"""The images stay as they were, and a window may be as large as the image."""
### BEGIN HIDDEN TESTS
drawn = check.rng().normal(size=(4, 3, 3, 5))
x = drawn.copy()
out, _ = max_pool_forward_naive(x, {"pool_height": 3, "pool_width": 5, "stride": 2})
check.close(
    "the maximum of each whole image",
    out,
    drawn.max(axis=(2, 3), keepdims=True),
    hint="there is one window: the output has shape (N, C, 1, 1)",
    mistakes={"the two last axes are lost": drawn.max(axis=(2, 3))},
)
check.close("the images after the call", x, drawn, hint="compute into a new array")
### END HIDDEN TESTS

# %% [markdown] id="pool_backward_text" report="show"
# ## Send the gradient to the winner
#
# Change a pixel a little: the maximum of its window moves with it if the pixel *is* the maximum,
# and not at all otherwise. So each window hands its $g_{ncij}$ to its largest pixel, and a pixel
# that wins in several windows *adds* up what it is handed.
#
# Where two pixels of a window are equally large there is no derivative, and one has to choose. Give
# the whole $g$ to the first of them in reading order, or split it into equal shares; never give it
# to each of them whole, or the sum of all gradients grows from layer to layer.

# %% [markdown] id="hints_max_pool_backward_naive"
# <details><summary>Hint 1: the direction</summary>
# Start from zeros in the shape of x. Go over the windows once more, and find the place of each
# maximum again.
# </details>
#
# <details><summary>Hint 2: the functions</summary>
# <code>argmax</code> of a window gives the first maximum, counted along its rows;
# <code>np.unravel_index</code> turns that number into row and column. With loops over images and
# channels too, it is one pixel at a time.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# At <code>dx[n, c, top + row, left + column]</code> add <code>dout[n, c, i, j]</code>, by
# <code>+=</code>.
# </details>


# %% role="todo" id="max_pool_backward_naive"
def max_pool_backward_naive(dout, cache):
    """Return the gradient of max pooling.

    Parameters
    ----------
    dout : ndarray, shape (N, C, H', W'), float
        Gradient of the loss with respect to the output; not changed.
    cache : tuple
        From max_pool_forward_naive.

    Returns
    -------
    ndarray, shape (N, C, H, W), float
        Gradient with respect to the images. Of equally large pixels of one window the first takes
        it all, or all take equal shares.
    """
    # TODO: each window adds its gradient at its largest pixel.
    ### BEGIN SOLUTION
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
    return dx
    ### END SOLUTION


# %% role="check" id="check_max_pool_backward_naive"
with check.todo("max_pool_backward_naive"):
    image = np.array([[[[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 9.0, 8.0], [7.0, 6.0, -1.0, -2.0]]]])
    dout = np.array([[[[10.0, 20.0, 40.0]]]])
    _, cache = max_pool_forward_naive(image, {"pool_height": 3, "pool_width": 2, "stride": 1})
    before = image.copy()
    dx = max_pool_backward_naive(dout, cache)
    check.equal(
        "dout after the call", dout, [[[[10.0, 20.0, 40.0]]]], hint="compute into new arrays"
    )
    check.equal(
        "the image after the call",
        image,
        before,
        hint="write the gradient into an array of its own",
    )
    check.close(
        "dx of three windows of 3 x 2 that overlap; dout is 10, 20, 40",
        dx,
        [[[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 60.0, 0.0], [10.0, 0.0, 0.0, 0.0]]]],
        hint="the 9 is the largest of two windows: it gets 20 + 40",
        mistakes={
            "a later window replaces what an earlier one gave: add": [
                [[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 40.0, 0.0], [10.0, 0.0, 0.0, 0.0]]]
            ],
            "every pixel of the window gets the gradient": [
                [[[10.0, 30.0, 60.0, 40.0], [10.0, 30.0, 60.0, 40.0], [10.0, 30.0, 60.0, 40.0]]]
            ],
            "the gradient is spread evenly over the window": [
                [
                    [
                        [5 / 3, 5.0, 10.0, 20 / 3],
                        [5 / 3, 5.0, 10.0, 20 / 3],
                        [5 / 3, 5.0, 10.0, 20 / 3],
                    ]
                ]
            ],
            "only the place is marked: multiply by dout": [
                [[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0], [1.0, 0.0, 0.0, 0.0]]]
            ],
            "multiplied by the pixel too": [
                [[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 540.0, 0.0], [70.0, 0.0, 0.0, 0.0]]]
            ],
            "the smallest pixel wins": [
                [[[10.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 20.0, 40.0]]]
            ],
            "the places are marked, however often they win": [
                [[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]]]
            ],
        },
    )
    _, cache = max_pool_forward_naive(
        np.ones((1, 1, 4, 4)), {"pool_height": 2, "pool_width": 2, "stride": 2}
    )
    dx = max_pool_backward_naive(np.ones((1, 1, 2, 2)), cache)
    check.close(
        "sum of dx for an image of ones, where every pixel ties; dout sums to 4",
        np.sum(dx),
        4.0,
        hint="of equal pixels only the first gets the gradient, or each an equal share",
        mistakes={"every one of the equal pixels gets the whole gradient": 16.0},
    )

# %% role="test" id="test_max_pool_backward_naive_values" points=2
"""Right for windows of 2 x 2 that tile the image."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, dout = rng.normal(size=(2, 3, 4, 6)), rng.normal(size=(2, 3, 2, 3))
_, cache = max_pool_forward_naive(x, {"pool_height": 2, "pool_width": 2, "stride": 2})
dx = max_pool_backward_naive(dout, cache)
largest = x.reshape(2, 3, 2, 2, 3, 2).max(axis=(3, 5)).repeat(2, axis=2).repeat(2, axis=3)
smallest = x.reshape(2, 3, 2, 2, 3, 2).min(axis=(3, 5)).repeat(2, axis=2).repeat(2, axis=3)
spread = dout.repeat(2, axis=2).repeat(2, axis=3)
check.close(
    "dx of two images of 4 x 6 in three channels",
    dx,
    spread * (x == largest),
    hint="the gradient goes to the largest pixel of each window, the others get 0",
    mistakes={
        "every pixel of the window gets the gradient": spread,
        "the gradient is spread evenly over the window": spread / 4,
        "only the place is marked: multiply by dout": 1.0 * (x == largest),
        "multiplied by the pixel too": spread * x * (x == largest),
        "the smallest pixel wins": spread * (x == smallest),
        "the same for all channels": (spread * (x == largest))[:, :1].repeat(3, axis=1),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_max_pool_backward_naive_overlap" points=3
"""A pixel that is the largest of several windows adds up what they hand it."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, dout = rng.normal(size=(2, 2, 5, 6)), rng.normal(size=(2, 2, 3, 5))
_, cache = max_pool_forward_naive(x, {"pool_height": 3, "pool_width": 2, "stride": 1})
dx = max_pool_backward_naive(dout, cache)
places = np.lib.stride_tricks.sliding_window_view(np.arange(30).reshape(5, 6), (3, 2))
windows = np.lib.stride_tricks.sliding_window_view(x, (3, 2), (2, 3))
first = windows.reshape(2, 2, 15, 6).argmax(axis=3)
winners = np.eye(30)[places.reshape(15, 6)[np.arange(15), first]]  # (image, channel, window, pixel)
latest = 14 - winners[:, :, ::-1].argmax(axis=2)
overwritten = np.take_along_axis(dout.reshape(2, 2, 15), latest, axis=2) * winners.any(axis=2)
check.close(
    "dx of windows of 3 x 2 with stride 1 on two images of 5 x 6",
    dx,
    np.einsum("ncw,ncwp->ncp", dout.reshape(2, 2, 15), winners).reshape(2, 2, 5, 6),
    hint="add each window's gradient at its largest pixel: +=",
    mistakes={
        "a later window replaces what an earlier one gave: add with +=": overwritten.reshape(
            2, 2, 5, 6
        ),
        "the places are marked, however often they win": winners.any(axis=2).reshape(2, 2, 5, 6),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_max_pool_backward_naive_geometry" points=2
"""Right for windows that are not square, with stride 2 and 3; pixels between windows get 0."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, by_two, by_three = (
    rng.normal(size=shape) for shape in [(2, 2, 6, 7), (2, 2, 3, 3), (2, 2, 2, 2)]
)
found = [
    max_pool_backward_naive(
        dout, max_pool_forward_naive(x, {"pool_height": 2, "pool_width": 3, "stride": stride})[1]
    )
    for stride, dout in ((2, by_two), (3, by_three))
]


def right(dout, stride, step):
    L = dout.shape[2]
    places = np.lib.stride_tricks.sliding_window_view(np.arange(42).reshape(6, 7), (2, 3))
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 3), (2, 3))
    first = windows[:, :, ::stride, ::stride][:, :, :L, :L].reshape(2, 2, L * L, 6).argmax(axis=3)
    chosen = places[::step, ::step][:L, :L].reshape(L * L, 6)[np.arange(L * L), first]
    return np.einsum("ncw,ncwp->ncp", dout.reshape(2, 2, L * L), np.eye(42)[chosen])


check.close(
    "dx with windows of 2 x 3 on images of 6 x 7, stride 2 and stride 3, in one row",
    np.concatenate([np.ravel(dx) for dx in found]),
    np.concatenate([right(by_two, 2, 2).ravel(), right(by_three, 3, 3).ravel()]),
    hint="window (i, j) begins at row i * stride and column j * stride of dx, too",
    mistakes={
        "the gradients land at (i, j): multiply by the stride": np.concatenate(
            [right(by_two, 2, 1).ravel(), right(by_three, 3, 1).ravel()]
        ),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_max_pool_backward_naive_ties" points=2
"""Where pixels tie, the gradient sums to that of the output, and smaller pixels get nothing."""
### BEGIN HIDDEN TESTS
rng = check.rng()
dout = rng.normal(size=(2, 3, 2, 2))
ties = np.array(
    [[2.0, 2.0, 0.0, 1.0], [0.0, 2.0, 1.0, 1.0], [3.0, 3.0, 3.0, 0.0], [3.0, 3.0, 3.0, 3.0]]
)
x = rng.uniform(1, 2, size=(2, 3, 1, 1)) * ties
_, cache = max_pool_forward_naive(x, {"pool_height": 2, "pool_width": 2, "stride": 2})
dx = max_pool_backward_naive(dout, cache)
tied = np.array([3, 3, 4, 3])  # how many pixels of each window are equally large
check.close(
    "sum of dx in each window of 2 x 2, where three or four pixels tie",
    np.reshape(dx, (2, 3, 2, 2, 2, 2)).sum(axis=(3, 5)),
    dout,
    hint="of equal pixels only the first gets the gradient, or each an equal share",
    mistakes={
        "every one of the equal pixels gets the whole gradient": dout * tied.reshape(2, 2),
    },
)
check.close(
    "dx at the pixels that are smaller than their window's maximum",
    np.asarray(dx)[:, :, [0, 1, 2], [2, 0, 3]],
    np.zeros((2, 3, 3)),
    hint="only pixels that equal the maximum of their window take part",
)
### END HIDDEN TESTS

# %% role="test" id="test_max_pool_backward_naive_input_unchanged" points=1
"""dout and the images stay as they were, and a second call gives the same."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn, upstream = rng.normal(size=(2, 2, 2, 4)), rng.normal(size=(2, 2, 1, 2))
x, dout = drawn.copy(), upstream.copy()
_, cache = max_pool_forward_naive(x, {"pool_height": 2, "pool_width": 2, "stride": 2})
max_pool_backward_naive(dout, cache)
dx = max_pool_backward_naive(dout, cache)
check.close("dout after two calls", dout, upstream, hint="compute into new arrays")
check.close("the images after two calls", x, drawn, hint="dx is a new array, not x")
largest = drawn.reshape(2, 2, 2, 2, 2).max(axis=(2, 4)).repeat(2, axis=2)[:, :, np.newaxis]
check.close(
    "dx of the second call",
    dx,
    upstream.repeat(2, axis=3) * (drawn == largest),
    hint="start each call from zeros",
)
### END HIDDEN TESTS

# %% [markdown] id="fast_text" report="show"
# ## Trade loops for one matrix product
#
# Your layers are right, and slow: Python runs a line for every window. `helpers.fast_layers` has
# the same four functions without a loop over windows. The idea is yours to read there: write every
# window as a column, all columns side by side as one matrix, and the convolution is a single matrix
# product, which the processor's library for linear algebra (BLAS) does at full speed. From here on
# the nets use these. The table compares them with yours: the largest difference, and the time.


# %% role="play" id="fast_against_naive" report="output"
def compare(what, naive, fast):
    """Return a row of the table: largest difference of all results, both times, their ratio."""
    found, seconds = [], []
    for run in (naive, fast, fast, fast):  # other programs soon disturb what takes milliseconds
        start = time.perf_counter()
        found.append(run())
        seconds.append(time.perf_counter() - start)
    gap = max(np.max(np.abs(one - other)) for one, other in zip(*found[:2], strict=True))
    yours, theirs = 1000 * seconds[0], 1000 * min(seconds[1:])
    return [what, f"{gap:.1e}", yours, theirs, f"{yours / theirs:.0f}"]


rng = np.random.default_rng(0)
x, w, b = rng.normal(size=(50, 3, 32, 32)), rng.normal(size=(32, 3, 7, 7)), rng.normal(size=32)
conv_param, pool_param = {"stride": 1, "pad": 3}, {"pool_height": 2, "pool_width": 2, "stride": 2}
out, naive_cache = conv_forward_naive(x, w, b, conv_param)
_, fast_cache = conv_forward_fast(x, w, b, conv_param)
pooled, naive_pool_cache = max_pool_forward_naive(out, pool_param)
_, fast_pool_cache = max_pool_forward_fast(out, pool_param)
Table(
    ["layer", "largest difference", "yours (ms)", "fast (ms)", "times faster"],
    [
        compare(
            "convolution, forward",
            lambda: conv_forward_naive(x, w, b, conv_param)[:1],
            lambda: conv_forward_fast(x, w, b, conv_param)[:1],
        ),
        compare(
            "convolution, backward",
            lambda: conv_backward_naive(out, naive_cache),
            lambda: conv_backward_fast(out, fast_cache),
        ),
        compare(
            "max pooling, forward",
            lambda: max_pool_forward_naive(out, pool_param)[:1],
            lambda: max_pool_forward_fast(out, pool_param)[:1],
        ),
        compare(
            "max pooling, backward",
            lambda: [max_pool_backward_naive(pooled, naive_pool_cache)],
            lambda: [max_pool_backward_fast(pooled, fast_pool_cache)],
        ),
    ],
)

# %% [markdown] id="layers_text" report="hide"
# ## Put layers together
#
# The other layers come from earlier notebooks, in short: affine, ReLU, softmax loss, and two update
# rules. To use your own, define them again in a cell below this one; the names and signatures are
# the same.


# %% role="given" id="layers"
def affine_forward(x, w, b):
    """Return x w + b for inputs of shape (N, d1, ..., dk), w of shape (D, M), and a cache."""
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    """Return the gradients dx, dw and db of an affine layer."""
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def relu_forward(x):
    """Return max(0, x) and a cache."""
    out = np.maximum(0, x)
    return out, out


def relu_backward(dout, cache):
    """Return the gradient of the ReLU: dout where the output was above 0."""
    return dout * (cache > 0)


def softmax_loss(scores, y):
    """Return the mean cross-entropy of a batch in nats, and its gradient (N, C)."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_P)
    dscores[np.arange(len(y)), y] -= 1
    return -log_P[np.arange(len(y)), y].mean(), dscores / len(y)


def sgd_momentum(w, dw, config=None):
    """Take a step with momentum; the velocity is kept in ``config``."""
    config = {
        "learning_rate": 1e-2,
        "momentum": 0.9,
        "velocity": np.zeros_like(w),
        **(config or {}),
    }
    config["velocity"] = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w + config["velocity"], config


def adam(w, dw, config=None):
    """Take a step of Adam (Kingma and Ba, 2015); both moments are kept in ``config``."""
    zero = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    defaults = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **zero}
    config = {**defaults, **(config or {})}
    beta1, beta2 = config["beta1"], config["beta2"]
    config["t"] += 1
    config["m"] = beta1 * config["m"] + (1 - beta1) * dw
    config["v"] = beta2 * config["v"] + (1 - beta2) * dw * dw
    m, v = config["m"] / (1 - beta1 ** config["t"]), config["v"] / (1 - beta2 ** config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


# %% [markdown] id="sandwich_text" report="hide"
# Layers that always come together make one *sandwich*: forward runs them in order and keeps all
# their caches, backward runs them in the opposite order.


# %% role="given" id="sandwiches"
def affine_relu_forward(x, w, b):
    """Affine, then ReLU."""
    a, affine_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (affine_cache, relu_cache)


def affine_relu_backward(dout, cache):
    """Return dx, dw and db of affine_relu_forward."""
    affine_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), affine_cache)


def conv_relu_forward(x, w, b, conv_param):
    """Convolution, then ReLU."""
    a, conv_cache = conv_forward_fast(x, w, b, conv_param)
    out, relu_cache = relu_forward(a)
    return out, (conv_cache, relu_cache)


def conv_relu_backward(dout, cache):
    """Return dx, dw and db of conv_relu_forward."""
    conv_cache, relu_cache = cache
    return conv_backward_fast(relu_backward(dout, relu_cache), conv_cache)


def conv_relu_pool_forward(x, w, b, conv_param, pool_param):
    """Convolution, ReLU, max pooling."""
    a, conv_relu_cache = conv_relu_forward(x, w, b, conv_param)
    out, pool_cache = max_pool_forward_fast(a, pool_param)
    return out, (conv_relu_cache, pool_cache)


def conv_relu_pool_backward(dout, cache):
    """Return dx, dw and db of conv_relu_pool_forward."""
    conv_relu_cache, pool_cache = cache
    return conv_relu_backward(max_pool_backward_fast(dout, pool_cache), conv_relu_cache)


# %% [markdown] id="net_text" report="show"
# ## Build a net of three layers
#
# One convolution that keeps the size of the image, a ReLU, pooling that halves it, and two affine
# layers:
#
# $$\text{conv} \to \text{ReLU} \to \text{max pool } 2 \times 2 \to \text{affine} \to \text{ReLU}
# \to \text{affine} \to \text{softmax}.$$
#
# | parameter | shape | |
# | --- | --- | --- |
# | `W1`, `b1` | $(F, C, k, k)$, $(F,)$ | filters; stride 1 and pad $(k - 1) / 2$ keep the size |
# | `W2`, `b2` | $(F \cdot \frac{H}{2} \cdot \frac{W}{2},\, M)$, $(M,)$ | $M$ hidden units |
# | `W3`, `b3` | $(M, C_\text{out})$, $(C_\text{out},)$ | scores of the classes |
#
# Weights start as normal random numbers with standard deviation `weight_scale`, biases at zero. All
# parameters have the type `dtype`: `float32` is twice as fast as `float64`, which gradient checks
# need.


# %% role="given" id="net"
class ThreeLayerConvNet:
    """A net for images: conv, ReLU, 2 x 2 max pool, affine, ReLU, affine, softmax cross-entropy.

    Attributes
    ----------
    params : dict of str to ndarray
        W1, b1, W2, b2, W3, b3.
    reg : float
        Strength of the L2 penalty.
    dtype : type
        Of all parameters.
    """


# %% [markdown] id="hints_threelayerconvnet_init"
# <details><summary>Hint 1: the direction</summary>
# Keep reg and dtype on self, make the six arrays, and at the end change each to dtype.
# </details>
#
# <details><summary>Hint 2: the shapes</summary>
# The convolution makes F pictures of H x W, the pooling makes them H // 2 x W // 2. W2 has one row
# for each of these numbers.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>weight_scale * np.random.randn(...)</code> for each W, <code>np.zeros(...)</code> for each
# b, then <code>.astype(dtype)</code> for each of them in a loop.
# </details>


# %% role="todo" id="threelayerconvnet_init"
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
    """Draw the weights, and set the biases to zero.

    Parameters
    ----------
    input_dim : tuple of int
        (C, H, W) of an image; H and W at least 2.
    num_filters, filter_size : int
        F filters of filter_size x filter_size; filter_size is odd.
    hidden_dim, num_classes : int
        Units of the hidden layer, and classes.
    weight_scale : float
        Standard deviation of the weights at the start.
    reg : float
        Strength of the L2 penalty.
    dtype : type
        Of all parameters: np.float32 or np.float64.
    """
    # TODO: self.reg, self.dtype, and self.params with W1, b1, W2, b2, W3, b3.
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %% role="check" id="check_threelayerconvnet_init"
with check.todo("threelayerconvnet_init"):
    np.random.seed(0)
    net = ThreeLayerConvNet((3, 8, 10), 4, 5, 6, 7, 0.01, 0.1, np.float64)
    check.equal(
        "shapes of W1, W2, W3 in one row: images of 3 x 8 x 10, 4 filters of 5 x 5, 6 hidden units",
        [size for name in ("W1", "W2", "W3") for size in net.params[name].shape],
        [4, 3, 5, 5, 4 * 4 * 5, 6, 6, 7],
        hint="pooling halves height and width: W2 has 4 * 4 * 5 rows",
        mistakes={
            "W2 as if there were no pooling": [4, 3, 5, 5, 4 * 8 * 10, 6, 6, 7],
            "W2 as if pooling halved the number of pixels": [4, 3, 5, 5, 160, 6, 6, 7],
            "W2 without the filters": [4, 3, 5, 5, 20, 6, 6, 7],
            "filters and channels are swapped in W1": [3, 4, 5, 5, 80, 6, 6, 7],
            "W2 as if the image were square": [4, 3, 5, 5, 64, 6, 6, 7],
        },
    )
    check.close(
        "b1, b2 and b3 in one row",
        np.concatenate([net.params[name] for name in ("b1", "b2", "b3")]),
        np.zeros(4 + 6 + 7),
        hint="one bias for each filter, hidden unit and class, all zero",
    )
    check.close(
        "standard deviation of W2 for weight_scale = 0.01",
        np.std(net.params["W2"]),
        0.01,
        rtol=0.1,
        hint="weight_scale * np.random.randn(...): it is the deviation, not the variance",
        mistakes={
            "weight_scale as the variance, not as the deviation": np.sqrt(0.01),
            "uniform numbers from 0 to weight_scale": 0.01 / np.sqrt(12),
            "weight_scale is not used": 1.0,
        },
    )

# %% role="test" id="test_threelayerconvnet_init_shapes" points=2
"""Each parameter has its shape, for images that are not square and sizes that all differ."""
### BEGIN HIDDEN TESTS
rng = check.rng()
C, H, F, hidden, classes = rng.permutation(np.arange(2, 12))[:5]
W = H + 1
net = ThreeLayerConvNet((C, 2 * H, 2 * W), F, 3, hidden, classes, 0.1, 0.5, np.float64)
rest = [hidden, hidden, classes]
check.equal(
    "shapes of W1, W2 and W3 in one row",
    [size for name in ("W1", "W2", "W3") for size in net.params[name].shape],
    [F, C, 3, 3, F * H * W, *rest],
    hint="(F, C, k, k), (F * H/2 * W/2, hidden), (hidden, classes)",
    mistakes={
        "W2 as if there were no pooling": [F, C, 3, 3, F * 2 * H * 2 * W, *rest],
        "W2 as if pooling halved the number of pixels": [F, C, 3, 3, F * 2 * H * W, *rest],
        "W2 without the filters": [F, C, 3, 3, H * W, *rest],
        "filters and channels are swapped in W1": [C, F, 3, 3, F * H * W, *rest],
        "W2 as if the image were square": [F, C, 3, 3, F * H * H, *rest],
    },
)
check.close(
    "b1, b2 and b3 in one row",
    np.concatenate([net.params[name] for name in ("b1", "b2", "b3")]),
    np.zeros(F + hidden + classes),
    hint="one bias for each filter, hidden unit and class, all zero",
)
### END HIDDEN TESTS

# %% role="test" id="test_threelayerconvnet_init_spread" points=1
"""Weights are normal with mean 0 and deviation weight_scale, and drawn anew for each net."""
### BEGIN HIDDEN TESTS
rng = check.rng()
scale, hidden = 10 ** rng.uniform(-4, -0.5), int(rng.integers(50, 150))
net = ThreeLayerConvNet((3, 8, 8), 30, 5, hidden, 60, scale, 0.0, np.float64)
again = ThreeLayerConvNet((3, 8, 8), 30, 5, hidden, 60, scale, 0.0, np.float64)
check.close(
    "standard deviations of W1, W2 and W3",
    [np.std(net.params[name]) for name in ("W1", "W2", "W3")],
    np.full(3, scale),
    rtol=0.1,  # of 2,250 numbers and more: six standard errors
    hint="weight_scale * np.random.randn(...)",
    mistakes={
        "weight_scale as the variance, not as the deviation": np.full(3, np.sqrt(scale)),
        "uniform numbers from 0 to weight_scale": np.full(3, scale / np.sqrt(12)),
        "weight_scale is not used": np.full(3, 1.0),
        "only W1 has weight_scale": [scale, 1.0, 1.0],
    },
)
check.within(
    "share of the weights within one deviation of 0 (of normal numbers: 0.683)",
    np.mean(np.abs(net.params["W2"]) < scale),
    0.65,
    0.72,
    hint="np.random.randn draws normal numbers with mean 0",
)
check.equal(
    "number of weights of W2, and how many of them are the same in the next net",
    [net.params["W2"].size, np.sum(net.params["W2"] == again.params["W2"])],
    [30 * 4 * 4 * hidden, 0],
    hint="do not set the seed inside the class",
)
### END HIDDEN TESTS

# %% role="test" id="test_threelayerconvnet_init_dtype" points=1
"""All parameters have the type dtype, and reg is kept."""
### BEGIN HIDDEN TESTS
rng = check.rng()
reg, width = rng.uniform(0.1, 1), int(rng.integers(2, 100))
nets = [
    ThreeLayerConvNet((1, 4, 4), 2, 3, 3, width, 0.1, reg, kind)
    for kind in (np.float32, np.float64)
]
check.equal(
    "bytes of all six parameters, for float32 and for float64",
    [sum(value.nbytes for value in net.params.values()) for net in nets],
    [4 * (18 + 2 + 24 + 3 + 4 * width), 8 * (18 + 2 + 24 + 3 + 4 * width)],
    hint="change each of the six arrays, biases too, by .astype(dtype)",
    mistakes={
        "dtype is not used: always float64": [8 * (47 + 4 * width), 8 * (47 + 4 * width)],
        "always float32": [4 * (47 + 4 * width), 4 * (47 + 4 * width)],
        "the biases are left as float64": [
            4 * (42 + 3 * width) + 8 * (5 + width),
            8 * (47 + 4 * width),
        ],
    },
)
check.close("reg of both nets", [net.reg for net in nets], [reg, reg], hint="self.reg = reg")
### END HIDDEN TESTS

# %% [markdown] id="loss_text" report="show"
# ### Compute its loss and its gradients
#
# Forward, three sandwiches and the loss; backward, the same in the opposite order. As in the nets
# of the fourth notebook the penalty has the factor one half, so that no 2 comes down:
#
# $$L = L_\text{data} + \frac{\lambda}{2} \left( \lVert W_1 \rVert^2 + \lVert W_2 \rVert^2 +
# \lVert W_3 \rVert^2 \right), \qquad
# \frac{\partial}{\partial W} \frac{\lambda}{2} \lVert W \rVert^2 = \lambda W ,$$
#
# where $\lVert W \rVert^2$ is the sum of the squares of all entries, and $\lambda$ is `reg`. The
# filters of $W_1$ belong to it too; the biases do not.

# %% [markdown] id="hints_threelayerconvnet_loss"
# <details><summary>Hint 1: the direction</summary>
# <code>conv_relu_pool_forward</code>, <code>affine_relu_forward</code>,
# <code>affine_forward</code>; each returns its output and a cache for its partner.
# </details>
#
# <details><summary>Hint 2: the parameters</summary>
# Stride 1, pad (filter_size - 1) // 2, with the filter size taken from the shape of W1; pooling of
# 2 x 2 with stride 2. Without y, return the scores.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>softmax_loss</code> gives the gradient with respect to the scores;
# <code>affine_backward</code>, <code>affine_relu_backward</code> and
# <code>conv_relu_pool_backward</code> carry it down. Then for each of the three W add to the loss
# half of reg times the sum of squares, and to its gradient reg times W.
# </details>


# %% role="todo" id="threelayerconvnet_loss"
@method_of(ThreeLayerConvNet)
def loss(self, X, y=None):
    """Compute the scores of a batch, or its loss and gradients.

    Parameters
    ----------
    X : ndarray, shape (N, C, H, W), float
        Images; not changed.
    y : ndarray, shape (N,), int, optional
        Labels.

    Returns
    -------
    scores : ndarray, shape (N, num_classes), float
        If ``y`` is None. Else:
    loss : float
        Mean cross-entropy in nats, plus half of ``reg`` times the squares of W1, W2 and W3.
    grads : dict of str to ndarray
        Gradient with respect to each of the ``params``, under the same names.
    """
    # TODO: forward; loss; backward; the penalty and its gradient.
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %% role="check" id="check_threelayerconvnet_loss"
with check.todo("threelayerconvnet_loss"):
    rng = np.random.default_rng(231)
    np.random.seed(231)
    net = ThreeLayerConvNet(dtype=np.float64)
    X, y = rng.normal(size=(20, 3, 32, 32)), rng.integers(10, size=20)
    before = X.copy()
    loss, _ = net.loss(X, y)
    check.equal("the images after the call", X, before, hint="compute into new arrays")
    check.equal(
        "b1 after the call",
        net.params["b1"],
        np.zeros(32),
        hint="the loss reads the parameters, the optimiser changes them",
    )
    check.within(
        "loss before training, without penalty: ten classes, nothing learnt yet",
        loss,
        np.log(10) - 0.01,
        np.log(10) + 0.01,
        hint="a net that knows nothing gives each class a tenth: its loss is log 10 = 2.303",
    )
    net.reg = 0.5
    squares = sum(np.sum(net.params[name] ** 2) for name in ("W1", "W2", "W3"))
    check.close(
        "what the penalty adds to this loss with reg = 0.5",
        net.loss(X, y)[0] - loss,
        0.25 * squares,
        rtol=1e-6,
        hint="half of reg times the squares of W1, W2 and W3",
        mistakes={
            "the factor one half is missing": 0.5 * squares,
            "there is no penalty": 0.0,
            "W1 is left out": 0.25 * (squares - np.sum(net.params["W1"] ** 2)),
            "W2 is left out": 0.25 * (squares - np.sum(net.params["W2"] ** 2)),
            "W3 is left out": 0.25 * (squares - np.sum(net.params["W3"] ** 2)),
        },
    )
    # By hand: three filters that give 1 everywhere, so each hidden unit is 3 * 3 * 3 + 2 = 29.
    net = ThreeLayerConvNet((2, 6, 6), 3, 3, 5, 4, 0.5, 0.0, np.float64)
    net.params = {name: np.ones_like(value) for name, value in net.params.items()}
    net.params["W1"] *= 0
    net.params["b2"] *= 2
    net.params["b3"] *= 3
    check.close(
        "scores where W1 is 0, W2 and W3 are 1, and the biases are 1, 2 and 3",
        net.loss(np.ones((1, 2, 6, 6))),
        [[148.0, 148.0, 148.0, 148.0]],
        hint="the five hidden units are 27 + 2 each, the scores 5 * 29 + 3",
        mistakes={
            "the biases of the filters are forgotten": [[13.0, 13.0, 13.0, 13.0]],
            "b3 is forgotten": [[145.0, 145.0, 145.0, 145.0]],
        },
    )
    net = ThreeLayerConvNet((2, 6, 6), 3, 3, 5, 4, 0.5, 0.3, np.float64)
    for name in ("b1", "b2", "b3"):  # no kink where all biases are zero
        net.params[name] = rng.normal(size=net.params[name].shape)
    X, y = rng.normal(size=(2, 2, 6, 6)), np.array([3, 1])
    net.reg = 0.0
    _, unpenalised = net.loss(X, y)
    net.reg = 0.3
    _, grads = net.loss(X, y)
    added = {
        name: np.median((grads[name] - unpenalised[name]) / value)
        for name, value in net.params.items()
    }
    check.close(
        "what reg = 0.3 adds to the gradients of W1, W2, W3, as a multiple of the weights",
        [added["W1"], added["W2"], added["W3"]],
        [0.3, 0.3, 0.3],
        rtol=1e-6,
        hint="reg * W, for each of the three",
        mistakes={
            "the gradient of the penalty is missing": [0.0, 0.0, 0.0],
            "the gradient of the penalty has a factor 2": [0.6, 0.6, 0.6],
            "the penalty's gradient is halved: the 2 of the square cancels the half": [0.15] * 3,
            "that of W1 is missing": [0.0, 0.3, 0.3],
            "that of W2 is missing": [0.3, 0.0, 0.3],
            "that of W3 is missing": [0.3, 0.3, 0.0],
        },
    )
    check.close(
        "what it adds to the gradients of b1, b2, b3, as a multiple of the biases",
        [added["b1"], added["b2"], added["b3"]],
        [0.0, 0.0, 0.0],
        hint="biases have no penalty",
        mistakes={
            "b1 is penalised": [0.3, 0.0, 0.0],
            "b2 is penalised": [0.0, 0.3, 0.0],
            "the biases are penalised too": [0.3, 0.3, 0.3],
        },
    )
    b2_num = gradcheck.eval_numerical_gradient(lambda _: net.loss(X, y)[0], net.params["b2"])
    check.close(
        "gradient of b2 against the numerical one",
        grads["b2"],
        b2_num,
        rtol=1e-5,
        atol=1e-8,
        hint="db of affine_relu_backward",
        mistakes={
            "the ReLU's mask is forgotten": [
                -0.126554869,
                -0.0114582057,
                0.0999549094,
                -0.486632683,
                0.749503745,
            ]
        },
    )
    agreement = {
        name: gradcheck.compare_gradients(
            lambda _: net.loss(X, y)[0], value, grads[name], samples=20
        )
        for name, value in net.params.items()
    }
    print(*(f"{name}: {found}" for name, found in agreement.items()), sep="\n")
    check.within(
        "largest relative error of the six gradients against numerical ones, reg = 0.3",
        max(found.max_relative_error for found in agreement.values()),
        0,
        1e-5,
        hint="the lines above say which gradient is wrong; that of each W needs reg * W",
    )

# %% role="test" id="test_threelayerconvnet_loss_scores" points=2
"""Without labels loss returns the scores, for images that are not square and biases not zero."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(3, 2, 3, 3), (3,), (18, 5), (5,)])
W3, b3, X = (rng.normal(size=shape) for shape in [(5, 4), (4,), (3, 2, 4, 6)])
net = ThreeLayerConvNet((2, 4, 6), 3, 3, 5, 4, 1.0, 0.0, np.float64)
net.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
images = X.copy()
scores = net.loss(images)
padded = np.pad(X, [(0, 0), (0, 0), (1, 1), (1, 1)])
windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
sums = np.einsum("ncijuv,fcuv->nfij", windows, W1)
A = sums + b1[:, np.newaxis, np.newaxis]


def right(convolved, pool=np.max):
    return pool(convolved.reshape(3, 3, 2, 2, 3, 2), axis=(3, 5)).reshape(3, 18) @ W2 + b2


hidden = np.maximum(0, right(np.maximum(0, A)))
check.close(
    "scores of three images of 4 x 6 in two channels",
    scores,
    hidden @ W3 + b3,
    hint="conv, ReLU, pool; affine, ReLU; affine. Stride 1 and pad (filter_size - 1) // 2",
    mistakes={
        "the ReLU after the convolution is missing": np.maximum(0, right(A)) @ W3 + b3,
        "the ReLU of the hidden layer is missing": right(np.maximum(0, A)) @ W3 + b3,
        "there is a ReLU on the scores too": np.maximum(0, hidden @ W3 + b3),
        "the biases of the filters are forgotten": np.maximum(0, right(np.maximum(0, sums))) @ W3
        + b3,
        "b3 is forgotten": hidden @ W3,
        "means in place of maxima": np.maximum(0, right(np.maximum(0, A), np.mean)) @ W3 + b3,
    },
)
check.close("the images after the call", images, X, hint="compute into new arrays")
### END HIDDEN TESTS

# %% role="test" id="test_threelayerconvnet_loss_penalty" points=2
"""The loss is the mean cross-entropy plus half of reg times the squares of all three weights."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(2, 1, 3, 3), (2,), (12, 3), (3,)])
W3, b3, X = (rng.normal(size=shape) for shape in [(3, 5), (5,), (4, 1, 4, 6)])
y, reg = rng.integers(5, size=4), rng.uniform(0.2, 1)
net = ThreeLayerConvNet((1, 4, 6), 2, 3, 3, 5, 1.0, reg, np.float64)
net.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": 2 * W3, "b3": b3}
loss, _ = net.loss(X, y)
padded = np.pad(X, [(0, 0), (0, 0), (1, 1), (1, 1)])
windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
A = np.einsum("ncijuv,fcuv->nfij", windows, W1) + b1[:, np.newaxis, np.newaxis]
pooled = np.maximum(0, A).reshape(4, 2, 2, 2, 3, 2).max(axis=(3, 5)).reshape(4, 12)
Z = np.maximum(0, pooled @ W2 + b2) @ (2 * W3) + b3
losses = (
    np.log(np.exp(Z - Z.max(axis=1, keepdims=True)).sum(axis=1))
    + Z.max(axis=1)
    - Z[np.arange(4), y]
)
data_loss, squares = losses.mean(), np.array([np.sum(W1**2), np.sum(W2**2), 4 * np.sum(W3**2)])
biases = np.sum(b1**2) + np.sum(b2**2) + np.sum(b3**2)
check.close(
    "loss of four images with reg above 0",
    loss,
    data_loss + reg / 2 * squares.sum(),
    hint="data loss + reg / 2 * (squares of W1 + squares of W2 + squares of W3)",
    mistakes={
        "the factor one half is missing": data_loss + reg * squares.sum(),
        "there is no penalty": data_loss,
        "W1 is left out of the penalty": data_loss + reg / 2 * (squares[1] + squares[2]),
        "W2 is left out of the penalty": data_loss + reg / 2 * (squares[0] + squares[2]),
        "W3 is left out of the penalty": data_loss + reg / 2 * (squares[0] + squares[1]),
        "the biases are penalised too": data_loss + reg / 2 * (squares.sum() + biases),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_threelayerconvnet_loss_affine_gradients" points=2
"""The gradients of W3, b3, W2 and b2 are right, with penalty."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(2, 1, 3, 3), (2,), (12, 6), (6,)])
W3, b3, X = (rng.normal(size=shape) for shape in [(6, 3), (3,), (5, 1, 4, 6)])
y, reg = rng.integers(3, size=5), rng.uniform(0.2, 1)
net = ThreeLayerConvNet((1, 4, 6), 2, 3, 6, 3, 1.0, reg, np.float64)
net.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
_, grads = net.loss(X, y)
padded = np.pad(X, [(0, 0), (0, 0), (1, 1), (1, 1)])
windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
A = np.einsum("ncijuv,fcuv->nfij", windows, W1) + b1[:, np.newaxis, np.newaxis]
pooled = np.maximum(0, A).reshape(5, 2, 2, 2, 3, 2).max(axis=(3, 5)).reshape(5, 12)
H = np.maximum(0, pooled @ W2 + b2)
Z = H @ W3 + b3
powers = np.exp(Z - Z.max(axis=1, keepdims=True))
E = (powers / powers.sum(axis=1, keepdims=True) - np.eye(3)[y]) / 5
G = E @ W3.T * (H > 0)
check.close(
    "gradient of W3 for five images, reg above 0",
    grads["W3"],
    H.T @ E + reg * W3,
    hint="affine_backward of the gradient by the scores, plus reg * W3",
    mistakes={
        "the gradient of the penalty is missing": H.T @ E,
        "the gradient of the penalty has a factor 2": H.T @ E + 2 * reg * W3,
        "the penalty's gradient is halved: the 2 of the square cancels the half": H.T @ E
        + reg / 2 * W3,
    },
)
check.close("gradient of b3", grads["b3"], E.sum(axis=0), hint="biases have no penalty")
check.close(
    "gradient of W2",
    grads["W2"],
    pooled.T @ G + reg * W2,
    hint="affine_relu_backward, plus reg * W2",
    mistakes={
        "the gradient of its penalty is missing": pooled.T @ G,
        "the ReLU's mask is forgotten": pooled.T @ (E @ W3.T) + reg * W2,
    },
)
check.close(
    "gradient of b2",
    grads["b2"],
    G.sum(axis=0),
    hint="biases have no penalty",
    mistakes={"the bias is penalised": G.sum(axis=0) + reg * b2},
)
### END HIDDEN TESTS

# %% role="test" id="test_threelayerconvnet_loss_filter_gradients" points=3
"""The gradients of W1 and b1 are right: back through affine layer, pooling and ReLU."""
### BEGIN HIDDEN TESTS
rng = check.rng()
W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(4, 2, 3, 3), (4,), (24, 6), (6,)])
W3, b3, X = (rng.normal(size=shape) for shape in [(6, 3), (3,), (5, 2, 6, 4)])
y, reg = rng.integers(3, size=5), rng.uniform(0.2, 1)
net = ThreeLayerConvNet((2, 6, 4), 4, 3, 6, 3, 1.0, reg, np.float64)
net.params = {"W1": W1, "b1": b1 + 1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
_, grads = net.loss(X, y)
padded = np.pad(X, [(0, 0), (0, 0), (1, 1), (1, 1)])
windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
A = np.einsum("ncijuv,fcuv->nfij", windows, W1) + (b1 + 1)[:, np.newaxis, np.newaxis]
maxima = np.maximum(0, A).reshape(5, 4, 3, 2, 2, 2).max(axis=(3, 5))
H = np.maximum(0, maxima.reshape(5, 24) @ W2 + b2)
Z = H @ W3 + b3
powers = np.exp(Z - Z.max(axis=1, keepdims=True))
E = (powers / powers.sum(axis=1, keepdims=True) - np.eye(3)[y]) / 5
G = E @ W3.T * (H > 0)
down = (G @ W2.T).reshape(5, 4, 3, 2).repeat(2, axis=2).repeat(2, axis=3)
largest = maxima.repeat(2, axis=2).repeat(2, axis=3)
dA = down * (largest == A) * (A > 0)
right = np.einsum("nfij,ncijuv->fcuv", dA, windows)
check.close(
    "gradient of W1 for five images, reg above 0",
    grads["W1"],
    right + reg * W1,
    hint="conv_relu_pool_backward of what affine_relu_backward returns, plus reg * W1",
    mistakes={
        "the gradient of its penalty is missing": right,
        "left at zero": np.zeros(W1.shape),
    },
)
check.close(
    "gradient of b1",
    grads["b1"],
    dA.sum(axis=(0, 2, 3)),
    hint="biases have no penalty",
    mistakes={"the bias is penalised": dA.sum(axis=(0, 2, 3)) + reg * (b1 + 1)},
)
### END HIDDEN TESTS

# %% role="test" id="test_threelayerconvnet_loss_input_unchanged" points=1
"""loss changes neither images nor parameters, and a second call gives the same."""
### BEGIN HIDDEN TESTS
rng = check.rng()
shapes = {"W1": (2, 1, 3, 3), "b1": (2,), "W2": (8, 3), "b2": (3,), "W3": (3, 4), "b3": (4,)}
params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
drawn, y = rng.normal(size=(3, 1, 4, 4)), rng.integers(4, size=3)
X = drawn.copy()
net = ThreeLayerConvNet((1, 4, 4), 2, 3, 3, 4, 1.0, 0.4, np.float64)
net.params = {name: value.copy() for name, value in params.items()}
net.loss(X, y)
_, grads = net.loss(X, y)
windows = np.lib.stride_tricks.sliding_window_view(
    np.pad(drawn, [(0, 0), (0, 0), (1, 1), (1, 1)]), (3, 3), (2, 3)
)
A = np.einsum("ncijuv,fcuv->nfij", windows, params["W1"]) + params["b1"][:, np.newaxis, np.newaxis]
pooled = np.maximum(0, A).reshape(3, 2, 2, 2, 2, 2).max(axis=(3, 5)).reshape(3, 8)
H = np.maximum(0, pooled @ params["W2"] + params["b2"])
Z = H @ params["W3"] + params["b3"]
powers = np.exp(Z - Z.max(axis=1, keepdims=True))
E = (powers / powers.sum(axis=1, keepdims=True) - np.eye(4)[y]) / 3
check.close("the images after two calls", X, drawn, hint="compute into new arrays")
check.close(
    "all parameters after two calls, in one row",
    np.concatenate([net.params[name].ravel() for name in shapes]),
    np.concatenate([value.ravel() for value in params.values()]),
    hint="loss computes, the solver changes the parameters",
)
check.close(
    "gradient of W3 of the second call",
    grads["W3"],
    H.T @ E + 0.4 * params["W3"],
    hint="each call starts anew",
)
### END HIDDEN TESTS

# %% [markdown] id="look" report="show"
# ## Make the net learn by heart
#
# First the data: CIFAR-10, photographs of 32 x 32 pixels in ten classes, or where it has not been
# downloaded, ten drawn shapes of the same size (`data/README.md` tells about both). Images come
# channels last, nets want channels first; each channel loses its mean over the training set and is
# divided by its standard deviation.


# %% role="given" id="load" report="output"
cifar = data.load("cifar10")
names = [cifar.class_names[label] for label in cifar.train.labels[:20]]
plots.image_grid(cifar.train.images[:20], titles=names, columns=10)

# %% role="given" id="prepare"
channel_mean, channel_std = (
    figure(cifar.train.images, axis=(0, 1, 2)).astype(np.float32) / 255
    for figure in (np.mean, np.std)
)


def prepare(split):
    """Return images as float32 of shape (N, 3, 32, 32), standardised, and their labels (N,)."""
    images = data.scale(split.images)
    images -= channel_mean
    images /= channel_std
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2)), split.labels


X_train, y_train = prepare(cifar.train)
X_val, y_val = prepare(cifar.validation)
arrays = {"X_train": X_train, "y_train": y_train, "X_val": X_val, "y_val": y_val}
X_train.shape, X_train.dtype, y_train.shape

# %% [markdown] id="overfit_text" report="show"
# A net that cannot learn a hundred images by heart has a bug, or a bad learning rate. So try that
# before anything that takes long: the training accuracy must come near 100 %, while the validation
# accuracy stays low. (The original reaches 82 % in its 15 epochs.) `Solver` is the training loop of
# the fourth notebook; here it steps with `adam`.


# %% role="given" id="train_convnet"
def train_convnet(
    num_images=None, num_epochs=1, batch_size=50, seed=0, val_samples=None, **settings
):
    """Train a ThreeLayerConvNet on the first images, or on all; return its solver.

    Parameters
    ----------
    num_images : int, optional
    num_epochs, batch_size : int
    seed : int
        Of the weights and of the batches.
    val_samples : int, optional
        Validate on so many images only.
    **settings
        As for ThreeLayerConvNet.
    """
    np.random.seed(seed)
    solver = Solver(
        ThreeLayerConvNet(**{"weight_scale": 3e-2, "reg": 1e-3, **settings}),
        {**arrays, "X_train": X_train[:num_images], "y_train": y_train[:num_images]},
        update_rule=adam,
        optim_config={"learning_rate": 1e-3},
        num_epochs=num_epochs,
        batch_size=batch_size,
        num_val_samples=val_samples,
        verbose=False,
        rng=seed,
    )
    solver.train()
    return solver


# %% role="play" id="overfit" report="output"
overfit = train_convnet(num_images=100, num_epochs=15, val_samples=200, reg=0.0)
check.within(
    "training accuracy after 15 epochs on 100 images",
    overfit.train_acc_history[-1],
    0.95,
    1.0,
    hint="all checks above must pass; run the cells from the top once more",
)
by_epoch = {
    "train_accuracy": overfit.train_acc_history,
    "validation_accuracy": overfit.val_acc_history,
}
plots.loss_and_accuracy({"100 images": by_epoch}, first_epoch=0)

# %% [markdown] id="one_epoch_text" report="show"
# ## Train for one epoch
#
# Now all images, once. On CIFAR-10 the original asks for a training accuracy above 40 % here, and
# published runs end at a validation accuracy of 50 %; a fully connected net needs many epochs for
# that. (The drawn shapes are a tenth as many, so they are gone through twice.)

# %% role="play" id="one_epoch" report="output"
few_images = {"num_epochs": 2, "batch_size": 25, "num_filters": 16}
one_epoch = train_convnet(**{"cifar10": {}, "shapes-10": few_images}[cifar.name])
print(f"validation accuracy {one_epoch.best_val_acc:.1%}")
plots.loss_curve(one_epoch.loss_history)

# %% [markdown] id="filters_text" report="show"
# What do its filters look for? Each is a picture of 7 x 7 pixels in colour. After one epoch most
# are still rough, but some answer to an edge in one direction, or to one colour beside another: the
# kind of filter that people wrote by hand.

# %% role="play" id="filters" report="output"
W1 = one_epoch.model.params["W1"]
plots.weight_templates(W1.transpose(2, 3, 1, 0).reshape(-1, len(W1)), (7, 7, 3), columns=8)

# %% [markdown] id="question_weights_text" report="show"
# ### Question 1: what sharing saves
#
# The first layer of your net turns 3 x 32 x 32 numbers into 32 x 32 x 32. How many weights and
# biases has it, and how many multiplications does it take for one image? How many of both would a
# fully connected layer with the same numbers of inputs and outputs have? Which assumptions about
# images does the convolution make in exchange, and for which kind of data would they be wrong?

# %% [markdown] role="explain" id="answer_weights" points=5
# The convolution has 32 * 3 * 7 * 7 = 4,704 weights and 32 biases. Each of the 32 * 32 * 32 =
# 32,768 outputs takes 3 * 7 * 7 = 147 multiplications: 4.8 million. A fully connected layer from
# 3,072 inputs to 32,768 outputs has 3,072 * 32,768 = 100.7 million weights and 32,768 biases, and
# takes one multiplication for each weight: 21 times as many, for 21,000 times as many parameters to
# learn. (2 points: both counts of the convolution; 1 point: both of the fully connected layer.) The
# convolution assumes that what matters is local, so that a window of 7 x 7 is enough to begin with,
# and that a pattern means the same wherever it stands (1 point). That is wrong where the place
# itself has a meaning, or neighbours in the array have nothing to do with each other: a table whose
# columns are age, income and postcode, or pixels that were shuffled. (1 point)

# %% [markdown] id="panel_text" report="hide"
# ## Watch the filters take shape
#
# Press *Start*: your net trains, one minibatch a step, and its filters are drawn as they change.
# Learning rate and penalty act on the next step, the rest after *Reset*. Raise the learning rate
# until the loss blows up; note by how much it does. Start with `weight_scale` 0.00001: for how many
# steps does nothing happen, and why? Compare filters of 3 x 3 with filters of 9 x 9.


# %% role="play" id="panel"
class Training:
    """Train your ConvNet for the panel: one minibatch a step."""

    def __init__(self, settings):
        names = ("num_filters", "filter_size", "weight_scale")
        self.net = ThreeLayerConvNet(**{name: settings[name] for name in names})
        self.rng = np.random.default_rng(settings["seed"])
        self.configs = dict.fromkeys(self.net.params)

    def step(self, settings):
        """Take one step with the settings of this moment."""
        chosen = self.rng.integers(len(X_train), size=settings["batch_size"])
        self.net.reg = settings["reg"]
        loss, grads = self.net.loss(X_train[chosen], y_train[chosen])
        for name, weights in self.net.params.items():
            config = {**(self.configs[name] or {}), "learning_rate": settings["learning_rate"]}
            self.net.params[name], self.configs[name] = adam(weights, grads[name], config)
        return {"loss": loss}

    def validate(self):
        """Return the accuracy on some of the validation set."""
        found = self.net.loss(X_val[:200]).argmax(axis=1)
        return {"validation_accuracy": np.mean(found == y_val[:200])}

    def weights(self):
        """Return the weights whose updates are compared with them."""
        return {name: self.net.params[name] for name in ("W1", "W2", "W3")}

    def pictures(self):
        """Return the filters as images."""
        return self.net.params["W1"].transpose(0, 2, 3, 1)


lab.TrainingLab(
    Training,
    sliders={
        "learning_rate": lab.log(1e-5, 1e-1, value=1e-3),
        "reg": lab.log(1e-5, 1, value=1e-3),
        "batch_size": lab.choice(10, 20, 50, 100, value=20),
        "num_filters": lab.choice(4, 8, 16, 32, value=16, fresh=True),
        "filter_size": lab.choice(3, 5, 7, 9, value=7, fresh=True),
        "weight_scale": lab.log(1e-5, 1, value=3e-2, fresh=True),
    },
    steps=100,
)

# %% [markdown] id="spatial_batchnorm_text" report="show"
# ## Normalise channel by channel
#
# Batch normalisation gives each *feature* mean 0 and variance 1 over the batch. What is a feature
# of an image? One filter made the whole channel, with the same weights everywhere, so all its
# pixels share one mean and one variance:
#
# $$\mu_c = \frac{1}{N H W} \sum_{n,y,z} x_{ncyz}, \qquad
# \sigma_c^2 = \frac{1}{N H W} \sum_{n,y,z} (x_{ncyz} - \mu_c)^2, \qquad
# o_{ncyz} = \gamma_c\, \frac{x_{ncyz} - \mu_c}{\sqrt{\sigma_c^2 + \varepsilon}} + \beta_c .$$
#
# Averages over each pixel by itself would treat left and right edges differently, and undo what the
# convolution assumes. Nothing new has to be derived: to batch normalisation, each pixel of each
# image is one more row with $C$ features. The functions of the fifth notebook, in short; yours,
# defined again in a cell below them, do as well:


# %% role="given" id="batchnorm"
def batchnorm_forward(x, gamma, beta, bn_param):
    """Normalise each column of (N, D) over the rows, then scale by gamma and shift by beta."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros_like(x[0]))
    running_var = bn_param.get("running_var", np.zeros_like(x[0]))
    mean, var = running_mean, running_var
    if bn_param["mode"] == "train":
        mean, var = x.mean(axis=0), x.var(axis=0)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


def batchnorm_backward(dout, cache):
    """Return dx, dgamma and dbeta of batchnorm_forward in the mode "train"."""
    x_hat, std, gamma = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / len(dout) - x_hat * (dgamma / len(dout)))
    return dx, dgamma, dbeta


# %% [markdown] id="hints_spatial_batchnorm_forward"
# <details><summary>Hint 1: the direction</summary>
# Make an array with one row a pixel and one column a channel, call batchnorm_forward, and bring the
# result back into the old shape.
# </details>
#
# <details><summary>Hint 2: the order of the axes</summary>
# A reshape alone would mix the channels: first move their axis to the end, by
# <code>transpose(0, 2, 3, 1)</code>, so that each row holds the C values of one pixel.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# Back again: <code>reshape(N, H, W, C)</code>, then <code>transpose(0, 3, 1, 2)</code>. Hand the
# same bn_param on, since the running averages are kept in it.
# </details>


# %% role="todo" id="spatial_batchnorm_forward"
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Normalise each channel over images, rows and columns, then scale and shift it.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W), float
        Not changed.
    gamma, beta : ndarray, shape (C,), float
        Scale and shift of each channel.
    bn_param : dict
        As in batchnorm_forward: ``mode`` is "train" or "test"; ``eps`` (default 1e-5, variance
        units) and ``momentum`` (default 0.9) are optional; ``running_mean`` and ``running_var`` of
        shape (C,) are kept in it.

    Returns
    -------
    out : ndarray, shape (N, C, H, W), float
    cache : tuple
        What spatial_batchnorm_backward needs.

    References
    ----------
    Ioffe and Szegedy, 2015, section 3.2.
    """
    # TODO: one row a pixel, batchnorm_forward, and back.
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache
    ### END SOLUTION


# %% role="check" id="check_spatial_batchnorm_forward"
with check.todo("spatial_batchnorm_forward"):
    # Inputs of the original assignment; it prints the means and deviations.
    np.random.seed(231)
    x = 4 * np.random.randn(2, 3, 4, 5) + 10
    out, _ = spatial_batchnorm_forward(x, np.ones(3), np.zeros(3), {"mode": "train"})
    check.equal(
        "shape of the result",
        out.shape,
        [2, 3, 4, 5],
        hint="the shape of x",
        mistakes={"the axes are not moved back": [2, 4, 5, 3]},
    )
    check.close(
        "mean of each channel with gamma 1 and beta 0",
        out.mean(axis=(0, 2, 3)),
        np.zeros(3),
        atol=1e-8,
        hint="each channel has one mean, over images, rows and columns",
        mistakes={
            "one average for all channels": [0.062753179, -0.060569784, -0.002183395],
            "channels are mixed: move them to the last axis, then reshape": [
                0.061056899,
                -0.045124896,
                -0.015932003,
            ],
            "the axes come back in the wrong order: reshape, then transpose": [
                -0.005567618,
                0.036800246,
                -0.031232628,
            ],
        },
    )
    check.close(
        "mean of one pixel of the first channel over the two images",
        out[:, 0, 0, 0].mean(),
        (x[:, 0, 0, 0].mean() - x[:, 0].mean()) / np.sqrt(x[:, 0].var() + 1e-5),
        hint="a single pixel need not have mean 0: only the whole channel has",
        mistakes={
            "each pixel has averages of its own": 0.0,
            "each image has averages of its own: take the batch too": -0.776354645,
            "divided by the variance, not by its root": -0.177172431,
        },
    )
    gamma, beta = np.array([3.0, 4.0, 5.0]), np.array([6.0, 7.0, 8.0])
    out, _ = spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})
    check.close(
        "deviation of each channel with gamma 3, 4, 5",
        out.std(axis=(0, 2, 3)),
        [2.99999885, 3.99999804, 4.99999798],
        atol=1e-8,  # they are published with eight decimals
        hint="gamma belongs to the channel: it scales all of its pixels",
        mistakes={
            "gamma and beta are missing": [0.99999962, 0.99999951, 0.9999996],
        },
    )

# %% role="test" id="test_spatial_batchnorm_forward_train" points=2
"""While training, each channel is normalised over images, rows and columns, scaled and shifted."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, gamma, beta = rng.normal(3, 2, size=(4, 3, 2, 5)), rng.uniform(1, 3, size=3), rng.normal(size=3)
out, _ = spatial_batchnorm_forward(x.copy(), gamma.copy(), beta.copy(), {"mode": "train"})
scale, shift = gamma[:, np.newaxis, np.newaxis], beta[:, np.newaxis, np.newaxis]


def normalised(values, axes):
    spread = np.sqrt(values.var(axis=axes, keepdims=True) + 1e-5)
    return (values - values.mean(axis=axes, keepdims=True)) / spread


right = scale * normalised(x, (0, 2, 3)) + shift
check.close(
    "four images of 2 x 5 in three channels",
    out,
    right,
    hint="mean and variance over axes 0, 2 and 3; gamma and beta of the channel",
    mistakes={
        "each pixel has averages of its own: take rows and columns too": scale * normalised(x, 0)
        + shift,
        "each image has averages of its own: take the batch too": scale * normalised(x, (2, 3))
        + shift,
        "one average for all channels": scale * normalised(x, (0, 1, 2, 3)) + shift,
        "gamma and beta are missing": normalised(x, (0, 2, 3)),
        "channels are mixed: move them to the last axis, then reshape": (
            gamma * normalised(x.reshape(-1, 3), 0) + beta
        ).reshape(4, 3, 2, 5),
        "the axes come back in the wrong order: reshape, then transpose": right.transpose(
            0, 2, 3, 1
        ).reshape(4, 3, 2, 5),
        "divided by the variance, not by its root": scale
        * (x - x.mean(axis=(0, 2, 3), keepdims=True))
        / (x.var(axis=(0, 2, 3), keepdims=True) + 1e-5)
        + shift,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_spatial_batchnorm_forward_test_mode" points=2
"""In the mode "test" the running averages count, also for a single image, and with large eps."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, gamma, beta = rng.normal(size=(1, 2, 3, 4)), rng.uniform(1, 3, size=2), rng.normal(size=2)
before = np.append(gamma, beta)
mean, var = rng.normal(size=2), rng.uniform(1, 4, size=2)
bn_param = {"mode": "test", "eps": 0.5, "running_mean": mean.copy(), "running_var": var.copy()}
out, _ = spatial_batchnorm_forward(x, gamma, beta, bn_param)
centred = x - mean[:, np.newaxis, np.newaxis]
scale, shift = gamma[:, np.newaxis, np.newaxis], beta[:, np.newaxis, np.newaxis]
own = (x - x.mean(axis=(0, 2, 3), keepdims=True)) / np.sqrt(
    x.var(axis=(0, 2, 3), keepdims=True) + 0.5
)
check.close(
    "one image of 3 x 4 in two channels, in the mode test",
    out,
    scale * centred / np.sqrt(var + 0.5)[:, np.newaxis, np.newaxis] + shift,
    hint="hand bn_param on to batchnorm_forward as it is",
    mistakes={
        "averages of the batch, not the running ones": scale * own + shift,
        "gamma and beta are missing": centred / np.sqrt(var + 0.5)[:, np.newaxis, np.newaxis],
        "eps is fixed at 1e-5": scale * centred / np.sqrt(var + 1e-5)[:, np.newaxis, np.newaxis]
        + shift,
    },
)
check.close(
    "gamma and beta after the call, in one row",
    np.append(gamma, beta),
    before,
    hint="the update rule changes them, not the layer",
)
### END HIDDEN TESTS

# %% role="test" id="test_spatial_batchnorm_forward_running" points=1
"""The running averages of the channels are kept in bn_param, and x is left as it was."""
### BEGIN HIDDEN TESTS
rng = check.rng()
first, second = rng.normal(2, 1, size=(2, 3, 2, 4, 3))
x, bn_param = first.copy(), {"mode": "train", "momentum": 0.8}
spatial_batchnorm_forward(x, np.ones(2), np.zeros(2), bn_param)
spatial_batchnorm_forward(second.copy(), np.ones(2), np.zeros(2), bn_param)
means, variances = (
    np.array([measure(batch, axis=(0, 2, 3)) for batch in (first, second)])
    for measure in (np.mean, np.var)
)
check.close(
    "running_mean after two batches with momentum 0.8",
    bn_param["running_mean"],
    0.16 * means[0] + 0.2 * means[1],
    hint="0.8 * (0.2 * mean of the first) + 0.2 * mean of the second, starting from 0",
    mistakes={
        "momentum and 1 - momentum are swapped": 0.16 * means[0] + 0.8 * means[1],
        "the mean of the last batch alone": means[1],
        "only the last batch counts: nothing is kept from call to call": 0.2 * means[1],
    },
)
check.close(
    "running_var after two batches with momentum 0.8",
    bn_param["running_var"],
    0.16 * variances[0] + 0.2 * variances[1],
    hint="variances, over images, rows and columns",
)
check.close("the first batch after the call", x, first, hint="compute into new arrays")
### END HIDDEN TESTS

# %% [markdown] id="spatial_batchnorm_backward_text"
# ### Carry the gradient back
#
# The same detour: rows of pixels, `batchnorm_backward`, and back into the shape of images.

# %% [markdown] id="hints_spatial_batchnorm_backward"
# <details><summary>Hint 1: the direction</summary>
# What you did to x, do to dout; what you did to out, do to dx.
# </details>
#
# <details><summary>Hint 2: the shapes</summary>
# dgamma and dbeta come out with shape (C,): they are right as they are.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>transpose(0, 2, 3, 1)</code> and reshape to (N * H * W, C); then
# <code>batchnorm_backward</code>; then reshape to (N, H, W, C) and <code>transpose(0, 3, 1,
# 2)</code>.
# </details>


# %% role="todo" id="spatial_batchnorm_backward"
def spatial_batchnorm_backward(dout, cache):
    """Return the gradients of spatial batch normalisation in the mode "train".

    Parameters
    ----------
    dout : ndarray, shape (N, C, H, W), float
        Gradient of the loss with respect to the output; not changed.
    cache : tuple
        From spatial_batchnorm_forward.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W), float
    dgamma, dbeta : ndarray, shape (C,), float
    """
    # TODO: one row a pixel, batchnorm_backward, and back.
    ### BEGIN SOLUTION
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta
    ### END SOLUTION


# %% role="check" id="check_spatial_batchnorm_backward"
with check.todo("spatial_batchnorm_backward"):
    # Two channels by hand: mean 1 and variance 3 in each, so with eps = 1 the root is 2.
    x = np.array([[[[0.0, 0.0], [0.0, 4.0]], [[4.0, 0.0], [0.0, 0.0]]]])
    dout = np.array([[[[4.0, 2.0], [0.0, -2.0]], [[2.0, 0.0], [2.0, 0.0]]]])
    bn_param = {"mode": "train", "eps": 1.0}
    _, cache = spatial_batchnorm_forward(x, np.array([2.0, 1.0]), np.zeros(2), bn_param)
    check.close(
        "dx of an image with the channels 0, 0, 0, 4 and 4, 0, 0, 0, with gamma 2 and 1 and eps 1",
        spatial_batchnorm_backward(dout, cache)[0],
        [[[[2.25, 0.25], [-1.75, -0.75]], [[0.125, -0.375], [0.625, -0.375]]]],
        hint="four rows of two channels go through batchnorm_backward, and back into the image",
        mistakes={
            "channels are mixed: move them to the last axis, then reshape": [
                [[[2.0, -2.0], [0.0, 0.0]], [[0.25, -0.75], [0.25, 0.25]]]
            ],
            "the axes come back in the wrong order: reshape, then transpose": [
                [[[2.25, 0.125], [0.25, -0.375]], [[-1.75, 0.625], [-0.75, -0.375]]]
            ],
            "the paths through mean and variance are missing": [
                [[[4.0, 2.0], [0.0, -2.0]], [[1.0, 0.0], [1.0, 0.0]]]
            ],
            "the path through the variance is missing": [
                [[[3.0, 1.0], [-1.0, -3.0]], [[0.5, -0.5], [0.5, -0.5]]]
            ],
            "divided by N, not by N * H * W": [
                [[[-3.0, -5.0], [-7.0, 3.0]], [[-2.5, -1.5], [-0.5, -1.5]]]
            ],
            "gamma is missing": [
                [[[1.125, 0.125], [-0.875, -0.375]], [[0.125, -0.375], [0.625, -0.375]]]
            ],
        },
    )
    rng = np.random.default_rng(6)
    x, dout = 5 * rng.normal(size=(2, 3, 4, 3)) + 12, rng.normal(size=(2, 3, 4, 3))
    gamma, beta = rng.normal(size=3), rng.normal(size=3)
    _, cache = spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})
    dx, dgamma, dbeta = spatial_batchnorm_backward(dout, cache)
    check.close(
        "dx against the numerical gradient",
        dx,
        gradcheck.eval_numerical_gradient_array(
            lambda x: spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})[0], x, dout
        ),
        rtol=1e-5,
        atol=1e-8,
        hint="the channels of dout go to the last axis before the reshape, as those of x did",
    )
    check.close(
        "dbeta",
        dbeta,
        dout.sum(axis=(0, 2, 3)),
        hint="a sum over images, rows and columns",
        mistakes={
            "dgamma and dbeta are swapped": [4.42462723, 7.31055256, -4.15686707],
            "summed over the channels too": -6.62197664,
        },
    )
    check.close(
        "dgamma against the numerical gradient",
        dgamma,
        gradcheck.eval_numerical_gradient_array(
            lambda gamma: spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})[0],
            gamma,
            dout,
        ),
        rtol=1e-6,
        hint="a sum over images, rows and columns of dout times the normalised x",
        mistakes={
            "a mean, not a sum": [0.18435947, 0.30460636, -0.1732028],
            "dout times x itself: it is the normalised x": [-81.235515, 20.588303, 5.3307456],
        },
    )

# %% role="test" id="test_spatial_batchnorm_backward_images" points=2
"""dx takes the paths through mean and variance of the channel."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, dout = rng.normal(1, 2, size=(3, 4, 2, 5)), rng.normal(size=(3, 4, 2, 5))
gamma, beta = rng.uniform(1, 3, size=4), rng.normal(size=4)
_, cache = spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})
dx, _, _ = spatial_batchnorm_backward(dout, cache)
rows = x.transpose(0, 2, 3, 1).reshape(30, 4)
std = np.sqrt(rows.var(axis=0) + 1e-5)
x_hat = (rows - rows.mean(axis=0)) / std


def images(values):
    return values.reshape(3, 2, 5, 4).transpose(0, 3, 1, 2)


def right(g, count):
    return gamma / std * (g - g.sum(axis=0) / count - x_hat * (g * x_hat).sum(axis=0) / count)


g = dout.transpose(0, 2, 3, 1).reshape(30, 4)
check.close(
    "dx of three images of 2 x 5 in four channels",
    dx,
    images(right(g, 30)),
    hint="the detour of forward, with batchnorm_backward",
    mistakes={
        "channels are mixed: move them to the last axis, then reshape": images(
            right(dout.reshape(30, 4), 30)
        ),
        "the axes come back in the wrong order: reshape, then transpose": right(g, 30).reshape(
            3, 4, 2, 5
        ),
        "the paths through mean and variance are missing": images(gamma / std * g),
        "the path through the variance is missing": images(gamma / std * (g - g.mean(axis=0))),
        "divided by N, not by N * H * W": images(right(g, 3)),
        "gamma is missing": images(right(g, 30) / gamma),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_spatial_batchnorm_backward_scale" points=2
"""dgamma and dbeta are sums over images, rows and columns, of shape (C,)."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, upstream = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 4, 5))
dout = upstream.copy()
_, cache = spatial_batchnorm_forward(x, np.array([1.0, 2.0, 3.0]), np.zeros(3), {"mode": "train"})
_, dgamma, dbeta = spatial_batchnorm_backward(dout, cache)
mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
products = upstream * (x - mean) / np.sqrt(var + 1e-5)
check.close(
    "dgamma of three channels",
    dgamma,
    products.sum(axis=(0, 2, 3)),
    hint="the sum of dout times the normalised x",
    mistakes={
        "a mean, not a sum": products.mean(axis=(0, 2, 3)),
        "summed over the images alone: shape (C, H, W)": products.sum(axis=0),
        "dout times x itself: it is the normalised x": (upstream * x).sum(axis=(0, 2, 3)),
        "dgamma and dbeta are swapped": upstream.sum(axis=(0, 2, 3)),
    },
)
check.close(
    "dbeta of three channels",
    dbeta,
    upstream.sum(axis=(0, 2, 3)),
    hint="the sum of dout over images, rows and columns",
    mistakes={"summed over the channels too": upstream.sum()},
)
check.close("dout after the call", dout, upstream, hint="compute into new arrays")
### END HIDDEN TESTS

# %% [markdown] id="groupnorm_text" report="show"
# ## Normalise without a batch
#
# Averages over a batch of one or two images are nearly noise. *Group normalisation* (Wu and He,
# 2018) needs no batch: it divides the $C$ channels of an image into $G$ groups of neighbours, and
# gives each group of each image its own mean and variance, over its $M = \frac{C}{G} H W$ numbers:
#
# $$\hat{x} = \frac{x - \mu_{ng}}{\sqrt{\sigma_{ng}^2 + \varepsilon}}, \qquad
# o_{ncyz} = \gamma_c\, \hat{x}_{ncyz} + \beta_c .$$
#
# One group ($G = 1$) normalises the image as a whole, $G = C$ each channel of it by itself.
# Training and testing do the same, so there are no running averages. `gamma` and `beta` have shape
# $(1, C, 1, 1)$, ready for broadcasting; some editions of the original say $(C,)$, so let both
# work.

# %% [markdown] id="hints_spatial_groupnorm_forward"
# <details><summary>Hint 1: the direction</summary>
# Reshape so that the numbers of one group stand along one axis; take mean and variance along it.
# </details>
#
# <details><summary>Hint 2: the shapes</summary>
# Channels of one group are neighbours, so <code>x.reshape(N, G, -1)</code> has each group in a row.
# Normalise with keepdims=True, and reshape back to (N, C, H, W) before gamma and beta.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>gamma.reshape(1, -1, 1, 1)</code> broadcasts, whichever of its two shapes gamma has. Add eps
# under the root.
# </details>


# %% role="todo" id="spatial_groupnorm_forward"
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """Normalise each group of channels of each image, then scale and shift each channel.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W), float
        Not changed.
    gamma, beta : ndarray, shape (1, C, 1, 1) or (C,), float
        Scale and shift of each channel.
    G : int
        Number of groups; divides C.
    gn_param : dict
        ``eps``: float, added to the variance (default 1e-5).

    Returns
    -------
    out : ndarray, shape (N, C, H, W), float
    cache : tuple
        What spatial_groupnorm_backward needs.

    References
    ----------
    Wu and He, Group Normalization, 2018.
    """
    # TODO: normalise the rows of x.reshape(N, G, -1); scale and shift the channels.
    ### BEGIN SOLUTION
    groups = x.reshape(len(x), G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param.get("eps", 1e-5))
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma.reshape(1, -1, 1, 1) * x_hat.reshape(x.shape) + beta.reshape(1, -1, 1, 1)
    return out, (x_hat, std, gamma)
    ### END SOLUTION


# %% role="check" id="check_spatial_groupnorm_forward"
with check.todo("spatial_groupnorm_forward"):
    # Inputs of the original assignment; it prints the means and deviations of the groups.
    np.random.seed(231)
    x = 4 * np.random.randn(2, 6, 4, 5) + 10
    ones, zeros = np.ones((1, 6, 1, 1)), np.zeros((1, 6, 1, 1))
    out, _ = spatial_groupnorm_forward(x, ones, zeros, 2, {})
    check.equal("shape of the result", out.shape, [2, 6, 4, 5], hint="the shape of x")
    groups = out.reshape(2, 2, -1)
    check.close(
        "mean of each group of three channels, of each image",
        groups.mean(axis=2),
        np.zeros((2, 2)),
        atol=1e-8,
        hint="one mean for each image and group, over its channels, rows and columns",
        mistakes={
            "G is taken as the channels in a group: it is the number of groups": [
                [0.035363802, -0.035363802],
                [0.038784626, -0.038784626],
            ],
            "one average for the whole batch: each image by itself": [
                [0.101225619, -0.128459866],
                [-0.101225619, 0.128459866],
            ],
            "every third channel makes a group: groups are neighbours": [
                [0.169078835, -0.169078835],
                [-0.085029118, 0.085029118],
            ],
            "G is not used: always one group": [
                [0.175894978, -0.175894978],
                [-0.062865401, 0.062865401],
            ],
        },
    )
    check.close(
        "deviations of these groups",
        groups.std(axis=2).ravel(),
        [0.99999963, 0.99999948, 0.99999973, 0.99999968],
        rtol=0,
        atol=1e-8,  # they are published with eight decimals
        hint="one variance for each image and group, over its channels, rows and columns",
        mistakes={
            "each pixel by itself": [0.99999834, 0.99999782, 0.99999873, 0.99999691],
            "each channel by itself": [0.99999954, 0.99999941, 0.99999972, 0.99999963],
            "eps is added to the deviation: add it to the variance": [
                0.999997276,
                0.999996773,
                0.999997658,
                0.999997484,
            ],
            "the variance is divided by M - 1, not by M": [
                0.99163129,
                0.991631144,
                0.991631385,
                0.991631344,
            ],
        },
    )

# %% role="test" id="test_spatial_groupnorm_forward_groups" points=3
"""Each group of neighbouring channels of each image is normalised; eps is that of gn_param."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x = rng.normal(2, 1.5, size=(2, 6, 3, 4)) + rng.normal(size=(2, 6, 1, 1))
gamma, beta = rng.uniform(1, 3, size=(1, 6, 1, 1)), rng.normal(size=(1, 6, 1, 1))
out, _ = spatial_groupnorm_forward(x.copy(), gamma.copy(), beta.copy(), 3, {"eps": 0.1})


def right(shape, axes, eps=0.1, **kwargs):
    split = x.reshape(shape)
    spread = np.sqrt(split.var(axis=axes, keepdims=True, **kwargs) + eps)
    return gamma * ((split - split.mean(axis=axes, keepdims=True)) / spread).reshape(x.shape) + beta


groups = x.reshape(2, 3, 24)
deviation = groups.std(axis=2, keepdims=True) + 0.1
outside = ((groups - groups.mean(axis=2, keepdims=True)) / deviation).reshape(x.shape)
check.close(
    "two images of 3 x 4 in six channels, three groups, eps 0.1",
    out,
    right((2, 3, 24), 2),
    hint="mean and variance of each row of x.reshape(N, G, -1)",
    mistakes={
        "each pixel by itself: take rows and columns too": right((2, 3, 2, 3, 4), 2),
        "each channel by itself: take all channels of the group": right((2, 6, 12), 2),
        "one average for the whole batch: each image by itself": right((2, 3, 24), (0, 2)),
        "every third channel makes a group: groups are neighbours": right(
            (2, 2, 3, 3, 4), (1, 3, 4)
        ),
        "G is taken as the channels in a group: it is the number of groups": right((2, 2, 36), 2),
        "gamma and beta are missing": (right((2, 3, 24), 2) - beta) / gamma,
        "eps is fixed at 1e-5": right((2, 3, 24), 2, 1e-5),
        "eps is added to the deviation: add it to the variance": gamma * outside + beta,
        "the variance is divided by M - 1, not by M": right((2, 3, 24), 2, ddof=1),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_spatial_groupnorm_forward_edges" points=2
"""Right for one group, for as many groups as channels, and for a single image."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, gamma, beta = (
    rng.normal(1, 2, size=(1, 4, 3, 2)),
    rng.uniform(1, 2, size=(1, 4, 1, 1)),
    rng.normal(size=(1, 4, 1, 1)),
)
outs = [spatial_groupnorm_forward(x.copy(), gamma.copy(), beta.copy(), G, {})[0] for G in (1, 4)]
whole = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
single = (x - x.mean(axis=(2, 3), keepdims=True)) / np.sqrt(
    x.var(axis=(2, 3), keepdims=True) + 1e-5
)
check.close(
    "one image of 3 x 2 in four channels: one group, then four groups",
    outs,
    [gamma * whole + beta, gamma * single + beta],
    hint="G = 1 normalises the whole image, G = C each channel by itself",
    mistakes={
        "G is not used: always one group": [gamma * whole + beta] * 2,
        "G is taken as the channels in a group": [gamma * single + beta, gamma * whole + beta],
        "each channel by itself, whatever G is": [gamma * single + beta] * 2,
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_spatial_groupnorm_forward_shapes" points=1
"""gamma and beta may have shape (C,) too, and x is left as it was."""
### BEGIN HIDDEN TESTS
rng = check.rng()
drawn, gamma, beta = rng.normal(size=(3, 4, 2, 4)), rng.uniform(1, 3, size=4), rng.normal(size=4)
x = drawn.copy()
before = np.append(gamma, beta)
out, _ = spatial_groupnorm_forward(x, gamma, beta, 2, {})
groups = drawn.reshape(3, 2, 16)
spread = np.sqrt(groups.var(axis=2, keepdims=True) + 1e-5)
x_hat = ((groups - groups.mean(axis=2, keepdims=True)) / spread).reshape(3, 4, 2, 4)
check.close(
    "three images of 2 x 4 in four channels, gamma and beta of shape (4,)",
    out,
    gamma[:, np.newaxis, np.newaxis] * x_hat + beta[:, np.newaxis, np.newaxis],
    hint="gamma.reshape(1, -1, 1, 1) broadcasts, whichever of the two shapes gamma has",
    mistakes={"gamma and beta run along the columns, not the channels": gamma * x_hat + beta},
)
check.close("x after the call", x, drawn, hint="compute into new arrays")
check.close(
    "gamma and beta after the call, in one row",
    np.append(gamma, beta),
    before,
    hint="the update rule changes them, not the layer",
)
### END HIDDEN TESTS

# %% [markdown] id="groupnorm_backward_text" report="show"
# ### Derive its gradient
#
# Look at one group, numbered $k = 1 \ldots M$, with $\sigma$ for $\sqrt{\sigma_{ng}^2 +
# \varepsilon}$. From $\mu = \frac{1}{M} \sum_k x_k$ and $\sigma^2 = \frac{1}{M} \sum_k (x_k -
# \mu)^2 + \varepsilon$,
#
# $$\frac{\partial \mu}{\partial x_k} = \frac{1}{M}, \qquad
# 2 \sigma \frac{\partial \sigma}{\partial x_k} = \frac{2}{M} (x_k - \mu)
# \;\Longrightarrow\; \frac{\partial \sigma}{\partial x_k} = \frac{\hat{x}_k}{M} .$$
#
# So $\hat{x}_m = (x_m - \mu) / \sigma$ changes with $x_k$ by
# $\frac{1}{\sigma} \left( [m = k] - \frac{1}{M} - \frac{\hat{x}_m \hat{x}_k}{M} \right)$. With
# $d_m = \gamma_{c(m)}\, g_m$, the gradient with respect to $\hat{x}_m$, the chain rule gives
#
# $$\frac{\partial L}{\partial x_k} = \frac{1}{\sigma} \left( d_k - \frac{1}{M} \sum_m d_m -
# \hat{x}_k\, \frac{1}{M} \sum_m d_m \hat{x}_m \right) .$$
#
# Since $\gamma$ differs within a group, it belongs inside the averages. $\gamma_c$ and $\beta_c$
# act on a whole channel: their gradients are the sums over images, rows and columns of $g\,
# \hat{x}$ and of $g$.

# %% [markdown] id="hints_spatial_groupnorm_backward"
# <details><summary>Hint 1: the direction</summary>
# Three terms, each in the shape (N, G, M); dgamma and dbeta in the shape (N, C, H, W), summed.
# </details>
#
# <details><summary>Hint 2: the formula</summary>
# d is dout times gamma, reshaped to (N, G, -1). Both averages run along the last axis, with
# keepdims=True.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
# <code>(d - d.mean(...) - x_hat * (d * x_hat).mean(...)) / std</code>, reshaped like dout. Give
# dgamma and dbeta the shape of gamma by <code>.reshape(gamma.shape)</code>.
# </details>


# %% role="todo" id="spatial_groupnorm_backward"
def spatial_groupnorm_backward(dout, cache):
    """Return the gradients of group normalisation.

    Parameters
    ----------
    dout : ndarray, shape (N, C, H, W), float
        Gradient of the loss with respect to the output; not changed.
    cache : tuple
        From spatial_groupnorm_forward.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W), float
    dgamma, dbeta : ndarray, shape of gamma, float
    """
    # TODO: d, its two averages, and the sums for gamma and beta.
    ### BEGIN SOLUTION
    x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat.reshape(dout.shape), axis=(0, 2, 3)).reshape(gamma.shape)
    dbeta = np.sum(dout, axis=(0, 2, 3)).reshape(gamma.shape)
    d = (dout * gamma.reshape(1, -1, 1, 1)).reshape(x_hat.shape)
    along_x_hat = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - along_x_hat) / std
    return dx.reshape(dout.shape), dgamma, dbeta
    ### END SOLUTION


# %% role="check" id="check_spatial_groupnorm_backward"
with check.todo("spatial_groupnorm_backward"):
    # One group in each image, by hand: mean 1 and variance 3, so with eps = 1 the root is 2.
    x = np.array([[[[0.0, 0.0]], [[0.0, 4.0]]], [[[4.0, 0.0]], [[0.0, 0.0]]]])
    dout = np.array([[[[4.0, 2.0]], [[0.0, -2.0]]], [[[2.0, 0.0]], [[2.0, 0.0]]]])
    gamma, beta = np.array([1.0, 2.0]).reshape(1, 2, 1, 1), np.zeros((1, 2, 1, 1))
    _, cache = spatial_groupnorm_forward(x, gamma, beta, 1, {"eps": 1.0})
    check.close(
        "dx of the images 0, 0, 0, 4 and 4, 0, 0, 0 in one group, with gamma 1 and 2 and eps 1",
        spatial_groupnorm_backward(dout, cache)[0],
        [
            [[[1.1875, 0.1875]], [[-0.8125, -0.5625]]],
            [[[0.0625, -0.6875]], [[1.3125, -0.6875]]],
        ],
        hint="d is 4, 2, 0, -4 and 2, 0, 4, 0; x_hat is -0.5, -0.5, -0.5, 1.5 and the reverse",
        mistakes={
            "the path through the mean is missing": [
                [[[1.4375, 0.4375]], [[-0.5625, -0.3125]]],
                [[[0.8125, 0.0625]], [[2.0625, 0.0625]]],
            ],
            "gamma stands outside the averages": [
                [[[1.125, 0.125]], [[-1.75, -0.75]]],
                [[[0.125, -0.375]], [[1.25, -0.75]]],
            ],
            "gamma is missing": [
                [[[1.125, 0.125]], [[-0.875, -0.375]]],
                [[[0.125, -0.375]], [[0.625, -0.375]]],
            ],
            "the paths through mean and variance are missing": [
                [[[2.0, 1.0]], [[0.0, -2.0]]],
                [[[1.0, 0.0]], [[2.0, 0.0]]],
            ],
            "the path through the variance is missing": [
                [[[1.75, 0.75]], [[-0.25, -2.25]]],
                [[[0.25, -0.75]], [[1.25, -0.75]]],
            ],
            "the averages run over the batch too": [
                [[[1.25, 0.25]], [[-0.75, -1.75]]],
                [[[1.25, -0.75]], [[1.25, -0.75]]],
            ],
            "sums in place of averages": [
                [[[-1.25, -2.25]], [[-3.25, 3.75]]],
                [[[-2.75, -2.75]], [[-0.75, -2.75]]],
            ],
        },
    )
    rng = np.random.default_rng(6)
    x, dout = 5 * rng.normal(size=(2, 6, 3, 2)) + 12, rng.normal(size=(2, 6, 3, 2))
    gamma, beta = rng.normal(size=(1, 6, 1, 1)), rng.normal(size=(1, 6, 1, 1))
    _, cache = spatial_groupnorm_forward(x, gamma, beta, 2, {})
    before = dout.copy()
    dx, dgamma, dbeta = spatial_groupnorm_backward(dout, cache)
    check.equal("dout after the call", dout, before, hint="compute into new arrays")
    check.close(
        "dx against the numerical gradient",
        dx,
        gradcheck.eval_numerical_gradient_array(
            lambda x: spatial_groupnorm_forward(x, gamma, beta, 2, {})[0], x, dout
        ),
        rtol=1e-5,
        atol=1e-8,
        hint="d - mean of d - x_hat * mean of d * x_hat, over sigma; the means run over the group",
    )
    dgamma_num = gradcheck.eval_numerical_gradient_array(
        lambda gamma: spatial_groupnorm_forward(x, gamma, beta, 2, {})[0], gamma, dout
    )
    of_groups = np.repeat(dgamma_num.reshape(2, 3).sum(axis=1), 3).reshape(1, 6, 1, 1)
    check.close(
        "dgamma against the numerical gradient",
        dgamma,
        dgamma_num,
        rtol=1e-6,
        hint="sum dout * x_hat over images, rows and columns, and give it the shape of gamma",
        mistakes={
            "the axes are lost: give it the shape of gamma": dgamma_num.ravel(),
            "a mean, not a sum": dgamma_num / 12,
            "summed over the group too: each channel has its own": of_groups,
            "dgamma and dbeta are swapped": dout.sum(axis=(0, 2, 3), keepdims=True),
        },
    )
    check.close(
        "dbeta",
        dbeta,
        dout.sum(axis=(0, 2, 3), keepdims=True),
        hint="sum dout over images, rows and columns, and give it the shape of gamma",
        mistakes={
            "the axes are lost: give it the shape of gamma": dout.sum(axis=(0, 2, 3)),
        },
    )

# %% role="test" id="test_spatial_groupnorm_backward_images" points=3
"""dx takes the paths through mean and variance of the group, with gamma inside the averages."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, dout = rng.normal(1, 2, size=(2, 6, 3, 2)), rng.normal(size=(2, 6, 3, 2))
gamma, beta = rng.uniform(1, 3, size=(1, 6, 1, 1)), rng.normal(size=(1, 6, 1, 1))
_, cache = spatial_groupnorm_forward(x, gamma, beta, 3, {"eps": 0.2})
dx, _, _ = spatial_groupnorm_backward(dout, cache)
groups = x.reshape(2, 3, 12)
std = np.sqrt(groups.var(axis=2, keepdims=True) + 0.2)
x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std


def right(d, axes=2):
    along = x_hat * (d * x_hat).mean(axis=axes, keepdims=True)
    return ((d - d.mean(axis=axes, keepdims=True) - along) / std).reshape(2, 6, 3, 2)


d, g = (dout * gamma).reshape(2, 3, 12), dout.reshape(2, 3, 12)
check.close(
    "dx of two images of 3 x 2 in six channels, three groups, eps 0.2",
    dx,
    right(d),
    hint="d = gamma * dout; (d - mean of d - x_hat * mean of d * x_hat) / sigma, in each group",
    mistakes={
        "gamma stands outside the averages": gamma * right(g),
        "gamma is missing": right(g),
        "the paths through mean and variance are missing": (d / std).reshape(2, 6, 3, 2),
        "the path through the variance is missing": (
            (d - d.mean(axis=2, keepdims=True)) / std
        ).reshape(2, 6, 3, 2),
        "the path through the mean is missing": (
            (d - x_hat * (d * x_hat).mean(axis=2, keepdims=True)) / std
        ).reshape(2, 6, 3, 2),
        "the averages run over the batch too": right(d, (0, 2)),
        "sums in place of averages": (
            (d - d.sum(axis=2, keepdims=True) - x_hat * (d * x_hat).sum(axis=2, keepdims=True))
            / std
        ).reshape(2, 6, 3, 2),
    },
)
### END HIDDEN TESTS

# %% role="test" id="test_spatial_groupnorm_backward_scale" points=2
"""dgamma and dbeta are sums over images, rows and columns, in the shape of gamma."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, upstream = rng.normal(size=(3, 4, 2, 3)), rng.normal(size=(3, 4, 2, 3))
gamma, beta = rng.uniform(1, 3, size=(1, 4, 1, 1)), rng.normal(size=(1, 4, 1, 1))
dout = upstream.copy()
_, cache = spatial_groupnorm_forward(x, gamma, beta, 2, {})
_, dgamma, dbeta = spatial_groupnorm_backward(dout, cache)
groups = x.reshape(3, 2, 12)
spread = np.sqrt(groups.var(axis=2, keepdims=True) + 1e-5)
products = upstream * ((groups - groups.mean(axis=2, keepdims=True)) / spread).reshape(3, 4, 2, 3)
check.close(
    "dgamma of four channels in two groups",
    dgamma,
    products.sum(axis=(0, 2, 3), keepdims=True),
    hint="sum dout * x_hat over axes 0, 2 and 3; shape (1, C, 1, 1)",
    mistakes={
        "the axes are lost: give it the shape of gamma": products.sum(axis=(0, 2, 3)),
        "a mean, not a sum": products.mean(axis=(0, 2, 3), keepdims=True),
        "summed over the group too: each channel has its own": products.reshape(3, 2, 2, 6)
        .sum(axis=(0, 2, 3))
        .repeat(2)
        .reshape(1, 4, 1, 1),
        "dgamma and dbeta are swapped": upstream.sum(axis=(0, 2, 3), keepdims=True),
    },
)
check.close(
    "dbeta of these channels",
    dbeta,
    upstream.sum(axis=(0, 2, 3), keepdims=True),
    hint="sum dout over axes 0, 2 and 3; shape (1, C, 1, 1)",
)
check.close("dout after the call", dout, upstream, hint="compute into new arrays")
### END HIDDEN TESTS

# %% role="test" id="test_spatial_groupnorm_backward_edges" points=2
"""Right for one group and for as many as channels, with a single image, and gamma of shape (C,)."""
### BEGIN HIDDEN TESTS
rng = check.rng()
x, dout = rng.normal(1, 2, size=(1, 3, 4, 2)), rng.normal(size=(1, 3, 4, 2))
gamma, beta = rng.uniform(1, 3, size=3), rng.normal(size=3)
found = [
    spatial_groupnorm_backward(dout, spatial_groupnorm_forward(x, gamma, beta, G, {})[1])
    for G in (1, 3)
]


def right(G):
    groups, d = x.reshape(1, G, -1), (dout * gamma[:, np.newaxis, np.newaxis]).reshape(1, G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + 1e-5)
    x_hat = (groups - groups.mean(axis=2, keepdims=True)) / std
    along = x_hat * (d * x_hat).mean(axis=2, keepdims=True)
    return ((d - d.mean(axis=2, keepdims=True) - along) / std).reshape(1, 3, 4, 2)


check.close(
    "dx of one image of 4 x 2 in three channels: one group, then three groups",
    [dx for dx, _, _ in found],
    [right(1), right(3)],
    hint="take the number of groups from the cache, not from the batch",
)
check.close(
    "dbeta for both, in rows",
    [np.ravel(dbeta) for _, _, dbeta in found],
    [dout.sum(axis=(0, 2, 3))] * 2,
    hint="gamma.reshape(1, -1, 1, 1) broadcasts; the gradients get the shape of gamma",
)
### END HIDDEN TESTS

# %% [markdown] id="question_norms_text" report="show"
# ### Question 2: over which numbers?
#
# Your net's first convolution gives an array of shape (50, 32, 32, 32): images, channels, rows,
# columns. Over how many numbers does batch normalisation take each mean, and how many means are
# there? And group normalisation with $G = 8$? What happens to each of the two when the batch is a
# single image while training, and what when it is a single image while testing? Why would it be
# wrong for a convolution to give each pixel a mean of its own?

# %% [markdown] role="explain" id="answer_norms" points=5
# Batch normalisation: 32 means, one a channel, each over 50 * 32 * 32 = 51,200 numbers (1 point).
# Group normalisation with G = 8: 50 * 8 = 400 means, each over 4 * 32 * 32 = 4,096 numbers (1
# point). With a single training image batch normalisation still has 1,024 numbers a channel, but
# they all come from one picture: its statistics say nothing about the others, and the running
# averages follow each picture; group normalisation does not notice, it never looks beyond one image
# (1 point). While testing, batch normalisation uses its running averages and group normalisation
# the image itself, so a single image is no problem for either (1 point). One filter makes all
# pixels of a channel with the same weights; with a mean of its own for each pixel the same pattern
# would give different answers in different places, and the layer would no longer be the same
# everywhere (1 point).

# %% [markdown] id="deep_text" report="show"
# ## Go deeper
#
# The best nets for images stack many convolutions of 3 x 3: two of them see a window of 5 x 5, with
# fewer weights than one of that size, and a ReLU more (Simonyan and Zisserman, 2014). After each
# pooling the picture is smaller, so there may be more channels for the same work. The net below is
# of that kind: layers of convolution, normalisation and ReLU in blocks, one affine layer at the
# end. It normalises with *your* functions. Where a block ends it pools, right after the
# convolution: normalisation and ReLU then have a quarter of the numbers to go through. The
# convolutions have no bias, since the mean that is subtracted would take it away again; `beta`
# stands in its place.


# %% role="given" id="deep_net"
POOL = {"pool_height": 2, "pool_width": 2, "stride": 2}
SAME = {"stride": 1, "pad": 1}  # keeps the size with filters of 3 x 3


class DeepConvNet:
    """Layers of (3 x 3 convolution, perhaps pooling, normalisation, ReLU), then an affine layer.

    Parameters
    ----------
    blocks : sequence of sequence of int
        Numbers of filters: ((32, 32), (64,)) has three layers, of which the second and the third
        pool, being the last of their blocks.
    groups : int, optional
        Groups for group normalisation; by default it is batch normalisation.
    reg : float
        Strength of the L2 penalty, with the factor one half.
    seed : int
        Of the weights at the start and of the changed images.
    augmented : callable, optional
        ``augmented(X, rng)`` returns changed images; they are what the net is trained with.
    """

    def __init__(self, blocks, groups=None, reg=0.0, seed=0, augmented=None):
        self.groups, self.reg, self.augmented = groups, reg, augmented
        self.rng, self.params, self.bn_params = np.random.default_rng(seed), {}, []
        self.pools = [k == len(block) for block in blocks for k in range(1, len(block) + 1)]
        C = 3
        for k, F in enumerate((F for block in blocks for F in block), start=1):
            self.params[f"W{k}"] = self._he(9 * C, (F, C, 3, 3))
            self.params[f"gamma{k}"] = np.ones(F, dtype=np.float32)
            self.params[f"beta{k}"] = np.zeros(F, dtype=np.float32)
            self.bn_params.append({})
            C = F
        inputs = C * (32 // 2 ** len(blocks)) ** 2
        self.params["W"] = self._he(inputs, (inputs, 10))
        self.params["b"] = np.zeros(10, dtype=np.float32)

    def _he(self, inputs, shape):
        """Return weights of He and others, 2015: deviation sqrt(2 / inputs) keeps the variance."""
        return (np.sqrt(2 / inputs) * self.rng.standard_normal(shape)).astype(np.float32)

    def _layer_forward(self, x, k, mode):
        W, gamma, beta = (self.params[f"{name}{k}"] for name in ("W", "gamma", "beta"))
        out, conv_cache = conv_forward_fast(x, W, np.zeros(len(W), dtype=W.dtype), SAME)
        pool_cache = None
        if self.pools[k - 1]:
            out, pool_cache = max_pool_forward_fast(out, POOL)
        if self.groups:
            out, norm_cache = spatial_groupnorm_forward(out, gamma, beta, self.groups, {})
        else:
            self.bn_params[k - 1]["mode"] = mode
            out, norm_cache = spatial_batchnorm_forward(out, gamma, beta, self.bn_params[k - 1])
        out, relu_cache = relu_forward(out)
        return out, (conv_cache, pool_cache, norm_cache, relu_cache)

    def _layer_backward(self, dout, k, cache):
        conv_cache, pool_cache, norm_cache, relu_cache = cache
        norm_backward = spatial_groupnorm_backward if self.groups else spatial_batchnorm_backward
        dout, dgamma, dbeta = norm_backward(relu_backward(dout, relu_cache), norm_cache)
        if pool_cache is not None:
            dout = max_pool_backward_fast(dout, pool_cache)
        dx, dW, _ = conv_backward_fast(dout, conv_cache, need_dx=k > 1)
        return dx, {"W": dW, "gamma": dgamma, "beta": dbeta}

    def loss(self, X, y=None):
        """Return scores, or loss and gradients, as ThreeLayerConvNet does."""
        mode, caches = "test" if y is None else "train", []
        out = X if y is None or self.augmented is None else self.augmented(X, self.rng)
        layers = range(1, len(self.pools) + 1)
        for k in layers:
            out, cache = self._layer_forward(out, k, mode)
            caches.append(cache)
        scores, affine_cache = affine_forward(out, self.params["W"], self.params["b"])
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        dout, dW, db = affine_backward(dscores, affine_cache)
        grads = {"W": dW, "b": db}
        for k in reversed(layers):
            dout, found = self._layer_backward(dout, k, caches[k - 1])
            grads.update({f"{name}{k}": value for name, value in found.items()})
        for name in self.params:
            if name.startswith("W"):
                loss += 0.5 * self.reg * np.sum(self.params[name] ** 2)
                grads[name] += self.reg * self.params[name]
        return loss, grads


# %% [markdown] id="augment_text" report="show"
# A mirrored cat is a cat, and so is one that stands two pixels further left. Whoever trains with
# images that are changed in this way has more of them, for nothing.


# %% role="given" id="augment"
def moved(X, down, right):
    """Return images (N, C, H, W) moved by pixels; their border is repeated in the gap."""
    H, W = X.shape[2:]
    rows, columns = np.arange(H) - down, np.arange(W) - right
    return X.take(np.clip(rows, 0, H - 1), axis=2).take(np.clip(columns, 0, W - 1), axis=3)


def mirrored_and_moved(X, rng):
    """Return a batch, each image mirrored or not, all moved by up to three pixels."""
    mirrored = np.where(rng.random((len(X), 1, 1, 1)) < 0.5, X[..., ::-1], X)
    return moved(mirrored, *rng.integers(-3, 4, size=2))


def train_deep_net(settings, seed=0):
    """Train a deep net with these settings; return it and its solver."""
    net = DeepConvNet(
        settings["blocks"],
        groups=settings.get("groups"),
        reg=settings["reg"],
        seed=seed,
        augmented=mirrored_and_moved,
    )
    solver = Solver(
        net,
        arrays,
        update_rule=adam,
        optim_config={"learning_rate": settings["learning_rate"]},
        lr_decay=settings["lr_decay"],
        num_epochs=settings["num_epochs"],
        batch_size=settings["batch_size"],
        verbose=False,
        rng=seed,
    )
    solver.train()
    return net, solver


# %% role="given" id="deep_settings"
deep_settings = {
    "cifar10": {
        "blocks": ((32,), (64,), (128,)),
        "learning_rate": 2e-3,
        "lr_decay": 0.6,
        "reg": 1e-3,
        "num_epochs": 5,
        "batch_size": 100,
    },
    "shapes-10": {
        "blocks": ((8,), (16,), (32,)),
        "learning_rate": 3e-3,
        "lr_decay": 0.6,
        "reg": 1e-3,
        "num_epochs": 4,
        "batch_size": 25,
    },
}[cifar.name]

# %% [markdown] id="deep_run_text" report="hide"
# On two cores this takes less than ten minutes with CIFAR-10, and seconds with the drawn shapes.
# Then change something: `train_deep_net({**deep_settings, "groups": 4})` normalises without the
# batch, and `"blocks": ((32, 32), (64,))` has another shape.

# %% role="play" id="deep_run" report="output"
start = time.perf_counter()
deep_net, deep_solver = train_deep_net(deep_settings)
print(f"validation accuracy {deep_solver.best_val_acc:.1%}, {time.perf_counter() - start:.0f} s")
by_epoch = {
    "train_accuracy": deep_solver.train_acc_history,
    "validation_accuracy": deep_solver.val_acc_history,
}
plots.loss_and_accuracy({"deep net": by_epoch}, first_epoch=0)

# %% [markdown] id="shift_text" report="show"
# ## Move the object
#
# Nobody told these nets that an object which has moved is still the same object. What has each of
# them learnt about that? Three nets: one without any convolution, of two fully connected layers;
# your three-layer ConvNet; and the deep net, which has been trained with images moved by up to
# three pixels. Test images are moved to the left and to the right, and the picture shows what is
# left of each net's accuracy.


# %% role="given" id="two_layers"
class TwoLayerNet:
    """A net without convolution, to compare with: affine, ReLU, affine, softmax cross-entropy."""

    def __init__(self, hidden_dim=100, reg=0.0, seed=0):
        rng, self.reg = np.random.default_rng(seed), reg
        self.params = {
            "W1": (rng.standard_normal((3072, hidden_dim)) / np.sqrt(3072)).astype(np.float32),
            "b1": np.zeros(hidden_dim, dtype=np.float32),
            "W2": (rng.standard_normal((hidden_dim, 10)) / np.sqrt(hidden_dim)).astype(np.float32),
            "b2": np.zeros(10, dtype=np.float32),
        }

    def loss(self, X, y=None):
        """Return scores, or loss and gradients, as ThreeLayerConvNet does."""
        params, grads = self.params, {}
        hidden, hidden_cache = affine_relu_forward(X, params["W1"], params["b1"])
        scores, scores_cache = affine_forward(hidden, params["W2"], params["b2"])
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        dhidden, grads["W2"], grads["b2"] = affine_backward(dscores, scores_cache)
        _, grads["W1"], grads["b1"] = affine_relu_backward(dhidden, hidden_cache)
        for name in ("W1", "W2"):
            loss += 0.5 * self.reg * np.sum(params[name] ** 2)
            grads[name] += self.reg * params[name]
        return loss, grads


# %% role="play" id="shift" report="output"
two_layers = Solver(
    TwoLayerNet(reg=1e-3),
    arrays,
    update_rule=adam,
    optim_config={"learning_rate": 5e-4},
    lr_decay=0.9,
    num_epochs={"cifar10": 5, "shapes-10": 10}[cifar.name],
    batch_size=100,
    verbose=False,
    rng=0,
)
two_layers.train()
nets = {"two layers": two_layers, "three-layer ConvNet": one_epoch, "deep net": deep_solver}
X_test, y_test = prepare(cifar.test)
X_some, y_some = X_test[:500], y_test[:500]
shifts = [0, 1, 2, 3, 4, 6, 8]
accuracies = {
    name: [
        np.mean([solver.check_accuracy(moved(X_some, 0, way * d), y_some) for way in (-1, 1)])
        for d in shifts
    ]
    for name, solver in nets.items()
}
plots.sweep("shift (pixels)", shifts, {"accuracy": accuracies}, log=False)

# %% role="play" id="shifted_images" report="output"
picture = cifar.test.images[:1].transpose(0, 3, 1, 2) / 255.0
plots.image_grid(
    np.concatenate([moved(picture, 0, d) for d in shifts]).transpose(0, 2, 3, 1),
    titles=[f"{d} pixels" for d in shifts],
    columns=7,
)

# %% [markdown] id="question_shift_text" report="show"
# ### Question 3: an object that has moved
#
# Describe what the picture shows. When an image moves by two pixels, what does the output of a
# convolution with stride 1 do, and what that of the pooling after it? When it moves by one? In
# which layer of your three-layer ConvNet does the place of the object begin to matter, and why?
# Name two different ways to make a net care less about the place.

# %% [markdown] role="explain" id="answer_shift" points=5
# All three lose accuracy, but not alike. On the drawn shapes, three pixels cost the two-layer net
# and the three-layer ConvNet about a sixth of what they had, the deep net a twentieth; from there
# on it falls too, since it was never trained with longer ways (1 point). A convolution moves with
# its input: if the image moves by two pixels, so does each of its pictures, unchanged but for the
# border (it is equivariant, not invariant). Pooling with 2 x 2 and stride 2 then moves by one pixel
# (1 point). A move by one pixel changes which numbers share a window: the maximum is often the same
# one, so the output is similar, but not equal to the old one at any place (1 point). The place
# begins to matter in the first affine layer, which has a weight of its own for each place of the 16
# x 16 pictures (1 point). Two ways: build it in, by more pooling or an average over the whole
# picture before the affine layer; or learn it, by training with moved images as the deep net was (1
# point).

# %% [markdown] id="test_text" report="show"
# ## Test once
#
# When everything is chosen, and once: the accuracy on the test images that nobody has looked at.
# (The study above used some of them, but chose nothing by them.)

# %% role="play" id="test_once" report="output"
scores = np.concatenate(
    [deep_net.loss(part) for part in np.array_split(X_test, len(X_test) // 100)]
)
print(f"test accuracy of the deep net {np.mean(scores.argmax(axis=1) == y_test):.1%}")
plots.right_and_wrong(cifar.test.images, y_test, scores.argmax(axis=1), cifar.class_names)

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
#     .venv/bin/python -m helpers.submit 06_convnet
#
# (on Windows `.venv\Scripts\python`). It runs your checks afresh, tells what is done and what is
# not, and makes the one file that you hand in.

# %% role="play" id="make_report" report="hide"
report.button("06_convnet", name="", student_id="")

# %% [markdown] id="closing" report="hide"
# ## What you have learnt
#
# A convolution asks the same question everywhere, and its gradient adds up over every window that a
# pixel was part of. Pooling passes gradients to winners only. What a normalisation does is decided
# by the numbers that share an average. And a net moves with its input as far as its layers do: the
# rest must be learnt from data.
#
# You have now written every layer of a modern image classifier, forward and backward. The last
# notebook hands the gradients over to PyTorch, which finds them by itself, and spends the time that
# this saves on a better net.
