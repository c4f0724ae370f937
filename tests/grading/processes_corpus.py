"""Right answers with a cell whose processes go on for ever, or end before their time.

Everything ends by itself after a minute, should a sandbox ever fail to end it, and bears the
scene's mark. What dies is run again without the cell in which it died.
"""

from hostile_corpus import AT_WILL, HONEST, TRIPLE, Corpus

DIED = "ended the|process|died|killed|crash"
TIME = "time|long|stop"

PROCESSES = Corpus("", **HONEST)
AT_OWN_RISK = Corpus("", **AT_WILL)  # what breaks the student's own interpreter may cost points

# Processes that go on.
STAYS = """\
import ctypes, os, subprocess, sys, threading, time
def stay(seconds=60):
    ctypes.CDLL(None).prctl(15, b"<mark>", 0, 0, 0)  # the name of the process
    for _ in range(seconds * 10):
        time.sleep(0.1)
        for folder in ("/tmp", "<outside>", "<course>", "<course>/autograded"):
            try:
                open(folder + "/<mark>", "w").close()
            except OSError:
                pass
    os._exit(0)
"""
PROCESSES.first(
    "leaves_a_detached_process",
    STAYS
    + """\
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir("/")
        os.closerange(0, 256)
        stay()
    os._exit(0)
""",
)
PROCESSES.first(
    "leaves_a_process_that_holds_its_output_open",
    STAYS + "if os.fork() == 0:\n    os.setsid()\n    stay()\n",
)
PROCESSES.first(
    "leaves_a_process_that_ignores_every_signal",
    STAYS
    + """\
import signal
if os.fork() == 0:
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    os.setsid()
    stay()
""",
)
PROCESSES.first(
    "leaves_a_command_in_the_background",
    """\
import subprocess
subprocess.Popen(["<mark>", "60"], executable="/bin/sleep", start_new_session=True)
get_ipython().system("nohup sleep 60 > /dev/null 2>&1 &")
""",
)
PROCESSES.first(
    "leaves_threads_that_never_end",
    """\
import threading, time
def forever():
    until = time.monotonic() + 60
    while time.monotonic() < until:
        time.sleep(0.01)
for _ in range(8):
    threading.Thread(target=forever, daemon=False).start()
""",
)
PROCESSES.first(
    "goes_on_when_the_interpreter_ends",
    STAYS
    + """\
import atexit, signal
atexit.register(stay)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
    signal.signal(number, lambda *arguments: stay())
class Late:
    def __del__(self, stay=stay): stay()
late = Late()
late.itself = late
""",
)

# Processes that end too soon. What dies is run again without the cell in which it died.
for name, code in {
    "ends_the_process": "import os\nos._exit(0)\n",
    "aborts": "import os\nos.abort()\n",
    "reads_address_zero": "import ctypes\nctypes.string_at(0)\n",
    "kills_itself": "import os\nos.kill(os.getpid(), 9)\n",
    "kills_its_group": "import os\nos.killpg(0, 9)\n",
    "kills_its_parent": "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(0.5)\n",
    "kills_pid_1": "import os, time\nfor n in (15, 9):\n    os.kill(1, n)\ntime.sleep(0.5)\n",
    "kills_everybody": "import os, time\nfor n in (15, 9):\n    os.kill(-1, n)\ntime.sleep(0.5)\n",
    "overflows_the_stack": """\
import sys
sys.setrecursionlimit(10**9)
class Deep:
    def __getattr__(self, name): return getattr(self, name + "x")
Deep().x
""",
}.items():
    PROCESSES.first(name, code, DIED)
PROCESSES.first(
    "stops_itself",
    """\
import os, signal
os.kill(os.getppid(), signal.SIGSTOP)
os.kill(os.getpid(), signal.SIGSTOP)
""",
    TIME + "|" + DIED,
    least={},
)
PROCESSES.first("leaves_by_exit_in_a_cell_of_its_own", "import sys\nsys.exit(3)\n")
PROCESSES.first("quits", "quit()\n")
AT_OWN_RISK.inside(
    "dies_each_time_the_answer_is_called",
    "import os\ndef double(x):\n    os._exit(0)\n",
    most=TRIPLE,
)

# What breaks the student's own interpreter breaks nothing else.
for name, code in {
    "clears_sys_modules": "import sys\nsys.modules.clear()\n",
    "deletes_the_builtins": "import builtins\nfor n in dir(builtins):\n    delattr(builtins, n)\n",
    "closes_every_file_descriptor": "import os\nos.closerange(0, 1024)\n",
    "removes_its_own_folder": "import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\n",
    "limits_its_own_resources": """\
import resource
for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
    resource.setrlimit(what, (1, 1))
""",
    "resets_the_shell": "%reset -f\n",
    "sets_an_alarm": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.05, 0.01)\n",
    "raises_in_every_call": """\
import sys
def refuse(frame, event, argument): raise SystemExit(0)
sys.settrace(refuse)
sys.setprofile(refuse)
""",
    "removes_the_shell": """\
shell = get_ipython()
type(shell).clear_instance()
shell.__dict__.clear()
""",
    "unlinks_the_garbage_collector": """\
import gc
def refuse(phase, info): raise SystemExit(0)
gc.callbacks.append(refuse)
gc.set_threshold(1)
""",
}.items():
    AT_OWN_RISK.first(name, code)
