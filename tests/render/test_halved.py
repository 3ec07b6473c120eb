"""Half a scene: what every texel of it is the mean of."""

import numpy as np
import pytest
from hypothesis import given
from layer_scenes import FX_PX
from strategies import scenes
from unchecked import unchecked

from relens.camera import Camera, Intrinsics
from relens.render.halved import halved
from relens.scene import Layer, Scene


def scene_of(uncertainty, border_px=0):
    uncertainty = np.array(uncertainty, np.float32)
    height_px, width_px = uncertainty.shape
    size = height_px + 2 * border_px, width_px + 2 * border_px
    wall = Layer("wall", np.ones((*size, 4), np.float32), np.ones(size, np.float32))
    camera = Camera(Intrinsics.centred(FX_PX, width_px, height_px))
    return Scene(camera, (wall,), border_px, uncertainty=uncertainty)


@pytest.mark.parametrize("border_px", [0, 1, 2])
def test_uncertainty_is_the_mean_of_what_is_known(border_px):
    nan = np.nan
    half = halved(scene_of([[1, 2, nan, 3, 4], [3, 6, nan, nan, 8], [nan, 5, nan, nan, nan]], border_px))
    np.testing.assert_array_equal(half.uncertainty, np.array([[3, 3, 6], [5, nan, nan]], np.float32))


@given(scenes())
def test_every_scene_has_a_half_that_is_a_scene(scene):
    with unchecked():
        half = halved(scene)
    k = half.camera.intrinsics
    assert (half.uncertainty is None) == (scene.uncertainty is None)
    if scene.uncertainty is not None:
        assert half.uncertainty.shape == (k.height_px, k.width_px)
        known = scene.uncertainty[~np.isnan(scene.uncertainty)]
        halves = half.uncertainty[~np.isnan(half.uncertainty)]
        assert (halves.size > 0) == (known.size > 0)
        if known.size:
            assert known.min() * (1 - 1e-6) <= halves.min() and halves.max() <= known.max() * (1 + 1e-6)
