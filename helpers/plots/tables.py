"""Tables whose cells are coloured by value: confusion matrix, results of a sweep."""

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Rectangle

from .classes import check_classes
from .figure import VALIDATION, WIDTH, DescribedFigure, percent, styled


@styled
def confusion_matrix(labels, predictions, class_names):
    """Draw how often each true class was predicted as each class.

    Parameters
    ----------
    labels, predictions : ndarray, shape (N,), int
        True and predicted class numbers.
    class_names : sequence of str, length C

    Returns
    -------
    DescribedFigure
        Cells hold counts; their colour is the share of the true class (of the row).

    Raises
    ------
    ValueError
        If the shapes differ or a class number has no name.
    """
    labels, predictions, names = check_classes(labels, predictions, class_names)
    counts = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    accuracy = np.trace(counts) / counts.sum()
    fig = _cells(
        shares, counts.astype(str), names, names, "Blues", (0, 1), "share of the true class (%)"
    )
    fig.axes[0].set(xlabel="predicted class", ylabel="true class")
    fig.axes[0].set_title(f"{counts.sum()} predictions, accuracy {accuracy:.1%}")
    fig.axes[1].yaxis.set_major_formatter(percent)
    mistakes = counts - np.diag(np.diag(counts))
    true, predicted = np.unravel_index(mistakes.argmax(), mistakes.shape)
    worst = (
        f"The most frequent mistake is {names[true]} predicted as {names[predicted]},"
        f" {mistakes.max()} times."
        if mistakes.any()
        else "There is no mistake."
    )
    fig.alt = f"Confusion matrix of {counts.sum()} predictions, accuracy {accuracy:.1%}. {worst}"
    return fig


@styled
def heat_map(
    values,
    row_labels,
    column_labels,
    row_name="learning rate",
    column_name="momentum",
    value_name="validation accuracy",
    value_format="{:.1%}",
    best="highest",
):
    """Draw a table of results, such as the accuracies of a hyper-parameter sweep.

    Parameters
    ----------
    values : ndarray, shape (R, K)
        One result per cell; nan for a run that is missing or diverged.
    row_labels, column_labels : sequence, lengths R and K
        The settings of the rows and columns.
    row_name, column_name, value_name : str
        What the rows, the columns and the cells are, with units.
    value_format : str
        How a cell is written; the default writes fractions as percentages.
    best : {"highest", "lowest"}
        Which cell is framed.

    Returns
    -------
    DescribedFigure

    Raises
    ------
    ValueError
        If the shapes do not fit, no value is finite, or `best` is another word.
    """
    values = np.asarray(values, dtype=float)
    rows, columns = [str(x) for x in row_labels], [str(x) for x in column_labels]
    if values.shape != (len(rows), len(columns)):
        raise ValueError(
            f"values have shape {values.shape}, but there are {len(rows)} row labels and"
            f" {len(columns)} column labels"
        )
    if best not in ("highest", "lowest"):
        raise ValueError(f'best is {best!r}; give "highest" or "lowest"')
    finite = np.isfinite(values)
    if not finite.any():
        raise ValueError("no value is finite: there is no result to draw")
    values = np.where(finite, values, np.nan)
    texts = [[value_format.format(v) if np.isfinite(v) else "none" for v in row] for row in values]
    limits = np.nanmin(values), np.nanmax(values)
    fig = _cells(values, texts, rows, columns, "cividis", limits, value_name)
    winner = np.nanargmax(values) if best == "highest" else np.nanargmin(values)
    row, column = np.unravel_index(winner, values.shape)
    frame = {"fill": False, "edgecolor": VALIDATION, "linewidth": 3}
    fig.axes[0].add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, **frame))
    top = f"{best} {texts[row][column]} at {row_name} {rows[row]}, {column_name} {columns[column]}"
    fig.axes[0].set(xlabel=column_name, ylabel=row_name, title=f"{value_name}: {top}")
    bar = fig.axes[1].yaxis
    bar.set_major_formatter(lambda v, _: value_format.format(v))
    missing = int((~finite).sum())
    fig.alt = f"{value_name.capitalize()} by {row_name} and {column_name}: {top}." + (
        f" {missing} of {values.size} runs have no result." if missing else ""
    )
    return fig


def _cells(values, texts, row_labels, column_labels, cmap, limits, bar_label):
    """Return a figure of a table whose cells are coloured by value and hold a text."""
    R, K = values.shape
    cell = WIDTH * 0.75 / max(K, 5)
    height = min(max(R * min(cell, 0.55) + 1.2, 2.5), 9.0)
    fig = DescribedFigure(figsize=(WIDTH, height), layout="constrained")
    ax = fig.subplots()
    colours = colormaps[cmap].with_extremes(bad="#eeeeee")
    image = ax.imshow(values, cmap=colours, vmin=limits[0], vmax=limits[1], aspect="auto")
    longest = max(len(t) for row in texts for t in row)
    size = min(10.0, 0.9 * 72 * cell / (0.62 * longest), 72 * 0.6 * height / R)
    for i in range(R):
        for j in range(K):
            r, g, b, _ = colours(image.norm(values[i, j]))
            dark = 0.299 * r + 0.587 * g + 0.114 * b < 0.5  # ITU-R BT.601 luma
            ax.text(
                j,
                i,
                texts[i][j],
                ha="center",
                va="center",
                fontsize=size,
                color="w" if dark else "k",
            )
    slanted = max(map(len, column_labels)) * 7 / 72 > cell * 0.9
    ax.set_xticks(
        range(K), column_labels, rotation=40 if slanted else 0, ha="right" if slanted else "center"
    )
    ax.set_yticks(range(R), row_labels)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    fig.colorbar(image, ax=ax, label=bar_label)
    return fig
