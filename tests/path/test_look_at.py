"""What is looked at is in the middle of the picture, and the horizon is level."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relens.camera import Camera, Intrinsics
from relens.path.look_at import is_plumb, level_rotations, towards

coordinates = st.floats(-3, 3)
points = st.tuples(coordinates, coordinates, coordinates)
K = Intrinsics.centred(100, 64, 48)


@given(points, points)
def test_looks_at_it_with_a_level_horizon(point, eye):
    direction = np.subtract(point, eye)
    assume(np.hypot(direction[0], direction[2]) > 0.01)
    rotation = level_rotations(direction[None])[0]
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation, eye
    camera = Camera(K, pose)
    np.testing.assert_allclose(camera.project(np.array(point)), [32, 24, 1 / np.linalg.norm(direction)], atol=1e-6)
    # Right is level, down points down.
    assert abs(rotation[1, 0]) < 1e-12 and rotation[1, 1] > 0


def test_straight_ahead_is_the_photo_itself():
    assert np.array_equal(level_rotations(np.array([[0, 0, 2.0]]))[0], np.eye(3))


def test_at_infinity_the_eye_does_not_matter():
    far = np.array([[0.1, 0.2, 1, 0]])
    assert np.array_equal(towards(far, np.array([[5.0, 6, 7]])), far[:, :3])
    near = np.array([[0.2, 0.4, 1, 0.5]])
    np.testing.assert_allclose(towards(near, np.array([[0.4, 0.8, 0]])), [[0, 0, 1.0]])


@pytest.mark.parametrize("direction", [(0, 1, 0), (0, -3, 0), (0, 0, 0), (1e-9, 1, 0)])
def test_plumb_directions(direction):
    assert is_plumb(np.array([direction], float)).all()
    assert not is_plumb(np.array([[0.01, 1, 0], [0, 0, 1]])).any()
