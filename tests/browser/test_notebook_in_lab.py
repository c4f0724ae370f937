"""helpers in JupyterLab: what a student sees, types and moves, in a real browser."""

import io
import re

import nbformat
import pypdf
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course import sample_class, text
from course.paths import Course
from helpers.report import ReportExporter

MISSING = "Playwright is not installed: pip install -e '.[test]'"
expect = pytest.importorskip("playwright.sync_api", reason=MISSING).expect
NAME = "01_softmax"
COURSE = Course()
# Wrong answers, as students write them: no maximum is subtracted; rows stand for columns.
UNSTABLE_SOFTMAX = """\
def softmax(Z):
    with np.errstate(all="ignore"):
        return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
"""
WRITE_IT = "write it, then run its check"
SWAPPED_ONE_HOT = """\
def one_hot(labels, num_classes):
    return np.eye(num_classes)[labels].T
"""
PANEL = """\
from helpers import lab, plots

def draw(size):
    if size > 3:
        raise ValueError(f"size is {size}, " + "which is a good deal <b>too</b> long; " * 8 + "END")
    return plots.loss_curve([1.0, 1 / size])

lab.explore(draw, size=lab.choice(1, 2, 3, 4))
"""
# The contrast of an element's text with what lies behind it, by the formula of WCAG 2. A canvas
# mixes the colours as the page does, in whatever form CSS gives them.
CONTRAST = """element => {
    const pen = new OffscreenCanvas(1, 1).getContext("2d");
    const paint = colour => { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); };
    const luminance = () => {
        const [r, g, b] = Array.from(pen.getImageData(0, 0, 1, 1).data, value => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgrounds = [];
    for (let e = element; e; e = e.parentElement)
        backgrounds.unshift(getComputedStyle(e).backgroundColor);
    ["white", ...backgrounds].forEach(paint);
    const behind = luminance();
    paint(getComputedStyle(element).color);
    const front = luminance();
    return (Math.max(front, behind) + 0.05) / (Math.min(front, behind) + 0.05);
}"""


@pytest.fixture(scope="module")
def source():
    return text.read(COURSE.text(NAME))


@pytest.fixture(scope="module")
def solutions(source):
    return {cell.id: sample_class.solved(cell) for cell in source.of("todo")}


@pytest.fixture(scope="module")
def released():
    return COURSE.notebook("release", NAME).read_bytes()


@pytest.fixture(scope="module")
def starter(lab, released):
    """The notebook as it is handed out; nobody types into it."""
    notebook = lab.open("starter", released)
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def attempt(lab, released):
    """The notebook as it is handed out, after Run All."""
    notebook = lab.open("attempt", released)
    notebook.run_all(last="check_one_hot")
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def solved(lab, released, solutions):
    """The notebook with every TODO answered, after Run All."""
    notebook = lab.open("solved", sample_class.fill(released, solutions))
    notebook.run_all(last="progress", seconds=150)
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def panel(lab):
    """A panel whose function fails for one position of its slider, after its cell has run."""
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    notebook = new_notebook(cells=[new_code_cell(PANEL, id="panel")], metadata=python)
    window = lab.open("panel", nbformat.writes(notebook).encode())
    window.run("panel")
    yield window
    window.close()


def picture(notebook, cell_id):
    """Return the one picture of a cell."""
    return notebook.output(cell_id).locator(".jp-OutputArea-output img")


def slider(notebook, cell_id, name):
    return notebook.output(cell_id).get_by_role("slider", name=name)


# The notebook that is handed out


def test_the_released_notebook_opens_without_a_dialog(starter):
    starter.screenshot("released")
    expect(starter.page.locator(".jp-Dialog, .Toastify__toast")).to_have_count(0)


def test_formulas_are_typeset(starter):
    text_cells = starter.page.locator(".jp-RenderedMarkdown")
    expect(text_cells.filter(has_text="$")).to_have_count(0)
    expect(starter.page.locator("mjx-merror")).to_have_count(0)
    expect(starter.cell("one_hot_text").locator("mjx-container[display=true]")).to_be_visible()


def test_hints_are_folded_until_they_are_opened(starter):
    hints = starter.cell("hints_one_hot").locator("details")
    expect(hints).to_have_count(3)
    expect(starter.page.locator("details[open]")).to_have_count(0)
    folded = hints.first.bounding_box()["height"]
    hints.first.locator("summary").click()
    expect(hints.first).to_have_js_property("open", True)
    assert hints.first.bounding_box()["height"] > 1.5 * folded
    starter.screenshot("hint")
    hints.first.locator("summary").click()
    expect(hints.first).to_have_js_property("open", False)


