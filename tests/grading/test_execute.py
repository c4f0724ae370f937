"""What a job leaves: every kind of output, every limit by its name, every cell that could run.

The cells here run in real sandboxes, one after another, forked from one warm interpreter.
"""

import base64
import json

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.pool import Pool
from course.sandbox import Limits
from helpers import values
from helpers.expected import Expected

LATE = "it did not end in time"


def job(*cells, files=(), seed=7, without=(), **limits):
    """Return a job of cells: sources, or pairs of kind and source."""
    return {
        "cells": [_cell(number, cell, seed) for number, cell in enumerate(cells)],
        "files": {
            name: base64.b64encode(content).decode() for name, content in dict(files).items()
        },
        "seed": seed,
        "uses": [],
        "without": list(without),
        "limits": vars(Limits(**{"cell_seconds": 10.0, **limits})),
    }


def _cell(number, cell, seed):
    kind, source = cell if isinstance(cell, tuple) else ("run", cell)
    made = {"number": number, "kind": kind, "source": source}
    if kind != "run":
        made["name"] = f"test_{number}"
    if kind == "expect":
        made["seed"] = seed
    return made


class Left:
    """The outcome of a job, easier to ask."""

    def __init__(self, outcome):
        self.outcome = json.loads(json.dumps(outcome))  # plain data, so that it may travel
        self.suspicious = outcome["suspicious"]

    def cell(self, number):
        return self.outcome["cells"][str(number)]

    def end(self, number):
        return self.cell(number)["end"]

    def outputs(self, number=0):
        return self.cell(number)["outputs"]

    def shown(self, number=0):
        """Return what a cell printed."""
        return "".join(
            out["text"] for out in self.outputs(number) if out["output_type"] == "stream"
        )

    def error(self, number=0):
        """Return the type and the text of the error that a cell ended with."""
        [found] = [out for out in self.outputs(number) if out["output_type"] == "error"]
        return found["ename"], found["evalue"]

    def got(self, number):
        return [values.from_json(value) for value in self.cell(number)["got"]]


@pytest.fixture(scope="module")
def pool():
    with Pool(workers=2) as pool:
        yield pool


@pytest.fixture(scope="module")
def run(pool):
    """Return a function that executes a job, given as `job` takes it."""

    def run(*cells, **options):
        return Left(pool.submit(job(*cells, **options)).result(60))

    return run


# Outputs

SHOW = "from IPython.display import *\n"
PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.mark.parametrize(
    ("code", "kind", "mime", "value"),
    [
        ("40 + 2", "execute_result", "text/plain", "42"),
        (SHOW + "HTML('<b>x</b>')", "execute_result", "text/html", "<b>x</b>"),
        (SHOW + "display(HTML('<b>x</b>'))", "display_data", "text/html", "<b>x</b>"),
        (SHOW + "display(JSON({'a': [1]}))", "display_data", "application/json", {"a": [1]}),
        (SHOW + "display(Latex('$x$'))", "display_data", "text/latex", "$x$"),
        (SHOW + "display(Markdown('*x*'))", "display_data", "text/markdown", "*x*"),
        (
            SHOW + f"display(Image(data={PNG!r}, format='png'))",
            "display_data",
            "image/png",
            base64.b64encode(PNG).decode(),
        ),
        ("display({'text/plain': 'x'}, raw=True)", "display_data", "text/plain", "x"),
    ],
)
def test_what_a_cell_shows_arrives(run, code, kind, mime, value):
    [output] = run(code).outputs()
    assert output["output_type"] == kind
    assert output["data"][mime] == value


def test_a_figure_arrives_as_a_picture_even_without_being_asked_for(run):
    left = run("import matplotlib.pyplot as plt", "plt.plot([1, 2]); None", "plt.get_fignums()")
    [output] = left.outputs(1)
    assert base64.b64decode(output["data"]["image/png"]).startswith(b"\x89PNG")
    assert left.outputs(2)[0]["data"]["text/plain"] == "[]"


