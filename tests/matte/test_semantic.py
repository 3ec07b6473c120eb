"""The semantic pass: a coarse mask, colour, depth, features and the other instances agree on where the thing is."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.matte.semantic import resized, semantic_pass
from relens.matte.states import BACKGROUND, FOREGROUND, UNKNOWN

SHAPE = 96, 128
ROW, COLUMN = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
FROM_MIDDLE_PX = np.hypot(ROW - 48, COLUMN - 64)
SKIN, WALL = np.float32([0.55, 0.25, 0.15]), np.float32([0.1, 0.25, 0.35])
REACH_PX = 3.0


def disc(row=48, column=64, radius=24.0):
    return np.clip(radius + 0.5 - np.hypot(ROW - row, COLUMN - column), 0, 1).astype(np.float32)


def picture(alpha, front=SKIN, rear=WALL):
    grain = np.random.default_rng(1).normal(0, 0.005, (*SHAPE, 3))
    return np.clip(alpha[..., None] * front + (1 - alpha[..., None]) * rear + grain, 0, 1).astype(np.float32)


def wrong(found, truth):
    return float(np.abs(found.probability - truth).mean())


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
@settings(max_examples=8)
def test_a_mask_off_by_its_reach_is_put_right_by_colour(down, along, grown):
    mask = (disc(48 + down, 64 + along, 24 + grown) >= 0.5).astype(np.float32)
    found = semantic_pass(picture(disc()), mask, REACH_PX)
    assert wrong(found, disc()) < 0.003
    # States never contradict the probability.
    assert (found.probability[found.states == FOREGROUND] > 0.97).all()
    assert (found.probability[found.states == BACKGROUND] < 0.03).all()
    assert found.probability.min() >= 0 and found.probability.max() <= 1
    open_pixels = found.states == UNKNOWN
    assert 0 < open_pixels.mean() < 0.3 and open_pixels[(disc() > 0.2) & (disc() < 0.8)].all()


def hairy():
    """The disc with hair that sticks out farther than the first zone around the mask."""
    fine = np.zeros((SHAPE[0] * 4, SHAPE[1] * 4), np.uint8)
    for turn in np.linspace(0, 2 * np.pi, 40, endpoint=False):
        way = np.array([np.cos(turn), np.sin(turn)])
        cv2.line(fine, *[(np.array([256, 192]) + way * 4 * reach).astype(int).tolist() for reach in (22, 46)], 1, 4)
    return np.maximum(disc(), cv2.resize(fine.astype(np.float32), SHAPE[::-1], interpolation=cv2.INTER_AREA))


def test_hair_comes_back_even_where_it_crosses_the_zone():
    found = semantic_pass(picture(hairy()), disc(), REACH_PX)
    for least_px in (28, 24 + 5 * REACH_PX + 2):
        hair = (least_px < FROM_MIDDLE_PX) & (hairy() > 0.6)
        assert hair.sum() > 100 and (found.probability[hair] > 0.5).mean() > 0.9


@pytest.mark.parametrize(("thing", "column", "radius"), [(disc(), 104, 12), (hairy(), 118, 8)], ids=["rim", "hair"])
def test_what_is_solid_and_far_outside_is_something_else(thing, column, radius):
    # It lies across the zone's rim, or where hair leads the zone on to.
    solid = disc(column=column, radius=radius)
    found = semantic_pass(picture(np.maximum(thing, solid)), disc(), REACH_PX)
    far = (solid == 1) & (FROM_MIDDLE_PX > 24 + 5 * REACH_PX + 1)
    assert far.sum() > 100 and found.probability[far].mean() < 0.3


def test_another_instance_of_the_same_colour_is_background():
    left, right = disc(column=40), disc(column=89)
    linear = picture(np.maximum(left, right))
    found, alone = semantic_pass(linear, left, REACH_PX, others=[right]), semantic_pass(linear, left, REACH_PX)
    within = disc(column=89, radius=24 - REACH_PX) == 1
    assert alone.probability[within].mean() > 0.01 > 0.001 > found.probability[within].max()
    assert (found.states[within] == BACKGROUND).all()
    assert wrong(found, left) < 0.003


def test_a_mask_over_both_is_cut_where_the_others_are():
    left, right = disc(column=40), disc(column=89)
    both = np.maximum(left, right)
    others = [resized(right, (48, 64)), disc(10, 120, 5.0)]
    found = semantic_pass(picture(both), both, REACH_PX, others=others)
    assert found.probability[disc(column=89, radius=24 - REACH_PX) == 1].max() < 0.001
    assert wrong(found, left) < 0.006


# A floor as red as the thing, which the mask takes in.
FLOOR = (ROW > 60) & (disc() < 0.5)


def confusing():
    mask = np.where((abs(COLUMN - 64) < 30) & FLOOR & (ROW < 66), np.float32(1), disc())
    return picture(np.where(FLOOR, np.float32(1), disc())), mask


def test_depth_tells_apart_what_is_of_one_colour():
    linear, mask = confusing()
    inverse = np.where(disc() >= 0.5, np.float32(1), np.float32(0.3))
    inverse[:, :10] = np.nan
    without = semantic_pass(linear, mask, REACH_PX)
    found = semantic_pass(linear, mask, REACH_PX, inverse_depth=inverse)
    assert wrong(found, disc()) < 0.4 * wrong(without, disc())
    # Clearly behind, with all around it.
    clear = (mask > 0.5) & (FROM_MIDDLE_PX > 24 + REACH_PX + 2)
    zone = (mask > 0.5) & (
        cv2.distanceTransform(np.pad(mask > 0.5, 9, mode="constant").astype(np.uint8), cv2.DIST_L2, 5)[9:-9, 9:-9] < 4
    )
    assert (clear & zone).sum() > 10 and (found.states[clear & zone] == BACKGROUND).all()


def test_depth_like_the_thing_s_own_speaks_for_it():
    # All of one colour; beside the disc depth is unknown, so nothing is clearly behind.
    inverse = np.where(FROM_MIDDLE_PX < 24, np.float32(1), np.float32(0.5))
    inverse[(FROM_MIDDLE_PX >= 24) & (FROM_MIDDLE_PX < 45)] = np.nan
    grey, mask = picture(disc(), SKIN, SKIN), (disc(radius=20) >= 0.5).astype(np.float32)
    missed = (FROM_MIDDLE_PX < 23.5) & (mask == 0)
    with_depth, without = (
        semantic_pass(grey, mask, REACH_PX, inverse_depth=given).probability[missed].mean() for given in (inverse, None)
    )
    assert with_depth > without + 0.05


def test_depth_that_is_unsure_of_itself_changes_little():
    linear, mask = confusing()
    inverse = np.where(disc() >= 0.5, np.float32(1), np.float32(0.8))
    without = semantic_pass(linear, mask, REACH_PX).probability
    sure, unsure = (
        semantic_pass(linear, mask, REACH_PX, inverse_depth=inverse, depth_uncertainty=spread).probability
        for spread in (None, np.full(SHAPE, np.float32(5)))
    )
    assert np.abs(unsure - without).mean() < 0.3 * np.abs(sure - without).mean()


def test_features_tell_apart_what_is_of_one_colour():
    linear, mask = confusing()
    rng = np.random.default_rng(2)
    features = np.where((disc() >= 0.5)[..., None], np.float32(1), np.float32(0)) + rng.normal(0, 0.2, (*SHAPE, 3))
    small = cv2.resize(features.astype(np.float32), (64, 48), interpolation=cv2.INTER_AREA)
    without = semantic_pass(linear, mask, REACH_PX)
    assert wrong(semantic_pass(linear, mask, REACH_PX, features=small), disc()) < 0.8 * wrong(without, disc())


@pytest.mark.parametrize("radius", [1.5, 4.0])
def test_a_mask_thinner_than_its_reach_keeps_its_surest_pixels(radius):
    thin = disc(radius=radius)
    found = semantic_pass(picture(thin), thin, REACH_PX)
    assert (found.states == FOREGROUND).any() and found.probability[47:49, 63:65].min() > 0.98
    assert wrong(found, thin) < 0.001


def test_a_mask_of_any_resolution_is_one():
    truth = disc()
    small = cv2.resize(truth, (32, 24), interpolation=cv2.INTER_AREA)
    large = cv2.resize(truth, (512, 384), interpolation=cv2.INTER_LINEAR)
    for mask in (small, large):
        assert wrong(semantic_pass(picture(truth), mask, REACH_PX), truth) < 0.003


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_smaller_is_the_mean_of_what_a_pixel_covers(rows, columns, down, along, seed):
    for channels in ((), (1,), (5,)):
        plane = np.random.default_rng(seed).random((rows * down, columns * along, *channels), np.float32)
        expected = plane.reshape(rows, down, columns, along, *channels).mean(axis=(1, 3))
        found = resized(plane, (rows, columns))
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, atol=1e-5)


@given(st.floats(-1, 1), st.floats(-1, 1), st.integers(2, 4))
def test_larger_is_linear_between_pixels(along, down, times):
    row, column = np.mgrid[:7, :8] + 0.5
    fine_row, fine_column = (np.mgrid[: 7 * times, : 8 * times] + 0.5) / times
    found = resized((along * column + down * row).astype(np.float32), (7 * times, 8 * times))
    inner = (slice(times, -times),) * 2
    np.testing.assert_allclose(found[inner], (along * fine_column + down * fine_row)[inner], atol=1e-4)
