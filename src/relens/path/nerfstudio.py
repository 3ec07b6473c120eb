"""nerfstudio's camera_path.json: paths made in its viewer are photographed here, and ours play there."""

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from jaxtyping import Float64

from relens.atomic import atomic_file
from relens.camera import opencv_from_opengl, opengl_from_opencv
from relens.errors import FileError, ValueRangeError
from relens.lens import Lens
from relens.lens_preset import LensPreset
from relens.path.camera_path import CameraPath
from relens.path.json_file import objects_in, read_object
from relens.path.keyframe import LENS_VALUES, Keyframe
from relens.path.rigid import rigid
from relens.path.shots import Shots
from relens.path.view import vertical_fov_rad
from relens.ranges import number, positive, whole
from relens.render.aim import Aim

# Our own keys, of the file and of each frame, stand under this one; nerfstudio passes over it.
_OURS = "relens"
_ALWAYS_SAID = ("focal_length_mm", "f_number")
# Breathing is in the field of view already.
_LENS_KEYS = tuple(field.name for field in fields(LensPreset) if field.name not in ("image", "breathing"))


def read_nerfstudio(
    file: str | os.PathLike[str], *, dataparser_transforms: str | os.PathLike[str] | None = None
) -> CameraPath:
    """The path of a camera_path.json, a keyframe for each of its frames, so that they are photographed as they are.

    | in the file | becomes |
    |---|---|
    | camera_path[].camera_to_world, 16 numbers row by row, OpenGL axes | eye and rotation |
    | camera_path[].fov, vertical degrees | field of view |
    | camera_path[].relens (ours, see `write_nerfstudio`) | focus, exposure, lens |
    | fps, or the count of frames over seconds where those disagree, as ns-render plays it | fps |
    | is_cycle | loop_s: one frame from the last to the first |
    | relens.lens (ours) | lens |

    What its viewer keeps for itself (keyframes, smoothness_value, crop, render_time) is passed over; the legacy
    viewer's files differ in nothing else. The picture's size is `nerfstudio_size_px`.

    dataparser_transforms: the dataparser_transforms.json beside the trained model; undone, so that the path lies in
        the world of the photos' own cameras. Without it the path stays in the model's world, as if in metres.

    Raises FileError, with the frame's index, for a file, matrix or value that is not of this kind, and for cameras that
    are not perspective.
    """
    data = read_object(file)
    frames = objects_in(data, "camera_path", file)
    to_model, scale = (np.eye(4), 1.0) if dataparser_transforms is None else read_dataparser(dataparser_transforms)
    to_dataset = np.linalg.inv(to_model)
    try:
        _require_perspective(data)
        fps = _fps(data, len(frames))
        lens = _lens_of(_ours(data, ("lens",)).get("lens"))
        keyframes = []
        for index, frame in enumerate(frames):
            try:
                keyframes.append(_keyframe(frame, index / fps, to_dataset, 1 / scale))
            except ValueRangeError as error:
                raise FileError(file, f"camera_path[{index}]: {error}") from error
        loop_s = 1 / fps if data.get("is_cycle") else None
        if len(keyframes) == 1 and loop_s is None:
            # A path has to last; half a frame is one frame.
            keyframes = [replace(keyframes[0], hold_s=0.5 / fps)]
        return CameraPath(tuple(keyframes), spline="linear", loop_s=loop_s, lens=lens, fps=fps)
    except ValueRangeError as error:
        raise FileError(file, str(error)) from error


def nerfstudio_size_px(file: str | os.PathLike[str]) -> tuple[int, int]:
    """The (width, height) in pixels that a camera_path.json is to be rendered at. Raises FileError."""
    data = read_object(file)
    try:
        expected = "a whole number of pixels, at least 1"
        width_px, height_px = (whole(key, data.get(key), expected, 1) for key in ("render_width", "render_height"))
    except ValueRangeError as error:
        raise FileError(file, str(error)) from error
    return width_px, height_px


