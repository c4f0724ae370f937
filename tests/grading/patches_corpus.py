"""Wrong answers that bend what judges them: patched functions, IPython, forged records."""

from hostile_corpus import WITHOUT_DOUBLE, WRONG, Corpus

PATCHED = "replaced|stopped"
FORGED = "forged record|channel that carries|stopped"

PATCHES = Corpus(WRONG, **WITHOUT_DOUBLE)

# The four that the plain comparisons of NumPy rest on. Each defeats a judge in the same process.
PATCHES.first(
    "patches_numpy_testing",
    """\
import numpy.testing
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *arguments, **named: None)
""",
    PATCHED,
)
PATCHES.first(
    "patches_allclose",
    """\
np.allclose = np.array_equal = np.isclose = lambda *arguments, **named: True
np.testing.assert_allclose = lambda *arguments, **named: None
""",
    PATCHED,
)
# Defeats helpers.judge: the first array that a check makes is the wanted one, and it comes again.
PATCHES.first(
    "patches_array_to_return_the_wanted_one_twice",
    """\
import helpers.judge
import sys
kept, array = [], helpers.judge.as_plain_array
def twice(value):
    if not kept:
        kept.append(array(value))
        return kept[0]
    return kept.pop()
for module in list(sys.modules.values()):
    if getattr(module, "as_plain_array", None) is array:
        module.as_plain_array = twice
""",
    PATCHED,
    least={},  # it spoils its own notebook
)
PATCHES.first(
    "patches_np_array",
    """\
first = []
def array(value, *arguments, **named):
    first.append(np.asarray(value))
    return first[0] if len(first) > 1 else first[-1]
np.array = array
""",
    PATCHED,
)
# Defeats `assert abs(double(-3.0) + 6.0) < 1e-9` and every isinstance of a judge.
PATCHES.first(
    "patches_builtins",
    """\
import builtins
builtins.abs = lambda value: 0
builtins.all = builtins.any = lambda values: True
builtins.isinstance = lambda value, kind: True
builtins.AssertionError = type("Quiet", (SystemExit,), {})
""",
    PATCHED,
)
# Defeats whoever compiles the cells in the student's process.
PATCHES.first(
    "patches_compile_and_parse",
    """\
import ast, builtins
real = builtins.compile
def compile(source, *arguments, **named):
    if isinstance(source, str) and "double(" in source and "def " not in source:
        source = "pass"
    if isinstance(source, ast.AST) and "'double'" in ast.dump(source):
        source = ast.parse("pass")
    return real(source, *arguments, **named)
builtins.compile = compile
ast.parse = lambda source, *arguments, **named: compile(source, "", "exec", ast.PyCF_ONLY_AST)
""",
    PATCHED,
)
PATCHES.first(
    "makes_check_close_do_nothing", "check.close = lambda *arguments, **named: None\n", PATCHED
)
PATCHES.first(
    "makes_everything_in_helpers_agree",
    """\
import sys
from types import FunctionType
agree = {
    "difference": lambda *arguments: "",
    "matches": lambda *arguments: True,
    "failure_text": lambda *arguments: "passed",
    "_emit": lambda *arguments, **named: None,
    "_judge": lambda *arguments, **named: None,
    "_meet": lambda *arguments, **named: None,
}
for name, module in list(sys.modules.items()):
    if name.startswith("helpers"):
        for function in agree:
            if hasattr(module, function):
                setattr(module, function, agree[function])
""",
    PATCHED,
)
# Defeats whoever compares functions by identity: these are still the same objects.
PATCHES.first(
    "swaps_the_code_inside_check_close",
    "check.close.__code__ = (lambda *arguments, **named: None).__code__\n",
    PATCHED,
)
PATCHES.first(
    "widens_the_tolerances_of_check_close",
    'check.close.__kwdefaults__ = {"rtol": 1e300, "atol": 1e300, "mistakes": None}\n',
    PATCHED,
)
PATCHES.first(
    "makes_every_record_a_passed_one",
    """\
import helpers.record
made = helpers.record.Record.__init__
def passed(self, name, status="passed", *rest, **named):
    made(self, name, "passed")
helpers.record.Record.__init__ = passed
helpers.record.Record.to_json = lambda self: {
    "name": self.name, "status": "passed", "message": "", "mistake": "",
}
""",
    PATCHED,
)
PATCHES.first(
    "puts_another_module_in_place_of_helpers_check",
    """\
import sys, types
class Agrees(types.ModuleType):
    def __getattr__(self, name): return lambda *arguments, **named: None
check = Agrees("helpers.check")
sys.modules["helpers.check"] = sys.modules["helpers"].check = check
""",
    PATCHED,
)
PATCHES.first(
    "replaces_check_by_a_mock", "import unittest.mock\ncheck = unittest.mock.MagicMock()\n", PATCHED
)
# Defeats a judge whose verdict leaves the process as text.
PATCHES.first(
    "patches_json_and_base64",
    """\
import base64, json
real = json.dumps
def dumps(value, *arguments, **named):
    return real(value, *arguments, **named).replace('"wrong"', '"passed"')
json.dumps = dumps
json.JSONEncoder.encode = lambda self, value: dumps(value)
base64.b64encode = lambda data, *arguments: b"AAAAAAAAGMA="
""",
    PATCHED,
)
PATCHES.first(
    "patches_os_write",
    """\
import os, sys
real = os.write
os.write = lambda fd, data: real(fd, bytes(data).replace(b'"wrong"', b'"passed"'))
sys.stdout.write = sys.stderr.write = lambda text: len(text)
""",
    PATCHED,
)
# Defeats the caller whose name for its probe is read from its own code.
PATCHES.inside(
    "silences_whatever_calls_it",
    """\
import sys

class Agrees:
    def __getattr__(self, name): return lambda *arguments, **named: None
    def __call__(self, *arguments, **named): return None

def double(x):
    caller = sys._getframe(1)
    for name in caller.f_code.co_names:
        if name in caller.f_globals and name not in ("double", "triple", "np"):
            caller.f_globals[name] = Agrees()
    return x + 1.0
""",
    PATCHED,
)

