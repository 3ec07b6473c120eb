from dataclasses import replace

import numpy as np
import pytest
from export_scene import CARD_M, CARD_RGB, depth_off, export_scene
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import BLUE, BORDER_PX, HEIGHT_PX, RED, WIDTH_PX, grid, plane, scene_of
from scipy.ndimage import distance_transform_edt
from small_scene import small_scene

from relens.camera import Camera, Intrinsics
from relens.errors import RelensError, ValueRangeError
from relens.export import Limits, layer_meshes
from relens.export.frame import y_up
from relens.export.grid import any_corner
from relens.photo import srgb_encode
from relens.scene import Layer, Scene

# Neither square pixels nor a principal point in the middle.
_ODD = Intrinsics(100, 83, 29.5, 26.25, WIDTH_PX, HEIGHT_PX)
_PAGE = np.array([WIDTH_PX + 2 * BORDER_PX, HEIGHT_PX + 2 * BORDER_PX])


@pytest.fixture(scope="module")
def scene():
    return export_scene()


def test_vertices_lie_on_the_surfaces(scene):
    mesh = layer_meshes(scene, triangles=None)
    assert [layer.name for layer in mesh.layers] == ["card", "wall"]
    for layer in mesh.layers:
        assert depth_off(y_up(layer.positions_m)).max() < 1e-5


def test_texture_coordinates_are_where_the_vertex_is_seen(scene):
    for layer in layer_meshes(scene).layers:
        pixel = scene.camera.project(layer.positions_m.astype(np.float64))[:, :2]
        size = np.array([WIDTH_PX + 2 * BORDER_PX, HEIGHT_PX + 2 * BORDER_PX])
        np.testing.assert_allclose(layer.uv * size - BORDER_PX, pixel, atol=1e-3)


def test_triangles_and_normals_face_the_camera(scene):
    for layer in layer_meshes(scene).layers:
        a, b, c = (layer.positions_m[layer.triangles[:, i]].astype(np.float64) for i in range(3))
        normal = np.cross(b - a, c - a)
        assert (np.sum(normal * a, axis=1) < 0).all()
        np.testing.assert_allclose(np.linalg.norm(layer.normals, axis=1), 1, atol=1e-5)
        unit = normal / np.linalg.norm(normal, axis=1, keepdims=True)
        assert (np.sum(unit * layer.normals[layer.triangles[:, 0]], axis=1) > 0.999).all()


def test_every_visible_texel_is_covered_once(scene):
    full = layer_meshes(scene, triangles=None).layers[1]
    # The wall is whole: its triangles' areas in texels sum to the page between texel centres.
    size = np.array([WIDTH_PX + 2 * BORDER_PX, HEIGHT_PX + 2 * BORDER_PX])
    for layer in (full, layer_meshes(scene, triangles=400).layers[1]):
        a, b, c = ((layer.uv * size)[layer.triangles[:, i]].astype(np.float64) for i in range(3))
        doubled = np.abs(np.cross(np.pad(b - a, ((0, 0), (0, 1))), np.pad(c - a, ((0, 0), (0, 1))))[:, 2])
        assert doubled.sum() / 2 == pytest.approx((size - 1).prod(), rel=1e-5)


def test_flat_things_take_few_triangles_and_stay_where_they_are(scene):
    full, few = (layer_meshes(scene, triangles=count) for count in (None, 400))
    assert few.triangle_count <= 400 < full.triangle_count / 10
    # Inverse depth is linear over a plane, so that fewer triangles lie on it exactly.
    assert all(depth_off(y_up(layer.positions_m)).max() < 1e-5 for layer in few.layers)


