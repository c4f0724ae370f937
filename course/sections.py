"""Pages of figures with a section for each assignment, of which one is renewed at a time."""

import re

from .paths import write_in_one_move


def write_section(path, head, name, lines):
    """Renew the section of one assignment; those of the others stay as they are.

    Parameters
    ----------
    path : Path
        Of the page; it may not exist yet.
    head : str
        What stands above all sections.
    name : str
        Of the assignment: the section's heading.
    lines : list of str
        What stands below it.
    """
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = re.split(r"^(?=## )", written, flags=re.MULTILINE)[1:]
    sections = {part.splitlines()[0][3:]: part.rstrip() + "\n" for part in parts}
    sections[name] = "\n".join([f"## {name}", "", *lines, ""])
    page = "\n".join([head, *(sections[each] for each in sorted(sections))])
    write_in_one_move(path, page.encode())
