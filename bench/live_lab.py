"""The live panel beside the common way (Output, clear_output, plt.show), in one browser.

    python bench/live_lab.py [SECONDS] [MINUTES] [WAY ...]

JupyterLab runs in real Chromium; the training is softmax regression on batches of 100 images of
784 numbers. The panel comes first: it trains for SECONDS, in turns with and without its page, then
a slider is moved by its arrow keys (delays are 95th percentiles). The other WAYs are held against
it. At the end the panel trains for MINUTES to see whether memory grows. Run it on a machine that
has nothing else to do.
"""

import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
os.environ.update(dict.fromkeys(THREADS, "1"))

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright

from course.paths import HERE

sys.path.insert(0, str(HERE / "tests" / "browser"))
sys.path.insert(0, str(HERE / "tests"))
from conftest import ARGS, chromium
from jupyterlab_window import running

MODEL = """\
import asyncio, json, os, threading, time
import ipywidgets, matplotlib.pyplot as plt, numpy as np
from IPython.display import clear_output, display
from helpers import lab
applied = []  # when the training saw another learning rate

class Training:
    def __init__(self, settings):
        self.rng = rng = np.random.default_rng(settings["seed"])
        self.X, self.y = rng.normal(size=(4000, 784)).astype("f4"), rng.integers(0, 10, 4000)
        self.W, self.rate = np.zeros((784, 10), "f4"), settings["learning_rate"]

    def step(self, settings):
        if settings["learning_rate"] != self.rate:
            self.rate = settings["learning_rate"]
            applied.append(time.time())
        batch = self.rng.integers(0, 4000, 100)
        X, y, rows = self.X[batch], self.y[batch], np.arange(100)
        P = np.exp(X @ self.W)
        P /= P.sum(axis=1, keepdims=True)
        loss = -np.log(P[rows, y]).mean()
        P[rows, y] -= 1
        self.W -= np.float32(self.rate / 100) * (X.T @ P)
        return {"loss": loss}

    def validate(self):
        return {"validation_accuracy": ((self.X @ self.W).argmax(1) == self.y).mean()}

    def weights(self):
        return {"W": self.W}

    def pictures(self):
        return self.W.T.reshape(10, 28, 28)

steps = lambda: 0
def told():
    # By a file: what a thread prints, and Output takes, would get in between.
    with open("told.json", "w") as file:
        json.dump([time.process_time(), steps(), os.getpid(), applied], file)
"""
PANEL = """\
panel = lab.TrainingLab(Training, {"learning_rate": lab.log(1e-6, 1e-2, value=1e-5)})
steps = lambda: sum(run.count for run in panel.runs)
panel
"""
# The same run, which goes on; only the page hears nothing of it.
ALONE = "panel._trainer.watch = None"
WATCHED = "panel._trainer.watch = panel._panel\npanel._trainer.next_frame = 0"
BARE = """\
slider = ipywidgets.FloatLogSlider(base=10, min=-6, max=-2, step=1/60, value=1e-5)
settings = {"seed": 0, "learning_rate": slider.value}
slider.observe(lambda change: settings.update(learning_rate=change.new), names="value")
run, losses, go = Training(settings), [], True
steps = lambda: len(losses)
"""
COMMON = (
    BARE
    + """\
out = ipywidgets.Output()
def show():
    with out:
        clear_output(wait=True)
        plt.plot(losses[-2000:])
        plt.show()
        print("setting", len(applied))
def train():
    last = 0
    while go:
        losses.append(run.step(settings)["loss"])
        if time.perf_counter() - last > 1 / 22:
            show()
            last = time.perf_counter()
display(slider, out)
threading.Thread(target=train).start()
"""
)
THREAD = (
    BARE
    + """\
def train():
    while go:
        losses.append(run.step(settings)["loss"])
display(slider)
threading.Thread(target=train).start()
"""
)
ASYNCIO = (
    BARE
    + """\
async def train():
    while go:
        end = time.perf_counter() + 0.01
        while time.perf_counter() < end:
            losses.append(run.step(settings)["loss"])
        await asyncio.sleep(0)
task = asyncio.ensure_future(train())
display(slider)
"""
)
STOP = "go = False\nif 'panel' in globals(): panel._trainer.pause()"
WATCH = """() => {
    const now = () => (performance.timeOrigin + performance.now()) / 1000;
    window.pressed = []; window.frames = []; window.seen = [];
    document.addEventListener("keydown", () => pressed.push(now()), true);
    const look = () => {
        const panel = document.querySelector(".nnlab");
        if (panel) {
            if (panel.dataset.drawn !== window.last) frames.push(now());
            window.last = panel.dataset.drawn;
            seen.push([now(), Number(panel.dataset.seen ?? 0)]);
        } else {
            const picture = document.querySelector(".jp-OutputArea img")?.src;
            if (picture && picture !== window.last) frames.push(now());
            window.last = picture ?? window.last;
            const text = document.querySelector(".jp-OutputArea")?.textContent ?? "";
            seen.push([now(), Number(text.match(/setting (\\d+)/)?.[1] ?? 0)]);
        }
    };
    new MutationObserver(look).observe(document.body,
        { subtree: true, childList: true, attributes: true, characterData: true });
}"""

WAYS = {  # code, presses of a key, milliseconds between two of them
    "panel": (PANEL, 60, 300),
    "common": (COMMON, 15, 1500),
    "bare_thread": (THREAD, 40, 300),
    "bare_asyncio": (ASYNCIO, 40, 300),
}


