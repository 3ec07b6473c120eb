"""Lens rays meet where the lens is focused, and are lines in the photo's (column, row, inverse depth) space."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import cameras, intrinsics, lenses

from relens.aperture import Aperture, PupilSamples
from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.render.rays import lens_views, photo_lines

pupils = st.lists(st.tuples(st.floats(-0.7, 0.7), st.floats(-0.7, 0.7)), min_size=1, max_size=5).map(
    lambda points: np.array([(0.0, 0.0), *points])
)


def evenly(pupil):
    return PupilSamples(pupil, np.ones((len(pupil), 3)))


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
    views = lens_views([camera], lens, evenly(pupil))
    directions = views.direction @ pixel
    meeting = views.origin_m + lens.focus_distance_m * directions
    expected = camera.unproject(np.array([*pixel[:2], lens.focus_inverse_m]))
    scale = np.abs(expected).max() + np.abs(camera.eye_m).max() + 1
    np.testing.assert_allclose(meeting, np.broadcast_to(expected, meeting.shape), atol=1e-9 * scale)


@given(cameras(), lenses(), pupils)
def test_rays_start_in_the_pupil(camera, lens, pupil):
    offset_m = lens_views([camera], lens, evenly(pupil)).origin_m - camera.eye_m
    np.testing.assert_allclose(offset_m @ camera.rotation[:, 2], 0, atol=1e-9)
    across_m = offset_m @ camera.rotation[:, :2]
    np.testing.assert_allclose(across_m, pupil * lens.pupil_diameter_m / 2, atol=1e-9)


@given(cameras(), pupils)
def test_focused_at_infinity_rays_of_a_pixel_are_parallel(camera, pupil):
    views = lens_views([camera], Lens(50, 1.4), evenly(pupil))
    np.testing.assert_allclose(views.direction, np.broadcast_to(views.direction[:1], views.direction.shape), atol=1e-12)


@given(near_cameras(), wide_intrinsics(), lenses(), pupils, st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 50))
def test_lines_are_the_projections_of_rays(camera, photo, lens, pupil, across, down, run):
    assume(lens.pupil_diameter_m < 0.2 and lens.focus_distance_m > 0.2)
    k = camera.intrinsics
    column, row = np.array([across * k.width_px]), np.array([down * k.height_px])
    views = lens_views([camera], lens, evenly(pupil))
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
    views = lens_views([camera], lens, evenly(pupil))
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
    views = lens_views([Camera(photo).turned(yaw_rad=np.pi)], Lens(50, 2), evenly(np.zeros((1, 2))))
    _, _, forward = photo_lines(views, 0, photo, np.array([32.0]), np.array([24.0]))
    assert not forward[0]
    with pytest.raises(IndexError):
        photo_lines(views, 1, photo, np.array([32.0]), np.array([24.0]))


def test_a_tilted_lens_is_focused_on_its_tilted_plane():
    camera = Camera(Intrinsics.centred(500, 640, 480))
    lens = Lens(85, 2.0, 1.5, tilt_rad=0.1, swing_rad=-0.05)
    views = lens_views([camera], lens, Aperture().samples(16))
    gx, gy = lens.focus_gradient_per_m
    for column, row in ((320.0, 240.0), (100.0, 30.0), (600.0, 470.0)):
        x, y = (column - 320) / 500, (row - 240) / 500
        depth_m = 1 / (lens.focus_inverse_m + gx * x + gy * y)
        meeting = views.origin_m + depth_m * (views.direction @ [column, row, 1.0])
        expected = np.broadcast_to([x * depth_m, y * depth_m, depth_m], meeting.shape)
        np.testing.assert_allclose(meeting, expected, atol=1e-9)


def test_each_colour_of_an_uncorrected_lens_has_its_own_plane_and_size():
    camera = Camera(Intrinsics.centred(500, 640, 480))
    lens = Lens(85, 2.0, 1.5, axial_colour=0.004, lateral_colour=0.002)
    samples = Aperture().samples(8)
    views = lens_views([camera], lens, samples)
    assert views.a_sample == 3 and len(views.weight) == 24
    np.testing.assert_allclose(views.weight.reshape(8, 3, 4).mean(axis=1), 1)
    for channel in range(3):
        depth_m = 1 / (lens.focus_inverse_m + lens.channel_focus_per_m[channel])
        column = 320 + 500 * 0.3 * lens.channel_magnification[channel]
        meeting = views.origin_m[channel::3] + depth_m * (views.direction[channel::3] @ [column, 240.0, 1.0])
        np.testing.assert_allclose(meeting, np.broadcast_to([0.3 * depth_m, 0, depth_m], meeting.shape), atol=1e-9)
