"""What a caller of shoot can rely on: depth and blur read-outs, seeds, threads, progress and errors."""

import numpy as np
import pytest
from layer_scenes import BLUE, FX_PX, HEIGHT_PX, RED, WIDTH_PX, grid, plane, rms, scene_of, texture
from unchecked import any_type, unchecked

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.render import shoot
from relens.render.shoot import MAX_SAMPLES

WIDE = Lens(50, 1.0, 2.0)
engines = pytest.mark.parametrize("engine", ["reference", "cpu"])


def disc_scene():
    row, column = grid()
    disc = np.hypot(row - 24, column - 30) < 12
    hill = 0.4 + 0.1 * np.sin(row / 9) * np.cos(column / 11)
    return scene_of(plane("disc", texture(1), 1.6, alpha=disc), plane("hill", texture(2), hill))


def slanted_scene(normal=(0.3, -0.2, 1.0), offset_m=2.0):
    """The plane normal . X = offset: its inverse depth is affine in the pixel."""
    row, column = grid()
    x, y = (column - WIDTH_PX / 2) / FX_PX, (row - HEIGHT_PX / 2) / FX_PX
    return scene_of(plane("slope", texture(3), (normal[0] * x + normal[1] * y + normal[2]) / offset_m))


@engines
@pytest.mark.parametrize("turn", [(0, 0, 0), (0.05, -0.03, 0.1)], ids=["straight", "turned"])
@pytest.mark.parametrize("move", [(0, 0, 0), (0.1, -0.05, 0.4), (0, 0, -0.3)])
def test_depth_and_blur_of_a_slanted_plane(engine, move, turn):
    normal, offset_m = np.array([0.3, -0.2, 1.0]), 2.0
    scene = slanted_scene()
    camera = scene.camera.moved(*move).turned(*turn)
    picture = shoot(scene, WIDE, camera=camera, samples=1, engine=engine)
    row, column = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX] + 0.5
    rays = np.stack([(column - WIDTH_PX / 2) / FX_PX, (row - HEIGHT_PX / 2) / FX_PX, np.ones_like(row)], axis=-1)
    # The ray eye + z R d meets the plane where normal . (eye + z R d) = offset; z is the depth in the camera.
    depth_m = (offset_m - normal @ camera.eye_m) / (rays @ camera.rotation.T @ normal)
    # Where the camera looks past the scene's border, the edge is held and the plane ends.
    photo = scene.camera.project(camera.unproject(np.stack([column, row, 1 / depth_m], axis=-1)))
    border = scene.border_px - 1
    known = (np.abs(photo[..., 0] - WIDTH_PX / 2) < WIDTH_PX / 2 + border) & (
        np.abs(photo[..., 1] - HEIGHT_PX / 2) < HEIGHT_PX / 2 + border
    )
    assert known.mean() > 0.6
    np.testing.assert_allclose(picture.depth_m[known], depth_m[known], rtol=1e-3)
    coc_px = FX_PX * WIDE.pupil_diameter_m * np.abs(1 / depth_m - 1 / 2.0)
    np.testing.assert_allclose(picture.coc_px[known], coc_px[known], atol=2e-3)
    assert picture.camera is camera and picture.lens is WIDE


@engines
def test_a_camera_moved_forward_sees_the_plane_larger(engine):
    # A linear ramp of light survives bilinear reading exactly.
    _, column = grid()
    ramp = np.repeat((0.5 + (column - WIDTH_PX / 2) / 200)[..., None], 3, axis=-1)
    scene = scene_of(plane("wall", ramp, 0.5))
    picture = shoot(scene, Lens(50, 8, 1.5), camera=scene.camera.moved(z_m=0.5), samples=8, engine=engine)
    # A point at column u (from the middle) on the plane at 2 m comes to u 2 / 1.5.
    seen = 0.5 + (np.arange(WIDTH_PX) + 0.5 - WIDTH_PX / 2) * (1.5 / 2) / 200
    np.testing.assert_allclose(picture.linear, np.broadcast_to(seen[:, None], picture.linear.shape), atol=1e-3)
    np.testing.assert_allclose(picture.depth_m, 1.5, rtol=1e-4)
    np.testing.assert_allclose(picture.coc_px, 0, atol=1e-2)


@engines
def test_what_is_behind_the_camera_is_not_seen(engine):
    scene = scene_of(plane("near", RED, 1.0), plane("far", BLUE, 0.25))
    picture = shoot(scene, Lens(50, 2, 3.0), camera=scene.camera.moved(z_m=2.0), samples=8, engine=engine)
    np.testing.assert_allclose(picture.linear, np.broadcast_to(BLUE, picture.linear.shape), atol=1e-5)
    np.testing.assert_allclose(picture.depth_m, 2, rtol=1e-4)


@engines
def test_through_holes_the_next_layer_is_seen(engine):
    row, column = grid()
    hole = np.hypot(row - 24, column - 30) < 10
    front = np.where(hole, np.nan, 1.0)
    scene = scene_of(plane("front", RED, front, alpha=~hole), plane("back", BLUE, 0.2))
    picture = shoot(scene, WIDE, samples=32, engine=engine)
    assert np.isfinite(picture.linear).all()
    np.testing.assert_allclose(picture.alpha, 1, atol=1e-5)
    np.testing.assert_allclose(picture.linear[24, 30], BLUE, atol=1e-3)
    assert picture.depth_m[24, 30] == pytest.approx(5, rel=1e-4)
    assert picture.depth_m[2, 2] == pytest.approx(1, rel=1e-4)


