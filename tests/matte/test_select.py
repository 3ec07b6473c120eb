"""Select: a click or a box finds the thing, by depth, by colour, and by both."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.errors import ValueRangeError
from relens.matte.select import Box, Click, select

HEIGHT_PX, WIDTH_PX = 120, 160
ROW, COLUMN = np.mgrid[:HEIGHT_PX, :WIDTH_PX] + 0.5
LEFT = np.hypot(COLUMN - 55, ROW - 60) < 30
RIGHT = (np.hypot(COLUMN - 102, ROW - 60) < 30) & ~LEFT
SKIN, SEA, WALL = (0.5, 0.3, 0.2), (0.2, 0.3, 0.6), (0.2, 0.3, 0.25)


def picture(left=SKIN, right=SKIN, wall=WALL, noise=0.02):
    """Two discs that touch, before a wall; the left one is nearer."""
    linear = np.empty((HEIGHT_PX, WIDTH_PX, 3), np.float32)
    linear[:], linear[RIGHT], linear[LEFT] = wall, right, left
    grain = np.random.default_rng(5).normal(0, noise, linear.shape)
    return np.clip(linear + grain, 0, 1).astype(np.float32)


def depth(left=1.0, right=0.6, wall=0.25):
    inverse = np.full((HEIGHT_PX, WIDTH_PX), np.float32(wall))
    inverse[RIGHT], inverse[LEFT] = right, left
    return inverse


def overlap(mask, truth):
    return (truth & (mask > 0.5)).sum() / (truth | (mask > 0.5)).sum()


@pytest.mark.parametrize("linear", [picture(), None], ids=["colour and depth", "depth"])
@pytest.mark.parametrize(("click", "thing"), [(Click(55, 60), LEFT), (Click(120, 60), RIGHT)])
def test_a_click_takes_the_thing_and_not_its_neighbour_of_one_colour(linear, click, thing):
    mask = select(linear, click, inverse_depth=depth())
    assert mask.shape == (HEIGHT_PX, WIDTH_PX) and mask.dtype == np.float32 and set(np.unique(mask)) == {0, 1}
    assert overlap(mask, thing) > 0.97


@pytest.mark.parametrize(("click", "thing"), [(Click(55, 60), LEFT), (Click(110, 60), RIGHT)])
def test_by_colour_alone(click, thing):
    assert overlap(select(picture(right=SEA), click), thing) > 0.95


def test_one_colour_and_one_depth_are_one_thing():
    same = depth(right=1.0)
    assert overlap(select(picture(), Click(55, 60), inverse_depth=same), LEFT | RIGHT) > 0.95


@pytest.mark.parametrize("linear", [picture(), picture(right=SEA), None], ids=["alike", "unlike", "depth"])
def test_a_box_takes_what_stands_out_in_it(linear):
    box = Box(20, 24, 88, 96)
    assert overlap(select(linear, box, inverse_depth=depth(right=0.25)), LEFT) > 0.9


def test_a_box_by_colour_alone():
    assert overlap(select(picture(right=WALL), Box(20, 24, 90, 96)), LEFT) > 0.95


def test_small_and_soft_depth_still_walls_off():
    small = cv2.resize(depth(), (WIDTH_PX // 2, HEIGHT_PX // 2), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(small, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
    for inverse in (small, soft):
        assert overlap(select(picture(), Click(55, 60), inverse_depth=inverse), LEFT) > 0.9


def test_a_slope_is_no_wall():
    # A floor that runs from near to far under one colour is one thing.
    inverse = np.repeat(np.linspace(0.2, 1.2, HEIGHT_PX, dtype=np.float32)[:, None], WIDTH_PX, axis=1)
    inverse[:, 110:] = 0.1
    mask = select(None, Click(60, 100), inverse_depth=inverse)
    assert overlap(mask, COLUMN < 110) > 0.97


def test_unknown_depth_leaves_it_to_colour():
    inverse = depth()
    inverse[:, 75:] = np.nan
    mask = select(picture(right=SEA), Click(55, 60), inverse_depth=inverse)
    assert overlap(mask, LEFT) > 0.9
    blind = select(picture(right=SEA), Click(55, 60), inverse_depth=np.full_like(inverse, np.nan))
    np.testing.assert_array_equal(blind, select(picture(right=SEA), Click(55, 60)))


def test_steps_that_depth_is_unsure_of_do_not_count():
    inverse = depth()
    unsure = np.full_like(inverse, np.float32(2.0))
    mask = select(picture(), Click(55, 60), inverse_depth=inverse, depth_uncertainty=unsure)
    assert overlap(mask, LEFT | RIGHT) > 0.9


@given(st.integers(30, 80), st.integers(40, 80))
@settings(max_examples=8)
def test_wherever_the_thing_is_clicked_it_is_the_same(column, row):
    if not LEFT[row, column]:
        return
    mask = select(picture(), Click(column + 0.5, row + 0.5), inverse_depth=depth())
    assert mask[row, column] == 1
    assert overlap(mask, LEFT) > 0.95


def test_twice_is_the_same():
    for where in (Click(55, 60), Box(20, 24, 90, 96)):
        one = select(picture(), where, inverse_depth=depth())
        cv2.setRNGSeed(77)
        np.testing.assert_array_equal(one, select(picture(), where, inverse_depth=depth()))


def test_large_pictures_are_looked_at_small():
    large = cv2.resize(picture(), None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    mask = select(large, Click(8 * 55, 8 * 60), inverse_depth=depth())
    assert mask.shape == (384, 512)
    assert overlap(cv2.resize(mask, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA), LEFT) > 0.95


@pytest.mark.parametrize(
    "where",
    [Click(-1, 5), Click(5, 120), Click(float("nan"), 5), Box(0, 0, 160, 120), Box(90, 0, 20, 50), Box(200, 0, 300, 9)],
)
def test_what_is_off_the_picture_is_refused(where):
    with pytest.raises(ValueRangeError, match=r"(click|box)=.*160x120 photo"):
        select(picture(), where)


def test_something_must_be_known():
    with pytest.raises(ValueRangeError, match="inverse_depth"):
        select(None, Click(5, 5))
