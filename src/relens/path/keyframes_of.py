"""From what a path file says to the path."""

import math
import reprlib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from relens.errors import FileError, RelensError, ValueRangeError
from relens.lens import Lens
from relens.lens_preset import LensPreset, read_preset
from relens.path.camera_path import CameraPath
from relens.path.keyframe import LENS_VALUES, Keyframe
from relens.path.path_model import EXPECTED
from relens.path.path_problem import PathProblem, unknown_key
from relens.render.aim import Aim, parse_aim
from relens.rotation import exp_so3

_TURNS = ("yaw_deg", "pitch_deg", "roll_deg")
# What a keyframe calls its values, where a file has another name for it.
_FILE_NAMES = {"time_s": "at_s", "vertical_fov_rad": "fov_deg", "rotation": "camera_to_world"}


def path_of_record(record: Any, folder: Path) -> CameraPath:
    """The path of a `relens.path.path_model.PathRecord`; files that it names lie in `folder`. Raises PathProblem."""
    rotations = _turned(record.keyframes)
    keyframes, free_s = [], 0.0
    for index, said in enumerate(record.keyframes):
        try:
            keyframe = _keyframe(said, index, free_s, rotations[index])
        except ValueRangeError as error:
            name = str(error).partition("=")[0]
            name = _FILE_NAMES.get(name, name)
            raise PathProblem(("keyframes", index, name), _in_file_words(str(error), name, said)) from error
        except PathProblem as problem:
            raise PathProblem(("keyframes", index, *problem.place), str(problem)) from problem
        keyframes.append(keyframe)
        free_s = keyframe.time_s + keyframe.hold_s
    own = ("spline", "loop_s", "fps", "shutter_deg", "focus_lag_s")
    lens = None if record.lens is None else _lens(record.lens, folder)
    try:
        return CameraPath(tuple(keyframes), lens=lens, **{name: getattr(record, name) for name in own})
    except ValueRangeError as error:
        raise PathProblem((str(error).partition("=")[0],), str(error)) from error


def _turned(keyframes: list[Any]) -> Float64[np.ndarray, "n 3 3"]:
    """Yaw, then pitch, then roll, as `relens.Camera.turned`, all keyframes at once."""
    angles_rad = np.radians([[getattr(said, name) or 0.0 for name in _TURNS] for said in keyframes])
    right, down, ahead = np.eye(3)
    yaw, pitch, roll = (
        exp_so3(angle[:, None] * axis) for angle, axis in zip(angles_rad.T, (down, right, ahead), strict=True)
    )
    return yaw @ pitch @ roll


def _keyframe(said: Any, index: int, free_s: float, turned: np.ndarray) -> Keyframe:
    values: dict[str, Any] = said.__dict__
    eye_m, rotation, matrix = values["eye_m"], None, values["camera_to_world"]
    turns = [name for name in _TURNS if values[name] is not None]
    ways = [name for name in (*turns[:1], "look_at", "camera_to_world") if values[name] is not None]
    if len(ways) > 1:
        raise PathProblem((ways[1],), f"has {ways[0]} and {ways[1]}; expected one of them: each says how it is turned")
    if turns:
        rotation = turned
    if matrix is not None:
        if eye_m is not None:
            raise PathProblem(("eye_m",), "has eye_m and camera_to_world; expected one of them: both place the eye")
        pose = np.array(matrix, np.float64).reshape(4, 4)
        if np.abs(pose[3] - (0, 0, 0, 1)).max() > 1e-5:
            raise PathProblem(("camera_to_world",), f"camera_to_world ends in {matrix[12:]}; expected 0, 0, 0, 1")
        eye_m, rotation = pose[:3, 3].tolist(), pose[:3, :3]
    fov_deg, ease = values["fov_deg"], values["ease"]
    return Keyframe(
        time_s=_time_s(values["at_s"], values["after_s"], index, free_s),
        eye_m=None if eye_m is None else tuple(eye_m),
        rotation=rotation,
        look_at=_aim("look_at", values["look_at"]),
        vertical_fov_rad=None if fov_deg is None else math.radians(fov_deg),
        zoom=values["zoom"],
        focus=_aim("focus", values["focus"]),
        lens={name: values[name] for name in LENS_VALUES if values[name] is not None},
        exposure_ev=values["exposure_ev"],
        ease=tuple(ease) if isinstance(ease, list) else ease or "linear",
        hold_s=values["hold_s"],
        tension=values["tension"],
        continuity=values["continuity"],
        bias=values["bias"],
    )


def _time_s(at_s: float | None, after_s: float | None, index: int, free_s: float) -> float:
    if at_s is not None and after_s is not None:
        raise PathProblem(("after_s",), "has at_s and after_s; expected one of them")
    if index == 0:
        return at_s if at_s is not None else after_s or 0.0
    if after_s is not None:
        if after_s <= 0:
            raise PathProblem(("after_s",), f"after_s={after_s:g}: expected {EXPECTED['after_s']}")
        return free_s + after_s
    if at_s is None:
        raise PathProblem((), "a keyframe has no time; expected at_s or after_s")
    if at_s <= free_s:
        expected = f"a time after the keyframe before is over, {free_s:g} s; time does not go backwards"
        raise PathProblem(("at_s",), f"at_s={at_s:g}: expected {expected}")
    return at_s


def _aim(name: str, said: Any) -> Aim | None:
    if said is None:
        return None
    try:
        if isinstance(said, str):
            aim = parse_aim(said)
        else:
            aim = Aim(point_m=tuple(said)) if isinstance(said, list) else Aim(distance_m=said)
    except ValueRangeError as error:
        raise PathProblem((name,), f"{name}={said!r}: expected {EXPECTED[name]}") from error
    if name == "look_at" and not aim.is_place:
        raise PathProblem((name,), f"{name}={said!r}: expected {EXPECTED[name]}")
    return aim


def _in_file_words(problem: str, name: str, said: Any) -> str:
    """A keyframe's problem in the words and units of the file."""
    value = getattr(said, name, None)
    if name not in EXPECTED or value is None:
        return problem
    return f"{name}={reprlib.repr(value)}: expected {EXPECTED[name]}"


def _lens(said: str | dict[str, Any], folder: Path) -> Lens:
    try:
        if isinstance(said, str):
            # A file beside the path, or a preset's name.
            beside = folder / said
            return read_preset(str(beside) if beside.is_file() else said).lens()
        known = (*(field.name for field in fields(LensPreset)), "focus_distance_m")
        for key in said:
            if key not in known:
                raise unknown_key(("lens", key), known)
        values = dict(said)
        focus_m = values.pop("focus_distance_m", math.inf)
        preset = LensPreset(**values)
        if preset.image is not None:
            if not isinstance(preset.image, str):
                raise ValueRangeError("image", preset.image, "the path of an image file")
            preset = replace(preset, image=str(folder / preset.image))
        return preset.lens(focus_m)
    except FileError as error:
        raise PathProblem(("lens",), f"lens: {error}") from error
    except RelensError as error:
        raise PathProblem(("lens", str(error).partition("=")[0]), f"lens: {error}") from error
