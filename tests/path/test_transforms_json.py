"""A transforms.json gives the cameras that its own program means: OpenGL axes, focal lengths in pixels."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from relens.errors import FileError
from relens.path.transforms_json import read_transforms

FILES = Path(__file__).parent / "files"
OPENGL_AXES = np.diag([1.0, -1.0, -1.0, 1.0])


@pytest.mark.parametrize("dialect", ["nerfstudio", "ngp", "blender"])
def test_poses_are_the_files_in_opencv_axes(dialect):
    file = FILES / f"{dialect}_transforms.json"
    frames = json.loads(file.read_text())["frames"]
    cameras = read_transforms(file)
    assert [posed.name for posed in cameras] == [frame["file_path"] for frame in frames]
    for posed, frame in zip(cameras, frames, strict=True):
        expected = np.array(frame["transform_matrix"]) @ OPENGL_AXES
        np.testing.assert_allclose(posed.camera.camera_to_world, expected, atol=1e-6)


def test_a_point_before_an_opengl_camera_is_up_and_right_in_the_picture():
    [posed] = read_transforms(FILES / "blender_transforms.json")
    matrix = np.array(json.loads((FILES / "blender_transforms.json").read_text())["frames"][0]["transform_matrix"])
    column_px, row_px, inverse_m = posed.camera.project((matrix @ [0.5, 0.25, -2.0, 1.0])[:3])
    assert inverse_m == pytest.approx(0.5, abs=1e-6)
    focal_px = 80 / 2 / math.tan(0.6911112070083618 / 2)
    assert (column_px, row_px) == pytest.approx((40 + focal_px * 0.25, 30 - focal_px * 0.125), abs=1e-3)


def test_nerfstudio_and_instant_ngp_say_pixels_and_distortion():
    k = read_transforms(FILES / "nerfstudio_transforms.json")[0]
    assert k.camera.intrinsics == type(k.camera.intrinsics)(500.5, 501.25, 322.0, 238.5, 640, 480, "transforms.json")
    assert k.note == "lens distortion is not taken out: k1=0.012, k2=-0.003"
    k = read_transforms(FILES / "ngp_transforms.json")[0]
    # Given both ways, the focal length in pixels wins over the angle.
    assert k.camera.intrinsics.fx_px == 1375.52 and k.camera.intrinsics.width_px == 1080
    assert "k1=0.0578421" in k.note and "p2" in k.note


def test_the_size_comes_from_the_photo_where_the_file_says_none():
    [posed] = read_transforms(FILES / "blender_transforms.json")
    k = posed.camera.intrinsics
    assert (k.width_px, k.height_px, k.cx_px, k.cy_px) == (80, 60, 40, 30) and posed.note == ""


def edited(tmp_path, **changes):
    data = json.loads((FILES / "nerfstudio_transforms.json").read_text())
    for key, value in changes.items():
        if key in ("transform_matrix", "fl_x", "w"):
            data["frames"][2][key] = value
        else:
            data[key] = value
    file = tmp_path / "transforms.json"
    file.write_text(json.dumps(data))
    return file


def test_a_frames_own_value_wins(tmp_path):
    cameras = read_transforms(edited(tmp_path, fl_x=700))
    assert [posed.camera.intrinsics.fx_px for posed in cameras] == [500.5, 500.5, 700, 500.5]


def test_without_a_principal_point_it_is_the_middle(tmp_path):
    k = read_transforms(_without(tmp_path, "cx", "cy"))[0].camera.intrinsics
    assert (k.cx_px, k.cy_px) == (320, 240)


SKEWED = np.diag([1.0, 1.1, 1.0, 1.0]).tolist()
MIRRORED = np.diag([1.0, 1.0, -1.0, 1.0]).tolist()
NAN = np.diag([1.0, 1.0, math.nan, 1.0]).tolist()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"transform_matrix": NAN}, r"frames\[2\]: transform_matrix=NaN or infinite: expected finite numbers"),
        ({"transform_matrix": SKEWED}, r"frames\[2\]: transform_matrix=scaled, skewed or mirrored: expected"),
        ({"transform_matrix": MIRRORED}, r"frames\[2\]: transform_matrix=scaled, skewed or mirrored"),
        ({"transform_matrix": [[1, 0], [0, 1]]}, r"frames\[2\]: transform_matrix=4 numbers: expected 16 numbers"),
        ({"transform_matrix": "I"}, r"frames\[2\]: transform_matrix=no matrix"),
        ({"fl_x": -3}, r"frames\[2\]: fl_x=-3: expected a positive focal length"),
        ({"w": 0.5}, r"frames\[2\]: w=0.5: expected a whole number of pixels"),
        ({"camera_model": "OPENCV_FISHEYE"}, r"camera_model=OPENCV_FISHEYE: expected a pinhole.*undistort"),
        ({"is_fisheye": True}, r"camera_model=fisheye: expected a pinhole"),
        ({"frames": []}, r"has no frames; expected a list with at least one entry"),
        ({"frames": [{}, 3]}, r"frames\[1\] is no object"),
        ({"frames": [{}]}, r"frames\[0\]: transform_matrix=missing"),
    ],
)
def test_one_line_says_which_frame_is_wrong(tmp_path, changes, message):
    file = edited(tmp_path, **changes)
    with pytest.raises(FileError, match=message) as error:
        read_transforms(file)
    assert str(error.value).startswith(f"{file}: ")


def test_without_focal_length_or_size_it_says_what_is_missing(tmp_path):
    with pytest.raises(FileError, match=r"frames\[0\]: fl_x=missing: expected fl_x in pixels or camera_angle_x"):
        read_transforms(_without(tmp_path, "fl_x", "fl_y"))
    with pytest.raises(FileError, match=r"frames\[0\]: w=missing: expected w and h in pixels, or the photo"):
        read_transforms(_without(tmp_path, "w"))


def _without(tmp_path, *keys):
    data = json.loads((FILES / "nerfstudio_transforms.json").read_text())
    file = tmp_path / "transforms.json"
    file.write_text(json.dumps({key: value for key, value in data.items() if key not in keys}))
    return file


@pytest.mark.parametrize(("text", "message"), [("[1]", "a JSON object"), ("{", "is not JSON"), (None, "is no file")])
def test_what_is_no_json_object_is_refused(tmp_path, text, message):
    file = tmp_path / "transforms.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(FileError, match=message):
        read_transforms(file)
