"""relens edit log, undo, redo and replay: a scene's history at the command line."""

import hashlib
import json
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from layer_scenes import plane, scene_of, texture
from small_scene import edit, files
from stacked_scenes import bits

from relens.cli.main import main
from relens.edit import Expose, load_history
from relens.photo.photo import SourceFile
from relens.scene_folder import load_scene, save_scene


def saved(path: Path, photo: bytes) -> Path:
    layers = plane("card", texture(len(photo)), 2.0, 0.5), plane("wall", texture(9), 1.0)
    save_scene(replace(scene_of(*layers), source=SourceFile("a.jpg", photo)), path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a plain scene, and of one with three edits."""
    folder = tmp_path_factory.mktemp("made")
    path = shutil.copytree(saved(folder / "plain.relens", b"me"), folder / "me.relens")
    for words in (
        ["expose", path, "--stops", 1],
        ["paint", path, "--to", "#c04020", "--brush-px", 20, 20, 40, 20.5, "--radius-px", 4],
        ["extract", path, "--layer", "wall"],
    ):
        assert main(["edit", *map(str, words), "--quiet"]) == 0
    return folder


@pytest.fixture
def plain(made: Path, tmp_path: Path) -> Path:
    """The plain scene."""
    return shutil.copytree(made / "plain.relens", tmp_path / "plain.relens")


@pytest.fixture
def scene(made: Path, tmp_path: Path) -> Path:
    """The same scene with three edits."""
    return shutil.copytree(made / "me.relens", tmp_path / "me.relens")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A scene of another photo."""
    return saved(tmp_path / "you.relens", b"you")


def of_scene(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in files(folder).items() if not name.startswith("edits")}


LINES = "1  expose --stops 1\n2  paint --to '#c04020' --brush-px 20 20 40 20.5 --radius-px 4\n3  extract --layer wall\n"


@pytest.mark.parametrize("action", ["log", "redo", "replay", "undo"])
def test_every_action_explains_itself_with_an_example(relens, action: str) -> None:
    outcome = relens("edit", action, "--help")
    assert outcome.status == 0
    assert f"  relens edit {action} me.relens" in outcome.out and "None" not in outcome.out


def test_log_lists_the_edits_as_they_would_be_typed(relens, plain: Path, scene: Path) -> None:
    assert relens("edit", "log", plain).out == "no edits\n"
    outcome = relens("edit", "log", scene)
    assert (outcome.status, outcome.out, outcome.err) == (0, LINES, "")
    relens("edit", "undo", scene, "--steps", 2)
    assert relens("edit", "log", scene).out == LINES.replace("\n2", "\n(2)").replace("\n3", "\n(3)")


def test_what_log_says_makes_the_scene_again(relens, plain: Path, scene: Path) -> None:
    for line in relens("edit", "log", scene).out.splitlines():
        _, name, *flags = shlex.split(line)
        assert relens("edit", name, plain, *flags).status == 0
    assert files(plain) == files(scene)


def test_log_lists_what_this_relens_does_not_know(relens, scene: Path) -> None:
    record = json.loads((scene / "edits.json").read_text())
    record["steps"][0]["name"] = "glow"
    record["steps"][1]["values"]["where"] = "left"
    record["steps"][2]["values"] = None
    (scene / "edits.json").write_text(json.dumps(record))
    outcome = relens("edit", "log", scene)
    assert outcome.status == 0
    first, second, third = outcome.out.splitlines()
    assert first.startswith("1  glow, which this relens does not know (edit='glow'")
    assert second.startswith("2  paint, which this relens does not know (paint.where='left'")
    assert third == "3  extract"
    assert relens("edit", "undo", scene, "--steps", 3).status == 0


def test_undo_and_redo_go_back_and_forth_to_the_byte(relens, plain: Path, scene: Path) -> None:
    edited = files(scene)
    assert relens("edit", "undo", scene).out == f"{scene}: 2 edits done, 1 undone\n"
    middle = of_scene(scene)
    assert relens("edit", "undo", scene, "--steps", 2).out == f"{scene}: 0 edits done, 3 undone\n"
    assert of_scene(scene) == files(plain)
    assert relens("edit", "redo", scene, "--steps", 2).out == f"{scene}: 2 edits done, 1 undone\n"
    assert of_scene(scene) == middle
    assert relens("edit", "redo", scene).out == f"{scene}: 3 edits done, 0 undone\n"
    assert files(scene) == edited


def test_undo_forgets_what_another_edit_replaces(relens, scene: Path) -> None:
    relens("edit", "undo", scene, "--steps", 2)
    relens("edit", "expose", scene, "--stops", -1)
    assert relens("edit", "log", scene).out == "1  expose --stops 1\n2  expose --stops=-1\n"
    assert set(files(scene / "edits")) == {"1.npz", "2.npz"}
    relens("edit", "redo", scene).assert_refused("an undo first")


@pytest.mark.parametrize("steps", [4, 0, -1])
@pytest.mark.parametrize("action", ["undo", "redo"])
def test_more_steps_than_there_are_leave_the_scene(relens, scene: Path, action: str, steps: int) -> None:
    relens("edit", "undo", scene)
    before = files(scene)
    relens("edit", action, scene, f"--steps={steps}").assert_refused("no edit" if steps > 0 else "--steps")
    assert files(scene) == before


def test_an_import_is_an_edit(relens, plain: Path, tmp_path: Path) -> None:
    before = files(plain)
    assert relens("edit", "export", plain, tmp_path / "pages").status == 0

    def blackened(page):
        page[30:40, 30:40, :3] = 0
        return page

    edit(tmp_path / "pages" / "wall.png", blackened)
    assert relens("edit", "import", plain, tmp_path / "pages").status == 0
    assert relens("edit", "log", plain).out == "1  import\n"
    relens("edit", "import", plain, tmp_path / "pages")
    assert relens("edit", "undo", plain).out == f"{plain}: 0 edits done, 1 undone\n"
    assert of_scene(plain) == before


def test_replay_on_the_same_photo_does_all_again(relens, plain: Path, scene: Path, tmp_path: Path) -> None:
    before = files(plain), files(scene)
    outcome = relens("edit", "replay", scene, plain, "-o", tmp_path / "too")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == f"{tmp_path / 'too'}: 3 edits of 3 done again\n"
    assert of_scene(tmp_path / "too") == of_scene(scene)
    assert relens("edit", "log", tmp_path / "too").out == LINES
    assert (files(plain), files(scene)) == before


def test_replay_leaves_out_what_was_undone(relens, scene: Path, other: Path) -> None:
    relens("edit", "undo", scene, "--steps", 2)
    assert relens("edit", "replay", scene, other).out == f"{other}: 1 edit of 1 done again\n"
    history = load_history(other)
    save_scene(Expose(1.0)(history.undo().scene), other.with_name("expected"))
    assert bits(history.scene) == bits(load_scene(other.with_name("expected")))


def test_places_on_another_photo_are_refused_and_nothing_is_done(relens, scene: Path, other: Path) -> None:
    edit(other / "canonical" / "wall.png")  # as another program packs it
    before = files(other)
    relens("edit", "replay", scene, other).assert_refused("edit 2=paint", "paint.brush_px", "same photo", "skip")
    relens("edit", "replay", scene, other, "-o", other.with_name("too")).assert_refused("edit 2=paint")
    assert files(other) == before and not other.with_name("too").exists()


def test_skip_leaves_them_out_and_says_so(relens, scene: Path, other: Path) -> None:
    outcome = relens("edit", "replay", scene, other, "--skip")
    assert (outcome.status, outcome.out) == (0, f"{other}: 2 edits of 3 done again\n")
    assert outcome.err.startswith("relens: note: edit 2, paint, was left out: paint.brush_px=a place")
    assert outcome.err.count("\n") == 1
    assert relens("edit", "log", other).out == "1  expose --stops 1\n2  extract --layer wall\n"


def test_when_all_is_left_out_the_scene_stays_as_it_is(relens, plain: Path, other: Path) -> None:
    relens("edit", "paint", plain, "--to", "#ffffff", "--brush-px", 9, 9)
    edit(other / "canonical" / "wall.png")
    before = files(other)
    outcome = relens("edit", "replay", plain, other, "--skip")
    assert (outcome.status, outcome.out) == (0, f"{other}: 0 edits of 1 done again\n")
    assert files(other) == before


def swapped(folder: Path) -> None:
    shutil.copy(folder / "edits" / "1.npz", folder / "edits" / "3.npz")


def newer(folder: Path) -> None:
    (folder / "edits.json").write_text('{"format": "relens-edits", "version": 2, "branches": []}')


def foreign(folder: Path) -> None:
    (folder / "edits.json").write_text('{"format": "gltf", "version": 1}')


def painted(folder: Path) -> None:
    shutil.copy(folder / "canonical" / "wall.png", folder / "canonical" / "card.png")


def lost(folder: Path) -> None:
    shutil.rmtree(folder / "edits")


BAD = {
    swapped: ("edits/3.npz: is damaged", "without undo"),
    newer: ("edits.json", "update relens"),
    foreign: ("edits.json", "is no record of edits", "without undo"),
    painted: ("edits.json", "canonical/card.png was changed", "without undo"),
    lost: ("edits/1.npz: is missing", "without undo"),
}


@pytest.mark.parametrize("damage", BAD, ids=lambda damage: damage.__name__)
def test_a_bad_record_is_one_line_for_every_command(relens, scene: Path, other: Path, damage) -> None:
    damage(scene)
    before = files(scene), files(other)
    for words in (
        ["log", scene],
        ["undo", scene],
        ["redo", scene],
        ["expose", scene, "--stops", 1],
        ["expose", scene, "--stops", 1, "-o", scene.with_name("too")],
        ["replay", scene, other, "--skip"],
        ["replay", other, scene],
    ):
        relens("edit", *words).assert_refused(*BAD[damage])
    assert (files(scene), files(other)) == before and not scene.with_name("too").exists()


def test_pages_that_the_record_vouches_for_may_be_bad_all_the_same(relens, scene: Path) -> None:
    pages = (scene / "edits" / "1.npz").read_bytes()[:-1]
    (scene / "edits" / "3.npz").write_bytes(pages)
    record = json.loads((scene / "edits.json").read_text())
    record["steps"][2]["pages"] = hashlib.sha256(pages).hexdigest()
    (scene / "edits.json").write_text(json.dumps(record))
    before = files(scene)
    relens("edit", "undo", scene).assert_refused("edits/3.npz: holds no pages of this scene", "without undo")
    assert files(scene) == before
    assert relens("edit", "log", scene).out == LINES


def test_without_a_scene_there_is_no_history(relens, plain: Path, tmp_path: Path) -> None:
    none = tmp_path / "none"
    for words in (["log", tmp_path], ["undo", none], ["replay", tmp_path, plain], ["replay", plain, none]):
        relens("edit", *words).assert_refused("scene")
