"""Pages whose look is kept as pictures. Renew them, and look at them, after a change of the look:

python tests/report/golden_pages.py
"""

import os
import subprocess
import tempfile
from pathlib import Path

from nbformat.v4 import new_output
from notebooks import SVG, code, display, markdown, pdf, png, printed
from PIL import Image

GOLDEN = Path(__file__).with_name("golden")
TEXT = r"""# A page of text

Words that are **bold**, *slanted*, `code`, ~~struck~~ and a [link](https://example.org), with a
note.[^1] 中文的第一行
第二行，**粗体**与 English 混排。Emoji: 😀 ✅

- a list with $\frac{\partial L}{\partial W}$
    - in a list

1. first
2. second

> A quotation.

$$\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{C} e^{z_j}}, \qquad
\begin{cases} 1 & c = y_i \\ 0 & \text{otherwise} \end{cases}$$

| run | accuracy (%) |
|:----|-------------:|
| plain | 87.5 |
| $\mu = 0.9$ | 90.25 |

## A heading

```python
def affine_forward(X, W, b):
    return X @ W + b  # (N, C)
```

A formula that is none: $\nosuchmacro$.

[^1]: At the foot of the page.
"""
FRAME = """<table><thead><tr><th></th><th colspan=2>loss</th></tr><tr><th></th><th>train</th>
<th>test</th></tr></thead><tbody><tr><th>a</th><td>0.25</td><td>0.5</td></tr></tbody></table>"""
BARS = "".join(
    f'<rect x="{20 * n}" y="{60 - 10 * n}" width="16" height="{10 * n}" fill="#0072b2"/>'
    for n in range(6)
)
ANSWER = {"nbgrader": {"grade": True, "solution": True}, "workbook": {"role": "explain"}}
PAGES = {
    "text": [markdown(TEXT)],
    "outputs": [
        code(
            "train(epochs=3)",
            printed("epoch 1 \x1b[32mbetter\x1b[0m\n  epoch 2 \x1b[1;31mworse\x1b[0m\n"),
            printed("100% done\n", "stderr"),
            display({"text/html": FRAME}),
            display({"image/svg+xml": SVG.format(BARS)}, alt="Bars", caption="Bars that grow"),
            display({"image/png": png(200, 60)}, alt="Blue"),
            display({"image/png": "?"}, alt="lost"),
        ),
        code(
            "1 / 0",
            new_output("error", ename="E", evalue="", traceback=["\x1b[31mError\x1b[0m: by zero"]),
        ),
        markdown("YOUR ANSWER HERE", **ANSWER),
        markdown("An answer with $x$.", **ANSWER),
    ],
}
TITLE = {
    "workbook": {
        "title": "A title",
        "course": "A course",
        "assignment": "01_x",
        "student": {"name": "Ada", "id": "a1"},
    }
}


def drawn(name):
    """Return the first page of a sample as a picture."""
    return page_picture(pdf(*PAGES[name], metadata=TITLE))


def page_picture(made):
    """Return the first page of a PDF as a picture in grey of 413 x 585 pixels."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.pdf"
        path.write_bytes(made)
        subprocess.run(
            ["pdftoppm", "-q", "-r", "50", "-l", "1", "-singlefile", "-gray", "-png", path, path],
            check=True,
        )
        with Image.open(f"{path}.png") as image:
            return image.convert("L")


if __name__ == "__main__":
    os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    for name in PAGES:
        drawn(name).save(GOLDEN / f"{name}.png", optimize=True)
