"""Shots written for nerfstudio and read again are the same shots; its own files give its own cameras."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from any_camera_paths import any_camera_paths
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scene import small_scene

from relens.errors import FileError
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.nerfstudio import nerfstudio_size_px, read_nerfstudio, write_nerfstudio
from relens.path.shots import shots
from relens.path.transforms_json import read_transforms

FILES = Path(__file__).parent / "files"
OPENGL_AXES = np.diag([1.0, -1.0, -1.0, 1.0])
# Its own paths may look away from the subject.
FOCUSED = Lens(50, 2, 2.0)
SIZES = st.sampled_from([(64, 48), (36, 64), (30, 30)])
THEIRS = ["viewer_path", "viewer_loop", "legacy_path"]


def content(name):
    return json.loads((FILES / f"{name}.json").read_text())


@settings(max_examples=60)
@given(path=any_camera_paths(), size_px=SIZES)
def test_round_trip(tmp_path_factory, path, size_px):
    made = shots(CameraPath(*path), small_scene(), size_px=size_px)
    file = tmp_path_factory.mktemp("round") / "camera_path.json"
    write_nerfstudio(made, file)
    again = shots(read_nerfstudio(file), small_scene(), size_px=nerfstudio_size_px(file))
    assert (len(again), again.fps) == (len(made), made.fps)
    still = replace(made, opening=None, closing=None)
    for one, other in zip(still, again, strict=True):
        assert other.time_s == pytest.approx(one.time_s, abs=1e-9)
        np.testing.assert_allclose(other.camera.camera_to_world, one.camera.camera_to_world, atol=1e-6)
        assert numbers(other.camera.intrinsics) == pytest.approx(numbers(one.camera.intrinsics), rel=1e-6)
        assert other.exposure_ev == pytest.approx(one.exposure_ev, abs=1e-6)
        # Breathing is in the field of view.
        assert_same_lens(other.lens, replace(one.lens, breathing=False))


def numbers(k):
    return k.fx_px, k.fy_px, k.cx_px, k.cy_px, k.width_px, k.height_px


def assert_same_lens(one, other):
    for part, its in ((one, other), (one.aperture, other.aperture)):
        for name, value in vars(part).items():
            if name != "aperture":
                other_value = vars(its)[name]
                assert value == other_value or value == pytest.approx(other_value, rel=1e-6, abs=1e-9), name


@given(path=any_camera_paths(at_most=3), size_px=SIZES)
@settings(max_examples=20)
def test_nerfstudio_sees_the_same_points_in_the_same_pixels(tmp_path_factory, path, size_px):
    """Its pinhole: focal length height / 2 / tan(fov / 2), principal point in the middle, the camera looks along -z."""
    made = shots(CameraPath(*path), small_scene(), size_px=size_px)
    file = tmp_path_factory.mktemp("seen") / "camera_path.json"
    write_nerfstudio(made, file)
    data = json.loads(file.read_text())
    for shot, frame in zip(replace(made, opening=None, closing=None), data["camera_path"], strict=True):
        k = shot.camera.intrinsics
        point = shot.camera.unproject(np.array([3.0, 5.0, 0.5]))
        x, y, z, _ = np.linalg.inv(np.reshape(frame["camera_to_world"], (4, 4))) @ [*point, 1.0]
        focal_px = data["render_height"] / 2 / math.tan(math.radians(frame["fov"]) / 2)
        # The photo's principal point off the middle is what nerfstudio has not.
        assert focal_px * -y / -z == pytest.approx(5.0 - k.cy_px, abs=1e-6)
        assert focal_px * x / -z * k.fx_px / k.fy_px == pytest.approx(3.0 - k.cx_px, abs=1e-6)
        assert frame["aspect"] == data["render_width"] / data["render_height"]
    # ns-render's frames a second.
    assert len(data["camera_path"]) / data["seconds"] == pytest.approx(made.fps)


@pytest.mark.parametrize("name", THEIRS)
def test_its_paths_are_photographed_frame_by_frame(name):
    frames = content(name)["camera_path"]
    path = read_nerfstudio(FILES / f"{name}.json")
    size_px = nerfstudio_size_px(FILES / f"{name}.json")
    made = shots(path, small_scene(), lens=FOCUSED, size_px=size_px)
    assert len(made) == len(frames)
    for shot, frame in zip(made, frames, strict=True):
        expected = np.reshape(frame["camera_to_world"], (4, 4)) @ OPENGL_AXES
        np.testing.assert_allclose(shot.camera.camera_to_world, expected, atol=1e-9)
        focal_px = size_px[1] / 2 / math.tan(math.radians(frame["fov"]) / 2)
        assert shot.camera.intrinsics.fy_px == pytest.approx(focal_px)


@pytest.mark.parametrize("name", ["viewer_path", "legacy_path"])
def test_its_paths_begin_at_its_first_keyframe(name):
    """Its viewers' keyframes are written by other code than its frames; the legacy one has them column by column."""
    keyframe = content(name)["keyframes"][0]
    matrix = keyframe["matrix"] if name == "viewer_path" else json.loads(keyframe["matrix"])
    matrix = np.reshape(matrix, (4, 4)) if name == "viewer_path" else np.reshape(matrix, (4, 4)).T
    first = read_nerfstudio(FILES / f"{name}.json").keyframes[0]
    np.testing.assert_allclose(first.rotation, (matrix @ OPENGL_AXES)[:3, :3], atol=1e-9)
    np.testing.assert_allclose(first.eye_m, matrix[:3, 3], atol=1e-9)
    assert first.vertical_fov_rad == pytest.approx(math.radians(keyframe["fov"]))


