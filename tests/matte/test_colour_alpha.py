"""Colour alpha against the same integral written out with matrices, and what colours can and cannot tell."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from relens.matte.colour_alpha import colour_alpha
from relens.matte.side_colour import CELL_PX, KINDS

LEVELS = np.arange(11) / 10
NOISE = 1e-4
RED, BLUE = np.float32([0.8, 0.2, 0.1]), np.float32([0.1, 0.3, 0.9])


def asked(colours, place, width, front, rear, prior, mixed=0.1, cuts=()):
    """Mean and variance of alpha, pixels in parts."""
    mean, variance = np.full((2, len(place)), np.float32(np.nan))
    ends = [0, *cuts, len(place)]
    for first, last in pairwise(ends):
        colour_alpha(colours, place, width, front, rear, prior, mixed, first, last, mean, variance)
    return mean, variance


def any_side(rng, rows, columns):
    """Shares, means and covariances of a side's kinds in cells."""
    cells = np.empty((rows, columns, KINDS, 10), np.float32)
    for i, j, k in np.ndindex(rows, columns, KINDS):
        root = rng.normal(0, 0.1, (3, 3))
        cells[i, j, k] = [rng.random() + 0.1, *rng.random(3), *(root @ root.T)[np.triu_indices(3)]]
    cells[..., 0] /= cells[..., 0].sum(axis=-1, keepdims=True)
    return cells


def one_colour(colour, variance=1e-5):
    cell = np.zeros((1, 1, KINDS, 10), np.float32)
    cell[0, 0, 0] = [1, *colour, variance, 0, 0, variance, 0, variance]
    return cell


def blend(alpha, front=RED, rear=BLUE):
    """As much light of either, encoded."""
    alpha = np.asarray(alpha)[..., None]
    return np.sqrt(alpha * front**2 + (1 - alpha) * rear**2).astype(np.float32)


def slow_kinds(cells, row, column):
    """Share, mean and covariance of each kind at a pixel, cell by cell."""
    total = np.zeros((KINDS, 10))
    height, width = cells.shape[:2]
    y = np.clip((row + 0.5) / CELL_PX - 0.5, 0, height - 1)
    x = np.clip((column + 0.5) / CELL_PX - 0.5, 0, width - 1)
    for i, j in np.ndindex(height, width):
        total += max(1 - abs(i - y), 0) * max(1 - abs(j - x), 0) * cells[i, j].astype(np.float64)
    for share, *rest in total:
        if share >= total[:, 0].max() / 100:
            upper = np.zeros((3, 3))
            upper[np.triu_indices(3)] = rest[3:]
            yield share, np.array(rest[:3]), upper + np.triu(upper, 1).T


def slow_alpha(colour, row, column, front, rear, prior, mixed):
    """Mean and variance of alpha by Bayes' rule over eleven levels and all pairs of kinds."""
    nothing = [(1.0, np.zeros(3), np.zeros((3, 3)))]
    likely = np.zeros(11)
    for level, alpha in enumerate(LEVELS):
        belief = {0: (1 - mixed) * (1 - prior), 1: (1 - mixed) * prior}.get(alpha, mixed / 9)
        fronts = slow_kinds(front, row, column) if alpha > 0 else nothing
        rears = list(slow_kinds(rear, row, column)) if alpha < 1 else nothing
        for front_share, front_mean, front_covariance in fronts:
            for rear_share, rear_mean, rear_covariance in rears:
                middle = np.sqrt(alpha * front_mean**2 + (1 - alpha) * rear_mean**2) + 1e-4
                # How the encoded blend follows either encoded colour, to first order.
                by_front = np.diag(alpha * front_mean / middle)
                by_rear = np.diag((1 - alpha) * rear_mean / middle)
                covariance = by_front @ front_covariance @ by_front + by_rear @ rear_covariance @ by_rear
                density = multivariate_normal.pdf(colour, middle, covariance + NOISE * np.eye(3))
                likely[level] += belief * front_share * rear_share * density
    weight = likely / likely.sum()
    mean = weight @ LEVELS
    return mean, weight @ LEVELS**2 - mean**2


@given(st.integers(0, 10_000))
@settings(max_examples=12)
def test_alpha_is_bayes_rule_written_out(seed):
    rng = np.random.default_rng(seed)
    front, rear = any_side(rng, 2, 3), any_side(rng, 2, 3)
    place = rng.choice(16 * 24, 5, replace=False)
    colours, prior = rng.random((5, 3), np.float32), rng.uniform(0.02, 0.98, 5).astype(np.float32)
    mean, variance = asked(colours, place, 24, front, rear, prior, 0.3, cuts=(2,))
    expected = [
        slow_alpha(colour.astype(np.float64), at // 24, at % 24, front, rear, float(belief), 0.3)
        for colour, at, belief in zip(colours, place, prior, strict=True)
    ]
    np.testing.assert_allclose(np.stack([mean, variance], -1), expected, atol=2e-3)


@pytest.mark.parametrize("prior", [0.02, 0.5, 0.98])
def test_a_blend_of_two_colours_is_found_to_a_level_whatever_was_thought_before(prior):
    alpha = np.linspace(0, 1, 41, dtype=np.float32)
    place, before = np.zeros(41, int), np.full(41, np.float32(prior))
    mean, variance = asked(blend(alpha), place, 8, one_colour(RED), one_colour(BLUE), before)
    np.testing.assert_allclose(mean, alpha, atol=0.07)
    assert variance.max() < 4e-3


def test_where_both_sides_look_alike_the_prior_decides():
    prior = np.linspace(0.02, 0.98, 25, dtype=np.float32)
    same = one_colour(RED, 1e-2)
    mean, variance = asked(blend(np.ones(25)), np.zeros(25, int), 8, same, same, prior, mixed=0.0)
    np.testing.assert_allclose(mean, prior, atol=1e-3)
    np.testing.assert_allclose(variance, prior * (1 - prior), atol=1e-3)


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_the_sides_change_places(seed):
    rng = np.random.default_rng(seed)
    one, other = any_side(rng, 1, 2), any_side(rng, 1, 2)
    colours, place = rng.random((6, 3), np.float32), rng.choice(8 * 16, 6)
    prior = rng.uniform(0.02, 0.98, 6).astype(np.float32)
    mean, variance = asked(colours, place, 16, one, other, prior)
    swapped_mean, swapped_variance = asked(colours, place, 16, other, one, 1 - prior)
    np.testing.assert_allclose(swapped_mean, 1 - mean, atol=1e-3)
    np.testing.assert_allclose(swapped_variance, variance, atol=1e-3)


def test_a_colour_of_neither_side_is_as_likely_any_of_both():
    neither = np.float32([[0.0, 1.0, 0.0]])
    mean, variance = asked(neither, np.zeros(1, int), 8, one_colour(RED), one_colour(BLUE), np.float32([0.9]))
    # Half certainly foreground, half certainly background: as unsure as can be.
    assert (mean[0], variance[0]) == (0.5, 0.25)
