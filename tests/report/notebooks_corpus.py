"""Notebooks that attack the report, or are broken: one function each, by name.

Each returns cells, or the bytes of a file. Above the notebook's folder lie ``secret.txt`` and
``secret.png``, in it ways out to them; PORT becomes that of a server on this machine.
"""

import base64
import io
import json
import struct
import zlib

import nbformat
from nbformat.v4 import new_notebook, new_output
from notebooks import SVG, code, display, markdown, png, printed
from PIL import Image

EVIL = '#read("/etc/passwd")'
CORPUS = {}


def entry(function):
    CORPUS[function.__name__] = function
    return function


def entries(prefix, cells, at_once=1):
    """Add one notebook for each cell, or for each few."""
    names = list(cells)
    for first in range(0, len(names), at_once):
        some = names[first : first + at_once]
        made = [*(cells[name] for name in some), markdown("after")]
        CORPUS[f"{prefix}_{'_and_'.join(some)}"] = lambda made=made: made


# Typst code wherever a notebook holds words

entries(
    "typst",
    {
        "in_text": markdown(f"{EVIL}\n\n*{EVIL}*"),
        "in_raw_typst": markdown(f"`{EVIL}`{{=typst}}\n\n```{{=typst}}\n{EVIL}\n```"),
        "in_a_fence": markdown(f"~~~ py`]{EVIL}\n{EVIL}\n~~~"),
        "in_a_heading": markdown(f"# {EVIL}\n\n## #panic() <label>"),
        "in_a_link": markdown(
            f'[{EVIL}](https://e.org/"){EVIL}) [x](#"{EVIL}) <a href=\'"\'>x</a>'
        ),
        "in_a_picture": markdown(f'![{EVIL}"){EVIL}](n.png"{EVIL})'),
        "in_entities": markdown('&#35;read(&quot;/etc/passwd&quot;) &#92;") #panic()'),
        "in_quotes": markdown(f'"); {EVIL}; ("\n\n\\"); {EVIL}; (\\"'),
        "in_code": code(f'x = """\\"); {EVIL}"""\n\\'),
        "in_a_stream": code("x", printed(f'"); {EVIL} \\"); \x1b[31m{EVIL}"\x1b[0m')),
        "in_a_traceback": code("x", new_output("error", ename="E", evalue='"', traceback=[EVIL])),
        "in_plain_text": code("x", display({"text/plain": f'\\"); {EVIL}'})),
        "in_markdown_output": code("x", display({"text/markdown": EVIL})),
        "in_html": code("x", display({"text/html": f"<b>{EVIL}</b><td>{EVIL}</td>"})),
        "in_alternative_text": code(
            "x", display({"image/png": png()}, alt=f'"){EVIL}', caption=EVIL)
        ),
        "in_a_colour": code("x", display({"text/html": f"<pre style='color: {EVIL}'>x</pre>"})),
        "in_a_table": markdown(f'| {EVIL} |\n|---|\n| ") {EVIL} |\n\n<td colspan="{EVIL}">x</td>'),
        "in_a_list_s_start": markdown(f'<ol start="1) {EVIL}"><li>x</li></ol>'),
        "in_a_formula": markdown(f'$\\text{{{EVIL}}}$ $a \\label{{x>){EVIL}}}$ $"); {EVIL}$'),
        "in_a_footnote": markdown(f"x[^1] [^1]\n\n[^1]: {EVIL} [^1]"),
    },
    at_once=4,
)

# TeX that would act in LaTeX, or never end in MathJax

