"""Execute one job: a notebook's cells in, what they left out. Plain data on both sides.

A job holds everything that its run needs, and an outcome everything that its judgement needs, so
that a job may run on any machine that has this package.
"""

import asyncio
import contextlib
import json
import secrets
import signal
import time

from helpers import values

from . import outputs
from .sandbox import Limits, Unavailable

MOST_LINES = 100_000  # of all answers of a run: a flood must not keep the others waiting
MOST_SUSPICIONS = 20
DEATHS = 3  # after so many, what is left of a notebook is not run any more
TOO_LONG = {
    "output_type": "stream",
    "name": "stderr",
    "text": f"[an output of more than {outputs.LONGEST_LINE >> 20} MB is left out]\n",
}
HEARD = b"a"  # what a keeper says when it has sent an interrupt
MOST_OBJECTS = 100_000  # of one answer
LATE = "it did not end in time"


class _TooLong(Exception):
    """A line was longer than any answer is."""


class RunnerLost(RuntimeError):
    """The run ended without a report: it was ended from outside, and says nothing of the job."""


async def execute(job, zygote):
    """Run the cells of a job in a sandbox.

    A cell that ends the process costs itself only: the others run again, without it.

    Parameters
    ----------
    job : dict
        ``cells`` (each with ``number``, ``kind`` run, test or expect, and ``source``), ``files``
        (name to base64), ``seed``, ``uses`` and ``without`` (names of libraries that it may and
        may not import), ``limits``.
    zygote : warm.Zygote

    Returns
    -------
    dict
        ``cells``: by number, what each left: ``outputs``, ``got`` or ``wants``, ``error``,
        ``seconds`` that it took, and ``end`` (empty if it ended by itself); ``suspicious``: what
        was strange, in words.
    """
    started = time.monotonic()
    settled, suspicious, cpu = {}, [], 0.0
    deadline = started + job["limits"]["notebook_seconds"]
    for _ in range(DEATHS + 1):
        run = _Run(job, zygote, settled, deadline)
        await run.to_its_end()
        suspicious += [said for said in run.suspicious if said not in suspicious]
        cpu += run.cpu
        if run.died is None:
            break
        settled = {
            number: cell
            for number, cell in run.cells.items()
            if cell["end"] and (number == run.died or run.kinds[number] == "test")
        } | settled
    cells = {**run.cells, **settled}
    for cell in job["cells"]:
        end = "the process had ended too often"
        if run.died is None:
            end = "the notebook took too much time before it"
        cells.setdefault(cell["number"], {**_nothing(), "end": end})
    return {
        "cells": {str(number): cells[number] for number in sorted(cells)},
        "suspicious": suspicious,
        "seconds": time.monotonic() - started,
        "cpu": cpu,
    }


def _without(cell, *names):
    return {name: value for name, value in cell.items() if name not in names}


def _nothing():
    return {"outputs": [], "got": [], "error": None, "seconds": 0.0, "end": ""}


