"""Put the cells of a notebook back into the form in which they were released.

One function for both sides: ``python -m helpers.submit`` repairs with it what a student is about to
hand in, and grading (``course.repair``) what was handed in.
"""

import copy
import re
from collections import Counter, defaultdict
from itertools import accumulate, pairwise

# What is told of one cell, and of several.
SENTENCES = {
    "foreign": (
        "The cell {} does not belong to this assignment and is kept as an ordinary cell.",
        "The cells {} do not belong to this assignment and are kept as ordinary cells.",
    ),
    "stub": (
        "A copy of the cell {} in which nothing was written is left out.",
        "Copies of the cells {} in which nothing was written are left out.",
    ),
    "split": (
        "The cell {} had been split; its parts are put together again.",
        "The cells {} had been split; their parts are put together again.",
    ),
    "copied": (
        "The cell {} was there more than once; its other copies are kept as ordinary cells.",
        "The cells {} were there more than once; their other copies are kept as ordinary cells.",
    ),
    "recognised": (
        "The cell {} had lost its name and was recognised by its text.",
        "The cells {} had lost their names and were recognised by their text.",
    ),
    "settings": (
        "The grading settings of the cell {} were missing or changed and are put back.",
        "The grading settings of the cells {} were missing or changed and are put back.",
    ),
    "retyped": (
        "The type of the cell {} had been changed and is put back.",
        "The types of the cells {} had been changed and are put back.",
    ),
    "edited": (
        "The text of the cell {} had been changed; the original counts.",
        "The texts of the cells {} had been changed; the originals count.",
    ),
    "moved": (
        "The cell {} stood in the wrong place and is moved back.",
        "The cells {} stood in the wrong places and are moved back.",
    ),
    "missing": (
        "The cell {} was missing and is put back.",
        "The cells {} were missing and are put back.",
    ),
    "answer": (
        "The answer cell {} was missing; a person will look whether the answer stands elsewhere.",
        "The answer cells {} were missing; a person will look whether the answers stand elsewhere.",
    ),
    "todo": (
        "The TODO cell {} was missing; its code counts wherever else it stands.",
        "The TODO cells {} were missing; their code counts wherever else it stands.",
    ),
}
MISSING_ANSWER = "This answer cell was missing. If the answer stands elsewhere, grade it here.\n\n"
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def repair(cells, released, given=None):
    """Repair the cells of a notebook in place; cells of the student's own stay untouched.

    Afterwards every cell of the release that is not a TODO is there once, with the type, the
    settings and, if it is locked, the text of the release. A TODO cell that is missing is put
    back only if the notebook holds no code at all: its stub would undo an answer that stands in
    another cell.

    Parameters
    ----------
    cells : list of NotebookNode
        Of a valid notebook of nbformat 4.
    released : dict of str to NotebookNode
        By name, in the order of the release, the cells to which nbgrader has given settings; not
        changed.
    given : dict of str to str, optional
        Their sources as students got them, where ``released`` holds hidden tests too.

    Returns
    -------
    list of str
        What was repaired, in sentences for the student; none for an honest notebook.
    """
    told = defaultdict(list)
    given = given or {name: cell.source for name, cell in released.items()}
    given = {name: _plain(source) for name, source in given.items()}
    empty = not any(cell.source.strip() for cell in cells)
    code = any(cell.cell_type == "code" and cell.source.strip() for cell in cells)
    owners = _owners(cells, released, given, told)
    strange = not (owners or empty)
    for name, cell in owners.items():
        _restore(name, cell, released[name], given[name], told)
    order = _agreeing([name for cell in cells if (name := _owned(cell, owners))], released)
    for name, original in released.items():
        if name not in owners and (code and is_todo(original)):
            told["todo"].append(name)
        elif name not in owners:
            owners[name] = _put_back(name, original, told, empty)
    _put_in_order(cells, owners, order, released, told)
    _give_ids(cells, owners)
    first = ["No cell of this assignment was found in the notebook."] if strange else []
    return first + [_sentence(kind, told[kind]) for kind in SENTENCES if told[kind]]


def is_todo(cell):
    """Tell whether a cell is code that the student writes."""
    return _flag(cell, "solution") and not _flag(cell, "grade")


def is_answer(cell):
    """Tell whether a cell is an answer that a person grades."""
    return _flag(cell, "solution") and _flag(cell, "grade")


def _is_test(cell):
    return _flag(cell, "grade") and not _flag(cell, "solution")


def _is_locked(cell):
    return not _flag(cell, "solution") and (_flag(cell, "grade") or _flag(cell, "locked"))


def _flag(cell, name):
    return bool(_settings(cell).get(name))


def _plain(source):
    """Return a source without what editors change by themselves: line ends, blanks before them."""
    return "\n".join(line.rstrip() for line in source.splitlines()).strip()