def test_what_a_picture_shows_arrives_in_words(run):
    told = "{'image/png': {'alt': 'A point.', 'width': 7}, 'text/html': {'isolated': True}}"
    show = SHOW + f"display({{'image/png': 'x', 'text/html': 'x'}}, raw=True, metadata={told}"
    left = run(show + ")", "from helpers import plots\nplots.loss_curve([2.0, 1.0])")
    assert left.outputs(0)[0]["metadata"] == {"image/png": {"alt": "A point."}}
    assert "loss" in left.outputs(1)[0]["metadata"]["image/png"]["alt"].lower()


def test_prints_warnings_and_errors_arrive_under_their_names(run):
    left = run(
        "import sys, warnings\n"
        "print('one'); print('two')\n"
        "print('three', file=sys.stderr)\n"
        "warnings.warn('four')\n"
        "1 / 0"
    )
    out, err, error = left.outputs()
    assert out == {"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"}
    assert err["name"] == "stderr"
    assert "three" in err["text"]
    assert "UserWarning: four" in err["text"]
    assert (error["ename"], error["evalue"]) == ("ZeroDivisionError", "division by zero")
    assert any("1 / 0" in line for line in error["traceback"])


def test_an_update_changes_what_was_shown(run):
    left = run("handle = display(1, display_id='it')\nhandle.update(2)\nprint('after')")
    shown, after = left.outputs()
    assert shown["data"]["text/plain"] == "2"
    assert after["text"] == "after\n"


@pytest.mark.parametrize(
    "code",
    [
        SHOW + "display(HTML('x'), display_id='it')",
        "import ipywidgets; display(ipywidgets.IntSlider())",
        "undefined",
        "raise ValueError('\\ud800')",
        "'\\ud800'",
        "print('\\ud800')",
        "display({'application/json': {'\\ud800': ['\\ud800']}}, raw=True)",
        "deep = []\nfor _ in range(500): deep = [deep]\n"
        "display({'application/json': {'deep': deep}}, raw=True)",
        "display({'text/plain': 'x', 'image/png': b'x', 'odd': object(), 'x+json': {}}, raw=True)",
    ],
)
def test_every_output_is_one_that_a_notebook_may_hold(run, code):
    outputs = run(code).outputs()
    assert outputs
    as_notebook(outputs)


def as_notebook(outputs):
    """Make sure that outputs can be stored."""
    outputs = [nbformat.from_dict(output) for output in outputs]
    for output in outputs:
        output.pop("display_id", None)  # it tells which output an update means, until here
    notebook = new_notebook(cells=[new_code_cell(outputs=outputs)])
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()


def test_magics_and_commands_work_as_in_a_notebook(run):
    left = run("%pwd", "!echo from the shell", "%%capture kept\nprint('hidden')", "print(kept)")
    assert left.outputs(0)[0]["data"]["text/plain"] == "'/scratch'"
    assert "from the shell" in left.shown(1)
    assert left.outputs(2) == []
    assert "hidden" in left.shown(3)


def test_nobody_answers_and_nothing_comes_in(run):
    left = run(
        "import sys; print(repr(sys.stdin.read()))",
        "input('name? ')",
        "import getpass; getpass.getpass()",
    )
    assert left.shown(0) == "''\n"
    for number in (1, 2):
        assert left.error(number)[0] == "EOFError"


def test_each_cell_tells_how_long_it_ran(run):
    left = run("import time; time.sleep(0.1)", "import os; time.sleep(0.1); os._exit(1)", "x = 1")
    slept, died, quick = (left.cell(number)["seconds"] for number in range(3))
    assert min(slept, died) >= 0.1  # a sleep is never shorter
    assert quick > 0


def test_exit_ends_nothing(run):
    left = run("x = 1\nexit()", "import sys; sys.exit(3)", "print(x)")
    assert left.shown(2) == "1\n"
    assert [left.end(number) for number in range(3)] == ["", "", ""]


