"""Surfaces, windows of them, and what is found on them: discontinuities, connected things, banks."""

from dataclasses import replace

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.lift.reach import Reach
from relens.lift.surface import Cuts, Surface, find_banks, find_cuts, grow, least_thing_px

REACH = Reach(0.07, 300.0)  # 21 px of parallax per inverse depth: a step of 2 px is one of 0.095
ROW, COLUMN = np.mgrid[:60, :80]
masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9))


def surface_of(inverse_depth, present=None, shown=None, picture_px=None):
    everywhere = np.ones(inverse_depth.shape, bool)
    colour = np.random.default_rng(0).random((*inverse_depth.shape, 3)).astype(np.float32)
    masks_ = (everywhere if mask is None else mask for mask in (present, shown))
    return Surface(colour, inverse_depth.astype(np.float32), *masks_, picture_px or inverse_depth.size)


def box(top, left, height, width):
    return (top <= ROW) & (top + height > ROW) & (left <= COLUMN) & (left + width > COLUMN)


def sides_differ(mask):
    """Where a mask's outline lies between right and lower neighbours."""
    right, down = np.zeros(mask.shape, bool), np.zeros(mask.shape, bool)
    right[:, :-1], down[:-1] = mask[:, 1:] != mask[:, :-1], mask[1:] != mask[:-1]
    return right, down


@given(masks)
def test_the_part_within_the_bounds_is_all_there_is_and_no_more(present):
    surface = surface_of(np.random.default_rng(1).random(present.shape), present, picture_px=1000)
    window = surface.bounds()
    part = surface.cropped(window)
    back = np.zeros(present.shape, bool)
    back[window] = part.present
    np.testing.assert_array_equal(back, present)
    for whole, cut in ((surface.colour, part.colour), (surface.inverse_depth, part.inverse_depth)):
        np.testing.assert_array_equal(cut[part.present], whole[present])
    assert part.picture_px == 1000
    # Tight: every side of the window touches it.
    for axis in (0, 1):
        touched = part.present.any(axis=axis)
        assert touched.size == 0 or (touched[0] and touched[-1])
    assert part.bounds() == tuple(slice(0, size) for size in part.present.shape)


def test_a_window_of_all_planes_is_the_same_window():
    surface = surface_of(0.5 + 0.01 * ROW, COLUMN % 3 > 0, ROW % 2 > 0)
    window = (slice(7, 31), slice(20, 64))
    part = surface.cropped(window)
    for name in ("colour", "inverse_depth", "present", "shown"):
        np.testing.assert_array_equal(getattr(part, name), getattr(surface, name)[window])


