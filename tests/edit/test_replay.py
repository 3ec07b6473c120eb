"""Replay: on the same photo all edits are done again; on another one those that know no place, or none at all."""

from dataclasses import replace

import pytest
from layer_scenes import plane, scene_of, texture
from stacked_scenes import bits

from relens.edit import Clone, Expose, Extract, History, Paint, Step, Where, replay
from relens.errors import ValueRangeError


def two_layers(seed):
    return scene_of(plane("card", texture(seed), 2.0, 0.5), plane("wall", texture(seed + 1), 1.0))


WARM = Expose(warmth_mired=40.0)
STROKE = Paint("#c04020", where=Where(brush_px=((20.0, 20.0), (40.0, 20.0)), radius_px=4.0))
COPY = Clone((10.0, 10.0), Where(brush_px=((30.0, 30.0),), radius_px=5.0))
GONE = Extract(Where(layer="wall"))
DIM = Expose(-1.0, where=Where(layer="card"))


def made(*edits, seed=1):
    history = History(two_layers(seed))
    for edit in edits:
        history = history.do(edit)
    assert len(history.done) == len(edits)
    return history


def imported(scene):
    return GONE(scene)


def test_on_the_same_photo_every_edit_is_done_again():
    history = made(WARM, STROKE, COPY, GONE)
    result = replay(history.done, History(two_layers(1)), places_hold=True)
    assert bits(result.history.scene) == bits(history.scene) and result.left_out == ()
    assert [(step.name, step.values) for step in result.history.done] == [
        (step.name, step.values) for step in history.done
    ]


def test_on_another_photo_edits_without_places_are_done():
    result = replay(made(WARM, GONE).done, made(DIM, seed=5), places_hold=False)
    assert bits(result.history.scene) == bits(GONE(WARM(DIM(two_layers(5)))))
    assert [step.name for step in result.history.done] == ["expose", "expose", "extract"]


def test_each_is_undone_on_its_own():
    onto = made(DIM, seed=5)
    result = replay(made(WARM, GONE).done, onto, places_hold=False)
    assert bits(result.history.undo().scene) == bits(WARM(onto.scene))
    assert bits(result.history.undo().undo().scene) == bits(onto.scene)


@pytest.mark.parametrize(
    ("edits", "problem"),
    [
        ((WARM, STROKE, GONE), r"edit 2=paint: expected .*skip.*paint\.brush_px=a place.*scene of the same photo"),
        ((COPY,), r"edit 1=clone: .*clone\.from_px=a place"),
        ((WARM, imported), r"edit 2=imported: .*made by a command of relens edit"),
        ((WARM, GONE, DIM), r"edit 3=expose: .*selection=empty"),
    ],
)
def test_an_edit_that_cannot_be_done_again_is_named_and_nothing_is_done(edits, problem):
    steps = [History(two_layers(1)).do(edit).done[0] for edit in edits]
    onto = History(two_layers(5))
    before = bits(onto.scene)
    with pytest.raises(ValueRangeError, match=problem) as caught:
        replay(steps, onto, places_hold=False)
    assert len(str(caught.value).splitlines()) == 1
    assert bits(onto.scene) == before and onto.done == ()


def test_skip_leaves_out_what_cannot_be_done_and_says_so():
    foreign = Step("glow", {"stops": 1.0}, ()), Step("paint", {"to": 3}, ()), Step("paint", {"hue": 1, "to": "#f"}, ())
    alien = replace(made(WARM).done[0], values={"where": {"layer": "sky"}})
    steps = (*made(WARM, STROKE).done, *foreign, alien, *made(imported).done, *made(GONE).done)
    result = replay(steps, History(two_layers(5)), places_hold=False, skip=True)
    assert bits(result.history.scene) == bits(GONE(WARM(two_layers(5))))
    assert [note.split(": ")[0] for note in result.left_out] == [
        "edit 2, paint, was left out",
        "edit 3, glow, was left out",
        "edit 4, paint, was left out",
        "edit 5, paint, was left out",
        "edit 6, expose, was left out",
        "edit 7, imported, was left out",
    ]
    assert "layer='sky'" in result.left_out[4] and all(len(note.splitlines()) == 1 for note in result.left_out)


def test_when_all_are_left_out_nothing_is_done():
    onto = made(WARM, seed=5).undo()
    result = replay(made(STROKE).done, onto, places_hold=False, skip=True)
    assert result.history is onto and len(result.left_out) == 1
    assert replay((), onto, places_hold=True).history is onto


def test_progress_goes_from_start_to_end():
    told = []
    replay(made(WARM, GONE).done, made(), places_hold=True, progress=lambda stage, part: told.append((stage, part)))
    assert told == [("replay", 0.0), ("replay", 0.5), ("replay", 1.0)]
