import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from view_server import small_portrait

from relens.viewer import first_look as room
from relens.viewer.edit_state import EditState
from relens.viewer.first_look import FirstLook, first_look, keep_look, kept_look
from relens.viewer.levels import Levels

LOOK = first_look(Levels(small_portrait()), "me.relens", EditState(0, ("paint",), (), True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "me.relens").mkdir()
    return tmp_path / "me.relens"


def test_a_look_comes_back_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_look(LOOK, folder, "as it is")
    assert kept_look(folder, "as it is") == LOOK
    monkeypatch.chdir(folder.parent)
    assert kept_look(Path("me.relens"), "as it is") == LOOK
    assert LOOK.level == 0 and LOOK.info["history"]["done"] == ["paint"]


def test_another_state_folder_or_relens_has_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_look(LOOK, folder, "as it is")
    assert kept_look(folder, "changed") is None
    moved = folder.rename(folder.with_name("moved.relens"))
    assert kept_look(moved, "as it is") is None
    assert kept_look(folder, "as it is") == LOOK
    monkeypatch.setattr(room, "version", lambda name: "0.0.0")
    assert kept_look(folder, "as it is") is None


def test_a_newer_look_takes_the_place_of_the_older(folder: Path, looks: Path) -> None:
    keep_look(LOOK, folder, "before")
    keep_look(FirstLook({**LOOK.info, "name": "new"}, LOOK.pack), folder, "after")
    assert kept_look(folder, "before") is None
    assert kept_look(folder, "after") == FirstLook({**LOOK.info, "name": "new"}, LOOK.pack)
    assert len([*looks.iterdir()]) == 1


def test_nobody_else_may_look(folder: Path, looks: Path) -> None:
    before = os.umask(0)
    try:
        keep_look(LOOK, folder, "as it is")
    finally:
        os.umask(before)
    (file,) = looks.iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (looks, file)] == [0o700, 0o600]


def test_a_folder_that_others_write_into_is_neither_read_nor_written(folder: Path, looks: Path) -> None:
    keep_look(LOOK, folder, "as it is")
    looks.chmod(0o777)
    assert kept_look(folder, "as it is") is None
    keep_look(LOOK, folder, "changed")
    looks.chmod(0o700)
    assert kept_look(folder, "as it is") == LOOK


def test_of_more_than_32_those_go_that_were_not_used_for_longest(tmp_path: Path, looks: Path) -> None:
    folders = [tmp_path / f"{number}.relens" for number in range(34)]
    for number, folder in enumerate(folders[:32]):
        keep_look(LOOK, folder, "")
        (newest,) = {file for file in looks.iterdir() if file.stat().st_mtime > 1000}
        os.utime(newest, (number, number))
    assert kept_look(folders[0], "") == LOOK
    for folder in folders[32:]:
        keep_look(LOOK, folder, "")
    assert [number for number in range(34) if kept_look(folders[number], "") is None] == [1, 2]
    assert len([*looks.iterdir()]) == 32


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_no_look(folder: Path, looks: Path, data: st.DataObject) -> None:
    keep_look(LOOK, folder, "as it is")
    (file,) = looks.iterdir()
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        file.write_bytes(whole[:at])
    else:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    assert kept_look(folder, "as it is") is None


def test_what_is_no_look_of_ours_is_none_though_its_digest_is_right(folder: Path, looks: Path) -> None:
    patch = first_look(Levels(small_portrait()), "me", EditState()).pack.replace(b'"kind":"scene"', b'"kind":"patch"')
    keep_look(FirstLook(LOOK.info, patch), folder, "as it is")
    assert kept_look(folder, "as it is") is None
    (file,) = looks.iterdir()
    for content in (b"", b"RLPK", b"a note"):
        file.write_bytes(hashlib.sha256(content).digest() + content)
        assert kept_look(folder, "as it is") is None
    file.unlink()
    file.mkdir()
    assert kept_look(folder, "as it is") is None
    keep_look(LOOK, folder, "as it is")


def test_a_cache_that_cannot_be_written_is_no_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "view", Path("/dev/null/view")):
        monkeypatch.setattr(room, "cache_folder", lambda place=place: place)
        keep_look(LOOK, folder, "as it is")
        assert kept_look(folder, "as it is") is None


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "/home/me/.cache/relens/view"),
        ("linux", {"XDG_CACHE_HOME": "/c"}, "/c/relens/view"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/relens/view"),
        ("darwin", {"XDG_CACHE_HOME": "/c"}, "/home/me/Library/Caches/relens/view"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/relens/view"),
        ("win32", {}, "/home/me/AppData/Local/relens/view"),
    ],
)
def test_each_system_has_its_cache_folder(
    platform: str, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # The folder of the tests.
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert room.cache_folder() == Path(expected)


def test_a_look_is_read_before_anything_heavy_is_imported() -> None:
    rooms = "relens.viewer.first_look, relens.serve.server, relens.cli.view, relens.cli.main"
    code = f"import sys, {rooms}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "relens.serve.app" in loaded
    assert not {"numpy", "numba", "cv2", "pydantic", "relens.scene"} & set(loaded)
