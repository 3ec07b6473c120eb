"""The band: coarse to fine, and the door from unknown to known opens one way."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.matte import band as room
from relens.matte.band import solve_band
from relens.matte.closed_form import closed_form
from relens.matte.held import held_by_colour
from relens.matte.states import BACKGROUND, FOREGROUND, UNKNOWN, dilated, doubled, halved, settled

FRONT, REAR = np.float32([0.6, 0.15, 0.05]), np.float32([0.1, 0.3, 0.5])


def scene(seed, shape=(90, 121)):
    """A soft blob, and states with a wide unknown band around its edge."""
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), 12)
    alpha = np.clip(0.5 + 4 * (noise - noise.mean()) / noise.std(), 0, 1)
    linear = alpha[..., None] * FRONT + (1 - alpha[..., None]) * REAR
    linear = np.clip(linear + rng.normal(0, 0.005, linear.shape), 0, 1).astype(np.float32)
    unknown = dilated((alpha > 0) & (alpha < 1), 4)
    return linear, np.where(unknown, UNKNOWN, (alpha > 0.5).astype(np.uint8)).astype(np.uint8), alpha


@dataclass(frozen=True)
class Level:
    """What a level was given, and what it found."""

    before: np.ndarray
    prior: np.ndarray | None
    alpha: np.ndarray


def watched(linear, states, prior=None, worth_px=20, solve=closed_form):
    """solve_band with levels down to 32 pixels, and what each level did, the coarsest first."""
    levels, priors = [], []

    def held(colour, before, given):
        priors.append(given)
        return held_by_colour(colour, before, given)

    def solved(colour, before, *rest):
        alpha = solve(colour, before, *rest)
        levels.append(Level(before.copy(), priors[-1], alpha))
        return alpha

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_COARSEST_PX", 32), ("_WORTH_PX", worth_px), ("held_by_colour", held)):
            patch.setattr(room, name, value)
        patch.setattr(room, "closed_form", solved)
        return *solve_band(linear, states, prior), levels


def fickle(seed):
    """A solver that finds something else at every level."""
    rng = np.random.default_rng(seed)

    def solve(colour, states, held, start):
        patches = rng.choice(np.float32([0, 0.01, 0.5, 1]), [-(-size // 5) for size in states.shape])
        alpha = patches.repeat(5, axis=0).repeat(5, axis=1)[: states.shape[0], : states.shape[1]]
        return np.where(states == UNKNOWN, alpha, states).astype(np.float32)

    return solve


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=14)
def test_what_is_known_stays_known_from_level_to_level(seed, steady):
    linear, states, _ = scene(seed)
    alpha, left, levels = watched(linear, states, solve=closed_form if steady else fickle(seed))
    known = states != UNKNOWN
    np.testing.assert_array_equal(alpha[known], states[known])
    np.testing.assert_array_equal(left[known], states[known])
    asked = [halved(halved(states)), halved(states), states]
    assert len(levels) == 3
    np.testing.assert_array_equal(levels[0].before, asked[0])
    for above, level, original in zip(levels[:-1], levels[1:], asked[1:], strict=True):
        side = (above.alpha >= 0.5).astype(np.uint8)
        settled_side = np.where(settled(above.alpha), side, UNKNOWN)
        after = doubled(np.where(above.before == UNKNOWN, settled_side, above.before), original.shape)
        expected = np.where(original == UNKNOWN, after, original)
        np.testing.assert_array_equal(level.before, expected)
        kept = level.before != UNKNOWN
        np.testing.assert_array_equal(level.alpha[kept], level.before[kept])
    np.testing.assert_array_equal(left[kept], levels[-1].before[kept])


@given(st.integers(0, 10_000))
@settings(max_examples=8)
def test_settled_pixels_and_only_they_are_promoted_in_the_end(seed):
    linear, states, _ = scene(seed, (40, 50))
    alpha, left = solve_band(linear, states)
    assert alpha.min() >= 0 and alpha.max() <= 1
    promoted = (states == UNKNOWN) & (left != UNKNOWN)
    np.testing.assert_array_equal(promoted, (states == UNKNOWN) & settled(alpha))
    np.testing.assert_array_equal(left[promoted], alpha[promoted] >= 0.5)


def test_coarse_to_fine_finds_what_the_finest_level_alone_finds():
    linear, states, truth = scene(2)
    alpha, left, levels = watched(linear, states)
    alone, _, one = watched(linear, states, worth_px=states.size)
    assert (len(levels), len(one)) == (3, 1)
    unknown = states == UNKNOWN
    assert abs(alone - truth)[unknown].mean() < 0.02
    assert abs(alpha - truth)[unknown].mean() < 0.02
    # The finest level is left with less than the picture has, and leaves less again.
    assert 0 < (left == UNKNOWN).sum() < (levels[-1].before == UNKNOWN).sum() < unknown.sum()


def test_a_level_of_which_nothing_is_known_is_passed_over():
    # No coarse pixel lies within either side.
    alpha = np.clip((np.arange(80) - 10) / 60, 0, 1).astype(np.float32)[None].repeat(80, axis=0)
    linear = (alpha[..., None] * FRONT + (1 - alpha[..., None]) * REAR).astype(np.float32)
    states = np.full((80, 80), UNKNOWN)
    states[1::6, 3], states[1::6, 76] = BACKGROUND, FOREGROUND
    found, _, levels = watched(linear, states)
    assert [len(level.before) for level in levels] == [80]
    assert abs(found - alpha).mean() < 0.05


def test_each_level_gets_its_means_of_the_prior():
    linear, states, _ = scene(3)
    prior = np.random.default_rng(4).random(states.shape, np.float32)
    _, _, levels = watched(linear, states, prior)
    assert [len(level.prior) for level in levels] == [23, 45, 90]
    np.testing.assert_array_equal(levels[-1].prior, prior)
    quarter = prior[:88, :120].reshape(22, 4, 30, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(levels[0].prior[:22, :30], quarter, atol=1e-6)


def test_a_prior_decides_where_colours_do_not():
    linear, states, _ = scene(5, (40, 50))
    grey = np.full_like(linear, np.float32(0.3))
    unknown = states == UNKNOWN
    means = [solve_band(grey, states, np.full(states.shape, np.float32(p)))[0][unknown].mean() for p in (0.1, 0.9)]
    assert means[1] - means[0] > 0.03


def test_where_nothing_is_unknown_the_states_are_alpha():
    linear, _, truth = scene(6, (40, 50))
    states = (truth > 0.5).astype(np.uint8)
    for found in solve_band(linear, states):
        np.testing.assert_array_equal(found, states)


def test_progress_goes_up_to_the_end(monkeypatch):
    monkeypatch.setattr(room, "_COARSEST_PX", 32)
    monkeypatch.setattr(room, "_WORTH_PX", 20)
    linear, states, _ = scene(7)
    told = []
    solve_band(linear, states, progress=lambda stage, share: told.append((stage, share)))
    shares = [share for _, share in told]
    assert {stage for stage, _ in told} == {"matte"} and len(shares) == 4
    assert shares == sorted(set(shares)) and shares[0] > 0 and shares[-1] == 1
