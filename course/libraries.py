"""Libraries beyond those that every notebook has: who may use them, and whether they are here."""

import ast
import importlib.util

# What does a whole exercise in one call, where somebody has it installed.
REFUSED = ("autograd", "cupy", "jax", "keras", "scipy", "skimage", "sklearn", "tensorflow")
REFUSED += ("tinygrad", "torch")
# Those of them that notebooks of this course use, and how to get them.
EXTRAS = {"torch": "python -m pip install -c constraints.txt -e '.[torch]'"}
# What to import of them before a submission runs. PyTorch's optimisers import its compiler when the
# first one is made, which takes a second and looks for libraries that are refused.
WARM = {"torch": ("torch", "torch._dynamo")}


def used(sources):
    """Return which of these libraries some code imports.

    Parameters
    ----------
    sources : iterable of str
        Python code, as of the cells of a reference solution.

    Returns
    -------
    list of str
        Top-level names, in alphabetical order.
    """
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            names = [alias.name for alias in getattr(node, "names", []) if hasattr(alias, "name")]
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            found |= {name.split(".")[0] for name in names if isinstance(name, str)}
    return sorted(found.intersection(REFUSED))


def lacking(names):
    """Say which of some libraries are not installed here, and what to do; empty if none is."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    how = " and ".join(f"`{EXTRAS.get(name, f'pip install {name}')}`" for name in missing)
    return f"{' and '.join(missing)} not installed here: {how}" if missing else ""


def modules(names):
    """Return what a warm interpreter imports for some libraries."""
    return tuple(module for name in names for module in WARM.get(name, (name,)))


def needed(source):
    """Return which of these libraries the notebook of a text uses.

    Parameters
    ----------
    source : text.Text

    Returns
    -------
    list of str
    """
    return used(cell.source for cell in source.cells if cell.code)
