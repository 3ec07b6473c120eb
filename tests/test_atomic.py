import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from relens import atomic
from relens.atomic import atomic_file, atomic_folder
from relens.errors import FileError, RelensError


class Interrupted(Exception):
    pass


@pytest.fixture(params=["one step", "three steps"])
def exchange(request, monkeypatch):
    """Folders swapped as Linux can, and as every other system has to."""
    if request.param == "three steps":
        monkeypatch.setattr(atomic, "_exchange_in_one_step", lambda one, other: False)
    return request.param


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_file(path, text="new"):
    with atomic_file(path) as temporary:
        temporary.write_text(text)


def write_folder(path, text="new"):
    with atomic_folder(path) as temporary:
        (temporary / "inner").mkdir()
        (temporary / "inner" / "a.txt").write_text(text)


def old_folder(tmp_path):
    folder = tmp_path / "a.scene"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    return folder


def assert_old(folder):
    assert names(folder.parent) == ["a.scene"]
    assert names(folder) == ["old.txt"] and (folder / "old.txt").read_text() == "old"


def test_a_file_appears_under_its_name_when_whole(tmp_path):
    path = tmp_path / "a.png"
    with atomic_file(path) as temporary:
        temporary.write_text("half")
        assert not path.exists() and temporary.suffix == ".png" and temporary.parent == tmp_path
    assert path.read_text() == "half" and names(tmp_path) == ["a.png"]


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "a.png"
    path.write_text("old")
    write_file(str(path))
    assert path.read_text() == "new" and names(tmp_path) == ["a.png"]


def test_a_folder_appears_under_its_name_when_whole(tmp_path):
    path = tmp_path / "a.scene"
    with atomic_folder(path) as temporary:
        (temporary / "a.txt").write_text("half")
        assert not path.exists()
    assert names(tmp_path) == ["a.scene"] and names(path) == ["a.txt"]


def test_a_folder_is_replaced_as_a_whole(tmp_path, exchange):
    folder = old_folder(tmp_path)
    write_folder(str(folder) + "/")
    assert names(tmp_path) == ["a.scene"] and names(folder) == ["inner"]


@pytest.mark.parametrize("error", [Interrupted, KeyboardInterrupt, SystemExit, MemoryError])
def test_an_error_inside_keeps_the_old_file(tmp_path, error):
    path = tmp_path / "a.png"
    path.write_text("old")
    with pytest.raises(error), atomic_file(path) as temporary:
        temporary.write_text("half")
        raise error
    assert path.read_text() == "old" and names(tmp_path) == ["a.png"]


@pytest.mark.parametrize("error", [Interrupted, KeyboardInterrupt, SystemExit, MemoryError])
def test_an_error_inside_keeps_the_old_folder(tmp_path, error):
    folder = old_folder(tmp_path)
    with pytest.raises(error), atomic_folder(folder) as temporary:
        (temporary / "half.txt").write_text("half")
        raise error
    assert_old(folder)


@pytest.mark.parametrize("error", [Interrupted, KeyboardInterrupt])
def test_an_error_inside_leaves_nothing_where_nothing_was(tmp_path, error):
    with pytest.raises(error), atomic_folder(tmp_path / "a") as temporary:
        (temporary / "half.txt").write_text("half")
        raise error
    with pytest.raises(error), atomic_file(tmp_path / "b.txt") as temporary:
        temporary.write_text("half")
        raise error
    assert names(tmp_path) == []


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize(
    "error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()], ids=["EIO", "Ctrl-C"]
)
def test_a_rename_that_fails_keeps_the_old_folder(tmp_path, monkeypatch, failing, error):
    folder = old_folder(tmp_path)
    rename, calls = os.rename, []

    def fails(*arguments):
        calls.append(arguments)
        if len(calls) == failing:
            raise error
        rename(*arguments)

    monkeypatch.setattr(atomic, "_exchange_in_one_step", lambda one, other: False)
    monkeypatch.setattr(os, "rename", fails)
    with pytest.raises(FileError if isinstance(error, OSError) else KeyboardInterrupt):
        write_folder(folder)
    assert_old(folder)


