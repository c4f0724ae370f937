"""One epoch of softmax regression on 55,000 images: the notebook's solution against PyTorch.

Same model, batch size, learning rate, momentum and data order; one thread each; the two take
turns in one process. Prints seconds and their ratio as JSON; run by ``make bench`` and
``make results``.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy loads its BLAS

import json
import statistics
import time

import numpy as np
import torch

from course import paths, text, trial

ROUNDS = 7
SETTINGS = {"max_epoch": 1, "batch_size": 100, "learning_rate": 0.01, "momentum": 0.9}


def numpy_epoch(solver):
    """Train one epoch with the student's classes; return seconds."""
    start = time.perf_counter()
    solver.train_epoch(0, np.random.default_rng(0))
    return time.perf_counter() - start


def torch_epoch(X, y, order):
    """Train one epoch of the same model in PyTorch, eager, on the CPU; return seconds."""
    model = torch.nn.Linear(X.shape[1], 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    start = time.perf_counter()
    results = []
    for begin in range(0, len(X), SETTINGS["batch_size"]):
        index = order[begin : begin + SETTINGS["batch_size"]]
        images, labels = X[index], y[index]
        scores = model(images)
        loss = torch.nn.functional.cross_entropy(scores, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        results.append((loss.item(), (scores.argmax(1) == labels).float().mean().item()))
    np.mean(results, axis=0)
    return time.perf_counter() - start


def main():
    torch.set_num_threads(1)
    names = trial.namespace(text.read(paths.Course().text("01_softmax")))
    X, y = names["X_train"], names["y_train"]
    X_torch, y_torch = torch.from_numpy(np.array(X)), torch.from_numpy(np.array(y))
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(0))
    pairs = []
    for _ in range(ROUNDS + 1):  # the first pair warms up
        solver = names["Solver"](SETTINGS)
        pairs.append((numpy_epoch(solver), torch_epoch(X_torch, y_torch, order)))
    mine, theirs = zip(*pairs[1:], strict=True)
    ratios = [a / b for a, b in pairs[1:]]
    print(
        json.dumps(
            {
                "images": len(X),
                "rounds": ROUNDS,
                "numpy_seconds": statistics.median(mine),
                "torch_seconds": statistics.median(theirs),
                "ratio": statistics.median(ratios),
                "ratio_min": min(ratios),
                "ratio_max": max(ratios),
                "numpy": np.__version__,
                "torch": torch.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
