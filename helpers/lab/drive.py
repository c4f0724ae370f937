"""One training run as the lab drives it: the student's code behind one way to take a step."""

import math
from inspect import isgenerator

import numpy as np

MOST_WEIGHTS = 4  # curves of the update-to-weight ratio: more cannot be told apart


class NotDriveable(TypeError):
    """What ``make_run`` or ``step`` returned cannot be used; the text says what is needed."""


class Drive:
    """A run that was just made.

    Parameters
    ----------
    made : object or generator
        An object has ``step(settings)``; a generator gives the metrics of one step at each
        ``yield``, whose value is the settings for the next: ``settings = yield metrics``. An
        object may also have ``validate()``, ``weights()`` and ``pictures()``, which only look.

    Raises
    ------
    NotDriveable
        If it is neither.
    """

    def __init__(self, made):
        self._made = made
        self.is_generator = isgenerator(made)  # an exception within it ends it
        if self.is_generator:
            self._begun = False
            self.step = self._next
        elif callable(getattr(made, "step", None)):
            self.step = made.step
        else:
            raise NotDriveable(
                f"make_run(settings) returned {_short(made)}, which has no step(settings); "
                "return an object that has one, or write make_run with yield"
            )

    def _next(self, settings):
        if self._begun:
            return self._made.send(settings)
        self._begun = True
        return next(self._made)

    def validate(self):
        """Return (training accuracy, validation accuracy); nan for what the run does not tell."""
        validate = getattr(self._made, "validate", None)
        told = validate() if callable(validate) else {}
        if not isinstance(told, dict):
            raise NotDriveable(
                f"validate() returned {_short(told)}; return a dict such as "
                '{"validation_accuracy": 0.9}'
            )
        return tuple(
            number(told.get(name, math.nan), f"validate()'s {name}")
            for name in ("train_accuracy", "validation_accuracy")
        )

    def weights(self):
        """Return copies of the weights whose updates are measured: matrices and filters."""
        weights = getattr(self._made, "weights", None)
        told = weights() if callable(weights) else {}
        if not isinstance(told, dict):
            raise NotDriveable(f'weights() returned {_short(told)}; return a dict {{"W": W}}')
        arrays = {str(name): np.array(value) for name, value in told.items()}
        matrices = {name: value for name, value in arrays.items() if value.ndim > 1}
        return dict(list((matrices or arrays).items())[:MOST_WEIGHTS])

    def pictures(self):
        """Return the first layer as images, shape (n, height, width[, 3]), or None."""
        pictures = getattr(self._made, "pictures", None)
        if not callable(pictures):
            return None
        images = np.array(pictures(), dtype=np.float32)
        if images.ndim not in (3, 4) or images.size == 0 or images.shape[3:] not in ((), (3,)):
            raise NotDriveable(
                f"pictures() returned an array of shape {images.shape}; return "
                "(images, height, width) or (images, height, width, 3)"
            )
        return images


def read(metrics):
    """Return (loss, training accuracy or None) of what a step returned.

    Raises
    ------
    NotDriveable
        If there is no loss in it, or something is not a number.
    """
    if isinstance(metrics, dict):
        if "loss" not in metrics:
            raise NotDriveable(f"step() returned a dict with {list(metrics)}; it needs a 'loss'")
        accuracy = metrics.get("train_accuracy")
        if accuracy is not None:
            accuracy = number(accuracy, "step()'s train_accuracy")
        return number(metrics["loss"], "step()'s loss"), accuracy
    return number(metrics, "What step() returned"), None


def number(value, what):
    """Return a value as a float; nan and infinity are numbers here."""
    if type(value) is float:
        return value
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        return float(value)
    except (TypeError, ValueError):
        raise NotDriveable(f"{what} is {_short(value)}, not a number") from None


def ratios(before, after):
    """Return the length of each update over the length of the weights that it changed.

    Of weights that were all 0 it is nan.
    """
    found = {}
    for name, old in before.items():
        length = float(np.linalg.norm(old))
        if name in after and after[name].shape == old.shape:
            update = float(np.linalg.norm(after[name] - old))
            found[name] = update / length if length else math.nan
    return found


def _short(value):
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"
