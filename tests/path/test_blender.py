"""The script makes, in a Blender that only takes notes, a camera that sees and blurs every point as the shot does."""

import math
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from any_camera_paths import any_camera_paths
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scene import small_scene

from relens.aperture import Aperture
from relens.errors import FileError
from relens.lens import Lens
from relens.path.blender import write_blender
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.shots import shots
from relens.rotation import exp_so3

SIZES = st.sampled_from([(64, 48), (36, 64), (30, 30)])


class Noted(SimpleNamespace):
    """A thing of Blender's with attributes and animation curves; `layered` as Blender 5 keeps them."""

    layered = False
    animation_data = None

    def keyframe_insert(self, path, frame):
        if self.animation_data is None:
            curves = {}
            bag = SimpleNamespace(fcurves=curves.values())
            layers = [SimpleNamespace(strips=[SimpleNamespace(channelbags=[bag])])]
            action = SimpleNamespace(layers=layers) if self.layered else bag
            self.animation_data = SimpleNamespace(action=action, curves=curves)
        curve = self.animation_data.curves.setdefault(path, SimpleNamespace(data_path=path, keyframe_points=[]))
        curve.keyframe_points.append(SimpleNamespace(frame=frame, value=value_of(self, path), interpolation="BEZIER"))

    def at(self, path, frame):
        curves = self.animation_data.curves if self.animation_data else {}
        if path not in curves:
            return value_of(self, path)
        [value] = [point.value for point in curves[path].keyframe_points if point.frame == frame]
        return value


def value_of(owner, path):
    for name in path.split("."):
        owner = getattr(owner, name)
    return owner


def blender(file, layered=False):
    """The scene after the script has run."""
    linked = []
    scene = Noted(render=SimpleNamespace(), view_settings=SimpleNamespace(exposure=0.0))
    scene.collection = SimpleNamespace(objects=SimpleNamespace(link=linked.append))
    scene.frame_set = lambda frame: None
    bpy = ModuleType("bpy")
    bpy.context = SimpleNamespace(scene=scene)
    bpy.data = SimpleNamespace(
        cameras=SimpleNamespace(new=lambda name: Noted(dof=SimpleNamespace(), name=name)),
        objects=SimpleNamespace(new=lambda name, data: Noted(data=data, name=name)),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "bpy", bpy)
        patch.setattr(Noted, "layered", layered)
        exec(compile(file.read_text("utf-8"), str(file), "exec"), {"__name__": "__main__"})
    assert linked == [scene.camera]
    return scene


def written(made, layered=False, folder=None):
    file = folder / "move.py"
    write_blender(made, file)
    return blender(file, layered)


def matrix_at(scene, frame):
    w, x, y, z = scene.camera.at("rotation_quaternion", frame)
    assert math.hypot(w, x, y, z) == pytest.approx(1)
    angle = 2 * math.atan2(math.hypot(x, y, z), w)
    axis = np.array([x, y, z]) / max(math.hypot(x, y, z), 1e-300)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = exp_so3(angle * axis), scene.camera.at("location", frame)
    return matrix


def pixel_at(scene, frame, point_m):
    """Blender's pinhole: +y up, looking along -z; sensor width over the picture's width, shifts in widths."""
    x, y, z, _ = np.linalg.inv(matrix_at(scene, frame)) @ [*point_m, 1.0]
    camera, render = scene.camera.data, scene.render
    widths = camera.at("lens", frame) / camera.at("sensor_width", frame) / -z
    column_px = (0.5 + x * widths - camera.at("shift_x", frame)) * render.resolution_x
    up_px = (y * widths - camera.at("shift_y", frame)) * render.resolution_x * render.pixel_aspect_x
    return column_px, render.resolution_y / 2 - up_px / render.pixel_aspect_y


