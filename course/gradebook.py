"""The gradebook as a database: nbgrader's SQLite file, or a server for a large course."""

import os
import sqlite3
from contextlib import closing

from nbgrader.api import Base, Course
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.engine import make_url

from .errors import CourseError

ROWS = 1000  # that are in memory at once
VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), nullable=False))
TABLES = [VERSION, *Base.metadata.sorted_tables]
SET_UP = [VERSION, Course.__table__]  # nbgrader fills these when it first opens a gradebook


class NotEmpty(CourseError):
    """The database to copy to holds grades already."""


def shown(db_url):
    """Return a database's address without its password."""
    return make_url(db_url).render_as_string(hide_password=True)


def copy(old, new):
    """Copy a gradebook into an empty one, from any kind of database to any other.

    Parameters
    ----------
    old, new : str
        Addresses as SQLAlchemy writes them, such as ``sqlite:///gradebook.db``.

    Raises
    ------
    NotEmpty
        If there are assignments or students in the new one, or its file exists.
    """
    urls = [make_url(url) for url in (old, new)]
    if all(url.get_backend_name() == "sqlite" for url in urls):
        _copy_file(*(url.database for url in urls))
        return
    source, target = create_engine(old), create_engine(new)
    try:
        # One snapshot: what is graded meanwhile is in the copy wholly or not at all.
        with source.connect() as reading, target.begin() as writing:
            reading = reading.execution_options(isolation_level="SERIALIZABLE", yield_per=ROWS)
            for table in TABLES:
                table.create(writing, checkfirst=True)
            holds = [table for table in TABLES if writing.execute(select(table).limit(1)).first()]
            if set(holds) - set(SET_UP):
                raise NotEmpty(f"{shown(new)} holds grades already: name an empty database")
            for table in TABLES:
                writing.execute(table.delete())
                for rows in reading.execute(select(table)).mappings().partitions():
                    writing.execute(insert(table), [dict(row) for row in rows])
    finally:
        source.dispose()
        target.dispose()


def _copy_file(old, new):
    if os.path.exists(new):
        raise NotEmpty(f"{new} is there already: move it away, or name another file")
    # SQLite's own copy is whole, whatever another process does, or a killed one has left.
    with closing(sqlite3.connect(old)) as reading, closing(sqlite3.connect(new)) as writing:
        reading.backup(writing)
