"""``course collect``: take what students handed in, and lay it where nbgrader looks for it."""

from . import owners, told
from .run import Collected, collect

__all__ = ["Collected", "collect", "owners", "told"]