def test_what_the_files_say_of_time_and_size():
    path = read_nerfstudio(FILES / "viewer_path.json")
    assert (path.fps, path.loop_s, path.spline) == (12.0, None, "linear")
    assert nerfstudio_size_px(FILES / "viewer_path.json") == (640, 360)
    loop = read_nerfstudio(FILES / "viewer_loop.json")
    assert loop.loop_s == pytest.approx(0.1) and loop.duration_s == pytest.approx(1.2)


def test_a_models_world_is_undone():
    """model_cameras.json has the data set's cameras as nerfstudio places them in its model."""
    path = read_nerfstudio(FILES / "model_cameras.json", dataparser_transforms=FILES / "dataparser_transforms.json")
    cameras = read_transforms(FILES / "nerfstudio_transforms.json")
    for keyframe, posed in zip(path.keyframes, cameras, strict=True):
        np.testing.assert_allclose(keyframe.eye_m, posed.camera.eye_m, atol=1e-5)
        np.testing.assert_allclose(keyframe.rotation, posed.camera.rotation, atol=1e-5)


def test_a_path_is_taken_into_a_models_world(tmp_path):
    there = read_nerfstudio(FILES / "model_cameras.json", dataparser_transforms=FILES / "dataparser_transforms.json")
    file = tmp_path / "camera_path.json"
    made = shots(there, small_scene(), size_px=(64, 48))
    write_nerfstudio(made, file, dataparser_transforms=FILES / "dataparser_transforms.json")
    frames = json.loads(file.read_text())["camera_path"]
    for frame, theirs in zip(frames, content("model_cameras")["camera_path"], strict=True):
        np.testing.assert_allclose(frame["camera_to_world"], theirs["camera_to_world"], atol=1e-5)


def test_its_viewer_gets_keyframes_that_last_as_long_as_the_film(tmp_path):
    path = read_nerfstudio(FILES / "viewer_path.json")
    made, file = shots(path, small_scene(), lens=FOCUSED), tmp_path / "camera_path.json"
    for given_, frames in (((), [0, 11]), ((path.keyframes[0], path.keyframes[4]), [0, 4, 11])):
        write_nerfstudio(made, file, given_)
        data = json.loads(file.read_text())
        for keyframe, frame in zip(data["keyframes"], frames, strict=True):
            assert keyframe["matrix"] == data["camera_path"][frame]["camera_to_world"]
            # Its viewer takes over a field of view only where it is not the default.
            assert keyframe["fov"] != data["default_fov"] and keyframe["override_transition_enabled"]
        assert sum(keyframe["override_transition_sec"] for keyframe in data["keyframes"]) == pytest.approx(1.0)


def edited(tmp_path, frame=None, **changes):
    data = content("viewer_path")
    for target, values in ((data["camera_path"][3], frame or {}), (data, changes)):
        for key, value in values.items():
            if value is None:
                target.pop(key)
            else:
                target[key] = value
    file = tmp_path / "edited.json"
    file.write_text(json.dumps(data))
    return file


