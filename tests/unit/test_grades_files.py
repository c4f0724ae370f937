"""Files of grades: those of Canvas and Moodle in their own forms, and new ones for spreadsheets."""

import csv
import io

import pytest

from course.grades import new, platforms, table
from course.grades import told as say
from course.grades.earned import Earned, Grades, Student
from course.grades.fill import fill
from course.grades.roll import Roll

NAME = "01_softmax"
STUDENTS = [
    Student("ada", "Lovelace", "Ada", "ada@example.org", "1001"),
    Student("blaise", "Pascal", "Blaise", "blaise@example.org", "1002"),
    Student("emmy", "Noether", "Emmy", "emmy@example.org", "1003"),
    Student("zoë", "Ångström, Jr.", "Zoë", "zoe@example.org", "1004"),
    Student("absent", "Nobody", "", "", ""),
]
# ada is right and has extra credit, blaise late, emmy waits for a person, zoë has earned nothing.
EARNED = {
    ("ada", NAME): Earned(31.0),
    ("blaise", NAME): Earned(20.0, penalty=2.0),
    ("emmy", NAME): Earned(12.5, waiting=True),
    ("zoë", NAME): Earned(0.0),
}
GRADES = Grades({one.id: one for one in STUDENTS}, {NAME: 30.0}, EARNED)

# As lib/gradebook_exporter.rb of canvas-lms writes it: hidden columns have a row of their own, then
# come the points, then the students; the sums at the end are read only.
CANVAS = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,01_softmax (4711),Quiz (4712),Final Score
,,,,,,Manual Posting,,
    Points Possible,,,,,,30.0,10.0,(read only)
