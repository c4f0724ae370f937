"""``course grade``."""

from .. import grade, grade_report, preview

FAILED = 2


def declare(parser):
    add = parser.add_argument
    add("name", metavar="ASSIGNMENT")
    add("--student", action="append", metavar="S", help="default: all")
    add("--workers", type=int, default=0, metavar="N", help="default: the cores")
    add("--scheduler", default="", metavar="ADDRESS", help="of dask, to use other machines")
    add("--force", action="store_true", help="also what has not changed")
    add("--rehearse", action="store_true", help="write no grades; tell which would change")


def run(options, course):
    do = preview.rehearse if options.rehearse else grade.grade
    rows = do(
        course, options.name, options.student, options.workers, options.scheduler, options.force
    )
    print(grade_report.changes(rows) if options.rehearse else grade_report.table(rows))
    return 1 if not options.rehearse and any(row.problem for row in rows) else 0
