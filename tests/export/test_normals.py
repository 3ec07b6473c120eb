"""Normals from slopes of inverse depth, against planes and spheres known in closed form."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import inverse_depths

from relens.camera import Camera, Intrinsics
from relens.export.normals import facing_normals, vertex_normals

_K = Intrinsics(100.0, 83.0, 29.5, 26.25, 64, 48)
_angles = st.floats(-1.2, 1.2)


def _rays(column, row):
    return np.stack([(column - _K.cx_px) / _K.fx_px, (row - _K.cy_px) / _K.fy_px, np.ones_like(column)], axis=-1)


def _plane(yaw, pitch):
    """A unit normal on the camera's side, turned from facing it."""
    return np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), -np.cos(yaw) * np.cos(pitch)])


@given(yaw=_angles, pitch=_angles, column=st.floats(0, 64), row=st.floats(0, 48), inverse_depth=inverse_depths)
def test_the_normal_of_a_plane_is_the_same_at_all_its_points(yaw, pitch, column, row, inverse_depth):
    normal, here = _plane(yaw, pitch), np.array([[column, row]])
    ray = _rays(here[:, 0], here[:, 1])
    # n.X = d with X = ray / w: w = n.ray / d, and its derivative over the picture.
    assume((ray @ normal).item() < -1e-2)
    d = (ray @ normal).item() / inverse_depth
    slope = np.array([[normal[0] / _K.fx_px, normal[1] / _K.fy_px]]) / d
    found = facing_normals(np.column_stack([here, [inverse_depth]]), slope, _K)
    np.testing.assert_allclose(found, [normal], atol=1e-5)


@given(yaw=_angles, pitch=_angles, seed=st.integers(0, 99))
def test_vertices_of_a_plane_have_its_normal_however_the_triangles_are_cut_and_wound(yaw, pitch, seed):
    rng = np.random.default_rng(seed)
    normal = _plane(yaw, pitch)
    corner = rng.uniform([5, 5], [59, 43], (12, 2))
    inverse_depth = _rays(corner[:, 0], corner[:, 1]) @ (normal / -2)
    assume(inverse_depth.min() > 0.02)
    triangles = np.array([rng.choice(12, 3, replace=False) for _ in range(30)], np.int32)
    used = np.unique(triangles)
    found = vertex_normals(np.column_stack([corner, inverse_depth]), triangles, _K)[used]
    np.testing.assert_allclose(found, np.tile(normal, (len(used), 1)), atol=1e-4)


def test_a_sphere_is_smooth():
    row, column = (axis.ravel() + 0.5 for axis in np.mgrid[10:40, 15:45])
    centre, radius = np.array([0.05, -0.02, 2.0]), 0.7
    ray = _rays(column, row)
    # The nearer solution of |t ray - centre| = radius.
    b, a = ray @ centre, np.sum(ray**2, axis=1)
    t = (b - np.sqrt(b**2 - a * (centre @ centre - radius**2))) / a
    pixels = np.column_stack([column, row, 1 / t])
    first = (np.arange(29)[:, None] * 30 + np.arange(29)).ravel()
    triangles = np.concatenate(
        [np.stack([first, first + 30, first + 1], 1), np.stack([first + 1, first + 30, first + 31], 1)]
    )
    found = vertex_normals(pixels, triangles.astype(np.int32), _K)
    expected = (Camera(_K).unproject(pixels) - centre) / radius
    cosine = np.sum(found * expected, axis=1).reshape(30, 30)
    assert cosine[1:-1, 1:-1].min() > np.cos(np.radians(0.5))
    assert cosine.min() > np.cos(np.radians(3))
    # Enough of the sphere is seen for its normals to turn.
    assert np.ptp(expected[:, 0]) > 0.5


def test_normals_are_of_unit_length_and_face_the_camera_on_any_surface():
    rng = np.random.default_rng(3)
    pixels = np.column_stack([rng.uniform(-500, 500, (1000, 2)), rng.uniform(1e-3, 20, 1000)])
    found = facing_normals(pixels, rng.normal(0, 3, (1000, 2)), _K).astype(np.float64)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert (np.sum(found * _rays(pixels[:, 0], pixels[:, 1]), axis=1) < 1e-6).all()
