"""``course kit``."""

from pathlib import Path

from .. import kit


def declare(parser):
    parser.add_argument("out", type=Path, metavar="OUT.zip")
    parser.add_argument("--through", metavar="ASSIGNMENT", help="the last one; default: all")


def run(options, course):
    names = kit.make(course, options.out, options.through)
    print(f"wrote {options.out}, {options.out.stat().st_size / 1e6:.1f} MB: {', '.join(names)}")
    return 0
