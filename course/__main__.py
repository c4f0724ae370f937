"""``python -m course COMMAND``: what staff run."""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

try:
    from . import (
        build,
        gate,
        grade,
        kit,
        libraries,
        nbgrader_calls,
        preview,
        rehearse,
        rules,
        sandbox,
        text,
    )
    from . import grade_report as report
    from .paths import Course
except ModuleNotFoundError:
    if __name__ != "__main__":
        raise
    # A package is missing. Whatever was to be run, the doctor runs, and tells what to do.
    from . import doctor
    from .paths import Course

    sys.exit(doctor.run(Course()))
from . import (
    build,
    collect,
    gate,
    grade,
from sqlalchemy.exc import SQLAlchemyError
    gradebook,
    libraries,
    nbgrader_calls,
    preview,
    rehearse,
    rules,
    sandbox,
    text,
)
from . import grade_report as report
from .grades import GradesError
from .grades import command as grades_command
from . import similarity as similar
from .paths import Course
from .repair import shown


def main(arguments=None):
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m course", description=__doc__)
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
        "--due", type=collect.owners.moment, metavar="TIME", help="default: as in the gradebook"
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
    grades_command.declare(
        commands.add_parser("grades", help="write grades for a spreadsheet, Canvas or Moodle")
    )
    moving = commands.add_parser("gradebook", help="copy the gradebook to another database")
    moving.add_argument("address", metavar="URL", help="such as postgresql+psycopg2:///gradebook")
    commands.add_parser("demo", help="one assignment all the way, with a made-up class")
    commands.add_parser("doctor", help="is everything here? what is not, and how to mend it")
    packing = commands.add_parser("kit", help="what a student gets, as one zip")
    packing.add_argument("out", type=Path, metavar="OUT.zip")
    packing.add_argument("--through", metavar="ASSIGNMENT", help="the last one; default: all")
    commands.add_parser("kernel", help='make the kernel "Python (sandbox)" known to Jupyter')
    proving = commands.add_parser("prove", help="plant mistakes; do the hidden tests notice?")
    proving.add_argument("names", nargs="*", metavar="ASSIGNMENT", help="default: all")
    results = commands.add_parser("results", help="measure on the full data: docs/results.md")
    results.add_argument("names", nargs="*", metavar="ASSIGNMENT", help="default: all")
    counting = commands.add_parser("stats", help="what a class did not understand: page and tables")
    counting.add_argument("name", metavar="ASSIGNMENT")
    counting.add_argument("--names", action="store_true", help="name students")
    counting.add_argument("--out", type=Path, metavar="DIR", help="default: stats/ASSIGNMENT")
    exporting = commands.add_parser("similarity", help="export a class's code for Dolos and JPlag")
    exporting.add_argument("name", metavar="ASSIGNMENT")
    exporting.add_argument("archive", type=_zip, metavar="OUT.zip")
    exporting.add_argument("--names", action="store_true", help="name students; default: numbers")
    options = parser.parse_args(arguments)
    run = {
        "build": _build,
        "check": _check,
        "collect": _collect,
        "demo": _demo,
        "doctor": _doctor,
        "grade": _grade,
        "gradebook": _gradebook,
        "grades": grades_command.run,
        "kernel": _kernel,
        "kit": _kit,
        "prove": _prove,
        "results": _results,
        "stats": _stats,
        "similarity": _similarity,
    }[options.command]
    try:
        return run(options)
    except (
        text.TextError,
        gate.Leak,
        kit.KitError,
        nbgrader_calls.NbgraderFailed,
        sandbox.Unavailable,
        collect.owners.BadRoster,
        grade.Busy,
        GradesError,
        gradebook.NotEmpty,
        SQLAlchemyError,
        OSError,
    ) as error:
        print(error, file=sys.stderr)
        return 2 if options.command in ("collect", "grade") else 1
        return 2 if options.command in ("grade", "grades") else 1
    except KeyboardInterrupt:
        print("stopped; what was done stays, the same command goes on", file=sys.stderr)
        return 130


def _build(options):
    course = Course()
    if options.check:
        problems = build.check(course, options.names)
        print("\n".join(problems) or "every derived file is up to date")
        return 1 if problems else 0
    for path in build.build(course, options.names):
        print(f"wrote {path.relative_to(course.root)}")
    return 0


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


def _gradebook(options):
    gradebook.copy(Course().gradebook_url, options.address)
    print(f"copied to {gradebook.shown(options.address)}")
    return 0


def _demo(_options):
    from . import demo  # brings typst and Matplotlib, which nothing else here needs

    demo.run(Course())
    return 0


def _doctor(_options):
    from . import doctor  # runs parts of helpers that grading never loads

    return doctor.run(Course())


def _kernel(_options):
    from . import provisioner

    print(f"wrote {provisioner.install()}")
    return 0


def _kit(options):
    names = kit.make(Course(), options.out, options.through)
    print(f"wrote {options.out}, {options.out.stat().st_size / 1e6:.1f} MB: {', '.join(names)}")
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


def _stats(options):
    from . import stats

    for path in stats.stats(Course(), options.name, options.names, options.out):
        print(f"wrote {os.path.relpath(path)}")
def _zip(given):
    """Return the path of an archive; Dolos knows one by its name."""
    if not given.endswith(".zip"):
        raise argparse.ArgumentTypeError(f"{given} does not end in .zip")
    return Path(given)
def _similarity(options):
    made = similar.export(Course(), options.name, options.archive, options.names)
    print(f"wrote {options.archive}: the code of {len(made.files)} students")
    if not options.names:
        print(f"wrote {similar.key_path(options.archive)}: who is who; keep it to yourself")
    for student, number in made.no_python.items():
        print(f"no Python in cells of {shown(student)}: {number}; they lie in no_python/")
    for student, why in made.unread.items():
        print(f"not exported: {shown(student)}, because {why}")
    if made.empty:
        print(f"wrote no code: {', '.join(map(shown, made.empty))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
