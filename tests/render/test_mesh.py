"""The mesh engine: what only it does; the laws and the other engines' agreement stand in test_laws."""

import numpy as np
import pytest
from layer_scenes import FX_PX, HEIGHT_PX, WIDTH_PX, grid, plane, rms, scene_of, texture

pytest.importorskip("open3d", reason="the mesh engine needs relens[mesh]")

from relens.camera import Camera, Intrinsics
from relens.errors import RelensError, ValueRangeError
from relens.lens import Lens
from relens.mesh import Mesh, MeshPart
from relens.render import shoot
from relens.render.mesh import MeshEngine, focus_on_m
from relens.render.mesh_of_scene import mesh_of_scene
from relens.render.viewpoint import viewpoint

_CAMERA = Camera(Intrinsics.centred(FX_PX, WIDTH_PX, HEIGHT_PX))


def square(depth_m, rgba=None, side_m=4.0):
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32) * side_m / 2
    corners[:, 2] = depth_m
    colour = None if rgba is None else np.tile(np.array(rgba, np.float32), (4, 1))
    return MeshPart(corners, np.array([[0, 1, 2], [0, 2, 3]], np.int32), rgba=colour)


def folded_scene():
    row, column = grid()
    hill = 0.6 + 0.25 * np.sin(row / 9) * np.cos(column / 11)
    disc = np.clip(0.5 - (np.hypot(row - 24, column - 30) - 12) / 4, 0, 1)
    return scene_of(plane("disc", texture(1), 1.5 + 0.002 * column, alpha=disc), plane("hill", texture(2), hill))


@pytest.mark.parametrize("move", [(0, 0, 0), (0.03, -0.02, 0.02)])
def test_agrees_with_the_reference(move):
    scene = folded_scene()
    camera, lens = scene.camera.moved(*move), Lens(85, 1.4, 1.2)
    traced = shoot(scene, lens, camera=camera, samples=64, engine="mesh").linear
    expected = shoot(scene, lens, camera=camera, samples=64, engine="reference").linear
    # Away from the frame, where the mesh ends and the layers' edges are held.
    difference = (traced - expected)[3:-3, 3:-3]
    assert rms(difference) < 0.004


def test_clear_surfaces_let_the_next_show_through():
    mesh = Mesh((square(1.0, (0.5, 0, 0, 0.5)), square(2.0, (0, 0, 0.5, 0.5)), square(3.0, (0, 1, 0, 1))))
    picture = shoot(mesh, Lens(50, 2, 2.0), camera=_CAMERA, samples=8)
    middle = picture.linear[16:-16, 16:-16]
    np.testing.assert_allclose(middle, np.broadcast_to([0.5, 0.25, 0.25], middle.shape), atol=1e-5)
    np.testing.assert_allclose(picture.alpha[16:-16, 16:-16], 1, atol=1e-5)
    # Half of a ray is stopped at the first.
    np.testing.assert_allclose(picture.depth_m[16:-16, 16:-16], 1, rtol=1e-4)


def test_clay_is_brightest_where_it_faces_the_camera():
    picture = shoot(Mesh((square(2.0),)), Lens(50, 8, 2.0), camera=_CAMERA, samples=4)
    assert picture.linear[HEIGHT_PX // 2, WIDTH_PX // 2] == pytest.approx(0.6, abs=0.01)
    assert (np.diff(picture.linear[HEIGHT_PX // 2, WIDTH_PX // 2 :, 0]) <= 1e-6).all()


def test_where_nothing_is_the_picture_is_clear():
    picture = shoot(Mesh((square(2.0, (1, 1, 1, 1), side_m=0.2),)), Lens(50, 8, 2.0), camera=_CAMERA, samples=4)
    assert picture.alpha[0, 0] == 0 and np.isnan(picture.depth_m[0, 0])
    assert np.isfinite(picture.linear).all()


@pytest.mark.parametrize("z_m", [2.0, 5.0], ids=["inside", "behind"])
def test_a_camera_inside_or_behind_the_model_sees_no_more_than_there_is(z_m):
    mesh = Mesh((square(1.0, (1, 0, 0, 1)), square(3.0, (0, 1, 0, 1))))
    picture = shoot(mesh, Lens(50, 8, 1.0), camera=_CAMERA.moved(z_m=z_m), samples=4)
    assert np.isfinite(picture.linear).all()
    assert picture.linear[24, 32] == pytest.approx([0, 1, 0] if z_m < 3 else [0, 0, 0], abs=1e-5)


def test_pixels_that_are_not_wanted_are_left_out():
    from relens.progress import silent
    from relens.render.engine import SampleBlock

    wanted = np.zeros((HEIGHT_PX, WIDTH_PX), bool)
    wanted[20:30, 30:40] = True
    estimate = MeshEngine(Mesh((square(2.0, (1, 1, 1, 1)),))).render(
        _CAMERA, Lens(50, 2, 1.0), SampleBlock(0, 8, 0), wanted, silent
    )
    assert ((estimate.count > 0) == wanted).all()


def test_the_viewpoint_frames_the_model():
    mesh = Mesh((square(7.0, (1, 1, 1, 1), side_m=0.5),))
    camera = viewpoint(mesh, 100)
    corners = camera.project(mesh.parts[0].vertices_m)
    assert (corners[:, 0].max() - corners[:, 0].min()) / 100 == pytest.approx(0.8, abs=0.01)
    assert focus_on_m(mesh, camera, None) == pytest.approx(1 / corners[0, 2], rel=1e-4)


def test_focus_beside_the_model():
    with pytest.raises(RelensError, match="nothing of the model is there"):
        focus_on_m(Mesh((square(2.0, side_m=0.1),)), _CAMERA, (1.0, 1.0))


def test_a_mesh_needs_a_camera_and_its_own_engine():
    mesh = Mesh((square(2.0),))
    with pytest.raises(ValueRangeError, match="camera"):
        shoot(mesh, Lens(50, 2, 1.0))
    with pytest.raises(ValueRangeError, match="engine=cpu"):
        shoot(mesh, Lens(50, 2, 1.0), camera=_CAMERA, engine="cpu")


def test_a_cut_mesh_has_no_long_triangles():
    _, column = grid()
    scene = scene_of(plane("page", texture(4), np.where(column < 30, 1.0, 0.3)))
    whole, cut = mesh_of_scene(scene), mesh_of_scene(scene, cut=0.1)
    assert cut.triangle_count < whole.triangle_count
    for part in cut.parts:
        depths_m = part.vertices_m[part.triangles][..., 2]
        assert np.ptp(1 / depths_m, axis=1).max() <= 0.1