def write_nerfstudio(
    shots: Shots,
    file: str | os.PathLike[str],
    keyframes: Sequence[Keyframe] = (),
    *,
    dataparser_transforms: str | os.PathLike[str] | None = None,
) -> None:
    """Write shots as a camera_path.json that ns-render plays and nerfstudio's viewer loads.

    Frames say focus_distance_m, exposure_ev and the lens's values (`relens.path.keyframe.LENS_VALUES`; those that
    change, and the focal length and f-number) under "relens", and the file the whole lens of the first frame as in a
    preset, so that `read_nerfstudio` gives the same shots back; breathing is written as the field of view it makes.
    What stays behind: an aperture's image, an open shutter (each pose is that of the middle of the exposure), and what
    nerfstudio's paths have not, a principal point off the middle and pixels that are not square.

    Args:
        shots: the frames.
        file: where to.
        keyframes: those of the path; its viewer shows keyframes, at the frames nearest to these. One a second when left
            out.
        dataparser_transforms: the file beside a trained model, to take the path into the model's world.

    Raises FileError.
    """
    to_model, scale = (np.eye(4), 1.0) if dataparser_transforms is None else read_dataparser(dataparser_transforms)
    still = list(replace(shots, opening=None, closing=None))
    lenses = [_lens_values(shot.lens) for shot in still]
    said = [name for name in LENS_VALUES if name in _ALWAYS_SAID or any(a[name] != lenses[0][name] for a in lenses)]
    aspect = shots.width_px / shots.height_px
    frames = []
    for shot, world_pose, values in zip(still, shots.camera_to_world, lenses, strict=True):
        pose = to_model @ world_pose
        pose[:3, 3] *= scale
        frames.append(
            {
                "camera_to_world": opengl_from_opencv(pose).ravel().tolist(),
                "fov": math.degrees(vertical_fov_rad(shot.camera.intrinsics)),
                "aspect": aspect,
                _OURS: {
                    "focus_distance_m": _json_number(shot.lens.focus_distance_m),
                    "exposure_ev": shot.exposure_ev,
                    **{name: values[name] for name in said if values[name] is not None},
                },
            }
        )
    data = {
        # Its viewer takes a keyframe's field of view only where this is another.
        "default_fov": 0.0,
        "default_transition_sec": 1.0,
        "keyframes": _viewer_keyframes(frames, _stops(len(shots), shots.fps, keyframes), shots.fps),
        "camera_type": "perspective",
        "render_height": shots.height_px,
        "render_width": shots.width_px,
        "fps": shots.fps,
        "seconds": len(shots) / shots.fps,
        "is_cycle": False,
        "smoothness_value": 0.0,
        "camera_path": frames,
        _OURS: {"lens": lenses[0]},
    }
    with atomic_file(file) as part:
        part.write_text(json.dumps(data, allow_nan=False), "utf-8")


def _keyframe(frame: dict[str, Any], time_s: float, to_dataset: Float64[np.ndarray, "4 4"], scale: float) -> Keyframe:
    pose = opencv_from_opengl(rigid("camera_to_world", frame.get("camera_to_world")))
    pose[:3, 3] *= scale
    pose = to_dataset @ pose
    fov_deg = number("fov", frame.get("fov"), "0.06 to 177 degrees, top to bottom", 0.06, 177)
    said = _ours(frame, ("focus_distance_m", "exposure_ev", *LENS_VALUES))
    said = {name: math.inf if value == "inf" else number(name, value, "a number") for name, value in said.items()}
    distance_m, exposure_ev = said.pop("focus_distance_m", None), said.pop("exposure_ev", None)
    return Keyframe(
        time_s,
        eye_m=tuple(pose[:3, 3].tolist()),
        rotation=pose[:3, :3],
        vertical_fov_rad=math.radians(fov_deg),
        focus=None if distance_m is None else Aim(distance_m=distance_m),
        exposure_ev=exposure_ev,
        lens=said,
    )


