"""Collecting what students handed in: everything is kept, nothing is believed, nobody is lost."""

import csv
import datetime
import os
import shutil
import zipfile

import nbformat
import pytest
from archives_corpus import CORPUS, NAME, hand_in, told, zipped
from nbformat.v4 import new_code_cell, new_notebook

from course import __main__ as command
from course import looking, reading
from course.collect import archive, collect, found, owners
from course.grade import alone
from course.paths import Course
from helpers import handin

NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.timezone.utc)


def notebook(number, assignment=NAME):
    cell = new_code_cell(f"answer = {number}", id="answer")
    made = new_notebook(cells=[cell], metadata={"workbook": {"assignment": assignment}})
    return nbformat.writes(made).encode()


def made_by(student, number=0, at=NOON, **changed):
    return hand_in(student, notebook(number), time=at.isoformat(), **changed)


@pytest.fixture
def course(tmp_path):
    """Return a course folder that has two assignments and no gradebook."""
    course = Course(tmp_path / "course")
    (course.root / "source").mkdir(parents=True)
    for name in (NAME, "02_other"):
        course.text(name).write_text("")
    return course


@pytest.fixture
def box(tmp_path):
    """Return an empty folder for what a platform gives."""
    folder = tmp_path / "box"
    folder.mkdir()
    return folder


def gather(course, path, **options):
    """Collect, and return the report of the one assignment."""
    [report] = [one for one in collect(course, path, **options) if one.name == NAME]
    return report


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def submitted(course, student):
    """Return the number that is in the notebook which counts."""
    text = course.notebook("submitted", NAME, student).read_text()
    return int(nbformat.reads(text, as_version=4).cells[0].source.split()[-1])


def stamp(course, student):
    return (course.notebook("submitted", NAME, student).parent / "timestamp.txt").read_text()


# A class


@pytest.fixture(scope="module")
def class_of_300(tmp_path_factory):
    """Return the zip of a platform and the list of a class of 300, of whom three are missing."""
    folder = tmp_path_factory.mktemp("class")
    students = [f"s{number:03}" for number in range(300)]
    with open(folder / "list.csv", "w", newline="", encoding="utf-8-sig") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["student", "name", "platform", "time"])
        for number, student in enumerate(students):
            rows.writerow([student, f"Given{number} Family{number}", 1000 + number, ""])
    with zipfile.ZipFile(folder / "platform.zip", "w") as platform:
        for number, student in enumerate(students[:297]):
            late = datetime.timedelta(hours=2 if number < 5 else -2)
            data = made_by(student, number, NOON + late)
            name = f"{NAME}-{student}.zip"
            if number % 3 == 0:
                name = f"Given{number} Family{number}_{1000 + number}_assignsubmission_file_/{name}"
            elif number % 3 == 1:
                name = f"familygiven_LATE_{1000 + number}_77_{name}"
            platform.writestr(name, data)
    return folder


def test_a_class_of_300_is_collected_and_collected_again(course, class_of_300):
    roster = owners.read_roster(class_of_300 / "list.csv")
    options = {"due": NOON, "roster": roster}
    report = gather(course, class_of_300 / "platform.zip", **options)
    assert (report.new, report.again, len(report.changed)) == (297, 0, 297)
    assert report.missing == ["s297", "s298", "s299"]
    assert report.late == {f"s{n:03}": datetime.timedelta(hours=2) for n in range(5)}
    assert not report.look
    assert not report.renamed
    assert not report.bare
    assert [submitted(course, f"s{n:03}") for n in range(297)] == list(range(297))
    before = tree(course.root)
    report = gather(course, class_of_300 / "platform.zip", **options)
    assert (report.new, report.again, report.changed) == (0, 297, [])
    assert tree(course.root) == before


