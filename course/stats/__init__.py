"""``course stats``: what a class did not understand, as a page to read and as tables to count on.

`reading` gathers what grading left, `measures` holds the formulae, `summary` applies them task by
task, `pictures`, `page` and `tables` show the result. Nobody is named unless that is asked for.
"""

from ..paths import write_in_one_move
from . import page, summary, tables
from .reading import read


def stats(course, name, named=False, folder=None):
    """Write the statistics of one assignment.

    Parameters
    ----------
    course : paths.Course
        The assignment has been graded there.
    name : str
    named : bool, optional
        Whether students are named.
    folder : Path, optional
        Where to write; ``stats/NAME`` of the course folder if it is not given.

    Returns
    -------
    list of Path
        What was written, the page first.

    Raises
    ------
    NbgraderFailed
        If the gradebook does not know the assignment.
    """
    folder = folder or course.root / "stats" / name
    work = read(course, name)
    summaries, distributions = summary.summaries(work), summary.distributions(work)
    written = {
        "index.html": page.html(work, summaries, distributions, named),
        "tasks.csv": tables.tasks(summaries),
        "mistakes.csv": tables.mistakes(summaries, named),
        "points.csv": tables.points(distributions),
    }
    for file, data in written.items():
        write_in_one_move(folder / file, data)
    return [folder / file for file in written]
