"""Writes paths.json beside it: what relens itself makes of camera paths of all kinds, for the viewer's tests."""

import json
import math
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.lens_preset import LensPreset, read_preset
from relens.path.camera_path import CameraPath
from relens.path.keyframe import LENS_VALUES
from relens.path.keyframes_of import path_of_record
from relens.path.path_file import path_of, read_path
from relens.path.path_model import PathRecord
from relens.path.path_problem import PathProblem, validated
from relens.path.plain_yaml import Place, read_plain_yaml
from relens.path.shots import shots
from relens.path.write_path import write_path
from relens.render.aim import parse_aim
from relens.render.focus import depth_at, subject_pixel

_ROOT = Path(__file__).parents[3]
sys.path.append(str(_ROOT / "tests"))

from move_scenes import head_scene  # noqa: E402

FILE = Path(__file__).with_suffix(".json")
_HERE = Path(__file__).parent
_SCENE = head_scene()
_LENS = {"focal_length_mm": 50.0, "f_number": 16.0}
_PRESETS = ("50mm-f1.8-5blade", "85mm-f1.4-9blade", "90mm-f2.8-tilt")
# On the head, on the wall.
_PIXELS = ("32,24", "5,40")
_MOMENTS = 7
_EASES = ["linear", "in", "out", "in-out", "hold"]
_CURVES = [[0.6, 0, 0.2, 1], [0.3, -0.3, 0.6, 1.2], [0, 0.5, 1, 0.5], [0, 1, 0, 1], [0.5, 0.04, 0.5, 0.95]]
# Low and high of the lens values; equal factors where low is above 0.
_RANGES = {
    "focal_length_mm": (20, 200), "f_number": (1.2, 16), "t_stop": (18, 40), "tilt_deg": (-8, 8), "swing_deg": (-8, 8),
    "axial_colour": (-0.01, 0.01), "lateral_colour": (-0.01, 0.01), "sensor_width_mm": (20, 60), "curvature": (0, 1),
    "rotation_deg": (-90, 90), "squeeze": (0.5, 2), "profile": (-0.8, 0.8), "cats_eye": (0, 0.9),
}  # fmt: skip


def content() -> dict[str, list[Any]]:
    """All cases by name, each a list; the same at every call."""
    # Python promises these numbers for ever, numpy its own only for a while.
    rng = random.Random(5)
    return {
        "scene": [_scene()],
        "paths": [_any_case(rng, f"random {index}") for index in range(60)] + _shipped(rng) + _rare(rng),
        "aims": [_aim_case(text) for text in _AIMS],
        "wrong": [_wrong_case(record) for record in _wrong_records()],
    }


def _scene() -> dict[str, Any]:
    k = _SCENE.camera.intrinsics
    column_px, row_px, depth_m = subject_pixel(_SCENE)
    subject_m = [(column_px - k.cx_px) / k.fx_px * depth_m, (row_px - k.cy_px) / k.fy_px * depth_m, depth_m]
    photo = {name: getattr(k, name) for name in ("fx_px", "fy_px", "cx_px", "cy_px", "width_px", "height_px")}
    depths_m = {pixel: depth_at(_SCENE, *map(float, pixel.split(","))) for pixel in _PIXELS}
    presets = [{"name": name, "lens": vars(read_preset(name)), "pupil": None} for name in _PRESETS]
    lens = vars(LensPreset(**_LENS))
    return {"photo": photo, "subject_m": subject_m, "depths_m": depths_m, "presets": presets, "lens": lens}


def _any_case(rng: random.Random, name: str) -> dict[str, Any]:
    """A path that can be photographed: many a random one looks behind itself somewhere."""
    while True:
        record, focus_m = _record(rng), rng.choice([math.inf, 0.8])
        try:
            return _case(rng, name, record, focus_m, rng.choice([8, 10, 24]))
        except (PathProblem, ValueRangeError):
            continue


