"""Honest students whose answers are right and whose notebooks are not tidy: no point is lost."""

from hostile_corpus import HONEST, TESTS, Corpus, cell, place, run_first
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

# An honest submission is not reported at all, whatever it prints, imports or breaks in its own
# cells. Nothing here names another module than those that the course installs anyway.
UNTIDY = Corpus("", **HONEST, quiet=True)


@UNTIDY.entry()
def only_right(notebook, scene, folder):
    pass


RIGHT = "    return 2.0 * x\n"
for name, lines in {
    "prints": "    print('doubling', x)\n",
    "prints_very_much": "    print('line\\n' * 5000)\n",
    "prints_long_lines": "    print('x' * 50_000)\n",
    "warns": "    import warnings\n    warnings.warn('slow')\n",
    "takes_the_logarithm_of_zero": "    np.log(np.zeros(3)), np.float64(1) / np.float64(0)\n",
    "logs_and_writes_to_stderr": """\
    import logging, sys
    logging.getLogger().warning("%s", x)
    sys.stderr.write("error: 0 of 7 points\\n")
""",
    "shows_figures": """\
    import matplotlib.pyplot as plt
    plt.plot(np.ravel(x))
    plt.title("Würfel")
    plt.show()
    plt.figure()
""",
    "shows_and_clears": """\
    from IPython.display import HTML, Markdown, clear_output, display
    display(HTML("<b>0</b>"), Markdown("*1*"), 2)
    clear_output(wait=True)
    display(0)
""",
    "shows_progress": """\
    from tqdm.auto import tqdm
    for _ in tqdm(range(50)):
        pass
    from tqdm import tqdm
    for _ in tqdm(range(50), desc="epochs"):
        pass
""",
    "shows_widgets": """\
    import ipywidgets
    from IPython.display import display
    display(ipywidgets.IntProgress(value=3), ipywidgets.Output(), ipywidgets.IntSlider())
    with ipywidgets.Output():
        print("inside")
""",
    "works_with_threads_that_end": """\
    import threading
    from concurrent.futures import ThreadPoolExecutor
    thread = threading.Thread(target=print, args=("in a thread",))
    thread.start()
    thread.join()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(abs, [1, 2]))
""",
    "keeps_notes_in_files": """\
    np.savez("weights.npz", x=x)
    np.load("weights.npz")["x"]
    import tempfile
    with tempfile.TemporaryFile() as file:
        file.write(b"notes")
""",
    "defines_helpers_inside": """\
    from functools import lru_cache
    @lru_cache
    def factor():
        return 2.0
    return factor() * x
""",
    "writes_chinese": """\
    # 把输入乘以二
    系数 = 2.0
    print("结果：", 系数 * x)
    return 系数 * x
""",
    "measures_its_time": """\
    import time
    start = time.perf_counter()
    time.sleep(0.01)
    print(time.perf_counter() - start)
""",
    "asserts_what_it_believes": "    assert np.all(np.isfinite(x)), 'finite'\n",
    "changes_a_copy": "    x = np.array(x, copy=True)\n    x *= 2.0\n    return x\n",
    "redirects_what_it_prints": """\
    import contextlib, io
    with contextlib.redirect_stdout(io.StringIO()) as kept:
        print(x)
    kept.getvalue()
""",
    "raises_and_catches": """\
    try:
        raise ValueError("no")
    except ValueError:
        pass
    finally:
        print("caught")
""",
    "seeds_and_sorts_itself_out": "    np.random.seed(0)\n    np.random.rand(3)\n",
}.items():
    UNTIDY.inside(name, f'def double(x):\n    """Return twice x."""\n{lines}{RIGHT}')

