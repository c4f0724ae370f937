"""Grade a class beside stock nbgrader, in one run: wall time, computing time, first result, memory.

    python bench/grading.py [SUBMISSIONS] [LARGE CLASS]

The class hands in the first notebook without its experiments: light submissions, as in the first
week. Stock nbgrader grades them as it is installed, with its own Execute and one BLAS thread. Run
it on a machine that has nothing else to do.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
os.environ.update(dict.fromkeys(THREADS, "1"))
os.environ["WORKBOOK_DATA_SET"] = "embedded"

import nbformat

from course import build, nbgrader_calls, sample_class, text
from course.paths import HERE, Course, write_in_one_move

NAME = "01_light"
KEPT = ("given", "todo", "check", "test")

GRADE = """\
import logging, resource, sys
from pathlib import Path
from course import grade
from course.paths import Course
logging.disable(logging.CRITICAL)
rows = grade.grade(Course(Path(sys.argv[1])), sys.argv[2], force=True, feedback=False)
assert all(row.points == row.most > 0 and not row.problem for row in rows), rows
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
STOCK = """\
import logging, sys
from pathlib import Path
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from course.paths import Course
logging.disable(logging.CRITICAL)
course = Course(Path(sys.argv[1]))
settings = Config(CourseDirectory={"root": str(course.root), "db_url": course.gradebook_url})
coursedir = CourseDirectory(config=settings, assignment_id=sys.argv[2])
converter = Autograde(coursedir, config=settings, parent=None)
converter.force = True
converter.start()
with Gradebook(course.gradebook_url) as gradebook:
    for submission in gradebook.assignment_submissions(sys.argv[2]):
        assert submission.score == submission.max_score, submission
"""
FIRST = "import numpy\nnumpy.arange(3)"


def make_class(root, number):
    """Return a course folder in which a class has handed in right answers, no two the same."""
    course = Course(root)
    source = text.read(Course().text("01_softmax"))
    cells = [cell for cell in source.cells if cell.role in KEPT or cell.id == "intro"]
    write_in_one_move(course.text(NAME), as_text(cells).encode())
    build.build(course)
    nbgrader_calls.generate(course, NAME)
    released = course.notebook("release", NAME).read_bytes()
    right = {cell.id: sample_class.solved(cell) for cell in source.of("todo")}
    for student in range(number):
        notebook = nbformat.reads(sample_class.fill(released, right).decode(), as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(f"{student} + 1"))
        data = nbformat.writes(notebook).encode()
        write_in_one_move(course.notebook("submitted", NAME, f"s{student:03}"), data)
    return course


def as_text(cells):
    """Return cells in the format of a text."""
    parts = []
    for cell in cells:
        kind = "" if cell.code else " [markdown]"
        points = f" points={cell.points:g}" if cell.points else ""
        role = f' role="{cell.role}"' if cell.role != "text" else ""
        lines = cell.source.splitlines()
        body = "\n".join(lines if cell.code else ("# " + line for line in lines))
        parts.append(f'# %%{kind}{role} id="{cell.id}"{points}\n{body}\n')
    return "\n".join(parts)


class Meter:
    """Computing time (s) of a command and of everything that it starts.

    By a control group where one can be made (as root); else of the whole machine.
    """

    def __init__(self):
        for top, used, scale in (
            ("/sys/fs/cgroup/cpuacct", "cpuacct.usage", 1e-9),
            ("/sys/fs/cgroup", "cpu.stat", 1e-6),
        ):
            folder = Path(top, f"nn-workbook-{os.getpid()}")
            try:
                folder.mkdir()
            except OSError:
                continue
            if (folder / used).exists():
                self.folder, self.used, self.scale = folder, folder / used, scale
                return
        self.folder = None

    def join(self):
        """Put the calling process into the group."""
        if self.folder:
            (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def read(self):
        if self.folder is None:
            with open("/proc/stat") as file:
                numbers = [int(number) for number in file.readline().split()[1:]]
            user, nice, system, _idle, _waiting, irq, softirq = numbers[:7]
            return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
        words = self.used.read_text().split()
        return int(words[0] if len(words) == 1 else words[1]) * self.scale


METER = Meter()


def run(code, course):
    """Grade a class in a process of its own; return wall and computing time, and what it said."""
    before, start = METER.read(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(course.root), NAME],
        cwd=HERE,
        capture_output=True,
        text=True,
        preexec_fn=METER.join,
    )
    wall, computing = time.perf_counter() - start, METER.read() - before
    if done.returncode != 0:
        sys.exit(done.stderr)
    return wall, computing, done.stdout


