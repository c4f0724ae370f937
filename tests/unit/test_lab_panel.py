"""The kernel's side of a panel: how often it speaks, what it says, and what it leaves behind."""

import doctest
import math
import time
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from helpers import lab
from helpers.check import NotAttempted
from helpers.lab import exploring, panel, throttle, tiles, training_lab

PATIENCE = 20
RATE = {"learning_rate": lab.log(1e-3, 1.0, value=0.1)}


class Descent:
    def __init__(self, settings):
        self.w = 1.0
        self.size = settings.get("size", 1)

    def step(self, settings):
        self.w -= settings["learning_rate"] * 2 * self.w
        return self.w**2

    def validate(self):
        return {"validation_accuracy": 0.5}

    def pictures(self):
        return np.full((1, 2, 2), self.w)


class Page:
    """Stands in for the page: keeps what is sent and displayed, and can speak to the panel."""

    def __init__(self, monkeypatch):
        self.sent, self.shown, self.panel = [], [], None
        monkeypatch.setattr(panel.Panel, "send", lambda _panel, *message: self.take(*message))
        for module in (training_lab, exploring):
            monkeypatch.setattr(module, "display", self.display)
            monkeypatch.setattr(module, "attended", lambda: True)

    def take(self, content, buffers=()):
        self.sent.append((content, buffers))

    def display(self, thing, display_id=False, **_):
        self.shown.append(thing)
        if isinstance(thing, panel.Panel):
            self.panel = thing
        return self if display_id else None

    def update(self, thing, **_):
        self.shown[-1] = thing

    def say(self, do, **rest):
        self.panel._hear(self.panel, {"do": do, **rest}, [])

    def of(self, kind):
        return [content for content, _ in self.sent if content["kind"] == kind]

    @property
    def state(self):
        return self.of("state")[-1]

    def wait_for(self, state):
        end = time.monotonic() + PATIENCE
        while not self.of("state") or self.state["state"] != state:
            assert time.monotonic() < end, f"never {state}: {self.sent[-1]}"
            time.sleep(0.002)


@pytest.fixture
def page(monkeypatch):
    return Page(monkeypatch)


@pytest.fixture
def open_panel(page):
    """Return a function that shows a lab on the page; it is stopped in the end."""
    labs = []

    def show(make_run=Descent, sliders=RATE, **options):
        made = lab.TrainingLab(make_run, sliders, **options)
        made._ipython_display_()
        labs.append(made)
        if page.panel:
            page.say("hello", view="a")
        return made

    yield show
    for made in labs:
        if not made._problem:
            made._trainer.pause()


# The throttle


def test_a_page_that_keeps_up_gets_every_frame():
    rate = throttle.Throttle()
    for i in range(1000):
        assert rate.may_send(i)
        rate.hear(rate.sent)


def test_a_page_that_is_silent_gets_no_more_and_is_given_up():
    rate = throttle.Throttle()
    now = 0.0
    while rate.may_send(now):
        now += 0.05
    assert rate.sent == throttle.AHEAD
    assert not rate.gave_up(now + throttle.SILENCE - 1)
    assert rate.gave_up(now + throttle.SILENCE + 1)
    rate.hear(rate.sent)
    assert not rate.gave_up(now + throttle.SILENCE + 1)
    assert rate.may_send(now)


def test_a_page_cannot_have_seen_what_was_not_sent():
    rate = throttle.Throttle()
    rate.hear(10**6)
    assert rate.seen == 0


def test_pictures_keep_to_their_rate():
    rate = throttle.Throttle()
    sent = 0
    for tick in range(6000):
        now = 100 + tick / 100
        if rate.may_send_picture(now):
            rate.sent_picture(now, 5000)
            sent += 5000
    assert sent == pytest.approx(60 * throttle.PICTURE_BYTES, rel=0.1)


# What the panel says


def test_a_run_reaches_the_page_in_pieces_that_join(page, open_panel):
    made = open_panel()
    page.say("start")
    page.wait_for("running")
    while made.run.count < 1500:
        time.sleep(0.01)
    page.say("pause")
    page.wait_for("paused")
    rows, stride = np.empty((0, 4), np.float32), 1
    for content, buffers in page.sent:
        if content["kind"] == "frame":
            while stride < content["stride"]:
                rows, stride = rows[1::2], 2 * stride
            rows = np.concatenate([rows, np.frombuffer(buffers[0], np.float32).reshape(-1, 4)])
    assert np.array_equal(rows, made.run.steps.rows.astype(np.float32), equal_nan=True)
    last = page.of("frame")[-1]
    assert (last["count"], last["run"]) == (made.run.count, 1)
    assert page.state["runs"][0]["steps"] == made.run.count


