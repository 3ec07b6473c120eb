from dataclasses import replace

import numpy as np
import pytest

from relens.camera import Camera, Intrinsics
from relens.explain.lamps import with_lamps
from relens.lens import Lens
from relens.scene import Layer, Scene

_HEIGHT, _WIDTH, _BORDER = 160, 120, 8
_LENS = Lens(85, 1.4, 0.4)


def _scene(wall_inverse: float = 0.5) -> Scene:
    """A near square, in the middle, before a wall."""
    size = (_HEIGHT + 2 * _BORDER, _WIDTH + 2 * _BORDER)
    alpha = np.zeros(size, np.float32)
    alpha[60:140, 40:90] = 1
    person = Layer("person", np.dstack([alpha * 0.2] * 3 + [alpha]), np.full(size, 2.5, np.float32))
    wall_rgba = np.dstack([np.full(size, 0.3, np.float32)] * 3 + [np.ones(size, np.float32)])
    wall = Layer("wall", wall_rgba, np.full(size, wall_inverse, np.float32))
    return Scene(Camera(Intrinsics.centred(140, _WIDTH, _HEIGHT)), (person, wall), _BORDER)


def test_lamps_hang_on_the_wall_in_plain_sight_and_nowhere_else() -> None:
    scene = _scene()
    lit = with_lamps(scene, _LENS)
    assert lit.layers[0] is scene.layers[0]
    added = lit.layers[1].rgba - scene.layers[1].rgba
    assert (added[..., :3] > 1).any()
    assert not added[..., 3].any()
    assert not added[scene.layers[0].rgba[..., 3] > 0].any()


def test_each_lamp_fills_its_disc_of_blur_with_moderate_light() -> None:
    scene = _scene()
    added = (with_lamps(scene, _LENS).layers[1].rgba - scene.layers[1].rgba)[..., 0]
    blur_px = _LENS.coc_px(0.5, 140)
    lamps = (added == added.max()).sum()
    assert lamps >= 3
    assert added.sum() / lamps / (np.pi / 4 * blur_px**2) == pytest.approx(0.55, rel=0.01)


def test_no_lamps_where_the_background_is_sharp() -> None:
    scene = _scene()
    assert with_lamps(scene, replace(_LENS, focus_distance_m=2.0)) is scene


def test_a_background_at_infinity_gets_lamps_too() -> None:
    scene = _scene(wall_inverse=0)
    assert with_lamps(scene, _LENS).layers[1].rgba.max() > 1
