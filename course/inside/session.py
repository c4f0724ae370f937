"""Run the cells of one submission, one after another, as they are asked for.

Both directions are lines of JSON. Each request carries a random word that each of its answers
repeats: what code under test writes on its own account is not taken for an answer.
"""

import _thread
import base64
import contextlib
import json
import os
import random
import sys
import threading
import time
import traceback
import zlib
from pathlib import Path

from .canary import Canary

PROBE, COUNT = "__probe__", "__count__"  # what a sealed test cell calls in place of its checks
ELSEWHERE = 2e-5  # seconds that other threads may work while steps are counted
TRIES = 5
LONGEST = 2000  # characters of an error's text


# What would let code escape a count of its steps, while they are counted.
ESCAPES = (
    "sys.settrace",
    "sys.setprofile",
    "sys.monitoring",
    "_thread.start",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "subprocess.Popen",
    "ctypes",
    "gc.get_",
)


def probes(is_changed=lambda: ()):
    """Return the maker of the names that a sealed test cell uses in place of its checks.

    What they need is held from before the first line of a student's code, which could otherwise
    put something else in its place.

    Parameters
    ----------
    is_changed : callable, optional
        Tells what has been put in the place of something that tests rest on.

    Returns
    -------
    callable
        ``make(hand_over)`` gives the names; ``hand_over(number, value)`` takes what a check got,
        as JSON.
    """
    from helpers import steps, values

    watch = steps.Watch()
    count, to_json = steps.counter(watch), values.to_json
    process_time, thread_time = time.process_time, time.thread_time
    threads = _thread._count  # besides the first

    def guard(event, _arguments):
        if watch.counting and event.startswith(ESCAPES):
            watch.escapes.append(event)

    sys.addaudithook(guard)

    def make(hand_over):
        def probe(number, got):
            hand_over(number, to_json(got))

        def counted(number, run, small, large):
            watch.escapes.extend(is_changed())
            for _ in range(TRIES):  # somebody else's thread may wake up once, but not each time
                before = process_time() - thread_time()
                got = [count(run, small), count(run, large)]
                if process_time() - before - thread_time() < ELSEWHERE or threads() == 0:
                    break
            else:
                watch.escapes.append("another thread")
            if watch.escapes:
                event = watch.escapes[0]
                got = f"steps that cannot be counted (the code used {event})"
                hand_over(number, {"not_an_array": got})
                watch.escapes.clear()
            else:
                hand_over(number, to_json(got))

        return {PROBE: probe, COUNT: counted}

    return make


class Session:
    """The conversation about one submission.

    Parameters
    ----------
    reader, writer : int
        File descriptors: requests are read from one, answers written to the other.
    shell : shell.Shell
    """

    def __init__(self, reader, writer, shell):
        self.reader, self.writer, self.shell = reader, writer, shell
        self.word = None
        self.process = os.getpid()
        self.running = self.interrupted = False
        shell.session = self
        send = self.send = self._sender()
        self.hand_over = lambda check, value: send(got=check, value=value)
        self.canary = Canary(shell)
        self.probes = probes(self.canary.changes)

    def _sender(self):
        """Return the function that writes one answer, in one piece: threads may write too.

        It holds on to what it needs: what a cell puts in its place later does not change it.
        """
        write, dumps, set_blocking = os.write, json.dumps, os.set_blocking
        lock, writer = threading.RLock(), self.writer

        def send(**answer):
            # It begins with a line's end too: what else was written there spoils no answer.
            line = b"\n" + dumps({"word": self.word, **answer}).encode() + b"\n"
            with lock:
                set_blocking(writer, True)
                while line:
                    line = line[write(writer, line) :]

        return send

    def output(self, output):
        """Send one output of the cell that is running."""
        self.send(output=output)

    def serve(self):
        """Do what is asked until nobody asks any more."""
        requests = os.fdopen(self.reader, "rb", closefd=False)
        # A cell that has changed the descriptor must not end the conversation.
        while not os.set_blocking(self.reader, True) and (line := requests.readline()):
            request = json.loads(line)
            self.word, self.interrupted = request.pop("word"), False
            error = getattr(self, "do_" + request.pop("do"))(**request)
            if os.getpid() != self.process:
                os._exit(0)  # a copy that the cell forked, and that came out of the cell too
            self.shell.flush()
            self.send(done=True, error=error, interrupted=self.interrupted)

    def interrupt(self, *_):
        """End the cell that is running, if one is: a handler of signals."""
        if self.running:
            self.interrupted = True
            raise KeyboardInterrupt

    def do_prepare(self, seed, files, without):
        """Make everything ready before the first cell."""
        self.canary.do_without(without)
        for name, data in files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(data))
        self._sow(seed, "")

    def _sow(self, seed, name):
        # The state of these generators would be one for all forks; so it is the same for all
        # submissions with the same inputs, whatever their other cells have drawn.
        from helpers import check

        self.seed = seed
        check.seed_inputs(seed)
        random.seed(f"{seed}/{name}")
        if numpy := sys.modules.get("numpy"):
            numpy.random.seed(zlib.crc32(f"{seed}/{name}".encode()))
        if torch := sys.modules.get("torch"):
            torch.manual_seed(zlib.crc32(f"{seed}/{name}".encode()))

    def do_run(self, source):
        """Run a cell as a notebook does."""
        try:
            self.running = True
            self.shell.run_cell(source, store_history=True)
        except KeyboardInterrupt:  # it came between the cell and its end
            pass
        finally:
            self.running = False

    def do_test(self, source, name):
        """Run a sealed test: no transformation of IPython's, no display of a last expression."""
        self._sow(self.seed, name)

        names = self.probes(self.hand_over)
        self.shell.user_ns.pop("__warningregistry__", None)  # each test shows what it warns of
        self.shell.user_ns.update(names)
        try:
            return self._execute(source)
        finally:
            for name in names:
                self.shell.user_ns.pop(name, None)

    def do_look(self):
        """Tell what was strange, after the last cell."""
        self.send(suspicious=self.canary.sings())

    def do_expect(self, source, name, seed):
        """Run a test with the reference solution and tell what its checks want."""
        from helpers import check

        self._sow(seed, name)
        with check.expecting() as wants:
            error = self._execute(source)
        self.send(wants=[want.to_json() for want in wants])
        return error

    def _execute(self, source):
        try:
            self.running = True
            exec(compile(source, "<test>", "exec"), self.shell.user_ns)
        except BaseException as error:  # SystemExit and KeyboardInterrupt too
            self.running = False
            return told(error)
        finally:
            self.running = False
        return None


def told(error):
    """Return an exception as plain texts: its type, what it says, where it came from.

    The exception may be of a student's own class, whose every method may raise.
    """
    name = text_of(lambda: type(error).__name__)
    where = []
    with contextlib.suppress(Exception):
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.startswith("<ipython-input"):
                where.append(f"line {frame.lineno}, in {frame.name}: {frame.line}"[:LONGEST])
    return {"ename": name, "evalue": text_of(lambda: str(error)), "where": where[-20:]}


def text_of(get):
    """Return a short text, whatever the object behind it does."""
    try:
        return str.__str__(get())[:LONGEST]
    except BaseException:
        return "?"