def _shipped(rng: random.Random) -> list[dict[str, Any]]:
    """All paths that come with relens; of ready-made moves what they make of the scene."""
    cases = []
    for file in sorted((_ROOT / "configs" / "paths").glob("*.yaml")):
        path = read_path(file)
        if not isinstance(path, CameraPath):
            with tempfile.TemporaryDirectory() as folder:
                written = Path(folder) / file.name
                write_path(path(_SCENE, Lens(**_LENS)), written)
                record = read_plain_yaml(written.read_text("utf-8"))
        else:
            record = read_plain_yaml(file.read_text("utf-8"))
        cases.append(_case(rng, file.stem, record, math.inf, None))
    return cases


def _rare(rng: random.Random) -> list[dict[str, Any]]:
    """What random paths seldom come to."""
    steps = [{"after_s": 0.1 * (index > 0), "eye_m": [0.01 * index, 0, 0], "ease": "hold"} for index in range(8)]
    turns = [{"at_s": 0, "look_at": "subject"}, {"at_s": 1, "yaw_deg": 0.5}, {"at_s": 2, "yaw_deg": 4}]
    jump = [{"at_s": 0, "focus": 0.7}, {"at_s": 1, "focus": "2m", "ease": "hold"}]
    rare = {
        # Sums of tenths are not tenths.
        "jumps that frames fall on": ({"keyframes": steps}, 10),
        "hardly a turn": ({"keyframes": turns}, 8),
        "a lag over the seam of a loop": ({"keyframes": jump, "loop_s": 1, "focus_lag_s": 0.3}, 8),
    }
    return [_case(rng, name, record, math.inf, fps) for name, (record, fps) in rare.items()]


def _case(rng: random.Random, name: str, record: dict[str, Any], focus_m: float, fps: float | None) -> dict[str, Any]:
    path = path_of(record, _HERE)
    assert isinstance(path, CameraPath)
    fps = fps or path.fps
    while path.duration_s * fps < _MOMENTS:
        fps *= 2
    frames = shots(path, _SCENE, lens=Lens(**_LENS, focus_distance_m=focus_m), fps=fps)
    chosen = sorted({0, len(frames) - 1, *rng.sample(range(1, len(frames) - 1), _MOMENTS - 2)})
    moments = [
        {
            "time_s": path.keyframes[0].time_s + float(frames.times_s[i]),
            "rotation": _numbers(frames.camera_to_world[i, :3, :3].ravel()),
            "eye_m": _numbers(frames.camera_to_world[i, :3, 3]),
            "vertical_fov_rad": _number(frames.vertical_fov_rad[i]),
            "focus_inverse_m": _number(frames.focus_inverse_m[i]),
            "exposure_ev": _number(frames.exposure_ev[i]),
            "lens": {key: _number(values[i]) for key, values in frames.lens_values.items()},
        }
        for i in chosen
    ]
    whole = {"name": name, "record": record, "focus": _or_inf(focus_m), "duration_s": path.duration_s}
    return whole | {"moments": moments}


