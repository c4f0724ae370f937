"""``course grades``."""

from pathlib import Path

from ..grade_report import paragraphs
from ..grades import PLATFORMS, write
from ..nbgrader_calls import config

FAILED = 2


def declare(parser):
    add = parser.add_argument
    add("--for", dest="platform", choices=PLATFORMS, default="spreadsheet")
    add("--assignment", action="append", default=[], metavar="NAME[=TITLE]", help="default: all")
    add("--merge", type=Path, metavar="FILE", help="exported by the platform, to be filled in")
    add("--provisional", action="store_true", help="also where a part waits for a person")
    add("--scale", action="store_true", help="convert where the platform has another maximum")
    add("--decimal-comma", action="store_true", help="3,5 in place of 3.5; semicolons between")
    add("--out", type=Path, required=True, metavar="FILE")


def run(options, course):
    told = write(
        course.gradebook_url,
        config(course),
        options.out,
        platform=options.platform,
        assignments=options.assignment,
        merge=options.merge,
        provisional=options.provisional,
        scale=options.scale,
        decimal_comma=options.decimal_comma,
    )
    print(f"wrote {options.out}\n{paragraphs(told.under)}")
    return 1 if told.needs_a_person else 0
