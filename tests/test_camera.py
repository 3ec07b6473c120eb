import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import angles_rad, cameras, intrinsics, inverse_depths, steps_m
from unchecked import any_type, unchecked

from relens.camera import Camera, Intrinsics, opencv_from_opengl, opengl_from_opencv
from relens.errors import ValueRangeError

NAN, INF = math.nan, math.inf


def simple(**changes):
    return Intrinsics(
        **{"fx_px": 100, "fy_px": 110, "cx_px": 30, "cy_px": 20, "width_px": 64, "height_px": 48, **changes}
    )


def assert_rigid(camera):
    pose = camera.camera_to_world
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(pose[:3, :3]) == pytest.approx(1)
    assert np.array_equal(pose[3], [0, 0, 0, 1])


@given(cameras(), st.floats(-0.5, 1.5), st.floats(-0.5, 1.5), inverse_depths)
def test_project_undoes_unproject(camera, across, down, inverse_depth):
    k = camera.intrinsics
    pixel = np.array([[across * k.width_px, down * k.height_px, inverse_depth]])
    again = camera.project(camera.unproject(pixel))
    np.testing.assert_allclose(again, pixel, rtol=1e-8, atol=1e-6)


@given(cameras(), st.tuples(steps_m, steps_m, st.floats(0.1, 50)))
def test_unproject_undoes_project(camera, local):
    point = np.array(local) @ camera.rotation.T + camera.eye_m
    np.testing.assert_allclose(camera.unproject(camera.project(point)), point, rtol=1e-9, atol=1e-9)


def test_projection_by_hand():
    # 2 m ahead, 0.5 m right, 0.2 m down: 100 * 0.25 + 30, 110 * 0.1 + 20.
    np.testing.assert_allclose(Camera(simple()).project(np.array([0.5, 0.2, 2.0])), [55, 31, 0.5])
    # From 1 m further right the point stands 0.5 m left.
    np.testing.assert_allclose(Camera(simple()).moved(x_m=1).project(np.array([0.5, 0.2, 2.0])), [5, 31, 0.5])


@pytest.mark.parametrize(
    "turn, sees",
    [({"yaw_rad": 0.1}, "right"), ({"pitch_rad": 0.1}, "up"), ({"roll_rad": 0.1}, "clockwise")],
)
def test_turns_go_the_way_they_say(turn, sees):
    camera = Camera(simple()).turned(**turn)
    ahead, right, down = camera.rotation[:, 2], camera.rotation[:, 0], camera.rotation[:, 1]
    assert {"right": ahead[0] > 0, "up": ahead[1] < 0, "clockwise": right[1] > 0 and down[0] < 0}[sees]


@given(cameras(), st.tuples(steps_m, steps_m, steps_m), st.tuples(angles_rad, angles_rad, angles_rad))
def test_moved_and_turned_stay_rigid(camera, steps, turns):
    assert_rigid(camera.moved(*steps))
    assert_rigid(camera.turned(*turns))


@given(cameras(), st.tuples(steps_m, steps_m, steps_m), st.tuples(steps_m, steps_m, steps_m))
def test_moves_form_a_group(camera, a, b):
    both = camera.moved(*np.add(a, b))
    np.testing.assert_allclose(camera.moved(*a).moved(*b).eye_m, both.eye_m, atol=1e-12)
    np.testing.assert_allclose(camera.moved(*a).moved(*np.negative(a)).eye_m, camera.eye_m, atol=1e-12)
    assert np.array_equal(camera.moved().camera_to_world, camera.camera_to_world)


@given(cameras(), st.sampled_from(["yaw_rad", "pitch_rad", "roll_rad"]), angles_rad, angles_rad)
def test_turns_about_one_axis_form_a_group(camera, axis, a, b):
    np.testing.assert_allclose(
        camera.turned(**{axis: a}).turned(**{axis: b}).rotation, camera.turned(**{axis: a + b}).rotation, atol=1e-12
    )
    np.testing.assert_allclose(camera.turned(**{axis: a}).turned(**{axis: -a}).rotation, camera.rotation, atol=1e-12)
    assert np.array_equal(camera.turned(**{axis: a}).eye_m, camera.eye_m)


@given(cameras(), angles_rad, angles_rad, angles_rad)
def test_a_turn_is_yaw_then_pitch_then_roll(camera, yaw, pitch, roll):
    one_by_one = camera.turned(yaw_rad=yaw).turned(pitch_rad=pitch).turned(roll_rad=roll)
    np.testing.assert_allclose(camera.turned(yaw, pitch, roll).rotation, one_by_one.rotation, atol=1e-12)


