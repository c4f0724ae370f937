"""The live panel in JupyterLab and Notebook, in a real browser."""

import re
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

MISSING = "Playwright is not installed: pip install -e '.[test]'"
expect = pytest.importorskip("playwright.sync_api", reason=MISSING).expect
Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason=MISSING).Axe
TRAINING = """\
import threading
import numpy as np
from helpers import lab

class Training:
    "Logistic regression on two clouds of points."
    def __init__(self, settings):
        self.rng = np.random.default_rng(settings["seed"])
        self.y = self.rng.integers(0, 2, 500)
        self.X = self.rng.normal(size=(500, 64)) + 0.4 * self.y[:, None]
        self.w = np.zeros((64, 1))

    def step(self, settings):
        batch = self.rng.integers(0, 500, settings["batch_size"])
        X, y = self.X[batch], self.y[batch, None]
        p = 1 / (1 + np.exp(-X @ self.w))
        self.w -= settings["learning_rate"] * X.T @ (p - y) / len(y)
        if settings["learning_rate"] > 50:
            raise ValueError("the student's <b>own</b> error")
        loss = -np.log(np.where(y, p, 1 - p)).mean()
        return {"loss": loss, "train_accuracy": ((p > 0.5) == y).mean()}

    def validate(self):
        return {"validation_accuracy": ((self.X @ self.w > 0).ravel() == self.y).mean()}

    def weights(self):
        return {"w": self.w}

    def pictures(self):
        return self.w.reshape(1, 8, 8)

def panel(training=Training):
    return lab.TrainingLab(training, {
        "learning_rate": lab.log(1e-4, 100, value=0.01),
        "batch_size": lab.choice(10, 50, 100, value=50, fresh=True),
    })

"""
THREADS = "print([t.name for t in threading.enumerate()].count('training'), 'training')"
CELLS = {
    "first": TRAINING + "first = panel()\nfirst",
    "second": "second = panel()\nsecond",
    "plain": """\
class Plain(Training):
    pictures = None
panel(Plain)""",
    "other": THREADS,
    "broken": 'lab.TrainingLab(Training, {"learning_rate": lab.log(1, 1)})',
}


class Panel:
    """One panel on the page."""

    def __init__(self, notebook, cell_id):
        self.notebook, self.page = notebook, notebook.page
        self.root = notebook.output(cell_id).locator(".nnlab")

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    def slider(self, name):
        return self.root.get_by_role("slider", name=name)

    def expect_state(self, state):
        expect(self.root).to_have_attribute("data-state", state)

    def expect_status(self, words):
        expect(self.root.get_by_role("status")).to_have_text(re.compile(words))

    def number(self, name):
        return int(self.root.get_attribute(f"data-{name}"))

    def step(self):
        """Return the number of the step that the panel shows."""
        words = self.root.locator(".nnlab-numbers").inner_text()
        return int(re.match(r"step ([\d,]+)", words)[1].replace(",", ""))

    def wait_for_steps(self, more):
        """Wait until the panel shows so many further steps."""
        self.wait_until(lambda: self.step() >= more)

    def wait_until(self, condition):
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            self.page.wait_for_timeout(50)

    def rows(self):
        return self.root.locator("tbody tr")


@pytest.fixture(scope="module")
def written():
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    cells = [new_code_cell(code, id=name) for name, code in CELLS.items()]
    return nbformat.writes(new_notebook(cells=cells, metadata=python)).encode()


@pytest.fixture(scope="module")
def notebook(lab, written):
    notebook = lab.open("live", written)
    yield notebook
    notebook.close()


@pytest.fixture
def panel(notebook):
    """A panel that was just made, and no other that trains."""
    notebook.run("first")
    panel = Panel(notebook, "first")
    panel.expect_state("ready")
    yield panel
    if panel.root.count() and panel.root.get_attribute("data-state") == "running":
        panel.press("Pause")


def test_start_pause_one_step_reset(panel):
    panel.press("Start")
    panel.expect_state("running")
    panel.wait_for_steps(200)
    panel.press("Pause")
    panel.expect_status(r"Paused at step [\d,]+\.")
    paused = int(re.sub(r"\D", "", panel.root.get_by_role("status").inner_text()))
    panel.press("One step")
    panel.expect_status(rf"Paused at step {paused + 1:,}\.")
    panel.notebook.screenshot("lab_paused")
    panel.press("Reset")
    panel.expect_status("Ready")
    expect(panel.rows()).to_have_count(2)
    assert panel.step() == 0


def test_a_slider_that_is_dragged_acts_while_it_trains(panel):
    panel.press("Start")
    panel.wait_for_steps(50)
    rate = panel.slider("learning rate")
    box = rate.bounding_box()
    y = box["y"] + box["height"] / 2
    panel.page.mouse.move(box["x"] + box["width"] / 3, y)
    panel.page.mouse.down()
    panel.page.mouse.move(box["x"] + box["width"] / 2, y, steps=5)
    panel.wait_until(lambda: panel.number("seen") > 0)
    panel.page.mouse.up()
    panel.expect_state("running")
    panel.press("Pause")
    panel.expect_state("paused")
    value = float(rate.get_attribute("aria-valuetext"))
    assert value != 0.01
    expect(panel.rows()).to_have_text(re.compile(rf"learning_rate={value} from step \d+"))


