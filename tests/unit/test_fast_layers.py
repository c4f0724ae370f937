"""helpers.fast_layers: the same numbers as loops over pixels, for every geometry."""

import doctest
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers import fast_layers
from helpers.fast_layers import convolution, geometry, pooling

FLOATS = st.sampled_from([np.float32, np.float64])


def between(least, most):
    """Draw a whole number, each as often as the next; st.integers likes the small ones."""
    return st.sampled_from(range(least, most + 1))


@st.composite
def geometries(draw, most_pad):
    """Return (height, width) of images and windows, stride and padding that fit together."""
    stride, pad = draw(between(1, 4)), draw(between(0, most_pad))
    H, W = draw(between(1, 8)), draw(between(1, 8))
    HH, WW = draw(between(1, H + 2 * pad)), draw(between(1, W + 2 * pad))
    return (H, W), (HH, WW), stride, pad


def convolution_of(geometry, N=2, C=2, F=2, dtype=np.float64, seed=0):
    """Return x, w, b, dout and conv_param."""
    (H, W), window, stride, pad = geometry
    out = [1 + (size + 2 * pad - k) // stride for size, k in zip((H, W), window, strict=True)]
    rng = np.random.default_rng(seed)
    shapes = (N, C, H, W), (F, C, *window), (F,), (N, F, *out)
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    return *arrays, {"stride": stride, "pad": pad}


CONVOLUTIONS = st.builds(
    convolution_of,
    geometries(3),
    between(0, 5),
    between(1, 3),
    between(1, 3),
    FLOATS,
    between(0, 99),
)


def places(shape, window, stride):
    """Yield (row, column, slices of the window) for every window that fits."""
    for r, top in enumerate(range(0, shape[0] - window[0] + 1, stride)):
        for c, left in enumerate(range(0, shape[1] - window[1] + 1, stride)):
            yield r, c, (slice(top, top + window[0]), slice(left, left + window[1]))


def naive_convolution(x, w, b, dout, stride, pad):
    """Return out, dx, dw, db in float64, by loops."""
    x, w, b, dout = (a.astype(np.float64) for a in (x, w, b, dout))
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out, dpadded, dw = np.zeros(dout.shape), np.zeros(padded.shape), np.zeros(w.shape)
    for n, f in np.ndindex(dout.shape[:2]):
        for r, c, window in places(padded.shape[2:], w.shape[2:], stride):
            at = (n, slice(None), *window)
            out[n, f, r, c] = np.sum(padded[at] * w[f]) + b[f]
            dpadded[at] += dout[n, f, r, c] * w[f]
            dw[f] += dout[n, f, r, c] * padded[at]
    _, _, H, W = x.shape
    return out, dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


def close(got, want, dtype):
    """Ask for the dtype, and for the values up to the rounding of sums of some hundred terms."""
    assert got.dtype == dtype
    tolerance = 1e-4 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


@settings(deadline=None, max_examples=200)
@given(CONVOLUTIONS, st.sampled_from([1, 2000, 1 << 20]))
@example(convolution_of(((3, 2), (1, 7), 1, 3)), 1 << 20)  # far out of the image on both sides
@example(convolution_of(((2, 3), (7, 1), 1, 3)), 1 << 20)
def test_convolution_is_that_of_loops(layer, cache_bytes):
    x, w, b, dout, conv_param = layer
    before = [a.copy() for a in (x, w, b, dout)]
    with mock.patch.object(geometry, "CACHE", cache_bytes):  # few images at a time, or all
        out, cache = fast_layers.conv_forward_fast(x, w, b, conv_param)
        gradients = fast_layers.conv_backward_fast(dout, cache)
    for got, want in zip(
        (out, *gradients), naive_convolution(x, w, b, dout, **conv_param), strict=True
    ):
        close(got, want, x.dtype)
        assert got.flags.c_contiguous
    for array, old in zip((x, w, b, dout), before, strict=True):
        np.testing.assert_array_equal(array, old)


@st.composite
def poolings(draw):
    """Return x, dout and pool_param; x holds few different numbers, so maxima tie."""
    (H, W), (height, width), stride, _ = draw(geometries(0))
    N, C = draw(between(0, 4)), draw(between(1, 3))
    shape = (N, C, 1 + (H - height) // stride, 1 + (W - width) // stride)
    rng, dtype = np.random.default_rng(draw(st.integers(0, 99))), draw(FLOATS)
    x = rng.integers(draw(between(1, 9)), size=(N, C, H, W)).astype(dtype)
    dout = rng.standard_normal(shape).astype(dtype)
    return x, dout, {"pool_height": height, "pool_width": width, "stride": stride}


def naive_pooling(x, dout, pool_height, pool_width, stride):
    """Return out and dx, by loops; the first maximum in reading order gets the gradient."""
    out, dx = np.zeros(dout.shape), np.zeros(x.shape)
    for n, ch in np.ndindex(x.shape[:2]):
        for r, c, window in places(x.shape[2:], (pool_height, pool_width), stride):
            seen = x[n, ch][window]
            i, j = np.unravel_index(np.argmax(seen), seen.shape)
            out[n, ch, r, c] = seen[i, j]
            dx[n, ch][window][i, j] += dout[n, ch, r, c]
    return out, dx


@settings(deadline=None, max_examples=200)
@given(poolings(), st.sampled_from([1, 1 << 20]))
def test_pooling_is_that_of_loops(layer, cache_bytes):
    x, dout, pool_param = layer
    before = x.copy(), dout.copy()
    with mock.patch.object(geometry, "CACHE", cache_bytes):
        out, cache = fast_layers.max_pool_forward_fast(x, pool_param)
        dx = fast_layers.max_pool_backward_fast(dout, cache)
    for got, want in zip((out, dx), naive_pooling(x, dout, **pool_param), strict=True):
        close(got, want, x.dtype)
        assert got.flags.c_contiguous
    for array, old in zip((x, dout), before, strict=True):
        np.testing.assert_array_equal(array, old)


def test_a_pool_s_gradient_sums_to_what_was_sent_where_all_numbers_are_equal():
    x, dout = np.zeros((2, 3, 7, 7)), np.arange(54.0).reshape(2, 3, 3, 3)
    _, cache = fast_layers.max_pool_forward_fast(
        x, {"pool_height": 3, "pool_width": 3, "stride": 2}
    )
    assert fast_layers.max_pool_backward_fast(dout, cache).sum() == dout.sum()


def test_gradients_have_the_dtype_of_the_layer():
    x, w, b = (np.ones(shape, np.float32) for shape in ((1, 2, 5, 5), (4, 2, 3, 3), 4))
    out, cache = fast_layers.conv_forward_fast(x, w, b, {"stride": 1, "pad": 1})
    gradients = fast_layers.conv_backward_fast(out.astype(np.float64), cache)
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    out, cache = fast_layers.max_pool_forward_fast(x, pool_param)
    dx = fast_layers.max_pool_backward_fast(out.astype(np.float64), cache)
    assert [a.dtype for a in (*gradients, dx)] == [np.float32] * 4


def test_dx_can_be_left_out():
    rng = np.random.default_rng(0)
    x, w, b = (rng.standard_normal(shape) for shape in ((3, 2, 5, 5), (4, 2, 3, 3), 4))
    out, cache = fast_layers.conv_forward_fast(x, w, b, {"stride": 1, "pad": 1})
    _, dw, db = fast_layers.conv_backward_fast(out, cache)
    got = fast_layers.conv_backward_fast(out, cache, need_dx=False)
    assert got[0] is None
    np.testing.assert_array_equal(got[1], dw)
    np.testing.assert_array_equal(got[2], db)


def test_the_doctests_hold():
    results = [doctest.testmod(module) for module in (convolution, pooling)]
    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) >= 6


def shapes(*sizes):
    return [np.zeros(size) for size in sizes]


WRONG_CONVOLUTIONS = {
    "x has shape \\(3, 8, 8\\); it must be": (
        shapes((3, 8, 8), (2, 3, 3, 3), 2),
        {"stride": 1, "pad": 1},
    ),
    "only N may be 0": (shapes((1, 3, 0, 8), (2, 3, 3, 3), 2), {"stride": 1, "pad": 2}),
    "at least one filter": (shapes((1, 3, 8, 8), (0, 3, 3, 3), 0), {"stride": 1, "pad": 1}),
    "as many channels": (shapes((1, 3, 8, 8), (2, 4, 3, 3), 2), {"stride": 1, "pad": 1}),
    "b has shape \\(3,\\), but w holds 2 filters": (
        shapes((1, 3, 8, 8), (2, 3, 3, 3), 3),
        {"stride": 1, "pad": 1},
    ),
    "height: a window of 5 pixels does not fit on an image of 2, 4 with padding": (
        shapes((1, 3, 2, 8), (2, 3, 5, 3), 2),
        {"stride": 1, "pad": 1},
    ),
    "width: a window of 5 pixels does not fit": (
        shapes((1, 3, 8, 2), (2, 3, 3, 5), 2),
        {"stride": 1, "pad": 1},
    ),
    "stride is 0; it must be 1 or more": (
        shapes((1, 3, 8, 8), (2, 3, 3, 3), 2),
        {"stride": 0, "pad": 1},
    ),
    "pad is -1; it must be 0 or more": (
        shapes((1, 3, 8, 8), (2, 3, 3, 3), 2),
        {"stride": 1, "pad": -1},
    ),
    "stride is 1.5; give a whole number": (
        shapes((1, 3, 8, 8), (2, 3, 3, 3), 2),
        {"stride": 1.5, "pad": 1},
    ),
    "lack 'pad'": (shapes((1, 3, 8, 8), (2, 3, 3, 3), 2), {"stride": 1}),
}


@pytest.mark.parametrize("message", WRONG_CONVOLUTIONS)
def test_a_convolution_that_cannot_be_says_why(message):
    arrays, conv_param = WRONG_CONVOLUTIONS[message]
    with pytest.raises(ValueError, match=message):
        fast_layers.conv_forward_fast(*arrays, conv_param)


def test_a_convolution_of_complex_numbers_is_refused():
    x, w, b = shapes((1, 3, 8, 8), (2, 3, 3, 3), 2)
    with pytest.raises(TypeError, match="x is complex128"):
        fast_layers.conv_forward_fast(x * 1j, w, b, {"stride": 1, "pad": 1})


@pytest.mark.parametrize(
    ("message", "shape", "pool_param"),
    [
        ("it must be", (8, 8), (2, 2, 2)),
        ("height: a window of 9 pixels does not fit on an image of 8", (1, 3, 8, 8), (9, 2, 2)),
        ("width: a window of 9 pixels does not fit on an image of 8", (1, 3, 8, 8), (2, 9, 2)),
        ("stride is 0", (1, 3, 8, 8), (2, 2, 0)),
        ("pool_height is 0", (1, 3, 8, 8), (0, 2, 2)),
    ],
)
def test_a_pool_that_cannot_be_says_why(message, shape, pool_param):
    names = ("pool_height", "pool_width", "stride")
    with pytest.raises(ValueError, match=message):
        fast_layers.max_pool_forward_fast(
            np.zeros(shape), dict(zip(names, pool_param, strict=True))
        )


def test_a_gradient_of_another_shape_is_refused():
    x, w, b = shapes((1, 3, 8, 8), (2, 3, 3, 3), 2)
    _, cache = fast_layers.conv_forward_fast(x, w, b, {"stride": 2, "pad": 1})
    with pytest.raises(ValueError, match=r"dout has shape \(1, 2, 8, 8\), .* \(1, 2, 4, 4\)"):
        fast_layers.conv_backward_fast(np.zeros((1, 2, 8, 8)), cache)
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    _, cache = fast_layers.max_pool_forward_fast(x, pool_param)
    with pytest.raises(ValueError, match=r"dout has shape \(1, 3, 8, 8\), .* \(1, 3, 4, 4\)"):
        fast_layers.max_pool_backward_fast(x, cache)


def test_numbers_that_are_not_floats_are_counted_in_float64():
    x, w, b = np.arange(16).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2), int), np.zeros(1, int)
    out, cache = fast_layers.conv_forward_fast(x, w, b, {"stride": 2, "pad": 0})
    np.testing.assert_array_equal(out, [[[[10.0, 18.0], [42.0, 50.0]]]])
    dx, dw, db = fast_layers.conv_backward_fast(np.ones((1, 1, 2, 2)), cache)
    np.testing.assert_array_equal(dx, np.ones(x.shape))
    np.testing.assert_array_equal(dw, [[[[20.0, 24.0], [36.0, 40.0]]]])
    assert (db, dx.dtype, dw.dtype) == (4, np.float64, np.float64)
