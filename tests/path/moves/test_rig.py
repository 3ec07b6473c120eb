"""However a rig swings, its point keeps its pixel, and the camera stands where it was told to go."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relens.camera import Camera, Intrinsics
from relens.path.moves.rig import Rig
from relens.render.aim import Aim

STEPS = st.floats(-0.5, 0.5)


@given(st.tuples(STEPS, STEPS, st.floats(0.5, 5)), STEPS, STEPS, st.floats(-0.4, 0.4))
def test_the_point_keeps_its_pixel_and_comes_closer(point, right_m, down_m, closer_m):
    rig = Rig(np.array(point))
    eye_m, rotation = rig.pose(right_m, down_m, closer_m)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation, eye_m
    still = Camera(Intrinsics.centred(1000, 800, 600))
    moved = Camera(still.intrinsics, pose)
    np.testing.assert_allclose(moved.project(rig.point_m)[:2], still.project(rig.point_m)[:2], atol=1e-8)
    np.testing.assert_allclose(np.linalg.norm(moved.eye_m - rig.point_m), rig.length_m - closer_m)


def test_it_goes_right_down_and_closer():
    rig = Rig(np.array([0, 0, 2.0]))
    np.testing.assert_allclose(rig.pose(1e-4, 0)[0], (1e-4, 0, 0), atol=1e-8)
    np.testing.assert_allclose(rig.pose(0, 1e-4)[0], (0, 1e-4, 0), atol=1e-8)
    np.testing.assert_allclose(rig.pose(0, 0, 0.5)[0], (0, 0, 0.5), atol=1e-12)
    assert rig.pose(0, 0)[0] == (0, 0, 0)


def test_its_aim_is_its_point():
    assert Rig(np.array([0.5, -0.25, 2.0])).aim == Aim(point_m=(0.5, -0.25, 2.0))