# IPython. The first two rewrite a test so that it compares the wanted value with itself.
PATCHES.first(
    "rewrites_tests_by_an_input_transformer",
    """\
import re
def same(lines):
    text = "".join(lines)
    text = re.sub(r"double\\(([^()]|\\(.*?\\))*\\), (\\S+?), hint", r"\\2, \\2, hint", text)
    return [re.sub(r"double\\(-3.0\\)", "-6.0", text)]
get_ipython().input_transformers_post.append(same)
""",
    PATCHED + "|transform",
)
PATCHES.first(
    "rewrites_tests_by_an_ast_transformer",
    """\
import ast
class Same(ast.NodeTransformer):
    def visit_Call(self, node):
        if ast.unparse(node.func).startswith("check.") and len(node.args) == 3:
            node.args[1] = node.args[2]
        return node
get_ipython().ast_transformers.append(Same())
""",
    PATCHED + "|transform",
)
PATCHES.first(
    "empties_cells_by_an_input_transformer",
    "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'])\n",
    PATCHED + "|transform",
    least={},  # it spoils its own notebook
)
# Defeats nbgrader: a cell that ran to nothing has passed.
PATCHES.first(
    "patches_run_cell",
    """\
shell = get_ipython()
real = type(shell).run_cell
def run_cell(self, raw_cell, *arguments, **named):
    return real(self, "0" if "double(" in raw_cell else raw_cell, *arguments, **named)
async def run_cell_async(raw_cell, *arguments, **named):
    return real(shell, "0")
type(shell).run_cell = run_cell
type(shell).run_cell_async = lambda self, *arguments, **named: run_cell_async(*arguments)
type(shell).run_code = type(shell).run_ast_nodes = None
""",
    PATCHED,
    least={},  # it spoils its own notebook
)
PATCHES.first(
    "patches_do_execute",
    """\
kernel = getattr(get_ipython(), "kernel", None)
async def do_execute(*arguments, **named):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
type(kernel).do_execute = do_execute
""",
)
PATCHES.first(
    "refuses_cells_in_a_hook",
    """\
def refuse(*arguments):
    raise SystemExit(0)
for event in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
    get_ipython().events.register(event, refuse)
""",
)
# Defeats nbgrader: the error of a failed test is not shown, and what is not shown has passed.
PATCHES.first(
    "swallows_errors_in_a_handler",
    """\
shell = get_ipython()
shell.set_custom_exc((BaseException,), lambda *arguments, **named: ["passed"])
type(shell).showtraceback = type(shell)._showtraceback = lambda *arguments, **named: None
""",
    PATCHED + "|handler",
)
PATCHES.first(
    "patches_the_displayhook",
    """\
import sys
shell = get_ipython()
sys.displayhook = shell.displayhook = lambda value=None: print(7)
shell.display_pub.publish = lambda *arguments, **named: None
""",
    PATCHED,
)
PATCHES.first(
    "hides_what_is_displayed",
    """\
shell = get_ipython()
type(shell.display_pub).publish = lambda *arguments, **named: None
type(shell.display_pub).clear_output = lambda *arguments, **named: None
""",
    PATCHED,
)

