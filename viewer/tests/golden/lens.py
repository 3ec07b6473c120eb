"""Writes lens.json beside it: what relens itself says of random lenses and cameras, for the viewer's tests."""

import json
import math
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from relens.aperture_image import ApertureImage
from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.framing import Framing, framed
from relens.lens import Lens, sharp_limit_px
from relens.lens_preset import LensPreset
from relens.path.view import vertical_fov_rad, view_of, with_fov, zoomed_fov_rad
from relens.path.write_path import _turns
from relens.pupil_sequence import unit_square
from relens.render.aim import Aim, focus_distance_m
from relens.render.rays import lens_views, pinhole_views
from relens.render.rim import passed
from relens.scene import Layer, Scene

FILE = Path(__file__).with_suffix(".json")
_WRONG = {
    "blades": [1, 2, 17, -1, 5.5, math.inf], "rotation_deg": [math.inf], "curvature": [-0.01, 1.01],
    "squeeze": [0.24, 4.1], "profile": [-1.01, 1.01], "cats_eye": [-0.01, 1.01], "focal_length_mm": [0.5, 2000.5],
    "f_number": [0.4, 128.5], "sensor_width_mm": [0.5, 500.5], "axial_colour": [-0.021, 0.021],
    "lateral_colour": [-0.021, 0.021], "t_stop": [1.2, 1000.5], "tilt_deg": [68.8], "swing_deg": [-68.8],
}  # fmt: skip


def content() -> dict[str, list[Any]]:
    """All cases by name, each a list; the same at every call."""
    # Python promises these numbers for ever, numpy its own only for a while.
    rng = random.Random(8)
    return {
        "points": [_points(first) for first in (0, 1, 255, 4093, 2**20)],
        "lenses": [_lens_case(rng) for _ in range(60)],
        "images": [_image_case(rng, colours) for colours in (1, 1, 3, 3)],
        "rims": [_rim_case(rng, blades) for blades in (0, 0, 5, 9)],
        "poses": [_pose_case(rng) for _ in range(30)] + [_plumb_case(rng, sign) for sign in (-1, 1)],
        "pinholes": [_pinhole_case(rng) for _ in range(30)],
        "focuses": [_focus_case(rng) for _ in range(40)],
        "takings": [_taking_case(rng, framing) for framing in get_args(Framing) for _ in range(15)],
        "wrong": [_wrong_case(name, value) for name, values in _WRONG.items() for value in values],
    }


def _points(first: int) -> dict[str, Any]:
    return {"first": first, "points": unit_square(first, 8, 0).ravel().tolist()}


def _lens_case(rng: random.Random) -> dict[str, Any]:
    settings = _settings(rng)
    focus_m = _focus_beyond(rng, settings)
    lens = _lens(settings, focus_m)
    fx_px, width_px, height_px = _even(rng, 500, 9000), rng.randint(100, 9000), rng.randint(100, 9000)
    sharp_px, inverse_m, first = sharp_limit_px(math.hypot(width_px, height_px)), _even(rng, 0, 5), rng.randrange(3000)
    x, y = _even(rng, -1, 1), _even(rng, -1, 1)
    return {
        "lens": settings, "focus_m": _number(focus_m), "fx_px": fx_px, "size_px": [width_px, height_px],
        "inverse_depth": inverse_m, "at": [x, y],
        "samples": {"first": first, "points": lens.aperture.samples(8, 0, first).points.ravel().tolist()},
        "pupil_diameter_m": lens.pupil_diameter_m, "focus_inverse_m": lens.focus_inverse_m,
        "focus_gradient_per_m": list(lens.focus_gradient_per_m),
        "focus_inverse_at_m": lens.focus_inverse_at_m(x, y),
        "channel_focus_per_m": lens.channel_focus_per_m.tolist(),
        "channel_magnification": lens.channel_magnification.tolist(),
        "has_colour_error": lens.has_colour_error, "breathing_scale": lens.breathing_scale,
        "transmittance": lens.transmittance, "coc_px": lens.coc_px(inverse_m, fx_px), "sharp_px": sharp_px,
        "depth_of_field_m": [_number(limit) for limit in lens.depth_of_field_m(fx_px, sharp_px)],
        "hyperfocal_m": lens.hyperfocal_m(fx_px, sharp_px),
    }  # fmt: skip


def _image_case(rng: random.Random, colours: int) -> dict[str, Any]:
    """A preset's pupil as the page is given it, upright and unsqueezed, and what relens makes of it."""
    light = [[[rng.random() ** 2 for _ in range(colours)] for _ in range(7)] for _ in range(5)]
    settings = {**_settings(rng), "image": "window"}
    aperture = replace(_lens(settings, 1e6).aperture, image=ApertureImage(np.array(light)))
    given = replace(aperture, rotation_rad=0.0, squeeze=1.0).samples(16)
    made = aperture.samples(8, 0, 4)
    return {
        "lens": settings, "pupil": {"points": given.points.ravel().tolist(), "weights": given.weights.ravel().tolist()},
        "first": 4, "points": made.points.ravel().tolist(), "weights": made.weights.ravel().tolist(),
    }  # fmt: skip


