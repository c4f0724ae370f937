"""Text that is shown to people: scripts, links, escapes, odd letters."""

import json

from hostile_corpus import AT_WILL, HONEST, TRIPLE, Corpus, cell, run_first
from nbformat.v4 import new_code_cell, new_markdown_cell

SHOWN = Corpus("", **HONEST)

# Text that is shown to people.
SCRIPT = "<script>document.title='<mark>'</script>"
INJECTED = f"""\
{SCRIPT}<img src=x onerror="document.title='<mark>'"><svg onload="document.title='<mark>'">
[click](javascript:alert%28'<mark>'%29) <a href="javascript:alert('<mark>')">click</a>
<iframe src="http://hostile.example/<mark>"></iframe><base href="http://hostile.example/">
<meta http-equiv="refresh" content="0;url=http://hostile.example/<mark>"><img src="http://hostile.example/<mark>.png">
<form action="http://hostile.example/"><input autofocus onfocus="document.title='<mark>'"></form>
<style>body {{display: none; background: url(http://hostile.example/<mark>)}}</style>
<div style="position:fixed;inset:0;background:url('http://hostile.example/<mark>')">12 of 12</div>
</pre></div></body></html>{SCRIPT} ![x](http://hostile.example/<mark>.png)
$\\href{{javascript:alert('<mark>')}}{{x}}$
"""


@SHOWN.entry()
def scripts_in_text_and_outputs(notebook, scene, folder):
    injected = scene.fill(INJECTED)
    cell(notebook, "why").source = injected
    notebook.cells.append(new_markdown_cell(injected))
    notebook.cells.append(new_code_cell(f"# {SCRIPT}\nraise ValueError({injected!r})"))
    shows = "from IPython.display import HTML, Javascript, Markdown, SVG, Latex, Image, display\n"
    shows += f"for kind in (HTML, Javascript, Markdown, Latex):\n    display(kind({injected!r}))\n"
    shows += f"display({{'image/svg+xml': {injected!r}, 'text/html': {injected!r}}}, raw=True)\n"
    shows += f"display({{{injected!r}: 'x', 'image/png': {injected!r}}}, raw=True)\n"
    notebook.cells.append(new_code_cell(shows))
    notebook.metadata["title"] = notebook.metadata["authors"] = injected
    for tagged in notebook.cells:
        tagged.metadata["tags"] = ['"><script>document.title=1</script>']


@SHOWN.entry()
def scripts_in_an_attachment(notebook, scene, folder):
    shown = new_markdown_cell(f"![x](attachment:x.png) {scene.fill(SCRIPT)}")
    shown["attachments"] = {"x.png": {"image/svg+xml": scene.fill(SCRIPT), "text/html": "<b>"}}
    notebook.cells.append(shown)


@SHOWN.entry(least=TRIPLE, most=TRIPLE)
def scripts_in_an_error(notebook, scene, folder):
    text = scene.fill(SCRIPT)
    cell(notebook, "double").source = f"def double(x):\n    raise ValueError({text!r} * 5)"


@SHOWN.entry()
def escapes_and_odd_letters(notebook, scene, folder):
    odd = "\x1b[2J\x1b]0;title\x07\x1b[31m\u202ereversed\u202c"
    odd += "\u200b\u200d\ufeff\ufffe\U000e0041 \x08\x7f"
    notebook.cells.append(new_markdown_cell(odd))
    notebook.cells.append(new_code_cell(f"print({odd!r})\nraise ValueError({odd!r})"))
    run_first(
        notebook, "print('\\x1b[31m' * 1000, '\\x00\\x01', '\\ud800'.encode('utf-8', 'replace'))"
    )


@SHOWN.entry(says="")
def lone_surrogates(notebook, scene, folder):
    notebook.cells.append(new_markdown_cell("half a letter: \ud800 and \udfff"))
    run_first(notebook, "print('\\ud800')")
    run_first(notebook, "raise ValueError('\\udfff')")
    return json.dumps(notebook).encode()  # as escapes, which any editor may write


@SHOWN.entry(**AT_WILL)
def nul_in_the_source(notebook, scene, folder):
    cell(notebook, "double").source += "\n# \x00"


@SHOWN.entry()
def very_long_names_and_lines(notebook, scene, folder):
    name = "n" * 100_000
    run_first(notebook, f"{name} = 1\nprint({name})\nx = '{'y' * 1_000_000}'")
    notebook.cells.append(new_markdown_cell("word" * 250_000))
    notebook.cells.append(new_markdown_cell("[" * 20_000 + "*" * 20_000 + "> " * 5_000))
    notebook.cells[-1]["id"] = "i" * 64
    notebook.metadata["n" * 10_000] = "long"