# Working on a TODO


def test_run_all_stops_at_the_first_check_and_says_not_attempted(starter):
    starter.run_all(last="check_one_hot")
    starter.screenshot("not_attempted")
    expect(starter.output("check_one_hot")).to_have_text("○ one_hot: not attempted")
    expect(starter.page.locator(".jp-Cell-outputArea", has_text="Traceback")).to_have_count(0)
    assert starter.number("softmax") == "[ ]:"


def test_a_solution_that_is_typed_turns_its_check_green(attempt, solutions):
    attempt.type("one_hot", solutions["one_hot"])
    attempt.run("one_hot")
    attempt.run("check_one_hot")
    attempt.screenshot("right")
    lines = attempt.output("check_one_hot").locator(".jp-OutputArea-output")
    expect(lines).to_have_text(
        ["✓ labels 2, 0 among 3 classes", "✓ one_hot has no loop over the samples"]
    )
    mark, text_colour = lines.first.locator("div"), "element => getComputedStyle(element).color"
    assert mark.evaluate(text_colour) != attempt.page.locator("body").evaluate(text_colour)


def test_a_wrong_answer_gets_one_line_that_names_the_mistake(attempt):
    attempt.type("one_hot", SWAPPED_ONE_HOT)
    attempt.run("one_hot")
    attempt.run("check_one_hot")
    attempt.screenshot("wrong")
    lines = attempt.output("check_one_hot").locator(".jp-OutputArea-output")
    expect(lines.filter(has_text=re.compile(r"\S"))).to_have_text(
        [
            "✗ labels 2, 0 among 3 classes: rows and columns are swapped (got shape (3, 2), "
            "wanted (2, 3)). Hint: row i holds its one in column labels[i]"
        ]
    )


def test_progress_tells_done_wrong_and_not_attempted(attempt, solutions):
    show_three_states(attempt, solutions)
    attempt.screenshot("progress")
    table = attempt.output("where_you_stand").locator("table")
    expect(table.locator("caption")).to_have_text("1 of 8 TODOs done")
    rows = [row.split("\t") for row in table.locator("tbody tr").all_inner_texts()]
    assert rows[0] == ["one_hot", "✓ done", ""]
    assert rows[1][:2] == ["softmax", "✗ wrong"]
    assert "exp overflowed" in rows[1][2]
    assert rows[2:] == [[todo, "○ not attempted", WRITE_IT] for todo in list(solutions)[2:]]


def show_three_states(notebook, solutions):
    """Answer one TODO rightly and one wrongly, and show where that leads."""
    for todo, answer in [
        ("one_hot", solutions["one_hot"]),
        ("softmax", UNSTABLE_SOFTMAX),
    ]:
        notebook.type(todo, answer)
        notebook.run(todo)
        notebook.run(f"check_{todo}")
    notebook.run("where_you_stand")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_checks_and_progress_are_readable(attempt, solutions, theme):
    show_three_states(attempt, solutions)
    light = str(theme.endswith("Light")).lower()
    attempt.menu("Settings", "Theme", theme)
    expect(attempt.page.locator(f"body[data-jp-theme-light={light}]")).to_be_attached()
    attempt.screenshot(theme.replace(" ", "_"))
    states = attempt.output("where_you_stand").locator("tbody td:nth-child(2)")
    elements = {
        "passed": attempt.output("check_one_hot").get_by_text("✓").first,
        "wrong": attempt.output("check_softmax").get_by_text("✗"),
        "done in the table": states.nth(0),
        "wrong in the table": states.nth(1),
        "not attempted in the table": states.nth(2),
    }
    contrasts = {name: element.evaluate(CONTRAST) for name, element in elements.items()}
    attempt.menu("Settings", "Theme", "JupyterLab Light")
    print(theme, {name: round(value, 1) for name, value in contrasts.items()})
    assert {name: value for name, value in contrasts.items() if value < 4.5} == {}


# The notebook solved


def test_the_solved_notebook_runs_without_an_error(solved):
    solved.screenshot("solved")
    errors = solved.page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')
    assert errors.all_inner_texts() == []
    expect(solved.output("progress").locator("caption")).to_have_text("8 of 8 TODOs done")


