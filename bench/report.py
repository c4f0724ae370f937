"""A report beside nbconvert's ways to a PDF, in one run: time, memory, install, formulas, attacks.

    MATHJAX=.../mathjax-full/es5/tex-svg-full.js python bench/report.py [ROUNDS]

One notebook of 25 cells with 33 formulas; the routes take turns. ``webpdf`` needs Chromium and
that file of npm's mathjax-full, ``pdf`` xelatex and pandoc; a route that the machine lacks is said
to be absent. Run it on a machine that has nothing else to do.
"""

import argparse
import importlib.metadata
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from packaging.requirements import Requirement

from course.paths import HERE

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
MATHJAX = os.environ.get("MATHJAX", "")
# What only the report asks for, of all that a student's machine has.
PACKAGES = ("typst", "quickjs-ng", "noto-cjk-sans-otc", "pillow", "ipywidgets")
PREPARE = """\
import logging, sys, warnings
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
chromium, mathjax, route, path = sys.argv[1:5]
if route == "webpdf":
    from playwright.async_api import BrowserType
    launch = BrowserType.launch
    BrowserType.launch = lambda self, **options: launch(self, executable_path=chromium, **options)
from traitlets.config import Config
config = Config(WebPDFExporter={"disable_sandbox": True}, HTMLExporter={"mathjax_url": mathjax})
"""
COMMAND = (
    PREPARE
    + """
from nbconvert.nbconvertapp import NbConvertApp
app = NbConvertApp.instance(config=config)
app.initialize(["--to", route, "--log-level=CRITICAL", path])
app.update_config(config)
app.start()
"""
)
WARM = (
    PREPARE
    + """
import copy, resource, time
import nbformat
from nbconvert.exporters import get_exporter
WHO = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
notebook = nbformat.read(path, as_version=4)
for line in sys.stdin:
    start = time.perf_counter()
    get_exporter(route)(config=config).from_notebook_node(
        copy.deepcopy(notebook), {"metadata": {"name": "n", "path": "."}}
    )
    seconds = time.perf_counter() - start
    most = [resource.getrusage(who).ru_maxrss for who in WHO]
    print(seconds, sum(most) / 1024, flush=True)
"""
)
TEXTS = [
    "The layer computes $Z = XW + b$ with $X \\in \\mathbb{R}^{N \\times D}$, $W$ and $b$.",
    "$$p_i = \\frac{e^{z_i}}{\\sum_{j=1}^{C} e^{z_j}}$$\n\nwhere $z_i$ is the score of class $i$.",
    "$$L = -\\frac1N \\sum_{i=1}^N \\log p_{i, y_i} + \\lambda \\lVert W \\rVert_F^2$$",
    "$$\\begin{aligned} \\frac{\\partial L}{\\partial W} &= X^\\top (P - Y) \\\\ &= G"
    " \\end{aligned}$$ and $\\theta^* = \\operatorname*{arg\\,min}_\\theta L(\\theta)$.",
]


def sample():
    """Return the notebook that all routes set."""
    import numpy as np

    from helpers import plots

    data, metadata = plots.loss_curve(1 / np.arange(1, 300))._repr_mimebundle_()
    cells = [
        new_markdown_cell("# A notebook\n\nIt has **words**, `code` and a [link](https://a.b).")
    ]
    for number in range(8):
        cells.append(new_markdown_cell(f"## Part {number}\n\n{TEXTS[number % 4]}"))
        lines = "\n".join(f"    value_{n} = {n} * W @ x  # a line of code" for n in range(12))
        outputs = [new_output("stream", text=f"epoch {number}: loss 0.{number}\n" * 5)]
        if number % 4 == 0:
            outputs.append(new_output("display_data", data=data, metadata=metadata))
        cells.append(new_code_cell(f"def step(W, x):\n{lines}\n    return W", outputs=outputs))
        rows = "".join(f"| {n} | $a_{n}$ |\n" for n in range(2))
        cells.append(
            new_markdown_cell(f"| n | value |\n|--|--:|\n{rows}" if number < 6 else "Words.")
        )
    return new_notebook(cells=cells)


def missing(route):
    """Return what the machine lacks for a route, or an empty text."""
    if route == "webpdf":
        lacks = [] if CHROMIUM else ["Chromium"]
        lacks += [] if Path(MATHJAX).is_file() else ["MathJax (name its file in MATHJAX)"]
    else:
        lacks = [
            name for name in ("xelatex", "pandoc") if route == "pdf" and not shutil.which(name)
        ]
    return " and ".join(lacks)


