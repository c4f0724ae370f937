"""Replace a file in one move."""

import os
import tempfile


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
