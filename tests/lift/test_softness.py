"""Silhouettes of known softness."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from relens.lift.reach import Reach
from relens.lift.softness import silhouette_softness_px
from relens.lift.surface import Surface, find_cuts

ROW, COLUMN = np.mgrid[:90, :120] + 0.5
DISTANCE_PX = np.hypot(ROW - 45, COLUMN - 60) - 25


def softness_of(alpha, noise=0.0):
    rng = np.random.default_rng(0)
    colour = alpha[..., None] * np.array([0.8, 0.5, 0.2]) + (1 - alpha[..., None]) * np.array([0.1, 0.2, 0.5])
    colour = (colour + noise * rng.standard_normal(colour.shape)).astype(np.float32)
    inverse_depth = np.where(DISTANCE_PX < 0, 2.0, 0.5).astype(np.float32)
    surface = Surface(colour, inverse_depth, *2 * (np.ones(alpha.shape, bool),), alpha.size)
    return silhouette_softness_px(surface, find_cuts(surface, Reach(0.07, 200.0)))


@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize(("blur_px", "wanted"), [(0.3, 0), (0.5, 0), (1.2, 1), (2.2, 2), (4.0, 2)])
def test_it_follows_the_blur_of_the_silhouette(blur_px, wanted, noise):
    alpha = gaussian_filter((DISTANCE_PX < 0).astype(float), blur_px)
    assert softness_of(alpha, noise) == wanted


def test_a_picture_without_contrast_is_taken_for_sharp():
    assert softness_of(np.ones(DISTANCE_PX.shape)) == 0
