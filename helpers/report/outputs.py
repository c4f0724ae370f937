"""What one output of a code cell shows."""

import bs4

from . import markdown
from .html_list import DROPPED
from .student import STUDENT
from .terminal import terminal
from .typst_code import call, quote

PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "image/gif", "image/webp")
WIDGET = "application/vnd.jupyter.widget-view+json"
WORDS = ("HTMLModel", "HTMLMathModel", "LabelModel")
HTML = 2_000_000  # characters; a table of pandas has a hundredth
NEST = 8  # widgets in each other


def shown(output, pictures, widgets):
    """Yield what an output shows.

    Parameters
    ----------
    output : nbformat.NotebookNode
    pictures : pictures.Pictures
    widgets : dict
        The state of the notebook's widgets, by model id.

    Yields
    ------
    str or bs4.BeautifulSoup
        Typst code, or HTML that is to become Typst code.
    """
    if output.output_type == "stream":
        yield from boxed("complaint" if output.name == "stderr" else "printed", output.text)
    elif output.output_type == "error":
        told = "\n".join(map(str, output.traceback)) or f"{output.ename}: {output.evalue}"
        yield from boxed("failure", told)
    else:
        yield from displayed(output.data, output.metadata, pictures, widgets)


def displayed(data, metadata, pictures, widgets):
    """Yield what a bundle of displayed forms shows: the best form that paper can hold."""
    if STUDENT in data:  # stands in the title
        return
    picture = next((mime for mime in PICTURES if data.get(mime)), None)
    if picture:
        yield pictures.output(picture, joined(data[picture]), metadata)
        return
    if WIDGET in data:
        view = data[WIDGET]
        yield from widget(view.get("model_id") if isinstance(view, dict) else "", pictures, widgets)
        return
    page = joined(data.get("text/html", ""))
    if 0 < len(page) <= HTML:
        html = markdown.html(page)
        if says_something(html):
            yield html
            return
    for mime in ("text/markdown", "text/latex"):
        if data.get(mime):
            yield markdown.tree(joined(data[mime]))
            return
    if "text/plain" in data:
        yield from boxed("printed", joined(data["text/plain"]))
    elif data and not any(mime.startswith("application/") for mime in data):
        yield call("left-out", quote(f"an output of type {', '.join(sorted(data))}"))


def widget(model, pictures, widgets, depth=0, seen=None):
    """Yield what a widget shows that has left a picture or words in the notebook.

    A slider has not: it lives in a browser only.
    """
    seen = set() if seen is None else seen  # a widget may be named twice, or within itself
    state = widgets.get(str(model)) or {}
    told = state.get("state") if isinstance(state, dict) else None
    if not isinstance(told, dict) or depth > NEST or str(model) in seen:
        return
    seen.add(str(model))
    name = told.get("_model_name")
    if name == "ImageModel":
        for buffer in dicts(state.get("buffers")):
            if buffer.get("path") == ["value"]:
                yield pictures.output("image/png", buffer.get("data", ""), {})
    elif str(told.get("_data_url", "")).startswith("data:image/png;base64,"):  # ipympl
        yield pictures.output("image/png", told["_data_url"].partition(",")[2], {})
    elif name in WORDS and str(told.get("value", "")).strip():
        yield markdown.html(str(told["value"])[:HTML])
    elif name == "OutputModel":
        for output in dicts(told.get("outputs")):
            data, metadata = output.get("data"), output.get("metadata")
            if isinstance(data, dict):
                metadata = metadata if isinstance(metadata, dict) else {}
                yield from displayed(data, metadata, pictures, {})
            elif isinstance(output.get("text"), str):
                yield from boxed("printed", output["text"])
    children = told.get("children")
    for child in children if isinstance(children, list) else []:
        name = str(child).removeprefix("IPY_MODEL_")
        yield from widget(name, pictures, widgets, depth + 1, seen)


def dicts(value):
    """Return the dicts in what should be a list of dicts."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def boxed(style, text):
    """Yield a box of printed text, unless it is empty."""
    text = joined(text).strip("\n")
    if text.strip():
        yield terminal(style, text)


def joined(value):
    """Return a text that a notebook may hold as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def says_something(html):
    """Say whether HTML holds words or pictures, and not only a script that would make them."""
    for node in html.find_all(DROPPED):
        node.decompose()
    return bool(html.find("img")) or any(
        type(text) is bs4.NavigableString and text.strip() for text in html.find_all(string=True)
    )
