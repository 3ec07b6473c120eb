"""What may lie beside a scene: the record of its edits goes with it, and nothing else is ever replaced."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_scene import assert_same, files, small_scene

from relens.errors import FileError
from relens.scene_folder import load_scene, save_scene
from relens.scene_folder.beside import belongs_to_edits, step_path
from relens.scene_folder.save import require_replaceable


@pytest.fixture
def folder(tmp_path):
    """A scene with a record of two edits, whatever is in it."""

    def write(folder):
        (folder / "edits").mkdir()
        for name in ("edits.json", step_path(1), step_path(2)):
            (folder / name).write_bytes(b"record")

    save_scene(small_scene(), tmp_path / "me.relens", beside=write)
    return tmp_path / "me.relens"


@given(st.integers(1, 999_999))
def test_every_step_has_a_file_of_the_record(number):
    assert belongs_to_edits(step_path(number))


@pytest.mark.parametrize(
    "name",
    [
        *("edits", "edits.npz", "edits/notes.txt", "edits/.npz", "edits/1.npz.bak", "edits/0.npz", "edits/01.npz"),
        *("edits/-1.npz", "edits/1000000.npz", "edits/\u0661.npz", "edits/1.npz\n", "edits/a/1.npz", "1.npz"),
        *("canonical/edits.json", "edits/edits.json", "Edits.json"),
    ],
)
def test_nothing_else_is_of_the_record(name):
    assert not belongs_to_edits(Path(name))


def test_the_record_is_written_with_the_scene(folder):
    assert {"edits.json", "edits/1.npz", "edits/2.npz"} < set(files(folder))
    assert_same(load_scene(folder), load_scene(folder))
    require_replaceable(folder)


def test_a_plain_save_drops_the_record(folder):
    save_scene(load_scene(folder), folder)
    assert not any(name.startswith("edits") for name in files(folder))
    assert not (folder / "edits").exists()


@pytest.mark.parametrize("name", ["edits/notes.txt", "edits/01.npz", "edits/raw/1.npz", "edits.json.bak"])
def test_foreign_files_beside_the_record_are_never_replaced(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine")
    before = files(folder)
    with pytest.raises(FileError, match=f"holds {name}, which is no part of the scene"):
        save_scene(small_scene(), folder)
    assert files(folder) == before


def test_a_link_to_a_folder_elsewhere_is_never_replaced(folder, tmp_path):
    os.rename(folder / "edits", tmp_path / "elsewhere")
    (folder / "edits").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileError, match="holds edits, which is no part of the scene"):
        save_scene(small_scene(), folder)
    assert len(files(tmp_path / "elsewhere")) == 2


def test_a_record_that_cannot_be_written_leaves_the_old_scene(folder):
    before = files(folder)

    def full(folder):
        (folder / "edits").mkdir()
        raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match="cannot write: No space left on device"):
        save_scene(small_scene(2.0), folder, beside=full)
    assert files(folder) == before and [path.name for path in folder.parent.iterdir()] == ["me.relens"]
