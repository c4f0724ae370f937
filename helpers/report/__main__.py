"""``python -m helpers.report``: make the PDF of a notebook or of an assignment."""

import argparse
import logging
import sys

from ..files import find_notebook
from .errors import ReportError
from .files import export


def main(arguments=None):
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m helpers.report", description=__doc__)
    parser.add_argument("notebook", help="a notebook, or an assignment such as 01_softmax")
    parser.add_argument("-o", "--output", help="the PDF (default: beside the notebook)")
    parser.add_argument("--whole", action="store_true", help="show every cell")
    parser.add_argument("--name", default="", help="the student's name, for the title")
    parser.add_argument("--id", default="", help="the student's id, for the title")
    parser.add_argument(
        "--fonts", action="append", default=[], metavar="FOLDER", help="more fonts, if letters lack"
    )
    given = parser.parse_args(arguments)
    logging.basicConfig(format="%(message)s")
    try:
        pdf, missing = export(
            find_notebook(given.notebook),
            given.output,
            form="whole" if given.whole else "report",
            name=given.name,
            student_id=given.id,
            fonts=given.fonts,
        )
    except (ReportError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(pdf)
    if missing:
        print(f"Before you hand in, write what is missing: {', '.join(missing)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
