"""Hand-ins that are hostile, damaged or not what they say: bytes of one file each.

Each is laid beside an honest hand-in as ``01_tiny-eve.zip``. None may be graded, none may cost more
than reading a small file, none may touch anything, and each is named with the words beside it.
"""

import hashlib
import io
import json
import stat
import struct
import warnings
import zipfile

from helpers.submit import receipt

NAME = "01_tiny"
BIG = 1 << 20


def told(student="eve", files=None, **changed):
    """Return a receipt for some files."""
    return {
        "form": 1,
        "assignment": NAME,
        "student": student,
        "time": "2026-11-20T12:00:00+01:00",
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in (files or {}).items()},
    } | changed


def hand_in(student="eve", notebook=b"{}", more=(), **changed):
    """Return a hand-in as `helpers.submit` packs it."""
    files = {f"{NAME}.ipynb": notebook, **dict(more)}
    return receipt.pack(files, told(student, files, **changed))


def zipped(*members, told_of=None):
    """Return a zip of (name or ZipInfo, data), behind them a receipt (a dict, or its bytes)."""
    said = told() if told_of is None else told_of
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name twice is what some of them are about
        for name, data in members:
            archive.writestr(name, data)
        archive.writestr("receipt.json", said if isinstance(said, bytes) else json.dumps(said))
    return stream.getvalue()


def member(name, mode=stat.S_IFREG | 0o644, method=zipfile.ZIP_DEFLATED, **fields):
    info = zipfile.ZipInfo(name)
    info.external_attr, info.compress_type = mode << 16, method
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def patched(data, offset, value, within=b"PK\x01\x02"):
    """Return a zip with bytes of its first entry in the directory overwritten."""
    at = data.index(within) + offset
    return data[:at] + value + data[at + len(value) :]


def overlapping(number):
    """Return a zip all of whose entries name the same compressed megabytes."""
    data = zipped((f"{NAME}.ipynb", b"0" * (8 * BIG)))
    start = data.index(b"PK\x01\x02")
    first = data[start : data.index(b"PK\x01\x02", start + 4)]
    rest = data[start + len(first) : data.index(b"PK\x05\x06")]
    directory = rest + b"".join(
        first.replace(NAME.encode(), f"x{n:06}".encode()) for n in range(number)
    )
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, number + 1, number + 1, len(directory), start, 0
    )
    return data[:start] + directory + end


GOOD = hand_in()
ZEROS = b"\0" * (40 * BIG)
PLAIN = (f"{NAME}.ipynb", b"{}")

