"""Surface map: planes and cylinders are rolled out without stretching; a jump in depth ends the surface."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import BORDER_PX, FX_PX, HEIGHT_PX, WIDTH_PX, grid, plane, scene_of

from relens.edit.selection import Where
from relens.edit.surface_map import rolled_out, surface_at
from relens.errors import ValueRangeError

CENTRE = (WIDTH_PX / 2, HEIGHT_PX / 2)


def rays():
    row, column = grid()
    return np.stack([(column - CENTRE[0]) / FX_PX, (row - CENTRE[1]) / FX_PX, np.ones_like(row)], axis=-1)


def rolled(inverse_depth, at_px=CENTRE, radius_m=0.2, detail_m=0.02, alpha=1.0, *others):
    scene = scene_of(plane("thing", 0.5, inverse_depth, alpha), *others)
    return rolled_out(scene, scene.layers[0], at_px, radius_m, detail_m)


def along_plane(inverse_depth, slope, at_px):
    """Inverse depth on the page, and metres right and down along the plane from a pixel: points less the one there."""
    row, column = grid()
    w = inverse_depth + slope[0] * (column - at_px[0]) + slope[1] * (row - at_px[1])
    middle = np.array([(at_px[0] - CENTRE[0]) / FX_PX, (at_px[1] - CENTRE[1]) / FX_PX, 1]) / inverse_depth
    normal = np.array([FX_PX * slope[0], FX_PX * slope[1], 0.0])
    normal[2] = inverse_depth - slope[0] * (at_px[0] - CENTRE[0]) - slope[1] * (at_px[1] - CENTRE[1])
    normal /= np.linalg.norm(normal)
    right = np.array([1, 0, 0]) - normal[0] * normal
    right /= np.linalg.norm(right)
    steps = rays() / w[..., None] - middle
    return w.astype(np.float32), np.stack([steps @ right, steps @ np.cross(normal, right)], axis=-1)


def test_a_plane_that_faces_the_camera_is_itself():
    found = rolled(np.float32(2.0))
    row, column = (part[found.window] for part in grid())
    expected = np.stack([column - CENTRE[0], row - CENTRE[1]], axis=-1) / (2.0 * FX_PX)
    np.testing.assert_allclose(found.place_m, expected, atol=1e-5)
    assert found.connected.all() and found.texels_per_m == 2.0 * FX_PX


@settings(max_examples=20)
@given(
    st.floats(0.5, 4.0),
    st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01)),
    st.tuples(st.floats(20, 44), st.floats(15, 33)),
)
def test_a_slanted_plane_is_rolled_out_exactly(inverse_depth, part, at_px):
    slope = part[0] * inverse_depth, part[1] * inverse_depth
    w, expected = along_plane(inverse_depth, slope, at_px)
    found = rolled(w, at_px, 0.1 / inverse_depth)
    size_m = np.abs(expected[found.window][found.connected]).max()
    assert found.connected.all()
    np.testing.assert_allclose(found.place_m, expected[found.window], atol=2e-3 * size_m)


def cylinder(radius_m=0.3, axis_m=1.0):
    """An upright cylinder: alpha, inverse depth, and the angle around the axis from the side towards the camera."""
    x = rays()[..., 0]
    # |(x z, z - axis)| = radius, the nearer of two.
    a, b, c = x * x + 1, axis_m, axis_m**2 - radius_m**2
    inside = b * b - a * c
    z = (b - np.sqrt(np.maximum(inside, 0))) / a
    alpha = (inside > 0.01).astype(np.float32)
    return alpha, np.where(alpha > 0, 1 / z, np.nan).astype(np.float32), np.arcsin(np.clip(x * z / radius_m, -1, 1))


def test_lengths_around_a_cylinder_are_kept():
    alpha, w, angle = cylinder()
    found = rolled(w, CENTRE, 0.3, 0.005, alpha)
    around, height_m = 0.3 * angle[found.window], (rays()[..., 1] / w)[found.window]
    here = found.connected & (np.abs(angle[found.window]) < 0.8) & (np.abs(height_m) < 0.15)
    assert here.sum() > 500 and around[here].max() > 0.2
    np.testing.assert_allclose(found.place_m[here, 0], around[here], atol=0.004)
    np.testing.assert_allclose(found.place_m[here, 1], height_m[here], atol=0.004)


def test_a_jump_in_depth_ends_the_surface():
    _, column = grid()
    w = np.where(column < 40, 1.0, 1.6).astype(np.float32)
    found = rolled(w, (30.5, 24.5), 0.3)
    np.testing.assert_array_equal(found.connected, (column < 40)[found.window])
    other = rolled(w, (44.5, 24.5), 0.3)
    np.testing.assert_array_equal(other.connected, (column >= 40)[other.window])


def test_what_lies_behind_a_jump_does_not_bend_the_surface():
    _, column = grid()
    w, expected = along_plane(1.0, (0.004, 0.002), CENTRE)
    found = rolled(np.where(column < 40, w, 3.0).astype(np.float32), CENTRE, 0.3)
    near = expected[found.window][found.connected]
    np.testing.assert_allclose(found.place_m[found.connected], near, atol=2e-3 * np.abs(near).max())


def test_a_surface_goes_on_around_a_hole_and_keeps_its_lengths():
    row, column = grid()
    hole = (np.abs(column - 42) < 4) & (np.abs(row - 24) < 8)
    w, expected = along_plane(1.0, (0.004, 0.002), CENTRE)
    found = rolled(np.where(hole, np.nan, w).astype(np.float32), CENTRE, 0.3, 0.02, (~hole).astype(np.float32))
    np.testing.assert_array_equal(found.connected, ~hole[found.window])
    np.testing.assert_allclose(found.place_m[found.connected], expected[found.window][found.connected], atol=2e-3)


def test_steps_of_a_phone_are_no_relief():
    """Depth in 255 steps between the nearest and farthest: a wall of few steps stays flat and whole."""
    w, expected = along_plane(0.6, (0.0004, 0.0002), CENTRE)
    step = (3.0 - 0.5) / 255
    stepped = (0.5 + np.round((w - 0.5) / step) * step).astype(np.float32)
    assert len(np.unique(stepped)) > 3
    alpha = np.zeros(w.shape, np.float32)
    alpha[:16, :16] = 1
    near = plane("near", 0.5, 3.0, alpha)
    found = rolled(stepped, CENTRE, 0.3, 0.01, 1.0, near, plane("far", 0.5, 0.5, alpha))
    assert found.connected.all()
    np.testing.assert_allclose(found.place_m, expected[found.window], atol=0.04 * np.abs(expected[found.window]).max())


def test_the_surface_is_what_the_photo_shows_there_or_what_is_named():
    _, column = grid()
    scene = scene_of(plane("card", 0.5, 2.0, (column < 32).astype(np.float32)), plane("wall", 0.5, 1.0))
    assert surface_at(scene, (31.5, 20), Where()).name == "card"
    assert surface_at(scene, (32.5, 20), Where()).name == "wall"
    assert surface_at(scene, (10, 20), Where(layer="wall")).name == "wall"


@pytest.mark.parametrize("at_px", [(-1.0, 5.0), (5.0, HEIGHT_PX), (WIDTH_PX, 5.0), (float("nan"), 5.0)])
def test_a_point_off_the_photo_is_refused(at_px):
    with pytest.raises(ValueRangeError, match="at_px"):
        surface_at(scene_of(plane("wall", 0.5, 1.0)), at_px, Where())


def test_a_point_without_a_surface_is_refused():
    _, column = grid()
    scene = scene_of(plane("card", 0.5, 2.0, (column < 32).astype(np.float32)), plane("sky", 0.5, 0.0, column > 50))
    for at_px, where, problem in [
        ((40, 20), Where(), "where there is a surface"),
        ((60, 20), Where(), "at infinity"),
        ((40, 20), Where(layer="card"), "where there is a surface"),
        ((10, 20), Where(layer="shelf"), "one of card, sky"),
    ]:
        with pytest.raises(ValueRangeError, match=problem):
            surface_at(scene, at_px, where)


def test_a_point_on_a_jump_is_refused():
    w = np.full((HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX), 1.0, np.float32)
    w[::2] = 3.0
    with pytest.raises(ValueRangeError, match="jump in depth"):
        rolled(w)
