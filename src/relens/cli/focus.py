"""--focus: what the user types, and the distance it means in a scene."""

import math
import re
from dataclasses import dataclass

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.render.focus import depth_at, subject_depth_m
from relens.scene import Scene

_EXPECTED = "a distance (1.2m, 120cm, 850mm), a pixel of the photo (1200,800), subject, or inf"
_NUMBER = r"(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)"
_DISTANCE = re.compile(rf"{_NUMBER}\s*(m|cm|mm)?", re.ASCII)
_PIXEL = re.compile(rf"{_NUMBER}\s*,\s*{_NUMBER}", re.ASCII)
_PARTS_OF_A_METRE = {None: 1, "m": 1, "cm": 100, "mm": 1000}


@dataclass(frozen=True)
class Focus:
    """What to focus on: a distance, a pixel, or with neither the subject.

    Attributes:
        distance_m: from the new camera, along its axis, > 0, inf allowed.
        pixel: (column, row) of the photo.
    """

    distance_m: float | None = None
    pixel: tuple[float, float] | None = None


def parse_focus(text: str) -> Focus:
    """`1.2m`, `120cm`, `850mm`, `1.2` (metres), `inf`, `1200,800` (column, row of the photo) or `subject`.

    Raises ValueRangeError for anything else, and for distances that are not positive and finite.
    """
    word = text.strip().lower()
    if word == "subject":
        return Focus()
    if word in ("inf", "infinity"):
        return Focus(distance_m=math.inf)
    if found := _PIXEL.fullmatch(word):
        column_px, row_px = float(found[1]), float(found[2])
        if math.isfinite(column_px) and math.isfinite(row_px):
            return Focus(pixel=(column_px, row_px))
    if found := _DISTANCE.fullmatch(word):
        distance_m = float(found[1]) / _PARTS_OF_A_METRE[found[2]]
        if 0 < distance_m < math.inf:
            return Focus(distance_m=distance_m)
    raise ValueRangeError("focus", repr(text), _EXPECTED)


def focus_distance_m(focus: Focus, scene: Scene, camera: Camera) -> float:
    """The focus distance from `camera`, metres; it looks the photo's way, moved but not turned.

    Raises ValueRangeError for a pixel outside the photo, or for what lies behind the camera.
    """
    if focus.distance_m is not None:
        return focus.distance_m
    depth_m = depth_at(scene, *focus.pixel) if focus.pixel else subject_depth_m(scene)
    distance_m = depth_m - float(camera.eye_m[2])
    if distance_m <= 0:
        raise ValueRangeError("focus", f"{depth_m:.3g} m from the photo", "a point ahead of the new camera")
    return distance_m
