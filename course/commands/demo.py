"""``course demo``."""

from .. import demo


def run(_options, course):
    demo.run(course)
    return 0
