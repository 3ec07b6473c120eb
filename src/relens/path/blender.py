"""write_blender: a camera move as a script that makes the same camera in Blender."""

import json
import math
import os
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float64

from relens.aperture import Aperture
from relens.atomic import atomic_file
from relens.path.shot import Shot
from relens.path.shots import Shots
from relens.rotation import log_so3

# Blender's world: +x right, +y into the picture, +z up.
_BLENDER_FROM_OPENCV = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
_OPENGL_AXES = np.diag([1.0, -1.0, -1.0])
# Blender has no focus at infinity; from here the blur differs by less than a thousandth of a pixel.
_FAR_M = 1e6
# Its sensors are at least 1 mm wide; a little more, so that rounding stays above.
_LEAST_SENSOR_MM = 1 + 1e-9

_SCRIPT = '''\
"""A camera move from relens, for Blender 3.6 to 5: run it with blender -P, or from Blender's text editor.

It adds a camera and sets the scene's frames, resolution and exposure. 1 unit is 1 metre; the photo's camera stands in
the origin, looks along +y, and +z is up. The lens has the photographed lens's focal length and f-stop, so that Cycles'
pupil, focal length / f-stop, has its diameter in metres; the sensor is as wide as the field of view then asks for.
"""

import functools
import json

import bpy

FILM = json.loads("""
{film}
""")
# What is set, by Blender's name, and its value in every frame; one value where it stays the same.
CHANNELS = json.loads("""
{channels}
""")


def animate(owner, path, values):
    """Set a value, or key one in every frame."""
    *parents, name = path.split(".")
    holder = functools.reduce(getattr, parents, owner)
    for frame, value in enumerate(values, start=1):
        setattr(holder, name, value)
        if len(values) > 1:
            owner.keyframe_insert(path, frame=frame)
    for curve in curves_of(owner):
        if curve.data_path == path:
            for point in curve.keyframe_points:
                point.interpolation = "LINEAR"


def curves_of(owner):
    """The animation curves of a camera, an object or a scene; Blender 5 keeps them in layers."""
    action = owner.animation_data and owner.animation_data.action
    if not action:
        return []
    if hasattr(action, "fcurves"):
        return action.fcurves
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    return [curve for bag in bags for curve in bag.fcurves]


scene = bpy.context.scene
camera = bpy.data.cameras.new("relens")
stand = bpy.data.objects.new("relens", camera)
scene.collection.objects.link(stand)
scene.camera = stand

scene.render.resolution_x, scene.render.resolution_y = FILM["size_px"]
scene.render.resolution_percentage = 100
scene.render.pixel_aspect_x, scene.render.pixel_aspect_y = FILM["pixel_aspect"]
scene.render.fps, scene.render.fps_base = FILM["fps"]
scene.frame_start, scene.frame_end = 1, FILM["frames"]

stand.rotation_mode = "QUATERNION"
camera.sensor_fit = "HORIZONTAL"
camera.dof.use_dof = True
camera.dof.aperture_blades = FILM["blades"]
owners = {"stand": stand, "camera": camera, "scene": scene}
for owner, path, values in CHANNELS:
    animate(owners[owner], path, values)
scene.frame_set(1)
'''


def write_blender(shots: Shots, file: str | os.PathLike[str]) -> None:
    """Write shots as one Python script that makes the camera and its animation in Blender 3.6 to 5.

    | shot | Blender |
    |---|---|
    | pose | location, rotation_quaternion; the world turned from OpenCV axes to z up |
    | focal_length_mm, f_number | lens, dof.aperture_fstop |
    | field of view | sensor_width = focal length x width / fx, sensor fit horizontal |
    | principal point | shift_x, shift_y |
    | focus_distance_m | dof.focus_distance, infinity as 1000 km |
    | blades, rotation_rad, squeeze | dof.aperture_blades, aperture_rotation, aperture_ratio |
    | exposure_ev and the T-stop | view_settings.exposure |

    Blender's f-stop is relative to its lens, whatever the sensor: Cycles' pupil has the diameter lens / f-stop, and it
    blurs by fx D |1/z - 1/F| (docs/conventions.md) as relens does. Hence the lens keeps focal length and f-number, and
    the sensor follows from the field of view. What Blender's lens has not stays behind: tilt and swing, colour errors,
    cat's-eye, profile, curved blades (straight, or a disc where they are fully round), an aperture's image, and an
    open shutter (Blender's own motion blur does it: its exposures too lie around the frame).

    Raises FileError.
    """
    channels = [(owner, path, _short(values)) for owner, path, values in _channels(shots)]
    rows = ",\n".join(json.dumps(channel, allow_nan=False) for channel in channels)
    script = _SCRIPT.replace("{film}", json.dumps(_film(shots), allow_nan=False)).replace("{channels}", f"[\n{rows}\n]")
    with atomic_file(file) as part:
        part.write_text(script, "utf-8")


