"""Convolution and max pooling in NumPy, about as fast as a compiled library, with no compiler.

The naive layers of the sixth notebook take the same arguments and return the same numbers; read
those first. Here are no loops over pixels: what is left are products of matrices and long copies
(``convolution``, whose order of numbers in memory is told in ``layout``), and comparisons of whole
arrays (``pooling``). docs/adr/0022-fast-layers.md tells what else was tried and measured.
"""

from .convolution import conv_backward_fast, conv_forward_fast
from .pooling import max_pool_backward_fast, max_pool_forward_fast

__all__ = [
    "conv_backward_fast",
    "conv_forward_fast",
    "max_pool_backward_fast",
    "max_pool_forward_fast",
]
