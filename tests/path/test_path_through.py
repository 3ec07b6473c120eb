"""A path through cameras stands at each of them in its time; seen from one, that one is the world's origin."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.path.path_through import path_through, seen_from
from relens.path.posed_camera import PosedCamera


def cameras(count=3, fy_px=300.0):
    k = Intrinsics(320.0, fy_px, 160.0, 120.0, 320, 240)
    return tuple(
        PosedCamera(f"{index}.jpg", Camera(k).turned(0.3 * index, -0.2, 0.1).moved(0.5 * index, 1.0, 0.25))
        for index in range(count)
    )


def test_keyframes_stand_at_the_cameras():
    posed = cameras()
    path = path_through(posed, 1.5)
    assert [key.time_s for key in path.keyframes] == [0.0, 1.5, 3.0]
    for key, one in zip(path.keyframes, posed, strict=True):
        np.testing.assert_allclose(key.eye_m, one.camera.eye_m, atol=1e-12)
        np.testing.assert_allclose(key.rotation, one.camera.rotation, atol=1e-12)
        assert key.vertical_fov_rad == pytest.approx(2 * math.atan(0.4))


@given(st.integers(0, 2), st.floats(0.01, 100), st.tuples(*[st.floats(-2, 2)] * 2, st.floats(1, 9)))
def test_what_a_camera_sees_does_not_depend_on_the_origin(index, scale, point):
    posed = cameras()
    moved = seen_from(posed, posed[index].name, scale)
    np.testing.assert_allclose(moved[index].camera.camera_to_world, np.eye(4), atol=1e-12)
    seen = posed[index].camera.camera_to_world @ [*point, 1.0]
    for one, other in zip(posed, moved, strict=True):
        before, after = one.camera.project(seen[:3]), other.camera.project(np.array(point) * scale)
        np.testing.assert_allclose(after * [1, 1, scale], before, rtol=1e-6, atol=1e-6)


def test_one_camera_is_held():
    path = path_through(cameras(1), 2.0, origin="0.jpg", scale=3.0)
    assert path.duration_s == 2.0
    np.testing.assert_allclose(path.keyframes[0].eye_m, 0, atol=1e-12)


def test_what_is_wrong_is_named():
    with pytest.raises(
        ValueRangeError, match=r"origin='9\.jpg': expected the name of a camera: 0\.jpg, 1\.jpg, 2\.jpg"
    ):
        path_through(cameras(), 1.0, origin="9.jpg")
    with pytest.raises(ValueRangeError, match=r"cameras=0: expected at least one camera"):
        path_through((), 1.0)
    with pytest.raises(ValueRangeError, match=r"seconds_each=0: expected a positive number of seconds"):
        path_through(cameras(), 0)
    with pytest.raises(ValueRangeError, match=r"scale=-1: expected a positive number of metres"):
        path_through(cameras(), 1.0, scale=-1)
