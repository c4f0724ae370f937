"""A computation as a graph: its steps in boxes, values forwards in blue, gradients back in red."""

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from .figure import TRAIN, VALIDATION, WIDTH, DescribedFigure, styled

BOX = (0.9, 0.68)  # width and height, in units of the nodes' places
MARGIN = 0.5


@styled
def computation_graph(nodes, marks=None):
    """Draw a computation, its nodes at places of their own.

    Parameters
    ----------
    nodes : sequence of objects
        Each with ``name``; ``inputs``, names of nodes; ``label``, its formula, or ""; and
        ``place``, a pair of numbers: to the right, and up. `helpers.gradcheck.Node` is one.
    marks : dict of str to str, optional
        What to write into a node in place of the name of its gradient, such as "exact"; nodes
        that it leaves out get nothing.

    Returns
    -------
    DescribedFigure
        Blue arrows run forwards. The last line of each node, in red, names its gradient.

    Raises
    ------
    ValueError
        If there are no nodes.
    """
    nodes = {node.name: node for node in nodes}
    if not nodes:
        raise ValueError("the graph is empty; give at least one node")
    across, up = zip(*(node.place for node in nodes.values()), strict=True)
    left, right = min(across) - MARGIN, max(across) + MARGIN
    bottom, top = min(up) - MARGIN, max(up) + MARGIN
    height = WIDTH * (top - bottom) / (right - left)
    fig = DescribedFigure(figsize=(WIDTH, height), layout="constrained")
    ax = fig.subplots()
    ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    ax.axis("off")
    told = marks or {name: f"d{name}" for name in nodes}
    for node in nodes.values():
        for name in node.inputs:
            _arrow(ax, nodes[name].place, node.place)
    for node in nodes.values():
        _node(ax, node, told.get(node.name, ""))
    fig.alt = _describe(nodes.values(), marks)
    return fig


def _node(ax, node, gradient):
    (x, y), (width, height) = node.place, BOX
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2), width, height,
            boxstyle="round,pad=0,rounding_size=0.08",
            facecolor="#d6e9f5" if node.inputs else "#f2f2f2",
            edgecolor=TRAIN if node.inputs else "#666666",
        )
    )  # fmt: skip
    ax.text(x, y + 0.2, node.name, ha="center", va="center", size=7.5, weight="bold")
    ax.text(x, y, node.label, ha="center", va="center", size=6.5)
    ax.text(x, y - 0.2, gradient, ha="center", va="center", size=7.5, color=VALIDATION)


def _arrow(ax, start, end):
    """Draw an arrow from box to box: from side to side, or from the bottom or top to the other."""
    (x0, y0), (x1, y1) = start, end
    if y0 == y1:
        start, end = (x0 + BOX[0] / 2, y0), (x1 - BOX[0] / 2, y1)
    else:
        side = BOX[1] / 2 if y1 > y0 else -BOX[1] / 2
        lean = 0.2 if x1 > x0 else -0.2
        start, end = (x0 + lean, y0 + side), (x1 - lean, y1 - side)
    ax.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=9, color=TRAIN, linewidth=1,
            shrinkA=0, shrinkB=0,
        )
    )  # fmt: skip


def _describe(nodes, marks):
    facts = []
    for node in nodes:
        mark = f" ({marks[node.name]})" if marks and node.name in marks else ""
        taken = f" from {' and '.join(node.inputs)}" if node.inputs else ", an input"
        facts.append(f"{node.name}{taken}{mark}.")
    return f"Graph of a computation of {len(facts)} nodes. " + " ".join(facts)