entries(
    "tex",
    {
        "that_reads_a_file": markdown(r"$\input{/etc/passwd}$ \input{/etc/passwd} $\include{x}$"),
        "that_runs_a_command": markdown(r"$\immediate\write18{touch /tmp/x}$"),
        "with_a_link": markdown(r"$\href{file:///etc/passwd}{x}$ $\href{javascript:alert(1)}{y}$"),
        "with_html": markdown(r"$\text{<img src=x onerror=alert(1)>}$ $\style{color:red}{x}$"),
        "with_a_macro_of_itself": markdown(r"$\def\a{\a\a}\a$ and $x$"),
        "that_doubles": markdown(
            r"$\def\a{xxxxxxxxxx}\def\b{\a\a\a\a\a\a\a\a\a\a}\def\c{\b\b\b\b\b\b\b\b\b\b}"
            r"\def\d{\c\c\c\c\c\c\c\c\c\c}\d\d\d$"
        ),
        "nested_deeply": markdown("$" + "{" * 2000 + "x" + "}" * 2000 + "$ and $y$"),
        "of_fractions": markdown("$" + r"\frac{1}{" * 300 + "x" + "}" * 300 + "$"),
        "of_roots": markdown("$" + r"\sqrt{" * 300 + "x" + "}" * 300 + "$"),
        "wider_than_the_world": markdown(r"$\rule{1e9em}{1em}$ $\kern1e99em x$ $\hspace{-1e9em}$"),
        "of_a_large_matrix": markdown("$$\\begin{matrix}" + "1&" * 900 + "\\end{matrix}$$"),
        "never_closed": markdown(r"$\frac{1}{$ $\left($ $\begin{matrix}$ $$\begin{align} a$$"),
        "with_a_null": markdown("$\\unicode{0}\\unicode{xD800}\\char0 x$"),
        "that_redefines": markdown(r"$\def\frac#1#2{\frac{#2}{#1}}\frac12$ $\let\text\undefined$"),
    },
)

# Floods, for a parser whose time grows faster than the text


def flood(piece, size=60_000):
    return markdown((piece * size)[:size])


entries(
    "flood_of",
    {
        "dollars": flood("$ "),
        "double_dollars": flood("$$x "),
        "environments": flood("\\begin{a}"),
        "brackets": flood("["),
        "picture_brackets": flood("!["),
        "stars": flood("*a _b "),
        "backticks": flood("`"),
        "quotes": flood("> "),
        "list_marks": flood("- "),
        "angles": flood("<"),
        "comments": flood("<!--"),
        "bars": markdown("|a" * 9000 + "\n" + "|-" * 9000 + "\n" + "|b" * 9000),
        "footnotes": markdown("[^1]" * 6000 + "\n\n[^1]: " + "[^1]" * 100),
        "one_long_word": markdown("a" * 40_000),
        "zero_width_letters": markdown("e" + "\u0301" * 5000 + "\u202e\u2066abc"),
        "emoji": markdown("👩‍🔬🏳️‍🌈" * 2000),
        "headings": markdown("# same\n\n" * 2000),
        "definitions": markdown("".join(f"[{n}]: http://a.b\n" for n in range(2000)) + "[1][1]"),
    },
)

# HTML

entries(
    "html",
    {
        "with_scripts": markdown(
            "<script>fetch('http://127.0.0.1:9')</script><b onclick=x()>x</b>"
        ),
        "with_a_frame": markdown(
            "<iframe src='file:///etc/passwd'></iframe><object data='/etc/passwd'>"
        ),
        "with_styles": markdown(
            "<style>@import url(file:///etc/passwd);</style><link href=/etc/x>"
        ),
        "nested_deeply": markdown("<div>" * 5000 + "x"),
        "of_nested_lists": markdown("\n".join("  " * n + "- x" for n in range(120))),
        "of_nested_tables": code("x", display({"text/html": "<table><tr><td>" * 200 + "x"})),
        "never_closed": markdown("<b><i><table><tr><td>x<!-- "),
        "with_huge_spans": code(
            "x",
            display({"text/html": "<table><tr><td colspan=999999999 rowspan=999999999>x</table>"}),
        ),
        "with_crossing_spans": code(
            "x",
            display(
                {
                    "text/html": "<table><tr><td rowspan=3>a<td colspan=2>b</td></tr>"
                    "<tr><td colspan=5 rowspan=9>c</td></tr><tr><th rowspan=7>d</th></tr><tr></tr>"
                }
            ),
        ),
        "of_a_long_table": code(
            "x", display({"text/html": f"<table>{'<tr><td>x' * 20_000}</table>"})
        ),
        "of_a_wide_table": code(
            "x", display({"text/html": f"<table><tr>{'<td>x' * 9000}</table>"})
        ),
        "of_an_empty_table": code("x", display({"text/html": "<table><thead></thead></table>"})),
        "with_links_that_act": markdown(
            "[a](javascript:alert(1)) [b](file:///etc/passwd) [c](data:,x)"
        ),
        "right_to_left_in_a_link": markdown("[שלום](https://a.b) [" + "\u202e" + "x](https://a.b)"),
        "a_fence_in_a_fence": markdown("```\n" * 999),
    },
)

# Pictures


def linked(target):
    return markdown(f"![a picture]({target})\n\n<img src='{target}' alt='too'>")


