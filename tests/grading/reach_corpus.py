"""Right answers with a cell that reaches for what is not theirs: files, gradebook, network.

Whatever is left behind bears the scene's mark.
"""

from hostile_corpus import HONEST, Corpus

REACH = Corpus("", **HONEST)

# Reading what is not theirs: whatever is found is printed, and the test looks for the secrets.
REACH.first(
    "prints_every_file_that_it_should_not_see",
    """\
import glob, os
for pattern in (
    "/etc/passwd", "/etc/shadow", "<home>/**", "<home>/.*/**", "<outside>/**", "~/.ssh/*",
    "/root" "/.*", "/home/*/.*", "<course>/*.*", "<course>/source/**",
    "<course>/submitted/<honest>/**",
    "<course>/autograded/**", "../*", "../../*", "../../../../source/**", "/proc/*/environ",
    "/proc/1/root/<outside>/*", "/var/run/secrets/**", "/tmp/*",
):
    for path in glob.glob(os.path.expanduser(pattern), recursive=True)[:500]:
        try:
            print(path, open(path, "rb").read(20000).decode("latin-1").replace("\\0", "\\n"))
        except OSError:
            pass
""",
)
REACH.first(
    "prints_its_environment",
    """\
import os
print(dict(os.environ), open("/proc/self/environ").read())
for pid in (1, os.getppid()):
    try:
        print(open(f"/proc/{pid}/environ").read())
    except OSError:
        pass
""",
)
REACH.first(
    "reads_the_gradebook",
    """\
import sqlite3
for folder in ("<course>", "..", "../..", "../../..", "/"):
    try:
        base = sqlite3.connect(f"file:{folder}/gradebook.db?mode=ro", uri=True)
        print(<leak>, list(base.execute("select name, source from source_cell")))
    except sqlite3.Error:
        pass
""",
)

