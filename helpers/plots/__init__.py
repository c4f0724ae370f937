"""Pictures of training, images, weights and mistakes.

Every function returns a figure that displays itself as the last expression of a notebook cell,
carries a text for those who cannot see it (`alt_text`), and touches no pyplot state. In all
pictures training is a solid line and validation a dashed one with open markers; colours are
those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which colour-blind readers can tell
apart. Black on white, whatever the theme of the notebook or the style that pyplot uses.
"""

from .convolution import convolution_step
from .curves import MARKERS, loss_and_accuracy, loss_curve
from .figure import PALETTE, TRAIN, VALIDATION, DescribedFigure, alt_text
from .graph import tape_graph
from .nodes import computation_graph
from .pictures import image_grid, right_and_wrong, weight_templates
from .settings import sweep
from .tables import confusion_matrix, heat_map

__all__ = [
    "MARKERS",
    "PALETTE",
    "TRAIN",
    "VALIDATION",
    "DescribedFigure",
    "alt_text",
    "computation_graph",
    "confusion_matrix",
    "convolution_step",
    "heat_map",
    "image_grid",
    "loss_and_accuracy",
    "loss_curve",
    "right_and_wrong",
    "sweep",
    "tape_graph",
    "weight_templates",
]