# Tests


def test_probes_hand_over_arrays_in_their_order(run):
    left = run("x = 1", ("test", "__probe__(0, x)\n__probe__(1, [1.5])\n__probe__(2, 'no')"))
    one, two, three = left.got(1)
    assert one == 1
    assert one.dtype.kind == "i"
    np.testing.assert_array_equal(two, [1.5])
    assert "str" in three


def test_an_error_in_a_test_is_told_with_its_place_in_the_students_code(run):
    left = run("def f():\n    return 1 / 0", ("test", "__probe__(0, 1)\n__probe__(1, f())"))
    assert len(left.got(1)) == 1
    error = left.cell(1)["error"]
    assert error["ename"] == "ZeroDivisionError"
    assert left.outputs(1) == []


@pytest.mark.parametrize(
    ("code", "ename"),
    [("raise SystemExit(3)", "SystemExit"), ("raise KeyboardInterrupt", "KeyboardInterrupt")],
)
def test_an_error_that_would_end_python_ends_the_test_only(run, code, ename):
    left = run(("test", code), ("test", "__probe__(0, 1)"))
    assert left.cell(0)["error"]["ename"] == ename
    assert left.got(1) == [1]


def test_the_steps_of_a_call_are_counted(run):
    left = run(
        "import numpy as np\n"
        "def whole(n): return np.arange(n) * 2\n"
        "def each(n): return [i * 2 for i in range(n)]\n",
        ("test", "__count__(0, whole, 4, 64)\n__count__(1, each, 4, 64)"),
    )
    whole, each = left.got(1)
    assert whole[0] == whole[1] > 0
    assert each[1] - each[0] >= 60


def test_what_a_test_was_given_is_gone_after_it(run):
    left = run(("test", "__probe__(0, 1)"), "'__probe__' in globals(), '__count__' in globals()")
    assert left.outputs(1)[0]["data"]["text/plain"] == "(False, False)"


def test_a_reference_tells_what_its_checks_want(run):
    left = run(
        "from helpers import check\ndef f(): return 2.0",
        ("expect", "check.close('f', f(), 2.0, hint='two', mistakes={'one': 1.0})"),
        ("expect", "1 / 0"),
    )
    [want] = [Expected.from_json(one) for one in left.cell(1)["wants"]]
    assert (want.name, want.hint, want.want, list(want.mistakes)) == ("f", "two", 2.0, ["one"])
    assert left.cell(2)["error"]["ename"] == "ZeroDivisionError"


# The same numbers each time

DRAW = (
    "import random, numpy as np\nfrom helpers import check\n"
    "print(random.random(), np.random.rand(), hash('text'), check.rng().normal())"
)


def test_random_numbers_and_hashes_are_the_same_in_each_run(run):
    with Pool(workers=1) as other_interpreter:
        once = Left(other_interpreter.submit(job(DRAW)).result(60)).shown().split()
    assert once == run(DRAW).shown().split()
    other = run(DRAW, seed=8).shown().split()
    same = [one == two for one, two in zip(once, other, strict=True)]
    assert same == [False, False, True, False]


def test_random_state_is_sown_again_before_each_test():
    test = "import random, numpy as np\n__probe__(0, [random.random(), np.random.rand()])"
    with Pool(workers=1) as pool:
        quiet, noisy = (
            Left(pool.submit(job(first, ("test", test), ("test", test))).result(60))
            for first in ("pass", "import random, numpy as np; random.random(); np.random.rand(9)")
        )
    assert quiet.got(1)[0].tolist() == noisy.got(1)[0].tolist()
    assert quiet.got(1)[0].tolist() != quiet.got(2)[0].tolist()


def test_nothing_is_drawn_from_the_state_that_all_forks_share(run):
    left = run("import numpy as np", "np.random.seed(0)", ("test", "__probe__(0, 1)"))
    assert left.suspicious == []


# Files


