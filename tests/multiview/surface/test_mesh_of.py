from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("open3d")
pytest.importorskip("skimage")
from posed_scene import BALL_M, BALL_RADIUS_M, posed_set  # noqa: E402

from relens.errors import RelensError  # noqa: E402
from relens.multiview.surface import SurfaceFit, SurfaceSettings, mesh_of  # noqa: E402
from relens.multiview.surface.box import Box  # noqa: E402
from relens.multiview.surface.field import SurfaceField  # noqa: E402

SETTINGS = SurfaceSettings(sdf_cells=(32,), colour_cells=(4,), uncertainty_cells=(4,), sky_cells=(4,))


def fit_of(sdf, photos):
    """A fit whose grid holds an analytic distance, metres of points (n, 3)."""
    field = SurfaceField(Box.around(photos.box_m), SETTINGS, len(photos.fitted))
    x, y, z = (np.arange(count) / 32 for count in field.sdf_layout.shape(0))
    places = np.stack(np.meshgrid(x, y, z, indexing="ij"), -1).reshape(-1, 3)
    points_m = places * field.box.side_m + np.array(field.box.least_m)
    field.sdf_grid.data = torch.from_numpy((sdf(points_m) / field.box.side_m).astype(np.float32))
    return SurfaceFit(field, SETTINGS, 30.0)


def ball(middle, radius):
    return lambda points: np.linalg.norm(points - middle, axis=-1) - radius


@pytest.fixture(scope="module")
def around():
    return posed_set(count=8, width_px=24, arc_deg=360, priors=None)


@pytest.fixture(scope="module")
def ahead():
    return posed_set(count=3, width_px=24, arc_deg=20, priors=None)


def normals_of(mesh):
    a, b, c = (mesh.vertices_m[mesh.triangles[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a), (a + b + c) / 3


def test_a_ball(around):
    mesh = mesh_of(fit_of(ball(BALL_M, BALL_RADIUS_M), around), around, removes_unseen=False)
    far = np.linalg.norm(mesh.vertices_m - BALL_M, axis=1)
    # The grid's own error: the sag of cells of 0.15 m on a radius of 0.45 m, 0.15^2 / 8 / 0.45 along each of two axes.
    assert np.abs(far - BALL_RADIUS_M).max() < 2 * 0.15**2 / 8 / BALL_RADIUS_M
    normals, middles = normals_of(mesh)
    assert ((normals * (middles - BALL_M)).sum(1) > 0).mean() > 0.999, "wound with free space outside"
    area = 0.5 * np.linalg.norm(normals, axis=1).sum()
    assert area == pytest.approx(4 * np.pi * BALL_RADIUS_M**2, rel=0.06)
    assert mesh.rgba.shape == (len(mesh.vertices_m), 4) and np.isfinite(mesh.rgba).all()


def test_what_no_camera_sees_is_left_out(ahead):
    mesh = mesh_of(fit_of(ball(BALL_M, BALL_RADIUS_M), ahead), ahead)
    assert mesh.vertices_m[:, 2].min() < BALL_M[2] - 0.95 * BALL_RADIUS_M
    # The horizon, as far as the slack and the two rings go.
    assert mesh.vertices_m[:, 2].max() < BALL_M[2] + 0.8 * BALL_RADIUS_M


def test_crumbs_are_left_out(around):
    crumb = BALL_M + np.array([0.9, 0, 0])
    fit = fit_of(lambda points: np.minimum(ball(BALL_M, BALL_RADIUS_M)(points), ball(crumb, 0.03)(points)), around)
    mesh = mesh_of(fit, around, removes_unseen=False)
    assert np.linalg.norm(mesh.vertices_m - crumb, axis=1).min() > 0.1


def test_simplified_to_what_was_asked(around):
    fit = fit_of(ball(BALL_M, BALL_RADIUS_M), around)
    mesh = mesh_of(fit, around, triangles=500, removes_unseen=False)
    assert len(mesh.triangles) <= 500
    assert np.abs(np.linalg.norm(mesh.vertices_m - BALL_M, axis=1) - BALL_RADIUS_M).max() < 0.08 * BALL_RADIUS_M


def test_blocks_far_from_the_surface_are_not_read(around):
    fit = fit_of(ball(BALL_M, BALL_RADIUS_M), around)
    asked = []
    read = fit.field.sdf
    fit.field.sdf = lambda points: asked.append(len(points)) or read(points)
    mesh_of(fit, around, cells=128, removes_unseen=False)
    assert sum(asked) < 0.35 * 129**3 * np.prod(fit.field.box.extent)


def test_no_surface(around):
    with pytest.raises(RelensError, match="no surface"):
        mesh_of(fit_of(lambda points: np.ones(len(points)), around), around)
    behind = replace(around, photos=around.photos[:2])
    hidden = BALL_M + np.array([0, 0.5, 0])
    assert len(mesh_of(fit_of(ball(hidden, 0.2), around), behind, removes_unseen=False).triangles)
