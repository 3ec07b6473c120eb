"""Models as scenes: a quad before a checkered wall, whose hidden part only the model knows."""

from dataclasses import replace

import numpy as np
import pytest
from splat_clouds import cloud, together, wall

pytest.importorskip("open3d", reason="meshes need relens[mesh]")

from relens.camera import Camera, Intrinsics
from relens.capture import render_splats, scene_of, scene_of_mesh, scene_of_splats
from relens.capture.render_mesh import render_mesh
from relens.errors import RelensError, ValueRangeError
from relens.lens import Lens
from relens.mesh import Mesh, MeshPart
from relens.render import shoot
from relens.render.mesh import MeshEngine

_CAMERA = Camera(Intrinsics.centred(150.0, 112, 96))
_PINHOLE = Lens(50, 64, 2.0)
_MOVES = [(0.04, 0.03, 0.0), (-0.05, 0.01, 0.0)]
_DARK, _BRIGHT = np.array([0.1, 0.2, 0.6]), np.array([0.9, 0.8, 0.2])


def _checker(x, y, size_m=0.25):
    """Squares without edges, whose resampling would outweigh what is tested."""
    share = 0.5 + 0.5 * np.sin(np.pi * x / size_m) * np.sin(np.pi * y / size_m)
    return _DARK + share[..., None] * (_BRIGHT - _DARK)


def _red(x, y):
    return np.stack([0.6 + 0.2 * np.sin(30 * x), 0.2 + 0 * x, 0.2 + 0.1 * np.cos(30 * y)], -1)


def _quad(depth_m, half_m, rgb_at, texels=256):
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32) * half_m
    corners[:, 2] = depth_m
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    at = ((np.arange(texels) + 0.5) / texels * 2 - 1) * half_m
    rgb = rgb_at(*np.meshgrid(at, at))
    return MeshPart(corners, triangles, uv[triangles], np.dstack([rgb, np.ones((texels, texels))]).astype(np.float32))


_FRONT, _WALL = _quad(1.0, 0.151, _red), _quad(3.0, 2.0, _checker)
_MESH = Mesh((_FRONT, _WALL))


@pytest.fixture(scope="module")
def scene():
    return scene_of_mesh(_MESH, _CAMERA)


@pytest.fixture(scope="module")
def splats():
    small = wall(1.0, 0.151, 0.0042, _red)
    return together(small, wall(3.0, 1.9, 0.0125, _checker))


def _plain(monkeypatch, make, *arguments):
    """The scene with everything hidden invented."""
    with monkeypatch.context() as patch:
        patch.setattr(scene_of, "with_true_hidden", lambda layers, *_, **__: (tuple(layers), 0.0))
        return make(*arguments)


def _uncovered(camera):
    """Pixels in which a moved camera sees wall that the quad hid, but for 2.5 pixels beside the quad's own outline."""
    k, eye_m = camera.intrinsics, camera.eye_m
    column, row = np.meshgrid(np.arange(k.width_px) + 0.5, np.arange(k.height_px) + 0.5)
    ray = np.stack([(column - k.cx_px) / k.fx_px, (row - k.cy_px) / k.fy_px], -1)
    was_hidden = (np.abs(eye_m[:2] + 3 * ray) / 3 < 0.151).all(axis=-1)
    return was_hidden & ~(np.abs(eye_m[:2] + ray) < 0.151 + 2.5 / k.fx_px).all(axis=-1)


def _psnr_db(one, other, where):
    assert where.sum() > 50
    return -10 * np.log10(np.mean(np.square(one - other)[where]))


def _composite(scene):
    picture, clear = 0.0, 1.0
    for layer in scene.layers:
        picture = picture + clear * layer.rgba
        clear = clear * (1 - layer.rgba[..., 3:])
    return picture


def _wide(scene):
    k, b = scene.camera.intrinsics, scene.border_px
    return Camera(Intrinsics(k.fx_px, k.fy_px, k.cx_px + b, k.cy_px + b, k.width_px + 2 * b, k.height_px + 2 * b))


def test_the_camera_sees_what_it_saw(scene):
    seen = render_mesh(MeshEngine(_MESH), _wide(scene))
    np.testing.assert_allclose(_composite(scene)[..., :3], seen.colour, atol=2e-6)
    np.testing.assert_allclose(_composite(scene)[..., 3], 1, atol=1e-6)


def test_the_wall_behind_is_the_models(scene, monkeypatch):
    truth = render_mesh(MeshEngine(Mesh((_WALL,))), _wide(scene))
    front, background = scene.layers
    hidden = (front.rgba[..., 3] >= 0.5) & (background.rgba[..., 3] > 0)
    assert hidden.sum() > 800
    np.testing.assert_allclose(background.rgba[hidden, :3], truth.colour[hidden], atol=1e-4)
    np.testing.assert_allclose(background.inverse_depth[hidden], 1 / 3, rtol=1e-5)
    invented = _plain(monkeypatch, scene_of_mesh, _MESH, _CAMERA).layers[1]
    assert np.abs(invented.rgba[hidden, :3] - truth.colour[hidden]).mean() > 0.1


def test_what_the_camera_sees_is_lifted_as_ever(scene, monkeypatch):
    plain = _plain(monkeypatch, scene_of_mesh, _MESH, _CAMERA)
    assert [layer.name for layer in plain.layers] == [layer.name for layer in scene.layers]
    through = (plain.layers[0].rgba[..., 3] > 0) & (plain.layers[0].rgba[..., 3] < 1)
    assert through.mean() < 0.05
    seen = [~through, plain.layers[0].rgba[..., 3] < 0.5]
    for layer, before, visible in zip(scene.layers, plain.layers, seen, strict=True):
        np.testing.assert_array_equal(layer.rgba[visible], before.rgba[visible])
        np.testing.assert_array_equal(layer.inverse_depth[visible], before.inverse_depth[visible])
    np.testing.assert_allclose(_composite(scene), _composite(plain), atol=1e-6)