@engines
def test_where_there_is_nothing_there_is_nothing(engine):
    row, column = grid()
    hole = np.hypot(row - 24, column - 30) < 10
    scene = scene_of(plane("front", RED, np.where(hole, np.nan, 1.0), alpha=~hole))
    picture = shoot(scene, WIDE, samples=32, engine=engine)
    assert np.isfinite(picture.linear).all()
    assert picture.alpha[24, 30] == 0 and picture.linear[24, 30].max() == 0
    assert picture.alpha[2, 2] == pytest.approx(1, abs=1e-5)
    assert np.isnan(picture.depth_m[24, 30]) and np.isnan(picture.coc_px[24, 30])
    np.testing.assert_allclose(picture.linear[..., 0], picture.alpha, atol=1e-5)


@engines
def test_a_scene_without_visible_texels_is_empty(engine):
    scene = scene_of(plane("nothing", RED, 1.0, alpha=0.0))
    picture = shoot(scene, WIDE, samples=8, engine=engine)
    assert picture.alpha.max() == 0 and np.isnan(picture.depth_m).all()


@engines
def test_infinity(engine):
    scene = scene_of(plane("sky", texture(4, 0), 0.0))
    picture = shoot(scene, Lens(50, 1.0), samples=16, engine=engine)
    frame = (slice(16, -16), slice(16, -16))
    np.testing.assert_allclose(picture.linear, scene.layers[0].rgba[frame][..., :3], atol=1e-3)
    assert np.isposinf(picture.depth_m).all()
    np.testing.assert_allclose(picture.coc_px, 0)


@engines
def test_size_of_the_picture_follows_the_camera(engine):
    scene = disc_scene()
    small = type(scene.camera)(scene.camera.intrinsics.resized(32, 20))
    picture = shoot(scene, WIDE, camera=small, samples=8, engine=engine)
    shapes = {picture.linear.shape[:2], picture.alpha.shape, picture.depth_m.shape, picture.coc_px.shape}
    assert shapes == {(20, 32)}


@engines
def test_the_same_seed_gives_the_same_bits(engine):
    scene = disc_scene()
    camera = scene.camera.moved(0.02).turned(0.01)
    one, same = (shoot(scene, WIDE, camera=camera, samples=32, seed=7, engine=engine) for _ in range(2))
    for name in ("linear", "alpha", "depth_m", "coc_px"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    other = shoot(scene, WIDE, camera=camera, samples=32, seed=8, engine=engine)
    assert 0 < rms(one.linear - other.linear) < 0.02


def test_threads_do_not_change_a_bit(monkeypatch):
    scene, pictures = disc_scene(), []
    for threads in ("1", "4"):
        monkeypatch.setenv("RELENS_THREADS", threads)
        pictures.append(shoot(scene, WIDE, samples=64, engine="cpu"))
    np.testing.assert_array_equal(pictures[0].linear, pictures[1].linear)
    np.testing.assert_array_equal(pictures[0].depth_m, pictures[1].depth_m)


def test_auto_is_the_compiled_engine():
    scene = disc_scene()
    pictures = [shoot(scene, WIDE, samples=16, engine=engine).linear for engine in ("auto", "cpu")]
    np.testing.assert_array_equal(*pictures)


@engines
def test_progress_runs_from_start_to_end(engine):
    told = []
    shoot(disc_scene(), WIDE, samples=8, engine=engine, progress=lambda stage, part: told.append((stage, part)))
    fractions = [fraction for _, fraction in told]
    assert all(stage for stage, _ in told)
    assert fractions == sorted(fractions) and fractions[-1] == 1 and fractions[0] < 0.5
    assert len(fractions) > 4


@engines
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_progress_may_interrupt(engine, error):
    calls = []

    def stop(stage: str, fraction: float) -> None:
        calls.append(fraction)
        if len(calls) == 3:
            raise error

    with pytest.raises(error):
        shoot(disc_scene(), WIDE, samples=8, engine=engine, progress=stop)
    assert len(calls) == 3


@engines
@pytest.mark.parametrize("samples", [0, -1, MAX_SAMPLES + 1, 2.5, float("nan")])
def test_samples_out_of_range(engine, samples):
    with unchecked(), pytest.raises(ValueRangeError, match="samples"):
        shoot(disc_scene(), WIDE, samples=any_type(samples), engine=engine)


def test_an_unknown_engine_is_named():
    with unchecked(), pytest.raises(ValueRangeError, match=r"engine=warp.*cpu"):
        shoot(disc_scene(), WIDE, engine=any_type("warp"))


@engines
@pytest.mark.parametrize("seed", [-1, 0.5])
def test_seed_out_of_range(engine, seed):
    with unchecked(), pytest.raises(ValueRangeError, match="seed"):
        shoot(disc_scene(), WIDE, samples=8, seed=any_type(seed), engine=engine)