class _Run:
    """One run of a job's cells, up to the end or to the death of the process."""

    def __init__(self, job, zygote, settled, deadline):
        self.job, self.zygote, self.deadline = job, zygote, deadline
        self.limits = Limits(**job["limits"])
        self.todo = [cell for cell in job["cells"] if cell["number"] not in settled]
        self.kinds = {cell["number"]: cell["kind"] for cell in job["cells"]}
        self.cells, self.suspicious = {}, []
        self.died, self.cpu = None, 0.0
        self.word, self.words = "", set()
        self.late, self.shown, self.lines, self.killed = False, 0, 0, ""

    async def to_its_end(self):
        stream, self.leash = self.zygote.fork(self.limits)
        try:
            self.reader, self.writer = await asyncio.open_connection(
                sock=stream, limit=outputs.LONGEST_LINE
            )
        except BaseException:  # the run was stopped meanwhile
            stream.close()
            self.leash.close()
            raise
        number = -1
        try:
            prepared = {name: self.job[name] for name in ("seed", "files", "without")}
            await self._ask(-1, "prepare", **prepared)
            for cell in self.todo:
                if time.monotonic() > self.deadline:
                    break
                number = cell["number"]
                left, begun = _nothing(), time.monotonic()
                self.cells[number] = left
                try:
                    asked = {"do": cell["kind"], **_without(cell, "number", "kind")}
                    await self._ask(number, **asked)
                finally:
                    left["seconds"] = time.monotonic() - begun
            number = -1
            await self._ask(-1, "look")
        except ConnectionError:
            why = await self._let_go()
            if not self.cells and self.todo:
                raise Unavailable(f"no runner: {why}") from None
            if number >= 0:
                self.died = number
                self.cells[number]["end"] = why
        else:
            await self._let_go()
        finally:
            self.writer.close()
            self.leash.close()

    async def _ask(self, current, do, **arguments):
        """Send one request and take its answers until it is done."""
        self.words.add(self.word)
        self.word = secrets.token_hex(8)
        loop = asyncio.get_running_loop()
        seconds = self.limits.patience if self.late else self.limits.cell_seconds
        self.timer = loop.call_later(max(seconds, 30) if current < 0 else seconds, self._interrupt)
        self.timed_out = False
        line = json.dumps({"word": self.word, "do": do, **arguments}).encode() + b"\n"
        try:
            self.writer.write(line)
            await self.writer.drain()
            while True:
                answer = await self._answer()
                await asyncio.sleep(0)  # to the other runs: what has arrived is read at a stretch
                if answer is None:
                    continue
                if answer.get("done") is True:
                    break
                self._take(current, answer)
        finally:
            self.timer.cancel()
        if self.timed_out:
            await self._interrupt_has_come()
        if current < 0:
            return
        cell = self.cells[current]
        if isinstance(answer.get("error"), dict):
            cell["error"] = outputs.clean_error(answer["error"])
        if self.timed_out and answer.get("interrupted"):
            self.late = True
            cell["end"] = LATE
            if cell["outputs"] and cell["outputs"][-1].get("ename") == "KeyboardInterrupt":
                del cell["outputs"][-1]

    def _interrupt(self):
        self.timed_out = True
        self._order(b"i")
        self.timer = asyncio.get_running_loop().call_later(
            max(self.limits.patience, 1.0), self._kill, LATE
        )

    async def _interrupt_has_come(self):
        """Wait until the signal has been sent, so that it does not strike the next cell."""
        self.leash.setblocking(False)
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.leash, 1), 5)

    def _order(self, order):
        with contextlib.suppress(OSError):  # it has ended by itself
            self.leash.send(order)

    def _kill(self, why):
        self.killed = self.killed or why
        self._order(b"k")

    async def _line(self):
        """Return the next line; one that is too long is read to its end and left out."""
        left_out = 0
        while True:
            try:
                line = await self.reader.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                raise ConnectionError("the process has ended") from None
            except asyncio.LimitOverrunError as long:
                left_out += len(await self.reader.readexactly(long.consumed))
                self._count(long.consumed)
                continue
            self._count(len(line))
            if left_out:
                raise _TooLong
            if line != b"\n":
                return line

    def _count(self, size):
        self.shown += size
        if self.shown > self.limits.output:
            self._kill(f"it showed more than {self.limits.output >> 20} MB")
            raise ConnectionError("too much output")
        self.lines += 1
        if self.lines > MOST_LINES:
            self._kill(f"it showed something more than {MOST_LINES} times")
            raise ConnectionError("too many outputs")

    async def _answer(self):
        """Return the next answer, or None where a line is not one."""
        try:
            line = await self._line()
            if line.count(b"{") + line.count(b"[") > MOST_OBJECTS:
                raise _TooLong  # a megabyte of nested lists takes fifty as objects
            answer = json.loads(line)
        except _TooLong:
            return {"output": {**TOO_LONG}}
        except (ValueError, RecursionError):
            answer = None
        word = answer.pop("word", None) if isinstance(answer, dict) else None
        if word == self.word:
            return answer
        if word not in self.words:  # a thread or a process of an earlier cell may print late
            self._suspect("wrote to the channel that carries results")
        return None

    def _suspect(self, what):
        if len(self.suspicious) < MOST_SUSPICIONS and what not in self.suspicious:
            self.suspicious.append(what)

    def _take(self, number, answer):
        if number < 0:
            if isinstance(answer.get("suspicious"), list):
                for what in answer["suspicious"][:20]:
                    self._suspect(outputs.text_of(what, 200))
            return
        cell = self.cells[number]
        kind = self.kinds[number]
        if "output" in answer:
            outputs.add(cell["outputs"], answer["output"])
        elif "got" in answer and kind == "test":
            try:
                if answer["got"] != len(cell["got"]):
                    raise ValueError("out of turn")
                values.from_json(answer.get("value"))
                cell["got"].append(answer["value"])
            except ValueError as error:
                cell["got"].append(None)
                self._suspect(f"handed over a malformed result ({error})")
        elif "wants" in answer and kind == "expect":
            cell["wants"] = answer["wants"]
        else:
            self._suspect("sent an answer that nobody had asked for")

    async def _let_go(self):
        """End the runner; return in words why it ended, if it did so before it was told."""
        self._order(b"k")
        self.leash.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            said = b""
            while not said.endswith(b"\n"):
                more = await asyncio.wait_for(loop.sock_recv(self.leash, 1 << 16), 10)
                if not more:
                    break
                said += more
            report = json.loads(said.lstrip(HEARD))
        except (OSError, ValueError, asyncio.TimeoutError):
            raise RunnerLost("a run of student code was ended from outside") from None
        self.cpu = report["cpu"]
        return self.killed or _why(report, self.limits)


def _why(report, limits):
    if report["problem"]:
        return f"the sandbox could not be closed: {report['problem']}"
    if report["why"] == "memory":
        return "it used too much memory"
    if report["why"] == "processes":
        return "it started too many processes"
    # The kernel ends the first process of a namespace without a word; its clock ticks roughly.
    if report["exit"] == -signal.SIGKILL and report["cpu"] > 0.9 * limits.seconds:
        return "it used too much computing time"
    if report["exit"] < 0:
        names = {signal.SIGSEGV: "a memory fault"}
        told = names.get(-report["exit"], f"signal {-report['exit']}")
        return f"the code ended the whole Python process ({told})"
    return "the code ended the whole Python process"
