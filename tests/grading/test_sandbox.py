"""What student code cannot see, reach, keep or outlive, and what happens where it could.

Each cell here tries one thing from inside a real sandbox and prints what became of it. All of it
runs as whoever runs the tests, and once more as an ordinary user if that is root.
"""

import ast
import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest
from test_execute import LATE, Left, job

from course import sandbox
from course.paths import HERE
from course.pool import Pool


@pytest.fixture(scope="module")
def pool():
    with Pool(workers=2) as pool:
        pool.submit(job()).result(60)  # start now: some tests change what would be found later
        yield pool


@pytest.fixture(scope="module")
def run(pool):
    """Return a function that executes a job, given as `job` takes it."""

    def run(*cells, **options):
        return Left(pool.submit(job(*cells, **options)).result(60))

    return run


@pytest.fixture(scope="module")
def ask(run):
    """Return a function that runs code inside and returns what it printed, as a literal."""

    def ask(code):
        left = run(textwrap.dedent(code))
        errors = [out for out in left.outputs() if out["output_type"] == "error"]
        assert not errors, "\n".join(errors[0]["traceback"])
        return ast.literal_eval(left.shown())

    return ask


@pytest.fixture
def mark():
    """Return a name for processes that no other has."""
    return f"mk{secrets.token_hex(5)}"


def marked(mark):
    """Return the processes of this machine that bear a mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "comm").read_text().strip() == mark:
                found.append(int(folder.name))
    return found


def wait_until(happens, seconds=30):
    """Wait until something is so; fail if it never is."""
    until = time.monotonic() + seconds
    while not (answer := happens()):
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)
    return answer


def name_itself(mark):
    """Return code that marks the process it runs in."""
    return f"import ctypes, os, time\nctypes.CDLL(None).prctl(15, b'{mark}', 0, 0, 0)\n"


# What it sees


def test_the_environment_is_the_sandbox_s_own(ask, monkeypatch):
    wanted = {**sandbox.environment(), "PWD": "/scratch"}
    assert ask("import os; print(dict(os.environ))") == wanted


def test_nothing_of_the_teacher_s_environment_enters(monkeypatch):
    monkeypatch.setenv("TEACHERS_SECRET", "x")
    monkeypatch.setenv("PYTHONSTARTUP", "/tmp/x.py")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    with Pool(workers=1) as pool:
        left = Left(pool.submit(job("import os; print(dict(os.environ))")).result(60))
    assert ast.literal_eval(left.shown()) == {**sandbox.environment(), "PWD": "/scratch"}


LIST = """\
import os
found = {}
for folder in %r:
    try:
        found[folder] = os.listdir(folder)
    except OSError:
        pass
