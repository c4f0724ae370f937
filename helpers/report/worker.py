"""The process that sets formulas and pages: ``python -m helpers.report.worker FOLDER START``.

It holds all that a hostile notebook could make run away, so it has limits and may die. It reads
one job from its input, answers with one line of JSON, and leaves the PDF in the folder.
"""

import contextlib
import importlib.util
import json
import re
import sys
from pathlib import Path

import quickjs
import typst

try:
    import resource
except ImportError:  # Windows: there the time is limited only, by the other process
    resource = None

ASSETS = Path(__file__).with_name("assets")
MEMORY = 3 << 30  # bytes of addresses; a notebook takes about 150 MB
SECONDS = 120  # of processor time
SIZE = 1 << 30  # bytes of one file
SCRIPT_MEMORY = 512 << 20  # bytes, for MathJax
SCRIPT_STACK = 4 << 20  # bytes; MathJax recurses, and so could a formula
NO_GLYPH = re.compile(r'the text `"(.*?)"` could not be displayed')


def limit():
    """Bound what this process may use."""
    if resource:
        for name, most in (("AS", MEMORY), ("CPU", SECONDS), ("FSIZE", SIZE), ("CORE", 0)):
            kind = getattr(resource, f"RLIMIT_{name}")
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with contextlib.suppress(ValueError, OSError):  # macOS refuses some
                resource.setrlimit(kind, (most, most))


def mathjax():
    """Return MathJax: a function of a list of formulas, as ``formulas.js`` describes it."""
    context = quickjs.Context()
    context.set_memory_limit(SCRIPT_MEMORY)
    context.set_max_stack_size(SCRIPT_STACK)
    context.eval((ASSETS / "formulas.min.js").read_text(encoding="utf-8"))
    # Its context must live as long as the function.
    return lambda jobs: json.loads(context.get("typeset")(json.dumps(jobs)))


def set_formulas(typeset, jobs, warnings):
    """Set all formulas; one that is not understood becomes its source."""
    try:
        found = (typeset or mathjax())(jobs) if jobs else []
    except quickjs.JSException as error:  # the memory is full, say: then each on its own
        if len(jobs) == 1:
            found = [{"error": str(error).splitlines()[0]}]
        else:
            return [one for job in jobs for one in set_formulas(mathjax(), [job], warnings)]
    for (tex, _), one in zip(jobs, found, strict=True):
        one["tex"] = tex
        if "error" in one:
            warnings.append(f"the formula {tex[:200]!r} is shown as TeX: {one['error']}")
    return found


def fonts(folders):
    """Return Typst's fonts: those inside its wheel, ours, and those of the folders."""
    paths = [str(ASSETS), *folders]
    if found := importlib.util.find_spec("noto_cjk_sans_otc"):
        paths += found.submodule_search_locations
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)


class Pages:
    """Typst, with a folder that it may read and nothing else.

    Parameters
    ----------
    root : Path
    """

    def __init__(self, root, job, faces):
        self.root, self.job = root, job
        # Two folders that do not exist hold no packages, so none is fetched.
        self.compiler = typst.Compiler(
            root=root,
            font_paths=faces,
            ignore_system_fonts=True,
            package_path=root / "packages",
            package_cache_path=root / "packages",
        )

    def compile(self, text, **options):
        return self.compiler.compile(
            text.encode(), format="pdf", timestamp=self.job["timestamp"], **options
        )

    def document(self, lost, warnings):
        """Return the PDF; pictures that Typst refuses are named in ``lost`` and replaced."""
        main = (self.root / "main.typ").read_text(encoding="utf-8")
        self.without(lost)
        try:
            return self.compile(main)
        except typst.TypstError:
            lost = lost | self.refused(warnings)
            self.without(lost)
        try:
            return self.compile(main)
        except typst.TypstError as error:
            warnings.append(
                f"the PDF lacks the tags that screen readers use: Typst says {error.message!r}"
            )
        # Typst's tags fail on rare texts, such as a link in letters that run right to left.
        return self.compile(main, pdf_tags=False)

    def without(self, lost):
        (self.root / "lost.json").write_text(json.dumps(lost))

    def refused(self, warnings):
        """Return the pictures that Typst cannot read, each with what it says."""
        found = {}
        for name in self.job["pictures"]:
            try:
                self.compile(f'#image("{name}")')
            except typst.TypstError as error:
                found[name] = f"Typst cannot read it ({error.message})"
                warnings.append(f"a picture is left out: {found[name]}")
        return found

    def missing_glyphs(self, families):
        """Return the letters that no font has.

        PDF/A forbids such letters, and Typst then names them.
        """
        letters = json.dumps(self.job["letters"], ensure_ascii=False)
        text = f"#set document(title: [probe])\n#set text(font: {families})\n#{letters}"
        try:
            self.compile(text, pdf_standards="a-2u")
        except typst.TypstError as error:
            return list(dict.fromkeys(NO_GLYPH.findall(error.diagnostic)))
        return []


def work(folder, job, typeset, faces):
    """Do one job, and return the answer."""
    warnings, root = [], folder / "root"
    pages = Pages(root, job, faces)
    formulas = set_formulas(typeset, job["formulas"], warnings)
    (root / "formulas.json").write_text(json.dumps(formulas))
    if job["letters"] and (missing := pages.missing_glyphs(job["families"])):
        named = ", ".join(f"{letter} (U+{ord(letter[0]):04X})" for letter in missing[:20])
        more = f" and {len(missing) - 20} more" if len(missing) > 20 else ""
        warnings.append(
            f"no font of the report has {named}{more}: an empty box is printed instead. Put a font"
            " that has them into a folder and name it: --fonts FOLDER, or ReportExporter.fonts"
        )
    try:
        pdf = pages.document(dict.fromkeys(job["lost"], "it could not be drawn"), warnings)
    except typst.TypstError as error:
        return {"error": error.message, "warnings": warnings}
    (folder / "report.pdf").write_bytes(pdf)
    return {"warnings": warnings}


def main():
    folder = Path(sys.argv[1])
    limit()
    start = json.loads(sys.argv[2])
    faces = fonts(start["fonts"])
    typeset = mathjax() if start["formulas"] else None
    answer = work(folder, json.loads(sys.stdin.buffer.readline()), typeset, faces)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
