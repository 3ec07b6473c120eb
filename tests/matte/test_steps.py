"""Steps: what each costs against the formula pixel by pixel; what is a wall and what only a slope, grain or texture."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import uniform_filter
from skimage.color import rgb2lab

from relens.matte.steps import WALL_COST, Appearance, appearance, step_costs
from relens.photo import srgb_encode

SHAPE = 24, 32
COLUMN = np.arange(SHAPE[1])[None].repeat(SHAPE[0], axis=0)
EVERYWHERE = np.ones(SHAPE, bool)
LEAST = np.float32(2e-3)


def looks(seed, colour=True, depth=True):
    rng = np.random.default_rng(seed)
    lab = rng.normal(50, 10, (11, 13, 3)).astype(np.float32) if colour else None
    inverse = rng.normal(0, 0.05, (11, 13)).astype(np.float32)
    inverse[rng.random((11, 13)) < 0.1] = np.nan
    unsure = rng.choice(np.float32([0, 0.05, 1]), (11, 13))
    return Appearance(lab, inverse if depth else None, unsure if depth else None)


def slow_across(look):
    """The step from each pixel to its right neighbour."""
    height, width = next(plane for plane in (look.lab, look.depth) if plane is not None).shape[:2]
    cost = np.full((height, width - 1), float(LEAST))
    if look.lab is not None:
        lab = look.lab.astype(np.float64)
        squares = ((lab[:, 1:] - lab[:, :-1]) ** 2).sum(axis=-1)
        usual = uniform_filter(squares, 25, mode="mirror")
    for y, x in np.ndindex(cost.shape):
        if look.lab is not None:
            colour = min(squares[y, x] / (8**2 + 2 * usual[y, x]), 6**2)
        if look.depth is None:
            cost[y, x] += colour
            continue
        one, other = float(look.depth[y, x]), float(look.depth[y, x + 1])
        known = not np.isnan(one + other)
        if look.lab is not None:
            cost[y, x] += 0.15 * colour if known else colour
        if known:
            variance = 0.03**2 + (look.unsure[y, x] ** 2 + look.unsure[y, x + 1] ** 2) / 2
            units = (one - other) ** 2 / variance
            cost[y, x] += min(units, 12**2) + WALL_COST * (units > 6**2)
    return cost


@given(st.integers(0, 10_000), st.sampled_from([(True, True), (True, False), (False, True)]))
@settings(max_examples=25)
def test_a_step_costs_what_the_formula_says(seed, known):
    look = looks(seed, *known)
    across, down = step_costs(look)
    turned = Appearance(
        *(None if plane is None else plane.swapaxes(0, 1) for plane in (look.lab, look.depth, look.unsure))
    )
    np.testing.assert_allclose(across, slow_across(look), rtol=2e-3)
    np.testing.assert_allclose(down.T, slow_across(turned), rtol=2e-3)


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_a_mirrored_picture_has_mirrored_steps(seed):
    look = looks(seed)
    mirrored = Appearance(look.lab[:, ::-1], look.depth[:, ::-1], look.unsure[:, ::-1])
    for cost, other in zip(step_costs(look), step_costs(mirrored), strict=True):
        assert cost.min() >= LEAST
        np.testing.assert_allclose(other[:, ::-1], cost, rtol=1e-3)


def depth_steps(inverse, uncertainty=None):
    across, _ = step_costs(appearance(None, np.asarray(inverse, np.float32), uncertainty, SHAPE, EVERYWHERE))
    return across


def test_a_jump_of_depth_is_a_wall_even_where_it_is_a_soft_ramp():
    for jump in (COLUMN >= 16, np.clip((COLUMN - 14) / 3, 0, 1)):
        walls = depth_steps(1 - 0.5 * jump) >= WALL_COST
        np.testing.assert_array_equal(walls, COLUMN[:, :-1] == 15)


def test_a_slope_is_no_wall_however_far_it_goes():
    # Over the picture it is as deep as a wall is ten times over.
    assert depth_steps(1 + 0.06 * COLUMN).max() < 40


def test_a_jump_that_depth_is_unsure_of_is_no_wall():
    jump = np.where(COLUMN < 16, 1.0, 0.6)
    assert depth_steps(jump).max() > WALL_COST
    assert depth_steps(jump, np.full(SHAPE, np.float32(0.5))).max() < 5


def test_where_depth_is_unknown_colour_decides_in_full():
    linear = np.where((COLUMN < 16)[..., None], np.float32([0.6, 0.1, 0.1]), np.float32([0.1, 0.1, 0.6]))
    known, unknown = np.ones(SHAPE, np.float32), np.ones(SHAPE, np.float32)
    unknown[:, 10:20] = np.nan
    beside, alone = (
        step_costs(appearance(linear, depth, None, SHAPE, EVERYWHERE))[0][:, 15] for depth in (known, unknown)
    )
    np.testing.assert_allclose(beside - LEAST, 0.15 * (alone - LEAST), rtol=1e-3)
    assert alone.min() > 5


def test_in_a_texture_a_step_is_nothing_special():
    lab = np.full((60, 60, 3), np.float32(50))
    lab[:, 30:, 0] += 20
    plain = step_costs(Appearance(lab, None, None))[0][30, 29]
    lab[..., 0] += np.where(np.indices((60, 60)).sum(axis=0) % 2, np.float32(10), np.float32(-10))
    textured = step_costs(Appearance(lab, None, None))[0]
    assert plain > 2 and textured.max() < plain


def test_colours_are_skimage_s_lab():
    rng = np.random.default_rng(1)
    linear = np.repeat(np.repeat(rng.random((3, 4, 3), np.float32), 8, axis=0), 8, axis=1)
    lab = appearance(linear, None, None, SHAPE, EVERYWHERE).lab
    # Each patch's middle, away from the smoothing of grain.
    expected = rgb2lab(srgb_encode(linear))[4::8, 4::8]
    np.testing.assert_allclose(lab[4::8, 4::8], expected, atol=0.3)


def test_grain_is_smoothed_and_edges_are_not():
    rng = np.random.default_rng(2)
    clean = np.where((COLUMN < 16)[..., None], np.float32(0.5), np.float32(0.1)) * np.ones(3, np.float32)
    grainy = (clean + rng.normal(0, 0.02, clean.shape)).astype(np.float32)
    smooth = appearance(grainy, None, None, SHAPE, EVERYWHERE).lab[..., 0]
    flat = rgb2lab(srgb_encode(clean))[..., 0]
    raw = rgb2lab(srgb_encode(np.clip(grainy, 0, 1)))[..., 0]
    assert (smooth - flat).std() < 0.6 * (raw - flat).std()
    assert abs(np.diff(smooth[:, 14:18], axis=1)).max() > 0.9 * np.ptp(flat)


def test_depth_is_a_share_of_the_thing_s_own():
    inverse = np.where(COLUMN < 16, np.float32(0.8), np.float32(0.2))
    inverse[:4] = np.nan
    look = appearance(None, inverse, np.full(SHAPE, np.float32(0.1)), SHAPE, COLUMN < 8)
    assert look.lab is None and np.isnan(look.depth[:4]).all()
    expected = np.where(COLUMN < 16, 0, -0.75)[4:]
    np.testing.assert_allclose(look.depth[4:], expected, atol=1e-6)
    # One standard deviation of log-depth is that share of the inverse depth.
    np.testing.assert_allclose(look.unsure[4:], 0.1 * (expected + 1), atol=1e-6)
    assert (look.unsure[:4] == 0).all()
    assert (appearance(None, inverse, None, SHAPE, COLUMN < 8).unsure == 0).all()


@given(st.floats(0.01, 100))
@settings(max_examples=20)
def test_the_unit_of_depth_does_not_matter(scale):
    inverse = np.random.default_rng(3).uniform(0.2, 1, SHAPE).astype(np.float32)
    one, other = (appearance(None, np.float32(k) * inverse, None, SHAPE, COLUMN < 9).depth for k in (1, scale))
    np.testing.assert_allclose(other, one, atol=1e-4)


def test_a_thing_as_far_as_the_horizon_still_has_a_depth():
    inverse = np.where(COLUMN < 16, np.float32(0), np.float32(1))
    look = appearance(None, inverse, None, SHAPE, COLUMN < 8)
    # As if it were fifty times as far as the nearest.
    np.testing.assert_allclose(look.depth[:, 16:], 49, rtol=1e-4)
    assert step_costs(look)[0][:, 15].min() > WALL_COST


@pytest.mark.parametrize("inverse", [None, np.full((5, 7), np.float32(np.nan))], ids=["none", "all unknown"])
def test_without_depth_there_is_none(inverse):
    look = appearance(np.zeros((*SHAPE, 3), np.float32), inverse, None, SHAPE, EVERYWHERE)
    assert look.depth is None and look.unsure is None and look.lab.shape == (*SHAPE, 3)


def test_a_pixel_whose_depth_is_mostly_unknown_is_unknown():
    fine = np.full((2 * SHAPE[0], 2 * SHAPE[1]), np.float32(np.nan))
    fine[::2, ::2] = 0.5
    known = np.zeros(SHAPE, bool)
    known[:, 10:] = True
    # Three of four pixels are known there.
    fine[1::2, 21::2], fine[::2, 21::2] = 0.5, 0.5
    np.testing.assert_array_equal(np.isfinite(appearance(None, fine, None, SHAPE, EVERYWHERE).depth), known)


def test_pictures_and_depths_of_any_size_come_to_one():
    linear = np.where((COLUMN < 16)[..., None], np.float32(0.6), np.float32(0.1)) * np.ones(3, np.float32)
    inverse = np.where(COLUMN < 16, np.float32(1), np.float32(0.4))
    same = appearance(linear, inverse, None, SHAPE, EVERYWHERE)
    large = [np.repeat(np.repeat(plane, 3, axis=0), 3, axis=1) for plane in (linear, inverse)]
    half = cv2.resize(inverse, (16, 12), interpolation=cv2.INTER_AREA)
    for picture, depth in ((large[0], large[1]), (linear, half)):
        look = appearance(picture, depth, None, SHAPE, EVERYWHERE)
        np.testing.assert_allclose(look.lab, same.lab, atol=0.1)
        np.testing.assert_allclose(look.depth, same.depth, atol=1e-5)
