"""From Typst code to pages, in a process of its own that may fail."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from .errors import ReportError

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATE = Path(__file__).with_name("report.typ")
TIMEOUT = 150  # seconds; a notebook takes two
# Letters of scripts that the fonts certainly have: Latin, Greek, Cyrillic, and what Noto Sans CJK
# covers completely. Others are tried out, which takes a tenth of a second.
KNOWN = re.compile(
    "[\x00-\u017f\u0391-\u03c9\u0410-\u044f\u2010-\u2026\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fa5]+"
)
CHINESE = re.compile("[\u3400-\u9fff]")
KANA, HANGUL = re.compile("[\u3040-\u30ff]"), re.compile("[\uac00-\ud7af]")


class Typesetter:
    """A process that waits for one document; a context manager.

    It starts at once and loads fonts and MathJax while the notebook is still being read.

    Parameters
    ----------
    fonts : list of str
        Folders with fonts beyond those of the report.
    formulas : bool
        Whether formulas are to be expected.
    """

    def __init__(self, fonts=(), formulas=True):
        folders = [Path(folder).resolve() for folder in fonts]
        if lost := [str(folder) for folder in folders if not folder.is_dir()]:
            raise ReportError(f"{', '.join(lost)}: no such folder of fonts; name one that exists")
        self.start = json.dumps(
            {"fonts": [str(folder) for folder in folders], "formulas": formulas}
        )

    def __enter__(self):
        self._kept = tempfile.TemporaryDirectory(prefix="report-", ignore_cleanup_errors=True)
        self.folder = Path(self._kept.name)
        self._start()
        return self

    def __exit__(self, *_error):
        self._stop()
        self._kept.cleanup()

    def _start(self):
        path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "helpers.report.worker", self.folder, self.start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        )

    def _stop(self):
        self.process.kill()
        self.process.communicate()

    def pdf(self, head, body, pictures, formulas, timestamp, warn):
        """Set a document.

        Parameters
        ----------
        head, body : str
            Typst code: the call of the template, and what it shows.
        pictures : dict
            From file name to bytes.
        formulas : list of (str, bool)
        timestamp : int
            Seconds since 1970 in UTC: the date in the PDF, so that equal input gives equal bytes.
        warn : callable
            Called with one line for all that could not be shown as it is.

        Returns
        -------
        bytes

        Raises
        ------
        ReportError
            If the document cannot be set, not even without its pictures.
        """
        words = head + body + "".join(tex for tex, _ in formulas)
        job = {
            "pictures": list(pictures),
            "formulas": formulas,
            "timestamp": timestamp,
            "letters": " ".join(sorted(set(KNOWN.sub("", words)))),
            "families": families(words),
            "lost": [],
        }
        root = self.folder / "root"
        root.mkdir()
        for name, data in pictures.items():
            (root / name).write_bytes(data)
        template = TEMPLATE.read_text(encoding="utf-8")
        choice = f"#let families = {job['families']}\n#let language = {language(words)}\n"
        main = f"{choice}{template}\n{head}\n#{{\n{body}\n}}\n"
        (root / "main.typ").write_text(main, encoding="utf-8")
        answer = self._ask(job)
        if "error" in answer and pictures:
            warn(f"all pictures are left out: {answer['error']}")
            self._stop()
            self._start()
            answer = self._ask({**job, "lost": list(pictures)})
        for warning in answer.get("warnings", ()):
            warn(warning)
        if "error" in answer:
            raise ReportError(
                f"this notebook cannot be set: {answer['error']}. Clear its outputs, or export it "
                "with fewer cells to find the one at fault, and report it."
            )
        return (self.folder / "report.pdf").read_bytes()

    def _ask(self, job):
        """Hand a job over, and return the answer or how the process ended."""
        try:
            told, complaint = self.process.communicate(
                json.dumps(job).encode() + b"\n", timeout=TIMEOUT
            )
        except subprocess.TimeoutExpired:
            self._stop()
            return {"error": f"setting it was stopped after {TIMEOUT} s"}
        if status := self.process.returncode:
            lines = complaint.decode(errors="replace").strip().splitlines() or ["no reason given"]
            return {"error": f"setting it ended with status {status} ({lines[-1][:200]})"}
        return json.loads(told)


def region(text):
    """Return the ending of the font that draws Chinese letters as the text's language does."""
    if KANA.search(text):
        return "JP"
    return "KR" if HANGUL.search(text) else "SC"


def families(text):
    """Return the fonts for text, the first one first, as a Typst expression."""
    wide = f"Noto Sans CJK {region(text)}"
    return json.dumps(["Libertinus Serif", wide, "DejaVu Sans Mono", "Twemoji Mozilla"]).translate(
        str.maketrans("[]", "()")
    )


def language(text):
    """Return the language that lines are broken for, as a Typst expression."""
    chinese = {"JP": "ja", "KR": "ko", "SC": "zh"}[region(text)]
    share = len(CHINESE.findall(text)) + len(KANA.findall(text)) + len(HANGUL.findall(text))
    return f'"{chinese if share > len(text) / 10 else "en"}"'