@given(path=any_camera_paths(), size_px=SIZES)
@settings(max_examples=40)
def test_points_fall_on_the_same_pixels_and_blur_as_much(tmp_path_factory, path, size_px):
    made = shots(CameraPath(*path), small_scene(), size_px=size_px)
    scene = written(made, folder=tmp_path_factory.mktemp("blender"))
    assert (scene.frame_start, scene.frame_end) == (1, len(made))
    assert (scene.render.resolution_x, scene.render.resolution_y) == (made.width_px, made.height_px)
    assert scene.render.fps / scene.render.fps_base == pytest.approx(made.fps)
    for frame, shot in enumerate(replace(made, opening=None, closing=None), start=1):
        k, camera = shot.camera.intrinsics, scene.camera.data
        for pixel in ([0.0, 0.0, 1.0], [k.width_px, k.height_px / 3, 0.2]):
            x, y, z = shot.camera.unproject(np.array(pixel))
            assert pixel_at(scene, frame, (x, z, -y)) == pytest.approx(pixel[:2], abs=1e-6)
            # Cycles: the pupil is lens / f-stop wide, and what leaves it meets in the plane of focus.
            pupil_m = camera.at("lens", frame) * 1e-3 / camera.at("dof.aperture_fstop", frame)
            fx_px = camera.at("lens", frame) / camera.at("sensor_width", frame) * made.width_px
            blur_px = fx_px * pupil_m * abs(pixel[2] - 1 / camera.at("dof.focus_distance", frame))
            upright = replace(shot.lens, tilt_rad=0.0, swing_rad=0.0)
            assert blur_px == pytest.approx(upright.coc_px(pixel[2], k.fx_px), rel=1e-5, abs=1e-4)
        exposure_ev = shot.exposure_ev + math.log2(shot.lens.transmittance)
        assert scene.at("view_settings.exposure", frame) == pytest.approx(exposure_ev)
        assert camera.at("sensor_width", frame) >= 1


def film(*lenses, turns_rad=(0.0, 1.0, 2.0)):
    keyframes = [
        Keyframe(float(index), rotation=exp_so3(np.array([0, turn_rad, 0])), lens=lens)
        for index, (turn_rad, lens) in enumerate(zip(turns_rad, lenses or [{}] * len(turns_rad), strict=True))
    ]
    lens = Lens(50, 2, 2.0, aperture=Aperture(blades=5, rotation_rad=0.3, squeeze=1.5))
    return shots(CameraPath(tuple(keyframes), lens=lens, fps=8), small_scene(), size_px=(64, 48))


def test_the_world_stands_upright(tmp_path):
    scene = written(film(), folder=tmp_path)
    matrix = matrix_at(scene, 1)
    np.testing.assert_allclose(matrix[:3, 1], [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(-matrix[:3, 2], [0, 1, 0], atol=1e-12)


@pytest.mark.parametrize("layered", [False, True])
def test_keys_are_linear_in_every_blender(tmp_path, layered):
    scene = written(film(), layered, tmp_path)
    points = [point for curve in scene.camera.animation_data.curves.values() for point in curve.keyframe_points]
    assert len(points) == 17 and {point.interpolation for point in points} == {"LINEAR"}


def test_what_stays_the_same_is_set_and_not_keyed(tmp_path):
    scene = written(film({"focal_length_mm": 50}, {}, {"focal_length_mm": 80}), folder=tmp_path)
    assert set(scene.camera.animation_data.curves) == {"rotation_quaternion"}
    assert set(scene.camera.data.animation_data.curves) == {"lens", "sensor_width"}
    assert scene.animation_data is None and scene.camera.location == [0, 0, 0]


def test_no_quaternion_turns_the_long_way_round(tmp_path):
    scene = written(film(turns_rad=(0.0, 2.0, 4.0, 6.0, 8.0)), folder=tmp_path)
    turns = np.array([scene.camera.at("rotation_quaternion", frame) for frame in range(1, 34)])
    assert (turns[1:] * turns[:-1]).sum(axis=1).min() > 0.99


def test_the_blades_have_their_corners_where_ours_are(tmp_path):
    """In Cycles the middle of a blade lies at the rotation, counter-clockwise; ours count clockwise from a corner."""
    made = film()
    dof = written(made, folder=tmp_path).camera.data.dof
    assert dof.use_dof and dof.aperture_blades == 5 and dof.aperture_ratio == 1.5
    corner = dof.aperture_rotation + math.pi / 5
    assert made.lens.aperture.outline_radius(np.array([-corner]))[0] == pytest.approx(1)
    assert made.lens.aperture.outline_radius(np.array([-dof.aperture_rotation]))[0] == pytest.approx(
        math.cos(math.pi / 5)
    )


@pytest.mark.parametrize(("blades", "curvature", "made_blades"), [(0, 0.0, 0), (7, 1.0, 0), (7, 0.5, 7)])
def test_fully_round_blades_are_a_disc(tmp_path, blades, curvature, made_blades):
    made = replace(film(), lens=Lens(50, 2, 2.0, aperture=Aperture(blades=blades, curvature=curvature)))
    assert written(made, folder=tmp_path).camera.data.dof.aperture_blades == made_blades


def test_a_folder_that_is_missing(tmp_path):
    with pytest.raises(FileError, match="does not exist"):
        write_blender(film(), Path(tmp_path, "no", "move.py"))
