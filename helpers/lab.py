"""Panels in which sliders drive the student's own code.

This first form trains anew whenever a slider is let go. The picture is the cell's own output, so
that it stays in a saved notebook, and the same cell runs where there is no page to show it.
"""

import time
from html import escape
from math import log10

import ipywidgets
from IPython.display import display


def log(low, high, value=None):
    """Return a slider on a logarithmic scale from ``low`` to ``high``, both above 0."""
    if not 0 < low < high:
        raise ValueError(f"log({low}, {high}): the ends must be above 0 and in this order")
    return ipywidgets.FloatLogSlider(
        value=value or (low * high) ** 0.5,
        base=10,
        min=log10(low),
        max=log10(high),
        step=0.05,
        readout_format=".2g",
    )


def linear(low, high, value=None, step=0.01):
    """Return a slider on a linear scale from ``low`` to ``high``."""
    if not low < high:
        raise ValueError(f"linear({low}, {high}): the ends must be in this order")
    return ipywidgets.FloatSlider(
        value=low if value is None else value, min=low, max=high, step=step
    )


def choice(*values, value=None):
    """Return a slider over a few given values, such as batch sizes."""
    if not values:
        raise ValueError("choice(): name at least one value")
    return ipywidgets.SelectionSlider(options=values, value=values[0] if value is None else value)


def explore(run, **sliders):
    """Show sliders, and the picture that ``run`` makes of their values.

    Parameters
    ----------
    run : callable
        ``run(**values)`` returns a figure; it is called once at the start, and again whenever a
        slider is let go.
    **sliders : ipywidgets.Widget
        From `log`, `linear` and `choice`; the names are those of ``run``'s arguments.

    Notes
    -----
    An error in ``run`` is shown under the sliders, and the panel lives on.
    """
    for name, slider in sliders.items():
        slider.description = name.replace("_", " ")
        slider.tooltip = slider.description  # without one, pointing at the name says "null"
        slider.style.description_width = "9em"
        slider.layout.width = "28em"
        slider.continuous_update = False
    told = ipywidgets.HTML("")  # a Label would cut a long message off at the edge of the page
    display(ipywidgets.VBox([*sliders.values(), told]))
    picture = None

    def update(_change=None):
        nonlocal picture
        told.value = "Training ..."
        start = time.perf_counter()
        try:
            figure = run(**{name: slider.value for name, slider in sliders.items()})
        except Exception as error:
            told.value = escape(f"{type(error).__name__}: {error}")
            if picture is None:
                raise
            return
        told.value = f"Trained in {time.perf_counter() - start:.2f} s."
        if picture is None:
            picture = display(figure, display_id=True)
        else:
            picture.update(figure)

    update()
    for slider in sliders.values():
        slider.observe(update, names="value")
