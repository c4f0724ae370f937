"""Loading: is it the right set, split as promised, and is damage told and kept?

The full sets are replaced by tiny ones of the same form, so that no download is needed.
"""

import gzip
import pickle
import struct
import zipfile

import numpy as np
import pytest

from helpers import data
from helpers.data import cifar10, embedded, files, mnist

SETS = {"mnist": "mnist-5k", "cifar10": "shapes-10"}


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """A data folder of its own, with nothing in it."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("WORKBOOK_DATA", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("WORKBOOK_DATA_SET", raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


def idx(values):
    return struct.pack(f">I{values.ndim}I", 0x800 + values.ndim, *values.shape) + values.tobytes()


@pytest.fixture
def tiny_mnist(root, monkeypatch):
    """Lay out an MNIST of 30 and 10 images; return name -> content."""
    monkeypatch.setattr(mnist, "COUNTS", {"train": 30, "t10k": 10})
    monkeypatch.setattr(mnist, "VALIDATION", 5)
    rng = np.random.default_rng(0)
    contents, lines = {}, []
    for part, shape in mnist.parts().items():
        high = 256 if len(shape) == 3 else 10
        contents[part] = idx(rng.integers(0, high, shape, dtype=np.uint8))
        lines.append(f"{part} {files.checksum(contents[part], like='md5:')}")
    (root / "registry.txt").write_text("# name checksum\n" + "\n".join(lines) + "\n")
    (root / "mnist").mkdir()
    for part, content in contents.items():
        (root / "mnist" / f"{part}.gz").write_bytes(gzip.compress(content))
    return contents


@pytest.fixture
def tiny_cifar(root, monkeypatch):
    """Lay out a CIFAR-10 of six batches of four images; return all images and labels."""
    monkeypatch.setattr(cifar10, "BATCH", 4)
    monkeypatch.setattr(cifar10, "VALIDATION", 3)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (24, 3, 32, 32), dtype=np.uint8)
    labels = rng.integers(0, 10, 24)
    (root / cifar10.FOLDER).mkdir()
    for number, part in enumerate(cifar10.PARTS):
        rows = slice(4 * number, 4 * number + 4)
        batch = {b"data": images[rows].reshape(4, -1), b"labels": labels[rows].tolist()}
        (root / cifar10.FOLDER / part).write_bytes(pickle.dumps(batch, protocol=2))
    return images, labels


@pytest.mark.parametrize("name", SETS)
def test_without_the_full_set_the_embedded_one_is_loaded_in_one_line(name, capsys):
    loaded = data.load(name)
    line = capsys.readouterr().out
    assert loaded.name == SETS[name]
    assert line.count("\n") == 1
    assert SETS[name] in line
    assert f"python -m helpers.data {name}" in line
    assert f"{len(loaded.train):,} / {len(loaded.validation):,} / {len(loaded.test):,}" in line


@pytest.mark.parametrize(
    ("name", "sizes", "shape"),
    [("mnist", (4000, 500, 500), (28, 28)), ("cifar10", (5000, 1000, 1000), (32, 32, 3))],
)
def test_an_embedded_set_is_balanced_and_its_splits_share_no_image(name, sizes, shape):
    loaded = data.load(name, "embedded")
    splits = (loaded.train, loaded.validation, loaded.test)
    assert tuple(map(len, splits)) == sizes
    for split in splits:
        assert split.images.dtype == np.uint8
        assert split.labels.dtype == np.int64
        assert split.images.shape == (len(split), *shape)
        assert split.labels.shape == (len(split),)
        assert np.bincount(split.labels).tolist() == [len(split) // 10] * 10
        assert len(np.unique(split.labels[:60])) == 10  # mixed
    everything = np.concatenate([split.images for split in splits])
    assert len({image.tobytes() for image in everything}) == sum(sizes)
    assert len(set(loaded.class_names)) == 10
    assert loaded.origin


@pytest.mark.parametrize("name", SETS)
def test_a_split_is_the_same_each_time(name):
    first, second = data.load(name, "embedded"), data.load(name, "embedded")
    for split in ("train", "validation", "test"):
        a, b = getattr(first, split), getattr(second, split)
        np.testing.assert_array_equal(a.images, b.images)
        np.testing.assert_array_equal(a.labels, b.labels)


@pytest.mark.parametrize("label", SETS.values())
def test_the_embedded_file_is_the_one_in_the_registry(label):
    content = files.shipped(f"{label}.npz").read_bytes()
    expected = files.expected(f"{label}.npz")
    assert files.checksum(content, like=expected) == expected


def test_the_full_mnist_is_taken_where_it_is(tiny_mnist, capsys):
    loaded = data.load("mnist")
    assert loaded.name == "mnist"
    assert (len(loaded.train), len(loaded.validation), len(loaded.test)) == (25, 5, 10)
    everything = np.concatenate([loaded.train.images, loaded.validation.images])
    assert everything.tobytes() == tiny_mnist["train-images-idx3-ubyte"][16:]
    labels = np.concatenate([loaded.train.labels, loaded.validation.labels]).tolist()
    assert bytes(labels) == tiny_mnist["train-labels-idx1-ubyte"][8:]
    assert loaded.test.images.tobytes() == tiny_mnist["t10k-images-idx3-ubyte"][16:]
    assert loaded.train.labels.dtype == np.int64
    loaded.train.images[0] = 0  # writable, and so fit for torch.from_numpy
    assert capsys.readouterr().out.startswith("mnist: 25 / 5 / 10 images")


@pytest.mark.parametrize("dots", [True, False])
@pytest.mark.parametrize("ending", [".gz", "", "unpacked by a browser.gz"])
def test_idx_files_are_found_under_their_usual_names(root, tiny_mnist, dots, ending):
    for part, content in tiny_mnist.items():
        (root / "mnist" / f"{part}.gz").unlink()
        name = part.replace("-idx", ".idx") if dots else part
        content = gzip.compress(content, 1) if ending == ".gz" else content
        (root / "mnist" / f"{name}{ending[-3:]}").write_bytes(content)
    assert len(data.load("mnist", "full").test) == 10


def test_the_full_cifar10_is_split_and_its_channels_come_last(tiny_cifar):
    images, labels = tiny_cifar
    loaded = data.load("cifar10")
    assert (len(loaded.train), len(loaded.validation), len(loaded.test)) == (17, 3, 4)
    for split, rows in (
        ("train", slice(17)),
        ("validation", slice(17, 20)),
        ("test", slice(20, 24)),
    ):
        got = getattr(loaded, split)
        np.testing.assert_array_equal(got.images, images[rows].transpose(0, 2, 3, 1))
        np.testing.assert_array_equal(got.labels, labels[rows])
    assert loaded.class_names[3] == "cat"


def test_keys_may_be_text_and_labels_an_array(root, tiny_cifar):
    for part in cifar10.PARTS:
        path = root / cifar10.FOLDER / part
        batch = pickle.loads(path.read_bytes())
        batch = {"data": batch[b"data"], "labels": np.array(batch[b"labels"], dtype=np.uint8)}
        path.write_bytes(pickle.dumps(batch, protocol=4))
    np.testing.assert_array_equal(data.load("cifar10").test.labels, tiny_cifar[1][20:])


@pytest.mark.parametrize("name", SETS)
def test_an_absent_full_set_is_an_error_that_says_how_to_get_it(name):
    with pytest.raises(FileNotFoundError, match=f"not there; run `python -m helpers.data {name}`"):
        data.load(name, "full")


def test_half_a_download_is_not_taken_for_the_set(root, tiny_mnist, capsys):
    (root / "mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    assert data.load("mnist").name == "mnist-5k"
    assert "lacks t10k-labels-idx1-ubyte" in capsys.readouterr().out
    with pytest.raises(FileNotFoundError, match="t10k-labels-idx1-ubyte is not there"):
        data.load("mnist", "full")


def test_the_environment_says_what_auto_is(tiny_mnist, monkeypatch):
    monkeypatch.setenv("WORKBOOK_DATA_SET", "embedded")
    assert data.load("mnist").name == "mnist-5k"
    assert data.load("mnist", "full").name == "mnist"
    monkeypatch.setenv("WORKBOOK_DATA_SET", "full")
    assert data.load("mnist").name == "mnist"
    with pytest.raises(FileNotFoundError):
        data.load("cifar10")


def test_wrong_names_are_told(monkeypatch):
    with pytest.raises(ValueError, match="no set 'imagenet', only mnist and cifar10"):
        data.load("imagenet")
    with pytest.raises(ValueError, match="which is 'half', wanted one of auto, full, embedded"):
        data.load("mnist", "half")
    monkeypatch.setenv("WORKBOOK_DATA_SET", "tiny")
    with pytest.raises(ValueError, match="WORKBOOK_DATA_SET is 'tiny'"):
        data.load("mnist")


def header(content, position, value):
    return content[:position] + struct.pack(">I", value) + content[position + 4 :]


DAMAGE = {
    "magic": (lambda c: header(c, 0, 2049), "magic number is 2049, wanted 2051"),
    "count": (lambda c: header(c, 4, 29), r"shape \(29, 28, 28\), wanted \(30, 28, 28\)"),
    "rows": (lambda c: header(c, 8, 27), r"shape \(30, 27, 28\)"),
    "columns": (lambda c: header(c, 12, 29), r"shape \(30, 28, 29\)"),
    "too short": (lambda c: c[:-1], "length is wrong: 23535 bytes, wanted 23536"),
    "too long": (lambda c: c + b"\0", "length is wrong: more than 23536 bytes"),
    "no header": (lambda c: c[:5], r"header is cut off \(5 of 16 bytes\)"),
    "empty": (lambda c: b"", "header is cut off"),
    "one pixel": (
        lambda c: c[:-1] + bytes([c[-1] ^ 1]),
        r"checksum differs \(expected [0-9a-f]{8}",
    ),
}


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named_and_the_file_moved_aside(root, tiny_mnist, damage, compress):
    change, message = DAMAGE[damage]
    part = "train-images-idx3-ubyte"
    path = root / "mnist" / f"{part}.gz"
    content = change(tiny_mnist[part])
    content = gzip.compress(content) if compress else content
    path.write_bytes(content)
    with pytest.raises(data.DamagedFile, match=message) as error:
        data.load("mnist")
    assert str(error.value).startswith(f"data/mnist/{part}.gz: ")
    assert f"moved aside to data/damaged/{part}.gz.1" in str(error.value)
    assert "run `python -m helpers.data mnist` again" in str(error.value)
    assert not path.exists()
    assert (root / "damaged" / f"{part}.gz.1").read_bytes() == content


@pytest.mark.parametrize("keep", [3, 12, -9, -1])
def test_a_gzip_file_cut_off_is_damaged(root, tiny_mnist, keep):
    path = root / "mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(data.DamagedFile, match="gzip content is broken or cut off"):
        data.load("mnist")


def test_a_gzip_file_with_a_flipped_byte_is_damaged(root, tiny_mnist):
    path = root / "mnist" / "train-images-idx3-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(data.DamagedFile, match="moved aside"):
        data.load("mnist")


def test_a_file_that_unpacks_to_far_too_much_is_refused_early(root, tiny_mnist):
    path = root / "mnist" / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(idx(np.zeros(10, np.uint8)) + bytes(50_000_000), 1))
    assert len(mnist.read_content(path, 18)) == 19
    with pytest.raises(data.DamagedFile, match="length is wrong: more than 18 bytes"):
        data.load("mnist")


def test_a_label_out_of_range_is_damage(root, tiny_mnist):
    content = tiny_mnist["t10k-labels-idx1-ubyte"][:-1] + bytes([10])
    (root / "mnist" / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(content))
    with pytest.raises(data.DamagedFile, match="a label is 10, wanted 0 to 9"):
        data.load("mnist")


def test_a_second_damaged_file_does_not_replace_the_first(root, tiny_mnist):
    path = root / "mnist" / "train-labels-idx1-ubyte.gz"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        with pytest.raises(data.DamagedFile):
            data.load("mnist")
    kept = sorted((root / "damaged").iterdir())
    assert [p.read_bytes() for p in kept] == [b"first", b"second"]


def test_damage_in_a_folder_that_cannot_be_written_to_is_told_all_the_same(root, tiny_mnist):
    (root / "damaged").write_text("in the way")
    path = root / "mnist" / "train-labels-idx1-ubyte.gz"
    path.write_bytes(b"garbage")
    with pytest.raises(data.DamagedFile, match=r"cut off.*could not be moved aside"):
        data.load("mnist")
    assert path.exists()


BATCHES = {
    "hostile": (b"cos\nsystem\n(S'echo'\ntR.", "names os.system"),
    "garbage": (b"garbage", "not a sound pickle"),
    "empty": (b"", "not a sound pickle"),
    "a list": (pickle.dumps([1]), "holds a list, wanted a dict"),
    "no data": (pickle.dumps({"labels": [1] * 4}), "'data' is a NoneType"),
    "few images": (
        pickle.dumps({"data": np.zeros((3, 3072), np.uint8), "labels": [1] * 4}),
        r"uint8 of shape \(3, 3072\), wanted uint8 of shape \(4, 3072\)",
    ),
    "floats": (
        pickle.dumps({"data": np.zeros((4, 3072), np.float32), "labels": [1] * 4}),
        "'data' is float32",
    ),
    "few labels": (
        pickle.dumps({"data": np.zeros((4, 3072), np.uint8), "labels": [1] * 3}),
        "not a list of 4 labels",
    ),
    "a label too large": (
        pickle.dumps({"data": np.zeros((4, 3072), np.uint8), "labels": [1, 2, 3, 10]}),
        "a label is not a number from 0 to 9",
    ),
    "a label of text": (
        pickle.dumps({"data": np.zeros((4, 3072), np.uint8), "labels": [1, 2, 3, "4"]}),
        "a label is not a number",
    ),
}


@pytest.mark.parametrize("batch", BATCHES)
def test_a_batch_that_is_none_is_named_and_moved_aside(root, tiny_cifar, batch):
    content, message = BATCHES[batch]
    path = root / cifar10.FOLDER / "data_batch_3"
    path.write_bytes(content)
    with pytest.raises(data.DamagedFile, match=message) as error:
        data.load("cifar10")
    assert "data/cifar-10-batches-py/data_batch_3: " in str(error.value)
    assert "run `python -m helpers.data cifar10` again" in str(error.value)
    assert (root / "damaged" / "data_batch_3.1").read_bytes() == content


def test_a_batch_too_large_is_not_even_read(root, tiny_cifar, monkeypatch):
    monkeypatch.setattr("helpers.data.pickles.MOST_BYTES", 100)
    with pytest.raises(data.DamagedFile, match="too many for a batch"):
        data.load("cifar10")


def unpacked(place):
    return sorted(p.name for p in place.glob("*")) if place.exists() else []


CACHED = ["shapes-10-train_images.npy"]


def test_the_cache_is_filled_once_and_then_used(root, monkeypatch):
    first = data.load("cifar10", "embedded")
    assert unpacked(root / "cache") == CACHED
    before = (root / "cache" / CACHED[0]).stat()
    monkeypatch.setattr(embedded, "_store", lambda *_: pytest.fail("unpacked although cached"))
    second = data.load("cifar10", "embedded")
    np.testing.assert_array_equal(first.train.images, second.train.images)
    assert type(second.train.images) is np.ndarray
    assert (root / "cache" / CACHED[0]).stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c[:-1],
        lambda c: c + b"\0",
        lambda c: b"",
        lambda c: c[:-1] + bytes([c[-1] ^ 1]),
        lambda c: bytes([c[0] ^ 1]) + c[1:],
    ],
    ids=["cut off", "too long", "empty", "last byte", "first byte"],
)
def test_a_stale_or_damaged_cache_is_made_anew(root, damage):
    wanted = data.load("cifar10", "embedded").train.images.copy()
    path = root / "cache" / CACHED[0]
    good = path.read_bytes()
    path.write_bytes(damage(good))
    np.testing.assert_array_equal(data.load("cifar10", "embedded").train.images, wanted)
    assert path.read_bytes() == good
    assert unpacked(root / "cache") == CACHED  # no temporary file is left


def test_what_a_notebook_does_to_its_images_never_reaches_the_cache(root):
    data.load("cifar10", "embedded")
    good = (root / "cache" / CACHED[0]).read_bytes()
    data.load("cifar10", "embedded").train.images[:] = 0
    assert (root / "cache" / CACHED[0]).read_bytes() == good


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """A data folder in which nothing can be made, for root and on Windows too: it is a file."""
    path = tmp_path / "read_only"
    path.write_text("")
    monkeypatch.setenv("WORKBOOK_DATA", str(path))
    return path


@pytest.mark.parametrize("name", SETS)
def test_an_embedded_set_loads_where_the_folder_is_read_only(name, read_only, tmp_path):
    assert data.load(name).name == SETS[name]
    assert unpacked(tmp_path / "user" / "nn-workbook") == (CACHED if name == "cifar10" else [])


def test_an_embedded_set_loads_where_nothing_at_all_can_be_written(read_only, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(read_only))
    with pytest.warns(UserWarning, match=r"unpacks shapes-10\.npz again, because neither .* nor"):
        loaded = data.load("cifar10")
    assert len(loaded.train) == 5000


@pytest.mark.parametrize("label", SETS.values())
@pytest.mark.parametrize("damage", ["cut off", "one byte", "garbage", "lacking"])
def test_a_damaged_embedded_file_is_told_and_left_where_it_is(root, label, damage):
    good = files.shipped(f"{label}.npz").read_bytes()
    path = root / f"{label}.npz"
    half = len(good) // 2
    path.write_bytes(
        {
            "cut off": good[:half],
            "one byte": good[:half] + bytes([good[half] ^ 0xFF]) + good[half + 1 :],
            "garbage": b"garbage",
            "lacking": b"",
        }[damage]
    )
    if damage == "lacking":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("train_images.npy", b"no array")
    with pytest.raises(data.DamagedFile, match=rf"data/{label}\.npz: the file is damaged"):
        data.load("mnist" if label == "mnist-5k" else "cifar10", "embedded")
    assert path.exists()


def test_a_missing_embedded_file_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(files, "PROJECT", tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"mnist-5k\.npz is missing from .*fresh copy"):
        data.load("mnist", "embedded")


def test_the_registry_knows_every_file_and_nothing_else():
    known = files.registry()
    names = {*mnist.parts(), cifar10.ARCHIVE, "mnist-5k.npz", "shapes-10.npz"}
    assert set(known) == names
    assert known["train-images-idx3-ubyte"] == "md5:6bbc9ace898e44ae57da46a324031adb"
    assert known[cifar10.ARCHIVE] == "md5:c58f30108f718f92721af3b95e74349a"


@pytest.mark.parametrize(
    "line",
    ["name", "name md5:12", "name sha1:" + "0" * 40, "a b md5:" + "0" * 32, "x md5:" + "g" * 32],
)
def test_a_registry_line_of_another_form_is_named(root, line):
    (root / "registry.txt").write_text(f"# fine\n\n{line}\n")
    with pytest.raises(ValueError, match=r"registry\.txt, line 3: "):
        files.registry()


def test_a_name_stands_once_in_the_registry(root):
    (root / "registry.txt").write_text(f"a md5:{'0' * 32}\na md5:{'1' * 32}  # again\n")
    with pytest.raises(ValueError, match="line 2"):
        files.registry()


def test_a_file_without_a_checksum_is_neither_trusted_nor_moved(root, tiny_mnist):
    (root / "registry.txt").write_text("")
    with pytest.raises(ValueError, match="no line for train-images-idx3-ubyte"):
        data.load("mnist", "full")
    assert len(list((root / "mnist").iterdir())) == 4


# What a model must reach


def test_is_there_a_goal_for_each_set_that_a_model_may_be_trained_on():
    for name in ("mnist", "mnist-5k", "mnist-1k"):
        simple, advanced = (
            data.accuracy_to_reach(f"03_beras {model}", name) for model in ("simple", "advanced")
        )
        assert 0.5 < simple < advanced < 1
    with pytest.raises(KeyError, match="no goal for 03_beras simple on cifar10, only 03_beras"):
        data.accuracy_to_reach("03_beras simple", "cifar10")
