"""Distances to focus on, read from the scene."""

import math

import numpy as np
import pytest
from layer_scenes import BLUE, BORDER_PX, HEIGHT_PX, RED, WIDTH_PX, grid, plane, scene_of

from relens.errors import RelensError, ValueRangeError
from relens.render.focus import background_depth_m, depth_at, subject_depth_m, visible_inverse_depth

FACE_M, WALL_M = 0.5, 4.0


def portrait(wall_m=WALL_M):
    """A face a little above the middle, fading at its edge, before a wall."""
    row, column = grid()
    distance_px = np.hypot(row - 22, column - 32) - 12
    alpha = np.clip(0.5 - distance_px / 4, 0, 1)
    return scene_of(plane("face", RED, 1 / FACE_M, alpha=alpha), plane("wall", BLUE, 1 / wall_m))


def empty_in_the_corner():
    row, column = grid()
    full = np.hypot(row, column) > 20
    return scene_of(plane("wall", BLUE, np.where(full, 0.5, np.nan), alpha=full))


def test_the_nearest_surface_that_is_at_least_half_there():
    inverse = visible_inverse_depth(portrait())
    assert inverse.shape == (HEIGHT_PX, WIDTH_PX)
    row, column = (part[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX] for part in grid())
    inside = np.hypot(row - 22, column - 32) <= 12
    np.testing.assert_array_equal(inverse, np.where(inside, np.float32(1 / FACE_M), np.float32(1 / WALL_M)))


@pytest.mark.parametrize(("column_px", "row_px", "expected_m"), [(32, 22, FACE_M), (60, 5, WALL_M), (0, 0, WALL_M)])
def test_depth_at_a_pixel(column_px, row_px, expected_m):
    assert depth_at(portrait(), column_px, row_px) == pytest.approx(expected_m)


def test_one_odd_pixel_does_not_decide():
    row, column = grid()
    odd = (np.abs(row - 24.5) < 0.6) & (np.abs(column - 32.5) < 0.6)
    scene = scene_of(plane("wall", BLUE, np.where(odd, 3.0, 0.25)))
    assert depth_at(scene, 32.5, 24.5) == pytest.approx(4)


def test_infinity_is_infinity():
    scene = portrait(wall_m=math.inf)
    assert depth_at(scene, 60, 5) == math.inf
    assert background_depth_m(scene) == math.inf
    assert subject_depth_m(scene) == pytest.approx(FACE_M)


@pytest.mark.parametrize("pixel", [(-1, 5), (5, -0.1), (WIDTH_PX, 5), (5, HEIGHT_PX), (math.nan, 5)])
def test_pixels_outside_the_photo(pixel):
    with pytest.raises(ValueRangeError, match=r"focus=.*64x48"):
        depth_at(portrait(), *pixel)


def test_nothing_there():
    with pytest.raises(RelensError, match=r"focus=2,2.*nothing"):
        depth_at(empty_in_the_corner(), 2, 2)


def test_subject_and_background():
    assert subject_depth_m(portrait()) == pytest.approx(FACE_M)
    assert background_depth_m(portrait()) == pytest.approx(WALL_M)


@pytest.mark.parametrize("find", [subject_depth_m, background_depth_m])
def test_a_scene_of_one_depth(find):
    assert find(scene_of(plane("wall", BLUE, 0.5))) == pytest.approx(2)
    assert find(empty_in_the_corner()) == pytest.approx(2)
