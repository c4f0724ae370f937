"""HTML tables, such as those of pandas, as tables of the template."""

import re

from .errors import ROWS
from .typst_code import EMPTY, call, join, quote

COLUMNS = 60  # a page cannot show more legibly
SPAN = 1000
LETTERS = 140  # in one line of a table, in small print
WIDEST = 60  # letters after which a cell is broken into lines
NUMBER = re.compile(r"[-+−]?[\d.,\s]*\d[\d.]*(e[-+]?\d+)?\s*%?|nan|[-+]?inf|–|\.{3}", re.IGNORECASE)
ALIGN = re.compile(r"text-align:\s*(left|right|center)")


def table(node, content):
    """Return a table.

    Parameters
    ----------
    node : bs4.Tag
    content : callable
        ``content(cell)`` returns the Typst code of what a cell holds.

    Returns
    -------
    str
        Of very many rows or columns the rest is left out, and said to be.
    """
    rows = [row for row in node.find_all("tr") if row.find_parent("table") is node]
    heads = 0
    for row in rows:
        if not is_head(row):
            break
        heads += 1
    cells, width, lost = placed(rows[:ROWS], heads)
    if not cells:
        return EMPTY
    caption = node.find("caption", recursive=False)
    notes = [f"{len(rows) - ROWS} rows"] * (len(rows) > ROWS) + ["columns"] * lost
    tables = [
        call(
            "tabular",
            *(cell_code(cell, at, content, at[1] < heads) for cell, at in part),
            columns=columns,
            heads=heads,
        )
        for part, columns in parts(cells, width)
    ]
    if caption:
        tables.append(call("caption", content(caption)))
    if notes:
        told = f"Left out of the table: {', '.join(notes)}; see the notebook."
        tables.append(call("caption", quote(told)))
    return join(tables)


def parts(cells, width):
    """Split a table that is too wide for a page into several, each with the first column.

    Yields
    ------
    cells : list
        As `placed` returns them.
    width : int
    """
    needed = [2] * width
    for cell, (x, _, wide, _) in cells:
        if wide == 1:
            needed[x] = max(needed[x], min(len(cell.get_text().strip()), WIDEST) + 2)
    if sum(needed) <= LETTERS or any(wide > 1 for _, (_, _, wide, _) in cells):
        yield cells, width
        return
    count = -(-sum(needed[1:]) // (LETTERS - needed[0]))
    start, most = 1, sum(needed[1:]) / count + WIDEST / 10  # letters of each part
    while start < width:
        end, room = start, most
        while end < width and (end == start or needed[end] <= room):
            room -= needed[end]
            end += 1
        part = [(cell, at) for cell, at in cells if at[0] == 0]
        part += [(cell, (x - start + 1, *rest)) for cell, (x, *rest) in cells if start <= x < end]
        yield part, end - start + 1
        start = end


def placed(rows, heads):
    """Lay the cells of rows on a grid.

    Parameters
    ----------
    rows : list of bs4.Tag
    heads : int
        The first rows, which are repeated on each page: no cell reaches out of them.

    Returns
    -------
    cells : list of (bs4.Tag, (column, row, columns, rows))
        No two of them overlap.
    width : int
        Columns of the grid.
    lost : bool
        Whether cells lie beyond the widest table that is shown.
    """
    taken, found, width, lost = set(), [], 0, False
    for y, row in enumerate(rows):
        x = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (x, y) in taken:
                x += 1
            if x >= COLUMNS:
                lost = True
                break
            wide = min(span(cell, "colspan"), COLUMNS - x)
            tall = min(span(cell, "rowspan"), (heads if y < heads else len(rows)) - y)
            while any((x + i, y) in taken for i in range(wide)):
                wide -= 1
            taken |= {(x + i, y + j) for i in range(wide) for j in range(tall)}
            found.append((cell, (x, y, wide, tall)))
            x += wide
            width = max(width, x)
    return found, width, lost


def span(cell, name):
    """Return how many columns or rows a cell covers."""
    told = str(cell.get(name) or "1")
    return min(max(int(told), 1), SPAN) if re.fullmatch("[0-9]{1,9}", told) else 1


def is_head(row):
    """Say whether a row belongs to the table's head."""
    if row.find_parent("thead"):
        return True
    cells = row.find_all(["td", "th"], recursive=False)
    return bool(cells) and all(cell.name == "th" for cell in cells)


def cell_code(cell, at, content, in_head):
    """Return the code of one cell."""
    asked = ALIGN.search(str(cell.get("style") or cell.parent.get("style") or ""))
    text = cell.get_text().strip()
    number = bool(NUMBER.fullmatch(text[:40])) and not cell.find("tex-formula")
    side = asked[1] if asked else ("right" if number else "left")
    x, y, wide, tall = at
    return call(
        "entry",
        content(cell),
        x=x,
        y=y,
        colspan=wide,
        rowspan=tall,
        side=quote(side),
        bold=in_head or cell.name == "th",
    )