def test_the_curve_moves_and_is_described(panel):
    curve = panel.root.get_by_role("img", name=re.compile("^loss by step"))
    panel.press("Start")
    panel.wait_for_steps(100)
    first = panel.number("drawn")
    panel.wait_until(lambda: panel.number("drawn") > first + 10)
    expect(curve).to_have_attribute("aria-label", re.compile(r"each step .*, smoothed 0\.\d+"))
    for name in ("accuracy by step", "update over weight by step"):
        expect(panel.root.get_by_role("img", name=re.compile(f"^{name}"))).to_be_visible()
    picture = panel.root.get_by_role("img", name=re.compile("^1 images of first-layer weights"))
    expect(picture).to_be_visible()
    panel.press("Pause")
    curve.hover()
    expect(panel.root.locator(".nnlab-readout").first).to_contain_text(
        re.compile(r"step .*smoothed")
    )
    panel.root.get_by_label("logarithmic loss").check()
    panel.root.get_by_label("loss of each step").uncheck()
    expect(panel.root.locator(".nnlab-key").first).to_have_text("smoothed")
    panel.notebook.screenshot("lab_curves")


def test_charts_that_appear_later_take_their_share_of_the_width(panel, notebook):
    """Where all are in one row and no pictures follow, the panel itself keeps its size."""
    before = notebook.page.viewport_size
    notebook.page.set_viewport_size({**before, "width": 2000})
    notebook.run("plain")
    plain = Panel(notebook, "plain")
    plain.press("Start")
    expect(plain.root.get_by_role("img", name=re.compile("^update over weight"))).to_be_visible()
    plain.wait_for_steps(100)
    plain.press("Pause")
    loss = plain.root.locator(".nnlab-canvas").first
    fits = "place => place.querySelector('canvas').offsetWidth <= place.clientWidth"
    plain.wait_until(lambda: loss.evaluate(fits))
    notebook.page.set_viewport_size(before)


def test_what_needs_a_fresh_start_waits_for_it(panel):
    panel.press("One step")
    panel.expect_state("paused")
    size = panel.slider("batch size")
    size.focus()
    panel.page.keyboard.press("ArrowRight")
    expect(panel.root.get_by_text("waits for Reset")).to_be_visible()
    panel.press("Reset")
    expect(panel.root.get_by_text("waits for Reset")).to_have_count(0)
    expect(panel.rows().last).to_contain_text("batch_size=100")


def test_earlier_runs_are_compared(panel):
    for _ in range(2):
        panel.press("Start")
        panel.wait_for_steps(30)
        panel.press("Reset")
        panel.expect_state("ready")
    name = panel.root.get_by_label("name of run 1")
    name.fill("slow one")
    name.press("Enter")
    expect(panel.root.get_by_label("show slow one")).to_be_checked()
    panel.root.get_by_label("show slow one").uncheck()
    panel.notebook.screenshot("lab_compared")
    panel.root.get_by_role("button", name="remove run 2").click()
    expect(panel.rows()).to_have_count(2)
    expect(panel.root.get_by_label("show slow one")).not_to_be_checked()


def test_settings_are_copied_and_read_back(panel):
    text = panel.root.get_by_label("settings as text")
    expect(text).to_have_value("learning_rate=0.01, batch_size=50, seed=0")
    text.fill("learning_rate=0.5, batch_size=10, seed=7")
    panel.press("Apply")
    expect(panel.slider("learning rate")).to_have_attribute("aria-valuetext", "0.5")
    expect(panel.slider("batch size")).to_have_attribute("aria-valuetext", "10")
    expect(panel.root.get_by_label("seed")).to_have_value("7")
    text.fill("learning_rate=5000")
    text.press("Enter")
    expect(panel.root.get_by_role("alert").filter(has_text="outside 0.0001 to 100")).to_be_visible()


def test_an_error_is_shown_with_its_traceback_and_the_panel_lives_on(panel):
    panel.slider("learning rate").focus()
    panel.page.keyboard.press("End")
    panel.press("Start")
    panel.expect_state("failed")
    traceback = panel.root.get_by_role("group", name="Traceback")
    expect(traceback).to_contain_text("ValueError: the student's <b>own</b> error")
    expect(traceback).to_contain_text('raise ValueError("the student')
    panel.notebook.screenshot("lab_error")
    panel.page.keyboard.press("Shift+Tab")
    panel.slider("learning rate").focus()
    panel.page.keyboard.press("Home")
    panel.press("Start")
    panel.expect_state("running")
    expect(traceback).to_have_count(0)


