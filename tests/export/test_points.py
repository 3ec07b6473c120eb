import sys
from dataclasses import replace

import numpy as np
import pytest
from export_scene import CARD_RGB, depth_off, export_scene
from layer_scenes import BORDER_PX, HEIGHT_PX, RED, WIDTH_PX, grid, plane, scene_of
from small_scene import small_scene

from relens.camera import Camera, Intrinsics
from relens.errors import MissingPackageError, RelensError, ValueRangeError
from relens.export import Limits, layer_meshes, points, scene_points
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


def test_positions_are_texel_centres_unprojected_by_the_photos_own_camera():
    k = Intrinsics(100, 83, 29.5, 26.25, WIDTH_PX, HEIGHT_PX)
    scene = replace(export_scene(), camera=Camera(k))
    found = scene_points(scene, step=3, least_alpha=0.6, clean=False)
    for number, layer in enumerate(scene.layers):
        # Row by row, every third texel from the page's upper left corner on.
        row, column = np.argwhere(layer.rgba[..., 3] >= 0.6).T
        chosen = (row % 3 == 0) & (column % 3 == 0)
        row, column = row[chosen], column[chosen]
        depth_m = 1 / layer.inverse_depth[row, column].astype(np.float64)
        x = (column + 0.5 - BORDER_PX - k.cx_px) / k.fx_px * depth_m
        y = (row + 0.5 - BORDER_PX - k.cy_px) / k.fy_px * depth_m
        mine = found.positions_m[found.layer == number]
        np.testing.assert_allclose(mine, np.column_stack([x, y, depth_m]), rtol=1e-5, atol=1e-6)


def test_soft_texels_have_the_things_own_colour_and_their_alpha(scene):
    found = scene_points(scene, least_alpha=0.5, clean=False)
    soft = found.rgba[found.rgba[:, 3] < 255]
    assert len(soft) > 50 and set(soft[:, 3].tolist()) == {128}
    assert np.abs(soft[:, :3] - srgb_encode(np.array(CARD_RGB)) * 255).max() <= 0.51
    assert (scene_points(scene, least_alpha=0.51, clean=False).rgba[:, 3] == 255).all()


def test_the_points_are_the_same_in_bands_of_any_size(scene, monkeypatch):
    whole = scene_points(scene, step=2, clean=False)
    monkeypatch.setattr(points, "_BAND_ROWS", 7)
    bands = scene_points(scene, step=2, clean=False)
    for name in ("positions_m", "normals", "rgba", "layer"):
        np.testing.assert_array_equal(getattr(bands, name), getattr(whole, name))


def test_points_and_vertices_agree(scene):
    """Where a mesh has a vertex for a texel, the point of the texel is there too, with the same colour and normal."""
    cloud = scene_points(scene, clean=False)
    wall = layer_meshes(scene, triangles=None).layers[1]
    column, row = (wall.uv * [WIDTH_PX + 2 * BORDER_PX, HEIGHT_PX + 2 * BORDER_PX]).astype(np.intp).T
    mine = np.flatnonzero(cloud.layer == 1)[row * (WIDTH_PX + 2 * BORDER_PX) + column]
    np.testing.assert_allclose(cloud.positions_m[mine], wall.positions_m, rtol=1e-5, atol=1e-6)
    assert np.sum(cloud.normals[mine] * wall.normals, axis=1).min() > 0.9999
    assert np.abs(cloud.rgba[mine].astype(int) - wall.rgba).max() <= 1


def test_normals_do_not_lean_across_a_step():
    column = grid()[1]
    found = scene_points(scene_of(plane("wall", RED, np.where(column < 24, 1.0, 0.25))), clean=False)
    np.testing.assert_allclose(found.normals, np.tile([0, 0, -1], (len(found.layer), 1)), atol=1e-4)


def test_unknown_depths_leave_no_trace():
    scene = small_scene()
    assert np.isnan(scene.layers[0].inverse_depth).any()
    found = scene_points(scene, least_alpha=1e-3, clean=False)
    assert np.isfinite(found.positions_m).all() and np.isfinite(found.normals).all()
    counts = [int((layer.rgba[..., 3] >= 1e-3).sum()) for layer in scene.layers]
    assert np.bincount(found.layer).tolist() == counts


def test_infinity_is_left_out_or_clamped_and_said():
    near = np.zeros((HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX))
    near[10:20, 10:20] = 1
    scene = scene_of(plane("card", RED, 1.0, near), plane("sky", (0.2, 0.3, 0.9), 0.0))
    left_out = scene_points(scene, clean=False)
    assert set(left_out.layer.tolist()) == {0} and left_out.layer_names == ("card", "sky")
    assert left_out.notes == (f"layer sky: what is farther than 1000 m was left out ({near.size} points)",)
    clamped = scene_points(scene, clean=False, limits=Limits(infinity_m=50.0, beyond="clamp"))
    np.testing.assert_allclose(clamped.positions_m[clamped.layer == 1][:, 2], 50, rtol=1e-5)
    assert "was put at 50 m" in clamped.notes[0]


@pytest.mark.parametrize("slope", [0.0, 0.004])
def test_outliers_go_from_planes_that_slope_and_nothing_else_does(slope):
    pytest.importorskip("open3d", reason="cleaning needs relens[mesh]")
    column = grid()[1]
    inverse_depth = 0.5 + slope * (column - WIDTH_PX / 2)
    flying = np.zeros(inverse_depth.shape, bool)
    flying.flat[np.random.default_rng(1).choice(flying.size, 15, replace=False)] = True
    scene = scene_of(plane("wall", RED, np.where(flying, 3.0, inverse_depth)))
    all_points, cleaned = scene_points(scene, clean=False), scene_points(scene)
    assert (all_points.positions_m[:, 2] < 0.5).sum() == 15
    assert not (cleaned.positions_m[:, 2] < 0.5).any()
    lost = len(all_points.layer) - len(cleaned.layer)
    assert 15 <= lost <= 15 + 0.002 * flying.size
    assert cleaned.notes == (f"{lost} outliers were left out",)


def test_cleaning_says_what_it_needs(scene, monkeypatch):
    monkeypatch.setitem(sys.modules, "open3d", None)
    with pytest.raises(MissingPackageError, match=r"open3d; install it with: pip install 'relens\[mesh\]'"):
        scene_points(scene)
    assert len(scene_points(scene, clean=False).layer)


@pytest.mark.parametrize("voxel_m", [1e-8, 1e-19])
def test_cubes_smaller_than_all_distances_keep_every_point(scene, voxel_m):
    found = scene_points(scene, voxel_m=voxel_m, clean=False)
    assert len(found.layer) == len(scene_points(scene, clean=False).layer)


def test_clear_texels_are_never_points(scene):
    assert scene_points(scene, least_alpha=1e-50, clean=False).rgba[:, 3].min() > 0
