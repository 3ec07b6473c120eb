import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from posed_scene import posed_cameras

from relens import Lens
from relens.camera import opengl_from_opencv
from relens.errors import ValueRangeError
from relens.multiview.nerfstudio.engine import NerfstudioEngine
from relens.multiview.nerfstudio.open_nerfstudio import open_nerfstudio
from relens.multiview.nerfstudio.shoot_path import path_shots, shoot_path
from relens.path.nerfstudio import nerfstudio_size_px, read_nerfstudio
from relens.photo import srgb_encode
from relens.progress import silent
from relens.render.aim import Aim
from relens.render.engine import SampleBlock

_SIZE_PX = (24, 18)


@pytest.fixture(scope="module")
def trained(nerfacto: Path) -> NerfstudioEngine:
    return open_nerfstudio(nerfacto)


@pytest.fixture(scope="module")
def file(trained: NerfstudioEngine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A camera path as its viewer saves it: in the model's world, through two of the photos' cameras."""
    frames = []
    for camera in posed_cameras(8, 48)[3:5]:
        pose = trained.frame.to_model @ opengl_from_opencv(camera.camera_to_world)
        pose[:3, 3] *= trained.frame.scale
        k = camera.intrinsics
        fov = math.degrees(2 * math.atan(k.height_px / 2 / k.fy_px))
        frames.append({"camera_to_world": pose.ravel().tolist(), "fov": fov, "aspect": 4 / 3})
    said = {"camera_type": "perspective", "render_width": _SIZE_PX[0], "render_height": _SIZE_PX[1]}
    said |= {"fps": 2, "seconds": 1, "camera_path": frames, "keyframes": [], "is_cycle": False}
    file = tmp_path_factory.mktemp("path") / "camera_path.json"
    file.write_text(json.dumps(said))
    return file


def _path(file: Path, nerfacto: Path):
    return read_nerfstudio(file, dataparser_transforms=nerfacto.parent / "dataparser_transforms.json")


def test_a_camera_path_is_photographed_where_the_photos_were(trained, file: Path, nerfacto: Path) -> None:
    lens = Lens(85, 1.4, focus_distance_m=2.0)
    frames = path_shots(trained, _path(file, nerfacto), lens=lens, size_px=nerfstudio_size_px(file))
    assert len(frames) == 2 and (frames.width_px, frames.height_px) == _SIZE_PX
    told = []
    pictures = list(shoot_path(trained, frames, samples=4, progress=lambda stage, fraction: told.append(fraction)))
    for camera, picture in zip(posed_cameras(8, 48)[3:5], pictures, strict=True):
        there = replace(camera, intrinsics=camera.intrinsics.resized(*_SIZE_PX))
        expected = trained.render(there, lens, SampleBlock(0, 4, 0), None, silent)
        assert np.abs(picture.linear - expected.rgba[..., :3]).max() < 1e-3
        assert np.allclose(picture.depth_m, trained.pinhole_depth_m(there), rtol=1e-3, equal_nan=True)
    assert told == sorted(told) and told[-1] == 1


def test_ns_render_shows_the_same_path(trained, file: Path, nerfacto: Path, commands, tmp_path: Path) -> None:
    output = tmp_path / "frames.mp4"
    words = ("--camera-path-filename", file, "--output-path", output, "--output-format", "images")
    commands.run("ns-render", "camera-path", "--load-config", nerfacto, *words, "--image-format", "png")
    theirs = [np.asarray(Image.open(one), float)[..., :3] / 255 for one in sorted((tmp_path / "frames").iterdir())]
    pinhole = Lens(1, 128, focus_distance_m=2.0)
    ours = shoot_path(trained, path_shots(trained, _path(file, nerfacto), lens=pinhole, size_px=_SIZE_PX), samples=1)
    for picture, their in zip(ours, theirs, strict=True):
        assert np.abs(srgb_encode(picture.linear) - their).max() < 0.01


def test_exposure_and_focus_of_the_path_count(trained, file: Path, nerfacto: Path) -> None:
    path = _path(file, nerfacto)
    bright = replace(path, keyframes=tuple(replace(key, exposure_ev=1.0) for key in path.keyframes))
    pinhole = Lens(1, 128, focus_distance_m=2.0)
    plain, doubled = (
        next(iter(shoot_path(trained, path_shots(trained, one, lens=pinhole, size_px=(8, 6))[:1], samples=1)))
        for one in (path, bright)
    )
    assert np.allclose(doubled.linear, 2 * plain.linear)
    near = replace(path, keyframes=tuple(replace(key, focus=Aim(distance_m=0.7)) for key in path.keyframes))
    assert path_shots(trained, near, size_px=(8, 6))[1].lens.focus_distance_m == pytest.approx(0.7)


def test_without_a_focus_the_middle_of_the_first_frame_is_sharp(trained, file: Path, nerfacto: Path) -> None:
    frames = path_shots(trained, _path(file, nerfacto), lens=Lens(1, 2.0), size_px=_SIZE_PX)
    depth_m = trained.pinhole_depth_m(frames[0].camera)
    middle = float(depth_m[9, 12])
    # So little trained, the model may show nothing there; then the nearest counts.
    expected = middle if math.isfinite(middle) else float(np.nanmin(depth_m))
    assert frames[0].lens.focus_distance_m == pytest.approx(expected, rel=1e-4)


def test_a_focus_on_the_subject_is_refused(trained, file: Path, nerfacto: Path) -> None:
    path = _path(file, nerfacto)
    on_subject = replace(path, keyframes=(replace(path.keyframes[0], focus=Aim()), *path.keyframes[1:]))
    with pytest.raises(ValueRangeError, match="many photos have no subject"):
        path_shots(trained, on_subject)
