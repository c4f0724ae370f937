"""Is everything here that the notebooks need? ``python -m helpers.doctor`` tells.

Each check yields findings, and each bad finding has the command that mends it. Nothing is imported
before the check that needs it: the doctor has to work where packages are missing.
"""

from .findings import Finding, command, examine, install, one_line, python, restore
from .machine import disk, folders, kernel, python_version
from .material import data, report
from .requirements import entry_point, packages, pytorch

__all__ = [
    "Finding",
    "command",
    "data",
    "disk",
    "entry_point",
    "examine",
    "folders",
    "install",
    "kernel",
    "one_line",
    "packages",
    "python",
    "python_version",
    "pytorch",
    "report",
    "restore",
]