def test_files_beside_the_notebook_arrive(run):
    files = {"notes.txt": b"two\n", "deep/down/data.bin": bytes(range(256))}
    left = run(
        "print(open('notes.txt').read(), sum(open('deep/down/data.bin', 'rb').read()))", files=files
    )
    assert left.shown().split() == ["two", str(sum(range(256)))]


def test_a_module_of_ones_own_can_be_imported(run):
    files = {"mine.py": b"value = 7\n", "pack/__init__.py": b"from . import part\n"}
    left = run("import mine, pack.part; mine.value", files={**files, "pack/part.py": b""})
    assert left.outputs()[0]["data"]["text/plain"] == "7"


@pytest.mark.parametrize("name", ["numpy", "json", "helpers", "colorsys", "sitecustomize"])
def test_a_module_of_ones_own_stands_in_for_no_other(run, name):
    bad = b"raise SystemError('this is the wrong one')\n"
    files = {f"{name}.py": bad, f"{name}/__init__.py": bad}
    left = run(
        f"import {name.replace('sitecustomize', 'site')}\nfrom helpers import check", files=files
    )
    assert left.outputs() == []


# Cells that end the process


def test_a_cell_that_dies_costs_itself_only(run):
    left = run(
        "x = 1\nprint('before')",
        ("test", "__probe__(0, x)"),
        "import os; os._exit(3)",
        "x += 1\nprint('after')",
        ("test", "__probe__(0, x)"),
    )
    assert [left.end(n) != "" for n in range(5)] == [False, False, True, False, False]
    assert left.end(2) == "the code ended the whole Python process"
    assert (left.shown(0), left.shown(3)) == ("before\n", "after\n")
    assert (left.got(1), left.got(4)) == ([1], [2])


def test_a_test_that_dies_keeps_what_came_before_and_after(run):
    left = run(
        "import os",
        ("test", "__probe__(0, 1)"),
        ("test", "__probe__(0, 1)\nos._exit(0)"),
        ("test", "__probe__(0, 2)"),
    )
    assert (left.got(1), left.got(3)) == ([1], [2])
    assert left.end(2)


def test_after_three_deaths_the_rest_is_not_run(run):
    die = ("test", "import os; os._exit(0)")
    left = run("x = 1", die, die, die, ("test", "__probe__(0, x)"), "print(x)")
    assert left.got(4) == [1]
    assert left.shown(5) == "1\n"
    left = run(
        "x = 1", ("test", "__probe__(0, x)"), die, die, die, die, ("test", "__probe__(0, x)")
    )
    assert left.got(1) == [1]
    assert left.got(6) == []
    assert left.end(6) == "the process had ended too often"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import ctypes; ctypes.string_at(0)", "a memory fault"),
        ("import os; os.abort()", "the code ended the whole Python process"),
        ("import os; os._exit(1)", "the code ended the whole Python process"),
    ],
    ids=["faults", "aborts", "exits"],
)
def test_how_a_process_ended_is_told(run, code, words):
    left = run(code, "print('after')")
    assert words in left.end(0)
    assert left.shown(1) == "after\n"


# Limits


def test_a_cell_that_takes_too_long_is_interrupted_and_keeps_what_it_made(run):
    left = run(
        "x = 1",
        "x = 2\nprint('so far')\nwhile True: pass",
        "print(x)",
        ("test", "__probe__(0, x)"),
        cell_seconds=0.5,
    )
    assert left.end(1) == LATE
    assert left.shown(1) == "so far\n"
    assert all(output["output_type"] != "error" for output in left.outputs(1))
    assert left.shown(2) == "2\n"
    assert left.got(3) == [2]


def test_after_a_cell_that_was_late_there_is_patience_and_no_more(run):
    # Were the cells after it given their whole time, this would take five minutes.
    endless = "while True: pass"
    left = run(endless, endless, endless, "print('done')", cell_seconds=1.0, patience=0.2)
    assert [left.end(number) for number in range(3)] == [LATE] * 3
    assert left.shown(3) == "done\n"