def test_ns_render_goes_by_the_seconds(tmp_path):
    """The viewer rounds frames down, so 12 frames may be 1.03 s at 12 fps; 2 s were somebody's wish."""
    assert read_nerfstudio(edited(tmp_path, seconds=1.03)).fps == 12.0
    assert read_nerfstudio(edited(tmp_path, seconds=2.0)).fps == 6.0
    assert read_nerfstudio(edited(tmp_path, fps=None, seconds=3.0)).fps == 4.0
    assert read_nerfstudio(edited(tmp_path, seconds=None)).fps == 12.0


def test_one_frame_is_one_frame(tmp_path):
    path = read_nerfstudio(edited(tmp_path, camera_path=content("viewer_path")["camera_path"][:1], seconds=None))
    assert len(shots(path, small_scene())) == 1


IDENTITY = np.eye(4)


@pytest.mark.parametrize(
    ("frame", "changes", "message"),
    [
        ({"camera_to_world": None}, {}, r"camera_path\[3\]: camera_to_world=no matrix|1 numbers"),
        ({"camera_to_world": (2 * IDENTITY).ravel().tolist()}, {}, r"camera_path\[3\]: camera_to_world"),
        ({"camera_to_world": [math.nan] * 16}, {}, r"camera_path\[3\]: camera_to_world=NaN or infinite"),
        ({"camera_to_world": [1.0] * 9}, {}, r"camera_path\[3\]: camera_to_world=9 numbers: expected 16 numbers"),
        ({"fov": None}, {}, r"camera_path\[3\]: fov=None: expected 0\.06 to 177 degrees"),
        ({"fov": 180}, {}, r"camera_path\[3\]: fov=180: expected 0\.06 to 177 degrees"),
        ({"relens": {"f_stop": 2}}, {}, r"camera_path\[3\]: relens=f_stop: expected some of focus_distance_m,"),
        ({"relens": {"focus_distance_m": -1}}, {}, r"camera_path\[3\]: focus=-1\.0: expected a positive distance"),
        ({"relens": {"focus_distance_m": "far"}}, {}, r"camera_path\[3\]: focus_distance_m=far: expected a number"),
        ({"relens": {"f_number": "2"}}, {}, r"camera_path\[3\]: f_number=2: expected a number"),
        ({"relens": 2}, {}, r"camera_path\[3\]: relens=no object"),
        ({}, {"relens": {"lens": {"focal": 2}}}, r"relens\.lens=unknown: expected only the keys focal_length_mm"),
        ({}, {"relens": {"lens": {"f_number": -2}}}, r"f_number=-2"),
        ({}, {"camera_path": []}, r"has no camera_path; expected a list"),
        ({}, {"camera_path": None}, r"has no camera_path; expected a list"),
        ({}, {"fps": None, "seconds": None}, r"fps=missing: expected fps, or the seconds"),
        ({}, {"fps": -1}, r"fps=-1: expected a positive number"),
        ({}, {"camera_type": "equirectangular"}, r"camera_type=equirectangular: expected perspective"),
        ({}, {"camera_type": "OMNIDIRECTIONAL"}, r"camera_type=OMNIDIRECTIONAL: expected perspective"),
    ],
)
def test_one_line_says_what_is_wrong(tmp_path, frame, changes, message):
    file = edited(tmp_path, frame, **changes)
    with pytest.raises(FileError, match=message) as error:
        read_nerfstudio(file)
    assert str(error.value).startswith(f"{file}: ")


def test_a_fisheye_path_of_its_viewer_is_refused():
    with pytest.raises(FileError, match=r"viewer_fisheye\.json: camera_type=fisheye: expected perspective"):
        read_nerfstudio(FILES / "viewer_fisheye.json")


def test_a_size_and_a_transform_that_are_none(tmp_path):
    with pytest.raises(FileError, match=r"render_width=None: expected a whole number of pixels"):
        nerfstudio_size_px(edited(tmp_path, render_width=None))
    with pytest.raises(FileError, match=r"is no dataparser_transforms\.json: transform="):
        read_nerfstudio(FILES / "viewer_path.json", dataparser_transforms=FILES / "viewer_path.json")
