"""``python -m course COMMAND``: what staff run."""

import argparse
import sys

from . import build, gate, nbgrader_calls, text
from .paths import Course


def main(arguments=None):
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="derive the notebooks from their texts")
    building.add_argument("names", nargs="*", metavar="ASSIGNMENT", help="default: all")
    building.add_argument(
        "--check", action="store_true", help="write nothing; say what is not up to date"
    )
    options = parser.parse_args(arguments)
    try:
        return {"build": _build}[options.command](options)
    except (text.TextError, gate.Leak, nbgrader_calls.NbgraderFailed) as error:
        print(error, file=sys.stderr)
        return 1


def _build(options):
    course = Course()
    if options.check:
        problems = build.check(course, options.names)
        print("\n".join(problems) or "every derived file is up to date")
        return 1 if problems else 0
    for path in build.build(course, options.names):
        print(f"wrote {path.relative_to(course.root)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
