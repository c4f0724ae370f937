"""Wait with everything imported, and fork a process for each submission.

Three kinds of process, parents first: the *zygote* imports and forks; a *keeper* holds one
submission on a leash (time, memory, processes; its end is told); the *runner*, first process of a
namespace of its own, runs the cells. When a runner dies, the kernel ends everything in its
namespace.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading

from . import apart
from .session import Session

TICK = 0.025  # seconds between two looks at what a submission uses


def main(control, options):
    """Serve requests for runners until the other side is gone.

    Parameters
    ----------
    control : int
        A socket that keeps the borders of messages.
    options : dict
        ``apart``: whether each runner gets namespaces; ``imports``: names of modules.
    """
    control = socket.socket(fileno=control)
    shell = warm_up(options["imports"])
    if options["apart"]:
        no_more_user_namespaces()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for keepers
    control.send(json.dumps({"ready": True, "threads": threads()}).encode())
    gc.collect()
    gc.freeze()  # so that a collection in a child does not copy every page
    while True:
        message, descriptors, *_ = socket.recv_fds(control, 1 << 16, 2)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            keep(*descriptors, json.loads(message), options["apart"], shell)
        for descriptor in descriptors:
            os.close(descriptor)


def warm_up(imports):
    """Import what notebooks import, and return the shell in which they will run."""
    from .shell import Shell

    shell = Shell.instance()  # before pyplot, which looks for it
    sys.path.append("")  # a student's own modules come last: none can stand in for a real one
    for name in imports:
        importlib.import_module(name)
    if "matplotlib" in sys.modules:
        with contextlib.suppress(Exception):
            shell.run_line_magic("matplotlib", "inline")
    return shell


def threads():
    """Return how many threads this process has: a fork copies only one."""
    with contextlib.suppress(OSError):
        return len(os.listdir("/proc/self/task"))
    return threading.active_count()


def no_more_user_namespaces():
    """Forbid user namespaces inside this one: each is a door to rights that runners gave up."""
    with open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")


def keep(stream, leash, limits, is_apart, shell):
    """Be the keeper of one submission; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ready, tell = os.pipe()
    apart.adopt_orphans()
    if is_apart:
        apart.unshare(apart.CLONE_NEWPID)
    runner = os.fork()
    if runner == 0:
        for descriptor in (leash, ready):
            os.close(descriptor)
        run(stream, tell, limits, is_apart, shell)
    os.close(stream)
    os.close(tell)
    leash = socket.socket(fileno=leash)
    why, peak = "", 0
    problem = os.read(ready, 4096)  # nothing, unless the runner could not be sealed off
    runner_ended = os.pidfd_open(runner)
    poll = select.poll()
    poll.register(leash, select.POLLIN)
    poll.register(runner_ended, select.POLLIN)
    while not problem:
        events = dict(poll.poll(TICK * 1000))
        if runner_ended in events:
            break
        if leash.fileno() in events:
            order = leash.recv(1)
            if order == b"i":
                os.kill(runner, signal.SIGINT)
                leash.send(b"a")  # the next cell may begin: this has been sent
                continue
            break
        memory, processes = used(os.getpid())
        peak = max(peak, memory)
        if processes > limits["processes"]:
            why = "processes"
        elif memory > limits["memory"]:
            why = "memory"
        if why:
            break
    end(runner)
    _, status, usage = os.wait4(runner, 0)
    end_orphans()
    code = os.waitstatus_to_exitcode(status)
    report = {
        "why": why,
        "problem": problem.decode(errors="replace"),
        "exit": code,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": max(peak, usage.ru_maxrss * 1024),
    }
    with contextlib.suppress(OSError):
        leash.send(json.dumps(report).encode() + b"\n")
    os._exit(0)


def end(runner):
    """Kill a runner, and with it all that it started."""
    for process in [*descendants(runner), runner]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def end_orphans():
    """Kill what a runner leaves behind where no namespace of its own ends with it."""
    while left := descendants(os.getpid()):
        for process in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.wait()


def run(stream, tell, limits, is_apart, shell):
    """Be the runner of one submission; never returns."""
    try:
        os.setsid()  # a signal to its own group must not reach ours
        apart.die_with_parent()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # until there is a session
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        if is_apart:
            apart.seal_off(limits)
        else:
            os.chdir(limits["folder"])
        apart.limit(limits)
    except BaseException as error:
        os.write(tell, str(error).encode()[:4000] or b"?")
        os._exit(1)
    os.close(tell)
    shell.take_over()
    session = Session(stream, stream, shell)
    signal.signal(signal.SIGINT, session.interrupt)
    with contextlib.suppress(OSError):  # the other side has gone
        session.serve()
    os._exit(0)


def _table():
    """Return (parent, memory in bytes, threads) of all processes in sight, by number."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError), open(f"/proc/{name}/status") as file:
                fields = dict(line.split(":", 1) for line in file)
                memory = sum(
                    int(fields[key].split()[0]) for key in ("RssAnon", "RssShmem") if key in fields
                )
                found[int(name)] = int(fields["PPid"]), memory * 1024, int(fields["Threads"])
    return found


def descendants(root, table=None):
    """Return the processes below one, parents first. Orphans stay below a namespace's first."""
    table = _table() if table is None else table
    found = [root]
    for process in found:
        found += [child for child, (parent, *_) in table.items() if parent == process]
    return found[1:]


def used(root):
    """Return the memory (bytes) of all processes below one, and how many threads they have."""
    table = _table()
    below = [table[process] for process in descendants(root, table)]
    return sum(memory for _, memory, _ in below), sum(threads for _, _, threads in below)
