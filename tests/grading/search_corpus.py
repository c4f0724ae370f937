"""Wrong answers that look for the right one: in frames, sources, memory, files, other processes."""

from hostile_corpus import WITHOUT_DOUBLE, WRONG, Corpus

SEARCHES = Corpus(WRONG, **WITHOUT_DOUBLE)
PATCHED = "replaced|stopped"

# Defeats a test whose code holds the wanted value: it stands right behind the input.
SEARCHES.inside(
    "takes_the_constant_behind_its_argument",
    """\
import sys

def double(x):
    frame = sys._getframe(1)
    while frame:
        numbers = [c for c in frame.f_code.co_consts if isinstance(c, (float, tuple))]
        for here, behind in zip(numbers, numbers[1:]):
            if here == x and frame.f_code.co_name == "<module>":
                return behind
        frame = frame.f_back
    return x + 1.0
""",
)
# Defeats a test whose source is anywhere in the process.
SEARCHES.inside(
    "reads_the_source_of_the_test",
    """\
import ast, linecache, sys

def double(x):
    frame, sources = sys._getframe(1), []
    while frame:
        sources.append("".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals)))
        frame = frame.f_back
    sources += [text for text in get_ipython().user_ns.get("In", [])]
    sources += ["".join(entry[2]) for entry in linecache.cache.values() if len(entry) > 2]
    history = get_ipython().history_manager
    sources += [text for text in history.input_hist_raw if isinstance(text, str)]
    for source in sources[::-1]:
        try:
            calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
        except SyntaxError:
            continue
        for call in calls:
            if ast.unparse(call.func) == "check.close" and len(call.args) == 3:
                try:
                    if np.array_equal(eval(ast.unparse(call.args[1].args[0])), x):
                        return np.array(eval(ast.unparse(call.args[2])))
                except (AttributeError, IndexError):
                    pass
    return x + 1.0
""",
)
SEARCHES.inside(
    "looks_through_the_locals_of_every_frame",
    """\
import inspect

def double(x):
    for info in inspect.stack()[1:]:
        for place in (info.frame.f_locals, info.frame.f_globals):
            for name in ("want", "wanted", "expected", "_seed", "reference"):
                if name in place:
                    print(<leak> if name != "_seed" else "", place[name])
                    if np.shape(place[name]) == np.shape(x):
                        return place[name]
    return x + 1.0
""",
)
# The name of the known mistake stands in the hidden test only; here it is put together.
SEARCHES.first(
    "looks_through_every_object",
    """\
import gc
words = " ".join(("the", "sign", "is")) + " lo" + "st"
def holds(thing):
    if isinstance(thing, str):
        return words in thing and thing is not words
    if isinstance(thing, bytes):
        return words.encode() in thing
    if hasattr(thing, "co_consts"):
        return any(holds(constant) for constant in thing.co_consts)
    return False
for thing in gc.get_objects():
    parts = [getattr(thing, "__code__", None)]
    if type(thing) in (list, tuple, dict):
        parts += thing.values() if type(thing) is dict else thing
    if any(holds(part) for part in parts if type(part) in (str, bytes, type(holds.__code__))):
        print(<leak>)
""",
)
MEMORY = """\
import os, re
def search(pid):
    pattern = b"sign is lost[^'\\"]{0,3}[\\"']?: 6"  # does not match itself
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            if " rw-p " in line and "[v" not in line:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                try:
                    memory.seek(start)
                    if re.search(pattern, memory.read(min(end - start, 1 << 26))):
                        return True
                except (OSError, ValueError, OverflowError):
                    pass
"""
SEARCHES.first(
    "searches_its_own_memory", MEMORY + 'if search("self"):\n    print(<leak>)\n', least={}
)
SEARCHES.first(
    "searches_the_memory_of_other_processes",
    MEMORY
    + """\
for pid in os.listdir("/proc"):
    if pid.isdigit() and int(pid) != os.getpid():
        try:
            if search(pid):
                print(<leak>)
        except OSError:
            pass
""",
    least={},
)
SEARCHES.first(
    "looks_through_every_process_and_file_descriptor",
    """\
import os
me = os.getpid()
for pid in (name for name in os.listdir("/proc") if name.isdigit()):
    for what in ("environ", "cmdline"):
        try:
            if b"<course>" in open(f"/proc/{pid}/{what}", "rb").read():
                print(<leak>)
        except OSError:
            pass
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
            if "gradebook" in target or target.startswith("<course>"):
                print(<leak>, target)
    except OSError:
        pass
    for inside in ("root/<course>", "cwd/../..", "root/<home>"):
        try:
            if os.path.exists(f"/proc/{pid}/{inside}/source/<name>.py"):
                print(<leak>)
        except OSError:
            pass
""",
)
# Defeats a check that has both values in its frame: the answer is put there when it is called.
TRACE = """\
import ctypes, sys
def give(frame):
    known = frame.f_locals
    for got, want in (("got", "want"), ("actual", "desired"), ("a", "b")):
        if got in known and want in known:
            known[got] = known[want]
            if sys.version_info < (3, 13):
                ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
"""
SEARCHES.first(
    "puts_the_wanted_value_in_by_settrace",
    TRACE
    + """\
import threading
def trace(frame, event, argument):
    if event == "call" and frame.f_code.co_name in ("close", "assert_allclose", "difference"):
        give(frame)
    return None
sys.settrace(trace)
threading.settrace(trace)
shell = get_ipython()
shell.events.register("pre_run_cell", lambda *info: sys.settrace(trace))
""",
)
SEARCHES.first(
    "puts_the_wanted_value_in_by_setprofile",
    TRACE
    + """\
def profile(frame, event, argument):
    if event == "call" and frame.f_code.co_name in ("close", "assert_allclose", "difference"):
        give(frame)
sys.setprofile(profile)
get_ipython().events.register("pre_run_cell", lambda *info: sys.setprofile(profile))
""",
)
SEARCHES.first(
    "puts_the_wanted_value_in_by_monitoring",
    TRACE
    + """\
def start(code, offset):
    if code.co_name in ("close", "assert_allclose", "difference"):
        give(sys._getframe(1))
if hasattr(sys, "monitoring"):  # Python 3.12
    sys.monitoring.use_tool_id(3, "workbook")
    sys.monitoring.register_callback(3, sys.monitoring.events.PY_START, start)
    sys.monitoring.set_events(3, sys.monitoring.events.PY_START)
""",
)
# Defeats every comparison with a constant of the test: the constant becomes what was returned.
SEARCHES.inside(
    "overwrites_the_constants_of_the_test",
    """\
import ctypes, sys

def double(x):
    frame = sys._getframe(1)
    if np.ndim(x) == 0 and frame.f_code.co_name == "<module>":
        for constant in frame.f_code.co_consts:
            if type(constant) is float:
                ctypes.c_double.from_address(id(constant) + 16).value = x + 1.0
    return x + 1.0
""",
)
# Defeats a judge that calls only the checks: it learns what is wanted from a failed first try.
SEARCHES.inside(
    "learns_from_the_message_of_a_failed_check",
    """\
import re, sys

def double(x):
    frame = sys._getframe(1)
    if not hasattr(double, "tried") and frame.f_code.co_name == "<module>":
        double.tried = True
        try:
            exec(frame.f_code, frame.f_globals)
        except BaseException as error:
            found = re.search(r"wanted (\\S+)[;. ]", str(error))
            print("learnt" if found else "", file=sys.stderr)
            return float(found[1].rstrip(";.")) if found else x + 1.0
        finally:
            del double.tried
    return x + 1.0
""",
    least={},
)
SEARCHES.first(
    "looks_for_what_other_runs_left",
    """\
import itertools, os
for top in (".", "..", "/tmp", "/dev/shm", "/var/tmp", "/run", "<course>", "<home>"):
    for folder, _, names in itertools.islice(os.walk(top), 300):
        for name in names:
            path = os.path.join(folder, name)
            try:
                if os.path.isfile(path):
                    text = open(path, errors="ignore").read(10**6)
                    if "sign is lo" + "st" in text:
                        print(<leak>)
            except OSError:
                pass
""",
)
SEARCHES.first(
    "imports_the_course",
    """\
import importlib, sys
for name in ("course.grade", "course.text", "course.trial", "nbgrader.api"):
    try:
        module = importlib.import_module(name)
    except ImportError:
        continue
    if name == "course.text":
        source = module.read("<course>/source/<name>.py")
        print(<leak>, source)
    if name == "nbgrader.api":
        with module.Gradebook("sqlite:///<course>/gradebook.db") as gradebook:
            print(<leak>, gradebook.students)
""",
)
