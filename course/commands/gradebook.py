"""``course gradebook``."""

from .. import gradebook


def declare(parser):
    parser.add_argument("address", metavar="URL", help="such as postgresql+psycopg2:///gradebook")


def run(options, course):
    gradebook.copy(course.gradebook_url, options.address)
    print(f"copied to {gradebook.shown(options.address)}")
    return 0
