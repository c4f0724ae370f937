"""The rows of `04_deep_nets` in docs/results.md, measured on the real CIFAR-10."""

import os

import numpy as np
from tqdm import tqdm

from .. import text
from .measure import SEEDS, namespace, notebook_seconds, span

NAME = "04_deep_nets"
ABOUT = """\
The original's figures are those of cs231n's notebook and of 34 public solutions. The best net was
chosen by its validation accuracy, of 1,000 images, which is uncertain by .015 (one standard
deviation); the test set did not choose. All training is by the reference solution's own layers and
update rules, in float32."""

BEST = {"hidden_dims": [512, 256], "num_epochs": 25}


def rows(course):
    """Return the rows of the table of `04_deep_nets`: what, original, to reach, here.

    Parameters
    ----------
    course : paths.Course
        With the full CIFAR-10 under ``data/``.

    Returns
    -------
    list of list of str
    """
    names = namespace(text.read(course.text(NAME)), "full")
    learnt = {layers: _learnt(names, layers) for layers in (3, 5)}
    validation, test, seconds = _best(names)
    return [
        *(
            [f"50 images learnt by heart, {layers} layers, plain SGD, 20 epochs",
             "1.00", "1.00", span(learnt[layers])]
            for layers in (3, 5)
        ),
        ["best fully connected net (512 and 256 hidden units, momentum, mirror images, 25 epochs),"
         " validation accuracy", "at least .50, median .528, best .573", "at least .57",
         span(validation)],
        ["the same, test accuracy", "–", "–", span(test)],
        ["training it", "–", "–", f"{max(seconds):.0f} s of processor time"],
        ["the solved notebook on shapes-10, top to bottom, with kernel start",
         "–", "at most 60 s", f"{notebook_seconds(course, NAME):.1f} s"],
    ]  # fmt: skip


def _learnt(names, layers):
    """Return the best accuracies on the first 50 images, by seed."""
    found = []
    for seed in SEEDS:
        np.random.seed(seed)
        few = names["X_train"][:50], names["y_train"][:50]
        solver = names["memorise"](*few, layers, **names["overfit_settings"]()[layers])
        found.append(solver.best_val_acc)
    return found


def _best(names):
    """Train the best net once for each seed; return accuracies and seconds."""
    images, labels = names["prepare"](names["cifar"].test)
    validation, test, seconds = [], [], []
    for seed in tqdm(SEEDS, desc="training the best net", unit="run"):
        start = os.times().user
        solver = names["train_net"](**BEST, seed=seed)
        seconds.append(os.times().user - start)
        validation.append(solver.best_val_acc)
        test.append(solver.check_accuracy(images, labels))
    return validation, test, seconds
