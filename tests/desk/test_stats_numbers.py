"""The numbers of `course stats`, each calculated by hand on a small class."""

import math

import pytest

from course.stats import summary
from course.stats.measures import item_rest, mean_share
from course.stats.mistakes import shareable
from course.stats.outcomes import BLOCKED, LEFT_OUT, OUTCOMES, PARTLY
from course.stats.work import (
    GRADED,
    OLDER_TESTS,
    TO_A_PERSON,
    ClassWork,
    HandIn,
    HiddenTest,
    Task,
)

Z2 = 1.959963984540054**2
A = Task("a", 3, (HiddenTest("test_a_1", "", 2), HiddenTest("test_a_2", "", 1)))
B = Task("b", 4, (HiddenTest("test_b", "", 4),))
WHY = Task("why", 5)


def hand_in(student, a1=2, a2=1, b=4, why=None, state=GRADED, untouched=(), **verdicts):
    """Return a hand-in with these points; a test without all of its points is wrong."""
    points = {"test_a_1": a1, "test_a_2": a2, "test_b": b, "why": why}
    most = {test.name: test.points for test in (*A.tests, *B.tests)}
    told = {
        name: {
            "status": "passed" if points[name] == most[name] else "wrong",
            "message": "it: wrong",
        }
        for name in most
    }
    for name in told:
        told[name] = {"mistake": "", **told[name], **verdicts.get(name, {})}
    return HandIn(student, False, state, points, told, frozenset(untouched))


def work(*hand_ins, tasks=(A, B, WHY)):
    return ClassWork("01_tiny", "Tiny", tasks, hand_ins, {each.student: "" for each in hand_ins})


def of(found, name):
    """Return the summary of a task or of a test."""
    return next(each for task, tests in found for each in (task, *tests) if each.of.name == name)


# Difficulty


def test_the_mean_share_of_four_students():
    found = mean_share([1, 1, 0, 0])
    # By hand: middle 0.5; half = z sqrt(0.25 / 4 + z^2 / 64) / (1 + z^2 / 4) = 0.349962
    assert found.value == 0.5
    assert found.low == pytest.approx(0.150039, abs=1e-6)
    assert found.high == pytest.approx(0.849961, abs=1e-6)


@pytest.mark.parametrize("n", [1, 2, 10, 300])
def test_the_interval_of_a_class_of_equals_reaches_from_its_share_to_somewhere(n):
    # At 1 Wilson's formula becomes 1 / (1 + z^2 / n); at 0 it is the other way round.
    right, wrong = mean_share([1.0] * n), mean_share([0.0] * n)
    assert (right.value, right.high) == (1, pytest.approx(1))
    assert right.low == pytest.approx(n / (n + Z2))
    assert (wrong.value, wrong.low) == (0, pytest.approx(0))
    assert wrong.high == pytest.approx(Z2 / (n + Z2))


def test_a_class_of_nobody_has_no_numbers():
    assert mean_share([]) is None
    assert item_rest([], []) is None


# Discrimination


def test_the_correlation_with_the_rest_of_four_students():
    # The rest is 0, 1, 1, 2: deviations -1, 0, 0, 1 with -1/2, 1/2, -1/2, 1/2 of the task; so
    # r = 1 / sqrt(1 * 2). Fisher: atanh r = 0.881374, give or take 1.959964 / sqrt(4 - 3).
    found = item_rest([0, 1, 0, 1], [0, 2, 1, 3])
    assert found.value == pytest.approx(math.sqrt(0.5))
    assert found.low == pytest.approx(math.tanh(0.8813736 - 1.9599640))
    assert found.high == pytest.approx(math.tanh(0.8813736 + 1.9599640))


def test_a_task_does_not_correlate_with_itself():
    # Alone it would have 1 with the total; with the rest, which is against it, it has -1.
    found = item_rest([0, 0, 3, 3], [1, 1, 3, 3])
    assert (found.value, found.low, found.high) == (pytest.approx(-1), -1, pytest.approx(-1))


