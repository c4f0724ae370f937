"""Downloading, from servers on this machine that misbehave in every way we know of."""

import gzip
import io
import os
import pickle
import subprocess
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import filelock
import numpy as np
import pytest

from helpers import data
from helpers.data import __main__ as command
from helpers.data import cifar10, fetch, files, mnist


class Server(ThreadingHTTPServer):
    """Serves ``content`` (path -> bytes) at three mirrors, /0/ to /2/.

    ``fault`` maps a path to "404", "403", "wrong", "page", "cut", "once", "cut without length",
    "whole" or "other range"; ``seen`` lists each request as (path, Range header).
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.fault, self.seen = {}, {}, []

    def url(self, mirror):
        return f"http://127.0.0.1:{self.server_port}/{mirror}/"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        wanted = self.headers.get("Range")
        self.server.seen.append((self.path, wanted))
        fault = self.server.fault.get(self.path, "")
        if fault in ("404", "403"):
            self.send_error(int(fault))
            return
        body = self.server.content[name]
        if fault == "wrong":
            body = body[:-9] + bytes([body[-9] ^ 1]) + body[-8:]
        if fault == "page":
            body = b"<html>Please log in to the network</html>"
        start = int(wanted[len("bytes=") : -1]) if wanted and fault != "whole" else 0
        if start >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            said = 0 if fault == "other range" else start
            self.send_header("Content-Range", f"bytes {said}-{len(body) - 1}/{len(body)}")
        if fault != "cut without length":
            self.send_header("Content-Length", str(len(body) - start))
        self.send_header("Connection", "close")
        self.end_headers()
        cut = fault in ("cut", "once", "cut without length")
        sent = 0 if fault == "other range" else start
        self.wfile.write(
            body[sent : len(body) // 2 if cut and not start else None][: len(body) - start]
        )
        if fault == "once":
            del self.server.fault[self.path]
        self.close_connection = True


@pytest.fixture
def server(monkeypatch):
    """Three mirrors; the true ones are out of reach."""
    httpd = Server()
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    mirrors = tuple(httpd.url(number) for number in range(3))
    monkeypatch.setattr(fetch, "MIRRORS", {"mnist": mirrors, "cifar10": mirrors})
    monkeypatch.setattr(fetch, "TIMEOUT", 5)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield httpd
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def root(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("WORKBOOK_DATA", str(folder))
    monkeypatch.delenv("WORKBOOK_DATA_SET", raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


IMAGES = "train-images-idx3-ubyte.gz"


@pytest.fixture
def digits(server, root, monkeypatch):
    """Serve an MNIST of 30 and 10 random images."""
    monkeypatch.setattr(mnist, "COUNTS", {"train": 30, "t10k": 10})
    monkeypatch.setattr(mnist, "VALIDATION", 5)
    rng = np.random.default_rng(0)
    lines = []
    for part, shape in mnist.parts().items():
        values = rng.integers(0, 256 if len(shape) == 3 else 10, shape, dtype=np.uint8)
        head = (0x800 + len(shape), *shape)
        content = b"".join(n.to_bytes(4, "big") for n in head) + values.tobytes()
        server.content[f"{part}.gz"] = gzip.compress(content)
        lines.append(f"{part} {files.checksum(content, like='md5:')}\n")
    (root / "registry.txt").write_text("".join(lines))
    return server


def add(archive, name, content, kind=tarfile.REGTYPE):
    member = tarfile.TarInfo(name)
    member.type, member.size = kind, len(content)
    member.linkname = "/etc/passwd" if kind == tarfile.SYMTYPE else ""
    archive.addfile(member, io.BytesIO(content))


def batch(number):
    images = np.random.default_rng(number).integers(0, 256, (4, 3072), dtype=np.uint8)
    return pickle.dumps({b"data": images, b"labels": [number, 1, 2, 3]}, protocol=2)


@pytest.fixture
def photos(server, root, monkeypatch):
    """Serve a CIFAR-10 of four images a batch; return a function that changes the archive."""
    monkeypatch.setattr(cifar10, "BATCH", 4)
    monkeypatch.setattr(cifar10, "VALIDATION", 3)

    def serve(extra=lambda archive: None, without=()):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for number, part in enumerate((*cifar10.PARTS, "batches.meta", "readme.html")):
                if part not in without:
                    add(archive, f"{cifar10.FOLDER}/{part}", batch(number))
            extra(archive)
        server.content[cifar10.ARCHIVE] = packed.getvalue()
        checksum = files.checksum(packed.getvalue(), like="md5:")
        (root / "registry.txt").write_text(f"{cifar10.ARCHIVE} {checksum}\n")

    serve()
    return serve


def leftovers(root):
    return sorted(p.name for p in root.rglob("*.part")) + sorted(
        p.name for p in root.rglob(".unp*")
    )


def test_mnist_is_fetched_and_loads(digits, root, capsys):
    command.main(["mnist"])
    said = capsys.readouterr()
    assert said.out == "mnist: the full set is in data/mnist\n"
    assert "100%" in said.err  # the progress bar
    assert data.load("mnist").name == "mnist"
    assert leftovers(root) == []
    assert len(digits.seen) == 4


def test_what_is_there_and_right_is_not_fetched_again_unless_forced(digits, root):
    command.main(["mnist"])
    command.main(["mnist"])
    assert len(digits.seen) == 4
    (root / "mnist" / IMAGES).unlink()
    command.main(["mnist"])
    assert [path for path, _ in digits.seen[4:]] == [f"/0/{IMAGES}"]
    command.main(["mnist", "--force"])
    assert len(digits.seen) == 9
    assert not (root / "damaged").exists()


def test_what_is_there_and_damaged_is_moved_aside_and_fetched(digits, root, capsys):
    (root / "mnist").mkdir()
    (root / "mnist" / IMAGES).write_bytes(b"damaged")
    command.main(["mnist"])
    assert f"{IMAGES}: the header is cut off" in capsys.readouterr().out
    assert (root / "damaged" / f"{IMAGES}.1").read_bytes() == b"damaged"
    assert data.load("mnist").name == "mnist"


@pytest.mark.parametrize("fault", ["404", "403", "wrong", "page", "cut", "cut without length"])
def test_if_one_mirror_fails_the_next_is_tried(digits, root, fault):
    digits.fault[f"/0/{IMAGES}"] = fault
    command.main(["mnist"])
    assert f"/1/{IMAGES}" in [path for path, _ in digits.seen]
    assert (root / "mnist" / IMAGES).read_bytes() == digits.content[IMAGES]
    assert leftovers(root) == []
    assert data.load("mnist").name == "mnist"


def test_if_all_mirrors_fail_each_is_listed_with_what_it_did(digits, root):
    digits.fault.update({f"/0/{IMAGES}": "403", f"/1/{IMAGES}": "wrong", f"/2/{IMAGES}": "page"})
    with pytest.raises(SystemExit) as stopped:
        command.main(["mnist"])
    message = str(stopped.value)
    assert f"data/mnist/{IMAGES}: no mirror gave the right file" in message
    assert f"/0/{IMAGES}: 403 Forbidden" in message
    assert "moved aside to data/damaged/train-images-idx3-ubyte.gz.part.1" in message
    assert f"/2/{IMAGES}: the magic number is" in message
    assert "run `python -m helpers.data mnist` again" in message
    assert len(list((root / "damaged").iterdir())) == 2
    assert data.load("mnist").name == "mnist-5k"


def test_a_file_of_right_form_with_a_wrong_byte_has_another_checksum(digits):
    content = gzip.decompress(digits.content[IMAGES])
    digits.content[IMAGES] = gzip.compress(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(
        SystemExit, match=r"checksum differs \(expected \w{8}\.\.\., got \w{8}\.\.\."
    ):
        command.main(["mnist"])


def test_no_mirror_in_reach_is_told(root, monkeypatch):
    monkeypatch.setattr(fetch, "MIRRORS", {"mnist": ("http://127.0.0.1:9/",)})
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(SystemExit, match=r"broke off \(ConnectionError\)"):
        command.main(["mnist"])


def test_a_download_that_breaks_off_goes_on_where_it_stopped(digits, root, monkeypatch):
    monkeypatch.setattr(fetch, "CHUNK", 1000)
    digits.fault[f"/0/{IMAGES}"] = "once"
    command.main(["mnist"])
    received = len(digits.content[IMAGES]) // 2 // 1000 * 1000
    asked = [wanted for path, wanted in digits.seen if path == f"/0/{IMAGES}"]
    assert asked == [None, f"bytes={received}-"]
    assert data.load("mnist").name == "mnist"


def test_a_download_interrupted_by_the_user_is_kept_and_resumed(digits, root, monkeypatch, capsys):
    receive = fetch._receive

    def interrupted(url, part):
        receive(url, part)
        part.write_bytes(part.read_bytes()[:1000])
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch, "_receive", interrupted)
    with pytest.raises(SystemExit) as stopped:
        command.main(["mnist"])
    assert stopped.value.code == 130
    assert "mnist: stopped; `python -m helpers.data mnist` goes on" in capsys.readouterr().out
    monkeypatch.setattr(fetch, "_receive", receive)
    command.main(["mnist"])
    assert (f"/0/{IMAGES}", "bytes=1000-") in digits.seen
    assert data.load("mnist").name == "mnist"


@pytest.mark.parametrize(
    ("left", "fault"),
    [("good", "whole"), ("good", "other range"), ("bad", ""), ("all", ""), ("too much", "")],
)
def test_whatever_an_interruption_left_the_file_comes_out_right(digits, root, left, fault):
    content = digits.content[IMAGES]
    (root / "mnist").mkdir()
    (root / "mnist" / f"{IMAGES}.part").write_bytes(
        {
            "good": content[:500],
            "bad": b"x" * 500,
            "all": content,
            "too much": content + b"and more",
        }[left]
    )
    digits.fault[f"/0/{IMAGES}"] = fault
    command.main(["mnist"])
    assert (root / "mnist" / IMAGES).read_bytes() == content
    assert leftovers(root) == []
    # Only what was wrong before is moved aside, and the same mirror is then asked for all of it.
    assert (root / "damaged").exists() == (left in ("bad", "too much"))
    assert (f"/1/{IMAGES}" in [path for path, _ in digits.seen]) == (fault == "other range")


def test_cifar10_is_fetched_unpacked_and_loads(photos, server, root, capsys):
    command.main(["cifar10"])
    assert capsys.readouterr().out == "cifar10: the full set is in data/cifar-10-batches-py\n"
    loaded = data.load("cifar10")
    assert (len(loaded.train), len(loaded.validation), len(loaded.test)) == (17, 3, 4)
    assert sorted(os.listdir(root / cifar10.FOLDER)) == sorted((*cifar10.PARTS, "batches.meta"))
    assert leftovers(root) == []


def test_an_archive_that_is_there_is_unpacked_again_without_a_download(photos, server, root):
    command.main(["cifar10"])
    (root / cifar10.FOLDER / "data_batch_2").unlink()
    (root / cifar10.FOLDER / "data_batch_3").write_bytes(b"damaged")
    command.main(["cifar10"])
    assert len(server.seen) == 1
    assert data.load("cifar10").name == "cifar10"
    assert (root / "damaged" / "data_batch_3.1").read_bytes() == b"damaged"


def test_a_folder_laid_out_by_other_means_is_left_alone(photos, server, root):
    (root / cifar10.FOLDER).mkdir()
    for number, part in enumerate(cifar10.PARTS):
        (root / cifar10.FOLDER / part).write_bytes(batch(number + 3))
    command.main(["cifar10"])
    assert server.seen == []
    command.main(["cifar10", "--force"])  # replaces them, and keeps what it replaces
    assert len(list((root / "damaged").iterdir())) == len(cifar10.PARTS)
    assert (root / cifar10.FOLDER / "test_batch").read_bytes() == batch(5)


def test_a_wrong_archive_is_moved_aside_unopened(photos, server, root):
    for mirror in range(3):
        server.fault[f"/{mirror}/{cifar10.ARCHIVE}"] = "wrong"
    with pytest.raises(SystemExit, match=r"checksum differs"):
        command.main(["cifar10"])
    assert not (root / cifar10.FOLDER).exists()
    assert len(list((root / "damaged").iterdir())) == 3


ESCAPES = ["../evil", "/tmp/evil", f"{cifar10.FOLDER}/../../evil", f"{cifar10.FOLDER}/sub/evil"]


def test_an_archive_cannot_write_anywhere_else(photos, root, tmp_path):
    def extra(archive):
        for name in ESCAPES:
            add(archive, name, b"evil")
        add(archive, f"{cifar10.FOLDER}/link", b"", tarfile.SYMTYPE)

    photos(extra)
    command.main(["cifar10"])
    assert not [p for p in tmp_path.rglob("*") if p.name in ("evil", "link")]
    assert not os.path.exists("/tmp/evil")
    assert data.load("cifar10").name == "cifar10"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE])
def test_a_batch_that_is_a_link_is_refused(photos, root, kind):
    photos(
        lambda archive: add(archive, f"{cifar10.FOLDER}/test_batch", b"", kind),
        without=["test_batch"],
    )
    with pytest.raises(
        SystemExit, match=r"test_batch in it is not a plain batch file.*moved aside"
    ):
        command.main(["cifar10"])
    assert os.listdir(root / cifar10.FOLDER) == []


def test_an_archive_that_lacks_a_batch_is_refused_and_nothing_put_into_place(photos, root):
    photos(without=["data_batch_4"])
    with pytest.raises(SystemExit, match="lacks cifar-10-batches-py/data_batch_4"):
        command.main(["cifar10"])
    assert os.listdir(root / cifar10.FOLDER) == []


def test_an_archive_cut_off_is_refused(photos, server, root):
    content = server.content[cifar10.ARCHIVE][:-2000]
    server.content[cifar10.ARCHIVE] = content
    (root / "registry.txt").write_text(
        f"{cifar10.ARCHIVE} {files.checksum(content, like='md5:')}\n"
    )
    with pytest.raises(SystemExit, match="not the archive of CIFAR-10"):
        command.main(["cifar10"])


def test_another_folder_may_be_named(digits, root, tmp_path, capsys):
    command.main(["mnist", "--into", str(tmp_path / "else where")])
    said = capsys.readouterr().out
    assert "the full set is in else where/mnist" in said
    assert f"set WORKBOOK_DATA={tmp_path / 'else where'}" in said
    assert not (root / "mnist").exists()


def test_a_folder_that_cannot_be_written_to_is_told(digits, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit, match=r"file: cannot be written to.*--into DIR"):
        command.main(["mnist", "--into", str(tmp_path / "file")])


def test_two_at_once_fetch_each_file_once(digits, root):
    threads = [threading.Thread(target=command.main, args=(["mnist"],)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(digits.seen) == 4
    assert data.load("mnist").name == "mnist"


def test_whoever_comes_second_is_told_to_wait(digits, root, capsys):
    (root / "cache").mkdir()
    lock = filelock.FileLock(root / "cache" / "mnist.lock")
    lock.acquire()
    second = threading.Thread(target=command.main, args=(["mnist"],))
    second.start()
    while "another process is fetching it; waiting" not in capsys.readouterr().out:
        assert second.is_alive()
    assert digits.seen == []
    lock.release()
    second.join()
    assert len(digits.seen) == 4


def test_the_command_explains_itself():
    result = subprocess.run(
        [sys.executable, "-m", "helpers.data", "--help"], capture_output=True, text=True, check=True
    )
    assert "{cifar10,mnist}" in result.stdout
    result = subprocess.run(
        [sys.executable, "-m", "helpers.data", "imagenet"], capture_output=True, text=True
    )
    assert result.returncode == 2
    assert "invalid choice: 'imagenet'" in result.stderr


def test_to_load_a_set_imports_nothing_that_speaks_to_a_network():
    code = "import sys, helpers.data as d; d.load('mnist', 'embedded'); print(sorted(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not [m for m in ("requests", "pooch", "urllib3", "socket") if f"'{m}'" in result.stdout]


def test_every_mirror_is_a_folder_reached_over_https():
    for mirrors in fetch.MIRRORS.values():
        assert len(mirrors) >= 2
        assert all(url.startswith("https://") and url.endswith("/") for url in mirrors)
