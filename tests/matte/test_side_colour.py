"""Side colours against moments summed cell by cell; kinds are what a side is a mixture of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.matte.side_colour import CELL_PX, KINDS, side_colour
from relens.matte.states import BACKGROUND, FOREGROUND, UNKNOWN

RED, GREEN = np.float32([0.8, 0.2, 0.1]), np.float32([0.1, 0.7, 0.2])
# Where a kind's six numbers of covariance are in a matrix.
MATRIX = np.array([[4, 5, 6], [5, 7, 8], [6, 8, 9]])


def speckled(seed, shape=(37, 50)):
    """Colours and states without any order."""
    rng = np.random.default_rng(seed)
    return rng.random((*shape, 3), np.float32), rng.integers(0, 3, shape).astype(np.uint8)


def whole(found):
    """Mean and covariance of each cell's mixture, by the laws of total expectation and total variance."""
    share, mean, covariance = found[..., :1], found[..., 1:4], found[..., MATRIX]
    second = covariance + mean[..., :, None] * mean[..., None, :]
    total = (share * mean).sum(axis=2)
    return total, (share[..., None] * second).sum(axis=2) - total[..., :, None] * total[..., None, :]


def spread_over(plane, spread):
    """A Gaussian over cells, four spreads wide, the border's cells repeated; by its definition."""
    reach = round(4 * spread)
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * spread**2))
    weights = np.outer(kernel, kernel) / kernel.sum() ** 2
    wide = np.pad(plane, reach, mode="edge")
    result = np.empty_like(plane)
    for i, j in np.ndindex(plane.shape):
        result[i, j] = (weights * wide[i : i + 2 * reach + 1, j : j + 2 * reach + 1]).sum()
    return result


def slow_whole(encoded, states, side):
    """Each cell's mean and covariance of a side: its pixels under a narrow Gaussian, and a wide one that counts 0.3."""
    rows, columns = -(-states.shape[0] // CELL_PX), -(-states.shape[1] // CELL_PX)
    sums = np.zeros((rows, columns, 13))
    for y, x in np.argwhere(states == side):
        colour = encoded[y, x].astype(np.float64)
        sums[y // CELL_PX, x // CELL_PX] += [1, *colour, *np.outer(colour, colour).ravel()]
    total = np.stack([spread_over(plane, 2) + 0.3 * spread_over(plane, 8) for plane in np.moveaxis(sums, -1, 0)], -1)
    mean = total[..., 1:4] / total[..., :1]
    second = (total[..., 4:] / total[..., :1]).reshape(rows, columns, 3, 3)
    return mean, second - mean[..., :, None] * mean[..., None, :]


@pytest.mark.parametrize("side", [FOREGROUND, BACKGROUND])
def test_a_mixture_s_mean_and_covariance_are_those_of_the_colours_around(side):
    encoded, states = speckled(1)
    mean, covariance = whole(side_colour(encoded, states, int(side)))
    slow_mean, slow_covariance = slow_whole(encoded, states, side)
    np.testing.assert_allclose(mean, slow_mean, atol=1e-3)
    np.testing.assert_allclose(covariance, slow_covariance, atol=1e-3)
    assert np.ptp(slow_mean, axis=(0, 1)).min() > 0.01  # they do differ from cell to cell


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_shares_are_whole_and_covariances_are_ones(seed):
    encoded, states = speckled(seed, (17, 20))
    found = side_colour(encoded, states, 1)
    assert found.shape == (3, 3, KINDS, 10) and np.isfinite(found).all()
    np.testing.assert_allclose(found[..., 0].sum(axis=-1), 1, atol=1e-5)
    assert found[..., 0].min() >= 0
    assert np.linalg.eigvalsh(found[..., MATRIX].astype(np.float64)).min() > -1e-4


def test_kinds_are_the_colours_a_side_is_made_of():
    blue = np.float32([0.2, 0.2, 0.9])
    row, column = np.mgrid[:48, :48]
    encoded = np.stack([RED, GREEN, blue])[(row + column) % 3]
    states = np.where(column < 40, FOREGROUND, UNKNOWN)
    found = side_colour(encoded, states, 1)[3, 4]
    order = np.argsort(-found[:, 2])
    np.testing.assert_allclose(found[order[0], 1:4], GREEN, atol=1e-3)
    np.testing.assert_allclose(found[np.argmax(found[:, 1]), 1:4], RED, atol=1e-3)
    np.testing.assert_allclose(found[np.argmax(found[:, 3]), 1:4], blue, atol=1e-3)
    np.testing.assert_allclose(found[:, 0], 1 / 3, atol=0.02)
    np.testing.assert_allclose(found[:, 4:], 0, atol=1e-3)


def test_the_nearest_colours_count_most():
    column = np.arange(160)[None].repeat(64, axis=0)
    encoded = np.where((column < 80)[..., None], RED, GREEN)
    states = np.where(abs(column - 80) < 6, UNKNOWN, FOREGROUND)
    mean, _ = whole(side_colour(encoded, states, 1))
    towards_green = mean[4, :, 1]
    assert (np.diff(towards_green) > 0).all()
    assert towards_green[0] < 0.25 and towards_green[-1] > 0.65


def test_a_side_s_colour_does_not_mix_with_the_other_s_or_with_the_unknown():
    states = np.random.default_rng(3).integers(0, 3, (40, 40)).astype(np.uint8)
    encoded = np.stack([GREEN, RED, GREEN + RED])[states]
    for side, colour in ((BACKGROUND, GREEN), (FOREGROUND, RED)):
        mean, covariance = whole(side_colour(encoded, states, int(side)))
        np.testing.assert_allclose(mean, np.broadcast_to(colour, mean.shape), atol=1e-4)
        np.testing.assert_allclose(covariance, 0, atol=1e-4)


def test_a_side_of_which_nothing_is_known_may_be_any_colour():
    found = side_colour(np.zeros((20, 20, 3), np.float32), np.full((20, 20), UNKNOWN), 1)
    np.testing.assert_allclose(found[..., 0], np.broadcast_to([1, 0, 0], found.shape[:3]), atol=1e-6)
    np.testing.assert_allclose(found[..., 0, 1:4], 0.5, atol=1e-6)
    # Each channel evenly from 0 to 1, whatever the others: a variance of a twelfth.
    np.testing.assert_allclose(found[..., 0, MATRIX], np.broadcast_to(np.eye(3) / 12, (3, 3, 3, 3)), atol=1e-6)


def test_what_is_far_from_everything_unknown_is_not_looked_at():
    column = np.arange(300)[None].repeat(16, axis=0)
    states = np.where(column < 8, UNKNOWN, FOREGROUND)
    encoded = np.where((column < 150)[..., None], RED, GREEN)
    mean, _ = whole(side_colour(encoded, states, 1))
    np.testing.assert_allclose(mean, np.broadcast_to(RED, mean.shape), atol=1e-3)
