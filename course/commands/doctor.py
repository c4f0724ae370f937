"""``course doctor``."""

from .. import doctor


def run(_options, course):
    return doctor.run(course)
