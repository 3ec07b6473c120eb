import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from relens import atomic, left_over
from relens.atomic import atomic_file, atomic_folder
from relens.errors import FileError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_file(path):
    with atomic_file(path) as temporary:
        temporary.write_text("new")


def old_folder(tmp_path):
    folder = tmp_path / "a.scene"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    return folder


def assert_old(folder):
    assert names(folder.parent) == ["a.scene"] and names(folder) == ["old.txt"]


def left_by(folder, target, process, kind="part", machine=None):
    """What a process leaves in a folder that is killed while it writes there."""
    name = f".{target.split('.')[0]}.{machine or left_over._machine()}-{process}-0123abcd.{kind}.png"
    path = folder / name
    if kind == "old":
        (path / target).mkdir(parents=True)
        (path / target / "old.txt").write_text("old")
    else:
        path.write_text("half")
    return path


@pytest.fixture
def dead():
    """The number of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_dead_process_left_goes_with_the_next_write(tmp_path, dead):
    left_by(tmp_path, "a.png", dead)
    inner = tmp_path / f".b.{left_over._machine()}-{dead}-0123abcd.part" / "canonical"
    inner.mkdir(parents=True)
    (inner / "page.png").write_text("half")
    write_file(tmp_path / "c.png")
    assert names(tmp_path) == ["c.png"]


def test_what_a_living_process_writes_stays(tmp_path):
    mine = left_by(tmp_path, "a.png", os.getpid())
    write_file(tmp_path / "c.png")
    assert mine.read_text() == "half"


def test_what_another_machine_writes_stays_until_it_has_rested_a_day(tmp_path, dead):
    theirs = [left_by(tmp_path, name, dead, machine="00000000") for name in ("a.png", "b.png")]
    yesterday_s = time.time() - 25 * 3600
    os.utime(theirs[1], (yesterday_s, yesterday_s))
    write_file(tmp_path / "c.png")
    assert [path.exists() for path in theirs] == [True, False]


@pytest.mark.parametrize(
    "name", [".a.part.png", ".hidden", "a.0123abcd-1-0123abcd.part", ".a.0123abcd-x-0123abcd.part"]
)
def test_other_peoples_files_stay(tmp_path, name):
    (tmp_path / name).write_text("a user's file")
    write_file(tmp_path / "c.png")
    assert (tmp_path / name).read_text() == "a user's file"


def test_a_folder_that_was_put_aside_comes_back(tmp_path, dead):
    aside = left_by(tmp_path, "a.scene", dead, "old")
    left_over.bring_back(tmp_path / "a.scene")
    assert_old(tmp_path / "a.scene")
    assert not aside.exists()


def test_a_folder_that_was_put_aside_does_not_replace_the_new_one(tmp_path, dead):
    left_by(tmp_path, "a.scene", dead, "old")
    (tmp_path / "a.scene").mkdir()
    write_file(tmp_path / "c.png")
    assert names(tmp_path) == ["a.scene", "c.png"] and names(tmp_path / "a.scene") == []


def test_what_is_put_aside_by_a_living_process_stays_aside(tmp_path):
    aside = left_by(tmp_path, "a.scene", os.getpid(), "old")
    left_over.bring_back(tmp_path / "a.scene")
    assert aside.exists() and not (tmp_path / "a.scene").exists()


def test_an_undo_that_fails_keeps_the_old_folder_aside(tmp_path, monkeypatch, dead):
    """The disk turns read-only between the two renames; the next process finds the folder again."""
    folder, rename = old_folder(tmp_path), os.rename

    def fails(one, other):
        if (Path(other).name == "a.scene" and Path(one).parent != folder.parent) or Path(one).name[0] == ".":
            raise OSError(errno.EROFS, "Read-only file system")
        rename(one, other)

    monkeypatch.setattr(atomic, "_exchange_in_one_step", lambda one, other: False)
    monkeypatch.setattr(os, "rename", fails)
    monkeypatch.setattr(os, "getpid", lambda: dead)
    with pytest.raises(FileError, match="Read-only"), atomic_folder(folder) as temporary:
        (temporary / "new.txt").write_text("new")
    monkeypatch.undo()
    assert not folder.exists()
    left_over.bring_back(folder)
    assert_old(folder)