def start(code, route, path, **options):
    """Start a route in a process of its own."""
    address = Path(MATHJAX).as_uri() if Path(MATHJAX).is_file() else ""
    return subprocess.Popen(
        [sys.executable, "-c", code, CHROMIUM or "", address, route, str(path)],
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.DEVNULL,
        **options,
    )


def command(route, path):
    """Run ``jupyter nbconvert --to ROUTE``; return wall and processor seconds."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = start(COMMAND, route, path, stdout=subprocess.DEVNULL)
    if process.wait():
        raise SystemExit(f"nbconvert --to {route} failed: run it by hand on {path}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, spent


def warm(routes, path, rounds):
    """Return, by route, the seconds of exports in processes that live on, and the memory in MB."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = {route: start(WARM, route, path, **pipes) for route in routes}
    seconds, memory = {route: [] for route in routes}, {}
    for turn in range(rounds + 1):
        for route, process in processes.items():
            print("go", file=process.stdin, flush=True)
            told = process.stdout.readline().split()
            if not told:
                raise SystemExit(f"the export to {route} failed: run it by hand on {path}")
            memory[route] = float(told[1])
            seconds[route] += [float(told[0])] * (turn > 0)  # the first one loads what it needs
    for process in processes.values():
        process.communicate()
    return seconds, memory


def closure(names):
    """Return the installed packages that some packages bring, themselves among them."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            wanted = [Requirement(line) for line in importlib.metadata.requires(name) or ()]
        except importlib.metadata.PackageNotFoundError:
            continue
        found.add(name)
        waiting += [
            one.name for one in wanted if not one.marker or one.marker.evaluate({"extra": ""})
        ]
    return found


def installed():
    """Return the MB that the report needs beyond JupyterLab, its own files included."""
    beyond = closure(PACKAGES) - closure(["jupyterlab"])
    files = [
        Path(file.locate())
        for name in beyond
        for file in importlib.metadata.files(name) or ()
        if not file.name.endswith(".pyc")
    ]
    files += [path for path in (HERE / "helpers" / "report").rglob("*") if path.suffix != ".pyc"]
    return sum(path.stat().st_size for path in files if path.is_file()) / 1e6, sorted(beyond)


def outcomes():
    """Return what the tests' corpora come to: formulas set and all, attacks that came through."""
    script = "import report_corpora, json; print(json.dumps(report_corpora.outcomes()))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=HERE / "tests" / "report",
        env={**os.environ, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="leave the tests' corpora out")
    given = parser.parse_args()
    rounds = given.rounds
    routes = []
    for route in ("report", "html", "webpdf", "pdf"):
        if lacks := missing(route):
            print(f"{route} is absent: this machine has no {lacks}")
        else:
            routes.append(route)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.ipynb"
        nbformat.write(sample(), path)
        cold = {route: [] for route in routes}
        for _ in range(rounds):
            for route in routes:
                cold[route].append(command(route, path))
        seconds, memory = warm(routes, path, rounds)
    middle = {route: statistics.median(seconds[route]) for route in routes}
    wall = {route: statistics.median(one[0] for one in cold[route]) for route in routes}
    spent = {route: statistics.median(one[1] for one in cold[route]) for route in routes}
    for route in routes:
        print(
            f"{route:7} warm {middle[route]:5.2f} s, command {wall[route]:5.2f} s wall,"
            f" {spent[route]:5.2f} s processor, at most {memory[route]:.0f} MB"
        )
    for route in ("webpdf", "pdf"):
        if route in routes:
            print(f"  warm, report over {route}: {middle['report'] / middle[route]:.2f}")
    print(f"  command, processor, report over html: {spent['report'] / spent['html']:.2f}")
    print(f"  peak memory of a report: {memory['report']:.0f} MB")
    size, names = installed()
    print(f"  install beyond JupyterLab: {size:.0f} MB ({', '.join(names)})")
    if given.quick:
        return
    told = outcomes()
    print(f"  formulas set: {told['set']} of {told['formulas']}")
    print(f"  hostile notebooks with a leak or no valid answer: {told['bad']} of {told['hostile']}")


if __name__ == "__main__":
    main()