def _film(shots: Shots) -> dict[str, Any]:
    whole_fps = max(1, round(shots.fps))
    stretch = shots.intrinsics.fx_px / shots.intrinsics.fy_px
    return {
        "size_px": [shots.width_px, shots.height_px],
        "pixel_aspect": [max(1.0, 1 / stretch), max(1.0, stretch)],
        "fps": [whole_fps, whole_fps / shots.fps],
        "frames": len(shots),
        "blades": _blades(shots[0].lens.aperture),
    }


def _channels(shots: Shots) -> list[tuple[str, str, list[Any]]]:
    still = list(replace(shots, opening=None, closing=None))
    lenses, pinholes = [shot.lens for shot in still], [shot.camera.intrinsics for shot in still]
    eye_m, rotation = shots.camera_to_world[:, :3, 3], shots.camera_to_world[:, :3, :3]
    turned = _quaternions(_BLENDER_FROM_OPENCV @ rotation @ _OPENGL_AXES)
    fx_px, fy_px = np.array([(k.fx_px, k.fy_px) for k in pinholes]).T
    cx_px, cy_px = np.array([(k.cx_px, k.cy_px) for k in pinholes]).T
    width_px, height_px = shots.width_px, shots.height_px
    focal_mm = np.array([lens.focal_length_mm for lens in lenses])
    sensor_mm = focal_mm * width_px / fx_px
    # A larger camera with the same pupil has the same picture.
    larger = np.maximum(1, _LEAST_SENSOR_MM / sensor_mm)
    apertures, blades = [lens.aperture for lens in lenses], _blades(lenses[0].aperture)
    return [
        ("stand", "location", (eye_m @ _BLENDER_FROM_OPENCV.T).tolist()),
        ("stand", "rotation_quaternion", turned.tolist()),
        ("camera", "lens", (focal_mm * larger).tolist()),
        ("camera", "sensor_width", (sensor_mm * larger).tolist()),
        # Both in parts of the sensor's width, to where the picture looks: right and up.
        ("camera", "shift_x", ((width_px / 2 - cx_px) / width_px).tolist()),
        ("camera", "shift_y", ((cy_px - height_px / 2) / width_px * fx_px / fy_px).tolist()),
        ("camera", "dof.focus_distance", [min(lens.focus_distance_m, _FAR_M) for lens in lenses]),
        ("camera", "dof.aperture_fstop", (larger * [lens.f_number for lens in lenses]).tolist()),
        ("camera", "dof.aperture_ratio", [aperture.squeeze for aperture in apertures]),
        ("camera", "dof.aperture_rotation", [_rotation_rad(aperture.rotation_rad, blades) for aperture in apertures]),
        ("scene", "view_settings.exposure", [_exposure_ev(shot) for shot in still]),
    ]


def _exposure_ev(shot: Shot) -> float:
    return shot.exposure_ev + math.log2(shot.lens.transmittance)


def _blades(aperture: Aperture) -> int:
    return 0 if aperture.curvature == 1 else aperture.blades


def _rotation_rad(rotation_rad: float, blades: int) -> float:
    """Cycles' turn of the blades: counter-clockwise, and with 0 the middle of a blade lies on +x, not a corner."""
    if blades == 0:
        return 0.0
    sector = 2 * math.pi / blades
    return math.remainder(-rotation_rad - sector / 2, sector)


def _quaternions(rotation: Float64[np.ndarray, "n 3 3"]) -> Float64[np.ndarray, "n 4"]:
    """Unit quaternions (w, x, y, z), each on the side of the one before, so that none turns the long way round."""
    vector = log_so3(rotation)
    angle = np.linalg.norm(vector, axis=1, keepdims=True)
    quaternion = np.hstack([np.cos(angle / 2), vector * np.sinc(angle / (2 * np.pi)) / 2])
    same_side = (quaternion[1:] * quaternion[:-1]).sum(axis=1, keepdims=True) >= 0
    quaternion[1:] *= np.cumprod(np.where(same_side, 1.0, -1.0), axis=0)
    return quaternion


def _short(values: list[Any]) -> list[Any]:
    """One value where all are the same, so that Blender's user can change it by hand."""
    return values[:1] if all(value == values[0] for value in values) else values