@given(st.floats(0.05, 3), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_a_plane_stays_whole_up_to_87_degrees(least, across, along):
    plane = across * COLUMN + along * ROW
    plane += least - plane.min()
    surface = surface_of(plane)
    cuts = find_cuts(surface, REACH)
    # Rise over run is fx·|Δ(1/z)|·z; it must also be a step of 2 px.
    rises = [
        abs(np.diff(plane, axis=axis)) / ((np.delete(plane, 0, axis) + np.delete(plane, -1, axis)) / 2)
        for axis in (0, 1)
    ]
    if REACH.fx_px * max(rise.max() for rise in rises) < 19.9 or 21 * max(abs(across), abs(along)) < 1.99:
        assert not cuts.any() and cuts.count == 1 and cuts.things.tolist() == [False, True]
        np.testing.assert_array_equal(cuts.regions, 1)


@st.composite
def boxes(draw):
    """Boxes that do not touch the frame, with enough pixels for a thing."""
    height, width = draw(st.integers(6, 28)), draw(st.integers(6, 38))
    return box(draw(st.integers(1, 30)), draw(st.integers(1, 40)), height, width)


# A rise of a third of a pixel a row, at most.
@given(boxes(), st.floats(-0.015, 0.015), st.sampled_from([-1.5, -0.3, 0.3, 1.5]))
def test_a_step_is_cut_where_it_is(thing, tilt, step):
    cuts = find_cuts(surface_of(2 + tilt * ROW + step * thing), REACH)
    for found, wanted in zip((cuts.right, cuts.down), sides_differ(thing), strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert cuts.count == 2 and cuts.things.tolist() == [False, True, True]
    np.testing.assert_array_equal(cuts.regions, np.where(thing, 2, 1))


@given(boxes(), st.floats(-0.015, 0.015), st.sampled_from([-0.075, 0.075]))
def test_a_step_too_low_to_hide_a_pixel_is_not_cut(thing, tilt, step):
    cuts = find_cuts(surface_of(2 + tilt * ROW + step * thing), REACH)
    assert not cuts.any() and cuts.count == 1


def test_a_wider_view_cuts_more():
    surface = surface_of(np.where(box(20, 20, 20, 30), 1.06, 1.0))
    assert not find_cuts(surface, Reach(0.07, 300.0)).any()
    assert find_cuts(surface, Reach(0.14, 300.0)).any()


def test_a_surface_reaches_both_sides_of_a_discontinuity_around_its_end():
    # A flap that comes off the wall to the right: its left edge stands out, its right end lies on the wall.
    flap = np.where(box(20, 20, 20, 40), (60 - COLUMN) / 40, 0.0)
    cuts = find_cuts(surface_of(1 + flap), REACH)
    assert cuts.right[20:40, 19].all() and not cuts.right[:, 20:].any()
    assert cuts.count == 1 and cuts.any()


def test_noise_too_short_to_hide_anything_is_not_cut():
    speck = np.where(box(30, 40, 2, 2), 3.0, 1.0)
    assert not find_cuts(surface_of(speck), REACH).any()
    larger = np.where(box(30, 40, 3, 3), 3.0, 1.0)
    assert find_cuts(surface_of(larger), REACH).any()
    # What is short depends on the picture of which this is a window.
    assert not find_cuts(surface_of(larger, picture_px=4_000_000), REACH).any()


@pytest.mark.parametrize(("height", "width", "is_thing"), [(4, 6, True), (1, 23, False), (1, 24, True), (4, 5, False)])
def test_a_thing_has_enough_pixels(height, width, is_thing):
    cuts = find_cuts(surface_of(np.where(box(30, 40, height, width), 3.0, 1.0)), REACH)
    assert cuts.things.tolist() == [False, True, is_thing]


def test_a_thing_is_shown_by_the_photo():
    inverse_depth = np.where(box(20, 20, 20, 30), 3.0, 1.0)
    cuts = find_cuts(surface_of(inverse_depth, shown=~box(20, 20, 19, 30)), REACH)
    assert cuts.things.tolist() == [False, True, True]  # one row of 30 is seen
    cuts = find_cuts(surface_of(inverse_depth, shown=~box(20, 20, 20, 10) & ~box(20, 29, 20, 21)), REACH)
    assert cuts.things.tolist() == [False, True, False]  # a strip of 20 is not enough


def test_larger_pictures_have_larger_things():
    assert least_thing_px(100) == least_thing_px(240_000) == 24
    assert least_thing_px(12_000_000) == 1200


def test_where_there_is_nothing_there_is_no_surface_and_no_cut():
    hole = box(15, 20, 20, 30)
    surface = surface_of(np.where(hole, 9.0, 1.0), present=~hole)
    cuts = find_cuts(surface, REACH)
    assert not cuts.any() and cuts.count == 1
    np.testing.assert_array_equal(cuts.regions, ~hole)
    # Nothing at all has neither.
    none = find_cuts(replace(surface, present=np.zeros(hole.shape, bool)), REACH)
    assert none.count == 0 and not none.any() and none.things.tolist() == [False]


def test_a_window_of_cuts_keeps_the_surfaces_numbers():
    cuts = find_cuts(surface_of(np.where(box(10, 10, 20, 30), 3.0, 1.0)), REACH)
    part = cuts.cropped((slice(12, 25), slice(15, 30)))
    assert part.count == cuts.count == 2 and not part.any() and (part.regions == 2).all()
    assert cuts.cropped((slice(12, 25), slice(15, 60))).any()


def slow_banks(inverse_depth, cuts, parallax_px):
    """Every pixel asks its four neighbours."""
    banks = np.zeros((4, *inverse_depth.shape), np.float32)
    height, width = inverse_depth.shape
    for y in range(height):
        for x in range(width):
            for ny, nx in ((y, x + 1), (y, x - 1), (y + 1, x), (y - 1, x)):
                if not (0 <= ny < height and 0 <= nx < width):
                    continue
                if not (cuts.right[y, min(x, nx)] if ny == y else cuts.down[min(y, ny), x]):
                    continue
                above = (inverse_depth[y, x] - inverse_depth[ny, nx]) * parallax_px
                here, there = cuts.regions[y, x], cuts.regions[ny, nx]
                own = here == there or not cuts.things[here] or not cuts.things[there]
                for side, height_px in ((0, above), (1, -above)):
                    banks[side, y, x] = max(banks[side, y, x], height_px)
                    if own:
                        banks[2 + side, y, x] = max(banks[2 + side, y, x], height_px)
    return banks


@st.composite
def cut_surfaces(draw):
    """Any cuts at all over any depths, in eighths that floats hold exactly."""
    size = draw(hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=7))
    eighths = draw(hnp.arrays(np.float32, size, elements=st.integers(0, 24).map(float), fill=st.nothing()))
    right, down = (draw(hnp.arrays(bool, size, elements=st.booleans())) for _ in range(2))
    right[:, -1], down[-1] = False, False
    things = draw(hnp.arrays(bool, 4, elements=st.booleans()))
    things[0] = False
    regions = draw(hnp.arrays(np.int32, size, elements=st.integers(0, 3), fill=st.nothing()))
    return surface_of(eighths / 8), Cuts(right, down, regions, things)


@given(cut_surfaces(), st.sampled_from([4.0, 16.0]))
def test_banks_are_the_greatest_steps_beside_every_pixel(cut_surface, parallax_px):
    surface, cuts = cut_surface
    banks = find_banks(surface, cuts, parallax_px)
    wanted = slow_banks(surface.inverse_depth, cuts, parallax_px)
    for found, expected in zip((banks.near, banks.far, banks.near_own, banks.far_own), wanted, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_banks_face_each_other_across_the_outline():
    thing = box(20, 20, 20, 30)
    surface = surface_of(np.where(thing, 3.0, 1.0))
    banks = find_banks(surface, find_cuts(surface, REACH), REACH.parallax_px)
    inner, outer = thing & ~box(21, 21, 18, 28), (box(19, 20, 22, 30) | box(20, 19, 20, 32)) & ~thing
    np.testing.assert_allclose(banks.near, np.where(inner, 42, 0), rtol=1e-6)
    np.testing.assert_allclose(banks.far, np.where(outer, 42, 0), rtol=1e-6)
    assert not banks.near_own.any() and not banks.far_own.any()
    part = banks.cropped((slice(15, 25), slice(30, 40)))
    np.testing.assert_array_equal(part.far, banks.far[15:25, 30:40])
    np.testing.assert_array_equal(part.near, banks.near[15:25, 30:40])


def test_what_grows_stays_on_its_surface():
    thing = box(20, 20, 20, 30)
    surface = surface_of(np.where(thing, 3.0, 1.0), present=~box(0, 70, 60, 10))
    cuts = find_cuts(surface, REACH)
    budget = np.zeros(thing.shape, np.float32)
    budget[25, 30] = 12.5
    walked = np.abs(ROW - 25) + np.abs(COLUMN - 30)
    np.testing.assert_array_equal(grow(cuts, budget), np.where(thing, np.maximum(12.5 - walked, 0), 0))
    # On the wall the way leads around the thing, and never to where there is nothing.
    budget[25, 30], budget[30, 19] = 0, 100
    left = grow(cuts, budget)
    assert left[30, 50] == 100 - (10 + 31 + 10)
    assert not left[thing].any() and not left[:, 70:].any() and (left[~thing & (COLUMN < 70)] > 0).all()