def test_parts_in_any_order_give_the_same(course, box, tmp_path):
    parts = {
        "first.zip": made_by("ada", 1, NOON),
        "third.zip": made_by("ada", 3, NOON + datetime.timedelta(hours=2)),
        "second.zip": made_by("ada", 2, NOON + datetime.timedelta(hours=1)),
    }
    results = []
    for order in (list(parts), list(reversed(parts))):
        other = Course(tmp_path / order[0])
        shutil.copytree(course.root, other.root)
        for name in order:
            (box / name).write_bytes(parts[name])
            gather(other, box / name)
        kept = {path.name for path in (other.attempts / NAME / "ada").iterdir()}
        results.append((submitted(other, "ada"), stamp(other, "ada"), kept))
    assert results[0] == results[1]
    assert results[0][:2] == (3, "2026-11-20 14:00:00.000000 UTC")
    assert len(results[0][2]) == 3


def test_the_last_attempt_in_time_counts_if_that_is_asked_for(course, box):
    for hours in (-2, -1, 1):
        data = made_by("ada", hours, NOON + datetime.timedelta(hours=hours))
        (box / f"{hours}.zip").write_bytes(data)
    (box / "ben.zip").write_bytes(made_by("ben", 5, NOON + datetime.timedelta(minutes=90)))
    report = gather(course, box, due=NOON)
    assert (submitted(course, "ada"), set(report.late)) == (1, {"ada", "ben"})
    report = gather(course, box, due=NOON, before_due=True)
    assert (submitted(course, "ada"), report.changed, set(report.late)) == (-1, ["ada"], {"ben"})


# Who, what and when


def test_a_notebook_without_a_receipt_is_taken_with_the_time_of_its_file(course, box):
    path = box / "ada" / "Untitled1.ipynb"
    path.parent.mkdir()
    path.write_bytes(notebook(4))
    os.utime(path, (NOON.timestamp(),) * 2)
    roster = {"ada": owners.Listed("ada")}
    report = gather(course, box, roster=roster)
    assert submitted(course, "ada") == 4
    assert stamp(course, "ada") == "2026-11-20 12:00:00.000000 UTC"
    assert report.bare == report.renamed == {"ada": "ada/Untitled1.ipynb"}
    os.utime(path, (NOON.timestamp() + 999,) * 2)  # a copy; the student handed in before that
    assert gather(course, box, roster=roster).changed == []


def test_the_platform_s_time_counts_more_than_the_receipt_s(course, box):
    (box / "x.zip").write_bytes(made_by("ada", at=NOON))
    gather(course, box)
    later = NOON + datetime.timedelta(days=1)
    report = gather(course, box, roster={"ada": owners.Listed("ada", time=later)}, due=NOON)
    assert stamp(course, "ada") == "2026-11-21 12:00:00.000000 UTC"
    assert report.late == {"ada": datetime.timedelta(days=1)}
    gather(course, box)
    assert stamp(course, "ada") == "2026-11-21 12:00:00.000000 UTC"
    corrected = later - datetime.timedelta(hours=1)
    gather(course, box, roster={"ada": owners.Listed("ada", time=corrected)})
    assert stamp(course, "ada") == "2026-11-21 11:00:00.000000 UTC"


ROSTER = {
    "ada": owners.Listed("ada", "Ada King Lovelace", "17"),
    "ben": owners.Listed("ben", "Ben Bar", "18"),
}
TRAILS = {
    "moodle_number": (("Who Ever_17_assignsubmission_file_", "x.zip"), "ada"),
    "moodle_name": (("Ada King Lovelace_99_assignsubmission_file_", "x.zip"), "ada"),
    "moodle_flat": (("Ada King Lovelace_99_assignsubmission_file_x.zip",), "ada"),
    "canvas_number": (("who_17_18_x.zip",), "ada"),
    "canvas_late": (("who_LATE_17_18_x.zip",), "ada"),
    "canvas_name": (("lovelaceadaking_1_2_x.zip",), "ada"),
    "folder": (("ada", "x.ipynb"), "ada"),
    "folder_in_capitals": (("ADA", "x.ipynb"), "ada"),
    "unknown": (("somebody", "x.ipynb"), ""),
}


@pytest.mark.parametrize(("trail", "student"), TRAILS.values(), ids=TRAILS)
def test_platforms_and_folders_tell_whose_it_is(trail, student):
    assert owners.owner(trail, "", ROSTER).student == student


def test_who_handed_in_is_believed_before_what_the_receipt_claims(course, box):
    (box / "bar_18_2_x.zip").write_bytes(made_by("ada"))
    report = gather(course, box, roster=ROSTER)
    assert report.look == [("ben", "bar_18_2_x.zip", "the receipt says ada, and ben handed it in")]
    assert not course.notebook("submitted", NAME, "ada").exists()


