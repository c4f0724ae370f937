"""Convolution and max pooling in NumPy: ``helpers.fast_layers`` against PyTorch and classic im2col.

Shapes of the three-layer ConvNet and of a small VGG, float32, one thread, forward and backward
with the gradients of all inputs. The three take turns in one process; times are seconds of
processor time, of which the smallest counts, since other programs on the machine only add to it.
Memory is the most that NumPy holds at once, results included, as a multiple of the columns that
im2col would make for the whole batch. Prints a table and JSON; run by ``make bench``.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy loads its BLAS

import json
import time
import tracemalloc

import numpy as np
import torch

from helpers import fast_layers

ROUNDS = int(os.environ.get("ROUNDS", 15))
BATCHES = 50, 128
# (images, filters) of a convolution with stride 1, or (images,) of 2 x 2 pooling with stride 2.
LAYERS = {
    "ConvNet, conv 7x7": ((3, 32, 32), (32, 7)),
    "VGG, conv 1": ((3, 32, 32), (32, 3)),
    "VGG, conv 2": ((32, 32, 32), (32, 3)),
    "both, pool": ((32, 32, 32), None),
    "VGG, conv 3": ((32, 16, 16), (64, 3)),
    "VGG, conv 4": ((64, 16, 16), (64, 3)),
    "VGG, pool 2": ((64, 16, 16), None),
    "VGG, conv 5": ((64, 8, 8), (128, 3)),
    "VGG, conv 6": ((128, 8, 8), (128, 3)),
    "VGG, pool 3": ((128, 8, 8), None),
}
POOL = {"pool_height": 2, "pool_width": 2, "stride": 2}


def classic_indices(x_shape, HH, WW, stride, pad):
    """Return index arrays (channel, row, column), each for (K, windows of one image)."""
    _, C, H, W = x_shape
    OH, OW = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    channel, i, j = np.indices((C, HH, WW)).reshape(3, -1, 1)
    r, c = np.indices((OH, OW)).reshape(2, 1, -1) * stride
    return channel, i + r, j + c


def classic_conv(x, w, b, dout, conv_param):
    """Convolve forward and backward by the classic im2col: index arrays, columns of all images."""
    (N, C, H, W), (F, _, HH, WW), pad = x.shape, w.shape, conv_param["pad"]
    at = classic_indices(x.shape, HH, WW, **conv_param)
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    columns = padded[(slice(None), *at)].transpose(1, 2, 0).reshape(C * HH * WW, -1)
    out = w.reshape(F, -1) @ columns + b[:, None]
    out = out.reshape(F, *dout.shape[2:], N).transpose(3, 0, 1, 2)
    rows = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = (rows @ columns.T).reshape(w.shape)
    dcolumns = w.reshape(F, -1).T @ rows
    dpadded = np.zeros_like(padded)
    np.add.at(dpadded, (slice(None), *at), dcolumns.reshape(C * HH * WW, -1, N).transpose(2, 0, 1))
    return out, dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


def classic_pool(x, dout, pool_param):
    """Pool by the classic im2col: each window a column, its largest found by argmax."""
    N, C, H, W = x.shape
    size = pool_param["pool_height"], pool_param["pool_width"]
    single = x.reshape(N * C, 1, H, W)
    at = classic_indices(single.shape, *size, pool_param["stride"], 0)
    columns = single[(slice(None), *at)].transpose(1, 2, 0).reshape(size[0] * size[1], -1)
    largest, every = columns.argmax(axis=0), np.arange(columns.shape[1])
    out = columns[largest, every].reshape(*dout.shape[2:], N, C).transpose(2, 3, 0, 1)
    dcolumns = np.zeros_like(columns)
    dcolumns[largest, every] = dout.transpose(2, 3, 0, 1).ravel()
    dsingle = np.zeros_like(single)
    dcolumns = dcolumns.reshape(len(dcolumns), -1, N * C).transpose(2, 0, 1)
    np.add.at(dsingle, (slice(None), *at), dcolumns)
    return out, dsingle.reshape(x.shape)


def convolution(rng, batch, images, filters, size):
    """Return functions (fast, torch, classic) that do the same, and the bytes of all columns."""
    param = {"stride": 1, "pad": (size - 1) // 2}
    shapes = (
        (batch, *images),
        (filters, images[0], size, size),
        (filters,),
        (batch, filters, *images[1:]),
    )
    x, w, b, dout = (rng.standard_normal(shape, np.float32) for shape in shapes)
    inputs = [torch.from_numpy(a).requires_grad_() for a in (x, w, b)]
    upstream = torch.from_numpy(dout)

    def fast():
        out, cache = fast_layers.conv_forward_fast(x, w, b, param)
        return out, *fast_layers.conv_backward_fast(dout, cache)

    def theirs():
        out = torch.nn.functional.conv2d(*inputs, stride=param["stride"], padding=param["pad"])
        return out, *torch.autograd.grad(out, inputs, upstream)

    columns = x.nbytes * size * size
    return (fast, theirs, lambda: classic_conv(x, w, b, dout, param)), columns


def pooling(rng, batch, images):
    """Return functions (fast, torch, classic) that do the same, and the bytes of all windows."""
    C, H, W = images
    x, dout = (
        rng.standard_normal(shape, np.float32)
        for shape in ((batch, C, H, W), (batch, C, H // 2, W // 2))
    )
    x_torch, upstream = torch.from_numpy(x).requires_grad_(), torch.from_numpy(dout)

    def fast():
        out, cache = fast_layers.max_pool_forward_fast(x, POOL)
        return out, fast_layers.max_pool_backward_fast(dout, cache)

    def theirs():
        out = torch.nn.functional.max_pool2d(x_torch, 2)
        return out, *torch.autograd.grad(out, x_torch, upstream)

    return (fast, theirs, lambda: classic_pool(x, dout, POOL)), x.nbytes


def seconds(function):
    """Return how much processor time a call takes."""
    start = time.process_time()
    function()
    return time.process_time() - start


def peak(function):
    """Return the most bytes that NumPy and Python hold at once in a call."""
    tracemalloc.start()
    function()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def compare(functions, columns):
    """Return seconds of each function and the peak of the first; their results must agree."""
    results = [
        [np.asarray(a.detach() if torch.is_tensor(a) else a) for a in f()] for f in functions
    ]
    for others in results[1:]:
        for got, want in zip(results[0], others, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-4 * np.abs(want).max())
    times = [[seconds(f) for f in functions] for _ in range(ROUNDS)]  # in turns
    return [min(column) for column in zip(*times, strict=True)], peak(functions[0]) / columns


def main():
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    rows = []
    print("| layer | batch | ms | / PyTorch | classic / this | peak / columns |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for batch in BATCHES:
        for name, (images, conv) in LAYERS.items():
            if conv:
                compared = compare(*convolution(rng, batch, images, *conv))
            else:
                compared = compare(*pooling(rng, batch, images))
            (fast, theirs, classic), memory = compared
            rows.append(
                {
                    "layer": name,
                    "batch": batch,
                    "ms": 1e3 * fast,
                    "ratio": fast / theirs,
                    "classic": classic / fast,
                    "memory": memory,
                }
            )
            print(
                f"| {name} | {batch} | {1e3 * fast:.1f} | {fast / theirs:.2f}"
                f" | {classic / fast:.1f} | {memory:.2f} |",
                flush=True,
            )
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    main()
