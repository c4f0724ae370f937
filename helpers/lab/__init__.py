"""Panels in which sliders drive the student's own code.

`TrainingLab` trains live, and takes a moved slider into the next step. `explore` draws a picture
anew whenever a slider is let go.
"""

from .exploring import explore
from .sliders import choice, linear, log
from .training_lab import TrainingLab

__all__ = ["TrainingLab", "choice", "explore", "linear", "log"]
