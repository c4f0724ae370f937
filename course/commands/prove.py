"""``course prove``."""

from .. import prove
from . import declare_names as declare  # noqa: F401 - main calls it


def run(options, course):
    problems = prove.prove(course, options.names)
    print("\n".join(problems) or "wrote docs/mutants.md: the tests notice what they have to")
    return 1 if problems else 0
