"""Compare analytic gradients with central differences.

All of it works in float64: a step of 1e-5 is lost in the rounding of float32. `x` is changed in
place, one number at a time, because `f` is free to read the array itself (the weights of a
model) instead of its argument; it is put back even if `f` raises.
"""

from .nodes import Graph, Node, compare_nodes, variables_of
from .numerical import eval_numerical_gradient, eval_numerical_gradient_array, rel_error
from .report import GradientReport, compare_gradients

__all__ = [
    "GradientReport",
    "Graph",
    "Node",
    "compare_gradients",
    "compare_nodes",
    "eval_numerical_gradient",
    "eval_numerical_gradient_array",
    "rel_error",
    "variables_of",
]
