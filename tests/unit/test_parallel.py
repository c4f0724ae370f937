"""Independent work on several cores: results in order, errors told, few threads or none."""

import threading

import pytest

from helpers import parallel
from helpers.parallel import parallel_map


def test_results_stand_in_the_order_of_the_items_however_they_end(monkeypatch):
    monkeypatch.setattr(parallel.os, "cpu_count", lambda: 2)
    last_has_run = threading.Event()

    def wait_for_the_last(number):
        if number == 1:
            last_has_run.set()
        elif not last_has_run.wait(timeout=10):
            raise AssertionError("the calls do not overlap")
        return 10 * number

    assert parallel_map(wait_for_the_last, [0, 1]) == [0, 10]


def test_a_progress_bar_goes_to_standard_output_and_leaves_nothing_behind(capsys):
    parallel_map(str, range(3), unit="net")
    shown = capsys.readouterr()
    assert "/3 [" in shown.out
    assert shown.out.split("\r")[-1] == ""
    assert not shown.err


def test_an_error_in_a_call_is_raised():
    with pytest.raises(ZeroDivisionError):
        parallel_map(lambda number: 1 / number, [1, 0, 2])


def test_nothing_to_do_gives_an_empty_list():
    assert parallel_map(str, []) == []


def test_without_threads_the_calls_are_made_one_after_another(monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert parallel_map(abs, iter([-1, -2])) == [1, 2]


def test_an_error_of_the_function_is_not_taken_for_a_lack_of_threads():
    calls = []

    def fail(number):
        calls.append(number)
        raise RuntimeError("my own")

    with pytest.raises(RuntimeError, match="my own"):
        parallel_map(fail, [7])
    assert calls == [7]


def test_no_more_threads_than_a_sandbox_allows(monkeypatch):
    monkeypatch.setattr(parallel.os, "cpu_count", lambda: 1000)
    running, most, lock = [0], [0], threading.Lock()

    def count(_item):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.01)
        with lock:
            running[0] -= 1

    parallel_map(count, range(40))
    assert most[0] <= parallel.MOST


def test_no_thread_is_left_behind():
    before = threading.active_count()
    parallel_map(abs, range(5))
    assert threading.active_count() == before
