"""``python -m course COMMAND``: what staff run."""

import argparse
import sys
from importlib import import_module

from .commands import COMMANDS
from .errors import CourseError
from .paths import Course

# What only some courses need, and the extra of pyproject.toml that brings it.
EXTRAS = {"psycopg2": "postgres", "torch": "torch"}


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
    options = parser.parse_args(arguments)
    try:
        return module.run(options, Course())
    except KeyboardInterrupt:
        print("stopped; what was done stays, the same command goes on", file=sys.stderr)
        return 130
    except Exception as error:
        told = _told(error)
        if not told:
            raise
        print(told, file=sys.stderr)
        return getattr(module, "FAILED", 1)


def _told(error):
    """Return what a person can do something about, or nothing."""
    from sqlalchemy.exc import SQLAlchemyError  # brings much that most commands do not need

    if isinstance(error, ModuleNotFoundError) and error.name in EXTRAS:
        install = f"python -m pip install -c constraints.txt -e '.[{EXTRAS[error.name]}]'"
        return f"{error.name} is not installed: .venv/bin/{install}"
    return str(error) if isinstance(error, (CourseError, OSError, SQLAlchemyError)) else ""


if __name__ == "__main__":
    sys.exit(main())
