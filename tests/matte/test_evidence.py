"""Evidence: log-odds of normal distributions, from SciPy; what depth and features can and cannot tell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.stats import multivariate_normal, norm

from relens.matte.evidence import depth_evidence, feature_evidence
from relens.matte.states import BACKGROUND, FOREGROUND, UNKNOWN

MOST = 3.0
COLUMN = np.arange(60)[None].repeat(40, axis=0)
STATES = np.where(COLUMN < 20, FOREGROUND, np.where(COLUMN >= 40, BACKGROUND, UNKNOWN))


def depths(seed, shape=(26, 31)):
    """Depth with holes, its uncertainty, and states without order."""
    rng = np.random.default_rng(seed)
    inverse = gaussian_filter(rng.random(shape), 2).astype(np.float32) + 0.2
    inverse[rng.random(shape) < 0.1] = np.nan
    return inverse, rng.uniform(0, 0.3, shape).astype(np.float32), rng.integers(0, 3, shape).astype(np.uint8)


def slow_odds(inverse, uncertainty, states, reach_px):
    """Log-odds of either side's normal distribution; a pixel's own uncertainty widens both."""
    known = np.isfinite(inverse)
    value = np.where(known, inverse, 0).astype(np.float64)
    logs = []
    for side in (FOREGROUND, BACKGROUND):
        weight = (known & (states == side)).astype(np.float64)
        planes = weight, weight * value, weight * value**2
        share, first, second = (gaussian_filter(plane, 6 * reach_px, mode="mirror", truncate=4) for plane in planes)
        mean = first / share
        variance = np.maximum(second / share - mean**2, 0)
        own = np.maximum(uncertainty, 0.02) * np.maximum(value, mean)
        logs.append(norm.logpdf(value, mean, np.sqrt(variance + own**2)))
    return np.where(known, logs[0] - logs[1], 0)


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_depth_s_odds_are_those_of_normal_distributions(seed):
    inverse, uncertainty, states = depths(seed)
    found, _ = depth_evidence(inverse, uncertainty, states, 1.0)
    expected = np.clip(slow_odds(inverse, uncertainty, states, 1.0), -MOST, MOST)
    np.testing.assert_allclose(found, expected, atol=0.02)


@given(st.integers(0, 10_000), st.floats(0.5, 4))
@settings(max_examples=15)
def test_the_sides_change_places(seed, reach_px):
    inverse, uncertainty, states = depths(seed)
    swapped = np.choose(states, [FOREGROUND, BACKGROUND, UNKNOWN])
    one, other = (depth_evidence(inverse, uncertainty, each, reach_px)[0] for each in (states, swapped))
    np.testing.assert_allclose(one, -other, atol=1e-5)


def stepped(step=30):
    """Near up to a column, far after it."""
    return np.where(step > COLUMN, np.float32(1), np.float32(0.3))


def test_depth_says_which_side_a_pixel_lies_on():
    evidence, behind = depth_evidence(stepped(), None, STATES, 3.0)
    np.testing.assert_array_equal(evidence[:, :30], MOST)
    np.testing.assert_array_equal(evidence[:, 30:], -MOST)
    # Three pixels next to what is not clearly behind are left open.
    np.testing.assert_array_equal(behind, COLUMN >= 33)


@given(st.integers(0, 10_000), st.integers(1, 4))
@settings(max_examples=20)
def test_clearly_behind_is_only_what_is_so_all_around(seed, reach_px):
    inverse, uncertainty, states = depths(seed)
    # Much of it far away.
    inverse[:, 12:] *= np.float32(0.1)
    states[:, 16:], states[:, :8] = BACKGROUND, FOREGROUND
    evidence, behind = depth_evidence(inverse, uncertainty / 10, states, float(reach_px))
    for row, column in np.argwhere(behind):
        beside = np.s_[max(row - reach_px, 0) : row + reach_px + 1, max(column - reach_px, 0) : column + reach_px + 1]
        rows, columns = np.indices(evidence.shape)
        disc = (np.hypot(rows - row, columns - column) <= reach_px)[beside]
        assert (evidence[beside][disc] <= -2).all()


@pytest.mark.parametrize("inverse", [np.nan, 0.5, 0.0], ids=["unknown", "equally far", "infinitely far"])
def test_one_depth_for_all_tells_nothing(inverse):
    evidence, behind = depth_evidence(np.full(COLUMN.shape, np.float32(inverse)), None, STATES, 2.0)
    np.testing.assert_allclose(evidence, 0, atol=1e-4)
    assert not behind.any()


@pytest.mark.parametrize("uncertainty", [5.0, np.nan, np.inf])
def test_depth_that_is_unsure_tells_little(uncertainty):
    near = np.where(COLUMN < 30, np.float32(1), np.float32(0.8))
    sure, _ = depth_evidence(near, None, STATES, 2.0)
    assert (abs(sure) == MOST).all()
    unsure, behind = depth_evidence(near, np.full(COLUMN.shape, np.float32(uncertainty)), STATES, 2.0)
    assert abs(unsure).max() < 0.3 and not behind.any()


@pytest.mark.parametrize("side", [FOREGROUND, BACKGROUND, UNKNOWN])
def test_one_side_alone_tells_nothing(side):
    evidence, behind = depth_evidence(stepped(), None, np.full(COLUMN.shape, side), 2.0)
    np.testing.assert_array_equal(evidence, 0)
    assert not behind.any()


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_features_odds_are_those_of_normal_distributions_of_one_covariance(seed):
    rng = np.random.default_rng(seed)
    features = (rng.standard_normal((14, 15, 4)) @ rng.standard_normal((4, 4))).astype(np.float32)
    states = rng.integers(0, 3, (14, 15)).astype(np.uint8)
    features[states == FOREGROUND] += np.float32(0.5)
    sides = [features[states == side].astype(np.float64) for side in (FOREGROUND, BACKGROUND)]
    rest = np.concatenate([side - side.mean(axis=0) for side in sides])
    pooled = np.cov(rest.T, bias=True)
    pooled += 1e-3 * np.trace(pooled) / 4 * np.eye(4)
    logs = [multivariate_normal.logpdf(features, side.mean(axis=0), pooled) for side in sides]
    np.testing.assert_allclose(feature_evidence(features, states), np.clip(logs[0] - logs[1], -3, 3), atol=2e-3)


@pytest.mark.parametrize("known", [0, 4])
def test_too_few_pixels_to_learn_features_from_tell_nothing(known):
    states = np.full((8, 8), UNKNOWN)
    states[0, :known], states[4:] = FOREGROUND, BACKGROUND
    features = np.random.default_rng(5).random((8, 8, 4), np.float32)
    np.testing.assert_array_equal(feature_evidence(features, states), 0)
    states[1] = FOREGROUND
    assert feature_evidence(features, states).any()


def test_features_that_do_not_differ_tell_nothing():
    np.testing.assert_array_equal(feature_evidence(np.ones((40, 60, 3), np.float32), STATES), 0)
