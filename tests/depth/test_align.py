"""Alignment finds the scale and shift exactly, whatever a fifth of the pixels hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.depth.align import align, weight_of
from relens.errors import RelensError

SCALES = st.floats(0.01, 100)
SHIFTS = st.floats(-0.2, 5)
SEEDS = st.integers(0, 2**16)


def relief(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.3, 2, (30, 40)).astype(np.float32)


@given(SEEDS, SCALES, SHIFTS)
def test_an_affine_map_is_recovered_exactly(seed, scale, shift):
    inverse = relief(seed)
    fit = align(inverse, (scale * (inverse + shift)).astype(np.float32))
    assert fit.scale == pytest.approx(scale, rel=1e-5)
    assert fit.shift_per_m == pytest.approx(scale * shift, rel=1e-4, abs=1e-5 * scale)
    assert fit.residual < 1e-5


@given(SEEDS, SCALES)
def test_a_scale_alone_is_recovered_exactly(seed, scale):
    inverse = relief(seed)
    fit = align(inverse, np.float32(scale) * inverse, shift=False)
    assert fit.scale == pytest.approx(scale, rel=1e-5) and fit.shift_per_m == 0


@given(SEEDS, st.floats(0, 0.19), st.sampled_from([1e-3, 0.5, 7.0, 1e4]))
def test_what_a_fifth_of_the_pixels_hold_does_not_matter(seed, part, value):
    inverse = relief(seed)
    onto = 0.4 * inverse + np.float32(0.1)
    wrong = np.random.default_rng(seed + 1).random(onto.shape) < part
    wrong &= np.cumsum(wrong).reshape(wrong.shape) <= 0.2 * wrong.size
    fit = align(inverse, np.where(wrong, np.float32(value), onto))
    assert fit.scale == pytest.approx(0.4, rel=1e-4) and fit.shift_per_m == pytest.approx(0.1, rel=1e-3)


@given(SEEDS, st.floats(0.1, 10), SHIFTS)
def test_the_aligned_map_does_not_depend_on_the_source_s_scale_and_shift(seed, scale, shift):
    inverse = relief(seed)
    onto = (0.5 * inverse + 0.2 + 0.05 * relief(seed + 1)).astype(np.float32)
    moved = (scale * (inverse + shift)).astype(np.float32)
    assert np.allclose(align(inverse, onto).applied(inverse), align(moved, onto).applied(moved), rtol=1e-3)


def test_least_squares_is_weighted_by_certainty():
    inverse = relief(0)
    left = np.arange(40) < 20
    onto = np.where(left, 0.5 * inverse, 0.53 * inverse).astype(np.float32)
    sure_left = np.broadcast_to(np.where(left, 1, 1e-4).astype(np.float32), onto.shape)
    assert align(inverse, onto, sure_left, shift=False).scale == pytest.approx(0.5, rel=1e-3)
    assert 0.505 < align(inverse, onto, shift=False).scale < 0.525


def test_uncertainty_weighs_as_the_inverse_variance_of_inverse_depth():
    inverse = np.array([[1.0, 2.0, np.nan, 1.0]], np.float32)
    weight = weight_of(inverse, np.array([[0.1, 0.1, 0.1, np.nan]], np.float32))
    assert weight[0, :2] == pytest.approx([100, 25]) and not weight[0, 2:].any()


def test_the_residual_is_the_deviation_of_log_depth():
    inverse = relief(2)
    noise = np.random.default_rng(3).normal(size=inverse.shape)
    fit = align(inverse, (inverse * np.exp(0.05 * noise)).astype(np.float32), shift=False)
    assert fit.residual == pytest.approx(0.05, rel=0.1)


def test_sky_and_unknown_pixels_take_no_part_and_stay():
    inverse = relief(4)
    onto = 2 * inverse + np.float32(1)
    inverse[:5], onto[5:8] = 0, np.nan
    inverse[8, 0] = np.nan
    fit = align(inverse, onto)
    assert fit.scale == pytest.approx(2, rel=1e-5)
    moved = fit.applied(inverse)
    assert not moved[:5].any() and np.isnan(moved[8, 0])


@pytest.mark.parametrize(
    ("onto", "why"),
    [
        (np.full((30, 40), np.nan, np.float32), "only 0 pixels"),
        (3 - relief(0), "nearer in one map is farther"),
        (relief(0) * 0, "only 0 pixels"),
    ],
)
def test_maps_that_cannot_match_are_refused(onto, why):
    with pytest.raises(RelensError, match=why):
        align(relief(0), onto)


def test_a_flat_map_has_nothing_to_align():
    with pytest.raises(RelensError, match="same depth everywhere"):
        align(np.ones((30, 40), np.float32), relief(0))
