"""The pictures of ``course stats``, as SVG: they print sharply and hold no script."""

import base64
import io

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from .outcomes import BLOCKED, FULL, LEFT_OUT, NONE, OUTCOMES, PARTLY
from .remarks import FLAT

# Colours of Okabe and Ito (https://jfly.uni-koeln.de/color/), which colour-blind readers can tell
# apart; hatching, so that a print without colours can be read too.
BLUE, ORANGE = "#0072B2", "#D55E00"
FILLS = {
    FULL: ("#0072B2", ""),
    PARTLY: ("#56B4E9", ""),
    NONE: ("#D55E00", "////"),
    BLOCKED: ("#F0E442", "...."),
    LEFT_OUT: ("#DDDDDD", ""),
}
WIDTH = 7.2  # inches: what an A4 page has between its margins
STYLE = {
    "font.family": "sans-serif",
    "font.size": 9,
    "hatch.linewidth": 0.5,
    "svg.hashsalt": "stats",
}


def histogram(points, most):
    """Draw how many students have how many points.

    Parameters
    ----------
    points : sequence of float
    most : float
        Points that can be reached.

    Returns
    -------
    str
        A data URI.
    """
    edges = bins(points, most)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.4), layout="constrained")
        axes = figure.subplots()
        axes.hist(points, edges, color=BLUE, edgecolor="white")
        axes.set(xlabel="points", ylabel="students", xlim=(edges[0], edges[-1]))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        return _uri(figure, axes)


def bins(points, most):
    """Return the edges of at most twenty bins of a whole number of points, from 0 on."""
    top = max(most, *points, 1)
    width = int(np.ceil(top / 20))
    return np.arange(0, np.floor(top / width) * width + 2 * width, width)


def estimates(summaries):
    """Draw difficulty and discrimination of each task, with their intervals.

    Parameters
    ----------
    summaries : list of Summary

    Returns
    -------
    str
        A data URI.
    """
    places = np.arange(len(summaries))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 0.9 + 0.25 * len(summaries)), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, name in ((left, "difficulty"), (right, "discrimination")):
            found = [getattr(summary, name) for summary in summaries]
            for place, estimate in zip(places, found, strict=True):
                if estimate:
                    axes.plot([estimate.low, estimate.high], [place, place], color=BLUE)
                    axes.plot(estimate.value, place, "o", color=BLUE, markersize=4)
            axes.grid(axis="x", color="#dddddd")
            axes.tick_params(axis="y", length=0)
        left.set(
            xlim=(0, 1),
            xlabel="difficulty: mean share of points",
            yticks=places,
            yticklabels=[summary.of.name for summary in summaries],
            ylim=(len(summaries) - 0.5, -0.5),
        )
        left.xaxis.set_major_formatter(PercentFormatter(1.0, 0))
        right.set(xlim=(-1, 1), xlabel="discrimination: correlation with the rest")
        right.axvline(FLAT, color=ORANGE, linestyle="--")
        return _uri(figure, left, right)


def outcomes(summaries):
    """Draw how the students fared in each task, as shares of all who count.

    Parameters
    ----------
    summaries : list of Summary

    Returns
    -------
    str
        A data URI.
    """
    places = np.arange(len(summaries))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 1.2 + 0.25 * len(summaries)), layout="constrained")
        axes = figure.subplots()
        begin = np.zeros(len(summaries))
        for outcome in OUTCOMES:
            shares = np.array([summary.share(outcome) for summary in summaries])
            colour, hatch = FILLS[outcome]
            bars = {"color": colour, "hatch": hatch, "edgecolor": "white", "label": outcome}
            axes.barh(places, shares, 0.75, begin, **bars)
            begin += shares
        axes.set(
            xlim=(0, 1),
            yticks=places,
            yticklabels=[summary.of.name for summary in summaries],
            ylim=(len(summaries) - 0.5, -0.5),
        )
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, 0))
        figure.legend(loc="outside upper center", ncols=len(OUTCOMES), frameon=False)
        return _uri(figure, axes)


def _uri(figure, *all_axes):
    for axes in all_axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_axisbelow(True)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()
