"""What is behind people: a wall, and the floor they stand on where it can be seen."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from relens.camera import Intrinsics
from relens.depth.portrait.person import down_px
from relens.face import Face
from relens.face.face import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS

# The wall stands this far behind the farthest person unless the user says where, metres.
BEHIND_PEOPLE_M = 1.5
# One standard deviation of log-depth: of a wall that is guessed, and of one that the user measured.
GUESSED_SPREAD, SETTLED_SPREAD = 0.7, 0.1
# Feet higher above the lower edge than this part of the picture are seen whole.
_FEET_ABOVE_EDGE = 0.02
# Feet end this far below the eyes, metres: less is a table or a cut-out, more no person.
_EYES_TO_FEET_M = (0.9, 2.0)
# The camera is taken as level: the farther from the feet in log-depth, the less sure the floor.
_FLOOR_SPREAD, _FLOOR_SPREAD_AWAY = 0.1, 0.5


@dataclass(frozen=True)
class Feet:
    """Where somebody touches the floor.

    Attributes:
        z_m: z-depth.
        below_m: how far below the camera, metres, along the picture's columns.
    """

    z_m: float
    below_m: float


def find_feet(
    face: Face, z_m: float, mine: Bool[np.ndarray, "h w"], intrinsics: Intrinsics, scale: float
) -> Feet | None:
    """The feet of a person who stands upright in the picture, seen down to them and below the horizon; else None.

    z_m: of the face. mine: the person's pixels. intrinsics: of the grid. scale: grid pixels per photo pixel.
    """
    k, rows = intrinsics, np.flatnonzero(mine.any(axis=1))
    if rows.size == 0 or down_px(face)[1] != 1 or rows[-1] + 1 > (1 - _FEET_ABOVE_EDGE) * k.height_px:
        return None
    bottom = float(rows[-1]) + 1
    eyes = float(face.mesh_px[[*LEFT_EYE_CORNERS, *RIGHT_EYE_CORNERS], 1].mean()) * scale
    tall_m, below_m = (bottom - eyes) / k.fy_px * z_m, (bottom - k.cy_px) / k.fy_px * z_m
    stands = _EYES_TO_FEET_M[0] <= tall_m <= _EYES_TO_FEET_M[1] and below_m > 0
    return Feet(z_m, below_m) if stands else None


def wall_and_floor(wall_m: float, feet: list[Feet], intrinsics: Intrinsics) -> Float32[np.ndarray, "h w"]:
    """Inverse depth (1/m) of the wall, and of the floor where it is nearer.

    The floor passes under the feet, level as the camera, so that its inverse depth grows evenly below the horizon,
    which is the row of the principal point. With several people the lowest floor counts.

    wall_m: may be inf. intrinsics: of the grid.
    """
    k = intrinsics
    rows = np.arange(k.height_px, dtype=np.float32) + np.float32(0.5)
    tangents = (rows - np.float32(k.cy_px)) / np.float32(k.fy_px)
    inverse = np.full(k.height_px, 1 / wall_m, np.float32)
    if feet:
        inverse = np.maximum(inverse, tangents / np.float32(max(one.below_m for one in feet)))
    return np.repeat(inverse[:, None], k.width_px, axis=1)


def floor_spread(
    inverse: Float32[np.ndarray, "h w"], wall_inverse: float, wall_spread: np.float32, feet: list[Feet]
) -> Float32[np.ndarray, "h w"]:
    """One standard deviation of log-depth of wall and floor: small at the feet, growing away from them."""
    if not feet:
        return np.full(inverse.shape, wall_spread)
    near_m = float(np.mean([one.z_m for one in feet]))
    floor = inverse > np.float32(wall_inverse) * np.float32(1 + 1e-6)
    away = _FLOOR_SPREAD + _FLOOR_SPREAD_AWAY * np.abs(np.log(np.where(floor, inverse, 1 / near_m) * near_m))
    return np.where(floor, np.minimum(away, GUESSED_SPREAD), wall_spread).astype(np.float32)
