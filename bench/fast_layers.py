"""Convolution and max pooling: ``helpers.fast_layers`` against PyTorch and classic im2col.

Shapes of the three-layer ConvNet and of a small VGG, float32, one thread, forward and backward
with the gradients of all inputs. The three take turns in one process. Times are seconds of
processor time, and the smallest of all rounds counts: other programs on the machine only add to
it. Memory is the most that a pass holds at once, as a multiple of the columns that im2col would
make for the whole batch: beyond its results, and with them. Prints a table and JSON; run by
``make bench``.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy loads its BLAS

import json
import statistics
import time
import tracemalloc

import numpy as np
import torch

from helpers import fast_layers

ROUNDS = 9
BATCHES = 50, 128
# (one image, (filters, their size)) of a convolution with stride 1, or (one image, ()) of 2 x 2
# pooling with stride 2.
LAYERS = {
    "ConvNet, conv 7x7": ((3, 32, 32), (32, 7)),
    "VGG, conv 1": ((3, 32, 32), (32, 3)),
    "VGG, conv 2": ((32, 32, 32), (32, 3)),
    "both, pool": ((32, 32, 32), ()),
    "VGG, conv 3": ((32, 16, 16), (64, 3)),
    "VGG, conv 4": ((64, 16, 16), (64, 3)),
    "VGG, pool 2": ((64, 16, 16), ()),
    "VGG, conv 5": ((64, 8, 8), (128, 3)),
    "VGG, conv 6": ((128, 8, 8), (128, 3)),
    "VGG, pool 3": ((128, 8, 8), ()),
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
    """Return the passes of a convolution with stride 1 that keeps the size of the images.

    Returns
    -------
    functions : tuple
        Forward and backward of the fast layer, of PyTorch's and of the classic one.
    passes : tuple
        Forward and backward of the fast layer.
    columns : int
        Bytes of all columns.
    """
    param = {"stride": 1, "pad": (size - 1) // 2}
    shapes = (batch, *images), (filters, images[0], size, size), (filters,)
    x, w, b = (rng.standard_normal(shape, np.float32) for shape in shapes)
    dout = rng.standard_normal((batch, filters, *images[1:]), np.float32)
    inputs = [torch.from_numpy(array).requires_grad_() for array in (x, w, b)]
    upstream = torch.from_numpy(dout)

    def fast():
        out, cache = fast_layers.conv_forward_fast(x, w, b, param)
        return out, *fast_layers.conv_backward_fast(dout, cache)

    def theirs():
        out = torch.nn.functional.conv2d(*inputs, stride=1, padding=param["pad"])
        return out.detach(), *torch.autograd.grad(out, inputs, upstream)

    def classic():
        return classic_conv(x, w, b, dout, param)

    _, cache = fast_layers.conv_forward_fast(x, w, b, param)
    passes = (
        lambda: fast_layers.conv_forward_fast(x, w, b, param)[:1],
        lambda: fast_layers.conv_backward_fast(dout, cache),
    )
    return (fast, theirs, classic), passes, size * size * x.nbytes


def pooling(rng, batch, images):
    """Return the passes of 2 x 2 max pooling, as ``convolution`` does."""
    C, H, W = images
    x = rng.standard_normal((batch, C, H, W), np.float32)
    dout = rng.standard_normal((batch, C, H // 2, W // 2), np.float32)
    x_torch, upstream = torch.from_numpy(x).requires_grad_(), torch.from_numpy(dout)

    def fast():
        out, cache = fast_layers.max_pool_forward_fast(x, POOL)
        return out, fast_layers.max_pool_backward_fast(dout, cache)

    def theirs():
        out = torch.nn.functional.max_pool2d(x_torch, 2)
        return out.detach(), *torch.autograd.grad(out, x_torch, upstream)

    def classic():
        return classic_pool(x, dout, POOL)

    _, cache = fast_layers.max_pool_forward_fast(x, POOL)
    passes = (
        lambda: fast_layers.max_pool_forward_fast(x, POOL)[:1],
        lambda: (fast_layers.max_pool_backward_fast(dout, cache),),
    )
    return (fast, theirs, classic), passes, x.nbytes


def seconds(function):
    """Return how much processor time a call takes."""
    start = time.process_time()
    function()
    return time.process_time() - start


def peak(function):
    """Return the most bytes that a call holds at once, and how many of them are its results."""
    tracemalloc.start()
    results = function()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most, sum(array.nbytes for array in results)


def compare(functions, passes, columns):
    """Return the figures of one layer; all functions must give the same results."""
    results = [[np.asarray(array) for array in function()] for function in functions]
    for others in results[1:]:
        for got, want in zip(results[0], others, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-4 * np.abs(want).max())
    del results, others, got, want
    rounds = [[seconds(function) for function in functions] for _ in range(ROUNDS)]  # in turns
    fast, theirs, classic = (min(times) for times in zip(*rounds, strict=True))
    peaks = [peak(function) for function in passes]
    return {
        "fast_seconds": fast,
        "torch_seconds": theirs,
        "classic_seconds": classic,
        "to_torch": fast / theirs,
        "classic_to_fast": classic / fast,
        "memory": max(most - results for most, results in peaks) / columns,
        "memory_with_results": max(most for most, _ in peaks) / columns,
    }


def main():
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    rows = []
    print("| layer | batch | ms | / PyTorch | classic im2col / this | memory | with results |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for batch in BATCHES:
        for name, (images, filters) in LAYERS.items():
            make = convolution if filters else pooling
            row = compare(*make(rng, batch, images, *filters))
            rows.append({"layer": name, "batch": batch, **row})
            print(
                f"| {name} | {batch} | {1e3 * row['fast_seconds']:.1f} | {row['to_torch']:.2f}"
                f" | {row['classic_to_fast']:.1f} | {row['memory']:.2f}"
                f" | {row['memory_with_results']:.2f} |",
                flush=True,
            )
    to_torch = [row["to_torch"] for row in rows]
    print(
        json.dumps(
            {
                "rounds": ROUNDS,
                "to_torch_mean": statistics.geometric_mean(to_torch),
                "to_torch_max": max(to_torch),
                "classic_to_fast_mean": statistics.geometric_mean(
                    row["classic_to_fast"] for row in rows
                ),
                "classic_to_fast_min": min(row["classic_to_fast"] for row in rows),
                "memory_max": max(row["memory"] for row in rows),
                "rows": rows,
                "numpy": np.__version__,
                "torch": torch.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
