"""What is hidden of a layer is selected as where the layer shows nearest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import grid, lens_with_blur, plane, scene_of

from relens.edit import Paint, Where, select
from relens.edit.run_on import run_on
from relens.render import shoot

ROW, COLUMN = grid()
CARD = (np.abs(ROW - 24) < 10) & (np.abs(COLUMN - 32) < 12)


def scene():
    return scene_of(plane("card", 0.5, 2.0, CARD), plane("wall", 0.1, 0.5))


def wall_of(where):
    selection = select(scene(), where)
    found = np.zeros(ROW.shape, np.float32)
    if "wall" in selection.coverage:
        found[selection.window] = selection.coverage["wall"]
    return found


def test_a_stroke_beside_a_thing_goes_on_behind_it():
    """The stroke covers the wall left of the card: behind, the half of the card that is nearer to the left side."""
    found = wall_of(Where(brush_px=((10, 0), (10, 48)), radius_px=12, feather_px=0))
    assert (found[CARD & (np.abs(ROW - 24) < 2) & (COLUMN < 28)] == 1).all()
    assert (found[CARD & (np.abs(ROW - 24) < 2) & (COLUMN > 36)] == 0).all()


def test_a_stroke_over_a_thing_leaves_what_is_behind_it():
    selection = select(scene(), Where(brush_px=((32, 24),), radius_px=6, feather_px=0))
    assert set(selection.coverage) == {"card"}


def test_paint_beside_a_defocused_thing_shows_no_old_rim():
    """All of the wall that shows is painted; seen past the edge of a defocused card, no pixel keeps the old wall."""
    painted = Paint("#ffffff", where=Where(mask=None, brush_px=((32, -40), (32, 90)), radius_px=90))(scene())
    picture = shoot(painted, lens_with_blur(10, 2.0, 0.5), samples=64, engine="reference").linear
    # The wall is white now and the card too: whatever is darker shows the old wall.
    assert picture.min() > 0.99


@given(st.integers(0, 2**32))
def test_every_hidden_texel_takes_a_nearest_one_that_shows(seed):
    rng = np.random.default_rng(seed)
    size = rng.integers(3, 12, 2)
    there = rng.random(size) < 0.95
    shows = there & (rng.random(size) < 0.5)
    plane_ = rng.random(size).astype(np.float32)
    found = run_on(plane_, shows, there)
    np.testing.assert_array_equal(found[shows], plane_[shows])
    assert not found[~there].any()
    if not shows.any():
        assert not found.any()
        return
    places = np.argwhere(shows)
    for at in np.argwhere(there & ~shows):
        away = np.hypot(*(places - at).T)
        # The transform's distances are exact to a twentieth.
        near = places[away <= away.min() * 1.05 + 0.5]
        assert found[tuple(at)] in plane_[tuple(near.T)]


@pytest.mark.parametrize("there", [np.zeros((4, 5), bool), np.ones((4, 5), bool)])
def test_what_shows_nowhere_is_not_selected(there):
    assert not run_on(np.ones((4, 5), np.float32), np.zeros((4, 5), bool), there).any()
