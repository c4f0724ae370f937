"""Notebooks to make reports of, and ways to look at what became of them."""

import base64
import io

import pypdf
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from helpers.report import ReportExporter

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">{}</svg>'


def markdown(text, **metadata):
    return new_markdown_cell(text, metadata=metadata)


def code(text, *outputs, **metadata):
    cell = new_code_cell(text, metadata=metadata)
    cell.outputs = list(outputs)  # unchecked: some are broken on purpose
    return cell


def display(data, **metadata):
    return from_dict({"output_type": "display_data", "data": data, "metadata": metadata})


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def png(width=40, height=30, form="PNG", mode="RGB"):
    """Return a picture in base64."""
    file = io.BytesIO()
    Image.new(mode, (width, height), "navy" if mode == "RGB" else 1).save(file, form)
    return base64.b64encode(file.getvalue()).decode()


CELLS = [
    code("hidden_set_up()", workbook={"report": "hide"}),
    code("key_code()", printed("key output"), workbook={"report": "show"}),
    code("plot_code()", printed("plot output"), workbook={"report": "output"}),
    code("plain_cell()"),
]


def pdf(*cells, folder=None, metadata=None, **traits):
    """Return the PDF of cells, as bytes."""
    notebook = new_notebook(cells=list(cells), metadata=metadata or {})
    resources = {"metadata": {"path": str(folder)}} if folder else None
    made, _ = ReportExporter(**traits).from_notebook_node(notebook, resources)
    return made


def read(made):
    return pypdf.PdfReader(io.BytesIO(made))


def words(made):
    """Return the words of a PDF, with one space between them."""
    text = " ".join(page.extract_text() for page in read(made).pages)
    return " ".join(text.replace("\u200b", "").split())


def text(*cells, **options):
    return words(pdf(*cells, **options))


def drawn(made, page=0):
    """Return x, y, width and height of a page's pictures, in points from the lower left corner."""
    found = []

    def visit(operator, _operands, cm, _tm):
        if operator == b"Do":
            found.append((cm[4], cm[5] + min(cm[3], 0), cm[0], abs(cm[3])))

    read(made).pages[page].extract_text(visitor_operand_before=visit)
    return found


def tags(made):
    """Return the PDF's tags as pairs of a name and the alternative text, or None."""
    reader = read(made)
    numbers = range(1, reader.trailer["/Size"])
    objects = [pypdf.generic.IndirectObject(number, 0, reader).get_object() for number in numbers]
    return [
        (str(one["/S"])[1:], str(one["/Alt"]) if "/Alt" in one else None)
        for one in objects
        if isinstance(one, dict) and one.get("/Type") == "/StructElem"
    ]


def alts(made, tag):
    """Return the alternative texts of all elements of a kind."""
    return [alt for name, alt in tags(made) if name == tag]
