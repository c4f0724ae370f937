"""The formulas of one document, in the order in which they are defined and used."""

import re

from .typst_code import call, clean

DEFINES = re.compile(r"\\(?:def|let|(?:re)?new(?:command|environment)|Declare\w+)(?![a-zA-Z])")


class Formulas:
    """Collects formulas; the worker sets them all at once.

    Attributes
    ----------
    jobs : list of (str, bool)
        TeX, and whether it is displayed.
    """

    def __init__(self):
        self.jobs = []
        self.known = {}

    def add(self, tex, display):
        """Keep a formula, and return the Typst code that shows it."""
        tex = clean(tex).strip()
        if DEFINES.search(tex):
            self.known = {}  # what follows may mean something else now
        number = self.known.setdefault((tex, display), len(self.jobs))
        if number == len(self.jobs):
            self.jobs.append((tex, display))
        return call("display-formula" if display else "formula", str(number))
