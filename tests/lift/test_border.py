"""The overscan border: as wide as the scene's parallax; surfaces run on straight past the frame."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relens.lift.border import border_width_px, widened
from relens.lift.reach import Reach
from relens.lift.surface import Surface

REACH = Reach(0.07, 200.0)


def surface_of(colour, inverse_depth):
    everywhere = np.ones(inverse_depth.shape, bool)
    return Surface(np.float32(colour), np.float32(inverse_depth), everywhere, everywhere, everywhere.size)


@given(st.floats(0, 100), st.floats(0, 3), st.floats(0, 3))
def test_wide_enough_for_the_parallax_of_the_scene(parallax_px, one, other):
    inverse_depth = np.full((400, 600), one, np.float32)
    inverse_depth[0, 0] = other
    width_px = border_width_px(inverse_depth, parallax_px)
    needed_px = parallax_px * abs(float(inverse_depth[0, 0]) - float(inverse_depth[1, 1]))
    widest_px = math.ceil(600 / 8)
    assert 0 <= width_px <= widest_px
    assert width_px >= min(needed_px, widest_px)
    assert width_px <= needed_px + 4  # memory grows with it


def test_the_photo_itself_is_untouched_and_only_it_is_shown():
    rng = np.random.default_rng(0)
    photo = surface_of(rng.random((40, 60, 3)), rng.random((40, 60)))
    wide = widened(photo, REACH, 9)
    inner = (slice(9, -9),) * 2
    np.testing.assert_array_equal(wide.colour[inner], photo.colour)
    np.testing.assert_array_equal(wide.inverse_depth[inner], photo.inverse_depth)
    assert wide.shown[inner].all() and wide.shown.sum() == 40 * 60
    assert wide.inverse_depth.shape == (58, 78) and wide.present.all()


def test_no_border_changes_nothing():
    photo = surface_of(np.random.default_rng(1).random((10, 12, 3)), np.ones((10, 12)))
    assert widened(photo, REACH, 0) is photo


def test_a_flat_field_stays_flat():
    wide = widened(surface_of(np.full((50, 70, 3), 0.25), np.full((50, 70), 0.5)), REACH, 12)
    np.testing.assert_allclose(wide.colour, 0.25, rtol=1e-5)
    np.testing.assert_allclose(wide.inverse_depth, 0.5, rtol=1e-5)


def test_a_floor_goes_on_as_a_plane_but_not_beyond_what_is_seen():
    row, column = np.mgrid[:80, :60]
    slope = 0.004 * row + 0.001 * column + 0.2
    photo = surface_of(np.full((80, 60, 3), 0.4), slope)
    wide = widened(photo, REACH, 10)
    plane = 0.004 * (np.mgrid[:100, :80][0] - 10) + 0.001 * (np.mgrid[:100, :80][1] - 10) + 0.2
    # A mirror would turn the slope round at the frame.
    np.testing.assert_allclose(wide.inverse_depth, np.clip(plane, slope.min(), slope.max()), atol=2e-3)


def test_a_surface_that_leaves_the_frame_runs_on_straight_with_its_own_colours():
    # A red post before a green wall leaves the frame at the top.
    colour = np.tile(np.float32([0.1, 0.6, 0.1]), (60, 90, 1))
    inverse_depth = np.full((60, 90), 0.4)
    colour[:, 40:55], inverse_depth[:, 40:55] = (0.7, 0.1, 0.1), 1.2
    wide = widened(surface_of(colour, inverse_depth), REACH, 16)
    above = slice(0, 16)
    post = wide.inverse_depth[above, 16:-16] > 0.8
    assert (post == (np.arange(90) >= 40) & (np.arange(90) < 55)).all()
    redder = wide.colour[above, 16:-16, 0] > wide.colour[above, 16:-16, 1]
    assert (redder == post).mean() > 0.98


def test_a_matte_keeps_two_sides_of_equal_depth_apart():
    rng = np.random.default_rng(2)
    inside = np.zeros((60, 80), bool)
    inside[:, :40] = True
    colour = np.where(inside[..., None], np.float32([0.8, 0.2, 0.1]), np.float32([0.1, 0.2, 0.8]))
    colour = colour * rng.uniform(0.6, 1, (60, 80, 1))
    wide = widened(surface_of(colour, np.ones((60, 80))), REACH, 12, inside)
    below = wide.colour[-12:, 12:-12]
    assert (below[:, 2:36, 0] > below[:, 2:36, 2]).all() and (below[:, 44:-2, 2] > below[:, 44:-2, 0]).all()
