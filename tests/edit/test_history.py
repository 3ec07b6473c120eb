"""History: whatever was done, undo brings back every bit of what was, and redo of what was made of it."""

from dataclasses import replace

import numpy as np
import pytest
from edits_of_any_kind import any_edits
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import plane, scene_of, texture
from small_scene import small_scene, unsure_scene
from stacked_scenes import bits, stacked_scenes

from relens.camera import Camera, Intrinsics
from relens.edit import Expose, History, Paint, Step, Where
from relens.errors import ValueRangeError


@given(stacked_scenes(), st.lists(st.one_of(any_edits(), st.sampled_from(["undo", "redo"])), max_size=12))
def test_any_walk_back_and_forth_passes_the_same_scenes(scene, moves):
    first = bits(scene)
    history, states, at = History(scene), [first], 0
    for move in moves:
        earlier = history, bits(history.scene), len(history.done), len(history.undone)
        if move == "undo" and at:
            history, at = history.undo(), at - 1
        elif move == "redo" and at + 1 < len(states):
            history, at = history.redo(), at + 1
        elif not isinstance(move, str):
            made = bits(move(history.scene))
            history = history.do(move)
            if made != states[at]:
                states, at = [*states[: at + 1], made], at + 1
        assert bits(history.scene) == states[at]
        assert (len(history.done), len(history.undone)) == (at, len(states) - 1 - at)
        assert (bits(earlier[0].scene), len(earlier[0].done), len(earlier[0].undone)) == earlier[1:]
    assert bits(scene) == first


@given(stacked_scenes(), any_edits())
def test_a_step_keeps_what_changed_and_no_more(scene, edit):
    history = History(scene).do(edit)
    patches = {patch.layer: patch for step in history.done for patch in step.other_side}
    for before, after in zip(scene.layers, history.scene.layers, strict=True):
        same = before.rgba.view(np.uint32) == after.rgba.view(np.uint32)
        same = same.all(axis=2) & (before.inverse_depth.view(np.uint32) == after.inverse_depth.view(np.uint32))
        if same.all():
            assert before.name not in patches
        else:
            kept = np.zeros_like(same)
            kept[patches[before.name].window] = True
            assert (same | kept).all()


def two_layers():
    return scene_of(plane("card", texture(1), 2.0, 0.5), plane("wall", texture(2), 1.0))


RED, BLUE = Paint("#c04020", where=Where(layer="card")), Paint("#2040c0", where=Where(layer="wall"))


def test_what_was_undone_is_forgotten_when_another_edit_is_done():
    history = History(two_layers()).do(RED).do(BLUE).undo().do(Expose(1.0))
    assert [step.name for step in history.done] == ["paint", "expose"] and history.undone == ()
    with pytest.raises(ValueRangeError, match=r"redo.*an undo first"):
        history.redo()


def test_an_edit_that_changes_nothing_is_no_step_and_forgets_nothing():
    history = History(two_layers()).do(RED).undo()
    assert history.do(Expose(0.0)) is history
    assert history.do(lambda scene: replace(scene, layers=tuple(replace(layer) for layer in scene.layers))) is history
    # Not a number is the same as itself.
    holed = History(small_scene())
    assert holed.do(lambda scene: scene.with_layer(replace(scene.layers[0], rgba=scene.layers[0].rgba.copy()))) is holed


def test_with_no_edit_there_is_nothing_to_undo():
    history = History(two_layers())
    with pytest.raises(ValueRangeError, match=r"undo=no edit left: expected at least one edit"):
        history.undo()
    with pytest.raises(ValueRangeError, match=r"redo=no edit was undone: expected an undo first"):
        history.redo()


def test_steps_say_what_was_done():
    def sepia(scene):
        return BLUE(scene)

    history = History(two_layers()).do(RED).do(sepia, "old print").do(Expose(1.0)).do(lambda scene: RED(scene))
    assert [step.name for step in history.done] == ["paint", "old print", "expose", "lambda"]
    assert [step.values is None for step in history.done] == [False, True, False, True]
    # A touch-up is found again by its own name, whatever it is called.
    assert History(two_layers()).do(RED, "my red").done[0].name == "paint"


def test_an_edit_that_fails_leaves_the_history():
    history = History(two_layers()).do(RED)
    before = bits(history.scene)
    with pytest.raises(ValueRangeError, match="stops"):
        history.do(Expose(99.0))
    assert bits(history.scene) == before and len(history.done) == 1


@pytest.mark.parametrize("name", ["", "n" * 201, "two\nlines", "\x1b[2J", "caf\udce9"])
def test_names_are_a_line(name):
    with pytest.raises(ValueRangeError, match=r"name=.*expected 1 to 200 characters"):
        Step(name, None, ())


def test_edits_leave_all_else_of_a_scene():
    scene = small_scene()
    layers = scene.layers
    for other in (
        replace(scene, layers=layers[:1]),
        replace(scene, layers=layers[::-1]),
        replace(scene, layers=(replace(layers[0], name="front"), layers[1])),
        replace(scene, border_px=0, camera=Camera(Intrinsics.centred(100.0, 9, 6))),
        replace(scene, camera=Camera(replace(scene.camera.intrinsics, fx_px=99.0))),
        replace(scene, source=None),
        replace(scene, depth_source="a guess"),
    ):
        with pytest.raises(ValueRangeError, match=r"edit=.*expected"):
            History(scene).do(lambda scene, other=other: other)
    same = replace(scene, camera=Camera(replace(scene.camera.intrinsics)))
    history = History(scene)
    assert history.do(lambda scene: same) is history


def test_edits_leave_how_sure_the_depth_is():
    history, sigma = History(unsure_scene()), unsure_scene().uncertainty
    for other in (None, sigma + 1):
        with pytest.raises(ValueRangeError, match=r"edit=.*expected"):
            history.do(lambda scene, other=other: replace(scene, uncertainty=other))
    with pytest.raises(ValueRangeError, match=r"edit=.*expected"):
        History(small_scene()).do(lambda scene: replace(scene, uncertainty=np.ones((4, 7), np.float32)))
    assert history.do(lambda scene: replace(scene, uncertainty=sigma)) is history
