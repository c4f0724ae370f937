"""``python -m helpers.doctor``: is everything here that the notebooks need?"""

import sys

from . import (
    data,
    disk,
    entry_point,
    examine,
    folders,
    kernel,
    packages,
    python_version,
    pytorch,
    report,
)

CHECKS = {
    "Python": python_version,
    "packages": packages,
    "PyTorch": pytorch,
    "kernel python3": kernel,
    "data": data,
    "PDF report": report,
    "menu": lambda: entry_point("nbconvert.exporters", "report", "Report in JupyterLab's menu"),
    "disk": disk,
    "folders": lambda: folders("data", "release"),
}

if __name__ == "__main__":
    sys.exit(examine(CHECKS))