def test_a_bent_surface_is_simplified_within_a_part_of_its_relief():
    size = HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX
    row, column = np.indices(size)
    bent = 0.5 + 0.1 * np.sin(column / 12) * np.cos(row / 9)
    scene = scene_of(plane("wall", (0.5, 0.5, 0.5), bent))
    full, few = (layer_meshes(scene, triangles=count) for count in (None, 3000))
    assert 0.8 * 3000 < few.triangle_count <= 3000 < full.triangle_count
    layer = few.layers[0]
    middle = layer.positions_m[layer.triangles].mean(axis=1).astype(np.float64)
    pixel = scene.camera.project(middle)
    at = np.clip(np.floor(pixel[:, 1::-1] + BORDER_PX).astype(int), 0, np.array(size) - 1)
    assert np.abs(pixel[:, 2] - bent[at[:, 0], at[:, 1]]).max() < 0.02


def test_a_step_within_a_layer_is_torn():
    column = np.indices((HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX))[1]
    scene = scene_of(plane("wall", (0.5, 0.5, 0.5), np.where(column < 40, 1.0, 0.25)))
    layer = layer_meshes(scene, triangles=None).layers[0]
    depth_m = layer.positions_m[layer.triangles][..., 2]
    assert (np.ptp(depth_m, axis=1) < 0.5).all()
    assert {1.0, 4.0} == set(np.unique(depth_m.round(4)).tolist())


def test_pages_hold_straight_colours_without_dark_rims(scene):
    card = layer_meshes(scene).layers[0]
    expected = np.round(srgb_encode(np.array(CARD_RGB)) * 255)
    near = card.page[10:-10, 10:-10]
    assert set(np.unique(card.page[..., 3]).tolist()) == {0, 128, 255}
    assert np.abs(near[..., :3].astype(int) - expected).max() <= 1


def test_infinity_is_left_out_or_clamped():
    scene = scene_of(plane("card", CARD_RGB, 1 / CARD_M, np.eye(80, 96) > 0), plane("sky", (0.2, 0.3, 0.9), 0.0))
    assert [layer.name for layer in layer_meshes(scene).layers] == ["card"]
    clamped = layer_meshes(scene, limits=Limits(infinity_m=50.0, beyond="clamp"))
    np.testing.assert_allclose(clamped.layers[1].positions_m[:, 2], 50, rtol=1e-5)
    assert any("50 m" in note for note in clamped.notes)
    with pytest.raises(RelensError, match="no visible surface"):
        layer_meshes(scene_of(plane("sky", (0.2, 0.3, 0.9), 0.0)))


@pytest.mark.parametrize("wrong", [{"triangles": 0}, {"outline_px": 0}, {"texture_px": 3}])
def test_numbers_out_of_range(scene, wrong):
    with pytest.raises(ValueRangeError, match=next(iter(wrong))):
        layer_meshes(scene, **wrong)


def test_positions_are_the_layers_depth_unprojected_by_the_photos_own_camera():
    scene = replace(export_scene(), camera=Camera(_ODD))
    layers = {layer.name: layer for layer in scene.layers}
    for layer in layer_meshes(scene, triangles=None).layers:
        # Every vertex is at a texel's centre: which, its texture coordinates say.
        column, row = (layer.uv * _PAGE).astype(np.intp).T
        np.testing.assert_allclose(layer.uv * _PAGE % 1, 0.5, atol=1e-4)
        depth_m = 1 / layers[layer.name].inverse_depth[row, column].astype(np.float64)
        x = (column + 0.5 - BORDER_PX - _ODD.cx_px) / _ODD.fx_px * depth_m
        y = (row + 0.5 - BORDER_PX - _ODD.cy_px) / _ODD.fy_px * depth_m
        np.testing.assert_allclose(layer.positions_m, np.column_stack([x, y, depth_m]), rtol=1e-5, atol=1e-6)


def test_depths_that_are_unknown_under_clear_texels_leave_no_trace():
    scene = small_scene()
    assert np.isnan(scene.layers[0].inverse_depth).any()
    mesh = layer_meshes(scene, triangles=None, limits=Limits(steepest_deg=90))
    assert len(mesh.layers) == 2
    for layer in mesh.layers:
        assert np.isfinite(layer.positions_m).all() and np.isfinite(layer.normals).all()
        assert (layer.positions_m[:, 2] > 0).all()


