"""Convolution and max pooling in NumPy, about as fast as a compiled library, with no compiler.

The same functions as the naive layers, in the same shapes, and the same results: read those first.
Here loops over pixels are gone, and what is left is one matrix product for each pass and long
copies (``convolution``), or a few comparisons of whole arrays (``pooling``). docs/adr/0022 tells
how, and what else was measured.
"""

from .convolution import conv_backward_fast, conv_forward_fast
from .pooling import max_pool_backward_fast, max_pool_forward_fast

__all__ = [
    "conv_backward_fast",
    "conv_forward_fast",
    "max_pool_backward_fast",
    "max_pool_forward_fast",
]