def _record(rng: random.Random) -> dict[str, Any]:
    """What a file might say, with all that it may say in one or the other."""
    loops = rng.random() < 0.4
    values = rng.sample(LENS_VALUES, rng.randint(0, 3))
    wide, turned = rng.choice(["fov", "zoom", "both", None]), rng.choice(["turn", "look", "matrix", "all", "all", None])
    keyframes: list[dict[str, Any]] = []
    free_s = 0.0
    for index in range(rng.randint(1, 5)):
        said: dict[str, Any] = {}
        gap_s = rng.choice([0.25, 0.5, 1.0, round(rng.uniform(0.2, 1.5), 2)])
        if index == 0 and rng.random() < 0.7:
            gap_s = 0.0
        said |= {"after_s": gap_s} if rng.random() < 0.4 else {"at_s": round(free_s + gap_s, 6)}
        said |= _pose(rng, keyframes, turned)
        if wide and rng.random() < 0.5:
            zooms = wide == "zoom" or (wide == "both" and rng.random() < 0.5)
            said |= {"zoom": _even(rng, 0.6, 2.5)} if zooms else {"fov_deg": _even(rng, 15, 60)}
        if rng.random() < 0.6:
            said["focus"] = rng.choice([0.7, "1.2m", "85cm", "inf", "subject", *_PIXELS, [0.1, -0.05, 1.4]])
        if rng.random() < 0.4:
            said["exposure_ev"] = _even(rng, -2, 2)
        said |= {name: _even(rng, *_RANGES[name]) for name in values if rng.random() < 0.6}
        if rng.random() < 0.6:
            said["ease"] = rng.choice([*_EASES, *_CURVES])
        if rng.random() < 0.3:
            said["hold_s"] = rng.choice([0.25, 0.4])
        said |= {name: _even(rng, -1, 1) for name in ("tension", "continuity", "bias") if rng.random() < 0.3}
        keyframes.append(said)
        free_s = said.get("at_s", free_s + gap_s) + said.get("hold_s", 0.0)
    whole: dict[str, Any] = {"keyframes": keyframes}
    if rng.random() < 0.7:
        whole["spline"] = rng.choice(["centripetal", "kochanek-bartels", "linear"])
    if loops:
        whole["loop_s"] = rng.choice([0.5, 1.0, 1.3])
    elif len(keyframes) == 1:
        keyframes[0]["hold_s"] = 0.5
    if rng.random() < 0.4:
        whole["lens"] = rng.choice([*_PRESETS, {"focal_length_mm": 35, "f_number": 2, "focus_distance_m": 0.9}])
    if rng.random() < 0.3:
        whole |= {"fps": 25, "shutter_deg": 180}
    if rng.random() < 0.3:
        whole["focus_lag_s"] = rng.choice([0.05, 0.3])
    return whole


def _pose(rng: random.Random, before: list[dict[str, Any]], turned: str | None) -> dict[str, Any]:
    eye_m = [_even(rng, -0.15, 0.15) for _ in range(3)]
    if before and rng.random() < 0.2:
        eye_m = before[-1].get("eye_m", eye_m)
    said: dict[str, Any] = {"eye_m": eye_m} if rng.random() < 0.7 else {}
    if turned is None or rng.random() < 0.3:
        return said
    way = rng.choice(["turn", "look", "matrix"]) if turned == "all" else turned
    if way == "look":
        return said | {"look_at": rng.choice(["subject", *_PIXELS, [0.1, -0.05, 1.4]])}
    turns = {name: _even(rng, -12, 12) for name in ("yaw_deg", "pitch_deg", "roll_deg") if rng.random() < 0.7}
    if way == "turn":
        # Far rolls keep what is ahead ahead.
        return said | (turns | {"roll_deg": _even(rng, -180, 180)} if rng.random() < 0.2 else turns)
    pose = path_of_record(validated(PathRecord, {"keyframes": [{**turns, "yaw_deg": 3.0, "hold_s": 1}]}), _HERE)
    rotation = pose.keyframes[0].rotation
    assert rotation is not None
    rows = [[*map(float, row), step_m] for row, step_m in zip(rotation, eye_m, strict=True)]
    # As a file has them, which rounds.
    return {"camera_to_world": [round(number, 6) for row in [*rows, [0, 0, 0, 1]] for number in row]}


_AIMS = (
    "subject", " Subject ", "inf", "Infinity", "1.2m", "1.2 m", "120cm", "850mm", "1.2", ".5", "5.", "1e-1m", "2.e1cm",
    "1200,800", "12.5 , 7.", ".5,.5", "", "0", "-1", "1,2,3", "1e999", "0m", "m", "nan", "-3,4", "1 2", "1.2km",
    "subjects",
)  # fmt: skip


def _aim_case(text: str) -> dict[str, Any]:
    try:
        aim = parse_aim(text)
    except ValueRangeError:
        return {"said": text, "is": None}
    if aim.pixel is not None:
        return {"said": text, "is": {"kind": "pixel", "pixel": list(aim.pixel)}}
    if aim.distance_m is None:
        return {"said": text, "is": {"kind": "subject"}}
    return {"said": text, "is": {"kind": "distance", "distance_m": _or_inf(aim.distance_m)}}