CORPUS = {
    # Names that would lead somewhere, if anything were extracted by its name.
    "climbs_out": (zipped(PLAIN, ("../../climbed.txt", b"x")), "leads out"),
    "climbs_out_backwards": (zipped(PLAIN, ("..\\..\\climbed.txt", b"x")), "leads out"),
    "climbs_within_a_path": (zipped(PLAIN, ("a/../../../climbed", b"x")), "leads out"),
    "absolute": (zipped(PLAIN, ("/tmp/climbed.txt", b"x")), "absolute"),
    "absolute_backwards": (zipped(PLAIN, ("\\climbed.txt", b"x")), "absolute"),
    "drive": (zipped(PLAIN, ("C:/climbed.txt", b"x")), "absolute"),
    "drive_without_a_slash": (zipped(PLAIN, ("c:climbed.txt", b"x")), "absolute"),
    "server": (zipped(PLAIN, ("\\\\server\\share\\x", b"x")), "absolute"),
    "current_folder": (zipped(PLAIN, ("./01_tiny.py", b"x")), "holds `./01_tiny.py`"),
    "in_a_folder": (zipped(PLAIN, ("more/a.py", b"x")), "holds `more/a.py`"),
    "no_name": (zipped(PLAIN, (member(""), b"x")), "absolute"),
    "newline": (zipped(PLAIN, ("a\nb.py", b"x")), "cannot be shown"),
    "escape_sequence": (zipped(PLAIN, ("\x1b[2J.py", b"x")), "cannot be shown"),
    "right_to_left": (zipped(PLAIN, ("yp.\u202etxt", b"x")), "cannot be shown"),
    "line_separator": (zipped(PLAIN, ("\u2028.py", b"x")), "cannot be shown"),
    "endless_name": (zipped(PLAIN, ("a" * 60_000, b"x")), "too long"),
    "hidden_file": (zipped(PLAIN, (".bashrc", b"x")), "holds `.bashrc`"),
    "config_in_the_place_of_a_file": (zipped(PLAIN, ("-rf", b"x")), "holds `-rf`"),
    "another_notebook": (zipped(PLAIN, ("02_other.ipynb", b"{}")), "holds `02_other.ipynb`"),
    "a_time_of_its_own": (zipped(PLAIN, ("timestamp.txt", b"x")), "holds `timestamp.txt`"),
    "full_width_letters": (zipped(PLAIN, ("ａ.py", b"x")), "holds `ａ.py`"),
    "nul_in_a_name": (
        zipped(PLAIN, ("aXb.py", b"x")).replace(b"aXb.py", b"a\0b.py"),
        "cannot be shown",
    ),
    # Members that are no files.
    "link": (
        zipped((member(f"{NAME}.ipynb", stat.S_IFLNK | 0o777), b"/etc/passwd")),
        "a link or a device",
    ),
    "device": (zipped(PLAIN, (member("dev", stat.S_IFCHR | 0o666), b"")), "a link or a device"),
    "pipe": (zipped(PLAIN, (member("pipe", stat.S_IFIFO | 0o666), b"")), "a link or a device"),
    "encrypted": (patched(GOOD, 8, b"\x01\x08"), "encrypted"),
    # The same name twice: two readers would take two different files.
    "twice": (zipped(PLAIN, ("a.py", b"1"), ("a.py", b"2")), "in it twice"),
    "twice_in_capitals": (zipped(PLAIN, ("a.py", b"1"), ("A.py", b"2")), "in it twice"),
    "notebook_twice": (zipped(PLAIN, (f"{NAME}.ipynb", b"[]")), "in it twice"),
    # Too much.
    "bomb": (zipped((f"{NAME}.ipynb", ZEROS)), "unpacks to more than 30 MB"),
    "bomb_beside": (zipped(PLAIN, ("a.bin", ZEROS)), "unpacks to more than 30 MB"),
    "many_bombs": (
        zipped(PLAIN, *((f"{n}.bin", ZEROS[: 20 * BIG]) for n in range(6))),
        "unpacks to more than 82 MB",
    ),
    "bzip2": (
        zipped((member(f"{NAME}.ipynb", method=zipfile.ZIP_BZIP2), ZEROS)),
        "packed in a way",
    ),
    "lzma": (zipped((member(f"{NAME}.ipynb", method=zipfile.ZIP_LZMA), ZEROS)), "packed in a way"),
    "many_files": (zipped(PLAIN, *((f"{n}.py", b"") for n in range(250))), "more than 203 files"),
    "overlapping": (overlapping(100), "damaged"),
    "says_it_is_small": (
        patched(zipped((f"{NAME}.ipynb", ZEROS)), 24, struct.pack("<L", 10)),
        "damaged",
    ),
    "unknown_method": (patched(GOOD, 10, b"\x63\x00"), "packed in a way"),
    # Damaged.
    "cut_off": (GOOD[: len(GOOD) // 2], "no whole zip"),
    "no_directory": (GOOD[: GOOD.index(b"PK\x01\x02")], "no whole zip"),
    "wrong_checksum": (patched(GOOD, 16, b"\0\0\0\0"), "damaged"),
    "empty": (b"", "empty"),
    "zeros": (b"\0" * 1000, "zero bytes"),
    "no_zip": (b"hello", "no whole zip"),
    # A receipt that is none.
    "no_json": (zipped(PLAIN, told_of="x"), "receipt cannot be read"),
    "deep_json": (zipped(PLAIN, told_of=b"[" * 200_000), "receipt cannot be read"),
    "long_json": (zipped(PLAIN, told_of=b" " * 2_000_000), "receipt cannot be read"),
    "climbing_student": (zipped(PLAIN, told_of=told("../../eve")), "receipt cannot be read"),
    "hidden_student": (zipped(PLAIN, told_of=told(".git")), "receipt cannot be read"),
    "student_in_a_list": (zipped(PLAIN, told_of=told(["eve"])), "receipt cannot be read"),
    "endless_student": (zipped(PLAIN, told_of=told("e" * 999)), "receipt cannot be read"),
    "time_without_a_zone": (
        zipped(PLAIN, told_of=told(time="2026-11-20T12:00:00")),
        "receipt cannot be read",
    ),
    "time_that_is_none": (zipped(PLAIN, told_of=told(time="now")), "receipt cannot be read"),
    "time_at_the_end_of_all": (
        zipped(PLAIN, told_of=told(time="9999-12-31T23:59:59-12:00")),
        "receipt cannot be read",
    ),
    "another_form": (zipped(PLAIN, told_of=told(form=2)), "receipt cannot be read"),
    "unknown_assignment": (
        zipped(PLAIN, told_of=told(assignment="../../x")),
        "which this course has not",
    ),
    "no_notebook": (zipped(("a.py", b"x")), "holds no 01_tiny.ipynb"),
}
