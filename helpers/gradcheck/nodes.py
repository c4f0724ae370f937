"""The gradient at every node of a computation, to see where a backward pass goes wrong.

A `Graph` names the steps of a forward pass. The gradient at a node is what the output changes by
when that node is moved: central differences find it with no backward pass at all, so it can judge
one, node by node.
"""

import sys
from dataclasses import dataclass

import numpy as np

from .numerical import eval_numerical_gradient_array

EXACT, APPROXIMATE = 1e-7, 1e-2  # largest difference over the largest entry of the gradient


@dataclass(frozen=True)
class Node:
    """One step of a computation.

    Parameters
    ----------
    name : str
        A Python name; the gradient at this node is called ``"d" + name``.
    inputs : tuple of str
        The nodes that ``compute`` takes, in its order; none for an input of the graph.
    compute : callable, optional
        Gives this node's array from theirs.
    label : str, optional
        The step as a formula, for a drawing.
    place : tuple of float, optional
        Where a drawing puts the node: to the right, and up.
    """

    name: str
    inputs: tuple = ()
    compute: object = None
    label: str = ""
    place: tuple = (0.0, 0.0)


class Graph:
    """A computation as named steps, each from earlier ones; the last is the output.

    Parameters
    ----------
    nodes : sequence of Node

    Raises
    ------
    ValueError
        If a name comes twice, or a node takes one that does not stand before it.

    Examples
    --------
    >>> graph = Graph([Node("x"), Node("square", ("x",), lambda x: x**2)])
    >>> values = graph.values(x=np.array([1.0, 3.0]))
    >>> values["square"]
    array([1., 9.])
    >>> graph.gradients(values, np.array([1.0, 10.0]))["x"].round(6)
    array([ 2., 60.])
    """

    def __init__(self, nodes):
        self.nodes = tuple(nodes)
        known = set()
        for node in self.nodes:
            if node.name in known:
                raise ValueError(f"two nodes are called {node.name!r}; give each its own name")
            if late := [name for name in node.inputs if name not in known]:
                raise ValueError(
                    f"node {node.name!r} takes {late[0]!r}, which does not stand before it"
                )
            known.add(node.name)

    def values(self, **inputs):
        """Run the computation forwards.

        Parameters
        ----------
        **inputs : ndarray
            Of each node without inputs.

        Returns
        -------
        dict of str to ndarray
            The array of every node.
        """
        return self._filled(inputs)

    def _filled(self, values):
        """Compute the nodes that have no value yet."""
        values = dict(values)
        for node in self.nodes:
            if node.name not in values:
                values[node.name] = node.compute(*(values[name] for name in node.inputs))
        return values

    def gradients(self, values, dout, h=1e-5):
        """Return the gradient of sum(dout * output) at every node, by central differences.

        Parameters
        ----------
        values : dict of str to ndarray, float64
            From `values`.
        dout : ndarray, shape of the output
            Upstream gradient.
        h : float
            Step, in the units of each node.

        Returns
        -------
        dict of str to ndarray
            Each of the shape of its node.
        """
        last = self.nodes[-1].name
        gradients = {}
        for node in self.nodes:
            behind = self._behind(node.name)
            kept = {name: value for name, value in values.items() if name not in behind}

            def output(moved, name=node.name, kept=kept):
                return self._filled({**kept, name: moved})[last]

            here = np.array(values[node.name], dtype=np.float64)
            gradients[node.name] = eval_numerical_gradient_array(output, here, dout, h)
        return gradients

    def _behind(self, name):
        """Return the names of the nodes that change when one changes."""
        changed = {name}
        for node in self.nodes:
            if changed & set(node.inputs):
                changed.add(node.name)
        return changed - {name}


def compare_nodes(gradients, found):
    """Hold gradients found by name against the right ones, from the output back to the inputs.

    Parameters
    ----------
    gradients : dict of str to ndarray
        From `Graph.gradients`.
    found : dict of str to object
        The gradient at node ``var`` under the name ``dvar``, and so on; whatever else is in it
        does not matter. An axis of length 1 more or less makes no difference, nor does one row
        that stands for all.

    Returns
    -------
    list of tuple
        For each node: name of the gradient; "exact" (to 1e-7 of the largest entry), "approximate"
        (to 1e-2), "wrong", a wrong shape, or "no such variable"; and the largest difference or
        None.
    """
    rows = []
    for name, want in reversed(gradients.items()):
        said, gap = "no such variable", None
        if f"d{name}" in found:
            said, gap = _compared(found[f"d{name}"], want)
        rows.append((f"d{name}", said, gap))
    return rows


def _compared(got, want):
    try:
        got = np.asarray(got)
        alike = np.squeeze(got).shape == np.squeeze(want).shape
        got = got.reshape(want.shape) if alike else np.broadcast_to(got, want.shape)
        gap = float(np.abs(got - want).max())
    except (TypeError, ValueError):  # no array of numbers, or of another shape
        shape = f"shape {got.shape}" if isinstance(got, np.ndarray) else type(got).__name__
        return f"{shape}, not {want.shape}", None
    size = max(np.abs(want).max(), EXACT)
    for said, tolerance in (("exact", EXACT), ("approximate", APPROXIMATE)):
        if gap <= tolerance * size:
            return said, gap
    return "wrong", gap


def variables_of(function, *args):
    """Call a function and return its variables as they were when it returned.

    Parameters
    ----------
    function : callable
        Written in Python.
    *args
        What it is called with.

    Returns
    -------
    dict of str to object

    Raises
    ------
    TypeError
        If the function is not a plain Python function.

    Examples
    --------
    >>> def area(width):
    ...     height = 2 * width
    ...     return width * height
    >>> variables_of(area, 3)
    {'width': 3, 'height': 6}
    """
    code = getattr(function, "__code__", None)
    if code is None:
        raise TypeError(f"{function!r} has no variables to read; give a function written with def")
    found = {}

    def note(frame, event, _):
        if event == "return" and frame.f_code is code:
            found.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function(*args)
    finally:
        sys.setprofile(before)
    return found
