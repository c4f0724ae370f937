"""The rows of `03_beras` in docs/results.md, measured on the full MNIST."""

import os

import numpy as np
from tqdm import tqdm

from .. import text
from .measure import SEEDS, bench, namespace, notebook_seconds, span

NAME = "03_beras"
ABOUT = """\
The original's figures are those that its handout asks for (Brown, CSCI 1470/2470, 2022). Both
models are those of the reference solution, trained on 55,000 images."""


def rows(course):
    """Return the rows of the table of `03_beras`: what, original, to reach, here.

    Parameters
    ----------
    course : paths.Course
        With the full MNIST under ``data/``.

    Returns
    -------
    list of list of str
    """
    source = text.read(course.text(NAME))
    accuracies, seconds = _accuracies(namespace(source, "full"))
    small, _ = _accuracies(namespace(source, "embedded"))
    timed = bench(course, "beras_epoch.py")
    return [
        ["simple model (784-32-10, squared error), test accuracy", "at least .85", "at least .90",
         span(accuracies["simple"])],
        ["advanced model (784-400-10, softmax, cross-entropy), test accuracy", "above .95",
         "at least .98", span(accuracies["advanced"])],
        ["training the advanced model, 12 epochs", "under 180 s", "–",
         f"{max(seconds['advanced']):.0f} s of processor time, one thread"],
        ["one epoch of the advanced model, NumPy over PyTorch "
         f"{timed['torch']} (eager, CPU, one thread, in turns in one run)", "–", "at most 1.5",
         f"{timed['ratio']:.2f} ({timed['beras_seconds']:.2f} s over"
         f" {timed['torch_seconds']:.2f} s)"],
        ["the two on the embedded mnist-5k, test accuracy", "–", "at least .80 and .88",
         f"{span(small['simple'])} and {span(small['advanced'])}"],
        ["the solved notebook on mnist-5k, top to bottom, with kernel start", "–", "at most 60 s",
         f"{notebook_seconds(course, NAME):.1f} s"],
    ]  # fmt: skip


def _accuracies(names):
    """Train both models once for each seed; return test accuracies and seconds, by model."""
    prepared = {
        name: _encoded(names, split)
        for name, split in (("train", names["mnist"].train), ("test", names["mnist"].test))
    }
    accuracies, seconds = {}, {}
    jobs = [(model, seed) for model in ("simple", "advanced") for seed in SEEDS]
    for model, seed in tqdm(jobs, desc=f"training on {names['mnist'].name}", unit="run"):
        names["generator"].bit_generator.state = np.random.default_rng(seed).bit_generator.state
        parts = names[f"get_{model}_model_components"]()
        start = os.times().user
        parts.model.fit(*prepared["train"], parts.epochs, parts.batch_size)
        seconds.setdefault(model, []).append(os.times().user - start)
        found = parts.model.evaluate(*prepared["test"], 1000)
        accuracies.setdefault(model, []).append(float(found["acc"]))
    return accuracies, seconds


def _encoded(names, split):
    x, labels = names["preprocess"](split)
    return x, np.eye(10, dtype=np.float32)[labels]