def _owners(cells, released, given, told):
    """Return the cell that counts for each released one; all others lose nbgrader's metadata."""
    copies = defaultdict(list)
    for cell in cells:
        # nbgrader's ids can be edited in Jupyter, a cell's own id cannot.
        for name in (cell.get("id"), _settings(cell).get("grade_id")):
            if isinstance(name, str) and name in released:
                copies[name].append(cell)
                break
    _recognise(cells, copies, released, given, told)
    owners = {}
    for name, found in copies.items():
        if _flag(released[name], "solution"):
            found = _without_stubs(name, cells, found, given[name], told)
            found = _put_together(name, cells, found, told)
        if len(found) > 1:
            told["copied"].append(name)
        owners[name] = next((cell for cell in found if cell.get("id") == name), found[0])
    for cell in cells:
        if _owned(cell, owners) is None:
            foreign = _settings(cell)
            name = foreign.get("grade_id")
            graded = any(foreign.get(flag) for flag in ("grade", "solution", "locked", "task"))
            if graded and isinstance(name, str) and name not in released:
                told["foreign"].append(name)
            cell.metadata.pop("nbgrader", None)
    return owners


def _settings(cell):
    settings = cell.metadata.get("nbgrader")
    return settings if isinstance(settings, dict) else {}


def _owned(cell, owners):
    """Return the name for which a cell counts, or None."""
    # Two cells may be equal, so `is` and not `==`.
    return next((name for name, owner in owners.items() if owner is cell), None)


def _recognise(cells, copies, released, given, told):
    """Find released cells that lost both their ids, by the lines that no other cell has."""
    missing = [name for name in released if name not in copies]
    if not missing:
        return
    lines = {name: {line.strip() for line in text.split("\n")} for name, text in given.items()}
    times = Counter(line for found in lines.values() for line in found)
    own = {name: {line for line in lines[name] if line and times[line] == 1} for name in missing}
    named = {id(cell) for found in copies.values() for cell in found}
    for cell in cells:
        has = {line.strip() for line in cell.source.splitlines()}
        if id(cell) in named or not has or not missing:
            continue
        share = {name: len(own[name] & has) / len(own[name] or "x") for name in missing}
        best = max(missing, key=share.get)
        if share[best] >= 0.5:
            missing.remove(best)
            copies[best].append(cell)
            told["recognised"].append(best)


def _without_stubs(name, cells, copies, given, told):
    """Remove copies of an answer that nobody wrote in, if somebody wrote in another.

    The stub of such a copy would undo what the student wrote above it.
    """
    written = [cell for cell in copies if _plain(cell.source) not in ("", given)]
    stubs = {id(cell) for cell in copies} - {id(cell) for cell in written}
    if not written or not stubs:
        return copies
    told["stub"].append(name)
    cells[:] = [cell for cell in cells if id(cell) not in stubs]
    return written


def _put_together(name, cells, copies, told):
    """Join the parts of an answer that was split, and return what then stands for it.

    JupyterLab gives each part the settings of the whole, and the last one its id; line ends where
    it splits are lost, and the indentation before the cursor stays with the part above.
    """
    places = {id(cell): place for place, cell in enumerate(cells)}
    parts = sorted(copies, key=lambda cell: places[id(cell)])
    pairs = list(pairwise(parts))
    beside = all(places[id(below)] - places[id(above)] == 1 for above, below in pairs)
    if not pairs or not beside or not all(_goes_on(above, below) for above, below in pairs):
        return copies
    whole = next((cell for cell in parts if cell.get("id") == name), parts[0])
    text = parts[0].source
    for part in parts[1:]:
        text += ("" if _ends_in_indentation(text) else "\n") + part.source
    whole.source = text
    others = {id(cell) for cell in parts} - {id(whole)}
    cells[:] = [cell for cell in cells if id(cell) not in others]
    told["split"].append(name)
    return [whole]


def _goes_on(above, below):
    """Tell whether a cell can only be the rest of the one above; code that is whole begins left."""
    if above.cell_type != below.cell_type:
        return False
    if above.cell_type == "markdown":
        return above.source != below.source
    return _ends_in_indentation(above.source) or below.source.lstrip("\n")[:1] in (" ", "\t")


def _ends_in_indentation(source):
    return source.rpartition("\n")[2].isspace()


def _restore(name, cell, original, given, told):
    """Give one cell its settings, its type and, if it is locked, its text."""
    wanted = original.metadata["nbgrader"]
    had = {"task": False, "cell_type": wanted["cell_type"], **_settings(cell)}
    # The checksum differs between the release and the gradebook, which holds the hidden tests.
    keys = {*wanted, "points"} - {"checksum"}
    if any(had.get(key) != wanted.get(key) for key in keys) and name not in told["recognised"]:
        told["settings"].append(name)
    cell.metadata["nbgrader"] = copy.copy(wanted)
    if cell.cell_type != original.cell_type:
        told["retyped"].append(name)
        cell.cell_type = original.cell_type
        for key in ("outputs", "execution_count", "attachments"):
            cell.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    if _is_locked(original):
        if _plain(cell.source) not in (given, _plain(original.source)):
            told["edited"].append(name)
        cell.source = original.source


