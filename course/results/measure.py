"""What the tables of all notebooks measure with."""

import json
import os
import subprocess
import sys
import time

import nbformat
from nbclient import NotebookClient

from .. import trial

SEEDS = (0, 1, 2)


def namespace(source, which):
    """Return the names of a solved text that was run on one data set: "full" or "embedded"."""
    os.environ["WORKBOOK_DATA_SET"] = which
    try:
        return trial.namespace(source)
    finally:
        del os.environ["WORKBOOK_DATA_SET"]


def span(values):
    """Return the median of accuracies with their range, as text."""
    ordered = sorted(f"{value:.4f}".lstrip("0") for value in values)
    return f"{ordered[len(ordered) // 2]} ({ordered[0]} to {ordered[-1]})"


def notebook_seconds(course, name):
    """Return how long a solved notebook takes on the embedded data, with its kernel's start."""
    notebook = nbformat.read(course.notebook("source", name), as_version=4)
    os.environ["WORKBOOK_DATA_SET"] = "embedded"
    start = time.perf_counter()
    try:
        NotebookClient(notebook, timeout=120).execute()
    finally:
        del os.environ["WORKBOOK_DATA_SET"]
    return time.perf_counter() - start


def bench(course, script):
    """Return what a benchmark prints as its last line, run on the full data."""
    command = [sys.executable, str(course.root / "bench" / script)]
    environment = {**os.environ, "WORKBOOK_DATA_SET": "full"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])
