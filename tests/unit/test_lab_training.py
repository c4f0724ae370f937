"""The lab without a page: curves, runs, what goes wrong, the states and the thread."""

import math
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

from helpers.lab import curves, drive, signs
from helpers.lab.trainer import Trainer

PATIENCE = 20  # seconds for a thread to do what takes it a moment


class Descent:
    """Minimise w**2 with noise in the batches: as small as training gets."""

    def __init__(self, settings):
        self.rng = np.random.default_rng(settings["seed"])
        self.w = np.full((2, 2), 3.0)

    def step(self, settings):
        noise = self.rng.normal(size=self.w.shape)
        self.w -= settings["learning_rate"] * (2 * self.w + 0.1 * noise)
        return {"loss": (self.w**2).sum(), "train_accuracy": 0.5}

    def validate(self):
        return {"validation_accuracy": 0.25}

    def weights(self):
        return {"w": self.w}

    def pictures(self):
        return self.w[None]


def trainer(make_run=Descent, look_every=10, fresh=(), **settings):
    return Trainer(make_run, {"learning_rate": 0.01, "seed": 0, **settings}, fresh, look_every)


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "training"]


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    wait_until(lambda: not threads())


# Curves


@pytest.mark.parametrize("offered", [1, 7, 8, 9, 16, 17, 100, 1000])
def test_a_full_curve_keeps_rows_spread_evenly(offered):
    curve = curves.Curve(1, capacity=8)
    for i in range(1, offered + 1):
        curve.offer((i,))
    rows = curve.rows[:, 0]
    assert rows.tolist() == list(range(curve.stride, offered + 1, curve.stride))
    assert offered // curve.stride == len(rows) <= 8
    assert curve.stride == 1 or len(rows) >= 4


def test_what_is_new_in_a_curve_joins_what_was_sent():
    """A page that thins out as the kernel does has the same rows at every moment."""
    curve, page, stride, sent = curves.Curve(1, capacity=8), [], 1, 0
    rng = np.random.default_rng(1)
    for i in range(1, 400):
        curve.offer((i,))
        if rng.random() < 0.2:
            while stride < curve.stride:
                page, stride = page[1::2], 2 * stride
            page += curve.since(sent)[:, 0].tolist()
            sent = curve.offered
            assert page == curve.rows[:, 0].tolist()


def test_a_smoothed_curve_begins_at_its_first_value():
    smoothed = curves.Smoothed(memory=0.9)
    assert smoothed.add(5.0) == pytest.approx(5.0)
    assert smoothed.add(5.0) == pytest.approx(5.0)
    assert 5.0 < smoothed.add(6.0) < 6.0


def test_one_drag_of_a_slider_is_one_change(monkeypatch):
    clock = iter([0.0, 0.1, 0.2, 5.0, 5.1])
    monkeypatch.setattr(curves.time, "monotonic", lambda: next(clock))
    run = curves.Run(1, {})
    for name, value in [("rate", 1), ("rate", 2), ("rate", 3), ("rate", 4), ("size", 5)]:
        run.add_change(name, value)
        run.add_step(1.0)
    assert run.changes == [(0, "rate", 3), (3, "rate", 4), (4, "size", 5)]


def test_changes_do_not_pile_up():
    run = curves.Run(1, {})
    for i in range(1000):
        run.add_change(f"setting {i % 2}", i)
    assert len(run.changes) == curves.MOST_CHANGES
    assert run.changes[-1] == (0, "setting 1", 999)


# What make_run and step return


def counting(settings):
    """Yield the losses 0, 1, 2, ... and the learning rate of each step as accuracy."""
    for loss in range(5):
        settings = yield {"loss": loss, "train_accuracy": settings["learning_rate"]}


def test_a_generator_gets_the_settings_of_each_step():
    run = drive.Drive(counting({"learning_rate": 0.1}))
    told = [drive.read(run.step({"learning_rate": rate})) for rate in (0.2, 0.3, 0.4)]
    assert told == [(0.0, 0.1), (1.0, 0.3), (2.0, 0.4)]


@pytest.mark.parametrize("made", [None, 3, "run", object(), {"step": print}])
def test_what_cannot_take_a_step_is_refused(made):
    with pytest.raises(drive.NotDriveable, match="which has no step"):
        drive.Drive(made)


