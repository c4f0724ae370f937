"""The rows of `07_pytorch` in docs/results.md, measured on the real CIFAR-10."""

import time

from tqdm import tqdm

from .. import text
from .measure import SEEDS, namespace, notebook_seconds, span

NAME = "07_pytorch"
ABOUT = """\
The original's figures are those that its notebook asks for (cs231n, assignment 2, PyTorch), and the
median of 25 public solutions. The data is CIFAR-10, 49,000 images to train and 1,000 to validate:
the validation accuracy of 1,000 images is uncertain by .015 (one standard deviation). PyTorch's CPU
build; the open model is trained once, with the first seed."""


def rows(course):
    """Return the rows of the table of `07_pytorch`: what, original, to reach, here."""
    source = text.read(course.text(NAME))
    names = namespace(source, "full")
    one = {name: [] for name in ("fc", "bare", "fc_module", "module", "sequential")}
    for seed in tqdm(SEEDS, desc="one epoch each", unit="seed"):
        names["torch"].manual_seed(seed)
        for name, accuracy in _one_epoch(names):
            one[name].append(accuracy)
    history, test, seconds = _open(names, source)
    return [
        ["two fully connected layers, one epoch, bare tensors", "> .40", "> .40", span(one["fc"])],
        ["ConvNet, one epoch, bare tensors", "> .42", "> .45", span(one["bare"])],
        ["two fully connected layers, one epoch, module", "> .40", "> .40",
         span(one["fc_module"])],
        ["ConvNet, one epoch, module", "> .45", "> .45", span(one["module"])],
        ["ConvNet, one epoch, list of layers with Nesterov momentum", "> .55", "> .55",
         span(one["sequential"])],
        ["open model, 5 epochs, validation accuracy", "> .70 in 10 epochs", "at least .78",
         f"{history[-1]:.3f} in {seconds:.0f} s".lstrip("0")],
        ["the same, test accuracy", "median .748 within 10 epochs", "–",
         f"{test:.4f}".lstrip("0")],
        ["the solved notebook on shapes-10, top to bottom, with kernel start",
         "–", "at most 120 s", f"{notebook_seconds(course, NAME):.1f} s"],
    ]  # fmt: skip


def _one_epoch(names):
    """Yield what was trained for one epoch, and its validation accuracy, as the notebook does."""
    sgd, rate = names["optim"].SGD, 1e-2
    draw, hidden = names["random_weight"], names["hidden_size"]
    params = [draw((3072, hidden)), draw((hidden, 10))]
    yield "fc", names["train_part2"](names["two_layer_fc"], params, rate)[1]
    params = names["convnet_params"](3, 32, 16, 10)
    yield "bare", names["train_part2"](names["three_layer_convnet"], params, rate)[1]
    models = {
        "fc_module": names["TwoLayerFC"](3072, hidden, 10),
        "module": names["ThreeLayerConvNet"](3, 32, 16, 10),
    }
    pairs = {name: (model, sgd(model.parameters(), lr=rate)) for name, model in models.items()}
    pairs["sequential"] = names["sequential_convnet"](3, 32, 16, 10, rate)
    for name, (model, optimizer) in pairs.items():
        yield name, names["train_part34"](model, optimizer)["validation_accuracy"][-1]


def _open(names, source):
    """Run the notebook's own cells that train and test the open model."""
    cells = {cell.id: cell.source for cell in source.cells}
    start = time.perf_counter()
    exec(cells["train_open"], names)
    seconds = time.perf_counter() - start
    loader = names["DataLoader"](names["prepare"](names["cifar"].test), batch_size=500)
    test = names["check_accuracy_part34"](loader, names["best_model"])
    return names["open_history"]["validation_accuracy"], test, seconds