def test_every_picture_is_shown_once_and_described(solved, source):
    drawing = [cell.id for cell in source.cells if cell.code and "plots." in cell.source]
    assert len(drawing) >= 6
    for cell_id in drawing:
        image = picture(solved, cell_id)
        expect(image).to_have_count(1)
        expect(image).to_be_visible()
        assert image.evaluate("image => image.naturalWidth") > 0, cell_id
        assert len(image.get_attribute("alt")) > 20, cell_id
    pictures = solved.page.locator(".jp-OutputArea-output img:not(.nnlab img)")
    expect(pictures).to_have_count(len(drawing))


def test_the_panel_trains_the_students_own_code(solved):
    panel = solved.output("play_training").locator(".nnlab")
    panel.get_by_role("button", name="Start").click()
    expect(panel).to_have_attribute("data-state", "running")
    for name in ("learning rate", "batch size", "momentum"):
        expect(slider(solved, "play_training", name)).to_be_visible()
    expect(panel.locator(".nnlab-numbers")).to_contain_text(
        re.compile(r"loss 0\.\d+ · [\d,]+ steps/s")
    )
    solved.screenshot("panel")
    panel.get_by_role("button", name="Pause").click()
    expect(panel.locator(".nnlab-status")).to_contain_text("Paused at step")


def test_the_report_of_the_solved_notebook_holds_its_figures_and_tables(solved):
    solved.save()
    notebook = nbformat.read(solved.path, as_version=4)
    made, told = ReportExporter().from_notebook_node(notebook)
    assert told["report"]["missing"] == ["answer_accuracy", "answer_momentum", "answer_settings"]
    reader = pypdf.PdfReader(io.BytesIO(made))
    shown = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert shown.count("Answer missing.") == 3
    assert "learning rate batch size momentum effective step" in shown
    figures = sum(
        output.get("data", {}).get("image/png") is not None
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.workbook.report != "hide"
        for output in cell.outputs
    )
    numbers = range(1, reader.trailer["/Size"])
    parts = [pypdf.generic.IndirectObject(n, 0, reader).get_object() for n in numbers]
    tagged = [one for one in parts if isinstance(one, dict) and one.get("/S") == "/Figure"]
    assert len(tagged) == figures >= 6
    assert all(one.get("/Alt") for one in tagged)


def test_the_report_is_in_the_export_menu(solved):
    exporters = solved.open_menu("File", "Save and Export Notebook As")
    expect(exporters.get_by_text("Report", exact=True)).to_be_visible()
    solved.screenshot("export_menu")
    solved.page.keyboard.press("Escape")
    solved.page.keyboard.press("Escape")


# A panel whose function fails


def test_a_slider_that_is_let_go_draws_the_picture_anew(panel):
    image, size = picture(panel, "panel"), slider(panel, "panel", "size")
    first = image.get_attribute("src")
    size.focus()
    panel.page.keyboard.press("ArrowRight")
    expect(image).not_to_have_attribute("src", first)
    expect(size).to_have_attribute("aria-valuetext", "2")
    second, box = image.get_attribute("src"), size.bounding_box()
    y = box["y"] + box["height"] / 2
    panel.page.mouse.move(box["x"] + box["width"] / 3, y)
    panel.page.mouse.down()
    panel.page.mouse.move(box["x"] + 2 * box["width"] / 3, y, steps=4)
    expect(size).to_have_attribute("aria-valuetext", "3")
    assert image.get_attribute("src") == second
    panel.page.mouse.up()
    expect(image).not_to_have_attribute("src", second)


def test_an_error_is_shown_whole_under_the_sliders_and_the_panel_lives_on(panel):
    image, size = picture(panel, "panel"), slider(panel, "panel", "size")
    first = image.get_attribute("src")
    size.focus()
    panel.page.keyboard.press("End")
    message = panel.output("panel").get_by_text("ValueError: size is 4, which is")
    expect(message).to_contain_text("<b>too</b>")
    assert message.evaluate("e => e.scrollWidth <= e.clientWidth && e.clientHeight > 30")
    panel.screenshot("panel_error")
    assert image.get_attribute("src") == first
    panel.page.keyboard.press("Home")
    expect(message).to_have_count(0)
    expect(image).not_to_have_attribute("src", first)