@pytest.mark.parametrize("loss", [1, 1.0, np.float32(1), np.array(1.0), True])
def test_a_loss_may_come_as_any_number(loss):
    assert drive.read(loss)[0] == drive.read({"loss": loss})[0] == 1.0


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        (None, "What step() returned is None, not a number"),
        ("low", "What step() returned is 'low', not a number"),
        ({}, "it needs a 'loss'"),
        ({"loss": "1.0"}, "step()'s loss is '1.0', not a number"),
        ({"loss": np.zeros(3)}, "step()'s loss is array([0., 0., 0.]), not a number"),
        ({"loss": 1j}, "not a number"),
        ({"loss": 1.0, "train_accuracy": [1, 2]}, "step()'s train_accuracy is [1, 2]"),
    ],
)
def test_metrics_that_are_no_numbers_are_named(metrics, words):
    with pytest.raises(drive.NotDriveable) as told:
        drive.read(metrics)
    assert words in str(told.value)


def looking(**methods):
    return drive.Drive(type("Run", (), {"step": print, **methods})())


def test_a_run_need_not_let_itself_be_looked_at():
    run = looking()
    assert np.isnan(run.validate()).all()
    assert run.weights() == {}
    assert run.pictures() is None


@pytest.mark.parametrize(
    ("look", "returned", "words"),
    [
        ("validate", 0.5, "validate() returned 0.5"),
        ("validate", {"validation_accuracy": "x"}, "validate()'s validation_accuracy is 'x'"),
        ("weights", np.ones(3), "weights() returned"),
        ("pictures", np.ones(3), "pictures() returned an array of shape (3,)"),
        ("pictures", np.ones((2, 3, 3, 4)), "of shape (2, 3, 3, 4)"),
    ],
)
def test_a_look_that_shows_nothing_usable_is_named(look, returned, words):
    with pytest.raises(drive.NotDriveable) as told:
        getattr(looking(**{look: lambda self: returned}), look)()
    assert words in str(told.value)


def test_weights_are_copied_and_biases_left_out():
    W = np.ones((2, 2))
    before = looking(weights=lambda self: {"W": W, "b": np.ones(2)}).weights()
    W *= 2
    assert list(before) == ["W"]
    assert drive.ratios(before, {"W": W}) == {"W": 1.0}
    assert math.isnan(drive.ratios({"W": 0 * W}, {"W": W})["W"])


# Signs


def run_of(losses, ratio=None, rate=0.1):
    run = curves.Run(1, {"learning_rate": rate})
    for loss in losses:
        run.add_step(float(loss))
    if ratio is not None:
        run.add_look(math.nan, math.nan, {"W": ratio})
    return run


falling = np.linspace(2.3, 0.1, 200)
noisy = 2.3 + 0.1 * np.random.default_rng(0).normal(size=200)


@pytest.mark.parametrize(
    ("run", "kind", "words"),
    [
        (run_of([]), "", ""),
        (run_of(falling, ratio=1e-3), "", ""),
        (run_of(noisy, ratio=1e-4), "", ""),
        (run_of([2.3] * 50), "", ""),
        (run_of(np.full(200, 1e-4) * np.linspace(1e3, 1, 200)), "", ""),
        (run_of([2.3, math.nan]), "nan", "try a learning rate of 0.01 in place of 0.1"),
        (run_of([math.inf]), "nan", "in the first step"),
        (run_of([2.3, 5, 50, 500]), "exploding", "2.3 at first"),
        (run_of([2.3] * 200), "dead", "stays at 2.3 for every batch"),
        (run_of(noisy, ratio=0.0), "dead", "their gradient is 0"),
        (run_of(noisy, ratio=0.0, rate=0.0), "dead", "because the learning rate is 0"),
    ],
)
def test_signs_name_what_is_wrong_and_why(run, kind, words):
    found, text = signs.read(run)
    assert found == kind
    assert words in text


# The states


def test_a_run_trains_and_writes_down_what_it_measures():
    lab = trainer()
    lab.train(25, PATIENCE)
    run = lab.run
    assert (lab.state, run.count, lab.error) == ("paused", 25, "")
    assert run.smoothed < run.first_loss
    assert run.steps.rows[:, 0].tolist() == list(range(1, 26))
    assert run.looks.rows[:, 0].tolist() == [1, 10, 20]
    assert run.weights == ("w",)
    assert run.best_validation == 0.25
    assert run.pictures.shape == (1, 2, 2)


