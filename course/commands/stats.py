"""``course stats``."""

import os
from pathlib import Path

from .. import stats


def declare(parser):
    parser.add_argument("name", metavar="ASSIGNMENT")
    parser.add_argument("--names", action="store_true", help="name students")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: stats/ASSIGNMENT")


def run(options, course):
    for path in stats.stats(course, options.name, options.names, options.out):
        print(f"wrote {os.path.relpath(path)}")
    return 0
