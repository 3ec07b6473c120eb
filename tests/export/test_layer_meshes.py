import numpy as np
import pytest
from export_scene import CARD_M, CARD_RGB, depth_off, export_scene
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX, plane, scene_of

from relens.errors import RelensError, ValueRangeError
from relens.export import Limits, layer_meshes
from relens.export.frame import y_up
from relens.photo import srgb_encode


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
