import errno
import os
from pathlib import Path

import pytest

from relens.cli.output import require_picture_path, require_scene_path
from relens.errors import FileError, ValueRangeError


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "open", refuse)


def test_a_good_name_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "old.png").write_bytes(b"old")
    for name in ("new.png", "old.png", "new.exr", "new.jpg"):
        require_picture_path(tmp_path / name)
    require_scene_path(tmp_path / "new.relens")
    assert [path.name for path in tmp_path.iterdir()] == ["old.png"]
    assert (tmp_path / "old.png").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("picture.gif", "picture.gif: unknown suffix .gif; expected one of .png"),
        ("picture", "picture: unknown suffix (none)"),
        ("no/such/picture.png", "does not exist; create it first"),
        ("folder.png", "folder.png: is a folder"),
        ("file/picture.png", "is a file; expected a folder"),
    ],
)
def test_a_bad_picture_name(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(FileError) as caught:
        require_picture_path(tmp_path / name)
    assert problem in str(caught.value)
    assert str(caught.value).count(f"{tmp_path / name}: ") == 1
    assert ".part" not in str(caught.value)


def test_a_bit_depth_that_the_format_lacks(tmp_path: Path) -> None:
    with pytest.raises(ValueRangeError, match=r"bit_depth=16: expected 8 for \.jpg"):
        require_picture_path(tmp_path / "picture.jpg", 16)


def test_the_photo_itself_is_kept(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.touch()
    link = tmp_path / "link.png"
    link.symlink_to(photo)
    with pytest.raises(FileError, match="is the photo itself"):
        require_picture_path(link, source=photo)


def test_a_read_only_folder(tmp_path: Path, read_only: None) -> None:
    for require, name in ((require_picture_path, "a.png"), (require_scene_path, "a.relens")):
        with pytest.raises(FileError, match=rf"{name}: cannot write: Read-only file system"):
            require(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_no_scene_is_kept(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "letter.txt").touch()
    with pytest.raises(FileError, match="does not know as a scene"):
        require_scene_path(tmp_path / "precious")
    assert (tmp_path / "precious" / "letter.txt").exists()
