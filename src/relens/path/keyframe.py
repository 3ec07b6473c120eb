"""Keyframe: what is said of the camera and the lens at one moment; what is left out, other keyframes say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float

from relens.errors import ValueRangeError
from relens.ranges import finite, number, positive
from relens.render.aim import Aim

EaseName = Literal["linear", "in", "out", "in-out", "hold"]
# A name, or the two inner control points (x1, y1, x2, y2) of a cubic Bezier timing curve, as in CSS.
Ease = EaseName | tuple[float, float, float, float]
# The numbers of a lens that a keyframe may change, as presets name them (`relens.lens_preset.LensPreset`).
LENS_VALUES = (
    "focal_length_mm", "f_number", "t_stop", "tilt_deg", "swing_deg", "axial_colour", "lateral_colour",
    "sensor_width_mm", "curvature", "rotation_deg", "squeeze", "profile", "cats_eye",
)  # fmt: skip
# Those that go by equal factors in equal times, and so are above 0.
LOG_LENS_VALUES = ("focal_length_mm", "f_number", "t_stop")
_FARTHEST_M = 1e6
_EASES = ("linear", "in", "out", "in-out", "hold")


@dataclass(frozen=True, eq=False)
class Keyframe:
    """One moment of a path. Every value that is left out (None) runs through from the keyframes that say it.

    Convention: OpenCV axes, metres, the world is the photo's camera frame (docs/conventions.md).

    Attributes:
        time_s: when, seconds from the start, 0 or more.
        eye_m: where the camera stands: right, down and forward of the photo's.
        rotation: (3, 3) from camera axes to world axes.
        look_at: instead of a rotation: what stays in the middle of the picture, the horizon level.
        vertical_fov_rad: field of view, top to bottom.
        zoom: instead of a field of view: how many times as long as the photo's view the lens is, whatever the frame's
            shape; 1 is the photo's own.
        focus: a distance, or a place that stays in focus while the camera moves.
        lens: numbers of the lens by the names of LENS_VALUES, degrees as in presets.
        exposure_ev: stops brighter or darker.
        ease: how values go from this keyframe to the next.
        hold_s: how long everything stays here before it goes on.
        tension, continuity, bias: of Kochanek-Bartels splines, -1 to 1 each.

    Raises ValueRangeError for numbers out of range and rotations that are none.
    """

    time_s: float
    eye_m: tuple[float, float, float] | None = None
    rotation: Float[np.ndarray, "3 3"] | None = None
    look_at: Aim | None = None
    vertical_fov_rad: float | None = None
    zoom: float | None = None
    focus: Aim | None = None
    lens: Mapping[str, float] = field(default_factory=dict)
    exposure_ev: float | None = None
    ease: Ease = "linear"
    hold_s: float = 0.0
    tension: float = 0.0
    continuity: float = 0.0
    bias: float = 0.0

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "time_s", _seconds("time_s", self.time_s))
        set_(self, "hold_s", _seconds("hold_s", self.hold_s))
        if self.eye_m is not None:
            if len(self.eye_m) != 3:
                raise ValueRangeError("eye_m", self.eye_m, "three finite distances in metres")
            expected = "three distances in metres, up to a thousand kilometres"
            eye_m = tuple(number("eye_m", step_m, expected, -_FARTHEST_M, _FARTHEST_M) for step_m in self.eye_m)
            set_(self, "eye_m", eye_m)
        if self.rotation is not None:
            set_(self, "rotation", _rotation(self.rotation))
            if self.look_at is not None:
                raise ValueRangeError(
                    "look_at", self.look_at, "nothing beside a rotation: one says how the other looks"
                )
        if self.look_at is not None and not self.look_at.is_place:
            raise ValueRangeError("look_at", self.look_at.distance_m, "a place: subject, a pixel of the photo, a point")
        if self.vertical_fov_rad is not None:
            fov_rad = number("vertical_fov_rad", self.vertical_fov_rad, "0.001 to 3.1 rad (178 degrees)", 0.001, 3.1)
            set_(self, "vertical_fov_rad", fov_rad)
            if self.zoom is not None:
                raise ValueRangeError("zoom", self.zoom, "nothing beside a field of view: each says the other")
        if self.zoom is not None:
            set_(self, "zoom", number("zoom", self.zoom, "0.01 to 100 times", 0.01, 100))
        if self.exposure_ev is not None:
            set_(self, "exposure_ev", number("exposure_ev", self.exposure_ev, "-20 to 20 stops", -20, 20))
        for name in self.lens:
            if name not in LENS_VALUES:
                raise ValueRangeError("lens", name, f"some of {', '.join(LENS_VALUES)}")
        set_(self, "lens", {name: _lens_value(name, value) for name, value in self.lens.items()})
        for name in ("tension", "continuity", "bias"):
            if (value := getattr(self, name)) != 0:
                set_(self, name, number(name, value, "-1 to 1", -1, 1))
        set_(self, "ease", _ease(self.ease))

    def __eq__(self, other: object) -> bool:
        # The dataclass's own would ask an array whether it is true.
        if not isinstance(other, Keyframe):
            return NotImplemented
        one, two = dict(vars(self)), dict(vars(other))
        rotations = one.pop("rotation"), two.pop("rotation")
        if rotations[0] is None or rotations[1] is None:
            return one == two and rotations[0] is rotations[1]
        return one == two and np.array_equal(*rotations)


def _seconds(name: str, value: object) -> float:
    seconds = finite(name, value, "seconds, 0 or more")
    if seconds < 0:
        raise ValueRangeError(name, value, "seconds, 0 or more")
    return seconds


def _lens_value(name: str, value: object) -> float:
    return (
        positive(name, value, "a number over 0") if name in LOG_LENS_VALUES else finite(name, value, "a finite number")
    )


def _rotation(rotation: Float[np.ndarray, "3 3"]) -> Float[np.ndarray, "3 3"]:
    matrix = np.array(rotation, np.float64)
    if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
        raise ValueRangeError("rotation", "matrix", "3x3 finite numbers")
    # As np.allclose would have it, but ten times as fast, which thousands of keyframes feel.
    if np.abs(matrix @ matrix.T - np.eye(3)).max() > 1e-5 or np.linalg.det(matrix) < 0:
        raise ValueRangeError("rotation", "matrix", "an orthonormal, right-handed matrix")
    matrix.setflags(write=False)
    return matrix


def _ease(ease: Ease) -> Ease:
    expected = f"one of {', '.join(_EASES)}, or four numbers x1, y1, x2, y2 with x within 0 to 1"
    if isinstance(ease, str):
        if ease not in _EASES:
            raise ValueRangeError("ease", repr(ease), expected)
        return ease
    if len(ease) != 4:
        raise ValueRangeError("ease", ease, expected)
    x1, y1, x2, y2 = (finite("ease", value, expected) for value in ease)
    if not (0 <= x1 <= 1 and 0 <= x2 <= 1):
        raise ValueRangeError("ease", ease, expected)
    return x1, y1, x2, y2