COPIES = [f"{NAME}-ada.zip", f"{NAME}-ada (1).zip", f"{NAME}-ada-2.zip", f"who_1_2_{NAME}-ada.zip"]


@pytest.mark.parametrize(
    ("name", "renamed"), [(name, {}) for name in COPIES] + [("x.zip", {"ada": "x.zip"})]
)
def test_what_browsers_and_platforms_add_to_a_name_is_no_other_name(course, box, name, renamed):
    (box / name).write_bytes(made_by("ada"))
    assert gather(course, box).renamed == renamed
    (box / name).write_bytes(b"PK")
    [(student, _, _)] = gather(course, box, name=NAME).look
    assert student == ("" if renamed else "ada")


def test_two_people_who_hand_in_as_one_are_told(course, box):
    for number in (5, 6):
        (box / f"who_{number}_1_x.zip").write_bytes(made_by("ada", number))
    [(student, _, why)] = gather(course, box).look
    assert student == "ada"
    assert "two people (the platform's 5 and 6)" in why


def test_a_receipt_of_somebody_who_is_not_listed_is_told(course, box):
    (box / "x.zip").write_bytes(made_by("zoe"))
    assert gather(course, box, roster=ROSTER).look == [("zoe", "x.zip", "zoe is not on the list")]
    assert submitted(course, "zoe") == 0


def test_ids_that_differ_only_in_capitals_are_told(course, box):
    for student in ("ada", "Ada"):
        (box / f"{student}.zip").write_bytes(made_by(student))
    assert {student for student, _, _ in gather(course, box).look} == {"ada", "Ada"}


def test_another_assignment_is_collected_as_what_it_is_or_left(course, box):
    (box / "02_other-ada.ipynb").write_bytes(notebook(1, "02_other"))
    (box / "x.zip").write_bytes(made_by("ada"))
    reports = collect(course, box, roster=ROSTER)
    assert {report.name for report in reports} == {NAME, "02_other"}
    [report] = collect(course, box, NAME)
    assert (report.name, report.again) == (NAME, 1)


def test_a_file_of_nobody_and_of_nothing_is_kept_and_told(course, box):
    (box / "thoughts.ipynb").write_bytes(notebook(1, "09_none"))
    [report] = collect(course, box)
    [(student, where, why)] = report.look
    assert (student, where) == ("", "thoughts.ipynb")
    assert "nobody can tell of which assignment" in why
    assert [path.name for path in course.attempts.rglob("handed_in.*")] == ["handed_in.ipynb"]


def test_what_came_another_way_becomes_an_attempt(course, box):
    there = course.notebook("submitted", NAME, "ada")
    there.parent.mkdir(parents=True)
    there.write_bytes(notebook(7))
    (there.parent / "own.py").write_text("x = 1")
    (there.parent / "timestamp.txt").write_text("2026-11-20 13:00:00.000000 UTC")
    (box / "x.zip").write_bytes(made_by("ada", 1))
    assert gather(course, box).changed == []  # what is there is the later one
    later = NOON + datetime.timedelta(hours=2)
    (box / "y.zip").write_bytes(made_by("ada", 2, later))
    assert gather(course, box).changed == ["ada"]
    assert submitted(course, "ada") == 2
    assert [path.name for path in (course.attempts / NAME / "ada").glob("*/files/own.py")]


def test_files_beside_the_notebook_are_laid_with_it(course, box):
    (box / "x.zip").write_bytes(hand_in("ada", notebook(1), more={"own.py": b"x = 1"}))
    gather(course, box)
    assert (course.notebook("submitted", NAME, "ada").parent / "own.py").read_bytes() == b"x = 1"


def test_a_student_s_own_zip_of_a_notebook_is_looked_into(course, box):
    own = zipped((f"{NAME}.ipynb", notebook(3))).replace(b"receipt.json", b"receipt.JSON")
    (box / "ada.zip").write_bytes(own)
    report = gather(course, box, roster=ROSTER)
    assert (submitted(course, "ada"), list(report.bare)) == (3, ["ada"])


