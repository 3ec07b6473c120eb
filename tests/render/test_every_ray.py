"""Engines that gather ray by ray share one loop: its mean, its weights, and what it leaves out."""

import numpy as np
import pytest

from relens.aperture import Aperture
from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.progress import silent
from relens.render.engine import SampleBlock
from relens.render.every_ray import every_ray, homogeneous

CAMERA = Camera(Intrinsics.centred(40.0, 16, 12))
LENS = Lens(50, 1.4, 1.0, aperture=Aperture(cats_eye=0.6))
WALL_M = 2.0


def stripes(origin_m: np.ndarray, direction: np.ndarray, at: np.ndarray) -> np.ndarray:
    """A wall whose light grows to the right."""
    ray = at @ direction.T
    x_m = origin_m[0] + (WALL_M - origin_m[2]) / ray[:, 2] * ray[:, 0]
    return np.column_stack([x_m + 2, np.full((len(at), 2), 0.5), np.ones(len(at))])


def taken(gather=stripes, lens: Lens = LENS, count: int = 64, wanted=None, **options):
    return every_ray("test", gather, CAMERA, lens, SampleBlock(0, count, 0), wanted, silent, **options)


def test_a_flat_field_stays_flat_where_the_rim_cuts_rays_too() -> None:
    estimate = taken(lambda origin_m, direction, at: np.broadcast_to([0.2, 0.4, 0.6, 1.0], (len(at), 4)))
    np.testing.assert_allclose(estimate.rgba, np.broadcast_to([0.2, 0.4, 0.6, 1.0], (12, 16, 4)), rtol=1e-6)
    np.testing.assert_allclose(estimate.variance, 0, atol=1e-12)


def test_what_is_even_over_the_pupil_is_what_the_pinhole_sees() -> None:
    # Linear light on a plane: its mean over a disc is its middle's.
    column = homogeneous(np.arange(16 * 12), 16)[:, 0].reshape(12, 16)
    seen = WALL_M * (column - 8) / 40 + 2
    blurred = taken(lens=Lens(50, 1.4, 1.0), count=1024).rgba[..., 0]
    np.testing.assert_allclose(blurred, seen, atol=2e-4)


@pytest.mark.parametrize("at_once", [1, 7, 192])
def test_how_many_go_at_once_changes_nothing(at_once: int) -> None:
    one, other = taken(), taken(at_once=at_once)
    assert np.array_equal(one.rgba, other.rgba) and np.array_equal(one.variance, other.variance)


def test_only_rays_that_pass_and_pixels_that_are_wanted_are_gathered() -> None:
    asked = []

    def counting(origin_m: np.ndarray, direction: np.ndarray, at: np.ndarray) -> np.ndarray:
        asked.append(len(at))
        return stripes(origin_m, direction, at)

    wanted = np.zeros((12, 16), bool)
    wanted[0, :5] = True
    estimate = taken(counting, wanted=wanted)
    assert np.array_equal(estimate.rgba[wanted], taken().rgba[wanted])
    assert not estimate.rgba[~wanted].any() and not estimate.count[~wanted].any()
    assert max(asked) <= 5 and sum(asked) < 5 * 64, "the rim cuts some in the corner"


def test_rays_may_run_off_the_middle() -> None:
    at = homogeneous(np.array([0, 17]), 16, (0.25, -0.25))
    np.testing.assert_allclose(at, [[0.75, 0.25, 1], [1.75, 1.25, 1]])
