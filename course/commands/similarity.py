"""``course similarity``."""

import argparse
from pathlib import Path

from helpers.repair import shown

from .. import similarity


def declare(parser):
    parser.add_argument("name", metavar="ASSIGNMENT")
    parser.add_argument("archive", type=_zip, metavar="OUT.zip")
    parser.add_argument("--names", action="store_true", help="name students; default: numbers")


def run(options, course):
    made = similarity.export(course, options.name, options.archive, options.names)
    print(f"wrote {options.archive}: the code of {len(made.files)} students")
    if not options.names:
        print(f"wrote {similarity.key_path(options.archive)}: who is who; keep it to yourself")
    for student, number in made.no_python.items():
        print(f"no Python in cells of {shown(student)}: {number}; they lie in no_python/")
    for student, why in made.unread.items():
        print(f"not exported: {shown(student)}, because {why}")
    if made.empty:
        print(f"wrote no code: {', '.join(map(shown, made.empty))}")
    return 0


def _zip(given):
    """Return the path of an archive; Dolos knows one by its name."""
    if not given.endswith(".zip"):
        raise argparse.ArgumentTypeError(f"{given} does not end in .zip")
    return Path(given)
