"""Closed form: conjugate gradients on the unknown pixels against one dense system, and against pymatting."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.errors import ValueRangeError
from relens.matte.closed_form import Held, closed_form
from relens.matte.states import BACKGROUND, FOREGROUND, UNKNOWN

pymatting = pytest.importorskip("pymatting")


def blobs(seed, shape=(24, 30)):
    """A soft blob of one colour line before another, and states that leave its soft edge open."""
    rng = np.random.default_rng(seed)
    alpha = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), 4)
    alpha = np.clip(0.5 + 6 * alpha, 0, 1)
    front, rear = rng.random(3), rng.random(3)
    colour = alpha[..., None] * front + (1 - alpha[..., None]) * rear + 0.02 * rng.standard_normal((*shape, 3))
    colour = np.clip(colour, 0, 1)
    states = np.where(alpha > 0.9, FOREGROUND, np.where(alpha < 0.1, BACKGROUND, UNKNOWN))
    return colour.astype(np.float32), states, alpha


def loose(shape):
    """Nothing but the Laplacian holds alpha."""
    return Held(np.full(shape, np.float32(0.5)), np.zeros(shape, np.float32))


def slow_alpha(colour, states, held):
    """The minimum over the unknown pixels, all at once, by pymatting's Laplacian."""
    unknown = (states == UNKNOWN).ravel()
    laplacian = pymatting.cf_laplacian(colour.astype(np.float64), epsilon=9e-7).toarray()[unknown]
    sides = (states == FOREGROUND).ravel().astype(np.float64)
    weight = held.weight.ravel()[unknown].astype(np.float64)
    system = laplacian[:, unknown] + np.diag(weight)
    right = weight * held.value.ravel()[unknown] - laplacian[:, ~unknown] @ sides[~unknown]
    sides[unknown] = np.linalg.solve(system, right)
    return np.clip(sides, 0, 1).reshape(states.shape)


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_alpha_is_the_minimum_a_dense_solve_finds(seed):
    rng = np.random.default_rng(seed)
    colour, states, _ = blobs(seed)
    states[rng.random(states.shape) < 0.3] = UNKNOWN
    held = Held(rng.random(states.shape, np.float32), 10 ** rng.uniform(-1, 1, states.shape).astype(np.float32))
    np.testing.assert_allclose(closed_form(colour, states, held), slow_alpha(colour, states, held), atol=1e-2)


def test_alpha_held_by_nothing_is_pymatting_s():
    colour, states, _ = blobs(3)
    trimap = np.choose(states, [0.0, 1.0, 0.5])
    expected = pymatting.estimate_alpha_cf(colour.astype(np.float64), trimap)
    found = closed_form(colour, states, loose(states.shape))
    np.testing.assert_allclose(found, expected, atol=0.01)


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_known_pixels_stay_and_alpha_is_a_coverage(seed):
    rng = np.random.default_rng(seed)
    states = rng.integers(0, 3, (9, 11)).astype(np.uint8)
    held = Held(rng.normal(0.5, 2, (9, 11)).astype(np.float32), rng.random((9, 11), np.float32))
    alpha = closed_form(rng.random((9, 11, 3), np.float32), states, held)
    known = states != UNKNOWN
    np.testing.assert_array_equal(alpha[known], states[known])
    assert alpha.min() >= 0 and alpha.max() <= 1


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_what_holds_alpha_firmly_decides(seed):
    rng = np.random.default_rng(seed)
    value, colour = rng.random((8, 8), np.float32), rng.random((8, 8, 3), np.float32)
    held = Held(value, np.full((8, 8), np.float32(1e5)))
    found = closed_form(colour, np.full((8, 8), UNKNOWN), held, start=1 - value)
    np.testing.assert_allclose(found, value, atol=1e-3)


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_where_the_search_starts_does_not_matter(seed):
    colour, states, _ = blobs(5)
    held = Held(np.full(states.shape, np.float32(0.5)), np.full(states.shape, np.float32(0.5)))
    start = np.random.default_rng(seed).random(states.shape, np.float32)
    np.testing.assert_allclose(closed_form(colour, states, held, start), closed_form(colour, states, held), atol=5e-3)


def test_a_soft_edge_of_two_colours_is_found():
    row, column = np.mgrid[:20, :40]
    alpha = np.clip((column - 10 - row / 4) / 12, 0, 1).astype(np.float32)[..., None]
    colour = (alpha * np.float32([0.8, 0.3, 0.1]) + (1 - alpha) * np.float32([0.1, 0.2, 0.7])).astype(np.float32)
    alpha = alpha[..., 0]
    states = np.where(alpha == 1, FOREGROUND, np.where(alpha == 0, BACKGROUND, UNKNOWN))
    np.testing.assert_allclose(closed_form(colour, states, loose(states.shape)), alpha, atol=0.02)


def test_where_nothing_is_unknown_nothing_is_solved():
    states = np.random.default_rng(7).integers(0, 2, (6, 7)).astype(np.uint8)
    np.testing.assert_array_equal(closed_form(np.zeros((6, 7, 3), np.float32), states, loose((6, 7))), states)


@pytest.mark.parametrize("shape", [(2, 9), (9, 2), (1, 1)])
def test_a_picture_smaller_than_a_window_is_refused(shape):
    with pytest.raises(ValueRangeError, match="3 by 3"):
        closed_form(np.zeros((*shape, 3), np.float32), np.full(shape, UNKNOWN), loose(shape))