class Window:
    """One notebook in the browser, and what its kernel sent."""

    def __init__(self, lab, name, code):
        cells = {"model": MODEL, "way": code, "told": "told()", "stop": ""}
        python = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
        made = new_notebook(
            cells=[new_code_cell(text, id=cell) for cell, text in cells.items()], metadata=python
        )
        self.bytes = 0
        self.notebook = lab.open(name, nbformat.writes(made).encode(), prepare=self.listen)
        self.page = self.notebook.page
        self.notebook.run("model")
        self.notebook.run("way")
        self.page.evaluate(WATCH)
        if name == "panel":
            self.page.locator(".nnlab-start").click()

    def listen(self, page):
        """Count what the kernel sends."""
        page.on("websocket", lambda socket: socket.on("framereceived", self.count))

    def count(self, data):
        self.bytes += len(data)

    def told(self):
        """Return computing time, steps, process and the moments of changes, from the kernel."""
        self.notebook.run("told")
        return json.loads((self.notebook.path.parent / "told.json").read_text())

    def stop(self, code):
        self.notebook.type("stop", code)
        self.notebook.run("stop")

    def measure(self, seconds):
        """Return frames a second, bytes a second and computing time a step, while it trains."""
        before, start = self.told(), time.time()
        frames, received = self.page.evaluate("frames.length"), self.bytes
        self.page.wait_for_timeout(1000 * seconds)
        lasted = time.time() - start
        frames = self.page.evaluate("frames.length") - frames
        received = self.bytes - received
        after = self.told()
        cost = (after[0] - before[0]) / (after[1] - before[1])
        return frames / lasted, received / lasted, cost

    def compare(self, seconds, turns=4):
        """Measure the panel with the page and without it, in turns; return medians."""
        rounds = []
        for _ in range(turns):
            self.stop(ALONE)
            *_, without = self.measure(seconds / turns)
            self.stop(WATCHED)
            shown, received, cost = self.measure(seconds / turns)
            rounds.append((shown, received, cost / without, without))
        return [median(column) for column in zip(*rounds, strict=True)]

    def press(self, times, pause):
        """Move the slider; return the delays until it was applied, and until that was seen."""
        known = len(self.told()[3])
        sliders = self.notebook.output("way").locator('input[type="range"], .noUi-handle')
        sliders.first.focus()
        self.page.evaluate("pressed.length = 0")
        for _ in range(times):
            self.page.keyboard.press("ArrowRight")
            self.page.wait_for_timeout(pause)
        self.page.wait_for_timeout(3000)
        # As one text: Playwright takes many seconds over a list of many lists.
        pressed, seen = json.loads(self.page.evaluate("JSON.stringify([pressed, seen])"))
        applied = self.told()[3][known:]
        heard = [a - p for p, a in zip(pressed[:times], applied, strict=False)]
        shown = []
        for number, moment in enumerate(applied, known + 1):
            later = [t for t, version in seen if version >= number]
            if later:
                shown.append(min(later) - moment)
        return heard, shown

    def memory(self):
        """Return the kernel's memory and that of the page's objects, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        metrics = session.send("Performance.getMetrics")["metrics"]
        heap = next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize")
        return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status)[1]), heap


def late(delays):
    """Return the 95th percentile of delays, in milliseconds."""
    return 1000 * quantiles(delays, n=20)[-1] if len(delays) > 1 else float("nan")


def main(seconds=20, minutes=10.0, *ways):
    turns, presses = (4, None) if seconds > 5 else (1, 3)  # else: does it run at all?
    with tempfile.TemporaryDirectory() as root, sync_playwright() as playwright:
        home, folder = Path(root, "home"), Path(root, "course")
        home.mkdir()
        folder.mkdir()
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        with running(browser, home, folder) as lab:
            rows = {}
            for name in ways or WAYS:
                code, times, pause = WAYS[name]
                window = Window(lab, name, code)
                window.page.wait_for_timeout(3000)
                if name == "panel":
                    shown, received, cost, without = window.compare(seconds, turns)
                else:
                    shown, received, cost = window.measure(seconds)
                    cost /= without
                heard, drawn = window.press(presses or times, pause)
                rows[name] = (shown, received / 1000, cost, late(heard), late(drawn))
                if name == "panel":
                    growth = grow(window, minutes)
                window.stop(STOP)
                window.notebook.close()
        browser.close()
    heads = ["frames/s", "kB/s", "CPU a step*", "slider to applied", "applied to seen"]
    print(f"{'':13}" + "".join(f"{head:>19}" for head in heads))
    for name, (shown, received, cost, heard, drawn) in rows.items():
        told = [f"{shown:.1f}", f"{received:.1f}", f"{cost:.3f}", f"{heard:.0f}", f"{drawn:.0f}"]
        if name.startswith("bare"):  # it shows nothing
            told = ["-", "-", "-", told[3], "-"]
        print(f"{name:13}" + "".join(f"{value:>19}" for value in told))
    print("* over that of the same run without a page, in turns; delays in milliseconds")
    kernel, page = growth
    print(f"memory after {minutes:g} minutes over 1 minute: kernel {kernel:.3f}, page {page:.3f}")
    print(json.dumps({"rows": rows, "memory": growth}))


def grow(window, minutes):
    """Train on; return the memory at the end over that after a minute, of kernel and page."""
    window.pid = window.told()[2]
    window.page.wait_for_timeout(1000 * min(60, 30 * minutes))
    early = window.memory()
    window.page.wait_for_timeout(1000 * max(0, 60 * minutes - 60))
    return [late / first for late, first in zip(window.memory(), early, strict=True)]


if __name__ == "__main__":
    main(*map(float, sys.argv[1:3]), *sys.argv[3:])