# Writing what is not theirs.
REACH.first(
    "gives_itself_points_in_the_gradebook",
    """\
import sqlite3
for path in ("<course>/gradebook.db", "../../../gradebook.db"):
    for command in (
        "update grade set manual_score = 100, extra_credit = 100, auto_score = 100",
        "update submitted_assignment set late_penalty = -100",
        "update grade_cell set max_score = 1000",
        "create trigger hostile after insert on grade"
        " begin update grade set extra_credit = 100; end",
        "delete from comment",
    ):
        try:
            base = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=0.1)
            base.execute(command)
            base.commit()
        except sqlite3.Error:
            pass
""",
)
REACH.first(
    "locks_the_gradebook",
    """\
import os, sqlite3, time
if os.fork() == 0:
    os.setsid()
    try:
        base = sqlite3.connect("file:<course>/gradebook.db?mode=rw", uri=True)
        base.execute("begin exclusive")
        time.sleep(60)
    finally:
        os._exit(0)
""",
)
REACH.first(
    "edits_and_deletes_other_work",
    """\
import pathlib, shutil
for step in ("submitted", "autograded", "feedback", "release", "source"):
    for top in ("<course>", "../../..", "../.."):
        folder = pathlib.Path(top, step)
        for path in list(folder.glob("**/*"))[:200] if folder.is_dir() else ():
            try:
                if path.is_file():
                    path.write_text("<mark>")
            except OSError:
                pass
shutil.rmtree("<course>/submitted/<honest>", ignore_errors=True)
shutil.rmtree("<course>/autograded", ignore_errors=True)
""",
)
REACH.first(
    "leaves_files_that_run_as_somebody_else",
    """\
import pathlib, sys
home, code = pathlib.Path("<home>"), "print('<mark>')\\n"
python = f"python{sys.version_info[0]}.{sys.version_info[1]}"
for path in (
    home / ".ipython/profile_default/startup/00-<mark>.py", home / ".bashrc", home / ".profile",
    home / f".local/lib/{python}/site-packages/<mark>.pth", home / ".jupyter/<mark>.py",
    home / f".local/lib/{python}/site-packages/usercustomize.py", home / ".ssh/authorized_keys",
    home / ".config/matplotlib/matplotlibrc", home / ".pythonrc.py",
    pathlib.Path(np.__file__).parents[1] / "<mark>.pth",
    pathlib.Path(np.__file__).parent / "<mark>.py",
    pathlib.Path(check.__file__).parent / "<mark>.py", pathlib.Path(sys.prefix) / "<mark>",
    pathlib.Path("<course>/nbgrader_config.py"), pathlib.Path("/etc/cron.d/<mark>"),
):
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a") as file:
            file.write(code)
    except OSError:
        pass
""",
)
REACH.first(
    "appends_to_the_code_that_grades",
    """\
import glob, pathlib
for folder in (pathlib.Path(check.__file__).parent, pathlib.Path("<course>")):
    for path in folder.glob("*.py"):
        try:
            with open(path, "a") as file:
                file.write("# <mark>\\n")
        except OSError:
            pass
""",
)
REACH.first(
    "writes_outside",
    """\
import os
for folder in (
    "/", "/etc", "/usr", "/usr/local/bin", "/var/tmp", "/tmp", "/dev/shm", "/dev", "/run", "/root",
    "/home", "/opt", "/sys/fs/cgroup", "<outside>", "<home>", "<course>", "..", "../..", "../../..",
):
    for make in (lambda path: open(path, "w").close(), os.mkdir, os.mkfifo):
        try:
            make(f"{folder}/<mark>")
        except OSError:
            pass
for path in ("/proc/self/oom_score_adj", "/proc/1/oom_score_adj"):
    try:
        open(path, "w").write("-1000")
    except OSError:
        pass
""",
)
REACH.first(
    "tries_to_become_somebody_and_to_remount",
    """\
import ctypes, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
for flags in (0x10000000, 0x00020000, 0x10020000, 0x40000000):  # new user, mount, net namespaces
    libc.unshare(flags)
for target in (b"/", b"/usr", b"/etc", b"/proc"):
    libc.mount(None, target, None, 32, None)  # remount, writable
libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None)
libc.chroot(b"/proc/1/root")
libc.ptrace(16, os.getppid(), 0, 0)
libc.mknod(b"/tmp/<mark>", 0o60600, 0x0800)
for call in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0])):
    try:
        call()
    except OSError:
        pass
for path in ("/<mark>", "/etc/<mark>", "<outside>/<mark>", "/usr/<mark>"):
    try:
        open(path, "w").close()
    except OSError:
        pass
""",
    least={},
)

# Network: somebody listens on this machine and writes down whatever arrives.
REACH.first(
    "uses_the_network",
    """\
import socket, urllib.request
def attempt(family, kind, address):
    try:
        with socket.socket(family, kind) as made:
            made.settimeout(0.2)
            made.connect(address)
            made.send(b"<mark>")
            print(<leak>) if kind == socket.SOCK_STREAM else None
    except OSError:
        pass
for host in ("127.0.0.1", "localhost", "0.0.0.0"):
    attempt(socket.AF_INET, socket.SOCK_STREAM, (host, <port>))
    attempt(socket.AF_INET, socket.SOCK_DGRAM, (host, <port>))
attempt(socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80))  # nobody's, by RFC 5737
for path in ("<outside>/socket", "\\0<mark>", "/proc/1/root/<outside>/socket"):
    attempt(socket.AF_UNIX, socket.SOCK_STREAM, path)
try:
    print(socket.getaddrinfo("example.com", 80), <leak>)
except OSError:
    pass
try:
    urllib.request.urlopen("http://127.0.0.1:<port>/<mark>", timeout=0.2)
except OSError:
    pass
""",
)
REACH.first(
    "listens_for_the_others",
    """\
import os, socket, time
if os.fork() == 0:
    os.setsid()
    open("/proc/self/comm", "w").write("<mark>")
    try:
        made = socket.create_server(("0.0.0.0", <port> + 1))
        time.sleep(60)
    finally:
        os._exit(0)
""",
)
