"""What all pictures share: size, style, colours, and a text for those who cannot see them."""

import base64
import html
import io
from contextlib import contextmanager
from threading import RLock

from matplotlib import style
from matplotlib.figure import Figure

TRAIN = "#0072B2"  # blue, for training when there is one run
VALIDATION = "#D55E00"  # vermilion, for validation when there is one run
# Runs side by side: the rest of the palette without its yellow, which is lost on white paper.
PALETTE = ("#000000", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
WIDTH = 7.5  # inches: a notebook cell, and the text width of a printed page

STYLE = {
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "axes.xmargin": 0.02,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.wspace": 0.06,
    "figure.dpi": 144,
    "figure.facecolor": "white",
    "grid.color": "#dddddd",
    "legend.frameon": False,
}


@contextmanager
def _styled():
    # Matplotlib has one style for all threads, and a live panel draws in a thread of its own.
    with _one_at_a_time, style.context(["default", STYLE]):
        yield


_one_at_a_time = RLock()
styled = _styled()


class DescribedFigure(Figure):
    """A Matplotlib figure with a text for those who cannot see it.

    Parameters
    ----------
    alt : str
        What the figure shows, in a sentence or two with the facts.
    **kwargs
        As for `matplotlib.figure.Figure`.
    """

    def __init__(self, *args, alt="", **kwargs):
        super().__init__(*args, **kwargs)
        self.alt = alt

    @styled
    def png(self):
        """Return the figure as the bytes of a PNG file."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=STYLE["figure.dpi"], facecolor="white")
        return buffer.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        _draw_once()
        # JupyterLab and nbconvert's default template draw image/png without any alt, so the
        # text travels in HTML too; the PNG is what a report takes, with "alt" in its metadata.
        data = base64.b64encode(self.png()).decode("ascii")
        alt, width = html.escape(self.alt), round(96 * self.get_figwidth())  # CSS pixels
        image = f'<img src="data:image/png;base64,{data}" width="{width}" alt="{alt}">'
        return (
            {"text/plain": self.alt, "text/html": image, "image/png": data},
            {"image/png": {"alt": self.alt, "width": width}},
        )


def _draw_once():
    """Keep pyplot's notebook backend from drawing our figures again, without their alt text."""
    from IPython import get_ipython  # only IPython asks for a MIME bundle, so it is there

    if shell := get_ipython():
        for mime in ("image/png", "image/jpeg", "image/svg+xml", "application/pdf"):
            shell.display_formatter.formatters[mime].for_type(DescribedFigure, lambda fig: None)


def alt_text(fig):
    """Return the text that describes a figure made by this module.

    Parameters
    ----------
    fig : DescribedFigure

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If the figure has no such text.
    """
    if not isinstance(fig, DescribedFigure):
        raise TypeError(f"{type(fig).__name__} has no alt text; make it with helpers.plots")
    return fig.alt


def percent(value, position=None):
    """Return a share as the text of a percentage, for the ticks of an axis."""
    return f"{100 * value:.6g}"
