"""The report in a real JupyterLab: the server's route, the menu, and the button in a notebook."""

import json
import re
import urllib.request

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes
from playwright.sync_api import expect

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CELLS = [
    new_markdown_cell("# The report\n\nWith $x^2$.", id="text"),
    new_markdown_cell(
        "YOUR ANSWER HERE",
        id="answer_one",
        metadata={"nbgrader": {"grade": True, "solution": True, "grade_id": "answer_one"}},
    ),
    new_code_cell(
        'from helpers import report\n\nreport.button("reported", name="Ada", student_id="a1")',
        id="make",
    ),
]


@pytest.fixture(scope="module")
def notebook(lab):
    opened = lab.open("reported", writes(new_notebook(cells=CELLS, metadata=KERNEL)).encode())
    yield opened
    opened.close()


def fetched(address, **body):
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(address, data, {"Authorization": "token t"})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Content-Type"], answer.read()


def test_the_server_s_route_gives_the_pdf_by_get_and_post(lab, notebook):
    saved = json.loads(notebook.path.read_text())
    kind, got = fetched(f"{lab.url}/nbconvert/report/reported.ipynb?download=false")
    assert kind.startswith("application/pdf")
    assert got.startswith(b"%PDF-")
    body = {"content": saved, "name": "reported.ipynb", "path": "", "type": "notebook"}
    kind, posted = fetched(f"{lab.url}/nbconvert/report", **body)
    assert kind.startswith("application/pdf")
    assert posted.startswith(b"%PDF-")


def test_the_menu_gives_the_pdf(notebook):
    exporters = notebook.open_menu("File", "Save and Export Notebook As")
    with notebook.page.expect_download() as pdf:
        exporters.get_by_text("Report", exact=True).click()
    assert pdf.value.path().read_bytes().startswith(b"%PDF-")


def test_the_button_makes_the_pdf_tells_what_is_missing_and_links_it(lab, notebook):
    notebook.run_all("make")
    notebook.save()
    shown = notebook.output("make")
    shown.get_by_role("button", name="Make my report").click()
    told = shown.get_by_role("status")
    expect(told).to_have_text(
        re.compile(r"Made from reported\.ipynb, saved at .*\. Answers missing: answer_one\.")
    )
    assert (lab.folder / "reported.pdf").read_bytes().startswith(b"%PDF-")
    link = shown.get_by_role("link", name="Open reported.pdf")
    expect(link).to_be_visible()
    notebook.screenshot("report_button")
    assert "reported.pdf" in link.get_attribute("href")
    _, got = fetched(link.evaluate("e => e.href"))
    assert got == (lab.folder / "reported.pdf").read_bytes()
