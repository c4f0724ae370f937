"""Wrong answers that return something cunning: it compares as equal, or hurts whoever reads it."""

from hostile_corpus import TESTS, TRIPLE, WITHOUT_DOUBLE, Corpus

VALUES = Corpus("", **WITHOUT_DOUBLE)

# Defeats np.testing, np.allclose and ==.
VALUES.inside(
    "array_that_equals_everything",
    """\
class Equal(np.ndarray):
    __hash__ = None
    def __eq__(self, other): return np.True_
    def __ne__(self, other): return np.False_
    def __bool__(self): return True
    def all(self, *arguments, **named): return np.True_
    def __array_ufunc__(self, ufunc, method, *inputs, **named): return np.True_
    def __array_function__(self, function, types, arguments, named): return True

def double(x):
    return np.zeros(np.shape(x)).view(Equal)
""",
)
# Defeats ==, abs(got - want) < 1e-9, math.isclose and np.isclose on numbers.
VALUES.inside(
    "number_that_equals_everything",
    """\
class Equal(float):
    __hash__ = None
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(self, other): return Equal(0)
    __rsub__ = __add__ = __radd__ = __truediv__ = __sub__
    def __abs__(self): return Equal(0)
    def __array_ufunc__(self, ufunc, method, *inputs, **named): return np.True_

def double(x):
    return Equal(0)
""",
)
# Defeats ==, assert_allclose and whoever trusts isinstance, which asks for __class__.
VALUES.inside(
    "object_that_pretends_to_be_an_array",
    """\
class Pretends:
    __class__ = property(lambda self: np.ndarray)
    __hash__ = None
    dtype, ndim, shape, size = np.dtype(float), 0, (), 1
    def __eq__(self, other): return True
    def __getattr__(self, name): return lambda *arguments, **named: self
    def __array_function__(self, function, types, arguments, named): return True
    def __array_ufunc__(self, *arguments, **named): return True

def double(x):
    return Pretends()
""",
)
# Defeats a judge that converts twice: once to look at it, once to compare or to show it.
VALUES.inside(
    "array_that_differs_each_time_it_is_read",
    """\
class Changes:
    times = 0
    def __array__(self, dtype=None, copy=None):
        Changes.times += 1
        return np.array(-6.0 - Changes.times)
    def __float__(self): return float(self.__array__())
    def __eq__(self, other): return True

def double(x):
    return Changes()
""",
)
# Defeats np.ma.allclose, and `assert not (got != want).any()`: what is masked differs from nothing.
VALUES.inside(
    "masked_array", "def double(x):\n    return np.ma.masked_all(np.shape(x), dtype=float)\n"
)
# Defeats np.allclose and np.all(got == want): one number broadcasts to none, and all of none agree.
VALUES.inside("empty_array", "def double(x):\n    return np.zeros((0,) * max(1, np.ndim(x)))\n")
# Defeats `assert not abs(got - want) > 1e-9`.
VALUES.inside("nan_is_never_too_far", "def double(x):\n    return x * np.nan\n")
# Defeats a difference that overflows to inf - inf, and comparisons with complex tolerance.
VALUES.inside("complex_infinity", "def double(x):\n    return x * complex(np.inf, np.nan)\n")
# Defeats np.array_equal and assert_array_equal: an object array compares by its elements' ==.
VALUES.inside(
    "object_array_of_equal_things",
    """\
import unittest.mock

def double(x):
    made = np.empty(np.shape(x), dtype=object)
    made[...] = unittest.mock.ANY
    return made
""",
)
# Harms a judge outside that unpickles what comes: it would leave a file there.
PAYLOAD = """\
import os

class Payload:
    def __reduce__(self):
        return os.system, ("touch <outside>/<mark> /tmp/<mark>",)

"""
VALUES.inside(
    "pickle_that_runs_a_command", PAYLOAD + "def double(x):\n    return [Payload(), Payload()]\n"
)
VALUES.inside(
    "object_array_with_a_pickle",
    PAYLOAD + "def double(x):\n    return np.array([Payload()], dtype=object)\n",
)
# Harms whoever copies: eight terabytes that take eight bytes.
VALUES.inside(
    "array_of_terabytes", "def double(x):\n    return np.broadcast_to(x + 1.0, (10**12,))\n"
)
# Harms whoever reads: memory that is not there. The process dies, and must do so alone.
VALUES.inside(
    "array_over_memory_that_is_not_there",
    """\
def double(x):
    return np.lib.stride_tricks.as_strided(np.zeros(1), (10**5,), (2**40,))
""",
)
VALUES.inside("text_that_looks_like_numbers", "def double(x):\n    return np.full((), '-6.0')\n")
VALUES.inside(
    "record_array_and_dates",
    """\
def double(x):
    if np.ndim(x):
        return np.full(np.shape(x), np.datetime64("2024-01-01"))
    return np.zeros((), dtype=[("a" * 10**6, float)])
""",
)
VALUES.inside(
    "list_that_contains_itself",
    "def double(x):\n    made = [x]\n    made.append(made)\n    return made\n",
)
VALUES.inside(
    "list_a_million_deep",
    """\
def double(x):
    made = x
    for _ in range(10**6):
        made = [made]
    return made
""",
)
VALUES.inside(
    "list_without_end",
    """\
import itertools

class Endless(list):
    def __len__(self): return 10**12
    def __iter__(self): return itertools.count()
    def __getitem__(self, at): return 0.0

def double(x):
    return Endless([x])
""",
)
# Defeats a judge that converts what it got before what it wants, in one process.
VALUES.inside(
    "number_that_patches_when_it_is_read",
    """\
class Reads(np.ndarray):
    def patch(self, *arguments, **named):
        import helpers.judge
        helpers.judge.difference = lambda *arguments: ""
        np.allclose = np.array_equal = lambda *arguments, **named: True
        np.testing.assert_allclose = lambda *arguments, **named: None
        return np.zeros(())
    __array__ = __float__ = astype = __sub__ = __array_finalize__ = patch

def double(x):
    return np.zeros(np.shape(x)).view(Reads)
""",
)
VALUES.inside(
    "float_whose_text_is_endless",
    """\
class Long(float):
    def __repr__(self): return "9" * 10**9
    __str__ = __format__ = __repr__

def double(x):
    return {"answer": Long(x)}
""",
)
VALUES.inside(
    "object_whose_type_has_a_name_of_100_mb",
    'def double(x):\n    return type("<b>" + "n" * 10**8, (), {})()\n',
)
# Exceptions: their text is the student's too.
VALUES.inside(
    "exception_that_says_it_passed",
    """\
class CheckFailed(AssertionError):
    pass
class NotAttempted(CheckFailed):
    pass

def double(x):
    raise CheckFailed("passed: double of -3") if np.ndim(x) else NotAttempted("passed")
""",
)
# Defeats a judge that takes the record from the exception.
VALUES.inside(
    "the_checks_own_exception_with_a_passed_record",
    """\
def double(x):
    from helpers.record import Record
    raise check.CheckFailed(Record("double of -3", "passed"))
""",
)
VALUES.inside(
    "exception_whose_text_raises",
    """\
class Evil(Exception):
    def __str__(self): raise SystemExit(0)
    __repr__ = _render_traceback_ = __str__
    __class__ = property(lambda self: SystemExit)

def double(x):
    raise Evil
""",
)
VALUES.inside(
    "exception_whose_text_is_100_mb",
    'def double(x):\n    raise ValueError("<script>" + "e" * 10**8)\n',
)
VALUES.inside(
    "exception_whose_traceback_returns_numbers",
    """\
class Evil(Exception):
    def _render_traceback_(self): return [1000, None, {"text/plain": "2"}]

def double(x):
    raise Evil
""",
)
VALUES.inside(
    "exception_group_of_a_deep_chain",
    """\
def double(x):
    try:
        for depth in range(3000):
            try:
                raise ValueError(depth)
            except ValueError as error:
                last = error
                last.__cause__ = locals().get("kept")
                kept = last
        raise kept
    finally:
        kept = None
""",
)
# Defeats nbgrader, to which a cell without an output has passed.
VALUES.inside("leaves_by_system_exit", "def double(x):\n    raise SystemExit(0)\n")
VALUES.inside("leaves_by_sys_exit", "import sys\ndef double(x):\n    sys.exit(0)\n")
VALUES.inside("leaves_by_exit", "def double(x):\n    exit()\n")
VALUES.inside("leaves_by_generator_exit", "def double(x):\n    raise GeneratorExit\n")
VALUES.inside("leaves_by_keyboard_interrupt", "def double(x):\n    raise KeyboardInterrupt\n")
# What is right keeps its points, what is remembered gets none. (Remembered hidden inputs are in
# squares_corpus.py, where the inputs are drawn.)
VALUES.inside(
    "remembers_the_answers_of_the_visible_checks",
    "def double(x):\n    return {1.0: 2.0, 2.0: 4.0, 0.0: 0.0}[float(x)]\n",
)
VALUES.inside(
    "right_only_below_zero",
    "def double(x):\n    return 2.0 * x if np.ndim(x) == 0 else x\n",
    least={**TRIPLE, "test_double_negative": 2},
    most={**TRIPLE, "test_double_negative": 2},
)
VALUES.inside("a_class_in_place_of_the_function", "class double(float):\n    pass\n", most=TRIPLE)
VALUES.inside("nothing_at_all", "double = None\n")
VALUES.inside(
    "returns_a_coroutine", "async def double(x):\n    return 2.0 * x\n", least=TRIPLE, most=TRIPLE
)
VALUES.inside(
    "array_that_is_right_in_another_byte_order",
    "def double(x):\n    return (2.0 * np.asarray(x)).astype('>f8')\n",
    least=TESTS,
    most=TESTS,
)
