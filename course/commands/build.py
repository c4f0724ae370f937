"""``course build``."""

from .. import build
from . import declare_names


def declare(parser):
    declare_names(parser)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; say what is not up to date"
    )


def run(options, course):
    if options.check:
        problems = build.check(course, options.names)
        print("\n".join(problems) or "every derived file is up to date")
        return 1 if problems else 0
    for path in build.build(course, options.names):
        print(f"wrote {path.relative_to(course.root)}")
    return 0
