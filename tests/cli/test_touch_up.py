"""Touch-ups as commands: each does to the folder what the edit does to the scene, and says so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from layer_scenes import grid, plane, scene_of, texture
from small_scene import assert_same, edit, files
from stacked_scenes import bits

from relens.edit import Clone, Expose, Extract, Paint, Where, load_history
from relens.edit.named import EDITS
from relens.photo.photo import SourceFile
from relens.scene_folder import load_scene, save_scene


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A disc before a wall."""
    row, column = grid()
    disc = np.clip(12 - np.hypot(row - 24, column - 32), 0, 1)
    layers = plane("subject", texture(1), np.where(disc > 0, 2.0, np.nan), disc), plane("wall", texture(2), 0.5)
    save_scene(replace(scene_of(*layers), source=SourceFile("a.jpg", b"photo")), tmp_path / "in.relens")
    return tmp_path / "in.relens"


@pytest.mark.parametrize("name", EDITS)
def test_every_touch_up_explains_itself(relens, name: str) -> None:
    outcome = relens("edit", name, "--help")
    assert (outcome.status, outcome.err) == (0, "")
    assert f"usage: relens edit {name} " in outcome.out and "--brush-px" in outcome.out
    assert "Attributes" not in outcome.out and "*args" not in outcome.out
    purpose = (EDITS[name].__doc__ or "").splitlines()[0].rstrip(".")
    assert " ".join(purpose.split()) in " ".join(outcome.out.split())


def test_edit_names_every_touch_up(relens) -> None:
    outcome = relens("edit", "--help")
    assert all(f"• {name} " in outcome.out for name in EDITS)


BRUSH = ("--brush-px", 20, 20, 40, 24, "--radius-px", 3)
STROKE = Where(brush_px=((20.0, 20.0), (40.0, 24.0)), radius_px=3.0)
DONE = [
    (("paint", "--to", "#c04020", "--stops", -1, *BRUSH), Paint("#c04020", stops=-1.0, where=STROKE), "subject, wall"),
    (("expose", "--stops", 2, "--layer", "wall"), Expose(2.0, where=Where(layer="wall")), "wall"),
    (("extract", "--subject"), Extract(Where(subject=True)), "wall"),
    (("clone", "--from-px", 50, 10, *BRUSH), Clone((50.0, 10.0), STROKE), "subject, wall"),
]


@pytest.mark.parametrize(("words", "edit", "changed"), DONE, ids=[row[0][0] for row in DONE])
def test_it_does_what_the_edit_does(relens, scene: Path, tmp_path: Path, words, edit, changed: str) -> None:
    before, expected = files(scene), edit(load_scene(scene))
    name, target = words[0], tmp_path / "out.relens"
    outcome = relens("edit", name, scene, *words[1:], "-o", target)
    line = f"{name} changed {changed}; relens edit undo takes it back\n"
    assert (outcome.status, outcome.out, outcome.err) == (0, f"{target}: {line}", "")
    assert files(scene) == before
    save_scene(expected, tmp_path / "expected")
    assert_same(load_scene(target), load_scene(tmp_path / "expected"))
    assert relens("edit", name, scene, *words[1:]).out == f"{scene}: {line}"
    assert files(scene) == files(target)
    assert relens("edit", "undo", scene).status == 0
    assert {path: data for path, data in files(scene).items() if not path.startswith("edits")} == before


def test_edits_pile_up(relens, scene: Path) -> None:
    first = load_scene(scene)
    for stops in (1, -2, 0.5):
        assert relens("edit", "expose", scene, "--stops", stops).status == 0
    history = load_history(scene)
    assert [(step.values or {})["stops"] for step in history.done] == [1.0, -2.0, 0.5]
    assert bits(history.undo().undo().undo().scene) == bits(first)


def test_an_edit_that_changes_nothing_writes_nothing(relens, scene: Path, tmp_path: Path) -> None:
    edit(scene / "canonical" / "wall.png")  # as another program packs it
    before = files(scene)
    outcome = relens("edit", "expose", scene)
    assert (outcome.status, outcome.out, outcome.err) == (0, f"{scene}: nothing changed\n", "")
    assert files(scene) == before
    assert relens("edit", "expose", scene, "-o", tmp_path / "copy").out == f"{tmp_path / 'copy'}: nothing changed\n"
    assert_same(load_scene(tmp_path / "copy"), load_scene(scene))


def test_quiet_prints_nothing(relens, scene: Path) -> None:
    outcome = relens("edit", "expose", scene, "--stops", 1, "--quiet")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    assert len(load_history(scene).done) == 1


def test_mistakes_leave_the_scene(relens, scene: Path, tmp_path: Path) -> None:
    before = files(scene)
    relens("edit", "expose", scene, "--stops", 99).assert_refused("stops", "-20 to 20")
    relens("edit", "expose", scene, "--layer", "sky").assert_refused("layer", "sky", "subject, wall")
    relens("edit", "paint", scene, "--to", "red").assert_refused("#rrggbb")
    relens("edit", "paint", scene, "--to", "#ffffff", "--mask", tmp_path / "none.png").assert_refused("none.png")
    relens("edit", "expose", tmp_path / "none").assert_refused("no such scene")
    relens("edit", "expose", scene, "--stops", 1, "-o", tmp_path).assert_refused("choose another name")
    relens("edit", "expose", scene, "--stops", 1, "-o", tmp_path / "no" / "a").assert_refused("create it first")
    relens("edit", "decal", scene, "--image", "caf\udce9.png", "--at-px", 9, 9, "--width-m", 1).assert_refused("rename")
    for words in (["paint", scene], ["paint", scene, "--to"], ["glow", scene], ["expose", scene, "--stops", "much"]):
        outcome = relens("edit", *words)
        assert outcome.status == 2 and outcome.err and not outcome.out
    assert files(scene) == before
    (scene / "edits").mkdir()
    (scene / "edits" / "notes.txt").write_text("mine")
    relens("edit", "expose", scene, "--stops", 1).assert_refused("notes.txt", "move that file elsewhere")
    assert files(scene) == before | {"edits/notes.txt": b"mine"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["expose", "--stops", 99], "--stops 99.0: expected -20 to 20"),
        (["paint", "--to", "red"], "--to 'red': expected #rrggbb"),
        (["paint", "--to", "#ffffff", "--click-px", 9000, 1], "--click-px 9000 1: expected a pixel inside"),
        (["heal"], "where=no place: expected a brush, a mask or a click"),
    ],
)
def test_messages_are_in_the_words_of_the_command_line(relens, scene: Path, words: list, said: str) -> None:
    before = files(scene)
    outcome = relens("edit", words[0], scene, *words[1:])
    assert outcome.status == 2 and said in outcome.err
    assert files(scene) == before