def test_a_loss_that_explodes_is_said_with_the_reason(panel):
    panel.slider("learning rate").fill("320")
    panel.press("Start")
    sign = panel.root.get_by_role("alert").filter(has_text="Most likely each step is too long")
    expect(sign).to_be_visible()
    panel.notebook.screenshot("lab_sign")


def test_the_keyboard_alone_is_enough(panel):
    keyboard = panel.page.keyboard
    panel.root.get_by_role("button", name="Start").focus()
    keyboard.press("Enter")
    panel.expect_state("running")
    names = []
    for _ in range(6):
        keyboard.press("Tab")
        names.append(
            panel.page.evaluate(
                "document.activeElement.textContent || document.activeElement.labels[0].textContent"
            )
        )
    assert names == ["One step", "Reset", "learning rate", "batch size", "seed", "logarithmic loss"]
    for _ in range(3):
        keyboard.press("Shift+Tab")
    keyboard.press("ArrowRight")
    panel.wait_until(lambda: panel.number("seen") > 0)
    for _ in range(3):
        keyboard.press("Shift+Tab")
    keyboard.press("Space")
    panel.expect_state("paused")


def test_other_cells_run_and_two_panels_train_at_once(panel, notebook):
    notebook.run("second")
    second = Panel(notebook, "second")
    for one in (panel, second):
        one.press("Start")
    for one in (panel, second):
        one.wait_for_steps(100)
    notebook.run("other")
    expect(notebook.output("other")).to_contain_text("2 training")
    second.press("Pause")
    second.expect_state("paused")
    panel.expect_state("running")


def test_a_panel_that_is_gone_leaves_no_thread(panel, notebook):
    panel.press("Start")
    panel.wait_for_steps(50)
    notebook.cell("first").locator(".jp-OutputPrompt, .jp-InputPrompt").first.click()
    notebook.menu("Edit", "Clear Cell Output")
    expect(panel.root).to_have_count(0)
    for _ in range(10):  # a thread that has stopped still draws the picture that stays
        notebook.run("other")
        if "0 training" in notebook.output("other").inner_text():
            break
    expect(notebook.output("other")).to_contain_text("0 training")


def test_bad_sliders_are_said_in_words(notebook):
    notebook.run("broken")
    expect(notebook.output("broken")).to_contain_text("learning_rate: log(1, 1) is an empty range")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing(panel, notebook, theme):
    panel.press("Start")
    panel.wait_for_steps(100)
    panel.press("Reset")
    panel.press("Start")
    panel.wait_for_steps(100)
    panel.press("Pause")
    panel.expect_state("paused")
    notebook.menu("Settings", "Theme", theme)
    dark = str(theme.endswith("Dark")).lower()
    expect(
        notebook.page.locator(f"body[data-jp-theme-light={'true' if dark == 'false' else 'false'}]")
    ).to_be_attached()
    notebook.page.wait_for_timeout(500)
    notebook.screenshot(f"lab_{theme[11:].lower()}")
    found = Axe().run(notebook.page, context=".nnlab")
    notebook.menu("Settings", "Theme", "JupyterLab Light")
    assert found.violations_count == 0, found.generate_report()


def test_a_saved_notebook_shows_the_last_picture(lab, panel, notebook):
    panel.press("Start")
    panel.wait_for_steps(100)
    panel.press("Pause")
    panel.expect_state("paused")
    picture = notebook.output("first").locator('img[alt^="run 1: loss"]')
    expect(picture).to_be_attached()
    expect(picture).to_be_hidden()
    notebook.save()
    again = lab.open("live_again", notebook.path.read_bytes())
    shown = again.output("first").locator('img[alt^="run 1: loss"]')
    expect(shown).to_be_visible()
    again.screenshot("lab_reopened")
    again.close()


def test_a_restarted_kernel_is_said_and_the_cell_makes_a_new_panel(panel, notebook):
    panel.press("Start")
    panel.wait_for_steps(50)
    notebook.menu("Kernel", "Restart Kernel…")
    notebook.page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
    told = panel.root.get_by_role("alert").filter(has_text="run this cell again")
    expect(told).to_be_visible()
    notebook.screenshot("lab_restarted")
    notebook.run("first")
    again = Panel(notebook, "first")
    again.press("Start")
    again.wait_for_steps(50)
    again.press("Pause")
    again.expect_state("paused")


def test_it_works_in_notebook_7(lab, written):
    (lab.folder / "seven.ipynb").write_bytes(written)
    page = lab.browser.new_page(viewport={"width": 1000, "height": 1200})
    page.goto(f"{lab.url}/notebooks/seven.ipynb?token=t")
    page.locator(".jp-Cell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    root = page.locator(".nnlab")
    root.get_by_role("button", name="Start", exact=True).click()
    expect(root).to_have_attribute("data-state", "running")
    expect(root.locator(".nnlab-numbers")).to_have_text(re.compile(r"step [1-9]"))
    root.get_by_role("button", name="Pause", exact=True).click()
    expect(root).to_have_attribute("data-state", "paused")
    page.close()