def _ours(said: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    """What stands under our own key. Raises ValueRangeError for what we never write."""
    ours = said.get(_OURS, {})
    if not isinstance(ours, dict):
        raise ValueRangeError(_OURS, "no object", "{...}")
    if unknown := sorted(set(ours) - set(known)):
        raise ValueRangeError(_OURS, unknown[0], f"some of {', '.join(known)}")
    return dict(ours)


def _require_perspective(data: Mapping[str, Any]) -> None:
    kind = data.get("camera_type", "perspective")
    if not isinstance(kind, str) or kind.lower() != "perspective":
        raise ValueRangeError("camera_type", kind, "perspective; a lens has no other pictures: change it in nerfstudio")


def _fps(data: Mapping[str, Any], count: int) -> float:
    given = {key: data[key] for key in ("fps", "seconds") if data.get(key) is not None}
    if not given:
        raise ValueRangeError("fps", "missing", "fps, or the seconds that the frames take")
    fps, seconds = (
        positive(key, given[key], "a positive number") if key in given else None for key in ("fps", "seconds")
    )
    # The viewer rounds the count of frames down.
    if fps is not None and (seconds is None or abs(fps * seconds - count) < 1):
        return fps
    assert seconds is not None
    return count / seconds


def read_dataparser(file: str | os.PathLike[str]) -> tuple[Float64[np.ndarray, "4 4"], float]:
    """A dataparser_transforms.json: the transform from the photos' world to the model's, and the scale after it.

    Raises FileError for a file that is none.
    """
    data = read_object(file)
    try:
        return rigid("transform", data.get("transform")), positive("scale", data.get("scale"), "a positive number")
    except ValueRangeError as error:
        raise FileError(file, f"is no dataparser_transforms.json: {error}") from error


def _stops(count: int, fps: float, keyframes: Sequence[Keyframe]) -> list[int]:
    """The frames at which the viewer gets a keyframe: where ours begin and end, and the first and the last frame."""
    if keyframes:
        first_s = keyframes[0].time_s
        times_s = [time_s - first_s for key in keyframes for time_s in (key.time_s, key.time_s + key.hold_s)]
    else:
        times_s = list(range(math.ceil(count / fps)))
    return sorted({0, count - 1, *(min(round(time_s * fps), count - 1) for time_s in times_s)})


def _viewer_keyframes(frames: list[dict[str, Any]], stops: list[int], fps: float) -> list[dict[str, Any]]:
    # Each says how long it takes to come to it; the first, from the last, for those who close the loop.
    steps = [len(frames) - stops[-1], *np.diff(stops).tolist()]
    return [
        {
            "matrix": frames[stop]["camera_to_world"],
            "fov": frames[stop]["fov"],
            "aspect": frames[stop]["aspect"],
            "override_transition_enabled": True,
            "override_transition_sec": step / fps,
        }
        for stop, step in zip(stops, steps, strict=True)
    ]


def _json_number(distance_m: float) -> float | str:
    # JSON has no infinity.
    return "inf" if math.isinf(distance_m) else distance_m


def _lens_values(lens: Lens) -> dict[str, Any]:
    """A lens as a preset has it, without its focus and its aperture's image."""
    own = {**vars(lens.aperture), **vars(lens)}
    angles = {name: math.degrees(own[name.replace("_deg", "_rad")]) for name in _LENS_KEYS if name.endswith("_deg")}
    return {name: angles[name] if name in angles else own[name] for name in _LENS_KEYS}


def _lens_of(values: Any) -> Lens | None:
    if values is None:
        return None
    if not isinstance(values, dict) or not set(values) <= set(_LENS_KEYS):
        raise ValueRangeError(f"{_OURS}.lens", "unknown", f"only the keys {', '.join(_LENS_KEYS)}")
    return LensPreset(**values).lens()