"Lovelace, Ada",1001,s-1,ada,Monday,"likes ""engines""",,7.5,70.00
"Noether, Emmy",1003,s-3,emmy,Monday,,4.0,,
"Pascal, Blaise",9,s-2,BLAISE@example.org,"Monday, late",=1+1,3.0,N/A,
"Ångström, Jr., Zoë",8,s-4,zoë,Monday,,,,
"Stranger, Ian",7,s-9,ian,Tuesday,,5.0,,50.00
"Student, Test",6,,8f3c2d,Monday,,,,
'''
# As mod/assign/gradingtable.php of Moodle writes it for download.
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 501","Ada Lovelace",ada@example.org,"Submitted for grading",,100.00,Yes,\
"Friday, 20 November 2026, 9:00 AM",-,"<p>Good,
in two lines</p>"
"Participant 502","Blaise Pascal",blaise@example.org,"Submitted for grading",50.00,100.00,Yes,-,-,
"Participant 503","Emmy Noether",emmy@example.org,"No submission",,100.00,Yes,-,-,
"Participant 504","Zoë Ångström",zoe@example.org,"Submitted for grading",,100.00,No,-,-,
"""


def read(tmp_path, text, platform):
    path = tmp_path / "export.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return table.read(path, platforms.NEEDED[platform])


def filled(tmp_path, text, platform="canvas", titles=None, grades=GRADES, **options):
    """Fill a file, and return it with what was told."""
    found, told = read(tmp_path, text, platform), say.Told()
    form = getattr(platforms, platform)(found, titles or {NAME: ""})
    fill(found, form, grades, told, **options)
    return found, told


def column(found, key, wanted):
    [key, wanted] = [found.column(name) for name in (key, wanted)]
    return {row[key]: row[wanted] for row in found.rows[1:] if row[key]}


# Canvas


def test_canvas_gets_the_grades_by_its_numbers_logins_and_addresses(tmp_path):
    found, told = filled(tmp_path, CANVAS)
    assert column(found, "SIS Login ID", "01_softmax (4711)") == {
        "ada": "31",  # extra credit above what can be reached
        "BLAISE@example.org": "18",  # the penalty is taken off
        "emmy": "4.0",  # waits for a person: what stood there stays
        "zoë": "0",  # nothing earned is not nothing handed in
        "ian": "5.0",
        "8f3c2d": "",
    }
    assert told.under[say.WRITTEN] == [f"{NAME}: 3 of 4"]
    assert told.under[say.WAITING] == [f"{NAME} (1): emmy"]
    assert told.under[say.STRANGERS] == [
        "Stranger, Ian, 7 (row 8)",
        "Student, Test, 6 (row 9)",
    ]
    assert told.needs_a_person


def test_nothing_else_in_canvas_s_file_changes(tmp_path):
    found, _ = filled(tmp_path, CANVAS)
    before = list(csv.reader(io.StringIO(CANVAS)))
    place = found.column("01_softmax (4711)")
    for old, new_row in zip(before, found.rows, strict=True):
        del old[place], new_row[place]
        assert new_row == old


def test_provisional_points_are_written_when_they_are_asked_for(tmp_path):
    found, told = filled(tmp_path, CANVAS, provisional=True)
    assert column(found, "SIS Login ID", "01_softmax (4711)")["emmy"] == "12.5"
    assert not told.under[say.WAITING]


def test_what_was_never_graded_is_left_out_also_provisionally(tmp_path):
    earned = {**EARNED, ("ada", NAME): Earned(0.0, waiting=True, graded=False)}
    grades = Grades(GRADES.students, GRADES.most, earned)
    found, told = filled(tmp_path, CANVAS, grades=grades, provisional=True)
    assert column(found, "SIS Login ID", "01_softmax (4711)")["ada"] == ""
    assert told.under[say.WAITING] == [f"{NAME} (1): ada"]


def test_filling_what_was_filled_changes_nothing(tmp_path):
    once, _ = filled(tmp_path, CANVAS)
    twice, _ = filled(tmp_path, once.encode())
    assert twice.encode() == once.encode()


@pytest.mark.parametrize("title", ["Homework 1", "homework 1 (4711)"])
def test_an_assignment_may_have_another_title_there(tmp_path, title):
    text = CANVAS.replace("01_softmax (4711)", "Homework 1 (4711)")
    found, _ = filled(tmp_path, text, titles={NAME: title})
    assert column(found, "SIS Login ID", "Homework 1 (4711)")["ada"] == "31"


def test_first_and_last_names_in_columns_of_their_own_are_known(tmp_path):
    rows = list(csv.reader(io.StringIO(CANVAS)))
    for row in rows[3:]:
        row[:1] = row[0].rsplit(", ", 1)
    rows[0][:1], rows[1][:1], rows[2][:1] = ["LastName", "FirstName"], ["", ""], [rows[2][0], ""]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    found, told = filled(tmp_path, text.getvalue())
    assert column(found, "SIS Login ID", "01_softmax (4711)")["ada"] == "31"
    assert "Stranger, Ian, 7 (row 8)" in told.under[say.STRANGERS]


@pytest.mark.parametrize("cell", ["EX", "N/A"])
def test_who_is_excused_or_not_assigned_stays_so_and_is_told(tmp_path, cell):
    text = CANVAS.replace("4.0,,\n", f"{cell},,\n")
    found, told = filled(tmp_path, text, provisional=True)
    assert column(found, "SIS Login ID", "01_softmax (4711)")["emmy"] == cell
    assert told.under[say.CLOSED] == [f"emmy, {NAME}: 12.5 here, there {cell!r}"]


def test_who_has_handed_in_here_and_is_not_in_the_file_is_told(tmp_path):
    without = "".join(line for line in CANVAS.splitlines(True) if "Ada" not in line)
    _, told = filled(tmp_path, without)
    assert told.under[say.ABSENT] == ["ada"]  # and not `absent`, who has nothing to lose


def test_two_rows_for_a_student_are_left_alone_and_told(tmp_path):
    text = CANVAS + '"Lovelace, A.",12,s-7,ada,Friday,,1.0,,\n'
    found, told = filled(tmp_path, text)
    assert column(found, "ID", "01_softmax (4711)")["1001"] == ""
    assert column(found, "ID", "01_softmax (4711)")["12"] == "1.0"
    [line] = told.under[say.AMBIGUOUS]
    assert line == "ada: Lovelace, Ada, 1001 (row 4); Lovelace, A., 12 (row 10)"


def test_a_row_that_names_two_students_is_left_alone_and_told(tmp_path):
    text = CANVAS.replace("1001,s-1,ada", "1001,s-1,blaise").replace("BLAISE@example.org", "b")
    found, told = filled(tmp_path, text)
    assert column(found, "ID", "01_softmax (4711)")["1001"] == ""
    assert [line.partition(":")[0] for line in told.under[say.AMBIGUOUS]] == ["ada", "blaise"]


def test_case_counts_where_two_students_differ_in_nothing_else():
    roll = Roll([Student("Ada"), Student("ada"), Student("Zoe\u0308"), Student("Zo\u00eb")])
    assert roll.find(["Ada"]) == {"Ada"}
    assert roll.find([" ada "]) == {"ada"}
    assert roll.find(["ADA"]) == {"Ada", "ada"}
    assert roll.find(["Zoe\u0308"]) == {"Zoe\u0308"}
    assert roll.find(["", "nobody"]) == set()


# Another maximum


def test_another_maximum_is_refused_until_it_is_to_be_converted(tmp_path):
    text = CANVAS.replace(",30.0,", ",100.0,")
    with pytest.raises(table.GradesError, match=r"has 30 points here, and there 100: .*--scale"):
        filled(tmp_path, text)
    found, _ = filled(tmp_path, text, scale=True)
    assert column(found, "SIS Login ID", "01_softmax (4711)")["BLAISE@example.org"] == "60"


@pytest.mark.parametrize("points", ["", "(read only)", "0"])
def test_a_column_without_points_is_refused(tmp_path, points):
    text = CANVAS.replace(",30.0,", f",{points},")
    with pytest.raises(table.GradesError, match="has 30 points here"):
        filled(tmp_path, text, scale=True)


# Moodle


def moodle(tmp_path, text=MOODLE, **options):
    options = {"scale": True, **options}
    return filled(tmp_path, text, "moodle", **options)


def test_moodle_s_worksheet_gets_the_grades_by_address(tmp_path):
    found, told = moodle(tmp_path, provisional=True)
    assert column(found, "Full name", "Grade") == {
        "Ada Lovelace": "",
        "Blaise Pascal": "60",
        "Emmy Noether": "41.67",
        "Zoë Ångström": "",
    }
    # Moodle passes over both without a word.
    assert told.under[say.ABOVE] == [f"ada, {NAME}: 103.33"]
    assert told.under[say.CLOSED] == [f"zoë, {NAME}: 0 here, there ''"]
    assert column(found, "Full name", "Feedback comments")["Ada Lovelace"] == (
        "<p>Good,\nin two lines</p>"
    )


def test_who_has_everything_has_not_more_than_everything_after_converting(tmp_path):
    grades = Grades(GRADES.students, {NAME: 7.0}, {("ada", NAME): Earned(7.0)})
    text = MOODLE.replace("100.00", "33.30")
    found, told = moodle(tmp_path, text, grades=grades)
    assert column(found, "Full name", "Grade")["Ada Lovelace"] == "33.3"
    assert not told.under[say.ABOVE]


def test_decimal_commas_are_kept(tmp_path):
    text = MOODLE.replace("100.00", '"100,00"').replace("50.00", '"50,00"')
    found, _ = moodle(tmp_path, text, provisional=True)
    assert column(found, "Full name", "Grade")["Emmy Noether"] == "41,67"


def test_anonymous_participants_are_known_by_their_number(tmp_path):
    text = MOODLE.replace("ada@example.org", "")
    students = {"Participant 501": Student("Participant 501")}
    grades = Grades(students, {NAME: 100.0}, {("Participant 501", NAME): Earned(99.5)})
    found, _ = moodle(tmp_path, text, grades=grades)
    assert column(found, "Identifier", "Grade")["Participant 501"] == "99.5"


@pytest.mark.parametrize(
    ("change", "titles", "told"),
    [
        (("Maximum grade", "Scale"), {NAME: ""}, "grades this by a scale"),
        (("", ""), {NAME: "Mark"}, "no column 'Mark'"),
        (("", ""), {NAME: "", "02_two": ""}, "holds one assignment"),
        (("100.00,No", "10.00,No"), {NAME: ""}, "and there no number"),
    ],
)
def test_a_worksheet_that_cannot_be_filled_is_refused(tmp_path, change, titles, told):
    with pytest.raises(table.GradesError, match=told):
        moodle(tmp_path, MOODLE.replace(*change), titles=titles)


# Files


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_keeps_its_form(tmp_path, newline, bom, delimiter):
    text = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(CANVAS))
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(rows)
    data = bom + text.getvalue().encode()
    found = read(tmp_path, data, "canvas")
    assert found.encode() == data


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (CANVAS.encode("latin-1"), "not UTF-8"),
        (CANVAS.encode("utf-16"), "not UTF-8"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xd3", "not UTF-8"),
        (CANVAS.replace(",Section,", ",Group,").encode(), "no columns ID, Section"),
        (CANVAS.replace(",Section,", ",ID,").encode(), "2 columns are called 'ID'"),
        (b'Student,ID,Section\n"Lovelace,1,2\n', "not a CSV file"),
        (b"<html>Sign in</html>", "found: <html>Sign in</html>"),
        (CANVAS.replace('"Stranger, Ian"', "Stranger, Ian").encode(), "row 8 has 10 cells"),
    ],
)
def test_what_is_no_export_is_refused_with_the_reason(tmp_path, data, told):
    with pytest.raises(table.GradesError, match=told):
        read(tmp_path, data, "canvas")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("Points Possible", "Points"), "no rows 'Points Possible'"),
        (("01_softmax (4711)", "Homework (4711)"), r"no columns are called .*Homework \(4711\)"),
        (("Quiz (4712)", "01_softmax (4712)"), "2 columns are called '01_softmax'"),
    ],
)
def test_an_export_that_cannot_be_filled_is_refused(tmp_path, change, told):
    with pytest.raises(table.GradesError, match=told):
        filled(tmp_path, CANVAS.replace(*change))


def test_a_short_row_is_filled_up(tmp_path):
    found, _ = filled(tmp_path, CANVAS.replace('Monday,,,,\n"Stranger', 'Monday\n"Stranger'))
    assert column(found, "SIS Login ID", "01_softmax (4711)")["zoë"] == "0"


# New files


def made(make, grades=GRADES, titles=None, provisional=False, decimal_comma=False):
    told = say.Told()
    found = make(grades, titles or {NAME: ""}, told, provisional, decimal_comma)
    return found, told


def test_a_spreadsheet_has_everybody_and_empty_cells_where_there_is_no_grade():
    found, told = made(new.spreadsheet)
    head = "student,last name,first name,email,01_softmax (of 30),01_softmax late penalty"
    assert found.encode().decode("utf-8-sig").splitlines() == [
        head,
        "ada,Lovelace,Ada,ada@example.org,31,",
        "blaise,Pascal,Blaise,blaise@example.org,18,2",
        "emmy,Noether,Emmy,emmy@example.org,,",
        'zoë,"Ångström, Jr.",Zoë,zoe@example.org,0,',
        "absent,Nobody,,,,",
    ]
    assert found.encode().startswith(b"\xef\xbb\xbf")
    assert told.under[say.WAITING] == [f"{NAME} (1): emmy"]


def test_a_spreadsheet_may_have_decimal_commas():
    found, _ = made(new.spreadsheet, provisional=True, decimal_comma=True)
    assert "emmy;Noether;Emmy;emmy@example.org;12,5;" in found.encode().decode().splitlines()


def test_moodle_s_gradebook_gets_who_has_a_grade():
    found, _ = made(new.moodle, titles={NAME: "Homework 1"})
    assert found.encode().decode().splitlines() == [
        "username,email,Homework 1",
        "ada,ada@example.org,31",
        "blaise,blaise@example.org,18",
        "zoë,zoe@example.org,0",
    ]


@pytest.mark.parametrize("bad", ["=HYPERLINK(1)", "+1", "-rf", "@SUM(A1)", "\tx", "\rx", "\n=1"])
def test_what_a_spreadsheet_would_run_is_text(bad):
    student = Student(bad, bad, bad, bad)
    grades = Grades({bad: student}, {NAME: 30.0}, {(bad, NAME): Earned(1.0)})
    for make in (new.spreadsheet, new.moodle):
        found, _ = made(make, grades, {NAME: bad})
        for row in csv.reader(io.StringIO(found.encode().decode("utf-8-sig"), newline="")):
            assert not [cell for cell in row if cell.startswith(tuple("=+-@\t\r\n"))]


@pytest.mark.parametrize(
    ("points", "written"),
    [(0.0, "0"), (0.1 + 0.2, "0.3"), (12345.678, "12345.68"), (30.0, "30"), (1e-9, "0")],
)
def test_points_are_written_with_two_decimals_at_most(points, written):
    assert table.Table([]).number(points) == written
