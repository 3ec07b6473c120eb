"""Motion blur: a picture is the mean over the time that the shutter is open, whatever moves of the camera.

| law | tolerance |
|---|---|
| a camera that stands still in an open shutter takes the still picture | exact |
| every engine takes what the mean of many stills over the exposure is | RMS 0.006 of light from 0 to 1 |
| a dot becomes a streak as long as the camera's way at its depth | 3 % |
| light is conserved | 0.2 % |
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX, grid, plane, rms, scene_of, texture

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.moving_camera import MovingCamera
from relens.progress import silent
from relens.render.choose import open_engine
from relens.render.engine import SampleBlock

_LENS = Lens(50, 2.8, 1.2)
_PINHOLE = Lens(1, 128)


@pytest.fixture(autouse=True)
def cuda_anywhere(monkeypatch):
    """Where there is no GPU, Warp compiles the very kernels of the GPU for the CPU."""
    from relens.render import choose

    def anywhere(scene):
        pytest.importorskip("warp", reason="the cuda engine needs relens[cuda]")
        from relens.render import cuda, cuda_device

        return cuda.CudaEngine(scene, "cpu" if cuda_device.why_no_gpu() else "cuda:0")

    monkeypatch.setattr(choose, "_cuda", anywhere)


def _scene():
    row, column = grid()
    disc = np.hypot(row - 24, column - 30) - 12
    hill = 0.6 + 0.25 * np.sin(row / 9) * np.cos(column / 11)
    return scene_of(
        plane("disc", texture(1), 1.5 + 0.002 * column, alpha=np.clip(0.5 - disc / 4, 0, 1)),
        plane("hill", texture(2), hill),
    )


def _taken(scene, camera, lens, samples, engine):
    if engine == "mesh":
        pytest.importorskip("open3d", reason="the mesh engine needs relens[mesh]")
    return open_engine(scene, engine).render(camera, lens, SampleBlock(0, samples, 0), None, silent).rgba


def _moves(camera: Camera) -> dict[str, MovingCamera]:
    k = camera.intrinsics
    zoomed = Camera(replace(k, fx_px=1.1 * k.fx_px, fy_px=1.1 * k.fy_px))
    return {
        "moves": MovingCamera(camera.moved(-0.02, 0.01, 0), camera.moved(0.03, 0, 0.02)),
        "turns": MovingCamera(camera.turned(-0.03, 0.02, -0.1), camera.turned(0.04, 0, 0.1)),
        "zooms": MovingCamera(camera, zoomed),
        "all": MovingCamera(camera.moved(0.01, 0, -0.05).turned(0.02, 0, 0.05), zoomed.moved(-0.01, 0.02, 0.03)),
    }


@pytest.mark.parametrize("engine", ["reference", "cpu", "cuda", "mesh"])
@pytest.mark.parametrize("move", ["moves", "turns", "zooms", "all"])
def test_is_the_mean_of_stills(engine, move):
    scene = _scene()
    camera = _moves(scene.camera)[move]
    times = (np.arange(64) + 0.5) / 64
    # Stills of the mesh engine, since its mesh is not quite the layers' surface; the others' are the reference's.
    truth_engine = "mesh" if engine == "mesh" else "cpu"
    stills = np.mean([_taken(scene, camera.at(time), _LENS, 32, truth_engine) for time in times], axis=0)
    samples = 64 if engine == "reference" else 512
    assert rms(_taken(scene, camera, _LENS, samples, engine) - stills) < 0.006


@pytest.mark.parametrize("engine", ["reference", "cpu", "cuda"])
def test_a_camera_that_stands_still_takes_the_still_picture(engine):
    scene = _scene()
    still = _taken(scene, scene.camera, _LENS, 16, engine)
    standing = _taken(scene, MovingCamera(scene.camera, scene.camera), _LENS, 16, engine)
    np.testing.assert_array_equal(standing, still)


@pytest.mark.parametrize("engine", ["reference", "cpu", "cuda"])
@pytest.mark.parametrize("inverse_depth", [0.5, 1.0])
def test_a_dot_becomes_a_streak_as_long_as_the_cameras_way(engine, inverse_depth):
    colour = np.zeros((HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX, 3), np.float32)
    colour[BORDER_PX + 25, BORDER_PX + 30] = 100.0
    scene = scene_of(plane("dot", colour, inverse_depth))
    fx_px = scene.camera.intrinsics.fx_px
    way_m = 12 / fx_px / inverse_depth  # 12 px
    camera = MovingCamera(scene.camera.moved(-way_m / 2), scene.camera.moved(way_m / 2))
    light = _taken(scene, camera, _PINHOLE, 256, engine)[..., 0]
    assert light.sum() == pytest.approx(100, rel=2e-3)
    column = np.arange(WIDTH_PX) + 0.5
    across = light.sum(axis=0) / light.sum()
    variance = (across * column**2).sum() - (across * column).sum() ** 2
    texel = _taken(scene, scene.camera, _PINHOLE, 1, engine)[..., 0].sum(axis=0) / 100
    own = (texel * column**2).sum() - (texel * column).sum() ** 2
    assert math.sqrt(12 * (variance - own)) == pytest.approx(12, rel=0.03)


@pytest.mark.parametrize("engine", ["reference", "cpu"])
def test_a_surface_is_seen_for_as_long_as_it_is_before_the_camera(engine):
    """A camera that flies through a wall sees it until it is there, and what lies behind it from then on."""
    ones = np.ones((*grid()[0].shape, 3), np.float32)
    scene = scene_of(plane("wall", ones * [1, 0, 0], 2.0), plane("behind", ones * [0, 0, 1], 0.5))
    camera = MovingCamera(scene.camera.moved(z_m=0.2), scene.camera.moved(z_m=0.6))
    middle = _taken(scene, camera, _PINHOLE, 64, engine)[HEIGHT_PX // 2, WIDTH_PX // 2]
    np.testing.assert_allclose(middle, [0.75, 0, 0.25, 1], atol=0.02)


def test_samples_follow_the_motion():
    """Where nothing is blurred eight samples would do; a moving camera makes even that take more."""
    scene = _scene()
    engine = open_engine(scene, "cpu")
    sharp = Lens(1, 64, 1.5)
    block = SampleBlock(0, 64, 0)
    camera = MovingCamera(scene.camera, scene.camera.moved(0.1))
    assert engine.render(scene.camera, sharp, block, None, silent).count.max() < 64
    assert engine.render(camera, sharp, block, None, silent).count.min() == 64


def test_cameras_of_two_sizes_are_refused():
    camera = _scene().camera
    with pytest.raises(ValueRangeError, match="the opening one's size"):
        MovingCamera(camera, Camera(camera.intrinsics.resized(20, 20)))


def test_in_between_it_goes_straight_turns_evenly_and_zooms_by_equal_factors():
    camera = _scene().camera
    k = camera.intrinsics
    last = Camera(replace(k, fx_px=4 * k.fx_px, fy_px=4 * k.fy_px)).moved(0.4).turned(yaw_rad=0.6)
    middle = MovingCamera(camera, last).middle
    assert middle.intrinsics.fx_px == pytest.approx(2 * k.fx_px)
    np.testing.assert_allclose(middle.eye_m, [0.2, 0, 0], atol=1e-12)
    np.testing.assert_allclose(middle.rotation, camera.turned(yaw_rad=0.3).rotation, atol=1e-12)
