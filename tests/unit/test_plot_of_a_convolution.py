"""helpers.plots.convolution_step: the picture shows the numbers given, and says what differs."""

import numpy as np
import pytest

from helpers import plots

IMAGE = np.array([[1, 2, 0], [0, 1, 3], [2, 0, 1]])
FILTER = np.array([[1.0, -2.0], [0.0, 1.0]])
OUT = np.array([[8.0, 15.0], [8.0, 6.0]])  # with bias 10, stride 1, no padding


def step(out=OUT, row=0, column=1, **settings):
    return plots.convolution_step(
        IMAGE, FILTER, 10, out, **{"stride": 1, "pad": 0, **settings}, row=row, column=column
    )


def numbers(ax):
    return [float(text.get_text()) for text in ax.texts]


def test_the_three_arrays_are_drawn_as_they_are():
    image, weights, out = step(np.arange(16).reshape(4, 4), pad=1).axes
    assert numbers(image) == np.pad(IMAGE, 1).ravel().tolist()
    assert numbers(weights) == FILTER.ravel().tolist()
    assert numbers(out) == list(range(16))


def test_the_sum_is_written_out_without_terms_that_are_zero():
    fig = step()
    assert "row 0, column 1: 2*1 + 0*(-2) + 3*1 + 10 = 15." in plots.alt_text(fig)
    assert fig.get_supxlabel() == "2*1 + 0*(-2) + 3*1 + 10 = 15"


def test_an_output_that_is_not_the_sum_is_told():
    assert step(OUT + 1).alt.endswith("= 15 but out[0, 1] is 16.")


def test_the_frames_stand_around_the_window_and_its_output():
    fig = step(np.zeros((2, 2)), row=1, column=0, stride=2, pad=1)
    (window,), (output,) = fig.axes[0].patches, fig.axes[2].patches
    assert (window.get_xy(), window.get_width(), window.get_height()) == ((-0.5, 1.5), 2, 2)
    assert (output.get_xy(), output.get_width()) == ((-0.5, 0.5), 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pad": 1}, r"out has shape \(2, 2\); these settings give \(4, 4\)"),
        ({"row": 2}, "no pixel at row 2, column 1"),
        ({"column": -1}, "no pixel at row 0, column -1"),
    ],
)
def test_what_cannot_be_drawn_is_named(settings, message):
    with pytest.raises(ValueError, match=message):
        step(**settings)


def test_a_large_filter_fits_a_page():
    fig = plots.convolution_step(
        np.full((7, 7), 3),
        np.full((5, 5), -1),
        1,
        np.full((9, 9), -74),
        stride=1,
        pad=3,
        row=4,
        column=4,
    )
    fig.draw_without_rendering()
    text = fig._supxlabel.get_window_extent()
    assert text.x0 >= 0
    assert text.x1 <= fig.bbox.x1
