"""Thing: a selection follows the outline of what it is of, and takes what is hidden of it along."""

import cv2
import numpy as np
import pytest
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX, grid, plane, scene_of

from relens.edit import Selection, Where
from relens.edit.thing import select_thing, to_outlines

ROW, COLUMN = grid()
AWAY = np.hypot(COLUMN - 32, ROW - 24)
DISC = np.clip((20 - AWAY) / 3, 0, 1).astype(np.float32)
POST = (np.abs(COLUMN - 49) < 2).astype(np.float32)


def portrait(post=POST):
    """A post before a subject of two sheets before a wall."""
    return scene_of(
        plane("front-1", 0.1, 4.0, post),
        plane("subject-1", 0.5, 2.0, DISC),
        plane("subject", 0.5, 1.5, (AWAY < 8).astype(np.float32)),
        plane("background", 0.8, 0.5),
    )


def covered(where, post=POST):
    """Coverage of every layer over the whole page."""
    scene = portrait(post)
    selection, found = select_thing(scene, where), {}
    for layer in scene.layers:
        found[layer.name] = np.zeros(AWAY.shape, np.float32)
        if layer.name in selection.coverage:
            found[layer.name][selection.window] = selection.coverage[layer.name]
    return found


def test_of_the_subject_all_is_selected_what_a_post_hides_included():
    found = covered(Where(subject=True))
    np.testing.assert_array_equal(found["subject-1"], DISC > 0)
    np.testing.assert_array_equal(found["subject"], AWAY < 8)
    assert not found["front-1"].any() and not found["background"].any()


@pytest.mark.parametrize("miss_px", [-4, -2, 0, 2, 4])
def test_a_mask_that_misses_the_outline_takes_the_thing_and_nothing_beside(tmp_path, miss_px):
    rows, columns = slice(BORDER_PX, BORDER_PX + HEIGHT_PX), slice(BORDER_PX, BORDER_PX + WIDTH_PX)
    mask = (miss_px > AWAY - 18.5)[rows, columns]
    cv2.imwrite(str(tmp_path / "mask.png"), mask.astype(np.uint8) * 255)
    found = covered(Where(mask=tmp_path / "mask.png"), 0 * POST)
    np.testing.assert_allclose(found["subject-1"][DISC > 0], 1, atol=0.02)
    assert not found["background"].any() and not found["front-1"].any()


def test_a_stroke_well_within_a_thing_takes_what_lies_beneath_and_no_more():
    found = covered(Where(brush_px=((39, 24),), radius_px=2, feather_px=0), 0 * POST)
    stroke = np.hypot(COLUMN - 39, ROW - 24) < 2
    assert found["subject-1"][stroke].all()
    assert found["subject-1"][~stroke].max() < 1 and found["subject-1"][np.hypot(COLUMN - 39, ROW - 24) > 3].max() == 0


def test_all_that_shows_is_all_there_is():
    scene, found = portrait(), covered(Where())
    for layer in scene.layers:
        np.testing.assert_array_equal(found[layer.name], layer.rgba[..., 3] > 0, err_msg=layer.name)


def test_what_shows_nowhere_stays_as_it_is_selected():
    scene = scene_of(plane("wall", 0.8, 2.0), plane("hidden", 0.5, 0.5, ROW > 20))
    assert select_thing(scene, Where()).coverage.keys() == {"wall", "hidden"}
    found = select_thing(scene, Where(depth_m=(1, 5)))
    assert found.coverage.keys() == {"hidden"}
    np.testing.assert_array_equal(found.coverage["hidden"], (ROW > 20)[found.window])


def test_a_named_page_is_selected_as_it_is():
    found = covered(Where(layer="subject-1"))
    np.testing.assert_array_equal(found["subject-1"], DISC > 0)
    assert not found["subject"].any()


def test_a_click_on_a_wall_takes_nothing_of_who_stands_before_it():
    """The mask of a click misses the outline by more than a fringe: a bite of the subject, less than a twentieth."""
    there = AWAY < 36
    scene = scene_of(plane("subject", 0.5, 2.0, there.astype(np.float32)), plane("background", 0.8, 0.5))
    bite = there & (COLUMN < 9.5) & (np.abs(ROW - 24) < 7.5)
    assert bite.sum() < there.sum() / 20
    everything = slice(0, ROW.shape[0]), slice(0, ROW.shape[1])
    found = Selection(everything, {"subject": np.float32(bite), "background": np.float32(~there)})
    assert set(to_outlines(scene, found, is_click=False).coverage) == {"subject", "background"}
    assert set(to_outlines(scene, found, is_click=True).coverage) == {"background"}
