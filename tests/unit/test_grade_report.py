"""What a grading run says when it has ended."""

import pytest

from course import grade_report as report
from course.grade import Row


def line(table, student):
    [found] = [line for line in table.splitlines() if line.startswith(student)]
    return found


def test_everybody_has_a_line_with_points_and_what_waits():
    table = report.table([Row("ada", 7.0, 7.0, 5.0), Row("bob", 2.5, 7.0, 0.0)])
    assert line(table, "ada").split() == ["ada", "7", "of", "7", "5"]
    assert line(table, "bob").split() == ["bob", "2.5", "of", "7", "0"]
    assert table.splitlines()[-1] == "2 graded, 0 left to a person"


def test_who_needs_a_person_has_no_points_and_a_reason():
    table = report.table([Row("ada", 7.0, 7.0, 5.0), Row("carl", 0.0, 7.0, 12.0, "it is empty")])
    assert line(table, "carl").split(maxsplit=1) == ["carl", "needs a person"]
    assert "Needs a person:\n  carl: it is empty\n" in table
    assert table.endswith("1 graded, 1 left to a person")


def test_what_was_repaired_and_what_is_suspicious_stand_under_their_own_headings():
    table = report.table([Row("ada", 7, 7, 5, repaired=("one", "two"), suspicious=("three",))])
    suspicious, repaired = table.index("Suspicious"), table.index("Repaired")
    assert suspicious < table.index("  ada: three") < repaired
    assert repaired < table.index("  ada: one") < table.index("  ada: two")


def test_a_heading_without_anybody_under_it_is_left_out():
    table = report.table([Row("ada", 7, 7, 5)])
    assert not [word for word in ("Needs", "Suspicious", "Repaired") if word in table]


def test_a_class_of_nobody_has_a_table():
    assert report.table([]).endswith("0 graded, 0 left to a person")


@pytest.mark.parametrize("name", ["a" * 200, "山田　太郎", "[a-z]*", "d'Arc, Jeanne"])
def test_odd_names_are_told_whole_enough_to_be_found(name):
    assert line(report.table([Row(name, 1, 7, 0)]), name[:40])


@pytest.mark.parametrize("bad", ["\x1b[2J", "a\nb", "\r", "\udcff", "\u202e", "\x07"])
def test_nothing_that_a_terminal_acts_on_is_printed(bad):
    rows = [Row(f"x{bad}", 0, 7, 0, f"p{bad}", (f"r{bad}",), (f"s{bad}",))]
    changed = [(f"x{bad}", "test", 1.0, 0.0, f"w{bad}")]
    for told in (report.table(rows), report.changes(changed)):
        assert all(letter.isprintable() or letter == "\n" for letter in told)
        assert bad not in told
        told.encode("utf-8")


def test_an_endless_reason_is_cut():
    assert len(report.table([Row("ada", 0, 7, 0, "x" * 10_000)])) < 1000


def test_lines_are_wrapped_for_a_terminal():
    table = report.table([Row("ada", 0, 7, 0, "word " * 70)])
    assert max(map(len, table.splitlines())) <= report.WIDTH


def test_a_rehearsal_tells_every_change_with_its_cause():
    told = report.changes(
        [
            ("ada", "test_a", 2.0, 0.0, "wrong sign"),
            ("ada", "test_b", None, 1.5, ""),
            ("bob", "test_a", 2.0, None, "it is empty"),
        ]
    )
    assert told.splitlines() == [
        "ada, test_a: 2 -> 0 (wrong sign)",
        "ada, test_b: waits for a person -> 1.5",
        "bob, test_a: 2 -> waits for a person (it is empty)",
        "",
        "3 grades would change; nothing was written",
    ]


def test_a_rehearsal_without_changes_says_so():
    assert report.changes([]) == "no grade would change"
