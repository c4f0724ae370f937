"""Keep the state of a program in a plain .npz file: arrays as arrays, all else as JSON."""

import io
import json
from pathlib import Path

import numpy as np

from .files import write_in_one_move


def save(path, state):
    """Write a state to a file, in one move: an older file stays whole until the new one is.

    Parameters
    ----------
    path : str or Path
        Ends in ``.npz``.
    state : dict
        Keys are strings. Values are arrays, numbers, strings, None, or lists and dicts of these.

    Raises
    ------
    TypeError
        If there is something else in it, such as a function.
    OSError
        If the file cannot be written.
    """
    arrays = {}

    def keep(value):
        if isinstance(value, (np.ndarray, np.generic)):
            name = f"array_{len(arrays)}"
            arrays[name] = value
            return {"__array__": name}
        if isinstance(value, dict):
            return {key: keep(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [keep(one) for one in value]
        return value

    try:
        text = json.dumps(keep(state))
    except TypeError as error:
        raise TypeError(f"{path}: a checkpoint holds arrays and numbers only; {error}") from error
    if any(np.asarray(array).dtype.hasobject for array in arrays.values()):
        raise TypeError(f"{path}: an array of Python objects cannot be kept; give it a number type")
    file = io.BytesIO()
    np.savez(file, state=text, **arrays)
    write_in_one_move(Path(path), file.getvalue())


def load(path):
    """Return the state that `save` has written; tuples come back as lists.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it was not written by `save`, or is damaged.
    """

    def restore(part):
        # An empty index leaves an array as it is, and makes a number of one without axes.
        return arrays[part["__array__"]][()] if "__array__" in part else part

    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return json.loads(str(arrays["state"]), object_hook=restore)
    except FileNotFoundError:
        raise
    except Exception as error:  # whatever NumPy, zipfile and json say of a damaged file
        raise ValueError(
            f"{path} is no checkpoint, or is damaged; train again ({error})"
        ) from error
