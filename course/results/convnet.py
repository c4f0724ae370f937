"""The rows of `06_convnet` in docs/results.md, measured on the real CIFAR-10."""

import os
import time

from tqdm import tqdm

from .. import text
from .measure import SEEDS, namespace, notebook_seconds, span

NAME = "06_convnet"
ABOUT = """\
The original's figures are the most frequent ones of public solutions. The data is CIFAR-10, 49,000
images to train and 1,000 to validate: the validation accuracy of 1,000 images is uncertain by .015
(one standard deviation). The deep net is trained once, with the settings of the notebook."""


def rows(course):
    """Return the rows of the table of `06_convnet`: what, original, to reach, here."""
    source = text.read(course.text(NAME))
    names, small = namespace(source, "full"), namespace(source, "embedded")
    train = names["train_convnet"]
    overfit = [
        train(num_images=100, num_epochs=15, reg=0.0, seed=seed)
        for seed in tqdm(SEEDS, desc="overfitting", unit="run")
    ]
    one_epoch = [train(seed=seed) for seed in tqdm(SEEDS, desc="one epoch", unit="run")]
    deep, minutes, processor_minutes = _timed(names)
    deep_small, *_ = _timed(small)
    settings = names["deep_settings"]
    return [
        ["ThreeLayerConvNet, 100 images learnt by heart in 15 epochs: training accuracy", ".82",
         "at least .95", span([run.train_acc_history[-1] for run in overfit])],
        ["the same, validation accuracy", ".25", "–",
         span([run.val_acc_history[-1] for run in overfit])],
        ["ThreeLayerConvNet, one epoch: training accuracy", "> .40, .476", "–",
         span([run.train_acc_history[-1] for run in one_epoch])],
        ["the same, validation accuracy", ".499", "at least .52",
         span([run.best_val_acc for run in one_epoch])],
        [f"deep net, filters {settings['blocks']}, {settings['num_epochs']} epochs: validation"
         " accuracy", ".65, stated as reachable", "at least .70",
         f"{deep.best_val_acc:.3f}".lstrip("0")],
        ["the same, time to train", "–", "at most 15 minutes on two cores",
         f"{minutes:.1f} min; {processor_minutes:.1f} min of processor time"],
        ["deep net on the embedded shapes-10, validation accuracy", "–", "–",
         f"{deep_small.best_val_acc:.3f}".lstrip("0")],
        ["the solved notebook on shapes-10, top to bottom, with kernel start", "–", "at most 60 s",
         f"{notebook_seconds(course, NAME):.1f} s"],
    ]  # fmt: skip


def _timed(names):
    """Train the deep net; return its solver, and the minutes by the clock and of the processor."""
    start, began = time.perf_counter(), os.times()
    _, solver = names["train_deep_net"](names["deep_settings"])
    spent = os.times()
    processor = spent.user + spent.system - began.user - began.system
    return solver, (time.perf_counter() - start) / 60, processor / 60