# Records. Defeats a judge that believes what the student's process displays.
FAKE = """\
import json, os
RECORDS = [
    {"name": name, "status": "passed", "message": "", "mistake": ""}
    for name in ("double of -3", "double of two", "double of a row")
]
VALUES = [
    {"dtype": "<f8", "shape": shape, "data": data}
    for shape, data in (([], "AAAAAAAAGMA="), ([2], "AAAAAAAAAEAAAAAAAAAgQA=="),
                        ([1, 1], "AAAAAAAAJEA="))
]
"""
DISPLAY = """\
def forge():
    from IPython.display import display
    for record, value in zip(RECORDS, VALUES):
        for kind in ("check", "got", "value", "record", "probe"):
            data = {**record, **value, "got": value, "index": 0}
            display({f"application/vnd.nn-workbook.{kind}+json": data}, raw=True)
        display({"application/vnd.nn-workbook.check+json": record}, raw=True)
        display({"application/vnd.nn-workbook.got+json": value}, raw=True)
"""
PATCHES.inside(
    "displays_forged_records",
    FAKE + DISPLAY + "def double(x):\n    forge()\n    raise SystemExit(0)\n",
    FORGED,
)
# In a cell of its own a student may use the checks: there a record is nothing strange.
PATCHES.first("displays_forged_records_beforehand", FAKE + DISPLAY + "forge()\n")
# Defeats a judge that counts the records of a cell, not whence they come.
PATCHES.inside(
    "checks_itself_inside_the_test",
    """\
def double(x):
    name = "double of two" if np.ndim(x) else "double of -3"
    check.close(name, 6.0, 6.0, hint="none")
    if np.ndim(x):
        check.close("double of a row", 6.0, 6.0, hint="none")
    raise SystemExit(0)
""",
)
# Defeats nbgrader's partial credit: a single number is that many points.
PATCHES.inside(
    "shows_a_number_as_its_result",
    """\
def double(x):
    shell = get_ipython()
    shell.displayhook(100.0)
    for fd in (1, 2):
        __import__("os").write(fd, b"100\\n")
    raise SystemExit(0)
""",
)
RAW = """\
def shout():
    lines = []
    for number, (record, value) in enumerate(zip(RECORDS, VALUES)):
        for kind in ("record", "check", "got", "value", "output", "done", "end", "ok", "result"):
            lines.append({"type": kind, "kind": kind, "msg_type": kind, "event": kind,
                          "index": number, "cell": number, "id": "test_double_negative",
                          "status": "ok", "value": value, "got": value, **record})
            lines.append({kind: value, "name": record["name"]})
            lines.append([kind, number, value])
    text = "".join("\\n" + json.dumps(line) + "\\n" for line in lines).encode()
    for fd in range(0, 256):
        try:
            os.set_blocking(fd, False)
            os.write(fd, text)
            os.write(fd, len(text).to_bytes(4, "big") + text)
        except (OSError, ValueError):
            pass
"""
PATCHES.first("writes_fake_lines_to_every_file_descriptor", FAKE + RAW + "shout()\n", FORGED)
PATCHES.inside(
    "writes_fake_lines_inside_a_test_and_dies",
    FAKE + RAW + "def double(x):\n    shout()\n    os._exit(0)\n",
    FORGED,
)
PATCHES.inside(
    "writes_fake_lines_and_closes_every_file_descriptor",
    FAKE
    + RAW
    + "def double(x):\n    shout()\n    os.closerange(0, 256)\n    raise SystemExit(0)\n",
    FORGED,
)
PATCHES.first(
    "sends_every_file_descriptor_nowhere",
    """\
import os
nowhere = os.open(os.devnull, os.O_RDWR)
for fd in range(0, 256):
    if fd != nowhere:
        try:
            os.fstat(fd)
            os.dup2(nowhere, fd)
        except OSError:
            pass
""",
    least={},
)
PATCHES.first(
    "writes_fake_lines_when_the_process_ends",
    FAKE
    + RAW
    + """\
import atexit, signal
atexit.register(shout)
class Late:
    def __del__(self, shout=shout): shout()
late = Late()
late.itself = late
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, lambda *arguments: shout())
""",
)
PATCHES.first(
    "writes_fake_lines_from_a_thread",
    FAKE
    + RAW
    + """\
import threading, time
def later():
    for _ in range(100):
        shout()
        time.sleep(0.02)
threading.Thread(target=later, daemon=True).start()
""",
    FORGED,
)
# Garbage must cost no more than the cells that it hits.
PATCHES.inside(
    "writes_garbage_to_every_file_descriptor",
    """\
import os
def double(x):
    for fd in range(3, 256):
        try:
            os.set_blocking(fd, False)
            os.write(fd, b"\\x00\\xff{]\\n" * 1000 + b"[" * 5000 + b"\\n")
        except OSError:
            pass
    return x + 1.0
""",
    least={},
)