# Other right answers.
for name, code in {
    "in_single_precision": "def double(x):\n    return np.float32(2) * np.asarray(x, 'f4')\n",
    "in_lists_and_integers": """\
def double(x):
    if np.ndim(x):
        return (2.0 * x).tolist()
    return int(2 * x)
""",
    "with_a_scalar_of_numpy": "def double(x):\n    return np.multiply(x, 2.0)[()]\n",
    "with_a_type_of_its_own": """\
class Number(float):
    def __repr__(self): return f"{float(self):.3f}"

def double(x):
    return 2.0 * x if np.ndim(x) else Number(2.0 * x)
""",
    "as_a_lambda": "double = lambda x: x + x\n",
    "as_a_method": """\
class Doubler:
    def __call__(self, x):
        return x * 2.0
double = Doubler()
""",
    "by_a_loop": """\
def double(x):
    out = np.zeros(np.shape(x))
    for index in np.ndindex(out.shape):
        out[index] = 2 * np.asarray(x)[index]
    return out
""",
    "with_type_hints_and_a_doctest": '''\
def double(x: "float | np.ndarray") -> np.ndarray:
    """Return twice x.

    >>> double(2.0)
    4.0
    """
    return np.add(x, x)
import doctest
doctest.run_docstring_examples(double, globals())
''',
    "under_a_cell_magic": "%%time\ndef double(x):\n    return 2.0 * x\n",
    "wrong_first_and_right_then": "double = abs\ndef double(x):\n    return 2.0 * x\n",
    "with_a_last_line_that_shows_something": "def double(x):\n    return 2.0 * x\ndouble(100.0)\n",
    "with_a_last_line_that_fails": "def double(x):\n    return 2.0 * x\ndouble('two')\n",
    "with_windows_line_ends": "def double(x):\r\n    return 2.0 * x\r\n",
    "with_tabs": "def double(x):\n\tif True:\n\t\treturn 2.0 * x\n",
}.items():
    UNTIDY.inside(name, code)

# Cells of their own.
for name, code in {
    "a_cell_that_fails": "1 / 0\n",
    "a_cell_that_is_no_python": "this is no Python\n",
    "a_cell_that_asks": "name = input('Your name? ')\n",
    "a_cell_that_asks_for_a_password": "import getpass\ngetpass.getpass()\n",
    "a_cell_that_imports_what_is_not_there": "import seaborn_of_tomorrow\n",
    "a_cell_that_leaves": "raise SystemExit\n",
    "a_cell_that_leaves_a_debugger_on": "%pdb on\n1 / 0\n",
    "a_command": "!ls -la\n!echo $HOME\nfiles = !ls\n%ls\n%pwd\n",
    "a_command_that_installs": "!pip --version\n",
    "magics": """\
%matplotlib inline
%load_ext autoreload
%autoreload 2
%timeit -n 1 -r 1 sum(range(10))
%who
%env
%precision 3
%config InlineBackend.figure_format = 'retina'
""",
    "a_shell_cell": "%%bash\necho hello\n",
    "a_file_that_it_writes_and_imports": "%%writefile mine_own.py\nFACTOR = 2.0\n",
    "a_question_mark": "np.sum?\n",
    "awaiting": """\
import asyncio
await asyncio.sleep(0.01)
async def work():
    return 1
assert await asyncio.gather(work(), work()) == [1, 1]
task = asyncio.create_task(work())
async with asyncio.Lock():
    pass
""",
    "processes": """\
import multiprocessing
def work(n):
    return n * n
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(work, range(4)))
""",
    "a_command_in_python": """\
import subprocess, sys
print(subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True).stdout)
""",
    "stars_and_shadows": "from numpy import *\nfrom math import *\nlist, sum, max = [1], 3, 4\n",
    "settings_of_numpy": "np.seterr(all='raise')\nnp.set_printoptions(precision=1)\n",
    "strict_warnings": "import warnings\nwarnings.simplefilter('error')\n",
    "settings_of_python": """\
import locale, os, sys
sys.setrecursionlimit(5000)
os.environ["OMP_NUM_THREADS"] = "4"
locale.setlocale(locale.LC_ALL, "C")
sys.path.append("..")
""",
    "big_figures": """\
import matplotlib.pyplot as plt
plt.style.use("ggplot")
figure, axes = plt.subplots(4, 4, figsize=(16, 12))
for axis in axes.flat:
    axis.imshow(np.random.default_rng(0).random((100, 100)))
plt.tight_layout()
plt.savefig("figure.png")
plt.show()
""",
    "an_animation": """\
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation
figure, axis = plt.subplots()
line, = axis.plot([0, 1])
made = FuncAnimation(figure, lambda n: line.set_ydata([n, 1]), frames=2)
made._draw_was_started = True
""",
    "a_table_and_a_latex_formula": """\
from IPython.display import HTML, Latex, Math
display(HTML("<table><tr><td>1</td></tr></table>"), Math("x^2"), Latex("$x$"))
""",
    "its_own_checks": """\
check.close("one and one", 1.0 + 1.0, 2.0, hint="add")
check.progress()
check.close("one and two", 1.0 + 2.0, 2.0, hint="add")
""",
    "an_array_of_megabytes": "big = np.zeros((2000, 2000))\nbig @ big\nbig\n",
    "a_redirected_stdout": "import io, sys\nsys.stdout = io.StringIO()\nprint('gone')\n",
    "an_endless_generator": "def count():\n    while True:\n        yield 1\nnext(count())\n",
    "an_exit_handler": "import atexit\natexit.register(print, 'goodbye')\n",
    "a_subclass_of_an_array": "class Tensor(np.ndarray):\n    pass\nnp.zeros(3).view(Tensor)\n",
    "a_recursion_that_is_too_deep": "def f(n):\n    return f(n + 1)\nf(0)\n",
    "underscores_and_history": "1 + 1\n_ + 1\nIn[-1], Out\n",
    "a_big_list": "list(range(100_000))\n",
}.items():
    UNTIDY.first(name, code)