def test_a_page_that_comes_late_gets_everything(page, open_panel):
    made = open_panel()
    made.train(30)
    page.say("reset")
    made.train(20)
    page.sent.clear()
    page.say("hello", view="b")
    assert [content["kind"] for content, _ in page.sent] == ["clear", "frame", "frame", "state"]
    rows = [len(buffers[0]) // 16 for content, buffers in page.sent if content["kind"] == "frame"]
    assert rows == [30, 20]
    assert "pictures" in page.of("frame")[-1]


def test_a_page_that_comes_while_it_trains_gets_everything_from_the_thread(page, open_panel):
    made = open_panel()
    page.say("start")
    while made.run.count < 20:
        time.sleep(0.01)
    page.sent.clear()
    page.say("hello", view="b")
    page.say("pause")
    page.wait_for("paused")
    assert page.of("frame")


def test_numbers_that_json_cannot_hold_are_left_out(page, open_panel):
    def make_run(settings):
        yield 2.0
        yield math.inf

    open_panel(make_run)
    page.say("start")
    page.wait_for("paused")
    assert page.of("frame")[-1]["now"] == [None, None, None]
    assert page.state["sign"][0] == "nan"


def test_a_slider_acts_and_its_value_comes_back_in_the_text(page, open_panel):
    made = open_panel()
    page.say("set", values={"learning_rate": 0.25})
    assert page.state["text"] == "learning_rate=0.25, seed=0" == made.settings
    page.say("step")
    page.wait_for("paused")
    assert made.run.loss == pytest.approx(0.25)
    assert page.of("frame")[-1]["applied"] == page.state["version"] == 1


def test_settings_can_be_read_from_a_text(page, open_panel):
    made = open_panel()
    page.say("text", text="learning_rate=0.5, seed=3")
    assert page.state["settings"] == {"learning_rate": 0.5, "seed": 3}
    made.read("seed=4")
    assert page.state["settings"]["seed"] == 4


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"do": "set", "values": {"learning_rate": 5}}, "learning_rate: 5 is outside 0.001 to 1"),
        ({"do": "set", "values": {"size": 5}}, "There is no setting 'size'"),
        ({"do": "text", "text": "nonsense"}, "not a line of settings"),
        ({"do": "show", "run": 9, "visible": True}, "There is no run 9"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_answered(page, open_panel, wish, words):
    open_panel()
    page.say(**wish)
    assert words in page.of("wrong")[-1]["text"]


def test_runs_are_named_shown_hidden_and_removed(page, open_panel):
    made = open_panel()
    made.train(3)
    page.say("reset")
    made.train(2)
    page.say("rename", run=1, name="  slow  ")
    page.say("show", run=1, visible=False)
    about = page.state["runs"]
    assert [(run["run"], run["name"], run["visible"]) for run in about] == [
        (1, "slow", False),
        (2, "run 2", True),
    ]
    page.say("rename", run=1, name=" ")
    assert page.state["runs"][0]["name"] == "run 1"
    page.say("remove", run=1)
    assert [run["run"] for run in page.state["runs"]] == [2]


def test_an_error_reaches_the_page_and_the_panel_lives_on(page, open_panel):
    def make_run(settings):
        yield 1.0
        raise RuntimeError("the student's own")

    open_panel(make_run)
    page.say("start")
    page.wait_for("failed")
    assert "RuntimeError: the student's own" in page.state["error"]
    page.say("reset")
    assert (page.state["state"], page.state["error"]) == ("ready", "")


def test_the_last_view_that_goes_stops_the_training(page, open_panel):
    made = open_panel()
    page.say("hello", view="b")
    page.say("start")
    page.say("bye", view="a")
    assert made._trainer.state == "running"
    page.say("bye", view="b")
    page.wait_for("paused")


def test_a_page_that_vanished_stops_the_training_until_it_is_back(page, open_panel, monkeypatch):
    monkeypatch.setattr(throttle, "AHEAD", 3)
    monkeypatch.setattr(throttle, "SILENCE", 0.05)
    made = open_panel()
    page.say("start")
    page.wait_for("running")
    page.wait_for("paused")
    assert made._trainer.suspended
    page.say("seen", frame=made._panel._throttle.sent)
    page.wait_for("running")
    page.say("pause")


@pytest.mark.parametrize(
    ("make_run", "sliders", "words"),
    [
        (Descent, {"rate": lab.log(1, 1)}, "rate: log(1, 1) is an empty range"),
        (3, RATE, "make_run is 3; give a function"),
        (Descent, None, "sliders is a NoneType"),
    ],
)
def test_a_lab_that_cannot_be_made_says_so_in_place_of_the_panel(
    open_panel, page, capsys, make_run, sliders, words
):
    open_panel(make_run, sliders)
    told = capsys.readouterr().out
    assert words in told
    assert "cannot be made" in told
    assert page.shown == []


# Pictures


def test_pictures_are_one_small_file():
    images = np.linspace(-1, 1, 7 * 16 * 16).reshape(7, 16, 16)
    picture = np.asarray(Image.open(BytesIO(tiles.encoded(images)))).astype(int)
    assert picture.shape == (2 * 17, 4 * 17, 3)
    assert picture[5, 5, 2] > picture[5, 5, 0] + 50  # the first is below 0: blue
    assert picture[17 + 8, 2 * 17 + 8, 0] > picture[17 + 8, 2 * 17 + 8, 2] + 50


@pytest.mark.parametrize("images", [np.zeros((1, 2, 2)), np.full((3, 4, 4, 3), np.nan)])
def test_empty_and_lost_weights_have_a_picture_too(images):
    assert Image.open(BytesIO(tiles.encoded(images))).size[0] > 0


def test_a_stopped_panel_leaves_a_picture_in_the_notebook(page, open_panel):
    open_panel()
    assert page.shown[-1]["text/html"].endswith("></div>")
    page.say("step")
    page.wait_for("paused")
    end = time.monotonic() + PATIENCE
    while "<img" not in page.shown[-1]["text/html"]:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert 'alt="run 1: loss 0.64 at first' in page.shown[-1]["text/html"]
    assert "image/png" in page.shown[-1]


# Where nobody looks on


@pytest.fixture
def alone(page, monkeypatch):
    monkeypatch.setattr(training_lab, "attended", lambda: False)
    monkeypatch.setattr(exploring, "attended", lambda: False)
    return page


def test_without_a_page_it_trains_shortly_and_leaves_a_picture(alone):
    np.random.seed(5)
    before = np.random.get_state()[1].copy()
    made = lab.TrainingLab(Descent, RATE, steps=40)
    made._ipython_display_()
    (figure,) = alone.shown
    assert made.run.count == 40
    assert "after 40 steps" in figure.alt
    assert "validation accuracy 50.0%" in figure.alt
    assert np.array_equal(before, np.random.get_state()[1])


def test_without_a_page_an_error_is_told_and_not_raised(alone, capsys):
    def make_run(settings):
        raise NotImplementedError("softmax: not written yet")

    lab.TrainingLab(make_run, RATE)._ipython_display_()
    told = capsys.readouterr().out
    assert told.splitlines()[-1] == "softmax: not written yet"
    assert "Traceback" not in told
    assert alone.shown == []


def test_without_a_page_training_that_does_not_end_is_stopped(alone, monkeypatch, capsys):
    monkeypatch.setattr(training_lab, "SECONDS", 0.2)

    def make_run(settings):
        yield 1.0
        while True:
            pass

    lab.TrainingLab(make_run, RATE)._ipython_display_()
    assert "after 1 steps" in alone.shown[0].alt


def test_a_plain_shell_is_not_attended():
    assert training_lab.attended() is False


def test_the_doctests_hold():
    result = doctest.testmod(training_lab)
    assert result.failed == 0
    assert result.attempted >= 3


# explore


def test_explore_draws_once_at_the_start(page):
    calls = []
    lab.explore(lambda **values: calls.append(values) or "figure", rate=lab.choice(1, 2))
    assert calls == [{"rate": 1}]
    assert page.shown[-1] == "figure"
    assert isinstance(page.shown[0], panel.Panel)


def test_a_slider_that_moves_draws_anew_in_the_same_place(page):
    lab.explore(
        lambda rate, size: f"{rate} of {size}", rate=lab.choice(1, 2, 3), size=lab.linear(0, 1)
    )
    page.say("set", values={"rate": 3})
    assert page.shown[-1] == "3 of 0"
    assert len(page.shown) == 2
    page.say("set", values={"rate": 7})
    assert "rate: 7 is not one of 1, 2, 3" in page.of("wrong")[-1]["text"]


def test_an_error_of_explore_is_told_and_the_panel_lives_on(page):
    lab.explore(lambda rate: f"{1 / rate}", rate=lab.choice(1, 0, 2))
    page.say("set", values={"rate": 0})
    assert page.of("told")[-1]["text"] == "ZeroDivisionError: division by zero"
    assert page.shown[-1] == "1.0"
    page.say("set", values={"rate": 2})
    assert page.shown[-1] == "0.5"
    page.say("hello")
    assert page.of("told")[-1]["text"].startswith("Done in")
    assert page.of("told")[-1]["values"] == {"rate": 2}


def test_an_error_of_explore_at_the_start_is_raised(page):
    with pytest.raises(ZeroDivisionError):
        lab.explore(lambda rate: 1 / (rate - 1), rate=lab.choice(1, 2))
    assert page.shown == []


def test_a_todo_that_is_not_written_is_told_by_explore_in_one_line(page):
    def stub(rate):
        raise NotImplementedError("softmax: not written yet")

    with pytest.raises(NotAttempted) as raised:
        lab.explore(stub, rate=lab.choice(1, 2))
    line = "○ this picture: not attempted (softmax: not written yet)"
    assert raised.value._render_traceback_() == [line]
    assert page.shown == []


def test_explore_without_a_page_is_its_picture(alone):
    lab.explore(lambda rate: f"figure {rate}", rate=lab.choice(1, 2))
    assert alone.shown == ["figure 1"]


def test_explore_with_an_empty_range_says_so(page, capsys):
    lab.explore(print, rate=lab.log(1, 1))
    assert "empty range" in capsys.readouterr().out
    assert page.shown == []