def test_a_zip_in_a_zip_in_a_zip_is_refused(course, box):
    data = notebook(1)
    for name in (f"{NAME}.ipynb", "a.zip", "b.zip"):
        data = zipped((name, data)).replace(b"receipt.json", b"receipt.JSON")
    (box / "ada.zip").write_bytes(data)
    [report] = collect(course, box, roster=ROSTER)
    assert report.look[0][2] == "it is a zip in a zip in a zip"


def test_a_link_or_a_pipe_is_told_and_not_read(course, box):
    (box / "ada.ipynb").symlink_to("/etc/passwd")
    os.mkfifo(box / "ben.ipynb")
    (box / "x.zip").write_bytes(made_by("cyd"))
    reports = collect(course, box, NAME, roster=ROSTER)
    told = {student: why for student, _, why in reports[0].look}
    assert "a link to" in told["ada"]
    assert "no regular file" in told["ben"]
    assert "cyd" in told


# Hostile and damaged


@pytest.mark.parametrize(("data", "words"), CORPUS.values(), ids=CORPUS)
def test_a_hostile_hand_in_is_told_and_harms_nobody(course, box, data, words):
    (box / f"{NAME}-ada.zip").write_bytes(made_by("ada", 5))
    (box / f"{NAME}-eve.zip").write_bytes(data)
    report = gather(course, box, name=NAME)
    assert submitted(course, "ada") == 5
    assert not (course.root / "submitted" / "eve").exists()
    assert [where for _, where, why in report.look if words in why] == [f"{NAME}-eve.zip"], report
    kept = [path.read_bytes() for path in course.attempts.rglob("handed_in.zip")]
    assert (data in kept) == bool(data.strip(b"\0"))
    outside = {path.name for path in box.parent.iterdir()}
    assert outside == {"box", "course"}


def test_there_are_as_many_hostile_archives_as_we_say():
    assert len(CORPUS) >= 40


def test_a_hand_in_that_was_changed_counts_and_is_told(course, box):
    changed = zipped(
        (f"{NAME}.ipynb", notebook(2)), told_of=told("ada", {f"{NAME}.ipynb": notebook(1)})
    )
    (box / "x.zip").write_bytes(changed)
    [(student, _, why)] = gather(course, box).look
    assert (student, why) == ("ada", f"changed after the receipt: {NAME}.ipynb")
    assert submitted(course, "ada") == 2


def test_a_damaged_notebook_goes_to_grading_which_reads_what_can_be_read(course, box):
    (box / "ada").mkdir()
    (box / "ada" / f"{NAME}.ipynb").write_bytes(notebook(1)[:-20])
    [(student, _, why)] = gather(course, box, roster=ROSTER).look
    assert student == "ada"
    assert why.startswith("damaged: ")
    assert course.notebook("submitted", NAME, "ada").read_bytes() == notebook(1)[:-20]


def test_a_notebook_that_is_too_large_is_not_parsed(course, box):
    (box / "ada").mkdir()
    (box / "ada" / f"{NAME}.ipynb").write_bytes(b"[" * (handin.LARGEST_NOTEBOOK + 1))
    [(student, _, why)] = gather(course, box, roster=ROSTER).look
    assert (student, why) == ("ada", "damaged: it has more than 30 MB")


def test_a_time_that_no_calendar_has_is_none(course, box):
    (box / "x.zip").write_bytes(made_by("ada"))
    (box / f"{NAME}-ben.ipynb").write_bytes(notebook(1))
    os.utime(box / f"{NAME}-ben.ipynb", (0, 1e12))
    assert gather(course, box).new == 2


def test_members_of_a_platform_s_zip_are_refused_one_by_one(course, box):
    path = box / "platform.zip"
    with zipfile.ZipFile(path, "w") as platform:
        platform.writestr(f"../{NAME}-eve.zip", made_by("eve"))
        platform.writestr(f"__MACOSX/._{NAME}-ada.zip", b"x")
        platform.writestr("notes.txt", b"x")
        platform.writestr(f"{NAME}-ada.zip", made_by("ada", 6))
    report = gather(course, path, name=NAME)
    assert submitted(course, "ada") == 6
    assert [why for _, _, why in report.look] == ["its name leads out of the archive"]


