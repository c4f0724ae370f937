"""Can the gradebook be used? It is only looked at: none is made, and none is changed."""

from pathlib import Path

from alembic.script import ScriptDirectory
from nbgrader import dbutil
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError

from helpers.doctor import Finding, command, install, one_line, python

from . import EXTRAS, SEE


def gradebook(course):
    """Open a course's gradebook, if there is one, and compare its tables with nbgrader's.

    Parameters
    ----------
    course : paths.Course

    Yields
    ------
    Finding
    """
    url = make_url(course.gradebook_url)
    shown = url.render_as_string(hide_password=True)
    is_file = url.get_backend_name() == "sqlite"
    try:
        tables = _tables(url) if not is_file or Path(url.database).exists() else {}
    except ImportError as missing:  # what speaks to a server of this kind
        told = f"{shown} needs {missing.name}, which is not installed"
        ours = missing.name == "psycopg2"
        yield Finding("gradebook", told, install([*EXTRAS, "postgres"]) if ours else SEE)
        return
    except OperationalError as failed:
        yield Finding("gradebook", one_line(f"{shown} cannot be read ({failed.orig})"), SEE)
        return
    except DatabaseError as failed:
        told = one_line(f"{shown} is damaged ({failed.orig})")
        aside = command("mv", course.gradebook.name, f"{course.gradebook.name}.damaged")
        yield Finding("gradebook", f"{told}: {SEE}", aside if is_file else SEE)
        return
    wanted = ScriptDirectory(dbutil.ALEMBIC_DIR).get_current_head()
    if not tables:
        yield Finding("gradebook", "none yet; `nbgrader generate_assignment` makes one")
    elif tables["version"] != wanted:
        told = f"{shown} is of another nbgrader (tables {tables['version']}, wanted {wanted})"
        yield Finding("gradebook", told, python("-m", "nbgrader", "db", "upgrade"))
    else:
        told = f"{tables['assignments']} assignments, {tables['students']} students"
        yield Finding("gradebook", told)


def _tables(url):
    """Return the version of a gradebook's tables and how much is in two of them; empty: no tables.

    Raises
    ------
    sqlalchemy.exc.DatabaseError
        Of which OperationalError is one: the gradebook is held, out of reach, or no gradebook.
    """
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).get_table_names():
                return {}
            questions = {
                "version": "SELECT version_num FROM alembic_version",
                "assignments": "SELECT count(*) FROM assignment",
                "students": "SELECT count(*) FROM student",
            }
            return {name: connection.scalar(text(sql)) for name, sql in questions.items()}
    finally:
        engine.dispose()
