"""Are the packages here that the workbook requires, in the versions that it was tested with?"""

from importlib import metadata
from importlib.util import find_spec

from .findings import ROOT, Finding, install

PROJECT = "nn-workbook"
SHOWN = 6  # packages in a line


def packages(extras=()):
    """Look at every package that the workbook requires, and that these require in turn.

    Parameters
    ----------
    extras : sequence of str
        Such as "staff".

    Yields
    ------
    Finding
    """
    if version(PROJECT) is None or find_spec("packaging") is None:
        yield Finding("packages", "the workbook is not installed for this Python", install(extras))
        return
    pins = pinned()
    versions = {name: version(name) for name in required(extras)}
    wrong = [
        f"{name} {found or 'is missing'}" + (f", tested with {pins[name]}" if name in pins else "")
        for name, found in sorted(versions.items())
        if found is None or (name in pins and not pins[name].contains(found, prereleases=True))
    ]
    if wrong:
        more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        yield Finding("packages", "; ".join(wrong[:SHOWN]) + more, install(extras))
    else:
        yield Finding("packages", f"{len(versions)}, in the versions that were tested")


def pytorch():
    """Look at PyTorch, which only the last notebook needs."""
    found, how = version("torch"), install(["torch"])
    if found is None:
        yield Finding("PyTorch", f"not installed; only 07_pytorch needs it: {how}")
    elif not (pin := pinned()["torch"]).contains(found):
        yield Finding("PyTorch", f"{found}, tested with {pin}", how)
    else:
        yield Finding("PyTorch", found)


def entry_point(group, name, what, extras=()):
    """Look whether Jupyter finds a part of the workbook by its entry point.

    Parameters
    ----------
    group, name : str
    what : str
        What it is, in words.
    extras : sequence of str
    """
    found = metadata.entry_points(group=group, name=name)
    if not found:
        yield Finding(what, f"Jupyter does not find it ({group})", install(extras))
    for point in found:
        point.load()
        yield Finding(what, f"found ({point.value})")


def version(name):
    """Return the version of an installed package, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def required(extras=(), of=PROJECT):
    """Return the names of all packages that the workbook requires here, directly or not.

    Parameters
    ----------
    extras : sequence of str
    of : str, optional
        Another package, in place of the workbook.

    Returns
    -------
    set of str
        Canonical names; what is not installed is in it, what that one requires cannot be.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found, waiting = set(), [(of, tuple(extras))]
    while waiting:
        name, extras = waiting.pop()
        for line in metadata.requires(name) or ():
            requirement = Requirement(line)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
                continue
            name_of_it = canonicalize_name(requirement.name)
            if name_of_it not in found:
                found.add(name_of_it)
                if version(name_of_it):
                    waiting.append((name_of_it, tuple(requirement.extras)))
    return found


def pinned():
    """Return what ``constraints.txt`` says of this Python and machine.

    Returns
    -------
    dict of str to SpecifierSet
        Canonical name -> the version.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {
        canonicalize_name(pin.name): pin.specifier
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }
