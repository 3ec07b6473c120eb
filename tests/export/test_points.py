import numpy as np
import pytest
from export_scene import CARD_RGB, depth_off, export_scene
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX, plane, scene_of

from relens.errors import RelensError, ValueRangeError
from relens.export import scene_points
from relens.export.frame import y_up
from relens.photo import srgb_encode


@pytest.fixture(scope="module")
def scene():
    return export_scene()


def test_a_point_for_every_visible_texel_on_its_surface(scene):
    points = scene_points(scene, clean=False)
    counts = [int((layer.rgba[..., 3] >= 0.5).sum()) for layer in scene.layers]
    assert np.bincount(points.layer).tolist() == counts
    assert depth_off(y_up(points.positions_m)).max() < 1e-5
    card = points.rgba[points.layer == 0]
    assert np.abs(card[:, :3] - np.round(srgb_encode(np.array(CARD_RGB)) * 255)).max() <= 1
    np.testing.assert_allclose(np.linalg.norm(points.normals, axis=1), 1, atol=1e-5)
    assert (np.sum(points.normals * points.positions_m, axis=1) < 0).all()


def test_normals_of_a_plane_are_the_planes(scene):
    points = scene_points(scene, clean=False)
    wall = points.layer == 1
    # Any three far points of a plane give its normal.
    a, b, c = points.positions_m[wall][[0, 90, -1]].astype(np.float64)
    normal = np.cross(b - a, c - a)
    normal /= np.linalg.norm(normal)
    assert np.abs(points.normals[wall] @ normal).min() > 0.9999


def test_steps_and_voxels_thin_out(scene):
    full, step = scene_points(scene, clean=False), scene_points(scene, step=2, clean=False)
    assert len(step.layer) == pytest.approx(len(full.layer) / 4, rel=0.05)
    voxels = scene_points(scene, voxel_m=0.2, clean=False)
    for layer in (0, 1):
        cells = np.floor(voxels.positions_m[voxels.layer == layer].astype(np.float64) / 0.2)
        assert len(np.unique(cells, axis=0)) == len(cells)
        every = np.floor(full.positions_m[full.layer == layer].astype(np.float64) / 0.2)
        assert len(np.unique(every, axis=0)) == len(cells)


def test_outliers_go_and_surfaces_stay():
    pytest.importorskip("open3d", reason="cleaning needs relens[mesh]")
    inverse_depth = np.full((HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX), 0.5)
    flying = np.random.default_rng(0).choice(inverse_depth.size, 12, replace=False)
    inverse_depth.ravel()[flying] = 1.5
    scene = scene_of(plane("wall", (0.5, 0.5, 0.5), inverse_depth))
    cleaned = scene_points(scene)
    assert (cleaned.positions_m[:, 2] > 1.9).all()
    assert len(cleaned.layer) >= 0.999 * (inverse_depth.size - 12)
    assert "12 outliers" in " ".join(cleaned.notes) or len(cleaned.layer) < inverse_depth.size - 12


def test_nothing_visible_and_numbers_out_of_range(scene):
    with pytest.raises(RelensError, match="no visible point"):
        scene_points(scene_of(plane("sky", (0.2, 0.3, 0.9), 0.0)), clean=False)
    for wrong in ({"least_alpha": 0}, {"step": 0}, {"voxel_m": -1.0}):
        with pytest.raises(ValueRangeError, match=next(iter(wrong))):
            scene_points(scene, clean=False, **wrong)
