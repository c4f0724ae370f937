"""``course collect``."""

import argparse
from pathlib import Path

from .. import collect

FAILED = 2


def declare(parser):
    add = parser.add_argument
    add("path", type=Path, help="a folder or zip of it, or one file")
    add("--assignment", default="", metavar="NAME", help="only this one")
    add("--due", type=_moment, metavar="TIME", help="default: as in the gradebook")
    add("--before-due", action="store_true", help="the last attempt in time counts, not the last")
    add("--roster", type=Path, metavar="CSV", help="the class; default: as in the gradebook")


def run(options, course):
    roster = collect.owners.read_roster(options.roster) if options.roster else None
    reports = collect.collect(
        course, options.path, options.assignment, options.due, options.before_due, roster
    )
    print(collect.told.table(reports))
    return 1 if any(report.look for report in reports) else 0


def _moment(given):
    try:
        return collect.owners.moment(given)
    except ValueError as error:  # argparse says its words only of its own kind
        raise argparse.ArgumentTypeError(str(error)) from None
