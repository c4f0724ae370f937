"""What 03_beras gives to students: its engine, its encoder, its loss and its training loop."""

import numpy as np
import pytest
from test_answers import source

from course import trial


@pytest.fixture(scope="module")
def beras():
    return trial.namespace(source("03_beras"))


def test_a_label_that_fit_has_not_seen_is_told_and_nothing_is_fitted_again(beras):
    encoder = beras["OneHotEncoder"]()
    encoder.fit(np.array(["cat", "dog"]))
    with pytest.raises(ValueError, match=r"fit has not seen \['eel'\], only \['cat', 'dog'\]"):
        encoder.forward(np.array(["dog", "eel"]))
    assert encoder.uniq.tolist() == ["cat", "dog"]
    assert encoder.forward(["dog"]).tolist() == [[0, 1]]


def test_an_initializer_that_is_not_known_is_told_with_those_that_are(beras):
    with pytest.raises(ValueError, match=r"'random'; write one of \('zero', 'normal'"):
        beras["Dense"](2, 3, "random")


def test_a_full_array_and_a_view_of_local_derivatives_compose_alike(beras):
    rng = np.random.default_rng(0)
    layer, J = beras["Dense"](3, 2), rng.normal(size=(4, 2))
    layer.forward(rng.normal(size=(4, 3)))
    by_view = layer.compose_to_weight(J)
    view, ones = layer.weight_gradients()
    layer.weight_gradients = lambda: (view.copy(), ones)
    for one, other in zip(by_view, layer.compose_to_weight(J), strict=True):
        np.testing.assert_allclose(one, other)


def test_a_tape_records_each_call_with_its_own_inputs_and_the_same_weights(beras):
    scale = beras["Scale"]([2.0])
    with beras["GradientTape"]() as tape:
        scale(scale(np.array([[3.0]])))
    scale(np.array([[5.0]]))  # the tape is closed
    first, second = tape.operations
    assert (first.x.item(), second.x.item()) == (3.0, 6.0)
    assert first.w is second.w is scale.w
    assert len(tape.trainable_weights()) == 1


def test_the_cross_entropy_has_the_published_values(beras):
    loss = beras["CategoricalCrossentropy"]()
    assert loss(np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])) == pytest.approx(13.8155, abs=1e-4)
    assert loss(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])) == pytest.approx(0.693147, abs=1e-6)


def test_fit_tells_the_mean_over_all_samples_of_an_epoch(beras):
    model = beras["SequentialModel"]([beras["Scale"]([1.0])])
    model.compile(
        beras["BasicOptimizer"](0.0), beras["MeanSquaredError"](), beras["CategoricalAccuracy"]()
    )
    x, y = np.array([[1.0], [1.0], [4.0]]), np.zeros((3, 1))
    history = model.fit(x, y, 2, 2, validation_data=(x[2:], y[2:]))
    assert history["loss"] == pytest.approx([6.0, 6.0])  # whatever the short batch holds
    assert history["validation_loss"] == [16.0, 16.0]


def test_the_drawing_of_a_tape_shows_the_gradients_that_the_tape_returns(beras):
    scale, x = beras["Scale"]([2.0]), np.array([[3.0], [1.0]])
    with beras["GradientTape"]() as tape:
        beras["Total"]()(beras["Cube"]()(scale(x)))
    [gradient] = tape.gradient()
    told = beras["draw"](tape, x).alt
    assert f"Scale with weights ((1,), |grad| {gradient.item():.2g})" in told
    assert "Total gives a number, 112" in told
