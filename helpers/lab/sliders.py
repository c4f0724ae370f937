"""What can be set in a panel: sliders, and their values as a line of text."""

import ast
import math
from dataclasses import dataclass

MARKS = 60  # positions in each factor of ten of a logarithmic slider, and on a linear one
SEED = "seed"


@dataclass(frozen=True)
class Slider:
    """One setting and the values that it can take.

    Made by `log`, `linear` and `choice`. An impossible range is kept and told by `problem`, so
    that the panel can say it in place of a traceback.

    Parameters
    ----------
    kind : {"log", "linear", "choice"}
    low, high : float
        Ends of the range; of a choice, the first and the last position.
    value : object
        Where the slider stands at first.
    step : float
        Distance of two positions: of a logarithmic slider, in factors of ten.
    options : tuple
        What a choice chooses from.
    fresh : bool
        The setting is read when a run begins, so a change needs a fresh start.
    """

    kind: str
    low: float
    high: float
    value: object
    step: float = 1.0
    options: tuple = ()
    fresh: bool = False

    @property
    def problem(self):
        """Return what is wrong with the slider, or ""."""
        if self.kind == "choice":
            if not self.options:
                return "choice() has no values: name at least one"
            return "" if self.value in self.options else f"{self.value!r} is not among its values"
        ends = f"{self.kind}({self.low}, {self.high})"
        if not all(_is_number(end) for end in (self.low, self.high)):
            return f"{ends}: the ends must be finite numbers"
        if not self.low < self.high:
            return f"{ends} is an empty range: give the smaller end first"
        if self.kind == "log" and self.low <= 0:
            return f"{ends}: a logarithmic scale has no 0; give ends above it"
        if not _is_number(self.value) or not self.low <= self.value <= self.high:
            return f"{ends}: its value {self.value!r} is outside"
        if not _is_number(self.step) or self.step <= 0:
            return f"{ends}: its step {self.step!r} is not above 0"
        if self.kind == "linear" and self.step > self.high - self.low:
            return f"{ends}: its step {self.step} is longer than the range"
        return ""

    def check(self, value):
        """Return a value that the slider can take.

        Raises
        ------
        ValueError
            If the slider cannot take it; the text names what it takes.
        """
        if self.kind == "choice":
            for option in self.options:
                if option == value and isinstance(option, bool) == isinstance(value, bool):
                    return option
            raise ValueError(f"{value!r} is not one of {', '.join(map(repr, self.options))}")
        if not _is_number(value):
            raise ValueError(f"{value!r} is not a number")
        if not self.low <= value <= self.high:
            raise ValueError(f"{value} is outside {self.low:g} to {self.high:g}")
        whole = all(isinstance(part, int) for part in (self.low, self.high, self.step))
        return round(value) if whole else float(value)

    def described(self, name):
        """Return what the page needs to draw the slider: plain values only."""
        shown = {"name": name, "kind": self.kind, "fresh": self.fresh, "value": self.value}
        if self.kind == "choice":
            return shown | {"options": list(self.options)}
        return shown | {"low": self.low, "high": self.high, "step": self.step}


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _plain(value):
    """Return a number of NumPy as one of Python, which can be written as text and read back."""
    return value.item() if hasattr(value, "item") else value


def log(low, high, value=None, *, fresh=False):
    """Return a slider on a logarithmic scale.

    Parameters
    ----------
    low, high : float
        Ends of the range, both above 0.
    value : float, optional
        Where it stands at first; in the middle if it is left out.
    fresh : bool
        A change needs a fresh start, as that of a layer's size does.

    Returns
    -------
    Slider
    """
    if value is None:
        possible = _is_number(low) and _is_number(high) and low > 0 and high > 0
        value = float(f"{math.sqrt(low * high):.3g}") if possible else low
    return Slider("log", low, high, _plain(value), 1 / MARKS, fresh=fresh)


def linear(low, high, value=None, step=0.01, *, fresh=False):
    """Return a slider on a linear scale.

    Parameters
    ----------
    low, high : float
    value : float, optional
        Where it stands at first; at the lower end if it is left out.
    step : float
        Distance of two positions; if it and both ends are whole numbers, so are the values.
    fresh : bool
        A change needs a fresh start.

    Returns
    -------
    Slider
    """
    return Slider("linear", low, high, _plain(low if value is None else value), step, fresh=fresh)


def choice(*values, value=None, fresh=False):
    """Return a slider over a few values, such as batch sizes.

    Parameters
    ----------
    *values : int, float, str or bool
    value : optional
        Where it stands at first; at the first value if it is left out.
    fresh : bool
        A change needs a fresh start.

    Returns
    -------
    Slider
    """
    first = values[0] if values else None
    chosen = first if value is None else value
    return Slider("choice", 0, len(values) - 1, chosen, options=tuple(values), fresh=fresh)


def problems(sliders):
    """Return what is wrong with a dict of sliders: a line each, named."""
    if not isinstance(sliders, dict):
        return [f"sliders is a {type(sliders).__name__}; give a dict of names and sliders"]
    lines = []
    for name, slider in sliders.items():
        if not isinstance(name, str) or not name.isidentifier() or name == SEED:
            lines.append(f"{name!r} cannot name a slider: use a word such as learning_rate")
        elif not isinstance(slider, Slider):
            lines.append(f"{name} is a {type(slider).__name__}: use log, linear or choice")
        elif slider.problem:
            lines.append(f"{name}: {slider.problem}")
    return lines


def to_text(settings):
    """Return settings as a line that can be copied: ``learning_rate=0.1, seed=0``."""
    return ", ".join(f"{name}={value!r}" for name, value in settings.items())


def from_text(text, sliders):
    """Return the settings that a line of text gives.

    Parameters
    ----------
    text : str
        As `to_text` writes it. A setting that it does not name is left as it is.
    sliders : dict of str to Slider

    Returns
    -------
    dict
        Values that the sliders can take, and ``seed`` if the text gives one.

    Raises
    ------
    ValueError
        If the text cannot be read, or a value is not possible; it tells which.
    """
    try:
        call = ast.parse(f"settings({text.strip()})", mode="eval").body
        pairs = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
        if call.args or None in pairs or not isinstance(call.func, ast.Name) or not pairs:
            raise ValueError
        if len(pairs) != len(call.keywords):
            raise ValueError
    except (SyntaxError, ValueError, AttributeError, TypeError, MemoryError, RecursionError):
        raise ValueError(
            "This is not a line of settings. It should look like: learning_rate=0.01, seed=0"
        ) from None
    return {name: checked(name, value, sliders) for name, value in pairs.items()}


def checked(name, value, sliders):
    """Return a value that a setting can take, or raise a ValueError that names the setting."""
    if name == SEED:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32:
            return value
        raise ValueError(f"seed: {value!r} is not a whole number from 0 to {2**32 - 1}")
    if name not in sliders:
        raise ValueError(f"There is no setting {name!r} here, only {', '.join([*sliders, SEED])}")
    try:
        return sliders[name].check(value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