def _rim_case(rng: random.Random, blades: int) -> dict[str, Any]:
    """Pixels so large that each middle is a point of the grid on which the rim is told."""
    settings = {**_settings(rng), "blades": blades, "cats_eye": _even(rng, 0.3, 1)}
    intrinsics = Intrinsics(20.0, 20.0, _even(rng, 6, 10), _even(rng, 3, 5), 16, 8)
    parts = passed(_lens(settings, 1e6), intrinsics)
    return {"lens": settings, "camera": _pinhole(intrinsics), "parts": parts.ravel().tolist()}


def _pose_case(rng: random.Random) -> dict[str, Any]:
    pose = _pose(rng, 1.0)
    matrix = _placed(Intrinsics.centred(1, 1, 1), pose).camera_to_world
    return {"pose": pose, "camera_to_world": matrix.ravel().tolist(), "turns_deg": _turns(matrix[:3, :3])}


def _plumb_case(rng: random.Random, sign: int) -> dict[str, Any]:
    pose = {**_pose(rng, 1.0), "pitch_rad": sign * math.pi / 2}
    matrix = _placed(Intrinsics.centred(1, 1, 1), pose).camera_to_world
    return {"pose": pose, "camera_to_world": matrix.ravel().tolist(), "turns_deg": _turns(matrix[:3, :3])}


def _pinhole_case(rng: random.Random) -> dict[str, Any]:
    intrinsics, pose, size_px = _intrinsics(rng), _pose(rng, 0.3), (rng.randint(1, 3000), rng.randint(1, 3000))
    camera, zoom = _placed(intrinsics, pose), _factor(rng, 0.3, 3)
    point_m = [_even(rng, -1, 1), _even(rng, -1, 1), _even(rng, 3, 9)]
    fitted, own_rad = view_of(intrinsics, size_px), vertical_fov_rad(intrinsics)
    return {
        "camera": _pinhole(intrinsics), "pose": pose, "point_m": point_m,
        "pixel": camera.project(np.array(point_m)).tolist(), "size_px": list(size_px), "fitted": _pinhole(fitted),
        "zoom": zoom, "zoomed": _pinhole(with_fov(intrinsics, zoomed_fov_rad(own_rad, zoom))),
        "vertical_fov_rad": own_rad, "zoomed_fov_rad": zoomed_fov_rad(own_rad, zoom),
    }  # fmt: skip


def _focus_case(rng: random.Random) -> dict[str, Any]:
    focus, pose = _focus(rng, low_m=-1.5), _pose(rng, 1.5)
    camera = _placed(Intrinsics.centred(1000, 1000, 800), pose)
    return {"focus": focus, "pose": pose, **_told(lambda: {"distance_m": _number(_distance_m(focus, camera))})}


def _taking_case(rng: random.Random, framing: Framing) -> dict[str, Any]:
    """A view, the photo's camera and a size; what takes the picture, and two of its lens views in one colour."""
    pose, photo, settings = _pose(rng, 0.2), _intrinsics(rng), _settings(rng)
    if framing == "lens":
        # About as long as the photo's own: some see past its edges.
        long_px = max(photo.width_px, photo.height_px)
        settings["focal_length_mm"] = _factor(rng, 0.8, 4) * settings["sensor_width_mm"] * photo.fx_px / long_px
    view = {
        "lens": settings, "preset": None, "focus": _focus(rng, low_m=1.0), "framing": framing, "pose": pose,
        "exposure_ev": 0,
    }  # fmt: skip
    size_px, channel = (rng.randint(100, 2000), rng.randint(100, 2000)), rng.randrange(3)

    def taken() -> dict[str, Any]:
        k = view_of(photo, size_px)
        zoomed = with_fov(k, zoomed_fov_rad(vertical_fov_rad(k), pose["zoom"]))
        from_there = _placed(zoomed, pose)
        camera, lens = framed(from_there, _lens(settings, _distance_m(view["focus"], from_there)), framing)
        samples = lens.aperture.samples(2)
        views, own = lens_views([camera], lens, samples), pinhole_views(camera)
        mine = slice(channel, None, 3) if lens.has_colour_error else slice(None)
        return {
            "camera": _pinhole(camera.intrinsics), "rotation": camera.rotation.ravel().tolist(),
            "eye_m": camera.eye_m.tolist(), "focus_distance_m": _number(lens.focus_distance_m), "channel": channel,
            "direction": views.direction[mine].ravel().tolist(), "origin_m": views.origin_m[mine].ravel().tolist(),
            "pinhole": own.direction.ravel().tolist(),
        }  # fmt: skip

    return {"view": view, "photo": _pinhole(photo), "size_px": list(size_px), **_told(taken)}


