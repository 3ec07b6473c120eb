"""Aim: what to focus on or look at, as people say it, and where that is in a scene."""

import math
import re
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.ranges import finite, number
from relens.render.focus import depth_at, subject_pixel
from relens.scene import Scene

_EXPECTED = "a distance (1.2m, 120cm, 850mm), a pixel of the photo (1200,800), subject, or inf"
_NUMBER = r"(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)"
_DISTANCE = re.compile(rf"{_NUMBER}\s*(m|cm|mm)?", re.ASCII)
_PIXEL = re.compile(rf"{_NUMBER}\s*,\s*{_NUMBER}", re.ASCII)
_PARTS_OF_A_METRE = {None: 1, "m": 1, "cm": 100, "mm": 1000}


@dataclass(frozen=True)
class Aim:
    """A distance, or a place that stays where it is while the camera moves; with none of them, the subject.

    Attributes:
        distance_m: from the new camera, along its axis, > 0, inf allowed.
        pixel: (column, row) of the photo: what shows there.
        point_m: a point of the world, metres, in the photo's camera frame.

    Raises ValueRangeError for more than one of them, and for numbers out of range.
    """

    distance_m: float | None = None
    pixel: tuple[float, float] | None = None
    point_m: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if sum(value is not None for value in (self.distance_m, self.pixel, self.point_m)) > 1:
            raise ValueRangeError("aim", self, "one of a distance, a pixel and a point")
        if self.distance_m is not None and number("focus", self.distance_m, "a positive distance, or inf", 0) == 0:
            raise ValueRangeError("focus", self.distance_m, "a positive distance, or inf")
        for name, values, count in (("pixel", self.pixel, 2), ("point_m", self.point_m, 3)):
            if values is not None:
                expected = f"{count} finite numbers"
                if len(values) != count:
                    raise ValueRangeError(name, values, expected)
                object.__setattr__(self, name, tuple(finite(name, value, expected) for value in values))

    @property
    def is_place(self) -> bool:
        """Whether it is somewhere in the world, and no distance that moves with the camera."""
        return self.distance_m is None


def parse_aim(text: str) -> Aim:
    """`1.2m`, `120cm`, `850mm`, `1.2` (metres), `inf`, `1200,800` (column, row of the photo) or `subject`.

    Raises ValueRangeError for anything else, and for distances that are not positive and finite.
    """
    word = text.strip().lower()
    if word == "subject":
        return Aim()
    if word in ("inf", "infinity"):
        return Aim(distance_m=math.inf)
    if found := _PIXEL.fullmatch(word):
        column_px, row_px = float(found[1]), float(found[2])
        if math.isfinite(column_px) and math.isfinite(row_px):
            return Aim(pixel=(column_px, row_px))
    if found := _DISTANCE.fullmatch(word):
        distance_m = float(found[1]) / _PARTS_OF_A_METRE[found[2]]
        if 0 < distance_m < math.inf:
            return Aim(distance_m=distance_m)
    raise ValueRangeError("focus", repr(text), _EXPECTED)


def place_of(aim: Aim, scene: Scene) -> Float64[np.ndarray, "4"]:
    """Where a place is in the world: homogeneous, (x, y, z, 1) / z, so that what is at infinity is (x, y, 1, 0).

    Raises ValueRangeError for a pixel outside the photo, a point behind its camera, and a distance, which is no place;
    RelensError for a pixel at which nothing is.
    """
    if aim.point_m is not None:
        x, y, z = aim.point_m
        if z <= 0:
            raise ValueRangeError("point_m", aim.point_m, "a point before the photo's camera: z over 0")
        return np.array([x / z, y / z, 1.0, 1 / z])
    if aim.distance_m is not None:
        raise ValueRangeError("focus", f"{aim.distance_m:g} m", "a place: subject, a pixel of the photo, or a point")
    column_px, row_px, depth_m = (*aim.pixel, depth_at(scene, *aim.pixel)) if aim.pixel else subject_pixel(scene)
    k = scene.camera.intrinsics
    return np.array([(column_px - k.cx_px) / k.fx_px, (row_px - k.cy_px) / k.fy_px, 1.0, 1 / depth_m])


def inverse_depth_of(
    place: Float64[np.ndarray, "4"], camera_to_world: Float64[np.ndarray, "n 4 4"]
) -> Float64[np.ndarray, " n"]:
    """Inverse depth (1/m) of a homogeneous place along the axes of cameras; 0 at infinity, not over 0 behind them."""
    axis, eye_m = camera_to_world[:, :3, 2], camera_to_world[:, :3, 3]
    ahead = axis @ place[:3] - place[3] * (axis * eye_m).sum(axis=1)
    return place[3] / np.where(ahead > 0, ahead, -1.0)


def focus_distance_m(aim: Aim, scene: Scene, camera: Camera) -> float:
    """The focus distance from `camera`, metres, wherever it stands and looks.

    Raises ValueRangeError for a pixel outside the photo, or for what lies behind the camera.
    """
    if aim.distance_m is not None:
        return aim.distance_m
    place = place_of(aim, scene)
    inverse_m = float(inverse_depth_of(place, camera.camera_to_world[None])[0])
    if inverse_m < 0 or (inverse_m == 0 and place[3] > 0):
        raise ValueRangeError("focus", f"{1 / place[3]:.3g} m from the photo", "a point ahead of the new camera")
    return 1 / inverse_m if inverse_m > 0 else math.inf