def _agreeing(names, released):
    """Return the names that stand in the order of the release, as many as can be.

    Answers weigh more than all locked cells: these can be moved, and answers cannot. A given cell
    weighs more than all tests: answers may need it above them, and tests may go further down.
    """
    order = {name: number for number, name in enumerate(released)}
    best = []  # for each name the weight of the best row that ends with it, and the name before
    for here, name in enumerate(names):
        rows = [(best[i][0], i) for i in range(here) if order[names[i]] < order[name]]
        weight, before = max(rows, default=(0, None))
        own = _weight(released[name], len(order))
        best.append((weight + own, before))
    agreeing = set()
    at = max(range(len(best)), key=lambda i: best[i][0], default=None)
    while at is not None:
        agreeing.add(names[at])
        at = best[at][1]
    return agreeing


def _weight(released, many):
    if _flag(released, "solution"):
        return many**2
    return 1 if _is_test(released) else many


def _put_back(name, original, told, empty):
    """Return a new cell in place of one that is missing."""
    cell = copy.deepcopy(original)
    if is_answer(cell) and not empty:
        # Untouched, nbgrader would give it no points and show it to nobody.
        cell.source = ("# " if cell.cell_type == "code" else "") + MISSING_ANSWER + cell.source
        told["answer"].append(name)
    else:
        told["missing"].append(name)
    return cell


def _put_in_order(cells, owners, agreeing, released, told):
    """Insert what is missing, and move locked cells that stand where they do not belong.

    A test goes behind everything that comes before it in the release, wherever the student moved
    that, and behind the student's own cells that follow there, which may hold a helper. Other
    locked cells go behind the last one that is in its place. Answers stay.
    """
    standing = {id(cell) for cell in cells}
    strayed = {
        name
        for name, cell in owners.items()
        if id(cell) in standing and name not in agreeing and _is_locked(released[name])
    }
    loose = {id(owners[name]) for name in strayed}
    fixed = standing - loose
    before = _places(cells, fixed)
    cells[:] = [cell for cell in cells if id(cell) not in loose]
    known = {id(cell) for cell in owners.values()}
    behind_kept = behind_all = 0
    for name in (name for name in released if name in owners):
        cell, test = owners[name], _is_test(released[name])
        if id(cell) in loose or id(cell) not in standing:
            at = _behind_own(cells, behind_all, known) if test else behind_kept
            cells.insert(at, cell)
            behind_all = max(behind_all, at) + 1
            in_place = at == behind_kept
        else:
            at = next(i for i, other in enumerate(cells) if other is cell)
            in_place = name in agreeing
            if test and at < behind_all:
                moved = cells.pop(at)
                at = _behind_own(cells, behind_all - 1, known)
                cells.insert(at, moved)
                strayed.add(name)
                in_place = False
            behind_all = max(behind_all, at + 1)
        if in_place:
            behind_kept = at + 1
    after = _places(cells, fixed)
    places = {name: id(owners[name]) for name in released if name in strayed}
    told["moved"] += [name for name, key in places.items() if before[key] != after[key]]


def _behind_own(cells, at, known):
    """Return the place behind those cells from ``at`` on that are not ones of the release."""
    return next((i for i in range(at, len(cells)) if id(cells[i]) in known), len(cells))


def _places(cells, fixed):
    """Return for each cell, by identity, how many of the fixed ones stand before it."""
    number = accumulate((id(cell) in fixed for cell in cells), initial=0)
    return {id(cell): before for cell, before in zip(cells, number, strict=False)}


def _give_ids(cells, owners):
    """Give each cell a valid id of its own; a released cell's is its name."""
    taken = set(owners)
    for number, cell in enumerate(cells, 1):
        name = _owned(cell, owners)
        if name is not None:
            cell["id"] = name
            continue
        new = cell.get("id")
        if not isinstance(new, str) or not CELL_ID.fullmatch(new) or new in taken:
            new = f"cell-{number}"
            while new in taken:
                new += "-"
        cell["id"] = new
        taken.add(new)


def _sentence(kind, names):
    names = [f"`{shown(name)}`" for name in dict.fromkeys(names)]
    one, several = SENTENCES[kind]
    return (one if len(names) == 1 else several).format(joined(names))


def joined(words, most=6):
    """Return words as they are listed in a sentence; of many, some and how many more."""
    if len(words) > most:
        words = [*words[: most - 1], f"{len(words) - most + 1} more"]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def shown(text, most=60):
    """Return a text that students chose so that it can stand in a sentence, within backticks."""
    text = text if len(text) <= most else text[:most] + "..."
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text.replace("`", "'")
    )
