"""Two eyes and their pictures."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import plane, scene_of, texture

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.export.stereo import anaglyph, disparity_px, eyes, side_by_side
from relens.lens import Lens
from relens.render.shoot import shoot

_CAMERA = Camera(Intrinsics(1500, 1480, 810, 590, 1600, 1200)).moved(0.1, -0.2, 0.3).turned(0.2, -0.1, 0.05)
_depths_m = st.floats(0.2, 100)
_baselines_m = st.floats(0.001, 0.5)


@given(_baselines_m, _depths_m, _depths_m | st.just(math.inf), st.floats(-0.5, 0.5), st.floats(-0.4, 0.4))
def test_disparity_is_fx_times_baseline_times_the_difference_of_inverse_depths(b_m, z_m, convergence_m, x, y):
    """xl - xr = fx b (1/z - 1/F), and yl = yr: no vertical disparity and no keystone, wherever the camera looks."""
    point_m = _CAMERA.eye_m + _CAMERA.rotation @ (z_m * np.array([x, y, 1.0]))
    (xl, yl, wl), (xr, yr, wr) = (eye.project(point_m) for eye in eyes(_CAMERA, b_m, convergence_m))
    expected = 1500 * b_m * (1 / z_m - 1 / convergence_m)
    assert xl - xr == pytest.approx(expected, abs=1e-9)
    assert disparity_px(1500, b_m, z_m, convergence_m) == pytest.approx(expected, abs=1e-9)
    assert yl == pytest.approx(yr, abs=1e-9) and wl == pytest.approx(wr, rel=1e-12)


@given(_baselines_m, _depths_m)
def test_the_plane_of_convergence_keeps_its_place_and_nearer_things_cross(b_m, convergence_m):
    middle = _CAMERA.project(_CAMERA.eye_m + convergence_m * _CAMERA.rotation[:, 2])
    for eye in eyes(_CAMERA, b_m, convergence_m):
        there = eye.project(_CAMERA.eye_m + convergence_m * _CAMERA.rotation[:, 2])
        np.testing.assert_allclose(there, middle, rtol=0, atol=1e-9)
    assert disparity_px(1500, b_m, 0.9 * convergence_m, convergence_m) > 0
    assert disparity_px(1500, b_m, math.inf, convergence_m) < 0


def test_the_eyes_stand_half_the_baseline_to_each_side():
    left, right = eyes(_CAMERA, 0.06, 1.5)
    np.testing.assert_allclose((left.eye_m + right.eye_m) / 2, _CAMERA.eye_m, atol=1e-15)
    np.testing.assert_allclose(_CAMERA.rotation.T @ (right.eye_m - left.eye_m), [0.06, 0, 0], atol=1e-15)
    np.testing.assert_array_equal(left.rotation, _CAMERA.rotation)


def test_eyes_that_converge_at_infinity_have_the_cameras_own_intrinsics():
    for eye in eyes(_CAMERA, 0.06):
        assert eye.intrinsics == _CAMERA.intrinsics


def test_both_eyes_take_the_same_picture_of_what_stands_in_the_plane_of_convergence():
    scene = scene_of(plane("wall", texture(3), 2.0))
    near, far = (
        [
            shoot(scene, Lens(1, 128), camera=eye, engine="reference", samples=1).linear
            for eye in eyes(scene.camera, 0.06, m)
        ]
        for m in (0.5, 1.0)
    )
    np.testing.assert_allclose(near[0], near[1], atol=1e-4)
    # Converging behind it, the wall stands 100 px x 0.06 m x (2 - 1) / m = 6 px to the right for the left eye.
    np.testing.assert_allclose(far[0][:, 6:], far[1][:, :-6], atol=1e-4)


@pytest.mark.parametrize(
    ("baseline_m", "convergence_m", "name"),
    [(0, 1, "baseline_m"), (-0.06, 1, "baseline_m"), (math.inf, 1, "baseline_m"), (0.06, 0, "convergence_m")],
)
def test_what_no_eyes_have(baseline_m, convergence_m, name):
    with pytest.raises(ValueRangeError, match=f"^{name}="):
        eyes(_CAMERA, baseline_m, convergence_m)


def test_side_by_side_the_left_eye_is_on_the_left():
    left, right = np.full((4, 5, 3), 0.25, np.float32), np.full((4, 5, 3), 7, np.float32)
    pair = side_by_side(left, right)
    assert pair.shape == (4, 10, 3)
    np.testing.assert_array_equal(pair[:, :5], left)
    np.testing.assert_array_equal(pair[:, 5:], right)


@given(st.floats(0, 1, width=32))
def test_what_is_grey_for_both_eyes_stays_that_grey(grey):
    both = np.full((1, 2, 3), grey, np.float32)
    np.testing.assert_allclose(anaglyph(both, both), both, atol=2e-5)


def test_each_eyes_light_goes_through_its_glass():
    """White for one eye only: the left one's is all but red, the right one's all but cyan."""
    white, black = np.ones((100, 2, 3), np.float32), np.zeros((100, 2, 3), np.float32)
    only_left, only_right = anaglyph(white, black)[99, 1], anaglyph(black, white)[99, 1]
    np.testing.assert_allclose(only_left, [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(only_right, [0, 1, 1], atol=1e-6)


def test_colours_are_mixed_by_least_squares():
    """The columns of Dubois's matrices: green for the left eye, and green for the right one."""
    green, grey = np.float32([[[0, 0.5, 0]]]), np.full((1, 1, 3), 0.5, np.float32)
    np.testing.assert_allclose(anaglyph(green, 0 * grey)[0, 0], [0.250242, 0, 0], atol=1e-6)
    np.testing.assert_allclose(anaglyph(grey, green)[0, 0], [0.522513, 0.319987, 0], atol=1e-5)


def test_light_beyond_white_is_white():
    bright = np.full((1, 1, 3), 50, np.float32)
    np.testing.assert_allclose(anaglyph(bright, bright), 1, atol=1e-5)
    # Not minus 0.09 times 50.
    dark = anaglyph(bright, np.full((1, 1, 3), 0.5, np.float32))[0, 0]
    np.testing.assert_allclose(dark[1:], [0.453167, 0.479361], atol=1e-5)


@pytest.mark.parametrize("pair", [side_by_side, anaglyph])
def test_pictures_of_two_sizes_are_no_pair(pair):
    with pytest.raises(ValueRangeError, match="size of the left picture"):
        pair(np.zeros((4, 5, 3), np.float32), np.zeros((5, 4, 3), np.float32))