print(found)
"""


def on_the_way(folder):
    """Return the names in a folder that lead to what the sandbox shows."""
    shown = [Path(target) for _, target in sandbox._shown()]
    return {p.relative_to(folder).parts[0] for p in shown if p != folder and folder in p.parents}


def test_of_the_home_and_the_course_only_python_is_in_sight(ask, tmp_path):
    (tmp_path / "secret").write_text("x")
    folders = [Path.home(), HERE, HERE.parent, tmp_path, Path("/home"), Path("/var"), Path("/run")]
    found = ask(LIST % [str(folder) for folder in folders])
    for folder, names in found.items():
        assert set(names) <= on_the_way(Path(folder))
    assert str(tmp_path) not in found


@pytest.mark.parametrize(
    "name", ["source", "release", "course/seal.py", "gradebook.db", "tests", "nbgrader_config.py"]
)
def test_the_course_itself_is_not_there(ask, name):
    for folder in (str(HERE), "/workbook"):
        assert ask(f"import os; print(os.path.lexists({folder + '/' + name!r}))") is False


def test_the_package_that_grades_cannot_be_imported(ask):
    code = """
        import importlib.util
        try:
            found = importlib.util.find_spec("course.seal") is not None
        except ImportError:
            found = False
        print(found)
    """
    assert ask(code) is False


def test_there_is_no_proc_and_no_device_but_the_plain_ones(ask):
    proc, devices = ask("import os; print((os.listdir('/proc'), os.listdir('/dev')))")
    assert proc == []
    harmless = {"null", "zero", "full", "random", "urandom", "tty", "console", "core", "shm"}
    harmless |= {"pts", "ptmx", "fd", "stdin", "stdout", "stderr"}
    assert set(devices) <= harmless


def test_no_descriptor_is_open_but_the_conversation(ask):
    code = """
        import os, stat
        kinds = []
        for n in range(3, 1024):
            try:
                kinds.append(stat.S_IFMT(os.fstat(n).st_mode) == stat.S_IFSOCK)
            except OSError:
                pass
        print(kinds)
    """
    assert ask(code).count(True) == 1


def test_only_memory_can_be_written_to(ask):
    folders = ["/", "/workbook", "/workbook/data", "/workbook/inside", "/usr", "/etc", "/dev"]
    folders += ["/proc", sys.prefix, sys.base_prefix, "/scratch", "/tmp", "/dev/shm"]
    code = f"""
        import os
        can = []
        for folder in {folders!r}:
            try:
                open(os.path.join(folder, "x"), "w").close()
                can.append(folder)
            except OSError:
                pass
        print(can)
    """
    assert ask(code) == ["/scratch", "/tmp", "/dev/shm"]
    assert not (Path(sys.prefix) / "x").exists()


# What it may do


def test_it_has_no_capability_and_gets_none(ask):
    code = """
        import ctypes, os, struct
        libc = ctypes.CDLL(None, use_errno=True)
        header = struct.pack("Ii", 0x20080522, 0)
        held = ctypes.create_string_buffer(24)
        assert libc.capget(header, held) == 0
        print((held.raw == bytes(24), libc.prctl(39, 0, 0, 0, 0), libc.prctl(21), os.getuid(),
               os.getgid(), os.getgroups()))
    """
    nothing, no_new_privileges, filtered, user, group, groups = ask(code)
    assert nothing
    assert no_new_privileges == 1
    assert filtered == 2
    assert (user, group) == (65534, 65534)
    assert 0 not in groups


CALLS = {  # their numbers on x86_64 and on aarch64, and arguments
    "ptrace": (101, 117, 0, 0, 0, 0),
    "mount": (165, 40, 0, b"/scratch", b"tmpfs", 0),
    "umount2": (166, 39, b"/scratch", 2),
    "pivot_root": (155, 41, b"/scratch", b"/scratch"),
    "chroot": (161, 51, b"/scratch"),
    "setns": (308, 268, 0, 0),
    "unshare a user namespace": (272, 97, 0x10000000),
    "unshare a mount namespace": (272, 97, 0x00020000),
    "keyctl": (250, 219, 0, 0xFFFFFFFD, 0),
    "add_key": (248, 217, b"user", b"x", b"x", 1, 0xFFFFFFFD),
    "bpf": (321, 280, 0, 0, 0),
    "perf_event_open": (298, 241, 0, 0, 0, 0, 0),
    "userfaultfd": (323, 282, 0),
    "process_vm_readv": (310, 270, 1, 0, 0, 0, 0, 0),
    "io_uring_setup": (425, 425, 1, 0),
    "open_tree": (428, 428, 0xFFFFFF9C, b"/", 1),
    "fsopen": (430, 430, b"tmpfs", 0),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_service_that_no_notebook_needs_is_refused(ask, call):
    code = f"""
        import ctypes, errno, os
        libc = ctypes.CDLL(None, use_errno=True)
        numbers, arguments = {CALLS[call][:2]!r}, {CALLS[call][2:]!r}
        number = numbers[0 if os.uname().machine == "x86_64" else 1]
        pad = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
        print((libc.syscall(ctypes.c_long(number), *pad), errno.errorcode[ctypes.get_errno()]))
    """
    assert ask(code) == (-1, "EPERM")


def test_a_child_gets_no_user_namespace(ask):
    code = """
        import ctypes, errno, os
        libc = ctypes.CDLL(None, use_errno=True)
        number = 56 if os.uname().machine == "x86_64" else 220
        made = libc.syscall(ctypes.c_long(number), ctypes.c_long(0x10000000 | 17), 0, 0, 0, 0)
        if made == 0:
            os._exit(0)
        print((made, errno.errorcode[ctypes.get_errno()]))
    """
    made, error = ask(code)
    assert made == -1
    assert error in ("ENOSPC", "EPERM", "EUSERS")


# What it reaches


@pytest.fixture
def listeners(tmp_path):
    """Listen in every way that another process of this machine could be reached."""
    name = secrets.token_hex(6)
    listening = {"tcp": socket.socket(), "udp": socket.socket(type=socket.SOCK_DGRAM)}
    for sock in listening.values():
        sock.bind(("127.0.0.1", 0))
    listening |= {kind: socket.socket(socket.AF_UNIX) for kind in ("abstract", "path")}
    listening["abstract"].bind(f"\0{name}")
    path = Path("/tmp", f"t-{name}")  # a socket's path is short
    listening["path"].bind(str(path))
    for kind, sock in listening.items():
        sock.setblocking(False)
        if kind != "udp":
            sock.listen()
    yield listening
    for sock in listening.values():
        sock.close()
    path.unlink()


def test_nobody_outside_can_be_reached(ask, listeners):
    addresses = {kind: sock.getsockname() for kind, sock in listeners.items()}
    code = f"""
        import socket
        reached = []
        for kind, address in {addresses!r}.items():
            family = socket.AF_INET if kind in ("tcp", "udp") else socket.AF_UNIX
            sock = socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
            sock.settimeout(2)
            try:
                sock.connect(address)
                sock.send(b"x")
                reached.append(kind)
            except OSError:
                pass
        print(reached)
    """
    assert ask(code) == []
    for kind, sock in listeners.items():
        with pytest.raises(BlockingIOError):
            sock.recv(10) if kind == "udp" else sock.accept()


def test_names_are_not_looked_up(ask):
    code = """
        import socket
        try:
            print(socket.getaddrinfo("example.org", 80))
        except OSError:
            print([])
    """
    assert ask(code) == []


@pytest.mark.parametrize(
    "family", [16, 17, 31, 38, 40], ids=["netlink", "packet", "bluetooth", "alg", "vsock"]
)
def test_a_socket_of_another_kind_is_refused(ask, family):
    code = f"""
        import errno, socket
        try:
            socket.socket({family}, socket.SOCK_RAW).close()
            print(False)
        except OSError as error:
            print(error.errno == errno.EOPNOTSUPP)
    """
    assert ask(code) is True


def test_attempts_are_told(run):
    left = run(
        "import socket\ntry: socket.create_connection(('10.0.0.1', 80), 1)\nexcept OSError: pass"
    )
    assert "tried to reach a network" in left.suspicious


HIDE = """\
import socket
from multiprocessing import shared_memory
for folder in ("/scratch", "/tmp", "/dev/shm"):
    open(folder + "/{mark}", "w").write("x")
