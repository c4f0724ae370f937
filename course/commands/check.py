"""``course check``."""

import os
from concurrent.futures import ProcessPoolExecutor

from .. import build, libraries, rehearse, rules, text
from ..paths import Course
from . import declare_names as declare  # noqa: F401 - main calls it


def run(options, course):
    problems = build.check(course, options.names)
    sources = [text.read(path) for path in build.texts(course, options.names)]
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(sources) or 1)) as pool:
        for source, (notes, found) in zip(sources, pool.map(_checked, sources), strict=True):
            print("\n".join([*notes, _size(source)]))
            problems += found
    print("\n".join(problems) or "starter, solution, hints, ids and points are as they should be")
    return 1 if problems else 0


def _checked(source):
    """Return what is to be said of one assignment, and what is wrong with it."""
    if lacking := libraries.lacking(libraries.needed(source)):
        return [f"{source.name}: starter and solution are not run, {lacking}"], rules.broken(source)
    return [], [*rules.broken(source), *rehearse.rehearse(Course(), source.name)]


def _size(source):
    tests = source.of("test")
    points, bonus = (sum(c.points for c in tests if c.bonus is b) for b in (False, True))
    extra = f" and {bonus:g} of extra credit" if bonus else ""
    told = f"{len(source.of('todo'))} TODOs, {len(tests)} hidden tests, {points:g} points"
    return f"{source.name}: {told}{extra}"
