"""What must hold of every text, whatever it teaches; ``course check`` asks.

Each rule reads the text only. What needs a run (the starter fails, the solution passes) is in
``course.rehearse``.
"""

import ast
import re

from . import seal, text

HINT = re.compile(r"<details><summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
HINTS = 3
WORDS = 120  # of prose before the next code
SOLUTION_LINES = 30


def broken(source):
    """Return every rule that a text breaks.

    Parameters
    ----------
    source : text.Text

    Returns
    -------
    list of str
        One line each, with file and line.
    """
    found = []
    for rule in (_todos, _listed, _tests, _checks_declared, _hints, _prose, _opening):
        found += [f"{source.path.name}:{line}: {problem}" for line, problem in rule(source)]
    return found


def _todos(source):
    for cell in source.of("todo"):
        names = text.defined_names(cell)
        if cell.id not in names:
            yield cell.line, f"TODO {cell.id}: named after what it defines, one of {names}"
        if not source.belonging_to(cell.id, "check"):
            yield cell.line, f"TODO {cell.id}: no visible check"
        if not source.belonging_to(cell.id, "test"):
            yield cell.line, f"TODO {cell.id}: no hidden test"
        for region in text.regions(cell)[0]:
            if len(region) - 2 > SOLUTION_LINES:
                yield cell.line, f"TODO {cell.id}: a solution of more than {SOLUTION_LINES} lines"


def _listed(source):
    todos = [cell.id for cell in source.of("todo")]
    for cell in source.of("given"):
        for call in ast.walk(ast.parse(cell.source)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "check.todos":
                listed = [ast.literal_eval(name) for name in call.args]
                if listed != todos:
                    yield cell.line, f"{cell.id}: check.todos lists {listed}, the TODOs are {todos}"
                return
    yield 1, "no given cell calls check.todos with the ids of the TODOs"


def _tests(source):
    names = sorted((cell.id for cell in source.of("todo")), key=len, reverse=True)
    for cell in source.of("check", "test"):
        if text.owner(cell.id, cell.role, names) is None:
            yield cell.line, f"{cell.id}: begins with {cell.role}_ and the name of a TODO"


def _checks_declared(source):
    for cell in source.of("check", "test"):
        try:
            names = seal.checks(cell.source)
            if cell.role == "test":
                seal.seal(cell.source)
        except seal.Unsealable as problem:
            yield cell.line, f"{cell.id}: {problem}"
            continue
        if not names:
            yield cell.line, f"{cell.id}: compares nothing"
        repeated = [name for name in names if names.count(name) > 1]
        if repeated:
            yield cell.line, f"{cell.id}: {repeated[0]!r} names two checks"
        for call in ast.walk(ast.parse(cell.source)):
            if seal.is_check(call) and not _says_something(call):
                yield cell.line + call.lineno, f"{cell.id}: a check without a hint"
        if cell.role == "check" and not _opens_todo(cell, source):
            yield cell.line, f"{cell.id}: stands in `with check.todo(...)` of its own TODO"


def _says_something(call):
    hints = [keyword.value for keyword in call.keywords if keyword.arg == "hint"]
    return any(isinstance(h, ast.Constant) and str(h.value).strip() for h in hints)


def _opens_todo(cell, source):
    opened = [
        ast.literal_eval(item.context_expr.args[0])
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.With)
        for item in node.items
    ]
    return len(opened) == 1 and cell in source.belonging_to(opened[0], "check")


def _hints(source):
    cells = {cell.id: cell for cell in source.cells}
    for todo in source.of("todo"):
        cell = cells.get(f"hints_{todo.id}")
        if cell is None:
            yield todo.line, f"TODO {todo.id}: no cell hints_{todo.id}"
            continue
        hints = HINT.findall(cell.source)
        if len(hints) != HINTS or not all(body.strip() for _, body in hints):
            yield cell.line, f"{cell.id}: {HINTS} folded hints, none empty"
        said = re.sub(r"\s", "", re.sub(r"<.*?>", "", cell.source))
        lines = todo.source.splitlines()
        for region in text.regions(todo)[0]:
            for number in region[1:-1]:
                line = re.sub(r"\s", "", lines[number])
                if len(line) >= 20 and line in said:
                    yield cell.line, f"{cell.id}: gives the solution away: {lines[number].strip()}"


def _prose(source):
    words, start = 0, None
    for cell in source.cells:
        if cell.code or cell.role == "explain":
            words, start = 0, None
            continue
        start = start or cell
        prose = re.sub(r"\$\$.*?\$\$|<details>.*?</details>", "", cell.source, flags=re.DOTALL)
        words += len(re.findall(r"[A-Za-z]{2,}", re.sub(r"\$.*?\$", "", prose)))
        if words > WORDS * 1.5:
            yield start.line, f"{start.id}: {words} words before the next code (aim at {WORDS})"


def _opening(source):
    first = source.cells[0]
    for words in ("You will build", "You will learn", "You need"):
        if words.lower() not in first.source.lower().replace("*", ""):
            yield first.line, f"the opening does not say: {words} ..."