def test_a_layer_with_nothing_to_see_is_left_out():
    scene = scene_of(plane("ghost", RED, np.nan, 0.0), plane("wall", RED, 0.5))
    assert [layer.name for layer in layer_meshes(scene).layers] == ["wall"]


@pytest.mark.parametrize("outline_px", [1, 2, 4, 8])
def test_triangles_reach_no_farther_over_the_outline_than_asked(outline_px):
    row, column = grid()
    seen = np.hypot(row - 22, column - 30) < 15
    mesh = layer_meshes(scene_of(plane("disc", RED, 0.5, seen)), triangles=3000, outline_px=outline_px)
    layer = mesh.layers[0]
    assert not mesh.notes
    # To the nearest visible texel; a square is visible as far as the diagonal from it.
    reach_px = distance_transform_edt(~seen)
    at_column, at_row = (layer.uv * _PAGE).astype(np.intp).T
    assert reach_px[at_row, at_column].max() <= outline_px + np.sqrt(2) + 1e-6
    # Whatever points of whatever triangle: to the nearest square with a corner that is not clear.
    shares = np.array([(i, j, 6 - i - j) for i in range(7) for j in range(7 - i)]) / 6
    points = (shares @ (layer.uv * _PAGE)[layer.triangles]).reshape(-1, 2)
    square = np.argwhere(any_corner(seen))[:, ::-1] + 1.0
    off_px = [np.hypot(*np.maximum(np.abs(square - point) - 0.5, 0).T).min() for point in points]
    assert max(off_px) <= outline_px


def test_outlines_grow_to_keep_to_the_number_of_triangles_and_say_so():
    row, column = grid()
    seen = np.hypot(row - 22, column - 30) < 15
    mesh = layer_meshes(scene_of(plane("disc", RED, 0.5, seen)), triangles=60, outline_px=1)
    assert mesh.triangle_count <= 60
    assert any("outlines reach up to" in note and "60 triangles" in note for note in mesh.notes)


def test_more_triangles_than_asked_are_noted():
    scene = export_scene()
    mesh = layer_meshes(scene, triangles=1)
    assert mesh.triangle_count > 1
    assert any("need more than 1" in note for note in mesh.notes)


def test_triangles_go_to_the_layer_with_form():
    row, column = grid()
    bent = 0.5 + 0.1 * np.sin(column / 3) * np.cos(row / 4)
    left = (column < WIDTH_PX / 2).astype(float)
    mesh = layer_meshes(scene_of(plane("flat", RED, 0.9, left), plane("bent", BLUE, bent)), triangles=2000)
    flat, formed = (len(layer.triangles) for layer in mesh.layers)
    assert formed > 5 * flat and 1500 < flat + formed <= 2000


def test_smaller_pages_do_not_move_the_mesh(scene):
    full, small = layer_meshes(scene), layer_meshes(scene, texture_px=24)
    for one, other in zip(full.layers, small.layers, strict=True):
        assert other.page.shape == (20, 24, 4) and one.page.shape[:2] == tuple(_PAGE[::-1])
        np.testing.assert_array_equal(one.positions_m, other.positions_m)
        np.testing.assert_array_equal(one.uv, other.uv)


def test_light_above_white_is_noted():
    notes = layer_meshes(scene_of(plane("lamp", (3, 3, 3), 0.5, 0.5), plane("wall", RED, 0.3))).notes
    assert sum("above white" in note for note in notes) == 1
    assert any(note.startswith("layer lamp: light above white, 100.0%") for note in notes)


def test_progress_runs_from_nothing_to_all():
    told = []
    layer_meshes(export_scene(), triangles=500, progress=lambda stage, share: told.append((stage, share)))
    assert {stage for stage, _ in told} == {"mesh"}
    shares = [share for _, share in told]
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(shares)


def _step_scene():
    column = grid()[1]
    return scene_of(plane("wall", (0.5, 0.5, 0.5), np.where(column < 24, 1.0, 0.25)))


