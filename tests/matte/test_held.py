"""Held: firm where the colours around tell alpha, loose where they do not, and only where alpha is unknown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.matte.colour_alpha import colour_alpha
from relens.matte.held import LEAST_VARIANCE, held_by_colour, variance_of
from relens.matte.side_colour import side_colour
from relens.matte.states import BACKGROUND, FOREGROUND, UNKNOWN

RED, BLUE = np.float32([0.7, 0.1, 0.1]), np.float32([0.1, 0.2, 0.6])
COLUMN = np.arange(60)[None].repeat(33, axis=0)
ALPHA = np.clip((40 - COLUMN) / 20, 0, 1).astype(np.float32)
STATES = np.where(ALPHA == 1, FOREGROUND, np.where(ALPHA == 0, BACKGROUND, UNKNOWN))


def picture(front=RED, rear=BLUE):
    return (ALPHA[..., None] * front + (1 - ALPHA[..., None]) * rear).astype(np.float32)


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_only_the_unknown_is_held_and_the_known_is_what_it_is(seed):
    rng = np.random.default_rng(seed)
    states = rng.integers(0, 3, (19, 23)).astype(np.uint8)
    held = held_by_colour(rng.random((19, 23, 3), np.float32), states)
    unknown = states == UNKNOWN
    np.testing.assert_array_equal(held.weight > 0, unknown)
    np.testing.assert_array_equal(held.value[~unknown], states[~unknown])
    assert held.value.min() >= 0 and held.value.max() <= 1
    # No coverage varies by more than a quarter.
    variance = variance_of(held)
    assert (variance[~unknown] == 0).all() and variance.min() >= -1e-6 and variance.max() <= 0.2501


def test_the_threads_share_the_pixels_out_and_miss_none():
    rng = np.random.default_rng(4)
    linear, states = rng.random((21, 26, 3), np.float32), rng.integers(0, 3, (21, 26)).astype(np.uint8)
    prior = rng.random((21, 26), np.float32)
    encoded, place = np.sqrt(linear), np.flatnonzero(states == UNKNOWN)
    mean, variance = np.empty((2, len(place)), np.float32)
    sides = (side_colour(encoded, states, int(side)) for side in (FOREGROUND, BACKGROUND))
    believed = prior.reshape(-1)[place].clip(0.02, 0.98)
    colour_alpha(encoded.reshape(-1, 3)[place], place, 26, *sides, believed, 0.1, 0, len(place), mean, variance)
    held = held_by_colour(linear, states, prior)
    np.testing.assert_array_equal(held.value.reshape(-1)[place], mean)
    np.testing.assert_allclose(variance_of(held).reshape(-1)[place], variance, atol=1e-6)


def test_a_blend_of_two_colours_is_held_firmly_at_its_share():
    held = held_by_colour(picture(), STATES)
    unknown = STATES == UNKNOWN
    np.testing.assert_allclose(held.value[unknown], ALPHA[unknown], atol=0.07)
    assert variance_of(held)[unknown].max() < 5 * LEAST_VARIANCE


def test_sides_of_one_colour_hold_nothing_firmly():
    firm, loose = held_by_colour(picture(), STATES), held_by_colour(picture(BLUE, BLUE), STATES)
    unknown = STATES == UNKNOWN
    assert loose.weight[unknown].max() < 0.05 * firm.weight[unknown].min()
    np.testing.assert_allclose(loose.value[unknown], 0.5, atol=0.01)


@pytest.mark.parametrize("prior", [0.1, 0.9])
def test_a_prior_decides_between_sides_of_one_colour_alone(prior):
    before = np.full(STATES.shape, np.float32(prior))
    unknown = STATES == UNKNOWN
    alike = held_by_colour(picture(BLUE, BLUE), STATES, before).value[unknown]
    assert (abs(alike - prior) < 0.06).all()
    unlike = held_by_colour(picture(), STATES, before).value[unknown]
    np.testing.assert_allclose(unlike, ALPHA[unknown], atol=0.07)


@pytest.mark.parametrize("sure", [0.0, 1.0])
def test_a_prior_that_is_sure_does_not_overrule_the_colours(sure):
    held = held_by_colour(picture(), STATES, np.full(STATES.shape, np.float32(sure)))
    unknown = STATES == UNKNOWN
    np.testing.assert_allclose(held.value[unknown], ALPHA[unknown], atol=0.07)


def test_light_below_black_is_black():
    below, black = picture(), picture()
    below[:, :5], black[:, :5] = -0.2, 0
    np.testing.assert_array_equal(held_by_colour(below, STATES).value, held_by_colour(black, STATES).value)
