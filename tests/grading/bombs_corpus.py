"""Right answers with a cell that takes too much: processes, memory, files, time, output.

The bombs end by themselves after some seconds, should a sandbox ever fail to end them.
"""

from hostile_corpus import AT_WILL, HONEST, Corpus

TIME = "time|long|stop"
MEMORY = "memory|process|did not end in time"
OUTPUT = "showed more than|did not end in time"

BOMBS = Corpus("", **HONEST)
COSTLY_BOMBS = Corpus("", **AT_WILL)  # what goes on beside the later cells may cost their points

# Too much of something.
BOUND = "import time\nuntil = time.monotonic() + 15\n"
COSTLY_BOMBS.first(
    "fork_bomb",
    BOUND
    + """\
import os
while time.monotonic() < until:
    try:
        os.fork()
    except OSError:
        pass
os._exit(0)
""",
)
COSTLY_BOMBS.first(
    "thread_bomb",
    BOUND
    + """\
import threading
while time.monotonic() < until:
    threading.Thread(target=time.sleep, args=(15,), daemon=True).start()
""",
)
BOMBS.first(
    "memory_bomb",
    BOUND
    + """\
def hoard():
    kept = []
    while time.monotonic() < until and len(kept) < 190:
        kept.append(np.ones(1 << 23))  # 64 MB, 12 GB in all
hoard()
""",
    MEMORY,
)
COSTLY_BOMBS.first(
    "memory_bomb_in_many_small_processes",
    BOUND
    + """\
import os
for _ in range(60):
    if os.fork() == 0:
        kept = np.ones(25_000_000)  # 200 MB
        time.sleep(15)
        os._exit(0)
time.sleep(2)
""",
)
COSTLY_BOMBS.first(
    "memory_bomb_in_shared_memory",
    """\
import mmap, os
from multiprocessing import shared_memory
kept = mmap.mmap(-1, 12 << 30)
for start in range(0, 12 << 30, 1 << 26):
    kept[start:start + (1 << 26)] = bytes(1 << 26)
""",
)
COSTLY_BOMBS.first(
    "memory_bomb_in_files_that_are_memory",
    BOUND
    + """\
import os
block = bytes(1 << 24)
for folder in ("/dev/shm", "/tmp", ".", "/run", "/dev"):
    try:
        with open(f"{folder}/<mark>", "wb") as file:
            for _ in range(750):  # 12 GB
                file.write(block)
    except OSError:
        pass
fd = os.memfd_create("<mark>")
try:
    for _ in range(750):
        os.write(fd, block)
except OSError:
    pass
""",
)
COSTLY_BOMBS.first(
    "file_bomb",
    BOUND
    + """\
import os
number = 0
while time.monotonic() < until:
    try:
        os.mkdir(f"d{number}")
        for name in range(1000):
            open(f"d{number}/{name}", "w").close()
        os.chdir(f"d{number}")
    except OSError:
        break
    number += 1
""",
)
COSTLY_BOMBS.first(
    "uses_every_processor",
    BOUND
    + """\
import os
for _ in range(8):
    if os.fork() == 0:
        os.setsid()
        open("/proc/self/comm", "w").write("<mark>")
        while time.monotonic() < until:
            pass
        os._exit(0)
""",
)
for name, code in {
    "sleeps_for_an_hour": "import time\ntime.sleep(3600)\n",
    "loops_for_ever": "while True: pass\n",
    "loops_in_c_for_ever": "sum(iter(int, 1))\n",
}.items():
    BOMBS.first(name, code, TIME)
BOMBS.first(
    "loops_and_swallows_every_interrupt",
    """\
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU):
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""",
    TIME,
)
BOMBS.first("prints_200_mb_in_one_line", "print('x' * 200_000_000)\n")
BOMBS.first("prints_200_mb_in_many_lines", "print(('y' * 99 + '\\n') * 2_000_000)\n")
BOMBS.first(
    "prints_without_end",
    BOUND + "while time.monotonic() < until:\n    print('z' * 1000, flush=True)\n",
    OUTPUT,
)
BOMBS.first(
    "shows_50_mb_of_html",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>h</b>' * 6_000_000))\n",
)
BOMBS.first(
    "shows_a_hundred_thousand_things",
    "from IPython.display import display\nfor number in range(100_000):\n    display(number)\n",
    OUTPUT,
)
BOMBS.first(
    "shows_something_whose_repr_is_huge",
    "class Huge:\n    def __repr__(self): return 'r' * 300_000_000\nHuge()\n",
    OUTPUT,
)
BOMBS.first(
    "prints_200_mb_from_a_command",
    "get_ipython().system('head -c 200000000 /dev/zero | tr \"\\\\0\" w')\n",
)
BOMBS.first(
    "recurses_deeply",
    "def deeper(n):\n    return deeper(n + 1)\ndeeper(0)\n",
)