TARGETS = {
    "above": "../secret.png",
    "above_in_percents": "..%2Fsecret.png",
    "by_a_link": "link.png",
    "by_a_linked_folder": "linked/secret.png",
    "of_the_system": "/etc/passwd",
    "by_a_file_address": "file:///etc/passwd",
    "of_a_server": "http://127.0.0.1:PORT/a.png",
    "of_a_server_without_scheme": "//127.0.0.1:PORT/a.png",
    "that_is_a_folder": ".",
    "that_is_a_device": "device",
    "that_is_a_pipe": "pipe",
    "that_is_the_notebook": "nb.ipynb",
    "not_attached": "attachment:none.png",
    "of_broken_base64": "data:image/png;base64,abc",
    "with_a_null": "a%00.png",
    "with_a_very_long_name": "a" * 5000,
}
entries("picture", {name: linked(target) for name, target in TARGETS.items()}, at_once=4)


def png_header(width, height):
    """Return a PNG that says it is of this size and holds nothing."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def raster(data, mime="image/png", **metadata):
    return code("x", display({mime: base64.b64encode(data).decode()}, alt="A curve", **metadata))


WHOLE = base64.b64decode(png(300, 200))
entries(
    "png",
    {
        "cut_short": raster(WHOLE[: len(WHOLE) // 2]),
        "with_a_broken_checksum": raster(WHOLE[:40] + b"?" + WHOLE[41:]),
        "of_rubbish": raster(b"\x89PNG\r\n\x1a\n" + b"rubbish" * 99),
        "of_60000_pixels": raster(png_header(60_000, 60_000)),
        "of_two_thousand_million_pixels": raster(png_header(2**31 - 1, 1)),
        "of_no_pixels": raster(png_header(0, 0)),
        "that_is_text": raster(b"no picture at all"),
        "of_no_base64": code("x", display({"image/png": "?" * 99})),
        "of_an_odd_width": raster(WHOLE, width=float("inf")),
        "of_a_wide_world": raster(WHOLE, width=99_999),
        "of_odd_metadata": raster(WHOLE, caption=[1], width="9"),
    },
)


@entry
def png_that_is_a_bomb():
    file = io.BytesIO()
    Image.new("1", (15_000, 15_000)).save(file, "PNG")  # 225 million pixels in 30 kB
    return [raster(file.getvalue())]


@entry
def jpeg_cut_short():
    whole = base64.b64decode(png(form="JPEG"))
    return [raster(whole[:-200], "image/jpeg"), raster(b"\xff\xd8\xff" + b"?" * 99, "image/jpeg")]


def svg(inside):
    return code("x", display({"image/svg+xml": SVG.format(inside)}))


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
entries(
    "svg",
    {
        "with_a_script": svg("<script>fetch('http://127.0.0.1:9')</script>"),
        "with_entities": code("x", display({"image/svg+xml": f"{LAUGHS}]><svg>&i;</svg>"})),
        "with_a_file_as_entity": code(
            "x",
            display(
                {
                    "image/svg+xml": '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                    + SVG.format("<text y='9'>&x;</text>")
                }
            ),
        ),
        "with_a_file": svg('<image href="/etc/passwd" width="9" height="9"/>'),
        "with_the_secret": svg(
            '<image xmlns:x="http://www.w3.org/1999/xlink" x:href="../secret.png"/>'
        ),
        "with_a_server": svg('<image href="http://127.0.0.1:PORT/a.png"/>'),
        "with_styles": svg(
            "<style>@import url('file:///etc/passwd'); * {fill: url(/etc/x)}</style>"
        ),
        "with_html": svg("<foreignObject><iframe src='file:///etc/passwd'/></foreignObject>"),
        "nested_deeply": svg("<g>" * 3000 + "</g>" * 3000),
        "in_an_svg": svg(f'<image href="data:image/svg+xml;base64,{png()}"/>'),
        "with_a_bomb": svg(
            '<image href="data:image/png;base64,'
            f'{base64.b64encode(png_header(60_000, 60_000)).decode()}"/>'
        ),
        "that_copies_itself": svg('<g id="a"><use href="#a"/></g>'),
        "that_doubles": svg(
            '<g id="a0"><rect width="9" height="9"/></g>'
            + "".join(f'<g id="a{n + 1}">' + f'<use href="#a{n}"/>' * 10 + "</g>" for n in range(9))
        ),
        "of_no_size": code(
            "x", display({"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"/>'})
        ),
        "of_a_wide_world": code(
            "x", display({"image/svg+xml": SVG.format("").replace('"90"', '"1e30"')})
        ),
        "that_is_no_xml": code("x", display({"image/svg+xml": "<svg><g></svg>"})),
        "with_a_large_blur": svg(
            '<filter id="f" width="99" height="99"><feGaussianBlur stdDeviation="99"/></filter>'
            '<rect width="90" height="40" filter="url(#f)"/>'
        ),
    },
)

# Outputs


@entry
def output_of_100_megabytes():
    return [code("x", printed("0123456789 " * 9 + "\n" + "y" * 100_000_000))]


@entry
def output_of_a_million_lines():
    return [code("x", printed("line\n" * 1_000_000), printed("\x1b[31mx\n" * 100_000, "stderr"))]


entries(
    "output",
    {
        "of_control_characters": code("x\0\x1b\x08", printed("".join(map(chr, range(256))))),
        "of_half_letters": code("x", printed("\ud83d a \udc00")),
        "of_broken_colours": code(
            "x", printed("\x1b[38;5;999m\x1b[38;2;1m\x1b[;;;mx\x1b[\x1b]8;;x")
        ),
        "of_unknown_types": code("x", display({"application/x-evil": {"a": [1]}, "x/y": "z"})),
        "of_lists_of_lines": code(
            "x", display({"text/html": ["<b>a</b>", "b"], "text/plain": ["c"]})
        ),
        "of_widgets_that_are_lost": code(
            "x", display({"application/vnd.jupyter.widget-view+json": ["no", "model"]})
        ),
        "of_a_student_that_is_none": code(
            "x", display({"application/vnd.nn-workbook.student+json": {"name": [EVIL], "date": 9}})
        ),
    },
)

# Files that are no notebooks, or large or odd ones


def written(**changes):
    """Return the bytes of a notebook of one cell, changed at its top."""
    notebook = json.loads(nbformat.writes(new_notebook(cells=[markdown("x")])))
    return json.dumps({**notebook, **changes}).encode()


def widgets(**states):
    """Return the bytes of a notebook that shows the widget ``a``, with the states of widgets."""
    shown = code("x", display({"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}))
    kept = {"application/vnd.jupyter.widget-state+json": {"state": states}}
    return written(cells=[shown], metadata={"widgets": kept})


for name, data in {
    "empty": b"",
    "no_json": b"no JSON",
    "a_list": b"[]",
    "an_object": b"{}",
    "without_cells": b'{"cells": 1}',
    "no_text": b"\xff\xfe\0\0",
    "cut_short": written()[:-30],
    "nested_deeply": b"[" * 200_000,
    "of_the_future": written(nbformat=99),
    "of_cells_that_are_none": written(cells=[1, None, "x"]),
    "of_a_cell_without_source": written(cells=[{"cell_type": "markdown", "metadata": {}}]),
    "of_odd_metadata": written(metadata={"workbook": 3, "widgets": [1], "language_info": "x"}),
    "of_widgets_within_themselves": widgets(
        a={"state": {"_model_name": "HBoxModel", "children": ["IPY_MODEL_a"] * 20}}
    ),
    "of_widgets_without_lists": widgets(
        a={"state": {"_model_name": "OutputModel", "outputs": ["x"], "children": 5}, "buffers": 1}
    ),
    "of_ever_new_colours": written(
        cells=[code("x", printed("\n".join(["\x1b[31mx\x1b[0m" * 400] * 300)))]
    ),
    "of_odd_titles": written(
        metadata={"workbook": {"title": EVIL * 99, "student": {"name": "\ud800", "id": [1]}}}
    ),
    "of_an_odd_date": written(metadata={"date": "9999-99-99", "workbook": {"date": [1]}}),
}.items():
    CORPUS[f"file_{name}"] = lambda data=data: data


def many(number):
    """Return cells, unchecked: to check each takes long."""
    cell, output = dict(markdown("x $y$")), dict(code("x = 1", printed("x\n")))
    pairs = [({**cell, "id": f"t{n}"}, {**output, "id": f"c{n}"}) for n in range(number // 2)]
    return [nbformat.from_dict(one) for pair in pairs for one in pair]


@entry
def ten_thousand_cells():
    return many(10_000)


@entry
def file_of_thirty_thousand_cells():
    return many(30_000)
