"""Colours come back as a lossy picture has them, highlights too; alpha to half a code."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from relens.photo import srgb_encode
from relens.viewer.colour_page import colour_page, light_of


def smooth_light(seed, brightest, size=(48, 64)):
    """Tinted, as light is, and not of one pure colour."""
    noise = gaussian_filter(np.random.default_rng(seed).random((*size, 4)), (6, 6, 0))
    noise = (noise - noise.min()) / np.ptp(noise)
    return ((0.7 * noise[..., 3:] + 0.3 * noise[..., :3]) * brightest).astype(np.float32)


def page_of(light, alpha):
    return np.dstack([light * alpha[..., None], alpha]).astype(np.float32)


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.sampled_from([0.2, 1.0, 4.0, 300.0]))
def test_smooth_colours_and_highlights_come_back(seed, brightest):
    light = smooth_light(seed, brightest)
    page = colour_page(page_of(light, np.ones(light.shape[:2], np.float32)))
    assert (page.gain is not None) == (brightest > 1)
    found = light_of(page)
    # In what one sees: codes of sRGB up to white, and parts of the light above it.
    codes = 255 * (srgb_encode(np.minimum(found, 1)) - srgb_encode(np.minimum(light, 1)))
    assert np.sqrt(np.mean(codes**2)) < 3
    bright = light.max(axis=2) > 1
    above = found.max(axis=2)[bright] / light.max(axis=2)[bright] - 1
    assert np.sqrt(np.square(above).sum()) <= 0.04 * np.sqrt(bright.sum())


@given(st.integers(0, 2**32))
def test_alpha_is_within_half_a_code(seed):
    alpha = np.random.default_rng(seed).random((9, 7)).astype(np.float32)
    page = colour_page(page_of(np.full((9, 7, 3), 0.5, np.float32), alpha))
    assert np.abs(page.alpha / 255 - alpha).max() <= 0.5 / 255 + 1e-5


def test_what_is_under_nothing_goes_on_from_beside_it():
    alpha = np.zeros((64, 64), np.float32)
    alpha[:, :32] = 1
    found = light_of(colour_page(page_of(np.full((64, 64, 3), 0.6, np.float32), alpha)))
    # No dark fringe where a texture unit reads between texels.
    np.testing.assert_allclose(found, 0.6, rtol=0.03)


def test_a_page_of_nothing():
    page = colour_page(np.zeros((3, 2, 4), np.float32))
    assert page.gain is None and not page.alpha.any() and light_of(page).shape == (3, 2, 3)


def test_light_outside_the_gamut_is_clipped():
    light = np.full((16, 16, 3), (0.5, -0.1, 0.5), np.float32)
    assert light_of(colour_page(page_of(light, np.ones((16, 16), np.float32))))[..., 1].max() < 0.02


@pytest.mark.parametrize("brightest", [1.0, 1.0005])
def test_rounding_above_white_is_no_highlight(brightest):
    assert colour_page(page_of(np.full((4, 4, 3), brightest, np.float32), np.ones((4, 4), np.float32))).gain is None


def test_light_in_what_is_too_clear_to_show_is_no_highlight():
    alpha = np.ones((8, 8), np.float32)
    alpha[3, 3] = 1e-3
    light = np.full((8, 8, 3), 0.5, np.float32)
    light[3, 3] = 50
    assert colour_page(page_of(light, alpha)).gain is None