def _wrong_records() -> list[Any]:
    one, two = {"at_s": 0, "eye_m": [0, 0, 0]}, {"at_s": 1, "eye_m": [0.1, 0, 0]}
    pose = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    of_keyframe = [
        {"at_s": -1}, {"at_s": "1"}, {"at_s": True}, {"at_s": None}, {"at_s": 0}, {"after_s": 1}, {"eye_m": [0, 0]},
        {"eye_m": [0, 0, 2e6]}, {"eye_m": 1}, {"eye_m": [0, 0, "1"]}, {"yaw_deg": "3"}, {"pitch_deg": [1]},
        {"look_at": "1.2m"}, {"look_at": "inf"}, {"look_at": 2}, {"look_at": [0, 1]}, {"look_at": "the nose"},
        {"yaw_deg": 1, "look_at": "subject"}, {"roll_deg": 1, "camera_to_world": pose}, {"camera_to_world": pose},
        {"fov_deg": 0}, {"fov_deg": 178}, {"zoom": 0}, {"zoom": 101},
        {"fov_deg": 40, "zoom": 1}, {"focus": 0}, {"focus": "0m"}, {"focus": -1}, {"focus": [0, 1]}, {"focus": "eyes"},
        {"focus": True}, {"exposure_ev": 21}, {"ease": "inout"}, {"ease": [0, 0, 1]}, {"ease": [-0.1, 0, 1, 1]},
        {"ease": [0, 0, 1.1, 1]}, {"hold_s": -1}, {"hold_s": None}, {"tension": 2}, {"bias": "1"}, {"f_number": 0},
        {"f_number": "2"}, {"focal_length_mm": -50}, {"t_stop": 0}, {"tilt_deg": "4"}, {"f_numbr": 2}, {"blades": 7},
    ]  # fmt: skip
    matrices = [[*pose[:15], 2], pose[:12], [2, *pose[1:]], [-1, *pose[1:]], ["1", *pose[1:]]]
    of_path = [
        {"spline": "bezier"}, {"loop_s": 0}, {"loop_s": -1}, {"fps": 0}, {"fps": "24"}, {"shutter_deg": 361},
        {"focus_lag_s": 61}, {"lens": 85}, {"lens": {"f_number": 0.1}}, {"lens": {"bladez": 5}},
        {"lens": {"blades": 2}}, {"lens": {"focal_length_mm": 85, "focus_distance_m": 0.01}}, {"keyframe": []},
        {"keyframes": []}, {"keyframes": {}}, {"keyframes": [one, 3]}, {"keyframes": [one]}, {"keyframes": [{}, {}]},
    ]  # fmt: skip
    plain = {"keyframes": [one, two]}
    changed = [{"keyframes": [one, two | new]} for new in of_keyframe]
    turned = [{"keyframes": [one, {"at_s": 1, "camera_to_world": matrix}]} for matrix in matrices]
    return [[], "85mm", *changed, *turned, *(plain | new for new in of_path)]


def _wrong_case(record: Any) -> dict[str, Any]:
    try:
        path_of(record, _HERE)
    except PathProblem as problem:
        return {"record": record, "place": _place(problem.place)}
    raise AssertionError(f"relens takes {record}")


def _place(place: Place) -> str:
    # What lies within a value, and which of its kinds it might have been, is its own.
    within = {"keyframes": 3, "lens": 2}.get(str(place[0]), 1) if place else 0
    parts = [part for part in place[:within] if part != "str"]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")


def _even(rng: random.Random, low: float, high: float) -> float:
    return round(rng.uniform(low, high), 4)


def _or_inf(distance_m: float) -> float | str:
    """JSON has no infinity."""
    return "inf" if math.isinf(distance_m) else distance_m


def _numbers(values: Any) -> list[float]:
    return [_number(value) for value in values]


def _number(value: float) -> float:
    """As many digits as the tests ask for, and a few more."""
    return float(f"{value:.13g}") + 0.0


if __name__ == "__main__":
    cases = [f'"{name}": [\n' + ",\n".join(map(json.dumps, some)) + "\n]" for name, some in content().items()]
    FILE.write_text("{\n" + ",\n".join(cases) + "\n}\n", encoding="utf-8")
