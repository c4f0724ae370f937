"""The solution of 03_beras computes what PyTorch computes."""

import numpy as np
import pytest
from test_answers import source

from course import trial

torch = pytest.importorskip("torch", reason="run `make test TORCH=1`")


@pytest.fixture(scope="module")
def beras():
    return trial.namespace(source("03_beras"))


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def leaf(array):
    return torch.tensor(array, requires_grad=True)


@pytest.mark.parametrize("loss", ["MeanSquaredError", "CategoricalCrossentropy"])
def test_gradients_of_a_network_are_those_of_autograd(beras, rng, loss):
    x, labels = rng.normal(size=(6, 5)), rng.integers(3, size=6)
    layers = [beras["Dense"](5, 4), beras["LeakyReLU"](0.2), beras["Dense"](4, 3)]
    for layer in (layers[0], layers[2]):
        layer.w, layer.b = rng.normal(size=layer.w.shape), rng.normal(size=layer.b.shape)
    with beras["GradientTape"]() as tape:
        p = x
        for layer in [*layers, beras["Softmax"]()]:
            p = layer(p)
        value = beras[loss]()(p, np.eye(3)[labels])
    weights = [leaf(w) for w in tape.trainable_weights()]
    hidden = torch.nn.functional.leaky_relu(torch.tensor(x) @ weights[0] + weights[1], 0.2)
    q = torch.softmax(hidden @ weights[2] + weights[3], dim=1)
    targets = torch.eye(3, dtype=torch.float64)[torch.tensor(labels)]
    wanted = {
        "MeanSquaredError": lambda: torch.nn.functional.mse_loss(q, targets),
        "CategoricalCrossentropy": lambda: torch.nn.functional.nll_loss(
            torch.log(q), torch.tensor(labels)
        ),
    }[loss]()
    wanted.backward()
    np.testing.assert_allclose(value, wanted.item(), rtol=1e-12)
    for gradient, weight in zip(tape.gradient(), weights, strict=True):
        np.testing.assert_allclose(gradient, weight.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("BasicOptimizer", {}), ("SGD", {})),
        (("RMSProp", {"beta": 0.8}), ("RMSprop", {"alpha": 0.8, "eps": 1e-6})),
        (("Adam", {}), ("Adam", {"eps": 1e-7})),
        (("Adam", {"beta_1": 0.5, "amsgrad": True}),
         ("Adam", {"betas": (0.5, 0.999), "eps": 1e-7, "amsgrad": True})),
    ],
    ids=["SGD", "RMSProp", "Adam", "amsgrad"],
)  # fmt: skip
def test_optimisers_step_as_those_of_pytorch(beras, rng, ours, theirs):
    w, gradients = rng.normal(size=(3, 2)), rng.normal(size=(5, 3, 2))
    weight = leaf(w.copy())
    optimizer = beras[ours[0]](0.1, **ours[1])
    reference = getattr(torch.optim, theirs[0])([weight], lr=0.1, **theirs[1])
    for gradient in gradients:
        optimizer.apply_gradients([w], [gradient])
        weight.grad = torch.tensor(gradient)
        reference.step()
    np.testing.assert_allclose(w, weight.detach().numpy(), rtol=1e-9)


@pytest.mark.parametrize("name", ["xavier", "kaiming"])
def test_weights_start_as_widely_as_those_of_pytorch(beras, name):
    reference = torch.empty(600, 400)  # PyTorch's weights are (out, in)
    draw = {"xavier": torch.nn.init.xavier_normal_, "kaiming": torch.nn.init.kaiming_normal_}[name]
    draw(reference)
    drawn = beras["Dense"](400, 600, name).w
    assert np.std(drawn) == pytest.approx(reference.std().item(), rel=0.02)
