import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from relens.matte.states import (
    BACKGROUND,
    FOREGROUND,
    UNKNOWN,
    dilated,
    doubled,
    from_mask,
    halved,
    promote,
    settled,
    trimap,
)

SHAPES = st.tuples(st.integers(1, 17), st.integers(1, 17))
STATES = SHAPES.flatmap(lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 2)))


@given(STATES, st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_promotion_is_one_way(states, seed):
    rng = np.random.default_rng(seed)
    alpha = rng.random(states.shape, np.float32)
    confident = rng.random(states.shape) < 0.5
    after = promote(states, alpha, confident)
    known = states != UNKNOWN
    np.testing.assert_array_equal(after[known], states[known])
    np.testing.assert_array_equal(after[~known & ~confident], UNKNOWN)
    np.testing.assert_array_equal(after[~known & confident], alpha[~known & confident] >= 0.5)


@given(STATES)
@settings(max_examples=60, deadline=None)
def test_halves_know_only_what_all_four_know(states):
    half = halved(states)
    again = doubled(half, states.shape)
    assert again.shape == states.shape
    np.testing.assert_array_equal(again[again != UNKNOWN], states[again != UNKNOWN])
    np.testing.assert_array_equal(halved(doubled(half, states.shape)), half)


def test_a_hard_mask_leaves_a_margin_around_its_jump():
    mask = np.zeros((20, 20), np.float32)
    mask[:, 10:] = 1
    states = from_mask(mask, margin_px=3)
    assert (states[:, 7:13] == UNKNOWN).all()
    assert (states[:, :7] == BACKGROUND).all() and (states[:, 13:] == FOREGROUND).all()


def test_settled_pixels_have_settled_neighbours():
    alpha = np.zeros((9, 9), np.float32)
    alpha[4, 4] = 0.5
    expected = np.ones((9, 9), bool)
    expected[3:6, 3:6] = False
    np.testing.assert_array_equal(settled(alpha), expected)
    np.testing.assert_array_equal(settled(1 - alpha), expected)


def test_trimap_and_discs():
    np.testing.assert_array_equal(trimap(np.array([[0, 1, 2]], np.uint8)), [[0, 1, 0.5]])
    point = np.zeros((15, 15), bool)
    point[7, 7] = True
    row, column = np.mgrid[:15, :15] - 7
    grown = dilated(point, 4)
    assert grown[np.hypot(row, column) <= 3.5].all() and not grown[np.hypot(row, column) > 5].any()