def test_same_seed_same_losses_with_or_without_a_watch():
    class Watch:
        frames = 0

        def frame(self, now):
            self.frames += 1
            return now

        def changed(self):
            pass

        def stopped(self):
            pass

    watched, alone = trainer(), trainer()
    watched.watch = Watch()
    watched.train(300, PATIENCE)
    alone.train(100, PATIENCE)
    alone.train(200, PATIENCE)
    assert watched.watch.frames == 300
    assert np.array_equal(watched.run.steps.rows, alone.run.steps.rows)
    assert np.array_equal(watched.run.looks.rows, alone.run.looks.rows, equal_nan=True)


def test_code_that_draws_from_the_shared_stream_is_seeded():
    def make_run(settings):
        while True:
            yield np.random.rand()

    one, same, other = trainer(make_run), trainer(make_run), trainer(make_run, seed=1)
    for lab in (one, same, other):
        lab.train(5, PATIENCE)
    losses = [lab.run.steps.rows[:, 1].tolist() for lab in (one, same, other)]
    assert losses[0] == losses[1] != losses[2]


def test_start_pause_step_reset():
    lab = trainer()
    assert lab.state == "ready"
    lab.start()
    assert lab.state == "running"
    wait_until(lambda: lab.run.count > 3)
    lab.pause()
    wait_until(lambda: lab.state == "paused")
    count = lab.run.count
    lab.start(steps=1)
    wait_until(lambda: lab.state == "paused")
    assert lab.run.count == count + 1
    lab.reset()
    assert (lab.state, lab.run.count, lab.run.name) == ("ready", 0, "run 2")
    assert [run.count for run in lab.runs] == [count + 1]


def test_pressing_twice_does_nothing_more():
    lab = trainer()
    for _ in range(3):
        lab.start()
    assert len(threads()) == 1
    for _ in range(3):
        lab.pause()
    lab.reset()
    lab.reset()
    assert len(lab.runs) == 1


def test_a_run_may_be_reset_before_it_began():
    lab = trainer()
    lab.reset()
    assert (lab.runs, lab.run.name) == ([], "run 1")


def test_a_setting_acts_on_the_next_step_and_is_written_down():
    lab = trainer(counting)
    lab.train(1, PATIENCE)
    lab.set({"learning_rate": 0.5})
    lab.train(1, PATIENCE)
    assert lab.run.steps.rows[:, 1].tolist() == [0, 1]
    assert lab.applied == lab.version == 1
    assert lab.run.changes == [(1, "learning_rate", 0.5)]
    assert lab.run.settings["learning_rate"] == 0.01


def test_a_setting_that_needs_a_fresh_start_waits_for_it():
    seen = []

    def make_run(settings):
        seen.append(settings["size"])
        while True:
            settings = yield settings["size"]

    lab = trainer(make_run, fresh={"size"}, size=10)
    lab.train(2, PATIENCE)
    lab.set({"size": 20})
    lab.train(2, PATIENCE)
    assert lab.run.loss == 10
    assert lab.pending == ["size"]
    assert lab.run.changes == []
    lab.reset()
    assert lab.pending == []
    lab.train(2, PATIENCE)
    assert (lab.run.loss, seen) == (20, [10, 20])


def test_settings_before_the_first_step_are_those_of_the_run():
    lab = trainer(fresh={"size"}, size=10)
    lab.set({"size": 20, "learning_rate": 0.3})
    assert lab.run.settings == {"learning_rate": 0.3, "seed": 0, "size": 20}
    assert lab.pending == []


def test_a_run_cannot_change_its_settings():
    def make_run(settings):
        settings = yield 1.0
        settings["learning_rate"] = 0

    lab = trainer(make_run)
    lab.train(2, PATIENCE)
    assert lab.state == "failed"
    assert "does not support item assignment" in lab.error


def test_a_generator_that_ends_is_finished_and_begins_anew():
    lab = trainer(counting)
    lab.train(100, PATIENCE)
    assert (lab.state, lab.run.count) == ("finished", 5)
    lab.train(2, PATIENCE)
    assert (lab.run.name, lab.run.count) == ("run 2", 2)


def test_a_loss_that_is_not_a_number_stops_the_run_and_says_why():
    def make_run(settings):
        yield 2.0
        yield math.nan
        pytest.fail("a run went on after nan")

    lab = trainer(make_run)
    lab.train(10, PATIENCE)
    assert (lab.state, lab.sign[0], lab.run.count) == ("paused", "nan", 2)
    lab.train(1, PATIENCE)
    assert (lab.run.name, lab.sign[0]) == ("run 2", "")


def test_many_earlier_runs_are_kept_and_the_latest_are_shown():
    lab = trainer()
    for _ in range(8):
        lab.train(1, PATIENCE)
        lab.reset()
    assert [run.visible for run in lab.runs] == [False] * 3 + [True] * 5


