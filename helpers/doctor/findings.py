"""What a check found, how it is shown, and the commands that mend what is wrong."""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Finding:
    """What one look at this machine found.

    Parameters
    ----------
    what : str
        What was looked at.
    told : str
        What was found.
    mend : str, optional
        The command that mends it, to be run in the workbook's folder. Empty: nothing is wrong.
    """

    what: str
    told: str
    mend: str = ""

    def __str__(self):
        if not self.mend:
            return f"ok  {self.what}: {self.told}"
        return f"--  {self.what}: {self.told}\n    mend: {self.mend}"


def examine(checks, extras=()):
    """Make every check and print what it finds.

    Parameters
    ----------
    checks : dict of str to callable
        What is looked at -> a function without arguments that yields findings. One that raises is
        a finding too. If something is wrong with the first, the others are not made.
    extras : sequence of str, optional
        What is installed besides what students need, such as "staff".

    Returns
    -------
    int
        An exit status: 0 if nothing is wrong, else 1.
    """
    wrong, first = 0, next(iter(checks.values()))
    for name, check in checks.items():
        try:
            for finding in check():
                print(finding, flush=True)
                wrong += bool(finding.mend)
        except Exception as error:
            told = f"could not be looked at ({type(error).__name__}: {error})"
            print(Finding(name, one_line(told), install(extras, "--force-reinstall")), flush=True)
            wrong += 1
        if wrong and check is first:
            break
    if wrong:
        print(f"\n{wrong} to mend: run the commands in {ROOT}, then look again")
    return min(wrong, 1)


def one_line(text):
    """Return a text in one line of at most 300 characters."""
    line = " ".join(str(text).split())
    return line if len(line) <= 300 else f"{line[:297]}..."


def command(*words):
    """Return a command as this machine's shell reads it."""
    words = [os.fspath(word) for word in words]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def python(*arguments):
    """Return the command that runs this Python with some arguments."""
    here = Path(sys.executable)
    if ROOT in here.parents:
        here = here.relative_to(ROOT)
    return command(here, *arguments)


def install(extras=(), *options):
    """Return the command that installs the workbook with its pinned packages.

    Parameters
    ----------
    extras : sequence of str
        Such as "staff" or "torch".
    *options : str
        Of pip.
    """
    what = f".[{','.join(extras)}]" if extras else "."
    return python("-m", "pip", "install", *options, "-c", "constraints.txt", "-e", what)


def restore(name):
    """Return what brings a file of the workbook back.

    Parameters
    ----------
    name : str
        Its path in the workbook's folder.
    """
    if (ROOT / ".git").exists():
        return command("git", "checkout", "--", name)
    return f"take {name} from a fresh copy of the workbook"
