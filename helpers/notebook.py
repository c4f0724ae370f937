"""Small things that make a notebook read well: methods in cells of their own, tables, needs."""

import importlib.util
from html import escape


class Missing(ImportError):
    """A library that a notebook needs is not installed."""

    def _render_traceback_(self):
        # IPython shows this in place of a traceback: one line says it all.
        return [str(self)]


def needs(library, command):
    """Stop a notebook, with one line that says what to do, where a library is not installed.

    Parameters
    ----------
    library : str
        The name under which it is imported.
    command : str
        What installs it.

    Raises
    ------
    Missing
        If it is not installed.

    Examples
    --------
    >>> needs("numpy", "pip install numpy")
    """
    if importlib.util.find_spec(library) is None:
        raise Missing(
            f"{library} is not installed: run `{command}` in a terminal, restart the kernel, "
            "and run this cell again"
        )


def method_of(cls, keep=False):
    """Make the decorated function a method of ``cls``.

    A notebook explains a class method by method; each method can so stand in a cell of its own,
    after the text that derives it. Running the cell again replaces the method, in instances that
    exist already too.

    Parameters
    ----------
    cls : type
    keep : bool
        Leave a method of that name in place if the class has one already.

    Returns
    -------
    callable
        A decorator that returns the function unchanged.

    Examples
    --------
    >>> class Square:
    ...     side = 3
    >>> @method_of(Square)
    ... def area(self):
    ...     return self.side**2
    >>> Square().area()
    9
    """

    def attach(function):
        if not (keep and function.__name__ in vars(cls)):
            setattr(cls, function.__name__, function)
        return function

    return attach


class Table:
    """A table that shows well in a notebook, in a PDF report and as text.

    Parameters
    ----------
    columns : sequence of str
        Headings, with units.
    rows : iterable of sequence
        Cells; floats show four significant digits, None shows as a dash.

    Raises
    ------
    ValueError
        If a row has another number of cells than there are columns.

    Examples
    --------
    >>> Table(["momentum", "accuracy (%)"], [[0.9, 92.1433]])
    | momentum | accuracy (%) |
    | ---: | ---: |
    | 0.9 | 92.14 |
    """

    def __init__(self, columns, rows):
        self.columns = [str(column) for column in columns]
        self.rows = [[_text(value) for value in row] for row in rows]
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"row {number} has {len(row)} cells, the table {len(self.columns)} columns"
                )

    def __repr__(self):
        # A bar or a line break would end a cell.
        cells = [[text.replace("|", "\\|") for text in line] for line in [self.columns, *self.rows]]
        lines = [cells[0], ["---:"] * len(self.columns), *cells[1:]]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def _repr_markdown_(self):
        return repr(self)

    def _repr_html_(self):
        # Pages without a style of their own, such as nbgrader's feedback, set cells side by side.
        style = 'style="text-align:right;padding:0.2em 0.8em"'
        head = "".join(f"<th {style}>{escape(name)}</th>" for name in self.columns)
        rows = "".join(
            f"<tr>{''.join(f'<td {style}>{escape(value)}</td>' for value in row)}</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _text(value):
    if value is None:
        return "–"
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return " ".join(text.split("\n"))
