"""The points of the tiny assignment, and ways to answer and to read it."""

DOUBLE = {"test_double_negative": 2, "test_double_array": 1}
TRIPLE = {"test_triple_negative": 4}
TESTS = {**DOUBLE, **TRIPLE}


def cell(notebook, name):
    return next(cell for cell in notebook.cells if cell.get("id") == name)


def place(notebook, name):
    return notebook.cells.index(cell(notebook, name))


def define_double(notebook, *lines):
    """Answer `double` with lines that run before it returns the right value."""
    body = "".join(f"    {line}\n" for line in lines)
    cell(notebook, "double").source = f"def double(x):\n{body}    return 2.0 * x"


def points(graded):
    return {name: graded.scores[name] for name in TESTS}


def lost(*names):
    """Return the points of a notebook that is right but for some tests."""
    return {name: 0 if name in names else most for name, most in TESTS.items()}
