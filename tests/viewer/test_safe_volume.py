"""The eye may go as far as the border is wide, and no farther than makes sense."""

import numpy as np
import pytest
from layer_scenes import FX_PX, WIDTH_PX, plane, scene_of
from move_scenes import HEAD_M, head_scene

from relens.lens import Lens
from relens.viewer.safe_volume import safe_volume


def test_a_flat_wall_is_safe_until_its_border_ends():
    wall_m, half, border = 2.0, WIDTH_PX / 2 / FX_PX, 4 / FX_PX
    scene = scene_of(plane("wall", (0, 0, 1), 1 / wall_m, border_px=4), border_px=4)
    volume = safe_volume(scene, Lens(50, 16))
    # Turned by t about the wall's middle, the picture's far edge looks along t + edge, and meets the wall at
    # cos(t) tan(t + edge) - sin(t) of its distance.
    turns = np.linspace(0, 0.5, 5001)
    met = np.cos(turns) * np.tan(turns + np.arctan(half)) - np.sin(turns)
    aside_m = wall_m * np.sin(turns[np.searchsorted(met, half + border)])
    assert volume.right_m == pytest.approx(aside_m, abs=0.04)
    assert volume.left_m == pytest.approx(aside_m, abs=0.04)
    # From d farther back the edge meets the wall at half (wall_m + d).
    assert volume.back_m == pytest.approx(wall_m * border / half, abs=0.04)
    assert volume.forward_m == pytest.approx(0.5 * wall_m, rel=1e-3)


def test_it_is_looked_through_a_fast_lens_even_if_this_one_is_slow():
    slow, fast = safe_volume(head_scene(), Lens(50, 16)), safe_volume(head_scene(), Lens(85, 1.4))
    assert slow == fast
    faster = safe_volume(head_scene(), Lens(200, 1))
    assert faster.right_m < fast.right_m


def test_a_scene_without_a_border_is_looked_at_from_the_front():
    volume = safe_volume(scene_of(plane("wall", (0, 0, 1), 1.0, border_px=0), border_px=0), Lens(85, 1.4))
    assert volume.back_m == 0
    assert min(volume.record().values()) == 0 and volume.forward_m > 0


def test_it_is_no_larger_than_makes_sense():
    wide = scene_of(plane("wall", (0, 0, 1), 1 / HEAD_M, border_px=200), border_px=200)
    volume = safe_volume(wide, Lens(85, 1.4))
    assert volume.right_m == pytest.approx(HEAD_M * np.sin(0.5), rel=1e-3)
    assert (volume.forward_m, volume.back_m) == pytest.approx((0.5 * HEAD_M, HEAD_M), rel=1e-3)