UNTIDY.beside(
    "its_own_modules",
    {
        "mine.py": "from package import FACTOR\ndef twice(x):\n    return FACTOR * x\n",
        "package/__init__.py": "FACTOR = 2.0\n",
        "data/numbers.csv": "1,2\n3,4\n",
    },
    """\
import mine
from package import FACTOR
assert np.loadtxt("data/numbers.csv", delimiter=",").shape == (2, 2)
assert mine.twice(1) == 2.0
""",
)


@UNTIDY.entry()
def answers_by_its_own_module(notebook, scene, folder):
    (folder / "my_functions.py").write_text("def double(x):\n    return 2.0 * x\n")
    cell(notebook, "double").source = "from my_functions import double"


@UNTIDY.entry()
def writes_a_module_and_uses_it(notebook, scene, folder):
    run_first(notebook, "%%writefile written.py\ndef double(x):\n    return 2.0 * x\n")
    cell(notebook, "double").source = "from written import double"


@UNTIDY.entry()
def defines_it_again_below(notebook, scene, folder):
    cell(notebook, "double").source = "def double(x):\n    return x"
    again = new_code_cell("def double(x):\n    return 2.0 * x")
    notebook.cells.insert(place(notebook, "check_double"), again)


@UNTIDY.entry(quiet=False)  # it is told that tests were moved back
def answers_in_another_order(notebook, scene, folder):
    double = notebook.cells.pop(place(notebook, "double"))
    cell(notebook, "triple").source += "\nfactor = 2.0"
    double.source = "def double(x):\n    return factor * x"
    notebook.cells.insert(1 + place(notebook, "triple"), double)


@UNTIDY.entry()
def keeps_old_outputs_and_counts(notebook, scene, folder):
    for count, kept in enumerate(notebook.cells):
        if kept.cell_type == "code":
            kept.execution_count = 99 - count
            kept.outputs = [
                new_output("stream", name="stderr", text="0"),
                new_output("error", ename="E", evalue="", traceback=["E"]),
                new_output("display_data", data={"image/png": "iVBORw0KGgo="}),
            ]


@UNTIDY.entry()
def adds_text_and_raw_cells(notebook, scene, folder):
    notebook.cells.insert(2, new_markdown_cell("# 我的笔记\n<table><tr><td>1</td></tr></table>"))
    notebook.cells.insert(3, new_raw_cell("raw \\LaTeX"))
    notebook.cells.append(new_code_cell(""))
    notebook.cells += [new_code_cell(f"value_{n} = {n}") for n in range(60)]


@UNTIDY.entry()
def writes_a_long_answer(notebook, scene, folder):
    cell(notebook, "why").source = "因为三大于二。 Because $3 > 2$.\n\n" + "A reason. " * 2000


@UNTIDY.entry()
def saved_by_another_editor(notebook, scene, folder):
    notebook.metadata["vscode"] = {"interpreter": {"hash": "0"}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    notebook.metadata["kernelspec"] = {"name": "conda-env-ml-py", "display_name": "ml"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.6"}
    for saved in notebook.cells:
        saved.metadata["collapsed"] = False
        saved.metadata["ExecuteTime"] = {"start_time": "2024"}


@UNTIDY.entry()
def saved_by_an_older_jupyter(notebook, scene, folder):
    notebook.nbformat_minor = 4
    for saved in notebook.cells:
        del saved["id"]


HALF = {**TESTS, "test_triple_negative": 0}


@UNTIDY.entry(least=HALF, most=HALF)
def answers_one_half(notebook, scene, folder):
    stub = 'raise NotImplementedError("triple: not written yet")'
    cell(notebook, "triple").source = f'def triple(x):\n    """Return three times x."""\n    {stub}'