def own_computing(course):
    """Return the computing time (s) of one submission's cells and their figures, nothing else."""
    notebook = json.loads(course.notebook("source", NAME).read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code = f"""\
import time
import helpers.check, helpers.data, helpers.gradcheck, helpers.lab, helpers.plots
import helpers.notebook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
start = time.process_time()
with capture_output():
    for cell in {cells!r}:
        assert shell.run_cell(cell).success, cell
print(time.process_time() - start)
"""
    return float(subprocess.check_output([sys.executable, "-c", code], cwd=HERE, text=True))


async def first_results(tries):
    """Return seconds to the first result: a plain kernel, one in the sandbox, a warm fork."""
    from course import provisioner, warm

    with tempfile.TemporaryDirectory() as prefix:
        provisioner.install(prefix)
        os.environ["JUPYTER_PATH"] = f"{prefix}/share/jupyter"
        zygote = warm.Zygote()
        await zygote.start()
        try:
            times = {"plain": [], "sandbox": [], "warm": []}
            await first_of_fork(zygote)
            for _ in range(tries):
                times["plain"].append(await first_of_kernel("python3"))
                times["sandbox"].append(await first_of_kernel("python-sandbox"))
                times["warm"].append(await first_of_fork(zygote))
        finally:
            await zygote.stop()
    return {name: statistics.median(found) for name, found in times.items()}


async def first_of_kernel(name):
    from jupyter_client.manager import start_new_async_kernel

    start = time.perf_counter()
    manager, client = await start_new_async_kernel(
        kernel_name=name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    reply = await client.execute_interactive(FIRST, output_hook=lambda _: None)
    seconds = time.perf_counter() - start
    assert reply["content"]["status"] == "ok", reply
    client.stop_channels()
    await manager.shutdown_kernel(now=True)
    return seconds


async def first_of_fork(zygote):
    from course import execute, sandbox

    cell = {"number": 0, "kind": "run", "source": FIRST}
    job = {"cells": [cell], "files": {}, "seed": 0, "uses": [], "without": []}
    job["limits"] = vars(sandbox.Limits())
    start = time.perf_counter()
    outcome = await execute.execute(job, zygote)
    seconds = time.perf_counter() - start
    assert outcome["cells"]["0"]["outputs"], outcome
    return seconds


def main(number=40, large=300):
    with tempfile.TemporaryDirectory() as folder:
        course = make_class(Path(folder, "class"), number)
        own = own_computing(course)
        run(GRADE, course)  # so that both find their files in memory
        ours, stock = run(GRADE, course), run(STOCK, course)
        beyond = [computing / number - own for _, computing, _ in (ours, stock)]
        print(f"{number} light submissions, stock nbgrader {stock[0]:.1f} s, ours {ours[0]:.1f} s")
        print(f"  wall time, ours over stock: {ours[0] / stock[0]:.3f}")
        print(f"  a submission's own computing: {own:.3f} s")
        print(
            f"  computing beyond it, a submission: stock {beyond[1]:.3f} s, ours {beyond[0]:.3f} s"
        )
        print(f"  ours over stock: {beyond[0] / beyond[1]:.3f}")
        first = asyncio.run(first_results(15 if number >= 20 else 1))
        print(f"first result: plain kernel {first['plain']:.3f} s")
        for name in ("sandbox", "warm"):
            print(f"  {name} over plain: {first[name] / first['plain']:.3f}")
        if large:
            sizes = (large // 10, large)
            peaks = [
                int(run(GRADE, make_class(Path(folder, f"class{size}"), size))[2].split()[-1])
                for size in sizes
            ]
            print(f"peak memory, {sizes[1]} submissions over {sizes[0]}: {peaks[1] / peaks[0]:.3f}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
