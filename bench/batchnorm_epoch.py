"""A five-layer net with batch norm against PyTorch, and batch norm's two ways back.

One epoch: same layers, batch size, Adam, images and arithmetic (float32); one thread each; the two
take turns in one process. Prints seconds of processor time, which other programs on the machine do
not stretch, and ratios as JSON; run by ``make bench`` and ``make results``.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy loads its BLAS

import itertools
import json
import statistics
import time

import numpy as np
import torch

from course import paths, text, trial
from helpers import data

ROUNDS, BATCH = 5, 100
HIDDEN = [100] * 4  # and the affine layer that gives the scores: five


def numpy_epoch(names, x, y):
    """Train the solution's net for one epoch; return seconds."""
    net = names["FullyConnectedNet"](HIDDEN, x.shape[1], normalization="batchnorm")
    configs = {name: {"learning_rate": 1e-3} for name in net.params}
    start = time.process_time()
    for X_batch, y_batch in data.batches(x, y, BATCH, rng=0):
        _, grads = net.loss(X_batch, y_batch)
        for name, w in net.params.items():
            net.params[name], configs[name] = names["adam"](w, grads[name], configs[name])
    return time.process_time() - start


def torch_epoch(x, y):
    """Train the same net in PyTorch, eager, on the CPU, for one epoch; return seconds."""
    sizes = [x.shape[1], *HIDDEN]
    layers = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.BatchNorm1d(fan_out)]
        layers.append(torch.nn.ReLU())
    net = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-1], 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    start = time.process_time()
    order = torch.randperm(len(x))
    for begin in range(0, len(x), BATCH):
        rows = order[begin : begin + BATCH]
        loss = torch.nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return time.process_time() - start


def backward_ratios(names, calls=200):
    """Return how many times as fast the shortened way back is, for each round."""
    rng = np.random.default_rng(0)
    x, dout = rng.normal(size=(2, 100, 500))  # the size in the original's notebook
    gamma, beta = rng.normal(size=(2, 500))
    _, cache = names["batchnorm_forward"](x, gamma, beta, {"mode": "train"})

    def seconds(backward):
        start = time.process_time()
        for _ in range(calls):
            backward(dout, cache)
        return time.process_time() - start

    graph, short = names["batchnorm_backward"], names["batchnorm_backward_alt"]
    return [seconds(graph) / seconds(short) for _ in range(ROUNDS + 1)][1:]


def main():
    torch.set_num_threads(1)
    names = trial.namespace(text.read(paths.Course().text("05_batchnorm_dropout")))
    images = names["images"].train
    x = data.flatten(images.images).astype(np.float32) - names["mean_image"]
    y = images.labels
    x_torch, y_torch = torch.from_numpy(x), torch.from_numpy(np.array(y))
    pairs = []
    for _ in range(ROUNDS + 1):  # the first pair warms up
        pairs.append((numpy_epoch(names, x, y), torch_epoch(x_torch, y_torch)))
    ours, theirs = zip(*pairs[1:], strict=True)
    ratios = [a / b for a, b in pairs[1:]]
    backward = backward_ratios(names)
    print(
        json.dumps(
            {
                "images": len(x),
                "rounds": ROUNDS,
                "numpy_seconds": statistics.median(ours),
                "torch_seconds": statistics.median(theirs),
                "ratio": statistics.median(ratios),
                "ratio_min": min(ratios),
                "ratio_max": max(ratios),
                "backward_ratio": statistics.median(backward),
                "backward_ratio_min": min(backward),
                "backward_ratio_max": max(backward),
                "numpy": np.__version__,
                "torch": torch.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
