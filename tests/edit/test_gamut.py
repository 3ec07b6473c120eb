"""Gamut: nothing is negative, luminance and dominant wavelength stay, and what was in keeps its bits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relens.edit.gamut import in_gamut

_Y = np.array([0.2126, 0.7152, 0.0722])


@given(st.integers(0, 2**32), st.sampled_from([0.01, 1.0, 100.0]))
def test_colours_come_in_towards_their_own_grey(seed, size):
    light = (np.random.default_rng(seed).normal(0.3, 0.5, (50, 3)) * size).astype(np.float32)
    before = light.copy()
    inside = in_gamut(light)
    np.testing.assert_array_equal(light, before)
    fine, lit = (light >= 0).all(axis=1), light @ _Y > 0.01 * size
    np.testing.assert_array_equal(inside[fine], light[fine])
    assert inside.min() >= 0
    np.testing.assert_allclose((inside @ _Y)[lit], (light @ _Y)[lit], rtol=1e-4)
    assert (inside[light @ _Y < -0.01 * size] == 0).all()
    # What is left of the difference from grey is a part of what it was.
    was, now = ((part - (part @ _Y)[:, None])[lit & ~fine] for part in (light, inside))
    part = (was * now).sum(axis=1, keepdims=True) / (was * was).sum(axis=1, keepdims=True)
    assert (part >= -1e-6).all() and (part < 1).all()
    np.testing.assert_allclose(now, part * was, atol=1e-4 * size)
