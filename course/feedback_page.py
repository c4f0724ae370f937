"""Feedback pages that are safe to open: what a student wrote is shown, never run.

The exporter keeps of a notebook only what a page shows; its template escapes everything except what
a filter of the exporter has made safe.
"""

import base64
import hashlib
import re
import shutil
import weakref
from pathlib import Path
from urllib.parse import urlsplit

import nh3
from markupsafe import Markup, escape
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML, ansi2html, strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter
from pygments.token import STANDARD_TYPES
from traitlets import Integer
from traitlets.config import Config

from .feedback_shown import INLINE, shown

KEPT = {"timestamp.txt", "submission_secret.txt"}  # nbgrader needs them to release feedback

# Some texts take a highlighter or a Markdown parser the square of their length in time.
LINE, DRESSED = 1000, 500_000  # characters of one line of code; of what is more than escaped

# What HTML may hold besides what nh3 allows: the boxes of a task list, feet of tables, and styles
# that leave nothing's place, cover nothing and load nothing.
TAGS = (nh3.ALLOWED_TAGS | {"input", "tfoot"}) - {"area", "map"}
DROPPED = {"iframe", "math", "noscript", "object", "script", "style", "svg", "template"}
ATTRIBUTES = nh3.ALLOWED_ATTRIBUTES | {
    "*": {"class", "id", "style", "title"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "input": {"checked"},
    "table": {"border"},
}
STYLES = (
    {"background-color", "color", "max-width", "vertical-align", "white-space", "width"}
    | {f"font-{what}" for what in ("family", "style", "weight")}
    | {f"text-{what}" for what in ("align", "decoration")}
    | {f"border-{what}" for what in ("collapse", "color", "radius", "style", "width")}
    | {
        what + side
        for what in ("border", "padding")
        for side in ("", "-top", "-right", "-bottom", "-left")
    }
)
CLASSES = {*STANDARD_TYPES.values(), "anchor-link", "dataframe", "highlight"}
LINK = re.compile(r"(https?://|mailto:)\S+", re.IGNORECASE)
PICTURE = "data:image/svg+xml;base64,"
LEFT_OUT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="36"><rect width="320" '
    'height="36" fill="#eee"/><text x="8" y="23" font-family="sans-serif" font-size="14">{}'
    "</text></svg>"
)
ELSEWHERE = "Pictures from elsewhere are not shown."
TOO_LARGE = "This picture is too large for the page."


class Renderer(IPythonRenderer):
    """Render Markdown, and leave attachments to the sanitiser."""

    def image(self, *arguments, **options):
        # nbconvert's own method stops the whole page at an attachment that is missing.
        return super(IPythonRenderer, self).image(*arguments, **options)