mine = shared_memory.SharedMemory("{mark}shared", create=True, size=64)
libc = ctypes.CDLL(None, use_errno=True)
assert libc.shmget(0x1234, 4096, 0o1666) < 0  # memory that no process shows is refused
sock = socket.socket(socket.AF_UNIX)
sock.bind("\\0{mark}")
sock.listen()
tcp = socket.socket()
tcp.bind(("127.0.0.1", 45678))
tcp.listen()
"""
SEEK = """\
import ctypes, os, socket
found = []
for folder in ("/scratch", "/tmp", "/dev/shm"):
    found += [name for name in os.listdir(folder) if {mark!r} in name]
libc = ctypes.CDLL(None, use_errno=True)
if libc.shmget(0x1234, 4096, 0o666) >= 0:
    found.append("shared memory")
for family, address in ((socket.AF_UNIX, "\\0{mark}"), (socket.AF_INET, ("127.0.0.1", 45678))):
    try:
        socket.socket(family).connect(address)
        found.append(address)
    except OSError:
        pass
for number in range(2, 1000):
    try:
        os.kill(number, 0)
        found.append(number)
    except OSError:
        pass
print(found)
"""


def test_two_runs_see_nothing_of_each_other(pool, ask, mark):
    hiding = name_itself("x") + HIDE.format(mark=mark) + name_itself(mark) + "time.sleep(60)"
    first = pool.submit(job(hiding, cell_seconds=60))
    try:
        wait_until(lambda: marked(mark) or first.done())
        assert not first.done()
        assert ask(SEEK.format(mark=mark)) == []
    finally:
        first.cancel()
    wait_until(lambda: not marked(mark))
    assert ask(SEEK.format(mark=mark)) == []


# What outlives what


STAYS = {
    "a child": "if os.fork() == 0: time.sleep(60)\n",
    "a daemon": "if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    if os.fork() == 0:\n"
    "        os.closerange(0, 256)\n"
    "        time.sleep(60)\n"
    "    os._exit(0)\n",
    "a deaf one": "import signal\n"
    "if os.fork() == 0:\n"
    "    for number in set(range(1, 32)) - {9, 19}: signal.signal(number, signal.SIG_IGN)\n"
    "    os.setsid()\n"
    "    time.sleep(60)\n",
    "a command": "import subprocess\n"
    "os.symlink('/bin/sleep', '/tmp/<mark>')\n"
    "subprocess.Popen(['/tmp/<mark>', '60'], start_new_session=True)\n",
    "a thread": "import threading\nthreading.Thread(target=time.sleep, args=(60,)).start()\n",
}


ENDS = [(what, "") for what in STAYS]
ENDS += [("a daemon", "time.sleep(0.1); os._exit(0)"), ("a deaf one", "while True: pass")]


@pytest.mark.parametrize(("what", "end"), ENDS)
def test_nothing_outlives_its_run(run, mark, what, end):
    seen = "print('ran', flush=True)\n"
    stays = STAYS[what].replace("<mark>", mark)
    left = run(name_itself(mark) + stays + seen + end, cell_seconds=0.3)
    assert left.shown() == "ran\n"
    wait_until(lambda: not marked(mark))


def slow(mark):
    """Return a job that takes a while and then says so."""
    return job(name_itself(mark) + "time.sleep(1)\nprint('done')")


def runner_of(mark):
    [runner] = wait_until(lambda: marked(mark))
    return psutil.Process(runner)


def test_a_job_whose_keeper_is_killed_runs_again(pool, mark):
    future = pool.submit(slow(mark))
    runner = runner_of(mark)
    runner.parent().kill()
    wait_until(lambda: not runner.is_running() or runner.pid not in marked(mark))
    assert Left(future.result(60)).shown() == "done\n"


@pytest.mark.parametrize("which", ["the zygote", "bubblewrap"])
def test_jobs_whose_zygote_is_killed_run_again(mark, which):
    with Pool(workers=2) as pool:
        futures = [pool.submit(slow(mark)) for _ in range(2)]
        wait_until(lambda: len(marked(mark)) == 2)
        outer = psutil.Process(pool.zygotes[()].process.pid)
        (outer if which == "bubblewrap" else outer.children()[0]).kill()
        assert [Left(future.result(60)).shown() for future in futures] == ["done\n"] * 2


def test_a_job_that_is_killed_each_time_is_told_as_an_error(mark):
    with Pool(workers=1) as pool:
        future = pool.submit(job(name_itself(mark) + "time.sleep(60)", cell_seconds=60))
        while not future.done():
            for runner in marked(mark):
                with contextlib.suppress(psutil.NoSuchProcess):
                    psutil.Process(runner).parent().kill()
            time.sleep(0.05)
        with pytest.raises(RuntimeError, match="ended from outside"):
            future.result()
        assert Left(pool.submit(job("print(1)")).result(60)).shown() == "1\n"


ENDLESS = """\
import sys
sys.path.insert(0, {tests!r})
from course.pool import Pool
from test_execute import job
Pool(workers=1).submit(job({code!r}, cell_seconds=60)).result()
"""


def test_nothing_outlives_the_process_that_grades(mark):
    code = name_itself(mark) + STAYS["a daemon"] + "time.sleep(60)"
    grading = subprocess.Popen(
        [sys.executable, "-c", ENDLESS.format(tests=str(Path(__file__).parent), code=code)],
        cwd=HERE,
    )
    try:
        wait_until(lambda: len(marked(mark)) >= 2 or grading.poll() is not None)
        assert grading.poll() is None
    finally:
        grading.kill()
        grading.wait()
    wait_until(lambda: not marked(mark))


# Where there is no sandbox


@pytest.fixture
def nothing_installed(tmp_path, monkeypatch):
    """Leave nothing on PATH, and return the folder that is on it."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def tool(folder, name, code):
    """Lay a command written in Python into a folder."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(code)}")
    path.chmod(0o755)


def test_a_missing_bubblewrap_is_told_with_its_remedy(nothing_installed):
    with pytest.raises(sandbox.Unavailable, match=r"bubblewrap is missing.*`apt install"):
        sandbox.check()


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize("way", ["bubblewrap", "container"])
def test_without_a_sandbox_nothing_is_graded(way):
    with pytest.raises(sandbox.Unavailable):
        Pool(workers=1, way=way)


@pytest.mark.parametrize("folder", ["/usr/src/course", "/usr", sys.prefix])
def test_a_course_that_the_sandbox_would_show_is_refused(folder):
    with pytest.raises(sandbox.Unavailable, match="which student code sees: move it elsewhere"):
        sandbox.hide(folder)


@pytest.mark.parametrize(
    ("switch", "state", "remedy"),
    [
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor forbids"),
        ("/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
        ("", "", "--security-opt seccomp=unconfined"),
    ],
    ids=["apparmor", "namespaces", "neither"],
)
def test_a_bubblewrap_that_cannot_work_is_told_with_its_remedy(
    nothing_installed, tmp_path, monkeypatch, switch, state, remedy
):
    tool(nothing_installed, "bwrap", "import sys; sys.exit('bwrap: No permissions')")
    (tmp_path / "state").write_text(state + "\n")

    def path(text):
        if text.startswith("/proc/sys"):
            return tmp_path / ("state" if text == switch else "absent")
        return Path(text)

    # What the sandbox shows is found first: it reads paths of its own.
    command = sandbox.bubblewrap()
    monkeypatch.setattr(sandbox, "bubblewrap", lambda: command)
    monkeypatch.setattr(sandbox, "hide", lambda _: None)
    monkeypatch.setattr(sandbox, "Path", path)
    with pytest.raises(sandbox.Unavailable, match="bwrap: No permissions") as refused:
        sandbox.check()
    assert remedy in str(refused.value)


def test_a_sandbox_that_breaks_later_is_told(nothing_installed, monkeypatch):
    tool(
        nothing_installed,
        "bwrap",
        "import sys; sys.exit('bwrap: broken' if 'true' not in sys.argv[-1] else 0)",
    )
    with Pool(workers=1) as pool:
        future = pool.submit(job("print(1)"))
        with pytest.raises(sandbox.Unavailable, match="did not start: bwrap: broken"):
            future.result(60)


# Without a sandbox, because the teacher says so


@pytest.fixture(scope="module")
def bare():
    """Return a function like `run` whose jobs run without a sandbox."""
    with pytest.warns(UserWarning, match="WITHOUT a sandbox"):
        pool = Pool(workers=1, way="none")
    with pool:
        yield lambda *cells, **options: Left(pool.submit(job(*cells, **options)).result(60))


FORKS = "import os, time\nfor _ in range(20):\n    os.fork() or time.sleep(30)\ntime.sleep(30)"


@pytest.mark.parametrize(
    ("code", "limits", "end"),
    [
        ("while True: pass", {"cell_seconds": 0.5}, LATE),
        ("while True: pass", {"seconds": 1}, "computing time"),
        ("kept = [bytes(9) * (3 << 20) for _ in range(99)]", {"memory": 300 << 20}, "memory"),
        (FORKS, {"processes": 8}, "processes"),
        ("import os; os._exit(3)", {}, "ended the whole Python process"),
    ],
    ids=["time", "computing", "memory", "processes", "death"],
)
def test_limits_hold_without_a_sandbox_too(bare, mark, code, limits, end):
    left = bare(name_itself(mark), code, ("test", "__probe__(0, 2)"), **limits)
    assert end in left.end(1)
    assert left.got(2) == [2]
    wait_until(lambda: not marked(mark))


@pytest.mark.parametrize("what", STAYS)
def test_nothing_outlives_its_run_without_a_sandbox_either(bare, mark, tmp_path, what):
    stays = STAYS[what].replace("/tmp/<mark>", f"{tmp_path}/{mark}")
    assert bare(name_itself(mark) + stays + "print('ran')").shown() == "ran\n"
    wait_until(lambda: not marked(mark))


def test_the_teacher_s_environment_does_not_enter_without_a_sandbox_either(monkeypatch):
    monkeypatch.setenv("TEACHERS_SECRET", "x")
    with pytest.warns(UserWarning, match="WITHOUT"), Pool(workers=1, way="none") as pool:
        left = Left(pool.submit(job("import os; print(dict(os.environ), os.getcwd())")).result(60))
    assert "TEACHERS_SECRET" not in left.shown()
    folder = left.shown().split()[-1]
    assert not Path(folder).exists()


# In containers. The engine is a script that keeps to the same interface.

ENGINE = """\
import ctypes, json, os, signal, sys
from pathlib import Path
here, arguments = Path(__file__).parent, sys.argv[1:]
with open(here / "calls", "a") as calls:
    calls.write(json.dumps(arguments) + "\\n")