@pytest.mark.parametrize(
    ("item", "total"),
    [([0, 1, 1], [0, 1, 2]), ([1, 1, 1, 1], [1, 2, 3, 4]), ([0, 1, 0, 1], [4, 5, 4, 5])],
    ids=["three students", "all the same in it", "all the same elsewhere"],
)
def test_where_there_is_no_correlation_none_is_given(item, total):
    assert item_rest(item, total) is None


# A class


def test_the_tasks_of_a_small_class():
    found = summary.summaries(
        work(
            hand_in("s1", why=4.0),
            hand_in("s2", a2=0, b=0, why=1.0),
            hand_in("s3", a1=0, a2=0),
            hand_in("s4", a1=0, a2=0, b=0, why=0.0),
        )
    )
    a, b, why = (of(found, name) for name in ("a", "b", "why"))
    assert a.difficulty.value == pytest.approx((3 + 2 + 0 + 0) / 3 / 4)
    assert of(found, "test_a_2").difficulty.value == pytest.approx(1 / 4)
    assert b.difficulty.value == pytest.approx(1 / 2)
    # a: 3, 2, 0, 0 with b: 4, 0, 4, 0. Deviations 1.75, .75, -1.25, -1.25 and 2, -2, 2, -2.
    r = (3.5 - 1.5 - 2.5 + 2.5) / math.sqrt((3.0625 + 0.5625 + 2 * 1.5625) * 16)
    assert [a.discrimination.value, b.discrimination.value] == pytest.approx([r, r])
    # The second test of a, 1, 0, 0, 0, with what is left of the points: 6, 2, 4, 0.
    r = (0.75 * 3 - 0.25 * (-1 + 1 - 3)) / math.sqrt(0.75 * 20)
    assert of(found, "test_a_2").discrimination.value == pytest.approx(r)
    # The answer of s3 waits for a person.
    assert why.counted == 3
    assert why.difficulty.value == pytest.approx((4 + 1 + 0) / 5 / 3)
    assert why.discrimination is None
    assert a.outcomes == dict(zip(OUTCOMES, (1, 1, 2, 0, 0), strict=True))


def test_extra_credit_counts_as_points_of_the_task_and_not_of_what_can_be_reached():
    extra = Task("a", 3, (A.tests[0], HiddenTest("test_a_2", "", 1, extra=True)))
    given = work(hand_in("s1"), hand_in("s2", a2=0), hand_in("s3", b=5), tasks=(extra, B))
    found = summary.summaries(given)
    assert of(found, "a").difficulty.value == pytest.approx((3 + 2 + 3) / 9)
    assert of(found, "b").difficulty.value == 1  # more than all points are all points
    [points] = summary.distributions(given)
    assert (points.points, points.most) == ((6, 7, 8), 6)


def test_who_is_not_attempting_and_who_waits_for_another_task():
    stub = {"status": "not attempted", "message": "a: not written yet"}
    nothing = dict.fromkeys(("test_a_1", "test_a_2"), stub)
    found = summary.summaries(
        work(
            hand_in("left_out", 0, 0, 0, untouched={"a"}, test_b=stub, **nothing),
            hand_in("half", 2, 0, untouched={"a"}, test_a_2=stub),
            hand_in("empty", 0, 0, 0, untouched={"a", "b", "why"}, test_b=stub, **nothing),
        )
    )
    assert of(found, "a").counted == 2
    assert of(found, "a").share(LEFT_OUT) == 0.5
    assert of(found, "a").outcomes[PARTLY] == 1
    assert of(found, "b").outcomes[BLOCKED] == 1
    assert of(found, "test_a_2").outcomes[LEFT_OUT] == 2


@pytest.mark.parametrize("state", [OLDER_TESTS, TO_A_PERSON])
def test_who_is_not_graded_with_these_tests_does_not_count(state):
    given = work(hand_in("s1"), HandIn("s2", False, state))
    assert [each.student for each in summary.counted(given)] == ["s1"]
    todos, every = summary.distributions(given)
    assert (todos.points, todos.waiting) == ((7,), 0)
    assert (every.points, every.waiting) == ((), 1)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_tiny_class_is_summed_up_and_not_judged(number):
    found = summary.summaries(work(*(hand_in(f"s{i}", 0, 0, 0) for i in range(number))))
    assert [task.counted for task, _ in found] == [number, number, 0]
    assert not any(task.remarks for task, _ in found)
    assert (of(found, "a").difficulty is None) == (number == 0)
    assert of(found, "a").discrimination is None


