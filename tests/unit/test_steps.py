"""Steps are counted with what was there before a student's first line, whatever comes later."""

import gc
import sys
import threading

import numpy as np
import pytest

from helpers import check, steps
from helpers.expected import Expected

COUNT = steps.counter()
WANT = Expected("vectorised", "the name", "do so", np.array([4, 64]))


def whole(n):
    return np.arange(n) * 2.0 + 1.0


def whole_and_print(n):
    return str(np.zeros((n, 2)))


def comprehension(n):
    return [i * 2 for i in range(n)]


def loop(n):
    total = 0
    for i in range(n):
        total += i
    return total


def each(n):
    return np.vectorize(lambda x: 2 * x)(np.arange(n))


def lambdas(n):
    return list(map(lambda i: i, range(n)))  # noqa: C417


def generator(n):
    return sum(i for i in range(n))


def recursion(n):
    return n and 1 + recursion(n - 1)


def judged(run):
    return WANT.judge(np.array([COUNT(run, 4), COUNT(run, 64)])).status


@pytest.mark.parametrize("run", [whole, whole_and_print])
def test_array_code_takes_as_many_steps_for_many_samples_as_for_few(run):
    assert COUNT(run, 4) == COUNT(run, 64) > 0
    assert judged(run) == "passed"


@pytest.mark.parametrize("run", [comprehension, loop, each, lambdas, generator, recursion])
def test_a_loop_takes_steps_for_each_sample(run):
    # Less than one step for each sample more would pass for array code.
    assert COUNT(run, 64) - COUNT(run, 4) > 60
    assert judged(run) == "wrong"


def test_counts_are_the_same_each_time():
    for run in (whole, loop):
        assert len({COUNT(run, 16) for _ in range(5)}) == 1


def test_a_function_that_has_never_run_counts_as_one_that_has():
    def made():
        return eval("lambda n: [i for i in range(n)]")

    used = made()
    for n in (4, 64):
        used(n)
    assert COUNT(made(), 64) == COUNT(used, 64)


def test_the_count_is_that_of_the_second_of_two_calls():
    calls = []

    def first_time_slow(n):
        calls.append(n)
        if len(calls) == 1:
            loop(1000)

    assert COUNT(first_time_slow, 4) < 100
    assert calls == [4, 4]


@pytest.mark.parametrize(
    ("owner", "name"),
    [(sys, "settrace"), (sys, "gettrace"), (gc, "disable"), (gc, "enable"), (gc, "isenabled")],
)
def test_what_is_replaced_later_is_not_used(monkeypatch, owner, name):
    before = COUNT(loop, 64)
    monkeypatch.setattr(owner, name, lambda *_: pytest.fail("the replacement was called"))
    assert COUNT(loop, 64) == before


def test_replacing_the_module_s_own_names_changes_nothing(monkeypatch):
    before = COUNT(loop, 64)
    for name in ("counter", "sys", "gc", "Watch"):
        monkeypatch.setattr(steps, name, None)
    assert COUNT(loop, 64) == before
    assert check._count(loop, 64) == before


def test_a_watch_knows_when_steps_are_counted():
    watch = steps.Watch()
    seen = []
    steps.counter(watch)(lambda n: seen.append(watch.counting), 4)
    assert seen == [True, True]
    assert watch.counting is False
    assert watch.escapes == []


def test_counting_ends_when_an_error_passes():
    watch = steps.Watch()
    before = sys.gettrace()
    collecting = gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        steps.counter(watch)(lambda n: 1 / 0, 4)
    assert watch.counting is False
    assert sys.gettrace() is before
    assert gc.isenabled() is collecting


def test_two_counters_have_a_watch_each():
    one, two = steps.Watch(), steps.Watch()
    seen = []
    steps.counter(one)(lambda n: seen.append(two.counting), 4)
    assert seen == [False, False]


def test_steps_of_other_threads_are_not_counted():
    done, stop = threading.Event(), threading.Event()

    def work():
        done.set()
        while not stop.is_set():
            loop(100)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        done.wait(10)
        counts = {COUNT(whole, 16) for _ in range(3)}
    finally:
        stop.set()
        thread.join()
    assert counts == {COUNT(whole, 16)}
