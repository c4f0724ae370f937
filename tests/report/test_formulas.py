"""Every formula of the corpus and of the course is set; what is none is told."""

import json

import pytest
import quickjs
from notebooks import markdown, pdf, words
from report_corpora import failed, formulas

from helpers.report import worker


def test_every_formula_of_the_corpus_and_of_the_course_is_set():
    corpus, course = formulas()
    assert len(corpus) >= 300
    assert len(course) >= 30
    assert failed([*corpus, *course]) == {}


def test_the_pages_show_what_mathjax_has_set(caplog):
    corpus, _ = formulas()
    told = words(pdf(*(markdown(f"${tex}$") for tex in corpus[::3] if "%" not in tex)))
    assert "not set" not in told
    assert not caplog.records


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\nosuchmacro", r"Undefined control sequence \nosuchmacro"),
        (r"\frac{1}{", "Missing close brace"),
        (r"\begin{nosuchthing}x\end{nosuchthing}", "Unknown environment"),
        (r"x^1^2", "Double exponent"),
        (r"\def\a{\a\a}\a", "maximum"),
    ],
)
def test_a_formula_that_cannot_be_set_says_why(tex, reason):
    (answer,) = worker.mathjax()([(tex, False)])
    assert reason in answer["error"]


def test_size_and_depth_are_those_of_the_formula():
    low, deep = worker.mathjax()([("x", False), (r"\frac{a}{b}", True)])
    assert 0.3 < low["width"] < 0.8
    assert low["depth"] < 0.1 < 0.5 < deep["depth"] < deep["height"]


def test_when_the_memory_is_full_each_formula_is_tried_alone(monkeypatch):
    def typeset(jobs):
        raise quickjs.JSException("InternalError: out of memory")

    monkeypatch.setattr(worker, "mathjax", lambda: lambda jobs: json.loads('[{"svg": ""}]'))
    found = worker.set_formulas(typeset, [("x", False), ("y", True)], [])
    assert [one["tex"] for one in found] == ["x", "y"]
    warnings = []
    (one,) = worker.set_formulas(typeset, [("x", False)], warnings)
    assert "out of memory" in one["error"]
    assert warnings