class FeedbackExporter(HTMLExporter):
    """Write one notebook as a page that runs nothing and loads nothing but MathJax."""

    text_limit = Integer(
        3_500_000, help="Bytes of HTML that the cells of a page may take; figures do not count."
    ).tag(config=True)
    figure_limit = Integer(4_000_000, help="Bytes that one figure may take.").tag(config=True)
    figures_limit = Integer(
        20_000_000, help="Bytes that all figures of a page may take together."
    ).tag(config=True)

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._highlight = Highlight2HTML(pygments_lexer="ipython3", parent=self)
        # Python cannot see what a cleaner holds: a method of ours in it would keep us for ever.
        attribute = weakref.WeakMethod(self._attribute)
        self._cleaner = nh3.Cleaner(
            tags=TAGS,
            clean_content_tags=DROPPED,
            attributes=ATTRIBUTES,
            attribute_filter=lambda *about: attribute()(*about),
            url_schemes={"attachment", "data", "http", "https", "mailto"},
            filter_style_properties=STYLES,
            # The boxes of a task list are the only ones, and nobody can type into them.
            set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
        )
        self._start_page()

    @property
    def default_config(self):
        own = {
            "template_name": "workbook_feedback",
            "extra_template_basedirs": [str(Path(__file__).with_name("templates"))],
        }
        return Config(FeedbackExporter=own)

    def default_filters(self):
        yield from super().default_filters()
        for safe in (self.code, self.markdown, self.html, self.terminal, self.plain, self.picture):
            yield f"safe_{safe.__name__}", safe
        yield "points", lambda points: f"{round(points, 2):g}"

    def from_filename(self, filename, resources=None, **options):
        self._keep_files_out(resources)
        return super().from_filename(filename, resources, **options)

    def _keep_files_out(self, resources):
        """Remove what nbgrader copied beside the page: a student's own HTML would be served too."""
        about = (resources or {}).get("nbgrader")
        if self.parent is None or about is None:
            return
        folder = Path(self.parent._format_dest(about["assignment"], about["student"]))
        pages = {f"{Path(name).stem}.html" for name in self.parent.notebooks}
        for path in folder.glob("*"):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name not in KEPT | pages:
                path.unlink()

    def from_notebook_node(self, nb, resources=None, **options):
        self._start_page()
        self.environment.autoescape = True
        # HTMLExporter's own method reads the page with a second parser, which could undo what the
        # first made safe, and takes most of the time.
        return super(HTMLExporter, self).from_notebook_node(shown(nb), resources, **options)

    def _init_resources(self, resources):
        resources = super()._init_resources(resources)
        loader = self.environment.loader
        script = loader.get_source(self.environment, "mathjax.js")[0]
        resources["mathjax"] = Markup(script)
        resources["security"] = _security(script, self.mathjax_url)
        resources["code_css"] = Markup(HtmlFormatter().get_style_defs(".highlight"))
        return resources

    def _start_page(self):
        self._text_left = self.text_limit
        self._figures_left = self.figures_limit
        self._dressed_left = DRESSED
        self._attachments = {}

    # Filters of the template: each takes a student's text, and returns HTML that is safe.

    def code(self, source):
        """Highlight Python."""
        if max(map(len, source.split("\n"))) > LINE or not self._dress(source):
            return self._spend(Markup("<pre>{}</pre>").format(source))
        return self._spend(self._highlight(source))

    def markdown(self, source, attachments=None):
        """Render Markdown with formulas; pictures come from attachments or from the text itself."""
        if not self._dress(source):
            return self._spend(Markup("<pre>{}</pre>").format(source))
        self._attachments = attachments or {}
        figures = self._figures_left
        cleaned = self._cleaner.clean(MarkdownWithMath(Renderer(escape=False)).render(source))
        return self._spend(cleaned, figures - self._figures_left)

    def html(self, source):
        """Sanitise HTML."""
        self._attachments = {}
        figures = self._figures_left
        cleaned = self._cleaner.clean(source)
        if source.strip() and not re.sub(r"<(?!img)[^>]*>", "", cleaned).strip():
            return Markup('<p class="note">This output needs scripts; this page runs none.</p>')
        return self._spend(cleaned, figures - self._figures_left)

    def terminal(self, source):
        """Show text with the colours of a terminal."""
        try:
            if "\x1b" not in source or self._dress(source):
                return self._spend(ansi2html(source))
        except IndexError:  # a colour code that ends too early
            pass
        return self._spend(escape(strip_ansi(source)))

    def plain(self, source):
        """Escape text; MathJax may find formulas in it."""
        return self._spend(escape(source))

    def picture(self, data, mime):
        """Return the ``data:`` address of a picture, or of one that says why it is missing."""
        if mime == "image/svg+xml":
            data = base64.b64encode(data.encode()).decode()
        return self._figure(mime, data)

    def _attribute(self, tag, name, value):
        """Return what becomes of one attribute; None removes it."""
        if name == "class":
            return " ".join(word for word in value.split() if word in CLASSES) or None
        if name == "id":
            return f"n-{value}"  # so that it is never one of the page's own
        if name == "href":
            if value.startswith("#"):
                return f"#n-{value[1:]}"
            return value if LINK.fullmatch(value) else None
        if name == "style" and re.search(r"url|image|\\|/\*", value, re.IGNORECASE):
            return None
        if name in ("width", "height") and not re.fullmatch(r"\d{1,4}(px|%)?", value):
            return None
        return self._source(value) if name == "src" else value

    def _source(self, address):
        """Return what stands for the address of a picture."""
        inline = INLINE.fullmatch(address)
        if inline:
            return self._figure(*inline.groups())
        attached = self._attachments.get(address.removeprefix("attachment:"), {})
        return next((self._figure(*found) for found in attached.items()), _instead(ELSEWHERE))

    def _figure(self, mime, data):
        data = "".join(data.split())
        if not re.fullmatch(r"[A-Za-z0-9+/=]*", data):
            return _instead(ELSEWHERE)
        if len(data) > min(self.figure_limit, self._figures_left):
            return _instead(TOO_LARGE)
        self._figures_left -= len(data)
        return f"data:{mime};base64,{data}"

    def _dress(self, source):
        """Tell whether the page may spend the time that it takes to dress up a text."""
        self._dressed_left -= len(source)
        return self._dressed_left >= 0

    def _spend(self, html, figures=0):
        """Return HTML that is safe, if the page has room for it."""
        cost = len(html.encode()) - figures
        if cost > self._text_left:
            return Markup('<span class="note">This is left out: the page would be too long.</span>')
        self._text_left -= cost
        return Markup(html)


def _instead(why):
    """Return the address of a picture that says why another is missing."""
    return PICTURE + base64.b64encode(LEFT_OUT.format(why).encode()).decode()


def _security(script, mathjax_url):
    """Return a Content-Security-Policy by which only MathJax and its settings run."""
    settings = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    url = urlsplit(mathjax_url)
    # MathJax may take a newer version of itself from the folder beside its own.
    folder = f"{url.scheme}://{url.netloc}{url.path.rsplit('/', 2)[0]}/" if url.netloc else "'self'"
    return (
        f"default-src 'none'; script-src 'sha256-{settings}' {folder}; font-src {folder}; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