@pytest.mark.parametrize("triangles", [100, 600, 5000, 500_000])
def test_no_triangle_is_stretched_over_a_step_however_few_there_are(triangles):
    layer = layer_meshes(_step_scene(), triangles=triangles).layers[0]
    depth_m = layer.positions_m[layer.triangles][..., 2]
    assert np.ptp(depth_m, axis=1).max() < 0.5


def test_more_triangles_than_the_scene_has_take_nothing_away():
    row, column = grid()
    scene = scene_of(plane("wall", RED, 0.5 + 0.1 * np.sin(column / 12) * np.cos(row / 9)))
    full, allowed = layer_meshes(scene, triangles=None), layer_meshes(scene, triangles=500_000)
    assert allowed.triangle_count == full.triangle_count and not allowed.notes


def test_a_sky_that_is_left_out_is_noted():
    scene = scene_of(plane("card", CARD_RGB, 1 / CARD_M, np.eye(80, 96)), plane("sky", (0.2, 0.3, 0.9), 0.0))
    assert any("1000 m was left out (7680 texels)" in note for note in layer_meshes(scene).notes)


def test_a_scene_that_is_all_torn_is_an_error():
    row, column = grid()
    board = np.where((row + column) % 2 < 1, 1.0, 0.2)
    with pytest.raises(RelensError, match="no visible surface"):
        layer_meshes(scene_of(plane("wall", RED, board)), triangles=None)


@pytest.mark.parametrize("beyond", ["clamp", "leave-out"])
def test_positions_are_finite_whatever_counts_as_infinity(beyond):
    scene = scene_of(plane("card", CARD_RGB, 1 / CARD_M, np.eye(80, 96)), plane("sky", (0.2, 0.3, 0.9), 0.0))
    mesh = layer_meshes(scene, limits=Limits(infinity_m=1e46, beyond=beyond))
    assert all(np.isfinite(layer.positions_m).all() for layer in mesh.layers)


def _mask_scene(alpha):
    height, width = alpha.shape
    rgba = np.repeat(alpha[..., None].astype(np.float32), 4, axis=2)
    camera = Camera(Intrinsics.centred(50, width, height))
    return Scene(camera, (Layer("mask", rgba, np.full((height, width), 0.5, np.float32)),))


def _covered_visible(alpha, **options):
    """How many triangles cover each of many points of the squares with a corner that is not clear."""
    (layer,) = layer_meshes(_mask_scene(alpha), **options).layers
    a, b, c = ((layer.uv * alpha.shape[::-1])[layer.triangles[:, i]].astype(np.float64) for i in range(3))
    seen = (alpha[1:, 1:] + alpha[:-1, 1:] + alpha[1:, :-1] + alpha[:-1, :-1]) > 0
    # Odd numbers, so that no point lies on an edge.
    fine = np.indices((5, 5)).reshape(2, -1).T / 5 + np.array([0.06137, 0.09371])
    points = (np.argwhere(seen)[:, None] + fine).reshape(-1, 2)[:, ::-1] + 0.5
    two = np.einsum("mij,pmj->pmi", np.linalg.inv(np.stack([b - a, c - a], axis=-1)), points[:, None] - a)
    return ((two > 0).all(axis=-1) & (two.sum(axis=-1) < 1)).sum(axis=1)


@settings(max_examples=40)
@given(st.integers(0, 9999), st.sampled_from([None, 5000]))
def test_what_is_visible_is_covered_once_whatever_its_outline_and_the_pages_size(seed, triangles):
    rng = np.random.default_rng(seed)
    alpha = rng.random(rng.integers(2, 14, 2)) < rng.choice([0.05, 0.3])
    alpha.flat[rng.integers(alpha.size)] = True
    assert (_covered_visible(alpha.astype(float), triangles=triangles) == 1).all()


def test_coarse_outlines_leave_no_hole_at_the_pages_edge():
    alpha = np.zeros((4, 13))
    alpha[[0, 1, 1, 3, 3], [12, 5, 12, 1, 9]] = 1
    assert (_covered_visible(alpha, triangles=60) == 1).all()