# Errors


def failing(settings):
    yield 1.0
    raise ValueError("the student's own")


@pytest.mark.parametrize(
    ("make_run", "words"),
    [
        (failing, "ValueError: the student's own"),
        (lambda settings: 1 / 0, "ZeroDivisionError"),
        (lambda settings: None, "which has no step(settings)"),
        (lambda: None, "TypeError"),
        (lambda settings: iter([1, 2]), "which has no step(settings)"),
        (lambda settings: exit(1), "SystemExit"),
    ],
)
def test_an_error_is_kept_with_its_traceback_and_the_lab_lives_on(make_run, words):
    lab = trainer(make_run)
    lab.train(5, PATIENCE)
    assert lab.state == "failed"
    assert words in lab.error
    assert "trainer.py" not in lab.error
    lab._make_run = Descent
    lab.train(5, PATIENCE)
    assert (lab.state, lab.error, lab.run.count) == ("paused", "", 5)


def test_a_traceback_shows_the_students_line():
    lab = trainer(failing)
    lab.train(5, PATIENCE)
    assert 'raise ValueError("the student\'s own")' in lab.error


def test_a_todo_that_is_not_written_is_told_in_one_line():
    def make_run(settings):
        raise NotImplementedError("sgd: not written yet")

    lab = trainer(make_run)
    lab.train(5, PATIENCE)
    assert (lab.state, lab.error) == ("failed", "sgd: not written yet")


# The thread


def test_a_step_that_does_not_end_is_broken_off():
    def make_run(settings):
        yield 1.0
        while True:
            pass

    lab = trainer(make_run)
    lab.start()
    wait_until(lambda: lab.run.count == 1)
    lab.pause()
    wait_until(lambda: lab.state == "finished")
    assert "broken off" in lab.note


def test_a_step_that_ends_just_before_it_is_broken_off_leaves_nothing_behind():
    code = """
        from helpers import steps
        from helpers.lab.trainer import Trainer

        class Once:
            def __init__(self, settings): pass
            def step(self, settings): return {"loss": 1.0}

        made = Trainer(Once, {"seed": 0})
        with made.lock:  # the thread takes its step and waits here to say so
            made.start(1)
            worker = made._worker
            while made.run.count < 1:
                worker.join(0.01)
            worker.join(0.1)
            worker.cut()
        worker.join()
        print(made.state, steps.counter()(lambda n: n + 1, 4))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split()[0] == "paused"


def test_an_object_trains_on_after_a_step_was_broken_off():
    class Slow(Descent):
        slow = True

        def step(self, settings):
            while self.slow and settings["learning_rate"] > 0.1:
                pass
            return super().step(settings)

    lab = trainer(Slow)
    lab.train(3, PATIENCE)
    lab.set({"learning_rate": 0.2})
    lab.start()
    time.sleep(0.05)
    lab.pause()
    assert lab.state == "paused"
    lab.set({"learning_rate": 0.05})
    lab.train(2, PATIENCE)
    assert lab.run.count == 5


def test_a_step_that_catches_everything_is_given_up():
    release = threading.Event()

    def make_run(settings):
        yield 1.0
        release.wait(PATIENCE)  # as deep in a computation as Python can be: no exception gets in
        yield 2.0

    lab = trainer(make_run)
    lab.start()
    wait_until(lambda: lab.run.count == 1)
    lab.pause()
    assert lab.state == "failed"
    assert "given up" in lab.error
    lab._make_run = Descent
    lab.train(3, PATIENCE)
    release.set()
    wait_until(lambda: not threads())
    assert [run.count for run in lab.runs] == [1]
    assert (lab.state, lab.run.count) == ("paused", 3)


def test_training_that_takes_too_long_is_stopped():
    lab = trainer()
    lab.train(10**9, 0.1)
    assert lab.state == "paused"
    assert lab.run.count > 0


def test_a_run_that_nobody_watches_can_be_suspended_and_taken_up():
    lab = trainer()
    lab.start()
    wait_until(lambda: lab.run.count > 3)
    lab.suspend()
    wait_until(lambda: lab.state == "paused")
    assert lab.suspended
    assert not threads()
    lab.start()
    assert not lab.suspended
    lab.pause()


def test_other_code_runs_while_a_lab_trains():
    lab = trainer()
    lab.start()
    before = lab.run.count
    assert sum(range(1000)) == 499500
    wait_until(lambda: lab.run.count > before + 10)
    lab.pause()
