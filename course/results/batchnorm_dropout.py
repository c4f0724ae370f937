"""The rows of `05_batchnorm_dropout` in docs/results.md, measured on the real CIFAR-10."""

import numpy as np
from tqdm import tqdm

from .. import text
from .measure import SEEDS, bench, namespace, notebook_seconds, span

NAME = "05_batchnorm_dropout"
ABOUT = """\
The original's figures are those of cs231n's notebooks (assignment 2) and, where a range stands, of
public solutions. The experiments train on few images on purpose: accuracies are small, and it is
the differences that count."""


def rows(course):
    """Return the rows of the table of `05_batchnorm_dropout`: what, original, to reach, here.

    Parameters
    ----------
    course : paths.Course
        With the full CIFAR-10 under ``data/``.

    Returns
    -------
    list of list of str
    """
    names = namespace(text.read(course.text(NAME)), "full")
    with_norm, without = (_deep(names, kind) for kind in ("batchnorm", None))
    all_units, quarter = (_dropped(names, keep) for keep in (1, 0.25))
    timed = bench(course, "batchnorm_epoch.py")
    return [
        ["initial loss with batch norm, reg 0 and 3.14", "2.2611955101, 6.9965332201", "the same",
         _initial_losses(names)],
        ["1,000 images, five hidden layers, ten epochs, accuracy on training images: batch norm,"
         " none", "batch norm converges faster", "–",
         f"{span(with_norm['train'])}, {span(without['train'])}"],
        ["the same, on validation images", "–", "–",
         f"{span(with_norm['validation'])}, {span(without['validation'])}"],
        ["500 images, 25 epochs, all units kept, training and validation accuracy",
         ".988 to .998, .29 to .305", "–",
         f"{span(all_units['train'])}, {span(all_units['validation'])}"],
        ["the same with dropout, a quarter kept", ".91 to .99, .287 to .325", "–",
         f"{span(quarter['train'])}, {span(quarter['validation'])}"],
        ["`batchnorm_backward` over `batchnorm_backward_alt`, 100 x 500, processor time",
         "1.1 to 3", "at least 2", f"{timed['backward_ratio']:.2f}"],
        ["one epoch of the five-layer net with batch norm, NumPy over PyTorch "
         f"{timed['torch']} (eager, CPU, one thread, in turns in one run)", "–", "at most 1.5",
         f"{timed['ratio']:.2f} ({timed['numpy_seconds']:.2f} s over"
         f" {timed['torch_seconds']:.2f} s)"],
        ["the solved notebook on the embedded digits, top to bottom, with kernel start", "–",
         "at most 60 s", f"{notebook_seconds(course, NAME):.1f} s"],
    ]  # fmt: skip


def _initial_losses(names):
    np.random.seed(231)
    X, y = np.random.randn(2, 15), np.random.randint(10, size=2)
    options = {"normalization": "batchnorm", "weight_scale": 5e-2, "dtype": np.float64}
    losses = []
    for reg in (0, 3.14):
        net = names["FullyConnectedNet"]([20, 30], 15, 10, reg=reg, **options)
        losses.append(f"{net.loss(X, y)[0]:.10f}")
    return ", ".join(losses)


def _deep(names, normalization):
    """Train the deep net of the first experiment once for each seed; return last accuracies."""

    def train():
        net = names["FullyConnectedNet"]([100] * 5, normalization=normalization, weight_scale=2e-2)
        rate = {"learning_rate": 1e-3}
        return names["fit"](net, names["small_data"](1000), batch_size=50, optim_config=rate)

    return _accuracies(train, f"normalisation: {normalization}")


def _dropped(names, keep):
    """Train the net of the dropout experiment once for each seed; return last accuracies."""

    def train():
        net = names["FullyConnectedNet"]([500], dropout=keep)
        settings = {"num_epochs": 25, "batch_size": 100, "optim_config": {"learning_rate": 5e-4}}
        return names["fit"](net, names["small_data"](500), **settings)

    return _accuracies(train, f"keep {keep}")


def _accuracies(train, what):
    found = {"train": [], "validation": []}
    for seed in tqdm(SEEDS, desc=what, unit="run"):
        np.random.seed(seed)
        solver = train()
        found["train"].append(solver.train_acc_history[-1])
        found["validation"].append(solver.val_acc_history[-1])
    return found
