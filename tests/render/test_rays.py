"""Lens rays meet where the lens is focused, and are lines in the photo's (column, row, inverse depth) space."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import cameras, intrinsics, lenses

from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.render.rays import lens_views, photo_lines

pupils = st.lists(st.tuples(st.floats(-0.7, 0.7), st.floats(-0.7, 0.7)), min_size=1, max_size=5).map(
    lambda points: np.array([(0.0, 0.0), *points])
)


def near_cameras():
    """Cameras that look the photo's way."""
    angles_rad = st.floats(-0.3, 0.3)
    steps_m = st.floats(-0.5, 0.5)
    turns, moves = st.tuples(angles_rad, angles_rad, angles_rad), st.tuples(steps_m, steps_m, steps_m)
    return st.builds(lambda k, turn, move: Camera(k).turned(*turn).moved(*move), wide_intrinsics(), turns, moves)


def wide_intrinsics():
    return st.builds(Intrinsics.centred, st.floats(300, 3000), st.integers(10, 1000), st.integers(10, 1000))


@given(cameras(), lenses(finite_focus=True), pupils, st.floats(0, 1), st.floats(0, 1))
def test_rays_of_a_pixel_meet_on_the_plane_of_focus(camera, lens, pupil, across, down):
    k = camera.intrinsics
    pixel = np.array([across * k.width_px, down * k.height_px, 1.0])
    views = lens_views(camera, lens, pupil)
    directions = views.direction @ pixel
    meeting = views.origin_m + lens.focus_distance_m * directions
    expected = camera.unproject(np.array([*pixel[:2], lens.focus_inverse_m]))
    scale = np.abs(expected).max() + np.abs(camera.eye_m).max() + 1
    np.testing.assert_allclose(meeting, np.broadcast_to(expected, meeting.shape), atol=1e-9 * scale)


@given(cameras(), lenses(), pupils)
def test_rays_start_in_the_pupil(camera, lens, pupil):
    offset_m = lens_views(camera, lens, pupil).origin_m - camera.eye_m
    np.testing.assert_allclose(offset_m @ camera.rotation[:, 2], 0, atol=1e-9)
    across_m = offset_m @ camera.rotation[:, :2]
    np.testing.assert_allclose(across_m, pupil * lens.pupil_diameter_m / 2, atol=1e-9)


@given(cameras(), pupils)
def test_focused_at_infinity_rays_of_a_pixel_are_parallel(camera, pupil):
    views = lens_views(camera, Lens(50, 1.4), pupil)
    np.testing.assert_allclose(views.direction, np.broadcast_to(views.direction[:1], views.direction.shape), atol=1e-12)


@given(near_cameras(), wide_intrinsics(), lenses(), pupils, st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 50))
def test_lines_are_the_projections_of_rays(camera, photo, lens, pupil, across, down, run):
    assume(lens.pupil_diameter_m < 0.2 and lens.focus_distance_m > 0.2)
    k = camera.intrinsics
    column, row = np.array([across * k.width_px]), np.array([down * k.height_px])
    views = lens_views(camera, lens, pupil)
    for index in range(len(pupil)):
        start, slope, forward = photo_lines(views, index, photo, column, row)
        direction = views.direction[index] @ [column[0], row[0], 1.0]
        assume(direction[2] > 0.2)
        point = views.origin_m[index] + run * direction
        assume(point[2] > 0.05)
        projected = Camera(photo).project(point)
        assert forward[0]
        size = np.abs(start).max() + np.abs(slope).max() * projected[2] + 1
        np.testing.assert_allclose(start[0] + projected[2] * slope[0], projected[:2], atol=1e-9 * size)


@given(intrinsics(), lenses(), pupils)
def test_from_the_photo_itself_a_line_shifts_by_the_circle_of_confusion(photo, lens, pupil):
    camera = Camera(photo)
    views = lens_views(camera, lens, pupil)
    column, row = np.array([photo.cx_px + 3.0]), np.array([photo.cy_px - 2.0])
    for inverse_depth in (0.0, 0.7):
        for index, (u, v) in enumerate(pupil):
            start, slope, _ = photo_lines(views, index, photo, column, row)
            shift_px = (start + inverse_depth * slope)[0] - [column[0], row[0]]
            half_px = lens.pupil_diameter_m / 2 * (inverse_depth - lens.focus_inverse_m)
            expected = [photo.fx_px * half_px * u, photo.fy_px * half_px * v]
            np.testing.assert_allclose(shift_px, expected, atol=1e-6 + 1e-9 * np.abs(expected).max())


def test_rays_that_run_backward_are_told():
    photo = Intrinsics.centred(100, 64, 48)
    views = lens_views(Camera(photo).turned(yaw_rad=np.pi), Lens(50, 2), np.zeros((1, 2)))
    _, _, forward = photo_lines(views, 0, photo, np.array([32.0]), np.array([24.0]))
    assert not forward[0]
    with pytest.raises(IndexError):
        photo_lines(views, 1, photo, np.array([32.0]), np.array([24.0]))