def test_what_is_unpacked_in_vain_counts_too(monkeypatch, tmp_path):
    path = tmp_path / "bombs.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bombs:
        for number in range(20):
            bombs.writestr(f"{number}.ipynb", b"0" * 200_000)
    bounds = archive.Bounds(members=100, largest=100_000, total=1_000_000)
    unpacked = []
    read = zipfile.ZipExtFile.read
    counted = lambda self, n=-1: unpacked.append(len(data := read(self, n))) or data  # noqa: E731
    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    with open(path, "rb") as file, pytest.raises(archive.Refused, match="more than 1 MB"):
        list(archive.members(file, bounds))
    assert sum(unpacked) <= bounds.total + archive.PIECE


def test_the_limits_are_those_of_grading():
    assert handin.LARGEST_NOTEBOOK == reading.MOST_BYTES
    assert handin.LARGEST_FILES == looking.LARGEST_FILES
    assert found.LARGEST_FILE > 2 * handin.LARGEST_NOTEBOOK + handin.LARGEST_FILES


# The list of the class, and the command

ROSTERS = {
    "no_column": ("id,name\nada,Ada\n", "no column `student`"),
    "bad_id": ("student\n../ada\n", "line 2: '../ada' is no id"),
    "empty_id": ("student,name\n,Ada\n", "line 2: '' is no id"),
    "twice": ("student\nada\nada\n", "line 3: ada stands in it twice"),
    "bad_time": ("student,time\nada,soon\n", "line 2: 'soon' is no time"),
    "before_all_time": ("student,time\nada,0001-01-01 00:00 +23:00\n", "is no time"),
    "no_zone": ("student,time\nada,2026-11-20 12:00\n", "has no time zone"),
}


@pytest.mark.parametrize(("text", "words"), ROSTERS.values(), ids=ROSTERS)
def test_a_list_that_cannot_be_used_is_told_with_its_line(tmp_path, text, words):
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(owners.BadRoster, match=words):
        owners.read_roster(path)


@pytest.fixture
def run(course, monkeypatch, capsys):
    """Return a function that runs the command and returns its status and what it says."""
    monkeypatch.setattr(command, "Course", lambda: course)

    def run(*arguments):
        status = command.main(["collect", *map(str, arguments)])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def test_the_command_tells_and_its_status_says_whether_somebody_is_needed(run, box, tmp_path):
    (tmp_path / "list.csv").write_text("student\nada\nben\n")
    (box / "x.zip").write_bytes(made_by("ada", at=NOON + datetime.timedelta(minutes=130)))
    options = (box, "--roster", tmp_path / "list.csv", "--due", "2026-11-20 13:00 +01:00")
    status, said = run(*options)
    assert status == 0
    assert said == (
        "01_tiny: 1 new, 0 known before\n  laid in submitted/: 1\n  late: 1 (ada by 2 h 10 min)\n"
        "  missing: 1 (ben)\n  renamed: 1 (ada (x.zip))\n"
    )
    assert "laid in submitted/: nothing new" in run(*options)[1]
    (box / "y.zip").write_bytes(b"no zip")
    status, said = run(*options)
    assert status == 1
    assert "needs a person:\n    nobody: y.zip: damaged: it is no whole zip file" in said


WRONG_CALLS = {
    "no_path": (["nowhere"], "no such folder or zip"),
    "no_assignment": ([".", "--assignment", "03_none"], "no such assignment; there are: 01_tiny"),
    "no_list": ([".", "--roster", "nowhere.csv"], "nowhere.csv"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_call_that_cannot_be_done_ends_with_2(run, arguments, words):
    status, said = run(*arguments)
    assert status == 2
    assert words in said


def test_a_due_time_without_a_zone_is_refused(run, capsys):
    with pytest.raises(SystemExit, match="2"):
        run(".", "--due", "2026-11-20 12:00")
    assert "has no time zone; write it as 2026-12-01 23:59 +01:00" in capsys.readouterr().err


def test_nothing_is_collected_while_the_class_is_graded(run, course, box):
    with alone(course):
        status, said = run(box)
    assert (status, "another grading run is at work" in said) == (2, True)
