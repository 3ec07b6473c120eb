"""The record of edits in a scene's folder: through saving and loading, undo and redo restore every file to the byte."""

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from edits_of_any_kind import any_edits
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scene import BACK, edit, files, set_json, small_scene
from stacked_scenes import bits, stacked_scenes

from relens.edit import Expose, History, Paint, Where, load_history, same_photo, save_history
from relens.edit.digest import digest
from relens.edit.history_file import load_edits
from relens.errors import FileError
from relens.photo.photo import SourceFile
from relens.scene_folder import load_scene, save_scene

RED, BLUE = Paint("#c04020", where=Where(layer="back")), Paint("#2040c0", where=Where(layer="subject"))


@pytest.fixture(autouse=True, scope="module")
def no_waiting_for_the_disk():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("relens.atomic._flush", lambda path: None)
        yield


@pytest.fixture
def folder(tmp_path):
    """A scene with two edits and one undone."""
    history = History(small_scene()).do(RED).do(BLUE).do(Expose(1.0)).undo()
    save_history(history, tmp_path / "me.relens")
    return tmp_path / "me.relens"


def of_scene(folder):
    return {name: data for name, data in files(folder).items() if not name.startswith("edits")}


@settings(max_examples=25)
@given(stacked_scenes(most_layers=3), st.lists(any_edits(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_there_and_back_and_there_again_every_file_is_as_it_was(scene, edits, random):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "me.relens")
        save_scene(scene, folder)
        history, states = History(scene), [of_scene(folder)]

        def moved(move):
            before = load_history(folder) if random.random() < 0.7 else history
            after = move(before)
            save_history(after, folder)
            return after, after is not before

        for edit in edits:
            history, changed = moved(lambda history, edit=edit: history.do(edit))
            states += [of_scene(folder)] if changed else []
            assert of_scene(folder) == states[-1]
        for state in states[-2::-1]:
            history, _ = moved(History.undo)
            assert of_scene(folder) == state
        for state in states[1:]:
            history, _ = moved(History.redo)
            assert of_scene(folder) == state


def test_a_page_with_another_gain_comes_back_whole(tmp_path):
    """Every texel of a page is rounded anew when its brightest light changes, not only those of the edit."""
    save_scene(small_scene(3.0), tmp_path / "a")
    before = of_scene(tmp_path / "a")
    lamp = Paint("#ffffff", stops=6.0, where=Where(layer="back", brush_px=((3.0, 2.0),), radius_px=1, feather_px=0))
    save_history(load_history(tmp_path / "a").do(lamp), tmp_path / "a")
    after = of_scene(tmp_path / "a")
    assert json.loads(after["scene.json"])["layers"][1]["gain"] > 10
    save_history(load_history(tmp_path / "a").undo(), tmp_path / "a")
    assert of_scene(tmp_path / "a") == before
    save_history(load_history(tmp_path / "a").redo(), tmp_path / "a")
    assert of_scene(tmp_path / "a") == after


def test_what_is_saved_is_loaded(folder):
    history = load_history(folder)
    assert [step.name for step in history.done] == ["paint", "paint"]
    assert [step.name for step in history.undone] == ["expose"]
    assert load_edits(folder) == (history.done, history.undone)
    before = files(folder)
    save_history(history, folder)
    assert files(folder) == before
    assert set(before) > {"edits.json", "edits/1.npz", "edits/2.npz", "edits/3.npz"}


def test_the_record_is_open_to_any_reader(folder):
    record = json.loads((folder / "edits.json").read_text())
    assert (record["format"], record["version"], record["done"]) == ("relens-edits", 1, 2)
    assert record["steps"][0]["values"]["to"] == "#c04020"
    with np.load(folder / "edits" / "1.npz") as arrays:
        assert set(arrays) == {"back.corner", "back.rgba", "back.inverse_depth"}
        np.testing.assert_array_equal(arrays["back.rgba"], small_scene().layers[1].rgba)


def test_values_come_back_infinities_and_all(tmp_path):
    far = Paint("#c04020", opacity=0.1, where=Where(depth_m=(0.1, float("inf")), brush_px=((-1.5, 2.0), (3, 1e-7))))
    save_history(History(small_scene()).do(far), tmp_path / "a")
    (step,) = load_history(tmp_path / "a").done
    assert step.values == History(small_scene()).do(far).done[0].values
    assert step.values["where"]["depth_m"] == [0.1, float("inf")]


def test_a_scene_without_edits_has_an_empty_history(tmp_path):
    save_history(History(small_scene()), tmp_path / "a")
    assert not any(name.startswith("edits") for name in files(tmp_path / "a"))
    history = load_history(tmp_path / "a")
    assert (history.done, history.undone) == ((), ()) and bits(history.scene) == bits(load_scene(tmp_path / "a"))
    assert load_edits(tmp_path / "a") == ((), ())
    for path, problem in (("none", "no such scene"), ("a/scene.json", "is a file")):
        for load in (load_history, load_edits):
            with pytest.raises(FileError, match=problem):
                load(tmp_path / path)


def test_a_plain_save_drops_the_record(folder):
    save_scene(load_scene(folder), folder)
    assert not any(name.startswith("edits") for name in files(folder))


def test_the_record_moves_with_the_folder(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    history = load_history(tmp_path / "copy")
    assert bits(history.undo().undo().scene) != bits(history.scene)
    assert len(history.undo().undo().undone) == 3


def test_a_crash_while_the_record_is_written_leaves_all(folder, monkeypatch):
    history, before = load_history(folder).undo(), files(folder)

    def full(patches):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("relens.edit.history_file.encode_patches", full)
    with pytest.raises(FileError, match="cannot write: No space left on device"):
        save_history(history, folder)
    assert files(folder) == before and [path.name for path in folder.parent.iterdir()] == ["me.relens"]


def another_record(folder):
    save_history(History(small_scene(2.0)).do(RED), folder.with_name("other"))
    shutil.copy(folder.with_name("other") / "edits.json", folder / "edits.json")
    shutil.rmtree(folder.with_name("other"))


def record(change):
    def damage(folder):
        values = json.loads((folder / "edits.json").read_text())
        change(values)
        (folder / "edits.json").write_text(json.dumps(values))

    return damage


def text(words):
    return lambda folder: (folder / "edits.json").write_bytes(words)


def swap(folder):
    one, other = (folder / "edits" / name for name in ("1.npz", "2.npz"))
    pages = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(pages)


def painted(page):
    page[2, 2, :3] = 0
    return page


def huge(folder):
    with (folder / "edits.json").open("r+b") as file:
        file.truncate((16 << 20) + 1)


BAD_RECORDS = {
    "of another scene": ("belongs to another scene, or canonical/.* was changed since.*without undo", another_record),
    "a page changed": ("canonical/back.png was changed since", lambda folder: edit(folder / BACK, painted)),
    "a page written anew": ("canonical/back.png was changed since", lambda folder: edit(folder / BACK)),
    "a depth changed": (
        "depth/back.exr was changed since",
        lambda folder: shutil.copy(folder / "depth/subject.exr", folder / "depth/back.exr"),
    ),
    "a page missing": ("back.png: cannot read", lambda folder: (folder / BACK).unlink()),
    "no JSON": ("is no record of edits: .*Invalid JSON.*without undo", text(b"{")),
    "empty": ("is no record of edits", text(b"")),
    "no text": ("is no record of edits", text(b"\xff\xfe\0")),
    "a list": ("is no record of edits", text(b"[]")),
    "deep": ("is no record of edits", text(b'{"format": ' + b"[" * 100_000)),
    "huge": ("holds 16777217 bytes", huge),
    "another format": ("is no record of edits: format", record(lambda values: values.update(format="gltf"))),
    "no version": ("is no record of edits: version", record(lambda values: values.pop("version"))),
    "newer": ("version 2; this relens reads version 1: update relens", record(lambda values: values.update(version=2))),
    "newer with more": (
        "this relens reads version 1: update relens",
        record(lambda values: values.update(version=3, branch="main")),
    ),
    "older": ("version 0; this relens reads version 1.*without undo", record(lambda values: values.update(version=0))),
    "more done than steps": ("has 4 of 3 edits done", record(lambda values: values.update(done=4))),
    "less than none done": ("done: Input should be greater", record(lambda values: values.update(done=-1))),
    "done is text": ("done: Input should be a valid integer", record(lambda values: values.update(done="2"))),
    "an unknown field": ("more: Extra inputs", record(lambda values: values.update(more=1))),
    "a step without a name": ("steps.0.name", record(lambda values: values["steps"][0].pop("name"))),
    "an empty name": ("steps.1.name=.*of one line", record(lambda values: values["steps"][1].update(name=""))),
    "control characters": (
        "steps.1.name=.*of one line",
        record(lambda values: values["steps"][1].update(name="\x1b[2J")),
    ),
    "values that are none": ("steps.0.values", record(lambda values: values["steps"][0].update(values=[1]))),
    "a folder": (
        "is not a file",
        lambda folder: ((folder / "edits.json").unlink(), (folder / "edits.json").mkdir()),
    ),
    "a step missing": ("edits/2.npz: is missing.*without undo", lambda folder: (folder / "edits/2.npz").unlink()),
    "all steps missing": ("edits/1.npz: is missing", lambda folder: shutil.rmtree(folder / "edits")),
    "a step cut short": (
        "edits/3.npz: is damaged.*without undo",
        lambda folder: (folder / "edits/3.npz").write_bytes((folder / "edits/3.npz").read_bytes()[:-30]),
    ),
    "steps swapped": ("edits/1.npz: is damaged, or of other edits", swap),
}


@pytest.mark.parametrize("problem, damage", BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_a_record_that_cannot_be_used_is_one_line_that_says_what_to_do(folder, problem, damage):
    damage(folder)
    before = files(folder)
    for load in (load_history, load_edits):
        with pytest.raises(FileError, match=problem) as caught:
            load(folder)
        assert len(str(caught.value).splitlines()) == 1
    assert files(folder) == before


def test_without_the_record_it_goes_on_without_undo(folder):
    scene = load_scene(folder)
    edit(folder / BACK)
    (folder / "edits.json").unlink()
    shutil.rmtree(folder / "edits")
    history = load_history(folder)
    assert history.done == () and bits(history.scene) == bits(scene)


@pytest.mark.parametrize(("number", "bad", "sound"), [(2, History.undo, History.redo), (3, History.redo, History.undo)])
def test_a_bad_step_that_the_record_vouches_for_is_found_when_it_is_needed(folder, number, bad, sound):
    pages = b"PK\x03\x04 and then nothing"
    (folder / f"edits/{number}.npz").write_bytes(pages)
    record(lambda values: values["steps"][number - 1].update(pages=digest(pages)))(folder)
    history = load_history(folder)
    with pytest.raises(FileError, match=rf"^edits/{number}.npz: holds no pages of this scene .*without undo"):
        bad(history)
    save_history(sound(history), folder)
    assert files(folder)[f"edits/{number}.npz"] == pages


def test_scenes_of_one_photo_have_their_places_in_common(tmp_path):
    scene = small_scene()
    narrow = replace(scene, layers=tuple(
        replace(layer, rgba=layer.rgba[1:-1, 1:-1], inverse_depth=layer.inverse_depth[1:-1, 1:-1])
        for layer in scene.layers
    ), border_px=0)  # fmt: skip
    scenes = {
        "one": scene,
        "edited": RED(scene),
        "narrow": narrow,
        "renamed": replace(scene, source=SourceFile("b.heic", scene.source.data)),
        "other": replace(scene, source=SourceFile("portrait.heic", b"another photo")),
        "unknown": replace(scene, source=None),
    }
    for name, made in scenes.items():
        save_scene(made, tmp_path / name)
    same = {name for name in scenes if same_photo(tmp_path / "one", tmp_path / name)}
    assert same == {"one", "edited", "narrow", "renamed"}
    assert not same_photo(tmp_path / "unknown", tmp_path / "unknown")
    set_json(tmp_path / "renamed", "camera", "width_px", value=8)
    assert not same_photo(tmp_path / "one", tmp_path / "renamed")
    (tmp_path / "one/source/portrait.heic").unlink()
    with pytest.raises(FileError, match=r"portrait.heic"):
        same_photo(tmp_path / "one", tmp_path / "edited")
