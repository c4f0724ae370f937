"""Preprocessing and batches: is each step what its docstring says?"""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from helpers import data

SEED = 7


def floats32(*shape):
    return np.random.default_rng(SEED).normal(size=shape).astype(np.float32)


@given(hnp.arrays(np.uint8, hnp.array_shapes(max_dims=4, max_side=5)))
def test_scale_divides_by_255_in_float32(images):
    scaled = data.scale(images)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, images / 255, rtol=1e-6)


def test_scaling_twice_is_refused():
    with pytest.raises(TypeError, match="float32, wanted uint8"):
        data.scale(data.scale(np.zeros((2, 3), np.uint8)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_image_loses_its_own_mean_and_nothing_else(dtype):
    images = floats32(5, 4, 3, 2).astype(dtype)
    centred = data.subtract_image_mean(images)
    assert centred.dtype == dtype
    for before, after in zip(images, centred, strict=True):
        np.testing.assert_allclose(after, before - before.mean(), atol=1e-6)


def test_flat_images_lose_the_same_mean():
    images = floats32(6, 28, 28)
    flat = data.subtract_image_mean(data.flatten(images))
    np.testing.assert_allclose(flat, data.flatten(data.subtract_image_mean(images)), atol=1e-6)


def test_the_mean_image_is_the_mean_pixel_by_pixel():
    images = floats32(9, 4, 3)
    mean = data.mean_image(images)
    assert mean.dtype == np.float32
    assert mean.shape == (4, 3)
    np.testing.assert_allclose(mean[2, 1], images[:, 2, 1].astype(np.float64).mean(), rtol=1e-6)
    centred = data.subtract_mean_image(images, mean.astype(np.float64))
    assert centred.dtype == np.float32
    np.testing.assert_array_equal(centred, images - mean)


def test_the_mean_image_keeps_its_digits_over_many_images():
    images = np.full((200_000, 1), 0.1, np.float32)
    assert data.mean_image(images)[0] == np.float32(0.1)


def test_a_mean_image_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(4,\), one image has \(4, 3\)"):
        data.subtract_mean_image(floats32(2, 4, 3), floats32(4))


def test_no_images_have_no_mean():
    with pytest.raises(ValueError, match="no images"):
        data.mean_image(floats32(0, 3))
    assert data.subtract_image_mean(floats32(0, 3)).shape == (0, 3)


@pytest.mark.parametrize("function", [data.subtract_image_mean, data.mean_image])
def test_bytes_are_sent_to_scale_first(function):
    with pytest.raises(TypeError, match=f"{function.__name__}: got uint8.*scale"):
        function(np.zeros((2, 3), np.uint8))


def test_no_step_changes_its_input():
    images = floats32(4, 6, 6)
    images.flags.writeable = False
    data.subtract_image_mean(images)
    data.subtract_mean_image(images, data.mean_image(images))
    data.pca_transform(data.flatten(images), data.pca_fit(data.flatten(images), 2))


def test_flatten_keeps_the_order_and_makes_no_copy():
    images = floats32(4, 3, 5, 2)
    flat = data.flatten(images)
    assert flat.shape == (4, 30)
    assert np.shares_memory(flat, images)
    np.testing.assert_array_equal(flat[2], images[2].ravel())
    assert data.flatten(images[:0]).shape == (0, 30)
    assert data.flatten(np.arange(3)).shape == (3, 1)
    with pytest.raises(ValueError, match="single number"):
        data.flatten(np.float32(1))


@given(st.lists(st.integers(0, 6), max_size=20))
def test_one_hot_rows_have_their_one_at_the_label(labels):
    rows = data.one_hot(np.array(labels, dtype=np.int64), 7)
    assert rows.shape == (len(labels), 7)
    assert rows.dtype == np.float32
    assert np.all(rows.sum(axis=1) == 1)
    assert rows.argmax(axis=1).tolist() == labels if labels else True


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, 3], ValueError, "from 0 to 3, wanted 0 to 2"),
        ([-1, 2], ValueError, "from -1 to 2, wanted 0 to 2"),
        ([0.0, 1.0], TypeError, "float64, wanted integers"),
        ([[0, 1]], ValueError, r"shape \(1, 2\), wanted \(N,\)"),
    ],
)
def test_one_hot_refuses_what_is_no_label(labels, error, message):
    with pytest.raises(error, match=message):
        data.one_hot(np.array(labels), 3)


