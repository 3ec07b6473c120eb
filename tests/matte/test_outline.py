"""A graph cut finds what a first guess only roughly knows, keeps what is sure, and is always the same."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.matte.outline import cut_outline
from relens.matte.steps import Appearance

SHAPE = 48, 60
ROW, COLUMN = np.mgrid[: SHAPE[0], : SHAPE[1]]
THING = np.hypot(ROW - 24, COLUMN - 30) < 14
NOTHING = np.zeros(SHAPE, bool)


def look(colour=True, depth=False, holes=0.0, seed=1):
    """The thing is red and near, all else green and far."""
    rng = np.random.default_rng(seed)
    lab = np.where(THING[..., None], np.float32([50, 40, 20]), np.float32([60, -30, 20]))
    lab = (lab + rng.normal(0, 4, lab.shape)).astype(np.float32)
    inverse = np.where(THING, rng.normal(0, 0.02, SHAPE), rng.normal(-0.5, 0.02, SHAPE)).astype(np.float32)
    inverse[rng.random(SHAPE) < holes] = np.nan
    return Appearance(lab if colour else None, inverse if depth else None, np.zeros(SHAPE, np.float32))


def guess(grown_px=6):
    """The thing's box, moved."""
    return (abs(ROW - 26) < 14 + grown_px) & (abs(COLUMN - 33) < 14 + grown_px)


def overlap(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize(("colour", "depth", "holes"), [(True, False, 0), (False, True, 0), (True, True, 0.5)])
def test_the_thing_is_found_in_a_rough_guess(colour, depth, holes):
    assert overlap(guess(), THING) < 0.6
    found = cut_outline(look(colour, depth, holes), guess(), NOTHING, ~guess(10))
    assert overlap(found, THING) > 0.95


def test_depth_parts_what_is_of_one_colour():
    grey = np.full((*SHAPE, 3), np.float32(50))
    both = Appearance(grey, look(False, True).depth, np.zeros(SHAPE, np.float32))
    assert overlap(cut_outline(both, guess(), NOTHING, ~guess(10)), THING) > 0.97


@given(st.integers(0, 10_000))
@settings(max_examples=8)
def test_what_is_sure_stays(seed):
    rng = np.random.default_rng(seed)
    inside, outside = rng.random(SHAPE) < 0.05, rng.random(SHAPE) < 0.05
    found = cut_outline(look(), guess(), inside & ~outside, outside)
    assert found[inside & ~outside].all() and not found[outside].any()


def test_twice_is_the_same_whatever_was_drawn_before():
    noise = Appearance(np.random.default_rng(3).normal(50, 20, (*SHAPE, 3)).astype(np.float32), None, None)
    found = cut_outline(noise, guess(), NOTHING, NOTHING)
    for seed in (5, 77):
        cv2.setRNGSeed(seed)
        np.testing.assert_array_equal(cut_outline(noise, guess(), NOTHING, NOTHING), found)


def test_where_all_is_sure_that_is_the_outline():
    np.testing.assert_array_equal(cut_outline(look(), guess(), guess(2), ~guess(2)), guess(2))


@pytest.mark.parametrize("count", [0, 9, SHAPE[0] * SHAPE[1]])
def test_too_little_to_tell_two_sides_apart_leaves_the_guess(count):
    likely = np.arange(SHAPE[0] * SHAPE[1]).reshape(SHAPE) < count
    np.testing.assert_array_equal(cut_outline(look(), likely, NOTHING, NOTHING), likely)


def test_unknown_depth_is_as_the_nearest_known_one():
    # A hole over the thing's edge, with no colour to see it by: the line lies half-way between what is known.
    depth = np.where(COLUMN < 30, np.float32(0), np.float32(-0.5))
    depth[:, 20:36] = np.nan
    found = cut_outline(Appearance(None, depth, None), COLUMN < 40, COLUMN < 4, COLUMN > 56)
    np.testing.assert_array_equal(found, COLUMN < 28)