STUBBORN = """\
print('so far', flush=True)
while True:
    try:
        while True: pass
    except BaseException:
        pass
"""


def test_a_cell_that_swallows_the_interrupt_is_ended(run):
    left = run("x = 1", ("test", "__probe__(0, x)"), STUBBORN, "print(x)", cell_seconds=0.5)
    assert left.end(2) == LATE
    assert left.shown(2) == "so far\n"
    assert left.got(1) == [1]
    assert left.shown(3) == "1\n"


def test_an_endless_test_keeps_what_it_handed_over_and_is_not_believed(run):
    left = run(
        ("test", "__probe__(0, 1)\nwhile True: pass"), ("test", "__probe__(0, 2)"), cell_seconds=0.5
    )
    assert left.end(0) == LATE
    assert left.got(1) == [2]


def test_too_much_printing_is_cut_and_costs_nothing(run):
    left = run(
        "print('x' * 5_000_000)\nprint('more')", "print('next')", ("test", "__probe__(0, 1)")
    )
    assert left.end(0) == ""
    assert len(left.shown(0)) < 1_000_000
    assert left.shown(0).endswith("[the rest of this output is left out]\n")
    assert left.shown(1) == "next\n"
    assert left.got(2) == [1]


def test_too_much_output_ends_its_cell_only(run):
    flood = SHOW + "while True: display(HTML('x' * 100_000))"
    left = run(flood, "print('next')", ("test", "__probe__(0, 1)"), output=4 << 20)
    assert left.end(0) == "it showed more than 4 MB"
    assert left.shown(1) == "next\n"
    assert left.got(2) == [1]


def test_a_flood_of_small_outputs_ends_its_cell_only(run, monkeypatch):
    monkeypatch.setattr("course.execute.MOST_LINES", 1000)
    left = run("while True: display(1)", "print('next')", ("test", "__probe__(0, 1)"))
    assert left.end(0) == "it showed something more than 1000 times"
    assert left.shown(1) == "next\n"
    assert left.got(2) == [1]


def test_a_line_that_is_too_long_is_left_out(run, monkeypatch):
    monkeypatch.setattr("course.outputs.LONGEST_LINE", 1 << 20)
    left = run(SHOW + "display(HTML('x' * (3 << 20)))\ndisplay(HTML('short'))", "print('next')")
    told, short = left.outputs(0)
    assert told["text"] == "[an output of more than 40 MB is left out]\n"
    assert short["data"]["text/html"] == "short"
    assert left.shown(1) == "next\n"
    assert left.end(0) == ""


def test_one_great_array_fails_alone(run):
    left = run("import numpy as np\nx = np.ones(1 << 30)", "print('next')", address_space=4 << 30)
    assert left.error(0)[0] in ("MemoryError", "_ArrayMemoryError")
    assert left.shown(1) == "next\n"


EAT = "b'x' * (20 << 20)"


@pytest.mark.parametrize(
    "code",
    [
        f"kept = []\nfor _ in range(1000): kept.append(bytearray({EAT}))",
        "import os, time\n"
        "for _ in range(20):\n"
        "    if os.fork() == 0:\n"
        f"        kept = bytearray({EAT})\n"
        "        time.sleep(30)\n"
        "time.sleep(30)",
        "import mmap\nkept = []\n"
        "for _ in range(1000):\n"
        "    kept.append(mmap.mmap(-1, 20 << 20))\n"
        f"    kept[-1].write({EAT})",
    ],
    ids=["one", "children", "shared"],
)
def test_too_much_memory_is_named(run, code):
    left = run(code, "print('next')", memory=250 << 20)
    assert left.end(0) == "it used too much memory"
    assert left.shown(1) == "next\n"


def test_too_many_processes_are_named(run):
    fork = "import os, time\nfor _ in range(20):\n    os.fork() or time.sleep(30)\ntime.sleep(30)"
    left = run(fork, "print('next')", processes=8)
    assert left.end(0) == "it started too many processes"
    assert left.shown(1) == "next\n"