@pytest.mark.parametrize("shape", [(40, 6), (5, 12)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pca_finds_the_eigenvectors_of_the_covariance(shape, dtype):
    X = (np.random.default_rng(SEED).normal(size=shape) * np.arange(1, shape[1] + 1)).astype(dtype)
    pca = data.pca_fit(X, 3)
    values, vectors = np.linalg.eigh(np.cov(X.T.astype(np.float64)))
    np.testing.assert_allclose(
        pca.explained_variance_ratio, (values / values.sum())[::-1][:3], rtol=1e-4
    )
    np.testing.assert_allclose(
        np.abs(pca.components @ vectors[:, ::-1][:, :3]), np.eye(3), atol=1e-3
    )
    assert pca.components.dtype == pca.mean.dtype == pca.explained_variance_ratio.dtype == dtype
    Z = data.pca_transform(X, pca)
    assert Z.dtype == dtype
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-4)


def test_all_components_together_lose_nothing():
    X = floats32(30, 5)
    pca = data.pca_fit(X, 5)
    np.testing.assert_allclose(data.pca_transform(X, pca) @ pca.components + pca.mean, X, atol=1e-5)
    np.testing.assert_allclose(pca.explained_variance_ratio.sum(), 1, rtol=1e-5)
    assert np.all(np.diff(pca.explained_variance_ratio) <= 0)


def test_the_sign_of_a_component_does_not_depend_on_that_of_the_data():
    X = floats32(30, 5)
    there, back = data.pca_fit(X, 3), data.pca_fit(-X, 3)
    np.testing.assert_allclose(there.components, back.components, atol=1e-4)


def test_data_that_do_not_vary_have_components_that_explain_nothing():
    assert data.pca_fit(np.ones((4, 3)), 2).explained_variance_ratio.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("X", "components", "error", "message"),
    [
        (np.ones((4, 3)), 4, ValueError, "num_components is 4, wanted 1 to 3"),
        (np.ones((4, 3)), 0, ValueError, "num_components is 0"),
        (np.ones((1, 3)), 1, ValueError, "N at least 2"),
        (np.ones((4, 3, 2)), 1, ValueError, r"shape \(4, 3, 2\)"),
        (np.ones((4, 3), np.uint8), 1, TypeError, "scale"),
    ],
)
def test_pca_says_what_it_cannot_fit(X, components, error, message):
    with pytest.raises(error, match=message):
        data.pca_fit(X, components)


@given(st.integers(0, 60), st.integers(1, 70), st.booleans())
def test_batches_hold_each_example_once_with_its_label(n, size, shuffle):
    X, y = np.arange(n, dtype=np.float32)[:, None], np.arange(n) * 3
    portions = list(data.batches(X, y, size, shuffle=shuffle, rng=SEED))
    assert len(portions) == data.num_batches(n, size)
    assert all(len(a) == len(b) == size for a, b in portions[:-1])
    assert all(1 <= len(a) <= size and a.dtype == np.float32 for a, _ in portions)
    assert all(np.array_equal(a[:, 0] * 3, b) for a, b in portions)
    seen = [int(v) for _, b in portions for v in b]
    assert sorted(seen) == y.tolist()
    assert shuffle or seen == y.tolist()


def order(rng):
    X = np.arange(100)
    return np.concatenate([a for a, _ in data.batches(X, X, 32, rng=rng)]).tolist()


def test_a_seed_repeats_an_order_and_a_generator_moves_on():
    assert order(3) == order(3) != order(4)
    rng = np.random.default_rng(3)
    first, second = order(rng), order(rng)
    assert first == order(3)
    assert first != second
    again = np.random.default_rng(3)
    assert [order(again), order(again)] == [first, second]


def test_a_shuffle_leaves_the_global_random_state_alone():
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    order(3)
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_unshuffled_batches_are_views():
    X, y = np.zeros((10, 3)), np.zeros(10)
    assert all(
        np.shares_memory(a, X) and np.shares_memory(b, y)
        for a, b in data.batches(X, y, 4, shuffle=False)
    )


@pytest.mark.parametrize(
    ("size", "error", "message"),
    [
        (0, ValueError, "batch_size is 0, wanted at least 1"),
        (-3, ValueError, "batch_size is -3"),
        (2.0, TypeError, "batch_size is 2.0, wanted a whole number"),
        ("all", TypeError, "batch_size is 'all'"),
    ],
)
def test_a_wrong_batch_size_is_told_at_once(size, error, message):
    with pytest.raises(error, match=message):
        data.batches(np.zeros(4), np.zeros(4), size)  # before the first batch is asked for
    with pytest.raises(error, match=message):
        data.num_batches(4, size)


def test_lengths_that_differ_are_told_at_once():
    with pytest.raises(ValueError, match=r"X has shape \(4, 2\) and y \(3,\)"):
        data.batches(np.zeros((4, 2)), np.zeros(3), 2)


def test_the_rest_of_55000_by_128_is_a_batch_too():
    sizes = [len(b) for _, b in data.batches(np.zeros((55_000, 1)), np.zeros(55_000), 128)]
    assert len(sizes) == data.num_batches(55_000, 128) == 430
    assert sizes[-1] == 55_000 - 429 * 128