def _wrong_case(name: str, value: Any) -> dict[str, Any]:
    said = _told(lambda: {"lens": repr(LensPreset(**{name: value}).lens())})
    return {"name": name, "value": _number(value), **said}


def _told(make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return make()
    except ValueRangeError as error:
        return {"wrong": str(error)}


def _distance_m(focus: float | str | list[float], camera: Camera) -> float:
    if isinstance(focus, list):
        x, y, z = focus
        return focus_distance_m(Aim(point_m=(x, y, z)), _SCENE, camera)
    return focus_distance_m(Aim(distance_m=float(focus)), _SCENE, camera)


def _lens(settings: dict[str, Any], focus_m: float) -> Lens:
    return LensPreset(**{**settings, "image": None}).lens(focus_m)


def _placed(intrinsics: Intrinsics, pose: dict[str, Any]) -> Camera:
    camera = Camera(intrinsics).moved(*pose["eye_m"])
    return camera.turned(pose["yaw_rad"], pose["pitch_rad"], pose["roll_rad"])


def _settings(rng: random.Random) -> dict[str, Any]:
    f_number = _factor(rng, 0.95, 16)
    return {
        "focal_length_mm": _factor(rng, 12, 400), "f_number": f_number,
        "blades": rng.choice([0, 0, *range(3, 17)]), "curvature": rng.choice([0, 1, _even(rng, 0, 1)]),
        "rotation_deg": _even(rng, -400, 400), "squeeze": rng.choice([1, _factor(rng, 0.25, 4)]),
        "profile": rng.choice([0, 1, -1, _even(rng, -1, 1)]), "cats_eye": rng.choice([0, _even(rng, 0, 1)]),
        "tilt_deg": rng.choice([0, _even(rng, -68, 68)]), "swing_deg": rng.choice([0, _even(rng, -68, 68)]),
        "axial_colour": rng.choice([0, _even(rng, -0.02, 0.02)]),
        "lateral_colour": rng.choice([0, _even(rng, -0.02, 0.02)]), "breathing": rng.random() < 0.5,
        "t_stop": rng.choice([None, f_number * _factor(rng, 1, 2)]), "vignetting": rng.random() < 0.5,
        "sensor_width_mm": rng.choice([36, _even(rng, 5, 60)]), "image": None,
    }  # fmt: skip


def _intrinsics(rng: random.Random) -> Intrinsics:
    width_px, height_px = rng.randint(300, 6000), rng.randint(300, 6000)
    cx_px, cy_px = width_px * _even(rng, 0.3, 0.7), height_px * _even(rng, 0.3, 0.7)
    return Intrinsics(_even(rng, 400, 9000), _even(rng, 400, 9000), cx_px, cy_px, width_px, height_px)


def _pinhole(k: Intrinsics) -> dict[str, Any]:
    return {name: value for name, value in vars(k).items() if name != "source"}


def _pose(rng: random.Random, most_rad: float) -> dict[str, Any]:
    eye_m = [_even(rng, -0.5, 0.5) for _ in range(3)]
    yaw_rad, pitch_rad, roll_rad = (_even(rng, -most_rad, most_rad) for _ in range(3))
    zoom = rng.choice([1, _factor(rng, 0.5, 3)])
    return {"eye_m": eye_m, "yaw_rad": yaw_rad, "pitch_rad": pitch_rad, "roll_rad": roll_rad, "zoom": zoom}


def _focus(rng: random.Random, low_m: float) -> float | str | list[float]:
    point_m = [_even(rng, -1, 1), _even(rng, -1, 1), _even(rng, low_m, 5)]
    return rng.choice([_factor(rng, 0.6, 50), "inf", point_m, point_m])


def _focus_beyond(rng: random.Random, settings: dict[str, Any]) -> float:
    return rng.choice([math.inf, settings["focal_length_mm"] * 1e-3 * _factor(rng, 1.5, 300)])


def _even(rng: random.Random, low: float, high: float) -> float:
    return round(rng.uniform(low, high), 4)


def _factor(rng: random.Random, low: float, high: float) -> float:
    return round(math.exp(rng.uniform(math.log(low), math.log(high))), 4)


def _number(value: float) -> float | str:
    """JSON has no infinity; the viewer says it as relens's path files do."""
    return "inf" if math.isinf(value) else value


# What an aim at a point or a distance looks into without reading it.
_SCENE = Scene(
    Camera(Intrinsics.centred(1, 1, 1)),
    (Layer("only", np.ones((1, 1, 4), np.float32), np.ones((1, 1), np.float32)),),
)

if __name__ == "__main__":
    cases = [f'"{name}": [\n' + ",\n".join(map(json.dumps, some)) + "\n]" for name, some in content().items()]
    FILE.write_text("{\n" + ",\n".join(cases) + "\n}\n", encoding="utf-8")
