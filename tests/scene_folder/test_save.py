"""What saving replaces and what it never touches, and how it survives accidents."""

import errno
import os
import pkgutil
import resource
import shutil
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small_scene import BACK, DEPTH, JSON, UNSURE, assert_same, files, set_json, small_scene, unsure_scene

from relens.camera import Camera, Intrinsics
from relens.errors import FileError, RelensError
from relens.left_over import hidden_name
from relens.photo.photo import SourceFile
from relens.scene import Layer, Scene
from relens.scene_folder import load_scene, save_scene
from relens.scene_folder.manifest import portable_file_name


@pytest.fixture
def folder(tmp_path):
    save_scene(small_scene(), tmp_path / "me.relens")
    return tmp_path / "me.relens"


def test_a_scene_is_replaced_without_leftovers(folder):
    save_scene(unsure_scene(), folder)
    plain = replace(small_scene(), layers=small_scene().layers[1:], source=None)
    save_scene(plain, folder)
    assert set(files(folder)) == {JSON, BACK, DEPTH}
    assert [path.name for path in folder.parent.iterdir()] == ["me.relens"]


def test_a_scene_saves_over_itself_and_over_an_empty_folder(folder, tmp_path):
    scene = load_scene(folder)
    save_scene(scene, folder)
    assert_same(load_scene(folder), scene)
    (tmp_path / "empty").mkdir()
    save_scene(scene, tmp_path / "empty")
    assert_same(load_scene(tmp_path / "empty"), scene)


FOREIGN: list[tuple[str, str, Any]] = [
    ("a user's folder", "stays as it is", lambda f: (f / JSON).unlink()),
    ("another program's", "stays as it is", lambda f: (f / JSON).write_text('{"format": "gltf", "version": 1}')),
    ("a damaged scene", "stays as it is", lambda f: (f / JSON).write_text("{")),
    ("a newer scene", "stays as it is.*update relens", lambda f: set_json(f, "version", value=3)),
    ("notes added", "holds notes.txt", lambda f: (f / "notes.txt").write_text("mine")),
    ("a project file added", "holds canonical/back.xcf", lambda f: (f / "canonical/back.xcf").write_text("mine")),
    ("an uncertainty added", "holds uncertainty.exr", lambda f: shutil.copy(f / DEPTH, f / UNSURE)),
    ("a page added", "holds canonical/copy.png", lambda f: shutil.copy(f / BACK, f / "canonical/copy.png")),
    ("a link added", "holds link", lambda f: (f / "link").symlink_to(f.parent)),
    ("a folder added", "holds raw/a.dng", lambda f: ((f / "raw").mkdir(), (f / "raw/a.dng").write_text("mine"))),
]


@pytest.mark.parametrize("problem, change", [row[1:] for row in FOREIGN], ids=[row[0] for row in FOREIGN])
def test_a_folder_with_anything_but_a_scene_is_never_replaced(folder, problem, change):
    change(folder)
    before = files(folder)
    with pytest.raises(FileError, match=problem) as caught:
        save_scene(small_scene(), folder)
    assert len(str(caught.value).splitlines()) == 1
    assert files(folder) == before and [path.name for path in folder.parent.iterdir()] == ["me.relens"]


def test_what_a_killed_migration_left_inside_does_not_stand_in_the_way(folder, monkeypatch):
    monkeypatch.setattr(os, "getpid", lambda: 2**22 + 1)  # of no process
    left = hidden_name(folder / JSON)
    left.write_text("{")
    monkeypatch.undo()
    save_scene(unsure_scene(), folder)
    assert not left.exists()
    assert load_scene(folder).uncertainty is not None


def test_a_file_or_a_missing_parent_is_one_line(tmp_path):
    (tmp_path / "file").write_text("mine")
    for path, problem in (("file", "is a file"), ("file/a", "is a file"), ("missing/a", "does not exist")):
        with pytest.raises(FileError, match=problem):
            save_scene(small_scene(), tmp_path / path)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    "name, stored",
    [
        ("portrait.heic", "portrait.heic"),
        ("Zoë im Café (1).jpg", "Zoë im Café (1).jpg"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\photos\\a.jpg", "C__photos_a.jpg"),
        ("caf\udce9\n.jpg", "caf__.jpg"),
        ("..", "photo"),
        ("", "photo"),
        ("a" * 300 + ".jpg", "a" * 56 + ".jpg"),
    ],
)
def test_the_source_gets_a_name_that_works_everywhere(tmp_path, name, stored):
    save_scene(replace(small_scene(), source=SourceFile(name, b"x"), depth_source=f"file {name}"), tmp_path / "a")
    assert load_scene(tmp_path / "a").source == SourceFile(stored, b"x")
    assert portable_file_name(stored) == stored


def test_a_folder_name_that_is_no_text_works(tmp_path):
    path = tmp_path / "caf\udce9"
    save_scene(small_scene(), path)
    assert_same(load_scene(path), load_scene(path))


def test_scenes_beyond_the_format_are_one_line(tmp_path):
    wall = small_scene().layers[1]
    many = replace(small_scene(), layers=tuple(replace(wall, name=f"wall-{index}") for index in range(65)))
    glare = replace(wall, rgba=np.where(np.arange(4) < 3, np.float32(3e38), wall.rgba).astype(np.float32))
    for scene, problem in ((many, "layers"), (replace(small_scene(), layers=(glare,)), "brightest")):
        with pytest.raises(RelensError, match=problem):
            save_scene(scene, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


class Crash(BaseException):
    pass


@pytest.mark.parametrize(
    "error", [Crash(), KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")], ids=repr
)
@pytest.mark.parametrize(
    "place, call",
    [
        ("relens.scene_folder.save.write_page", 1),
        ("relens.scene_folder.save.write_page", 2),
        ("relens.scene_folder.save.write_plane", 1),
        ("relens.scene_folder.save.write_plane", 2),
        ("relens.scene_folder.save.write_plane", 3),
        ("relens.scene_folder.save.write_manifest", 1),
        ("relens.atomic._flush", 1),
        ("relens.atomic.os.rename", 1),
        ("relens.atomic.os.rename", 2),
    ],
)
def test_a_crash_anywhere_leaves_the_old_scene_and_nothing_else(folder, monkeypatch, error, place, call):
    before = files(folder)
    original, calls = pkgutil.resolve_name(place), []

    def crashes(*arguments):
        calls.append(arguments)
        if len(calls) == call:
            raise error
        return original(*arguments)

    monkeypatch.setattr(place, crashes)
    monkeypatch.setattr("relens.atomic._exchange_in_one_step", lambda one, other: False)
    with pytest.raises(FileError if isinstance(error, OSError) else type(error)) as caught:
        save_scene(replace(unsure_scene(), layers=small_scene(3.0).layers), folder)
    if isinstance(error, OSError):
        assert str(caught.value) == f"{folder}: cannot write: No space left on device"
    assert files(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["me.relens"]


def test_a_real_full_disk_is_one_line_from_every_encoder(tmp_path):
    rng = np.random.default_rng(0)
    noise = rng.random((200, 200, 4), np.float32)
    camera = Camera(Intrinsics.centred(100.0, 200, 200))
    depth_only = Layer("a", np.zeros((200, 200, 4), np.float32), rng.random((200, 200), np.float32))
    page_only = Layer("a", noise, np.ones((200, 200), np.float32))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for layer in (depth_only, page_only):
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
        try:
            with pytest.raises(FileError, match="a: cannot write: File too large"):
                save_scene(Scene(camera, (layer,)), tmp_path / "a")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
