"""Every version of the scene format that was ever written is opened, for ever, with the values that it had."""

import json
import shutil
from dataclasses import fields

import numpy as np
import pytest
from golden_scenes import EDITED, NAMES, VERSIONS, values_of_folder
from small_scene import files, set_json, small_scene

from relens.camera import Intrinsics
from relens.edit import load_history, save_history
from relens.errors import FileError
from relens.film.scene_print import scene_print
from relens.scene import Layer, Scene
from relens.scene_folder import load_scene, save_scene
from relens.scene_folder.manifest import VERSION, read_manifest, this_relens
from relens.scene_folder.migrate import OLDEST, STEPS, migrated
from relens.scene_folder.migrate_folder import migrate_folder, version_of
from relens.serve.scene_digest import SceneDigests

OLD = range(OLDEST, VERSION)


def golden(version, name):
    return VERSIONS / str(version) / name / "scene.relens"


@pytest.fixture
def old(tmp_path):
    """A copy of an edited scene of version 1."""
    return shutil.copytree(golden(1, EDITED), tmp_path / "old.relens")


def test_every_version_has_its_scenes_and_its_step():
    found = {int(folder.name): {inner.name for inner in folder.iterdir()} for folder in VERSIONS.iterdir()}
    expected = {version: set(NAMES) for version in range(1, VERSION + 1)}
    assert found == expected, "run python tests/golden_scenes.py with the code that first writes a version"
    assert set(STEPS) == set(OLD)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_scene_of_every_version_has_the_values_that_it_had(version, name):
    assert version_of(golden(version, name)) == version
    found = values_of_folder(golden(version, name), name)
    with np.load(golden(version, name).with_name("expected.npz")) as expected:
        assert set(expected) == set(found)
        for key, values in found.items():
            if key.endswith("rgba"):
                # The transfer curve may differ by a rounding from one machine's compiler to another's.
                np.testing.assert_allclose(values, expected[key], rtol=1e-6, atol=0, err_msg=key)
            else:
                np.testing.assert_array_equal(values, expected[key], err_msg=key)


def test_the_golden_scenes_are_what_they_are_called():
    scenes = {name: load_scene(golden(1, name)) for name in NAMES}
    assert [name for name, scene in scenes.items() if scene.uncertainty is not None] == ["uncertainty"]
    assert [name for name, scene in scenes.items() if scene.source is None] == ["plain"]
    brightest = {name: max(layer.rgba.max() for layer in scene.layers) for name, scene in scenes.items()}
    assert brightest["gain"] > 5 > 1.01 > brightest["source-photo"]
    history = load_history(golden(1, EDITED))
    assert [step.name for step in (*history.done, *history.undone)] == ["expose", "expose"]


@pytest.mark.parametrize("version", OLD)
def test_steps_change_nothing_but_what_came(version):
    text = golden(version, "gain").joinpath("scene.json").read_text()
    values = json.loads(text)
    new = migrated(values, version, VERSION)
    assert values == json.loads(text)
    newest = json.loads(golden(VERSION, "gain").joinpath("scene.json").read_text())
    new["written_by"] = newest["written_by"]
    assert new == newest


def test_an_old_scene_saves_as_the_newest_version(old, tmp_path):
    save_history(load_history(old), tmp_path / "new.relens")
    assert json.loads((tmp_path / "new.relens/scene.json").read_text())["version"] == VERSION
    assert read_manifest(tmp_path / "new.relens").written_by == this_relens() != read_manifest(old).written_by
    assert len(load_history(tmp_path / "new.relens").done) == 1
    save_scene(load_scene(old), old)
    assert version_of(old) == VERSION


def test_opening_leaves_an_old_scene_as_it_is(old):
    before = files(old)
    load_scene(old)
    assert files(old) == before


def test_migrating_rewrites_scene_json_alone(old):
    before, values = files(old), values_of_folder(old, EDITED)
    assert migrate_folder(old)
    after = files(old)
    assert version_of(old) == VERSION and before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == ["scene.json"]
    for key, value in values_of_folder(old, EDITED).items():
        np.testing.assert_array_equal(value, values[key])
    assert not migrate_folder(old) and files(old) == after


def test_a_migration_that_fails_leaves_the_old_scene(old, monkeypatch):
    def crash(*_):
        raise OSError(28, "No space left on device")

    before = files(old)
    monkeypatch.setattr("relens.scene_folder.migrate_folder.manifest_text", crash)
    with pytest.raises(FileError, match=r"scene\.json: cannot write: No space left"):
        migrate_folder(old)
    assert files(old) == before


def test_no_picture_depends_on_who_wrote_the_scene(old, tmp_path):
    before = load_scene(old)
    migrate_folder(old)
    set_json(old, "written_by", value="another program 7")
    after = load_scene(old)
    assert scene_print(after).digest == scene_print(before).digest
    assert SceneDigests().digest(after) == SceneDigests().digest(before)


@pytest.mark.parametrize(
    ("written_by", "advice"),
    [
        ("relens 0.9.1", "update relens to 0.9.1 or newer"),
        ("relens 9\nrm -r", "update relens"),
        (None, "update relens"),
        ({"name": "relens"}, "update relens"),
    ],
)
def test_a_newer_scene_says_which_relens_reads_it(tmp_path, written_by, advice):
    save_scene(small_scene(), tmp_path / "new.relens")
    for place, value in {"version": VERSION + 1, "written_by": written_by, "planets": []}.items():
        set_json(tmp_path / "new.relens", place, value=value)
    with pytest.raises(FileError) as error:
        load_scene(tmp_path / "new.relens")
    known = f"this relens reads versions 1 to {VERSION}"
    assert str(error.value).endswith(f"scene.json: scene version {VERSION + 1}; {known}: {advice}")


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        ("written_by", "relens 0.2.0", "written_by: is no field of version 1"),
        ("planets", [], "planets: Extra inputs are not permitted"),
        ("border_px", -1, "border_px: Input should be greater than or equal to 0"),
        ("border_px", "1", "border_px: Input should be a valid integer"),
    ],
)
def test_old_scenes_are_checked_as_strictly(old, place, value, problem):
    set_json(old, place, value=value)
    with pytest.raises(FileError, match=rf"scene\.json: is not valid: {problem}"):
        load_scene(old)


@pytest.mark.parametrize("value", [None, "", 7, "x" * 201])
def test_the_newest_version_says_who_wrote_it(tmp_path, value):
    save_scene(small_scene(), tmp_path / "new.relens")
    set_json(tmp_path / "new.relens", "written_by", value=value)
    with pytest.raises(FileError, match=r"is not valid: written_by: "):
        load_scene(tmp_path / "new.relens")


def test_the_values_that_are_compared_hold_all_of_a_scene():
    assert [field.name for field in fields(Scene)] == [
        "camera", "layers", "border_px", "source", "depth_source", "uncertainty"
    ]  # fmt: skip
    assert {field.name for field in fields(Layer)} == {"name", "rgba", "inverse_depth"}
    assert {field.name for field in fields(Intrinsics)} == {
        "fx_px", "fy_px", "cx_px", "cy_px", "width_px", "height_px", "source"
    }  # fmt: skip