# Mistakes


def test_mistakes_are_counted_by_student_and_the_known_ones_come_by_their_name():
    known = {"mistake": "the sign is lost", "message": "it: the sign is lost (got 3). Hint: -"}
    several = [
        hand_in("s1", 0, 0, test_a_1=known, test_a_2=known),
        hand_in("s2", 0, 0, test_a_1=known, test_a_2={"message": "two: got 3, wanted 4. Hint: x"}),
        hand_in("s3", 2, 0, test_a_2={"message": "two: got -1.5e-7, wanted 4. Hint: x"}),
        hand_in(
            "s4", 2, 0,
            test_a_2={"message": "two: got [1], wanted [2]; the largest difference is 1 at [0]"},
        ),
    ]  # fmt: skip
    mistakes = of(summary.summaries(work(*several)), "a").mistakes
    assert [(each.words, each.known, each.students) for each in mistakes] == [
        ("the sign is lost", True, ("s1", "s2")),
        ("two: got …, wanted …", False, ("s3",)),
        ("two: other values than wanted", False, ("s4",)),
    ]
    shown = shareable(mistakes)
    assert [(each.known, len(each.students)) for each in shown] == [(True, 2), (False, 2)]
    assert "fewer than 3" in shown[1].words


def test_what_a_test_says_can_be_written_whatever_a_student_put_into_it():
    said = "the code stopped with ValueError: \ud800\x00" + 300 * "x"
    [made] = of(summary.summaries(work(hand_in("s1", b=0, test_b={"message": said}))), "b").mistakes
    assert made.words.startswith("the code stopped with ValueError: \\ud800\\x00xxx")
    assert len(made.words) < 220


# What is pointed out


def alike(number, weak=(), **points):
    """Return hand-ins of which the weak ones fail b, and all have the same points else."""
    return [hand_in(f"s{i}", **{"b": 0 if i in weak else 4, **points}) for i in range(number)]


def remarks(hand_ins, task="a"):
    return " ".join(of(summary.summaries(work(*hand_ins)), task).remarks)


def test_a_task_that_nearly_all_fail_is_pointed_out_with_what_to_do():
    solved = alike(2)
    said = [{"message": f"it: {word}"} for word in "abcdefghij"]
    each = [hand_in(word["message"], 0, 0, test_a_1=word, test_a_2=word) for word in said]
    assert "No single mistake explains it" in remarks([*solved, *each])
    named = {"mistake": "the sign is lost", "message": "it: the sign is lost"}
    told = remarks([*solved, *alike(10, a1=0, a2=0, test_a_1=named)])
    assert "Nearly all fail: on average 17 % of the points" in told
    assert "One mistake stands out" in told
    stub = {"status": "not attempted", "message": "a: not written yet"}
    left = alike(10, a1=0, a2=0, untouched={"a"}, test_a_1=stub, test_a_2=stub)
    assert "Most have not come so far" in remarks([*solved, *left])


def test_a_task_that_nearly_all_solve_is_pointed_out():
    assert "Nearly all succeed" in remarks(alike(20, weak=range(5)))
    assert not remarks([*alike(8), *alike(4, a1=0, a2=0, b=0)])


def test_a_task_that_does_not_discriminate_is_pointed_out():
    # Half of the strong and half of the weak solve a.
    strong, weak = alike(6), alike(6, weak=range(6))
    mixed = [*strong[:3], *weak[:3], *alike(3, a1=0, a2=0), *alike(3, weak=range(3), a1=0, a2=0)]
    told = remarks(mixed)
    assert told.startswith("It does not discriminate (0.00, interval -0.57 to 0.57)")
    assert "may be chance" in told
    against = [*alike(6, weak=range(6)), *alike(6, a1=0, a2=0)]
    assert remarks(against).startswith("It does not discriminate (-1.00")
    assert remarks([*alike(6), *alike(6, a1=0, a2=0)]).startswith("Its discrimination cannot")
