"""Find a notebook, and replace a file in one move."""

import os
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def find_notebook(named):
    """Return the notebook that a command line names.

    Parameters
    ----------
    named : str
        Path of a notebook, or an assignment such as ``01_softmax``: its notebook in the current
        folder, or under ``release`` there or in the project.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    given = Path(named)
    if given.suffix == ".ipynb":
        places = [given]
    else:
        file = f"{given.name}.ipynb"
        inside = Path("release", named, file)
        places = [Path(file), inside, PROJECT / inside]
    for place in places:
        if place.is_file():
            return place
    looked = " or ".join(map(str, dict.fromkeys(places)))
    raise FileNotFoundError(f"{named}: there is no {looked}; give the path of a notebook")


def write_in_one_move(path, data):
    """Write bytes to a file so that a reader sees the old file or the new one, never half of it.

    Parameters
    ----------
    path : Path
        Its folder is made if it does not exist.
    data : bytes
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