def test_too_large_a_file_is_named(run):
    left = run("open('a', 'wb').write(bytes(3 << 20))", "print('next')", disk=2 << 20)
    assert "File too large" in left.error(0)[1]
    assert left.shown(1) == "next\n"


@pytest.mark.parametrize("folder", ["/scratch", "/tmp", "/dev/shm"])
def test_too_many_files_are_named(run, folder):
    code = (
        f"for n in range(9):\n    with open(f'{folder}/{{n}}', 'wb') as f: f.write(bytes(1 << 20))"
    )
    left = run(code, "print('next')", disk=2 << 20)
    assert "No space left" in left.error(0)[1]
    assert left.shown(1) == "next\n"


def test_too_much_computing_time_is_named(run):
    left = run("while True: pass", "print('next')", seconds=1)
    assert "too much computing time" in left.end(0)
    assert left.shown(1) == "next\n"


def test_too_many_open_files_fail_alone(run):
    left = run("kept = [open('/dev/null') for _ in range(5000)]", "del kept", "print('next')")
    assert "Too many open files" in left.error(0)[1]
    assert left.shown(2) == "next\n"


# What is written on the channel by others


# Who looks for it finds the session, and may say in its name what he wants.
FORGE = "import os\ns = get_ipython().session\n"


@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b"[1, 2]",
        b'{"word": "guess", "done": true}',
        b'{"word": 7}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"word": "guess", "got": 0, "value": {"dtype": "<f8", "shape": [], "data": ""}}',
    ],
    ids=["text", "list", "done", "number", "deep", "bytes", "got"],
)
def test_what_is_no_answer_is_told_and_changes_nothing(run, line):
    left = run(
        f"line = {line[:1]!r} * {len(line)} if {len(set(line)) == 1} else {line!r}\n"
        + FORGE
        + "os.write(s.writer, b'\\n' + line + b'\\n')",
        ("test", "__probe__(0, 2)"),
    )
    assert "wrote to the channel that carries results" in left.suspicious
    assert left.got(1) == [2]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("got=0, value={'dtype': '|O', 'shape': [], 'data': ''}", "malformed result"),
        ("got=1, value={'not_an_array': 'x'}", "out of turn"),
        ("got=[], value=None", "out of turn"),
        ("wants=[]", "nobody had asked for"),
        ("got=0, value={'dtype': '|9)', 'shape': [], 'data': ''}", "malformed result"),
        ("strange=1", "nobody had asked for"),
    ],
)
def test_an_answer_that_is_malformed_fails_its_test_and_is_told(run, answer, words):
    left = run(FORGE, ("test", f"s.send({answer})"), ("test", "__probe__(0, 2)"))
    assert any(words in said for said in left.suspicious)
    assert all(value is None for value in left.cell(1)["got"])
    assert left.got(2) == [2]


def test_what_is_strange_is_told_twenty_times_at_most(run):
    value = "{'dtype': str(n), 'shape': [], 'data': ''}"
    left = run(FORGE, ("test", f"for n in range(1000): s.send(got=n, value={value})"))
    assert len(left.suspicious) == 20


@pytest.mark.parametrize(
    "output",
    [
        "7",
        "None",
        "{}",
        "{'output_type': 'pickle'}",
        "{'output_type': ['stream']}",
        "{'output_type': 'stream', 'name': 7, 'text': 7}",
        "{'output_type': 'error', 'ename': 7, 'evalue': [], 'traceback': 7}",
        "{'output_type': 'display_data', 'data': [1]}",
        "{'output_type': 'display_data', 'data': {'text/plain': 7, 'x+json': 7}}",
        "{'output_type': 'display_data', 'data': {'x+json': {}, 'application/json': 7}}",
        "{'output_type': 'display_data', 'data': {}, 'display_id': [1]}",
        "{'output_type': 'display_data', 'data': {'image/png': ''}, 'metadata': [1]}",
        "{'output_type': 'display_data', 'data': {'image/png': ''}, 'metadata': {'image/png': 7}}",
        "{'output_type': 'update_display_data', 'data': {}, 'display_id': [1]}",
    ],
)
def test_a_malformed_output_harms_nobody(run, output):
    left = run(FORGE, f"s.output({output})", ("test", "__probe__(0, 2)"))
    assert left.got(2) == [2]
    as_notebook(left.outputs(1))