value = lambda option: arguments[arguments.index(option) + 1]
if arguments[0] == "info":
    sys.exit("is the daemon running?" if (here / "broken").exists() else 0)
if arguments[0] == "kill":
    number = signal.SIGINT if "--signal" in arguments else signal.SIGKILL
    os.kill(int((here / arguments[-1]).read_text()), number)
    sys.exit(0)
(here / value("--name")).write_text(str(os.getpid()))
image = arguments.index("nn-workbook")
known = [word for before, word in zip(arguments, arguments[1:]) if before == "--env"]
known = dict(word.split("=", 1) for word in known)
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # no new privileges
os.chdir(here)
known["MPLCONFIGDIR"] = %r
os.execve(sys.executable, [sys.executable, *arguments[image + 2:]], {"PATH": os.defpath, **known})
"""


@pytest.fixture
def docker(nothing_installed, monkeypatch):
    """Install the script; return a function that tells how it has been called."""
    tool(nothing_installed, "docker", ENGINE % str(sandbox.font_list().parent))
    return lambda: [
        json.loads(line) for line in (nothing_installed / "calls").read_text().splitlines()
    ]


@pytest.fixture
def contained(docker):
    with Pool(workers=1, way="container") as pool:
        yield lambda *cells, **options: Left(pool.submit(job(*cells, **options)).result(60))


def test_a_container_leaves_the_same_as_bubblewrap(contained, run):
    cells = (
        "import os, random, numpy as np\nfrom helpers import check\nprint(random.random())",
        "1 / 0",
        "check.rng().normal()",
        ("test", "__probe__(0, np.random.rand(3))\n__probe__(1, check.rng().normal())"),
        "print(open('notes.txt').read(), os.environ['OMP_NUM_THREADS'], hash('text'))",
        "os._exit(3)",
        "display({'text/plain': 'x'}, raw=True)",
    )
    files = {"notes.txt": b"two"}
    one, other = (how(*cells, files=files).outcome["cells"] for how in (contained, run))
    for cell in (*one.values(), *other.values()):
        assert cell.pop("seconds") >= 0
    assert one == other


def test_a_container_has_no_network_no_rights_and_limits(contained, docker):
    contained("x = 1", memory=1 << 30, processes=17, disk=1 << 20)
    [call] = [call for call in docker() if call[0] == "run"]
    text = " ".join(call)
    for wanted in (
        "--network none",
        "--read-only",
        "--cap-drop ALL",
        "--security-opt no-new-privileges",
        "--user 65534:65534",
        f"--memory {1 << 30}",
        f"--memory-swap {1 << 30}",
        "--pids-limit 17",
        f"--tmpfs /scratch:size={1 << 20}",
        f"--tmpfs /tmp:size={1 << 20}",
        "--env OMP_NUM_THREADS=1",
        "--rm",
    ):
        assert wanted in text
    assert "--volume" not in call
    assert "--privileged" not in call


def test_a_late_cell_is_interrupted_in_its_container(contained, docker):
    left = contained("x = 1\nprint('so far')\nwhile True: pass", "print(x)", cell_seconds=0.5)
    assert left.end(0) == LATE
    assert left.shown(1) == "1\n"
    assert any(call[:3] == ["kill", "--signal", "INT"] for call in docker())


def test_a_stubborn_cell_ends_with_its_container(contained, docker, mark):
    stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    left = contained(name_itself(mark), stubborn, "print('next')", cell_seconds=0.5)
    assert left.end(1) == LATE
    assert left.shown(2) == "next\n"
    assert any(call[0] == "kill" and len(call) == 2 for call in docker())
    wait_until(lambda: not marked(mark))


def test_an_engine_that_does_not_run_is_told(docker, nothing_installed):
    (nothing_installed / "broken").touch()
    with pytest.raises(sandbox.Unavailable, match="docker does not run: is the daemon running"):
        Pool(workers=1, way="container")


@pytest.mark.usefixtures("nothing_installed")
def test_a_missing_engine_is_told():
    with pytest.raises(sandbox.Unavailable, match="neither podman nor docker is installed"):
        sandbox.check("container")


@pytest.mark.usefixtures("docker")
def test_podman_comes_first(nothing_installed):
    tool(nothing_installed, "podman", "")
    assert sandbox.engine() == "podman"


# As an ordinary user


def shut(path):
    """Return the first folder on the way to a path that others may not enter."""
    ways = [folder for folder in reversed(Path(path).parents) if not folder.stat().st_mode & 1]
    return ways[0] if ways else None


TOO = "not contain and not without_a_sandbox_too and not without_a_sandbox_either"


@pytest.mark.skipif(os.geteuid() != 0, reason="the tests above have run as an ordinary user")
def test_all_of_this_holds_for_an_ordinary_user(tmp_path_factory):
    # In a view of this machine in which everybody may enter the folders that lead to Python and
    # to the course, and which ends with the test.
    view = ["bwrap", "--dev-bind", "/", "/", "--perms", "1777", "--tmpfs", "/tmp"]
    needed = sorted({Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), HERE})
    for folder in sorted({shut(path) for path in needed} - {None}):
        view += ["--perms", "0755", "--tmpfs", str(folder)]
    for path in needed:
        if hidden := shut(path) or (Path("/tmp") if path.is_relative_to("/tmp") else None):
            for folder in reversed(path.parents):
                if hidden in folder.parents:
                    view += ["--perms", "0755", "--dir", str(folder)]
            view += ["--ro-bind", str(path), str(path)]
    fonts = sandbox.font_list()
    view += ["--perms", "0777", "--dir", "/tmp/matplotlib", "--ro-bind", str(fonts)]
    view += [f"/tmp/matplotlib/{fonts.name}", "--chdir", str(HERE)]
    become = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no"]
    done = subprocess.run(
        [*view, *become, *tests, "--basetemp", "/tmp/tests", "-k", TOO, __file__],
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", "MPLCONFIGDIR": "/tmp/matplotlib"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