def test_the_border_is_captured_too(scene):
    assert scene.border_px >= 5
    beside = render_mesh(MeshEngine(_MESH), _wide(scene)).colour[:, : scene.border_px]
    np.testing.assert_allclose(_composite(scene)[:, : scene.border_px, :3], beside, atol=1e-6)


@pytest.mark.parametrize("move", _MOVES)
def test_a_moved_camera_sees_the_mesh(scene, monkeypatch, move):
    camera = _CAMERA.moved(*move)
    new = _uncovered(camera)
    truth = shoot(_MESH, _PINHOLE, camera=camera, samples=8).linear
    found = _psnr_db(shoot(scene, _PINHOLE, camera=camera, samples=8, engine="cpu").linear, truth, new)
    plain = _plain(monkeypatch, scene_of_mesh, _MESH, _CAMERA)
    invented = _psnr_db(shoot(plain, _PINHOLE, camera=camera, samples=8, engine="cpu").linear, truth, new)
    assert found > 40 and found > invented + 20


@pytest.mark.parametrize("move", _MOVES)
def test_a_moved_camera_sees_the_splats(splats, monkeypatch, move):
    camera = _CAMERA.moved(*move)
    new = _uncovered(camera)
    truth = render_splats(splats, camera).colour
    lifted = scene_of_splats(splats, _CAMERA)
    found = _psnr_db(shoot(lifted, _PINHOLE, camera=camera, samples=8, engine="cpu").linear, truth, new)
    plain = _plain(monkeypatch, scene_of_splats, splats, _CAMERA)
    invented = _psnr_db(shoot(plain, _PINHOLE, camera=camera, samples=8, engine="cpu").linear, truth, new)
    assert found > 40 and found > invented + 20


def test_a_camera_elsewhere_becomes_the_world(scene):
    moved = Camera(_CAMERA.intrinsics).moved(1.0, 2.0, -3.0).turned(0.4, 0.2, 0.3)
    turn, shift_m = moved.rotation, moved.eye_m
    parts = tuple(
        replace(part, vertices_m=(part.vertices_m @ turn.T + shift_m).astype(np.float32)) for part in _MESH.parts
    )
    found = scene_of_mesh(Mesh(parts), moved)
    np.testing.assert_array_equal(found.camera.camera_to_world, np.eye(4))
    # Single precision moves an edge here and there.
    assert found.border_px - scene.border_px in (0, 1)
    inner = (slice(found.border_px - scene.border_px, scene.border_px - found.border_px or None),) * 2
    difference = np.abs(_composite(found)[inner] - _composite(scene)).max(axis=-1)
    assert np.quantile(difference, 0.98) < 1e-3


def test_where_nothing_is_the_scene_is_clear():
    ball = _quad(1.2, 0.1, _red)
    tilted = MeshPart(ball.vertices_m + np.float32([0, 0, 0.1]) * np.sign(ball.vertices_m[:, :1]), ball.triangles,
                      ball.uv, ball.texture)  # fmt: skip
    mesh = Mesh((tilted,))
    found = scene_of_mesh(mesh, _CAMERA)
    seen = render_mesh(MeshEngine(mesh), _wide(found))
    assert 0.05 < (seen.alpha > 0).mean() < 0.5
    for layer in found.layers:
        assert not layer.rgba[seen.alpha == 0].any()
    np.testing.assert_allclose(_composite(found)[..., 3], seen.alpha, atol=0.021)


def test_nothing_hidden_stays_invented_in_a_whole_model():
    """Behind the quad there is no wall but beside it: no fill may look out."""
    far = _quad(3.0, 1.0, _checker)
    aside = MeshPart(far.vertices_m + np.float32([1.1, 0, 0]), far.triangles, far.uv, far.texture)
    mesh = Mesh((_quad(1.0, 0.2, _red), aside))
    found = scene_of_mesh(mesh, _CAMERA)
    truth = render_mesh(MeshEngine(Mesh((aside,))), _wide(found))
    nothing = cv2_eroded(truth.alpha == 0)
    assert not found.layers[-1].rgba[nothing].any()
    assert (found.layers[0].rgba[..., 3] == 1)[nothing].sum() > 500


def cv2_eroded(mask):
    import cv2

    return cv2.erode(mask.astype(np.uint8), np.ones((3, 3))) > 0


def test_fog_between_splats_is_no_window(splats):
    seen = render_splats(splats, _CAMERA)
    assert seen.alpha.min() < 0.99999
    found = scene_of_splats(splats, _CAMERA)
    inner = (slice(found.border_px, -found.border_px),) * 2
    np.testing.assert_allclose(_composite(found)[inner][..., 3], 1, atol=1e-6)
    assert "splats" in found.depth_source


def test_a_camera_that_sees_nothing_is_told():
    with pytest.raises(RelensError, match="sees nothing"):
        scene_of_mesh(_MESH, _CAMERA.turned(yaw_rad=np.pi))
    with pytest.raises(RelensError, match="sees nothing"):
        scene_of_splats(cloud([0, 0, -2], 0.1), _CAMERA)


@pytest.mark.parametrize("reach_m", [0, -1, 11, np.nan])
def test_reach_out_of_range(reach_m):
    with pytest.raises(ValueRangeError, match="reach_m"):
        scene_of_splats(cloud([0, 0, 2], 0.1), _CAMERA, reach_m=reach_m)
