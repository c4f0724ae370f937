"""Nothing of a notebook acts, nothing leaks, nothing ends without a PDF or a clear error."""

import base64

import pytest
from nbconvert.utils.exceptions import ConversionException
from notebooks import alts, code, display, drawn, markdown, pdf, png, read, text, words
from notebooks_corpus import CORPUS, EVIL
from report_corpora import faults, leak, scene

from helpers import report
from helpers.report import typeset
from helpers.report.typst_code import call, clean, join, quote


@pytest.fixture(scope="module")
def found():
    return faults()


@pytest.mark.parametrize("name", [*CORPUS, "the network"])
def test_a_hostile_or_broken_notebook_does_no_harm(found, name):
    assert found[name] == ""


def test_a_leak_would_be_seen():
    with scene() as folder:
        secret = (folder.parent / "secret.png").read_bytes()
        assert "picture" in leak(
            pdf(code("x", display({"image/png": base64.b64encode(secret).decode()})))
        )
        words = (folder.parent / "secret.txt").read_text()
        assert leak(pdf(markdown(words)))


def test_typst_code_comes_out_as_its_letters(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    about = {"title": EVIL, "course": EVIL, "student": {"name": EVIL, "id": '"\\'}}
    told = text(markdown(f'{EVIL}\n\n"); {EVIL}'), code(EVIL), metadata={"workbook": about})
    assert told.count(EVIL) == 6
    assert '("\\)' in told


def test_quoting_leaves_no_way_out():
    assert quote('a"\\b\n') == '"a\\"\\\\b\\n"'
    assert clean("a\x00\x1f\x1bb\ud800\r\nc") == "ab\ufffd\nc"
    assert call("f", quote("x"), a=True, b=None, c=1) == 'f("x", a: true, b: none, c: 1)'
    assert (join([]), join(["a"]), join(["a", "b"])) == ("[]", "a", "{a; b}")


@pytest.mark.parametrize("target", ["../secret.png", "linked/secret.png", "/etc/passwd"])
def test_a_picture_outside_the_folder_is_left_out_with_a_note(target, caplog):
    with scene() as folder:
        made = pdf(markdown(f"![a curve]({target})"), folder=folder)
    assert "Picture left out: " in words(made)
    assert "it lies outside the notebook's folder; attach it to the cell (a curve)" in words(made)
    assert "left out" in caplog.text
    assert not drawn(made)


def test_without_a_folder_no_file_is_read():
    assert "put the file beside the notebook" in text(markdown("![x](README.md)"))


def test_links_lead_to_the_web_only():
    made = pdf(
        markdown("[a](javascript:alert(1)) [b](file:///etc) [c](#x) [d](https://example.org/d)")
    )
    told = [note.get_object() for note in read(made).pages[0]["/Annots"]]
    assert [note["/A"]["/URI"] for note in told] == ["https://example.org/d"]


def test_a_broken_picture_gives_a_note_and_the_others_stay(caplog):
    broken = base64.b64encode(base64.b64decode(png(300, 200))[:150]).decode()
    made = pdf(
        code("x", display({"image/png": broken}, alt="A curve"), display({"image/png": png()})),
        markdown("after"),
    )
    assert "Picture left out: it is damaged" in words(made)
    assert "(A curve) after" in words(made)
    assert len(drawn(made)) == 1
    assert "a picture is left out" in caplog.text


def test_when_setting_dies_it_is_tried_again_without_pictures(monkeypatch, caplog):
    answers = [{"error": "it died"}]
    ask = typeset.Typesetter._ask
    monkeypatch.setattr(
        typeset.Typesetter, "_ask", lambda self, job: answers.pop() if answers else ask(self, job)
    )
    made = pdf(code("x", display({"image/png": png()}, alt="A curve")), markdown("after $x$"))
    assert "Picture left out: it could not be drawn (A curve) after" in words(made)
    assert alts(made, "Formula") == ["x"]
    assert "all pictures are left out: it died" in caplog.text


def test_when_setting_takes_too_long_that_is_an_error(monkeypatch):
    monkeypatch.setattr(typeset, "TIMEOUT", 0.001)
    with pytest.raises(report.ReportError, match=r"stopped after 0\.001 s.*fewer cells"):
        pdf(markdown("x $y$\n\n" * 3000))  # takes longer, however busy the machine is


def test_when_the_process_ends_that_is_an_error(monkeypatch):
    monkeypatch.setattr(typeset, "TEMPLATE", typeset.Path(__file__))  # is no Typst
    with pytest.raises(report.ReportError, match="cannot be set"):
        pdf(markdown("x"))
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with pytest.raises(report.ReportError, match="ended with status 1"):
        pdf(markdown("x"))


def test_nbconvert_knows_the_error_as_one_that_it_prints_without_a_traceback():
    assert issubclass(report.ReportError, ConversionException)
