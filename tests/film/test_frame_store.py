"""A frame in the store is what was put there, or is not there."""

import os

import numpy as np
import pytest

from relens.errors import FileError
from relens.film.frame_form import FrameForm, encoded_frame
from relens.film.frame_store import FrameStore

LINEAR = np.random.default_rng(4).random((9, 8, 3), np.float32)
KEY = "0123-ab"


@pytest.fixture(params=["png", "exr"])
def store(request, tmp_path) -> FrameStore:
    form = FrameForm(request.param, 16)
    made = FrameStore(tmp_path / "frames", form)
    made.put(KEY, encoded_frame(LINEAR, form))
    return made


def test_another_run_finds_it(store: FrameStore) -> None:
    again = FrameStore(store.folder, store.form)
    again.drop_damaged([KEY, "4567-ab"])
    assert KEY in again and "4567-ab" not in again
    if store.form.kind == "png":
        np.testing.assert_array_equal(again.pixels(KEY), store.form.pixels(LINEAR))


@pytest.mark.parametrize("damage", ["cut", "one bit", "empty", "gone"])
def test_damage_is_noticed(store: FrameStore, damage: str) -> None:
    path = store.path(KEY)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": path.read_bytes()[:-9], "one bit": bytes(content), "empty": b""}[damage])
    again = store if damage == "gone" else FrameStore(store.folder, store.form)
    again.drop_damaged([KEY])
    assert KEY not in again
    assert not path.exists()


def test_what_is_half_written_has_no_name(store: FrameStore, monkeypatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.put("89-ab", b"frame")
    assert "89-ab" not in FrameStore(store.folder, store.form)


def test_frames_of_another_form_and_other_files_are_none(store: FrameStore) -> None:
    for name in ("note.png", "a-b-c.png", ".0123-cd-00000000.png", "scene-0123456789abcdef.npz"):
        (store.folder / name).write_bytes(b"")
    again = FrameStore(store.folder, store.form)
    assert KEY in again and "0123-cd" not in again and ".0123-cd" not in again
    other = FrameStore(store.folder, FrameForm("exr" if store.form.kind == "png" else "png", 16))
    assert KEY not in other


def test_under_another_key(store: FrameStore) -> None:
    content = store.path(KEY).read_bytes()
    store.rename(KEY, "0123-cd")
    again = FrameStore(store.folder, store.form)
    again.drop_damaged(["0123-cd"])
    assert KEY not in again and again.path("0123-cd").read_bytes() == content


def test_a_folder_that_cannot_be(tmp_path) -> None:
    with pytest.raises(FileError, match="cannot keep frames"):
        FrameStore(tmp_path / "no" / "frames", FrameForm())
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="file: cannot keep frames"):
        FrameStore(tmp_path / "file", FrameForm())