@given(cameras())
def test_opengl_conversion_is_an_involution_that_flips_y_and_z(camera):
    pose = camera.camera_to_world
    opengl = opengl_from_opencv(pose)
    assert np.array_equal(opencv_from_opengl(opengl), pose)
    assert np.array_equal(opengl[:, 0], pose[:, 0]) and np.array_equal(opengl[:, 3], pose[:, 3])
    assert np.array_equal(opengl[:3, 1:3], -pose[:3, 1:3])


@given(cameras(), st.integers(1, 5000), st.integers(1, 5000), inverse_depths)
def test_a_resized_camera_sees_the_same_view(camera, width_px, height_px, inverse_depth):
    k = camera.intrinsics
    small = Camera(k.resized(width_px, height_px), camera.camera_to_world)
    point = camera.unproject(np.array([0.3 * k.width_px, 0.8 * k.height_px, inverse_depth]))
    seen = small.project(point) / [width_px, height_px, 1]
    np.testing.assert_allclose(seen, [0.3, 0.8, inverse_depth], rtol=1e-7, atol=1e-7)


@given(intrinsics(), st.integers(1, 5000), st.integers(1, 5000))
def test_resizing_back_gives_the_same_numbers_and_view_angle(k, width_px, height_px):
    there = k.resized(width_px, height_px)
    back = there.resized(k.width_px, k.height_px)
    assert there.horizontal_fov_rad == pytest.approx(k.horizontal_fov_rad)
    assert (back.fx_px, back.fy_px) == pytest.approx((k.fx_px, k.fy_px))
    assert (back.cx_px, back.cy_px) == pytest.approx((k.cx_px, k.cy_px))
    assert (back.width_px, back.height_px, back.source) == (k.width_px, k.height_px, k.source)


def test_field_of_view_and_diagonal_by_hand():
    k = Intrinsics.centred(fx_px=2, width_px=4, height_px=3)
    assert k.horizontal_fov_rad == pytest.approx(math.pi / 2)
    assert k.diagonal_px == 5


def test_numbers_of_every_kind_become_plain_ones():
    with unchecked():
        k = simple(fx_px=np.float32(100), cx_px=np.int64(3), width_px=np.int32(64), height_px=48.0)
    assert [type(value) for value in (k.fx_px, k.cx_px, k.width_px, k.height_px)] == [float, float, int, int]
    assert k == simple(cx_px=3)


@pytest.mark.parametrize(
    "name, value",
    [(name, value) for name in ("fx_px", "fy_px") for value in (0, -1, NAN, INF, None, "1")]
    + [(name, value) for name in ("cx_px", "cy_px") for value in (NAN, INF, None)]
    + [(name, value) for name in ("width_px", "height_px") for value in (0, -1, 1.5, NAN, INF, None)],
)
def test_intrinsics_refuse_what_no_camera_has(name, value):
    with unchecked(), pytest.raises(ValueRangeError, match=name):
        simple(**{name: value})


def pose(change=None, value=0.0):
    matrix = np.eye(4)
    if change:
        matrix[change] = value
    return matrix


@pytest.mark.parametrize(
    "bad",
    [
        np.eye(3),
        np.zeros((4, 4)),
        np.diag([1.0, 1, -1, 1]),
        np.diag([2.0, 1, 0.5, 1]),
        pose((0, 3), NAN),
        pose((2, 3), INF),
        pose((0, 0), NAN),
        pose((3, 0), 0.1),
        pose((0, 1), 0.1),
        "eye",
        [[1, 0], [0]],
        None,
    ],
    ids=str,
)
def test_poses_that_are_not_rigid_are_refused(bad):
    with unchecked(), pytest.raises(ValueRangeError, match="camera_to_world"):
        Camera(simple(), bad)


@pytest.mark.parametrize("name", ["x_m", "y_m", "z_m"])
@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_moves_are_finite(name, value):
    with pytest.raises(ValueRangeError, match=name):
        Camera(simple()).moved(**{name: value})


@pytest.mark.parametrize("name", ["yaw_rad", "pitch_rad", "roll_rad"])
def test_turns_are_finite(name):
    with pytest.raises(ValueRangeError, match=name):
        Camera(simple()).turned(**{name: NAN})


def test_a_pose_may_be_a_plain_list():
    with unchecked():
        assert np.array_equal(Camera(simple(), any_type(np.eye(4).tolist())).camera_to_world, np.eye(4))


def test_a_camera_does_not_change_with_the_array_it_was_made_from():
    matrix = np.eye(4)
    camera = Camera(simple(), matrix)
    matrix[0, 3] = 5
    assert camera.eye_m[0] == 0
    with pytest.raises(ValueError):
        camera.camera_to_world[0, 3] = 1
