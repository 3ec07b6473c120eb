"""What is filled lies between what is known, which stays as it is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relens.viewer.fill import filled


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 3), st.floats(0.01, 1), st.integers(0, 2**32))
def test_known_values_stay_and_others_lie_between(height, width, channels, share, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(height, width, channels)).astype(np.float32)
    known = rng.random((height, width)) < share
    known[rng.integers(height), rng.integers(width)] = True
    full = filled(values, known)
    np.testing.assert_array_equal(full[known], values[known])
    low, high = values[known].min(axis=0), values[known].max(axis=0)
    assert (full >= low - 1e-4).all() and (full <= high + 1e-4).all()


def test_nothing_known_is_nothing():
    full = filled(np.ones((3, 5, 2), np.float32), np.zeros((3, 5), bool))
    assert full.shape == (3, 5, 2) and not full.any()


def test_a_gap_in_a_slope_is_bridged_smoothly():
    slope = np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[None], 64, axis=0)[..., None]
    known = np.ones((64, 64), bool)
    known[24:40, 24:40] = False
    full = filled(np.where(known[..., None], slope, 5), known)
    assert np.abs(full - slope).max() < 0.15
    assert np.abs(np.diff(full, axis=1)).max() < 0.1
