"""Write a path as the YAML that `relens.path.path_file` reads."""

import math
import os
from typing import Any

import numpy as np

from relens.atomic import atomic_file
from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.render.aim import Aim

_SAME_IN_LENS = (
    "focal_length_mm", "f_number", "focus_distance_m", "axial_colour", "lateral_colour", "breathing", "t_stop",
    "vignetting", "sensor_width_mm",
)  # fmt: skip
_SAME_IN_APERTURE = ("blades", "curvature", "squeeze", "profile", "cats_eye")
_ANGLE_DIGITS = 12


def write_path(path: CameraPath, file: str | os.PathLike[str]) -> None:
    """Write a path as YAML, whole or not at all; `read_path` reads it as it was, to rounding of angles.

    Raises FileError where it cannot be written, ValueRangeError for a lens whose aperture is an image, which a path
    has to name as a preset.
    """
    import yaml

    content = path_content(path)
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(content, Dumper=dumper, sort_keys=False, default_flow_style=None, width=120, allow_unicode=True)
    with atomic_file(file) as temporary:
        temporary.write_text(text, encoding="utf-8")


def path_content(path: CameraPath) -> dict[str, Any]:
    """What a path's file says, in plain values that YAML and JSON hold; `relens.path.path_file.path_of` reads it.

    Raises ValueRangeError as `write_path` does.
    """
    head = {name: value for name, value in _head(path).items() if value is not None}
    return {**head, "keyframes": [_keyframe(keyframe) for keyframe in path.keyframes]}


def _head(path: CameraPath) -> dict[str, Any]:
    default = CameraPath.__dataclass_fields__
    head: dict[str, Any] = {}
    for name in ("spline", "loop_s", "fps", "shutter_deg", "focus_lag_s"):
        value = getattr(path, name)
        head[name] = None if value == default[name].default else value
    head["lens"] = None if path.lens is None else _lens(path.lens)
    return head


def _lens(lens: Lens) -> dict[str, Any]:
    if lens.aperture.image is not None:
        raise ValueRangeError("path.lens", "an aperture of an image", "a lens that numbers describe, or none")
    plain = Lens(85, 1.4)
    kept = {name: getattr(lens, name) for name in _SAME_IN_LENS if getattr(lens, name) != getattr(plain, name)}
    of_aperture = {name: getattr(lens.aperture, name) for name in _SAME_IN_APERTURE}
    kept |= {name: value for name, value in of_aperture.items() if value != getattr(plain.aperture, name)}
    angles_rad = {"tilt_deg": lens.tilt_rad, "swing_deg": lens.swing_rad, "rotation_deg": lens.aperture.rotation_rad}
    kept |= {name: math.degrees(angle_rad) for name, angle_rad in angles_rad.items() if angle_rad}
    return {"focal_length_mm": lens.focal_length_mm, "f_number": lens.f_number, **kept}


def _keyframe(keyframe: Keyframe) -> dict[str, Any]:
    said: dict[str, Any] = {"at_s": keyframe.time_s}
    if keyframe.eye_m is not None:
        said["eye_m"] = list(keyframe.eye_m)
    if keyframe.rotation is not None:
        said |= _turns(keyframe.rotation)
    if keyframe.look_at is not None:
        said["look_at"] = _aim(keyframe.look_at)
    if keyframe.vertical_fov_rad is not None:
        said["fov_deg"] = math.degrees(keyframe.vertical_fov_rad)
    if keyframe.zoom is not None:
        said["zoom"] = keyframe.zoom
    if keyframe.focus is not None:
        said["focus"] = _aim(keyframe.focus)
    said |= keyframe.lens
    if keyframe.exposure_ev is not None:
        said["exposure_ev"] = keyframe.exposure_ev
    if keyframe.ease != "linear":
        said["ease"] = keyframe.ease if isinstance(keyframe.ease, str) else list(keyframe.ease)
    return said | {
        name: value for name in ("hold_s", "tension", "continuity", "bias") if (value := getattr(keyframe, name))
    }


def _turns(rotation: np.ndarray) -> dict[str, float]:
    """Yaw, pitch and roll that make a rotation (`relens.Camera.turned`); straight up or down there is no roll."""
    ahead = rotation[:, 2]
    pitch = math.atan2(-ahead[1], math.hypot(ahead[0], ahead[2]))
    if math.hypot(ahead[0], ahead[2]) > 1e-9:
        yaw, roll = math.atan2(ahead[0], ahead[2]), math.atan2(rotation[1, 0], rotation[1, 1])
    else:
        yaw, roll = math.atan2(-rotation[2, 0], rotation[0, 0]), 0.0
    turns = {"yaw_deg": yaw, "pitch_deg": pitch, "roll_deg": roll}
    return {name: round(math.degrees(turn), _ANGLE_DIGITS) + 0.0 for name, turn in turns.items()}


def _aim(aim: Aim) -> Any:
    if aim.distance_m is not None:
        return "inf" if math.isinf(aim.distance_m) else aim.distance_m
    if aim.pixel is not None:
        return "{!r},{!r}".format(*aim.pixel)
    return "subject" if aim.point_m is None else list(aim.point_m)
