"""The rows of `01_softmax` in docs/results.md, measured on the full MNIST."""

from tqdm import tqdm

from .. import text
from .measure import SEEDS, bench, namespace, notebook_seconds, span

NAME = "01_softmax"
SETTINGS = {"max_epoch": 10, "batch_size": 100, "learning_rate": 0.01}
# The tuned run is chosen among these by its validation loss, which is less noisy than its accuracy.
TUNING = {"max_epoch": 60, "batch_size": 100, "momentum": 0.9, "stop_threshold": 0.0002}
RATES, DECAYS = (0.03, 0.1, 0.2), (0.9, 0.95)
ABOUT = f"""\
The original's figures come from three independent reports of the Tsinghua assignment.
The tuned run (momentum 0.9, batches of 100, at most 60 epochs, stop when two epochs
change the validation accuracy by less than 0.0002) is the one of least validation loss
among learning rates {", ".join(map(str, RATES))} and decays {", ".join(map(str, DECAYS))};
the test set did not choose."""


def rows(course):
    """Return the rows of the table of `01_softmax`: what, the original, to reach, here."""
    source = text.read(course.text(NAME))
    full = namespace(source, "full")
    tuned = _tuned(full)
    accuracies = {}
    runs = {
        "momentum 0": {**SETTINGS, "momentum": 0.0},
        "momentum 0.9": {**SETTINGS, "momentum": 0.9},
        "tuned": tuned,
    }
    jobs = [(name, cfg, seed) for name, cfg in runs.items() for seed in SEEDS]
    for name, cfg, seed in tqdm(jobs, desc="training on MNIST", unit="run"):
        accuracies.setdefault(name, []).append(_test_accuracy(full, {**cfg, "seed": seed}))
    embedded = namespace(source, "embedded")
    small = [_test_accuracy(embedded, {**tuned, "seed": seed}) for seed in SEEDS]
    seconds = notebook_seconds(course, NAME)
    timed = bench(course, "softmax_epoch.py")
    return [
        ["test accuracy, learning rate 0.01, batches of 100, 10 epochs, momentum 0",
         ".8997 to .9017", "inside or above", span(accuracies["momentum 0"])],
        ["the same, momentum 0.9",
         ".9208 to .9220", "inside or above", span(accuracies["momentum 0.9"])],
        [f"tuned: rate {tuned['learning_rate']}, decay {tuned['decay']}, early stop; test accuracy",
         ".9234", "at least .925", span(accuracies["tuned"])],
        ["one epoch of 55,000 images, NumPy over PyTorch "
         f"{timed['torch']} (CPU, one thread, in turns in one run)", "–", "at most 1.0",
         f"{timed['ratio']:.2f} ({timed['numpy_seconds']:.3f} s over"
         f" {timed['torch_seconds']:.3f} s)"],
        ["test accuracy on the embedded mnist-5k, tuned", "–", "at least .88", span(small)],
        ["the solved notebook on mnist-5k, top to bottom, with kernel start",
         "–", "at most 30 s", f"{seconds:.1f} s"],
    ]  # fmt: skip


def _tuned(names):
    runs = []
    for rate in tqdm(RATES, desc="tuning on the validation set", unit="rate"):
        for decay in DECAYS:
            cfg = {**TUNING, "learning_rate": rate, "decay": decay}
            solver = names["Solver"](cfg)
            solver.train()
            runs.append((solver.history["validation_loss"][-1], rate, decay, cfg))
    return min(runs)[-1]


def _test_accuracy(names, cfg):
    solver = names["Solver"](cfg)
    solver.train()
    _, accuracy = solver.model.forward(*names["prepare"](names["mnist"].test))
    return float(accuracy)
