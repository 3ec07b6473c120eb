"""A view is the camera and the lens that its numbers say; anything else is refused under the key's name."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import FX_PX, HEIGHT_PX, WIDTH_PX
from move_scenes import head_scene
from views import LENS, POSE, view_content

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.lens_preset import read_preset
from relens.viewer.view import posed, read_view, shot_of

SCENE = head_scene()
angles = st.floats(-3, 3)


def test_the_photos_own_view():
    camera, lens = shot_of(read_view(view_content()), SCENE)
    assert camera.intrinsics == SCENE.camera.intrinsics
    np.testing.assert_array_equal(camera.camera_to_world, np.eye(4))
    assert (lens.focal_length_mm, lens.f_number, lens.focus_distance_m) == (85, 1.4, 1.5)


@given(st.tuples(*[st.floats(-1, 1)] * 3), angles, angles, angles, st.floats(0.1, 10))
def test_the_pose_is_the_cameras(eye_m, yaw, pitch, roll, zoom):
    pose = {"eye_m": list(eye_m), "yaw_rad": yaw, "pitch_rad": pitch, "roll_rad": roll, "zoom": zoom}
    camera = posed(read_view(json.dumps(view_content(pose=pose))), SCENE)
    expected = Camera(camera.intrinsics).moved(*eye_m).turned(yaw, pitch, roll)
    np.testing.assert_allclose(camera.camera_to_world, expected.camera_to_world, atol=1e-12)
    k = camera.intrinsics
    assert (k.fx_px, k.cx_px, k.cy_px) == (pytest.approx(zoom * FX_PX), WIDTH_PX / 2, HEIGHT_PX / 2)


def test_another_size_shows_the_same():
    k = posed(read_view(view_content()), SCENE, (2 * WIDTH_PX, 2 * HEIGHT_PX)).intrinsics
    assert (k.width_px, k.height_px, k.fx_px) == (2 * WIDTH_PX, 2 * HEIGHT_PX, 2 * FX_PX)
    square = posed(read_view(view_content()), SCENE, (HEIGHT_PX, HEIGHT_PX)).intrinsics
    assert (square.fx_px, square.cx_px) == (FX_PX, HEIGHT_PX / 2)


def test_a_point_stays_in_focus_as_the_camera_goes():
    view = read_view(view_content(focus=[0.1, 0, 2.0], pose={"eye_m": [0, 0, 0.5]}))
    assert shot_of(view, SCENE)[1].focus_distance_m == pytest.approx(1.5)
    turned = read_view(view_content(focus=[0, 0, 2.0], pose={"yaw_rad": 0.5}))
    assert shot_of(turned, SCENE)[1].focus_distance_m == pytest.approx(2 * math.cos(0.5))


def test_a_distance_goes_with_the_camera():
    view = read_view(view_content(focus=2, pose={"eye_m": [0, 0, 0.5]}))
    assert shot_of(view, SCENE)[1].focus_distance_m == 2
    assert shot_of(read_view(view_content(focus="inf")), SCENE)[1].focus_distance_m == math.inf


def test_the_lens_is_that_of_a_preset_with_these_keys():
    settings = {"blades": 7, "rotation_deg": -90, "tilt_deg": 3, "t_stop": 2, "cats_eye": 0.5, "breathing": True}
    lens = shot_of(read_view(view_content(lens=settings)), SCENE)[1]
    assert lens.aperture.rotation_rad == -math.pi / 2 and lens.tilt_rad == math.radians(3)
    assert (lens.aperture.blades, lens.aperture.cats_eye, lens.t_stop, lens.breathing) == (7, 0.5, 2, True)


def test_an_aperture_image_comes_from_a_preset():
    mirror = read_preset("500mm-f8-mirror").lens().aperture.image
    lens = shot_of(read_view(view_content(lens={"image": "500mm-f8-mirror"})), SCENE)[1]
    assert lens.aperture.image == mirror and lens.focal_length_mm == 85


@pytest.mark.parametrize("image", ["/etc/passwd", "../lenses/500mm-f8-mirror", "85mm-f1.4-9blade", "", "x\0y"])
def test_an_aperture_image_is_no_file(image, tmp_path):
    with pytest.raises(ValueRangeError, match=r"^image="):
        shot_of(read_view(view_content(lens={"image": image})), SCENE)


def test_a_file_of_a_presets_name_is_not_read(tmp_path, monkeypatch):
    (tmp_path / "mine").write_text("image: secret.png")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueRangeError, match="image='mine'"):
        shot_of(read_view(view_content(lens={"image": "mine"})), SCENE)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (view_content(lens={"f_number": "1.4"}), "lens.f_number="),
        (view_content(lens={"f_number": True}), "lens.f_number="),
        (view_content(lens={"blades": 5.5}), "lens.blades="),
        (view_content(lens={"tilt_deg": 80}), "lens.tilt_deg=80"),
        (view_content(lens={"colour": 1}), "lens.colour="),
        (view_content(lens={"f_number": math.nan}), "lens.f_number="),
        (view_content(focus="far"), "focus='far'"),
        (view_content(focus=[1, 2]), "focus="),
        (view_content(focus=math.inf), "focus=inf"),
        (view_content(pose={"eye_m": [0, 0]}), "pose.eye_m"),
        (view_content(pose={"zoom": 0}), "pose.zoom=0"),
        (view_content(framing="tight"), "framing='tight'"),
        (view_content(exposure_ev=99), "exposure_ev=99"),
        ({"lens": LENS, "pose": POSE}, "preset="),
        ([], "view="),
        ("{", "view="),
        (b"\xff", "view="),
        (None, "view="),
    ],
)
def test_what_is_no_view(content, key):
    with pytest.raises(ValueRangeError) as refused:
        read_view(content)
    assert str(refused.value).startswith(key) and "expected" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (view_content(lens={"f_number": 0.1}), "f_number=0.1"),
        (view_content(lens={"blades": 2}), "blades=2"),
        (view_content(focus=0), "focus=0"),
        (view_content(focus=-1), "focus=-1"),
        (view_content(focus=0.05), "focus_distance_m=0.05"),
        (view_content(focus=[0, 0, 1], pose={"eye_m": [0, 0, 2]}), "focus="),
        (view_content(focus=[0, 0, -1]), "point_m="),
        (view_content(pose={"eye_m": [1e9, 0, 0]}), "pose.eye_m="),
    ],
)
def test_what_no_lens_and_no_camera_is(content, key):
    with pytest.raises(ValueRangeError) as refused:
        shot_of(read_view(content), SCENE)
    assert str(refused.value).startswith(key)
