"""Where things lie in a course folder. One place, because commands, tests and the demo agree."""

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from traitlets.config import PyFileConfigLoader

HERE = Path(__file__).resolve().parent.parent
SETTINGS = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """A course folder as nbgrader lays it out.

    Parameters
    ----------
    root : Path
        Holds ``source``, ``release``, ``submitted``, ``autograded``, ``feedback`` and
        ``gradebook.db``.
    cell_timeout : int, optional
        Seconds that a cell of a submission may take; nbgrader_config.py says it otherwise.
    trusted : bool, optional
        Whether everything handed in was written by us: then it may run without a sandbox on a
        machine that has none.
    """

    root: Path = HERE
    cell_timeout: int | None = None
    trusted: bool = False

    def texts(self):
        """Return the paths of all texts, in the order of the course."""
        return sorted((self.root / "source").glob("[0-9][0-9]_*.py"))

    def text(self, name):
        return self.root / "source" / f"{name}.py"

    def notebook(self, step, name, student=""):
        """Return the path of one notebook: ``root/step[/student]/name/name.ipynb``."""
        return self.root / step / student / name / f"{name}.ipynb"

    def pristine(self, name):
        """Return the path of the copy of a released notebook that no student works in."""
        return self.root / "helpers" / "submit" / "released" / f"{name}.ipynb"

    @property
    def attempts(self):
        """Return the folder of everything that was ever handed in and collected."""
        return self.root / "attempts"

    def feedback(self, name, student):
        return self.root / "feedback" / student / name / f"{name}.html"

    @property
    def grading(self):
        """Return the folder of what grading keeps between its steps; it may be deleted."""
        return self.root / ".grading"

    @property
    def gradebook(self):
        return self.root / "gradebook.db"

    @cached_property
    def gradebook_url(self):
        """Return the address of the gradebook: this file, or what the folder's settings name."""
        if (self.root / SETTINGS).is_file():
            settings = PyFileConfigLoader(SETTINGS, path=str(self.root)).load_config()
            if url := settings.CourseDirectory.get("db_url"):
                return url
        return f"sqlite:///{self.gradebook}"


@contextmanager
def temporary_course(**options):
    """Give a course folder of its own that is gone afterwards; options are those of `Course`.

    Yields
    ------
    Course
    """
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        yield Course(Path(folder).resolve(), **options)


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
