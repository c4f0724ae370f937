"""A second assignment: inputs that are drawn anew, loops that are counted, values in variables."""

from hostile_corpus import Corpus

NAME = "02_squares"
SQUARES = '''\
# %% [markdown] id="intro"
# # Squares
#
# **You will build** one function. **You will learn** to square. **You need** nothing.

# %% role="given" id="set_up"
import numpy as np

from helpers import check

check.todos("square")

# %% role="todo" id="square"
def square(x):
    """Return the square of each element of x."""
    ### BEGIN SOLUTION
    return x * x
    ### END SOLUTION

# %% [markdown] id="hints_square"
# <details><summary>Hint 1</summary>Multiply.</details>
# <details><summary>Hint 2</summary>By itself.</details>
# <details><summary>Hint 3</summary>x times x.</details>

# %% role="check" id="check_square"
with check.todo("square"):
    check.close("square of 2", square(2.0), 4.0, hint="multiply by itself")

# %% role="test" id="test_square_drawn" points=4
"""square is right for numbers that were not seen before."""
### BEGIN HIDDEN TESTS
x = check.rng().normal(size=(3, 2))
check.close("square of drawn numbers", square(x), x**2, hint="multiply by itself")
### END HIDDEN TESTS

# %% role="test" id="test_square_prepared" points=2
"""square leaves its argument as it was."""
### BEGIN HIDDEN TESTS
x = np.array([2.0, -5.0, 7.0])
want = np.array([4.0, 25.0, 49.0])
check.close("square of three numbers", square(x), want, hint="multiply by itself")
check.close("the numbers afterwards", x, [2.0, -5.0, 7.0], hint="make a new array")
### END HIDDEN TESTS

# %% role="test" id="test_square_loop" points=1
"""square has no Python loop."""
### BEGIN HIDDEN TESTS
check.vectorised(
    "square has no loop", lambda n: square(np.arange(float(n))), hint="multiply whole arrays"
)
### END HIDDEN TESTS

# %% [markdown] role="explain" id="why" points=5
# *Why is no square negative? Your answer here.*
'''
DRAWN, PREPARED, LOOP = (
    {"test_square_drawn": 4},
    {"test_square_prepared": 2},
    {"test_square_loop": 1},
)
EVERY = {**DRAWN, **PREPARED, **LOOP}
PATCHED = "replaced|stopped"

RIGHT = Corpus("", EVERY, EVERY, "square", quiet=True)
RIGHT.inside("only_right", "def square(x):\n    return x**2\n")
RIGHT.inside(
    "prints_and_warns",
    """\
def square(x):
    import warnings
    warnings.warn(f"squaring {x}")
    return np.square(x)
""",
)
RIGHT.inside(
    "by_a_loop",
    """\
def square(x):
    return np.array([square(row) for row in x]) if np.ndim(x) else x * x
""",
    least={**DRAWN, **PREPARED},
    most={**DRAWN, **PREPARED},
)

WRONG = Corpus("def square(x):\n    return x + 2.0\n", {}, {}, "square")
# Defeats hidden inputs that stay the same: what was wanted last year is remembered.
WRONG.inside(
    "remembers_the_answers_of_last_year",
    """\
known = {(2.0, -5.0, 7.0): [4.0, 25.0, 49.0]}
drawn = np.random.default_rng(0).normal(size=(3, 2))
known[tuple(drawn.ravel())] = drawn**2

def square(x):
    return np.array(known.get(tuple(np.ravel(x)), x))
""",
    most={**PREPARED, **LOOP},
)
# Defeats a wanted value that is computed from the input after the call.
WRONG.inside(
    "sets_its_argument_to_zero",
    """\
def square(x):
    x *= 0.0
    return x
""",
    most=LOOP,
)
# Defeats a judge that lets the student's process draw: what is drawn is its own square.
WRONG.inside(
    "draws_inputs_that_it_knows",
    """\
class Ones:
    def __getattr__(self, name): return lambda *arguments, size=None, **named: np.ones(size)
check.rng = np.random.default_rng = lambda *arguments: Ones()

def square(x):
    return x
""",
    PATCHED,
    most=LOOP,
)
WRONG.first(
    "sets_the_seed",
    """\
check._seed[:] = [0]
check.seed_inputs(0)
check.seed_inputs = lambda *arguments: None
""",
    most=LOOP,
)
# Defeats a wanted value that stands in a variable of the test.
WRONG.inside(
    "takes_the_variable_named_want",
    """\
import sys

def square(x):
    frame = sys._getframe(1)
    while frame:
        for names in (frame.f_locals, frame.f_globals):
            if np.shape(names.get("want")) == np.shape(x) and np.ndim(x):
                return names["want"]
        frame = frame.f_back
    return x
""",
    most=LOOP,
)
WRONG.inside(
    "computes_what_the_test_computes",
    """\
import ast, sys

def square(x):
    frame = sys._getframe(1)
    while frame:
        for source in frame.f_globals.get("In", [""])[-1:]:
            if "x**2" in source:
                return x**2
            if "want =" in source:
                return eval(source.split("want =")[1].splitlines()[0])
        frame = frame.f_back
    return x
""",
    most=LOOP,
)

# A loop that hides from whoever counts: right values, and no right to the point of the loop.
LOOPS = Corpus("", {**DRAWN, **PREPARED}, {**DRAWN, **PREPARED}, "square")
BODY = """\
def loop(x):
    out = np.array(x, float)
    for index in np.ndindex(out.shape):
        out[index] = out[index] * out[index]
    return out
"""
LOOPS.inside(
    "turns_tracing_off",
    BODY
    + """\
import sys
def square(x):
    sys.settrace(None)
    return loop(x)
""",
)
LOOPS.inside(
    "turns_tracing_off_for_its_frames",
    BODY
    + """\
import sys
def square(x):
    before = sys.gettrace()
    sys.settrace(None)
    frame = sys._getframe()
    while frame:
        frame.f_trace = None
        frame = frame.f_back
    try:
        return loop(x)
    finally:
        sys.settrace(before)
""",
)
LOOPS.inside(
    "loops_in_a_thread",
    BODY
    + """\
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
def square(x):
    return pool.submit(loop, x).result()
""",
)
LOOPS.inside(
    "loops_under_the_name_of_numpy",
    f"""\
exec(compile({BODY!r}, np.__file__.replace("__init__", "_core/arrayprint"), "exec"))
def square(x):
    return loop(x)
""",
)
LOOPS.inside(
    "loops_in_another_process",
    BODY
    + """\
import os, pickle
def square(x):
    here, there = os.pipe()
    if os.fork() == 0:
        import sys
        sys.settrace(None)
        os.write(there, pickle.dumps(loop(x)))
        os._exit(0)
    made = pickle.loads(os.read(here, 1 << 16))
    os.wait()
    os.close(here), os.close(there)
    return made
""",
)

PATCHED_LOOPS = Corpus(BODY + "square = loop\n", **LOOPS.fixed, of="square", says=PATCHED)
PATCHED_LOOPS.first(
    "patches_the_counting",
    """\
check._count_bytecodes = lambda run, n: (run(n), 100)[1]
check.vectorised = lambda *arguments, **named: None
""",
)
PATCHED_LOOPS.first(
    "patches_settrace",
    """\
import sys
sys.settrace = lambda trace: None
sys.gettrace = lambda: None
""",
)
PATCHED_LOOPS.first(
    "patches_the_numbers_of_samples",
    """\
real = np.arange
np.arange = lambda *arguments, **named: real(4.0)
""",
)
ENTRIES = [*RIGHT, *WRONG, *LOOPS, *PATCHED_LOOPS]
