"""``python -m course COMMAND``: what staff run."""

import argparse
import sys
from importlib import import_module

from .commands import COMMANDS
from .errors import CourseError
from .paths import Course


def main(arguments=None):
    """Run one command and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m course", description=__doc__)
    parsers = parser.add_subparsers(dest="command", required=True)
    module = None
    for name, about in COMMANDS.items():
        command = parsers.add_parser(name, help=about)
        if name in arguments[:1]:  # what the others need is not loaded
            try:
                module = import_module(f".commands.{name}", __package__)
            except ModuleNotFoundError:
                # A package is missing. Whatever was to be run, the doctor tells what to do.
                from . import doctor

                return doctor.run(Course()) or 1
            getattr(module, "declare", lambda _parser: None)(command)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="derive the notebooks from their texts")
    building.add_argument("names", nargs="*", metavar="ASSIGNMENT", help="default: all")
    building.add_argument(
        "--check", action="store_true", help="write nothing; say what is not up to date"
    )
    collecting = commands.add_parser("collect", help="take what students handed in")
    collecting.add_argument("path", type=Path, help="a folder or zip of it, or one file")
    collecting.add_argument("--assignment", default="", metavar="NAME", help="only this one")
    collecting.add_argument(
        "--due", type=_moment, metavar="TIME", help="default: as in the gradebook"
    )
    collecting.add_argument(
        "--before-due", action="store_true", help="the last attempt in time counts, not the last"
    )
    collecting.add_argument(
        "--roster", type=Path, metavar="CSV", help="the class; default: as in the gradebook"
    )
    checking = commands.add_parser("check", help="test the course itself")
    checking.add_argument("names", nargs="*", metavar="ASSIGNMENT", help="default: all")
    grading = commands.add_parser("grade", help="grade a class, all cores at once")
    grading.add_argument("name", metavar="ASSIGNMENT")
    grading.add_argument("--student", action="append", metavar="S", help="default: all")
    grading.add_argument("--workers", type=int, default=0, metavar="N", help="default: the cores")
    grading.add_argument(
        "--scheduler", default="", metavar="ADDRESS", help="of dask, to use other machines"
    )
    grading.add_argument("--force", action="store_true", help="also what has not changed")
    grading.add_argument(
        "--rehearse", action="store_true", help="write no grades; tell which would change"
    )
    commands.add_parser("demo", help="one assignment all the way, with a made-up class")
    commands.add_parser("kernel", help='make the kernel "Python (sandbox)" known to Jupyter')
    proving = commands.add_parser("prove", help="plant mistakes; do the hidden tests notice?")
    proving.add_argument("names", nargs="*", metavar="ASSIGNMENT", help="default: all")
    results = commands.add_parser("results", help="measure on the full data: docs/results.md")
    results.add_argument("names", nargs="*", metavar="ASSIGNMENT", help="default: all")
    options = parser.parse_args(arguments)
    try:
        return module.run(options, Course())
        return run(options)
    except (
        text.TextError,
        gate.Leak,
        nbgrader_calls.NbgraderFailed,
        sandbox.Unavailable,
        grade.Busy,
        GradesError,
        gradebook.NotEmpty,
        SQLAlchemyError,
        OSError,
    ) as error:
        print(error, file=sys.stderr)
        return 2 if options.command in ("grade", "grades") else 1
    except ModuleNotFoundError as missing:
        if missing.name != "psycopg2":
            raise
        print("PostgreSQL's driver is missing: pip install -e '.[postgres]'", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; what was done stays, the same command goes on", file=sys.stderr)
        return 130
    except Exception as error:
        if not _is_for_people(error):
            raise
        print(error, file=sys.stderr)
        return getattr(module, "FAILED", 1)


def _is_for_people(error):
    from sqlalchemy.exc import SQLAlchemyError  # brings much that most commands do not need

    return isinstance(error, (CourseError, OSError, SQLAlchemyError))

def _check(options):
    course = Course()
    problems = build.check(course, options.names)
    sources = [text.read(path) for path in build.texts(course, options.names)]
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(sources) or 1)) as pool:
        for source, (notes, found) in zip(sources, pool.map(_checked, sources), strict=True):
            print("\n".join([*notes, _size(source)]))
            problems += found
    print("\n".join(problems) or "starter, solution, hints, ids and points are as they should be")
    return 1 if problems else 0


def _moment(text):
    try:
        return collect.owners.moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _collect(options):
    roster = collect.owners.read_roster(options.roster) if options.roster else None
    reports = collect.collect(
        Course(), options.path, options.assignment, options.due, options.before_due, roster
    )
    print(collect.told.table(reports))
    return 1 if any(report.look for report in reports) else 0


def _checked(source):
    """Return what is to be said of one assignment, and what is wrong with it."""
    if lacking := libraries.lacking(libraries.needed(source)):
        return [f"{source.name}: starter and solution are not run, {lacking}"], rules.broken(source)
    return [], [*rules.broken(source), *rehearse.rehearse(Course(), source.name)]


def _size(source):
    tests = source.of("test")
    points, bonus = (sum(c.points for c in tests if c.bonus is b) for b in (False, True))
    extra = f" and {bonus:g} of extra credit" if bonus else ""
    told = f"{len(source.of('todo'))} TODOs, {len(tests)} hidden tests, {points:g} points"
    return f"{source.name}: {told}{extra}"


def _grade(options):
    course = Course()
    do = preview.rehearse if options.rehearse else grade.grade
    rows = do(
        course, options.name, options.student, options.workers, options.scheduler, options.force
    )
    print(report.changes(rows) if options.rehearse else report.table(rows))
    return 1 if not options.rehearse and any(row.problem for row in rows) else 0


def _demo(_options):
    from . import demo  # brings typst and Matplotlib, which nothing else here needs

    demo.run(Course())
    return 0


def _kernel(_options):
    from . import provisioner

    print(f"wrote {provisioner.install()}")
    return 0


def _prove(options):
    from . import prove

    try:
        problems = prove.prove(Course(), options.names)
    except prove.equivalent.ListError as error:
        problems = [str(error)]
    print("\n".join(problems) or "wrote docs/mutants.md: the tests notice what they have to")
    return 1 if problems else 0


def _results(options):
    from . import results

    course = Course()
    print(f"wrote {results.write(course, options.names).relative_to(course.root)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