def test_a_replace_that_fails_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_text("old")

    def fails(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(FileError, match=r"a\.png: cannot write: Read-only file system"):
        write_file(path)
    assert path.read_text() == "old" and names(tmp_path) == ["a.png"]


@pytest.mark.parametrize("write", [write_file, write_folder])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT])
def test_a_full_or_closed_disk_is_one_line(tmp_path, monkeypatch, write, code):
    def fails(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "write_text", fails)
    with pytest.raises(FileError) as caught:
        write(tmp_path / "a")
    assert str(caught.value) == f"{tmp_path / 'a'}: cannot write: {os.strerror(code)}"
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path, monkeypatch):
    def fails(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", fails)
    with pytest.raises(FileError, match="cannot write: Permission denied"):
        write_folder(tmp_path / "a")
    assert names(tmp_path) == []


@pytest.mark.parametrize("write", [write_file, write_folder])
@pytest.mark.parametrize(
    "name, problem",
    [
        ("missing/a", "the folder .*missing does not exist; create it first"),
        ("file.txt/a", "file.txt is a file; expected a folder"),
        ("nul\0name", "not a usable name"),
        ("/", "the root of the file system"),
        ("loop/a", "not a usable name|does not exist|cannot write"),
    ],
)
def test_places_that_cannot_be_written_are_one_line(tmp_path, write, name, problem):
    (tmp_path / "file.txt").write_text("a user's file")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(RelensError, match=problem) as caught:
        write(str(tmp_path / name))
    assert len(str(caught.value).splitlines()) == 1
    assert names(tmp_path) == ["file.txt", "loop"]


def test_a_file_is_not_written_over_a_folder_nor_a_folder_over_a_file(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old")
    with pytest.raises(FileError, match="is a folder"):
        write_file(tmp_path / "folder")
    with pytest.raises(FileError, match="is a file"):
        write_folder(tmp_path / "file")
    assert names(tmp_path) == ["file", "folder"] and (tmp_path / "file").read_text() == "old"


def test_a_device_is_not_replaced_by_a_file():
    with pytest.raises(FileError, match="device"):
        write_file("/dev/null")
    assert not Path("/dev/null").is_file()


def test_a_link_is_written_through(tmp_path, exchange):
    folder = old_folder(tmp_path)
    (tmp_path / "b.txt").write_text("old")
    (tmp_path / "to-folder").symlink_to(folder)
    (tmp_path / "to-file").symlink_to(tmp_path / "b.txt")
    write_folder(tmp_path / "to-folder")
    write_file(tmp_path / "to-file")
    assert names(tmp_path) == ["a.scene", "b.txt", "to-file", "to-folder"]
    assert (tmp_path / "to-folder").is_symlink() and names(folder) == ["inner"]
    assert (tmp_path / "to-file").is_symlink() and (tmp_path / "b.txt").read_text() == "new"


@pytest.mark.parametrize("write", [write_file, write_folder])
def test_the_longest_names_work_and_longer_ones_are_one_line(tmp_path, write):
    write(tmp_path / ("é" * 125 + ".txt"))
    with pytest.raises(FileError, match=r"cannot write: .*name too long"):
        write(tmp_path / ("a" * 256))


def test_a_relative_path_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_file("a.txt")
    write_folder("b")
    assert names(tmp_path) == ["a.txt", "b"]


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(FileError, match="cannot write"), atomic_file(tmp_path / "a.txt"):
        pass
    assert names(tmp_path) == []


_WRITER = """
import sys
from relens.atomic import atomic_folder
for count in range(10**6):
    with atomic_folder(sys.argv[1]) as folder:
        for name in ("a", "b"):
            (folder / name).write_text(str(count))
    print(count, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs the one-step exchange of Linux")
def test_a_killed_writer_leaves_a_whole_folder_under_the_name(tmp_path):
    target = tmp_path / "scene"
    for delay_s in (0.0, 0.003, 0.011):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(target)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(delay_s)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        assert names(target) == ["a", "b"]
        assert (target / "a").read_text() == (target / "b").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows opens no folders")
def test_names_are_on_the_disk_when_a_write_is_done(tmp_path, monkeypatch):
    synced, fsync, replace = [], os.fsync, os.replace

    def noted(descriptor):
        synced.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def replaced(one, other):
        replace(one, other)
        synced.append("replaced")

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(os, "replace", replaced)
    write_file(tmp_path / "a.png")
    inode = tmp_path.stat().st_ino
    assert synced == [(tmp_path / "a.png").stat().st_ino, "replaced", inode]
    synced.clear()
    write_folder(tmp_path / "b")
    # Its file, the folders in it, itself; and, last, its name.
    assert {path.stat().st_ino for path in (tmp_path / "b", *(tmp_path / "b").rglob("*"))} <= set(synced)
    assert synced[-1] == inode


def test_errors_call_things_by_the_names_that_people_gave(tmp_path):
    with pytest.raises(FileError) as caught, atomic.atomic_folder(tmp_path / "a") as folder:
        raise FileError(folder / "b.png", "cannot write: No space left on device")
    assert str(caught.value) == f"{tmp_path / 'a' / 'b.png'}: cannot write: No space left on device"


def test_a_scratch_folder_goes_with_the_block(tmp_path, monkeypatch):
    with atomic.scratch_folder(tmp_path / "a.usdz") as folder:
        (folder / "page.png").write_text("page")
        assert folder.parent == tmp_path
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    with atomic.scratch_folder() as folder:
        assert folder.parent == tmp_path and list(folder.iterdir()) == []
    assert names(tmp_path) == []


def test_no_room_for_temporary_files_says_where(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(FileError) as caught, atomic.scratch_folder():
        pass
    expected = "cannot write temporary files: No space left on device; make room there, or set TMPDIR to a folder"
    assert str(caught.value).startswith(f"{tmp_path}: {expected}")
