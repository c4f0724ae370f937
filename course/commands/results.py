"""``course results``."""

from .. import results
from . import declare_names as declare  # noqa: F401 - main calls it


def run(options, course):
    print(f"wrote {results.write(course, options.names).relative_to(course.root)}")
    return 0
