"""One epoch of the advanced Beras model: the notebook's solution against the same in PyTorch.

Same layers, batch size, optimiser, learning rates, number of images and arithmetic (float32); one
thread each; the two take turns in one process. Prints seconds of processor time, which other
programs on the machine do not stretch, and their ratio as JSON; run by ``make bench`` and
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

ROUNDS = 5


def beras_epoch(names, x, y):
    """Train the solution's advanced model for one epoch; return seconds."""
    parts = names["get_advanced_model_components"]()
    start = time.process_time()
    parts.model.fit(x, y, 1, parts.batch_size)
    return time.process_time() - start


def torch_epoch(names, x, labels):
    """Train the same model in PyTorch, eager, on the CPU, for one epoch; return seconds."""
    parts = names["get_advanced_model_components"]()
    model = torch_model(parts.model)
    rate = parts.model.optimizer.learning_rate
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9996)
    order = torch.randperm(len(x))
    start = time.process_time()
    results = []
    for begin in range(0, len(x), parts.batch_size):
        index = order[begin : begin + parts.batch_size]
        images, targets = x[index], labels[index]
        scores = model(images)
        loss = torch.nn.functional.cross_entropy(scores, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        results.append((loss.item(), (scores.argmax(1) == targets).float().mean().item()))
    np.mean(results, axis=0)
    return time.process_time() - start


def torch_model(model):
    """Return the layers of a Beras model as PyTorch's; its loss takes scores, so no softmax."""
    layers = []
    for layer in model.layers:
        name = type(layer).__name__
        if name == "Dense":
            layers.append(torch.nn.Linear(*layer.w.shape))
        elif name == "LeakyReLU":
            layers.append(torch.nn.LeakyReLU(layer.alpha))
        elif name != "Softmax":
            raise ValueError(f"{name}: write here what it is in PyTorch")
    return torch.nn.Sequential(*layers)


def main():
    torch.set_num_threads(1)
    names = trial.namespace(text.read(paths.Course().text("03_beras")))
    x, labels = names["x_train"], names["y_train"]
    y = np.eye(10, dtype=np.float32)[labels]
    x_torch, labels_torch = torch.from_numpy(np.array(x)), torch.from_numpy(np.array(labels))
    pairs = []
    for _ in range(ROUNDS + 1):  # the first pair warms up
        pairs.append((beras_epoch(names, x, y), torch_epoch(names, x_torch, labels_torch)))
    mine, theirs = zip(*pairs[1:], strict=True)
    ratios = [a / b for a, b in pairs[1:]]
    print(
        json.dumps(
            {
                "images": len(x),
                "rounds": ROUNDS,
                "beras_seconds": statistics.median(mine),
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
