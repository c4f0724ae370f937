"""What becomes of the two corpora: the formulas, and the hostile notebooks. For tests and bench."""

import contextlib
import http.server
import io
import json
import os
import re
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
from nbformat.v4 import new_notebook
from notebooks_corpus import CORPUS
from PIL import Image

from course import text
from course.paths import Course
from helpers.report import ReportError, export
from helpers.report.worker import mathjax

SECRET, SIZE = "the-secret-of-the-machine", (41, 43)
LEAKS = (SECRET, "root:x:0", "root:!:0", "panicked with")
WRITTEN = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)


def formulas():
    """Return the formulas of the corpus, and those of the course's notebooks."""
    lines = Path(__file__).with_name("formulas.txt").read_text(encoding="utf-8").splitlines()
    corpus = [line for line in lines if line and not line.startswith("#")]
    course = [
        next(filter(None, found))
        for path in Course().texts()
        for cell in text.read(path).cells
        if not cell.code
        for found in WRITTEN.findall(re.sub(r"`[^`]*`", "", cell.source))
    ]
    return corpus, list(dict.fromkeys(course))


def failed(found):
    """Return the formulas that MathJax cannot set, with the reason, by TeX."""
    answers = mathjax()([(tex, True) for tex in found])
    return {tex: one["error"] for tex, one in zip(found, answers, strict=True) if "error" in one}


@contextlib.contextmanager
def server():
    """Yield the port of a server, and the requests that it gets."""
    requests = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening.server_port, requests
        listening.shutdown()


@contextlib.contextmanager
def scene():
    """Yield a folder with secrets, and one in it for the notebook, with ways out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inside = folder / "in"
        inside.mkdir()
        (folder / "secret.txt").write_text(SECRET)
        Image.new("RGB", SIZE, "red").save(folder / "secret.png")
        (inside / "link.png").symlink_to(folder / "secret.png")
        (inside / "linked").symlink_to(folder)
        (inside / "device").symlink_to("/dev/zero")
        os.mkfifo(inside / "pipe")
        yield inside


def fault(name, port):
    """Return what is wrong with the answer to a hostile notebook, or an empty text.

    Right is a PDF that can be read and holds nothing of what lies outside the notebook's folder.
    Of a file that is no notebook it is an error that says what to do and leaves the old PDF.
    """
    made = CORPUS[name]()
    if not isinstance(made, bytes):
        notebook = new_notebook()
        notebook.cells = made  # unchecked: some are broken on purpose
        made = json.dumps(notebook).encode()
    with scene() as folder:
        notebook, pdf = folder / "nb.ipynb", folder / "nb.pdf"
        notebook.write_bytes(made.replace(b"PORT", str(port).encode()))
        pdf.write_bytes(b"old")
        try:
            export(notebook, form="whole")
        except ReportError as error:
            good = name.startswith("file_") and str(error).strip() and pdf.read_bytes() == b"old"
            return "" if good else f"an error that has no reason or says none: {error!r}"
        except Exception as error:
            return f"an error of another kind: {error!r}"
        return leak(pdf.read_bytes())


def leak(pdf):
    """Return what a PDF shows that it must not, or an empty text."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages[:20]
    told = " ".join(page.extract_text() for page in pages)
    for found in LEAKS:
        if found in told:
            return f"a leak: {found}"
    if any(picture_size(one) == SIZE for page in pages for one in xobjects(page)):
        return "a leak: the secret picture"
    return "" if pages else "no page"


def faults():
    """Return what is wrong with the answer to each hostile notebook, two at a time, by name."""
    with server() as (port, requests), ThreadPoolExecutor(2) as pool:
        found = dict(zip(CORPUS, pool.map(lambda name: fault(name, port), CORPUS), strict=True))
    return {**found, "the network": f"requests: {requests}" if requests else ""}


def xobjects(page):
    """Return what a page draws from elsewhere in its file."""
    found = page.get("/Resources", {}).get("/XObject", {})
    return [one.get_object() for one in found.values()]


def picture_size(drawn):
    return drawn.get("/Width"), drawn.get("/Height")


def outcomes():
    """Return the numbers for the bench."""
    corpus, course = formulas()
    found = [*corpus, *course]
    answers = faults()
    return {
        "formulas": len(found),
        "set": len(found) - len(failed(found)),
        "hostile": len(CORPUS),
        "bad": len(list(filter(None, answers.values()))),
    }
