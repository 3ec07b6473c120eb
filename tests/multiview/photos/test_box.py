"""The box of what is to be fitted: without strays, no more than the subject, with all cameras inside."""

import numpy as np
import pytest
from posed_scene import posed_cameras

from relens.camera import Camera
from relens.errors import RelensError
from relens.multiview.photos.box import box_of

CHANCE = np.random.default_rng(0)
BALL = CHANCE.normal(size=(800, 3))
BALL = [0, 0, 2] + 0.4 * BALL / np.linalg.norm(BALL, axis=1, keepdims=True)
STRAYS = np.array([[0, 0, 900.0], [-70, 0, 30], [0, 12, 2]])


def test_forward_leaves_strays_out():
    low, high = box_of(np.concatenate([BALL, STRAYS]), posed_cameras(5), "forward")
    assert (low < BALL.min(0) + 0.03).all() and (high > BALL.max(0) - 0.03).all()
    assert (high - low < 1.2).all()


def test_around_is_the_subject_not_the_walls():
    walls = CHANCE.uniform(-1, 1, (800, 3)) * [4, 0.2, 4] + [0, 0, 2]
    walls = walls[np.linalg.norm(walls - [0, 0, 2], axis=1) > 2.2]
    low, high = box_of(np.concatenate([BALL, walls]), posed_cameras(9, arc_deg=360), "around")
    np.testing.assert_allclose([low, high], [[-0.4, -0.4, 1.6], [0.4, 0.4, 2.4]], atol=0.17)
    # Nothing found at all: half of what the cameras see.
    low, high = box_of(np.empty((0, 3)), posed_cameras(9, arc_deg=360), "around")
    assert (low < BALL.min(0)).all() and (high > BALL.max(0)).all() and (high - low < 2).all()


def test_inside_holds_the_cameras():
    cameras = [Camera(camera.intrinsics, camera.camera_to_world) for camera in posed_cameras(9, arc_deg=360)]
    low, high = box_of(BALL, cameras, "inside")
    eyes = np.array([camera.eye_m for camera in cameras])
    assert (low < eyes.min(0)).all() and (high > eyes.max(0)).all()


def test_flat_things_have_a_box_and_nothing_has_none():
    wall = CHANCE.uniform(-1, 1, (200, 3)) * [1, 1, 0] + [0, 0, 2]
    low, high = box_of(wall, posed_cameras(5), "forward")
    assert (high > low).all() and low[2] < 2 < high[2]
    with pytest.raises(RelensError, match="nothing tells where things are"):
        box_of(BALL[:5], posed_cameras(5), "forward")