# An interrupt strikes the cell that it was meant for


def test_an_interrupt_strikes_no_cell_but_the_late_one(run):
    for delay in np.linspace(0.28, 0.32, 12):
        innocent = [f"total = sum(range(100_000))\nprint({n})" for n in range(6)]
        left = run(f"import time\ntime.sleep({delay})", *innocent, cell_seconds=0.3)
        assert [left.end(n) for n in range(1, 7)] == [""] * 6
        assert [left.shown(n) for n in range(1, 7)] == [f"{n}\n" for n in range(6)]


def test_a_cell_that_just_ended_by_itself_is_not_late(run):
    left = run(
        "import time\ntry:\n    time.sleep(0.2)\nfinally:\n    print('done')", cell_seconds=5
    )
    assert (left.end(0), left.shown(0)) == ("", "done\n")


def test_a_death_after_the_last_cell_costs_no_cell(run):
    die = "import os\ntype(get_ipython().session.canary).sings = lambda self: os._exit(0)"
    left = run(die, "print('kept')")
    assert [left.end(0), left.end(1)] == ["", ""]
    assert left.shown(1) == "kept\n"


def test_a_notebook_as_a_whole_has_a_limit_of_time(run):
    left = run(*["import time\ntime.sleep(0.2)"] * 8, notebook_seconds=0.5)
    assert left.end(0) == ""
    assert left.end(7) == "the notebook took too much time before it"


def test_an_output_of_a_million_objects_is_left_out(run):
    shown = SHOW + "display({'application/json': [{}] * 400_000}, raw=True)"
    left = run(shown, "print('next')")
    assert "is left out" in left.shown(0)
    assert left.shown(1) == "next\n"


def test_threads_count_as_processes_do(run):
    many = (
        "import threading, time\nfor _ in range(40):\n"
        "    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\ntime.sleep(30)"
    )
    left = run(many, "print('next')", processes=16)
    assert left.end(0) == "it started too many processes"
    assert left.shown(1) == "next\n"


def test_memory_that_no_process_shows_is_refused(run):
    left = run("import os\nos.memfd_create('x')")
    assert left.error(0)[0] == "PermissionError"


def test_the_number_of_files_has_a_limit(run):
    left = run("for n in range(30_000):\n    open(str(n), 'w').close()", "print('next')")
    assert left.error(0)[0] == "OSError"
    assert left.shown(1) == "next\n"


def test_a_count_of_steps_that_the_session_would_rewrite_is_void(run):
    patch = (
        "session = get_ipython().session\nreal = session.send\n"
        "session.send = lambda **a: real(**{**a, 'value': 0} if 'value' in a else a)\n"
        "session.hand_over = lambda check, value: real(got=check, value=0)"
    )
    left = run(patch, ("test", "__count__(0, lambda n: [n for _ in range(n)], 4, 64)"))
    assert any("replaced the session's" in told for told in left.suspicious)


@pytest.mark.parametrize("code", ["import uuid", "from uuid import uuid4", "__import__('uuid')"])
def test_a_library_that_the_notebook_does_without_is_refused_and_told(run, code):
    left = run("import sys\nsys.modules.pop('uuid', None)", code, "print('next')", without=["uuid"])
    name, text = left.error(1)
    assert name == "ModuleNotFoundError"
    assert "no part of this notebook" in text
    assert left.suspicious == ["asked for the library uuid"]
    assert left.shown(2) == "next\n"
